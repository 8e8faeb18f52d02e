"""How an energy is fitted: networks by Adam or L-BFGS, linear ones in closed form."""

from __future__ import annotations

import os
from typing import Any, Literal

import numpy as np

from . import _abi, _arrays
from ._choices import DType, Path, Schedule, ValidatedBy
from ._errors import InputError
from ._parameters import Parameters, meant
from .training_parts import Checkpoint, ExactLastLayer, Validation

_INT64 = 2**63 - 1


class Adam(Parameters):
    """Train networks, and linear terms beside them, by Adam on minibatches of couplings.

    Parameters
    ----------
    epochs : int, optional
        Passes over all couplings, 1 to 10,000,000; None takes as many as make 20,000 steps, but at least 50 and at most
        400.
    batch_size : int
        Couplings per step, 1 or more.
    learning_rate : float
        The first step size, in standardised coordinates.
    schedule : {"cosine", "exponential", "constant"}
        How the step size goes from `learning_rate` in the first epoch to `final_rate` times it in the last: along half
        a cosine, by the same factor every epoch, or not at all.
    final_rate : float, optional
        The last step size as a part of the first, in (0, 1]; None takes 0.01. Not for "constant".
    clip_norm : float
        Largest norm of a gradient; longer ones are scaled down.
    dtype : {"float32", "float64"}
        Precision of training. Evaluation is always in double precision.
    interaction_samples : int, optional
        For a network U: pairs per coupling over which U is averaged, 2 or more, drawn anew every epoch; None, or as
        many as twice the snapshot has, takes the whole snapshot. They are two independent samples A and B of half as
        many particles each, and the product of the residuals r_A . r_B takes the place of the square |r|^2, whose mean
        over samples would contain the variance of the sampled force and so make U flat. The product's mean is |r|^2,
        but it scatters, and can be negative, as can `history_`. Fewer pairs make an epoch quicker and noisier; with a
        few dozen or less, `learning_rate` should be small, or training may run away. In one and two coordinates, in
        single precision, many pairs and even whole snapshots cost little more than few: forces are interpolated, to
        rounding, where that is quicker.
    last_layer : {"trained", "exact"} or ExactLastLayer
        Whether parameters that enter the objective linearly are trained like all others or solved for.
    validation : {"loss", "emd"}, Validation or None
        Whether held-out particles choose the best epoch.
    checkpoint : str, path, Checkpoint or None
        Where the state of training is written.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> adam = jk.Adam(epochs=100, learning_rate=0.05, dtype="float64")
    >>> adam
    Adam(epochs=100, learning_rate=0.05, dtype='float64')
    >>> model = jk.JKOnetStar(hidden=(8,), training=adam)
    >>> len(model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1]).history_)
    100
    """

    def __init__(
        self,
        epochs: int | None = None,
        batch_size: int = 100,
        learning_rate: float = 5e-3,
        schedule: Schedule = "cosine",
        final_rate: float | None = None,
        clip_norm: float = 10.0,
        dtype: DType = "float32",
        interaction_samples: int | None = None,
        last_layer: Literal["trained", "exact"] | ExactLastLayer = "trained",
        validation: ValidatedBy | Validation | None = None,
        checkpoint: Path | Checkpoint | None = None,
    ) -> None:
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.final_rate = final_rate
        self.clip_norm = clip_norm
        self.dtype = dtype
        self.interaction_samples = interaction_samples
        self.last_layer = last_layer
        self.validation = validation
        self.checkpoint = checkpoint

    def _meant(self, name: str) -> Any:
        value = getattr(self, name)
        if name == "checkpoint" and isinstance(value, (str, os.PathLike)):
            return Checkpoint(value)
        shorthands: dict[str, dict[Any, Any]] = {"last_layer": {"exact": ExactLastLayer}, "validation": _VALIDATIONS}
        return meant(value, shorthands.get(name, {}))

    def _write(self, options: _abi.TrainingOptions, fit: _abi.FitOptions) -> None:
        """Write everything, into the options of the fit what these have; ranges are checked by the library."""
        # 0 stands for the usual number in C.
        options.epochs = 0 if self.epochs is None else _arrays.integer(self.epochs, "epochs", 1, _INT64)
        options.batch_size = _arrays.integer(self.batch_size, "batch_size", -_INT64, _INT64)
        for name in ("learning_rate", "clip_norm"):
            setattr(options, name, _arrays.real(getattr(self, name), name))
        options.precision = _arrays.choice(self.dtype, "dtype", _abi.DTYPE)
        options.schedule = _arrays.choice(self.schedule, "schedule", _abi.SCHEDULE)
        if self.final_rate is not None:
            if self.schedule == "constant":
                raise InputError(f"final_rate = {self.final_rate!r} has no effect: schedule is 'constant'")
            options.final_rate = _arrays.real(self.final_rate, "final_rate")
        if self.interaction_samples is not None:
            options.interaction_samples = _arrays.integer(self.interaction_samples, "interaction_samples", 2, _INT64)
        last_layer, validation, checkpoint = map(self._meant, ("last_layer", "validation", "checkpoint"))
        if isinstance(last_layer, ExactLastLayer):
            last_layer._write(options, fit)
        else:
            options.last_layer = _arrays.choice(last_layer, "last_layer", _abi.LAST_LAYER)
        if validation is not None:
            (validation if isinstance(validation, Validation) else Validation(validation))._write(options)
        if checkpoint is not None:
            (checkpoint if isinstance(checkpoint, Checkpoint) else Checkpoint(checkpoint))._write(options)


