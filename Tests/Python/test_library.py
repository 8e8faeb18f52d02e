"""Finding, loading and refusing the shared library; versions, threads and errors."""

import errno
import inspect
import os
import pickle
import re
import shutil
import subprocess
import sys
import textwrap

import jkonetstar as jk
import numpy as np
import pytest
from jkonetstar import _errors


def imported(library):
    """Import the package in another process with the given library; return its last line on stderr."""
    environment = {**os.environ, "JKONETSTAR_LIBRARY": str(library)}
    command = [sys.executable, "-c", "import jkonetstar"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    return done.stderr.strip().splitlines()[-1]


def test_missing_library_says_where_it_looked(tmp_path):
    message = imported(tmp_path / "nowhere.so")
    assert message.startswith("ImportError: libjkonetstar.so was not found")
    assert "nowhere.so" in message and "JKONETSTAR_LIBRARY" in message


def test_file_that_is_no_library(tmp_path):
    fake = tmp_path / "fake.so"
    fake.write_bytes(b"not a library")
    assert imported(fake).startswith("ImportError") and "cannot be used" in imported(fake)


def test_other_binary_interface_is_refused(tmp_path):
    compiled = tmp_path / "other.so"
    source = tmp_path / "other.c"
    source.write_text("int jko_abi_version(void) { return 4711; }\n")
    try:
        subprocess.run(["cc", "-shared", "-fPIC", source, "-o", compiled], check=True)
    except FileNotFoundError:
        pytest.skip("no C compiler")
    message = imported(compiled)
    assert "4711" in message and "same release" in message


@pytest.mark.skipif(sys.platform != "linux", reason="shared objects have sonames on Linux")
def test_library_that_is_loaded_already_is_used(tmp_path):
    """A program that embeds Python has loaded its own copy, and shares handles with the package."""
    copy = shutil.copy(os.path.realpath(_loaded_path()), tmp_path / "libjkonetstar.so")
    program = textwrap.dedent(
        f"""
        import ctypes
        host = ctypes.CDLL({str(copy)!r})
        import jkonetstar as jk
        paths = {{line.split()[-1] for line in open("/proc/self/maps") if "libjkonetstar" in line}}
        assert paths == {{{str(copy)!r}}}, paths
        host.jko_set_num_threads(3)
        assert jk.get_num_threads() == 3
        """
    )
    environment = {name: value for name, value in os.environ.items() if name != "JKONETSTAR_LIBRARY"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def _loaded_path():
    """Return the file of the library that this process uses."""
    with open("/proc/self/maps") as maps:
        return next(line.split()[-1] for line in maps if "libjkonetstar" in line)


def test_versions():
    assert jk.version() == jk.__version__ == jk.build_info()["version"]
    assert jk.build_info()["kernels"] in ("baseline", "v3", "v4")


def test_threads(refused):
    before = jk.get_num_threads()
    assert before >= 1
    try:
        jk.set_num_threads(2)
        assert jk.get_num_threads() == 2
    finally:
        jk.set_num_threads(0)
    assert jk.get_num_threads() >= 1
    refused(ValueError, lambda: jk.set_num_threads(-1), "-1")
    refused(ValueError, lambda: jk.set_num_threads(2000), "2000")
    refused(ValueError, lambda: jk.set_num_threads(2**40), "count")
    refused(TypeError, lambda: jk.set_num_threads(1.5), "count")


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        (-1, (ValueError,)),
        (-2, (ValueError,)),
        (-3, (ValueError,)),
        (-4, (ValueError,)),
        (-5, (ValueError,)),
        (-6, (OSError,)),
        (-7, (ValueError,)),
        (-8, (MemoryError,)),
        (-9, (RuntimeError,)),
        (-10, (ValueError, AttributeError)),
        (-11, (RuntimeError, jk.ConvergenceError)),
        (-12, (RuntimeError,)),
        (-99, (RuntimeError,)),
    ],
)
def test_statuses_become_exceptions(code, kinds):
    error = _errors.exception(code, "what happened")
    assert isinstance(error, jk.Error) and all(isinstance(error, kind) for kind in kinds)
    assert str(error) == "what happened"
    assert error.status.startswith("JKO_E") or code == -99
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), copy.status) == (type(error), str(error), error.status)


