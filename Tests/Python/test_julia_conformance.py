"""The Julia runner of `Tests/Conformance` has an answer for every call of the table; no Julia is needed."""

import sys

import pytest

pytest.importorskip("tree_sitter_julia")

import julia_source as julia


@pytest.fixture(scope="module")
def folder(root):
    return root / "Tests" / "Conformance"


@pytest.fixture(scope="module")
def definitions(folder):
    """Return what defines functions in the runner, with the call of the signature."""
    (module,) = julia.nodes(julia.parse(folder / "runner.jl"), "module_definition")
    found = [(node, julia.signature(node)) for node in module.named_children]
    return [(node, head) for node, head in found if head is not None]


@pytest.fixture(scope="module")
def answers(definitions):
    """Return, for each call, how many words it takes at least and at most, and all strings in its function."""
    found = {}
    for node, head in definitions:
        if julia.text(head.named_children[0]) != "answer":
            continue
        runner, kind, *words = julia.arguments(head)[0]
        name = julia.text(kind).removeprefix("::Val{:").removesuffix("}")
        assert julia.text(runner) == "runner" and name.isidentifier() and name not in found
        optional = sum(word.type == "named_argument" for word in words)
        strings = {julia.text(one).strip('"') for one in julia.nodes(node, "string_literal")}
        found[name] = (len(words) - optional, len(words), strings)
    return found


def test_every_call_has_an_answer_with_its_results(folder, answers, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    import compare

    called = set()
    for line, results in compare.calls(folder / "table.txt"):
        name, *words = line.split()
        least, most, strings = answers[name]
        assert least <= len(words) <= most, line
        assert {result for result, _ in results} <= strings, line
        called.add(name)
    assert called == set(answers)


def test_no_parameter_or_variable_hides_a_function_that_is_called_beside_it(root, definitions):
    module = root / "bindings" / "julia" / "JKOnetStar.jl" / "src" / "JKOnetStar.jl"
    functions = julia.exported(julia.parse(module)) | {julia.text(head.named_children[0]) for _, head in definitions}
    checked = 0
    for node, head in definitions:
        hidden = julia.bound(node) - {julia.text(head.named_children[0])}
        called = {call.name for call in julia.calls(node)} & functions
        checked += len(called)
        assert not called & hidden, julia.text(head)
    assert checked > 50
