"""Plans: marginals, dual feasibility, optimality; distances against closed forms."""

import copy
import functools
import gc
import pickle

import jkonetstar as jk
import numpy as np
import pytest


def costs(x, y, metric):
    """Return the matrix of costs."""
    distance = np.linalg.norm(x[:, None] - y[None], axis=2)
    return distance**2 if metric == "sqeuclidean" else distance


@pytest.mark.parametrize("metric", ["sqeuclidean", "euclidean"])
@pytest.mark.parametrize(("n", "m", "d"), [(1, 1, 1), (1, 7, 2), (40, 40, 2), (30, 50, 5), (120, 80, 3)])
@pytest.mark.parametrize("weighted", [False, True])
def test_plans_are_optimal(rng, metric, n, m, d, weighted):
    x, y = rng.normal(size=(n, d)), rng.normal(size=(m, d)) + 1
    a, b = (rng.uniform(0.5, 1.5, n), rng.uniform(0.5, 1.5, m)) if weighted else (None, None)
    if weighted:
        b *= a.sum() / b.sum()
    plan = jk.optimal_transport(x, y, a, b, metric=metric)
    cost = costs(x, y, metric)
    rows, columns = (np.full(n, 1 / n), np.full(m, 1 / m)) if a is None else (a, b)
    dense = plan.dense()
    # Sums of at most n + m masses: rounding is a few hundred units in the last place of the total.
    total, rounding = rows.sum(), 1e-13
    assert dense.shape == plan.shape == (n, m) and (plan.mass > 0).all()
    assert np.abs(dense.sum(1) - rows).max() <= rounding * total
    assert np.abs(dense.sum(0) - columns).max() <= rounding * total
    assert plan.marginal_error <= rounding
    assert len(plan.mass) <= n + m - 1
    assert plan.cost == pytest.approx((dense * cost).sum(), rel=1e-12)
    slack = cost - plan.dual_x[:, None] - plan.dual_y[None]
    assert slack.min() >= -1e-12 * cost.max()
    assert np.abs(slack[plan.rows, plan.cols]).max() <= 1e-12 * cost.max()
    dual = rows @ plan.dual_x + columns @ plan.dual_y
    assert dual == pytest.approx(plan.cost, rel=1e-11)
    assert abs(plan.gap) <= 1e-11
    assert plan.status == "optimal" and plan.iterations >= 0
    order = np.lexsort((plan.cols, plan.rows))
    assert np.array_equal(order, np.arange(len(order)))


def test_one_dimension_is_sorting(rng):
    x, y = rng.normal(size=100), rng.normal(size=100)
    expected = np.abs(np.sort(x) - np.sort(y)).mean()
    assert jk.emd(x, y) == pytest.approx(expected, rel=1e-12)
    assert jk.emd(x, y, order=2) == pytest.approx(np.sqrt(((np.sort(x) - np.sort(y)) ** 2).mean()), rel=1e-12)


def test_translation_and_scale(rng):
    x = rng.normal(size=(60, 3))
    shift = np.array([3.0, -4.0, 12.0])
    assert jk.emd(x, x + shift, order=2) == pytest.approx(13.0, rel=1e-12)
    y = rng.normal(size=(60, 3))
    assert jk.emd(8 * x, 8 * y) == pytest.approx(8 * jk.emd(x, y), rel=1e-12)
    assert jk.emd(x, y) == pytest.approx(jk.emd(y, x), rel=1e-12)
    assert jk.emd(x, x[::-1]) == pytest.approx(0.0, abs=1e-12)


def test_masses_of_a_distance_are_divided_by_their_sum(rng):
    x, y = rng.normal(size=(9, 2)), rng.normal(size=(11, 2))
    assert jk.emd(x, y, a=np.full(9, 11.0), b=np.full(11, 9.0)) == pytest.approx(jk.emd(x, y), rel=1e-12)


