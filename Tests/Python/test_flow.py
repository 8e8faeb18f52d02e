"""Flows of given energies through the package: sources of the energy, maps, densities, errors."""

import copy
import pickle
import warnings

import jkonetstar as jk
import numpy as np
import pytest

QUICK = {"steps": 3, "particles": 200, "components": 0}


def well(x):
    """V = |x - (1, 0)|^2 / 2."""
    offset = x - np.eye(1, x.shape[1])
    return (offset**2).sum(1) / 2, offset


@pytest.fixture(scope="module")
def base():
    return jk.GaussianMixture().fit(np.random.default_rng(0).normal(size=(300, 2)))


@pytest.fixture(scope="module")
def flow(base):
    return jk.WassersteinFlow(well, beta=0.5, **QUICK).fit(base)


def test_maps_are_undone_and_densities_follow_them(flow, base, rng):
    x = rng.normal(size=(20, 2))
    y = flow.transport(x)
    assert np.allclose(flow.inverse(y), x, atol=1e-9) and np.allclose(flow.transport(x, 0, 0), x)
    assert np.allclose(flow.transport(flow.transport(x, 0, 1), 1, 3), y, atol=1e-12)
    # An affine map has one determinant everywhere.
    origin, axes = flow.transport([[0.0, 0.0]])[0], flow.transport(np.eye(2))
    expected = base.score_samples(x) - np.log(np.linalg.det(axes - origin))
    assert np.allclose(flow.log_density(y), expected, atol=1e-9)
    assert np.allclose(flow.log_density(x, step=0), base.score_samples(x))
    step = 1e-5
    slopes = [(flow.log_density(y + step * e) - flow.log_density(y - step * e)) / (2 * step) for e in np.eye(2)]
    assert np.allclose(flow.score(y), np.transpose(slopes), atol=1e-6)


def test_means_are_those_of_jko_steps(flow, base):
    mean = base.means_[0]
    for k in range(4):
        assert np.allclose(flow.transport([base.means_[0]], 0, k)[0], mean, atol=1e-9)
        mean = (mean + 0.05 * np.array([1, 0])) / 1.05
    assert np.allclose(flow.times_, [0, 0.05, 0.1, 0.15]) and (np.diff(flow.energies_) < 0).all()


def test_second_order_is_nearer_to_the_flow():
    """Variance of diffusion in a well from variance 4: beta + (4 - beta) e^(-2t)."""
    base = jk.GaussianMixture(
        weights_init=[1], means_init=[[0.0]], precisions_init=[[[0.25]]], n_components=1, max_iter=1
    )
    base.fit(np.random.default_rng(0).normal(size=(2000, 1)) * 2)
    start = base.covariances_[0, 0, 0]
    exact = 0.5 + (start - 0.5) * np.exp(-1)

    def error(scheme):
        flow = jk.WassersteinFlow(
            lambda x: ((x - base.means_[0])[:, 0] ** 2 / 2, x - base.means_[0]), beta=0.5, step=0.1, steps=5,
            scheme=scheme, components=0, particles=500,
        ).fit(base)  # fmt: skip
        stretch = flow.transport([[1.0]]) - flow.transport([[0.0]])
        return abs(start * stretch[0, 0] ** 2 - exact)

    first = error("jko")
    assert error("sdirk2") < first / 20 and error("bdf2") < first / 5


def test_where_the_energy_comes_from(base):
    """By name, as a functional, as a function: the same flow to rounding; learned energies, and interactions."""
    functional = jk.functionals["sphere"]
    options = {**QUICK, "step": 0.001}
    named, given, called = (
        jk.WassersteinFlow(v, **options).fit(base).sample(50)
        for v in ("sphere", functional, lambda x: (functional(x), functional.gradient(x)))
    )
    assert np.array_equal(named, given) and np.allclose(named, called, atol=1e-8)
    x0 = np.random.default_rng(1).normal(size=(200, 2))
    paths = jk.simulate(x0, lambda x: x, dt=0.1, steps=2)
    model = jk.JKOnetStar("linear").fit(list(paths), time=[0.0, 0.1, 0.2])
    learned = jk.WassersteinFlow(model.potential_, beta=0.1, **QUICK).fit(base)
    assert learned.sample(2000).std() < base.covariances_[0].trace() ** 0.5
    attraction = jk.WassersteinFlow(None, well_of_differences, beta=0.01, **QUICK).fit(base).sample(2000)
    assert attraction.std() < 0.95


def well_of_differences(z):
    return 2 * (z**2).sum(1), 4 * z


