"""Unpaired snapshots of a population: what was observed, when, and with which weights."""

from __future__ import annotations

import os
import warnings
from ctypes import POINTER, byref, pointer, sizeof
from os import PathLike
from typing import Any, Iterator, NamedTuple, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _arrays
from ._choices import RandomState
from ._errors import InputError, OmittedColumnsWarning
from ._handles import go_with
from ._library import address, check, lib

_SPLITS = {"trajectories": _abi.SPLIT["trajectories"], "times": _abi.SPLIT["within_times"]}


class Snapshot(NamedTuple):
    """One observed population.

    Attributes
    ----------
    time : float
    points : ndarray of shape (n, d)
    weights : ndarray of shape (n,)
        Not negative, with sum 1.
    """

    time: float
    points: NDArray[np.float64]
    weights: NDArray[np.float64]


class Snapshots:
    """A series of snapshots at increasing times; a sequence of `Snapshot`.

    Snapshots may differ in size. Which particle of one became which of the next is not known and not used.

    Parameters
    ----------
    X : array_like of shape (n, d) or (snapshots, n, d)
        Pooled particles, finite, in length; or equal-sized snapshots, one after the other. A vector means n particles
        in one dimension. The values are copied.
    time : array_like of shape (n,) or (snapshots,)
        When each particle, or each snapshot, was seen, as numbers in any unit and order. Equal times form a snapshot.
    weights : array_like of shape (n,) or (snapshots, n), optional
        How much each particle counts within its snapshot: not negative, with a positive sum at each time.

    Raises
    ------
    ValueError
        If shapes disagree, a number is not finite, or the weights of a snapshot cannot be normalised.
    TypeError
        If something is no array of numbers: strings, dates, a sparse matrix.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> series = jk.Snapshots([[0.0, 0.0], [1.0, 0.0], [2.0, 1.0]], time=[0, 0, 24])
    >>> series
    Snapshots(2 snapshots of 1 to 2 particles in 2 dimensions, times 0 to 24)
    >>> series[0].points
    array([[0., 0.],
           [1., 0.]])
    >>> [snapshot.time for snapshot in series]
    [0.0, 24.0]
    """

    _names: tuple[str, ...] | None = None

    def __init__(self, X: ArrayLike, time: ArrayLike, weights: ArrayLike | None = None) -> None:
        X, time, weights = _pooled(X, time, weights)
        points = _arrays.view(_arrays.points(X, "X"))
        times = _arrays.view(_arrays.vector(time, "time"))
        masses = None if weights is None else _arrays.view(_arrays.vector(weights, "weights"))
        self._create(lambda out: lib.jko_snapshots_create(points, times, masses, out), points="X", times="time")

    @classmethod
    def empty(cls, dimension: int) -> Snapshots:
        """Return a series without snapshots, to be filled with `append`.

        Parameters
        ----------
        dimension : int
            Coordinates of a particle, 1 to 1,000,000.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> series = jk.Snapshots.empty(2)
        >>> series.append([[0.0, 1.0]], time=0.5)
        >>> len(series)
        1
        """
        count = _arrays.integer(dimension, "dimension", -(2**63), 2**63 - 1)
        return cls._made(lambda out: lib.jko_snapshots_create_empty(count, out))

    @classmethod
    def load(
        cls,
        path: str | PathLike[str],
        points: str | Sequence[str] | None = None,
        time: str | None = None,
        weights: str | None = None,
    ) -> Snapshots:
        """Read a series from a folder of npy files, an npz, a csv or tsv, or an npy of shape (snapshots, n, d).

        Parameters
        ----------
        path : str or path
        points : str or sequence of str, optional
            Name of the array in the folder or npz, by default the only one called "X", "points", "data",
            "trajectories", "coordinates", "positions" or "particles"; its shape is (n, d), (n,) or (snapshots, n, d).
            Or the names of the coordinate columns in the csv, as a list or separated by commas.
        time : str, optional
            Name of the array or column with the times; by default the only one called "time", "times", "t", "ts",
            "day", "days", "hour", "hours", "samples", "sample_labels", "labels", "timepoint", "timepoints",
            "time_point" or "time_points". Upper and lower case do not matter.
        weights : str, optional
            Name of the array or column with the weights; by default "weights" or "weight" if there is one.

        Notes
        -----
        A csv has a header line and is separated by commas, semicolons or tabs. Unless `points` names the coordinates,
        all columns are coordinates but time and weights and the following, which are left out with a warning: index
        columns (without a name, or called "Unnamed: 0" as pandas writes, "index", "id", "cell", "cell_id", "cellid",
        "barcode", "row", "rownames" or "obs_names") and columns without any number. A column in which only some cells
        are numbers is an error, and so is one that numbers the rows from 0 or 1. `names` tells which were taken.

        Returns
        -------
        Snapshots

        Raises
        ------
        OSError
            If the file cannot be read: `FileNotFoundError` if it does not exist, `PermissionError`.
        ValueError
            If it is not what its format says, or does not hold a population.
        MemoryError
            If it does not fit in memory.

        Warns
        -----
        OmittedColumnsWarning
            If columns of a csv were left out that `points` does not mention.

        Examples
        --------
        >>> import tempfile
        >>> import jkonetstar as jk
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     jk.Snapshots([[0.0], [1.0]], time=[0, 1]).save(folder)
        ...     jk.Snapshots.load(folder)
        Snapshots(2 snapshots of 1 particle in 1 dimension, times 0 to 1)
        """
        options = _abi.LoadOptions()
        check(lib.jko_load_options_init(byref(options), sizeof(options)))
        if points is not None and not isinstance(points, str):
            points = _listed(points)
        for field, name in (("points", points), ("time", time), ("weights", weights)):
            if name is not None:
                setattr(options, field, _arrays.text(name, field))
        place = _arrays.path(path)
        series = cls._made(lambda out: lib.jko_snapshots_load(place, byref(options), out), path=path)
        names = [lib.jko_snapshots_coordinate_name(series._handle, j) for j in range(series.dimension)]
        if None not in names:
            series._names = tuple(name.decode() for name in names)
        omitted = lib.jko_snapshots_omitted_columns(series._handle).decode()
        if omitted:
            message = f"columns left out of {os.fspath(path)!r}: {omitted}; name the coordinates in points to choose"
            warnings.warn(message, OmittedColumnsWarning, stacklevel=2)
        return series

    def save(self, path: str | PathLike[str]) -> None:
        """Write a folder of NumPy files, points.npy, time.npy and weights.npy, that `load` reads; names are not kept.

        Parameters
        ----------
        path : str or path
            The folder; made if it does not exist, in a folder that must exist.

        Raises
        ------
        OSError
            If it cannot be written: `FileNotFoundError` if its parent does not exist, `PermissionError`.

        Examples
        --------
        >>> import os, tempfile
        >>> import jkonetstar as jk
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     jk.Snapshots([[0.0], [1.0]], time=[0, 1]).save(folder)
        ...     sorted(os.listdir(folder))
        ['points.npy', 'time.npy', 'weights.npy']
        """
        check(lib.jko_snapshots_save(self._handle, _arrays.path(path)), path)

    def append(self, X: ArrayLike, time: float, weights: ArrayLike | None = None) -> None:
        """Add a snapshot after the last one; no other thread may be using the series meanwhile.

        Parameters
        ----------
        X : array_like of shape (n, d)
            In length.
        time : float
            Greater than the last time of the series.
        weights : array_like of shape (n,), optional
            How much each particle counts; all alike by default.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> series = jk.Snapshots([[0.0], [1.0]], time=[0, 0])
        >>> series.append([[0.5], [1.5], [2.5]], time=1)
        >>> series.sizes
        [2, 3]
        """
        points = _arrays.view(_arrays.points(X, "X"))
        masses = None if weights is None else _arrays.view(_arrays.vector(weights, "weights"))
        moment = _arrays.real(time, "time")
        check(lib.jko_snapshots_append(self._handle, points, moment, masses), points="X")

    def split(
        self, test_fraction: float = 0.5, by: str = "trajectories", random_state: RandomState = 0
    ) -> tuple[Snapshots, Snapshots]:
        """Divide the series at random into a training and a test part; both keep all times.

        Parameters
        ----------
        test_fraction : float
            Between 0 and 1, exclusive; the test part has ``round(test_fraction * n)`` particles.
        by : {"trajectories", "times"}
            "trajectories": row i of every snapshot is the same particle, and particles are divided; needs
            snapshots of equal size. "times": each snapshot is divided on its own.
        random_state : int, numpy.random.Generator, RandomState or None
            The same integer gives the same division; None draws anew each time.

        Returns
        -------
        train, test : Snapshots

        Examples
        --------
        >>> import jkonetstar as jk
        >>> series = jk.Snapshots([[0.0], [1.0], [2.0], [3.0]], time=[0, 0, 1, 1])
        >>> train, test = series.split(0.5, random_state=1)
        >>> train.sizes, test.sizes
        ([1, 1], [1, 1])
        """
        code = _arrays.choice(by, "by", _SPLITS)
        fraction = _arrays.real(test_fraction, "test_fraction")
        train, test = POINTER(_abi.Snapshots)(), POINTER(_abi.Snapshots)()
        check(
            lib.jko_snapshots_split(
                self._handle, code, fraction, _arrays.seed(random_state), pointer(train), pointer(test)
            )
        )
        return self._adopt(train, self._names), self._adopt(test, self._names)

    def shuffle(self, random_state: RandomState = 0) -> Snapshots:
        """Return a copy with the rows of every snapshot permuted, so that order pairs no particles.

        Parameters
        ----------
        random_state : int, numpy.random.Generator, RandomState or None
            The same integer gives the same permutations; None draws anew each time.

        Returns
        -------
        Snapshots

        Examples
        --------
        >>> import jkonetstar as jk
        >>> mixed = jk.Snapshots([[0.0], [1.0], [2.0]], time=[0, 0, 0]).shuffle(random_state=1)
        >>> sorted(mixed[0].points[:, 0].tolist())
        [0.0, 1.0, 2.0]
        """
        seed = _arrays.seed(random_state)
        mixed = self._made(lambda out: lib.jko_snapshots_shuffle(self._handle, seed, out))
        mixed._names = self._names
        return mixed

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
        """The names of the coordinates, as the columns of a csv that was loaded; None where they have none."""
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
        return Snapshot(lib.jko_snapshots_time(self._handle, index), points, weights)

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
        return (_restored, (self.dimension, [tuple(snapshot) for snapshot in self], self._names))

    def _create(self, call: Any, path: Any = None, **names: str) -> None:
        handle = POINTER(_abi.Snapshots)()
        check(call(pointer(handle)), path, **names)
        self._own(handle)

    def _own(self, handle: Any) -> None:
        self._handle = handle
        go_with(self, handle, "jko_snapshots_destroy")

    @classmethod
    def _made(cls, call: Any, path: Any = None) -> Snapshots:
        series = cls.__new__(cls)
        series._create(call, path)
        return series

    @classmethod
    def _adopt(cls, handle: Any, names: tuple[str, ...] | None) -> Snapshots:
        series = cls.__new__(cls)
        series._own(handle)
        series._names = names
        return series


