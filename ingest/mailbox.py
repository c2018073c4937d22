"""A mailbox as a source: IMAP with IDLE and polling, our own receipts as the only work list.

A ref is ``folder/UIDVALIDITY/UID``. Nothing depends on ``\\Seen`` or on dates: whatever lies in the folders and has no
receipt is offered. One connection serves the watching thread; `check` and `inventory` open their own.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from datetime import UTC
from time import monotonic
from types import MappingProxyType

from ingest import watching
from ingest.fax_mail import fax_facts, is_fax_mail
from ingest.inventory import Inventory, Lying
from ingest.mailbox_fetch import Fetched, Listed, fetch, list_sizes, list_uids, portions, stretches
from ingest.mailbox_idle import LONGEST_IDLE, idle_until
from ingest.mailbox_session import Client, MailboxConfig, connect, hang_up, speaking
from ingest.mailbox_settle import count_strays, counted, ensure_folder, mark, put_aside
from ingest.mailbox_survey import (
    FolderState,
    Limits,
    generation,
    is_confirmed,
    remembered,
    survey_of,
    weigh,
)
from ingest.reception import Survey
from mailroom.envelope import Channel, Transport
from mailroom.errors import Transient
from mailroom.item import Arrival, Hints

TOO_LARGE = "mailbox_too_large"
"""Alarm: a message above the limit stays where it is."""

_OTHER_FOLDERS = 60.0


class Mailbox:
    """Source over one IMAP mailbox. Methods raise Transient or Refused; the next call connects anew."""

    def __init__(self, config: MailboxConfig) -> None:
        self.config = config
        self.name = config.name
        self._client: Client | None = None
        self._validity: dict[str, int] = {}
        self._epochs: dict[str, tuple[int, int]] = {}
        self._seen_uidnext: int | None = None
        self._too_large: list[int] = []

    def survey(self, known: Set[str], memory: Mapping[str, str]) -> Survey:
        """Compares the folders with what was remembered of them."""
        limits = Limits(vanished_share=self.config.vanished_share, vanished_least=self.config.vanished_least)
        verdicts = {}
        with self._speaking():
            for folder in self.config.folders:
                before = remembered(folder, memory)
                now, testimony = self._look(folder, known, before)
                verdict = weigh(before, now, limits, confirmed=is_confirmed(memory), folder=folder, testimony=testimony)
                self._epochs[folder] = (verdict.state.validity, verdict.state.epoch)
                verdicts[folder] = verdict
        return survey_of(verdicts)

    def offers(self, known: Set[str]) -> Iterator[Arrival]:
        """Every message without a receipt, oldest first, by portions. Reads only."""
        self._too_large = []
        for number, folder in enumerate(self.config.folders):
            with self._speaking():
                exists, uidnext = self._select(folder, readonly=True)
                prefix = self._prefix(folder)
                waiting = [uid for uid in list_uids(self._connected(), exists) if f"{prefix}{uid}" not in known]
                if number == 0:
                    self._seen_uidnext = uidnext
            for uids in stretches(waiting):
                for group in portions(self._bearable(self._listed(folder, prefix, uids))):
                    for message in self._fetched(folder, prefix, group):
                        yield self._arrival(prefix, message)

    def settle(self, refs: Sequence[str]) -> list[str]:
        """Moves or marks. A ref of an earlier UIDVALIDITY has nothing to settle any more: its message, if it still
        lies there, is offered under its new ref and recognised.
        """
        with self._speaking():
            for folder in self.config.folders:
                self._select(folder, readonly=False)
                prefix = self._prefix(folder)
                uids = [int(ref[len(prefix) :]) for ref in refs if ref.startswith(prefix)]
                if uids and self.config.settle == "move":
                    ensure_folder(self._connected(), self.config.settle_folder)
                    put_aside(self._connected(), uids, folder=self.config.settle_folder, keyword=self.config.keyword)
                elif uids:
                    mark(self._connected(), uids, keyword=self.config.keyword)
        return list(refs)

    def complaints(self) -> Mapping[str, str | None]:
        too_large = f"{len(self._too_large)} messaggi oltre il limite di grandezza" if self._too_large else None
        return MappingProxyType({TOO_LARGE: too_large})

    def waiting(self) -> int:
        """Messages that were left at the last offering, because they are too large."""
        return len(self._too_large)

    def watch(
        self,
        on_ready: watching.Ready,
        stop: threading.Event,
        *,
        on_trouble: watching.Trouble | None = None,
        backoff: watching.Backoff | None = None,
    ) -> None:
        """Calls `on_ready` at once and after every sign of new mail, until `stop` is set."""
        try:
            watching.watch(on_ready, self._wait, stop, on_trouble=on_trouble, backoff=backoff)
        finally:
            self.close()

    def check(self) -> str:
        """A log-in and a look at each folder, for `doctor`. Raises Refused or Transient with the reason."""
        with self._own_connection() as client:
            counts = [
                f"{folder}: {client.select_folder(folder, readonly=True)[b'EXISTS']}" for folder in self.config.folders
            ]
            idle, move = (client.has_capability(name) for name in ("IDLE", "MOVE"))
        return f"{', '.join(counts)} messaggi; IDLE {'sì' if idle else 'no'}, MOVE {'sì' if move else 'no'}"

    def inventory(self, memory: Mapping[str, str]) -> Inventory:
        """Everything in the folders, taken or not, with the day it came. `memory` as for `survey`."""
        lying: list[Lying] = []
        with self._own_connection() as client:
            for folder in self.config.folders:
                facts = client.select_folder(folder, readonly=True)
                validity, before = int(facts[b"UIDVALIDITY"]), remembered(folder, memory)
                epoch = before.epoch if before is not None and before.validity == validity else 0
                prefix = f"{folder}/{generation(_state(validity, epoch))}/"
                for listed in list_sizes(client, list_uids(client, int(facts[b"EXISTS"]))):
                    lying.append(Lying(ref=f"{prefix}{listed.uid}", arrived=listed.arrived))
            strays = None if self.config.settle == "flag" else count_strays(client, self.config)
        return Inventory(source=self.name, lying=tuple(lying), strays=strays)

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            hang_up(client)

    def _look(self, folder: str, known: Set[str], before: FolderState | None) -> tuple[FolderState, str | None]:
        """The folder's state, and what has become of the last witness."""
        exists, uidnext = self._select(folder, readonly=True)
        client, validity = self._connected(), self._validity[folder]
        uids = list_uids(client, exists)
        kept = aside = None
        if self.config.settle == "flag":
            epoch = before.epoch if before is not None and before.validity == validity else 0
            prefix = f"{folder}/{generation(_state(validity, epoch))}/"
            kept = sum(f"{prefix}{uid}" in known for uid in uids)
        else:
            aside = counted(client, self.config.settle_folder)
        witness = before.witness if before is not None else None
        asked = {int(witness.partition(":")[0])} if witness else set()
        newest = uids[-1:]
        seen = {listed.uid: _fingerprint(listed) for listed in list_sizes(client, sorted(asked.union(newest)))}
        state = FolderState(
            validity=validity,
            uidnext=uidnext,
            kept=kept,
            aside=aside,
            witness=seen.get(newest[0]) if newest else None,
        )
        return state, next((seen[uid] for uid in asked if uid in seen), None)

    def _listed(self, folder: str, prefix: str, uids: Sequence[int]) -> list[Listed]:
        with self._speaking():
            self._select_again(folder, prefix)
            return list(list_sizes(self._connected(), uids))

    def _fetched(self, folder: str, prefix: str, group: Sequence[Listed]) -> list[Fetched]:
        with self._speaking():
            self._select_again(folder, prefix)
            messages = fetch(self._connected(), group, largest=self.config.largest_bytes)
        fitting = [message for message in messages if len(message.raw) <= self.config.largest_bytes]
        self._too_large += [m.listed.uid for m in messages if len(m.raw) > self.config.largest_bytes]
        return fitting

    def _select_again(self, folder: str, prefix: str) -> None:
        """Between two portions the reception settles the one before, on the same connection."""
        self._select(folder, readonly=True)
        if self._prefix(folder) != prefix:
            raise Transient(f"{folder}: rinumerata durante la lettura", code="mailbox_connection")

    def _bearable(self, listed: Sequence[Listed]) -> Iterator[Listed]:
        for entry in listed:
            if entry.size > self.config.largest_bytes:
                self._too_large.append(entry.uid)
            else:
                yield entry

    def _arrival(self, prefix: str, message: Fetched) -> Arrival:
        fax = is_fax_mail(message.raw, self.config.fax_from)
        arrived = message.listed.arrived
        hints = Hints(
            channel=Channel.FAX if fax else self.config.channel,
            received_at=arrived.astimezone(UTC) if arrived is not None else None,
            transport=fax_facts(message.raw) if fax else Transport(),
        )
        return Arrival(source=self.name, ref=f"{prefix}{message.listed.uid}", raw=message.raw, hints=hints)

    def _prefix(self, folder: str) -> str:
        validity = self._validity[folder]
        surveyed, epoch = self._epochs.get(folder, (validity, 0))
        return f"{folder}/{generation(_state(validity, epoch if surveyed == validity else 0))}/"

    def _select(self, folder: str, *, readonly: bool) -> tuple[int, int | None]:
        """Opens the folder (anew, so that the numbers are of now). Message count and UIDNEXT."""
        facts = self._connected().select_folder(folder, readonly=readonly)
        self._validity[folder] = int(facts[b"UIDVALIDITY"])
        uidnext = facts.get(b"UIDNEXT")
        return int(facts[b"EXISTS"]), int(uidnext) if uidnext is not None else None

    def _wait(self, stop: threading.Event) -> None:
        many = len(self.config.folders) > 1
        longest = min(self.config.poll_seconds, _OTHER_FOLDERS if many else LONGEST_IDLE, LONGEST_IDLE)
        with self._speaking():
            if not (self.config.idle and self._connected().has_capability("IDLE")):
                stop.wait(longest)
                return
            _, uidnext = self._select(self.config.folders[0], readonly=True)
            if uidnext is not None and uidnext != self._seen_uidnext:
                return  # came between the listing and now
            idle_until(self._connected(), stop, deadline=monotonic() + longest)

    def _connected(self) -> Client:
        if self._client is None:
            self._client = connect(self.config)
        return self._client

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Translates foreign exceptions, and gives the connection up with them."""
        try:
            with speaking():
                yield
        except BaseException:
            self.close()
            raise

    @contextmanager
    def _own_connection(self) -> Iterator[Client]:
        client = connect(self.config)
        try:
            with speaking():
                yield client
        finally:
            hang_up(client)


def _state(validity: int, epoch: int) -> FolderState:
    return FolderState(validity=validity, uidnext=None, kept=None, aside=None, epoch=epoch)


def _fingerprint(listed: Listed) -> str:
    return f"{listed.uid}:{listed.size}:{listed.arrived.isoformat() if listed.arrived else ''}"
