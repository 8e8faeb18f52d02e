"""The learned energy: known energies recovered, gradients, the JKO step, units, estimator manners."""

import copy
import re
import warnings

import jkonetstar as jk
import numpy as np
import pytest

from populations import CENTRE, CURVATURE, descend, quadratic_gradient, quadratic_series

#: Quadratics are among the features, and the ridge is small beside what the data determine.
QUADRATIC = jk.Linear(polynomial_degree=2, radial=None)
EXACT = {"potential": QUADRATIC, "training": jk.ClosedForm(ridge=1e-12)}
LINEAR = {"potential": "linear"}
MONOMIALS = {"potential": jk.Linear(radial=None)}
QUICK = {"hidden": (16, 16), "epochs": 30, "batch_size": 50, "learning_rate": 1e-2}


@pytest.fixture(scope="module")
def network():
    """Return a small network fitted in a few epochs."""
    return jk.JKOnetStar(**QUICK).fit(*quadratic_series())


@pytest.fixture(scope="module")
def moving():
    """Return time-varying models of both kinds, of implicit steps."""
    X, time = quadratic_series(scheme="implicit")
    both = {"scheme": "implicit", "time_varying": True}
    linear = jk.Linear(polynomial_degree=3, radial=jk.Radial(grid=3), time_degree=1)
    return {
        "mlp": jk.JKOnetStar(**both, **QUICK).fit(X, time),
        "linear": jk.JKOnetStar(linear, **both).fit(X, time),
    }


@pytest.mark.parametrize("scheme", ["implicit", "explicit"])
def test_a_quadratic_energy_is_recovered(rng, scheme):
    X, time = quadratic_series(scheme=scheme)
    model = jk.JKOnetStar(scheme=scheme, **EXACT).fit(X, time)
    x = rng.uniform(-2, 2, size=(50, 2))
    # The ridge shifts coefficients by about 1e-12 times the condition number of the features, below 1e4.
    assert model.potential_.gradient(x) == pytest.approx(quadratic_gradient(x), abs=1e-7)
    values = model.potential_(x) - 0.5 * ((x - CENTRE) @ CURVATURE * (x - CENTRE)).sum(1)
    assert values == pytest.approx(np.full(50, values[0]), abs=1e-7)
    assert model.history_.shape == (1,) and 0 <= model.history_[0] < 1e-12
    assert np.array_equal(model.times_, [0.0, 0.1, 0.25]) and model.n_features_in_ == 2


FAMILIES = [
    jk.Linear(3, polynomial_total=True, radial=None),
    jk.Linear(2, polynomial_total=True, trigonometric=True, radial=None),
    jk.Linear(0, radial=None, fourier=jk.Fourier(60)),
    jk.Linear(0, radial=None, fourier=jk.Fourier(61, scale=2.0)),
    *(jk.Linear(0, radial=jk.Radial(function, grid=6)) for function in jk._abi.RADIAL),
    jk.Linear(1, radial=jk.Radial("multiquadric", grid=60, centres=40)),
]


@pytest.mark.parametrize("family", FAMILIES, ids=str)
def test_every_family_learns_the_gradient(family):
    X, time = quadratic_series(scheme="implicit")
    model = jk.JKOnetStar(family, scheme="implicit", training=jk.ClosedForm(ridge=1e-9)).fit(X, time)
    inner = X[(np.abs(X) < 1.5).all(axis=1)]
    error = model.potential_.gradient(inner) - quadratic_gradient(inner)
    # Kinks of |x - c| on a grid this wide leave a tenth of the slope.
    assert np.linalg.norm(error) < 0.15 * np.linalg.norm(quadratic_gradient(inner))
    change = model.potential_(inner + [1e-6, 0]) - model.potential_(inner - [1e-6, 0])
    assert change / 2e-6 == pytest.approx(model.potential_.gradient(inner)[:, 0], rel=1e-3, abs=1e-3)


def test_fourier_features_learn_in_many_coordinates():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(400, 30))
    model = jk.JKOnetStar(jk.Linear(1, radial=None, fourier=jk.Fourier(400)), training=jk.ClosedForm(ridge=1e-6))
    model.fit(np.concatenate([x, x / 1.1]), time=np.repeat([0.0, 0.1], 400))
    y = rng.normal(size=(50, 30)) / 1.1
    assert np.linalg.norm(model.potential_.gradient(y) - y) < 0.6 * np.linalg.norm(y)
    assert model.describe()["parameters"] == 430


