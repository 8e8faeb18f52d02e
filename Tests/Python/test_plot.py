"""Pictures: what is drawn, where, and what is refused."""

import doctest
import importlib
import inspect
import os
import pkgutil
import re
import runpy
import subprocess
import sys

import jkonetstar as jk
import numpy as np
import pytest
from jkonetstar.plot._embedding import carried, places

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("agg")
from matplotlib import pyplot as plt  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402
from matplotlib.collections import PathCollection  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402
from matplotlib.quiver import Quiver  # noqa: E402

QUADRATIC = jk.Linear(polynomial_degree=2, polynomial_total=True, radial=None)
TIMES = [0.0, 1.0, 2.0]
#: What a picture needs to be drawn.
PICTURES = {
    "landscape": lambda model, series, ax: jk.plot.landscape(model, series, ax=ax),
    "velocity": lambda model, series, ax: jk.plot.velocity(model, series, ax=ax),
    "streamlines": lambda model, series, ax: jk.plot.streamlines(model, series, ax=ax),
    "populations": lambda model, series, ax: jk.plot.populations(model, series, steps=1, ax=ax and [ax])[0],
    "couplings": lambda model, series, ax: jk.plot.couplings(series, 1, ax=ax),
    "history": lambda model, series, ax: jk.plot.history(model, ax),
    "residuals": lambda model, series, ax: jk.plot.residuals(model, series, ax, train=series),
    "densities": lambda model, series, ax: jk.plot.densities(series, 0, ax=ax),
    "error_bars": lambda model, series, ax: jk.plot.error_bars(
        model, [np.full(series.dimension, -1.0), np.ones(series.dimension)], ax=ax, snapshots=series
    ),
}


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def course(d, n=150, seed=0):
    """Particles that descend |x|^2 / 8, in shuffled snapshots."""
    x = np.random.default_rng(seed).normal(size=(n, d)) + 1
    return jk.Snapshots(np.stack([x, 0.75 * x, 0.5625 * x]), time=TIMES).shuffle()


@pytest.fixture(scope="module")
def fitted():
    """Series and model by dimension."""
    found = {}
    for d in (1, 2, 5):
        series = course(d)
        model = jk.JKOnetStar(QUADRATIC, error_bars=jk.Bootstrap(3))
        found[d] = series, model.fit(series)
    return found


@pytest.fixture(scope="module")
def crowd():
    """Particles in two dimensions with V, U and beta."""
    series = course(2, 80)
    density = jk.KernelDensity(bandwidth=0.7)
    return series, jk.JKOnetStar(QUADRATIC, QUADRATIC, density).fit(series)


@pytest.fixture(scope="module")
def varying():
    x = np.random.default_rng(0).normal(size=(200, 2))
    series = jk.Snapshots(np.stack([x, x + [1, 0], x + [1, 1]]), time=TIMES)
    return series, jk.JKOnetStar(QUADRATIC, time_varying=True).fit(series)


def axes():
    return Figure().add_subplot()


def drawn(ax):
    """Check that a picture can be drawn, and return its axes."""
    ax.figure.canvas.draw()
    return ax


def named(ax, gid):
    return [child for child in ax.get_children() if child.get_gid() == gid]


def covered(ax, point):
    """Return whether a point is hatched."""
    # Hatched areas have holes: a point in an odd number of their outlines is covered.
    outlines = [
        matplotlib.path.Path(outline)
        for hatch in named(ax, "no data")
        for path in hatch.get_paths()
        for outline in path.to_polygons()
    ]
    return sum(outline.contains_point(point) for outline in outlines) % 2 == 1


@pytest.mark.parametrize("d", [1, 2, 5])
@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_in_every_dimension(fitted, refused, name, d):
    series, model = fitted[d]
    if (name, d) == ("streamlines", 1):
        refused(ValueError, lambda: PICTURES[name](model, series, None), "two coordinates", "snapshots has one")
        return
    settings, figures = dict(matplotlib.rcParams), plt.get_fignums()
    given = axes()
    assert PICTURES[name](model, series, given) is drawn(given)
    assert dict(matplotlib.rcParams) == settings and plt.get_fignums() == figures
    made = PICTURES[name](model, series, None)
    assert isinstance(made, Axes) and plt.get_fignums() != figures
    assert made.get_xlabel() and made.get_ylabel()


def test_matplotlib_is_not_imported_with_the_package():
    code = "import sys, jkonetstar as jk; assert jk.plot.landscape; assert 'matplotlib' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", [*PICTURES, "growth", "potential_over_time"])
