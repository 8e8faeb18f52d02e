"""What a flow starts from: a density of this library, or particles and a function for the logarithm of theirs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _abi
from ._calls import LongCall
from ._flow_energy import write_answer


class HostDensity:
    """The logarithm of a density that Python computes, which the library asks as long as a flow lives."""

    #: Relative to the size of coordinates; differences of this width are right to some 1e-10.
    _STEP = 6e-6

    def __init__(self, function: Any) -> None:
        self._function = function
        self._error: BaseException | None = None
        #: The call that computes the flow, in which Ctrl-C comes through while the function runs.
        self.call: LongCall | None = None
        self.callback = _abi.EnergyCallback(self._evaluate)

    def _evaluate(self, points: Any, n: int, d: int, time: float, values: Any, gradients: Any, user_data: Any) -> int:
        def fill() -> None:
            answer = self._of(np.ctypeslib.as_array(points, (n, d)).copy())
            write_answer(answer, (n, d), values, gradients, "log_density")
            # Where there is no mass there is no score, whatever the function or differences say: their NaN would be
            # taken for a fault of the logarithm, and 0 for a score.
            np.ctypeslib.as_array(gradients, (n, d))[np.isneginf(np.ctypeslib.as_array(values, (n,)))] = np.inf

        if self.call is not None:
            return self.call.guarded(fill)
        try:
            fill()
        except BaseException as error:  # it must not pass through the library
            self._error = error
            return 1
        return 0

    def _of(self, x: NDArray[np.float64]) -> tuple[Any, Any]:
        answer = self._function(x)
        if isinstance(answer, tuple):
            if len(answer) != 2:
                raise TypeError(f"log_density must return values, or values and gradients, got {len(answer)} things")
            return answer
        values = self._values(answer, x)
        width = self._STEP * np.maximum(1, np.abs(x))
        slopes = np.empty_like(x)
        for a in range(x.shape[1]):
            ahead, behind = x.copy(), x.copy()
            ahead[:, a] += width[:, a]
            behind[:, a] -= width[:, a]
            places = ahead[:, a] - behind[:, a]
            with np.errstate(invalid="ignore"):  # -inf - -inf, outside of what holds the mass
                rise = self._values(self._function(ahead), x) - self._values(self._function(behind), x)
            slopes[:, a] = rise / places
        return values, slopes

    @staticmethod
    def _values(answer: Any, x: NDArray[np.float64]) -> NDArray[np.float64]:
        try:
            values = np.asarray(answer, dtype=np.float64)
        except (TypeError, ValueError):
            raise TypeError(
                "log_density must return an array of values, or a tuple of values and gradients, got "
                f"{type(answer).__name__}"
            ) from None
        if values.shape != x.shape[:1]:
            raise ValueError(f"log_density returned values of shape {values.shape}; they must have {x.shape[:1]}")
        return values

    def raise_error(self) -> None:
        """Raise what the function raised, if it did."""
        error, self._error = self._error, None
        if error is not None:
            raise error
