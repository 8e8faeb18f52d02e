"""How well a fitted energy predicts what was observed."""

from __future__ import annotations

from ctypes import byref, c_double, pointer, sizeof
from typing import Any, NamedTuple, Sequence, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _arrays
from ._advice import advise
from ._choices import Moment
from ._errors import DataWarning
from ._estimator import Estimator
from ._heeded import heeded
from ._library import check, lib
from ._narrow import advise_on_narrow, are_narrow, chance_of_ratios
from ._printed import as_table
from ._scikit_learn import time_of, weights_of
from .prediction import advise_on_steps, advise_on_times
from .snapshots import Snapshots, as_snapshots


class _Distances(NamedTuple):
    one_step: NDArray[np.float64]
    cumulative: NDArray[np.float64]
    effects_mismatch: NDArray[np.float64]


class Evaluation(_Distances):
    """How well a model predicts snapshots, step by step; each array has shape (snapshots - 1,).

    It is a tuple of the first three, which the literature reports; everything is there by name. Predictions that left
    the range of numbers are `inf` away.

    Attributes
    ----------
    one_step : ndarray
        W1 between snapshot k moved one step and snapshot k + 1, in length.
    cumulative : ndarray
        W1 between the rollout from snapshot 0 and snapshot k + 1, in length.
    effects_mismatch : ndarray
        Squared W2 between the rollout from snapshot 0 and snapshot k + 1, in length^2.
    energy_distance, cumulative_energy_distance : ndarray
        Energy distance 2 E|X - Y| - E|X - X'| - E|Y - Y'| of the same two pairs, in length; unbiased for samples of any
        size, so that it may be a little below 0. W1 is not: in ten or more dimensions it rewards predictions that are
        too narrow. nan for snapshots of a single particle.
    variance_ratio, cumulative_variance_ratio : ndarray
        The trace of the covariance of the prediction over that of the observation: below 1 it is too narrow.
    nothing_moves, nothing_moves_energy_distance, nothing_moves_variance_ratio : ndarray
        W1, energy distance and variance ratio between snapshots k and k + 1 as they are: what a model must beat.
    floor, floor_energy_distance : ndarray or None
        W1 and energy distance between the training snapshot and snapshot k + 1 of the same time: what a perfect model
        scores. None without `train`; nan where that lacks the time. W1 below it is no merit where the variance ratio is
        below 1 and the energy distance above its floor.
    times : ndarray
        The times of the snapshots that are predicted, all but the first.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
    >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
    >>> found = model.evaluate([0.0, 3.0, 0.9, 2.7], time=[0, 0, 1, 1])
    >>> found.one_step.round(3), found.effects_mismatch.round(3)
    (array([0.45]), array([0.405]))
    >>> found.nothing_moves.round(3), found.variance_ratio.round(3)
    (array([0.6]), array([2.25]))
    >>> print(found)
    time       W1  nothing moves  rollout  energy distance  variance ratio
    1        0.45            0.6     0.45             -1.8            2.25
    """

    energy_distance: NDArray[np.float64]
    variance_ratio: NDArray[np.float64]
    cumulative_energy_distance: NDArray[np.float64]
    cumulative_variance_ratio: NDArray[np.float64]
    nothing_moves: NDArray[np.float64]
    nothing_moves_energy_distance: NDArray[np.float64]
    nothing_moves_variance_ratio: NDArray[np.float64]
    floor: NDArray[np.float64] | None
    floor_energy_distance: NDArray[np.float64] | None
    times: NDArray[np.float64]

    def __new__(
        cls,
        one_step: NDArray[np.float64],
        cumulative: NDArray[np.float64],
        effects_mismatch: NDArray[np.float64],
        **others: NDArray[np.float64] | None,
    ) -> Evaluation:
        """Make the tuple; the others become attributes."""
        self = super().__new__(cls, one_step, cumulative, effects_mismatch)
        self.__dict__.update(others)
        return self

    def __repr__(self) -> str:
        figures = {**self._asdict(), **self.__dict__}
        return "Evaluation(" + ", ".join(f"{name}={value!r}" for name, value in figures.items()) + ")"

    def __str__(self) -> str:
        columns = {"W1": self.one_step, "nothing moves": self.nothing_moves}
        if self.floor is not None:
            columns["floor"] = self.floor
        columns["rollout"] = self.cumulative
        columns["energy distance"], columns["variance ratio"] = self.energy_distance, self.variance_ratio
        return as_table("time", [f"{time:g}" for time in self.times], columns)

    def _repr_html_(self) -> str:
        return f"<pre>{self}</pre>"


