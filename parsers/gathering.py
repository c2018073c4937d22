"""Gathers the parts of one item: walks mails, opens containers, gives each leaf its role, its path and its bytes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from email.message import Message as Mail

from mailroom.submission import Message, Part, Role, Signer, Submission
from parsers import defects as words
from parsers.expanding import Expanded, expand, is_container
from parsers.headers import decode_words, filename_of, first_address, header, moment
from parsers.html_document import to_text
from parsers.limits import Limits
from parsers.media_type import sniff
from parsers.message import Node, body_of, is_attached, parse, walk, words_of
from parsers.quotes import split

_LOGO = re.compile(
    r"^(?:image|logo|oledata|outlook|firma|banner|icon|facebook|linkedin|twitter|instagram)[-_]?\w{0,12}"
    r"\.(?:png|gif|jpe?g|bmp|wmz|svg)$",
    re.IGNORECASE,
)
_REPORTS = frozenset({"message/delivery-status", "message/disposition-notification", "message/feedback-report",
                      "text/rfc822-headers", "application/pkcs7-signature", "application/pgp-signature",
                      "text/calendar"})  # fmt: skip
_FORWARD = re.compile(r"^\W*(?:i|fwd?|r|re|inoltr\w*|tr)\s*:", re.IGNORECASE)
_WORDY = ("text/plain", "text/html")
_FORWARDED = re.compile(r"^\W*(?:i|fwd?|inoltr\w*)\s*:", re.IGNORECASE)
_NAMELESS = ("messaggioinoltrato", "forwardedmessage", "allegatosenzanome")
SMALL_PICTURE = 25_000
"""Bytes below which a picture shown within the text is an ornament."""
MESSAGES = 8
"""Messages within messages that are read as words."""


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

    def transport(self, outer: Mail, carried: Mail) -> None:
        """The provider's pieces around a certified message: kept, no documents."""
        for node in walk(outer, most=self._limits.parts, deepest=self._limits.nesting):
            if node.leaf and node.message is not carried:
                self._add_leaf(node, None, (), Role.TRANSPORT, reason="busta PEC")

    def take(self, mail: Mail, *, depth: int = 0, parent: int | None = None, trail: str = "") -> None:
        """All parts of one mail, and its words as a `Message`."""
        nodes = list(walk(mail, most=self._limits.parts, deepest=self._limits.nesting))
        if len(nodes) > self._limits.parts:
            self._defects.append(words.TOO_MANY_PARTS)
        body = _bodies(nodes)
        shown = _displayed(nodes, body)
        for node in nodes:
            if not node.leaf:
                continue
            if len(self._parts) >= self._limits.parts:
                self._defects.append(words.TOO_MANY_PARTS)
                break
            self._leaf(node, nodes, body, depth, parent, trail, header(mail, "Subject") or "")
        place = next((n for n, p in enumerate(self._parts) if p.role is Role.TEXT and p.parent == parent), -1)
        self._messages.append(_message(mail, shown, place, depth))
        self._messages.sort(key=lambda m: m.depth)

    def _leaf(
        self,
        node: Node,
        nodes: list[Node],
        body: dict[int, Role],
        depth: int,
        parent: int | None,
        trail: str,
        subject: str,
    ) -> None:
        number = nodes.index(node)
        if number in body:
            self._add_leaf(node, parent, (trail,), body[number])
            return
        if node.message.get_content_type() == "message/rfc822":
            self._carried_mail(node, depth, parent, trail, subject)
            return
        part = self._add_leaf(node, parent, (trail,), Role.ATTACHMENT)
        role = _ornament(node, part, nodes)
        if role is not None:
            self._parts[part.index] = replace(part, role=role)
            return
        self._open(part, depth)

    def _carried_mail(self, node: Node, depth: int, parent: int | None, trail: str, subject: str) -> None:
        """A mail within a mail: a forward is read as words; an enclosed letter is also a document of its own."""
        part = self._add_leaf(node, parent, (trail,), Role.CONTAINER)
        payload = node.message.get_payload()
        inner = payload[0] if isinstance(payload, list) and payload and isinstance(payload[0], Mail) else None
        if inner is None:
            inner = parse(self.contents[part.digest])
        forwarded = _is_forward(part.filename, inner, subject)
        if not forwarded:
            self._parts[part.index] = replace(part, role=Role.ATTACHMENT, media_type="message/rfc822")
            self._attachments.append(part.index)
        if depth < MESSAGES:
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
        content = self._add(
            child.data, child.name, kind.media_type, part.index, f"{part.path}/{child.name}", Role.CONTAINER
        )
        self._parts[content.index] = replace(content, reason="contenuto firmato")
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
        self, node: Node, parent: int | None, trail: tuple[str, ...], role: Role, reason: str | None = None
    ) -> Part:
        data, found = body_of(node.message)
        name = filename_of(node.message)
        declared = node.message.get_content_type()
        kind = sniff(data, name, declared)
        place = "/".join([*(t for t in trail if t), *map(str, node.trail or (1,))])
        media_type = declared if declared.startswith("message/") else kind.media_type
        defects = (*found, *kind.defects) if role is Role.ATTACHMENT else found
        path = f"{place}/{name}" if name else place
        part = self._add(data, name, media_type, parent, path, role, defects)
        disposition = str(node.message.get("content-disposition", "") or "").lower()
        part = replace(
            part,
            declared_type=declared,
            reason=reason,
            inline=disposition.startswith("inline") or bool(node.message.get("content-id")),
            content_id=header(node.message, "Content-ID"),
        )
        self._parts[part.index] = part
        return part

    def _add(
        self,
        data: bytes,
        name: str | None,
        media_type: str,
        parent: int | None,
        path: str,
        role: Role,
        found: tuple[str, ...] = (),
        signers: tuple[Signer, ...] = (),
    ) -> Part:
        part = Part(
            index=len(self._parts),
            parent=parent,
            path=path,
            filename=name,
            declared_type=None,
            media_type=media_type,
            size=len(data),
            digest=hashlib.sha256(data).hexdigest(),
            role=role,
            defects=tuple(dict.fromkeys(found)),
            signers=signers,
        )
        self._parts.append(part)
        self.contents[part.digest] = data
        return part


