"""Mail headers as people meant them: words in any charset, addresses, moments, identifiers (RFC 5322, 2047, 2231)."""

from __future__ import annotations

import binascii
import quopri
import re

from mailroom.envelope import Address
from parsers.charsets import decoded_as, is_utf8
from parsers.mail_part import MailPart
from parsers.mailboxes import mailboxes
from parsers.names import safe_name
from parsers.parameters import parameters
from parsers.plain_text import read_text

_ENCODED = re.compile(r"=\?([\w.:-]+)(?:\*[\w-]*)?\?([bq])\?((?:[^?]|\?(?!=))*)\?=", re.IGNORECASE)
_BETWEEN = re.compile(r"(=\?[\w.:*-]+\?[bq]\?(?:[^?]|\?(?!=))*\?=)\s+(?==\?[\w.:*-]+\?[bq]\?)", re.IGNORECASE)
_FOLD = re.compile(r"\r?\n[ \t]?")
_ID = re.compile(r"<[^<>\s]{3,250}>")
LONGEST = 20_000


def raw_headers(message: MailPart, name: str) -> list[str]:
    """Every header of that name, unfolded, 8-bit bytes decoded by what they look like; at most 200."""
    return [_unfolded(value, message) for value in message.fields.get(name.lower(), ())[:200]]


def guessed(message: MailPart) -> bool:
    """Whether its headers hold 8-bit letters that are no UTF-8: their character set had to be guessed."""
    values = (value for values in message.fields.values() for value in values if not value.isascii())
    return not all(is_utf8(value.encode("utf-8", "surrogateescape")) for value in values)


def _unfolded(text: str, message: MailPart) -> str:
    if not text.isascii():
        text = _eight_bit(text.encode("utf-8", "surrogateescape"), message)
    return _FOLD.sub(" ", text)[:LONGEST] if "\n" in text else text[:LONGEST]


def _eight_bit(data: bytes, message: MailPart) -> str:
    """As UTF-8 if it is that, in the character set of the words below if it can be, else by what it looks like."""
    if not is_utf8(data) and (claimed := _charset(message)) and (text := decoded_as(data, claimed)) is not None:
        return text
    return read_text(data)[0]


def _charset(message: MailPart) -> str | None:
    """The one that the mail claims for the first of its words."""
    part: MailPart | None = message
    for _ in range(5):
        if part is None:
            return None
        if said := parameters(part.get("content-type") or "").get("charset"):
            return said
        part = part.children[0] if part.children else None
    return None


def header(message: MailPart, name: str) -> str | None:
    """The header decoded and stripped of control and direction characters; None if absent or empty."""
    name = name.lower()
    if name not in message.fields:
        return None
    if name not in message.decoded:
        raw = message.fields[name][0]
        message.decoded[name] = clean(decode_words(_unfolded(raw, message))) or None if raw else None
    return message.decoded[name]


def clean(text: str) -> str:
    """One line without characters that could change what an operator sees."""
    if text.isascii() and text.isprintable():
        return text.strip()
    flat = re.sub(r"[\r\n\t\x00-\x1f\x7f]+", " ", text)
    return re.sub("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]", "", flat).strip()


def decode_words(text: str) -> str:
    """RFC 2047 words, those in one charset joined before decoding: some clients cut in the middle of a character."""
    if "=?" not in text:
        return text
    joined = _BETWEEN.sub(r"\1", text)
    pieces: list[tuple[str | None, bytes | str]] = []
    place = 0
    for match in _ENCODED.finditer(joined):
        if match.start() > place:
            pieces.append((None, joined[place : match.start()]))
        charset, data = match[1].lower(), _bytes(match[2], match[3])
        if pieces and pieces[-1][0] == charset and isinstance(pieces[-1][1], bytes) and match.start() == place:
            pieces[-1] = (charset, pieces[-1][1] + data)
        else:
            pieces.append((charset, data))
        place = match.end()
    pieces.append((None, joined[place:]))
    return "".join(_decoded(charset, data) for charset, data in pieces)


def _bytes(encoding: str, text: str) -> bytes:
    plain = text.encode("ascii", "replace")
    if encoding.lower() == "q":
        return quopri.decodestring(plain.replace(b"_", b" "))
    try:
        return binascii.a2b_base64(plain + b"=" * (-len(plain) % 4))
    except binascii.Error:
        return plain


def _decoded(charset: str | None, data: bytes | str) -> str:
    if isinstance(data, str):
        return data
    text = decoded_as(data, charset or "ascii")
    return read_text(data)[0] if text is None else text


def addresses(message: MailPart, name: str) -> tuple[Address, ...]:
    """All mailboxes of a header, at most 200."""
    found = []
    for shown, mailbox in mailboxes(" , ".join(raw_headers(message, name)))[:200]:
        email = _unquoted(clean(decode_words(mailbox)).strip("<> ")).lower() or None
        label = clean(decode_words(shown)).strip("'\" ") or None
        if email is not None and "@" not in email:
            label, email = label or email, None
        if label or email:
            found.append(Address(name=label if label != email else None, email=email))
    return tuple(found)


def _unquoted(mailbox: str) -> str:
    """Without quotes around the whole; those of a quoted local part (RFC 5322, 3.4.1) belong to the address."""
    return mailbox if re.match(r'"[^"]+"@', mailbox) else mailbox.strip("'\"<> ")


def first_address(message: MailPart, name: str) -> Address | None:
    found = addresses(message, name)
    return found[0] if found else None


def identifiers(message: MailPart, name: str) -> tuple[str, ...]:
    """Message identifiers with their angle brackets, in order, each once, at most 100. One that stands alone and
    without brackets gets them."""
    raw = " ".join(raw_headers(message, name))[:LONGEST]
    bare = raw.strip("<> \t")
    if bare and len(bare) <= 250 and not re.search(r"[\s<>]", bare):
        return (f"<{bare}>",)
    return tuple(dict.fromkeys(_ID.findall(raw)))[:100]


def answered(message: MailPart) -> str | None:
    """Identifier of the message that this one answers."""
    about = identifiers(message, "In-Reply-To") or identifiers(message, "References")
    return about[-1] if about else None


def filename_of(part: MailPart) -> str | None:
    """The part's name as the sender wrote it, made harmless; None if it has none."""
    named = name_and_tricks(part)
    return named[0] if named else None


def name_and_tricks(part: MailPart) -> tuple[str, bool] | None:
    """The harmless name, and whether the written one had path, control or direction tricks."""
    if not part.names:
        part.names.append(_name_in(part))
    return part.names[0]


def _name_in(part: MailPart) -> tuple[str, bool] | None:
    name = None
    for header_name, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        value = part.get(header_name)
        if value is not None and "name" in (text := value.lower()) and ";" in text:
            name = parameters(raw_headers(part, header_name)[0]).get(parameter, "").strip()
            if name:
                break
    if not name:
        return None
    return safe_name(decode_words(name))
