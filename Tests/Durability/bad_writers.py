"""Writers that lose files. The checks must find each of them, lest they find nothing at all."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

import faults
import kills
import power
import trainings
from writers import Writer

CONTENTS = (b"the old state " * 5, b"and the new one, complete " * 5)


@dataclass
class Count:
    found: int = 0
    faults: list[str] = field(default_factory=list)

    def line(self) -> str:
        return f"bad writers: {self.found} found, {len(self.faults)} not"


def in_place(folder: Path, state: int) -> None:
    (folder / "file").write_bytes(CONTENTS[state])


def by_rename(folder: Path, state: int, file_too: bool = True, folder_too: bool = True, tidy: bool = True) -> None:
    temporary = folder / f".jkonetstar-{os.getpid()}.part"
    try:
        with open(temporary, "wb", buffering=0) as file:
            file.write(CONTENTS[state])
            if file_too:
                os.fsync(file.fileno())
    except OSError:
        if tidy:
            temporary.unlink()
        raise
    os.replace(temporary, folder / "file")
    place = os.open(folder, os.O_RDONLY)
    if folder_too:
        os.fsync(place)
    os.close(place)


def read(folder: Path) -> bytes:
    content = (folder / "file").read_bytes()
    if content not in CONTENTS:
        raise ValueError("neither the old state nor the new one")
    return content


def counting(write: Callable[[Path, bytes], None], remembers: bool) -> trainings.Training:
    """A training that counts to 5 in its checkpoint, and says at the end how it got there."""

    def fit(path: Path) -> bytes:
        done = path.read_bytes().count(b".") if path.exists() else 0
        steps = range(done, 5)
        for step in steps:
            write(path, b"." * (step + 1) + b"!")
        return b"" if remembers else bytes(steps)

    def whole(path: Path) -> None:
        if not path.read_bytes().endswith(b"!"):
            raise ValueError("cut short")

    return trainings.Training("counting", fit, whole)


def write_over(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(".jkonetstar-0.part")
    temporary.write_bytes(content)
    os.replace(temporary, path)


def run(room: Path, found: list[Writer], long: bool) -> Count:
    """Have the checks find what is wrong."""
    count = Count()

    def must_find(name: str, others: list[str]) -> None:
        if others:
            count.found += 1
        else:
            count.faults.append(f"bad writers: nothing is found wrong with {name}")

    for name, options, forgotten in (
        ("no sync of the file", {"file_too": False}, ()),
        ("no sync of the folder", {"folder_too": False}, ()),
        ("a sync of the file that is not done", {}, ("sync",)),
        ("a sync of the folder that is not done", {}, ("sync_folder",)),
    ):
        lost = power.Count()
        writer = Writer(name, lambda folder, state, options=options: by_rename(folder, state, **options), read)
        power.one(lost, writer, room / name, forgotten)
        must_find(name, lost.faults)
    for call in ("sync", "sync_folder"):
        for writer in found if long else found[:1]:
            lost = power.Count()
            power.one(lost, writer, room / f"{writer.name} without {call}", (call,))
            must_find(f"{writer.name} without {call}", lost.faults)
    lost, full, left = power.Count(), faults.Count(), faults.Count()
    power.one(lost, Writer("in place", in_place, read), room / "in place, power", ())
    faults.Trial(full, Writer("in place", in_place, read), room / "in place, full", 0).fills((3,), faults.FULL)
    untidy = Writer("untidy", lambda folder, state: by_rename(folder, state, tidy=False), read)
    faults.Trial(left, untidy, room / "untidy", 0).fills((3,), faults.FULL)
    must_find("a file that is written in place", lost.faults)
    must_find("a file that is written in place on a full disk", full.faults)
    must_find("a file that is left on a full disk", left.faults)
    for name, kind in (
        ("a checkpoint that is written in place", counting(write_over, remembers=True)),
        ("a training that does not go on", counting(replace, remembers=False)),
    ):
        killed = kills.Count()
        kills.trained(killed, kills.Course(killed, kind, room / name), random.Random(0), at_calls=20, at_times=0)
        must_find(name, killed.faults)
    return count
