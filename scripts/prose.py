"""Find lines of comments and documentation that are longer than 120 columns.

Print `file:line: columns` for each and fail if there is one. Rows of Markdown tables may be longer, and URLs do not
count.
"""

import ast
import io
import re
import subprocess
import sys
import tokenize
from pathlib import Path

LIMIT = 120
PLACES = "Sources include Tests bindings docs scripts examples benchmarks README.md CONTRIBUTING.md".split()
C_LIKE = {".swift", ".h", ".c", ".cpp", ".hpp"}
# Matches a string literal, or the beginning of a comment as its group. Literals go first: `//` in them begins none.
C_TOKENS = re.compile(r'"(?:\\.|[^"\\])*"|(//|/\*)')


def markdown_lines(text):
    """Return the numbers of all lines but rows of tables and code."""
    found, code = [], False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            code = not code
        elif not code and not line.lstrip().startswith("|"):
            found.append(number)
    return found


def c_lines(text):
    """Return the numbers of the lines that hold a comment or a part of one."""
    found, inside = [], False
    for number, line in enumerate(text.splitlines(), 1):
        holds, rest = inside, line
        while True:
            if inside:
                _, end, rest = rest.partition("*/")
                if not end:
                    break
                inside = False
            comment = next((match for match in C_TOKENS.finditer(rest) if match[1]), None)
            if comment is None:
                break
            holds = True
            if comment[1] == "//":
                break
            inside, rest = True, rest[comment.end() :]
        if holds:
            found.append(number)
    return found


def python_lines(text):
    """Return the numbers of the lines of comments and docstrings."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    found = {token.start[0] for token in tokens if token.type == tokenize.COMMENT}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            found.update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return sorted(found)


def shell_lines(text):
    """Return the numbers of the lines that are comments."""
    return [number for number, line in enumerate(text.splitlines(), 1) if line.lstrip().startswith("#")]


def reader(path):
    """Return the function that finds the lines of documentation in a file, or None where there are none."""
    if path.suffix in C_LIKE:
        return c_lines
    return {".md": markdown_lines, ".py": python_lines, ".sh": shell_lines, ".R": shell_lines}.get(path.suffix)


def main():
    """Check all tracked files of the places above."""
    listing = subprocess.run(["git", "ls-files", "-z", "--", *PLACES], capture_output=True, text=True, check=True)
    count = 0
    for path in map(Path, filter(None, listing.stdout.split("\0"))):
        if (read := reader(path)) is None or not path.exists():
            continue
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        for number in read(text):
            columns = len(re.sub(r"https?://[^\s)>\]]+", "", lines[number - 1]))
            if columns > LIMIT:
                print(f"{path}:{number}: {columns} columns")
                count += 1
    if count:
        sys.exit(f"{count} lines of comments or documentation are longer than {LIMIT} columns")


main()
