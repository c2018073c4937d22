"""`sportello doctor`: asks everything the gateway depends on whether it is well, and says so in a table."""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ingest.sources import open_source
from mailroom.errors import ConfigError, GatewayError
from outbound.acknowledging import KINDS, template_files
from outbound.phrases import Language
from outbound.portal import PortalSender
from outbound.smtp import SmtpSender
from parsers.isolation import isolation_status
from parsers.key_lookup import lookup_for
from parsers.malware import ScannerSettings
from parsers.tools import clamd, libreoffice
from parsers.tools.tesseract import installed_languages
from road.broker import check_broker
from road.config import GatewayConfig
from road.gateway import open_gateway
from road.templating import PHRASES, preview

State = Literal["ok", "warning", "failed"]
COLOURS = {"ok": "green", "warning": "yellow", "failed": "red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    what: str
    state: State
    says: str


def examine(config: GatewayConfig) -> int:
    """Prints the table; exit code 1 on a failure."""
    found = list(findings(config))
    table = Table("che cosa", "stato", "dettaglio")
    for one in found:
        # As text: what servers say is in brackets often enough.
        table.add_row(Text(one.what), Text(one.state, style=COLOURS[one.state]), Text(one.says))
    Console().print(table)
    return 1 if any(one.state == "failed" for one in found) else 0


def findings(config: GatewayConfig) -> Iterator[Finding]:
    yield Finding(what="configurazione", state="ok", says=f"{len(config.sources)} fonti")
    yield from _files_named(config)
    yield from _database(config)
    for source_config in config.sources:
        source = open_source(source_config)
        yield _asked(f"fonte {source.name}", source.check)
        source.close()
    yield _asked("broker", partial(check_broker, config.gateway.broker))
    yield from _engine(config)
    yield _scanner(config.opening.scanner)
    asked = lookup_for(config.opening.dns)
    if asked is not None:
        yield _asked("DNS per DKIM", asked.check)
    office = libreoffice.program()
    says = office or "non installato: i documenti d'ufficio si vedono come solo testo"
    yield Finding(what="LibreOffice", state="ok" if office else "warning", says=says)
    yield from _templates(config)
    for wall in isolation_status():
        yield Finding(what=f"isolamento: {wall.name}", state="ok" if wall.in_force else "warning", says=wall.how)
    if config.smtp:
        yield _asked("SMTP", SmtpSender(config.smtp).check)
    else:
        yield Finding(what="SMTP", state="warning", says="non configurato: la posta in uscita resta in una cartella")
    if config.portal:
        yield _asked("Portale", PortalSender(config.portal, lambda item, digest: b"").check)
    else:
        yield Finding(what="Portale", state="warning", says="non configurato: le consegne restano in uscita")


def _files_named(table: object, where: str = "") -> Iterator[Finding]:
    """Files that the configuration names (secrets, certificates) and that can't be read."""
    for key in dataclasses.fields(table) if dataclasses.is_dataclass(table) else ():
        value, name = getattr(table, key.name), f"{where}{key.name}"
        if isinstance(value, Path) and key.name.endswith("_file") and not os.access(value, os.R_OK):
            yield Finding(what=name, state="failed", says=f"{value}: non si può leggere")
        for number, one in enumerate(value) if isinstance(value, tuple) else ():
            yield from _files_named(one, f"{name}[{number}].")
        yield from _files_named(value, f"{name}.")


def _scanner(settings: ScannerSettings) -> Finding:
    if settings.address is None:
        return Finding(what="antivirus", state="warning", says="non configurato: gli allegati non sono controllati")
    try:
        return Finding(what="antivirus", state="ok", says=clamd.version(settings.address, seconds=settings.seconds))
    except clamd.ScannerUnavailable as error:
        return Finding(what="antivirus", state="failed", says=str(error))


def _templates(config: GatewayConfig) -> Iterator[Finding]:
    """Every answer is worded once with invented data: a template of the body's own that is wrong shows here first."""
    for language in Language:
        for kind in (*KINDS, PHRASES):
            try:
                preview(kind, config, language=language, form="text")
            except ConfigError as error:
                yield Finding(what=f"testo {language}/{kind}", state="failed", says=str(error))
    own = sum(own for _, own in template_files(config.answers.templates))
    says = f"{len(KINDS)} risposte in {len(Language)} lingue, {own} testi propri"
    yield Finding(what="testi", state="ok", says=says)


def _asked(what: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(what=what, state="ok", says=check())
    except GatewayError as error:
        return Finding(what=what, state="failed", says=str(error))


def _database(config: GatewayConfig) -> Iterator[Finding]:
    try:
        gateway = open_gateway(config)
    except (GatewayError, OSError) as error:
        yield Finding(what="registro", state="failed", says=str(error))
        return
    yield Finding(what="registro", state="ok", says=gateway.engine.dialect.name)
    free = shutil.disk_usage(config.gateway.state).free / 2**30
    yield Finding(what="disco", state="ok" if free > 5 else "warning", says=f"{free:.0f} GiB liberi")
    for alarm in gateway.views.alarms():
        yield Finding(what=f"allarme {alarm.source}", state="failed", says=alarm.message)
    balance = [row for row in gateway.views.reconciliation() if row.difference]
    says = "; ".join(f"{row.source} {row.day}: {row.difference}" for row in balance[:5]) or "pari"
    yield Finding(what="quadratura", state="failed" if balance else "ok", says=says)


def _engine(config: GatewayConfig) -> Iterator[Finding]:
    there = installed_languages()
    missing = [language for language in config.reading.languages if language not in there]
    says = f"lingue: {', '.join(sorted(there)) or 'nessuna'}"
    yield Finding(what="OCR", state="failed" if missing else "ok", says=says)
