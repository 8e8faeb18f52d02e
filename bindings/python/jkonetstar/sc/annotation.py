"""What a model says of each cell, written into the AnnData object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import _arrays
from .._advice import Gathered, advise
from .._errors import ExtrapolationWarning
from ..growth_rates import GrowthRates
from ..learned import LearnedPotential
from ..model import JKOnetStar
from ._recipe import UNS, Recipe, recipe_of

if TYPE_CHECKING:
    from anndata import AnnData

#: All that is written of a model, whose kind decides which of these there are.
_OBS = (
    "jko_time",
    "jko_potential",
    "jko_potential_std",
    "jko_speed",
    "jko_growth",
    "jko_extrapolated",
)
_OBSM = ("jko_next", "jko_velocity", "jko_velocity_std")


def annotate(adata: AnnData, model: JKOnetStar, *, extrapolate: bool = True) -> None:
    """Write potential, velocity, speed, next place and growth of each cell into an AnnData object.

    Cells whose time was not fitted, between the fitted times or outside them, get values too. So do cells without a
    time, with a step of the mean gap, as long as V does not vary in time and there is no interaction; otherwise theirs
    are NaN. What was written of another model before is removed.

    A step from the last fitted time goes beyond what was observed; it is as long as the last gap. Where V varies in
    time, no transition was fitted there, and such steps are often the longest of all: a warning counts the cells,
    ``obs["jko_extrapolated"]`` marks them, and ``extrapolate=False`` leaves them out.

    Parameters
    ----------
    adata : AnnData
        Cells with the representation of the fit; they may be other ones. It gets:

        - ``obs["jko_potential"]``: V, in length^2/time, up to a constant; where V varies in time, up to one for each
          time. Absent if the model has no potential.
        - ``obs["jko_speed"]``: the length of the velocity, in length/time.
        - ``obs["jko_growth"]``: the growth rate, in 1/time. Only if the model has growth.
        - ``obs["jko_extrapolated"]``: whether the step begins at or after the last fitted time, or before the first.
        - ``obs["jko_time"]``: the time as a number, which is a category, as CellRank and moscot want it.
        - ``obsm["jko_next"]``: where the cell is one step later, without noise, in the components of the fit. A step is
          the gap between fitted times in which the cell's time lies.
        - ``obsm["jko_velocity"]``: the displacement of this step over its length in time. Of explicit models with V
          alone it is ``-grad V``.
        - ``obs["jko_potential_std"]``, ``obsm["jko_velocity_std"]``: standard errors, of models with `error_bars`;
          those of the velocity for networks, and for explicit models of V alone.
        - ``uns["jkonetstar"]``: how the model was made, and its times. Files of ``adata.write_h5ad`` hold it.
    model : JKOnetStar
        From `fit`, or see `remember`.
    extrapolate : bool
        Whether cells that ``obs["jko_extrapolated"]`` marks get values; False makes theirs NaN.

    Warns
    -----
    ExtrapolationWarning
        Once, of cells of the last time, if V varies in time and `extrapolate` is not False; and as in
        `JKOnetStar.predict`.

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
    # pandas comes with anndata.
    from pandas import Categorical

    recipe, kept = recipe_of(adata, model), _arrays.boolean(extrapolate, "extrapolate")
    points, times = recipe.points(adata), recipe.timeline(adata).numbers
    beyond = _beyond(model.times_, times)
    with Gathered("times"):
        said = _said(model, points, np.where(beyond & (not kept), np.inf, times))
    if kept:
        _advise_on_last(model, times, beyond)
    obs = {**said.obs, "jko_extrapolated": beyond, "jko_time": Categorical(times)}
    for name, value in obs.items():
        adata.obs[name] = value
    for name, value in said.obsm.items():
        adata.obsm[name] = value.astype(points.dtype)
    for name in set(_OBS) - set(obs):
        adata.obs.drop(columns=name, inplace=True, errors="ignore")
    for name in set(_OBSM) - set(said.obsm):
        adata.obsm.pop(name, None)
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


