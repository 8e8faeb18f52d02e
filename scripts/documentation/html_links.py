"""Check the links, pictures and scripts of the site: all lead to files and places that exist, none needs a network."""

from __future__ import annotations

import posixpath
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from .markdown import is_external
from .source_links import external_fault

#: Attributes whose address the browser loads by itself, by element.
_LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
#: Relations of <link> that load nothing.
_NOT_LOADED = {"canonical", "next", "prev", "index", "search", "author", "copyright", "top"}
#: What a style sheet would load from another host.
_FROM_ELSEWHERE = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])((?:https?:)?//[^"')\s]+)""")


class Page(HTMLParser):
    """The addresses that a page names, those that it loads, and the places that can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element refers to."""
        values = dict(attrs)
        self.places |= {value for name in ("id", "name") if (value := values.get(name))}
        if tag == "a" and (target := values.get("href")):
            self.links.append(target)
        relation = set((values.get("rel") or "").split())
        if tag in _LOADED and not relation & _NOT_LOADED and (target := values.get(_LOADED[tag])):
            self.loaded.append(target)


def faults(site: Path) -> list[str]:
    """Return a line for each address that leads nowhere or would be loaded from elsewhere."""
    # The theme keeps a template among its styles and scripts.
    files = (file for file in sorted(site.rglob("*.html")) if "_static" not in file.parts)
    pages = {file.relative_to(site).as_posix(): Page(file.read_text(encoding="utf-8")) for file in files}
    found = [
        f"{style.relative_to(site).as_posix()}: {address} is loaded from elsewhere"
        for style in sorted(site.rglob("*.css"))
        for address in _FROM_ELSEWHERE.findall(style.read_text(encoding="utf-8"))
    ]
    for name, page in pages.items():
        for target in page.loaded:
            if is_external(target) and not target.startswith("data:") or target.startswith("//"):
                found.append(f"{name}: {target} is loaded from elsewhere")
        for target in dict.fromkeys(page.links + page.loaded):
            if fault := _fault(site, pages, name, target):
                found.append(f"{name}: {target} {fault}")
    return found


def _fault(site: Path, pages: dict[str, Page], name: str, target: str) -> str | None:
    if is_external(target):
        return None if target.startswith("data:") else external_fault(target)
    path, _, place = target.partition("#")
    path = unquote(path.partition("?")[0])
    file = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
    if not (site / file).is_file():
        return "is no file of the site"
    if place and file in pages and unquote(place) not in pages[file].places:
        return f"is no place of {file}"
    return None