@pytest.mark.parametrize("scheme", ["implicit", "explicit"])
def test_prediction_repeats_the_motion(scheme):
    X, time = quadratic_series(scheme=scheme)
    model = jk.JKOnetStar(scheme=scheme, **EXACT).fit(X, time)
    x0 = X[time == 0.0]
    x1 = descend(x0, 0.1, scheme)
    x2 = descend(x1, 0.15, scheme)
    predicted = model.predict(x0, steps=3)
    assert predicted.shape == (4, 200, 2) and np.array_equal(predicted[0], x0)
    assert predicted[1] == pytest.approx(x1, abs=1e-7) and predicted[2] == pytest.approx(x2, abs=1e-7)
    assert predicted[3] == pytest.approx(descend(x2, 0.15, scheme), abs=1e-7)  # the last gap repeats
    assert np.array_equal(model.predict(x1, t0=0.1)[1], model.predict(x1, times=[0.1, 0.25])[1])
    assert model.predict(x0, times=[0, 0.02])[1] == pytest.approx(descend(x0, 0.02, scheme), abs=1e-7)
    assert np.array_equal(model.predict(x0, steps=0), x0[None])
    assert np.array_equal(model.predict(x0, 0.0, 2, times=[0.0, 0.1, 0.25]), model.predict(x0, steps=2))
    distances = model.evaluate(X, time)
    assert np.abs(distances.one_step).max() < 1e-7 and distances.one_step.shape == (2,)
    assert model.score(X, time) == pytest.approx(0, abs=1e-7)


def test_the_network_learns(network):
    history = network.history_
    assert history.shape == (30,) and history[-1] < 0.1 * history[0]
    X, time = quadratic_series(seed=5)
    still = np.mean([jk.emd(X[time == a], X[time == b]) for a, b in ((0.0, 0.1), (0.1, 0.25))])
    assert -network.score(X, time) < 0.5 * still


def test_gradients_are_derivatives(rng, network, moving):
    x = rng.uniform(-2, 2, size=(40, 2))
    h = 1e-5  # central differences err by about h^2 and by 1e-16 |V| / h
    for model, t in ((network, None), (moving["mlp"], 0.07), (moving["linear"], 0.07)):
        gradient = model.potential_.gradient(x, t)
        for axis in range(2):
            shift = h * np.eye(2)[axis]
            difference = (model.potential_(x + shift, t) - model.potential_(x - shift, t)) / (2 * h)
            assert gradient[:, axis] == pytest.approx(difference, abs=1e-6)


@pytest.mark.parametrize("kind", ["mlp", "linear"])
def test_implicit_steps_solve_their_equation(moving, kind):
    model = moving[kind]
    X, _ = quadratic_series(seed=9)
    x = X[:100]
    for before, after in ((0.0, 0.1), (0.1, 0.25)):
        y = model.predict(x, t0=before)[1]
        residual = y - x + (after - before) * model.potential_.gradient(y, after)
        # 1e-9 of the length scale of the training points, which is about 1.
        assert np.linalg.norm(residual, axis=1).max() < 1e-8


def test_explicit_steps(rng):
    X, time = quadratic_series(scheme="explicit")
    model = jk.JKOnetStar(scheme="explicit", time_varying=True, **QUICK).fit(X, time)
    x = rng.uniform(-2, 2, size=(20, 2))
    y = model.predict(x, t0=0.1)[1]
    assert y == pytest.approx(x - 0.15 * model.potential_.gradient(x, 0.1), abs=1e-12)


def test_evaluate_is_what_it_says(network):
    series = jk.Snapshots(*quadratic_series(n=60, seed=3))
    found = network.evaluate(series)
    rollout = network.predict(series[0].points, steps=2)
    for k in range(2):
        step = network.predict(series[k].points, t0=series[k].time)[1]
        observed = series[k + 1].points
        assert found.one_step[k] == pytest.approx(jk.emd(step, observed), rel=1e-9)
        assert found.cumulative[k] == pytest.approx(jk.emd(rollout[k + 1], observed), rel=1e-9)
        squared = jk.emd(rollout[k + 1], observed, order=2) ** 2
        assert found.effects_mismatch[k] == pytest.approx(squared, rel=1e-9)
    assert network.score(series) == pytest.approx(-found.one_step.mean(), rel=1e-15)


