"""Flows from a wide Gaussian to a mixture of 5 to 10 Gaussians, with modes apart, beside particles."""

from __future__ import annotations

import time
from typing import Any

import jkonetstar as jk
import numpy as np
from flow_figures import Array, Divergence, divergence, draw, kernel_estimate, mixture_estimate

STEP, STEPS = 0.1, 40
SAMPLES, KERNEL_SAMPLES, PARTICLES = 10_000, 4_000, 50_000
#: ICNNs of Mokrov et al. 2021, and their 50,000 particles with kernels.
THEIRS = {2: (0.062, 0.077), 4: (0.176, 0.44), 6: (0.301, 1.50), 8: (0.396, 3.45), 10: (0.329, 5.58), 12: (0.509, 10.2)}


#: What is compared with particles.
FLOWS: dict[str, dict[str, Any]] = {
    "features": {"particles": 8000},
    "network": {"method": "network", "iterations": 300},
}


class Target:
    """exp(-V): 5 to 10 unit Gaussians of one weight, with centres in [-5, 5]^d."""

    def __init__(self, d: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        k = int(rng.integers(5, 11))
        identities = np.broadcast_to(np.eye(d), (k, d, d))
        self.density = jk.GaussianMixture.of(np.ones(k), rng.uniform(-5, 5, (k, d)), identities)

    def slope(self, x: Array) -> Array:
        """Return grad V."""
        return -self.density.score_function(x)

    def potential(self, x: Array) -> tuple[Array, Array]:
        """Return V and grad V."""
        return -self.density.score_samples(x), self.slope(x)


def run(d: int, seed: int) -> dict[str, Divergence]:
    """Return the divergence of each column from the target, at the last time."""
    target, rng, found = Target(d, seed), np.random.default_rng(seed), {}
    y = draw(target.density, SAMPLES, rng)
    start = jk.GaussianMixture.of([1.0], np.zeros((1, d)), 16 * np.eye(d)[None])
    for name, options in FLOWS.items():
        began = time.perf_counter()
        flow = jk.WassersteinFlow(target.potential, step=STEP, steps=STEPS, **options).fit(start)
        seconds = time.perf_counter() - began
        try:
            figures = divergence(flow.sample(SAMPLES), y, flow.log_density, target.density.score_samples)
        except jk.ConvergenceError as error:  # at a point of y where a map cannot be inverted
            print(f"d = {d}, seed {seed}: {error}")
            figures = Divergence(np.nan, np.nan)
        found[name] = figures._replace(seconds=seconds)
    began = time.perf_counter()
    x0 = 4 * rng.normal(size=(PARTICLES, d))
    moved = jk.simulate(x0, target.slope, beta=1.0, dt=0.02, steps=round(STEP * STEPS / 0.02), random_state=seed)[-1]
    simulated = time.perf_counter() - began
    began = time.perf_counter()
    log_density, x = mixture_estimate(moved, SAMPLES, rng, most=12)
    seconds = simulated + time.perf_counter() - began
    found["particles, mixture"] = divergence(x, y, log_density, target.density.score_samples)._replace(seconds=seconds)
    began = time.perf_counter()
    log_density, x = kernel_estimate(moved, KERNEL_SAMPLES, rng)
    seconds = simulated + time.perf_counter() - began
    found["particles, kernels"] = divergence(x, y[:KERNEL_SAMPLES], log_density, target.density.score_samples)._replace(
        seconds=seconds
    )
    return found


def measure(dimensions: list[int], seeds: int) -> None:
    """Print a line per dimension and target."""
    print("Symmetric KL to the target at t = 4 ± the standard error of the estimate (seconds)")
    columns = ["d", "target", *FLOWS, "particles, mixture", "particles, kernels", "better less mixture", "ICNN"]
    print(f"| {' | '.join(columns)} | their kernels |")
    print("|" + "---|" * 9)
    for d in dimensions:
        for seed in range(seeds):
            found = run(d, seed)
            cells = [f"{each.value:.4f} ± {each.error:.4f} ({each.seconds:.0f} s)" for each in found.values()]
            excess = min(found[name].value for name in FLOWS) - found["particles, mixture"].value
            ours = " | ".join([*cells, f"{excess:+.4f}"])
            print(f"| {d} | {seed} | {ours} | {THEIRS[d][0]} | {THEIRS[d][1]} |", flush=True)
