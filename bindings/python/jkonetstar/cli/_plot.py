"""`jkonetstar plot`: pictures of models and populations."""

from __future__ import annotations

import argparse
import importlib
from typing import Any

from .._errors import InputError
from . import _arguments
from ._output import check_output, say, whole_file

SUMMARY = "draw a model, or populations and their prediction"
EXAMPLES = (
    "jkonetstar plot landscape model.safetensors cells.csv --time day --points PC1,PC2 --at 1 -o landscape.png",
    "jkonetstar plot history model.safetensors -o history.pdf",
)

KINDS = ("landscape", "velocity", "populations", "history")
_ENDINGS = (".png", ".pdf", ".svg", ".jpg", ".jpeg")


def add(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("kind", metavar="KIND", choices=KINDS, help=", ".join(KINDS))
    parser.add_argument("model", metavar="MODEL", help="file of `jkonetstar fit`")
    parser.add_argument("data", metavar="DATA", nargs="?", help="observations; not for history")
    _arguments.add_output(parser, "png, pdf, svg or jpg")
    parser.add_argument(
        "--at", metavar="T", type=_arguments.moment, help="landscape, velocity: the time of a V that varies"
    )
    parser.add_argument(
        "--coords", metavar="I,J", type=_coordinates, help="coordinates to draw, by number or name (default: 0,1)"
    )
    parser.add_argument("--dpi", metavar="N", type=int, default=150, help="dots per inch (default: 150)")
    _arguments.add_data(parser)


def _coordinates(text: str) -> tuple[int | str, ...]:
    return tuple(int(word) if word.isdigit() else word for word in _arguments.words(text))


def run(given: Any) -> None:
    """Draw and write."""
    if not given.output.lower().endswith(_ENDINGS):
        raise InputError(f"{given.output!r} must end in {', '.join(_ENDINGS)}")
    check_output(given.output, given.force)
    try:
        # A picture that goes to a file needs no screen.
        importlib.import_module("matplotlib").use("Agg")
        plot: Any = importlib.import_module("jkonetstar.plot")
    except ImportError as error:
        raise ImportError(f"pictures need matplotlib: pip install 'jkonetstar[plot]' ({error})") from None
    model = _arguments.load_model(given, given.model)
    options: dict[str, Any] = {}
    if given.kind == "history":
        for name in ("data", "at", "coords"):
            if getattr(given, name) is not None:
                raise InputError(f"{name} = {getattr(given, name)!r} has no effect on a history")
        drawn = plot.history(model)
    else:
        if given.data is None:
            raise InputError(f"DATA is missing: a picture of kind {given.kind!r} shows observations")
        if given.coords is not None:
            options["coords"] = given.coords
        if given.at is not None:
            if given.kind == "populations":
                raise InputError(f"at = {given.at} has no effect on populations, which are drawn at all times")
            options["t"] = given.at
        snapshots = _arguments.read_series(given, _arguments.source(given, given.data)).snapshots
        drawn = getattr(plot, given.kind)(model, snapshots, **options)
    with whole_file(given.output, given.force) as partial:
        _figure(drawn).savefig(partial, dpi=given.dpi)
    say(given, f"wrote {given.output}")


def _figure(drawn: Any) -> Any:
    """Return the figure of axes, of an array of axes, or the figure itself."""
    while not hasattr(drawn, "savefig"):
        drawn = drawn.figure if hasattr(drawn, "figure") else next(iter(getattr(drawn, "flat", drawn)))
    return drawn
