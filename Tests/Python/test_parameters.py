"""Parameters and the objects that hold them: defaults, shorthands, copies, comparison, what files carry."""

import copy
import ctypes
import pickle
import re

import jkonetstar as jk
import numpy as np
import pytest
from jkonetstar import _abi, _library, _model_options, _specification
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, KFold

from populations import quadratic_series

HOLDERS = [
    jk.MLP((3, 4), "tanh"),
    jk.Linear(2, radial=jk.Radial("cubic", grid=4), fourier=jk.Fourier(9, scale=2.0)),
    jk.Radial("linear", width=0.5),
    jk.Fourier(30, coordinates=1),
    jk.Adam(30, validation=jk.Validation("emd", every=5), last_layer="exact", checkpoint="training.safetensors"),
    jk.LBFGS(20),
    jk.ClosedForm("gcv"),
    jk.Validation("loss", fraction=0.5),
    jk.Checkpoint("training.safetensors", every=7),
    jk.ExactLastLayer(ridge=1e-3),
    jk.Sinkhorn(epsilon=0.5),
    jk.Unbalanced((1.0, np.inf)),
    jk.Bootstrap(30),
    jk.GaussianMixture(3, weights_init=np.full(3, 1 / 3)),
    jk.KernelDensity(0.5),
]


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: type(holder).__name__)
def test_holders_are_copied_compared_and_shown(holder):
    copies = (copy.copy(holder), copy.deepcopy(holder), pickle.loads(pickle.dumps(holder)), clone(holder))
    for other in (*copies, type(holder)(**holder.get_params(deep=False))):
        assert other == holder and other is not holder and repr(other) == repr(holder)
    for name in holder.get_params(deep=False):
        changed = clone(holder).set_params(**{name: "something else"})
        assert changed != holder and f"{name}='something else'" in repr(changed)
        assert holder != "something else"
    with pytest.raises(TypeError, match="unhashable"):
        hash(holder)


def test_only_what_differs_from_the_defaults_is_shown():
    model = jk.JKOnetStar(training=jk.Adam(validation=jk.Validation("emd", every=5)))
    assert repr(model) == "JKOnetStar(training=Adam(validation=Validation(by='emd', every=5)))"
    assert repr(jk.Linear()) == "Linear()" and repr(jk.Unbalanced(2.0)) == "Unbalanced(marginal_relaxation=2.0)"


def test_strings_stand_for_objects():
    assert jk.Linear(radial="cubic") == jk.Linear(radial=jk.Radial("cubic"))
    assert jk.Adam(validation="emd", last_layer="exact", checkpoint="a") == jk.Adam(
        validation=jk.Validation("emd"), last_layer=jk.ExactLastLayer(), checkpoint=jk.Checkpoint("a")
    )
    X, time = quadratic_series(n=30)
    for short, whole in (
        ({"potential": "linear"}, {"potential": jk.Linear(), "training": jk.ClosedForm()}),
        ({"epochs": 2, "hidden": (4,)}, {"potential": jk.MLP((4,)), "training": jk.Adam(2)}),
        ({"training": "adam", "hidden": 4, "epochs": 3}, {"potential": jk.MLP(4), "training": jk.Adam(3)}),
        (
            {"potential": "linear", "internal": True, "scheme": "explicit"},
            {"potential": "linear", "internal": jk.GaussianMixture("bic"), "scheme": "explicit"},
        ),
        ({"potential": "linear", "coupling": "sinkhorn"}, {"potential": "linear", "coupling": jk.Sinkhorn()}),
    ):
        one, other = jk.JKOnetStar(**short).fit(X, time), jk.JKOnetStar(**whole).fit(X, time)
        assert np.array_equal(one.predict(X), other.predict(X))


