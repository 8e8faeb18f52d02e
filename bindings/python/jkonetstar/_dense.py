"""Sparse matrices made dense, unless they are too large."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np

from . import _notices
from ._errors import InputError

#: A sparse matrix that takes more bytes than this as an array is refused.
_DENSE_BYTES = 1 << 30


def dense(X: Any, name: str) -> Any:
    """Return a sparse matrix as an array, unless that would be too large; anything else as it is."""
    # The arrays of AnnData views have such a method, too, and are arrays all the same.
    if not hasattr(X, "toarray") or isinstance(X, np.ndarray):
        return X
    require_room(X.shape, X.dtype.itemsize, name)
    shape = " x ".join(f"{count:,}" for count in X.shape)
    _notices.notice(f"{name} is sparse and was made dense: {shape} numbers; principal components are often better")
    return X.toarray()


def require_room(shape: Sequence[int], size: int, name: str) -> None:
    """Refuse a matrix of so many numbers, of so many bytes each, that is too large to be made dense."""
    count = size
    for length in shape:
        count *= int(length)
    if count > _DENSE_BYTES:
        raise InputError(
            f"{name} is sparse, and would take {count / 2**30:.3g} GiB as an array, more than {_DENSE_BYTES >> 30} "
            "GiB; reduce it to principal components first (sklearn.decomposition.TruncatedSVD), or pass "
            f"{name}.toarray() if it is meant"
        )
