"""Postal addresses in text: street, number, postcode and town, told in the order ``Via X 1, 00100 Town``.

Towns and postcodes are checked against the shipped public list. The applicant's own address is the one they write at
the head or foot of their letter or say that they live at; a supply address stands in for it, a company's never.
"""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources

from classifier.names import written
from classifier.reading_view import Passage, View, fold
from classifier.spotting import folded
from mailroom.finding import Finding, PaperKind, Where

BY = "address/1"

_STREET = (
    r"(?:via(?:le)?|v\.le|v\.|corso|c\.so|piazzale|p\.le|piazz(?:a|etta)|p\.?zz?a|pza|largo|l\.go|vicolo|vico|vicoletto|strada(?: (?:provinciale|statale|comunale|vicinale))?|"
    r"str\.|s\.p\.|contrada|c\.da|c/da|ctr\.|localita|loc\.?|frazione|fraz\.?|borgo|borgata|lungo\w+|salita|scalinata|calle|fondament[ae]|campo|campiello|rione|"
    r"traversa|trav\.|scali|lungadige|piaggia|poggio|villaggio|discesa|rampe?|galleria|circonvallazione|stradone|stradella|sestiere|cascina|podere|regione|case sparse|vocabolo|voc\.|"
    r"masseria|maso|quartiere|q\.re|riviera|baluardo|contra'?|crosa|creuza|spalto|spalti|bastion[ei]|lungomare|stretta|stretto|vanella|cupa|trazzera|tratturo|chiasso|pendino|larghetto|parco|passaggio|passeggiata|sottoportico|ruga|salizada|rua|costa|clivo|androna|erta|residenza|rue|avenue|hameau|"
    r"viuzza|cortile|corte|molo|banchina|supportico|gradoni|[a-z]{3,}(?:strasse|gasse|weg|platz))"
)
_NUMBER = r"(?:\d{1,4}(?:[ ]?(?:[/\-][ ]?(?:\d{1,3}|[a-z]{1,3})|bis|ter)(?![a-z0-9])|[ ]?[a-h](?![a-z0-9'.]| \d{5})(?<! [ae](?= [a-z]{3})))?(?:[/\-]?(?:int\.? ?)?[a-z]?\d{0,2})?|s\.?n\.?c\.?|km ?\d[\d.,+]*)"
_FORM = folded(
    rf"(?<![a-z0-9'])(?P<street>{_STREET}(?:[ ]+|[ ]?\n[ ]?)(?!mail|email|e-mail|fax|pec|posta|web|telefon|raccomandata|internet|sms|breve|libera|traverse)[a-z0-9'.\"\-]+(?:[ ]+[a-z0-9'.\"\-]+){{0,6}}?)"
    rf"(?:[ ]*,?[ ]*(?:n\.? ?°?|nr\.?|num\.?|numero|civico|n°|al|°)?[ .]*)(?P<number>(?<![a-z0-9]){_NUMBER})(?![a-z0-9€%]| ?(?:euro|kwh|smc|mc|anni|giorni|gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre))",
    sign=rf"(?<![a-z0-9]){_STREET}[ \n\"]",
)
_EXTRA = r"(?:[ ,\-]*(?:(?:int(?:erno|\.)?|scala|sc\.|piano|pal(?:azzina|\.)?|lotto|edificio|ed\.|isolato|is\.|condominio|cond\.|appartamento|app\.?|loc(?:alita|\.)|fraz(?:ione|\.)) ?[a-z0-9'./]{1,14}(?: [a-z]{3,14})?))*"
_CAP_TOWN = re.compile(
    rf"{_EXTRA}(?: ?\([^()\n]{{9,60}}\))?(?:[,;:\-–.( ]{{0,4}}\n?\s{{0,40}}|[ ,;:\-–.(]{{0,8}})(?:a[ ]+)?(?:cap[ :.\n]*)?(?P<cap>\d{{5}})(?!\d)[ ,\-]{{0,4}}\n?[ ]*(?P<town>[a-z'’][a-z'’.\- ]{{1,40}})?"
)
_TOWN_CAP = re.compile(
    rf"{_EXTRA}[\s,;:\-–(]{{0,6}}(?:(?:a|ad|in|di|comune di)[ ]+)?(?P<town>[a-z'’][a-z'’ \-]{{1,35}}?)[ ,\-(]{{0,4}}(?:\(?[a-z]{{2}}\)?)?[ ,\-]{{0,3}}(?:cap[ :.]*)?(?P<cap>\d{{5}})(?!\d)"
)
_TOWN_ONLY = re.compile(
    rf"{_EXTRA}[\s,;:\-–(]{{0,6}}(?:(?:a|ad|in|di|nel comune di|comune di)[ ]+)?(?P<town>[a-z'’][a-z'’ \-]{{1,40}})"
)
_CAP_BEFORE = re.compile(
    r"(?:(?P<cap>\d{5})[ ]+)?(?:a |ad |in )?(?P<town>[a-z'][a-z' ]{2,30}?)(?: \(?[a-z]{2}\)?)?[ ,\-–:(]{1,4}(?:in |alla |al )?$"
)
_TOWN_CAP_BEFORE = re.compile(
    r"(?P<town>[a-z'][a-z' ]{1,30}?)(?: ?\(?\b[a-z]{2}\)?)?[ ,\-(]{1,3}(?:cap )?(?P<cap>\d{5})\)?[ ,\-–]{1,3}(?:in |alla )?$"
)
_HOME_BEFORE = re.compile(
    r"(?:abit\w*|resident\w*|residenza|domicili\w*|vivo|viviamo|sto|stiamo|indirizzo|recapito|casa mia|mia casa|scriv\w+(?: \w+){0,2}|risied\w*|sita|sito|mitt\w*)[^.;\n]{0,45}\n?[^.;\n]{0,12}$"
)
_NEW_HOME_BEFORE = re.compile(
    r"(?:scriv\w+mi|nuovo indirizzo|spedit\w*|d'ora in poi|da oggi|cambiato indirizzo|mandat\w*mi)[^;]{0,60}$"
)
_SUPPLY_BEFORE = re.compile(
    r"(?:fornitura|fornit\w+ in|utenza|ubicazione|immobile|punto|contatore|impianto|sita in|casa (?:al|di|in)|appartamento)[^.;]{0,40}$"
)
_FOREIGN_NEAR = re.compile(
    r"s\.? ?p\.? ?a\b|s\.? ?r\.? ?l\b|s\.? ?n\.? ?c\b\.? d|p\.? ?iva|sede (?:legale|di|in|operativa)|ufficio|studio|\bspett(?:\.|abile)|allo sportello|acquirente unico|filiale|negozio|agenzia|patronato|caf\b|tribunale|casella postale|(?<!con )(?<!da )mia (?:madre|mamma|figlia|sorella|nonna)|(?<!con )(?<!da )mio (?:padre|figlio|fratello)|vicin[oa] di"
)

