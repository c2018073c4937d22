"""Who writes: a private person, a delegate, an association, a professional or a legal person.

Only a private person may use these channels, so the question is asked of every item: of the words, the signature
block, the letterhead, the papers and the sender's address. Whoever merely lends the mailbox or types is no delegate;
whoever writes from the office about their own home is a private person.
"""

# ruff: noqa: E501
from __future__ import annotations

import math
import re
from collections.abc import Sequence

from classifier.reading_view import Passage, View
from classifier.spotting import folded
from mailroom.finding import Evidence, Finding, Paper, PaperKind, Where

BY = "sender-kind/1"
KINDS = ("private", "delegate", "association", "professional", "legal_person")

_RELATIVE = r"(?:madre|padre|mamma|papa|babbo|nonn[oa]|zi[oa]|suocer[oa]|figli[oa]|fratello|sorella|marito|moglie|vicin[oa](?: di casa)?|amic[oa]|genitori|cognat[oa]|compagn[oa]|cugin[oa]|nipote|bisnonn[oa]|coniuge|convivente|badante|datore|assistit[oa]|coinquilin[oa]|bisnonn[oa])"
_FAMILY = r"(?:madre|padre|mamma|papa|babbo|nonn[oa]|zi[oa]|suocer[oa]|figli[oa]|fratello|sorella|vicin[oa](?: di casa)?|amic[oa]|genitori|cognat[oa]|cugin[oa]|nipote)"
_CUES: tuple[tuple[str, float, str], ...] = (
    ("delegate", 3.5, r"in nome e per conto (?:di|del|della|dei)|nell'interesse (?:di|del|della|dei)|in nome e nell'interesse"),
    ("delegate", 3.0, r"(?:mio|mia|nostr[oa]) (?:assistit[oa]|patrocinat[oa])|(?<!e )(?<!e' )(?:mio|mia|nostr[oa]) (?:cliente\b(?! di)|patrocinat[oa]|rappresentat[oa]|mandante)|il sottoscritto (?:avv|avvocato|procuratore)|(?:quale|in qualita di) (?:procurator\w*|legale|difensore|delegat[oa]|tutor[ei]|tutrice|amministrator\w+ di sostegno|curator\w*|incaricat[oa])"),
    ("delegate", 3.5, rf"(?:scriv\w+|contatt\w+|chied\w+|rivolg\w+|disturb\w+|mi faccio vivo|inoltr\w+|segnal\w+|vi mando|intervengo|agisco|presento|(?:io )?parlo|faccio) (?:\w+ )?(?:\w+ ){{0,4}}?(?:per conto|a nome|al posto|da parte|in vece|per|in rappresentanza) (?:conto )?(?:di |del |della |dei )?(?:mi[oaei] |nostr[oa] |un[a']? ?|il mio |la mia )+{_RELATIVE}"),
    ("delegate", 2.5, rf"per conto (?:di|del|della|dei) (?:mi[oaei] |nostr[oa] |un[a']? ?|il mio |la mia )*(?:{_RELATIVE}|sig|signor)"),
    ("delegate", 3.5, r"(?:in qualita di|quale|come|sono l'|sono il suo|l')? ?amministrator\w+ (?:pro tempore|p\.t\.|(?:di|del) condominio|condominial)|studio amministrazioni|amministrazioni? condominial|amministratore p\.? ?t"),
    ("delegate", 2.0, r"\bdelega (?:\w+ ){0,3}(?:allegat|firmat|in calce|conferit)|(?:allego|unisco|invio|con|giusta|come da|in forza di|munit[oa] di) (?:la |regolare )?(?:delega|procura|mandato)|(?:mi ha|ci ha) (?:delegat|conferito|incaricat|chiesto di scriver)|delegat[oa] (?:da|dal|dalla)\b"),
    ("delegate", 2.5, r"(?<!')(?<!un )(?<!mio )(?<!dall')(?<!dal mio )\bavv(?:\.|ocat[oa]) [a-z]|studio legale [a-z]|\bforo di\b"),
    ("delegate", 1.5, rf"(?:bollett\w+|contratto|utenza|fornitura|problem\w+|caso|pratica|contator\w+|casa|voltura|bonus|storia|situazione) (?:\w+ )?(?:di|della|del) (?:mi[oa] ){_FAMILY}"),
    ("delegate", 1.6, rf"\bmi[oa] {_FAMILY}\b[^.;]{{0,60}}(?:(?:ha|e) (?:[6-9]\d anni|ottant|novant|settant)|anzian|non (?:sa|e in grado|puo|riesce|usa|capisce|se la sente)|ricoverat|invalid|inferm|malat|vive sol|abita da sol|\d\d anni)"),
    ("delegate", 2.2, rf"(?:intervenire|aiutar\w+|fare qualcosa|aprire|procedere|interven\w+) (?:\w+ ){{0,3}}(?:per|a) (?:lui|lei|loro|mi[oa] {_FAMILY})|(?:i suoi|suoi|sue|la sua|il suo) (?:documenti|carta|dati)|(?:salve|buongiorno|buonasera)[, \n]+mi[oa] {_FAMILY}\b"),
    ("delegate", 1.2, r"(?:l'|la |lo |gli |le )(?:hanno|ha) (?:\w+ )?(?:mandat|fatto|chiest|detto|staccat|addebitat)|(?:per|a) (?:lei|lui)\b|(?:suoi|sua|suo) (?:document|bollett|contratt|fornitur)"),
    ("delegate", 1.5, r"\((?:il |la |suo |sua )?(?:figli[oa]|nipote|genero|nuora|sorella|fratello|moglie|marito)\)|^(?:il|la) (?:figli[oa]|nipote)\b"),
    ("delegate", 3.5, r"(?:sono|scrive|scrivo come) l'avv(?:\.|ocat[oa])|(?:seguo|assisto|rappresento|difendo|patrocino) (?:il|la|i|lo|l')? ?(?:sig|signor|pratic\w+ del)|(?:la )?procura (?:ce l'ho|la tengo|e agli atti|a margine)"),
    ("delegate", 2.0, r"me ne occup\w+ io|occuparmene(?: io)?|ci penso io|faccio (?:tutto )?io (?:per|da tramite)|a nome (?:suo|loro)\b|scrivo io perche (?:lei|lui)|(?:lei|lui) (?:di persona )?non puo|e d'accordo che"),
    ("delegate", 2.2, r"\b(?:caf|patronato|commercialista|consulente del lavoro|tributarista|geometra incaricato|ragioniere|assistente sociale)\b[^.]{0,60}(?:assistit|client|conto|utente|sig)"),
    ("delegate", -2.5, r"(?:scrivo|mando|uso|invio) (?:\w+ ){0,3}(?:dalla|dal|con la|col|la) (?:posta|mail|e-mail|casella|indirizzo|computer|telefono|pec|account) (?:di |del |della )?(?:mi[oa] )|(?:mi[oa] (?:figli[oa]|nipote|vicin[oa]|moglie|marito|genero|nuora)) (?:che )?(?:mi (?:aiuta|sta scrivendo|scrive|batte|presta)|scrive|batte|digita)|(?:lei|lui) (?:batte|scrive|digita) e io (?:dico|detto|parlo)|sotto (?:mia )?dettatura|mi presta (?:la|il)|aiutat[oa] da mi[oa]"),
    ("association", 4.5, r"(?:la )?(?:scrivente|nostra|sottoscritta|presente) associazione|associazione (?:di|dei|per i|per la tutela|a tutela|difesa|nazionale|italiana|territoriale)[^.]{0,25}(?:consumator|utent|cittadin|inquilin|proprietari|consum)|associazione consumatori"),
    ("association", 3.0, r"\b(?:adiconsum|codacons|federconsumatori|adoc\b|altroconsumo|cittadinanzattiva|unione nazionale consumatori|movimento consumatori|movimento difesa del cittadino|lega consumatori|confconsumatori|assoutenti|adusbef|casa del consumatore|asso-?consum|acu\b|centro tutela consumatori|(?:associazione|onlus) codici\b|codici (?:onlus|lombardia|lazio|sicilia|associazione)|udicon|aeci|konsumer|assium)"),
    ("association", 3.0, r"(?:propri[oa]|nostr[oa]) (?:associat[oa]|iscritt[oa]|soci[oa]|tesserat[oa])|(?:\bil comitato|comitato (?:difesa|per|contro|pro|acqua)|(?:in nome|a nome) (?:dei|di) (?:\d+|tutti|numerosi) |pro loco|comitato (?:di quartiere|cittadin|utenti|inquilini|spontaneo|residenti)|onlus\b|\baps\b|\bodv\b|\bets\b|circolo|polisportiva|a\.?s\.?d\.?\b)"),
    ("association", 3.0, r"\blega (?:de(?:i|gli) )?(?:utenti|consumatori)|unione (?:\w+ )?consumatori|comitato consumatori|rappresenta\w* (?:il|la) (?:soci[oa]|associat)|(?:il|la|del|della) soci[oa] [a-z]+ [a-z]+"),
    ("association", 1.5, r"(?:presidente|segretari[oa]|responsabile|volontari[oa]|sportellist[ai]|operatore|operatrice) (?:\w+ ){0,3}(?:dell'associazione|territoriale|dello sportello|provinciale|regionale|della sede)|nostra sede|nostro sportello"),
    ("professional", 3.0, r"(?:mio|nostro|il mio|del mio|dello|di uno|un piccolo) (?:studio|ambulatorio|laboratorio|negozio|salone|bar|ristorante|officina|bottega|attivita|gabinetto|locale|esercizio|agriturismo|b ?& ?b|forno|panificio|pizzeria|capannone|magazzino)"),
    ("professional", 2.5, r"uso (?:divers\w+|non domestic\w*|irriguo|agricolo|industriale|artigianale)|altri usi|(?:usi|uso) (?:diversi )?dall'abitazione|utenza (?:business|non domestica|professionale|commerciale)|contratto (?:business|partita iva|p\.? ?iva)|clienti? business|fornitura (?:business|non domestica)"),
    ("professional", 2.5, r"(?:intestat\w+ alla )?(?:mia|propria) (?:partita iva|p\.? ?iva|ditta individuale)|ditta individuale|libero professionista|lavoratore autonomo|titolare (?:di|del|della|dello) (?:\w+ )?(?:studio|bar|negozio|ditta|impresa|salone|officina|farmacia|edicola|tabacch\w+|parrucch\w+|panificio|pizzeria|ristorante|laboratorio|azienda)"),
    ("professional", 2.5, r"titolare dell'(?:attivita|esercizio|impresa|azienda)|attivita (?:ricettiva|commerciale|artigianale|professionale)|uso commerciale|utenza dell'(?:esercizio|attivita)"),
    ("professional", 1.2, r"p\.? ?iva[ :.]*(?:it)? ?\d{11}|partita iva[ :.n]*\d{11}"),
    ("legal_person", 3.0, r"(?:la |della )?(?:sottoscritta|scrivente|nostra|presente) (?:societa|ditta|impresa|azienda|cooperativa|fondazione|amministrazione)|in persona del(?:l'| )(?:legale|amministrator|president|titolar|suo)|legale rappresentante|amministratore unico|(?:nostra|scrivente|la mia) (?:ditta|azienda|impresa) "),
    ("legal_person", 4.0, r"(?:siamo|scrive|scriviamo (?:dalla|per la)|sono della) (?:la |l'|una |un'|il |dalla )?[^.;\n]{2,50}?\b(?:s\.?r\.?l|s\.?n\.?c|s\.?p\.?a|s\.?a\.?s|societa|ditta|azienda|cooperativa|impresa)\b"),
    ("legal_person", 2.2, r"\b(?:s\.? ?r\.? ?l\.?(?: ?s\.?)?|s\.? ?n\.? ?c\.?|s\.? ?a\.? ?s\.?|s\.? ?p\.? ?a\.?|soc\.? coop\.?|societa (?:cooperativa|agricola|semplice)|s\.c\.a\.r\.l\.?)(?= |$|[,;.\n)])"),
    ("legal_person", 2.0, r"\A\W{0,20}(?:\S{1,25} ){0,2}(?:bar|caffe|b&b|agriturismo|pasticceria|ristorante|trattoria|pizzeria|panificio|officina|autofficina|farmacia|impresa|ditta|hotel|albergo|macelleria|azienda|carrozzeria|salumificio|caseificio|tipografia|falegnameria|cantina|supermercato|immobiliare|edilizia|costruzioni|cooperativa|fondazione|parrocchia|diocesi|arcidiocesi|confraternita|monastero|convento|oratorio|pro loco|polisportiva|circolo|asilo|scuola|casa di riposo|consorzio)\b[^\n]{0,90}\n"),
    ("legal_person", 2.0, r"comune di \w+[\s\S]{0,40}(?:ufficio|il sindaco|settore)|istituto (?:comprensivo|scolastico)|il (?:sindaco|dirigente|rettore)|ente (?:morale|pubblico|religioso)"),
    ("legal_person", 3.6, r"(?:la )?(?:nostra|scrivente|sottoscritta) (?:parrocchia|chiesa|scuola|comunita|confraternita|pro loco)|(?:^|\n)(?:don|padre|sac\.|rev\.?) (?:\w+ ){1,3}\W{0,3}(?:il )?parroco\b"),
    ("legal_person", 7.0, r"(?:presidente|economo|priore|priora|superiora|rettore|direttrice|dirigente) pro ?-?tempore"),
    ("legal_person", 1.5, r"(?:noi )?(?:siamo|abbiamo) (?:\w+ ){0,4}(?:negozio|forno|azienda|ditta|ristorante|pasticceria|capannone|soci)|(?:siamo|facciamo) (?:\w+ ){0,5}(?:da (?:\w+ )?anni) ?e|(?:il nostro|la nostra|nostro|nostra) (?:negozio|laboratorio|capannone|stabilimento|ristorante|albergo|hotel|bar|pasticceria|forno|attivita|officina|impresa|ditta|societa|azienda|sede)"),
    ("private", 2.0, r"(?:per )?casa mia|(?:la )?mia (?:casa|abitazione|prima casa|utenza domestica|fornitura domestica)|uso domestic|utenza domestica|cliente domestic|in proprio\b|contratto personale|fornitura di casa"),
    ("private", 3.0, r"scrivo (?:\w+ ){0,4}per me\b|a titolo (?:privato|personale)|per (?:una |la )?mi[oa] (?:casa|abitazione|appartamento|utenza domestica)|(?:del|il) mio appartamento|riguarda casa mia"),
    ("private", 1.0, r"pensionat|abito (?:in|a|da)|mia moglie|mio marito|i miei figli|il mio (?:appartamento|contatore|codice fiscale)|residente in|mi chiamo"),
)  # fmt: skip
_COMPILED = tuple(
    (kind, weight, folded(p, re.MULTILINE | re.ASCII, sign=p.replace(r"\A", "^"))) for kind, weight, p in _CUES
)
EXPRESSIONS = tuple(expression for _, _, expression in _COMPILED)
_SUPPLIER_CONTEXT = re.compile(r"(?:contro|nei confronti|a|di|da|con|dalla|della|alla|la|spett\S*)\s+(?:\S+\s+){0,3}$")
_OFFICE_FOOTER = re.compile(r"(?:ufficio|reparto|s\.?r\.?l|p\.? ?iva|questo messaggio|riservat[oei])")
_SENDER_COMPANY = re.compile(
    r"\b(?:s\.?r\.?l\.?s?|s\.?p\.?a|s\.?n\.?c|s\.?a\.?s|studio|avv\.?|associazione|condominio|comune|ditta|tutela|consumatori|hotel|ristorante|impresa|coop\w*|onlus|parrocchia|farmacia|amministrazion\w+|azienda|agenzia|immobiliare|costruzioni|edil\w*|bar|pizzeria|pasticceria|panificio|officina)\b"
)
_OWN_TAX_CODE = 1.8
"""Three in five private persons give a code that is theirs, but three in a hundred of the others (782 letters)."""


