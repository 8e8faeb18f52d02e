"""The midpoint scheme, training along the rollout, whether V varies in time, and what predictions are made of."""

import jkonetstar as jk
import numpy as np
import pytest

QUADRATIC = jk.Linear(polynomial_degree=2, radial=None)


def halves(n=60, tau=0.2, steps=3, d=2):
    """Return particles of V = |x|^2 / 2, whose steps are those of the implicit midpoint rule, and their times."""
    x = [np.random.default_rng(0).normal(size=(n, d))]
    for _ in range(steps):
        x.append(x[-1] * (1 - tau / 2) / (1 + tau / 2))
    rng = np.random.default_rng(1)
    return np.concatenate([rng.permutation(p) for p in x]), np.repeat(tau * np.arange(steps + 1), n)


def moving_well(n=120, steps=6, seed=0):
    """Return a population that follows a well that goes round in a circle, and its times."""
    rng = np.random.default_rng(seed)
    x, rows = rng.normal(size=(n, 2)), []
    for k in range(steps + 1):
        rows.append(rng.permutation(x))
        x = x - 0.5 * (x - 3 * np.array([np.cos(k), np.sin(k)]))
    return np.concatenate(rows), np.repeat(np.arange(steps + 1.0), n)


def test_midpoint_finds_the_energy_of_its_steps():
    X, time = halves()
    model = jk.JKOnetStar(QUADRATIC, scheme="midpoint").fit(X, time)
    points = np.array([[0.5, -1.0], [2.0, 0.3]])
    assert np.allclose(model.potential_.gradient(points), points, atol=1e-4)
    assert np.allclose(model.predict(points, times=[0.0, 0.2])[-1], points * 0.9 / 1.1, atol=1e-4)
    assert jk.JKOnetStar(QUADRATIC, scheme="midpoint").get_params()["scheme"] == "midpoint"


def test_midpoint_with_everything():
    X, time = halves(n=40)
    model = jk.JKOnetStar(QUADRATIC, QUADRATIC, True, scheme="midpoint", error_bars=jk.Bootstrap(10))
    model.fit(X, time, report=False)
    assert np.isfinite(model.beta_) and np.isfinite(model.predict(X[:40])).all() and model.beta_std_ > 0
    network = jk.JKOnetStar("mlp", QUADRATIC, True, scheme="midpoint", coupling="sinkhorn", epochs=20).fit(X, time)
    assert network.evaluate(X, time).one_step.mean() < jk.emd(X[:40], X[-40:])


def test_influence_needs_particles_as_sites(refused):
    X, time = halves(n=20)
    model = jk.JKOnetStar(QUADRATIC, scheme="midpoint", error_bars="influence")
    refused(ValueError, lambda: model.fit(X, time), "error_bars = influence", "bootstrap", "midpoint")


SMALL = {"hidden": (16,), "epochs": 40}


def test_time_is_decided_by_held_out_particles(tmp_path):
    X, time = moving_well()
    model = jk.JKOnetStar(**SMALL).fit(X, time)
    assert model.time_varying is None and model.time_varying_ is True
    # The decision is no part of the fit: the model is that of one who knew.
    known = jk.JKOnetStar(time_varying=True, **SMALL).fit(X, time)
    assert np.array_equal(known.predict(X[:9]), model.predict(X[:9]))
    model.save(tmp_path / "model")
    again = jk.load(tmp_path / "model")
    assert again.time_varying is None and again.time_varying_ is True
    X, time = halves(n=100)
    assert jk.JKOnetStar(**SMALL).fit(X, time).time_varying_ is False
    # Two snapshots cannot tell, and energies that are looked at are what they were asked to be.
    two = time < 0.3
    assert jk.JKOnetStar(**SMALL).fit(X[two], time[two]).time_varying_ is False
    assert jk.JKOnetStar("linear").fit(*moving_well()).time_varying_ is False


def test_resumed_fits_stay_of_their_kind(tmp_path):
    X, time = moving_well()
    path = tmp_path / "checkpoint"
    first = jk.Adam(5, schedule="constant", checkpoint=jk.Checkpoint(path))
    model = jk.JKOnetStar(hidden=(8,), training=first).fit(X, time)
    longer = jk.Adam(9, schedule="constant", checkpoint=jk.Checkpoint(path, resume=True))
    resumed = jk.JKOnetStar(hidden=(8,), training=longer).fit(X, time)
    assert resumed.time_varying_ == model.time_varying_ and np.array_equal(resumed.history_[:5], model.history_)


def test_varying_potentials_ask_for_a_time(refused):
    X, time = moving_well()
    model = jk.JKOnetStar(time_varying=True, **SMALL).fit(X, time)
    refused(ValueError, lambda: model.potential_(X[:2]), "t is missing", "time_varying=False")
    assert model.potential_(X[:2], 1.0).shape == (2,)


def test_rollouts_come_back():
    X, time = moving_well()
    plain = jk.JKOnetStar("linear", time_varying=True, rollout_weight=0).fit(X, time).evaluate(X, time)
    rolled = jk.JKOnetStar("linear", time_varying=True, rollout_weight=0.5).fit(X, time).evaluate(X, time)
    assert rolled.cumulative.mean() <= 1.02 * plain.cumulative.mean()
    assert rolled.one_step.mean() <= 1.1 * plain.one_step.mean()


@pytest.mark.parametrize("weight", [-0.1, 1.0, np.nan, "half"])
def test_weights_out_of_range(refused, weight):
    X, time = halves(n=20)
    error = TypeError if isinstance(weight, str) else ValueError
    refused(error, lambda: jk.JKOnetStar("linear", rollout_weight=weight).fit(X, time), "rollout_weight")


