"""Bayesian logistic regression on real data by Langevin draws, beside the No-U-Turn sampler of NumPyro.

The model is that of Liu and Wang (2016): weights w ~ N(0, 1 / a), with a of the density 100 exp(-100 a). Draws are of
(w, log a). The data are scikit-learn's breast cancer, 569 tumours of 30 features, standardised, with a constant beside
them; a fifth is held out.
"""

from __future__ import annotations

import time
from typing import NamedTuple

import jkonetstar as jk
import numpy as np
from flow_figures import Array
from scipy.special import expit, log_expit
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

CHAINS, RATE = 4, 100.0


class Data(NamedTuple):
    """Features with a constant beside them, and labels of -1 and 1."""

    train: Array
    labels: Array
    test: Array
    test_labels: Array


def data(seed: int) -> Data:
    """Return a split of the tumours."""
    X, y = load_breast_cancer(return_X_y=True)
    X, held, y, held_y = train_test_split(X, y, test_size=0.2, random_state=seed)
    scaler = StandardScaler().fit(X)
    train, test = (np.column_stack([scaler.transform(part), np.ones(len(part))]) for part in (X, held))
    return Data(train, 2.0 * y - 1, test, 2.0 * held_y - 1)


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


def judge(name: str, chains: Array, seen: Data, seconds: float, gradients: float) -> None:
    """Print a line of the table."""
    thinned = chains[..., :-1].reshape(-1, chains.shape[2] - 1)[::5]
    margins = (thinned @ seen.test.T) * seen.test_labels
    # The probability of a label is the mean over the posterior.
    shares = np.array([expit(margins[:, i]).mean() for i in range(margins.shape[1])])
    least = effective_sizes(chains).min()
    scale = chains[..., -1].mean(), chains[..., -1].std()
    print(
        f"| {name} | {(shares > 0.5).mean():.3f} | {np.log(shares).mean():.4f} | {scale[0]:.2f} ± {scale[1]:.2f} "
        f"| {seconds:.1f} | {gradients:,.0f} | {least:.0f} | {least / seconds:.1f} | {1e4 * least / gradients:.2f} |",
        flush=True,
    )


def starts(seen: Data, seed: int) -> Array:
    """Return where chains start: spread widely."""
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.normal(size=(CHAINS, seen.train.shape[1])), rng.normal(-3, 1, CHAINS)])


def langevin(seen: Data, draws: int, seed: int) -> None:
    """Judge `jkonetstar.sample`."""
    energy, began = Posterior(seen), time.perf_counter()
    found = jk.sample(energy, starts(seen, seed), draws=draws, warmup=draws, random_state=seed)
    judge(f"`jk.sample`, {draws:,} draws", found.points, seen, time.perf_counter() - began, energy.calls)
    print(f"  acceptance {found.acceptance:.2f}, step {found.step:.2g}, split R-hat up to {found.r_hats.max():.3f}; "
          f"its own least effective size {found.effective_sizes.min():.0f}")  # fmt: skip


def nuts(seen: Data, draws: int, seed: int) -> None:
    """Judge NUTS where NumPyro is installed."""
    try:
        import jax
        from numpyro.infer import MCMC, NUTS
    except ImportError:
        print("NUTS was left out: numpyro is not installed; pip install numpyro")
        return
    jax.config.update("jax_enable_x64", True)
    signed = jax.numpy.asarray(seen.train * seen.labels[:, None])

    def energy(x: jax.Array) -> jax.Array:
        w, log_a = x[:-1], x[-1]
        a = jax.numpy.exp(log_a)
        prior = a * (w @ w) / 2 + RATE * a - (len(w) / 2 + 1) * log_a
        return prior - jax.nn.log_sigmoid(signed @ w).sum()

    x0, key = jax.numpy.asarray(starts(seen, seed)), jax.random.PRNGKey(seed)
    for name, dense in (("diagonal", False), ("dense", True)):
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
        judge(f"NUTS, {name} mass matrix, {draws:,} draws", points, seen, seconds, steps)


def measure(draws: list[int], seed: int = 0) -> None:
    """Print a line per sampler."""
    seen = data(seed)
    print(
        f"{len(seen.train)} tumours, {len(seen.test)} held out, {CHAINS} chains, as many draws to warm up as are kept"
    )
    print("| sampler | accuracy | log-likelihood, held out | log a | seconds | gradients | least effective size "
          "| per second | per 10,000 gradients |\n|" + "---|" * 9)  # fmt: skip
    for count in draws:
        langevin(seen, count, seed)
    nuts(seen, 500, seed)
