"""Times as people write them, as numbers: "Day 3", "Day 06-09", "E8.5", categories, durations and dates."""

from __future__ import annotations

import re
from numbers import Number
from typing import Any, Mapping, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _arrays
from ._errors import InputError
from ._time_labels import Place, TimeLabels, Words, date, is_date, moments_of, read_label, suggestion

#: What no rule can tell: the range 1 to 5, the number 1.5, or the fifth sample of day 1.
_UNDERSCORED = re.compile(r"\d\s*_\s*\d")
#: Dates that ISO 8601 does not write, whose numbers no rule can tell apart.
_LIKE_A_DATE = re.compile(r".*?(?<!\d)\d{1,4}([-./])\d{1,2}\1\d{1,4}(?!\d).*")


class Understood(NamedTuple):
    """Times as numbers, in words what was understood of them, and how they were written; None of numbers."""

    numbers: NDArray[np.float64]
    said: str | None = None
    labels: TimeLabels | None = None


def understood(
    times: Any, name: str = "time", time_map: Mapping[Any, float] | None = None, place: Place | None = None
) -> Understood:
    """Return times as numbers, and what was understood of them.

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
        return _mapped(column, time_map, place)
    if column.dtype.kind == "O":
        column = moments_of(column)
    if column.dtype.kind in "mM":
        return _in_days(column, name, place)
    if column.dtype.kind == "b":
        raise InputError(f"{name} holds truth values, which are no times")
    if column.dtype.kind in "OUS":
        return _read(column, name, place)
    return Understood(_arrays.vector(column, name))


def _labels(times: Any, name: str) -> NDArray[Any]:
    """Return a column of any library as an array; categories as their labels."""
    if hasattr(times, "to_numpy"):
        return np.asarray(times.to_numpy())
    if np.ma.is_masked(times):
        raise InputError(f"{name} has masked entries; fill or remove them")
    return np.asarray(times)


def _mapped(column: NDArray[Any], time_map: Mapping[Any, float], place: Place) -> Understood:
    found = np.empty(len(column))
    known = {label: _arrays.real(number, f"time_map[{label!r}]") for label, number in time_map.items()}
    for row, label in enumerate(column.tolist()):
        if label not in known:
            if is_missing(label):
                raise missing(place(row))
            near = suggestion(label, known) if known else "it is empty"
            raise InputError(f"{place(row)} = {label!r} is not in time_map; {near}")
        found[row] = known[label]
    return Understood(found, None, TimeLabels(known))


def _in_days(column: NDArray[Any], name: str, place: Place) -> Understood:
    """Return durations in days, and dates in days since the first one."""
    _require_known(np.isnat(column), place)
    if column.dtype.kind == "m":
        return Understood(column / np.timedelta64(1, "D"), f"{name} is in days", TimeLabels({}, durations=True))
    if not len(column):
        return Understood(np.zeros(0))
    first = column.min()
    numbers = (column - first) / np.timedelta64(1, "D")
    known = {_shown(when): float((when - first) / np.timedelta64(1, "D")) for when in np.unique(column)}
    return Understood(numbers, f"{name} is in days since {_shown(first)}", TimeLabels(known, first=first))


def _shown(when: np.datetime64) -> str:
    """Return a date, with its time of day unless that is midnight."""
    return re.sub(r"(T00:00(:00)?)?(\.0+)?$", "", re.sub(r"\.0+$", "", str(np.datetime_as_string(when))))


def _read(column: NDArray[Any], name: str, place: Place) -> Understood:
    """Return the numbers in labels that differ in nothing else."""
    labels = [label.decode("utf-8", "replace") if isinstance(label, bytes) else label for label in column.tolist()]
    _require_known(np.array([is_missing(label) for label in labels], dtype=bool), place)
    if all(isinstance(label, (Number, np.number)) and not isinstance(label, bool) for label in labels):
        return Understood(_arrays.vector(column, name))
    if all(isinstance(label, str) and is_date(label.strip()) for label in labels):
        return _in_days(_calendar([label.strip() for label in labels], place), name, place)
    labels = [label if isinstance(label, (str, bool, Number)) else str(label) for label in labels]
    known: dict[Any, float] = {}
    words: dict[Words, str] = {}
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
        found = read_label(text)
        if isinstance(label, bool) or found is None:
            near = f"; {suggestion(label, known)}" if known else ""
            raise InputError(f"{place(row)} = {label!r} has no number{near}; say by time_map={{{label!r}: 0.0, ...}}")
        around, known[label] = found
        words.setdefault(around, str(label))
        if len(words) > 1:
            one, other = list(words.values())[:2]
            raise InputError(
                f"{place(row)} = {label!r}: {one!r} and {other!r}, which may be in different units, are in one column; "
                f"say by time_map={{{one!r}: ...}}"
            )
        if known[label] != known[label]:
            raise InputError(f"{place(row)} = {label!r} is no range of times; say by time_map={{{label!r}: 0.0, ...}}")
    told = sorted({str(label): number for label, number in known.items()}.items(), key=lambda item: item[1])
    shown = ", ".join(f"{label!r} is {number:g}" for label, number in told[:6])
    numbers = np.array([known[label] for label in labels], dtype=np.float64)
    said = f"{name}: {shown}" + (", ..." if len(told) > 6 else "")
    return Understood(numbers, said, TimeLabels(known, words=next(iter(words), None)))


def _calendar(labels: list[str], place: Place) -> NDArray[Any]:
    """Return dates that are written as ISO 8601 does."""
    dates = {}
    for row, label in enumerate(labels):
        if label not in dates:
            dates[label] = date(label, place(row))
    return np.array([dates[label] for label in labels], dtype="datetime64[us]")


def is_missing(label: Any) -> bool:
    """Whether a label says that there is no time."""
    if isinstance(label, str):
        return not label.strip() or label.strip().lower() in ("na", "nan", "n/a", "none", "null", "<na>")
    return label is None or type(label).__name__ == "NAType" or label != label


def _require_known(absent: NDArray[np.bool_], place: Place) -> None:
    if absent.any():
        raise missing(place(int(np.flatnonzero(absent)[0])))


def missing(place: str) -> InputError:
    """Return what to raise where a time is missing."""
    return InputError(f"{place}: the time is missing", "JKO_ENONFINITE")
