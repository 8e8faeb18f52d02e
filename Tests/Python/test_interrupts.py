"""Ctrl-C ends every long call: work of each kind that would take hours is over when it is pressed."""

import os
import signal
import threading

import jkonetstar as jk
import numpy as np
import pytest

MANY = np.random.default_rng(0).normal(size=(300_000, 2))
MORE = np.tile(MANY, (30, 1))
SERIES = np.concatenate([MANY[:150_000], 0.9 * MANY[:150_000]]), np.repeat([0.0, 1.0], 150_000)


@pytest.fixture(scope="module", params=["explicit", "implicit"])
def interacting(request):
    """U in Gaussian functions, which meet all pairs."""
    X = np.concatenate([MANY[:60], 0.9 * MANY[:60]])
    return jk.JKOnetStar(None, "linear", scheme=request.param).fit(X, np.repeat([0.0, 1.0], 60))


def press_and_run(work):
    before = signal.getsignal(signal.SIGINT)
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        work()
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    "work",
    [
        lambda model: model.energy(MANY),
        lambda model: model.predict(MANY),
        lambda model: model.evaluate(*SERIES),
        lambda model: model.score(*SERIES),
        lambda model: jk.simulate(MANY, None, model.interaction_, steps=1),
    ],
    ids=["energy", "predict", "evaluate", "score", "simulate"],
)
def test_what_a_population_does_to_itself(work, interacting):
    expected = interacting.energy(MANY[:500])
    press_and_run(lambda: work(interacting))
    # The next call is done in full.
    assert interacting.energy(MANY[:500]) == expected


@pytest.mark.parametrize("name", ["score_samples", "score_function"])
def test_a_density_at_many_points(name):
    density = jk.KernelDensity(bandwidth=0.1).fit(MANY)
    press_and_run(lambda: getattr(density, name)(MORE))


def test_an_objective_over_many_pairs():
    half = MANY[:20_000, :1]  # plans in one coordinate are sorted, and soon made
    model = jk.JKOnetStar(None, "mlp", hidden=[256, 256])
    objective = jk.Objective(model, np.concatenate([half, 0.9 * half]), np.repeat([0.0, 1.0], 20_000))
    press_and_run(lambda: objective.value_and_gradient(objective.initial_parameters()))


def test_a_rollout_of_a_billion_steps():
    model = jk.JKOnetStar("linear").fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
    press_and_run(lambda: model.predict([1.0], steps=10**9))