def test_without_matplotlib_every_picture_says_how_to_install_it(fitted, varying, monkeypatch, name):
    for module in [module for module in sys.modules if module.partition(".")[0] == "matplotlib"]:
        monkeypatch.setitem(sys.modules, module, None)
    calls = {
        **{name: lambda draw=draw: draw(fitted[2][1], fitted[2][0], None) for name, draw in PICTURES.items()},
        "growth": lambda: jk.plot.growth(jk.Growth().fit(fitted[2][0]), fitted[2][0], 1.0),
        "potential_over_time": lambda: jk.plot.potential_over_time(varying[1], varying[0]),
    }
    with pytest.raises(ImportError, match=r"pip install 'jkonetstar\[plot\]'"):
        calls[name]()


# --- where there are data ------------------------------------------------------------------------------


def clouds():
    """Two clouds, six apart, and a single particle between them."""
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal([-3, 0], 0.4, (200, 2)), rng.normal([3, 0], 0.4, (200, 2)), [[0, 0]]])
    return jk.Snapshots(np.stack([x, 0.9 * x]), time=[0, 1])


def test_hatching_covers_what_has_no_data():
    """And the surroundings of a single particle, from which nothing can be learned."""
    series = clouds()
    ax = jk.plot.landscape(jk.JKOnetStar(QUADRATIC).fit(series), series, ax=axes())
    for place in ([0, 0], [-1, 0.7], [1.5, -0.7]):
        assert covered(ax, place), place
    for place in ([-2.85, 0], [2.85, 0], [-2.6, 0.3]):
        assert not covered(ax, place), place


def test_hatching_in_one_dimension():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(-3, -1, (300, 1)), rng.uniform(1, 3, (300, 1))])
    series = jk.Snapshots(np.stack([x, 0.9 * x]), time=[0, 1])
    ax = jk.plot.landscape(jk.JKOnetStar(QUADRATIC).fit(series), series, ax=axes())
    spans = [span.get_extents().transformed(ax.transData.inverted()) for span in named(ax, "no data")]
    inner = [(span.x0, span.x1) for span in spans if span.x0 < 0 < span.x1]
    assert len(inner) == 1 and np.allclose(inner[0], [-0.9, 0.9], atol=0.15)


def test_arrows_are_near_particles_only():
    series = clouds()
    ax = jk.plot.velocity(jk.JKOnetStar(QUADRATIC).fit(series), series, ax=axes())
    (arrows,) = (child for child in ax.collections if isinstance(child, Quiver))
    pooled = series.to_arrays()[0]
    distances = np.linalg.norm(arrows.XY[:, None] - pooled, axis=2).min(axis=1)
    assert len(arrows.XY) > 20 and distances.max() < 1.0


def test_everything_is_seen_where_particles_are_dense():
    x = np.random.default_rng(0).uniform(-1, 1, (1000, 2))
    series = jk.Snapshots(np.stack([x, 0.9 * x]), time=[0, 1])
    ax = jk.plot.landscape(jk.JKOnetStar(QUADRATIC).fit(series), series, ax=axes())
    assert not any(covered(ax, place) for place in np.random.default_rng(1).uniform(-0.85, 0.85, (200, 2)))


# --- landscapes ----------------------------------------------------------------------------------------


def colors_of(ax):
    """Return the values at which colours change."""
    return next(child.levels for child in ax.collections if hasattr(child, "levels"))


def test_landscapes_do_not_depend_on_the_constant(fitted):
    series, model = fitted[2]
    pairs = [
        jk.plot.landscape(model, series, true=lambda x, c=c: (x**2).sum(axis=1) / 8 + c, ax=Figure().subplots(1, 2))
        for c in (0, 1000)
    ]
    for true, learned in pairs:
        assert true.get_title() == "true V" and learned.get_title() == "learned V"
        assert np.array_equal(colors_of(true), colors_of(learned))
    assert np.allclose(colors_of(pairs[0][0]), colors_of(pairs[1][0]))


def test_curves_have_mean_zero_over_the_particles_and_the_shape_of_v(fitted):
    series, model = fitted[1]
    ax = jk.plot.landscape(model, series, ax=axes())
    x, y = ax.lines[0].get_data()
    points, _, weights = series.to_arrays()
    assert abs(np.average(np.interp(points[:, 0], x, y), weights=weights)) < 1e-3
    assert np.allclose(y - y[0], model.potential_(x) - model.potential_(x[:1]))
    assert ax.get_ylabel() == "V (length²/time)"


