"""Options that several commands have, and how their values are read."""

from __future__ import annotations

import argparse
import sys
from typing import Any, Callable, NamedTuple, Sequence

from .. import _arrays
from ..model import JKOnetStar
from . import _config
from ._data import Moment, Observed, Population, Source, observed, population
from ._output import say


class Flag(NamedTuple):
    """An option that stands for a key of the TOML file, and how its value is read."""

    name: str
    path: str
    read: Callable[[str], Any]
    metavar: str
    help: str
    choices: Sequence[str] | None = None


def numbers(text: str) -> list[float]:
    """Return the numbers of "0,0.5,1"."""
    return [float(part) for part in text.split(",") if part.strip()]


def moment(text: str) -> Moment:
    """Return a time: the number that a text is, or else the text, which may be a label in the data."""
    text = text.strip()
    try:
        return float(text)
    except ValueError:
        if not text:
            raise ValueError("a time is empty") from None
        return text


def moments(text: str) -> list[Moment]:
    """Return the times of "0,0.5,1" or "Day 0,Day 3"."""
    return [moment(part) for part in text.split(",") if part.strip()]


def integers(text: str) -> list[int]:
    """Return the integers of "64,64"."""
    return [int(part) for part in text.split(",") if part.strip()]


def words(text: str) -> list[str]:
    """Return the words of "PC1,PC2"."""
    return [part.strip() for part in text.split(",") if part.strip()]


def told(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return a reader whose own words argparse passes on to the user."""
    if isinstance(read, type):
        return read

    def reader(text: str) -> Any:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return reader


DATA_FLAGS = (
    Flag("--time", "data.time", str, "COLUMN", "column, array or key of obs that says when each point was seen"),
    Flag("--points", "data.points", words, "A,B,..", "columns of the coordinates, or the array that holds them"),
    Flag("--weights", "data.weights", str, "COLUMN", "column or array that says how much each point counts"),
    Flag(
        "--time-map", "data.time_map", _config.time_map, "LABEL=NUMBER,..", "the number of each label among the times"
    ),
    Flag("--time-tolerance", "data.time_tolerance", float, "T", "times that differ by no more belong together"),
    Flag("--rep", "data.rep", str, "KEY", "h5ad: the key of obsm with the coordinates, or X (default: X_pca)"),
    Flag("--dimensions", "data.dimensions", int, "N", "take the first N coordinates only"),
)


def commands_of(whole: argparse.ArgumentParser) -> Any:
    """Return the action whose choices are the parsers of the commands."""
    (commands,) = (action for action in whole._actions if isinstance(action, argparse._SubParsersAction))
    return commands


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add the options that every command has."""
    group = parser.add_argument_group("all commands")
    group.add_argument("-q", "--quiet", action="store_true", help="print no notices, warnings and progress on stderr")
    group.add_argument("--traceback", action="store_true", help="show where an error comes from")


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add the choice of a JSON object on stdout."""
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")


def add_force(parser: argparse.ArgumentParser) -> None:
    """Add the permission to overwrite."""
    parser.add_argument("--force", action="store_true", help="overwrite a file that is there already")


def add_output(parser: argparse.ArgumentParser, kinds: str) -> None:
    """Add where the result goes."""
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help=kinds)
    add_force(parser)


def add_data(parser: argparse.ArgumentParser) -> None:
    """Add what in a file the observations are."""
    add_flags(parser.add_argument_group("what in the data is what"), DATA_FLAGS)


def add_flags(group: Any, flags: Sequence[Flag]) -> None:
    """Add options; those that are not given are not in the result."""
    for flag in flags:
        group.add_argument(
            flag.name,
            dest=flag.path,
            type=told(flag.read),
            metavar=None if flag.choices else flag.metavar,
            choices=flag.choices,
            help=flag.help,
            default=argparse.SUPPRESS,
        )


def put_flags(config: dict[str, Any], given: Any, flags: Sequence[Flag]) -> None:
    """Set the keys of the options that were given, those of whole tables before those within."""
    for path in sorted((flag.path for flag in flags if flag.path in vars(given)), key=lambda path: path.count(".")):
        _config.put(config, path, vars(given)[path])


def source(given: Any, file: str) -> Source:
    """Return where observations are, by a file and the options of `add_data`."""
    config: dict[str, Any] = {"data": {"file": file}}
    put_flags(config, given, DATA_FLAGS)
    return _config.source(config["data"])


def read_series(given: Any, where: Source) -> Observed:
    """Return the observations of a file, and say how its times were understood."""
    found = observed(where)
    for note in found.notes:
        say(given, note)
    return found


def read_population(given: Any, where: Source, at: Moment | None, option: str, first: bool = False) -> Population:
    """Return the population of a file at one time, and say how its times were understood."""
    found = population(where, at, option, first)
    for note in found.notes:
        say(given, note)
    return found


def verbosity(given: Any) -> int:
    """Return 1 where somebody watches a progress line."""
    return int(not given.quiet and sys.stderr.isatty())


def load_model(given: Any, path: str) -> JKOnetStar:
    """Return the model of a file."""
    from ..loading import load

    model = load(path)
    model.verbose = verbosity(given)
    return model


def described(found: Observed, file: str) -> str:
    """Return what a file holds, in a line."""
    sizes, times = found.snapshots.sizes, found.snapshots.times
    low, high = min(sizes), max(sizes)
    size = _arrays.plural(low, "particle") if low == high else f"{low:,} to {high:,} particles"
    when = f"time {times[0]:g}" if len(times) == 1 else f"times {times[0]:g} to {times[-1]:g}"
    dimension = _arrays.plural(found.snapshots.dimension, "dimension")
    return f"{file}: {_arrays.plural(len(sizes), 'snapshot')} of {size} in {dimension}, {when}"
