"""Particles as users have them, pooled: arrays, stacks and lists of them, mappings, data frames, sparse matrices."""

from __future__ import annotations

from os import PathLike
from typing import Any, Mapping, NamedTuple, Sequence

import numpy as np
from numpy.typing import NDArray

from . import _arrays, _notices
from ._asked_times import asked_times
from ._columns import Columns, listed_names, quoted
from ._dense import dense, require_room
from ._errors import InputError, KindError
from ._frames import OF_CELLS, Frame, is_anndata, is_frame
from ._time_labels import Meaning, Place, TimeLabels
from ._times import missing, understood


class Gathered(NamedTuple):
    """Pooled particles.

    Attributes
    ----------
    points : ndarray of shape (n, d)
    times : ndarray of shape (n,)
    masses : ndarray of shape (n,) or None
    names : tuple of str or None
        Of the coordinates.
    labels : ndarray of shape (n,) or None
        Of the rows.
    one_by_one : bool
        Whether snapshots were given one by one, so that rows count within each.
    time_labels : TimeLabels or None
        How times were written.
    """

    points: NDArray[Any]
    times: NDArray[Any]
    masses: NDArray[Any] | None
    names: tuple[str, ...] | None = None
    labels: NDArray[Any] | None = None
    one_by_one: bool = False
    time_labels: TimeLabels | None = None


def gathered(X: Any, time: Any, weights: Any, points: Any = None, time_map: Meaning = None) -> Gathered:
    """Return what `Snapshots` takes as pooled arrays; arrays of float64 and float32 are not copied."""
    # Sparse matrices of keys are mappings, too.
    if isinstance(X, Mapping) and not hasattr(X, "toarray"):
        return _of_mapping(X, time, weights, points, time_map)
    if is_frame(X):
        return _of_frame(Frame(X), time, weights, listed(points), time_map)
    if is_anndata(X):
        raise KindError(f"X is an AnnData object: {OF_CELLS}")
    if isinstance(X, (str, PathLike)):
        raise TypeError(f"X = {str(X)!r} is no array; read files by jkonetstar.Snapshots.load")
    if points is not None:
        raise TypeError(f"points names columns of a data frame, but X is {type(X).__name__}")
    for name, value in (("time", time), ("weights", weights)):
        if isinstance(value, str):
            raise TypeError(f"{name} = {value!r} must hold numbers: X is {type(X).__name__} without columns of a name")
    if time is None:
        raise KindError(
            "time is missing: pass X and time, or one Snapshots series. In scikit-learn time takes the place of y: the "
            "estimator requires y to be passed, but the target y is None"
        )
    if isinstance(X, (list, tuple)) and X and all(_is_population(item) for item in X):
        return _of_list(X, time, weights, time_map)
    if isinstance(X, (list, tuple)) and X and all(len(getattr(item, "shape", ())) == 1 for item in X):
        if len({len(item) for item in X}) > 1:
            message = "X is a list of vectors of several lengths; pass snapshots in one dimension as arrays (n, 1)"
            raise InputError(message, "JKO_ESHAPE")
    return _of_array(X, time, weights, time_map)


def listed(names: Any) -> list[str] | None:
    """Return the names of columns that the caller gave as a sequence or as one string, separated by commas."""
    if names is None:
        return None
    if isinstance(names, str):
        names = names.split(",")
    try:
        found = [str(name) for name in names]
    except TypeError:
        raise TypeError("points must be a string or a sequence of strings") from None
    if not found:
        raise InputError("points is empty: it names no column")
    return found


def times_of(
    time: Any, time_map: Meaning, name: str = "time", place: Place | None = None
) -> tuple[NDArray[Any], TimeLabels | None]:
    """Return times as numbers, and how they were written; tell what was understood of labels.

    Labels mean what they meant in other data where `time_map` is that.
    """
    if isinstance(time_map, TimeLabels):
        return asked_times(time, name, time_map), time_map
    plain = not hasattr(time, "to_numpy") or isinstance(getattr(time, "dtype", None), np.dtype)
    if time_map is None and place is None and plain:
        array = np.asanyarray(time) if not hasattr(time, "to_numpy") else np.asarray(time.to_numpy())
        if array.dtype.kind in "iuf":
            return _arrays.vector(array, name), None
    numbers, said, labels = understood(time, name, time_map, place)
    if place is not None and not np.isfinite(numbers).all():
        raise missing(place(int(np.argmin(np.isfinite(numbers)))))
    if said is not None:
        _notices.notice(said)
    elif time_map is not None:
        _notices.note(f"{name}: numbers from time_map")
    return _arrays.vector(numbers, name), labels


