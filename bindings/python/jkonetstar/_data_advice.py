"""What there is to warn of in snapshots, before anything is fitted to them."""

from __future__ import annotations

from ctypes import byref, sizeof

import numpy as np

from . import _abi, _arrays
from ._advice import advise, advise_on_epsilon
from ._errors import DataWarning
from ._library import check, lib
from .coupling import Unbalanced
from .snapshots import Snapshots

#: Standard deviations of coordinates in a ratio above this are wildly unequal.
_SCALE_RATIO = 1e3
#: Gaps shorter than this part of the median gap are hardly meant.
_CLOSE_GAP = 1e-3


def advise_on_data(series: Snapshots) -> None:
    """Warn of data from which no energy can be learned well; called by `fit`."""
    info = _abi.SnapshotsInfo(struct_size=sizeof(_abi.SnapshotsInfo))
    check(lib.jko_snapshots_describe(series._handle, byref(info)))
    _advise_on_scales(info, series)
    _advise_on_single_particles(info, series)
    _advise_on_gaps(info, series)


def _advise_on_scales(info: _abi.SnapshotsInfo, series: Snapshots) -> None:
    if info.scale_ratio <= _SCALE_RATIO:
        return
    wide, narrow = (_named(series, coordinate) for coordinate in (info.widest, info.narrowest))
    advise(
        f"the standard deviation of coordinate {wide} is {info.scale_ratio:.3g} times that of coordinate {narrow}: "
        "distances, plans and the energy see next to nothing of the narrow one",
        ["dividing each coordinate by its standard deviation (X / X.std(axis=0))", f"leaving out coordinate {narrow}"],
        "unequal-scales",
        DataWarning,
    )


def _named(series: Snapshots, coordinate: int) -> str:
    """Return how to call a coordinate."""
    return str(coordinate) if series.names is None else repr(series.names[coordinate])


def _advise_on_single_particles(info: _abi.SnapshotsInfo, series: Snapshots) -> None:
    if info.single_particles:
        advise(
            f"{info.single_particles:,} of {len(series):,} snapshots have a single particle, which says little about "
            "where a population is",
            ["time_tolerance= to merge particles seen at nearly the same time", "leaving these snapshots out"],
            "single-particles",
            DataWarning,
        )


def _advise_on_gaps(info: _abi.SnapshotsInfo, series: Snapshots) -> None:
    if info.shortest_gap < _CLOSE_GAP * info.median_gap:
        first, second = series.times[info.shortest_gap_index : info.shortest_gap_index + 2]
        advise(
            f"times {first!r} and {second!r} are {info.shortest_gap:.3g} apart, and half of all gaps are "
            f"{info.median_gap:.3g} or more: the speed between them is sampling noise divided by next to nothing",
            [f"time_tolerance={_rounded_up(info.shortest_gap):g} to merge them", "leaving one of them out"],
            "close-times",
            DataWarning,
        )


def _rounded_up(gap: float) -> float:
    """Return a number of one digit that is more than a gap."""
    power = 10.0 ** np.floor(np.log10(gap))
    return float((np.floor(gap / power) + 1) * power)


def advise_on_relaxation(coupling: Unbalanced) -> None:
    """Warn of unbalanced plans whose masses mean nothing; called by `fit` once the library has accepted them."""
    if coupling.epsilon is None or coupling.marginal_relaxation is None:
        return
    given = np.atleast_1d(np.asarray(coupling.marginal_relaxation, dtype=object))
    relaxations = [_arrays.real(value, "marginal_relaxation") for value in given if value is not None]
    if not relaxations:
        return
    advise_on_epsilon(_arrays.real(coupling.epsilon, "epsilon"), min(relaxations))
