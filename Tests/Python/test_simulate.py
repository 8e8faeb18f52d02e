"""Simulation: closed forms, noise, user gradients and what they may do wrong."""

import os
import signal
import threading

import jkonetstar as jk
import numpy as np
import pytest


def test_a_named_potential_is_gradient_descent(rng):
    x0 = rng.uniform(-4, 4, size=(20, 2))
    x = jk.simulate(x0, potential="styblinski_tang", dt=0.005, steps=3)
    assert x.shape == (4, 20, 2) and np.array_equal(x[0], x0)
    for before, after in zip(x, x[1:]):
        step = before - 0.005 * jk.functionals["styblinski_tang"].gradient(before)
        assert after == pytest.approx(step, rel=1e-13, abs=1e-13)


def test_nothing_moves_unless_asked(rng):
    x0 = rng.uniform(-4, 4, size=(5, 2))
    assert np.array_equal(jk.simulate(x0), np.repeat(x0[None], 6, axis=0))
    alone = jk.simulate(x0, interaction="sphere", dt=1e-4)
    assert np.array_equal(alone, jk.simulate(x0, None, "sphere", 0.0, 1e-4, 5, 0.0, 0))


def test_a_gradient_that_is_no_number_is_named(refused):
    def broken(x):
        return np.full_like(x, np.nan)

    refused(jk.InputError, lambda: jk.simulate(np.zeros((3, 2)), broken), "potential", "nan")
    refused(jk.InputError, lambda: jk.simulate(np.zeros((3, 2)), None, broken), "interaction", "nan")


def test_a_callable_equals_the_functional(rng):
    x0 = rng.uniform(-4, 4, size=(20, 3))
    tang = jk.functionals["styblinski_tang"]
    assert np.array_equal(jk.simulate(x0, tang.gradient), jk.simulate(x0, "styblinski_tang"))


def test_interaction_averages_over_the_population(rng):
    x0 = rng.normal(size=(15, 2))
    expected = x0 - 0.1 * 2 * (x0 - x0.mean(0))  # U(z) = |z|^2
    assert jk.simulate(x0, None, lambda z: 2 * z, dt=0.1, steps=1)[1] == pytest.approx(expected, abs=1e-13)
    named = jk.simulate(x0, None, "sphere", dt=0.001, steps=1)[1]
    assert named == pytest.approx(x0 + 0.001 * 20 * (x0 - x0.mean(0)), abs=1e-13)


def test_noise_has_the_variance_of_diffusion():
    x = jk.simulate(np.zeros((20000, 1)), None, beta=0.5, dt=0.1, steps=4, random_state=7)
    # Var = 2 beta t; the sample variance of 20,000 normals errs by sqrt(2 / 20000) = 1 %, so 4 % is 4 sigma.
    for k in range(1, 5):
        assert x[k].var() == pytest.approx(2 * 0.5 * 0.1 * k, rel=0.04)
        assert abs(x[k].mean()) < 4 * np.sqrt(0.1 * k / 20000)


def test_seeds():
    x0 = np.zeros((10, 2))

    def run(seed):
        return jk.simulate(x0, None, beta=1.0, random_state=seed)

    assert np.array_equal(run(1), run(1)) and not np.array_equal(run(1), run(2))
    assert not np.array_equal(run(None), run(None))
    assert np.array_equal(run(np.random.default_rng(5)), run(np.random.default_rng(5)))
    assert np.array_equal(run(np.random.RandomState(5)), run(np.random.RandomState(5)))
    assert np.array_equal(run(2**64 - 1), run(2**64 - 1))
    # Every particle has its own stream.
    assert np.array_equal(jk.simulate(x0[:4], None, beta=1.0, random_state=1), run(1)[:, :4])


def test_no_steps(rng):
    x0 = rng.normal(size=(3, 2))
    assert np.array_equal(jk.simulate(x0, steps=0), x0[None])


