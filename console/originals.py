"""The bytes behind an item: pages as pictures, attachments as downloads, recordings to listen to.

Nothing that was not looked through is given out, and nothing infected ever; a look at an identity document is written
down before it is shown. Downloads are sandboxed: a browser that opens one all the same gives it no rights.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.responses import Response

from console.accounts import Role
from console.desk import Desk
from console.items import ItemPage, item_page
from console.pages import Pages
from console.pictures import WIDEST, WIDTH, page_picture
from console.sessions import Session
from mailroom.decision import FIELDS
from mailroom.document import Box
from mailroom.finding import PaperKind
from mailroom.submission import Part

PLAYABLE = frozenset({"audio/mpeg", "audio/wav", "audio/ogg", "audio/mp4", "audio/aac", "audio/flac"})
"""What browsers play; others are downloads."""


def add_originals(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Routes below ``/items/{item_id}`` that give out bytes."""

    @app.get("/items/{item_id}/original")
    def original(request: Request, item_id: str) -> Response:
        session = pages.session(request)
        page = found(desk, item_id)
        if page.dangerous:
            raise HTTPException(403)
        if page.has_identity:
            _look_at_identity(desk, page, page.detail.digest, session)
        return _download(desk.original(item_id), f"{item_id}.bin")

    @app.get("/items/{item_id}/parts/{part}")
    def attachment(request: Request, item_id: str, part: int) -> Response:
        session = pages.session(request)
        page = found(desk, item_id)
        wanted = _part(page, part)
        data = _bytes(desk, page, wanted, session)
        return _download(data, wanted.filename or f"{item_id}-{part}.bin")

    @app.get("/items/{item_id}/parts/{part}/audio")
    def audio(request: Request, item_id: str, part: int) -> Response:
        session = pages.session(request)
        page = found(desk, item_id)
        wanted = _part(page, part)
        if wanted.media_type not in PLAYABLE:
            raise HTTPException(404)
        data = _bytes(desk, page, wanted, session)
        return _stretch(data, wanted.media_type, request.headers.get("range", ""))

    @app.get("/items/{item_id}/parts/{part}/searchable.pdf")
    def searchable(request: Request, item_id: str, part: int) -> Response:
        session = pages.session(request)
        page = found(desk, item_id)
        wanted = _part(page, part)
        document = next((d for d in page.documents if d.part == part), None)
        if document is None or not _drawable(document.media_type):
            raise HTTPException(404)
        _bytes(desk, page, wanted, session)
        pdf = desk.searchable_pdf(item_id, document)
        if pdf is None:
            raise HTTPException(404)
        return _download(pdf, f"{wanted.filename or item_id}.pdf", "application/pdf")

    @app.get("/items/{item_id}/parts/{part}/rendition.pdf")
    def rendition(request: Request, item_id: str, part: int) -> Response:
        session = pages.session(request)
        page = found(desk, item_id)
        wanted = _part(page, part)
        _bytes(desk, page, wanted, session)
        pdf = desk.rendition(item_id, wanted)
        if pdf is None:
            raise HTTPException(404)
        return _download(pdf, f"{wanted.filename or item_id}.pdf", "application/pdf")

    @app.get("/items/{item_id}/pages/{document}/{number}.png")
    def picture(
        request: Request, item_id: str, document: int, number: int, width: int = WIDTH, turn: int = 0
    ) -> Response:
        session = pages.session(request)
        try:
            page = found(desk, item_id)
            data = picture_of(desk, page, document, number, session=session, width=width, turn=turn)
        except (KeyError, ValueError, IndexError):
            raise HTTPException(404) from None
        return Response(data, media_type="image/png")

    @app.get("/items/{item_id}/parts/{part}/shown/{number}.png")
    def shown(
        request: Request,
        item_id: str,
        part: int,
        number: int,
        width: int = Query(default=WIDTH, le=WIDEST),
        turn: int = 0,
    ) -> Response:
        """A page of the rendition of an office document, a mail's HTML, a picture."""
        session = pages.session(request)
        page = found(desk, item_id)
        wanted = _part(page, part)
        _bytes(desk, page, wanted, session)
        pdf = desk.rendition(item_id, wanted)
        try:
            if pdf is None or number < 0:
                raise HTTPException(404)
            data = page_picture(pdf, "application/pdf", number, width=width, spun=_right_angle(turn))
        except ValueError:
            raise HTTPException(404) from None
        return Response(data, media_type="image/png")


