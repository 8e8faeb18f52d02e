"""Where a C compiler puts the members of a struct: on machines with 64-bit addresses, each at its natural alignment."""

from __future__ import annotations

from typing import Mapping

from .model import FixedArray, Named, Scalar, Struct, Type
from .preprocess import HeaderError

_SIZES = {"int": 4, "float": 4, "double": 8, "size_t": 8}


def layout(struct: Struct, structs: Mapping[str, Struct]) -> tuple[int, list[int]]:
    """Return the size of a struct and the offsets of its members, in bytes; `structs` has those that are inside it."""
    offsets, end, strictest = [], 0, 1
    for member in struct.members:
        size, alignment = _extent(member.type, structs)
        start = -(-end // alignment) * alignment
        offsets.append(start)
        end, strictest = start + size, max(strictest, alignment)
    return -(-end // strictest) * strictest, offsets


def _extent(type_: Type, structs: Mapping[str, Struct]) -> tuple[int, int]:
    """Return the size and the alignment of a type."""
    if isinstance(type_, FixedArray):
        size, alignment = _extent(type_.element, structs)
        return size * type_.length, alignment
    if isinstance(type_, Named) and type_.kind == "struct":
        members = [_extent(member.type, structs) for member in structs[type_.name].members]
        return layout(structs[type_.name], structs)[0], max(alignment for _, alignment in members)
    if isinstance(type_, Named) and type_.kind == "enum":
        return 4, 4
    if isinstance(type_, Scalar):
        bits = "".join(filter(str.isdigit, type_.name))
        size = int(bits) // 8 if bits else _SIZES.get(type_.name, 0)
        if not size:
            raise HeaderError(f"{type_.name} cannot be a member of a struct")
        return size, size
    return 8, 8
