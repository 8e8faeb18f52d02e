"""Tables of text as they come: times that are labels, compressed files, what is missing or odd in them."""

import gzip
import logging
import warnings

import jkonetstar as jk
import numpy as np
import pytest

ROWS = [("Day 00-03", 0.5, 2.0), ("Day 06-09", 1.5, -1.0), ("Day 00-03", 0.25, 7.0), ("Day 06-09", 4.0, 4.5)]
POINTS = np.array([row[1:] for row in ROWS])


@pytest.fixture
def write(tmp_path):
    """Write a file of text or bytes; of the name *.gz, compressed."""

    def written(content, name="cells.csv"):
        content = content if isinstance(content, bytes) else content.encode()
        (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return tmp_path / name

    return written


def table(rows=ROWS, header=("day", "PC1", "PC2"), separator=",", ending="\n"):
    return ending.join(separator.join(map(str, row)) for row in [header, *rows]) + ending


def loaded(*arguments, **options):
    """Return a series and what was told of it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        series = jk.Snapshots.load(*arguments, **options)
    assert all(warning.filename == __file__ for warning in caught)
    return series, [(warning.category, str(warning.message)) for warning in caught]


def assert_right(series, times=(1.5, 7.5)):
    assert series.times.tolist() == list(times) and series.names == ("PC1", "PC2")
    for snapshot, rows in zip(series, ([0, 2], [1, 3])):
        assert snapshot.rows.tolist() == rows and np.array_equal(snapshot.points, POINTS[rows])


@pytest.mark.parametrize("name", ["cells.csv", "cells.tsv", "cells.csv.gz", "CELLS.CSV"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "; "])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_labels(write, name, separator, ending, mark):
    text = mark + table(separator=separator, ending=ending) + (ending if ending != "\r" else "")
    series, told_of = loaded(write(text, name))
    assert_right(series)
    assert told_of == [(jk.DataNotice, "column \"day\": 'Day 00-03' is 1.5, 'Day 06-09' is 7.5")]


@pytest.mark.parametrize(
    ("days", "times"),
    [
        (["E8.5", "E9.5"], [8.5, 9.5]),
        (["2024-05-01", "2024-05-08"], [0, 7]),
        (["2 days", "4 days"], [2, 4]),
        (['"12 h, fixed"', '"36 h, fixed"'], [12, 36]),
    ],
)
def test_kinds_of_times(write, days, times):
    series, told_of = loaded(write(table([(days[k % 2], *row[1:]) for k, row in enumerate(ROWS)])))
    assert_right(series, times)
    assert [kind for kind, _ in told_of] == [jk.DataNotice]


def test_what_python_reads_is_what_the_library_reads(write, rng):
    """Of numbers in all notations, to the last bit; the library reads one file, Python the other."""
    numbers = [f"{v:.17g}" for v in rng.normal(size=40)] + ["1e-300", "+2", "-0.0", "5.", ".5", "1E3", " 7 ", '"8"']
    times = ["0", "3.50"] * 24
    kinds = [
        ("a" if k % 3 else "", value, time, k % 7, 1 + k % 2) for k, (value, time) in enumerate(zip(numbers, times))
    ]
    text = table(kinds, ("note", "x", "time", "y", "weight"))
    fast, told_fast = loaded(write(text))
    slow, told_slow = loaded(write(text, "cells.csv.gz"))
    assert fast.names == slow.names == ("x", "y") and fast.times.tolist() == slow.times.tolist() == [0, 3.5]
    for one, other in zip(fast, slow):
        for left, right in zip(one[1:4], other[1:4]):
            assert left.tobytes() == right.tobytes()
    assert [kind for kind, _ in told_fast] == [kind for kind, _ in told_slow] == [jk.OmittedColumnsWarning]
    assert '"note" (no numbers)' in told_fast[0][1] and '"note" (no numbers)' in told_slow[0][1]


def test_maps(write, refused):
    stages = [("early" if row[0] == "Day 00-03" else "late", *row[1:]) for row in ROWS]
    path = write(table(stages, ("stage", "PC1", "PC2")))
    series, told_of = loaded(path, time="stage", time_map={"early": 0, "late": 2})
    assert_right(series, [0, 2])
    assert told_of == []
    refused(ValueError, lambda: jk.Snapshots.load(path, time="stage"), "line 2", '"stage"', "'early'", "time_map")
    refused(ValueError, lambda: jk.Snapshots.load(path, time="stage", time_map={"early": 0}), "line 3", "'late'")
    refused(ValueError, lambda: jk.Snapshots.load(path, time="stage", time_map={"erly": 0}), "only label is 'erly'")
    gap = write("stage,x\nearly,1\nNA,2\n", "gap.csv")
    refused(ValueError, lambda: jk.Snapshots.load(gap, time="stage", time_map={"early": 0}), "the time is missing")
    numbers = write(table([(k % 2, *row[1:]) for k, row in enumerate(ROWS)]))
    assert_right(loaded(numbers, time_map={0: 10, 1: 20})[0], [10, 20])
    assert_right(loaded(numbers, time_map={"0": 10, "1": 20})[0], [10, 20])
    refused(ValueError, lambda: jk.Snapshots.load(path.with_suffix(".npz"), time_map={0: 1}), "time_map", "csv")


def test_columns_and_weights(write):
    header = ("barcode", "day", "PC1", "PC2", "batch", "weight")
    rows = [(f"cell{k}", day, a, b, "x", k + 1) for k, (day, a, b) in enumerate(ROWS)]
    series, told_of = loaded(write(table(rows, header)))
    assert_right(series)
    assert series[0].weights == pytest.approx([0.25, 0.75]) and series[1].weights == pytest.approx([1 / 3, 2 / 3])
    assert '"barcode" (index), "batch" (no numbers)' in told_of[1][1] and told_of[1][0] is jk.OmittedColumnsWarning
    for points in ("PC2,PC1", ["PC2", "PC1"], '"PC2", PC1'):
        series, told_of = loaded(write(table(rows, header)), points=points, time="day")
        assert series.names == ("PC2", "PC1") and np.array_equal(series[0].points, POINTS[[0, 2]][:, ::-1])
        assert [kind for kind, _ in told_of] == [jk.DataNotice]
    series, _ = loaded(write(table(rows, header)), points=["PC1"], weights="PC1", time_tolerance=10)
    assert series.sizes == [4] and series[0].weights == pytest.approx(POINTS[:, 0] / POINTS[:, 0].sum())


@pytest.mark.parametrize("name", ["cells.csv", "cells.csv.gz"])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("day,x\nDay 0,1\n,2\n", ['line 3, column "day": the time is missing']),
        ("day,x\nDay 0,1\nNA,2\n", ['line 3, column "day": the time is missing']),
        ("day,x\n0,1\nNA,2\n", ['line 3, column "day": the time is missing']),
        ("day,x\n0,1\n,2\n", ['line 3, column "day": the time is missing']),
        ("day,x\nDay 0,1\nhour 1,2\n", ['"day"', "units"]),
        ("day,x,y\nDay 0,1,2\nDay 1,2,\n", ["line 3", '"y"', "empty"]),
        ("day,x,y\nDay 0,1,2\nDay 1,2,NA\n", ["line 3", '"y"', "NA", "not a number"]),
        ("day,x,y\nDay 0,1,NA\nDay 1,2,3\n", ["line 2", '"y"', "NA", "not a number"]),
        ("day,x,y\nDay 0,1,2\nDay 1,2,1_0\n", ["line 3", '"y"', "1_0", "not a number"]),
        ("day,x,y\nDay 0,1,2\nDay 1,nan,2\n", ["line 3", '"x"', "not finite"]),
        ("day,x,y\nDay 0,1,2\n\nDay 1,3,2\n", ["line 3"]),
        ("day,x,y\nDay 0,1,2\nDay 1,2\n", ["line 3", "2 cells", "3"]),
        ('day,x,y\nDay 0,1,2\nDay 1,"2,3\n', ["quote", "not closed"]),
        ("day,x,x\nDay 0,1,2\nDay 1,2,3\n", ["two columns", '"x"']),
        ("day,time,x\nDay 0,1,2\nDay 1,2,3\n", ['"day", "time"', "name one in time"]),
        ("day,x\nDay 0,a\nDay 1,b\n", ["no coordinates", '"x" (no numbers)']),
        ("day,n,x\nDay 0,1,2\nDay 1,2,4\nDay 1,3,4\n", ['"n"', "numbers the rows from 1", "points"]),
        ("day;x;y\nDay 0;1,5;2\nDay 1;2,5;3\n", ["line 2", '"x"', "decimal mark is a point", "sep=';', decimal=\",\""]),
        ("day;x;y\n0;1,5;2\n1;2,5;3\n", ["line 2", '"x"', "decimal mark is a point", "sep=';', decimal=\",\""]),
        ('day,x\n0,"1,000"\n1,2\n', ["line 2", '"x"', 'thousands=","']),
        ("Day 0,1.5,2.5\nDay 1,2.5,3\n", ["no header", '"1.5"']),
        ("0,1.5,2.5\n1,2.5,3\n", ["no header", '"1.5"']),
        ("day,x\n", []),
        ("", []),
    ],
)
def test_what_is_wrong_is_named(write, refused, text, words, name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        refused(ValueError, lambda: jk.Snapshots.load(write(text, name)), name, *words)


def test_files_that_are_damaged(write, refused, tmp_path):
    whole = gzip.compress(table().encode())
    path = tmp_path / "cells.csv.gz"
    for content in (whole[:-12], whole[: len(whole) // 2], b"no gzip", b"", whole[:20] + b"\xff\xff" + whole[22:]):
        path.write_bytes(content)
        refused(ValueError, lambda: jk.Snapshots.load(path), "cells.csv.gz")
    path.write_bytes(gzip.compress(table().encode("utf-16")))
    refused(ValueError, lambda: jk.Snapshots.load(path), "UTF-8")
    with pytest.raises(FileNotFoundError) as caught:
        jk.Snapshots.load(tmp_path / "nothing.csv.gz")
    assert isinstance(caught.value, jk.FileError) and str(caught.value.filename).endswith("nothing.csv.gz")


def test_the_log_names_the_columns(write, caplog):
    with caplog.at_level(logging.INFO, "jkonetstar"):
        loaded(write(table([(k % 2, *row[1:]) for k, row in enumerate(ROWS)])))
        loaded(write(table()))
    messages = [record.message for record in caplog.records]
    assert sum('coordinates from "PC1", "PC2"' in message for message in messages) == 2
    assert any("'Day 00-03' is 1.5" in message for message in messages)
