"""Populations between observed times: straight lines, flows, growth, fitted models; what is refused and reported."""

import jkonetstar as jk
import numpy as np
import pytest

from populations import CENTRE, CURVATURE, impatient, quadratic_series

V = jk.Linear(polynomial_degree=2, radial=None)
METHODS = ("auto", "straight", "flow")


def turning(n=30, times=range(6), spread=0.1, seed=0):
    """Return a cloud on the unit circle, which turns by half a radian per unit of time; every time another sample."""
    rng = np.random.default_rng(seed)
    centres = np.stack([np.cos(np.asarray(times) / 2), np.sin(np.asarray(times) / 2)], 1)
    points = centres[:, None] + spread * rng.normal(size=(len(times), n, 2))
    return jk.Snapshots(points.reshape(-1, 2), time=np.repeat(times, n))


def growing(shares=(0.2, 0.35, 0.5, 0.65, 0.8), n=40, seed=0):
    """Return two clouds at rest, of which the right one has these shares of the particles."""
    rng = np.random.default_rng(seed)
    points = []
    for share in shares:
        right = round(share * n)
        centres = np.repeat([[0.0, 0.0], [10.0, 0.0]], [n - right, right], axis=0)
        points.append(centres + 0.1 * rng.normal(size=(n, 2)))
    return jk.Snapshots(np.concatenate(points), time=np.repeat(np.arange(len(shares)), n))


def same(a, b):
    """Whether two series have the same bits."""
    return len(a) == len(b) and all(
        x.time == y.time and np.array_equal(x.points, y.points) and np.array_equal(x.weights, y.weights)
        for x, y in zip(a, b)
    )


def weighted(rng, sizes=(9, 12, 7, 10)):
    """Return snapshots of different sizes and weights."""
    n = sum(sizes)
    time = np.repeat(np.arange(len(sizes)), sizes)
    return jk.Snapshots(rng.normal(size=(n, 3)) + time[:, None], time=time, weights=rng.uniform(0.1, 2, size=n))


def sorted_particles(points, masses):
    """Return particles in an order of their own."""
    order = np.lexsort(points.T)
    return points[order], masses[order]


# Straight lines.


@pytest.mark.parametrize("part", [0.125, 0.5, 0.9])
def test_straight_lines_are_mccanns_interpolation(rng, part):
    series = weighted(rng)
    first, last = series[1], series[2]
    plan = jk.optimal_transport(first.points, last.points, first.weights, last.weights)
    expected = (1 - part) * first.points[plan.rows] + part * last.points[plan.cols]
    found = jk.interpolate(series, [1 + part], "straight")[0]
    x, masses = sorted_particles(found.points, found.weights)
    y, wanted = sorted_particles(expected, plan.mass)
    assert x == pytest.approx(y, abs=1e-12) and masses == pytest.approx(wanted, abs=1e-12)


def test_straight_lines_are_geodesics(rng):
    """W2 from the first neighbour is s W2 between both, and 1 - s to the second."""
    series = weighted(rng)
    first, last = series[0], series[1]
    whole = jk.emd(first.points, last.points, 2, a=first.weights, b=last.weights)
    for middle in jk.interpolate(series, [0.25, 0.5, 0.75], "straight"):
        before = jk.emd(first.points, middle.points, 2, a=first.weights, b=middle.weights)
        after = jk.emd(middle.points, last.points, 2, a=middle.weights, b=last.weights)
        assert before == pytest.approx(middle.time * whole, rel=1e-9)
        assert after == pytest.approx((1 - middle.time) * whole, rel=1e-9)


def test_straight_lines_in_one_coordinate_are_means_of_quantiles(rng):
    x, y = np.sort(rng.normal(size=(2, 50)), axis=1)
    series = jk.Snapshots(rng.permuted([x, y], axis=1).ravel(), time=np.repeat([0.0, 1.0], 50))
    found = jk.interpolate(series, [0.25], "straight")[0]
    assert np.sort(found.points[:, 0]) == pytest.approx(0.75 * x + 0.25 * y, abs=1e-12)


# Populations.


