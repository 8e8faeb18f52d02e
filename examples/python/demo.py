"""Learn an energy from unpaired snapshots and predict with it: a benchmark, then cells.

1. 2,000 particles descend the wavy plateau in five steps; half of them, shuffled in every snapshot, train a
   network and two closed-form models; the other half test them.
2. Where the embryoid-body cells are found, the experiment of the JKOnet* paper on them.

Figures are printed beside those of the authors' implementation; pictures are written into a folder.
"""

from __future__ import annotations

import argparse
import copy
import os
import time
from pathlib import Path

import jkonetstar as jk
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ROOT = Path(__file__).resolve().parents[2]
CELLS = Path(os.environ.get("JKONETSTAR_DATA") or ROOT.parent / "shared" / "data" / "eb")

#: The models of the benchmark. Each predicts by the scheme it is fitted with; the data are made by the explicit one,
#: which is the default.
MODELS = {
    "network": jk.JKOnetStar(potential="mlp"),
    "network, implicit": jk.JKOnetStar(potential="mlp", scheme="implicit"),
    "linear": jk.JKOnetStar(potential="linear"),
}
#: Mean one-step-ahead EMD on wavy_plateau of the authors' code (NeurIPS 2024 camera ready), and the seconds
#: it took on 2 cores of an x86-64 machine. Their network is fitted implicitly but predicts explicitly; their
#: linear model is explicit.
AUTHORS = {"network": (0.20382, 27.4), "network, implicit": (0.20382, 27.4), "linear": (0.01623, 76.4)}
#: One-step-ahead EMD on the cells, mean and standard deviation over seeds, as printed in the paper.
PAPER_CELLS = (0.624, 0.007)

HOW_TO_GET_CELLS = """\
The cells were not found in {place}; this part is skipped.
They are the embryoid-body time course of Moon et al. 2019 (Mendeley Data v6n743h5ng, CC BY 4.0), as processed
for TrajectoryNet (Tong et al. 2020): its first five principal components, each standardised to mean 0 and
deviation 1. Write them as data.npy, shape (n, 5), and the collection interval 0 .. 4 of each cell as
sample_labels.npy, shape (n,), into one folder, and set JKONETSTAR_DATA to it."""


def main() -> None:
    """Run both parts and say where the pictures are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder of the pictures (default: out)")
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="repeat with N seeds (default: 1)")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    kernels = jk.build_info()["kernels"]
    print(f"libjkonetstar {jk.version()}, {kernels} kernels, {jk.get_num_threads()} threads")
    wavy_plateau(arguments.out, arguments.seeds)
    cells(arguments.out, arguments.seeds)


def wavy_plateau(out: Path, seeds: int) -> None:
    """Recover the wavy plateau from shuffled snapshots, by a network and in closed form."""
    heading("Wavy plateau: 2,000 particles, 5 steps of 0.01, half for training")
    errors: dict[str, list[list[Array]]] = {name: [] for name in MODELS}
    seconds: dict[str, list[float]] = {name: [] for name in MODELS}
    for seed in range(seeds):
        x0 = np.random.default_rng(seed).uniform(-4, 4, size=(2000, 2))
        trajectories = jk.simulate(x0, potential="wavy_plateau", beta=0.0, dt=0.01, steps=5)
        series = jk.Snapshots(trajectories.reshape(-1, 2), np.repeat(0.01 * np.arange(6), 2000))
        halves = series.split(0.5, by="trajectories", random_state=seed)
        train, test = (half.shuffle(random_state=seed) for half in halves)
        print(f"seed {seed}\n  training: {train}\n  test:     {test}")
        models = {name: copy.copy(MODELS[name]).set_params(random_state=seed, verbose=1) for name in MODELS}
        for name, model in models.items():
            print(f"\n{name}")
            start = time.perf_counter()
            model.fit(train)
            errors[name].append([model.evaluate(train).one_step, model.evaluate(test).one_step])
            seconds[name].append(time.perf_counter() - start)
        if seed == 0:
            print_steps({name: errors[name][0] for name in MODELS}, standing_still(test))
            draw(out, "wavy_plateau", models, train, test)
    print_benchmark(errors, seconds)


def cells(out: Path, seeds: int) -> None:
    """Repeat the paper's experiment on cells: 40 % of each time for testing, V varies in time."""
    heading("Cells: embryoid-body differentiation, 5 principal components, 40 % for testing")
    if not (CELLS / "data.npy").is_file():
        print(HOW_TO_GET_CELLS.format(place=CELLS))
        return
    series = jk.Snapshots.load(CELLS)
    print(series)
    rows = []
    for seed in range(seeds):
        train, test = series.split(0.4, by="times", random_state=seed)
        model = jk.JKOnetStar(time_varying=True, random_state=seed, verbose=1)
        print(f"\nseed {seed}: {sum(train.sizes):,} cells for training, {sum(test.sizes):,} for testing")
        start = time.perf_counter()
        model.fit(train)
        errors = model.evaluate(test).one_step
        rows.append((seed, errors, time.perf_counter() - start))
        if seed == 0:
            still = standing_still(test)
            draw(out, "cells", model, test)
    print_cells(rows, still)


