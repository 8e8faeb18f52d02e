"""Links and headings of Markdown pages, as code hosts read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

#: Code, which holds no links, goes first; then a link or picture. The text of a link may hold code.
_TOKENS = re.compile(
    r"(?P<fence>^(?P<marks>```+|~~~+).*?^(?P=marks)[ \t]*$)"
    r"|(?P<code>(?<!`)(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`))"
    r"|\[(?P<text>(?:[^\[\]`]|`[^`]*`)*)\]\((?P<target>[^()\s]+)\)",
    re.M | re.S,
)
_HEADING = re.compile(r"^(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$", re.M)
_EXTERNAL = re.compile(r"[a-z][a-z0-9+.-]*:")


class Link(NamedTuple):
    """A link or picture of a page: its text, its target, and the line that it is on."""

    text: str
    target: str
    line: int = 0

    @property
    def is_external(self) -> bool:
        """Whether it leads out of the repository."""
        return is_external(self.target)

    @property
    def whole(self) -> str:
        """How it is written."""
        return f"[{self.text}]({self.target})"


def is_external(target: str) -> bool:
    """Whether an address has a scheme, such as https."""
    return bool(_EXTERNAL.match(target))


def links(text: str) -> Iterator[Link]:
    """Find the links and pictures of a page."""
    for found in _TOKENS.finditer(text):
        if found["target"] is not None:
            yield Link(found["text"], found["target"], text.count("\n", 0, found.start()) + 1)


def with_links(text: str, rewritten: Callable[[Link], str]) -> str:
    """Return the page with other links."""

    def replace(found: re.Match[str]) -> str:
        return found[0] if found["target"] is None else rewritten(Link(found["text"], found["target"]))

    return _TOKENS.sub(replace, text)


def without_fences(text: str) -> str:
    """Return the page without its blocks of code."""
    return _TOKENS.sub(lambda found: "" if found["fence"] else found[0], text)


def slug(heading: str) -> str:
    """Return the anchor that code hosts give a heading: lower case, hyphens for spaces, other marks left out."""
    plain = re.sub(r"\]\([^)]*\)", "]", heading).lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def anchors(text: str) -> set[str]:
    """Return the anchors of a page; those of equal headings are numbered."""
    found: set[str] = set()
    for _, heading in _HEADING.findall(without_fences(text)):
        name = first = slug(heading)
        number = 0
        while name in found:
            number += 1
            name = f"{first}-{number}"
        found.add(name)
    return found


def title(text: str) -> str:
    """Return the first heading of a page."""
    heading = _HEADING.search(without_fences(text))
    return heading[2] if heading else ""
