"""What scikit-learn does with an estimator: searches, pipelines, routing of weights, how it is shown."""

import copy
import doctest
import pickle

import jkonetstar as jk
import numpy as np
import pytest
import sklearn
from jkonetstar import _html
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from populations import quadratic_series

FOLDS = KFold(3, shuffle=True, random_state=0)


@pytest.fixture
def model():
    return jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None), training=jk.ClosedForm(ridge=1e-9))


@pytest.fixture
def routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


# Searches and pipelines.


def test_grid_search(model):
    X, time = quadratic_series(n=60)
    search = GridSearchCV(model, {"training__ridge": [1e-9, 1e3]}, cv=FOLDS).fit(X, time)
    # A ridge of 1000 leaves no force; what remains is the motion of the population.
    assert search.best_params_ == {"training__ridge": 1e-9}
    assert search.predict(X[:5]).shape == (2, 5, 2) and search.score(X, time) == pytest.approx(0, abs=1e-6)


def test_pipeline(model):
    X, time = quadratic_series(n=60)
    pipeline = make_pipeline(StandardScaler(), model).fit(X, time)
    check_is_fitted(pipeline)
    Z = pipeline[0].transform(X)
    again = clone(model).fit(Z, time)
    assert np.array_equal(pipeline.predict(X, steps=2), again.predict(Z, steps=2))
    assert pipeline.score(X, time) == again.score(Z, time)
    search = GridSearchCV(pipeline, {"jkonetstar__training__ridge": [1e-9, 1e3]}, cv=FOLDS).fit(X, time)
    assert search.best_params_ == {"jkonetstar__training__ridge": 1e-9}


def test_principal_components_are_fitted_within_the_folds(model):
    rng = np.random.default_rng(0)
    X, time = quadratic_series(n=60)
    wide = X @ rng.normal(size=(2, 6))
    pipeline = make_pipeline(PCA(2), model)
    scores = cross_val_score(pipeline, wide, time, cv=FOLDS)
    expected = [clone(pipeline).fit(wide[a], time[a]).score(wide[b], time[b]) for a, b in FOLDS.split(wide)]
    assert np.array_equal(scores, expected) and (scores < 0).all()


# Names that scikit-learn gives to times and weights.


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_times_and_weights_by_the_names_of_scikit_learn(model, method):
    (X, time), weights = quadratic_series(n=20), np.random.default_rng(0).uniform(1, 2, size=60)
    one = getattr(clone(model), method)(X, time, weights)
    other = getattr(clone(model), method)(X, y=time, sample_weight=weights)
    assert np.array_equal(one.coef_, other.coef_)
    assert not np.array_equal(one.coef_, getattr(clone(model), method)(X, time).coef_)
    assert one.score(X, time, weights) == other.score(X, y=time, sample_weight=weights) != one.score(X, time)
    for found, expected in zip(other.evaluate(X, y=time, sample_weight=weights), one.evaluate(X, time, weights)):
        assert np.array_equal(found, expected)
    rates = [
        jk.Growth().fit(X, time, weights).rate(X, 0.1),
        jk.Growth().fit(X, y=time, sample_weight=weights).rate(X, 0.1),
    ]
    assert np.array_equal(*rates)


def test_nothing_is_given_under_two_names(model, refused):
    X, time = quadratic_series(n=20)
    fitted, ones = clone(model).fit(X, time), np.ones(60)
    for method in (model.fit, model.partial_fit, fitted.score, fitted.evaluate, jk.Growth().fit):
        refused(TypeError, lambda m=method: m(X, time, y=time), "y is another name of time")
        refused(TypeError, lambda m=method: m(X, time, ones, sample_weight=ones), "sample_weight", "weights")


def test_routing_of_times_and_weights(model, routing):
    (X, time), weights = quadratic_series(n=60), np.random.default_rng(0).uniform(1, 2, size=180)
    asked = clone(model).set_fit_request(time=True, weights=True).set_score_request(time=True, weights=True)
    scores = cross_val_score(asked, X, params={"time": time, "weights": weights}, cv=FOLDS)
    expected = [clone(model).fit(X[a], time[a], weights[a]).score(X[b], time[b], weights[b]) for a, b in FOLDS.split(X)]
    assert np.array_equal(scores, expected)
    with pytest.raises(ValueError, match="weights"):
        cross_val_score(model, X, time, params={"weights": weights}, cv=FOLDS)


def test_routing_through_pipelines(model, routing):
    (X, time), weights = quadratic_series(n=20), np.random.default_rng(0).uniform(1, 2, size=60)
    asked = clone(model).set_fit_request(sample_weight=True).set_predict_request(steps=True)
    pipeline = make_pipeline(PCA(2), asked).fit(X, time, sample_weight=weights)
    Z = pipeline[0].transform(X)
    assert np.array_equal(pipeline.predict(X, steps=2), clone(model).fit(Z, time, weights).predict(Z, steps=2))


# How they are shown.


def test_html_of_scikit_learn_shows_whether_a_model_is_fitted(model):
    X, time = quadratic_series(n=20)
    before, after = clone(model)._repr_html_(), model.fit(X, time)._repr_html_()
    assert "Not fitted" in before and "Not fitted" not in after and "Fitted" in after
    assert "JKOnetStar" in after and "ridge" in after
    with sklearn.config_context(display="text"):
        assert not hasattr(model, "_repr_html_")
    assert "JKOnetStar" in make_pipeline(StandardScaler(), model)._repr_html_()


@pytest.mark.parametrize("named", [False, True])
def test_own_html(model, named):
    X, time = quadratic_series(n=20)
    assert "not fitted" in _html.shown(model) and "times_" not in _html.shown(model)
    series = jk.Snapshots(X, time)
    series._names = ("<a>", "b & c") if named else None
    page = _html.shown(model.fit(series))
    assert "not fitted" not in page and "fitted" in page and "<th" in page and ">times_<" in page
    assert "Linear(polynomial_degree=2, radial=None)" in page and "beta_" not in page
    assert (">feature_names_in_<" in page) is named and "<a>" not in page
    assert page.count("<table") == page.count("</table>") == 3 and page.count("<div") == page.count("</div>")
    assert "relaxation" in _html.shown(jk.Growth())


def test_parameters_with_their_defaults_are_shown_where_scikit_learn_is_told_so(model):
    assert "coupling" not in repr(model)
    with sklearn.config_context(print_changed_only=False):
        assert "interaction_samples=None" in repr(model) and "trigonometric=False" in repr(model)


def test_copies_keep_what_was_fitted(model):
    X, time = quadratic_series(n=20)
    model.fit(X, time)
    for again in (copy.copy(model), copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert np.array_equal(again.predict(X), model.predict(X))


def test_the_examples_of_the_page(root):
    page = str(root / "docs" / "scikit_learn.md")
    results = doctest.testfile(page, module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert results.attempted > 10 and results.failed == 0
