"""Draw the modules of Package.swift and who needs whom: docs/architecture.svg, beside docs/architecture.md.

    make architecture            writes the picture
    scripts/architecture.py --check   fails where the picture is not what Package.swift says

A module stands below all that it needs, as low as those that need it allow. Lines that others imply are left out: if
ABI needs Evaluation and Evaluation needs Transport, no line leads from ABI to Transport. What a module is for comes
from the table of docs/architecture.md.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE, PICTURE = ROOT / "docs" / "architecture.md", ROOT / "docs" / "architecture.svg"

#: Variants of one module, and the name they have together.
VARIANTS = re.compile(r"^Kernels(Baseline|V3|V4)$")

BOX, GAP, HEIGHT, RISE, MARGIN = 208, 24, 62, 54, 24


def modules() -> dict[str, set[str]]:
    """Return the modules of the library, each with those it needs."""
    command = ["swift", "package", "--package-path", str(ROOT), "dump-package"]
    package = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    needs: dict[str, set[str]] = {}
    regular = {target["name"] for target in package["targets"] if target["type"] == "regular"}
    support = {target["name"] for target in package["targets"] if (target.get("path") or "").startswith("Tests/")}
    for target in package["targets"]:
        if target["name"] in regular - support:
            found = {next(iter(dependency.values()))[0] for dependency in target["dependencies"]}
            needs.setdefault(merged(target["name"]), set()).update(map(merged, found & regular))
    return {name: others - {name} for name, others in needs.items()}


def merged(name: str) -> str:
    """Return a module's name, variants as one."""
    return VARIANTS.sub("Kernels", name)


def purposes() -> dict[str, str]:
    """Return what each module is for, from the table of the page."""
    return dict(re.findall(r"^\| `([A-Z]\w+)` \| ([^|]+?) \|", PAGE.read_text(), re.MULTILINE))


def levels(needs: dict[str, set[str]]) -> list[list[str]]:
    """Return the rows of the picture: each module as low as the modules that need it allow."""
    users = {name: {user for user, others in needs.items() if name in others} for name in needs}
    found: dict[str, int] = {}

    def height(name: str) -> int:
        if name not in found:
            found[name] = 1 + max((height(user) for user in users[name]), default=-1)
        return found[name]

    top = max(map(height, needs))
    return [[name for name in needs if found[name] == top - level] for level in range(top + 1)]


def places(rows: list[list[str]], lines: list[tuple[str, str]]) -> tuple[float, dict[str, tuple[float, float]]]:
    """Return the width of the picture and the corner of each box.

    The widest row is evenly spaced. In the rows above it a module stands over those that need it, where there is room.
    """
    widest = max(range(len(rows)), key=lambda level: len(rows[level]))
    width = len(rows[widest]) * (BOX + GAP) - GAP + 2 * MARGIN
    left: dict[str, float] = {}
    for level in [*range(widest, -1, -1), *range(widest + 1, len(rows))]:
        row = rows[level]
        even = {name: (width - len(row) * (BOX + GAP) + GAP) / 2 + k * (BOX + GAP) for k, name in enumerate(row)}
        users = {name: [left[user] for user, need in lines if need == name and user in left] for name in row}
        over = {name: users[name] or [even[name]] for name in row}
        means = {name: sum(xs) / len(xs) for name, xs in over.items()}
        ordered = sorted(means.values())
        fits = all(b - a >= BOX + GAP for a, b in zip(ordered, ordered[1:]))
        left |= means if fits else even
    return width, {name: (left[name], MARGIN + y * (HEIGHT + RISE)) for y, row in enumerate(rows) for name in row}


def direct(needs: dict[str, set[str]]) -> list[tuple[str, str]]:
    """Return the pairs (module, what it needs) that no other pairs imply."""

    def reached(name: str) -> set[str]:
        return needs[name].union(*(reached(other) for other in needs[name]))

    implied = {name: set().union(*(reached(other) for other in needs[name])) for name in needs}
    return sorted((name, other) for name in needs for other in needs[name] - implied[name])


def drawn(needs: dict[str, set[str]], purpose: dict[str, str]) -> str:
    """Return the picture."""
    rows, lines = levels(needs), direct(needs)
    width, place = places(rows, lines)
    height = 2 * MARGIN + len(rows) * (HEIGHT + RISE) - RISE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" role="img">',
        "<title>Modules of the library, each below those it needs</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    parts += [line(place[other], place[name]) for name, other in lines]
    parts += [box(name, purpose[name], *place[name]) for name in place]
    return "\n".join([*parts, "</svg>", ""])


def line(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Return a curve from the bottom of one box to the top of another."""
    x, y, u, v = start[0] + BOX / 2, start[1] + HEIGHT, end[0] + BOX / 2, end[1]
    bend = (v - y) / 2
    path = f"M{x:g} {y:g} C{x:g} {y + bend:g} {u:g} {v - bend:g} {u:g} {v:g}"
    return f'<path d="{path}" fill="none" stroke="#8a94a6" stroke-width="1.5"/>'


def box(name: str, purpose: str, x: float, y: float) -> str:
    """Return a box with a name and one or two lines that say what the module is for."""
    lines = wrapped(purpose, 32)
    texts = [f'<text x="{x + BOX / 2:g}" y="{y + 20:g}" font-size="14" font-weight="bold">{escape(name)}</text>']
    for index, text in enumerate(lines[:2]):
        texts.append(f'<text x="{x + BOX / 2:g}" y="{y + 37 + 14 * index:g}" font-size="10.5">{escape(text)}</text>')
    frame = f'<rect x="{x:g}" y="{y:g}" width="{BOX}" height="{HEIGHT}" rx="6" fill="#eef3fa" stroke="#33507a"/>'
    return frame + '<g text-anchor="middle" fill="#14233a">' + "".join(texts) + "</g>"


def wrapped(text: str, width: int) -> list[str]:
    """Return a text in lines of at most so many characters."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def main() -> int:
    """Write the picture, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the picture that is there")
    check = parser.parse_args().check
    needs, purpose = modules(), purposes()
    missing = sorted(needs.keys() - purpose.keys()) + sorted(purpose.keys() - needs.keys())
    if missing:
        print(f"{PAGE.relative_to(ROOT)}: the table and Package.swift differ in {', '.join(missing)}", file=sys.stderr)
        return 1
    picture = drawn(needs, purpose)
    if not check:
        PICTURE.write_text(picture)
    elif not PICTURE.is_file() or PICTURE.read_text() != picture:
        print(f"{PICTURE.relative_to(ROOT)} is not what Package.swift says; run make architecture", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
