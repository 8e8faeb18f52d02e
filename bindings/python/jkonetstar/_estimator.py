"""What the methods of `JKOnetStar`, which are functions in files of their own, need of it."""

from __future__ import annotations

from typing import Protocol, TypeVar

from numpy.typing import ArrayLike

from ._calls import LongCall
from ._energy import Energy
from ._specification import Specification
from .snapshots import Snapshots

Self = TypeVar("Self", bound="Estimator")


class Estimator(Protocol):
    """An estimator that may have learned an energy."""

    _energy: Energy | None

    def fit(
        self: Self, X: ArrayLike | Snapshots, time: ArrayLike | None = None, weights: ArrayLike | None = None
    ) -> Self:
        """Fit the energy to snapshots."""
        ...

    def _fitted(self) -> Energy:
        """Return what was learned, or raise `NotFittedError`."""
        ...

    def _specification(self) -> Specification:
        """Return what the parameters mean."""
        ...

    def _long_call(self, patience: float = 0.0) -> LongCall:
        """Return what surrounds work that takes long, with a progress line if one is wanted."""
        ...