def standing_still(test: jk.Snapshots) -> Array:
    """Return the EMD of predicting that nothing moves."""
    return np.array([jk.emd(now.points, then.points) for now, then in zip(test, list(test)[1:])])


def print_steps(errors: dict[str, list[Array]], still: Array) -> None:
    """Print the errors of each step and their means."""
    print("\nOne-step-ahead EMD (W1 between predicted and observed particles), seed 0\n")
    print(" " * 10 + "".join(f"{name:^24}" for name in errors) + "   nothing moves")
    print(" " * 10 + "       train        test" * len(errors) + f"{'test':>16}")
    columns = [part for parts in errors.values() for part in parts] + [still]
    table = np.array([*np.transpose(columns), np.mean(columns, axis=1)])
    for name, row in zip([*(f"step {k + 1}" for k in range(len(still))), "mean"], table):
        print(f"{name:10}" + "".join(f"{value:12.5f}" for value in row[:-1]) + f"{row[-1]:16.5f}")
    print()


def print_benchmark(errors: dict[str, list[list[Array]]], seconds: dict[str, list[float]]) -> None:
    """Print each model's mean test error and time, beside the authors'."""
    count = len(seconds["network"])
    seeds = f"{count} seeds" if count > 1 else "1 seed"
    print(f"\nTest particles, mean over steps, {seeds}; seconds to fit and to evaluate\n")
    print(f"{'':20}{'EMD':>18}{'authors':>12}{'seconds':>12}{'authors':>12}")
    for name in errors:
        emd, took = AUTHORS[name]
        means = np.array([test.mean() for _, test in errors[name]])
        print(f"{name:20}{with_spread(means, 5):>18}{emd:12.5f}{np.mean(seconds[name]):12.1f}{took:12.1f}")


def print_cells(rows: list[tuple[int, Array, float]], still: Array) -> None:
    """Print the errors of each time and their mean, seed by seed, beside the paper's."""
    print("\nOne-step-ahead EMD on the test cells (W1)\n")
    columns = [f"t{k} > t{k + 1}" for k in range(len(still))] + ["mean", "seconds"]
    print(" " * 16 + "".join(f"{column:>10}" for column in columns))
    for seed, errors, seconds in rows:
        distances = "".join(f"{error:10.4f}" for error in [*errors, errors.mean()])
        print(f"{f'seed {seed}':16}{distances}{seconds:10.1f}")
    print(f"{'nothing moves':16}" + "".join(f"{error:10.4f}" for error in [*still, still.mean()]))
    means = np.array([errors.mean() for _, errors, _ in rows])
    print(f"\nEMD {with_spread(means, 4)}    paper {PAPER_CELLS[0]} +- {PAPER_CELLS[1]}")


def with_spread(means: Array, digits: int) -> str:
    """Return the mean over seeds, with the standard deviation if there are several."""
    spread = f" +- {means.std(ddof=1):.{digits}f}" if len(means) > 1 else ""
    return f"{means.mean():.{digits}f}{spread}"


def draw(out: Path, what: str, *arguments: object) -> None:
    """Write the pictures of one part, if matplotlib is there."""
    try:
        import demo_pictures
    except ImportError as error:
        print(f"no pictures, they need matplotlib: {error}")
        return
    for path in getattr(demo_pictures, what)(out, *arguments):
        print(f"picture: {path}")


def heading(text: str) -> None:
    """Print a heading."""
    print(f"\n{text}\n{'=' * len(text)}")


if __name__ == "__main__":
    main()
