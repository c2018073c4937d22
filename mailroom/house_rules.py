"""The policy as a table that one can read aloud. The first rule that hits decides what the item is.

Each rule is a predicate over what is known (`Known`) with a sentence an operator can read and its source in the domain
document. Every decision records the rules that hit and those that missed before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from mailroom import person_rulings, rulings
from mailroom.context import NO_LEDGER, Context, Judgement, Query
from mailroom.decision import RuleTrace
from mailroom.document import Document
from mailroom.envelope import Envelope
from mailroom.finding import Examination
from mailroom.knowledge import Known
from mailroom.policy import Policy
from mailroom.submission import Submission

__all__ = ["HOUSE_RULES", "HouseRule", "Policy", "decide", "query"]

Ruling = Callable[[Known], Judgement | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseRule:
    name: str
    says: str
    """Italian, for the operator."""
    source: str
    ruling: Ruling
    """The judgement if the rule hits, else None."""


HOUSE_RULES: tuple[HouseRule, ...] = (
    HouseRule(
        name="person_decides",
        says="Quello che ha deciso un operatore vale più di ogni regola.",
        source="design: a person's correction is a finding",
        ruling=person_rulings.person_decides,
    ),
    HouseRule(
        name="automatic_mail",
        says="Un messaggio automatico (mancata consegna, assenza, ricevuta) non apre pratiche e non riceve risposta.",
        source="domain A: dispositions 2",
        ruling=rulings.automatic_mail,
    ),
    HouseRule(
        name="invoice_exchange",
        says="La posta del Sistema di Interscambio (fatture elettroniche) è per la contabilità: non apre pratiche.",
        source="domain A: dispositions 2; the exchange's technical rules",
        ruling=rulings.invoice_exchange,
    ),
    HouseRule(
        name="names_a_case",
        says="Chi cita il codice di una pratica scrive per quella pratica.",
        source="domain A: dispositions 1",
        ruling=rulings.names_a_case,
    ),
    HouseRule(
        name="further_sending",
        says="Un secondo invio prima del codice appartiene alla pratica appena aperta.",
        source="domain B 1.4: further batches only after the code",
        ruling=rulings.further_sending,
    ),
    HouseRule(
        name="not_for_us",
        says="Pubblicità, newsletter e messaggi destinati ad altri non aprono pratiche.",
        source="domain A: dispositions 3",
        ruling=rulings.not_for_us,
    ),
    HouseRule(
        name="unreadable",
        says="Un invio senza nulla di leggibile va chiesto di nuovo.",
        source="domain A: dispositions 4",
        ruling=rulings.unreadable,
    ),
    HouseRule(
        name="portal_only",
        says="Delegati, associazioni, professionisti e persone giuridiche usano il Portale.",
        source="domain A: who may write",
        ruling=rulings.portal_only,
    ),
    HouseRule(
        name="duplicate",
        says="Lo stesso invio arrivato due volte è una pratica sola.",
        source="domain A: dispositions 6",
        ruling=rulings.duplicate,
    ),
    HouseRule(
        name="case",
        says="Un privato che scrive per la propria fornitura apre una pratica.",
        source="domain A: dispositions 7",
        ruling=rulings.new_case,
    ),
)


def decide(
    envelope: Envelope,
    submission: Submission,
    documents: Sequence[Document],
    examination: Examination,
    *,
    context: Context = NO_LEDGER,
    policy: Policy = Policy(),
) -> Judgement:
    """What follows from the sheets and from what the ledger knows. Total: some rule always hits."""
    known = Known(
        envelope=envelope,
        submission=submission,
        documents=tuple(documents),
        examination=examination,
        context=context,
        policy=policy,
    )
    traces: list[RuleTrace] = []
    for rule in HOUSE_RULES:
        judgement = rule.ruling(known)
        traces.append(RuleTrace(rule=rule.name, hit=judgement is not None, why=rule.says))
        if judgement is not None:
            if rule.name != "person_decides":
                for reason in _withheld(known):
                    judgement = _isolated(judgement, reason)
            decision = replace(judgement.decision, rules=tuple(traces), policy=policy.edition)
            return replace(judgement, decision=decision)
    raise AssertionError("the last house rule always hits")


def _withheld(known: Known) -> Iterator[str]:
    if known.submission.isolated is not None:
        yield known.submission.isolated
    if known.perhaps_report:
        yield "Forse è un messaggio automatico: confermare che l'ha scritto una persona."
    if "partial_message" in known.submission.defects:
        # Half a letter is neither a case nor unreadable: when the others are here, all become one letter.
        yield "Pezzo di un messaggio spedito in più parti: si attendono le altre."


def _isolated(judgement: Judgement, reason: str) -> Judgement:
    """Nothing follows of itself from what may be dangerous, or is not whole: no case, no answer, until a person has
    looked."""
    decision = judgement.decision
    decision = replace(decision, needs_review=True, review_reasons=(reason, *decision.review_reasons))
    return Judgement(decision=decision)


def query(
    item_id: str,
    envelope: Envelope,
    submission: Submission,
    documents: Sequence[Document],
    examination: Examination,
) -> Query:
    """What the ledger is asked before deciding; derived from the sheets alone."""
    return Known(
        envelope=envelope,
        submission=submission,
        documents=tuple(documents),
        examination=examination,
        context=NO_LEDGER,
        policy=Policy(),
    ).query(item_id)
