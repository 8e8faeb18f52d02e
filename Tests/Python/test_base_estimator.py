"""Estimators are scikit-learn's `BaseEstimator` once that is imported, and the package does not import it."""

import pickle
import subprocess
import sys
import textwrap

import jkonetstar as jk
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from populations import quadratic_series


def run(program):
    """Run a program in a process of its own, in which scikit-learn was not imported before."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_it_is_not_imported():
    run("""
        import sys, jkonetstar as jk
        model = jk.JKOnetStar("linear").fit([0.0, 1.0, 0.0, 0.5], [0, 0, 1, 1])
        model.get_params(), repr(model), model._repr_html_(), model.score([0.0, 1.0], [0, 1])
        assert "sklearn" not in sys.modules
    """)


def test_models_made_before_scikit_learn_is_imported_become_base_estimators():
    run("""
        import pickle, sys, jkonetstar as jk
        class Own(jk.JKOnetStar):
            pass
        model, own, growth, content = jk.JKOnetStar(epochs=3), Own(), jk.Growth(), pickle.dumps(jk.JKOnetStar(epochs=3))
        finders = len(sys.meta_path)
        import sklearn.base, sklearn.exceptions
        for one in (model, own, growth, pickle.loads(content)):
            assert isinstance(one, sklearn.base.BaseEstimator), one
        assert type(model) is jk.JKOnetStar and repr(pickle.loads(content)) == repr(model)
        assert issubclass(jk.NotFittedError, sklearn.exceptions.NotFittedError)
        assert hasattr(own, "set_fit_request") and hasattr(model, "set_score_request")
        # The import left no trace.
        assert len(sys.meta_path) == finders - 1 and type(sklearn.base.__loader__).__name__ == "SourceFileLoader"
        assert sklearn.base.__spec__.loader is sklearn.base.__loader__
    """)


@pytest.fixture
def small(tmp_path):
    """Run a program beside a package by the name of scikit-learn that has little more than the base class."""
    (tmp_path / "sklearn").mkdir()
    (tmp_path / "sklearn" / "__init__.py").touch()
    (tmp_path / "sklearn" / "exceptions.py").write_text("class NotFittedError(ValueError, AttributeError): pass\n")
    (tmp_path / "sklearn" / "base.py").write_text("class BaseEstimator: pass\n")
    return lambda program: run(f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n" + textwrap.dedent(program))


def test_scikit_learn_may_be_imported_first(small):
    small("""
        import sys, sklearn.base, sklearn.exceptions
        finders = list(sys.meta_path)
        import jkonetstar as jk
        assert isinstance(jk.JKOnetStar(), sklearn.base.BaseEstimator) and sys.meta_path == finders
        assert issubclass(jk.NotFittedError, sklearn.exceptions.NotFittedError)
    """)


def test_looking_for_scikit_learn_is_no_import(small):
    small("""
        import importlib.util, sys, jkonetstar as jk
        spec = importlib.util.find_spec("sklearn.base")
        assert spec.loader.get_source("sklearn.base") == "class BaseEstimator: pass\\n"
        assert "sklearn.base" not in sys.modules
        import sklearn.base
        assert isinstance(jk.JKOnetStar(), sklearn.base.BaseEstimator)
    """)


def test_a_package_that_cannot_be_imported_is_left_alone(small):
    small("""
        import pathlib, sys, jkonetstar as jk
        base = pathlib.Path(sys.path[0]) / "sklearn" / "base.py"
        whole = base.read_text()
        base.write_text("raise ImportError('broken')")
        try:
            import sklearn.base
        except ImportError as error:
            assert str(error) == "broken"
        base.write_text(whole + "# of another size, lest the cached bytecode be taken")
        import sklearn.base
        assert isinstance(jk.JKOnetStar(), sklearn.base.BaseEstimator)
    """)


def test_models_work_where_there_is_no_scikit_learn():
    run("""
        import sys
        sys.modules["sklearn"] = None
        import jkonetstar as jk
        try:
            import sklearn.base
        except ImportError:
            pass
        model = jk.JKOnetStar("linear").fit([0.0, 1.0, 0.0, 0.5], [0, 0, 1, 1])
        assert "fitted" in model._repr_html_() and model.score([0.0, 0.5], [1, 1]) <= 0
        assert not hasattr(model, "set_fit_request")
    """)


def test_a_base_class_that_does_not_fit_is_a_warning_only(small):
    """Of a BaseEstimator with a layout of its own, models are no instances; all else works."""
    small("""
        import pathlib, warnings, jkonetstar as jk
        base = pathlib.Path(sys.path[0]) / "sklearn" / "base.py"
        base.write_text("class BaseEstimator:\\n    __slots__ = ('one',)\\n")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            import sklearn.base
        assert len(caught) == 1 and "layout" in str(caught[0].message)
        model = jk.JKOnetStar(epochs=2)
        assert not isinstance(model, sklearn.base.BaseEstimator) and model.get_params()["epochs"] == 2
    """)


def test_estimators_are_base_estimators():
    assert isinstance(jk.JKOnetStar(), BaseEstimator) and isinstance(jk.Growth(), BaseEstimator)
    # Parameters are none: they are equal where they mean the same, and are never fitted.
    assert not isinstance(jk.MLP(), BaseEstimator)


def test_clone():
    model = jk.JKOnetStar(hidden=(3, 4), scheme="explicit")
    assert clone(model).get_params() == model.get_params()
    growth = jk.Growth(relaxation=3.0).fit([0.0, 9.0, 0.0, 9.0, 9.1], time=[0, 0, 1, 1, 1])
    assert clone(growth) == growth and not clone(growth).__sklearn_is_fitted__()


def test_check_is_fitted():
    model, growth = jk.JKOnetStar("linear"), jk.Growth()
    X, time = quadratic_series(n=20)
    for estimator in (model, growth):
        with pytest.raises(NotFittedError):
            check_is_fitted(estimator)
        check_is_fitted(estimator.fit(X, time))
    for ask in (clone(model).predict, clone(model).energy):
        with pytest.raises(NotFittedError) as caught:
            ask(X)
        assert isinstance(pickle.loads(pickle.dumps(caught.value)), (jk.NotFittedError, NotFittedError))
