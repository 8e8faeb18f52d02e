"""Leave-one-time-out: what is compared, that it looks away, tables and pictures; the energy distance."""

import copy
import pickle

import jkonetstar as jk
import numpy as np
import pytest

from populations import quadratic_series

V = jk.Linear(polynomial_degree=2, radial=None)
WAYS = ["nothing moves", "floor", "straight", "interpolate"]
SCORES = ("w1", "w2", "energy_distance", "variance_ratio")


def turning(n=20, times=range(5), seed=0, weights=None):
    """Return a cloud on the unit circle, which turns by half a radian per unit of time; every time another sample."""
    rng = np.random.default_rng(seed)
    angles = np.asarray(times) / 2
    points = np.stack([np.cos(angles), np.sin(angles)], 1)[:, None] + 0.1 * rng.normal(size=(len(times), n, 2))
    return jk.Snapshots(points.reshape(-1, 2), time=np.repeat(times, n), weights=weights)


@pytest.fixture(scope="module")
def series():
    return turning()


@pytest.fixture(scope="module")
def found(series):
    return jk.leave_one_time_out(series)


def energy_distance(x, y, a=None, b=None):
    """Return the definition: 2 E|X - Y| less the means over pairs of different particles."""

    def distances(x, y):
        return np.linalg.norm(x[:, None] - y[None], axis=-1)

    def within(x, a):
        return a @ distances(x, x) @ a / (1 - a @ a)

    a, b = (np.full(len(p), 1 / len(p)) if w is None else w / w.sum() for p, w in ((x, a), (y, b)))
    return 2 * a @ distances(x, y) @ b - within(x, a) - within(y, b)


def variance_ratio(x, y):
    return x.var(axis=0, ddof=1).sum() / y.var(axis=0, ddof=1).sum()


# The energy distance.


def test_energy_distance_is_the_definition(rng):
    x, y = rng.normal(size=(30, 3)), 0.5 + rng.normal(size=(20, 3))
    a, b = rng.uniform(size=30), rng.uniform(size=20)
    assert jk.energy_distance(x, y) == pytest.approx(energy_distance(x, y), abs=1e-13)
    assert jk.energy_distance(x, y, a, b) == pytest.approx(energy_distance(x, y, a, b), abs=1e-13)
    assert jk.energy_distance(x, y, b=b) == pytest.approx(energy_distance(x, y, b=b), abs=1e-13)


def test_energy_distance_beside_scipy(rng):
    """SciPy's is the square root of the biased one, in one coordinate; the bias is known."""
    stats = pytest.importorskip("scipy.stats")
    x, y = rng.normal(size=30), 0.5 + rng.normal(size=20)
    biased = stats.energy_distance(x, y) ** 2
    bias = sum(np.abs(z[:, None] - z).sum() / (len(z) ** 2 * (len(z) - 1)) for z in (x, y))
    assert jk.energy_distance(x, y) == pytest.approx(biased - bias, abs=1e-13)


def test_energy_distance_is_zero_on_average_for_samples_of_one_population():
    rng = np.random.default_rng(0)
    values = [jk.energy_distance(*rng.normal(size=(2, 10, 3))) for _ in range(400)]
    assert abs(np.mean(values)) < 4 * np.std(values) / 20 and min(values) < 0


def test_energy_distance_is_symmetric_and_a_length(rng):
    x, y = rng.normal(size=(15, 2)), rng.normal(size=(12, 2))
    distance = jk.energy_distance(x, y)
    assert jk.energy_distance(y, x) == pytest.approx(distance, abs=1e-14)
    assert jk.energy_distance(1024 * x, 1024 * y) == 1024 * distance
    assert jk.energy_distance(2.0**-900 * x, 2.0**-900 * y) == pytest.approx(2.0**-900 * distance, rel=1e-12)
    assert jk.energy_distance(2.0**900 * x, 2.0**900 * y) == pytest.approx(2.0**900 * distance, rel=1e-12)


def test_energy_distance_counts_masses_as_repetitions_do_between_populations(rng):
    """E|X - Y| is the same whether a particle weighs twice or is there twice."""
    x, y = rng.normal(size=(6, 2)), rng.normal(size=(5, 2))
    masses = np.array([1, 2, 1, 1, 2, 1])
    weighted = jk.energy_distance(x, y, masses)
    w = masses / masses.sum()
    distances = np.linalg.norm(x[:, None] - x, axis=-1)
    within = w @ distances @ w
    repeated = jk.energy_distance(np.repeat(x, masses, axis=0), y)
    assert weighted + within / (1 - w @ w) == pytest.approx(repeated + within / (1 - 1 / 8), abs=1e-13)


