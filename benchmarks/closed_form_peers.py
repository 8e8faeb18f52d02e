"""The closed form of JKOnet* in NumPy and in JAX, on the same couplings, features and ridge as ours.

Both are written to be fast: a Gaussian on a grid, or a monomial, is a product of functions of one coordinate each, so
that its mean over a population is a batched matrix product of small tables, some sites at a time. Coordinates are the
standardised ones of jkonetstar/linear.h. The density is scikit-learn's Gaussian mixture for both.
"""

from __future__ import annotations

import time
import warnings
from typing import Any, Callable, NamedTuple

import numpy as np

DEGREE = 4


class Problem(NamedTuple):
    """Couplings and features: all that a closed form needs once there are plans.

    T transitions of n sites in d = 2 coordinates, each site with the mean shift y - x of its partners.
    """

    sites: np.ndarray  # (T, n, 2)
    masses: np.ndarray  # (T, n)
    shifts: np.ndarray  # (T, n, 2)
    grid: np.ndarray  # of V, (2, places)
    differences: np.ndarray  # the grid of U, (2, places)
    width: np.ndarray  # of the Gaussians, ()
    ridge: np.ndarray  # ()


class Answer(NamedTuple):
    """Coefficients (V's, U's, beta), the normal matrix they came from, seconds, and the mixtures' quality."""

    theta: np.ndarray
    matrix: np.ndarray
    seconds: float
    busy: float
    mixture_seconds: float = 0.0
    log_likelihood: float = 0.0


def ridge_parts(count: int, full: bool) -> np.ndarray:
    """Return the part of the ridge that each coefficient has: 1e-3 for V's monomials and beta beside U."""
    parts = np.ones(count)
    if full:
        parts[: (DEGREE + 1) ** 2 - 1] = parts[-1] = 1e-3
    return parts


