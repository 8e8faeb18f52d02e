"""Normal equations: what linear energies are solved from, summed over batches and machines."""

from __future__ import annotations

import copy
from ctypes import POINTER, byref, sizeof
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _arrays
from ._calls import LongCall
from ._energy import Energy
from ._handles import go_with
from ._library import check, lib
from ._model_options import argument_names, fit_options
from .loading import from_energy
from .model import JKOnetStar
from .snapshots import Snapshots, as_snapshots


class NormalEquations:
    """Sums over transitions, A = sum m rho^2 J J^T and r = -sum m rho J shift, over the features of a fitted model.

    Machines that load the same model sum the same features. What they have summed merges in any order to the same
    coefficients, and travels as pickle or as arrays.

    Parameters
    ----------
    model : JKOnetStar
        Fitted, without a network: its features and standardised coordinates are used, its sums are not.

    Examples
    --------
    >>> import numpy as np
    >>> import jkonetstar as jk
    >>> x0 = np.random.default_rng(0).uniform(-1, 1, size=(200, 1))
    >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
    >>> _ = model.fit(np.concatenate([x0[:50], 0.9 * x0[:50]]), time=np.repeat([0.0, 0.1], 50))
    >>> here, there = jk.NormalEquations(model), jk.NormalEquations(model)
    >>> _ = here.accumulate(np.concatenate([x0[:100], 0.9 * x0[:100]]), time=np.repeat([0.0, 0.1], 100))
    >>> _ = there.accumulate(np.concatenate([x0[100:], 0.9 * x0[100:]]), time=np.repeat([0.0, 0.1], 100))
    >>> here.merge(there).solve().potential_.gradient([[1.0]]).round(3)
    array([[1.]])
    """

    def __init__(self, model: JKOnetStar) -> None:
        if not isinstance(model, JKOnetStar):
            raise TypeError(f"model must be a JKOnetStar, got {type(model).__name__}")
        model._fitted()
        # What the sums are over stays, whatever becomes of the model.
        self._model = copy.copy(model)
        self._handle = POINTER(_abi.NormalEquations)()
        check(lib.jko_normal_equations_create(self._model._fitted().handle, byref(self._handle)))
        go_with(self, self._handle, "jko_normal_equations_destroy")

    def __repr__(self) -> str:
        info = self._info()
        return f"NormalEquations({info.count} coefficients, {info.transitions:g} transitions)"

    def accumulate(
        self, X: ArrayLike | Snapshots, time: ArrayLike | None = None, weights: ArrayLike | None = None
    ) -> NormalEquations:
        """Add the transitions of a series of snapshots.

        Parameters
        ----------
        X, time, weights
            Two or more snapshots, as in `JKOnetStar.fit`.

        Returns
        -------
        self

        Examples
        --------
        >>> import jkonetstar as jk
        >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
        >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
        >>> jk.NormalEquations(model).accumulate([-1.0, 3.0, -0.9, 2.7], time=[0, 0, 1, 1]).transitions
        1.0
        """
        series = as_snapshots(X, time, weights)
        options = self._options()
        with LongCall() as call:
            options.progress = call.progress
            status = lib.jko_normal_equations_accumulate(self._handle, series._handle, byref(options))
        call.finish(status, **argument_names(self._model._specification().internal))
        return self

    def merge(self, other: NormalEquations) -> NormalEquations:
        """Add what others have summed over the same features.

        Parameters
        ----------
        other : NormalEquations
            Made from the same model; unchanged.

        Returns
        -------
        self

        Examples
        --------
        >>> import jkonetstar as jk
        >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
        >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
        >>> sums = jk.NormalEquations(model).accumulate([-1.0, 3.0, -0.9, 2.7], time=[0, 0, 1, 1])
        >>> jk.NormalEquations(model).merge(sums).transitions
        1.0
        """
        if not isinstance(other, NormalEquations):
            raise TypeError(f"other must be NormalEquations, got {type(other).__name__}")
        check(lib.jko_normal_equations_merge(self._handle, other._handle))
        return self

    def solve(self) -> JKOnetStar:
        """Return the fitted model that the sums make, with the ridge that their model had when they were made.

        Returns
        -------
        JKOnetStar

        Examples
        --------
        >>> import jkonetstar as jk
        >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
        >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
        >>> sums = jk.NormalEquations(model).accumulate([-1.0, 3.0, -0.9, 2.7], time=[0, 0, 1, 1])
        >>> sums.solve().potential_.gradient([[1.0]]).round(3)
        array([[0.1]])
        """
        options, handle = self._options(), POINTER(_abi.Model)()
        with LongCall() as call:
            options.progress = call.progress
            status = lib.jko_normal_equations_solve(self._handle, byref(options), byref(handle))
        call.finish(status)
        return from_energy(Energy(handle))

    @property
    def matrix(self) -> NDArray[np.float64]:
        """A, shape (F, F)."""
        return self._arrays()[0]

    @property
    def right(self) -> NDArray[np.float64]:
        """The right side r, shape (F,)."""
        return self._arrays()[1]

    @property
    def transitions(self) -> float:
        """How many transitions were added."""
        return float(self._info().transitions)

    def _options(self) -> _abi.FitOptions:
        return fit_options(self._model._specification())

    def _info(self) -> _abi.NormalEquationsInfo:
        info = _abi.NormalEquationsInfo(struct_size=sizeof(_abi.NormalEquationsInfo))
        check(lib.jko_normal_equations_describe(self._handle, byref(info)))
        return info

    def _arrays(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        count = self._info().count
        matrix, right = _arrays.output(count, count), _arrays.output(count)
        check(lib.jko_normal_equations_export(self._handle, _arrays.view(matrix), _arrays.view(right)))
        return matrix, right

    def __getstate__(self) -> dict[str, Any]:
        info = self._info()
        sums = {name: getattr(info, name) for name in ("count", "transitions", "equations", "constant", "scatter")}
        return {"model": self._model, "arrays": self._arrays(), "sums": sums}

    def __setstate__(self, state: dict[str, Any]) -> None:
        NormalEquations.__init__(self, state["model"])
        info = _abi.NormalEquationsInfo(struct_size=sizeof(_abi.NormalEquationsInfo), **state["sums"])
        matrix, right = state["arrays"]
        check(lib.jko_normal_equations_import(self._handle, _arrays.view(matrix), _arrays.view(right), byref(info)))
