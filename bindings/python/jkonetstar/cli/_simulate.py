"""`jkonetstar simulate`: populations that descend a known or learned energy."""

from __future__ import annotations

import argparse
import os
from typing import Any

import numpy as np

from .._errors import InputError
from ..dynamics import simulate
from ..functionals import functionals
from . import _arguments
from ._output import check_populations_output, write_populations

SUMMARY = "simulate a population that descends an energy"
EXAMPLES = (
    "jkonetstar simulate styblinski_tang --particles 200 -o simulated.csv",
    "jkonetstar simulate model.safetensors --start start.csv --dt 0.1 --steps 20 --every 10 -o simulated.npy",
)


def add(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    known = f"one of {', '.join(functionals)}"
    parser.add_argument("energy", metavar="FUNCTIONAL|MODEL", help=f"V: {known}; none; or a file of `jkonetstar fit`")
    _arguments.add_output(parser, "csv, npy or npz; - is csv on stdout")
    parser.add_argument("--interaction", metavar="FUNCTIONAL", choices=tuple(functionals), help="U (default: none)")
    parser.add_argument("--beta", metavar="B", type=float, help="diffusion (default: 0, or that of the model)")
    parser.add_argument("--dt", metavar="T", type=float, default=0.01, help="length of a step (default: 0.01)")
    parser.add_argument("--steps", metavar="N", type=int, default=5, help="number of steps (default: 5)")
    parser.add_argument("--every", metavar="N", type=int, default=1, help="write every N-th population (default: 1)")
    parser.add_argument("--particles", metavar="N", type=int, default=1000, help="how many (default: 1000)")
    parser.add_argument("--dimension", metavar="D", type=int, default=2, help="coordinates of each (default: 2)")
    parser.add_argument("--radius", metavar="R", type=float, default=4.0, help="they begin in [-R, R]^D (default: 4)")
    parser.add_argument("--start", metavar="START", help="begin with this population instead")
    parser.add_argument("--start-time", metavar="T", type=_arguments.moment, help="which time of START")
    parser.add_argument("--shuffle", action="store_true", help="forget which particle became which")
    parser.add_argument("--random-state", metavar="SEED", type=int, default=0, help="seed of all (default: 0)")
    _arguments.add_data(parser)


def run(given: Any) -> None:
    """Simulate and write."""
    check_populations_output(given.output, given.force)
    if given.every < 1:
        raise InputError(f"every = {given.every} is not at least 1")
    potential, interaction, beta = _energy(given)
    rng = np.random.default_rng(given.random_state)
    names, begin = None, 0.0
    if given.start is None:
        if given.start_time is not None:
            raise InputError(f"start_time = {given.start_time} has no effect without --start")
        if min(given.particles, given.dimension) < 1:
            raise InputError(f"particles = {given.particles} and dimension = {given.dimension} must be at least 1")
        x0 = rng.uniform(-given.radius, given.radius, (given.particles, given.dimension))
    else:
        where = _arguments.source(given, given.start)
        start = _arguments.read_population(given, where, given.start_time, "--start-time")
        x0, names, begin = start.points, start.names, start.time or 0.0
    paths = simulate(x0, potential, interaction, beta, given.dt, given.steps, begin, given.random_state)
    found = []
    for k in range(0, given.steps + 1, given.every):
        points = rng.permutation(paths[k]) if given.shuffle else paths[k]
        # A decimal step leads to decimal times: 0.03, not 3 * 0.01.
        found.append((float(f"{begin + k * given.dt:.12g}"), points, None))
    write_populations(given, found, names, numbered=not given.shuffle)


def _energy(given: Any) -> tuple[Any, Any, float]:
    """Return V, U and beta."""
    if given.energy in functionals or given.energy == "none":
        return None if given.energy == "none" else given.energy, given.interaction, given.beta or 0.0
    if not os.path.exists(given.energy):
        raise InputError(f"{given.energy!r} is no functional and no file; there are {', '.join(functionals)}")
    model = _arguments.load_model(given, given.energy)
    if given.interaction is not None:
        raise InputError(f"interaction = {given.interaction!r} is not for a model, which has its own or none")
    beta = given.beta
    if beta is None:
        beta = max(model.beta_, 0.0) if hasattr(model, "beta_") else 0.0
    return getattr(model, "potential_", None), getattr(model, "interaction_", None), beta
