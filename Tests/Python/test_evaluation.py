"""Evaluation beside W1: energy distances, variance ratios, nothing moves, floors; and the report after a fit."""

import copy
import pickle

import jkonetstar as jk
import numpy as np
import pytest

from populations import quadratic_series

EXACT = {"potential": jk.Linear(polynomial_degree=2, radial=None)}
FIGURES = {
    "one_step", "cumulative", "effects_mismatch", "energy_distance", "variance_ratio", "cumulative_energy_distance",
    "cumulative_variance_ratio", "nothing_moves", "nothing_moves_energy_distance", "nothing_moves_variance_ratio",
}  # fmt: skip


@pytest.fixture(scope="module")
def fitted():
    """An exact model, snapshots that it has not seen, and those that it was fitted to."""
    train = jk.Snapshots(*quadratic_series(60))
    test = jk.Snapshots(*quadratic_series(50, seed=2))
    return jk.JKOnetStar(**EXACT).fit(train), test, train


def energy_distance(x, y):
    """Return the definition: means over pairs of different particles."""

    def distances(a, b):
        return np.linalg.norm(a[:, None] - b[None], axis=-1)

    within = [distances(a, a).sum() / (len(a) * (len(a) - 1)) for a in (x, y)]
    return 2 * distances(x, y).mean() - sum(within)


def variance_ratio(x, y):
    return x.var(axis=0, ddof=1).sum() / y.var(axis=0, ddof=1).sum()


def test_measures_are_those_of_the_definition(fitted):
    """Means of 50 x 50 distances, to their rounding."""
    model, test, train = fitted
    found = model.evaluate(test, train=train)
    rolled = test[0].points
    for k in range(len(test) - 1):
        times, then = test.times[k : k + 2], test[k + 1].points
        rolled = model.predict(rolled, times=times)[1]
        pairs = {
            "": model.predict(test[k].points, times=times)[1],
            "cumulative_": rolled,
            "nothing_moves_": test[k].points,
        }
        for name, moved in pairs.items():
            assert getattr(found, f"{name}energy_distance")[k] == pytest.approx(energy_distance(moved, then), abs=1e-12)
            assert getattr(found, f"{name}variance_ratio")[k] == pytest.approx(variance_ratio(moved, then), abs=1e-12)
        assert found.nothing_moves[k] == pytest.approx(jk.emd(test[k].points, then), abs=1e-12)
        assert found.floor[k] == pytest.approx(jk.emd(train[k + 1].points, then), abs=1e-12)
        assert found.floor_energy_distance[k] == pytest.approx(energy_distance(train[k + 1].points, then), abs=1e-12)


def test_an_evaluation_is_still_a_tuple_of_three(fitted):
    model, test, train = fitted
    found = model.evaluate(test)
    one_step, cumulative, effects_mismatch = found
    assert one_step is found.one_step and cumulative is found.cumulative and effects_mismatch is found.effects_mismatch
    assert found.floor is None and found.floor_energy_distance is None
    with_floor = model.evaluate(test, train=train)
    for same in (pickle.loads(pickle.dumps(with_floor)), copy.copy(with_floor), copy.deepcopy(with_floor)):
        for name in FIGURES | {"floor", "floor_energy_distance"}:
            assert np.array_equal(getattr(same, name), getattr(with_floor, name)), name
    assert all(f"{name}=" in repr(found) for name in FIGURES)


def test_an_evaluation_is_printed_as_a_table(fitted):
    model, test, train = fitted
    found = model.evaluate(test, train=train)
    lines = str(found).splitlines()
    assert lines[0].split("  ")[0] == "time" and lines[0].endswith("variance ratio") and " floor " in lines[0]
    assert len(lines) == len(test) and len({len(line) for line in lines}) == 1
    assert np.array_equal(found.times, test.times[1:])
    for k, line in enumerate(lines[1:]):
        figures = [found.one_step, found.nothing_moves, found.floor, found.cumulative]
        figures += [found.energy_distance, found.variance_ratio]
        assert line.split() == [f"{found.times[k]:g}", *(f"{figure[k]:.3g}" for figure in figures)]
    assert "floor" not in str(model.evaluate(test)) and found._repr_html_() == f"<pre>{found}</pre>"


