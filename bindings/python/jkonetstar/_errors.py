"""One exception class per kind of failure, and the one place where a status becomes an exception."""

from __future__ import annotations

import errno
import os
from typing import Any, Mapping

from . import _abi

_STATUS_NAMES = {status: "JKO_" + name.upper() for name, status in _abi.STATUS.items()}


class Error(Exception):
    """Base class of everything that this package raises about its inputs, files and computations.

    Attributes
    ----------
    status : str
        Name of the status code in the C headers, such as ``"JKO_ESHAPE"``.
    """

    status = "JKO_EINTERNAL"

    def __init__(self, message: str = "", status: str | None = None) -> None:
        # What a message quotes may have several lines, as arrays have. Lists of names in the words of scikit-learn end
        # with a line, and keep theirs.
        if not message.endswith("\n"):
            message = " ".join(line.strip() for line in message.splitlines())
        super().__init__(message)
        if status is not None:
            self.status = status


class InputError(Error, ValueError):
    """An argument cannot be used: out of range, wrong shape, not finite, or no population."""

    status = "JKO_EINVALID"


class KindError(InputError, TypeError):
    """An argument is missing, or of a kind that cannot be used: a `TypeError`, and a `ValueError` for scikit-learn."""


class AbsentError(InputError, AttributeError):
    """An attribute that a model of this kind, or fitted like this, does not have; `hasattr` says so too."""


class FileError(Error, OSError):
    """A file cannot be opened, read or written; `errno` and `filename` say why and which, where that is known.

    One that does not exist is a `FileNotFoundError` too, one that may not be used a `PermissionError`.
    """

    status = "JKO_EIO"

    def __init__(
        self, message: str = "", status: str | None = None, number: int | None = None, filename: Any = None
    ) -> None:
        super().__init__(message, status)
        self.errno, self.filename = number, filename

    def __str__(self) -> str:
        return str(self.args[0])  # OSError would write its own line from errno and filename.

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self.status, self.errno, self.filename)


class MissingFileError(FileError, FileNotFoundError):
    """A file, or the folder that it is in, does not exist."""


class FilePermissionError(FileError, PermissionError):
    """A file or folder may not be read or written."""


class FormatError(Error, ValueError):
    """A file is not what its format says it is: truncated, contradictory, damaged."""

    status = "JKO_EFORMAT"


class OutOfMemoryError(Error, MemoryError):
    """Memory for the result could not be had."""

    status = "JKO_ENOMEM"


class CancelledError(Error, RuntimeError):
    """A callback asked to stop."""

    status = "JKO_ECANCELLED"


class Unfitted(ValueError, AttributeError):
    """What stands in for scikit-learn's `NotFittedError` until scikit-learn is imported."""


class NotFittedError(Error, Unfitted):
    """The model has not been fitted or loaded yet."""

    status = "JKO_ENOTFITTED"


class ConvergenceError(Error, RuntimeError):
    """An iteration did not reach its tolerance; the message says by how much."""

    status = "JKO_ECONVERGENCE"


class ConvergenceWarning(RuntimeWarning):
    """An iteration did not reach its tolerance, and its result says so."""


class IdentifiabilityWarning(UserWarning):
    """A term of an energy was asked for that the data cannot tell from the others."""


class DataWarning(UserWarning):
    """Snapshots are such that no energy can be learned from them well, whatever the model."""


class ExtrapolationWarning(RuntimeWarning):
    """Predictions go where, or as far in time as, nothing was fitted."""


class OmittedColumnsWarning(UserWarning):
    """Columns of a table were not taken for coordinates, which the caller did not name."""


class DataNotice(UserWarning):
    """What was understood of data that could have been meant otherwise, such as times that are labels."""


class InternalError(Error, RuntimeError):
    """A defect of the library; please report the message."""


_EXCEPTIONS: dict[str, type[Error]] = {
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

_FILE_ERRORS: dict[int | None, type[FileError]] = {
    errno.ENOENT: MissingFileError,
    errno.EACCES: FilePermissionError,
    errno.EPERM: FilePermissionError,
}


def file_error(message: str, number: int | None, path: Any) -> FileError:
    """Return the exception for a number of the system."""
    return _FILE_ERRORS.get(number, FileError)(message, None, number, path)


def exception(
    status: int, message: str, path: Any = None, names: Mapping[str, str] | None = None, argument: str = ""
) -> Error:
    """Return the exception for a failed status.

    Parameters
    ----------
    status : int
    message : str
        In the words of the C headers.
    path : str or path, optional
        The file that the call was about.
    names : mapping of str to str, optional
        What the Python caller calls the arguments of the C function, by name, or by path where names are not enough:
        "training->precision".
    argument : str
        The argument that the message begins with, as the C function calls it.
    """
    name = _STATUS_NAMES.get(status, f"status {status}")
    kind, message = _EXCEPTIONS.get(name, InternalError), _in_python(message, names or {}, argument)
    if kind is FileError:
        number = next((code for code in errno.errorcode if message.endswith(f": {os.strerror(code)}")), None)
        return file_error(message, number, path)
    if name == "JKO_ENONFINITE" and message.endswith("is not finite"):
        message += "; remove or fill in NaN and infinity"
    return kind(message or name, name)


def _in_python(message: str, names: Mapping[str, str], argument: str) -> str:
    """Put what Python calls the argument in place of what C calls it, at the beginning of the message."""
    if not message.startswith(argument):
        return message
    path = argument.removeprefix("options->")
    own = path.rpartition("->")[2]
    return names.get(path, names.get(own, own)) + message[len(argument) :]
