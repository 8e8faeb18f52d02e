"""The density of a population, by its logarithm and its score: what the internal energy needs."""

from __future__ import annotations

import copy
import math
import warnings
from ctypes import POINTER, byref, sizeof
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _arrays
from ._calls import LongCall
from ._choices import BandwidthRule, RandomState
from ._errors import ConvergenceWarning, InputError, NotFittedError
from ._handles import go_with
from ._heeded import heeded
from ._library import check, lib
from ._parameters import Parameters

_INT64 = 2**63 - 1


class _Density(Parameters):
    """What mixtures and kernel densities have in common once they are fitted."""

    def __init__(self) -> None:
        self._owner: _Owner | None = None

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

    def _estimate(self, X: Any, sample_weight: Any, options: _abi.DensityOptions) -> _abi.DensityInfo:
        """Fit, keep the density, and describe it."""
        points = _arrays.points(X, "X")
        weights = None if sample_weight is None else _arrays.vector(sample_weight, "sample_weight")
        handle = POINTER(_abi.Density)()
        with LongCall() as call:
            options.progress = call.progress
            status = lib.jko_density_create(_arrays.view(points), _arrays.view(weights), byref(options), byref(handle))
        call.finish(status, **self._names())
        self._owner = _Owner(handle)
        self.n_features_in_ = points.shape[1]
        return _describe(handle)

    def _write(self, options: _abi.DensityOptions) -> None:
        """Write the parameters."""
        raise NotImplementedError

    def _names(self) -> dict[str, str]:
        """Return what the caller calls the arguments of C functions."""
        return {"points": "X", "weights": "sample_weight"}

    def _fitted(self) -> _Owner:
        if self._owner is None:
            raise NotFittedError(f"this {type(self).__name__} is not fitted yet; call fit first")
        return self._owner

    def __sklearn_is_fitted__(self) -> bool:
        return self._owner is not None

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import Tags, TargetTags

        return Tags(estimator_type="density_estimator", target_tags=TargetTags(required=False))


