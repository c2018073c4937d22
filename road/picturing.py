"""Confusion matrices and the reliability diagram as SVG: text, so that a changed model shows in the history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from classifier.model.training import Judged

CELL = 34
MARGIN = 170
PICTURED = ("service", "sector", "topic")


def draw(judged: Sequence[Judged], warmth: Mapping[str, float], folder: Path) -> Iterator[Path]:
    """Writes one matrix a question and one diagram for all; yields the files."""
    folder.mkdir(parents=True, exist_ok=True)
    for head in PICTURED:
        path = folder / f"confusion-{head}.svg"
        path.write_text(confusion([(j.right, j.said) for j in judged if j.head == head]), "utf-8")
        yield path
    path = folder / "reliability.svg"
    points = {head: bins([j for j in judged if j.head == head], warmth.get(head, 1.0)) for head in PICTURED}
    path.write_text(reliability(points), "utf-8")
    yield path


def confusion(pairs: Sequence[tuple[str, str]]) -> str:
    """Rows: what is right. Columns: what was said. Darker: a larger share of the row."""
    labels = sorted({label for pair in pairs for label in pair})
    counts, rows = Counter(pairs), Counter(right for right, _ in pairs)
    size = MARGIN + CELL * len(labels) + 10
    body = []
    for y, right in enumerate(labels):
        top = MARGIN + y * CELL
        body.append(_text(MARGIN - 6, top + CELL * 0.65, right, "end"))
        for x, said in enumerate(labels):
            share = counts[right, said] / rows[right] if rows[right] else 0.0
            left = MARGIN + x * CELL
            colour = f"rgb({round(255 - 215 * share)},{round(255 - 150 * share)},255)"
            body.append(f'<rect x="{left}" y="{top}" width="{CELL}" height="{CELL}" fill="{colour}" stroke="#ccc"/>')
            if counts[right, said]:
                ink = "#fff" if share > 0.6 else "#000"
                body.append(_text(left + CELL / 2, top + CELL * 0.65, str(counts[right, said]), "middle", ink))
    for x, said in enumerate(labels):
        place = MARGIN + x * CELL + CELL * 0.65
        body.append(f'<g transform="translate({place},{MARGIN - 6}) rotate(-60)">{_text(0, 0, said, "start")}</g>')
    return _svg(size, size, body)


def bins(judged: Sequence[Judged], warmth: float) -> list[tuple[float, float, int]]:
    """(mean confidence, share right, letters) by tenths of confidence, after calibration."""
    rows: dict[int, list[tuple[float, bool]]] = {}
    for one in judged:
        powers = {label: max(p, 1e-12) ** (1 / warmth) for label, p in one.probabilities.items()}
        sure = powers[one.said] / sum(powers.values())
        rows.setdefault(min(9, int(sure * 10)), []).append((sure, one.said == one.right))
    return [
        (sum(c for c, _ in found) / len(found), sum(r for _, r in found) / len(found), len(found))
        for _, found in sorted(rows.items())
    ]


def reliability(points: Mapping[str, Sequence[tuple[float, float, int]]]) -> str:
    """Said against true: on the diagonal a probability means what it says. A dot's area is its number of letters."""
    side, left, top = 360, 60, 20
    colours = dict(zip(points, ("#1f5fbf", "#2a8a3e", "#b5541c"), strict=False))
    body = [
        f'<rect x="{left}" y="{top}" width="{side}" height="{side}" fill="#fff" stroke="#999"/>',
        f'<line x1="{left}" y1="{top + side}" x2="{left + side}" y2="{top}" stroke="#999" stroke-dasharray="4"/>',
    ]
    for number, (head, found) in enumerate(points.items()):
        body.append(_text(left + 12, top + 20 + 18 * number, head, "start", colours[head]))
        for sure, right, letters in found:
            x, y = left + side * sure, top + side * (1 - right)
            body.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{2 + letters**0.5 / 2:.1f}" fill="{colours[head]}" '
                f'fill-opacity="0.6"/>'
            )
    for tenth in range(0, 11, 2):
        body.append(_text(left + side * tenth / 10, top + side + 16, f"{tenth / 10:.1f}", "middle"))
        body.append(_text(left - 6, top + side * (1 - tenth / 10) + 4, f"{tenth / 10:.1f}", "end"))
    body.append(_text(left + side / 2, top + side + 34, "confidence", "middle"))
    body.append(_text(left, top - 6, "share right", "middle"))
    return _svg(left + side + 20, top + side + 44, body)


def _text(x: float, y: float, words: str, anchor: str, colour: str = "#000") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'


def _svg(width: float, height: float, body: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif"'
    inside = "\n".join(body)
    return f'{head} font-size="12">\n<rect width="100%" height="100%" fill="#fff"/>\n{inside}\n</svg>\n'
