"""The house's one broad except: a defect of ours costs one attempt at one thing, and nobody else anything."""

from __future__ import annotations

import secrets
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import TextIO, TypeVar

import structlog

from mailroom.errors import GatewayError

log = structlog.get_logger()
T = TypeVar("T")

PAUSE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Failure:
    error: Exception
    reference: str | None = None
    """Under which a defect of ours stands in the log; None for what the house's own errors say."""


def attempt(step: Callable[[], T], **about: object) -> T | Failure:
    """The step's result, or why there is none. A defect is logged, with what it was `about`."""
    try:
        return step()
    except GatewayError as error:
        return Failure(error)
    except Exception as error:
        reference = secrets.token_hex(4)
        log.exception("defect", reference=reference, kind=type(error).__name__, **about)
        return Failure(error, reference)


def keep_at(work: Callable[[], object], stop: threading.Event, *, name: str, pause: float = PAUSE_SECONDS) -> None:
    """For a thread that must not die: whatever `work` raises, it is begun again after `pause` seconds, until `stop` is
    set."""
    while not stop.is_set():
        found = attempt(work, thread=name)
        if isinstance(found, Failure):
            log.warning("begun_again", thread=name, kind=type(found.error).__name__)
            stop.wait(pause)


def log_to_stderr() -> None:
    """Standard output is for people at a terminal and for JSON lines, the log for who keeps it."""
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=write_places)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.dev.set_exc_info,
            structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False),
            renderer,
        ],
        # Asked at each line: who captures standard error for a while does not keep it.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def write_places(file: TextIO, raised: ExceptionInfo) -> None:
    """Where it was raised and what led there, from the outermost call, and the kinds of the exceptions.

    Neither values nor messages: they hold what people wrote to us, and the log holds no personal data.
    """
    error: BaseException | None = raised[1]
    told: list[BaseException] = []
    while error is not None and all(error is not other for other in told):
        told.append(error)
        for frame in traceback.extract_tb(error.__traceback__):
            file.write(f"  {frame.filename}:{frame.lineno} {frame.name}\n")
        file.write(f"{type(error).__module__}.{type(error).__qualname__}\n")
        error = error.__cause__ or error.__context__
