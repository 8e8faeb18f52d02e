"""Populations at times between observed ones."""

from __future__ import annotations

from ctypes import POINTER, byref, pointer, sizeof
from typing import Any, Literal, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from . import _abi, _arrays
from ._advice import advise
from ._asked_times import asked_times
from ._calls import LongCall
from ._choices import Interpolant, Moments, RandomState
from ._errors import IdentifiabilityWarning
from ._estimator import Estimator
from ._library import check, lib
from .growth_rates import GrowthRates
from .snapshots import Snapshots

#: The codes of jkonetstar/interpolation.h.
METHODS = {"auto": 0, "straight": 1, "flow": 2}


class InterpolationReport(NamedTuple):
    """How interpolated populations were found; each array has one element per time.

    Attributes
    ----------
    gradient : ndarray
        1 for gradients, 0 for fields that may turn and for straight lines, nan at observed times and with a fitted
        model.
    ridge : ndarray
        The ridge of the velocity field; 0 for straight lines, nan at observed times and with a fitted model.
    rounds : ndarray
        How often the field was fitted; likewise.
    missed : ndarray
        By how much the method that was chosen missed the observed times nearby, when these were left out: the mean
        energy distance, in length. The gap is wider there, so that it is more than is to be expected. nan where nothing
        was left out.
    straight_missed : ndarray
        The same of straight lines.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> found, how = jk.interpolate(jk.Snapshots([0.0, 1.0, 4.0], time=[0, 1, 2]), [0.5], return_report=True)
    >>> how.missed
    array([nan])
    """

    gradient: NDArray[np.float64]
    ridge: NDArray[np.float64]
    rounds: NDArray[np.float64]
    missed: NDArray[np.float64]
    straight_missed: NDArray[np.float64]


@overload
def interpolate(
    snapshots: Snapshots,
    times: Moments,
    method: Interpolant = "auto",
    *,
    gradient: bool | None = None,
    ridge: float | None = None,
    rounds: int | None = None,
    relaxation: float = 2.0,
    length_scale: float = 2.0,
    time_scale: float = 3.0,
    max_particles: int = 400,
    random_state: RandomState = 0,
    growth: GrowthRates | None = None,
    return_report: Literal[False] = False,
) -> Snapshots: ...
@overload
def interpolate(
    snapshots: Snapshots,
    times: Moments,
    method: Interpolant = "auto",
    *,
    gradient: bool | None = None,
    ridge: float | None = None,
    rounds: int | None = None,
    relaxation: float = 2.0,
    length_scale: float = 2.0,
    time_scale: float = 3.0,
    max_particles: int = 400,
    random_state: RandomState = 0,
    growth: GrowthRates | None = None,
    return_report: Literal[True],
) -> tuple[Snapshots, InterpolationReport]: ...
def interpolate(
    snapshots: Snapshots,
    times: Moments,
    method: Interpolant = "auto",
    *,
    gradient: bool | None = None,
    ridge: float | None = None,
    rounds: int | None = None,
    relaxation: float = 2.0,
    length_scale: float = 2.0,
    time_scale: float = 3.0,
    max_particles: int = 400,
    random_state: RandomState = 0,
    growth: GrowthRates | None = None,
    return_report: bool = False,
) -> Snapshots | tuple[Snapshots, InterpolationReport]:
    """Find the population at times between observed ones, from both neighbours.

    The particles of both neighbouring snapshots flow along a velocity field to the requested time, where they meet. The
    field is fitted to the paths between all snapshots nearby. Particles may gain or lose mass on their way, so that a
    population that grows in one place need not move there. Whether such a flow or straight lines are taken is decided
    by the observed times nearby, each left out in turn.

    Parameters
    ----------
    snapshots : Snapshots
        Two or more. Of two, only straight lines can be learned.
    times : array_like of shape (n,)
        Strictly increasing, from the first observed time to the last: numbers, or labels such as "Day 3" where the
        data had labels. At an observed time the population is the observed one.
    method : {"auto", "straight", "flow"}
        "straight": particles move on straight lines along the optimal plan (McCann's displacement interpolation).
        "flow": along the field. "auto": whichever does best at the observed times nearby.
    gradient : bool, optional
        Whether velocities are gradients of one function of place and time, as those of an energy are; other fields may
        turn. None chooses it by the observed times, and takes gradients where none can be left out.
    ridge : float, optional
        Of the velocity field, positive, without a unit. None chooses it by the observed times.
    rounds : int, optional
        How often the field is fitted, 1 to 100: first to straight paths, then to paths that bend along the field of the
        round before. None chooses it by the observed times.
    relaxation : float
        What it costs to create or destroy mass, in units of the mean cost of the exact plan; inf where every particle
        keeps its mass.
    length_scale : float
        The distance over which velocities change, in units of sqrt(d / 5) times the root mean square spread of the
        particles per coordinate.
    time_scale : float
        The time over which velocities change, in median gaps.
    max_particles : int
        The field is fitted, and the method chosen, with at most so many particles of each snapshot. The population
        itself is made of all of them.
    random_state : int, numpy.random.Generator, RandomState or None
        Seed of the field's features and of the particles drawn.
    growth : Growth or GrowthRates, optional
        Masses of flows grow at these rates on the way from both neighbours. Best where the weights of snapshots mean
        growth; unsafe where they mean how many particles were sampled. None: the relaxed plan says how masses grow in
        this gap.
    return_report : bool
        Whether to return how the populations were found, too.

    Returns
    -------
    Snapshots
        One at each of the times, with weights. Use `Snapshots.to_arrays`, or draw particles with the weights as
        probabilities.
    InterpolationReport
        Only if `return_report`.

    Raises
    ------
    ValueError
        If there are fewer than two snapshots, or a time is not between the first and the last.
    ConvergenceError
        If ``method="flow"`` leaves the range of numbers.

    Warns
    -----
    IdentifiabilityWarning
        If there are only two snapshots, so that nothing says whether particles move on straight lines.

    Examples
    --------
    >>> import numpy as np
    >>> import jkonetstar as jk
    >>> rng = np.random.default_rng(0)
    >>> t = np.repeat([0.0, 1.0, 2.0, 3.0], 100)  # a cloud on a circle, a quarter of a turn in all
    >>> x = np.stack([np.cos(t / 2), np.sin(t / 2)], 1) + 0.1 * rng.normal(size=(400, 2))
    >>> found = jk.interpolate(jk.Snapshots(x, time=t), [1.5, 2.0])
    >>> found.sizes[0] <= 200, found.sizes[1]
    (True, 100)
    >>> float(np.linalg.norm(found[0].weights @ found[0].points).round(1))
    1.0
    """
    options = _options(method, relaxation, random_state, growth)
    if gradient is not None:
        options.gradient = _arrays.boolean(gradient, "gradient")
    if ridge is not None:
        options.ridge = _arrays.positive(ridge, "ridge")
    if rounds is not None:
        options.rounds = _arrays.integer(rounds, "rounds", 1, 100)
    options.length_scale = _arrays.positive(length_scale, "length_scale")
    options.time_scale = _arrays.positive(time_scale, "time_scale")
    options.particles = _arrays.integer(max_particles, "max_particles", 2, 1_000_000)
    reported = _arrays.boolean(return_report, "return_report")
    if not isinstance(snapshots, Snapshots):
        raise TypeError(f"snapshots must be Snapshots, got {type(snapshots).__name__}")
    found, report = _interpolated(snapshots, times, options, LongCall(), growth)
    if len(snapshots) == 2 and method == "auto":
        advise(
            "two snapshots do not say how particles move between them: straight lines are taken",
            ["a series with more times", "the interpolate method of a fitted model"],
            "two-snapshots",
            IdentifiabilityWarning,
        )
    return (found, report) if reported else found


