"""New words, signature, history: where the writer stops and the thread below begins, in the styles of Italian clients.

Nothing is lost: new + signature + quoted hold every line of the text. Answers written between quoted lines are new
words, wherever they stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WROTE = re.compile(
    r"^\W{0,3}(?:"
    r"il (?:giorno )?(?:\w{3,9}[., ]+)?(?:giorno )?\d{1,2}.{3,120}ha scritto\s*:?"
    r"|(?:in data|da|on|le|am) .{4,160}(?:ha scritto|wrote|a écrit|schrieb)\s*:?"
    r"|.{2,120}@.{2,80} ha scritto\s*:?"
    r"|-{2,}\s*(?:messaggio originale|original message|messaggio inoltrato|forwarded message|"
    r"inizio messaggio inoltrato|mail originale|risposta originale)\s*-{2,}"
    r"|inizio (?:del )?messaggio inoltrato\s*:?|begin forwarded message\s*:?"
    r"|_{20,}\s*"
    r"|----\s*(?:original|messaggio).{0,40}"
    r")\s*$",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"^\W{0,3}\*?(da|from|mittente|inviato|sent|data|date|a|to|cc|oggetto|subject)\*?\s*:\*?\s*\S?", re.I
)
_FORWARDED = re.compile(r"messaggio inoltrato|forwarded message|inizio messaggio|begin forwarded", re.IGNORECASE)
_MARK = re.compile(r"^\s*(?:>|\|)")
_SIGNATURE = re.compile(
    r"^(?:-- ?|--\s*$|_{3,10}\s*$|inviato da(?:l mio)? .{2,60}|inviata da .{2,60}|sent from my .{2,40}|"
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
    signature_at = _signature(new)
    forwarded = any(_FORWARDED.search(line) for line in below[:3])
    return Split(
        new="\n".join([*new[:signature_at], *answers]).strip("\n"),
        signature="\n".join(new[signature_at:]).strip("\n"),
        quoted="\n".join([*quoted, *history]).strip("\n"),
        forwarded=forwarded,
    )


def _history(lines: list[str]) -> int:
    """The line where the thread below begins; the number of lines if there is none."""
    for number, line in enumerate(lines):
        plain = _MARK.sub("", line).strip()
        if not plain:
            continue
        joined = f"{plain} {lines[number + 1].strip()}" if number + 1 < len(lines) else plain
        if _WROTE.match(plain) or (_begins(plain) and _WROTE.match(joined)):
            return number
        if _FIELD.match(plain) and _header_block(lines[number : number + 8]):
            return number
    return len(lines)


def _begins(plain: str) -> bool:
    return bool(re.match(r"(?:il|in data|on|da)\b", plain, re.IGNORECASE)) and len(plain) < 160


def _header_block(lines: list[str]) -> bool:
    """``Da: … Inviato: … A: … Oggetto: …`` as Outlook writes it: three different fields close together.

    A moment or an address among them: people head their own letters with DA, A and OGGETTO as well, as on a fax.
    """
    fields = {match[1].lower(): line for line in lines if (match := _FIELD.match(line.strip()))}
    sender, moment = fields.keys() & {"da", "from", "mittente"}, fields.keys() & {"inviato", "sent", "data", "date"}
    return bool(sender) and len(fields) >= 3 and (bool(moment) or any("@" in line for line in fields.values()))


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
