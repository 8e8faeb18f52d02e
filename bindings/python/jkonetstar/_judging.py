"""A model that has just been fitted judges itself."""

from __future__ import annotations

from ctypes import byref, sizeof
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _abi, _attributes
from ._calls import LongCall
from ._energy import Energy
from ._library import check, lib
from .report import FitReport
from .snapshots import Snapshots


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
    return FitReport(
        worse=bool(checked.worse), identified=identified, **figures, **_losses(_attributes.history(energy))
    )


def _losses(history: NDArray[np.float64]) -> dict[str, Any]:
    """Return where the objective began and ended, and whether it was still falling."""
    if not len(history):
        return {"first_loss": np.nan, "final_loss": np.nan, "unfinished": False}
    tenth = max(1, len(history) // 10)
    final, before = history[-tenth:].mean(), history[-2 * tenth : -tenth]
    falling = len(before) > 0 and final < before.mean() - 0.05 * abs(before.mean())
    return {"first_loss": float(history[0]), "final_loss": float(final), "unfinished": bool(falling)}
