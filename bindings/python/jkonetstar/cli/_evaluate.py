"""`jkonetstar evaluate`: how far predictions are from what was observed."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from . import _arguments
from ._output import print_json, table

SUMMARY = "compare predictions with observed snapshots"
EXAMPLES = (
    "jkonetstar evaluate model.safetensors cells.csv --time day --points PC1,PC2",
    "jkonetstar evaluate model.safetensors test.csv --train cells.csv --time day --points PC1,PC2 --json",
)

_COLUMNS = (
    ("W1", "one_step"),
    ("nothing moves", "nothing_moves"),
    ("floor", "floor"),
    ("energy distance", "energy_distance"),
    ("nothing moves", "nothing_moves_energy_distance"),
    ("variance ratio", "variance_ratio"),
    ("W1 from the first", "cumulative"),
)


def add(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("model", metavar="MODEL", help="file of `jkonetstar fit`")
    parser.add_argument("data", metavar="DATA", help="two or more snapshots, best of points that were not fitted")
    parser.add_argument("--train", metavar="DATA", help="the snapshots of the fit, for the floor: a perfect model's W1")
    _arguments.add_json(parser)
    _arguments.add_data(parser)


def run(given: Any) -> None:
    """Compare and print."""
    model = _arguments.load_model(given, given.model)
    snapshots = _arguments.read_series(given, _arguments.source(given, given.data)).snapshots
    train = None
    if given.train is not None:
        train = _arguments.read_series(given, _arguments.source(given, given.train)).snapshots
    found = model.evaluate(snapshots, train=train)
    if given.json:
        figures = {**found._asdict(), **vars(found)}
        print_json({"times": snapshots.times[1:], **figures, "warnings": given.warned})
        return
    columns = [(head, getattr(found, name)) for head, name in _COLUMNS if getattr(found, name) is not None]
    rows: list[list[Any]] = [
        [f"{time:g}", *(float(values[k]) for _, values in columns)] for k, time in enumerate(snapshots.times[1:])
    ]
    rows.append(["mean", *(float(np.mean(values)) for _, values in columns)])
    print(table(["one step to time", *(head for head, _ in columns)], rows))
