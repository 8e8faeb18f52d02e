"""Unpaired snapshots of a population: what was observed, when, and with which weights."""

from __future__ import annotations

from ctypes import POINTER, pointer
from typing import Any, Sequence

from numpy.typing import ArrayLike

from . import _abi, _arrays
from ._asked_times import asked_time
from ._choices import Data, Label, Moment, RandomState, TimeMap, Weights
from ._errors import InputError
from ._frames import OF_CELLS, is_anndata
from ._gathering import gathered, part
from ._library import check, lib
from ._series import Snapshot
from ._series_files import StoredSeries

__all__ = ["Snapshot", "Snapshots", "as_snapshots", "no_snapshots", "require_two"]

_SPLITS = {"trajectories": _abi.SPLIT["trajectories"], "times": _abi.SPLIT["within_times"]}


class Snapshots(StoredSeries):
    """A series of snapshots at increasing times; a sequence of `Snapshot`.

    Snapshots may differ in size. Which particle of one became which of the next is not known and not used.

    Parameters
    ----------
    X : array_like, data frame, list of arrays or mapping
        Particles, finite, in length. An array of shape (n, d) has them pooled; a vector means n particles in one
        dimension. A stack of shape (snapshots, n, d), or a list of arrays of shape (n_k, d), has the snapshots one by
        one, and a mapping has them by time. A data frame of pandas or polars is a table with a row for each particle.
        A sparse matrix is made dense, with a notice, up to 1 GiB. The values are copied.
    time : array_like of shape (n,) or (snapshots,), or str
        When each particle, or each snapshot, was seen, in any unit and order. Equal times form a snapshot. Numbers are
        taken as they are; of strings such as "Day 3" and "Day 06-09", categories, durations and dates a notice says
        how they were understood. Of a data frame also the name of a column; None takes the one with a usual name, as
        `load` does.
    weights : array_like of shape (n,) or (snapshots, n), str, list or mapping, optional
        How much each particle counts within its snapshot: not negative, with a positive sum at each time. The name of a
        column, or one array for each snapshot, where X is of that kind.
    points : str or sequence of str, optional
        Of a data frame: the columns of coordinates. None takes all columns of numbers but times, weights and those that
        `load` leaves out, too, with a warning.
    time_map : mapping, optional
        The number that each label in `time` stands for; other labels are an error.
    time_tolerance : float, optional
        Times that exceed the earliest of a snapshot by no more than this belong to it, and its time is the median of
        its particles' times. None takes 1e-9 of the span of all times, which merges what differs by rounding only, such
        as 0.3 and 0.1 + 0.2.

    Raises
    ------
    ValueError
        If shapes disagree, a number is not finite, or the weights of a snapshot cannot be normalised.
    TypeError
        If something is no array of numbers.

    Warns
    -----
    DataNotice
        What was understood of times that are no numbers, or that a sparse matrix was made dense; also logged.
    OmittedColumnsWarning
        Which columns of a data frame were left out, unless `points` names the coordinates.

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
    >>> jk.Snapshots([[[0.0], [1.0]], [[2.0], [3.0]]], time=["early", "late"], time_map={"early": 0, "late": 7}).times
    array([0., 7.])
    >>> jk.Snapshots([1.0, 2.0, 3.0, 4.0], time=[0.3, 0.1 + 0.2, 0.98, 1.02], time_tolerance=0.1).sizes
    [2, 2]
    """

    def __init__(
        self,
        X: Data,
        time: ArrayLike | None = None,
        weights: ArrayLike | Weights | None = None,
        *,
        points: str | Sequence[str] | None = None,
        time_map: TimeMap | None = None,
        time_tolerance: float | None = None,
    ) -> None:
        self._pool(gathered(X, time, weights, points, time_map), time_tolerance)

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

    def append(self, X: ArrayLike, time: Moment, weights: ArrayLike | None = None) -> None:
        """Add a snapshot after the last one; no other thread may be using the series meanwhile.

        Parameters
        ----------
        X : array_like of shape (n, d) or data frame
            In length. Of a data frame, all columns of numbers are coordinates, and the rows keep their labels.
        time : float
            Greater than the last time of the series; a number, or a label as the series has them.
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
        points, names, labels = part(X, "X")
        if None not in (names, self._names) and names != self._names:
            raise InputError("X has columns of other names than the series, or in another order")
        masses = None if weights is None else _arrays.view(_arrays.vector(weights, "weights"))
        moment = asked_time(time, "time", self._time_labels)
        check(lib.jko_snapshots_append(self._handle, _arrays.view(points), moment, masses), points="X")
        if len(self) == 1:
            self._names = names
        if labels is not None:
            self._index = {**self._index, moment: labels}

    def split(
        self, test_fraction: float = 0.5, by: str | None = None, random_state: RandomState = 0
    ) -> tuple[Snapshots, Snapshots]:
        """Divide the series at random into a training and a test part; both keep all times.

        Parameters
        ----------
        test_fraction : float
            Between 0 and 1, exclusive; the test part has ``round(test_fraction * n)`` particles.
        by : {"trajectories", "times"}, optional
            "trajectories": row i of every snapshot is the same particle, and particles are divided; needs
            snapshots of equal size. "times": each snapshot is divided on its own. None takes the former where sizes are
            equal, which divides particles that are not the same at random, too, and else the latter.
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
        if by is None:
            by = "trajectories" if len(set(self.sizes)) <= 1 else "times"
        code = _arrays.choice(by, "by", _SPLITS)
        fraction = _arrays.real(test_fraction, "test_fraction")
        train, test = POINTER(_abi.Snapshots)(), POINTER(_abi.Snapshots)()
        check(
            lib.jko_snapshots_split(
                self._handle, code, fraction, _arrays.seed(random_state), pointer(train), pointer(test)
            )
        )
        names = self._names
        return self._adopt(train, names)._named_as(self), self._adopt(test, names)._named_as(self)

    def without(self, k: int | Label) -> Snapshots:
        """Return a copy without snapshot k, to see how well it can be predicted from the others.

        Parameters
        ----------
        k : int or label
            Which one, counted from 0; negative numbers count from the end. Or the label of its time, such as "Day 3".

        Examples
        --------
        >>> import jkonetstar as jk
        >>> jk.Snapshots([1.0, 2.0, 3.0], time=[0, 1, 2]).without(1).times
        array([0., 2.])
        """
        count = len(self)
        which = self._place(k)
        try:
            index = _arrays.integer(which, "k", -count, count - 1) % count
        except ValueError:
            raise IndexError(f"snapshot {k} of {count}") from None
        rest = self._made(lambda out: lib.jko_snapshots_without(self._handle, index, out))
        return rest._named_as(self)

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
        return mixed._named_as(self)


