"""Any layout of the same numbers gives the same results, bit for bit."""

import jkonetstar as jk
import numpy as np
import pytest


def layouts(x):
    """Return the same numbers in different memory layouts."""
    wide = np.full((2 * x.shape[0], 3 * x.shape[1]), np.nan)
    wide[::2, ::3] = x
    raw = bytearray(1 + x.nbytes)
    unaligned = np.frombuffer(raw, dtype=np.float64, count=x.size, offset=1).reshape(x.shape)
    unaligned[...] = x
    return {
        "list": x.tolist(),
        "fortran": np.asfortranarray(x),
        "strided": wide[::2, ::3],
        "reversed": x[::-1, ::-1].copy()[::-1, ::-1],
        "transposed": x.T.copy().T,
        "big-endian": x.astype(">f8"),
        "unaligned": unaligned,
        "long double": x.astype(np.longdouble),
        "object": x.astype(object),
        "matrix": np.ma.MaskedArray(x),
    }


@pytest.mark.parametrize("layout", list(layouts(np.zeros((2, 2)))))
def test_layouts_agree(rng, layout):
    x, y = rng.normal(size=(30, 2)), rng.normal(size=(30, 2))
    given = layouts(x)[layout]
    wavy = jk.functionals["wavy_plateau"]
    assert np.array_equal(wavy(given), wavy(x))
    assert np.array_equal(wavy.gradient(given), wavy.gradient(x))
    assert jk.emd(given, y) == jk.emd(x, y)
    assert np.array_equal(jk.optimal_transport(given, y).dense(), jk.optimal_transport(x, y).dense())
    assert np.array_equal(jk.simulate(given), jk.simulate(x))
    time = np.repeat([0.0, 1.0], 15)
    assert np.array_equal(jk.Snapshots(given, time)[1].points, x[15:])


def test_float32_is_read_exactly(rng):
    x = rng.normal(size=(30, 2)).astype(np.float32)
    wavy = jk.functionals["wavy_plateau"]
    assert np.array_equal(wavy(x), wavy(x.astype(np.float64)))
    assert np.array_equal(wavy(np.asfortranarray(x)[::-1]), wavy(x.astype(np.float64))[::-1])
    assert jk.emd(x, x + 1) == jk.emd(x.astype(np.float64), (x + 1).astype(np.float64))


def test_broadcast_rows(rng):
    row = rng.normal(size=2)
    wavy = jk.functionals["wavy_plateau"]
    assert np.array_equal(wavy(np.broadcast_to(row, (5, 2))), np.repeat(wavy(row[None]), 5))


def test_integers_and_booleans_are_numbers():
    sphere = jk.functionals["sphere"]
    assert np.array_equal(sphere(np.array([[1, 2]])), sphere([[1.0, 2.0]]))
    assert np.array_equal(sphere(np.array([[True, False]])), sphere([[1.0, 0.0]]))


def test_a_vector_is_points_in_one_dimension():
    assert np.array_equal(jk.functionals["sphere"]([1.0, 2.0]), [-10.0, -40.0])
    assert jk.emd([0.0, 1.0], [2.0, 3.0]) == pytest.approx(2.0, rel=1e-14)


def test_inputs_are_not_written(rng):
    x = rng.normal(size=(20, 2))
    x.flags.writeable = False
    before = x.copy()
    jk.simulate(x)
    jk.emd(x, x[::-1])
    assert np.array_equal(x, before)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, TypeError),
        ("points", TypeError),
        ([["a", "b"]], TypeError),
        (np.zeros((2, 2), complex), TypeError),
        (np.zeros((2, 2), "M8[s]"), TypeError),
        ([{}, {}], TypeError),
        (3.0, ValueError),
        (np.zeros((2, 2, 2)), ValueError),
        ([[1.0], [1.0, 2.0]], (TypeError, ValueError)),
        (np.ma.masked_less(np.array([[1.0, -1.0]]), 0), ValueError),
    ],
)
def test_things_that_are_no_points(refused, value, kind):
    refused(kind, lambda: jk.functionals["sphere"](value), "x ")
