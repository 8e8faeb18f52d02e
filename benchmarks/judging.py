"""How well a fitted model predicts held-out particles: distances, spread, and rollouts beyond the fitted times."""

from __future__ import annotations

import time
import warnings
from typing import Any, NamedTuple

import jkonetstar as jk
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist, pdist

Array = NDArray[np.float64]

#: W1 and energy distances take so many particles of each population.
LARGEST = 2000


class Figures(NamedTuple):
    """Means over the steps of a course, on held-out particles.

    Attributes
    ----------
    one_step, cumulative : float
        W1 one step ahead, and of the rollout from the first snapshot, in length.
    energy, energy_cumulative : float
        Unbiased energy distances, in length; negative ones are sampling errors of zero.
    spread, spread_cumulative : float
        Total variance of predictions over that of observations, the geometric mean.
    reach : float
        How far the rollout over three times the fitted span gets from the centre of the training particles, in units of
        the farthest of these; infinite if numbers overflow.
    seconds : float
        Of the fit.
    warned : int
        How many warnings fitting and predicting gave.
    folded : float
        The part of the training particles where an implicit step folds, where the library says so, else nan.
    """

    one_step: float
    cumulative: float
    energy: float
    energy_cumulative: float
    spread: float
    spread_cumulative: float
    reach: float = 0.0
    seconds: float = 0.0
    warned: int = 0
    folded: float = np.nan


class Held:
    """Training and held-out snapshots of a course, and what to compare with predictions."""

    def __init__(self, train: jk.Snapshots, test: jk.Snapshots) -> None:
        self.train, self.test = train, test
        self.times = [float(snapshot.time) for snapshot in test]
        self.points = [snapshot.points[:LARGEST] for snapshot in test]
        self.within = [within(points) for points in self.points]

    def compare(self, predicted: list[Array], rolled: list[Array]) -> Figures:
        """Compare populations one step ahead, and rolled out, with what was observed from the second time on."""
        both = [np.array([self._distances(k, x) for k, x in enumerate(xs, 1)]) for xs in (predicted, rolled)]
        (w1, energy, spread), (w1_rolled, energy_rolled, spread_rolled) = (found.mean(0) for found in both)
        return Figures(w1, w1_rolled, energy, energy_rolled, float(np.exp(spread)), float(np.exp(spread_rolled)))

    def _distances(self, k: int, x: Array) -> tuple[float, float, float]:
        """Return W1, the energy distance and the logarithm of the ratio of variances."""
        if not np.isfinite(x).all() or np.abs(x).max() > 1e100:
            return np.inf, np.inf, np.inf
        x, y = x[:LARGEST], self.points[k]
        energy = 2 * cdist(x, y).mean() - within(x) - self.within[k]
        return jk.emd(x, y), energy, float(np.log(x.var(0).sum() / y.var(0).sum()))

    def nothing_moves(self) -> Figures:
        """Predict each snapshot by the one before it, and by the first."""
        return self.compare(self.points[:-1], [self.points[0]] * (len(self.points) - 1))

    def floor(self) -> Figures:
        """Predict held-out particles by training particles of the same time."""
        same = [snapshot.points[:LARGEST] for snapshot in self.train][1:]
        return self.compare(same, same)

    def judge(self, options: dict[str, Any], seed: int = 0) -> Figures:
        """Fit an estimator with these parameters, and judge it; "predict" holds those of its predictions."""
        parameters = {"random_state": seed, **options}
        predicting = parameters.pop("predict", {})
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            start = time.perf_counter()
            try:
                model = jk.JKOnetStar(**parameters).fit(self.train)
            except jk.ConvergenceError:
                return Figures(*[np.inf] * 7, time.perf_counter() - start, len(caught) + 1)
            seconds = time.perf_counter() - start
            found = self.predictions(model, predicting)
            reach = self.reach(model, predicting)
        folded = getattr(model, "folded_", np.nan)
        return found._replace(reach=reach, seconds=seconds, warned=len(caught), folded=float(folded))

    def predictions(self, model: jk.JKOnetStar, predicting: dict[str, Any] | None = None) -> Figures:
        """Judge a fitted model."""
        predicting, pairs = predicting or {}, zip(self.points, zip(self.times, self.times[1:]))
        predicted = [rollout(model, x, list(pair), predicting)[-1] for x, pair in pairs]
        return self.compare(predicted, rollout(model, self.points[0], self.times, predicting)[1:])

    def reach(self, model: jk.JKOnetStar, predicting: dict[str, Any]) -> float:
        """Roll the first snapshot out over three times the fitted span, the gaps repeating, and see how far it gets."""
        span = self.times[-1] - self.times[0]
        times = self.times + [t + span for t in self.times[1:]] + [t + 2 * span for t in self.times[1:]]
        last = np.concatenate(rollout(model, self.points[0], times, predicting))
        if not np.isfinite(last).all():
            return np.inf
        training = np.concatenate([snapshot.points for snapshot in self.train])
        centre = training.mean(0)
        return float(np.linalg.norm(last - centre, axis=1).max() / np.linalg.norm(training - centre, axis=1).max())


def rollout(model: jk.JKOnetStar, x: Array, times: list[float], predicting: dict[str, Any]) -> list[Array]:
    """Return a population at all times; infinite where it leaves the range of numbers."""
    try:
        return list(model.predict(x, times=times, **predicting))
    except jk.ConvergenceError:
        return [np.full_like(x, np.inf)] * len(times)


def within(x: Array) -> float:
    """Return the mean distance of two different particles."""
    return float(pdist(x).mean())


def split(series: jk.Snapshots, seed: int, training_side: bool = False) -> Held:
    """Hold out 40 % of each snapshot; or set these aside, and hold out 20 % of the rest, as a study of options must."""
    train, test = series.split(0.4, by="times", random_state=seed)
    return Held(*(train.split(0.2, by="times", random_state=seed) if training_side else (train, test)))
