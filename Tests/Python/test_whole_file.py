"""Files that the package writes itself, as test_saving.py has those of the library."""

import errno
import os
import signal

import jkonetstar as jk
import pytest
from jkonetstar._whole_file import whole_file


def write(path, content=b"content"):
    with whole_file(path) as file:
        file.write(content)


def test_links_are_followed_and_modes_kept(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to("there/file")
    before = os.umask(0o027)
    try:
        write(tmp_path / "link", b"one")
    finally:
        os.umask(before)
    assert (tmp_path / "there" / "file").stat().st_mode & 0o7777 == 0o640
    (tmp_path / "there" / "file").chmod(0o604)
    write(tmp_path / "link", b"two")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "there" / "file").read_bytes() == b"two"
    assert (tmp_path / "there" / "file").stat().st_mode & 0o7777 == 0o604
    assert os.listdir(tmp_path / "there") == ["file"]


def test_what_cannot_be_replaced_stays(tmp_path, refused):
    os.mkfifo(tmp_path / "pipe")
    refused(OSError, lambda: write(tmp_path / "pipe"), "pipe", "not a regular file")
    assert refused(OSError, lambda: write(tmp_path), str(tmp_path), "Is a directory").errno == errno.EISDIR
    refused(FileNotFoundError, lambda: write(tmp_path / "no" / "file"), "file", "No such file")
    assert os.listdir(tmp_path) == ["pipe"]


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "full"), OSError("no number"), KeyboardInterrupt(), KeyError()]
)
def test_failures_leave_the_old_file(tmp_path, error):
    write(tmp_path / "file")
    with pytest.raises(type(error)) as raised, whole_file(tmp_path / "file") as file:
        file.write(b"more")
        raise error
    assert os.listdir(tmp_path) == ["file"] and (tmp_path / "file").read_bytes() == b"content"
    if isinstance(error, OSError):
        assert isinstance(raised.value, jk.FileError) and str(tmp_path / "file") in str(raised.value)


def leave(folder, save):
    """Have a process be killed while it writes; `save` is handed its file and ends in the middle."""
    child = os.fork()
    if child == 0:
        with whole_file(folder / "file") as file:
            save(file)
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    (left,) = [path for path in folder.iterdir() if path.suffix == ".part"]
    return left


def test_leftovers_are_removed_by_the_package_and_by_the_library(tmp_path):
    for save in (write, lambda path: jk.Snapshots([0.0, 1.0], [0, 1]).save(path.parent)):
        left = leave(tmp_path, lambda file: file.write(b"half"))
        save(tmp_path / "file")
        assert not left.exists()
    left = leave(tmp_path, lambda file: file.write(b"half"))
    start, system, rest = left.name.split("-")
    foreign = left.rename(left.with_name("-".join([start, f"{int(system, 16) ^ 1:08x}", rest])))
    write(tmp_path / "file")
    assert foreign.exists()  # Another host may be writing it.
    os.utime(foreign, (0, 0))
    write(tmp_path / "file")
    assert not foreign.exists()


def test_what_is_being_written_stays(tmp_path):
    with whole_file(tmp_path / "a") as file:
        write(tmp_path / "b")
        jk.Snapshots([0.0, 1.0], [0, 1]).save(tmp_path)
        assert os.path.exists(file.name)
    assert (tmp_path / "a").exists()
