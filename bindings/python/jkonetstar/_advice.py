"""Warnings with what to do about them: each names two remedies and the section of docs/warnings.md that explains it."""

from __future__ import annotations

import sys
import warnings
from typing import Sequence

_PACKAGE = __name__.partition(".")[0]


def advise(found: str, remedies: Sequence[str], section: str, category: type[Warning] = RuntimeWarning) -> None:
    """Warn, where the user's code called the package, of something found, with the first two of some remedies."""
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
