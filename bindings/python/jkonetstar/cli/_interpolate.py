"""`jkonetstar interpolate`: populations at times between observed ones."""

from __future__ import annotations

import argparse
from typing import Any

from .._errors import InputError
from ..interpolation import interpolate
from . import _arguments
from ._fit import growth_of
from ._output import check_populations_output, write_populations

SUMMARY = "find the population at times that nobody observed"
EXAMPLES = (
    "jkonetstar interpolate cells.csv --time day --points PC1,PC2 --times 0.5,1.5 -o between.csv",
    "jkonetstar interpolate cells.csv --time day --times 0.5 --model model.safetensors -o between.npz",
)


def add(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("data", metavar="DATA", help="two or more snapshots")
    parser.add_argument(
        "--times",
        metavar="T,T,..",
        type=_arguments.told(_arguments.moments),
        required=True,
        help="increasing times: numbers, or labels as DATA has them",
    )
    _arguments.add_output(parser, "csv, npy or npz; - is csv on stdout")
    parser.add_argument("--model", metavar="MODEL", help="particles follow the energy of this fit")
    parser.add_argument(
        "--method",
        choices=("auto", "straight", "flow"),
        help="without a model: straight lines, a velocity field, or whichever does best at the times nearby (default)",
    )
    parser.add_argument("--growth", metavar="GROWTH", help="masses grow at the rates of this file")
    parser.add_argument(
        "--relaxation",
        metavar="R",
        type=float,
        default=2.0,
        help="what it costs to create or destroy mass, in mean costs of the plan (default: 2)",
    )
    parser.add_argument("--random-state", metavar="SEED", type=int, help="seed of the field (default: 0)")
    _arguments.add_data(parser)


def run(given: Any) -> None:
    """Interpolate and write."""
    check_populations_output(given.output, given.force)
    snapshots = _arguments.read_series(given, _arguments.source(given, given.data)).snapshots
    growth = None if given.growth is None else growth_of(given.growth)
    if given.model is None:
        found = interpolate(
            snapshots,
            given.times,
            given.method or "auto",
            relaxation=given.relaxation,
            random_state=given.random_state or 0,
            growth=growth,
        )
    else:
        for name in ("method", "random_state"):
            if getattr(given, name) is not None:
                raise InputError(f"{name} = {getattr(given, name)!r} has no effect with a model")
        model = _arguments.load_model(given, given.model)
        found = model.interpolate(snapshots, given.times, relaxation=given.relaxation, growth=growth)
    write_populations(given, [(one.time, one.points, one.weights) for one in found], snapshots.names)
