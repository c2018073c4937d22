"""Where operators are named in an item: the known ones by the list, the unknown by the company a name keeps.

A small town's water works or a new seller is in no list. A name counts as an operator's if it stands in the address
of a complaint, in the letterhead of a bill, or beside a word such as *fornitore*, and looks like a company's name.
"""

# ruff: noqa: E501
from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from classifier.names import NameLists, given_name
from classifier.operators import Alias, Operator, Operators
from classifier.reading_view import Passage, View, fold
from classifier.spotting import written
from mailroom.finding import PaperKind, Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    operator: str
    """Name of the operator; the same for all its aliases."""
    display: str
    """The trade name in the form in which it is written here."""
    kind: str
    """seller, distributor, water, heat, waste, multi, body, unknown."""
    passage: Passage
    start: int
    end: int
    letterhead: bool = False
    addressed: bool = False
    """The letter is addressed to it."""
    known: bool = True


MOST_LETTERHEAD = 240
"""Characters at a paper's top in which a company with its legal form is the letterhead, whatever somebody noted above."""
MOST_MENTIONS = 40
"""In one passage; nobody names operators more often and means something new."""

_SECTOR_WORD = (
    r"(?:energi[ae]|energy|power|gas|luce|light|corrente|elettric[aoi]|elettra|acqu[ae]|acquedott\w+|idric[aoi]|idro\w*|reti|rete|calore|"
    r"teleriscaldamento|ambient[ei]|ambientale|ecologia|igiene|servizi|multiservizi|multiutility|utilit\w+|distribuzione|metano|"
    r"rifiuti|kilowatt|watt|volt\w*|enel\w*|green|sole|solare|trading)"
)
_COMPANY = r"(?:s\.? ?p\.? ?a\.?|s\.? ?r\.? ?l\.?|scarl|s\.c\.a\.r\.l\.|soc\.? ?coop\.?|consorzio|azienda (?:speciale|municipal\w+|consortile)|a\.t\.o\.)"
_NAME_WORD = r"[A-Z0-9ÀÈÉÌÒÙ](?:[\w&'’\-]|\.(?=\w))*"
_NEXT_WORD = r"[A-ZÀÈÉÌÒÙ](?:[\w&'’\-]|\.(?=\w))*"
_NAME = rf"{_NAME_WORD}(?: (?:(?:e|&|di|del|della|dei|delle) |dell')?{_NEXT_WORD}(?= |$|[,;:.!?\n)»”\"\-])){{0,5}}"
_LOOKS_LIKE = re.compile(
    rf"\b{_SECTOR_WORD}\b|\w{{2,}}(?:energ(?:ia|y|ie)|gas|luce|acqu[ae]|idrica|power|watt|volt|reti)\b|(?:\b|^){_COMPANY}(?:\b|$|[ ,.])"
)
_ADDRESSED = written(
    r"(?m)^[ \t]*(?P<to>[Ss][Pp][Ee][Tt][Tt]\S*|[Aa]lla|[Aa]llo|[Aa]ll'|[Aa]ll[aA]?|A[lLdD]?|[Aa] ?:|[Pp]er|[Aa])[ \t]*\.?[ \t]+(?:[Ss]oc(?:iet\S*|\.)[ \t]+|[Dd]itta[ \t]+|[Ss]pett\S*[ \t]+)?(?P<name>[A-Z0-9][^\n]{1,70}?)(?=\.\s+[A-Z]|[ \t]*$)",
    sign=r"(?m)^ *(?:spett|al|a[ .d:]|per)",
)
_TELLING_WORDS = (
    r"fornitor\w*", r"gestor\w*", r"societ\w+", r"compagni\w+", r"venditor\w*", r"distributor\w*", r"aziend\w+", "ditta",
    r"operator\w*", r"bollett\w+", r"fattur\w+", r"reclam\w+", r"contratt\w*", r"client\w*", r"utent\w*", r"passat\w+",
    "nei confronti", r"contest\w+ a", "contro", "lettera", "pec", "mail", "scritto", "avviso", "tari", "acquedotto",
    r"rete (?:del|di) calore", "impresa", "un[a'] certa", "un certo", r"campagn\w+", r"pubblicit\w+", r"volantin\w+",
    r"si chiam\w+", "vertenza con", "controversia con", "lite con", r"problem\w+ con", "contratto con",
    r"confronti (?:di|della|del)",
)  # fmt: skip