_SCENE_BEFORE = re.compile(
    r"\b(?:nell[ao] scala \w+|nel (?:palazzo|condominio|caseggiato|parcheggio)|davanti|di fronte|all'angolo|nei pressi|lampion[ei]|cabina|buca|tombino|cantiere)"
    r"(?: (?:di|a|al|alla|del|della|in|con|tra|sotto)){0,2} $"
)
"""Where something happens, be it the writer's street."""
_OFFICE_IN_LINE = re.compile(r"servizi|reclami|client|gestion|direzion|casella")


@dataclass(frozen=True, slots=True, kw_only=True)
class Towns:
    by_name: Mapping[str, tuple[str, ...]]
    """Folded name -> written names."""
    caps_of: Mapping[str, tuple[tuple[int, int], ...]]
    """Folded name -> postcode ranges."""
    by_cap: Mapping[int, tuple[str, ...]]
    """Postcode -> written names of towns."""

    def fits(self, cap: str, town: str) -> bool | None:
        """Whether the postcode is the town's; None where the list doesn't know the town."""
        ranges = self.caps_of.get(_key(town))
        if not ranges:
            return None
        return any(low <= int(cap) <= high for low, high in ranges) or any(
            cap[:3] == f"{low:05d}"[:3] for low, _ in ranges
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    value: str
    passage: Passage
    start: int
    end: int
    weight: float
    complete: bool


def load() -> Towns:
    """The shipped list of municipalities."""
    by_name: dict[str, list[str]] = {}
    caps_of: dict[str, list[tuple[int, int]]] = {}
    by_cap: dict[int, list[str]] = {}
    text = resources.files("classifier").joinpath("data/towns.tsv").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, other, _, _, caps = line.split("\t")
        ranges = [(int(a), int(b or a)) for a, _, b in (c.partition("-") for c in caps.split(",") if c)]
        for written_name in filter(None, (name, other, *_short_forms(name))):
            by_name.setdefault(_key(written_name), []).append(written_name)
            caps_of.setdefault(_key(written_name), []).extend(ranges)
        for low, high in ranges:
            for cap in range(low, min(high, low + 400) + 1):
                by_cap.setdefault(cap, []).append(name)
    return Towns(
        by_name={k: tuple(v) for k, v in by_name.items()},
        caps_of={k: tuple(v) for k, v in caps_of.items()},
        by_cap={k: tuple(v) for k, v in by_cap.items()},
    )


def _short_forms(name: str) -> Iterator[str]:
    if name in ("Reggio di Calabria", "Reggio nell'Emilia"):
        yield {"Reggio di Calabria": "Reggio Calabria", "Reggio nell'Emilia": "Reggio Emilia"}[name]


def _key(town: str) -> str:
    return re.sub(r"[^a-z]+", " ", fold(town)).strip()


def examine(view: View, towns: Towns) -> tuple[Finding, ...]:
    """`applicant.address`, with other addresses as alternatives, and `writer.address`: where a letter on paper comes
    from, be it an office's or a company's."""
    places = [p for passage in view.passages for p in find(passage, towns)]
    return (*_applicants(places), *_writers(places))


def _applicants(places: Sequence[Place]) -> Iterator[Finding]:
    ranked = sorted(places, key=lambda p: (-p.weight, not p.complete))
    best = _told_whole(ranked) if ranked else None
    if best is None or best.weight <= 0.2:
        return
    others = {p.value: round(max(0.05, 0.3 * p.weight / best.weight), 3) for p in ranked[1:4] if p.value != best.value}
    sure = min(0.95, 0.55 + 0.14 * best.weight + (0.12 if best.complete else 0.0))
    if "," not in best.value:
        sure = 0.3  # a street without its town is nowhere
    yield Finding(
        kind="applicant.address",
        value=best.value,
        confidence=round(sure, 3),
        evidence=(best.passage.evidence(best.start, best.end),),
        by=BY,
        alternatives=tuple(others.items()),
    )


def _writers(places: Sequence[Place]) -> Iterator[Finding]:
    """The first street and town in the head of a letter to us, else the last at its foot; never those it goes to."""
    told = [p for p in places if "," in p.value and p.passage.own and _stands_apart(p)]
    head = [p for p in told if p.start < _HEAD_CHARS]
    foot = [p for p in told if len(p.passage.plain) - p.end < _FOOT_CHARS]
    for place in (*head[:1], *foot[-1:])[:1]:
        yield Finding(
            kind="writer.address",
            value=place.value,
            confidence=0.8,
            evidence=(place.passage.evidence(place.start, place.end),),
            by=BY,
        )


def _stands_apart(place: Place) -> bool:
    """On a line of its own, or nearly, as in letterheads: not told of somebody, and not where the letter goes."""
    ahead = place.passage.plain[max(0, place.start - 120) : place.start].split("\n\n")[-1]
    line = ahead.split("\n")[-1]
    return len(line.split()) <= 7 and not _SOMEBODYS.search(line) and not _TO_US.search(ahead)


def _told_whole(ranked: Sequence[Place]) -> Place:
    """The best place; where it lacks its town and the same street and number stand elsewhere with one, those."""
    best = ranked[0]
    if "," in best.value:
        return best
    street = fold(best.value)
    whole = next((p for p in ranked if "," in p.value and fold(p.value).startswith(f"{street},")), best)
    return replace(whole, weight=max(best.weight, whole.weight))


def find(passage: Passage, towns: Towns) -> Iterator[Place]:
    """Addresses in one passage with a weight for being the applicant's own."""
    if passage.where is Where.SUBJECT or passage.paper in (
        PaperKind.OTHER,
        PaperKind.COMPANY_RECORD,
        PaperKind.DELEGATION,
    ):
        return
    plain = passage.plain.replace('"', "'")
    for match in passage.find(_FORM, reading=plain):
        place = _place(passage, plain, match, towns)
        if place is not None:
            yield place


_HEAD_CHARS, _FOOT_CHARS = 500, 250
_SOMEBODYS = re.compile(r"\bsig|resident|domicil|abit|client|assistit|per conto|intestat|fornitur|utenza")
_TO_US = re.compile(r"\bspett|sportello|acquirente unico|\balla c\.?a|destinatari")
_GLUED = re.compile(r"\d{6,8}")


def _place(passage: Passage, plain: str, match: re.Match[str], towns: Towns) -> Place | None:
    start, end = match.start("street"), match.end("number")
    cap, town, end = _cap_and_town(plain, start, end, towns)
    if town is None and cap is None:
        town = None
    street = written_street(passage.text[start : match.end("street")])
    number = passage.text[match.start("number") : match.end("number")].strip()
    if re.fullmatch(r"(?:19|20)\d\d", number) and cap is None:
        return None
    if cap is None and town and _GLUED.fullmatch(number) and towns.fits(number[-5:], town):
        # A fax reads "3   64100 Teramo" as "364100 Teramo": the town's postcode tells where to cut.
        number, cap = number[:-5], number[-5:]
    tail = " ".join(filter(None, (cap, town)))
    value = f"{street} {number}" + (f", {tail}" if tail else "")
    weight = _weight(passage, plain, start, end)
    if cap is None:
        weight -= 0.5
    if town is None:
        weight -= 0.8
    return Place(value=value, passage=passage, start=start, end=end, weight=weight, complete=bool(cap and town))


def written_street(raw: str) -> str:
    """A street with capitals where it has none at all."""
    street = " ".join(raw.strip(" ,.").split())
    street = street[:1].upper() + street[1:]
    if street.isupper() or street[1:].islower():
        small = (
            "di",
            "del",
            "della",
            "dei",
            "degli",
            "delle",
            "da",
            "e",
            "a",
            "in",
            "il",
            "la",
            "lo",
            "al",
            "alla",
            "dal",
        )
        words = street.split(" ")
        street = " ".join(w.lower() if n and w.lower() in small else written(w) for n, w in enumerate(words))
    return street


def _cap_and_town(plain: str, start: int, end: int, towns: Towns) -> tuple[str | None, str | None, int]:
    behind = _CAP_TOWN.match(plain, end)
    if behind:
        town, length = longest_town(behind["town"] or "", towns)
        stop = behind.start("town") + length if town else behind.end("cap")
        if town is None:
            town = _town_before(plain, start, towns) or _unlisted_town(behind["cap"], behind["town"], towns)
        return behind["cap"], town, stop
    behind = _TOWN_CAP.match(plain, end)
    if behind:
        town, _ = longest_town(behind["town"], towns)
        if town:
            return behind["cap"], town, behind.end()
    before = _CAP_BEFORE.search(plain[max(0, start - 60) : start].replace("\n", " "))
    if before:
        town, _ = longest_town(before["town"].split(" in ")[-1], towns, whole=True)
        if town:
            return before["cap"], town, end
    before = _TOWN_CAP_BEFORE.search(plain[max(0, start - 60) : start].replace("\n", " "))
    if before:
        town = last_town(before["town"], towns)
        if town:
            return before["cap"], town, end
    town = _town_before(plain, start, towns)
    behind = _TOWN_ONLY.match(plain, end)
    if behind and town is None:
        town, length = longest_town(behind["town"], towns)
        if town:
            return None, town, behind.start("town") + length
    return None, town, end


def longest_town(raw: str, towns: Towns, *, whole: bool = False) -> tuple[str | None, int]:
    """The longest town name at the start of `raw`: (its written name, characters taken)."""
    words = [(m[0], m.end()) for m in re.finditer(r"[a-z]+'?", raw)][:6]
    for count in range(len(words), 0, -1):
        key = " ".join(w.strip("'") for w, _ in words[:count])
        if key in towns.by_name:
            if whole and count != len(words):
                return None, 0
            return towns.by_name[key][0], words[count - 1][1]
    return None, 0


def _unlisted_town(cap: str, raw: str | None, towns: Towns) -> str | None:
    """The postcode's only town, but as it stands there where that is its hamlet (``Rosignano Solvay``)."""
    only, loose = _only_town(cap, towns), _loose_town(raw)
    if only and loose and len(loose.split()) > 1 and fold(loose).split()[0] == fold(only).split()[0]:
        return loose
    return only or loose


def _loose_town(raw: str | None) -> str | None:
    """A town or hamlet that the list doesn't know, as it stands before the line's end."""
    if not raw:
        return None
    name = re.split(r"\n| - |,|\(|\.|  | tel| cell| c\.f| cod| nat[oa] ", raw.strip())[0].strip(" -'.")
    name = re.sub(r" [a-z]{2}$", "", name)
    return written(name) if 2 < len(name) < 30 and len(name.split()) <= 4 else None


def last_town(raw: str, towns: Towns) -> str | None:
    """The longest town name at the end of `raw`."""
    words = re.findall(r"[a-z]+", raw)[-4:]
    names = (towns.by_name.get(" ".join(words[-count:])) for count in range(len(words), 0, -1))
    return next((name[0] for name in names if name), None)


def _town_before(plain: str, start: int, towns: Towns) -> str | None:
    """``abito a Brescia in via Milano 67``, ``abito Brescia via``."""
    ahead = plain[max(0, start - 70) : start].replace("\n", " ")
    ahead = re.sub(r"(?: ?\(?\b[a-z]{2}\)?)?[ ,(\-]{0,3}(?:in|alla|al)? $", "", ahead)
    if not re.search(
        r"\b(?:abit\w*|resident\w*|vivo|viviamo|sto|stiamo|domiciliat\w*|casa|comune|affitto|a|ad)\b[^.;]*$", ahead
    ):
        return None
    return last_town(re.split(r"[.,;:\d]", ahead)[-1], towns)


def _only_town(cap: str, towns: Towns) -> str | None:
    names = towns.by_cap.get(int(cap), ())
    return names[0] if len(names) == 1 else None


def _weight(passage: Passage, plain: str, start: int, end: int) -> float:
    """How well the place fits an applicant's own address, about 0 to 3."""
    ahead = plain[max(0, start - 90) : start].replace("\n", " ")
    line_before = plain[max(0, start - 70) : start]
    weight = {
        PaperKind.REQUEST_FORM: 2.0, PaperKind.COMPLAINT: 1.4, PaperKind.BILL: 1.3, PaperKind.CONTRACT: 0.9,
        PaperKind.IDENTITY_DOCUMENT: 1.2, PaperKind.SUPPLIER_REPLY: 0.9, PaperKind.PAYMENT_RECEIPT: 0.4,
    }.get(passage.paper, 2.0) if passage.paper is not None else 2.0  # fmt: skip
    if passage.where is Where.QUOTED:
        weight = 1.1
    if passage.where is Where.SIGNATURE:
        weight = 1.6
    if _NEW_HOME_BEFORE.search(ahead):
        weight += 1.0
    elif _HOME_BEFORE.search(ahead):
        weight += 0.6
    elif _SUPPLY_BEFORE.search(ahead):
        weight -= 0.3
    same_line = line_before.split("\n")[-1]
    if len(same_line.split()) < 2 or _OFFICE_IN_LINE.search(same_line):
        same_line = line_before.split("\n\n")[-1][-60:]  # nobody's name before the street: the line above tells whose
    near = same_line[-60:] + plain[start:end] + plain[end : end + 45].split("\n")[0]
    if _FOREIGN_NEAR.search(near):
        weight -= 2.2
    if _SCENE_BEFORE.search(ahead):
        weight -= 2.2
    return weight
