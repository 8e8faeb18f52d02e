"""Names of coordinates: where they come from, and that tables with other names are refused."""

import copy
import pickle

import jkonetstar as jk
import numpy as np
import pytest
from jkonetstar._names import names_of

from populations import quadratic_series

V = jk.Linear(polynomial_degree=2, radial=None)
pandas = pytest.importorskip("pandas")


@pytest.fixture(scope="module")
def table():
    return pandas.DataFrame(quadratic_series(n=20)[0], columns=["PC1", "PC2"])


@pytest.fixture(scope="module")
def time():
    return quadratic_series(n=20)[1]


@pytest.fixture
def model(table, time):
    return jk.JKOnetStar(V).fit(table, time)


def asked(model, time):
    """Return everything that takes coordinates."""
    U = jk.JKOnetStar(None, V)
    U.fit(pandas.DataFrame(quadratic_series(n=20)[0], columns=["PC1", "PC2"]), time)
    growth = jk.Growth().fit(pandas.DataFrame(quadratic_series(n=20)[0], columns=["PC1", "PC2"]), time)
    return {
        "predict": model.predict,
        "energy": model.energy,
        "potential_": model.potential_,
        "gradient": model.potential_.gradient,
        "interaction_": U.interaction_,
        "its gradient": U.interaction_.gradient,
        "score": lambda X: model.score(X, time),
        "evaluate": lambda X: model.evaluate(X, time),
        "train": lambda X: model.evaluate(quadratic_series(n=20)[0], time, train=(X, time)),
        "partial_fit": lambda X: copy.copy(model).partial_fit(X, time),
        "interpolate": lambda X: model.interpolate(jk.Snapshots(X, time), [0.05]),
        "rate": lambda X: growth.rate(X, 0.1),
    }


def test_names_are_kept(model, table, time):
    names = model.feature_names_in_
    assert names.dtype == object and list(names) == ["PC1", "PC2"]
    assert list(jk.JKOnetStar(V).fit(jk.Snapshots(table, time)).feature_names_in_) == ["PC1", "PC2"]
    assert jk.Snapshots(table, time).shuffle().without(0).names == ("PC1", "PC2")
    growth = jk.Growth().fit(table, time)
    assert list(growth.feature_names_in_) == ["PC1", "PC2"]
    assert list(jk.JKOnetStar(V).fit(table, time, growth=growth).growth_.feature_names_in_) == ["PC1", "PC2"]
    assert list(jk.JKOnetStar(V).partial_fit(table, time).partial_fit(table.values, time).feature_names_in_) == [
        "PC1",
        "PC2",
    ]


def test_names_are_those_of_the_last_fit(model, table, time):
    growth = jk.Growth().fit(table, time)
    for estimator in (model, growth):
        estimator.fit(table.values, time)
        assert not hasattr(estimator, "feature_names_in_")
        estimator.fit(table.set_axis(["a", "b"], axis=1), time)
        assert list(estimator.feature_names_in_) == ["a", "b"]


def test_a_failed_fit_leaves_names_as_they_were(model, table, time):
    with pytest.raises(ValueError):
        model.fit(table.set_axis(["a", "b"], axis=1), 0 * time)
    assert list(model.feature_names_in_) == ["PC1", "PC2"]


def test_pickles_and_files_have_names(model, tmp_path):
    assert list(pickle.loads(pickle.dumps(model)).feature_names_in_) == ["PC1", "PC2"]
    model.save(tmp_path / "model.safetensors")
    again = jk.load(tmp_path / "model.safetensors")
    assert list(again.feature_names_in_) == ["PC1", "PC2"]


def test_tables_with_these_names_and_plain_arrays_are_taken(model, table, time):
    for name, ask in asked(model, time).items():
        for given in (table, table.values):
            assert ask(given) is not None, name
    assert np.array_equal(model.predict(table), model.predict(table.values))


