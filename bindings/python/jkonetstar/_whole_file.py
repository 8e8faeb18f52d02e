"""Files that this package writes itself: whole or not at all, in the way in which the library writes its own."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
import stat
import zlib
from contextlib import contextmanager, suppress
from typing import BinaryIO, Iterator

from ._errors import FileError, file_error

#: A file of another host, or from before a restart, is taken for a leftover once it is so many seconds old.
_DAY = 86_400
#: What the library calls its temporary files: `.jkonetstar-<system>-<random>.part`.
_TEMPORARY = re.compile(r"\.jkonetstar-([0-9a-f]{8})-[0-9a-f]{16}\.part")
#: What a file system says that cannot synchronise folders.
_CANNOT = (errno.EINVAL, errno.EBADF, errno.ENOTSUP, errno.ENOSYS, errno.EROFS)


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Give a file to write to, which takes its place at `path` once all of it is on the disk.

    Symbolic links are followed, and a file that is replaced passes on its mode and, as far as this process may, its
    owner. What the caller's own writes raise becomes an `OSError` that names the path, too.
    """
    asked = os.fsdecode(path)
    try:
        replaced = _replaced(asked)
        target = os.path.realpath(asked)
        folder = _Folder(os.path.dirname(target))
        try:
            # Before anything new comes: what was left may be why the disk is full.
            others = _remove_leftovers(folder.path, None)
            file = _temporary(folder.path, replaced)
            try:
                if others:
                    _remove_leftovers(folder.path, os.fstat(file.fileno()).st_mtime)
                yield file
                file.flush()
                if replaced is not None:
                    _adopt(replaced, file.fileno())
                os.fsync(file.fileno())
                os.replace(file.name, target)
            except BaseException:
                with suppress(OSError):
                    os.unlink(file.name)
                raise
            finally:
                with suppress(OSError):  # All of it is on the disk, or nobody wants it.
                    file.close()
            folder.synchronize()
        finally:
            folder.close()
    except OSError as error:
        if isinstance(error, FileError):
            raise
        why = str(error) if error.errno is None else os.strerror(error.errno)
        raise file_error(f"path = {asked!r} could not be written: {why}", error.errno, path) from error


def _replaced(path: str) -> os.stat_result | None:
    """Return what is known of the file that will be replaced, if there is one and it may be."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(found.st_mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(found.st_mode):
        raise FileError(f"path = {path!r} is not a regular file", filename=path)
    # The folder alone decides whether a file may be replaced. One that may not be written is kept all the same.
    if not os.access(path, os.W_OK):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))
    return found


class _Folder:
    """A folder, open so that it can be synchronised however few files may be open by then."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._descriptor: int | None = None
        with suppress(PermissionError):  # Nobody can synchronise a folder that may not be read.
            self._descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)

    def synchronize(self) -> None:
        """Wait until the disk has what was renamed. A file system that cannot is no reason to fail."""
        try:
            if self._descriptor is not None:
                os.fsync(self._descriptor)
        except OSError as error:
            if error.errno not in _CANNOT:
                raise

    def close(self) -> None:
        if self._descriptor is not None:
            with suppress(OSError):
                os.close(self._descriptor)


def _system() -> str:
    """Return the boot of the system that this process runs on, as names of temporary files have it."""
    try:
        with open("/proc/sys/kernel/random/boot_id", "rb") as file:
            return f"{zlib.crc32(file.read(64)):08x}"
    except OSError:
        return "00000000"


def _temporary(folder: str, replaced: os.stat_result | None) -> BinaryIO:
    """Make a file beside the one to be, locked as long as it is open, so that nobody takes it for a leftover."""

    def make(path: str, _: int) -> int:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666 if replaced is None else 0o600)

    while True:
        path = os.path.join(folder, f".jkonetstar-{_system()}-{secrets.token_hex(8)}.part")
        file = open(path, "wb", opener=make)
        with suppress(OSError):  # Where the file system has no locks, leftovers stay.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Another process may have taken the file for a leftover before it was locked.
        if os.fstat(file.fileno()).st_nlink > 0:
            return file
        file.close()


def _remove_leftovers(folder: str, now: float | None) -> bool:
    """Remove temporary files whose writers were killed: nobody holds their locks.

    `now` is the time by the clock of the folder's server; None leaves the files of other hosts alone. Return whether
    there are any of those.
    """
    try:
        names = os.listdir(folder)
    except OSError:  # A folder may be one to write to, but not to read.
        return False
    others = False
    for name in names:
        found = _TEMPORARY.fullmatch(name)
        if found is None:
            continue
        path, ours = os.path.join(folder, name), found[1] == _system() != "00000000"
        others = others or not ours
        if not ours and now is None:
            continue
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if ours or (now is not None and now - os.fstat(descriptor).st_mtime > _DAY):
                    os.unlink(path)
            finally:
                os.close(descriptor)
    return others


def _adopt(replaced: os.stat_result, descriptor: int) -> None:
    """Give a file the owner, group and mode of the one that it replaces, as far as this process may."""
    mode = stat.S_IMODE(replaced.st_mode)
    try:
        os.fchown(descriptor, replaced.st_uid, replaced.st_gid)
    except OSError:
        # Rights were meant for that owner and that group. Another group gets no more than everybody.
        mode &= 0o1777
        try:
            os.fchown(descriptor, -1, replaced.st_gid)
        except OSError:
            mode = mode & 0o1707 | (mode & 0o7) << 3
    with suppress(OSError):
        os.fchmod(descriptor, mode)