def _any_case(words: Iterable[str]) -> str:
    """The words in small letters or capitals, by their first ones: an expression that ignores case tries each of forty
    words at every place, one that names the first letter in both cases sees at once that most can't stand there."""
    rests: dict[str, list[str]] = {}
    for word in words:
        rests.setdefault(word[0], []).append(word[1:])
    return "|".join(rf"[{first}{first.upper()}](?i:{'|'.join(rest)})" for first, rest in rests.items())


_BESIDE = re.compile(
    rf"\b(?:{_any_case(_TELLING_WORDS)})(?i:\b(?:'|[ \n]|: ?| e'? | è |, ?(?:mi )?pare |, ){{0,2}}[(«“]?(?:(?:di|chiamat\w|un[a'] certa|del|della|dell'|da|dal|dalla|dall'|con|il|la|lo|l'|a|al|alla|all'|dei|(?-i:idrico|elettrico|acqua|luce|gas|metano|corrente|rifiuti|spazzatura)|attuale|nuov\w|\"|') ?){{0,3}}\(?)(?P<name>{_NAME})"
)
_FORMED = re.compile(rf"(?im)^[ \t]*(?P<name>(?-i:[A-Z])[^\n,;:.]{{2,40}}? {_COMPANY})(?=[ \t]*(?:$|[-–]))")
_FORMED_LINE = re.compile(rf"(?im)^[ \t]*(?P<name>(?-i:[A-Z])[^\n,;:.]{{2,40}}? {_COMPANY})(?=[ \t]*(?:$|[-–,]))")
_SUBJECT_OF = re.compile(
    rf"(?:^|[.,;:!?]\s+|\b(?:che|perch[eé]|e|ma|poi|quando|ieri|oggi|la|il|l') ?)(?P<name>{_NAME})(?= (?:mi|ci|gli|non|ha|hanno|dice|risponde|sostiene|continua|pretende|chiede|vuole|afferma))"
)
_TELLING = written(
    r"(?<![\w.'’])(?:[lL]['’]|(?:La|Il|Lo|Le|Gli|I) )?(?P<name>(?:[A-ZÀÈÉÌÒÙ][\w'’\-]+ (?:d[ei]ll[ao] |d[ei] )?){1,2}"
    r"(?:Luce|Light|Energi[ae]|Energy|Power|Gas|Metano|Corrente|Elettric[aoi]t?à?|Acqu[ae]|Idric[aoi]|Ambient[ei]|Ecologia|"
    r"Calore|Reti|Igiene|Teleriscaldamento)(?: (?:e|&) (?:Luce|Gas|Servizi|Ambiente|Acque|Energia))?)(?![\w'’])",
    sign=r" (?:luce|light|energi[ae]|energy|power|gas|metano|corrente|elettric|acqu[ae]|idric|ambient|ecologia|calore|reti|igiene|teleriscaldamento)",
)
_SO_CALLED = written(
    rf"\b(?i:un[a'] (?:certa|tale)|un (?:certo|tale)|si chiam\w+)[ \n]['\"«“(]?(?P<name>{_NAME})",
    sign=r"un[a'] (?:certa|tale)|un (?:certo|tale)|si chiam",
)
_SECTOR_FIRST = re.compile(
    r"(?:Energi[ae]|Luce|Gas|Metano|Acqu[ae]|Calore|Ambiente)(?: [A-ZÀÈÉÌÒÙ][a-zàèéìòù]{2,}){1,3}(?![\w'’])"
)
_OF_BEFORE = re.compile(r"[a-z,;:\"] (?:d[ai]|alla|dalla|della|con|con la|la|a) $")
_NO_NAMES_NEXT = re.compile(r"(?:luce|gas|metano|naturale|elettrica|potabile|verde|sociale|domestic[ao])\b")
_COMMON_BEFORE = frozenset(
    ["bonus", "bolletta", "bollette", "fattura", "contratto", "fornitura", "utenza", "mercato", "conto", "offerta"]
)
"""Capitals of emphasis: "il Bonus Luce" is nobody's name."""
_STOP_WORDS = """
    sportello consumatore arera autorita acquirente inps comune tribunale agenzia entrate caf asl ministero poste
    italiane banca telecom tim vodafone wind fastweb roma milano napoli torino gentile gentili spettabile egregi egregio
    servizio clienti ufficio reclami reclamo oggetto bolletta fattura codice cliente pod pdr iva isee bonus cmor io lei voi
    loro gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre signora signor signori signore sig direttore presidente redazione societa ditta gestione titolare responsabile
    dott avv via piazza corso viale spid cie pec sms direzione raccomandata casa luce gas acqua energia lo la il un una
    ente signoria richiesta modulo proposta verbale delega condizioni preventivo avviso ricevuta comunicazione dell del nel sul sulla nella all dal dalla alla lui noi ora qui poi lo stesso stessa mio mia loro altra altro questo questa quello quella non si se ma gruppo sociale indennitario sistema conciliazione smart portale italia europa guardia polizia carabinieri giudice"""
