"""The parameters of a model, checked for type and name and written into the structs of the C headers."""

from __future__ import annotations

import math
from ctypes import byref, sizeof
from typing import Any, Iterable, Mapping

import numpy as np

from . import _abi, _arrays
from ._errors import InputError
from ._library import check, lib
from .densities import GaussianMixture, KernelDensity

_INT32, _INT64 = 2**31 - 1, 2**63 - 1


def model_options(params: Mapping[str, Any]) -> _abi.ModelOptions:
    """Return what a model is; ranges are checked by the library."""
    options = _abi.ModelOptions()
    check(lib.jko_model_options_init(byref(options), sizeof(options)))
    options.potential = _choice_or_none(params["potential"], "potential", _abi.POTENTIAL)
    options.interaction = _choice_or_none(params["interaction"], "interaction", _abi.INTERACTION)
    options.internal = _arrays.boolean(params["internal"], "internal")
    _write_density(options.density, params["density"])
    if params["density"] is not None and not options.internal:
        raise InputError(f"density = {params['density']!r} is for the internal energy, and internal is False")
    options.scheme = _arrays.choice(params["scheme"], "scheme", _abi.SCHEME)
    options.time_varying = _arrays.boolean(params["time_varying"], "time_varying")
    widths = _widths(params["hidden"], "hidden")
    options.hidden_count = len(widths)
    options.hidden[: len(widths)] = widths
    if params["interaction_hidden"] is not None:
        widths = _widths(params["interaction_hidden"], "interaction_hidden")
        options.interaction_hidden_count = len(widths)
        options.interaction_hidden[: len(widths)] = widths
    options.activation = _arrays.choice(params["activation"], "activation", _abi.ACTIVATION)
    own = {name: params[name] for name in FEATURES}
    _write_features(options.potential_features, own)
    _write_features(options.interaction_features, _interaction_features(params["interaction_features"], own))
    if params["interaction_features"] is not None and params["interaction"] is None:
        raise InputError("interaction_features are given, and interaction is None: there is no U to have them")
    return options


def _choice_or_none(value: Any, name: str, known: Mapping[str, int]) -> int:
    """Return the code of a name, or that of "none" for None."""
    if value is None:
        return known["none"]
    return _arrays.choice(value, name, {key: code for key, code in known.items() if key != "none"})


def _write_density(options: _abi.DensityOptions, estimator: Any) -> None:
    """Write the parameters of an estimator, which is not fitted itself."""
    if estimator is None:
        return
    if not isinstance(estimator, (GaussianMixture, KernelDensity)):
        raise TypeError(f"density must be a GaussianMixture, a KernelDensity or None, got {estimator!r}")
    estimator._write(options)
    options.seed = 0
    if options.absolute_regularization != 0:
        raise InputError("density has reg_covar, an absolute length; in a model it must be None")


def density_names(estimator: Any) -> dict[str, str]:
    """Return what an estimator calls the options of a density."""
    if not isinstance(estimator, GaussianMixture):
        return {}
    return {theirs: ours for theirs, ours in estimator._names().items() if theirs not in ("points", "weights", "start")}


#: The parameters that say which features a linear energy has.
FEATURES = (
    "polynomial_degree",
    "polynomial_total",
    "trigonometric",
    "radial",
    "radial_grid",
    "radial_centers",
    "radial_width",
    "fourier_features",
    "fourier_scale",
    "fourier_coordinates",
    "time_degree",
)


def _interaction_features(given: Any, own: dict[str, Any]) -> dict[str, Any]:
    """Return the features of U: those of V, changed by what is given."""
    if given is None:
        return own
    if not isinstance(given, Mapping):
        raise TypeError(f"interaction_features must be a dict of feature parameters or None, got {given!r}")
    for name in given:
        if name not in FEATURES or name == "time_degree":
            known = ", ".join(feature for feature in FEATURES if feature != "time_degree")
            raise InputError(f"interaction_features has {name!r}; its names are {known}")
    return {**own, **given}