def _of_array(X: Any, time: Any, weights: Any, time_map: Any) -> Gathered:
    X = _arrays.numbers(dense(X, "X"), "X")
    if X.ndim != 3:
        masses = None if weights is None else _positive_somewhere(_arrays.vector(weights, "weights"))
        points = _arrays.points(X, "X")
        times, labels = times_of(time, time_map)
        return Gathered(points, times, masses, time_labels=labels)
    count, size, dimension = X.shape
    times, labels = times_of(time, time_map)
    if len(times) != count:
        raise InputError(
            f"time has {len(times)} elements; X has shape {X.shape}, which is {count} snapshots", "JKO_ESHAPE"
        )
    if weights is not None:
        weights = _arrays.numbers(weights, "weights")
        if weights.shape != (count, size):
            message = f"weights has shape {weights.shape}; X has shape {X.shape}, which needs {(count, size)}"
            raise InputError(message, "JKO_ESHAPE")
        weights = _arrays.vector(weights.reshape(count * size), "weights")
    points = _arrays.points(X.reshape(count * size, dimension), "X")
    return Gathered(points, np.repeat(times, size), weights, one_by_one=True, time_labels=labels)


def _of_mapping(X: Mapping[Any, Any], time: Any, weights: Any, points: Any, time_map: Any) -> Gathered:
    """Return snapshots by time."""
    if time is not None:
        raise TypeError("X maps times to snapshots; pass it without time")
    if points is not None:
        raise TypeError("points names columns of a data frame, but X maps times to snapshots")
    if not X:
        raise InputError("X is empty: it maps no time to a snapshot", "JKO_ESHAPE")
    if weights is not None:
        if not isinstance(weights, Mapping) or weights.keys() != X.keys():
            raise TypeError("weights must map the same times as X, to the weights of their particles")
        weights = [weights[key] for key in X]
    items = [item if hasattr(item, "shape") else np.asarray(item) for item in X.values()]
    return _of_list(items, list(X), weights, time_map, [f"X[{key!r}]" for key in X])


def _of_list(X: Sequence[Any], time: Any, weights: Any, time_map: Any, called: Sequence[str] = ()) -> Gathered:
    """Return snapshots given one by one, which may differ in size."""
    called = called or [f"X[{k}]" for k in range(len(X))]
    times, written = times_of(time, time_map)
    if len(times) != len(X):
        count = _arrays.plural(len(X), "snapshot")
        raise InputError(f"time has {_arrays.plural(len(times), 'element')}; X has {count}", "JKO_ESHAPE")
    parts = [part(item, name) for item, name in zip(X, called)]
    first = parts[0][0].shape[1]
    for (points, names, _), name in zip(parts, called):
        if points.shape[1] != first:
            raise InputError(
                f"{name} has {_arrays.plural(points.shape[1], 'column')}, not the {first} of {called[0]}", "JKO_ESHAPE"
            )
        if names != parts[0][1]:
            raise InputError(f"{name} has columns of other names than {called[0]}, or in another order")
    sizes = [len(points) for points, _, _ in parts]
    masses = None if weights is None else _positive_somewhere(_masses(weights, sizes, called))
    labels = [index for _, _, index in parts]
    return Gathered(
        np.concatenate([points for points, _, _ in parts]),
        np.repeat(times, sizes),
        masses,
        parts[0][1],
        None if any(index is None for index in labels) else _joined(labels),
        one_by_one=True,
        time_labels=written,
    )


def part(item: Any, name: str) -> tuple[NDArray[Any], tuple[str, ...] | None, NDArray[Any] | None]:
    """Return the points of one snapshot, the names of its coordinates, and the labels of its rows."""
    if not is_frame(item):
        return _arrays.points(dense(item, name), name), None, None
    frame = Frame(item, name)
    choice = Columns(frame.columns, frame.kinds, name).chosen(None, None, None, with_time=False)
    if choice.omitted:
        _notices.omitted(choice.told(), name)
    return _arrays.points(frame.matrix(choice.points), name), _names(frame, choice.points), frame.index