def test_networks_find_what_affine_maps_find(base, tmp_path):
    """In a quadratic well from a Gaussian the flow stays Gaussian."""
    options = {"beta": 0.5, "steps": 3, "step": 0.1, "particles": 1000}
    exact = jk.WassersteinFlow(well, components=0, **options).fit(base)
    network = {"method": "network", "hidden": (12, 12), "rank": 2, "iterations": 120, "batch_size": 256}
    found = jk.WassersteinFlow(well, **network, **options).fit(base)
    x = exact.sample(500)
    assert abs(found.energies_[-1] - exact.energies_[-1]) < 0.02 * (exact.energies_[0] - exact.energies_[-1])
    assert abs((exact.log_density(x) - found.log_density(x)).mean()) < 0.01
    assert np.allclose(found.inverse(found.transport(x)), x, atol=1e-8)
    found.save(tmp_path / "network.safetensors")
    assert np.array_equal(jk.WassersteinFlow.load(tmp_path / "network.safetensors").transport(x), found.transport(x))


def test_a_porous_medium_spreads_less_at_its_ends():
    base = jk.GaussianMixture().fit(np.random.default_rng(0).normal(size=(500, 1)))
    options = {"beta": 0.5, "steps": 8, "step": 0.05, "particles": 1000, "bumps": 30}
    diffused, medium = (jk.WassersteinFlow(exponent=m, **options).fit(base).sample(4000)[:, 0] for m in (1, 2))

    def kurtosis(x):
        return ((x - x.mean()) ** 4).mean() / x.var() ** 2

    assert diffused.var() > 1.2 and medium.var() > 1.02 and kurtosis(medium) < kurtosis(diffused) - 0.15


def test_copies_and_files(flow, tmp_path, rng):
    x = rng.normal(size=(5, 2))
    flow.save(tmp_path / "flow.safetensors")
    again = jk.WassersteinFlow.load(tmp_path / "flow.safetensors")
    for other in (again, copy.copy(flow), copy.deepcopy(flow)):
        assert np.array_equal(other.transport(x), flow.transport(x))
        assert np.array_equal(other.energies_, flow.energies_) and other.n_features_in_ == 2
    named = jk.WassersteinFlow("sphere", **QUICK).fit(rng.normal(size=(300, 2)))
    assert np.array_equal(pickle.loads(pickle.dumps(named)).sample(3), named.sample(3))
    with pytest.raises(ValueError, match="not a model file"):
        jk.load(tmp_path / "flow.safetensors")
    with pytest.raises(ValueError, match="not a file of a flow"):
        jk.JKOnetStar("linear").fit([[0.0, 1.0, 2.0], [0.1, 1.1, 2.2]], time=[0, 1]).save(
            tmp_path / "model.safetensors"
        )
        jk.WassersteinFlow.load(tmp_path / "model.safetensors")


def test_what_is_refused(flow, base):
    for options, message in [
        ({"beta": 0}, "beta = 0"), ({"steps": 0}, "steps = 0"), ({"scheme": "euler"}, "scheme = 'euler'"),
        ({"bumps": -1}, "bumps = -1"), ({"exponent": 0.5}, "exponent"), ({"potential": "bowl"}, "potential = \"bowl\""),
    ]:  # fmt: skip
        with pytest.raises(ValueError, match=message):
            jk.WassersteinFlow(**{**QUICK, **options}).fit(base)
    with pytest.raises(TypeError, match="potential must return a tuple of values and gradients, got ndarray"):
        jk.WassersteinFlow(lambda x: x, **QUICK).fit(base)
    with pytest.raises(ValueError, match=r"potential returned gradients of shape \(200,\); they must have \(200, 2\)"):
        jk.WassersteinFlow(lambda x: (x[:, 0], x[:, 0]), **QUICK).fit(base)
    with pytest.raises(TypeError, match="pass its potential_"):
        jk.WassersteinFlow(jk.JKOnetStar(), **QUICK).fit(base)
    with pytest.raises(jk.NotFittedError, match="call fit first"):
        jk.WassersteinFlow().sample(3)
    with pytest.raises(ValueError, match="X has 3 columns; the flow has 2 coordinates"):
        flow.log_density(np.zeros((1, 3)))
    with pytest.raises(ValueError, match="step = 4"):
        flow.sample(3, step=4)
    with pytest.raises(ValueError, match="first = 2 is after last = 1"):
        flow.transport(np.zeros((1, 2)), 2, 1)


def test_a_gradient_of_another_function_is_noticed(base):
    with pytest.raises(jk.ConvergenceError, match="the gradients of the potential may not be those of its values"):
        jk.WassersteinFlow(lambda x: (well(x)[0], -well(x)[1]), beta=0.01, **QUICK).fit(base)
    stiff = jk.WassersteinFlow(lambda x: (5e3 * (x**2).sum(1), 1e4 * x), **{**QUICK, "step": 0.1}).fit(base)
    assert np.allclose(stiff.sample(4000).var(0), 1e-4, rtol=0.1)