def as_snapshots(
    X: Any, time: Any = None, weights: Any = None, time_tolerance: Any = None, points: Any = None, time_map: Any = None
) -> Snapshots:
    """Return `X` itself if it is a series, else the series of its rows."""
    if not isinstance(X, Snapshots):
        return Snapshots(X, time, weights, points=points, time_map=time_map, time_tolerance=time_tolerance)
    if time_tolerance is not None:
        raise TypeError("a Snapshots series has its own times; pass time_tolerance where it is made")
    if points is not None or time_map is not None:
        raise TypeError(
            "a Snapshots series has its own coordinates and times; pass points and time_map where it is made"
        )
    if time is not None or weights is not None:
        raise TypeError("a Snapshots series has its own times and weights; pass it alone")
    return X


def no_snapshots(given: Any) -> TypeError:
    """Return the error of something else in their place."""
    rest = f": {OF_CELLS}" if is_anndata(given) else ""
    return TypeError(f"snapshots must be Snapshots, got {type(given).__name__}{rest}")


def require_two(series: Snapshots, what: str) -> None:
    """Refuse a series in which nothing moves, because it has one snapshot."""
    if len(series) == 1:
        raise InputError(f"X has 1 snapshot (n_samples = {series.sizes[0]}); {what} needs 2 or more")
