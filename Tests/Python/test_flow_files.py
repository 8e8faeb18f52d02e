"""Files of flows that are damaged: reading ends in a flow or in an error, never in a crash.

A checksum notices damage by accident, so that most of the files here have a right one: damage by programs.
JKONETSTAR_FUZZ_INPUTS says how many; the inputs depend on their number alone.
"""

import json
import os
import subprocess
import sys
import zlib
from pathlib import Path

import jkonetstar as jk
import numpy as np
import pytest

INPUTS = int(os.environ.get("JKONETSTAR_FUZZ_INPUTS", "300"))
VALUES = [0.0, -1.0, 1e-320, 1e308, -1e308, np.nan, np.inf, 1.5, 1e-8]
INTEGERS = [0, -1, 1, 2, 3, 4097, 2**31, -(2**63), 2**63 - 1]


def seeds():
    """Return a file of each kind: local quadratics and bumps, a network, particles, a kernel density."""
    rng = np.random.default_rng(0)
    start = jk.GaussianMixture.of([1.0, 2.0], [[0.0, 0.3], [0.5, 0.0]], [0.2 * np.eye(2), 0.3 * np.eye(2)])
    kernel = jk.KernelDensity().fit(rng.normal(size=(30, 2)), sample_weight=rng.uniform(1, 2, 30))
    diagonal = jk.GaussianMixture(2, covariance_type="diag").fit(rng.normal(size=(60, 3)))
    options = {"beta": 0.3, "step": 0.05, "steps": 2, "particles": 200}
    network = {"method": "network", "hidden": (4, 3), "rank": 1, "iterations": 5, "batch_size": 50}
    return [
        jk.WassersteinFlow(**options, components=3, bumps=4, scheme="sdirk2").fit(start),
        jk.WassersteinFlow(**options, **network).fit(start),
        jk.WassersteinFlow(**options, method="particles").fit(start),
        jk.WassersteinFlow(**options, components=2).fit(kernel),
        jk.WassersteinFlow(**options, components=0).fit(diagonal),
    ]


def parse(content):
    """Return the metadata but for the checksum, and tensors by name as (dtype, shape, bytes)."""
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    metadata = header.pop("__metadata__")
    del metadata["crc32"]
    tensors = {}
    for name, entry in header.items():
        first, last = (8 + length + offset for offset in entry["data_offsets"])
        tensors[name] = [entry["dtype"], list(entry["shape"]), content[first:last]]
    return metadata, tensors


def encode(metadata, tensors):
    """Return a file of these, with its checksum."""
    header, data = {"__metadata__": {"crc32": "00000000", **metadata}}, b""
    for name, (dtype, shape, values) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return signed(len(text).to_bytes(8, "little") + text + data)


def signed(content):
    blank = content[:34] + b"00000000" + content[42:]
    return content[:34] + f"{zlib.crc32(blank):08x}".encode() + content[42:]


def change(random, metadata, tensors):
    """Change numbers, shapes or names of a tensor."""
    names = list(tensors)
    name = names[random.integers(len(names))]
    dtype, shape, content = tensors[name]
    values = np.frombuffer(content, "<i8" if dtype == "I64" else "<f8").copy()
    kind = random.integers(9)
    if kind <= 2 and len(values):  # some numbers, or all
        places = slice(None) if kind == 2 else random.integers(len(values), size=1 + kind)
        values[places] = random.choice(INTEGERS) if dtype == "I64" else random.choice(VALUES)
        tensors[name] = [dtype, shape, values.tobytes()]
    elif kind == 3:  # fewer or more along the first axis
        rows = int(random.integers(0, 2 * shape[0] + 2)) if shape else 1
        width = int(np.prod(shape[1:], dtype=int))
        tensors[name] = [dtype, [rows, *shape[1:]], np.resize(values, rows * width).tobytes()]
    elif kind == 4:  # another shape of the same numbers
        shapes = [shape[::-1], [len(values)], [len(values), 1], [1, len(values)], [*shape, 1], [0, len(values)]]
        other = shapes[random.integers(len(shapes))]
        tensors[name] = [dtype, other, content if 0 not in other else b""]
    elif kind == 5:
        del tensors[name]
    elif kind == 6:  # the numbers of another tensor
        tensors[name] = tensors[names[random.integers(len(names))]]
    elif kind == 7:  # another name
        tensors[names[random.integers(len(names))] + random.choice(["", "0", ".weights", ".hidden"])] = tensors.pop(
            name
        )
    else:
        tensors[name] = ["F64" if dtype == "I64" else "I64", shape, content]


