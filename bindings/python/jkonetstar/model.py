"""The learned energy: the parameters of its estimator, fitting it, what was learned."""

from __future__ import annotations

import sys
from typing import Any, Literal, Sequence, TypeVar

from numpy.typing import ArrayLike

from . import _arrays, _fitting
from ._choices import Data, RandomState, Scheme, TimeMap, Weights, Widths
from ._data_advice import advise_on_data, advise_on_relaxation
from ._fit_advice import advise_on_fit
from ._fitted_model import FittedModel
from ._judging import fit_report
from ._parameters import meant
from ._scikit_learn import time_of, weights_of
from ._specification import ADAM, SHORTHANDS, Specification, default_training, specification
from .coupling import Sinkhorn, Unbalanced
from .energies import MLP, Linear
from .error_bars import Bootstrap
from .gaussian_mixture import GaussianMixture
from .growth_rates import GrowthRates
from .kernel_density import KernelDensity
from .snapshots import Snapshots, as_snapshots, require_two
from .training import LBFGS, Adam, ClosedForm

Self = TypeVar("Self", bound="JKOnetStar")


class JKOnetStar(FittedModel):
    """The energy that drives a population, learned from unpaired snapshots.

    A population mu has the energy J(mu) = mean of V + half the mean of U(x - y) over pairs + beta times the mean of the
    log density. With tau_k = t_{k+1} - t_k and gamma_k the W2-optimal plan between snapshots k and k+1, `fit`
    minimises::

        sum_k sum_xy gamma_k(x, y) || tau_k D_k(z) + (y - x) ||^2
        D_k(z) = grad V(z, s) + mean_j grad U(z - z_j) + beta grad log density_k(z)

    where (z, s) = (y, t_{k+1}) in the implicit scheme, the optimality condition of the JKO step, and
    (z, s) = (x, t_k) in the explicit scheme, forward Euler; z_j are all particles of z's snapshot. In the midpoint
    scheme z = (x + y) / 2 and s = (t_k + t_{k+1}) / 2, and z_j are all middles. V, U and beta come out in
    length^2/time.

    If V and U are linear, or absent, the minimiser is found in closed form. If either is a network, everything is
    trained together on minibatches of couplings, linear terms and beta included.

    A string stands for an object with its defaults: "mlp" for ``MLP()``. A parameter that would have no effect where it
    stands, or contradicts another one, is an error.

    Parameters
    ----------
    potential : {"mlp", "linear"}, MLP, Linear or None
        V as a network (multilayer perceptron) or as a linear combination of features; None for none.
    interaction : {"mlp", "linear"}, MLP, Linear or None
        U, likewise, as a function of the difference of two particles. The time of training grows with the number of
        pairs, which `interaction_samples` bounds. Beside V, only the sum of their forces is sure: a force that is the
        same for all pairs is V's as well as U's (U need not be even), and of populations that keep their shape, so is
        a linear one; for linear terms `observability` reports it.
    internal : bool, GaussianMixture or KernelDensity
        Whether there is internal energy, whose level beta is learned, and how the density of each snapshot is
        estimated. True takes a mixture of up to 10 components, as many as the Bayesian information criterion finds
        best.
    time_varying : bool, optional
        Whether V depends on time. None decides by the data where V alone is learned, as a network: both kinds of V are
        fitted to four fifths of the particles, and the one that predicts the others better is then fitted to all of
        them, which takes about three times as long. `time_varying_` says how it was decided. Of other energies, which
        are looked at rather than followed, None leaves V constant.
    scheme : {"explicit", "implicit", "midpoint"}, optional
        Where the condition is evaluated, in fitting and in prediction alike. None takes the midpoint scheme where U or
        beta is learned and the explicit one where V alone is; `scheme_` says which. The explicit scheme smooths the
        noise of sampled populations, and its predictions are a little too narrow. The implicit one amplifies that
        noise; networks that stand alone are kept from it by a training at explicit predictions (`rollout_weight`). The
        midpoint scheme is the one for energies: both others are off by a part in proportion to the step, and this one
        by its square.
    coupling : {"exact", "sinkhorn", "unbalanced"}, Sinkhorn or Unbalanced
        The plans between consecutive snapshots: exact, entropic, or entropic for populations that grow or die.
    training : {"adam", "lbfgs", "closed_form"}, Adam, LBFGS, ClosedForm or None
        How the objective is minimised; None takes Adam for energies with a network, else the closed form.
    error_bars : {"influence", "bootstrap"}, Bootstrap or None
        Where standard errors come from: the delta method, which follows every particle's influence on the coefficients
        in all its roles (closed forms with exact plans and mixture densities only), or fits to populations drawn anew
        from the particles. Networks have "bootstrap" only, 10 fits from other initial weights each, and the model keeps
        these: `potential_`, `interaction_`, `beta_std_` and `predict` return errors from their spread. Both take
        snapshots for independent draws. "influence" takes populations for connected: between modes with nothing in
        between, plans move whole clumps, and only "bootstrap" sees that. Neither contains biases: that of plans between
        samples (n^(-2/d) for d > 2; in any d noise of a snapshot is in sites and shifts, which pulls the two schemes
        apart, the more the fewer particles and the shorter the steps), that of a finite step, that of the ridge, which
        is large where V and U share forces that the data cannot tell apart, and what a network smooths.
    random_state : int, numpy.random.Generator, RandomState or None
        Seed of weights, of the order of couplings, of the samples over which U is averaged, of held-out particles, of
        mixtures and of centres. The same integer gives the same model for any number of threads.
    verbose : int
        1 shows a progress line on stderr, and the report after a fit.
    hidden : int or sequence of int, optional
        Widths of the networks that are given as "mlp"; those of an `MLP` are its own.
    epochs, batch_size, learning_rate, interaction_samples : int, int, float, int, optional
        Those of `Adam`, unless `training` is an object; None takes its defaults.
    rollout_weight : float, optional
        How much of each step's weight, from 0 to less than 1, goes to steps that begin where predictions are rather
        than at an observed population: the first snapshot is rolled out by the model fitted so far, 20 times. This
        brings rollouts back to the data. None takes 0.25 where V alone is learned, as a network, and 0 otherwise, and
        rolls nothing out while the model explains all but half a percent of the squared shifts, as without noise. In
        the implicit scheme such a network fits an explicit model first, and then the energy whose JKO steps lead where
        that model leads, unless the observed pairs predict held-out particles better.

    Attributes
    ----------
    potential_, interaction_ : LearnedPotential, LearnedInteraction
        V and U, functions with a gradient.
    beta_, beta_std_ : float
        With internal energy: the learned level of diffusion, in length^2/time; with `error_bars`, its standard error.
    history_ : ndarray of shape (epochs run,), or (1,) for closed forms
        The objective averaged over each epoch, or after each iteration of L-BFGS, in length^2.
    scheme_ : str
        Where the condition was evaluated.
    time_varying_ : bool
        Whether V depends on time.
    times_ : ndarray of shape (T + 1,)
        The fitted times t_0 < .. < t_T.
    coef_, covariance_ : ndarray of shape (features,) and (features, features)
        Closed forms: coefficients of V's features, U's, then beta, in standardised coordinates; with `error_bars`,
        their covariance.
    ridge_, gcv_score_ : float
        Closed forms: the ridge that was used; with "gcv", the criterion there, in length^2.
    report_ : FitReport
        How well the model predicts a sample of its training snapshots one step ahead, beside the prediction that
        nothing moves and the floor; and how training went. Not after `load` and `partial_fit`.
    folded_ : float
        Share of these particles at which the one-step map turns over, so that steps have several solutions or none.
    n_features_in_ : int
        The number of coordinates d.
    feature_names_in_ : ndarray of shape (d,)
        Their names, after a fit to a table with named columns; tables with other names are then refused.

    Notes
    -----
    With scikit-learn, `time` takes the place of y: ``cross_val_score(model, X, time, cv=KFold(5, shuffle=True))``,
    and likewise `GridSearchCV`, over names such as ``potential__hidden``. Folds that are not shuffled leave out whole
    snapshots of rows that are ordered by time, as `LeaveOneTimeOut` does on purpose. Last in a `Pipeline`, the model
    lives in the coordinates of the steps before it: predictions and scores are in these, not in those of X. See
    docs/scikit_learn.md.

    References
    ----------
    A. Terpin, N. Lanzetti, M. Gadea, F. Doerfler, "Learning diffusion at lightspeed", NeurIPS 2024,
    arXiv:2406.12616.

    Examples
    --------
    >>> import numpy as np
    >>> import jkonetstar as jk
    >>> x0 = np.random.default_rng(0).uniform(-1, 1, size=(200, 2))
    >>> x = np.stack([x0, 0.9 * x0])  # one explicit step of V(x) = |x|^2 / 2 with tau = 0.1
    >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
    >>> _ = model.fit(x.reshape(-1, 2), time=np.repeat([0.0, 0.1], 200))
    >>> model.potential_.gradient([[1.0, -0.5]]).round(3)
    array([[ 1. , -0.5]])
    >>> model.predict([[1.0, 0.0]], t0=0.0)[-1].round(3) + 0.0
    array([[0.9, 0. ]])

    Networks for V and U, each averaged over 20 pairs per coupling, on particles that attract each other:

    >>> x = [x0 + [1, 0]]
    >>> for _ in range(2):
    ...     x.append(x[-1] - 0.1 * (x[-1] + x[-1] - x[-1].mean(0)))  # explicit steps of V(x) = U(x) = |x|^2 / 2
    >>> both = jk.JKOnetStar("mlp", "mlp", hidden=(16, 16), interaction_samples=20, epochs=100)
    >>> both = both.set_params(batch_size=50, learning_rate=0.01)
    >>> _ = both.fit(np.concatenate(x), time=np.repeat([0.0, 0.1, 0.2], 200))
    >>> both.potential_(x0).shape, both.interaction_(x0[:-1] - x0[1:]).shape
    ((200,), (199,))
    >>> bool(jk.emd(both.predict(x[0])[1], x[1]) < 0.2 * jk.emd(x[0], x[1]))
    True
    """

    def __init__(
        self,
        potential: Literal["mlp", "linear"] | MLP | Linear | None = "mlp",
        interaction: Literal["mlp", "linear"] | MLP | Linear | None = None,
        internal: bool | GaussianMixture | KernelDensity = False,
        *,
        time_varying: bool | None = None,
        scheme: Scheme | None = None,
        coupling: Literal["exact", "sinkhorn", "unbalanced"] | Sinkhorn | Unbalanced = "exact",
        training: Literal["adam", "lbfgs", "closed_form"] | Adam | LBFGS | ClosedForm | None = None,
        error_bars: Literal["influence", "bootstrap"] | Bootstrap | None = None,
        random_state: RandomState = 0,
        verbose: int = 0,
        hidden: Widths | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        interaction_samples: int | None = None,
        rollout_weight: float | None = None,
    ) -> None:
        self.potential = potential
        self.interaction = interaction
        self.internal = internal
        self.time_varying = time_varying
        self.scheme = scheme
        self.coupling = coupling
        self.training = training
        self.error_bars = error_bars
        self.random_state = random_state
        self.verbose = verbose
        self.hidden = hidden
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.interaction_samples = interaction_samples
        self.rollout_weight = rollout_weight
        super().__init__()

    def fit(
        self: Self,
        X: Data | Snapshots,
        time: ArrayLike | None = None,
        weights: ArrayLike | Weights | None = None,
        *,
        y: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
        growth: GrowthRates | None = None,
        points: str | Sequence[str] | None = None,
        time_map: TimeMap | None = None,
        time_tolerance: float | None = None,
        report: bool = True,
    ) -> Self:
        """Fit the energy to snapshots: plans between consecutive ones, then the minimiser of the objective.

        Ctrl-C ends training early: the model keeps what it has learned, a checkpoint is written if there is to be one,
        and KeyboardInterrupt is raised.

        Parameters
        ----------
        X : array_like of shape (n, d), data frame, or Snapshots
            Particles, in length, or a series that has its own times and weights. All that `Snapshots` takes.
        time : array_like of shape (n,), or str
            When each particle was seen, or the name of a data frame's column that says so. Equal times form a snapshot,
            and there must be two or more. Labels such as "Day 3" are understood, with a notice, as in `Snapshots`.
        weights : array_like of shape (n,), optional
            How much each particle counts within its snapshot; all alike by default.
        y, sample_weight : array_like, optional
            scikit-learn's names of `time` and `weights`.
        growth : Growth or GrowthRates, optional
            How fast particles multiply or die, for `predict` with masses, `evaluate` and `interpolate`; the model keeps
            it as `growth_`, in its file too. Plans are then from the masses that particles will have at the next time,
            so that new particles are not taken for moved ones. A `Growth` that was not fitted yet is fitted to the same
            snapshots; one that knows total masses or priors is fitted before.
        points : str or sequence of str, optional
            As in `Snapshots`: the columns of a data frame that are coordinates.
        time_map : mapping, optional
            As in `Snapshots`: the number of each label in `time`.
        time_tolerance : float, optional
            As in `Snapshots`: particles seen at nearly the same time form a snapshot.
        report : bool
            Whether data and fit are judged, on a sample of the particles: `report_` and `folded_` are then there, shown
            on stderr with `verbose`, and the warnings below are given. It takes some hundredths of a second.

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
        DataWarning
            If coordinates have wildly unequal scales, snapshots a single particle, or times are closer than a
            thousandth of the median gap.
        IdentifiabilityWarning
            If a term was asked for that the data cannot tell from the others; see `observability`.
        ExtrapolationWarning
            If growth was learned from other times.
        RuntimeWarning
            If one-step predictions of the training snapshots are further from what was observed, in W1 on a sample of
            the particles, than the prediction that nothing moves; if the objective ended above where it began; if beta
            is negative; if epsilon exceeds the relaxation of unbalanced plans.

        Notes
        -----
        Every warning says what was found, with its number, and names two remedies and the section of docs/warnings.md
        that explains it.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
        >>> model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
        JKOnetStar(potential=Linear(polynomial_degree=2, radial=None))
        >>> model.times_
        array([0., 1.])
        """
        found, judged = self._specification(), _arrays.boolean(report, "report")
        moments, masses = time_of(time, y), weights_of(weights, sample_weight)
        series = as_snapshots(X, moments, masses, time_tolerance, points, time_map)
        require_two(series, "fitting")
        if judged:
            advise_on_data(series)
        found = found._replace(growth=_fitting.growth_of(series, growth))
        _fitting.fit(found, series, self._long_call, lambda energy: self._keep(energy, series))
        energy = self._fitted()
        identified = _fitting.advise_on_terms(energy, found)
        if judged:
            energy.report = fit_report(energy, series, identified, self._long_call(patience=1.0))
            if self.verbose:
                print(energy.report, file=sys.stderr)
            advise_on_fit(energy.report, found, series)
            if isinstance(found.coupling, Unbalanced):
                advise_on_relaxation(found.coupling)
        return self

    def _meant(self, name: str) -> Any:
        value = getattr(self, name)
        if name == "training" and value is None:
            found = default_training(self._meant("potential"), self._meant("interaction"))
        else:
            found = meant(value, SHORTHANDS.get(name, {}))
        # A string stands for an object with the parameters that the estimator gives it. A caller's object has its own.
        return found if found is value else self._with_shorthands(found)

    def _with_shorthands(self, found: Any) -> Any:
        """Give an object that a string stands for what this estimator says of it, such as `hidden` and `epochs`."""
        names = ("hidden",) if isinstance(found, MLP) else ADAM if isinstance(found, Adam) else ()
        given = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        return found.set_params(**given) if given else found

    def _specification(self) -> Specification:
        return specification(self.get_params(deep=False))