@pytest.mark.parametrize("method", METHODS)
def test_mass_is_one_and_particles_are_at_most_those_of_both_neighbours(rng, method):
    series = weighted(rng)
    found = jk.interpolate(series, [0.5, 1.25, 2.75], method)
    for population, before, after in zip(found, series, list(series)[1:]):
        assert population.weights.sum() == pytest.approx(1, abs=1e-12) and (population.weights > 0).all()
        assert len(population.points) < len(before.points) + len(after.points)
        assert np.isfinite(population.points).all()


@pytest.mark.parametrize("method", METHODS)
def test_observed_times_have_the_observed_populations(rng, method):
    series = weighted(rng)
    assert same(jk.interpolate(series, series.times, method), series)
    mixed = jk.interpolate(series, [0.0, 0.5, 1.0, 3.0], method)
    assert same([mixed[0], mixed[2], mixed[3]], [series[0], series[1], series[3]])


@pytest.mark.parametrize("method", ["straight", "flow"])
def test_populations_tend_to_their_neighbours(method):
    series = turning()
    found = jk.interpolate(series, [2 + 1e-9, 3 - 1e-9], method)
    for near, observed in zip(found, (series[2], series[3])):
        # Marginals of relaxed plans are known to 1e-7, and pairs that carry next to nothing are left out.
        assert jk.emd(near.points, observed.points, a=near.weights, b=observed.weights) < 1e-4


def test_each_time_is_found_alone_as_among_others():
    series, times = turning(10), [1.25, 1.5, 4.75]
    together = jk.interpolate(series, times)
    assert same(together, [jk.interpolate(series, [time])[0] for time in times])


def test_names_are_kept(rng, tmp_path):
    path = tmp_path / "a.csv"
    rows = [f"{k},{x},{y}" for k in range(3) for x, y in rng.normal(size=(5, 2))]
    path.write_text("time,left,up\n" + "\n".join(rows))
    series = jk.Snapshots.load(path)
    assert jk.interpolate(series, [0.5], "straight").names == series.names == ("left", "up")
    assert jk.JKOnetStar(V).fit(series).interpolate(series, [0.5]).names == series.names
    assert series.without(1).names == series.names


def test_rows_number_the_particles():
    found = jk.interpolate(turning(), [0.5])
    assert np.array_equal(found[0].rows, np.arange(len(found[0].points)))


# Flows.


def test_flows_follow_a_cloud_that_turns():
    series = turning()
    for k in (2, 3):
        rest, truth = series.without(k), series[k]
        flow, straight = (jk.interpolate(rest, [truth.time], method)[0] for method in ("flow", "straight"))
        missed = [jk.emd(x.points, truth.points, a=x.weights, b=truth.weights) for x in (flow, straight)]
        assert missed[0] < 0.6 * missed[1]
        # Straight lines cut the corner: their mean lies within the circle.
        radius = [np.linalg.norm(x.weights @ x.points) for x in (flow, straight)]
        assert radius[0] == pytest.approx(1, abs=0.05) and radius[1] < 0.92


def test_straight_motion_stays_straight(rng):
    """A cloud that drifts at a constant speed is where straight lines put it, by every method."""
    x = rng.normal(size=(30, 2))
    series = jk.Snapshots(np.concatenate([x + [k, 0.5 * k] for k in range(5)]), time=np.repeat(np.arange(5.0), 30))
    for method in METHODS:
        found = jk.interpolate(series, [1.5], method)[0]
        # Relaxed plans move mass a little between particles that are near each other.
        assert jk.emd(found.points, x + [1.5, 0.75], a=found.weights) < 0.15


def test_clouds_at_rest_whose_shares_change_stay_where_they_are():
    series = growing()
    found = jk.interpolate(series, [1.5], "flow")[0]
    side = found.points[:, 0] > 5
    # No particle is on its way between the clouds, and shares grow at constant rates: near the mean of 0.35 and 0.5.
    assert (np.abs(found.points[:, 0] - 10 * side) < 1).all()
    assert found.weights[side].sum() == pytest.approx(0.425, abs=0.02)


def test_kept_masses_must_travel():
    """Where no mass may be created, the difference of shares is on its way."""
    x = jk.interpolate(growing(), [1.5], "flow", relaxation=np.inf)[0]
    between = (x.points[:, 0] > 2) & (x.points[:, 0] < 8)
    assert x.weights[between].sum() == pytest.approx(0.15, abs=0.03)


