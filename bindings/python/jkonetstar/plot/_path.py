"""The potential along a line, with its standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _arrays
from .._asked_times import asked_time
from .._choices import Moment
from .._errors import InputError
from ..model import JKOnetStar
from ..snapshots import Snapshots
from . import _canvas, _style
from ._coordinates import checked, fitted, label
from ._population import population
from ._surface import far

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Points along a line of which only the ends are given.
_POINTS = 200


def error_bars(
    model: JKOnetStar,
    path: ArrayLike,
    *,
    t: Moment | None = None,
    ax: Axes | None = None,
    snapshots: Snapshots | None = None,
) -> Axes:
    """Draw V along a line, with a band of two standard errors to either side.

    V is known up to a constant, and its standard errors are those of the difference from the mean of the training
    points. The curve is drawn less its mean along the part of the line that is not hatched.

    Parameters
    ----------
    model : JKOnetStar
        Fitted with `error_bars`.
    path : array_like of shape (n, d)
        Points along a line, or its two ends.
    t : float or label, optional
        The time, if V varies in time.
    ax : Axes, optional
        None makes a figure.
    snapshots : Snapshots, optional
        Of the training: where there are no particles nearby, the picture is hatched; and names of coordinates.

    Returns
    -------
    Axes
        V over the coordinate that changes along the line, or, if several do, over the distance from its beginning.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> import numpy as np
    >>> x0 = np.random.default_rng(0).uniform(-3, 3, (300, 2))
    >>> series = jk.Snapshots(jk.simulate(x0, "styblinski_tang", dt=0.01, steps=2), time=[0.0, 0.01, 0.02])
    >>> model = jk.JKOnetStar("linear", error_bars=jk.Bootstrap(5)).fit(series)
    >>> axes = jk.plot.error_bars(model, [[-3, 0], [3, 0]], snapshots=series)
    >>> axes.get_xlabel()
    '$x_1$'
    """
    model = fitted(model)
    points = _along(_arrays.points(path, "path"))
    if snapshots is not None:
        checked(snapshots, model)
    moment = None if t is None else asked_time(t, "t", model._fitted().time_labels)
    value, error = model.potential_(points, moment, return_std=True)
    axes = _canvas.one(ax)
    _style.quiet(axes)
    over, name = _course(points, snapshots)
    seen = np.isfinite(value)
    if snapshots is not None:
        hidden = far(population(snapshots, moment, needs_time=False), points)
        _style.hatch_stretches(axes, over, hidden)
        seen &= ~hidden
    middle = value - (value[seen].mean() if seen.any() else 0.0)
    band: dict[str, Any] = {"color": _style.CURVE, "alpha": 0.22, "linewidth": 0}
    axes.fill_between(over, middle - 2 * error, middle + 2 * error, label="± 2 standard errors", **band)
    axes.plot(over, middle, color=_style.CURVE, linewidth=1.6, label="learned V")
    axes.set(xlabel=name, ylabel=_style.ENERGY_LABEL, xlim=(over[0], over[-1]))
    if seen.any():
        # Errors grow without bound where there are no data, and would flatten everything else.
        low, high = (middle - 2 * error)[seen].min(), (middle + 2 * error)[seen].max()
        axes.set_ylim(low - 0.15 * (high - low), high + 0.15 * (high - low))
    if moment is not None:
        _style.title(axes, f"t = {moment:g}")
    else:
        _style.below(axes, 2)
    return axes


def _along(points: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(points) < 2:
        raise InputError(f"path has {_arrays.plural(len(points), 'point')}; a line has two or more")
    if len(points) > 2:
        return points
    part = np.linspace(0, 1, _POINTS)[:, None]
    return np.asarray((1 - part) * points[0] + part * points[1])


def _course(points: NDArray[np.float64], snapshots: Snapshots | None) -> tuple[NDArray[np.float64], str]:
    """Return where along the line each point is, and what that is called."""
    moving = np.flatnonzero(np.ptp(points, axis=0))
    if len(moving) == 1:
        j = int(moving[0])
        if (np.diff(points[:, j]) > 0).all():
            own = "$x$" if points.shape[1] == 1 else f"$x_{{{j + 1}}}$" if j > 8 else f"$x_{j + 1}$"
            return np.asarray(points[:, j], np.float64), own if snapshots is None else label(snapshots, j)
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    return np.append(0.0, np.cumsum(steps)), "distance along the line (length)"