def test_nested_parameters_are_reached_by_name(refused):
    model = jk.JKOnetStar()
    deep = model.get_params()
    assert deep["potential__hidden"] == (64, 64) and deep["training__epochs"] is None
    assert "potential__hidden" not in model.get_params(deep=False)
    assert len(model.get_params(deep=False)) <= 16
    model.set_params(potential__activation="tanh", training__validation="emd", training__validation__every=5)
    assert model.potential == jk.MLP(activation="tanh")
    assert model.training == jk.Adam(validation=jk.Validation("emd", every=5))
    model.set_params(potential="linear", potential__radial__grid=4, training=None, training__ridge="gcv")
    assert model.potential == jk.Linear(radial=jk.Radial(grid=4)) and model.training == jk.ClosedForm("gcv")
    refused(ValueError, lambda: model.set_params(potential__hidden=3), "Linear", "hidden")
    refused(ValueError, lambda: model.set_params(epoch=3), "JKOnetStar", "epoch", "epochs")
    refused(ValueError, lambda: model.set_params(interaction__hidden=3), "interaction = None", "hidden")


def test_changes_reach_no_other_holder():
    features = jk.Linear(2)
    model = jk.JKOnetStar(features, features).set_params(potential__polynomial_degree=3)
    assert features.polynomial_degree == model.interaction.polynomial_degree == 2
    assert model.potential.polynomial_degree == 3


def test_a_search_over_nested_parameters():
    X, time = quadratic_series(n=60)
    folds = KFold(3, shuffle=True, random_state=0)
    grid = {"potential__polynomial_degree": [1, 2], "training": [jk.ClosedForm(1e-9), jk.ClosedForm(1e3)]}
    search = GridSearchCV(jk.JKOnetStar(potential=jk.Linear(radial=None)), grid, cv=folds).fit(X, time)
    # V is quadratic, and a ridge of 1000 leaves no force.
    assert search.best_params_ == {"potential__polynomial_degree": 2, "training": jk.ClosedForm(1e-9)}
    networks = jk.JKOnetStar(hidden=(4,), epochs=2)
    search = GridSearchCV(networks, {"hidden": [(2,), (3,)], "potential": ["mlp", jk.MLP((2,))]}, cv=folds)
    search.error_score = np.nan
    with pytest.warns(Warning):  # (3,) contradicts the object
        search.fit(X, time)
    assert np.isnan(search.cv_results_["mean_test_score"]).sum() == 1


CONTRADICTIONS = [
    ({"hidden": (8,), "potential": jk.MLP((4,))}, ["hidden = (8,)", "potential = MLP(hidden=(4,))"]),
    ({"hidden": (8,), "potential": jk.MLP(activation="tanh")}, ["hidden = (8,)", "MLP(activation='tanh')", "(64, 64)"]),
    ({"hidden": (8,), "interaction": jk.MLP(4)}, ["hidden = (8,)", "interaction = MLP(hidden=4)"]),
    ({"hidden": (8,), "potential": "linear"}, ["hidden = (8,)", "potential = 'linear'"]),
    ({"epochs": 3, "training": jk.Adam(4)}, ["epochs = 3", "training = Adam(epochs=4)"]),
    ({"epochs": 3, "training": jk.Adam(dtype="float64")}, ["epochs = 3", "Adam(dtype='float64')", "None"]),
    ({"batch_size": 9, "training": jk.LBFGS()}, ["batch_size = 9", "training = LBFGS()"]),
    ({"epochs": 9, "training": "lbfgs"}, ["epochs = 9", "training = 'lbfgs'", "max_iter"]),
    ({"learning_rate": 0.1, "potential": "linear"}, ["learning_rate = 0.1", "potential = Linear()"]),
    ({"interaction_samples": 8}, ["interaction_samples = 8", "interaction = None"]),
    ({"interaction_samples": 8, "interaction": "linear"}, ["interaction_samples = 8", "interaction = Linear()"]),
    ({"training": jk.Adam(interaction_samples=8)}, ["interaction_samples = 8", "interaction = None"]),
    ({"training": jk.Adam(), "potential": "linear"}, ["training = Adam()", "potential = Linear()"]),
    ({"training": jk.ClosedForm()}, ["training = ClosedForm()", "potential is a network"]),
    (
        {"training": jk.ClosedForm(), "potential": None, "interaction": "mlp"},
        ["ClosedForm()", "interaction is a network"],
    ),
    ({"error_bars": "influence"}, ["error_bars = 'influence'", "potential is a network"]),
    (
        {"potential": "linear", "error_bars": "influence", "coupling": "sinkhorn"},
        ["error_bars = 'influence'", "coupling = Sinkhorn()"],
    ),
    (
        {"potential": "linear", "error_bars": "influence", "internal": jk.KernelDensity()},
        ["error_bars = 'influence'", "internal = KernelDensity()"],
    ),
    ({"potential": jk.Linear(time_degree=2)}, ["time_degree = 2 of potential", "time_varying is None"]),
    (
        {"potential": "linear", "interaction": jk.Linear(time_degree=2), "time_varying": True},
        ["time_degree = 2 of int"],
    ),
    ({"potential": jk.Linear(0, polynomial_total=True)}, ["polynomial_total = True", "polynomial_degree = 0"]),
    ({"potential": jk.Linear(0, trigonometric=True)}, ["trigonometric = True", "polynomial_degree = 0"]),
    ({"potential": jk.Linear(radial=jk.Radial(centres=40))}, ["radial.centres = 40", "grid = 10", "2 coordinates"]),
    ({"training": jk.Adam(schedule="constant", final_rate=0.5)}, ["final_rate = 0.5", "constant"]),
    (
        {"internal": jk.GaussianMixture(2, random_state=1)},
        ["random_state = 1 of internal", "random_state of the model"],
    ),
    ({"internal": jk.GaussianMixture(2, means_init=[[0, 0], [1, 1]])}, ["means_init of internal"]),
    ({"internal": jk.GaussianMixture(2, reg_covar=0.1)}, ["reg_covar of internal"]),
    ({"internal": jk.GaussianMixture(2, max_components=5)}, ["max_components = 5", "'bic'", "2"]),
    ({"internal": jk.KernelDensity(0.5, covariance_type="spherical")}, ["covariance_type = 'spherical'", "0.5"]),
]


