"""The declarations in Julia: constants, structs that C can read, and a function per function of the library.

Everything keeps its C name. The module that includes them defines `libjkonetstar`, the library's path.
"""

from __future__ import annotations

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

_START = """# The C headers in Julia: every constant, struct and function of `include/jkonetstar/*.h`.
#
# `make declarations` writes this file from the headers; change them instead.
"""
_SCALARS = {
    "void": "Cvoid",
    "char": "Cchar",
    "int": "Cint",
    "float": "Cfloat",
    "double": "Cdouble",
    "size_t": "Csize_t",
}


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
    parts += [_function(function) for function in declarations.of(Function)]
    return "\n".join(parts)


def _documented(declared: Declared, text: str) -> str:
    return f"# {declared.summary}\n{text}\n"


def _enum(enum: Enum) -> str:
    values = [f"const {name} = {enum.name}({value})" for name, value in enum.values.items()]
    return _documented(enum, "\n".join([f"const {enum.name} = Int32", *values]))


def _callback(callback: Callback) -> str:
    parameters = "".join(f"{_type(parameter.type)}, " for parameter in callback.parameters)
    made_by = f"# Made by @cfunction(f, {_type(callback.result)}, ({parameters.strip()}))."
    return _documented(callback, f"{made_by}\nconst {callback.name} = Ptr{{Cvoid}}")


def _struct(struct: Struct) -> str:
    members = "".join(f"    {member.name}::{_type(member.type)}\n" for member in struct.members)
    return _documented(struct, f"struct {struct.name}\n{members}end")


def _function(function: Function) -> str:
    names = ", ".join(parameter.name for parameter in function.parameters)
    arguments = ", ".join(f"{parameter.name}::{_type(parameter.type)}" for parameter in function.parameters)
    call = f"@ccall libjkonetstar.{function.name}({arguments})::{_type(function.result)}"
    return _documented(function, f"{function.name}({names}) =\n    {call}")


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
