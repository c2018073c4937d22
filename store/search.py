"""Full text over items and their cases: FTS5 on SQLite, a tsvector with Italian stems on PostgreSQL.

A row is written in the transaction that decides the item, so what can be seen can be found. The two tables are made
by the migrations, because they are not the same on both databases.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, column, exists, func, literal_column, select, table, text

from mailroom.decision import Decision
from mailroom.item import Rung
from store.codec import OpenedSheet, ReadSheet, Sheet

LONGEST = 100_000
"""Characters of one item that can be found; a hundred pages more are for the reader, not for the index."""

MOST_TERMS = 12
AROUND = 70
"""Letters shown on each side of a word that was found."""
FREQUENT = 3_000
"""Items from which words count as frequent."""

SQLITE = (
    "CREATE TABLE search_row (id INTEGER PRIMARY KEY, item_id VARCHAR(32) NOT NULL UNIQUE REFERENCES item (id))",
    "CREATE VIRTUAL TABLE search USING fts5(body, tokenize = 'unicode61 remove_diacritics 2')",
)
POSTGRESQL = (
    "CREATE TABLE search_row (item_id varchar(32) PRIMARY KEY REFERENCES item (id), body text NOT NULL, "
    "words tsvector GENERATED ALWAYS AS (to_tsvector('italian', translate(body, '@._/-', '     '))) STORED)",
    "CREATE INDEX search_words ON search_row USING gin (words)",
)

_row = table("search_row", column("id"), column("item_id"), column("body"), column("words"))
_words_table = table("search", column("rowid"), column("body"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    item_id: str
    excerpt: str
    """Some words around the first place, the words found between ‹ and ›."""


def searchable(item_id: str, case_code: str | None, sheets: Mapping[Rung, Sheet]) -> str:
    """The words by which an operator may look for an item."""
    return " \n".join(word for word in (item_id, case_code, *_words(sheets)) if word)[:LONGEST]


def _words(sheets: Mapping[Rung, Sheet]) -> Iterable[str | None]:
    decision = sheets.get(Rung.DECIDED)
    if isinstance(decision, Decision):
        who, what = decision.applicant, decision.supply
        yield from (decision.case_code, who.first_name, who.last_name, who.tax_code, who.email, who.phone, who.address)
        yield from (what.pod, what.pdr, what.customer_code, what.supplier)
    opened = sheets.get(Rung.OPENED)
    if isinstance(opened, OpenedSheet):
        envelope = opened.envelope
        yield envelope.subject
        if envelope.sender is not None:
            yield from (envelope.sender.name, envelope.sender.email)
        yield from (envelope.transport.fax_sender, envelope.transport.registered_mail)
        yield from (part.filename for part in opened.submission.parts)
        yield from (message.new for message in opened.submission.messages)
    read = sheets.get(Rung.READ)
    if isinstance(read, ReadSheet):
        yield from (page.text for document in read.documents for page in document.pages)


def index(connection: Connection, found: Sequence[tuple[str, str]], *, replacing: Sequence[str] = ()) -> None:
    """Puts words of items where they can be found, in place of older ones of `replacing`."""
    forget(connection, replacing)
    if not found:
        return
    rows = [{"i": item_id, "b": body.replace("\0", " ").encode("utf-8", "replace").decode()} for item_id, body in found]
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO search_row (item_id) VALUES (:i)"), rows)
        words = "INSERT INTO search (rowid, body) VALUES ((SELECT id FROM search_row WHERE item_id = :i), :b)"
    else:
        words = "INSERT INTO search_row (item_id, body) VALUES (:i, :b)"
    connection.execute(text(words), rows)


def forget(connection: Connection, item_ids: Sequence[str]) -> None:
    if not item_ids:
        return
    rows = [{"i": item_id} for item_id in item_ids]
    if connection.dialect.name == "sqlite":
        words = "DELETE FROM search WHERE rowid = (SELECT id FROM search_row WHERE item_id = :i)"
        connection.execute(text(words), rows)
    connection.execute(text("DELETE FROM search_row WHERE item_id = :i"), rows)


def matching_items(connection: Connection, query: str) -> Select[tuple[str]]:
    """A subquery of the ids of items that hold all words of the query."""
    return _matching(connection, query, _row.c.item_id)


def holds_words(connection: Connection, query: str, item_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Condition: that item holds all words of the query.

    The items of rare words are looked up first. Where nearly every item holds them, their numbers are, and each item
    is asked for its number as the list comes to it: the list ends long before they have all been asked.
    """
    if not is_frequent(connection, query):
        return item_id.in_(matching_items(connection, query))
    numbers = _numbers(query)
    return exists(select(_row.c.id).where(_row.c.item_id == item_id, _row.c.id.in_(numbers)))