def _write_features(options: _abi.FeatureOptions, features: Mapping[str, Any]) -> None:
    if features["polynomial_degree"] is not None:
        # The library's word for None is -1.
        options.polynomial_degree = _arrays.integer(features["polynomial_degree"], "polynomial_degree", 0, 8)
    if features["polynomial_total"] is not None:
        options.polynomial_total = _arrays.boolean(features["polynomial_total"], "polynomial_total")
    options.trigonometric = _arrays.boolean(features["trigonometric"], "trigonometric")
    options.radial = _arrays.choice(features["radial"], "radial", _abi.RADIAL)
    for name in ("radial_grid", "radial_centers", "fourier_features", "fourier_coordinates", "time_degree"):
        setattr(options, name, _arrays.integer(features[name], name, -_INT32, _INT32))
    for name in ("radial_width", "fourier_scale"):
        setattr(options, name, _arrays.real(features[name], name))


def fit_options(params: Mapping[str, Any]) -> _abi.FitOptions:
    """Return how a model is fitted; ranges are checked by the library."""
    options = _abi.FitOptions()
    check(lib.jko_fit_options_init(byref(options), sizeof(options)))
    for name in ("epochs", "batch_size"):
        setattr(options, name, _arrays.integer(params[name], name, -_INT64, _INT64))
    for name in ("learning_rate", "clip_norm"):
        setattr(options, name, _arrays.real(params[name], name))
    _write_training(options, params)
    samples = params["interaction_samples"]
    if samples is not None:
        options.interaction_samples = _arrays.integer(samples, "interaction_samples", 2, _INT64)
    _write_ridge(options, params["ridge"])
    options.error_bars = _choice_or_none(params["error_bars"], "error_bars", _abi.ERROR_BARS)
    options.bootstrap_samples = _arrays.integer(params["bootstrap_samples"], "bootstrap_samples", -_INT64, _INT64)
    options.coupling = _arrays.choice(params["coupling"], "coupling", _abi.PLAN_METHOD)
    entropic_options(options, params["coupling"], params["epsilon"], params["marginal_relaxation"])
    options.plan_tolerance = _arrays.real(params["plan_tolerance"], "plan_tolerance")
    options.plan_max_iterations = _arrays.integer(params["plan_max_iterations"], "plan_max_iterations", -_INT64, _INT64)
    options.precision = _arrays.choice(params["dtype"], "dtype", _abi.DTYPE)
    options.seed = _arrays.seed(params["random_state"])
    return options


def _write_ridge(options: _abi.FitOptions, ridge: Any) -> None:
    if ridge is None:
        return
    if isinstance(ridge, str):
        options.ridge_method = _arrays.choice(ridge, "ridge", {"gcv": _abi.RIDGE_METHOD["cross_validated"]})
        return
    if isinstance(ridge, (bool, np.bool_)):
        raise TypeError(f"ridge must be a number, 'gcv' or None, got {ridge!r}")
    options.ridge = _arrays.real(ridge, "ridge")
    # Of negative numbers the library takes one, RIDGE_USUAL, for None.
    if not options.ridge >= 0:
        raise InputError(f"ridge = {ridge!r} is not a number of at least 0")


def entropic_options(options: Any, method: str, epsilon: Any, relaxation: Any) -> None:
    """Write epsilon and the strengths of relaxed marginals, which belong to each other and to a method."""
    if method == "exact" and epsilon is not None:
        raise InputError(f"epsilon = {epsilon!r} is for entropic plans; an exact one has none")
    if method != "unbalanced" and relaxation is not None:
        raise InputError(f"marginal_relaxation = {relaxation!r} is for unbalanced plans; the marginals of others hold")
    if epsilon is not None:
        options.epsilon = _arrays.real(epsilon, "epsilon")
        if options.epsilon == 0:
            raise InputError("epsilon = 0 is not positive; None chooses it, and exact plans do without")
    if method == "unbalanced":
        if relaxation is None:
            raise InputError("marginal_relaxation is missing: it is None; unbalanced plans need it")
        pair = relaxation if isinstance(relaxation, (tuple, list)) else (relaxation, relaxation)
        if len(pair) != 2:
            raise InputError(f"marginal_relaxation has {len(pair)} numbers; it must be one, or a pair for x and y")
        for name, value in zip(("relaxation_x", "relaxation_y"), pair):
            setattr(options, name, _arrays.real(value, "marginal_relaxation"))


