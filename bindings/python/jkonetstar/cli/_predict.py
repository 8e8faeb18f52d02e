"""`jkonetstar predict`: where a population goes."""

from __future__ import annotations

import argparse
from typing import Any

from .. import _arrays
from .._asked_times import asked_time, asked_times
from .._errors import InputError
from . import _arguments
from ._output import check_populations_output, say, write_populations

SUMMARY = "predict where a population goes"
EXAMPLES = (
    "jkonetstar predict model.safetensors cells.csv --time day --points PC1,PC2 --times 0,1,2 -o predicted.csv",
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
        type=_arguments.moment,
        help="which time of START, or its time where it has none (default: its first, or the first fitted one)",
    )
    when = parser.add_mutually_exclusive_group()
    when.add_argument(
        "--times",
        metavar="T0,T1,..",
        type=_arguments.told(_arguments.moments),
        help="increasing: the time of the start, which says which time of START, then those to predict",
    )
    when.add_argument("--steps", metavar="N", type=int, help="so many steps along the fitted times (default: 1)")
    parser.add_argument("--substeps", metavar="N", type=int, default=1, help="divide every step into N (default: 1)")
    parser.add_argument(
        "--noise",
        choices=("beta", "residual", "none"),
        default="beta",
        help="what is added to the drift: the learned diffusion (default), what the fit left over, or nothing",
    )
    parser.add_argument(
        "--std",
        action="store_true",
        help="write standard errors too, NAME_std of each coordinate, or the array std; needs --error-bars bootstrap",
    )
    parser.add_argument("--random-state", metavar="SEED", type=int, help="seed of the noise (default: that of the fit)")
    _arguments.add_data(parser)


def run(given: Any) -> None:
    """Predict and write."""
    check_populations_output(given.output, given.force)
    if given.std and given.output.lower().endswith(".npy"):
        raise InputError(f"{given.output!r} has room for one array, and not for standard errors; take csv or npz")
    model = _arguments.load_model(given, given.model)
    where = _arguments.source(given, given.start)
    if given.times is None:
        start = _arguments.read_population(given, where, given.start_time, "--start-time", first=True)
        times = model._fitted().rollout_times(start.time, 1 if given.steps is None else given.steps)
    else:
        if len(given.times) < 2:
            raise InputError("--times has fewer than two times: that of the start, and those to predict")
        start = _arguments.read_population(given, where, given.times[0], "times[0]", first=True)
        times = asked_times(given.times, "times", start.labels)
        if given.start_time is not None and asked_time(given.start_time, "--start-time", start.labels) != times[0]:
            raise InputError(f"--start-time = {given.start_time} contradicts times[0] = {given.times[0]}; leave it out")
    say(given, f"start: {_arrays.plural(len(start.points), 'particle')} of {where.file} at time {times[0]:g}")
    options: dict[str, Any] = {"substeps": given.substeps, "noise": given.noise, "random_state": given.random_state}
    if given.std:
        paths, std = model.predict(start.points, times=times, return_std=True, **options)
    else:
        paths, std = model.predict(start.points, times=times, return_std=False, **options), None
    masses: Any = [None] * len(times)
    if model.describe()["growth"]:
        masses = model.growth_.masses(paths, times, start.weights)
    elif (start.weights != start.weights[0]).any():
        masses = [start.weights] * len(times)
    write_populations(
        given,
        list(zip(times.tolist(), paths, masses)),
        start.names,
        numbered=True,
        errors=None if std is None else list(std),
    )
