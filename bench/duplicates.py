"""The same letter twice, and two letters that only look the same: are the right ones joined?

    script/bench duplicates [--letters 36] [--show]

Letters with a tax code or a supply's code, by the corpus authors who wrote whole scenarios, are rendered and taken in
for real (pages are drawn, faxed, scanned and read again). Then come, each judged against the first:

- the same letter by another channel, retyped by nobody: one case, two items;
- the same letter by the same channel, with a word of impatience before it;
- the same person and supply about another bill: every other number is another one; a case of its own;
- another person with the same words (a form letter that is passed around); a case of its own.

"held" means that a person is asked, side by side with the first: safe, but work. Exit code 1 if anything was joined
that is not the same.
"""

from __future__ import annotations

import argparse
import copy
import random
import re
import sys
import tempfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from stdnum.it import codicefiscale

from bench.mailbag_maker import Scenario, load, write_item
from classifier.model.examples import CORPUS
from ingest.files import FilesSource
from ingest.reception import take
from mailroom.item import Rung
from road.config import GatewayConfig, StateConfig
from road.gateway import Gateway, open_gateway

PAPER = ("fax", "post")
NEXT = {"email": "fax", "fax": "email", "post": "pec", "pec": "post"}
"""By which channel the same letter comes again."""
LINES_A_SHEET = 48
ONE_MATTER = ("same, other channel", "same, urged again")
KINDS = (*ONE_MATTER, "other bill", "other person")
_NUMBER = re.compile(r"\d+")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--letters", type=int, default=36)
    options.add_argument("--show", action="store_true", help="ids of what went wrong")
    chosen = options.parse_args()
    letters = _letters(chosen.letters)
    with tempfile.TemporaryDirectory() as folder:
        gateway = open_gateway(GatewayConfig(gateway=StateConfig(state=Path(folder) / "state")))
        firsts = _arrive(gateway, Path(folder) / "first", {str(s["id"]): s for s in letters})
        told: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for kind in KINDS:
            again = {str(s["id"]): _varied(kind, s) for s in letters if kind != "other bill" or _names_bills(s)}
            items = _arrive(gateway, Path(folder) / kind.replace(" ", "-"), again)
            for name, item_id in items.items():
                verdict = _verdict(gateway, item_id, firsts[name])
                told[kind][verdict] += 1
                if chosen.show and verdict != ("joined" if kind in ONE_MATTER else "apart"):
                    print(f"{kind}: {name} {verdict}")
    _print(told)
    return 1 if any(told[kind]["joined"] for kind in KINDS if kind not in ONE_MATTER) else 0


def _letters(most: int) -> list[Scenario]:
    """Cases with something to know their sender by, every channel in turn."""
    by_channel: defaultdict[str, list[Scenario]] = defaultdict(list)
    for corpus in sorted(CORPUS.glob("*.jsonl")):
        for scenario in load(corpus):
            expected = scenario["expected"]
            codes = _codes(scenario)
            if expected.get("disposition") == "case" and codes and len(_text(scenario).split()) >= 40:
                by_channel[scenario["channel"]].append(scenario)
    turns = max(map(len, by_channel.values()))
    ordered = [group[n] for n in range(turns) for group in by_channel.values() if n < len(group)]
    return ordered[:most]


def _codes(scenario: Scenario) -> list[str]:
    expected = scenario["expected"]
    supply = expected.get("supply") or {}
    return [c for c in ((expected.get("applicant") or {}).get("tax_code"), supply.get("pod"), supply.get("pdr")) if c]


def _text(scenario: Scenario) -> str:
    return scenario.get("body") or "\n\n".join(_sheets(scenario)[0])


def _sheets(scenario: Scenario) -> tuple[list[str], list[dict[str, Any]]]:
    """The letter's own sheets, and the others."""
    pages = scenario.get("pages") or []
    own = [0] if pages else []
    while len(own) < len(pages) and pages[len(own)].get("continues"):
        own.append(len(own))
    return [pages[n]["text"] for n in own], pages[len(own) :]


