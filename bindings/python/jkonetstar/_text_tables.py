"""Tables of text that the library does not read itself: times that are labels, and compressed files."""

from __future__ import annotations

import csv
import gzip
import os
import re
import zlib
from contextlib import contextmanager
from itertools import chain
from os import PathLike
from typing import Any, Iterable, Iterator, Mapping, Sequence, TextIO

from . import _abi
from ._columns import TIMES, Columns, quoted
from ._errors import FormatError, exception
from ._frames import NO_NUMBERS
from ._gathering import Gathered
from ._text_cells import Cells, number

#: A line longer than this is that of no table.
_LINE_LIMIT = 1 << 24
_DECIMAL_COMMA = re.compile(r"\s*[-+]?\d+,\d+\s*")

Row = tuple[int, list[str]]


def is_text(path: str | PathLike[str]) -> bool:
    """Whether a path is called as tables of text are."""
    return os.fspath(path).lower().endswith((".csv", ".tsv", ".csv.gz", ".tsv.gz"))


def is_compressed(path: str | PathLike[str]) -> bool:
    """Whether a path is called as a table is that only Python reads."""
    return os.fspath(path).lower().endswith((".csv.gz", ".tsv.gz"))


class TextTable:
    """A csv or tsv, also compressed by gzip, whose rows are read one after the other."""

    def __init__(self, path: str | PathLike[str]) -> None:
        self._path = path
        self._where = f'"{os.fspath(path)}"'
        self._separator = ","

    def read(
        self,
        points: Sequence[str] | None,
        time: str | None,
        weights: str | None,
        time_map: Mapping[Any, float] | None,
        with_time: bool = True,
    ) -> Gathered:
        """Return the particles of the table, by the rules of `StoredSeries.load`; all at time 0 without `with_time`."""
        with self._rows() as (names, rows):
            first = next(rows, None)
            if first is None:
                raise FormatError(f"{self._where} has no rows below its header")
            kinds = [None if number(cell) is not None else NO_NUMBERS for cell in first[1]]
            columns = Columns(names, kinds, self._where, FormatError)
            shown = range(len(names)) if points is None else [j for j, name in enumerate(names) if name in points]
            refusal = self._lost_header(names, time) or self._decimal_comma(names, first, shown)
            if refusal is not None:
                raise refusal
            choice = columns.chosen(points, time, weights, with_time)
            cells = Cells(names, self._where, choice)
            cells.take(chain([first], rows))
        found = cells.gathered(time_map)
        if points is None:
            columns.refuse_counts(found.points, choice.points)
        return found

    def names_without_times(self) -> list[str] | None:
        """Return the names of the columns, if none of them is a usual name for times."""
        with self._rows() as (names, _):
            return None if any(name.lower() in TIMES for name in names) else names

    def has_labels(self, time: str | None) -> bool:
        """Whether the times of a table that the library refused are labels, which `read` understands.

        Raise what makes it no table where the library cannot say it as well.
        """
        refusal, labels = None, False
        try:
            with self._rows() as (names, rows):
                first = next(rows)
                refusal = self._lost_header(names, time) or self._decimal_comma(names, first, range(len(names)))
                places = [
                    j for j, name in enumerate(names) if (name.lower() in TIMES if time is None else name == time)
                ]
                if refusal is None and len(places) == 1:
                    labels = any(number(cells[places[0]]) is None for _, cells in chain([first], rows))
        except (FormatError, StopIteration):
            pass  # What the library has said of the table is as good.
        if refusal is not None:
            raise refusal
        return labels

    def refuse_decimal_commas(self) -> None:
        """Refuse a table whose first row has decimal commas, so that its columns seem to be text."""
        with self._rows() as (names, rows):
            first = next(rows, None)
            refusal = None if first is None else self._decimal_comma(names, first, range(len(names)))
        if refusal is not None:
            raise refusal

    def _decimal_comma(self, names: Sequence[str], row: Row, places: Iterable[int]) -> FormatError | None:
        line, cells = row
        for j in places:
            if _DECIMAL_COMMA.fullmatch(cells[j]):
                option = 'thousands=","' if self._separator == "," else f'sep={self._separator!r}, decimal=","'
                return FormatError(
                    f'{self._where}: line {line}, column "{names[j]}": "{cells[j]}" has a comma; the decimal mark is a '
                    f"point. Pass pandas.read_csv(path, {option}) to Snapshots instead"
                )
        return None

    def _lost_header(self, names: Sequence[str], time: str | None) -> FormatError | None:
        if time in names or any(name.lower() in TIMES for name in names):
            return None
        found = next((name for name in names if number(name) is not None and not name.lstrip("-+").isdigit()), None)
        if found is None:
            return None
        return FormatError(f"{self._where} has no header line: it begins with {quoted(names)}; columns need names")

    @contextmanager
    def _rows(self) -> Iterator[tuple[list[str], Iterator[Row]]]:
        """Open the table; give the names of its columns, and its rows with the numbers of their lines."""
        try:
            with self._opened() as stream:
                lines = self._lines(stream)
                first = next(lines, "")
                separator = max(",;\t", key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))
                self._separator = separator
                reader = csv.reader(chain([first], lines), delimiter=separator, skipinitialspace=True, strict=True)
                names = [name.strip() for name in next(reader, [])]
                if not names:
                    raise FormatError(f"{self._where} has no header line")
                if len(set(names)) < len(names):
                    twice = next(name for name in names if names.count(name) > 1)
                    raise FormatError(f'{self._where}: two columns are named "{twice}"')
                yield names, self._whole(reader, len(names))
        except UnicodeDecodeError:
            raise FormatError(f"{self._where} is not text in UTF-8; save it as UTF-8") from None
        except csv.Error as error:
            cut = "end of data" in str(error)
            raise FormatError(
                f"{self._where} {'has a quote that is not closed' if cut else f'is no table: {error}'}"
            ) from None
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise FormatError(f"{self._where} is damaged: {error}") from None
        except OSError as error:
            if error.errno is None:
                raise
            message = f"path = {self._where} could not be opened: {os.strerror(error.errno)}"
            raise exception(_abi.STATUS["eio"], message, self._path) from None

    def _opened(self) -> TextIO:
        if is_compressed(self._path):
            return gzip.open(self._path, "rt", encoding="utf-8-sig", newline="")
        return open(self._path, encoding="utf-8-sig", newline="")

    def _lines(self, stream: TextIO) -> Iterator[str]:
        while line := stream.readline(_LINE_LIMIT):
            if len(line) == _LINE_LIMIT:
                raise FormatError(f"{self._where} is no table: a line has {_LINE_LIMIT:,} characters or more")
            yield line

    def _whole(self, reader: Any, width: int) -> Iterator[Row]:
        """Give rows that have as many cells as the header; only empty lines at the end are none."""
        empty = None
        for cells in reader:
            if not cells:
                empty = empty or reader.line_num
                continue
            line = reader.line_num if empty is None else empty
            if len(cells) != width or empty is not None:
                count = 0 if empty is not None else len(cells)
                raise FormatError(f"{self._where}: line {line} has {count} cells; the header has {width}")
            yield line, cells
