"""Series of snapshots from files and into files."""

from __future__ import annotations

import csv
import os
from ctypes import byref, sizeof
from os import PathLike
from typing import Any, Sequence, TypeVar

from . import _abi, _arrays
from ._choices import TimeMap
from ._columns import listed_names
from ._errors import FormatError, InputError
from ._frames import NO_NUMBERS
from ._library import check, lib
from ._notices import note, omitted
from ._series import Series
from ._text_tables import TextTable, is_compressed, is_text

Self = TypeVar("Self", bound="StoredSeries")


class StoredSeries(Series):
    """A series that can be read from files and written into them."""

    @classmethod
    def load(
        cls: type[Self],
        path: str | PathLike[str],
        points: str | Sequence[str] | None = None,
        time: str | None = None,
        weights: str | None = None,
        time_tolerance: float | None = None,
        *,
        time_map: TimeMap | None = None,
    ) -> Self:
        """Read a series from a folder of npy files, an npz, a csv or tsv, or an npy of shape (snapshots, n, d).

        Parameters
        ----------
        path : str or path
        points : str or sequence of str, optional
            Name of the array in the folder or npz, by default the only one called "X", "points", "data",
            "trajectories", "coordinates", "positions" or "particles"; its shape is (n, d), (n,) or (snapshots, n, d).
            Or the names of the coordinate columns in the csv, as a list or separated by commas.
        time : str, optional
            Name of the array or column with the times; by default the only one called "time", "times", "t", "ts",
            "day", "days", "hour", "hours", "samples", "sample_labels", "labels", "timepoint", "timepoints",
            "time_point" or "time_points". Upper and lower case do not matter.
        weights : str, optional
            Name of the array or column with the weights; by default "weights" or "weight" if there is one.
        time_tolerance : float, optional
            Of points of shape (n, d) and tables: times that exceed the earliest of a snapshot by no more than this
            belong to it, and its time is their median. None joins what differs by rounding only.
        time_map : mapping, optional
            Of tables: the number that each label in the time column stands for; other labels are an error.

        Notes
        -----
        The times of a csv are numbers, or labels as in `Snapshots`: "Day 3", "Day 06-09", dates as 2020-01-31. A notice
        says how labels were understood. They take about three times as long to read, and so does a csv.gz or tsv.gz.

        A csv has a header line and is separated by commas, semicolons or tabs. Unless `points` names the coordinates,
        all columns are coordinates but time and weights and the following, which are left out with a warning: index
        columns (without a name, or called "Unnamed: 0" as pandas writes, "index", "id", "cell", "cell_id", "cellid",
        "barcode", "row", "rownames" or "obs_names") and columns without any number. A column in which only some cells
        are numbers is an error, and so is one that numbers the rows from 0 or 1. `names` tells which were taken.

        `Snapshot.rows` counts the rows of a csv below its header, or those of an array of shape (n, d), from 0; in
        arrays of shape (snapshots, n, d) it counts the particles of each snapshot.

        Returns
        -------
        Snapshots

        Raises
        ------
        OSError
            If the file cannot be read: `FileNotFoundError` if it does not exist, `PermissionError`.
        ValueError
            If it is not what its format says, or does not hold a population.
        MemoryError
            If it does not fit in memory.

        Warns
        -----
        OmittedColumnsWarning
            If columns of a csv were left out that `points` does not mention.
        DataNotice
            What was understood of times that are no numbers; also logged.

        Examples
        --------
        >>> import tempfile
        >>> import jkonetstar as jk
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     jk.Snapshots([[0.0], [1.0]], time=[0, 1]).save(folder)
        ...     jk.Snapshots.load(folder)
        Snapshots(2 snapshots of 1 particle in 1 dimension, times 0 to 1)
        """
        _arrays.path(path)  # refuses what is none
        if time_map is not None and not is_text(path):
            raise InputError(f"time_map is for labels in a csv or tsv, which path = {os.fspath(path)!r} is not")
        labels = time_map is not None or is_compressed(path)
        if not labels:
            try:
                return cls._read(path, _options(points, time, weights, time_tolerance))
            except FormatError:
                # The library reads times that are numbers.
                labels = is_text(path) and TextTable(path).has_labels(time)
                if not labels:
                    raise
        _options(points, time, weights, time_tolerance)  # refuses what is no name
        chosen = None if points is None else columns_of(points)
        series = cls.__new__(cls)
        series._pool(TextTable(path).read(chosen, time, weights, time_map), time_tolerance)
        return series

    @classmethod
    def _read(cls: type[Self], path: str | PathLike[str], options: _abi.LoadOptions) -> Self:
        """Have the library read a file."""
        place = _arrays.path(path)
        series = cls._made(lambda out: lib.jko_snapshots_load(place, byref(options), out), path=path)
        names = [lib.jko_snapshots_coordinate_name(series._handle, j) for j in range(series.dimension)]
        if None not in names:
            series._names = tuple(name.decode() for name in names)
            note(f"{os.fspath(path)!r}: coordinates from {listed_names(series._names)}")
        left_out = lib.jko_snapshots_omitted_columns(series._handle).decode()
        if left_out:
            if NO_NUMBERS in left_out:
                TextTable(path).refuse_decimal_commas()
            omitted(left_out, repr(os.fspath(path)))
        return series

    def save(self, path: str | PathLike[str]) -> None:
        """Write a folder of NumPy files, points.npy, time.npy and weights.npy, that `load` reads.

        Neither `names`, labels of times nor `Snapshot.rows` are kept: a series that is read again numbers the rows of
        points.npy.

        Parameters
        ----------
        path : str or path
            The folder; made if it does not exist, in a folder that must exist.

        Raises
        ------
        OSError
            If it cannot be written: `FileNotFoundError` if its parent does not exist, `PermissionError`.

        Examples
        --------
        >>> import os, tempfile
        >>> import jkonetstar as jk
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     jk.Snapshots([[0.0], [1.0]], time=[0, 1]).save(folder)
        ...     sorted(os.listdir(folder))
        ['points.npy', 'time.npy', 'weights.npy']
        """
        check(lib.jko_snapshots_save(self._handle, _arrays.path(path)), path)


def _options(points: Any, time: Any, weights: Any, time_tolerance: Any) -> _abi.LoadOptions:
    """Return what the caller asks for as the library reads it."""
    options = _abi.LoadOptions()
    check(lib.jko_load_options_init(byref(options), sizeof(options)))
    if points is not None and not isinstance(points, str):
        points = _listed(points)
    for field, name in (("points", points), ("time", time), ("weights", weights)):
        if name is not None:
            setattr(options, field, _arrays.text(name, field))
    if time_tolerance is not None:
        options.time_tolerance = _arrays.real(time_tolerance, "time_tolerance")
        _arrays.not_negative(options.time_tolerance, "time_tolerance")
    return options


def columns_of(points: str | Sequence[str]) -> list[str]:
    """Return the names of columns one by one."""
    return [name.strip() for name in (next(csv.reader([points]), []) if isinstance(points, str) else points)]


def _listed(names: Any) -> str:
    """Return the names of columns as one line of a csv."""
    try:
        names = [_arrays.text(name, "points").decode("utf-8", "surrogateescape") for name in names]
    except TypeError:
        raise TypeError("points must be a string or a sequence of strings") from None
    if not names:
        raise InputError("points is empty: it names no column")
    return ",".join('"' + name.replace('"', '""') + '"' for name in names)