Densities = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def mixture(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return log density and score at the points of scikit-learn's mixture of ten Gaussians."""
    from sklearn.mixture import GaussianMixture
    from threadpoolctl import threadpool_limits

    # Its matrices are small: two threads were measured to take eight times as long as one.
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")
        fitted = GaussianMixture(10, tol=1e-5, max_iter=1000, random_state=0).fit(points)
    shares, precisions = fitted.predict_proba(points), fitted.precisions_
    offsets = fitted.means_[None] - points[:, None]
    return fitted.score_samples(points), np.einsum("ic,cab,icb->ia", shares, precisions, offsets, optimize=True)


def _densities(problem: Problem, given: Densities | None) -> tuple[Any, Any, float, float]:
    """Return masses and scores: sites without density fade, as in ours."""
    start = time.perf_counter()
    pairs = [(given or mixture)(sites) for sites in problem.sites]
    logs, scores = (np.stack(part) for part in zip(*pairs))
    means = logs.mean(axis=1, keepdims=True)
    masses = problem.masses * np.minimum(1, np.exp(logs - means + 6.9))
    return masses, scores, time.perf_counter() - start, float(means.mean())


def numpy_peer() -> Callable[..., Answer]:
    """Return the closed form in NumPy."""

    def tables(z, axis, width):
        """Powers and Gaussians of one coordinate, and their derivatives; the last axis runs over them."""
        powers = z[..., None] ** np.arange(DEGREE + 1)
        slopes = np.concatenate([np.zeros_like(powers[..., :1]), np.arange(1, DEGREE + 1) * powers[..., :-1]], axis=-1)
        u = (z[..., None] - axis) / width
        bumps = np.exp(-u * u)
        return (powers, slopes), (bumps, -2 / width * u * bumps)

    def jacobians(points, grid, width):
        """Gradients of all features, (n, features, 2)."""
        first, second = (tables(points[:, k], grid[k], width) for k in range(2))
        rows = []
        for ((a, da), (b, db)), skip in zip(zip(first, second), (1, 0)):
            along = [da[:, :, None] * b[:, None, :], a[:, :, None] * db[:, None, :]]
            rows.append(np.stack([part.reshape(len(points), -1)[:, skip:] for part in along], axis=-1))
        return np.concatenate(rows, axis=1)

    def mean_jacobians(points, population, grid, width, chunk=16):
        """Their means over differences to a population; pairs of few sites at a time stay in the cache."""
        out = []
        for start in range(0, len(points), chunk):
            z = points[start : start + chunk, None, :] - population[None]
            first, second = (tables(z[..., k], grid[k], width) for k in range(2))
            rows = []
            for ((a, da), (b, db)), skip in zip(zip(first, second), (1, 0)):
                along = [np.swapaxes(da, 1, 2) @ b, np.swapaxes(a, 1, 2) @ db]
                rows.append(np.stack([part.reshape(len(z), -1)[:, skip:] for part in along], axis=-1))
            out.append(np.concatenate(rows, axis=1) / len(population))
        return np.concatenate(out)

    def solve(problem: Problem, full: bool, densities: Densities | None = None) -> Answer:
        start, busy = time.perf_counter(), time.process_time()
        masses, seconds, quality = problem.masses, 0.0, 0.0
        if full:
            masses, scores, seconds, quality = _densities(problem, densities)
        matrix, right = 0.0, 0.0
        for k, sites in enumerate(problem.sites):
            rows = jacobians(sites, problem.grid, problem.width)
            if full:
                means = mean_jacobians(sites, sites, problem.differences, problem.width)
                rows = np.concatenate([rows, means, scores[k][:, None, :]], axis=1)
            rows = np.swapaxes(rows, 1, 2).reshape(-1, rows.shape[1])
            weighed = rows * np.repeat(masses[k], 2)[:, None]
            matrix = matrix + weighed.T @ rows
            right = right - weighed.T @ problem.shifts[k].ravel()
        scales = np.sqrt(np.diag(matrix))
        standardised = matrix / scales / scales[:, None] + problem.ridge * np.diag(ridge_parts(len(scales), full))
        theta = np.linalg.solve(standardised, right / scales) / scales
        return Answer(theta, matrix, time.perf_counter() - start, time.process_time() - busy, seconds, quality)

    return solve


def jax_peer() -> Callable[..., Answer]:
    """Return the closed form in JAX, jitted, in double precision; the first call of each kind compiles."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def tables(z, axis, width):
        powers = [jnp.ones_like(z)]
        for _ in range(DEGREE):
            powers.append(powers[-1] * z)
        slopes = [jnp.zeros_like(z)] + [power * powers[power - 1] for power in range(1, DEGREE + 1)]
        u = (z[..., None] - axis) / width
        bumps = jnp.exp(-u * u)
        return (jnp.stack(powers, -1), jnp.stack(slopes, -1)), (bumps, -2 / width * u * bumps)

    def mean_jacobian(differences, grid, width):
        """Mean gradients of all features over differences (m, 2), shape (features, 2)."""
        first, second = (tables(differences[:, k], grid[k], width) for k in range(2))
        rows = []
        for ((a, da), (b, db)), skip in zip(zip(first, second), (1, 0)):
            along = [jnp.einsum("ma,mb->ab", da, b), jnp.einsum("ma,mb->ab", a, db)]
            rows.append(jnp.stack([part.ravel()[skip:] for part in along], -1))
        return jnp.concatenate(rows) / len(differences)

    def transition(grid, differences, width, scores, sites, masses, shifts):
        rows = jax.vmap(lambda z: mean_jacobian(z[None], grid, width))(sites)
        if scores is not None:
            means = jax.lax.map(lambda z: mean_jacobian(z - sites, differences, width), sites, batch_size=16)
            rows = jnp.concatenate([rows, means, scores[:, None, :]], axis=1)
        matrix = jnp.einsum("ifk,i,igk->fg", rows, masses, rows, optimize=True)
        return matrix, -jnp.einsum("ifk,i,ik->f", rows, masses, shifts, optimize=True)

    @jax.jit
    def coefficients(problem: Problem, masses, scores):
        def one(part):
            given = part[3] if len(part) > 3 else None
            return transition(problem.grid, problem.differences, problem.width, given, *part[:3])

        parts = (problem.sites, masses, problem.shifts) + (() if scores is None else (scores,))
        matrix, right = (part.sum(0) for part in jax.lax.map(one, parts))
        scales = jnp.sqrt(jnp.diag(matrix))
        ridges = problem.ridge * ridge_parts(len(scales), scores is not None)
        standardised = matrix / scales / scales[:, None] + jnp.diag(ridges)
        return jnp.linalg.solve(standardised, right / scales) / scales, matrix

    def solve(problem: Problem, full: bool, densities: Densities | None = None) -> Answer:
        start, busy = time.perf_counter(), time.process_time()
        masses, scores, seconds, quality = problem.masses, None, 0.0, 0.0
        if full:
            masses, scores, seconds, quality = _densities(problem, densities)
        theta, matrix = jax.block_until_ready(coefficients(problem, masses, scores))
        return Answer(
            np.asarray(theta),
            np.asarray(matrix),
            time.perf_counter() - start,
            time.process_time() - busy,
            seconds,
            quality,
        )

    return solve
