"""Tables whose times are labels, or that have no times: copies that the library's reader of csv files understands."""

from __future__ import annotations

import csv
import gzip
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from typing import Callable, Iterator, Mapping, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._errors import FormatError, InputError
from .._times import understood
from ._columns import TIMES, no_times, only_one

#: The name of the constant time that a table without times is given.
_NO_TIME = "time of a table without times"


class Reading(NamedTuple):
    """A csv file that the library can read.

    `path` is the file, `time` its column of times, `timed` whether it says times at all, and `notes` how these were
    understood.
    """

    path: str
    time: str | None
    timed: bool
    notes: list[str]


@contextmanager
def readable(path: str, time: str | None, time_map: Mapping[str, float] | None, needs_times: bool) -> Iterator[Reading]:
    """Give a csv file whose times are numbers: the file itself, or a copy of it that exists for as long as needed."""
    with tempfile.TemporaryDirectory() as folder:
        plain = _unpacked(path, folder)
        with open(plain, newline="", encoding="utf-8-sig", errors="surrogateescape") as file:
            delimiter = _delimiter(file.readline())
            file.seek(0)
            header = next(csv.reader(file, delimiter=delimiter), [])
        column = time if time is not None else only_one(TIMES, header)
        if column is None and not needs_times:
            copy = os.path.join(folder, "timeless.csv")
            _copy(plain, copy, delimiter, lambda head: [*head, _NO_TIME], lambda number, row: [*row, "0"])
            yield Reading(copy, _NO_TIME, False, [no_times(header)])
            return
        if column is None or column not in header:
            # The library's reader says what is wrong.
            yield Reading(plain, time, True, [])
            return
        place = header.index(column)
        labels = _column(plain, delimiter, place)
        if time_map is None and all(map(_is_number, labels)):
            yield Reading(plain, column, True, [])
            return
        numbers, note = understood(np.array(labels, dtype=object), column, _of_labels(time_map, labels))
        copy = os.path.join(folder, "numbered.csv")

        def numbered(number: int, row: list[str]) -> list[str]:
            return [*row[:place], repr(float(numbers[number])), *row[place + 1 :]]

        _copy(plain, copy, delimiter, lambda head: head, numbered)
        yield Reading(copy, column, True, [note] if note else [])


def column_of_numbers(path: str, name: str) -> NDArray[np.float64]:
    """Return a column of a csv file, row by row."""
    with tempfile.TemporaryDirectory() as folder:
        plain = _unpacked(path, folder)
        with open(plain, newline="", encoding="utf-8-sig", errors="surrogateescape") as file:
            delimiter = _delimiter(file.readline())
            file.seek(0)
            header = next(csv.reader(file, delimiter=delimiter), [])
        if name not in header:
            raise InputError(f"{path!r} has no column {name!r}; it has {', '.join(map(repr, header))}")
        try:
            return np.array([float(text) for text in _column(plain, delimiter, header.index(name))])
        except ValueError as error:
            raise FormatError(f"column {name!r} of {path!r}: {error}") from None


def _unpacked(path: str, folder: str) -> str:
    """Return a path that holds what a packed file, or standard input, does."""
    copy = os.path.join(folder, "table.csv")
    if path == "-":
        with open(copy, "wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        return copy
    if not path.lower().endswith(".gz"):
        return path
    try:
        with gzip.open(path, "rb") as packed, open(copy, "wb") as file:
            shutil.copyfileobj(packed, file)
    except (gzip.BadGzipFile, EOFError) as error:
        raise FormatError(f"{path!r} is no gzip file, or cut short: {error}") from None
    return copy


def _delimiter(line: str) -> str:
    return next((mark for mark in "\t;" if mark in line), ",")


def _column(path: str, delimiter: str, place: int) -> list[str]:
    with open(path, newline="", encoding="utf-8-sig", errors="surrogateescape") as file:
        rows = csv.reader(file, delimiter=delimiter)
        next(rows)
        return [row[place].strip() if place < len(row) else "" for row in rows if row]


def _copy(
    path: str,
    copy: str,
    delimiter: str,
    head: Callable[[list[str]], list[str]],
    body: Callable[[int, list[str]], list[str]],
) -> None:
    """Write a csv file anew, with another head and other rows."""
    with open(path, newline="", encoding="utf-8-sig", errors="surrogateescape") as file:
        with open(copy, "w", newline="", encoding="utf-8", errors="surrogateescape") as changed:
            rows = csv.reader(file, delimiter=delimiter)
            writer = csv.writer(changed, delimiter=delimiter, lineterminator="\n")
            writer.writerow(head(next(rows)))
            writer.writerows(body(number, row) for number, row in enumerate(row for row in rows if row))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _of_labels(time_map: Mapping[str, float] | None, labels: list[str]) -> dict[str, float] | None:
    """Return a map that has numbers by every way in which the file writes them: 1 is 1.0."""
    if time_map is None:
        return None
    found = dict(time_map)
    by_number = {float(name): value for name, value in time_map.items() if _is_number(name)}
    for label in set(labels) - set(found):
        if _is_number(label) and float(label) in by_number:
            found[label] = by_number[float(label)]
    return found
