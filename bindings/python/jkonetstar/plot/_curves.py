"""Curves: how training went, and how far predictions are from what was observed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .._errors import InputError
from ..model import JKOnetStar
from ..snapshots import Snapshots
from . import _canvas, _style
from ._coordinates import checked, fitted

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def history(model: JKOnetStar, ax: Axes | None = None) -> Axes:
    """Draw the objective over the epochs of a fit, or over the iterations of L-BFGS.

    Parameters
    ----------
    model : JKOnetStar
        Fitted. One in closed form has a single value, which is drawn as a point.
    ax : Axes, optional
        None makes a figure.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import jkonetstar as jk
    >>> import numpy as np
    >>> x = np.random.default_rng(0).normal(size=(2, 100, 1))
    >>> model = jk.JKOnetStar(epochs=20, time_varying=False).fit(x, time=[0, 1])
    >>> jk.plot.history(model).get_xlabel()
    'epoch'
    """
    losses = fitted(model).history_
    if not len(losses):
        raise InputError("history_ of this model is empty: it holds the weights from before its training")
    axes = _canvas.one(ax)
    _style.quiet(axes)
    epochs = np.arange(1, len(losses) + 1)
    axes.plot(epochs, losses, "-" if len(losses) > 1 else "o", color=_style.CURVE, linewidth=1.4)
    if (losses > 0).all():
        axes.set_yscale("log")
        # Powers of ten alone would leave a short range without two labels.
        if losses.max() < 30 * losses.min():
            axes.yaxis.set_major_formatter("{x:g}")
            axes.yaxis.set_minor_formatter("{x:g}")
    axes.set(xlabel="epoch", ylabel="objective (length²)", xlim=(0, len(losses) + 1))
    return axes


def residuals(
    model: JKOnetStar,
    snapshots: Snapshots,
    ax: Axes | None = None,
    *,
    train: Snapshots | None = None,
) -> Axes:
    """Draw how far predictions one step ahead are from what was observed, beside the prediction that nothing moves.

    Parameters
    ----------
    model : JKOnetStar
        Fitted.
    snapshots : Snapshots
        Two or more, usually ones that the model was not fitted to.
    ax : Axes, optional
        None makes a figure.
    train : Snapshots, optional
        The snapshots that the model was fitted to, for the floor: the distance between two samples of one population,
        which a perfect model has.

    Returns
    -------
    Axes
        W1 over the times that were predicted.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> import numpy as np
    >>> x0 = np.random.default_rng(0).uniform(-3, 3, (300, 2))
    >>> series = jk.Snapshots(jk.simulate(x0, "styblinski_tang", dt=0.01, steps=2), time=[0.0, 0.01, 0.02])
    >>> train, test = series.split(random_state=0)
    >>> axes = jk.plot.residuals(jk.JKOnetStar("linear").fit(train), test, train=train)
    >>> [text.get_text() for text in axes.get_legend().get_texts()]
    ['nothing moves', 'predicted', 'floor']
    """
    series = checked(snapshots, model)
    found = model.evaluate(series, train=train)
    axes = _canvas.one(ax)
    _style.quiet(axes)
    times = series.times[1:]
    axes.plot(times, found.nothing_moves, "s-", color=_style.GREY, markersize=4, linewidth=1.2, label="nothing moves")
    axes.plot(times, found.one_step, "o-", color=_style.PREDICTED, markersize=5, linewidth=1.6, label="predicted")
    if found.floor is not None:
        axes.plot(times, found.floor, "--", color=_style.INK, linewidth=1.0, label="floor")
    axes.set(xlabel="time", ylabel="$W_1$ one step ahead (length)")
    axes.set_ylim(bottom=0)
    if len(times) <= 8:
        axes.set_xticks(times)
    _style.below(axes, 3)
    return axes
