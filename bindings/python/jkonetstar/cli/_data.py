"""Observations from files of every kind that the program reads: one way for all commands."""

from __future__ import annotations

import importlib
import os
import re
from typing import Any, Iterable, Mapping, NamedTuple, Union

import numpy as np
from numpy.typing import NDArray

from .. import _arrays
from .._asked_times import asked_time, place_of
from .._errors import FormatError, InputError
from .._gathering import times_of
from .._text_cells import number
from .._time_labels import TimeLabels
from ..snapshots import Snapshots
from . import _tables
from ._columns import POINTS, TIMES, WEIGHTS, no_times, only_one

#: A time as a user gives it: a number, or a label as the data have it.
Moment = Union[float, str]


class Source(NamedTuple):
    """A file, and what in it the observations are; see the options of `fit` that have these names."""

    file: str
    time: str | None = None
    points: str | None = None
    weights: str | None = None
    time_tolerance: float | None = None
    time_map: Mapping[str, float] | None = None
    rep: str | None = None
    dimensions: int | None = None


class Observed(NamedTuple):
    """What a file holds: its snapshots, whether it says when they were seen, and what there is to tell of it."""

    snapshots: Snapshots
    timed: bool
    notes: list[str]


class Population(NamedTuple):
    """The population of a file at one time; the time is None where the file has none."""

    points: NDArray[np.float64]
    weights: NDArray[np.float64]
    time: float | None
    names: tuple[str, ...] | None
    notes: list[str]
    labels: TimeLabels | None


def observed(source: Source, needs_times: bool = True) -> Observed:
    """Read a file; one without times is a single snapshot where times are not needed."""
    if source.rep is not None and not _is_annotated(source.file):
        raise InputError(f"rep = {source.rep!r} is for h5ad files, and {source.file!r} is none")
    if source.file != "-" and not os.path.exists(source.file):
        raise FileNotFoundError(f"{source.file!r} does not exist")
    try:
        if _is_annotated(source.file):
            found = _from_annotated(source, needs_times)
        elif os.path.isdir(source.file) or source.file.lower().endswith((".npy", ".npz")):
            found = _from_arrays(source, needs_times)
        else:
            found = _from_table(source, needs_times)
    except ValueError as error:
        # The package speaks of its argument.
        told, changed = re.subn(r"say by time_map\b.*", "say by --time-map 'LABEL=NUMBER,...'", str(error))
        if not changed:
            raise
        raise InputError(told) from None
    if source.dimensions is None:
        return found
    return found._replace(snapshots=_narrowed(found.snapshots, source.dimensions))


def population(source: Source, at: Moment | None, option: str, first: bool = False) -> Population:
    """Read the population at one time, which `option` names: the only one, or the first, if there is no `at`.

    With `first`, `at` is also the time of a file without times.
    """
    snapshots, timed, notes = observed(source, needs_times=False)
    times, labels = snapshots.times, snapshots._time_labels
    if at is not None and not timed and not first:
        raise InputError(f"{option} = {at}, and {source.file!r} has no times")
    if at is None and len(times) > 1 and not first:
        raise InputError(f"{source.file!r} has {len(times)} times, {_listed(times)}; {option} says which")
    place, time = 0, None
    try:
        time = None if at is None else asked_time(at, option, labels)
        if time is not None and timed:
            place = place_of(time, times, option, labels, at)
    except InputError as error:
        raise InputError(f"{source.file!r}: {error}", error.status) from None
    chosen = snapshots[place]
    # Where the file does not say when its population was seen, the user does.
    return Population(
        chosen.points,
        chosen.weights,
        chosen.time if timed else time,
        snapshots.names,
        notes if timed else [],
        labels,
    )


def numbers(source: Source, name: str) -> NDArray[np.float64]:
    """Return a column of numbers beside the points, row by row."""
    if _is_annotated(source.file):
        return np.asarray(_obs(_annotated(source), name), dtype=np.float64)
    if os.path.isdir(source.file) or source.file.lower().endswith((".npy", ".npz")):
        return _arrays.vector(_array(_arrays_of(source.file), name, source.file), name)
    return _tables.column_of_numbers(source.file, name)


def _listed(times: NDArray[np.float64]) -> str:
    return ", ".join(f"{time:g}" for time in times[:6]) + (", .." if len(times) > 6 else "")


def _is_annotated(path: str) -> bool:
    return path.lower().endswith(".h5ad")


def _from_table(source: Source, needs_times: bool) -> Observed:
    with _tables.on_disk(source.file) as path:
        names = None if needs_times or source.time is not None else _tables.names_without_times(path)
        if names is not None:
            return Observed(_tables.timeless(path, source.points, source.weights), False, [no_times(names)])
        time_map = None if source.time_map is None else _by_number(source.time_map)
        found = Snapshots.load(
            path, source.points, source.time, source.weights, source.time_tolerance, time_map=time_map
        )
        return Observed(found, True, [])


def _by_number(time_map: Mapping[str, float]) -> dict[Any, float]:
    """Return a map that has labels that are numbers as numbers, however they are written."""
    found: dict[Any, float] = {}
    for label, value in time_map.items():
        known = number(label)
        found[label if known is None else known] = value
    return found


