"""What a model says of each cell, written into the AnnData object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import _arrays
from ..model import JKOnetStar
from ._recipe import UNS, Recipe, recipe_of

if TYPE_CHECKING:
    from anndata import AnnData


def annotate(adata: AnnData, model: JKOnetStar) -> None:
    """Write potential, velocity, speed, next place and growth of each cell into an AnnData object.

    Cells whose time was not fitted, between the fitted times or outside them, get values too. So do cells without a
    time, with a step of the mean gap, as long as V does not vary in time and there is no interaction; otherwise theirs
    are NaN. A step from the last time goes beyond what was observed; it is as long as the last gap.

    Parameters
    ----------
    adata : AnnData
        Cells with the representation of the fit; they may be other ones. It gets:

        - ``obs["jko_potential"]``: V, in length^2/time, up to a constant; where V varies in time, up to one for each
          time. Absent if the model has no potential.
        - ``obs["jko_speed"]``: the length of the velocity, in length/time.
        - ``obs["jko_growth"]``: the growth rate, in 1/time. Only if the model has growth.
        - ``obsm["jko_next"]``: where the cell is one step later, without noise, in the components of the fit. A step is
          the gap between fitted times in which the cell's time lies.
        - ``obsm["jko_velocity"]``: the displacement of this step over its length in time. Of explicit models with V
          alone it is ``-grad V``.
        - ``uns["jkonetstar"]``: how the model was made, and its times. Files of ``adata.write_h5ad`` hold it.
    model : JKOnetStar
        From `fit`, or see `remember`.

    Examples
    --------
    >>> import anndata, numpy as np
    >>> import jkonetstar as jk
    >>> x = np.random.default_rng(0).normal(size=(100, 2))
    >>> adata = anndata.AnnData(obs={"day": np.repeat([1, 2], 100)}, obsm={"X_pca": np.concatenate([x, 0.9 * x])})
    >>> model = jk.sc.fit(adata, potential=jk.Linear(polynomial_degree=2, radial=None))
    >>> jk.sc.annotate(adata, model)
    >>> bool(np.allclose(adata.obsm["jko_next"], 0.9 * adata.obsm["X_pca"], atol=1e-3))
    True
    """
    recipe = recipe_of(adata, model)
    points, times = recipe.points(adata), recipe.timeline(adata).numbers
    said = _said(model, points, times)
    if said.potential is not None:
        adata.obs["jko_potential"] = said.potential
    adata.obs["jko_speed"] = np.linalg.norm(said.velocity, axis=1)
    if said.growth is not None:
        adata.obs["jko_growth"] = said.growth
    adata.obsm["jko_velocity"], adata.obsm["jko_next"] = said.velocity, said.next
    adata.uns[UNS] = description(model, recipe)


def description(model: JKOnetStar, recipe: Recipe) -> dict[str, Any]:
    """Return how a model was made as a dictionary that .h5ad files hold."""
    return {
        "params": recipe.stored(),
        "estimator": repr(model),
        "scheme": model.scheme_,
        "time_varying": model.time_varying_,
        "times": model.times_,
    }


class _Said(NamedTuple):
    potential: NDArray[np.float64] | None
    velocity: NDArray[Any]
    next: NDArray[Any]
    growth: NDArray[np.float64] | None


def _said(model: JKOnetStar, points: NDArray[Any], times: NDArray[np.float64]) -> _Said:
    """Return what a model says of cells at their times; NaN where it says nothing."""
    V = getattr(model, "potential_", None)
    growth = getattr(model, "growth_", None)
    potential, rates = np.full(len(points), np.nan), np.full(len(points), np.nan)
    after, velocity = np.full(points.shape, np.nan), np.full(points.shape, np.nan)
    for rows, time, gap, known in _groups(model, times):
        here = _arrays.points(points[rows], "points")
        if V is not None:
            potential[rows] = V(here, time)
        after[rows] = model.predict(here, times=[time, time + gap], noise="none")[-1]
        velocity[rows] = (after[rows] - here) / gap
        if growth is not None and known:
            rates[rows] = growth.rate(here, time)
    return _Said(
        None if V is None else potential,
        velocity.astype(points.dtype),
        after.astype(points.dtype),
        None if growth is None else rates,
    )


def _groups(model: JKOnetStar, times: NDArray[np.float64]) -> Iterator[tuple[NDArray[np.int64], float, float, bool]]:
    """Yield rows of cells that move together: with their time, the length of their step, and if the time is theirs."""
    fitted = model.times_
    for time in np.unique(times[~np.isnan(times)]):
        yield np.flatnonzero(times == time), float(time), gap_after(fitted, float(time)), True
    without = np.flatnonzero(np.isnan(times))
    if len(without) and not model.time_varying_ and not hasattr(model, "interaction_"):
        yield without, float(fitted[0]), float(np.diff(fitted).mean()), False


def gap_after(fitted: NDArray[np.float64], time: float) -> float:
    """Return the gap between fitted times in which a step from a time lies: the first before, the last after them."""
    k = int(np.searchsorted(fitted, time + 1e-9 * np.ptp(fitted), side="right")) - 1
    return float(np.diff(fitted)[min(max(k, 0), len(fitted) - 2)])