@pytest.mark.parametrize(
    ("argument", "rest", "names", "expected"),
    [
        ("options->epochs", " = 0 is not between 1 and 9", {}, "epochs = 0 is not between 1 and 9"),
        ("points", "[3, 2] = nan is not finite", {"points": "X"}, "X[3, 2] = nan is not finite"),
        # A name by its path goes before one by its last part.
        ("options->plan->seed", " = 0", {"seed": "a", "plan->seed": "b"}, "b = 0"),
        ("options->seed", " = 0", {"seed": "a", "plan->seed": "b"}, "a = 0"),
        # What follows the argument is data: paths, names of columns.
        (
            "path",
            ' = "points" is not a folder',
            {"path": "checkpoint", "points": "X"},
            'checkpoint = "points" is not a folder',
        ),
        ("", "particle 3 is no longer finite", {"particle": "x"}, "particle 3 is no longer finite"),
    ],
)
def test_messages_begin_with_the_name_in_python(argument, rest, names, expected):
    assert str(_errors.exception(-2, argument + rest, names=names, argument=argument)) == expected


def test_counts_of_one_are_singular(refused):
    x, y = np.zeros((3, 2)), np.zeros((4, 2))
    refused(ValueError, lambda: jk.Snapshots(x, [0.0]), "time has 1 element; it must have 3")
    refused(ValueError, lambda: jk.Snapshots(x, [0.0, 1.0, 2.0], [1.0, 1.0]), "weights has 2 elements; it must have 3")
    refused(ValueError, lambda: jk.optimal_transport(x, y, a=[1.0]), "a has 1 element; it must have 3")
    refused(ValueError, lambda: jk.optimal_transport(x, y[:, :1]), "y has 1 column, not the 2 of the other population")
    density = jk.KernelDensity(bandwidth=1.0).fit(x)
    refused(ValueError, lambda: density.score_samples([[0.0]]), "X has 1 column; the density has 2 coordinates")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (errno.ENOENT, FileNotFoundError),
        (errno.EACCES, PermissionError),
        (errno.EPERM, PermissionError),
        (errno.ENOSPC, OSError),
    ],
)
def test_file_errors_have_their_kind(code, kind):
    error = _errors.exception(-6, f'path = "a" could not be written: {os.strerror(code)}', "a")
    assert isinstance(error, jk.FileError) and isinstance(error, kind)
    assert (error.errno, error.filename) == (code, "a")
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), copy.errno, copy.filename) == (type(error), str(error), code, "a")


def test_every_public_name_is_documented():
    for name in jk.__all__:
        assert getattr(jk, name).__doc__, name


def inherited_from_scikit_learn(function):
    """Return whether it is a method of `BaseEstimator`, which estimators have once scikit-learn is imported."""
    return str(getattr(function, "__module__", "")).startswith("sklearn.")


def public_functions():
    """Return every function and method that a user may call, by name."""
    for name in jk.__all__:
        item = getattr(jk, name)
        if inspect.isfunction(item):
            yield name, item
        elif inspect.isclass(item) and not issubclass(item, (BaseException, tuple)):
            for member, function in inspect.getmembers(item, callable):
                if not member.startswith("_") and not inherited_from_scikit_learn(function):
                    yield f"{name}.{member}", function


@pytest.mark.parametrize(("name", "function"), list(public_functions()))
def test_every_function_has_a_complete_docstring(name, function):
    text, signature = inspect.getdoc(function), inspect.signature(function)
    names = [item for item in signature.parameters if item not in ("self", "cls")]
    assert "Examples\n--------\n" in text and ">>> " in text
    assert not names or "Parameters\n----------\n" in text
    for item in names:
        assert re.search(rf"^[\w*, ]*\b{item}\b[\w*, ]*( : .*)?$", text, re.M), item
    quiet = signature.return_annotation == "None" or text.startswith("Return ")
    assert quiet or re.search(r"^(Returns|Yields)\n-+\n", text, re.M)
