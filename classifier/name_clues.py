"""Where names of people stand in an item, and how much each place speaks for being the applicant's.

Self-introductions, signatures, heads of letters, form fields, cards, and words that a tax code fits.
"""

# ruff: noqa: E501
from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from classifier.identifiers.tax_code import fits_name, name_part
from classifier.names import FullName, NameLists, has_given, has_surname, name_words, parse, without_town, written
from classifier.no_names import NOT_A_NAME, is_no_name, is_particle, is_street
from classifier.reading_view import Passage, View, fold
from classifier.spotting import written as as_written
from mailroom.envelope import Channel
from mailroom.finding import PaperKind, Where

_CAP = r"[A-ZÀÈÉÌÒÙ][\w'’]*\.?"
_NAME = rf"{_CAP}(?:[ ]+(?:(?:de|di|del|della|da|lo|la|el|d')[ ]+)?{_CAP}){{1,4}}"
_ANY = r"[^\W\d_][\w'’]*(?:[ ]+[^\W\d_][\w'’]*){1,3}"
_SAYS_STRONG = as_written(
    rf"(?:(?:[Mm][Ii]|[Ii][Oo]) [Cc][Hh][Ii][Aa][Mm][Oo]|[Ii][Ll]/?[Ll]?[Aa]? [Ss][Oo][Tt]{{1,2}}[Oo][Ss][Cc][Rr][Ii][Tt]{{1,2}}[OoAa](?:/[ao])?|[Ll][Aa] [Ss][Oo][Tt]{{1,2}}[Oo][Ss][Cc][Rr][Ii][Tt]{{1,2}}[Aa]|[Ii][Oo] [Ss][Oo][Tt]{{1,2}}[Oo][Ss][Cc][Rr][Ii][Tt]{{1,2}}[OoAa]|[Ss]ottoscritt[oa]|[Ii]o mi chiamo|[Mm]io nome(?: e cognome)?[ :]{{0,2}}(?:è|e'|e\b)?|[Il1|][o0] sono|[Ii]o sono|[Ii]o,|[Cc](?:hi|HI) (?:[Vv][Ii] )?[Ss](?:crive|CRIVE),? (?:è|[Ee]'|È))[ ,:]*\n?[ ]*(?:[Ss]ig\.?(?:ra|na)? |[Dd]ott\.?(?:ssa)? )?(?P<name>{_ANY})",
    sign=r"(?:mi|io) chiamo|sot{1,2}oscrit|mio nome|[il1|][o0] sono|io,|chi (?:vi )?scrive",
)
_SAYS = as_written(
    rf"(?:(?:^|[.,!:;\n]\s*)(?:(?:[Bb]uon\w+|[Ss]alve|[Cc]iao)[,.! ]*)?(?:[Ss]ono|SONO) (?:il |la )?(?:[Ss]ig\.?(?:ra|na)?\.? |[Ss]ignor[ae]? )?|(?:^|\n)\s*(?:[Ss]crive|[Vv]i scrive) (?:[Ss]ig\.?(?:ra)? )?|[Bb]uon(?:giorno|asera),? sono |[Dd]itta individuale |[Ff]irmato:? |[Ff]\.?to:? |[Ii]n [Ff]ede,?\s+)(?P<name>{_NAME})",
    sign=r"(?:^|[.,!:;\n]\s*)(?:(?:buon\w+|salve|ciao)[,.! ]*)?(?:vi )?(?:sono|scrive) |buon(?:giorno|asera),? sono |ditta individuale |firmato:? |f\.?to:? |in fede",
)
_LABELLED = as_written(
    r"(?im)^[ \t]*(?P<label>cognome (?:e|ed) nome|nome (?:e|ed) cognome|cognome[ /,]+nome|nome[ /,]+cognome|mittente|richiedente|nominativo|da|utente|intestatari[oa]|dichiarante|il/la sottoscritt[oa]|cliente|contribuente|titolare)[ \t]*(?:\(.*?\))?[ \t]*[:=.]+[ \t]*(?P<name>[^\n]{3,60})$",
    sign=r"(?:nome|mittente|richiedente|nominativo|\bda|utente|intestatari[oa]|dichiarante|il/la sottoscritt[oa]|cliente|contribuente|titolare) *(?:\(.*?\))? *[:=.]",
)
_SPLIT_LABELS = as_written(
    r"(?im)^[ \t]*cognome[ \t]*[:.]+[ \t]*(?P<last>[^\n:]{2,40}?)(?:\s{2,}|\n|,|;|[ \t]+)(?:[ \t]*\n)?[ \t]*nome[ \t]*[:.]+[ \t]*(?P<first>[^\n:]{2,40})$",
    sign=r"cognome *[:.]",
)
_CARD_ROW_LAST = re.compile(r"(?im)^.{0,6}cognome(?:[./ ]*surname)?[ \t.:]+(?P<last>(?!/)[^\n\d:]{2,40})$")
_CARD_ROW_FIRST = re.compile(
    r"(?im)^.{0,6}(?<!cog)nom[ei](?:[./ ]*(?:given names?|name))?[ \t.:]+(?P<first>(?!/)[^\n\d:]{2,40})$"
)
_LICENCE = re.compile(r"(?im)^ ?1[.,] ?(?P<last>[^\n\d]{2,30})\n+ ?2[.,] ?(?P<first>[^\n\d]{2,30})$")
_MACHINE_READ = re.compile(r"(?m)(?:^|[0-9<])(?P<last>[A-Z]{2,}(?:<[A-Z]+)*)<<(?P<first>[A-Z]{2,}(?:<[A-Z]+)*)<")
_CARD_LAST = re.compile(r"(?im)^.{0,6}cognome[^\n]{0,25}\n+[ \t]*(?P<last>[^\n\d]{2,40})$")
_CARD_FIRST = re.compile(r"(?im)^.{0,6}(?<!cog)nom[ei]\b[^\n]{0,20}\n+[ \t]*(?P<first>[^\n\d]{2,40})$")
_GREETED = as_written(
    rf"(?:[Gg]entil[ei]ssim[oa]|[Gg]entile|[Ee]gregio|[Cc]aro|[Cc]ara|[Cc]iao)(?: [Ss]ig(?:nor[ae]?|\.?(?:ra|na)?)\.?| [Cc]liente| [Dd]ott\.?(?:ssa)?)* (?P<name>{_NAME})",
    sign=r"gentil|egregio|caro|cara|ciao",
)
_BYE = re.compile(
    r"(?:saluti|saluto|ringrazi\w*|grazie\w*|osservanza|fede|ossequi|cordialita|cordialmente|firma\w*|rispetto|stima|arrivederci|distintamente|attesa|f\.?to|riconoscenza|buona giornata|buon lavoro|buone feste|la sottoscritta|il sottoscritto|affettuosamente|sinceramente|a presto|mandi)[\s.,!:'a-z]{0,30}$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    name: FullName
    weight: float
    passage: Passage | None
    start: int = 0
    end: int = 0
    how: str = ""


def clues(view: View, lists: NameLists, tax_codes: Sequence[str]) -> Iterator[Clue]:
    boxes = _boxes(view)
    for passage in view.passages:
        if passage.own:
            yield from _own_clues(passage, lists, tax_codes)
            yield from _mailbox_words(passage, boxes, lists, tax_codes)
            yield from _fitting_words(passage, tax_codes)
        elif passage.paper is PaperKind.IDENTITY_DOCUMENT:
            yield from _card_clues(passage, lists, tax_codes, weight=1.7)
            yield from _fitting_words(passage, tax_codes)
        elif passage.paper is PaperKind.COMPLAINT:
            yield from _scaled(_own_clues(passage, lists, tax_codes), 0.45, "complaint ")
        elif passage.paper in (PaperKind.BILL, PaperKind.CONTRACT):
            yield from _scaled(_labelled(passage, lists, tax_codes), 0.45, "bill ")
        elif passage.paper in (PaperKind.SUPPLIER_REPLY,) or passage.where is Where.QUOTED:
            yield from _greeted(passage, lists, tax_codes)
            if passage.where is Where.QUOTED:
                yield from _scaled(_own_clues(passage, lists, tax_codes), 0.2, "quoted ")
    sender = view.envelope.sender
    if sender is not None and sender.name and view.envelope.channel in (Channel.EMAIL, Channel.PEC):
        yield from _sender_clue(sender.name, lists, tax_codes)


def _scaled(clues: Iterator[Clue], factor: float, how: str) -> Iterator[Clue]:
    for clue in clues:
        yield replace(clue, weight=clue.weight * factor, how=how + clue.how)


_INITIALS = re.compile(r"(?:[a-z]\.?){1,2}|[b-df-hj-np-tv-z]{1,3}")


def _sender_clue(name: str, lists: NameLists, tax_codes: Sequence[str]) -> Iterator[Clue]:
    name = re.sub(r"(?i)^per conto di:? *", "", name)
    words = [w for w in name_words(name) if "@" not in w]
    if not 2 <= len(words) <= 5 or any(map(is_no_name, words)):
        return
    if all(_INITIALS.fullmatch(w.lower()) for w in words[1:]):
        return  # "Ivo D.C.", "lucio dg": initials are no name
    full = parse(words, lists, tax_codes=tax_codes)
    if full is None:
        return
    sure = 1.4 if has_given(words, lists) else 0.9 if has_surname(words, lists) else 0.7
    yield Clue(name=full, weight=sure, passage=None, how=f"mittente {name}")


def _own_clues(passage: Passage, lists: NameLists, tax_codes: Sequence[str]) -> Iterator[Clue]:
    for says, weight in ((_SAYS_STRONG, 2.2), (_SAYS, 1.6)):
        for match in passage.find(says):
            start, how = match.start("name"), "si presenta"
            yield from _clue(passage, start, match["name"], lists, tax_codes, weight, how, strict=False)
    yield from _labelled(passage, lists, tax_codes)
    if passage.where is Where.SUBJECT:
        yield from _in_subject(passage, lists, tax_codes)
        return
    yield from _signed(passage, lists, tax_codes)
    yield from _head(passage, lists, tax_codes)


def _clue(
    passage: Passage,
    start: int,
    raw: str,
    lists: NameLists,
    tax_codes: Sequence[str],
    weight: float,
    how: str,
    *,
    strict: bool,
    surname_first: bool = False,
) -> Iterator[Clue]:
    words = _leading_name(name_words(raw), lists, keep_all=strict)
    if len(words) < 2:
        return
    known = has_given(words, lists) or has_surname(words, lists)
    if strict and not known:
        weight *= 0.25 if passage.read_by_eye and not _well_written(passage, start, raw, words) else 0.45
    elif not known and " ".join(words).isupper():
        weight *= 0.3  # "SONO SEI FOGLI": capitals tell no name from other words
    if fold(" ".join(words)) in lists.towns:
        return  # "Gioia Sannitica, lunedì"
    full = parse(words, lists, tax_codes=tax_codes, surname_first=surname_first)
    if full is not None:
        yield Clue(name=full, weight=weight, passage=passage, start=start, end=start + len(raw.rstrip()), how=how)


def _well_written(passage: Passage, start: int, raw: str, words: Sequence[str]) -> bool:
    """Two or three words with their capitals, each with vowels, that the eye was sure of, above the writer's street."""
    fair = 2 <= len(words) <= 3 and all(w.istitle() and re.search("[aeiou].*[aeiou]", fold(w)) for w in words)
    return fair and _above_address(passage, start) and passage.sureness(start, start + len(raw)) >= 0.7


def _leading_name(words: list[str], lists: NameLists, *, keep_all: bool) -> list[str]:
    """The words that can be the name at the start of a phrase."""
    kept: list[str] = []
    for word in words:
        low = word.lower().strip(".'’")
        if is_no_name(word):
            break
        capital = word[:1].isupper()
        if low == "da" and not capital and len(kept) >= 2:
            break  # where somebody is from: "Mingolla Cosimo da San Vito"
        if not capital and kept and low not in lists.given and not is_particle(low) and not keep_all and len(kept) >= 2:
            break
        if not capital and not keep_all and not kept and low not in lists.given and low not in lists.surnames:
            break
        kept.append(word)
        if len(kept) >= 5:
            break
    if not keep_all and any(w[:1].isupper() for w in kept):
        while kept and not kept[-1][:1].isupper():
            kept.pop()
    return kept if not keep_all or len(kept) == len(words) else []


def _labelled(passage: Passage, lists: NameLists, tax_codes: Sequence[str]) -> Iterator[Clue]:
    for match in passage.find(_LABELLED):
        label = match["label"].lower()
        weight = 2.0 if "nome" in label else 1.2 if label == "da" else 1.7
        name, start = re.split(r"\s{2,}| - |, |;", match["name"], maxsplit=1)[0], match.start("name")
        order = label.startswith("cognome")
        yield from _clue(passage, start, name, lists, tax_codes, weight, "campo", strict=True, surname_first=order)
    for match in passage.find(_SPLIT_LABELS):
        full = FullName(first=_tidy(match["first"]), last=_tidy(match["last"]))
        if full.first and full.last:
            yield Clue(name=full, weight=2.4, passage=passage, start=match.start(), end=match.end(), how="campi")


def _tidy(raw: str) -> str:
    return written(" ".join(w.strip(".") for w in name_words(raw)[:3]))


_LABEL_WORDS = re.compile(r"nascita|surname|given|cognome|nome|codice|data|sesso|cittadin|luogo|repubblica|ministero")
_MACHINE_LEAD = re.compile(r"^[IP]?<?(?:ITA|[A-Z]{3})(?=[A-Z]{3})")
_CARD_FORMS = ((_CARD_ROW_LAST, _CARD_ROW_FIRST), (_CARD_LAST, _CARD_FIRST), (_LICENCE, _LICENCE))


def _card_clues(passage: Passage, lists: NameLists, tax_codes: Sequence[str], *, weight: float) -> Iterator[Clue]:
    """Surname and name as cards write them: label and value in rows or in columns, numbered, or machine-readable."""
    read = _MACHINE_READ.search(passage.text)
    if read:
        last_name = read["last"] if "<" in read["last"] else _MACHINE_LEAD.sub("", read["last"])
        full = FullName(first=_tidy(read["first"].replace("<", " ")), last=_tidy(last_name.replace("<", " ")))
        yield Clue(name=full, weight=0.6 * weight, passage=passage, start=read.start(), end=read.end(), how="mrz")
    for last_form, first_form in _CARD_FORMS:
        last, first = last_form.search(passage.text), first_form.search(passage.text)
        if not last or not first or _LABEL_WORDS.search(f"{last['last']} {first['first']}".lower()):
            continue
        full = FullName(first=_tidy(first["first"]), last=_tidy(last["last"]))
        if all(len(w) > 1 for w in (full.first, full.last)):
            start, end = last.span("last")
            yield Clue(name=full, weight=weight, passage=passage, start=start, end=end, how="documento")
            return


_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def _fitting_words(passage: Passage, tax_codes: Sequence[str]) -> Iterator[Clue]:
    """Neighbouring words that a tax code of the item fits: the surest names, also on badly read cards."""
    if not tax_codes:
        return
    text = passage.text[:4000]
    words = [
        (m[0], m.start(), m.end())
        for m in _LETTERS.finditer(text)
        if len(m[0]) > 1 and not text[m.end() : m.end() + 1].isdigit()  # no piece of the code itself
    ]
    wanted = {part for code in tax_codes[:3] for part in (code[:3], code[3:6])}
    fitting = [n for n, word in enumerate(words) if wanted & set(name_part(word[0], word[0]))]
    for one, other in itertools.permutations(fitting, 2):
        first, last = words[one], words[other]
        if (
            is_particle(last[0].lower())
            or abs(one - other) > 4
            or "." in passage.text[min(first[2], last[2]) : max(first[1], last[1])]
        ):
            continue
        spelt = (last[0] + first[0]).upper()  # the code itself, written in groups
        if any(fits_name(code, first[0], last[0]) == 1.0 and not code.startswith(spelt) for code in tax_codes[:3]):
            gap = abs(one - other) - 1
            full = FullName(first=written(first[0]), last=written(last[0]))
            start, end = min(first[1], last[1]), max(first[2], last[2])
            weight = 1.2 if gap == 0 else 0.7
            yield Clue(name=full, weight=weight, passage=passage, start=start, end=end, how="codice fiscale")


_BOX = re.compile(r"(?<![a-z0-9._-])(?P<name>[a-z]{3,}(?:[._-][a-z]{3,})?)\d{0,4}@[a-z0-9-]+\.")


def _boxes(view: View) -> frozenset[str]:
    """What each mailbox that the writer gives or writes from is called after (``anouk.lefebvre@…``), letters only."""
    sender = view.envelope.sender.email if view.envelope.sender else None
    texts = [p.plain for p in view.passages if p.own] + [(sender or "").lower()]
    return frozenset(re.sub("[._-]", "", m["name"]) for text in texts if "@" in text for m in _BOX.finditer(text))


def _mailbox_words(
    passage: Passage, boxes: frozenset[str], lists: NameLists, tax_codes: Sequence[str]
) -> Iterator[Clue]:
    """Neighbouring words that a mailbox is called after: names that no list has are known so, and without capitals."""
    told = any(_holds_parts(passage.plain, box) for box in boxes)
    words = [(m[0], m.start(), m.end()) for m in _LETTERS.finditer(passage.text[:4000])] if told else []
    lengths = set(map(len, boxes))
    for (one, start, stop), (other, begin, end) in itertools.pairwise(words):
        if stop - start + end - begin not in lengths:
            continue  # most often
        a, b = passage.plain[start:stop], passage.plain[begin:end]
        if not (a + b in boxes or b + a in boxes) or min(len(a), len(b)) < 3 or {a, b} & NOT_A_NAME:
            continue
        if one[:1].isupper() or has_given([one, other], lists):
            full = parse([one, other], lists, tax_codes=tax_codes)
            if full is not None:
                yield Clue(name=full, weight=0.9, passage=passage, start=start, end=end, how="casella")


def _holds_parts(plain: str, box: str) -> bool:
    """A quick look before the slow one: most letters don't hold both parts of their mailbox's name."""
    return any(box[:cut] in plain and box[cut:] in plain for cut in range(3, len(box) - 2))


def _greeted(passage: Passage, lists: NameLists, tax_codes: Sequence[str]) -> Iterator[Clue]:
    for match in passage.find(_GREETED):
        yield from _clue(passage, match.start("name"), match["name"], lists, tax_codes, 0.5, "risposta a", strict=False)


def _lines(text: str) -> list[tuple[int, str]]:
    lines, place = [], 0
    for line in text.split("\n"):
        if line.strip():
            lines.append((place + len(line) - len(line.lstrip()), line.strip()))
        place += len(line) + 1
    return lines


def _signed(passage: Passage, lists: NameLists, tax_codes: Sequence[str]) -> Iterator[Clue]:
    """Name lines among the last lines, best behind a greeting."""
    lines = _lines(passage.text)
    match = _LAST_WORDS.search(passage.text)
    if match and has_given(name_words(match["name"]), lists):
        yield from _clue(passage, match.start("name"), match["name"], lists, tax_codes, 1.3, "firma", strict=True)
    for match in passage.find(_INLINE_BYE):
        yield from _clue(passage, match.start("name"), match["name"], lists, tax_codes, 1.7, "firma", strict=True)
    for back, (start, line) in enumerate(reversed(lines[-9:])):
        number = len(lines) - 1 - back
        before = passage.plain[: max(start - 1, 0)].rstrip()[-60:]
        after_bye = bool(_BYE.search(before)) or number == len(lines) - 1
        candidate = _candidate(line)
        words = name_words(candidate) if len(candidate) <= _LONGEST else []
        if (
            not 2 <= len(words) <= 5
            or not _all_name_like(words, candidate)
            or is_street(passage.plain[start : start + len(line)])
        ):
            continue
        weight = (2.0 if after_bye else 1.3) - 0.06 * back
        if line != candidate and len(line) > 60:
            weight -= 0.8
        words = without_town(words, lists)
        if len(words) >= 3 and words[-1].islower() and words[0][:1].isupper():
            words = words[:-1]
        yield from _clue(passage, start, " ".join(words), lists, tax_codes, weight, "firma", strict=True)


_LONGEST = 48
"""Characters of a line that may be a name."""
_LAST_WORDS = re.compile(rf"[.!?)][ \n]+(?P<name>{_NAME})[ .]*(?:[\d ./+]{{6,}})?\s*$")
_CUT = re.compile(r"\s[-–—|]\s|[,;(]| {3,}|\s\+?\d{3}|\s(?:tel|cell|via|c\.f|cf)\b", re.IGNORECASE)
_WITH_DIGITS = re.compile(r"\s+(?=[^\s]*\d)")
_INLINE_BYE = as_written(
    rf"(?:[Ss]aluti|[Gg]razie(?: mille| tante| anticipatamente)?|[Cc]ordialità|[Cc]ordialmente|[Oo]sservanza|[Ff]ede|[Ss]aluto|[Dd]istintamente)[,.!: ]+(?P<name>{_NAME})(?=\s*(?:$|[-–,;(|\n.]|[Tt]el|[Cc]ell|\d))",
    sign=r"(?:saluti|grazie|cordialita|cordialmente|osservanza|fede|saluto|distintamente)[,.!: ]",
)


def _candidate(line: str) -> str:
    """The part of a line that may be the name signed there."""
    line = re.sub(r"(?i)^(?:i miei )?(?:dati|mittente|nome|firma|cliente|intestatari[oa]|utente)[ ]*:[ ]*", "", line)
    return _WITH_DIGITS.split(_CUT.split(_strip_bye(line), 1)[0], 1)[0]


def _strip_bye(line: str) -> str:
    return re.sub(
        r"(?i)^(?:(?:cordiali|distinti|tanti|cari|molti|i miei|un|con) )*(?:saluti|saluto|ringraziamenti|grazie(?: mille| tante)?|f\.?to|firma(?:to)?|in fede|ossequi|cordialmente|cordialità|saluti da|la sottoscritta|il sottoscritto)\b[\s.,:!_\-]*",
        "",
        line,
    )


def _all_name_like(words: Sequence[str], line: str) -> bool:
    if any(c.isdigit() for c in line) or "@" in line or len(line) > _LONGEST:
        return False
    if line.rstrip().endswith(("?", "!", ":")):
        return False
    if words[0].islower() and not is_particle(words[0].lower()) and any(w[:1].isupper() for w in words):
        return False  # "brutto sangue e Bruno": the middle of a sentence
    return not any(map(is_no_name, words))


def _head(passage: Passage, lists: NameLists, tax_codes: Sequence[str]) -> Iterator[Clue]:
    """A name line at the head of a letter, where senders write themselves."""
    for number, (start, line) in enumerate(_lines(passage.text)[:5]):
        low = passage.plain[start : start + len(line)]
        if re.match(r"(?:spett|alla? |allo |gent|egr|oggetto|racc)", low):
            break
        candidate = re.split(
            r"\s[-–—|]\s|[,;(]| {3,}", re.sub(r"(?i)^(?:mittente|da|mitt\.)[ :.]+", "", line), maxsplit=1
        )[0]
        words = name_words(candidate) if len(candidate) <= _LONGEST else []
        if 2 <= len(words) <= 5 and _all_name_like(words, candidate) and all(w[:1].isupper() for w in words):
            weight = 1.5 if has_given(words, lists) else 1.9 if _above_address(passage, start) else 0.6
            yield from _clue(passage, start, candidate, lists, tax_codes, weight - 0.1 * number, "testata", strict=True)


_STREET_LINE = re.compile(
    r"[^\n]*\n+[^\n]{0,20}(?:via|viale|corso|piazza|vicolo|vico|strada|frazione|contrada|localita|loc\.|largo)\b|[^\n]*\n+[^\n]*\d{5} "
)


def _above_address(passage: Passage, start: int) -> bool:
    """The line below is a street: who stands above it is the sender."""
    return bool(_STREET_LINE.match(passage.plain, start))


def _in_subject(passage: Passage, lists: NameLists, tax_codes: Sequence[str]) -> Iterator[Clue]:
    """A subject may end with the writer's name: known names only."""
    tail = re.split(r"\s[-–—:|]\s|[.!?,;:]\s*", passage.text)[-1]
    words = name_words(tail)[-3:]
    for count in (3, 2):
        some = words[-count:]
        if len(some) == count and has_given(some, lists) and not any(w.lower() in NOT_A_NAME for w in some):
            weight = 0.7 if all(w[:1].isupper() for w in some) else 0.3
            yield from _clue(passage, 0, " ".join(some), lists, tax_codes, weight, "oggetto", strict=True)
            return
