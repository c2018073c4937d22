"""A small real Portal for demonstration and tests: the API of docs/portal-api.yaml over HTTP, with its own SQLite.

A tool, not a part of the gateway. Faults can be ordered: ``POST /sandbox/faults`` with ``{"next": [503, "drop", …]}``
makes the following requests fail that way; ``"cut"`` breaks an upload off in its middle. ``POST /sandbox/status`` with
``{"case_code": …, "status": …}`` changes a case's status and tells the gateway by its webhook.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import sqlite3
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from outbound.portal import sign

SCHEMA = """
CREATE TABLE IF NOT EXISTS cases(code TEXT PRIMARY KEY, key TEXT UNIQUE, body TEXT, status TEXT, posts INTEGER);
CREATE TABLE IF NOT EXISTS additions(key TEXT PRIMARY KEY, code TEXT, body TEXT);
CREATE TABLE IF NOT EXISTS documents(code TEXT, digest TEXT, data BLOB, PRIMARY KEY(code, digest));
CREATE TABLE IF NOT EXISTS pieces(code TEXT, digest TEXT, data BLOB, PRIMARY KEY(code, digest));
"""
LARGEST = 64 * 2**20
PIECE = 2**20
_RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})")


class SandboxPortal:
    """Serves on the loopback interface until `close`; `port` 0 takes a free one."""

    def __init__(
        self,
        database: Path | str = ":memory:",
        port: int = 0,
        *,
        hook: str | None = None,
        secret: bytes = b"",
        piece: int | None = PIECE,
    ) -> None:
        """`hook`: the gateway's webhook address; `secret`: what is shared with it; `piece`: bytes of a document that it
        takes at once, None for a Portal that wants them whole."""
        self._piece = piece
        self._db = sqlite3.connect(str(database), check_same_thread=False)
        self._db.executescript(SCHEMA)
        self.lock = threading.Lock()
        self.faults: list[int | str] = []
        self._hook, self._secret = hook, secret
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, name="portal", daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> SandboxPortal:
        self._thread.start()
        return self

    def serve(self) -> None:
        self._server.serve_forever()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._db.close()

    def accept(self, key: str, case: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The same key gives the same answer; another key for the same case is refused."""
        code = str(case.get("case_code"))
        with self.lock, self._db:
            row = self._db.execute("SELECT key FROM cases WHERE code = ?", (code,)).fetchone()
            if row is not None and row[0] != key:
                return 409, {"error": "the case exists under another key"}
            self._db.execute(
                "INSERT INTO cases VALUES (?, ?, ?, 'received', 1) ON CONFLICT(code) DO UPDATE SET posts = posts + 1",
                (code, key, json.dumps(case)),
            )
        return 200, self._accepted(code, case)

    def add(self, key: str, code: str, said: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """What came after the hand-over; the same key is kept once."""
        with self.lock, self._db:
            if self._db.execute("SELECT 1 FROM cases WHERE code = ?", (code,)).fetchone() is None:
                return 404, {"error": "no such case"}
            self._db.execute("INSERT OR IGNORE INTO additions VALUES (?, ?, ?)", (key, code, json.dumps(said)))
        return 200, self._accepted(code, said)

    def _accepted(self, code: str, said: dict[str, Any]) -> dict[str, Any]:
        wanted = self._wanted(code, said)
        answer: dict[str, Any] = {"portal_id": f"P-{code}", "documents_wanted": wanted}
        if self._piece is not None:
            begun = {digest: len(self._begun(code, digest)) for digest in wanted}
            answer |= {"piece_bytes": self._piece, "documents_begun": {d: n for d, n in begun.items() if n}}
        return answer

    def _begun(self, code: str, digest: str) -> bytes:
        with self.lock:
            wanted = "SELECT data FROM pieces WHERE code = ? AND digest = ?"
            row = self._db.execute(wanted, (code, digest)).fetchone()
        return bytes(row[0]) if row is not None else b""

    def keep_piece(self, code: str, digest: str, data: bytes, said: str) -> tuple[int, dict[str, Any]]:
        """The next bytes of a document. What does not go on where the last ended is not taken."""
        match = _RANGE.fullmatch(said)
        first, total = (int(match[1]), int(match[3])) if match is not None else (0, 0)
        if self._piece is None or match is None or first + len(data) > total:
            return 400, {"error": "no byte range that is taken here"}
        if total > LARGEST:
            return 413, {"error": "too large"}
        there = self._begun(code, digest)
        if first != len(there):
            return 409, {"error": "another byte is next", "received": len(there)}
        whole = there + data
        with self.lock, self._db:
            self._db.execute("DELETE FROM pieces WHERE code = ? AND digest = ?", (code, digest))
            if len(whole) < total:
                self._db.execute("INSERT INTO pieces VALUES (?, ?, ?)", (code, digest, whole))
        return self.keep(code, digest, whole) if len(whole) == total else (202, {"received": len(whole)})

    def _wanted(self, code: str, said: dict[str, Any]) -> list[str]:
        there = set(self.documents(code))
        wanted = [d["sha256"] for d in said.get("documents", []) if d["sha256"] not in there]
        return list(dict.fromkeys(wanted))

    def case(self, code: str) -> dict[str, Any]:
        """What was handed over."""
        with self.lock:
            (body,) = self._db.execute("SELECT body FROM cases WHERE code = ?", (code,)).fetchone()
        return dict(json.loads(body))

    def additions(self, code: str) -> list[dict[str, Any]]:
        with self.lock:
            rows = self._db.execute("SELECT body FROM additions WHERE code = ? ORDER BY rowid", (code,)).fetchall()
        return [json.loads(body) for (body,) in rows]

    def keep(self, code: str, digest: str, data: bytes) -> tuple[int, dict[str, Any]]:
        if hashlib.sha256(data).hexdigest() != digest:
            return 422, {"error": "the content does not match its digest"}
        with self.lock, self._db:
            self._db.execute("INSERT OR IGNORE INTO documents VALUES (?, ?, ?)", (code, digest, data))
        return 200, {"kept": digest}

    def status(self, code: str) -> tuple[int, dict[str, Any]]:
        with self.lock:
            row = self._db.execute("SELECT status FROM cases WHERE code = ?", (code,)).fetchone()
        return (200, {"status": row[0]}) if row else (404, {"error": "no such case"})

    def tell(self, code: str, status: str, *, event_id: str | None = None) -> int:
        """Changes the status and tells the gateway; the gateway's HTTP status, 0 without a hook to tell it by."""
        with self.lock, self._db:
            self._db.execute("UPDATE cases SET status = ? WHERE code = ?", (status, code))
        if self._hook is None:
            return 0
        at = datetime.now(UTC).isoformat()
        event = {"id": event_id or secrets.token_hex(8), "case_code": code, "status": status, "at": at}
        body = json.dumps(event).encode()
        stamp = str(int(time.time()))
        headers = {"X-Timestamp": stamp, "X-Signature": sign(self._secret, stamp, body)}
        return httpx.post(self._hook, content=body, headers=headers, timeout=10).status_code

    def cases(self) -> list[tuple[str, int]]:
        """(code, how often it was posted)."""
        with self.lock:
            return list(self._db.execute("SELECT code, posts FROM cases ORDER BY code"))

    def documents(self, code: str) -> list[str]:
        with self.lock:
            return [d for (d,) in self._db.execute("SELECT digest FROM documents WHERE code = ?", (code,))]

    def cut_next(self) -> bool:
        """Whether this upload is to break off in its middle."""
        with self.lock:
            cut = self.faults[:1] == ["cut"]
            if cut:
                del self.faults[0]
        return cut

    def next_fault(self) -> int | str | None:
        with self.lock:
            # A "cut" waits for the next upload.
            return self.faults.pop(0) if self.faults and self.faults[0] != "cut" else None


def _handler(portal: SandboxPortal) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self, code: int, body: dict[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _body(self) -> bytes:
            return self.rfile.read(min(LARGEST, int(self.headers.get("Content-Length") or 0)))

        def _spoiled(self) -> bool:
            fault = portal.next_fault() if self.path.startswith("/v1/") else None
            if fault == "drop":
                self.close_connection = True
                self.connection.close()
                return True
            if isinstance(fault, int):
                self._answer(fault, {"error": "ordered fault"})
            return fault is not None

        def do_GET(self) -> None:
            if self._spoiled():
                return
            if self.path == "/v1/health":
                self._answer(200, {"status": "ok"})
            elif self.path.startswith("/v1/cases/"):
                self._answer(*portal.status(self.path.rsplit("/", 1)[1]))
            else:
                self._answer(404, {"error": "not found"})

        def do_POST(self) -> None:
            body = self._body()
            if self._spoiled():
                return
            try:
                said = json.loads(body)
            except ValueError:
                self._answer(400, {"error": "no JSON"})
                return
            if self.path == "/sandbox/faults":
                portal.faults.extend(said.get("next", []))
                self._answer(200, {})
            elif self.path == "/sandbox/status":
                told = portal.tell(str(said.get("case_code")), str(said.get("status")))
                self._answer(200, {"told": told})
            elif self.path == "/v1/cases" and self.headers.get("Idempotency-Key"):
                self._answer(*portal.accept(str(self.headers["Idempotency-Key"]), said))
            elif self.path.endswith("/additions") and self.headers.get("Idempotency-Key"):
                self._answer(*portal.add(str(self.headers["Idempotency-Key"]), self.path.split("/")[3], said))
            else:
                self._answer(400, {"error": "an Idempotency-Key is wanted"})

        def do_PUT(self) -> None:
            cut = portal.cut_next()
            body = self._body()
            if not cut and self._spoiled():
                return
            body = body[: len(body) // 2] if cut else body
            parts = self.path.strip("/").split("/")
            if len(parts) != 5 or parts[:2] != ["v1", "cases"] or parts[3] != "documents":
                self._answer(404, {"error": "not found"})
                return
            within = self.headers.get("Content-Range")
            answer = portal.keep_piece(parts[2], parts[4], body, within) if within else None
            if cut:
                self.close_connection = True
                self.connection.close()
                return
            self._answer(*(answer or portal.keep(parts[2], parts[4], body)))

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler
