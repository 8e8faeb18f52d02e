"""Flows by particles: moments that are known exactly, densities without maps, and what is not to be had."""

import math
import pickle

import jkonetstar as jk
import numpy as np
import pytest

CURVATURES, CENTRE = np.array([1.0, 3.0]), np.array([0.5, -1.0])
BETA, END = 0.4, 0.6
START = {"mean": np.array([-1.0, 1.0]), "variances": np.array([0.2, 1.5])}


def well(x):
    """V = sum a_i (x_i - c_i)^2 / 2."""
    slopes = CURVATURES * (x - CENTRE)
    return (slopes * (x - CENTRE)).sum(1) / 2, slopes


def base():
    return jk.GaussianMixture.of([1.0], [START["mean"]], [np.diag(START["variances"])])


def exact(t):
    """Mean and variances of the Ornstein-Uhlenbeck process."""
    decay = np.exp(-CURVATURES * t)
    limit = BETA / CURVATURES
    return CENTRE + decay * (START["mean"] - CENTRE), limit + decay**2 * (START["variances"] - limit)


@pytest.fixture(scope="module")
def flow():
    options = {"beta": BETA, "step": END / 4, "steps": 4, "particles": 20_000}
    return jk.WassersteinFlow(well, method="particles", **options).fit(base())


@pytest.mark.parametrize("step", [0, 1, 4])
def test_moments_are_those_of_ornstein_and_uhlenbeck(flow, step):
    """At every step; four deviations of the moments of so many particles."""
    mean, variances = exact(END * step / 4)
    x, n = flow.sample(20_000, step), 20_000
    # Draws have an error, and before the last step the mixture is one of 10,000 particles.
    error = math.sqrt(1 / n + (0 if step == 0 else 1 / (n if step == 4 else 10_000)))
    assert (np.abs(x.mean(0) - mean) < 4 * error * np.sqrt(variances)).all()
    assert (np.abs(x.var(0) / variances - 1) < 4 * math.sqrt(2) * error + 0.002).all()
    assert abs(np.corrcoef(x.T)[0, 1]) < 4 * error


def test_densities_are_normal_where_particles_are(flow, rng):
    mean, variances = exact(END)
    x = mean + np.sqrt(variances) * rng.normal(size=(2000, 2))
    offset = (x - mean) / np.sqrt(variances)
    logs = -(offset**2).sum(1) / 2 - np.log(2 * math.pi * np.sqrt(variances.prod()))
    # A divergence of 2.5 / 20,000 on average: 5 parameters of 20,000 particles.
    assert 0 <= (logs - flow.log_density(x)).mean() + 0.002 < 0.006
    assert np.abs(flow.score(x) + offset / np.sqrt(variances)).mean() < 0.08
    step = 1e-5
    slopes = [(flow.log_density(x + step * e) - flow.log_density(x - step * e)) / (2 * step) for e in np.eye(2)]
    np.testing.assert_allclose(flow.score(x), np.transpose(slopes), atol=1e-5)
    assert [flow.mass(k) for k in (0, 2, -1)] == pytest.approx([1] * 3, abs=1e-6)
    # The start is the density that was given.
    np.testing.assert_array_equal(flow.log_density(x, 0), base().score_samples(x))


def test_energies_are_those_of_normal_distributions(flow):
    """J = sum a (var + (mean - c)^2) / 2 - beta (1 + ln(2 pi var)) / 2."""
    for k in range(5):
        mean, variances = exact(END * k / 4)
        potential = (CURVATURES * (variances + (mean - CENTRE) ** 2)).sum() / 2
        entropy = (1 + np.log(2 * math.pi * variances)).sum() / 2
        assert flow.energies_[k] == pytest.approx(potential - BETA * entropy, abs=0.03)
    assert (np.diff(flow.energies_) < 0).all()


def test_a_step_of_heun_is_of_second_order():
    """Without noise to speak of, the mean after steps of h / 5 is that of Heun's method, to rounding."""
    start = jk.GaussianMixture.of([1.0], [[2.0]], [[[1e-12]]])
    for h in (0.5, 1.0):
        options = {"beta": 1e-14, "step": h, "steps": 2, "method": "particles", "particles": 200}
        found = jk.WassersteinFlow(lambda x: ((x**2).sum(1) / 2, x), **options).fit(start)
        dt = h / 5
        expected = 2.0 * (1 - dt + dt**2 / 2) ** 10
        assert found.sample(500).mean() == pytest.approx(expected, rel=1e-5)
        assert abs(expected - 2.0 * math.exp(-2 * h)) < 0.05 * h**2 * 2


