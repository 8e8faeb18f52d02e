"""Time courses to judge estimators on: published ones, read where they lie, and simulated ones."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable, NamedTuple

import jkonetstar as jk
import numpy as np
from simulated_courses import SIMULATED, Pooled

COURSES = Path(os.environ.get("JKONETSTAR_COURSES") or Path(__file__).resolve().parents[2] / "shared" / "data")


class Course(NamedTuple):
    """Snapshots, and what is known of them.

    Attributes
    ----------
    series : Snapshots
        Published courses have the labels of their snapshots, or their counts, as times.
    known : str
        Where they are from, or what moves them.
    still : bool
        Whether nothing moves.
    chooses : bool
        Whether the study of the defaults chose by this course; the others confirmed the choice.
    """

    series: jk.Snapshots
    known: str
    still: bool = False
    chooses: bool = False


def table(name: str) -> Callable[[Path], Pooled]:
    """Return a reader of a csv file whose first column is the time."""

    def read(folder: Path) -> Pooled:
        rows = np.loadtxt(folder / f"{name}.csv", delimiter=",", skiprows=1)
        return rows[:, 1:], rows[:, 0]

    return read


def cells(folder: Path) -> Pooled:
    """Read the embryoid bodies."""
    return np.load(folder / "data.npy"), np.load(folder / "sample_labels.npy")


def double_well(folder: Path) -> Pooled:
    """Read every tenth frame of the double well."""
    frames = np.load(folder / "cis.npz")["trajectories"][::10]
    return frames.reshape(-1, frames.shape[-1]), np.repeat(np.arange(len(frames)), frames.shape[1])


#: Reader and description of each published course, by its folder.
PUBLISHED = {
    "eb": (cells, "embryoid bodies, five principal components"),
    "emt": (table("emt"), "A549 cells under TGF-beta"),
    "ipsc": (table("ipsc"), "differentiation of induced stem cells, qPCR"),
    "mouse": (table("mouse"), "haematopoiesis, two coordinates of an embedding; grows"),
    "genes": (table("genes"), "simulated circuit of three genes; grows"),
    "double_well": (double_well, "simulated double well with Gaussian interaction, one population throughout"),
}

#: What moves the simulated courses, by name.
KNOWN = {
    "OU, d = 2": "V = |x|^2 / 2, beta = 0.5",
    "OU, d = 10": "V = sum of r_i x_i^2 / 2 with r from 0.2 to 2, beta = 0.5",
    "wells": "V = (x_1^2 - 1)^2 + 2 x_2^2, beta = 0.25",
    "wells and U": "the same V, U = -exp(-|z|^2 / 2), beta = 0.25",
    "moving well": "V = 3 |x - c(t)|^2 / 2 with c on the unit circle, beta = 0.1",
    "rotation": "no gradient: a turn by one radian per unit of time, beta = 0.05",
    "branching, d = 50": "two coordinates that drift and branch, turned into noise",
    "branching, d = 100": "three coordinates that drift and branch twice, turned into noise",
    "60 particles": "wells in three coordinates, beta = 0.25",
    "5,000 particles": "wells in two coordinates and one gap, beta = 0.25",
    "unequal gaps": "wells in three coordinates, beta = 0.25, gaps from 0.05 to 1.2",
    "identical, d = 2": "nothing moves",
    "identical, d = 10": "nothing moves",
}

#: The half of the courses by which the study chose.
CHOOSING = {
    *("emt", "mouse", "double_well", "OU, d = 2", "wells and U", "moving well"),
    *("branching, d = 50", "60 particles", "identical, d = 2"),
}

#: Courses that are quick to fit, one of each kind.
QUICK = ("emt", "ipsc", "genes", "OU, d = 2", "branching, d = 50", "60 particles", "identical, d = 2")


def names() -> list[str]:
    """Return the names of all courses that are there."""
    return [name for name in PUBLISHED if (COURSES / name).is_dir()] + list(SIMULATED)


def course(name: str) -> Course:
    """Read or simulate a course."""
    if name in PUBLISHED:
        read, known = PUBLISHED[name]
        return Course(jk.Snapshots(*read(COURSES / name)), known, chooses=name in CHOOSING)
    still = name.startswith("identical")
    return Course(jk.Snapshots(*SIMULATED[name]()), KNOWN[name], still, name in CHOOSING)