def test_energy_distance_of_one_particle_is_nan(rng):
    y = rng.normal(size=(5, 2))
    assert np.isnan(jk.energy_distance(y[:1], y)) and np.isnan(jk.energy_distance(y, y[:1]))
    assert np.isnan(jk.energy_distance(y, y, [0, 3, 0, 0, 0]))


def test_energy_distance_accepts_views_and_single_precision(rng):
    x, y = rng.normal(size=(20, 3)).astype(np.float32), rng.normal(size=(30, 3))
    distance = jk.energy_distance(x.astype(float), y)
    assert jk.energy_distance(x, np.asfortranarray(y)) == distance
    assert jk.energy_distance(x[::2], y[::-3]) == jk.energy_distance(x[::2].copy(), y[::-3].copy())


@pytest.mark.parametrize(
    "arguments, mentioned",
    [
        (([[np.nan]], [[0.0]]), ("x", "nan")),
        (([[0.0]], [[np.inf]]), ("y", "inf")),
        ((np.zeros((3, 2)), np.zeros((3, 1))), ("y", "1 column", "2")),
        ((np.zeros((3, 2)), np.zeros((3, 2)), [1, 1]), ("a", "2", "3")),
        ((np.zeros((3, 2)), np.zeros((3, 2)), None, [1, -1, 1]), ("b[1]", "-1", "0")),
        ((np.zeros((3, 2)), np.zeros((3, 2)), [0, 0, 0]), ("a", "sum", "0")),
        ((np.zeros((0, 2)), np.zeros((3, 2))), ("x",)),
    ],
)
def test_energy_distance_refuses(refused, arguments, mentioned):
    refused(ValueError, lambda: jk.energy_distance(*arguments), *mentioned)


# A series without a snapshot.


def test_without(series):
    for k in range(5):
        rest = series.without(k)
        others = [i for i in range(5) if i != k]
        assert list(rest.times) == others and len(series) == 5
        for kept, i in zip(rest, others):
            assert np.array_equal(kept.points, series[i].points) and np.array_equal(kept.rows, series[i].rows)
    assert list(series.without(-1).times) == [0, 1, 2, 3] and list(series.without(-5).times) == [1, 2, 3, 4]
    assert list(series.without(np.int64(2)).times) == [0, 1, 3, 4]
    assert len(turning(times=[0]).without(0)) == 0


@pytest.mark.parametrize("k, kind", [(5, IndexError), (-6, IndexError), (1.0, TypeError), ("1", TypeError)])
def test_without_refuses(refused, series, k, kind):
    refused(kind, lambda: series.without(k), str(k))


# What is compared.


def test_ways_and_shapes(found):
    assert list(found.scores) == WAYS and list(found.times) == [1, 2, 3] and found.sizes == [20, 20, 20]
    for scores in found.scores.values():
        assert scores._fields == SCORES and all(values.shape == (3,) for values in scores)


def test_scores_are_those_of_the_populations(series, found):
    for place, k in enumerate((1, 2, 3)):
        rest, truth = series.without(k), series[k]
        populations = {
            "nothing moves": series[k - 1],
            "straight": jk.interpolate(rest, [k], "straight")[0],
            "interpolate": jk.interpolate(rest, [k])[0],
        }
        for name, population in populations.items():
            x, y, a, b = population.points, truth.points, population.weights, truth.weights
            scores = [values[place] for values in found.scores[name]]
            assert scores[0] == pytest.approx(jk.emd(x, y, a=a, b=b), abs=1e-12)
            assert scores[1] == pytest.approx(jk.emd(x, y, 2, a=a, b=b), abs=1e-12)
            assert scores[2] == pytest.approx(energy_distance(x, y, a, b), abs=1e-12)
        assert found.scores["nothing moves"].variance_ratio[place] == pytest.approx(
            variance_ratio(series[k - 1].points, truth.points), abs=1e-12
        )