def test_true_curves_are_drawn_into_the_learned_one(fitted):
    series, model = fitted[1]
    true, learned = jk.plot.landscape(model, series, true=lambda x: x[:, 0] ** 2 / 8)
    dashed = learned.lines[0] if learned.lines[0].get_linestyle() == "--" else learned.lines[-1]
    assert np.array_equal(dashed.get_ydata(), true.lines[0].get_ydata())


def test_functionals_by_name(fitted, refused):
    series, model = fitted[2]
    true, learned = jk.plot.landscape(model, series, true="sphere")
    assert true is not learned
    refused(ValueError, lambda: jk.plot.landscape(model, series, true="spheer"), "true", "spheer", "styblinski_tang")
    refused(TypeError, lambda: jk.plot.landscape(model, series, true=3.0), "true", "float")
    refused(ValueError, lambda: jk.plot.landscape(model, series, true=lambda x: x[:3, 0]), "true(x)", "(3,)")


def test_other_coordinates_follow_the_data_or_stay_where_they_are_put(refused):
    """V = x_1^2 / 2 + x_3^2 / 2, and x_3 = 2 x_1 + 1 in the data, so that V follows 5 x_1^2 / 2 + 2 x_1 along them."""
    first = np.random.default_rng(0).uniform(-1, 1, 500)
    x = np.stack([first, np.zeros(500) + 1e-3 * np.arange(500), 2 * first + 1], axis=1)
    series = jk.Snapshots(np.stack([x, x * [0.9, 1, 0.9]]), time=[0.0, 0.1])
    model = jk.JKOnetStar(QUADRATIC).fit(series)
    grid = np.linspace(-0.6, 0.6, 13)
    x1, along = jk.plot.landscape(model, series, coords=(0,), ax=axes()).lines[0].get_data()
    place = np.stack([grid, np.zeros(13), 2 * grid + 1], axis=1)
    # Half of the population is 0.9 times the other, and means are over neighbours: a tenth of V's range.
    expected = model.potential_(place)
    got = np.interp(grid, x1, along)
    assert np.abs((got - got.mean()) - (expected - expected.mean())).max() < 0.1 * np.ptp(expected)
    x1, fixed = jk.plot.landscape(model, series, coords=(0,), at=[9, 0.2, 0.3], ax=axes()).lines[0].get_data()
    expected = model.potential_(np.stack([x1, np.full(len(x1), 0.2), np.full(len(x1), 0.3)], axis=1))
    assert np.allclose(fixed - fixed[0], expected - expected[0])
    refused(ValueError, lambda: jk.plot.landscape(model, series, at=[0.0]), "at", "1 coordinate", "3")


def test_colours_span_what_is_seen_and_not_what_is_far(fitted):
    series, model = fitted[2]
    points = series.to_arrays()[0]
    levels = colors_of(jk.plot.landscape(model, series, ax=axes()))
    spread = np.ptp(model.potential_(points))
    assert 0.2 * spread < np.ptp(levels) < 2 * spread


# --- velocities ----------------------------------------------------------------------------------------


def arrows(ax):
    (found,) = (child for child in ax.collections if isinstance(child, Quiver))
    return found.XY, np.stack([found.U, found.V], axis=1)


def test_arrows_are_minus_the_gradient_of_v(fitted):
    series, model = fitted[2]
    ax = jk.plot.velocity(model, series, ax=axes())
    places, vectors = arrows(ax)
    assert np.allclose(vectors, -model.potential_.gradient(places))
    quiver = next(child for child in ax.collections if isinstance(child, Quiver))
    # On the screen they point where they lead, and are all on one scale, which the key gives.
    assert quiver.angles == "xy" and quiver.scale_units == "xy"
    (key,) = (child for child in ax.get_children() if type(child).__name__ == "QuiverKey")
    assert key.text.get_text() == f"{key.U:g} length/time"


def test_the_key_is_as_long_as_it_says_and_within_the_picture(fitted):
    series, model = fitted[2]
    ax = drawn(jk.plot.velocity(model, series))
    quiver = next(child for child in ax.collections if isinstance(child, Quiver))
    (key,) = (child for child in ax.get_children() if type(child).__name__ == "QuiverKey")
    outline, text = ax.get_tightbbox(), key.text.get_window_extent()
    assert outline.x0 <= text.x0 and text.x1 <= outline.x1 and text.y1 <= outline.y1
    length = np.ptp(key.vector.get_paths()[0].vertices[:, 0])
    across = quiver.get_transform().transform([[length, 0], [0, 0]])
    pixels = (across[0] - across[1])[0]
    expected = ax.transData.transform([[key.U / quiver.scale, 0], [0, 0]])
    assert np.isclose(pixels, (expected[0] - expected[1])[0], rtol=1e-3)


