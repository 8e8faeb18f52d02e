"""Optimal transport between populations, and between all snapshots of a time course."""

from __future__ import annotations

from ctypes import POINTER, byref
from typing import Any, Literal, overload

from numpy.typing import ArrayLike

from . import _abi
from ._advice import advise_on_epsilon
from ._calls import LongCall
from ._choices import Entropic, Method, Metric, Relaxation
from ._errors import InputError
from ._library import lib
from ._plan_options import plan_options, populations, warn_of_marginals
from .coupling import RELAXATION_NAMES
from .entropic_plan import EntropicPlan
from .snapshots import Snapshots
from .transport_plan import TransportPlan


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
        pairs by their masses, or of its root under "euclidean"; of unbalanced plans, a tenth of the smaller relaxation
        where that is less. The smaller, the closer to the exact plan and the more iterations: below a thousandth of the
        mean cost there are many, and the exact plan is faster.
    marginal_relaxation : float or pair of floats, optional
        "unbalanced": rho, in units of cost: about the cost beyond which mass is rather destroyed than moved. A pair for
        x and y, `inf` where the marginal holds. None takes twice the mean cost of the exact plan, and an epsilon of a
        twentieth of it. Survival (`mass_x / a`) means something for masses that sum to about 1
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
    options = plan_options(method, metric, epsilon, marginal_relaxation, tolerance, max_iterations)
    both = populations(x, y, a, b)
    handle = POINTER(_abi.Plan)()
    with LongCall() as call:
        options.progress = call.progress
        status = lib.jko_plan_compute(*both, byref(options), byref(handle))
    call.finish(status, **RELAXATION_NAMES)
    return _plan(handle, both[0].columns, method, options)


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
    options = plan_options(method, metric, epsilon, marginal_relaxation, tolerance, max_iterations)
    handles = (POINTER(_abi.Plan) * max(len(snapshots) - 1, 1))()
    with LongCall() as call:
        options.progress = call.progress
        status = lib.jko_snapshots_plans(snapshots._handle, byref(options), handles, len(snapshots) - 1)
    call.finish(status, **RELAXATION_NAMES)
    plans: list[Any] = []
    for handle in handles:
        plans.append(_plan(handle, snapshots.dimension, method, options))
    return plans


def _plan(handle: Any, dimension: int, method: str, options: _abi.PlanOptions) -> TransportPlan | EntropicPlan:
    if method != "exact":
        plan = EntropicPlan(handle, dimension)
        if method == "unbalanced":
            advise_on_epsilon(plan.epsilon, min(options.relaxation_x, options.relaxation_y))
        if not plan.converged:
            warn_of_marginals(plan.marginal_error, plan.iterations, options.tolerance, stacklevel=4)
        return plan
    return TransportPlan(handle, dimension)