def test_variance_ratios_with_weights(rng):
    """The unbiased variance sum_i a_i |x_i - m|^2 / (1 - sum_i a_i^2), which for equal weights is NumPy's."""
    weights = rng.uniform(0.5, 2, size=60)
    series = turning(20, times=range(3), weights=weights)

    def spread(snapshot):
        w = snapshot.weights
        return w @ ((snapshot.points - w @ snapshot.points) ** 2).sum(1) / (1 - w @ w)

    ratio = jk.leave_one_time_out(series).scores["nothing moves"].variance_ratio[0]
    assert ratio == pytest.approx(spread(series[0]) / spread(series[1]), rel=1e-12)


def test_flows_beat_straight_lines_on_a_cloud_that_turns(found):
    means = {name: scores.w1.mean() for name, scores in found.scores.items()}
    assert means["interpolate"] < 0.6 * means["straight"] < means["nothing moves"]
    assert means["floor"] < means["straight"]


def test_the_floor_is_that_of_halves_of_the_snapshot():
    """Two clouds, far apart: their halves are near each other, whatever else moves."""
    x = np.random.default_rng(0).normal(size=(3, 200, 1))
    series = jk.Snapshots((x + 100 * np.arange(3)[:, None, None] ** 2).ravel(), time=np.repeat(range(3), 200))
    floor = jk.leave_one_time_out(series).scores["floor"]
    assert floor.w1[0] < 0.6 and abs(floor.energy_distance[0]) < 0.2
    assert floor.variance_ratio[0] == pytest.approx(1, abs=0.5)


def test_of_three_snapshots_straight_lines_are_taken_without_a_warning(recwarn):
    scores = jk.leave_one_time_out(turning(times=range(3))).scores
    for straight, chosen in zip(scores["straight"], scores["interpolate"]):
        assert np.array_equal(straight, chosen)
    assert not recwarn.list


def test_methods(series):
    scores = jk.leave_one_time_out(series, times=[2], method="straight").scores
    assert scores["interpolate"].w1[0] == scores["straight"].w1[0]
    flow = jk.leave_one_time_out(series, times=[2], method="flow").scores["interpolate"].w1[0]
    truth, middle = series[2], jk.interpolate(series.without(2), [2], "flow")[0]
    assert flow == jk.emd(middle.points, truth.points, a=middle.weights, b=truth.weights)


# It looks away.


def test_what_is_found_does_not_depend_on_the_snapshot_left_out(monkeypatch):
    """Another snapshot at time 2, elsewhere and of another size: populations found at 2 have the same bits."""
    X, time, _ = turning().to_arrays()
    here = time == 2
    other = np.concatenate([X[~here], 50 + 7 * np.random.default_rng(5).normal(size=(33, 2))])
    changed = jk.Snapshots(other, time=np.concatenate([time[~here], np.full(33, 2.0)]))
    module = __import__("jkonetstar._left_out", fromlist=["interpolate"])
    populations = []

    def recorded(*arguments, **named):
        result = jk.interpolate(*arguments, **named)
        populations.append(result[0])
        return result

    monkeypatch.setattr(module, "interpolate", recorded)
    for series in (jk.Snapshots(X, time), changed):
        jk.leave_one_time_out(series, times=[2])
    assert len(populations) == 4
    for one, two in zip(populations[:2], populations[2:]):
        assert np.array_equal(one.points, two.points) and np.array_equal(one.weights, two.weights)


def test_an_estimator_is_fitted_without_the_snapshot_left_out():
    seen = []

    class Watched(jk.JKOnetStar):
        def fit(self, X, *arguments, **named):
            seen.append(list(X.times))
            return super().fit(X, *arguments, **named)

    jk.leave_one_time_out(turning(), Watched(V), times=[1, 3])
    assert seen == [[0, 2, 3, 4], [0, 1, 2, 4]]


# With an estimator.


