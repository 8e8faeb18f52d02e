"""The coordinates that an estimator was fitted to, and that whatever it is asked about must have."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _arrays
from ._errors import InputError
from ._frames import is_frame
from ._names import names_of
from ._time_labels import TimeLabels
from .snapshots import Snapshots, as_snapshots

#: So many names are listed in a message, as by scikit-learn.
_LISTED = 5


class Coordinates(NamedTuple):
    """The number of coordinates, and their names if they have names."""

    dimension: int
    names: tuple[str, ...] | None
    #: What messages call the fitted thing, and its class.
    what: str = "model"
    owner: str = "JKOnetStar"

    def points(self, value: Any, name: str) -> NDArray[Any]:
        """Return points as an array, if they have these coordinates."""
        value = self._of_frame(value)
        self.check_names(value)
        array = _arrays.numbers(value, name)
        if array.ndim == 1 and self.dimension != 1:
            raise InputError(
                f"{name} is a vector of length {len(array)}, which is so many points in one dimension; the {self.what} "
                f"has {self.dimension} coordinates. Reshape your data: {name}.reshape(1, -1) is one point",
                "JKO_ESHAPE",
            )
        array = _arrays.points(array, name)
        if array.shape[1] != self.dimension:
            given = "" if name == "X" else f": {name} has shape {array.shape}"
            raise InputError(self._counted(array.shape[1]) + given, "JKO_ESHAPE")
        return array

    def series(self, X: Any, time: Any, weights: Any, labels: TimeLabels | None = None) -> Snapshots:
        """Return a series, if it has these coordinates."""
        if self._has_more(X):
            series = as_snapshots(X, time, weights, points=list(self.names or ()), time_map=labels)
        else:
            self.check_names(X)
            series = as_snapshots(X, time, weights, time_map=None if isinstance(X, Snapshots) else labels)
        self.check_series(series)
        return series

    def _has_more(self, value: Any) -> bool:
        """Whether a data frame has these coordinates among other columns, such as that of times."""
        if self.names is None or isinstance(value, Snapshots) or not is_frame(value):
            return False
        columns = list(value.columns)
        return len(columns) > len(self.names) and set(self.names) < set(columns)

    def _of_frame(self, value: Any) -> Any:
        """Return the columns of these coordinates where a data frame has more than these."""
        return value[list(self.names or ())] if self._has_more(value) else value

    def check_series(self, series: Snapshots) -> None:
        """Refuse a series that does not have these coordinates."""
        self.check_names(series)
        if series.dimension != self.dimension:
            given = f": the snapshots have {_arrays.plural(series.dimension, 'coordinate')}"
            raise InputError(self._counted(series.dimension) + given, "JKO_ESHAPE")

    def check_names(self, value: Any) -> None:
        """Refuse other names, or these in another order, in the words of scikit-learn, which its users know.

        Values without names are taken as they are, in the order of the fit: particles are mostly plain arrays.
        """
        given = value.names if isinstance(value, Snapshots) else names_of(value)
        if self.names is None or given is None or given == self.names:
            return
        unseen, missing = sorted({*given} - {*self.names}), sorted({*self.names} - {*given})
        message = "The feature names should match those that were passed during fit.\n"
        if unseen:
            message += "Feature names unseen at fit time:\n" + _listed(unseen)
        if missing:
            message += "Feature names seen at fit time, yet now missing:\n" + _listed(missing)
        if not unseen and not missing:
            message += "Feature names must be in the same order as they were in fit.\n"
        raise InputError(message)

    def _counted(self, count: int) -> str:
        """Return what scikit-learn says of other numbers of coordinates, by which its checks know the error."""
        return f"X has {count} features, but {self.owner} is expecting {self.dimension} features as input"


def as_attribute(names: tuple[str, ...]) -> NDArray[np.object_]:
    """Return names as scikit-learn has them in `feature_names_in_`."""
    return np.array(names, dtype=object)


def _listed(names: list[str]) -> str:
    return "".join(f"- {name}\n" for name in names[:_LISTED]) + ("- ...\n" if len(names) > _LISTED else "")
