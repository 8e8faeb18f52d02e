"""Series of snapshots as they are read: the handle of one, and what it holds."""

from __future__ import annotations

from ctypes import POINTER, c_int64, pointer
from types import MappingProxyType
from typing import Any, Iterator, Mapping, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from . import _abi, _arrays
from ._asked_times import asked_time, place_of
from ._gathering import Gathered
from ._handles import go_with
from ._library import address, check, lib
from ._time_labels import LABELS, TimeLabels

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
    index : ndarray of shape (n,) or None
        What the rows are called in the pandas frame that they came from, in the same order; else None.

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
    index: NDArray[Any] | None = None  # type: ignore[assignment]  # a snapshot is no tuple to search in


class Series:
    """Owns a `jko_snapshots`; a sequence of `Snapshot`."""

    _names: tuple[str, ...] | None = None
    #: How the times were written, where they were no numbers.
    _time_labels: TimeLabels | None = None
    # By time, because times stay when snapshots are left out; of pooled rows, the same labels at each.
    _index: Mapping[float, NDArray[Any]] = MappingProxyType({})
    # How the rows were made of something else, for what goes back to it: a fitted model takes it over.
    _origin: object = None

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
        """The names of the coordinates: columns of a csv or of a data frame; None where they have none."""
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
        check(lib.jko_snapshots_points(self._handle, index, _arrays.view(points)))
        check(lib.jko_snapshots_weights(self._handle, index, _arrays.view(weights)))
        rows, time = self._rows(index), lib.jko_snapshots_time(self._handle, index)
        labels = self._index.get(time)
        return Snapshot(time, points, weights, rows, None if labels is None else labels[rows])

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
        snapshots = [tuple(snapshot)[:4] for snapshot in self]
        about = self._names, dict(self._index), self._time_labels, self._origin
        return (_restored, (type(self), self.dimension, snapshots, *about))

    def _create(self, call: Any, path: Any = None, **names: str) -> None:
        handle = POINTER(_abi.Snapshots)()
        check(call(pointer(handle)), path, **names)
        self._own(handle)

    def _own(self, handle: Any) -> None:
        self._handle = handle
        go_with(self, handle, "jko_snapshots_destroy")

    def _pool(self, found: Gathered, time_tolerance: Any = None) -> None:
        """Make the series of pooled particles."""
        points, times, masses = map(_arrays.view, (found.points, found.times, found.masses))
        create, tolerance = lib.jko_snapshots_create, list[float]()
        if time_tolerance is not None:
            create, tolerance = lib.jko_snapshots_create_within, [_arrays.real(time_tolerance, "time_tolerance")]
        self._create(lambda out: create(points, times, masses, *tolerance, out), points="X", times="time")
        self._name(found.names)
        self._time_labels = found.time_labels
        labels, times_of = found.labels, self.times
        if not found.one_by_one:
            self._index = {} if labels is None else dict.fromkeys(times_of.tolist(), labels)
            return
        self._index = {}
        for k, size in enumerate(self.sizes):
            if labels is not None:
                self._index[float(times_of[k])] = labels[self._rows(k)]
            self._set_rows(k, np.arange(size, dtype=np.int64))

    def _place(self, k: Any, name: str = "k") -> Any:
        """Return which snapshot a label of its time means; a number as it is."""
        if not isinstance(k, LABELS):
            return k
        return place_of(asked_time(k, name, self._time_labels), self.times, name, self._time_labels, k)

    def _name(self, names: tuple[str, ...] | None) -> None:
        """Name the coordinates, in the library too, whose model files keep the names."""
        self._names = names
        for j, name in enumerate(names or ()):
            check(lib.jko_snapshots_set_coordinate_name(self._handle, j, name.encode()))

    def _rows(self, k: int) -> NDArray[np.int64]:
        rows = np.empty(lib.jko_snapshots_size(self._handle, k), np.int64)
        check(lib.jko_snapshots_rows(self._handle, k, rows.ctypes.data_as(POINTER(c_int64))))
        return rows

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

    def _named_as(self: Self, other: Series) -> Self:
        """Return the series, whose coordinates, rows and times are called as those of another one, of its origin."""
        self._names, self._index, self._time_labels = other._names, dict(other._index), other._time_labels
        self._origin = other._origin
        return self


def _restored(
    kind: type[Self],
    dimension: int,
    snapshots: list[tuple[float, NDArray[Any], NDArray[Any], NDArray[np.int64]]],
    names: tuple[str, ...] | None,
    index: Mapping[float, NDArray[Any]] = MappingProxyType({}),
    time_labels: TimeLabels | None = None,
    origin: object = None,
) -> Self:
    """Return the series that was pickled."""
    series = kind._made(lambda out: lib.jko_snapshots_create_empty(dimension, out))
    series._name(names)
    series._index, series._time_labels, series._origin = dict(index), time_labels, origin
    for k, (time, points, weights, rows) in enumerate(snapshots):
        check(lib.jko_snapshots_append(series._handle, _arrays.view(points), time, _arrays.view(weights)))
        series._set_rows(k, rows)
    return series