def _from_arrays(source: Source, needs_times: bool) -> Observed:
    """Read NumPy files by the library; those with labels, or without times, as NumPy reads them."""
    if source.time_map is None:
        try:
            found = Snapshots.load(source.file, source.points, source.time, source.weights, source.time_tolerance)
            return Observed(found, True, [])
        except (FormatError, InputError):
            if not _needs_care(source, needs_times):
                raise
    arrays = _arrays_of(source.file)
    points = _array(arrays, source.points or only_one(POINTS, arrays), source.file)
    weights = source.weights or only_one(WEIGHTS, arrays)
    time = source.time or only_one(TIMES, arrays)
    if time is None and needs_times:
        raise FormatError(f"{source.file!r} has no array of times among {', '.join(map(repr, arrays))}")
    labels = None if time is None else _array(arrays, time, source.file)
    masses = None if weights is None else _array(arrays, weights, source.file)
    return _made(points, labels, masses, source, time or "time", arrays)


def _needs_care(source: Source, needs_times: bool) -> bool:
    """Return whether the library did not read arrays because times are labels, or absent and not needed."""
    try:
        arrays = _arrays_of(source.file)
    except (OSError, ValueError):
        return False
    time = source.time or only_one(TIMES, arrays)
    return not needs_times if time is None else time in arrays and arrays[time].dtype.kind in "UMm"


def _arrays_of(path: str) -> dict[str, NDArray[Any]]:
    """Return the arrays of a folder, an npz or an npy by name."""
    if os.path.isdir(path):
        files = sorted(name for name in os.listdir(path) if name.endswith(".npy"))
        return {name[:-4]: np.load(os.path.join(path, name), allow_pickle=False) for name in files}
    loaded = np.load(path, allow_pickle=False)
    if isinstance(loaded, np.ndarray):
        return {"points": loaded}
    with loaded:
        return {name: loaded[name] for name in loaded.files}


def _array(arrays: Mapping[str, NDArray[Any]], name: str | None, path: str) -> NDArray[Any]:
    if name is None or name not in arrays:
        what = "no array of points" if name is None else f"no array {name!r}"
        raise FormatError(f"{path!r} has {what} among {', '.join(map(repr, arrays)) or 'none'}")
    return arrays[name]


def _made(points: Any, labels: Any, weights: Any, source: Source, name: str, names: Iterable[str]) -> Observed:
    """Return the series of points in memory; `names` are those among which times may be."""
    if labels is None:
        points = _arrays.points(points, "points")
        return Observed(Snapshots(points, np.zeros(len(points)), weights), False, [no_times(names)])
    time_map: Any = source.time_map
    if time_map is not None and np.asarray(labels).dtype.kind in "iuf":
        time_map, labels = _by_number(time_map), np.asarray(labels, dtype=np.float64)
    times, written = times_of(labels, time_map, name)
    series = Snapshots(points, times, weights, time_tolerance=source.time_tolerance)
    series._time_labels = written
    return Observed(series, True, [])


def _annotated(source: Source) -> Any:
    try:
        anndata: Any = importlib.import_module("anndata")
    except ImportError:
        raise ImportError(f"reading {source.file!r} needs anndata: pip install 'jkonetstar[anndata]'") from None
    # Expression values are read only where they are the coordinates.
    return anndata.read_h5ad(source.file, backed=None if source.rep == "X" else "r")


def _from_annotated(source: Source, needs_times: bool) -> Observed:
    data = _annotated(source)
    if source.points is not None:
        raise InputError(f"points = {source.points!r} is for tables and arrays; rep names the key of an h5ad file")
    rep = source.rep or "X_pca"
    if rep == "X":
        points = data.X.toarray() if hasattr(data.X, "toarray") else data.X
    elif rep in data.obsm:
        points = np.asarray(data.obsm[rep])
    else:
        raise InputError(f"rep = {rep!r} is not in obsm, which has {', '.join(map(repr, data.obsm)) or 'none'}")
    time = source.time or only_one(TIMES, data.obs)
    if time is None and needs_times:
        raise InputError(f"time is missing: it is one of the columns of obs, {', '.join(map(repr, data.obs))}")
    labels = None if time is None else _obs(data, time)
    weights = None if source.weights is None else np.asarray(_obs(data, source.weights), dtype=np.float64)
    return _made(points, labels, weights, source, time or "time", data.obs)


def _obs(data: Any, name: str) -> Any:
    if name not in data.obs:
        raise InputError(f"{name!r} is not a column of obs, which has {', '.join(map(repr, data.obs))}")
    return data.obs[name]


def _narrowed(snapshots: Snapshots, dimensions: int) -> Snapshots:
    """Return the first coordinates only."""
    if not 1 <= dimensions <= snapshots.dimension:
        raise InputError(f"dimensions = {dimensions} is outside 1 .. {snapshots.dimension}, those of the data")
    found = Snapshots.empty(dimensions)
    for k, one in enumerate(snapshots):
        found.append(one.points[:, :dimensions], one.time, one.weights)
        found._set_rows(k, one.rows)
    found._time_labels = snapshots._time_labels
    found._names = None if snapshots.names is None else snapshots.names[:dimensions]
    return found
