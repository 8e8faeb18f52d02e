"""Find the shared library, load it, and refuse one with another binary interface."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import Any

from . import _abi, _errors

_NAME = "libjkonetstar.dylib" if sys.platform == "darwin" else "libjkonetstar.so"
_SONAME = f"libjkonetstar.so.{_abi.ABI_VERSION}"


def _candidates() -> list[Path]:
    named = os.environ.get("JKONETSTAR_LIBRARY")
    if named:
        return [Path(named)]
    package = Path(__file__).resolve().parent
    places = [package / _NAME]
    for source in list(package.parents)[2:3]:
        if (source / "Package.swift").is_file():
            places.append(source / ".build" / "release" / _NAME)
    return places


def _loaded() -> ctypes.CDLL | None:
    """Return the library that this process has loaded already, such as a C++ program that embeds Python.

    Handles can be shared only within one library.
    """
    if sys.platform != "linux" or os.environ.get("JKONETSTAR_LIBRARY"):
        return None
    try:
        return ctypes.CDLL(_SONAME, mode=os.RTLD_NOLOAD | os.RTLD_NOW)
    except OSError:
        return None


def _load() -> ctypes.CDLL:
    places = _candidates()
    library = _loaded()
    path = _SONAME if library else next((str(place) for place in places if place.is_file()), None)
    if path is None:
        tried = ", ".join(str(place) for place in places)
        raise ImportError(
            f"{_NAME} was not found (looked for {tried}); build it with "
            "'make build' or set JKONETSTAR_LIBRARY to its path"
        )
    try:
        library = library or ctypes.CDLL(path)
        library.jko_abi_version.restype = ctypes.c_int32
        found = library.jko_abi_version()
    except (OSError, AttributeError) as error:
        raise ImportError(f"{path} cannot be used: {error}") from None
    if found != _abi.ABI_VERSION:
        raise ImportError(
            f"{path} has binary interface {found}, but this package needs {_abi.ABI_VERSION}; "
            "install the two from the same release"
        )
    try:
        for name, (result, arguments) in _abi.FUNCTIONS.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
    except AttributeError as error:
        raise ImportError(f"{path} is older than this package: {error}") from None
    return library


lib = _load()


def check(status: int, path: Any = None, **names: str) -> None:
    """Raise what the last call on this thread failed with, if it failed.

    `path` is the file it was about; `names` gives the Python names of its arguments, ``points="X"``.
    """
    if status != 0:
        message = lib.jko_last_error().decode("utf-8", "replace")
        argument = lib.jko_last_error_argument().decode("utf-8", "replace")
        raise _errors.exception(status, message, path, names, argument)


def address(handle: Any) -> int:
    """Return where a handle of the library points to, for other programs in this process."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0
