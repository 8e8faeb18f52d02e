"""What may go with Adam: held-out particles, checkpoints, exact last layers."""

from __future__ import annotations

from . import _abi, _arrays
from ._choices import Path, ValidatedBy
from ._parameters import Parameters

_INT64 = 2**63 - 1


class Validation(Parameters):
    """Hold out a part of each snapshot's particles to choose the best epoch, whose weights the model keeps.

    Parameters
    ----------
    by : {"loss", "emd"}
        "loss": the objective on plans between held-out particles, in length^2. "emd": the mean one-step-ahead W1
        distance of their predictions, as in `JKOnetStar.score`, in length.
    fraction : float
        The part of each snapshot's particles that is held out, in (0, 1).
    every : int
        Epochs from one validation to the next, 1 or more.
    patience : int
        Training ends after so many validations in a row without a new best, 1 or more.

    Examples
    --------
    >>> import numpy as np
    >>> import jkonetstar as jk
    >>> x0 = np.random.default_rng(0).uniform(-1, 1, size=(50, 1))
    >>> stopping = jk.Adam(epochs=200, learning_rate=0.05, validation=jk.Validation("emd", every=2, patience=3))
    >>> model = jk.JKOnetStar(hidden=(8,), training=stopping)
    >>> _ = model.fit(np.concatenate([x0, 0.9 * x0]), time=np.repeat([0.0, 0.1], 50))
    >>> len(model.history_) < 200
    True
    """

    def __init__(self, by: ValidatedBy = "loss", fraction: float = 0.2, every: int = 10, patience: int = 10) -> None:
        self.by: ValidatedBy = by
        self.fraction = fraction
        self.every = every
        self.patience = patience

    def _write(self, options: _abi.TrainingOptions) -> None:
        known = {name: code for name, code in _abi.VALIDATION.items() if name != "none"}
        options.validation = _arrays.choice(self.by, "validation", known)
        options.validation_fraction = _arrays.real(self.fraction, "validation.fraction")
        options.validation_every = _arrays.integer(self.every, "validation.every", -_INT64, _INT64)
        options.patience = _arrays.integer(self.patience, "validation.patience", -_INT64, _INT64)


class Checkpoint(Parameters):
    """Write the state of training to a file now and then, and continue from it.

    `load` reads the file as the model that the fit would have returned at that moment.

    Parameters
    ----------
    path : str or path
        The file, which appears whole or not at all. One that is there already is not written over: it is an error
        unless `resume` is set.
    every : int
        Epochs from one checkpoint to the next, 1 or more. One more is written when training ends or is interrupted.
    resume : bool
        Whether to continue from the file if it is there. It must not have more epochs than there shall be; data and
        parameters must be those it was written with, save for `verbose`, this object and, where the schedule is
        constant, the epochs; a `random_state` of None is another one each time. The result is bit for bit that of a fit
        that was never interrupted.

    Examples
    --------
    >>> import os, tempfile
    >>> import jkonetstar as jk
    >>> X, time = [0.0, 1.0, 2.0, 0.0, 0.9, 1.8], [0, 0, 0, 1, 1, 1]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     place = os.path.join(folder, "training.safetensors")
    ...     kept = jk.Checkpoint(place, resume=True)
    ...     adam = jk.Adam(epochs=60, learning_rate=0.05, schedule="constant", checkpoint=kept)
    ...     model = jk.JKOnetStar(hidden=(8,), training=adam).fit(X, time)
    ...     whole = model.set_params(training__epochs=120).fit(X, time)  # 60 more
    >>> len(whole.history_)
    120
    """

    def __init__(self, path: Path, every: int = 100, resume: bool = False) -> None:
        self.path = path
        self.every = every
        self.resume = resume

    def _write(self, options: _abi.TrainingOptions) -> None:
        options.checkpoint = _arrays.path(self.path, "checkpoint")
        options.checkpoint_every = _arrays.integer(self.every, "checkpoint.every", -_INT64, _INT64)
        options.resume = _arrays.boolean(self.resume, "checkpoint.resume")


class ExactLastLayer(Parameters):
    """Solve in closed form, now and then, for the parameters that enter the objective linearly.

    These are the output layers of networks, coefficients of features, and beta. They are solved for before the first
    epoch, after every `every` epochs and after the last, and trained in between (variable projection [1]_). Steps
    towards the solution are damped while training goes on, and by `ridge` at the end.

    Parameters
    ----------
    every : int
        Epochs from one solution to the next, 1 or more.
    ridge : float, optional
        Weight of the squared parameters in the last solution, relative to the mean of the normal matrix's diagonal;
        None takes 1e-6, but 1e-3 for V and U together.

    References
    ----------
    .. [1] G. Golub, V. Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares problems whose
       variables separate", SIAM Journal on Numerical Analysis 10 (1973).

    Examples
    --------
    >>> import jkonetstar as jk
    >>> X, time = [0.0, 1.0, 2.0, 0.0, 0.9, 1.8], [0, 0, 0, 1, 1, 1]
    >>> solved = jk.Adam(epochs=20, last_layer=jk.ExactLastLayer(every=5))
    >>> model = jk.JKOnetStar(hidden=(8,), training=solved).fit(X, time)
    >>> bool(model.score(X, time) > -1e-4)  # in length
    True
    """

    def __init__(self, every: int = 10, ridge: float | None = None) -> None:
        self.every = every
        self.ridge = ridge

    def _write(self, options: _abi.TrainingOptions, fit: _abi.FitOptions) -> None:
        options.last_layer = _abi.LAST_LAYER["exact"]
        options.last_layer_every = _arrays.integer(self.every, "last_layer.every", -_INT64, _INT64)
        if self.ridge is not None:
            fit.ridge = _arrays.real(self.ridge, "last_layer.ridge")
            # Of negative numbers the library takes one, RIDGE_USUAL, for None.
            _arrays.not_negative(fit.ridge, "last_layer.ridge")
