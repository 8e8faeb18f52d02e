"""Use an installed jkonetstar if there is one, else the source tree beside these tests."""

import importlib.util
import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]

# Shells start what runs in the background with SIGINT ignored, and fits that tests interrupt would go on for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)

if importlib.util.find_spec("jkonetstar") is None:
    source = str(ROOT / "bindings" / "python")
    sys.path.insert(0, source)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH")]))


# Tests of the development scripts import them.
sys.path.insert(0, str(ROOT / "scripts"))


# Many tests fit few particles for few epochs, and the library warns of such fits as it should. Tests of these warnings
# ask for them by `pytest.warns`; elsewhere they would hide warnings that nobody expects.
EXPECTED_WARNINGS = (
    "the fitted model predicts its own training snapshots worse",
    r"beta = .* is negative",
    "beta cannot be told from the other terms",
    r"(\d+ )?predicted particles lie beyond",
    r"\d+ of \d+ snapshots have a single particle",
    r"a step of .* in time is .* times as long",
    r"times .* lie outside the fitted times",
    "W1 of .* is .* on average, below the floor",
)


def pytest_configure(config):
    """Leave expected warnings out of the summary."""
    config.addinivalue_line("markers", "long: takes ten seconds or more; left out by PYTEST_SHORT, as CI does")
    for message in EXPECTED_WARNINGS:
        config.addinivalue_line("filterwarnings", f"ignore:{message}")


@pytest.fixture(scope="session")
def root():
    """The repository."""
    return ROOT


@pytest.fixture
def rng():
    """Random numbers, the same in every run."""
    return np.random.default_rng(2024)


@pytest.fixture
def refused():
    """Check that a call fails with one line that names what is wrong, and with nothing worse."""

    def check(kind, call, *mentioned):
        with pytest.raises(kind) as caught:
            call()
        message = str(caught.value)
        assert message and "\n" not in message and len(message) < 400, message
        for word in mentioned:
            assert word in message, message
        return caught.value

    return check


@pytest.fixture
def press_ctrl_c(monkeypatch):
    """Have a Ctrl-C come while the library works, at its next report of a stage with so many units done."""
    from jkonetstar._calls import LongCall

    report = LongCall._on_progress

    def at(stage, done=0):
        waiting = [True]

        def interrupted(call, progress, user_data):
            now = progress.contents
            if waiting and now.stage == stage.encode() and now.done >= done:
                waiting.clear()
                os.kill(os.getpid(), signal.SIGINT)
            return report(call, progress, user_data)

        monkeypatch.setattr(LongCall, "_on_progress", interrupted)

    return at
