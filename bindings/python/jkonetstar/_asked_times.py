"""Times that a caller asks for, as numbers or as labels: every function that takes times reads them here."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _arrays, _notices
from ._errors import InputError, KindError
from ._time_labels import LABELS, TimeLabels, is_date, moment, read_label
from ._times import is_missing, missing, understood


def asked_times(times: Any, name: str, labels: TimeLabels | None) -> NDArray[Any]:
    """Return times as numbers.

    Numbers are what they are, also where the data have labels. Labels mean what they meant in the data; where the data
    have none, or nobody remembers them, they are understood as in data, and a notice says how.

    Parameters
    ----------
    times : array_like
    name : str
        What messages call them.
    labels : TimeLabels or None
        How the data write times.
    """
    if isinstance(times, LABELS):
        raise KindError(f"{name} = {times!r} is a single time; pass a list of times", "JKO_ESHAPE")
    items = _items(times)
    if not any(isinstance(item, LABELS) for item in items):
        return _arrays.vector(times, name)
    numbers: list[Any] = list(items)
    rows = [row for row, item in enumerate(items) if isinstance(item, LABELS)]
    found = _numbers(
        [items[row] for row in rows], [f"{name}[{row}]" for row in rows], f"{name} must hold numbers", labels
    )
    for row, number in zip(rows, found):
        numbers[row] = number
    return _arrays.vector(numbers, name)


def asked_time(time: Any, name: str, labels: TimeLabels | None) -> float:
    """Return one time as a number, as `asked_times` does."""
    if isinstance(time, LABELS):
        return _numbers([time], [name], f"{name} must be a number", labels)[0]
    return _arrays.real(time, name)


def place_of(
    time: float, observed: NDArray[np.float64], name: str, labels: TimeLabels | None, given: object = None
) -> int:
    """Return which of the observed times one is; those that differ by rounding only are the same.

    `given` is what the caller wrote for it, if that was a label.
    """
    place = int(np.abs(observed - time).argmin())
    if abs(observed[place] - time) <= 1e-9 * max(float(np.ptp(observed)), abs(time) * (len(observed) == 1)):
        return place
    near = observed[np.abs(observed - time).argsort(kind="stable")[:4]]
    listed = ", ".join(shown_time(one, labels) for one in np.sort(near).tolist())
    wrong = repr(given) if isinstance(given, str) else shown_time(time, labels)
    raise InputError(f"{name} = {wrong} is not an observed time; the nearest are {listed}")


def shown_time(time: float, labels: TimeLabels | None) -> str:
    """Return how the data write a time."""
    return f"{time:g}" if labels is None else labels.shown(time)


def _items(times: Any) -> list[Any]:
    """Return the items of a vector that may hold labels; none of what certainly holds numbers."""
    if isinstance(times, (list, tuple)):
        return list(times)
    array = np.asarray(times.to_numpy()) if hasattr(times, "to_numpy") else np.asarray(times)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    return list(array) if array.ndim == 1 and array.dtype.kind in "OSUmM" else []


def _numbers(items: list[Any], places: list[str], wanted: str, labels: TimeLabels | None) -> list[float]:
    """Return the numbers of labels; what is wanted begins the message where nothing in them is understood."""
    for item, place in zip(items, places):
        if is_missing(item):
            raise missing(place)
    if labels is not None:
        known: dict[Any, float] = {}
        for item, place in zip(items, places):
            if item not in known:
                known[item] = labels.number(item, place)
        return [known[item] for item in items]
    for item, place in zip(items, places):
        if isinstance(item, str) and (number := read_label(item.strip())) and number[0] != ("", ""):
            continue
        if isinstance(item, (str, bytes)) and not is_date(str(item)):
            raise KindError(f"{wanted}, or a label with words and a number such as 'Day 3'; {place} = {item!r}")
    try:
        read = understood(np.array(items, dtype=object), places[0].partition("[")[0], place=lambda row: places[row])
    except InputError as error:
        told = re.sub(r"(; say by|, or say by) time_map.*", "; give numbers", str(error))
        raise InputError(told, error.status) from None
    if read.labels is not None and read.labels.first is not None:
        raise InputError(
            f"{places[0]} = {_shown(items[0])!r} is a date, and it is not known from which date days are counted; give "
            "the number of days"
        )
    if read.said is not None:
        _notices.notice(read.said)
    return [float(number) for number in read.numbers]


def _shown(item: Any) -> str:
    return item if isinstance(item, str) else str(moment(item)).partition(".")[0]