def test_zero_masses_do_not_count(rng):
    x, y = rng.normal(size=(9, 2)), rng.normal(size=(8, 2))
    a = np.full(9, 1 / 8)
    a[4] = 0
    assert jk.emd(x, y, a=a) == pytest.approx(jk.emd(np.delete(x, 4, 0), y), rel=1e-12)


def test_agrees_with_scipy(rng):
    from scipy import optimize

    x, y = rng.normal(size=(200, 2)), rng.normal(size=(200, 2))
    cost = costs(x, y, "sqeuclidean")
    rows, columns = optimize.linear_sum_assignment(cost)
    assert jk.optimal_transport(x, y).cost == pytest.approx(cost[rows, columns].mean(), rel=1e-12)


def test_repr_and_defaults(rng):
    plan = jk.optimal_transport(rng.normal(size=(3, 2)), rng.normal(size=(4, 2)))
    assert repr(plan).startswith("TransportPlan(3 x 4, ") and "optimal" in repr(plan)


@pytest.mark.parametrize("call", [jk.optimal_transport, jk.emd])
def test_bad_populations(refused, call):
    x, y = [[0.0, 0.0], [1.0, 1.0]], [[0.5, 0.5], [2.0, 2.0]]
    refused(ValueError, lambda: call([[np.nan, 0.0]], y), "x")
    refused(ValueError, lambda: call(x, [[np.inf, 0.0]]), "y")
    refused(ValueError, lambda: call(np.empty((0, 2)), y), "x")
    refused(ValueError, lambda: call(x, np.empty((0, 2))), "y")
    refused(ValueError, lambda: call(x, [[1.0, 2.0, 3.0]]))
    refused(ValueError, lambda: call(x, y, a=[1.0]), "a")
    refused(ValueError, lambda: call(x, y, a=[1.0, -1.0]), "a")
    refused(ValueError, lambda: call(x, y, b=[0.0, 0.0]), "b")
    refused(ValueError, lambda: call(x, y, b=[np.nan, 1.0]), "b")
    refused(ValueError, lambda: call(x, y, a=np.ones((2, 2))), "a")
    refused(TypeError, lambda: call(None, y), "x")


def test_bad_choices(refused):
    x, y = [[0.0, 0.0], [1.0, 1.0]], [[0.5, 0.5], [2.0, 2.0]]
    refused(ValueError, lambda: jk.optimal_transport(x, y, a=[1.0, 1.0], b=[1.0, 2.0]))
    refused(ValueError, lambda: jk.optimal_transport(x, y, metric="cityblock"), "cityblock", "euclidean")
    refused(ValueError, lambda: jk.optimal_transport(x, y, method="auction"), "auction", "exact")
    refused(ValueError, lambda: jk.optimal_transport(x, y, epsilon=1.0), "epsilon")
    refused(ValueError, lambda: jk.optimal_transport(x, y, marginal_relaxation=1.0), "marginal_relaxation")
    refused(ValueError, lambda: jk.sinkhorn_divergence(x, y, epsilon=-1.0), "epsilon")
    plan = jk.optimal_transport(x, y, method="sinkhorn")
    refused(ValueError, lambda: plan.sparse(-1.0), "threshold")
    refused(ValueError, lambda: jk.emd(x, y, order=3), "order", "3")
    refused(TypeError, lambda: jk.emd(x, y, order="1"), "order")


