"""The interface as tables for the fuzzer of Tests/Fuzz/ABI: functions, their parameters, structs, and how to call each.

The fuzzer draws arguments by these tables, so that a function that is added to the headers is called without anything
else being written. Where it cannot know what a pointer needs, it asks for a line in Tests/Fuzz/ABI/roles.h.
"""

from __future__ import annotations

import re

from .model import (
    Callback,
    Declarations,
    Enum,
    FixedArray,
    Function,
    Handle,
    Named,
    Pointer,
    Scalar,
    Struct,
    Type,
    Variable,
)
from .preprocess import HeaderError

_START = """/*
 * The interface as tables: every function of the headers, its parameters, and how it is called.
 *
 * `make declarations` writes this file from the headers; change them instead. With TABLES there is more than the names.
 */
"""
_SCALARS = {"int32_t": "INT32", "int64_t": "INT64", "uint64_t": "UINT64", "size_t": "SIZE", "double": "DOUBLE"}
_BUFFERS = {"double": "DOUBLES", "int64_t": "INTS", "int32_t": "INT32S", "size_t": "SIZES", "char": "BUFFER"}
#: What a call passes from the union of all values.
_MEMBERS = {"INT32": "(int32_t)a[{}].i", "INT64": "a[{}].i", "UINT64": "(uint64_t)a[{}].i", "SIZE": "(size_t)a[{}].i"}
_RESULTS = {"INT32": "i", "INT64": "i", "DOUBLE": "d", "TEXT": "p"}


def write(declarations: Declarations) -> str:
    """Return the text of the tables."""
    return _START + "\n".join(_Writer(declarations).lines()) + "\n"


