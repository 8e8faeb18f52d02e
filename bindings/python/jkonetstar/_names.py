"""The names that a table gives to its columns."""

from __future__ import annotations

from typing import Any


def names_of(table: Any) -> tuple[str, ...] | None:
    """Return the names of the columns of a pandas or polars table; None where it has none, or only numbers for names.

    Parameters
    ----------
    table : array_like

    Raises
    ------
    TypeError
        If some names are strings and others are not, so that it is not clear what they mean.
    """
    columns = getattr(table, "columns", None)
    if columns is None or callable(columns):
        return None
    names = list(columns)
    strings = [isinstance(name, str) for name in names]
    if all(strings):
        return tuple(str(name) for name in names) or None
    if any(strings):
        odd = next(name for name, is_string in zip(names, strings) if not is_string)
        raise TypeError(f"X has columns of which some are named by strings, and one is named {odd!r}; name all or none")
    return None
