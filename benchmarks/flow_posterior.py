"""Bayesian logistic regression by Langevin draws, beside the No-U-Turn sampler of NumPyro, on several sets of data.

The model is that of Liu and Wang (2016): weights w ~ N(0, 1 / a), with a of the density 100 exp(-100 a). Draws are of
(w, log a). The data are those of `posterior_data`, standardised, with a constant beside them; a fifth is held out.
"""

from __future__ import annotations

import time
import warnings

import jkonetstar as jk
import numpy as np
from flow_figures import Array
from posterior_data import DATA, Data
from scipy.special import expit, log_expit

CHAINS, RATE = 4, 100.0
#: Of each chain of the No-U-Turn sampler, kept and to warm up.
NUTS_DRAWS = 500


class Posterior:
    """V = -log of the density of (w, log a), up to a constant."""

    def __init__(self, seen: Data) -> None:
        self.signed = seen.train * seen.labels[:, None]
        self.calls = 0

    def __call__(self, x: Array) -> tuple[Array, Array]:
        """Return V and its gradient."""
        self.calls += len(x)
        w, log_a = x[:, :-1], np.minimum(x[:, -1], 700)
        a, count = np.exp(log_a), w.shape[1]
        margins = w @ self.signed.T
        squares = (w**2).sum(1)
        values = a * squares / 2 + (RATE * a - (count / 2 + 1) * log_a) - log_expit(margins).sum(1)
        by_w = a[:, None] * w - expit(-margins) @ self.signed
        by_log_a = a * squares / 2 + RATE * a - (count / 2 + 1)
        return values, np.column_stack([by_w, by_log_a])


def effective_sizes(chains: Array) -> Array:
    """Return the effective number of draws of each coordinate's mean, by Geyer's initial monotone sequence.

    `chains` has shape (chains, draws, d). One estimator judges both samplers.
    """
    m, n, _ = chains.shape
    centred = chains - chains.mean(1, keepdims=True)
    spectrum = np.abs(np.fft.rfft(centred, 2 * n, axis=1)) ** 2
    covariances = np.fft.irfft(spectrum, axis=1)[:, :n].mean(0) / n
    within = covariances[0] * n / (n - 1)
    total = covariances[0] + chains.mean(1).var(0, ddof=1)
    correlations = 1 - (within - covariances * n / (n - 1)) / total
    pairs = correlations[0 : 2 * (n // 2) : 2] + correlations[1 : 2 * (n // 2) : 2]
    # From the first pair below 0 on there is noise only.
    kept = np.minimum.accumulate(np.where(np.cumsum(pairs < 0, axis=0) > 0, 0, pairs), axis=0)
    return np.asarray(m * n / np.maximum(2 * kept.sum(0) - 1, 1 / np.log10(m * n)))


def r_hats(chains: Array) -> Array:
    """Return split R-hat of each coordinate; `chains` has shape (chains, draws, d)."""
    n = chains.shape[1] // 2
    halves = np.concatenate([chains[:, :n], chains[:, -n:]])
    within, between = halves.var(1, ddof=1).mean(0), halves.mean(1).var(0, ddof=1)
    return np.asarray(np.sqrt((n - 1) / n + between / within))


def judge(name: str, sampler: str, chains: Array, seen: Data, seconds: float, gradients: float) -> None:
    """Print a line of the table."""
    thinned = chains[..., :-1].reshape(-1, chains.shape[2] - 1)[::5]
    margins = (thinned @ seen.test.T) * seen.test_labels
    # The probability of a label is the mean over the posterior.
    shares = np.array([expit(margins[:, i]).mean() for i in range(margins.shape[1])])
    least = effective_sizes(chains).min()
    print(
        f"| {name} | {sampler} | {(shares > 0.5).mean():.3f} | {np.log(shares).mean():.4f} "
        f"| {r_hats(chains).max():.3f} | {seconds:.2f} | {least:,.0f} | {least / seconds:,.0f} "
        f"| {1e4 * least / gradients:.0f} |",
        flush=True,
    )


def starts(seen: Data, seed: int) -> Array:
    """Return where chains start: spread widely."""
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.normal(size=(CHAINS, seen.train.shape[1])), rng.normal(-3, 1, CHAINS)])


def langevin(name: str, seen: Data, draws: int, seed: int) -> None:
    """Judge `jkonetstar.sample`."""
    energy, began = Posterior(seen), time.perf_counter()
    with warnings.catch_warnings():
        # R-hat is in the table.
        warnings.simplefilter("ignore", jk.ConvergenceWarning)
        found = jk.sample(energy, starts(seen, seed), draws=draws, warmup=draws, random_state=seed)
    judge(name, f"`jk.sample`, {draws:,} draws", found.points, seen, time.perf_counter() - began, energy.calls)


def has_nuts() -> bool:
    """Return whether NumPyro is installed, and say so where it is not."""
    try:
        import numpyro.infer  # noqa: F401
    except ImportError:
        print("NUTS was left out: numpyro is not installed; pip install numpyro")
        return False
    return True


def nuts(name: str, seen: Data, draws: int, seed: int) -> None:
    """Judge NUTS."""
    import jax
    from numpyro.infer import MCMC, NUTS

    jax.config.update("jax_enable_x64", True)
    signed = jax.numpy.asarray(seen.train * seen.labels[:, None])

    def energy(x: jax.Array) -> jax.Array:
        w, log_a = x[:-1], x[-1]
        a = jax.numpy.exp(log_a)
        prior = a * (w @ w) / 2 + RATE * a - (len(w) / 2 + 1) * log_a
        return prior - jax.nn.log_sigmoid(signed @ w).sum()

    x0, key = jax.numpy.asarray(starts(seen, seed)), jax.random.PRNGKey(seed)
    for mass, dense in (("diagonal", False), ("dense", True)):
        chains = MCMC(
            NUTS(potential_fn=energy, dense_mass=dense), num_warmup=draws, num_samples=draws, num_chains=CHAINS,
            chain_method="vectorized", progress_bar=False,
        )  # fmt: skip
        for _ in range(2):  # The first run compiles, and is not counted.
            began = time.perf_counter()
            chains.warmup(key, init_params=x0, extra_fields=("num_steps",), collect_warmup=True)
            steps = float(chains.get_extra_fields()["num_steps"].sum())
            chains.run(key, extra_fields=("num_steps",))
            points = np.asarray(chains.get_samples(group_by_chain=True))
            seconds = time.perf_counter() - began
        steps += float(chains.get_extra_fields()["num_steps"].sum())
        judge(name, f"NUTS, {mass} mass matrix, {draws:,} draws", points, seen, seconds, steps)


def measure(draws: list[int], seed: int = 0) -> None:
    """Print a line for each set of data and sampler."""
    print(f"{CHAINS} chains, as many draws to warm up as are kept; seconds and gradients count both, but not compiling")
    with_nuts, sets = has_nuts(), {name: load(seed) for name, load in DATA.items()}
    for name, seen in sets.items():
        print(f"{name}: {len(seen.train):,} rows, {len(seen.test):,} held out, {seen.train.shape[1] - 1} features")
    print("| data | sampler | accuracy | log-likelihood, held out | largest R-hat | seconds | least effective size "
          "| per second | per 10,000 gradients |\n|" + "---|" * 9)  # fmt: skip
    for name, seen in sets.items():
        for count in draws:
            langevin(name, seen, count, seed)
        if with_nuts:
            nuts(name, seen, NUTS_DRAWS, seed)
