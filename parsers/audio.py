"""Voice messages and recordings: how long, in what format, and, where an installation has a program for it, what is
said. Measured and listened to in child processes."""

from __future__ import annotations

from dataclasses import dataclass

from parsers import defects
from parsers.extensions import TYPE_TO_EXTENSION
from parsers.isolation import Defect, run_isolated
from parsers.limits import DEFAULT_LIMITS, Limits

_GRACE_SECONDS = 5.0


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """What a machine heard: words to help a person, no evidence to decide by."""

    text: str = ""
    defects: tuple[str, ...] = ()


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


def heard(
    data: bytes, media_type: str, command: tuple[str, ...], *, seconds: float, limits: Limits = DEFAULT_LIMITS
) -> Speech:
    """What `command` hears in a recording (see `ReadingSettings.transcriber`), within so many seconds. Never raises."""
    request = {
        "data": data,
        "extension": TYPE_TO_EXTENSION.get(media_type, "bin"),
        "command": list(command),
        "seconds": seconds,
    }
    answer = run_isolated("audio.listen", request, limits=limits, seconds=seconds + _GRACE_SECONDS)
    if isinstance(answer, Defect):
        return Speech(defects=(answer.code,))
    failed = answer.get("defect")
    return Speech(text=str(answer.get("text") or ""), defects=(str(failed),) if failed else ())


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and 0 < value < 10_000_000 else None
