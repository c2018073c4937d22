"""OCRmyPDF on a PDF, for comparison: the one that is there, or one installed by pip into an environment of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

VERSION = "17.13.0"


def installed(folder: Path) -> Path | str:
    """The program in an environment made in `folder`; or why there is none."""
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check",
         f"ocrmypdf=={VERSION}"],
    ):  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return _last_line(done.stderr)
    return folder / "bin" / "ocrmypdf"


def words_of(program: Path, data: bytes, *, jobs: int, language: str) -> list[str]:
    """The text of each page, turned and straightened as its documentation advises for scans.

    Raises RuntimeError, with its own last line, if it fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, target, words = (Path(folder) / name for name in ("in.pdf", "out.pdf", "out.txt"))
        source.write_bytes(data)
        command = [str(program), "--jobs", str(jobs), "-l", language, "--rotate-pages", "--deskew", "--output-type",
                   "pdf", "--force-ocr", "--sidecar", str(words), str(source), str(target)]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1800)
        if done.returncode:
            raise RuntimeError(_last_line(done.stderr))
        return words.read_text("utf-8").split("\f")


def _last_line(told: str) -> str:
    return (told.strip().splitlines() or ["no reason told"])[-1][:200]
