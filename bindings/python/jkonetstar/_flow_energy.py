"""The energy of a flow, as the library evaluates it itself where it can, else as a callback."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _abi, _arrays
from ._calls import LongCall
from ._energy import Energy
from .functionals import Functional


def write_energy(
    options: _abi.FlowOptions | _abi.SampleOptions, name: str, given: Any, learned: type[Any], call: LongCall
) -> list[Energy]:
    """Write a term into the options; return what must live as long as the call."""
    if isinstance(given, Functional):
        given = given.name
    if isinstance(given, learned):
        setattr(options, name + "_model", given._energy.handle)
        return [given._energy]
    if hasattr(type(given), name + "_"):
        raise TypeError(f"{name} is a model, {type(given).__name__}; pass its {name}_")
    if callable(given):
        setattr(options, name + "_callback", _callback(call, given, name))
    elif given is not None:
        setattr(options, name, _arrays.text(given, name))
    return []


def _callback(call: LongCall, function: Any, name: str) -> Any:
    """Return a C callback that fills its outputs with what a function of points returns: values and gradients."""

    def evaluate(points: Any, n: int, d: int, time: float, values: Any, gradients: Any, user_data: Any) -> int:
        def fill() -> None:
            # The library's memory is gone after the call, so user code receives a copy.
            answer = function(np.ctypeslib.as_array(points, (n, d)).copy())
            if not isinstance(answer, tuple) or len(answer) != 2:
                raise TypeError(f"{name} must return a tuple of values and gradients, got {type(answer).__name__}")
            for what, array, out, shape in (
                ("values", answer[0], values, (n,)),
                ("gradients", answer[1], gradients, (n, d)),
            ):
                found = np.asarray(array, dtype=np.float64)
                if found.shape != shape:
                    raise ValueError(f"{name} returned {what} of shape {found.shape}; they must have {shape}")
                np.ctypeslib.as_array(out, shape)[...] = found

        return call.guarded(fill)

    return _abi.EnergyCallback(evaluate)
