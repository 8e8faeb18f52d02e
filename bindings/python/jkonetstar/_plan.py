"""What plans of all methods have in common: their handle, and what is read from it."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int64, sizeof
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _abi, _arrays
from ._errors import AbsentError, InputError
from ._handles import go_with
from ._library import address, check, lib

Entries = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


class Plan:
    """What plans of all methods have."""

    _owner: Owner | None

    @property
    def handle(self) -> int:
        """The address of the `jko_plan` in this process, for C and C++ programs that embed Python.

        It is valid as long as this object or a copy of it lives, and must not be destroyed. A plan that was pickled
        consists of arrays only and has none.
        """
        return address(self._held())

    def _held(self) -> Any:
        """Return the handle of the plan."""
        if self._owner is None:
            raise AbsentError("this plan was pickled and has no handle; compute it again")
        return self._owner.handle

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


class Owner:
    """Holds a plan of the library as long as anything refers to it."""

    def __init__(self, handle: Any) -> None:
        self.handle = handle
        go_with(self, handle, "jko_plan_destroy")

    def __deepcopy__(self, memo: dict[int, Any]) -> Owner:
        return self

    def __reduce__(self) -> Any:
        # The arrays of a plan say everything: it is pickled without its owner.
        return type(None), ()


def _pair(function: Any, handle: Any, info: _abi.PlanInfo) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what a function copies for the rows and for the columns of a plan."""
    of_x, of_y = _arrays.output(info.rows), _arrays.output(info.columns)
    check(function(handle, doubles(of_x), doubles(of_y)))
    return of_x, of_y


def barycentres(handle: Any, count: int, dimension: int, of_x: bool) -> NDArray[np.float64]:
    """Return where particles go, or come from, on average."""
    images = _arrays.output(count, dimension)
    view = _arrays.view(images)
    check(lib.jko_plan_barycentres(handle, view if of_x else None, None if of_x else view))
    return images


def integers(array: NDArray[np.int64]) -> Any:
    """Return where an array of integers lies."""
    return array.ctypes.data_as(POINTER(c_int64))


def doubles(array: NDArray[np.float64]) -> Any:
    """Return where an array of numbers lies."""
    return array.ctypes.data_as(POINTER(c_double))
