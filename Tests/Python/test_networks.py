"""Networks for V and U, mixed with linear terms and beta: every combination, sizes, samples, known energies."""

from __future__ import annotations

import itertools
import pickle
import warnings

import jkonetstar as jk
import numpy as np
import pytest
from sklearn.base import clone

from populations import quadratic_series

TAU = 0.1
#: Linear terms of a few features.
QUADRATIC = jk.Linear(polynomial_degree=2, radial=None)
STEPS = {"epochs": 3, "batch_size": 32, "learning_rate": 1e-2}
SMALL = {"hidden": (7, 5), **STEPS}


def adam(**params):
    """Return Adam for a few steps, changed."""
    return jk.Adam(**{**STEPS, **params})


def small(**params):
    """Return what a small network is fitted with, and Adam changed."""
    return {"hidden": (7, 5), "training": adam(**params)}


def tiny(seed=0):
    """Return three snapshots of 40, 35 and 41 particles in two coordinates, contracting and diffusing."""
    rng, sizes = np.random.default_rng(seed), (40, 35, 41)
    points = [0.8**k * rng.normal(size=(n, 2)) + [k, 1] + 0.1 * rng.normal(size=(n, 2)) for k, n in enumerate(sizes)]
    return np.concatenate(points), np.repeat([0.0, 0.1, 0.25], sizes)


def attracted(n, seed=0, steps=4, potential=0.0):
    """Return unpaired snapshots in explicit steps of U = |x|^2 / 2 and V = `potential` |x|^2 / 2."""
    rng = np.random.default_rng(seed)
    points = [rng.normal(size=(n, 2)) + [3.0, -1.0]]
    for _ in range(steps):
        x = points[-1]
        points.append(x - TAU * (x - x.mean(0) + potential * x))
    return np.concatenate([rng.permutation(x) for x in points]), np.repeat(TAU * np.arange(steps + 1), n)


def ornstein_uhlenbeck(n, beta, seed=0, steps=4):
    """Return independent snapshots of dx = -x dt + sqrt(2 beta) dW, from variance 0.1 and mean 2."""
    rng, points = np.random.default_rng(seed), []
    for k in range(steps + 1):
        decay = np.exp(-TAU * k)
        points.append(2 * decay + np.sqrt(0.1 * decay**2 + beta * (1 - decay**2)) * rng.normal(size=(n, 1)))
    return np.concatenate(points), np.repeat(TAU * np.arange(steps + 1), n)