class GaussianMixture(_Density):
    """A mixture of k Gaussians, rho(x) = sum_c w_c N(x; m_c, Sigma_c), fitted by the EM algorithm.

    Parameters have scikit-learn's names where they mean the same. As `internal` of a `JKOnetStar` it says how the
    density of each snapshot is estimated, and is not fitted itself.

    Parameters
    ----------
    n_components : int or "bic"
        k, at most 10,000 and the number of particles; "bic" takes that of 1 .. `max_components` with the least
        Bayesian information criterion.
    covariance_type : {"full", "diag"}
        Any covariances, or coordinates that are independent within a component.
    tol : float
        Change of the mean log-likelihood, in nats per particle, at which iterations end.
    reg_covar : float, optional
        Added to the variances of components, in length^2. None adds a millionth of the population's variance in each
        coordinate, so that units do not matter.
    max_iter : int
        Iterations after which the fit is taken as it is, with a `ConvergenceWarning`.
    n_init : int
        Fits from different starts (k-means++), of which the likeliest is kept.
    weights_init : array_like of shape (k,), optional
        Where iterations start, instead of anywhere by chance, together with `means_init` and `precisions_init`.
    means_init : array_like of shape (k, d), optional
    precisions_init : array_like of shape (k, d, d), or (k, d) for "diag", optional
        Inverses of the covariances.
    random_state : int, numpy.random.Generator, RandomState or None
        Seed of the starts. The same integer gives the same mixture for any number of threads.
    max_components : int, optional
        For "bic"; None takes 10.

    Attributes
    ----------
    weights_ : ndarray of shape (k,)
        They sum to 1.
    means_ : ndarray of shape (k, d)
        In length.
    covariances_ : ndarray of shape (k, d, d), or (k, d) for "diag"
        In length^2.
    log_likelihood_ : float
        Mean of ln rho over the particles, by their weights.
    bic_ : float
        p ln n - 2 n `log_likelihood_` with p free parameters and n = 1 / sum w_i^2 particles.
    converged_ : bool
    n_iter_ : int
        Iterations of the fit that was kept.
    n_features_in_ : int
        The number of coordinates d.

    Examples
    --------
    >>> import numpy as np
    >>> import jkonetstar as jk
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(-3, 1, size=(300, 2)), rng.normal(3, 1, size=(100, 2))])
    >>> mixture = jk.GaussianMixture(n_components="bic").fit(X)
    >>> np.sort(mixture.weights_).round(2)
    array([0.25, 0.75])
    >>> mixture.score_function([[-3.0, -2.0]]).round(1)  # about -(x - m) / s^2 of the nearer one
    array([[-0.1, -1. ]])
    """

    def __init__(
        self,
        n_components: int | Literal["bic"] = 1,
        *,
        covariance_type: Literal["full", "diag"] = "full",
        tol: float = 1e-5,
        reg_covar: float | None = None,
        max_iter: int = 1000,
        n_init: int = 3,
        weights_init: ArrayLike | None = None,
        means_init: ArrayLike | None = None,
        precisions_init: ArrayLike | None = None,
        random_state: RandomState = 0,
        max_components: int | None = None,
    ) -> None:
        super().__init__()
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.tol = tol
        self.reg_covar = reg_covar
        self.max_iter = max_iter
        self.n_init = n_init
        self.weights_init = weights_init
        self.means_init = means_init
        self.precisions_init = precisions_init
        self.random_state = random_state
        self.max_components = max_components

    def fit(self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None) -> GaussianMixture:
        """Fit the mixture to particles.

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
            If parameters or data cannot be used, or the particles have no density: all are in one place. The mixture
            stays as it was.

        Warns
        -----
        ConvergenceWarning
            If the fit has not converged.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> mixture = jk.GaussianMixture().fit([[0.0], [1.0], [2.0]], sample_weight=[1, 2, 1])
        >>> mixture.means_, mixture.covariances_.round(3)
        (array([[1.]]), array([[[0.5]]]))
        """
        options = _options("mixture")
        self._write(options)
        start = self._start()
        if start is not None:
            options.start = start.handle
        info = self._estimate(X, sample_weight, options)
        handle, k, d = self._fitted().handle, info.components, info.dimension
        self.weights_ = _read(lib.jko_density_weights, handle, k)
        self.means_ = _read(lib.jko_density_means, handle, k, d)
        covariances = _read(lib.jko_density_covariances, handle, k * d, d).reshape(k, d, d)
        diagonal = info.covariance == _abi.COVARIANCE["diagonal"]
        self.covariances_ = np.diagonal(covariances, axis1=1, axis2=2).copy() if diagonal else covariances
        self.log_likelihood_: float = info.log_likelihood
        self.bic_: float = info.bic
        self.converged_ = bool(info.converged)
        self.n_iter_: int = info.iterations
        if not self.converged_:
            warnings.warn(
                f"the log-likelihood still changed by tol = {self.tol:g} or more in the last of {self.n_iter_} "
                "iterations; allow more by max_iter",
                ConvergenceWarning,
                stacklevel=2,
            )
        return self

    def _write(self, options: _abi.DensityOptions) -> None:
        """Write the parameters."""
        options.kind = _abi.DENSITY_KIND["mixture"]
        options.covariance = self._covariance()
        if isinstance(self.n_components, str):
            if self.n_components != "bic":
                raise InputError(f"n_components = {self.n_components!r} is not known; it must be an integer or 'bic'")
            options.components = 0
        else:
            options.components = _arrays.integer(self.n_components, "n_components", 1, 10_000)
        if self.max_components is not None:
            if options.components:
                raise InputError(
                    f"max_components = {self.max_components!r} has no effect: it is for n_components = 'bic', not "
                    f"{self.n_components}"
                )
            options.max_components = _arrays.integer(self.max_components, "max_components", -_INT64, _INT64)
        options.restarts = _arrays.integer(self.n_init, "n_init", -_INT64, _INT64)
        options.max_iterations = _arrays.integer(self.max_iter, "max_iter", -_INT64, _INT64)
        options.tolerance = _arrays.real(self.tol, "tol")
        if self.reg_covar is not None:
            options.regularization = 0
            options.absolute_regularization = _arrays.real(self.reg_covar, "reg_covar")
        options.seed = _arrays.seed(self.random_state)

    def _start(self) -> _Owner | None:
        """Return the mixture of the given parameters, if they are given."""
        names = ("weights_init", "means_init", "precisions_init")
        missing = [name for name in names if getattr(self, name) is None]
        if len(missing) == 3:
            return None
        if missing:
            raise InputError(f"{missing[0]} is missing: of {', '.join(names)} all are given, or none")
        weights, means = _arrays.vector(self.weights_init, names[0]), _arrays.points(self.means_init, names[1])
        precisions = _arrays.numbers(self.precisions_init, names[2])
        k, d = means.shape
        if self.n_components not in (k, "bic"):
            raise InputError(f"means_init has {k} rows; n_components = {self.n_components!r}", "JKO_ESHAPE")
        expected = (k, d, d) if self.covariance_type == "full" else (k, d)
        if precisions.shape != expected:
            raise InputError(f"precisions_init has shape {precisions.shape}; it must be {expected}", "JKO_ESHAPE")
        if not np.isfinite(precisions).all():
            raise InputError("precisions_init has a number that is not finite", "JKO_ENONFINITE")
        try:
            full = precisions if precisions.ndim == 3 else precisions[:, :, None] * np.eye(d)
            inverses = np.linalg.inv(full)
        except np.linalg.LinAlgError:
            raise InputError("precisions_init has a matrix without an inverse") from None
        covariances = (inverses + inverses.transpose(0, 2, 1)) / 2
        given = {"weights": names[0], "means": names[1], "covariances": "the inverses of precisions_init"}
        return _mixture(weights, means, covariances, self._covariance(), **given)

    def _covariance(self) -> int:
        return _arrays.choice(self.covariance_type, "covariance_type", {"full": 0, "diag": 1})

    def _names(self) -> dict[str, str]:
        return {
            **super()._names(),
            "components": "n_components",
            "restarts": "n_init",
            "max_iterations": "max_iter",
            "tolerance": "tol",
            "absolute_regularization": "reg_covar",
            "start": "means_init",
        }

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_owner": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if hasattr(self, "weights_"):
            covariances = self.covariances_
            if covariances.ndim == 2:
                covariances = covariances[:, :, None] * np.eye(covariances.shape[1])
            code = _abi.COVARIANCE["full" if self.covariances_.ndim == 3 else "diagonal"]
            self._owner = _mixture(self.weights_, self.means_, covariances, code)


