"""Energies with V, U and beta: known answers, error bars, observability, sums, files."""

from __future__ import annotations

import itertools
import pickle
import warnings

import jkonetstar as jk
import numpy as np
import pytest

from populations import impatient

QUADRATIC = jk.Linear(polynomial_degree=2, polynomial_total=True, radial=None)
ONE_GAUSSIAN = jk.GaussianMixture(1)
TAU = 0.1


def ornstein_uhlenbeck(n, seed=0, d=1, steps=4, start=0.1, beta=0.5):
    """Return independent snapshots of dx = -x dt + sqrt(2 beta) dW, from variance `start` and mean 2."""
    rng, points = np.random.default_rng(seed), []
    for k in range(steps + 1):
        decay = np.exp(-TAU * k)
        variance = start * decay**2 + beta * (1 - decay**2)
        points.append(2 * decay + np.sqrt(variance) * rng.normal(size=(n, d)))
    return np.concatenate(points), np.repeat(TAU * np.arange(steps + 1), n)


def attracted(n, seed=0, d=2):
    """Return four unpaired snapshots under V = x^T A x / 2, A = diag(1, 2), and U = |x|^2 / 4, in explicit steps.

    The mean moves in two directions, without which a part of U would be V's as well.
    """
    rng = np.random.default_rng(seed)
    points = [rng.normal(size=(n, d)) + [3.0, -1.0]]
    for _ in range(3):
        x = points[-1]
        points.append(x - TAU * (x * [1.0, 2.0] + 0.5 * (x - x.mean(0))))
    shuffled = [rng.permutation(x) for x in points]
    return np.concatenate(shuffled), np.repeat(TAU * np.arange(4), n)


@pytest.fixture(scope="module")
def pulled():
    """Return a model of V and U that was fitted to particles of both."""
    X, time = attracted(200)
    return jk.JKOnetStar(QUADRATIC, QUADRATIC, scheme="explicit", training=jk.ClosedForm(ridge=1e-13)).fit(X, time)


def test_potential_and_interaction_are_told_apart(pulled):
    x = np.array([[1.0, 0.0], [0.0, 1.0], [-2.0, 3.0]])

    # Odd parts of U are a force that V has as well: only differences of gradients are determined.
    def curvature(gradient):
        return gradient(x) - gradient(np.zeros((1, 2)))

    np.testing.assert_allclose(curvature(pulled.potential_.gradient), x * [1.0, 2.0], atol=1e-5)
    np.testing.assert_allclose(curvature(pulled.interaction_.gradient), 0.5 * x, atol=1e-5)
    assert pulled.interaction_([[0.0, 0.0]])[0] == 0
    report = pulled.observability()
    assert report.separations["interaction"]["confounded"] == 2  # the two linear features of U are forces of V
    assert set(report.angles) == {("potential", "interaction")} and report.rank < len(pulled.coef_)
    assert "directions of U" in report.sentence and report.sentence in repr(report)


def test_predictions_follow_potential_and_interaction(pulled):
    X, time = attracted(200)
    x = X[time == 0]
    moved = pulled.predict(x, t0=0.0)[-1]
    np.testing.assert_allclose(moved, x - TAU * (x * [1.0, 2.0] + 0.5 * (x - x.mean(0))), atol=1e-6)
    assert pulled.evaluate(X, time).one_step.max() < 1e-5


def test_the_energy_is_the_mean_of_its_terms(pulled, rng):
    x, weights = rng.normal(size=(40, 2)), rng.uniform(0.5, 1.5, 40)
    mass = weights / weights.sum()
    pairs = pulled.interaction_((x[:, None] - x[None]).reshape(-1, 2)).reshape(40, 40)
    expected = mass @ pulled.potential_(x) + mass @ pairs @ mass / 2
    assert pulled.energy(x, weights) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("scheme", ["implicit", "explicit"])
