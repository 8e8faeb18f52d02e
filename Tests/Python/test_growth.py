"""Growth rates: what is recovered, what is refused, and the masses that predictions carry."""

import copy
import pickle

import jkonetstar as jk
import numpy as np
import pytest

from populations import growing_clouds as clouds

TIMES = np.arange(4.0)


def totals(rate=0.7):
    return (1 + np.exp(rate * TIMES)) / 2


PLACES = [[-5.0, 0.0], [5.0, 0.0]]


@pytest.fixture(scope="module")
def fitted():
    return jk.Growth(bootstrap=4).fit(clouds(), total_mass=totals())


def test_rates_of_two_clouds(fitted):
    for time in (0.5, 1.5, 2.5):
        assert np.allclose(fitted.rate(PLACES, time), [0, 0.7], atol=0.07)


def test_without_totals_rates_are_relative():
    rates = jk.Growth().fit(clouds()).rate(PLACES, 1.5)
    assert rates[0] < 0 < rates[1] and abs(rates[1] - rates[0] - 0.7) < 0.07


def test_sizes_as_totals():
    rng, time = np.random.default_rng(0), np.repeat([0, 0, 1, 1], [50, 50, 50, 100])
    x = np.repeat([-5.0, 5.0, -5.0, 5.0], [50, 50, 50, 100]) + 0.3 * rng.normal(size=250)
    by_sizes = jk.Growth().fit(x, time, total_mass="sizes")
    assert np.array_equal(by_sizes.rate([5.0], 0.5), jk.Growth().fit(x, time, total_mass=[100, 150]).rate([5.0], 0.5))
    assert np.allclose(by_sizes.rate([-5.0, 5.0], 0.5), [0, np.log(2)], atol=0.07)


def test_standard_errors(fitted):
    rate, error = fitted.rate(PLACES, 1.5, return_std=True)
    assert (np.abs(rate - [0, 0.7]) < 4 * error).all() and (error < 0.2).all()
    with pytest.raises(ValueError, match="bootstrap = 0"):
        jk.Growth().fit(clouds()).rate(PLACES, 1.5, return_std=True)


def test_masses_along_paths(fitted):
    times, paths = [0.0, 0.5, 2.0], np.array([PLACES] * 3)
    masses = fitted.masses(paths, times, masses=[1.0, 3.0])
    rates = np.array([fitted.rate(PLACES, t) for t in times])
    steps = np.diff(times)[:, None] * (rates[1:] + rates[:-1]) / 2
    assert np.allclose(masses, [1, 3] * np.exp(np.concatenate([np.zeros((1, 2)), steps.cumsum(0)])), rtol=1e-12)
    assert np.allclose(fitted.masses(paths, times)[0], 0.5)


def test_total_mass(fitted):
    assert np.allclose(fitted.total_mass(TIMES), totals())
    assert np.allclose(fitted.total_mass([0.5]), np.sqrt(totals()[0] * totals()[1]))
    assert jk.Growth().fit(clouds()).total_mass([0.0, 9.0]).tolist() == [1, 1]


def test_priors_follow_the_rows():
    """Rows of mixed times: each keeps its prior, which rules where relaxation is infinite."""
    rng = np.random.default_rng(1)
    x, time = rng.normal(size=(300, 1)), np.tile([0.0, 1.0, 2.0], 100)
    prior = np.where(x[:, 0] > 0, 0.3, -0.3)
    growth = jk.Growth(relaxation=np.inf).fit(x, time, prior=prior)
    sides = growth.rate([[-1.0], [1.0]], 1.0)
    assert 0.4 < sides[1] - sides[0] < 0.8
    series = jk.Snapshots(x, time)
    ordered = np.concatenate([prior[snapshot.rows] for snapshot in series])
    assert np.array_equal(jk.Growth(relaxation=np.inf).fit(series, prior=ordered).rate([[1.0]], 1.0), sides[1:])


def test_interpolation_carries_the_masses(fitted):
    found = jk.interpolate(clouds(), [1.75], "flow", ridge=1e-3, rounds=1, growth=fitted)[0]
    assert abs(found.weights[found.points[:, 0] > 0].sum() - 1 / (1 + np.exp(-0.7 * 1.75))) < 0.03
    with pytest.raises(TypeError, match="growth must be a Growth"):
        jk.interpolate(clouds(), [1.75], growth=0.7)