def test_arrows_are_the_drift_of_the_population(crowd):
    """With U and beta, of the middle one of the observed times."""
    series, model = crowd
    places, vectors = arrows(jk.plot.velocity(model, series, ax=axes()))
    now = series[1]
    expected = -model.potential_.gradient(places)
    for point, weight in zip(now.points, now.weights):
        expected -= weight * model.interaction_.gradient(places - point)
    density = jk.KernelDensity(bandwidth=0.7).fit(now.points)
    expected -= model.beta_ * density.score_function(places)
    assert np.allclose(vectors, expected)


def test_between_times_both_neighbours_act(crowd):
    series, model = crowd
    model = jk.JKOnetStar(None, QUADRATIC).fit(series)
    places, vectors = arrows(jk.plot.velocity(model, series, t=1.25, ax=axes()))
    expected = 0.0
    for k, share in ((1, 0.75), (2, 0.25)):
        for point in series[k].points:
            expected = expected - share / 80 * model.interaction_.gradient(places - point)
    assert np.allclose(vectors, expected)


def test_curves_of_velocity(fitted):
    series, model = fitted[1]
    x, y = next(
        line for line in jk.plot.velocity(model, series, ax=axes()).lines if len(line.get_xdata()) > 300
    ).get_data()
    assert np.allclose(y, -model.potential_.gradient(x)[:, 0])


def test_streamlines_descend(fitted):
    series, model = fitted[2]
    ax = jk.plot.streamlines(model, series, ax=axes())
    segments = np.concatenate([one.get_segments() for one in ax.collections if hasattr(one, "get_segments")])
    steps = segments[:, 1] - segments[:, 0]
    velocities = -model.potential_.gradient(segments.mean(axis=1))
    long = np.linalg.norm(steps, axis=1) > 1e-6
    cosines = (steps * velocities).sum(1)[long] / np.linalg.norm(steps[long], axis=1)
    assert len(steps) > 100
    speeds = np.linalg.norm(velocities[long], axis=1)
    # The last step of a line may go beyond the minimum, where nothing moves any more.
    moving = speeds > 0.02 * speeds.max()
    assert np.all(cosines[moving] > 0.95 * speeds[moving])


@pytest.mark.parametrize("name", ["crowd", "varying"])
def test_time_is_named_where_velocities_depend_on_it(request, name):
    series, model = request.getfixturevalue(name)
    assert jk.plot.velocity(model, series, ax=axes()).get_title() == "t = 1"
    assert jk.plot.streamlines(model, series, t=2.0, ax=axes()).get_title() == "t = 2"


# --- embeddings ----------------------------------------------------------------------------------------

LINEAR = np.array([[1.0, 0.5], [-0.3, 2.0], [0.7, 0.1], [0.0, 0.4], [1.1, -1.0]])


def test_linear_embeddings_are_exact(fitted):
    """Where V is |x|^2 / 8 the drift -x / 4 becomes -e / 4 in every linear picture e = x A."""
    series, model = fitted[5]
    ax = jk.plot.velocity(model, series, embedding=series.to_arrays()[0] @ LINEAR, ax=axes())
    assert ax.get_xlabel() == "embedding 1"
    nodes, vectors = arrows(ax)
    points = series.to_arrays()[0]
    found = carried(points, points @ LINEAR, np.arange(len(points)), -points / 4)
    assert np.allclose(found, -points @ LINEAR / 4, rtol=1e-3, atol=1e-3)
    # Means over neighbours of a field that is linear are those of the places of these.
    assert np.sum(vectors * -nodes, axis=1).mean() > 0
    assert np.median(np.linalg.norm(vectors + nodes / 4, axis=1)) < 0.3 * np.linalg.norm(nodes / 4, axis=1).max()


def test_rows_of_embeddings_are_those_of_the_data():
    rng = np.random.default_rng(0)
    x, time = rng.normal(size=(200, 2)), np.tile([0.0, 1.0], 100)
    data = jk.Snapshots(x, time)
    part, _ = data.shuffle(1).split(0.3, by="times")
    assert np.array_equal(places(part, x + 1), part.to_arrays()[0] + 1)
    stacked = jk.Snapshots(np.stack([x, x]), time=[0, 1])
    assert np.array_equal(places(stacked, np.concatenate([x, x + 2])), np.concatenate([x, x + 2]))


