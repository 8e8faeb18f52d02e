"""How far two populations are apart: Wasserstein distances and the Sinkhorn divergence."""

from __future__ import annotations

from ctypes import byref, c_double, sizeof
from typing import Literal

from numpy.typing import ArrayLike

from . import _abi, _arrays
from ._calls import LongCall
from ._choices import Metric
from ._library import lib
from ._plan_options import default_options, plan_options, populations, warn_of_marginals


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
    distance, options = c_double(), default_options()
    with LongCall() as call:
        options.progress = call.progress
        status = lib.jko_emd(*populations(x, y, a, b), code, byref(options), byref(distance))
    call.finish(status)
    return distance.value


def energy_distance(x: ArrayLike, y: ArrayLike, a: ArrayLike | None = None, b: ArrayLike | None = None) -> float:
    """Return the energy distance between two populations, 2 E|X - Y| - E|X - X'| - E|Y - Y'|, in units of length.

    It is unbiased [1]_: 0 on average for samples of one population, of any sizes, so that it may be a little below 0.
    W1 is not, and rewards predictions that are too narrow in ten or more coordinates.

    Parameters
    ----------
    x : array_like of shape (n, d)
    y : array_like of shape (m, d)
        The populations, in length.
    a, b : array_like of shape (n,) and (m,), optional
        Masses, not negative; they are divided by their sums. Equal ones by default.

    Returns
    -------
    float
        nan where all mass of a population is on one particle.

    References
    ----------
    .. [1] G. J. Szekely, M. L. Rizzo, "Energy statistics: a class of statistics based on distances", Journal of
       Statistical Planning and Inference 143, 2013.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> jk.energy_distance([[0.0], [1.0]], [[3.0], [4.0]])
    4.0
    """
    distance = c_double()
    with LongCall() as call:
        status = lib.jko_energy_distance(*populations(x, y, a, b), byref(distance))
    call.finish(status)
    return distance.value


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
    options = plan_options("sinkhorn", metric, epsilon, None, tolerance, max_iterations)
    divergence, info = c_double(), _abi.DivergenceInfo(struct_size=sizeof(_abi.DivergenceInfo))
    with LongCall() as call:
        options.progress = call.progress
        status = lib.jko_sinkhorn_divergence(*populations(x, y, a, b), byref(options), byref(divergence), byref(info))
    call.finish(status)
    if not info.converged:
        warn_of_marginals(info.marginal_error, info.iterations, tolerance)
    return divergence.value
