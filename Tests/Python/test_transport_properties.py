"""Plans of random small problems: the proof of each checked from the definitions, its cost against POT's exact solver.

A failure names the problem: `problem(kind, seed)` gives it again.
"""

import jkonetstar as jk
import numpy as np
import ot
import pytest

SEEDS = 100
EPS = np.finfo(float).eps


def normal(rng, n, m, d):
    return rng.normal(size=(n, d)), rng.normal(size=(m, d)) * rng.uniform(0.3, 3)


def lattice(rng, n, m, d):
    """Ties everywhere, and equal points."""
    side = rng.integers(2, 5)
    return rng.integers(side, size=(n, d)).astype(float), rng.integers(side, size=(m, d)).astype(float)


def duplicates(rng, n, m, d):
    few = rng.normal(size=(rng.integers(1, 6), d))
    return rng.choice(few, n), rng.choice(few, m)


def collinear(rng, n, m, d):
    direction = rng.normal(size=d)
    return rng.normal(size=(n, 1)) * direction, rng.normal(size=(m, 1)) * direction


def steps(rng, n, m, d):
    """Everyone moves little: costs far below the largest."""
    x = rng.normal(size=(n, d))
    return x, rng.permutation(x[rng.integers(n, size=m)] + 10.0 ** rng.uniform(-4, -1) * rng.normal(size=(m, d)))


def clusters(rng, n, m, d):
    """Far apart for their size, with different masses on both sides."""
    centres = 10.0 ** rng.uniform(0, 4) * rng.normal(size=(rng.integers(2, 4), d))
    return tuple(rng.choice(centres, count) + rng.normal(size=(count, d)) for count in (n, m))


def drift(rng, n, m, d):
    """All of y far from all of x."""
    x, y = normal(rng, n, m, d)
    return x, y + 10.0 ** rng.uniform(0, 3) * rng.normal(size=d)


def outlier(rng, n, m, d):
    x, y = normal(rng, n, m, d)
    x[rng.integers(n)] *= 10.0 ** rng.uniform(1, 4)
    return x, y


def concentrated(rng, n, m, d):
    """All of x nearer to each other than to any of y: all have the same nearest."""
    x, y = normal(rng, n, m, d)
    return x * 10.0 ** rng.uniform(-4, -1), y


KINDS = {
    kind.__name__: kind
    for kind in (normal, lattice, duplicates, collinear, steps, clusters, drift, outlier, concentrated)
}


def masses(rng, n, m):
    """Return the masses of both populations, None for equal ones, with the same sum."""
    kind = rng.choice(["none", "equal", "random", "counts", "wide"], p=[0.4, 0.1, 0.2, 0.2, 0.1])
    if kind == "none":
        return None, None
    if kind == "equal":
        return np.full(n, 1 / n), np.full(m, 1 / m)
    if kind == "counts":
        # Many are zero.
        total = rng.integers(1, 60)
        return tuple(np.bincount(rng.integers(k, size=total), minlength=k).astype(float) for k in (n, m))
    a, b = (rng.uniform(size=k) if kind == "random" else 10.0 ** rng.uniform(-6, 0, k) for k in (n, m))
    return a, b * (a.sum() / b.sum())


def problem(kind, seed):
    """Return x, y, a, b."""
    rng = np.random.default_rng([list(KINDS).index(kind), seed])
    n, m = np.exp(rng.uniform(0, np.log(60.99), size=2)).astype(int)
    if rng.uniform() < 0.4:
        m = n
    d = int(rng.choice([1, 2, 3, rng.integers(4, 51)]))
    x, y = KINDS[kind](rng, n, m, d)
    if rng.uniform() < 0.4:
        offset = 10.0 ** rng.uniform(0, 6) * rng.choice([-1, 1], size=d)
        x, y = x + offset, y + offset
    if rng.uniform() < 0.5:
        # Powers of two keep ties.
        scale = 2.0 ** rng.integers(-30, 31) if kind in ("lattice", "duplicates") else 10.0 ** rng.uniform(-9, 9)
        x, y = x * scale, y * scale
    return x, y, *masses(rng, n, m)


def costs(x, y, metric):
    """Return the costs from differences: expanded squares, POT's own way, lose all digits at an offset of 10^6."""
    squares = ((x[:, None] - y[None]) ** 2).sum(2)
    return squares if metric == "sqeuclidean" else np.sqrt(squares)


def least_cost(a, b, cost):
    """Return the least cost that POT finds.

    It compares potentials with absolute bounds, for costs of order 1; so it gets them in units of a power of two, which
    is exact. The plan's cost is summed from the masses: those are rounded, the potentials are less exact.
    """
    unit = 2.0 ** np.ceil(np.log2(max(cost.max(), np.finfo(float).tiny)))
    total = a.sum()
    plan = ot.emd(a / total, b / total, cost / unit, numItermax=1_000_000)
    return (plan * cost).sum() * total


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("metric", ["sqeuclidean", "euclidean"])
@pytest.mark.parametrize("kind", KINDS)
def test_plans_of_random_problems(kind, metric):
    for seed in range(SEEDS):
        x, y, a, b = problem(kind, seed)
        plan = jk.optimal_transport(x, y, a, b, metric=metric)
        (n, d), m = x.shape, len(y)
        a, b = (np.full(n, 1 / n), np.full(m, 1 / m)) if a is None else (a, b)
        what = f"problem({kind!r}, {seed}), {metric}, {n} x {m} in {d} dimensions"
        cost = costs(x, y, metric)
        total, largest = a.sum(), cost.max()
        # Below 10^-12 of the largest cost, the certificate measures gaps by that.
        unit = max(plan.cost, 1e-12 * largest * total)

        assert len(plan.mass) <= n + m - 1 and (plan.mass > 0).all(), what
        dense = plan.dense()
        assert np.abs(dense.sum(1) - a).max() <= 1e-12 * total, what
        assert np.abs(dense.sum(0) - b).max() <= 1e-12 * total, what
        assert plan.marginal_error <= 1e-12, what
        assert plan.cost == pytest.approx((dense * cost).sum(), rel=1e-12), what

        # Costs are sums of d squares, rounded here in another order; duals are rounded to doubles.
        u, v = plan.dual_x[:, None], plan.dual_y[None]
        rounding = EPS * ((d + 4) * cost + abs(u) + abs(v))
        assert (u + v <= cost + rounding).all(), what
        # Complementary slackness: the gap, without the cancellation of two large sums.
        slack = np.maximum(0, np.abs(cost - u - v) - rounding)
        assert (dense * slack).sum() <= 1e-9 * unit, what
        assert abs(plan.gap) <= 1e-9, what

        # Masses of POT's plan are off by rounding, which moves at most so much of the dearest.
        reference = least_cost(a, b, cost)
        assert abs(plan.cost - reference) <= 1e-9 * reference + 4 * EPS * largest * total, f"{what}: POT {reference}"
