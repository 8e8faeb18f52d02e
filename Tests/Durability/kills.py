"""Processes that are killed while they write or train: what they leave is whole, is gone on from, does not pile up."""

from __future__ import annotations

import functools
import itertools
import os
import random
import shutil
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

import trainings
import watched
from power import readable
from trainings import Training
from writers import Writer


@dataclass
class Count:
    """What was tried."""

    at_calls: int = 0
    at_times: int = 0
    while_writing: int = 0
    finished: int = 0
    faults: list[str] = field(default_factory=list)

    def line(self) -> str:
        return (
            f"kills: {self.at_calls} trainings killed at calls, {self.at_times} at random times, {self.finished} gone "
            f"on with to their ends, {self.while_writing} writers killed, {len(self.faults)} faults"
        )


def in_child(work: Callable[[], None], after: float | None = None) -> bool:
    """Do something in a process of its own, killed after some seconds. Return whether it was killed before its end.

    The child is a fork, which starts in no time. No thread of the library outlives a call, so that none is missing.
    """
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return True
    if status != 0:
        raise RuntimeError(f"a child ended with status {status}")
    return False


class Course:
    """A training that is killed and gone on with, again and again, until it comes to its end; then it begins anew."""

    def __init__(self, count: Count, kind: Training, folder: Path) -> None:
        self.count, self.kind, self.folder = count, kind, folder
        folder.mkdir()
        self.path, self.result = folder / "file", folder.parent / f"{folder.name}.result"
        begun = time.monotonic()
        in_child(lambda: self._train(None))
        self.seconds = time.monotonic() - begun
        self.whole = (self.path.read_bytes(), self.result.read_bytes())
        self.calls = int((folder.parent / f"{folder.name}.calls").read_text())
        self._again()

    def _train(self, kill: int | None) -> None:
        with watched.watching(self.folder):
            if kill is not None:
                watched.kill(kill)
            found = self.kind.fit(self.path)
            calls = watched.calls()
        self.result.write_bytes(found)
        (self.folder.parent / f"{self.folder.name}.calls").write_text(str(calls))

    def _again(self) -> None:
        for path in self.folder.iterdir():
            path.unlink()
        self.result.unlink()

    def kill(self, call: int | None = None, after: float | None = None) -> None:
        """Go on, and be killed at a call or after a time, if the training has not come to its end by then."""
        if in_child(lambda: self._train(call), after):
            self._check(f"killed at call {call}" if after is None else f"killed after {after} s")
            if after is None:
                self.count.at_calls += 1
            else:
                self.count.at_times += 1
            return
        self.count.finished += 1
        self._finish()

    def end(self) -> None:
        """Go on to the end."""
        in_child(lambda: self._train(None))
        self.count.finished += 1
        self._finish()

    def _finish(self) -> None:
        if (self.path.read_bytes(), self.result.read_bytes()) != self.whole:
            self.count.faults.append(f"{self.kind.name}: ends with another result than without kills")
        if os.listdir(self.folder) != ["file"]:
            self.count.faults.append(f"{self.kind.name}: leaves {sorted(os.listdir(self.folder))} at its end")
        self._again()

    def _check(self, what: str) -> None:
        names = sorted(os.listdir(self.folder))
        others = [name for name in names if name != "file"]
        if len(others) > 1 or not all(map(watched.is_temporary, others)):
            self.count.faults.append(f"{self.kind.name}, {what}: {names} lie there")
        if "file" in names:
            try:
                self.kind.read(self.path)
            except Exception as error:  # Whatever it is, the checkpoint is lost.
                self.count.faults.append(f"{self.kind.name}, {what}: {error}")


def writer_kills(count: Count, writer: Writer, folder: Path) -> None:
    """A writer that is killed at each of its calls: the old file or the new one is there, or too few of a set."""
    for old in (None, 0):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        writer.write(folder, 1)
        after = watched.view(folder)
        for path in after:
            (folder / path).unlink()
        if old is not None:
            writer.write(folder, old)
        before = watched.view(folder)

        def work(number: int) -> None:
            with watched.watching(folder):
                watched.kill(number)
                writer.write(folder, 1)

        for number in itertools.count(1):
            if not in_child(functools.partial(work, number)):
                break
            count.while_writing += 1
            found = watched.view(folder)
            if found not in (before, after) and not (writer.is_set and not readable(found, writer.read)):
                count.faults.append(f"{writer.name}, killed at call {number}: {sorted(found)}")
            left = set(watched.view(folder, with_temporary=True)) - set(found)
            # Each file of a set has a new one and, while it is replaced, an old one aside.
            if len(left) > (2 * len(after) if writer.is_set else 1):
                count.faults.append(f"{writer.name}, killed at call {number}: {sorted(left)} pile up")
            for path in after:
                (folder / path).unlink(missing_ok=True)
            for path, content in before.items():
                (folder / path).write_bytes(content)
        if watched.view(folder, with_temporary=True) != after:
            count.faults.append(f"{writer.name}: what killed processes left is not removed")


def trained(count: Count, course: Course, rng: random.Random, at_calls: int, at_times: int) -> None:
    """Kill a training so many times, each time at one of the next calls, and go on."""
    for _ in range(at_calls):
        course.kill(call=rng.randint(1, 25))
    course.end()
    for _ in range(at_times):
        course.kill(after=rng.uniform(0, course.seconds))
    if at_times:
        course.end()


def run(room: Path, found: list[Writer], long: bool) -> Count:
    """Kill trainings at some of their calls; where it is to be long, at every call, and writers, too."""
    count, rng = Count(), random.Random(0)
    for number, kind in enumerate(trainings.all_kinds(long)):
        course = Course(count, kind, room / f"killed training{number}")
        if long:
            for call in range(1, course.calls + 1):
                course.kill(call)
                course.end()
        trained(count, course, rng, 80 if long else 7, 50 if long else 0)
    for number, writer in enumerate(found if long else ()):
        writer_kills(count, writer, room / f"killed writer{number}")
    return count
