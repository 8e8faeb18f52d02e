"""What a flow starts from: a density of this library, or particles and a function for the logarithm of theirs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _abi
from ._flow_energy import write_answer


class HostDensity:
    """The logarithm of a density that Python computes, which the library asks as long as a flow lives."""

    #: Relative to the size of coordinates; differences of this width are right to some 1e-10.
    _STEP = 6e-6

    def __init__(self, function: Any) -> None:
        self._function = function
        self._error: BaseException | None = None
        self.callback = _abi.EnergyCallback(self._evaluate)

    def _evaluate(self, points: Any, n: int, d: int, time: float, values: Any, gradients: Any, user_data: Any) -> int:
        try:
            answer = self._of(np.ctypeslib.as_array(points, (n, d)).copy())
            write_answer(answer, (n, d), values, gradients, "log_density")
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
        width = self._STEP * np.maximum(1, np.abs(x))
        slopes = np.empty_like(x)
        for a in range(x.shape[1]):
            ahead, behind = x.copy(), x.copy()
            ahead[:, a] += width[:, a]
            behind[:, a] -= width[:, a]
            rise = np.asarray(self._function(ahead)) - np.asarray(self._function(behind))
            slopes[:, a] = rise / (ahead[:, a] - behind[:, a])
        return answer, slopes

    def raise_error(self) -> None:
        """Raise what the function raised, if it did."""
        error, self._error = self._error, None
        if error is not None:
            raise error
