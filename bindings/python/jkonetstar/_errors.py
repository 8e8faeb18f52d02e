"""One exception class per kind of failure, and the one place where a status becomes an exception."""

from __future__ import annotations

from . import _abi


class Error(Exception):
    """Base class of everything that this package raises about its inputs, files and computations.

    Attributes
    ----------
    status : str
        Name of the status code in the C headers, such as ``"JKO_ESHAPE"``.
    """

    status = "JKO_EINTERNAL"

    def __init__(self, message: str = "", status: str | None = None) -> None:
        super().__init__(message)
        if status is not None:
            self.status = status


class InputError(Error, ValueError):
    """An argument cannot be used: out of range, wrong shape, not finite, or no population."""

    status = "JKO_EINVALID"


class FileError(Error, OSError):
    """A file cannot be opened, read or written."""

    status = "JKO_EIO"


class FormatError(Error, ValueError):
    """A file is not what its format says it is: truncated, contradictory, damaged."""

    status = "JKO_EFORMAT"


class OutOfMemoryError(Error, MemoryError):
    """Memory for the result could not be had."""

    status = "JKO_ENOMEM"


class CancelledError(Error, RuntimeError):
    """A callback asked to stop."""

    status = "JKO_ECANCELLED"


class NotFittedError(Error, ValueError, AttributeError):
    """The model has not been fitted or loaded yet."""

    status = "JKO_ENOTFITTED"


class ConvergenceError(Error, RuntimeError):
    """An iteration did not reach its tolerance; the message says by how much."""

    status = "JKO_ECONVERGENCE"


class InternalError(Error, RuntimeError):
    """A defect of the library; please report the message."""


_EXCEPTIONS = {
    "JKO_ENULL": InputError,
    "JKO_EINVALID": InputError,
    "JKO_ESHAPE": InputError,
    "JKO_ENONFINITE": InputError,
    "JKO_EPOPULATION": InputError,
    "JKO_EIO": FileError,
    "JKO_EFORMAT": FormatError,
    "JKO_ENOMEM": OutOfMemoryError,
    "JKO_ECANCELLED": CancelledError,
    "JKO_ENOTFITTED": NotFittedError,
    "JKO_ECONVERGENCE": ConvergenceError,
}


def exception(status: int, message: str) -> Error:
    """Return the exception for a failed status."""
    name = _abi.STATUS.get(status, f"status {status}")
    return _EXCEPTIONS.get(name, InternalError)(message or name, name)
