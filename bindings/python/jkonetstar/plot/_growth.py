"""Growth rates of particles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from .. import _arrays
from .._asked_times import asked_time
from .._choices import Moment
from .._errors import InputError
from ..growth_rates import GrowthRates
from ..snapshots import Snapshots
from . import _canvas, _style
from ._coordinates import Coords, checked, chosen
from ._embedding import own, places
from ._population import population
from ._surface import bounds

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def growth(
    growth_rates: GrowthRates,
    snapshots: Snapshots,
    t: Moment,
    *,
    coords: Coords = (0, 1),
    embedding: ArrayLike | None = None,
    ax: Axes | None = None,
    particles: int = 2000,
) -> Axes:
    """Draw particles coloured by how fast they multiply or die: red above zero, blue below.

    Parameters
    ----------
    growth_rates : Growth or GrowthRates
        Fitted; ``model.growth_`` of a model that was fitted with growth.
    snapshots : Snapshots
    t : float or label
        A time within the observed ones; the particles are those of the snapshots next to it.
    coords : sequence of int or str
        Two coordinates, by number or by name; over one, rates are drawn upwards.
    embedding : array_like of shape (n, 2), optional
        Where particles are in another picture, as in `velocity`.
    ax : Axes, optional
        None makes a figure.
    particles : int
        At most so many particles are drawn.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import jkonetstar as jk
    >>> import numpy as np
    >>> x = np.random.default_rng(0).normal(size=(300, 2)) + np.repeat([[-4, 0], [4, 0], [4, 0]], 100, axis=0)
    >>> series = jk.Snapshots(np.concatenate([x[:200], x]), time=np.repeat([0, 1], [200, 300]))
    >>> rates = jk.Growth().fit(series, total_mass="sizes")
    >>> axes = jk.plot.growth(rates, series, t=1)
    """
    if not isinstance(growth_rates, GrowthRates):
        raise TypeError(f"growth_rates must be a Growth or GrowthRates, got {type(growth_rates).__name__}")
    series = checked(snapshots)
    over = chosen(series, coords)
    if t is None:
        raise TypeError("t is missing: it is None")
    moment = asked_time(t, "t", series._time_labels)
    shown = population(series, moment, True)
    drawn, labels = shown.points[:, over.which], over.labels
    if embedding is not None:
        drawn, labels = places(series, embedding)[own(series, shown)], ["embedding 1", "embedding 2"]
    elif growth_rates.n_features_in_ != series.dimension:
        raise InputError(
            f"snapshots has {_arrays.plural(series.dimension, 'coordinate')}; growth_rates was fitted to "
            f"{growth_rates.n_features_in_}",
            "JKO_ESHAPE",
        )
    few = shown._replace(points=np.concatenate([shown.points, drawn], axis=1))
    few = few.thinned(_arrays.integer(particles, "particles", 1, 2**31 - 1))
    rates = growth_rates.rate(few.points[:, : series.dimension], moment)
    where = few.points[:, series.dimension :]
    low, high = bounds(where)
    axes = _canvas.one(ax, _style.ratio(low, high))
    from matplotlib.colors import Normalize

    # Rates of a few particles far out would leave all others grey.
    limit = float(np.quantile(np.abs(rates), 0.99)) or 1.0
    colors = {"c": rates, "cmap": _style.rates(), "norm": Normalize(-limit, limit)}
    if len(labels) == 1:
        _style.quiet(axes)
        axes.axhline(0, color=_style.GREY, linewidth=0.6, zorder=1)
        _style.dots(axes, np.stack([where[:, 0], rates], axis=1), None, s=8, **colors)
        axes.set(xlabel=labels[0], ylabel="growth rate (1/time)", xlim=(low[0], high[0]))
    else:
        _style.plane(axes, labels, low, high)
        found = _style.dots(axes, where, None, s=8, **colors)
        _style.scale(found, axes, "growth rate (1/time)", extend="both")
    _style.title(axes, f"t = {moment:g}")
    return axes
