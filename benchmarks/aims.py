"""What the default estimator must reach, and what was measured: the last lines of `defaults.py`."""

from __future__ import annotations

from typing import Any

import jkonetstar as jk
import numpy as np
from courses import course
from functionals import MODELS, populations
from judging import Figures, split


def geometric(values: list[float]) -> float:
    """Return the geometric mean."""
    return float(np.exp(np.mean(np.log(values))))


def line(what: str, measured: float, aim: float, where: str = "") -> None:
    """Print a figure that must not exceed its aim."""
    verdict = "reached" if measured <= aim else "MISSED"
    print(f"  {verdict:8} {what}: {measured:.4g}, aim at most {aim:.4g}{f' ({where})' if where else ''}", flush=True)


def worst(what: str, values: dict[str, float], aim: float) -> None:
    """Print the largest of some figures, and every course whose figure is too large."""
    above = [f"{name} {value:.3f}" for name, value in values.items() if value > aim]
    line(what, max(values.values()), aim, "; ".join(above) or max(values, key=lambda name: values[name]))


def print_courses(table: dict[str, dict[str, Figures]], default: str) -> None:
    """Print the aims on courses: never worse than nothing, near the best column, rollouts, stillness."""
    if not table:
        return
    moving = {name: row for name, row in table.items() if not course(name).still}
    still = {name: row for name, row in table.items() if name not in moving}
    if moving:
        worst("one-step W1 / nothing moves", ratios(moving, default, "nothing moves"), 1.03)
        best = {
            name: row[default].one_step
            / min(f.one_step for key, f in row.items() if key not in ("nothing moves", "floor"))
            for name, row in moving.items()
        }
        worst("one-step W1 / best column", best, 1.1)
        if "R" in next(iter(moving.values())):
            one_step, cumulative = (ratios(moving, default, "R", f) for f in ("one_step", "cumulative"))
            line("cumulative W1 / R, geometric mean", geometric(list(cumulative.values())), 0.65)
            line("one-step W1 / R, geometric mean", geometric(list(one_step.values())), 1.03)
    worst("reach of rollouts over three times the span", {name: row[default].reach for name, row in table.items()}, 10)
    if still:
        moved = {name: abs(value - 1) for name, value in ratios(still, default, "nothing moves").items()}
        worst("identical snapshots, |one-step W1 / nothing moves - 1|", moved, 0.05)


def ratios(table: dict[str, dict[str, Figures]], column: str, other: str, field: str = "one_step") -> dict[str, float]:
    """Return the ratio of a figure in two columns, by course."""
    return {name: getattr(row[column], field) / getattr(row[other], field) for name, row in table.items()}


def print_cells(options: dict[str, Any], seeds: int) -> None:
    """Print the aims on the embryoid bodies, for V(x, t) in the default scheme and in the implicit one."""
    series = course("eb").series
    timed = {"potential": "mlp", **options, "time_varying": True}
    default, implicit = (
        [split(series, seed).judge({**timed, **scheme}, seed) for seed in range(seeds)]
        for scheme in ({}, {"scheme": "implicit"})
    )
    line("cells, V(x, t): one-step W1", float(np.mean([f.one_step for f in default])), 0.50, f"{seeds} seeds")
    line("cells, V(x, t): cumulative W1", float(np.mean([f.cumulative for f in default])), 0.53)
    line("cells, V(x, t): seconds of a fit", float(np.median([f.seconds for f in default])), 5)
    line("cells, implicit: one-step W1", float(np.mean([f.one_step for f in implicit])), 0.56)
    folded = float(np.max([f.folded for f in implicit]))
    if np.isnan(folded):
        print("  unknown  cells, implicit: folded share; the library does not say")
    else:
        line("cells, implicit: folded share", folded, 0)


def print_functionals(options: dict[str, Any], quick: bool) -> None:
    """Print W1 one step ahead on each functional beside the better network of the paper's settings, and the aims."""
    chosen = ("wavy_plateau", "holder_table", "flat", "relu") if quick else tuple(jk.functionals)
    columns = {"default": options, **{name: MODELS[name] for name in ("network, implicit", "network, explicit")}}
    found = {name: [one_step(name, column) for column in columns.values()] for name in chosen}
    print("\n| functional | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 1))
    for name, errors in found.items():
        print(f"| {name} | " + " | ".join(f"{error:.5f}" for error in errors) + " |")
    print("\nAims on the functionals:")
    better = {name: errors[0] / min(errors[1:]) for name, errors in found.items()}
    line("default / better network of the paper, geometric mean", geometric(list(better.values())), 1)
    worst("default / better network of the paper", better, 1.2)
    line("wavy_plateau", found["wavy_plateau"][0], 0.005)


def one_step(functional: str, options: dict[str, Any]) -> float:
    """Return W1 one step ahead on the held-out half, the mean over five steps."""
    train, test = populations(functional, seed=0)
    return float(jk.JKOnetStar(**options).fit(train).evaluate(test).one_step.mean())
