"""Check the links between the documents of the repository, as a code host resolves them.

    PYTHONPATH=scripts python -m documentation.source_links

Each target must be a file or a folder of the repository, and each anchor a heading of the page. Links that leave the
repository must be well-formed; nothing is fetched.
"""

from __future__ import annotations

import posixpath
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from . import markdown

_ROOT = Path(__file__).resolve().parents[2]


def tracked(root: Path) -> set[str]:
    """Return the files that git tracks or would add, and their folders."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    files = {path for path in listing.split("\0") if path and (root / path).exists()}
    return files | {parent.as_posix() for path in files for parent in Path(path).parents}


def external_fault(target: str) -> str | None:
    """Return what is wrong with a link that leaves the repository, None for a good one."""
    try:
        parts = urlsplit(target)
    except ValueError as error:
        return str(error)
    if parts.scheme == "mailto":
        return None if "@" in parts.path else "has no address"
    if parts.scheme != "https":
        return f"has the scheme {parts.scheme}, not https"
    return None if "." in (parts.hostname or "") else "names no host"


def faults(root: Path = _ROOT) -> list[str]:
    """Return a line for each link that leads nowhere."""
    known, found = tracked(root), []
    pages = {path: (root / path).read_text(encoding="utf-8") for path in sorted(known) if path.endswith(".md")}
    for page, text in pages.items():
        for link in markdown.links(text):
            place = f"{page}:{link.line}: {link.target}"
            if link.is_external:
                if fault := external_fault(link.target):
                    found.append(f"{place} {fault}")
                continue
            path, _, anchor = link.target.partition("#")
            path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(path))) if path else page
            if path not in known:
                found.append(f"{place} is no file of the repository")
            elif anchor and (path not in pages or anchor not in markdown.anchors(pages[path])):
                found.append(f"{place} is no heading of {path}")
    return found


if __name__ == "__main__":
    if lines := faults():
        sys.exit("\n".join(lines))
