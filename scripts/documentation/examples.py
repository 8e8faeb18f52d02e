"""Pages of the examples: what each program shows, its code and, where there is one, its picture."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from . import places

#: Programs whose picture is on another page already, or among those of docs/.
_PICTURES = {"examples/python/first_picture.py": ("first_picture.png", "What the program draws")}
#: The language of code, as Pygments calls it.
_LEXERS = {"python": "python", "c": "c", "cpp": "cpp", "r": "r", "julia": "julia", "swift": "swift"}


class Program(NamedTuple):
    """An example: where it is, what it says of itself, and its code without that."""

    path: str
    summary: str
    details: str
    code: str

    @property
    def language(self) -> str:
        """The folder of examples/ that it is in."""
        return self.path.split("/")[1]

    @property
    def name(self) -> str:
        """The name of its file."""
        return self.path.split("/")[-1]


def pages(root: Path, known: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Write the page of each example, and the list of all."""
    programs = [read(root, path) for path in sorted(known) if places.example_page(path)]
    for program in programs:
        yield places.example_page(program.path) or "", _page(program)
    yield "guide/examples/index.md", _index(programs)


def read(root: Path, path: str) -> Program:
    """Read a program and the comment that it begins with."""
    text = (root / path).read_text(encoding="utf-8")
    said, code = _python(text) if path.endswith(".py") else _leading_comment(text)
    summary, _, details = said.partition("\n\n")
    return Program(path, " ".join(summary.split()), details.strip("\n"), code)


def _python(text: str) -> tuple[str, str]:
    tree = ast.parse(text)
    said = ast.get_docstring(tree)
    if said is None:
        return "", text
    end = tree.body[0].end_lineno or 0
    return said, "\n".join(text.splitlines()[end:]).strip("\n") + "\n"


def _leading_comment(text: str) -> tuple[str, str]:
    """Divide a program at the end of the comment that it begins with, of either kind."""
    block = re.match(r"\s*/\*+(.*?)\*/\s*\n", text, re.S)
    lines = re.match(r"(?:(?://|#)[^\n]*\n)+", text)
    found = block or lines
    if found is None:
        return "", text
    marks = r"^[ ]?\*?[ ]?" if block else r"^(?:///?|#'?)[ ]?"
    said = re.sub(marks, "", block[1] if block else found[0], flags=re.M)
    return said.strip(), text[found.end() :].lstrip("\n")


def _heading(program: Program) -> str:
    return program.summary.split(": ")[0].rstrip(".") if len(program.summary) > 90 else program.summary.rstrip(".")


def _page(program: Program) -> str:
    picture = ""
    if program.path in _PICTURES:
        file, text = _PICTURES[program.path]
        picture = f"![{text}](../../../pictures/{file})\n\n"
    details = _markdown(program.details)
    summary = f"{program.summary}\n\n" if _heading(program) != program.summary.rstrip(".") else ""
    code = f"`````{_LEXERS[program.language]}\n{program.code}`````\n"
    return f"# {_heading(program)}\n\n{summary}`{program.path}`\n\n{picture}{details}{code}"


def _markdown(details: str) -> str:
    """Return what a program says of itself as Markdown: paragraphs, and indented lines as they are."""
    parts = []
    for block in filter(None, re.split(r"\n{2,}", details)):
        if all(line.startswith("    ") for line in block.splitlines()):
            parts.append(f"```text\n{textwrap.dedent(block)}\n```\n\n")
        else:
            parts.append(re.sub(r"([*<$])", r"\\\1", block) + "\n\n")
    return "".join(parts)


def _index(programs: list[Program]) -> str:
    parts = ["# Examples\n", "Whole programs, which run without arguments unless their page says otherwise.\n"]
    toctree = ["```{toctree}", ":hidden:", ""]
    for folder, (language, _) in places.EXAMPLES.items():
        those = [program for program in programs if program.language == folder]
        if not those:
            continue
        parts += [f"## {language}\n", "| program | shows |", "|---|---|"]
        for program in those:
            page = (places.example_page(program.path) or "").removeprefix("guide/examples/")
            toctree.append(f"{program.name} <{page.removesuffix('.md')}>")
            parts.append(f"| [{program.name}]({page}) | {_cell(program.summary)} |")
        parts.append("")
    return "\n".join([*parts, *toctree, "```", ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("_", "\\_").replace("*", "\\*")
