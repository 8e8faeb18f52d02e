"""Files survive losses of power, full disks and kills: the short form of Tests/Durability, whose README.md says how."""

import os
import subprocess
import sys


def test_files_survive(root):
    environment = {**os.environ, "PYTHON": sys.executable}
    done = subprocess.run(
        ["sh", root / "Tests" / "Durability" / "run.sh"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout.splitlines()
    assert [line.partition(":")[0] for line in said] == ["bad writers", "power", "faults", "kills"], done.stdout
