"""Populations whose energy is known in closed form, and models that do not wait."""

import jkonetstar as jk
import numpy as np
from jkonetstar._calls import LongCall

CURVATURE = np.array([[2.0, 0.5], [0.5, 1.0]])
CENTRE = np.array([0.3, -0.2])


def quadratic_gradient(x):
    """Return the gradient of V(x) = (x - c)' A (x - c) / 2."""
    return (x - CENTRE) @ CURVATURE


def descend(x, tau, scheme):
    """Move particles one exact step of V down, implicit or explicit."""
    if scheme == "explicit":
        return x - tau * quadratic_gradient(x)
    return np.linalg.solve(np.eye(2) + tau * CURVATURE, (x + tau * CENTRE @ CURVATURE).T).T


def quadratic_series(n=200, times=(0.0, 0.1, 0.25), scheme="explicit", seed=1):
    """Return X and time: n particles descending the quadratic energy, in shuffled rows.

    Both steps are gradients of convex functions (x = y + tau grad V(y), or tau A < 1), so by Brenier
    (1991) the optimal plan pairs every particle with itself, and this energy makes the objective zero.
    """
    rng = np.random.default_rng(seed)
    populations = [rng.uniform(-2, 2, size=(n, 2))]
    for tau in np.diff(times):
        populations.append(descend(populations[-1], tau, scheme))
    return np.concatenate([rng.permutation(p) for p in populations]), np.repeat(times, n)


def impatient(stage):
    """Return an estimator whose fit stops at a stage, and what it raises there."""

    class Stopped(Exception):
        pass

    class Impatient(jk.JKOnetStar):
        def _long_call(self, patience=0.0):
            return LongCall(self)

        def update(self, progress):
            if progress.stage == stage:
                raise Stopped

        def close(self):
            pass

    return Impatient, Stopped


def growing_clouds(rate=0.7, particles=200, seed=0):
    """Return two clouds at rest, ten apart; the share of the second is e^(rate t) / (1 + e^(rate t))."""
    rng = np.random.default_rng(seed)
    series = jk.Snapshots.empty(2)
    for time in np.arange(4.0):
        right = round(particles / (1 + np.exp(-rate * time)))
        centres = np.repeat([-5.0, 5.0], [particles - right, right])
        series.append(0.3 * rng.normal(size=(particles, 2)) + np.stack([centres, 0 * centres], 1), time)
    return series
