"""Folds of time courses and what `score` means of them: numbers, whatever the folds leave out."""

import pickle

import jkonetstar as jk
import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, KFold, LeaveOneGroupOut, cross_val_score

from populations import quadratic_series

FOLDS = KFold(3, shuffle=True, random_state=0)
TIMES = (0.0, 0.1, 0.25, 0.3, 0.4)


@pytest.fixture(scope="module")
def course():
    return quadratic_series(40, TIMES)


@pytest.fixture
def model():
    return jk.JKOnetStar(jk.Linear(polynomial_degree=2, radial=None))


# The score of what folds hold out.


def test_shuffled_folds(model, course):
    X, time = course
    scores = cross_val_score(model, X, time, cv=FOLDS)
    expected = [clone(model).fit(X[a], time[a]).score(X[b], time[b]) for a, b in FOLDS.split(X)]
    assert np.array_equal(scores, expected)
    # Each of these is the mean of a distance from one test snapshot to the next.
    (train, test), *_ = FOLDS.split(X)
    found = clone(model).fit(X[train], time[train]).evaluate(X[test], time[test])
    assert scores[0] == -found.one_step.mean()


def test_folds_that_leave_out_whole_times_have_scores(model, course, recwarn):
    """Five folds of five times: the first predicts the fitted time after it, others are predicted from that before."""
    X, time = course
    scores = cross_val_score(model, X, time, cv=5)
    assert scores.shape == (5,) and np.isfinite(scores).all() and not recwarn.list
    rows = [np.flatnonzero(time == t) for t in TIMES]
    for k, score in enumerate(scores):
        fitted = clone(model).fit(np.delete(X, rows[k], axis=0), np.delete(time, rows[k]))
        earlier, later = (k - 1, k) if k else (0, 1)
        predicted = fitted.predict(X[rows[earlier]], times=[TIMES[earlier], TIMES[later]])[-1]
        assert score == pytest.approx(-jk.emd(predicted, X[rows[later]]), rel=1e-9)
    # The energy is learned from the other times, so that predictions beat standing still.
    still = [jk.emd(X[rows[k]], X[rows[k + 1]]) for k in range(4)]
    assert (-scores[1:] < 0.5 * np.array(still)).all()


@pytest.mark.parametrize("folds", [2, 3, 4, 7, KFold(6)])
def test_no_fold_has_no_score(model, course, folds):
    X, time = course
    assert np.isfinite(cross_val_score(model, X, time, cv=folds, error_score="raise")).all()


def test_a_single_snapshot_between_after_and_before(model, course):
    X, time = course
    series = jk.Snapshots(X, time)
    model.fit(series.without(2))
    weights = np.random.default_rng(0).uniform(1, 2, size=40)

    def w1(earlier, later, a=None, b=None):
        predicted = model.predict(earlier.points, times=[earlier.time, later.time])[-1]
        return -jk.emd(predicted, later.points, a=a, b=b)

    def single(snapshot, time=None, weights=None):
        return model.score(snapshot.points, np.full(40, snapshot.time if time is None else time), weights)

    assert single(series[2]) == pytest.approx(w1(series[1], series[2]), rel=1e-9)
    assert single(series[2], weights=weights) == pytest.approx(
        w1(series[1], series[2], b=weights / weights.sum()), rel=1e-9
    )
    after = series[4]._replace(time=0.5)
    assert single(after) == pytest.approx(w1(series[4], after), rel=1e-9)
    before = series[0]._replace(time=-0.1)
    assert single(before) == pytest.approx(w1(before, series[0]), rel=1e-9)
    # A fitted time is predicted from the one before, also where the times differ by rounding; the first predicts.
    assert single(series[3]) == pytest.approx(w1(series[1], series[3]), rel=1e-9)
    assert single(series[3], 0.1 + 0.2) == pytest.approx(single(series[3]), rel=1e-9)
    assert single(series[0]) == pytest.approx(w1(series[0], series[1]), rel=1e-9)


def test_snapshots_added_after_the_fit_are_not_taken_for_fitted_ones(model, course):
    X, time = course
    series = jk.Snapshots(X, time).without(4)
    last = jk.Snapshots(X, time)[4]
    single = (last.points, np.full(40, 0.6))
    expected = model.fit(series).score(*single)
    series.append(last.points + 100, 0.5)
    assert model.score(*single) == expected


def test_models_without_the_snapshots_of_their_fit_say_so(model, course, tmp_path, refused):
    X, time = course
    model.fit(X, time).save(tmp_path / "model.safetensors")
    streamed = clone(model).partial_fit(X, time).partial_fit(X, time)
    for other in (jk.load(tmp_path / "model.safetensors"), pickle.loads(pickle.dumps(model)), streamed):
        refused(ValueError, lambda o=other: o.score(X[:40], time[:40]), "1 snapshot", "2 or more")
        assert np.isfinite(other.score(X, time))
    assert clone(model).partial_fit(X, time).score(X[:40], time[:40]) == model.score(X[:40], time[:40])


