"""Data frames, lists, mappings and sparse matrices: which numbers are taken, what they are called, what it costs."""

import copy
import logging
import pickle
import tracemalloc
import warnings

import jkonetstar as jk
import numpy as np
import pytest
import scipy.sparse

pandas = pytest.importorskip("pandas")

POINTS = np.array([[0.5, 2.0], [1.5, -1.0], [0.25, 7.0], [4.0, 4.5]])
DAYS = [3, 0, 3, 0]
CELLS = ["cell a", "cell b", "cell c", "cell d"]
LINEAR = jk.Linear(polynomial_degree=2, radial=None)


@pytest.fixture
def frame():
    """Return a frame whose rows have names and whose times are in the midst of its columns."""
    return pandas.DataFrame({"PC1": POINTS[:, 0], "day": DAYS, "PC2": POINTS[:, 1]}, index=CELLS)


def told(call):
    """Return what a call returns, and the categories and texts of its warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = call()
    assert all(warning.filename == __file__ for warning in caught)
    return found, [(warning.category, str(warning.message)) for warning in caught]


def assert_right(series, index=True):
    assert series.names == ("PC1", "PC2") and series.times.tolist() == [0, 3]
    for snapshot, rows in zip(series, ([1, 3], [0, 2])):
        assert snapshot.rows.tolist() == rows and np.array_equal(snapshot.points, POINTS[rows])
        assert (snapshot.index is None) if not index else (list(snapshot.index) == [CELLS[row] for row in rows])


def test_a_column_of_times(frame):
    for series, warned in (
        told(lambda: jk.Snapshots(frame, time="day")),
        told(lambda: jk.Snapshots(frame)),  # "day" is a usual name of times
        told(lambda: jk.Snapshots(frame, time=frame["day"])),  # a column that the frame has is no coordinate
        told(lambda: jk.Snapshots(frame, time="day", points=["PC1", "PC2"])),
        told(lambda: jk.Snapshots(frame, time="day", points="PC1,PC2")),
        told(lambda: jk.Snapshots(frame[["PC1", "PC2"]], time=DAYS)),
        told(lambda: jk.Snapshots(frame[["PC1", "PC2"]], time=frame["day"])),
    ):
        assert_right(series)
        assert warned == []
    assert jk.Snapshots(frame, time="day", points="PC2").names == ("PC2",)
    assert jk.Snapshots(frame, time="PC1", points=["day"]).times.tolist() == [0.25, 0.5, 1.5, 4.0]


def test_fits(frame):
    frame = pandas.concat([frame, frame + 0.5 * (frame["day"].max() - frame[["day"]].values)]).reset_index(drop=True)
    frame["day"] = [0, 0, 0, 0, 3, 3, 3, 3]
    points = frame[["PC1", "PC2"]].to_numpy()
    expected = jk.JKOnetStar(LINEAR).fit(points, frame["day"].to_numpy())
    assert np.array_equal(jk.JKOnetStar(LINEAR).fit(frame, time="day").coef_, expected.coef_)
    assert expected.score(frame, time="day") == expected.score(points, frame["day"].to_numpy())
    one = jk.JKOnetStar(LINEAR).fit(frame, time="day", points=["PC2"])
    assert one.n_features_in_ == 1
    assert np.array_equal(one.coef_, jk.JKOnetStar(LINEAR).fit(points[:, 1], frame["day"].to_numpy()).coef_)


def test_labels_of_rows_go_with_their_particles(frame):
    many = pandas.concat([frame] * 10, ignore_index=True)
    many.index = [f"cell {k}" for k in range(len(many))]
    many["PC1"] += np.arange(len(many))
    series = jk.Snapshots(many, time="day")
    train, test = series.split(0.4, by="times", random_state=1)
    parts = [train, test, series.shuffle(1), series.without(0), train.shuffle(2).without(1)]
    parts += [pickle.loads(pickle.dumps(part)) for part in parts] + [copy.deepcopy(series), copy.copy(test)]
    for part in parts:
        for snapshot in part:
            assert np.array_equal(many.loc[snapshot.index, ["PC1", "PC2"]].to_numpy(), snapshot.points)
            assert (many.loc[snapshot.index, "day"] == snapshot.time).all()
            assert len(snapshot.index) == len(snapshot.points) > 0
        assert part.names == ("PC1", "PC2")
    assert jk.Snapshots(POINTS, DAYS)[0].index is None


def test_weights(frame):
    frame["w"] = [1, 2, 3, 6]
    for series in (
        jk.Snapshots(frame, time="day", weights="w", points=["PC1", "PC2"]),
        jk.Snapshots(frame.drop(columns="w"), time="day", weights=frame["w"]),
        jk.Snapshots(frame.rename(columns={"w": "weight"}), time="day"),
    ):
        assert_right(series)
        assert series[0].weights == pytest.approx([0.25, 0.75]) and series[1].weights == pytest.approx([0.25, 0.75])


def test_columns_of_no_numbers_are_left_out_and_told(frame):
    frame["batch"] = pandas.Categorical([1, 2, 1, 2])
    frame["kind"], frame["doublet"] = list("abab"), [True, False, True, False]
    frame["seen"] = pandas.to_datetime(["2024-01-01"] * 4)
    frame.insert(0, "Unnamed: 0", [5.0, 6.0, 9.0, 8.0])
    series, warned = told(lambda: jk.Snapshots(frame, time="day"))
    assert_right(series)
    assert warned == [
        (
            jk.OmittedColumnsWarning,
            'columns left out of X: "Unnamed: 0" (index), "batch" (categories), "kind" (no numbers), "doublet" (truth '
            'values), "seen" (dates or durations); name the coordinates in points to choose',
        )
    ]
    series, warned = told(lambda: jk.Snapshots(frame, time="day", points=["PC1", "PC2"]))
    assert_right(series)
    assert warned == []
    _, warned = told(lambda: jk.Snapshots(frame, time=np.array(DAYS)))
    assert '"day" (a time)' in warned[0][1]


def test_labels_in_a_column(frame):
    frame["day"] = pandas.Categorical(["Day 06-09", "Day 0", "Day 06-09", "Day 0"])
    series, warned = told(lambda: jk.Snapshots(frame, time="day"))
    assert series.times.tolist() == [0, 7.5]
    assert warned == [(jk.DataNotice, "column \"day\": 'Day 0' is 0, 'Day 06-09' is 7.5")]
    series, warned = told(lambda: jk.Snapshots(frame, time="day", time_map={"Day 0": 0, "Day 06-09": 1}))
    assert series.times.tolist() == [0, 1] and warned == []
    frame["day"] = pandas.to_datetime(["2024-01-08", "2024-01-01"] * 2)
    series, warned = told(lambda: jk.Snapshots(frame, time="day"))
    assert series.times.tolist() == [0, 7] and warned[0][1] == 'column "day" is in days since 2024-01-01'


@pytest.mark.parametrize("dtype", ["float32", "int64", "Float64", "Int32", object])
def test_kinds_of_numbers(dtype):
    points = np.array([[1, 2], [3, 4], [5, 7], [8, 9]])
    frame = pandas.DataFrame(points, columns=["a", "b"]).astype(dtype).assign(day=DAYS)
    series = jk.Snapshots(frame, time="day")
    assert np.array_equal(series[1].points, points[[0, 2]]) and series[1].index.tolist() == [0, 2]


def test_columns_without_names_are_not_named():
    series = jk.Snapshots(pandas.DataFrame(POINTS), time=DAYS)
    assert series.names is None and np.array_equal(series[0].points, POINTS[[1, 3]])


def test_what_is_wrong_is_named(frame, refused):
    def check(kind, change, *words, **options):
        table = frame.copy()
        change(table)
        refused(kind, lambda: jk.Snapshots(table, **{"time": "day", **options}), *words)

    def put(row, column, value):
        def change(table):
            table[column] = table[column].astype(object)
            table.iloc[row, table.columns.get_loc(column)] = value

        return change

    check(ValueError, put(2, "PC2", np.nan), "row 2 (cell c)", '"PC2"', "missing")
    check(ValueError, put(2, "PC2", None), "row 2 (cell c)", '"PC2"', "missing")
    check(ValueError, put(2, "PC2", pandas.NA), "row 2 (cell c)", '"PC2"', "missing")
    check(ValueError, put(1, "PC1", np.inf), "row 1 (cell b)", '"PC1"', "inf")
    check(TypeError, put(3, "PC1", "1.5"), "row 3 (cell d)", '"PC1"', "'1.5'")
    check(ValueError, put(2, "day", np.nan), "row 2 (cell c)", '"day"', "missing")
    check(ValueError, put(2, "day", "NA"), "row 2 (cell c)", '"day"', "missing")
    nothing = lambda table: None  # noqa: E731
    check(ValueError, nothing, 'time = "hour"', '"PC1", "day", "PC2"', time="hour")
    check(ValueError, nothing, 'points = "PC3"', '"PC1", "day", "PC2"', points=["PC1", "PC3"])
    refused(ValueError, lambda: jk.Snapshots(frame.iloc[:0], time="day"), "X is empty", "no rows")
    check(ValueError, nothing, "points is empty", points=[])
    check(ValueError, lambda table: table.insert(0, "t", DAYS), '"t", "day"', "name one in time", time=None)
    check(ValueError, lambda table: table.insert(0, "u", table.pop("day")), "no time column", time=None)
    check(ValueError, lambda table: table.insert(0, "n", range(4)), '"n" numbers the rows', "points")
    check(ValueError, lambda table: table.insert(0, "PC2", 0.0, True), 'two columns are named "PC2"', points=["PC2"])
    check(TypeError, lambda table: table.insert(0, "kind", list("abab")), '"kind" holds no numbers', points=["kind"])
    refused(TypeError, lambda: jk.Snapshots(frame[["PC1"]].astype(str), time=DAYS), "X must hold numbers")
    refused(TypeError, lambda: jk.Snapshots(POINTS, DAYS, points=["PC1"]), "points", "ndarray")
    refused(TypeError, lambda: jk.Snapshots(POINTS, "day"), "time = 'day'", "ndarray")
    refused(TypeError, lambda: jk.Snapshots(POINTS), "time is missing")
    refused(ValueError, lambda: jk.Snapshots(frame[["PC1"]], time=[0, 3]), "time has 2 elements")


def test_lists_of_snapshots(rng, refused):
    clouds = [rng.normal(size=(size, 2)) for size in (4, 7, 5)]
    series = jk.Snapshots(clouds, time=[2, 0, 1])
    assert series.sizes == [7, 5, 4] and series.times.tolist() == [0, 1, 2]
    for snapshot, k in zip(series, (1, 2, 0)):
        assert np.array_equal(snapshot.points, clouds[k]) and np.array_equal(snapshot.rows, np.arange(len(clouds[k])))
    weights = [rng.uniform(1, 2, size=len(cloud)) for cloud in clouds]
    weighted = jk.Snapshots(
        tuple(clouds), time=["d2", "d0", "d1"], weights=weights, time_map={"d0": 0, "d1": 1, "d2": 2}
    )
    for snapshot, k in zip(weighted, (1, 2, 0)):
        assert snapshot.weights == pytest.approx(weights[k] / weights[k].sum(), rel=1e-14)
    model = jk.JKOnetStar(LINEAR).fit(clouds, time=[0, 1, 2])
    assert model.times_.tolist() == [0, 1, 2]
    equal = [clouds[0], clouds[0] + 1]
    assert jk.Snapshots(equal, time=[0, 1]).sizes == jk.Snapshots(np.stack(equal), time=[0, 1]).sizes == [4, 4]
    refused(ValueError, lambda: jk.Snapshots(clouds, time=[0, 1]), "time has 2 elements", "3 snapshots")
    refused(ValueError, lambda: jk.Snapshots([clouds[0], clouds[1][:, :1]], [0, 1]), "X[1] has 1 column, not the 2")
    refused(ValueError, lambda: jk.Snapshots(clouds, [0, 1, 2], weights=weights[:2]), "weights", "3 snapshots")
    refused(ValueError, lambda: jk.Snapshots([clouds[0], clouds[1][:0]], [0, 1]), "X[1] is empty")
    refused(ValueError, lambda: jk.Snapshots([np.zeros(3), np.zeros(4)], [0, 1]), "several lengths", "(n, 1)")
    assert jk.Snapshots([np.float64(1), 2.0], [0, 1]).sizes == jk.Snapshots([[1.0], np.array([2.0])], [0, 1]).sizes
    refused(TypeError, lambda: jk.Snapshots("cells.csv", time="day"), "cells.csv", "Snapshots.load")


def test_mappings(rng, refused):
    clouds = {3.0: rng.normal(size=(4, 2)), 0.0: rng.normal(size=(6, 2))}
    series = jk.Snapshots(clouds)
    assert series.times.tolist() == [0, 3] and np.array_equal(series[1].points, clouds[3.0])
    labels, warned = told(lambda: jk.Snapshots({f"day {key:g}": cloud for key, cloud in clouds.items()}))
    assert labels.times.tolist() == [0, 3] and warned == [(jk.DataNotice, "time: 'day 0' is 0, 'day 3' is 3")]
    assert jk.Snapshots({0: [1.0, 2.0], 1: [3.0]}).sizes == [2, 1]
    weighted = jk.Snapshots({0: [1.0, 2.0], 1: [3.0]}, weights={1: [1.0], 0: [1.0, 3.0]})
    assert weighted[0].weights == pytest.approx([0.25, 0.75])
    refused(TypeError, lambda: jk.Snapshots(clouds, time=[0, 1]), "X maps times", "without time")
    refused(TypeError, lambda: jk.Snapshots(clouds, weights={0: [1.0]}), "weights must map the same times")
    refused(ValueError, lambda: jk.Snapshots({}), "X is empty")


def test_frames_one_by_one(frame, refused):
    early, late = frame[["PC1", "PC2"]].iloc[[1, 3]], frame[["PC1", "PC2"]].iloc[[0, 2]]
    appended = jk.Snapshots.empty(2)
    appended.append(early, 0)
    appended.append(late, 3)
    for series in (jk.Snapshots([late, early], [3, 0]), jk.Snapshots({0: early, 3: late}), appended):
        assert series.names == ("PC1", "PC2") and [list(each.index) for each in series] == [CELLS[1::2], CELLS[::2]]
        assert np.array_equal(series[1].points, POINTS[[0, 2]]) and series[1].rows.tolist() == [0, 1]
        again = pickle.loads(pickle.dumps(series.shuffle(1)))
        for snapshot in again:
            assert np.array_equal(frame.loc[snapshot.index, ["PC1", "PC2"]], snapshot.points)
    refused(ValueError, lambda: jk.Snapshots([late, early[["PC2", "PC1"]]], [0, 1]), "X[1]", "other names")
    refused(ValueError, lambda: appended.append(early[["PC2", "PC1"]], 9), "other names")


@pytest.mark.parametrize("make", [scipy.sparse.csr_matrix, scipy.sparse.coo_array])
def test_sparse_matrices_are_made_dense_and_told(make):
    series, warned = told(lambda: jk.Snapshots(make(POINTS), DAYS))
    assert np.array_equal(series[0].points, POINTS[[1, 3]])
    assert [kind for kind, _ in warned] == [jk.DataNotice] and "4 x 2 numbers" in warned[0][1]


def test_large_sparse_matrices_are_refused_before_memory_is_taken(refused):
    large = scipy.sparse.csr_matrix((400_000, 30_000))
    refused(ValueError, lambda: jk.Snapshots(large, np.zeros(400_000)), "89.4 GiB", "TruncatedSVD")
    refused(ValueError, lambda: jk.Snapshots({0: large, 1: large}), "X[0]", "TruncatedSVD")


def test_sparse_columns(frame, monkeypatch, refused):
    for name in ("PC1", "PC2"):
        frame[name] = pandas.arrays.SparseArray(frame[name], fill_value=0.0)
    series, warned = told(lambda: jk.Snapshots(frame, time="day"))
    assert_right(series)
    assert warned == [(jk.DataNotice, "X has 2 sparse columns, made dense")]
    monkeypatch.setattr("jkonetstar._dense._DENSE_BYTES", 63)
    refused(ValueError, lambda: jk.Snapshots(frame, time="day"), "X is sparse", "TruncatedSVD")


@pytest.mark.parametrize("form", ["array", "Fortran", "stack", "frame", "part of a frame"])
def test_numbers_of_float32_are_not_copied(rng, form):
    """Python takes no memory for another copy; what the library takes, it does not see."""
    X = rng.normal(size=(60_000, 20)).astype(np.float32)
    time = np.repeat([0.0, 1.0], 30_000)
    names = [f"PC{j}" for j in range(20)]
    given = {
        "array": X,
        "Fortran": np.asfortranarray(X),
        "stack": X.reshape(2, 30_000, 20),
        "frame": pandas.DataFrame(X, columns=names),
        "part of a frame": pandas.DataFrame(np.hstack([X, X]), columns=[*names, *names]).iloc[:, :20],
    }[form]
    time = time[::30_000] if form == "stack" else time
    tracemalloc.start()
    series = jk.Snapshots(given, time)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert np.array_equal(series[1].points, X[30_000:])
    # Labels of rows and the check for missing cells, a byte each, but not 4 bytes for each number.
    assert peak < 0.6 * X.nbytes


def test_frames_of_polars_are_those_of_pandas(frame):
    polars = pytest.importorskip("polars")
    given = polars.DataFrame(
        {**{name: frame[name].tolist() for name in frame}, "kind": list("abab"), "doublet": [True, False] * 2}
    )
    series, warned = told(lambda: jk.Snapshots(given, time="day"))
    assert_right(series, index=False)
    assert '"kind" (no numbers), "doublet" (truth values)' in warned[0][1]
    assert_right(jk.Snapshots(given.select("PC1", "PC2"), time=given["day"]), index=False)
    labels = given.with_columns(polars.Series("day", ["Day 3", "Day 0"] * 2, dtype=polars.Categorical))
    series, warned = told(lambda: jk.Snapshots(labels, time="day", points=["PC1", "PC2"]))
    assert_right(series, index=False)
    assert warned == [(jk.DataNotice, "column \"day\": 'Day 0' is 0, 'Day 3' is 3")]
    with pytest.raises(ValueError, match='row 2, column "PC2": the value is missing'):
        jk.Snapshots(given.with_columns(polars.Series("PC2", [1, 2, None, 4])), time="day", points=["PC2"])
    with pytest.raises(TypeError, match="LazyFrame"):
        jk.Snapshots(given.lazy(), time="day")
    dates = given.with_columns(polars.Series("day", ["2024-01-04", "2024-01-01"] * 2).str.to_date())
    assert_right(told(lambda: jk.Snapshots(dates, time="day", points=["PC1", "PC2"]))[0], index=False)


def test_the_log_names_the_columns(frame, caplog):
    with caplog.at_level(logging.INFO, "jkonetstar"):
        jk.Snapshots(frame, time="day")
    assert [record.message for record in caplog.records] == ['time from column "day", coordinates from "PC1", "PC2"']
