"""The committed Julia declarations agree with what a C++ compiler makes of the headers; no Julia is needed."""

import re
import shutil
import subprocess

import pytest

pytest.importorskip("tree_sitter_julia")

import julia_source as julia

#: What Julia calls types of C, their sizes and alignments.
SCALARS = {
    "Cvoid": ("void", None),
    "Cchar": ("char", 1),
    "Cint": ("int", 4),
    "Cdouble": ("double", 8),
    "Csize_t": ("size_t", 8),
    "Int32": ("int32_t", 4),
    "Int64": ("int64_t", 8),
    "UInt64": ("uint64_t", 8),
    "Cstring": ("char *", 8),
}
#: Which callback of C each function is that Julia takes the address of.
CALLBACKS = {
    "on_progress": "jko_progress_callback",
    "on_potential": "jko_gradient_callback",
    "on_interaction": "jko_gradient_callback",
    "on_potential_energy": "jko_energy_callback",
    "on_interaction_energy": "jko_energy_callback",
    "on_log_density": "jko_energy_callback",
}
# Types without `const` behind pointers, which Julia does not have.
PLAIN = """
#include <cstddef>
#include <type_traits>
#include <jkonetstar.h>
template <class T> struct plain { using type = T; };
template <class T> struct plain<T *> { using type = typename plain<std::remove_const_t<T>>::type *; };
template <class T> using plain_t = typename plain<T>::type;
template <class R, class... A> struct plain<R(A...)> { using type = plain_t<R>(plain_t<A>...); };
template <class Julia, class C> constexpr bool same = std::is_same_v<plain_t<Julia>, plain_t<C>>;
"""


class Declared:
    """What the committed file declares, by its syntax tree."""

    def __init__(self, root):
        self.aliases, self.constants, self.structs, self.handles, self.functions = {}, {}, {}, set(), {}
        self.layouts = {}
        for node in root.named_children:
            if node.type == "const_statement":
                self._constant(*node.named_children[0].named_children[::2])
            elif node.type == "struct_definition":
                members = julia.members(node)
                if members:
                    self.structs[julia.struct_name(node)] = members
                else:
                    self.handles.add(julia.struct_name(node))
            elif node.type == "function_definition":
                self._function(node)
            else:
                assert node.type == "line_comment", julia.text(node)

    def _constant(self, name, value):
        name = julia.text(name)
        if name == "LAYOUTS":
            for field in value.named_children:
                numbers = re.findall(r"\d+", julia.text(field.named_children[1]))
                self.layouts[julia.label(field)] = [int(number) for number in numbers]
        elif name.startswith("JKO_"):
            self.constants[name] = re.fullmatch(r"(?:jko_\w+\()?(-?[\d.]+)\)?", julia.text(value))[1]
        else:
            self.aliases[name] = value

    def _function(self, node):
        head = julia.signature(node)
        name, parameters = julia.text(head.named_children[0]), julia.arguments(head)[0]
        (call,) = julia.nodes(node, "macrocall_expression")
        assert julia.text(call.named_children[0]) == "@ccall"
        (typed,) = call.named_children[1].named_children
        called, result = typed.named_children
        found, listed = called.named_children
        assert julia.text(found) == f"$(symbol(:{name}))"
        arguments = [argument.named_children for argument in listed.named_children]
        assert [julia.text(one) for one in parameters] == [julia.text(one) for one, _ in arguments]
        self.functions[name] = (result, [kind for _, kind in arguments])

    def c(self, node):
        """Return a type in C."""
        name = julia.text(node)
        if node.type == "parametrized_type_expression":
            outer, inner = julia.text(node.named_children[0]), node.named_children[1].named_children
            assert outer == "Ptr" and len(inner) == 1, name
            return self.c(inner[0]) + " *"
        if name in SCALARS:
            return SCALARS[name][0]
        assert name in self.structs or name in self.handles or name in self.aliases, name
        return name

    def extent(self, node):
        """Return size and alignment of a type by the rules of Julia for `isbits` structs, which are those of C."""
        name = julia.text(node)
        if name.startswith("NTuple{"):
            count, element = node.named_children[1].named_children
            size, alignment = self.extent(element)
            return int(julia.text(count)) * size, alignment
        if name in self.aliases:
            return self.extent(self.aliases[name])
        if name in self.structs:
            size, _, alignment = self.layout(name)
            return size, alignment
        size = 8 if name.startswith("Ptr{") else SCALARS[name][1]
        return size, size

    def layout(self, name):
        """Return size, offsets of the members and alignment of a struct."""
        end, strictest, offsets = 0, 1, []
        for _, kind in self.structs[name]:
            size, alignment = self.extent(kind)
            start = (end + alignment - 1) // alignment * alignment
            offsets.append(start)
            end, strictest = start + size, max(strictest, alignment)
        return (end + strictest - 1) // strictest * strictest, offsets, strictest


@pytest.fixture(scope="module")
def declared(root):
    return Declared(julia.parse(root / "bindings" / "julia" / "JKOnetStar.jl" / "src" / "abi.jl"))


