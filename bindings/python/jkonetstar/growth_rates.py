"""Growth rates that were learned, and what masses become by them."""

from __future__ import annotations

from ctypes import POINTER, byref
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _arrays
from ._asked_times import asked_time, asked_times
from ._choices import Moment, Moments, Path
from ._coordinates import Coordinates, as_attribute
from ._errors import InputError, NotFittedError
from ._file_bytes import as_bytes, from_bytes
from ._handles import go_with
from ._library import check, lib
from ._time_labels import TimeLabels


class GrowthRates:
    """How fast particles multiply or die, at a place and a time: what `Growth` has fitted, or a file or model holds.

    Attributes
    ----------
    n_features_in_ : int
        The number of coordinates d.
    times_ : ndarray of shape (snapshots,)
        When the snapshots were seen that the rates were learned from; rates at times beyond them are extrapolated.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> series = jk.Snapshots([0.0, 9.0, 0.0, 9.0, 9.1], time=[0, 0, 1, 1, 1])
    >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
    >>> model.fit(series, growth=jk.Growth()).growth_.n_features_in_
    1
    """

    n_features_in_: int
    times_: NDArray[np.float64]
    feature_names_in_: NDArray[np.object_]

    @classmethod
    def _adopt(cls, handle: Any) -> GrowthRates:
        """Return the growth that owns a handle of the library."""
        found = cls.__new__(cls)
        found._take(handle)
        return found

    def _take(self, handle: Any) -> None:
        # What owns the handle is not this object, so that rates under way stay valid while another fit replaces it.
        self._rates = _Rates(handle)
        self.n_features_in_ = int(lib.jko_growth_dimension(handle))
        self.times_ = _arrays.output(int(lib.jko_growth_time_count(handle)))
        check(lib.jko_growth_times(handle, _arrays.view(self.times_)))

    #: How the times of the fit were written; files do not hold it.
    _time_labels: TimeLabels | None = None

    def _name_coordinates(self, names: tuple[str, ...] | None) -> None:
        # Files do not hold names: rates that were loaded have none.
        vars(self).pop("feature_names_in_", None)
        if names is not None:
            self.feature_names_in_ = as_attribute(names)

    @property
    def _coordinates(self) -> Coordinates:
        names = getattr(self, "feature_names_in_", None)
        return Coordinates(self.n_features_in_, None if names is None else tuple(names), "growth", "Growth")

    @overload
    def rate(self, X: ArrayLike, t: Moment, return_std: Literal[False] = False) -> NDArray[np.float64]: ...
    @overload
    def rate(
        self, X: ArrayLike, t: Moment, return_std: Literal[True]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    def rate(
        self, X: ArrayLike, t: Moment, return_std: bool = False
    ) -> NDArray[np.float64] | tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return growth rates at points, in 1/time: by how much the logarithm of a particle's mass grows.

        Parameters
        ----------
        X : array_like of shape (n, d)
        t : float or label
            The time, also as a label that the data of the fit had.
        return_std : bool
            Whether to return standard errors as well, from the bootstrap.

        Returns
        -------
        ndarray of shape (n,), or a pair of them

        Examples
        --------
        >>> import jkonetstar as jk
        >>> growth = jk.Growth(bootstrap=2).fit([0.0, 9.0, 0.0, 9.0, 9.1], time=[0, 0, 1, 1, 1])
        >>> rate, std = growth.rate([0.0, 9.0], 0.5, return_std=True)
        >>> rate.shape, std.shape
        ((2,), (2,))
        """
        handle, moment = self._fitted(), asked_time(t, "t", self._time_labels)
        points = self._coordinates.points(X, "X")
        asked = _arrays.boolean(return_std, "return_std")
        rates = _arrays.output(len(points))
        errors = _arrays.output(len(points)) if asked else None
        views = _arrays.view(points), _arrays.view(rates), _arrays.view(errors)
        check(lib.jko_growth_rates(handle, views[0], moment, *views[1:]), points="X", time="t")
        return rates if errors is None else (rates, errors)

    def masses(self, paths: ArrayLike, times: Moments, masses: ArrayLike | None = None) -> NDArray[np.float64]:
        """Return the masses of particles along their paths, for example those that `JKOnetStar.predict` returns.

        The mass of a particle is multiplied by the exponential of the integral of its rate; over each step the rate is
        the mean of both ends.

        Parameters
        ----------
        paths : array_like of shape (steps + 1, n, d)
            The particles at each time.
        times : array_like of shape (steps + 1,)
            Strictly increasing.
        masses : array_like of shape (n,), optional
            At the first time; 1/n each by default.

        Returns
        -------
        ndarray of shape (steps + 1, n)

        Examples
        --------
        >>> import jkonetstar as jk
        >>> series = jk.Snapshots([0.0, 9.0, 0.0, 9.0, 9.1], time=[0, 0, 1, 1, 1])
        >>> growth = jk.Growth().fit(series, total_mass="sizes")
        >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None)).fit(series)
        >>> times = [0.0, 0.5, 1.0]
        >>> growth.masses(model.predict([0.0, 9.0], times=times), times).shape
        (3, 2)
        """
        places = np.asarray(paths)
        if places.ndim != 3:
            raise InputError(f"paths has shape {places.shape}; it must be (steps + 1, n, d)", "JKO_ESHAPE")
        moments = asked_times(times, "times", self._time_labels)
        if len(moments) != len(places):
            raise InputError(f"paths has {len(places)} times, and times has {len(moments)}", "JKO_ESHAPE")
        pooled = _arrays.points(places.reshape(-1, places.shape[2]), "paths")
        given = None if masses is None else _arrays.view(_arrays.vector(masses, "masses"))
        out = _arrays.output(len(pooled))
        check(
            lib.jko_growth_masses(self._fitted(), _arrays.view(pooled), _arrays.view(moments), given, _arrays.view(out))
        )
        return out.reshape(places.shape[:2])

    def total_mass(self, times: Moments) -> NDArray[np.float64]:
        """Return the mass of all particles at some times, in the unit of `fit`'s total_mass.

        Between two snapshots it changes at a constant rate, beyond them at that of the nearest gap. 1 where it is not
        known.

        Parameters
        ----------
        times : array_like of shape (n,)

        Returns
        -------
        ndarray of shape (n,)

        Examples
        --------
        >>> import jkonetstar as jk
        >>> series = jk.Snapshots([0.0, 9.0, 0.0, 9.0, 9.1], time=[0, 0, 1, 1, 1])
        >>> jk.Growth().fit(series, total_mass=[1, 4]).total_mass([0.0, 0.5, 2.0])
        array([ 1.,  2., 16.])
        """
        moments = asked_times(times, "times", self._time_labels)
        out = _arrays.output(len(moments))
        check(lib.jko_growth_total_mass(self._fitted(), _arrays.view(moments), _arrays.view(out)))
        return out

    def save(self, path: Path) -> None:
        """Write the rates as a safetensors file that `load` reads.

        Parameters
        ----------
        path : str or path
            The file appears whole or not at all.

        Examples
        --------
        >>> import os, tempfile
        >>> import jkonetstar as jk
        >>> growth = jk.Growth().fit([0.0, 9.0, 0.0, 9.0, 9.1], time=[0, 0, 1, 1, 1])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     growth.save(os.path.join(folder, "growth.safetensors"))
        ...     again = jk.GrowthRates.load(os.path.join(folder, "growth.safetensors"))
        >>> bool(again.rate([3.0], 0.5) == growth.rate([3.0], 0.5))
        True
        """
        check(lib.jko_growth_save(self._fitted(), _arrays.path(path)), path)

    @staticmethod
    def load(path: Path) -> GrowthRates:
        """Read rates that `save` wrote.

        Parameters
        ----------
        path : str or path

        Returns
        -------
        GrowthRates
            The same bit for bit.

        Raises
        ------
        OSError
            If the file cannot be read.
        ValueError
            If it is truncated, damaged or no file of growth.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> try:
        ...     jk.GrowthRates.load("missing.safetensors")
        ... except FileNotFoundError as error:
        ...     print(error.filename)
        missing.safetensors
        """
        handle = POINTER(_abi.Growth)()
        check(lib.jko_growth_load(_arrays.path(path), byref(handle)), path)
        return GrowthRates._adopt(handle)

    def _fitted(self) -> Any:
        rates = getattr(self, "_rates", None)
        if rates is None:
            raise NotFittedError("the growth has not been fitted yet; call fit first")
        return rates.handle


class _Rates:
    """Owns a `jko_growth`; pickles as its file."""

    def __init__(self, handle: Any) -> None:
        self.handle = handle
        go_with(self, handle, "jko_growth_destroy")

    def __reduce__(self) -> tuple[Any, ...]:
        return _rates_from_bytes, (as_bytes(lambda path: lib.jko_growth_save(self.handle, path)),)


def _rates_from_bytes(content: bytes) -> _Rates:
    handle = POINTER(_abi.Growth)()
    from_bytes(content, lambda path: lib.jko_growth_load(path, byref(handle)))
    return _Rates(handle)
