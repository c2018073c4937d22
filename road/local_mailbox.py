"""A mailbox of our own on the loopback interface, for demonstration: a private Dovecot in a folder.

Works as root (mail owned by the ``mail`` user) and as a plain user. Debian 12's Dovecot 2.3 is what it is written for;
where it can't be started, the caller falls back to a Maildir.
"""

from __future__ import annotations

import grp
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from parsers.isolation_walls import die_with_parent

_CONFIG = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
listen = 127.0.0.1
protocols = imap
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
default_internal_user = {internal_user}
default_login_user = {login_user}
default_internal_group = {internal_group}
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalMailbox:
    """A running Dovecot; any user name gets a mailbox under the one password."""

    port: int
    password: str
    server: subprocess.Popen[bytes]

    def close(self) -> None:
        self.server.terminate()
        try:
            self.server.wait(10)
        except subprocess.TimeoutExpired:
            self.server.kill()


def start(folder: Path, *, patience: float = 10.0) -> LocalMailbox | None:
    """Starts Dovecot in `folder` (made if missing); None where it isn't installed, can't get at the folder, or doesn't
    answer in `patience` s."""
    program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program is None or not _open_to_others(folder):
        return None
    port, password = _free_port(), secrets.token_urlsafe(12)
    config = _configured(folder, port, password)
    server = subprocess.Popen(
        [program, "-F", "-c", str(config)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=partial(die_with_parent, signal.SIGTERM),
    )
    mailbox = LocalMailbox(port=port, password=password, server=server)
    if _answers(port, server, patience):
        return mailbox
    mailbox.close()
    return None


def _open_to_others(folder: Path) -> bool:
    """Root's server works under other names, to which a home like /root is closed."""
    return os.getuid() != 0 or all(place.stat().st_mode & 0o001 for place in folder.resolve().parents if place.exists())


def _configured(folder: Path, port: int, password: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    me = pwd.getpwuid(os.getuid())
    owner, internal, login = me, me.pw_name, me.pw_name
    if os.getuid() == 0:
        owner, internal, login = pwd.getpwnam("mail"), "dovecot", "dovenull"
        folder.chmod(0o755)
    mail = folder / "mail"
    mail.mkdir(exist_ok=True)
    os.chown(mail, owner.pw_uid, owner.pw_gid)
    text = _CONFIG.format(
        folder=folder.resolve(),
        port=port,
        password=password,
        uid=owner.pw_uid,
        gid=owner.pw_gid,
        internal_user=internal,
        login_user=login,
        internal_group=grp.getgrgid(pwd.getpwnam(internal).pw_gid).gr_name,
    )
    path = folder / "dovecot.conf"
    path.touch(mode=0o600)
    path.write_text(text, "utf-8")
    return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int, server: subprocess.Popen[bytes], patience: float) -> bool:
    end = time.monotonic() + patience
    while time.monotonic() < end and server.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 0.5) as line:
                return line.recv(4).startswith(b"* OK")
        except OSError:
            time.sleep(0.03)
    return False
