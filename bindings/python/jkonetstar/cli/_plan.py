"""`jkonetstar plan`: the optimal transport of one population to another."""

from __future__ import annotations

import argparse
import csv
from typing import Any

import numpy as np

from .. import _arrays
from .._errors import InputError
from ..distances import emd
from ..transport import optimal_transport
from . import _arguments
from ._output import check_output, print_json, say, text_file, whole_file

SUMMARY = "compute the optimal transport plan between two populations"
EXAMPLES = (
    "jkonetstar plan cells.csv cells.csv --x-time 0 --y-time 1 --time day --points PC1,PC2 -o plan.csv",
    "jkonetstar plan start.csv end.csv --method sinkhorn --epsilon 0.5 -o plan.npz --json",
)


def add(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("x", metavar="X", help="file of the population that moves")
    parser.add_argument("y", metavar="Y", help="file of the population that it becomes; may be the same file")
    parser.add_argument("-o", "--output", metavar="FILE", help="csv or npz of the pairs that carry mass")
    _arguments.add_force(parser)
    _arguments.add_json(parser)
    parser.add_argument("--x-time", metavar="T", type=_arguments.moment, help="which time of X")
    parser.add_argument("--y-time", metavar="T", type=_arguments.moment, help="which time of Y")
    parser.add_argument(
        "--method",
        choices=("exact", "sinkhorn", "unbalanced"),
        default="exact",
        help="exact (default), entropic, or entropic for populations that grow or die",
    )
    parser.add_argument(
        "--metric",
        choices=("sqeuclidean", "euclidean"),
        default="sqeuclidean",
        help="the cost of a pair: its squared distance (default), or its distance",
    )
    for name, kind, text in (
        ("epsilon", float, "entropic: weight of the entropy, in units of cost"),
        ("marginal-relaxation", float, "unbalanced: what it costs to create or destroy mass"),
        ("tolerance", float, "entropic: marginal error of a converged plan (default: 1e-6)"),
        ("max-iterations", int, "entropic: after so many the plan is taken as it is (default: 10000)"),
    ):
        parser.add_argument(f"--{name}", metavar="N" if kind is int else "X", type=kind, help=text)
    parser.add_argument("--threshold", metavar="M", type=float, default=0.0, help="write pairs of more mass only")
    _arguments.add_data(parser)


def run(given: Any) -> None:
    """Compute, write and print."""
    if given.output is not None:
        if not given.output.lower().endswith((".csv", ".npz")):
            raise InputError(f"{given.output!r} must end in .csv or .npz")
        check_output(given.output, given.force)
    x = _arguments.read_population(given, _arguments.source(given, given.x), given.x_time, "--x-time")
    y = _arguments.read_population(given, _arguments.source(given, given.y), given.y_time, "--y-time")
    options: Any = {
        name: getattr(given, name)
        for name in ("epsilon", "marginal_relaxation", "tolerance", "max_iterations")
        if getattr(given, name) is not None
    }
    plan: Any = optimal_transport(x.points, y.points, x.weights, y.weights, given.metric, given.method, **options)
    w1, w2 = (emd(x.points, y.points, order, x.weights, y.weights) for order in (1, 2))
    if given.output is not None:
        _write(given, plan)
    figures = {"cost": plan.cost, "w1": w1, "w2": w2}
    if given.json:
        said = {"method": given.method, "metric": given.metric, "shape": plan.shape, "status": plan.status}
        print_json({**said, **figures, "mass": float(plan.mass_x.sum()), "warnings": given.warned})
        return
    print(repr(plan))
    for name, value in figures.items():
        print(f"{name if name == 'cost' else name.upper():<6}{value:.6g}")


def _write(given: Any, plan: Any) -> None:
    rows, columns, mass = plan.sparse(given.threshold)
    with whole_file(given.output, given.force) as file:
        if given.output.lower().endswith(".csv"):
            with text_file(file) as text:
                writer = csv.writer(text, lineterminator="\n")
                writer.writerow(["row", "column", "mass"])
                writer.writerows(zip(rows.tolist(), columns.tolist(), mass.tolist()))
        else:
            names = ("cost", "dual_x", "dual_y", "mass_x", "mass_y", "barycentres_x", "barycentres_y")
            arrays: Any = {name: getattr(plan, name) for name in names}
            np.savez(file, rows=rows, cols=columns, mass=mass, shape=np.array(plan.shape), **arrays)
    say(given, f"wrote {given.output}: {_arrays.plural(len(mass), 'pair')}")
