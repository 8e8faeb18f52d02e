"""Finding, loading and refusing the shared library; versions, threads and errors."""

import os
import pickle
import subprocess
import sys

import jkonetstar as jk
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


def test_every_public_name_is_documented():
    for name in jk.__all__:
        assert getattr(jk, name).__doc__, name
