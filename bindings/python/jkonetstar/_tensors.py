"""The tensors of a model file, see docs/model_file.md."""

from __future__ import annotations

import json
from typing import Union

import numpy as np
from numpy.typing import NDArray

#: F64 or I64, the two types that model files have.
Tensor = Union[NDArray[np.float64], NDArray[np.int64]]


def tensors(content: bytes) -> dict[str, Tensor]:
    """Return the tensors of a file by their names.

    The library wrote the file in this process, or has read it before, so that its sums and sizes are known to be right.
    """
    start = 8 + int.from_bytes(content[:8], "little")
    header: dict[str, dict[str, object]] = json.loads(content[8:start])
    return {name: _tensor(content, start, entry) for name, entry in header.items() if name != "__metadata__"}


def _tensor(content: bytes, start: int, entry: dict[str, object]) -> Tensor:
    offsets, shape = entry["data_offsets"], entry["shape"]
    assert isinstance(offsets, list) and isinstance(shape, list)
    words = content[start + offsets[0] : start + offsets[1]]
    if entry["dtype"] == "F64":
        return np.frombuffer(words, "<f8").reshape(shape)
    return np.frombuffer(words, "<i8").reshape(shape)
