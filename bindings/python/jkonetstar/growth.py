"""How fast particles multiply or die, at a place and a time."""

from __future__ import annotations

from ctypes import POINTER, byref, pointer, sizeof
from typing import Any, Literal, Mapping, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _arrays
from ._asked_times import asked_times
from ._calls import LongCall
from ._choices import RandomState
from ._errors import InputError
from ._library import check, lib
from ._parameters import Parameters
from ._scikit_learn import TimeCourseEstimator, time_of, weights_of
from ._time_labels import LABELS
from .growth_rates import GrowthRates
from .snapshots import Snapshots, as_snapshots, require_two

#: The masses of all snapshots: numbers, or that each has as many cells as particles.
TotalMass = Union[ArrayLike, Mapping[float, float], Mapping[str, float], Literal["sizes"], None]


class Growth(Parameters, GrowthRates, TimeCourseEstimator):
    """Growth rates as a function of place and time, learned from a time course.

    Between two snapshots a relaxed transport plan says which share of its mass each particle keeps on its way, relative
    to the mean: sigma at its start and tau at its end. The rate of a pair over its gap is ``(log sigma - log tau) /
    gap``, plus that at which all particles together grow. A ridge regression on random features of place and time makes
    a field of these rates.

    Parameters
    ----------
    relaxation : float
        What it costs to create or destroy mass, in units of the mean cost of the exact plan, positive; inf where
        particles grow as the prior says.
    ridge : float
        Of the regression, positive, without a unit.
    rounds : int
        How often velocities and rates are fitted, 1 to 100; see `interpolate`.
    bootstrap : int
        Fits to populations drawn anew with replacement, for standard errors; 0 or at least 2.
    length_scale : float
        The distance over which rates change, in units of sqrt(d / 5) times the root mean square spread of the particles
        per coordinate.
    time_scale : float
        The time over which rates change, in median gaps.
    max_particles : int
        At most so many particles of each snapshot are used, drawn at random.
    random_state : int, numpy.random.Generator, RandomState or None
        Seed of the features and of what is drawn.

    Attributes
    ----------
    n_features_in_ : int
        The number of coordinates d.
    feature_names_in_ : ndarray of shape (d,)
        Their names, after a fit to a table with named columns; tables with other names are then refused.

    Notes
    -----
    What is asked of the rates once they are fitted is documented in `GrowthRates`: `rate`, `masses`, `total_mass`, and
    `save`.

    Examples
    --------
    >>> import numpy as np
    >>> import jkonetstar as jk
    >>> rng = np.random.default_rng(0)  # two groups of cells at rest; those at 5 double per unit of time
    >>> groups = [(-5.0, 50, 0), (5.0, 50, 0), (-5.0, 50, 1), (5.0, 100, 1), (-5.0, 50, 2), (5.0, 200, 2)]
    >>> x = np.concatenate([centre + 0.3 * rng.normal(size=n) for centre, n, _ in groups])
    >>> time = np.concatenate([np.full(n, t) for _, n, t in groups])
    >>> growth = jk.Growth().fit(x, time=time, total_mass="sizes")
    >>> growth.rate([-5.0, 5.0], t=1.0).round(1) + 0.0
    array([0. , 0.7])
    """

    def __init__(
        self,
        relaxation: float = 2.0,
        *,
        ridge: float = 1e-3,
        rounds: int = 2,
        bootstrap: int = 0,
        length_scale: float = 2.0,
        time_scale: float = 3.0,
        max_particles: int = 1000,
        random_state: RandomState = 0,
    ) -> None:
        self.relaxation = relaxation
        self.ridge = ridge
        self.rounds = rounds
        self.bootstrap = bootstrap
        self.length_scale = length_scale
        self.time_scale = time_scale
        self.max_particles = max_particles
        self.random_state = random_state

    def fit(
        self,
        X: ArrayLike | Snapshots,
        time: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        *,
        y: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
        total_mass: TotalMass = None,
        prior: ArrayLike | None = None,
    ) -> Growth:
        """Learn the rates from snapshots.

        Parameters
        ----------
        X : array_like of shape (n, d), or Snapshots
            In length.
        time : array_like of shape (n,)
            The time of each particle; not with `Snapshots`.
        weights : array_like of shape (n,), optional
            How much each particle counts within its snapshot.
        y, sample_weight : array_like, optional
            scikit-learn's names of `time` and `weights`.
        total_mass : array_like of shape (snapshots,), mapping, "sizes" or None
            The mass of all particles at each time, such as numbers of cells, in any unit. A mapping, or a pandas Series
            whose index is times, such as ``value_counts`` returns, has it by time, as a number or as the label that the
            data have. "sizes": each snapshot has as many particles as there were. None: not known, and rates are
            relative to the mean.
        prior : array_like of shape (n,), optional
            The rate that is expected of each particle until the next time, in 1/time, for example from scores of
            proliferation: one for each row of X, or of ``snapshots.to_arrays()``. Those of the last time are not used.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If parameters or data cannot be used.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> series = jk.Snapshots([0.0, 9.0, 0.0, 9.0, 9.1], time=[0, 0, 1, 1, 1])
        >>> growth = jk.Growth().fit(series, total_mass=[2, 3])
        >>> bool(growth.rate([9.0], 0.5)[0] > growth.rate([0.0], 0.5)[0])
        True
        """
        options = self._options()
        rates = None if prior is None else _arrays.vector(prior, "prior")
        series = as_snapshots(X, time_of(time, y), weights_of(weights, sample_weight))
        require_two(series, "growth")
        if rates is not None and not isinstance(X, Snapshots):
            rates = _by_snapshot(rates, series)
        masses = masses_at_times(total_mass, series)
        views = {"total_mass": _arrays.view(masses), "prior": _arrays.view(rates)}
        for name, view in views.items():
            if view is not None:
                setattr(options, name, pointer(view))
        handle = POINTER(_abi.Growth)()
        with LongCall() as call:
            options.progress = call.progress
            status = lib.jko_growth_fit(series._handle, byref(options), byref(handle))
        call.finish(status)
        self._take(handle)
        self._name_coordinates(series.names)
        self._time_labels = series._time_labels
        return self

    def _options(self) -> _abi.GrowthOptions:
        options = _abi.GrowthOptions()
        check(lib.jko_growth_options_init(byref(options), sizeof(options)))
        options.relaxation = _arrays.real(self.relaxation, "relaxation")
        options.ridge = _arrays.positive(self.ridge, "ridge")
        options.rounds = _arrays.integer(self.rounds, "rounds", 1, 100)
        options.bootstrap = _arrays.integer(self.bootstrap, "bootstrap", 0, 10_000)
        options.length_scale = _arrays.positive(self.length_scale, "length_scale")
        options.time_scale = _arrays.positive(self.time_scale, "time_scale")
        options.particles = _arrays.integer(self.max_particles, "max_particles", 2, 1_000_000)
        options.seed = _arrays.seed(self.random_state)
        return options