@pytest.mark.parametrize(
    "params", [{"potential": "linear"}, QUICK, {"hidden": (16, 16), "training": jk.Adam(30, 50, 1e-2, dtype="float64")}]
)
def test_units(rng, params):
    X, time = quadratic_series()
    x = rng.uniform(-2, 2, size=(30, 2))
    model = jk.JKOnetStar(**params).fit(X, time)
    scaled = jk.JKOnetStar(**params).fit(8 * X, 4 * time)
    # Powers of two change no rounding; V scales by length^2/time, up to its additive constant.
    size = np.abs(model.potential_.gradient(x)).max()
    assert scaled.potential_.gradient(8 * x) == pytest.approx(2 * model.potential_.gradient(x), abs=1e-6 * size)
    difference = scaled.potential_(8 * x) - 16 * model.potential_(x)
    assert np.ptp(difference) < 1e-5 * size


def test_far_offsets_are_harmless(rng):
    X, time = quadratic_series()
    far = jk.JKOnetStar(**EXACT).fit(X + 1e6, time + 1e3)
    x = rng.uniform(-2, 2, size=(30, 2))
    # Points near 1e6 carry an error of 1e-10, which tau = 0.1 turns into 1e-9 of the gradient.
    assert far.potential_.gradient(x + 1e6) == pytest.approx(quadratic_gradient(x), abs=1e-5)


def test_weights_count_like_repeated_particles(rng):
    X, time = quadratic_series(n=40)
    series = jk.Snapshots(X, time, rng.integers(1, 4, size=len(X)))
    params = {"potential": QUADRATIC}
    weighted = jk.JKOnetStar(**params).fit(series)
    assert np.isfinite(weighted.potential_.gradient(X)).all()
    same = jk.JKOnetStar(**params).fit(X, time, weights=np.full(len(X), 7.0))
    plain = jk.JKOnetStar(**params).fit(X, time)
    assert same.potential_.gradient(X) == pytest.approx(plain.potential_.gradient(X), rel=1e-9, abs=1e-9)


def test_times_as_scalar_or_one_per_point(rng, moving, refused):
    x = rng.normal(size=(6, 2))
    t = np.array([0.0, 0.1, 0.0, 0.25, 0.1, 0.1])
    for model in moving.values():
        for method in (model.potential_, model.potential_.gradient):
            each = method(x, t)
            for moment in np.unique(t):
                assert np.array_equal(each[t == moment], method(x, moment)[t == moment])
            assert np.array_equal(method(x, np.float32(0.25)), method(x, np.array(0.25)))
            assert np.array_equal(method(x, t.astype(np.float32))[3], method(x, 0.25)[3])
            refused(ValueError, lambda m=method: m(x), "t is missing")
            refused(ValueError, lambda m=method: m(x, t[:3]), "t has 3")
            refused(ValueError, lambda m=method: m(x, np.nan), "t")
            refused(ValueError, lambda m=method: m(x, np.full(6, np.nan)), "t")
            refused(TypeError, lambda m=method: m(x, "now"), "t")


def test_time_does_not_matter_to_a_constant_energy(rng, network, refused):
    x = rng.normal(size=(6, 2))
    for method in (network.potential_, network.potential_.gradient):
        assert np.array_equal(method(x, 5.0), method(x))
        assert np.array_equal(method(x, np.arange(6)), method(x))
        refused(TypeError, lambda m=method: m(x, t="a"), "t must be a number", "'a'")
        refused(ValueError, lambda m=method: m(x, t=[1.0]), "t has 1 time for 6 points")


@pytest.mark.parametrize("value", [True, np.True_, 1, np.int32(1)])
def test_booleans(value):
    X, time = quadratic_series(n=20)
    model = jk.JKOnetStar(time_varying=value, internal=not value, epochs=1).fit(X, time)
    with pytest.raises(ValueError, match="t is missing"):
        model.potential_(X)


def test_layouts_of_points(rng, network):
    x = rng.normal(size=(12, 2))
    expected = network.potential_.gradient(x)
    assert np.array_equal(network.potential_.gradient(np.asfortranarray(x)), expected)
    assert np.array_equal(network.potential_.gradient(np.repeat(x, 2, axis=0)[::2]), expected)
    assert np.array_equal(network.potential_.gradient(x[::-1]), expected[::-1])
    single = x.astype(np.float32)
    assert np.array_equal(network.predict(single), network.predict(single.astype(np.float64)))


