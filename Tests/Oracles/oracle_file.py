"""Writing of oracle files; the format is described in README.md and read by Tests/OracleSupport/OracleFile.swift."""

from pathlib import Path

import numpy as np


class OracleFile:
    """Collects named arrays and writes them to `<generator>.txt` beside the generator."""

    def __init__(self, generator, versions):
        self.path = Path(generator).with_suffix(".txt")
        self.lines = [f"## {self.path.name}: written by {Path(generator).name} with {versions}"]

    def note(self, text):
        self.lines.append(f"## {text}")

    def add(self, name, values):
        """Add an array; numbers are written with as many digits as restore every bit, at most 17."""
        array = np.asarray(values, dtype=np.float64)
        assert np.all(np.isfinite(array)), name
        self.lines.append(" ".join(["#", name, *map(str, array.shape)]))
        for row in array.reshape(-1, array.shape[-1] if array.ndim else 1):
            numbers = [repr(float(value)).removesuffix(".0") for value in row]
            for start in range(0, len(numbers), 8):
                self.lines.append(" ".join(numbers[start : start + 8]))

    def write(self):
        self.path.write_text("\n".join(self.lines) + "\n")
        print(f"{self.path.name}: {self.path.stat().st_size / 1024:.0f} KiB")
