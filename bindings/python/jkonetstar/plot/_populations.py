"""Predicted populations over observed ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

import numpy as np
from numpy.typing import NDArray

from .. import _arrays
from .._errors import InputError
from ..model import JKOnetStar
from ..snapshots import Snapshot, Snapshots
from . import _canvas, _style
from ._coordinates import Coordinates, Coords, checked, chosen
from ._population import thinning
from ._surface import bounds

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def populations(
    model: JKOnetStar,
    snapshots: Snapshots,
    *,
    coords: Coords = (0, 1),
    one_step: bool = True,
    steps: int | None = None,
    ax: Sequence[Axes] | None = None,
    particles: int = 1000,
) -> list[Axes]:
    """Draw predicted populations over the observed ones, a panel for each time but the first.

    Parameters
    ----------
    model : JKOnetStar
        Fitted.
    snapshots : Snapshots
        Two or more, usually ones that the model was not fitted to.
    coords : sequence of int or str
        Two coordinates, by number or by name; over one, the share of the particles in equal intervals is drawn.
    one_step : bool
        Whether each population is predicted from the snapshot before it; otherwise all are predicted from the first.
    steps : int, optional
        The number of panels; by default there is one for each time.
    ax : sequence of Axes, optional
        As many as panels; None makes a figure.
    particles : int
        At most so many particles are drawn of each population.

    Returns
    -------
    list of Axes

    Examples
    --------
    >>> import jkonetstar as jk
    >>> import numpy as np
    >>> x0 = np.random.default_rng(0).uniform(-3, 3, (300, 2))
    >>> series = jk.Snapshots(jk.simulate(x0, "styblinski_tang", dt=0.01, steps=2), time=[0.0, 0.01, 0.02])
    >>> model = jk.JKOnetStar("linear").fit(series)
    >>> [axes.get_title() for axes in jk.plot.populations(model, series)]
    ['t = 0.01', 't = 0.02']
    """
    series, over = checked(snapshots, model), chosen(snapshots, coords)
    if len(series) < 2:
        raise InputError("snapshots has 1 snapshot; predictions are compared with a later one")
    count = len(series) - 1 if steps is None else _arrays.integer(steps, "steps", 1, len(series) - 1)
    limit = _arrays.integer(particles, "particles", 1, 2**31 - 1)
    predicted = _predicted(model, series, count, _arrays.boolean(one_step, "one_step"))
    within = _within(np.concatenate([series[k].points for k in range(count + 1)] + predicted)[:, over.which])
    axes = _canvas.several(ax, count, _style.ratio(*within))
    for k, panel in enumerate(axes):
        now = series[k + 1]
        begun = series[k if one_step else 0]
        found = predicted[k][thinning(begun.weights, limit)][:, over.which]
        seen = now.points[thinning(now.weights, limit)][:, over.which]
        if len(over.which) == 1:
            _draw_shares(panel, now, predicted[k][:, over.which[0]], begun.weights, over, within)
        else:
            _style.plane(panel, over.labels, *within)
            rings: dict[str, Any] = {"s": 14, "facecolors": "none", "edgecolors": _style.GREY, "linewidths": 0.6}
            panel.scatter(seen[:, 0], seen[:, 1], alpha=0.8, label="observed", **rings)
            panel.scatter(found[:, 0], found[:, 1], s=4, color=_style.PREDICTED, linewidths=0, label="predicted")
        if ax is None:
            panel.label_outer()
        _style.title(panel, f"t = {now.time:g}")
    _name(axes, new=ax is None)
    return axes


def _within(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the corners of all particles, but for those that are far outside the others."""
    low, high = bounds(points)
    span = high - low
    margin = 0.03 * span
    return (
        np.clip(points.min(axis=0) - margin, low - span / 2, low),
        np.clip(points.max(axis=0) + margin, high, high + span / 2),
    )


def _predicted(model: JKOnetStar, series: Snapshots, count: int, one_step: bool) -> list[NDArray[np.float64]]:
    times = series.times
    if one_step:
        return [model.predict(series[k].points, times=times[k : k + 2])[-1] for k in range(count)]
    return list(model.predict(series[0].points, times=times[: count + 1])[1:])


def _draw_shares(
    panel: Axes,
    now: Snapshot,
    predicted: NDArray[np.float64],
    weights: NDArray[np.float64],
    over: Coordinates,
    within: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    edges = np.linspace(float(within[0][0]), float(within[1][0]), 41)
    seen = now.points[:, over.which[0]]
    _style.quiet(panel)
    panel.hist(seen, list(edges), weights=now.weights, color=_style.GREY, alpha=0.45, label="observed")
    panel.hist(
        predicted,
        list(edges),
        weights=weights,
        histtype="step",
        color=_style.PREDICTED,
        linewidth=1.4,
        label="predicted",
    )
    panel.set(xlabel=over.labels[0], ylabel="share of particles", xlim=(edges[0], edges[-1]))


def _name(axes: Sequence[Axes], new: bool) -> None:
    """Say which are predicted: outside of the panels of a new figure, else in the first panel."""
    handles, labels = axes[0].get_legend_handles_labels()
    if new:
        axes[0].figure.legend(
            handles, labels, loc="outside lower center", ncols=2, frameon=False, markerscale=1.8, labelcolor=_style.INK
        )
        _settle(axes)
    else:
        axes[0].legend(frameon=False, fontsize="small", markerscale=1.5, labelcolor=_style.INK)


def _settle(axes: Sequence[Axes]) -> None:
    """Lay a new figure out until nothing moves: the first time, the heights of panels of one scale are not known."""
    before = None
    for _ in range(5):
        axes[0].figure.draw_without_rendering()  # type: ignore[union-attr]
        now = np.array([panel.get_position().bounds for panel in axes])
        if before is not None and np.allclose(now, before, atol=1e-3):
            return
        before = now