@pytest.mark.parametrize("params", [QUICK, {"potential": "linear"}])
def test_layouts_of_training_points(params):
    X, time = quadratic_series(n=50)
    expected = jk.JKOnetStar(**params).fit(X, time).potential_.gradient(X)
    wide = np.repeat(np.repeat(X, 2, axis=0), 3, axis=1)[::2, ::3]
    for given in (np.asfortranarray(X), wide, X.tolist(), jk.Snapshots(X, time)):
        fitted = jk.JKOnetStar(**params)
        fitted.fit(given) if isinstance(given, jk.Snapshots) else fitted.fit(given, time)
        assert np.array_equal(fitted.potential_.gradient(X), expected)


def test_a_fitted_model_drives_a_simulation(rng, moving):
    model = moving["mlp"]
    x0 = rng.normal(size=(5, 2))
    x = jk.simulate(x0, model.potential_, dt=0.05, steps=2, t0=0.1)
    assert x[2] == pytest.approx(x[1] - 0.05 * model.potential_.gradient(x[1], 0.15), abs=1e-12)


def test_steps_that_do_not_converge_are_reported():
    X, time = quadratic_series(scheme="implicit")
    network = jk.JKOnetStar(scheme="implicit", **QUICK).fit(X, time)
    x0 = X[:50]
    with pytest.warns(RuntimeWarning, match=r"^100 of 100 implicit steps \(100 %\) did not converge.*residual"):
        network.predict(x0, steps=2, tolerance=1e-300, max_iterations=1)


def test_evaluations_report_steps_that_do_not_converge(rng):
    # Doubling within 0.1 is the implicit step of V = -2.5 |x|^2. A step of 1 minimises -2.5 |y|^2 + |y - x|^2 / 2,
    # which falls for ever.
    x = rng.normal(size=(40, 2))
    model = jk.JKOnetStar(scheme="implicit", **EXACT).fit(np.concatenate([x, 2 * x]), np.repeat([0.0, 0.1], 40))
    X, time = np.concatenate([x, x, x]), np.repeat([0.0, 1.0, 2.0], 40)
    asked = ((80, lambda: model.score(X, time)), (160, lambda: model.evaluate(X, time)))
    for steps, ask in asked:
        expected = (
            f"^{steps} of {steps} implicit steps .* did not converge; the largest residual is .* of the length scale"
        )
        with pytest.warns(RuntimeWarning, match=expected) as caught:
            ask()
        # These steps are far, and leave the region of the training points, which are warnings of their own.
        assert {warning.filename for warning in caught} == {__file__} and len(caught) <= 3


def test_parameters_behave_like_scikit_learn(refused):
    model = jk.JKOnetStar(potential="linear", hidden=[8], random_state=3)
    params = model.get_params(deep=False)
    assert params["potential"] == "linear" and params["hidden"] == [8] and params["epochs"] is None
    assert jk.JKOnetStar(**params).get_params() == model.get_params()
    assert model.set_params(potential="mlp", epochs=2) is model
    assert model.get_params(deep=False)["potential"] == "mlp" and model.epochs == 2
    model.potential = "linear"
    assert model.get_params()["potential"] == "linear" == model.potential
    assert repr(model) == "JKOnetStar(potential='linear', random_state=3, hidden=[8], epochs=2)"
    refused(ValueError, lambda: model.set_params(epoch=3), "epoch", "epochs")


def test_fit_returns_the_model_and_fits_anew(network):
    X, time = quadratic_series()
    model = jk.JKOnetStar(**QUICK)
    assert model.fit(X, time) is model
    first = model.potential_(X)
    assert np.array_equal(model.fit(X, time).potential_(X), first)
    assert np.array_equal(network.potential_(X), first)
    model.set_params(random_state=1)
    assert not np.array_equal(model.fit(X, time).potential_(X), first)


def test_a_failed_fit_leaves_the_model_as_it_was(refused):
    X, time = quadratic_series()
    model = jk.JKOnetStar(**EXACT).fit(X, time)
    before = model.potential_(X)
    refused(ValueError, lambda: model.fit(X, np.zeros(len(X))))
    model.set_params(epochs=0, potential="mlp", training=None)
    refused(ValueError, lambda: model.fit(X, time), "epochs")
    assert np.array_equal(model.potential_(X), before)


