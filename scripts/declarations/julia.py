"""The declarations in Julia: constants, structs that C can read, and a function per function of the library.

Everything keeps its C name. The module that includes them defines `symbol`, which finds a function of the library.
"""

from __future__ import annotations

import textwrap

from .layout import layout
from .model import (
    Callback,
    Constant,
    Declarations,
    Declared,
    Enum,
    FixedArray,
    Function,
    Handle,
    Named,
    Pointer,
    Scalar,
    Struct,
    Type,
)
from .preprocess import HeaderError

_START = """# The C headers in Julia: every constant, struct and function of `include/jkonetstar/*.h`.
#
# `make declarations` writes this file from the headers; change them instead.
"""
_WIDTH = 120
_UNBROKEN = {"break_long_words": False, "break_on_hyphens": False}
_SCALARS = {
    "void": "Cvoid",
    "char": "Cchar",
    "int": "Cint",
    "float": "Cfloat",
    "double": "Cdouble",
    "size_t": "Csize_t",
}
_KEYWORDS = frozenset(
    "baremodule begin break catch const continue do else elseif end export false finally for function global if import "
    "in isa let local macro module quote return struct true try using where while".split()
)


def write(declarations: Declarations) -> str:
    """Return the text of the Julia file."""
    parts = [_START]
    parts += [
        _documented(constant, f"const {constant.name} = {constant.value}") for constant in declarations.of(Constant)
    ]
    parts += [_enum(enum) for enum in declarations.of(Enum)]
    parts += [_callback(callback) for callback in declarations.of(Callback)]
    parts += [_documented(handle, f"mutable struct {handle.name} end") for handle in declarations.of(Handle)]
    parts += [_struct(struct) for struct in declarations.of(Struct)]
    parts += [_layouts(declarations.of(Struct))]
    parts += [_function(function) for function in declarations.of(Function)]
    return "\n".join(parts)


def _documented(declared: Declared, text: str) -> str:
    summary = textwrap.fill(declared.summary, _WIDTH, initial_indent="# ", subsequent_indent="# ", **_UNBROKEN)
    return f"{summary}\n{text}\n"


def _enum(enum: Enum) -> str:
    values = [f"const {name} = {enum.name}({value})" for name, value in enum.values.items()]
    return _documented(enum, "\n".join([f"const {enum.name} = Int32", *values]))


def _callback(callback: Callback) -> str:
    parameters = "".join(f"{_type(parameter.type)}, " for parameter in callback.parameters)
    made_by = f"# Made by @cfunction(f, {_type(callback.result)}, ({parameters.strip()}))."
    return _documented(callback, f"{made_by}\nconst {callback.name} = Ptr{{Cvoid}}")


def _struct(struct: Struct) -> str:
    members = "".join(f"    {_name(member.name)}::{_type(member.type)}\n" for member in struct.members)
    return _documented(struct, f"struct {struct.name}\n{members}end")


def _layouts(structs: list[Struct]) -> str:
    """Write where C has the members of structs, for the tests of the package."""
    lines = ["# The size of every struct and the offsets of its members, in bytes.", "const LAYOUTS = ("]
    for struct in structs:
        size, offsets = layout(struct, {other.name: other for other in structs})
        places = f"{offsets[0]}," if len(offsets) == 1 else ", ".join(map(str, offsets))
        line = f"    {struct.name} = ({size}, ({places})),"
        lines.append(textwrap.fill(line, _WIDTH, subsequent_indent="        "))
    return "\n".join([*lines, ")", ""])


def _function(function: Function) -> str:
    names = ", ".join(_name(parameter.name) for parameter in function.parameters)
    arguments = ", ".join(f"{parameter.name}::{_type(parameter.type)}" for parameter in function.parameters)
    start, end = f"    return @ccall $(symbol(:{function.name}))(", f")::{_type(function.result)}"
    body = start + arguments + end
    if len(body) > _WIDTH:
        indent = {"initial_indent": "        ", "subsequent_indent": "        "}
        body = f"{start}\n{textwrap.fill(arguments, _WIDTH, **indent, **_UNBROKEN)}\n    {end}"
    return _documented(function, f"function {function.name}({names})\n{body}\nend")


def _name(name: str) -> str:
    if name in _KEYWORDS:
        raise HeaderError(f"{name} cannot be the name of a parameter or member: it is a keyword of Julia")
    return name


def _type(type_: Type) -> str:
    if isinstance(type_, Scalar):
        # `int32_t` is `Int32`, `uint64_t` is `UInt64`.
        return _SCALARS.get(type_.name) or type_.name.removesuffix("_t").replace("uint", "UInt").replace("int", "Int")
    if isinstance(type_, Named):
        return type_.name
    if isinstance(type_, FixedArray):
        return f"NTuple{{{type_.length}, {_type(type_.element)}}}"
    if type_ == Pointer(Scalar("char"), constant=True):
        return "Cstring"
    return f"Ptr{{{_type(type_.target)}}}"
