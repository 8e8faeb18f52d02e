"""Models as files and in words."""

from __future__ import annotations

from . import _arrays
from ._choices import Path
from ._energy import Description
from ._estimator import Estimator
from ._library import check, lib


def save(self: Estimator, path: Path) -> None:
    """Write the fitted model as a safetensors file that `load` reads.

    Parameters
    ----------
    path : str or path
        The file appears whole or not at all.

    Raises
    ------
    OSError
        If it cannot be written: `FileNotFoundError` if the folder does not exist, `PermissionError`.
    NotFittedError
        If there is nothing to save yet.

    Examples
    --------
    >>> import os, tempfile
    >>> import jkonetstar as jk
    >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
    >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "energy.safetensors")
    ...     model.save(path)
    ...     again = jk.load(path)
    >>> bool(again.potential_([3.0]) == model.potential_([3.0]))
    True
    """
    check(lib.jko_model_save(self._fitted().handle, _arrays.path(path)), path)


def describe(self: Estimator) -> Description:
    """Return options, fit and training data of the fitted model in words and numbers.

    Returns
    -------
    dict
        "model" and "fit", the options by the names of the C headers; "dimension", "parameters" and "losses", their
        numbers; "times", "time_scale" in time, "length_scale" in length, "final_loss" in length^2.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
    >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
    >>> said = model.describe()
    >>> said["dimension"], said["times"], said["model"]["potential"]
    (1, [0.0, 1.0], 'linear')
    """
    return self._fitted().description()