def test_an_estimator_adds_two_ways():
    """Particles that descend an energy: a model of it finds them."""
    X, time = quadratic_series(40, times=(0.0, 0.1, 0.2, 0.3, 0.4))
    series, estimator = jk.Snapshots(X, time), jk.JKOnetStar(V)
    found = jk.leave_one_time_out(series, estimator)
    assert list(found.scores) == [*WAYS, "predict", "model between"]
    nothing = found.scores["nothing moves"].w1
    assert (found.scores["predict"].w1 < 0.5 * nothing).all()
    assert (found.scores["model between"].w1 < 0.5 * nothing).all()
    # The estimator itself stays as it is.
    assert not hasattr(estimator, "report_")
    rest = series.without(1)
    model = jk.JKOnetStar(V).fit(rest)
    predicted = model.predict(series[0].points, times=[0.0, 0.1])[-1]
    between = model.interpolate(rest, [0.1])[0]
    assert found.scores["predict"].w1[0] == pytest.approx(jk.emd(predicted, series[1].points), abs=1e-12)
    assert found.scores["model between"].w1[0] == pytest.approx(
        jk.emd(between.points, series[1].points, a=between.weights), abs=1e-12
    )


def test_a_fitted_estimator_keeps_its_fit(series):
    model = jk.JKOnetStar(V).fit(series)
    before = model.potential_(series[0].points)
    jk.leave_one_time_out(series, model, times=[2])
    assert np.array_equal(model.potential_(series[0].points), before)


def test_predictions_carry_the_weights_of_the_snapshot_before(rng):
    """All mass on one particle of the snapshot before: one particle is predicted."""
    weights = np.ones(40)
    weights[10:20] = [1] + [0] * 9
    points = np.random.default_rng(1).normal(size=(40, 2))
    series = jk.Snapshots(points, time=np.repeat(range(4), 10), weights=weights)
    scores = jk.leave_one_time_out(series, jk.JKOnetStar(V), times=[2]).scores["predict"]
    assert np.isnan(scores.variance_ratio[0]) and np.isnan(scores.energy_distance[0]) and np.isfinite(scores.w1[0])


# Arguments.


def test_times(series, found):
    some = jk.leave_one_time_out(series, times=[3.0, 1.0, 3.0])
    assert list(some.times) == [1, 3] and len(some.sizes) == 2
    for name in ("nothing moves", "straight", "interpolate"):
        assert np.array_equal(some.scores[name].w1, found.scores[name].w1[[0, 2]])


def test_times_may_be_rounded():
    series = turning(times=[0, 0.1, 0.1 + 0.2, 0.5])
    assert list(jk.leave_one_time_out(series, times=[0.3]).times) == [0.1 + 0.2]


@pytest.mark.parametrize("time", [0, 4, 1.5, -1, np.nan, np.inf])
def test_times_that_are_refused(refused, series, time):
    refused(ValueError, lambda: jk.leave_one_time_out(series, times=[1, time]), "times", f"{time:g}", "observed time")


def test_max_particles(series):
    found = jk.leave_one_time_out(series, max_particles=8)
    assert found.sizes == [8, 8, 8]
    again, other = (jk.leave_one_time_out(series, max_particles=8, random_state=seed) for seed in (0, 1))
    assert np.array_equal(found.scores["straight"].w1, again.scores["straight"].w1)
    assert not np.array_equal(found.scores["straight"].w1, other.scores["straight"].w1)
    # More than there are changes nothing.
    whole, all_of_them = (jk.leave_one_time_out(series, times=[2], max_particles=n) for n in (None, 1000))
    assert whole.scores["straight"].w1[0] == all_of_them.scores["straight"].w1[0]


def test_particles_are_drawn_by_their_weights():
    """Ones without weight are never drawn."""
    X, time, _ = turning().to_arrays()
    far = np.concatenate([X, X + 100])
    series = jk.Snapshots(far, time=np.tile(time, 2), weights=np.repeat([1.0, 0.0], len(X)))
    found = jk.leave_one_time_out(series, max_particles=10, times=[2])
    assert found.scores["straight"].w1[0] < 2 and found.sizes == [10]


def test_the_same_seed_gives_the_same_scores(series):
    one, two = (jk.leave_one_time_out(series, random_state=5) for _ in range(2))
    for name in WAYS:
        assert all(np.array_equal(a, b) for a, b in zip(one.scores[name], two.scores[name]))


@pytest.mark.parametrize(
    "named, kind, mentioned",
    [
        ({"method": "curved"}, ValueError, ("method", "curved", "straight")),
        ({"max_particles": 1}, ValueError, ("max_particles", "1", "2")),
        ({"max_particles": 2.5}, TypeError, ("max_particles", "2.5")),
        ({"random_state": -1}, ValueError, ("random_state", "-1")),
        ({"times": []}, ValueError, ("times", "empty")),
        ({"times": 2.0}, ValueError, ("times",)),
        ({"times": "all"}, TypeError, ("times", "all")),
    ],
)
def test_arguments_that_are_refused(refused, series, named, kind, mentioned):
    refused(kind, lambda: jk.leave_one_time_out(series, **named), *mentioned)


