"""Julia programs as syntax trees: what they define, call and mention. No Julia is needed to read them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

import tree_sitter
import tree_sitter_julia

_PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_julia.language()))
#: Where identifiers are names of members, arguments or modules rather than values that must be known.
_LABELLED = ("named_argument", "named_field")
_IMPORTS = ("using_statement", "import_statement", "export_statement")


@dataclass(frozen=True)
class Method:
    """How many positional arguments a method takes, at least and at most, and its keywords; None where any are."""

    least: int
    most: float
    keywords: frozenset[str] | None

    def takes(self, count: int, splat: bool, keywords: set[str]) -> bool:
        """Return whether a call with so many arguments, or more where it has a splat, may go to this method."""
        fits = count <= self.most if splat else self.least <= count <= self.most
        return fits and (self.keywords is None or keywords <= self.keywords)


@dataclass(frozen=True)
class Call:
    """A call: what is called, its positional arguments (a do block counts), its keywords, whether it has splats."""

    name: str
    arguments: tuple[tree_sitter.Node, ...]
    keywords: frozenset[str]
    count: int
    splat: bool
    where: str


def parse(path: Path) -> tree_sitter.Node:
    """Return the root of a file's tree."""
    return parsed(path.read_bytes())


def parsed(program: bytes) -> tree_sitter.Node:
    """Return the root of a program's tree."""
    return _PARSER.parse(program).root_node


def text(node: tree_sitter.Node) -> str:
    """Return what a node says."""
    return node.text.decode()


def nodes(root: tree_sitter.Node, *types: str) -> Iterator[tree_sitter.Node]:
    """Return a node and all below it, in their order; those of some types only, if any are given."""
    if not types or root.type in types:
        yield root
    for child in root.named_children:
        yield from nodes(child, *types)


def errors(root: tree_sitter.Node) -> list[str]:
    """Return where a program is no Julia."""
    return [
        f"line {node.start_point[0] + 1}: {text(node)[:60]!r}"
        for node in nodes(root)
        if node.type == "ERROR" or node.is_missing
    ]


def signature(node: tree_sitter.Node) -> tree_sitter.Node | None:
    """Return the call that a definition of a function looks like; None for what defines none."""
    if node.type == "function_definition":
        head = next(child for child in node.named_children if child.type == "signature").named_children[0]
    elif node.type == "assignment" and node.named_children[0].type in ("call_expression", "where_expression"):
        head = node.named_children[0]
    else:
        return None
    while head.type in ("where_expression", "typed_expression"):
        head = head.named_children[0]
    return head if head.type == "call_expression" else None


def arguments(call: tree_sitter.Node) -> tuple[list[tree_sitter.Node], list[tree_sitter.Node]]:
    """Return what stands before the semicolon of a call and after it."""
    listed = next(child for child in call.named_children if child.type == "argument_list")
    before, after, current = [], [], None
    current = before
    for child in listed.children:
        if child.type == ";":
            current = after
        elif child.is_named and child.type not in ("line_comment", "block_comment"):
            current.append(child)
    return before, after


def label(node: tree_sitter.Node) -> str:
    """Return the name of an argument or member."""
    while node.type in (*_LABELLED, "typed_expression", "assignment"):
        node = node.named_children[0]
    return text(node.named_children[-1]) if node.type == "field_expression" else text(node)


def methods(root: tree_sitter.Node) -> dict[str, list[Method]]:
    """Return the methods of all functions and constructors that a program defines."""
    found: dict[str, list[Method]] = defaultdict(list)
    for node in nodes(root):
        if node.type == "struct_definition":
            names = [name for name, _ in members(node)]
            keyword_made = node.parent.type == "macro_argument_list" and "@kwdef" in text(node.parent.parent)
            found[struct_name(node)].append(Method(len(names), len(names), frozenset()))
            if keyword_made:
                found[struct_name(node)].append(Method(0, 0, frozenset(names)))
        head = signature(node)
        if head is None or head.named_children[0].type == "parenthesized_expression":
            continue
        before, after = arguments(head)
        optional = [argument for argument in before if argument.type == "named_argument"]
        many = any(argument.type == "splat_expression" for argument in before)
        keywords = frozenset(map(label, after))
        found[text(head.named_children[0])].append(
            Method(
                len(before) - len(optional) - many,
                float("inf") if many else len(before),
                None if any(argument.type == "splat_expression" for argument in after) else keywords,
            )
        )
    return found