def test_embeddings_that_do_not_fit(fitted, refused):
    series, model = fitted[2]
    for embedding, words in (
        (np.zeros((450, 3)), ["embedding", "(450, 3)"]),
        (np.zeros((100, 2)), ["embedding", "100 rows", "450"]),
        (np.full((450, 2), np.nan), ["embedding", "finite"]),
    ):
        refused(ValueError, lambda given=embedding: jk.plot.velocity(model, series, embedding=given), *words)
    refused(
        ValueError, lambda: jk.plot.velocity(model, series, embedding=np.zeros((450, 2)), at=[0, 0]), "at", "embedding"
    )


def test_velocities_in_an_embedding_are_those_of_each_time(varying):
    """The first gap moves to the right and the second upwards; the particles of both overlap."""
    series, model = varying
    embedding = series.to_arrays()[0]
    for t, direction in ((0.0, [1, 0]), (1.0, [0, 1])):
        _, vectors = arrows(jk.plot.velocity(model, series, t=t, embedding=embedding, ax=axes()))
        assert np.allclose(vectors.mean(axis=0), direction, atol=0.1)
    _, vectors = arrows(jk.plot.velocity(model, series, embedding=embedding, ax=axes()))
    assert (np.abs(vectors).max(axis=0) > 0.3).all()


# --- populations, plans, densities, growth ----------------------------------------------------------------


def dots(ax):
    return [child.get_offsets() for child in ax.collections if isinstance(child, PathCollection)]


@pytest.mark.parametrize("one_step", [True, False])
def test_populations_are_predictions(fitted, one_step):
    series, model = fitted[2]
    panels = jk.plot.populations(model, series, one_step=one_step)
    rolled = model.predict(series[0].points, times=TIMES)
    for k, panel in enumerate(panels):
        seen, predicted = dots(panel)
        begun = model.predict(series[k].points, times=TIMES[k : k + 2])[-1]
        assert np.array_equal(seen, series[k + 1].points)
        assert np.allclose(predicted, begun if one_step else rolled[k + 1])
        assert panel.get_title() == f"t = {TIMES[k + 1]:g}"


def test_populations_in_one_dimension_are_shares(fitted):
    series, model = fitted[1]
    (panel,) = jk.plot.populations(model, series, steps=1, ax=[axes()])
    heights = sum(patch.get_height() for patch in panel.patches if hasattr(patch, "get_height"))
    inside = (series[1].points >= panel.get_xlim()[0]) & (series[1].points <= panel.get_xlim()[1])
    assert np.isclose(heights, inside.mean())


def test_couplings_are_pairs_of_the_plan(fitted):
    series = fitted[2][0]
    plan = jk.optimal_transport(series[0].points, series[1].points)
    pairs = {tuple(series[0].points[i]) + tuple(series[1].points[j]) for i, j in zip(plan.rows, plan.cols)}
    segments = [jk.plot.couplings(series, 0, pairs=40, ax=axes()).collections[0].get_segments() for _ in range(2)]
    assert np.array_equal(*segments) and len(segments[0]) == 40
    assert all(tuple(segment.ravel()) in pairs for segment in segments[0])


def test_couplings_are_chosen_by_mass():
    x = np.arange(101.0)
    weights = np.where(x < 1, 100.0, 1.0)
    series = jk.Snapshots(np.tile(x, 2), np.repeat([0, 1], 101), np.tile(weights, 2))
    segments = np.array(jk.plot.couplings(series, 0, pairs=20, ax=axes()).collections[0].get_segments())
    # Half of the mass is at 0, so that ten of twenty parts are the pair there, drawn once, and ten are others.
    assert len(segments) == 11 and segments[0][0].tolist() == [0, 0] and segments[0][1].tolist() == [1, 0]


def test_densities_hold_their_shares(fitted):
    series = fitted[2][0]
    ax = jk.plot.densities(series, 0, jk.GaussianMixture(), ax=axes())
    lines = next(child for child in ax.collections if hasattr(child, "levels"))
    density = np.exp(jk.GaussianMixture().fit(series[0].points).score_samples(series[0].points))
    shares = [(density >= level - 1e-12).mean() for level in lines.levels]
    assert np.allclose(shares, [0.95, 0.75, 0.5, 0.25], atol=1 / 150 + 1e-9)


