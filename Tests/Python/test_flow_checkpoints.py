"""Flows that are stopped at any step and resumed end bit for bit as if nothing had happened."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import jkonetstar as jk
import numpy as np
import pytest


def double_well(x, t=0.0):
    """V = (x_1^2 - 1)^2 + |x|^2 / 2 - t x_1, and its gradient."""
    a = x[:, 0]
    gradients = x.copy()
    gradients[:, 0] += 4 * a * (a**2 - 1) - t
    return (a**2 - 1) ** 2 + (x**2).sum(1) / 2 - t * a, gradients


def in_time(x, t):
    """The same, of two arguments."""
    return double_well(x, t)


BASES = {
    "mixture": lambda: jk.GaussianMixture.of([1.0, 2.0], [[0.0, 0.3], [0.5, 0.0]], [0.2 * np.eye(2), 0.3 * np.eye(2)]),
    "kernel": lambda: jk.KernelDensity().fit(np.random.default_rng(0).normal(size=(120, 2))),
}
OPTIONS = {
    "jko": {"scheme": "jko", "components": 4},
    "bumps": {"scheme": "jko", "components": 0, "bumps": 8},
    "sdirk2": {"scheme": "sdirk2", "components": 0},
    "bdf2": {"scheme": "bdf2", "components": 3},
    "midpoint": {"scheme": "midpoint", "components": 3},
    "porous": {"scheme": "sdirk2", "components": 3, "exponent": 2.0},
    "network": {"method": "network", "hidden": (8, 8), "rank": 2, "iterations": 30, "batch_size": 64},
    "network bdf2": {
        "method": "network",
        "scheme": "bdf2",
        "hidden": (6,),
        "rank": 1,
        "iterations": 20,
        "batch_size": 64,
    },
}
COMMON = {"beta": 0.4, "step": 0.04, "steps": 6, "particles": 300, "t0": 0.5, "random_state": 5}


def bits(flow):
    """All that a flow says at some places."""
    x = np.random.default_rng(1).normal(size=(30, 2)) / 2
    return b"".join(
        part.tobytes()
        for part in (flow.times_, flow.energies_, flow.transport(x), flow.log_determinant(x), flow.sample(30))
    )


class Stop(Exception):
    pass


def stopped_after(potential, steps):
    """Return a potential that raises once the population after so many steps is due."""
    last = COMMON["t0"] + (steps + 0.2) * COMMON["step"]

    def stops(x, t):
        if t > last:
            raise Stop
        return potential(x, t)

    return stops


@pytest.mark.parametrize("kind", OPTIONS)
@pytest.mark.parametrize("base", BASES)
def test_stopped_flows_resume_bit_for_bit(kind, base, tmp_path):
    options, start, path = {**COMMON, **OPTIONS[kind]}, BASES[base](), tmp_path / "flow"
    whole = jk.WassersteinFlow(in_time, **options).fit(start)
    for done in (1, 4):
        with pytest.raises(Stop):
            jk.WassersteinFlow(stopped_after(in_time, done), **options).fit(
                start, checkpoint=jk.Checkpoint(path, resume=True)
            )
        assert len(jk.WassersteinFlow.load(path).times_) == done + 1
    resumed = jk.WassersteinFlow(in_time, **options).fit(start, checkpoint=jk.Checkpoint(path, resume=True))
    assert bits(resumed) == bits(whole) == bits(jk.WassersteinFlow.load(path))


def test_more_steps_go_on_from_a_whole_flow(tmp_path):
    options, start = {**COMMON, **OPTIONS["jko"]}, BASES["mixture"]()
    path = tmp_path / "flow"
    jk.WassersteinFlow(in_time, **{**options, "steps": 3}).fit(start, checkpoint=path)
    longer = jk.WassersteinFlow(in_time, **options).fit(start, checkpoint=jk.Checkpoint(path, resume=True))
    assert bits(longer) == bits(jk.WassersteinFlow(in_time, **options).fit(start))

    def never(x, t):
        assert t == options["t0"], "nothing is left to be done"
        return in_time(x, t)

    again = jk.WassersteinFlow(never, **options).fit(start, checkpoint=jk.Checkpoint(path, resume=True))
    assert bits(again) == bits(longer)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A checkpoint of two steps."""
    path = tmp_path_factory.mktemp("kept") / "flow"
    jk.WassersteinFlow(in_time, **{**COMMON, **OPTIONS["bdf2"], "steps": 2}).fit(BASES["mixture"](), checkpoint=path)
    return path


