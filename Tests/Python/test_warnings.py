"""Every warning: on the data that it is for, with its number, two remedies and a section of docs/warnings.md."""

import re
import warnings

import jkonetstar as jk
import numpy as np
import pytest

from populations import quadratic_series

EXACT = {"potential": jk.Linear(polynomial_degree=2, radial=None)}


@pytest.fixture(scope="module")
def sections(root):
    """The anchors of docs/warnings.md."""
    titles = re.findall(r"^## (.*)$", (root / "docs" / "warnings.md").read_text(encoding="utf-8"), re.MULTILINE)
    return {title.lower().replace(" ", "-") for title in titles}


@pytest.fixture
def advised(sections):
    """Return the one warning of a section that a call gives, after checking its form."""

    def check(call, section, kind=RuntimeWarning):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            call()
        (found,) = [one for one in caught if str(one.message).endswith(f"See docs/warnings.md#{section}")]
        message = str(found.message)
        assert section in sections and issubclass(found.category, kind) and found.filename == __file__
        assert re.search(r"\d", message) and "\n" not in message and len(message) < 500
        assert re.search(r"\. Try .+, or .+\. See docs/warnings\.md#[a-z-]+$", message)
        return message

    return check


def silent(call):
    """Return what a call returns, which must not warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return call()


def test_every_section_is_of_a_warning(root, sections):
    package = root / "bindings" / "python" / "jkonetstar"
    source = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    assert all(f'"{section}"' in source for section in sections)


def test_unequal_scales(advised):
    X, time = quadratic_series()
    for ratio in (1e4, 1e-4):
        message = advised(
            lambda r=ratio: jk.JKOnetStar(**EXACT).fit(X * [1, r], time), "unequal-scales", jk.DataWarning
        )
        assert re.search(r"is (9|1\.?\d*e\+0?4|[0-9.e+]+) times that of coordinate [01]", message)
        assert "X.std" in message
    silent(lambda: jk.JKOnetStar(**EXACT).fit(X * [1, 100], time))
    constant = np.column_stack([X, np.full(len(X), 3.0)])
    silent(lambda: jk.JKOnetStar(**EXACT).fit(constant, time))


def test_single_particles(advised):
    X, time = quadratic_series()
    X, time = np.append(X, [[0.1, 0.1]], axis=0), np.append(time, time.max() + 0.1)
    message = advised(lambda: jk.JKOnetStar(**EXACT).fit(X, time), "single-particles", jk.DataWarning)
    assert message.startswith(f"1 of {len(np.unique(time))} snapshots") and "time_tolerance" in message


def test_close_times(advised):
    X, time = quadratic_series()
    late = time + 1e-5 * (np.arange(len(time)) % 2) * (time == time.max())
    message = advised(lambda: jk.JKOnetStar(**EXACT).fit(X, late), "close-times", jk.DataWarning)
    tolerance = float(re.search(r"time_tolerance=([0-9.e-]+)", message)[1])
    # The tolerance that it names is one that helps.
    model = silent(lambda: jk.JKOnetStar(**EXACT).fit(X, late, time_tolerance=tolerance))
    assert len(model.times_) == len(np.unique(time))


def test_times_that_differ_by_rounding_are_one():
    assert len(jk.Snapshots([1.0, 2.0, 3.0], time=[0.3, 0.1 + 0.2, 0])) == 2
    series = jk.Snapshots([1.0, 2.0, 3.0, 4.0], time=[0, 0.4, 0.5, 2], time_tolerance=0.2)
    assert series.times.tolist() == [0, 0.4, 2] and series.sizes == [1, 2, 1]
    with pytest.raises(ValueError, match="time_tolerance = -1"):
        jk.Snapshots([1.0], time=[0], time_tolerance=-1)


def test_times_of_files_have_a_tolerance_too(tmp_path):
    table = tmp_path / "clock.csv"
    table.write_text("day,x\n0.98,1\n2,3\n1.02,2\n")
    series = jk.Snapshots.load(table, time_tolerance=0.1)
    assert series.times.tolist() == [0.98, 2] and series[0].rows.tolist() == [0, 2]
    assert len(jk.Snapshots.load(table)) == 3
    with pytest.raises(ValueError, match="time_tolerance = -1"):
        jk.Snapshots.load(table, time_tolerance=-1)
    np.save(tmp_path / "stack.npy", np.zeros((3, 2, 1)))
    with pytest.raises(ValueError, match="time_tolerance = 0.1 has no effect on points of shape"):
        jk.Snapshots.load(tmp_path / "stack.npy", time_tolerance=0.1)
    np.savez(tmp_path / "stack.npz", X=np.zeros((3, 2, 1)), time=np.arange(3.0))
    with pytest.raises(ValueError, match="time_tolerance = 0.1 has no effect on points of shape"):
        jk.Snapshots.load(tmp_path / "stack.npz", time_tolerance=0.1)


def test_a_series_has_its_own_times():
    series = jk.Snapshots([1.0, 2.0], time=[0, 1])
    with pytest.raises(TypeError, match="time_tolerance"):
        jk.JKOnetStar(**EXACT).fit(series, time_tolerance=0.1)


def test_epsilon_above_relaxation(advised):
    X, time = quadratic_series(40)
    coupling = jk.Unbalanced(marginal_relaxation=0.5, epsilon=1.0)
    model = jk.JKOnetStar(**EXACT, coupling=coupling)
    assert "epsilon=0.05" in advised(lambda: model.fit(X, time), "epsilon-above-relaxation")
    x, y = X[:40], X[40:80]
    options = {"method": "unbalanced", "marginal_relaxation": (np.inf, 1e-3)}
    advised(lambda: jk.optimal_transport(x, y, epsilon=0.01, **options), "epsilon-above-relaxation")
    # Where the library chooses epsilon, it chooses a tenth of the relaxation at most, and a twentieth of the mean cost.
    assert silent(lambda: jk.optimal_transport(x, y, **options)).epsilon == pytest.approx(1e-4)
    mean = float(((x[:, None] - y) ** 2).sum(-1).mean())
    plan = silent(lambda: jk.optimal_transport(x, y, method="unbalanced", marginal_relaxation=100.0))
    assert plan.epsilon == pytest.approx(0.05 * mean)
    silent(lambda: jk.JKOnetStar(**EXACT, coupling=jk.Unbalanced(1e-3)).fit(X, time))


def test_worse_than_nothing(advised):
    X, time = np.random.default_rng(0).normal(size=(600, 10)), np.repeat([0.0, 1.0, 2.0], 200)
    small = {"hidden": (32, 32), "epochs": 100, "batch_size": 100}
    model = jk.JKOnetStar(scheme="implicit", rollout_weight=0.0, **small)
    advised(lambda: model.fit(X, time), "worse-than-nothing")
    report = model.report_
    assert report.worse and report.one_step > report.nothing_moves > 0.8 * report.floor
    assert report.variance_ratio > 1.5 and model.folded_ == report.folded
    silent(lambda: jk.JKOnetStar(**small).fit(X, time))


CAUSES = {
    "one particle": ({"potential": "linear"}, 1, "time_tolerance"),
    "rate": ({"hidden": [4], "epochs": 60, "learning_rate": 0.3}, 30, "learning_rate below 0.3"),
    "epochs": ({"hidden": [4], "epochs": 2}, 30, "more epochs than 2"),
    "linear": (EXACT, 30, "time_varying"),
}


@pytest.mark.parametrize("cause", CAUSES)
def test_the_first_remedy_suits_the_cause(cause, advised, monkeypatch):
    params, size, expected = CAUSES[cause]
    X, time = quadratic_series(size)
    monkeypatch.setattr(jk._abi.FitCheck, "worse", 1)
    message = advised(lambda: jk.JKOnetStar(**params).fit(X, time), "worse-than-nothing")
    assert expected in message.partition("Try ")[2].split(", or ")[0]


def test_diverged_training(advised):
    X, time = quadratic_series(100)
    adam = jk.Adam(epochs=20, learning_rate=30.0, schedule="constant")
    model = jk.JKOnetStar(hidden=(8,), training=adam)
    message = advised(lambda: model.fit(X, time), "diverged-training")
    assert "learning_rate below 30" in message and 'schedule="cosine"' in message
    assert model.report_.diverged and "diverged" in repr(model.report_)


def test_terms_alike(advised):
    x = np.random.default_rng(0).normal(size=(200, 2))
    x -= x.mean(axis=0)
    X, time = np.concatenate([x, 0.9 * x]), np.repeat([0.0, 0.1], 200)
    model = jk.JKOnetStar(EXACT["potential"], EXACT["potential"])
    message = advised(lambda: model.fit(X, time), "terms-alike", jk.IdentifiabilityWarning)
    assert "interaction=None" in message and model.report_.identified is False


def test_negative_beta(advised):
    x = np.random.default_rng(0).normal(size=(300, 1))
    X, time = np.concatenate([x, 0.8 * x]), np.repeat([0.0, 0.1], 300)
    advised(lambda: jk.JKOnetStar(potential=None, internal=True).fit(X, time), "negative-beta")


def test_far_steps(advised):
    X, time = quadratic_series()
    model = jk.JKOnetStar(**EXACT).fit(X, time)
    gap = np.diff(model.times_).max()
    message = advised(lambda: model.predict(X[:5], times=[0, 100 * gap]), "far-steps", jk.ExtrapolationWarning)
    assert "100 times as long" in message and f"{gap:.3g}" in message
    silent(lambda: model.predict(X[:5], times=[0, 2 * gap]))
    silent(lambda: model.predict(X[:5], steps=3))


def test_outside_fitted_times(advised):
    X, time = quadratic_series()
    span, gap = time.max(), np.diff(np.unique(time)).max()
    still = jk.JKOnetStar(**EXACT).fit(X, time)
    varying = jk.JKOnetStar(**EXACT, time_varying=True).fit(X, time)
    for model in (still, varying):
        times = np.arange(0, span + 3.5 * gap, gap)
        inside = times[times <= span + gap + 1e-9]
        silent(lambda m=model, t=inside: m.predict(X[:5], times=t))
        call = lambda m=model, t=times: m.predict(X[:5], times=t)  # noqa: E731
        message = advised(call, "outside-fitted-times", jk.ExtrapolationWarning)
        assert ("V varies" in message) == (model is varying)


def test_beyond_the_region(advised):
    X, time = quadratic_series()
    model = jk.JKOnetStar(**EXACT).fit(X, time)
    for factor, said in ((8, "beyond five times"), (50, "5 predicted particles lie beyond ten times")):
        start = factor * np.abs(X).max() * np.ones((5, 2))
        message = advised(lambda x=start: model.predict(x), "beyond-the-region", jk.ExtrapolationWarning)
        assert said in message and "polynomial_degree" in message


def test_unconverged_steps(advised):
    X, time = quadratic_series(scheme="implicit")
    model = jk.JKOnetStar(scheme="implicit", **EXACT).fit(X, time)
    call = lambda: model.predict(X[:50], steps=2, tolerance=1e-300, max_iterations=1)  # noqa: E731
    message = advised(call, "unconverged-steps")
    assert re.match(r"\d+ of 100 implicit steps \([0-9.e+]+ %\) did not converge", message) and "explicit" in message


def test_out_of_range_keeps_the_other_steps(advised):
    """Distances that are no numbers lose neither those of other steps nor other distances of the same step."""
    X, time = quadratic_series()
    # Steps go as far as the fastest coupling in so long a time. The square of 1e200 is not a number.
    model = jk.JKOnetStar(**EXACT).fit(np.concatenate([X, 2 * X]), np.repeat([0.0, 1.0], len(X)))
    x = X[:50]
    series = jk.Snapshots(np.concatenate([x] * 3), np.repeat([0, 1e10, 1e200], 50), time_tolerance=0.0)
    message = advised(lambda: model.evaluate(series), "out-of-range")
    assert message.startswith("the rollout of step 1, for time 1e+200, left the range of numbers")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = model.evaluate(series)
        assert np.isfinite(found.one_step[0]) and np.isfinite(found.nothing_moves).all()
        assert np.isfinite(found.cumulative[0]) and found.effects_mismatch[1] == np.inf


def test_without_a_report_nothing_is_judged():
    X, time = quadratic_series()
    model = silent(lambda: jk.JKOnetStar(**EXACT).fit(X * [1, 1e-5], time, report=False))
    assert not hasattr(model, "report_") and not hasattr(model, "folded_")
    with pytest.raises(AttributeError, match="report_ is there after fit"):
        model.report_  # noqa: B018


def test_floors_of_the_same_particles(advised):
    X, time = quadratic_series()
    series = jk.Snapshots(X, time)
    train, test = series.split(by="times")
    model = jk.JKOnetStar(**EXACT).fit(train, report=False)
    count = series.sizes[1]
    message = advised(lambda: model.evaluate(series, train=series), "floor-too-low", jk.DataWarning)
    assert message.startswith(f"train has {count} of the {count} particles that X has at time {series.times[1]:g}")
    # Shuffled, as arrays, and with some that were held out; half of the particles may be the same by chance.
    advised(lambda: model.evaluate(X, time, train=series.shuffle()), "floor-too-low", jk.DataWarning)
    advised(lambda: model.evaluate(test, train=series), "floor-too-low", jk.DataWarning)
    silent(lambda: model.evaluate(test, train=train))
    silent(lambda: model.evaluate(series, train=train))
    silent(lambda: model.evaluate(series))
