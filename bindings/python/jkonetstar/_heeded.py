"""Calls that take no callback of their own and may be long all the same: Ctrl-C stops them too."""

from __future__ import annotations

from typing import Any

from . import _abi
from ._calls import LongCall
from ._library import check, lib

_FEW_NUMBERS = 1 << 14


def heeded(function: Any, *arguments: Any, **names: str) -> None:
    """Call a function of the library; raise what it failed with, or what stopped it. `names` as in `check`."""
    with LongCall() as call:
        status = under(call, function, *arguments)
    call.finish(status, **names)


def under(call: LongCall, function: Any, *arguments: Any) -> int:
    """Call a function as part of the work that `call` surrounds, which may stop it; return its status."""
    check(lib.jko_set_progress(call.progress, None))
    try:
        return int(function(*arguments))
    finally:
        lib.jko_set_progress(_abi.ProgressCallback(), None)


def evaluated(numbers: int, function: Any, *arguments: Any, **names: str) -> None:
    """Call a function that takes long where its input has many numbers, and microseconds where it has few."""
    if numbers > _FEW_NUMBERS:
        heeded(function, *arguments, **names)
    else:
        check(function(*arguments), **names)
