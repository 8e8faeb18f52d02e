"""A line on stderr that says what a fit is doing, how well it goes and how long it will take."""

from __future__ import annotations

import sys
import time

from . import _abi

_SECONDS_BETWEEN_UPDATES = 0.2
_SECONDS_BETWEEN_LINES = 2.0


class ProgressLine:
    """Write one line per stage: rewritten in place on a terminal, a new line now and then elsewhere.

    A stage shorter than `patience` seconds is not worth a line.
    """

    def __init__(self, patience: float = 0.0) -> None:
        self._patience = patience
        self._stream = sys.stderr
        self._in_place = bool(getattr(self._stream, "isatty", lambda: False)())
        self._stage = ""
        self._due = 0.0
        self._width = 0

    def update(self, progress: _abi.Progress) -> None:
        """Show where the work stands, if the last update is long enough ago."""
        now = time.monotonic()
        stage = (progress.stage or b"").decode("utf-8", "replace")
        if stage == "call":  # a step of work that has a line already
            return
        last = progress.done >= progress.total
        between = _SECONDS_BETWEEN_UPDATES if self._in_place else _SECONDS_BETWEEN_LINES
        if stage != self._stage:
            self._stage = stage
            self._due = now if self._in_place else now + between
        if progress.seconds < self._patience or (now < self._due and not last):
            return
        self._due = now + between
        self._write(self._text(stage, progress, last), last)

    def close(self) -> None:
        """Leave the cursor on a fresh line."""
        if self._width:
            self._stream.write("\n")
            self._stream.flush()
            self._width = 0

    @staticmethod
    def _text(stage: str, progress: _abi.Progress, last: bool) -> str:
        done, total, seconds = progress.done, progress.total, progress.seconds
        parts = [f"{stage} {done:,}/{total:,}"]
        if progress.loss == progress.loss:
            parts.append(f"loss {progress.loss:.4g}")
        if last:
            parts.append(f"{_duration(seconds)} in all")
        elif done > 0:
            parts.append(f"{_duration(seconds / done * (total - done))} left")
        return ", ".join(parts)

    def _write(self, text: str, last: bool) -> None:
        if self._in_place:
            self._stream.write("\r" + text.ljust(self._width))
            self._width = len(text)
            if last:
                self.close()
        else:
            self._stream.write(text + "\n")
        self._stream.flush()


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes = round(seconds) // 60
    if minutes < 60:
        return f"{minutes} min {round(seconds) % 60:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"
