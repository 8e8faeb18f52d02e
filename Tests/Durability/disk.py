"""What a disk may hold after a loss of power, by the calls that shim.c wrote down before.

Contents and names are lost independently of each other, as POSIX allows:

- A file has the contents of its last `sync`, or what was written since, or a part of it: cut short anywhere, or of
  full length with zeros in place of the end or of everything.
- A folder has the names of its last `sync`, and of what happened there since any part: a rename, a new name or a
  removed one is there although an earlier one is not. Where there are very many, the earlier ones, or all but one.
- A file whose name was lost is lost, and so is all in a folder whose name was lost.
"""

from __future__ import annotations

from itertools import chain, combinations, product
from typing import Iterator, Mapping

from watched import is_temporary

#: Names of so many changes of folders are lost in every combination.
MOST_COMBINED = 8

FOLDER = -1


class Disk:
    """Files by number and names of files: as programs see them, and as they are certain to be after a loss of power."""

    def __init__(self, root: str, before: Mapping[str, bytes]) -> None:
        self.root = root
        self.seen: dict[str, int] = {root: FOLDER}
        self.contents: dict[int, bytes] = {}
        for path, content in before.items():
            parts = path.split("/")
            for k in range(1, len(parts)):
                self.seen["/".join([root, *parts[:k]])] = FOLDER
            self.seen[f"{root}/{path}"] = self._new(content)
        self.certain, self.safe = dict(self.seen), dict(self.contents)
        #: Changes of names since, each with the folders in which they are.
        self.pending: list[tuple[set[str], list[tuple[str, int | None]], str | None]] = []
        self._open: dict[int, tuple[str, int]] = {}

    def _new(self, content: bytes) -> int:
        self.contents[len(self.contents)] = content
        return len(self.contents) - 1

    def _change(self, *changes: tuple[str, int | None], source: str | None = None) -> None:
        """Give names to files, or take them away; without `source`, where it has one, it cannot happen."""
        self.pending.append(({path.rpartition("/")[0] for path, _ in changes}, list(changes), source))
        apply(self.seen, self.pending[-1])

    def do(self, line: str) -> None:
        """Follow a call."""
        call, _, rest = line.partition(" ")
        words = rest.split("\t")
        if call == "open":
            descriptor, path, how = int(words[0]), words[1], words[2]
            if path not in self.seen:
                self._change((path, self._new(b"")))
                self.safe[self.seen[path]] = b""
            number = self.seen[path]
            self._open[descriptor] = (path, number)
            if how == "emptied":
                self.contents[number] = b""
        elif call == "write":
            number, offset, data = self._open[int(words[0])][1], int(words[1]), bytes.fromhex(words[2])
            old = self.contents[number].ljust(offset, b"\0")
            self.contents[number] = old[:offset] + data + old[offset + len(data) :]
        elif call == "truncate":
            number, length = self._open[int(words[0])][1], int(words[1])
            self.contents[number] = self.contents[number][:length].ljust(length, b"\0")
        elif call == "sync":
            self._synchronize(*self._open[int(words[0])])
        elif call in ("rename", "link"):
            source, target = words
            changes = [(target, self.seen[source])] + ([(source, None)] if call == "rename" else [])
            self._change(*changes, source=source)
        elif call == "mkdir":
            self._change((words[0], FOLDER))
        elif call in ("unlink", "rmdir"):
            self._change((words[0], None))

    def _synchronize(self, path: str, number: int) -> None:
        if number != FOLDER:
            self.safe[number] = self.contents[number]
            return
        for change in self.pending:
            if path in change[0]:
                apply(self.certain, change)
        self.pending = [change for change in self.pending if path not in change[0]]

    def view(self) -> dict[str, bytes]:
        """Return what programs see: files by their paths."""
        return self._reached(self.seen, self.contents)

    def _reached(self, names: Mapping[str, int], contents: Mapping[int, bytes]) -> dict[str, bytes]:
        start = len(self.root) + 1
        return {path[start:]: contents[number] for path, number in self._files(names)}

    def _files(self, names: Mapping[str, int]) -> list[tuple[str, int]]:
        return [
            (path, number)
            for path, number in names.items()
            if number != FOLDER
            and not is_temporary(path.rpartition("/")[2])
            and all(names.get(above) == FOLDER for above in folders_above(path, self.root))
        ]

    def after_power_loss(self) -> Iterator[dict[str, bytes]]:
        """Yield what may be there, without files under temporary names, which nobody reads."""
        for happened in self._happened():
            names = dict(self.certain)
            for change in happened:
                apply(names, change)
            torn = sorted({n for _, n in self._files(names) if self.contents[n] != self.safe[n]})
            for parts in product(*(kept(self.safe[n], self.contents[n]) for n in torn)):
                yield self._reached(names, {**self.contents, **dict(zip(torn, parts))})

    def _happened(self) -> Iterator[tuple]:
        n = len(self.pending)
        if n <= MOST_COMBINED:
            yield from chain.from_iterable(combinations(self.pending, k) for k in range(n + 1))
            return
        yield from (tuple(self.pending[:k]) for k in range(n + 1))
        yield from (tuple(self.pending[:k] + self.pending[k + 1 :]) for k in range(n))


def folders_above(path: str, root: str) -> list[str]:
    """Return the folders that a path goes through below the root."""
    above = []
    while (path := path.rpartition("/")[0]) and path != root:
        above.append(path)
    return above


def apply(names: dict[str, int], change: tuple[set[str], list[tuple[str, int | None]], str | None]) -> None:
    """Change names. A rename whose source never came to be has not happened either."""
    _, changes, source = change
    if source is not None and source not in names:
        return
    for path, number in changes:
        if number is None:
            names.pop(path, None)
        else:
            names[path] = number


def kept(safe: bytes, written: bytes) -> list[bytes]:
    """Return what a file may hold whose contents were not synchronised."""
    n = len(written)
    cuts = sorted({0, 1, n // 2, max(n - 1, 0), n})
    found = [safe, *(written[:k] for k in cuts), *(written[:k].ljust(n, b"\0") for k in cuts)]
    # An old file that was written over in place.
    found += [written[:k] + safe[k:] for k in cuts]
    return list(dict.fromkeys(found))
