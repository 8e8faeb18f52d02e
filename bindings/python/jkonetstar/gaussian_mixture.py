"""Mixtures of Gaussians, fitted by the EM algorithm."""

from __future__ import annotations

import warnings
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _arrays
from ._choices import RandomState
from ._density import Density, Owner, density_options
from ._errors import ConvergenceWarning, InputError
from ._library import check, lib
from ._mixtures import mixture, start

_INT64 = 2**63 - 1


class GaussianMixture(Density):
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

    @classmethod
    def of(cls, weights: ArrayLike, means: ArrayLike, covariances: ArrayLike) -> GaussianMixture:
        """Return the mixture of given parameters, fitted to nothing.

        It serves as the known density that a `WassersteinFlow` starts from. Other than after `fit`, there are no
        `log_likelihood_`, `bic_`, `converged_` and `n_iter_`.

        Parameters
        ----------
        weights : array_like of shape (k,)
            Positive; their sum is made 1.
        means : array_like of shape (k, d)
            In length.
        covariances : array_like of shape (k, d, d), or (k, d) for diagonal ones
            In length^2, symmetric and positive definite.

        Returns
        -------
        GaussianMixture

        Raises
        ------
        ValueError
            If shapes do not agree, or a weight or a covariance is not positive.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> normal = jk.GaussianMixture.of([1.0], [[0.0]], [[[4.0]]])
        >>> normal.score_samples([[0.0], [2.0]]).round(3).tolist()  # -x^2 / 8 - ln(2 pi 4) / 2
        [-1.612, -2.112]
        """
        shares, centres = _arrays.vector(weights, "weights"), _arrays.points(means, "means")
        k, d = centres.shape
        given = _arrays.numbers(covariances, "covariances")
        if given.shape not in ((k, d, d), (k, d)):
            raise InputError(f"covariances has shape {given.shape}; it must be {(k, d, d)} or {(k, d)}", "JKO_ESHAPE")
        full = given if given.ndim == 3 else given[:, :, None] * np.eye(d)
        known = cls(k, covariance_type="full" if given.ndim == 3 else "diag")
        known._owner, known.n_features_in_ = mixture(shares, centres, full, known._covariance()), d
        known._keep(k, d, diagonal=given.ndim == 2)
        return known

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
        options = density_options("mixture")
        self._write(options)
        begin = self._start()
        if begin is not None:
            options.start = begin.handle
        info = self._estimate(X, sample_weight, options)
        diagonal = info.covariance == _abi.COVARIANCE["diagonal"]
        self._keep(info.components, info.dimension, diagonal=diagonal)
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

    def _keep(self, k: int, d: int, *, diagonal: bool) -> None:
        """Read weights, means and covariances from the library."""
        handle = self._fitted().handle
        self.weights_ = _read(lib.jko_density_weights, handle, k)
        self.means_ = _read(lib.jko_density_means, handle, k, d)
        covariances = _read(lib.jko_density_covariances, handle, k * d, d).reshape(k, d, d)
        self.covariances_ = np.diagonal(covariances, axis1=1, axis2=2).copy() if diagonal else covariances

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
            options.regularisation = 0
            options.absolute_regularisation = _arrays.real(self.reg_covar, "reg_covar")
        options.seed = _arrays.seed(self.random_state)

    def _start(self) -> Owner | None:
        """Return the mixture of the given parameters, if they are given."""
        return start(
            {name: getattr(self, name) for name in ("weights_init", "means_init", "precisions_init")},
            self.n_components,
            self._covariance(),
        )

    def _covariance(self) -> int:
        return _arrays.choice(self.covariance_type, "covariance_type", {"full": 0, "diag": 1})

    def _names(self) -> dict[str, str]:
        return {
            **super()._names(),
            "components": "n_components",
            "restarts": "n_init",
            "max_iterations": "max_iter",
            "tolerance": "tol",
            "absolute_regularisation": "reg_covar",
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
            self._owner = mixture(self.weights_, self.means_, covariances, code)


def _read(function: Any, handle: Any, *shape: int) -> NDArray[np.float64]:
    out = _arrays.output(*shape)
    check(function(handle, _arrays.view(out)))
    return out
