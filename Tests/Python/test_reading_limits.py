"""What a file costs before it is refused, and what is told when memory runs out."""

import json
import os
import struct
import subprocess
import sys
import zipfile
import zlib

import jkonetstar as jk
import numpy as np
import pytest

MEGABYTE = 1 << 20


def elsewhere(code, *arguments):
    """Run code in another process; return what it prints, as JSON."""
    start = "import json, resource, sys, jkonetstar as jk\n"
    done = subprocess.run([sys.executable, "-c", start + code, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, (done.returncode, done.stderr[-500:])
    return json.loads(done.stdout)


# Prints the error's type and text, and how much more memory the process had at its peak than before.
REFUSED = """
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
before = peak()
try:
    (jk.load if sys.argv[1].endswith("safetensors") else jk.Snapshots.load)(sys.argv[1])
except (ValueError, MemoryError) as error:
    print(json.dumps([type(error).__name__, str(error), peak() - before]))
"""


def refusal(path):
    kind, message, megabytes = elsewhere(REFUSED, path)
    assert path.name in message and "\n" not in message
    return kind, message, megabytes


@pytest.mark.parametrize("ending", ["npy", "npz", "csv", "safetensors"])
@pytest.mark.parametrize("start", [b"", b"\x93NUMPY\x01\x00", b"PK\x03\x04", b"junk"])
def test_large_files_of_another_kind_are_not_read(tmp_path, ending, start):
    path = tmp_path / f"large.{ending}"
    path.write_bytes(start)
    os.truncate(path, 3 << 30)
    kind, _, megabytes = refusal(path)
    assert kind == "FormatError" and megabytes < 64


def test_sizes_that_a_header_does_not_promise_are_not_read(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((2, 3, 4)))
    os.truncate(tmp_path / "a.npy", 3 << 30)
    kind, message, megabytes = refusal(tmp_path / "a.npy")
    assert kind == "FormatError" and "(2, 3, 4)" in message and megabytes < 64
    jk.JKOnetStar(potential="linear").fit([0.0, 1.0, 0.0, 1.0], [0, 0, 1, 1]).save(tmp_path / "a.safetensors")
    os.truncate(tmp_path / "a.safetensors", 3 << 30)
    kind, _, megabytes = refusal(tmp_path / "a.safetensors")
    assert kind == "FormatError" and megabytes < 64
    (tmp_path / "a.csv").write_text("a,b,c\n")
    os.truncate(tmp_path / "a.csv", 3 << 30)
    kind, message, megabytes = refusal(tmp_path / "a.csv")
    assert kind == "FormatError" and '"a", "b", "c"' in message and megabytes < 64


def changed(path, change):
    """Rewrite the tensors and metadata of a model file, with a checksum that is right."""
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        kind = "<f8" if entry["dtype"] == "F64" else "<i8"
        tensors[name] = np.frombuffer(data[start:end], kind).reshape(entry["shape"])
    change(tensors)
    header, offset, body = {"__metadata__": {**metadata, "crc32": "0" * 8}}, 0, b""
    for name, values in tensors.items():
        kind = "F64" if values.dtype.kind == "f" else "I64"
        end = offset + values.nbytes
        header[name] = {"dtype": kind, "shape": list(values.shape), "data_offsets": [offset, end]}
        offset, body = end, body + values.tobytes()
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    whole = struct.pack("<Q", len(text)) + text + body
    path.write_bytes(whole.replace(b'"crc32":"00000000"', b'"crc32":"%08x"' % zlib.crc32(whole), 1))


def test_small_models_that_claim_much_take_little(tmp_path):
    path = tmp_path / "a.safetensors"
    X, time = np.linspace(0, 1, 40), np.repeat([0, 1], 20)
    fit = jk.JKOnetStar(jk.Linear(0, radial=None, fourier=jk.Fourier(4)))
    fit.fit(X, time).save(path)
    changed(path, lambda tensors: None)
    assert jk.load(path).n_features_in_ == 1

    def grow(tensors):
        count = 4000
        tensors["potential.fourier.frequencies"] = np.ones((count, 1))
        tensors["potential.coefficients"] = np.ones((1, 2 * count))

    changed(path, grow)
    assert path.stat().st_size < 120_000
    kind, message, megabytes = refusal(path)
    assert kind == "FormatError" and "equations" in message and megabytes < 64


def test_grids_of_small_models_take_little(tmp_path):
    path = tmp_path / "a.safetensors"
    X, time = np.linspace(0, 1, 40), np.repeat([0, 1], 20)
    jk.JKOnetStar(jk.Linear(0, radial=jk.Radial(grid=3))).fit(X, time).save(path)
    dimension = 20_000

    def widen(tensors):
        counts = np.ones(dimension, np.int64)
        counts[:11] = 2
        tensors["standardization.center"] = np.zeros(dimension)
        tensors["potential.radial.axes"] = counts
        tensors["potential.radial.places"] = np.zeros(counts.sum())

    changed(path, widen)
    assert path.stat().st_size < MEGABYTE
    kind, _, megabytes = refusal(path)
    assert kind == "FormatError" and megabytes < 64


# Prints what comes of loading a file with so many megabytes of address space beyond those in use, each in a child.
LIMITED = """
import os
outcomes = []
for megabytes in json.loads(sys.argv[2]):
    child = os.fork()
    if child == 0:
        for line in open("/proc/self/status"):
            if line.startswith("VmSize"):
                limit = (int(line.split()[1]) << 10) + (megabytes << 20)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        try:
            os._exit(0 if sum(jk.Snapshots.load(sys.argv[1]).sizes) == int(sys.argv[3]) else 1)
        except MemoryError as error:
            os._exit(2 if getattr(error, "status", "") == "JKO_ENOMEM" else 3)
    outcomes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print(json.dumps(outcomes))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit is Linux's")
@pytest.mark.parametrize("form", ["npz", "sorted.npz", "stack.npz", "npy", "csv", "text.csv"])
def test_memory_that_runs_out_is_told(tmp_path, form):
    path = tmp_path / f"a.{form}"
    count = 250_000 if form.endswith("csv") else 1_000_000
    if form.endswith("npz"):
        time = np.zeros(count, "i1")
        time[: count // 2] = form == "npz"
        stack = {"X": np.zeros((10, count // 10, 1)), "t": np.arange(10)}
        arrays = stack if form.startswith("stack") else {"X": np.zeros((count, 1)), "t": time, "weights": time + 1}
        np.savez_compressed(path, **arrays)
    elif form == "npy":
        np.save(path, np.zeros((2, count // 2, 1), "f4", "F"))
    else:
        row = "0,0,0\n" if form == "csv" else "x,0,0\n"
        path.write_text("a,t,b\n" + row * count)
    limits = [*range(4, 80, 4), 400]
    loaded, refused = 0, 2
    outcomes = elsewhere(LIMITED, path, json.dumps(limits), count)
    assert outcomes[0] == refused and outcomes[-1] == loaded and set(outcomes) == {loaded, refused}, outcomes


WIDE = """
count = 300_000
limit = resource.getrusage(resource.RUSAGE_SELF).ru_utime + 60
resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit)))
series = jk.Snapshots.load(sys.argv[1])
again = jk.Snapshots.load(sys.argv[1], points=list(reversed(series.names)))
print(json.dumps([series.dimension, again.names[0]]))
"""


def test_wide_tables_take_time_in_proportion(tmp_path):
    """Seconds of the processor's time; comparing all pairs of names would take many minutes and be killed."""
    path = tmp_path / "wide.csv"
    count = 300_000
    row = ",".join(["0.5"] * count)
    path.write_text(",".join(f"g{i}" for i in range(count)) + f",t\n{row},0\n{row},1\n")
    assert elsewhere(WIDE, path) == [count, f"g{count - 1}"]


def test_archives_read_only_what_is_asked_for(tmp_path):
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as archive:
        with archive.open("other.npy", "w") as member:
            for _ in range(256):
                member.write(bytes(MEGABYTE))
        for name, values in (("X", np.zeros((4, 1))), ("t", np.arange(4))):
            with archive.open(f"{name}.npy", "w") as member:
                np.lib.format.write_array(member, values)
    code = REFUSED.replace("except", "    raise ValueError(sys.argv[1])\nexcept")
    kind, _, megabytes = elsewhere(code, path)
    assert kind == "ValueError" and megabytes < 64
