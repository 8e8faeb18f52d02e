"""Properties of the public API on arrays that Hypothesis draws, and what hostile arguments may lead to.

Runs draw the same few examples. `JKONETSTAR_HYPOTHESIS_EXAMPLES=5000` draws others, and more of them.
"""

from __future__ import annotations

import inspect
import os
import re
import tempfile
import warnings
from pathlib import Path

import jkonetstar as jk
import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

EXAMPLES = int(os.environ.get("JKONETSTAR_HYPOTHESIS_EXAMPLES", "0"))
# Whether an example takes long says more of the machine than of the library. Hypothesis would explain failures, which
# takes hours where arrays are large.
thorough = settings(
    max_examples=EXAMPLES or 15,
    derandomize=not EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    print_blob=bool(EXAMPLES),
)
pytestmark = pytest.mark.filterwarnings("ignore")
EPS = np.finfo(float).eps

# Whole numbers make ties; the others have digits to lose.
coordinates = st.one_of(st.integers(-3, 3).map(float), st.floats(-100, 100, width=32))


@st.composite
def populations(draw, count, most=6, coordinates=coordinates):
    """Draw populations of as many coordinates, each with masses that sum to 1, some of them 0."""
    d = draw(st.integers(1, 3))
    drawn = []
    for _ in range(count):
        n = draw(st.integers(1, most))
        points = draw(hnp.arrays(float, (n, d), elements=coordinates))
        shares = np.array(draw(st.lists(st.integers(0, 9), min_size=n, max_size=n).filter(any)), float)
        drawn.append((points, shares / shares.sum()))
    return drawn


def squares(x, y):
    """Return the squared distances between points."""
    return ((x[:, None] - y[None]) ** 2).sum(2)


def extent(*points):
    """Return a length that none between these points exceeds."""
    return 1e-300 + 2 * max(np.linalg.norm(p, axis=1).max() for p in points)


@thorough
@given(populations(2), st.sampled_from(["sqeuclidean", "euclidean"]))
def test_a_plan_has_its_marginals_and_its_proof(drawn, metric):
    (x, a), (y, b) = drawn
    plan = jk.optimal_transport(x, y, a, b, metric=metric)
    cost = squares(x, y) if metric == "sqeuclidean" else np.sqrt(squares(x, y))
    largest = cost.max() + 1e-300
    dense = plan.dense()
    assert (dense >= 0).all()
    np.testing.assert_allclose(dense.sum(1), a, atol=1e-13)
    np.testing.assert_allclose(dense.sum(0), b, atol=1e-13)
    # Sums of at most 36 products of rounded numbers.
    assert abs(plan.cost - (dense * cost).sum()) <= 100 * EPS * largest
    assert (plan.dual_x[:, None] + plan.dual_y[None] <= cost + 1e-9 * largest).all()
    assert abs(plan.cost - (plan.dual_x @ a + plan.dual_y @ b)) <= 1e-9 * largest


@thorough
@given(populations(3), st.sampled_from([1, 2]))
def test_wasserstein_distances_are_distances(drawn, order):
    def distance(i, j):
        (x, a), (y, b) = drawn[i], drawn[j]
        return jk.emd(x, y, order, a, b)

    # W2 is the root of a cost whose rounding errors are relative to the squared extent.
    slack = extent(*(x for x, _ in drawn)) * (1e-12 if order == 1 else 1e-7)
    assert distance(0, 0) <= slack
    assert abs(distance(0, 1) - distance(1, 0)) <= slack
    assert distance(0, 2) <= distance(0, 1) + distance(1, 2) + slack


@thorough
@given(populations(2), st.floats(-1e3, 1e3), st.integers(0, 2**16), st.sampled_from([1, 2]))
def test_distances_follow_no_motion(drawn, shift, seed, order):
    (x, a), (y, b) = drawn
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.normal(size=(x.shape[1],) * 2))[0]
    p, q = rng.permutation(len(x)), rng.permutation(len(y))
    moved = jk.emd((x @ turn + shift)[p], (y @ turn + shift)[q], order, a[p], b[q])
    # Turned and shifted points are rounded, to a part in 2^52 of where they are.
    slack = (extent(x, y) + abs(shift)) * (1e-12 if order == 1 else 1e-7)
    assert abs(moved - jk.emd(x, y, order, a, b)) <= slack


LAYOUTS = {
    "fortran": np.asfortranarray,
    "reversed": lambda x: x[::-1][::1].copy()[::-1],
    "strided": lambda x: np.repeat(np.repeat(x, 2, 0), 3, 1)[::2, ::3],
    "big-endian": lambda x: x.astype(">f8"),
    "single": lambda x: x.astype(np.float32),
    "list": lambda x: x.tolist(),
    "read-only": lambda x: (x.setflags(write=False), x)[1],
    "transposed": lambda x: x.T.copy().T,
}


