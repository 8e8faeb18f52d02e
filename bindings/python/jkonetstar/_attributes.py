"""The attributes of a fitted model, each a function of its energy."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double
from typing import Any, Callable, Generic, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from . import _abi
from ._coordinates import as_attribute
from ._energy import Energy
from ._errors import AbsentError, InputError
from ._library import check, lib
from .growth_rates import GrowthRates
from .learned import LearnedInteraction, LearnedPotential
from .report import FitReport

T = TypeVar("T")


class Attribute(Generic[T]):
    """An attribute that is there once a model is fitted, if its energy has such a thing; `hasattr` says so too."""

    def __init__(self, get: Callable[[Energy], T]) -> None:
        self._get = get
        self.__doc__ = get.__doc__

    @overload
    def __get__(self, model: None, owner: type) -> Attribute[T]: ...
    @overload
    def __get__(self, model: object, owner: type) -> T: ...
    def __get__(self, model: Any, owner: type) -> Attribute[T] | T:
        if model is None:
            return self
        try:
            return self._get(model._fitted())
        except InputError as error:
            raise AbsentError(str(error), error.status) from None

    def __set__(self, model: object, value: T) -> None:
        raise AttributeError("attributes that end in _ are learned and cannot be set")


def potential(energy: Energy) -> LearnedPotential:
    """Return the learned V."""
    if not energy.info.potential:
        raise InputError("the energy has no potential: the model was made with potential=None")
    return LearnedPotential(energy)


def interaction(energy: Energy) -> LearnedInteraction:
    """Return the learned U."""
    if not energy.info.interaction:
        raise InputError("the energy has no interaction: the model was made with interaction=None")
    return LearnedInteraction(energy)


def growth(energy: Energy) -> GrowthRates:
    """Return how fast particles multiply, if the fit was told of growth."""
    if not energy.info.growth:
        raise InputError("the model has no growth: its fit was given none; fit(..., growth=jk.Growth()) does")
    handle = POINTER(_abi.Growth)()
    check(lib.jko_model_growth(energy.handle, byref(handle)))
    found = GrowthRates._adopt(handle)
    found._name_coordinates(energy.names)
    found._time_labels = energy.time_labels
    return found


def time_varying(energy: Energy) -> bool:
    """Return whether V depends on time."""
    return bool(energy.info.time_varying)


def scheme(energy: Energy) -> str:
    """Return where the condition was evaluated, "explicit", "implicit" or "midpoint"."""
    return str(next(name for name, value in _abi.SCHEME.items() if value == energy.info.scheme))


def beta(energy: Energy) -> float:
    """Return the level of the internal energy, in length^2/time."""
    return energy.number(lib.jko_model_beta)


def beta_std(energy: Energy) -> float:
    """Return the standard error of `beta_`, from a fit with `error_bars`."""
    return energy.number(lib.jko_model_beta_error)


def history(energy: Energy) -> NDArray[np.float64]:
    """Return the objective averaged over each epoch or after each iteration (closed forms: one value), in length^2."""
    count = energy.info.history_count
    # A checkpoint of the weights at the start has none.
    return energy.array(lib.jko_model_history, count) if count else np.empty(0)


def times(energy: Energy) -> NDArray[np.float64]:
    """Return the fitted times t_0 < .. < t_T."""
    return energy.array(lib.jko_model_times, energy.info.time_count)


def dimension(energy: Energy) -> int:
    """Return the number of coordinates d."""
    return int(energy.info.dimension)


def feature_names(energy: Energy) -> NDArray[np.object_]:
    """Return the names of the coordinates, of a model that was fitted to a table or to snapshots with names."""
    if energy.names is None:
        raise InputError(
            "feature_names_in_ is there after a fit to a table with named columns, or to snapshots with names"
        )
    return as_attribute(energy.names)


def coefficients(energy: Energy) -> NDArray[np.float64]:
    """Return the coefficients of a linear energy: V's features, U's, beta; in standardised coordinates.

    With z = (x - mean) / length_scale and s = (t - t_0) / time_scale (see `describe`), V is
    length_scale^2 / time_scale times the sum of coefficients and features of z.
    """
    return energy.array(lib.jko_model_coefficients, energy.info.parameter_count)


def covariance(energy: Energy) -> NDArray[np.float64]:
    """Return the covariance of `coef_`, from a fit with `error_bars`."""
    count = energy.info.parameter_count
    return energy.array(lib.jko_model_covariance, count, count)


def ridge(energy: Energy) -> float:
    """Return the ridge that a linear energy was fitted with: given, the usual one, or chosen by "gcv"."""
    return _ridge_and_score(energy)[0]


def gcv_score(energy: Energy) -> float:
    """Return what "gcv" minimised, at `ridge_`: RSS / (1 - trace H / N)^2, in length^2.

    RSS is the objective less the part that no energy can change, H the map from the N numbers of mean shifts to
    their predictions. It compares features fitted to the same snapshots: the least is best.
    """
    score = _ridge_and_score(energy)[1]
    if score != score:
        raise InputError("gcv_score_ is there after a fit with training=ClosedForm(ridge='gcv') only")
    return score


def _ridge_and_score(energy: Energy) -> tuple[float, float]:
    used, score = c_double(), c_double()
    check(lib.jko_model_ridge(energy.handle, byref(used), byref(score)))
    return used.value, score.value


def report(energy: Energy) -> FitReport:
    """Return what the fit says of the model: how well it predicts its own training snapshots, beside nothing moves."""
    if energy.report is None:
        raise InputError("report_ is there after fit with report=True only, not after load or partial_fit")
    return energy.report


def folded(energy: Energy) -> float:
    """Return the share of the particles at which the one-step map turns over: `report_.folded`."""
    return report(energy).folded


def address(energy: Energy) -> int:
    """Return the address of the `jko_model` in this process, for C and C++ programs that embed Python.

    It is valid until the model is fitted again or deleted, and must not be destroyed.
    """
    return energy.address
