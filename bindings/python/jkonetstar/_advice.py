"""Warnings with what to do about them: each names two remedies and the section of docs/warnings.md that explains it."""

from __future__ import annotations

import sys
import warnings
from contextvars import ContextVar
from typing import Sequence

_PACKAGE = __name__.partition(".")[0]


class Gathered:
    """Within ``with Gathered("times"):``, what is advised in several steps is said once for each section, at the end.

    The first finding of a section is said, and of how many of the "times", or whatever the steps are, there was one.
    """

    def __init__(self, steps: str) -> None:
        self.found: dict[str, tuple[str, Sequence[str], type[Warning], int]] = {}
        self._steps = steps

    def __enter__(self) -> None:
        self._token = _gathered.set(self)

    def __exit__(self, *failure: object) -> None:
        _gathered.reset(self._token)
        for section, (found, remedies, category, count) in self.found.items():
            advise(found + f"; likewise at {count - 1} more {self._steps}" * (count > 1), remedies, section, category)


_gathered: ContextVar[Gathered | None] = ContextVar("gathered", default=None)


def advise(found: str, remedies: Sequence[str], section: str, category: type[Warning] = RuntimeWarning) -> None:
    """Warn, where the user's code called the package, of something found, with the first two of some remedies."""
    gathered = _gathered.get()
    if gathered is not None:
        *first_time, count = gathered.found.get(section, (found, remedies, category, 0))
        gathered.found[section] = (*first_time, count + 1)  # type: ignore[assignment]
        return
    first, second = remedies[:2]
    warnings.warn(
        f"{found}. Try {first}, or {second}. See docs/warnings.md#{section}", category, stacklevel=stack_level()
    )


def advise_on_epsilon(epsilon: float, relaxation: float) -> None:
    """Warn of an entropy that outweighs what it costs to create or destroy mass."""
    if epsilon > relaxation:
        advise(
            f"epsilon = {epsilon:.3g} exceeds marginal_relaxation = {relaxation:.3g}: the entropy outweighs what it "
            "costs to create or destroy mass, so that masses of the plan say nothing of growth or death",
            [f"epsilon={relaxation / 10:.2g}", f"a marginal_relaxation of {10 * epsilon:.2g} or more"],
            "epsilon-above-relaxation",
        )


def stack_level() -> int:
    """Return the level, seen from the function that warns, of the first caller outside this package."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == _PACKAGE:
        frame, level = frame.f_back, level + 1
    return level


def share(part: float) -> str:
    """Return a share as a percentage, of two digits where it is small."""
    return f"{100 * part:.0f} %" if part >= 0.1 or part == 0 else f"{100 * part:.2g} %"
