"""Gather the sources of the site in one folder, from which Sphinx makes HTML."""

from __future__ import annotations

import posixpath
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from . import c_headers, cpp_headers, examples, markdown, places, source_links

#: Pages that exist on the site only: its sections, and the lists of names of the references.
SITE_PAGES = "docs/site"


def gather(root: Path, sources: Path) -> None:
    """Write the sources of the site: documents, pictures, pages of the site, examples, lists of the headers."""
    shutil.copytree(root / SITE_PAGES, sources, ignore=shutil.ignore_patterns("__pycache__"))
    known = source_links.tracked(root)
    texts = {path: (root / path).read_text(encoding="utf-8") for path in sorted(known) if path.endswith(".md")}
    titles = {path: markdown.title(text) for path, text in texts.items()}
    for path in sorted(known):
        if (picture := places.picture_of(path)) is not None:
            _copy(root / path, sources / picture)
        if path.endswith(".md") and not path.startswith(SITE_PAGES) and (page := places.page_of(path)) is not None:
            text = document(path, texts[path], titles)
            write(sources / page, text + _appendix(sources / page))
    for page, text in examples.pages(root, known):
        write(sources / page, text)
    for page, text in [*c_headers.pages(root / "include"), *cpp_headers.pages(root / "bindings" / "cpp")]:
        write(sources / page, text)
    for path in ("LICENSE", "NOTICE", "CITATION.cff"):
        _copy(root / path, sources / "project" / path)


def complete_contents(sources: Path) -> None:
    """Leave optional pages that are not there out of the lists of contents, and complete the list of the guide.

    A line `*` stands for the pages of the folder that the list does not name.
    """
    present = {page.relative_to(sources).with_suffix("").as_posix() for page in sources.rglob("*.*")}
    absent = set(places.OPTIONAL) - present
    for index in sources.glob("*/index.md"):
        lines = index.read_text(encoding="utf-8").splitlines()
        folder = index.parent.name
        entries = {line: posixpath.normpath(posixpath.join("/" + folder, _entry(line)))[1:] for line in lines}
        kept = [line for line in lines if entries[line] not in absent]
        unnamed = {page for page in present if posixpath.dirname(page) == folder} - {f"{folder}/index"}
        rest = sorted(posixpath.basename(page) for page in unnamed - set(entries.values()))
        write(index, "\n".join("\n".join(rest) if line == "*" else line for line in kept) + "\n")


def _entry(line: str) -> str:
    """Return the page that a line of a list of contents names."""
    titled = re.fullmatch(r".* <(\S+)>", line)
    return titled[1] if titled else line


def document(path: str, text: str, titles: Mapping[str, str]) -> str:
    """Return a document of the repository as a page of the site, whose links lead to pages of the site.

    Links that are called by the name of their file are called by the title of the page. A file that the site does not
    show is named without a link, because the site is read without the repository, too.
    """
    page = places.page_of(path) or path

    def rewritten(link: markdown.Link) -> str:
        if link.target.startswith("#") or link.is_external:
            return link.whole
        name, _, anchor = link.target.partition("#")
        name = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(name)))
        place = places.picture_of(name) or places.page_of(name)
        if place is None:
            return link.text
        called = titles.get(name, link.text) if re.fullmatch(r"[\w/.]+\.md", link.text) else link.text
        target = posixpath.relpath(place, posixpath.dirname(page) or ".")
        return f"[{called}]({target}#{anchor})" if anchor else f"[{called}]({target})"

    return markdown.with_links(text, rewritten)


def _appendix(page: Path) -> str:
    """Return what the site adds to a document: the page of the same name in docs/site, such as a list of contents."""
    return "\n" + page.read_text(encoding="utf-8") if page.exists() else ""


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def write(page: Path, text: str) -> None:
    """Write a page among the sources of the site."""
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")
