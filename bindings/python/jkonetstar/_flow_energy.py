"""The energy of a flow, as the library evaluates it itself where it can, else as a callback."""

from __future__ import annotations

import inspect
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
    timed = takes_time(function)

    def evaluate(points: Any, n: int, d: int, time: float, values: Any, gradients: Any, user_data: Any) -> int:
        def fill() -> None:
            # The library's memory is gone after the call, so user code receives a copy.
            given = np.ctypeslib.as_array(points, (n, d)).copy()
            answer = function(given, time) if timed else function(given)
            if not isinstance(answer, tuple) or len(answer) != 2:
                raise TypeError(f"{name} must return a tuple of values and gradients, got {type(answer).__name__}")
            write_answer(answer, (n, d), values, gradients, name)

        return call.guarded(fill)

    return _abi.EnergyCallback(evaluate)


def write_answer(answer: Any, shape: tuple[int, int], values: Any, gradients: Any, name: str) -> None:
    """Copy values and gradients to the library's memory."""
    for what, array, out, expected in (
        ("values", answer[0], values, shape[:1]),
        ("gradients", answer[1], gradients, shape),
    ):
        found = np.asarray(array, dtype=np.float64)
        if found.shape != expected:
            raise ValueError(f"{name} returned {what} of shape {found.shape}; they must have {expected}")
        np.ctypeslib.as_array(out, expected)[...] = found


def takes_time(function: Any) -> bool:
    """Whether a function has two arguments without a default, so that the second must be the time."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # of some built-in functions nothing is known
        return False
    places = [each for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    return sum(each.default is each.empty for each in places) >= 2
