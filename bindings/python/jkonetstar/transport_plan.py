"""Exact transport plans: which mass goes where, at what cost, and the proof that it is optimal."""

from __future__ import annotations

import numpy as np

from ._library import check, lib
from ._plan import Entries, Owner, Plan, barycentres, doubles, integers


class TransportPlan(Plan):
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
    barycentres_x : ndarray of shape (n, d)
        Where each x goes on average: the mean of its y by mass. NaN where it has no mass.
    barycentres_y : ndarray of shape (m, d)
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
        self._owner = Owner(handle)
        info = self._read(handle)
        self.rows, self.cols = np.empty(info.entries, np.int64), np.empty(info.entries, np.int64)
        self.mass = np.empty(info.entries)
        check(lib.jko_plan_entries(handle, integers(self.rows), integers(self.cols), doubles(self.mass)))
        self.barycentres_x = barycentres(handle, info.rows, dimension, of_x=True)
        self.barycentres_y = barycentres(handle, info.columns, dimension, of_x=False)
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
