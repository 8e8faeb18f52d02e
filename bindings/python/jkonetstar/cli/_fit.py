"""`jkonetstar fit`: learn an energy from a time course."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

import numpy as np

from .. import _arrays
from .._errors import InputError
from .._specification import ADAM
from ..growth import Growth
from ..growth_rates import GrowthRates
from ..loading import load
from ..model import JKOnetStar
from . import _arguments, _config
from ._data import Source, numbers
from ._estimators import estimator, growth
from ._fit_flags import ENERGY, FITTING, GROWTH
from ._output import check_output, print_json, say

SUMMARY = "learn the energy that drives a population from its snapshots"
EXAMPLES = (
    "jkonetstar fit cells.csv --time day --points PC1,PC2 -o model.safetensors",
    "jkonetstar fit cells.csv --config run.toml --epochs 60 -o constant.safetensors --json",
)

FLAGS = (*_arguments.DATA_FLAGS, *ENERGY, *FITTING, *GROWTH)


def add(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("data", nargs="?", metavar="DATA", help="csv, tsv, csv.gz, npy, npz, h5ad, folder, or - (csv)")
    parser.add_argument("-o", "--output", metavar="FILE", help="where the model goes: model.safetensors")
    _arguments.add_force(parser)
    _arguments.add_json(parser)
    add_config(parser)
    _arguments.add_data(parser)
    _arguments.add_flags(parser.add_argument_group("the energy"), ENERGY)
    fitting = parser.add_argument_group("the fit")
    _arguments.add_flags(fitting, FITTING)
    fitting.add_argument("--resume", action="store_true", help="continue from the checkpoint if it is there")
    _arguments.add_flags(parser.add_argument_group("growth"), GROWTH)


def add_config(parser: argparse.ArgumentParser) -> None:
    """Add the TOML file and single keys of it."""
    parser.add_argument("--config", metavar="FILE", help="TOML file with any parameter; options win over it")
    parser.add_argument(
        "--set",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        type=_arguments.told(_config.assignment),
        dest="assignments",
        help="a key of the TOML file, such as model.potential.activation=tanh; may be repeated",
    )


def configured(given: Any) -> dict[str, Any]:
    """Return what the TOML file says, and over it what the options say."""
    config = _config.read(given.config) if given.config else {}
    said = [path for path in vars(given) if "." in path] + [path for path, _ in given.assignments]
    for path in said:
        for other in _synonyms(path):
            if other not in said:
                _config.forget(config, other)
    _arguments.put_flags(config, given, FLAGS)
    for path, value in given.assignments:
        _config.put(config, path, value)
    return config


def _synonyms(path: str) -> list[str]:
    """Return the keys of a file over which an option wins although they have another path."""
    if path == "growth.file":
        return [f"growth.{name}" for name in ("total_mass", "prior", *Growth._defaults())]
    *tables, last = path.split(".")
    if last in ADAM:
        return [f"model.{last}", f"model.training.{last}"]
    if last == "hidden":
        return ["model.potential.hidden", "model.interaction.hidden"] if tables == ["model"] else ["model.hidden"]
    return []


def run(given: Any) -> None:
    """Fit, report and save."""
    config = configured(given)
    if given.data is not None:
        _config.put(config, "data.file", given.data)
    if given.resume:
        _config.put(config, "model.training.checkpoint.resume", True)
    output = given.output or config.get("output")
    if not isinstance(output, str):
        raise InputError("-o is missing: it names the file of the model")
    check_output(output, given.force)
    model = estimator(config.get("model", {}))
    model.verbose = _arguments.verbosity(given)
    where = _config.source(config.get("data", {}))
    data = _arguments.read_series(given, where)
    say(given, _arguments.described(data, where.file))
    try:
        rates = _growth(config, data.snapshots, where, model)
        model.fit(data.snapshots, growth=rates)
    except KeyboardInterrupt as interrupted:
        interrupted.args = (_left(interrupted, output, config),)
        raise
    check_output(output, given.force)  # The fit may have taken hours.
    model.save(output)
    if not given.quiet and not model.verbose:  # a verbose fit has printed it
        print(model.report_, file=sys.stderr)
    say(given, f"wrote {output}: {_summary(model)}")
    if given.json:
        print_json({"model": output, "data": where.file, **_said(model), "warnings": given.warned})


def _growth(config: dict[str, Any], snapshots: Any, where: Source, model: JKOnetStar) -> GrowthRates | None:
    """Return the growth that the table [growth] asks for, fitted to the same snapshots."""
    if "growth" not in config:
        return None
    table = dict(config["growth"])
    file, masses, prior = (table.pop(name, None) for name in ("file", "total_mass", "prior"))
    if file is not None:
        if masses is not None or prior is not None or table:
            raise InputError(f"growth.file = {file!r} is fitted already; leave out the other keys of growth")
        return growth_of(file)
    if isinstance(model.random_state, int):
        table.setdefault("random_state", model.random_state)
    expected = None
    if prior is not None:
        rates = numbers(where, prior)
        expected = rates[np.concatenate([snapshot.rows for snapshot in snapshots])]
    found: Growth = growth(table)
    return found.fit(snapshots, total_mass=None if masses in (None, "unknown") else masses, prior=expected)


def growth_of(path: str) -> GrowthRates:
    """Return the growth of a file, which may be that of a model."""
    try:
        return GrowthRates.load(path)
    except ValueError:
        return load(path).growth_


def _left(interrupted: KeyboardInterrupt, output: str, config: dict[str, Any]) -> str:
    """Return what an interrupted fit leaves behind."""
    word = str(interrupted) or "interrupted"
    training = config.get("model", {}).get("training", {})
    checkpoint = training.get("checkpoint") if isinstance(training, dict) else None
    if isinstance(checkpoint, dict):
        checkpoint = checkpoint.get("path", checkpoint.get(_config.BARE))
    if isinstance(checkpoint, str) and os.path.exists(checkpoint):
        return f"{word}; {checkpoint} keeps what was learned, and the same command with --resume continues from it"
    return f"{word}; {output} was not written, and nothing is kept (--checkpoint FILE would)"


def _summary(model: JKOnetStar) -> str:
    """Return what was learned, in a line."""
    said: Any = model.describe()
    terms = []
    if said["model"]["potential"] is not None:
        varying = "varying in time" if model.time_varying_ else "constant in time"
        terms.append(f"V ({said['model']['potential']}, {varying})")
    if said["model"]["interaction"] is not None:
        terms.append(f"U ({said['model']['interaction']})")
    if said["model"]["internal"]:
        error = f" +- {model.beta_std_:.3g}" if hasattr(model, "beta_std_") else ""
        terms.append(f"beta = {model.beta_:.4g}{error}")
    if said["growth"]:
        terms.append("growth")
    return f"{' and '.join(terms)}, {model.scheme_} scheme, {_arrays.plural(said['parameters'], 'parameter')}"


def _said(model: JKOnetStar) -> dict[str, Any]:
    """Return what a model says of its fit, for JSON."""
    said: Any = model.describe()
    report = model.report_
    return {
        "dimension": said["dimension"],
        "times": said["times"],
        "parameters": said["parameters"],
        "potential": said["model"]["potential"],
        "interaction": said["model"]["interaction"],
        "scheme": model.scheme_,
        "time_varying": model.time_varying_,
        "beta": model.beta_ if said["model"]["internal"] else None,
        "beta_std": model.beta_std_ if hasattr(model, "beta_std_") else None,
        "growth": said["growth"],
        "epochs": len(model.history_),
        "report": {name: getattr(report, name) for name in report.__dataclass_fields__},
    }
