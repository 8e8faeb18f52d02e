"""Files for the tests of Sources/Files and Sources/Snapshots, written by NumPy and zipfile into Tests/Oracles/arrays.

Element i of an array, counted in C order, is `37 i mod 101 - 50`, divided by 8 where the type has fractions, plus 50
where it has no sign, of which for booleans the remainder by 2; so that the tests know what each file holds. The tables
hold the series of seven rows below.

Run: python Tests/Oracles/arrays.py        (written with NumPy 2.4.6, Python 3.11)
"""

import io
import pathlib
import struct
import zipfile

import numpy as np

FOLDER = pathlib.Path(__file__).parent / "arrays"

TIMES = np.array([0.5, 0, 0.5, 1, 0, 1, 0.5])
WEIGHTS = np.arange(1.0, 8.0)


def pattern(shape, dtype="<f8"):
    count = int(np.prod(shape))
    whole = (37 * np.arange(count)) % 101 - 50
    kind = np.dtype(dtype).kind
    values = {"f": whole / 8, "u": whole + 50, "b": (whole + 50) % 2}.get(kind, whole)
    return values.astype(dtype).reshape(shape)


def npy(array, version=None):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version=version)
    return buffer.getvalue()


def handmade(text, array, version=1):
    """An array behind a header that NumPy reads but does not write."""
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text.encode() + array.tobytes()


def save(name, contents):
    (FOLDER / name).write_bytes(contents)


def single_arrays():
    for kind in ("f4", "f8", "i4", "i8"):
        for order, mark in (("little", "<"), ("big", ">")):
            array = pattern((2, 3, 4), mark + kind)
            save(f"{kind}-{order}-c.npy", npy(array))
            save(f"{kind}-{order}-fortran.npy", npy(np.asfortranarray(array)))
    for kind in ("f2", "i1", "i2", "u1", "u2", "u4", "u8", "b1"):
        save(f"{kind}-little-c.npy", npy(pattern((2, 3, 4), "<" + kind)))
        save(f"{kind}-big-fortran.npy", npy(np.asfortranarray(pattern((2, 3, 4), ">" + kind))))
    save("shape-0.npy", npy(pattern(())))
    save("shape-1.npy", npy(pattern((5,))))
    save("shape-2.npy", npy(pattern((4, 3))))
    save("shape-2-fortran.npy", npy(np.asfortranarray(pattern((4, 3)))))
    save("shape-empty.npy", npy(pattern((0, 3))))
    for version in (1, 2, 3):
        save(f"version-{version}.npy", npy(pattern((4, 3)), version=(version, 0)))


def unusual_headers():
    array = pattern((4, 3))
    headers = {
        "order": "{'shape': (4, 3), 'fortran_order': False, 'descr': '<f8'}\n",
        "tight": "{'descr':'<f8','fortran_order':False,'shape':(4,3)}",
        "loose": " { 'descr' : '<f8' ,\t'fortran_order' : False , 'shape' : ( 4 , 3 ) , } \n\n",
        "quotes": '{"descr": "<f8", \'fortran_order\': False, "shape": (4, 3), }\n',
        "long": "{'descr': '<f8', 'fortran_order': False, 'shape': (4L, 3L), }\n",
        "native": "{'descr': '=f8', 'fortran_order': False, 'shape': (4, 3), }\n",
        "bar": "{'descr': '|f8', 'fortran_order': False, 'shape': (4, 3), }\n",
    }
    for name, text in headers.items():
        save(f"header-{name}.npy", handmade(text, array))
    save("header-version-2.npy", handmade(headers["order"], array, version=2))


def exact_values():
    doubles = [0.0, -0.0, 5e-324, -2.2250738585072014e-308, 1.7976931348623157e308, 1 / 3, np.pi, -1e-17]
    save("exact-f8.npy", npy(np.array(doubles)))
    save("exact-f4.npy", npy(np.array([0.0, -0.0, 1e-45, 3.4028235e38, 1 / 3, np.pi], dtype="<f4")))
    save("exact-i8.npy", npy(np.array([2**53, -(2**53), 2**63 - 1, -(2**63), 2**53 + 1], dtype="<i8")))
    save("exact-i4.npy", npy(np.array([2**31 - 1, -(2**31), -1], dtype=">i4")))


