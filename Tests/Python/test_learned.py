"""Learned terms as objects: functions with a gradient that live by themselves, drive simulations, and have handles."""

import copy
import ctypes
import gc
import pickle

import jkonetstar as jk
import numpy as np
import pytest
from jkonetstar import _abi, _arrays, _library

from populations import quadratic_series

QUADRATIC = jk.Linear(polynomial_degree=2, radial=None)


@pytest.fixture
def both():
    """Return a model of V and U."""
    return jk.JKOnetStar(QUADRATIC, QUADRATIC, scheme="explicit", error_bars="influence").fit(*quadratic_series(n=60))


def test_terms_outlive_their_model(both):
    X, time = quadratic_series(n=60)
    V, U = both.potential_, both.interaction_
    values, forces = V(X), U.gradient(X)
    both.fit(3 * X, time)
    assert np.array_equal(V(X), values) and not np.array_equal(both.potential_(X), values)
    del both
    gc.collect()
    assert np.array_equal(V(X), values) and np.array_equal(U.gradient(X), forces)
    for term, expected in ((V, values), (U, U(X))):
        for other in (copy.copy(term), copy.deepcopy(term), pickle.loads(pickle.dumps(term))):
            assert np.array_equal(other(X), expected) and repr(other) == repr(term)
    assert repr(V) == "LearnedPotential(linear, 2 coordinates)"
    assert repr(U) == "LearnedInteraction(linear, 2 coordinates)"


def test_terms_that_are_not_there(refused, both):
    X, time = quadratic_series(n=20)
    model = jk.JKOnetStar("linear").fit(X, time)
    assert hasattr(model, "potential_") and not hasattr(model, "interaction_")
    refused(AttributeError, lambda: model.interaction_, "no interaction", "interaction=None")
    refused(AttributeError, lambda: jk.JKOnetStar(None, "linear").fit(X, time).potential_, "no potential")
    refused(AttributeError, lambda: setattr(model, "potential_", None), "learned")
    # Parameters and what is learned no longer share a name.
    assert model.potential == "linear" and not hasattr(jk.JKOnetStar, "potential_gradient")


def test_error_bars_come_with_values(both):
    X, _ = quadratic_series(n=60)
    for term in (both.potential_, both.interaction_):
        for method, shape in ((term, (180,)), (term.gradient, (180, 2))):
            value, error = method(X, return_std=True)
            assert value.shape == error.shape == shape and (error >= 0).all()
            assert np.array_equal(value, method(X))


class Bowl:
    """An energy of somebody's own."""

    def gradient(self, x):
        return 2 * x


def test_energies_of_all_kinds_drive_simulations(rng, both):
    x0 = rng.normal(size=(20, 2))

    def step(potential, interaction=None):
        return jk.simulate(x0, potential, interaction, dt=0.01, steps=1)[1]

    def mean_force(gradient):
        pairs = (x0[:, None] - x0[None]).reshape(-1, 2)
        return gradient(pairs).reshape(20, 20, 2).mean(1)

    tang, V, U = jk.functionals["styblinski_tang"], both.potential_, both.interaction_
    assert np.array_equal(step(tang), step("styblinski_tang"))
    assert np.array_equal(step(None, tang), step(None, "styblinski_tang"))
    assert np.array_equal(step(Bowl()), step(lambda x: 2 * x))
    assert step(V, U) == pytest.approx(x0 - 0.01 * (V.gradient(x0) + mean_force(U.gradient)), abs=1e-12)
    # Each may stand in the other's place.
    assert step(U, V) == pytest.approx(x0 - 0.01 * (U.gradient(x0) + mean_force(V.gradient)), abs=1e-12)


def test_a_potential_in_time_needs_its_time_as_an_interaction(rng, refused):
    moving = jk.JKOnetStar(QUADRATIC, time_varying=True).fit(*quadratic_series(n=30)).potential_
    assert "time-varying" in repr(moving)
    x0 = rng.normal(size=(5, 2))
    expected = x0 - 0.05 * moving.gradient(x0, 0.1)
    assert jk.simulate(x0, moving, dt=0.05, steps=1, t0=0.1)[1] == pytest.approx(expected, abs=1e-12)
    refused(ValueError, lambda: jk.simulate(x0, None, moving, steps=1), "t is missing")


def test_handles_are_those_of_c(both):
    """What a C or C++ program in this process does with the addresses."""
    lib, X = _library.lib, quadratic_series(n=60)[0]
    series = jk.Snapshots(*quadratic_series(n=7))
    snapshots = ctypes.cast(series.handle, ctypes.POINTER(_abi.Snapshots))
    assert lib.jko_snapshots_count(snapshots) == 3 and lib.jko_snapshots_size(snapshots, 0) == 7
    out = np.empty(len(X))
    model = ctypes.cast(both.handle, ctypes.POINTER(_abi.Model))
    _library.check(lib.jko_model_potential(model, _arrays.view(X), None, _arrays.view(out), None))
    assert np.array_equal(out, both.potential_(X))
    for plan in (jk.optimal_transport(X, X), jk.optimal_transport(X[:9], X, method="sinkhorn")):
        info = _abi.PlanInfo(struct_size=ctypes.sizeof(_abi.PlanInfo))
        for each in (plan, copy.copy(plan), copy.deepcopy(plan)):
            handle = ctypes.cast(each.handle, ctypes.POINTER(_abi.Plan))
            _library.check(lib.jko_plan_describe(handle, ctypes.byref(info)))
            assert (info.rows, info.columns, info.cost) == (*plan.shape, plan.cost)


def test_a_plan_that_was_pickled_has_no_handle(refused):
    plan = jk.optimal_transport([0.0, 1.0], [1.0, 2.0])
    again = pickle.loads(pickle.dumps(plan))
    assert np.array_equal(again.dense(), plan.dense()) and not hasattr(again, "handle")
    refused(AttributeError, lambda: again.handle, "pickled", "handle")
