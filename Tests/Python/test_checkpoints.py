"""Fits that are killed at any moment and resumed end as if nothing had happened."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable

import jkonetstar as jk
import numpy as np
import pytest

ADAM = {"epochs": 400, "batch_size": 20, "interaction_samples": 10}


def _data() -> tuple[np.ndarray, np.ndarray]:
    x0 = np.random.default_rng(0).normal(size=(60, 2))
    x1 = 0.9 * np.random.default_rng(1).permutation(x0)
    x2 = 0.8 * np.random.default_rng(2).permutation(x0)
    return np.concatenate([x0, x1, x2]), np.repeat([0.0, 0.1, 0.2], 60)


def _fit(path: Path) -> jk.JKOnetStar:
    X, time_ = _data()
    training = jk.Adam(**ADAM, checkpoint=jk.Checkpoint(path, every=1, resume=True))
    return jk.JKOnetStar("mlp", "mlp", hidden=(12, 9), training=training).fit(X, time=time_)


def _weights(model: jk.JKOnetStar) -> bytes:
    x = np.random.default_rng(3).normal(size=(50, 2))
    return model.potential_.gradient(x).tobytes() + model.interaction_.gradient(x).tobytes() + model.history_.tobytes()


def test_killed_fits_resume_bit_for_bit(tmp_path: Path) -> None:
    """SIGKILL comes at five moments, whatever is being written then."""
    whole = _fit(tmp_path / "whole")
    path = tmp_path / "killed"
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); import test_checkpoints as t; from pathlib import Path; "
        "t._fit(Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", program, str(Path(__file__).parent), str(path)]
    for pause in (0.0, 0.013, 0.05, 0.11, 0.2):
        process = subprocess.Popen(command)
        deadline = time.monotonic() + 1800  # for a process that hangs
        before = path.stat().st_mtime_ns if path.exists() else 0
        while process.poll() is None and time.monotonic() < deadline:
            if path.exists() and path.stat().st_mtime_ns > before:
                break
            time.sleep(0.001)
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        process.wait()
        # What lies there is whole, and a model.
        assert jk.load(path).n_features_in_ == 2
    assert _weights(_fit(path)) == _weights(whole)
    assert _weights(jk.load(path)) == _weights(whole)


def test_ctrl_c_leaves_a_checkpoint(tmp_path: Path, press_ctrl_c: Callable) -> None:
    """An interrupted fit keeps its model, writes it, and goes on from there."""
    path = tmp_path / "interrupted"
    X, t = _data()
    training = jk.Adam(**{**ADAM, "epochs": 20_000}, checkpoint=jk.Checkpoint(path, every=10_000))
    model = jk.JKOnetStar("mlp", "mlp", hidden=(12, 9), training=training)
    press_ctrl_c("training", done=7)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, time=t)
    assert len(model.history_) == 7
    assert _weights(jk.load(path)) == _weights(model)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"checkpoint": jk.Checkpoint("x", every=0)}, "checkpoint.every = 0"),
        ({"validation": jk.Validation("emd", fraction=1.0)}, "validation.fraction = 1"),
        ({"validation": "mse"}, "validation"),
        ({"validation": jk.Validation(patience=0)}, "validation.patience = 0"),
        ({"final_rate": 0.0}, "final_rate = 0"),
        ({"final_rate": 1.5}, "final_rate = 1.5"),
        ({"schedule": "linear"}, "schedule"),
        ({"last_layer": "solved"}, "last_layer"),
        ({"last_layer": jk.ExactLastLayer(every=0)}, "last_layer.every = 0"),
        ({"checkpoint": "/no/such/folder/x", "epochs": 1}, "/no/such/folder/x"),
    ],
)
def test_bad_options(change: dict, message: str) -> None:
    """One line that names the argument and its value."""
    X, t = _data()
    with pytest.raises((jk.InputError, OSError), match=message) as caught:
        jk.JKOnetStar(training=jk.Adam(**change)).fit(X, time=t)
    assert "\n" not in str(caught.value)


def test_validation_by_predictions() -> None:
    """The best epoch by the EMD of held-out particles is kept; training ends early."""
    X, t = _data()
    held_out = jk.Validation("emd", every=5, patience=3)
    model = jk.JKOnetStar(hidden=(16,), training=jk.Adam(5000, learning_rate=1e-2, validation=held_out))
    model.fit(X, time=t)
    assert len(model.history_) < 5000
    assert model.evaluate(jk.Snapshots(X, t)).one_step.mean() < 0.2