def test_time_comes_to_functions_of_two_arguments():
    """V = -t x: particles fall with t, by (t1^2 - t0^2) / 2; Heun's method has no error there."""
    start = jk.GaussianMixture.of([1.0], [[0.0]], [[[0.01]]])
    options = {"beta": 1e-12, "step": 0.25, "steps": 4, "t0": 1.0, "method": "particles", "particles": 500}
    flow = jk.WassersteinFlow(lambda x, t: (-t * x[:, 0], np.full(x.shape, -t)), **options).fit(start)
    assert flow.times_ == pytest.approx([1, 1.25, 1.5, 1.75, 2])
    assert flow.sample(4000).mean() == pytest.approx((2**2 - 1) / 2, abs=0.01)


def test_attraction_narrows_around_the_mean():
    """U(z) = a z^2 / 2: the mean rests, and the variance tends to beta / a."""
    start = jk.GaussianMixture.of([1.0], [[3.0]], [[[1.0]]])
    options = {"beta": 0.2, "step": 0.1, "steps": 5, "method": "particles", "particles": 500}
    flow = jk.WassersteinFlow(None, lambda z: ((z**2).sum(1), 2 * z), **options).fit(start)
    x = flow.sample(10_000)
    expected = 0.1 + 0.9 * math.exp(-4 * 0.5)
    assert x.mean() == pytest.approx(3, abs=0.1) and x.var() == pytest.approx(expected, rel=0.2)


def test_modes_apart_keep_their_shares():
    """Two wells, which no particle leaves: what maps smear is two blobs here."""

    def wells(x):
        side = np.sign(x[:, :1])
        return 20 * ((x - 2 * side) ** 2).sum(1), 40 * (x - 2 * side)

    start = jk.GaussianMixture.of([1.0], [[0.6745]], [[[1.0]]])  # a quarter is below 0
    flow = jk.WassersteinFlow(wells, beta=0.4, step=0.05, steps=6, method="particles", particles=4000).fit(start)
    x = flow.sample(20_000)[:, 0]
    assert (x < 0).mean() == pytest.approx(0.25, abs=0.03)
    assert x[x > 0].mean() == pytest.approx(2, abs=0.02) and x[x > 0].var() == pytest.approx(0.01, rel=0.15)
    assert flow.mass() == pytest.approx(1, abs=1e-4)


def test_same_seed_same_flow_in_memory_and_in_files(tmp_path):
    options = {"beta": BETA, "step": 0.1, "steps": 3, "method": "particles", "particles": 500}
    one, two, other = (jk.WassersteinFlow("sphere", **options, random_state=s).fit(base()) for s in (1, 1, 2))
    x = one.sample(50)
    assert np.array_equal(x, two.sample(50)) and not np.array_equal(x, other.sample(50))
    one.save(tmp_path / "flow")
    for again in (jk.WassersteinFlow.load(tmp_path / "flow"), pickle.loads(pickle.dumps(one))):
        for k in range(4):
            assert np.array_equal(again.sample(20, k), one.sample(20, k))
            assert np.array_equal(again.log_density(x, k), one.log_density(x, k))
        assert np.array_equal(again.energies_, one.energies_) and np.array_equal(again.times_, one.times_)


def test_what_particles_do_not_have(flow, refused):
    x = np.zeros((3, 2))
    for ask in (flow.transport, flow.inverse, flow.log_determinant):
        refused(jk.InputError, lambda ask=ask: ask(x), "method particles", "no maps")
    porous = jk.WassersteinFlow(well, exponent=2.0, method="particles", particles=200)
    refused(jk.InputError, lambda: porous.fit(base()), "exponent = 2.0", "features or networks")

    def falls(x):
        with np.errstate(over="ignore"):
            return -(x**4).sum(1), -4 * x**3

    fast = jk.WassersteinFlow(falls, step=1.0, steps=20, method="particles", particles=200)
    refused((jk.ConvergenceError, jk.InputError), lambda: fast.fit(base()))
