"""Velocities in a picture that is not made of coordinates, such as a UMAP of the particles."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import _arrays
from .._errors import InputError
from ..snapshots import Snapshots
from ._population import Population
from ._surface import chunks, squares_between

#: Particles from whose neighbourhood a map is learned, beside one per coordinate.
_NEIGHBOURS = 30
#: The ridge of local maps, relative to the mean square of the displacements.
_RIDGE = 1e-6


def places(snapshots: Snapshots, embedding: Any) -> NDArray[np.float64]:
    """Return where the particles of a series are in the picture, in the order of the series."""
    given = _arrays.numbers(embedding, "embedding")
    if given.ndim != 2 or given.shape[1] != 2:
        raise InputError(f"embedding has shape {given.shape}; it must be (n, 2)", "JKO_ESHAPE")
    rows = np.concatenate([snapshot.rows for snapshot in snapshots])
    pooled = len(np.unique(rows)) == len(rows)
    if pooled and rows.max() < len(given):
        found = given[rows]
    elif len(given) == len(rows):
        found = given
    else:
        needed = f"at least {rows.max() + 1:,}" if pooled else f"{len(rows):,}"
        raise InputError(
            f"embedding has {_arrays.plural(len(given), 'row')}; the particles need {needed}", "JKO_ESHAPE"
        )
    if not np.isfinite(found).all():
        raise InputError("embedding has an entry that is not finite", "JKO_ENONFINITE")
    return np.asarray(found, np.float64)


def own(snapshots: Snapshots, shown: Population) -> NDArray[np.int64]:
    """Return which particles of the pooled series a population consists of."""
    return np.flatnonzero(np.isin(np.repeat(np.arange(len(snapshots)), snapshots.sizes), shown.snapshot))


def carried(
    points: NDArray[np.float64],
    picture: NDArray[np.float64],
    chosen: NDArray[np.int64],
    velocities: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return velocities of chosen particles as they are seen in the picture.

    Around each particle the picture is taken for a linear function of the coordinates, A, that is fitted to the
    displacements of its nearest neighbours by least squares; a velocity v becomes A v. Of a picture that is linear,
    such as two principal components, this is exact, and units remain: a picture's length per time.
    """
    count = min(_NEIGHBOURS + points.shape[1], len(points) - 1)
    found = np.zeros((len(chosen), 2))
    if not count:
        return found
    for part in chunks(len(chosen), len(points)):
        squares = squares_between(points[chosen[part]], points)
        near = np.argpartition(squares, count, axis=1)[:, : count + 1]
        steps = points[near] - points[chosen[part], None]
        seen = picture[near] - picture[chosen[part], None]
        normal = np.einsum("nki,nkj->nij", steps, steps)
        ridge = _RIDGE * np.trace(normal, axis1=1, axis2=2) / points.shape[1]
        normal += np.maximum(ridge, np.finfo(float).tiny)[:, None, None] * np.eye(points.shape[1])
        moved = np.linalg.solve(normal, velocities[part][:, :, None])
        found[part] = np.einsum("nke,nki,ni->ne", seen, steps, moved[:, :, 0])
    return found
