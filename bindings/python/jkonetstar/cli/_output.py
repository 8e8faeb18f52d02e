"""What the program writes: lines on stderr, tables and JSON on stdout, and files that appear whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import sys
from contextlib import contextmanager
from typing import Any, BinaryIO, Iterator, Mapping, Sequence, TextIO, Union

import numpy as np
from numpy.typing import NDArray

from .. import _arrays, _whole_file
from .._errors import InputError


def say(given: Any, text: str) -> None:
    """Print a notice on stderr, unless the user wants none."""
    if not given.quiet:
        print(f"jkonetstar: {text}", file=sys.stderr, flush=True)


def check_output(path: str, force: bool) -> None:
    """Refuse a place where no file can be written, before work begins that would be lost."""
    if os.path.exists(path):
        if not os.path.isfile(path):
            raise InputError(f"{path!r} is there already and is no regular file")
        if not force:
            raise InputError(f"{path!r} is there already; --force overwrites it")
    folder = os.path.dirname(os.path.realpath(path))
    if not os.path.isdir(folder):
        raise InputError(f"{path!r} cannot be written: there is no folder {folder!r}")
    if not os.access(folder, os.W_OK):
        raise InputError(f"{path!r} cannot be written: files cannot be made in the folder {folder!r}")


@contextmanager
def whole_file(path: str, force: bool) -> Iterator[BinaryIO]:
    """Give a file that takes its place at `path` once it is complete, unless another one is there by then."""
    check_output(path, force)
    with _whole_file.whole_file(path) as file:
        yield file
        check_output(path, force)


@contextmanager
def text_file(file: BinaryIO) -> Iterator[TextIO]:
    """Give a file of bytes as one of text; lines end as they are written."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    yield text
    text.detach()


def plain(value: Any) -> Any:
    """Return a value as JSON has it: arrays as lists, numbers that are not finite as null."""
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def print_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object."""
    print(json.dumps(plain(value), indent=2, allow_nan=False))


def table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return rows below their heads, the first column to the left and the others to the right."""
    cells = [list(heads)] + [[_cell(value) for value in row] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    lines = []
    for row in cells:
        first, *others = [text.ljust(w) if not k else text.rjust(w) for k, (text, w) in enumerate(zip(row, widths))]
        lines.append("  ".join([first, *others]).rstrip())
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if isinstance(value, (float, np.floating)):
        return "-" if math.isnan(value) else f"{value:.4g}"
    return f"{value:,}" if isinstance(value, (int, np.integer)) else str(value)


#: Standard errors of all coordinates at each time, or None.
Errors = Union[Sequence["NDArray[np.float64]"], None]
#: Populations at some times: the time, points of shape (n, d), and the weight of each or None.
Populations = Sequence["tuple[float, NDArray[np.float64], NDArray[np.float64] | None]"]

ENDINGS = (".csv", ".npy", ".npz")


def check_populations_output(path: str, force: bool) -> None:
    """Refuse a name that says no format, or a place where no file can be written."""
    if path == "-":
        return
    if not path.lower().endswith(ENDINGS):
        raise InputError(f"{path!r} must end in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}, or be - for csv on stdout")
    check_output(path, force)


def write_populations(
    given: Any, found: Populations, names: Sequence[str] | None, numbered: bool = False, errors: Errors = None
) -> None:
    """Write populations where the user wants them; `numbered` csv files say which particle each row is."""
    path: str = given.output
    if path == "-":
        _write_csv(sys.stdout, found, names, numbered, errors)
        return
    with whole_file(path, given.force) as file:
        if path.lower().endswith(".csv"):
            with text_file(file) as text:
                _write_csv(text, found, names, numbered, errors)
        else:
            _write_arrays(path, file, found, errors)
    sizes = sum(len(points) for _, points, _ in found)
    say(given, f"wrote {path}: {_arrays.plural(sizes, 'row')} at {_arrays.plural(len(found), 'time')}")


def _write_csv(file: TextIO, found: Populations, names: Sequence[str] | None, numbered: bool, errors: Errors) -> None:
    """Write a row for each particle and time; numbers are read again as the same bits."""
    dimension = found[0][1].shape[1]
    columns = list(names) if names is not None else [f"x{k + 1}" for k in range(dimension)]
    weighted = any(weights is not None for *_, weights in found)
    writer = csv.writer(file, lineterminator="\n")
    if errors is not None:
        found = [(time, np.hstack([points, std]), weights) for (time, points, weights), std in zip(found, errors)]
        columns += [f"{name}_std" for name in columns]
    writer.writerow(["time", *(["id"] if numbered else []), *columns, *(["weight"] if weighted else [])])
    for time, points, weights in found:
        masses = weights.tolist() if weights is not None else [1 / len(points)] * len(points)
        for row, (point, mass) in enumerate(zip(points.tolist(), masses)):
            writer.writerow([time, *([row] if numbered else []), *point, *([mass] if weighted else [])])


def _write_arrays(path: str, file: BinaryIO, found: Populations, errors: Errors) -> None:
    """Write arrays of shape (times, n, d) and (times, n) where sizes agree, else pooled ones of (n, d) and (n,)."""
    times = np.array([time for time, *_ in found])
    sizes = [len(points) for _, points, _ in found]
    alike = len(set(sizes)) == 1
    join: Any = np.stack if alike else np.concatenate
    points = join([points for _, points, _ in found])
    if path.lower().endswith(".npy"):
        if not alike:
            raise InputError("populations of different sizes do not fit an npy; take csv or npz")
        # NumPy writes arrays to files by a copy of the descriptor, and does not hear where closing it fails.
        content = io.BytesIO()
        np.save(content, points)
        file.write(content.getbuffer())
        return
    arrays: dict[str, Any] = {"points": points, "time": times if alike else np.repeat(times, sizes)}
    if any(weights is not None for *_, weights in found):
        arrays["weights"] = join([np.full(len(p), 1 / len(p)) if w is None else w for _, p, w in found])
    if errors is not None:
        arrays["std"] = join(list(errors))
    np.savez(file, **arrays)
