"""Populations that a model or an interpolation finds, as AnnData objects of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Sequence, Union

import numpy as np
from numpy.typing import NDArray

from .. import _arrays, interpolation
from .._choices import Interpolant, Noise, RandomState
from .._errors import InputError
from ..growth_rates import GrowthRates
from ..model import JKOnetStar
from . import _cells
from ._recipe import UNS, Recipe, recipe_of
from .annotation import description, gap_after
from .fitting import advise_on_missing

if TYPE_CHECKING:
    from anndata import AnnData

#: A time of cells: its number, or a label as in adata.obs.
Time = Union[float, str]


def predict(
    adata: AnnData,
    model: JKOnetStar,
    source: Time,
    targets: Time | Sequence[Time] | NDArray[np.float64],
    *,
    noise: Noise = "beta",
    random_state: RandomState = None,
    return_std: bool = False,
) -> AnnData:
    """Predict where the cells of one time are at later times.

    They go there in steps from each fitted time to the next, because that is what models learn; beyond the last one in
    steps of the last gap.

    Parameters
    ----------
    adata : AnnData
        It is not changed.
    model : JKOnetStar
        From `fit`, or see `remember`.
    source : float or label
        The time of the cells to start from, as in ``adata.obs`` or as a number.
    targets : float or label, or sequence of these
        Later times, strictly increasing.
    noise, random_state
        As in `JKOnetStar.predict`.
    return_std : bool
        Whether standard errors are there as well, in ``obsm["X_pca_std"]`` for "X_pca", or in ``layers["std"]`` for X:
        those of a network with ``error_bars="bootstrap"``.

    Returns
    -------
    AnnData
        One row per cell and target, and no observed ones. ``obs`` has the name of the source cell, "source", the
        "time" as a number and, with growth or weights, the "mass", whose sum is 1 at the time of the source. The
        representation is where it is in `adata`; there are no X and no variables unless that is X. See `to_genes`.

    Examples
    --------
    >>> import anndata, numpy as np
    >>> import jkonetstar as jk
    >>> x = np.random.default_rng(0).normal(size=(100, 2))
    >>> adata = anndata.AnnData(
    ...     obs={"day": np.repeat(["Day 1", "Day 2"], 100)}, obsm={"X_pca": np.concatenate([x, 0.9 * x])}
    ... )
    >>> model = jk.sc.fit(adata, potential=jk.Linear(polynomial_degree=2, radial=None))
    >>> later = jk.sc.predict(adata, model, source="Day 1", targets=["Day 2", "Day 3"])
    >>> later.obs_names[100], float(later.obs["time"].iloc[100]), later.obsm["X_pca"].shape
    ('0-3', 3.0, (200, 2))
    """
    recipe = recipe_of(adata, model)
    timeline = recipe.timeline(adata)
    start, ends = timeline.moment(source, "source"), timeline.moments(targets, "targets")
    if not ends or not (np.diff([start, *ends]) > 0).all():
        raise _no_course(start, ends, targets)
    rows = timeline.at(start)
    if not len(rows):
        shown = ", ".join(f"{time:g}" for time in np.unique(timeline.numbers[~np.isnan(timeline.numbers)])[:8])
        raise InputError(f"source = {source!r} is the time of no cell; adata.obs[{recipe.time_key!r}] has {shown}")
    points, weights, course = recipe.points(adata)[rows], recipe.weights(adata), _course(model.times_, start, ends)
    options: dict[str, Any] = {"times": course, "noise": noise, "random_state": random_state}
    asked = _arrays.boolean(return_std, "return_std")
    paths, errors = (
        model.predict(points, **options, return_std=True) if asked else (model.predict(points, **options), None)
    )
    found = [course.index(end) for end in ends]
    masses = None if weights is None else weights[rows] / weights[rows].sum()
    if hasattr(model, "growth_"):
        masses = model.growth_.masses(paths, course, masses)[found].ravel()
    elif masses is not None:
        masses = np.tile(masses, len(ends))
    names, times = adata.obs_names[rows].to_numpy(), np.repeat(ends, len(rows))
    obs = {"source": np.tile(names, len(ends)), "time": times}
    if masses is not None:
        obs["mass"] = masses
    index = [f"{name}-{end:.12g}" for end in ends for name in names]
    moved = paths[found].reshape(-1, points.shape[1]).astype(points.dtype)
    population = _population(adata, recipe, moved, obs, index, {UNS: description(model, recipe)})
    if errors is not None:
        spread = errors[found].reshape(moved.shape).astype(points.dtype)
        if recipe.use_rep == "X":
            population.layers["std"] = spread
        else:
            population.obsm[f"{recipe.use_rep}_std"] = spread
    return population


def _no_course(start: float, ends: list[float], targets: Any) -> InputError:
    """Return the error of targets that do not increase from their source, with what would do."""
    several = np.iterable(targets) and not isinstance(targets, (str, bytes))
    given = list(targets) if several else [targets]
    later = sorted({end: target for end, target in zip(ends, given) if end > start}.items())
    remedy = f"; in order, those later than it are {[target for _, target in later]}" if later else ""
    return InputError(f"targets = {given} do not increase from source, which is time {start:g}{remedy}")


def _course(fitted: NDArray[np.float64], start: float, ends: list[float]) -> list[float]:
    """Return all times that particles go by: the fitted ones in between, and steps of the last gap after these."""
    tolerance = 1e-9 * float(np.ptp(fitted))
    beyond = np.arange(max(start, fitted[-1]), ends[-1], gap_after(fitted, float(fitted[-1])))
    between = [float(time) for time in (*fitted, *beyond) if start < time < ends[-1]]
    asked = [start, *ends]
    rest = {time for time in between if min(abs(time - end) for end in asked) > tolerance}
    return sorted([*asked, *rest])


def interpolate(
    adata: AnnData,
    times: Time | Sequence[Time] | NDArray[np.float64],
    time_key: str = "day",
    use_rep: str = "X_pca",
    n_comps: int | None = None,
    time_map: Mapping[str, float] | None = None,
    weights_key: str | None = None,
    *,
    method: Interpolant = "auto",
    relaxation: float = 2.0,
    growth: GrowthRates | None = None,
    random_state: RandomState = 0,
) -> AnnData:
    """Find populations of cells at times between observed ones, from both neighbours.

    Parameters
    ----------
    adata : AnnData
        It is not changed.
    times : float or label, or sequence of these
        Strictly increasing, from the first observed time to the last.
    time_key, use_rep, n_comps, time_map, weights_key
        As in `snapshots`.
    method, relaxation, growth, random_state
        As in `jkonetstar.interpolate`, which has more options and takes `snapshots`. The `interpolate` method of a
        model takes them, too, and follows its velocities.

    Returns
    -------
    AnnData
        ``obs`` has the "time" as a number and the "weight", whose sum is 1 at each time; with these as probabilities,
        cells can be drawn. The representation is where it is in `adata`, and there are no variables unless that is X.

    Examples
    --------
    >>> import anndata, numpy as np
    >>> import jkonetstar as jk
    >>> x = np.random.default_rng(0).normal(size=(50, 2))
    >>> adata = anndata.AnnData(
    ...     obs={"day": np.repeat([0, 1, 2], 50)}, obsm={"X_pca": np.concatenate([x, x + 1, x + 2])}
    ... )
    >>> between = jk.sc.interpolate(adata, [0.5], method="straight")
    >>> float((between.obs["weight"].to_numpy() @ (between.obsm["X_pca"] - x.mean(0)))[0].round(2))
    0.5
    """
    _cells.require(adata)
    recipe = Recipe(time_key, use_rep, n_comps, time_map, weights_key)
    series, timeline = recipe.snapshots(adata, tell=True)
    advise_on_missing(timeline, time_key)
    found = interpolation.interpolate(
        series,
        timeline.moments(times, "times"),
        method,
        relaxation=relaxation,
        growth=growth,
        random_state=random_state,
    )
    points, moments, weights = found.to_arrays()
    index = [f"{snapshot.time:.12g}-{i}" for snapshot in found for i in range(len(snapshot.points))]
    return _population(adata, recipe, points, {"time": moments, "weight": weights}, index, {})


def _population(
    adata: AnnData, recipe: Recipe, points: NDArray[Any], obs: dict[str, Any], index: list[str], uns: dict[str, Any]
) -> AnnData:
    """Return an AnnData object of cells that nobody observed."""
    # pandas comes with anndata.
    import pandas

    package = _cells.package()
    # Cells of the same name stay apart: AnnData takes names for keys.
    names = package.utils.make_index_unique(pandas.Index(index, dtype=object))
    table = pandas.DataFrame(obs, index=names)
    placed: dict[str, Any] = {"obsm": {recipe.use_rep: points}}
    if recipe.use_rep == "X":
        placed = {"X": points, "var": adata.var.iloc[: points.shape[1]].copy()}
    found: AnnData = package.AnnData(obs=table, uns=uns, **placed)
    return found
