"""What flows start from: particles with a function for their density, and kernel densities."""

import copy
import math
import pickle

import jkonetstar as jk
import numpy as np
import pytest
from scipy.special import betaincinv

AFFINE = {"components": 0, "steps": 3}


def log_normal(x):
    """Return ln N(x; 0, I)."""
    return -(x**2).sum(1) / 2 - x.shape[1] / 2 * math.log(2 * math.pi)


class Barenblatt:
    """The profile rho = (C - k r^2)_+ of d rho / dt = Laplace rho^2 at time 1, which later only scales."""

    def __init__(self, d):
        self.d, self.k = d, 1 / (4 * (d + 2))
        surface = 2 * math.pi ** (d / 2) / math.gamma(d / 2)
        self.level = (d * (d + 2) / (2 * surface) * self.k ** (d / 2)) ** (2 / (d + 2))
        self.edge = math.sqrt(self.level / self.k)

    def scale(self, t):
        """Return by how much the profile is wider after a time t."""
        return (1 + t) ** (1 / (self.d + 2))

    def particles(self, n):
        """Return n particles at the quantiles of (r / edge)^2, of the distribution Beta(d / 2, 2), along all axes.

        Their mean is 0, their covariance has no direction, and the second moment is that of the profile, so that
        affine maps have no error of sampling.
        """
        count = n // (2 * self.d)
        radii = self.edge * np.sqrt(betaincinv(self.d / 2, 2, (np.arange(count) + 0.5) / count))
        radii *= self.edge * math.sqrt(self.d / (self.d + 4) / (radii**2).mean())
        assert radii.max() < self.edge
        axes = np.concatenate([np.eye(self.d), -np.eye(self.d)])
        return (radii[:, None, None] * axes).reshape(-1, self.d)

    def log_density(self, x, scale=1.0):
        with np.errstate(divide="ignore"):
            inside = np.maximum(self.level - self.k * (x**2).sum(1) / scale**2, 0)
            return np.log(inside) - self.d * math.log(scale)

    def flow(self, steps, scheme="sdirk2", log_density=None):
        flow = jk.WassersteinFlow(exponent=2, step=1 / steps, steps=steps, scheme=scheme, components=0)
        return flow.fit(self.particles(4000), log_density or self.log_density)


@pytest.mark.parametrize("d", [1, 2, 5])
@pytest.mark.parametrize(("scheme", "order"), [("jko", 1), ("sdirk2", 2), ("bdf2", 2), ("midpoint", 2)])
def test_barenblatts_profile_scales(d, scheme, order):
    """Of first order by JKO steps, of second by the others; the density is exact but for the scale."""
    profile = Barenblatt(d)
    exact = profile.scale(1.0)
    x = 0.8 * profile.edge * exact * np.random.default_rng(1).uniform(-1, 1, size=(50, d)) / math.sqrt(d)
    expected, errors = profile.log_density(x, exact), []
    for steps in (5, 10, 20):
        flow = profile.flow(steps, scheme)
        scale = flow.transport(np.eye(d)[:1])[0, 0]
        np.testing.assert_allclose(flow.transport(x), scale * x, atol=1e-8)
        np.testing.assert_allclose(flow.log_density(x), profile.log_density(x, scale), atol=1e-7)
        errors.append(np.abs(flow.log_density(x) - expected).mean())
    rates = np.log2(np.divide(errors[:-1], errors[1:]))
    assert errors[0] < (0.05 if order == 1 else 0.01)
    np.testing.assert_allclose(rates, order, atol=0.35)