@pytest.fixture(scope="module")
def headers(root):
    text = "".join(path.read_text() for path in sorted((root / "include" / "jkonetstar").glob("*.h")))
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


@pytest.fixture(scope="module")
def compiled(root, tmp_path_factory):
    """Compile assertions against the headers; return what the compiler says."""
    compiler = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        pytest.skip("no C++ compiler")

    def check(lines):
        program = tmp_path_factory.mktemp("julia") / "assertions.cpp"
        program.write_text(PLAIN + "\n".join(lines) + "\n")
        command = [compiler, "-std=c++17", "-fsyntax-only", f"-I{root / 'include'}", program]
        return subprocess.run(command, capture_output=True, text=True).stderr

    return check


def test_everything_of_the_headers_is_declared(declared, headers):
    functions = set(re.findall(r"^[\w ]+[ *](jko_\w+)\([^)]*\);", headers, re.M))
    assert set(declared.functions) == functions and len(functions) > 90
    assert set(declared.structs) == set(re.findall(r"struct (jko_\w+)\s*\{", headers))
    assert declared.handles == set(re.findall(r"typedef struct (jko_\w+) jko_\w+;", headers))
    enums = "".join(re.findall(r"enum\s*\{(.*?)\}", headers, re.S))
    constants = set(re.findall(r"JKO_\w+", enums))
    constants |= set(re.findall(r"^#define (JKO_\w+) \(?-?[0-9]", headers, re.M))
    assert set(declared.constants) == constants and len(constants) > 70
    aliases = re.findall(r"typedef (?:int32_t |\w+ \(\*)(jko_\w+)", headers)
    assert set(declared.aliases) == set(aliases) and len(aliases) > 15
    for name, members in declared.structs.items():
        body = re.search(r"typedef struct " + name + r" \{(.*?)\}", headers, re.S)[1]
        assert [member for member, _ in members] == re.findall(r"(\w+)(?:\[\w+\])?;", body)


def assertions(declared):
    """Return what must be so if Julia and C agree."""
    lines = [f"static_assert({name} == {value});" for name, value in declared.constants.items()]
    for name, members in declared.structs.items():
        size, offsets, alignment = declared.layout(name)
        assert declared.layouts[name] == [size, *offsets]
        lines.append(f"static_assert(sizeof({name}) == {size} && alignof({name}) == {alignment});")
        for (member, kind), offset in zip(members, offsets):
            lines.append(f"static_assert(offsetof({name}, {member}) == {offset});")
            if julia.text(kind).startswith("NTuple{"):
                count, element = kind.named_children[1].named_children
                wanted = f"{declared.c(element)}[{julia.text(count)}]"
                lines.append(f"static_assert(std::is_same_v<{wanted}, decltype({name}::{member})>);")
            else:
                lines.append(f"static_assert(same<{declared.c(kind)}, decltype({name}::{member})>);")
    for name, (result, kinds) in declared.functions.items():
        wanted = f"{declared.c(result)}({', '.join(map(declared.c, kinds))})"
        lines.append(f"static_assert(same<{wanted}, decltype({name})>);")
    return lines


def test_the_compiler_agrees(declared, compiled):
    lines = assertions(declared)
    assert len(lines) > 500
    assert compiled(lines) == ""


def test_the_compiler_would_disagree(declared, compiled):
    """Any one of a few wrong declarations is found."""
    for wrong in (
        "static_assert(same<jko_status(jko_model *, double *), decltype(jko_model_history)>);",
        "static_assert(same<int64_t, decltype(jko_plan_info::method)>);",
        "static_assert(offsetof(jko_array, dtype) == 36);",
        "static_assert(JKO_EIO == -7);",
        "static_assert(same<jko_status(int64_t), decltype(jko_set_num_threads)>);",
    ):
        assert "static" in compiled([wrong])


def test_callbacks_have_the_types_of_c(root, declared, compiled):
    lines, seen = [], set()
    for path in sorted((root / "bindings" / "julia" / "JKOnetStar.jl" / "src").glob("*.jl")):
        tree = julia.parse(path)
        for node in julia.nodes(tree, "macrocall_expression"):
            if julia.text(node.named_children[0]) != "@cfunction":
                continue
            function, result, kinds = node.named_children[1].named_children
            seen.add(julia.text(function))
            wanted = f"{declared.c(result)}({', '.join(map(declared.c, kinds.named_children))})"
            callback = CALLBACKS[julia.text(function)]
            lines.append(f"static_assert(same<{wanted}, std::remove_pointer_t<{callback}>>);")
            head = next(
                head
                for top in tree.named_children
                if (head := julia.signature(top)) is not None
                and julia.text(head.named_children[0]) == julia.text(function)
            )
            given = [julia.text(one.named_children[1]) for one in julia.arguments(head)[0]]
            assert given == [julia.text(kind) for kind in kinds.named_children]
    assert seen == set(CALLBACKS) and compiled(lines) == ""
