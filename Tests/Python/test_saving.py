"""Where files are written: links, modes, owners, long names, and what killed processes leave behind."""

import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys

import jkonetstar as jk
import numpy as np
import pytest

DAY = 86_400


@pytest.fixture(scope="module")
def model():
    return jk.JKOnetStar(potential="linear").fit([0.0, 1.0, 0.0, 1.0], [0, 0, 1, 1])


def series():
    return jk.Snapshots(np.arange(4.0), [0, 0, 1, 1])


def test_what_is_no_regular_file_stays(tmp_path, model, refused):
    os.mkfifo(tmp_path / "pipe")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "socket"))
    for name in ("pipe", "socket"):
        kind = (tmp_path / name).lstat().st_mode
        refused(OSError, lambda name=name: model.save(tmp_path / name), name, "not a regular file", f"a {name}")
        assert (tmp_path / name).lstat().st_mode == kind
    (tmp_path / "link").symlink_to("pipe")
    refused(OSError, lambda: model.save(tmp_path / "link"), "link", "a pipe")
    folder = tmp_path / "series"
    folder.mkdir()
    os.mkfifo(folder / "weights.npy")
    refused(OSError, lambda: series().save(folder), "weights.npy", "a pipe")
    assert os.listdir(folder) == ["weights.npy"]
    error = refused(OSError, lambda: model.save(folder), "Is a directory")
    assert error.errno == errno.EISDIR
    listener.close()


def test_links_are_followed(tmp_path, model):
    (tmp_path / "there" / "deep").mkdir(parents=True)
    target = tmp_path / "there" / "model"
    (tmp_path / "there" / "deep" / "second").symlink_to("../model")
    (tmp_path / "first").symlink_to("there/deep/second")
    for _ in range(2):  # The first time the chain ends at a file that is not there.
        model.save(tmp_path / "first")
        assert (tmp_path / "first").is_symlink() and (tmp_path / "there" / "deep" / "second").is_symlink()
        assert target.is_file() and not target.is_symlink()
        assert jk.load(target).predict([[0.5]]).shape == jk.load(tmp_path / "first").predict([[0.5]]).shape
        assert sorted(os.listdir(target.parent)) == ["deep", "model"]
    (tmp_path / "absolute").symlink_to(tmp_path / "other")
    model.save(tmp_path / "absolute")
    assert (tmp_path / "other").is_file() and (tmp_path / "absolute").is_symlink()


def test_links_in_a_circle_and_into_nothing(tmp_path, model, refused):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    refused(OSError, lambda: model.save(tmp_path / "a"), "a", "symbolic links")
    (tmp_path / "c").symlink_to("no/such/folder")
    refused(FileNotFoundError, lambda: model.save(tmp_path / "c"), "No such file")


def test_modes(tmp_path, model):
    before = os.umask(0o027)
    try:
        model.save(tmp_path / "new")
        series().save(tmp_path / "folder")
    finally:
        os.umask(before)
    assert (tmp_path / "new").stat().st_mode & 0o7777 == 0o640
    assert (tmp_path / "folder").stat().st_mode & 0o7777 == 0o750
    assert {file.stat().st_mode & 0o7777 for file in (tmp_path / "folder").iterdir()} == {0o640}
    for mode in (0o600, 0o660, 0o644):
        (tmp_path / "new").chmod(mode)
        (tmp_path / "folder" / "points.npy").chmod(mode)
        model.save(tmp_path / "new")
        series().save(tmp_path / "folder")
        assert (tmp_path / "new").stat().st_mode & 0o7777 == mode
        assert (tmp_path / "folder" / "points.npy").stat().st_mode & 0o7777 == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser gives files away")
def test_owners(tmp_path, model):
    model.save(tmp_path / "model")
    os.chown(tmp_path / "model", 65534, 12345)
    (tmp_path / "model").chmod(0o640)
    model.save(tmp_path / "model")
    status = (tmp_path / "model").stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o7777) == (65534, 12345, 0o640)


@pytest.mark.parametrize("name", ["n" * 245, "n" * 255, "ä" * 127])
def test_long_names(tmp_path, model, name):
    model.save(tmp_path / name)
    model.save(tmp_path / name)
    assert os.listdir(tmp_path) == [name] and jk.load(tmp_path / name).n_features_in_ == 1


def test_names_that_are_too_long(tmp_path, model, refused):
    refused(OSError, lambda: model.save(tmp_path / ("n" * 256)), "File name too long")
    assert os.listdir(tmp_path) == []


# Ends in the middle of writing a file of more than 64 bytes.
KILLED = """
import resource, signal, sys
import jkonetstar as jk
series = jk.Snapshots([0.0, 1.0, 0.0, 1.0], [0, 0, 1, 1])
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
series.save(sys.argv[1])
"""


def leave(folder):
    """Return the file that a killed process left in a folder."""
    before = set(os.listdir(folder))
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder)], capture_output=True)
    assert done.returncode == -signal.SIGXFSZ, done.stderr
    (left,) = set(os.listdir(folder)) - before
    return folder / left


def test_what_killed_processes_leave_is_removed(tmp_path, model):
    for _ in range(3):
        leave(tmp_path)
    (tmp_path / "mine.part").write_text("stays")
    model.save(tmp_path / "model")
    assert sorted(os.listdir(tmp_path)) == ["mine.part", "model"]
    leave(tmp_path)
    series().save(tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["mine.part", "model", "points.npy", "time.npy", "weights.npy"]


def test_what_others_are_writing_stays(tmp_path, model):
    left = leave(tmp_path)
    with open(left, "rb+") as writer:
        fcntl.flock(writer, fcntl.LOCK_EX)  # As the process does whose file it is.
        os.utime(left, (0, 0))
        model.save(tmp_path / "model")
        assert left.exists()
    model.save(tmp_path / "model")
    assert not left.exists()


def test_what_other_systems_write_stays_for_a_day(tmp_path, model):
    left = leave(tmp_path)
    start, system, rest = left.name.split("-")
    foreign = left.with_name("-".join([start, f"{int(system, 16) ^ 1:08x}", rest]))
    left.rename(foreign)
    model.save(tmp_path / "model")
    assert foreign.exists()
    now = (tmp_path / "model").stat().st_mtime
    os.utime(foreign, (now - 2 * DAY, now - 2 * DAY))
    model.save(tmp_path / "model")
    assert not foreign.exists()


def test_folders_with_other_points_or_times_are_not_written(tmp_path, refused):
    for name in ("X.npy", "data.npy", "Days.npy", "weight.npy"):
        np.save(tmp_path / name, np.zeros(3))
        refused(OSError, lambda: series().save(tmp_path), name)
        (tmp_path / name).unlink()
    np.save(tmp_path / "genes.npy", np.zeros(3))
    series().save(tmp_path)
    assert jk.Snapshots.load(tmp_path).sizes == [2, 2]
