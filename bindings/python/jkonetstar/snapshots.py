"""Unpaired snapshots of a population: what was observed, when, and with which weights."""

from __future__ import annotations

from ctypes import POINTER, pointer
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _arrays
from ._choices import RandomState
from ._errors import InputError, KindError
from ._library import check, lib
from ._names import names_of
from ._series import Snapshot
from ._series_files import StoredSeries

__all__ = ["Snapshot", "Snapshots", "as_snapshots", "require_two"]

_SPLITS = {"trajectories": _abi.SPLIT["trajectories"], "times": _abi.SPLIT["within_times"]}


class Snapshots(StoredSeries):
    """A series of snapshots at increasing times; a sequence of `Snapshot`.

    Snapshots may differ in size. Which particle of one became which of the next is not known and not used.

    Parameters
    ----------
    X : array_like of shape (n, d) or (snapshots, n, d)
        Pooled particles, finite, in length; or equal-sized snapshots, one after the other. A vector means n particles
        in one dimension. The values are copied. The columns of a table give coordinates their `names`.
    time : array_like of shape (n,) or (snapshots,)
        When each particle, or each snapshot, was seen, as numbers in any unit and order. Equal times form a snapshot.
    weights : array_like of shape (n,) or (snapshots, n), optional
        How much each particle counts within its snapshot: not negative, with a positive sum at each time.
    time_tolerance : float, optional
        Times that exceed the earliest of a snapshot by no more than this belong to it, and its time is the median of
        its particles' times. None takes 1e-9 of the span of all times, which merges what differs by rounding only, such
        as 0.3 and 0.1 + 0.2.

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
    >>> series[1].rows  # where in X the particle is
    array([2])
    >>> jk.Snapshots([1.0, 2.0, 3.0, 4.0], time=[0.3, 0.1 + 0.2, 0.98, 1.02], time_tolerance=0.1).sizes
    [2, 2]
    """

    def __init__(
        self,
        X: ArrayLike,
        time: ArrayLike,
        weights: ArrayLike | None = None,
        *,
        time_tolerance: float | None = None,
    ) -> None:
        self._names = names_of(X)
        X, time, weights, stacked = _pooled(X, time, weights)
        points = _arrays.view(_arrays.points(X, "X"))
        times = _arrays.view(_arrays.vector(time, "time"))
        masses = None if weights is None else _arrays.view(_positive_somewhere(_arrays.vector(weights, "weights")))
        create, tolerance = lib.jko_snapshots_create, list[float]()
        if time_tolerance is not None:
            create, tolerance = lib.jko_snapshots_create_within, [_arrays.real(time_tolerance, "time_tolerance")]
        self._create(lambda out: create(points, times, masses, *tolerance, out), points="X", times="time")
        if stacked:
            for k, size in enumerate(self.sizes):
                self._set_rows(k, np.arange(size, dtype=np.int64))

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

    def without(self, k: int) -> Snapshots:
        """Return a copy without snapshot k, to see how well it can be predicted from the others.

        Parameters
        ----------
        k : int
            Negative ones count from the end.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> jk.Snapshots([1.0, 2.0, 3.0], time=[0, 1, 2]).without(1).times
        array([0., 2.])
        """
        count = len(self)
        try:
            index = _arrays.integer(k, "k", -count, count - 1) % count
        except ValueError:
            raise IndexError(f"snapshot {k} of {count}") from None
        rest = self._made(lambda out: lib.jko_snapshots_without(self._handle, index, out))
        rest._names = self._names
        return rest

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


def as_snapshots(X: Any, time: Any = None, weights: Any = None, time_tolerance: Any = None) -> Snapshots:
    """Return `X` itself if it is a series, else the series of its rows."""
    if isinstance(X, Snapshots):
        if time_tolerance is not None:
            raise TypeError("a Snapshots series has its own times; pass time_tolerance where it is made")
        if time is not None or weights is not None:
            raise TypeError("a Snapshots series has its own times and weights; pass it alone")
        return X
    if time is None:
        raise KindError(
            "time is missing: pass X and time, or one Snapshots series. In scikit-learn time takes the place of y: the "
            "estimator requires y to be passed, but the target y is None"
        )
    return Snapshots(X, time, weights, time_tolerance=time_tolerance)


def require_two(series: Snapshots, what: str) -> None:
    """Refuse a series in which nothing moves, because it has one snapshot."""
    if len(series) == 1:
        raise InputError(f"X has 1 snapshot (n_samples = {series.sizes[0]}); {what} needs 2 or more")


def _positive_somewhere(weights: NDArray[Any]) -> NDArray[Any]:
    if not weights.any():
        raise InputError("weights are all zero; at each time at least one must be positive")
    return weights


def _pooled(X: Any, time: Any, weights: Any) -> tuple[Any, Any, Any, bool]:
    """Return points, times and weights pooled, and whether they came as a stack (snapshots, n, d)."""
    X = _arrays.numbers(X, "X")
    if X.ndim != 3:
        return X, time, weights, False
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
    return X.reshape(count * size, dimension), np.repeat(time, size), weights, True
