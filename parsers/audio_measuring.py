"""Length and format out of the bytes of a recording. Runs in a child process."""

from __future__ import annotations

import io
import struct
import wave
from typing import Any

from tinytag import ParseError, TinyTag, TinyTagException

from parsers.limits import Limits

_BROKEN = (TinyTagException, ParseError, struct.error, ValueError, KeyError, IndexError, OverflowError, TypeError,
           EOFError, AttributeError, AssertionError, OSError, ZeroDivisionError)  # fmt: skip
# Frame sizes of AMR narrow-band by mode (3GPP TS 26.101); a frame lasts 20 ms.
_AMR_FRAMES = (13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1)


def measure(payload: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Duty ``audio.measure``: an empty answer where nothing can be told."""
    data, media_type = payload["data"], payload["media_type"]
    if media_type == "audio/wav":
        told = _wav(data)
        if told:
            return told
    if media_type == "audio/amr":
        return _amr(data)
    try:
        tag = TinyTag.get(file_obj=io.BytesIO(data))
    except _BROKEN:
        return {}
    return {"seconds": tag.duration, "codec": media_type.partition("/")[2], "channels": tag.channels,
            "sample_rate": tag.samplerate}  # fmt: skip


def _wav(data: bytes) -> dict[str, Any]:
    """PCM as the standard library reads it; other codecs within WAV are left to the tag reader."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            rate = file.getframerate()
            return {"seconds": file.getnframes() / rate, "codec": f"pcm{8 * file.getsampwidth()}",
                    "channels": file.getnchannels(), "sample_rate": rate}  # fmt: skip
    except (wave.Error, *_BROKEN):
        return {}


def _amr(data: bytes) -> dict[str, Any]:
    at, frames = 6, 0
    while at < len(data):
        at += _AMR_FRAMES[data[at] >> 3 & 15]
        frames += 1
    return {"seconds": frames * 0.02, "codec": "amr", "channels": 1, "sample_rate": 8000}