def test_beta_is_found(scheme):
    X, time = ornstein_uhlenbeck(4000)
    model = jk.JKOnetStar(QUADRATIC, internal=ONE_GAUSSIAN, scheme=scheme, error_bars="influence").fit(X, time)
    # A step of 0.1 has a bias of some 20 % in either direction, the error is 0.02 .. 0.05.
    assert model.beta_ == pytest.approx(0.5, abs=0.2) and 0.005 < model.beta_std_ < 0.1
    # The rollout spreads as the population does: sqrt(2 beta tau) is in it.
    moved = model.predict(X[time == 0], t0=0.0, random_state=3)[-1]
    assert moved.var() == pytest.approx(X[time == TAU].var(), rel=0.15)
    again = model.predict(X[time == 0], t0=0.0, random_state=3)[-1]
    assert np.array_equal(moved, again) and not np.array_equal(moved, model.predict(X[time == 0], t0=0.0)[-1])


@pytest.mark.parametrize("scheme", ["implicit", "explicit"])
def test_error_bars_are_the_spread_over_seeds(scheme):
    models = []
    for seed in range(60):
        options = {"internal": ONE_GAUSSIAN, "scheme": scheme, "error_bars": "influence"}
        models.append(jk.JKOnetStar(QUADRATIC, **options).fit(*ornstein_uhlenbeck(500, seed)))
    x = np.array([[1.0], [2.0]])
    gradients = np.array([np.ravel(model.potential_.gradient(x, return_std=True)) for model in models])
    betas = np.array([[model.beta_, model.beta_std_] for model in models])
    # A spread over 60 seeds is itself known to 9 %; three times that.
    spread, errors = gradients[:, :2].std(0, ddof=1), np.median(gradients[:, 2:], 0)
    np.testing.assert_allclose(errors / spread, 1, atol=0.28)
    assert np.median(betas[:, 1]) / betas[:, 0].std(ddof=1) == pytest.approx(1, abs=0.28)


def test_bootstrap_agrees_with_influence():
    X, time = ornstein_uhlenbeck(400, seed=2, d=2, steps=3)
    errors = {}
    for kind, error_bars in {"influence": "influence", "bootstrap": jk.Bootstrap(60)}.items():
        model = jk.JKOnetStar(QUADRATIC, internal=ONE_GAUSSIAN, scheme="explicit", error_bars=error_bars).fit(X, time)
        values, std = model.potential_([[2.0, 0.5], [1.5, 1.0]], return_std=True)
        assert values.shape == std.shape == (2,)
        errors[kind] = [model.beta_std_, *std]
    # 60 draws know a spread to 9 %; the delta method is right to first order.
    np.testing.assert_allclose(errors["bootstrap"], errors["influence"], rtol=0.35)


def test_confounded_terms_are_warned_of():
    x = np.random.default_rng(0).normal(size=(100, 1))
    x -= x.mean()
    X, time = np.concatenate([x, 0.9 * x]), np.repeat([0.0, TAU], 100)
    with pytest.warns(jk.IdentifiabilityWarning, match="V and U cannot be told"):
        training = jk.ClosedForm(ridge=1e-6)
        model = jk.JKOnetStar(QUADRATIC, QUADRATIC, scheme="explicit", training=training).fit(X, time)
    assert not model.observability().identified
    # How it is shared out is the ridge's choice, but the sum is what the data say.
    total = model.potential_.gradient([[1.0]]) + model.interaction_.gradient([[1.0]])
    assert total[0, 0] == pytest.approx(1, abs=1e-4)


