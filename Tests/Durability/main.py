"""Loses power, fills disks, fails calls and kills, and tells how often and what went wrong. Started by run.sh."""

from __future__ import annotations

import sys

import bad_writers
import faults
import kills
import power
import watched
from writers import writers


def main(long: bool) -> bool:
    """Return whether all is well."""
    is_well = True
    with watched.room() as room:
        (room / "data").mkdir()
        found = writers(room / "data", long)
        for part in (bad_writers, power, faults, kills):
            count = part.run(room, found, long)
            print(*count.faults[:100], count.line(), sep="\n", flush=True)
            is_well = is_well and not count.faults
    return is_well


if __name__ == "__main__":
    raise SystemExit(0 if main(sys.argv[1:] == ["long"]) else 1)
