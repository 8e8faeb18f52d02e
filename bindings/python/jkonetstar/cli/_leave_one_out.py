"""`jkonetstar leave-one-out`: how well populations are found at times that were left out."""

from __future__ import annotations

import argparse
from typing import Any

from .._errors import InputError
from ..growth import Growth
from ..leaving_out import leave_one_time_out
from . import _arguments, _config
from ._estimators import estimator, growth
from ._output import print_json

SUMMARY = "leave out each time in turn and find its population from the others"
EXAMPLES = (
    "jkonetstar leave-one-out cells.csv --time day --points PC1,PC2",
    "jkonetstar leave-one-out cells.csv --time day --times 1 --config run.toml --json",
)


def add(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("data", metavar="DATA", help="three or more snapshots")
    parser.add_argument(
        "--times",
        metavar="T,T,..",
        type=_arguments.told(_arguments.moments),
        help="leave out these only; numbers, or labels as DATA has them",
    )
    estimators = parser.add_mutually_exclusive_group()
    estimators.add_argument(
        "--config", metavar="FILE", help="fit a model, too, as [model] and [growth] of this TOML file say"
    )
    estimators.add_argument("--like", metavar="MODEL", help="fit a model, too, with the parameters of this one")
    parser.add_argument(
        "--method",
        choices=("auto", "straight", "flow"),
        default="auto",
        help="how populations are interpolated (default: auto)",
    )
    parser.add_argument("--max-particles", metavar="N", type=int, help="compare at most so many of each snapshot")
    parser.add_argument("--random-state", metavar="SEED", type=int, default=0, help="seed of draws (default: 0)")
    _arguments.add_json(parser)
    _arguments.add_data(parser)


def run(given: Any) -> None:
    """Leave out, compare and print."""
    model, rates, masses = None, None, None
    if given.like is not None:
        model = _arguments.load_model(given, given.like)
    elif given.config is not None:
        config = _config.read(given.config)
        rates, masses = _growth(config, given.config)
        model = estimator(config.get("model", {}))
        model.verbose = _arguments.verbosity(given)
    snapshots = _arguments.read_series(given, _arguments.source(given, given.data)).snapshots
    found = leave_one_time_out(
        snapshots,
        model,
        method=given.method,
        times=given.times,
        max_particles=given.max_particles,
        growth=rates,
        total_mass=masses,
        random_state=given.random_state,
    )
    if given.json:
        scores = {name: values._asdict() for name, values in found.scores.items()}
        print_json({"times": found.times, "sizes": found.sizes, "scores": scores, "warnings": given.warned})
    else:
        print(found)


def _growth(config: dict[str, Any], file: str) -> tuple[Growth | None, Any]:
    """Return the growth that the table [growth] describes, which is fitted anew each time, and the total masses."""
    if "growth" not in config:
        return None, None
    table = dict(config["growth"])
    for name in ("file", "prior"):
        if name in table:
            raise InputError(
                f"growth.{name} in {file!r} cannot be used here: growth is learned without what is left out"
            )
    masses = table.pop("total_mass", None)
    return growth(table), None if masses == "unknown" else masses
