"""The Julia package as far as it can be checked without Julia: its syntax, and that all it mentions is there."""

import re
import shutil
import subprocess
import sysconfig

import pytest

pytest.importorskip("tree_sitter_julia")

import julia_source as julia

#: Names of Base and Core that the package, its tests or its examples use.
BASE = frozenset(
    "abs abs2 abspath AbstractArray AbstractDict AbstractString AbstractVecOrMat AbstractVector all allequal Any any "
    "applicable ARGS ArgumentError Array atexit axes Base BigFloat Bool BoundsError C_NULL Cchar cd Cdouble chomp "
    "chopprefix Cint collect convert copyto! cos cp Csize_t Cstring current_task Cvoid Dict diff disable_sigint "
    "DomainError eachline eachslice eltype end endswith enumerate ENV error ErrorException Exception exit exp extrema "
    "fetch fieldcount fieldnames fieldoffset fieldtypes fill filter finalize finalizer findfirst first Float32 Float64 "
    "Function GC get getfield getproperty haskey hcat identity im in include Inf Int Int32 Int64 Integer "
    "InterruptException intersect IO isbitstype isdir isempty isequal isfinite ismissing isnan isnothing isodd isperm "
    "issorted iszero join joinpath keys last length lock log map match Matrix maximum merge min minimum missing "
    "mktempdir NamedTuple names NaN new nonmissingtype Nothing nothing NTuple ntuple Number occursin only Pair pairs "
    "parent parse PermutedDimsArray permutedims pi pointer pointer_from_objref pop! print println prod PROGRAM_FILE "
    "propertynames Ptr push! rand randn range read readdir readlines Real reduce reenable_sigint ReentrantLock Ref "
    "reinterpret repeat replace repr reshape rethrow round Set setdiff showerror similar sin size sizeof sort sortperm "
    "split sprint sqrt startswith stderr stdout stride StridedArray StridedMatrix StridedVector strides String string "
    "sum Symbol Task Threads throw transpose Tuple Type TypeError typemax typemin typeof UInt64 UInt8 undef Union "
    "unsafe_load unsafe_pointer_to_objref unsafe_string unsafe_wrap Val values vcat vec Vector view write yield zero "
    "zeros zip ".split()
)
#: Members that no struct of the package has: of named tuples that it returns, and of Julia's tasks.
OTHER_MEMBERS = frozenset("times missed straight_missed sticky".split())


@pytest.fixture(scope="module")
def package(root):
    return root / "bindings" / "julia" / "JKOnetStar.jl"


@pytest.fixture(scope="module")
def sources(package):
    """Return the trees of the module and of what it includes, in that order, by their names."""
    module = julia.parse(package / "src" / "JKOnetStar.jl")
    included = [julia.text(call.arguments[0]).strip('"') for call in julia.calls(module) if call.name == "include"]
    assert sorted(["JKOnetStar.jl", *included]) == sorted(path.name for path in (package / "src").glob("*.jl"))
    return {"JKOnetStar.jl": module, **{name: julia.parse(package / "src" / name) for name in included}}


@pytest.fixture(scope="module")
def methods(sources):
    found = {}
    for tree in sources.values():
        for name, some in julia.methods(tree).items():
            found.setdefault(name, []).extend(some)
    return found


@pytest.fixture(scope="module")
def programs(root, package):
    """Return the trees of tests, of the runner that is shared with other languages, and of examples, by path."""
    paths = [*sorted((package / "test").glob("*.jl")), root / "Tests" / "Conformance" / "runner.jl"]
    paths += sorted((root / "examples" / "julia").glob("*.jl"))
    assert len(paths) > 15
    return {path: julia.parse(path) for path in paths}


@pytest.fixture(scope="module")
def defined(sources):
    """Return every name that the module gives a value at its top level, or imports."""
    found = set(BASE)
    for tree in sources.values():
        found |= julia.imported(tree)
        tops = tree.named_children
        if tree.named_children and any(node.type == "module_definition" for node in tops):
            tops = next(node for node in tops if node.type == "module_definition").named_children
        for top in tops:
            for node in julia.nodes(top):
                head = julia.signature(node)
                if head is not None and node.parent.type in ("source_file", "const_statement", "module_definition"):
                    found |= julia.bound(head.named_children[0]) | {julia.text(head.named_children[0])}
                if node.type == "const_statement":
                    target = node.named_children[0].named_children[0]
                    found |= {julia.text(name) for name in julia.nodes(target, "identifier")}
                if node.type in ("struct_definition", "abstract_definition"):
                    found.add(julia.struct_name(node))
    return found