@pytest.mark.parametrize(
    "change, mentioned",
    [
        (lambda table: table[["PC2", "PC1"]], "must be in the same order"),
        (lambda table: table.rename(columns={"PC2": "gene"}), "unseen at fit time:\n- gene\nFeature names seen at fit"),
        (lambda table: table[["PC1"]], "seen at fit time, yet now missing:\n- PC2\n"),
    ],
    ids=["permuted", "renamed", "missing"],
)
def test_other_names_are_refused_everywhere(model, table, time, change, mentioned):
    for name, ask in asked(model, time).items():
        with pytest.raises(ValueError, match="The feature names should match") as caught:
            ask(change(table))
        assert mentioned in str(caught.value), name


def test_long_lists_of_names_are_cut(time):
    X = np.random.default_rng(0).normal(size=(60, 12))
    model = jk.JKOnetStar(V).fit(pandas.DataFrame(X, columns=[f"a{k:02}" for k in range(12)]), time)
    with pytest.raises(ValueError) as caught:
        model.predict(pandas.DataFrame(X, columns=[f"b{k:02}" for k in range(12)]))
    message = str(caught.value)
    assert "- b04\n- ...\n" in message and "- a04\n- ...\n" in message and "b05" not in message


def test_other_numbers_of_coordinates_are_refused(model, time, refused):
    X = quadratic_series(n=20)[0]
    expecting = "X has 1 features, but JKOnetStar is expecting 2 features as input"
    for ask in (model.predict, model.potential_, model.energy, lambda x: model.score(x, time)):
        refused(ValueError, lambda a=ask: a(X[:, :1]), expecting)
    assert str(refused(ValueError, lambda: model.predict(X[:, :1]))) == expecting + ": x0 has shape (60, 1)"
    found = refused(ValueError, lambda: model.score(X[:, :1], time))
    assert str(found) == expecting + ": the snapshots have 1 coordinate"
    refused(ValueError, lambda: model.predict(X[:, 0]), "x0 is a vector of length 60", "x0.reshape(1, -1)")


def test_names_of_tables():
    frame = pandas.DataFrame([[0.0, 1.0]])
    assert names_of(frame) is None and names_of([[0.0, 1.0]]) is None and names_of(frame.values) is None
    assert names_of(frame.set_axis(["a", "b"], axis=1)) == ("a", "b")
    assert names_of(frame.set_axis([("a", "b"), ("a", "c")], axis=1)) is None
    with pytest.raises(TypeError, match="named 1"):
        names_of(frame.set_axis(["a", 1], axis=1))


def test_polars(time):
    polars = pytest.importorskip("polars")
    X = quadratic_series(n=20)[0]
    frame = polars.DataFrame({"PC1": X[:, 0], "PC2": X[:, 1]})
    model = jk.JKOnetStar(V).fit(frame, time)
    assert list(model.feature_names_in_) == ["PC1", "PC2"]
    assert np.array_equal(model.predict(frame), model.predict(X))
    with pytest.raises(ValueError, match="same order"):
        model.predict(frame.select(["PC2", "PC1"]))


def test_other_columns_are_left_alone(model, table, time):
    """A table may have the times and more beside the coordinates, in any place."""
    wide = table.assign(batch=1.0)[["batch", "PC1", "PC2"]].assign(day=time)
    assert np.array_equal(model.predict(wide), model.predict(table))
    assert model.score(wide, time="day") == model.score(table, time)
    with pytest.raises(ValueError, match="now missing"):
        model.predict(wide.drop(columns="PC2"))


def test_growth_of_other_columns_is_refused(table, time):
    growth = jk.Growth().fit(table, time)
    permuted = jk.Snapshots(table[["PC2", "PC1"]], time)
    for use in (
        lambda: jk.JKOnetStar("linear").fit(permuted, growth=growth),
        lambda: jk.interpolate(permuted, [permuted.times[0]], method="flow", growth=growth),
    ):
        with pytest.raises(ValueError, match="same order"):
            use()
