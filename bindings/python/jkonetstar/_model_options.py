"""A specification written into the structs of the C headers, and what these call things."""

from __future__ import annotations

from ctypes import Structure, byref, pointer, sizeof
from typing import Any, TypeVar

from . import _abi, _arrays
from ._library import check, lib
from ._specification import Density, Specification, Term
from .coupling import RELAXATION_NAMES
from .energies import MLP, Linear
from .error_bars import Bootstrap
from .gaussian_mixture import GaussianMixture
from .training import Adam, ClosedForm

_Options = TypeVar("_Options", bound=Structure)

#: What Python calls the members of options, by their path in C.
_NAMES = {
    "seed": "random_state",
    "path": "checkpoint",
    "precision": "dtype",
    "training->validation_fraction": "validation.fraction",
    "training->validation_every": "validation.every",
    "training->patience": "validation.patience",
    "training->checkpoint_every": "checkpoint.every",
    "training->last_layer_every": "last_layer.every",
    "transport->tolerance": "coupling.tolerance",
    "transport->max_iterations": "coupling.max_iterations",
    "interaction_network->hidden": "interaction.hidden",
    "interaction_network->hidden_count": "interaction.hidden",
    "potential_network->hidden_count": "hidden",
    "radial_grid": "radial.grid",
    "radial_centres": "radial.centres",
    "radial_width": "radial.width",
    "fourier_features": "fourier.features",
    "fourier_scale": "fourier.scale",
    "fourier_coordinates": "fourier.coordinates",
    "bootstrap_samples": "error_bars.samples",
    **RELAXATION_NAMES,
}


def model_options(found: Specification) -> _abi.ModelOptions:
    """Return what a model is; ranges are checked by the library."""
    options = _filled(_abi.ModelOptions(), lib.jko_model_options_init)
    options.potential = _abi.PARAMETRISATION[_kind(found.potential)]
    options.interaction = _abi.PARAMETRISATION[_kind(found.interaction)]
    options.scheme = _abi.SCHEME[found.scheme or "usual"]
    options.time_varying = -1 if found.time_varying is None else found.time_varying
    # A struct keeps what its pointers point to.
    if isinstance(found.potential, MLP):
        options.potential_network = pointer(_network(found.potential, "hidden"))
    if isinstance(found.interaction, MLP):
        options.interaction_network = pointer(_network(found.interaction, "interaction.hidden"))
    if isinstance(found.potential, Linear):
        options.potential_features = pointer(_features(found.potential))
    if isinstance(found.interaction, Linear):
        options.interaction_features = pointer(_features(found.interaction))
    if found.internal is not None:
        options.internal = 1
        density = _filled(_abi.DensityOptions(), lib.jko_density_options_init)
        found.internal._write(density)
        # The seed is that of the fit.
        density.seed = 0
        options.density = pointer(density)
    return options


def _filled(options: _Options, fill: Any) -> _Options:
    """Return options with their defaults."""
    check(fill(byref(options), sizeof(options)))
    return options


def _kind(term: Term) -> str:
    if term is None:
        return "none"
    return "network" if isinstance(term, MLP) else "linear"


def _network(network: MLP, name: str) -> _abi.NetworkOptions:
    options = _filled(_abi.NetworkOptions(), lib.jko_network_options_init)
    widths = network._widths(name)
    options.hidden_count = len(widths)
    options.hidden[: len(widths)] = widths
    options.activation = _arrays.choice(network.activation, "activation", _abi.ACTIVATION)
    return options


def _features(features: Linear) -> _abi.FeatureOptions:
    options = _filled(_abi.FeatureOptions(), lib.jko_feature_options_init)
    features._write(options)
    return options


def fit_options(found: Specification) -> _abi.FitOptions:
    """Return how a model is fitted; ranges are checked by the library."""
    options = _filled(_abi.FitOptions(), lib.jko_fit_options_init)
    if isinstance(found.training, Adam):
        training = _filled(_abi.TrainingOptions(), lib.jko_training_options_init)
        found.training._write(training, options)
        options.training = pointer(training)
    elif isinstance(found.training, ClosedForm):
        found.training._write(options)
    if found.coupling is not None:
        plans = _filled(_abi.PlanOptions(), lib.jko_plan_options_init)
        found.coupling._write(plans)
        options.transport = pointer(plans)
    if isinstance(found.error_bars, Bootstrap):
        found.error_bars._write(options)
    elif found.error_bars is not None:
        options.error_bars = _abi.ERROR_BARS["influence"]
    if found.rollout_weight is not None:
        options.rollout_weight = _arrays.real(found.rollout_weight, "rollout_weight")
    options.seed = _arrays.seed(found.random_state)
    if found.growth is not None:
        options.growth = found.growth._fitted()
    return options


def argument_names(density: Density) -> dict[str, str]:
    """Return what Python calls what the C functions are given."""
    names = {}
    if isinstance(density, GaussianMixture):
        for theirs, ours in density._names().items():
            if theirs not in ("points", "weights", "start"):
                names[theirs] = ours
    return {**names, **_NAMES}