def _beyond(fitted: NDArray[np.float64], times: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which steps begin at or after the last fitted time, or before the first."""
    tolerance = 1e-9 * np.ptp(fitted)
    found: NDArray[np.bool_] = (times >= fitted[-1] - tolerance) | (times < fitted[0] - tolerance)
    return found


def _advise_on_last(model: JKOnetStar, times: NDArray[np.float64], beyond: NDArray[np.bool_]) -> None:
    if model.time_varying_ and beyond.any():
        first, last = model.times_[0], model.times_[-1]
        advise(
            f"{beyond.sum():,} of {len(times):,} cells are of the last fitted time, {last:g}, or beyond the fitted "
            f"times, {first:g} to {last:g}: V(x, t) was fitted to no transition from there, and their velocities are "
            "an extrapolation",
            ['looking at the others, adata[~adata.obs["jko_extrapolated"]]', "annotate(..., extrapolate=False)"],
            "cells-of-the-last-time",
            ExtrapolationWarning,
        )


class _Said(NamedTuple):
    obs: dict[str, NDArray[np.float64]]
    obsm: dict[str, NDArray[np.float64]]


def _said(model: JKOnetStar, points: NDArray[Any], times: NDArray[np.float64]) -> _Said:
    """Return what a model says of cells at their times; NaN where it says nothing."""
    V: LearnedPotential | None = getattr(model, "potential_", None)
    growth: GrowthRates | None = getattr(model, "growth_", None)
    members = model._fitted().info.member_count > 0
    sure = members or getattr(model, "covariance_", None) is not None
    alone = V is not None and model.scheme_ == "explicit" and not hasattr(model, "interaction_")
    obs = {"jko_speed": _nothing(len(points))}
    obsm = {name: _nothing(points.shape) for name in ("jko_next", "jko_velocity")}
    if V is not None:
        obs["jko_potential"] = _nothing(len(points))
    if growth is not None:
        obs["jko_growth"] = _nothing(len(points))
    if sure and V is not None:
        obs["jko_potential_std"] = _nothing(len(points))
    if members or (sure and alone):
        obsm["jko_velocity_std"] = _nothing(points.shape)
    for rows, time, gap, known in _groups(model, times):
        here, course = _arrays.points(points[rows], "points"), [time, time + gap]
        if members:
            paths, errors = model.predict(here, times=course, noise="none", return_std=True)
            obsm["jko_velocity_std"][rows] = errors[-1] / gap
        else:
            paths = model.predict(here, times=course, noise="none")
            if V is not None and "jko_velocity_std" in obsm:
                obsm["jko_velocity_std"][rows] = V.gradient(here, time, return_std=True)[1]
        obsm["jko_next"][rows] = paths[-1]
        obsm["jko_velocity"][rows] = (paths[-1] - here) / gap
        if V is not None and "jko_potential_std" in obs:
            obs["jko_potential"][rows], obs["jko_potential_std"][rows] = V(here, time, return_std=True)
        elif V is not None:
            obs["jko_potential"][rows] = V(here, time)
        if growth is not None and known:
            obs["jko_growth"][rows] = growth.rate(here, time)
    obs["jko_speed"] = np.linalg.norm(obsm["jko_velocity"], axis=1)
    return _Said(obs, obsm)


def _nothing(shape: Any) -> NDArray[np.float64]:
    return np.full(shape, np.nan)


def _groups(model: JKOnetStar, times: NDArray[np.float64]) -> Iterator[tuple[NDArray[np.int64], float, float, bool]]:
    """Yield rows of cells that move together: with their time, the length of their step, and if the time is theirs."""
    fitted = model.times_
    for time in np.unique(times[np.isfinite(times)]):
        yield np.flatnonzero(times == time), float(time), gap_after(fitted, float(time)), True
    without = np.flatnonzero(np.isnan(times))
    if len(without) and not model.time_varying_ and not hasattr(model, "interaction_"):
        yield without, float(fitted[0]), float(np.diff(fitted).mean()), False


def gap_after(fitted: NDArray[np.float64], time: float) -> float:
    """Return the gap between fitted times in which a step from a time lies: the first before, the last after them."""
    k = int(np.searchsorted(fitted, time + 1e-9 * np.ptp(fitted), side="right")) - 1
    return float(np.diff(fitted)[min(max(k, 0), len(fitted) - 2)])
