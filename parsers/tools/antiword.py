"""antiword and catdoc, for Word documents older than 1997. Optional; whichever is installed is asked."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

# -w 0: no line breaks of its own; UTF-8.txt: its own name for the mapping. catdoc: -w no wrapping, -d output charset.
_COMMANDS = (("antiword", "-m", "UTF-8.txt", "-w", "0"), ("catdoc", "-w", "-d", "utf-8"))


def text_of(data: bytes, *, seconds: float) -> str | None:
    """The words, None if no tool is installed or none could read them. Call it within a child process."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "document.doc")
        file.write_bytes(data)
        for command, *options in _COMMANDS:
            program = shutil.which(command)
            if program is None:
                continue
            try:
                done = subprocess.run(
                    [program, *options, str(file)],
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=seconds,
                    check=False,
                )
            except (OSError, subprocess.TimeoutExpired):
                continue
            words = done.stdout.decode("utf-8", "replace")
            if done.returncode == 0 and words.strip():
                return words
    return None
