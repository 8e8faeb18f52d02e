"""`jkonetstar predict`: where a population goes."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from .._errors import InputError
from . import _arguments
from ._output import check_populations_output, write_populations

SUMMARY = "predict where a population goes"
EXAMPLES = (
    "jkonetstar predict model.safetensors cells.csv --time day --points PC1,PC2 --times 1,2,3 -o predicted.csv",
    "jkonetstar predict model.safetensors start.csv --steps 4 -o predicted.npz",
)


def add(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("model", metavar="MODEL", help="file of `jkonetstar fit`")
    parser.add_argument("start", metavar="START", help="file of the population to start from, with or without times")
    _arguments.add_output(parser, "csv, npy or npz; - is csv on stdout")
    parser.add_argument(
        "--start-time",
        metavar="T",
        type=float,
        help="which time of START, or its time where it has none (default: its first, or the first fitted one)",
    )
    when = parser.add_mutually_exclusive_group()
    when.add_argument(
        "--times", metavar="T,T,..", type=_arguments.told(_arguments.numbers), help="times to predict, increasing"
    )
    when.add_argument("--steps", metavar="N", type=int, help="so many steps along the fitted times (default: 1)")
    parser.add_argument("--substeps", metavar="N", type=int, default=1, help="divide every step into N (default: 1)")
    parser.add_argument(
        "--noise",
        choices=("beta", "residual", "none"),
        default="beta",
        help="what is added to the drift: the learned diffusion (default), what the fit left over, or nothing",
    )
    parser.add_argument("--random-state", metavar="SEED", type=int, help="seed of the noise (default: that of the fit)")
    _arguments.add_data(parser)


def run(given: Any) -> None:
    """Predict and write."""
    check_populations_output(given.output, given.force)
    model = _arguments.load_model(given, given.model)
    where = _arguments.source(given, given.start)
    start = _arguments.read_population(given, where, given.start_time, "--start-time", first=True)
    begin = start.time
    if given.times is None:
        times = model._fitted().rollout_times(begin, 1 if given.steps is None else given.steps)
    else:
        begin = float(model.times_[0]) if begin is None else begin
        times = np.array(given.times if given.times[:1] == [begin] else [begin, *given.times])
        if len(times) < 2:
            raise InputError(f"times has no time after that of the start, {begin:g}")
    paths = model.predict(
        start.points, times=times, substeps=given.substeps, noise=given.noise, random_state=given.random_state
    )
    masses: Any = [None] * len(times)
    if model.describe()["growth"]:
        masses = model.growth_.masses(paths, times, start.weights)
    elif (start.weights != start.weights[0]).any():
        masses = [start.weights] * len(times)
    write_populations(given, list(zip(times.tolist(), paths, masses)), start.names, numbered=True)
