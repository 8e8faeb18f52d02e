"""What the package tells of data that it takes: in the log always, and as a warning where it had to be understood."""

from __future__ import annotations

import logging
import warnings

from ._advice import stack_level
from ._errors import DataNotice, OmittedColumnsWarning

_logger = logging.getLogger("jkonetstar")
# Without a handler of its own, Python would print what is logged at the level of warnings.
_logger.addHandler(logging.NullHandler())


def note(message: str) -> None:
    """Log what was done with data as the caller asked for it."""
    _logger.info("%s", message)


def notice(message: str) -> None:
    """Log what was understood of data, and warn of it where the user's code called the package."""
    _logger.info("%s", message)
    warnings.warn(message, DataNotice, stacklevel=stack_level())


def omitted(columns: str, where: str) -> None:
    """Log which columns were left out that the caller did not name, and warn of it likewise."""
    message = f"columns left out of {where}: {columns}; name the coordinates in points to choose"
    _logger.info("%s", message)
    warnings.warn(message, OmittedColumnsWarning, stacklevel=stack_level())
