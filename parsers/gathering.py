"""Gathers the parts of one item: walks mails, opens containers, gives each leaf its role, its path and its bytes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

from mailroom.submission import Message, Part, Role, Signer, Submission
from parsers import defects as words
from parsers.bodies import Body, bodies, displayed
from parsers.expanding import Expanded, expand, is_container
from parsers.headers import decode_words, first_address, header, name_and_tricks
from parsers.limits import Limits
from parsers.mail_part import MailPart
from parsers.media_type import sniff
from parsers.message import Node, body_of, disposition_of, parse, walk
from parsers.moments import moment
from parsers.names import safe_name
from parsers.quotes import split

_LOGO = re.compile(
    r"^(?:image|logo|oledata|outlook|firma|banner|icon|facebook|linkedin|twitter|instagram)[-_]?\w{0,12}"
    r"\.(?:png|gif|jpe?g|bmp|wmz|svg)$",
    re.IGNORECASE,
)
_REPORTS = frozenset({"message/delivery-status", "message/disposition-notification", "message/feedback-report",
                      "text/rfc822-headers", "application/pkcs7-signature", "application/pgp-signature",
                      "text/calendar", "application/applefile", "application/pgp-encrypted"})  # fmt: skip
_MAILS = ("message/rfc822", "message/global", "message/news")
_NOT_FETCHED = {"message/external-body": "contenuto altrove, non scaricato", "message/partial": "pezzo di un messaggio"}
_FORWARD = re.compile(r"^\W*(?:i|fwd?|r|re|inoltr\w*|tr)\s*:", re.IGNORECASE)
_NAMELESS = ("messaggioinoltrato", "forwardedmessage", "allegatosenzanome")
SMALL_PICTURE = 25_000
"""Bytes below which a picture shown within the text is an ornament."""


class Gathering:
    """Grows while an item is opened; `submission` closes it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._parts: list[Part] = []
        self._messages: list[Message] = []
        self._attachments: list[int] = []
        self._defects: list[str] = []
        self._left = limits.unpacked_bytes
        self.contents: dict[str, bytes] = {}

    def submission(self) -> Submission:
        return Submission(
            parts=tuple(self._parts),
            messages=tuple(self._messages),
            attachments=tuple(self._attachments),
            defects=tuple(dict.fromkeys(self._defects)),
        )

    def transport(self, outer: MailPart, carried: MailPart) -> None:
        """The provider's pieces around a certified message: kept, no documents."""
        for node in walk(outer):
            if node.leaf and node.message is not carried:
                self._add_leaf(node, body_of(node.message), None, "", Role.TRANSPORT, reason="busta PEC")

    def seal(self, signature: bytes) -> None:
        """The S/MIME signature that the whole mail lay in: kept, no document."""
        why = "firma S/MIME attorno al messaggio"
        self._add(signature, "smime.p7m", "application/pkcs7-mime", None, "smime.p7m", Role.TRANSPORT, reason=why)

    def signed(self, found: tuple[str, tuple[Signer, ...]]) -> None:
        """Who signed the mail itself: a fact of the part, by its digest, that is the signature."""
        digest, signers = found
        for part in self._parts:
            if signers and part.digest == digest and part.role is Role.TRANSPORT:
                self._parts[part.index] = replace(part, signers=signers)

    def take(self, mail: MailPart, *, depth: int = 0, parent: int | None = None, trail: str = "") -> None:
        """All parts of one mail, and its words as a `Message`. Every leaf becomes a part, or lies in a refused one."""
        nodes = list(walk(mail))
        leaves = {number: body_of(node.message) for number, node in enumerate(nodes) if node.leaf}
        words_by_leaf = bodies(nodes, leaves, self._limits)
        subject = header(mail, "Subject") or ""
        place = -1
        for number in leaves:
            if len(self._parts) >= self._limits.parts:
                self._refuse([leaves[rest][0] for rest in leaves if rest >= number], parent, trail)
                break
            body = words_by_leaf.get(number)
            if body is not None:
                part = self._body(nodes[number], leaves[number][0], body, parent, trail, depth)
                place = part.index if place < 0 and body.role is Role.TEXT else place
            else:
                self._leaf(nodes[number], leaves[number], depth, parent, trail, subject)
        self._messages.append(_message(mail, displayed(words_by_leaf), place, depth))
        self._messages.sort(key=lambda m: m.depth)

    def _refuse(self, rest: list[bytes], parent: int | None, trail: str) -> None:
        """What lies beyond the limit of parts is kept in one piece, and said."""
        self._defects.append(words.TOO_MANY_PARTS)
        self._add(b"".join(rest), None, "application/octet-stream", parent, f"{trail}/resto".lstrip("/"),
                  Role.REFUSED, (words.TOO_MANY_PARTS,),
                  reason=f"{len(rest)} parti oltre il limite di {self._limits.parts}")  # fmt: skip

    def _body(self, node: Node, data: bytes, body: Body, parent: int | None, trail: str, depth: int) -> Part:
        part = self._add_leaf(node, (data, body.defects), parent, trail, body.role, known=node.kind)
        for file in body.files:
            name, _ = safe_name(file.name)
            kind = sniff(file.data, name, None)
            found = kind.defects if file.whole else (*kind.defects, words.CORRUPT)
            added = self._add(file.data, name, kind.media_type, part.index, f"{part.path}/{name}", Role.ATTACHMENT,
                              found)  # fmt: skip
            self._open(added, depth)
        return part

    def _leaf(
        self,
        node: Node,
        leaf: tuple[bytes, tuple[str, ...]],
        depth: int,
        parent: int | None,
        trail: str,
        subject: str,
    ) -> None:
        if words.TOO_MANY_PARTS in node.defects or words.TOO_DEEP in node.defects:
            self._defects += node.defects
            part = self._add_leaf(node, leaf, parent, trail, Role.REFUSED, reason=_beyond(node.defects))
            self._parts[part.index] = replace(part, defects=node.defects)
            return
        if node.kind in _MAILS:
            self._carried_mail(node, leaf, depth, parent, trail, subject)
            return
        part = self._add_leaf(node, leaf, parent, trail, Role.ATTACHMENT)
        role = _ornament(part)
        if role is not None:
            self._parts[part.index] = replace(part, role=role)
            return
        self._open(part, depth)

    def _carried_mail(
        self,
        node: Node,
        leaf: tuple[bytes, tuple[str, ...]],
        depth: int,
        parent: int | None,
        trail: str,
        subject: str,
    ) -> None:
        """A mail within a mail: a forward is read as words; an enclosed letter is also a document of its own."""
        if depth >= self._limits.nesting:
            self._defects.append(words.TOO_DEEP)
            part = self._add_leaf(node, leaf, parent, trail, Role.REFUSED, reason=_beyond((words.TOO_DEEP,)))
            self._parts[part.index] = replace(part, defects=(words.TOO_DEEP,))
            return
        part = self._add_leaf(node, leaf, parent, trail, Role.CONTAINER)
        inner = parse(leaf[0], self._limits)
        forwarded = _is_forward(part.filename, inner, subject)
        if not forwarded:
            self._parts[part.index] = replace(part, role=Role.ATTACHMENT, media_type="message/rfc822")
            self._attachments.append(part.index)
        before = len(self._attachments)
        self.take(inner, depth=depth + 1, parent=part.index, trail=part.path)
        if not forwarded:
            # What lies within an enclosed letter belongs to that letter; the sender did not enclose it by itself.
            del self._attachments[before:]

    def _open(self, part: Part, depth: int) -> None:
        """An attached file: a document, or a container whose children are documents."""
        data = self.contents[part.digest]
        if not is_container(part.media_type) or words.MALWARE in part.defects:
            self._attachments.append(part.index)
            return
        limits = replace(self._limits, unpacked_bytes=self._left, parts=max(1, self._limits.parts - len(self._parts)))
        inside = expand(data, filename=part.filename, media_type=part.media_type, limits=limits, depth=depth)
        self._left = max(0, self._left - sum(len(child.data) for child in inside.children))
        part = replace(part, defects=tuple(dict.fromkeys((*part.defects, *inside.defects))), signers=inside.signers)
        self._parts[part.index] = part
        if inside.kind == "signed" and len(inside.children) == 1:
            self._signed(part, inside)
        elif inside.kind == "tnef" or (inside.kind == "outlook" and inside.children):
            self._parts[part.index] = replace(part, role=Role.CONTAINER)
            self._children(part, inside, depth)
        else:
            # An archive, a PDF with files in it, an office file: the sender's document; what lies within is kept
            # beside it and read with it.
            self._attachments.append(part.index)
            before = len(self._attachments)
            self._children(part, inside, depth)
            if inside.kind != "archive" or words.MALWARE in part.defects:
                del self._attachments[before:]

    def _signed(self, part: Part, inside: Expanded) -> None:
        """A .p7m stays one document under its own name; the words are those of what was signed."""
        child = inside.children[0]
        kind = sniff(child.data, child.name, None)
        path = f"{part.path}/{child.name}"
        content = self._add(child.data, child.name, kind.media_type, part.index, path, Role.CONTAINER,
                            reason="contenuto firmato")  # fmt: skip
        self._parts[part.index] = replace(
            part, digest=content.digest, media_type=kind.media_type, reason="p7m", size=part.size
        )
        self._attachments.append(part.index)

    def _children(self, part: Part, inside: Expanded, depth: int) -> None:
        for child in inside.children:
            kind = sniff(child.data, child.name, child.media_type)
            path = f"{part.path}/{child.name}"
            name = child.name.rpartition("/")[2]
            found = (*kind.defects, *child.defects)
            role = Role.DECORATION if child.embedded else Role.ATTACHMENT
            added = self._add(child.data, name, kind.media_type, part.index, path, role, found)
            if role is Role.ATTACHMENT:
                self._open(added, depth + 1)

    def _add_leaf(
        self,
        node: Node,
        leaf: tuple[bytes, tuple[str, ...]],
        parent: int | None,
        trail: str,
        role: Role,
        *,
        reason: str | None = None,
        known: str | None = None,
    ) -> Part:
        """`known` is the media type where the content need not be asked."""
        data, found = leaf
        named = name_and_tricks(node.message)
        name = named[0] if named else None
        if known is None:
            kind = sniff(data, name, node.kind)
            known = node.kind if node.kind.startswith("message/") else kind.media_type
            found = (*found, *kind.defects) if role is Role.ATTACHMENT else found
        if named and named[1]:
            found = (*found, words.UNSAFE_NAME)
        place = "/".join([*([trail] if trail else ()), *map(str, node.trail or (1,))])
        path = f"{place}/{name}" if name else place
        content_id = header(node.message, "Content-ID")
        return self._add(
            data,
            name,
            known,
            parent,
            path,
            role,
            found,
            declared_type=node.kind,
            reason=reason or _NOT_FETCHED.get(node.kind),
            inline=disposition_of(node.message).startswith("inline") or content_id is not None,
            content_id=content_id,
        )

    def _add(
        self,
        data: bytes,
        name: str | None,
        media_type: str,
        parent: int | None,
        path: str,
        role: Role,
        found: tuple[str, ...] = (),
        *,
        declared_type: str | None = None,
        reason: str | None = None,
        inline: bool = False,
        content_id: str | None = None,
    ) -> Part:
        part = Part(
            index=len(self._parts),
            parent=parent,
            path=path,
            filename=name,
            declared_type=declared_type,
            media_type=media_type,
            size=len(data),
            digest=hashlib.sha256(data).hexdigest(),
            role=role,
            reason=reason,
            inline=inline,
            content_id=content_id,
            defects=tuple(dict.fromkeys(found)),
        )
        self._parts.append(part)
        self.contents[part.digest] = data
        return part


