"""Do 95 % intervals cover in 95 % of cases? Ornstein-Uhlenbeck populations, whose transitions are known exactly.

    dx = -a x dt + sqrt(2 beta) dW: a Gaussian population stays Gaussian, with mean m e^(-a t) and variance
    v e^(-2 a t) + beta / a (1 - e^(-2 a t)) in each coordinate.

Snapshots are drawn independently at each time. V(x) = a |x|^2 / 2 and beta are fitted in closed form with error bars. A
finite step has a bias that is known: what infinitely many particles would give solves the same equations with the
populations' moments for averages, and is the truth that intervals must cover. Table and picture are in docs/results.md.
"""

from __future__ import annotations

import argparse
import time

import jkonetstar as jk
import numpy as np

DRIFT, BETA, TAU, STEPS = 1.0, 0.5, 0.2, 5
FEATURES = jk.Linear(polynomial_degree=2, polynomial_total=True, radial=None)


def moments(k: int, d: int) -> tuple[np.ndarray, float]:
    """Mean and variance (in each coordinate) at time k TAU."""
    decay = np.exp(-DRIFT * k * TAU)
    mean = np.zeros(d)
    mean[0] = 2 * decay
    return mean, 0.1 * decay**2 + BETA / DRIFT * (1 - decay**2)


def series(rng: np.random.Generator, n: int, d: int) -> jk.Snapshots:
    """Draw every snapshot anew."""
    points = [
        mean + np.sqrt(variance) * rng.normal(size=(n, d)) for mean, variance in map(moments, range(STEPS + 1), [d] * 6)
    ]
    return jk.Snapshots(np.concatenate(points), np.repeat(TAU * np.arange(STEPS + 1), n))


def limit(scheme: str, d: int) -> dict[str, float]:
    """Coefficients of infinitely many particles: V = sum_j (c_j x_j + a_j x_j^2 / 2), and beta.

    In coordinate j the condition is tau (c_j + a_j x - beta (x - m_k) / v_k) + shift = 0 with the optimal map between
    two Gaussians, m' + sqrt(v' / v) (x - m): all affine in x, so that sums over particles need the first two moments.
    """
    size = 2 * d + 1
    matrix, right = np.zeros((size, size)), np.zeros(size)
    for k in range(STEPS):
        (start, before), (end, after) = moments(k, d), moments(k + 1, d)
        for j in range(d):
            if scheme == "explicit":  # asked at x, with shift T(x) - x
                mean, variance, slope = start[j], before, np.sqrt(after / before)
                shift = np.array([end[j] - slope * start[j], slope - 1])
            else:  # asked at y, with shift y - S(y)
                mean, variance, slope = end[j], after, np.sqrt(before / after)
                shift = np.array([slope * end[j] - start[j], 1 - slope])
            rows = np.zeros((size, 2))  # each coefficient's field, as constant and slope
            rows[2 * j] = [1, 0]
            rows[2 * j + 1] = [0, 1]
            rows[-1] = [mean / variance, -1 / variance]
            second = np.array([[1, mean], [mean, variance + mean**2]])
            matrix += TAU**2 * rows @ second @ rows.T
            right -= TAU * rows @ second @ shift
    theta = np.linalg.solve(matrix, right)
    return {"beta": theta[-1], **{f"a{j + 1}": theta[2 * j + 1] for j in range(d)}}


def estimates(model: jk.JKOnetStar, d: int) -> dict[str, tuple[float, float]]:
    """Beta and the curvatures of V with their standard errors, the latter through the coefficients' covariance."""
    found = {"beta": (model.beta_, model.beta_std_)}
    exponents = quadratic_exponents(d)
    unit = 1 / model.describe()["time_scale"]  # curvatures of V are those of W per duration
    for j in range(d):
        place = exponents.index(tuple(2 if i == j else 0 for i in range(d)))
        found[f"a{j + 1}"] = (
            2 * unit * model.coef_[place],
            2 * unit * float(np.sqrt(model.covariance_[place, place])),
        )
    return found


def quadratic_exponents(d: int) -> list[tuple[int, ...]]:
    """Monomials of total degree at most 2 in the library's order, the last coordinate fastest."""
    from itertools import product

    return [e for e in product(range(3), repeat=d) if 0 < sum(e) <= 2]


def main() -> None:
    """Print coverage for each dimension and scheme, and draw the intervals."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--particles", type=int, default=5000)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--picture", help="where to draw the intervals, as PNG")
    arguments = parser.parse_args()
    print(f"{arguments.seeds} seeds, {arguments.particles:,} particles per snapshot, {STEPS} steps of {TAU}")
    print(f"{'':12}{'d':>3}{'':>7}{'truth':>9}{'limit':>9}{'mean':>9}{'spread':>9}{'error':>9}{'covered':>9}")
    drawn = {}
    for d in (1, 2):
        for scheme in ("explicit", "implicit"):
            start, truth, found = time.perf_counter(), limit(scheme, d), []
            for seed in range(arguments.seeds):
                data = series(np.random.default_rng(seed), arguments.particles, d)
                model = jk.JKOnetStar(
                    FEATURES,
                    internal=jk.GaussianMixture(1),
                    scheme=scheme,
                    training=jk.ClosedForm(ridge=1e-12),
                    error_bars="influence",
                ).fit(data)
                found.append(estimates(model, d))
            for name, target in truth.items():
                values, errors = np.array([case[name] for case in found]).T
                covered = np.mean(np.abs(values - target) <= 1.96 * errors)
                known = BETA if name == "beta" else DRIFT
                print(
                    f"{scheme:12}{d:3}{name:>7}{known:9.3f}{target:9.3f}{values.mean():9.3f}"
                    f"{values.std(ddof=1):9.4f}{np.median(errors):9.4f}{covered:9.0%}"
                )
                drawn[f"{name}, {scheme}, d = {d}"] = (target, values, errors)
            print(f"{'':12}{(time.perf_counter() - start) / arguments.seeds:.2f} s per fit with error bars", flush=True)
    if arguments.picture:
        draw(drawn, arguments.picture)


def draw(drawn: dict, path: str) -> None:
    """Draw every interval, sorted by estimate; those that miss in red."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    chosen = [name for name in drawn if name.startswith(("beta", "a1"))]
    figure, axes = plt.subplots(2, 4, figsize=(15, 6.5), constrained_layout=True)
    for axis, name in zip(axes.T.flat, chosen):
        target, values, errors = drawn[name]
        order = np.argsort(values)
        misses = np.abs(values - target) > 1.96 * errors
        for rank, case in enumerate(order):
            color = "tab:red" if misses[case] else "tab:blue"
            axis.plot([rank, rank], values[case] + 1.96 * errors[case] * np.array([-1, 1]), color=color, lw=1)
            axis.plot(rank, values[case], ".", color=color, ms=3)
        axis.axhline(target, color="black", lw=1)
        axis.set_title(f"{name}: {100 - 100 * misses.mean():.0f} % covered", fontsize=10)
        axis.set_xlabel("seeds, sorted by estimate")
    figure.suptitle("95 % intervals of closed-form fits to Ornstein-Uhlenbeck populations")
    figure.savefig(path, dpi=80)


if __name__ == "__main__":
    main()
