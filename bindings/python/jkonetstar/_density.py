"""What densities of all kinds have in common: their handle, their logarithm and their score."""

from __future__ import annotations

from ctypes import POINTER, byref, sizeof
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _arrays
from ._calls import LongCall
from ._choices import RandomState
from ._errors import NotFittedError
from ._handles import go_with
from ._heeded import heeded
from ._library import check, lib
from ._parameters import Parameters


class Density(Parameters):
    """What mixtures and kernel densities have in common once they are fitted."""

    n_features_in_: int

    def __init__(self) -> None:
        self._owner: Owner | None = None

    def score_samples(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return ln rho at `X`.

        It is right, and finite, however far from the population a point is.

        Parameters
        ----------
        X : array_like of shape (n, d)
            In length.

        Returns
        -------
        ndarray of shape (n,)
            rho is in 1 / length^d.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> density = jk.KernelDensity(bandwidth=1.0).fit([[0.0]])
        >>> density.score_samples([[0.0], [60.0]]).round(3).tolist()  # -x^2 / 2 - ln(2 pi) / 2
        [-0.919, -1800.919]
        """
        points = _arrays.points(X, "X")
        out = _arrays.output(len(points))
        heeded(lib.jko_density_log, self._fitted().handle, _arrays.view(points), _arrays.view(out), x="X")
        return out

    def score(self, X: ArrayLike, y: object = None) -> float:
        """Return the mean of ln rho at `X`, the log-likelihood per particle.

        Parameters
        ----------
        X : array_like of shape (n, d)
            In length.
        y : ignored
            There for scikit-learn.

        Returns
        -------
        float

        Examples
        --------
        >>> import jkonetstar as jk
        >>> round(jk.KernelDensity(bandwidth=1.0).fit([[0.0]]).score([[1.0], [-1.0]]), 3)
        -1.419
        """
        return float(self.score_samples(X).mean())

    def score_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the score grad ln rho = grad rho / rho at `X`.

        Parameters
        ----------
        X : array_like of shape (n, d)
            In length.

        Returns
        -------
        ndarray of shape (n, d)
            In 1 / length.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> jk.KernelDensity(bandwidth=2.0).fit([[1.0, 0.0]]).score_function([[5.0, -4.0]])
        array([[-1.,  1.]])
        """
        points = _arrays.points(X, "X")
        out = _arrays.output(*points.shape)
        heeded(lib.jko_density_score, self._fitted().handle, _arrays.view(points), _arrays.view(out), x="X")
        return out

    def sample(self, n_samples: int = 1, random_state: RandomState = 0) -> NDArray[np.float64]:
        """Return particles of the density.

        Parameters
        ----------
        n_samples : int
        random_state : int, numpy.random.Generator, RandomState or None

        Returns
        -------
        ndarray of shape (n_samples, d)
            Of a mixture, too, the particles alone, where scikit-learn returns labels beside them.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> normal = jk.GaussianMixture.of([1.0], [[3.0]], [[[4.0]]])
        >>> x = normal.sample(10_000)
        >>> bool(abs(x.mean() - 3) < 0.1 and abs(x.std() - 2) < 0.1)
        True
        """
        handle = self._fitted().handle
        out = _arrays.output(_arrays.integer(n_samples, "n_samples", 1, 2**31 - 1), self.n_features_in_)
        check(lib.jko_density_sample(handle, _arrays.seed(random_state), _arrays.view(out)))
        return out

    def _estimate(self, X: Any, sample_weight: Any, options: _abi.DensityOptions) -> _abi.DensityInfo:
        """Fit, keep the density, and describe it."""
        points = _arrays.points(X, "X")
        weights = None if sample_weight is None else _arrays.vector(sample_weight, "sample_weight")
        handle = POINTER(_abi.Density)()
        with LongCall() as call:
            options.progress = call.progress
            status = lib.jko_density_create(_arrays.view(points), _arrays.view(weights), byref(options), byref(handle))
        call.finish(status, **self._names())
        self._owner = Owner(handle)
        self.n_features_in_ = points.shape[1]
        return describe(handle)

    def _write(self, options: _abi.DensityOptions) -> None:
        """Write the parameters."""
        raise NotImplementedError

    def _names(self) -> dict[str, str]:
        """Return what the caller calls the arguments of C functions."""
        return {"points": "X", "weights": "sample_weight"}

    def _fitted(self) -> Owner:
        if self._owner is None:
            raise NotFittedError(f"this {type(self).__name__} is not fitted yet; call fit first")
        return self._owner

    def __sklearn_is_fitted__(self) -> bool:
        return self._owner is not None

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import Tags, TargetTags

        return Tags(estimator_type="density_estimator", target_tags=TargetTags(required=False))


class Owner:
    """Owns a `jko_density`, so that evaluations under way stay valid while another fit replaces it."""

    def __init__(self, handle: Any) -> None:
        self.handle = handle
        go_with(self, handle, "jko_density_destroy")


def density_options(kind: str) -> _abi.DensityOptions:
    """Return the defaults of a kind of density."""
    options = _abi.DensityOptions()
    check(lib.jko_density_options_init(byref(options), sizeof(options)))
    options.kind = _abi.DENSITY_KIND[kind]
    return options


def describe(handle: Any) -> _abi.DensityInfo:
    """Return what is known of a density."""
    info = _abi.DensityInfo(struct_size=sizeof(_abi.DensityInfo))
    check(lib.jko_density_describe(handle, byref(info)))
    return info
