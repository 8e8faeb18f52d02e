"""The potential as a landscape over one or two coordinates."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Sequence, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _arrays
from .._choices import Moment
from .._errors import InputError
from ..functionals import Functional, functionals
from ..model import JKOnetStar
from ..snapshots import Snapshots
from . import _canvas, _style
from ._coordinates import Coordinates, Coords, checked, chosen
from ._population import Population, population
from ._surface import Surface, surface

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Nodes along the longer side, for one and two coordinates.
_NODES = {1: 400, 2: 120}
_LEVELS = 12

Potential = Callable[[NDArray[np.float64]], ArrayLike]


@overload
def landscape(
    model: JKOnetStar,
    snapshots: Snapshots,
    *,
    t: Moment | None = None,
    coords: Coords = (0, 1),
    true: None = None,
    ax: Axes | None = None,
    at: ArrayLike | None = None,
    particles: int = 1000,
) -> Axes: ...
@overload
def landscape(
    model: JKOnetStar,
    snapshots: Snapshots,
    *,
    t: Moment | None = None,
    coords: Coords = (0, 1),
    true: Functional | Potential | str,
    ax: Sequence[Axes] | None = None,
    at: ArrayLike | None = None,
    particles: int = 1000,
) -> tuple[Axes, Axes]: ...
def landscape(
    model: JKOnetStar,
    snapshots: Snapshots,
    *,
    t: Moment | None = None,
    coords: Coords = (0, 1),
    true: Functional | Potential | str | None = None,
    ax: Axes | Sequence[Axes] | None = None,
    at: ArrayLike | None = None,
    particles: int = 1000,
) -> Axes | tuple[Axes, Axes]:
    """Draw the learned potential V over two coordinates, or as a curve over one.

    V is known up to a constant, and is drawn less its mean over the particles. Colours span the values that it takes
    near particles. Elsewhere it is hatched: nothing was learned there.

    Parameters
    ----------
    model : JKOnetStar
        Fitted, with a potential.
    snapshots : Snapshots
        The particles that are drawn, and that say where data are.
    t : float or label, optional
        A time within the observed ones: V at that time, and the particles of the snapshots next to it. By default all
        particles; if V varies in time, the middle one of the observed times.
    coords : sequence of int or str
        One or two coordinates, by number or by name. A population in one dimension has only the first.
    true : callable, Functional or str, optional
        The true potential, a function of points of shape (n, d) or the name of a functional, drawn before the learned
        one on the same scale.
    ax : Axes, or a pair of them with `true`, optional
        None makes a figure.
    at : array_like of shape (d,), optional
        Where the coordinates that are not drawn are held fixed. By default they are the mean of the particles nearby,
        so that the surface on which V is shown follows the data; a plane through their mean would miss them.
    particles : int
        At most so many particles are drawn, in proportion to their weights.

    Returns
    -------
    Axes, or a pair of them with `true`

    Examples
    --------
    >>> import jkonetstar as jk
    >>> import numpy as np
    >>> x0 = np.random.default_rng(0).uniform(-3, 3, (300, 2))
    >>> series = jk.Snapshots(jk.simulate(x0, "styblinski_tang", dt=0.01, steps=2), time=[0.0, 0.01, 0.02])
    >>> model = jk.JKOnetStar("linear").fit(series)
    >>> true_one, learned = jk.plot.landscape(model, series, true="styblinski_tang")
    >>> learned.get_title()
    'learned V'
    """
    series = checked(snapshots, model)
    potential = model.potential_
    over = chosen(series, coords)
    shown = population(series, t, model.time_varying_)
    limit = _arrays.integer(particles, "particles", 0, 2**31 - 1)
    where = surface(shown, over.which, _NODES[len(over.which)], at)
    reliefs = [relief(where, shown, partial(potential, t=shown.time))]
    if true is not None:
        reliefs.insert(0, relief(where, shown, _known(true)))
    axes = _canvas.several(_sequence(ax), len(reliefs), _style.ratio(*where.corners))
    _draw(axes, reliefs, over, shown.thinned(limit) if limit else None)
    if len(over.which) == 1 and true is not None:
        axes[1].plot(where.ticks[0], reliefs[0].values, "--", color=_style.GREY, linewidth=1.2, zorder=1.5)
    moment = "" if shown.time is None else f"t = {shown.time:g}"
    if true is None:
        _style.title(axes[0], moment)
        return axes[0]
    _style.title(axes[0], "true V")
    _style.title(axes[1], "learned V" + (moment and f", {moment}"))
    return axes[0], axes[1]


class Relief(NamedTuple):
    """A potential on a surface, less its mean over the particles."""

    surface: Surface
    values: NDArray[np.float64]


def relief(where: Surface, shown: Population, potential: Callable[[NDArray[np.float64]], Any]) -> Relief:
    """Return a potential on a surface."""
    few = shown.thinned(4000)
    return Relief(where, np.asarray(potential(where.points)) - few.mean(np.asarray(potential(few.points))))


def levels(reliefs: Sequence[Relief]) -> NDArray[np.float64]:
    """Return level curves for potentials together, over the values that they take where there are data."""
    from matplotlib.ticker import MaxNLocator

    values = np.concatenate([one.values[one.surface.seen] for one in reliefs])
    values = values[np.isfinite(values)]
    low, high = np.quantile(values, [0.002, 0.998]) if len(values) else (0.0, 1.0)
    # A potential that is constant up to rounding has no level curves to speak of.
    high = max(high, low + 1e-9 * max(abs(low), 1e-3))
    return np.asarray(MaxNLocator(_LEVELS, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high))


def draw_plane(ax: Axes, one: Relief, at: NDArray[np.float64], labels: Sequence[str], dots: Population | None) -> Any:
    """Draw a potential over two coordinates `labels`, with level curves at some values; return what has the colours."""
    where = one.surface
    x, y = where.ticks
    values = np.ma.masked_invalid(one.values.reshape(where.shape))
    filled = ax.contourf(x, y, values, at, cmap=_style.energies(), extend="both")
    ax.contour(x, y, values, at, colors=_style.CURVE, linewidths=0.4, alpha=0.45, linestyles="solid")
    _style.hatch(ax, x, y, where.distance.reshape(where.shape), where.reach)
    _style.plane(ax, labels, np.array([x[0], y[0]]), np.array([x[-1], y[-1]]))
    if dots is not None:
        _style.dots(ax, dots.points, _style.INK, alpha=0.35)
    return filled


def _draw(axes: Sequence[Axes], reliefs: Sequence[Relief], over: Coordinates, dots: Population | None) -> None:
    if dots is not None:
        dots = dots._replace(points=dots.points[:, over.which])
    at = levels(reliefs)
    if len(over.which) == 1:
        for ax, one in zip(axes, reliefs):
            _draw_line(ax, one, (float(at[0]), float(at[-1])), over.labels[0], dots)
        return
    filled = [draw_plane(ax, one, at, over.labels, dots) for ax, one in zip(axes, reliefs)]
    if len(axes) > 1:
        axes[1].set_ylabel("")
    _style.scale(filled[0], list(axes), _style.ENERGY_LABEL)


def _draw_line(ax: Axes, one: Relief, span: tuple[float, float], label: str, dots: Population | None) -> None:
    x = one.surface.ticks[0]
    _style.quiet(ax)
    _style.hatch_stretches(ax, x, ~one.surface.seen)
    ax.plot(x, one.values, color=_style.CURVE, linewidth=1.6)
    if dots is not None:
        _style.rug(ax, dots.points[:, 0])
    margin = 0.1 * (span[1] - span[0])
    ax.set(xlabel=label, ylabel=_style.ENERGY_LABEL, xlim=(x[0], x[-1]), ylim=(span[0] - margin, span[1] + margin))


def _known(true: Any) -> Potential:
    if isinstance(true, str):
        if true not in functionals:
            raise InputError(f"true = {true!r} is no functional; there are {', '.join(functionals)}")
        return functionals[true]
    if not callable(true):
        raise TypeError(f"true must be a function of points or the name of a functional, got {type(true).__name__}")

    def checked_values(x: NDArray[np.float64]) -> NDArray[np.float64]:
        values = _arrays.numbers(true(x), "true(x)")
        if values.shape != (len(x),):
            raise InputError(f"true(x) has shape {values.shape}; for x of shape {x.shape} it must be {(len(x),)}")
        return values

    return checked_values


def _sequence(ax: Any) -> Any:
    return ax if ax is None or hasattr(ax, "__iter__") else [ax]