def _bodies(nodes: list[Node]) -> dict[int, Role]:
    """Which leaves are the words of the mail, and which merely say the same once more."""
    texts = [
        n
        for n, node in enumerate(nodes)
        if node.leaf
        and node.message.get_content_type() in ("text/plain", "text/html")
        and not is_attached(node.message)
    ]
    roles: dict[int, Role] = {}
    for number in texts:
        parent = nodes[number].parent
        alternative = parent is not None and nodes[parent].message.get_content_type() == "multipart/alternative"
        rivals = [m for m in texts if m != number and _same_alternative(nodes, m, number)] if alternative else []
        plain = nodes[number].message.get_content_type() == "text/plain"
        poor = plain and any(_poor(nodes[number], nodes[m]) for m in rivals)
        better = (not plain and any(not _poor(nodes[m], nodes[number]) for m in rivals)) or poor
        roles[number] = Role.ALTERNATIVE if rivals and better else Role.TEXT
    return roles


def _same_alternative(nodes: list[Node], one: int, other: int) -> bool:
    top = nodes[other].parent
    place: int | None = one
    while place is not None:
        if place == top:
            return True
        place = nodes[place].parent
    return False


def _poor(plain: Node, rich: Node) -> bool:
    """The plain form says hardly anything of what the HTML form says."""
    if plain.message.get_content_type() != "text/plain":
        return True
    own = len(words_of(plain.message)[0].strip())
    return own < 20 and len(to_text(words_of(rich.message)[0])) > 2 * own


def _displayed(nodes: list[Node], body: dict[int, Role]) -> str:
    shown = []
    for number, role in body.items():
        if role is Role.TEXT:
            text, _ = words_of(nodes[number].message)
            html = nodes[number].message.get_content_type() == "text/html"
            shown.append(to_text(text) if html else text)
    return "\n".join(shown).strip("\n")


def _message(mail: Mail, shown: str, place: int, depth: int) -> Message:
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


def _is_forward(filename: str | None, inner: Mail, subject: str) -> bool:
    """A client that forwards says so in its subject and names the mail after its own; a person who encloses a letter
    writes a subject of their own."""
    stem = re.sub(r"\.eml$", "", filename or "", flags=re.IGNORECASE)
    plain = re.sub(r"\W+", "", decode_words(stem)).lower()
    title = re.sub(r"\W+", "", _FORWARD.sub("", header(inner, "Subject") or "")).lower()
    if not plain or plain.startswith(_NAMELESS):
        return True
    return bool(_FORWARD.match(subject)) and (plain == title or plain.endswith(title))


def _ornament(node: Node, part: Part, nodes: list[Node]) -> Role | None:
    """Logos, tracking dots, signatures of the carrier, calendar and business cards: kept, but no documents."""
    kind = part.media_type
    if kind in _REPORTS or (part.filename or "").lower() in ("smime.p7s", "daticert.xml"):
        return Role.TRANSPORT
    if not kind.startswith("image/") or not part.inline:
        return None
    if part.size < 2_000 or (_LOGO.match(part.filename or "image.png") and part.size < 4 * SMALL_PICTURE):
        return Role.DECORATION
    return Role.DECORATION if part.size < SMALL_PICTURE and not part.filename else None
