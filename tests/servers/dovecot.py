"""A throw-away Dovecot on the loopback interface: up in some 30 ms, as root or as a plain user, gone with its folder.

Any user name logs in with `PASSWORD`, or by XOAUTH2 with `token_for` it. Mail lies as Maildir under
`root`/mail/USER, so tests can look at it and change it behind the server's back. Dovecot 2.3 (Debian 12) and 2.4
(Debian 13) want their configuration in different words.
"""

from __future__ import annotations

import base64
import grp
import hashlib
import hmac
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from imapclient import IMAPClient

from road.local_mailbox import VERSIONS_2_4, release

PROGRAM = "/usr/sbin/dovecot"
PASSWORD = "secret"

_TOKEN_KEY = b"who signs this may read the mail"
_COMMON = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
listen = 127.0.0.1
protocols = imap
auth_mechanisms = plain login xoauth2
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
first_valid_uid = 1
mail_fsync = never
mail_max_userip_connections = 100
imap_idle_notify_interval = 5 s
ssl = {ssl}
{extra}
auth_failure_delay = 0
service anvil {{
  chroot =
  # No pause for the address that failed before: all tests come from the same one.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap {{
  # Processes that serve one after the other: starting one each time would cost most of a short test.
  {requests} = 200
}}
service imap-login {{
  chroot =
  {requests} = {endless}
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
"""

_RELEASE_2_3 = """
disable_plaintext_auth = no
mail_location = maildir:{root}/mail/%u
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {root}/tokens.conf
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/mail/%u
}}
"""

_TOKENS_2_3 = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={root}/keys/
username_attribute = sub
"""

_RELEASE_2_4 = """
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = {root}/mail/%{{user}}
passdb static {{
  password = {password}
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
    home = {root}/mail/%{{user}}
  }}
}}
oauth2 {{
  oauth2_introspection_mode = local
  oauth2_username_attribute = sub
  oauth2_local_validation {{
    dict fs {{
      fs posix {{
        prefix = {root}/keys/
      }}
    }}
  }}
}}
"""


@dataclass(slots=True)
class Dovecot:
    """A running server. `port` speaks plain IMAP and STARTTLS, `tls_port` (0 without TLS) speaks IMAPS."""

    root: Path
    port: int
    tls_port: int
    child: subprocess.Popen[bytes]

    @property
    def ca_file(self) -> Path:
        return self.root / "certificate.pem"

    @property
    def log(self) -> str:
        return (self.root / "dovecot.log").read_text(errors="replace")

    def client(self, user: str = "sportello") -> IMAPClient:
        """A plain logged-in client, as a colleague's mail program would be."""
        client = IMAPClient("127.0.0.1", port=self.port, ssl=False, timeout=20)
        client.login(user, PASSWORD)
        return client

    def maildir(self, user: str = "sportello") -> Path:
        return self.root / "mail" / user

    def stop(self) -> None:
        self.child.terminate()
        self.child.wait(10)

    def kill(self) -> None:
        """At once, with all its children: they share a process group of their own."""
        if self.child.poll() is None:
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait(10)

    def restart(self) -> None:
        self.stop()
        self.child = _start(self.root, self.port)


@contextmanager
def dovecot(*, tls: bool = False, capability: str | None = None, extra: str = "") -> Iterator[Dovecot]:
    """A server for the length of a with block.

    `capability` replaces what the server says it can do.
    """
    root = Path(tempfile.mkdtemp(prefix="dovecot-"))
    root.chmod(0o755)
    port, tls_port = free_port(), free_port() if tls else 0
    _configure(root, port, tls_port, tls=tls, capability=capability, extra=extra)
    server = Dovecot(root=root, port=port, tls_port=tls_port, child=_start(root, port))
    try:
        yield server
    finally:
        server.kill()
        shutil.rmtree(root, ignore_errors=True)


def token_for(user: str) -> str:
    """An OAuth2 access token (a JWT) with which that user logs in by XOAUTH2."""
    claims = {"sub": user, "iat": 1, "exp": 4_102_444_800}
    said = b".".join(_url64(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return b".".join((said, _url64(hmac.digest(_TOKEN_KEY, said, hashlib.sha256)))).decode()


def _url64(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _configure(root: Path, port: int, tls_port: int, *, tls: bool, capability: str | None, extra: str) -> None:
    me = pwd.getpwuid(os.getuid())
    privileged = me.pw_uid == 0
    owner = pwd.getpwnam("mail") if privileged else me
    (root / "mail").mkdir()
    if privileged:
        os.chown(root / "mail", owner.pw_uid, owner.pw_gid)
    keys = root / "keys" / "default" / "HS256"
    keys.mkdir(parents=True)
    (keys / "default").write_bytes(base64.b64encode(_TOKEN_KEY))
    newer = release(PROGRAM) >= (2, 4)
    if tls:
        _make_certificate(root)
        names = ("ssl_server_cert_file = ", "ssl_server_key_file = ") if newer else ("ssl_cert = <", "ssl_key = <")
        extra += f"\n{names[0]}{root}/certificate.pem\n{names[1]}{root}/key.pem\n"
    if capability is not None:
        extra += f"\nimap_capability = {capability}\n"
    (root / "tokens.conf").write_text(_TOKENS_2_3.format(root=root))
    text = ((_COMMON + _RELEASE_2_4) if newer else (_COMMON + _RELEASE_2_3)).format(
        root=root,
        port=port,
        tls_port=tls_port,
        ssl="yes" if tls else "no",
        extra=extra,
        password=PASSWORD,
        internal="dovecot" if privileged else me.pw_name,
        login="dovenull" if privileged else me.pw_name,
        group="dovecot" if privileged else grp.getgrgid(me.pw_gid).gr_name,
        uid=owner.pw_uid,
        gid=owner.pw_gid,
        requests="restart_request_count" if newer else "service_count",
        endless="unlimited" if newer else "0",
    )
    (root / "dovecot.conf").write_text((VERSIONS_2_4 if newer else "") + text)


def _start(root: Path, port: int) -> subprocess.Popen[bytes]:
    child = subprocess.Popen(
        [PROGRAM, "-F", "-c", root / "dovecot.conf"], stderr=subprocess.DEVNULL, start_new_session=True
    )
    give_up = time.monotonic() + 10
    while time.monotonic() < give_up and child.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 0.3).close()
            return child
        except OSError:
            time.sleep(0.02)
    child.kill()
    log = root / "dovecot.log"
    raise RuntimeError(f"dovecot did not start: {log.read_text() if log.exists() else ''}")


def _make_certificate(root: Path) -> None:
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    command: list[str | Path] = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", names]
    command += ["-keyout", root / "key.pem", "-out", root / "certificate.pem"]
    subprocess.run(command, check=True, capture_output=True)
