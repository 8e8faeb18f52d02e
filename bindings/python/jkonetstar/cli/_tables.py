"""Tables that `Snapshots.load` does not read: those on standard input, and those without times."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from typing import Iterator

import numpy as np
from numpy.typing import NDArray

from .._errors import FileError, FormatError, InputError
from .._series_files import columns_of
from .._text_tables import TextTable, is_text
from ..snapshots import Snapshots


@contextmanager
def on_disk(path: str) -> Iterator[str]:
    """Give a table as a file: the file itself, or a copy of standard input, by whose name messages do not call it."""
    if path != "-":
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "standard input.csv")
        with open(copy, "wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        try:
            yield copy
        except (FileError, FormatError, InputError) as error:
            raise type(error)(str(error).replace(copy, path), error.status) from None


def names_without_times(path: str) -> list[str] | None:
    """Return the names of the columns of a table that has none of times; None where it has, or is no table."""
    return TextTable(path).names_without_times() if is_text(path) else None


def timeless(path: str, points: str | None, weights: str | None) -> Snapshots:
    """Return the particles of a table without times as a single snapshot."""
    series = Snapshots.__new__(Snapshots)
    chosen = None if points is None else columns_of(points)
    series._pool(TextTable(path).read(chosen, None, weights, None, with_time=False))
    return series


def column_of_numbers(path: str, name: str) -> NDArray[np.float64]:
    """Return a column of a table, row by row."""
    with on_disk(path) as place:
        found = TextTable(place).read([name], None, name, None, with_time=False)
    return np.asarray(found.points[:, 0])
