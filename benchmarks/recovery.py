"""How well closed forms recover known energies from snapshots of continuous-time dynamics: table and picture.

    make bench-recovery
    .venv/bin/python benchmarks/recovery.py --problems 'double well' --steps 0.1 --particles 2000 --seeds 5

Each problem is simulated by Euler-Maruyama in fine steps and observed at a few times, with other particles at each.
Printed are, for each scheme, the error of grad V over all particles relative to its size, that of grad U over
differences of particles, and that of beta relative to beta, as means over seeds. "Corrected" is the midpoint scheme
with `bias_samples=4`.
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path
from typing import Any, Callable, NamedTuple

import jkonetstar as jk
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Field = Callable[[Array], Array]
#: Largest step of the simulations.
FINEST = 0.005
#: Particles over which the forces of U are averaged at each moment.
AROUND = 200
CENTRES = np.array([[1.0, 0.5], [-1.0, 0.8], [0.0, -1.0]])


class Problem(NamedTuple):
    """A known energy, from where it is simulated, and what it is fitted by."""

    start: Callable[[np.random.Generator, int], Array]
    slope: Field  # grad V
    beta: float
    features: jk.Linear
    attraction: Field | None = None  # grad U
    interaction: jk.Linear | None = None


def normal(mean: list[float], deviation: float) -> Callable[[np.random.Generator, int], Array]:
    """Return a normal distribution to start from."""
    return lambda rng, n: np.asarray(mean) + deviation * rng.standard_normal((n, len(mean)))


def wells(x: Array) -> Array:
    """Return the gradient of (x1^2 - 1)^2 + x2^2."""
    return np.stack([4 * x[:, 0] * (x[:, 0] ** 2 - 1), 2 * x[:, 1]], axis=1)


def bell(z: Array) -> Array:
    """Return the gradient of U = -exp(-|z|^2 / 2)."""
    return np.asarray(np.exp(-0.5 * (z**2).sum(-1))[..., None] * z)


def mixture(x: Array) -> Array:
    """Return the gradient of -log sum_i exp(-|x - c_i|^2 / (2 s^2)), s = 0.6."""
    offsets = x[:, None] - CENTRES
    logs = -(offsets**2).sum(-1) / (2 * 0.36)
    shares = np.exp(logs - logs.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    return np.asarray((shares[..., None] * offsets).sum(1) / 0.36)


def polynomial(degree: int) -> jk.Linear:
    """Return monomials up to a total degree."""
    return jk.Linear(degree, polynomial_total=True, radial=None)


PROBLEMS = {
    "OU, d = 2": Problem(normal([2.0, 0.0], 0.5), lambda x: x, 0.5, polynomial(2)),
    "OU, d = 10": Problem(normal([2.0] + [0.0] * 9, 0.5), lambda x: x, 0.5, polynomial(2)),
    "double well": Problem(normal([0.0, 0.0], 0.6), wells, 0.25, polynomial(4)),
    "mixture": Problem(normal([0.0, 0.0], 0.7), mixture, 0.25, jk.Linear(4, polynomial_total=True)),
    "double well and U": Problem(normal([0.0, 1.0], 0.4), wells, 0.25, polynomial(4), bell, polynomial(4)),
}
SCHEMES: dict[str, dict[str, Any]] = {
    "explicit": {"scheme": "explicit"},
    "implicit": {"scheme": "implicit"},
    "midpoint": {"scheme": "midpoint"},
    "corrected": {"scheme": "midpoint", "training": jk.ClosedForm(bias_samples=4)},
}


def observed(problem: Problem, n: int, tau: float, seed: int) -> tuple[Array, Array]:
    """Return particles and their times: n at each of four to eleven times, tau apart."""
    rng, count = np.random.default_rng(seed), min(10, max(3, round(1 / tau)))
    x = problem.start(rng, n * (count + 1))
    rows, parts = [x[:n]], round(np.ceil(tau / FINEST))
    for _ in range(count):
        x = x[n:]
        for _ in range(parts):
            force = problem.slope(x)
            if problem.attraction is not None:
                others = x[rng.choice(len(x), AROUND, replace=False)]
                force = force + problem.attraction(x[:, None] - others).mean(1)
            x = x - tau / parts * force + np.sqrt(2 * problem.beta * tau / parts) * rng.standard_normal(x.shape)
        rows.append(x[:n])
    return np.concatenate(rows), np.repeat(tau * np.arange(count + 1), n)


def relative(found: Array, truth: Array) -> float:
    """Return the size of a difference, relative to the truth."""
    return float(np.linalg.norm(found - truth) / np.linalg.norm(truth))


def errors(problem: Problem, data: tuple[Array, Array], options: dict[str, Any]) -> list[float]:
    """Return the relative errors of grad V, grad U and beta; NaN where there is no U, or where a fit is refused."""
    X, time = data
    model = jk.JKOnetStar(problem.features, interaction=problem.interaction, internal=True, **options)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # The table says how wrong they are.
            model.fit(X, time, report=False)
    except jk.ConvergenceError:
        return [np.nan] * 3
    found = [relative(model.potential_.gradient(X), problem.slope(X)), np.nan, model.beta_ / problem.beta - 1]
    if problem.attraction is not None:
        rng = np.random.default_rng(0)
        differences = X[rng.integers(len(X), size=4000)] - X[rng.integers(len(X), size=4000)]
        found[1] = relative(model.interaction_.gradient(differences), problem.attraction(differences))
    return found


def shown(found: Array) -> str:
    """Return errors as a cell of the table."""
    v, u, beta = found
    if np.isnan(v):
        return "refused"
    return f"{v:.3f}{'' if np.isnan(u) else f' / {u:.2f}'} / {beta:+.3f}"


def draw(table: dict[tuple[str, float, int], dict[str, Array]], path: Path) -> None:
    """Draw errors over the step, a column per problem, for the most particles that every step has."""
    from matplotlib import pyplot as plt

    names = list(dict.fromkeys(name for name, _, _ in table))
    figure, axes = plt.subplots(2, len(names), figsize=(3.2 * len(names), 5.6), sharex=True, squeeze=False)
    for column, name in zip(axes.T, names):
        mine = {key: value for key, value in table.items() if key[0] == name}
        steps = sorted({tau for _, tau, _ in mine})
        most = max(n for n in {n for _, _, n in mine} if all((name, tau, n) in mine for tau in steps))
        for scheme in SCHEMES:
            found = np.array([mine[name, tau, most][scheme] for tau in steps])
            for place, axis in ((0, column[0]), (2, column[1])):
                axis.plot(steps, np.abs(found[:, place]), "o-", label=scheme)
        column[0].set_title(f"{name}\n{most:,} particles a snapshot", fontsize=9)
        column[1].set_xlabel("time between snapshots")
        for axis in column:
            axis.set(xscale="log", yscale="log", ylim=(0.01, 5))
            axis.set_xticks(steps, [f"{tau:g}" for tau in steps])
            axis.minorticks_off()
    axes[0, 0].set_ylabel("relative error of grad V")
    axes[1, 0].set_ylabel("|relative error of beta|")
    axes[0, -1].legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=100)


def main() -> None:
    """Print a line per problem, step and number of particles."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--problems", nargs="+", choices=PROBLEMS, default=list(PROBLEMS))
    parser.add_argument("--particles", nargs="+", type=int, default=[500, 2000], help="of each snapshot")
    parser.add_argument("--steps", nargs="+", type=float, default=[0.05, 0.2, 1.0], help="time between snapshots")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--picture", type=Path, help="where to draw errors over steps")
    options = parser.parse_args()
    print("| energy | step | particles | " + " | ".join(SCHEMES) + " |\n|" + "---|" * (len(SCHEMES) + 3))
    table: dict[tuple[str, float, int], dict[str, Array]] = {}
    for name in options.problems:
        for tau in options.steps:
            for n in options.particles:
                data = [observed(PROBLEMS[name], n, tau, 100 + seed) for seed in range(options.seeds)]
                row = {
                    scheme: np.mean([errors(PROBLEMS[name], each, chosen) for each in data], axis=0)
                    for scheme, chosen in SCHEMES.items()
                }
                table[name, tau, n] = row
                print(f"| {name} | {tau:g} | {n:,} | " + " | ".join(map(shown, row.values())) + " |", flush=True)
    if options.picture is not None:
        draw(table, options.picture)


if __name__ == "__main__":
    main()
