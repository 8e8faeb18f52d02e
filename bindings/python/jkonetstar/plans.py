"""Transport plans: which mass goes where, at what cost, and the proof that it is optimal."""

from __future__ import annotations

import functools
from ctypes import POINTER, byref, c_double, c_int64, sizeof
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _abi, _arrays
from ._errors import AbsentError, InputError
from ._handles import go_with
from ._library import address, check, lib

Entries = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


class _Plan:
    """What plans of all methods have."""

    _owner: _Owner | None

    @property
    def handle(self) -> int:
        """The address of the `jko_plan` in this process, for C and C++ programs that embed Python.

        It is valid as long as this object or a copy of it lives, and must not be destroyed. A plan that was pickled
        consists of arrays only and has none.
        """
        if self._owner is None:
            raise AbsentError("this plan was pickled and has no handle; compute it again")
        return address(self._owner.handle)

    def _read(self, handle: Any) -> _abi.PlanInfo:
        info = _abi.PlanInfo(struct_size=sizeof(_abi.PlanInfo))
        check(lib.jko_plan_describe(handle, byref(info)))
        self.shape: tuple[int, int] = (info.rows, info.columns)
        self.dual_x, self.dual_y = _pair(lib.jko_plan_duals, handle, info)
        self.mass_x, self.mass_y = _pair(lib.jko_plan_masses, handle, info)
        self.cost: float = info.cost
        self.marginal_error: float = info.marginal_error
        self.iterations: int = info.iterations
        return info

    def sparse(self, threshold: float = 0.0) -> Entries:
        """Return the pairs with more than `threshold` mass, by row, then column.

        Parameters
        ----------
        threshold : float
            Mass, 0 or more.

        Returns
        -------
        rows, cols : ndarray of int64, shape (k,)
        mass : ndarray of shape (k,)

        Examples
        --------
        >>> import jkonetstar as jk
        >>> rows, cols, mass = jk.optimal_transport([0.0, 1.0, 2.0], [0.0, 4.0]).sparse(threshold=0.2)
        >>> list(zip(rows.tolist(), cols.tolist()))
        [(0, 0), (2, 1)]
        >>> plan = jk.optimal_transport([0.0, 1.0], [0.0, 1.0], method="sinkhorn", epsilon=0.1)
        >>> rows, cols, mass = plan.sparse(threshold=0.01)
        >>> list(zip(rows.tolist(), cols.tolist()))
        [(0, 0), (1, 1)]
        """
        least = _arrays.real(threshold, "threshold")
        if not 0 <= least < np.inf:
            raise InputError(f"threshold = {least} is not a finite number of at least 0")
        return self._entries(least)

    def _entries(self, threshold: float) -> Entries:
        raise NotImplementedError

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
        >>> jk.optimal_transport([0.0, 1.0], [0.0, 1.0], method="sinkhorn", epsilon=0.5).dense().round(3)
        array([[0.44, 0.06],
               [0.06, 0.44]])
        """
        rows, cols, mass = self.sparse()
        matrix = np.zeros(self.shape)
        matrix[rows, cols] = mass
        return matrix


class _Owner:
    """Holds a plan of the library as long as anything refers to it."""

    def __init__(self, handle: Any) -> None:
        self.handle = handle
        go_with(self, handle, "jko_plan_destroy")

    def __deepcopy__(self, memo: dict[int, Any]) -> _Owner:
        return self

    def __reduce__(self) -> Any:
        # The arrays of a plan say everything: it is pickled without its owner.
        return type(None), ()


class _OnlyOwner(_Owner):
    """Holds a plan that has no arrays to be pickled."""

    def __reduce__(self) -> Any:
        raise TypeError(
            "an EntropicPlan lives in the library and cannot be pickled; keep its arrays, or compute it again"
        )


class TransportPlan(_Plan):
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
    mass_x, mass_y : ndarray of shape (n,) and (m,)
        Row and column sums.
    barycenters_x : ndarray of shape (n, d)
        Where each x goes on average: the mean of its y by mass. NaN where it has no mass.
    barycenters_y : ndarray of shape (m, d)
        Where each y comes from on average.
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

    Examples
    --------
    >>> import jkonetstar as jk
    >>> jk.optimal_transport([0.0, 1.0], [1.0, 2.0])
    TransportPlan(2 x 2, 2 pairs, cost 1, gap 0.0e+00, optimal)
    """

    def __init__(self, handle: object, dimension: int) -> None:
        self._owner = _Owner(handle)
        info = self._read(handle)
        self.rows, self.cols = np.empty(info.entries, np.int64), np.empty(info.entries, np.int64)
        self.mass = np.empty(info.entries)
        check(lib.jko_plan_entries(handle, _long(self.rows), _long(self.cols), _double(self.mass)))
        self.barycenters_x = _barycenters(handle, info.rows, dimension, of_x=True)
        self.barycenters_y = _barycenters(handle, info.columns, dimension, of_x=False)
        self.gap: float = info.gap
        self.status = "optimal"

    def _entries(self, threshold: float) -> Entries:
        chosen = self.mass > threshold
        return self.rows[chosen], self.cols[chosen], self.mass[chosen]

    def __repr__(self) -> str:
        n, m = self.shape
        return (
            f"TransportPlan({n:,} x {m:,}, {len(self.mass):,} pairs, cost {self.cost:.6g}, "
            f"gap {self.gap:.1e}, {self.status})"
        )


