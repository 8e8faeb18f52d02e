"""Where standard errors of energies come from."""

from __future__ import annotations

from . import _abi, _arrays
from ._parameters import Parameters

#: How many populations may be drawn. It is checked here, because 0 stands for the usual number in C.
_COUNTS = (2, 100_000)


class Bootstrap(Parameters):
    """Standard errors from fits to populations drawn anew from the particles, with new plans and densities.

    It takes snapshots for independent draws. Networks are also trained from other initial weights, and the model keeps
    all of these energies, so that its predictions have errors too: ``predict(..., return_std=True)``.

    Parameters
    ----------
    samples : int, optional
        How many populations are drawn, 2 to 100,000, each of which takes as long as a fit; by default 200 for closed
        forms, and 10 where there are networks.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> quadratic = jk.Linear(polynomial_degree=2, radial=None)
    >>> model = jk.JKOnetStar(potential=quadratic, error_bars=jk.Bootstrap(samples=20))
    >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
    >>> gradient, error = model.potential_.gradient([[1.0]], return_std=True)  # both in length/time
    >>> error.shape
    (1, 1)
    """

    def __init__(self, samples: int | None = None) -> None:
        self.samples = samples

    def _write(self, options: _abi.FitOptions) -> None:
        options.error_bars = _abi.ERROR_BARS["bootstrap"]
        if self.samples is not None:
            options.bootstrap_samples = _arrays.integer(self.samples, "error_bars.samples", *_COUNTS)
