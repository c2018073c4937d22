"""Puts together a message whose pieces came as mails of their own, once the last of them is here."""

from __future__ import annotations

import hashlib

import structlog

from mailroom.ports import Blobs
from parsers.defects import PARTIAL_MESSAGE
from parsers.partial import piece_in, put_together
from store.claiming import Claim
from store.codec import OpenedSheet
from store.ledger import Ledger

log = structlog.get_logger()
LARGEST = 64 * 2**20
"""Bytes of all pieces; beyond, a person looks at them."""


def joined(claim: Claim, raw: bytes, opened: OpenedSheet, *, ledger: Ledger, blobs: Blobs) -> str | None:
    """The id of the item that this piece and its likes have become; None where the item is no piece, or others are
    still to come: then it goes its way, and is held by the house rules. Only what one address sent is joined.

    Raises LostLease; KeyError or ValueError for an original that is lost.
    """
    sender = opened.envelope.sender.email if opened.envelope.sender else None
    if PARTIAL_MESSAGE not in opened.submission.defects or sender is None:
        return None
    piece = piece_in(raw)
    if piece is None:
        return None
    message = hashlib.sha256(f"{sender.lower()}\n{piece.id}".encode("utf-8", "replace")).hexdigest()
    pieces = ledger.note_piece(claim, message, piece.number, piece.total)
    if not pieces:
        return None
    originals: list[bytes] = []
    for each in pieces:
        originals.append(blobs.get(each.digest))
        if sum(map(len, originals)) > LARGEST:
            log.warning("pieces_too_large", item=claim.item.id, pieces=len(pieces))
            return None
    whole = put_together(originals)
    return ledger.join_pieces(claim, opened, pieces, blobs.put(whole), len(whole)).item_id
