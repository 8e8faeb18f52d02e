"""Numbers on their way to the library: NumPy arrays as strided views, Python scalars within C's bounds."""

from __future__ import annotations

import math
import operator
import os
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from . import _abi
from ._errors import InputError, KindError, OutOfMemoryError

_DTYPES = {np.dtype(name): code for name, code in _abi.DTYPE.items()}


def numbers(value: Any, name: str) -> NDArray[Any]:
    """Return an array of native float64 or float32, the given memory itself if it is one already."""
    _refuse_containers(value, name)
    if isinstance(value, np.ma.MaskedArray):
        if np.ma.is_masked(value):
            raise InputError(f"{name} has masked entries; fill or remove them")
        value = value.data
    try:
        array = np.asarray(value)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} is not an array: {error}", "JKO_ESHAPE") from None
    if array.dtype in _DTYPES:
        return array
    if array.dtype.kind in "iu":
        return _exact(array, name)
    if array.dtype.kind in "bf":
        return array.astype(np.float64)
    if array.dtype.kind == "c":
        raise KindError(f"{name} must hold real numbers, got {array.dtype}. Complex data not supported")
    # NumPy would read "1.5" among objects, but not in an array of text: neither is taken for a number.
    text = next((item for item in array.flat if isinstance(item, (str, bytes))), None)
    if text is not None:
        raise TypeError(f"{name} must hold numbers, but holds {_shown(text)}; convert strings to numbers first")
    if array.dtype.kind == "O":
        try:
            return array.astype(np.float64)
        except (TypeError, ValueError, OverflowError) as error:
            raise TypeError(f"{name} must hold real numbers: {error}") from None
    raise TypeError(f"{name} must hold real numbers, got {type(value).__name__} of {array.dtype}")


def _exact(array: NDArray[Any], name: str) -> NDArray[np.float64]:
    """Return integers as float64; refuse those that it rounds, for two times could become one."""
    result = array.astype(np.float64)
    if array.size and array.dtype.itemsize == 8:
        # Beyond 2^53 neighbours are more than 1 apart. Python compares integers with floats exactly.
        large = np.abs(result) >= 2.0**53
        changed = [number for number in array[large].tolist() if float(number) != number]
        if changed:
            raise InputError(f"{name} holds {changed[0]}, which float64 rounds; subtract an origin or divide first")
    return result


def _refuse_containers(value: Any, name: str) -> None:
    """Say what to pass instead of things that NumPy would wrap as one object."""
    if value is None:
        raise TypeError(f"{name} is missing: it is None")
    if hasattr(value, "obsm"):
        raise TypeError(f'{name} is {_shown(value)}; pass an array of it, such as {name}.obsm["X_pca"]')
    # The arrays of AnnData views have such a method, too, and are arrays all the same.
    if hasattr(value, "toarray") and not isinstance(value, np.ndarray):
        raise TypeError(f"{name} is sparse, {_shown(value)}; pass {name}.toarray()")


def _shown(value: Any) -> str:
    """Return a value's type, and the value itself if it is a number or a short string, for a message."""
    if isinstance(value, (int, float)) or (isinstance(value, (str, bytes)) and len(value) <= 40):
        plain = value.item() if isinstance(value, np.generic) else value
        return f"{type(plain).__name__} {plain!r}"
    return type(value).__name__


def points(value: Any, name: str) -> NDArray[Any]:
    """Return an (n, d) array; a vector of length n means n points in one dimension."""
    array = numbers(value, name)
    if array.ndim == 1:
        array = array[:, np.newaxis]
    if array.ndim != 2:
        raise InputError(f"{name} has shape {array.shape}; it must be (n, d)", "JKO_ESHAPE")
    return _filled(array, name)


def vector(value: Any, name: str) -> NDArray[Any]:
    """Return an (n,) array; a single column is accepted."""
    array = numbers(value, name)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise InputError(f"{name} has shape {array.shape}; it must be (n,)", "JKO_ESHAPE")
    return _filled(array, name)


def _filled(array: NDArray[Any], name: str) -> NDArray[Any]:
    if array.size == 0 and len(array):
        message = f"{name} is empty: 0 feature(s) (shape={array.shape}) while a minimum of 1 is required."
        raise InputError(message, "JKO_ESHAPE")
    if array.size == 0:
        raise InputError(f"{name} is empty: it has shape {array.shape}", "JKO_ESHAPE")
    return array