@pytest.mark.parametrize("sloped", [False, True])
def test_there_is_nothing_beyond_an_edge(sloped):
    """-inf is a logarithm, too; whatever the slope there is said to be, there is no score."""
    profile = Barenblatt(2)

    def with_slopes(x):
        logs = profile.log_density(x)
        with np.errstate(divide="ignore"):
            return logs, np.where(np.isfinite(logs)[:, None], -2 * profile.k * x / np.exp(logs)[:, None], np.nan)

    flow = profile.flow(4, log_density=with_slopes if sloped else None)
    far, near = np.full((3, 2), 2 * profile.edge), np.array([[0.4, -0.3]])
    for step in (0, -1):
        assert np.isneginf(flow.log_density(far, step)).all() and not np.isfinite(flow.score(far, step)).any()
        assert flow.mass(step) == pytest.approx(1, abs=1e-4)
    scale = flow.transport([[1.0, 0.0]])[0, 0]
    expected = -2 * profile.k * near / scale**2 / (profile.level - profile.k * (near**2).sum() / scale**2)
    np.testing.assert_allclose(flow.score(near), expected, rtol=1e-6)


def test_differences_stand_in_for_slopes(rng):
    """Flows ask a density of theirs for its logarithm, and for its slope in scores alone."""
    x0 = rng.normal(size=(400, 2))
    flow = jk.WassersteinFlow("sphere", beta=0.3, step=0.01, **AFFINE)
    bare = flow.fit(x0, log_normal).score(x0[:20])
    sloped = flow.fit(x0, lambda x: (log_normal(x), -x)).score(x0[:20])
    np.testing.assert_allclose(bare, sloped, atol=1e-8)
    start = jk.GaussianMixture.of([1.0], [[0.0, 0.0]], [np.eye(2)])
    named = jk.WassersteinFlow("sphere", beta=0.3, step=0.01, **AFFINE).fit(start)
    np.testing.assert_allclose(flow.log_density(x0, 0), named.log_density(x0, 0), atol=1e-12)


def test_particles_of_a_function_are_drawn_once_each(rng, refused):
    x0 = rng.normal(size=(150, 2))
    flow = jk.WassersteinFlow(beta=0.1, **AFFINE).fit(x0, log_normal)
    drawn = flow.sample(150, step=0)
    assert np.array_equal(np.sort(drawn, axis=0), np.sort(x0, axis=0)) and not np.array_equal(drawn, x0)
    assert np.array_equal(flow.sample(40), flow.transport(drawn[:40]))
    assert not np.array_equal(flow.sample(40, random_state=1), flow.sample(40))
    refused(jk.InputError, lambda: flow.sample(151), "151 particles cannot be drawn", "150")
    refused(jk.InputError, lambda: jk.WassersteinFlow(**AFFINE).fit(x0[:99], log_normal), "x0 has 99 rows", "100")


def test_a_function_cannot_be_written(rng, tmp_path, refused):
    """Copies share it; files and pickles say why they cannot be."""
    x0 = rng.normal(size=(150, 2))
    flow = jk.WassersteinFlow(beta=0.1, **AFFINE).fit(x0, log_normal)
    for copied in (copy.copy(flow), copy.deepcopy(flow)):
        assert np.array_equal(copied.log_density(x0), flow.log_density(x0))
    refused(jk.InputError, lambda: pickle.dumps(flow), "log_density", "pickled", "GaussianMixture")
    refused(jk.InputError, lambda: flow.save(tmp_path / "flow"), "log_density", "saved", "KernelDensity")
    fit = jk.WassersteinFlow(**AFFINE).fit
    refused(jk.InputError, lambda: fit(x0, log_normal, checkpoint=tmp_path / "flow"), "checkpoint", "log_density")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("function", "kind", "message"),
    [
        (3, TypeError, "log_density must be a function, got int"),
        (lambda x: x, ValueError, r"log_density returned values of shape (150, 2); they must have (150,)"),
        (lambda x: 1.0, ValueError, r"log_density returned values of shape ()"),
        (lambda x: [log_normal(x), -x], TypeError, "a tuple of values and gradients, got list"),
        (lambda x: (log_normal(x), -x, x), TypeError, "got 3 things"),
        (lambda x: (log_normal(x), -x[:, 0]), ValueError, "log_density returned gradients of shape (150,)"),
        (lambda x: log_normal(x) * np.nan, jk.InputError, "log_density has given NaN for point 0"),
        (lambda x: np.where(x[:, 0] > 0, -np.inf, 0.0), jk.InputError, "not finite"),
        (lambda x: 1 / 0, ZeroDivisionError, "division by zero"),
    ],
)
def test_functions_that_are_refused(function, kind, message, rng, refused):
    refused(kind, lambda: jk.WassersteinFlow(**AFFINE).fit(rng.normal(size=(150, 2)), function), message)


