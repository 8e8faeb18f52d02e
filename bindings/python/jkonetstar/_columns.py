"""Which columns of a table are times, weights and coordinates: the rules that the library has for files, for all."""

from __future__ import annotations

from typing import Any, Iterable, NamedTuple, Sequence

import numpy as np
from numpy.typing import NDArray

from ._errors import Error, InputError

TIMES = frozenset(
    "time times t ts day days hour hours samples sample_labels labels timepoint timepoints time_point "
    "time_points".split()
)
WEIGHTS = frozenset(("weights", "weight"))
_INDEX = frozenset(("", "index", "id", "cell", "cell_id", "cellid", "barcode", "row", "rownames", "obs_names"))
_SHOWN = 8


class Choice(NamedTuple):
    """Columns by place.

    Attributes
    ----------
    points : list of int
    time, weights : int or None
    omitted : list of (str, str)
        Names of columns that are none of these and that the caller did not name, with the reason.
    """

    points: list[int]
    time: int | None
    weights: int | None
    omitted: list[tuple[str, str]]

    def told(self) -> str:
        """Return the omitted columns for a message; empty where there are none."""
        return told(f'"{name}" ({reason})' for name, reason in self.omitted)


class Columns:
    """Finds the columns of one table.

    Parameters
    ----------
    names : sequence of str
    kinds : sequence of str or None
        Why each column holds no coordinates; None for numbers.
    where : str
        What messages call the table.
    fail : type
        The exception for a table without what it must have.
    """

    def __init__(
        self, names: Sequence[str], kinds: Sequence[str | None], where: str, fail: type[Error] = InputError
    ) -> None:
        self._names, self._kinds, self._where, self._fail = names, kinds, where, fail

    def chosen(
        self, points: Sequence[str] | None, time: str | None, weights: str | None, with_time: bool = True
    ) -> Choice:
        """Return which columns are what; a time is looked for only with `with_time`."""
        at_time = self._one(time, "time", TIMES) if with_time else None
        at_weights = self._one(weights, "weights", WEIGHTS)
        if points is not None:
            return Choice([self.find(name, "points") for name in points], at_time, at_weights, [])
        taken, left_out = list[int](), list[tuple[str, str]]()
        for j, (name, kind) in enumerate(zip(self._names, self._kinds)):
            if j in (at_time, at_weights):
                continue
            if name.strip().lower() in _INDEX or name.startswith("Unnamed:"):
                left_out.append((name, "index"))
            elif kind is not None:
                left_out.append((name, kind))
            elif not with_time and name.strip().lower() in TIMES:
                left_out.append((name, "a time"))
            else:
                taken.append(j)
        choice = Choice(taken, at_time, at_weights, left_out)
        if not taken:
            raise self._fail(f"{self._where} has no coordinates: left out were {choice.told() or 'none'}")
        return choice

    def find(self, name: str, argument: str) -> int:
        """Return the place of a column that the caller named."""
        places = [j for j, other in enumerate(self._names) if other == name]
        if len(places) > 1:
            raise self._fail(f'{self._where}: two columns are named "{name}"')
        if not places:
            raise self._fail(
                f'{argument} = "{name}" is not one of the columns of {self._where}, which has columns '
                f"{quoted(self._names)}"
            )
        return places[0]

    def refuse_counts(self, matrix: NDArray[Any], places: Sequence[int]) -> None:
        """Refuse a column that numbers three or more rows, which the caller did not name as a coordinate."""
        count = len(matrix)
        for column, j in enumerate(places):
            first, last = matrix[0, column], matrix[-1, column]
            if count < 3 or first not in (0, 1) or last != first + count - 1:
                continue
            if np.array_equal(matrix[:, column], np.arange(count) + first):
                raise self._fail(
                    f'{self._where}: column "{self._names[j]}" numbers the rows from {first:g}, as an index does; '
                    "name the columns of coordinates in points"
                )

    def _one(self, name: str | None, argument: str, usual: frozenset[str]) -> int | None:
        if name is not None:
            return self.find(name, argument)
        places = [j for j, other in enumerate(self._names) if other.strip().lower() in usual]
        if len(places) > 1:
            several = quoted([self._names[j] for j in places])
            raise self._fail(
                f"{self._where} has several columns that may be the {argument}: {several}; name one in {argument}"
            )
        if not places and argument == "time":
            raise self._fail(
                f"{self._where} has no time column among its columns {quoted(self._names)}; name one in time, or call "
                "it time"
            )
        return places[0] if places else None


def quoted(names: Sequence[str]) -> str:
    """Return names for a message."""
    return told(f'"{name}"' for name in names)


def listed_names(names: Iterable[str]) -> str:
    """Return all names, for the log, which has room for them."""
    return ", ".join(f'"{name}"' for name in names)


def told(items: Iterable[str]) -> str:
    """Return the first of some items, and how many more there are."""
    items = list(items)
    more = len(items) - _SHOWN
    return ", ".join(items[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
