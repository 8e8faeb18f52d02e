"""Times as people write them, as numbers: "Day 3", "Day 06-09", "E8.5", categories, durations and dates."""

from __future__ import annotations

import datetime
import re
from numbers import Number
from typing import Any, Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from . import _arrays
from ._errors import InputError

#: Words around one number, or around two of which the middle is meant.
_LABEL = re.compile(
    r"(?P<before>.*?)(?P<first>[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)"
    r"(?:\s*(?:-|to)\s*(?P<last>\d+(?:\.\d+)?))?(?P<after>\D*)"
)
#: What no rule can tell: the range 1 to 5, the number 1.5, or the fifth sample of day 1.
_UNDERSCORED = re.compile(r"\d\s*_\s*\d")
#: Dates as ISO 8601 writes them, and other ways to write dates, whose numbers no rule can tell apart.
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?")
_LIKE_A_DATE = re.compile(r".*?(?<!\d)\d{1,4}([-./])\d{1,2}\1\d{1,4}(?!\d).*")

#: How messages call the time of a row.
Place = Callable[[int], str]


def understood(
    times: Any, name: str = "time", time_map: Mapping[Any, float] | None = None, place: Place | None = None
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
    place : function, optional
        What messages call the time of a row; None takes the name with the row in brackets.
    """
    place = place or (lambda row: f"{name}[{row}]")
    column = _labels(times, name)
    if column.ndim == 2 and column.shape[1] == 1:
        column = column[:, 0]
    if column.ndim != 1:
        raise InputError(f"{name} has {column.ndim} dimensions; it must have 1", "JKO_ESHAPE")
    if time_map is not None:
        return _mapped(column, time_map, place), None
    if column.dtype.kind == "O":
        column = _dated(column)
    if column.dtype.kind in "mM":
        return _in_days(column, name, place)
    if column.dtype.kind == "b":
        raise InputError(f"{name} holds truth values, which are no times")
    if column.dtype.kind in "OUS":
        return _read(column, name, place)
    return _arrays.vector(column, name), None


def _labels(times: Any, name: str) -> NDArray[Any]:
    """Return a column of any library as an array; categories as their labels."""
    if hasattr(times, "to_numpy"):
        return np.asarray(times.to_numpy())
    if np.ma.is_masked(times):
        raise InputError(f"{name} has masked entries; fill or remove them")
    return np.asarray(times)


def _mapped(column: NDArray[Any], time_map: Mapping[Any, float], place: Place) -> NDArray[np.float64]:
    found = np.empty(len(column))
    known: dict[Any, float] = {}
    for row, label in enumerate(column.tolist()):
        if label not in known:
            if label not in time_map:
                listed = ", ".join(sorted(map(repr, time_map))[:8])
                raise InputError(f"{place(row)} = {label!r} is not in time_map, which has {listed}")
            known[label] = _arrays.real(time_map[label], f"time_map[{label!r}]")
        found[row] = known[label]
    return found


def _dated(column: NDArray[Any]) -> NDArray[Any]:
    """Return dates and durations of Python and pandas as those of NumPy, and other objects as they are."""
    labels = column.tolist()
    if labels and all(isinstance(label, datetime.timedelta) for label in labels):
        return np.array(labels, dtype="timedelta64[us]")
    if not labels or not all(isinstance(label, datetime.date) for label in labels):
        return column
    for row, label in enumerate(labels):
        if isinstance(label, datetime.datetime) and label.tzinfo is not None and label == label:
            labels[row] = label.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    return np.array(labels, dtype="datetime64[us]")


def _in_days(column: NDArray[Any], name: str, place: Place) -> tuple[NDArray[np.float64], str | None]:
    """Return durations in days, and dates in days since the first one."""
    _require_known(np.isnat(column), place)
    if column.dtype.kind == "m":
        return column / np.timedelta64(1, "D"), f"{name} is in days"
    if not len(column):
        return np.zeros(0), None
    first = column.min()
    shown = re.sub(r"(T00:00(:00)?)?(\.0+)?$", "", re.sub(r"\.0+$", "", str(np.datetime_as_string(first))))
    return (column - first) / np.timedelta64(1, "D"), f"{name} is in days since {shown}"


def _read(column: NDArray[Any], name: str, place: Place) -> tuple[NDArray[np.float64], str | None]:
    """Return the numbers in labels that differ in nothing else."""
    labels = [label.decode("utf-8", "replace") if isinstance(label, bytes) else label for label in column.tolist()]
    _require_known(np.array([_is_missing(label) for label in labels], dtype=bool), place)
    if all(isinstance(label, (Number, np.number)) and not isinstance(label, bool) for label in labels):
        return _arrays.vector(column, name), None
    if all(isinstance(label, str) and _DATE.fullmatch(label.strip()) for label in labels):
        return _in_days(_calendar([label.strip() for label in labels], place), name, place)
    labels = [label if isinstance(label, (str, bool, Number)) else str(label) for label in labels]
    known: dict[Any, float] = {}
    words: dict[tuple[str, str], str] = {}
    for row, label in enumerate(labels):
        if label in known:
            continue
        text = str(label).strip()
        if _LIKE_A_DATE.fullmatch(text):
            raise InputError(f"{place(row)} = {label!r} looks like a date; write all as 2020-01-31, or say by time_map")
        if _UNDERSCORED.search(text):
            raise InputError(
                f"{place(row)} = {label!r} may be a range, a decimal or a replicate; "
                f"say by time_map={{{label!r}: 0.0, ...}}"
            )
        matched = _LABEL.fullmatch(text)
        if isinstance(label, bool) or matched is None:
            raise InputError(f"{place(row)} = {label!r} has no number; say by time_map={{{label!r}: 0.0, ...}}")
        around = matched["before"].strip().lower(), matched["after"].strip().lower()
        words.setdefault(around, str(label))
        if len(words) > 1:
            one, other = list(words.values())[:2]
            raise InputError(
                f"{place(row)} = {label!r}: {one!r} and {other!r}, which may be in different units, are in one column; "
                f"say by time_map={{{one!r}: ...}}"
            )
        ends = [float(matched[end]) for end in ("first", "last") if matched[end] is not None]
        if ends[-1] < ends[0]:
            raise InputError(f"{place(row)} = {label!r} is no range of times; say by time_map={{{label!r}: 0.0, ...}}")
        known[label] = sum(ends) / len(ends)
    told = sorted({str(label): number for label, number in known.items()}.items(), key=lambda item: item[1])
    shown = ", ".join(f"{label!r} is {number:g}" for label, number in told[:6])
    numbers = np.array([known[label] for label in labels], dtype=np.float64)
    return numbers, f"{name}: {shown}" + (", ..." if len(told) > 6 else "")


def _calendar(labels: list[str], place: Place) -> NDArray[Any]:
    """Return dates that are written as ISO 8601 does."""
    dates = {}
    for row, label in enumerate(labels):
        if label not in dates:
            try:
                dates[label] = np.datetime64(label.replace(" ", "T"), "us")
            except ValueError:
                raise InputError(f"{place(row)} = {label!r} is no date of the calendar") from None
    return np.array([dates[label] for label in labels], dtype="datetime64[us]")


def _is_missing(label: Any) -> bool:
    if isinstance(label, str):
        return not label.strip() or label.strip().lower() in ("na", "nan", "n/a", "none", "null", "<na>")
    return label is None or type(label).__name__ == "NAType" or label != label


def _require_known(missing: NDArray[np.bool_], place: Place) -> None:
    if missing.any():
        raise InputError(f"{place(int(np.flatnonzero(missing)[0]))} is missing", "JKO_ENONFINITE")