def struct_name(node: tree_sitter.Node) -> str:
    """Return the name of a struct."""
    head = next(child for child in node.named_children if child.type == "type_head")
    return text(next(nodes(head, "identifier")))


def members(node: tree_sitter.Node) -> list[tuple[str, tree_sitter.Node]]:
    """Return the members of a struct, with their types."""
    found = []
    for child in node.named_children:
        field = child.named_children[0] if child.type == "assignment" else child
        if field.type == "typed_expression":
            found.append((text(field.named_children[0]), field.named_children[1]))
    return found


def calls(root: tree_sitter.Node) -> Iterator[Call]:
    """Return all calls of functions by their names."""
    heads = {head.id for node in nodes(root) if (head := signature(node)) is not None}
    for node in nodes(root, "call_expression"):
        called = node.named_children[0]
        if node.id in heads or called.type not in ("identifier", "field_expression"):
            continue
        before, after = arguments(node)
        labelled = [argument for argument in before if argument.type in _LABELLED]
        positional = [argument for argument in before if argument.type not in (*_LABELLED, "splat_expression")]
        keywords = {label(argument) for argument in (*labelled, *after) if argument.type != "splat_expression"}
        done = sum(child.type == "do_clause" for child in node.named_children)
        splat = any(argument.type == "splat_expression" for argument in before)
        where = f"line {node.start_point[0] + 1}: {text(called)}"
        yield Call(text(called), tuple(positional), frozenset(keywords), len(positional) + done, splat, where)


def bound(root: tree_sitter.Node) -> set[str]:
    """Return every name that something in a piece of program gives a value: parameters, variables, functions."""
    found: set[str] = set()
    for node in nodes(root):
        targets: list[tree_sitter.Node] = []
        head = signature(node)
        if head is not None:
            before, after = arguments(head)
            targets = [head.named_children[0], *before, *after]
            targets += [one for clause in nodes(node, "where_expression") for one in clause.named_children[1:]]
        elif node.type in ("assignment", "for_binding", "arrow_function_expression"):
            targets = [node.named_children[0]]
        elif node.type == "do_clause" and node.named_children[0].type == "argument_list":
            targets = [node.named_children[0]]
        elif node.type == "catch_clause" and node.named_children and node.named_children[0].type == "identifier":
            targets = [node.named_children[0]]
        elif node.type in ("struct_definition", "abstract_definition"):
            head = next(child for child in node.named_children if child.type == "type_head")
            found |= {text(name) for name in nodes(head, "identifier")}
        for target in targets:
            found |= _names_in(target)
    return found


def _names_in(node: tree_sitter.Node) -> set[str]:
    """Return the names in a pattern, such as `(a, b)` or `x::T = 1`."""
    if node.type == "identifier":
        return {text(node)}
    if node.type in (*_LABELLED, "typed_expression", "splat_expression", "assignment"):
        return _names_in(node.named_children[0])
    if node.type in ("tuple_expression", "open_tuple", "argument_list", "curly_expression", "parenthesized_expression"):
        return set().union(*map(_names_in, node.named_children))
    if node.type == "binary_expression":
        return _names_in(node.named_children[0])
    return set()


def mentioned(root: tree_sitter.Node) -> Iterator[tuple[str, int]]:
    """Return every name whose value a piece of program uses, with its line."""
    if root.type in ("quote_expression", "macro_identifier", "prefixed_string_literal", *_IMPORTS):
        return
    if root.type == "identifier":
        yield text(root), root.start_point[0] + 1
        return
    children = root.named_children
    if root.type == "field_expression":
        children = children[:1]
    elif root.type in _LABELLED:
        children = children[1:]
    elif root.type == "module_definition":
        children = [child for child in children if child.type != "identifier"]
    elif root.type == "typed_expression" and root.parent.type == "struct_definition":
        children = children[1:]
    for child in children:
        yield from mentioned(child)


def imported(root: tree_sitter.Node) -> set[str]:
    """Return the names that a program takes from other modules one by one."""
    found = set()
    for node in nodes(root, "selected_import"):
        found |= {text(child) for child in node.named_children[1:]}
    for node in nodes(root, "using_statement"):
        found |= {text(child) for child in node.named_children if child.type == "identifier"}
    return found


def exported(root: tree_sitter.Node) -> set[str]:
    """Return the names that a module exports."""
    return {text(child) for node in nodes(root, "export_statement") for child in node.named_children}