def is_frequent(connection: Connection, query: str) -> bool:
    """So many items hold these words that finding them all first would take long. (PostgreSQL plans for itself.)"""
    if connection.dialect.name != "sqlite" or not _terms(query):
        return False
    return len(connection.execute(_numbers(query).limit(FREQUENT)).all()) == FREQUENT


def _numbers(query: str) -> Select[tuple[int]]:
    return select(_words_table.c.rowid).where(text("search MATCH :words").bindparams(words=_fts5(query)))


def find(connection: Connection, query: str, *, limit: int) -> tuple[Hit, ...]:
    """Best first. A query without any word finds nothing."""
    if not _terms(query):
        return ()
    excerpt = _excerpt(connection, query)
    rank: ColumnElement[float]
    if connection.dialect.name == "sqlite":
        rank = literal_column("search.rank")
    else:
        rank = -func.ts_rank(_row.c.words, func.to_tsquery("italian", _tsquery(query)))
    rows = connection.execute(_matching(connection, query, _row.c.item_id, excerpt).order_by(rank).limit(limit))
    return tuple(Hit(item_id=item_id, excerpt=found) for item_id, found in rows)


def excerpts(connection: Connection, query: str, item_ids: Sequence[str]) -> dict[str, str]:
    """The words around the first place in each of these items that has one, the place between ‹ and ›.

    Looked for here: a database would go through every item that holds the words.
    """
    if not item_ids or not _terms(query):
        return {}
    pattern = re.compile(r"\b(?:" + "|".join(re.escape(_folded(stem)) for stem in _stems(query)) + r")\w*")
    found = {}
    for item_id, body in connection.execute(_bodies(connection, item_ids)):
        met = pattern.search(_folded(body))
        if met is not None:
            start, end = max(0, met.start() - AROUND), met.end() + AROUND
            before, after = body[start : met.start()], body[met.end() : end]
            if start and " " in before:
                before = "… " + before.split(" ", 1)[1]
            found[item_id] = f"{before}‹{body[met.start() : met.end()]}›{after} …"
    return found


def _bodies(connection: Connection, item_ids: Sequence[str]) -> Select[Any]:
    mine = _row.c.item_id.in_(item_ids)
    if connection.dialect.name == "sqlite":
        joined = _row.join(_words_table, _words_table.c.rowid == _row.c.id)
        return select(_row.c.item_id, _words_table.c.body).select_from(joined).where(mine)
    return select(_row.c.item_id, _row.c.body).where(mine)


def _folded(words: str) -> str:
    """Lower case, unaccented, letter for letter."""
    return "".join(unicodedata.normalize("NFD", letter)[0].lower()[:1] or letter for letter in words)


def _excerpt(connection: Connection, query: str) -> ColumnElement[str]:
    if connection.dialect.name == "sqlite":
        return literal_column("snippet(search, 0, '‹', '›', ' … ', 14)")
    words, marks = func.to_tsquery("italian", _tsquery(query)), "StartSel=‹, StopSel=›, MaxWords=14, MinWords=6"
    return func.ts_headline("italian", _row.c.body, words, marks)


def _matching(connection: Connection, query: str, *columns: Any) -> Select[Any]:
    if connection.dialect.name == "sqlite":
        join = _row.join(_words_table, _words_table.c.rowid == _row.c.id)
        return select(*columns).select_from(join).where(text("search MATCH :words").bindparams(words=_fts5(query)))
    return select(*columns).where(_row.c.words.op("@@")(func.to_tsquery("italian", _tsquery(query))))


def _terms(query: str) -> list[str]:
    return re.findall(r"[^\W_]+", query[:400])[:MOST_TERMS]


def _fts5(query: str) -> str:
    """All words, each as a prefix; a word of five letters or more without its ending, for Italian puts number and
    gender there (bolletta, bollette)."""
    return " AND ".join(f'"{stem}"*' for stem in _stems(query)) or '""'


def _stems(query: str) -> list[str]:
    return [term[:-1] if len(term) >= 5 and term.isalpha() else term for term in _terms(query)]


def _tsquery(query: str) -> str:
    return " & ".join(f"'{term}':*" for term in _terms(query))
