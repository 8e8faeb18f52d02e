"""How well populations at times nobody observed are found: each time is left out in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _arrays
from ._asked_times import asked_times, place_of, shown_time
from ._choices import Interpolant, Moments, RandomState
from ._errors import InputError
from .distances import emd, energy_distance
from .interpolation import interpolate
from .model import JKOnetStar
from .snapshots import Snapshot, Snapshots

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Score = Literal["w1", "w2", "energy_distance", "variance_ratio"]
Particles = tuple[NDArray[np.float64], NDArray[np.float64]]


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
                         W1      W2  energy distance  variance ratio
    nothing moves         1       1              nan             nan
    floor               nan     nan              nan             nan
    straight              1       1              nan             nan
    interpolate           1       1              nan             nan
    """

    scores: dict[str, Scores]
    times: NDArray[np.float64]
    sizes: list[int]

    def __str__(self) -> str:
        low, high = min(self.sizes), max(self.sizes)
        sizes = _arrays.plural(low, "particle") if low == high else f"{low:,} to {high:,} particles"
        first, last = self.times[[0, -1]]
        times = f"time {first:g}" if len(self.times) == 1 else f"{len(self.times)} times, {first:g} to {last:g}"
        lines = [f"left out: {times} of {sizes}", f"{'':<20} {'W1':>7} {'W2':>7}  energy distance  variance ratio"]
        for name, scores in self.scores.items():
            w1, w2, energy, spread = (float(np.mean(values)) for values in scores)
            lines.append(f"{name:<17} {w1:>10.3g} {w2:>7.3g} {energy:>16.3g} {spread:>15.3g}".rstrip())
        return "\n".join(lines)

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


