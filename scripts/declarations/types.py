"""Types of C: from the parser's nodes to those of the model."""

from __future__ import annotations

from typing import Literal

from pycparser import c_ast

from .model import FixedArray, Named, Pointer, Scalar, Type, Variable
from .preprocess import SCALARS, HeaderError

#: Where a type stands decides which types may stand there.
Place = Literal["member", "parameter", "result", "target"]


class Types:
    """The types that are known at one point of the headers; declarations add to `named`."""

    def __init__(self) -> None:
        self.named: dict[str, Named] = {}

    def read(self, node: c_ast.Node, place: Place) -> Type:
        """Return the type of a declarator."""
        if set(getattr(node, "quals", None) or []) - {"const"}:
            raise refusal(node, f"{' '.join(node.quals)} is not understood")
        if isinstance(node, c_ast.TypeDecl):
            return self._simple(node, place)
        if isinstance(node, c_ast.PtrDecl):
            if isinstance(node.type, c_ast.FuncDecl):
                raise refusal(node, "a pointer to a function needs a typedef of its own, jko_..._callback")
            return Pointer(self.read(node.type, "target"), "const" in (getattr(node.type, "quals", None) or []))
        if isinstance(node, c_ast.ArrayDecl):
            if place != "member":
                raise refusal(node, "an array can only be a member of a struct; use a pointer")
            return FixedArray(self.read(node.type, place), integer(node.dim, "the array"))
        raise refusal(node, f"{type(node).__name__} is not understood as a type")

    def parameters(self, node: c_ast.FuncDecl) -> tuple[Variable, ...]:
        """Return the parameters of a function."""
        if node.args is None:
            raise refusal(node, "a function without parameters must say (void)")
        given = node.args.params
        if len(given) == 1 and isinstance(given[0], c_ast.Typename):
            if isinstance(given[0].type, c_ast.TypeDecl) and getattr(given[0].type.type, "names", None) == ["void"]:
                return ()
        return tuple(self._variable(parameter, "parameter") for parameter in given)

    def members(self, node: c_ast.Struct) -> tuple[Variable, ...]:
        """Return the members of a struct."""
        return tuple(self._variable(member, "member") for member in node.decls)

    def _variable(self, node: c_ast.Node, place: Place) -> Variable:
        if not isinstance(node, c_ast.Decl):
            raise refusal(node, f"a {place} needs a type and a name; {type(node).__name__} is not understood")
        if node.bitsize is not None or node.align:
            raise refusal(node, f"{node.name} has a width in bits or an alignment of its own")
        return Variable(node.name, self.read(node.type, place))

    def _simple(self, node: c_ast.TypeDecl, place: Place) -> Type:
        if not isinstance(node.type, c_ast.IdentifierType):
            kind = type(node.type).__name__
            raise refusal(node, f"{kind} {node.type.name or 'without a name'} must be declared and used by a typedef")
        name = " ".join(node.type.names)
        if name in self.named:
            found: Named = self.named[name]
            if found.kind == "handle" and place != "target":
                raise refusal(node, f"{name} is opaque and can only be used by a pointer")
            return found
        if name not in SCALARS:
            raise refusal(node, f"type {name} is not understood")
        if (name == "void" and place not in ("result", "target")) or (name == "char" and place != "target"):
            raise refusal(node, f"{name} cannot be a {place}")
        return Scalar(name)


def integer(node: c_ast.Node | None, what: str) -> int:
    """Return the value of a literal, which may have a sign."""
    if isinstance(node, c_ast.UnaryOp) and node.op == "-":
        return -integer(node.expr, what)
    if isinstance(node, c_ast.Constant) and node.type == "int":
        return int(node.value, 0)
    raise refusal(node, f"{what} needs a value that is an integer literal")


def refusal(node: c_ast.Node | None, reason: str) -> HeaderError:
    """Return the error that says where and why a header is refused."""
    coord = getattr(node, "coord", None) or getattr(getattr(node, "type", None), "coord", None)
    return HeaderError(f"{coord.file}:{coord.line}: {reason}" if coord else reason)
