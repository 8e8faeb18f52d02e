"""Handles of the library and the objects that they go with."""

from __future__ import annotations

import functools
import weakref
from ctypes import CFUNCTYPE, c_void_p, cast, py_object
from typing import Any

from ._library import lib

# The library's functions that release a handle, as callbacks of weak references, which pass the reference, too. C
# ignores an argument more.
_destroyers: dict[str, Any] = {}

# References to the owners, which must live to be called back; those of owners that are gone are weeded out now and
# then.
_owners: dict[int, weakref.ref[Any]] = {}
_weeded = 0


def go_with(owner: Any, handle: Any, destroy: str) -> None:
    """Have the library's function `destroy` release a handle when its owner goes.

    What is called then has no bytecode, as a function of Python and `weakref.finalize` have. Before each of these the
    handler of a signal may run, and Python prints and forgets what is raised while an object goes.
    """
    if destroy not in _destroyers:
        _destroyers[destroy] = CFUNCTYPE(None, c_void_p, py_object)((destroy, lib))
    reference = weakref.ref(owner, functools.partial(_destroyers[destroy], cast(handle, c_void_p).value))
    _owners[id(reference)] = reference
    _weed()


def _weed() -> None:
    global _weeded
    if len(_owners) > 2 * _weeded + 100:
        for key, reference in list(_owners.items()):
            if reference() is None:
                _owners.pop(key, None)
        _weeded = len(_owners)
