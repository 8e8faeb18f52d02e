"""What a handler of a signal raises reaches the caller, whatever the library is doing; others change nothing."""

import gc
import os
import signal
import threading

import jkonetstar as jk
import numpy as np
import pytest

from populations import quadratic_series

if not hasattr(signal, "setitimer"):
    pytest.skip("no timers here", allow_module_level=True)


class Expired(Exception):
    """A user's time-out."""


def raises(number, frame):
    raise Expired


@pytest.fixture
def on_alarm():
    """Install handlers of SIGALRM, and whatever comes, take timer and handler away afterwards."""
    before = signal.getsignal(signal.SIGALRM)
    yield lambda handler: signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def calls():
    """Return one of each kind of call that takes long, each some milliseconds, and that of a user's gradient."""
    X, time = quadratic_series(n=60)
    quadratic = jk.Linear(polynomial_degree=2, radial=None)
    network = jk.JKOnetStar(hidden=(8,), epochs=30, batch_size=20)
    linear = jk.JKOnetStar(quadratic, quadratic)
    both = jk.JKOnetStar(**linear.get_params(deep=False)).fit(X, time)
    quasi_newton = jk.JKOnetStar(hidden=(4,), training=jk.LBFGS(5))
    bars = jk.JKOnetStar(quadratic, error_bars="bootstrap")
    x, y = np.random.default_rng(0).normal(size=(2, 150, 2))
    series = jk.Snapshots(X, time)
    sums = jk.NormalEquations(both)
    return [
        lambda: network.fit(X, time),
        lambda: quasi_newton.fit(X, time),
        lambda: bars.fit(X, time),
        lambda: both.predict(X[:60], steps=2),
        lambda: both.evaluate(X, time),
        lambda: both.observability(),
        lambda: jk.optimal_transport(x, y),
        lambda: jk.optimal_transport(x, y, method="sinkhorn", epsilon=0.5),
        lambda: jk.transport_plans(series),
        lambda: jk.emd(x, y),
        lambda: jk.sinkhorn_divergence(x, y, epsilon=0.5),
        lambda: jk.simulate(x, lambda points: points, steps=20),
        lambda: jk.simulate(x, "sphere", lambda points: points, steps=1),
        lambda: jk.GaussianMixture(3, max_iter=20, tol=0.0).fit(x),
        lambda: sums.accumulate(X, time),
        lambda: jk.Objective(network, X, time),
    ]


@pytest.mark.filterwarnings("ignore")
def test_whatever_a_handler_raises_arrives(on_alarm, request):
    """A timer at 320 moments, in C, in a callback or between: its exception ends the work, and none is lost."""
    work = calls()
    for call in work:
        call()  # SciPy, which is imported at its first use, swallows exceptions meanwhile
    # Python swallows what is raised in finalisers, and the garbage of other tests may have some.
    gc.collect()
    gc.disable()
    request.addfinalizer(gc.enable)
    on_alarm(raises)
    moments = np.random.default_rng(1).uniform(1e-5, 8e-3, size=(20, len(work)))
    for delays in moments:
        for call, delay in zip(work, delays):
            with pytest.raises(Expired):
                signal.setitimer(signal.ITIMER_REAL, delay)
                # Seconds, for a signal that is due in milliseconds.
                for _ in range(10_000):
                    call()
            assert signal.getsignal(signal.SIGALRM) is raises
            assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_repeated_timer_ends_the_call_too(on_alarm):
    """Signals that come while the first one's exception is on its way."""
    X, time = quadratic_series(n=60)
    on_alarm(raises)
    for _ in range(10):
        try:
            signal.setitimer(signal.ITIMER_REAL, 2e-3, 5e-4)
            with pytest.raises(Expired):
                jk.JKOnetStar(hidden=(8,), epochs=10_000_000, batch_size=20).fit(X, time)
            signal.setitimer(signal.ITIMER_REAL, 0)
        except Expired:
            # One more, on the way out of the block above.
            signal.setitimer(signal.ITIMER_REAL, 0)
    assert signal.getsignal(signal.SIGALRM) is raises