def test_errors_of_the_function_come_through(base):
    class Broken(Exception):
        pass

    def energy(x):
        raise Broken("no energy today")

    with pytest.raises(Broken, match="no energy today"):
        jk.WassersteinFlow(energy, **QUICK).fit(base)


def test_midpoint_is_of_second_order_by_a_recursion_that_is_known():
    """From N(0, s) in V = x^2 / 2 the map to half a step is x -> a x with (a - 1) s / (h / 2) + a s = beta / a.

    The whole step has the factor 2 a - 1; the variance is beta + (s - beta) e^(-2t) in the limit.
    """
    beta, end = 0.5, 1.0
    start = jk.GaussianMixture.of([1.0], [[0.0]], [[[4.0]]])
    errors = []
    for steps in (5, 10, 20):
        h, variance = end / steps, 4.0
        for _ in range(steps):
            # (1 + h / 2) s a^2 - s a - beta h / 2 = 0
            a = (variance + np.sqrt(variance**2 + 2 * (1 + h / 2) * variance * beta * h)) / (2 * (1 + h / 2) * variance)
            variance *= (2 * a - 1) ** 2
        flow = jk.WassersteinFlow(
            lambda x: ((x**2).sum(1) / 2, x),
            beta=beta,
            step=h,
            steps=steps,
            scheme="midpoint",
            components=0,
            particles=500,
        ).fit(start)
        stretch = (flow.transport([[1.0]]) - flow.transport([[0.0]]))[0, 0]
        assert 4 * stretch**2 == pytest.approx(variance, rel=1e-8)
        assert flow.log_determinant([[0.3]])[0] == pytest.approx(np.log(stretch), abs=1e-10)
        errors.append(abs(variance - (beta + (4 - beta) * np.exp(-2 * end))))
    rates = np.log2(np.divide(errors[:-1], errors[1:]))
    assert np.allclose(rates, 2, atol=0.1)


GAMMA = 1 - 0.5**0.5


@pytest.mark.parametrize(
    ("scheme", "within"),
    [("jko", []), ("midpoint", [0.5, 1.5]), ("sdirk2", [GAMMA, 1 + GAMMA]), ("bdf2", [GAMMA])],
)
def test_time_comes_to_functions_of_two_arguments(scheme, within):
    """V = -t x, so that a particle moves by the integral of t, as the scheme has it; U is asked at the same times."""
    asked = {"potential": set(), "interaction": set()}
    h, t0, steps = 0.1, 2.0, 2

    def field(x, t):
        asked["potential"].add(round((t - t0) / h, 6))
        return -t * x[:, 0], np.stack([np.full(len(x), -t), np.zeros(len(x))], axis=1)

    def none(z, t):
        asked["interaction"].add(round((t - t0) / h, 6))
        return np.zeros(len(z)), np.zeros_like(z)

    base = jk.GaussianMixture.of([1.0], [[0.0, 0.0]], [np.eye(2)])
    flow = jk.WassersteinFlow(
        field, none, beta=1e-3, step=h, steps=steps, t0=t0, scheme=scheme, components=0, particles=100
    ).fit(base)
    moved = flow.transport([[0.0, 0.0]])[0]
    exact = ((t0 + steps * h) ** 2 - t0**2) / 2
    if scheme == "jko":
        exact = h * sum(t0 + (k + 1) * h for k in range(steps))
    # Schemes of second order are exact for a force that is linear in time.
    assert moved == pytest.approx([exact, 0], abs=1e-7)
    # The energies that the flow tells are those at the ends of steps.
    for times in asked.values():
        assert sorted(times) == pytest.approx(sorted([0, 1, 2, *within]), abs=1e-5)
    assert flow.times_ == pytest.approx([2.0, 2.1, 2.2])


def test_arguments_with_defaults_are_no_times(base):
    """A function takes the time where two of its arguments have no default."""
    seen = []

    def scaled(x, factor=2.0):
        seen.append(factor)
        return factor * (x**2).sum(1) / 2, factor * x

    class Timed:
        def __call__(self, x, t):
            seen.append(t)
            return well(x)

    jk.WassersteinFlow(scaled, t0=7.0, **QUICK).fit(base)
    assert set(seen) == {2.0}
    seen.clear()
    jk.WassersteinFlow(Timed(), t0=7.0, **QUICK).fit(base)
    assert min(seen) == 7.0 and max(seen) == pytest.approx(7.15)
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        jk.WassersteinFlow(lambda x, t, u: well(x), **QUICK).fit(base)


