"""The register for others: the daily register, and an export in the shape of AgID's segnatura di protocollo (XSD 3.0.0,
Determinazione 371/2021) for the body's own protocol system."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from xml.etree import ElementTree

from sqlalchemy import Connection, RowMapping, select

from mailroom.calendar import ROME
from store.schema import document, item, register

DIRECTIONS = {"in": "entrata", "out": "uscita", "ann": "annullamento"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Who registers: the codes of IPA and of the register."""

    administration: str = ""
    area: str = ""
    register: str = "SPORTELLO"


def daily_register(connection: Connection, day: date) -> tuple[bytes, str]:
    """The day's register (Rome) as XML, and its SHA-256 (DPR 445/2000, art. 53 c. 2)."""
    start = datetime(day.year, day.month, day.day, tzinfo=ROME)
    root = ElementTree.Element("RegistroGiornaliero", Data=day.isoformat())
    rows = connection.execute(
        select(register)
        .where(register.c.at >= start, register.c.at < start + timedelta(days=1))
        .order_by(register.c.year, register.c.number)
    )
    for row in rows.mappings():
        entry = ElementTree.SubElement(
            root,
            "Registrazione",
            Numero=f"{row['number']:07d}",
            Anno=str(row["year"]),
            Verso=DIRECTIONS[row["direction"]],
            Ora=_time(row["at"]),
        )
        _said(entry, "Corrispondente", row["party"])
        _said(entry, "Oggetto", row["subject"])
        _said(entry, "Annotazione", row["note"])
        if row["digest"]:
            ElementTree.SubElement(entry, "Impronta", algoritmo="SHA-256").text = row["digest"]
        _said(entry, "Catena", row["hash"])
    data = _bytes(root)
    return data, hashlib.sha256(data).hexdigest()


def first_registration(connection: Connection) -> datetime | None:
    return connection.execute(select(register.c.at).order_by(register.c.at).limit(1)).scalar_one_or_none()


def segnature(connection: Connection, *, since: datetime, office: Office) -> Iterator[bytes]:
    """One ``Segnatura`` a registration, oldest first. Annulments come as ``AnnullamentoProtocollazione``."""
    rows = connection.execute(
        select(register, item.c.channel, item.c.hints)
        .outerjoin(item, item.c.id == register.c.item_id)
        .where(register.c.at >= since)
        .order_by(register.c.year, register.c.number)
    )
    for row in rows.mappings():
        yield _bytes(_annulment(row, office) if row["direction"] == "ann" else _signature(connection, row, office))


def _signature(connection: Connection, row: RowMapping, office: Office) -> ElementTree.Element:
    root = ElementTree.Element("Segnatura")
    head = ElementTree.SubElement(root, "Intestazione")
    _identify(head, row, office)
    _said(head, "Oggetto", row["subject"] or "(senza oggetto)")
    _said(head, "Classifica", DIRECTIONS[row["direction"]])
    description = ElementTree.SubElement(root, "Descrizione")
    parties = (row["party"], office.administration)
    sender, recipient = parties if row["direction"] == "in" else parties[::-1]
    _said(description, "Mittente", sender or "sconosciuto")
    _said(description, "Destinatario", recipient or "sconosciuto")
    _document(description, "DocumentoPrimario", None, None, row["digest"])
    if row["direction"] == "in" and row["item_id"]:
        papers = select(document).where(document.c.item_id == row["item_id"], document.c.carrier.is_(False))
        for paper in connection.execute(papers.order_by(document.c.number)).mappings():
            _document(description, "Allegato", paper["filename"], paper["media_type"], paper["digest"])
    return root


def _annulment(row: RowMapping, office: Office) -> ElementTree.Element:
    root = ElementTree.Element("AnnullamentoProtocollazione")
    _identify(root, row, office)
    _said(root, "Motivo", row["note"])
    return root


def _identify(parent: ElementTree.Element, row: RowMapping, office: Office) -> None:
    identifier = ElementTree.SubElement(parent, "Identificatore")
    _said(identifier, "CodiceAmministrazione", office.administration)
    _said(identifier, "CodiceAOO", office.area)
    _said(identifier, "CodiceRegistro", office.register)
    _said(identifier, "NumeroRegistrazione", f"{row['number']:07d}")
    at = row["at"].astimezone(ROME)
    _said(identifier, "DataRegistrazione", at.date().isoformat())
    _said(identifier, "OraRegistrazione", at.time().isoformat(timespec="seconds"))


def _document(parent: ElementTree.Element, tag: str, name: str | None, kind: str | None, digest: str | None) -> None:
    element = ElementTree.SubElement(parent, tag)
    if name:
        element.set("nomeFile", _legal(name))
    if kind:
        element.set("mimeType", _legal(kind))
    if digest:
        mark = ElementTree.SubElement(element, "Impronta", algoritmo="SHA-256", codifica="base64")
        mark.text = base64.b64encode(bytes.fromhex(digest)).decode()


def _time(at: datetime) -> str:
    return at.astimezone(ROME).isoformat(timespec="seconds")


def _said(parent: ElementTree.Element, tag: str, value: str | None) -> None:
    if value:
        ElementTree.SubElement(parent, tag).text = _legal(value)


def _legal(value: str) -> str:
    """XML 1.0 has no place for control characters, whatever strangers write into subjects."""
    return "".join(c if c.isprintable() else " " for c in value)


def _bytes(root: ElementTree.Element) -> bytes:
    data: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return data
