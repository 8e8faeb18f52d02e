"""The forward problem: the population that descends a given energy, with samples, maps and densities."""

from __future__ import annotations

from ctypes import POINTER, byref, sizeof
from typing import Callable, Literal, Sequence, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _arrays
from ._calls import LongCall
from ._choices import Path, RandomState
from ._density import Density
from ._errors import InputError
from ._flow_base import HostDensity
from ._flow_energy import write_energy
from ._flow_maps import FlowMaps
from ._library import check, lib
from ._parameters import Parameters
from .energies import MLP
from .functionals import Functional
from .gaussian_mixture import GaussianMixture
from .kernel_density import KernelDensity
from .learned import LearnedInteraction, LearnedPotential
from .training_parts import Checkpoint

ValuesAndGradients = Callable[..., tuple[ArrayLike, ArrayLike]]

#: ln of a density at points, alone or with its gradient.
LogDensity = Callable[[NDArray[np.float64]], Union[ArrayLike, tuple[ArrayLike, ArrayLike]]]

#: V: by name, known to the library, learned, or a function from (n, d) to (n,) and (n, d).
Potential = Union[str, Functional, LearnedPotential, ValuesAndGradients, None]

#: U, likewise, of the n differences x_i - x_j.
Interaction = Union[str, Functional, LearnedInteraction, ValuesAndGradients, None]


