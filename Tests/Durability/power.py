"""Loss of power after every call: a file is the complete old one or the complete new one, once written the new one."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Iterable, Sequence

import disk
import trainings
import watched
from writers import Writer


@dataclass
class Count:
    """What was tried."""

    prefixes: int = 0
    states: int = 0
    distinct: int = 0
    refused: int = 0
    faults: list[str] = field(default_factory=list)

    def line(self) -> str:
        return (
            f"power: {self.prefixes} losses of power, {self.states} states of the disk, {self.distinct} distinct, "
            f"{self.refused} refused as incomplete, {len(self.faults)} faults"
        )


def check(
    count: Count, name: str, folder: Path, before: Any, calls: list[str], allowed: Sequence[Sequence[Any]],
    read: Callable[[Path], Any], may_refuse: bool = False,
) -> None:  # fmt: skip
    """Lose power before and after every call.

    `allowed` says what may be there once so many calls were made. All that is there must be readable or, where
    `may_refuse`, be refused by the reader.
    """
    model = disk.Disk(str(folder), before)
    known: dict[tuple, bool] = {}
    for k in range(len(calls) + 1):
        if k > 0:
            model.do(calls[k - 1])
        right = allowed[k]
        count.prefixes += 1
        for found in model.after_power_loss():
            count.states += 1
            key = tuple(sorted(found.items()))
            if key not in known:
                count.distinct += 1
                known[key] = readable(found, read)
            if found in right and (known[key] or not found):
                continue
            if may_refuse and len(right) > 1 and found not in right and not known[key]:
                count.refused += 1
                continue
            said = {path: len(content) for path, content in found.items()}
            count.faults.append(
                f"{name}: after {k} calls, the last `{calls[k - 1][:60] if k else ''}`, there may be {said}, "
                f"{'readable' if known[key] else 'unreadable'}"
            )
            return
    if model.view() != watched.view(folder):  # After all calls.
        count.faults.append(f"{name}: writes in a way that shim.c does not see")


def readable(found: Any, read: Callable[[Path], Any]) -> bool:
    with tempfile.TemporaryDirectory() as place:
        for path, content in found.items():
            (Path(place) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(place) / path).write_bytes(content)
        try:
            read(Path(place))
        except Exception:  # Whatever it is, nothing was read.
            return False
        return True


def one(count: Count, writer: Writer, folder: Path, forgotten: Iterable[str] = ()) -> None:
    """Write a file that is new, and one over an old one."""
    for old in (None, 0):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        if old is not None:
            writer.write(folder, old)
        before = watched.view(folder)
        with watched.watching(folder, record=True):
            for call in forgotten:
                watched.forget(call)
            writer.write(folder, 1)
            watched.mark("returned")
            calls = watched.log()
        after = watched.view(folder)
        assert before != after
        end = next(k for k, call in enumerate(calls, 1) if call == "mark returned")
        check(
            count, writer.name, folder, before, calls,
            [[after] if k >= end else [before, after] for k in range(len(calls) + 1)], writer.read, writer.is_set,
        )  # fmt: skip


def training(count: Count, kind: trainings.Training, folder: Path) -> None:
    """A training that writes checkpoints all the time."""
    folder.mkdir()
    with watched.watching(folder, record=True):
        result = kind.fit(folder / "file")
        watched.mark("returned")
        calls = watched.log()
    versions, begun, sure = states(folder, calls)
    assert len(versions) > 3, kind.name
    check(
        count, kind.name, folder, {}, calls, [versions[a : b + 1] for a, b in zip(sure, begun)],
        lambda place: kind.read(place / "file"),
    )  # fmt: skip
    # Every state is one to go on from.
    for version in versions[1:]:
        (folder / "file").write_bytes(version["file"])
        if kind.fit(folder / "file") != result:
            count.faults.append(f"{kind.name}: resumed from one of its checkpoints, it ends with another result")


def states(folder: Path, calls: list[str]) -> tuple[list[Any], list[int], list[int]]:
    """Return the states of a file, and for each number of calls the latest that was begun and the latest that is sure.

    The next state begins with a rename onto the file. It is sure once the folder was synchronised, and at the end.
    """
    model = disk.Disk(str(folder), {})
    versions, begun, sure = [model.view()], [0], [0]
    for call in calls:
        model.do(call)
        if call.startswith("rename") and call.endswith("\t" + str(folder / "file")):
            versions.append(model.view())
        is_sure = call == "mark returned" or (call.startswith("sync") and not model.pending)
        begun.append(len(versions) - 1)
        sure.append(begun[-1] if is_sure else sure[-1])
    return versions, begun, sure


def run(room: Path, found: list[Writer], long: bool) -> Count:
    """Try every writer, and trainings with checkpoints, of which every state is gone on from."""
    count = Count()
    for number, writer in enumerate(found):
        one(count, writer, room / f"power{number}")
    for number, kind in enumerate(trainings.all_kinds(long)):
        training(count, kind, room / f"powered training{number}")
    return count
