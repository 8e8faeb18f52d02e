"""Figures as a table of plain text."""

from __future__ import annotations

from typing import Iterable, Mapping, Sequence


def as_table(corner: str, rows: Sequence[str], columns: Mapping[str, Iterable[float]]) -> str:
    """Return figures of three digits below the names of their columns, behind the names of their rows."""
    cells = [[name, *(f"{value:.3g}" for value in values)] for name, values in columns.items()]
    widths = [max(7, *map(len, column)) for column in cells]
    first = max(map(len, [corner, *rows]))
    lines = []
    for k, name in enumerate([corner, *rows]):
        figures = "  ".join(column[k].rjust(width) for column, width in zip(cells, widths))
        lines.append(f"{name:<{first}}  {figures}")
    return "\n".join(lines)
