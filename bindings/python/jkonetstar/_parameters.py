"""The manners of scikit-learn: named parameters that can be read, changed, cloned, compared and shown."""

from __future__ import annotations

import copy
import difflib
import inspect
from typing import Any, Mapping, TypeVar

import numpy as np

from ._errors import InputError
from ._scikit_learn import everything_is_shown

Self = TypeVar("Self", bound="Parametrised")


class Parametrised:
    """Base of a class whose constructor keeps each keyword as the attribute of that name."""

    @classmethod
    def _defaults(cls) -> dict[str, Any]:
        parameters = inspect.signature(cls).parameters.values()
        return {item.name: item.default for item in parameters}

    def _meant(self, name: str) -> Any:
        """Return what a parameter stands for: the object of which a string is the shorthand, or the value itself."""
        return getattr(self, name)

    def get_params(self, deep: bool = True) -> dict[str, object]:
        """Return the constructor's parameters by name.

        Parameters
        ----------
        deep : bool
            Whether to add the parameters of parameters, as in ``potential__hidden``; strings count as the objects
            that they stand for.

        Returns
        -------
        dict

        Examples
        --------
        >>> import jkonetstar as jk
        >>> model = jk.JKOnetStar(epochs=100)
        >>> model.get_params(deep=False)["epochs"], model.get_params()["potential__hidden"]
        (100, (64, 64))
        """
        params: dict[str, object] = {}
        for name in self._defaults():
            params[name] = getattr(self, name)
            meant = self._meant(name) if deep else None
            if isinstance(meant, Parametrised):
                params.update({f"{name}__{inner}": value for inner, value in meant.get_params().items()})
        return params

    def set_params(self: Self, **params: object) -> Self:
        """Change parameters by name; they take effect at the next fit.

        Parameters
        ----------
        **params
            Parameters of the constructor, and parameters of these, as in ``potential__hidden``. Where a string stands
            for an object, the object takes its place.

        Returns
        -------
        self

        Examples
        --------
        >>> import jkonetstar as jk
        >>> jk.JKOnetStar().set_params(epochs=100, potential__activation="tanh")
        JKOnetStar(potential=MLP(activation='tanh'), epochs=100)
        """
        known = self._defaults()
        inner: dict[str, dict[str, object]] = {}
        for name in params:
            first, separator, rest = name.partition("__")
            if first not in known:
                near = difflib.get_close_matches(first, known, n=3)
                rest = f"the names nearest to it are {', '.join(near)}" if near else f"it has {', '.join(known)}"
                raise InputError(f"{type(self).__name__} has no parameter {first!r}; {rest}")
            if separator:
                inner.setdefault(first, {})[rest] = params[name]
        for name, value in params.items():
            if "__" not in name:
                setattr(self, name, value)
        for name, changes in inner.items():
            meant = self._meant(name)
            if not isinstance(meant, Parametrised):
                raise InputError(f"{name} = {meant!r} has no parameter {next(iter(changes))!r}")
            # The caller's object may stand elsewhere too, and stays as it is.
            setattr(self, name, copy.copy(meant).set_params(**changes))
        return self

    def __repr__(self) -> str:
        defaults = self._defaults()
        values = {name: getattr(self, name) for name in defaults}
        whole = everything_is_shown()
        shown = [f"{name}={values[name]!r}" for name in values if whole or repr(values[name]) != repr(defaults[name])]
        return f"{type(self).__name__}({', '.join(shown)})"


class Parameters(Parametrised):
    """Base of what only holds parameters: equal where its parameters mean the same."""

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(same(self._meant(name), other._meant(name)) for name in self._defaults())

    # Parameters change, and so would the hash.
    __hash__ = None  # type: ignore[assignment]


def same(one: object, other: object) -> bool:
    """Return whether two parameters are equal, numbers in arrays, lists and tuples alike."""
    sequences = (np.ndarray, list, tuple)
    if isinstance(one, sequences) or isinstance(other, sequences):
        both = isinstance(one, sequences) and isinstance(other, sequences)
        return both and np.array_equal(np.asarray(one), np.asarray(other))
    return bool(one == other)


def meant(value: Any, shorthands: Mapping[Any, Any]) -> Any:
    """Return the object that a string stands for, made anew, or the value itself."""
    return shorthands[value]() if isinstance(value, (str, bool)) and value in shorthands else value
