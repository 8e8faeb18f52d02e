"""Logistic regression with a prior over its scale: draws from the posterior, and what they say of new observations.

python examples/python/posterior.py [PATH]
"""

from __future__ import annotations

import sys

import jkonetstar as jk
import matplotlib
import numpy as np
from numpy.typing import NDArray

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402

Array = NDArray[np.float64]
rng = np.random.default_rng(0)
truth = np.array([2.0, -1.0, 0.0])  # the last belongs to the constant
X = np.column_stack([rng.normal(size=(120, 2)), np.ones(120)])
y = np.where(rng.random(120) < 1 / (1 + np.exp(-X @ truth)), 1.0, -1.0)


def potential(x: Array) -> tuple[Array, Array]:
    """Return -log of the density of (w, log a), and its gradient: labels given w, w ~ N(0, 1 / a), a ~ Gamma(1, 1)."""
    w, a = x[:, :-1], np.exp(x[:, -1])
    margins, squares = y * (w @ X.T), (w**2).sum(1)
    values = np.logaddexp(0, -margins).sum(1) + a * squares / 2 + a - 2.5 * x[:, -1]
    by_w = a[:, None] * w - (y / (1 + np.exp(margins))) @ X
    return values, np.column_stack([by_w, a * squares / 2 + a - 2.5])


# A wrong gradient would make slow draws, not wrong ones: compare it with differences first.
place, small = rng.normal(size=(1, 4)), 1e-5 * np.eye(4)
slopes = (potential(place + small)[0] - potential(place - small)[0]) / 2e-5
assert np.allclose(slopes, potential(place)[1][0], atol=1e-6)

found = jk.sample(potential, rng.normal(size=(4, 4)), draws=4000, warmup=2000)
assert (found.r_hats < 1.02).all(), "the chains do not agree yet: more draws are needed"
draws = found.points.reshape(-1, 4)
print(
    "effective draws:", found.effective_sizes.round().astype(int), " split R-hat at most", found.r_hats.max().round(3)
)
for name, values, true in zip(("w_1", "w_2", "constant"), draws.T, truth):
    low, high = np.quantile(values, [0.05, 0.95])
    print(f"{name}: {values.mean():.2f}, 90 % between {low:.2f} and {high:.2f}; the truth is {true:g}")

# The probability of a label is the mean over the posterior, which is less sure of itself than the best w alone.
side = np.linspace(-3, 3, 61)
new = np.stack([*np.meshgrid(side, side), np.ones((61, 61))], -1).reshape(-1, 3)
probability = np.mean([1 / (1 + np.exp(-new @ w)) for w in draws[::40, :3]], axis=0)
figure, axes = plt.subplots(1, 2, figsize=(9.5, 4), layout="constrained")
filled = axes[0].contourf(side, side, probability.reshape(61, 61), np.linspace(0, 1, 11), cmap="RdBu_r")
axes[0].scatter(X[:, 0], X[:, 1], c=y, cmap="RdBu_r", s=14, edgecolors="black", linewidths=0.4)
axes[0].set(title="probability of a red label", xlim=(-3, 3), ylim=(-3, 3))
figure.colorbar(filled)
axes[1].scatter(draws[::4, 0], draws[::4, 1], s=2, linewidths=0)
axes[1].plot(*truth[:2], "r+", markersize=14)
axes[1].set(title="draws of w; red: the truth", xlabel="$w_1$", ylabel="$w_2$")
figure.savefig(sys.argv[1] if len(sys.argv) > 1 else "posterior.png", dpi=100)
