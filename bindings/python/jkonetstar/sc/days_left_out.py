"""How well the cells of a time are found that was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import leaving_out
from .._choices import Interpolant, RandomState
from ..growth import Growth, TotalMass
from ..leaving_out import LeftOutTimes
from ..model import JKOnetStar
from . import _cells
from ._recipe import Recipe, recipe_of
from .fitting import advise_on_missing
from .populations import Time

if TYPE_CHECKING:
    from anndata import AnnData


def leave_one_time_out(
    adata: AnnData,
    estimator: JKOnetStar | None = None,
    *,
    time_key: str | None = None,
    use_rep: str | None = None,
    n_comps: int | None = None,
    time_map: Mapping[str, float] | None = None,
    weights_key: str | None = None,
    method: Interpolant = "auto",
    times: Time | Sequence[Time] | NDArray[np.float64] | None = None,
    max_particles: int | None = None,
    growth: Growth | None = None,
    total_mass: TotalMass = None,
    random_state: RandomState = 0,
) -> LeftOutTimes:
    """Leave out each inner time in turn, and find its cells from the others.

    Parameters
    ----------
    adata : AnnData
        It is not changed.
    estimator : JKOnetStar, optional
        Its parameters are fitted to the other times, too; it is copied, and not changed. One that was fitted to cells
        says in which components, and when they were taken.
    time_key, use_rep, n_comps, time_map, weights_key
        As in `snapshots`, in place of what the estimator says; without an estimator, time_key is "day" and use_rep
        "X_pca".
    method, max_particles, growth, total_mass, random_state
        As in `jkonetstar.leave_one_time_out`. Give growth where the estimator was fitted with growth.
    times : float or label, or sequence of these, optional
        The times to leave out; None takes all but the first and the last.

    Returns
    -------
    LeftOutTimes
        Print it for a table.

    Examples
    --------
    >>> import anndata, numpy as np
    >>> import jkonetstar as jk
    >>> x = np.random.default_rng(0).normal(size=(50, 2))
    >>> adata = anndata.AnnData(
    ...     obs={"day": np.repeat(["d0", "d1", "d2"], 50)}, obsm={"X_pca": np.concatenate([x, x + 1, x + 2])}
    ... )
    >>> model = jk.sc.fit(adata, potential=jk.Linear(polynomial_degree=1, radial=None))
    >>> found = jk.sc.leave_one_time_out(adata, model, times="d1")
    >>> bool(found.scores["predict"].w1[0] < 0.5 < found.scores["nothing moves"].w1[0])
    True
    """
    _cells.require(adata)
    if estimator is not None and not isinstance(estimator, JKOnetStar):
        rest = f"; did you mean time_key={estimator!r}?" if isinstance(estimator, str) else ""
        raise TypeError(f"estimator must be a JKOnetStar, got {type(estimator).__name__}{rest}")
    recipe = _recipe_for(adata, estimator, said=time_key is not None and use_rep is not None)
    known = recipe
    given: dict[str, Any] = {"use_rep": use_rep, "n_comps": n_comps, "time_map": time_map, "weights_key": weights_key}
    if use_rep is not None and use_rep != recipe.use_rep:
        recipe = recipe._replace(n_comps=None)
    if time_key is not None and time_key != recipe.time_key:
        recipe = recipe._replace(time_key=time_key, time_map=None)
    recipe = recipe._replace(**{name: value for name, value in given.items() if value is not None})
    # What an estimator knows has been told where it was fitted.
    series, timeline = recipe.snapshots(adata, tell=estimator is None or recipe != known)
    advise_on_missing(timeline, recipe.time_key)
    left_out: ArrayLike | None = None if times is None else timeline.moments(times, "times")
    return leaving_out.leave_one_time_out(
        series,
        estimator,
        method=method,
        times=left_out,
        max_particles=max_particles,
        growth=growth,
        total_mass=total_mass,
        random_state=random_state,
    )


def _recipe_for(adata: AnnData, estimator: JKOnetStar | None, said: bool) -> Recipe:
    """Return how cells become particles: as the estimator knows it, if it is fitted and nobody has said it."""
    if estimator is not None and estimator._energy is not None and not (said and estimator._origin is None):
        return recipe_of(adata, estimator)
    return Recipe("day", "X_pca")
