"""Voice messages and recordings: how long, in what format. Kept and playable, read by no machine unless a
transcriber is put in. Measured in a child process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from parsers import defects
from parsers.isolation import Defect, run_isolated
from parsers.limits import DEFAULT_LIMITS, Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """`seconds` and the others are None where the file does not tell."""

    seconds: float | None = None
    codec: str | None = None
    channels: int | None = None
    sample_rate: int | None = None
    defects: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """One line in Italian for the console."""
        if self.seconds is None:
            return "registrazione di durata sconosciuta"
        minutes, seconds = divmod(round(self.seconds), 60)
        return f"registrazione di {minutes} min {seconds:02d} s" if minutes else f"registrazione di {seconds} s"


class Transcriber(Protocol):
    """Speech to text, if an installation has a model for it; the gateway brings none."""

    def __call__(self, data: bytes, media_type: str) -> str | None: ...


def measure(data: bytes, media_type: str, *, limits: Limits = DEFAULT_LIMITS) -> Recording:
    """Length and format of a recording. Never raises."""
    if not data:
        return Recording(defects=(defects.EMPTY,))
    answer = run_isolated("audio.measure", {"data": data, "media_type": media_type}, limits=limits)
    if isinstance(answer, Defect):
        return Recording(defects=(answer.code,))
    if not isinstance(answer, dict):
        return Recording(defects=(defects.CORRUPT,))
    seconds, codec = answer.get("seconds"), answer.get("codec")
    return Recording(
        seconds=float(seconds) if isinstance(seconds, int | float) and 0 <= seconds < 1e7 else None,
        codec=codec if isinstance(codec, str) else None,
        channels=_count(answer.get("channels")),
        sample_rate=_count(answer.get("sample_rate")),
    )


def transcript(data: bytes, media_type: str, transcriber: Transcriber | None) -> str | None:
    """What was said, None without a transcriber or where it hears nothing."""
    return None if transcriber is None else transcriber(data, media_type)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and 0 < value < 10_000_000 else None
