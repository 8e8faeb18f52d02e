"""Langevin draws through the package: known densities, where V comes from, what is refused."""

import jkonetstar as jk
import numpy as np
import pytest


def well(x):
    """V = x_0^2 / 2 + 50 (x_1 - 2)^2."""
    offset = x - [0, 2]
    return offset[:, 0] ** 2 / 2 + 50 * offset[:, 1] ** 2, offset * [1, 100]


@pytest.fixture(scope="module")
def starts():
    return np.random.default_rng(0).normal(size=(6, 2))


def test_moments_within_their_errors(starts):
    found = jk.sample(well, starts, beta=0.5, draws=3000)
    assert found.points.shape == (6, 3000, 2) and (found.r_hats < 1.01).all() and 0.4 < found.acceptance < 0.75
    exact = np.array([0.5, 0.005])
    assert (np.abs(found.points.mean((0, 1)) - [0, 2]) < 5 * np.sqrt(exact / found.effective_sizes)).all()
    assert (np.abs(found.points.var((0, 1)) / exact - 1) < 5 * np.sqrt(4 / found.effective_sizes)).all()


def test_effective_sizes_are_those_of_the_means(starts):
    """Over many runs the spread of the mean is the standard error that the effective size says."""
    runs = [jk.sample(well, starts[:4], draws=400, warmup=300, random_state=seed) for seed in range(60)]
    means = np.array([run.points[..., 0].mean() for run in runs])
    errors = np.array([run.points[..., 0].std() / np.sqrt(run.effective_sizes[0]) for run in runs])
    assert 0.7 < means.std() / np.sqrt((errors**2).mean()) < 1.4


@pytest.mark.filterwarnings("ignore:the chains do not agree")
def test_where_v_comes_from(starts):
    sphere = jk.functionals["sphere"]  # -10 |x|^2 has no density, and is not needed to have one for a few draws
    named, given, called = (
        jk.sample(v, 0.01 * starts, draws=5, warmup=0, step=1e-4).points
        for v in ("sphere", sphere, lambda x: (sphere(x), sphere.gradient(x)))
    )
    assert np.array_equal(named, given) and np.allclose(named, called, atol=1e-12)
    x = np.random.default_rng(1).normal(size=(400, 2))
    model = jk.JKOnetStar(jk.Linear(2, radial=None)).fit([x, 0.8 * x], time=[0.0, 1.0])
    spread = jk.sample(model.potential_, starts, beta=0.3, draws=2000).points.std((0, 1))
    assert np.allclose(spread, np.sqrt(0.3 / 0.2), rtol=0.15)  # V = 0.1 |x|^2


@pytest.mark.filterwarnings("ignore:the chains do not agree")
def test_same_seed_same_draws(starts):
    one, two, other = (jk.sample(well, starts, draws=20, random_state=seed) for seed in (3, 3, 4))
    assert np.array_equal(one.points, two.points) and one.step == two.step
    assert not np.array_equal(one.points, other.points)


def test_chains_that_disagree_are_told_of(starts):
    apart = lambda x: (np.minimum(((x - 9) ** 2).sum(1), ((x + 9) ** 2).sum(1)), 2 * (x - 9 * np.sign(x)))  # noqa: E731
    with pytest.warns(jk.ConvergenceWarning, match="R-hat of coordinate [01] is .*chains-disagree"):
        jk.sample(apart, [[9.0, 9.0], [-9.0, -9.0]], draws=200, warmup=100)


@pytest.mark.filterwarnings("ignore:the chains do not agree")
def test_what_is_refused(starts):
    for options, message in [
        ({"beta": 0}, "beta = 0"), ({"draws": 0}, "draws = 0"), ({"warmup": -1}, "warmup = -1"),
        ({"step": -1.0}, "step = -1"), ({"potential": "bowl"}, 'potential = "bowl"'),
        ({"potential": None}, "potential"), ({"x0": [[np.nan, 0.0]]}, "x0"),
    ]:  # fmt: skip
        with pytest.raises(ValueError, match=message):
            jk.sample(**{"potential": well, "x0": starts, **options})
    with pytest.raises(ValueError, match=r"the potential at x0\[0\] is nan, not a finite number"):
        jk.sample(lambda x: (np.full(len(x), np.nan), x), starts)
    with pytest.raises(TypeError, match="pass its potential_"):
        jk.sample(jk.JKOnetStar(), starts)
    with pytest.raises(jk.ConvergenceError, match="step"):
        jk.sample(lambda x: ((x**4).sum(1), 4 * x**3), 10 * starts, adjusted=False, step=1.0)
