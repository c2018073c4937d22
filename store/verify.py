"""Proof that nothing is lost or altered: every original hashed anew, the register's chain followed, every item asked
for its outcome, and originals counted that no receipt knows. It streams, in short transactions, so that it can run
beside the work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, Engine, exists, func, select, tuple_, union

from mailroom.case import new_code
from mailroom.dispatch import DispatchChannel
from mailroom.item import Rung
from mailroom.ports import Blobs
from store.engine import reading
from store.register import FIRST, TOTAL, chain_hash
from store.schema import blob_use, case, counter, item, outbox, register

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at. `flaw` is None where all is well, else a sentence in Italian."""

    kind: str
    """``original``, ``part``, ``registration``, ``item``, ``dispatch``, ``case`` or ``unreceived``."""
    name: str
    flaw: str | None = None


def verify(engine: Engine, blobs: Blobs) -> Iterator[Check]:
    """Everything, one check after the other; raises nothing for what it finds wrong."""
    yield from _chain(engine)
    yield from _items(engine)
    yield from _dispatches(engine)
    yield from _codes(engine)
    yield from _originals(engine, blobs)
    yield from _unreceived(engine, blobs)


def _originals(engine: Engine, blobs: Blobs) -> Iterator[Check]:
    last = ""
    while True:
        with reading(engine) as connection:
            wanted = select(item.c.digest).where(item.c.erased_at.is_(None), item.c.digest > last).distinct()
            digests = list(connection.execute(wanted.order_by(item.c.digest).limit(BATCH)).scalars())
            parts = _parts(connection, digests, last)
        for digest in digests:
            yield Check(kind="original", name=digest, flaw=_flaw(blobs, digest))
        for digest in parts:
            # Parts can be opened anew from their original; only what is kept has to be right.
            if blobs.has(digest):
                yield Check(kind="part", name=digest, flaw=_flaw(blobs, digest))
        if len(digests) < BATCH:
            return
        last = digests[-1]


def _parts(connection: Connection, digests: list[str], after: str) -> list[str]:
    """Parts whose digests lie in the same stretch; the last batch takes all that follow."""
    wanted = select(blob_use.c.digest).where(blob_use.c.digest > after).distinct()
    if len(digests) == BATCH:
        wanted = wanted.where(blob_use.c.digest <= digests[-1])
    seen = set(digests)
    return [digest for digest in connection.execute(wanted).scalars() if digest not in seen]


def _unreceived(engine: Engine, blobs: Blobs) -> Iterator[Check]:
    """Originals that no receipt leads to. No flaw of the ledger's: one that is being received now is among them, and
    one whose receiver was killed just before its receipt was written (it is received again under the same digest)."""
    several = iter(blobs.digests())
    while digests := list(islice(several, BATCH)):
        with reading(engine) as connection:
            known = union(*(select(column).where(column.in_(digests)) for column in (item.c.digest, blob_use.c.digest)))
            here = set(connection.execute(known).scalars())
        for digest in digests:
            if digest not in here:
                yield Check(kind="unreceived", name=digest)


def _flaw(blobs: Blobs, digest: str) -> str | None:
    try:
        blobs.get(digest)
    except KeyError:
        return "il file manca dalla custodia"
    except ValueError:
        return "il file custodito non corrisponde più alla sua impronta"
    except OSError as error:
        return f"il file custodito non si legge: {error.strerror or 'errore del disco'}"
    return None


def _chain(engine: Engine) -> Iterator[Check]:
    """Each registration follows the one before it, numbers have no gap, and the end is not cut off."""
    previous, year, number, seen = FIRST, 0, 0, 0
    years: dict[int, int] = {}
    while True:
        with reading(engine) as connection:
            after = tuple_(register.c.year, register.c.number) > tuple_(year, number)
            wanted = select(register).where(after).order_by(register.c.year, register.c.number).limit(BATCH)
            rows = list(connection.execute(wanted).mappings())
            counted: dict[str, int] = dict(connection.execute(select(counter.c.name, counter.c.value)).all())
        for row in rows:
            wanted_number = number + 1 if row["year"] == year else 1
            flaw = None
            if row["number"] != wanted_number:
                flaw = "manca la registrazione precedente"
            elif row["previous"] != previous:
                flaw = "non segue la registrazione precedente"
            elif chain_hash(dict(row)) != row["hash"]:
                flaw = "è stata modificata dopo la registrazione"
            yield Check(kind="registration", name=f"{row['year']}/{row['number']:07d}", flaw=flaw)
            previous, year, number, seen = row["hash"], row["year"], row["number"], seen + 1
            years[year] = number
        if len(rows) < BATCH:
            break
    short = seen != counted.get(TOTAL, 0) or any(counted.get(f"register-{y}", 0) != n for y, n in years.items())
    yield Check(kind="registration", name="fine", flaw="mancano le ultime registrazioni" if short else None)


def _items(engine: Engine) -> Iterator[Check]:
    """Every item is closed, held, or waits with a time; and stands in the register."""
    last = ""
    registered = exists().where(register.c.item_id == item.c.id, register.c.direction == "in")
    columns = (item.c.id, item.c.rung, item.c.held_code, item.c.due_at, registered.label("registered"))
    while True:
        with reading(engine) as connection:
            wanted = select(*columns).where(item.c.id > last).order_by(item.c.id).limit(BATCH)
            rows = list(connection.execute(wanted))
        for row in rows:
            flaw = None
            if row.rung != Rung.CLOSED.value and row.held_code is None and row.due_at is None:
                flaw = "non ha esito: né chiuso, né trattenuto, né in attesa"
            elif not row.registered:
                flaw = "non è nel registro di protocollo"
            yield Check(kind="item", name=row.id, flaw=flaw)
        if len(rows) < BATCH:
            return
        last = rows[-1].id


def _dispatches(engine: Engine) -> Iterator[Check]:
    registered = exists().where(register.c.dispatch_key == outbox.c.key)
    with reading(engine) as connection:
        wanted = select(outbox.c.key).where(outbox.c.channel != DispatchChannel.PORTAL.value, ~registered)
        lacking = list(connection.execute(wanted).scalars())
    for key in lacking:
        yield Check(kind="dispatch", name=key, flaw="la risposta non è nel registro di protocollo")


def _codes(engine: Engine) -> Iterator[Check]:
    """Case codes are given without a gap."""
    with reading(engine) as connection:
        codes = set(connection.execute(select(case.c.code)).scalars())
        given = connection.execute(select(func.max(counter.c.value)).where(counter.c.name == "case")).scalar() or 0
    for number in range(1, given + 1):
        code = new_code(number)
        yield Check(kind="case", name=code, flaw=None if code in codes else "il numero è stato dato e la pratica manca")
