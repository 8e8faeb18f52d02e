"""How well populations at times nobody observed are found: each time is left out in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _arrays, _left_out
from ._choices import Interpolant, Moments, RandomState
from ._errors import InputError
from ._narrow import are_narrow
from ._printed import as_table
from .growth import Growth, TotalMass
from .model import JKOnetStar
from .snapshots import Snapshots, no_snapshots

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: The columns of the table.
_LABELS = tuple(enumerate(("W1", "W2", "energy distance", "variance ratio")))

#: Variance ratios of a few populations are hardly surer than this.
_CHANCE = 0.02

Score = Literal["w1", "w2", "energy_distance", "variance_ratio"]


class Scores(NamedTuple):
    """How far one way of finding populations is from the ones that were left out; one element per time left out.

    Attributes
    ----------
    w1, w2 : ndarray
        Wasserstein distances, in length.
    energy_distance : ndarray
        Energy distances, in length; unbiased, so that they may be a little below 0. W1 rewards populations that are too
        narrow, in many coordinates.
    variance_ratio : ndarray
        The total variance of what was found over that of what was observed.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> scores = jk.leave_one_time_out(jk.Snapshots([0.0, 1.0, 4.0], time=[0, 1, 2])).scores
    >>> scores["straight"].w1, scores["nothing moves"].w1
    (array([1.]), array([1.]))
    """

    w1: NDArray[np.float64]
    w2: NDArray[np.float64]
    energy_distance: NDArray[np.float64]
    variance_ratio: NDArray[np.float64]


class LeftOutTimes(NamedTuple):
    """How well populations are found that were left out; printed as a table of means over the times left out.

    Figures that are not known at some times, such as the floor of a population of three particles, are means over the
    others, and a line below the table says so. Another line names ways that are below the floor because the populations
    they find are too narrow.

    Attributes
    ----------
    scores : dict
        `Scores` by the way in which populations were found: "nothing moves", "floor", "straight", "interpolate" and,
        with an estimator, "predict" and "model between".
    times : ndarray
        The times left out.
    sizes : list of int
        How many particles of each took part in the comparison.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> print(jk.leave_one_time_out(jk.Snapshots([0.0, 1.0, 4.0], time=[0, 1, 2])))
    left out: time 1 of 1 particle
                        W1       W2  energy distance  variance ratio
    nothing moves        1        1              nan             nan
    floor              nan      nan              nan             nan
    straight             1        1              nan             nan
    interpolate          1        1              nan             nan
    """

    scores: dict[str, Scores]
    times: NDArray[np.float64]
    sizes: list[int]

    def __str__(self) -> str:
        low, high = min(self.sizes), max(self.sizes)
        sizes = _arrays.plural(low, "particle") if low == high else f"{low:,} to {high:,} particles"
        first, last = self.times[[0, -1]]
        times = f"time {first:g}" if len(self.times) == 1 else f"{len(self.times)} times, {first:g} to {last:g}"
        columns = {label: [_mean(values[k]) for values in self.scores.values()] for k, label in _LABELS}
        table = as_table("", list(self.scores), columns)
        return "\n".join([f"left out: {times} of {sizes}", table, *_without_some(self), *_narrow_ways(self)])

    def _repr_html_(self) -> str:
        return f"<pre>{self}</pre>"

    def plot(self, ax: Axes | None = None, score: Score = "w1") -> Axes:
        """Draw the scores over the times left out.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Drawn on; None makes a figure.
        score : {"w1", "w2", "energy_distance", "variance_ratio"}

        Returns
        -------
        matplotlib.axes.Axes

        Examples
        --------
        >>> import jkonetstar as jk
        >>> found = jk.leave_one_time_out(jk.Snapshots([0.0, 1.0, 4.0], time=[0, 1, 2]))
        >>> axes = found.plot()  # doctest: +SKIP
        """
        if score not in Scores._fields:
            raise InputError(f"score = {score!r} is not known; it must be one of {', '.join(Scores._fields)}")
        axes = ax
        if axes is None:
            from matplotlib import pyplot

            _, axes = pyplot.subplots()
        quiet = {"nothing moves": ":", "floor": "--", "straight": "-."}
        for name, scores in self.scores.items():
            color = "0.5" if name in quiet else None
            axes.plot(self.times, getattr(scores, score), "." + quiet.get(name, "-"), label=name, color=color)
        label = {"w1": "W1", "w2": "W2"}.get(score, score.replace("_", " "))
        axes.set(xlabel="time left out", ylabel=f"{label} to the population observed")
        if score != "energy_distance":
            axes.set_ylim(bottom=0)
        axes.legend(frameon=False)
        return axes


def _mean(values: NDArray[np.float64]) -> float:
    """Return the mean of the figures that are known."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else np.nan


def _without_some(found: LeftOutTimes) -> list[str]:
    """Return notes of times at which figures are not known, so that their means are over the others."""
    missing: dict[str, list[str]] = {}
    for name, scores in found.scores.items():
        unknown = np.isnan(np.array(scores)).any(axis=0)
        if unknown.any() and not unknown.all():
            listed = ", ".join(f"{time:g}" for time in found.times[unknown])
            missing.setdefault(listed, []).append(name)
    return [f"without time {times}, of too few particles: {', '.join(names)}" for times, names in missing.items()]


