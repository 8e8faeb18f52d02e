"""How the bare estimator does on real time courses and on the benchmark functionals: tables of docs/results.md.

    make bench-defaults

Each course is split within its times, 60 % of the particles for training. Every figure is on the held-out particles and
a mean over the steps: W1 one step ahead and of the rollout from the first snapshot, beside "nothing moves" and the
floor, which is W1 between training and held-out particles of the later time. `--earlier` adds the defaults that the
library had before, an implicit network and 1,000 epochs of a constant step size.
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from pathlib import Path

import jkonetstar as jk
import numpy as np
from functionals import populations

COURSES = Path(os.environ.get("JKONETSTAR_COURSES") or Path(__file__).resolve().parents[2] / "shared" / "data")

#: The scheme and the training that the library had before.
EARLIER = {"scheme": "implicit"}
EARLIER_TRAINING = {"training": jk.Adam(epochs=1000, learning_rate=1e-3, schedule="constant")}

#: Constructor parameters by the name of the column.
MODELS = {
    "network": {},
    "network V(x, t)": {"time_varying": True},
    "linear": {"potential": "linear"},
}


def courses() -> dict[str, jk.Snapshots]:
    """Return the courses that are there, by name; times count their snapshots, as most of them are labels."""
    found = {}
    for name, read in READERS.items():
        if (COURSES / name).is_dir():
            found[name] = jk.Snapshots(*read(COURSES / name))
    rng = np.random.default_rng(0)
    found["identical, d = 10"] = jk.Snapshots(rng.normal(size=(6000, 10)), np.repeat(np.arange(3), 2000))
    return found


def table(name: str) -> object:
    """Return a reader of a csv file whose first column is the time."""

    def read(folder: Path) -> tuple[np.ndarray, np.ndarray]:
        rows = np.loadtxt(folder / f"{name}.csv", delimiter=",", skiprows=1)
        return rows[:, 1:], rows[:, 0]

    return read


def cells(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read the embryoid bodies."""
    return np.load(folder / "data.npy"), np.load(folder / "sample_labels.npy")


def double_well(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read every tenth frame of the double well."""
    frames = np.load(folder / "cis.npz")["trajectories"][::10]
    return frames.reshape(-1, frames.shape[-1]), np.repeat(np.arange(len(frames)), frames.shape[1])


READERS = {
    "eb": cells,
    "emt": table("emt"),
    "ipsc": table("ipsc"),
    "mouse": table("mouse"),
    "genes": table("genes"),
    "double_well": double_well,
}


def reference(train: jk.Snapshots, test: jk.Snapshots) -> tuple[float, float]:
    """Return W1 if nothing moves, and the floor of sampling."""
    still = [jk.emd(now.points, then.points) for now, then in zip(test, list(test)[1:])]
    floor = [jk.emd(a.points, b.points) for a, b in zip(list(train)[1:], list(test)[1:])]
    return float(np.mean(still)), float(np.mean(floor))


def fitted(train: jk.Snapshots, test: jk.Snapshots, options: dict) -> str:
    """Return one-step and cumulative W1, and an exclamation mark if fitting or predicting warned."""
    start = time.perf_counter()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = jk.JKOnetStar(**options).fit(train)
        seconds = time.perf_counter() - start
        try:
            errors = model.evaluate(test)
            figures = f"{errors.one_step.mean():.3f} / {errors.cumulative.mean():.3f}"
        except jk.ConvergenceError:
            figures = f"{-model.score(test):.3f} / left the range of numbers"
    return f"{figures}{' !' if caught else ''} ({seconds:.1f} s)"


def print_row(name: str, cells: list[str]) -> None:
    """Print a row of a table in Markdown."""
    print("| " + " | ".join([name, *cells]) + " |", flush=True)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--earlier", action="store_true", help="also with the defaults that the library had before")
    models = dict(MODELS)
    if parser.parse_args().earlier:
        for name, options in MODELS.items():
            trained = {} if options.get("potential") == "linear" else EARLIER_TRAINING
            models[f"{name}, earlier"] = {**options, **EARLIER, **trained}
    print_row("course (d, times)", ["nothing moves", "floor", *models])
    print("|" + "---|" * (len(models) + 3))
    for name, series in courses().items():
        train, test = series.split(0.4, by="times", random_state=0)
        references = [f"{value:.3f}" for value in reference(train, test)]
        row = [fitted(train, test, options) for options in models.values()]
        print_row(f"{name} ({series[0].points.shape[1]}, {len(series)})", [*references, *row])
    print()
    models = {name: options for name, options in models.items() if "V(x, t)" not in name}
    print_row("functional", ["nothing moves", "floor", *models])
    print("|" + "---|" * (len(models) + 3))
    for functional in jk.functionals:
        train, test = populations(functional, seed=0)
        references = [f"{value:.4f}" for value in reference(train, test)]
        row = []
        for options in models.values():
            model = jk.JKOnetStar(**options).fit(train)
            row.append(f"{model.evaluate(test).one_step.mean():.4f}")
        print_row(functional, [*references, *row])


if __name__ == "__main__":
    main()
