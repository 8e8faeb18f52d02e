"""Print the platform tag that a wheel with a shared library may carry: platform_tag.py LIBRARY.

PEP 600 gives the tag manylinux_X_Y to wheels that run wherever there is glibc X.Y or newer, beside libraries that every
such system has. What a library needs stands in its dynamic section: the libraries (DT_NEEDED), and of each the
versions of its symbols (.gnu.version_r). The tag follows from these, and an error says what exceeds the promise.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

#: The tags that are given, the last of which is what docs/dependencies.md promises: for each version of glibc, the
#: newest symbols of GCC's run-time libraries that systems with this glibc have (GCC 8, 10 and 11), as in the policies
#: of auditwheel.
SYSTEMS = (
    {"GLIBC": (2, 28), "GLIBCXX": (3, 4, 24), "CXXABI": (1, 3, 11), "GCC": (7, 0, 0)},
    {"GLIBC": (2, 31), "GLIBCXX": (3, 4, 28), "CXXABI": (1, 3, 12), "GCC": (7, 0, 0)},
    {"GLIBC": (2, 34), "GLIBCXX": (3, 4, 29), "CXXABI": (1, 3, 13), "GCC": (7, 0, 0)},
)
#: What every such system has, with the dynamic linkers of the machines below.
LIBRARIES = {"libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libgcc_s.so.1", "libstdc++.so.6"}
MACHINES = {62: ("x86_64", "ld-linux-x86-64.so.2"), 183: ("aarch64", "ld-linux-aarch64.so.1")}

DYNAMIC, LOAD = 2, 1
NEEDED, STRTAB, VERNEED, VERNEEDNUM = 1, 5, 0x6FFFFFFE, 0x6FFFFFFF


class Needs:
    """What an ELF file for a 64-bit little-endian machine needs where it runs."""

    def __init__(self, content: bytes) -> None:
        if content[:6] != b"\x7fELF\x02\x01":
            raise ValueError("not an ELF file for a 64-bit little-endian machine")
        self.machine: int = struct.unpack_from("<H", content, 18)[0]
        start, size, count = struct.unpack_from("<Q", content, 32) + struct.unpack_from("<HH", content, 54)
        headers = [struct.unpack_from("<IIQQQQ", content, start + size * index) for index in range(count)]

        def place(address: int) -> int:
            """Return where in the file lies what is loaded at an address."""
            for kind, _, offset, virtual, _, length in headers:
                if kind == LOAD and virtual <= address < virtual + length:
                    return int(address - virtual + offset)
            raise ValueError(f"nothing is loaded at address {address:#x}")

        (dynamic,) = (header for header in headers if header[0] == DYNAMIC)
        entries = list(struct.iter_unpack("<qQ", content[dynamic[2] : dynamic[2] + dynamic[5]]))
        # Entries behind the first DT_NULL mean nothing.
        entries = entries[: [tag for tag, _ in entries].index(0)]
        values = dict(entries)
        strings = place(values[STRTAB])

        def text(offset: int) -> str:
            return content[strings + offset : content.index(b"\0", strings + offset)].decode()

        self.libraries = [text(value) for tag, value in entries if tag == NEEDED]
        self.versions: set[str] = set()
        library = place(values[VERNEED]) if VERNEED in values else 0
        for _ in range(values.get(VERNEEDNUM, 0)):
            _, symbols, _, first, following = struct.unpack_from("<HHIII", content, library)
            version = library + first
            for _ in range(symbols):
                _, _, _, name, step = struct.unpack_from("<IHHII", content, version)
                self.versions.add(text(name))
                version += step
            library += following


def tag(machine: int, libraries: list[str], versions: set[str]) -> str:
    """Return the tag for the oldest of the systems that have all that is needed, or raise ValueError."""
    if machine not in MACHINES:
        raise ValueError(f"machine {machine} of the ELF specification has no tag here")
    name, linker = MACHINES[machine]
    foreign = sorted(set(libraries) - LIBRARIES - {linker})
    if foreign:
        raise ValueError(f"needs {', '.join(foreign)}, which not every system has; link it statically")
    for system in SYSTEMS:
        missing = sorted(version for version in versions if not _has(system, version))
        if not missing:
            major, minor = system["GLIBC"]
            return f"manylinux_{major}_{minor}_{name}"
    major, minor = SYSTEMS[-1]["GLIBC"]
    raise ValueError(f"needs {', '.join(missing)}: more than manylinux_{major}_{minor} has")


def _has(system: dict[str, tuple[int, ...]], version: str) -> bool:
    kind, _, number = version.partition("_")
    try:
        return tuple(map(int, number.split("."))) <= system[kind]
    except (KeyError, ValueError):
        return False  # Such as GLIBC_PRIVATE, which no system promises.


def main(path: str) -> str:
    """Return the tag for a wheel with the library of a path."""
    try:
        needs = Needs(Path(path).read_bytes())
        return tag(needs.machine, needs.libraries, needs.versions)
    except (OSError, ValueError, struct.error) as error:
        raise SystemExit(f"{path}: {error}") from None


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    print(main(sys.argv[1]))
