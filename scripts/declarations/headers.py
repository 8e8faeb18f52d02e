"""From the C headers to the model. What is not understood is an error, so that no declaration is lost in silence."""

from __future__ import annotations

import re
from pathlib import Path

from pycparser import c_ast
from pycparser.c_parser import CParser, ParseError

from .comments import Comments
from .model import Callback, Constant, Declarations, Declared, Enum, Function, Handle, Named, Struct
from .preprocess import HeaderError, Macro, Preprocessed, preprocess
from .types import Types, integer, refusal

__all__ = ["HeaderError", "read"]

# A macro that stands for nothing, with or without a parameter.
_NOTHING = re.compile(r"(\([a-z_]+\))?\Z")
_NUMBER = re.compile(r"\(?(-?\d+(\.\d+)?)\)?\Z")


def read(umbrella: Path) -> Declarations:
    """Return what a header and those that it includes declare; all of the folder named like it must be included."""
    source = preprocess(umbrella)
    for path in sorted(umbrella.with_suffix("").glob("*.h")):
        if path not in source.paths:
            raise HeaderError(f"{path} is not included by {umbrella.name}")
    try:
        tree = CParser().parse(source.text)
    except ParseError as error:
        raise HeaderError(str(error)) from None
    return _Reader(source).read(tree)


class _Reader:
    """Read declarations one after the other; an enumeration completes the typedef that stands before it."""

    def __init__(self, source: Preprocessed) -> None:
        self._macros = source.macros
        self._comments = {str(path): Comments(path) for path in source.paths}
        self._types = Types()
        self._enum: c_ast.Typedef | None = None
        self._declared: dict[str, Declared] = {}

    def read(self, tree: c_ast.FileAST) -> Declarations:
        for macro in self._macros:
            self._macro(macro)
        for node in tree.ext:
            if not node.coord.file:
                continue  # A standard type; only what `preprocess` puts in front has no file.
            if node.coord.file not in self._comments:
                raise refusal(node, "this file is outside the folder of the headers")
            self._declaration(node)
        self._expect_no_enum()
        return Declarations(tuple(self._declared.values()))

    def _declaration(self, node: c_ast.Node) -> None:
        if isinstance(node, c_ast.Decl) and isinstance(node.type, c_ast.Enum):
            return self._enumeration(node.type)
        self._expect_no_enum()
        if isinstance(node, c_ast.FuncDef):
            if node.decl.storage != ["static"] or node.decl.funcspec != ["inline"]:
                raise refusal(node, f"{node.decl.name} is defined, but not static inline")
            return None  # A convenience of C; the library does not export it.
        if isinstance(node, c_ast.Typedef):
            return self._typedef(node)
        if isinstance(node, c_ast.Decl) and isinstance(node.type, c_ast.FuncDecl):
            if node.storage or node.funcspec or node.align:
                raise refusal(node, f"{node.name} has a storage class or a specifier")
            result = self._types.read(node.type.type, "result")
            returned = self._comments[node.coord.file].returned(node.coord.line)
            return self._add(
                Function(*self._described(node), result, self._types.parameters(node.type), returned), node
            )
        name = getattr(node, "name", None) or getattr(getattr(node, "type", None), "name", None) or "without a name"
        raise refusal(node, f"{type(getattr(node, 'type', node)).__name__} {name} is not understood")

    def _typedef(self, node: c_ast.Typedef) -> None:
        declarator = node.type
        if isinstance(declarator, c_ast.PtrDecl) and isinstance(declarator.type, c_ast.FuncDecl):
            result = self._types.read(declarator.type.type, "result")
            parameters = self._types.parameters(declarator.type)
            self._add(Callback(*self._described(node), result, parameters), node)
            self._types.named[node.name] = Named("callback", node.name)
        elif not isinstance(declarator, c_ast.TypeDecl):
            raise refusal(node, f"{node.name} is neither a struct nor a pointer to a function nor int32_t")
        elif isinstance(declarator.type, c_ast.Struct):
            self._struct(node, declarator.type)
        elif getattr(declarator.type, "names", None) == ["int32_t"]:
            self._enum = node
        else:
            raise refusal(node, f"{node.name}: {type(declarator.type).__name__} is not understood in a typedef")

    def _struct(self, node: c_ast.Typedef, struct: c_ast.Struct) -> None:
        if struct.name != node.name:
            raise refusal(node, f"{node.name} is a typedef of struct {struct.name}; the two must have one name")
        described = self._described(node, struct)
        if struct.decls is None:
            self._add(Handle(*described), node)
            self._types.named[node.name] = Named("handle", node.name)
            return
        self._add(Struct(*described, self._types.members(struct)), node)
        self._types.named[node.name] = Named("struct", node.name)

    def _enumeration(self, node: c_ast.Enum) -> None:
        names = [value.name for value in node.values.enumerators] if node.values else []
        if self._enum is None or node.name or not names:
            name = node.name or ", ".join(names)
            raise refusal(node, f"enum {name} must be without a name and follow 'typedef int32_t jko_...;'")
        values = {}
        for value in node.values.enumerators:
            if not value.name.startswith("JKO_"):
                raise refusal(value, f"{value.name} does not begin with JKO_")
            values[value.name] = integer(value.value, value.name)
        typedef, self._enum = self._enum, None
        self._add(Enum(*self._described(typedef), values), node)
        self._types.named[typedef.name] = Named("enum", typedef.name)

    def _expect_no_enum(self) -> None:
        if self._enum is not None:
            raise refusal(self._enum, f"{self._enum.name} is int32_t, but no enum with its values follows")

    def _macro(self, macro: Macro) -> None:
        """Add a constant. Guards, and attributes that are empty for a compiler without extensions, are none."""
        where, name = f"{macro.path}:{macro.line}", macro.name
        if _NOTHING.match(macro.text) and (name.endswith("_H") or name.startswith("JKO_")):
            return
        number = _NUMBER.match(macro.text)
        if number is None or not name.startswith("JKO_"):
            raise HeaderError(f"{where}: #define {name} {macro.text} is neither a guard nor a number named JKO_...")
        summary = self._comments[str(macro.path)].before(macro.line)
        if summary is None:
            raise HeaderError(f"{where}: {name} has no doc comment")
        value = float(number[1]) if number[2] else int(number[1])
        self._add(Constant(macro.path.name, name, summary, value), where)

    def _described(self, node: c_ast.Node, start: c_ast.Node | None = None) -> tuple[str, str, str]:
        """Return header, name and summary; `start` is where the declaration begins, if its name stands at the end."""
        if not node.name.startswith("jko_"):
            raise refusal(node, f"{node.name} does not begin with jko_")
        return Path(node.coord.file).name, node.name, self._summary(start or node, node.name)

    def _summary(self, node: c_ast.Node, name: str) -> str:
        summary = self._comments[node.coord.file].before(node.coord.line)
        if summary is None:
            raise refusal(node, f"{name} has no doc comment")
        return summary

    def _add(self, declared: Declared, where: c_ast.Node | str) -> None:
        if declared.name in self._declared:
            reason = f"{declared.name} is declared twice"
            raise HeaderError(f"{where}: {reason}") if isinstance(where, str) else refusal(where, reason)
        self._declared[declared.name] = declared
