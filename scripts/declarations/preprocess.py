"""The C preprocessor's part: one text of all headers, and the macros that they define."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

#: Types that the headers may take from the C language and the two standard headers that they may include.
SCALARS = (
    *("void", "char", "int", "float", "double", "size_t"),
    *("int8_t", "int16_t", "int32_t", "int64_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t"),
)
_STANDARD_HEADERS = ("stddef.h", "stdint.h")
# All that the parser must know of a type is that it is one.
_STANDARD_TYPES = "".join(f"typedef int {name};\n" for name in SCALARS if name.endswith("_t"))
_LINE_MARKER = re.compile(r'# (\d+) "(.*?)"')
_DEFINE = re.compile(r"#define (\w+)(\(.*?\))?(?: +(.*))?$")


class HeaderError(Exception):
    """A header holds something that these scripts do not understand, or breaks a rule that bindings rely on."""


@dataclass(frozen=True)
class Macro:
    """A `#define`: its text after the name, with parameters if it has any, and where it stands."""

    name: str
    text: str
    path: Path
    line: int


@dataclass(frozen=True)
class Preprocessed:
    """The headers without directives, except line markers, in the order of inclusion."""

    text: str
    macros: tuple[Macro, ...]
    paths: frozenset[Path]


def preprocess(umbrella: Path) -> Preprocessed:
    """Run `cc -E` on a header; conditional parts are taken as by a compiler of standard C without extensions."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise HeaderError("no C compiler was found (looked for cc, gcc, clang)")
    with tempfile.TemporaryDirectory() as stand_ins:
        for name in _STANDARD_HEADERS:
            (Path(stand_ins) / name).touch()
        command = [compiler, "-E", "-dD", "-undef", "-nostdinc", "-isystem", stand_ins, str(umbrella)]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise HeaderError(next((line for line in done.stderr.splitlines() if "error:" in line), done.stderr.strip()))
    return _separate(done.stdout, umbrella.parent)


def _separate(output: str, folder: Path) -> Preprocessed:
    """Take the macros out of the preprocessor's output; those of the compiler and of the stand-ins do not count."""
    lines, macros, paths = [], [], set()
    path, number = Path("<built-in>"), 0
    for line in output.splitlines():
        marker, define = _LINE_MARKER.match(line), _DEFINE.match(line)
        number += 1
        if marker:
            path, number = Path(marker[2]), int(marker[1]) - 1
        ours = path.is_relative_to(folder)
        if ours:
            paths.add(path)
        if ours and line.startswith("#") and not marker and not define:
            raise HeaderError(f"{path}:{number}: {line} is not understood")
        if define and ours:
            macros.append(Macro(define[1], (define[2] or "") + (define[3] or "").strip(), path, number))
        lines.append("" if line.startswith("#") and not marker else line)
    return Preprocessed(_STANDARD_TYPES + "\n".join(lines) + "\n", tuple(macros), frozenset(paths))
