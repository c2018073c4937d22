"""A mailbox of our own on the loopback interface, for demonstration: a private Dovecot in a folder.

Works as root (mail owned by the ``mail`` user) and as a plain user, with Dovecot 2.3 (Debian 12) and 2.4 (Debian 13),
which want their configuration in different words. Where nobody can log in, the caller falls back to a Maildir.
"""

from __future__ import annotations

import grp
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from parsers.isolation_walls import die_with_parent

VERSIONS_2_4 = """\
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
"""
"""What Dovecot 2.4 and later want to read first of all."""

_COMMON = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
listen = 127.0.0.1
protocols = imap
ssl = no
auth_mechanisms = plain login
default_internal_user = {internal_user}
default_login_user = {login_user}
default_internal_group = {internal_group}
first_valid_uid = 1
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

# The home is said apart, since the arguments of 2.3 end at a space, which a folder's name may hold.
_RELEASE_2_3 = """\
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
mail_home = {folder}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid}
}}
"""

_RELEASE_2_4 = """\
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = {folder}/mail/%{{user}}
mail_home = {folder}/mail/%{{user}}
passdb static {{
  password = {password}
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
  }}
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
    """Starts Dovecot in `folder` (made if missing); None where it isn't installed, can't get at the folder, or lets
    nobody in within `patience` s."""
    program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program is None or not _open_to_others(folder):
        return None
    port, password = _free_port(), secrets.token_urlsafe(12)
    config = _configured(folder, port, password, newer=release(program) >= (2, 4))
    server = subprocess.Popen(
        [program, "-F", "-c", str(config)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=partial(die_with_parent, signal.SIGTERM),
    )
    mailbox = LocalMailbox(port=port, password=password, server=server)
    if _lets_in(port, password, server, patience):
        return mailbox
    mailbox.close()
    return None


def _open_to_others(folder: Path) -> bool:
    """Root's server works under other names, to which a home like /root is closed."""
    return os.getuid() != 0 or all(place.stat().st_mode & 0o001 for place in folder.resolve().parents if place.exists())


def release(program: str) -> tuple[int, int]:
    """Major and minor number of that Dovecot; (0, 0) where it doesn't say."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
    found = re.match(r"(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _configured(folder: Path, port: int, password: str, *, newer: bool) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    me = pwd.getpwuid(os.getuid())
    owner, internal, login = me, me.pw_name, me.pw_name
    if os.getuid() == 0:
        owner, internal, login = pwd.getpwnam("mail"), "dovecot", "dovenull"
        folder.chmod(0o755)
    mail = folder / "mail"
    mail.mkdir(exist_ok=True)
    os.chown(mail, owner.pw_uid, owner.pw_gid)
    template = VERSIONS_2_4 + _COMMON + _RELEASE_2_4 if newer else _COMMON + _RELEASE_2_3
    text = template.format(
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


def _lets_in(port: int, password: str, server: subprocess.Popen[bytes], patience: float) -> bool:
    """Whether a mailbox can be opened: a server that greets may still refuse everybody, its configuration misread."""
    end = time.monotonic() + patience
    while time.monotonic() < end and server.poll() is None:
        try:
            with IMAPClient("127.0.0.1", port=port, ssl=False, timeout=patience) as client:
                client.login("prova", password)
                client.select_folder("INBOX", readonly=True)
                return True
        except (OSError, IMAPClientAbortError):  # not up yet
            time.sleep(0.03)
        except IMAPClientError:
            return False
    return False
