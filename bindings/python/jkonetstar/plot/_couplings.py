"""Which particles an optimal plan takes for the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .. import _arrays
from .._choices import Label
from .._errors import InputError
from ..snapshots import Snapshot, Snapshots
from ..transport import optimal_transport
from . import _canvas, _style
from ._coordinates import Coords, checked, chosen
from ._population import thinning
from ._surface import bounds

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def couplings(
    snapshots: Snapshots,
    k: int | Label,
    *,
    coords: Coords = (0, 1),
    ax: Axes | None = None,
    pairs: int = 200,
    particles: int = 1000,
) -> Axes:
    """Draw pairs of the exact optimal plan between snapshots k and k + 1 as lines.

    Parameters
    ----------
    snapshots : Snapshots
    k : int or label
        The earlier snapshot, by number or by the label of its time; negative numbers count from the end of the
        transitions.
    coords : sequence of int or str
        Two coordinates, by number or by name; over one, lines lead from time to time.
    ax : Axes, optional
        None makes a figure.
    pairs : int
        At most so many lines. The mass of the plan is divided into as many equal parts, in the order of the particles,
        and each part is stood for by the pair in its middle, so that pairs are drawn in proportion to their mass.
    particles : int
        At most so many particles are drawn of each snapshot.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import jkonetstar as jk
    >>> import numpy as np
    >>> x0 = np.random.default_rng(0).uniform(-3, 3, (300, 2))
    >>> series = jk.Snapshots(jk.simulate(x0, "styblinski_tang", dt=0.02, steps=1), time=[0.0, 0.02])
    >>> axes = jk.plot.couplings(series, 0)
    >>> len(axes.collections[0].get_segments())
    200
    """
    series, over = checked(snapshots), chosen(snapshots, coords)
    if len(series) < 2:
        raise InputError("snapshots has 1 snapshot; plans are between two")
    count = len(series) - 1
    k = _arrays.integer(series._place(k), "k", -count, count - 1) % count
    limit = _arrays.integer(particles, "particles", 1, 2**31 - 1)
    wanted = _arrays.integer(pairs, "pairs", 1, 100_000)
    before, after = series[k], series[k + 1]
    rows, cols = _chosen(before, after, wanted)
    ends = [_drawn(one, over.which) for one in (before, after)]
    low, high = bounds(np.concatenate(ends))
    axes = _canvas.one(ax, 1.25 if len(over.which) == 1 else _style.ratio(low, high))
    from matplotlib.collections import LineCollection

    segments = np.stack([ends[0][rows], ends[1][cols]], axis=1)
    axes.add_collection(LineCollection(list(segments), colors=_style.INK, linewidths=0.5, alpha=0.6, zorder=2))
    for one, places, paired in zip((before, after), ends, (rows, cols)):
        color = _style.color_of(one.time, series.times)
        _style.dots(axes, places[thinning(one.weights, limit)], color, s=4, alpha=0.3, zorder=1)
        _style.dots(axes, places[paired], color, s=9, zorder=3, label=f"t = {one.time:g}")
    if len(over.which) == 1:
        _style.quiet(axes)
        gap = 0.08 * (after.time - before.time)
        axes.set(xlabel="time", ylabel=over.labels[0], xticks=[before.time, after.time], ylim=(low[1], high[1]))
        axes.set_xlim(before.time - gap, after.time + gap)
    else:
        _style.plane(axes, over.labels, low, high)
        _style.below(axes, 2)
    return axes


def _chosen(before: Snapshot, after: Snapshot, wanted: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    plan = optimal_transport(before.points, after.points, a=before.weights, b=after.weights)
    if len(plan.mass) <= wanted:
        return plan.rows, plan.cols
    reached = np.cumsum(plan.mass)
    middles = (np.arange(wanted) + 0.5) / wanted * reached[-1]
    kept = np.unique(np.searchsorted(reached, middles))
    return plan.rows[kept], plan.cols[kept]


def _drawn(one: Snapshot, which: list[int]) -> NDArray[np.float64]:
    """Return where particles are in the picture: at two coordinates, or at their time and one coordinate."""
    if len(which) == 2:
        return one.points[:, which]
    return np.stack([np.full(len(one.points), one.time), one.points[:, which[0]]], axis=1)
