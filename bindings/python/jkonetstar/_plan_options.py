"""How plans are computed, written into the structs of the C headers."""

from __future__ import annotations

import warnings
from ctypes import byref, sizeof
from typing import Any

from . import _abi, _arrays
from ._errors import ConvergenceWarning, InputError
from ._library import check, lib
from .coupling import write_epsilon, write_relaxation


def default_options() -> _abi.PlanOptions:
    """Return the defaults."""
    options = _abi.PlanOptions()
    check(lib.jko_plan_options_init(byref(options), sizeof(options)))
    return options


def plan_options(
    method: Any, metric: Any, epsilon: Any, relaxation: Any, tolerance: Any, max_iterations: Any
) -> _abi.PlanOptions:
    """Return the options that parameters mean; those that have no effect on the method are refused."""
    options = default_options()
    options.method = _arrays.choice(method, "method", _abi.PLAN_METHOD)
    options.metric = _arrays.choice(metric, "metric", _abi.METRIC)
    entropic = {"epsilon": epsilon, "tolerance": tolerance, "max_iterations": max_iterations}
    for name, value in entropic.items():
        if method == "exact" and value is not None:
            raise InputError(f"{name} = {value!r} is for entropic plans, and method = 'exact'")
    if method != "unbalanced" and relaxation is not None:
        raise InputError(f"marginal_relaxation = {relaxation!r} is for unbalanced plans; the marginals of others hold")
    write_epsilon(options, epsilon)
    if method == "unbalanced":
        write_relaxation(options, relaxation)
    if tolerance is not None:
        options.tolerance = _arrays.real(tolerance, "tolerance")
    if max_iterations is not None:
        options.max_iterations = _arrays.integer(max_iterations, "max_iterations", -(2**63), 2**63 - 1)
    return options


def populations(x: Any, y: Any, a: Any, b: Any) -> tuple[Any, ...]:
    """Return views of two populations and of their masses."""
    return (
        _arrays.view(_arrays.points(x, "x")),
        _arrays.view(_arrays.points(y, "y")),
        None if a is None else _arrays.view(_arrays.vector(a, "a")),
        None if b is None else _arrays.view(_arrays.vector(b, "b")),
    )


def warn_of_marginals(error: float, iterations: int, tolerance: float, stacklevel: int = 3) -> None:
    """Warn of a plan that has not converged."""
    warnings.warn(
        f"the marginal error is {error:.2e} after {iterations} iterations, more than tolerance = {tolerance:g}; "
        "allow more by max_iterations, or a larger epsilon",
        ConvergenceWarning,
        stacklevel=stacklevel,
    )
