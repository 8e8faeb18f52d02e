"""Optimal transport between populations: plans, distances and divergences."""

from __future__ import annotations

import warnings
from ctypes import POINTER, byref, c_double, sizeof
from typing import Any, Literal, overload

from numpy.typing import ArrayLike

from . import _abi, _arrays
from ._calls import LongCall
from ._choices import Entropic, Method, Metric, Relaxation
from ._errors import ConvergenceWarning, InputError
from ._library import check, lib
from .coupling import write_epsilon, write_relaxation
from .plans import EntropicPlan, TransportPlan
from .snapshots import Snapshots


@overload
def optimal_transport(
    x: ArrayLike,
    y: ArrayLike,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    metric: Metric = "sqeuclidean",
    method: Literal["exact"] = "exact",
) -> TransportPlan: ...
@overload
def optimal_transport(
    x: ArrayLike,
    y: ArrayLike,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    metric: Metric = "sqeuclidean",
    *,
    method: Entropic,
    epsilon: float | None = None,
    marginal_relaxation: Relaxation | None = None,
    tolerance: float | None = None,
    max_iterations: int | None = None,
) -> EntropicPlan: ...
def optimal_transport(
    x: ArrayLike,
    y: ArrayLike,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    metric: Metric = "sqeuclidean",
    method: Method = "exact",
    *,
    epsilon: float | None = None,
    marginal_relaxation: Relaxation | None = None,
    tolerance: float | None = None,
    max_iterations: int | None = None,
) -> TransportPlan | EntropicPlan:
    """Compute a plan between two populations.

    The exact plan minimises ``sum_ij c(x_i, y_j) P_ij`` over all P >= 0 with row sums a and column sums b. Entropic
    plans minimise::

        sum_ij c(x_i, y_j) P_ij + epsilon KL(P | a b^T) + rho_x KL(P 1 | a) + rho_y KL(P^T 1 | b)

    with KL(p | q) = sum p ln(p / q) - p + q; the marginals hold ("sinkhorn") or are relaxed ("unbalanced").

    Parameters
    ----------
    x : array_like of shape (n, d)
    y : array_like of shape (m, d)
    a, b : array_like of shape (n,) and (m,), optional
        Masses, not negative; 1/n and 1/m each by default. The sums of a and b must agree unless the plan is unbalanced.
    metric : {"sqeuclidean", "euclidean"}
        The cost c: ||x - y||^2, that of W2 and of JKOnet*, or ||x - y||, that of W1.
    method : {"exact", "sinkhorn", "unbalanced"}
        "exact": an optimal vertex of the transport polytope, certified by its dual. "sinkhorn": entropic, by Sinkhorn's
        algorithm [1]_. "unbalanced": entropic, for populations that grow or die [2]_.
    epsilon : float, optional
        Entropic: weight of the entropy, in units of cost. None takes a twentieth of the mean of ||x - y||^2 over all
        pairs by their masses, or of its root under "euclidean". The smaller, the closer to the exact plan and the
        more iterations: below a thousandth of the mean cost there are many, and the exact plan is faster.
    marginal_relaxation : float or pair of floats
        "unbalanced": rho, in units of cost: about the cost beyond which mass is rather destroyed than moved. A pair for
        x and y, `inf` where the marginal holds. Survival (`mass_x / a`) means something for masses that sum to about 1
        and epsilon well below rho: the entropy is relative to a b^T, whose mass is the product of theirs.
    tolerance : float, optional
        Entropic: marginal error of a converged plan; None takes 1e-6.
    max_iterations : int, optional
        Entropic: iterations after which the plan is returned as it is; None takes 10,000.

    Returns
    -------
    TransportPlan or EntropicPlan

    Raises
    ------
    ValueError
        If shapes disagree, a number is not finite, the masses do not fit each other, or parameters do not fit the
        method.
    ConvergenceError
        If optimality of an exact plan could not be certified.

    Warns
    -----
    ConvergenceWarning
        If an entropic plan has not converged; it says so in `status` too.

    References
    ----------
    .. [1] M. Cuturi, "Sinkhorn distances: lightspeed computation of optimal transport", NeurIPS 2013.
    .. [2] L. Chizat, G. Peyre, B. Schmitzer, F.-X. Vialard, "Scaling algorithms for unbalanced optimal transport
       problems", Mathematics of Computation 87, 2018.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> plan = jk.optimal_transport([[0.0], [1.0]], [[1.5], [0.5]])
    >>> plan.dense()
    array([[0. , 0.5],
           [0.5, 0. ]])
    >>> plan.cost
    0.25
    >>> plan = jk.optimal_transport([[0.0], [1.0]], [[1.5], [0.5]], method="sinkhorn", epsilon=0.5)
    >>> plan.dense().round(3)
    array([[0.06, 0.44],
           [0.44, 0.06]])
    >>> far = jk.optimal_transport([[0.0], [9.0]], [[0.0]], method="unbalanced", epsilon=0.1, marginal_relaxation=1.0)
    >>> (far.mass_x / 0.5).round(3) + 0.0  # nothing is near enough to 9 for its mass to survive
    array([1.391, 0.   ])
    """
    options = _options(method, metric, epsilon, marginal_relaxation, tolerance, max_iterations)
    populations = _populations(x, y, a, b)
    handle = POINTER(_abi.Plan)()
    with LongCall() as call:
        options.progress = call.progress
        status = lib.jko_plan_compute(*populations, byref(options), byref(handle))
    call.finish(status)
    return _plan(handle, populations[0].columns, method, options.tolerance)


