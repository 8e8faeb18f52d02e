"""Bars of tqdm, where it is installed and somebody watches; lines in files and without tqdm."""

import io
import re
import subprocess
import sys

import jkonetstar as jk
import numpy as np
import pytest
from jkonetstar import _abi
from jkonetstar._progress import ProgressLine
from jkonetstar._progress_bar import ProgressBar, display

tqdm = pytest.importorskip("tqdm")

X, TIME = np.concatenate([np.linspace(-1, 1, 40), np.linspace(-0.9, 0.9, 40)]), np.repeat([0, 1], 40)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    """Have stderr be a terminal from a call on, which returns what is written to it."""
    # Bars that other tests left unfinished would hold the first line.
    tqdm.tqdm._instances.clear()

    def watched():
        stream = Terminal()
        monkeypatch.setattr(sys, "stderr", stream)
        return stream

    return watched


def at(stage, done, total, loss=float("nan"), seconds=1.0):
    return _abi.Progress(stage.encode(), done, total, loss, seconds)


def fit(**options):
    return jk.JKOnetStar(hidden=(4,), time_varying=False, verbose=1, **options).fit(X, TIME)


def test_a_bar_for_each_stage(terminal):
    stream = terminal()
    fit(epochs=30)
    shown = stream.getvalue().partition("FitReport")[0]
    assert shown.endswith("\n") and shown.count("\n") == 2  # plans, training
    assert re.search(r"plans: 100%\|.*\| 1/1 ", shown)
    assert re.search(r"training: 100%\|.*\| 30/30 \[.*, loss [\d.e+-]+\]", shown)


def test_a_bar_shows_where_the_work_stands_and_no_more_often_than_can_be_read(terminal, monkeypatch):
    stream = terminal()
    now = [0.0]
    monkeypatch.setattr("jkonetstar._progress_bar.time.monotonic", lambda: now[0])
    bar = display()
    assert isinstance(bar, ProgressBar)
    for done in range(1, 100):
        now[0] = done / 64
        bar.update(at("training", done, 100, 0.5, seconds=10.0))
    bar.update(at("call", 1, 2))
    bar.close()
    # One at once, and one every fifth of a second.
    counts = [int(count) for count in re.findall(r"\| (\d+)/100 \[", stream.getvalue())]
    assert sorted(set(counts) - {0}) == [1, 14, 27, 40, 53, 66, 79, 92]
    assert "00:10<" in stream.getvalue() and "loss 0.5" in stream.getvalue() and "call" not in stream.getvalue()


def test_short_stages_are_not_worth_a_bar(terminal):
    stream = terminal()
    bar = display(patience=2.0)
    bar.update(at("plans", 1, 1, seconds=1.9))
    bar.close()
    assert stream.getvalue() == ""
    bar.update(at("plans", 1, 1, seconds=2.1))
    assert "plans: 100%" in stream.getvalue()


def test_ctrl_c_leaves_a_fresh_line(terminal, press_ctrl_c):
    stream = terminal()
    press_ctrl_c("training", done=3)
    with pytest.raises(KeyboardInterrupt):
        fit(epochs=2_000_000)
    assert "training:" in stream.getvalue() and stream.getvalue().endswith("\n")


def test_a_stream_that_fails_stops_the_fit_with_its_error(monkeypatch):
    class Closed(Terminal):
        def write(self, text):
            raise BrokenPipeError("nobody reads this")

    monkeypatch.setattr(sys, "stderr", Closed())
    with pytest.raises(BrokenPipeError):
        fit(epochs=2_000_000)


def test_files_have_lines(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    assert isinstance(display(), ProgressLine)
    fit(epochs=30)
    assert "\r" not in stream.getvalue() and "training 30/30, loss " in stream.getvalue()


def test_without_tqdm_there_is_a_line(terminal, monkeypatch):
    stream = terminal()
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    assert isinstance(display(), ProgressLine)
    fit(epochs=30)
    assert re.search(r"\rtraining 30/30, loss [\d.e+-]+, [\d.]+ s in all\n", stream.getvalue())


def test_bars_that_the_environment_forbids(terminal, monkeypatch):
    from tqdm.auto import tqdm as kind

    stream = terminal()
    bar = ProgressBar(lambda **options: kind(disable=True, **options))
    bar.update(at("training", 1, 2))
    bar.close()
    assert stream.getvalue() == ""


def test_notebooks_have_their_bars(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipykernel", object())
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert isinstance(display(), ProgressBar)


def test_quiet_fits_do_not_import_it():
    code = (
        "import sys, jkonetstar as jk\n"
        "jk.JKOnetStar(hidden=(4,), epochs=2).fit([0.0, 1.0, 0.0, 1.0], [0, 0, 1, 1], report=False)\n"
        "assert not any(name.startswith(('tqdm', 'pandas', 'polars', 'scipy')) for name in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "", done.stderr
