"""Large documents go to the Portal in pieces, and go on where they were cut off: over real sockets."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mailroom.dispatch import Dispatch, DispatchChannel
from mailroom.errors import Refused, Transient
from outbound.pieces import LEAST_PIECE, MOST_PIECE, terms_of
from outbound.portal import PortalConfig, PortalSender
from outbound.sandbox_portal import SandboxPortal

CODE = "SPCEN00000017"
PIECE = LEAST_PIECE
LARGE = hashlib.sha256(b"seed").digest() * (7 * PIECE // 64)  # three pieces and a half
DIGEST = hashlib.sha256(LARGE).hexdigest()


@pytest.fixture
def portal() -> Iterator[SandboxPortal]:
    sandbox = SandboxPortal(piece=PIECE).start()
    yield sandbox
    sandbox.close()


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str | None, int]]:
    """Content-Range and length of every upload that is begun."""
    seen: list[tuple[str | None, int]] = []
    ask = httpx.request

    def watched(method: str, url: str, **more: Any) -> httpx.Response:
        if method == "PUT":
            seen.append((more["headers"].get("Content-Range"), len(more["content"])))
        return ask(method, url, **more)

    monkeypatch.setattr(httpx, "request", watched)
    return seen


def hand_over() -> Dispatch:
    payload = json.dumps({"case_code": CODE, "documents": [{"sha256": DIGEST, "item_id": "i"}]}).encode()
    return Dispatch(
        key="portal/1", channel=DispatchChannel.PORTAL, to=None, payload=payload, repeatable=True, item_id="i"
    )


def send(portal: SandboxPortal, data: bytes = LARGE) -> str:
    to = PortalSender(PortalConfig(url=portal.url, failures_before_rest=99), lambda item, digest: data)
    return to.send(hand_over(), hand_over().payload)


def test_a_large_document_goes_in_pieces_and_is_whole_at_the_end(
    portal: SandboxPortal, put: list[tuple[str | None, int]]
) -> None:
    send(portal)
    assert portal.documents(CODE) == [DIGEST]
    total = len(LARGE)
    assert put[0] == (f"bytes 0-{PIECE - 1}/{total}", PIECE)
    assert put[-1] == (f"bytes {3 * PIECE}-{total - 1}/{total}", total - 3 * PIECE) and len(put) == 4
    put.clear()
    send(portal)
    assert put == [], "what is there is not sent again"


def test_what_was_cut_off_goes_on_at_the_very_byte(portal: SandboxPortal, put: list[tuple[str | None, int]]) -> None:
    to = PortalSender(PortalConfig(url=portal.url, failures_before_rest=99), lambda item, digest: LARGE)
    for tries in range(3):
        portal.faults = ["cut"]
        with pytest.raises(Transient):
            to.send(hand_over(), hand_over().payload)
        assert len(put) == tries + 1
    send(portal)
    assert portal.documents(CODE) == [DIGEST]
    half = PIECE // 2
    starts = [int((within or "").split()[1].partition("-")[0]) for within, _ in put]
    assert starts[:4] == [0, half, 2 * half, 3 * half], "each goes on where the last ended"
    assert sum(length for _, length in put) < len(LARGE) + 4 * half


def test_a_portal_that_has_another_part_is_believed(portal: SandboxPortal, put: list[tuple[str | None, int]]) -> None:
    begun = portal.keep_piece(CODE, DIGEST, LARGE[:1000], f"bytes 0-999/{len(LARGE)}")
    assert begun == (202, {"received": 1000})
    to = PortalSender(PortalConfig(url=portal.url), lambda item, digest: LARGE)
    to._give(f"/v1/cases/{CODE}/documents/{DIGEST}", LARGE, PIECE, 0)
    assert portal.documents(CODE) == [DIGEST]
    assert [within for within, _ in put][:2] == [
        f"bytes 0-{PIECE - 1}/{len(LARGE)}",
        f"bytes 1000-{PIECE + 999}/{len(LARGE)}",
    ]


def test_a_portal_that_never_agrees_is_given_up(portal: SandboxPortal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal, "keep_piece", lambda *_: (409, {"error": "no", "received": 0}))
    with pytest.raises(Refused):
        send(portal)
    monkeypatch.setattr(portal, "keep_piece", lambda *_: (409, {"received": "many"}))
    with pytest.raises(Refused):
        send(portal)


def test_pieces_that_do_not_make_the_document_are_refused_and_begun_anew(portal: SandboxPortal) -> None:
    other = LARGE[:-1] + b"?"
    with pytest.raises(Refused):
        send(portal, other)
    assert portal.documents(CODE) == []
    send(portal)
    assert portal.documents(CODE) == [DIGEST]


def test_a_portal_that_knows_no_pieces_gets_it_whole(put: list[tuple[str | None, int]]) -> None:
    old = SandboxPortal(piece=None).start()
    send(old)
    assert old.documents(CODE) == [DIGEST] and put == [(None, len(LARGE))]
    old.close()


@pytest.mark.parametrize("within", ["bytes 0-9/5", "bytes 5-9/20", "lines 0-9/20", "bytes 0-9/99999999999"])
def test_ranges_that_can_not_be_are_refused(portal: SandboxPortal, within: str) -> None:
    status, _ = portal.keep_piece(CODE, DIGEST, b"0123456789", within)
    assert status in (400, 409, 413)


@pytest.mark.parametrize(
    ("answer", "piece", "start"),
    [
        ({}, None, 0),
        ({"piece_bytes": "many", "documents_begun": {"a": 3}}, None, 0),
        ({"piece_bytes": True, "documents_begun": {"a": 3}}, None, 0),
        ({"piece_bytes": -1}, None, 0),
        ({"piece_bytes": 1, "documents_begun": {"a": 3}}, LEAST_PIECE, 3),
        ({"piece_bytes": 10**12, "documents_begun": ["a"]}, MOST_PIECE, 0),
        ({"piece_bytes": 10**6, "documents_begun": {"a": "3"}}, 10**6, 0),
        ({"piece_bytes": 10**6, "documents_begun": {"a": 10}}, 10**6, 0),
        ({"piece_bytes": 10**6, "documents_begun": {"a": -3}}, 10**6, 0),
    ],
)
def test_what_a_portal_says_of_pieces_is_taken_only_if_it_can_be(
    answer: dict[str, Any], piece: int | None, start: int
) -> None:
    terms = terms_of(answer)
    assert (terms.piece, terms.start("a", 10)) == (piece, start)
