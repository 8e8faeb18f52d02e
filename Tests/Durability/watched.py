"""The Python face of shim.c, which must have been preloaded into this process."""

from __future__ import annotations

import ctypes
import errno
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

_shim = ctypes.CDLL(None)
if not hasattr(_shim, "durability_watch"):
    raise SystemExit("shim.c is not preloaded; start this program by run.sh")
_shim.durability_calls.restype = ctypes.c_long
_shim.durability_log.restype = ctypes.c_char_p
_shim.durability_shorten.argtypes = [ctypes.c_long]
_shim.durability_kill.argtypes = [ctypes.c_char_p, ctypes.c_long]
_shim.durability_fill.argtypes = [ctypes.c_long, ctypes.c_int]
_shim.durability_fail.argtypes = [ctypes.c_char_p, ctypes.c_long, ctypes.c_int]

#: A file that a write has begun, which is nobody's yet.
TEMPORARY = (".jkonetstar-", ".part")


def is_temporary(name: str) -> bool:
    return name.startswith(TEMPORARY[0]) and name.endswith(TEMPORARY[1])


@contextmanager
def watching(folder: Path, record: bool = False) -> Iterator[None]:
    """Watch what this process does in a folder."""
    _shim.durability_watch(os.fsencode(folder.resolve()), int(record))
    try:
        yield
    finally:
        _shim.durability_watch(None, 0)


def fail(call: str, number: int, error: int) -> None:
    _shim.durability_fail(call.encode(), number, error)


def fill(left: int, error: int = errno.ENOSPC) -> None:
    _shim.durability_fill(left, error)


def shorten(most: int) -> None:
    _shim.durability_shorten(most)


def kill(number: int, call: str | None = None) -> None:
    _shim.durability_kill(None if call is None else call.encode(), number)


def forget(call: str) -> None:
    _shim.durability_forget(call.encode())


def mark(text: str) -> None:
    _shim.durability_mark(text.encode())


def calls(kind: str | None = None) -> int:
    return _shim.durability_calls(None if kind is None else kind.encode())


def log() -> list[str]:
    return os.fsdecode(_shim.durability_log()).splitlines()


def view(folder: Path, with_temporary: bool = False) -> dict[str, bytes]:
    """Return every file below a folder by its path there."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (with_temporary or not is_temporary(path.name))
    }


@contextmanager
def room() -> Iterator[Path]:
    """Give a folder in memory, if there is one."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        yield Path(folder).resolve()
