"""The learned energy: its parameters, fitting it to snapshots, V, saving and loading."""

from __future__ import annotations

from ctypes import POINTER, byref
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _arrays
from ._energy import Energy
from ._errors import NotFittedError
from ._library import check, lib
from ._model_options import constructor_parameters, density_names, fit_options, model_options
from ._predictions import Predictions
from .snapshots import as_snapshots


class JKOnetStar(Predictions):
    """The energy that drives a population, learned from unpaired snapshots.

    A population mu has the energy J(mu) = mean of V + half the mean of U(x - y) over pairs + beta times the mean of the
    log density. With tau_k = t_{k+1} - t_k and gamma_k the W2-optimal plan between snapshots k and k+1, `fit`
    minimises::

        sum_k sum_xy gamma_k(x, y) || tau_k D_k(z) + (y - x) ||^2
        D_k(z) = grad V(z, s) + mean_j grad U(z - z_j) + beta grad log density_k(z)

    where (z, s) = (y, t_{k+1}) in the implicit scheme, the optimality condition of the JKO step, and
    (z, s) = (x, t_k) in the explicit scheme, forward Euler; z_j are all particles of z's snapshot. V, U and beta come
    out in length^2/time.

    If V and U are linear, or absent, the minimiser is found in closed form. If either is a network, everything is
    trained together by Adam on minibatches of couplings, linear terms and beta included. Below, "mlp" marks what
    concerns such training, and "linear" what concerns linear features or, where it says so, closed forms.

    Parameters
    ----------
    potential : {"mlp", "linear"} or None
        V as a network (multilayer perceptron) or as a linear combination of features (monomials, radial functions,
        random Fourier features); None for none.
    interaction : {"mlp", "linear"} or None
        U, likewise, as a function of the difference of two particles. The time of training grows with the number of
        pairs, which `interaction_samples` bounds. Beside V, only the sum of their forces is sure: a force that is the
        same for all pairs is V's as well as U's (U need not be even), and of populations that keep their shape, so is
        a linear one; for linear terms `observability` reports it.
    internal : bool
        Whether there is internal energy, whose level beta is learned.
    time_varying : bool
        Whether V depends on time.
    scheme : {"explicit", "implicit"}
        Where the condition is evaluated, in fitting and in prediction alike. The explicit scheme smooths the noise of
        sampled populations, and its predictions are a little too narrow; the implicit one amplifies that noise, and
        its predictions may be far too wide.
    hidden : sequence of int
        "mlp": widths of 1 to 8 hidden layers of V, each 1 to 4096; of U as well unless `interaction_hidden` is given.
    epochs : int
        "mlp": passes over all couplings.
    batch_size : int
        "mlp": couplings per step of Adam.
    learning_rate : float
        "mlp": step size of Adam.
    random_state : int, numpy.random.Generator, RandomState or None
        Seed of weights, of the order of couplings, of the samples over which U is averaged, of held-out particles and
        of centres. The same integer gives the same model for any number of threads.
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
        Closed forms, and `last_layer="exact"`: weight of the squared coefficients of standardised features, relative to
        the mean of the normal matrix's diagonal; "gcv" (closed forms only) takes the one that generalised
        cross-validation finds best. None takes 1e-6, but 1e-3 for V and U together, which share forces that finite
        samples barely tell apart, and with less may come out large and opposite.
    dtype : {"float32", "float64"}
        "mlp": precision of training. Evaluation is always in double precision.
    polynomial_degree : int, optional
        "linear": degree of the monomials, 0 (none) to 8. None takes 4, as the paper, in one and two coordinates, and 2
        in more, where the tails of a quartic carry single particles far away.
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
        Closed forms only: where standard errors come from: the delta method, which follows every particle's influence
        on the coefficients in all its roles (exact plans and mixture densities only), or fits to populations drawn anew
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
    activation : {"softplus", "silu", "tanh"}
        "mlp": what the hidden layers of V and U do to their inputs a: ln(1 + e^a), a / (1 + e^-a) or tanh a.
    interaction_hidden : sequence of int, optional
        "mlp" for U: widths of its 1 to 8 hidden layers, each 1 to 4096; None takes those of `hidden`.
    interaction_samples : int, optional
        "mlp" for U: pairs per coupling over which U is averaged in training, 2 or more, drawn anew every epoch; None,
        or as many as twice the snapshot has, takes the whole snapshot. They are two independent samples A and B of half
        as many particles each, and the product of the residuals r_A . r_B takes the place of the square |r|^2, whose
        mean over samples would contain the variance of the sampled force and so make U flat. The product's mean is
        |r|^2, but it scatters, and can be negative, as can `history_`. Fewer pairs make an epoch quicker and noisier;
        with a few dozen or less, `learning_rate` should be small or `schedule` let it fall, or training may run away.
        In one and two coordinates, in single precision, many pairs and even whole snapshots cost little more than few:
        forces are interpolated, to rounding, where that is quicker.
    schedule : {"cosine", "constant", "exponential"}
        "mlp": how the step size goes from `learning_rate` in the first epoch to `final_rate` times it in the last:
        along half a cosine, not at all, or by the same factor every epoch.
    final_rate : float
        "mlp": the last step size as a part of the first, in (0, 1]; for "constant" it has no effect.
    last_layer : {"trained", "exact"}
        "mlp": what is done with parameters that enter the objective linearly: output layers of networks, coefficients
        of features, and beta. "trained" trains them like all others. "exact" solves for them in closed form, before the
        first epoch, after every `last_layer_every` epochs and after the last, and trains them in between (variable
        projection). Steps towards the solution are damped while training goes on, and by `ridge` at the end.
    last_layer_every : int
        "exact" last layers: epochs from one solution to the next, 1 or more.
    validation : {"loss", "emd"} or None
        "mlp": whether a part of each snapshot's particles is held out of training to choose the best epoch, whose
        weights the model keeps: "loss" by the objective on plans between held-out particles, "emd" by the mean
        one-step-ahead W1 distance of their predictions, as in `score`.
    validation_fraction : float
        The part of each snapshot's particles that `validation` holds out, in (0, 1).
    validation_every : int
        Epochs from one validation to the next, 1 or more.
    patience : int
        Training ends after so many validations in a row without a new best, 1 or more.
    checkpoint : str or path, optional
        "mlp": a file to which the state of training is written now and then, whole or not at all. `load` reads it as
        the model that the fit would have returned at that moment. A file that is there already is not written over: it
        is an error unless `resume` is set.
    checkpoint_every : int
        Epochs from one checkpoint to the next, 1 or more. One more is written when training ends or is interrupted.
    resume : bool
        Whether to continue from `checkpoint` if it is there. It must not have more epochs than `epochs`; data and
        parameters must be those it was written with, save for `verbose`, these three and, where `schedule` is constant,
        `epochs`; a `random_state` of None is another one each time. The result is bit for bit that of a fit that was
        never interrupted.
    optimizer : {"adam", "lbfgs"}
        "mlp": how the objective is minimised. "lbfgs" is SciPy's L-BFGS-B on the whole objective in double precision
        (see `Objective`): up to `epochs` iterations, fewer where there is nothing left to gain. On small data it goes
        further down; an iteration costs at least a pass over all couplings, and with a network for U over all pairs.
        `batch_size`, `learning_rate`, `clip_norm` and `dtype` are not used then; schedules, exact last layers,
        validation, checkpoints and `interaction_samples` are Adam's. Files do not carry this parameter.

    Attributes
    ----------
    history_ : ndarray of shape (epochs run,), or (1,) for closed forms
        The objective averaged over each epoch, or after each iteration of "lbfgs", in length^2.
    times_ : ndarray of shape (T + 1,)
        The fitted times t_0 < .. < t_T.
    beta_ : float
        "internal": the learned level of diffusion, in length^2/time.
    beta_std_ : float
        "internal", with `error_bars`: its standard error.
    coef_ : ndarray of shape (features,)
        Closed forms: coefficients of V's features, U's, then beta, in standardised coordinates.
    covariance_ : ndarray of shape (features, features)
        Closed forms with `error_bars`: the covariance of `coef_`.
    ridge_ : float
        Closed forms: the ridge that was used.
    gcv_score_ : float
        Closed forms, after `ridge="gcv"`: the criterion at `ridge_`, in length^2.
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
    G. Golub, V. Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares problems whose variables
    separate", SIAM Journal on Numerical Analysis 10 (1973).

    Examples
    --------
    >>> import numpy as np
    >>> import jkonetstar as jk
    >>> x0 = np.random.default_rng(0).uniform(-1, 1, size=(200, 2))
    >>> x = np.stack([x0, 0.9 * x0])  # one explicit step of V(x) = |x|^2 / 2 with tau = 0.1
    >>> model = jk.JKOnetStar(potential="linear", polynomial_degree=2, radial_grid=0)
    >>> _ = model.fit(x.reshape(-1, 2), time=np.repeat([0.0, 0.1], 200))
    >>> model.potential_gradient([[1.0, -0.5]]).round(3)
    array([[ 1. , -0.5]])
    >>> model.predict([[1.0, 0.0]], t0=0.0)[-1].round(3) + 0.0
    array([[0.9, 0. ]])

    Networks for V and U, each averaged over 20 pairs per coupling, on particles that attract each other:

    >>> x = [x0 + [1, 0]]
    >>> for _ in range(2):
    ...     x.append(x[-1] - 0.1 * (x[-1] + x[-1] - x[-1].mean(0)))  # explicit steps of V(x) = U(x) = |x|^2 / 2
    >>> both = jk.JKOnetStar("mlp", "mlp", hidden=(16, 16), interaction_samples=20, epochs=100)
    >>> both = both.set_params(batch_size=50, learning_rate=0.01)
    >>> X, time = np.concatenate(x), np.repeat([0.0, 0.1, 0.2], 200)
    >>> _ = both.fit(X, time)
    >>> both.potential(x0).shape, both.interaction(x0[:-1] - x0[1:]).shape
    ((200,), (199,))
    >>> bool(jk.emd(both.predict(x[0])[1], x[1]) < 0.2 * jk.emd(x[0], x[1]))
    True

    A fit that continues where another one stopped:

    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "training.safetensors")
    ...     _ = both.set_params(epochs=5, schedule="constant", checkpoint=path).fit(X, time)
    ...     whole = both.set_params(epochs=10, resume=True).fit(X, time)
    >>> len(whole.history_)
    10
    """

    def __init__(
        self,
        potential: str | None = "mlp",
        interaction: str | None = None,
        internal: bool = False,
        time_varying: bool = False,
        scheme: str = "explicit",
        hidden: Any = (64, 64),
        epochs: int = 400,
        batch_size: int = 250,
        learning_rate: float = 5e-3,
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
        schedule: str = "cosine",
        final_rate: float = 0.01,
        last_layer: str = "trained",
        last_layer_every: int = 10,
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

        Ctrl-C ends training early: the model keeps what it has learned, a checkpoint is written if there is to be one,
        and KeyboardInterrupt is raised.

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
            If parameters or data cannot be used, or a checkpoint is damaged or of another fit; the model stays as it
            was.
        OSError
            If a checkpoint cannot be read or written.
        TypeError
            If they are of a wrong type, such as strings for numbers.
        ConvergenceError
            If training diverged, or a plan did not converge, or it or a closed form could not be certified.

        Warns
        -----
        IdentifiabilityWarning
            If a term was asked for that the data cannot tell from the others; see `observability`.
        RuntimeWarning
            If one-step predictions of the training snapshots are further from what was observed, in W1 on a sample of
            the particles, than the prediction that nothing moves; with both numbers and two remedies.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> model = jk.JKOnetStar(potential="linear", polynomial_degree=2, radial_grid=0)
        >>> model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
        JKOnetStar(potential='linear', polynomial_degree=2, radial_grid=0)
        >>> model.times_
        array([0., 1.])
        """
        params = self.get_params()
        if _arrays.choice(self.optimizer, "optimizer", {"adam": 0, "lbfgs": 1}):
            self._descend(X, time, weights)
            self._warn_of_terms()
            self._warn_of_fit(as_snapshots(X, time, weights))
            return self
        as_made, as_fitted = model_options(params), fit_options(params)
        series = as_snapshots(X, time, weights)
        names = {"seed": "random_state", "precision": "dtype", "path": "checkpoint", **density_names(self.density)}
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
        self._warn_of_fit(series)
        return self

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
        >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
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
        >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
        >>> model.potential_gradient([1.0, 2.0]).round(3)
        array([[0.1],
               [0.2]])
        """
        points, energy = _arrays.points(x, "x"), self._fitted()
        gradients = energy.at(t, lib.jko_model_potential_gradient, points, _arrays.output(*points.shape))
        if not return_std:
            return gradients
        return gradients, energy.at(t, lib.jko_model_potential_gradient_error, points, _arrays.output(*points.shape))

    @property
    def history_(self) -> NDArray[np.float64]:
        """The objective averaged over each epoch or after each iteration (one value for closed forms), in length^2."""
        energy = self._fitted()
        if energy.info.history_count == 0:  # a checkpoint of the weights at the start
            return np.empty(0)
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
        >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
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
        >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
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

    def _descend(self, X: Any, time: ArrayLike | None, weights: ArrayLike | None) -> None:
        """Fit by L-BFGS."""
        from . import _lbfgs  # which needs this module first
        from .objective import Objective

        epochs = _lbfgs.check(self.get_params())
        objective = Objective(self, X, time, weights)
        with self._long_call() as call:
            self._energy = _lbfgs.fit(objective, epochs, call) or self._energy
        call.finish(0)


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