# --- entropic plans ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("metric", ["sqeuclidean", "euclidean"])
@pytest.mark.parametrize("epsilon", [0.3, 3.0])
def test_entropic_plans_are_those_of_pot(rng, metric, epsilon):
    ot = pytest.importorskip("ot")
    x, y = rng.normal(size=(60, 3)), rng.normal(size=(70, 3)) + 0.5
    a, b = rng.dirichlet(np.full(60, 3.0)), rng.dirichlet(np.full(70, 3.0))
    cost = costs(x, y, metric)
    plan = jk.optimal_transport(x, y, a, b, metric=metric, method="sinkhorn", epsilon=epsilon, tolerance=1e-10)
    theirs = ot.sinkhorn(a, b, cost, epsilon, method="sinkhorn_log", stopThr=1e-13, numItermax=100_000)
    assert plan.converged and plan.status == "converged" and plan.marginal_error <= 1e-10
    np.testing.assert_allclose(plan.dense(), theirs, rtol=1e-6, atol=1e-12)
    assert plan.cost == pytest.approx((theirs * cost).sum(), rel=1e-9)
    by_hand = a[:, None] * b * np.exp((plan.dual_x[:, None] + plan.dual_y - cost) / epsilon)
    np.testing.assert_allclose(by_hand, plan.dense(), rtol=1e-10, atol=1e-300)
    np.testing.assert_allclose(plan.barycentres_x, theirs @ y / a[:, None], rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(plan.barycentres_y, theirs.T @ x / b[:, None], rtol=1e-6, atol=1e-8)
    entropy = (theirs * np.log(theirs / (a[:, None] * b))).sum()
    assert plan.objective == pytest.approx(plan.cost + epsilon * entropy, rel=1e-9)


@pytest.mark.parametrize("relaxation", [0.5, (2.0, 8.0)])
def test_unbalanced_plans_are_those_of_pot(rng, relaxation):
    ot = pytest.importorskip("ot")
    x, y = rng.normal(size=(40, 2)), rng.normal(size=(50, 2)) + 0.5
    a, b = rng.dirichlet(np.ones(40)), 1.5 * rng.dirichlet(np.ones(50))
    cost = costs(x, y, "sqeuclidean")
    plan = jk.optimal_transport(
        x, y, a, b, method="unbalanced", epsilon=0.4, marginal_relaxation=relaxation, tolerance=1e-10
    )
    theirs = ot.unbalanced.sinkhorn_unbalanced(
        a, b, cost, 0.4, relaxation, method="sinkhorn_stabilized", reg_type="kl", stopThr=1e-13, numItermax=100_000
    )
    assert plan.converged
    np.testing.assert_allclose(plan.dense(), theirs, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(plan.mass_x, theirs.sum(1), rtol=1e-6)
    np.testing.assert_allclose(plan.mass_y, theirs.sum(0), rtol=1e-6)


def test_small_epsilon_is_exact(rng):
    x, y = rng.normal(size=(200, 2)), rng.normal(size=(200, 2)) + 1
    exact = jk.optimal_transport(x, y)
    plan = jk.optimal_transport(x, y, method="sinkhorn", epsilon=0.02, tolerance=1e-4)
    assert plan.converged and exact.cost - 1e-3 <= plan.cost <= exact.cost + 0.05
    assert exact.barycentres_x.shape == plan.barycentres_x.shape == (200, 2)
    assert np.abs(exact.barycentres_x - plan.barycentres_x).mean() < 0.1


def test_sparse_pairs(rng):
    x, y = rng.normal(size=(30, 2)), rng.normal(size=(20, 2))
    for plan in (jk.optimal_transport(x, y), jk.optimal_transport(x, y, method="sinkhorn")):
        dense = plan.dense()
        rows, cols, mass = plan.sparse(1e-3)
        assert np.array_equal(np.argwhere(dense > 1e-3), np.stack([rows, cols], 1))
        assert np.array_equal(dense[rows, cols], mass)
        assert len(plan.sparse(1.0)[0]) == 0


def test_default_epsilon(rng):
    x, y = rng.normal(size=(30, 2)), rng.normal(size=(20, 2))
    mean = costs(x, y, "sqeuclidean").mean()
    assert jk.optimal_transport(x, y, method="sinkhorn").epsilon == pytest.approx(0.05 * mean, rel=1e-12)
    root = jk.optimal_transport(x, y, metric="euclidean", method="sinkhorn").epsilon
    assert root == pytest.approx(0.05 * np.sqrt(mean), rel=1e-12)
    assert jk.optimal_transport(x[:1], x[:1], method="sinkhorn").cost == 0


def test_what_has_not_converged_warns(rng):
    x, y = rng.normal(size=(50, 2)), rng.normal(size=(50, 2))
    with pytest.warns(jk.ConvergenceWarning, match="marginal error"):
        plan = jk.optimal_transport(x, y, method="sinkhorn", epsilon=1e-3, tolerance=1e-9, max_iterations=3)
    assert not plan.converged and plan.status == "not converged" and "not converged" in repr(plan)
    with pytest.warns(jk.ConvergenceWarning):
        jk.sinkhorn_divergence(x, y, epsilon=1e-3, tolerance=1e-9, max_iterations=2)


def test_divergence(rng):
    x, y = rng.normal(size=(80, 2)), rng.normal(size=(60, 2))
    assert jk.sinkhorn_divergence(x, x[::-1]) == pytest.approx(0, abs=1e-6)
    assert jk.sinkhorn_divergence(x, y) > 0
    assert jk.sinkhorn_divergence(x, x + [3.0, 4.0], epsilon=1.0) == pytest.approx(25, rel=1e-6)


@pytest.mark.parametrize("threads", [1, 2])
def test_entropic_plans_do_not_depend_on_threads(rng, threads):
    x, y = np.random.default_rng(5).normal(size=(2, 1500, 2))
    before = jk.get_num_threads()
    try:
        jk.set_num_threads(threads)
        plan = jk.optimal_transport(x, y, method="sinkhorn")
        jk.set_num_threads(1)
        assert np.array_equal(plan.dual_x, jk.optimal_transport(x, y, method="sinkhorn").dual_x)
    finally:
        jk.set_num_threads(before)


@pytest.mark.parametrize("coupling", [jk.Sinkhorn(epsilon=0.002), jk.Unbalanced((np.inf, 3.0), epsilon=0.002)])
def test_fits_with_entropic_couplings(rng, tmp_path, refused, coupling):
    x = rng.uniform(-1, 1, size=(300, 2))
    model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None), coupling=coupling)
    model.fit(np.concatenate([x, x / 1.1]), time=np.repeat([0.0, 0.1], 300))
    # One implicit step down |x|^2 / 2; the plan is blurred by about the root of epsilon.
    gradient = model.potential_.gradient([[0.8, -0.4]])[0]
    assert np.abs(gradient - [0.8, -0.4]).max() < 0.15
    model.save(tmp_path / "model.safetensors")
    loaded = jk.load(tmp_path / "model.safetensors")
    assert loaded.get_params() == model.get_params()
    bad = jk.JKOnetStar(potential="linear", coupling=jk.Sinkhorn(epsilon=-1.0))
    refused(ValueError, lambda: bad.fit(x, time=np.arange(300) % 2), "epsilon")
    few = jk.JKOnetStar(potential="linear", coupling=jk.Sinkhorn(epsilon=1e-3, max_iterations=2))
    with pytest.raises(jk.ConvergenceError):
        few.fit(x, time=np.arange(300) % 2)


