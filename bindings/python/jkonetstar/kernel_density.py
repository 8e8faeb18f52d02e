"""Densities that are a Gaussian around every particle."""

from __future__ import annotations

import copy
import math
from typing import Any, Literal

from numpy.typing import ArrayLike

from . import _abi, _arrays
from ._choices import BandwidthRule
from ._density import Density, density_options
from ._errors import InputError


class KernelDensity(Density):
    """A Gaussian around every particle, rho(x) = sum_i w_i N(x; x_i, H).

    As `internal` of a `JKOnetStar` it says how the density of each snapshot is estimated, and is not fitted itself.

    Parameters
    ----------
    bandwidth : {"scott", "silverman"} or float
        A rule [1]_ [2]_ that multiplies the population's covariance by f^2, with f = n^(-1 / (d + 4)) or
        (n (d + 2) / 4)^(-1 / (d + 4)) and n = 1 / sum w_i^2; or the kernel's standard deviation in every
        direction, in length.
    covariance_type : {"full", "spherical"}
        For the rules: H is f^2 times the population's covariance, as in `scipy.stats.gaussian_kde`, or f^2 times the
        mean of its variances in every direction.

    Attributes
    ----------
    bandwidth_ : float
        det(H)^(1 / 2d), the kernel's standard deviation where that is the same in every direction; in length.
    n_features_in_ : int
        The number of coordinates d.

    References
    ----------
    .. [1] D. W. Scott, "Multivariate density estimation: theory, practice, and visualization", 1992.
    .. [2] B. W. Silverman, "Density estimation for statistics and data analysis", 1986.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> density = jk.KernelDensity().fit([[0.0], [1.0], [2.0]])
    >>> density.score_function([[0.0], [1.0], [5.0]]).round(3) + 0.0
    array([[ 0.567],
           [ 0.   ],
           [-4.662]])
    """

    def __init__(
        self, bandwidth: BandwidthRule | float = "scott", *, covariance_type: Literal["full", "spherical"] = "full"
    ) -> None:
        super().__init__()
        self.bandwidth = bandwidth
        self.covariance_type = covariance_type

    def fit(self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None) -> KernelDensity:
        """Take particles and choose the kernel's width.

        Parameters
        ----------
        X : array_like of shape (n, d)
            In length.
        y : ignored
            There for scikit-learn.
        sample_weight : array_like of shape (n,), optional
            How much each particle counts; all alike by default.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If parameters or data cannot be used, or a rule finds no width: there is one particle only, or the particles
            lie in a line or plane, which spherical kernels can cope with. The density stays as it was.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> round(jk.KernelDensity("silverman").fit([[0.0], [1.0], [2.0]]).bandwidth_, 3)
        0.85
        """
        self._take(X, sample_weight)
        # What the caller changes later is not what was fitted.
        self._taken: tuple[Any, ...] = copy.deepcopy((X, sample_weight, self.get_params()))
        return self

    def _take(self, X: Any, sample_weight: Any) -> None:
        options = density_options("kernel")
        self._write(options)
        self.bandwidth_: float = self._estimate(X, sample_weight, options).bandwidth

    def _write(self, options: _abi.DensityOptions) -> None:
        """Write the parameters."""
        options.kind = _abi.DENSITY_KIND["kernel"]
        shape = _arrays.choice(self.covariance_type, "covariance_type", {"full": 0, "spherical": 2})
        if isinstance(self.bandwidth, str):
            options.bandwidth_rule = _arrays.choice(self.bandwidth, "bandwidth", _abi.BANDWIDTH)
            options.covariance = shape
        else:
            options.bandwidth = _arrays.real(self.bandwidth, "bandwidth")
            if not 0 < options.bandwidth < math.inf:
                raise InputError(f"bandwidth = {self.bandwidth!r} is not a positive number")
            if shape:
                raise InputError(
                    f"covariance_type = {self.covariance_type!r} has no effect: bandwidth = {self.bandwidth!r} is given"
                )

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_owner": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if hasattr(self, "_taken"):
            X, sample_weight, params = self._taken
            # Parameters may have changed since; what was fitted has not.
            fitted = type(self)(**params)
            fitted._take(X, sample_weight)
            self._owner, self.bandwidth_ = fitted._owner, fitted.bandwidth_
