"""Where the files of the repository are on the site."""

from __future__ import annotations

import posixpath

#: The page that each document becomes. Documents of docs/ that are not named here are pages of the guide.
PAGES = {
    "README.md": "index.md",
    "bindings/python/README.md": "start/python.md",
    "bindings/r/README.md": "start/r.md",
    "bindings/julia/README.md": "start/julia.md",
    "bindings/julia/JKOnetStar.jl/README.md": "start/julia.md",
    "bindings/cpp/README.md": "start/cpp.md",
    "examples/c/README.md": "start/c.md",
    "docs/command_line.md": "reference/command_line.md",
    "docs/model_file.md": "reference/model_file.md",
    "docs/functionals.md": "reference/functionals.md",
    "docs/warnings.md": "reference/warnings.md",
    "docs/glossary.md": "reference/glossary.md",
    "docs/architecture.md": "how/architecture.md",
    "docs/conventions.md": "how/conventions.md",
    "docs/design.md": "how/design.md",
    "docs/reliability.md": "how/reliability.md",
    "docs/results.md": "results/index.md",
    "docs/dependencies.md": "project/dependencies.md",
    "docs/release.md": "project/release.md",
    "CHANGELOG.md": "project/changelog.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "SECURITY.md": "project/security.md",
}

#: Folders and files that no document is, and the page of the site that shows them.
SHOWN = {
    "LICENSE": "project/licence.md",
    "NOTICE": "project/licence.md",
    "CITATION.cff": "project/citing.md",
    "include": "reference/c/index.rst",
    "include/jkonetstar": "reference/c/index.rst",
    "include/jkonetstar.h": "reference/c/index.rst",
    "bindings/cpp": "reference/cpp/index.rst",
    "examples/python": "guide/examples/index.md",
    "examples/c": "guide/examples/index.md",
    "examples/cpp": "guide/examples/index.md",
    "examples/swift": "guide/examples/index.md",
    "bindings/python": "start/python.md",
    "bindings/r": "start/r.md",
    "bindings/julia": "start/julia.md",
    "bindings/julia/JKOnetStar.jl": "start/julia.md",
    "docs": "index.md",
}

#: What the examples of each language are called.
EXAMPLES = {
    "python": ("Python", ".py"),
    "c": ("C", ".c"),
    "cpp": ("C++", ".cpp"),
    "r": ("R", ".R"),
    "julia": ("Julia", ".jl"),
    "swift": ("Swift", ".swift"),
}

PICTURES = (".png", ".svg")


def example_page(path: str) -> str | None:
    """Return the page of a program of examples/, None for other files."""
    folder, name = posixpath.split(path)
    language = posixpath.basename(folder)
    if posixpath.dirname(folder) != "examples" or language not in EXAMPLES:
        return None
    stem, ending = posixpath.splitext(name)
    return f"guide/examples/{language}/{stem}.md" if ending == EXAMPLES[language][1] else None


def page_of(path: str) -> str | None:
    """Return the page that shows a file or folder of the repository; None where no page does."""
    if path in PAGES:
        return PAGES[path]
    if path in SHOWN:
        return SHOWN[path]
    folder, name = posixpath.split(path)
    stem, ending = posixpath.splitext(name)
    if folder == "docs" and ending == ".md":
        return f"guide/{name}"
    if folder == "include/jkonetstar" and ending == ".h":
        return f"reference/c/{stem}.rst"
    return example_page(path)


def picture_of(path: str) -> str | None:
    """Return where a picture of docs/ is among the sources of the site."""
    if not path.startswith("docs/") or not path.endswith(PICTURES):
        return None
    return "pictures/" + path[len("docs/") :]


#: Pages of languages whose package or tool may be missing. Lists of contents leave out those that are not there.
OPTIONAL = (
    "start/cpp",
    "start/r",
    "start/julia",
    "reference/cpp/index",
    "reference/r/index",
    "reference/swift/index",
)
