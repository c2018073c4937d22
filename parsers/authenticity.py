"""Whom a mail really comes from, as far as others and its own headers tell.

Sources: RFC 8601 (Authentication-Results), RFC 7208, 6376, 7489. What trusted hosts say is believed, what our own look
at DKIM says stands beside it, and contradictions among the headers are named. None of it decides anything here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailroom.envelope import TRANSPORT, Authenticity, Envelope
from parsers.headers import raw_headers
from parsers.mail_part import MailPart

_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_RESULT = re.compile(r"\s*([a-z0-9-]{1,40})(?:\s*/\s*\d+)?\s*=\s*([a-z]{1,20})\b", re.IGNORECASE)
_METHODS = ("spf", "dkim", "dmarc")
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
MOST_COMMENTS = 5
"""Levels of comments within comments."""


def authenticity(
    outer: MailPart, mail: MailPart, envelope: Envelope, trusted: Sequence[str], checked: str | None
) -> Authenticity:
    """`outer` is what arrived, `mail` what was meant, `envelope` what they say so far; `trusted` are the names of our
    own servers, none means whoever wrote the topmost results. `checked` is what we found of DKIM."""
    said = _results(outer, trusted)
    return Authenticity(
        spf=said.get("spf"),
        dkim=said.get("dkim"),
        dmarc=said.get("dmarc"),
        checked_dkim=checked,
        disagreements=_disagreements(mail, envelope),
    )


def _results(outer: MailPart, trusted: Sequence[str]) -> dict[str, str]:
    """Results by method: the first for each, but ``pass`` if one of several DKIM signatures passes."""
    believed = {name.lower().rstrip(".") for name in trusted}
    found: dict[str, str] = {}
    for line in raw_headers(outer, "Authentication-Results")[:20]:
        host, _, rest = _plain(line).partition(";")
        name = host.split()[0].lower().rstrip(".") if host.split() else ""
        believed = believed or {name}
        if name not in believed:
            continue
        for statement in rest.split(";"):
            match = _RESULT.match(statement)
            if match is None or (method := match[1].lower()) not in _METHODS:
                continue
            if method not in found or (method == "dkim" and match[2].lower() == "pass"):
                found[method] = match[2].lower()
    return found


def _plain(line: str) -> str:
    """Without quoted strings and comments: anybody may write words into those."""
    line = _QUOTED.sub("", line)
    for _ in range(MOST_COMMENTS):
        shorter = _COMMENT.sub(" ", line)
        if shorter == line:
            break
        line = shorter
    return line


def _disagreements(mail: MailPart, envelope: Envelope) -> tuple[str, ...]:
    sender, answer, path = envelope.sender, envelope.reply_to, envelope.return_path or ""
    email = (sender.email or "") if sender else ""
    found = []
    if email and answer and answer.email and not _related(email, answer.email):
        found.append("reply-to-other-domain")
    if envelope.certified is None and email and "@" in path and not _related(email, path):
        found.append("return-path-other-domain")
    shown = _ADDRESS.search(sender.name.lower()) if sender and sender.name and "@" in sender.name else None
    if shown and shown[0] != email:
        found.append("display-name-is-another-address")
    if len(mail.fields.get("from", ())) > 1:
        found.append("several-from-headers")
    if envelope.certified is not None and envelope.certified.signature == "changed":
        found.append("pec-signature-changed")
    if _certified_for(envelope) not in (None, email):
        found.append("pec-sender-other-address")
    return tuple(found)


def _certified_for(envelope: Envelope) -> str | None:
    """Whose mailbox the provider certifies that a letter came from; of a receipt that is our own."""
    said = envelope.certified
    return said.certified_sender if said is not None and said.kind == TRANSPORT else None


def _related(one: str, other: str) -> bool:
    """The same domain, or one below the other (``mail.comune.example`` for ``comune.example``)."""
    first, second = one.rpartition("@")[2].lower(), other.rpartition("@")[2].lower()
    return first == second or first.endswith("." + second) or second.endswith("." + first)
