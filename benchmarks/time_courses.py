"""Leave one time out of real and simulated courses, and find its population from the others: tables of docs/results.md.

    make bench-time-courses
    .venv/bin/python benchmarks/time_courses.py --courses eb genes --model
    .venv/bin/python benchmarks/time_courses.py --cells

Coordinates are divided by one number, so that their mean variance is 1, and at most 2,000 particles of each snapshot
take part. Every inner time is left out in turn. Figures are means over these: W1 / energy distance / variance ratio of
the snapshot before ("nothing moves"), of one half of the snapshot by the other (the floor), of straight lines along the
optimal plan, and of `jkonetstar.interpolate` with its default parameters, which never sees the snapshot left out.
`--model` adds the default estimator, fitted to the other snapshots: its prediction from the snapshot before, and its
`interpolate`. The last line has the geometric mean of W1 relative to straight lines, and the worst course.

`--cells` repeats the published protocol on all cells of the embryoid bodies: one time left out, and two at once.
"""

from __future__ import annotations

import argparse
import time
import warnings
from typing import Any

import jkonetstar as jk
import numpy as np
from courses import course, names
from simulated_courses import BETWEEN

LARGEST = 2000
WAYS = ("nothing moves", "floor", "straight", "interpolate")
MODEL_WAYS = ("predict", "model between")


def scaled(series: jk.Snapshots) -> jk.Snapshots:
    """Return at most 2,000 particles of each snapshot, with a mean variance of the coordinates of 1."""
    rng, unit = np.random.default_rng(0), 1 / np.sqrt(series.to_arrays()[0].var(0).mean())
    result = jk.Snapshots.empty(series.dimension)
    for snapshot in series:
        chosen = rng.permutation(len(snapshot.points))[:LARGEST]
        result.append(unit * snapshot.points[chosen], snapshot.time, snapshot.weights[chosen])
    return result


def every_course() -> list[str]:
    """Return the names of all courses that have a time to leave out and that move."""
    still = [name for name in names() if name.startswith("identical")]
    return [name for name in names() if name not in still and name != "5,000 particles"] + list(BETWEEN)


def read(name: str) -> jk.Snapshots:
    """Read or simulate a course."""
    return jk.Snapshots(*BETWEEN[name]()) if name in BETWEEN else course(name).series


def shown(scores: Any) -> str:
    """Write means as W1 / energy distance / variance ratio."""
    w1, energy, ratio = (
        float(np.mean(values)) for values in (scores.w1, scores.energy_distance, scores.variance_ratio)
    )
    return f"{w1:.3f} / {energy:.4f} / {ratio:.2f}"


def print_row(cells: list[str]) -> None:
    """Print a row of a table in Markdown."""
    print("| " + " | ".join(cells) + " |", flush=True)


def print_courses(chosen: list[str], model: bool) -> None:
    """Print a line per course, and how the interpolation compares with straight lines over all."""
    ways = WAYS + MODEL_WAYS if model else WAYS
    print_row(["course (d, times)", *ways, "W1 / straight", "seconds"])
    print("|" + "---|" * (len(ways) + 3))
    ratios = []
    for name in chosen:
        series = scaled(read(name))
        start = time.perf_counter()
        found = jk.leave_one_time_out(series, jk.JKOnetStar() if model else None)
        seconds = time.perf_counter() - start
        ratios.append(float(found.scores["interpolate"].w1.mean() / found.scores["straight"].w1.mean()))
        cells = [shown(found.scores[way]) for way in ways]
        print_row([f"{name} ({series.dimension}, {len(series)})", *cells, f"{ratios[-1]:.3f}", f"{seconds:.1f}"])
    geometric = float(np.exp(np.mean(np.log(ratios))))
    print(f"\nW1 relative to straight lines: {geometric:.3f} in the geometric mean, {max(ratios):.3f} at worst")


def print_cells(seed: int = 0) -> None:
    """Print the published protocol on all embryoid body cells, with a seed of the random features."""
    series = course("eb").series
    start = time.perf_counter()
    found = jk.leave_one_time_out(series, random_state=seed)
    seconds = time.perf_counter() - start
    print(found)
    for way in ("straight", "interpolate"):
        scores = found.scores[way]
        print(f"{way}: W1 {scores.w1.round(3)}, mean {scores.w1.mean():.3f}; W2 mean {scores.w2.mean():.3f}")
    print(f"leave-one-time-out of all cells, with all comparisons: {seconds:.1f} s")
    without = series.without(3).without(1)
    for method in ("straight", "auto"):
        between = jk.interpolate(without, [1.0, 3.0], method, random_state=seed)
        w2 = [jk.emd(b.points, series[k].points, 2, a=b.weights, b=series[k].weights) for k, b in zip((1, 3), between)]
        print(f"two times left out, {method}: W2 {w2[0]:.3f} / {w2[1]:.3f}")


