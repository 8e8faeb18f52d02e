"""Pages of the C++ headers, in the order in which they are included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from .c_headers import brief, escaped

_FILE = "jkonetstar.hpp"
_INTRODUCTION = (
    "``#include <jkonetstar.hpp>`` includes all of these headers, which are for C++17. All of it is in the namespace",
    "``jkonetstar``. Where a struct holds options, ``set_name(value)`` sets the member ``name`` and returns it.",
)


def pages(folder: Path) -> Iterator[tuple[str, str]]:
    """Write the page of each header, and the list of all; none where the package is not there."""
    if not (folder / _FILE).exists():
        return
    headers = _headers(folder)
    rows, toctree = [], []
    for header in headers:
        stem = Path(header).stem
        rows += [f"   * - :doc:`{stem}.hpp <{stem}>`"]
        rows += [f"     - {escaped(brief((folder / header).read_text(encoding='utf-8')))}"]
        toctree.append(f"   {stem}.hpp <{stem}>")
        title = f"{stem}.hpp"
        yield (
            f"reference/cpp/{stem}.rst",
            f"{title}\n{'=' * len(title)}\n\n.. doxygenfile:: {title}\n   :project: cpp\n",
        )
    listing = ["C++", "===", "", *_INTRODUCTION, ""]
    listing += [".. list-table::", "   :widths: 25 75", "", *rows, ""]
    listing += [".. toctree::", "   :hidden:", "", *toctree, ""]
    yield "reference/cpp/index.rst", "\n".join(listing)


def _headers(folder: Path) -> list[str]:
    """Return the headers in the order in which they are included, each after that of its options."""
    found: list[str] = []
    for header in re.findall(r'^#include "(jkonetstar/\w+\.hpp)"', (folder / _FILE).read_text(encoding="utf-8"), re.M):
        text = (folder / header).read_text(encoding="utf-8")
        options = re.findall(r'^#include "(\w+_options\.hpp)"', text, re.M)
        found += [name for name in [*(f"jkonetstar/{each}" for each in options), header] if name not in found]
    return found
