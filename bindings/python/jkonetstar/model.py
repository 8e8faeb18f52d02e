"""The learned energy: fit it to snapshots, evaluate it, predict, save and load."""

from __future__ import annotations

import warnings
from ctypes import POINTER, byref, sizeof
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _arrays
from ._calls import LongCall
from ._energy import Energy
from ._errors import InputError, NotFittedError
from ._library import check, lib
from ._model_options import constructor_parameters, density_names, fit_options, model_options
from ._progress import ProgressLine
from ._terms import Terms
from .snapshots import Snapshots, as_snapshots


class Evaluation(NamedTuple):
    """How well a model predicts snapshots, step by step; each array has shape (snapshots - 1,).

    Attributes
    ----------
    one_step : ndarray
        W1 between snapshot k moved one step and snapshot k + 1, in length.
    cumulative : ndarray
        W1 between the rollout from snapshot 0 and snapshot k + 1, in length.
    effects_mismatch : ndarray
        Squared W2 between the rollout from snapshot 0 and snapshot k + 1, in length^2.
    """

    one_step: NDArray[np.float64]
    cumulative: NDArray[np.float64]
    effects_mismatch: NDArray[np.float64]


class JKOnetStar(Terms):
    """The energy that drives a population, learned from unpaired snapshots.

    A population mu has the energy J(mu) = mean of V + half the mean of U(x - y) over pairs + beta times the mean of the
    log density. With tau_k = t_{k+1} - t_k and gamma_k the W2-optimal plan between snapshots k and k+1, `fit`
    minimises::

        sum_k sum_xy gamma_k(x, y) || tau_k D_k(z) + (y - x) ||^2
        D_k(z) = grad V(z, s) + mean_j grad U(z - z_j) + beta grad log density_k(z)

    where (z, s) = (y, t_{k+1}) in the implicit scheme, the optimality condition of the JKO step, and
    (z, s) = (x, t_k) in the explicit scheme, forward Euler; z_j are all particles of z's snapshot. V, U and beta come
    out in length^2/time.

    Parameters
    ----------
    potential : {"mlp", "linear"} or None
        V as a softplus network trained by Adam, or as a linear combination of features (monomials, radial
        functions, random Fourier features) fitted in closed form; None for none.
    interaction : {"linear"} or None
        U, as a linear combination of features of differences between particles; with a linear potential or none.
    internal : bool
        Whether there is internal energy, whose level beta is learned; with a linear potential or none.
    time_varying : bool
        Whether V depends on time.
    scheme : {"implicit", "explicit"}
        Where the condition is evaluated, in fitting and in prediction alike.
    hidden : sequence of int
        "mlp": widths of 1 to 8 hidden layers, each 1 to 4096.
    epochs : int
        "mlp": passes over all couplings.
    batch_size : int
        "mlp": couplings per step of Adam.
    learning_rate : float
        "mlp": step size of Adam.
    random_state : int, numpy.random.Generator, RandomState or None
        Seed of weights, order and centres. The same integer gives the same model for any number of threads.
    verbose : int
        1 shows a progress line on stderr.
    coupling : {"exact", "sinkhorn", "unbalanced"}
        The plans between consecutive snapshots: exact, entropic, or entropic for populations that grow or die,
        as in `optimal_transport`. Entropic plans blur: the partners of a particle average nearer to the middle of the
        population. For a Gaussian one of variance s^2 in each coordinate the learned gradient is off by
        epsilon |x - mean| / (4 s^2 tau), outwards in the implicit scheme, inwards in the explicit one. And `history_`
        lacks the spread about those averages, so losses of different couplings do not compare.
    clip_norm : float
        "mlp": largest norm of a gradient; longer ones are scaled down.
    ridge : float or "gcv", optional
        "linear": weight of the squared coefficients of standardised features, relative to the mean of the
        normal matrix's diagonal; "gcv" takes the one that generalised cross-validation finds best. None takes 1e-6, but
        1e-3 for V and U together, which share forces that finite samples barely tell apart, and with less may come out
        large and opposite.
    dtype : {"float32", "float64"}
        "mlp": precision of training. Evaluation is always in double precision.
    polynomial_degree : int, optional
        "linear": degree of the monomials, 0 (none) to 8. None takes 4, as the paper, but 2 for the implicit scheme in
        three coordinates or more, where the tails of a quartic leave many steps without a solution.
    radial_grid : int
        "linear": centres per coordinate of radial functions, on a grid over the training points, 0 (none) to 100.
    radial_centers : int
        "linear": number of centres drawn from the training points where a grid would be too large.
    radial_width : float
        "linear": the width that distances to centres are counted in, in length; 0 chooses it from the centres' spacing.
    time_degree : int
        "linear", time-varying: every feature is multiplied by 1, t, .., t^time_degree, 1 to 8, at most
        the number of transitions less 1.
    polynomial_total : bool, optional
        "linear": whether the degree bounds the sum of a monomial's exponents instead of each. None takes each exponent
        with one or two coordinates, the sum with more.
    trigonometric : bool
        "linear": whether to add the sine and the cosine of each monomial.
    radial : str
        "linear": the function of the distance r to a centre, in units of the width: "gaussian" exp(-r^2), "linear" r,
        "thin_plate" r^2 ln r, "cubic" r^3, "quintic" r^5, "multiquadric" sqrt(1 + r^2), "inverse_multiquadric"
        1 / sqrt(1 + r^2) or "inverse_quadratic" 1 / (1 + r^2).
    fourier_features : int
        "linear": number of random Fourier features, 0 (none) to 20,000, for a closed form in any number of coordinates.
    fourier_scale : float
        "linear": width of the Gaussian kernel exp(-|x - y|^2 / (2 scale^2)) that these stand for, in length; 0 takes
        the median distance of two training points.
    fourier_coordinates : int
        "linear": how many coordinates each frequency acts on; 0 for all. With 1 or 2 the features stand for sums of
        functions of so many coordinates each, which many coordinates need if few features shall do.
    interaction_features : dict, optional
        "linear": which features U has where they differ from V's, by the names of these parameters. Only with
        `interaction`.
    density : GaussianMixture or KernelDensity, optional
        "internal": how each snapshot's density is estimated, by the parameters of this estimator, which is not fitted
        itself; only with `internal`. None takes a mixture of up to 10 components, as many as the Bayesian information
        criterion finds best.
    error_bars : {"influence", "bootstrap"} or None
        "linear" only: where standard errors come from: the delta method, which follows every particle's influence on
        the coefficients in all its roles (exact plans and mixture densities only), or fits to populations drawn anew
        from the particles. Both take snapshots for independent draws. "influence" takes populations for connected:
        between modes with nothing in between, plans move whole clumps, and only "bootstrap" sees that. Neither contains
        biases: that of plans between samples (n^(-2/d) for d > 2; in any d noise of a snapshot is in sites and shifts,
        which pulls the two schemes apart, the more the fewer particles and the shorter the steps), and that of a finite
        step.
    bootstrap_samples : int
        How many populations "bootstrap" draws.
    epsilon : float, optional
        Entropic plans: weight of the entropy, in length^2; None takes a twentieth of each pair of snapshots'
        mean squared distance.
    marginal_relaxation : float or pair of floats, optional
        "unbalanced": what it costs to create or destroy mass, in length^2; a pair for the earlier and the later
        snapshot, `inf` where the marginal holds.
    plan_tolerance : float
        Entropic plans: marginal error, see `EntropicPlan`.
    plan_max_iterations : int
        Entropic plans: iterations after which a plan that has not converged raises `ConvergenceError`.
    optimizer : {"adam", "lbfgs"}
        "mlp": how the objective is minimised. "lbfgs" is SciPy's L-BFGS-B on the whole objective in double precision
        (see `Objective`): up to `epochs` iterations, fewer where there is nothing left to gain. On small data it goes
        further down in less time; an iteration costs at least a pass over all couplings, and with a network for U over
        all pairs. `batch_size`, `learning_rate`, `clip_norm` and `dtype` are not used then; schedules, exact last
        layers, validation, checkpoints and `interaction_samples` are Adam's. Files do not carry this parameter.

    Attributes
    ----------
    history_ : ndarray of shape (epochs,), or (1,) for "linear"
        The objective averaged over each epoch, or after each iteration of "lbfgs", in length^2.
    times_ : ndarray of shape (T + 1,)
        The fitted times t_0 < .. < t_T.
    ridge_ : float
        "linear": the ridge that was used.
    gcv_score_ : float
        "linear", after `ridge="gcv"`: the criterion at `ridge_`, in length^2.
    n_features_in_ : int
        The number of coordinates d.

    Notes
    -----
    With scikit-learn, `time` takes the place of y: ``cross_val_score(model, X, time, cv=KFold(5, shuffle=True))``,
    and likewise `GridSearchCV`. The folds must be shuffled, or they would leave out whole snapshots of rows that
    are ordered by time. Last in a `Pipeline`, the model lives in the coordinates of the steps before it:
    predictions and scores are in these, not in those of X.

    References
    ----------
    A. Terpin, N. Lanzetti, M. Gadea, F. Doerfler, "Learning diffusion at lightspeed", NeurIPS 2024,
    arXiv:2406.12616.

    Examples
    --------
    >>> import numpy as np
    >>> import jkonetstar as jk
    >>> x0 = np.random.default_rng(0).uniform(-1, 1, size=(200, 2))
    >>> x = np.stack([x0, x0 / 1.1])  # one implicit step of V(x) = |x|^2 / 2 with tau = 0.1
    >>> model = jk.JKOnetStar(potential="linear", polynomial_degree=2, radial_grid=0)
    >>> _ = model.fit(x.reshape(-1, 2), time=np.repeat([0.0, 0.1], 200))
    >>> model.potential_gradient([[1.0, -0.5]]).round(3)
    array([[ 1. , -0.5]])
    >>> model.predict([[1.1, 0.0]], t0=0.0)[-1].round(3) + 0.0
    array([[1., 0.]])
    """

    def __init__(
        self,
        potential: str | None = "mlp",
        interaction: str | None = None,
        internal: bool = False,
        time_varying: bool = False,
        scheme: str = "implicit",
        hidden: Any = (64, 64),
        epochs: int = 1000,
        batch_size: int = 250,
        learning_rate: float = 1e-3,
        random_state: Any = 0,
        verbose: int = 0,
        coupling: str = "exact",
        clip_norm: float = 10.0,
        ridge: float | str | None = None,
        dtype: str = "float32",
        polynomial_degree: int | None = None,
        radial_grid: int = 10,
        radial_centers: int = 100,
        radial_width: float = 0.0,
        time_degree: int = 3,
        polynomial_total: bool | None = None,
        trigonometric: bool = False,
        radial: str = "gaussian",
        fourier_features: int = 0,
        fourier_scale: float = 0.0,
        fourier_coordinates: int = 0,
        interaction_features: Any = None,
        density: Any = None,
        error_bars: str | None = None,
        bootstrap_samples: int = 200,
        epsilon: float | None = None,
        marginal_relaxation: Any = None,
        plan_tolerance: float = 1e-6,
        plan_max_iterations: int = 10_000,
        activation: str = "softplus",
        interaction_hidden: Any = None,
        interaction_samples: int | None = None,
        schedule: str = "constant",
        final_rate: float = 0.01,
        last_layer: str = "trained",
        last_layer_every: int = 1,
        validation: str | None = None,
        validation_fraction: float = 0.2,
        validation_every: int = 10,
        patience: int = 10,
        checkpoint: Any = None,
        checkpoint_every: int = 100,
        resume: bool = False,
        optimizer: str = "adam",
    ) -> None:
        self._potential = potential
        self._interaction = interaction
        self.internal = internal
        self.time_varying = time_varying
        self.scheme = scheme
        self.hidden = hidden
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.random_state = random_state
        self.verbose = verbose
        self.coupling = coupling
        self.clip_norm = clip_norm
        self.ridge = ridge
        self.dtype = dtype
        self.polynomial_degree = polynomial_degree
        self.radial_grid = radial_grid
        self.radial_centers = radial_centers
        self.radial_width = radial_width
        self.time_degree = time_degree
        self.polynomial_total = polynomial_total
        self.trigonometric = trigonometric
        self.radial = radial
        self.fourier_features = fourier_features
        self.fourier_scale = fourier_scale
        self.fourier_coordinates = fourier_coordinates
        self.interaction_features = interaction_features
        self.density = density
        self.error_bars = error_bars
        self.bootstrap_samples = bootstrap_samples
        self.epsilon = epsilon
        self.marginal_relaxation = marginal_relaxation
        self.plan_tolerance = plan_tolerance
        self.plan_max_iterations = plan_max_iterations
        self.activation = activation
        self.interaction_hidden = interaction_hidden
        self.interaction_samples = interaction_samples
        self.schedule = schedule
        self.final_rate = final_rate
        self.last_layer = last_layer
        self.last_layer_every = last_layer_every
        self.validation = validation
        self.validation_fraction = validation_fraction
        self.validation_every = validation_every
        self.patience = patience
        self.checkpoint = checkpoint
        self.checkpoint_every = checkpoint_every
        self.resume = resume
        self.optimizer = optimizer
        self._energy: Energy | None = None

    def fit(self, X: Any, time: ArrayLike | None = None, weights: ArrayLike | None = None) -> JKOnetStar:
        """Fit the energy to snapshots: plans between consecutive ones, then the minimiser of the objective.

        Ctrl-C ends training early: the model keeps what it has learned, and KeyboardInterrupt is raised.

        Parameters
        ----------
        X : array_like of shape (n, d), or Snapshots
            Pooled particles, in length, or a series that has its own times and weights.
        time : array_like of shape (n,)
            When each particle was seen, as numbers; equal times form a snapshot, and there must be two or more.
        weights : array_like of shape (n,), optional
            How much each particle counts within its snapshot; all alike by default.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If parameters or data cannot be used; the model stays as it was.
        TypeError
            If they are of a wrong type, such as strings for numbers.
        ConvergenceError
            If training diverged, or a plan did not converge, or it or a closed form could not be certified.

        Warns
        -----
        IdentifiabilityWarning
            If a term was asked for that the data cannot tell from the others; see `observability`.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> model = jk.JKOnetStar(potential="linear", polynomial_degree=2, radial_grid=0)
        >>> model.fit([0.0, 1.1, 2.2, 0.0, 1.0, 2.0], time=[0, 0, 0, 1, 1, 1])
        JKOnetStar(potential='linear', polynomial_degree=2, radial_grid=0)
        >>> model.times_
        array([0., 1.])
        """
        params = self.get_params()
        if _arrays.choice(self.optimizer, "optimizer", {"adam": 0, "lbfgs": 1}):
            self._descend(X, time, weights)
            self._warn_of_terms()
            return self
        as_made, as_fitted = model_options(params), fit_options(params)
        series = as_snapshots(X, time, weights)
        names = density_names(self.density)
        handle = POINTER(_abi.Model)()
        check(lib.jko_model_create(byref(as_made), byref(handle)), **names)
        energy = Energy(handle)
        with self._long_call() as call:
            as_fitted.progress = call.progress
            status = lib.jko_model_fit(handle, series._handle, byref(as_fitted))
        if energy.info.fitted:
            self._energy = energy
        call.finish(status, **names)
        self._warn_of_terms()
        return self

    def predict(
        self,
        x0: ArrayLike,
        t0: float | None = None,
        steps: int | None = None,
        times: ArrayLike | None = None,
        random_state: Any = None,
        *,
        tolerance: float | None = None,
        max_iterations: int | None = None,
    ) -> NDArray[np.float64]:
        """Predict where a population goes.

        Implicit models solve each particle's JKO step, min_y V(y, t_{k+1}) + |y - x|^2 / (2 tau_k), or, with U, that
        of all particles together; explicit ones step y = x - tau_k (grad V(x, t_k) + mean_j grad U(x - x_j)). With
        internal energy, noise of variance 2 beta tau_k is added.

        Parameters
        ----------
        x0 : array_like of shape (n, d)
            The population to start from, in length.
        t0 : float, optional
            A fitted time, that of `x0`; the first one by default. Later times follow the fitted gaps, the
            last of which repeats.
        steps : int, optional
            How many steps to take along these times; 1 by default.
        times : array_like of shape (steps + 1,), optional
            Instead of `t0` and `steps`, which must not contradict it: the time of `x0`, then of each prediction,
            strictly increasing.
        random_state : int, numpy.random.Generator, RandomState or None
            Seed of the noise of models with internal energy; others do not use it.
        tolerance : float, optional
            Largest residual of an implicit step, relative to the length scale of the training points; 1e-9. Explicit
            models have no use for it, nor for `max_iterations`.
        max_iterations : int, optional
            Largest number of Newton iterations per implicit step; 200.

        Returns
        -------
        ndarray of shape (steps + 1, n, d)
            `x0`, then the population after each step, in length.

        Warns
        -----
        RuntimeWarning
            If implicit steps did not converge; their best iterates are returned.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> model = jk.JKOnetStar(potential="linear", polynomial_degree=2, radial_grid=0)
        >>> _ = model.fit([0.0, 1.1, 2.2, 0.0, 1.0, 2.0], time=[0, 0, 0, 1, 1, 1])
        >>> model.predict([1.1, -2.2])[-1].round(3)
        array([[ 1.],
               [-2.]])
        >>> model.predict([1.1, -2.2], times=[0.0, 0.5, 1.0, 3.0]).shape
        (4, 2, 1)
        """
        energy = self._fitted()
        start = _arrays.points(x0, "x0")
        moments = self._moments(energy, t0, steps, times)
        options, info = _abi.RolloutOptions(), _abi.RolloutInfo(struct_size=sizeof(_abi.RolloutInfo))
        check(lib.jko_rollout_options_init(byref(options), sizeof(options)))
        options.seed = _arrays.seed(random_state)
        for name, value in (("tolerance", tolerance), ("max_iterations", max_iterations)):
            if value is not None and energy.info.scheme != _abi.SCHEME["implicit"]:
                raise InputError(f"{name} = {value!r} is for implicit steps; those of this model are explicit")
        if tolerance is not None:
            options.tolerance = _arrays.real(tolerance, "tolerance")
        if max_iterations is not None:
            options.max_iterations = _arrays.integer(max_iterations, "max_iterations", 0, 2**63 - 1)
        out = _arrays.output(max(len(moments), 1) * len(start), start.shape[1])
        with self._long_call(patience=1.0) as call:
            options.progress = call.progress
            status = lib.jko_model_rollout(
                energy.handle,
                _arrays.view(start),
                _arrays.view(moments),
                byref(options),
                _arrays.view(out),
                byref(info),
            )
        call.finish(status)
        _warn_of_steps(info)
        return out.reshape(len(moments), *start.shape)

    def potential(self, x: ArrayLike, t: Any = None, return_std: bool = False) -> Any:
        """Return V at `x`, in length^2/time, up to an additive constant (of time, when time-varying).

        Parameters
        ----------
        x : array_like of shape (n, d)
            In length.
        t : float or array_like of shape (n,), optional
            The time; needed, and used, only when the model is time-varying.
        return_std : bool
            Whether to return standard errors as well, those of V(x) - V(mean of the training points); the model must
            have been fitted with `error_bars`.

        Returns
        -------
        ndarray of shape (n,), or a pair of them
            NaN where features of opposite signs exceed the largest number: monomials whose exponents sum to p do so
            some 1e308^(1/p) length scales away from the training points. Likewise for gradients, and for U.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> model = jk.JKOnetStar(potential="linear", polynomial_degree=2, radial_grid=0)
        >>> _ = model.fit([0.0, 1.1, 2.2, 0.0, 1.0, 2.0], time=[0, 0, 0, 1, 1, 1])
        >>> values = model.potential([0.0, 1.0, 2.0])  # here V(x) = 0.05 x^2, up to a constant
        >>> (values - values[0]).round(3)
        array([0.  , 0.05, 0.2 ])
        """
        points, energy = _arrays.points(x, "x"), self._fitted()
        values = energy.at(t, lib.jko_model_potential, points, _arrays.output(len(points)))
        if not return_std:
            return values
        return values, energy.at(t, lib.jko_model_potential_error, points, _arrays.output(len(points)))

    def potential_gradient(self, x: ArrayLike, t: Any = None, return_std: bool = False) -> Any:
        """Return the gradient of V at `x`, in length/time.

        Parameters
        ----------
        x : array_like of shape (n, d)
            In length.
        t : float or array_like of shape (n,), optional
            The time; needed, and used, only when the model is time-varying.
        return_std : bool
            Whether to return standard errors as well; the model must have been fitted with `error_bars`.

        Returns
        -------
        ndarray of shape (n, d), or a pair of them

        Examples
        --------
        >>> import jkonetstar as jk
        >>> model = jk.JKOnetStar(potential="linear", polynomial_degree=2, radial_grid=0)
        >>> _ = model.fit([0.0, 1.1, 2.2, 0.0, 1.0, 2.0], time=[0, 0, 0, 1, 1, 1])
        >>> model.potential_gradient([1.0, 2.0]).round(3)
        array([[0.1],
               [0.2]])
        """
        points, energy = _arrays.points(x, "x"), self._fitted()
        gradients = energy.at(t, lib.jko_model_potential_gradient, points, _arrays.output(*points.shape))
        if not return_std:
            return gradients
        return gradients, energy.at(t, lib.jko_model_potential_gradient_error, points, _arrays.output(*points.shape))

    def evaluate(self, X: Any, time: ArrayLike | None = None, weights: ArrayLike | None = None) -> Evaluation:
        """Compare predictions with observed snapshots, usually ones the model was not fitted to.

        Parameters
        ----------
        X : array_like of shape (n, d), or Snapshots
            Pooled particles of two or more snapshots, in length, or a series that has its own times and weights.
        time : array_like of shape (n,)
            When each particle was seen.
        weights : array_like of shape (n,), optional
            How much each particle counts within its snapshot; all alike by default.

        Returns
        -------
        Evaluation
            One-step-ahead and cumulative distances, each of shape (snapshots - 1,).

        Warns
        -----
        RuntimeWarning
            If implicit steps did not converge; their best iterates are compared.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> model = jk.JKOnetStar(potential="linear", polynomial_degree=2, radial_grid=0)
        >>> _ = model.fit([0.0, 1.1, 2.2, 0.0, 1.0, 2.0], time=[0, 0, 0, 1, 1, 1])
        >>> result = model.evaluate([0.0, 3.3, 1.0, 3.0], time=[0, 0, 1, 1])
        >>> result.one_step.round(3)
        array([0.5])
        """
        return Evaluation(*self._distances(as_snapshots(X, time, weights), 3))

    def score(self, X: Any, time: ArrayLike | None = None, weights: ArrayLike | None = None) -> float:
        """Return minus the mean one-step-ahead W1 distance, so that greater is better.

        Parameters
        ----------
        X : array_like of shape (n, d), or Snapshots
            Pooled particles of two or more snapshots, in length, or a series that has its own times and weights.
        time : array_like of shape (n,)
            When each particle was seen.
        weights : array_like of shape (n,), optional
            How much each particle counts within its snapshot; all alike by default.

        Returns
        -------
        float
            In length, 0 or less.

        Warns
        -----
        RuntimeWarning
            If implicit steps did not converge; their best iterates are compared.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> model = jk.JKOnetStar(potential="linear", polynomial_degree=2, radial_grid=0)
        >>> _ = model.fit([0.0, 1.1, 2.2, 0.0, 1.0, 2.0], time=[0, 0, 0, 1, 1, 1])
        >>> round(model.score([0.0, 3.3, 1.0, 3.0], time=[0, 0, 1, 1]), 3)
        -0.5
        """
        (one_step,) = self._distances(as_snapshots(X, time, weights), 1)
        return -float(one_step.mean())

    @property
    def history_(self) -> NDArray[np.float64]:
        """The objective averaged over each epoch or after each iteration (one value for "linear"), in length^2."""
        energy = self._fitted()
        losses = _arrays.output(energy.info.history_count)
        check(lib.jko_model_history(energy.handle, _arrays.view(losses)))
        return losses

    @property
    def times_(self) -> NDArray[np.float64]:
        """The fitted times t_0 < .. < t_T."""
        energy = self._fitted()
        times = _arrays.output(energy.info.time_count)
        check(lib.jko_model_times(energy.handle, _arrays.view(times)))
        return times

    @property
    def n_features_in_(self) -> int:
        """The number of coordinates d."""
        return self._fitted().info.dimension

    def describe(self) -> dict[str, Any]:
        """Return options, fit and training data of the fitted model in words and numbers.

        Returns
        -------
        dict
            "model" and "fit", the options; "dimension", "parameters" and "losses", their numbers; "times",
            "time_scale" in time, "length_scale" in length, "final_loss" in length^2.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> model = jk.JKOnetStar(potential="linear", polynomial_degree=2, radial_grid=0)
        >>> _ = model.fit([0.0, 1.1, 2.2, 0.0, 1.0, 2.0], time=[0, 0, 0, 1, 1, 1])
        >>> said = model.describe()
        >>> said["dimension"], said["times"], said["model"]["potential"]
        (1, [0.0, 1.0], 'linear')
        """
        return self._fitted().description()

    def save(self, path: str | PathLike[str]) -> None:
        """Write the fitted model as a safetensors file that `load` reads.

        Parameters
        ----------
        path : str or path
            The file appears whole or not at all.

        Raises
        ------
        OSError
            If it cannot be written: `FileNotFoundError` if the folder does not exist, `PermissionError`.
        NotFittedError
            If there is nothing to save yet.

        Examples
        --------
        >>> import os, tempfile
        >>> import jkonetstar as jk
        >>> model = jk.JKOnetStar(potential="linear", polynomial_degree=2, radial_grid=0)
        >>> _ = model.fit([0.0, 1.1, 2.2, 0.0, 1.0, 2.0], time=[0, 0, 0, 1, 1, 1])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = os.path.join(folder, "energy.safetensors")
        ...     model.save(path)
        ...     again = jk.load(path)
        >>> bool(again.potential([3.0]) == model.potential([3.0]))
        True
        """
        check(lib.jko_model_save(self._fitted().handle, _arrays.path(path)), path)

    @staticmethod
    def _stored(name: str) -> str:
        # `potential` is the method that evaluates V; the parameter of that name is kept beside it. And `interaction`.
        return "_" + name if name in ("potential", "interaction") else name

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(self._stored(name), value)

    def __sklearn_is_fitted__(self) -> bool:
        return self._energy is not None

    def __getstate__(self) -> dict[str, Any]:
        return {"params": self.get_params(), "model": self._energy and self._energy.to_bytes()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state["params"])
        if state["model"] is not None:
            self._energy = Energy.from_bytes(state["model"])

    def _fitted(self) -> Energy:
        if self._energy is None:
            raise NotFittedError("the model has not been fitted yet; call fit first, or jkonetstar.load")
        return self._energy

    @staticmethod
    def _moments(energy: Energy, t0: Any, steps: Any, times: Any) -> NDArray[np.float64]:
        if times is None:
            return energy.rollout_times(t0, 1 if steps is None else steps)
        moments = _arrays.vector(times, "times")
        if t0 is not None and _arrays.real(t0, "t0") != moments[0]:
            raise InputError(f"t0 = {t0} contradicts times[0] = {moments[0]}; leave out t0")
        if steps is not None and _arrays.integer(steps, "steps", 0, 2**31 - 1) != len(moments) - 1:
            raise InputError(f"steps = {steps} contradicts times, whose steps are {len(moments) - 1}; leave out steps")
        return moments

    def _descend(self, X: Any, time: ArrayLike | None, weights: ArrayLike | None) -> None:
        """Fit by L-BFGS."""
        from . import _lbfgs  # which needs this module first
        from .objective import Objective

        epochs = _lbfgs.check(self.get_params())
        objective = Objective(self, X, time, weights)
        with self._long_call() as call:
            self._energy = _lbfgs.fit(objective, epochs, call) or self._energy
        call.finish(0)

    def _long_call(self, patience: float = 0.0) -> LongCall:
        verbose = _arrays.integer(self.verbose, "verbose", 0, 2**31 - 1)
        return LongCall(ProgressLine(patience) if verbose else None)

    def _distances(self, series: Snapshots, kinds: int) -> list[NDArray]:
        energy = self._fitted()
        options, info = _abi.EvaluationOptions(), _abi.RolloutInfo(struct_size=sizeof(_abi.RolloutInfo))
        check(lib.jko_evaluation_options_init(byref(options), sizeof(options)))
        distances = [_arrays.output(max(len(series) - 1, 1)) for _ in range(kinds)]
        views = [_arrays.view(array) for array in distances] + [None] * (3 - kinds)
        with self._long_call(patience=1.0) as call:
            options.progress = call.progress
            status = lib.jko_model_evaluate(energy.handle, series._handle, byref(options), *views, byref(info))
        call.finish(status)
        _warn_of_steps(info, stacklevel=4)
        return distances