def _names_bills(scenario: Scenario) -> bool:
    """Whether its own words name amounts or bills, so that other ones make another matter of it."""
    before = _text(scenario)
    after = _text(_varied("other bill", scenario))
    changed = zip(_NUMBER.findall(before), _NUMBER.findall(after), strict=True)
    return sum(one != other and len(one) >= 3 for one, other in changed) >= 2


def _varied(kind: str, scenario: Scenario) -> Scenario:
    rng = random.Random(zlib.crc32(f"{kind} {scenario['id']}".encode()))
    if kind == "same, other channel":
        return _moved(scenario, NEXT[scenario["channel"]])
    if kind == "same, urged again":
        return _with_text(scenario, lambda text: f"Vi scrivo di nuovo perché non ho avuto notizie.\n\n{text}")
    kept = _kept(scenario)
    if kind == "other bill":
        return _with_text(scenario, lambda text: _other_numbers(text, kept, rng))
    return _of_another(scenario, rng)


def _moved(scenario: Scenario, channel: str) -> Scenario:
    """The same words and papers by another channel, as the same person would send them."""
    moved = copy.deepcopy(scenario)
    moved["channel"] = channel
    applicant = scenario["expected"].get("applicant") or {}
    name = " ".join(filter(None, (applicant.get("first_name"), applicant.get("last_name")))) or "Un cliente"
    if (channel in PAPER) == (scenario["channel"] in PAPER):
        return moved
    if channel in PAPER:
        lines = f"{scenario.get('body') or ''}\n\n[FIRMA] {name}".split("\n")
        sheets = [lines[n : n + LINES_A_SHEET] for n in range(0, len(lines), LINES_A_SHEET)]
        moved["pages"] = [
            {"text": "\n".join(sheet), "kind": "request_form", "continues": n > 0} for n, sheet in enumerate(sheets)
        ]
        moved["pages"] += [
            {"text": a["text"], "kind": a["kind"]} for a in scenario.get("attachments") or () if a.get("text")
        ]
        moved |= {"body": None, "attachments": []}
        moved["envelope"]["fax_sender"] = applicant.get("phone")
        return moved
    own, others = _sheets(scenario)
    moved["body"] = "\n".join(own).replace("[FIRMA]", "")
    moved["attachments"] = [
        {"filename": f"documento{n}.pdf", "kind": page["kind"], "text": page["text"]} for n, page in enumerate(others)
    ]
    moved["pages"] = []
    address = f"{name.lower().replace(' ', '.')}@posta.example".replace("'", "")
    moved["envelope"] |= {"from_name": name, "from_email": applicant.get("email") or address, "subject": "Richiesta"}
    return moved


def _with_text(scenario: Scenario, change: Any) -> Scenario:
    """With its own words changed; papers stay."""
    changed = copy.deepcopy(scenario)
    if changed.get("body"):
        changed["body"] = change(changed["body"])
    elif changed.get("pages"):
        changed["pages"][0]["text"] = change(changed["pages"][0]["text"])
    return changed


def _kept(scenario: Scenario) -> list[re.Pattern[str]]:
    """Codes, telephone and address of the person: written with or without blanks."""
    expected = scenario["expected"]
    said = [
        *_codes(scenario),
        *(expected.get("applicant") or {}).values(),
        (expected.get("supply") or {}).get("customer_code"),
    ]
    plain = [re.sub(r"^\+39|\W", "", str(value)) for value in said if value and any(c.isdigit() for c in str(value))]
    return [re.compile(r"[\W_]*".join(map(re.escape, code)), re.IGNORECASE) for code in plain if code]


def _other_numbers(text: str, kept: list[re.Pattern[str]], rng: random.Random) -> str:
    spared = [match.span() for pattern in kept for match in pattern.finditer(text)]

    def other(match: re.Match[str]) -> str:
        if any(start <= match.start() < end for start, end in spared):
            return match[0]
        if len(match[0]) <= 2:
            return str(rng.randint(1, 28)) if int(match[0]) <= 31 else match[0]
        if re.fullmatch(r"20[12]\d", match[0]):
            return match[0]
        return str(rng.randint(10 ** (len(match[0]) - 1), 10 ** len(match[0]) - 1))

    return _NUMBER.sub(other, text)


