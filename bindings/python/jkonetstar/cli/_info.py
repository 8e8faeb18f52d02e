"""`jkonetstar info`: what a file holds."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from .. import _arrays
from ..growth_rates import GrowthRates
from ..loading import load
from ..model import JKOnetStar
from . import _arguments
from ._data import observed
from ._output import print_json, table

SUMMARY = "say what a model, a growth or a data file holds"
EXAMPLES = (
    "jkonetstar info model.safetensors",
    "jkonetstar info cells.csv --time day --points PC1,PC2 --json",
)


def add(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("file", metavar="FILE", help="a model, a growth, or observations")
    _arguments.add_json(parser)
    _arguments.add_data(parser)


def run(given: Any) -> None:
    """Read and print."""
    if given.file.lower().endswith(".safetensors"):
        found: Any = _learned(given.file)
        said = _of_model(given, found) if isinstance(found, JKOnetStar) else _of_growth(given, found)
    else:
        said = _of_data(given)
    if given.json:
        print_json(said)


def _learned(path: str) -> JKOnetStar | GrowthRates:
    try:
        return load(path)
    except ValueError as error:
        try:
            return GrowthRates.load(path)
        except ValueError:
            raise error from None


def _of_model(given: Any, model: JKOnetStar) -> dict[str, Any]:
    said: Any = {"kind": "model", **model.describe(), "beta": getattr(model, "beta_", None)}
    if not given.json:
        print(model)
        times = ", ".join(f"{time:g}" for time in said["times"])
        rows = [
            ("coordinates", said["dimension"]),
            ("fitted times", times),
            ("scheme", model.scheme_),
            ("V varies in time", "yes" if model.time_varying_ else "no"),
            ("parameters", said["parameters"]),
            ("epochs", said["losses"]),
            ("last loss, in length^2", said["final_loss"]),
            ("length scale", said["length_scale"]),
            ("growth", "yes" if said["growth"] else "no"),
        ]
        if said["beta"] is not None:
            rows.append(("beta, in length^2/time", said["beta"]))
        _print_pairs(rows)
    return dict(said)


def _of_growth(given: Any, growth: GrowthRates) -> dict[str, Any]:
    if not given.json:
        print(f"growth rates of particles in {_arrays.plural(growth.n_features_in_, 'coordinate')}")
    return {"kind": "growth", "dimension": growth.n_features_in_}


def _of_data(given: Any) -> dict[str, Any]:
    snapshots, timed, notes = observed(_arguments.source(given, given.file), needs_times=False)
    weighted = any(bool((one.weights != one.weights[0]).any()) for one in snapshots)
    spreads = [
        float(np.sqrt(one.weights @ ((one.points - one.weights @ one.points) ** 2).mean(1))) for one in snapshots
    ]
    said = {
        "kind": "data",
        "dimension": snapshots.dimension,
        "names": snapshots.names,
        "times": snapshots.times if timed else None,
        "sizes": snapshots.sizes,
        "spreads": spreads,
        "weighted": weighted,
        "understood": notes,
        "warnings": given.warned,
    }
    if not given.json:
        names = f": {', '.join(snapshots.names)}" if snapshots.names is not None else ""
        counted = "weighted" if weighted else "all points count alike"
        print(f"{_arrays.plural(snapshots.dimension, 'coordinate')}{names}; {counted}")
        for note in notes:
            print(note)
        times = [f"{time:g}" if timed else "none" for time in snapshots.times]
        print(table(["time", "points", "spread"], list(zip(times, snapshots.sizes, spreads))))
    return said


def _print_pairs(rows: Any) -> None:
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        print(f"{name:<{width}}  {f'{value:.6g}' if isinstance(value, float) else value}")
