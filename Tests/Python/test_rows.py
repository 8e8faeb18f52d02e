"""Which row of the original data each particle of a series is, whatever becomes of the series."""

import copy
import pickle

import jkonetstar as jk
import numpy as np
import pytest


@pytest.fixture
def pooled(rng):
    """Return 60 particles at 3 unequally filled times, in mixed order."""
    time = rng.permutation(np.repeat([2.0, -1.0, 7.5], [15, 25, 20]))
    return rng.normal(size=(60, 2)), time, rng.uniform(0.5, 2.0, size=60)


def assert_from(series, X, time):
    """Every particle is the row that it says it is, and none appears twice."""
    rows = np.concatenate([snapshot.rows for snapshot in series])
    assert rows.dtype == np.int64 and len(np.unique(rows)) == len(rows)
    for snapshot in series:
        np.testing.assert_array_equal(X[snapshot.rows], snapshot.points)
        assert (time[snapshot.rows] == snapshot.time).all()


def test_pooled_particles_have_the_rows_of_the_table(pooled):
    X, time, weights = pooled
    series = jk.Snapshots(X, time, weights)
    assert_from(series, X, time)
    assert sorted(np.concatenate([snapshot.rows for snapshot in series])) == list(range(60))
    for snapshot in series:
        mass = weights[snapshot.rows]
        np.testing.assert_allclose(snapshot.weights, mass / mass.sum(), rtol=1e-14)


def test_any_chain_of_splits_and_shuffles_keeps_them(pooled):
    X, time, _ = pooled
    series = jk.Snapshots(X, time)
    train, test = series.split(0.4, by="times", random_state=1)
    parts = [*train.shuffle(random_state=2).split(0.5, by="times", random_state=3), test.shuffle(random_state=4)]
    for part in (series.shuffle(random_state=0), train, test, *parts):
        assert_from(part, X, time)
    # The parts of the parts are all of the data, once.
    assert sorted(np.concatenate([snapshot.rows for part in parts for snapshot in part])) == list(range(60))


def test_trajectories_stay_together(rng):
    X = rng.normal(size=(3, 20, 2))
    train, test = jk.Snapshots(X, time=[0.0, 1.0, 2.0]).split(0.3, random_state=5)
    for part in (train, test):
        for k, snapshot in enumerate(part):
            np.testing.assert_array_equal(X[k][snapshot.rows], snapshot.points)
            np.testing.assert_array_equal(snapshot.rows, part[0].rows)


def test_snapshots_given_one_by_one_have_rows_of_their_own(rng):
    clouds = [rng.normal(size=(size, 2)) for size in (7, 4, 9)]
    series = jk.Snapshots.empty(2)
    for k, cloud in enumerate(clouds):
        series.append(cloud, time=k)
    for snapshot, cloud in zip(series.shuffle(random_state=1), clouds):
        np.testing.assert_array_equal(cloud[snapshot.rows], snapshot.points)


def test_stacks_may_come_in_any_order_of_time(rng):
    X = rng.normal(size=(3, 5, 2))
    series = jk.Snapshots(X, time=[2.0, 0.0, 1.0])
    for snapshot, k in zip(series, (1, 2, 0)):
        np.testing.assert_array_equal(X[k][snapshot.rows], snapshot.points)


@pytest.mark.parametrize("clone", [lambda s: pickle.loads(pickle.dumps(s)), copy.copy, copy.deepcopy])
def test_copies_keep_them(pooled, clone):
    X, time, weights = pooled
    again = clone(jk.Snapshots(X, time, weights).split(by="times")[0].shuffle())
    assert type(again) is jk.Snapshots
    assert_from(again, X, time)


def test_files_have_rows_of_their_own(pooled, tmp_path):
    X, time, weights = pooled
    shuffled = jk.Snapshots(X, time, weights).shuffle(random_state=1)
    shuffled.save(tmp_path / "folder")
    assert_from(jk.Snapshots.load(tmp_path / "folder"), *shuffled.to_arrays()[:2])
    np.savez(tmp_path / "pooled.npz", X=X, t=time)
    assert_from(jk.Snapshots.load(tmp_path / "pooled.npz"), X, time)
    table = [f"{a!r},{t!r},{b!r}" for (a, b), t in zip(X.tolist(), time.tolist())]
    (tmp_path / "a.csv").write_text("x,time,y\n" + "\n".join(table) + "\n")
    assert_from(jk.Snapshots.load(tmp_path / "a.csv"), X, time)
    stack = X.reshape(3, 20, 2)
    np.save(tmp_path / "a.npy", stack)
    for k, snapshot in enumerate(jk.Snapshots.load(tmp_path / "a.npy")):
        np.testing.assert_array_equal(snapshot.rows, np.arange(20))
        np.testing.assert_array_equal(stack[k][snapshot.rows], snapshot.points)


def test_they_select_rows_of_a_data_frame(pooled):
    pandas = pytest.importorskip("pandas")
    X, time, _ = pooled
    obs = pandas.DataFrame({"cell": [f"cell {i}" for i in range(60)], "time": time})
    _, test = jk.Snapshots(X, time).split(0.5, by="times")
    for snapshot in test:
        chosen = obs.iloc[snapshot.rows]
        assert (chosen["time"] == snapshot.time).all() and list(chosen.index) == list(snapshot.rows)