class KernelDensity(_Density):
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
        options = _options("kernel")
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


class _Owner:
    """Owns a `jko_density`, so that evaluations under way stay valid while another fit replaces it."""

    def __init__(self, handle: Any) -> None:
        self.handle = handle
        go_with(self, handle, "jko_density_destroy")


def _options(kind: str) -> _abi.DensityOptions:
    options = _abi.DensityOptions()
    check(lib.jko_density_options_init(byref(options), sizeof(options)))
    options.kind = _abi.DENSITY_KIND[kind]
    return options


def _describe(handle: Any) -> _abi.DensityInfo:
    info = _abi.DensityInfo(struct_size=sizeof(_abi.DensityInfo))
    check(lib.jko_density_describe(handle, byref(info)))
    return info


def _mixture(
    weights: NDArray[Any], means: NDArray[Any], covariances: NDArray[Any], covariance: int, /, **names: str
) -> _Owner:
    stacked = np.ascontiguousarray(covariances).reshape(-1, means.shape[1])
    handle = POINTER(_abi.Density)()
    status = lib.jko_density_from_mixture(
        _arrays.view(weights), _arrays.view(means), _arrays.view(stacked), covariance, byref(handle)
    )
    check(status, **names)
    return _Owner(handle)


def _read(function: Any, handle: Any, *shape: int) -> NDArray[np.float64]:
    out = _arrays.output(*shape)
    check(function(handle, _arrays.view(out)))
    return out
