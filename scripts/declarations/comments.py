"""Doc comments of a C header: which one belongs to a declaration, and its first sentence."""

from __future__ import annotations

import re
from pathlib import Path

_COMMENT = re.compile(r"/\*\*(.*?)\*/", re.S)
# What may stand between a comment and the line on which the declared name is: that it is to go, parts of a type,
# `#define` or nothing.
_BETWEEN = re.compile(r'\s*(JKO_DEPRECATED\("[^"\n]*"\))?[\w\s*]*\Z')
_SENTENCE = re.compile(r"(.+?\.)(?:\s+[A-Z(\d-]|\Z)", re.S)


class Comments:
    """The doc comments of one file."""

    def __init__(self, path: Path) -> None:
        self._text = path.read_text(encoding="utf-8")
        self._lines = [0, *(match.end() for match in re.finditer("\n", self._text))]
        self._comments = list(_COMMENT.finditer(self._text))

    def before(self, line: int) -> str | None:
        """Return the summary of what is declared on a line, counted from 1; None if it has no doc comment."""
        return _summary(self._comment(line)) or None

    def returned(self, line: int) -> str:
        """Return what the comment of what is declared on a line says behind `@return`; "" if it says nothing."""
        return " ".join(_plain(self._comment(line)).partition("@return")[2].split())

    def _comment(self, line: int) -> str:
        start = self._lines[line - 1]
        comment = next((comment for comment in reversed(self._comments) if comment.end() <= start), None)
        return comment[1] if comment and _BETWEEN.match(self._text[comment.end() : start]) else ""


def _plain(comment: str) -> str:
    """Return the text inside `/** */` without the asterisks at its margin."""
    return "\n".join(re.sub(r"^\s*\*?\s?", "", line) for line in comment.splitlines())


def _summary(comment: str) -> str:
    """Return the first sentence of the text inside `/** */`, without Doxygen's marks."""
    paragraph = re.split(r"\n\s*\n|@(?:param|return)\b", _plain(comment).strip())[0]
    plain = re.sub(r"::(?=jko_|JKO_)|@\w+\s+", "", " ".join(paragraph.split()))
    sentence = _SENTENCE.match(plain)
    found = (sentence[1] if sentence else plain).rstrip(" .")
    return found and found + "."