@pytest.mark.parametrize(
    "density",
    [
        jk.GaussianMixture(2),
        jk.GaussianMixture(2, covariance_type="diag"),
        jk.KernelDensity(),
        jk.KernelDensity("silverman", covariance_type="spherical"),
        jk.KernelDensity(0.4),
    ],
    ids=repr,
)
def test_densities_are_marginals(density):
    """The density over one coordinate is the integral of that over both."""
    x = np.random.default_rng(0).normal(size=(60, 2)) @ [[1.0, 0.7], [0.0, 0.6]]
    weights = np.random.default_rng(1).uniform(0.5, 1.5, 60)
    series = jk.Snapshots(x, np.zeros(60), weights)
    ax = jk.plot.densities(series, 0, density, coords=(0,), ax=axes())
    place, value = ax.lines[0].get_data()
    fit = type(density)(**density.get_params()).fit(x, sample_weight=weights)
    other = np.linspace(-8, 8, 1601)
    for at in (100, 200, 300):
        points = np.stack([np.full(1601, place[at]), other], axis=1)
        # The trapezoidal rule is exact to rounding for such smooth, narrow functions.
        assert np.isclose(value[at], np.exp(fit.score_samples(points)).sum() * 0.01, rtol=1e-9)


def test_growth_colours_particles_by_their_rates():
    rng = np.random.default_rng(0)
    centres = np.repeat([[-4.0, 0.0], [4.0, 0.0], [-4.0, 0.0], [4.0, 0.0]], [50, 50, 50, 100], axis=0)
    series = jk.Snapshots(centres + 0.3 * rng.normal(size=(250, 2)), np.repeat([0.0, 1.0], [100, 150]))
    rates = jk.Growth().fit(series, total_mass="sizes")
    ax = jk.plot.growth(rates, series, 1.0, ax=axes())
    (found,) = (child for child in ax.collections if isinstance(child, PathCollection))
    assert np.array_equal(found.get_offsets(), series[1].points)
    assert np.array_equal(found.get_array(), rates.rate(series[1].points, 1.0))
    assert found.norm.vmin == -found.norm.vmax
    embedding = rng.normal(size=(250, 2))
    ax = jk.plot.growth(rates, series, 1.0, embedding=embedding, ax=axes())
    assert np.array_equal(dots(ax)[0], embedding[series[1].rows])


# --- curves --------------------------------------------------------------------------------------------


def test_history_is_that_of_the_model():
    series = course(1, 50)
    model = jk.JKOnetStar(epochs=12, time_varying=False, hidden=4).fit(series)
    ax = jk.plot.history(model, axes())
    assert np.array_equal(ax.lines[0].get_ydata(), model.history_) and ax.get_yscale() == "log"


def test_residuals_are_those_of_evaluate(fitted):
    series, model = fitted[2]
    found = model.evaluate(series, train=series)
    lines = {line.get_label(): line.get_ydata() for line in jk.plot.residuals(model, series, train=series).lines}
    assert lines.keys() == {"nothing moves", "predicted", "floor"}
    assert np.array_equal(lines["predicted"], found.one_step)
    assert np.array_equal(lines["nothing moves"], found.nothing_moves)
    assert np.array_equal(lines["floor"], found.floor)
    assert len(jk.plot.residuals(model, series).lines) == 2


def test_error_bars_are_two_standard_errors(fitted, refused):
    series, model = fitted[2]
    path = np.stack([np.linspace(-1, 2, 7), np.full(7, 0.5)], axis=1)
    value, error = model.potential_(path, return_std=True)
    ax = jk.plot.error_bars(model, path, ax=axes())
    x, y = ax.lines[0].get_data()
    assert np.array_equal(x, path[:, 0]) and np.allclose(y - y[0], value - value[0]) and ax.get_xlabel() == "$x_1$"
    band = ax.collections[0].get_paths()[0].vertices
    for at in range(7):
        own = band[np.isclose(band[:, 0], x[at]), 1]
        assert np.isclose(np.ptp(own), 4 * error[at])
    ax = jk.plot.error_bars(model, [[0, 0], [3, 4]], ax=axes())
    assert np.isclose(ax.lines[0].get_xdata()[-1], 5) and "distance" in ax.get_xlabel()
    refused(ValueError, lambda: jk.plot.error_bars(model, [[0.0, 0.0]]), "path", "1 point")
    refused(ValueError, lambda: jk.plot.error_bars(jk.JKOnetStar(QUADRATIC).fit(series), path), "error")


