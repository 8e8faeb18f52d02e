"""The owner of one objective on the C side."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _arrays
from ._calls import LongCall
from ._energy import Energy
from ._handles import go_with
from ._heeded import heeded, under
from ._library import check, lib
from ._model_options import argument_names, fit_options, model_options
from ._specification import Specification, check_dimension
from .snapshots import Snapshots


class NetworkObjective:
    """Owns a `jko_objective`: what the networks of a specification are trained on."""

    def __init__(self, found: Specification, series: Snapshots, call: LongCall) -> None:
        check_dimension(found, series.dimension)
        as_made, as_fitted = model_options(found), fit_options(found)
        names = argument_names(found.internal)
        handle = POINTER(_abi.Model)()
        check(lib.jko_model_create(byref(as_made), byref(handle)), **names)
        unfitted = Energy(handle)
        self._handle = POINTER(_abi.Objective)()
        with call:
            as_fitted.progress = call.progress
            status = lib.jko_objective_create(unfitted.handle, series._handle, byref(as_fitted), byref(self._handle))
            go_with(self, self._handle, "jko_objective_destroy")
        call.finish(status, **names)

    def __len__(self) -> int:
        return int(lib.jko_objective_parameter_count(self._handle))

    def initial_parameters(self) -> NDArray[np.float64]:
        parameters = _arrays.output(len(self))
        check(lib.jko_objective_initial_parameters(self._handle, _arrays.view(parameters)))
        return parameters

    def evaluate(self, call: LongCall, parameters: ArrayLike) -> tuple[int, float, NDArray[np.float64]]:
        """Return status, value and gradient; `call` may stop it."""
        value, gradient = c_double(), _arrays.output(len(self))
        given = _arrays.view(_arrays.vector(parameters, "parameters"))
        function = lib.jko_objective_value_and_gradient
        status = under(call, function, self._handle, given, byref(value), _arrays.view(gradient))
        return status, value.value, gradient

    def energy(self, parameters: ArrayLike, history: Any = None) -> Energy:
        """Return the fitted energy that parameters make."""
        handle = POINTER(_abi.Model)()
        given = _arrays.view(_arrays.vector(parameters, "parameters"))
        losses = None if history is None else _arrays.view(_arrays.vector(history, "history"))
        heeded(lib.jko_objective_model, self._handle, given, losses, byref(handle))
        return Energy(handle)