def test_auto_takes_the_flow_where_it_is_better_and_says_so():
    _, how = jk.interpolate(turning(), [2.5], return_report=True)
    assert how.rounds[0] in (2, 6) and how.missed[0] < 0.5 * how.straight_missed[0]


# Independence of what should not matter.


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("length, duration", [(2.0**40, 0.5), (2.0**-300, 2.0**-500)])
def test_units_do_not_matter(method, length, duration):
    series = turning(15, times=range(4))
    X, time, _ = series.to_arrays()
    plain = jk.interpolate(series, [1.25], method)[0]
    scaled = jk.interpolate(jk.Snapshots(length * X, time=duration * time), [1.25 * duration], method)[0]
    assert scaled.points / length == pytest.approx(plain.points, rel=1e-12)
    assert scaled.weights == pytest.approx(plain.weights, rel=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_places_and_moments_do_not_matter(method):
    series = turning(15, times=range(4))
    X, time, _ = series.to_arrays()
    plain = jk.interpolate(series, [1.25], method)[0]
    moved = jk.interpolate(jk.Snapshots(X + [100.0, -7.0], time=time + 1024), [1025.25], method)[0]
    distance = jk.emd(moved.points - [100.0, -7.0], plain.points, a=moved.weights, b=plain.weights)
    assert distance < 1e-4


@pytest.mark.parametrize("method", METHODS)
def test_the_order_of_particles_does_not_matter(method):
    series = turning(20, times=range(4))
    plain, mixed = (jk.interpolate(s, [1.25], method)[0] for s in (series, series.shuffle(3)))
    # Fields are fitted to every third pair at each moment, which are other pairs in another order.
    distance = jk.emd(plain.points, mixed.points, a=plain.weights, b=mixed.weights)
    assert distance < (1e-12 if method == "straight" else 0.02)


def test_multiples_of_weights_do_not_matter(rng):
    X, time, weights = weighted(rng).to_arrays()
    one, other = (jk.interpolate(jk.Snapshots(X, time, c * weights), [1.5])[0] for c in (1, 1024))
    assert same([one], [other])


def test_the_same_seed_gives_the_same_bits():
    series = turning(40, times=range(4))
    found = [jk.interpolate(series, [1.5], max_particles=15, random_state=seed) for seed in (3, 3, 4)]
    assert same(found[0], found[1]) and not same(found[0], found[2])


@pytest.mark.parametrize("method", ["auto", "straight"])
def test_threads_do_not_change_a_bit(method):
    series, before = turning(20, times=range(4)), jk.get_num_threads()
    try:
        found = []
        for threads in (1, 2, 3):
            jk.set_num_threads(threads)
            found.append(jk.interpolate(series, [1.5], method))
    finally:
        jk.set_num_threads(before)
    assert same(found[0], found[1]) and same(found[0], found[2])


def test_the_series_is_not_changed(rng):
    series = weighted(rng)
    before = [array.copy() for array in series.to_arrays()]
    jk.interpolate(series, [0.5, 1.5])
    assert all(np.array_equal(a, b) for a, b in zip(before, series.to_arrays()))


# Arguments.


@pytest.mark.parametrize(
    "times, mentioned",
    [
        ([0.5, np.nan], ("times[1]", "nan")),
        ([np.inf], ("times[0]", "inf")),
        ([0.5, 0.5], ("times[1] = 0.5", "not greater than times[0]")),
        ([1.5, 0.5], ("times[1] = 0.5", "not greater than times[0] = 1.5")),
        ([-0.1], ("times[0] = -0.1", "0.0", "5.0")),
        ([5.1], ("times[0] = 5.1", "0.0", "5.0")),
        ([], ("times", "empty")),
        (1.5, ("times", "(n,)")),
    ],
)
def test_times_that_are_refused(refused, times, mentioned):
    series = turning(5)
    refused(ValueError, lambda: jk.interpolate(series, times), *mentioned)
    model = jk.JKOnetStar(V).fit(series)
    refused(ValueError, lambda: model.interpolate(series, times), *mentioned)


@pytest.mark.parametrize("times", [[0.5, 1.5], (0.5, 1.5), np.float32([0.5, 1.5]), np.array([9, 0.5, 9, 1.5])[1::2]])
def test_times_in_any_form(times):
    series = turning(5)
    found = jk.interpolate(series, times, "straight")
    assert same(found, jk.interpolate(series, np.array([0.5, 1.5]), "straight"))


@pytest.mark.parametrize(
    "name, value, kind, mentioned",
    [
        ("method", "curved", ValueError, ("curved", "straight", "flow", "auto")),
        ("ridge", 0, ValueError, ("0",)),
        ("ridge", -1.5, ValueError, ("-1.5",)),
        ("ridge", np.nan, ValueError, ("nan",)),
        ("ridge", np.inf, ValueError, ("inf",)),
        ("ridge", "small", TypeError, ("str",)),
        ("rounds", 0, ValueError, ("0", "1", "100")),
        ("rounds", 101, ValueError, ("101", "100")),
        ("rounds", 2.5, TypeError, ("2.5", "integer")),
        ("relaxation", 0, ValueError, ("0",)),
        ("relaxation", -1, ValueError, ("-1", "at least 0.05")),
        ("relaxation", np.nan, ValueError, ("nan",)),
        ("relaxation", None, TypeError, ("None",)),
        ("length_scale", 0, ValueError, ("0",)),
        ("length_scale", np.inf, ValueError, ("inf",)),
        ("time_scale", -3, ValueError, ("-3",)),
        ("time_scale", np.nan, ValueError, ("nan",)),
        ("max_particles", 1, ValueError, ("1", "2", "1000000")),
        ("max_particles", 1_000_001, ValueError, ("1000001", "1000000")),
        ("max_particles", 10.5, TypeError, ("10.5", "integer")),
        ("random_state", -1, ValueError, ("-1",)),
        ("random_state", "seed", TypeError, ()),
        ("return_report", "yes", TypeError, ("str",)),
    ],
)
def test_arguments_that_are_refused(refused, name, value, kind, mentioned):
    refused(kind, lambda: jk.interpolate(turning(5), [0.5], **{name: value}), name, *mentioned)


def test_series_that_are_refused(refused):
    refused(TypeError, lambda: jk.interpolate(np.zeros((5, 2)), [0.5]), "snapshots", "ndarray")
    single = jk.Snapshots([1.0, 2.0], time=[0, 0])
    refused(ValueError, lambda: jk.interpolate(single, [0.0]), "1 snapshot", "two or more")
    refused(ValueError, lambda: jk.interpolate(single.without(0), [0.0]), "0 snapshots")


def test_every_argument_of_flows_has_an_effect():
    series = turning(20, times=range(3))
    usual = jk.interpolate(series, [1.5], "flow")
    changes = {
        "ridge": 0.1, "rounds": 1, "relaxation": np.inf, "length_scale": 4, "time_scale": 6, "max_particles": 5,
        "random_state": 1,
    }  # fmt: skip
    for name, value in changes.items():
        assert not same(jk.interpolate(series, [1.5], "flow", **{name: value}), usual), name


def test_ctrl_c(press_ctrl_c):
    press_ctrl_c("interpolation")
    with pytest.raises(KeyboardInterrupt):
        jk.interpolate(turning(10), [0.5, 1.5])
    # The next call is done in full.
    assert len(jk.interpolate(turning(10), [0.5, 1.5])) == 2


# Warnings.


def test_two_snapshots_say_little(rng, recwarn):
    series = jk.Snapshots(rng.normal(size=(20, 2)), time=np.repeat([0.0, 1.0], 10))
    with pytest.warns(jk.IdentifiabilityWarning, match="two snapshots .* straight lines") as caught:
        found, how = jk.interpolate(series, [0.5], return_report=True)
    assert len(caught) == 1 and caught[0].filename == __file__ and "two-snapshots" in str(caught[0].message)
    assert how.rounds[0] == 0
    # Who asks for straight lines, or for a flow, knows.
    assert same(found, jk.interpolate(series, [0.5], "straight"))
    jk.interpolate(series, [0.5], "flow")
    jk.interpolate(turning(5), [0.5])
    assert not recwarn.list


# Reports.


def test_reports():
    series = turning(10, times=range(4))
    found, how = jk.interpolate(series, [0.5, 1.0, 1.25, 1.75], return_report=True)
    assert isinstance(how, jk.InterpolationReport) and len(found) == 4
    assert how._fields == ("gradient", "ridge", "rounds", "missed", "straight_missed")
    assert all(array.shape == (4,) and array.dtype == float for array in how)
    # At an observed time nothing is chosen; within a gap the choice is one.
    assert all(np.isnan(array[1]) and array[2] == array[3] for array in how)
    assert same(found, jk.interpolate(series, [0.5, 1.0, 1.25, 1.75]))


def test_reports_of_straight_lines_and_of_given_flows():
    series = turning(10)
    _, how = jk.interpolate(series, [0.5], "straight", return_report=True)
    assert how.ridge[0] == how.rounds[0] == 0 and np.isnan(how.missed[0]) and np.isnan(how.straight_missed[0])
    _, how = jk.interpolate(series, [0.5], "flow", gradient=False, ridge=0.01, rounds=4, return_report=True)
    assert how.gradient[0] == 0 and how.ridge[0] == 0.01 and how.rounds[0] == 4 and np.isnan(how.missed[0])


def test_missed_is_the_mean_energy_distance_of_times_left_out():
    """Of four snapshots both inner ones are left out for the gap between them."""
    series = turning(15, times=range(4))
    chosen = {"gradient": False, "ridge": 1e-2, "rounds": 1}
    _, how = jk.interpolate(series, [1.5], **chosen, return_report=True)
    means = {}
    for method in ("flow", "straight"):
        settings = chosen if method == "flow" else {}
        distances = []
        for k in (1, 2):
            found = jk.interpolate(series.without(k), [series.times[k]], method, **settings)[0]
            distances.append(jk.energy_distance(found.points, series[k].points, found.weights, series[k].weights))
        means[method] = np.mean(distances)
    assert how.straight_missed[0] == pytest.approx(means["straight"], rel=1e-9)
    assert how.missed[0] == pytest.approx(min(means.values()), rel=1e-9)


def test_of_three_snapshots_none_can_be_left_out():
    _, how = jk.interpolate(turning(10, times=range(3)), [0.5], return_report=True)
    assert how.ridge[0] == 1e-3 and how.rounds[0] == 2 and np.isnan(how.missed[0])


# Fitted models.


def descended(x, duration):
    """Return where -grad V of the quadratic energy takes particles, exactly."""
    values, vectors = np.linalg.eigh(CURVATURE)
    return CENTRE + (x - CENTRE) @ (vectors * np.exp(-duration * values)) @ vectors.T


@pytest.fixture(scope="module")
def descending():
    """Particles that descend the quadratic energy, observed six times, and where they began."""
    x = np.random.default_rng(0).uniform(-2, 2, size=(60, 2))
    times = 0.2 * np.arange(6)
    return jk.Snapshots(np.concatenate([descended(x, t) for t in times]), time=np.repeat(times, 60)), x


@pytest.mark.parametrize("scheme", ["explicit", "implicit", "midpoint"])
def test_particles_flow_along_the_energy(descending, scheme):
    series, x = descending
    model = jk.JKOnetStar(V, scheme=scheme).fit(series)
    found = model.interpolate(series, [0.3])[0]
    missed = jk.emd(found.points, descended(x, 0.3), a=found.weights)
    assert missed < 0.02
    assert jk.emd(series[1].points, descended(x, 0.3)) > 0.1


@pytest.mark.parametrize("scheme", ["explicit", "implicit", "midpoint"])
def test_a_model_knows_bends_that_straight_lines_do_not(descending, scheme):
    """Between two snapshots a long time apart."""
    series, x = descending
    model = jk.JKOnetStar(V, scheme=scheme).fit(series)
    ends = jk.Snapshots(np.concatenate([series[0].points, series[5].points]), time=np.repeat([0.0, 1.0], 60))
    by_model, straight = model.interpolate(ends, [0.5])[0], jk.interpolate(ends, [0.5], "straight")[0]
    missed = [jk.emd(f.points, descended(x, 0.5), a=f.weights) for f in (by_model, straight)]
    assert missed[0] < 0.5 * missed[1]


@pytest.mark.parametrize("scheme", ["explicit", "implicit", "midpoint"])
def test_potential_and_interaction(descending, scheme):
    series, x = descending
    model = jk.JKOnetStar(V, V, scheme=scheme).fit(series)
    found = model.interpolate(series, [0.3])[0]
    assert found.weights.sum() == pytest.approx(1, abs=1e-12)
    assert jk.emd(found.points, descended(x, 0.3), a=found.weights) < 0.02


def test_beta_spreads_particles(rng):
    """Heat, whose variance grows by 2 beta t, which the neighbours show and the model explains."""
    times, beta = np.arange(5) * 0.25, 0.5
    points = np.concatenate([np.sqrt(1 + 2 * beta * t) * rng.normal(size=(100, 2)) for t in times])
    series = jk.Snapshots(points, time=np.repeat(times, 100))
    model = jk.JKOnetStar(None, internal=True).fit(series)
    assert model.beta_ > 0.2
    found = model.interpolate(series, [0.375])[0]
    mean = found.weights @ found.points
    variance = (found.weights @ (found.points - mean) ** 2).mean()
    assert series[1].points.var(0).mean() < variance < series[2].points.var(0).mean()


def test_networks():
    X, time = quadratic_series(30)
    model = jk.JKOnetStar(hidden=(8,), epochs=5).fit(X, time)
    found = model.interpolate(jk.Snapshots(X, time), [0.05, 0.2])
    assert len(found) == 2 and all(len(snapshot.points) >= 30 for snapshot in found)


def test_a_model_needs_no_more_than_two_snapshots(descending, recwarn):
    model = jk.JKOnetStar(V).fit(descending[0])
    pair = jk.Snapshots([[0.0, 0.0], [1.0, 1.0]], time=[0.0, 0.4])
    assert len(model.interpolate(pair, [0.1])) == 1 and not recwarn.list


def test_a_model_has_observed_times_and_relaxation(descending):
    series, _ = descending
    model = jk.JKOnetStar(V).fit(series)
    assert same(model.interpolate(series, series.times), series)
    usual, kept = model.interpolate(series, [0.3]), model.interpolate(series, [0.3], relaxation=np.inf)
    assert not same(usual, kept)
    # Masses that are kept are those of an exact plan between equal numbers of particles.
    assert len(kept[0].points) == 60 and kept[0].weights == pytest.approx(1 / 60)


def test_models_that_are_refused(descending, refused):
    series, _ = descending
    model = jk.JKOnetStar(V).fit(series)
    refused(jk.NotFittedError, lambda: jk.JKOnetStar(V).interpolate(series, [0.3]), "not been fitted")
    line = jk.Snapshots([0.0, 1.0], time=[0, 1])
    refused(ValueError, lambda: model.interpolate(line, [0.3]), "1 coordinate", "2")
    refused(TypeError, lambda: model.interpolate(series[0].points, [0.3]), "snapshots", "ndarray")
    refused(ValueError, lambda: model.interpolate(series, [0.3], relaxation=0), "relaxation", "0")
    refused(ValueError, lambda: model.interpolate(series, [1.1]), "times[0]", "1.1")


def test_a_model_is_not_changed_by_interpolation(descending):
    series, _ = descending
    model = jk.JKOnetStar(V).fit(series)
    before = model.potential_(series[0].points)
    model.interpolate(series, [0.3])
    assert np.array_equal(model.potential_(series[0].points), before)


def test_a_loaded_model_interpolates_as_the_fitted_one(descending, tmp_path):
    series, _ = descending
    model = jk.JKOnetStar(V).fit(series)
    model.save(tmp_path / "model.safetensors")
    assert same(jk.load(tmp_path / "model.safetensors").interpolate(series, [0.3]), model.interpolate(series, [0.3]))


def test_callbacks_of_a_model_may_stop_it(descending):
    series, _ = descending
    kind, stopped = impatient(b"interpolation")
    model = kind(V).fit(series)
    with pytest.raises(stopped):
        model.interpolate(series, [0.3])


# Extremes.


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [1e150, 1e-150])
def test_huge_and_tiny_coordinates(method, size):
    found = jk.interpolate(turning(10, times=range(4)), [1.5], method)[0]
    X, time, _ = turning(10, times=range(4)).to_arrays()
    scaled = jk.interpolate(jk.Snapshots(size * X, time=time), [1.5], method)[0]
    assert jk.emd(scaled.points / size, found.points, a=scaled.weights, b=found.weights) < 1e-4


