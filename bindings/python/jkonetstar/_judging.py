"""A model that has just been fitted judges itself."""

from __future__ import annotations

from ctypes import byref, sizeof
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _abi, _attributes
from ._calls import LongCall
from ._energy import Energy
from ._library import check, lib
from ._narrow import are_narrow, chance_of_ratios
from .report import FitReport
from .snapshots import Snapshots

#: A report looks at no more particles of a snapshot.
_MOST_PARTICLES = 256


def fit_report(energy: Energy, series: Snapshots, identified: bool | None, call: LongCall) -> FitReport:
    """Return what is to be said of a model that has just been fitted to a series."""
    options, checked = _abi.EvaluationOptions(), _abi.FitCheck(struct_size=sizeof(_abi.FitCheck))
    check(lib.jko_evaluation_options_init(byref(options), sizeof(options)))
    with call:
        options.progress = call.progress
        status = lib.jko_model_check(energy.handle, series._handle, byref(options), byref(checked))
    call.finish(status)
    figures = {
        name: getattr(checked, name) for name, *_ in _abi.FitCheck._fields_ if name not in ("struct_size", "worse")
    }
    losses = _losses(_attributes.history(energy))
    found = FitReport(worse=bool(checked.worse), identified=identified, **figures, **losses)
    return replace(found, narrow=_is_narrow(found, series))


def _is_narrow(report: FitReport, series: Snapshots) -> bool:
    w1, floor = np.array([report.one_step]), np.array([report.floor])
    energy, floor_energy = np.array([report.energy_distance]), np.array([report.floor_energy_distance])
    ratio = np.array([report.variance_ratio])
    return are_narrow(w1, floor, energy, floor_energy, ratio, chance_of_ratios(series, _MOST_PARTICLES))


def _losses(history: NDArray[np.float64]) -> dict[str, Any]:
    """Return where the objective began and ended, and whether it was still falling."""
    if not len(history):
        return {"first_loss": np.nan, "final_loss": np.nan, "unfinished": False}
    tenth = max(1, len(history) // 10)
    final, before = history[-tenth:].mean(), history[-2 * tenth : -tenth]
    falling = len(before) > 0 and final < before.mean() - 0.05 * abs(before.mean())
    return {"first_loss": float(history[0]), "final_loss": float(final), "unfinished": bool(falling)}
