"""What a fitted model says of whole populations: where they go, and how well that agrees with observations."""

from __future__ import annotations

import warnings
from ctypes import byref, sizeof
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _arrays
from ._calls import LongCall
from ._energy import Energy
from ._errors import InputError
from ._library import check, lib
from ._progress import ProgressLine
from ._terms import Terms
from .snapshots import Snapshots, as_snapshots


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
    """

    one_step: NDArray[np.float64]
    cumulative: NDArray[np.float64]
    effects_mismatch: NDArray[np.float64]


class Predictions(Terms):
    """The part of `JKOnetStar` that is about populations: rollouts and their distances from what was observed."""

    verbose: int
    optimizer: str

    def predict(
        self,
        x0: ArrayLike,
        t0: float | None = None,
        steps: int | None = None,
        times: ArrayLike | None = None,
        random_state: Any = None,
        *,
        tolerance: float | None = None,
        max_iterations: int | None = None,
    ) -> NDArray[np.float64]:
        """Predict where a population goes.

        Implicit models solve each particle's JKO step, min_y V(y, t_{k+1}) + |y - x|^2 / (2 tau_k), or, with U, that
        of all particles together; explicit ones step y = x - tau_k (grad V(x, t_k) + mean_j grad U(x - x_j)). With
        internal energy, noise of variance 2 beta tau_k is added.

        Parameters
        ----------
        x0 : array_like of shape (n, d)
            The population to start from, in length.
        t0 : float, optional
            A fitted time, that of `x0`; the first one by default. Later times follow the fitted gaps, the
            last of which repeats.
        steps : int, optional
            How many steps to take along these times; 1 by default.
        times : array_like of shape (steps + 1,), optional
            Instead of `t0` and `steps`, which must not contradict it: the time of `x0`, then of each prediction,
            strictly increasing.
        random_state : int, numpy.random.Generator, RandomState or None
            Seed of the noise of models with internal energy; others do not use it. None takes that of the fit, so that
            two predictions agree; pass a Generator for other noise each time.
        tolerance : float, optional
            Largest residual of an implicit step, relative to the length scale of the training points; 1e-9. Explicit
            models have no use for it, nor for `max_iterations`.
        max_iterations : int, optional
            Largest number of Newton iterations per implicit step; 200.

        Returns
        -------
        ndarray of shape (steps + 1, n, d)
            `x0`, then the population after each step, in length.

        Warns
        -----
        RuntimeWarning
            If implicit steps did not converge; their best iterates are returned. If predictions leave ten times the
            region of the training points, where the energy is an extrapolation.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> model = jk.JKOnetStar(potential="linear", polynomial_degree=2, radial_grid=0)
        >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
        >>> model.predict([1.0, -2.0])[-1].round(3)
        array([[ 0.9],
               [-1.8]])
        >>> model.predict([1.0, -2.0], times=[0.0, 0.5, 1.0, 3.0]).shape
        (4, 2, 1)
        """
        energy = self._fitted()
        start = _arrays.points(x0, "x0")
        moments = self._moments(energy, t0, steps, times)
        options, info = _abi.RolloutOptions(), _abi.RolloutInfo(struct_size=sizeof(_abi.RolloutInfo))
        check(lib.jko_rollout_options_init(byref(options), sizeof(options)))
        if random_state is not None:
            options.seed = _arrays.seed(random_state)
        elif energy.info.internal:
            options.seed = energy.description()["fit"]["seed"]
        for name, value in (("tolerance", tolerance), ("max_iterations", max_iterations)):
            if value is not None and energy.info.scheme != _abi.SCHEME["implicit"]:
                raise InputError(f"{name} = {value!r} is for implicit steps; those of this model are explicit")
        if tolerance is not None:
            options.tolerance = _arrays.real(tolerance, "tolerance")
        if max_iterations is not None:
            options.max_iterations = _arrays.integer(max_iterations, "max_iterations", 0, 2**63 - 1)
        out = _arrays.output(max(len(moments), 1) * len(start), start.shape[1])
        with self._long_call(patience=1.0) as call:
            options.progress = call.progress
            status = lib.jko_model_rollout(
                energy.handle,
                _arrays.view(start),
                _arrays.view(moments),
                byref(options),
                _arrays.view(out),
                byref(info),
            )
        call.finish(status)
        _warn_of_steps(info)
        return out.reshape(len(moments), *start.shape)

    def evaluate(self, X: Any, time: ArrayLike | None = None, weights: ArrayLike | None = None) -> Evaluation:
        """Compare predictions with observed snapshots, usually ones the model was not fitted to.

        Parameters
        ----------
        X : array_like of shape (n, d), or Snapshots
            Pooled particles of two or more snapshots, in length, or a series that has its own times and weights.
        time : array_like of shape (n,)
            When each particle was seen.
        weights : array_like of shape (n,), optional
            How much each particle counts within its snapshot; all alike by default.

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
        >>> model = jk.JKOnetStar(potential="linear", polynomial_degree=2, radial_grid=0)
        >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
        >>> result = model.evaluate([0.0, 3.0, 0.9, 2.7], time=[0, 0, 1, 1])
        >>> result.one_step.round(3)
        array([0.45])
        """
        return Evaluation(*self._distances(as_snapshots(X, time, weights), 3))

    def score(self, X: Any, time: ArrayLike | None = None, weights: ArrayLike | None = None) -> float:
        """Return minus the mean one-step-ahead W1 distance, so that greater is better.

        Parameters
        ----------
        X : array_like of shape (n, d), or Snapshots
            Pooled particles of two or more snapshots, in length, or a series that has its own times and weights.
        time : array_like of shape (n,)
            When each particle was seen.
        weights : array_like of shape (n,), optional
            How much each particle counts within its snapshot; all alike by default.

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
        >>> model = jk.JKOnetStar(potential="linear", polynomial_degree=2, radial_grid=0)
        >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
        >>> round(model.score([0.0, 3.0, 0.9, 2.7], time=[0, 0, 1, 1]), 3)
        -0.45
        """
        (one_step,) = self._distances(as_snapshots(X, time, weights), 1)
        return -float(one_step.mean())

    @staticmethod
    def _moments(energy: Energy, t0: Any, steps: Any, times: Any) -> NDArray[np.float64]:
        if times is None:
            return energy.rollout_times(t0, 1 if steps is None else steps)
        moments = _arrays.vector(times, "times")
        if t0 is not None and _arrays.real(t0, "t0") != moments[0]:
            raise InputError(f"t0 = {t0} contradicts times[0] = {moments[0]}; leave out t0")
        if steps is not None and _arrays.integer(steps, "steps", 0, 2**31 - 1) != len(moments) - 1:
            raise InputError(f"steps = {steps} contradicts times, whose steps are {len(moments) - 1}; leave out steps")
        return moments

    def _warn_of_fit(self, series: Snapshots) -> None:
        """Warn of a model that predicts its training snapshots worse than "nothing moves"; called by `fit`."""
        energy, checked = self._fitted(), _abi.FitCheck(struct_size=sizeof(_abi.FitCheck))
        options = _abi.EvaluationOptions()
        check(lib.jko_evaluation_options_init(byref(options), sizeof(options)))
        with self._long_call(patience=1.0) as call:
            options.progress = call.progress
            status = lib.jko_model_check(energy.handle, series._handle, byref(options), byref(checked))
        call.finish(status)
        if checked.worse:
            first, second = self._remedies(energy.info)[:2]
            warnings.warn(
                f"the fitted model predicts its own training snapshots worse than if nothing moved: one step ahead W1 "
                f"is {checked.one_step:.3g}, and {checked.nothing_moves:.3g} if nothing moves. "
                f"Try {first}, or {second}",
                RuntimeWarning,
                stacklevel=3,
            )

    def _remedies(self, info: _abi.ModelInfo) -> list[str]:
        """Return what helps against predictions that are worse than none, the most promising first."""
        remedies = []
        if info.scheme == _abi.SCHEME["implicit"]:
            remedies.append('scheme="explicit"')
        if info.potential and not info.time_varying and info.time_count > 2:
            remedies.append("time_varying=True")
        if _abi.POTENTIAL["mlp"] not in (info.potential, info.interaction):
            return [*remedies, "a larger ridge", "a lower polynomial_degree"]
        if self.optimizer == "adam":
            remedies.append('validation="emd"')
        return [*remedies, "fewer epochs", "a smaller network (hidden)"]

    def _long_call(self, patience: float = 0.0) -> LongCall:
        verbose = _arrays.integer(self.verbose, "verbose", 0, 2**31 - 1)
        return LongCall(ProgressLine(patience) if verbose else None)

    def _distances(self, series: Snapshots, kinds: int) -> list[NDArray]:
        energy = self._fitted()
        options, info = _abi.EvaluationOptions(), _abi.RolloutInfo(struct_size=sizeof(_abi.RolloutInfo))
        check(lib.jko_evaluation_options_init(byref(options), sizeof(options)))
        distances = [_arrays.output(max(len(series) - 1, 1)) for _ in range(kinds)]
        views = [_arrays.view(array) for array in distances] + [None] * (3 - kinds)
        with self._long_call(patience=1.0) as call:
            options.progress = call.progress
            status = lib.jko_model_evaluate(energy.handle, series._handle, byref(options), *views, byref(info))
        call.finish(status)
        _warn_of_steps(info, stacklevel=4)
        return distances


def _warn_of_steps(info: _abi.RolloutInfo, stacklevel: int = 3) -> None:
    """Warn of predictions that are not to be trusted; by default, to be called by what the user calls."""
    if info.outside:
        warnings.warn(
            f"{info.outside:,} predicted particles lie beyond ten times the region of the training points; the "
            f"farthest is {info.farthest:.3g} times as far from its centre as any of these. The energy is an "
            "extrapolation there. Predict fewer or shorter steps, or fit a model that extrapolates less: a lower "
            "polynomial_degree, a larger ridge, or a network",
            RuntimeWarning,
            stacklevel=stacklevel,
        )
    if info.unconverged:
        warnings.warn(
            f"{info.unconverged:,} implicit steps did not converge; the largest residual is "
            f"{info.max_residual:.2e} of the length scale of the training points",
            RuntimeWarning,
            stacklevel=stacklevel,
        )