def test_no_error_bars_no_terms(refused, pulled):
    for call in (
        lambda: pulled.potential_([[0.0, 0.0]], return_std=True),
        lambda: pulled.interaction_.gradient([[0.0, 0.0]], return_std=True),
        lambda: pulled.covariance_,
    ):
        refused(ValueError, call, "no error bars")
    refused(ValueError, lambda: pulled.beta_, "internal")
    network = jk.JKOnetStar(epochs=1).fit(*attracted(10))
    for call in (lambda: network.coef_, network.observability, lambda: jk.NormalEquations(network)):
        refused(ValueError, call, "network")
    refused(AttributeError, lambda: network.interaction_, "interaction")
    refused(ValueError, lambda: network.ridge_, "network")
    refused(AttributeError, lambda: network.beta_, "internal")
    absent = ("interaction_", "beta_", "beta_std_", "coef_", "covariance_", "ridge_", "gcv_score_")
    assert not any(hasattr(network, name) for name in absent) and hasattr(network, "history_")
    refused(ValueError, lambda: pulled.energy([[0.0, 0.0]], weights=[0.0]), "weights are all 0; ")
    X, time = attracted(30)
    summed = jk.JKOnetStar(QUADRATIC, error_bars="influence").partial_fit(X, time).partial_fit(X, time)
    refused(ValueError, lambda: summed.covariance_, "all particles at once", "sums")
    refused(ValueError, lambda: pulled.predict(X, tolerance=1e-3), "tolerance = 0.001", "explicit")


