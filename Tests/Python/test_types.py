"""Type checkers agree with the package, and find misspelt words before anything runs."""

import ast
import graphlib
import inspect
import os
import subprocess
import sys
from pathlib import Path

import jkonetstar as jk
import pytest

SNIPPETS = {
    'jk.JKOnetStar(potential="mpl")': "mpl",
    'jk.JKOnetStar(scheme="forward")': "forward",
    'jk.JKOnetStar(coupling="unbalance")': "unbalance",
    'jk.MLP(activation="relu")': "relu",
    'jk.Linear(radial="gausian")': "gausian",
    'jk.Adam(schedule="linear")': "linear",
    'jk.ClosedForm(ridge="gvc")': "gvc",
    'jk.optimal_transport([0.0], [1.0], method="exact", epsilon=1.0)': "epsilon",
    "jk.emd([0.0], [1.0], order=3)": "3",
}
GOOD = """
import jkonetstar as jk
import numpy as np
from numpy.typing import NDArray

model = jk.JKOnetStar(jk.MLP((8, 8), "tanh"), jk.Linear(radial="cubic"), internal=True, training=jk.Adam(3))
model = model.fit([0.0, 1.0], time=[0, 1]).partial_fit([0.0, 1.0], time=[0, 1]).set_params(epochs=4)
values: NDArray[np.float64] = model.potential_([0.0])
pair: tuple[NDArray[np.float64], NDArray[np.float64]] = model.potential_.gradient([0.0], return_std=True)
beta: float = model.beta_
path: NDArray[np.float64] = model.predict([0.0], steps=2)
gap: float = jk.optimal_transport([0.0], [1.0]).gap
used: float = jk.optimal_transport([0.0], [1.0], method="sinkhorn").epsilon
jk.simulate([0.0], model.potential_, jk.functionals["sphere"])
jk.simulate([0.0], lambda x: x, "sphere")
address: int = model.handle
clouds = {0: np.zeros((3, 2)), 3: np.ones((4, 2))}
jk.Snapshots(clouds, weights={0: np.ones(3), 3: np.ones(4)})
jk.Snapshots(list(clouds.values()), time=["early", "late"], time_map={"early": 0, "late": 3})
model.fit(clouds).fit(np.zeros((2, 2)), time=["d0", "d1"], points=None)
"""


def run(folder, *command):
    # Type checkers do not follow editable installations.
    paths = [str(Path(jk.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "MYPY_CACHE_DIR": str(folder / "cache"), "PYTHONPATH": os.pathsep.join(paths)}
    return subprocess.run([sys.executable, "-m", *command], env=environment, cwd=folder, capture_output=True, text=True)


def test_mypy_accepts_the_package_and_the_examples(root, tmp_path):
    python = root / "bindings" / "python"
    config = ["--config-file", str(python / "pyproject.toml")]
    done = run(tmp_path, "mypy", "--strict", *config, str(python / "jkonetstar"))
    assert done.returncode == 0, done.stdout
    examples = sorted(str(path) for path in (root / "examples" / "python").glob("*.py"))
    done = run(tmp_path, "mypy", "--strict", *config, *examples)
    assert done.returncode == 0, done.stdout


def test_basedpyright_accepts_the_package(root, tmp_path):
    done = run(tmp_path, "basedpyright", "--level", "error", "-p", str(root / "bindings" / "python"))
    assert done.returncode == 0 and "0 errors" in done.stdout, done.stdout


@pytest.mark.parametrize("checker", [["mypy", "--strict"], ["basedpyright", "--level", "error"]], ids=lambda c: c[0])
def test_checkers_find_misspelt_words(tmp_path, checker):
    good = tmp_path / "good.py"
    good.write_text(GOOD)
    done = run(tmp_path, *checker, str(good))
    assert done.returncode == 0, done.stdout
    lines = ["import jkonetstar as jk", "", *SNIPPETS]
    (tmp_path / "misspelt.py").write_text("\n".join(lines) + "\n")
    done = run(tmp_path, *checker, str(tmp_path / "misspelt.py"))
    assert done.returncode == 1, done.stdout
    for number, line in enumerate(lines[2:], start=3):
        assert f"misspelt.py:{number}:" in done.stdout, (line, done.stdout)


def test_imports_make_no_circle():
    """Also not through imports within functions."""
    folder = Path(jk.__file__).parent
    imports = {}
    for path in folder.glob("*.py"):
        found = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level:
                found |= {node.module} if node.module else {alias.name for alias in node.names}
        imports[path.stem] = found
    order = graphlib.TopologicalSorter(imports).static_order()
    assert set(imports) <= set(order)  # CycleError names a circle


def public():
    """Return every public class and function, and the methods of public classes."""
    for name in jk.__all__:
        thing = getattr(jk, name)
        if callable(thing) and not (isinstance(thing, type) and issubclass(thing, Exception)):
            yield name, thing
            for member, value in inspect.getmembers(thing) if isinstance(thing, type) else ():
                own = not str(getattr(value, "__module__", "")).startswith("sklearn.")  # estimators inherit from it
                if own and not member.startswith("_") and (inspect.isfunction(value) or inspect.ismethod(value)):
                    yield f"{name}.{member}", value


@pytest.mark.parametrize(("name", "thing"), list(public()), ids=lambda value: value if isinstance(value, str) else "")
def test_everything_public_has_an_example_and_no_any(name, thing):
    assert thing.__doc__ and ">>> " in thing.__doc__, name
    called = thing.__init__ if isinstance(thing, type) else thing
    annotations = dict(getattr(called, "__annotations__", {}))
    assert not any("Any" in str(hint).replace("NDArray[Any]", "") for hint in annotations.values()), annotations


def test_properties_have_no_any():
    classes = [thing for thing in map(jk.__dict__.get, jk.__all__) if isinstance(thing, type)]
    properties = {
        f"{thing.__name__}.{name}": value.fget.__annotations__
        for thing in classes
        for name, value in inspect.getmembers(thing)
        if isinstance(value, property) and not name.startswith("_")
    }
    assert {"Snapshots.times", "TransportPlan.handle"} <= set(properties)
    for name, annotations in properties.items():
        assert "return" in annotations and "Any" not in str(annotations["return"]).replace("NDArray[Any]", ""), name
