"""What the package tells of data that it takes: in the log always, and as a warning where it had to be understood."""

from __future__ import annotations

import logging
import sys
import warnings
from types import FrameType

from ._advice import stack_level
from ._errors import DataNotice, OmittedColumnsWarning

_logger = logging.getLogger("jkonetstar")
# Without a handler of its own, Python would print what is logged at the level of warnings.
_logger.addHandler(logging.NullHandler())


def note(message: str) -> None:
    """Log what was done with data as the caller asked for it."""
    _logger.info("%s", message)


def notice(message: str) -> None:
    """Log what was understood of data, and warn of it where the user's code called the package.

    scikit-learn fits once for each fold, and what it does to filters makes Python forget which warnings it has shown:
    through it the same is said once for each line of the user's code.
    """
    _logger.info("%s", message)
    through, line = _through_scikit_learn()
    if through and (message, *line) in _told:
        return
    if through:
        _told.add((message, *line))
    warnings.warn(message, DataNotice, stacklevel=stack_level())


#: What was told to whom through scikit-learn.
_told: set[tuple[str, str, int]] = set()
_FOLDERS = ("sklearn", "joblib")


def _through_scikit_learn() -> tuple[bool, tuple[str, int]]:
    """Return whether scikit-learn has called the package, and which line of a file has called that."""
    frame: FrameType | None = sys._getframe(stack_level() - 1)
    through = False
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] in _FOLDERS:
        frame, through = frame.f_back, True
    return through, ("", 0) if frame is None else (frame.f_code.co_filename, frame.f_lineno)


def omitted(columns: str, where: str) -> None:
    """Log which columns were left out that the caller did not name, and warn of it likewise."""
    message = f"columns left out of {where}: {columns}; name the coordinates in points to choose"
    _logger.info("%s", message)
    warnings.warn(message, OmittedColumnsWarning, stacklevel=stack_level())
