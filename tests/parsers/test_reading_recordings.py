"""Recordings are listened to by the program that an installation names, and by nobody without one."""

from __future__ import annotations

import io
import sys
import wave
from pathlib import Path

import pytest

from classifier.reading_view import read
from mailroom.document import Document, TextSource
from mailroom.envelope import Channel, Envelope
from parsers import defects
from parsers.page_cache import FolderCache
from parsers.reading import ReadingSettings, read_quickly
from tests.parsers.reading_submissions import content_of, paper, read_one

LISTENS = """
import sys, wave
with wave.open(sys.argv[1]) as file:
    print("Buongiorno, sono la signora Rossi:", file.getnframes() // file.getframerate(), "secondi. Perché?")
"""


def recording(seconds: int = 2) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16000 * seconds))
    return out.getvalue()


def settings(program: str, *, seconds: float = 20.0) -> ReadingSettings:
    return ReadingSettings(transcriber=(sys.executable, "-c", program, "{audio}"), transcriber_seconds=seconds)


def heard(program: str, *, seconds: float = 20.0) -> Document:
    return read_one(recording(), "vocale.wav", settings=settings(program, seconds=seconds))


def test_the_words_of_a_recording_are_shown_and_decide_nothing() -> None:
    document = heard(LISTENS)
    assert document.text == "Buongiorno, sono la signora Rossi: 2 secondi. Perché?"
    assert document.text_source is TextSource.SPEECH and not document.defects
    submission = paper(recording(), "vocale.wav")
    assert read(Envelope(channel=Channel.EMAIL), submission, (document,)).passages == ()


def test_nobody_listens_unless_a_program_is_named() -> None:
    document = read_one(recording(), "vocale.wav")
    assert (document.pages, document.defects) == ((), (defects.UNSUPPORTED,))


@pytest.mark.parametrize(
    ("program", "defect"),
    [
        ("import time; print('sono', flush=True); time.sleep(60)", defects.TIMED_OUT),
        ("raise SystemExit(3)", defects.CRASHED),
        ("x = bytearray(1 << 40)", defects.CRASHED),
    ],
    ids=["hangs", "fails", "eats memory"],
)
def test_a_program_that_fails_costs_its_words_only(program: str, defect: str) -> None:
    document = heard(program, seconds=0.5 if defect == defects.TIMED_OUT else 20.0)
    assert (document.text, document.defects) == ("", (defect,))


def test_the_program_has_no_network() -> None:
    program = "import socket; socket.create_connection(('127.0.0.1', 9), 1)"
    told = f"try:\n {program}\nexcept OSError as error:\n print(type(error).__name__)"
    assert heard(told).text in {"OSError", "PermissionError"}  # no route, not a refused connection


def test_listening_is_slow_reading_and_done_once(tmp_path: Path) -> None:
    submission, content = paper(recording(), "vocale.wav"), content_of(recording())
    assert read_quickly(submission, content, settings=settings(LISTENS)) is None
    once, cache = settings("import uuid; print(uuid.uuid4())"), FolderCache(tmp_path)
    first, second = (read_one(recording(), "vocale.wav", settings=once, cache=cache).text for _ in range(2))
    assert first == second != ""


@pytest.mark.parametrize(
    ("command", "said"),
    [(("python3",), "none of its arguments is {audio}"), (("ascolta-mai", "{audio}"), "there is no program")],
)
def test_a_command_that_cannot_work_is_refused_at_the_start(command: tuple[str, ...], said: str) -> None:
    with pytest.raises(ValueError, match=f"transcriber: {said}"):
        ReadingSettings(transcriber=command)