def test_potentials_over_time_share_their_colours(varying, fitted, refused):
    series, model = varying
    panels = jk.plot.potential_over_time(model, series, [0.0, 0.5, 2.0])
    assert [panel.get_title() for panel in panels] == ["t = 0", "t = 0.5", "t = 2"]
    assert all(np.array_equal(colors_of(panel), colors_of(panels[0])) for panel in panels)
    assert len(jk.plot.potential_over_time(model, series)) == 3
    constant = fitted[2][1]
    refused(ValueError, lambda: jk.plot.potential_over_time(constant, series), "does not vary", "landscape")
    refused(ValueError, lambda: jk.plot.potential_over_time(model, series, [3.0]), "t = 3", "0 to 2")


# --- names and errors ------------------------------------------------------------------------------------


@pytest.fixture
def with_names(tmp_path):
    (tmp_path / "cells.csv").write_text(
        "time,PC $1$,PC_2,age\n" + "".join(f"{k % 2},{k * 0.1},{(k * 7) % 11},{k % 5}\n" for k in range(40))
    )
    return jk.Snapshots.load(tmp_path / "cells.csv")


def test_coordinates_by_name(with_names, refused):
    assert with_names.names == ("PC $1$", "PC_2", "age")
    ax = jk.plot.couplings(with_names, 0, coords=("age", "PC $1$"))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("age", r"PC \$1\$")
    drawn(ax)
    refused(ValueError, lambda: jk.plot.couplings(with_names, 0, coords=("agee", 0)), "coords[0]", "agee", "'age'")
    refused(ValueError, lambda: jk.plot.couplings(with_names, 0, coords=(0, 3)), "coords[1]", "3", "2")
    refused(ValueError, lambda: jk.plot.couplings(with_names, 0, coords=(1, "PC_2")), "coords", "twice")
    refused(ValueError, lambda: jk.plot.couplings(with_names, 0, coords=(0, 1, 2)), "coords", "3 elements")
    refused(TypeError, lambda: jk.plot.couplings(with_names, 0, coords="age"), "coords", "'age'")
    refused(ValueError, lambda: jk.plot.couplings(course(2), 0, coords=("age", 0)), "coords[0]", "age", "number")


def test_errors_name_things(fitted, refused):
    series, model = fitted[2]
    other = fitted[5][0]
    refused(TypeError, lambda: jk.plot.landscape(model, np.zeros((3, 2))), "snapshots", "ndarray")
    refused(TypeError, lambda: jk.plot.landscape("model", series), "model", "str")
    refused(ValueError, lambda: jk.plot.landscape(jk.JKOnetStar(), series), "fit")
    refused(ValueError, lambda: jk.plot.landscape(model, other), "snapshots", "5 coordinates", "2")
    refused(ValueError, lambda: jk.plot.landscape(model, series, t=2.5), "t = 2.5", "0 to 2")
    refused(ValueError, lambda: jk.plot.landscape(model, series, t=np.nan), "t = nan")
    refused(TypeError, lambda: jk.plot.landscape(model, series, t="1"), "t must be a number")
    refused(TypeError, lambda: jk.plot.landscape(model, series, ax=3), "ax", "int")
    refused(TypeError, lambda: jk.plot.landscape(model, series, particles=2.5), "particles")
    refused(ValueError, lambda: jk.plot.landscape(model, series, true="sphere", ax=axes()), "ax has 1 Axes", "2 panels")
    refused(ValueError, lambda: jk.plot.populations(model, series, steps=3), "steps = 3", "1 .. 2")
    refused(ValueError, lambda: jk.plot.populations(model, series, ax=[axes()]), "ax has 1 Axes", "2 panels")
    refused(ValueError, lambda: jk.plot.couplings(series, 2), "k = 2")
    refused(ValueError, lambda: jk.plot.densities(series, 3), "k = 3")
    refused(TypeError, lambda: jk.plot.densities(series, 0, "bic"), "density", "str")
    refused(TypeError, lambda: jk.plot.growth(model, series, 1.0), "growth_rates", "JKOnetStar")
    refused(ValueError, lambda: jk.plot.growth(jk.Growth().fit(other), series, 1.0), "growth_rates", "5", "2")
    refused(ValueError, lambda: jk.plot.landscape(jk.JKOnetStar(None, QUADRATIC).fit(series), series), "no potential")


