"""The embedded default without an SMTP server: outgoing mail is delivered into a Maildir on this machine."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from mailroom.dispatch import Dispatch
from mailroom.errors import Transient


class MaildirSender:
    """A `mailroom.ports.Sender`. The dispatch key is the file's name: a second delivery replaces the first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, dispatch: Dispatch, payload: bytes) -> str:
        name = f"{hashlib.sha256(dispatch.key.encode()).hexdigest()[:32]}.eml"
        try:
            for sub in ("tmp", "new", "cur"):
                (self._folder / sub).mkdir(parents=True, exist_ok=True)
            draft = self._folder / "tmp" / name
            with draft.open("wb") as file:
                file.write(payload)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._folder / "new" / name)
        except OSError as error:
            raise Transient(f"{self._folder}: {error.strerror}") from error
        return f"nella cartella di uscita: {name}"