def test_describe(network):
    said = network.describe()
    assert said["model"]["potential"] == "mlp" and said["model"]["hidden"] == [16, 16]
    assert said["fit"]["epochs"] == 30 and said["dimension"] == 2
    assert said["times"] == [0.0, 0.1, 0.25]


def test_copies_are_independent(network):
    x = quadratic_series()[0]
    expected = network.potential_(x)
    twin = copy.deepcopy(network)
    twin.fit(-x, quadratic_series()[1])
    assert np.array_equal(network.potential_(x), expected)


def test_one_dimension_and_small_populations():
    model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
    model.fit([0.0, 1.0, 2.0, 0.0, 0.5, 1.0], [0, 0, 0, 1, 1, 1])
    assert model.n_features_in_ == 1 and model.predict([4.0]).shape == (2, 1, 1)
    assert model.potential_([1.0, 2.0]).shape == (2,) and model.potential_.gradient([1.0]).shape == (1, 1)
    single = jk.JKOnetStar(epochs=2).fit([[0.0, 0.0], [1.0, 1.0]], [0, 1])
    assert np.isfinite(single.predict([[0.0, 0.0]])).all()
    single = jk.JKOnetStar(potential="linear").fit([[0.0, 0.0], [1.0, 1.0]], [0, 1])
    assert np.isfinite(single.predict([[0.0, 0.0]])).all()


def test_a_model_that_is_not_fitted(refused, tmp_path):
    model = jk.JKOnetStar()
    for call in (
        lambda: model.predict([[0.0, 0.0]]),
        lambda: model.potential_,
        lambda: model.interaction_,
        lambda: model.handle,
        lambda: model.evaluate([[0.0], [1.0]], [0, 1]),
        lambda: model.score([[0.0], [1.0]], [0, 1]),
        lambda: model.save(tmp_path / "model"),
        lambda: model.history_,
        lambda: model.times_,
        lambda: model.n_features_in_,
        model.describe,
    ):
        assert isinstance(refused(jk.NotFittedError, call, "fit"), (ValueError, AttributeError))
    assert not hasattr(model, "history_")


def test_waves_of_one_coordinate_learn_sums_of_functions_of_one(rng):
    x0 = rng.uniform(-4, 4, (500, 6))
    paths = jk.simulate(x0, potential="styblinski_tang", dt=0.001, steps=1)  # too short to change partners
    X, time = paths.reshape(-1, 6), np.repeat([0.0, 0.001], 500)
    x, errors = rng.uniform(-3, 3, (50, 6)), []
    truth = 2 * x**3 - 16 * x + 2.5
    for coordinates in (None, 1):
        model = jk.JKOnetStar(jk.Linear(0, radial=None, fourier=jk.Fourier(120, coordinates=coordinates))).fit(X, time)
        errors.append(np.linalg.norm(model.potential_.gradient(x) - truth) / np.linalg.norm(truth))
    assert errors[1] < 0.05 < 0.3 < errors[0]


def waves(**params):
    """Return V of random Fourier features."""
    return {"potential": jk.Linear(fourier=jk.Fourier(**params))}