def examine(view: View, papers: Sequence[Paper], *, own_tax_code: bool = False) -> Finding:
    """`sender_kind` with the other kinds as alternatives. `own_tax_code`: the writer's name and a tax code of the item
    are of one person."""
    scores = dict.fromkeys(KINDS, 0.0)
    scores["private"] = 2.2 + (_OWN_TAX_CODE if own_tax_code else 0.0)
    evidence: list[tuple[float, str, Evidence]] = []
    for passage in view.passages:
        share = _share(passage)
        if not share:
            continue
        for kind, weight, expression in _COMPILED:
            if expression in passage.lacks:
                continue  # most often
            match = next((m for m in passage.find(expression) if _counts(kind, passage, m)), None)
            if match is None:
                continue
            weight *= share * _damp(kind, passage, match)
            scores[kind] += weight
            evidence.append((weight, kind, passage.evidence(*match.span())))
    _from_envelope(view, scores)
    _from_papers(papers, scores)
    return _finding(scores, evidence)


def _share(passage: Passage) -> float:
    if passage.own:
        return 0.5 if passage.where is Where.SIGNATURE else 1.0
    if passage.paper is PaperKind.COMPLAINT:
        return 0.35
    return 0.0


def _counts(kind: str, passage: Passage, match: re.Match[str]) -> bool:
    """A company form beside an operator's name, or in the address, is not the writer's."""
    if re.match(r"siamo|scriv|sono della", match[0]):
        return True
    if kind != "legal_person" or not re.search(r"s\.? ?[rnap]\.? ?[lcsa]", match[0]):
        return True
    line_start = passage.plain.rfind("\n", 0, match.start()) + 1
    ahead = passage.plain[max(line_start, match.start() - 60) : match.start()]
    if re.search(
        r"ditta|compagnia|spett|energ|gas|luce|acqu|elettr|fornitor|societa|nei confronti|contro|bollett|fattur|reti|servizi|ambient|idric|power|comm\b|enel|eni\b|poste|telecom",
        ahead,
    ):
        return False
    if re.search(r"sottoscritta|scrivente|denominata", ahead):
        return True
    number, total = passage.plain[: match.start()].count("\n"), passage.plain.count("\n")
    line_end = passage.plain.find("\n", match.end())
    behind = passage.plain[match.end() : line_end if line_end > 0 else match.end() + 60]
    if (
        not passage.plain[: match.start()].strip().count("\n")
        and len(ahead.split()) <= 6
        and passage.document is not None
    ):
        return True
    return len(ahead.split()) <= 6 and len(behind.split()) <= 6 and (number <= 5 or total - number <= 9)