@overload
def view(array: NDArray[Any]) -> _abi.Array: ...
@overload
def view(array: None) -> None: ...
@overload
def view(array: NDArray[Any] | None) -> _abi.Array | None: ...
def view(array: NDArray[Any] | None) -> _abi.Array | None:
    """Describe a vector or matrix from `numbers` to C, without a copy wherever its strides allow it."""
    if array is None:
        return None
    if array.ndim == 1:
        array = array[:, np.newaxis]
    size = array.itemsize
    shared = any(step == 0 and count > 1 for step, count in zip(array.strides, array.shape))
    if shared or not array.flags.aligned or any(step % size for step in array.strides):
        array = np.array(array, order="C", copy=True)
    row_stride, column_stride = (step // size for step in array.strides)
    # `owner` is a name in Python only; it keeps the memory alive as long as the view.
    result = _abi.Array(array.ctypes.data, *array.shape, row_stride, column_stride, _DTYPES[array.dtype])
    result.owner = array
    return result


def output(*shape: int) -> NDArray[np.float64]:
    """Return memory for a result; the library writes every element."""
    try:
        return np.empty(shape)
    except (ValueError, MemoryError):
        raise OutOfMemoryError(f"a result of shape {shape} does not fit into memory") from None


def integer(value: Any, name: str, low: int, high: int) -> int:
    """Return a Python integer within [low, high]; C would silently wrap one beyond its type."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an integer, got {_shown(value)}") from None
    if not low <= number <= high:
        raise InputError(f"{name} = {number} is outside {low} .. {high}")
    return number


def boolean(value: Any, name: str) -> bool:
    """Return a Python bool; the integers 0 and 1 are accepted, nothing else that merely has a truth value is."""
    try:
        return bool(value) if isinstance(value, np.bool_) else bool(integer(value, name, 0, 1))
    except TypeError:
        raise TypeError(f"{name} must be True or False, got {_shown(value)}") from None


def real(value: Any, name: str) -> float:
    """Return a Python float."""
    try:
        if np.asarray(value).dtype.kind in "biufO":
            return float(value)
    except OverflowError:
        return math.copysign(math.inf, value)
    except (TypeError, ValueError):
        pass
    raise TypeError(f"{name} must be a number, got {_shown(value)}")


def positive(value: Any, name: str) -> float:
    """Return a positive Python float: the library takes 0 for a default."""
    number = real(value, name)
    if not 0 < number < math.inf:
        raise InputError(f"{name} = {number!r} is not a positive number")
    return number


def not_negative(number: float, name: str) -> None:
    """Refuse negative numbers and NaN, some of which the library takes for defaults."""
    if not number >= 0:
        raise InputError(f"{name} = {number!r} is not a number of at least 0")


def choice(value: Any, name: str, known: dict[str, int]) -> int:
    """Return the code of a named option."""
    if isinstance(value, str) and value in known:
        return known[value]
    listed = " or ".join(repr(key) for key in known)
    raise InputError(f"{name} = {quoted(value)} is not known; it must be {listed}")


def quoted(value: Any) -> str:
    """Return a value on one line; arrays have several, and long ones are cut."""
    line = repr(value) if isinstance(value, str) else " ".join(repr(value).split())
    return line if len(line) <= 80 else line[:78] + ".."


def seed(random_state: Any) -> int:
    """Return a seed of 64 bits: the integer given, a draw from a NumPy generator, or entropy for None."""
    if random_state is None:
        return int(np.random.SeedSequence().generate_state(1, np.uint64)[0])
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(0, 2**64, dtype=np.uint64))
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(0, 2**64, dtype=np.uint64))
    return integer(random_state, "random_state", 0, 2**64 - 1)


def text(value: Any, name: str) -> bytes:
    """Return a name as C reads it."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, got {type(value).__name__}")
    return _c_string(value.encode("utf-8", "surrogateescape"), name)


def path(value: Any, name: str = "path") -> bytes:
    """Return a path as C reads it."""
    try:
        plain = os.fspath(value)
    except TypeError:
        raise TypeError(f"{name} must be a string or a path, got {_shown(value)}") from None
    return _c_string(os.fsencode(plain), name)


def plural(count: int, noun: str) -> str:
    """Return a count with its noun: "1 particle", "2,000 particles"."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _c_string(encoded: bytes, name: str) -> bytes:
    if b"\0" in encoded:
        raise InputError(f"{name} = {encoded!r} holds a zero byte")
    return encoded
