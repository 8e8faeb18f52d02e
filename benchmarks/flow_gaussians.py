"""Ornstein-Uhlenbeck processes in 1 to 12 coordinates: densities of flows and of particles beside the exact ones."""

from __future__ import annotations

import time
from collections import defaultdict
from functools import partial
from typing import Any

import jkonetstar as jk
import numpy as np
from flow_figures import Array, Divergence, divergence, kernel_estimate, mixture_estimate
from sklearn.datasets import make_spd_matrix

STEP, TIMES = 0.05, (0.5, 0.9, 1.0)
DIMENSIONS = (1, 2, 4, 6, 8, 10, 12)
#: At which log-densities are compared. Those of kernels cost 50,000 terms each.
SAMPLES, KERNEL_SAMPLES, PARTICLES = 20_000, 4_000, 50_000
#: ICNNs of Mokrov et al. 2021, the mean of 15 processes, and their 50,000 particles with kernels at t = 0.9.
THEIRS = {
    0.5: (0.0011, 0.0035, 0.0086, 0.0185, 0.0189, 0.0180, 0.0265),
    0.9: (0.0007, 0.0038, 0.0075, 0.0133, 0.0136, 0.0144, 0.0182),
    1.0: (0.0009, 0.0037, 0.0081, 0.0104, 0.0141, 0.0157, 0.0162),
}
THEIR_KERNELS = (0.0005, 0.0066, 0.105, 0.50, 1.32, 2.48, 3.83)
FLOWS: dict[str, dict[str, Any]] = {
    "jko, affine": {"scheme": "jko", "components": 0},
    "bdf2, affine": {"scheme": "bdf2", "components": 0},
    "midpoint, affine": {"scheme": "midpoint", "components": 0},
    "sdirk2, affine": {"scheme": "sdirk2", "components": 0},
    "jko, 100 bumps": {"scheme": "jko", "components": 0, "bumps": 100},
    "jko, features": {"scheme": "jko"},
    "jko, network": {"scheme": "jko", "method": "network"},
}


class Process:
    """dx = -A (x - b) dt + sqrt(2) dW from N(0, I): the flow of V = (x - b) A (x - b) / 2 and beta = 1.

    As in the experiment of Mokrov et al. the limit has a covariance of scikit-learn's `make_spd_matrix`, of which most
    eigenvalues are between 0 and 1 and one is about d, and a mean from N(0, I). The processes are like theirs, and not
    the same ones.
    """

    def __init__(self, d: int, seed: int) -> None:
        self.centre = np.random.default_rng(seed).normal(size=d)
        inverse = np.linalg.inv(make_spd_matrix(d, random_state=seed))
        self.matrix = (inverse + inverse.T) / 2
        self.start = jk.GaussianMixture.of([1.0], np.zeros((1, d)), np.eye(d)[None])

    def slope(self, x: Array) -> Array:
        """Return grad V."""
        return np.asarray((x - self.centre) @ self.matrix)

    def potential(self, x: Array) -> tuple[Array, Array]:
        """Return V and grad V."""
        slope = self.slope(x)
        return (slope * (x - self.centre)).sum(1) / 2, slope

    def exact(self, t: float) -> tuple[Array, Array, jk.GaussianMixture]:
        """Return the mean and the root of the covariance at t, which is what x -> m + root x makes of N(0, I)."""
        rates, axes = np.linalg.eigh(self.matrix)
        decay = np.exp(-rates * t)
        mean = self.centre - axes @ (decay * (axes.T @ self.centre))
        variances = decay**2 + (1 - decay**2) / rates
        covariance = (axes * variances) @ axes.T
        density = jk.GaussianMixture.of([1.0], mean[None], (covariance + covariance.T)[None] / 2)
        return mean, (axes * variances**0.5) @ axes.T, density


def flows(process: Process, d: int, seed: int) -> dict[tuple[str, float], Divergence]:
    """Return the divergence of each flow from the exact density at each time."""
    found = {}
    x0 = np.random.default_rng(seed).normal(size=(SAMPLES, d))
    for name, options in FLOWS.items():
        began = time.perf_counter()
        flow = jk.WassersteinFlow(process.potential, step=STEP, steps=round(TIMES[-1] / STEP), **options)
        flow.fit(process.start)
        seconds = time.perf_counter() - began
        for t in TIMES:
            step = round(t / STEP)
            mean, root, density = process.exact(t)
            # The same x0 moved by the flow and by the exact map: two samples that differ by the error alone.
            found[name, t] = divergence(
                flow.transport(x0, 0, step), mean + x0 @ root, partial(flow.log_density, step=step),
                density.score_samples, paired=True,
            )._replace(seconds=seconds)  # fmt: skip
    return found


def particles(process: Process, d: int, seed: int) -> dict[tuple[str, float], Divergence]:
    """Return the same of particles, by two estimates of their density, at t = 0.9."""
    t, rng = 0.9, np.random.default_rng(seed)
    mean, root, density = process.exact(t)
    began = time.perf_counter()
    x0 = rng.normal(size=(PARTICLES, d))
    moved = jk.simulate(x0, process.slope, beta=1.0, dt=0.005, steps=round(t / 0.005), random_state=seed)[-1]
    simulated = time.perf_counter() - began
    found = {}
    for name, estimate, n in (
        ("particles, mixture", mixture_estimate, SAMPLES),
        ("particles, kernels", kernel_estimate, KERNEL_SAMPLES),
    ):
        began = time.perf_counter()
        log_density, x = estimate(moved, n, rng)
        seconds = simulated + time.perf_counter() - began
        y = mean + rng.normal(size=(n, d)) @ root
        found[name, t] = divergence(x, y, log_density, density.score_samples)._replace(seconds=seconds)
    return found


def measure(dimensions: list[int], seeds: int) -> None:
    """Print means over processes for each dimension and time."""
    names = [*FLOWS, "particles, mixture", "particles, kernels"]
    print(f"Symmetric KL to the exact density, mean of {seeds} processes; after ± the standard error of the estimate")
    print("| d | t | " + " | ".join(names) + " | ICNN | their kernels |\n|" + "---|" * (len(names) + 4))
    took: dict[int, dict[str, float]] = {}
    for d in dimensions:
        runs = []
        for seed in range(seeds):
            process = Process(d, seed)
            runs.append({**flows(process, d, seed), **particles(process, d, seed)})
        took[d] = {name: float(np.mean([run[name, 0.9].seconds for run in runs])) for name in names}
        for t in TIMES:
            cells: dict[str, str] = defaultdict(str)
            for name in names:
                if (name, t) in runs[0]:
                    values, errors = zip(*((run[name, t].value, run[name, t].error) for run in runs))
                    error = float(np.linalg.norm(errors)) / seeds
                    cells[name] = f"{np.mean(values):.2g} ± {error:.1g}"
            place = DIMENSIONS.index(d)
            theirs = [f"{THEIRS[t][place]:.4f}", f"{THEIR_KERNELS[place]:.4g}" if t == 0.9 else ""]
            print(f"| {d} | {t:g} | " + " | ".join([cells[name] for name in names] + theirs) + " |", flush=True)
    print("\n| seconds, d | " + " | ".join(names) + " |\n|" + "---|" * (len(names) + 1))
    for d, seconds in took.items():
        print(f"| {d} | " + " | ".join(f"{seconds[name]:.2f}" for name in names) + " |")
