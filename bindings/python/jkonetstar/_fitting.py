"""From a specification and snapshots to an energy, and what there is to warn of."""

from __future__ import annotations

import copy
from ctypes import POINTER, byref, c_int32
from typing import Callable

import numpy as np

from . import _abi, _arrays, _lbfgs
from ._advice import advise
from ._calls import LongCall
from ._energy import Energy
from ._errors import ExtrapolationWarning, IdentifiabilityWarning, InputError
from ._heeded import heeded
from ._library import check, lib
from ._model_options import argument_names, fit_options, model_options
from ._objective import NetworkObjective
from ._specification import Specification, check_dimension
from .growth import Growth
from .growth_rates import GrowthRates
from .observability import Observability
from .snapshots import Snapshots
from .training import LBFGS


def fit(found: Specification, series: Snapshots, calls: Callable[[], LongCall], keep: Callable[[Energy], None]) -> None:
    """Fit an energy and give it to `keep`, also where training is interrupted, before the interrupt is delivered."""
    check_dimension(found, series.dimension)
    if isinstance(found.training, LBFGS):
        _descend(found, found.training, series, calls, keep)
    else:
        _fit(found, series, calls, keep)


def growth_of(series: Snapshots, growth: object) -> GrowthRates | None:
    """Return the growth that a fit was given, fitted to the same snapshots if it was not fitted before."""
    if growth is None:
        return None
    if not isinstance(growth, GrowthRates):
        raise TypeError(f"growth must be a Growth, such as jk.Growth(), got {type(growth).__name__}")
    if isinstance(growth, Growth) and not hasattr(growth, "n_features_in_"):
        return copy.deepcopy(growth).fit(series)
    growth._coordinates.check_names(series)
    if growth.n_features_in_ != series.dimension:
        own, given = (_arrays.plural(count, "coordinate") for count in (growth.n_features_in_, series.dimension))
        raise InputError(f"growth has {own}, the snapshots have {given}", "JKO_ESHAPE")
    known, gap = growth.times_, np.diff(series.times).max()
    if series.times[0] < known[0] - gap or series.times[-1] > known[-1] + gap:
        advise(
            f"growth was learned from times {known[0]:.6g} to {known[-1]:.6g}, the snapshots are of times "
            f"{series.times[0]:.6g} to {series.times[-1]:.6g}, where its rates are extrapolated",
            ["growth of these snapshots, growth=jk.Growth()", "the same unit of time for both"],
            "growth-of-other-times",
            ExtrapolationWarning,
        )
    return growth


def _fit(
    found: Specification, series: Snapshots, calls: Callable[[], LongCall], keep: Callable[[Energy], None]
) -> None:
    as_made, as_fitted, names = model_options(found), fit_options(found), argument_names(found.internal)
    handle = POINTER(_abi.Model)()
    check(lib.jko_model_create(byref(as_made), byref(handle)), **names)
    energy = Energy(handle)
    with calls() as call:
        as_fitted.progress = call.progress
        status = lib.jko_model_fit(handle, series._handle, byref(as_fitted))
        if energy.info.fitted:
            keep(energy)
    call.finish(status, **names)


def _descend(
    found: Specification,
    training: LBFGS,
    series: Snapshots,
    calls: Callable[[], LongCall],
    keep: Callable[[Energy], None],
) -> None:
    iterations = training._iterations()
    _lbfgs.scipy()
    objective = NetworkObjective(found, series, calls())
    with calls() as call:
        energy = _lbfgs.fit(objective, iterations, call)
        if energy is not None:
            keep(energy)
    call.finish(0)


def add(energy: Energy, found: Specification, series: Snapshots, calls: Callable[[], LongCall]) -> Energy:
    """Return the linear energy that is solved from what another one was, and from more snapshots."""
    options, sums = fit_options(found), POINTER(_abi.NormalEquations)()
    check(lib.jko_normal_equations_create(energy.handle, byref(sums)))
    try:
        check(lib.jko_normal_equations_merge_model(sums, energy.handle))
        with calls() as call:
            options.progress = call.progress
            status = lib.jko_normal_equations_accumulate(sums, series._handle, byref(options))
        call.finish(status, **argument_names(found.internal))
        handle = POINTER(_abi.Model)()
        with calls() as call:
            options.progress = call.progress
            status = lib.jko_normal_equations_solve(sums, byref(options), byref(handle))
        call.finish(status)
    finally:
        lib.jko_normal_equations_destroy(sums)
    return Energy(handle)


def advise_on_terms(energy: Energy, found: Specification) -> bool | None:
    """Warn of terms that the data cannot tell from the others, and of a negative beta; called by `fit`.

    Returns whether the terms of a linear energy can be told apart; None where there are not several.
    """
    if found.internal is not None:
        beta = energy.number(lib.jko_model_beta)
        if beta < 0:
            advise(
                f"beta = {beta:.3g} is negative, which no diffusion has; predictions take it for 0. The sampling noise "
                "of snapshots can do that where they are small or close in time",
                ["internal=False", "snapshots with more particles, or further apart in time"],
                "negative-beta",
            )
    terms = [term for term in (found.potential, found.interaction, found.internal) if term is not None]
    if found.networks or len(terms) < 2:
        return None
    identified = c_int32()
    heeded(lib.jko_model_identified, energy.handle, byref(identified))
    if not identified:
        report = Observability(energy.text(lib.jko_model_observability))
        advise(report.sentence.rstrip("."), _without(found), "terms-alike", IdentifiabilityWarning)
    return bool(identified)


def _without(found: Specification) -> list[str]:
    """Return what makes terms identifiable: to leave one out, or to see them act differently."""
    drop = "internal=False" if found.internal is not None else "interaction=None"
    if found.potential is not None and found.interaction is not None:
        drop = "interaction=None"
    return [drop, "snapshots in which the population changes its shape, not only its place or its width"]