def _write_training(options: _abi.FitOptions, params: Mapping[str, Any]) -> None:
    options.schedule = _arrays.choice(params["schedule"], "schedule", _abi.SCHEDULE)
    options.last_layer = _arrays.choice(params["last_layer"], "last_layer", _abi.LAST_LAYER)
    options.validation = _choice_or_none(params["validation"], "validation", _abi.VALIDATION)
    for name in ("final_rate", "validation_fraction"):
        setattr(options, name, _arrays.real(params[name], name))
    for name in ("last_layer_every", "validation_every", "patience", "checkpoint_every"):
        setattr(options, name, _arrays.integer(params[name], name, -_INT64, _INT64))
    options.resume = _arrays.boolean(params["resume"], "resume")
    if params["checkpoint"] is not None:
        options.checkpoint = _arrays.path(params["checkpoint"], "checkpoint")
    elif options.resume:
        raise InputError("resume = True needs a checkpoint, which is None")


def constructor_parameters(description: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any]:
    """Return the parameters that a model's description carries."""
    said = {**description["model"], **description["fit"]}
    said["dtype"], said["random_state"] = said.pop("precision"), said.pop("seed")
    if said["coupling"] == "unbalanced":
        pair = tuple(math.inf if said[name] is None else said[name] for name in ("relaxation_x", "relaxation_y"))
        said["marginal_relaxation"] = pair if pair[0] != pair[1] else pair[0]
    if isinstance(said["error_bars"], int):
        said["error_bars"], said["bootstrap_samples"] = "bootstrap", said["error_bars"]
    if said.get("interaction_features") is not None:
        features = _features(said.pop("interaction_features"))
        if said["potential"] != "linear":
            said.update(features)
        elif features != _features(said):
            said["interaction_features"] = features
    if said.get("density") is not None:
        said["density"] = _density(said["density"])
        if repr(said["density"]) == repr(_density(_DEFAULT_DENSITY)):
            said["density"] = None
    for name in ("hidden", "interaction_hidden"):
        if name in said:
            said[name] = tuple(said[name])
    if "interaction_activation" in said:
        said["activation"] = said["interaction_activation"]
    if said.get("interaction_hidden") == said.get("hidden"):
        said.pop("interaction_hidden", None)
    if said.get("polynomial_degree") == -1:
        said["polynomial_degree"] = None
    return {name: said[name] for name in known if name in said}


def _features(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the features of U as they are given to the constructor."""
    features = {name: said[name] for name in FEATURES if name in said and name != "time_degree"}
    if features["polynomial_degree"] == -1:
        features["polynomial_degree"] = None
    return features


#: What a model says of the density that it takes by itself.
_DEFAULT_DENSITY = {
    "density": "mixture",
    "components": None,
    "max_components": 10,
    "covariance": "full",
    "restarts": 3,
    "tolerance": 1e-5,
    "max_iterations": 1000,
}


def _density(said: Mapping[str, Any]) -> GaussianMixture | KernelDensity:
    """Return the estimator that a model's description has."""
    if said["density"] == "kernel":
        shape = said["covariance"] if isinstance(said["bandwidth"], str) else "full"
        return KernelDensity(said["bandwidth"], covariance_type=shape)
    components = "bic" if said["components"] is None else said["components"]
    return GaussianMixture(
        components,
        covariance_type={"full": "full", "diagonal": "diag"}[said["covariance"]],
        tol=said["tolerance"],
        max_iter=said["max_iterations"],
        n_init=said["restarts"],
        max_components=10 if said["max_components"] is None else said["max_components"],
    )


def _widths(hidden: Any, name: str) -> list[int]:
    if isinstance(hidden, (str, bytes)):
        raise TypeError(f"{name} must be a sequence of integers, got a string")
    try:
        widths = list(hidden)
    except TypeError:
        widths = [hidden]
    if not 1 <= len(widths) <= _abi.MAX_HIDDEN_LAYERS:
        raise InputError(f"{name} has {len(widths)} layers; it must have 1 to {_abi.MAX_HIDDEN_LAYERS}")
    return [_arrays.integer(width, name, -_INT32, _INT32) for width in widths]
