"""The supplier that an item is about: among all operators named, the counterpart of the dispute or question.

Every mention is weighed by where it stands and by the words around it: who is complained to, who billed, who answered,
who is only the former or the next one, who merely owns the wires. The sum decides; a thin lead lowers the confidence.
"""

# ruff: noqa: E501
from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from classifier.mentions import Mention
from classifier.reading_view import View, fold
from mailroom.finding import Evidence, Finding, PaperKind, Where

BY = "supplier/1"

_TARGET_BEFORE = re.compile(
    r"(?:reclam\w*|scritt\w*|letter\w*|diffid\w*|segnalat\w*|contestat\w*|pec|raccomandat\w*|protestat\w*|lamentat\w*|rivolt\w*|mail|risposta)"
    r"(?: \S+){0,6} (?:a|ad|al|alla|all'|verso|presso|per|di|da|dal|dalla)(?: (?:la|il|l'|societa|ditta|gestore|fornitore|signori(?: di| della)?))? ?['\"]?$"
    r"|(?:nei confronti (?:di|del|della|dell')|contro|verso|c/|controparte:?|controversia con|vertenza con|lite con|problem\w* con|conciliazione con|ce l'ho con|disput\w* con|davanti a|convocare|chiamare)(?: la| il| l')? ?['\"]?$"
    r"|(?:reclamat\w|lamentat\w|protestat\w|reclamo) con(?: (?:la|il|l'|mi[oa]|vecchi[oa]|precedente|ex|attuale|nuov[oa]|societa|gestore|fornitore|venditore|compagnia)){0,4} ?['\"]?$"
    r"|(?:chied\w+ (?:che|a)|voglio che|far(?:e)? (?:capire|smettere) a) (?:la |il |l')?$"
)
_OPERATOR_NAMED = re.compile(
    r"(?:societ\w+|fornitor\w*|gestor\w*|venditor\w*|operatore|compagnia|azienda|distributor\w*)(?: \w+)?(?: che si chiama| chiamat\w| di nome)?[ :=\-]{1,4}['\"]?$"
)
_BILL_BEFORE = re.compile(
    r"(?:arrivat\w+|ricevut\w+|bollett\w*|fattur\w*|conguagli\w*|sollecit\w*|avvis\w*|addebit\w*|import\w*|lettera|comunicazion\w*|contratto|client\w+|utenza|fornitura|offerta|tariffa|contator\w*)"
    r"(?: \S+){0,4} (?:di|da|dal|dalla|del|della|dell'|con|presso|a|ad)(?: la| il| l')? ?['\"]?$|(?:bolletta|fattura|fatture|bollette) ['\"]?$"
)
_NOW_BEFORE = re.compile(
    r"(?:adesso|ora|attual\w+|oggi|nuov\w+ (?:fornitor\w+|gestor\w+|compagni\w+|contratto)?(?: \w+)?)[^.;]{0,14}$"
    r"|(?:sono|siamo) (?:client\w+|utent\w+|abbonat\w+)(?: \w+)?(?: (?:di|della|del|con|presso)(?: la| il| l')?)? ?$|(?:ho|abbiamo) (?:luce|gas|il contratto|la luce|il gas|l'acqua|la fornitura)[^.;]{0,20} con (?:la )?$"
)
_FORMER_BEFORE = re.compile(
    r"(?:\bero|\bstavo|\beravamo|\bstavamo|prima (?:ero |stavo |avevo )?|\baveva(?:mo|no)?(?: l'| la)?$|pensionat\w(?: \w+)?(?: di| dell'| della)? ?$|(?:lavor\w+|dipendente) (?:in|all'|alla|per|di|dell'|della) ?$|fino a\S*|sino a\S*|vecchi\w|precedente|precedenti|\bex|uscente|tornare|ritornare|rientrare|tornato|riportat\w*|lasciat\w|disdett\w|chius\w)"
    r"(?: [^\s,;]+){0,5}? ?(?:con|in|a|al|alla|da|dal|dalla|di|della|del)?(?: la| il| lo| l')? ?['\"]?$"
    r"|(?:passat\w|passaggio|cambiat\w|migrat\w|switch)(?: \S+){0,3} (?:da|dal|dalla)(?: la)? ?$|pagat\w+ (?:\w+ ){0,2}(?:a|ad|al|alla) ?$|al posto (?:di|della|del) ?$"
)
_ALWAYS_BEFORE = re.compile(
    r"(?:da sempre|sempre stat\w)(?: (?:client\w+|con|in|a|ad|al|di|il|la|dell[ao]|del)){0,4}(?: (?:l'|all'|dell'))? ?['\"]?$"
)
_STILL = re.compile(r"\b(?:restare|resto|rimanere|rimango|lasciare|tenere|mi scade|finisce|finira)\b")
"""Who was always with a company and speaks of staying is there still; others were there until somebody moved them."""
_TOLD_AFTER = re.compile(
    r"^,? (?:(?:gli|le|poi|invece|io|gia) )*(?:ho|abbiamo|avevo) (?:(?:gia|poi|anche|subito|pure|sempre) )*(?:fatto|mandat\w|inviat\w|spedit\w|scritto|reclamato|contestato|risposto per iscritto)"
)
_GOES_ON_AFTER = re.compile(
    r"^,? (?:(?:che|dove|con cui) (?:stavo|ero|avevo)[^,.;]{0,20} )?(?:e |ma |che )?(?:continua|seguita|insiste|pretende|vuole ancora)\w*\b"
)
_TO_BEFORE = re.compile(r"(?:^|[^a-z])(?:a|ad|al|alla|all') ?$")
_ASKED_WHERE_BEFORE = re.compile(
    r"\b(?:si va|ci si rivolge|mi rivolgo|rivolgermi|rivolgersi|indirizza\w*|a chi|(?:al|il|dal) comune|chi devo|devo andare)\b"
)
_OR_AFTER = re.compile(r"^,? (?:o|oppure|od) (?:a|ad|al|alla|all'|da|dal|dall'|dalla|un[ao']?|il|la|l')\b ?")
_POSED_AS_BEFORE = re.compile(
    r"\b(?:finto|finti|finta|falso|falsi|falsa|spaccia\w+ per|dicono di essere|diceva\w* di essere|dice di essere|fingono|finge\w*)(?: [^\s.;]+){0,3} ?['\"]?$"
)
_SWITCHED_TO_BEFORE = re.compile(
    r"(?:passat\w|passaggio|passare|cambiat\w|migrat\w|andat\w)(?: \S+){0,3} (?:a|ad|al|alla|con|in)(?: la| il)? ?$"
)
_FORMER_AFTER = re.compile(
    r"^,? ?(?:\(?(?:il |la |mi[oa] )?(?:vecchi\w|precedente|ex (?:fornitore|gestore)|ex\)|di prima|fornitore uscente)|come prima|(?:era|erano) |dove (?:stavo|ero)|(?:vendita|mercato)?,? dove (?:stavo|ero)|, (?:che mi serviva|con cui (?:ero|stavo|mi trovavo)))"
)
_NOW_AFTER = re.compile(r"^,? ?\(?(?:quello nuovo|il nuovo|la nuova|nuovo fornitore|attuale)")
_ACTS_AFTER = re.compile(
    r"^,? ?(?:s\.?p\.?a\.?|s\.?r\.?l\.?)?,? ?(?:che |infatti |invece |pero |poi |ora |adesso |sempre |ieri |oggi |allora |\(.{0,40}\) )?"
    r"(?:mi|ci|gli|le|me|lo|la|si|non|continua\w*|pretend\w*|chied\w*|sostien\w*|sostengono|dic\w*|rispond\w*|rispost\w*|insist\w*|ha|hanno|ha(?:nno)? \w+|risulta|rifiut\w*|minacci\w*|vuol\w*|nega\w*|afferm\w*|invi\w*|mand\w*|smett\w*|la smetta|deve|scriv\w*|fattura\w*|addebit\w*)\b"
)
_EXCUSED_AFTER = re.compile(
    r"^[^.;]{0,80}(?:giustamente|corrett[ao]|gentil|nessun problema|si e comportat\w+ bene|va bene\b)"
)
_CONTENT_AFTER = re.compile(
    r"^[^.;]{0,80}(?:non c'entra|(?<!non )mi trovo bene|poverin\w|che ringrazio|non (?:ho|abbiamo) (?:da|di che) lamentar|(?:sono|siamo) content\w|(?:niente|nulla) da (?:ri)?dire|\be va bene\b|tutto bene|(?:niente|nulla) contro)"
)
_CONTENT_BEFORE = re.compile(
    r"\b(?:content\w|soddisfatt\w) (?:di|con|del|dell'|della)(?: la| il| l')? ?$|(?:nulla|niente) contro (?:la |il |l')?$"
)
_ORIENTED_PAPER = {
    PaperKind.BILL: 2.2,
    PaperKind.SUPPLIER_REPLY: 2.6,
    PaperKind.CONTRACT: 1.8,
    PaperKind.COMPLAINT: 1.2,
    PaperKind.PAYMENT_RECEIPT: 0.5,
}
_SILENT_PAPERS = frozenset({PaperKind.OTHER, PaperKind.IDENTITY_DOCUMENT, PaperKind.COMPANY_RECORD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    mention: Mention
    weight: float
    role: str


def examine(view: View, mentions: Sequence[Mention]) -> tuple[Finding, ...]:
    """`supply.supplier` for the counterpart, `supplier_mentioned` for every operator with its role."""
    weighed = [_weigh(m, view) for m in mentions if m.kind != "body"]
    sums = _sums(weighed)
    findings: list[Finding] = []
    for operator, (total, best, display) in sorted(sums.items(), key=lambda pair: -pair[1][0]):
        role = best.role if best.role != "named" else best.mention.kind
        findings.append(
            Finding(
                kind="supplier_mentioned",
                value=display,
                confidence=0.95 if best.mention.known else 0.7,
                evidence=(_evidence(best.mention, f"ruolo: {role}; peso {total:.1f}"),),
                by=BY,
                alternatives=((operator, round(total, 2)),),
            )
        )
    chosen = _choose(sums)
    return (chosen, *findings) if chosen else tuple(findings)


def _sums(weighed: Sequence[Weighed]) -> dict[str, tuple[float, Weighed, str]]:
    grouped: dict[str, list[Weighed]] = {}
    for item in weighed:
        grouped.setdefault(item.mention.operator, []).append(item)
    sums = {}
    for operator, items in grouped.items():
        by_place: dict[tuple[str, int | None], list[float]] = {}
        for item in items:
            place = (item.mention.passage.where.value, item.mention.passage.document)
            by_place.setdefault(place, []).append(item.weight)
        total = 0.0
        for weights in by_place.values():
            ranked = sorted(weights, key=abs, reverse=True)
            total += ranked[0] + sum(0.35 * w for w in ranked[1:4])
        if len(grouped) > 1 and any(i.role == "content" and i.mention.passage.own for i in items):
            total -= 2.5  # said once, it holds of all the other places too
        best = max(items, key=lambda i: i.weight)
        sums[operator] = (total, best, _display(items))
    return sums


def _display(items: Sequence[Weighed]) -> str:
    """The fullest form of the name that the writer uses, or else the papers; former names aside."""
    told = [i for i in items if i.role not in ("former name", "former")] or list(items)
    own = [i for i in told if i.mention.passage.own]
    return max((i.mention.display for i in own or told), key=lambda d: (len(d.split()), len(d)))


def _choose(sums: dict[str, tuple[float, Weighed, str]]) -> Finding | None:
    ranked = sorted(sums.values(), key=lambda s: -s[0])
    if not ranked:
        return None
    alone = len(ranked) == 1 and ranked[0][1].role in ("named", "acts", "bills", "operator", "excused", "content")
    alone = alone and ranked[0][0] > -1.5
    if ranked[0][0] < 0.7 and not alone:
        return None
    total, best, display = ranked[0]
    if (
        best.role in ("named", "acts", "new")
        and sum(total - s[0] < 1.3 and s[1].role in ("named", "acts", "new") for s in ranked[1:]) >= 2
    ):
        return None  # a list of names: nobody is the counterpart
    rival = ranked[1][0] if len(ranked) > 1 else 0.0
    margin = total - max(rival, 0.0)
    sure = 1 / (1 + math.exp(-(0.9 + 0.55 * margin + 0.12 * min(total, 6))))
    if not best.mention.known:
        sure -= 0.05
    if alone:
        sure = max(sure, 0.65)
    others = tuple((s[2], round(max(0.0, (1 - sure) / (n + 1)), 3)) for n, s in enumerate(ranked[1:4]) if s[0] > 0)
    return Finding(
        kind="supply.supplier",
        value=display,
        confidence=round(min(0.98, sure), 3),
        evidence=(_evidence(best.mention, f"ruolo: {best.role}"),),
        by=BY,
        alternatives=others,
    )


def _evidence(mention: Mention, note: str) -> Evidence:
    return mention.passage.evidence(mention.start, mention.end, note)


def _weigh(mention: Mention, view: View) -> Weighed:
    passage = mention.passage
    if passage.paper in _SILENT_PAPERS:
        return Weighed(mention=mention, weight=0.0, role="aside")
    if passage.paper is not None and passage.paper is not PaperKind.REQUEST_FORM:
        return _on_paper(mention, passage.paper)
    if passage.where is Where.QUOTED:
        return _in_quoted(mention)
    weight, role = _in_words(mention)
    if passage.where is Where.SUBJECT:
        weight += 0.6
    if mention.kind == "distributor" and role in ("named", "acts"):
        weight -= 1.2
    return Weighed(mention=mention, weight=weight, role=role)


def _on_paper(mention: Mention, paper: PaperKind) -> Weighed:
    if mention.letterhead and paper is PaperKind.SUPPLIER_REPLY and mention.kind == "distributor":
        return Weighed(mention=mention, weight=1.5, role="letterhead of distributor")
    if mention.letterhead and paper in (PaperKind.BILL, PaperKind.SUPPLIER_REPLY, PaperKind.CONTRACT):
        return Weighed(mention=mention, weight=_ORIENTED_PAPER[paper], role=f"letterhead of {paper.value}")
    if mention.letterhead and paper is PaperKind.PAYMENT_RECEIPT:
        return Weighed(mention=mention, weight=0.8, role="payee")
    if mention.addressed and paper is PaperKind.COMPLAINT:
        return Weighed(mention=mention, weight=4.0, role="addressee of complaint")
    if paper is PaperKind.COMPLAINT:
        weight, role = _in_words(mention)
        return Weighed(mention=mention, weight=0.4 * weight, role=role)
    base = 0.5 * _ORIENTED_PAPER.get(paper, 0.4)
    if mention.kind == "distributor":
        base = 0.1
    return Weighed(mention=mention, weight=base, role=f"on {paper.value}")


def _in_quoted(mention: Mention) -> Weighed:
    weight, role = _in_words(mention)
    ahead = mention.passage.plain[max(0, mention.start - 14) : mention.start]
    if re.search(r"spett\S*\s+$|gentil\w+\s+$", ahead):
        return Weighed(mention=mention, weight=2.5, role="addressee of quoted complaint")
    return Weighed(mention=mention, weight=0.5 * weight, role=role)


_NEXT_COMPANY = re.compile(r"\b(?:[Cc]on|[Dd][ia]|[Qq]uelli)[ \n](?:(?:la|il)[ \n]|l['’])?(?P<name>[A-Z][\w'’]+)")


def _until_next(mention: Mention) -> int:
    """Characters behind a mention that speak of it: at most 90, and not of the next company."""
    behind = mention.passage.text[mention.end : mention.end + 90]
    words = fold(mention.display).split()
    others = (m.start() for m in _NEXT_COMPANY.finditer(behind) if fold(m["name"]) not in words)
    return next(others, 90)


def _in_words(mention: Mention) -> tuple[float, str]:
    plain = mention.passage.plain
    ahead = plain[max(0, mention.start - 75) : mention.start].replace("\n", " ")
    sentence = re.split(r"[.;!?] ", ahead)[-1]
    behind = plain[mention.end : mention.end + _until_next(mention)].replace("\n", " ")
    if re.search(r"[(,] ?(?:gia|ex|prima) $", ahead):
        return 0.0, "former name"
    if mention.addressed and mention.passage.paper is PaperKind.REQUEST_FORM:
        return 1.5, "addressed"
    if _NOW_AFTER.match(behind):
        return 2.2, "current"
    target = bool(_TARGET_BEFORE.search(sentence))
    if _ALWAYS_BEFORE.search(sentence) and not target:
        return (1.0, "named") if _STILL.search(plain) else (-2.0, "former")
    if _POSED_AS_BEFORE.search(sentence):
        return -1.0, "posed as"
    if _OR_AFTER.match(behind) and _ASKED_WHERE_BEFORE.search(sentence):
        return 0.0, "asked where"
    target = target or bool(_TO_BEFORE.search(sentence) and _TOLD_AFTER.match(behind))
    former = bool(_FORMER_AFTER.match(behind)) or (
        bool(_FORMER_BEFORE.search(sentence)) and not _NOW_BEFORE.search(sentence)
    )
    if former and _GOES_ON_AFTER.match(behind):
        return 2.0, "bills"
    if former and not target:
        return -2.0, "former"
    if _CONTENT_AFTER.match(behind) or _CONTENT_BEFORE.search(sentence):
        return -1.0, "content"
    if _EXCUSED_AFTER.match(behind):
        return -1.0, "excused"
    if target:
        return 3.5, "target"
    weight, role = 1.0, "named"
    if _OPERATOR_NAMED.search(sentence):
        weight, role = 1.8, "operator"
    if _BILL_BEFORE.search(sentence) or _NOW_BEFORE.search(sentence):
        weight, role = 2.0, "bills"
    if _ACTS_AFTER.match(behind):
        weight, role = weight + 1.2, "acts" if role == "named" else role
    if _SWITCHED_TO_BEFORE.search(sentence):
        weight, role = max(weight, 0.8), "new"
    if re.match(r"^[ ,(\-]{0,3}(?:cod\S*|n\S*)? ?client", behind) or re.search(r"client\w{1,2} ?$", sentence):
        weight += 1.0
    return weight, role
