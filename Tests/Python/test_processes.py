"""Threads, forks, interrupts and progress: the process stays whole and the results stay the same."""

import io
import itertools
import multiprocessing
import re
import signal
import sys
import threading
import time as clock
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import jkonetstar as jk
import numpy as np
import pytest
from jkonetstar import _progress

from populations import quadratic_series

LONG = {"hidden": (8,), "epochs": 10_000_000, "batch_size": 100}


@pytest.mark.parametrize("params", [{"hidden": (32, 32), "epochs": 5}, {"potential": "linear"}])
def test_results_do_not_depend_on_the_number_of_threads(params):
    X, time = quadratic_series(n=300)
    results = []
    try:
        for count in (1, 2, 5):
            jk.set_num_threads(count)
            model = jk.JKOnetStar(**params).fit(X, time)
            distance = jk.emd(X[:300], X[300:600])
            results.append((model.potential_.gradient(X), model.predict(X, steps=2), distance))
    finally:
        jk.set_num_threads(0)
    for other in results[1:]:
        for one, two in zip(results[0], other):
            assert np.array_equal(one, two)


def work(seed):
    """Use every threaded part of the library."""
    X, time = quadratic_series(n=200, seed=seed)
    models = [jk.JKOnetStar(hidden=(8, 8), epochs=2), jk.JKOnetStar(potential="linear")]
    return np.array([model.fit(X, time).predict(X[:50], steps=2) for model in models])


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_children_work_after_the_parent_did(method):
    expected = [work(seed) for seed in range(3)]
    with multiprocessing.get_context(method).Pool(2) as pool:
        found = pool.map_async(work, range(3)).get(timeout=1800)  # for a child that hangs
    for one, two in zip(expected, found):
        assert np.array_equal(one, two)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("method", ["threads", "fork"])
def test_executors_work_while_the_parent_does(method):
    """Pools of the standard library, whose workers begin in the midst of calls of another thread."""
    expected = [work(seed) for seed in range(3)]
    ended, own = threading.Event(), []

    def go_on():
        while not ended.is_set():
            own.append(np.array_equal(work(0), expected[0]))

    other = threading.Thread(target=go_on)
    other.start()
    try:
        if method == "threads":
            executor = ThreadPoolExecutor(4)
        else:
            executor = ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork"))
        with executor:
            found = list(executor.map(work, range(3), timeout=1800))
    finally:
        ended.set()
        other.join()
    assert own and all(own)
    for one, two in zip(expected, found):
        assert np.array_equal(one, two)