@pytest.mark.parametrize(
    ("params", "kind", "words"),
    [
        ({**LINEAR, "training": jk.ClosedForm("gvc")}, ValueError, ["ridge", "gvc", "gcv"]),
        ({**LINEAR, "training": jk.ClosedForm(-1.0)}, ValueError, ["ridge", "-1"]),
        ({**LINEAR, "training": jk.ClosedForm(True)}, TypeError, ["ridge", "True", "gcv"]),
        ({**LINEAR, "training": jk.ClosedForm(np.nan)}, ValueError, ["ridge", "nan"]),
        ({**LINEAR, "training": "sgd"}, ValueError, ["training", "sgd", "adam", "LBFGS"]),
        ({"training": jk.ClosedForm("gcv")}, ValueError, ["ClosedForm(ridge='gcv')", "potential is a network"]),
        ({"error_bars": "influence"}, ValueError, ["error_bars = 'influence'", "potential is a network"]),
        (
            {"error_bars": "bootstrap", "training": jk.LBFGS()},
            ValueError,
            ["error_bars = Bootstrap()", "training = LBFGS()"],
        ),
        ({**MONOMIALS, "internal": jk.GaussianMixture(50)}, ValueError, ["n_components = 50"]),
        ({**MONOMIALS, "internal": jk.GaussianMixture(0)}, ValueError, ["n_components = 0", "10000"]),
        ({**MONOMIALS, "internal": jk.GaussianMixture(n_init=0)}, ValueError, ["n_init = 0"]),
        ({**MONOMIALS, "internal": jk.KernelDensity(-0.5)}, ValueError, ["bandwidth = -0.5", "positive"]),
        ({**MONOMIALS, "internal": jk.KernelDensity(2e-150)}, ValueError, ["bandwidth = 2e-150", "length"]),
        ({"potential": jk.Linear(-1)}, ValueError, ["polynomial_degree = -1", "8"]),
        (waves(features=10, scale=1e-300), Exception, ["the scale of the Fourier features may be too small"]),
        ({**LINEAR, "error_bars": "jackknife"}, ValueError, ["error_bars", "jackknife", "influence"]),
        ({**LINEAR, "error_bars": jk.Bootstrap(1)}, ValueError, ["error_bars.samples = 1", "2"]),
        ({**LINEAR, "internal": "mixture"}, TypeError, ["internal", "mixture"]),
        ({"potential": None, "interaction": "linear", "time_varying": True}, ValueError, ["time_varying"]),
        ({"internal": "no"}, TypeError, ["internal must be True or False", "'no'"]),
        ({"internal": 2}, ValueError, ["internal = 2"]),
        ({"time_varying": "no"}, TypeError, ["time_varying must be True or False", "str 'no'"]),
        ({"time_varying": "no"}, TypeError, ["time_varying"]),
        ({"time_varying": 2}, ValueError, ["time_varying = 2"]),
        ({"time_varying": 1.0}, TypeError, ["time_varying"]),
        ({"verbose": "no"}, TypeError, ["verbose must be an integer", "str 'no'"]),
        ({"verbose": -1}, ValueError, ["verbose = -1"]),
        ({"potential": "quadratic"}, ValueError, ["potential", "quadratic", "mlp", "linear"]),
        ({"potential": None}, ValueError, ["potential", "no terms"]),
        ({"scheme": "middle"}, ValueError, ["scheme", "middle", "implicit"]),
        ({"training": jk.Adam(dtype="float16")}, ValueError, ["dtype", "float16"]),
        ({"coupling": "nearest"}, ValueError, ["coupling", "nearest", "exact", "sinkhorn", "Unbalanced"]),
        ({"coupling": "unbalance"}, ValueError, ["coupling", "unbalance", "exact", "sinkhorn", "unbalanced"]),
        ({"coupling": jk.Unbalanced(0.0)}, ValueError, ["marginal_relaxation = 0"]),
        ({"coupling": jk.Sinkhorn(tolerance=0)}, ValueError, ["coupling.tolerance"]),
        ({"coupling": jk.Sinkhorn(max_iterations=0)}, ValueError, ["coupling.max_iterations"]),
        ({"hidden": ()}, ValueError, ["hidden has 0 layers", "1 to 8"]),
        ({"hidden": (64,) * 9}, ValueError, ["hidden", "9", "8"]),
        ({"hidden": (64, 0)}, ValueError, ["hidden[1] = 0 "]),
        ({"hidden": (64, 5000)}, ValueError, ["hidden", "5000"]),
        ({"hidden": (64, 2**40)}, ValueError, ["hidden"]),
        ({"hidden": "64"}, TypeError, ["hidden"]),
        ({"hidden": (64.5,)}, TypeError, ["hidden"]),
        ({"epochs": 0}, ValueError, ["epochs = 0 "]),
        ({"epochs": -5}, ValueError, ["epochs", "-5"]),
        ({"epochs": 2**70}, ValueError, ["epochs"]),
        ({"epochs": 10.0}, TypeError, ["epochs"]),
        ({"batch_size": 0}, ValueError, ["batch_size", "0"]),
        ({"learning_rate": 0.0}, ValueError, ["learning_rate", "0"]),
        ({"learning_rate": np.nan}, ValueError, ["learning_rate"]),
        ({"learning_rate": "fast"}, TypeError, ["learning_rate"]),
        ({"training": jk.Adam(clip_norm=-1.0)}, ValueError, ["clip_norm", "-1"]),
        ({"potential": jk.Linear(9)}, ValueError, ["polynomial_degree", "9"]),
        ({"potential": jk.Linear(radial=jk.Radial(grid=-1))}, ValueError, ["radial.grid", "-1"]),
        ({"potential": jk.Linear(radial=jk.Radial(centres=4000))}, ValueError, ["radial.centres", "4000"]),
        ({"potential": jk.Linear(radial=jk.Radial(width=-0.5))}, ValueError, ["radial.width", "-0.5"]),
        ({"potential": jk.Linear(time_degree=0), "time_varying": True}, ValueError, ["time_degree", "0"]),
        ({"potential": jk.Linear(radial="square")}, ValueError, ["radial", "square", "thin_plate"]),
        ({"potential": jk.Linear(radial=jk.Radial("square"))}, ValueError, ["radial", "square", "thin_plate"]),
        ({"potential": jk.Linear(polynomial_total=2)}, ValueError, ["polynomial_total", "2"]),
        ({"potential": jk.Linear(fourier=10)}, TypeError, ["fourier", "10"]),
        (waves(features=20_001), ValueError, ["fourier.features", "20001"]),
        (waves(features=10, scale=-1.0), ValueError, ["fourier.scale", "-1"]),
        (waves(features=10, coordinates=-1), ValueError, ["fourier.coordinates", "-1"]),
        ({"interaction": {"radius": 3}}, ValueError, ["interaction", "radius"]),
        ({"random_state": -1}, ValueError, ["random_state", "-1"]),
        ({"random_state": 2**64}, ValueError, ["random_state"]),
        ({"random_state": 0.5}, TypeError, ["random_state"]),
    ],
)
def test_bad_parameters(refused, params, kind, words):
    X, time = quadratic_series(n=5)
    refused(kind, lambda: jk.JKOnetStar(**params).fit(X, time), *words)


