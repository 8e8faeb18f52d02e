"""Series of snapshots: order, weights, splits, permutations."""

import copy
import pickle

import jkonetstar as jk
import numpy as np
import pytest


@pytest.fixture
def pooled(rng):
    """Return 12 particles at 3 unequally filled times, in mixed order."""
    time = rng.permutation(np.repeat([2.0, -1.0, 7.5], [3, 5, 4]))
    return rng.normal(size=(12, 2)), time, rng.uniform(0.5, 2.0, size=12)


def rows(array):
    """Return the rows as a sorted list."""
    return sorted(map(tuple, array))


def test_rows_are_grouped_by_time(pooled):
    X, time, weights = pooled
    series = jk.Snapshots(X, time, weights)
    assert len(series) == 3 and series.dimension == 2
    assert series.sizes == [5, 3, 4] and np.array_equal(series.times, [-1.0, 2.0, 7.5])
    for snapshot in series:
        chosen = time == snapshot.time
        assert np.array_equal(snapshot.points, X[chosen])
        assert snapshot.weights == pytest.approx(weights[chosen] / weights[chosen].sum(), rel=1e-15)
    assert np.array_equal(series[-1].points, series[2].points)
    assert list(series)[1].time == 2.0


def test_equal_weights_by_default(pooled):
    X, time, _ = pooled
    assert jk.Snapshots(X, time)[1].weights == pytest.approx(np.full(3, 1 / 3), rel=1e-15)


def test_the_arrays_are_copied(pooled):
    X, time, _ = pooled
    given = X.copy()
    series = jk.Snapshots(given, time)
    given[:] = 0
    assert rows(series.to_arrays()[0]) == rows(X)
    series[0].points[:] = 9
    assert rows(series.to_arrays()[0]) == rows(X)


def test_to_arrays_gives_the_same_series(pooled):
    series = jk.Snapshots(*pooled)
    again = jk.Snapshots(*series.to_arrays())
    for one, other in zip(series, again):
        assert one.time == other.time and np.array_equal(one.points, other.points)
        assert one.weights == pytest.approx(other.weights, rel=1e-15)


@pytest.mark.parametrize("clone", [lambda s: pickle.loads(pickle.dumps(s)), copy.copy, copy.deepcopy])
def test_copies(pooled, clone):
    series = jk.Snapshots(*pooled)
    again = clone(series)
    series.append([[0.0, 0.0]], 99.0)
    assert len(again) == 3 and np.array_equal(again.times, [-1.0, 2.0, 7.5])
    assert np.array_equal(again[2].points, series[2].points)


def test_append_and_empty():
    series = jk.Snapshots.empty(3)
    assert len(series) == 0 and series.dimension == 3 and list(series) == []
    assert repr(series) == "Snapshots(0 snapshots in 3 dimensions)"
    assert [array.shape for array in series.to_arrays()] == [(0, 3), (0,), (0,)]
    series.append(np.eye(3), 1, weights=[1, 1, 2])
    series.append(np.zeros((1, 3)), 2)
    assert series.sizes == [3, 1] and np.array_equal(series[0].weights, [0.25, 0.25, 0.5])
    assert pickle.loads(pickle.dumps(jk.Snapshots.empty(4))).dimension == 4


def test_a_failed_append_changes_nothing(refused):
    series = jk.Snapshots([[0.0, 0.0]], [1.0])
    refused(ValueError, lambda: series.append([[0.0]], 2.0), "X has 1 column;")
    refused(ValueError, lambda: series.append([[0.0, 0.0]], 1.0), "time = 1.0")
    refused(ValueError, lambda: series.append([[0.0, 0.0]], np.nan), "time")
    refused(ValueError, lambda: series.append([[0.0, 0.0, 0.0]], 2.0), "X has 3 columns")
    refused(ValueError, lambda: series.append(np.empty((0, 2)), 2.0), "X is empty", "(0, 2)")
    refused(ValueError, lambda: series.append([[0.0, np.nan]], 2.0), "X[0, 1] = nan")
    refused(ValueError, lambda: series.append([[0.0, 0.0]], 2.0, weights=[-1.0]), "weights")
    refused(TypeError, lambda: series.append([[0.0, 0.0]], "later"), "time")
    assert series.sizes == [1]


def test_split_along_trajectories(rng):
    x = np.arange(40.0)
    X = np.concatenate([x, x + 100, x + 200])[:, None]
    series = jk.Snapshots(X, np.repeat([0, 1, 2], 40))
    train, test = series.split(0.25, random_state=3)
    assert train.sizes == [30] * 3 and test.sizes == [10] * 3
    for part in (train, test):
        assert np.array_equal(part[0].points + 100, part[1].points)
        assert np.array_equal(part[0].points + 200, part[2].points)
    assert sorted(np.concatenate([train[0].points, test[0].points])[:, 0]) == list(x)
    again, _ = series.split(0.25, random_state=3)
    assert np.array_equal(again[0].points, train[0].points)
    other, _ = series.split(0.25, random_state=4)
    assert not np.array_equal(other[0].points, train[0].points)


