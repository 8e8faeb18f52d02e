"""How well closed forms recover a known energy from snapshots of continuous-time dynamics, by scheme.

    .venv/bin/python benchmarks/recovery.py

The double well V = (x1^2 - 1)^2 + x2^2 with beta = 0.25, from N(0, 0.36 I), is simulated by Euler-Maruyama in steps of
1e-3 and observed at eleven times, every 0.1, with other particles at each. Features are monomials of total degree 4.
Printed are the error of grad V over all particles relative to its size, and that of beta relative to beta, for seeds
100 to 104.
"""

from __future__ import annotations

import argparse

import jkonetstar as jk
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
BETA, STEP = 0.25, 1e-3
FEATURES = jk.Linear(polynomial_degree=4, polynomial_total=True, radial=None)


def slope(x: Array) -> Array:
    """Return grad V."""
    return np.stack([4 * x[:, 0] * (x[:, 0] ** 2 - 1), 2 * x[:, 1]], axis=1)


def observed(n: int, seed: int) -> tuple[Array, Array]:
    """Return particles and their times."""
    rng, rows, times = np.random.default_rng(seed), [], 0.1 * np.arange(11)
    for time in times:
        x = 0.6 * rng.standard_normal((n, 2))
        for _ in range(round(time / STEP)):
            x = x - STEP * slope(x) + np.sqrt(2 * BETA * STEP) * rng.standard_normal((n, 2))
        rows.append(x)
    return np.concatenate(rows), np.repeat(times, n)


def main() -> None:
    """Print a line per scheme."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--particles", type=int, default=2000, help="of each snapshot")
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    data = [observed(options.particles, 100 + seed) for seed in range(options.seeds)]
    for scheme in ("explicit", "implicit", "midpoint"):
        errors, betas = [], []
        for X, time in data:
            model = jk.JKOnetStar(FEATURES, internal=True, scheme=scheme).fit(X, time, report=False)
            truth = slope(X)
            errors.append(np.linalg.norm(model.potential_.gradient(X) - truth) / np.linalg.norm(truth))
            betas.append(model.beta_ / BETA - 1)
        print(f"{scheme:9} grad V {np.mean(errors):.3f} (worst {max(errors):.3f})", end="  ")
        print(f"beta {np.mean(betas):+.3f} ({min(betas):+.3f} to {max(betas):+.3f})", flush=True)


if __name__ == "__main__":
    main()
