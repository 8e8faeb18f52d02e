"""The options of `jkonetstar fit`, each a key of the TOML file."""

from __future__ import annotations

from typing import Any

from ._arguments import Flag, integers, numbers

_TERMS = ("mlp", "linear", "none")


def _truth(text: str) -> Any:
    known = {"yes": True, "no": False, "auto": "auto"}
    if text not in known:
        raise ValueError(f"{text!r} is not yes, no or auto")
    return known[text]


def _ridge(text: str) -> Any:
    return text if text == "gcv" else float(text)


def _masses(text: str) -> Any:
    return text if text in ("sizes", "unknown") else numbers(text)


_SCHEMES = ("explicit", "implicit", "midpoint", "auto")

ENERGY = (
    Flag("--potential", "model.potential", str, "KIND", "V, the energy of a place (default: mlp)", _TERMS),
    Flag("--interaction", "model.interaction", str, "KIND", "U, the energy of a pair (default: none)", _TERMS),
    Flag(
        "--internal",
        "model.internal",
        str,
        "KIND",
        "learn the level of diffusion beta, with densities by mixtures or kernels (default: none)",
        ("mixture", "kernel", "none"),
    ),
    Flag("--time-varying", "model.time_varying", _truth, "yes|no|auto", "whether V changes in time (default: auto)"),
    Flag(
        "--scheme",
        "model.scheme",
        str,
        "SCHEME",
        "where the condition is asked (default: auto)",
        _SCHEMES,
    ),
    Flag("--hidden", "model.hidden", integers, "N,N", "widths of the networks (default: 64,64)"),
    Flag("--polynomial-degree", "model.potential.polynomial_degree", int, "N", "linear V: degree of its monomials"),
    Flag("--radial", "model.potential.radial", str, "NAME", "linear V: its radial functions, or none"),
    Flag("--fourier", "model.potential.fourier", int, "N", "linear V: so many random Fourier features"),
)
FITTING = (
    Flag(
        "--coupling",
        "model.coupling",
        str,
        "KIND",
        "plans between snapshots (default: exact)",
        ("exact", "sinkhorn", "unbalanced"),
    ),
    Flag("--epsilon", "model.coupling.epsilon", float, "E", "entropic plans: weight of the entropy, in length^2"),
    Flag(
        "--training",
        "model.training",
        str,
        "KIND",
        "how the energy is fitted (default: adam for networks)",
        ("adam", "lbfgs", "closed_form"),
    ),
    Flag("--epochs", "model.epochs", int, "N", "networks: passes over the data"),
    Flag("--batch-size", "model.batch_size", int, "N", "networks: couplings per step (default: 100)"),
    Flag("--learning-rate", "model.learning_rate", float, "R", "networks: the first step size (default: 0.005)"),
    Flag("--interaction-samples", "model.interaction_samples", int, "N", "network U: pairs per coupling"),
    Flag("--rollout-weight", "model.rollout_weight", float, "W", "networks: share of steps that begin at predictions"),
    Flag(
        "--validation",
        "model.training.validation",
        str,
        "KIND",
        "networks: held-out particles choose the epoch",
        ("loss", "emd"),
    ),
    Flag("--ridge", "model.training.ridge", _ridge, "R|gcv", "linear energies: the ridge"),
    Flag(
        "--error-bars",
        "model.error_bars",
        str,
        "KIND",
        "where standard errors come from (default: none)",
        ("influence", "bootstrap", "none"),
    ),
    Flag("--bootstrap", "model.error_bars.samples", int, "N", "error bars from N fits to particles drawn anew"),
    Flag("--checkpoint", "model.training.checkpoint.path", str, "FILE", "networks: keep the state of training there"),
    Flag("--random-state", "model.random_state", int, "SEED", "seed of all that is random (default: 0)"),
)
GROWTH = (
    Flag(
        "--total-mass",
        "growth.total_mass",
        _masses,
        "M0,M1,..",
        "cells divide or die: their number at each time, or sizes, or unknown",
    ),
    Flag("--prior", "growth.prior", str, "COLUMN", "the growth rate that is expected of each point, in 1/time"),
    Flag("--growth", "growth.file", str, "GROWTH", "take the growth of this file, of a growth or a model"),
)
