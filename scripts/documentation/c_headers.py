"""Pages of the C headers: what each declares, in its order, from what Doxygen read of the comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_FILE = "jkonetstar.h"
#: What a header declares, in its order: a type, a struct, values of an enumeration, a constant, a function.
_DECLARATIONS = re.compile(
    r"^typedef struct (?P<struct>jko_\w+) \{.*?^\}"
    r"|^typedef [^;{]*?\(\*(?P<callback>jko_\w+)\)"
    r"|^typedef [^;{]*?(?P<type>jko_\w+);"
    r"|^    (?P<value>JKO_\w+)(?: =|,|$)"
    r"|^#define (?P<define>JKO_\w+) "
    r"|^(?!typedef)\w[\w ]*?[ *](?P<function>jko_\w+)\([^;{]*?\)\s*[;{]",
    re.M | re.S,
)
_DIRECTIVES = {
    "struct": "doxygenstruct",
    "callback": "doxygentypedef",
    "type": "doxygentypedef",
    "value": "doxygenenumvalue",
    "define": "doxygendefine",
    "function": "doxygenfunction",
}


def without_comments(text: str) -> str:
    """Return the code of a header."""
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def declared(text: str) -> Iterator[tuple[str, str]]:
    """Yield kind and name of what a header declares, in its order."""
    documented = set(re.findall(r"\*/\n#define (\w+)", text))
    for found in _DECLARATIONS.finditer(without_comments(text)):
        kind = found.lastgroup or ""
        # Constants have a comment. Macros without one guard headers or speak to compilers.
        if kind != "define" or found[kind] in documented:
            yield kind, found[kind]


def brief(text: str) -> str:
    """Return the sentence that says what a header is for."""
    found = re.search(r"@brief (.*?)\n \*(?:/|\n)", text, re.S)
    return re.sub(r"\s*\n \* *", " ", found[1]).strip() if found else ""


def pages(include: Path) -> Iterator[tuple[str, str]]:
    """Write the page of each header, and the list of all in the order in which they are included."""
    main = (include / _FILE).read_text(encoding="utf-8")
    headers = re.findall(r'^#include "(jkonetstar/\w+\.h)"', main, re.M)
    rows, toctree = [], []
    for header in headers:
        text = (include / header).read_text(encoding="utf-8")
        stem = Path(header).stem
        rows += [f"   * - :doc:`{stem}.h <{stem}>`", f"     - {escaped(brief(text))}"]
        toctree.append(f"   {stem}.h <{stem}>")
        yield f"reference/c/{stem}.rst", _page(header, text)
    listing = ["C", "=", "", *_INTRODUCTION, "", ".. list-table::", "   :widths: 25 75", "", *rows, ""]
    listing += [".. toctree::", "   :hidden:", "", *toctree, ""]
    yield "reference/c/index.rst", "\n".join(listing)


_INTRODUCTION = (
    "Each header describes one concept and can be read on its own; ``#include <jkonetstar.h>`` includes all of them.",
    ":doc:`/how/conventions` says what holds for every function: names, ownership, errors, arrays, threads, and what",
    "a program may rely on when the library changes. :doc:`/start/c` shows how programs are compiled.",
)


def _page(header: str, text: str) -> str:
    name = Path(header).name
    # Doxygen's name of the file, by which comments of other headers refer to it.
    label = name.replace("_", "__").replace(".", "_8")
    lines = [f".. _{label}:", "", name, "=" * len(name), ""]
    lines += [f".. doxygenfile:: {name}", "   :sections: briefdescription detaileddescription", ""]
    for kind, symbol in declared(text):
        lines.append(f".. {_DIRECTIVES[kind]}:: {symbol}")
        if kind == "struct":
            lines.append("   :members:")
        lines.append("")
    return "\n".join(lines)


def escaped(text: str) -> str:
    """Return a text as reStructuredText that means nothing else."""
    return re.sub(r"([*`|_\\])", r"\\\1", text)
