"""Learn an energy from unpaired snapshots and predict with it: a benchmark, then cells.

1. 2,000 particles descend the wavy plateau in five steps; half of them, shuffled in every snapshot, train a
   network and a closed-form model; the other half test them.
2. Where the embryoid-body cells are found, the experiment of the JKOnet* paper on them.

Figures are printed beside those of the authors' implementation; pictures are written into a folder.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import jkonetstar as jk
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
CELLS = Path(os.environ.get("JKONETSTAR_DATA") or ROOT.parent / "shared" / "data" / "eb")

#: One-step-ahead EMD on wavy_plateau of the authors' code (NeurIPS 2024 camera ready), and the seconds
#: that it took on 2 cores of an x86-64 machine.
AUTHORS = {"network": (0.20382, 27.4), "linear": (0.01623, 76.4)}
#: One-step-ahead EMD on the cells, mean and standard deviation over seeds, as printed in the paper.
PAPER_CELLS = (0.624, 0.007)

HOW_TO_GET_CELLS = """\
The cells were not found at {place}; this part is skipped.
They are the embryoid-body time course of Moon et al. 2019 (Mendeley Data v6n743h5ng, CC BY 4.0), as processed
for TrajectoryNet (Tong et al. 2020): its first five principal components, each standardised to mean 0 and
deviation 1. Write them as data.npy, shape (n, 5), and the collection interval 0 .. 4 of each cell as
sample_labels.npy, shape (n,), into one folder, and set JKONETSTAR_DATA to it."""


def main() -> None:
    """Run both parts and say where the pictures are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder of the pictures (default: out)")
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="seeds for the cells (default: 1)")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    info = jk.build_info()
    print(f"libjkonetstar {jk.version()}, {info['kernels']} kernels, {jk.get_num_threads()} threads")
    wavy_plateau(arguments.out)
    cells(arguments.out, arguments.seeds)


def wavy_plateau(out: Path) -> None:
    """Recover the wavy plateau from shuffled snapshots, by a network and in closed form."""
    heading("Wavy plateau: 2,000 particles, 5 steps of 0.01, half for training")
    x0 = np.random.default_rng(0).uniform(-4, 4, size=(2000, 2))
    trajectories = jk.simulate(x0, potential="wavy_plateau", beta=0.0, dt=0.01, steps=5)
    series = jk.Snapshots(trajectories.reshape(-1, 2), np.repeat(0.01 * np.arange(6), 2000))
    train, test = (part.shuffle(random_state=1) for part in series.split(0.5, by="trajectories"))
    print(f"training: {train}\ntest:     {test}")

    models = {"network": jk.JKOnetStar(verbose=1), "linear": jk.JKOnetStar(potential="linear", verbose=1)}
    errors, seconds = {}, {}
    for name, model in models.items():
        print(f"\n{name}: {model}")
        start = time.perf_counter()
        model.fit(train)
        errors[name] = (model.evaluate(train).one_step, model.evaluate(test).one_step)
        seconds[name] = time.perf_counter() - start
    print_benchmark(errors, seconds)
    draw(out, "wavy_plateau", models, test)


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
        model = jk.JKOnetStar(time_varying=True, epochs=100, random_state=seed, verbose=1)
        print(f"\nseed {seed}: {sum(train.sizes):,} cells for training, {sum(test.sizes):,} for testing")
        start = time.perf_counter()
        model.fit(train)
        fitted = time.perf_counter() - start
        rows.append((seed, model.evaluate(test).one_step, fitted, time.perf_counter() - start - fitted))
        if seed == 0:
            draw(out, "cells", model, test)
    print_cells(rows)


def print_benchmark(errors: dict, seconds: dict) -> None:
    """Print the errors of each step and their means, beside the authors'."""
    print("\nOne-step-ahead EMD (W1 between predicted and observed particles)\n")
    print(f"{'':18}{'network':>20}{'linear':>22}")
    print(f"{'':18}{'train':>10}{'test':>10}{'train':>12}{'test':>10}")
    steps = np.array([*errors["network"], *errors["linear"]])
    for k, row in enumerate(steps.T):
        print(f"{f'step {k + 1}':18}{row[0]:10.5f}{row[1]:10.5f}{row[2]:12.5f}{row[3]:10.5f}")
    row = steps.mean(1)
    print(f"{'mean':18}{row[0]:10.5f}{row[1]:10.5f}{row[2]:12.5f}{row[3]:10.5f}")
    print(f"{'authors, test':18}{'':10}{AUTHORS['network'][0]:10.5f}{'':12}{AUTHORS['linear'][0]:10.5f}")
    print(f"{'seconds':18}{'':10}{seconds['network']:10.1f}{'':12}{seconds['linear']:10.1f}")
    print(f"{'authors, seconds':18}{'':10}{AUTHORS['network'][1]:10.1f}{'':12}{AUTHORS['linear'][1]:10.1f}")


def print_cells(rows: list) -> None:
    """Print the errors of each time and their mean, seed by seed, beside the paper's."""
    print("\nOne-step-ahead EMD on the test cells (W1)\n")
    count = len(rows[0][1])
    steps = "".join(f"{f't{k} > t{k + 1}':>10}" for k in range(count))
    print(f"{'seed':8}{steps}{'mean':>10}{'fit':>10}{'evaluation':>14}")
    for seed, errors, fitted, evaluated in rows:
        each = "".join(f"{error:10.4f}" for error in errors)
        print(f"{seed:<8}{each}{errors.mean():10.4f}{fitted:8.1f} s{evaluated:12.1f} s")
    means = np.array([errors.mean() for _, errors, _, _ in rows])
    spread = f" +- {means.std(ddof=1):.4f}" if len(means) > 1 else ""
    print(f"\nmean {means.mean():.4f}{spread}    paper {PAPER_CELLS[0]} +- {PAPER_CELLS[1]}")


def draw(out: Path, what: str, *arguments: object) -> None:
    """Write the pictures of one part, if matplotlib is there."""
    try:
        import demo_pictures
    except ImportError as error:
        print(f"\nNo pictures: {error}. They need matplotlib.")
        return
    for path in getattr(demo_pictures, what)(out, *arguments):
        print(f"picture: {path}")


def heading(text: str) -> None:
    """Print a heading."""
    print(f"\n{text}\n{'=' * len(text)}")


if __name__ == "__main__":
    main()