@pytest.mark.parametrize(("params", "words"), CONTRADICTIONS, ids=lambda value: str(value)[:60])
def test_what_contradicts_or_has_no_effect_names_both(refused, params, words):
    X, time = quadratic_series(n=10)
    refused(ValueError, lambda: jk.JKOnetStar(**params).fit(X, time), *words)


def test_shorthands_may_repeat_what_an_object_says():
    X, time = quadratic_series(n=20)
    params = {"potential": jk.MLP([4]), "hidden": (4,), "epochs": 2, "training": jk.Adam(2)}
    assert jk.JKOnetStar(**params).fit(X, time).history_.shape == (2,)


def content(struct):
    """Return what options say: all members, and those of the options that they point to, the defaults for NULL."""
    said = {}
    for name, kind, *_ in struct._fields_:
        value = getattr(struct, name)
        if issubclass(kind, ctypes._Pointer) and kind._type_.__name__.endswith("Options"):
            value = content(value[0] if value else defaults(kind._type_))
        elif isinstance(value, ctypes.Array):
            value = list(value)
        elif isinstance(value, (ctypes._CFuncPtr, ctypes._Pointer)):
            value = bool(value)
        said[name] = value
    return said


def defaults(kind):
    """Return options as the library fills them."""
    options = kind()
    word = re.sub(r"(?<!^)([A-Z])", r"_\1", kind.__name__).lower()
    _library.check(getattr(_library.lib, f"jko_{word}_init")(ctypes.byref(options), ctypes.sizeof(options)))
    return options


def options(**params):
    """Return what both structs say that parameters make."""
    found = _specification.specification(jk.JKOnetStar(**params).get_params(deep=False))
    return [content(_model_options.model_options(found)), content(_model_options.fit_options(found))]


def test_defaults_are_those_of_the_library():
    model, fit = defaults(_abi.ModelOptions), defaults(_abi.FitOptions)
    # In Python the data decide whether V varies.
    model.time_varying = -1
    assert options() == [content(model), content(fit)]
    model.potential = model.interaction = _abi.PARAMETRISATION["linear"]
    model.internal = 1
    assert options(potential="linear", interaction="linear", internal=True) == [content(model), content(fit)]
    explicit = jk.Linear(radial=jk.Radial(centres=100))
    assert options(potential=explicit, interaction=jk.Linear(), internal=True) == [content(model), content(fit)]
    usual = content(fit)
    transport = {**usual["transport"], "method": _abi.PLAN_METHOD["sinkhorn"]}
    assert options(coupling="sinkhorn")[1] == {**usual, "transport": transport}
    bars = {"error_bars": _abi.ERROR_BARS["bootstrap"]}
    assert options(potential="linear", error_bars="bootstrap")[1] == {**usual, **bars}
    training = {"last_layer": _abi.LAST_LAYER["exact"], "validation": _abi.VALIDATION["loss"]}
    changed = options(training=jk.Adam(last_layer="exact", validation="loss"))[1]
    assert changed == {**usual, "training": {**usual["training"], **training}}


