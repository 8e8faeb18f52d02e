"""V and U as they were learned: functions with a gradient and, where they were asked for, error bars."""

from __future__ import annotations

from typing import Any, Literal, Union, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _arrays
from ._choices import Moment, Moments
from ._energy import Energy
from ._heeded import evaluated
from ._library import lib

Values = NDArray[np.float64]
ValuesAndErrors = tuple[NDArray[np.float64], NDArray[np.float64]]


class LearnedPotential:
    """The potential V of a fitted model: call it for values, or ask for its gradient.

    `JKOnetStar.potential_` is one. It stays what it is when the model is fitted again, and goes into `simulate`.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
    >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
    >>> V = model.potential_  # 0.05 x^2, up to a constant
    >>> V
    LearnedPotential(linear, 1 coordinate)
    >>> (V([0.0, 1.0, 2.0]) - V([0.0])).round(3)  # length^2/time
    array([0.  , 0.05, 0.2 ])
    >>> V.gradient([2.0]).round(3)  # length/time
    array([[0.2]])
    """

    def __init__(self, energy: Energy) -> None:
        self._energy = energy

    def __repr__(self) -> str:
        moves = ", time-varying" if self._energy.info.time_varying else ""
        return f"LearnedPotential({_kind(self._energy, 'potential')}{moves})"

    @overload
    def __call__(
        self, x: ArrayLike, t: Moment | Moments | None = None, return_std: Literal[False] = False
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self, x: ArrayLike, t: Moment | Moments | None = None, *, return_std: Literal[True]
    ) -> ValuesAndErrors: ...
    @overload
    def __call__(
        self, x: ArrayLike, t: Moment | Moments | None = None, *, return_std: bool
    ) -> Union[Values, ValuesAndErrors]: ...
    def __call__(
        self, x: ArrayLike, t: Moment | Moments | None = None, return_std: bool = False
    ) -> Union[Values, ValuesAndErrors]:
        """Return V at `x`, in length^2/time, up to an additive constant (of time, when time-varying).

        Parameters
        ----------
        x : array_like of shape (n, d)
            In length.
        t : float, label or array_like of shape (n,), optional
            The time; needed, and used, only when the model is time-varying. Labels are those of the data of the fit.
        return_std : bool
            Whether to return standard errors as well, those of V(x) - V(mean of the training points); the model must
            have been fitted with `error_bars`.

        Returns
        -------
        ndarray of shape (n,), or a pair of them
            NaN where features of opposite signs exceed the largest number: monomials whose exponents sum to p do so
            some 1e308^(1/p) length scales away from the training points. Likewise for gradients, and for U.

        Examples
        --------
        >>> import jkonetstar as jk
        >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None), error_bars="influence")
        >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
        >>> value, error = model.potential_([0.0, 1.0], return_std=True)
        >>> value.shape, error.shape
        ((2,), (2,))
        """
        points = self._energy.coordinates.points(x, "x")
        return _evaluated(self._energy, "potential", points, (self._energy.times(t, len(points)),), False, return_std)

    @overload
    def gradient(
        self, x: ArrayLike, t: Moment | Moments | None = None, return_std: Literal[False] = False
    ) -> NDArray[np.float64]: ...
    @overload
    def gradient(
        self, x: ArrayLike, t: Moment | Moments | None = None, *, return_std: Literal[True]
    ) -> ValuesAndErrors: ...
    @overload
    def gradient(
        self, x: ArrayLike, t: Moment | Moments | None = None, *, return_std: bool
    ) -> Union[Values, ValuesAndErrors]: ...
    def gradient(
        self, x: ArrayLike, t: Moment | Moments | None = None, return_std: bool = False
    ) -> Union[Values, ValuesAndErrors]:
        """Return the gradient of V at `x`, in length/time.

        Parameters
        ----------
        x, t, return_std
            As for values; standard errors are those of the gradient.

        Returns
        -------
        ndarray of shape (n, d), or a pair of them

        Examples
        --------
        >>> import jkonetstar as jk
        >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
        >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
        >>> model.potential_.gradient([1.0, 2.0]).round(3)
        array([[0.1],
               [0.2]])
        """
        points = self._energy.coordinates.points(x, "x")
        return _evaluated(self._energy, "potential", points, (self._energy.times(t, len(points)),), True, return_std)


