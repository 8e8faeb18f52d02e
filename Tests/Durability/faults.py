"""Full disks and failing calls: an error in one line that names the path, the old file as it was, nothing beside it."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Iterable, Iterator

import jkonetstar as jk
import trainings
import watched
from writers import Writer

#: How a disk says that it takes no more.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
#: Which errors each call is tried with. Those of calls that only clean up are nobody's concern.
ERRORS = {
    "open": (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.EACCES, errno.EROFS, errno.EINTR),
    "write": (*FULL, errno.EINTR),
    "sync": (*FULL, errno.EINTR),
    "sync_folder": (errno.EIO, errno.EINVAL, errno.EINTR),
    "close": (errno.EIO,),
    "rename": (*FULL, errno.EACCES),
    "unlink": (errno.EIO,),
    "mkdir": (*FULL, errno.EACCES),
}
#: What is done again, or is no reason to fail.
HARMLESS = {("write", errno.EINTR), ("sync", errno.EINTR), ("sync_folder", errno.EINTR), ("sync_folder", errno.EINVAL)}
#: What must come to the caller as an error, whichever call of its kind it is.
FATAL = {(call, error) for call in ("write", "sync", "rename") for error in FULL} | {("sync_folder", errno.EIO)}


@dataclass
class Count:
    """What was tried."""

    full: int = 0
    really: int = 0
    failed: int = 0
    short: int = 0
    raised: int = 0
    faults: list[str] = field(default_factory=list)

    def line(self) -> str:
        return (
            f"faults: {self.full} disks that are full after some bytes, {self.really} real ones, {self.failed} calls "
            f"that fail, {self.short} writes in pieces, {self.raised} errors, {len(self.faults)} faults"
        )


class Trial:
    """A file, or set of files, that is written over in a folder while things go wrong."""

    def __init__(self, count: Count, writer: Writer, folder: Path, old: int | None) -> None:
        self.count, self.writer, self.folder = count, writer, folder
        folder.mkdir()
        self.write(1)
        self.after = watched.view(folder)
        self._empty()
        if old is not None:
            self.write(old)
        self.before = watched.view(folder)
        with watched.watching(folder):
            self.write(1)
            self.calls = {call: watched.calls(call) for call in ERRORS}
        self._restore()
        self.bytes = sum(len(content) for content in self.after.values())

    def write(self, state: int) -> None:
        self.writer.write(self.folder, state)

    def _empty(self) -> None:
        shutil.rmtree(self.folder)
        self.folder.mkdir()

    def _restore(self) -> None:
        self._empty()
        for path, content in self.before.items():
            (self.folder / path).parent.mkdir(exist_ok=True)
            (self.folder / path).write_bytes(content)

    def go(self, what: str, arm: Callable[[], None], may_leave: bool = False, may_be_new: bool = False) -> bool:
        """Write with a fault, and again without. Return whether the first time was an error."""
        raised = None
        with watched.watching(self.folder):
            arm()
            try:
                self.write(1)
            except OSError as error:
                raised = error
        found = watched.view(self.folder, with_temporary=not may_leave)
        left = [path for path in self.folder.rglob("*") if path.is_dir() and not any(path.iterdir())]
        self.count.raised += raised is not None
        if raised is None and found != self.after:
            self._fault(what, f"without an error there is {sizes(found)}")
        if raised is not None:
            if found != self.before and not (may_be_new and found == self.after):
                self._fault(what, f"with an error there is {sizes(found)}")
            if left and not may_leave and not self.before:
                self._fault(what, "an empty folder is left")
            said = str(raised)
            if str(self.folder) not in said or "\n" in said or getattr(raised, "status", None) != "JKO_EIO":
                self._fault(what, f"the error is {type(raised).__name__}: {said!r}")
        self.write(1)
        if watched.view(self.folder, with_temporary=True) != self.after:
            self._fault(what, f"written once more there is {sizes(watched.view(self.folder, True))}")
        self._restore()
        return raised is not None

    def _fault(self, what: str, said: str) -> None:
        self.count.faults.append(f"{self.writer.name}, {'new' if not self.before else 'old'}, {what}: {said}")

    def fills(self, places: Iterable[int], errors: Iterable[int]) -> None:
        """Have the disk take only so many bytes."""
        for left in places:
            for error in errors:
                self.count.full += 1
                what = f"{errno.errorcode[error]} after {left} of {self.bytes} bytes"
                if not self.go(what, lambda left=left, error=error: watched.fill(left, error)):
                    self._fault(what, "no error")

    def fails(self) -> None:
        """Have every call fail."""
        for call, number in ((call, k) for call, most in self.calls.items() for k in range(1, most + 1)):
            for error in ERRORS[call]:
                self.count.failed += 1
                what = f"{errno.errorcode[error]} of {call} {number}"
                raised = self.go(
                    what,
                    lambda call=call, number=number, error=error: watched.fail(call, number, error),
                    may_leave=call == "unlink",
                    may_be_new=call == "sync_folder",
                )
                if raised != ((call, error) in FATAL) and (call, error) in FATAL | HARMLESS:
                    self._fault(what, "an error" if raised else "no error")

    def pieces(self, sizes: Iterable[int]) -> None:
        """Have the disk take only few bytes at once."""
        for most in sizes:
            self.count.short += 1
            if self.go(f"{most} bytes at once", lambda most=most: watched.shorten(most)):
                self._fault(f"{most} bytes at once", "an error")


def sizes(view: dict[str, bytes]) -> dict[str, int]:
    return {path: len(content) for path, content in view.items()}


def one(count: Count, writer: Writer, room: Path, long: bool) -> None:
    for old in (None, 0) if long else (0,):
        trial = Trial(count, writer, room / f"{writer.name} {old}", old)
        n = trial.bytes
        every = range(n) if writer.is_small or (long and not writer.is_slow) else sampled(n, 60 if long else 3)
        trial.fills(every, FULL[:1])
        trial.fills(sampled(n, 60 if long else 1), FULL[1:])
        trial.fails()
        trial.pieces((1, 7, 64) if long else (7,))


def sampled(n: int, most: int) -> list[int]:
    """Return places among so many bytes: the first, the last and some between."""
    return sorted({round(k * (n - 1) / max(most - 1, 1)) for k in range(most)})


def training(count: Count, kind: trainings.Training, folder: Path, long: bool) -> None:
    """A disk that fills up during a training. What is there is one to go on from."""
    folder.mkdir()
    whole = kind.fit(folder / "file")
    total = 6 * (folder / "file").stat().st_size
    for left in sampled(total, 200 if long else 3):
        (folder / "file").unlink(missing_ok=True)
        count.full += 1
        with watched.watching(folder):
            watched.fill(left)
            try:
                kind.fit(folder / "file")
            except jk.FileError as error:
                count.raised += 1
                if str(folder / "file") not in str(error):
                    count.faults.append(f"{kind.name}: {error}")
            else:
                # Not all checkpoints are as large as the last one.
                if left < total // 2:
                    count.faults.append(f"{kind.name}: no error on a disk of {left} bytes")
        if set(os.listdir(folder)) > {"file"} or kind.fit(folder / "file") != whole:
            count.faults.append(f"{kind.name}: does not go on after a disk of {left} bytes")


def leftovers(count: Count, writer: Writer, folder: Path) -> None:
    """What a killed process left does not keep the disk full: it is removed before anything is written."""
    folder.mkdir()
    child = os.fork()
    if child == 0:
        with watched.watching(folder):
            watched.kill(1, "write")
            writer.write(folder, 1)
        os._exit(1)
    os.waitpid(child, 0)
    left = watched.view(folder, with_temporary=True)
    assert len(left) == 1 and not watched.view(folder), "a process was killed while it wrote"
    count.full += 1
    with watched.watching(folder):
        watched.fill(0)
        try:
            writer.write(folder, 1)
        except OSError:
            count.raised += 1
    if os.listdir(folder):
        count.faults.append(f"{writer.name}: {list(left)} stays on a full disk")


@contextmanager
def small_disk(place: Path) -> Iterator[bool]:
    """Give a file system of 512 KiB, if this process may mount one."""
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", place], capture_output=True)
    try:
        yield mounted.returncode == 0
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", place], check=True)


def really_full(count: Count, writer: Writer, place: Path) -> None:
    """A file system that really is full: all but some pages are taken."""
    folder, filler = place / "folder", place / "filler"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    writer.write(folder, 1)
    after = watched.view(folder)
    writer.write(folder, 0)
    before = watched.view(folder)
    page, raised = 4096, True
    for free in range(10**6):
        status = os.statvfs(place)
        filler.write_bytes(bytes(max(0, status.f_bavail * status.f_frsize - free * page)))
        try:
            writer.write(folder, 1)
        except OSError as error:
            count.raised += 1
            if str(folder) not in str(error) or "\n" in str(error) or "No space left" not in str(error):
                count.faults.append(f"{writer.name}, {free} pages free: {error}")
        else:
            raised = False
        filler.unlink()
        count.really += 1
        found = watched.view(folder, with_temporary=True)
        if found != (before if raised else after):
            count.faults.append(f"{writer.name}, {free} pages free: there is {sizes(found)}")
        if not raised:
            break


def run(room: Path, found: list[Writer], long: bool) -> Count:
    """Try every writer, and trainings with checkpoints; where it is not to be long, only those that take no time."""
    count = Count()
    for writer in found:
        if writer.is_slow and not long:
            continue
        one(count, writer, room, long)
        if not writer.is_set:
            leftovers(count, writer, room / f"{writer.name} left")
    if long:
        with small_disk(room / "small") as is_there:
            for writer in found if is_there else ():
                really_full(count, writer, room / "small")
        if not is_there:
            print("faults: without a real disk that is full, for none may be mounted")
    for number, kind in enumerate(trainings.all_kinds(long)):
        training(count, kind, room / f"full training{number}", long)
    return count