def _narrow_ways(found: LeftOutTimes) -> list[str]:
    """Return a note of ways whose populations are below the floor because they are too narrow."""
    floor = found.scores["floor"]
    # Halves of one population have the same variance: how far their ratio is from 1 is chance.
    known = floor.variance_ratio[np.isfinite(floor.variance_ratio)]
    chance = max(float(np.sqrt(((known - 1) ** 2).mean() / len(known))), _CHANCE) if len(known) else np.inf
    narrow = [
        name
        for name, one in found.scores.items()
        if name != "floor"
        and are_narrow(one.w1, floor.w1, one.energy_distance, floor.energy_distance, one.variance_ratio, chance)
    ]
    if not narrow:
        return []
    return [
        f"too narrow, so that W1 below the floor is no merit (docs/warnings.md#narrow-predictions): {', '.join(narrow)}"
    ]


def leave_one_time_out(
    snapshots: Snapshots,
    estimator: JKOnetStar | None = None,
    *,
    method: Interpolant = "auto",
    times: Moments | None = None,
    max_particles: int | None = None,
    growth: Growth | None = None,
    total_mass: TotalMass = None,
    random_state: RandomState = 0,
) -> LeftOutTimes:
    """Leave out each inner snapshot in turn, and find its population from the others.

    The ways of finding it are:

    - "nothing moves": the snapshot before it, as it is;
    - "floor": of two halves of the snapshot itself, one by the other. Nothing that predicts a population, and not its
      particles, comes below that but for chance, or because what it finds is too narrow;
    - "straight": straight lines between both neighbours along the optimal plan;
    - "interpolate": `interpolate`, which chooses without the snapshot that is left out;
    - with an estimator, which is fitted to the others: "predict" from the snapshot before, and "model between", its
      `interpolate`.

    Parameters
    ----------
    snapshots : Snapshots
        Three or more.
    estimator : JKOnetStar, optional
        It is copied, and not changed. With its `verbose`, a progress line counts the times left out.
    method : {"auto", "straight", "flow"}
        Of "interpolate".
    times : array_like, optional
        The observed times to leave out, as numbers or labels; None takes all but the first and the last.
    max_particles : int, optional
        Compare at most so many particles of each snapshot, drawn at random. Distances between samples depend on their
        sizes; compare with published figures at theirs. None takes all particles.
    growth : Growth, optional
        Its parameters; it is fitted anew to the others each time, so that nothing of what is left out is seen. Then
        "interpolate" and the estimator take particles to multiply and die at these rates.
    total_mass : array_like of shape (snapshots,), mapping or "sizes", optional
        As in `Growth.fit`, of all snapshots; that of what is left out is not used.
    random_state : int, numpy.random.Generator, RandomState or None
        Seed of what is drawn.

    Returns
    -------
    LeftOutTimes

    Examples
    --------
    >>> import numpy as np
    >>> import jkonetstar as jk
    >>> rng = np.random.default_rng(0)
    >>> t = np.repeat(np.arange(5.0), 60)
    >>> x = np.stack([np.cos(t / 2), np.sin(t / 2)], 1) + 0.1 * rng.normal(size=(300, 2))
    >>> found = jk.leave_one_time_out(jk.Snapshots(x, time=t))
    >>> bool(found.scores["interpolate"].w1.mean() < 0.6 * found.scores["straight"].w1.mean())
    True
    """
    if not isinstance(snapshots, Snapshots):
        raise no_snapshots(snapshots)
    if len(snapshots) < 3:
        raise InputError(f"snapshots has {len(snapshots)} snapshots; three are needed to leave one out")
    if estimator is not None and not isinstance(estimator, JKOnetStar):
        raise TypeError(f"estimator must be a JKOnetStar, got {type(estimator).__name__}")
    if growth is not None and not isinstance(growth, Growth):
        raise TypeError(f"growth must be a Growth, which is fitted anew each time, got {type(growth).__name__}")
    if growth is None and total_mass is not None:
        raise InputError("total_mass is for growth; pass growth=Growth() too")
    places = _left_out.left_out(snapshots, times)
    if max_particles is not None:
        max_particles = _arrays.integer(max_particles, "max_particles", 2, 2**31 - 1)
    seed = _arrays.seed(random_state)
    rng = np.random.default_rng(seed)
    found: dict[str, list[tuple[float, float, float, float]]] = {}
    sizes = []
    ways = _left_out.Ways(estimator, growth, total_mass, method, seed)
    progress = _left_out.Progress(estimator, len(places))
    for k in places:
        truth = _left_out.thinned(_left_out.particles(snapshots[k]), max_particles, rng)
        sizes.append(len(truth[0]))
        for name, particles in ways.populations(snapshots, k).items():
            row: tuple[float, float, float, float] = (np.nan, np.nan, np.nan, np.nan)
            if name != "floor":
                row = _left_out.compared(_left_out.thinned(particles, max_particles, rng), truth)
            elif np.count_nonzero(truth[1]) > 3:
                row = _left_out.compared(*_left_out.halves(truth, rng))
            found.setdefault(name, []).append(row)
        progress.step()
    scores = {name: Scores(*np.array(rows).T) for name, rows in found.items()}
    return LeftOutTimes(scores, snapshots.times[places], sizes)
