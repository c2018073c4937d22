"""Compares what the gateway said about a folder of items with the right answers: pure, one tally.

The folder has the form of the mailbag: ``items/<id>/`` and ``expected.jsonl``. Values are compared after folding
(case, accents and punctuation aside); an address counts as right when seven of ten of its words agree.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from mailroom.decision import FIELDS

GRAVE = {"absent", "disposition", "service", "sector", "case_code", "answered"}
GRAVE_FIELDS = ("applicant.tax_code", "supply.pod", "supply.pdr")

Answer = Mapping[str, Any]


@dataclass(slots=True)
class Tally:
    """Counts of one evaluation; `rows` are the items with something wrong."""

    items: int = 0
    absent: int = 0
    unattended: int = 0
    unattended_wrong: int = 0
    hits: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    spurious: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    confusion: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def rate(self, key: str) -> float | None:
        return self.hits[key] / self.asked[key] if self.asked[key] else None

    def precision(self, name: str) -> float | None:
        said = self.found[name] + self.spurious[name]
        return self.found[name] / said if said else None

    def recall(self, name: str) -> float | None:
        wanted = self.found[name] + self.lost[name]
        return self.found[name] / wanted if wanted else None


def score(expected: Iterable[Answer], results: Iterable[Answer]) -> Tally:
    """Tally of all letters of `expected` (lines of expected.jsonl) against `results` (lines of `inspect`)."""
    said = {(_item_name(str(r.get("item", ""))), int(r.get("letter") or 1)): r for r in results}
    tally = Tally()
    for line in expected:
        letters = line["expected"].get("letters") or [line["expected"]]
        for number, want in enumerate(letters, 1):
            name = f"{line['id']}#{number}" if len(letters) > 1 else str(line["id"])
            _one(tally, name, str(line["channel"]), want, said.get((str(line["id"]), number)))
    return tally


def _item_name(item: str) -> str:
    path = PurePath(item)
    return path.parent.name if path.suffix and path.parent.name else path.name


def _one(tally: Tally, name: str, channel: str, want: Answer, got: Answer | None) -> None:
    tally.items += 1
    tally.absent += got is None
    wrong: list[str] = ["absent"] if got is None else []
    for key, expected, actual in _checks(want, got or {}):
        ok = expected == actual
        for label in (key, f"{key} [{channel}]"):
            tally.asked[label] += 1
            tally.hits[label] += ok
        if key in ("disposition", "service", "sector", "topic", "document kind"):
            tally.confusion[key, str(expected), str(actual)] += 1
        if not ok:
            wrong.append(f"{key}: want {expected!r} got {actual!r}")
    wrong += _fields(tally, want, got or {})
    if got and got.get("needs_review") is False:
        tally.unattended += 1
        kinds = {w.split(":")[0] for w in wrong}
        grave = bool(kinds & GRAVE) or any(w.startswith(GRAVE_FIELDS) for w in wrong)
        tally.unattended_wrong += grave
        if grave:
            wrong.insert(0, "WRONG WITHOUT REVIEW")
    if wrong:
        tally.rows.append({"id": name, "channel": channel, "wrong": wrong})


def _checks(want: Answer, got: Answer) -> Iterator[tuple[str, Any, Any]]:
    yield "disposition", want.get("disposition"), got.get("disposition")
    if want.get("disposition_detail"):
        yield "disposition_detail", want["disposition_detail"], got.get("disposition_detail")
    if want.get("case_code") or got.get("case_code"):
        yield "case_code", _fold(want.get("case_code")), _fold(got.get("case_code"))
    if want.get("disposition") == "case":
        for key in ("service", "sector", "topic"):
            if want.get(key):
                yield key, want[key], _dig(got, key)
        yield "missing", sorted(want.get("missing") or ()), sorted(got.get("missing") or ())
    if want.get("disposition") == "service_message":
        yield "answered", "none", (got.get("reply") or {}).get("kind", "none")
    documents = list(got.get("documents") or ())
    by_name = {_fold(d.get("filename")): d for d in documents}
    for index, wanted in enumerate(want.get("documents") or ()):
        beside = documents[index] if index < len(documents) else {}
        actual = by_name.get(_fold(wanted["filename"]), {}) if wanted.get("filename") else beside
        yield "document found", True, bool(actual)
        yield "document kind", wanted.get("kind"), actual.get("kind")
        yield "document accepted", wanted.get("accepted", True), actual.get("accepted")
        if wanted.get("problem"):
            yield "document problem", wanted["problem"], actual.get("problem")


def _fields(tally: Tally, want: Answer, got: Answer) -> list[str]:
    wrong = []
    for name in FIELDS:
        expected, actual = _dig(want, name), _dig(got, name)
        if expected and actual and same(name, expected, actual):
            tally.found[name] += 1
            continue
        tally.lost[name] += bool(expected)
        tally.spurious[name] += bool(actual)
        if (expected or actual) and want.get("disposition") in ("case", "follow_up"):
            wrong.append(f"{name}: want {expected!r} got {actual!r}")
    return wrong


def same(name: str, want: object, got: object) -> bool:
    """Whether two values of a field mean the same to a clerk."""
    a, b = _fold(want), _fold(got)
    if name == "supply.supplier":
        return min(len(a), len(b)) >= 3 and (a.startswith(b) or b.startswith(a))
    if name == "applicant.phone":
        return a.removeprefix("39") == b.removeprefix("39")
    if name == "applicant.address":
        x, y = _address_words(want), _address_words(got)
        return bool(x and y) and len(x & y) / len(x | y) >= 0.7
    return a == b


def _plain(value: object) -> str:
    return unicodedata.normalize("NFKD", str(value or "")).encode("ascii", "ignore").decode().lower()


def _fold(value: object) -> str:
    return re.sub(r"[^a-z0-9]+", "", _plain(value))


def _address_words(value: object) -> set[str]:
    return {w for w in re.findall(r"[a-z0-9]+", _plain(value)) if len(w) > 2 or w.isdigit()}


def _dig(answer: Answer, dotted: str) -> Any:
    value: Any = answer
    for key in dotted.split("."):
        value = (value or {}).get(key)
    return value.get("value") if isinstance(value, Mapping) else value
