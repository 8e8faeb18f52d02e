"""Where a fitted energy moves populations."""

from __future__ import annotations

from ctypes import byref, sizeof
from typing import Any, Literal, Union, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _arrays, _attributes
from ._advice import advise, share
from ._asked_times import asked_time, asked_times
from ._calls import LongCall
from ._choices import Moment, Moments, Noise, RandomState
from ._energy import Energy
from ._errors import ExtrapolationWarning, InputError
from ._estimator import Estimator
from ._library import check, lib


@overload
def predict(
    self: Estimator,
    x0: ArrayLike,
    t0: Moment | None = None,
    steps: int | None = None,
    times: Moments | None = None,
    random_state: RandomState = None,
    *,
    tolerance: float | None = None,
    max_iterations: int | None = None,
    substeps: int = 1,
    noise: Noise = "beta",
    return_std: Literal[False] = False,
    return_masses: Literal[False] = False,
) -> NDArray[np.float64]: ...
@overload
def predict(
    self: Estimator,
    x0: ArrayLike,
    t0: Moment | None = None,
    steps: int | None = None,
    times: Moments | None = None,
    random_state: RandomState = None,
    *,
    tolerance: float | None = None,
    max_iterations: int | None = None,
    substeps: int = 1,
    noise: Noise = "beta",
    return_std: Literal[True],
    return_masses: Literal[False] = False,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
@overload
def predict(
    self: Estimator,
    x0: ArrayLike,
    t0: Moment | None = None,
    steps: int | None = None,
    times: Moments | None = None,
    random_state: RandomState = None,
    *,
    tolerance: float | None = None,
    max_iterations: int | None = None,
    substeps: int = 1,
    noise: Noise = "beta",
    return_std: Literal[False] = False,
    return_masses: Literal[True],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
@overload
def predict(
    self: Estimator,
    x0: ArrayLike,
    t0: Moment | None = None,
    steps: int | None = None,
    times: Moments | None = None,
    random_state: RandomState = None,
    *,
    tolerance: float | None = None,
    max_iterations: int | None = None,
    substeps: int = 1,
    noise: Noise = "beta",
    return_std: bool,
    return_masses: bool = False,
) -> Union[NDArray[np.float64], tuple[NDArray[np.float64], NDArray[np.float64]]]: ...
def predict(
    self: Estimator,
    x0: ArrayLike,
    t0: Moment | None = None,
    steps: int | None = None,
    times: Moments | None = None,
    random_state: RandomState = None,
    *,
    tolerance: float | None = None,
    max_iterations: int | None = None,
    substeps: int = 1,
    noise: Noise = "beta",
    return_std: bool = False,
    return_masses: bool = False,
) -> Union[NDArray[np.float64], tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Predict where a population goes.

    Implicit models solve each particle's JKO step, min_y V(y, t_{k+1}) + |y - x|^2 / (2 tau_k), or, with U, that
    of all particles together; explicit ones step y = x - tau_k (grad V(x, t_k) + mean_j grad U(x - x_j)). With
    internal energy, noise of variance 2 beta tau_k is added. Midpoint models take half an implicit step and go the same
    way once more (the implicit midpoint rule), with half of the noise before and half after it.

    Parameters
    ----------
    x0 : array_like of shape (n, d)
        The population to start from, in length.
    t0 : float or label, optional
        A fitted time, that of `x0`; the first one by default. Later times follow the fitted gaps, the
        last of which repeats.
    steps : int, optional
        How many steps to take along these times; 1 by default.
    times : array_like of shape (steps + 1,), optional
        Instead of `t0` and `steps`, which must not contradict it: the time of `x0`, then of each prediction,
        strictly increasing. Numbers, or labels such as "Day 3" as in the data of the fit. A model that was loaded from
        a file does not remember these, and understands labels as `Snapshots` does.
    random_state : int, numpy.random.Generator, RandomState or None
        Seed of the noise of models with internal energy; others do not use it. None takes that of the fit, so that
        two predictions agree; pass a Generator for other noise each time.
    tolerance : float, optional
        Largest residual of an implicit step, relative to the length scale of the training points; 1e-9. Explicit
        models have no use for it, nor for `max_iterations`.
    max_iterations : int, optional
        Largest number of Newton iterations per implicit step; 200.
    substeps : int
        Into so many steps of equal length each step from time to time is divided. 1 takes the steps that the model was
        fitted to, with which its predictions are best; energies of the midpoint scheme may be followed in finer ones.
    noise : {"beta", "residual", "none"}
        What is added to the drift: the noise of internal energy, if the model has that; what training particles nearby
        have left over, which restores the spread that explicit predictions of noisy motion lose; or nothing.
    return_std : bool
        Whether to return standard errors as well, of each particle and coordinate, in length: the spread of the
        predictions of all fits of a bootstrap. The model must have a network, and ``error_bars="bootstrap"``. The noise
        that is added to the drift is no part of them.
    return_masses : bool
        Whether to return masses as well, for a model with growth (see `fit`): 1/n each at first, and then what became
        of them on the way. Their sum is how much the population has grown. Not together with `return_std`.

    Returns
    -------
    ndarray of shape (steps + 1, n, d), or a pair of them
        `x0`, then the population after each step, in length; with `return_masses` also an array of shape
        (steps + 1, n).

    Warns
    -----
    RuntimeWarning
        If implicit steps did not converge; their best iterates are returned.
    ExtrapolationWarning
        If a step is more than three times as long as the longest gap that was fitted; if times lie outside the fitted
        ones by more than the longest gap; if predicted particles lie more than five times as far from the centre of the
        training points as the farthest of these.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
    >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
    >>> model.predict([1.0, -2.0])[-1].round(3)
    array([[ 0.9],
           [-1.8]])
    >>> model.predict([1.0, -2.0], times=[0.0, 0.5, 1.0, 3.0]).shape
    (4, 2, 1)
    """
    energy = self._fitted()
    start = energy.coordinates.points(x0, "x0")
    course = _moments(energy, t0, steps, times)
    growth = _attributes.growth(energy) if _arrays.boolean(return_masses, "return_masses") else None
    if growth is not None and return_std:
        raise InputError("return_std and return_masses are not for the same call; ask for one at a time")
    options = _rollout_options(energy, random_state, tolerance, max_iterations, substeps, noise)
    advise_on_times(energy, course)
    found = _rollout(energy, start, course, options, self._long_call(patience=1.0))
    if growth is not None:
        return found, growth.masses(found, course)
    if not _arrays.boolean(return_std, "return_std"):
        return found
    return found, _rollout(energy, start, course, options, self._long_call(patience=1.0), "_error")


def _moments(energy: Energy, t0: Any, steps: Any, times: Any) -> NDArray[Any]:
    """Return the time of a start and of each step from it."""
    if times is None:
        return energy.rollout_times(t0, 1 if steps is None else steps)
    found = asked_times(times, "times", energy.time_labels)
    if t0 is not None and asked_time(t0, "t0", energy.time_labels) != found[0]:
        raise InputError(f"t0 = {t0} contradicts times[0] = {found[0]}; leave out t0")
    if steps is not None and _arrays.integer(steps, "steps", 0, 2**31 - 1) != len(found) - 1:
        raise InputError(f"steps = {steps} contradicts times, whose steps are {len(found) - 1}; leave out steps")
    return found


def _rollout_options(
    energy: Energy, random_state: Any, tolerance: Any, max_iterations: Any, substeps: Any, noise: Any
) -> _abi.RolloutOptions:
    """Return how steps are taken."""
    options = _abi.RolloutOptions()
    check(lib.jko_rollout_options_init(byref(options), sizeof(options)))
    if random_state is not None:
        options.seed = _arrays.seed(random_state)
    elif energy.info.internal or noise == "residual":
        options.seed = energy.description()["fit"]["seed"]
    for name, value in (("tolerance", tolerance), ("max_iterations", max_iterations)):
        if value is not None and energy.info.scheme == _abi.SCHEME["explicit"]:
            raise InputError(f"{name} = {value!r} is for implicit steps; those of this model are explicit")
    if tolerance is not None:
        options.tolerance = _arrays.real(tolerance, "tolerance")
    if max_iterations is not None:
        options.max_iterations = _arrays.integer(max_iterations, "max_iterations", 0, 2**63 - 1)
    options.noise = _arrays.choice(noise, "noise", _abi.NOISE)
    options.substeps = _arrays.integer(substeps, "substeps", 1, 2**63 - 1)
    return options


def _rollout(
    energy: Energy,
    start: NDArray[Any],
    times: NDArray[Any],
    options: _abi.RolloutOptions,
    call: LongCall,
    what: str = "",
) -> NDArray[np.float64]:
    """Return a population, or its "_error", at each of some times, shape (steps + 1, n, d)."""
    info = _abi.RolloutInfo(struct_size=sizeof(_abi.RolloutInfo))
    out = _arrays.output(max(len(times), 1) * len(start), start.shape[1])
    with call:
        options.progress = call.progress
        status = getattr(lib, f"jko_model_rollout{what}")(
            energy.handle, _arrays.view(start), _arrays.view(times), byref(options), _arrays.view(out), byref(info)
        )
    call.finish(status)
    members = energy.info.member_count if what else 1
    advise_on_steps(energy, info, members * (len(times) - 1) * len(start))
    return out.reshape(len(times), *start.shape)


#: Steps longer than the longest fitted gap by this factor are far longer than anything the fit has seen.
_FAR_STEP = 3.0
#: Predictions further out than this, in radii of the training region, are beyond the data.
_FAR_OUT = 5.0


def advise_on_times(energy: Energy, times: NDArray[Any]) -> None:
    """Warn of times that a model knows nothing of. Those that the library refuses are not looked at."""
    steps = np.diff(times)
    if not (np.isfinite(times).all() and (steps > 0).all()) or not len(steps):
        return
    fitted = _attributes.times(energy)
    longest = np.diff(fitted).max()
    if steps.max() > _FAR_STEP * longest:
        advise(
            f"a step of {steps.max():.3g} in time is {steps.max() / longest:.3g} times as long as the longest gap that "
            f"the model was fitted to, {longest:.3g}, and one step follows no particle that far",
            [f"times= in steps of {longest:.3g} or less", "steps=, which follows the fitted gaps"],
            "far-steps",
            ExtrapolationWarning,
        )
        return
    beyond = max(fitted[0] - times[0], times[-1] - fitted[-1])
    if beyond > longest * (1 + 1e-9):
        advise(
            f"times {times[0]:.6g} to {times[-1]:.6g} lie outside the fitted times, {fitted[0]:.6g} to "
            f"{fitted[-1]:.6g}, by {beyond:.3g}, {beyond / longest:.3g} times the longest gap: "
            + (
                "V varies in time and is an extrapolation there"
                if energy.info.time_varying
                else "no snapshot says whether the energy still holds there"
            ),
            [
                "times nearer to the fitted ones",
                "return_std=True after a fit with error_bars='bootstrap', which says how far fits agree there",
            ],
            "outside-fitted-times",
            ExtrapolationWarning,
        )


def advise_on_steps(energy: Energy, info: _abi.RolloutInfo, steps: int) -> None:
    """Warn of predictions that are not to be trusted, made in so many steps of single particles."""
    if info.outside or info.farthest > _FAR_OUT:
        where = (
            f"{info.outside:,} predicted particles lie beyond ten times the region of the training points"
            if info.outside
            else "predicted particles lie beyond five times the region of the training points"
        )
        is_network = _abi.PARAMETRISATION["network"] in (energy.info.potential, energy.info.interaction)
        tamer = (
            "a smaller network (hidden)" if is_network else "a lower polynomial_degree, a larger ridge, or a network"
        )
        advise(
            f"{where}: the farthest is {info.farthest:.3g} times as far from its centre as any of these, and the "
            "energy is an extrapolation there",
            ["fewer or shorter steps", tamer],
            "beyond-the-region",
            ExtrapolationWarning,
        )
    if info.unconverged:
        advise(
            f"{info.unconverged:,} of {steps:,} implicit steps ({share(info.unconverged / steps)}) did not converge; "
            f"the largest residual is {info.max_residual:.2e} of the length scale of the training points",
            ["shorter steps (times=)", 'scheme="explicit", whose steps always have a solution'],
            "unconverged-steps",
        )
