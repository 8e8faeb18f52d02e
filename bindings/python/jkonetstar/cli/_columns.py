"""The names by which times, points and weights are recognised, as the library's own readers do."""

from __future__ import annotations

from typing import Collection, Iterable

from .._columns import TIMES, WEIGHTS

__all__ = ["POINTS", "TIMES", "WEIGHTS", "no_times", "only_one"]

POINTS = ("X", "points", "data", "trajectories", "coordinates", "positions", "particles")


def only_one(known: Collection[str], names: Iterable[str]) -> str | None:
    """Return the only one of some names that is known, whatever its case."""
    lower = {name.lower() for name in known}
    found = [name for name in names if name.strip().lower() in lower]
    return found[0] if len(found) == 1 else None


def no_times(names: Iterable[str]) -> str:
    """Return what to say of a file in which no times were recognised."""
    return f"no times: --time names one of {', '.join(map(repr, names)) or 'none'}"