def print_growth() -> None:
    """Print growth rates of two wells, one of which grows, and the mass of the mouse course's held-out middle."""
    for seed in range(3, 6):
        points, times, sizes = growing_wells(seed)
        growth = jk.Growth(bootstrap=20).fit(points, times, total_mass=sizes)
        right, left = points[points[:, 0] > 0.5], points[points[:, 0] < -0.5]
        moments = (0.25, 0.75, 1.25, 1.75)
        rates = [np.mean([growth.rate(side, t).mean() for t in moments]) for side in (right, left)]
        errors = growth.rate([[1.0, 0.0], [-1.0, 0.0]], 1.0, return_std=True)[1]
        print(f"two wells, seed {seed}: rates {rates[0]:.3f} and {rates[1]:.3f} (.8 and 0), errors {errors.round(3)}")
        points, times, sizes = growing_wells(seed, apart=0)
        growth = jk.Growth().fit(points, times, total_mass=sizes)
        rates = [growth.rate([[-1.0, 0.0], [-0.5, 0.0], [0.5, 0.0], [1.0, 0.0]], t).round(2) for t in moments]
        print(f"spreading from between, at x = -1, -.5, .5, 1 over time: {', '.join(map(str, rates))}")
    print_growing_models()
    sizes = np.array(course("mouse").series.sizes, dtype=float)
    constant, straight = np.sqrt(sizes[0] * sizes[2]), (sizes[0] + sizes[2]) / 2
    for what, mass in (("a constant rate", constant), ("a straight line", straight)):
        print(f"mouse, mass of the held-out middle by {what}: {mass:.0f} of {sizes[1]:.0f}, {mass / sizes[1] - 1:+.1%}")


def print_growing_models() -> None:
    """Print how well models of the same wells predict held-out particles, with growth and without."""
    print_row(["seed, energy", "exact plans", "unbalanced plans", "exact plans and growth", "nothing moves", "floor"])
    print("|" + "---|" * 6)
    for seed in range(3, 6):
        points, times, sizes = growing_wells(seed)
        train, test = jk.Snapshots(points, times).split(test_fraction=0.4, random_state=0)
        growth = jk.Growth().fit(train, total_mass=sizes)
        for name, options in (("V, network", {}), ("V linear, beta", {"potential": "linear", "internal": True})):
            ways = [("exact", None), ("unbalanced", None), ("exact", growth)]
            fits = [jk.JKOnetStar(**options, coupling=plans).fit(train, growth=given) for plans, given in ways]
            found = [fit.evaluate(test, train=train) for fit in fits]
            cells = [f"{one.one_step.mean():.3f} / {one.energy_distance.mean():.4f}" for one in found]
            rest = f"{found[0].nothing_moves.mean():.3f} / {found[0].nothing_moves_energy_distance.mean():.4f}"
            floor = f"{found[0].floor.mean():.3f} / {found[0].floor_energy_distance.mean():.4f}"
            print_row([f"{seed}, {name}", *cells, rest, floor])


def growing_wells(seed: int, apart: float = 1) -> tuple[Any, Any, Any]:
    """Return 1,000 particles at each of five times, their times, and how many there were: those at x > 0 divide.

    They start at -apart and apart; the wells are at -1 and 1.
    """
    rng = np.random.default_rng(seed)
    x = 0.3 * rng.normal(size=(20_000, 2))
    x[:, 0] += np.where(rng.random(len(x)) < 0.5, -apart, apart)
    observed, sizes, dt = [], [], 0.01
    for step in range(201):
        if step % 50 == 0:
            observed.append(x[rng.choice(len(x), 1000, replace=False)])
            sizes.append(len(x))
        force = -np.stack([4 * x[:, 0] * (x[:, 0] ** 2 - 1), 4 * x[:, 1]], 1)
        x = x + dt * force + np.sqrt(2 * 0.15 * dt) * rng.normal(size=x.shape)
        x = np.concatenate([x, x[rng.random(len(x)) < np.where(x[:, 0] > 0, 0.8 * dt, 0)]])
    return np.concatenate(observed), np.repeat([0, 0.5, 1, 1.5, 2], 1000), np.array(sizes, dtype=float)


def main() -> None:
    """Print what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--courses", nargs="*", help="names of courses, or none; all by default")
    parser.add_argument("--model", action="store_true", help="the default estimator as well")
    parser.add_argument("--cells", action="store_true", help="only the published protocol on all cells")
    parser.add_argument("--seed", type=int, default=0, help="of --cells")
    parser.add_argument("--growth", action="store_true", help="only growth rates and masses")
    given = parser.parse_args()
    if given.cells or given.growth:
        if given.cells:
            print_cells(given.seed)
        if given.growth:
            print_growth()
        return
    with warnings.catch_warnings():
        # What models warn of is the subject of `make bench-defaults`.
        warnings.simplefilter("ignore")
        print_courses(given.courses if given.courses is not None else every_course(), given.model)
    if given.courses is None:
        print_cells()
        print_growth()


if __name__ == "__main__":
    main()