@thorough
@given(populations(2), st.sampled_from(sorted(LAYOUTS)), st.sampled_from(sorted(LAYOUTS)))
def test_layouts_do_not_matter(drawn, first, second):
    (x, a), (y, b) = drawn
    other_x, other_y = LAYOUTS[first](x.copy()), LAYOUTS[second](y.copy())
    for call in (jk.emd, jk.energy_distance):
        np.testing.assert_array_equal(call(other_x, other_y, a=a, b=b), call(x, y, a=a, b=b))
    np.testing.assert_array_equal(
        jk.optimal_transport(other_x, other_y, a, b).dense(), jk.optimal_transport(x, y, a, b).dense()
    )


@st.composite
def courses(draw, coordinates=coordinates):
    """Draw snapshots at increasing times."""
    count, d = draw(st.integers(2, 4)), draw(st.integers(1, 3))
    gaps = draw(st.lists(st.sampled_from([0.25, 1.0, 3.0]), min_size=count, max_size=count))
    shape = st.tuples(st.integers(2, 6), st.just(d))
    return [draw(hnp.arrays(float, draw(shape), elements=coordinates)) for _ in range(count)], list(np.cumsum(gaps))


@thorough
@given(courses(), st.booleans())
def test_a_series_that_was_saved_is_the_same(course, with_names):
    X, times = course
    labels = [f"day {k}" for k in range(len(X))] if with_names else times
    series = jk.Snapshots(X, labels, time_map=dict(zip(labels, times)) if with_names else None)
    with tempfile.TemporaryDirectory() as folder:
        series.save(Path(folder) / "series")
        again = jk.Snapshots.load(Path(folder) / "series")
    assert len(again) == len(X)
    for k, points in enumerate(X):
        np.testing.assert_array_equal(again[k].points, points)
        np.testing.assert_array_equal(series[k].points, points)
        assert again[k].time == times[k]


# Points apart, so that there is something to learn.
apart = st.floats(-2, 2, width=32)


@thorough
@given(courses(apart), st.sampled_from([1e-6, 0.1]), st.integers(0, 3))
def test_explicit_predictions_are_steps_along_the_gradient(course, ridge, seed):
    X, times = course
    assume(np.ptp(np.concatenate(X), axis=0).min() > 0.1)
    model = jk.JKOnetStar(
        jk.Linear(polynomial_degree=2, radial=None), scheme="explicit", training=jk.ClosedForm(ridge=ridge),
        random_state=seed,
    )  # fmt: skip
    try:
        model.fit(X, times)
    except jk.ConvergenceError:
        assume(False)
    start, tau = X[0], times[1] - times[0]
    predicted = model.predict(start, steps=1)
    np.testing.assert_array_equal(predicted[0], start)
    step = -tau * model.potential_.gradient(start)
    moved = predicted[1] - start
    # Steps longer than twice the fastest training coupling are shortened.
    lengths, wanted = np.linalg.norm(moved, axis=1), np.linalg.norm(step, axis=1)
    assert (lengths <= wanted * (1 + 1e-9) + 1e-12).all()
    np.testing.assert_allclose(moved * wanted[:, None], step * lengths[:, None], atol=1e-9 * (1 + wanted.max() ** 2))
    fastest = max(np.sqrt(squares(X[k], X[k + 1]).max()) / (times[k + 1] - times[k]) for k in range(len(X) - 1))
    is_short = wanted <= tau * fastest / 1e6
    np.testing.assert_allclose(moved[is_short], step[is_short], atol=1e-12)

    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder) / "model")
        again = jk.load(Path(folder) / "model")
    np.testing.assert_array_equal(again.predict(start, steps=2), model.predict(start, steps=2))
    np.testing.assert_array_equal(again.potential_(start), model.potential_(start))


@thorough
@given(courses(apart), st.integers(0, 2**16))
def test_the_order_of_particles_does_not_matter_to_a_fit(course, seed):
    X, times = course
    assume(np.ptp(np.concatenate(X), axis=0).min() > 0.1)
    # Plans between few points have ties, where the order decides; these have none.
    X = [x + 1e-2 * np.random.default_rng(k).normal(size=x.shape) for k, x in enumerate(X)]
    rng = np.random.default_rng(seed)

    def fitted(points):
        return jk.JKOnetStar(
            jk.Linear(polynomial_degree=2, radial=None), training=jk.ClosedForm(ridge=0.1), scheme="explicit"
        ).fit(points, times)

    there = np.concatenate(X)
    found = fitted(X).potential_.gradient(there)
    other = fitted([rng.permutation(x) for x in X]).potential_.gradient(there)
    # With this ridge the normal matrix has a condition below 1e5.
    np.testing.assert_allclose(other, found, atol=1e-8 * (1 + abs(found).max()))


