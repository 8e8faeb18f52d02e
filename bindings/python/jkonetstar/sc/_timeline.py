"""When the cells of an AnnData object were taken, as numbers, and the labels that stand for these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

import numpy as np
from numpy.typing import NDArray

from .. import _arrays, _notices
from .._asked_times import asked_time
from .._errors import InputError
from .._times import understood
from . import _cells

if TYPE_CHECKING:
    from anndata import AnnData

#: Times that differ by no more than this part of their span are the same, as in `Snapshots`.
_ROUNDING = 1e-9


class Timeline:
    """The time of each cell, NaN where it has none."""

    def __init__(
        self, adata: AnnData, time_key: str, time_map: Mapping[Any, float] | None = None, tell: bool = False
    ) -> None:
        column = _cells.column(adata, time_key, "time_key")
        known = column.notna().to_numpy()
        if not known.any():
            raise InputError(f"time_key = {time_key!r}: no cell has a time in adata.obs[{time_key!r}]")
        values = column[known]
        self.numbers: NDArray[np.float64] = np.full(len(column), np.nan)
        self.numbers[known], said, self.labels = understood(values, f"obs[{time_key!r}]", time_map)
        if said is not None:
            (_notices.notice if tell else _notices.note)(said)
        self._labels: dict[Any, float] = dict(zip(values.tolist(), self.numbers[known].tolist()))
        self._time_map = time_map

    @property
    def tolerance(self) -> float:
        """By how much the same times may differ."""
        return float(_ROUNDING * np.ptp(self.numbers[np.isfinite(self.numbers)]))

    def at(self, time: float) -> NDArray[np.int64]:
        """Return the rows of the cells of a time."""
        return np.flatnonzero(np.abs(self.numbers - time) <= self.tolerance)

    def moment(self, time: Any, name: str) -> float:
        """Return the number of a time that a caller gave: a label of the cells, or a number."""
        if getattr(time, "__hash__", None) is not None and time in self._labels:
            return self._labels[time]
        if self._time_map is not None and time in self._time_map:
            return _arrays.real(self._time_map[time], f"time_map[{time!r}]")
        return asked_time(time, name, self.labels)

    def moments(self, times: Any, name: str) -> list[float]:
        """Return the numbers of one or several times that a caller gave."""
        if isinstance(times, (str, bytes)) or not np.iterable(times):
            times = [times]
        return [self.moment(time, name) for time in times]

    def label(self, time: float) -> Any:
        """Return how adata.obs writes a time, or the number where it writes it in several ways."""
        labels = [label for label, number in self._labels.items() if abs(number - time) <= self.tolerance]
        return labels[0] if len(labels) == 1 else time
