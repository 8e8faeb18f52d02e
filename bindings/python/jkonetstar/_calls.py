"""Long calls: progress while they run, Ctrl-C that stops them cleanly, exceptions of user code passed on.

Python delivers a signal between two bytecodes, so while C runs a KeyboardInterrupt would appear at the first
instruction of a callback, before any `try` could catch it, and ctypes would drop it. A `LongCall` therefore
notes the signal, stops the work through the callback's return value, and delivers the signal afterwards.
"""

from __future__ import annotations

import signal
import threading
from types import TracebackType
from typing import Any, Callable

import numpy as np

from . import _abi
from ._library import check
from ._progress import ProgressLine

_GO_ON, _STOP = 0, 1


class LongCall:
    """Surround one call into the library.

    Use as a context manager around the call, with `progress` (and `gradient(...)`) as its callbacks, and pass
    the status to `finish` after the block.
    """

    def __init__(self, line: ProgressLine | None = None) -> None:
        self.progress = _abi.ProgressCallback(self._on_progress)
        self._line = line
        self._error: BaseException | None = None
        self._signal: tuple[int, Any] | None = None
        self._handler: Any = None

    def __enter__(self) -> LongCall:
        if threading.current_thread() is threading.main_thread():
            handler = signal.getsignal(signal.SIGINT)
            if callable(handler):
                self._handler = handler
                signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._handler is not None:
            signal.signal(signal.SIGINT, self._handler)
        if self._line is not None:
            self._line.close()

    def finish(self, status: int, **names: str) -> None:
        """Deliver a Ctrl-C, raise what a callback raised, or raise what the call failed with; `names` as in `check`."""
        if self._signal is not None:
            self._handler(*self._signal)
        if self._error is not None:
            raise self._error
        check(status, **names)

    @property
    def stopped(self) -> bool:
        """Whether the work is to end: for work that Python does itself."""
        return self._error is not None or self._signal is not None

    def show(self, progress: _abi.Progress) -> None:
        """Show where such work stands."""
        line = self._line
        self._guarded((lambda: line.update(progress)) if line else None)

    def gradient(self, function: Callable[[np.ndarray], Any], name: str) -> Any:
        """Return a C callback that fills its output with `function(points)`, shape (n, d) to (n, d)."""

        def call(points: Any, n: int, d: int, time: float, gradient: Any, user_data: Any) -> int:
            def fill() -> None:
                # The library's memory is gone after the call, so user code receives a copy.
                given = np.ctypeslib.as_array(points, (n, d)).copy()
                answer = np.asarray(function(given), dtype=np.float64)
                if answer.shape != (n, d):
                    raise ValueError(f"{name} returned shape {answer.shape}; the gradient must be {(n, d)}")
                np.ctypeslib.as_array(gradient, (n, d))[...] = answer

            return self._guarded(fill)

        return _abi.GradientCallback(call)

    def _on_progress(self, progress: Any, user_data: Any) -> int:
        line = self._line
        return self._guarded((lambda: line.update(progress.contents)) if line else None)

    def _guarded(self, action: Callable[[], None] | None) -> int:
        try:
            if action is not None and self._error is None:
                action()
        except BaseException as error:  # noqa: B036 - it is raised again by `finish`
            self._error = error
        return _STOP if self.stopped else _GO_ON

    def _on_signal(self, number: int, frame: Any) -> None:
        self._signal = (number, frame)
