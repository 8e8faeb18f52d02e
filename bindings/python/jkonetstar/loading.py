"""Models from files, and from what C functions return."""

from __future__ import annotations

from ._choices import Path
from ._description import constructor_parameters
from ._energy import Energy
from .model import JKOnetStar


def load(path: Path) -> JKOnetStar:
    """Read a model that `JKOnetStar.save` wrote; it predicts bit for bit as the saved one.

    Parameters
    ----------
    path : str or path

    Returns
    -------
    JKOnetStar
        Fitted, with the constructor's parameters that the file carries.

    Raises
    ------
    OSError
        If the file cannot be read: `FileNotFoundError` if it does not exist, `PermissionError`.
    ValueError
        If it is truncated, damaged or no model of this library.

    Examples
    --------
    >>> import os, tempfile
    >>> import jkonetstar as jk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "energy.safetensors")
    ...     jk.JKOnetStar(potential="linear").fit([0.0, 1.0, 0.0, 0.5], time=[0, 0, 1, 1]).save(path)
    ...     jk.load(path)
    JKOnetStar(potential='linear')
    """
    return from_energy(Energy.load(path))


def from_energy(energy: Energy) -> JKOnetStar:
    """Return the model of an energy, with the parameters that this describes."""
    model = JKOnetStar(**constructor_parameters(energy.description()))
    model._energy = energy
    return model
