"""Entropic transport plans, which spread mass over all pairs and are kept as potentials."""

from __future__ import annotations

import functools
from ctypes import byref, c_int64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _arrays
from ._library import check, lib
from ._plan import Entries, Owner, Plan, barycentres, doubles, integers


class EntropicPlan(Plan):
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
    barycentres_x : ndarray of shape (n, d)
        Where each x goes on average: the mean of all y by mass.
    barycentres_y : ndarray of shape (m, d)
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
    >>> plan.barycentres_x.round(2)  # length
    array([[1.],
           [2.]])
    """

    def __init__(self, handle: object, dimension: int) -> None:
        # Copies of this object share the owner, and with it the plan.
        self._owner = OnlyOwner(handle)
        self._dimension = dimension
        info = self._read(handle)
        self.objective: float = info.objective
        self.epsilon: float = info.epsilon
        self.converged = bool(info.converged)
        self.status = "converged" if self.converged else "not converged"

    @functools.cached_property
    def barycentres_x(self) -> NDArray[np.float64]:
        """Where each x goes on average."""
        return barycentres(self._held(), self.shape[0], self._dimension, of_x=True)

    @functools.cached_property
    def barycentres_y(self) -> NDArray[np.float64]:
        """Where each y comes from on average."""
        return barycentres(self._held(), self.shape[1], self._dimension, of_x=False)

    def _entries(self, threshold: float) -> Entries:
        count = c_int64()
        check(lib.jko_plan_sparse(self._held(), threshold, 0, None, None, None, byref(count)))
        size = count.value
        rows, cols, mass = np.empty(size, np.int64), np.empty(size, np.int64), _arrays.output(size)
        if size:
            check(
                lib.jko_plan_sparse(
                    self._held(), threshold, size, integers(rows), integers(cols), doubles(mass), byref(count)
                )
            )
        return rows, cols, mass

    def __repr__(self) -> str:
        n, m = self.shape
        return (
            f"EntropicPlan({n:,} x {m:,}, epsilon {self.epsilon:.6g}, cost {self.cost:.6g}, "
            f"marginal error {self.marginal_error:.1e}, {self.status})"
        )


class OnlyOwner(Owner):
    """Holds a plan that has no arrays to be pickled."""

    def __reduce__(self) -> Any:
        raise TypeError(
            "an EntropicPlan lives in the library and cannot be pickled; keep its arrays, or compute it again"
        )
