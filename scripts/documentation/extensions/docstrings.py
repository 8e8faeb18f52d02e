"""Docstrings that write |x| for a length, where reStructuredText would take what is between bars for a substitution."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

#: Code in the running text, whose bars are not escaped, or a bar.
_BARS = re.compile(r"(``.*?``|`[^`]*`)|\|")


def _escape(app: Sphinx, what: str, name: str, obj: object, options: Any, lines: list[str]) -> None:
    example = block = False
    indent = 0
    for number, line in enumerate(lines):
        depth = len(line) - len(line.lstrip())
        if not line.strip():
            example = False
            continue
        example = example or line.lstrip().startswith(">>> ")
        block = block and depth > indent
        if not example and not block:
            lines[number] = _BARS.sub(lambda found: found[1] or r"\|", line)
            if line.rstrip().endswith("::"):
                block, indent = True, depth


def setup(app: Sphinx) -> dict[str, bool]:
    """Escape bars before numpydoc reads the sections."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", _escape, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
