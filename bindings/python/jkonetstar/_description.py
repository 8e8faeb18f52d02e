"""The parameters of an estimator, rebuilt from what a model's file says of it."""

from __future__ import annotations

import math
from typing import Any, Mapping

from ._parameters import Parameters
from ._specification import SHORTHANDS, default_training
from .coupling import Sinkhorn, Unbalanced
from .energies import LARGEST_GRID, MLP, Fourier, Linear, Radial
from .error_bars import Bootstrap
from .gaussian_mixture import GaussianMixture
from .kernel_density import KernelDensity
from .training import Adam, ClosedForm
from .training_parts import ExactLastLayer, Validation

Said = Mapping[str, Any]


def constructor_parameters(description: Said) -> dict[str, Any]:
    """Return the parameters that a model's description carries, in strings where these say it all."""
    model, fit, d = description["model"], description["fit"], description["dimension"]
    potential = _potential(model, d)
    interaction = _interaction(model, d)
    training = _training(fit, potential, interaction)
    return {
        "potential": _shortened(potential, "potential"),
        "interaction": _shortened(interaction, "interaction"),
        "internal": _shortened(_density(model.get("density")) if model["internal"] else False, "internal"),
        "time_varying": None if model.get("time_decided") else model["time_varying"],
        "scheme": None if model.get("scheme_usual") else model["scheme"],
        "coupling": _shortened(_coupling(fit), "coupling"),
        "training": None if training == default_training(potential, interaction) else training,
        "error_bars": _error_bars(fit["error_bars"], 200 if isinstance(training, ClosedForm) else 10),
        "rollout_weight": None if fit.get("rollout_decided") else fit.get("rollout_weight", 0.0),
        "random_state": fit["seed"],
    }


def _shortened(value: Any, name: str) -> Any:
    """Return the string that stands for an object, if there is one."""
    for short, make in SHORTHANDS[name].items():
        if isinstance(value, Parameters) and value == make():
            return short
    return value


def _potential(model: Said, d: int) -> MLP | Linear | None:
    if model["potential"] == "mlp":
        return MLP(tuple(model["hidden"]), model["activation"])
    return _features(model, d, model["time_varying"]) if model["potential"] == "linear" else None


def _interaction(model: Said, d: int) -> MLP | Linear | None:
    if model.get("interaction") == "mlp":
        return MLP(tuple(model["interaction_hidden"]), model["interaction_activation"])
    return _features(model["interaction_features"], d) if model.get("interaction") == "linear" else None


def _features(said: Said, d: int, time_varying: bool = False) -> Linear:
    degree, grid, centres = said["polynomial_degree"], said["radial_grid"], said["radial_centres"]
    drawn = grid**d > LARGEST_GRID and centres != 100
    radial = Radial(said["radial"], grid, centres if drawn else None, said["radial_width"] or None)
    waves = Fourier(said["fourier_features"], said["fourier_scale"] or None, said["fourier_coordinates"] or None)
    moves = time_varying and said["time_degree"] != 3
    return Linear(
        polynomial_degree=None if degree == -1 else degree,
        polynomial_total=said["polynomial_total"] if degree else None,
        trigonometric=said["trigonometric"] and degree != 0,
        radial=_named(radial) if grid else None,
        fourier=waves if said["fourier_features"] else None,
        time_degree=said["time_degree"] if moves else None,
    )


def _named(radial: Radial) -> Any:
    return radial.function if radial == Radial(radial.function) else radial


def _training(fit: Said, potential: Any, interaction: Any) -> Adam | ClosedForm:
    if isinstance(default_training(potential, interaction), ClosedForm):
        return ClosedForm(fit["ridge"], fit.get("bias_samples", 0))
    training = Adam()
    for name in ("epochs", "batch_size", "learning_rate", "clip_norm", "schedule", "interaction_samples"):
        setattr(training, name, fit[name])
    training.dtype = fit["precision"]
    if fit["schedule"] != "constant" and fit["final_rate"] != 0.01:
        training.final_rate = fit["final_rate"]
    if fit["last_layer"] == "exact":
        exact = ExactLastLayer(fit["last_layer_every"], fit["ridge"])
        training.last_layer = "exact" if exact == ExactLastLayer() else exact
    if fit["validation"] is not None:
        held_out = Validation(fit["validation"], fit["validation_fraction"], fit["validation_every"], fit["patience"])
        training.validation = held_out.by if held_out == Validation(held_out.by) else held_out
    return training


def _coupling(fit: Said) -> Any:
    if fit["coupling"] == "exact":
        return "exact"
    entropic = (fit["epsilon"], fit["plan_tolerance"], fit["plan_max_iterations"])
    if fit["coupling"] == "sinkhorn":
        return Sinkhorn(*entropic)
    usual = {None: math.inf, 0.0: None}
    earlier, later = (usual.get(fit[name], fit[name]) for name in ("relaxation_x", "relaxation_y"))
    found = Unbalanced(earlier if earlier == later else (earlier, later), *entropic)
    return "unbalanced" if found == Unbalanced() else found


def _error_bars(said: Any, usual: int) -> Any:
    """Return the error bars that a description has, where a bootstrap usually draws so many populations."""
    if not isinstance(said, int):
        return said
    return "bootstrap" if said == usual else Bootstrap(said)


def _density(said: Said | None) -> GaussianMixture | KernelDensity:
    """Return the estimator that a model's description has."""
    if said is None:
        return GaussianMixture("bic")
    if said["density"] == "kernel":
        ruled = isinstance(said["bandwidth"], str)
        return KernelDensity(said["bandwidth"], covariance_type=said["covariance"] if ruled else "full")
    components, most = said["components"], said["max_components"]
    return GaussianMixture(
        "bic" if components is None else components,
        covariance_type="full" if said["covariance"] == "full" else "diag",
        tol=said["tolerance"],
        max_iter=said["max_iterations"],
        n_init=said["restarts"],
        max_components=None if components is not None or most == 10 else most,
    )