def found(desk: Desk, item_id: str) -> ItemPage:
    """Raises 404 for an item that is not there."""
    page = item_page(desk, item_id)
    if page is None:
        raise HTTPException(404)
    return page


def picture_of(
    desk: Desk, page: ItemPage, index: int, number: int, *, session: Session, width: int = WIDTH, turn: int = 0
) -> bytes:
    """PNG of one page with the evidence outlined. A look at an identity document is written down. Raises KeyError,
    ValueError or IndexError for what is not there or can't be shown."""
    if index < 0 or number < 0:
        raise IndexError("counted from zero")
    document = page.documents[index]
    part = page.part(document.part)
    if part is None or page.barred(part):
        raise ValueError("not to be shown")
    known = next((p for p in document.pages if p.number == number), None)
    if document.pages and known is None:
        raise IndexError("no such page")
    if _is_identity(page, index, number):
        _look_at_identity(desk, page, document.digest, session)
    data = desk.content(page.detail.row.id, document.digest)
    return page_picture(
        data,
        document.media_type,
        number,
        turned=known.rotation if known else 0,
        boxes=_boxes(page, index, number),
        width=width,
        spun=_right_angle(turn),
    )


def _right_angle(turn: int) -> int:
    return turn % 360 if turn % 90 == 0 else 0


def _drawable(media_type: str) -> bool:
    return media_type == "application/pdf" or media_type.startswith("image/")


def _part(page: ItemPage, index: int) -> Part:
    part = page.part(index)
    if part is None:
        raise HTTPException(404)
    if page.barred(part):
        raise HTTPException(403)
    return part


def _bytes(desk: Desk, page: ItemPage, part: Part, session: Session) -> bytes:
    """The part's bytes, the look written down first where it has to be. Raises 404 if they can't be had."""
    if page.is_identity(part.index):
        _look_at_identity(desk, page, part.digest, session)
    try:
        return desk.content(page.detail.row.id, part.digest)
    except KeyError:
        raise HTTPException(404) from None


def _look_at_identity(desk: Desk, page: ItemPage, digest: str, session: Session) -> None:
    """Written down before it is shown. Raises 403 for who may not see such papers."""
    if not session.may(Role.OPERATOR):
        raise HTTPException(403)
    desk.looked_at(page.detail.row.id, digest, session.user)


def _is_identity(page: ItemPage, index: int, number: int) -> bool:
    return any(
        p.document == index
        and p.first_page <= number < p.first_page + p.pages
        and p.kind is PaperKind.IDENTITY_DOCUMENT
        for p in page.papers
    )


def _boxes(page: ItemPage, index: int, number: int) -> list[Box]:
    findings = page.examination.findings if page.examination else ()
    return [
        evidence.box
        for finding in findings
        if finding.kind in (*FIELDS, "case_code")
        for evidence in finding.evidence
        if evidence.document == index and evidence.page == number and evidence.box
    ]


def _download(data: bytes, name: str, media_type: str = "application/octet-stream") -> Response:
    """Never shown in the browser: saved, and sandboxed if somebody opens it all the same. The name is a citizen's."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)[-100:].strip(". ") or "file"
    whole = quote(re.sub(r"[\x00-\x1f\x7f/\\\u200e\u200f\u202a-\u202e\u2066-\u2069]", "_", name)[-150:], safe="")
    said = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}"
    headers = {"Content-Disposition": said, "Content-Security-Policy": "sandbox"}
    return Response(data, media_type=media_type, headers=headers)


def _stretch(data: bytes, media_type: str, wanted: str) -> Response:
    """All of it, or the one range asked for (RFC 9110, 14.2): players wind to and fro by ranges."""
    headers = {"Accept-Ranges": "bytes", "Content-Security-Policy": "sandbox", "Content-Disposition": "inline"}
    match = re.fullmatch(r"bytes=(\d{1,12})-(\d{0,12})", wanted)
    if match is None:
        return Response(data, media_type=media_type, headers=headers)
    start = int(match[1])
    end = min(int(match[2]) if match[2] else len(data), len(data) - 1)
    if start > end:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{len(data)}"})
    headers["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
    return Response(data[start : end + 1], 206, media_type=media_type, headers=headers)
