"""Putting taken messages aside: moved to a folder, or marked where they are. Repeating it does no harm."""

from __future__ import annotations

from collections.abc import Sequence
from imaplib import IMAP4
from typing import Literal

from ingest.mailbox_fetch import in_chunks
from ingest.mailbox_session import Client, MailboxConfig

AT_ONCE = 500
_RACES = 5


def put_aside(client: Client, uids: Sequence[int], *, folder: str, keyword: str) -> None:
    """Moves those messages of the selected folder that are still in it to `folder`, marked with `keyword`.

    By MOVE (RFC 6851) where the server has it; else COPY, \\Deleted and UID EXPUNGE (RFC 4315). Without UIDPLUS the
    copied messages stay behind marked \\Deleted, because a plain EXPUNGE would take other people's with it.
    """
    for some in in_chunks(sorted(uids), AT_ONCE):
        for attempt in range(_RACES):
            present = _present(client, some)
            try:
                _move(client, present, folder=folder, keyword=keyword)
                break
            except IMAP4.abort:
                raise
            except IMAP4.error as error:
                # RFC 5530: another session took some of them away between our two commands.
                if "[EXPUNGEISSUED]" not in str(error) or attempt == _RACES - 1:
                    raise
                client.noop()


def _move(client: Client, uids: Sequence[int], *, folder: str, keyword: str) -> None:
    if not uids:
        return
    if client.has_capability("MOVE"):
        # Marked before it moves: what lies in the folder without the mark was put there by somebody else.
        client.add_flags(uids, [keyword], silent=True)
        client.move(uids, folder)
    else:
        _copy_and_expunge(client, uids, folder=folder, keyword=keyword)


def mark(client: Client, uids: Sequence[int], *, keyword: str) -> None:
    """Sets the keyword; on a server that keeps none, our own receipts are enough."""
    for some in in_chunks(_present(client, uids), AT_ONCE):
        client.add_flags(some, [keyword], silent=True)


def ensure_folder(client: Client, folder: str) -> None:
    if client.folder_exists(folder):
        return
    try:
        client.create_folder(folder)
    except IMAP4.abort:
        raise
    except IMAP4.error:
        if not client.folder_exists(folder):  # else another session was quicker
            raise


def counted(client: Client, folder: str) -> int:
    """Messages in a folder that is not selected; 0 if it does not exist."""
    if not client.folder_exists(folder):
        return 0
    return int(client.folder_status(folder, ["MESSAGES"])[b"MESSAGES"])


def count_strays(client: Client, config: MailboxConfig) -> int | None:
    """Messages in the settled folder without our keyword; None if there is no folder or it keeps no keywords."""
    if not client.folder_exists(config.settle_folder):
        return None
    facts = client.select_folder(config.settle_folder, readonly=True)
    if config.keyword.encode() not in facts[b"FLAGS"]:
        return None
    return len(client.search(["UNKEYWORD", config.keyword]))


def _present(client: Client, uids: Sequence[int]) -> list[int]:
    # One line of numbers; asking for flags would answer with a line a message.
    present: list[int] = []
    for some in in_chunks(sorted(uids), AT_ONCE):
        present += client.search(["UID", ",".join(map(str, some))])
    return present


def _copy_and_expunge(client: Client, uids: Sequence[int], *, folder: str, keyword: str) -> None:
    # Both flags in one STORE, after the COPY: who finds both after a crash knows that the copy is there.
    # \Deleted alone may be a colleague's.
    flags: Sequence[Literal["\\Deleted"] | str] = ("\\Deleted", keyword)
    copied = {uid for uid, found in client.get_flags(uids).items() if _has_all(found, flags)}
    waiting = [uid for uid in uids if uid not in copied]
    if waiting:
        client.copy(waiting, folder)
        client.add_flags(waiting, list(flags), silent=True)
    if client.has_capability("UIDPLUS"):
        client.uid_expunge(list(uids))


def _has_all(found: Sequence[bytes], wanted: Sequence[str]) -> bool:
    have = {flag.lower() for flag in found}
    return all(flag.encode().lower() in have for flag in wanted)
