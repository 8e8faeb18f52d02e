"""The population that a picture shows: all particles, or those of a time."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._asked_times import asked_time, shown_time
from .._errors import InputError
from ..snapshots import Snapshots

#: Times that differ by so much less than the span of all are the same.
_SAME = 1e-9


class Population(NamedTuple):
    """Particles with weights of sum 1, the snapshot of each, and the time they stand for; None for all times."""

    points: NDArray[np.float64]
    weights: NDArray[np.float64]
    snapshot: NDArray[np.int64]
    time: float | None

    def thinned(self, limit: int) -> Population:
        """Return at most so many of the particles, drawn with their weights as probabilities, always the same ones."""
        kept = thinning(self.weights, limit)
        weights = self.weights[kept]
        return Population(self.points[kept], weights / weights.sum(), self.snapshot[kept], self.time)

    def mean(self, values: NDArray[np.float64]) -> float:
        """Return the mean of finite values over the particles, by their weights."""
        finite = np.isfinite(values)
        total = float(self.weights[finite].sum())
        return float(self.weights[finite] @ values[finite]) / total if total else 0.0


def thinning(weights: NDArray[np.float64], limit: int) -> NDArray[np.int64]:
    """Return which particles are drawn of a population: all that have weight, or so many of them."""
    there = np.flatnonzero(weights)
    if len(there) <= limit:
        return there
    share = weights[there] / weights[there].sum()
    return np.sort(np.random.default_rng(0).choice(there, limit, replace=False, p=share))


def population(snapshots: Snapshots, t: Any, needs_time: bool) -> Population:
    """Return the particles that a picture is about.

    Those of time t are the snapshot of that time, or both neighbours, weighted by how near they are. Without t they are
    all particles, every snapshot with the same weight, unless what is drawn depends on time: then the middle one of
    the observed times is taken.
    """
    times = snapshots.times
    if t is None and not needs_time:
        return _mixture(snapshots, {k: 1 / len(times) for k in range(len(times))}, None)
    time = float(times[(len(times) - 1) // 2]) if t is None else asked_time(t, "t", snapshots._time_labels)
    tolerance = _SAME * float(times[-1] - times[0])
    if not times[0] - tolerance <= time <= times[-1] + tolerance:
        first, last, given = (shown_time(one, snapshots._time_labels) for one in (times[0], times[-1], time))
        raise InputError(f"t = {given} lies outside the observed times, {first} to {last}")
    k = int(np.abs(times - time).argmin())
    if abs(times[k] - time) <= tolerance:
        return _mixture(snapshots, {k: 1.0}, time)
    after = int(np.searchsorted(times, time))
    part = float((time - times[after - 1]) / (times[after] - times[after - 1]))
    return _mixture(snapshots, {after - 1: 1 - part, after: part}, time)


def pooled(snapshots: Snapshots) -> Population:
    """Return all particles, every snapshot with the same weight."""
    return population(snapshots, None, needs_time=False)


def _mixture(snapshots: Snapshots, shares: dict[int, float], time: float | None) -> Population:
    parts = {k: snapshots[k] for k in shares}
    return Population(
        np.concatenate([part.points for part in parts.values()]),
        np.concatenate([shares[k] * part.weights for k, part in parts.items()]),
        np.repeat(list(parts), [len(part.points) for part in parts.values()]),
        time,
    )