def test_split_within_times(pooled):
    series = jk.Snapshots(*pooled)
    train, test = series.split(0.4, by="times", random_state=np.random.default_rng(0))
    assert test.sizes == [2, 1, 2] and train.sizes == [3, 2, 2]
    assert series.split(0.01, by="times")[1].sizes == [1, 1, 1]
    assert series.split(0.99, by="times")[0].sizes == [1, 1, 1]
    for whole, one, other in zip(series, train, test):
        assert rows(np.concatenate([one.points, other.points])) == rows(whole.points)


def test_split_errors(pooled, refused):
    series = jk.Snapshots(*pooled)
    refused(ValueError, lambda: series.split(by="trajectories"))
    refused(ValueError, lambda: series.split(by="particles"), "particles", "times")
    refused(ValueError, lambda: series.split(0.0, by="times"), "0")
    refused(ValueError, lambda: series.split(1.0, by="times"), "1")
    refused(ValueError, lambda: series.split(np.nan, by="times"))
    refused(ValueError, lambda: series.split(random_state=-1), "random_state")
    refused(TypeError, lambda: series.split(random_state="seed"), "random_state")
    refused(TypeError, lambda: series.split("half"), "test_fraction")
    refused(ValueError, lambda: jk.Snapshots([[0.0]], [0.0]).split())


def test_shuffle_permutes_rows_within_snapshots(rng):
    x = np.arange(50.0)
    series = jk.Snapshots(np.concatenate([x, x])[:, None], np.repeat([0, 1], 50), np.tile(x + 1, 2))
    mixed = series.shuffle(random_state=1)
    assert sorted(mixed[0].points[:, 0]) == list(x)
    assert not np.array_equal(mixed[0].points, mixed[1].points)
    assert mixed[0].weights == pytest.approx((mixed[0].points[:, 0] + 1) / (x + 1).sum(), rel=1e-15)
    assert np.array_equal(series.shuffle(random_state=1)[1].points, mixed[1].points)
    unseeded = [series.shuffle(random_state=None)[1].points for _ in range(2)]
    assert not np.array_equal(*unseeded)


def test_indices(refused):
    series = jk.Snapshots([[0.0], [1.0]], [0, 1])
    for k in (2, -3, 2**70):
        refused(IndexError, lambda k=k: series[k])
    refused(TypeError, lambda: series["first"])
    assert series[np.int64(1)].time == 1.0


def test_repr():
    assert repr(jk.Snapshots([[0.0]], [3])) == "Snapshots(1 snapshot of 1 particle in 1 dimension, time 3)"
    assert repr(jk.Snapshots(np.zeros((4000, 2)), np.repeat([0, 0.5], 2000))) == (
        "Snapshots(2 snapshots of 2,000 particles in 2 dimensions, times 0 to 0.5)"
    )


def test_bad_series(refused):
    X, time = [[0.0, 0.0], [1.0, 1.0]], [0.0, 1.0]
    refused(ValueError, lambda: jk.Snapshots([[0.0, np.nan], [1.0, 1.0]], time), "X[0, 1] = nan")
    refused(ValueError, lambda: jk.Snapshots([[0.0, 0.0], [np.inf, 1.0]], time), "X[1, 0] = inf")
    refused(ValueError, lambda: jk.Snapshots(X, [0.0, np.nan]), "time[1] = nan")
    refused(ValueError, lambda: jk.Snapshots(X, [0.0]), "time has")
    refused(ValueError, lambda: jk.Snapshots(X, [0.0, 1.0, 2.0]), "time has")
    refused(ValueError, lambda: jk.Snapshots(np.empty((0, 2)), []), "X is empty")
    refused(ValueError, lambda: jk.Snapshots(np.empty((2, 0)), time), "X is empty")
    refused(ValueError, lambda: jk.Snapshots(X, []), "time is empty")
    refused(ValueError, lambda: jk.Snapshots(X, time, weights=[1.0, -1.0]), "weights")
    refused(ValueError, lambda: jk.Snapshots(X, time, weights=[1.0, 0.0]), "weights")
    refused(ValueError, lambda: jk.Snapshots(X, time, weights=[1.0, np.nan]), "weights")
    refused(ValueError, lambda: jk.Snapshots(X, time, weights=[1.0]), "weights")
    refused(TypeError, lambda: jk.Snapshots(X, None), "time")
    refused(ValueError, lambda: jk.Snapshots(X, ["day 1", "hour 2"]), "time", "units")
    refused(ValueError, lambda: jk.Snapshots.empty(0), "dimension")
    refused(ValueError, lambda: jk.Snapshots.empty(10**9), "dimension")
    refused(TypeError, lambda: jk.Snapshots.empty("two"), "dimension")