#: What a comparison can say without and with training snapshots.
_FLOORS = ("floor", "floor_energy_distance")
_FIGURES = tuple(name for name, *_ in _abi.Comparison._fields_ if name not in ("struct_size", *_FLOORS))

#: Training snapshots, or the arguments of `Snapshots`.
Train = Union[Snapshots, tuple[Any, ...]]


def evaluate(
    self: Estimator,
    X: ArrayLike | Snapshots,
    time: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    *,
    y: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    train: Train | None = None,
) -> Evaluation:
    """Compare predictions with observed snapshots, usually ones the model was not fitted to.

    Parameters
    ----------
    X, time, weights, y, sample_weight
        Two or more snapshots, as in `fit`.
    train : Snapshots or tuple, optional
        The snapshots that the model was fitted to, or a tuple (X, time) or (X, time, weights) of them, for the floor.

    Returns
    -------
    Evaluation
        One-step-ahead and cumulative distances, each of shape (snapshots - 1,), beside those of the prediction that
        nothing moves.

    Warns
    -----
    RuntimeWarning
        If implicit steps did not converge; their best iterates are compared. If predictions left the range of numbers;
        they are `inf` away. If, with `train`, they are below the floor because they are too narrow.
    ExtrapolationWarning
        As in `predict`.
    DataWarning
        If most particles of a snapshot are in the training snapshot as well, so that the floor is too low.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
    >>> series = jk.Snapshots([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
    >>> result = model.fit(series).evaluate([0.0, 3.0, 0.9, 2.7], time=[0, 0, 1, 1], train=series)
    >>> result.one_step.round(3), result.nothing_moves.round(3), result.floor.round(3)
    (array([0.45]), array([0.6]), array([0.9]))
    """
    fitted = self._fitted()
    series = fitted.observed(X, time_of(time, y), weights_of(weights, sample_weight))
    training = _training(train)
    if training is not None:
        fitted.coordinates.check_names(training)
    found = compare(self, series, training, _FIGURES if training is None else _FIGURES + _FLOORS)
    if training is not None:
        _advise_on_floor(series, training)
        _advise_on_width(found, series)
    return Evaluation(**{**dict.fromkeys(_FLOORS), **found, "times": series.times[1:]})  # type: ignore[arg-type]


