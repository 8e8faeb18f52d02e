"""Links from names in the text of pages, such as `jko_emd()` and `jk.load(..)`, to their place in the reference."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import make_refnode

_C = re.compile(r"((?:jko|JKO)_\w+)(?:\(\))?")
_PYTHON = re.compile(r"(?:jk|jkonetstar)\.(\w+(?:\.\w+)*)(?:\(.*\))?", re.S)
#: What is in here leads somewhere already, or is a heading.
_APART = (nodes.reference, nodes.title)

_Places = dict[str, tuple[str, str]]


def _link(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link the names that are code in running text and in tables."""
    places = _places(app.env)
    for literal in list(doctree.findall(nodes.literal)):
        name = _name(literal.astext())
        if name not in places or any(isinstance(node, _APART) for node in _ancestors(literal)):
            continue
        target, place = places[name]
        if target != docname:
            link = make_refnode(app.builder, docname, target, place, literal.deepcopy(), name)
            literal.parent.replace(literal, link)


def _name(text: str) -> str:
    """Return the name that a piece of code is, as the reference has it; the empty text where it is none."""
    if found := _C.fullmatch(text):
        return found[1]
    found = _PYTHON.fullmatch(text)
    return f"jkonetstar.{found[1]}" if found else ""


def _ancestors(node: nodes.Node) -> list[nodes.Node]:
    found = []
    while (parent := node.parent) is not None:
        found.append(parent)
        node = parent
    return found


def _places(env: BuildEnvironment) -> _Places:
    """Return page and place of everything in the references of C and Python."""
    found = {}
    for domain in ("c", "py"):
        for name, _, _, page, place, _ in env.get_domain(domain).get_objects():
            found[name] = (page, place)
    return found


def setup(app: Sphinx) -> dict[str, bool]:
    """Link names once pages are read."""
    app.connect("doctree-resolved", _link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