#: Written by version 0.1.0 when all parameters were the estimator's own, with what its package said of the energies.
EARLIER = {
    "networks": (
        jk.JKOnetStar(
            jk.MLP((3, 2), "tanh"),
            jk.MLP((2,), "tanh"),
            jk.GaussianMixture(2, covariance_type="diag", tol=1e-4, max_iter=500, n_init=2),
            scheme="implicit",
            time_varying=False,
            rollout_weight=0.0,
            coupling=jk.Unbalanced((10.0, np.inf), epsilon=0.2, tolerance=1e-5, max_iterations=5000),
            training=jk.Adam(
                3,
                20,
                1e-2,
                schedule="exponential",
                final_rate=0.5,
                clip_norm=5.0,
                dtype="float64",
                interaction_samples=6,
                last_layer=jk.ExactLastLayer(2, ridge=1e-4),
                validation=jk.Validation("emd", fraction=0.25, every=1, patience=50),
            ),
            random_state=7,
        ),
        [[-0.8054359865891372, -1.2819201624738288], [-0.49561085327103305, -1.1066844325324123]],
        [[0.5543075867737071, 2.8786456444834356], [-1.7602354150051496, 2.7756283025915938]],
    ),
    "linear": (
        jk.JKOnetStar(
            jk.Linear(
                2,
                polynomial_total=True,
                radial=jk.Radial("cubic", grid=2),
                fourier=jk.Fourier(4, scale=2.0, coordinates=1),
                time_degree=1,
            ),
            jk.Linear(1, polynomial_total=True, radial=None),
            time_varying=True,
            scheme="explicit",
            rollout_weight=0.0,
            training=jk.ClosedForm("gcv"),
            error_bars=jk.Bootstrap(3),
        ),
        [[0.6654762935191794, -0.030628364091830736], [2.2904762934984646, 1.4693716359758147]],
        [[-0.29047629353559973, 0.08062836409899965], [-0.29047629353559973, 0.08062836409899965]],
    ),
}


@pytest.mark.parametrize("name", EARLIER)
def test_earlier_files_are_read(root, name):
    model = jk.load(root / "Tests" / "Python" / "files" / f"{name}.safetensors")
    expected, gradient_v, gradient_u = EARLIER[name]
    assert model.get_params() == expected.get_params()
    x = [[0.5, -0.25], [1.0, 1.0]]
    # The same formula on another instruction set differs by rounding.
    assert model.potential_.gradient(x, 0.1) == pytest.approx(np.array(gradient_v), rel=1e-9)
    assert model.interaction_.gradient(x) == pytest.approx(np.array(gradient_u), rel=1e-9)


def test_nested_parameters_start_from_the_shorthands():
    model = jk.JKOnetStar(hidden=8, epochs=5)
    params = model.get_params()
    assert params["potential__hidden"] == 8 and params["training__epochs"] == 5
    model.set_params(training__learning_rate=0.1, potential__activation="tanh")
    assert model.training == jk.Adam(epochs=5, learning_rate=0.1)
    assert model.potential == jk.MLP(hidden=8, activation="tanh")
    x, time = np.random.default_rng(0).normal(size=(20, 2)), np.repeat([0, 1], 10)
    assert len(model.fit(x, time).history_) == 5


def test_a_grid_over_nested_parameters_beside_shorthands():
    selection = pytest.importorskip("sklearn.model_selection")
    x, time = np.random.default_rng(0).normal(size=(40, 2)), np.repeat([0, 1], 20)
    grid = selection.GridSearchCV(
        jk.JKOnetStar(hidden=4, epochs=2),
        {"training__learning_rate": [0.01, 0.1], "potential__activation": ["tanh"]},
        cv=selection.KFold(2, shuffle=True, random_state=0),
        error_score="raise",
    ).fit(x, time)
    assert grid.best_params_["potential__activation"] == "tanh"
