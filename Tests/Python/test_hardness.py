"""Populations that are hard for arithmetic: every answer is finite, or an error says what is wrong."""

from __future__ import annotations

import warnings
from typing import Callable

import jkonetstar as jk
import numpy as np
import pytest
from numpy.typing import NDArray

Course = tuple[list[NDArray[np.float64]], list[float]]
TIMES = [0.0, 1.0, 2.0]


def course(scale: float = 1.0, offset: float = 0.0, d: int = 2, n: int = 40) -> list[NDArray[np.float64]]:
    """Return three snapshots that drift."""
    rng = np.random.default_rng(0)
    return [offset + scale * (rng.normal(size=(n, d)) + 0.3 * t) for t in range(3)]


def with_outlier(distance: float) -> list[NDArray[np.float64]]:
    """Return a course with one particle far away."""
    return [np.r_[points, [[distance, 0.0]]] for points in course()]


def against_one(n: int) -> list[NDArray[np.float64]]:
    """Return many particles, then one, then some."""
    rng = np.random.default_rng(1)
    return [rng.normal(size=(count, 2)) for count in (n, 1, 30)]


COURSES: dict[str, Callable[[], Course]] = {
    **{
        f"scale {scale:g}": (lambda scale=scale: (course(scale), TIMES))
        for scale in (1e-300, 1e-160, 1e-150, 1e-30, 1e30, 1e100, 1e150, 1e153, 1e154, 1e300)
    },
    "offset 1e8": lambda: (course(offset=1e8), TIMES),
    "offset 1e15": lambda: (course(offset=1e15), TIMES),
    "one place": lambda: ([np.full((20, 2), t) for t in TIMES], TIMES),
    "constant coordinate": lambda: ([points * [1, 0] for points in course()], TIMES),
    "one coordinate": lambda: (course(d=1), TIMES),
    "more coordinates than particles": lambda: (course(d=20, n=8), TIMES),
    "one particle": lambda: (course(n=1), TIMES),
    "two particles": lambda: (course(n=2), TIMES),
    "against one": lambda: (against_one(500), TIMES),
    "gaps of ratio 1e6": lambda: (course(), [0.0, 1e-6, 1.0]),
    "late": lambda: (course(), [0.0, 1.0, 1 + 1e-6]),
    "outlier 1e12": lambda: (with_outlier(1e12), TIMES),
    "outlier 1e150": lambda: (with_outlier(1e150), TIMES),
    "times 1e300": lambda: (course(), [0.0, 1e300, 2e300]),
    "times 1e-300": lambda: (course(), [0.0, 1e-300, 2e-300]),
}

ENERGIES: dict[str, Callable[[], jk.JKOnetStar]] = {
    "linear": lambda: jk.JKOnetStar(potential="linear", time_varying=False),
    "network": lambda: jk.JKOnetStar(potential="mlp", time_varying=False, epochs=2),
    "all terms": lambda: jk.JKOnetStar(potential="linear", interaction="linear", internal=True, time_varying=False),
}

#: What is refused; everything else has an answer. Squares vanish or overflow, and densities need a width.
REFUSED = {
    "scale 1e-300": {"linear", "all terms"},
    "scale 1e-160": set(ENERGIES),
    "scale 1e+154": set(ENERGIES),
    "scale 1e+300": set(ENERGIES),
    "one place": {"all terms"},
    "one particle": {"all terms"},
    "outlier 1e150": {"all terms"},
}


@pytest.mark.parametrize("energy", ENERGIES)
@pytest.mark.parametrize("name", COURSES)
def test_answers_are_finite_or_refused(name: str, energy: str) -> None:
    """V, grad V and predictions at the training points are finite after a fit that succeeds."""
    snapshots, times = COURSES[name]()
    model = ENERGIES[energy]()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model.fit(snapshots, times)
            answers = (model.potential_(snapshots[0]), model.potential_.gradient(snapshots[0]))
            predicted = model.predict(snapshots[0])
        except jk.Error as error:
            assert energy in REFUSED.get(name, set()), str(error)
            assert "\n" not in str(error) and str(error)
            return
    assert energy not in REFUSED.get(name, set())
    for answer in (*answers, predicted):
        assert np.isfinite(np.asarray(answer)).all()


@pytest.mark.parametrize("ratio", [1e30, 1e300])
def test_weights_of_any_ratio(ratio: float) -> None:
    """Particles that nearly nothing weighs are as good as absent."""
    points = course()
    weights = [np.where(np.arange(len(each)) % 2, 1.0, 1 / ratio) for each in points]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = jk.JKOnetStar(potential="linear", time_varying=False).fit(jk.Snapshots(points, TIMES, weights=weights))
    assert np.isfinite(model.potential_.gradient(points[0])).all()


def test_quartics_with_an_outlier() -> None:
    """Monomials of the fourth degree reach 1e48 at an outlier."""
    points = with_outlier(1e12)
    model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=4, radial=None), time_varying=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(points, TIMES)
    assert np.isfinite(model.potential_(points[0])).all()
    assert np.isfinite(model.potential_.gradient(points[0])).all()


def test_a_stiff_potential_is_refused_where_it_overflows() -> None:
    """Explicit steps of 1 in a well of curvature 1e8 diverge, which the error says, and when."""
    x0 = np.random.default_rng(0).normal(size=(20, 2))
    with np.errstate(over="ignore"), pytest.raises(jk.Error, match="has given inf at index 0 and time 38"):
        jk.simulate(x0, lambda x: 1e8 * x, beta=1.0, dt=1.0, steps=60)


def test_sums_do_not_overflow() -> None:
    """What would make sums infinite is refused, and they stay what they were."""
    rng = np.random.default_rng(3)
    near = jk.Snapshots([rng.normal(size=(20, 2)) for _ in TIMES], TIMES)
    far = jk.Snapshots([1e120 * rng.normal(size=(20, 2)) for _ in TIMES], TIMES)
    cubic = jk.Linear(polynomial_degree=3, radial=None)
    model = jk.JKOnetStar(potential=cubic, time_varying=False).fit(near)
    sums = jk.NormalEquations(model).accumulate(near)
    before = sums.matrix
    with pytest.raises(jk.Error, match="snapshots makes sums that are not finite"):
        sums.accumulate(far)
    np.testing.assert_array_equal(sums.matrix, before)


def test_a_hundred_thousand_against_one() -> None:
    """Numbers of particles may differ by any ratio."""
    points = against_one(100_000)
    assert jk.emd(points[0], points[1]) == pytest.approx(np.linalg.norm(points[0] - points[1], axis=1).mean())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = jk.JKOnetStar(potential="linear", time_varying=False).fit(points, TIMES)
    assert np.isfinite(model.potential_.gradient(points[0])).all()