def test_no_features(refused):
    model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=0, radial=None))
    refused(ValueError, lambda: model.fit(*quadratic_series(n=5)), "features")


def test_bad_training_data(refused):
    X, time = quadratic_series(n=5)
    for params in (EXACT, QUICK):
        model = jk.JKOnetStar(**params)
        refused(TypeError, lambda m=model: m.fit(X), "time")
        refused(TypeError, lambda m=model: m.fit(jk.Snapshots(X, time), time), "Snapshots")
        refused(ValueError, lambda m=model: m.fit(X, time[:-1]))
        refused(ValueError, lambda m=model: m.fit(X, np.zeros(15)), "snapshot")
        refused(ValueError, lambda m=model: m.fit(np.where(X > 1, np.nan, X), time))
        refused(ValueError, lambda m=model: m.fit(np.empty((0, 2)), []))
        refused(ValueError, lambda m=model: m.fit(X, time, weights=-np.ones(15)), "weights")
        refused(ValueError, lambda m=model: m.fit(X, time, weights=np.zeros(15)), "weights")
        refused(ValueError, lambda m=model: m.fit(jk.Snapshots.empty(2)))


def test_bad_questions(refused, network):
    x = [[0.0, 0.0]]
    for call in (network.predict, network.potential_, network.potential_.gradient):
        refused(ValueError, lambda c=call: c([[0.0, np.nan]]))
        refused(ValueError, lambda c=call: c([[0.0, 0.0, 0.0]]))
        refused(ValueError, lambda c=call: c(np.empty((0, 2))))
        refused(TypeError, lambda c=call: c(None))
    refused(ValueError, lambda: network.predict(x, t0=0.07), "t0", "0.07")
    refused(ValueError, lambda: network.predict(x, t0=np.nan), "t0")
    refused(ValueError, lambda: network.predict(x, steps=-1), "steps", "-1")
    refused(TypeError, lambda: network.predict(x, steps=1.5), "steps")
    refused(TypeError, lambda: network.predict(x, t0="start"), "t0")
    refused(ValueError, lambda: network.predict(x, times=[0.1, 0.0]), "times")
    refused(ValueError, lambda: network.predict(x, times=[0.1, 0.1]), "times")
    refused(ValueError, lambda: network.predict(x, times=[0.1, np.nan]), "times")
    refused(ValueError, lambda: network.predict(x, times=[]), "times")
    refused(ValueError, lambda: network.predict(x, t0=0.1, times=[0.0, 0.1]), "t0 = 0.1", "times[0] = 0.0")
    for steps in (0, 1, 5):
        refused(ValueError, lambda n=steps: network.predict(x, steps=n, times=[0.0, 0.1, 0.2]), f"steps = {steps}", "2")
    refused(TypeError, lambda: network.predict(x, steps=2.0, times=[0.0, 0.1, 0.2]), "steps")
    refused(ValueError, lambda: network.predict(x, tolerance=-1.0), "tolerance")
    refused(ValueError, lambda: network.predict(x, max_iterations=0), "max_iterations")
    refused(ValueError, lambda: network.evaluate(x, [0.0]), "snapshot")
    refused(ValueError, lambda: network.evaluate([[0.0], [1.0]], [0.0, 0.1]))


