"""What can be said of jkonetstar.sc where anndata is not installed: it is imported late, documented and typed."""

import ast
import graphlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import jkonetstar as jk
import pytest

FUNCTIONS = [(name, getattr(jk.sc, name)) for name in jk.sc.__all__]


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_imported_when_it_is_asked_for():
    run(
        "import sys, jkonetstar as jk\n"
        "assert 'sc' in jk.__all__ and 'jkonetstar.sc' not in sys.modules\n"
        "assert jk.sc.fit and 'jkonetstar.sc' in sys.modules\n"
        "assert not {'anndata', 'pandas', 'scipy', 'scanpy'} & set(sys.modules)\n"
    )
    run("import jkonetstar.sc as one\nfrom jkonetstar import sc\nassert one is sc")
    with pytest.raises(AttributeError, match="module 'jkonetstar' has no attribute 'scc'"):
        _ = jk.scc


def test_what_is_missing_is_said():
    said = run(
        "import sys\n"
        "sys.modules['anndata'] = None\n"
        "import jkonetstar as jk\n"
        "try:\n"
        "    jk.sc.fit(None)\n"
        "except ImportError as error:\n"
        "    print(error)\n"
    )
    assert said.count("\n") == 1 and "pip install 'jkonetstar[anndata]'" in said


def test_the_wheel_holds_it(root):
    said = (root / "bindings" / "python" / "pyproject.toml").read_text(encoding="utf-8")
    packages = set(re.search(r"^packages = \[(.*)\]$", said, re.M)[1].replace('"', "").split(", "))
    folder = root / "bindings" / "python"
    found = {".".join(path.parent.relative_to(folder).parts) for path in folder.glob("jkonetstar/**/__init__.py")}
    assert packages == found and re.search(r'^anndata = \["anndata', said, re.M)


@pytest.mark.parametrize(("name", "function"), FUNCTIONS)
def test_every_function_is_documented_and_typed(name, function):
    text, signature = inspect.getdoc(function), inspect.signature(function)
    assert "Examples\n--------\n" in text and ">>> " in text
    for item in signature.parameters:
        assert re.search(rf"^[\w*, ]*\b{item}\b[\w*, ]*( : .*)?$", text, re.M), item
        assert signature.parameters[item].annotation is not inspect.Parameter.empty
    assert signature.return_annotation == "None" or "Returns\n-------\n" in text
    hints = {**function.__annotations__}
    hints.pop("return") if name == "couplings" else None  # its keys are what adata.obs holds
    assert not any(re.search(r"\bAny\b", hint) for hint in hints.values()), hints


def test_imports_make_no_circle():
    folder = Path(jk.sc.__file__).parent
    imports = {}
    for path in folder.glob("*.py"):
        found = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == 1:
                found |= {node.module} if node.module else {alias.name for alias in node.names}
        imports[path.stem] = found
    assert set(imports) <= set(graphlib.TopologicalSorter(imports).static_order())  # CycleError names a circle
