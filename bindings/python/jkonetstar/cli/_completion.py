"""`jkonetstar completion`: scripts by which a shell completes commands, options and their values."""

from __future__ import annotations

import argparse
import re
from typing import Any, Iterator, NamedTuple

from ..functionals import functionals
from . import _arguments

SUMMARY = "print a script that completes commands in a shell"
EXAMPLES = (
    "jkonetstar completion bash > jkonetstar.bash",
    "jkonetstar completion fish > jkonetstar.fish",
)


class Option(NamedTuple):
    """An option: its spellings, whether a value follows, the values there are, and what it is for."""

    names: tuple[str, ...]
    takes_value: bool
    choices: tuple[str, ...]
    help: str


class Described(NamedTuple):
    """A command: its name, what it is for, its options, and the values of its first argument.

    `files` says whether that may be a file as well.
    """

    name: str
    summary: str
    options: tuple[Option, ...]
    choices: tuple[str, ...]
    files: bool = False


#: What may stand in the place of a command.
_GENERAL = {"--help": "show what there is", "--version": "show the version"}


def add(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell that completes")


def run(given: Any) -> None:
    """Print the script."""
    commands = tuple(_described(given.parser))
    print({"bash": _bash, "zsh": _zsh, "fish": _fish}[given.shell](commands), end="")


def _described(parser: argparse.ArgumentParser) -> Iterator[Described]:
    """Read the commands off a parser."""
    commands = _arguments.commands_of(parser)
    summaries = {action.dest: action.help or "" for action in commands._choices_actions}
    for name, command in commands.choices.items():
        options = tuple(_option(action) for action in command._actions if action.option_strings)
        places = [action for action in command._actions if not action.option_strings]
        choices = tuple(places[0].choices or ()) if places else ()
        # Files are values as well for simulate, so that the parser cannot list these.
        files = name == "simulate"
        yield Described(name, summaries[name], options, ("none", *functionals) if files else choices, files)


def _option(action: argparse.Action) -> Option:
    takes_value = action.nargs != 0
    return Option(tuple(action.option_strings), takes_value, tuple(action.choices or ()), action.help or "")


def _bash(commands: tuple[Described, ...]) -> str:
    """Return a script that completes files wherever it knows nothing better."""
    values, options, firsts = [], [], []
    for command in commands:
        names = [name for option in command.options for name in option.names]
        options.append(f'        {command.name}) words="{" ".join(names)}" ;;')
        for option in command.options:
            if option.takes_value:
                place = "|".join(f'"{command.name} {name}"' for name in option.names)
                values.append(f'        {place}) words="{" ".join(option.choices)}"; value=1 ;;')
        if command.choices:
            firsts.append(f'        "{command.name} {command.name}") words="{" ".join(command.choices)}"; value=1 ;;')
    lines = [
        "# bash completion of jkonetstar: source this file, or put it into ~/.local/share/bash-completion/completions",
        "_jkonetstar() {",
        '    local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"',
        '    local command="${COMP_WORDS[1]}" words="" value=0',
        "    COMPREPLY=()",
        "    if ((COMP_CWORD == 1)); then",
        f'        COMPREPLY=($(compgen -W "{" ".join(command.name for command in commands)} {" ".join(_GENERAL)}" '
        '-- "$current"))',
        "        return",
        "    fi",
        '    case "$command $before" in',
        *values,
        *firsts,
        "    esac",
        '    if ((value == 0)) && [[ "$current" == -* ]]; then',
        '        case "$command" in',
        *(f"    {line}" for line in options),
        "        esac",
        "    fi",
        '    [[ -n "$words" ]] && COMPREPLY=($(compgen -W "$words" -- "$current"))',
        "    return 0",
        "}",
        "complete -o default -F _jkonetstar jkonetstar",
    ]
    return "\n".join(lines) + "\n"


def _zsh(commands: tuple[Described, ...]) -> str:
    """Return a function for the folder of completions, which may be sourced as well."""
    lines = ["#compdef jkonetstar", "_jkonetstar() {", "    if (( CURRENT == 2 )); then"]
    general = " ".join(_quoted(f"{name}[{text}]") for name, text in _GENERAL.items())
    lines += [f'        [[ "$PREFIX" == -* ]] && {{ _arguments {general}; return }}', "        local -a commands"]
    lines.append("        commands=(")
    lines += [f"            {_quoted(command.name + ':' + command.summary)}" for command in commands]
    lines += ["        )", "        _describe -t commands command commands", "        return", "    fi"]
    lines += ["    local command=$words[2]", "    shift words", "    (( CURRENT-- ))", '    case "$command" in']
    for command in commands:
        lines.append(f"        {command.name})")
        lines.append("            _arguments -s \\")
        for option in command.options:
            text = re.sub(r"([\[\]:\\])", r"\\\1", option.help)
            values = f":value:({' '.join(option.choices)})" if option.choices else ":value:_files"
            tail = f"[{text}]{values if option.takes_value else ''}"
            for name in option.names:
                # The value of a long option may follow an equals sign.
                equals = "=" if option.takes_value and name.startswith("--") else ""
                lines.append(f"                {_quoted(name + equals + tail)} \\")
        if command.choices:
            listed = f"({' '.join(command.choices)})"
            if command.files:
                listed = f'{{_alternative "values:value:{listed}" "files:file:_files"}}'
            lines.append(f"                {_quoted('1:value:' + listed)} \\")
        lines += ["                '*:file:_files'", "            ;;"]
    lines += ["    esac", "}", 'if [ "$funcstack[1]" = "_jkonetstar" ]; then', '    _jkonetstar "$@"', "else"]
    return "\n".join([*lines, "    compdef _jkonetstar jkonetstar", "fi"]) + "\n"


def _fish(commands: tuple[Described, ...]) -> str:
    """Return one line for each command and option."""
    lines = [
        "# fish completion of jkonetstar: put this file into ~/.config/fish/completions",
        "function __jkonetstar_after # whether a command, or none, and so many words stand before the cursor",
        "    set -l words (commandline -opc)",
        '    test (count $words) -ge 2; or set words $words ""',
        '    test "$words[2]" = "$argv[1]"; and test (count $argv) -lt 2 -o (count $words) -eq "$argv[2]"',
        "end",
    ]
    start = "complete -c jkonetstar -f -n '__jkonetstar_after \"\"'"
    lines += [f"{start} -l {name[2:]} -d {_escaped(text)}" for name, text in _GENERAL.items()]
    lines += [f"{start} -a {command.name} -d {_escaped(command.summary)}" for command in commands]
    for command in commands:
        here = f"complete -c jkonetstar -n '__jkonetstar_after {command.name}'"
        if command.choices:
            first = f"complete -c jkonetstar -n '__jkonetstar_after {command.name} 2'{'' if command.files else ' -f'}"
            lines.append(f"{first} -a {_escaped(' '.join(command.choices))}")
        for option in command.options:
            names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names)
            values = f" -x -a {_escaped(' '.join(option.choices))}" if option.choices else " -r -F"
            lines.append(f"{here} {names}{values if option.takes_value else ''} -d {_escaped(option.help)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Return a word of bash or zsh that is this text."""
    return "'" + text.replace("'", "'\\''") + "'"


def _escaped(text: str) -> str:
    """Return a word of fish that is this text."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