class _Writer:
    def __init__(self, declarations: Declarations) -> None:
        self._functions = declarations.of(Function)
        self._structs = [struct for struct in declarations.of(Struct) if struct.name != "jko_progress"]
        self._enums = [enum for enum in declarations.of(Enum) if enum.name != "jko_status"]
        self._handles = declarations.of(Handle)
        self._callbacks = declarations.of(Callback)
        self._returned = {function.name: function.returned for function in self._functions}

    def lines(self) -> list[str]:
        """Return the lines of all tables."""
        lines = ["enum {"]
        lines += [f"    {handle.name.upper()}," for handle in self._handles]
        lines += ["    HANDLE_KINDS", "};", "enum {"]
        lines += [f"    {callback.name.upper()}," for callback in self._callbacks]
        lines += ["    CALLBACK_KINDS", "};", "enum {"]
        lines += [f"    CALL_{function.name.upper()}," for function in self._functions]
        lines += ["    FUNCTION_COUNT", "};", "", "#ifdef TABLES"]
        for declared in (*self._structs, *self._functions):
            variables = declared.members if isinstance(declared, Struct) else declared.parameters
            if variables:
                lines.append(f"static const variable {declared.name}_variables[] = {{")
                lines += [self._variable(declared, variable) for variable in variables]
                lines.append("};")
        lines += ["", "const enumeration enumerations[] = {"]
        for enum in self._enums:
            lines.append(f'    {{"{enum.name}", {min(enum.values.values())}, {max(enum.values.values())}}},')
        lines += ["};", "", "const structure structures[] = {"]
        names = [function.name for function in self._functions]
        for struct in self._structs:
            init = f"CALL_{struct.name.upper()}_INIT" if f"{struct.name}_init" in names else "-1"
            members = f"{len(struct.members)}, {struct.name}_variables"
            lines.append(f'    {{"{struct.name}", sizeof({struct.name}), {init}, {members}}},')
        lines += ["};", ""]
        for function in self._functions:
            lines += self._call(function)
        lines += ["", "const function functions[FUNCTION_COUNT] = {"]
        for function in self._functions:
            variables = f"{function.name}_variables" if function.parameters else "NULL"
            lines.append(
                f'    {{"{function.name}", {self._kind(function.result, function)[0]}, {self._statuses(function)}, '
                f"{len(function.parameters)}, {variables}, call_{function.name}}},"
            )
        return [*lines, "};", "#endif"]

    def _variable(self, declared: Struct | Function, variable: Variable) -> str:
        kind, which = self._kind(variable.type, declared)
        length = variable.type.length if isinstance(variable.type, FixedArray) else 1
        offset = f"offsetof({declared.name}, {variable.name})" if isinstance(declared, Struct) else "0"
        return f'    {{"{variable.name}", {kind}, {which}, {length}, {offset}}},'

    def _kind(self, type_: Type, declared: Struct | Function) -> tuple[str, str]:
        """Return the kind of a type and which of its kind it is; what the fuzzer could not draw is an error."""
        if isinstance(type_, FixedArray):
            return self._kind(type_.element, declared)
        if isinstance(type_, Scalar) and type_.name in ("void", *_SCALARS):
            return _SCALARS.get(type_.name, "NOTHING"), "0"
        if isinstance(type_, Named):
            if type_.name == "jko_status":
                return ("STATUS" if isinstance(declared, Function) else "INT32"), "0"
            if type_.kind == "enum":
                return "ENUM", str([enum.name for enum in self._enums].index(type_.name))
            if type_.kind == "callback":
                return "CALLBACK", type_.name.upper()
        if isinstance(type_, Pointer):
            target, constant = type_.target, type_.constant
            if isinstance(target, Scalar) and target.name in ("char", "void", *_BUFFERS):
                if target.name == "void":
                    return "DATA", "0"
                if constant and target.name in ("char", "int64_t"):
                    return ("TEXT" if target.name == "char" else "GIVEN_INTS"), "0"
                if not constant:
                    return _BUFFERS[target.name], "0"
            if isinstance(target, Named) and target.name == "jko_array" and constant:
                return "ARRAY", "0"
            if isinstance(target, Named) and target.kind == "struct":
                which = str([struct.name for struct in self._structs].index(target.name))
                return ("STRUCT" if constant else "FILLED_STRUCT"), which
            if isinstance(target, Named) and target.kind == "handle":
                return "HANDLE", target.name.upper()
            if isinstance(target, Pointer) and isinstance(target.target, Named) and target.target.kind == "handle":
                return "NEW_HANDLE", target.target.name.upper()
        raise HeaderError(f"{declared.name}: the fuzzer of the interface does not know {type_}")

    def _call(self, function: Function) -> list[str]:
        passed = [self._passed(index, variable, function) for index, variable in enumerate(function.parameters)]
        kind = self._kind(function.result, function)[0]
        call = f"{function.name}({', '.join(passed)})"
        if kind == "TEXT":
            call = f"(void *)(uintptr_t){call}"
        assigned = "" if kind == "NOTHING" else f"result->{_RESULTS.get(kind, 'i')} = "
        return [
            f"static void call_{function.name}(const slot *a, slot *result)",
            "{",
            "    (void)a, (void)result;",
            f"    {assigned}{call};",
            "}",
        ]

    def _passed(self, index: int, variable: Variable, function: Function) -> str:
        kind = self._kind(variable.type, function)[0]
        if kind == "CALLBACK" and isinstance(variable.type, Named):
            return f"({variable.type.name})a[{index}].f"
        if kind == "DOUBLE":
            return f"a[{index}].d"
        return _MEMBERS.get("INT32" if kind in ("ENUM", "STATUS") else kind, "a[{}].p").format(index)

    def _statuses(self, function: Function) -> str:
        """Return the statuses that a comment names, as bits; `as jko_other()` stands for those of the other one."""
        if self._kind(function.result, function)[0] != "STATUS":
            return "0"
        found: set[str] = set()
        waiting, seen = [function.name], {function.name}
        while waiting:
            text = self._returned[waiting.pop()]
            found |= set(re.findall(r"::(JKO_[A-Z]+)\b", text))
            others = set(re.findall(r"\bas (jko_\w+)\(\)", text)) - seen
            waiting += sorted(others)
            seen |= others
        if "JKO_OK" not in found:
            raise HeaderError(f"{function.name}: its comment does not say which statuses it returns")
        return " | ".join(f"BIT({status})" for status in sorted(found))
