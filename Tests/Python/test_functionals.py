"""The benchmark energies: names, known values, gradients against differences."""

import math

import jkonetstar as jk
import numpy as np
import pytest

NAMES = (
    "styblinski_tang holder_table zigzag_ridge oakley_ohagan watershed ishigami friedman sphere bohachevsky "
    "flowers wavy_plateau double_exp relu rotational flat"
).split()


def test_it_is_a_mapping():
    assert sorted(jk.functionals) == sorted(NAMES) and len(jk.functionals) == 15
    assert "sphere" in jk.functionals and "spheer" not in jk.functionals
    assert jk.functionals.get("spheer") is None
    assert repr(jk.functionals["sphere"]) == "Functional('sphere')"
    assert jk.functionals["sphere"].name == "sphere"
    assert "wavy_plateau" in repr(jk.functionals)


def test_unknown_name(refused):
    refused(KeyError, lambda: jk.functionals["spheer"], "spheer", "sphere")


def test_known_values():
    v = np.array([[0.5, -1.5]])
    assert jk.functionals["sphere"](v)[0] == pytest.approx(-10 * (0.25 + 2.25), rel=1e-15)
    wavy = sum(math.cos(math.pi * c) + 0.5 * c**4 - 3 * c**2 + 1 for c in v[0])
    assert jk.functionals["wavy_plateau"](v)[0] == pytest.approx(wavy, rel=1e-14)
    tang = 0.5 * sum(c**4 - 16 * c**2 + 5 * c for c in v[0])
    assert jk.functionals["styblinski_tang"](v)[0] == pytest.approx(tang, rel=1e-14)
    assert jk.functionals["flat"](v)[0] == 0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dimension", [2, 3, 5])
def test_gradients_are_derivatives(rng, name, dimension):
    x = rng.uniform(-3.5, 3.5, size=(50, dimension))
    # Central differences err by about h^2 |V'''| / 6 + 1e-16 |V| / h, some 1e-10 of |V|.
    h = 1e-5
    functional = jk.functionals[name]
    size = 1 + np.abs(functional(x))
    for axis in range(dimension):
        shift = h * np.eye(dimension)[axis]
        difference = (functional(x + shift) - functional(x - shift)) / (2 * h)
        error = np.abs(difference - functional.gradient(x)[:, axis]) / size
        assert np.median(error) < 1e-6
        assert (error < 1e-4).mean() > 0.95  # kinks and steep spots apart


@pytest.mark.parametrize("name", NAMES)
def test_one_dimension_works_or_is_refused(refused, name):
    functional = jk.functionals[name]
    try:
        values = functional([0.5, 1.0])
    except ValueError as error:
        assert name in str(error) or "d" in str(error)
    else:
        assert np.isfinite(values).all()


def test_bad_points(refused):
    sphere = jk.functionals["sphere"]
    refused(ValueError, lambda: sphere([[np.nan, 0.0]]), "x")
    refused(ValueError, lambda: sphere.gradient([[np.inf, 0.0]]), "x")
    refused(ValueError, lambda: sphere(np.empty((0, 2))), "x")