class LearnedInteraction:
    """The interaction U of a fitted model: call it for values, or ask for its gradient, at differences of particles.

    `JKOnetStar.interaction_` is one. It stays what it is when the model is fitted again, and goes into `simulate`.

    Examples
    --------
    >>> import numpy as np
    >>> import jkonetstar as jk
    >>> x0 = np.random.default_rng(0).normal(size=(100, 1)) + 3
    >>> x1 = x0 - (1 - np.exp(-0.1)) * (x0 - x0.mean())  # 0.1 units of time under U(x) = |x|^2 / 2
    >>> model = jk.JKOnetStar(None, jk.Linear(polynomial_degree=2, radial=None))
    >>> U = model.fit(np.concatenate([x0, x1]), time=np.repeat([0.0, 0.1], 100)).interaction_
    >>> U
    LearnedInteraction(linear, 1 coordinate)
    >>> up, down = U([[2.0], [-2.0]])  # length^2/time
    >>> print(round((up + down) / 2, 2))  # the part of U that is even
    2.0
    """

    def __init__(self, energy: Energy) -> None:
        self._energy = energy

    def __repr__(self) -> str:
        return f"LearnedInteraction({_kind(self._energy, 'interaction')})"

    @overload
    def __call__(self, x: ArrayLike, return_std: Literal[False] = False) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, x: ArrayLike, return_std: Literal[True]) -> ValuesAndErrors: ...
    @overload
    def __call__(self, x: ArrayLike, return_std: bool) -> Union[Values, ValuesAndErrors]: ...
    def __call__(self, x: ArrayLike, return_std: bool = False) -> Union[Values, ValuesAndErrors]:
        """Return U at differences `x` between particles, in length^2/time, with U(0) = 0.

        Parameters
        ----------
        x : array_like of shape (n, d)
            In length.
        return_std : bool
            Whether to return standard errors as well; the model must have been fitted with `error_bars`.

        Returns
        -------
        ndarray of shape (n,), or a pair of them

        Examples
        --------
        >>> import jkonetstar as jk
        >>> model = jk.JKOnetStar(None, jk.Linear(polynomial_degree=2, radial=None))
        >>> _ = model.fit([0.0, 1.0, 2.0, 0.1, 1.0, 1.9], time=[0, 0, 0, 1, 1, 1])
        >>> model.interaction_([[0.0], [1.0]]).shape
        (2,)
        """
        points = self._energy.coordinates.points(x, "x")
        return _evaluated(self._energy, "interaction", points, (), False, return_std)

    @overload
    def gradient(self, x: ArrayLike, return_std: Literal[False] = False) -> NDArray[np.float64]: ...
    @overload
    def gradient(self, x: ArrayLike, return_std: Literal[True]) -> ValuesAndErrors: ...
    @overload
    def gradient(self, x: ArrayLike, return_std: bool) -> Union[Values, ValuesAndErrors]: ...
    def gradient(self, x: ArrayLike, return_std: bool = False) -> Union[Values, ValuesAndErrors]:
        """Return the gradient of U at differences `x` between particles, in length/time.

        Parameters
        ----------
        x, return_std
            As for values; standard errors are those of the gradient.

        Returns
        -------
        ndarray of shape (n, d), or a pair of them

        Examples
        --------
        >>> import jkonetstar as jk
        >>> model = jk.JKOnetStar(None, jk.Linear(polynomial_degree=2, radial=None))
        >>> _ = model.fit([0.0, 1.0, 2.0, 0.1, 1.0, 1.9], time=[0, 0, 0, 1, 1, 1])
        >>> g = model.interaction_.gradient([[1.0], [0.0]])
        >>> (g[0] - g[1]).round(3)  # particles at a distance of 0.95 approach by 0.1
        array([0.105])
        """
        points = self._energy.coordinates.points(x, "x")
        return _evaluated(self._energy, "interaction", points, (), True, return_std)


def _evaluated(
    energy: Energy, term: str, points: NDArray[Any], times: tuple[Any, ...], gradient: bool, return_std: bool
) -> Union[Values, ValuesAndErrors]:
    """Return values or gradients of a term and, where they are asked for, their standard errors."""
    results = []
    for name in (f"jko_model_{term}", f"jko_model_{term}_error")[: 2 if return_std else 1]:
        results.append(_arrays.output(*points.shape) if gradient else _arrays.output(len(points)))
        view = _arrays.view(results[-1])
        outputs = (None, view) if gradient else (view, None)
        names = {"gradient" if gradient else "value": "out"}
        evaluated(points.size, getattr(lib, name), energy.handle, _arrays.view(points), *times, *outputs, **names)
    return (results[0], results[1]) if return_std else results[0]


def _kind(energy: Energy, name: str) -> str:
    kind = energy.description()["model"][name]
    return f"{kind}, {_arrays.plural(energy.info.dimension, 'coordinate')}"