def test_same_seed_same_bits():
    first, second, other = (jk.Growth(random_state=seed).fit(clouds()).rate(PLACES, 1.0) for seed in (0, 0, 1))
    assert np.array_equal(first, second) and not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"relaxation": 0.01}, "relaxation = 0.01 is not at least 0.05"),
        ({"ridge": 0}, "ridge = 0"),
        ({"rounds": 101}, "rounds = 101 is outside 1 .. 100"),
        ({"bootstrap": 1}, "bootstrap = 1 is neither 0 nor between 2 and 10000"),
        ({"length_scale": 1e-7}, "length_scale = 1e-07"),
        ({"max_particles": 1}, "max_particles = 1 is outside 2 .. 1000000"),
    ],
)
def test_parameters_that_are_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        jk.Growth(**parameters).fit(clouds(particles=20))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"total_mass": [1, 2]}, "total_mass has 2 elements"),
        ({"total_mass": [1, 2, 0, 4]}, r"total_mass\[2\] = 0.0 is not a positive number"),
        ({"total_mass": "counts"}, "total_mass = 'counts' is not known"),
        ({"prior": [0.1]}, "prior has 1 element"),
    ],
)
def test_data_that_are_refused(data, message):
    with pytest.raises(ValueError, match=message):
        jk.Growth().fit(clouds(particles=20), **data)


def test_what_is_not_fitted():
    with pytest.raises(jk.NotFittedError):
        jk.Growth().rate([[0.0]], 0.0)


def test_points_of_another_dimension(fitted):
    with pytest.raises(ValueError, match="X has 1 features, but Growth is expecting 2 features as input"):
        fitted.rate([[1.0]], 0.0)


def test_pickled_and_copied_ones_are_the_same(fitted):
    """Also after the caller has changed the parameters, which take effect at the next fit."""
    fitted = copy.copy(jk.Growth().fit(clouds(), total_mass=totals()))
    rates = fitted.rate(PLACES, 1.5)
    fitted.set_params(ridge=1.0)
    for other in (pickle.loads(pickle.dumps(fitted)), copy.deepcopy(fitted)):
        assert np.array_equal(other.rate(PLACES, 1.5), rates) and other.ridge == 1.0


def moving(rate=0.7, seed=0):
    """Two clouds that move upwards by half a unit of time each, the second of which grows."""
    rng, snapshots = np.random.default_rng(seed), jk.Snapshots.empty(2)
    for time in TIMES:
        sizes = 150, round(150 * np.exp(rate * time))
        centres = np.repeat([-3.0, 3.0], sizes)
        snapshots.append(0.3 * rng.normal(size=(sum(sizes), 2)) + np.stack([centres, 0 * centres + time / 2], 1), time)
    return snapshots


@pytest.fixture(scope="module")
def grown():
    series = moving()
    return series, jk.JKOnetStar("linear").fit(series, growth=jk.Growth().fit(series, total_mass="sizes"))


def test_new_particles_are_not_taken_for_moved_ones(grown):
    series, model = grown
    kept = jk.JKOnetStar("linear").fit(series).evaluate(series)
    assert model.evaluate(series).one_step.mean() < 0.3 * kept.one_step.mean()


@pytest.mark.parametrize("training", ["adam", "lbfgs"])
def test_networks_learn_with_growth(training):
    if training == "lbfgs":
        pytest.importorskip("scipy")
    series, options = moving(), {"adam": jk.Adam(epochs=60), "lbfgs": jk.LBFGS(100)}
    network = jk.MLP((16, 16))
    model = jk.JKOnetStar(network, training=options[training], time_varying=False, scheme="explicit")
    model.fit(series, growth=jk.Growth())
    assert model.growth_.rate([[3.0, 1.0], [-3.0, 1.0]], 1.5) @ [1, -1] > 0.6
    assert model.evaluate(series).one_step.mean() < 0.6 * model.fit(series).evaluate(series).one_step.mean()


def test_predictions_carry_masses(grown):
    series, model = grown
    paths, masses = model.predict(series[0].points, steps=3, return_masses=True)
    assert np.array_equal(paths, model.predict(series[0].points, steps=3))
    assert np.array_equal(masses, model.growth_.masses(paths, TIMES)) and np.all(masses[0] == 1 / 300)
    assert np.allclose(masses.sum(1), np.array(series.sizes) / 300, rtol=0.03)
    with pytest.raises(ValueError, match="ask for one at a time"):
        model.predict(series[0].points, return_masses=True, return_std=True)
    with pytest.raises(ValueError, match="no growth"):
        jk.JKOnetStar("linear").fit(series).predict(series[0].points, return_masses=True)