def test_error_bars_are_of_observed_steps(refused):
    X, time = halves(n=20)
    model = jk.JKOnetStar(QUADRATIC, rollout_weight=0.5, error_bars="influence")
    refused(ValueError, lambda: model.fit(X, time), "rollout_weight must be 0")


def test_residuals_restore_the_spread(tmp_path):
    rng = np.random.default_rng(3)
    n = 400
    start, end = rng.normal(size=(n, 2)), 0.2 * rng.normal(size=(n, 2)) + rng.normal(size=(n, 2)) * [1.5, 0.1]
    model = jk.JKOnetStar(QUADRATIC).fit(np.concatenate([start, end]), np.repeat([0.0, 1.0], n))
    drift, noisy = model.predict(start)[-1], model.predict(start, noise="residual")[-1]
    assert np.array_equal(noisy, model.predict(start, noise="residual")[-1])
    assert not np.array_equal(noisy, model.predict(start, noise="residual", random_state=1)[-1])
    assert np.array_equal(drift, model.predict(start, noise="none")[-1])
    assert abs(np.log(noisy.var(axis=0) / end.var(axis=0))).max() < 0.25
    path = tmp_path / "model.safetensors"
    model.save(path)
    assert np.array_equal(jk.load(path).predict(start, noise="residual")[-1], noisy)


def test_substeps_follow_the_energy():
    X, time = halves(tau=0.5)
    model = jk.JKOnetStar(QUADRATIC, scheme="midpoint").fit(X, time)
    start = X[:10]
    fine = model.predict(start, times=[0.0, 1.0], substeps=200)[-1]
    assert np.allclose(fine, start * np.exp(-1), atol=1e-3)
    parts = model.predict(start, times=[0.0, 0.25, 0.5, 0.75, 1.0])[-1]
    assert np.array_equal(model.predict(start, times=[0.0, 1.0], substeps=4)[-1], parts)


@pytest.mark.parametrize("options", [{"substeps": 0}, {"substeps": 2**40}, {"noise": "loud"}])
def test_predictions_refuse(refused, options):
    X, time = halves(n=20)
    model = jk.JKOnetStar(QUADRATIC).fit(X, time)
    refused(ValueError, lambda: model.predict(X[:3], **options), next(iter(options)))


def test_landings_are_decided_by_held_out_particles(tmp_path):
    """Noisy implicit plans are trained at landings; the model keeps what was asked, a checkpoint what was decided."""
    X, time = np.random.default_rng(0).normal(size=(600, 6)), np.repeat([0.0, 1.0, 2.0], 200)
    small = {"hidden": (32, 32), "scheme": "implicit", "time_varying": False}
    path = tmp_path / "checkpoint"
    model = jk.JKOnetStar(training=jk.Adam(90, checkpoint=jk.Checkpoint(path)), **small).fit(X, time)
    observed = jk.JKOnetStar(training=jk.Adam(90), rollout_weight=0.0, **small).fit(X, time)
    assert model.predict(X[:200]).var() < 0.8 * observed.predict(X[:200]).var()
    assert model.folded_ == 0
    model.save(tmp_path / "model")
    assert jk.load(tmp_path / "model").rollout_weight is None
    again = jk.JKOnetStar(training=jk.Adam(90, checkpoint=jk.Checkpoint(path, resume=True)), **small).fit(X, time)
    assert np.array_equal(again.predict(X[:9]), model.predict(X[:9]))
    known = jk.JKOnetStar(training=jk.Adam(90), rollout_weight=0.25, **small).fit(X, time)
    assert np.array_equal(known.predict(X[:9]), model.predict(X[:9]))


def test_bias_is_subtracted(tmp_path):
    """Without it V'' of this Ornstein-Uhlenbeck process, seen at intervals of 1, is 0.888 and beta 0.415."""
    rng, times = np.random.default_rng(3), np.arange(4.0)
    spreads = np.sqrt(0.5 - 0.4 * np.exp(-2 * times))
    time = np.repeat(times, 3000)
    X = np.concatenate([2 * np.exp(-t) + s * rng.normal(size=(3000, 1)) for t, s in zip(times, spreads)])
    quadratic = jk.Linear(2, radial=None)
    found = []
    for samples in (0, 4):
        training = jk.ClosedForm(bias_samples=samples)
        model = jk.JKOnetStar(quadratic, internal=True, scheme="midpoint", training=training).fit(X, time)
        slope = model.potential_.gradient([[1.0], [-1.0]])
        found.append([abs((slope[0, 0] - slope[1, 0]) / 2 - 1), abs(model.beta_ - 0.5)])
    assert np.all(np.array(found[1]) < 0.6 * np.array(found[0])), found
    model.save(tmp_path / "model")
    assert jk.load(tmp_path / "model").training == jk.ClosedForm(bias_samples=4)


def test_bias_is_for_closed_forms_of_this_scheme(refused):
    X, time = moving_well()
    training = jk.ClosedForm(bias_samples=2)
    for params, said in [
        ({"scheme": "explicit"}, "midpoint"),
        ({"rollout_weight": 0.3}, "rollout_weight"),
        ({"coupling": jk.Unbalanced(1.0)}, "unbalanced"),
    ]:
        model = jk.JKOnetStar("linear", training=training, **{"scheme": "midpoint", **params})
        refused(ValueError, lambda model=model: model.fit(X, time), "bias_samples", said)
    model = jk.JKOnetStar("linear", scheme="midpoint", training=jk.ClosedForm(bias_samples=-1))
    refused(ValueError, lambda: model.fit(X, time), "bias_samples = -1", "0")
