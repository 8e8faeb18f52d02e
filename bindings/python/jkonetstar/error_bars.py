"""Where standard errors of linear energies come from."""

from __future__ import annotations

from . import _abi, _arrays
from ._parameters import Parameters

_INT64 = 2**63 - 1


class Bootstrap(Parameters):
    """Standard errors from fits to populations drawn anew from the particles, with new plans and densities.

    It takes snapshots for independent draws.

    Parameters
    ----------
    samples : int
        How many populations are drawn, 2 to 100,000.

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

    def __init__(self, samples: int = 200) -> None:
        self.samples = samples

    def _write(self, options: _abi.FitOptions) -> None:
        options.error_bars = _abi.ERROR_BARS["bootstrap"]
        options.bootstrap_samples = _arrays.integer(self.samples, "error_bars.samples", -_INT64, _INT64)
