"""Any layout of the same numbers gives the same results, bit for bit."""

from decimal import Decimal
from types import SimpleNamespace

import jkonetstar as jk
import numpy as np
import pandas as pd
import pytest
import scipy.sparse


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
    assert np.array_equal(jk.simulate(given, "wavy_plateau"), jk.simulate(x, "wavy_plateau"))
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
    jk.simulate(x, "wavy_plateau")
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


DAYS = ["1", "2", "2"]
TEXT = {
    "list": DAYS,
    "mixed list": ["1", 2.0, 2.0],
    "array": np.array(DAYS),
    "bytes": np.array(DAYS, "S1"),
    "objects": np.array(DAYS, object),
    "mixed objects": np.array([1, 2, "2"], object),
    "Series": pd.Series(DAYS),
    "Series of objects": pd.Series(DAYS, dtype=object),
    "Series of mixed": pd.Series([1, 2, "2"]),
    "Categorical": pd.Categorical(DAYS),
    "Series of categories": pd.Series(DAYS, dtype="category"),
    "DataFrame": pd.DataFrame({"time": DAYS}),
    "Index": pd.Index(DAYS),
}
NUMBERS = {
    "Series": pd.Series([1, 2, 2]),
    "Series of floats": pd.Series([1.0, 2.0, 2.0], index=[7, 8, 9]),
    "Series of nullable": pd.Series([1, 2, 2], dtype="Int64"),
    "Categorical": pd.Categorical([1, 2, 2]),
    "Series of categories": pd.Series([1.0, 2.0, 2.0], dtype="category"),
    "DataFrame": pd.DataFrame({"time": [1, 2, 2]}),
    "Index": pd.Index([1, 2, 2]),
    "decimals": [Decimal(1), Decimal(2), Decimal(2)],
    "column": np.array([[1], [2], [2]]),
}


@pytest.mark.parametrize("kind", list(TEXT))
def test_strings_are_no_numbers(refused, kind):
    X = np.zeros((3, 1))
    with pytest.warns(jk.DataNotice, match="'1' is 1, '2(.0)?' is 2"):  # Times may be labels.
        assert jk.Snapshots(X, TEXT[kind]).times.tolist() == [1, 2]
    refused(TypeError, lambda: jk.Snapshots(TEXT[kind], [1, 2, 2]), "X must hold numbers")
    refused(TypeError, lambda: jk.Snapshots(X, [1, 2, 2], weights=TEXT[kind]), "weights must hold numbers")


def test_a_number_is_no_text_either(refused):
    for value in ("1", b"1", np.str_("1"), np.array("1"), np.datetime64(1, "s"), 1j, np.complex128(1), [1.0], None):
        refused(TypeError, lambda v=value: jk.simulate([[0.0]], dt=v), "dt must be a number")


@pytest.mark.parametrize("kind", list(NUMBERS))
def test_columns_of_numbers(kind):
    series = jk.Snapshots(pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [4, 5, 6]}), NUMBERS[kind])
    assert np.array_equal(series.times, [1.0, 2.0]) and np.array_equal(series[1].points, [[2.0, 5.0], [3.0, 6.0]])


@pytest.mark.parametrize("make", [scipy.sparse.csr_matrix, scipy.sparse.coo_array])
def test_sparse_matrices_are_refused_with_a_hint(refused, make):
    X = make(np.eye(3))
    refused(TypeError, lambda: jk.emd(np.eye(3), X), "y is sparse", "y.toarray()")


def test_annotated_data_is_refused_with_a_hint(refused):
    cells = SimpleNamespace(X=np.eye(3), obsm={"X_pca": np.eye(3)})
    refused(TypeError, lambda: jk.JKOnetStar().fit(cells, [0, 0, 1]), "X is", 'X.obsm["X_pca"]')


@pytest.mark.parametrize("value", [2**53 + 1, -(2**62) - 1, 1_700_000_000_000_000_001])
def test_integers_that_would_be_rounded_are_refused(refused, value):
    refused(jk.InputError, lambda: jk.Snapshots([[1.0], [2.0]], np.array([0, value])), "time", str(value), "float64")
    same = jk.Snapshots([[1.0], [2.0]], np.array([0, 2**60]))
    assert same.times.tolist() == [0, 2**60]


def test_arrays_of_a_subclass_are_arrays():
    """Views of AnnData objects give such ones, with a method that sparse matrices have."""

    class ArrayView(np.ndarray):
        def toarray(self):
            raise AssertionError

    x = np.arange(6.0).reshape(3, 2)
    assert np.array_equal(jk.Snapshots(x.view(ArrayView), [0, 1, 2])[1].points, x[1:2])
