"""Optimal costs of small transport problems, computed by a peer, for the Swift tests.

Reference: POT 0.9.7.post1 (ot.emd2) with numpy 2.4.6. Run from the root of the repository:

    python Tests/Oracles/plans.py

It writes Tests/Oracles/plans.txt: lines that begin with # are comments; the rest is numbers separated by white
space. Per problem: n m d weighted, then n d coordinates of x and m d of y by row, then, if weighted is 1, n masses
of x and m of y (else 1/n and 1/m each), then the optimal costs for squared and plain euclidean distances.
"""

from pathlib import Path

import numpy as np
import ot

# n, m, d
SHAPES = [(5, 5, 1), (20, 13, 1), (8, 8, 2), (30, 30, 2), (25, 40, 2), (12, 12, 5), (40, 25, 5), (15, 20, 20)]


def problems(random):
    for n, m, d in SHAPES:
        x = random.normal(size=(n, d))
        y = 1 + 2 * random.normal(size=(m, d))
        yield x, y, None, None
        yield x, y, random.dirichlet(np.ones(n)), random.dirichlet(np.full(m, 0.3))
        yield np.round(x), np.round(y), None, None
        # Far from the origin, on a grid that keeps the coordinates exact.
        yield 1e6 + np.round(x * 1024) / 1024, 1e6 + np.round(y * 1024) / 1024, None, None


def write(path):
    random = np.random.default_rng(20240614)
    lines = [f"# POT {ot.__version__}, numpy {np.__version__}; written by plans.py, which says what the numbers are"]
    for x, y, a, b in problems(random):
        (n, d), m = x.shape, len(y)
        weighted = a is not None
        lines.append(f"{n} {m} {d} {int(weighted)}")
        masses_x = a if weighted else np.full(n, 1 / n)
        masses_y = b if weighted else np.full(m, 1 / m)
        difference = x[:, None, :] - y[None, :, :]
        squared = np.ascontiguousarray((difference**2).sum(axis=2))
        costs = [ot.emd2(masses_x, masses_y, c, numItermax=10**7) for c in (squared, np.sqrt(squared))]
        for row in [*x, *y, *([a, b] if weighted else []), costs]:
            lines.append(" ".join(f"{value:.17g}" for value in row))
    path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    write(Path(__file__).with_name("plans.txt"))
