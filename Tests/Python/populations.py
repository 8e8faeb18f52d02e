"""Populations whose energy is known in closed form."""

import numpy as np

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