def test_every_file_is_julia(sources, programs):
    for name, tree in {**sources, **programs}.items():
        assert not julia.errors(tree), name
    broken = julia.parsed(b"function f(x)\n    return x +\nend\n")
    assert julia.errors(broken)


def test_another_parser_and_linter_finds_nothing(root, package):
    fatou = shutil.which("fatou", path=sysconfig.get_path("scripts")) or shutil.which("fatou")
    if fatou is None:
        pytest.skip("fatou is not installed")
    folders = [package / "src", package / "test", root / "Tests" / "Conformance", root / "examples" / "julia"]
    command = [fatou, "lint", "--no-config", "--julia-version", "1.9 - 1.12", "--output", "concise"]
    done = subprocess.run([*command, *folders], capture_output=True, text=True)
    found = [line for line in (done.stdout + done.stderr).splitlines() if ": warning" in line or ": error" in line]
    # What belongs to C is unsafe by nature. It is found, so that the linter has run.
    assert found and not [line for line in found if "[discouraged-function]" not in line]


def test_lines_are_not_too_long(sources, programs, package):
    for path in [*(package / "src").glob("*.jl"), *programs]:
        assert max(map(len, path.read_text(encoding="utf-8").splitlines())) <= 120, path


def test_every_name_is_known(sources, defined):
    unknown = []
    for file, tree in sources.items():
        for top in tree.named_children:
            known = defined | julia.bound(top)
            unknown += [f"{file}:{line}: {name}" for name, line in julia.mentioned(top) if name not in known]
    assert not unknown


def test_every_name_in_tests_and_examples_is_known(sources, programs):
    others = {"JKOnetStar", "Test", "Printf", "norm", "MersenneTwister", "Conformance"}
    public = julia.exported(sources["JKOnetStar.jl"]) | BASE | others
    shared = set().union(*(julia.bound(tree) for path, tree in programs.items() if path.parent.name == "test"))
    for path, tree in programs.items():
        known = public | julia.bound(tree) | (shared if path.parent.name == "test" else set())
        assert not [f"{path.name}:{line}: {name}" for name, line in julia.mentioned(tree) if name not in known]


def test_the_list_of_base_has_no_more_than_is_used(sources, programs):
    used = {name for tree in [*sources.values(), *programs.values()] for name, _ in julia.mentioned(tree)}
    assert not BASE - used


def test_what_is_exported_is_there(sources, defined):
    names = julia.exported(sources["JKOnetStar.jl"])
    assert len(names) > 50 and not names - (defined - BASE)


def test_calls_have_the_arguments_that_methods_take(sources, programs, methods):
    # Functions of Base of these names have other methods, too.
    ours = {name: some for name, some in methods.items() if "." not in name and name not in BASE}
    wrong, checked = [], 0
    for name, tree in {**sources, **programs}.items():
        own = set() if name in sources else julia.bound(tree)
        for call in julia.calls(tree):
            if call.name not in ours or call.name in own:
                continue
            checked += 1
            if not any(method.takes(call.count, call.splat, set(call.keywords)) for method in ours[call.name]):
                wrong.append(f"{name} {call.where} with {call.count} arguments and {sorted(call.keywords)}")
    assert not wrong and checked > 500


def test_no_method_is_defined_twice(sources):
    """Julia refuses to precompile a module that overwrites its own methods."""
    seen = set()
    for file, tree in sources.items():
        # Functions inside others, and the constructors inside structs, are no methods of the module.
        for top in tree.named_children:
            head = julia.signature(top)
            if head is None:
                continue
            required, optional = [], []
            for argument in julia.arguments(head)[0]:
                kind = julia.text(argument).split(" = ")[0].rpartition("::")[2] if b"::" in argument.text else "Any"
                (optional if argument.type == "named_argument" else required).append(kind)
            for count in range(len(optional) + 1):
                method = (julia.text(head.named_children[0]), *required, *optional[:count])
                assert method not in seen, f"{file}: {method}"
                seen.add(method)
    assert len(seen) > 300


