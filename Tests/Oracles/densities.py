"""Log-densities and scores of Gaussian mixtures and kernel densities; mixtures after so many iterations of EM.

Mixtures and kernels: ln rho(x) = logsumexp_c(ln w_c + ln N(x; m_c, Sigma_c)) in JAX (float64), its gradient by
automatic differentiation. Kernel covariances are those of scipy.stats.gaussian_kde, which must agree on ln rho.

EM: scikit-learn's GaussianMixture from a given start, tol 0, reg_covar 2^-20; `iterations` times an E-step and an
M-step. `log_likelihood` is the mean of ln rho with the parameters that come out.
"""

import warnings

import jax
import jax.numpy as jnp
import numpy as np
import scipy
import scipy.stats
import sklearn
from jax.scipy.special import logsumexp
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from oracle_file import OracleFile

jax.config.update("jax_enable_x64", True)


def dyadic(values):
    return np.round(np.asarray(values) * 1024) / 1024


def log_density(x, weights, means, covariances):
    def component(weight, mean, covariance):
        factor = jnp.linalg.cholesky(covariance)
        z = jax.scipy.linalg.solve_triangular(factor, x - mean, lower=True)
        volume = jnp.sum(jnp.log(jnp.diagonal(factor))) + len(x) / 2 * jnp.log(2 * jnp.pi)
        return jnp.log(weight) - volume - jnp.sum(z**2) / 2

    return logsumexp(jax.vmap(component)(weights, means, covariances))


def add_values(file, name, queries, *mixture):
    values = jax.vmap(lambda x: log_density(x, *mixture))(queries)
    file.add(f"{name}_log", values)
    file.add(f"{name}_score", jax.vmap(jax.grad(lambda x: log_density(x, *mixture)))(queries))
    return np.asarray(values)


def add_mixture(file, random, name, k, d):
    weights = dyadic(random.uniform(0.1, 1, k))
    means = dyadic(random.normal(0, 3, (k, d)))
    roots = dyadic(random.normal(0, 1, (k, d, d)) + np.eye(d))
    covariances = roots @ roots.transpose(0, 2, 1)
    # The bulk, and points so far out that rho underflows.
    queries = dyadic(np.concatenate([random.normal(0, 3, (8, d)), random.normal(0, 300, (4, d))]))
    for suffix, array in [("weights", weights), ("means", means), ("covariances", covariances), ("queries", queries)]:
        file.add(f"{name}_{suffix}", array)
    add_values(file, f"{name}_full", queries, weights / weights.sum(), means, covariances)
    add_values(file, f"{name}_diagonal", queries, weights / weights.sum(), means, covariances * np.eye(d))


def add_kernel(file, random, name, n, d):
    points = dyadic(random.normal(0, 1, (n, d)) @ random.normal(0, 1, (d, d)) + 100)
    weights = dyadic(random.uniform(0.1, 1, n))
    queries = dyadic(np.concatenate([random.normal(100, 2, (8, d)), random.normal(100, 40, (3, d))]))
    for suffix, array in [("points", points), ("weights", weights), ("queries", queries)]:
        file.add(f"{name}_{suffix}", array)
    for rule in ("scott", "silverman"):
        for suffix, given in [("equal", None), ("weighted", weights)]:
            theirs = scipy.stats.gaussian_kde(points.T, rule, given)
            shared = np.broadcast_to(theirs.covariance, (n, d, d))
            log = add_values(file, f"{name}_{rule}_{suffix}", queries, theirs.weights, points, shared)
            assert np.allclose(log[:8], theirs.logpdf(queries[:8].T), rtol=1e-10)
    length = 0.25
    shared = np.broadcast_to(length**2 * np.eye(d), (n, d, d))
    add_values(file, f"{name}_length", queries, weights / weights.sum(), points, shared)


def add_fit(file, random, name, n, k, d):
    points = dyadic(random.normal(0, 1, (n, d)) + 2 * random.normal(0, 1, (k, d))[np.arange(n) % k])
    weights, means = dyadic(random.uniform(0.5, 1, k)), dyadic(random.normal(0, 2, (k, d)))
    file.add(f"{name}_points", points)
    file.add(f"{name}_start_weights", weights)
    file.add(f"{name}_start_means", means)
    for kind in ("full", "diag"):
        precisions = np.stack([np.eye(d)] * k) if kind == "full" else np.ones((k, d))
        for iterations in (1, 5, 25):
            model = GaussianMixture(
                k,
                covariance_type=kind,
                tol=0,
                max_iter=iterations,
                reg_covar=2**-20,
                weights_init=weights / weights.sum(),
                means_init=means,
                precisions_init=precisions,
            )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                model.fit(points)
            assert model.n_iter_ == iterations
            file.add(f"{name}_{kind}_{iterations}_log_likelihood", model.score(points))
            file.add(f"{name}_{kind}_{iterations}_bic", model.bic(points))
            file.add(f"{name}_{kind}_{iterations}_weights", model.weights_)
            file.add(f"{name}_{kind}_{iterations}_means", model.means_)


def main():
    random = np.random.default_rng(4)
    versions = ", ".join(f"{package.__name__} {package.__version__}" for package in (jax, np, scipy, sklearn))
    file = OracleFile(__file__, f"{versions}, float64")
    add_mixture(file, random, "line", k=3, d=1)
    add_mixture(file, random, "plane", k=4, d=2)
    add_mixture(file, random, "space", k=2, d=7)
    add_kernel(file, random, "kernel_line", n=21, d=1)
    add_kernel(file, random, "kernel_space", n=70, d=3)
    add_fit(file, random, "fit_plane", n=60, k=3, d=2)
    add_fit(file, random, "fit_space", n=80, k=2, d=4)
    file.write()


if __name__ == "__main__":
    main()
