"""Training by L-BFGS: SciPy chooses the parameters, the library says what they are worth."""

from __future__ import annotations

import time as clock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _abi
from ._calls import LongCall
from ._energy import Energy
from ._errors import ConvergenceError, InputError
from ._library import check
from ._objective import NetworkObjective

#: As parts of the first objective: what an iteration must gain, and a slope at which there is nothing to gain.
_GAIN, _SLOPE = 1e-12, 1e-9
#: Pairs of steps and gradients from which curvature is known.
_MEMORY = 50


def fit(objective: NetworkObjective, iterations: int, call: LongCall) -> Energy | None:
    """Return the best energy that was found in so many iterations, or before `call` was stopped; None for none yet."""
    minimise = scipy().minimize
    descent = _Descent(objective, iterations, call)
    options = {"maxiter": iterations, "maxfun": 2**31 - 1, "maxcor": _MEMORY, "ftol": _GAIN, "gtol": _SLOPE}
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


def scipy() -> Any:
    """Return SciPy's optimisers, or say that they are needed."""
    try:
        from scipy import optimize
    except ImportError:
        raise InputError("training by LBFGS needs SciPy, which cannot be imported; pip install scipy") from None
    return optimize


class _Stopped(Exception):
    """Somebody pressed Ctrl-C."""


class _Descent:
    """What SciPy asks, what it is told, and the best of it."""

    def __init__(self, objective: NetworkObjective, iterations: int, call: LongCall) -> None:
        self._objective, self._iterations, self._call = objective, iterations, call
        self._start = clock.monotonic()
        self._unit: float | None = None
        self._last = np.nan
        self._best: tuple[float, NDArray[Any]] | None = None
        self._history: list[float] = []

    def evaluate(self, parameters: NDArray[Any]) -> tuple[float, NDArray[Any]]:
        """Return value and gradient as parts of the first value: SciPy's tolerances have no units."""
        if self._call.stopped:
            raise _Stopped
        status, value, gradient = self._objective.evaluate(self._call, parameters)
        if self._call.stopped:
            raise _Stopped
        check(status)
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

    def iterated(self, parameters: NDArray[Any]) -> None:
        """Take note of an iteration, which ends with the evaluation of its parameters."""
        self._history.append(self._last)
        done, seconds = len(self._history), clock.monotonic() - self._start
        self._call.show(_abi.Progress(b"training", done, self._iterations, self._last, seconds))
        if self._call.stopped:
            raise _Stopped

    def energy(self) -> Energy | None:
        if self._best is None:
            return None
        value, parameters = self._best
        return self._objective.energy(parameters, self._history or [value])