def test_predictions_worse_than_none_are_told():
    """Implicit steps amplify the noise of samples of one population at rest; both numbers and remedies are named."""
    X, time = np.random.default_rng(0).normal(size=(600, 10)), np.repeat([0.0, 1.0, 2.0], 200)
    small = {"hidden": (32, 32), "epochs": 100, "batch_size": 100}
    with pytest.warns(RuntimeWarning, match="worse than if nothing moved") as caught:
        model = jk.JKOnetStar(scheme="implicit", rollout_weight=0.0, **small).fit(X, time)
    (warning,) = caught
    assert warning.filename == __file__
    number = r"([0-9.e+]+|inf)"
    said = re.search(rf"W1 is {number}, and {number} if nothing moves. Try (.*), or (.*)\. See", str(warning.message))
    predicted, still = float(said[1]), float(said[2])
    # The sample holds all particles, so that both numbers are those of the whole series.
    assert predicted == pytest.approx(-model.score(X, time), rel=0.01) and predicted > 1.05 * still
    assert said[3] == 'scheme="explicit"' and said[4] == "time_varying=True"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for scheme in ("midpoint", "implicit"):
            jk.JKOnetStar(scheme=scheme, **small).fit(X, time)


REMEDIES = {
    "network": ({"hidden": [4], "epochs": 60, "learning_rate": 1e-9}, ["validation", "fewer epochs"]),
    "short": ({"hidden": [4], "epochs": 2}, ["more epochs than 2", "validation"]),
    "watched": ({"hidden": [4], "training": jk.Adam(2, validation="emd")}, ["more epochs", "hidden"]),
    "L-BFGS": ({"hidden": [4], "training": jk.LBFGS(2)}, ["max_iter", "hidden"]),
    "linear": ({"potential": "linear"}, ["ridge", "polynomial_degree"]),
    "implicit": ({"hidden": [4], "epochs": 60, "learning_rate": 1e-9, "scheme": "implicit"}, ["scheme", "validation"]),
}


@pytest.mark.parametrize("name", REMEDIES)
def test_remedies_are_those_of_the_model(name, monkeypatch):
    """No remedy is named that the model has already, or that it could not take."""
    X, time = quadratic_series(30)
    params, expected = REMEDIES[name]
    monkeypatch.setattr(jk._abi.FitCheck, "worse", 1)
    with pytest.warns(RuntimeWarning, match="Try ") as caught:
        jk.JKOnetStar(time_varying=True, **params).fit(X, time)
    remedies = str(caught[-1].message).partition("Try ")[2].partition(". See")[0].split(", or ")
    assert all(word in remedy for word, remedy in zip(expected, remedies)) and len(remedies) == 2


def test_predictions_far_outside_are_told():
    """Explicit steps of many fitted gaps run away."""
    X, time = quadratic_series()
    model = jk.JKOnetStar(**EXACT).fit(X, time)
    with pytest.warns(RuntimeWarning, match=r"^\d+ predicted particles lie beyond ten times the region") as caught:
        model.predict(X[:5], times=[0, 10, 20, 30])
    assert all(warning.filename == __file__ for warning in caught)
    assert any("polynomial_degree" in str(warning.message) for warning in caught)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.predict(X[:5], steps=3)


def test_distances_of_predictions_that_are_too_far_are_infinite():
    X, time = quadratic_series()
    model = jk.JKOnetStar(**EXACT).fit(X, time)
    with pytest.warns(RuntimeWarning, match=r"of step 0, for time 1e\+200, left the range of numbers"):
        found = model.evaluate(X[:400], np.repeat([0, 1e200], 200))
    assert found.effects_mismatch[0] == np.inf and np.isfinite(found.nothing_moves).all()
