"""Error bars of networks: the spread of fits to populations drawn anew."""

import pickle

import jkonetstar as jk
import numpy as np
import pytest

from populations import descend, impatient, quadratic_series

STEPS = {"hidden": (6,), "epochs": 30, "batch_size": 50, "time_varying": False}


@pytest.fixture(scope="module")
def model():
    return jk.JKOnetStar(error_bars=jk.Bootstrap(3), **STEPS).fit(*quadratic_series(n=60))


def test_predictions_have_errors(model):
    x = np.array([[0.5, 0.1], [-1.0, 0.3]])
    course, error = model.predict(x, steps=2, return_std=True)
    assert course.shape == error.shape == (3, 2, 2)
    assert np.array_equal(course, model.predict(x, steps=2)) and (error[0] == 0).all() and (error[1:] > 0).all()
    # An explicit step is x - tau grad V(x).
    slope = model.potential_.gradient(x, return_std=True)[1]
    np.testing.assert_allclose(error[1], 0.1 * slope, rtol=1e-9)


def test_members_survive(model, tmp_path):
    x = [[0.5, 0.1]]
    model.save(tmp_path / "model.safetensors")
    for other in (pickle.loads(pickle.dumps(model)), jk.load(tmp_path / "model.safetensors")):
        assert other.error_bars == jk.Bootstrap(3)
        for one, two in zip(model.predict(x, return_std=True), other.predict(x, return_std=True)):
            assert np.array_equal(one, two)
        assert np.array_equal(model.potential_(x, return_std=True)[1], other.potential_(x, return_std=True)[1])


def test_ten_members_are_usual(tmp_path):
    model = jk.JKOnetStar(error_bars="bootstrap", rollout_weight=0.0, **STEPS).fit(*quadratic_series(n=20))
    assert model.describe()["fit"]["error_bars"] == 10
    model.save(tmp_path / "model.safetensors")
    assert jk.load(tmp_path / "model.safetensors").error_bars == "bootstrap"


def test_all_terms_have_errors():
    X, time = quadratic_series(n=40)
    model = jk.JKOnetStar("mlp", "mlp", jk.GaussianMixture(1), error_bars=jk.Bootstrap(2), **STEPS).fit(X, time)
    assert model.beta_std_ > 0
    value, error = model.interaction_([[0.0, 0.0], [1.0, 0.0]], return_std=True)
    assert value[0] == error[0] == 0 and error[1] > 0
    with pytest.raises(AttributeError, match="networks"):
        _ = model.covariance_


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"error_bars": "influence"}, ["error_bars = 'influence'", "potential is a network", "'bootstrap'"]),
        ({"error_bars": "bootstrap", "training": jk.LBFGS()}, ["error_bars = Bootstrap()", "LBFGS()"]),
        (
            {"error_bars": "bootstrap", "training": jk.Adam(checkpoint="some.safetensors")},
            ["error_bars = Bootstrap()", "checkpoint"],
        ),
        ({"error_bars": jk.Bootstrap(0)}, ["error_bars.samples = 0", "2"]),
    ],
)
def test_what_has_no_members(refused, params, words):
    model = jk.JKOnetStar(**params)
    refused(ValueError, lambda: model.fit(*quadratic_series(n=20)), *words)


def test_errors_need_members(refused):
    model = jk.JKOnetStar(**STEPS).fit(*quadratic_series(n=20))
    refused(ValueError, lambda: model.predict([[0.0, 0.0]], return_std=True), "error bars", "bootstrap")
    refused(ValueError, lambda: model.potential_([[0.0, 0.0]], return_std=True), "error bars", "bootstrap")
    refused(TypeError, lambda: model.predict([[0.0, 0.0]], return_std="yes"), "return_std")


def test_cancelled_bootstraps_leave_the_model():
    Impatient, Stopped = impatient(b"bootstrap")
    model = Impatient(error_bars="bootstrap", **STEPS)
    with pytest.raises(Stopped):
        model.fit(*quadratic_series(n=20))
    x = [[0.5, 0.1]]
    plain = jk.JKOnetStar(**STEPS).fit(*quadratic_series(n=20))
    assert np.array_equal(model.potential_.gradient(x), plain.potential_.gradient(x))
    with pytest.raises(ValueError, match="no error bars"):
        model.potential_.gradient(x, return_std=True)


def test_two_errors_cover():
    """Over 20 draws of a noisy step, the estimators' mean is within two errors about as often as said.

    The noise of the later snapshot makes gradients uncertain. With 20 draws of correlated points a coverage of 95 % is
    known to some 5 %; the factor of Student's distribution holds for normal estimates only.
    """
    x = np.array([[-1.0, 0.5], [0.0, 0.0], [1.0, -1.0]])
    values, errors = [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        start = rng.uniform(-2, 2, size=(60, 2))
        end = descend(rng.uniform(-2, 2, size=(60, 2)), 0.2, "explicit") + 0.2 * rng.normal(size=(60, 2))
        model = jk.JKOnetStar(hidden=(8,), epochs=60, batch_size=20, time_varying=False, error_bars=jk.Bootstrap(6))
        model.set_params(random_state=seed)
        model.fit(np.concatenate([start, end]), np.repeat([0.0, 0.2], 60), report=False)
        for kept, found in zip((values, errors), model.potential_.gradient(x, return_std=True)):
            kept.append(found)
    values, errors = np.array(values), np.array(errors)
    assert 0.85 <= (abs(values - values.mean(0)) <= 2 * errors).mean()
    # The factor for six members is 1.31.
    spread = np.sqrt(values.var(0, ddof=1).mean())
    assert 0.9 < np.sqrt((errors**2).mean()) / spread < 2.0
