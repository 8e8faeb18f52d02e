"""Where in space a picture over one or two coordinates is: a grid, what other coordinates are there, where data are."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import _arrays
from .._errors import InputError
from ._population import Population

#: Particles that distances and means are taken from, at most, over all snapshots.
_PARTICLES = 3000
#: There are data where so many particles are near: around a single one far from all others, nothing was learned.
_NEAR = 3
#: What counts as near, in the distance from as many neighbours that only one particle in ten exceeds. Where particles
#: lie at random, as dense as these, holes of that size are rare: 2e-4 of the plane, 3e-3 of a line.
_REACH = 1.6
#: Numbers in memory at a time.
_CHUNK = 4_000_000


class Surface(NamedTuple):
    """A grid over one or two coordinates, in the space of all.

    Attributes
    ----------
    ticks : list of ndarray
        The nodes along each drawn coordinate.
    points : ndarray of shape (nodes, d)
        Rows of the grid are the last coordinate, so that values reshape to `shape` as matplotlib wants them.
    distance : ndarray of shape (nodes,)
        To the third nearest particle, over the drawn coordinates.
    reach : float
        Nodes of a greater distance have no data.
    """

    ticks: list[NDArray[np.float64]]
    points: NDArray[np.float64]
    distance: NDArray[np.float64]
    reach: float

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the grid."""
        return tuple(len(ticks) for ticks in reversed(self.ticks))

    @property
    def corners(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The least and the greatest of the drawn coordinates."""
        return np.array([ticks[0] for ticks in self.ticks]), np.array([ticks[-1] for ticks in self.ticks])

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Whether there are data near each node."""
        return np.asarray(self.distance <= self.reach)


def bounds(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the corners of what is drawn: all particles but the outermost hundredth, with a margin.

    Of a Gaussian population 3 in 1,000 particles are outside.
    """
    low, high = np.quantile(points, [0.005, 0.995], axis=0)
    span = np.where(high > low, high - low, np.where(low, np.abs(low), 1.0))
    return low - 0.1 * span, high + 0.1 * span


def surface(
    shown: Population,
    which: list[int],
    nodes: int,
    at: Any = None,
    within: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
) -> Surface:
    """Return a grid of so many nodes along its longer side, over the particles.

    Coordinates that are not drawn are those of `at`, or the mean of the particles nearby: the surface follows the data.
    """
    low, high = bounds(shown.points[:, which]) if within is None else within
    sides = high - low
    spacing = float(sides.max()) / (nodes - 1)
    ticks = [np.linspace(a, b, max(int(np.ceil((b - a) / spacing)) + 1, nodes // 4)) for a, b in zip(low, high)]
    mesh = np.stack(np.meshgrid(*ticks), axis=-1).reshape(-1, len(which))
    few = shown.thinned(_PARTICLES)
    points = np.empty((len(mesh), shown.points.shape[1]))
    others = [j for j in range(points.shape[1]) if j not in which]
    if at is None:
        points[:, others] = _means_nearby(few, which, others, mesh)
    else:
        points[:] = _place(at, points.shape[1])
    points[:, which] = mesh
    scales = np.where(sides > 0, sides, 1.0)
    distance = near(few.points[:, which] / scales, mesh / scales)
    reach = max(_REACH * spacing_of(few.points[:, which] / scales, few.snapshot), 1.5 / nodes)
    if len(which) == 2:
        # Rounding must not take away the place of a small dense group.
        distance = np.minimum(distance, _rounded(distance, ticks, reach * scales))
    return Surface(ticks, points, distance, reach)


def near(particles: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far each place is from its third nearest particle, or from the farthest of fewer."""
    found = np.empty(len(places))
    rank = min(_NEAR, len(particles)) - 1
    for part in chunks(len(places), len(particles)):
        found[part] = np.partition(squares_between(places[part], particles), rank, axis=1)[:, rank]
    return np.sqrt(found)


def _rounded(
    distance: NDArray[np.float64], ticks: list[NDArray[np.float64]], reach: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return distances averaged over half of the reach, without the arcs and holes that single particles make."""
    found = distance.reshape(len(ticks[1]), len(ticks[0]))
    for axis, j in ((0, 1), (1, 0)):
        width = reach[j] / 2 / (ticks[j][1] - ticks[j][0])
        size = int(np.ceil(3 * width))
        kernel = np.exp(-0.5 * (np.arange(-size, size + 1) / width) ** 2)
        padded = np.pad(found, [(size, size) if side == axis else (0, 0) for side in (0, 1)], mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * size + 1, axis)
        found = windows @ (kernel / kernel.sum())
    return found.ravel()


def far(particles: Population, places: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which places have no data, by distances in all coordinates."""
    few = particles.thinned(_PARTICLES)
    return np.asarray(near(few.points, places) > _REACH * spacing_of(few.points, few.snapshot))


def spacing_of(places: NDArray[np.float64], snapshot: NDArray[np.int64]) -> float:
    """Return the distance from its third neighbour that one particle in ten exceeds, in the median snapshot.

    Particles of other snapshots may be the same ones a little later, and say nothing of how densely space is seen.
    """
    found = []
    for k in np.unique(snapshot):
        own = places[snapshot == k]
        if len(own) > _NEAR:
            distances = np.empty(len(own))
            for part in chunks(len(own), len(own)):
                # The nearest particle is the particle itself.
                distances[part] = np.partition(squares_between(own[part], own), _NEAR, axis=1)[:, _NEAR]
            found.append(np.sqrt(np.quantile(distances, 0.9)))
    # Snapshots of very few particles do not say: what is within a tenth of a picture counts as near.
    return float(np.median(found)) if found else 0.1


def smooth(
    shown: Population, which: list[int], values: NDArray[np.float64], places: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the mean of values over the particles nearby, by a Gaussian kernel of Scott's width (Nadaraya-Watson)."""
    sites = shown.points[:, which]
    weights = shown.weights / shown.weights.sum()
    size = 1 / float((weights**2).sum())
    deviation = np.sqrt(weights @ (sites - weights @ sites) ** 2)
    width = np.where(deviation > 0, deviation, 1.0) * size ** (-1 / (len(which) + 4))
    found = np.empty((len(places), values.shape[1]))
    for part in chunks(len(places), len(sites)):
        squares = squares_between(places[part] / width, sites / width)
        # Relative to the nearest particle, so that places far from all have the mean of that one, and not 0 / 0.
        kernel = weights * np.exp(-0.5 * (squares - squares.min(axis=1, keepdims=True)))
        found[part] = (kernel @ values) / kernel.sum(axis=1, keepdims=True)
    return found


def _means_nearby(
    shown: Population, which: list[int], others: list[int], places: NDArray[np.float64]
) -> NDArray[np.float64]:
    if not others:
        return np.empty((len(places), 0))
    return smooth(shown, which, shown.points[:, others], places)


def _place(at: Any, d: int) -> NDArray[np.float64]:
    place = _arrays.vector(at, "at")
    if len(place) != d:
        raise InputError(f"at has {_arrays.plural(len(place), 'coordinate')}; the snapshots have {d}", "JKO_ESHAPE")
    return place


def squares_between(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return all squared distances. Differences are taken before squares, because these cancel far from the origin."""
    found = np.zeros((len(x), len(y)))
    for j in range(x.shape[1]):
        found += (x[:, j, None] - y[:, j]) ** 2
    return found


def chunks(rows: int, columns: int) -> list[slice]:
    size = max(_CHUNK // max(columns, 1), 1)
    return [slice(first, first + size) for first in range(0, rows, size)]
