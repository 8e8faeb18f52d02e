"""Populations moving forward in time under known energies."""

from __future__ import annotations

from ctypes import byref, sizeof
from typing import Any, Callable, Protocol, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _arrays
from ._calls import LongCall
from ._choices import RandomState
from ._energy import Energy
from ._library import check, lib
from .functionals import Functional
from .learned import LearnedInteraction, LearnedPotential

Gradient = Callable[[NDArray[np.float64]], ArrayLike]


class HasGradient(Protocol):
    """An energy, such as a `Functional` or a `LearnedPotential`: what counts is its gradient.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> class Bowl:
    ...     def gradient(self, x):  # from (n, d) to (n, d), in length/time
    ...         return x
    >>> jk.simulate([[1.0, 2.0]], Bowl(), dt=0.5, steps=1)[-1]
    array([[0.5, 1. ]])
    """

    def gradient(self, x: NDArray[np.float64], /) -> ArrayLike:
        """Return the gradients at points, shape (n, d)."""
        ...


Simulated = Union[str, Gradient, HasGradient, None]


def simulate(
    x0: ArrayLike,
    potential: Simulated = None,
    interaction: Simulated = None,
    beta: float = 0.0,
    dt: float = 0.01,
    steps: int = 5,
    t0: float = 0.0,
    random_state: RandomState = 0,
) -> NDArray[np.float64]:
    """Simulate the interacting diffusion whose law descends an energy, by the Euler-Maruyama method.

    Each step is ``x_i - dt grad V(x_i, t) - dt/n sum_j grad U(x_i - x_j) + sqrt(2 beta dt) xi``, where xi is
    standard normal and the sum runs over all j, i included.

    Parameters
    ----------
    x0 : array_like of shape (n, d)
        The population to start from, in length.
    potential : str, Functional, LearnedPotential, callable or None
        V: the name of a functional, an energy with a method `gradient`, such as a functional or a learned potential
        (which may vary in time), the gradient of V as a function from (n, d) to (n, d), or none.
    interaction : str, Functional, LearnedInteraction, callable or None
        U, likewise, as a function of the n differences x_i - x_j.
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
    >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
    >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
    >>> jk.simulate([2.0], model.potential_, dt=1.0, steps=1)[-1].round(3)
    array([[1.8]])
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
    # Learned energies must live as long as the call.
    owners: list[Energy] = []
    with LongCall() as call:
        options.progress = call.progress
        _write(options, "potential", potential, LearnedPotential, owners, call)
        _write(options, "interaction", interaction, LearnedInteraction, owners, call)
        out = _arrays.output((count + 1) * len(start), start.shape[1])
        status = lib.jko_simulate(_arrays.view(start), byref(options), _arrays.view(out))
    call.finish(status, potential_model="potential", interaction_model="interaction")
    return out.reshape(count + 1, *start.shape)


def _write(
    options: _abi.SimulationOptions, name: str, given: Any, learned: type[Any], owners: list[Energy], call: LongCall
) -> None:
    """Write an energy as the library evaluates it itself, where it can, else as a callback."""
    if isinstance(given, Functional):
        given = given.name
    if isinstance(given, learned):
        owners.append(given._energy)
        setattr(options, name + "_model", given._energy.handle)
    elif callable(getattr(given, "gradient", None)):
        setattr(options, name + "_gradient", call.gradient(given.gradient, name))
    elif callable(given):
        setattr(options, name + "_gradient", call.gradient(given, name))
    elif hasattr(type(given), name + "_"):
        raise TypeError(f"{name} is a model, {type(given).__name__}; pass its {name}_")
    elif given is not None:
        setattr(options, name, _arrays.text(given, name))