def _of_another(scenario: Scenario, rng: random.Random) -> Scenario:
    """The same words over another name, with other codes, from another address; the papers are the other one's."""
    other = copy.deepcopy(scenario)
    expected = scenario["expected"]
    applicant = expected.get("applicant") or {}
    swaps = {applicant.get("first_name"): "Gervasio", applicant.get("last_name"): "Tomaselli"}
    text = _text(scenario)
    for code in _codes(scenario):
        fresh = codicefiscale_of(rng) if len(code) == 16 and code[:6].isalpha() else _fresh(code, rng)
        text = re.sub(r"[\W_]*".join(map(re.escape, code)), fresh, text, flags=re.IGNORECASE)
    for old, new in swaps.items():
        text = re.sub(rf"\b{re.escape(old)}\b", new, text, flags=re.IGNORECASE) if old else text
    text = re.sub(r"\S+@\S+", "g.tomaselli@posta.example", text)
    text = re.sub(r"\b3\d\d[ .]?\d{3}[ .]?\d{3,4}\b", "339 1112223", text)
    changed = _with_text(other, lambda _: text)
    if changed.get("pages"):
        changed["pages"] = [{"text": text, "kind": "request_form"}]
    changed["attachments"] = []
    changed["envelope"] |= {
        "from_name": "Gervasio Tomaselli", "from_email": "g.tomaselli@posta.example", "fax_sender": "+390461987654",
    }  # fmt: skip
    return changed


def codicefiscale_of(rng: random.Random) -> str:
    start = f"TMSGVS{rng.randint(40, 99)}{rng.choice('ABCDEHLMPRST')}{rng.randint(10, 28)}L{rng.randint(100, 999)}"
    return start + codicefiscale.calc_check_digit(start)


def _fresh(code: str, rng: random.Random) -> str:
    return code[:5] + "".join(str(rng.randint(0, 9)) if c.isdigit() else c for c in code[5:])


def _arrive(gateway: Gateway, folder: Path, scenarios: Mapping[str, Scenario]) -> dict[str, str]:
    """Item ids by the letters' names, all climbed as far as they go."""
    found = {}
    for name, scenario in scenarios.items():
        place = folder / name
        place.mkdir(parents=True)
        write_item(scenario, place)
        taken = take(FilesSource(paths=[place]), blobs=gateway.blobs, book=gateway.ledger)
        found[name] = taken.receipts[0].item_id
        gateway.climber(lambda ids, slow: None).climb([found[name]], slow=True)
    return found


def _verdict(gateway: Gateway, item_id: str, first: str) -> str:
    detail = gateway.views.item(item_id)
    assert detail is not None
    if detail.duplicate_of == first or (detail.duplicate_of and _root(gateway, detail.duplicate_of) == first):
        return "joined"
    if detail.row.rung is not Rung.CLOSED or detail.row.held_code:
        return "held"
    one = gateway.views.item(first)
    assert one is not None
    shared = {code for code, _ in detail.cases} & {code for code, _ in one.cases}
    return "joined" if shared else "apart"


def _root(gateway: Gateway, item_id: str) -> str:
    detail = gateway.views.item(item_id)
    while detail is not None and detail.duplicate_of:
        item_id = detail.duplicate_of
        detail = gateway.views.item(item_id)
    return item_id


def _print(told: Mapping[str, Counter[str]]) -> None:
    table = Table("arrives after the first", "letters", "joined", "held for a person", "a case of its own", "right")
    for kind, row in _rows(told):
        table.add_row(kind, *row)
    Console().print(table)


def _rows(told: Mapping[str, Counter[str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for kind, counts in told.items():
        whole = sum(counts.values())
        wrong = counts["apart" if kind in ONE_MATTER else "joined"]
        numbers = (whole, counts["joined"], counts["held"], counts["apart"])
        yield kind, (*map(str, numbers), f"{1 - wrong / max(1, whole):.0%}")


if __name__ == "__main__":
    sys.exit(main())