def test_a_handler_that_raises_nothing_runs_in_the_midst_of_the_work(on_alarm):
    seen, steps = [], []
    on_alarm(lambda number, frame: seen.append(len(steps)))

    def gradient(x):
        steps.append(len(seen))
        if len(steps) == 3:
            os.kill(os.getpid(), signal.SIGALRM)
        return x

    plain = jk.simulate(np.ones((3, 2)), lambda x: x, steps=8)
    assert np.array_equal(jk.simulate(np.ones((3, 2)), gradient, steps=8), plain)
    assert seen == [3] and steps == [0, 0, 0, 1, 1, 1, 1, 1]


def test_a_gradient_may_catch_what_a_handler_raises(on_alarm):
    on_alarm(raises)
    caught = []

    def gradient(x):
        try:
            os.kill(os.getpid(), signal.SIGALRM)
        except Expired:
            caught.append(len(x))
        return x

    jk.simulate(np.ones((3, 2)), gradient, steps=2)
    assert caught == [3, 3]


def test_a_handler_that_is_set_within_a_call_counts_from_then_on(on_alarm):
    steps = []

    def gradient(x):
        steps.append(1)
        on_alarm(raises)
        if len(steps) == 2:
            signal.setitimer(signal.ITIMER_REAL, 1e-3)
        return x

    with pytest.raises(Expired):
        jk.simulate(np.ones((3, 2)), gradient, steps=1_000_000)
    assert signal.getsignal(signal.SIGALRM) is raises


def test_two_signals_both_have_their_say(on_alarm):
    """The later exception arrives, the earlier one as its context, as in any other code."""
    on_alarm(raises)

    def gradient(x):
        # For this thread, where both wait until they are let in.
        signal.pthread_sigmask(signal.SIG_BLOCK, both)
        for number in both:
            signal.pthread_kill(threading.get_ident(), number)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, both)
        return x

    both = {signal.SIGALRM, signal.SIGINT}
    with pytest.raises((Expired, KeyboardInterrupt)) as caught:
        jk.simulate(np.ones((3, 2)), gradient, steps=5)
    kinds = {type(caught.value), type(caught.value.__context__)}
    assert kinds == {Expired, KeyboardInterrupt}


def test_an_exception_within_a_nested_call_ends_both(on_alarm):
    on_alarm(raises)

    def gradient(x):
        def inner(z):
            os.kill(os.getpid(), signal.SIGALRM)
            return z

        return jk.simulate(x, inner, steps=3)[-1]

    with pytest.raises(Expired):
        jk.simulate(np.zeros((3, 2)), gradient, steps=5)
    assert signal.getsignal(signal.SIGALRM) is raises


@pytest.mark.filterwarnings("ignore::jkonetstar.IdentifiabilityWarning")
def test_predictions_with_noise_agree_unless_told_otherwise():
    """The seed is that of the fit."""
    rng = np.random.default_rng(2)
    X = np.concatenate([rng.normal(size=(80, 2)), 1.4 * rng.normal(size=(80, 2))])
    settings = {"potential": jk.Linear(polynomial_degree=2, radial=None), "internal": True, "scheme": "explicit"}
    first = jk.JKOnetStar(**settings).fit(X, np.repeat([0.0, 1.0], 80))
    second = jk.JKOnetStar(**settings, random_state=7).fit(X, np.repeat([0.0, 1.0], 80))
    assert first.beta_ > 0.1
    for model, seed in ((first, 0), (second, 7)):
        once = model.predict(X[:80])
        assert np.array_equal(once, model.predict(X[:80]))
        assert np.array_equal(once, model.predict(X[:80], random_state=seed))
        assert not np.array_equal(once, model.predict(X[:80], random_state=seed + 1))
    drawn = np.random.default_rng(0)
    assert not np.array_equal(first.predict(X[:80], random_state=drawn), first.predict(X[:80], random_state=drawn))
