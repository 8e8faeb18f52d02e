"""The numbers that the tests of the Julia package expect are those that Python gives."""

import os
import platform
import subprocess
import sys

import pytest


@pytest.mark.skipif(platform.machine() != "x86_64", reason="bits depend on the kind of processor")
def test_the_committed_table_is_what_python_gives(root):
    program = root / "Tests" / "Python" / "julia_conformance.py"
    environment = {**os.environ, "JKONETSTAR_KERNELS": "baseline"}
    command = [sys.executable, program, "--print"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    table = root / "bindings" / "julia" / "JKOnetStar.jl" / "test" / "conformance.csv"
    assert done.stdout == table.read_text(encoding="ascii")


def test_the_table_has_every_call_of_the_julia_test(root):
    folder = root / "bindings" / "julia" / "JKOnetStar.jl" / "test"
    names = [line.split(",")[0] for line in (folder / "conformance.csv").read_text(encoding="ascii").splitlines()]
    program = (folder / "conformance.jl").read_text(encoding="utf-8")
    assert len(names) > 20 and [name for name in names if f'"{name}" => ' not in program] == []
    assert program.count('" => ') == len(names)