def leave_one_time_out(
    snapshots: Snapshots,
    estimator: JKOnetStar | None = None,
    *,
    method: Interpolant = "auto",
    times: Moments | None = None,
    max_particles: int | None = None,
    random_state: RandomState = 0,
) -> LeftOutTimes:
    """Leave out each inner snapshot in turn, and find its population from the others.

    The ways of finding it are:

    - "nothing moves": the snapshot before it, as it is;
    - "floor": of two halves of the snapshot itself, one by the other. Nothing that predicts a population, and not its
      particles, comes below that but for chance;
    - "straight": straight lines between both neighbours along the optimal plan;
    - "interpolate": `interpolate`, which chooses without the snapshot that is left out;
    - with an estimator, which is fitted to the others: "predict" from the snapshot before, and "model between", its
      `interpolate`.

    Parameters
    ----------
    snapshots : Snapshots
        Three or more.
    estimator : JKOnetStar, optional
        It is copied, and not changed.
    method : {"auto", "straight", "flow"}
        Of "interpolate".
    times : array_like, optional
        The observed times to leave out, as numbers or labels; None takes all but the first and the last.
    max_particles : int, optional
        Compare at most so many particles of each snapshot, drawn at random. Distances between samples depend on their
        sizes; compare with published figures at theirs. None takes all particles.
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
        raise TypeError(f"snapshots must be Snapshots, got {type(snapshots).__name__}")
    if len(snapshots) < 3:
        raise InputError(f"snapshots has {len(snapshots)} snapshots; three are needed to leave one out")
    if estimator is not None and not isinstance(estimator, JKOnetStar):
        raise TypeError(f"estimator must be a JKOnetStar, got {type(estimator).__name__}")
    left_out = _left_out(snapshots, times)
    if max_particles is not None:
        max_particles = _arrays.integer(max_particles, "max_particles", 2, 2**31 - 1)
    seed = _arrays.seed(random_state)
    rng = np.random.default_rng(seed)
    found: dict[str, list[tuple[float, float, float, float]]] = {}
    sizes = []
    for k in left_out:
        truth = _thinned(_particles(snapshots[k]), max_particles, rng)
        sizes.append(len(truth[0]))
        for name, particles in _ways(snapshots, k, estimator, method, seed, rng).items():
            row: tuple[float, float, float, float] = (np.nan, np.nan, np.nan, np.nan)
            if name != "floor":
                row = _compared(_thinned(particles, max_particles, rng), truth)
            elif np.count_nonzero(truth[1]) > 3:
                row = _compared(*_halves(truth, rng))
            found.setdefault(name, []).append(row)
    scores = {name: Scores(*np.array(rows).T) for name, rows in found.items()}
    return LeftOutTimes(scores, snapshots.times[left_out], sizes)


def _left_out(snapshots: Snapshots, times: Any) -> list[int]:
    """Return the indices of the snapshots to leave out."""
    known = snapshots.times
    if times is None:
        return list(range(1, len(known) - 1))
    places = []
    labels = snapshots._time_labels
    asked = asked_times(times, "times", labels).tolist()
    for k, (time, given) in enumerate(zip(asked, times)):
        place = place_of(time, known, f"times[{k}]", labels, given)
        if not 0 < place < len(known) - 1:
            raise InputError(
                f"times[{k}] = {shown_time(time, labels)} is not between the first and the last observed time, "
                f"{shown_time(known[0], labels)} and {shown_time(known[-1], labels)}"
            )
        places.append(place)
    return sorted(set(places))


def _ways(
    snapshots: Snapshots, k: int, estimator: Any, method: Interpolant, seed: int, rng: np.random.Generator
) -> dict[str, Particles]:
    """Return the populations that are found for snapshot k without it."""
    others, before, time = snapshots.without(k), snapshots[k - 1], snapshots[k].time
    ways = {"nothing moves": _particles(before), "floor": _particles(snapshots[k])}
    ways["straight"] = _particles(interpolate(others, [time], "straight")[0])
    if len(others) == 2 and method == "auto":
        ways["interpolate"] = ways["straight"]
    else:
        ways["interpolate"] = _particles(interpolate(others, [time], method, random_state=seed)[0])
    if estimator is not None:
        model = type(estimator)(**estimator.get_params(deep=False)).fit(others)
        ways["predict"] = (model.predict(before.points, times=[before.time, time])[-1], before.weights)
        ways["model between"] = _particles(model.interpolate(others, [time])[0])
    return ways


def _particles(snapshot: Snapshot) -> Particles:
    return snapshot.points, snapshot.weights


def _thinned(particles: Particles, most: int | None, rng: np.random.Generator) -> Particles:
    """Return at most so many particles, each as likely as its weight."""
    points, weights = particles
    if most is None or len(points) <= most:
        return particles
    if (weights == weights[0]).all():
        chosen = rng.choice(len(points), most, replace=False)
    else:
        chosen = rng.choice(len(points), most, p=weights / weights.sum())
    return points[chosen], np.full(most, 1 / most)


def _halves(particles: Particles, rng: np.random.Generator) -> tuple[Particles, Particles]:
    points, weights = particles
    order = rng.permutation(np.flatnonzero(weights > 0))
    half = len(order) // 2
    (one, other) = order[:half], order[half : 2 * half]
    return (points[one], weights[one]), (points[other], weights[other])


def _compared(found: Particles, truth: Particles) -> tuple[float, float, float, float]:
    (x, a), (y, b) = found, truth
    a, b = a / a.sum(), b / b.sum()
    spread, observed = _spread(x, a), _spread(y, b)
    ratio = spread / observed if observed > 0 else np.nan
    return emd(x, y, a=a, b=b), emd(x, y, 2, a=a, b=b), energy_distance(x, y, a, b), ratio


def _spread(x: NDArray[np.float64], a: NDArray[np.float64]) -> float:
    """Return the unbiased total variance; nan for a single particle."""
    pairs = float((a * (1 - a)).sum())
    return float(a @ ((x - a @ x) ** 2).sum(1)) / pairs if pairs > 0 else np.nan
