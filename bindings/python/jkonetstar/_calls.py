"""Long calls: progress while they run, signals that stop them cleanly, exceptions of user code passed on."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Callable

import numpy as np

from . import _abi
from ._library import check
from ._progress_bar import Display
from ._signals import Signals

_GO_ON, _STOP = 0, 1


class LongCall:
    """Surround one call into the library.

    Use as a context manager around the call, with `progress` (and `gradient(...)`) as its callbacks, and pass
    the status to `finish` after the block. Keep what the call made within the block: handlers of signals run at the
    next callback, or in `finish`. What they raise, or user code, stops the work through the callback's return value.
    """

    def __init__(self, line: Display | None = None) -> None:
        self.progress = _abi.ProgressCallback(self._on_progress)
        self._line = line
        self._error: BaseException | None = None
        self._signals = Signals()

    def __enter__(self) -> LongCall:
        try:
            self._signals.take()
        except BaseException:
            self._signals.give_back()
            raise
        self._signals.waiting = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._signals.give_back()
        finally:
            if self._line is not None:
                self._line.close()
        if kind is not None:
            self._signals.run()

    def finish(self, status: int, **names: str) -> None:
        """Raise what a handler or a callback raised, or what the call failed with; `names` as in `check`."""
        error, self._error = self._error, None  # lest the exception keep itself alive by its traceback
        try:
            if error is not None:
                raise error
        finally:
            self._signals.run()
        check(status, **names)

    @property
    def stopped(self) -> bool:
        """Whether the work is to end: for work that Python does itself."""
        return self.guarded(None) == _STOP

    def show(self, progress: _abi.Progress) -> None:
        """Show where such work stands."""
        line = self._line
        self.guarded((lambda: line.update(progress)) if line else None)

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

            return self.guarded(fill)

        return _abi.GradientCallback(call)

    def _on_progress(self, progress: Any, user_data: Any) -> int:
        line = self._line
        return self.guarded((lambda: line.update(progress.contents)) if line else None)

    def guarded(self, action: Callable[[], None] | None) -> int:
        """Run the handlers that wait, then user code, during which others do not wait; tell whether to go on."""
        if self._error is not None:
            return _STOP
        if action is None and not self._signals.noted:
            return _GO_ON
        try:
            try:
                self._signals.waiting = False
                self._signals.run()
                if action is not None:
                    action()
            finally:
                self._signals.waiting = True
            # Those that user code has set.
            self._signals.take()
        except BaseException as error:  # noqa: B036 - it is raised again by `finish`
            self._signals.waiting = True
            self._error = error
        return _GO_ON if self._error is None else _STOP
