"""From cells to snapshots, and to a model that remembers where these came from."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Mapping

import numpy as np

from .._advice import advise
from .._errors import DataWarning, InputError
from ..growth import Growth, TotalMass
from ..growth_rates import GrowthRates
from ..model import JKOnetStar
from ..snapshots import Snapshots
from . import _cells
from ._recipe import Recipe
from ._timeline import Timeline

if TYPE_CHECKING:
    from anndata import AnnData


def snapshots(
    adata: AnnData,
    time_key: str = "day",
    use_rep: str = "X_pca",
    n_comps: int | None = None,
    time_map: Mapping[str, float] | None = None,
    weights_key: str | None = None,
) -> Snapshots:
    """Return the cells of an AnnData object as snapshots, whose rows are row numbers of it.

    Parameters
    ----------
    adata : AnnData
        It is not changed. It may be a view, and its X may be in a file.
    time_key : str
        The column of ``adata.obs`` with the time of each cell: numbers, labels that have a number such as "Day 3" or
        "Day 06-09", which is 7.5, durations or dates, which become days. Of all but numbers a notice says what was
        understood.
    use_rep : str
        Where the coordinates of cells are: a key of ``adata.obsm``, or "X", which is made dense.
    n_comps : int, optional
        Take the first so many components; None takes all. Five to thirty do: the more there are, the more does noise
        decide which cells are neighbours.
    time_map : mapping, optional
        The number of each label of time, where labels have none or not the one that is meant.
    weights_key : str, optional
        The column of ``adata.obs`` with how much each cell counts within its snapshot.

    Returns
    -------
    Snapshots
        ``adata[series[k].rows]`` are the cells of the k-th snapshot. Models that are fitted to it, or to parts that
        `Snapshots.split` makes of it, know their cells as those of `fit` do. `names` are those that
        ``scanpy.get.obs_df`` gives components, "X_pca-0", or those of genes.

    Raises
    ------
    ValueError
        If there is no such column or representation, or it cannot be used.

    Warns
    -----
    DataNotice
        What was understood of times that are no numbers, or that X was made dense; also logged.
    DataWarning
        If cells have no time, which are left out.

    Examples
    --------
    >>> import anndata, numpy as np
    >>> import jkonetstar as jk
    >>> adata = anndata.AnnData(
    ...     obs={"day": ["Day 6-9", "Day 0-3", "Day 6-9", "Day 0-3"]}, obsm={"X_pca": np.arange(8.0).reshape(4, 2)}
    ... )
    >>> series = jk.sc.snapshots(adata)
    >>> series
    Snapshots(2 snapshots of 2 particles in 2 dimensions ('X_pca-0', 'X_pca-1'), times 1.5 to 7.5)
    >>> adata.obs_names[series[0].rows].tolist()
    ['1', '3']
    """
    _cells.require(adata)
    series, timeline = Recipe(time_key, use_rep, n_comps, time_map, weights_key).snapshots(adata, tell=True)
    advise_on_missing(timeline, time_key)
    return series


def fit(
    adata: AnnData,
    time_key: str = "day",
    use_rep: str = "X_pca",
    n_comps: int | None = None,
    time_map: Mapping[str, float] | None = None,
    weights_key: str | None = None,
    growth: GrowthRates | None = None,
    total_mass: TotalMass = None,
    **params: object,
) -> JKOnetStar:
    """Fit a model to the cells of an AnnData object.

    The model remembers which column and which components it was made from, also when it is copied or pickled, so that
    `annotate`, `predict` and `couplings` need not be told.

    Parameters
    ----------
    adata : AnnData
        It is not changed.
    time_key, use_rep, n_comps, time_map, weights_key
        As in `snapshots`.
    growth : Growth or GrowthRates, optional
        How fast cells multiply or die, as in `JKOnetStar.fit`. One that is not fitted yet is copied and fitted to the
        same cells.
    total_mass : array_like, mapping, "sizes" or None
        As in `Growth.fit`, for a growth that is not fitted yet: how many cells there were in the culture at each time.
    **params
        Parameters of `JKOnetStar`, such as ``potential="linear"``, ``epochs=200``, ``random_state=1`` or ``verbose=1``.

    Returns
    -------
    JKOnetStar

    Examples
    --------
    >>> import anndata, numpy as np
    >>> import jkonetstar as jk
    >>> x = np.random.default_rng(0).normal(size=(100, 3))
    >>> adata = anndata.AnnData(
    ...     obs={"day": np.repeat(["day 1", "day 2"], 100)}, obsm={"X_pca": np.concatenate([x, 0.9 * x])}
    ... )
    >>> jk.sc.fit(adata, n_comps=2, potential="linear").times_
    array([1., 2.])
    """
    _cells.require(adata)
    model = JKOnetStar().set_params(**params)
    recipe = Recipe(time_key, use_rep, n_comps, time_map, weights_key)
    series, timeline = recipe.snapshots(adata, tell=True)
    advise_on_missing(timeline, time_key)
    return model.fit(series, growth=_growth(growth, total_mass, series))


def _growth(growth: Any, total_mass: TotalMass, series: Snapshots) -> Any:
    """Return the growth to fit a model with."""
    if total_mass is None:
        return growth
    if not isinstance(growth, Growth):
        raise InputError("total_mass is for growth that is learned here; pass growth=jk.Growth() too")
    if hasattr(growth, "n_features_in_"):
        raise InputError("total_mass is for growth that is learned here, and this one was fitted before; leave it out")
    return copy.deepcopy(growth).fit(series, total_mass=total_mass)


def advise_on_missing(timeline: Timeline, time_key: str) -> None:
    """Warn of cells that are left out because they have no time."""
    missing = int(np.isnan(timeline.numbers).sum())
    if missing:
        known: Any = f'adata[adata.obs["{time_key}"].notna()], which leaves them out on purpose'
        advise(
            f"{missing:,} of {len(timeline.numbers):,} cells have no time in adata.obs[{time_key!r}] and are left out",
            [known, "a column in which they have one"],
            "cells-without-a-time",
            DataWarning,
        )