_VALIDATIONS: dict[Any, Any] = {"loss": lambda: Validation("loss"), "emd": lambda: Validation("emd")}


class LBFGS(Parameters):
    """Train networks by SciPy's L-BFGS-B on the whole objective, in double precision (see `Objective`).

    On small data it goes further down than `Adam`; an iteration costs at least a pass over all couplings, and with a
    network for U over all pairs. Model files do not say that they were trained so.

    Parameters
    ----------
    max_iter : int
        Largest number of iterations, 1 to 10,000,000; fewer where there is nothing left to gain.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> model = jk.JKOnetStar(hidden=(4,), training=jk.LBFGS(max_iter=20))
    >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
    >>> bool(model.history_[-1] < 1e-4)  # length^2
    True
    """

    def __init__(self, max_iter: int = 400) -> None:
        self.max_iter = max_iter

    def _iterations(self) -> int:
        return _arrays.integer(self.max_iter, "max_iter", 1, 10_000_000)


class ClosedForm(Parameters):
    """Solve for the coefficients of a linear energy.

    Parameters
    ----------
    ridge : float or "gcv", optional
        Weight of the squared coefficients of standardised features, relative to the mean of the normal matrix's
        diagonal; "gcv" takes the one that generalised cross-validation finds best. None takes 1e-6, with two
        exceptions. For V and U together it is what the data's noise asks for, 1e-3 to 0.1: they share forces that
        finite samples barely tell apart, and with less may come out large and opposite. For beta in the midpoint scheme
        beside bumps or waves it is 0.1. It is then that of U, or of bumps and waves, and the others have a thousandth.
    bias_samples : int
        From how many simulated data sets the bias is estimated and subtracted, up to 100,000; 0 corrects nothing, and 4
        are a good number. Populations are simulated from the fitted energy, of as many particles at the same times, and
        fitted again; what these fits miss is what the method does to a known energy: a finite step, plans between
        samples, estimated scores. Each takes as long as a fit and a simulation, and adds its noise: the variance of the
        coefficients grows by 1 / bias_samples. For the midpoint scheme, and plans that are not unbalanced.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> quadratic = jk.Linear(polynomial_degree=2, radial=None)
    >>> model = jk.JKOnetStar(potential=quadratic, training=jk.ClosedForm(ridge=1e-9))
    >>> model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1]).ridge_
    1e-09
    """

    def __init__(self, ridge: float | Literal["gcv"] | None = None, bias_samples: int = 0) -> None:
        self.ridge = ridge
        self.bias_samples = bias_samples

    def _write(self, options: _abi.FitOptions) -> None:
        options.bias_samples = _arrays.integer(self.bias_samples, "bias_samples", 0, 100_000)
        if self.ridge is None:
            return
        if isinstance(self.ridge, str):
            options.ridge_method = _arrays.choice(self.ridge, "ridge", {"gcv": _abi.RIDGE_METHOD["cross_validated"]})
            return
        if isinstance(self.ridge, (bool, np.bool_)):
            raise TypeError(f"ridge must be a number, 'gcv' or None, got {_arrays.quoted(self.ridge)}")
        options.ridge = _arrays.real(self.ridge, "ridge")
        _arrays.not_negative(options.ridge, "ridge")
