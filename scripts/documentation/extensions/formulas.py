"""Formulas as pictures in the page: they look alike everywhere, and need no script and no font of the reader's."""

from __future__ import annotations

from html import escape
from typing import Any
from xml.etree import ElementTree

import ziamath
from docutils import nodes
from sphinx.application import Sphinx

#: The size of the text that formulas are drawn for, in pixels, and theirs: the font of formulas has small letters.
_TEXT, _FORMULA = 16.0, 17.5


def picture(latex: str, inline: bool) -> str:
    """Return a formula as SVG, whose colour is that of the text and whose base line is the text's."""
    svg = ziamath.Latex(latex, size=_FORMULA, color="currentColor", inline=inline).svgxml()
    # The base line is at 0.
    _, top, width, height = map(float, svg.get("viewBox").split())
    svg.set("width", f"{width / _TEXT:.3f}em")
    svg.set("height", f"{height / _TEXT:.3f}em")
    svg.set("role", "img")
    svg.set("aria-label", latex)
    if inline:
        svg.set("style", f"vertical-align: {-(top + height) / _TEXT:.3f}em")
    return ElementTree.tostring(svg, encoding="unicode")


def _inline(self: Any, node: nodes.math) -> None:
    self.body.append(f'<span class="formula" title="{escape(node.astext())}">{picture(node.astext(), True)}</span>')
    raise nodes.SkipNode


def _block(self: Any, node: nodes.math_block) -> None:
    self.body.append(f'<div class="formula">{picture(node.astext(), False)}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the renderer."""
    ziamath.config.svg2 = False  # Outlines stand where they are drawn: browsers need no references between pictures.
    app.add_html_math_renderer("formulas", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
