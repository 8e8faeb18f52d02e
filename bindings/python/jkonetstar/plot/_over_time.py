"""A potential that varies in time, at several times."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Sequence

from numpy.typing import ArrayLike

from .. import _arrays
from .._asked_times import asked_times
from .._choices import Moments
from .._errors import InputError
from ..model import JKOnetStar
from ..snapshots import Snapshots
from . import _canvas, _style
from ._coordinates import Coords, checked, chosen
from ._landscape import draw_plane, levels, relief
from ._population import pooled, population
from ._surface import bounds, surface

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.contour import ContourSet


def potential_over_time(
    model: JKOnetStar,
    snapshots: Snapshots,
    times: Moments | None = None,
    *,
    coords: Coords = (0, 1),
    ax: Sequence[Axes] | None = None,
    at: ArrayLike | None = None,
    particles: int = 250,
) -> list[Axes]:
    """Draw a potential that varies in time at several times, on one scale of colours.

    At each time V is known up to a constant, and is drawn less its mean over the particles of that time.

    Parameters
    ----------
    model : JKOnetStar
        Fitted, with a potential that varies in time.
    snapshots : Snapshots
    times : array_like of shape (n,), optional
        Within the observed times, numbers or labels; by default these.
    coords : sequence of int or str
        Two coordinates, by number or by name.
    ax : sequence of n Axes, optional
        None makes a figure.
    at, particles
        As in `landscape`; the particles are those of the snapshots next to each time.

    Returns
    -------
    list of n Axes

    Examples
    --------
    >>> import jkonetstar as jk
    >>> import numpy as np
    >>> x = np.random.default_rng(0).normal(size=(3, 200, 2)) + [[[0, 0]], [[1, 0]], [[1, 1]]]
    >>> series = jk.Snapshots(x, time=[0, 1, 2])
    >>> model = jk.JKOnetStar("linear", time_varying=True).fit(series)
    >>> [axes.get_title() for axes in jk.plot.potential_over_time(model, series, [0.0, 0.5, 1.0])]
    ['t = 0', 't = 0.5', 't = 1']
    """
    series = checked(snapshots, model)
    potential = model.potential_
    if not model.time_varying_:
        raise InputError("the potential of this model does not vary in time; plot.landscape draws it")
    over = chosen(series, coords, least=2)
    moments = series.times if times is None else asked_times(times, "times", series._time_labels)
    limit = _arrays.integer(particles, "particles", 0, 2**31 - 1)
    shown = [population(series, float(time), True) for time in moments]
    within = bounds(pooled(series).points[:, over.which])
    reliefs = [relief(surface(one, over.which, 80, at, within), one, partial(potential, t=one.time)) for one in shown]
    axes = _canvas.several(ax, len(shown), _style.ratio(*within))
    curves = levels(reliefs)
    filled: list[ContourSet] = []
    for panel, one, what in zip(axes, shown, reliefs):
        few = one.thinned(limit) if limit else None
        dots = None if few is None else few._replace(points=few.points[:, over.which])
        filled.append(draw_plane(panel, what, curves, over.labels, dots))
        panel.label_outer()
        _style.title(panel, f"t = {one.time:g}")
    _style.scale(filled[0], axes, _style.ENERGY_LABEL)
    return axes
