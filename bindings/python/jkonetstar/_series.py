"""Series of snapshots as they are read: the handle of one, and what it holds."""

from __future__ import annotations

from ctypes import POINTER, c_int64, pointer
from typing import Any, Iterator, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from . import _abi, _arrays
from ._handles import go_with
from ._library import address, check, lib

Self = TypeVar("Self", bound="Series")


class Snapshot(NamedTuple):
    """One observed population.

    Attributes
    ----------
    time : float
    points : ndarray of shape (n, d)
    weights : ndarray of shape (n,)
        Not negative, with sum 1.
    rows : ndarray of int64, shape (n,)
        Which row of the original data each particle is, also after `split` and `shuffle`: of all rows together where
        particles were pooled, of its own snapshot where snapshots were given one by one. ``adata.obs.iloc[rows]`` are
        the cells of an AnnData object whose coordinates were passed to `Snapshots`.

    Examples
    --------
    >>> import numpy as np
    >>> import jkonetstar as jk
    >>> cells = np.array([[0.5], [1.5], [2.5], [3.5]])
    >>> train, test = jk.Snapshots(cells, time=[1, 0, 1, 0]).split(by="times")
    >>> bool((cells[test[1].rows] == test[1].points).all())
    True
    """

    time: float
    points: NDArray[np.float64]
    weights: NDArray[np.float64]
    rows: NDArray[np.int64]


class Series:
    """Owns a `jko_snapshots`; a sequence of `Snapshot`."""

    _names: tuple[str, ...] | None = None

    @property
    def handle(self) -> int:
        """The address of the `jko_snapshots` in this process, for C and C++ programs that embed Python.

        It is valid as long as this object lives, and must not be destroyed.
        """
        return address(self._handle)

    @property
    def times(self) -> NDArray[np.float64]:
        """The times of the snapshots, shape (len(self),)."""
        return np.array([lib.jko_snapshots_time(self._handle, k) for k in range(len(self))])

    @property
    def sizes(self) -> list[int]:
        """The number of particles in each snapshot."""
        return [lib.jko_snapshots_size(self._handle, k) for k in range(len(self))]

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return int(lib.jko_snapshots_dimension(self._handle))

    @property
    def names(self) -> tuple[str, ...] | None:
        """The names of the coordinates, as the columns of a table or csv; None where they have none."""
        return self._names

    def to_arrays(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return the series as pooled arrays, ordered by time.

        Returns
        -------
        X : ndarray of shape (n, d)
        time : ndarray of shape (n,)
        weights : ndarray of shape (n,)
            With sum 1 in each snapshot.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> X, time, weights = jk.Snapshots([[2.0], [1.0], [0.0]], time=[1, 0, 0]).to_arrays()
        >>> X[:, 0], time, weights
        (array([1., 0., 2.]), array([0., 0., 1.]), array([0.5, 0.5, 1. ]))
        """
        snapshots = list(self)
        if not snapshots:
            return np.empty((0, self.dimension)), np.empty(0), np.empty(0)
        return (
            np.concatenate([snapshot.points for snapshot in snapshots]),
            np.repeat(self.times, self.sizes),
            np.concatenate([snapshot.weights for snapshot in snapshots]),
        )

    def __len__(self) -> int:
        return int(lib.jko_snapshots_count(self._handle))

    def __getitem__(self, k: int) -> Snapshot:
        count = len(self)
        try:
            index = _arrays.integer(k, "index", -count, count - 1) % count
        except ValueError:
            raise IndexError(f"snapshot {k} of {count}") from None
        size = lib.jko_snapshots_size(self._handle, index)
        points = _arrays.output(size, self.dimension)
        weights = _arrays.output(size)
        rows = np.empty(size, np.int64)
        check(lib.jko_snapshots_points(self._handle, index, _arrays.view(points)))
        check(lib.jko_snapshots_weights(self._handle, index, _arrays.view(weights)))
        check(lib.jko_snapshots_rows(self._handle, index, rows.ctypes.data_as(POINTER(c_int64))))
        return Snapshot(lib.jko_snapshots_time(self._handle, index), points, weights, rows)

    def __iter__(self) -> Iterator[Snapshot]:
        return (self[k] for k in range(len(self)))

    def __repr__(self) -> str:
        dimension = _arrays.plural(self.dimension, "dimension")
        if self._names is not None:
            shown = ", ".join(repr(name) for name in self._names[:4])
            dimension += f" ({shown}{', ...' if len(self._names) > 4 else ''})"
        if not len(self):
            return f"Snapshots(0 snapshots in {dimension})"
        low, high = min(self.sizes), max(self.sizes)
        sizes = _arrays.plural(low, "particle") if low == high else f"{low:,} to {high:,} particles"
        first, last = self.times[[0, -1]]
        times = f"time {first:g}" if len(self) == 1 else f"times {first:g} to {last:g}"
        return f"Snapshots({_arrays.plural(len(self), 'snapshot')} of {sizes} in {dimension}, {times})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restored, (type(self), self.dimension, [tuple(snapshot) for snapshot in self], self._names))

    def _create(self, call: Any, path: Any = None, **names: str) -> None:
        handle = POINTER(_abi.Snapshots)()
        check(call(pointer(handle)), path, **names)
        self._own(handle)

    def _own(self, handle: Any) -> None:
        self._handle = handle
        go_with(self, handle, "jko_snapshots_destroy")

    def _set_rows(self, k: int, rows: NDArray[np.int64]) -> None:
        check(lib.jko_snapshots_set_rows(self._handle, k, rows.ctypes.data_as(POINTER(c_int64))))

    @classmethod
    def _made(cls: type[Self], call: Any, path: Any = None) -> Self:
        series = cls.__new__(cls)
        series._create(call, path)
        return series

    @classmethod
    def _adopt(cls: type[Self], handle: Any, names: tuple[str, ...] | None) -> Self:
        series = cls.__new__(cls)
        series._own(handle)
        series._names = names
        return series


def _restored(
    kind: type[Self],
    dimension: int,
    snapshots: list[tuple[float, NDArray[Any], NDArray[Any], NDArray[np.int64]]],
    names: tuple[str, ...] | None,
) -> Self:
    """Return the series that was pickled."""
    series = kind._made(lambda out: lib.jko_snapshots_create_empty(dimension, out))
    series._names = names
    for k, (time, points, weights, rows) in enumerate(snapshots):
        check(lib.jko_snapshots_append(series._handle, _arrays.view(points), time, _arrays.view(weights)))
        series._set_rows(k, rows)
    return series
