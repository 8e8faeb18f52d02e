"""The parameters of a model, checked for type and name and written into the structs of the C headers."""

from __future__ import annotations

from ctypes import byref, sizeof
from typing import Any, Iterable, Mapping

from . import _abi, _arrays
from ._errors import InputError
from ._library import check, lib

_INT32, _INT64 = 2**31 - 1, 2**63 - 1


def model_options(params: Mapping[str, Any]) -> _abi.ModelOptions:
    """Return what a model is; ranges are checked by the library."""
    if params["interaction"] is not None:
        raise InputError(f"interaction = {params['interaction']!r} is not available in this version; it must be None")
    if _arrays.boolean(params["internal"], "internal"):
        raise InputError(f"internal = {params['internal']!r} is not available in this version; it must be False")
    options = _abi.ModelOptions()
    check(lib.jko_model_options_init(byref(options), sizeof(options)))
    options.potential = _arrays.choice(params["potential"], "potential", _abi.POTENTIAL)
    options.scheme = _arrays.choice(params["scheme"], "scheme", _abi.SCHEME)
    options.time_varying = _arrays.boolean(params["time_varying"], "time_varying")
    widths = _widths(params["hidden"])
    options.hidden_count = len(widths)
    options.hidden[: len(widths)] = widths
    if params["polynomial_degree"] is not None:
        options.polynomial_degree = _arrays.integer(params["polynomial_degree"], "polynomial_degree", 0, _INT32)
    for name in ("radial_grid", "radial_centers", "time_degree"):
        setattr(options, name, _arrays.integer(params[name], name, -_INT32, _INT32))
    options.radial_width = _arrays.real(params["radial_width"], "radial_width")
    return options


def fit_options(params: Mapping[str, Any]) -> _abi.FitOptions:
    """Return how a model is fitted; ranges are checked by the library."""
    _arrays.choice(params["coupling"], "coupling", _abi.PLAN_METHOD)
    options = _abi.FitOptions()
    check(lib.jko_fit_options_init(byref(options), sizeof(options)))
    for name in ("epochs", "batch_size"):
        setattr(options, name, _arrays.integer(params[name], name, -_INT64, _INT64))
    for name in ("learning_rate", "clip_norm", "ridge"):
        setattr(options, name, _arrays.real(params[name], name))
    options.precision = _arrays.choice(params["dtype"], "dtype", _abi.DTYPE)
    options.seed = _arrays.seed(params["random_state"])
    return options


def constructor_parameters(description: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any]:
    """Return the parameters that a model's description carries."""
    said = {**description["model"], **description["fit"]}
    said["dtype"], said["random_state"] = said.pop("precision"), said.pop("seed")
    if "hidden" in said:
        said["hidden"] = tuple(said["hidden"])
    if said.get("polynomial_degree") == -1:
        said["polynomial_degree"] = None
    return {name: said[name] for name in known if name in said}


def _widths(hidden: Any) -> list[int]:
    if isinstance(hidden, (str, bytes)):
        raise TypeError("hidden must be a sequence of integers, got a string")
    try:
        widths = list(hidden)
    except TypeError:
        widths = [hidden]
    if not 1 <= len(widths) <= _abi.MAX_HIDDEN_LAYERS:
        raise InputError(f"hidden has {len(widths)} layers; it must have 1 to {_abi.MAX_HIDDEN_LAYERS}")
    return [_arrays.integer(width, "hidden", -_INT32, _INT32) for width in widths]
