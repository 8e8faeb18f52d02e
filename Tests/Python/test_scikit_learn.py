"""What scikit-learn does with an estimator works, although the package does not import it."""

import subprocess
import sys

import jkonetstar as jk
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from populations import quadratic_series

FOLDS = KFold(3, shuffle=True, random_state=0)


@pytest.fixture
def model():
    return jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None), training=jk.ClosedForm(ridge=1e-9))


def test_it_is_not_imported():
    program = "import sys, jkonetstar; jkonetstar.JKOnetStar().get_params(); assert 'sklearn' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_clone():
    model = jk.JKOnetStar(hidden=(3, 4), scheme="explicit")
    assert clone(model).get_params() == model.get_params()


def test_check_is_fitted(model):
    with pytest.raises(NotFittedError):
        check_is_fitted(model)
    check_is_fitted(model.fit(*quadratic_series(n=20)))


def test_cross_val_score(model):
    X, time = quadratic_series(n=60)
    scores = cross_val_score(model, X, time, cv=FOLDS)
    expected = [clone(model).fit(X[a], time[a]).score(X[b], time[b]) for a, b in FOLDS.split(X)]
    assert np.array_equal(scores, expected)


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
