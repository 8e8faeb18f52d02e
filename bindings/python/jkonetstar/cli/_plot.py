"""`jkonetstar plot`: pictures of models and populations."""

from __future__ import annotations

import argparse
import importlib
import os
from typing import Any, NamedTuple

from .._asked_times import asked_time, place_of
from .._errors import InputError
from . import _arguments
from ._fit import growth_of
from ._output import check_output, say, whole_file

SUMMARY = "draw a model, or populations and their prediction"
EXAMPLES = (
    "jkonetstar plot landscape model.safetensors cells.csv --time day --points PC1,PC2 --at 1 -o landscape.png",
    "jkonetstar plot history model.safetensors -o history.pdf",
)


class Kind(NamedTuple):
    """A picture: what it shows, and which options it has.

    `model` is "model", "growth" or None, and `data` says whether there must, may or must not be observations.
    """

    model: str | None
    data: bool | None
    options: tuple[str, ...]
    shows: str


#: Every function of `jkonetstar.plot`, whose name has underscores for hyphens.
KINDS = {
    "landscape": Kind("model", True, ("at", "coords"), "V"),
    "potential-over-time": Kind("model", True, ("times", "coords"), "V at several times"),
    "error-bars": Kind("model", None, ("at", "line"), "V along a line"),
    "velocity": Kind("model", True, ("at", "coords"), "arrows"),
    "streamlines": Kind("model", True, ("at", "coords"), "lines along which particles go"),
    "populations": Kind("model", True, ("coords",), "predictions over observations"),
    "residuals": Kind("model", True, ("train",), "their distances"),
    "history": Kind("model", False, (), "how training went"),
    "growth": Kind("growth", True, ("at", "coords"), "growth rates"),
    "densities": Kind(None, True, ("at", "coords"), "the density of a snapshot"),
    "couplings": Kind(None, True, ("at", "coords"), "the plan from a snapshot to the next"),
}
_OPTIONS = ("at", "times", "coords", "line", "train")
_ENDINGS = (".png", ".pdf", ".svg", ".jpg", ".jpeg")


def add(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    shown = "; ".join(f"{name}: {kind.shows}" for name, kind in KINDS.items())
    parser.add_argument("kind", metavar="KIND", choices=tuple(KINDS), help=shown)
    parser.add_argument(
        "model",
        metavar="MODEL",
        help="file of `jkonetstar fit`; for densities and couplings, DATA takes its place",
    )
    parser.add_argument("data", metavar="DATA", nargs="?", help="observations; not for history")
    _arguments.add_output(parser, "png, pdf, svg or jpg")
    parser.add_argument(
        "--at",
        metavar="T",
        type=_arguments.moment,
        help="the time that is drawn: of a V that varies, of growth, or of a snapshot (default: the first)",
    )
    parser.add_argument(
        "--times", metavar="T,T,..", type=_arguments.told(_arguments.moments), help="potential-over-time: when"
    )
    parser.add_argument(
        "--coords", metavar="I,J", type=_coordinates, help="coordinates to draw, by number or name (default: 0,1)"
    )
    parser.add_argument(
        "--line", metavar="A,B,..:A,B,..", type=_arguments.told(_line), help="error-bars: from one point to another"
    )
    parser.add_argument("--train", metavar="DATA", help="residuals: the snapshots of the fit, for the floor")
    parser.add_argument("--dpi", metavar="N", type=int, default=150, help="dots per inch (default: 150)")
    _arguments.add_data(parser)


def _coordinates(text: str) -> tuple[int | str, ...]:
    return tuple(int(word) if word.isdigit() else word for word in _arguments.words(text))


def _line(text: str) -> list[list[float]]:
    points = [_arguments.numbers(part) for part in text.split(":")]
    if len(points) < 2 or len({len(point) for point in points}) > 1:
        raise ValueError(f"{text!r} is no line: give two points with as many coordinates, as in -3,0:3,0")
    return points


def run(given: Any) -> None:
    """Draw and write."""
    kind: Kind = KINDS[given.kind]
    if not given.output.lower().endswith(_ENDINGS):
        raise InputError(f"{given.output!r} must end in {', '.join(_ENDINGS)}")
    check_output(given.output, given.force)
    for name in _OPTIONS:
        if getattr(given, name) is not None and name not in kind.options:
            raise InputError(f"{name} = {getattr(given, name)} has no effect on a picture of kind {given.kind!r}")
    file = given.data if kind.model else given.model
    if not kind.model and given.data is not None:
        raise InputError(f"a picture of kind {given.kind!r} shows observations only; leave out {given.model!r}")
    if file is None and kind.data:
        raise InputError(f"DATA is missing: a picture of kind {given.kind!r} shows observations")
    if file is not None and kind.data is False:
        raise InputError(f"data = {file!r} has no effect on a picture of kind {given.kind!r}")
    plot = _drawing()
    shown: list[Any] = []
    if kind.model is not None:
        shown.append(growth_of(given.model) if kind.model == "growth" else _arguments.load_model(given, given.model))
    snapshots = None
    if file is not None:
        snapshots = _arguments.read_series(given, _arguments.source(given, file)).snapshots
    more, options = _asked(given, kind, snapshots)
    shown += [snapshots, *more] if kind.data else more
    drawn = getattr(plot, given.kind.replace("-", "_"))(*shown, **options)
    ending = os.path.splitext(given.output)[1][1:].lower()
    with whole_file(given.output, given.force) as file:
        _figure(drawn).savefig(file, format=ending, dpi=given.dpi)
    say(given, f"wrote {given.output}")


def _drawing() -> Any:
    """Return the module that draws."""
    try:
        # A picture that goes to a file needs no screen.
        importlib.import_module("matplotlib").use("Agg")
        return importlib.import_module("jkonetstar.plot")
    except ImportError as error:
        raise ImportError(f"pictures need matplotlib: pip install 'jkonetstar[plot]' ({error})") from None


def _asked(given: Any, kind: Kind, snapshots: Any) -> tuple[list[Any], dict[str, Any]]:
    """Return what follows models and observations in the call of the function that draws."""
    more: list[Any] = []
    options: dict[str, Any] = {}
    if given.coords is not None:
        options["coords"] = given.coords
    labels = getattr(snapshots, "_time_labels", None)
    time = None if given.at is None else asked_time(given.at, "--at", labels)
    if given.kind in ("densities", "couplings"):
        k = 0 if time is None else place_of(time, snapshots.times, "--at", labels, given.at)
        if given.kind == "couplings" and 0 < k == len(snapshots) - 1:
            raise InputError(f"--at = {given.at} is the last time; a plan leads from a time to the next")
        more.append(k)
    elif given.kind == "growth":
        if time is None:
            raise InputError("--at is missing: the time of the growth rates that are drawn")
        more.append(time)
    elif time is not None:
        options["t"] = time
    if given.kind == "error-bars":
        if given.line is None:
            raise InputError("--line is missing: V is drawn from one point to another, as in --line=-3,0:3,0")
        more.append(given.line)
        options.update({} if snapshots is None else {"snapshots": snapshots})
    if given.times is not None:
        more.append(given.times)
    if given.train is not None:
        options["train"] = _arguments.read_series(given, _arguments.source(given, given.train)).snapshots
    return more, options


def _figure(drawn: Any) -> Any:
    """Return the figure of axes, of an array of axes, or the figure itself."""
    while not hasattr(drawn, "savefig"):
        drawn = drawn.figure if hasattr(drawn, "figure") else next(iter(getattr(drawn, "flat", drawn)))
    return drawn
