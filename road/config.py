"""gateway.toml: read once, strict. Each adapter owns its own part; this module only puts the parts together.

No file at all gives the embedded default: SQLite, the broker inside the process, folders below ``var/``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.fax_queue import FaxFolderConfig, HylafaxConfig
from ingest.mailbox_session import MailboxConfig
from ingest.maildir import MaildirConfig
from ingest.scan_folder import ScanFolderConfig
from mailroom.errors import ConfigError
from mailroom.policy import Policy
from outbound.acknowledging import AnswersConfig
from outbound.portal import PortalConfig
from outbound.smtp import SmtpConfig
from parsers.opening import OpeningSettings
from parsers.reading_settings import ReadingSettings
from road.binding import bind
from store.register_export import Office
from store.retention import RetentionPolicy

DEFAULT_STATE = Path("var")


@dataclass(frozen=True, slots=True, kw_only=True)
class StateConfig:
    """The ``[gateway]`` table."""

    state: Path = DEFAULT_STATE
    """Folder of the embedded database, the originals, letters to print and the console's keys."""
    database: str | None = None
    """SQLAlchemy URL; none means SQLite in the state folder. A password belongs in `database_file`."""
    database_file: Path | None = None
    """File that holds the database URL."""
    broker: str | None = None
    """``amqp://…`` or ``redis://…``; none means the broker inside the process."""
    workers: int = 2
    """Threads that climb the ladder inside one process."""
    processes: int = 1
    """With more than one, so many processes of their own climb with quick mail: one a core is right."""
    max_attempts: int = 5
    lease_seconds: float = 900
    """How long an item of a worker that died waits for another one. Slow reading renews its lease page by page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleConfig:
    """The ``[console]`` table."""

    host: str = "127.0.0.1"
    port: int = 8765


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayConfig:
    gateway: StateConfig = StateConfig()
    mailbox: tuple[MailboxConfig, ...] = ()
    maildir: tuple[MaildirConfig, ...] = ()
    hylafax: tuple[HylafaxConfig, ...] = ()
    fax_folder: tuple[FaxFolderConfig, ...] = ()
    scan_folder: tuple[ScanFolderConfig, ...] = ()
    opening: OpeningSettings = OpeningSettings()
    reading: ReadingSettings = ReadingSettings()
    policy: Policy = Policy()
    answers: AnswersConfig = AnswersConfig()
    smtp: SmtpConfig | None = None
    """None: outgoing mail is delivered into the folder ``outgoing`` of the state."""
    pec_smtp: SmtpConfig | None = None
    portal: PortalConfig | None = None
    """None: hand-overs wait in the outbox."""
    console: ConsoleConfig = ConsoleConfig()
    register: Office = Office()
    retention: RetentionPolicy | None = None
    """None: nothing is ever erased by itself."""

    @property
    def sources(self) -> tuple[Any, ...]:
        return (*self.mailbox, *self.maildir, *self.hylafax, *self.fax_folder, *self.scan_folder)

    @property
    def database_url(self) -> str:
        if self.gateway.database_file is not None:
            return self.gateway.database_file.read_text("utf-8").strip()
        return self.gateway.database or f"sqlite:///{self.gateway.state / 'ledger.db'}"


def load(path: Path | None) -> GatewayConfig:
    """Raises ConfigError that names file and key."""
    if path is None:
        return GatewayConfig()
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"{path}: {error}") from None
    config = bind(GatewayConfig, table, where=str(path), base=path.resolve().parent)
    names = [source.name for source in config.sources]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"{path}: two sources are called {name!r}")
    return config
