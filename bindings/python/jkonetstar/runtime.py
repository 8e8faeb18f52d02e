"""The library itself: its version, how it was built, and how many threads it may use."""

from __future__ import annotations

from . import _arrays
from ._library import check, lib


def version() -> str:
    """Return the version of the shared library, "major.minor.patch".

    Examples
    --------
    >>> import jkonetstar as jk
    >>> jk.version() == jk.__version__
    True
    """
    text: bytes = lib.jko_version()
    return text.decode()


def build_info() -> dict[str, str]:
    """Return how the library was built and which kernels it uses.

    Returns
    -------
    dict of str
        "version", "abi", "architecture" and "kernels" (the instruction set in use: baseline, v3 or v4).

    Examples
    --------
    >>> import jkonetstar as jk
    >>> jk.build_info()["kernels"] in ("baseline", "v3", "v4")
    True
    """
    lines = lib.jko_build_info().decode().splitlines()
    return {key: value for key, separator, value in (line.partition("=") for line in lines) if separator}


def set_num_threads(count: int) -> None:
    """Set how many threads the calls of this process may use; results do not depend on it.

    Parameters
    ----------
    count : int
        1 to 1024, or 0 for one per processor that this process may run on (the default).

    Examples
    --------
    >>> import jkonetstar as jk
    >>> jk.set_num_threads(2)
    >>> jk.get_num_threads()
    2
    >>> jk.set_num_threads(0)
    """
    check(lib.jko_set_num_threads(_arrays.integer(count, "count", -(2**31), 2**31 - 1)))


def get_num_threads() -> int:
    """Return how many threads the calls of this process may use.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> jk.get_num_threads() >= 1
    True
    """
    return int(lib.jko_num_threads())
