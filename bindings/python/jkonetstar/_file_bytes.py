"""What the library writes to files, as bytes: so are objects pickled that have a file of their own."""

from __future__ import annotations

import os
import tempfile
from typing import Callable

from . import _arrays
from ._library import check


def as_bytes(save: Callable[[bytes], int]) -> bytes:
    """Return what `save` writes to the path that it is given; it returns the library's status."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "state.safetensors")
        check(save(_arrays.path(path)))
        with open(path, "rb") as file:
            return file.read()


def from_bytes(content: bytes, load: Callable[[bytes], int]) -> None:
    """Have `load` read such bytes from the path that it is given."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "state.safetensors")
        with open(path, "wb") as file:
            file.write(content)
        check(load(_arrays.path(path)), path)
