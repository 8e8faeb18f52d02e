"""Draws from the density proportional to exp(-V / beta)."""

from __future__ import annotations

from ctypes import byref, pointer, sizeof
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _arrays
from ._advice import advise
from ._calls import LongCall
from ._choices import RandomState
from ._errors import ConvergenceWarning
from ._flow_energy import write_energy
from ._library import check, lib
from .flow import Potential
from .learned import LearnedPotential

#: R-hat above which chains do not agree.
_AGREED = 1.05


class Sample(NamedTuple):
    """Draws of several chains, and how far they can be trusted.

    Attributes
    ----------
    points : ndarray of shape (chains, draws, d)
    acceptance : float
        The mean probability with which proposals were taken.
    step : float
        Of the draws that were kept.
    effective_sizes : ndarray of shape (d,)
        How many independent draws tell the mean of each coordinate as well.
    r_hats : ndarray of shape (d,)
        Split R-hat of each coordinate: above 1.01 the chains do not agree yet.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> found = jk.sample(lambda x: ((x**2).sum(1) / 2, x), [[0.0], [1.0]], draws=100, warmup=100)
    >>> found.points.shape
    (2, 100, 1)
    """

    points: NDArray[np.float64]
    acceptance: float
    step: float
    effective_sizes: NDArray[np.float64]
    r_hats: NDArray[np.float64]


def sample(
    potential: Potential,
    x0: ArrayLike,
    beta: float = 1.0,
    *,
    draws: int = 1000,
    warmup: int = 1000,
    step: float | None = None,
    adjusted: bool = True,
    random_state: RandomState = 0,
) -> Sample:
    """Draw from the density proportional to exp(-V / beta) by Langevin dynamics.

    A chain at x proposes ``x - step C grad V(x) + sqrt(2 beta step) C^(1/2) xi`` and takes it with the probability of
    Metropolis and Hastings (MALA), so that draws are exact. While warming up, the step follows the acceptance rate and
    C becomes the covariance of what was drawn. It is what the flow of V and diffusion goes to: see `WassersteinFlow`.

    Parameters
    ----------
    potential : str, Functional, LearnedPotential or callable
        V: the name of a functional, a functional, the `potential_` of a model, or a function that returns V, shape
        (n,), and its gradient, shape (n, d), at the points of all chains, shape (n, d).
    x0 : array_like of shape (chains, d)
        Where each chain starts; best spread wider than the density.
    beta : float
        Temperature, in units of V, positive.
    draws, warmup : int
        Of each chain: how many are kept, and how many before them are not.
    step : float, optional
        None finds it while warming up.
    adjusted : bool
        False takes every proposal: the draws are then those of another density, by as much as the step is long.
    random_state : int, numpy.random.Generator, RandomState or None

    Returns
    -------
    Sample

    Raises
    ------
    ValueError
        If parameters cannot be used, or V is not finite at a start.
    ConvergenceError
        If a chain that is not adjusted leaves the range of numbers.

    Warns
    -----
    ConvergenceWarning
        If R-hat of a coordinate is above 1.05: the chains have not seen the same density.

    Examples
    --------
    >>> import numpy as np
    >>> import jkonetstar as jk
    >>> well = lambda x: (50 * x[:, 0] ** 2 + x[:, 1] ** 2 / 2, x * [100, 1])
    >>> found = jk.sample(well, np.random.default_rng(0).normal(size=(4, 2)), draws=2000)
    >>> found.points.std((0, 1)).round(1), bool((found.r_hats < 1.02).all())
    (array([0.1, 1. ]), True)
    """
    start = _arrays.points(x0, "x0")
    options = _abi.SampleOptions()
    check(lib.jko_sample_options_init(byref(options), sizeof(options)))
    options.beta = _arrays.positive(beta, "beta")
    options.draws = _arrays.integer(draws, "draws", 1, 100_000_000)
    options.warmup = _arrays.integer(warmup, "warmup", 0, 100_000_000)
    if step is not None:
        options.step = _arrays.positive(step, "step")
    options.adjusted = _arrays.boolean(adjusted, "adjusted")
    options.seed = _arrays.seed(random_state)
    chains, d = start.shape
    points, sizes, r_hats = _arrays.output(chains * options.draws, d), _arrays.output(d), _arrays.output(d)
    views = _arrays.view(sizes), _arrays.view(r_hats)
    info = _abi.SampleInfo(struct_size=sizeof(_abi.SampleInfo))
    info.effective_sizes, info.r_hats = pointer(views[0]), pointer(views[1])
    # Learned energies must live as long as the call.
    with LongCall() as call:
        options.progress = call.progress
        owners = write_energy(options, "potential", potential, LearnedPotential, call)
        status = lib.jko_sample(_arrays.view(start), byref(options), _arrays.view(points), byref(info))
    call.finish(status, potential_model="potential", potential_callback="potential")
    del owners
    if chains > 1 and draws > 3 and not r_hats.max() <= _AGREED:
        coordinate = int(np.argmax(np.where(np.isnan(r_hats), np.inf, r_hats)))
        advise(
            f"the chains do not agree: R-hat of coordinate {coordinate} is {r_hats[coordinate]:.3g}, not 1",
            ["more draws and a longer warmup", "a density that has a finite mass, and fewer barriers"],
            "chains-disagree",
            ConvergenceWarning,
        )
    return Sample(points.reshape(chains, options.draws, d), info.acceptance, info.step, sizes, r_hats)
