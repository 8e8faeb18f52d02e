"""Times as people write them, as numbers: "Day 3", "Day 06-09", "E8.5", categories, durations and dates."""

from __future__ import annotations

import re
from typing import Any, Mapping

import numpy as np
from numpy.typing import NDArray

from . import _arrays
from ._errors import InputError

#: Words around one number, or around two of which the middle is meant.
_LABEL = re.compile(
    r"(?P<before>.*?)(?P<first>[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)"
    r"(?:\s*(?:-|to|_)\s*(?P<last>\d+(?:\.\d+)?))?(?P<after>\D*)"
)


def understood(
    times: Any, name: str = "time", time_map: Mapping[Any, float] | None = None
) -> tuple[NDArray[np.float64], str | None]:
    """Return times as numbers, and in words what was understood of them; None where they were numbers.

    Parameters
    ----------
    times : array_like
        Numbers, strings, categories, durations or dates, one for each particle.
    name : str
        What messages call them.
    time_map : mapping, optional
        The number of each label; labels that it lacks are an error.
    """
    column = _labels(times)
    if column.ndim != 1:
        raise InputError(f"{name} has {column.ndim} dimensions; it must have 1", "JKO_ESHAPE")
    if time_map is not None:
        return _mapped(column, name, time_map), None
    if column.dtype.kind == "m":
        _require_known(np.isnat(column), name)
        return column / np.timedelta64(1, "D"), f"{name} is in days"
    if column.dtype.kind == "M":
        _require_known(np.isnat(column), name)
        if not len(column):
            return np.zeros(0), None
        first = column.min()
        return (column - first) / np.timedelta64(1, "D"), f"{name} is in days since {np.datetime_as_string(first)}"
    if column.dtype.kind == "b":
        raise InputError(f"{name} holds truth values, which are no times")
    if column.dtype.kind in "OUS":
        return _read(column, name)
    return _arrays.vector(column, name), None


def _labels(times: Any) -> NDArray[Any]:
    """Return a column of any library as an array; categories as their labels."""
    if hasattr(times, "to_numpy"):
        return np.asarray(times.to_numpy())
    return np.asarray(times)


def _mapped(column: NDArray[Any], name: str, time_map: Mapping[Any, float]) -> NDArray[np.float64]:
    found = np.empty(len(column))
    for row, label in enumerate(column.tolist()):
        if label not in time_map:
            raise InputError(f"{name}[{row}] = {label!r} is not in time_map, which has {sorted(map(str, time_map))}")
        found[row] = _arrays.real(time_map[label], f"time_map[{label!r}]")
    return found


def _read(column: NDArray[Any], name: str) -> tuple[NDArray[np.float64], str | None]:
    """Return the numbers in labels that differ in nothing else."""
    labels = column.tolist()
    _require_known(np.array([_is_missing(label) for label in labels], dtype=bool), name)
    if all(isinstance(label, (int, float, np.number)) and not isinstance(label, bool) for label in labels):
        return _arrays.vector(column.astype(np.float64), name), None
    known: dict[Any, float] = {}
    words: dict[tuple[str, str], str] = {}
    for row, label in enumerate(labels):
        if label in known:
            continue
        matched = _LABEL.fullmatch(str(label).strip())
        if isinstance(label, bool) or matched is None:
            raise InputError(f"{name}[{row}] = {label!r} has no number; say by time_map={{{label!r}: 0.0, ...}}")
        around = matched["before"].strip().lower(), matched["after"].strip().lower()
        words.setdefault(around, str(label))
        if len(words) > 1:
            one, other = list(words.values())[:2]
            raise InputError(
                f"{name} has {one!r} and {other!r}, which may be in different units; say by time_map={{{one!r}: ...}}"
            )
        ends = [float(matched[end]) for end in ("first", "last") if matched[end] is not None]
        known[label] = sum(ends) / len(ends)
    told = sorted(known.items(), key=lambda item: item[1])
    shown = ", ".join(f"{str(label)!r} is {number:g}" for label, number in told[:6])
    numbers = np.array([known[label] for label in labels], dtype=np.float64)
    return numbers, f"{name}: {shown}" + (", ..." if len(told) > 6 else "")


def _is_missing(label: Any) -> bool:
    return label is None or label != label or (isinstance(label, str) and not label.strip())


def _require_known(missing: NDArray[np.bool_], name: str) -> None:
    if missing.any():
        raise InputError(f"{name}[{int(np.flatnonzero(missing)[0])}] is missing", "JKO_ENONFINITE")
