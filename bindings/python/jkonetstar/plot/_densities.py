"""The density of a snapshot, as internal energy sees it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .. import _arrays
from .._choices import Label
from ..gaussian_mixture import GaussianMixture
from ..kernel_density import KernelDensity
from ..snapshots import Snapshot, Snapshots
from . import _canvas, _style
from ._coordinates import Coordinates, Coords, checked, chosen
from ._population import Population, thinning
from ._surface import surface

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Contours hold these shares of the particles.
_SHARES = (0.95, 0.75, 0.5, 0.25)


def densities(
    snapshots: Snapshots,
    k: int | Label,
    density: GaussianMixture | KernelDensity | None = None,
    *,
    coords: Coords = (0, 1),
    ax: Axes | None = None,
    particles: int = 1000,
) -> Axes:
    """Draw the estimated density of snapshot k over two coordinates, or as a curve over one.

    Contours enclose 25, 50, 75 and 95 % of the particles. The density is estimated in all coordinates, as for internal
    energy, and is then integrated over those that are not drawn.

    Parameters
    ----------
    snapshots : Snapshots
    k : int or label
        Which one, by number or by the label of its time; negative numbers count from the end.
    density : GaussianMixture or KernelDensity, optional
        How it is estimated; it is not fitted itself. By default as ``internal=True`` does, by a mixture of up to ten
        Gaussians.
    coords : sequence of int or str
        One or two coordinates, by number or by name.
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
    >>> series = jk.Snapshots(np.random.default_rng(0).normal(size=(300, 3)), time=np.zeros(300))
    >>> axes = jk.plot.densities(series, 0, jk.KernelDensity(), coords=(0, 2))
    >>> axes.get_ylabel(), axes.get_title()
    ('$x_3$', 't = 0')
    """
    series, over = checked(snapshots), chosen(snapshots, coords)
    k = _arrays.integer(series._place(k), "k", -len(series), len(series) - 1) % len(series)
    limit = _arrays.integer(particles, "particles", 0, 2**31 - 1)
    seen = series[k]
    log = _marginal(density, seen, over.which)
    color = _style.color_of(seen.time, series.times)
    places = seen.points[:, over.which]
    shown = Population(places, seen.weights, np.zeros(len(places), np.int64), seen.time)
    where = surface(shown, list(range(len(over.which))), 120 if len(over.which) == 2 else 400)
    values = np.exp(log(where.points))
    axes = _canvas.one(ax, _style.ratio(*where.corners))
    dots = places[thinning(seen.weights, limit)] if limit else places[:0]
    if len(over.which) == 1:
        _style.quiet(axes)
        axes.fill_between(where.ticks[0], values, color=color, alpha=0.25, linewidth=0)
        axes.plot(where.ticks[0], values, color=color, linewidth=1.6)
        _style.rug(axes, dots[:, 0], color)
        axes.set(xlabel=over.labels[0], ylabel="density (1/length)", xlim=where.ticks[0][[0, -1]])
        axes.set_ylim(bottom=0)
    else:
        _draw_plane(axes, where.ticks, values.reshape(where.shape), _levels(log(places), seen.weights), color, over)
        _style.dots(axes, dots, _style.INK, alpha=0.4)
    _style.title(axes, f"t = {seen.time:g}")
    return axes


def _draw_plane(
    ax: Axes,
    ticks: list[NDArray[np.float64]],
    values: NDArray[np.float64],
    levels: NDArray[np.float64],
    color: Any,
    over: Coordinates,
) -> None:
    from matplotlib.colors import to_rgb

    shades = [tuple(1 - depth * (1 - np.array(to_rgb(color)))) for depth in (0.15, 0.3, 0.45, 0.6)]
    ax.contour(*ticks, values, levels, colors=[color], linewidths=0.8)
    if len(levels) == len(_SHARES):
        filled = ax.contourf(*ticks, values, [*levels, max(values.max(), levels[-1]) * 1.01], colors=shades, zorder=0.5)
        bar = _style.scale(filled, ax, "particles inside", ticks=levels, spacing="uniform")
        bar.ax.set_yticklabels([f"{100 * share:.0f} %" for share in _SHARES])
    low, high = (np.array([tick[end] for tick in ticks]) for end in (0, -1))
    _style.plane(ax, over.labels, low, high)


def _levels(log: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the densities that shares of the particles exceed, ascending."""
    order = np.argsort(log)
    below = np.cumsum(weights[order])
    at = np.searchsorted(below, 1 - np.array(_SHARES) - 1e-12).clip(0, len(order) - 1)
    return np.unique(np.exp(log[order[at]]))


def _marginal(density: Any, seen: Snapshot, which: list[int]) -> Any:
    """Return the logarithm of the estimated density, integrated over the coordinates that are not drawn."""
    if density is None:
        density = GaussianMixture("bic")
    if not isinstance(density, (GaussianMixture, KernelDensity)):
        raise TypeError(f"density must be a GaussianMixture or a KernelDensity, got {type(density).__name__}")
    fitted = copy.deepcopy(density).fit(seen.points, sample_weight=seen.weights)
    if isinstance(fitted, GaussianMixture):
        return _mixture_marginal(fitted, which)
    return _kernel_marginal(fitted, seen, which)


def _mixture_marginal(fitted: GaussianMixture, which: list[int]) -> Any:
    """Return the mixture of the components' marginals, which is the marginal of the mixture."""
    covariances = fitted.covariances_
    if covariances.ndim == 2:
        covariances = covariances[:, :, None] * np.eye(covariances.shape[1])
    parts = [
        (weight, mean[which], np.linalg.cholesky(covariance[np.ix_(which, which)]))
        for weight, mean, covariance in zip(fitted.weights_, fitted.means_, covariances)
    ]

    def log(x: NDArray[np.float64]) -> NDArray[np.float64]:
        logs = []
        for weight, mean, root in parts:
            white = np.linalg.solve(root, (x - mean).T)
            normal = np.log(np.diag(root)).sum() + 0.5 * len(which) * np.log(2 * np.pi)
            logs.append(np.log(weight) - 0.5 * (white**2).sum(axis=0) - normal)
        return np.asarray(np.logaddexp.reduce(logs))

    return log


def _kernel_marginal(fitted: KernelDensity, seen: Snapshot, which: list[int]) -> Any:
    """Return the kernel density of the same particles with the marginal of the kernel."""
    d = seen.points.shape[1]
    kernel = np.eye(d)
    if isinstance(fitted.bandwidth, str) and fitted.covariance_type == "full":
        kernel = np.atleast_2d(np.cov(seen.points.T, aweights=seen.weights))
    # `bandwidth_` is det(H)^(1 / 2d), and H a multiple of this matrix.
    kernel = kernel * fitted.bandwidth_**2 * np.exp(-np.linalg.slogdet(kernel)[1] / d)
    root = np.linalg.cholesky(kernel[np.ix_(which, which)])
    white = KernelDensity(bandwidth=1.0).fit(np.linalg.solve(root, seen.points[:, which].T).T, None, seen.weights)
    volume = np.log(np.diag(root)).sum()
    return lambda x: white.score_samples(np.linalg.solve(root, x.T).T) - volume