class WassersteinFlow(Parameters, FlowMaps):
    """The flow of the energy int V dmu + 1/2 int int U dmu dmu + beta int log(rho) dmu, by JKO steps.

    Each step minimises W2^2 / (2 `step`) plus the energy over maps x -> grad psi(x), with psi convex: |x|^2 / 2 plus
    quadratics, over all of space and within the parts into which a Gaussian mixture of the particles shares it, which
    are placed anew at every step. The maps can be inverted, so that the flow has a density at any point.

    Parameters
    ----------
    potential : str, Functional, LearnedPotential, callable or None
        V: the name of a functional, a functional, the `potential_` of a model, or a function that returns V, shape
        (n,), and its gradient, shape (n, d), at points of shape (n, d); of two arguments, the second is the time.
    interaction : str, Functional, LearnedInteraction, callable or None
        U, likewise, of the differences x_i - x_j.
    beta : float
        Level of the internal energy, in length^2/time, positive.
    exponent : float
        1: diffusion. m > 1: the internal energy is that of a porous medium, beta / (m - 1) int rho^m.
    step : float
        h, in time.
    steps : int
    scheme : {"jko", "sdirk2", "bdf2", "midpoint"}
        "jko" is of first order in `step`; "sdirk2", of two proximal steps, "bdf2", of two times, and "midpoint", of
        half a step that is extended to a whole one, are of second.
    method : {"features", "network", "particles"}
        "features": quadratics and bumps, found by Newton's method; fast. "network": input-convex networks, trained by
        Adam. "particles": no maps, but Langevin particles and a Gaussian mixture of them after each step.
    components : int, optional
        Of the mixture that shares space out for quadratics, 0 to 500. 0, with no bumps, gives affine maps, which are
        exact for Gaussians in a quadratic V. None takes 12, and fewer in more than six coordinates.
    bumps : int
        Gaussian bumps at particles, 0 to 2,000.
    neighbour : int
        A bump is as wide as the distance to its neighbour of this rank.
    hidden, rank : tuple of int, int
        Of networks: the widths of the hidden layers, and squares of linear functions in each unit.
    iterations, batch_size : int
        Of networks: steps of Adam for each proximal step, and particles in each.
    learning_rate : float
        Of networks, positive; it falls to a twentieth along a cosine within each proximal step.
    particles : int, optional
        That each step is fitted to. For features twice as many choose the ridge, and four times as many are moved
        along; networks and affine maps are fitted to all. Of "particles", those that are followed. None takes 8,000 for
        features, 40,000 for networks, 4,000 for affine maps, and 50,000 without maps.
    t0 : float
        When the base density is there, for V(x, t).
    random_state : int, numpy.random.Generator, RandomState or None
        Same integer, same flow.

    Attributes
    ----------
    times_, energies_ : ndarray of shape (steps + 1,)
        When each population is there, and its energy over the particles of the fit, which falls but for their noise.
    n_features_in_ : int
        The number of coordinates d.

    Examples
    --------
    Particles that spread from the origin in the well V(x) = |x|^2 / 2 come to have the variance beta.

    >>> import numpy as np
    >>> import jkonetstar as jk
    >>> x0 = 0.1 * np.random.default_rng(0).normal(size=(1000, 1))
    >>> well = lambda x: ((x**2).sum(1) / 2, x)
    >>> flow = jk.WassersteinFlow(well, beta=0.5, step=0.2, steps=20, components=0).fit(x0)
    >>> round(float(flow.sample(10_000).var()), 1)
    0.5
    """

    def __init__(
        self,
        potential: Potential = None,
        interaction: Interaction = None,
        beta: float = 1.0,
        *,
        exponent: float = 1.0,
        step: float = 0.05,
        steps: int = 18,
        scheme: Literal["jko", "sdirk2", "bdf2", "midpoint"] = "jko",
        method: Literal["features", "network", "particles"] = "features",
        components: int | None = None,
        bumps: int = 0,
        neighbour: int = 10,
        particles: int | None = None,
        hidden: Sequence[int] = (64, 64),
        rank: int = 5,
        iterations: int = 100,
        batch_size: int = 1024,
        learning_rate: float = 5e-3,
        t0: float = 0.0,
        random_state: RandomState = 0,
    ) -> None:
        self.potential = potential
        self.interaction = interaction
        self.beta = beta
        self.exponent = exponent
        self.step = step
        self.steps = steps
        self.scheme = scheme
        self.method = method
        self.components = components
        self.bumps = bumps
        self.neighbour = neighbour
        self.particles = particles
        self.hidden = hidden
        self.rank = rank
        self.iterations = iterations
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.t0 = t0
        self.random_state = random_state

    def fit(
        self,
        x0: ArrayLike | GaussianMixture | KernelDensity,
        log_density: LogDensity | None = None,
        *,
        checkpoint: Path | Checkpoint | None = None,
    ) -> WassersteinFlow:
        """Compute the flow from a density.

        Parameters
        ----------
        x0 : GaussianMixture, KernelDensity, or array_like of shape (n, d)
            The density to start from; of particles it is the mixture that the Bayesian information criterion chooses.
        log_density : callable, optional
            ln of the density that the particles `x0`, 100 or more, are of: from (n, d) to (n,), or to (n,) and its
            gradient, shape (n, d), which otherwise comes from differences; -inf where there is no mass. `sample` then
            draws from these particles, each at most once, and the flow cannot be written.
        checkpoint : str, path or Checkpoint, optional
            A file that the flow is written to after every step, and goes on from with `Checkpoint(..., resume=True)`.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If parameters, the density or the energy at a particle cannot be used, or the checkpoint is of another flow.
        ConvergenceError
            If a step folds space: it is too long.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> start = jk.GaussianMixture().fit([[0.0], [1.0], [2.0]])
        >>> jk.WassersteinFlow(beta=0.1, components=0, steps=4).fit(start).times_
        array([0.  , 0.05, 0.1 , 0.15, 0.2 ])
        """
        options = self._options()
        if checkpoint is not None:
            kept = checkpoint if isinstance(checkpoint, Checkpoint) else Checkpoint(checkpoint)
            options.checkpoint = _arrays.path(kept.path, "checkpoint")
            options.resume = _arrays.boolean(kept.resume, "checkpoint.resume")
        host = None if log_density is None else HostDensity(_function(log_density))
        if host and checkpoint is not None:
            raise InputError("checkpoint is for a density that a file can hold, and log_density is a function")
        if host and isinstance(x0, Density):
            raise TypeError(f"x0 must be particles where log_density is given, got {type(x0).__name__}")
        handle, owners = POINTER(_abi.Flow)(), []
        with LongCall() as call:
            options.progress = call.progress
            owners += write_energy(options, "potential", self.potential, LearnedPotential, call)
            owners += write_energy(options, "interaction", self.interaction, LearnedInteraction, call)
            if host is not None:
                host.call = call
                points = _arrays.view(_arrays.points(x0, "x0"))
                status = lib.jko_flow_compute_from(points, host.callback, None, byref(options), byref(handle))
            else:
                owner = (x0 if isinstance(x0, Density) else _mixture(x0))._fitted()
                status = lib.jko_flow_compute(owner.handle, byref(options), byref(handle))
        if host is not None:
            host.call = None
        names = {f"{term}_{kind}": term for term in ("potential", "interaction") for kind in ("model", "callback")}
        call.finish(status, base="x0", path="checkpoint", **names)
        self._adopt(handle, host)
        return self

    def _options(self) -> _abi.FlowOptions:
        options = _abi.FlowOptions()
        check(lib.jko_flow_options_init(byref(options), sizeof(options)))
        options.beta = _arrays.positive(self.beta, "beta")
        options.exponent = _arrays.real(self.exponent, "exponent")
        options.scheme = _arrays.choice(self.scheme, "scheme", _abi.FLOW_SCHEME)
        options.step = _arrays.positive(self.step, "step")
        options.steps = _arrays.integer(self.steps, "steps", 1, 100_000)
        options.t0 = _arrays.real(self.t0, "t0")
        if self.components is not None:
            options.components = _arrays.integer(self.components, "components", 0, 500)
        options.bumps = _arrays.integer(self.bumps, "bumps", 0, 2000)
        options.neighbour = _arrays.integer(self.neighbour, "neighbour", 1, 2000)
        if self.particles is not None:
            options.particles = _arrays.integer(self.particles, "particles", 100, 1_000_000)
        options.seed = _arrays.seed(self.random_state)
        options.method = _arrays.choice(self.method, "method", _abi.FLOW_METHOD)
        widths = MLP(self.hidden)._widths("hidden")
        options.hidden_count = len(widths)
        for k, width in enumerate(widths):
            options.hidden[k] = width
        options.rank = _arrays.integer(self.rank, "rank", 0, 64)
        options.iterations = _arrays.integer(self.iterations, "iterations", 1, 1_000_000)
        options.batch_size = _arrays.integer(self.batch_size, "batch_size", 1, 1_000_000)
        options.learning_rate = _arrays.positive(self.learning_rate, "learning_rate")
        return options

    @classmethod
    def load(cls, path: Path) -> WassersteinFlow:
        """Read a flow that `save` wrote: its maps, and not the parameters that it was computed with.

        Parameters
        ----------
        path : str or path

        Returns
        -------
        WassersteinFlow

        Raises
        ------
        OSError
            If the file cannot be read.
        ValueError
            If it is truncated, damaged or no flow.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> try:
        ...     jk.WassersteinFlow.load("missing.safetensors")
        ... except FileNotFoundError as error:
        ...     print(error.filename)
        missing.safetensors
        """
        handle = POINTER(_abi.Flow)()
        check(lib.jko_flow_load(_arrays.path(path), byref(handle)), path)
        flow = cls()
        flow._adopt(handle)
        return flow


def _mixture(x0: ArrayLike) -> GaussianMixture:
    """Return the mixture of particles, whose errors speak of x0."""
    return GaussianMixture("bic").fit(_arrays.points(x0, "x0"))


def _function(log_density: LogDensity) -> LogDensity:
    if not callable(log_density):
        raise TypeError(f"log_density must be a function, got {type(log_density).__name__}")
    return log_density
