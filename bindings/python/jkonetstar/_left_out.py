"""What is left out of a time course, how it is found from the rest, and how far that is from what was observed."""

from __future__ import annotations

import math
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _abi
from ._asked_times import asked_times, place_of, shown_time
from ._choices import Interpolant
from ._errors import InputError
from ._progress_bar import display
from .distances import emd, energy_distance
from .growth import Growth, TotalMass, masses_at_times
from .interpolation import interpolate
from .snapshots import Snapshot, Snapshots

#: Points and their weights.
Particles = tuple[NDArray[np.float64], NDArray[np.float64]]


class Ways:
    """The ways of finding a snapshot from the others: what is fitted to them, always anew."""

    def __init__(self, estimator: Any, growth: Growth | None, total_mass: TotalMass, method: Interpolant, seed: int):
        self.estimator = estimator
        self.growth, self.total_mass = growth, total_mass
        self.method: Interpolant = method
        self.seed = seed

    def populations(self, snapshots: Snapshots, k: int) -> dict[str, Particles]:
        """Return the populations that are found for snapshot k without it, and the snapshot itself as "floor"."""
        others, before, time = snapshots.without(k), snapshots[k - 1], snapshots[k].time
        growth = self._growth(snapshots, others, k)
        ways = {"nothing moves": particles(before), "floor": particles(snapshots[k])}
        ways["straight"] = particles(interpolate(others, [time], "straight")[0])
        if len(others) == 2 and self.method == "auto":
            ways["interpolate"] = ways["straight"]
        else:
            found = interpolate(others, [time], self.method, random_state=self.seed, growth=growth)
            ways["interpolate"] = particles(found[0])
        if self.estimator is not None:
            model = _anew(self.estimator).set_params(verbose=0).fit(others, growth=growth)
            ways["predict"] = _predicted(model, before, time)
            ways["model between"] = particles(model.interpolate(others, [time])[0])
        return ways

    def _growth(self, snapshots: Snapshots, others: Snapshots, k: int) -> Growth | None:
        """Return the growth that is learned without snapshot k."""
        if self.growth is None:
            return None
        masses = masses_at_times(self.total_mass, snapshots)
        growth: Growth = _anew(self.growth)
        return growth.fit(others, total_mass=None if masses is None else np.delete(masses, k))


class Progress:
    """Shows how many times have been left out, where the estimator is verbose: each takes a fit."""

    def __init__(self, estimator: Any, total: int) -> None:
        self._line = display() if estimator is not None and estimator.verbose else None
        self._done, self._total, self._begun = 0, total, monotonic()

    def step(self) -> None:
        """Show that one more time is done."""
        self._done += 1
        if self._line is not None:
            seconds = monotonic() - self._begun
            self._line.update(_abi.Progress(b"times left out", self._done, self._total, math.nan, seconds))
            if self._done == self._total:
                self._line.close()


def _anew(estimator: Any) -> Any:
    """Return an unfitted estimator with the same parameters, so that nothing it has seen is used."""
    return type(estimator)(**estimator.get_params(deep=False))


def _predicted(model: Any, before: Snapshot, time: float) -> Particles:
    if not hasattr(model, "growth_"):
        return model.predict(before.points, times=[before.time, time])[-1], before.weights
    places, masses = model.predict(before.points, times=[before.time, time], return_masses=True)
    return places[-1], before.weights * masses[-1]


def left_out(snapshots: Snapshots, times: Any) -> list[int]:
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


def particles(snapshot: Snapshot) -> Particles:
    """Return what a snapshot is made of."""
    return snapshot.points, snapshot.weights


def thinned(particles: Particles, most: int | None, rng: np.random.Generator) -> Particles:
    """Return at most so many particles, each as likely as its weight."""
    points, weights = particles
    if most is None or len(points) <= most:
        return particles
    if (weights == weights[0]).all():
        chosen = rng.choice(len(points), most, replace=False)
    else:
        chosen = rng.choice(len(points), most, p=weights / weights.sum())
    return points[chosen], np.full(most, 1 / most)


def halves(particles: Particles, rng: np.random.Generator) -> tuple[Particles, Particles]:
    points, weights = particles
    order = rng.permutation(np.flatnonzero(weights > 0))
    half = len(order) // 2
    (one, other) = order[:half], order[half : 2 * half]
    return (points[one], weights[one]), (points[other], weights[other])


def compared(found: Particles, truth: Particles) -> tuple[float, float, float, float]:
    (x, a), (y, b) = found, truth
    a, b = a / a.sum(), b / b.sum()
    spread, observed = _spread(x, a), _spread(y, b)
    ratio = spread / observed if observed > 0 else np.nan
    return emd(x, y, a=a, b=b), emd(x, y, 2, a=a, b=b), energy_distance(x, y, a, b), ratio


def _spread(x: NDArray[np.float64], a: NDArray[np.float64]) -> float:
    """Return the unbiased total variance; nan for a single particle."""
    pairs = float((a * (1 - a)).sum())
    return float(a @ ((x - a @ x) ** 2).sum(1)) / pairs if pairs > 0 else np.nan
