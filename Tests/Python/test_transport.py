"""Plans: marginals, dual feasibility, optimality; distances against closed forms."""

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
    refused(ValueError, lambda: jk.optimal_transport(x, y, method="sinkhorn"), "sinkhorn", "exact")
    refused(ValueError, lambda: jk.emd(x, y, order=3), "order", "3")
    refused(TypeError, lambda: jk.emd(x, y, order="1"), "order")