def test_threads_have_callbacks_of_their_own():
    """Each gradient is asked for on the thread that simulates; one that raises leaves the others alone."""
    x = np.random.default_rng(0).normal(size=(50, 2))
    expected = jk.simulate(x, lambda x: x, dt=0.01, steps=200)
    heard, outcomes, start = {}, {}, threading.Barrier(8)

    class Stop(Exception):
        pass

    def simulate(number):
        def gradient(x):
            heard.setdefault(number, []).append(threading.get_ident())
            if number % 2 == 1 and len(heard[number]) > 50:
                raise Stop(number)
            return x

        start.wait()
        try:
            outcomes[number] = jk.simulate(x, gradient, dt=0.01, steps=200)
        except Stop as stop:
            outcomes[number] = stop.args[0]

    threads = [threading.Thread(target=simulate, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard) == 8 and all(set(heard[n]) == {threads[n].ident} for n in range(8))
    assert [outcomes[number] for number in (1, 3, 5, 7)] == [1, 3, 5, 7]
    assert all(np.array_equal(outcomes[number], expected) for number in (0, 2, 4, 6))


def test_one_model_serves_several_threads():
    X, time = quadratic_series(n=300)
    model = jk.JKOnetStar(hidden=(16,), epochs=3).fit(X, time)
    expected = model.predict(X, steps=2)
    found = []
    threads = [threading.Thread(target=lambda: found.append(model.predict(X, steps=2))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6 and all(np.array_equal(expected, result) for result in found)


TWO = np.repeat([0.0, 1.0], 20_000)


def test_an_interrupted_training_leaves_a_usable_model(press_ctrl_c):
    X, time = quadratic_series()
    model = jk.JKOnetStar(**LONG)
    press_ctrl_c("training", done=3)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, time)
    assert len(model.history_) == 3
    assert np.isfinite(model.predict(X)).all()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_plan_can_be_interrupted(rng, press_ctrl_c):
    """Seconds of work, which a Ctrl-C ends early; the plan's own checks come many times a second."""
    x, y = rng.normal(size=(2, 20_000, 5))
    for work in (lambda: jk.optimal_transport(x, y), lambda: jk.emd(x, y), lambda: jk.JKOnetStar().fit([*x, *y], TWO)):
        press_ctrl_c("plans")
        with pytest.raises(KeyboardInterrupt):
            work()
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_handler_of_the_user_decides_what_an_interrupt_raises(press_ctrl_c):
    class Stop(Exception):
        pass

    def handler(number, frame):
        raise Stop

    before = signal.signal(signal.SIGINT, handler)
    try:
        press_ctrl_c("training")
        with pytest.raises(Stop):
            jk.JKOnetStar(**LONG).fit(*quadratic_series())
        assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, before)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


def test_silent_by_default(capfd):
    jk.JKOnetStar(hidden=(4,), epochs=3).fit(*quadratic_series(n=20)).predict([[0.0, 0.0]])
    out, err = capfd.readouterr()
    assert out == err == ""


def before_the_report(stream):
    """Return the lines of progress, and those of the report that follows them."""
    progress, title, report = stream.getvalue().partition("FitReport")
    return progress.splitlines(), (title + report).splitlines()


def test_plain_lines_where_there_is_no_terminal(monkeypatch):
    """One at the end of each stage, and one every two seconds, of which a thousandth passes at each report here."""
    ticks = itertools.count()
    monkeypatch.setattr(_progress.time, "monotonic", lambda: next(ticks) / 500)
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    jk.JKOnetStar(hidden=(4,), epochs=1500, time_varying=False, verbose=1).fit(*quadratic_series(n=20))
    lines, report = before_the_report(stream)
    assert report
    assert lines[-1].startswith("training 1,500/1,500, loss ") and lines[-1].endswith(" in all")
    assert any(line.startswith("plans ") for line in lines)
    assert 3 <= len(lines) <= 6 and "\r" not in stream.getvalue()


def test_one_line_on_a_terminal(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)  # which would draw a bar
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    start = clock.monotonic()
    jk.JKOnetStar(hidden=(32, 32), epochs=800, time_varying=False, verbose=1).fit(*quadratic_series(n=200))
    seconds = clock.monotonic() - start
    shown = stream.getvalue().partition("FitReport")[0]
    assert shown.endswith("\n") and shown.count("\n") == 2  # plans, training
    updates = re.findall(r"training ([\d,]+)/800, loss [\d.e+-]+, [\d.]+ (?:s|min) (?:left|in all)", shown)
    assert updates and updates[-1] == "800" and len(updates) <= 5 * seconds + 2


def test_an_interrupted_progress_line_ends(monkeypatch, press_ctrl_c):
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    press_ctrl_c("training", done=3)
    with pytest.raises(KeyboardInterrupt):
        jk.JKOnetStar(**LONG, verbose=1).fit(*quadratic_series(n=50))
    assert stream.getvalue().endswith("\n")


def test_a_stream_that_fails_stops_the_fit_with_its_error(monkeypatch):
    class Closed(Terminal):
        def write(self, text):
            raise BrokenPipeError("nobody reads this")

    monkeypatch.setattr(sys, "stderr", Closed())
    with pytest.raises(BrokenPipeError):
        jk.JKOnetStar(**LONG, verbose=1).fit(*quadratic_series(n=50))