_STOP_NAMES = frozenset(_STOP_WORDS.split())
_TRADE_TAIL = re.compile(
    r"(?:\s*[-–—|,:(/]\s.*|\s*[,(].*|\s+[-–—] ?.*|\s{2,}.*|:.*)$|\s+(?:bolletta|fattura|servizio (?:clienti|reclami)|ufficio|reclami|clienti)\b.*$",
    re.IGNORECASE,
)
_LEGAL_TAIL = re.compile(rf",?\s+(?:{_COMPANY}|società benefit|società unipersonale)\s*(?:\b.*)?$", re.IGNORECASE)


def mentions(view: View, operators: Operators, lists: NameLists) -> tuple[Mention, ...]:
    """Every mention, known first in each passage."""
    found: list[Mention] = []
    for passage in view.passages:
        if passage.paper is PaperKind.IDENTITY_DOCUMENT:
            continue
        here = list(_known(passage, operators))
        told = itertools.chain(_headed(passage), _told(passage))
        unknown = _unknown(passage, told, lists)
        here += [m for m in unknown if not any(m.start < k.end and k.start < m.end for k in here)]
        found += here
    known = _known_again(view, found)
    return (*known, *_short_forms(view, known, lists))


def addressee(text: str, operators: Operators) -> Mention | None:
    """The operator that a letter is addressed to, looked for in its first lines."""
    top = text[:900]
    passage = Passage(where=Where.DOCUMENT, text=top, plain=fold(top))
    known = next((m for m in _known(passage, operators) if m.addressed), None)
    return known or next((m for m in _unknown(passage, _headed(passage)) if m.addressed), None)


def letterhead(text: str, operators: Operators) -> Mention | None:
    """The operator whose letterhead opens a page; of an unknown one its first line must look like a company's."""
    top = text[:300]
    passage = Passage(where=Where.DOCUMENT, text=top, plain=fold(top), paper=PaperKind.SUPPLIER_REPLY)
    known = next((m for m in _known(passage, operators) if m.letterhead), None)
    unknown = _unknown(passage, _headed(passage))
    return known or next((m for m in unknown if m.letterhead and _LOOKS_LIKE.search(fold(m.display))), None)


