"""Speech to text by a program of the installation's own choice. Runs in a child process.

The gateway brings no model: whisper.cpp, Vosk and others come with a program that takes a file and prints words.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any

from parsers import defects
from parsers.limits import Limits
from parsers.reading_settings import AUDIO


def listen(payload: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Duty ``audio.listen``: the words, or the defect that kept the program from them."""
    with tempfile.TemporaryDirectory() as folder:
        recording, said = Path(folder, f"audio.{payload['extension']}"), Path(folder, "said")
        recording.write_bytes(payload["data"])
        command = [str(word).replace(AUDIO, str(recording)) for word in payload["command"]]
        try:
            with said.open("wb") as out:
                done = subprocess.run(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=subprocess.DEVNULL,
                    timeout=payload["seconds"],
                    check=False,
                )
        except subprocess.TimeoutExpired:
            return {"defect": defects.TIMED_OUT}
        except OSError:
            return {"defect": defects.NOT_STARTED}
        if done.returncode:
            return {"defect": defects.CRASHED}
        with said.open("rb") as file:
            # Four bytes are the most that a character takes.
            words = file.read(4 * limits.text_chars).decode("utf-8", "replace")
    return {"text": words.replace("\0", "").strip()[: limits.text_chars]}
