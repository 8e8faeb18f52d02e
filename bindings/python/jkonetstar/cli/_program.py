"""One run of the program: what was asked is done, and every failure becomes one line and an exit code."""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
import warnings
from contextlib import contextmanager
from typing import Any, Iterator, Sequence

from .._errors import DataNotice, Error
from ._output import say
from ._parser import parse

OK, FAILED, USAGE, INTERRUPTED, TERMINATED = 0, 1, 2, 130, 143

#: What a user can cause by data, files or options. Anything else is a defect, and its line says so.
_EXPECTED = (Error, ValueError, TypeError, OSError, ImportError, MemoryError, RuntimeError, LookupError)


class Terminated(KeyboardInterrupt):
    """SIGTERM, as a batch system sends it when a job's time is up: fits end as they do by Ctrl-C."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line `jkonetstar`.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the program's name; None takes the arguments of this process.

    Returns
    -------
    int
        The exit code: 0 if all went well, 1 for an error in data, files or a fit, 2 for a command that is not
        understood, 130 after Ctrl-C, 143 after SIGTERM.

    Examples
    --------
    >>> import os, tempfile
    >>> from jkonetstar.cli import main
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     main(["simulate", "sphere", "--particles", "5", "-o", os.path.join(folder, "cells.csv"), "--quiet"])
    ...     sorted(os.listdir(folder))
    0
    ['cells.csv']
    """
    try:
        given = parse(arguments)
    except SystemExit as left:
        # argparse has printed help, the version, or what it does not understand.
        return left.code if isinstance(left.code, int) else USAGE
    with _warnings_in_lines(given), _termination():
        try:
            given.run(given)
            sys.stdout.flush()
        except KeyboardInterrupt as interrupted:
            _fail(given, str(interrupted) or "interrupted")
            return TERMINATED if isinstance(interrupted, Terminated) else INTERRUPTED
        except BrokenPipeError:
            # Whoever reads our output has enough. Python would complain once more when it closes stdout.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return FAILED
        except _EXPECTED as error:
            _fail(given, _told(error))
            return FAILED
        except Exception as error:
            _fail(given, f"defect: {type(error).__name__}: {error}; please report it with the output of --traceback")
            return FAILED
    return OK


def _told(error: Exception) -> str:
    """Return an error in one line; Python's own about files begin with a number."""
    if isinstance(error, OSError) and not isinstance(error, Error) and error.strerror and error.filename is not None:
        return f"{os.fspath(error.filename)!r}: {error.strerror}"
    return str(error) or type(error).__name__


def _fail(given: Any, message: str) -> None:
    if given.traceback:
        traceback.print_exc()
    print("jkonetstar:", " ".join(message.split()), file=sys.stderr)


@contextmanager
def _warnings_in_lines(given: Any) -> Iterator[None]:
    """Print warnings as one line each, once, and keep them for reports."""
    given.warned, noticed = [], list[str]()

    def show(message: Any, category: Any, filename: str, lineno: int, file: Any = None, line: Any = None) -> None:
        text = " ".join(str(message).split())
        if issubclass(category, DataNotice):
            if text not in noticed:
                noticed.append(text)
                say(given, text)
        elif text not in given.warned:
            given.warned.append(text)
            say(given, f"warning: {text}")

    with warnings.catch_warnings():
        for category in (UserWarning, RuntimeWarning):
            warnings.simplefilter("always", category)
        warnings.showwarning = show
        yield


@contextmanager
def _termination() -> Iterator[None]:
    """Let SIGTERM end work as Ctrl-C does, so that checkpoints are written and unfinished files removed."""

    def on_signal(number: int, frame: Any) -> None:
        raise Terminated("terminated")

    ours = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    if ours:
        signal.signal(signal.SIGTERM, on_signal)
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
