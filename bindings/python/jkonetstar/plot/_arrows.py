"""Where particles go: arrows and streamlines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .. import _arrays
from .._choices import Moment
from ..model import JKOnetStar
from ..snapshots import Snapshots
from . import _canvas, _style
from ._coordinates import Coords, checked
from ._field import Field, velocities

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Arrows along the longer side, and nodes that streamlines are found from.
_ARROWS, _NODES = 20, 50


def velocity(
    model: JKOnetStar,
    snapshots: Snapshots,
    *,
    t: Moment | None = None,
    coords: Coords = (0, 1),
    embedding: ArrayLike | None = None,
    ax: Axes | None = None,
    at: ArrayLike | None = None,
    particles: int = 1000,
) -> Axes:
    """Draw where particles go: arrows over two coordinates, or the velocity as a curve over one.

    Velocities are -(grad V + mean_j grad U(x - x_j) + beta grad log density), of those terms that the model has. What
    acts through the population, U and beta, is that of the population of time t. Arrows are drawn near particles only.
    Their lengths are to scale, which a key above the axes gives.

    Parameters
    ----------
    model : JKOnetStar
        Fitted.
    snapshots : Snapshots
        The particles that are drawn, coloured by time, and that U and beta act through.
    t : float or label, optional
        A time within the observed ones. By default all particles are drawn if velocities are the same at all times, and
        otherwise those of the middle one of the observed times. In an embedding every particle then has the velocity of
        its own time.
    coords : sequence of int or str
        One or two coordinates, by number or by name.
    embedding : array_like of shape (n, 2), optional
        Where particles are in another picture, such as a UMAP: one row per row of the data that the series was made of,
        or per particle in the order of the series, if its snapshots were given one by one. Around each particle the
        picture is taken for a linear function of the coordinates, fitted to its nearest neighbours, and carries the
        velocity over; arrows are means over particles nearby. Where a picture tears neighbours apart, they mean little.
    ax : Axes, optional
        None makes a figure.
    at, particles
        As in `landscape`.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import jkonetstar as jk
    >>> import numpy as np
    >>> x0 = np.random.default_rng(0).uniform(-3, 3, (300, 2))
    >>> series = jk.Snapshots(jk.simulate(x0, "styblinski_tang", dt=0.01, steps=2), time=[0.0, 0.01, 0.02])
    >>> model = jk.JKOnetStar("linear").fit(series)
    >>> axes = jk.plot.velocity(model, series)
    >>> axes = jk.plot.velocity(model, series, embedding=series.to_arrays()[0] @ [[0, 1], [-1, 0]])  # a rotation
    >>> axes.get_xlabel()
    'embedding 1'
    """
    series, limit = checked(snapshots, model), _arrays.integer(particles, "particles", 0, 2**31 - 1)
    field = velocities(model, series, t, coords, embedding, at, _ARROWS, inside=True)
    axes = _canvas.one(ax, _style.ratio(*field.within))
    if len(field.labels) == 1:
        _draw_curve(axes, field, limit)
        return axes
    _draw_particles(axes, field, series, limit)
    seen = field.where.seen & np.isfinite(field.vectors).all(axis=1)
    x, y = field.places[seen].T
    u, v = field.vectors[seen].T
    speeds = np.hypot(u, v)
    spacing = float(field.where.ticks[0][1] - field.where.ticks[0][0])
    # The fastest twentieth overlap their neighbours rather than make all others too short to see.
    typical = float(np.quantile(speeds, 0.95)) if len(speeds) else 0.0
    unit = (typical or 1.0) / (1.2 * spacing)
    quiver = axes.quiver(
        x,
        y,
        u,
        v,
        angles="xy",
        scale_units="xy",
        scale=unit,
        pivot="mid",
        color=_style.INK,
        width=0.004,
        headwidth=3.6,
        headlength=4,
        headaxislength=3.6,
        minlength=0.4,
        zorder=3,
    )
    if typical:
        shown = float(f"{typical:.1g}")
        words = f"{shown:g} length/time" if embedding is None else f"{shown:g} per unit of time"
        key = axes.quiverkey(quiver, 0.02, 1.035, shown, words, labelpos="E", coordinates="axes")
        key.text.set(fontsize="small", color=_style.INK)
        # Layouts leave room for titles but not for keys.
        axes.set_title(" ", loc="left", fontsize="large")
    return axes


def streamlines(
    model: JKOnetStar,
    snapshots: Snapshots,
    *,
    t: Moment | None = None,
    coords: Coords = (0, 1),
    embedding: ArrayLike | None = None,
    ax: Axes | None = None,
    at: ArrayLike | None = None,
    particles: int = 1000,
) -> Axes:
    """Draw lines along which particles go, over two coordinates; they are the thicker, the faster.

    Lines follow the velocities that `velocity` draws, and end where there are no particles. They say nothing of when.

    Parameters
    ----------
    model, snapshots, t, coords, embedding, ax, at, particles
        As in `velocity`; two coordinates.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import jkonetstar as jk
    >>> import numpy as np
    >>> x0 = np.random.default_rng(0).uniform(-3, 3, (300, 2))
    >>> series = jk.Snapshots(jk.simulate(x0, "styblinski_tang", dt=0.01, steps=2), time=[0.0, 0.01, 0.02])
    >>> axes = jk.plot.streamlines(jk.JKOnetStar("linear").fit(series), series)
    """
    series, limit = checked(snapshots, model), _arrays.integer(particles, "particles", 0, 2**31 - 1)
    field = velocities(model, series, t, coords, embedding, at, _NODES, least=2)
    axes = _canvas.one(ax, _style.ratio(*field.within))
    _draw_particles(axes, field, series, limit)
    where = field.where
    hidden = ~where.seen | ~np.isfinite(field.vectors).all(axis=1)
    u, v = (np.ma.masked_array(part, hidden).reshape(where.shape) for part in field.vectors.T)
    speeds = np.where(hidden, 0.0, np.hypot(*field.vectors.T)).reshape(where.shape)
    fastest = float(speeds.max())
    if fastest:
        width = 0.3 + 1.0 * speeds / fastest
        # matplotlib's declarations of it are those of a function, not of a method.
        draw: Any = axes.streamplot
        draw(*where.ticks, u, v, color=_style.INK, linewidth=width, density=1.1, arrowsize=0.7, zorder=3)
    # Which streamplot changes.
    _style.plane(axes, field.labels, *field.within)
    return axes


def _draw_particles(ax: Axes, field: Field, series: Snapshots, limit: int) -> None:
    _style.plane(ax, field.labels, *field.within)
    few = field.shown.thinned(limit) if limit else None
    if few is not None:
        # Shuffled, so that no time covers the others.
        order = np.random.default_rng(0).permutation(len(few.points))
        palette = np.array([_style.color_of(float(time), series.times) for time in series.times])
        _style.dots(ax, few.points[order], None, c=palette[few.snapshot[order]], alpha=0.4)
    if len(np.unique(field.shown.snapshot)) > 1 and limit:
        _style.time_scale(ax, series.times)
    if field.shown.time is not None:
        _style.title(ax, f"t = {field.shown.time:g}")


def _draw_curve(ax: Axes, field: Field, limit: int) -> None:
    x = field.where.ticks[0]
    _style.quiet(ax)
    _style.hatch_stretches(ax, x, ~field.where.seen)
    ax.axhline(0, color=_style.GREY, linewidth=0.6, zorder=1)
    ax.plot(x, field.vectors[:, 0], color=_style.CURVE, linewidth=1.6)
    if limit:
        _style.rug(ax, field.shown.thinned(limit).points[:, 0])
    ax.set(xlabel=field.labels[0], ylabel="velocity (length/time)", xlim=(x[0], x[-1]))
    if field.shown.time is not None:
        _style.title(ax, f"t = {field.shown.time:g}")