def test_no_variable_hides_a_function_that_is_called_beside_it(sources, methods):
    hidden = []
    for file, tree in sources.items():
        for top in tree.named_children:
            head = julia.signature(top)
            if head is None or file == "abi.jl":
                continue
            before, after = julia.arguments(head)
            parameters = {julia.label(one) for one in (*before, *after)}
            locals_ = julia.bound(top) - {julia.text(head.named_children[0])} | parameters
            for call in julia.calls(top):
                if call.name in locals_ and call.name in methods:
                    hidden.append(f"{file} {call.where}")
    assert not hidden


def test_functions_of_the_library_are_called_with_all_arguments(sources, methods):
    lengths = {name: some[0].most for name, some in methods.items() if name.startswith("jko_")}
    # `populations` returns two populations and their masses.
    splats = {"sides...": 4}
    for file, tree in sources.items():
        if file == "abi.jl":
            continue
        for call in julia.calls(tree):
            if call.name in lengths and call.name.startswith("jko_"):
                listed = call.arguments[0].parent.named_children if call.arguments else []
                extra = [julia.text(one) for one in listed if one.type == "splat_expression"]
                count = call.count + sum(splats[splat] for splat in extra)
                assert count == lengths[call.name], f"{file} {call.where}"


def test_members_are_those_of_structs(sources):
    structs = {
        julia.struct_name(node): [name for name, _ in julia.members(node)]
        for tree in sources.values()
        for node in julia.nodes(tree, "struct_definition")
    }
    fields = set().union(*structs.values()) | OTHER_MEMBERS
    modules = ("Base", "GC", "Threads", "JKOnetStar")
    for file, tree in sources.items():
        for node in julia.nodes(tree, "field_expression"):
            owner, member = map(julia.text, node.named_children)
            assert owner in modules or member in fields, f"{file}:{node.start_point[0] + 1}: {owner}.{member}"
    checked = 0
    for file, tree in sources.items():
        for call in julia.calls(tree):
            if call.name != "with":
                continue
            options = julia.text(call.arguments[0])
            start = re.match(r"(?:defaults|blank)\((jko_\w+)", options)
            if start:
                checked += 1
                assert call.keywords <= set(structs[start[1]]), f"{file} {call.where}"
                assert "defaults" not in options or f"{start[1]}_init)" in options, f"{file} {call.where}"
    assert checked > 10


def test_members_of_options_that_functions_give_exist(sources):
    """Functions called `..._members` return parts of options; each member must be one of the struct they are for."""
    of = {
        "entropic": "plan_options",
        "radial": "feature_options",
        "fourier": "feature_options",
        "last_layer": "training_options",
        "validation": "training_options",
        "checkpoint": "training_options",
        "fit": "fit_options",
        "ridge": "fit_options",
        "transport": "fit_options",
        "error_bar": "fit_options",
        "potential": "model_options",
        "interaction": "model_options",
        "density": "model_options",
    }
    structs = {
        julia.struct_name(node): {name for name, _ in julia.members(node)}
        for node in julia.nodes(sources["abi.jl"], "struct_definition")
    }
    seen = set()
    for file, tree in sources.items():
        for node in tree.named_children:
            head = julia.signature(node)
            name = julia.text(head.named_children[0]) if head is not None else ""
            if not name.endswith("_members"):
                continue
            seen.add(name.removesuffix("_members"))
            known = structs["jko_" + of[name.removesuffix("_members")]]
            body = [child for child in node.named_children if child.type != "signature" and child.id != head.id]
            given = [julia.label(field) for part in body for field in julia.nodes(part, "named_field")]
            given += [
                key for part in body for call in julia.calls(part) if call.name == "given" for key in call.keywords
            ]
            assert set(given) <= known, f"{file}: {name}"
    assert seen == set(of)


def test_callbacks_stand_before_what_takes_their_addresses(sources):
    """Julia looks a function up where `@cfunction` is compiled, which is when the method around it is defined."""
    before, found = set(), 0
    for tree in sources.values():
        for top in tree.named_children:
            for node in julia.nodes(top, "macrocall_expression"):
                if julia.text(node.named_children[0]) == "@cfunction":
                    found += 1
                    assert julia.text(next(julia.nodes(node.named_children[1], "identifier"))) in before
            head = julia.signature(top)
            if head is not None:
                before.add(julia.text(head.named_children[0]))
    assert found == 6


def test_the_versions_agree(root, package):
    python = (root / "bindings" / "python" / "jkonetstar" / "__init__.py").read_text()
    version = re.search(r'^__version__ = "(.*)"', python, re.M)[1]
    assert f'version = "{version}"' in (package / "Project.toml").read_text()
