"""How well a fitted energy predicts what was observed."""

from __future__ import annotations

import warnings
from ctypes import byref, c_double, sizeof
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _arrays
from ._calls import LongCall
from ._energy import Energy
from ._estimator import Estimator
from ._heeded import heeded
from ._library import check, lib
from ._specification import Specification
from .prediction import warn_of_steps
from .snapshots import Snapshots, as_snapshots
from .training import Adam


class Evaluation(NamedTuple):
    """How well a model predicts snapshots, step by step; each array has shape (snapshots - 1,).

    Attributes
    ----------
    one_step : ndarray
        W1 between snapshot k moved one step and snapshot k + 1, in length.
    cumulative : ndarray
        W1 between the rollout from snapshot 0 and snapshot k + 1, in length.
    effects_mismatch : ndarray
        Squared W2 between the rollout from snapshot 0 and snapshot k + 1, in length^2.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
    >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
    >>> found = model.evaluate([0.0, 3.0, 0.9, 2.7], time=[0, 0, 1, 1])
    >>> found.one_step.round(3), found.effects_mismatch.round(3)
    (array([0.45]), array([0.405]))
    """

    one_step: NDArray[np.float64]
    cumulative: NDArray[np.float64]
    effects_mismatch: NDArray[np.float64]


def evaluate(
    self: Estimator, X: ArrayLike | Snapshots, time: ArrayLike | None = None, weights: ArrayLike | None = None
) -> Evaluation:
    """Compare predictions with observed snapshots, usually ones the model was not fitted to.

    Parameters
    ----------
    X, time, weights
        Two or more snapshots, as in `fit`.

    Returns
    -------
    Evaluation
        One-step-ahead and cumulative distances, each of shape (snapshots - 1,).

    Warns
    -----
    RuntimeWarning
        If implicit steps did not converge; their best iterates are compared.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
    >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
    >>> result = model.evaluate([0.0, 3.0, 0.9, 2.7], time=[0, 0, 1, 1])
    >>> result.one_step.round(3)
    array([0.45])
    """
    return Evaluation(*_distances(self, as_snapshots(X, time, weights), 3))


def score(
    self: Estimator, X: ArrayLike | Snapshots, time: ArrayLike | None = None, weights: ArrayLike | None = None
) -> float:
    """Return minus the mean one-step-ahead W1 distance, so that greater is better.

    Parameters
    ----------
    X, time, weights
        Two or more snapshots, as in `fit`.

    Returns
    -------
    float
        In length, 0 or less.

    Warns
    -----
    RuntimeWarning
        If implicit steps did not converge; their best iterates are compared.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
    >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
    >>> round(model.score([0.0, 3.0, 0.9, 2.7], time=[0, 0, 1, 1]), 3)
    -0.45
    """
    (one_step,) = _distances(self, as_snapshots(X, time, weights), 1)
    return -float(one_step.mean())


def energy(self: Estimator, X: ArrayLike, weights: ArrayLike | None = None, t: float | None = None) -> float:
    """Return the value of J for a population.

    That is the mean of V, half the mean of U over all pairs, and beta times the mean of the log density, which is
    estimated as in fitting; in length^2/time, up to the constant of V.

    Parameters
    ----------
    X : array_like of shape (n, d)
        In length.
    weights : array_like of shape (n,), optional
        How much each particle counts; all alike by default.
    t : float, optional
        The time; needed, and used, only when the model is time-varying.

    Returns
    -------
    float

    Examples
    --------
    >>> import jkonetstar as jk
    >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
    >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])  # V(x) = 0.05 x^2
    >>> round(model.energy([[0.0], [2.0]]) - model.energy([[0.0]]), 3)
    0.1
    """
    points = _arrays.points(X, "X")
    mass = None if weights is None else _arrays.view(_arrays.vector(weights, "weights"))
    fitted, value = self._fitted(), c_double()
    moment = fitted.time(t)
    heeded(lib.jko_model_energy, fitted.handle, _arrays.view(points), mass, moment, byref(value), x="X")
    return value.value


def _distances(model: Estimator, series: Snapshots, kinds: int) -> list[NDArray[np.float64]]:
    """Return the first `kinds` members of `Evaluation`; to be called by what the user calls."""
    energy, call = model._fitted(), model._long_call(patience=1.0)
    options, info = _options(), _abi.RolloutInfo(struct_size=sizeof(_abi.RolloutInfo))
    found = [_arrays.output(max(len(series) - 1, 1)) for _ in range(kinds)]
    views = [_arrays.view(array) for array in found] + [None] * (3 - kinds)
    with call:
        options.progress = call.progress
        status = lib.jko_model_evaluate(energy.handle, series._handle, byref(options), *views, byref(info))
    call.finish(status)
    warn_of_steps(info)
    return found


def _options() -> _abi.EvaluationOptions:
    """Return the defaults."""
    options = _abi.EvaluationOptions()
    check(lib.jko_evaluation_options_init(byref(options), sizeof(options)))
    return options


def warn_of_fit(energy: Energy, found: Specification, series: Snapshots, call: LongCall) -> None:
    """Warn of an energy that predicts its own snapshots worse than "nothing moves"; called by `fit`."""
    options, checked = _options(), _abi.FitCheck(struct_size=sizeof(_abi.FitCheck))
    with call:
        options.progress = call.progress
        status = lib.jko_model_check(energy.handle, series._handle, byref(options), byref(checked))
    call.finish(status)
    if checked.worse:
        first, second = _remedies(found, len(series))[:2]
        warnings.warn(
            f"the fitted model predicts its own training snapshots worse than if nothing moved: one step ahead W1 "
            f"is {checked.one_step:.3g}, and {checked.nothing_moves:.3g} if nothing moves. Try {first}, or {second}",
            RuntimeWarning,
            stacklevel=3,
        )


def _remedies(found: Specification, snapshots: int) -> list[str]:
    """Return what helps against predictions that are worse than none, the most promising first."""
    remedies = []
    if found.scheme == "implicit":
        remedies.append('scheme="explicit"')
    if found.potential is not None and not found.time_varying and snapshots > 2:
        remedies.append("time_varying=True")
    if not found.networks:
        return [*remedies, "a larger ridge (ClosedForm)", "a lower polynomial_degree (Linear)"]
    if not isinstance(found.training, Adam):
        return [*remedies, "fewer iterations (max_iter)", "a smaller network (hidden)"]
    if found.training.validation is None:
        remedies.append('training=Adam(validation="emd")')
    return [*remedies, "fewer epochs", "a smaller network (hidden)"]
