"""gateway.toml: read once, strict. Each adapter owns its own part; this module only puts the parts together.

No file at all gives the embedded default: SQLite, the broker inside the process, folders below ``var/``.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

from ingest.fax_queue import FaxFolderConfig, HylafaxConfig
from ingest.mailbox_session import MailboxConfig
from ingest.maildir import MaildirConfig
from ingest.scan_folder import ScanFolderConfig
from mailroom.bounds import Between, Host, Pause
from mailroom.errors import ConfigError
from mailroom.policy import Policy
from outbound.acknowledging import AnswersConfig
from outbound.phrases import Language, phrases_of
from outbound.portal import PortalConfig
from outbound.smtp import SmtpConfig
from parsers.opening import OpeningSettings
from parsers.reading_settings import ReadingSettings
from road.binding import NO_KEY, bind
from road.broker import check_broker_url
from store.engine import check_url
from store.register_export import Office
from store.retention import RetentionPolicy

DEFAULT_STATE = Path("var")
Few = Annotated[int, Between(1, 256)]
"""Threads or processes of one worker, and tries of one item: more is a slip of the pen."""
CLIMBERS = 4
"""So many at most where nobody says a number: each takes a hundred megabytes, and the ledger decides one batch at a
time."""


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
    workers: Few = 2
    """Threads that climb the ladder inside one process."""
    processes: Few | None = None
    """So many processes of their own climb with quick mail, with 1 the worker itself does; None means one a core."""
    max_attempts: Few = 5
    lease_seconds: Pause = 900
    """How long an item of a worker that died waits for another one. Slow reading renews its lease page by page."""

    def __post_init__(self) -> None:
        if self.database and self.database_file:
            raise ValueError("database and database_file: only one of them is wanted")
        if self.database:
            check_url(self.database, key="database")
        if self.broker:
            check_broker_url(self.broker, key="broker")

    @property
    def climbers(self) -> int:
        """Processes that climb with quick mail on this machine."""
        return self.processes or min(CLIMBERS, len(os.sched_getaffinity(0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleConfig:
    """The ``[console]`` table."""

    host: Host = "127.0.0.1"
    port: Annotated[int, Between(0, 65_535)] = 8765


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
    file: Path | None = field(default=None, metadata=NO_KEY)
    """Where it was read."""

    @property
    def sources(self) -> tuple[Any, ...]:
        return (*self.mailbox, *self.maildir, *self.hylafax, *self.fax_folder, *self.scan_folder)

    @property
    def database_url(self) -> str:
        """Raises ConfigError if its file can't be read, or holds none."""
        file = self.gateway.database_file
        if file is not None:
            return _url_in(file)
        return self.gateway.database or f"sqlite:///{self.gateway.state / 'ledger.db'}"


TABLES = {
    MailboxConfig: "mailbox",
    MaildirConfig: "maildir",
    HylafaxConfig: "hylafax",
    FaxFolderConfig: "fax_folder",
    ScanFolderConfig: "scan_folder",
}


def load(path: Path | None) -> GatewayConfig:
    """Raises ConfigError that names file and key."""
    if path is None:
        return GatewayConfig()
    try:
        table = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file") from None
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from None
    try:
        config = bind(GatewayConfig, table, base=path.resolve().parent)
        if config.gateway.database_file is not None:
            _url_in(config.gateway.database_file)
        names = [source.name for source in config.sources]
        for source in config.sources:
            if names.count(source.name) > 1:
                raise ConfigError(f"{TABLES[type(source)]}.name: two sources are called {source.name!r}")
        _each_its_own(config)
        own = config.answers.templates
        if own is not None and not own.is_dir():
            raise ConfigError(f"answers.templates: {own}: there is no such folder")
        for language in Language:
            phrases_of(config.answers.templates, language)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    return replace(config, file=path)


def _each_its_own(config: GatewayConfig) -> None:
    """Raises ConfigError where two sources would take the same arrivals from each other."""
    seen: dict[object, str] = {}
    for source in config.sources:
        key, places = _places(source)
        for place in places:
            other = seen.setdefault(place, source.name)
            if other != source.name:
                raise ConfigError(f"{TABLES[type(source)]}.{key}: {source.name!r} and {other!r} read the same")


def _places(source: Any) -> tuple[str, list[object]]:
    if isinstance(source, MailboxConfig):
        return "folders", [(source.host.lower(), source.port, source.user, folder) for folder in source.folders]
    key = "spool" if isinstance(source, HylafaxConfig) else "folder"
    return key, [getattr(source, key).resolve()]


def _url_in(file: Path) -> str:
    try:
        url = file.read_text("utf-8").strip()
        check_url(url, key="database_file")
    except OSError as error:
        raise ConfigError(f"gateway.database_file: {file}: {error.strerror}") from None
    except ValueError as error:
        # Not the words of the file: it may hold a password.
        raise ConfigError(f"gateway.{error}") from None
    return url