# The splitter.


def test_folds_hold_out_each_inner_time(course):
    X, time = course
    order = np.random.default_rng(0).permutation(len(time))
    X, time = X[order], time[order]
    folds = list(jk.LeaveOneTimeOut().split(X, time))
    assert len(folds) == jk.LeaveOneTimeOut().get_n_splits(X, time) == 3
    for held_out, (train, test) in zip(TIMES[1:], folds):
        assert (time[test] == held_out).all() and (time[train] != held_out).all()
        assert np.array_equal(np.sort(np.concatenate([train, test])), np.arange(200))
        assert (np.diff(train) > 0).all() and (np.diff(test) > 0).all()


def test_times_are_those_of_the_fit():
    """0.3 and 0.1 + 0.2 are one snapshot in a fit, and so they are one fold."""
    (fold,) = jk.LeaveOneTimeOut().split(np.zeros((4, 1)), [0.0, 0.3, 0.1 + 0.2, 1.0])
    assert fold[1].tolist() == [1, 2]


def test_cross_validation_is_leave_one_time_out(model, course):
    X, time = course
    scores = cross_val_score(model, X, time, cv=jk.LeaveOneTimeOut())
    found = jk.leave_one_time_out(jk.Snapshots(X, time), model)
    assert isinstance(found, jk.LeftOutTimes)
    assert scores == pytest.approx(-found.scores["predict"].w1, rel=1e-9)
    chosen = cross_val_score(model, X, time, cv=jk.LeaveOneTimeOut(times=[0.4, 0.0, 0.4]))
    every = cross_val_score(model, X, time, groups=time, cv=LeaveOneGroupOut())
    assert np.array_equal(chosen, every[[0, 4]]) and np.array_equal(scores, every[1:4])


def test_a_search_over_times_held_out(model, course):
    X, time = course
    search = GridSearchCV(model, {"training__ridge": [1e-9, 1e3]}, cv=jk.LeaveOneTimeOut()).fit(X, time)
    assert search.best_params_ == {"training__ridge": 1e-9} and search.n_splits_ == 3
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_times_as_groups(model, course):
    X, time = course
    expected = [test.tolist() for _, test in jk.LeaveOneTimeOut().split(X, time)]
    assert [test.tolist() for _, test in jk.LeaveOneTimeOut().split(X, np.zeros(200), groups=time)] == expected
    with sklearn.config_context(enable_metadata_routing=True):
        asked = clone(model).set_fit_request(time=True).set_score_request(time=True)
        scores = cross_val_score(asked, X, params={"time": time, "groups": time}, cv=jk.LeaveOneTimeOut())
    assert np.array_equal(scores, cross_val_score(model, X, time, cv=jk.LeaveOneTimeOut()))


@pytest.mark.parametrize(
    "splitter, y, mentioned",
    [
        (jk.LeaveOneTimeOut(), None, ("y is missing", "groups")),
        (jk.LeaveOneTimeOut(), [0, 1, 1], ("2 times", "three")),
        (jk.LeaveOneTimeOut(times=[0]), [0, 0, 1], ("2 times", "three")),
        (jk.LeaveOneTimeOut(times=[0.5]), [0, 1, 2], ("times", "0.5", "observed")),
        (jk.LeaveOneTimeOut(), [0, 1, 2, 3], ("X has 3 rows", "4 times")),
        (jk.LeaveOneTimeOut(), [0, np.nan, 2], ("time", "nan")),
    ],
)
def test_splits_refuse(refused, splitter, y, mentioned):
    refused(ValueError, lambda: list(splitter.split(np.zeros((3, 1)), y)), *mentioned)


def test_splitters_show_and_compare_their_parameters():
    assert repr(jk.LeaveOneTimeOut()) == "LeaveOneTimeOut()"
    assert jk.LeaveOneTimeOut([1, 2]) == jk.LeaveOneTimeOut(times=(1, 2)) != jk.LeaveOneTimeOut()


def test_labels_are_told_once_for_all_folds(model, course):
    X, time = course
    labels = np.array([f"{100 * t:.0f} min" for t in time])
    with pytest.warns(jk.DataNotice, match="'0 min' is 0") as caught:
        for _ in range(2):
            cross_val_score(model, X, labels, cv=FOLDS)
    assert len([warning for warning in caught if warning.category is jk.DataNotice]) == 1
    with pytest.warns(jk.DataNotice, match="'0 min' is 0"):  # another line of the caller is told again
        cross_val_score(model, X, labels, cv=FOLDS)
