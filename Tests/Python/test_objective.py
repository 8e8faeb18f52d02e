"""The objective as a function of parameters, and L-BFGS on it."""

import builtins
import os
import pickle
import signal
import threading
import warnings

import jkonetstar as jk
import numpy as np
import pytest
from jkonetstar._calls import LongCall
from scipy.optimize import approx_fprime

from populations import quadratic_series

QUADRATIC = jk.Linear(polynomial_degree=2, radial=None)
MODELS = {
    "V": {"hidden": [7, 5]},
    "V(t)": {"potential": jk.MLP([6], "tanh"), "time_varying": True},
    "V, linear U, beta": {"hidden": [5], "interaction": QUADRATIC, "internal": True},
    "linear V, U": {"potential": QUADRATIC, "interaction": "mlp", "hidden": [6]},
    "sampled U": {"hidden": [4], "interaction": "mlp", "interaction_samples": 10},
    "entropic": {"hidden": [5], "coupling": "sinkhorn"},
}


def made(name, n=40, **changes):
    return jk.Objective(jk.JKOnetStar(**{**MODELS[name], **changes}), *quadratic_series(n))


def away(objective):
    """Return parameters at which no coefficient is 0."""
    return objective.initial_parameters() + 0.2 * np.random.default_rng(3).normal(size=len(objective))


@pytest.mark.parametrize("name", MODELS)
def test_the_gradient_is_that_of_the_value(name):
    objective = made(name)
    theta = away(objective)
    _, gradient = objective.value_and_gradient(theta)
    assert gradient.shape == theta.shape == (len(objective),)
    step = 1e-5
    differences = [
        (objective.value_and_gradient(theta + row)[0] - objective.value_and_gradient(theta - row)[0]) / (2 * step)
        for row in step * np.eye(len(theta))
    ]
    # Central differences are good to h^2 and to 2^-52 / h, both about 1e-10 here.
    np.testing.assert_allclose(differences, gradient, atol=1e-7 * np.abs(gradient).max())
    one_sided = approx_fprime(theta, lambda x: objective.value_and_gradient(x)[0], 1e-7)
    np.testing.assert_allclose(one_sided, gradient, atol=1e-4 * np.abs(gradient).max())


@pytest.mark.parametrize("n", [50, 5000])  # the second is more than is worked on at once
def test_the_value_is_the_objective_of_the_model(n):
    X, time = quadratic_series(n, times=(0.0, 0.1))
    objective = jk.Objective(jk.JKOnetStar(hidden=[6]), X, time)
    theta = away(objective)
    model = objective.model(theta)
    x, y = X[time == 0], X[time == 0.1]
    (plan,) = jk.transport_plans(jk.Snapshots(X, time))
    rows, columns, masses = plan.sparse()
    residual = 0.1 * model.potential_.gradient(x[rows]) + y[columns] - x[rows]
    expected = (masses * (residual**2).sum(1)).sum()
    assert objective.value_and_gradient(theta)[0] == pytest.approx(expected, rel=1e-10)
    np.testing.assert_array_equal(model.history_, objective.value_and_gradient(theta)[0])
    assert objective.model(theta, history=[3.0, 2.0]).history_.tolist() == [3.0, 2.0]


def test_a_model_is_like_any_other(tmp_path):
    objective = made("V, linear U, beta")
    model = objective.model(away(objective))
    X, _ = quadratic_series(40)
    for again in (pickle.loads(pickle.dumps(model)), _saved(model, tmp_path)):
        np.testing.assert_array_equal(again.potential_.gradient(X), model.potential_.gradient(X))
        np.testing.assert_array_equal(again.interaction_.gradient(X), model.interaction_.gradient(X))
        assert again.beta_ == model.beta_
    assert model.get_params() == jk.JKOnetStar(**MODELS["V, linear U, beta"]).get_params()


def _saved(model, folder):
    model.save(folder / "energy.safetensors")
    return jk.load(folder / "energy.safetensors")