@pytest.mark.parametrize("method", METHODS)
def test_particles_that_never_move_and_are_alike(method):
    series = jk.Snapshots(np.full((20, 2), 3.0), time=np.repeat(np.arange(5.0), 4))
    assert np.array_equal(jk.interpolate(series, [1.5], method)[0].points, np.full((4, 2), 3.0))


@pytest.mark.parametrize("method", METHODS)
def test_a_coordinate_that_is_constant(rng, method):
    x = rng.normal(size=(50, 3))
    x[:, 1] = 7
    found = jk.interpolate(jk.Snapshots(x, time=np.repeat(np.arange(5.0), 10)), [1.5], method)[0]
    assert found.points[:, 1] == pytest.approx(7, abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("ratio", [0.0, 1e-300])
def test_particles_without_weight(method, ratio):
    """Half of the particles lie elsewhere, and weigh nothing."""
    X, time, _ = turning(10, times=range(4)).to_arrays()
    nothing = np.full_like(time, ratio)
    plain = jk.interpolate(turning(10, times=range(4)), [1.5], method)[0]
    far = jk.Snapshots(np.concatenate([X, X + 50]), np.tile(time, 2), np.concatenate([np.ones_like(time), nothing]))
    found = jk.interpolate(far, [1.5], method)[0]
    near = found.points[:, 0] < 25
    assert found.weights[near].sum() == pytest.approx(1, abs=1e-12)
    assert jk.emd(found.points[near], plain.points, a=found.weights[near], b=plain.weights) < 0.05


@pytest.mark.filterwarnings("ignore:two snapshots")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("count", [2, 4, 6])
def test_snapshots_of_a_single_particle(method, count):
    series = jk.Snapshots(np.arange(float(count)), time=np.arange(float(count)))
    found = jk.interpolate(series, [0.5], method)[0]
    assert len(found.points) == 1 and found.points[0, 0] == pytest.approx(0.5, abs=0.25)


def test_few_particles_in_many_coordinates(rng):
    series = jk.Snapshots(rng.normal(size=(15, 100)), time=np.repeat([0.0, 1.0, 2.0], 5))
    for method in ("straight", "flow"):
        found = jk.interpolate(series, [0.5], method)[0]
        assert found.points.shape[1] == 100 and np.isfinite(found.points).all()


# Gradients.


@pytest.mark.parametrize("gradient", [True, False])
def test_gradients_when_asked_for(gradient):
    _, how = jk.interpolate(turning(10), [0.5], "flow", gradient=gradient, return_report=True)
    assert how.gradient[0] == gradient


def test_a_turn_is_no_gradient_and_the_times_say_so():
    """In places where a cloud comes by twice in different directions, no gradient describes it."""
    rng, times = np.random.default_rng(0), np.arange(9.0)
    angles = np.repeat(times * np.pi / 2 / 1.5, 60)
    x = np.stack([np.cos(angles), np.sin(angles)], 1) + 0.1 * rng.normal(size=(len(angles), 2))
    series = jk.Snapshots(x, time=np.repeat(times, 60))
    free, gradient = (
        jk.energy_distance(found.points, series[4].points, found.weights, series[4].weights)
        for found in (jk.interpolate(series.without(4), [4.0], "flow", gradient=kind)[0] for kind in (False, True))
    )
    assert free < gradient
    _, how = jk.interpolate(series, [4.5], "flow", return_report=True)
    assert how.gradient[0] == 0


def test_what_is_no_gradient_is_refused():
    with pytest.raises((TypeError, ValueError), match="gradient"):
        jk.interpolate(turning(10), [0.5], gradient=2)