def damaged(number, originals):
    """Return a file with one to three changes; every eighth has changes of bytes, with a right checksum."""
    random = np.random.default_rng(number)
    content = originals[random.integers(len(originals))]
    if number % 8 == 0:
        spoiled = bytearray(content)
        for _ in range(random.integers(1, 4)):
            # Headers are short beside numbers, which change in other ways.
            spoiled[random.integers(42, min(len(spoiled), 4000))] = random.integers(256)
        return signed(bytes(spoiled))
    metadata, tensors = parse(content)
    for _ in range(random.integers(1, 4)):
        if tensors:
            change(random, metadata, tensors)
    return encode(metadata, tensors)


def use(path, mass):
    """Read a flow and ask it for everything; a flow that cannot be had is an error of this library.

    The mass, which is that of many points, takes long.
    """
    try:
        flow = jk.WassersteinFlow.load(path)
    except ValueError as error:
        assert "\n" not in str(error) and str(path) in str(error), error
        return False
    x = np.random.default_rng(0).normal(size=(5, flow.n_features_in_))
    asked = [flow.transport, flow.log_determinant, flow.inverse, flow.log_density, flow.score]
    for ask in [*(lambda f=f: f(x) for f in asked), lambda: flow.sample(5), *([flow.mass] if mass else [])]:
        try:
            ask()
        except (ValueError, jk.ConvergenceError) as error:
            assert "\n" not in str(error), error
    flow.save(path)
    return True


def run(folder, first, last):
    """Use damaged files; the last number printed is of the one that failed."""
    np.seterr(all="ignore")
    originals = [path.read_bytes() for path in sorted(Path(folder).glob("seed*"))]
    path, read = Path(folder) / "damaged", 0
    for number in range(first, last):
        print(number, flush=True)
        path.write_bytes(damaged(number, originals))
        read += use(path, mass=number % 32 == 1)
    print("read", read)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("flows")
    for number, flow in enumerate(seeds()):
        flow.save(folder / f"seed{number}")
    return folder


def test_files_are_written_anew_bit_for_bit(folder):
    """What damages files here does not damage them by itself."""
    for path in sorted(folder.glob("seed*")):
        content = path.read_bytes()
        again = folder / "again"
        again.write_bytes(encode(*parse(content)))
        jk.WassersteinFlow.load(again).save(again)
        assert again.read_bytes() == jk_saved(path, folder)


def jk_saved(path, folder):
    """Return what a flow is saved as; settings of the computation do not outlive it."""
    jk.WassersteinFlow.load(path).save(folder / "saved")
    return (folder / "saved").read_bytes()


def test_accidents_are_noticed_anywhere(folder):
    """A wrong byte, and an end that is missing."""
    for path in sorted(folder.glob("seed*")):
        content, random = path.read_bytes(), np.random.default_rng(0)
        for place in random.integers(len(content), size=30):
            (folder / "wrong").write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
            with pytest.raises(ValueError, match="wrong"):
                jk.WassersteinFlow.load(folder / "wrong")
            (folder / "wrong").write_bytes(content[:place])
            with pytest.raises(ValueError, match="wrong"):
                jk.WassersteinFlow.load(folder / "wrong")


def test_no_damage_brings_the_reader_down(folder):
    program = "import sys; sys.path.insert(0, sys.argv[1]); import test_flow_files as t; t.run(sys.argv[2], 0, "
    program += "int(sys.argv[3]))"
    command = [sys.executable, "-c", program, str(Path(__file__).parent), str(folder), str(INPUTS)]
    done = subprocess.run(command, capture_output=True, text=True)
    lines = done.stdout.split("\n")
    assert done.returncode == 0, f"input {lines[-2:]}: {done.stderr[-2000:]}"
    # Some damage makes another flow; most makes none.
    assert 0.02 < int(lines[-2].split()[1]) / INPUTS < 0.6
