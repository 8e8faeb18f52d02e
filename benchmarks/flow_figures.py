"""How far two densities are from each other: the symmetric Kullback-Leibler divergence, with its standard error."""

from __future__ import annotations

from typing import Callable, NamedTuple

import jkonetstar as jk
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
LogDensity = Callable[[Array], Array]


class Divergence(NamedTuple):
    """KL(p | q) + KL(q | p), its standard error, and seconds for what was judged."""

    value: float
    error: float
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"{self.value:.5f} ± {self.error:.5f}"


def divergence(x: Array, y: Array, log_p: LogDensity, log_q: LogDensity, *, paired: bool = False) -> Divergence:
    """Return the mean of log p / q over x, drawn from p, less that over y, drawn from q.

    Where row i of y is close to row i of x, most of the noise of the two means is the same; `paired` says so.
    """
    at_x, at_y = log_p(x) - log_q(x), log_p(y) - log_q(y)
    if paired:
        return Divergence(float((at_x - at_y).mean()), float((at_x - at_y).std() / len(x) ** 0.5))
    error = (at_x.var() / len(x) + at_y.var() / len(y)) ** 0.5
    return Divergence(float(at_x.mean() - at_y.mean()), float(error))


def draw(density: jk.GaussianMixture, n: int, rng: np.random.Generator) -> Array:
    """Return particles of a mixture."""
    which = rng.choice(len(density.weights_), n, p=density.weights_)
    roots = np.linalg.cholesky(density.covariances_)
    noise = rng.standard_normal((n, density.n_features_in_))
    return np.asarray(density.means_[which] + np.einsum("nij,nj->ni", roots[which], noise))


def kernel_estimate(particles: Array, n: int, rng: np.random.Generator) -> tuple[LogDensity, Array]:
    """Return the log-density of a kernel estimate (Scott's rule), and n particles of it."""
    estimate = jk.KernelDensity().fit(particles)
    kernel = np.cov(particles.T).reshape(particles.shape[1], -1) * len(particles) ** (-2 / (particles.shape[1] + 4))
    noise = rng.multivariate_normal(np.zeros(len(kernel)), kernel, n)
    return estimate.score_samples, particles[rng.choice(len(particles), n, replace=False)] + noise


def mixture_estimate(
    particles: Array, n: int, rng: np.random.Generator, most: int | None = None
) -> tuple[LogDensity, Array]:
    """Return the log-density of the mixture that the Bayesian information criterion chooses, and n particles of it."""
    estimate = jk.GaussianMixture("bic", max_components=most).fit(particles)
    return estimate.score_samples, draw(estimate, n, rng)