def fitted(X, time, **params):
    """Fit without warnings of terms that tiny populations cannot tell apart."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jk.JKOnetStar(**params).fit(X, time)


def answers(model, x, t=0.1):
    """Return everything that a model says of particles and their differences, as arrays."""
    said = {"predictions": None}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # three epochs need not give an energy whose steps have solutions
        said["predictions"] = model.predict(x, steps=2, random_state=3)
    if hasattr(model, "potential_"):
        said["V"], said["grad V"] = model.potential_(x, t), model.potential_.gradient(x, t)
    if hasattr(model, "interaction_"):
        said["U"], said["grad U"] = model.interaction_(x[:-1] - x[1:]), model.interaction_.gradient(x[:-1] - x[1:])
    if hasattr(model, "beta_"):
        said["beta"] = np.array(model.beta_)
    said["history"] = model.history_
    return said


def assert_same(one, other):
    assert one.keys() == other.keys()
    for name in one:
        assert np.array_equal(one[name], other[name]), name


TERMS = {"mlp": jk.MLP((7, 5)), "linear": QUADRATIC, None: None}
COMBINATIONS = [
    {"potential": potential, "interaction": interaction, "internal": internal, "time_varying": moving, "scheme": scheme}
    for potential, interaction, internal, moving, scheme in itertools.product(
        TERMS, TERMS, (False, True), (False, True), ("implicit", "explicit")
    )
    if (potential or interaction or internal) and (potential or not moving)
]


def name_of(params):
    return "-".join(str(value) for value in params.values())


def made(params):
    """Return what a combination is fitted with."""
    terms = {name: TERMS[params[name]] for name in ("potential", "interaction")}
    trained = "mlp" in (params["potential"], params["interaction"])
    return {**params, **terms, "training": adam() if trained else None}


@pytest.mark.parametrize("params", COMBINATIONS, ids=name_of)
def test_every_combination_of_terms(tmp_path, params):
    X, time = tiny()
    model = fitted(X, time, **made(params))
    trained = "mlp" in (params["potential"], params["interaction"])
    assert model.history_.shape == ((3,) if trained else (1,))
    x0 = X[time == 0.0]
    said = answers(model, x0)
    assert said["predictions"].shape == (3, 40, 2)
    for name, values in said.items():
        assert np.isfinite(values).all(), name
    model.save(tmp_path / "energy.safetensors")
    again = jk.load(tmp_path / "energy.safetensors")
    assert_same(answers(again, x0), said)
    assert_same(answers(pickle.loads(pickle.dumps(model)), x0), said)
    assert clone(model).get_params() == model.get_params()
    # What the file says of the model makes the same model once more.
    if trained:
        assert_same(answers(fitted(X, time, **again.get_params(deep=False)), x0), said)


@pytest.mark.parametrize("activation", ["softplus", "silu", "tanh"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_gradients_are_derivatives(tmp_path, activation, dtype):
    X, time = tiny()
    network = jk.MLP((7, 5), activation)
    model = fitted(X, time, potential=network, interaction=network, training=adam(dtype=dtype))
    x, h = np.random.default_rng(1).normal(size=(30, 2)), 1e-5
    for value, gradient in (
        (model.potential_, model.potential_.gradient),
        (model.interaction_, model.interaction_.gradient),
    ):
        for axis in range(2):
            shift = h * np.eye(2)[axis]
            # Central differences err by about h^2 and by 1e-16 |V| / h.
            assert gradient(x)[:, axis] == pytest.approx((value(x + shift) - value(x - shift)) / (2 * h), abs=1e-6)
    assert model.interaction_([[0.0, 0.0]])[0] == 0
    assert model.describe()["model"]["activation"] == activation
    model.save(tmp_path / "energy")
    assert jk.load(tmp_path / "energy").get_params()["interaction__activation"] == activation


def test_activations_differ():
    X, time = tiny()
    networks = [jk.MLP((7, 5), name) for name in ("softplus", "silu", "tanh")]
    losses = [fitted(X, time, potential=network, **STEPS).history_[-1] for network in networks]
    assert len(set(losses)) == 3


@pytest.mark.parametrize(("of_v", "of_u"), [("softplus", "tanh"), ("tanh", "silu"), ("silu", "softplus")])
def test_potential_and_interaction_may_have_different_activations(tmp_path, of_v, of_u):
    """Each network is what NumPy makes of its parameters with its own activation."""
    functions = {"softplus": lambda a: np.logaddexp(0, a), "silu": lambda a: a / (1 + np.exp(-a)), "tanh": np.tanh}
    rng = np.random.default_rng(1)
    half = rng.normal(size=(20, 2))
    x0 = np.concatenate([half, -half])  # about 0, which is then the centre of standardised coordinates
    X, time = np.concatenate([x0, 0.9 * x0]), np.repeat([0.0, 0.5], len(x0))
    energy = {"potential": jk.MLP((5,), of_v), "interaction": jk.MLP((4,), of_u)}
    objective = jk.Objective(jk.JKOnetStar(**energy), X, time)
    theta = objective.initial_parameters() + 0.3 * rng.normal(size=len(objective))
    model = objective.model(theta)
    length, duration = (model.describe()[name] for name in ("length_scale", "time_scale"))

    def network(parameters, width, function, x):
        W, b = parameters[: 2 * width].reshape(width, 2), parameters[2 * width : 3 * width]
        w, constant = parameters[3 * width : 4 * width], parameters[-1]
        return length**2 / duration * (function(x / length @ W.T + b) @ w + constant)

    x, origin = rng.normal(size=(30, 2)), np.zeros((1, 2))
    V = network(theta[:21], 5, functions[of_v], x)
    U = network(theta[21:], 4, functions[of_u], x) - network(theta[21:], 4, functions[of_u], origin)
    # A dozen sums and products of numbers of the order of 1.
    np.testing.assert_allclose(model.potential_(x), V, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(model.interaction_(x), U, rtol=1e-12, atol=1e-12)
    trained = fitted(X, time, **energy, **STEPS)
    trained.save(tmp_path / "energy")
    params = jk.load(tmp_path / "energy").get_params()
    assert (params["potential__activation"], params["interaction__activation"]) == (of_v, of_u)


@pytest.mark.parametrize("hidden", [(1,), 1, (7, 13), (100,), (65, 64, 63), (5,) * 8, np.array([3, 4])], ids=str)
@pytest.mark.parametrize("own", [None, (1,), (9, 2, 17)], ids=str)
def test_widths(hidden, own):
    X, time = tiny()
    second = jk.MLP(hidden if own is None else own)
    model = fitted(X, time, potential=jk.MLP(hidden), interaction=second, training=adam(interaction_samples=6))
    widths = [2, *np.atleast_1d(hidden), 1]
    pairs = [2, *(np.atleast_1d(hidden) if own is None else own), 1]
    expected = sum((a + 1) * b for layer in (widths, pairs) for a, b in itertools.pairwise(layer))
    assert model.describe()["parameters"] == expected
    assert all(np.isfinite(values).all() for values in answers(model, X[time == 0.0]).values())


@pytest.mark.parametrize("samples", [2, 3, 17, 40, 69, 10**6])
@pytest.mark.parametrize("scheme", ["implicit", "explicit"])
def test_samples(samples, scheme):
    X, time = tiny()
    params = {**SMALL, "interaction": "mlp", "scheme": scheme}
    model = fitted(X, time, interaction_samples=samples, **params)
    assert np.isfinite(model.history_).all()
    # Samples as large as the snapshot are the snapshot.
    whole = fitted(X, time, **params)
    assert np.array_equal(model.history_, whole.history_) == (samples == 10**6)


def test_samples_are_drawn_without_bias():
    X, time = tiny()
    # So small a step leaves the weights as they are: each epoch draws the objective of the same energy anew.
    still = {"learning_rate": 1e-30, "dtype": "float64"}
    exact = fitted(X, time, interaction="mlp", **small(**still)).history_[0]
    for samples in (2, 5, 17):
        draws = small(epochs=1000, interaction_samples=samples, **still)
        draws = fitted(X, time, interaction="mlp", **draws).history_
        assert np.ptp(draws) > 0
        # Four standard errors; the draws of different epochs are independent.
        assert draws.mean() == pytest.approx(exact, abs=4 * draws.std() / np.sqrt(len(draws)))


@pytest.mark.parametrize("samples", [None, 17])
@pytest.mark.parametrize("potential", ["mlp", "linear"])
def test_threads_and_seeds(samples, potential):
    X, time = tiny()
    V = "mlp" if potential == "mlp" else QUADRATIC
    params = {**SMALL, "potential": V, "interaction": "mlp", "internal": True, "interaction_samples": samples}
    x0 = X[time == 0.0]
    try:
        jk.set_num_threads(1)
        one = answers(fitted(X, time, **params), x0)
        jk.set_num_threads(2)
        assert_same(answers(fitted(X, time, **params), x0), one)
    finally:
        jk.set_num_threads(0)
    assert_same(answers(fitted(X, time, **params), x0), one)
    other = answers(fitted(X, time, random_state=1, **params), x0)
    assert not np.array_equal(other["U"], one["U"])


def test_units():
    X, time = tiny()
    params = {**small(dtype="float64"), "interaction": "mlp", "internal": True}
    model, scaled = fitted(X, time, **params), fitted(8 * X, 4 * time, **params)
    # Powers of two change no rounding of what is trained; energies scale by length^2/time.
    x = np.random.default_rng(1).normal(size=(20, 2))
    assert scaled.interaction_(8 * x) == pytest.approx(16 * model.interaction_(x), rel=1e-6, abs=1e-9)
    assert scaled.potential_.gradient(8 * x) == pytest.approx(2 * model.potential_.gradient(x), rel=1e-6, abs=1e-9)
    assert scaled.beta_ == pytest.approx(16 * model.beta_, rel=1e-6)


def test_weights_count():
    X, time = tiny()
    params = {**SMALL, "interaction": "mlp", "interaction_samples": 10}
    plain = answers(fitted(X, time, **params), X[time == 0.0])
    assert_same(answers(jk.JKOnetStar(**params).fit(X, time, weights=np.full(len(X), 7.0)), X[time == 0.0]), plain)
    weights = np.where(X[:, 0] > 0.5, 3.0, 1.0)
    other = answers(jk.JKOnetStar(**params).fit(X, time, weights=weights), X[time == 0.0])
    assert not np.array_equal(other["U"], plain["U"])


def relative(found, truth):
    return np.linalg.norm(found - truth) / np.linalg.norm(truth)


@pytest.mark.parametrize("scheme", ["implicit", "explicit"])
def test_an_interaction_is_recovered(scheme):
    X, time = attracted(150)
    params = {"hidden": (32, 32), "epochs": 120, "batch_size": 50, "learning_rate": 1e-2, "scheme": scheme}
    params["interaction"] = jk.MLP(params.pop("hidden"), "softplus")
    model = jk.JKOnetStar(None, **params).fit(X, time)
    # Differences of two particles, which are spread by sqrt(2) in the first snapshot and contract.
    z = np.random.default_rng(1).uniform(-1.5, 1.5, size=(200, 2))
    # The map of an explicit step x + tau (mean - x) is an implicit one of U / (1 - tau).
    truth = z if scheme == "explicit" else z / (1 - TAU)
    assert relative(model.interaction_.gradient(z), truth) < 0.15
    assert -model.score(X, time) < 0.05 * jk.emd(X[time == 0.0], X[time == TAU])


def test_an_interaction_is_recovered_from_samples():
    X, time = attracted(150)
    params = {"hidden": (32, 32), "epochs": 200, "batch_size": 100, "learning_rate": 3e-3}
    model = jk.JKOnetStar(None, "mlp", scheme="explicit", interaction_samples=64, **params).fit(X, time)
    z = np.random.default_rng(1).uniform(-1.5, 1.5, size=(200, 2))
    # A third of what the particles of the first snapshot show, twice what whole snapshots leave after as many epochs.
    assert relative(model.interaction_.gradient(z), z) < 0.5


@pytest.mark.parametrize("scheme", ["implicit", "explicit"])
def test_beta_beside_a_network(scheme):
    beta = 0.5
    X, time = ornstein_uhlenbeck(2000, beta)
    params = {"hidden": (16, 16), "epochs": 60, "learning_rate": 1e-2}
    model = jk.JKOnetStar("mlp", internal=jk.GaussianMixture(1), scheme=scheme, **params).fit(X, time)
    assert model.beta_ == pytest.approx(beta, rel=0.2)
    x = np.linspace(1, 2, 20)[:, None]
    assert relative(model.potential_.gradient(x), x) < 0.2


def test_a_linear_interaction_beside_a_network():
    X, time = attracted(150, potential=0.5)
    params = {"hidden": (32, 32), "epochs": 100, "batch_size": 50, "learning_rate": 1e-2}
    alone = jk.JKOnetStar("mlp", **params).fit(X, time)
    mixed = jk.JKOnetStar("mlp", QUADRATIC, **params).fit(X, time)
    held_out = attracted(150, seed=1, potential=0.5)
    assert mixed.history_[-1] < 0.5 * alone.history_[-1]
    assert mixed.score(*held_out) > alone.score(*held_out)


TRAINING = [
    {},
    {"interaction_samples": 6, "dtype": "float64"},
    {"validation": jk.Validation("loss", every=2, patience=100)},
    {"validation": jk.Validation("emd", every=2, patience=100)},
    {"last_layer": jk.ExactLastLayer(every=3)},
]


@pytest.mark.parametrize("extra", TRAINING, ids=str)
def test_a_fit_is_resumed_bit_for_bit(tmp_path, extra):
    X, time = tiny()
    path, x0 = tmp_path / "training.safetensors", X[time == 0.0]
    terms = {"interaction": "mlp", "internal": "interaction_samples" in extra}
    params = {"schedule": "constant", **extra}
    half = fitted(X, time, **terms, **small(**params, epochs=4, checkpoint=jk.Checkpoint(path, every=3)))
    assert_same(answers(jk.load(path), x0), answers(half, x0))
    resumed = fitted(X, time, **terms, **small(**params, epochs=10, checkpoint=jk.Checkpoint(path, resume=True)))
    assert_same(answers(resumed, x0), answers(fitted(X, time, **terms, **small(**params, epochs=10)), x0))
    assert np.array_equal(resumed.history_[:4], half.history_)


def test_checkpoints_that_cannot_be_used(refused, tmp_path):
    X, time = tiny()
    path = tmp_path / "training.safetensors"

    def fit(training=None, place=path, resume=True, points=X, **params):
        steps = {"schedule": "constant", "checkpoint": jk.Checkpoint(place, resume=resume), **(training or {})}
        return fitted(points, time, **{"interaction": "mlp", **small(**steps), **params})

    assert fit().history_.shape == (3,)  # there is none yet
    assert fit().history_.shape == (3,)  # and nothing is left to do
    other = [
        ({"training": {"learning_rate": 0.5}}, "learning_rate = 0.5 is not the 0.01 of"),
        ({"hidden": (3,)}, "hidden = [3] is not the [7,5] of"),
        ({"random_state": 1}, "random_state = 1 is not the 0 of"),
        ({"training": {"dtype": "float64"}}, 'dtype = "float64" is not the "float32" of'),
        ({"training": {"schedule": "exponential"}}, 'schedule = "exponential" is not the "constant" of'),
    ]
    for change, said in other:
        refused(ValueError, lambda c=change: fit(**c), "checkpoint", said)
    refused(ValueError, lambda: fit(points=X + 1e-3 * time[:, None]), "checkpoint", "data")
    terms = {"scheme": "implicit", "interaction": None, "internal": True}
    for name, value in terms.items():
        refused(ValueError, lambda c={name: value}: fit(**c), f"{name} = ", f'of the checkpoint "{path}"')
    refused(ValueError, lambda: fit({"epochs": 2}), "epochs = 2", "3 of the checkpoint")
    # Without `resume` nothing is written over, whatever it is.
    kept = path.read_bytes()
    refused(ValueError, lambda: fit(resume=False), "checkpoint", "exists", str(path))
    assert path.read_bytes() == kept
    path.unlink()
    fitted(X, time, **SMALL).save(path)
    refused(ValueError, fit, "not a checkpoint")
    path.write_bytes(b"damaged")
    refused(ValueError, fit, str(path))
    refused(ValueError, lambda: fit(resume=False), "exists")
    path.unlink()
    assert fit(resume=False).history_.shape == (3,)
    nowhere = tmp_path / "path-seed" / "file"  # words that messages have too
    refused(OSError, lambda: fit(place=nowhere, resume=False), "checkpoint", str(nowhere))
    refused(OSError, lambda: fit(place=tmp_path), "checkpoint", str(tmp_path))


def test_training_stops_without_progress():
    X, time = tiny()
    # Steps this small change nothing that single precision shows, so that the first validation stays the best.
    for by in ("loss", "emd"):
        still = small(learning_rate=1e-30, epochs=100, validation=jk.Validation(by, every=3, patience=2))
        assert fitted(X, time, **still).history_.shape == (9,)


def test_schedules():
    X, time = tiny()
    params = {"epochs": 8, "dtype": "float64"}
    # Rounds along the rollout depend on the schedule.
    still = {"rollout_weight": 0.0}
    constant = fitted(X, time, **small(schedule="constant", **params), **still).history_
    for schedule in ("cosine", "exponential"):
        whole = fitted(X, time, **small(schedule=schedule, final_rate=1.0, **params), **still).history_
        falling = fitted(X, time, **small(schedule=schedule, final_rate=1e-3, **params), **still).history_
        assert whole == pytest.approx(constant, rel=1e-9)  # exp(log(1) part) rounds
        assert falling[0] == constant[0] and falling[-1] != pytest.approx(constant[-1], rel=1e-9)


PAIRS = {"interaction": "mlp"}


def trained(**params):
    """Return what Adam is changed in."""
    return {"training": adam(**params)}


@pytest.mark.parametrize(
    ("params", "kind", "words"),
    [
        ({"potential": jk.MLP(activation="relu")}, ValueError, ["activation", "relu", "softplus", "silu", "tanh"]),
        ({"potential": jk.MLP(activation=None)}, ValueError, ["activation", "None"]),
        ({"interaction": "net"}, ValueError, ["interaction", "net", "mlp", "linear"]),
        ({"interaction": jk.MLP(())}, ValueError, ["interaction.hidden has 0 layers", "1 to 8"]),
        ({"interaction": jk.MLP((4,) * 9)}, ValueError, ["interaction.hidden has 9 layers", "1 to 8"]),
        ({"interaction": jk.MLP((4, 0))}, ValueError, ["interaction.hidden[1] = 0 ", "4096"]),
        ({"interaction": jk.MLP((4097,))}, ValueError, ["interaction.hidden", "4097", "4096"]),
        ({"interaction": jk.MLP("64")}, TypeError, ["interaction.hidden", "string"]),
        ({"interaction": jk.MLP((1.5,))}, TypeError, ["interaction.hidden", "float 1.5"]),
        ({**PAIRS, "interaction_samples": 1}, ValueError, ["interaction_samples = 1 ", "2"]),
        ({**PAIRS, "interaction_samples": 0}, ValueError, ["interaction_samples = 0 ", "2"]),
        ({**PAIRS, "interaction_samples": -3}, ValueError, ["interaction_samples = -3 ", "2"]),
        ({**PAIRS, "interaction_samples": 2.0}, TypeError, ["interaction_samples", "2.0"]),
        ({**PAIRS, "interaction_samples": 2**70}, ValueError, ["interaction_samples", str(2**70)]),
        (
            {**PAIRS, "potential": None, "error_bars": "influence"},
            ValueError,
            ["error_bars = 'influence'", "interaction"],
        ),
        ({**PAIRS, "potential": None, "time_varying": True}, ValueError, ["time_varying", "potential"]),
        (trained(schedule="linear"), ValueError, ["schedule", "linear", "constant", "cosine", "exponential"]),
        (trained(schedule=None), ValueError, ["schedule", "None"]),
        (trained(final_rate=0.0), ValueError, ["final_rate = 0.0 ", "positive"]),
        (trained(final_rate=-0.5), ValueError, ["final_rate = -0.5 ", "positive"]),
        (trained(final_rate=1.5), ValueError, ["final_rate = 1.5 ", "1"]),
        (trained(final_rate=np.nan), ValueError, ["final_rate", "nan"]),
        (trained(final_rate="small"), TypeError, ["final_rate", "small"]),
        (trained(last_layer="solved"), ValueError, ["last_layer", "solved", "trained", "exact"]),
        (trained(last_layer=jk.ExactLastLayer(0)), ValueError, ["last_layer.every = 0 ", "1"]),
        (trained(last_layer=jk.ExactLastLayer(0.5)), TypeError, ["last_layer.every", "0.5"]),
        (trained(last_layer=jk.ExactLastLayer(ridge=-1.0)), ValueError, ["last_layer.ridge", "-1"]),
        (trained(last_layer=jk.ExactLastLayer(ridge="gcv")), TypeError, ["last_layer.ridge", "gcv"]),
        (trained(validation="accuracy"), ValueError, ["validation", "accuracy", "loss", "emd"]),
        (trained(validation=True), ValueError, ["validation", "True"]),
        (trained(validation=jk.Validation(fraction=0.0)), ValueError, ["validation.fraction = 0.0 ", "positive"]),
        (trained(validation=jk.Validation(fraction=1.0)), ValueError, ["validation.fraction = 1.0 ", "less than 1"]),
        (trained(validation=jk.Validation(fraction=np.inf)), ValueError, ["validation.fraction", "inf"]),
        (trained(validation=jk.Validation(every=0)), ValueError, ["validation.every = 0 ", "1"]),
        (trained(validation=jk.Validation(patience=0)), ValueError, ["validation.patience = 0 ", "1"]),
        (trained(validation=jk.Validation(patience="long")), TypeError, ["patience", "long"]),
        (trained(checkpoint=3.5), TypeError, ["checkpoint", "3.5"]),
        (trained(checkpoint="a\0b"), ValueError, ["checkpoint"]),
        (trained(checkpoint=jk.Checkpoint("c", every=0)), ValueError, ["checkpoint.every = 0 ", "1"]),
        (trained(checkpoint=jk.Checkpoint("c", resume="yes")), TypeError, ["resume", "yes"]),
    ],
    ids=str,
)
def test_bad_parameters(refused, tmp_path, monkeypatch, params, kind, words):
    monkeypatch.chdir(tmp_path)
    X, time = tiny()
    refused(kind, lambda: jk.JKOnetStar(**params).fit(X, time), *words)
    assert not list(tmp_path.iterdir())


def test_what_networks_do_not_have(refused):
    X, time = quadratic_series(n=20)
    model = jk.JKOnetStar("mlp", "mlp", interaction_samples=4, **SMALL).fit(X, time)
    for call in (
        lambda: model.potential_(X, return_std=True),
        lambda: model.interaction_(X, return_std=True),
        lambda: model.covariance_,
    ):
        refused(ValueError, call, "error bars", "linear")
    for call in (
        lambda: model.coef_,
        lambda: model.ridge_,
        lambda: model.observability(),
        lambda: model.partial_fit(X, time),
    ):
        refused(ValueError, call, "network")
    refused(ValueError, lambda: model.beta_, "internal")