def test_training_snapshots_in_any_form(fitted, refused):
    model, test, train = fitted
    floor = model.evaluate(test, train=train).floor
    X, time, weights = train.to_arrays()
    for given in ((X, time), (X, time, weights)):
        assert np.array_equal(model.evaluate(test, train=given).floor, floor)
    lacking = jk.Snapshots(train[1].points, np.full(60, train.times[1]))
    assert np.array_equal(np.isnan(model.evaluate(test, train=lacking).floor), [False, True])
    refused(TypeError, lambda: model.evaluate(test, train=X), "train")
    refused(ValueError, lambda: model.evaluate(test, train=jk.Snapshots([0.0, 1.0], [0, 1])), "train", "1 coordinate")


def test_energy_distance_sees_a_spread_that_w1_rewards():
    """In 40 dimensions W1 of a sample of N(0, I) shrunk to a half is less than that of another sample of N(0, I)."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 200, 40))
    # A single step that halves: V = |x|^2 / 4 at tau = 1.
    shrink = jk.JKOnetStar(**EXACT).fit(np.concatenate([x, 0.5 * x]), np.repeat([0.0, 1.0], 200))
    found = shrink.evaluate(np.concatenate([x, y]), np.repeat([0.0, 1.0], 200))
    assert found.one_step[0] < found.nothing_moves[0]
    assert found.energy_distance[0] > 10 * abs(found.nothing_moves_energy_distance[0])
    assert found.variance_ratio[0] == pytest.approx(0.25, rel=0.1)


def test_the_report_of_an_exact_model(fitted):
    model, _, train = fitted
    report = model.report_
    assert isinstance(report, jk.FitReport) and report.transitions == 2 and not report.worse
    # All 60 particles are looked at, and predictions are the observations.
    own = model.evaluate(train)
    assert report.one_step == pytest.approx(own.one_step.mean(), abs=1e-12)
    assert report.nothing_moves == pytest.approx(own.nothing_moves.mean(), abs=1e-12)
    assert report.energy_distance == pytest.approx(own.energy_distance.mean(), abs=1e-12)
    # Up to the ridge of 1e-6.
    assert report.variance_ratio == pytest.approx(1, abs=1e-5)
    # Two halves of 30 particles each.
    assert 0 < report.floor < report.nothing_moves * 10 and abs(report.floor_energy_distance) < 0.5
    # tau |A| is below 1.
    assert report.folded == 0 == model.folded_ and report.unconverged == 0
    assert report.identified is None and not report.diverged and not report.unfinished
    lines = repr(report).splitlines()
    assert len(lines) == 6 and max(map(len, lines)) < 70 and "nothing moves" in lines[3]


def test_a_report_lives_as_long_as_its_fit(fitted, tmp_path):
    model, _, train = fitted
    for same in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert same.report_ == model.report_
    model.save(tmp_path / "model.safetensors")
    assert not hasattr(jk.load(tmp_path / "model.safetensors"), "report_")
    grown = copy.deepcopy(model).partial_fit(train)
    assert not hasattr(grown, "report_")
    assert not hasattr(jk.JKOnetStar(), "report_")


def test_reports_of_trainings(capsys):
    X, time = quadratic_series(60)
    model = jk.JKOnetStar(hidden=(8,), epochs=200, learning_rate=0.02, verbose=1).fit(X, time)
    report = model.report_
    assert report.first_loss == model.history_[0] and report.final_loss == model.history_[-20:].mean()
    assert not report.diverged and report.final_loss < report.first_loss
    assert "FitReport of 2 transitions" in capsys.readouterr().err
    short = jk.JKOnetStar(hidden=(8,), training=jk.Adam(20, learning_rate=0.01, schedule="constant")).fit(X, time)
    assert short.report_.unfinished and "still falling" in repr(short.report_)
