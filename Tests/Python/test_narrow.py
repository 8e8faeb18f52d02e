"""W1 below the floor that contraction has earned is told from W1 near the floor that a good model has."""

import warnings

import jkonetstar as jk
import numpy as np
import pytest
from jkonetstar._narrow import are_narrow, chance_of_ratios

SHRINKING = {"potential": jk.Linear(polynomial_degree=2, radial=None), "scheme": "explicit"}


@pytest.fixture
def populations(rng):
    """Two samples of a population in ten dimensions that shrinks; its particles are the same at all times."""
    x = rng.normal(size=(600, 10))
    whole = np.stack([x, 0.8 * x, 0.64 * x])
    return (jk.Snapshots(part, time=[0, 1, 2]) for part in (whole[:, :300], whole[:, 300:]))


def test_contraction_is_told_from_merit(populations, rng):
    train, test = populations
    model = jk.JKOnetStar(**SHRINKING).fit(train)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        good = model.evaluate(test, train=train)
    assert np.allclose(good.variance_ratio, 1, atol=0.01) and not model.report_.narrow
    assert "too narrow" not in repr(model.report_)
    # Plans between other particles of the same populations follow noise, and predictions contract.
    others = jk.Snapshots(
        [s.points if k % 2 else rng.normal(size=(300, 10)) * 0.8**k for k, s in enumerate(train)], train.times
    )
    narrow = jk.JKOnetStar(**SHRINKING).fit(others)
    with pytest.warns(RuntimeWarning, match=r"below the floor .* too narrow.*#narrow-predictions") as caught:
        found = narrow.evaluate(test, train=train)
    assert [warning.filename for warning in caught] == [__file__]
    assert found.one_step.mean() < found.floor.mean() and found.variance_ratio.mean() < 0.8
    assert narrow.report_.narrow and "  too narrow: W1 below the floor is no merit" in repr(narrow.report_)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        narrow.evaluate(test)  # without training snapshots there is no floor


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, True),
        ({"w1": [3.9, 4.3]}, False),  # not below the floor on average
        ({"ratio": [0.97, 0.98]}, False),  # within chance
        ({"ratio": [1.3, 1.2]}, False),
        ({"energy": [0.005, -0.004]}, False),  # a sample of the same population
        ({"floor": [4.0, np.nan]}, True),  # the other step is left
        ({"floor": [np.nan, np.nan]}, False),
    ],
)
def test_all_three_signs_are_needed(changed, said):
    signs = {
        "w1": [3.5, 3.6],
        "floor": [4.0, 4.1],
        "energy": [0.05, 0.04],
        "floor_energy": [-0.005, 0.004],
        "ratio": [0.85, 0.9],
    }
    assert are_narrow(**{name: np.array(values) for name, values in {**signs, **changed}.items()}, chance=0.02) == said


def test_chance_is_how_much_ratios_of_samples_vary(rng):
    x = rng.normal(size=(400, 2, 100, 3)) * [2, 1, 1]
    ratios = x[:, 0].var(axis=1).sum(axis=1) / x[:, 1].var(axis=1).sum(axis=1)
    chances = [chance_of_ratios(jk.Snapshots(pair, time=[0, 1])) for pair in x[:20]]
    assert np.mean(chances) == pytest.approx(ratios.std(), rel=0.15)
    pair = jk.Snapshots(x[0], time=[0, 1])
    assert chance_of_ratios(pair, 25) == pytest.approx(2 * chance_of_ratios(pair))


def test_times_left_out_note_it(rng):
    t = np.arange(5.0)
    wide = jk.LeftOutTimes(
        {
            "floor": jk.leaving_out.Scores(*np.array([[4.0, 4.1], [4, 4], [0.001, -0.002], [1.01, 0.99]])),
            "predict": jk.leaving_out.Scores(*np.array([[3.5, 3.6], [3, 3], [0.05, 0.04], [0.85, 0.9]])),
            "straight": jk.leaving_out.Scores(*np.array([[4.5, 4.6], [3, 3], [0.05, 0.04], [0.85, 0.9]])),
        },
        t[1:3],
        [300, 300],
    )
    note = str(wide).splitlines()[-1]
    assert note.startswith("too narrow") and note.endswith(": predict")
    x = np.stack([t, 0 * t], 1).repeat(40, 0) + rng.normal(size=(200, 2))
    assert "narrow" not in str(jk.leave_one_time_out(jk.Snapshots(x, time=np.repeat(t, 40))))


def test_a_small_population_leaves_the_other_floors(rng):
    sizes = [30, 30, 3, 30, 30]
    x = [rng.normal(size=(n, 2)) + k for k, n in enumerate(sizes)]
    found = jk.leave_one_time_out(jk.Snapshots(x, time=range(5)))
    assert np.isnan(found.scores["floor"].w1).tolist() == [False, True, False]
    floor = next(line for line in str(found).splitlines() if line.startswith("floor"))
    shown = float(floor.split()[1])
    assert shown == pytest.approx(np.nanmean(found.scores["floor"].w1), rel=0.01)
    assert "without time 2, of too few particles: floor" in str(found)
