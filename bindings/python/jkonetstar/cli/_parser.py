"""What the program understands: its commands and their options."""

from __future__ import annotations

import argparse
import difflib
import sys
from types import ModuleType
from typing import Any, Sequence

from ..runtime import version
from . import (
    _arguments,
    _completion,
    _evaluate,
    _fit,
    _info,
    _interpolate,
    _leave_one_out,
    _plan,
    _plot,
    _predict,
    _simulate,
)

#: Every command by name, in the order of a first session.
COMMANDS: dict[str, ModuleType] = {
    "info": _info,
    "fit": _fit,
    "predict": _predict,
    "evaluate": _evaluate,
    "interpolate": _interpolate,
    "leave-one-out": _leave_one_out,
    "plan": _plan,
    "simulate": _simulate,
    "plot": _plot,
    "completion": _completion,
}

_ABOUT = """Learn the energy that drives a population from unpaired snapshots, and predict where it goes.

A first session, with a table cells.csv that has the columns day, PC1 and PC2:

  jkonetstar info cells.csv --time day
  jkonetstar fit cells.csv --time day -o model.safetensors
  jkonetstar predict model.safetensors cells.csv --time day --times 0,1,2 -o predicted.csv"""

_CODES = "exit codes: 0 done, 1 error in data, files or fit, 2 command not understood, 130 Ctrl-C, 143 SIGTERM"


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return what the arguments of the program say; those of the process for None."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    whole = parser()
    commands = _arguments.commands_of(whole).choices
    if words and words[0] in commands:
        _refuse_unknown(commands[words[0]], words[1:])
    return whole.parse_args(words)


def _refuse_unknown(command: argparse.ArgumentParser, words: Sequence[str]) -> None:
    """Leave with a suggestion for an option that is not known, before others are found missing because of it."""
    options = words[: words.index("--")] if "--" in words else words
    for word in (word.partition("=")[0] for word in options if word.startswith("--")):
        if word not in command._option_string_actions:
            near = difflib.get_close_matches(word, list(command._option_string_actions), n=1)
            hint = f"did you mean {near[0]}?" if near else f"`{command.prog} --help` lists the options"
            command.error(f"unknown option {word}; {hint}")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; what it parses has a `run`."""
    whole = argparse.ArgumentParser(
        prog="jkonetstar",
        description=_ABOUT,
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    whole.add_argument("--version", action="version", version=f"jkonetstar {version()}")
    commands: Any = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        one = commands.add_parser(
            name,
            help=command.SUMMARY,
            description=f"{command.SUMMARY[0].upper()}{command.SUMMARY[1:]}.",
            epilog="examples:\n" + "\n".join(f"  {example}" for example in command.EXAMPLES),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        command.add(one)
        _arguments.add_common(one)
        one.usage = _usage(one)
        one.set_defaults(run=command.run, parser=whole)
    return whole


def _usage(parser: argparse.ArgumentParser) -> str:
    """Return one line with what must be given: help lists the rest."""
    needed = []
    for action in parser._actions:
        value = action.metavar if isinstance(action.metavar, str) else "|".join(action.choices or ())
        if action.option_strings:
            needed += [f"{action.option_strings[0]} {value}"] if action.required else []
        else:
            needed.append(f"[{value}]" if action.nargs == "?" else value)
    return " ".join([parser.prog, *needed, "[options]"])