hostile_numbers = st.sampled_from(
    [np.nan, np.inf, -np.inf, 1e300, -1e300, 1e154, 5e-324, 1e-310, -0.0, 0.0, 1.0, 2.0, -1.0, 3e38, 1e39]
)
hostile_arrays = st.one_of(
    hnp.arrays(
        st.sampled_from([np.float64, np.float32, np.float16, np.int8, np.uint64, np.bool_, np.complex64]),
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
    ),
    hnp.arrays(float, st.tuples(st.integers(0, 5), st.integers(0, 3)), elements=hostile_numbers),
    hnp.arrays(float, st.tuples(st.integers(1, 5), st.just(2)), elements=st.one_of(hostile_numbers, coordinates)),
    st.sampled_from(
        [None, "x", b"", [], [[1.0], [1.0, 2.0]], {}, {1: 2}, 3, 1j, object(), np.datetime64("2020"), range(3)]
    ),
)
good_points = hnp.arrays(float, st.tuples(st.integers(1, 5), st.just(2)), elements=coordinates)
anything = st.one_of(hostile_arrays, hostile_numbers, good_points, st.integers(-3, 3), st.just(2**70))
# Numbers of steps, epochs or draws that are accepted must be small.
counts = st.sampled_from([-1, 0, 1, 2, 3, np.nan, 1.5, "2", None, True, np.int8(2), -(2**63), 1j])
CALLS = {
    "emd": (jk.emd, {}),
    "energy_distance": (jk.energy_distance, {}),
    "sinkhorn_divergence": (jk.sinkhorn_divergence, {"max_iterations": counts}),
    "optimal_transport": (jk.optimal_transport, {"max_iterations": counts}),
    "simulate": (jk.simulate, {"steps": counts}),
    "snapshots": (jk.Snapshots, {}),
    "functional": (lambda x: jk.Functional("ishigami")(x), {}),
    "mixture": (
        lambda X, tol, sample_weight: jk.GaussianMixture(2, max_iter=5, tol=tol).fit(X, sample_weight=sample_weight),
        {},
    ),
    "kernel": (lambda X, bandwidth: jk.KernelDensity(bandwidth).fit(X), {}),
    "interpolate": (lambda times, ridge: jk.interpolate(_course(), times, ridge=ridge), {}),
    "predict": (lambda x0, steps: _model().predict(x0, steps=steps), {"steps": counts}),
    "potential": (lambda x: _model().potential_.gradient(x), {}),
    "append": (lambda X, time, weights: _course().append(X, time, weights), {}),
    "split": (lambda test_fraction, by: _course().split(test_fraction, by), {}),
}
POINTS = ("x", "y", "x0", "X")


def _course():
    rng = np.random.default_rng(0)
    return jk.Snapshots([rng.normal(size=(6, 2)) + t for t in range(3)], [0.0, 1.0, 2.0])


def _model():
    return jk.JKOnetStar(jk.Linear(polynomial_degree=2, radial=None), scheme="explicit").fit(_course())


def numbers(result):
    """Yield the numbers that a call returned, as arrays."""
    if isinstance(result, (float, np.ndarray)):
        yield np.asarray(result)
    elif isinstance(result, jk.Snapshots):
        for snapshot in result:
            yield from (snapshot.points, snapshot.weights, np.asarray(snapshot.time))
    elif isinstance(result, (jk.TransportPlan, jk.EntropicPlan)):
        yield from (np.asarray(result.cost), result.dense(), result.dual_x, result.dual_y)
    elif isinstance(result, (jk.GaussianMixture, jk.KernelDensity)):
        yield result.score_samples(np.zeros((1, result.n_features_in_)))


@pytest.mark.parametrize("name", CALLS)
@settings(thorough, max_examples=EXAMPLES or 20)
@given(st.data())
def test_hostile_arguments_are_refused_or_give_numbers(name, data):
    call, limits = CALLS[name]
    given_arguments = {}
    for parameter in inspect.signature(call).parameters.values():
        is_needed = parameter.default is inspect.Parameter.empty
        if not is_needed and parameter.name not in limits and data.draw(st.integers(0, 3)):
            continue
        likely = good_points if parameter.name in POINTS else st.none()
        strategy = limits.get(parameter.name, st.one_of(likely, likely, anything))
        given_arguments[parameter.name] = data.draw(strategy, label=parameter.name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = call(**given_arguments)
        except (ValueError, TypeError, jk.Error) as error:
            message = str(error)
            assert message and "\n" not in message and len(message) < 500, message
            first = re.split(r"\W", message, maxsplit=1)[0]
            assert isinstance(error, jk.Error) or first in inspect.signature(call).parameters, message
            return
        found = list(numbers(result))
    # NaN is documented where all mass is on one particle, and where monomials of both signs exceed all numbers.
    if name in ("energy_distance", "potential"):
        return
    assert all(np.isfinite(np.asarray(array, float)).all() for array in found), given_arguments
