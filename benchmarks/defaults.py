"""Judge estimators on real and simulated time courses and on the benchmark functionals: tables of docs/results.md.

    make bench-defaults
    .venv/bin/python benchmarks/defaults.py --quick
    .venv/bin/python benchmarks/defaults.py --columns default R 'short=dict(epochs=100)' --courses eb 'OU, d = 2'
    .venv/bin/python benchmarks/defaults.py --list

A column is an estimator: a name of `COLUMNS`, or NAME=EXPRESSION whose value is a dict of constructor parameters, in
which `jk` is the package; its member "predict" holds parameters of predictions. Each course is split within its times,
60 % of the particles for training. Figures are means over the steps, and over the seeds, on held-out particles: W1 one
step ahead and of the rollout from the first snapshot, the same for the energy distance and the ratio of variances, and
how far rollouts over three times the fitted span get, in units of the farthest training particle. "Nothing moves"
predicts each snapshot by the one before it, and for rollouts by the first; the floor predicts held-out particles by
training particles of the same time.

The last lines compare the default with the aims. `--training-side` sets the held-out particles aside and judges on 20 %
of the training particles, as a choice of options must. `--save` keeps all figures.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import jkonetstar as jk
import numpy as np
from aims import print_cells, print_courses, print_functionals
from courses import QUICK, course, names
from functionals import PAPER
from judging import Figures, split

Options = dict[str, Any]

#: What the defaults are compared with: a training of softplus networks on observed steps alone.
R = jk.Adam(epochs=300, batch_size=250, learning_rate=5e-3, schedule="cosine")

#: More steps in fewer epochs.
SHORT = jk.Adam(epochs=300, batch_size=100)

#: Features that grow slowly and do not depend on a grid.
SMOOTH = jk.Linear(polynomial_degree=2, polynomial_total=True, radial=None, fourier=jk.Fourier(200))

#: Constructor parameters by the name of the column.
COLUMNS: dict[str, Options] = {
    "default": {},
    "R": {"time_varying": True, "potential": jk.MLP(activation="softplus"), "training": R, "rollout_weight": 0.0},
    "V(x)": {"time_varying": False},
    "V(x, t)": {"time_varying": True},
    "implicit": {"scheme": "implicit"},
    "exact last layer": {"time_varying": True, "training": jk.Adam(epochs=100, last_layer="exact")},
    "linear": {"potential": "linear"},
    "linear, time": {"potential": "linear", "time_varying": True},
    "linear, Fourier": {"potential": SMOOTH, "training": jk.ClosedForm(ridge=1e-2)},
    "silu": {"time_varying": True, "potential": jk.MLP(activation="silu"), "training": SHORT},
    "paper": {**PAPER, "scheme": "implicit"},
}

#: What is printed if nobody says which.
USUAL = ("default", "R", "V(x)", "V(x, t)", "implicit", "exact last layer", "silu", "linear", "linear, Fourier")

SHOWN = {
    "W1": ("one_step", "cumulative"),
    "energy distance": ("energy", "energy_cumulative"),
    "ratio of variances": ("spread", "spread_cumulative"),
}


def columns(chosen: list[str]) -> dict[str, Options]:
    """Return named columns, and those that are spelt out."""
    found: dict[str, Options] = {}
    for text in chosen:
        name, given, expression = text.partition("=")
        if name in COLUMNS and not given:
            found[name] = COLUMNS[name]
        elif given:
            found[name] = eval(expression, {"jk": jk})
        else:
            raise SystemExit(f"{text!r} is neither NAME=EXPRESSION nor one of {', '.join(COLUMNS)}")
    return found


def average(figures: list[Figures]) -> Figures:
    """Return the means over seeds; reach and warnings are the largest."""
    found = Figures(*np.mean(figures, axis=0))
    return found._replace(reach=max(f.reach for f in figures), warned=max(f.warned for f in figures))


def judged(name: str, models: dict[str, Options], seeds: int, training_side: bool) -> dict[str, Figures]:
    """Return the figures of all columns on a course, "nothing moves" and "floor" before them."""
    found: dict[str, list[Figures]] = {key: [] for key in ("nothing moves", "floor", *models)}
    for seed in range(seeds):
        held = split(course(name).series, seed, training_side)
        found["nothing moves"].append(held.nothing_moves())
        found["floor"].append(held.floor())
        for key, options in models.items():
            found[key].append(held.judge(options, seed))
    return {key: average(figures) for key, figures in found.items()}


def print_row(cells: list[str]) -> None:
    """Print a row of a table in Markdown."""
    print("| " + " | ".join(cells) + " |", flush=True)


def shown(value: float) -> str:
    """Write a figure with three decimals, or a large one with two digits."""
    return f"{value:.3f}" if abs(value) < 100 else f"{value:.2g}"


def print_figures(title: str, found: dict[str, Figures]) -> None:
    """Print a line per distance, then one of rollouts and seconds; "!" marks columns that warned."""
    for label, fields in SHOWN.items():
        pairs = [[getattr(figures, field) for field in fields] for figures in found.values()]
        print_row([title, label, *[" / ".join(map(shown, pair)) for pair in pairs]])
    rest = [f"{f.reach:.2g} {'!' if f.warned else ''} ({f.seconds:.1f} s)" for f in list(found.values())[2:]]
    print_row([title, "reach (seconds)", "", "", *rest])


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--columns", nargs="+", default=list(USUAL), help="NAME or NAME=EXPRESSION")
    parser.add_argument("--courses", nargs="*", help="names of courses, or none; all by default")
    parser.add_argument("--seeds", type=int, default=1, help="splits and fits per course")
    parser.add_argument("--quick", action="store_true", help="seven small courses and four functionals")
    parser.add_argument("--training-side", action="store_true", help="judge on a part of the training particles")
    parser.add_argument("--no-functionals", action="store_true", help="only courses")
    parser.add_argument("--save", type=Path, help="a JSON file for all figures")
    parser.add_argument("--list", action="store_true", help="print columns and courses, and what is known of them")
    return parser.parse_args()


def print_list() -> None:
    """Print what there is."""
    for name, options in COLUMNS.items():
        print(f"column {name}: {options}")
    for name in names():
        found = course(name)
        print(f"course {name}: {found.series}; {found.known}{'; chooses' if found.chooses else ''}")


def main() -> None:
    """Print all tables and how far the aims are reached."""
    given = arguments()
    if given.list:
        print_list()
        return
    models = columns(given.columns)
    chosen = given.courses if given.courses is not None else list(QUICK) if given.quick else names()
    table: dict[str, dict[str, Figures]] = {}
    if chosen:
        print_row(["course (d, times)", "", "nothing moves", "floor", *models])
        print("|" + "---|" * (len(models) + 4))
    for name in chosen:
        series = course(name).series
        table[name] = judged(name, models, given.seeds, given.training_side)
        print_figures(f"{name} ({series.dimension}, {len(series)})", table[name])
        if given.save:
            saved = {name: {key: figures._asdict() for key, figures in row.items()} for name, row in table.items()}
            given.save.write_text(json.dumps(saved, indent=1))
    print()
    default = next(iter(models))
    print(f"Aims, for the column {default!r}:")
    print_courses(table, default)
    if "eb" in chosen:
        print_cells(models[default], seeds=1 if given.quick else 5)
    if not given.no_functionals:
        print_functionals(models[default], quick=given.quick)


if __name__ == "__main__":
    main()
