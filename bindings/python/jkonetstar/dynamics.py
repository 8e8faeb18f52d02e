"""Populations moving forward in time under known energies."""

from __future__ import annotations

from ctypes import byref, sizeof
from typing import Any, Callable, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _arrays
from ._calls import LongCall
from ._library import check, lib
from .model import JKOnetStar

Gradient = Callable[[NDArray[np.float64]], ArrayLike]


def simulate(
    x0: ArrayLike,
    potential: Union[str, Gradient, JKOnetStar, None] = "wavy_plateau",
    interaction: Union[str, Gradient, JKOnetStar, None] = None,
    beta: float = 0.0,
    dt: float = 0.01,
    steps: int = 5,
    t0: float = 0.0,
    random_state: Any = 0,
) -> NDArray[np.float64]:
    """Simulate the interacting diffusion whose law descends an energy, by the Euler-Maruyama method.

    Each step is ``x_i - dt grad V(x_i, t) - dt/n sum_j grad U(x_i - x_j) + sqrt(2 beta dt) xi``, where xi is
    standard normal and the sum runs over all j, i included.

    Parameters
    ----------
    x0 : array_like of shape (n, d)
        The population to start from, in length.
    potential : str, callable, JKOnetStar or None
        V: the name of a functional, the gradient of V as a function from (n, d) to (n, d), a fitted model, whose
        V is used and nothing else, or none.
    interaction : str, callable, JKOnetStar or None
        U: the name of a functional, the gradient of U as such a function of the n differences x_i - x_j, a fitted
        model, whose U is used and nothing else, or none.
    beta : float
        Internal energy (diffusion level), in length^2/time, 0 or more.
    dt : float
        Time step, positive.
    steps : int
        Number of steps.
    t0 : float
        Time of `x0`.
    random_state : int, numpy.random.Generator, RandomState or None
        Seed of the noise. Every particle has its own stream, whatever the number of particles or threads.

    Returns
    -------
    ndarray of shape (steps + 1, n, d)
        `x0`, then the population after each step.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> jk.simulate([[1.0, 2.0]], potential=lambda x: x, dt=0.5, steps=2)[:, 0]
    array([[1.  , 2.  ],
           [0.5 , 1.  ],
           [0.25, 0.5 ]])
    """
    start = _arrays.points(x0, "x0")
    count = _arrays.integer(steps, "steps", 0, 2**31 - 1)
    options = _abi.SimulationOptions()
    check(lib.jko_simulation_options_init(byref(options), sizeof(options)))
    options.beta = _arrays.real(beta, "beta")
    options.dt = _arrays.real(dt, "dt")
    options.t0 = _arrays.real(t0, "t0")
    options.steps = count
    options.seed = _arrays.seed(random_state)
    energies = []
    with LongCall() as call:
        options.progress = call.progress
        if isinstance(potential, JKOnetStar):
            energies.append(potential._fitted())
            options.potential_model = energies[-1].handle
        elif callable(potential):
            options.potential_gradient = call.gradient(potential, "potential")
        elif potential is not None:
            options.potential = _arrays.text(potential, "potential")
        if isinstance(interaction, JKOnetStar):
            energies.append(interaction._fitted())
            options.interaction_model = energies[-1].handle
        elif callable(interaction):
            options.interaction_gradient = call.gradient(interaction, "interaction")
        elif interaction is not None:
            options.interaction = _arrays.text(interaction, "interaction")
        out = _arrays.output((count + 1) * len(start), start.shape[1])
        status = lib.jko_simulate(_arrays.view(start), byref(options), _arrays.view(out))
    call.finish(status, potential_model="potential", interaction_model="interaction")
    return out.reshape(count + 1, *start.shape)