def _known(passage: Passage, operators: Operators) -> Iterator[Mention]:
    hits = list(operators.find(passage.text, passage.plain))
    if passage.read_by_eye:
        misread = operators.find_misread(passage.text, passage.plain)
        hits += [h for h in misread if not any(h.start < k.end and k.start < h.end for k in hits)]
    for hit in hits[:MOST_MENTIONS]:
        alias: Alias = hit.alias
        operator: Operator = alias.operator
        yield Mention(
            operator=operator.name,
            display=alias.display,
            kind=operator.kind,
            passage=passage,
            start=hit.start,
            end=hit.end,
            letterhead=_is_letterhead(passage, hit.start),
            addressed=_is_addressed(passage, hit.start),
        )


_ADDRESS_LINE = re.compile(
    r"^\s*(?:(?:(?:raccomandata|p\.?e\.?c\.?|fax)[^\n]{0,20})?(?:spett\S*|gentil\w*|egr\S*|alla?|allo|all'|ad?|al|per|a:|to:?|vs|cara|caro)(?:\s+(?:spett\S*|soc\w*\.?|societa|ditta|gestore|fornitore|cortese attenzione (?:di|del\w*)))*\s*\.?\s*[:\-]?\s*(?:il |la |l')?)?[\"']?$"
)


_TOWN_AND_DAY = re.compile(r"\s*[a-z' ]{3,30},? (?:li'? )?\d{1,2}[./ ]\w{1,9}[./ ]\d{2,4}\s*")
"""People put town and day first and then whom they write to; a company's letterhead comes before them."""
_UNDERSIGNED = re.compile(r"\b(?:sottoscritt[oa]|reclamo|contesto|chiedo|avete|rifate\w*|vostr[aeio]|mi dovete)\b")
_OFFICE_OF_COMPLAINTS = re.compile(r"[,\-–] ?(?:(?:ufficio|servizio|gestione|settore) )?(?:reclami|ufficio utenti)")


def _is_letterhead(passage: Passage, start: int) -> bool:
    if passage.document is None and passage.where is not Where.DOCUMENT:
        return False
    if start > 400:
        return False
    before = passage.plain[:start]
    return len(before.split()) <= 4 and before.count("\n") <= 3 and not _is_addressed(passage, start)


def _is_addressed(passage: Passage, start: int) -> bool:
    line_start = passage.plain.rfind("\n", 0, start) + 1
    line = passage.plain[line_start:start]
    rest = passage.plain[start:].split("\n", 1)[0]
    if not line.strip() and "gentil" not in passage.plain[start : start + 250]:
        dated = _TOWN_AND_DAY.fullmatch(passage.plain[:line_start])
        if _OFFICE_OF_COMPLAINTS.search(rest) or (dated and _UNDERSIGNED.search(passage.plain, start, start + 300)):
            return True
    if not _ADDRESS_LINE.match(line) or (
        passage.where is Where.DOCUMENT and passage.plain[: min(start, 4000)].count("\n") > 14
    ):
        return False
    if line.strip():
        return True
    lines = [part.strip() for part in passage.plain[:line_start].split("\n") if part.strip()]
    return bool(lines) and bool(re.fullmatch(r"(?:spett\S*|alla?|egr\S*|a|al|spettabile(?: \w+)?)\s*[:.]?", lines[-1]))


_Candidate = tuple[int, int, bool, bool]
"""Start, end, whether it is the letterhead, whether the letter is addressed to it."""


def _unknown(passage: Passage, candidates: Iterable[_Candidate], lists: NameLists | None = None) -> Iterator[Mention]:
    taken: list[tuple[int, int]] = []
    for start, end, letterhead, addressed in candidates:
        if any(start < b and a < end for a, b in taken):
            continue
        name = trade_name(passage.text[start:end])
        if name is None:
            continue
        told = letterhead or addressed or _called(passage, start, name, lists)
        if not _plausible(name, strict=True) and not (told and _plausible(name, strict=False)):
            continue
        taken.append((start, end))
        yield Mention(
            operator=fold(name),
            display=name,
            kind="unknown",
            passage=passage,
            start=start,
            end=start + len(name),
            letterhead=letterhead,
            addressed=addressed,
            known=False,
        )


