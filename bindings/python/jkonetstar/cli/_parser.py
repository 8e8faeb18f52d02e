"""What the program understands: its commands and their options."""

from __future__ import annotations

import argparse
import difflib
from types import ModuleType
from typing import Any, NoReturn, Sequence

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


class CommandParser(argparse.ArgumentParser):
    """The parser of one command, which suggests options for those that it does not know."""

    _words: Sequence[str] = ()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse as the base class does, but refuse options here: the whole parser does not know those of commands."""
        self._words = list(args or ())
        namespace, rest = super().parse_known_args(args, namespace)
        if self._unknown():
            self.error("")
        return namespace, rest

    def error(self, message: str) -> NoReturn:
        """Leave with a message; an option that is not known comes first, for others may be missing because of it."""
        unknown = self._unknown()
        if unknown:
            near = difflib.get_close_matches(unknown[0], list(self._option_string_actions), n=1)
            hint = f"did you mean {near[0]}?" if near else f"`{self.prog} --help` lists the options"
            message = f"unknown option {unknown[0]}; {hint}"
        super().error(message)

    def _unknown(self) -> list[str]:
        words = [word.partition("=")[0] for word in self._words[: self._end()] if word.startswith("--")]
        return [word for word in words if word not in self._option_string_actions]

    def _end(self) -> int:
        """Return where options end."""
        return list(self._words).index("--") if "--" in self._words else len(self._words)


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
    commands: Any = whole.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=CommandParser)
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
