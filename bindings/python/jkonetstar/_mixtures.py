"""Mixtures of given parameters."""

from __future__ import annotations

from ctypes import POINTER, byref
from typing import Any, Mapping

import numpy as np
from numpy.typing import NDArray

from . import _abi, _arrays
from ._density import Owner
from ._errors import InputError
from ._library import check, lib


def start(given: Mapping[str, Any], components: Any, covariance: int) -> Owner | None:
    """Return the mixture that weights, means and precisions, by their names, make; None where none of them is given."""
    names = list(given)
    missing = [name for name in names if given[name] is None]
    if len(missing) == 3:
        return None
    if missing:
        raise InputError(f"{missing[0]} is missing: of {', '.join(names)} all are given, or none")
    weights, means = _arrays.vector(given[names[0]], names[0]), _arrays.points(given[names[1]], names[1])
    precisions = _arrays.numbers(given[names[2]], names[2])
    k, d = means.shape
    if components not in (k, "bic"):
        raise InputError(f"means_init has {k} rows; n_components = {components!r}", "JKO_ESHAPE")
    expected = (k, d, d) if covariance == _abi.COVARIANCE["full"] else (k, d)
    if precisions.shape != expected:
        raise InputError(f"precisions_init has shape {precisions.shape}; it must be {expected}", "JKO_ESHAPE")
    if not np.isfinite(precisions).all():
        raise InputError("precisions_init has a number that is not finite", "JKO_ENONFINITE")
    try:
        full = precisions if precisions.ndim == 3 else precisions[:, :, None] * np.eye(d)
        inverses = np.linalg.inv(full)
    except np.linalg.LinAlgError:
        raise InputError("precisions_init has a matrix without an inverse") from None
    covariances = (inverses + inverses.transpose(0, 2, 1)) / 2
    called = {"weights": names[0], "means": names[1], "covariances": "the inverses of precisions_init"}
    return mixture(weights, means, covariances, covariance, **called)


def mixture(
    weights: NDArray[Any], means: NDArray[Any], covariances: NDArray[Any], covariance: int, /, **names: str
) -> Owner:
    """Return a mixture; `names` says what the caller calls its parameters."""
    stacked = np.ascontiguousarray(covariances).reshape(-1, means.shape[1])
    handle = POINTER(_abi.Density)()
    status = lib.jko_density_from_mixture(
        _arrays.view(weights), _arrays.view(means), _arrays.view(stacked), covariance, byref(handle)
    )
    check(status, **names)
    return Owner(handle)