def interpolate_by_model(
    self: Estimator,
    snapshots: Snapshots,
    times: Moments,
    *,
    relaxation: float = 2.0,
    growth: GrowthRates | None = None,
) -> Snapshots:
    """Find the population at times between observed ones: its neighbours flow along this energy, and meet.

    Velocities are ``-grad(V + U * mu + beta log mu)``, with the density of the moving population. The snapshots need
    not be those of the fit.

    Parameters
    ----------
    snapshots : Snapshots
        Two or more, with the coordinates of the fit.
    times : array_like of shape (n,)
        Strictly increasing, from the first time of the snapshots to the last: numbers, or labels as the data had.
    relaxation : float
        What it costs to create or destroy mass, in units of the mean cost of the exact plan; inf where every particle
        keeps its mass.
    growth : Growth or GrowthRates, optional
        Masses grow at these rates on the way from both neighbours; those of the model's own growth by default.

    Returns
    -------
    Snapshots
        As from `jkonetstar.interpolate`, which fits a velocity field of its own and compares it with straight lines.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> series = jk.Snapshots([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
    >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None)).fit(series)
    >>> (model.interpolate(series, [0.5])[0].points.round(2) + 0.0).tolist()
    [[0.0], [0.95], [1.9]]
    """
    if not isinstance(snapshots, Snapshots):
        raise TypeError(f"snapshots must be Snapshots, got {type(snapshots).__name__}")
    energy, options = self._fitted(), _options("flow", relaxation, 0, growth)
    energy.coordinates.check_series(snapshots)
    options.model = energy.handle
    return _interpolated(snapshots, times, options, self._long_call(patience=1.0), growth)[0]


def _options(method: Any, relaxation: Any, random_state: Any, growth: GrowthRates | None) -> _abi.InterpolationOptions:
    options = _abi.InterpolationOptions()
    check(lib.jko_interpolation_options_init(byref(options), sizeof(options)))
    options.method = _arrays.choice(method, "method", METHODS)
    options.relaxation = _arrays.real(relaxation, "relaxation")
    options.seed = _arrays.seed(random_state)
    if growth is not None:
        if not isinstance(growth, GrowthRates):
            raise TypeError(f"growth must be a Growth, got {type(growth).__name__}")
        options.growth = growth._fitted()
    return options


def _interpolated(
    snapshots: Snapshots,
    times: Moments,
    options: _abi.InterpolationOptions,
    call: LongCall,
    growth: GrowthRates | None,
) -> tuple[Snapshots, InterpolationReport]:
    if growth is not None and isinstance(snapshots, Snapshots):
        growth._coordinates.check_names(snapshots)
    moments = asked_times(times, "times", snapshots._time_labels)
    arrays = {name: _arrays.output(len(moments)) for name in InterpolationReport._fields}
    views = {name: _arrays.view(array) for name, array in arrays.items()}
    report = _abi.InterpolationReport(struct_size=sizeof(_abi.InterpolationReport))
    for name, view in views.items():
        setattr(report, name, pointer(view))
    handle = POINTER(_abi.Snapshots)()
    with call:
        options.progress = call.progress
        status = lib.jko_interpolate(
            snapshots._handle, _arrays.view(moments), byref(options), byref(handle), byref(report)
        )
    call.finish(status)
    found = Snapshots._adopt(handle, snapshots.names)
    found._time_labels = snapshots._time_labels
    return found, InterpolationReport(**arrays)
