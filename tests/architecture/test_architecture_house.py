"""The rules of the house that the import linter can't say."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
ROOMS = ("mailroom", "ingest", "parsers", "classifier", "store", "outbound", "console", "road")


def modules() -> Iterator[Path]:
    yield from (HOUSE / name for name in ("worker.py", "cli.py"))
    for room in ROOMS:
        yield from sorted((HOUSE / room).rglob("*.py"))


def imported(module: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def test_nobody_imports_the_composition_root() -> None:
    assert [m for m in modules() if {"worker", "cli"} & imported(m)] == []


@pytest.mark.parametrize("module", list(modules()), ids=lambda m: str(m.relative_to(HOUSE)))
def test_every_module_opens_with_what_it_is_for(module: Path) -> None:
    tree = ast.parse(module.read_text("utf-8"))
    generated = "migrations/versions" in module.as_posix()
    assert generated or ast.get_docstring(tree), f"{module.name} has no docstring"


def test_no_module_outgrows_one_purpose() -> None:
    lines = {m: len(m.read_text("utf-8").splitlines()) for m in modules() if "migrations" not in m.parts}
    assert {str(m.relative_to(HOUSE)): n for m, n in lines.items() if n > 400} == {}


def test_the_house_has_one_broad_except() -> None:
    """One that swallows: tidying up and raising again is another matter."""
    broad = []
    for module in modules():
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.ExceptHandler) and _catches_all(node) and not isinstance(node.body[-1], ast.Raise):
                broad.append(f"{module.relative_to(HOUSE)}:{node.lineno}")
    assert [place.partition(":")[0] for place in broad] == ["road/attempting.py"], broad


def _catches_all(node: ast.ExceptHandler) -> bool:
    return node.type is None or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException"))


def test_there_is_no_room_for_leftovers() -> None:
    banned = {"utils", "helpers", "common", "manager", "base", "misc"}
    assert [m for m in modules() if m.stem in banned] == []


def test_the_import_walls_stand() -> None:
    ran = subprocess.run([HOUSE / ".venv/bin/lint-imports"], cwd=HOUSE, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
