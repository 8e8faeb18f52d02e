"""A specification written into the structs of the C headers, and what these call things."""

from __future__ import annotations

from ctypes import byref, sizeof

from . import _abi, _arrays
from ._library import check, lib
from ._specification import Density, Specification, Term
from .densities import GaussianMixture
from .energies import MLP, Linear
from .error_bars import Bootstrap
from .training import LBFGS

#: What Python calls the members of `jko_model_options` and `jko_fit_options`.
_NAMES = {
    "seed": "random_state",
    "precision": "dtype",
    "path": "checkpoint",
    "interaction_hidden": "interaction.hidden",
    "radial_grid": "radial.grid",
    "radial_centers": "radial.centers",
    "radial_width": "radial.width",
    "fourier_features": "fourier.features",
    "fourier_scale": "fourier.scale",
    "fourier_coordinates": "fourier.coordinates",
    "potential_features": "potential",
    "interaction_features": "interaction",
    "validation_fraction": "validation.fraction",
    "validation_every": "validation.every",
    "patience": "validation.patience",
    "checkpoint_every": "checkpoint.every",
    "last_layer_every": "last_layer.every",
    "plan_tolerance": "coupling.tolerance",
    "plan_max_iterations": "coupling.max_iterations",
    "bootstrap_samples": "error_bars.samples",
}


def model_options(found: Specification) -> _abi.ModelOptions:
    """Return what a model is; ranges are checked by the library."""
    options = _abi.ModelOptions()
    check(lib.jko_model_options_init(byref(options), sizeof(options)))
    options.potential = _abi.POTENTIAL[_kind(found.potential)]
    options.interaction = _abi.INTERACTION[_kind(found.interaction)]
    options.scheme = _abi.SCHEME[found.scheme]
    options.time_varying = found.time_varying
    if found.internal is not None:
        options.internal = 1
        found.internal._write(options.density)
        # The seed is that of the fit.
        options.density.seed = 0
    for name, network in found.networks.items():
        prefix = "" if name == "potential" else "interaction_"
        widths = network._widths("hidden" if name == "potential" else "interaction.hidden")
        setattr(options, prefix + "hidden_count", len(widths))
        getattr(options, prefix + "hidden")[: len(widths)] = widths
        options.activation = _arrays.choice(network.activation, "activation", _abi.ACTIVATION)
    if isinstance(found.potential, Linear):
        found.potential._write(options.potential_features)
    if isinstance(found.interaction, Linear):
        found.interaction._write(options.interaction_features)
    return options


def _kind(term: Term) -> str:
    if term is None:
        return "none"
    return "mlp" if isinstance(term, MLP) else "linear"


def fit_options(found: Specification) -> _abi.FitOptions:
    """Return how a model is fitted; ranges are checked by the library."""
    options = _abi.FitOptions()
    check(lib.jko_fit_options_init(byref(options), sizeof(options)))
    if not isinstance(found.training, LBFGS):
        found.training._write(options)
    if found.coupling is not None:
        found.coupling._write(options)
    if isinstance(found.error_bars, Bootstrap):
        found.error_bars._write(options)
    elif found.error_bars is not None:
        options.error_bars = _abi.ERROR_BARS["influence"]
    options.seed = _arrays.seed(found.random_state)
    return options


def argument_names(density: Density) -> dict[str, str]:
    """Return what Python calls what the C functions are given."""
    names = {}
    if isinstance(density, GaussianMixture):
        for theirs, ours in density._names().items():
            if theirs not in ("points", "weights", "start"):
                names[theirs] = ours
    return {**names, **_NAMES}
