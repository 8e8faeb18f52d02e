"""Make the pictures of docs/gallery.md by running the code that it shows.

    python examples/python/gallery.py [FOLDER]

Every block of Python on that page runs, in their order; a picture that follows a block is the figure that the block
made. Blocks about cells are left out where these are not found (see README.md).
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Iterator, NamedTuple

import matplotlib
from PIL import Image

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "gallery.md"
CELLS = Path(os.environ.get("JKONETSTAR_DATA") or ROOT.parent / "shared" / "data" / "eb")


class Block(NamedTuple):
    """A piece of code, the picture that it makes, and whether it needs the cells."""

    code: str
    picture: str | None
    cells: bool


def blocks(page: str) -> Iterator[Block]:
    """Find the code of a page, and the picture that follows each piece before the next one."""
    parts = re.split(r"^```python( cells)?\n(.*?)^```$", page, flags=re.M | re.S)[1:]
    for mark, code, text in zip(parts[::3], parts[1::3], parts[2::3]):
        found = re.search(r"^!\[.+\]\(gallery/(\w+\.png)\)$", text, re.M)
        yield Block(code, found and found[1], bool(mark))


def draw(folder: Path, dpi: int = 150) -> None:
    """Run the page, and put its pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    names: dict[str, object] = {"CELLS": CELLS}
    there = (CELLS / "data.npy").is_file()
    for block in blocks(PAGE.read_text(encoding="utf-8")):
        if block.cells and not there:
            print(f"no cells in {CELLS}: left out {block.picture}")
            continue
        exec(compile(block.code, PAGE.name, "exec"), names)
        if block.picture is not None:
            plt.savefig(folder / block.picture, dpi=dpi, bbox_inches="tight", pad_inches=0.05)
            shrink(folder / block.picture)
            print(f"picture: {folder / block.picture}")
        plt.close("all")


def shrink(path: Path) -> None:
    """Keep 256 colours, which are enough for these pictures, and a third of the bytes."""
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


if __name__ == "__main__":
    draw(Path(sys.argv[1] if len(sys.argv) > 1 else "out"))
