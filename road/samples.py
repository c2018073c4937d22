"""The demonstration: a private mailbox server, folders for fax and post, and a bag of sample items fed through them.

Samples come from the mailbag beside the project where there is one, else from the project's own ``samples/items``.
Mails are appended to a local Dovecot, or delivered into a Maildir where it can't be started; faxes and scans are
copied into the folders that the gateway watches, as a fax server and a scanner would.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from imapclient import IMAPClient

from mailroom.errors import ConfigError
from road import local_mailbox
from road.local_mailbox import LocalMailbox

HOUSE = Path(__file__).resolve().parents[1]
BAGS = (HOUSE.parent / "shared" / "mailbag" / "items", HOUSE / "samples" / "items")
BOXES = ("email", "pec")
FED = "fed.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Everything the demonstration runs on, below one folder."""

    folder: Path
    config: Path
    mailbox: LocalMailbox | None

    def close(self) -> None:
        if self.mailbox is not None:
            self.mailbox.close()


def sample_items(bag: Path | None = None) -> list[Path]:
    """Item folders of that bag, or of the first of ours that is there; none if no bag is."""
    found = next((place for place in ((bag,) if bag else BAGS) if place.is_dir()), None)
    return sorted(path for path in found.iterdir() if (path / "item.json").is_file()) if found else []


def set_up(folder: Path, *, console_port: int, portal: str | None) -> Stage:
    """Folders, local mailbox, and a gateway.toml that names them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("fax", "scan", "secrets"):
        (folder / name).mkdir(exist_ok=True)
    mailbox = local_mailbox.start(folder / "dovecot")
    lines = ["[gateway]", f'state = "{folder / "state"}"', "", "[console]", f"port = {console_port}", ""]
    lines += ["[answers]", f'claim_base = "http://127.0.0.1:{console_port}/ritira"', ""]
    if mailbox is not None:
        secret = folder / "secrets" / "mailbox"
        secret.touch(mode=0o600)
        secret.write_text(mailbox.password, "utf-8")
    for box in BOXES:
        lines += _box(box, mailbox, folder)
    for kind, name in (("fax_folder", "fax"), ("scan_folder", "scan")):
        lines += [f"[[{kind}]]", f'name = "{name}"', f'folder = "{folder / name}"', "settle_seconds = 0.5", ""]
    if portal is not None:
        lines += ["[portal]", f'url = "{portal}"', ""]
    config = folder / "gateway.toml"
    config.write_text("\n".join(lines), "utf-8")
    return Stage(folder=folder, config=config, mailbox=mailbox)


def _box(box: str, mailbox: LocalMailbox | None, folder: Path) -> list[str]:
    if mailbox is None:
        place = folder / "maildir" / box
        for sub in ("tmp", "new", "cur"):
            (place / sub).mkdir(parents=True, exist_ok=True)
        return ["[[maildir]]", f'name = "{box}"', f'folder = "{place}"', f'channel = "{box}"', ""]
    return [
        "[[mailbox]]",
        f'name = "{box}"',
        'host = "127.0.0.1"',
        f"port = {mailbox.port}",
        f'user = "{box}"',
        'tls = "none"',
        f'password_file = "{folder / "secrets" / "mailbox"}"',
        f'channel = "{box}"',
        "",
    ]


def fed(folder: Path) -> list[str]:
    """Names of the items that were fed here before."""
    try:
        return [str(name) for name in json.loads((folder / FED).read_text("utf-8"))]
    except FileNotFoundError:
        return []


def feed(stage: Stage, items: list[Path]) -> None:
    """Puts every item where its channel delivers, and writes down which: broken off, it can be gone on with."""
    done = fed(stage.folder)
    with ExitStack() as lines:
        boxes = {box: _mail_slot(stage, box, lines) for box in BOXES}
        for item in items:
            channel = json.loads((item / "item.json").read_text("utf-8")).get("channel", "email")
            if channel in boxes:
                boxes[channel](item / "message.eml")
            else:
                _put_paper(stage.folder / ("fax" if channel == "fax" else "scan"), item)
            done.append(item.name)
            (stage.folder / FED).write_text(json.dumps(done), "utf-8")


def _mail_slot(stage: Stage, box: str, lines: ExitStack) -> Callable[[Path], None]:
    """What delivers one mail into that box."""
    if stage.mailbox is None:
        return partial(_deliver, stage.folder / "maildir" / box)
    client = lines.enter_context(IMAPClient("127.0.0.1", port=stage.mailbox.port, ssl=False, timeout=30))
    client.login(box, stage.mailbox.password)
    return lambda mail: client.append("INBOX", mail.read_bytes())


def _deliver(maildir: Path, mail: Path) -> None:
    draft = maildir / "tmp" / f"{time.time_ns()}.demo"
    shutil.copyfile(mail, draft)
    draft.rename(maildir / "new" / draft.name)


def _put_paper(folder: Path, item: Path) -> None:
    """File and sidecar under one name; the sidecar last, as fax servers write it."""
    for path in _files(item):
        name = f"{item.name}{path.suffix}"
        draft = folder / f".{name}.part"
        shutil.copyfile(path, draft)
        shutil.copyfile(item / "item.json", folder / f"{item.name}.json")
        draft.rename(folder / name)


def _files(item: Path) -> Iterator[Path]:
    found = [path for path in sorted(item.iterdir()) if path.name != "item.json"]
    if not found:
        raise ConfigError(f"{item}: there is no file beside item.json")
    yield found[0]
