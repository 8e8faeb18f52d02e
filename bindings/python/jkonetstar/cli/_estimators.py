"""Estimators from plain words, numbers and tables, as a TOML file and options have them."""

from __future__ import annotations

import inspect
from typing import Any, Callable, Mapping, NamedTuple

from .._errors import InputError
from .._parameters import Parametrised
from .._specification import ADAM
from ..coupling import Sinkhorn, Unbalanced
from ..energies import MLP, Fourier, Linear, Radial
from ..error_bars import Bootstrap
from ..gaussian_mixture import GaussianMixture
from ..growth import Growth
from ..kernel_density import KernelDensity
from ..model import JKOnetStar
from ..training import LBFGS, Adam, ClosedForm
from ..training_parts import Checkpoint, ExactLastLayer, Validation
from ._config import BARE, absent, require_known


class _Part(NamedTuple):
    """A parameter that takes an object: its classes by kind, and what a bare value in its place stands for.

    Of one kind only, a bare value is the parameter `bare`; of several, it is the kind, or a word of the estimator.
    """

    kinds: Mapping[str, Callable[..., Any]]
    bare: str = "kind"


def _mixture(**given: Any) -> GaussianMixture:
    """Return the mixture that `internal=True` stands for, with other parameters."""
    return GaussianMixture(given.pop("n_components", "bic"), **given)


_TERM = _Part({"mlp": MLP, "linear": Linear})
PARTS: dict[str, _Part] = {
    "potential": _TERM,
    "interaction": _TERM,
    "internal": _Part({"mixture": _mixture, "kernel": KernelDensity}),
    "coupling": _Part({"sinkhorn": Sinkhorn, "unbalanced": Unbalanced}),
    "training": _Part({"adam": Adam, "lbfgs": LBFGS, "closed_form": ClosedForm}),
    "error_bars": _Part({"bootstrap": Bootstrap}),
    "radial": _Part({"radial": Radial}, bare="function"),
    "fourier": _Part({"fourier": Fourier}, bare="features"),
    "validation": _Part({"validation": Validation}, bare="by"),
    "checkpoint": _Part({"checkpoint": Checkpoint}, bare="path"),
    "last_layer": _Part({"exact": ExactLastLayer}),
}
_HIDDEN = ("hidden",)
_CLASSES: dict[Callable[..., Any], type[Parametrised]] = {_mixture: GaussianMixture}


def estimator(model: Mapping[str, Any]) -> JKOnetStar:
    """Return the estimator that the table [model] describes."""
    found = _parameters(JKOnetStar, model, "model")
    # `epochs` and `hidden` beside a table are for its object as well, which they would contradict otherwise.
    for name, kind, shared in (("training", Adam, ADAM), ("potential", MLP, _HIDDEN), ("interaction", MLP, _HIDDEN)):
        if isinstance(found.get(name), kind):
            said = model[name] if isinstance(model[name], Mapping) else {}
            for inner in shared:
                if found.get(inner) is not None and inner not in said:
                    setattr(found[name], inner, found[inner])
    return JKOnetStar(**found)


def growth(table: Mapping[str, Any]) -> Growth:
    """Return the growth that the table [growth] describes, but for what its fit is told."""
    return Growth(**_parameters(Growth, table, "growth"))


def _parameters(kind: type[Parametrised], table: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return the parameters of a class from a table."""
    found = {}
    for name, value in table.items():
        require_known(name, kind._defaults(), where)
        if value != {}:  # a table of nothing says nothing
            found[name] = _value(name, value, f"{where}.{name}")
    for name, default in kind._defaults().items():
        if default is inspect.Parameter.empty and name not in found:
            raise InputError(f"{where} lacks {name}")
    return found


def _value(name: str, value: Any, where: str) -> Any:
    if absent(value):
        return None
    part = PARTS.get(name)
    if part is None:
        return value
    if not isinstance(value, Mapping):
        return _bare(name, value, part, where)
    given = dict(value)
    kind = given.pop("kind", None)
    bare = given.pop(BARE, None)
    if bare is not None and bare is not False and not absent(bare):
        if part.bare != "kind":
            given.setdefault(part.bare, bare)
        elif kind is None:
            kind = bare if bare is not True else "mixture"
    if kind is None:
        kind = _kind_of(given, part, where)
    elif kind not in part.kinds:
        raise InputError(f"{where}: kind = {kind!r} has no parameters; they are of {_listed(part.kinds)}")
    make = part.kinds[str(kind)]
    return make(**_parameters(_class(make), given, where))


def _bare(name: str, value: Any, part: _Part, where: str) -> Any:
    """Return what a word or number in the place of a table means."""
    if part.bare != "kind":
        # These words are the estimator's own.
        return value if name in ("radial", "validation", "checkpoint") else part.kinds[name](value)
    if name == "internal" and isinstance(value, str):
        if value not in part.kinds:
            raise InputError(f"{where} = {value!r} is not known; it must be {_listed(part.kinds)} or 'none'")
        return True if value == "mixture" else part.kinds[value]()
    return value


def _kind_of(given: Mapping[str, Any], part: _Part, where: str) -> str:
    """Return the only kind that has all of the parameters."""
    fitting = [kind for kind, make in part.kinds.items() if set(given) <= set(_class(make)._defaults())]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise InputError(f"{where} needs a kind: {_listed(fitting)}")
    known = [name for make in part.kinds.values() for name in _class(make)._defaults()]
    for name in given:
        require_known(name, known, where)
    raise InputError(f"{where} has parameters of several kinds: {', '.join(given)}")


def _class(make: Callable[..., Any]) -> type[Parametrised]:
    found: Any = _CLASSES.get(make, make)
    kind: type[Parametrised] = found
    return kind


def _listed(kinds: Any) -> str:
    return " or ".join(map(repr, kinds))