def _warn_of_steps(info: _abi.RolloutInfo, stacklevel: int = 3) -> None:
    """Warn of implicit steps without a solution; by default, to be called by what the user calls."""
    if info.unconverged:
        warnings.warn(
            f"{info.unconverged:,} implicit steps did not converge; the largest residual is "
            f"{info.max_residual:.2e} of the length scale of the training points",
            RuntimeWarning,
            stacklevel=stacklevel,
        )


def load(path: str | PathLike[str]) -> JKOnetStar:
    """Read a model that `JKOnetStar.save` wrote; it predicts bit for bit as the saved one.

    Parameters
    ----------
    path : str or path

    Returns
    -------
    JKOnetStar
        Fitted, with the constructor's parameters that the file carries.

    Raises
    ------
    OSError
        If the file cannot be read: `FileNotFoundError` if it does not exist, `PermissionError`.
    ValueError
        If it is truncated, damaged or no model of this library.

    Examples
    --------
    >>> import os, tempfile
    >>> import jkonetstar as jk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "energy.safetensors")
    ...     jk.JKOnetStar(potential="linear").fit([0.0, 1.0, 0.0, 0.5], time=[0, 0, 1, 1]).save(path)
    ...     jk.load(path)
    JKOnetStar(potential='linear')
    """
    energy = Energy.load(path)
    model = JKOnetStar(**constructor_parameters(energy.description(), JKOnetStar._defaults()))
    model._energy = energy
    return model
