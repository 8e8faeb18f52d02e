"""The benchmark energies of the literature, with analytic gradients, to simulate populations."""

from __future__ import annotations

from typing import Iterator, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _arrays
from ._library import check, lib


class Functional:
    """An energy of known formula: call it for values, or ask for its gradient.

    Attributes
    ----------
    name : str

    Examples
    --------
    >>> import jkonetstar as jk
    >>> sphere = jk.functionals["sphere"]
    >>> sphere([[1.0, 2.0]])
    array([-50.])
    >>> sphere.gradient([[1.0, 2.0]])
    array([[-20., -40.]])
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, x: ArrayLike) -> NDArray[np.float64]:
        """Return the values at `x`.

        Parameters
        ----------
        x : array_like of shape (n, d)

        Returns
        -------
        ndarray of shape (n,)

        Examples
        --------
        >>> import jkonetstar as jk
        >>> jk.functionals["relu"]([[1.0, 0.5], [-1.0, 0.0]]) + 0.0
        array([-75.,   0.])
        """
        points = _arrays.points(x, "x")
        values = _arrays.output(len(points))
        check(lib.jko_functional_value(self.name.encode(), _arrays.view(points), _arrays.view(values)))
        return values

    def gradient(self, x: ArrayLike) -> NDArray[np.float64]:
        """Return the gradients at `x`; 0 at kinks.

        Parameters
        ----------
        x : array_like of shape (n, d)

        Returns
        -------
        ndarray of shape (n, d)

        Examples
        --------
        >>> import jkonetstar as jk
        >>> jk.functionals["relu"].gradient([[1.0, -0.5]]) + 0.0
        array([[-50.,   0.]])
        """
        points = _arrays.points(x, "x")
        gradients = _arrays.output(*points.shape)
        check(lib.jko_functional_gradient(self.name.encode(), _arrays.view(points), _arrays.view(gradients)))
        return gradients

    def __repr__(self) -> str:
        return f"Functional({self.name!r})"


class Functionals(Mapping[str, Functional]):
    """The benchmark energies by name; read-only."""

    def __init__(self) -> None:
        names = [lib.jko_functional_name(index).decode() for index in range(lib.jko_functional_count())]
        self._functionals = {name: Functional(name) for name in names}

    def __getitem__(self, name: str) -> Functional:
        try:
            return self._functionals[name]
        except (KeyError, TypeError):
            raise KeyError(f"no functional {name!r}; there are {', '.join(self)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._functionals)

    def __len__(self) -> int:
        return len(self._functionals)

    def __repr__(self) -> str:
        return f"Functionals({', '.join(self)})"


#: Every benchmark energy by name.
functionals = Functionals()