def as_snapshots(X: Any, time: Any = None, weights: Any = None) -> Snapshots:
    """Return `X` itself if it is a series, else the series of its rows."""
    if isinstance(X, Snapshots):
        if time is not None or weights is not None:
            raise TypeError("a Snapshots series has its own times and weights; pass it alone")
        return X
    if time is None:
        raise TypeError("time is missing: pass X and time, or one Snapshots series")
    return Snapshots(X, time, weights)


def _pooled(X: Any, time: Any, weights: Any) -> tuple[Any, Any, Any]:
    """Return a stack of snapshots, (snapshots, n, d), as pooled particles; anything else as it is."""
    X = _arrays.numbers(X, "X")
    if X.ndim != 3:
        return X, time, weights
    count, size, dimension = X.shape
    time = _arrays.vector(time, "time")
    if len(time) != count:
        raise InputError(
            f"time has {len(time)} elements; X has shape {X.shape}, which is {count} snapshots", "JKO_ESHAPE"
        )
    if weights is not None:
        weights = _arrays.numbers(weights, "weights")
        if weights.shape != (count, size):
            message = f"weights has shape {weights.shape}; X has shape {X.shape}, which needs {(count, size)}"
            raise InputError(message, "JKO_ESHAPE")
        weights = weights.reshape(count * size)
    return X.reshape(count * size, dimension), np.repeat(time, size), weights


def _listed(names: Any) -> str:
    """Return the names of columns as one line of a csv."""
    try:
        names = [_arrays.text(name, "points").decode("utf-8", "surrogateescape") for name in names]
    except TypeError:
        raise TypeError("points must be a string or a sequence of strings") from None
    if not names:
        raise InputError("points is empty: it names no column")
    return ",".join('"' + name.replace('"', '""') + '"' for name in names)


def _restored(
    dimension: int, snapshots: list[tuple[float, NDArray[Any], NDArray[Any]]], names: tuple[str, ...] | None = None
) -> Snapshots:
    series = Snapshots.empty(dimension)
    series._names = names
    for time, points, weights in snapshots:
        series.append(points, time, weights)
    return series