def _message(mail: MailPart, shown: str, place: int, depth: int) -> Message:
    parted = split(shown)
    subject = header(mail, "Subject")
    return Message(
        part=place,
        depth=depth,
        sender=first_address(mail, "From"),
        subject=subject,
        sent_at=moment(header(mail, "Date")),
        new=parted.new,
        quoted=parted.quoted,
        signature=parted.signature,
        forwarded=parted.forwarded
        or bool(subject and re.match(r"^\W*(?:i|fwd?|inoltr\w*)\s*:", subject, re.IGNORECASE)),
    )


def _is_forward(filename: str | None, inner: MailPart, subject: str) -> bool:
    """A client that forwards says so in its subject and names the mail after its own; a person who encloses a letter
    writes a subject of their own."""
    stem = re.sub(r"\.eml$", "", filename or "", flags=re.IGNORECASE)
    plain = re.sub(r"\W+", "", decode_words(stem)).lower()
    title = re.sub(r"\W+", "", _FORWARD.sub("", header(inner, "Subject") or "")).lower()
    if not plain or plain.startswith(_NAMELESS):
        return True
    return bool(_FORWARD.match(subject)) and (plain == title or plain.endswith(title))


def _beyond(found: tuple[str, ...]) -> str:
    return "oltre il limite di parti" if words.TOO_MANY_PARTS in found else "oltre il limite di annidamento"


def _ornament(part: Part) -> Role | None:
    """Logos, tracking dots, signatures of the carrier, calendar and business cards: kept, but no documents."""
    kind = part.media_type
    if (
        kind in _REPORTS
        or part.declared_type in _REPORTS
        or (part.filename or "").lower() in ("smime.p7s", "daticert.xml")
    ):
        return Role.TRANSPORT
    if not kind.startswith("image/") or not part.inline:
        return None
    if part.size < 2_000 or (_LOGO.match(part.filename or "image.png") and part.size < 4 * SMALL_PICTURE):
        return Role.DECORATION
    return Role.DECORATION if part.size < SMALL_PICTURE and not part.filename else None
