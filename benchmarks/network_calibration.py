"""Do error bars of networks cover? Ensembles over the bootstrap, on two simulated courses, over many seeds.

Ornstein-Uhlenbeck particles and a double well in two coordinates, a few hundred particles at each of six times. An
energy is fitted to each of many independent draws of the course, with `error_bars="bootstrap"`. Two errors are enough
if the interval of two of them holds, in about 95 of 100 cases,

- the estimator's mean over all draws, which is what error bars promise; and
- the truth, which they do not: what plans between samples, finite steps and the network's smoothness are off by is the
  same in all members.

Asked are the gradient of V at particles of all times, beta, and predictions of the last population. The true prediction
of a particle is the mean over many simulated ones. The table is in docs/results.md.
"""

from __future__ import annotations

import argparse
import time
from typing import Any, Callable, NamedTuple

import jkonetstar as jk
import numpy as np
from simulated_courses import Array, Drift, evenly, normal, observed, wells


class Course(NamedTuple):
    """What populations do."""

    start: Callable[[np.random.Generator, int], Array]
    drift: Drift
    beta: float
    times: list[float]


COURSES = {
    "OU": Course(normal([2.0, 2.0], np.sqrt(0.1)), lambda x, t: -x, 0.5, evenly(6, 0.2)),
    "double well": Course(normal([0.0, 0.5], 0.2), wells, 0.25, evenly(6, 0.1)),
}
NETWORK: dict[str, Any] = {"hidden": (16, 16), "epochs": 60, "time_varying": False, "error_bars": "bootstrap"}
#: How an energy is fitted: for prediction, and with its diffusion.
KINDS: dict[str, dict[str, Any]] = {
    "V, explicit": {"rollout_weight": 0.0},
    "V, explicit, rollout": {},
    "V and beta, two Gaussians": {"scheme": "midpoint", "internal": jk.GaussianMixture(2)},
    "V and beta, one Gaussian": {"scheme": "midpoint", "internal": jk.GaussianMixture(1)},
}


class Found(NamedTuple):
    """A quantity's estimates and their errors: each of shape (seeds, ..)."""

    values: Array
    errors: Array

    def row(self, truth: Any) -> str:
        """Return coverage, spreads and bias as columns of the table."""
        values, errors = self
        mean = values.mean(0)

        def covered(target: Any) -> float:
            return float((np.abs(values - target) <= 2 * errors).mean())

        def rms(numbers: Any) -> float:
            return float(np.sqrt(np.mean(np.square(numbers))))

        return (
            f"{rms(values.std(0, ddof=1)):9.3f}{rms(errors):9.3f}{rms(mean - truth):9.3f}"
            f"{covered(mean):9.1%}{covered(truth):9.1%}"
        )


def fits(course: Course, kind: str, particles: int, seeds: int, points: Array, x0: Array) -> dict[str, Found]:
    """Fit one energy to each of many draws."""
    found: dict[str, list[tuple[Array, Array]]] = {"grad V": [], "prediction": [], "beta": []}
    for seed in range(seeds):
        pooled = observed(*course, particles, seed=seed)
        model = jk.JKOnetStar(random_state=seed, **NETWORK, **KINDS[kind]).fit(*pooled, report=False)
        found["grad V"].append(model.potential_.gradient(points, return_std=True))
        course_of, error = model.predict(x0, times=course.times, noise="none", return_std=True)
        found["prediction"].append((course_of[-1], error[-1]))
        if "internal" in KINDS[kind]:
            found["beta"].append((np.array(model.beta_), np.array(model.beta_std_)))
    return {
        name: Found(np.array([value for value, _ in all]), np.array([error for _, error in all]))
        for name, all in found.items()
        if all
    }


def means(course: Course, x0: Array, count: int = 4000) -> Array:
    """Return where particles are at the last time, in the mean over many."""
    kept = np.repeat(x0, count, axis=0)
    last = observed(lambda rng, n: np.tile(kept, (2, 1)), course.drift, course.beta, course.times[::5], len(kept))[0]
    return last[len(kept) :].reshape(len(x0), count, -1).mean(1)


def main() -> None:
    """Print the coverage of each course and kind of fit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--particles", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=50)
    arguments = parser.parse_args()
    print(f"{arguments.seeds} seeds, {arguments.particles} particles per snapshot, 10 members")
    print(f"{'':58}{'spread':>9}{'error':>9}{'bias':>9}{'covered':>9}{'truth':>9}")
    for name, course in COURSES.items():
        pooled, times = observed(*course, 20, seed=10_000)
        x0 = pooled[times == 0]
        truths = {"grad V": -course.drift(pooled, 0.0), "prediction": means(course, x0), "beta": course.beta}
        for kind in KINDS:
            start = time.perf_counter()
            found = fits(course, kind, arguments.particles, arguments.seeds, pooled, x0)
            for quantity, estimates in found.items():
                print(f"{name:14}{kind:26}{quantity:18}{estimates.row(truths[quantity])}", flush=True)
            print(f"{'':14}{(time.perf_counter() - start) / arguments.seeds:.2f} s per fit with error bars", flush=True)


if __name__ == "__main__":
    main()