def rejected():
    record = np.zeros(3, dtype=[("a", "<f8"), ("b", "<i4")])
    arrays = {
        "object": np.array([1, "a", None], dtype=object),
        "text": np.array(["ab", "c"]),
        "bytes": np.array([b"ab", b"c"]),
        "complex": np.ones(3, dtype=complex),
        "long-double": np.ones(3, dtype="<f16"),
        "date": np.zeros(3, dtype="datetime64[D]"),
        "record": record,
        "four-dimensions": np.ones((1, 2, 1, 2)),
    }
    for name, array in arrays.items():
        save(f"reject-{name}.npy", npy(array))


class Unseekable(io.RawIOBase):
    """A pipe, as far as zipfile can see: sizes and checksums then follow the data."""

    def __init__(self):
        self.contents = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.contents += data
        return len(data)


def series():
    return {"X": pattern((7, 2)), "time": TIMES, "weights": WEIGHTS}


def archives():
    buffer = io.BytesIO()
    np.savez(buffer, **series())
    save("stored.npz", buffer.getvalue())
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **series())
    save("deflated.npz", buffer.getvalue())
    for name, write in (("stored", np.savez), ("deflated", np.savez_compressed)):
        stream = Unseekable()
        write(stream, **series())
        save(f"streamed-{name}.npz", bytes(stream.contents))
    save("classic.npz", archive(zipfile.ZIP_DEFLATED))
    # Python's own search takes the signature in the comment for the end record.
    save("mixed.npz", archive(zipfile.ZIP_DEFLATED, stored=("X",), comment=b"a comment, PK\x05\x06 and all"))
    # As if every size had passed 4 GiB.
    limit = zipfile.ZIP64_LIMIT
    zipfile.ZIP64_LIMIT = 0
    try:
        contents = archive(zipfile.ZIP_STORED)
    finally:
        zipfile.ZIP64_LIMIT = limit
    save("zip64.npz", contents)
    # The end record may also leave its numbers to the zip64 record before it: counts, size and offset of the directory.
    save("zip64-only.npz", contents[:-14] + b"\xff" * 12 + contents[-2:])
    save("bzip2.npz", archive(zipfile.ZIP_BZIP2))
    # Members nobody asks for may be of any kind.
    buffer = io.BytesIO()
    big = {"points": np.asfortranarray(pattern((7, 2), ">f8")), "labels": (2 * TIMES).astype(">i4")}
    np.savez(buffer, meta=np.array([None, {}], dtype=object), names=np.array(["a"]), **big)
    save("unusual.npz", buffer.getvalue())


def archive(method, stored=(), comment=b""):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        for name, array in series().items():
            info = zipfile.ZipInfo(name + ".npy")
            out.writestr(info, npy(array), compress_type=zipfile.ZIP_STORED if name in stored else method)
        out.comment = comment
    return buffer.getvalue()


def tables():
    rows = [
        [f"{x!r}", f"{y!r}", f"{t!r}", f"{w!r}"]
        for (x, y), t, w in zip(pattern((7, 2)).tolist(), TIMES.tolist(), WEIGHTS.tolist())
    ]
    names = ["x", "y", "time", "weights"]
    lines = [names, *rows]
    plain = "\n".join(",".join(line) for line in lines) + "\n"
    save("plain.csv", plain.encode())
    save("crlf.csv", plain.replace("\n", "\r\n").encode())
    save("bom.csv", b"\xef\xbb\xbf" + plain.encode())
    save("unended.csv", plain.rstrip("\n").encode())
    save("blank.csv", (plain + "\n  \n").encode())
    save("quoted.csv", "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines).encode())
    save("spaces.csv", "\n".join(" ,\t".join(line) + "  " for line in lines).encode())
    moved = "\n".join(f"{w},{t},{x},{y}" for x, y, t, w in lines)
    save("moved.csv", moved.encode())
    odd = plain.replace("x,y,time,weights", '"a ""quoted"", name\nover two lines",y,t,w')
    save("names.csv", odd.encode())
    exponents = "\n".join(
        [",".join(names)] + [",".join(f"{float(cell):+.17e}".replace("e", "E") for cell in row) for row in rows]
    )
    save("exponents.csv", exponents.encode())


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    single_arrays()
    unusual_headers()
    exact_values()
    rejected()
    archives()
    tables()
