"""What a fitted energy has besides V: U, beta, the value of J; and of linear ones, error bars and observability."""

from __future__ import annotations

import functools
import warnings
from ctypes import POINTER, byref, c_double, c_int32
from typing import Any, Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _arrays
from ._energy import Energy
from ._errors import AbsentError, IdentifiabilityWarning, InputError
from ._heeded import evaluated, heeded
from ._library import check, lib
from ._model_options import fit_options, model_options
from ._parameters import Parametrised
from .observability import Observability
from .snapshots import as_snapshots


def _attribute(get: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the same, whose failures are those of an attribute that is not there."""

    @functools.wraps(get)
    def attribute(self: Any) -> Any:
        try:
            return get(self)
        except InputError as error:
            raise AbsentError(str(error), error.status) from None

    return attribute


class Terms(Parametrised):
    """The part of `JKOnetStar` that is about the terms of its energy."""

    _energy: Energy | None

    def interaction(self, x: ArrayLike, return_std: bool = False) -> Any:
        """Return U at differences `x` between particles, in length^2/time, with U(0) = 0.

        Parameters
        ----------
        x : array_like of shape (n, d)
            In length.
        return_std : bool
            Whether to return standard errors as well; the model must have been fitted with `error_bars`.

        Returns
        -------
        ndarray of shape (n,), or a pair of them

        Examples
        --------
        >>> import numpy as np
        >>> import jkonetstar as jk
        >>> x0 = np.random.default_rng(0).normal(size=(100, 1)) + 3
        >>> x1 = x0 - 0.1 * (x0 - x0.mean())  # one explicit step of U(x) = |x|^2 / 2
        >>> model = jk.JKOnetStar(None, "linear", scheme="explicit", polynomial_degree=2, radial_grid=0)
        >>> _ = model.fit(np.concatenate([x0, x1]), time=np.repeat([0.0, 0.1], 100))
        >>> up, down = model.interaction([[2.0], [-2.0]])
        >>> print(round((up + down) / 2, 3))  # the part of U that is even
        2.0
        """
        points = _arrays.points(x, "x")
        handle = self._fitted().handle
        value, error = lib.jko_model_interaction, lib.jko_model_interaction_error
        return _evaluated(handle, points, (len(points),), value, error if return_std else None)

    def interaction_gradient(self, x: ArrayLike, return_std: bool = False) -> Any:
        """Return the gradient of U at differences `x` between particles, in length/time.

        Parameters
        ----------
        x : array_like of shape (n, d)
            In length.
        return_std : bool
            Whether to return standard errors as well; the model must have been fitted with `error_bars`.

        Returns
        -------
        ndarray of shape (n, d), or a pair of them

        Examples
        --------
        >>> import numpy as np
        >>> import jkonetstar as jk
        >>> x0 = np.random.default_rng(0).normal(size=(100, 1)) + 3
        >>> x1 = x0 - 0.1 * (x0 - x0.mean())  # one explicit step of U(x) = |x|^2 / 2
        >>> model = jk.JKOnetStar(None, "linear", scheme="explicit", polynomial_degree=2, radial_grid=0)
        >>> _ = model.fit(np.concatenate([x0, x1]), time=np.repeat([0.0, 0.1], 100))
        >>> (model.interaction_gradient([[1.0]]) - model.interaction_gradient([[0.0]])).round(3)
        array([[1.]])
        """
        points = _arrays.points(x, "x")
        handle = self._fitted().handle
        value, error = lib.jko_model_interaction_gradient, lib.jko_model_interaction_gradient_error
        return _evaluated(handle, points, points.shape, value, error if return_std else None)

    def energy(self, X: ArrayLike, weights: ArrayLike | None = None, t: float | None = None) -> float:
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
        >>> model = jk.JKOnetStar(potential="linear", polynomial_degree=2, radial_grid=0)
        >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])  # V(x) = 0.05 x^2
        >>> round(model.energy([[0.0], [2.0]]) - model.energy([[0.0]]), 3)
        0.1
        """
        points = _arrays.points(X, "X")
        mass = None if weights is None else _arrays.vector(weights, "weights")
        energy, value = self._fitted(), c_double()
        view = None if mass is None else _arrays.view(mass)
        time = energy.time(t)
        heeded(lib.jko_model_energy, energy.handle, _arrays.view(points), view, time, byref(value), x="X")
        return value.value

    @property
    @_attribute
    def beta_(self) -> float:
        """The level of the internal energy, in length^2/time."""
        return _number(lib.jko_model_beta, self._fitted().handle)

    @property
    @_attribute
    def beta_std_(self) -> float:
        """The standard error of `beta_`, from a fit with `error_bars`."""
        return _number(lib.jko_model_beta_error, self._fitted().handle)

    @property
    @_attribute
    def coef_(self) -> NDArray[np.float64]:
        """The coefficients of a linear energy: V's features, U's, beta; in standardised coordinates.

        With z = (x - mean) / length_scale and s = (t - t_0) / time_scale (see `describe`), V is
        length_scale^2 / time_scale times the sum of coefficients and features of z.
        """
        energy = self._fitted()
        out = _arrays.output(energy.info.parameter_count)
        check(lib.jko_model_coefficients(energy.handle, _arrays.view(out)))
        return out

    @property
    @_attribute
    def ridge_(self) -> float:
        """The ridge that a linear energy was fitted with: the one given, the usual one, or that chosen by "gcv"."""
        return self._ridge()[0]

    @property
    @_attribute
    def gcv_score_(self) -> float:
        """What "gcv" minimised, at `ridge_`: RSS / (1 - trace H / N)^2, in length^2.

        RSS is the objective less the part that no energy can change, H the map from the N numbers of mean shifts to
        their predictions. It compares features fitted to the same snapshots: the least is best.
        """
        score = self._ridge()[1]
        if score != score:
            raise InputError("gcv_score_ is there after a fit with ridge='gcv' only")
        return score

    def _ridge(self) -> tuple[float, float]:
        ridge, score = c_double(), c_double()
        check(lib.jko_model_ridge(self._fitted().handle, byref(ridge), byref(score)))
        return ridge.value, score.value

    @property
    @_attribute
    def covariance_(self) -> NDArray[np.float64]:
        """The covariance of `coef_`, from a fit with `error_bars`."""
        energy = self._fitted()
        count = energy.info.parameter_count
        out = _arrays.output(count, count)
        check(lib.jko_model_covariance(energy.handle, _arrays.view(out)))
        return out

    def observability(self) -> Observability:
        """Say which terms of a linear energy the data can tell apart.

        Returns
        -------
        Observability
            Printed, it is a plain sentence.

        Examples
        --------
        >>> import numpy as np
        >>> import jkonetstar as jk
        >>> x0 = np.random.default_rng(0).normal(size=(100, 1))
        >>> x0 -= x0.mean()  # a population whose mean rests: V = |x|^2 / 2 and U = |x|^2 / 2 do the same to it
        >>> model = jk.JKOnetStar("linear", "linear", polynomial_degree=2, radial_grid=0)
        >>> with __import__("warnings").catch_warnings(record=True):
        ...     _ = model.fit(np.concatenate([x0, 0.9 * x0]), time=np.repeat([0.0, 0.1], 100))
        >>> model.observability().identified
        False
        """
        return Observability(self._fitted().text(lib.jko_model_observability))

    def partial_fit(self, X: Any, time: ArrayLike | None = None, weights: ArrayLike | None = None) -> Any:
        """Fit a linear energy to one more series of snapshots, without those before.

        The first call fits, and fixes features and standardised coordinates; each later one adds its transitions to
        the normal equations and solves them again. Transitions between calls are not seen: let each call begin with
        the last snapshot of the one before, if they are of one course. The result has no error bars.

        Parameters
        ----------
        X : array_like of shape (n, d), or Snapshots
            As in `fit`.
        time : array_like of shape (n,)
            As in `fit`.
        weights : array_like of shape (n,), optional
            As in `fit`.

        Returns
        -------
        self

        Examples
        --------
        >>> import jkonetstar as jk
        >>> model = jk.JKOnetStar(potential="linear", polynomial_degree=2, radial_grid=0)
        >>> _ = model.partial_fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
        >>> _ = model.partial_fit([-1.0, 3.0, -0.9, 2.7], time=[0, 0, 1, 1])
        >>> model.potential_gradient([[1.0]]).round(3)
        array([[0.1]])
        """
        if self._energy is None:
            return self.fit(X, time, weights)
        changed = self._energy.differences(model_options(self.get_params()))
        if changed:
            raise InputError(f"{changed[0]} has changed since the first fit, whose features stay; call fit instead")
        series = as_snapshots(X, time, weights)
        options = fit_options(self.get_params())
        sums = POINTER(_abi.NormalEquations)()
        check(lib.jko_normal_equations_create(self._energy.handle, byref(sums)))
        try:
            check(lib.jko_normal_equations_merge_model(sums, self._energy.handle))
            with self._long_call() as call:
                options.progress = call.progress
                status = lib.jko_normal_equations_accumulate(sums, series._handle, byref(options))
            call.finish(status)
            handle = POINTER(_abi.Model)()
            with self._long_call() as call:
                options.progress = call.progress
                status = lib.jko_normal_equations_solve(sums, byref(options), byref(handle))
            call.finish(status)
        finally:
            lib.jko_normal_equations_destroy(sums)
        self._energy = Energy(handle)
        return self

    def _warn_of_terms(self) -> None:
        """Warn of terms that the data cannot tell from the others; to be called by what the user calls."""
        info = self._fitted().info
        if info.internal and self.beta_ < 0:
            warnings.warn(
                f"beta = {self.beta_:.3g} is negative, which no diffusion has; predictions take it for 0. The sampling "
                "noise of snapshots can do that where they are small or close in time",
                RuntimeWarning,
                stacklevel=3,
            )
        linear = info.potential != _abi.POTENTIAL["mlp"] and info.interaction != _abi.INTERACTION["mlp"]
        if linear and (info.potential != 0) + (info.interaction != 0) + (info.internal != 0) > 1:
            identified = c_int32()
            heeded(lib.jko_model_identified, self._fitted().handle, byref(identified))
            if not identified:
                warnings.warn(self.observability().sentence, IdentifiabilityWarning, stacklevel=3)


def _number(function: Any, handle: Any) -> float:
    value = c_double()
    check(function(handle, byref(value)))
    return value.value


def _evaluated(handle: Any, points: NDArray, shape: tuple[int, ...], value: Any, error: Any) -> Any:
    """Return what `value` says at some points, and `error`, if that is asked for."""
    results = []
    for function in (value, error):
        if function is not None:
            out = _arrays.output(*shape)
            evaluated(points.size, function, handle, _arrays.view(points), _arrays.view(out))
            results.append(out)
    return results[0] if error is None else tuple(results)
