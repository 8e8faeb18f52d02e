"""What the parameters of an estimator mean together; those that would have no effect where they stand are refused."""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple, Union

import numpy as np

from . import _abi, _arrays
from ._errors import InputError
from ._parameters import same
from .coupling import Sinkhorn, Unbalanced
from .energies import LARGEST_GRID, MLP, Linear, Radial
from .error_bars import Bootstrap
from .gaussian_mixture import GaussianMixture
from .growth_rates import GrowthRates
from .kernel_density import KernelDensity
from .training import LBFGS, Adam, ClosedForm

Term = Union[MLP, Linear, None]
Density = Union[GaussianMixture, KernelDensity, None]
Training = Union[Adam, LBFGS, ClosedForm]

#: The strings that stand for objects.
SHORTHANDS: dict[str, dict[Any, Any]] = {
    "potential": {"mlp": MLP, "linear": Linear},
    "interaction": {"mlp": MLP, "linear": Linear},
    "internal": {True: lambda: GaussianMixture("bic")},
    "coupling": {"sinkhorn": Sinkhorn, "unbalanced": Unbalanced},
    "training": {"adam": Adam, "lbfgs": LBFGS, "closed_form": ClosedForm},
    "error_bars": {"bootstrap": Bootstrap},
}
#: Parameters of the estimator that stand for those of `Adam`.
ADAM = ("epochs", "batch_size", "learning_rate", "interaction_samples")


class Specification(NamedTuple):
    """An energy and how it is fitted, every part an object, or None for what is not there."""

    potential: Term
    interaction: Term
    internal: Density
    time_varying: bool | None
    scheme: str | None
    coupling: Sinkhorn | Unbalanced | None
    training: Training
    error_bars: str | Bootstrap | None
    rollout_weight: float | None
    random_state: Any
    growth: GrowthRates | None = None

    @property
    def networks(self) -> dict[str, MLP]:
        """V and U, as far as they are networks."""
        terms = {"potential": self.potential, "interaction": self.interaction}
        return {name: term for name, term in terms.items() if isinstance(term, MLP)}


def specification(params: Mapping[str, Any]) -> Specification:
    """Return what an estimator's own parameters mean."""
    terms = {name: _term(params[name], name) for name in ("potential", "interaction")}
    found = Specification(
        potential=terms["potential"],
        interaction=terms["interaction"],
        internal=_density(params["internal"]),
        time_varying=_optional_boolean(params["time_varying"], "time_varying"),
        scheme=None if params["scheme"] is None else _scheme(params["scheme"]),
        coupling=_coupling(params["coupling"]),
        training=_training(params["training"], terms),
        error_bars=_error_bars(params["error_bars"]),
        rollout_weight=params["rollout_weight"],
        random_state=params["random_state"],
    )
    found = _with_hidden(found, params)
    found = _with_steps(found, params)
    _check(found)
    return found


def default_training(potential: Any, interaction: Any) -> Training:
    """Return how an energy is fitted if nothing else is said."""
    return Adam() if isinstance(potential, MLP) or isinstance(interaction, MLP) else ClosedForm()


def _optional_boolean(value: Any, name: str) -> bool | None:
    return None if value is None else _arrays.boolean(value, name)


def _scheme(value: Any) -> str:
    return _word(value, "scheme", tuple(name for name in _abi.SCHEME if name != "usual"), " or None")


def _term(value: Any, name: str) -> Term:
    if value is None or isinstance(value, (MLP, Linear)):
        return value
    if isinstance(value, str) and value in SHORTHANDS[name]:
        return SHORTHANDS[name][value]()  # type: ignore[no-any-return]
    raise InputError(f"{name} = {value!r} is not known; it must be 'mlp' or 'linear', an MLP, a Linear or None")


def _density(value: Any) -> Density:
    if isinstance(value, (GaussianMixture, KernelDensity)):
        return value
    if isinstance(value, (bool, np.bool_, int, np.integer)):
        return GaussianMixture("bic") if _arrays.boolean(value, "internal") else None
    got = _arrays.quoted(value)
    raise TypeError(f"internal must be True or False, a GaussianMixture or a KernelDensity, got {got}")


def _coupling(value: Any) -> Sinkhorn | Unbalanced | None:
    if isinstance(value, (Sinkhorn, Unbalanced)):
        return value
    _word(value, "coupling", ("exact", "sinkhorn", "unbalanced"), ", a Sinkhorn or an Unbalanced")
    return None if value == "exact" else Unbalanced() if value == "unbalanced" else Sinkhorn()


def _training(value: Any, terms: Mapping[str, Term]) -> Training:
    if isinstance(value, (Adam, LBFGS, ClosedForm)):
        return value
    if value is None:
        return default_training(**terms)
    _word(value, "training", tuple(SHORTHANDS["training"]), ", an Adam, LBFGS or ClosedForm, or None")
    return SHORTHANDS["training"][value]()  # type: ignore[no-any-return]


def _error_bars(value: Any) -> str | Bootstrap | None:
    if value is None or isinstance(value, Bootstrap):
        return value
    _word(value, "error_bars", ("influence", "bootstrap"), ", a Bootstrap or None")
    return Bootstrap() if value == "bootstrap" else "influence"


def _word(value: Any, name: str, known: Any, others: str = "") -> str:
    if isinstance(value, str) and value in known:
        return value
    listed = (", " if others else " or ").join(repr(word) for word in known)
    raise InputError(f"{name} = {value!r} is not known; it must be {listed}{others}")