def test_weights_say_which_particles_are_drawn(fitted):
    """Particles without weight are never drawn, and heavy ones mostly are."""
    model, rng = fitted[2][1], np.random.default_rng(0)
    x = rng.normal(size=(300, 2))
    weights = np.repeat([0.0, 1.0, 50.0], 100)
    series = jk.Snapshots(x, np.zeros(300), weights)
    ax = jk.plot.landscape(model, series, particles=60, ax=axes())
    (shown,) = dots(ax)
    numbers = [int(np.flatnonzero((x == place).all(axis=1))[0]) for place in np.asarray(shown)]
    assert len(numbers) == 60 and min(numbers) >= 100 and np.mean(np.array(numbers) >= 200) > 0.8
    assert not dots(jk.plot.landscape(model, series, particles=0, ax=axes()))


# --- the package and the gallery ---------------------------------------------------------------------------

MODULES = [f"jkonetstar.plot.{module.name}" for module in pkgutil.iter_modules(jk.plot.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_docstrings(name):
    module = importlib.import_module(name)
    assert doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE).failed == 0


@pytest.mark.parametrize("name", jk.plot.__all__)
def test_everything_public_has_an_example_and_no_any(name):
    function = getattr(jk.plot, name)
    assert ">>> " in function.__doc__ and "Returns" in function.__doc__
    hints = {**function.__annotations__}
    assert set(hints) == {*inspect.signature(function).parameters, "return"}
    assert not any("Any" in str(hint) for hint in hints.values()), hints


def test_the_wheel_has_every_package(root):
    folder = root / "bindings" / "python"
    listed = re.search(r"^packages = \[(.*)\]$", (folder / "pyproject.toml").read_text(), re.M)[1]
    there = {str(path.parent.relative_to(folder)).replace(os.sep, ".") for path in folder.rglob("__init__.py")}
    assert set(re.findall(r'"([\w.]+)"', listed)) == {name for name in there if name.startswith("jkonetstar")}


@pytest.mark.filterwarnings("ignore")
def test_the_gallery_runs_what_it_shows(root, tmp_path, monkeypatch, capsys):
    """All of its code runs, with networks that are trained for a few epochs only, and makes the pictures."""
    page = (root / "docs" / "gallery.md").read_text(encoding="utf-8")
    pictures = set(re.findall(r"\(gallery/(\w+\.png)\)", page))
    for name in pictures:
        assert (root / "docs" / "gallery" / name).stat().st_size < 60_000, name
    assert {path.name for path in (root / "docs" / "gallery").iterdir()} == pictures
    assert set(re.findall(r"jk\.plot\.(\w+)\(", page)) == set(jk.plot.__all__)
    monkeypatch.setenv("JKONETSTAR_DATA", str(tmp_path / "nowhere"))
    fit, networks = jk.JKOnetStar.fit, []

    def fit_in_short(model, *given, **named):
        if model.potential == "mlp":
            networks.append(model.set_params(epochs=2))
        return fit(model, *given, **named)

    monkeypatch.setattr(jk.JKOnetStar, "fit", fit_in_short)
    gallery = runpy.run_path(str(root / "examples" / "python" / "gallery.py"))
    gallery["draw"](tmp_path / "made", dpi=30)
    assert networks
    left_out = set(re.findall(r"left out (\w+\.png)", capsys.readouterr().out))
    assert left_out == {name for name in pictures if name.startswith("cells")} | {"potential_over_time.png"}
    assert {path.name for path in (tmp_path / "made").iterdir()} == pictures - left_out


@pytest.mark.parametrize(("wide", "times"), [(1.4, 4), (1.8, 3), (1.8, 5)])
def test_titles_are_within_the_saved_picture(tmp_path, wide, times):
    x = np.random.default_rng(0).normal(size=(150, 2)) * [wide, 1]
    series = jk.Snapshots([0.9**k * x for k in range(times)], time=range(times))
    model = jk.JKOnetStar(jk.Linear(2, radial=None)).fit(series)
    panels = jk.plot.populations(model, series)
    figure = panels[0].figure
    figure.savefig(tmp_path / "populations.png")
    for panel in panels:
        box = panel.title.get_window_extent()
        assert 0 < box.y0 < box.y1 < figure.bbox.y1
        for dots in panel.collections:
            (low, high), points = np.array([panel.get_xlim(), panel.get_ylim()]).T, dots.get_offsets()
            assert ((low < points) & (points < high)).all()  # all are seen, as long as none is far outside


def test_axes_have_the_names_of_components():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(course(2)[0].points, columns=["X_pca-0", "X_umap-1"])
    frame["day"] = np.arange(len(frame)) % 2
    named = jk.Snapshots(frame, time="day")
    axes = jk.plot.velocity(jk.JKOnetStar(jk.Linear(2, radial=None)).fit(named), named)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("PC1", "UMAP2")