@pytest.mark.parametrize(
    "change",
    [
        {"beta": 0.41}, {"step": 0.05}, {"scheme": "midpoint"}, {"components": 4}, {"bumps": 1}, {"neighbour": 11},
        {"particles": 301}, {"t0": 0.6}, {"random_state": 6}, {"exponent": 2.0}, {"method": "network"},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_checkpoints_of_other_flows_are_refused(change, kept, refused):
    before = kept.read_bytes()
    flow = jk.WassersteinFlow(in_time, **{**COMMON, **OPTIONS["bdf2"], **change})
    error = refused(
        jk.InputError, lambda: flow.fit(BASES["mixture"](), checkpoint=jk.Checkpoint(kept, resume=True)),
        f'checkpoint = "{kept}" is of a flow with',
    )  # fmt: skip
    expected = "another energy" if next(iter(change)) in ("beta", "exponent") else "other options"
    assert expected in str(error) and kept.read_bytes() == before


def test_other_bases_energies_and_files_are_refused(kept, tmp_path, refused):
    """What is there already is never written over."""
    before, resume = kept.read_bytes(), jk.Checkpoint(kept, resume=True)
    options = {**COMMON, **OPTIONS["bdf2"]}
    flow, start = jk.WassersteinFlow(in_time, **options), BASES["mixture"]()
    moved = jk.GaussianMixture.of([1.0, 2.0], [[0.0, 0.3], [0.5, 1e-9]], [0.2 * np.eye(2), 0.3 * np.eye(2)])
    for other in (moved, BASES["kernel"]()):
        refused(jk.InputError, lambda other=other: flow.fit(other, checkpoint=resume), "another base density")
    for potential in ("sphere", None, lambda x, t: (in_time(x, t)[0] + 1e-9, in_time(x, t)[1])):
        other = jk.WassersteinFlow(potential, **options)
        refused(jk.InputError, lambda other=other: other.fit(start, checkpoint=resume), "another energy")
    shorter = jk.WassersteinFlow(in_time, **{**options, "steps": 1})
    refused(jk.InputError, lambda: shorter.fit(start, checkpoint=resume), "2 steps", "steps = 1")
    for once in (kept, jk.Checkpoint(kept)):
        refused(jk.InputError, lambda once=once: flow.fit(start, checkpoint=once), "exists", "resume from it")
    assert kept.read_bytes() == before
    notes = tmp_path / "notes"
    notes.write_text("nothing to be lost")
    refused(ValueError, lambda: flow.fit(start, checkpoint=jk.Checkpoint(notes, resume=True)), str(notes))
    assert notes.read_text() == "nothing to be lost"
    refused(OSError, lambda: flow.fit(start, checkpoint=tmp_path / "absent" / "flow"), "absent")
    refused(TypeError, lambda: flow.fit(start, checkpoint=3), "checkpoint must be a string or a path, got int 3")
    refused(TypeError, lambda: flow.fit(start, checkpoint=jk.Checkpoint(kept, resume="yes")), "checkpoint.resume")


def test_particles_have_no_checkpoint(tmp_path, refused):
    flow = jk.WassersteinFlow(double_well, method="particles", particles=200)
    refused(
        jk.InputError, lambda: flow.fit(BASES["mixture"](), checkpoint=tmp_path / "flow"), "checkpoint", "particles"
    )


def long_flow(path):
    options = {**COMMON, **OPTIONS["midpoint"], "steps": 40}
    return jk.WassersteinFlow(in_time, **options).fit(BASES["mixture"](), checkpoint=jk.Checkpoint(path, resume=True))


def test_killed_flows_resume_bit_for_bit(tmp_path):
    """SIGKILL comes at three moments, whatever is being written then."""
    path = tmp_path / "killed"
    program = "import sys; sys.path.insert(0, sys.argv[1]); import test_flow_checkpoints as t; t.long_flow(sys.argv[2])"
    for pause in (0.0, 0.004, 0.03):
        before = path.stat().st_mtime_ns if path.exists() else 0
        process = subprocess.Popen([sys.executable, "-c", program, str(Path(__file__).parent), str(path)])
        deadline = time.monotonic() + 1800  # for a process that hangs
        while process.poll() is None and time.monotonic() < deadline:
            if path.exists() and path.stat().st_mtime_ns > before:
                break
            time.sleep(0.001)
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert jk.WassersteinFlow.load(path).n_features_in_ == 2  # what lies there is whole
    assert bits(long_flow(path)) == bits(long_flow(tmp_path / "whole"))


@pytest.mark.parametrize("kind", ["jko", "network", "sdirk2"])
def test_ctrl_c_within_a_flow_leaves_its_steps(kind, tmp_path, press_ctrl_c):
    options, start, path = {**COMMON, **OPTIONS[kind]}, BASES["mixture"](), tmp_path / "flow"
    press_ctrl_c("flow", done=2)
    with pytest.raises(KeyboardInterrupt):
        jk.WassersteinFlow(in_time, **options).fit(start, checkpoint=path)
    assert len(jk.WassersteinFlow.load(path).times_) >= 3
    resumed = jk.WassersteinFlow(in_time, **options).fit(start, checkpoint=jk.Checkpoint(path, resume=True))
    assert bits(resumed) == bits(jk.WassersteinFlow(in_time, **options).fit(start))


def test_ctrl_c_within_callbacks(tmp_path):
    """Pressed while user code runs, at the start or within a step, in an energy or in a density."""
    start, x0 = BASES["mixture"](), np.random.default_rng(0).normal(size=(200, 2))

    def press_at(call, function):
        calls = []

        def pressed(*arguments):
            calls.append(None)
            if len(calls) == call:
                os.kill(os.getpid(), signal.SIGINT)
            return function(*arguments)

        return pressed

    before, options = signal.getsignal(signal.SIGINT), {"components": 0, "steps": 2, "particles": 200}
    for call in (1, 2, 5):
        for name in ("potential", "interaction"):
            with pytest.raises(KeyboardInterrupt):
                jk.WassersteinFlow(**{name: press_at(call, lambda x: double_well(x))}, **options).fit(start)
        assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(KeyboardInterrupt):
        jk.WassersteinFlow(**options).fit(x0, press_at(1, lambda x: -(x**2).sum(1)))
    for method in ("network", "particles"):
        with pytest.raises(KeyboardInterrupt):
            jk.WassersteinFlow(press_at(2, lambda x: double_well(x)), method=method, **options).fit(start)
    assert signal.getsignal(signal.SIGINT) is before
