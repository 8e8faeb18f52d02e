"""One number for how well a fitted energy predicts, also for parts of a series that cross-validation holds out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from . import _attributes
from ._energy import Energy
from ._errors import InputError
from ._estimator import Estimator
from ._scikit_learn import time_of, weights_of
from .evaluation import compare
from .snapshots import Snapshot, Snapshots


def score(
    self: Estimator,
    X: ArrayLike | Snapshots,
    time: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    *,
    y: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Return minus the mean one-step-ahead W1 distance, so that greater is better.

    Each snapshot of X but the first is predicted from the one before it, as in `evaluate`. A single snapshot, such as a
    time that a cross-validation holds out, is predicted from the fitted snapshot that comes last before it; if it comes
    before all of these, it predicts the first that comes after it.

    Parameters
    ----------
    X, time, weights, y, sample_weight
        One or more snapshots, as in `fit`. Models that were loaded, unpickled or fitted by `partial_fit` do not have
        the snapshots of their fit, and need two or more.

    Returns
    -------
    float
        In length, 0 or less; -inf where predictions left the range of numbers.

    Warns
    -----
    RuntimeWarning, ExtrapolationWarning
        As in `evaluate`.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
    >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
    >>> round(model.score([0.0, 3.0, 0.9, 2.7], time=[0, 0, 1, 1]), 3)
    -0.45
    >>> round(model.score([0.0, 0.9, 1.9], time=[1, 1, 1]), 3)  # from the fitted snapshot at time 0
    -0.033
    """
    energy = self._fitted()
    series = energy.observed(X, time_of(time, y), weights_of(weights, sample_weight))
    if len(series) == 1:
        series = _beside_its_neighbour(series[0], energy)
    return -float(compare(self, series, None, ("one_step",))["one_step"].mean())


def _beside_its_neighbour(snapshot: Snapshot, energy: Energy) -> Snapshots:
    """Return a snapshot after the fitted one that comes last before it, or before the first fitted one."""
    fitted = _attributes.times(energy)
    if energy.series is None:
        raise InputError(
            "X has 1 snapshot, and the model lacks those that it was fitted to, as after load, pickle and partial_fit; "
            "pass 2 or more snapshots"
        )
    # Times that differ by less are the same, as in `Snapshots`.
    tolerance = 1e-9 * np.ptp(fitted)
    earlier = int(np.searchsorted(fitted, snapshot.time - tolerance)) - 1
    later = int(np.searchsorted(fitted, snapshot.time + tolerance, side="right"))
    pair = (energy.series[earlier], snapshot) if earlier >= 0 else (snapshot, energy.series[later])
    series = Snapshots.empty(snapshot.points.shape[1])
    for one in pair:
        series.append(one.points, one.time, one.weights)
    return series
