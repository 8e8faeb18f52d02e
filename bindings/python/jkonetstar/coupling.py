"""Entropic plans for fitting, in place of exact ones."""

from __future__ import annotations

from typing import Any

from . import _abi, _arrays
from ._choices import Relaxation
from ._errors import InputError
from ._parameters import Parameters

_INT64 = 2**63 - 1

#: What Python calls the strengths of both marginals.
RELAXATION_NAMES = {"relaxation_x": "marginal_relaxation", "relaxation_y": "marginal_relaxation"}


class Sinkhorn(Parameters):
    """Couple consecutive snapshots by entropic plans, as `optimal_transport` with method "sinkhorn".

    Entropic plans blur: the partners of a particle average nearer to the middle of the population. For a Gaussian one
    of variance s^2 in each coordinate the learned gradient is off by epsilon |x - mean| / (4 s^2 tau), outwards in the
    implicit scheme, inwards in the explicit one. And `history_` lacks the spread about those averages, so losses of
    different couplings do not compare.

    Parameters
    ----------
    epsilon : float, optional
        Weight of the entropy, in length^2; None takes a twentieth of each pair of snapshots' mean squared distance.
    tolerance : float
        Marginal error of a converged plan, see `EntropicPlan`.
    max_iterations : int
        Iterations after which a plan that has not converged raises `ConvergenceError`.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> model = jk.JKOnetStar(potential="linear", coupling=jk.Sinkhorn(epsilon=0.5))
    >>> model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
    JKOnetStar(potential='linear', coupling=Sinkhorn(epsilon=0.5))
    """

    def __init__(self, epsilon: float | None = None, tolerance: float = 1e-6, max_iterations: int = 10_000) -> None:
        self.epsilon = epsilon
        self.tolerance = tolerance
        self.max_iterations = max_iterations

    def _write(self, options: _abi.PlanOptions) -> None:
        options.method = _abi.PLAN_METHOD["sinkhorn"]
        _write_entropic(options, self)


class Unbalanced(Parameters):
    """Couple populations that grow or die, as `optimal_transport` with method "unbalanced".

    They blur as those of `Sinkhorn` do. Every transition counts the same, whatever mass its plan has. `JKOnetStar.fit`
    with a `Growth` is the other way, and the better one: exact plans between masses that have grown.

    Parameters
    ----------
    marginal_relaxation : float or pair of floats, optional
        What it costs to create or destroy mass, in length^2; a pair for the earlier and the later snapshot, `inf` where
        the marginal holds. None takes twice the mean cost of the exact plan between each pair of snapshots.
    epsilon : float, optional
        As in `Sinkhorn`, but None takes no more than a tenth of the smaller relaxation, and where that is None, a
        twentieth of the mean cost of the exact plan. Likewise the others.
    tolerance : float
    max_iterations : int

    Examples
    --------
    >>> import jkonetstar as jk
    >>> model = jk.JKOnetStar(potential="linear", coupling=jk.Unbalanced())
    >>> model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1]).times_
    array([0., 1.])
    """

    def __init__(
        self,
        marginal_relaxation: Relaxation | None = None,
        epsilon: float | None = None,
        tolerance: float = 1e-6,
        max_iterations: int = 10_000,
    ) -> None:
        self.marginal_relaxation = marginal_relaxation
        self.epsilon = epsilon
        self.tolerance = tolerance
        self.max_iterations = max_iterations

    def _write(self, options: _abi.PlanOptions) -> None:
        options.method = _abi.PLAN_METHOD["unbalanced"]
        _write_entropic(options, self)
        write_relaxation(options, self.marginal_relaxation)


def _write_entropic(options: _abi.PlanOptions, given: Sinkhorn | Unbalanced) -> None:
    write_epsilon(options, given.epsilon)
    options.tolerance = _arrays.real(given.tolerance, "coupling.tolerance")
    options.max_iterations = _arrays.integer(given.max_iterations, "coupling.max_iterations", -_INT64, _INT64)


def write_epsilon(options: _abi.PlanOptions, epsilon: Any) -> None:
    """Write the weight of the entropy, for which the library takes 0 as None."""
    if epsilon is not None:
        options.epsilon = _arrays.real(epsilon, "epsilon")
        if options.epsilon == 0:
            raise InputError("epsilon = 0 is not positive; None chooses it, and exact plans do without")


def write_relaxation(options: _abi.PlanOptions, relaxation: Any) -> None:
    """Write the strengths of both marginals."""
    if relaxation is None:
        return
    pair = relaxation if isinstance(relaxation, (tuple, list)) else (relaxation, relaxation)
    if len(pair) != 2:
        raise InputError(f"marginal_relaxation has {len(pair)} numbers; it must be one, or a pair for x and y")
    for name, value in zip(("relaxation_x", "relaxation_y"), pair):
        if value is None:
            continue
        one = _arrays.real(value, "marginal_relaxation")
        if one == 0:
            raise InputError("marginal_relaxation = 0 is not greater than 0; None chooses it")
        setattr(options, name, one)
