"""Data frames of pandas and polars as this package reads them: columns by place, numbers as one matrix."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np
from numpy.typing import NDArray

from . import _arrays
from ._errors import InputError

#: Why a column is not taken for coordinates, where its cells say so.
NO_NUMBERS, TRUTH, CATEGORIES, MOMENTS = "no numbers", "truth values", "categories", "dates or durations"


#: What is to be done with cells of scanpy.
OF_CELLS = (
    "jkonetstar.sc.snapshots(adata, time_key=..., use_rep=...) makes snapshots of it, and jkonetstar.sc.fit a model"
)


def is_anndata(X: Any) -> bool:
    """Whether something is an AnnData object; anndata is not imported for that."""
    return hasattr(X, "obsm") and hasattr(X, "obs_names")


def is_frame(X: Any) -> bool:
    """Whether something is a data frame; neither library is imported for that."""
    if type(X).__name__ == "LazyFrame":
        raise TypeError("X is a LazyFrame, which has no rows yet; pass X.collect()")
    return hasattr(X, "columns") and hasattr(X, "to_numpy") and (hasattr(X, "iloc") or hasattr(X, "to_series"))


class Frame:
    """A data frame of either library.

    Parameters
    ----------
    table : DataFrame of pandas or polars
    called : str
        What messages call it.
    """

    def __init__(self, table: Any, called: str = "X") -> None:
        self._table, self.called = table, called
        #: The columns' labels as they are, such as integers.
        self.labels: list[Any] = list(table.columns)
        #: The same as text.
        self.columns = [str(label) for label in self.labels]

    def __len__(self) -> int:
        return len(self._table)

    @property
    def index(self) -> NDArray[Any] | None:
        """The labels of the rows; polars has none."""
        return np.asarray(self._table.index) if hasattr(self._table, "index") else None

    @property
    def kinds(self) -> list[str | None]:
        """Why each column cannot be taken for coordinates; None for columns of numbers."""
        return [self._kind(j) for j in range(len(self.columns))]

    def column(self, j: int) -> Any:
        """Return a column, as an object of the library."""
        return self._table.iloc[:, j] if hasattr(self._table, "iloc") else self._table.to_series(j)

    def matrix(self, chosen: Sequence[int]) -> NDArray[Any]:
        """Return columns of finite numbers, the given memory itself where the library allows it.

        Of float32 throughout, they stay float32; anything else becomes float64.
        """
        found = self._matrix(list(chosen))
        finite = np.isfinite(found)
        if not finite.all():
            row, j = (int(place[0]) for place in np.nonzero(~finite))
            cell = found[row, j]
            state = ": the value is missing" if np.isnan(cell) else f" = {cell:g} is not finite"
            raise InputError(f"{self.place(row, chosen[j])}{state}; drop the row or fill the cell", "JKO_ENONFINITE")
        return found

    def place(self, row: int, j: int) -> str:
        """Return what messages call a cell."""
        index = self.index
        label = "" if index is None or index[row] == row else f" ({index[row]!s})"
        return f'{self.called}: row {row}{label}, column "{self.columns[j]}"'

    def _matrix(self, chosen: list[int]) -> NDArray[Any]:
        dtypes = [self._dtype(j) for j in chosen]
        if all(isinstance(dtype, np.dtype) and dtype.kind in "iuf" for dtype in dtypes):
            if chosen == list(range(chosen[0], chosen[-1] + 1)):  # pandas copies columns that a list names
                return _arrays.numbers(self._table.iloc[:, chosen[0] : chosen[-1] + 1].to_numpy(), self.called)
            return _arrays.numbers(self._table.iloc[:, chosen].to_numpy(), self.called)
        columns = [self._numbers(j) for j in chosen]
        single = all(column.dtype == np.float32 for column in columns)
        found = np.empty((len(self), len(columns)), np.float32 if single else np.float64, "F")
        for j, column in enumerate(columns):
            found[:, j] = column
        return found

    def _numbers(self, j: int) -> NDArray[Any]:
        """Return the numbers of one column, not a number where one is missing."""
        column = self.column(j)
        kind = self._kind(j)
        if kind is not None:
            raise TypeError(f'{self.called} must hold numbers, but column "{self.columns[j]}" holds {kind}')
        if hasattr(column, "isna") and not isinstance(column.dtype, np.dtype):
            return np.asarray(column.to_numpy(dtype=_real(str(column.dtype)), na_value=np.nan))
        array = np.asarray(column.to_numpy())
        if array.dtype.kind != "O":
            return _arrays.numbers(array, self.columns[j])
        numbers = np.array([np.nan if _absent(cell) else cell for cell in array.tolist()], dtype=object)
        for row, cell in enumerate(numbers):
            if isinstance(cell, (str, bytes)):
                raise TypeError(f"{self.place(row, j)} = {cell!r} is no number, though others of this column are")
        return _arrays.numbers(numbers, f'{self.called}, column "{self.columns[j]}"')

    def _dtype(self, j: int) -> Any:
        return getattr(self.column(j), "dtype", None)

    def _kind(self, j: int) -> str | None:
        dtype = self._dtype(j)
        name = str(dtype).lower()
        if name.startswith(("bool", "sparse[bool")):
            return TRUTH
        if name.startswith(("category", "categorical", "enum", "dictionary")):
            return CATEGORIES
        if name.startswith(("datetime", "timedelta", "date", "duration", "time", "period")):
            return MOMENTS
        if name.startswith(("str", "large_string", "utf8", "null", "interval", "list", "struct", "array", "binary")):
            return NO_NUMBERS
        if name == "object":
            cells = [cell for cell in self.column(j).to_numpy().tolist() if not _absent(cell)]
            return None if any(not isinstance(cell, (str, bytes)) for cell in cells) else NO_NUMBERS
        return None


def _real(name: str) -> type[np.floating[Any]]:
    return np.float32 if name.lower().startswith(("float32", "sparse[float32", "float[")) else np.float64


def _absent(cell: Any) -> bool:
    return cell is None or type(cell).__name__ == "NAType" or (isinstance(cell, float) and cell != cell)
