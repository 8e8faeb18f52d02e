"""Write the bindings' declarations from the C headers, or check that they are up to date."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from . import fuzz, headers, julia, python
from .model import Declarations

_ROOT = Path(__file__).resolve().parents[2]
_WRITERS: dict[str, Callable[[Declarations], str]] = {"julia": julia.write, "python": python.write}

#: The files that are kept in the repository, and who writes each.
COMMITTED: dict[str, Callable[[Declarations], str]] = {
    "bindings/python/jkonetstar/_abi.py": python.write,
    "bindings/julia/JKOnetStar.jl/src/abi.jl": julia.write,
    "Tests/Fuzz/ABI/calls.inc": fuzz.write,
}


def main(arguments: Sequence[str], root: Path = _ROOT) -> int:
    """Return the exit status: 1 if a file is not what the headers give, 2 if a header is refused."""
    parser = argparse.ArgumentParser(prog="declarations", description=__doc__)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_true", help="write nothing; fail if a file is not up to date")
    choice.add_argument("--print", choices=sorted(_WRITERS), help="write nothing; print a language's declarations")
    options = parser.parse_args(arguments)
    try:
        declarations = headers.read(root / "include" / "jkonetstar.h")
        if options.print:
            sys.stdout.write(_WRITERS[options.print](declarations))
            return 0
        written = {root / path: write(declarations) for path, write in COMMITTED.items()}
    except headers.HeaderError as error:
        print(error, file=sys.stderr)
        return 2
    stale = [path for path, text in written.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        if options.check:
            message = "is not what the headers give; run 'make declarations' and commit it"
            print(f"{path.relative_to(root)} {message}", file=sys.stderr)
        else:
            path.write_text(written[path], encoding="utf-8")
    return 1 if stale and options.check else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
