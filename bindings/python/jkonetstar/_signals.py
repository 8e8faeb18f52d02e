"""Signal handlers that wait while the library works, so that nothing they raise is lost."""

from __future__ import annotations

import signal
import threading
from typing import Any

try:
    # The public function looks up a name for what it returns, which for all signals takes longer than many a call.
    from _signal import getsignal
except ImportError:
    getsignal = signal.getsignal

_NUMBERS = tuple(sorted(int(number) for number in signal.valid_signals()))


class Signals:
    """The handlers of all signals that Python code handles, taken over for as long as a call of the library lasts.

    Python runs handlers in its main thread, between two bytecodes. While C runs, that is in its callbacks, possibly at
    their first bytecode, before any `try`, or after the last one: ctypes prints what is raised there, and forgets it.
    So while `waiting` is true a signal is only noted. Its handler runs when `run` is called, within a `try` of a
    callback or after the call. While `waiting` is false, handlers run at once, as if nothing had been taken over.
    """

    def __init__(self) -> None:
        self.waiting = False
        self._handlers: dict[int, Any] = {}
        self._noted: list[tuple[int, Any]] = []
        self._ours = self._on_signal  # one object, by which a handler that was set in the meantime is told from ours

    def take(self) -> None:
        """Take over the handlers there are now; those of other threads than the main one are none."""
        if threading.current_thread() is not threading.main_thread():
            return
        for number in _NUMBERS:
            handler = getsignal(number)
            if callable(handler) and handler is not self._ours:
                self._handlers[number] = handler
                signal.signal(number, self._ours)

    def give_back(self) -> None:
        """Put the handlers back where they were, but for those that somebody has replaced since."""
        try:
            for number, handler in self._handlers.items():
                if getsignal(number) is self._ours:
                    signal.signal(number, handler)
        finally:
            # Should one of those that are back raise before all are: ours hands on to them.
            self.waiting = False

    @property
    def noted(self) -> bool:
        """Whether handlers wait."""
        return bool(self._noted)

    def run(self) -> None:
        """Run the handlers that wait; the last exception is raised, the one before it being its context."""
        try:
            while self._noted:
                number, frame = self._noted.pop(0)
                self._handlers[number](number, frame)
        finally:
            if self._noted:
                self.run()

    def _on_signal(self, number: int, frame: Any) -> None:
        if self.waiting:
            self._noted.append((number, frame))
        else:
            self._handlers[number](number, frame)