@overload
def transport_plans(
    snapshots: Snapshots, metric: Metric = "sqeuclidean", method: Literal["exact"] = "exact"
) -> list[TransportPlan]: ...
@overload
def transport_plans(
    snapshots: Snapshots,
    metric: Metric = "sqeuclidean",
    *,
    method: Entropic,
    epsilon: float | None = None,
    marginal_relaxation: Relaxation | None = None,
    tolerance: float | None = None,
    max_iterations: int | None = None,
) -> list[EntropicPlan]: ...
def transport_plans(
    snapshots: Snapshots,
    metric: Metric = "sqeuclidean",
    method: Method = "exact",
    *,
    epsilon: float | None = None,
    marginal_relaxation: Relaxation | None = None,
    tolerance: float | None = None,
    max_iterations: int | None = None,
) -> list[TransportPlan] | list[EntropicPlan]:
    """Compute the plans between all consecutive snapshots of a time course, several at a time.

    Parameters
    ----------
    snapshots : Snapshots
        Two or more; their weights, which sum to 1 in each, are the masses. How much a population grew in all is for
        `optimal_transport` with masses of your own.
    metric, method, epsilon, marginal_relaxation, tolerance, max_iterations
        As in `optimal_transport`; without an epsilon, each pair has its own.

    Returns
    -------
    list of TransportPlan or of EntropicPlan
        Number k is the plan from ``snapshots[k]`` to ``snapshots[k + 1]``.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> series = jk.Snapshots([0.0, 1.0, 1.5, 0.5, 2.0, 1.0], time=[0, 0, 1, 1, 2, 2])
    >>> [plan.cost for plan in jk.transport_plans(series)]
    [0.25, 0.25]
    """
    if not isinstance(snapshots, Snapshots):
        raise TypeError(f"snapshots must be Snapshots, got {type(snapshots).__name__}")
    if len(snapshots) < 2:
        raise InputError(f"snapshots has {len(snapshots)} snapshots; plans are between two or more")
    options = _options(method, metric, epsilon, marginal_relaxation, tolerance, max_iterations)
    handles = (POINTER(_abi.Plan) * max(len(snapshots) - 1, 1))()
    with LongCall() as call:
        options.progress = call.progress
        status = lib.jko_snapshots_plans(snapshots._handle, byref(options), handles, len(snapshots) - 1)
    call.finish(status)
    plans: list[Any] = []
    for handle in handles:
        plans.append(_plan(handle, snapshots.dimension, method, options.tolerance))
    return plans


def _plan(handle: Any, dimension: int, method: str, tolerance: float) -> TransportPlan | EntropicPlan:
    if method != "exact":
        plan = EntropicPlan(handle, dimension)
        if not plan.converged:
            _warn(plan.marginal_error, plan.iterations, tolerance, stacklevel=4)
        return plan
    return TransportPlan(handle, dimension)