def _by_snapshot(rates: NDArray[Any], series: Snapshots) -> NDArray[np.float64]:
    """Return what belongs to pooled rows in the order of the snapshots."""
    rows = np.concatenate([snapshot.rows for snapshot in series])
    if len(rates) != len(rows):
        raise InputError(f"prior has {len(rates)} elements for {len(rows)} particles", "JKO_ESHAPE")
    if len(np.unique(rows)) < len(rows):
        raise InputError("prior belongs to pooled rows; pass pooled X, or Snapshots and the prior in the order of time")
    found: NDArray[np.float64] = rates[rows]
    return found


def masses_at_times(total_mass: Any, series: Snapshots) -> NDArray[np.float64] | None:
    """Return masses in the order of the snapshots, whatever the order of what has them by time."""
    if total_mass is None:
        return None
    if isinstance(total_mass, str):
        if total_mass != "sizes":
            raise InputError(f"total_mass = {total_mass!r} is not known; it must be 'sizes' or numbers")
        return np.array(series.sizes, dtype=np.float64)
    if isinstance(total_mass, Mapping):
        by_time = dict(total_mass)
    elif hasattr(total_mass, "index") and hasattr(total_mass, "to_dict"):
        # A Series that is numbered from 0 has the masses in order; one by time may be sorted by anything.
        if list(total_mass.index) == list(range(len(total_mass))) != series.times.tolist():
            return _arrays.vector(total_mass, "total_mass")
        by_time = total_mass.to_dict()
    else:
        return _arrays.vector(total_mass, "total_mass")
    if any(isinstance(time, LABELS) for time in by_time):
        by_time = dict(zip(asked_times(list(by_time), "total_mass", series._time_labels).tolist(), by_time.values()))
    missing = [time for time in series.times.tolist() if time not in by_time]
    if missing or len(by_time) != len(series):
        known = ", ".join(f"{time!r}" for time in list(by_time)[:6])
        wanted = ", ".join(f"{time:g}" for time in series.times[:6])
        raise InputError(f"total_mass has the times {known}; the snapshots have {wanted}")
    return _arrays.vector([by_time[time] for time in series.times.tolist()], "total_mass")
