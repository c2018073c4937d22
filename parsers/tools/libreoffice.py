"""LibreOffice without a window, for PDF renditions. Optional: without it the words are laid out plainly.

Macros stay off (their default for documents of unknown origin), the profile is a throw-away one in the child's own
folder, and there is no network in a child process that a linked picture could be fetched over.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

_FLAGS = ("--headless", "--norestore", "--nologo", "--nodefault", "--nofirststartwizard", "--nolockcheck")


def program() -> str | None:
    """Where LibreOffice is, None if it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def to_pdf(data: bytes, extension: str, *, seconds: float) -> bytes | None:
    """The document as PDF; None if LibreOffice is missing, fails or takes too long. Call it within a child."""
    soffice = program()
    if soffice is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, f"documento.{extension}")
        source.write_bytes(data)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        try:
            subprocess.run(
                [soffice, profile, *_FLAGS, "--convert-to", "pdf", "--outdir", folder, str(source)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=seconds,
                check=False,
            )
            return (Path(folder) / "documento.pdf").read_bytes()
        except (OSError, subprocess.TimeoutExpired):
            return None
