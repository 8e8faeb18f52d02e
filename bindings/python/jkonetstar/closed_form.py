"""What only linear energies have: sums that go on, and a report on what the data can tell apart."""

from __future__ import annotations

from numpy.typing import ArrayLike

from . import _attributes, _fitting
from ._errors import InputError
from ._estimator import Estimator, Self
from ._library import lib
from ._model_options import argument_names, model_options
from ._scikit_learn import time_of, weights_of
from .observability import Observability
from .snapshots import Snapshots


def partial_fit(
    self: Self,
    X: ArrayLike | Snapshots,
    time: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    *,
    y: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
) -> Self:
    """Fit a linear energy to one more series of snapshots, without those before.

    The first call fits, and fixes features and standardised coordinates; each later one adds its transitions to
    the normal equations and solves them again. Transitions between calls are not seen: let each call begin with
    the last snapshot of the one before, if they are of one course. The result has no error bars.

    Parameters
    ----------
    X, time, weights, y, sample_weight
        Two or more snapshots, as in `fit`.

    Returns
    -------
    self

    Examples
    --------
    >>> import jkonetstar as jk
    >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
    >>> _ = model.partial_fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
    >>> _ = model.partial_fit([-1.0, 3.0, -0.9, 2.7], time=[0, 0, 1, 1])
    >>> model.potential_.gradient([[1.0]]).round(3)  # length/time
    array([[0.1]])
    """
    time, weights = time_of(time, y), weights_of(weights, sample_weight)
    if self._energy is None:
        return self.fit(X, time, weights)
    found = self._specification()
    changed = self._energy.differences(model_options(found))
    if changed:
        name = argument_names(found.internal).get(changed[0], changed[0])
        raise InputError(f"{name} has changed since the first fit, whose features stay; call fit instead")
    growth = _attributes.growth(self._energy) if self._energy.info.growth else None
    found = found._replace(growth=growth)
    series = self._energy.observed(X, time, weights)
    energy = _fitting.add(self._energy, found, series, self._long_call)
    energy.names = self._energy.names or series.names
    energy.time_labels = self._energy.time_labels or series._time_labels
    self._energy = energy
    return self


def observability(self: Estimator) -> Observability:
    """Say which terms of a linear energy the data can tell apart.

    Returns
    -------
    Observability
        Printed, it is a plain sentence.

    Examples
    --------
    >>> import numpy as np
    >>> import jkonetstar as jk
    >>> x0 = np.random.default_rng(0).normal(size=(100, 1))
    >>> x0 -= x0.mean()  # a population whose mean rests: V = |x|^2 / 2 and U = |x|^2 / 2 do the same to it
    >>> quadratic = jk.Linear(polynomial_degree=2, radial=None)
    >>> model = jk.JKOnetStar(potential=quadratic, interaction=quadratic)
    >>> with __import__("warnings").catch_warnings(record=True):
    ...     _ = model.fit(np.concatenate([x0, 0.9 * x0]), time=np.repeat([0.0, 0.1], 100))
    >>> model.observability().identified
    False
    """
    return Observability(self._fitted().text(lib.jko_model_observability))
