"""Simulated time courses whose laws are known: fine Euler-Maruyama paths, observed at few times.

Snapshots destroy particles: each time has particles of its own, so that no particle is seen twice.
"""

from __future__ import annotations

from typing import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
#: Points of shape (n, d) and a time to velocities of shape (n, d).
Drift = Callable[[Array, float], Array]
#: Particles of shape (n, d), and the time of each, of shape (n,).
Pooled = tuple[Array, Array]

#: Largest step of the simulations, in time.
FINEST = 0.01


def observed(
    start: Callable[[np.random.Generator, int], Array],
    drift: Drift,
    beta: float,
    times: list[float],
    n: int,
    seed: int | None = None,
) -> Pooled:
    """Return n particles at each time of dx = drift dt + sqrt(2 beta) dW, all of them independent."""
    rng = np.random.default_rng(len(times) * 1000 + n if seed is None else seed)
    x, seen = start(rng, n * len(times)), []
    seen.append(x[:n])
    for k, (now, then) in enumerate(zip(times, times[1:]), 1):
        steps = int(np.ceil((then - now) / FINEST - 1e-9))
        dt = (then - now) / steps
        for step in range(steps):
            x = x + dt * drift(x, now + step * dt) + np.sqrt(2 * beta * dt) * rng.normal(size=x.shape)
        seen.append(x[k * n : (k + 1) * n])
    return np.concatenate(seen), np.repeat(times, n)


def evenly(count: int, gap: float) -> list[float]:
    """Return times with one gap."""
    return [gap * k for k in range(count)]


def normal(mean: list[float], deviation: float) -> Callable[[np.random.Generator, int], Array]:
    """Return a normal distribution to start from."""
    return lambda rng, n: np.asarray(mean) + deviation * rng.normal(size=(n, len(mean)))


def ornstein_uhlenbeck(d: int) -> Pooled:
    """V = |x|^2 / 2 and beta 0.5; in ten coordinates they relax at rates of 0.2 to 2."""
    rates = np.ones(d) if d == 2 else np.linspace(0.2, 2, d)
    return observed(normal([2.0] * d, np.sqrt(0.1)), lambda x, t: -rates * x, 0.5, evenly(6, 0.2), 1000)


def wells(x: Array, t: float) -> Array:
    """Minus the gradient of (x_1^2 - 1)^2 + the other coordinates' 2 x_i^2."""
    force = -4 * x
    force[:, 0] = -4 * x[:, 0] * (x[:, 0] ** 2 - 1)
    return force


def attracted(x: Array, t: float) -> Array:
    """Wells, and U = -exp(-|z|^2 / 2), averaged over 100 particles that each moment draws anew."""
    others = x[np.random.default_rng(round(t / FINEST)).choice(len(x), 100, replace=False)]
    near = np.exp(-0.5 * ((x[:, None] - others[None]) ** 2).sum(2))
    return wells(x, t) - (near.sum(1)[:, None] * x - near @ others) / len(others)


def moving_well(x: Array, t: float) -> Array:
    """Minus the gradient of 3 |x - c(t)|^2 / 2, with c going round the unit circle in 4 units of time."""
    return -3 * (x - [np.cos(np.pi * t / 2), np.sin(np.pi * t / 2)])


def rotation(x: Array, t: float) -> Array:
    """Turn by one radian per unit of time, which no potential does, in a weak well."""
    return np.stack([-x[:, 1], x[:, 0]], 1) - 0.2 * x


def branching(d: int) -> Pooled:
    """Drift along z_1 and branch in z_2, and again in z_3 if d is 100, turned into d coordinates of noise.

    The deviation of the noise falls from 0.4 to 0.05, as those of principal components do.
    """
    rng = np.random.default_rng(d)
    latent = 2 if d == 50 else 3

    def drift(z: Array, t: float) -> Array:
        force = np.ones_like(z)
        for i in range(1, latent):
            opened = np.clip(z[:, 0] - 1.5 * (i - 1), 0, None)
            force[:, i] = opened * z[:, i] - z[:, i] ** 3
        return force

    z, times = observed(normal([0.0] * latent, 0.2), drift, 0.05, evenly(5, 0.8), 600)
    basis = np.linalg.qr(rng.normal(size=(d, d)))[0]
    noise = rng.normal(size=(len(z), d)) * np.geomspace(0.4, 0.05, d)
    return (np.pad(z, ((0, 0), (0, d - latent))) + noise) @ basis, times


def spreading(n: int, times: list[float], d: int) -> Pooled:
    """Wells and beta 0.25, from between them."""
    return observed(normal([0.0] + [0.5] * (d - 1), 0.2), wells, 0.25, times, n)


def identical(n: int, d: int, count: int) -> Pooled:
    """Draw one normal distribution anew at each time: nothing moves."""
    rng = np.random.default_rng(d)
    return rng.normal(size=(count * n, d)), np.repeat(np.arange(float(count)), n)


#: What simulates each course, by its name.
SIMULATED: dict[str, Callable[[], Pooled]] = {
    "OU, d = 2": lambda: ornstein_uhlenbeck(2),
    "OU, d = 10": lambda: ornstein_uhlenbeck(10),
    "wells": lambda: spreading(500, evenly(11, 0.1), 2),
    "wells and U": lambda: observed(normal([0.0, 1.0], 0.4), attracted, 0.25, evenly(6, 0.2), 500),
    "moving well": lambda: observed(normal([1.0, 0.0], 0.3), moving_well, 0.1, evenly(20, 0.2), 300),
    "rotation": lambda: observed(normal([2.0, 0.0], 0.4), rotation, 0.05, evenly(8, 0.4), 500),
    "branching, d = 50": lambda: branching(50),
    "branching, d = 100": lambda: branching(100),
    "60 particles": lambda: spreading(60, evenly(6, 0.2), 3),
    "5,000 particles": lambda: spreading(5000, [0.0, 0.4], 2),
    "unequal gaps": lambda: spreading(400, [0.0, 0.05, 0.1, 0.3, 0.8, 2.0], 3),
    "identical, d = 2": lambda: identical(500, 2, 3),
    "identical, d = 10": lambda: identical(2000, 10, 3),
}


def predator_and_prey(n: int = 500) -> Pooled:
    """Lotka and Volterra's cycle in logarithms, about one and a half turns in all."""

    def drift(x: Array, t: float) -> Array:
        prey, predator = np.exp(np.clip(x, -6, 6)).T
        return np.stack([1 - predator, prey - 1], 1)

    return observed(normal([1.0, 0.0], 0.2), drift, 0.005, evenly(10, 0.6), n, seed=5)


def growing(n: int = 400) -> Pooled:
    """Two wells from between them; particles at x > 0 divide at a rate of 0.8, and snapshots grow with them."""
    rng, dt = np.random.default_rng(3), 0.01
    x, seen, times = 0.25 * rng.normal(size=(4 * n, 2)), [], []
    for step in range(201):
        if step % 50 == 0:
            size = len(x) // 4
            seen.append(x[rng.choice(len(x), size, replace=False)])
            times.append(np.full(size, step * dt))
        x = x + dt * wells(x, 0.0) + np.sqrt(2 * 0.15 * dt) * rng.normal(size=x.shape)
        x = np.concatenate([x, x[rng.random(len(x)) < np.where(x[:, 0] > 0, 0.8 * dt, 0)]])
    return np.concatenate(seen), np.concatenate(times)


#: Courses that only the study of unobserved times has: a cycle, and a population that grows in one place.
BETWEEN: dict[str, Callable[[], Pooled]] = {"predator and prey": predator_and_prey, "growing": growing}