def sinkhorn_divergence(
    x: ArrayLike,
    y: ArrayLike,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    metric: Metric = "sqeuclidean",
    *,
    epsilon: float | None = None,
    tolerance: float = 1e-6,
    max_iterations: int = 10_000,
) -> float:
    """Return the Sinkhorn divergence between two populations, in units of cost, per unit of mass.

    S = OT(mu, nu) - OT(mu, mu) / 2 - OT(nu, nu) / 2 with OT the least entropic objective of `optimal_transport`: 0 for
    equal populations, positive for others [1]_. Parameters are those of `optimal_transport`; masses are divided by
    their sum.

    Parameters
    ----------
    x : array_like of shape (n, d)
    y : array_like of shape (m, d)
    a, b : array_like of shape (n,) and (m,), optional
    metric : {"sqeuclidean", "euclidean"}
    epsilon : float, optional
        In units of cost; None chooses it from the distances between x and y.
    tolerance : float
    max_iterations : int

    Returns
    -------
    float

    Warns
    -----
    ConvergenceWarning
        If one of the three plans has not converged.

    References
    ----------
    .. [1] J. Feydy, T. Sejourne, F.-X. Vialard, S. Amari, A. Trouve, G. Peyre, "Interpolating between optimal transport
       and MMD using Sinkhorn divergences", AISTATS 2019.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> round(jk.sinkhorn_divergence([[0.0], [1.0]], [[1.0], [0.0]], epsilon=0.1), 6)
    0.0
    >>> round(jk.sinkhorn_divergence([[0.0], [1.0]], [[3.0], [4.0]], epsilon=0.1), 6)
    9.0
    """
    options = _options("sinkhorn", metric, epsilon, None, tolerance, max_iterations)
    divergence, info = c_double(), _abi.DivergenceInfo(struct_size=sizeof(_abi.DivergenceInfo))
    with LongCall() as call:
        options.progress = call.progress
        status = lib.jko_sinkhorn_divergence(*_populations(x, y, a, b), byref(options), byref(divergence), byref(info))
    call.finish(status)
    if not info.converged:
        _warn(info.marginal_error, info.iterations, tolerance)
    return divergence.value


def emd(
    x: ArrayLike, y: ArrayLike, order: Literal[1, 2] = 1, a: ArrayLike | None = None, b: ArrayLike | None = None
) -> float:
    """Return the Wasserstein distance between two populations, in units of length.

    Parameters
    ----------
    x : array_like of shape (n, d)
    y : array_like of shape (m, d)
        The populations, in length.
    order : {1, 2}
        1: W1, the least mean distance moved. 2: W2, the square root of the least mean squared distance.
    a, b : array_like of shape (n,) and (m,), optional
        Masses as in `optimal_transport`, with equal sums; the distance is per unit of mass.

    Returns
    -------
    float

    Examples
    --------
    >>> import jkonetstar as jk
    >>> jk.emd([[0.0, 0.0]], [[3.0, 4.0]])
    5.0
    """
    code = _arrays.integer(order, "order", -(2**31), 2**31 - 1)
    distance, options = c_double(), _default_options()
    with LongCall() as call:
        options.progress = call.progress
        status = lib.jko_emd(*_populations(x, y, a, b), code, byref(options), byref(distance))
    call.finish(status)
    return distance.value


def _default_options() -> _abi.PlanOptions:
    options = _abi.PlanOptions()
    check(lib.jko_plan_options_init(byref(options), sizeof(options)))
    return options


def _options(
    method: Any, metric: Any, epsilon: Any, relaxation: Any, tolerance: Any, max_iterations: Any
) -> _abi.PlanOptions:
    options = _default_options()
    options.method = _arrays.choice(method, "method", _abi.PLAN_METHOD)
    options.metric = _arrays.choice(metric, "metric", _abi.METRIC)
    entropic = {"epsilon": epsilon, "tolerance": tolerance, "max_iterations": max_iterations}
    for name, value in entropic.items():
        if method == "exact" and value is not None:
            raise InputError(f"{name} = {value!r} is for entropic plans, and method = 'exact'")
    if method != "unbalanced" and relaxation is not None:
        raise InputError(f"marginal_relaxation = {relaxation!r} is for unbalanced plans; the marginals of others hold")
    write_epsilon(options, epsilon)
    if method == "unbalanced":
        write_relaxation(options, relaxation)
    if tolerance is not None:
        options.tolerance = _arrays.real(tolerance, "tolerance")
    if max_iterations is not None:
        options.max_iterations = _arrays.integer(max_iterations, "max_iterations", -(2**63), 2**63 - 1)
    return options


def _warn(error: float, iterations: int, tolerance: float, stacklevel: int = 3) -> None:
    warnings.warn(
        f"the marginal error is {error:.2e} after {iterations} iterations, more than tolerance = {tolerance:g}; "
        "allow more by max_iterations, or a larger epsilon",
        ConvergenceWarning,
        stacklevel=stacklevel,
    )


def _populations(x: Any, y: Any, a: Any, b: Any) -> tuple[Any, ...]:
    return (
        _arrays.view(_arrays.points(x, "x")),
        _arrays.view(_arrays.points(y, "y")),
        None if a is None else _arrays.view(_arrays.vector(a, "a")),
        None if b is None else _arrays.view(_arrays.vector(b, "b")),
    )
