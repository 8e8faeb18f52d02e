"""Times that are labels, wherever times are taken: what they become, and that the user is told."""

import datetime
import logging
import subprocess
import sys
import warnings

import jkonetstar as jk
import numpy as np
import pytest

X = np.array([[0.0], [1.0], [2.0], [0.0], [0.9], [1.8]])
LABELS = ["Day 0", "Day 0", "Day 0", "Day 3", "Day 3", "Day 3"]
LINEAR = jk.Linear(polynomial_degree=2, radial=None)


def told(call):
    """Return what a call returns, and the notices that it gives."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = call()
    notices = [warning for warning in caught if issubclass(warning.category, jk.DataNotice)]
    assert all(warning.filename == __file__ for warning in notices)
    return found, [str(warning.message) for warning in notices]


@pytest.mark.parametrize(
    ("labels", "times", "said"),
    [
        (LABELS, [0, 3], "time: 'Day 0' is 0, 'Day 3' is 3"),
        (np.array(LABELS), [0, 3], "time: 'Day 0' is 0, 'Day 3' is 3"),
        (["00-03"] * 3 + ["06-09"] * 3, [1.5, 7.5], "time: '00-03' is 1.5, '06-09' is 7.5"),
        ([datetime.date(2024, 5, 1)] * 3 + [datetime.date(2024, 5, 8)] * 3, [0, 7], "time is in days since 2024-05-01"),
        (np.array([12, 12, 12, 36, 36, 36], "m8[h]"), [0.5, 1.5], "time is in days"),
    ],
    ids=["list", "array", "ranges", "dates", "durations"],
)
def test_labels_are_understood_and_told_once(labels, times, said):
    series, notices = told(lambda: jk.Snapshots(X, labels))
    assert series.times.tolist() == times and series.sizes == [3, 3]
    assert notices == [said]
    model, notices = told(lambda: jk.JKOnetStar(LINEAR).fit(X, labels))
    assert model.times_.tolist() == times and notices == [said]


def test_every_function_that_takes_times_takes_labels():
    model, _ = told(lambda: jk.JKOnetStar(LINEAR).fit(X, LABELS))
    numbers = np.repeat([0, 3], 3)
    # What a fitted model was told of labels is not told again.
    for call, count in (
        (lambda time: model.score(X, time), 0),
        (lambda time: model.evaluate(X, time).one_step.tolist(), 0),
        (lambda time: jk.JKOnetStar(LINEAR).partial_fit(X, time).coef_.tolist(), 1),
        (lambda time: jk.Growth().fit(X, time).rate(X, 1.0).tolist(), 1),
    ):
        of_labels, notices = told(lambda call=call: call(LABELS))
        assert of_labels == call(numbers) and len(notices) == count


def test_numbers_are_not_told():
    pandas = pytest.importorskip("pandas")
    for time in ([0, 0, 0, 3, 3, 3], np.repeat([0.0, 3.0], 3), pandas.Series([0, 0, 0, 3, 3, 3], dtype="Int64")):
        series, notices = told(lambda time=time: jk.Snapshots(X, time))
        assert series.times.tolist() == [0, 3] and notices == []


def test_categories():
    pandas = pytest.importorskip("pandas")
    column = pandas.Series(LABELS, dtype="category", index=list("abcdef"))
    series, notices = told(lambda: jk.Snapshots(X, column))
    assert series.times.tolist() == [0, 3] and notices == ["time: 'Day 0' is 0, 'Day 3' is 3"]


def test_stacks_have_one_label_for_each_snapshot():
    series, notices = told(lambda: jk.Snapshots(X.reshape(2, 3, 1), ["Day 3", "Day 0"]))
    assert series.times.tolist() == [0, 3] and np.array_equal(series[0].points, X[3:]) and len(notices) == 1


def test_a_map_says_what_labels_mean(refused):
    stages = ["early"] * 3 + ["late"] * 3
    series, notices = told(lambda: jk.Snapshots(X, stages, time_map={"early": 0, "late": 7.5}))
    assert series.times.tolist() == [0, 7.5] and notices == []
    model, notices = told(lambda: jk.JKOnetStar(LINEAR).fit(X, stages, time_map={"early": 1, "late": 2}))
    assert model.times_.tolist() == [1, 2] and notices == []
    assert jk.Snapshots(X, np.repeat([0, 3], 3), time_map={0: 10, 3: 20}).times.tolist() == [10, 20]
    refused(ValueError, lambda: jk.Snapshots(X, stages, time_map={"early": 0}), "time[3] = 'late'", "time_map")
    refused(TypeError, lambda: jk.Snapshots(X, stages, time_map={"early": "x", "late": 1}), "time_map['early']")
    refused(TypeError, lambda: jk.JKOnetStar(LINEAR).fit(series, time_map={"early": 0}), "time_map")


def test_labels_without_a_sure_meaning_are_refused(refused):
    for labels, words in (
        (["early"] * 3 + ["late"] * 3, ["time[0] = 'early'", "time_map"]),
        (["24 h"] * 3 + ["3 d"] * 3, ["units", "time_map"]),
        (["Day 0"] * 3 + [None] * 3, ["time[3]: the time is missing"]),
        (["Day 0"] * 3 + [float("nan")] * 3, ["time[3]: the time is missing"]),
        (["D1_5"] * 3 + ["D3_5"] * 3, ["time[0] = 'D1_5' may be a range, a decimal or a replicate", "time_map"]),
        (["00_03"] * 3 + ["06_09"] * 3, ["time[0] = '00_03' may be a range"]),
        (["01/02/2024"] * 3 + ["02/02/2024"] * 3, ["looks like a date"]),
    ):
        refused(ValueError, lambda labels=labels: jk.Snapshots(X, np.array(labels, object)), *words)
        refused(ValueError, lambda labels=labels: jk.JKOnetStar(LINEAR).fit(X, np.array(labels, object)), *words)
    refused(ValueError, lambda: told(lambda: jk.Snapshots(X, [*LABELS, "Day 9"])), "time has 7 elements")


def test_the_log_has_what_was_understood(caplog):
    with caplog.at_level(logging.INFO, "jkonetstar"):
        told(lambda: jk.Snapshots(X, LABELS))
        told(lambda: jk.Snapshots(X, LABELS, time_map={"Day 0": 0, "Day 3": 1}))
    assert [record.message for record in caplog.records] == [
        "time: 'Day 0' is 0, 'Day 3' is 3",
        "time: numbers from time_map",
    ]
    assert {record.name for record in caplog.records} == {"jkonetstar"}


def test_what_a_user_sees():
    """A notice once where the code stands that gave labels, though it runs three times; and no log unless asked for."""
    code = "import jkonetstar as jk\nfor _ in range(3):\n    jk.Snapshots([0.0, 1.0], time=['d0', 'd3'])\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout == ""
    assert done.stderr.count("DataNotice: time: 'd0' is 0, 'd3' is 3") == 1
    quiet = "import warnings, jkonetstar as jk\nwarnings.simplefilter('ignore', jk.DataNotice)\n" + code
    assert subprocess.run([sys.executable, "-c", quiet], capture_output=True, text=True).stderr == ""