def _with_hidden(found: Specification, params: Mapping[str, Any]) -> Specification:
    """Give the networks the widths that the estimator has for them."""
    hidden = params["hidden"]
    if hidden is None:
        return found
    if not found.networks:
        raise InputError(
            f"hidden = {hidden!r} has no effect: potential = {params['potential']!r} and "
            f"interaction = {params['interaction']!r} have no network"
        )
    made: dict[str, Any] = {}
    for name, network in found.networks.items():
        made[name] = MLP(hidden, network.activation)
        if params[name] is network and not _same_widths(made[name], network):
            raise InputError(
                f"hidden = {hidden!r} contradicts {name} = {network!r}, whose hidden is {network.hidden!r}; "
                "set one of them"
            )
    return found._replace(**made)


def _same_widths(one: MLP, other: MLP) -> bool:
    return one._widths("hidden") == other._widths("hidden")


def _with_steps(found: Specification, params: Mapping[str, Any]) -> Specification:
    """Give Adam what the estimator has for it."""
    given = {name: params[name] for name in ADAM if params[name] is not None}
    training = found.training
    for name, value in given.items():
        if not isinstance(training, Adam):
            said = f"training = {params['training']!r}"
            if params["training"] is None:
                said = f"potential = {found.potential!r} and interaction = {found.interaction!r} have no network"
            hint = "; LBFGS has max_iter" if isinstance(training, LBFGS) and name == "epochs" else ""
            raise InputError(f"{name} = {value!r} has no effect: it is for Adam, and {said}{hint}")
        if params["training"] is training and not same(getattr(training, name), value):
            raise InputError(
                f"{name} = {value!r} contradicts training = {training!r}, whose {name} is "
                f"{getattr(training, name)!r}; set one of them"
            )
    if given and isinstance(training, Adam):
        everything = {**training.get_params(deep=False), **given}
        return found._replace(training=Adam(**everything))
    return found


def _check(found: Specification) -> None:
    """Refuse what would have no effect on an energy as it is."""
    networks, training = found.networks, found.training
    if networks and isinstance(training, ClosedForm):
        raise InputError(f"training = {training!r} is for linear energies, and {next(iter(networks))} is a network")
    if not networks and not isinstance(training, ClosedForm):
        raise InputError(
            f"training = {training!r} is for networks; potential = {found.potential!r} and "
            f"interaction = {found.interaction!r} are none"
        )
    if networks:
        _check_ensemble(found, next(iter(networks)))
    if found.error_bars == "influence":
        if found.scheme is None and (found.interaction is not None or found.internal is not None):
            raise InputError(
                f"error_bars = 'influence' is not for the midpoint scheme, that of interaction = "
                f"{found.interaction!r} and internal = {found.internal!r} if scheme is None; 'bootstrap' is"
            )
        for name, part, known in (
            ("coupling", found.coupling, "exact plans"),
            ("internal", found.internal, "Gaussian mixtures"),
        ):
            if isinstance(part, (Sinkhorn, Unbalanced, KernelDensity)):
                raise InputError(
                    f"error_bars = 'influence' is for {known}, and {name} = {part!r}; 'bootstrap' takes any"
                )
    if isinstance(training, Adam) and training.interaction_samples is not None and "interaction" not in networks:
        raise InputError(
            f"interaction_samples = {training.interaction_samples!r} has no effect: "
            f"interaction = {found.interaction!r} is not a network"
        )
    if isinstance(training, LBFGS) and found.rollout_weight is not None:
        raise InputError(
            f"rollout_weight = {found.rollout_weight!r} has no effect: training = {training!r} descends one objective, "
            "that of the observed steps"
        )
    _check_time(found)
    _check_density(found.internal)


def _check_ensemble(found: Specification, network: str) -> None:
    """Refuse error bars that a network, the term of this name, cannot have."""
    bars, training = found.error_bars, found.training
    if bars == "influence":
        raise InputError(
            f"error_bars = 'influence' is for closed forms, and {network} is a network; 'bootstrap' takes any"
        )
    if bars is not None and isinstance(training, LBFGS):
        raise InputError(f"error_bars = {bars!r} of networks is for Adam, and training = {training!r}")
    if bars is not None and isinstance(training, Adam) and training.checkpoint is not None:
        raise InputError(
            f"error_bars = {bars!r} trains several networks, and checkpoint = {training.checkpoint!r} holds one; "
            "use one of the two"
        )


def _check_time(found: Specification) -> None:
    for name, term in (("potential", found.potential), ("interaction", found.interaction)):
        if isinstance(term, Linear) and term.time_degree is not None:
            said = f"time_degree = {term.time_degree!r} of {name} has no effect"
            if name == "interaction":
                raise InputError(f"{said}: U is constant in time")
            if not found.time_varying:
                raise InputError(f"{said}: time_varying is {found.time_varying}, and V constant")


def check_dimension(found: Specification, d: int) -> None:
    """Refuse what would have no effect in so many coordinates."""
    for name, term in (("potential", found.potential), ("interaction", found.interaction)):
        radial = term._meant("radial") if isinstance(term, Linear) else None
        if isinstance(radial, Radial) and radial.centres is not None:
            size = _arrays.integer(radial.grid, "radial.grid", 1, 100) ** d
            if size <= LARGEST_GRID:
                raise InputError(
                    f"radial.centres = {radial.centres!r} of {name} has no effect: "
                    f"in {_arrays.plural(d, 'coordinate')} grid = {radial.grid} has {size:,} centres; "
                    "they are drawn where it has more than 3,000"
                )


def _check_density(density: Density) -> None:
    """Refuse what concerns a density only where it is fitted by itself."""
    if not isinstance(density, GaussianMixture):
        return
    for name in ("weights_init", "means_init", "precisions_init", "reg_covar"):
        if getattr(density, name) is not None:
            raise InputError(f"{name} of internal must be None in a model: its snapshots have densities of their own")
    if not same(density.random_state, 0):
        raise InputError(
            f"random_state = {density.random_state!r} of internal has no effect: random_state of the model seeds it"
        )
