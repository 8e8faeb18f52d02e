"""Draw the modules of Package.swift and who needs whom: docs/architecture.svg, beside docs/architecture.md.

    make architecture            writes the picture
    scripts/architecture.py --check   fails where the picture is not what Package.swift says

A module stands below all that it needs. Lines that others imply are left out: if ABI needs Evaluation and Evaluation needs
Transport, no line leads from ABI to Transport. What a module is for comes from the table of docs/architecture.md.
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
    support = {name for name in regular if name.endswith("Support")}
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


def depths(needs: dict[str, set[str]]) -> dict[str, int]:
    """Return how many modules stand above each, along the longest way."""
    found: dict[str, int] = {}

    def depth(name: str) -> int:
        if name not in found:
            found[name] = 1 + max((depth(other) for other in needs[name]), default=-1)
        return found[name]

    for name in needs:
        depth(name)
    return found


def direct(needs: dict[str, set[str]]) -> list[tuple[str, str]]:
    """Return the pairs (module, what it needs) that no other pairs imply."""

    def reached(name: str) -> set[str]:
        return needs[name].union(*(reached(other) for other in needs[name]))

    implied = {name: set().union(*(reached(other) for other in needs[name])) for name in needs}
    return sorted((name, other) for name in needs for other in needs[name] - implied[name])


def drawn(needs: dict[str, set[str]], purpose: dict[str, str]) -> str:
    """Return the picture."""
    depth = depths(needs)
    rows = [[name for name in needs if depth[name] == level] for level in range(max(depth.values()) + 1)]
    width = max(len(row) for row in rows) * (BOX + GAP) - GAP + 2 * MARGIN
    place: dict[str, tuple[float, float]] = {}
    for level, row in enumerate(rows):
        left = (width - len(row) * (BOX + GAP) + GAP) / 2
        for index, name in enumerate(row):
            place[name] = (left + index * (BOX + GAP), MARGIN + level * (HEIGHT + RISE))
    height = 2 * MARGIN + len(rows) * (HEIGHT + RISE) - RISE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" role="img">',
        "<title>Modules of the library, each below those it needs</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    parts += [line(place[other], place[name]) for name, other in direct(needs)]
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
    lines = wrapped(purpose, 34)
    texts = [f'<text x="{x + BOX / 2:g}" y="{y + 20:g}" font-size="14" font-weight="bold">{escape(name)}</text>']
    for index, text in enumerate(lines[:2]):
        texts.append(f'<text x="{x + BOX / 2:g}" y="{y + 37 + 14 * index:g}" font-size="11">{escape(text)}</text>')
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