def _called(passage: Passage, start: int, name: str, lists: NameLists | None) -> bool:
    """The text calls it a company right before, and it is no person's name."""
    if lists is None or not _CALLED.search(passage.plain[max(0, start - 50) : start]):
        return False
    return not any(given_name(word, lists) for word in re.findall(r"[a-z]+", fold(name)))


_PAYEE = re.compile(
    r"(?i:beneficiari[oa]|a favore di|sul c/c|intestat[oa] a)[ :]+(?P<name>[A-Z][^\n]{2,50})$", re.MULTILINE
)


_CALLED = re.compile(
    r"(?:fornitor\w*|gestor\w*|societa|compagnia|venditor\w*|distributor\w*|ditta|operatore|impresa|rete (?:del|di) calore)"
    r"(?: \w+){0,2}?(?: e'?| si chiama| chiamat\w| una certa| di nome|:)? ?[(\"']{0,2}$|si chiama(?:no)? |una certa |confronti (?:di|della|del) |contest\w+ a(?:d|lla)? |bollett\w+ (?:e'?|sono|arriva\w*|vien\w*|vengono) (?:del(?:la)?|di|dal(?:la)?) "
)


def _headed(passage: Passage) -> Iterator[_Candidate]:
    """Who may stand in the letterhead or the address."""
    text = passage.text
    if passage.paper in (PaperKind.BILL, PaperKind.SUPPLIER_REPLY, PaperKind.CONTRACT):
        line = re.search(r"[^\n]*\S[^\n]*", text)
        if line and not re.search(r",\s*(?:li )?\d|\d{1,2} [a-z]{3,9} (?:19|20)\d\d", line[0].split(" - ")[0]):
            indent = len(line[0]) - len(line[0].lstrip())
            yield line.start() + indent, line.end(), True, False
        for match in _FORMED.finditer(text[:MOST_LETTERHEAD]):
            yield *match.span("name"), True, False
    if passage.paper in (PaperKind.COMPLAINT, PaperKind.REQUEST_FORM) or passage.document is None:
        for match in passage.find(_ADDRESSED, until=3000):
            formal = match["to"].lower().startswith("spett")
            if formal or _LOOKS_LIKE.search(fold(match["name"])):
                yield *match.span("name"), False, True


def _told(passage: Passage) -> Iterator[_Candidate]:
    """Who may be told of: beside a word such as *fornitore*, as who does something, by a name that says its trade."""
    text = passage.text
    beside = (passage.find(_SO_CALLED), _BESIDE.finditer(text), _SUBJECT_OF.finditer(text))
    for match in itertools.chain.from_iterable(beside):
        yield *match.span("name"), False, False
    for match in passage.find(_TELLING):
        if fold(match["name"]).split()[0] not in _COMMON_BEFORE:
            yield *match.span("name"), False, False
    for match in _SECTOR_FIRST.finditer(text):
        ahead = passage.plain[max(0, match.start() - 12) : match.start()]
        if _OF_BEFORE.search(ahead) and not _NO_NAMES_NEXT.match(fold(match[0]).split(" ", 1)[1]):
            yield *match.span(), False, False
    if passage.paper is PaperKind.COMPLAINT:
        for match in _FORMED_LINE.finditer(text[:MOST_LETTERHEAD]):
            if text[: match.start()].strip():  # the first line may be the writer's own firm
                yield *match.span("name"), False, True
    if passage.paper is PaperKind.PAYMENT_RECEIPT:
        for match in _PAYEE.finditer(text):
            yield *match.span("name"), True, False


def trade_name(raw: str) -> str | None:
    """The trade name at the start of a line or phrase: service words, company forms and addresses cut off."""
    name = re.sub(r"^(?:E'?|È|DI|LA|IL)\s+(?=\S+\s+\S)", "", " ".join(raw.split()))
    name = _LEGAL_TAIL.sub("", name)
    if _COMPANY_ONLY.fullmatch(fold(name)):
        return None
    cut = _TRADE_TAIL.sub("", name)
    name = cut if len(cut) >= 3 else name
    name = re.sub(r"(?: (?:e|&|di|del|della|dei|delle|dell'|il|la|in|per))+$", "", name.strip(" .,;:-–\"'")).strip(
        " .,;:-"
    )
    return name if 2 <= len(name) <= 50 else None