def test_series_that_are_refused(refused, series):
    refused(TypeError, lambda: jk.leave_one_time_out(series[0].points), "snapshots", "ndarray")
    refused(ValueError, lambda: jk.leave_one_time_out(turning(times=range(2))), "2 snapshots", "three")


def test_ctrl_c(press_ctrl_c, series):
    press_ctrl_c("interpolation")
    with pytest.raises(KeyboardInterrupt):
        jk.leave_one_time_out(series)


# Tables and pictures.


def test_the_table(found):
    lines = str(found).splitlines()
    assert lines[0] == "left out: 3 times, 1 to 3 of 20 particles"
    assert lines[1].split("  ")[-2:] == ["energy distance", "variance ratio"] and "W1" in lines[1] and "W2" in lines[1]
    assert [line[:13].strip() for line in lines[2:]] == WAYS and all(len(line) < 80 for line in lines)
    for line, scores in zip(lines[2:], found.scores.values()):
        assert line[13:].split() == [f"{values.mean():.3g}" for values in scores]
    # Columns are as wide in every line.
    assert len({len(line) for line in lines[1:]}) == 1


def test_the_table_of_one_time_and_of_several_sizes():
    rng = np.random.default_rng(0)
    sizes = [10, 12, 1500, 14]
    series = jk.Snapshots(rng.normal(size=(sum(sizes), 1)), time=np.repeat(range(4), sizes))
    assert str(jk.leave_one_time_out(series, times=[1], method="straight")).startswith(
        "left out: time 1 of 12 particles\n"
    )
    assert str(jk.leave_one_time_out(series, method="straight")).startswith(
        "left out: 2 times, 1 to 2 of 12 to 1,500 particles\n"
    )


def test_snapshots_of_few_particles_have_no_floor():
    series = jk.Snapshots(np.arange(9.0) ** 2, time=np.repeat(range(3), 3))
    floor = jk.leave_one_time_out(series).scores["floor"]
    assert all(np.isnan(values[0]) for values in floor)


def test_results_are_copied_and_pickled(found):
    for same in (pickle.loads(pickle.dumps(found)), copy.deepcopy(found)):
        assert str(same) == str(found) and same.sizes == found.sizes
        assert np.array_equal(same.scores["straight"].w1, found.scores["straight"].w1)


@pytest.fixture
def axes():
    """Axes of a figure that nobody sees."""
    figure = pytest.importorskip("matplotlib.figure")
    return figure.Figure().add_subplot()


@pytest.mark.parametrize("score", SCORES)
def test_plot(found, axes, score):
    assert found.plot(axes, score) is axes
    drawn = {line.get_label(): line.get_ydata() for line in axes.get_lines()}
    assert list(drawn) == WAYS
    for name, values in drawn.items():
        assert np.array_equal(values, getattr(found.scores[name], score))
    assert list(axes.get_lines()[0].get_xdata()) == [1, 2, 3]
    assert "time" in axes.get_xlabel() and score.split("_")[0] in axes.get_ylabel().lower()
    # Distances begin at 0; energy distances may be below.
    assert score == "energy_distance" or axes.get_ylim()[0] == 0
    assert [text.get_text() for text in axes.get_legend().get_texts()] == WAYS


def test_plot_makes_axes(found):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    axes = found.plot()
    assert len(axes.get_lines()) == 4 and axes.get_ylabel().startswith("W1")
    pyplot.close(axes.figure)


def test_plot_refuses_other_scores(found, axes, refused):
    refused(ValueError, lambda: found.plot(axes, "w3"), "score", "w3", "variance_ratio")


def test_a_verbose_estimator_counts_the_times(capsys):
    series = turning()
    quiet = str(jk.leave_one_time_out(series, jk.JKOnetStar(V)))
    assert capsys.readouterr().err == ""
    assert str(jk.leave_one_time_out(series, jk.JKOnetStar(V, verbose=1))) == quiet
    said = capsys.readouterr().err
    assert "times left out 3/3" in said and "FitReport" not in said
