"""The tables of docs/glossary.md as a glossary of Sphinx, and links to it where a page first uses a term.

The page stays plain Markdown. A row of a table whose heads are "term" and "meaning" defines a term, which `{term}` and
`:term:` then find. In running text the first use of a term on a page becomes a link; which terms is said below, because
most words of the glossary are ordinary English elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import make_refnode

PAGE = "reference/glossary"

#: Terms that have one sense wherever they stand, as they are written in running text, by their row of the glossary.
LINKED = {
    "snapshot": r"(?<![(/])snapshots?\b(?!\.h)",
    "coupling": "couplings?",
    "variance ratio": "variance ratios?",
    "energy distance": "energy distances?",
    "nothing moves": "nothing moves",
    "observability": "observability",
    "estimating equations": "estimating equations",
    "relaxed plan": "relaxed plans?",
    "residual": "residuals?",
    "floor": "(?<=the )floor",
    "landing": "landings?",
    "scheme": "(?<!JKO )schemes?",
    "transition": "transitions?",
    "tau-bar": "tau-bar",
}
#: The pages whose text is linked: those that explain. Not those that define, list or record.
_EXPLAINING = ("index", "start/", "guide/", "how/", "results/")
#: Text inside these is no running text, or leads somewhere already.
_APART = (
    nodes.reference,
    nodes.strong,
    nodes.literal,
    nodes.title,
    nodes.literal_block,
    nodes.math,
    nodes.raw,
    nodes.caption,
)


def _define(app: Sphinx, doctree: nodes.document) -> None:
    """Give each term of the glossary's tables a place, and tell Sphinx of it."""
    if app.env.docname != PAGE:
        return
    domain: Any = app.env.get_domain("std")
    for entry in _terms(doctree):
        for term in re.split(r", ", entry.astext()):
            place = "term-" + nodes.make_id(term)
            if place in doctree.ids:
                continue
            entry["ids"].append(place)
            doctree.ids[place] = entry
            domain.note_object("term", term, place, location=entry)


def _terms(doctree: nodes.document) -> Iterator[Any]:
    """Find the first cells of all rows of the tables of terms."""
    for table in doctree.findall(nodes.table):
        heads = [entry.astext() for entry in next(table.findall(nodes.thead)).findall(nodes.entry)]
        if heads == ["term", "meaning"]:
            for row in next(table.findall(nodes.tbody)).findall(nodes.row):
                yield row[0]


def _link(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link the first use of each term in the running text of a page."""
    if not docname.startswith(_EXPLAINING) and docname != "index":
        return
    places = _places(app.env)
    waiting = {term: re.compile(rf"\b{form}\b") for term, form in LINKED.items() if term in places}
    for text in list(doctree.findall(nodes.Text)):
        if not waiting or not _is_running(text):
            continue
        for term, form in list(waiting.items()):
            found = form.search(text.astext())
            if found is None or text.parent is None:
                continue
            del waiting[term]
            before, after = text.astext()[: found.start()], text.astext()[found.end() :]
            shown = nodes.inline("", found[0], classes=["glossary-term"])
            link = make_refnode(app.builder, docname, PAGE, places[term], shown, _meaning(app, term))
            rest = nodes.Text(after)
            text.parent.replace(text, [node for node in (nodes.Text(before), link, rest) if node.astext()])
            break  # The rest of this text keeps its other terms for their next use.


def _places(env: BuildEnvironment) -> dict[str, str]:
    domain: Any = env.get_domain("std")
    return {name: place for (kind, name), (_, place) in domain.objects.items() if kind == "term"}


def _meaning(app: Sphinx, term: str) -> str:
    """Return the row of a term, which browsers show when the mouse rests on the link."""
    env: Any = app.env
    if not hasattr(env, "glossary_meanings"):
        env.glossary_meanings = {entry.astext(): entry.parent[1].astext() for entry in _terms(env.get_doctree(PAGE))}
    return str(env.glossary_meanings.get(term, ""))


def _is_running(text: nodes.Text) -> bool:
    node: Any = text.parent
    inside = False
    while node is not None:
        if isinstance(node, _APART):
            return False
        inside = inside or isinstance(node, nodes.paragraph)
        node = node.parent
    return inside


def setup(app: Sphinx) -> dict[str, bool]:
    """Follow the reading and the writing of pages."""
    app.connect("doctree-read", _define)
    app.connect("doctree-resolved", _link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
