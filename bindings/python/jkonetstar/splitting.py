"""Folds of a time course for cross-validation: each leaves out one time."""

from __future__ import annotations

from typing import Any, Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _arrays
from ._asked_times import asked_times, place_of
from ._choices import Moments
from ._errors import InputError
from ._gathering import times_of
from ._parameters import Parameters
from ._time_labels import TimeLabels
from .snapshots import Snapshots

Indices = NDArray[np.int64]


class LeaveOneTimeOut(Parameters):
    """Folds for scikit-learn's cross-validation, each of which holds out all particles of one time.

    ``cross_val_score(model, X, time, cv=jk.LeaveOneTimeOut())`` fits the model to the other times, and scores how well
    it predicts the one held out from the snapshot before (see `JKOnetStar.score`). These are minus the W1 distances of
    "predict" in `leave_one_time_out`, which compares with straight lines and the sampling floor as well.

    Parameters
    ----------
    times : array_like, optional
        The times to hold out, as numbers or as the labels in `y`; None takes all but the first and the last, which are
        not between others.

    Examples
    --------
    >>> import numpy as np
    >>> import jkonetstar as jk
    >>> X, time = np.zeros((5, 2)), [0, 1, 1, 2, 3]
    >>> for train, test in jk.LeaveOneTimeOut().split(X, time):
    ...     print(train, test)
    [0 3 4] [1 2]
    [0 1 2 4] [3]
    """

    def __init__(self, times: Moments | None = None) -> None:
        self.times = times

    def split(
        self, X: ArrayLike, y: ArrayLike | None = None, groups: ArrayLike | None = None
    ) -> Iterator[tuple[Indices, Indices]]:
        """Yield the rows to fit to and the rows to score, for each time that is held out.

        Parameters
        ----------
        X : array_like of shape (n, d)
            Only its length is looked at.
        y : array_like of shape (n,)
            The time of each particle.
        groups : array_like of shape (n,), optional
            The times, where y is something else.

        Yields
        ------
        train, test : ndarray of int64
            In increasing order.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> folds = jk.LeaveOneTimeOut(times=[0]).split([[0.0], [1.0], [2.0], [3.0]], [0, 1, 2, 0])
        >>> [(train.tolist(), test.tolist()) for train, test in folds]
        [([1, 2], [0, 3])]
        """
        rows, places = self._told(y, groups)
        count = sum(map(len, rows))
        if len(X) != count:  # type: ignore[arg-type]
            raise InputError(f"X has {len(X)} rows, and y has {count} times", "JKO_ESHAPE")  # type: ignore[arg-type]
        for place in places:
            test = np.sort(rows[place])
            yield np.setdiff1d(np.arange(count), test, assume_unique=True), test

    def get_n_splits(
        self, X: ArrayLike | None = None, y: ArrayLike | None = None, groups: ArrayLike | None = None
    ) -> int:
        """Return how many times are held out.

        Parameters
        ----------
        X : array_like, optional
            Not looked at.
        y, groups : array_like of shape (n,)
            The times, as in `split`.

        Returns
        -------
        int

        Examples
        --------
        >>> import jkonetstar as jk
        >>> jk.LeaveOneTimeOut().get_n_splits(y=[0, 1, 1, 2, 3])
        2
        """
        return len(self._told(y, groups)[1])

    def get_metadata_routing(self) -> object:
        """Say that times may come as `groups`; called by scikit-learn where its metadata routing is enabled.

        Returns
        -------
        sklearn.utils.metadata_routing.MetadataRequest

        Examples
        --------
        >>> import jkonetstar as jk
        >>> jk.LeaveOneTimeOut().get_metadata_routing()  # doctest: +SKIP
        {'split': {'groups': True}}
        """
        from sklearn.utils.metadata_routing import MetadataRequest

        request = MetadataRequest(owner=self)
        request.split.add_request(param="groups", alias=True)
        return request

    def _told(self, y: Any, groups: Any) -> tuple[list[Indices], list[int]]:
        """Return the rows of each time, and which times are held out."""
        times = y if groups is None else groups
        if times is None:
            raise InputError("y is missing: pass the time of each particle as y, or as groups")
        moments, labels = times_of(times, None, "y" if groups is None else "groups")
        # A series decides which times are the same, as it will in the fit.
        series = Snapshots(np.zeros((len(moments), 1)), moments)
        known = series.times
        places = list(range(1, len(known) - 1)) if self.times is None else _places(self.times, known, labels)
        if not places or len(known) < 3:
            count = _arrays.plural(len(known), "time")
            raise InputError(f"y has {count}; three are needed to hold out one and fit to the others")
        return [snapshot.rows for snapshot in series], places


def _places(times: Any, known: NDArray[np.float64], labels: TimeLabels | None) -> list[int]:
    """Return where the times to hold out are among those observed."""
    asked = zip(asked_times(times, "times", labels).tolist(), times)
    return sorted({place_of(time, known, f"times[{k}]", labels, given) for k, (time, given) in enumerate(asked)})
