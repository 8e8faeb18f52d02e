"""The axes that pictures are drawn into: given ones, or those of a new figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

from .._arrays import plural
from .._errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Inches of the only panel of a figure, and of one of many.
_SIZE, _SMALL = (4.4, 3.5), (2.5, 2.5)


def matplotlib() -> Any:
    """Return matplotlib, or say how to install it."""
    try:
        import matplotlib.axes
    except ImportError as error:
        raise ImportError(
            f"pictures need matplotlib, which cannot be imported ({error}); pip install 'jkonetstar[plot]'"
        ) from None
    return matplotlib


def one(ax: Axes | None) -> Axes:
    """Return the axes given, or those of a new figure."""
    return several(None if ax is None else [ax], 1)[0]


def several(ax: Sequence[Axes] | None, count: int, columns: int = 4) -> list[Axes]:
    """Return as many axes: those given, or those of a new figure, which share their scales."""
    kind = matplotlib().axes.Axes
    if ax is None:
        return _figure(count, min(count, columns))
    given = list(ax) if not isinstance(ax, kind) and hasattr(ax, "__iter__") else [ax]
    # Arrays of axes, as plt.subplots returns them, may have rows.
    given = [item for row in given for item in (row if hasattr(row, "__iter__") else [row])]
    for item in given:
        if not isinstance(item, kind):
            raise TypeError(f"ax must be Axes of matplotlib, got {type(item).__name__}")
    if len(given) != count:
        raise InputError(f"ax has {len(given)} Axes; {plural(count, 'panel')} must have one each")
    return given


def _figure(count: int, columns: int) -> list[Axes]:
    # pyplot is what shows figures in notebooks and windows.
    from matplotlib import pyplot

    rows = -(-count // columns)
    width, height = _SIZE if count == 1 else _SMALL
    figure, grid = pyplot.subplots(
        rows,
        columns,
        figsize=(width * columns, height * rows),
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
