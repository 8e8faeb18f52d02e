"""Compares what each language wrote with what C wrote, bit for bit, and that with the table.

python compare.py TABLE FOLDER..

Each folder has what one language wrote, results.txt and saved models; the first is that of C. On the kind of processor
that the table was made on, C must give the bits of the table; elsewhere numbers that agree to five digits.
"""

import struct
import sys
from pathlib import Path


def calls(path):
    """Return each call with its results: names, and words that are numbers or a status."""
    found = []
    for line in path.read_text().splitlines():
        if line.startswith("  "):
            name, *words = line.split()
            found[-1][1].append((name, words))
        elif line and not line.startswith("#"):
            found.append((line, []))
    return found


def close(one, other):
    """Return whether two results are the same but for what another processor rounds elsewhere."""
    if one[0] != other[0] or len(one[1]) != len(other[1]):
        return False
    if one[1] == other[1]:
        return True
    if one[0] == "status":
        return False
    values = [[struct.unpack(">d", bytes.fromhex(word))[0] for word in words] for _, words in (one, other)]
    largest = max(map(abs, values[0]))
    return all(abs(a - b) <= 1e-5 * largest for a, b in zip(*values))


def main(table, reference, *others):
    """Print what differs, and the counts; return the exit status."""
    wanted, known = calls(Path(table)), calls(Path(reference) / "results.txt")
    passed, failed = 0, []
    if [call for call, _ in wanted] != [call for call, _ in known]:
        failed.append(f"{reference}: other calls than in {table}")
    elif wanted != known:
        print(f"{reference}: this processor rounds unlike that of the table; five digits are compared")
    for (call, results), (_, found) in zip(wanted, known):
        if len(results) == len(found) and all(map(close, results, found)):
            passed += 1
        else:
            failed.append(f"{reference}: {call}")
    saved = [call.split()[1] for call, _ in wanted if call.startswith("save ")]
    for other in others:
        theirs = calls(Path(other) / "results.txt")
        if len(theirs) != len(known):
            failed.append(f"{other}: {len(theirs)} of {len(known)} calls")
        for mine, yours in zip(known, theirs):
            if mine == yours:
                passed += 1
            else:
                failed.append(f"{other}: {mine[0]}")
        for name in saved:
            one, path = Path(reference) / name, Path(other) / name
            if one.is_file() and path.is_file() and path.read_bytes() == one.read_bytes():
                passed += 1
            else:
                failed.append(f"{other}: {name} is another file")
    for line in failed:
        print(f"FAILED: {line}")
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed or not saved else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
