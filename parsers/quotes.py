"""New words, signature, history: where the writer stops and the thread below begins, in the styles of Italian clients.

Nothing is lost: new + signature + quoted hold every line of the text. Answers written between quoted lines are new
words, wherever they stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SAID = re.compile(
    r"^\W{0,3}(?:(?:il|in data|da|on|le|am|lun|mar|mer|gio|ven|sab|dom)\w{0,6}\b.{4,250}?|.{2,120}@.{2,80} )"
    r"(?:(?<!\bmi )(?<!\bci )(?<!\bvi )(?<!\ble )(?<!\bgli )(?<!\bnon )(?<!\bche )ha scritto|wrote|a écrit|"
    r"schrieb(?: [^:]{0,120})?)\s*(:?)(?:\s{2,}\S.*)?$"
    r"|^\W{0,3}\w{3,9},? \d{1,2} \w{3,9} \d{4}.{0,40}? da .{2,120}(:)$",
    re.IGNORECASE,
)
"""What a client writes above the history: who said it and when."""
_VERBS = ("scritto", "wrote", "schrieb", "écrit")
MOST_TRIES = 500
"""Lines that look like the beginning of a history and are none, after which nobody looks for one any more."""
LONGEST_LINE = 800
"""Characters of a line that may begin a history."""
_STAMP = re.compile(r"\b\d{1,2}[:.h]\d{2}\b|@")
_RULED = re.compile(
    r"^\W{0,3}(?:"
    r"-{2,}\s*(?:messaggio originale|original message|messaggio inoltrato|forwarded message|"
    r"inizio messaggio inoltrato|mail originale|risposta originale)\s*-{2,}"
    r"|inizio (?:del )?messaggio inoltrato\s*:?|begin forwarded message\s*:?"
    r"|_{20,}\s*"
    r"|----\s*(?:original|messaggio).{0,40}"
    r"|da\s*:\s.{3,200}? inviato\s*:\s.{3,100}? a\s*:\s.{1,300}? oggetto\s*:.*"
    r")\s*$",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"^\W{0,3}\*?(da|from|mittente|inviato|sent|data|date|a|to|cc|oggetto|subject)\*?\s*:\*?\s*\S?", re.I
)
_FORWARDED = re.compile(r"messaggio inoltrato|forwarded message|inizio messaggio|begin forwarded", re.IGNORECASE)
_BEGINS = re.compile(r"\W{0,3}(?:il|in data|on|da|le)\b", re.IGNORECASE)
_MARK = re.compile(r"^\s*(?:>|\|)")
_SIGNATURE = re.compile(
    r"^(?:-- ?|--\s*$|_{3,10}\s*$|inviat[oa] (?:da|con)(?:l mio)?\b.{2,60}|sent from my .{2,40}|"
    r"scarica .{0,40}outlook.{0,60}|ottieni outlook .{0,40}|mail priva di virus.*|.*www\.avast\.com.*|"
    r"(?:questo messaggio|il presente messaggio|le informazioni contenute|questa e-?mail"
    r"|ai sensi del(?:l'art| d\.? ?lgs| reg)|avvertenze ai sensi|this (?:e-?mail|message)).{20,})$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    new: str
    signature: str
    quoted: str
    forwarded: bool


def split(text: str) -> Split:
    """Divides displayed text; `forwarded` if the history is a forwarded message rather than an answered one."""
    lines = text.split("\n")
    start = _history(lines)
    above, below = lines[:start], lines[start:]
    new, quoted = _unmixed(above)
    answers, history = _answers(below)
    signature_at, below_at = _signature(new), _mark(answers)
    forwarded = any(_FORWARDED.search(line) for line in below[:3])
    return Split(
        new="\n".join([*new[:signature_at], *answers[:below_at]]).strip("\n"),
        signature="\n".join([*new[signature_at:], *answers[below_at:]]).strip("\n"),
        quoted="\n".join([*quoted, *history]).strip("\n"),
        forwarded=forwarded,
    )


def _history(lines: list[str]) -> int:
    """The line where the thread below begins; the number of lines if there is none."""
    tries, first = 0, True
    said = [_speaks(line.lower()) for line in lines]
    for number, line in enumerate(lines):
        plain = _MARK.sub("", line).strip()
        if not plain:
            continue
        if len(plain) <= LONGEST_LINE and _RULED.match(plain):
            return number
        if tries < MOST_TRIES and any(said[number : number + 4]):
            tries += 1
            if _attributes(lines, number, plain):
                return number
        if tries < MOST_TRIES and _FIELD.match(plain):
            tries += 1
            if _header_block(lines[number : number + 8], first=first):
                return number
        first = False
    return len(lines)


def _speaks(lowered: str) -> bool:
    """A cheap first look at one line: may an attribution end here?"""
    return any(verb in lowered for verb in _VERBS) or (" da " in lowered and lowered.rstrip().endswith(":"))


def _attributes(lines: list[str], number: int, plain: str) -> bool:
    """``Il giorno … ha scritto:`` on up to three lines, with a time or an address, or with marked lines below it.

    "Il 12 marzo il fornitore mi ha scritto:" is the writer's own sentence.
    """
    whole = plain
    if len(plain) > LONGEST_LINE:
        return False
    for end in range(number + 1, number + 4):
        if said := _SAID.match(whole):
            following = next((line for line in lines[end : end + 3] if line.strip()), "")
            return bool((any(said.groups()) and _STAMP.search(whole)) or _MARK.match(following))
        if not _BEGINS.match(plain) or len(whole) > 250 or end >= len(lines) or not lines[end].strip():
            return False
        whole = f"{whole} {_MARK.sub('', lines[end]).strip()}"
    return False


def _header_block(lines: list[str], *, first: bool) -> bool:
    """``Da: … Inviato: … A: … Oggetto: …`` as Outlook writes it: three different fields close together.

    A moment or an address among them: people head their own letters with DA, A and OGGETTO as well, as on a fax. At the
    very `first` line, where a whole letter would be lost, only what no person writes: ``Inviato``, or an hour.
    """
    fields = {match[1].lower(): line for line in lines if (match := _FIELD.match(line.strip()))}
    dated = fields.keys() & {"data", "date"}
    sent = fields.keys() & {"inviato", "sent"} or any(_STAMP.search(fields[name].replace("@", "")) for name in dated)
    if not fields.keys() & {"da", "from", "mittente"} or len(fields) < 3:
        return False
    return bool(sent) or (not first and (bool(dated) or any("@" in line for line in fields.values())))


def _unmixed(lines: list[str]) -> tuple[list[str], list[str]]:
    new = [line for line in lines if not _MARK.match(line)]
    return new, [line for line in lines if _MARK.match(line)]


def _answers(lines: list[str]) -> tuple[list[str], list[str]]:
    """Below the line "… ha scritto:", unmarked lines after marked ones are the writer's answers in between."""
    marked = [bool(_MARK.match(line)) for line in lines]
    if sum(marked) < 2:
        return [], lines
    first = marked.index(True)
    answers = [line for number, line in enumerate(lines) if number > first and not marked[number] and line.strip()]
    if not answers:
        return [], lines
    taken = set()
    for number, line in enumerate(lines):
        if number > first and not marked[number] and line.strip():
            taken.add(number)
    return answers, [line for number, line in enumerate(lines) if number not in taken]


def _signature(lines: list[str]) -> int:
    """Index of the first line of the signature block; the last half of the text only, unless it is the real mark."""
    for number, line in enumerate(lines):
        plain = line.strip()
        if line.rstrip("\r") in ("-- ", "--") and number > 0:
            return number
        if _SIGNATURE.match(plain) and number >= len(lines) // 3:
            return number
    return len(lines)


def _mark(lines: list[str]) -> int:
    """The index of a signature's real mark (``-- ``), below an answer at the end of a history."""
    return next((number for number, line in enumerate(lines) if line.rstrip("\r") in ("-- ", "--")), len(lines))