class EntropicPlan(_Plan):
    """A plan between n and m particles that spreads mass over all pairs, kept as potentials.

    The mass of a pair is ``P_ij = a_i b_j exp((u_i + v_j - c(x_i, y_j)) / epsilon)``; no matrix is ever made unless
    `dense` or `sparse` is asked for it.

    Attributes
    ----------
    cost : float
        Sum of mass times cost of the pair: length^2 ("sqeuclidean") or length ("euclidean"), times mass.
    objective : float
        The least value of what `optimal_transport` minimises, by its dual, which is never above it.
    epsilon : float
        The epsilon that was used, in units of cost.
    dual_x, dual_y : ndarray of shape (n,) and (m,)
        Potentials u, v. Where both marginals hold a constant can be moved from u to v: here their means under a and
        b are equal.
    mass_x, mass_y : ndarray of shape (n,) and (m,)
        Row and column sums. Where marginals are relaxed, ``mass_x / a`` is what becomes of the mass of each x.
    barycenters_x : ndarray of shape (n, d)
        Where each x goes on average: the mean of all y by mass.
    barycenters_y : ndarray of shape (m, d)
        Where each y comes from on average.
    marginal_error : float
        "sinkhorn": the larger of sum_i |mass_x - a| and sum_j |mass_y - b|, over the total mass. "unbalanced": the
        largest logarithm of mass_x / (a exp(-u / rho)) or mass_y / (b exp(-v / rho)), which are 1 at the optimum.
    iterations : int
        Updates of both potentials.
    converged : bool
        Whether `marginal_error` is at most the tolerance.
    status : str
        "converged" or "not converged".
    shape : tuple of int
        (n, m).

    Examples
    --------
    >>> import jkonetstar as jk
    >>> plan = jk.optimal_transport([0.0, 1.0], [1.0, 2.0], method="sinkhorn", epsilon=0.1)
    >>> plan.barycenters_x.round(2)  # length
    array([[1.],
           [2.]])
    """

    def __init__(self, handle: object, dimension: int) -> None:
        # Copies of this object share the owner, and with it the plan.
        self._owner: _OnlyOwner = _OnlyOwner(handle)
        self._dimension = dimension
        info = self._read(handle)
        self.objective: float = info.objective
        self.epsilon: float = info.epsilon
        self.converged = bool(info.converged)
        self.status = "converged" if self.converged else "not converged"

    @functools.cached_property
    def barycenters_x(self) -> NDArray[np.float64]:
        """Where each x goes on average."""
        return _barycenters(self._owner.handle, self.shape[0], self._dimension, of_x=True)

    @functools.cached_property
    def barycenters_y(self) -> NDArray[np.float64]:
        """Where each y comes from on average."""
        return _barycenters(self._owner.handle, self.shape[1], self._dimension, of_x=False)

    def _entries(self, threshold: float) -> Entries:
        count = c_int64()
        check(lib.jko_plan_sparse(self._owner.handle, threshold, 0, None, None, None, byref(count)))
        size = count.value
        rows, cols, mass = np.empty(size, np.int64), np.empty(size, np.int64), _arrays.output(size)
        if size:
            check(
                lib.jko_plan_sparse(
                    self._owner.handle, threshold, size, _long(rows), _long(cols), _double(mass), byref(count)
                )
            )
        return rows, cols, mass

    def __repr__(self) -> str:
        n, m = self.shape
        return (
            f"EntropicPlan({n:,} x {m:,}, epsilon {self.epsilon:.6g}, cost {self.cost:.6g}, "
            f"marginal error {self.marginal_error:.1e}, {self.status})"
        )


def _pair(function: Any, handle: Any, info: _abi.PlanInfo) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what a function copies for the rows and for the columns of a plan."""
    of_x, of_y = _arrays.output(info.rows), _arrays.output(info.columns)
    check(function(handle, _double(of_x), _double(of_y)))
    return of_x, of_y


def _barycenters(handle: Any, count: int, dimension: int, of_x: bool) -> NDArray[np.float64]:
    images = _arrays.output(count, dimension)
    view = _arrays.view(images)
    check(lib.jko_plan_barycenters(handle, view if of_x else None, None if of_x else view))
    return images


def _long(array: NDArray[np.int64]) -> Any:
    return array.ctypes.data_as(POINTER(c_int64))


def _double(array: NDArray[np.float64]) -> Any:
    return array.ctypes.data_as(POINTER(c_double))
