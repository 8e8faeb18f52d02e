"""What the labels of a course's times meant, so that whoever asks for a time may use the same labels."""

from __future__ import annotations

import datetime
import difflib
import re
from typing import Any, Callable, Iterable, Mapping, NamedTuple, Union

import numpy as np
from numpy.typing import NDArray

from ._errors import InputError

#: Words around one number, or around two of which the middle is meant.
_LABEL = re.compile(
    r"(?P<before>.*?)(?P<first>[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)"
    r"(?:\s*(?:-|to)\s*(?P<last>\d+(?:\.\d+)?))?(?P<after>\D*)"
)
#: Dates as ISO 8601 writes them.
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?")

#: What stands before and after the number of a label, in lower case.
Words = tuple[str, str]

#: How messages call the time of a row.
Place = Callable[[int], str]

#: What may be given for a time beside a number.
LABELS = (str, bytes, datetime.date, datetime.timedelta, np.datetime64, np.timedelta64)


class TimeLabels(NamedTuple):
    """How the times of a course are written.

    Attributes
    ----------
    known : mapping
        The number of each label: of all that the data have, or those of a map.
    words : (str, str) or None
        What stands around the number of every label, where labels were read.
    first : datetime64 or None
        The date from which days are counted, where labels were dates.
    durations : bool
        Whether times were durations, which are numbers of days.
    """

    known: Mapping[Any, float]
    words: Words | None = None
    first: np.datetime64 | None = None
    durations: bool = False

    def number(self, label: Any, place: str) -> float:
        """Return the number of a label, which may be of a time that the data do not have."""
        if isinstance(label, bytes):
            label = label.decode("utf-8", "replace")
        if isinstance(label, str):
            if label in self.known:
                return self.known[label]
            text = label.strip()
            if self.words is not None:
                read = read_label(text)
                if read is not None and read[0] == self.words:
                    return read[1]
            if self.first is not None and is_date(text):
                return float((date(text, place) - self.first) / np.timedelta64(1, "D"))
        else:
            when = moment(label)
            if self.first is not None and when.dtype.kind == "M":
                return float((when - self.first) / np.timedelta64(1, "D"))
            if self.durations and when.dtype.kind == "m":
                return float(when / np.timedelta64(1, "D"))
            label = str(label)
        raise InputError(f"{place} = {label!r} is no time of these data; {self.suggestion(label)}")

    def suggestion(self, label: Any) -> str:
        """Return what might be meant instead of a label."""
        return suggestion(label, self.known) if self.known else "times are numbers of days, or durations"

    def shown(self, time: float) -> str:
        """Return how the data write a time, or else its number."""
        number = f"{time:g}"
        labels = [str(label) for label, known in self.known.items() if f"{known:g}" == number]
        return repr(labels[0]) if labels else number


#: Of what labels of times are understood: a map that the caller gives, or what those of other data meant.
Meaning = Union[Mapping[Any, float], TimeLabels, None]


def suggestion(label: Any, known: Iterable[Any]) -> str:
    """Return which of some labels are nearest to one."""
    by_name = {str(name): name for name in known}
    near = difflib.get_close_matches(str(label), list(by_name), n=3, cutoff=0.0)
    listed = ", ".join(repr(by_name[name]) for name in near)
    return f"the labels nearest to it are {listed}" if len(near) > 1 else f"the only label is {listed}"


def read_label(text: str) -> tuple[Words, float] | None:
    """Return the words around the number of a label, and the number; None where it has none, or NaN for no range."""
    matched = _LABEL.fullmatch(text)
    if matched is None:
        return None
    ends = [float(matched[end]) for end in ("first", "last") if matched[end] is not None]
    words = matched["before"].strip().lower(), matched["after"].strip().lower()
    return words, sum(ends) / len(ends) if ends[-1] >= ends[0] else np.nan


def is_date(text: str) -> bool:
    """Whether a text is written as ISO 8601 writes dates."""
    return _DATE.fullmatch(text) is not None


def date(text: str, place: str) -> np.datetime64:
    """Return a date that is written as ISO 8601 does."""
    try:
        return np.datetime64(text.replace(" ", "T"), "us")
    except ValueError:
        raise InputError(f"{place} = {text!r} is no date of the calendar") from None


def moment(label: Any) -> NDArray[Any]:
    """Return a date or duration of Python, pandas or NumPy as an array without dimensions."""
    return moments_of(np.array([label], dtype=object))[0, ...]


def moments_of(column: NDArray[Any]) -> NDArray[Any]:
    """Return objects that are dates or durations of Python and pandas as those of NumPy, and others as they are."""
    labels = column.tolist()
    if labels and all(isinstance(label, (datetime.timedelta, np.timedelta64)) for label in labels):
        return np.array(labels, dtype="timedelta64[us]")
    if not labels or not all(isinstance(label, (datetime.date, np.datetime64)) for label in labels):
        return column
    for row, label in enumerate(labels):
        if isinstance(label, datetime.datetime) and label.tzinfo is not None and label == label:
            labels[row] = label.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    return np.array(labels, dtype="datetime64[us]")