def _masses(weights: Any, sizes: Sequence[int], called: Sequence[str]) -> NDArray[Any]:
    parts = [_arrays.vector(part, f"weights[{k}]") for k, part in enumerate(weights)]
    if [len(part) for part in parts] != list(sizes):
        raise InputError(f"weights must have one array for each of {len(sizes)} snapshots, of its size", "JKO_ESHAPE")
    return np.concatenate(parts)


def _joined(labels: Sequence[Any]) -> NDArray[Any]:
    """Return labels as one array; of different types, they stay what they are."""
    if len({label.dtype.kind for label in labels}) == 1:
        return np.concatenate(labels)
    return np.concatenate([label.astype(object) for label in labels])


def _of_frame(frame: Frame, time: Any, weights: Any, points: list[str] | None, time_map: Any) -> Gathered:
    """Return the rows of a data frame; time and weights are names of its columns, or arrays."""
    if frame.columns and not len(frame):
        raise InputError("X is empty: it has no rows", "JKO_ESHAPE")
    named = time.name if not isinstance(time, str) and _repeats(frame, time) else time
    columns = Columns(frame.columns, frame.kinds, "X")
    by_name = named is None or isinstance(named, str)
    if points is None and all(kind is not None for kind in frame.kinds):
        raise TypeError(f"X must hold numbers, but none of its columns does: {quoted(frame.columns) or 'it has none'}")
    choice = columns.chosen(
        points, named if by_name else None, weights if isinstance(weights, str) else None, with_time=by_name
    )
    if choice.omitted:
        _notices.omitted(choice.told(), "X")
    _refuse_sparse_without_room(frame, choice.points)
    matrix = frame.matrix(choice.points)
    if choice.time is None:
        times, labels = times_of(time, time_map)
    else:
        if points is None:
            columns.refuse_counts(matrix, choice.points)
        at = choice.time
        called = f'column "{frame.columns[at]}"'
        times, labels = times_of(frame.column(at), time_map, called, lambda row: frame.place(row, at))
        _notices.note(f"time from {called}, coordinates from {listed_names(frame.columns[j] for j in choice.points)}")
    masses: NDArray[Any] | None = None
    if weights is not None and not isinstance(weights, str):
        masses = _positive_somewhere(_arrays.vector(weights, "weights"))
    elif choice.weights is not None:
        masses = _positive_somewhere(_arrays.vector(frame.matrix([choice.weights]), "weights"))
        _notices.note(f'weights from column "{frame.columns[choice.weights]}"')
    names = _names(frame, choice.points)
    return Gathered(_arrays.points(matrix, "X"), times, masses, names, frame.index, time_labels=labels)


def _repeats(frame: Frame, time: Any) -> bool:
    """Whether times are a column that the frame has too, which is then no coordinate."""
    name = getattr(time, "name", None)
    if not isinstance(name, str) or frame.columns.count(name) != 1 or len(time) != len(frame):
        return False
    return np.array_equal(np.asarray(frame.column(frame.columns.index(name))), np.asarray(time))


def _refuse_sparse_without_room(frame: Frame, places: Sequence[int]) -> None:
    """Tell of columns of pandas that are sparse, unless they would be too large as an array."""
    sparse = [j for j in places if str(getattr(frame.column(j), "dtype", "")).startswith("Sparse")]
    if sparse:
        require_room((len(frame), len(places)), 8, "X")
        _notices.notice(f"X has {_arrays.plural(len(sparse), 'sparse column')}, made dense")


def _names(frame: Frame, places: Sequence[int]) -> tuple[str, ...] | None:
    """Return the names of columns, unless they are numbers, as pandas numbers columns without names."""
    labels = [frame.labels[j] for j in places]
    return tuple(labels) if all(isinstance(label, str) for label in labels) else None


def _is_population(item: Any) -> bool:
    """Whether an item of a list is a snapshot of its own, and not a row."""
    return len(getattr(item, "shape", ())) == 2


def _positive_somewhere(weights: NDArray[Any]) -> NDArray[Any]:
    if not weights.any():
        raise InputError("weights are all zero; at each time at least one must be positive")
    return weights
