"""Optimal transport between two populations: the plan, its cost, and the proof that it is optimal."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int64, sizeof
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _arrays
from ._calls import LongCall
from ._library import check, lib


class TransportPlan:
    """A plan between n and m particles, sparse: at most n + m - 1 pairs carry mass.

    Attributes
    ----------
    rows, cols : ndarray of int64, shape (k,)
        The pairs that carry mass, ordered by row, then column.
    mass : ndarray of shape (k,)
    cost : float
        Sum of mass times cost of the pair: length^2 ("sqeuclidean") or length ("euclidean"), times mass.
    dual_x, dual_y : ndarray of shape (n,) and (m,)
        Potentials u, v with u_i + v_j <= c(x_i, y_j), with equality where mass flows.
    gap : float
        (cost - dual cost) / max(cost, 1e-12 times the largest cost of a pair); 0 up to rounding proves
        optimality.
    marginal_error : float
        Largest deviation of a row or column sum from its marginal, relative to the total mass.
    iterations : int
        Pivots of the simplex method.
    status : str
        "optimal": the plan was certified; a plan that could not be raises `ConvergenceError` instead.
    shape : tuple of int
        (n, m).
    """

    def __init__(self, handle: Any) -> None:
        info = _abi.PlanInfo(struct_size=sizeof(_abi.PlanInfo))
        check(lib.jko_plan_describe(handle, byref(info)))
        self.shape = (info.rows, info.columns)
        self.rows = np.empty(info.entries, np.int64)
        self.cols = np.empty(info.entries, np.int64)
        self.mass = np.empty(info.entries)
        check(lib.jko_plan_entries(handle, _long(self.rows), _long(self.cols), _double(self.mass)))
        self.dual_x, self.dual_y = np.empty(info.rows), np.empty(info.columns)
        check(lib.jko_plan_duals(handle, _double(self.dual_x), _double(self.dual_y)))
        self.cost: float = info.cost
        self.gap: float = info.gap
        self.marginal_error: float = info.marginal_error
        self.iterations: int = info.iterations
        self.status = "optimal"

    def dense(self) -> NDArray[np.float64]:
        """Return the plan as a matrix.

        Returns
        -------
        ndarray of shape (n, m)
            The mass of every pair.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> jk.optimal_transport([0.0, 1.0], [0.0, 1.0, 1.0], b=[0.5, 0.25, 0.25]).dense()
        array([[0.5 , 0.  , 0.  ],
               [0.  , 0.25, 0.25]])
        """
        matrix = np.zeros(self.shape)
        matrix[self.rows, self.cols] = self.mass
        return matrix

    def __repr__(self) -> str:
        n, m = self.shape
        return (
            f"TransportPlan({n:,} x {m:,}, {len(self.mass):,} pairs, cost {self.cost:.6g}, "
            f"gap {self.gap:.1e}, {self.status})"
        )


def optimal_transport(
    x: ArrayLike,
    y: ArrayLike,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    metric: str = "sqeuclidean",
    method: str = "exact",
) -> TransportPlan:
    """Compute the optimal plan between two populations.

    The plan minimises ``sum_ij c(x_i, y_j) gamma_ij`` over all gamma >= 0 with row sums a and column sums b.

    Parameters
    ----------
    x : array_like of shape (n, d)
    y : array_like of shape (m, d)
    a, b : array_like of shape (n,) and (m,), optional
        Masses, not negative; 1/n and 1/m each by default. The sums of a and b must agree.
    metric : {"sqeuclidean", "euclidean"}
        The cost c: ||x - y||^2, that of W2 and of JKOnet*, or ||x - y||, that of W1.
    method : {"exact"}
        An optimal vertex of the transport polytope, certified by its dual.

    Returns
    -------
    TransportPlan

    Raises
    ------
    ValueError
        If shapes disagree, a number is not finite, or the masses do not fit each other.
    ConvergenceError
        If optimality could not be certified.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> plan = jk.optimal_transport([[0.0], [1.0]], [[1.5], [0.5]])
    >>> plan.dense()
    array([[0. , 0.5],
           [0.5, 0. ]])
    >>> plan.cost
    0.25
    """
    options = _options(method)
    options.metric = _arrays.choice(metric, "metric", _abi.METRIC)
    handle = POINTER(_abi.Plan)()
    with LongCall() as call:
        options.progress = call.progress
        status = lib.jko_plan_compute(*_populations(x, y, a, b), byref(options), byref(handle))
    call.finish(status)
    try:
        return TransportPlan(handle)
    finally:
        lib.jko_plan_destroy(handle)


def emd(x: ArrayLike, y: ArrayLike, order: int = 1, a: ArrayLike | None = None, b: ArrayLike | None = None) -> float:
    """Return the Wasserstein distance between two populations, in units of length.

    Parameters
    ----------
    x : array_like of shape (n, d)
    y : array_like of shape (m, d)
        The populations, in length.
    order : {1, 2}
        1: W1, the least mean distance moved. 2: W2, the square root of the least mean squared distance.
    a, b : array_like of shape (n,) and (m,), optional
        Masses as in `optimal_transport`; they are divided by their sum.

    Returns
    -------
    float

    Examples
    --------
    >>> import jkonetstar as jk
    >>> jk.emd([[0.0, 0.0]], [[3.0, 4.0]])
    5.0
    """
    code = _arrays.integer(order, "order", -(2**31), 2**31 - 1)
    distance, options = c_double(), _options("exact")
    with LongCall() as call:
        options.progress = call.progress
        status = lib.jko_emd(*_populations(x, y, a, b), code, byref(options), byref(distance))
    call.finish(status)
    return distance.value


def _options(method: str) -> _abi.PlanOptions:
    options = _abi.PlanOptions()
    check(lib.jko_plan_options_init(byref(options), sizeof(options)))
    options.method = _arrays.choice(method, "method", _abi.PLAN_METHOD)
    return options


def _populations(x: Any, y: Any, a: Any, b: Any) -> tuple:
    return (
        _arrays.view(_arrays.points(x, "x")),
        _arrays.view(_arrays.points(y, "y")),
        None if a is None else _arrays.view(_arrays.vector(a, "a")),
        None if b is None else _arrays.view(_arrays.vector(b, "b")),
    )


def _long(array: NDArray) -> Any:
    return array.ctypes.data_as(POINTER(c_int64))


def _double(array: NDArray) -> Any:
    return array.ctypes.data_as(POINTER(c_double))
