"""The words that parameters take, for type checkers: a misspelt one is an error before anything runs."""

from __future__ import annotations

import datetime
from os import PathLike
from typing import Literal, Mapping, Optional, Protocol, Sequence, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

Activation = Literal["softplus", "silu", "tanh"]
BandwidthRule = Literal["scott", "silverman"]
DType = Literal["float32", "float64"]
Method = Literal["exact", "sinkhorn", "unbalanced"]
Entropic = Literal["sinkhorn", "unbalanced"]
Metric = Literal["sqeuclidean", "euclidean"]
RadialFunction = Literal[
    "gaussian", "linear", "thin_plate", "cubic", "quintic", "multiquadric", "inverse_multiquadric", "inverse_quadratic"
]
Interpolant = Literal["auto", "straight", "flow"]
Schedule = Literal["cosine", "exponential", "constant"]
Noise = Literal["beta", "residual", "none"]
Scheme = Literal["explicit", "implicit", "midpoint"]
ValidatedBy = Literal["loss", "emd"]

#: A file or folder.
Path = Union[str, "PathLike[str]"]
#: What seeds random numbers: an integer, a generator that is drawn from once, or None for another seed each time.
RandomState = Union[int, np.random.Generator, np.random.RandomState, None]
#: Widths of hidden layers.
Widths = Union[int, Sequence[int], "NDArray[np.integer]"]
#: Strengths of relaxed marginals: one for both, or one each.
Relaxation = Union[float, Sequence[Optional[float]]]


class SparseMatrix(Protocol):
    """A sparse matrix or array of SciPy."""

    def toarray(self) -> object:
        """Return the matrix as an array."""
        ...


#: One array for each snapshot, which may differ in size, by time or in the order of times.
Weights = Union[Mapping[int, ArrayLike], Mapping[float, ArrayLike], Mapping[str, ArrayLike], Sequence[ArrayLike]]
#: Particles: pooled, in snapshots one by one, or as a table; data frames are array_like to type checkers.
Data = Union[ArrayLike, SparseMatrix, Weights]
#: A time as data may have it that is no number: a label, a date or a duration.
Label = Union[str, datetime.date, datetime.timedelta, np.datetime64, np.timedelta64]
#: A time that is asked for.
Moment = Union[float, Label]
#: Several of them.
Moments = Union[ArrayLike, Sequence[Moment]]
#: The number of each label of a time.
TimeMap = Union[Mapping[str, float], Mapping[int, float], Mapping[float, float]]
