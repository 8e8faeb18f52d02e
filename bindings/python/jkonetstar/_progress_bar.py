"""A bar of tqdm, where it is installed, that says what a fit is doing, how well it goes and how long it will take."""

from __future__ import annotations

import sys
import time
from typing import Any, Protocol

from . import _abi
from ._progress import ProgressLine

_SECONDS_BETWEEN_UPDATES = 0.2


class Display(Protocol):
    """Shows where a long call stands."""

    def update(self, progress: _abi.Progress) -> None:
        """Show where the work stands, if the last update is long enough ago."""
        ...

    def close(self) -> None:
        """Leave what is shown as it is."""
        ...


def display(patience: float = 0.0) -> Display:
    """Return a bar of tqdm where somebody watches, a terminal or a notebook, and tqdm is installed; else lines.

    Files keep their lines, which a bar would write over. A stage shorter than `patience` seconds is not shown.
    """
    if not _watched():
        return ProgressLine(patience)
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return ProgressLine(patience)
    return ProgressBar(tqdm, patience)


def _watched() -> bool:
    return "ipykernel" in sys.modules or bool(getattr(sys.stderr, "isatty", lambda: False)())


class ProgressBar:
    """Show one bar per stage.

    Parameters
    ----------
    kind : type
        The class of tqdm that fits the terminal or the notebook.
    patience : float
        Seconds that a stage must have taken to be shown.
    """

    def __init__(self, kind: Any, patience: float = 0.0) -> None:
        self._kind, self._patience = kind, patience
        self._bar: Any = None
        self._stage = ""
        self._due = 0.0

    def update(self, progress: _abi.Progress) -> None:
        """Show where the work stands, if the last update is long enough ago."""
        stage = (progress.stage or b"").decode("utf-8", "replace")
        if stage == "call":  # a step of work that has a bar already
            return
        now, last = time.monotonic(), progress.done >= progress.total
        if stage != self._stage:
            self.close()
            self._stage, self._due = stage, now
        if progress.seconds < self._patience or (now < self._due and not last):
            return
        self._due = now + _SECONDS_BETWEEN_UPDATES
        if self._bar is None:
            self._bar = self._kind(total=progress.total, desc=stage, file=sys.stderr, dynamic_ncols=True)
            if not self._bar.disable:  # by the environment, TQDM_DISABLE
                self._bar.start_t -= progress.seconds
        if progress.loss == progress.loss:
            self._bar.set_postfix_str(f"loss {progress.loss:.4g}", refresh=False)
        self._bar.n = progress.done
        self._bar.refresh()
        if last:
            self.close()

    def close(self) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            bar, self._bar = self._bar, None
            bar.close()