def test_functions_may_fail_later_and_work_again(rng):
    """What a density raises when it is asked comes through from every method, and is forgotten then."""
    broken = []

    def moody(x):
        if broken:
            raise LookupError("no density today")
        return log_normal(x)

    x0 = rng.normal(size=(4000, 2))
    flow = jk.WassersteinFlow(beta=0.1, **AFFINE).fit(x0, moody)
    expected = flow.log_density(x0)
    broken.append(True)
    for ask in (lambda: flow.log_density(x0), lambda: flow.score(x0), flow.mass):
        with pytest.raises(LookupError, match="no density today"):
            ask()
    assert flow.inverse(flow.transport(x0)).shape == x0.shape
    broken.clear()
    assert np.array_equal(flow.log_density(x0), expected)


@pytest.mark.parametrize("weighted", [False, True])
def test_kernel_densities(weighted, rng, tmp_path):
    """A flow begins with the kernel density itself, in memory and in files."""
    x0 = np.concatenate([rng.normal(size=(60, 2)) - 2, rng.normal(size=(60, 2)) + 2])
    weights = rng.uniform(0.5, 1.5, size=120) if weighted else None
    kernel = jk.KernelDensity().fit(x0, sample_weight=weights)
    flow = jk.WassersteinFlow(beta=0.5, steps=2, particles=400, components=4).fit(kernel)
    x = flow.sample(200)
    assert np.array_equal(flow.log_density(x, 0), kernel.score_samples(x))
    assert flow.mass() == pytest.approx(1, abs=0.01) and flow.mass(0) == pytest.approx(1, abs=1e-4)
    flow.save(tmp_path / "flow")
    for other in (jk.WassersteinFlow.load(tmp_path / "flow"), pickle.loads(pickle.dumps(flow))):
        assert np.array_equal(other.log_density(x), flow.log_density(x))
        assert np.array_equal(other.sample(50), flow.sample(50))
    with pytest.raises(jk.NotFittedError, match="this KernelDensity is not fitted yet"):
        jk.WassersteinFlow(**AFFINE).fit(jk.KernelDensity())


def test_densities_draw_what_they_say(rng):
    """Moments of draws from mixtures and kernel densities; same state, same draws, of which fewer are the first."""
    mixture = jk.GaussianMixture.of([0.25, 0.75], [[-2.0], [2.0]], [[[0.25]], [[1.0]]])
    drawn = mixture.sample(40_000, random_state=3)
    assert (drawn < 0).mean() == pytest.approx(0.25 + 0.75 * 0.02275, abs=0.01)
    assert drawn.mean() == pytest.approx(1, abs=0.04) and drawn.var() == pytest.approx(0.8125 + 3, abs=0.08)
    points, weights = np.array([[0.0, 0.0], [10.0, 0.0]]), [1.0, 3.0]
    kernel = jk.KernelDensity(bandwidth=0.5).fit(points, sample_weight=weights)
    x = kernel.sample(20_000)
    assert (x[:, 0] > 5).mean() == pytest.approx(0.75, abs=0.015) and x[:, 1].std() == pytest.approx(0.5, rel=0.03)
    for density in (mixture, kernel):
        assert np.array_equal(density.sample(10, random_state=7), density.sample(30, random_state=7)[:10])
        assert not np.array_equal(density.sample(10, random_state=7), density.sample(10, random_state=8))
        with pytest.raises(ValueError, match="n_samples = 0"):
            density.sample(0)
    with pytest.raises(jk.NotFittedError):
        jk.KernelDensity().sample(3)