def test_the_model_interpolates_with_its_growth(grown):
    series, model = grown
    found = model.interpolate(series, [1.5])[0]
    assert abs(found.weights[found.points[:, 0] > 0].sum() - 1 / (1 + np.exp(-0.7 * 1.5))) < 0.02
    assert np.array_equal(found.weights, model.interpolate(series, [1.5], growth=model.growth_)[0].weights)


def test_growth_is_in_the_model_file(grown, tmp_path):
    series, model = grown
    model.save(tmp_path / "model.safetensors")
    again = jk.load(tmp_path / "model.safetensors")
    rates = model.growth_.rate([[3.0, 1.0]], 1.5)
    for other in (again, pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert np.array_equal(other.growth_.rate([[3.0, 1.0]], 1.5), rates)
    assert np.array_equal(again.evaluate(series).one_step, model.evaluate(series).one_step)
    assert model.describe()["growth"] is True and jk.JKOnetStar("linear").fit(series).describe()["growth"] is False


def test_a_growth_of_its_own_file(grown, tmp_path):
    growth = grown[1].growth_
    growth.save(tmp_path / "growth.safetensors")
    again = jk.GrowthRates.load(tmp_path / "growth.safetensors")
    assert np.array_equal(again.total_mass(TIMES), growth.total_mass(TIMES)) and again.n_features_in_ == 2
    grown[1].save(tmp_path / "model.safetensors")
    with pytest.raises(ValueError, match="not a file of growth"):
        jk.GrowthRates.load(tmp_path / "model.safetensors")
    with pytest.raises(ValueError, match="not a model file"):
        jk.load(tmp_path / "growth.safetensors")


def test_an_unfitted_growth_is_fitted_and_left_alone():
    series, growth = moving(), jk.Growth()
    model = jk.JKOnetStar("linear").fit(series, growth=growth)
    assert not hasattr(growth, "n_features_in_")
    assert np.array_equal(model.growth_.rate([[3.0, 1.0]], 1.0), growth.fit(series).rate([[3.0, 1.0]], 1.0))


def test_a_later_fit_has_its_own_growth(grown):
    series, _ = grown
    model = jk.JKOnetStar("linear").fit(series, growth=jk.Growth())
    rate = model.growth_.rate([[3.0, 1.0]], 1.0)
    assert np.array_equal(model.partial_fit(series).growth_.rate([[3.0, 1.0]], 1.0), rate)
    assert not hasattr(model.fit(series), "growth_")


def test_bootstrap_goes_with_growth(grown):
    series, _ = grown
    model = jk.JKOnetStar(jk.Linear(2, radial=None), error_bars=jk.Bootstrap(5)).fit(series, growth=jk.Growth())
    assert (model.potential_.gradient([[3.0, 1.0]], return_std=True)[1] > 0).all()


@pytest.mark.parametrize(
    "growth, parameters, error, message",
    [
        (True, {}, TypeError, "growth must be a Growth, .*got bool"),
        (jk.Growth().fit([0.0, 1.0, 0.0, 1.0], time=[0, 0, 1, 1]), {}, ValueError, "growth has 1 coordinate"),
        (jk.Growth(), {"error_bars": "influence"}, ValueError, "there is growth"),
        (jk.Growth(), {"training": jk.ClosedForm(bias_samples=2), "scheme": "midpoint"}, ValueError, "there is growth"),
        (jk.Growth(rounds=0), {}, ValueError, "rounds = 0"),
    ],
)
def test_growth_that_is_refused(growth, parameters, error, message):
    with pytest.raises(error, match=message):
        jk.JKOnetStar("linear", **parameters).fit(moving(), growth=growth)


def test_a_prior_does_not_fit_snapshots_given_one_by_one(refused):
    stack = np.arange(12.0).reshape(2, 6, 1)
    refused(ValueError, lambda: jk.Growth().fit(stack, [0, 1], prior=np.zeros(12)), "prior", "pooled")
    jk.Growth().fit(jk.Snapshots(stack, [0, 1]), prior=np.zeros(12))


def test_total_masses_by_time_in_any_order():
    series, masses = clouds(), totals()
    found = jk.Growth().fit(series, total_mass=masses).rate(PLACES, 1.5)
    by_time = dict(zip(TIMES[::-1].tolist(), masses[::-1].tolist()))
    assert np.array_equal(jk.Growth().fit(series, total_mass=by_time).rate(PLACES, 1.5), found)
    pandas = pytest.importorskip("pandas")
    column = pandas.Series(by_time)
    assert np.array_equal(jk.Growth().fit(series, total_mass=column).rate(PLACES, 1.5), found)
    with pytest.raises(ValueError, match="total_mass has the times"):
        jk.Growth().fit(series, total_mass={0.0: 1.0, 1.0: 2.0})