def _damp(kind: str, passage: Passage, match: re.Match[str]) -> float:
    """A company's footer under a private letter speaks softly."""
    if kind not in ("legal_person", "professional"):
        return 1.0
    tail = passage.plain[match.start() :]
    in_footer = len(tail) < 420 and match.start() > len(passage.plain) * 0.6 and len(passage.plain) > 300
    return 0.55 if in_footer else 1.0


def _from_envelope(view: View, scores: dict[str, float]) -> None:
    sender = view.envelope.sender
    if sender is None:
        return
    name = (sender.name or "").lower()
    address = (sender.email or "").lower()
    if re.search(r"\bavv\b|avvocat|legale", f"{name} {address}"):
        scores["delegate"] += 2.5
    if re.search(r"associazion|consumator|tutela|federcons|codacons|adiconsum", f"{name} {address}"):
        scores["association"] += 2.5
    if re.search(
        r"\bs\.?r\.?l|\bs\.?p\.?a\b|\bs\.?n\.?c\b|\bs\.?a\.?s\b|\bcomune\b|costruzion|\bditta\b|\bhotel\b", name
    ):
        scores["legal_person"] += 3.0
    if re.search(r"^(?:il )?comune di |istituto|parrocchia|\bcomune\b|@pec\.comune|protocollo@", f"{name} {address}"):
        scores["legal_person"] += 2.5
    if re.search(r"\bstudio\b|amministrazion", f"{name} {address.split('@')[0]}"):
        scores["delegate"] += 0.8
        scores["professional"] += 0.8


def _from_papers(papers: Sequence[Paper], scores: dict[str, float]) -> None:
    kinds = {p.kind for p in papers}
    if PaperKind.DELEGATION in kinds:
        association = scores["association"] >= 2.5
        scores["delegate"] += 0.5 if association else 2.5
        scores["association"] += 2.0 if association else 0.5
    if PaperKind.COMPANY_RECORD in kinds:
        scores["legal_person"] += 3.0


def _finding(scores: dict[str, float], evidence: list[tuple[float, str, Evidence]]) -> Finding:
    top = max(scores.values())
    weights = {kind: math.exp(0.9 * (score - top)) for kind, score in scores.items()}
    total = sum(weights.values())
    ranked = sorted(((kind, weights[kind] / total) for kind in KINDS), key=lambda pair: -pair[1])
    kind, confidence = ranked[0]
    spoke = sorted((e for e in evidence if e[1] == kind and e[0] > 0), key=lambda e: -e[0])
    return Finding(
        kind="sender_kind",
        value=kind,
        confidence=round(min(0.99, confidence), 3),
        evidence=tuple(e for _, _, e in spoke[:4]),
        by=BY,
        alternatives=tuple((k, round(p, 3)) for k, p in ranked[1:]),
    )
