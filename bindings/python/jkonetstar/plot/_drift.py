"""The velocity of particles within their population: minus the gradient of the energy that a model has learned."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .._description import constructor_parameters
from .._parameters import meant
from .._specification import SHORTHANDS
from ..model import JKOnetStar
from ._population import Population

#: Particles that U is averaged over, and differences that it is evaluated at, at a time.
_PARTICLES, _CHUNK = 1000, 500_000


def depends_on_time(model: JKOnetStar) -> bool:
    """Return whether velocities differ between times: V does, or the population, which U and beta act through, does."""
    info = model._fitted().info
    return bool(info.time_varying or info.interaction or info.internal)


def drift(model: JKOnetStar, around: Population, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return -(grad V(x, t) + mean_j grad U(x - x_j) + beta grad log density(x)) at points, in length/time."""
    energy = model._fitted()
    force = np.zeros(points.shape)
    if energy.info.potential:
        force += model.potential_.gradient(points, around.time)
    if energy.info.interaction:
        force += _pull(model, around.thinned(_PARTICLES), points)
    if energy.info.internal:
        # The estimator's parameters may have changed since the fit; what the energy describes has not.
        internal = constructor_parameters(energy.description())["internal"]
        density = meant(internal, SHORTHANDS["internal"]).fit(around.points, sample_weight=around.weights)
        force += model.beta_ * density.score_function(points)
    return -force


def _pull(model: JKOnetStar, around: Population, points: NDArray[np.float64]) -> NDArray[np.float64]:
    found = np.empty(points.shape)
    size = max(_CHUNK // len(around.points), 1)
    for first in range(0, len(points), size):
        part = points[first : first + size]
        differences = part[:, None] - around.points
        forces = model.interaction_.gradient(differences.reshape(-1, points.shape[1])).reshape(differences.shape)
        found[first : first + size] = np.einsum("j,ijk->ik", around.weights, forces)
    return found
