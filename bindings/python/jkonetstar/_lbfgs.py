"""Training by L-BFGS: SciPy chooses the parameters, the library says what they are worth."""

from __future__ import annotations

import time as clock
from typing import Any, Mapping

import numpy as np
from numpy.typing import NDArray

from . import _abi, _arrays
from ._calls import LongCall
from ._energy import Energy
from ._errors import ConvergenceError, InputError
from ._library import check as check_status
from .objective import Objective

#: As parts of the first objective: what an iteration must gain, and a slope at which there is nothing to gain.
_GAIN, _SLOPE = 1e-12, 1e-9
#: Pairs of steps and gradients from which curvature is known.
_MEMORY = 50

#: What is only for steps on minibatches, with its default, which it must have.
_ADAM_ONLY = {
    "schedule": "cosine",
    "last_layer": "trained",
    "validation": None,
    "checkpoint": None,
    "resume": False,
}


def fit(objective: Objective, epochs: int, call: LongCall) -> Energy | None:
    """Return the best energy that was found in so many iterations, or before `call` was stopped; None for none yet."""
    minimise = _scipy().minimize
    descent = _Descent(objective, epochs, call)
    options = {"maxiter": epochs, "maxfun": 2**31 - 1, "maxcor": _MEMORY, "ftol": _GAIN, "gtol": _SLOPE}
    try:
        minimise(
            descent.evaluate,
            objective.initial_parameters(),
            method="L-BFGS-B",
            jac=True,
            callback=descent.iterated,
            options=options,
        )
    except _Stopped:
        pass
    return descent.energy()


def check(params: Mapping[str, Any]) -> int:
    """Refuse what L-BFGS has no use for, or no SciPy; return the number of iterations."""
    for name, value in _ADAM_ONLY.items():
        if params[name] is not value and params[name] != value:
            raise InputError(f"{name} = {params[name]!r} is for optimizer='adam'; with 'lbfgs' leave it at {value!r}")
    if params["interaction_samples"] is not None:
        raise InputError(
            f"interaction_samples = {params['interaction_samples']!r} is for optimizer='adam'; an objective over "
            "samples that stay the same may have no minimum"
        )
    _scipy()
    return _arrays.integer(params["epochs"], "epochs", 1, 10_000_000)


def _scipy() -> Any:
    try:
        from scipy import optimize
    except ImportError:
        raise InputError("optimizer = 'lbfgs' needs SciPy, which cannot be imported; pip install scipy") from None
    return optimize


class _Stopped(Exception):
    """Somebody pressed Ctrl-C."""


class _Descent:
    """What SciPy asks, what it is told, and the best of it."""

    def __init__(self, objective: Objective, epochs: int, call: LongCall) -> None:
        self._objective, self._epochs, self._call = objective, epochs, call
        self._start = clock.monotonic()
        self._unit: float | None = None
        self._last = np.nan
        self._best: tuple[float, NDArray] | None = None
        self._history: list[float] = []

    def evaluate(self, parameters: NDArray) -> tuple[float, NDArray]:
        """Return value and gradient as parts of the first value: SciPy's tolerances have no units."""
        if self._call.stopped:
            raise _Stopped
        status, value, gradient = self._objective._evaluate(self._call, parameters)
        if self._call.stopped:
            raise _Stopped
        check_status(status)
        self._last = value
        if self._unit is None:
            if not np.isfinite(value):
                raise ConvergenceError(f"the objective of the initial weights is {value}")
            self._unit = value or 1.0
        if not (np.isfinite(value) and np.isfinite(gradient).all()):
            # A step too far; the line search takes a shorter one.
            return np.inf, np.zeros_like(gradient)
        if self._best is None or value < self._best[0]:
            self._best = (value, parameters.copy())
        return value / self._unit, gradient / self._unit

    def iterated(self, parameters: NDArray) -> None:
        """Take note of an iteration, which ends with the evaluation of its parameters."""
        self._history.append(self._last)
        done, seconds = len(self._history), clock.monotonic() - self._start
        self._call.show(_abi.Progress(b"training", done, self._epochs, self._last, seconds))
        if self._call.stopped:
            raise _Stopped

    def energy(self) -> Energy | None:
        if self._best is None:
            return None
        value, parameters = self._best
        return self._objective._energy(parameters, self._history or [value])
