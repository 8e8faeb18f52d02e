"""Pages of the Swift product, from the symbol graph that the compiler gives of its public declarations.

    swift-symbolgraph-extract -module-name JKOnetStar ...   writes JKOnetStar.symbols.json

The groups of the landing page of the module's documentation (`Topics` in Sources/JKOnetStar/JKOnetStar.docc) order the
pages; what they do not name comes last.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

MODULE = "JKOnetStar"
#: Modules of C that the engine imports; the compiler needs their maps to load the engine's modules.
_SYSTEM_MODULES = (
    "CLAPACK",
    "CSystem",
    "CZlib",
    "CReserve/include",
    "CHandles/include",
    "CStack/include",
    "CFork/include",
)
_TYPES = {"swift.struct": "struct", "swift.enum": "enum", "swift.class": "class", "swift.protocol": "protocol"}
#: A symbol that a comment links to.
_NAMED = re.compile(r"(?<!`)``(\w[\w().:]*)``(?!`)")
#: The items with which a doc comment ends.
_FIELDS = re.compile(r"^- (Parameters|Parameter (?P<name>[\w`]+)|Returns|Throws|Note):[ ]?(?P<text>.*)$")


class Symbol(NamedTuple):
    """A public declaration: its path of names, how it is written, what is said of it, and where it is declared."""

    path: tuple[str, ...]
    kind: str
    declaration: str
    comment: tuple[str, ...]
    place: tuple[str, int]

    @property
    def name(self) -> str:
        """The name without the type that it belongs to."""
        return self.path[-1]


def extract(root: Path, modules: Path, folder: Path) -> Path | None:
    """Have the compiler write the symbol graph of the built module; None where there is no compiler or no module."""
    tool = shutil.which("swift-symbolgraph-extract")
    if tool is None or not (modules / f"{MODULE}.swiftmodule").exists():
        return None
    folder.mkdir(parents=True, exist_ok=True)
    command = [tool, "-module-name", MODULE, "-target", _target(), "-output-dir", str(folder)]
    command += ["-minimum-access-level", "public", "-skip-synthesized-members", "-skip-inherited-docs"]
    for place in [modules, *(root / "Sources" / "System" / name for name in _SYSTEM_MODULES)]:
        command += ["-I", str(place)]
    subprocess.run(command, check=True)
    return folder / f"{MODULE}.symbols.json"


def _target() -> str:
    told = subprocess.run(["swift", "-print-target-info"], capture_output=True, text=True, check=True).stdout
    return str(json.loads(told)["target"]["unversionedTriple"])


def read(graph: Path) -> list[Symbol]:
    """Read the declarations of a symbol graph, in the order of their files and lines."""
    symbols = [_symbol(entry) for entry in json.loads(graph.read_text(encoding="utf-8"))["symbols"]]
    return sorted(symbols, key=lambda symbol: (symbol.place, symbol.path, symbol.declaration))


def _symbol(entry: dict[str, Any]) -> Symbol:
    declaration = "".join(fragment["spelling"] for fragment in entry.get("declarationFragments", []))
    comment = tuple(line["text"] for line in entry.get("docComment", {}).get("lines", []))
    location = entry.get("location", {"uri": "", "position": {"line": 0}})
    place = (location["uri"].rsplit("/", 1)[-1], location["position"]["line"])
    return Symbol(tuple(entry["pathComponents"]), entry["kind"]["identifier"], declaration, comment, place)


def pages(symbols: list[Symbol], landing: str) -> Iterator[tuple[str, str]]:
    """Write a page for each type at the top, one for the functions, and the list of all."""
    types = {symbol.name: symbol for symbol in symbols if len(symbol.path) == 1 and symbol.kind in _TYPES}
    others = [symbol for symbol in symbols if len(symbol.path) == 1 and symbol.kind not in _TYPES]
    groups = _groups(landing)
    listed = {name for _, names in groups for name in names}
    groups.append(("More", [name for name in types if name not in listed]))
    index, toctree = ["# Swift", "", _overview(landing), ""], ["```{toctree}", ":hidden:", ""]
    for title, names in groups:
        rows = []
        for name in names:
            if name in types:
                rows.append(f"| [`{name}`]({name}.md) | {_cell(_summary(types[name]))} |")
                toctree.append(f"{name} <{name}>")
            else:
                rows += [
                    f"| [`{symbol.name}`](functions.md#{_anchor(symbol)}) | {_cell(_summary(symbol))} |"
                    for symbol in others
                    if symbol.name.partition("(")[0] == name.partition("(")[0]
                ]
        if rows:
            index += [f"## {title}", "", "| declaration | purpose |", "|---|---|", *rows, ""]
    index += [*toctree, "Functions and aliases <functions>", "```", ""]
    yield "reference/swift/index.md", "\n".join(index)
    yield "reference/swift/functions.md", "\n".join(["# Functions and aliases (Swift)", "", *_items(others, 2)])
    for name, symbol in types.items():
        yield f"reference/swift/{name}.md", _type_page(symbol, symbols)


def _type_page(symbol: Symbol, symbols: list[Symbol]) -> str:
    members = [other for other in symbols if len(other.path) > 1 and other.path[0] == symbol.name]
    lines = [f"# {symbol.name} (Swift)", "", *_declaration(symbol), *_comment(symbol)]
    direct = [member for member in members if len(member.path) == 2 and member.kind not in _TYPES]
    lines += _items(direct, 2)
    for nested in (member for member in members if member.kind in _TYPES):
        lines += [f"## {'.'.join(nested.path)}", "", *_declaration(nested), *_comment(nested)]
        lines += _items([member for member in members if member.path[:-1] == nested.path], 3)
    return "\n".join(lines)


def _items(symbols: list[Symbol], level: int) -> list[str]:
    lines, seen = [], set()
    for symbol in symbols:
        # The first of several of one name is the one that others link to.
        lines += [] if _anchor(symbol) in seen else [f"({_anchor(symbol)})="]
        lines += [f"{'#' * level} {_heading(symbol)}", ""]
        seen.add(_anchor(symbol))
        lines += [*_declaration(symbol), *_comment(symbol)]
    return lines


def _anchor(symbol: Symbol) -> str:
    return _anchor_of(".".join(symbol.path))


def _anchor_of(path: str) -> str:
    return "swift-" + re.sub(r"\W+", "-", path).strip("-").lower()


def _heading(symbol: Symbol) -> str:
    return f"`{symbol.name}`"


def _declaration(symbol: Symbol) -> list[str]:
    text = symbol.declaration
    if len(text) > 100 and text.count(": ") > 1 and "(" in text:
        text = _wrapped(text)
    return ["```swift", text, "```", ""]


def _wrapped(text: str) -> str:
    """Return a long declaration with a line for each parameter, as swift-format writes it."""
    start, depth, end = text.index("("), 0, len(text)
    parts, begin = [], start + 1
    for index in range(start, len(text)):
        character = text[index]
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 1:
            parts.append(text[begin:index].strip())
            begin = index + 1
        if depth == 0:
            parts.append(text[begin:index].strip())
            end = index
            break
    return text[: start + 1] + "\n  " + ",\n  ".join(parts) + "\n" + text[end:]


def _comment(symbol: Symbol) -> list[str]:
    """Return a doc comment as Markdown, whose fields are lists under words in bold."""
    lines: list[str] = []
    for line in symbol.comment:
        field = _FIELDS.match(line)
        if field is None:
            lines.append(_NAMED.sub(r"`\1`", line))
        elif field["name"]:
            lines.append(f"- **Parameter** `{field['name']}`: {field['text']}")
        else:
            lines.append(f"- **{field[1]}**: {field['text']}".rstrip())
    return [*lines, ""] if lines else []


def _summary(symbol: Symbol) -> str:
    return " ".join(symbol.comment[: symbol.comment.index("") if "" in symbol.comment else None])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _groups(landing: str) -> list[tuple[str, list[str]]]:
    topics = landing.partition("## Topics")[2]
    parts = re.split(r"^### (.*)$", topics, flags=re.M)[1:]
    return [(title, re.findall(r"``([^`]+)``", names)) for title, names in zip(parts[::2], parts[1::2])]


def _overview(landing: str) -> str:
    """Return what the landing page says before its list of topics."""
    text = landing.partition("## Topics")[0]
    text = re.sub(r"^# .*\n|^## Overview\n", "", text, flags=re.M).strip()
    return _NAMED.sub(lambda found: f"[`{found[1]}`]({_place(found[1])})", text)


def _place(name: str) -> str:
    """Return where the page of a type is, or the part of a page that a function has."""
    return f"functions.md#{_anchor_of(name)}" if "(" in name else f"{name}.md"