def test_an_objective_is_a_function(rng):
    """It does not depend on what becomes of the model, nor on threads; a generator is drawn from once."""
    model = jk.JKOnetStar(hidden=[5], interaction="mlp", interaction_samples=8, random_state=rng)
    objective = jk.Objective(model, *quadratic_series(30))
    theta = away(objective)
    np.testing.assert_array_equal(objective.initial_parameters(), objective.initial_parameters())
    value, gradient = objective.value_and_gradient(theta)
    model.set_params(hidden=[3], scheme="explicit")
    found = []
    threads = [threading.Thread(target=lambda: found.append(objective.value_and_gradient(theta))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 and all(v == value and np.array_equal(g, gradient) for v, g in found)


def test_what_an_objective_refuses(refused):
    X, time = quadratic_series(20)
    refused(TypeError, lambda: jk.Objective("model", X, time), "JKOnetStar", "str")
    refused(ValueError, lambda: jk.Objective(jk.JKOnetStar("linear"), X, time), "no network", "closed form")
    refused(ValueError, lambda: jk.Objective(jk.JKOnetStar(hidden=[0]), X, time), "hidden[0] = 0")
    refused(ValueError, lambda: jk.Objective(jk.JKOnetStar(error_bars="influence"), X, time), "error_bars")
    refused(ValueError, lambda: jk.Objective(jk.JKOnetStar(), X[:20], time[:20]), "1 snapshot")
    objective = made("V")
    theta = objective.initial_parameters()
    for call in (objective.value_and_gradient, objective.model):
        refused(ValueError, lambda call=call: call(theta[1:]), "parameters", str(len(theta)))
        refused(ValueError, lambda call=call: call(np.full(len(theta), np.nan)), "parameters[0] = nan")
        refused(TypeError, lambda call=call: call(None), "parameters")
    refused(ValueError, lambda: objective.model(theta, history=[np.inf]), "history[0] = inf")
    assert not np.isfinite(objective.value_and_gradient(np.full(len(theta), 1e200))[0])
    refused(jk.ConvergenceError, lambda: objective.model(np.full(len(theta), 1e200)), "objective")


def test_lbfgs_goes_further_down_than_adam():
    X, time = quadratic_series()
    adam = jk.JKOnetStar(epochs=100).fit(X, time)
    model = jk.JKOnetStar(training=jk.LBFGS(100)).fit(X, time)
    assert 1 <= len(model.history_) <= 100
    assert (np.diff(model.history_) <= 0).all()
    assert model.history_[-1] < 0.5 * adam.history_[-1]
    assert model.evaluate(X, time).one_step.max() < adam.evaluate(X, time).one_step.max()
    again = jk.JKOnetStar(training=jk.LBFGS(100)).fit(X, time)
    np.testing.assert_array_equal(again.potential_(X), model.potential_(X))


def test_lbfgs_has_no_units():
    X, time = quadratic_series(60)
    options = {"hidden": [16], "training": jk.LBFGS(30)}
    plain = jk.JKOnetStar(**options).fit(X, time).history_
    # Powers of 2, so that rounding is the same.
    scaled = jk.JKOnetStar(**options).fit(1024 * X, time * 2**-6).history_
    np.testing.assert_allclose(scaled, 2.0**20 * plain, rtol=1e-6)


def test_lbfgs_trains_all_terms():
    X, time = quadratic_series(60)
    for name in ("V, linear U, beta", "linear V, U"):
        model = jk.JKOnetStar(**{**MODELS[name], "training": jk.LBFGS(40)})
        objective = jk.Objective(model, X, time)
        first = objective.value_and_gradient(objective.initial_parameters())[0]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # beta of noiseless data may come out negative
            model.fit(X, time)
        assert model.history_[-1] < 0.2 * first


def test_what_lbfgs_refuses(refused, monkeypatch):
    X, time = quadratic_series(20)
    for name, value in {"epochs": 3, "batch_size": 9, "learning_rate": 0.1, "interaction_samples": 16}.items():
        model = jk.JKOnetStar("mlp", "mlp", training="lbfgs", **{name: value})
        refused(ValueError, lambda model=model: model.fit(X, time), name, "Adam", "training = 'lbfgs'")
    refused(ValueError, lambda: jk.JKOnetStar(training=jk.LBFGS(0)).fit(X, time), "max_iter = 0")
    refused(
        ValueError, lambda: jk.JKOnetStar("linear", training="lbfgs").fit(X, time), "LBFGS()", "networks", "Linear()"
    )
    real = builtins.__import__

    def without_scipy(name, *rest):
        if name.split(".")[0] == "scipy":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_scipy)
    refused(jk.InputError, lambda: jk.JKOnetStar(training="lbfgs").fit(X, time), "SciPy")


def test_an_interrupted_lbfgs_leaves_the_best_so_far(monkeypatch):
    X, time = quadratic_series(100)
    model = jk.JKOnetStar(hidden=[16, 16], training=jk.LBFGS(10_000_000))
    show = LongCall.show

    def interrupted(call, progress):
        if progress.done == 3:
            os.kill(os.getpid(), signal.SIGINT)
        show(call, progress)

    monkeypatch.setattr(LongCall, "show", interrupted)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, time)
    assert len(model.history_) == 3
    assert np.isfinite(model.predict(X)).all()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_lbfgs_tells_how_far_it_is(capsys):
    X, time = quadratic_series(30)
    jk.JKOnetStar(hidden=[4], training=jk.LBFGS(5), verbose=1).fit(X, time)
    told = capsys.readouterr().err
    assert "plans" in told and "training 5/5, loss" in told


def test_a_progress_line_that_fails_is_heard_after_the_model_is_kept(monkeypatch):
    from jkonetstar._progress import ProgressLine

    def fail(line, progress):
        if progress.stage == b"training":
            raise OSError("no stderr")

    monkeypatch.setattr(ProgressLine, "update", fail)
    model = jk.JKOnetStar(hidden=[4], training=jk.LBFGS(50), verbose=1)
    with pytest.raises(OSError, match="no stderr"):
        model.fit(*quadratic_series(30))
    assert len(model.history_) == 1
