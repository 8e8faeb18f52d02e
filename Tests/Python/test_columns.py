"""Which columns and arrays of a file are taken for points, times and weights, and what the caller is told."""

import copy
import pickle
import warnings

import jkonetstar as jk
import numpy as np
import pytest

X = np.array([[0.5, 2.0], [1.5, -1.0], [0.25, 7.0], [4.0, 4.5]])
DAYS = np.array([0, 0, 2, 2])


def table(path, header, *columns, separator=","):
    """Write a table and return its path."""
    lines = [separator.join(header)] + [separator.join(map(str, row)) for row in zip(*columns)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def simple(path, time="time", **kwargs):
    return table(path, ["a", time, "b"], X[:, 0], DAYS, X[:, 1], **kwargs)


def right(series):
    assert series.sizes == [2, 2] and list(series.times) == [0, 2] and np.array_equal(series.to_arrays()[0], X)


@pytest.mark.parametrize("separator", [",", ";", "\t", " ; ", "\t "])
@pytest.mark.parametrize("ending", ["csv", "tsv"])
def test_separators(tmp_path, separator, ending):
    right(jk.Snapshots.load(simple(tmp_path / f"a.{ending}", separator=separator)))


def test_separators_within_quotes_do_not_count(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('"a;b;c;d",t,x\n' + "\n".join(f"{a},{t},{b}" for (a, b), t in zip(X, DAYS)))
    series = jk.Snapshots.load(path)
    right(series)
    assert series.names == ("a;b;c;d", "x")


def test_decimal_commas_are_named(tmp_path, refused):
    path = tmp_path / "a.csv"
    path.write_text("a;t\n0,5;0\n1,5;1\n")
    refused(ValueError, lambda: jk.Snapshots.load(path, points="a"), "0,5", "decimal mark is a point")


@pytest.mark.parametrize(
    "name",
    [
        "t",
        "T",
        "time",
        "Time",
        "times",
        "ts",
        "day",
        "Days",
        "samples",
        "sample_labels",
        "labels",
        "hours",
        "timepoint",
    ],
)
def test_names_of_times(tmp_path, name):
    right(jk.Snapshots.load(simple(tmp_path / "a.csv", time=name)))
    np.savez(tmp_path / "a.npz", **{"X": X, name: DAYS})
    right(jk.Snapshots.load(tmp_path / "a.npz"))
    folder = tmp_path / "folder"
    folder.mkdir()
    np.save(folder / "data.npy", X)
    np.save(folder / f"{name}.npy", DAYS)
    right(jk.Snapshots.load(folder))


@pytest.mark.parametrize("name", ["X", "x", "points", "Data", "trajectories", "positions"])
def test_names_of_points(tmp_path, name):
    np.savez(tmp_path / "a.npz", **{name: X, "t": DAYS, "other": np.zeros(3)})
    right(jk.Snapshots.load(tmp_path / "a.npz"))


def test_several_candidates(tmp_path, refused):
    path = table(tmp_path / "a.csv", ["Day", "x", "t"], DAYS, X[:, 0], DAYS)
    refused(ValueError, lambda: jk.Snapshots.load(path), '"Day", "t"', "name one in time")
    assert jk.Snapshots.load(path, time="t").names == ("Day", "x")
    np.savez(tmp_path / "a.npz", X=X, points=X, t=DAYS, days=DAYS, weights=np.ones(4), weight=np.ones(4))
    load = jk.Snapshots.load
    refused(ValueError, lambda: load(tmp_path / "a.npz"), '"X", "points"', "name one in points")
    refused(ValueError, lambda: load(tmp_path / "a.npz", points="X", weights="weight"), '"t", "days"', "in time")
    refused(ValueError, lambda: load(tmp_path / "a.npz", points="X", time="t"), '"weights", "weight"', "in weights")
    right(load(tmp_path / "a.npz", points="X", time="t", weights="weight"))


def test_no_candidate_shows_what_there_is(tmp_path, refused):
    refused(ValueError, lambda: jk.Snapshots.load(simple(tmp_path / "a.csv", time="u")), '"a", "u", "b"', "in time")
    many = [f"gene number {i}" for i in range(5000)]
    path = table(tmp_path / "many.csv", many, *[[1.5, 2.5]] * 5000)
    refused(ValueError, lambda: jk.Snapshots.load(path), '"gene number 0"', "4992 more")
    np.savez(tmp_path / "a.npz", u=X, v=DAYS)
    refused(ValueError, lambda: jk.Snapshots.load(tmp_path / "a.npz"), '"u", "v"', "in points")
    refused(ValueError, lambda: jk.Snapshots.load(tmp_path / "a.npz", points="u"), '"u", "v"', "in time")
    refused(ValueError, lambda: jk.Snapshots.load(tmp_path / "a.npz", points="w"), '"w"', '"u", "v"')
    (tmp_path / "headless.csv").write_text("0.5,0\n1.5,1\n")
    refused(ValueError, lambda: jk.Snapshots.load(tmp_path / "headless.csv"), "no header", '"0.5", "0"')
    refused(ValueError, lambda: jk.Snapshots.load(tmp_path), "points", "0 arrays")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_other_encodings_are_named(tmp_path, refused, encoding):
    path = tmp_path / "a.csv"
    path.write_bytes("time,x\n0,1\n1,2\n".encode(encoding))
    refused(ValueError, lambda: jk.Snapshots.load(path), encoding[:6].upper(), "UTF-8")


@pytest.mark.parametrize("name", ["", "Unnamed: 0", "index", "Index", "id", "cell", "barcode"])
def test_index_columns_are_left_out(tmp_path, name):
    path = table(tmp_path / "a.csv", [name, "a", "time", "b"], [7, 3, 5, 9], X[:, 0], DAYS, X[:, 1])
    with pytest.warns(jk.OmittedColumnsWarning, match=rf"\"{name}\" \(index\)") as caught:
        series = jk.Snapshots.load(path)
    assert caught[0].filename == __file__
    right(series)
    assert series.names == ("a", "b")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert jk.Snapshots.load(path, points=[name, "b"]).to_arrays()[0][:, 0].tolist() == [7, 3, 5, 9]


@pytest.mark.parametrize("first", [0, 1])
def test_columns_that_number_the_rows_are_refused_unless_named(tmp_path, refused, first):
    count = np.arange(4) + first
    path = table(tmp_path / "a.csv", ["n", "a", "time", "b"], count, X[:, 0], DAYS, X[:, 1])
    refused(ValueError, lambda: jk.Snapshots.load(path), '"n"', "numbers the rows", "in points")
    right(jk.Snapshots.load(path, points="a,b"))
    assert jk.Snapshots.load(path, points=["n"]).names == ("n",)
    swapped = table(tmp_path / "b.csv", ["n", "time"], count[[0, 2, 1, 3]], DAYS)
    assert jk.Snapshots.load(swapped).dimension == 1


def test_lists_of_names_with_stray_quotes_are_refused(tmp_path):
    path = simple(tmp_path / "a.csv")
    with pytest.raises(ValueError, match=r"^points = .*line 1 has a quote that is not closed$"):
        jk.Snapshots.load(path, points='"a,b')


def test_columns_of_text_are_left_out_unless_named(tmp_path, refused):
    path = table(
        tmp_path / "a.csv",
        ["kind", "a", "time", "b", "note"],
        list("abab"),
        X[:, 0],
        DAYS,
        X[:, 1],
        ["", "NA", "", "?"],
    )
    with pytest.warns(jk.OmittedColumnsWarning, match=r'"kind" \(no numbers\), "note" \(no numbers\)'):
        right(jk.Snapshots.load(path))
    refused(ValueError, lambda: jk.Snapshots.load(path, points="a,kind"), 'line 2, column "kind"', '"a"')
    refused(ValueError, lambda: jk.Snapshots.load(path, time="kind"), 'line 2, column "kind"')


@pytest.mark.parametrize("bad", ["?", "", "NA", "1_0"])
@pytest.mark.parametrize("row", [0, 3])
def test_one_bad_cell_is_an_error(tmp_path, refused, bad, row):
    cells = X[:, 1].astype(object)
    cells[row] = bad
    path = table(tmp_path / "a.csv", ["a", "time", "b"], X[:, 0], DAYS, cells)
    refused(ValueError, lambda: jk.Snapshots.load(path), f'line {row + 2}, column "b"')


def test_names_stay_with_the_series(tmp_path):
    series = jk.Snapshots.load(simple(tmp_path / "a.csv"))
    assert series.names == ("a", "b") and "2 dimensions ('a', 'b')" in repr(series)
    copies = [pickle.loads(pickle.dumps(series)), copy.deepcopy(series), series.shuffle(), *series.split()]
    assert all(each.names == ("a", "b") for each in copies)
    assert jk.Snapshots(X, DAYS).names is None and jk.Snapshots.empty(2).names is None
    quoted = tmp_path / "b.csv"
    quoted.write_text('"a, ""b""",t\n0.5,0\n')
    assert jk.Snapshots.load(quoted, points=['a, "b"']).names == ('a, "b"',)
    np.savez(tmp_path / "a.npz", X=X, t=DAYS)
    assert jk.Snapshots.load(tmp_path / "a.npz").names is None


def test_selections_that_are_none(tmp_path, refused):
    path = simple(tmp_path / "a.csv")
    refused(ValueError, lambda: jk.Snapshots.load(path, points=[]), "points")
    refused(TypeError, lambda: jk.Snapshots.load(path, points=[1]), "points")
    refused(TypeError, lambda: jk.Snapshots.load(path, points=3), "points")
    refused(ValueError, lambda: jk.Snapshots.load(path, points=["a", "c"]), '"c"', '"a", "time", "b"')
