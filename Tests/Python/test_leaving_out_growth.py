"""Leave-one-time-out of populations that grow: growth is learned without what is left out, and used."""

import jkonetstar as jk
import numpy as np
import pytest

from populations import growing_clouds

V = jk.Linear(polynomial_degree=2, radial=None)
TIMES = np.arange(4.0)
TOTALS = (1 + np.exp(0.7 * TIMES)) / 2


@pytest.fixture(scope="module")
def series():
    return growing_clouds()


@pytest.fixture(scope="module")
def scores(series):
    model = jk.JKOnetStar(V)
    grown = jk.leave_one_time_out(series, model, growth=jk.Growth(), total_mass=TOTALS)
    return jk.leave_one_time_out(series, model).scores, grown.scores


def test_predictions_carry_the_masses_that_grew(scores):
    """Nothing moves, and the share of one cloud grows: a model alone cannot say so."""
    without, grown = (found["predict"].energy_distance.mean() for found in scores)
    assert grown < 0.2 * without


def test_what_does_not_know_growth_is_as_before(scores):
    for way in ("nothing moves", "straight"):
        assert np.array_equal(scores[0][way].w1, scores[1][way].w1)


def test_growth_is_learned_without_what_is_left_out(series, monkeypatch):
    fit, seen = jk.Growth.fit, []

    def recorded(self, snapshots, **named):
        seen.append((snapshots.times.tolist(), np.asarray(named["total_mass"]).tolist()))
        return fit(self, snapshots, **named)

    monkeypatch.setattr(jk.Growth, "fit", recorded)
    growth = jk.Growth(rounds=1)
    jk.leave_one_time_out(series, growth=growth, total_mass=dict(zip(TIMES, TOTALS)), times=[1])
    assert seen == [([0.0, 2.0, 3.0], [TOTALS[0], TOTALS[2], TOTALS[3]])]
    assert not hasattr(growth, "times_")


def test_a_growth_that_was_fitted_is_fitted_anew(series):
    whole = jk.Growth().fit(series, total_mass=TOTALS)
    one, other = (
        jk.leave_one_time_out(series, growth=growth, times=[2], total_mass=TOTALS) for growth in (whole, jk.Growth())
    )
    assert np.array_equal(one.scores["interpolate"].w1, other.scores["interpolate"].w1)


def test_what_is_refused(series, tmp_path):
    jk.Growth().fit(series).save(tmp_path / "growth.safetensors")
    loaded = jk.GrowthRates.load(tmp_path / "growth.safetensors")
    with pytest.raises(TypeError, match="growth must be a Growth, which is fitted anew each time, got GrowthRates"):
        jk.leave_one_time_out(series, growth=loaded)
    with pytest.raises(ValueError, match="total_mass is for growth"):
        jk.leave_one_time_out(series, total_mass="sizes")
    with pytest.raises(ValueError, match="total_mass"):
        jk.leave_one_time_out(series, growth=jk.Growth(), total_mass=[1.0, 2.0])


def test_growth_of_other_times(series):
    """Hours in one table and days in the other."""
    growth = jk.Growth(rounds=1).fit(series, total_mass=TOTALS)
    assert np.array_equal(growth.times_, TIMES)
    X, time, _ = series.to_arrays()
    with pytest.warns(jk.ExtrapolationWarning, match="learned from times 0 to 3, the snapshots are of times 0 to 72"):
        jk.JKOnetStar(V).fit(X, 24 * time, growth=growth)