def test_exceptions_of_user_code_come_through():
    class Mistake(Exception):
        pass

    def fail(x):
        raise Mistake("in the middle")

    with pytest.raises(Mistake, match="in the middle"):
        jk.simulate(np.zeros((3, 2)), fail)
    with pytest.raises(Mistake):
        jk.simulate(np.zeros((3, 2)), None, fail)
    with pytest.raises(SystemExit):
        jk.simulate(np.zeros((3, 2)), lambda x: exit(3))


def test_user_code_may_keep_its_argument():
    kept = []

    def gradient(x):
        kept.append(x)
        return x

    out = jk.simulate([[1.0, 2.0]], gradient, dt=0.5, steps=3)
    assert np.array_equal(np.concatenate(kept), out[:-1, 0])


def test_bad_user_gradients(refused):
    x0 = np.ones((3, 2))
    refused(ValueError, lambda: jk.simulate(x0, lambda x: x[:, 0]), "potential", "(3,)", "(3, 2)")
    refused(ValueError, lambda: jk.simulate(x0, None, lambda x: x[:1]), "interaction")
    refused(ValueError, lambda: jk.simulate(x0, lambda x: x * np.nan))
    refused((TypeError, ValueError), lambda: jk.simulate(x0, lambda x: None))


def test_a_particle_that_leaves_the_finite_numbers(refused):
    refused(ValueError, lambda: jk.simulate([[1e200]], lambda x: -x, dt=1e200), "step")


def test_bad_arguments(refused):
    x0 = np.zeros((3, 2))
    refused(ValueError, lambda: jk.simulate(x0, "spheer"), "spheer")
    refused(ValueError, lambda: jk.simulate(x0, interaction="spheer"), "spheer")
    refused(TypeError, lambda: jk.simulate(x0, 3), "potential")
    refused(TypeError, lambda: jk.simulate(x0, jk.JKOnetStar()), "potential is a model", "pass its potential_")
    refused(ValueError, lambda: jk.simulate(x0, beta=-1.0), "beta", "-1")
    refused(ValueError, lambda: jk.simulate(x0, beta=np.nan), "beta")
    refused(ValueError, lambda: jk.simulate(x0, dt=0.0), "dt")
    refused(ValueError, lambda: jk.simulate(x0, dt=np.inf), "dt")
    refused(ValueError, lambda: jk.simulate(x0, t0=np.nan), "t0")
    refused(ValueError, lambda: jk.simulate(x0, steps=-1), "steps")
    refused(TypeError, lambda: jk.simulate(x0, steps=1.5), "steps")
    refused(TypeError, lambda: jk.simulate(x0, dt="fast"), "dt")
    refused(ValueError, lambda: jk.simulate(np.empty((0, 2))), "x0")
    refused(ValueError, lambda: jk.simulate([[np.nan, 0.0]]), "x0")
    refused(ValueError, lambda: jk.simulate([[0.5]], "ishigami"))
    with pytest.raises((MemoryError, ValueError)):
        jk.simulate(np.zeros((1000, 1000)), steps=2**31 - 1)


def test_interrupt_stops_a_simulation():
    calls = []

    def gradient(x):
        calls.append(1)
        if len(calls) == 3:
            os.kill(os.getpid(), signal.SIGINT)
        return x

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        jk.simulate(np.zeros((3, 2)), gradient, steps=1000)
    assert len(calls) < 10
    assert signal.getsignal(signal.SIGINT) is before


def test_interrupt_reaches_through_nested_calls():
    def gradient(x):
        os.kill(os.getpid(), signal.SIGINT)
        return jk.simulate(x, lambda z: z, steps=3)[-1]

    with pytest.raises(KeyboardInterrupt):
        jk.simulate(np.zeros((3, 2)), gradient, steps=5)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_from_another_thread():
    results = []
    thread = threading.Thread(target=lambda: results.append(jk.simulate(np.ones((3, 2)), lambda x: x)))
    thread.start()
    thread.join()
    assert np.array_equal(results[0], jk.simulate(np.ones((3, 2)), lambda x: x))