@pytest.mark.parametrize("method", ["sinkhorn", "unbalanced"])
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("epsilon", [0, -1, np.nan, np.inf, 1e-300]),
        ("tolerance", [0, 1, -1e-3, np.nan]),
        ("max_iterations", [0, -1, 10**10]),
        ("marginal_relaxation", [0, -1, np.nan, (1, 2, 3), (np.inf, np.inf)]),
    ],
)
def test_bad_entropic_options(refused, method, name, values):
    x, y = [[0.0, 0.0], [1.0, 1.0]], [[0.5, 0.5], [2.0, 2.0]]
    for value in values:
        options = {"marginal_relaxation": 1.0} if method == "unbalanced" else {}
        call = functools.partial(jk.optimal_transport, x, y, method=method, **{**options, name: value})
        refused(ValueError, call, "relaxation" if name == "marginal_relaxation" else name)


@pytest.mark.parametrize("method", ["exact", "sinkhorn"])
def test_plans_of_a_time_course(rng, method):
    sizes = [40, 25, 60, 31]
    series = jk.Snapshots(rng.normal(size=(sum(sizes), 3)), np.repeat(np.arange(4), sizes), rng.random(sum(sizes)))
    plans = jk.transport_plans(series, metric="euclidean", method=method)
    assert [plan.shape for plan in plans] == [(40, 25), (25, 60), (60, 31)]
    for k, plan in enumerate(plans):
        (x, y) = (series[k], series[k + 1])
        alone = jk.optimal_transport(x.points, y.points, x.weights, y.weights, "euclidean", method)
        assert plan.cost == alone.cost and (plan.dual_x == alone.dual_x).all()