def two_wells(x):
    a = x[:, 0]
    return (a**2 - 1) ** 2 + x[:, 1] ** 2, np.stack([4 * a * (a**2 - 1), 2 * x[:, 1]], axis=1)


@pytest.fixture(scope="module")
def bent():
    """Local quadratics, by default, that take a Gaussian to two wells."""
    start = jk.GaussianMixture.of([1.0], [[0.0, 0.0]], [0.3 * np.eye(2)])
    return jk.WassersteinFlow(two_wells, beta=0.3, step=0.05, steps=8, particles=1500).fit(start)


def test_local_quadratics_find_two_wells(bent):
    """More than an affine map does, as particles tell; its determinants are those of differences."""
    x = bent.sample(8000)
    start = jk.GaussianMixture.of([1.0], [[0.0, 0.0]], [0.3 * np.eye(2)])
    options = {"beta": 0.3, "step": 0.05, "steps": 8}
    followed = jk.WassersteinFlow(two_wells, method="particles", particles=8000, **options).fit(start).sample(8000)
    quantiles = np.linspace(0.05, 0.95, 19)
    far = np.abs(np.quantile(x[:, 0], quantiles) - np.quantile(followed[:, 0], quantiles)).max()
    affine = jk.WassersteinFlow(two_wells, components=0, **options).fit(start)
    assert far < 0.12 and bent.energies_[-1] < affine.energies_[-1] - 0.01
    y, step = bent.sample(20, step=0), 1e-5
    columns = [(bent.transport(y + step * e) - bent.transport(y - step * e)) / (2 * step) for e in np.eye(2)]
    jacobians = np.stack(columns, axis=2)
    np.testing.assert_allclose(bent.log_determinant(y), np.linalg.slogdet(jacobians)[1], atol=1e-6)
    np.testing.assert_allclose(bent.inverse(bent.transport(y)), y, atol=1e-7)
    parts = bent.log_determinant(y, 0, 3) + bent.log_determinant(bent.transport(y, 0, 3), 3)
    np.testing.assert_allclose(parts, bent.log_determinant(y), atol=1e-10)
    assert bent.mass(step=1) == pytest.approx(1, abs=0.01) and bent.mass(step=0) == pytest.approx(1, abs=1e-6)


def test_maps_warn_where_they_fold(bent):
    """At some of many points far away; where they do, and there alone, determinants are NaN."""
    near = bent.sample(500, step=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        bent.transport(near)
    far = 30 * near
    folded = np.isnan(bent.log_determinant(far))
    assert folded.any() and not np.isnan(bent.log_determinant(near)).any()
    with pytest.warns(UserWarning, match=f"folds space at {folded.sum()} of 500 points of X") as caught:
        out = bent.transport(far)
    assert np.isfinite(out).all() and caught[0].filename == __file__


def test_a_mass_is_for_one_or_two_coordinates(rng, refused):
    flow = jk.WassersteinFlow(beta=0.1, components=0, steps=1).fit(rng.normal(size=(300, 3)))
    refused(ValueError, flow.mass, "2 coordinates", "3")
    line = jk.WassersteinFlow(beta=0.1, components=0, steps=1).fit(rng.normal(size=(300, 1)))
    assert line.mass() == pytest.approx(1, abs=1e-9)
    refused(ValueError, lambda: line.mass(2), "step = 2")


def test_more_that_is_refused(base, refused):
    for options, words in [
        ({"components": 501}, ["components = 501", "500"]),
        ({"components": -1}, ["components = -1"]),
        ({"particles": 99}, ["particles = 99"]),
        ({"neighbour": 0}, ["neighbour = 0"]),
        ({"method": "langevin"}, ["method = 'langevin'", "particles"]),
        ({"step": float("inf")}, ["step"]),
    ]:
        flow = jk.WassersteinFlow(**{**QUICK, **options})
        refused(ValueError, lambda flow=flow: flow.fit(base), *words)
    refused(TypeError, lambda: jk.WassersteinFlow(components=2.5).fit(base), "components must be an integer")
    refused(TypeError, lambda: jk.WassersteinFlow(components=0).fit(np.ones((200, 2)), base), "log_density must be")
    refused(TypeError, lambda: jk.WassersteinFlow(components=0).fit(base, well), "x0 must be particles")


def test_a_potential_without_a_floor_is_noticed():
    base = jk.GaussianMixture.of([1.0], [[0.0]], [[[1.0]]])
    with pytest.raises(jk.ConvergenceError, match="in step .* a million times as wide .* V falls without bound"):
        jk.WassersteinFlow(lambda x: (-5 * (x**2).sum(1), -10 * x), components=0, step=0.09, steps=20).fit(base)