@pytest.mark.parametrize("terms", [(True, True, True), (True, False, True), (False, True, False), (False, False, True)])
def test_any_terms_are_saved_and_loaded(terms, tmp_path):
    potential, interaction, internal = terms
    model = jk.JKOnetStar(
        QUADRATIC if potential else None,
        QUADRATIC if interaction else None,
        jk.GaussianMixture("bic", max_components=2) if internal else False,
        scheme="explicit",
        error_bars="influence",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", jk.IdentifiabilityWarning)
        model.fit(*attracted(60))
    model.save(tmp_path / "m")
    for loaded in (jk.load(tmp_path / "m"), pickle.loads(pickle.dumps(model))):
        assert np.array_equal(loaded.coef_, model.coef_) and np.array_equal(loaded.covariance_, model.covariance_)
        assert loaded.observability().sentence == model.observability().sentence
        x0 = np.random.default_rng(1).normal(size=(20, 2)) + [3.0, -1.0]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            assert np.array_equal(loaded.predict(x0, random_state=1), model.predict(x0, random_state=1))
        params, expected = loaded.get_params(), model.get_params()
        assert params == expected


@pytest.mark.parametrize("scheme", ["explicit", "midpoint"])
def test_sums_merge_in_any_order(scheme):
    X, time = ornstein_uhlenbeck(200, steps=4)
    model = jk.JKOnetStar(QUADRATIC, internal=ONE_GAUSSIAN, scheme=scheme).fit(X, time)
    parts = []
    for k in range(4):
        within = np.isin(time, [TAU * k, TAU * (k + 1)])
        parts.append(jk.NormalEquations(model).accumulate(X[within], time[within]))
    sent = [pickle.loads(pickle.dumps(part)) for part in parts]
    for some, order in itertools.product((parts, sent), ([0, 1, 2, 3], [3, 1, 0, 2])):
        sums = jk.NormalEquations(model)
        for index in order:
            sums.merge(some[index])
        # In the midpoint scheme beta has an instrument, whose row is not its column.
        symmetric = sums.matrix if scheme == "explicit" else sums.matrix[:2, :2]
        assert sums.transitions == 4 and np.array_equal(symmetric, symmetric.T)
        np.testing.assert_allclose(sums.solve().coef_, model.coef_, rtol=1e-12)


def test_partial_fits_add_up():
    X, time = ornstein_uhlenbeck(200, steps=4)
    whole = jk.JKOnetStar(QUADRATIC).fit(X, time)
    model = jk.JKOnetStar(QUADRATIC)
    early = time <= 2 * TAU + 1e-9
    model.partial_fit(X[early], time[early]).partial_fit(X[time > TAU + 1e-9], time[time > TAU + 1e-9])
    # The same sums, in coordinates of the first half's centre and spread: the same energy but for the ridge.
    x = np.linspace(0, 2, 5)[:, None]
    np.testing.assert_allclose(model.potential_.gradient(x), whole.potential_.gradient(x), rtol=1e-4)
    assert model.times_.tolist() == whole.times_.tolist()


def test_times_that_differ_by_rounding_are_one():
    X, time = ornstein_uhlenbeck(50, steps=2)
    model = jk.JKOnetStar(QUADRATIC).partial_fit(X, time)
    model.partial_fit(X, time + 2 * TAU * (1 + 1e-15))
    np.testing.assert_allclose(model.times_, TAU * np.arange(5), rtol=1e-14)


def test_ridge_by_cross_validation():
    X, time = ornstein_uhlenbeck(300)
    model = jk.JKOnetStar(jk.Linear(radial=jk.Radial(grid=20)), training=jk.ClosedForm("gcv")).fit(X, time)
    assert np.isfinite(model.potential_.gradient(X[:5])).all()
    assert model.describe()["fit"]["ridge"] == "gcv"
    # The criterion is the objective but for the 24 coefficients among 1,200 numbers, which are 2 %, squared 4 %.
    assert 1e-14 < model.ridge_ < 10
    assert model.gcv_score_ == pytest.approx(model.history_[-1], rel=0.1)
    assert model.gcv_score_ >= model.history_[-1]
    loaded = pickle.loads(pickle.dumps(model))
    assert (loaded.ridge_, loaded.gcv_score_) == (model.ridge_, model.gcv_score_)
    # It is in squared length.
    larger = jk.JKOnetStar(jk.Linear(radial=jk.Radial(grid=20)), training=jk.ClosedForm("gcv")).fit(1000 * X, time)
    assert larger.gcv_score_ == pytest.approx(1e6 * model.gcv_score_, rel=1e-6)


@pytest.mark.parametrize(
    ("terms", "usual"),
    [
        ({"potential": QUADRATIC}, 1e-6),
        ({"potential": None, "interaction": QUADRATIC}, 1e-6),
        ({"potential": QUADRATIC, "internal": ONE_GAUSSIAN}, 1e-6),
        ({"potential": QUADRATIC, "interaction": QUADRATIC}, 1e-3),
    ],
)
def test_the_usual_ridge_knows_the_terms(terms, usual, refused):
    X, time = attracted(60)
    model = jk.JKOnetStar(**terms)
    given = jk.JKOnetStar(**terms, training=jk.ClosedForm(usual)).fit(X, time)
    assert model.fit(X, time).ridge_ == given.ridge_ == usual
    assert np.array_equal(model.coef_, given.coef_)
    assert jk.NormalEquations(model).accumulate(X, time).solve().ridge_ == usual
    for again in (pickle.loads(pickle.dumps(model)), jk.NormalEquations(model).accumulate(X, time).solve()):
        assert again.training is None and again.ridge_ == usual
    refused(ValueError, lambda: model.gcv_score_, "gcv")


def test_quick_and_whole_answers_on_identifiability_agree():
    for seed, moving in itertools.product(range(3), (False, True)):
        x = np.random.default_rng(seed).normal(size=(100, 1))
        X, time = [x - x.mean() + (3 if moving else 0)], np.repeat([0.0, TAU, 2 * TAU], 100)
        for _ in range(2):
            X.append(X[-1] / 1.1)
        model = jk.JKOnetStar(QUADRATIC, QUADRATIC, training=jk.ClosedForm(ridge=1e-6))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            model.fit(np.concatenate(X), time)
        warned = any(issubclass(warning.category, jk.IdentifiabilityWarning) for warning in caught)
        assert warned != model.observability().identified


def test_error_bars_can_be_interrupted():
    X, time = attracted(300)
    Impatient, Stopped = impatient(b"error bars")
    with pytest.raises(Stopped):
        Impatient(QUADRATIC, QUADRATIC, scheme="explicit", error_bars="influence").fit(X, time)


def test_far_away_polynomials_are_not_numbers():
    model = jk.JKOnetStar(jk.Linear(4, radial=None)).fit(*attracted(30))
    far = [[1e200, -1e200]]
    assert not np.isfinite(model.potential_(far)).any() and not np.isfinite(model.potential_.gradient(far)).any()
    assert np.isfinite(model.potential_([[1e30, -1e30]])).all()