def test_a_time_course_needs_two_snapshots(refused):
    refused(ValueError, lambda: jk.transport_plans(jk.Snapshots([[0.0], [1.0]], [0, 0])), "1 snapshots")
    refused(TypeError, lambda: jk.transport_plans([[0.0], [1.0]]), "snapshots")
    refused(ValueError, lambda: jk.transport_plans(jk.Snapshots([0.0, 1.0], [0, 1]), method="fast"), "method")


def test_ctrl_c_ends_the_plans_of_a_time_course(rng, press_ctrl_c):
    series = jk.Snapshots(rng.normal(size=(40_000, 2)), np.repeat([0, 1], 20_000))
    press_ctrl_c("plans")
    with pytest.raises(KeyboardInterrupt):
        jk.transport_plans(series)


def test_copies_share_an_entropic_plan(rng):
    x = rng.normal(size=(30, 2))
    plan = jk.optimal_transport(x, x + 1, method="sinkhorn")
    copies = [copy.copy(plan), copy.deepcopy(plan)]
    mass = plan.sparse(1e-3)[2]
    del plan
    gc.collect()
    while copies:
        assert (copies.pop().sparse(1e-3)[2] == mass).all()
        gc.collect()
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(jk.optimal_transport(x, x, method="sinkhorn"))


@pytest.mark.parametrize(("scheme", "sign"), [("implicit", -1), ("explicit", 1)])
def test_what_blur_does_to_a_population_at_rest(rng, scheme, sign):
    x = rng.normal(size=(1500, 2))
    x = (x - x.mean(0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(x.T))).T
    model = jk.JKOnetStar(jk.Linear(polynomial_degree=2, radial=None), scheme=scheme, coupling=jk.Sinkhorn(epsilon=0.2))
    model.fit(np.concatenate([x, x]), time=np.repeat([0.0, 0.5], 1500))
    # epsilon x / (4 s^2 tau) with s = 1, as the documentation says; a finite sample is not quite Gaussian.
    assert model.potential_.gradient([[1.0, 1.0]])[0] == pytest.approx([sign * 0.2 / 4 / 0.5] * 2, rel=0.1)


def test_masses_of_single_precision():
    """Five times 0.2 in single precision is 1.5e-8 more than 1; so near is as near as such numbers come."""
    x, y = np.arange(5.0), np.arange(5.0) + 1
    for a in (np.full(5, 0.2, "f4"), np.full(5, 0.2, "f4").astype(float)):
        assert jk.emd(x, y, a=a) == pytest.approx(1.0, rel=1e-6)
        assert jk.optimal_transport(x, y, b=a).cost == pytest.approx(1.0, rel=1e-6)
        assert jk.optimal_transport(x, y, a=a, method="sinkhorn", epsilon=1.0).converged
    with pytest.raises(ValueError, match="b has sum 0.9.*differs from the sum of the other masses"):
        jk.emd(x, y, b=np.array([0.2, 0.2, 0.2, 0.2, 0.1], "f4"))
