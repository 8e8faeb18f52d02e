"""Velocities on a grid over what is drawn: coordinates, or an embedding."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._errors import InputError
from ..model import JKOnetStar
from ..snapshots import Snapshots
from ._coordinates import chosen
from ._drift import depends_on_time, drift
from ._embedding import carried, own, places
from ._population import Population, population
from ._surface import Surface, bounds, smooth, surface

#: Particles whose velocities are carried into an embedding.
_CARRIED = 2000
Corners = tuple[NDArray[np.float64], NDArray[np.float64]]


class Field(NamedTuple):
    """Velocities on a grid, over one or two coordinates of what is drawn.

    Attributes
    ----------
    where : Surface
    places, vectors : ndarray of shape (nodes, 1) or (nodes, 2)
        The nodes of the grid, and velocities there.
    shown : Population
        The particles, in the coordinates that are drawn.
    labels : list of str
    within : pair of ndarray
        The corners of what is drawn.
    """

    where: Surface
    places: NDArray[np.float64]
    vectors: NDArray[np.float64]
    shown: Population
    labels: list[str]
    within: Corners


def velocities(
    model: JKOnetStar,
    series: Snapshots,
    t: Any,
    coords: Any,
    embedding: Any,
    at: Any,
    nodes: int,
    least: int = 1,
    inside: bool = False,
) -> Field:
    """Return velocities on a grid of so many nodes along the longer side, which may leave half a cell at the edges."""
    if embedding is not None:
        if at is not None:
            raise InputError("at has no effect with an embedding: it is for coordinates that are not drawn")
        return _embedded(model, series, t, places(series, embedding), nodes, inside)
    over = chosen(series, coords, least)
    shown = population(series, t, depends_on_time(model))
    drawn = shown._replace(points=shown.points[:, over.which])
    within = bounds(drawn.points)
    if len(over.which) == 1:
        nodes, inside = 400, False
    where = surface(shown, over.which, nodes, at, _inner(within, nodes) if inside else within)
    vectors = drift(model, shown, where.points)[:, over.which]
    return Field(where, where.points[:, over.which], vectors, drawn, over.labels, within)


def _embedded(
    model: JKOnetStar, series: Snapshots, t: Any, picture: NDArray[np.float64], nodes: int, inside: bool
) -> Field:
    """Return velocities of particles, each in the population of its time, as means on a grid of the picture."""
    shown = population(series, t, needs_time=False)
    numbers = own(series, shown)
    drawn = shown._replace(points=picture[numbers])
    kept = np.sort(np.random.default_rng(0).permutation(len(numbers))[:_CARRIED])
    found = np.empty((len(kept), series.dimension))
    for k in np.unique(shown.snapshot[kept]):
        mine = shown.snapshot[kept] == k
        around = population(series, float(series.times[k]), True) if shown.time is None else shown
        found[mine] = drift(model, around, shown.points[kept[mine]])
    moved = carried(series.to_arrays()[0], picture, numbers[kept], found)
    sample = Population(drawn.points[kept], drawn.weights[kept], drawn.snapshot[kept], drawn.time)
    within = bounds(drawn.points)
    where = surface(drawn, [0, 1], nodes, None, _inner(within, nodes) if inside else within)
    vectors = smooth(sample, [0, 1], moved, where.points)
    return Field(where, where.points, vectors, drawn, ["embedding 1", "embedding 2"], within)


def _inner(within: Corners, nodes: int) -> Corners:
    half = float((within[1] - within[0]).max()) / nodes / 2
    return within[0] + half, within[1] - half
