"""Estimators become scikit-learn's `BaseEstimator` when scikit-learn is imported, and not before.

Importing scikit-learn takes several times as long as importing this package, which needs nothing of it. But whoever
asks ``isinstance(model, BaseEstimator)`` has imported it. So the base class of estimators is a stand-in, and the import
of ``sklearn.base`` puts `BaseEstimator` in its place, for models that exist already too: classes stay the same objects,
and pickles are not touched. docs/scikit_learn.md weighs this against other ways.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
import warnings
from typing import TYPE_CHECKING, Any, Sequence, TypeVar

from . import _errors, _html

Self = TypeVar("Self", bound="StandIn")

_BASE = "sklearn.base"


class StandIn:
    """What stands in for `BaseEstimator` until scikit-learn is imported."""

    if TYPE_CHECKING:
        # From BaseEstimator. To call the last four, enable the metadata routing of scikit-learn, which imports it.
        def __sklearn_tags__(self) -> Any: ...
        def set_fit_request(self: Self, **requests: bool | str | None) -> Self: ...
        def set_partial_fit_request(self: Self, **requests: bool | str | None) -> Self: ...
        def set_predict_request(self: Self, **requests: bool | str | None) -> Self: ...
        def set_score_request(self: Self, **requests: bool | str | None) -> Self: ...
    else:

        def _repr_html_(self) -> str:
            return _html.shown(self)


class TimeCourseEstimator(StandIn):
    """Base of the estimators that are fitted to particles and their times, which stand where scikit-learn has y."""

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "n_features_in_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags.sparse = True
        return tags


def time_of(time: Any, y: Any) -> Any:
    """Return the times that a caller gave under this package's name or scikit-learn's."""
    return _given_once("time", time, "y", y)


def weights_of(weights: Any, sample_weight: Any) -> Any:
    """Return the weights that a caller gave under this package's name or scikit-learn's."""
    return _given_once("weights", weights, "sample_weight", sample_weight)


def _given_once(name: str, value: Any, alias: str, other: Any) -> Any:
    if value is not None and other is not None:
        raise TypeError(f"{alias} is another name of {name}, and both are given; pass one of them")
    return value if other is None else other


def everything_is_shown() -> bool:
    """Return whether scikit-learn was told to show the parameters that have their defaults too."""
    # Who told it has imported sklearn.base, or will.
    sklearn = sys.modules.get("sklearn") if _BASE in sys.modules else None
    return sklearn is not None and not sklearn.get_config()["print_changed_only"]


def _join() -> None:
    """Put scikit-learn's base class in place of the stand-in, and its exception among those of `NotFittedError`."""
    from sklearn.base import BaseEstimator
    from sklearn.exceptions import NotFittedError

    try:
        TimeCourseEstimator.__bases__ = (BaseEstimator,)
        _errors.NotFittedError.__bases__ = (_errors.Error, NotFittedError)
    except TypeError as error:
        # Python exchanges only base classes of one layout. Importing scikit-learn must not fail because of us.
        warnings.warn(f"estimators of jkonetstar are no BaseEstimators of this scikit-learn: {error}", stacklevel=2)
        return
    # What may be requested of metadata routing is found out when a class is made, by scikit-learn 1.3 and later.
    described = getattr(BaseEstimator.__init_subclass__, "__func__", None)
    if described is not None:
        for kind in _with_subclasses(TimeCourseEstimator):
            described(kind)


def _with_subclasses(kind: type) -> list[type]:
    subclasses: list[type] = kind.__subclasses__()
    return [kind, *(further for one in subclasses for further in _with_subclasses(one))]


class _Watch(importlib.abc.MetaPathFinder):
    """Has the estimators join once ``sklearn.base`` is imported; other finders find it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != _BASE:
            return None
        others = (finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec"))
        found = (finder.find_spec(fullname, path, target) for finder in others)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is not None and spec.loader is not None:
            spec.loader = _Then(spec.loader, self)
        return spec


class _Then(importlib.abc.Loader):
    """Loads a module as its own loader does, leaves that loader in its own place, and then has the estimators join."""

    def __init__(self, loader: importlib.abc.Loader, watch: _Watch) -> None:
        self._loader, self._watch = loader, watch

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: types.ModuleType) -> None:
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        if self._watch in sys.meta_path:
            sys.meta_path.remove(self._watch)
            _join()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


if _BASE in sys.modules:
    _join()
else:
    sys.meta_path.insert(0, _Watch())