def energy(self: Estimator, X: ArrayLike, weights: ArrayLike | None = None, t: Moment | None = None) -> float:
    """Return the value of J for a population.

    That is the mean of V, half the mean of U over all pairs, and beta times the mean of the log density, which is
    estimated as in fitting; in length^2/time, up to the constant of V.

    Parameters
    ----------
    X : array_like of shape (n, d)
        In length.
    weights : array_like of shape (n,), optional
        How much each particle counts; all alike by default.
    t : float or label, optional
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
    fitted, value = self._fitted(), c_double()
    points = fitted.coordinates.points(X, "X")
    mass = None if weights is None else _arrays.view(_arrays.vector(weights, "weights"))
    moment = fitted.time(t)
    heeded(lib.jko_model_energy, fitted.handle, _arrays.view(points), mass, moment, byref(value), x="X")
    return value.value


def _training(train: Any) -> Snapshots | None:
    """Return the training snapshots."""
    if train is None or isinstance(train, Snapshots):
        return train
    if isinstance(train, tuple) and len(train) in (2, 3):
        return as_snapshots(*train)
    raise TypeError("train must be Snapshots, or a tuple (X, time) or (X, time, weights)")


def compare(
    model: Estimator, series: Snapshots, training: Snapshots | None, wanted: Sequence[str]
) -> dict[str, NDArray[np.float64]]:
    """Return what is wanted of a comparison, by name; warn of predictions that are not to be trusted."""
    energy, call = model._fitted(), model._long_call(patience=1.0)
    options = _abi.EvaluationOptions()
    check(lib.jko_evaluation_options_init(byref(options), sizeof(options)))
    info = _abi.RolloutInfo(struct_size=sizeof(_abi.RolloutInfo))
    comparison = _abi.Comparison(struct_size=sizeof(_abi.Comparison))
    found = {name: _arrays.output(max(len(series) - 1, 1)) for name in wanted}
    views = {name: _arrays.view(array) for name, array in found.items()}
    for name, view in views.items():
        setattr(comparison, name, pointer(view))
    with call:
        options.progress = call.progress
        status = lib.jko_model_compare(
            energy.handle,
            series._handle,
            None if training is None else training._handle,
            byref(options),
            byref(comparison),
            byref(info),
        )
    call.finish(status, training="train")
    _advise_on_range(found, series)
    advise_on_times(energy, series.times)
    rolled = (len(series) - 1) * series.sizes[0] if "cumulative" in found else 0
    advise_on_steps(energy, info, sum(series.sizes[:-1]) + rolled)
    return found


def _advise_on_floor(series: Snapshots, training: Snapshots) -> None:
    """Warn of a floor that compares particles with themselves."""
    fitted = training.times
    tolerance = 1e-9 * max(float(np.ptp(fitted)), float(np.ptp(series.times)))
    for k in range(1, len(series)):
        places = np.flatnonzero(np.abs(fitted - series.times[k]) <= tolerance)
        if not len(places):
            continue
        known = {point.tobytes() for point in training[int(places[0])].points}
        points = series[k].points
        same = sum(point.tobytes() in known for point in points)
        if 2 * same > len(points):
            count = _arrays.plural(len(points), "particle")
            advise(
                f"train has {same:,} of the {count} that X has at time {series.times[k]:g}: the floor compares these "
                "with themselves and is too low",
                ["train, test = series.split(), and a fit to train", "train=None, which leaves out the floor"],
                "floor-too-low",
                DataWarning,
            )
            return


def _advise_on_width(found: dict[str, NDArray[np.float64]], series: Snapshots) -> None:
    """Warn of predictions that are below the floor because they are too narrow."""
    names = ("one_step", "floor", "energy_distance", "floor_energy_distance", "variance_ratio")
    w1, floor, energy, floor_energy, ratio = (found[name] for name in names)
    if are_narrow(w1, floor, energy, floor_energy, ratio, chance_of_ratios(series)):
        known = np.isfinite(floor)
        w1_mean, floor_mean, energy_mean, ratio_mean = (
            float(values[known].mean()) for values in (w1, floor, energy, ratio)
        )
        advise_on_narrow(w1_mean, floor_mean, energy_mean, ratio_mean, int(known.sum()))


def _advise_on_range(found: dict[str, NDArray[np.float64]], series: Snapshots) -> None:
    """Warn of predictions that left the range of numbers, of which distances are infinite."""
    for name, what in (
        ("one_step", "one-step predictions"),
        ("cumulative", "the rollout"),
        ("effects_mismatch", "the rollout"),
    ):
        infinite = np.flatnonzero(np.isposinf(found.get(name, np.empty(0))))
        if len(infinite):
            k = int(infinite[0])
            advise(
                f"{what} of step {k}, for time {series.times[k + 1]:g}, left the range of numbers: {name} "
                f"has {_arrays.plural(len(infinite), 'infinite distance')}",
                ["snapshots closer in time", "a model that extrapolates less: a lower polynomial_degree, or a network"],
                "out-of-range",
            )
            return
