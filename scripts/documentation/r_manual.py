"""Pages of the R package, from the manual pages that R CMD check reads (bindings/r/man/*.Rd)."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from html import unescape
from pathlib import Path

#: Each manual page as a fragment of HTML, whose links to other pages of the package are relative.
_PROGRAM = """
arguments <- commandArgs(trailingOnly = TRUE)
for (file in list.files(arguments[1], pattern = "[.]Rd$", full.names = TRUE)) {
  output <- file.path(arguments[2], sub("[.]Rd$", ".html", basename(file)))
  # Links to packages that are not installed are left out below, and need no warning.
  suppressWarnings(tools::Rd2HTML(file, output, package = "jkonetstar", stages = c("build", "install", "render")))
}
"""


def convert(manual: Path, folder: Path) -> list[Path] | None:
    """Have R write HTML of the manual pages; None where R is missing."""
    if shutil.which("Rscript") is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    command = ["Rscript", "--vanilla", "-e", _PROGRAM, str(manual), str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.glob("*.html"))


def pages(files: list[Path]) -> Iterator[tuple[str, str]]:
    """Write a page of the site for each manual page, and the list of all."""
    rows, toctree = [], []
    titles = {file.stem: _title(file.read_text(encoding="utf-8")) for file in files}
    # The page of the package stands first.
    for name in sorted(titles, key=lambda name: (not name.endswith("-package"), name.lower())):
        rows.append(f"| [{name}]({name}.md) | {titles[name]} |")
        toctree.append(name)
    listing = ["# R", "", "| topic | purpose |", "|---|---|", *rows, "", "```{toctree}", ":hidden:", ""]
    yield "reference/r/index.md", "\n".join([*listing, *toctree, "```", ""])
    for file in files:
        yield f"reference/r/{file.stem}.md", _page(file, set(titles))


def _title(html: str) -> str:
    found = re.search(r"<h2[^>]*>(.*?)</h2>", html, re.S)
    return re.sub(r"<[^>]+>|\s+", " ", found[1]).strip() if found else ""


def _page(file: Path, known: set[str]) -> str:
    """Return a manual page with a section for each of its headings, so that they are in the list of contents."""
    html = file.read_text(encoding="utf-8")
    body = re.split(r"<hr\b|</div>\s*</body>", html.partition("</h2>")[2])[0]
    body = re.sub(r'<a href="([^"#]*)(#[^"]*)?">(.*?)</a>', lambda link: _link(link, known), body, flags=re.S)
    parts = [f"# {file.stem}\n\n{_title(html)}.\n"]
    for heading, text in zip(*[iter(re.split(r"<h3[^>]*>(.*?)</h3>", body, flags=re.S)[1:])] * 2):
        parts.append(f"## {heading}\n")
        pieces = re.split(r"<pre><code class='language-R'>(.*?)</code></pre>", text, flags=re.S)
        for number, piece in enumerate(pieces):
            if number % 2:
                parts.append(f"```r\n{unescape(piece).strip()}\n```\n")
            elif piece.strip():
                parts.append(f"```{{raw}} html\n{piece.strip()}\n```\n")
    return "\n".join(parts)


def _link(link: re.Match[str], known: set[str]) -> str:
    """Keep links to pages of the package and to the network; those to manuals of other packages lead nowhere here."""
    target = link[1]
    name = target.rsplit("/", 1)[-1].removesuffix(".html")
    if re.match(r"https?:", target):
        return link[0]
    return f'<a href="{name}.html">{link[3]}</a>' if name in known else link[3]