_COMPANY_ONLY = re.compile(_COMPANY)


_FUNCTION_LIST = "per con che non se ma ed da dal dalla in nel nella su sul al alla ai e o mi ci vi si"
_FUNCTION_WORDS = frozenset(_FUNCTION_LIST.split())


def _plausible(name: str, *, strict: bool) -> bool:
    words = re.findall(r"[a-z]+", fold(name))
    if (
        not words
        or all(w in _STOP_NAMES or len(w) < 2 for w in words)
        or words[0] in _STOP_NAMES - {"energia", "acqua", "luce", "gas", "gruppo", "servizio"}
    ):
        return False
    if words[0] in _FUNCTION_WORDS:
        return False  # text in capitals: "UN ALTRO GESTORE PER LEGGE"
    if "sportello" in words or "autorita" in words or "conciliazione" in words:
        return False
    if len(words) > 6 or re.search(r"\d{3}", name):
        return False
    return bool(_LOOKS_LIKE.search(fold(name))) if strict else words[0] not in _STOP_NAMES


_SECTOR_TAIL = re.compile(rf"(?: (?:e |& )?{_SECTOR_WORD})+$")
_NEXT_SECTOR = re.compile(rf" (?:e |& )?{_SECTOR_WORD}\b")


def _short_forms(view: View, found: Sequence[Mention], lists: NameLists) -> Iterator[Mention]:
    """A company told in full once and then by its first words: ``Gritti`` for ``Gritti Energia``; no town's name or person's."""
    stems: dict[str, Mention] = {}
    for mention in found:
        stem = _SECTOR_TAIL.sub("", fold(mention.display))
        if 5 <= len(stem) < len(mention.display) and not _ordinary(stem, lists):
            stems.setdefault(stem, mention)
    for stem, whole in stems.items():
        pattern = re.compile(rf"(?<![a-z0-9@.]){re.escape(stem)}(?![a-z0-9@])")
        for passage in view.passages:
            for match in itertools.islice(pattern.finditer(passage.plain), MOST_MENTIONS):
                start, end = match.span()
                taken = any(m.passage is passage and m.start < end and start < m.end for m in found)
                if taken or not passage.text[start].isupper() or _NEXT_SECTOR.match(passage.plain, end):
                    continue
                yield replace(whole, passage=passage, start=start, end=end, letterhead=False, addressed=False)


def _ordinary(stem: str, lists: NameLists) -> bool:
    words = stem.split()
    if stem in lists.towns or words[0] in _STOP_NAMES or _LOOKS_LIKE.search(stem):
        return True
    return len(words) == 1 and (given_name(stem, lists) or stem in lists.surnames)


def _known_again(view: View, found: Sequence[Mention]) -> tuple[Mention, ...]:
    """Unknown names met in a telling place are then known in the rest of the item, in whatever form."""
    # In the order of their places, not a set's: of two spellings alike in length the first one met speaks.
    names = dict.fromkeys(
        m.display for m in found if not m.known and (m.letterhead or m.addressed or _LOOKS_LIKE.search(fold(m.display)))
    )
    more: list[Mention] = []
    for name in sorted(names, key=len, reverse=True):
        pattern = re.compile(rf"(?<![a-z0-9]){re.escape(fold(name))}(?![a-z0-9])")
        for passage in view.passages:
            for match in pattern.finditer(passage.plain):
                if any(
                    m.passage is passage and m.start < match.end() and match.start() < m.end for m in (*found, *more)
                ):
                    continue
                more.append(
                    Mention(
                        operator=fold(name),
                        display=name,
                        kind="unknown",
                        passage=passage,
                        start=match.start(),
                        end=match.end(),
                        known=False,
                    )
                )
    return (*found, *more)
