"""Cells of a table of text on their way to arrays."""

from __future__ import annotations

import math
from itertools import chain, islice
from operator import itemgetter
from typing import Any, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from . import _notices
from ._columns import Choice, listed_names
from ._errors import FormatError, InputError
from ._gathering import Gathered, times_of
from ._time_labels import TimeLabels

_ROWS_AT_ONCE = 1024


def number(cell: str) -> float | None:
    """Return the number that a cell holds; None where it is not written as one."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


class Cells:
    """Takes the chosen columns of rows of text.

    Parameters
    ----------
    names : sequence of str
        Of all columns.
    where : str
        What messages call the table.
    choice : Choice
    """

    def __init__(self, names: Sequence[str], where: str, choice: Choice) -> None:
        self._names, self._where, self._choice = names, where, choice
        self._numeric = [*choice.points, *([] if choice.weights is None else [choice.weights])]
        left_out = {name for name, reason in choice.omitted if reason != "index"}
        self._text = [j for j, name in enumerate(names) if name in left_out]
        self._parts: list[NDArray[np.float64]] = []
        self._times: list[str] = []
        self._lines: list[int] = []
        self._first: tuple[int, list[str]] | None = None

    def take(self, rows: Iterator[tuple[int, list[str]]]) -> None:
        """Take rows to the last."""
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            self._first = self._first or some[0]
            self._lines += [line for line, _ in some]
            at = self._choice.time
            self._times += [cells[at] for _, cells in some] if at is not None else []
            for j in self._text:
                self._require_text(j, some)
            self._parts.append(self._numbers(some))

    def gathered(self, time_map: Mapping[Any, float] | None) -> Gathered:
        """Return the particles."""
        moments, labels = self._moments(time_map)
        if self._choice.omitted:
            _notices.omitted(self._choice.told(), self._where)
        numbers, width = np.concatenate(self._parts), len(self._choice.points)
        weights = None if self._choice.weights is None else numbers[:, width]
        names = tuple(self._names[j] for j in self._choice.points)
        told = listed_names(names)
        _notices.note(f"{self._where}: coordinates from {told}")
        return Gathered(numbers[:, :width], moments, weights, names, time_labels=labels)

    def _numbers(self, rows: Sequence[tuple[int, list[str]]]) -> NDArray[np.float64]:
        columns = self._numeric
        chosen = itemgetter(*columns, columns[0])  # Of two columns or more, a tuple.
        some = list(chain.from_iterable(chosen(cells) for _, cells in rows))
        try:
            if "_" in "".join(some):  # Python reads 1_000, which other programs do not write for a number.
                raise ValueError
            found = np.array(list(map(float, some))).reshape(len(rows), len(columns) + 1)
        except ValueError:
            line, cells, j = next((*row, j) for row in rows for j in columns if number(row[1][j]) is None)
            raise FormatError(self._no_number(line, j, cells[j])) from None
        finite = np.isfinite(found)
        if not finite.all():
            row, column = (int(place[0]) for place in np.nonzero(~finite[:, :-1]))
            cell = rows[row][1][columns[column]]
            raise InputError(f'{self._place(rows[row][0], columns[column])}: "{cell}" is not finite', "JKO_ENONFINITE")
        return found[:, :-1]

    def _require_text(self, j: int, rows: Sequence[tuple[int, list[str]]]) -> None:
        """Refuse a column that is left out as text for its first cell, and holds a number in another."""
        if self._first is not None and any(number(cells[j]) is not None for _, cells in rows):
            line, cells = self._first
            raise FormatError(self._no_number(line, j, cells[j]))

    def _moments(self, time_map: Mapping[Any, float] | None) -> tuple[NDArray[Any], TimeLabels | None]:
        """Return the times: numbers where all are, else what is understood of them."""
        at = self._choice.time
        if at is None:
            return np.zeros(len(self._lines)), None
        labels = [label.strip() for label in self._times]
        known = {label: number(label) for label in set(labels)}
        if time_map is None and all(value is not None and math.isfinite(value) for value in known.values()):
            return np.array([known[label] for label in labels], dtype=np.float64), None
        keys: list[Any] = list(labels)
        if time_map is not None:  # The map may name numbers as numbers.
            keys = [label if label in time_map or known[label] not in time_map else known[label] for label in labels]
        return times_of(keys, time_map, f'column "{self._names[at]}"', lambda row: self._place(self._lines[row], at))

    def _place(self, line: int, j: int) -> str:
        return f'{self._where}: line {line}, column "{self._names[j]}"'

    def _no_number(self, line: int, j: int, cell: str) -> str:
        place = self._place(line, j)
        return f"{place} is empty" if not cell.strip() else f'{place}: "{cell}" is not a number'
