"""The axes that pictures are drawn into: given ones, or those of a new figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

from .._arrays import plural
from .._errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Inches of the only panel of a figure, of one of two or three, and of one of many, by their geometric means; and what
#: labels and a scale take beside and below all of them.
_SIDES, _MARGINS = (2.9, 2.2, 1.7), (1.4, 0.8)
#: Panels are no more oblong than this.
_OBLONG = 1.8


def matplotlib() -> Any:
    """Return matplotlib, or say how to install it."""
    try:
        import matplotlib.axes
    except ImportError as error:
        raise ImportError(
            f"pictures need matplotlib, which cannot be imported ({error}); pip install 'jkonetstar[plot]'"
        ) from None
    return matplotlib


def one(ax: Axes | None, ratio: float = 1.25) -> Axes:
    """Return the axes given, or those of a new figure, of this width over height."""
    return several(None if ax is None else [ax], 1, ratio)[0]


def several(ax: Sequence[Axes] | None, count: int, ratio: float = 1.25, columns: int = 4) -> list[Axes]:
    """Return as many axes: those given, or those of a new figure, which share their scales."""
    kind = matplotlib().axes.Axes
    if ax is None:
        return _figure(count, min(count, columns), min(max(ratio, 1 / _OBLONG), _OBLONG))
    rows: list[Any] = list(ax) if not isinstance(ax, kind) and hasattr(ax, "__iter__") else [ax]
    # Arrays of axes, as plt.subplots returns them, may have rows.
    given = [item for row in rows for item in (row if hasattr(row, "__iter__") else [row])]
    for item in given:
        if not isinstance(item, kind):
            raise TypeError(f"ax must be Axes of matplotlib, got {type(item).__name__}")
    if len(given) != count:
        raise InputError(f"ax has {len(given)} Axes; {plural(count, 'panel')} must have one each")
    return given


def _figure(count: int, columns: int, ratio: float) -> list[Axes]:
    # pyplot is what shows figures in notebooks and windows.
    from matplotlib import pyplot

    rows = -(-count // columns)
    side = _SIDES[0 if count == 1 else 1 if count <= 3 else 2]
    width, height = side * ratio**0.5, side / ratio**0.5
    figure, grid = pyplot.subplots(
        rows,
        columns,
        figsize=((width + 0.15) * columns + _MARGINS[0], (height + 0.3) * rows + _MARGINS[1] - 0.15),
        sharex=True,
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    panels: list[Axes] = list(grid.flat)
    for empty in panels[count:]:
        empty.remove()
    for above in panels[max(0, count - columns) : count]:
        above.tick_params(labelbottom=True)
    return panels[:count]
