"""Reading and writing series; files that are damaged, or lie about themselves, end in one line."""

import errno
import io
import os
import pickle
import struct
import tempfile
import zipfile
from pathlib import Path

import jkonetstar as jk
import numpy as np
import pytest

X = np.arange(12.0).reshape(6, 2)
TIME = np.array([0.0, 0.0, 1.0, 1.0, 1.0, 4.0])


def npy(array, version=(1, 0)):
    """Return the bytes of an npy file."""
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.asanyarray(array), version=version)
    return stream.getvalue()


def npy_with_header(header, data=b"", version=1, length=None):
    """Return an npy file whose header says what it is told to say."""
    text = header.encode("latin1")
    size = struct.pack("<H" if version == 1 else "<I", len(text) if length is None else length)
    return b"\x93NUMPY" + bytes([version, 0]) + size + text + data


def npy_of(descr, shape, data):
    """Return an npy file that claims a type and a shape."""
    return npy_with_header(f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n", data)


def same(series):
    assert np.array_equal(series.times, [0, 1, 4])
    assert series.sizes == [2, 3, 1]
    assert np.array_equal(series.to_arrays()[0], X)


def test_folder_round_trip(tmp_path):
    series = jk.Snapshots(X, TIME, weights=[1, 3, 1, 1, 2, 7])
    series.save(tmp_path / "säries")
    assert sorted(file.name for file in (tmp_path / "säries").iterdir()) == [
        "points.npy",
        "time.npy",
        "weights.npy",
    ]
    again = jk.Snapshots.load(tmp_path / "säries")
    same(again)
    assert again[0].weights == pytest.approx([0.25, 0.75], rel=1e-15)
    assert np.array_equal(np.load(tmp_path / "säries" / "points.npy"), X)


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
@pytest.mark.parametrize("dtype", ["<f8", ">f8", "<f4", ">f4", "<i4", ">i8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_kinds(tmp_path, version, dtype, order):
    (tmp_path / "data.npy").write_bytes(npy(np.asarray(X, dtype, order), version))
    (tmp_path / "sample_labels.npy").write_bytes(npy(TIME.astype("<i8")))
    same(jk.Snapshots.load(str(tmp_path)))


@pytest.mark.parametrize("write", [np.savez, np.savez_compressed])
def test_npz(tmp_path, write):
    path = tmp_path / "series.npz"
    write(path, X=X, t=TIME, weights=np.ones(6), other=np.zeros(3))
    same(jk.Snapshots.load(path))
    write(path, cells=X, day=TIME, counts=np.ones(6))
    same(jk.Snapshots.load(path, points="cells", time="day", weights="counts"))


def test_csv(tmp_path):
    path = tmp_path / "series.csv"
    lines = [f"{a},{t},{b}" for (a, b), t in zip(X, TIME)]
    path.write_text("a,time,b\n" + "\n".join(lines) + "\n")
    same(jk.Snapshots.load(path))
    path.write_text("a,day,b\n" + "\n".join(lines))
    same(jk.Snapshots.load(path, time="day"))


def test_stacked_npy(tmp_path):
    np.save(tmp_path / "stack.npy", np.arange(24.0).reshape(3, 4, 2))
    series = jk.Snapshots.load(tmp_path / "stack.npy")
    assert series.sizes == [4, 4, 4] and np.array_equal(series.times, [0, 1, 2])
    assert np.array_equal(series[2].points, np.arange(16.0, 24.0).reshape(4, 2))


def test_files_that_are_not_there(tmp_path, refused):
    refused(OSError, lambda: jk.Snapshots.load(tmp_path / "nothing.npz"), "nothing.npz")
    refused(OSError, lambda: jk.Snapshots.load(tmp_path / "nowhere"), "nowhere")
    refused((OSError, ValueError), lambda: jk.Snapshots.load(tmp_path))
    refused(OSError, lambda: jk.Snapshots(X, TIME).save(tmp_path / "no" / "parent"))
    refused(ValueError, lambda: jk.Snapshots.load("zero\0byte"), "path")
    refused(TypeError, lambda: jk.Snapshots.load(3), "path")
    np.savez(tmp_path / "series.npz", X=X, t=TIME)
    refused(ValueError, lambda: jk.Snapshots.load(tmp_path / "series.npz", points="cells"), "cells")
    refused(TypeError, lambda: jk.Snapshots.load(tmp_path / "series.npz", points=3), "points")
    (tmp_path / "series.xyz").write_text("?")
    refused(ValueError, lambda: jk.Snapshots.load(tmp_path / "series.xyz"))


def test_missing_files_are_file_not_found_errors(tmp_path):
    model = jk.JKOnetStar(potential="linear").fit([0.0, 1.0, 0.0, 1.0], [0, 0, 1, 1])
    nowhere = tmp_path / "no" / "where"
    calls = {
        lambda path: jk.load(path): nowhere,
        lambda path: jk.load(str(path)): nowhere,
        lambda path: jk.Snapshots.load(path): tmp_path / "nothing.npz",
        lambda path: jk.Snapshots(X, TIME).save(path): nowhere,
        lambda path: model.save(path): nowhere,
    }
    for call, path in calls.items():
        with pytest.raises(FileNotFoundError) as caught:
            call(path)
        for error in (caught.value, pickle.loads(pickle.dumps(caught.value))):
            assert isinstance(error, jk.FileError) and error.status == "JKO_EIO"
            assert error.errno == errno.ENOENT and str(error.filename) == str(path)
            message = str(error)
            assert path.name in message and "\n" not in message and "Errno" not in message


@pytest.fixture
def nobody(tmp_path):
    """A folder of one's own; the superuser, who may read and write everything, becomes somebody else meanwhile."""
    if os.geteuid() != 0:
        yield tmp_path
        return
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
        try:
            yield Path(folder)
        finally:
            os.seteuid(0)


def test_files_that_may_not_be_used(nobody):
    series = jk.Snapshots([0.0, 1.0, 0.0, 1.0], [0, 0, 1, 1])
    model = jk.JKOnetStar(potential="linear").fit(series)
    folder = nobody / "folder"
    folder.mkdir()
    path = folder / "series.npz"
    path.write_bytes(b"")
    path.chmod(0)
    folder.chmod(0o500)
    calls = [
        lambda: jk.Snapshots.load(path),
        lambda: jk.load(path),
        lambda: model.save(folder / "new"),
        lambda: series.save(folder / "new"),
    ]
    for call in calls:
        with pytest.raises(PermissionError) as caught:
            call()
        assert isinstance(caught.value, jk.FileError) and caught.value.errno == errno.EACCES
    folder.chmod(0o700)


def test_npy_cut_anywhere(tmp_path, refused):
    whole = npy(X)
    (tmp_path / "time.npy").write_bytes(npy(TIME))
    for size in range(len(whole)):
        (tmp_path / "X.npy").write_bytes(whole[:size])
        refused(ValueError, lambda: jk.Snapshots.load(tmp_path))


@pytest.mark.parametrize("write", [np.savez, np.savez_compressed])
def test_npz_cut_anywhere(tmp_path, refused, write):
    path = tmp_path / "series.npz"
    write(path, X=X, t=TIME)
    whole = path.read_bytes()
    for size in range(0, len(whole), 3):
        path.write_bytes(whole[:size])
        refused(ValueError, lambda: jk.Snapshots.load(path))


@pytest.mark.parametrize("write", [np.savez, np.savez_compressed])
def test_npz_with_a_wrong_byte_is_refused_or_read(tmp_path, write):
    path = tmp_path / "series.npz"
    write(path, X=X, t=TIME)
    whole = path.read_bytes()
    for place in range(0, len(whole), 2):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        try:
            jk.Snapshots.load(path)
        except ValueError as error:
            assert "\n" not in str(error)


LIES = {
    "no magic": b"PK\x03\x04" + npy(X)[4:],
    "version": npy_with_header("{}", version=9),
    "header longer than the file": npy_with_header("{'descr': '<f8'", length=60000),
    "header of 4 GB": npy_with_header("{'descr': '<f8'", version=2, length=2**32 - 1),
    "not a dictionary": npy_with_header("[1, 2, 3]\n"),
    "no shape": npy_with_header("{'descr': '<f8', 'fortran_order': False}\n", bytes(96)),
    "too many rows": npy_of("'<f8'", "(7, 2)", bytes(96)),
    "2^61 rows": npy_of("'<f8'", "(2305843009213693952, 2)", bytes(96)),
    "product that wraps": npy_of("'<f8'", "(4294967296, 4294967296)", bytes(96)),
    "beyond 64 bits": npy_of("'<f8'", "(99999999999999999999999, 2)", bytes(96)),
    "negative": npy_of("'<f8'", "(-6, 2)", bytes(96)),
    "objects": npy_of("'|O'", "(6, 2)", bytes(96)),
    "complex": npy_of("'<c16'", "(3, 2)", bytes(96)),
    "records": npy_of("[('a', '<f8')]", "(6,)", bytes(48)),
    "three axes": npy(np.zeros((2, 3, 2))),
    "no axes": npy(np.float64(3)),
    "no rows": npy(np.zeros((0, 2))),
    "NaN": npy(np.full((6, 2), np.nan)),
    "other length than time": npy(np.zeros((5, 2))),
    "empty file": b"",
}


@pytest.mark.parametrize("lie", list(LIES))
def test_npy_that_lies(tmp_path, refused, lie):
    (tmp_path / "time.npy").write_bytes(npy(TIME))
    (tmp_path / "X.npy").write_bytes(LIES[lie])
    refused(ValueError, lambda: jk.Snapshots.load(tmp_path))


@pytest.mark.parametrize("lie", ["2^61 rows", "too many rows", "objects", "no magic", "empty file"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_npz_whose_member_lies(tmp_path, refused, lie, method):
    path = tmp_path / "series.npz"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("X.npy", LIES[lie])
        archive.writestr("time.npy", npy(TIME))
    refused(ValueError, lambda: jk.Snapshots.load(path))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "a,b\n1,2\n",
        "a,time\n",
        "a,time\n1\n",
        "a,time\n1,2,3\n",
        "a,time\none,2\n",
        "a,time\nnan,2\n",
        "time\n1\n",
    ],
)
def test_csv_that_is_none(tmp_path, refused, text):
    path = tmp_path / "series.csv"
    path.write_text(text)
    refused(ValueError, lambda: jk.Snapshots.load(path))
