"""The look that all pictures share: colours, particles, scales of colours, labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

import numpy as np
from numpy.typing import NDArray

from ._canvas import matplotlib

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Colormap

#: What is read, what is beside the point, and what a model says. Orange and blue differ for every kind of sight.
INK, GREY, PREDICTED, CURVE = "#22262b", "#868d99", "#d9480f", "#1f5f99"
_FRAME, _HATCH = "#b4b8bf", "#c6cad0"
ENERGY_LABEL = "V (length²/time)"


def energies() -> Colormap:
    """Return the colours of energies: deep blue in valleys, white on hills."""
    return _between("Blues_r", 0.18, 1.0)


def times() -> Colormap:
    """Return the colours of times: purple first, orange last; none is too pale on white."""
    return _between("plasma", 0.05, 0.8)


def rates() -> Colormap:
    """Return the colours of numbers of either sign: blue below 0, grey at 0, red above."""
    colormap: Colormap = matplotlib().colormaps["coolwarm"]
    return colormap


def _between(name: str, low: float, high: float) -> Colormap:
    """Return a part of one of matplotlib's colour maps."""
    matplotlib()
    from matplotlib import colormaps
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list(f"{name}_part", colormaps[name](np.linspace(low, high, 256)))


def color_of(time: float, span: NDArray[np.float64]) -> Any:
    """Return the colour of a time among those of a series."""
    width = float(span[-1] - span[0])
    return times()((time - float(span[0])) / width if width else 0.5)


def quiet(ax: Axes) -> None:
    """Leave of the frame what is read."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[:].set_color(_FRAME)
    ax.tick_params(color=_FRAME, labelcolor=INK)
    ax.xaxis.label.set_color(INK)
    ax.yaxis.label.set_color(INK)


def title(ax: Axes, text: str) -> None:
    """Write what a panel shows above it."""
    ax.set_title(text, fontsize="medium", color=INK)


def plane(ax: Axes, labels: Sequence[str], low: NDArray[np.float64], high: NDArray[np.float64]) -> None:
    """Label and bound two coordinates, on one scale unless a panel would be very flat: distances are Euclidean."""
    quiet(ax)
    ax.set(xlabel=labels[0], ylabel=labels[1], xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    width, height = high - low
    # Panels that share both axes of their figure may only change their boxes.
    ax.set_aspect("equal" if 1 / 3 < width / height < 3 else "auto", adjustable="box")


def ratio(low: NDArray[np.float64], high: NDArray[np.float64]) -> float:
    """Return the width over the height of a panel of two coordinates, and something pleasant for others."""
    if len(low) == 1:
        return 1.25
    width, height = high - low
    return float(width / height) if 1 / 3 < width / height < 3 else 1.25


def dots(ax: Axes, points: NDArray[np.float64], color: Any, **others: Any) -> Any:
    """Draw particles as small dots, `c` and `cmap` for those of many colours."""
    size = float(np.clip(3000 / max(len(points), 1), 4, 7))
    given: dict[str, Any] = {"s": size, "linewidths": 0, **({} if "c" in others else {"color": color}), **others}
    return ax.scatter(points[:, 0], points[:, 1], **given)


def rug(ax: Axes, points: NDArray[np.float64], color: Any = INK) -> None:
    """Draw particles on a line as strokes along the lower edge."""
    kept = np.random.default_rng(0).permutation(points)[:300]
    strokes: dict[str, Any] = {"color": color, "alpha": 0.45, "markersize": 6, "markeredgewidth": 0.5}
    ax.plot(kept, np.full(len(kept), 0.02), "|", transform=ax.get_xaxis_transform(), **strokes)


def hatch(
    ax: Axes, x: NDArray[np.float64], y: NDArray[np.float64], distance: NDArray[np.float64], reach: float
) -> None:
    """Cover where a distance on a grid exceeds a reach."""
    if not (distance > reach).any():
        return
    levels = [reach, max(float(distance.max()), reach) * 2]
    cover = ax.contourf(x, y, distance, levels=levels, colors=[(1, 1, 1, 0.7)], hatches=["////"])
    cover.set_edgecolor(_HATCH)
    cover.set_linewidth(0)
    _thin(cover)
    cover.set_gid("no data")


def hatch_stretches(ax: Axes, x: NDArray[np.float64], outside: NDArray[np.bool_]) -> None:
    """Cover the stretches of a line where there are no data."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], outside, [False]])))
    for first, last in zip(edges[::2], edges[1::2] - 1):
        span = ax.axvspan(
            float(x[first]), float(x[last]), facecolor="none", edgecolor=_HATCH, hatch="////", linewidth=0, zorder=0
        )
        _thin(span)
        span.set_gid("no data")


def _thin(artist: Any) -> None:
    # Before matplotlib 3.10 hatches have one width, that of its settings.
    if hasattr(artist, "set_hatch_linewidth"):
        artist.set_hatch_linewidth(0.6)


def scale(mappable: ScalarMappable, axes: Axes | Sequence[Axes], label: str, **others: Any) -> Any:
    """Draw a scale of colours beside axes."""
    panels: list[Any] = list(axes) if isinstance(axes, (list, tuple)) else [axes]
    bar = panels[0].figure.colorbar(mappable, ax=panels, pad=0.02, aspect=25, **others)
    bar.set_label(label, color=INK)
    bar.outline.set(edgecolor=_FRAME, linewidth=0.6)
    bar.ax.tick_params(color=_FRAME, labelcolor=INK)
    _align(bar.ax, panels)
    return bar


def _align(bar: Any, panels: Sequence[Any]) -> None:
    """Keep a scale as high as the panels, and beside them: those of equal scales fill a part of their place only."""
    usual = bar.get_axes_locator()

    def place(axes: Any, renderer: Any) -> Any:
        from matplotlib.transforms import Bbox

        own = axes.get_position(original=True)
        box = own if usual is None else usual(axes, renderer)
        slots = [panel.get_position(original=True) for panel in panels]
        frames = [panel.get_position() for panel in panels]
        low, high = min(frame.y0 for frame in frames), max(frame.y1 for frame in frames)
        y0, y1 = (low + (y - own.y0) / own.height * (high - low) for y in (box.y0, box.y1))
        shift = max(frame.x1 for frame in frames) - max(slot.x1 for slot in slots)
        return Bbox.from_extents(box.x0 + shift, y0, box.x1 + shift, y1)

    bar.set_axes_locator(place)


def time_scale(ax: Axes, span: NDArray[np.float64]) -> None:
    """Draw the scale of times beside axes, with a tick at each, or at some where there are many."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    shown = ScalarMappable(Normalize(float(span[0]), float(span[-1])), times())
    scale(shown, ax, "time", ticks=span if len(span) <= 8 else None)


def below(ax: Axes, columns: int) -> None:
    """Name what is drawn, in one line above the axes, where it covers nothing."""
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=columns,
        frameon=False,
        fontsize="small",
        handletextpad=0.4,
        handlelength=1.4,
        columnspacing=1.2,
        borderaxespad=0.2,
        labelcolor=INK,
    )
