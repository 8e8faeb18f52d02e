"""Times that are asked for by the labels that the data have."""

import copy
import datetime
import pickle
import warnings

import jkonetstar as jk
import numpy as np
import pytest

QUADRATIC = jk.Linear(polynomial_degree=2, radial=None)
X0 = np.random.default_rng(0).normal(size=(30, 1))
X = np.concatenate([0.9**k * X0 for k in range(4)])
DAYS = ["Day 0", "Day 1", "Day 2", "Day 3"]
DATES = ["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04"]
LENGTHS = [np.timedelta64(24 * k, "h") for k in range(4)]
STAGES = ["early", "middle", "late", "last"]


def each(labels):
    return [label for label in labels for _ in X0]


def quiet(call):
    """Return what a call returns that must tell nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", jk.DataNotice)
        return call()


def course(labels, **given):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", jk.DataNotice)
        return jk.Snapshots(X, each(labels), **given)


KINDS = {
    "words": (DAYS, {}),
    "dates": (DATES, {}),
    "durations": (LENGTHS, {}),
    "map": (STAGES, {"time_map": dict(zip(STAGES, range(4)))}),
}


@pytest.fixture(params=KINDS.values(), ids=KINDS)
def labelled(request):
    """A course with labels, and the labels of its times."""
    labels, given = request.param
    return course(labels, **given), labels


def test_whatever_takes_times_takes_the_labels_of_the_data(labelled):
    series, labels = labelled
    model = jk.JKOnetStar(QUADRATIC, time_varying=True).fit(series, growth=jk.Growth())
    for ask in (
        lambda t: model.predict(X0, times=[t[0], t[2], t[3]]),
        lambda t: model.predict(X0, t0=t[1], steps=2),
        lambda t: jk.interpolate(series, [t[1], t[2]]).to_arrays()[0],
        lambda t: model.interpolate(series, [t[1]]).to_arrays()[0],
        lambda t: jk.leave_one_time_out(series, times=[t[2]]).times,
        lambda t: model.potential_(X0, t[1]),
        lambda t: model.potential_.gradient(X0, each([t[1]])),
        lambda t: model.energy(X0, t=t[2]),
        lambda t: model.growth_.rate(X0, t[1]),
        lambda t: model.growth_.total_mass([t[0], t[3]]),
        lambda t: model.growth_.masses(np.stack([X0, X0]), [t[0], t[1]]),
        lambda t: model.score(X, each(t)),
        lambda t: model.evaluate(X, each(t)).cumulative,
        lambda t: jk.Growth().fit(series, total_mass=dict(zip(t, [1, 2, 3, 4]))).rate(X0, 1.5),
    ):
        assert np.array_equal(quiet(lambda ask=ask: ask(labels)), ask([0.0, 1.0, 2.0, 3.0]))


def test_snapshots_go_by_their_labels(labelled):
    series, labels = labelled
    assert quiet(lambda: series.without(labels[1])).times.tolist() == [0, 2, 3]
    part = series.split()[0].shuffle().without(0)
    assert quiet(lambda: part.without(labels[2])).times.tolist() == [1, 3]
    between = jk.interpolate(series, [0.5, 1.0])
    assert quiet(lambda: between.without(labels[1])).times.tolist() == [0.5]
    shorter = jk.Snapshots.empty(1)._named_as(series)
    for x, label in zip(np.split(X, 4), labels):
        quiet(lambda x=x, label=label: shorter.append(x, label))
    assert shorter.times.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("again", [copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing))])
def test_copies_remember(labelled, again):
    series, labels = labelled
    model = again(jk.JKOnetStar(QUADRATIC).fit(series))
    assert quiet(lambda: model.predict(X0, times=[labels[0], labels[1]])).shape == (2, 30, 1)
    assert quiet(lambda: again(series).without(labels[3])).times.tolist() == [0, 1, 2]


def test_times_that_the_data_do_not_have():
    """Labels of the same kind are understood, so that a model predicts beyond its data."""
    model = jk.JKOnetStar(QUADRATIC).fit(course(DAYS))
    assert np.array_equal(model.predict(X0, times=["day 0", "Day 0-3", 4]), model.predict(X0, times=[0, 1.5, 4]))
    dated = jk.JKOnetStar(QUADRATIC).fit(course(DATES))
    days = dated.predict(X0, times=[0, 1.5, 4])
    for times in (
        ["2020-01-01", "2020-01-02 12:00", "2020-01-05"],
        [datetime.date(2020, 1, 1), datetime.datetime(2020, 1, 2, 12), np.datetime64("2020-01-05")],
        np.array(["2020-01-01T00", "2020-01-02T12", "2020-01-05T00"], dtype="datetime64[ns]"),
    ):
        assert np.array_equal(dated.predict(X0, times=times), days)
    spans = jk.JKOnetStar(QUADRATIC).fit(course(LENGTHS))
    assert np.array_equal(spans.predict(X0, times=[datetime.timedelta(0), datetime.timedelta(hours=36), 4]), days)


def test_dates_count_from_the_first_of_the_fit():
    dated = jk.JKOnetStar(QUADRATIC).fit(course(DATES))
    later = [date for date in DATES[2:] for _ in X0]
    assert dated.evaluate(X[60:], later).one_step == dated.evaluate(X[60:], np.repeat([2, 3], 30)).one_step
    assert dated._fitted().observed(X[60:], later, None).times.tolist() == [2, 3]


def test_pandas():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"day": pandas.Categorical(each(DAYS)), "x": X[:, 0]})
    with pytest.warns(jk.DataNotice):
        model = jk.JKOnetStar(QUADRATIC).fit(frame, time="day")
    assert np.array_equal(model.predict(X0, times=frame["day"].unique()[:2]), model.predict(X0, times=[0, 1]))
    dated = jk.JKOnetStar(QUADRATIC).fit(course(DATES))
    found = dated.predict(X0, times=pandas.date_range("2020-01-01", periods=3))
    assert np.array_equal(found, dated.predict(X0, times=[0, 1, 2]))
    assert dated.predict(X0, t0=pandas.Timestamp("2020-01-02")).shape == (2, 30, 1)


def test_labels_that_nobody_remembers(tmp_path, refused):
    """They are understood as in data, and the caller is told; dates cannot be."""
    jk.JKOnetStar(QUADRATIC).fit(course(DAYS)).save(tmp_path / "model.safetensors")
    model = jk.load(tmp_path / "model.safetensors")
    with pytest.warns(jk.DataNotice, match="times: 'Day 0' is 0, 'Day 3' is 3") as told:
        found = model.predict(X0, times=["Day 0", "Day 3"])
    assert told[0].filename == __file__ and np.array_equal(found, model.predict(X0, times=[0, 3]))
    refused(ValueError, lambda: model.predict(X0, times=["Day 0", "Hour 3"]), "times[1]", "Hour 3", "give numbers")
    refused(ValueError, lambda: model.predict(X0, times=["2020-01-01", 3]), "times[0] = '2020-01-01'", "number of days")
    refused(TypeError, lambda: model.predict(X0, times=["0", "3"]), "times[0] = '0'", "must hold numbers")
    refused(TypeError, lambda: model.predict(X0, t0="soon"), "t0 = 'soon'", "must be a number")


def test_labels_that_do_not_belong_are_told_with_the_nearest(refused):
    model = jk.JKOnetStar(QUADRATIC).fit(course(DAYS))
    near = "nearest to it are 'Day 3'"
    refused(ValueError, lambda: model.predict(X0, times=["Day 0", "Dya 3"]), "times[1] = 'Dya 3'", near)
    refused(ValueError, lambda: model.predict(X0, times=["Day 0", "Hour 3"]), "times[1] = 'Hour 3'", near)
    refused(ValueError, lambda: model.predict(X0, t0="3"), "t0 = '3'", near)
    refused(ValueError, lambda: model.predict(X0, times=[0, None]), "times[1]")
    refused(ValueError, lambda: model.predict(X0, times=[0, np.datetime64("NaT")]), "times[1]: the time is missing")
    refused(ValueError, lambda: model.predict(X0, times=[0, datetime.date(2020, 1, 1)]), "'2020-01-01'", "'Day")
    refused(TypeError, lambda: model.predict(X0, times="Day 3"), "times = 'Day 3'", "list")
    series = course(STAGES, time_map=dict(zip(STAGES, range(4))))
    refused(ValueError, lambda: jk.interpolate(series, ["lat"]), "times[0] = 'lat'", "nearest to it are 'late', 'last'")
    refused(ValueError, lambda: series.without("erly"), "k = 'erly'", "'early'")
    lengths = course(LENGTHS)
    refused(ValueError, lambda: jk.interpolate(lengths, ["Day 1"]), "times[0] = 'Day 1'", "days, or durations")
    refused(ValueError, lambda: course(["earli", *STAGES[1:]], time_map=dict(zip(STAGES, range(4)))), "are 'early'")


def test_observed_times_are_told_by_their_labels(refused):
    series = course(DAYS)
    refused(ValueError, lambda: series.without("Day 7"), "k = 'Day 7' is not an observed time", "'Day 2', 'Day 3'")
    leave = jk.leave_one_time_out
    refused(ValueError, lambda: leave(series, times=["Day 1", "Day 1.5"]), "times[1] = 'Day 1.5'", "'Day 1', 'Day 2'")
    refused(ValueError, lambda: leave(series, times=[0]), "times[0] = 'Day 0'", "'Day 3'")
    folds = jk.LeaveOneTimeOut(times=["Day 2"])
    with pytest.warns(jk.DataNotice, match="y: 'Day 0' is 0"):
        assert [test.tolist() for _, test in folds.split(X, each(DAYS))] == [list(range(60, 90))]


def test_pictures(refused):
    figure = pytest.importorskip("matplotlib.figure")

    def ax():
        return figure.Figure().add_subplot()

    series = course(DAYS)
    model = jk.JKOnetStar(QUADRATIC, time_varying=True).fit(series)
    growth = jk.Growth().fit(series)
    drawn = [
        jk.plot.landscape(model, series, t="Day 1", coords=[0], ax=ax()),
        jk.plot.velocity(model, series, t="Day 1", coords=[0], ax=ax()),
        jk.plot.growth(growth, series, "Day 1", coords=[0], ax=ax()),
        jk.plot.densities(series, "Day 1", coords=[0], ax=ax()),
    ]
    assert [axes.get_title() for axes in drawn if axes.get_title()] == ["t = 1"] * len(drawn)
    lines = jk.plot.couplings(series, "Day 1", coords=[0], ax=ax())
    assert lines.get_xticks().tolist() == [1, 2]
    refused(ValueError, lambda: jk.plot.landscape(model, series, t="Day 9"), "t = 9", "'Day 0' to 'Day 3'")
    refused(ValueError, lambda: jk.plot.landscape(model, series, t="Dy 3"), "t = 'Dy 3'", "'Day 3'")
