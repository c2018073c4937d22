"""Tidy lines: no blanks at their ends, no more than one empty line in a row. In linear time, whatever comes."""

from __future__ import annotations

import re


def tidy(words: str) -> str:
    """The same words with tidy lines and no empty ones at either end."""
    lines = "\n".join(line.rstrip(" \t") for line in words.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n")


def tidy_pages(pages: list[str]) -> list[str]:
    """Tidy pages without those that hold nothing; at least one."""
    return [page for page in map(tidy, pages) if page.strip()] or [""]


def one_line(words: str) -> str:
    """The lines of a table's cell, one after the other."""
    return " ".join(line for raw in words.split("\n") if (line := raw.strip()))
