"""What a computed flow is good for: particles, maps in both directions, densities and scores at any step."""

from __future__ import annotations

import warnings
from ctypes import POINTER, byref, c_double
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _arrays
from ._choices import Path, RandomState
from ._errors import InputError, NotFittedError
from ._file_bytes import as_bytes, from_bytes
from ._flow_base import HostDensity
from ._handles import go_with
from ._heeded import heeded
from ._library import check, lib


class FlowMaps:
    """A flow that was computed, or read from a file: the methods of `WassersteinFlow` that do not compute it."""

    n_features_in_: int
    times_: NDArray[np.float64]
    energies_: NDArray[np.float64]

    def _adopt(self, handle: Any, base: HostDensity | None = None) -> None:
        self._flow = _Flow(handle, base)
        self.n_features_in_ = int(lib.jko_flow_dimension(handle))
        count = int(lib.jko_flow_step_count(handle)) + 1
        self.times_, self.energies_ = _arrays.output(count), _arrays.output(count)
        check(lib.jko_flow_course(handle, _arrays.view(self.times_), _arrays.view(self.energies_)))

    def sample(self, n: int, step: int = -1, random_state: RandomState = 0) -> NDArray[np.float64]:
        """Return particles of the population after a step.

        Parameters
        ----------
        n : int
        step : int
            0 is the start, -1 the last.
        random_state : int, numpy.random.Generator, RandomState or None

        Returns
        -------
        ndarray of shape (n, d)

        Examples
        --------
        >>> import jkonetstar as jk
        >>> flow = jk.WassersteinFlow(components=0, steps=2).fit(jk.GaussianMixture().fit([[0.0], [1.0], [2.0]]))
        >>> flow.sample(3).shape
        (3, 1)
        """
        handle, place = self._fitted(), self._place(step)
        out = _arrays.output(_arrays.integer(n, "n", 1, 2**31 - 1), self.n_features_in_)
        heeded(lib.jko_flow_sample, handle, place, _arrays.seed(random_state), _arrays.view(out))
        return out

    def transport(self, X: ArrayLike, first: int = 0, last: int = -1) -> NDArray[np.float64]:
        """Return where particles of the population after step `first` are after step `last`.

        Parameters
        ----------
        X : array_like of shape (n, d)
        first, last : int

        Returns
        -------
        ndarray of shape (n, d)

        Warns
        -----
        UserWarning
            If the maps fold space at points of `X`, which the flow's own particles are far from.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> flow = jk.WassersteinFlow(components=0, steps=2).fit(jk.GaussianMixture().fit([[0.0], [1.0], [2.0]]))
        >>> flow.inverse(flow.transport([[0.5]])).round(9)
        array([[0.5]])
        """
        out, determinants = self._transported(X, first, last)
        folded = int(np.isnan(determinants).sum())
        if folded:
            warnings.warn(
                f"the flow folds space at {folded} of {len(out)} points of X, far from its own particles; there it "
                "cannot be undone and has no density",
                stacklevel=2,
            )
        return out

    def log_determinant(self, X: ArrayLike, first: int = 0, last: int = -1) -> NDArray[np.float64]:
        """Return ln of the determinant of the map from step `first` to step `last`: by how much volume grows.

        Parameters
        ----------
        X : array_like of shape (n, d)
        first, last : int

        Returns
        -------
        ndarray of shape (n,)
            NaN where the maps fold space.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> flow = jk.WassersteinFlow(components=0, steps=2).fit(jk.GaussianMixture().fit([[0.0], [1.0], [2.0]]))
        >>> change = flow.log_density([[0.5]], step=0) - flow.log_density(flow.transport([[0.5]]))
        >>> bool(abs(flow.log_determinant([[0.5]]) - change) < 1e-9)
        True
        """
        return self._transported(X, first, last)[1]

    def _transported(self, X: ArrayLike, first: int, last: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        handle, points = self._fitted(), self._points(X)
        out, determinants = _arrays.output(*points.shape), _arrays.output(len(points))
        start, end = self._place(first, "first"), self._place(last, "last")
        if start > end:
            raise InputError(f"first = {first} is after last = {last}")
        views = _arrays.view(points), _arrays.view(out), _arrays.view(determinants)
        heeded(lib.jko_flow_transport, handle, views[0], start, end, views[1], views[2], x="X")
        return out, determinants

    def mass(self, step: int = -1) -> float:
        """Return the integral of the density after a step, in one or two coordinates, by the midpoint rule.

        It is 1, but for the rule's error where the density is sharp, and for what maps fold, which is missing.

        Parameters
        ----------
        step : int

        Returns
        -------
        float

        Examples
        --------
        >>> import jkonetstar as jk
        >>> flow = jk.WassersteinFlow(components=0, steps=2).fit(jk.GaussianMixture().fit([[0.0], [1.0], [2.0]]))
        >>> round(flow.mass(), 6)
        1.0
        """
        handle, found = self._fitted(), c_double()
        self._heeded(lib.jko_flow_mass, handle, self._place(step), byref(found))
        return found.value

    def inverse(self, X: ArrayLike, step: int = -1) -> NDArray[np.float64]:
        """Return where particles of the population after a step come from.

        Parameters
        ----------
        X : array_like of shape (n, d)
        step : int

        Returns
        -------
        ndarray of shape (n, d)

        Raises
        ------
        ConvergenceError
            If a map cannot be inverted at a point.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> flow = jk.WassersteinFlow(components=0, steps=2).fit(jk.GaussianMixture().fit([[0.0], [1.0], [2.0]]))
        >>> flow.inverse([[0.5]], step=0)
        array([[0.5]])
        """
        return self._at(lib.jko_flow_inverse, X, step, self.n_features_in_ if hasattr(self, "_flow") else 1)

    def log_density(self, X: ArrayLike, step: int = -1) -> NDArray[np.float64]:
        """Return ln rho after a step: the maps are inverted, and their determinants subtracted.

        Parameters
        ----------
        X : array_like of shape (n, d)
        step : int

        Returns
        -------
        ndarray of shape (n,)
            rho is in 1 / length^d.

        Raises
        ------
        ConvergenceError
            If a map cannot be inverted at a point; the message has the residual.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> flow = jk.WassersteinFlow(components=0, steps=2).fit(jk.GaussianMixture().fit([[0.0], [1.0], [2.0]]))
        >>> bool(flow.log_density([[1.0]]) < flow.log_density([[1.0]], step=0))  # it has spread
        True
        """
        return self._at(lib.jko_flow_log_density, X, step, None)

    def score(self, X: ArrayLike, step: int = -1) -> NDArray[np.float64]:
        """Return grad ln rho after a step.

        Parameters
        ----------
        X : array_like of shape (n, d)
        step : int

        Returns
        -------
        ndarray of shape (n, d)
            In 1 / length.

        Raises
        ------
        ConvergenceError
            If a map cannot be inverted at a point.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> flow = jk.WassersteinFlow(components=0, steps=2).fit(jk.GaussianMixture().fit([[0.0], [1.0], [2.0]]))
        >>> (flow.score([[1.0]]).round(9) + 0.0).tolist()  # the mean, where ln rho is largest
        [[0.0]]
        """
        return self._at(lib.jko_flow_score, X, step, self.n_features_in_ if hasattr(self, "_flow") else 1)

    def save(self, path: Path) -> None:
        """Write the flow as a safetensors file that `load` reads.

        Parameters
        ----------
        path : str or path
            The file appears whole or not at all.

        Raises
        ------
        OSError
            If the file cannot be written.
        ValueError
            If the flow is from a `log_density`.

        Examples
        --------
        >>> import os, tempfile
        >>> import jkonetstar as jk
        >>> flow = jk.WassersteinFlow(components=0, steps=2).fit(jk.GaussianMixture().fit([[0.0], [1.0], [2.0]]))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     flow.save(os.path.join(folder, "flow.safetensors"))
        ...     again = jk.WassersteinFlow.load(os.path.join(folder, "flow.safetensors"))
        >>> bool((again.sample(5) == flow.sample(5)).all())
        True
        """
        handle = self._fitted()
        self._flow.require_written()
        check(lib.jko_flow_save(handle, _arrays.path(path)), path)

    def _at(self, function: Any, X: ArrayLike, step: int, width: int | None) -> NDArray[np.float64]:
        handle, points, place = self._fitted(), self._points(X), self._place(step)
        out = _arrays.output(len(points)) if width is None else _arrays.output(len(points), width)
        self._heeded(function, handle, _arrays.view(points), place, _arrays.view(out), x="X")
        return out

    def _heeded(self, function: Any, *arguments: Any, **names: str) -> None:
        base = self._flow.base
        try:
            heeded(function, *arguments, **names)
        except Exception:
            if base is not None:
                base.raise_error()
            raise

    def _points(self, X: ArrayLike) -> NDArray[Any]:
        points = _arrays.points(X, "X")
        if points.shape[1] != self.n_features_in_:
            own = _arrays.plural(self.n_features_in_, "coordinate")
            raise InputError(f"X has {_arrays.plural(points.shape[1], 'column')}; the flow has {own}", "JKO_ESHAPE")
        return points

    def _place(self, step: int, name: str = "step") -> int:
        count = len(self.times_) - 1
        place = _arrays.integer(step, name, -count - 1, count)
        return place if place >= 0 else place + count + 1

    def _fitted(self) -> Any:
        flow = getattr(self, "_flow", None)
        if flow is None:
            raise NotFittedError("the flow has not been computed yet; call fit first")
        return flow.handle


class _Flow:
    """Owns a `jko_flow`; pickles as its file."""

    def __init__(self, handle: Any, base: HostDensity | None = None) -> None:
        self.handle = handle
        self.base = base
        go_with(self, handle, "jko_flow_destroy")

    def require_written(self) -> None:
        """Refuse to write what no file can hold."""
        if self.base is not None:
            raise InputError(
                "a flow from a log_density cannot be saved or pickled, because that is a function; start from a "
                "GaussianMixture or a KernelDensity of the particles instead"
            )

    def __deepcopy__(self, memo: dict[int, Any]) -> _Flow:
        return self  # nothing changes it

    def __reduce__(self) -> tuple[Any, ...]:
        self.require_written()
        return _flow_from_bytes, (as_bytes(lambda path: lib.jko_flow_save(self.handle, path)),)


def _flow_from_bytes(content: bytes) -> _Flow:
    handle = POINTER(_abi.Flow)()
    from_bytes(content, lambda path: lib.jko_flow_load(path, byref(handle)))
    return _Flow(handle)
