"""The declarations in Python, for ctypes.

Names follow from those of the headers: `jko_plan_options` is `PlanOptions`, the enumeration `jko_plan_method` is
the table `PLAN_METHOD` with values by their short names, `JKO_MAX_HIDDEN_LAYERS` is `MAX_HIDDEN_LAYERS`.
"""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from itertools import groupby

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
    Scalar,
    Struct,
    Type,
    Variable,
)
from .preprocess import HeaderError

_START = '''"""The C headers in ctypes: every constant, struct and function of `include/jkonetstar/*.h`.

`make declarations` writes this file from the headers; change them instead.
"""

from __future__ import annotations

'''
_WIDTH = 120
_OWN_NAMES = ("annotations", "Any", "CFUNCTYPE", "FUNCTIONS", "POINTER", "Structure")


def write(declarations: Declarations) -> str:
    """Return the text of the Python module."""
    _require_different_names(declarations)
    values = [_constant(constant) for constant in declarations.of(Constant)]
    values += [_enum(enum) for enum in declarations.of(Enum)]
    handles = [_class(handle) for handle in declarations.of(Handle)]
    rest = [
        _callback(declared) if isinstance(declared, Callback) else _class(declared)
        for declared in declarations.all
        if isinstance(declared, (Struct, Callback))
    ]
    body = "\n".join([*values, *handles, *rest, _functions(declarations.of(Function))])
    imported = sorted(set(re.findall(r"\b(c_\w+|CFUNCTYPE|POINTER|Structure)\b", re.sub(r'""".*?"""|#.*', "", body))))
    imports = f"from ctypes import {', '.join(imported)}\nfrom typing import Any\n\n" if imported else ""
    return _formatted(_START + imports + body)


def _require_different_names(declarations: Declarations) -> None:
    taken = {name: "used by the file itself" for name in _OWN_NAMES}
    for declared in declarations.all:
        if isinstance(declared, Function):
            continue
        name = _name(declared)
        if name in taken:
            raise HeaderError(f"{declared.name} would be {name} in Python, which is {taken[name]}")
        taken[name] = f"the name of {declared.name}"


def _name(declared: Declared) -> str:
    short = re.sub("^jko_", "", declared.name, flags=re.I)
    return short.upper() if isinstance(declared, (Constant, Enum)) else _camel_case(declared.name)


def _camel_case(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_")[1:])


def _one_line(declared: Declared, frame: int) -> str:
    """Return name and summary, cut where a line ends; `frame` is what else stands on the line."""
    return textwrap.shorten(f"`{declared.name}`: {declared.summary}", _WIDTH - frame, placeholder=" ...")


def _commented(declared: Declared, assignment: str) -> str:
    return f"#: {_one_line(declared, 3)}\n{_name(declared)} = {assignment}"


def _constant(constant: Constant) -> str:
    return _commented(constant, repr(constant.value))


def _enum(enum: Enum) -> str:
    for name in enum.short_values:
        if not name.isidentifier():
            raise HeaderError(f"{enum.name}: a value would be called {name!r} in Python")
    return _commented(enum, repr(enum.short_values))


def _class(declared: Declared) -> str:
    summary = _one_line(declared, 10)
    lines = [f"class {_name(declared)}(Structure):", f'    {"r" if chr(92) in summary else ""}"""{summary}"""', ""]
    if isinstance(declared, Struct):
        members = [f'        ("{member.name}", {_type(member.type)}),' for member in declared.members]
        lines += ["    _fields_ = [", *members, "    ]", ""]
    return "\n".join(lines)


def _callback(callback: Callback) -> str:
    return _commented(callback, f"CFUNCTYPE({', '.join([_type(callback.result), *_types(callback.parameters)])})")


def _functions(functions: list[Function]) -> str:
    lines = ["#: Result and arguments of every function.", "FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {"]
    for header, group in groupby(functions, lambda function: function.header):
        lines.append(f"    # {header}")
        for function in group:
            arguments = ", ".join(_types(function.parameters))
            lines.append(f'    "{function.name}": ({_type(function.result)}, [{arguments}]),')
    return "\n".join([*lines, "}", ""])


def _types(variables: tuple[Variable, ...]) -> list[str]:
    return [_type(variable.type) for variable in variables]


def _type(type_: Type) -> str:
    if isinstance(type_, Scalar):
        fixed_width = "int" in type_.name
        return "None" if type_.name == "void" else "c_" + (type_.name.removesuffix("_t") if fixed_width else type_.name)
    if isinstance(type_, Named):
        return "c_int32" if type_.kind == "enum" else _camel_case(type_.name)
    if isinstance(type_, FixedArray):
        return f"{_type(type_.element)} * {type_.length}"
    if type_.target in (Scalar("void"), Scalar("char")):
        return {Scalar("void"): "c_void_p", Scalar("char"): "c_char_p"}[type_.target]
    return f"POINTER({_type(type_.target)})"


def _formatted(text: str) -> str:
    """Lay the text out as `make format` would."""
    command = [sys.executable, "-m", "ruff", "format", "--isolated", f"--config=line-length={_WIDTH}"]
    done = subprocess.run([*command, "--target-version=py39", "-"], input=text, capture_output=True, text=True)
    if done.returncode != 0:
        raise HeaderError(f"ruff refuses what was written: {done.stderr.strip()}")
    return done.stdout
