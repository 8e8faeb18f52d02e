"""A parameter changes what a model is or does, or it cannot be written where it stands.

The walk goes over all parameters of all objects in every place of a table of models. One that is accepted there must
change a bit of the model or something that the fit does: what it warns of, writes or shows.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import Any

import jkonetstar as jk
import numpy as np
import pytest
from jkonetstar._calls import LongCall
from sklearn.base import clone

#: What each parameter is changed to; one of several must have an effect, or all must be refused.
CHANGES: dict[str, list[Any]] = {
    "potential": [None, "linear", jk.MLP((6,))],
    "interaction": [None, "linear", jk.MLP((6,))],
    "internal": [False, True, jk.KernelDensity()],
    "time_varying": [True, False],
    "scheme": ["implicit"],
    "coupling": ["sinkhorn", "exact"],
    "training": [jk.Adam(2), jk.LBFGS(2), jk.ClosedForm(0.5)],
    "error_bars": ["influence", "bootstrap"],
    "random_state": [1],
    "verbose": [1],
    "hidden": [(5,)],
    "epochs": [5],
    "batch_size": [11],
    "learning_rate": [0.03],
    "interaction_samples": [4],
    "bias_samples": [2],
    "rollout_weight": [0.5],
    "activation": ["tanh"],
    "polynomial_degree": [1],
    "polynomial_total": [True, False],
    "trigonometric": [True],
    "radial": [None, "cubic"],
    "function": ["cubic"],
    "grid": [3],
    "centres": [40],
    "width": [2.0],
    "fourier": [None, jk.Fourier(6)],
    "features": [7],
    "scale": [3.0],
    "coordinates": [1],
    "time_degree": [2],
    "schedule": ["exponential"],
    "final_rate": [0.5],
    "clip_norm": [1e-3],
    "dtype": ["float64"],
    "last_layer": ["exact", "trained"],
    "validation": ["emd", None],
    "checkpoint": [None],
    "by": ["emd"],
    "fraction": [0.4],
    "every": [3],
    "patience": [1],
    "path": ["elsewhere"],
    "resume": [False],
    "ridge": [0.5],
    "max_iter": [2],
    "epsilon": [2.0],
    "tolerance": [0.3, 0.9],
    "max_iterations": [3],
    "marginal_relaxation": [(0.5, np.inf)],
    "samples": [4],
    "n_components": [1, 3],
    "covariance_type": ["diag", "spherical"],
    "tol": [0.3, 10.0],
    "reg_covar": [0.5],
    "n_init": [1, 9],
    "weights_init": [[1.0]],
    "means_init": [[[0.0, 0.0]]],
    "precisions_init": [[np.eye(2)]],
    "max_components": [1],
    "bandwidth": ["silverman", 0.7],
}

STEPS = {"epochs": 7, "batch_size": 20, "learning_rate": 0.01}
FEATURES = jk.Linear(2, radial=jk.Radial(grid=4), fourier=jk.Fourier(5))
#: The places: models whose parts are objects, with the number of coordinates that they are fitted to.
PLACES: dict[str, tuple[jk.JKOnetStar, int]] = {
    "strings": (jk.JKOnetStar("mlp", "mlp", hidden=(4,), interaction_samples=6, **STEPS), 2),
    "V": (
        jk.JKOnetStar(
            jk.MLP((4,), "softplus"),
            time_varying=False,
            rollout_weight=0.0,
            training=jk.Adam(
                **STEPS,
                last_layer=jk.ExactLastLayer(every=2, ridge=1e-3),
                validation=jk.Validation("loss", every=2, patience=2),
                checkpoint=jk.Checkpoint("training.safetensors", every=2, resume=True),
            ),
        ),
        2,
    ),
    "V, U": (jk.JKOnetStar(jk.MLP((4,)), jk.MLP((3,)), training=jk.Adam(**STEPS, interaction_samples=6)), 2),
    "constant steps": (jk.JKOnetStar(jk.MLP((4,)), training=jk.Adam(**STEPS, schedule="constant")), 2),
    "L-BFGS": (jk.JKOnetStar(jk.MLP((4,)), training=jk.LBFGS(4)), 2),
    "V, linear U, beta": (
        jk.JKOnetStar(jk.MLP((4,)), FEATURES, jk.GaussianMixture(2, max_iter=20), training=jk.Adam(**STEPS)),
        2,
    ),
    "linear V, U": (
        jk.JKOnetStar(
            jk.Linear(2, radial=jk.Radial(grid=4), fourier=jk.Fourier(5), time_degree=1),
            FEATURES,
            jk.GaussianMixture("bic", max_components=2, max_iter=20),
            time_varying=True,
            training=jk.ClosedForm(1e-3),
            error_bars=jk.Bootstrap(3),
        ),
        2,
    ),
    "constant linear V": (
        jk.JKOnetStar(FEATURES, scheme="explicit", training=jk.ClosedForm("gcv"), error_bars="influence"),
        2,
    ),
    "no monomials": (jk.JKOnetStar(jk.Linear(0, radial="gaussian")), 2),
    "many coordinates": (jk.JKOnetStar(jk.Linear(1, radial=jk.Radial(centres=10)), coupling=jk.Sinkhorn(0.5)), 4),
    "unbalanced": (jk.JKOnetStar(jk.Linear(1, radial=None), coupling=jk.Unbalanced((2.0, 3.0), epsilon=0.5)), 2),
    "kernel by a rule": (jk.JKOnetStar(jk.Linear(1, radial=None), internal=jk.KernelDensity()), 2),
    "kernel of a width": (jk.JKOnetStar(jk.Linear(1, radial=None), internal=jk.KernelDensity(0.5)), 2),
}
#: A seed is for whatever is drawn at random, which here is nothing.
NOTHING_RANDOM = ["no monomials", "unbalanced", "kernel by a rule", "kernel of a width"]
#: A constant step size has a round along the rollout every 20 epochs, more than there are here.
NO_ROUND = ["constant steps"]

EXEMPT = {("random_state", place) for place in NOTHING_RANDOM} | {("rollout_weight", place) for place in NO_ROUND}


class Watched(jk.JKOnetStar):
    """A model that remembers what its fit has shown and written."""

    def _long_call(self, patience: float = 0.0) -> LongCall:
        call, path = super()._long_call(patience), getattr(self._meant("training"), "checkpoint", None)
        shown = call._line is not None

        class Line:
            @staticmethod
            def update(progress: Any) -> None:
                seen = vars(self).setdefault("seen", set())
                seen.add(shown)
                if isinstance(path, jk.Checkpoint):
                    with contextlib.suppress(FileNotFoundError), open(path.path, "rb") as file:
                        seen.add(file.read())

            @staticmethod
            def close() -> None:
                pass

        return LongCall(Line())


def observed(model: jk.JKOnetStar, d: int) -> dict[str, Any]:
    """Return everything that a fit of a copy does, twice in a row; raise what it refuses."""
    rng, sizes = np.random.default_rng(3), (30, 26, 31, 28)
    X = np.concatenate([0.8**k * rng.normal(size=(n, d)) + k * np.ones(d) for k, n in enumerate(sizes)])
    time = np.repeat([0.0, 0.1, 0.25, 0.3], sizes)
    watched = Watched(**clone(model).get_params(deep=False))
    said: dict[str, Any] = {}
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("always")
        try:
            watched.fit(X, time)
        except jk.ConvergenceError as error:
            return {"error": str(error)}
        said["predictions"] = watched.predict(X[: sizes[0]], steps=2, random_state=0)
        for name in ("potential_", "interaction_"):
            if hasattr(watched, name):
                term = getattr(watched, name)
                said[name] = term.gradient(X, 0.1) if name == "potential_" else term.gradient(X)
        for name in ("beta_", "history_", "coef_", "covariance_", "ridge_"):
            said[name] = getattr(watched, name, None)
        said["members"] = watched._energy.info.member_count
        # Checkpoints say which parameters they were made with: what counts is how many were written.
        said["seen"] = len(watched.seen), True in watched.seen
        try:
            said["again"] = watched.fit(X, time).history_
        except ValueError as error:
            said["again"] = str(error)
    said["warnings"] = sorted({warning.category.__name__ for warning in caught})
    return said


def differ(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if one.keys() != other.keys():
        return True
    return any(
        not np.array_equal(one[name], other[name])
        if isinstance(one[name], np.ndarray) and isinstance(other[name], np.ndarray)
        else isinstance(one[name], np.ndarray) != isinstance(other[name], np.ndarray) or one[name] != other[name]
        for name in one
    )


def owners(model: jk.JKOnetStar) -> dict[str, str]:
    """Return which class each deep parameter of a model belongs to."""
    return {
        path: type(model if "__" not in path else _at(model, path.rpartition("__")[0])).__name__
        for path in model.get_params()
    }


def _at(model: Any, path: str) -> Any:
    for name in path.split("__"):
        model = model._meant(name)
    return model


@pytest.mark.parametrize("place", PLACES)
def test_every_parameter_has_an_effect_or_cannot_be_written(place, tmp_path, monkeypatch):
    model, d = PLACES[place]
    count = 0

    def outcome(changed: jk.JKOnetStar) -> dict[str, Any]:
        nonlocal count
        count += 1
        folder = tmp_path / str(count)
        folder.mkdir()
        monkeypatch.chdir(folder)
        said = observed(changed, d)
        return {**said, "files": sorted(file.name for file in folder.iterdir())}

    plain, accepted = outcome(model), []
    for path, now in model.get_params().items():
        leaf, effects = path.rpartition("__")[2], []
        for value in CHANGES[leaf]:
            if value == now and type(value) is type(now):
                continue
            try:
                effects.append(differ(outcome(clone(model).set_params(**{path: value})), plain))
            except (ValueError, TypeError) as error:
                assert "\n" not in str(error) and leaf.partition("_")[0] in str(error), (path, value, str(error))
        if effects and not any(effects) and (path, place) not in EXEMPT:
            accepted.append(path)
    assert not accepted, f"accepted without effect: {accepted}"


def test_the_walk_covers_every_parameter_of_every_holder():
    walked = {
        (owner, path.rpartition("__")[2]) for model, _ in PLACES.values() for path, owner in owners(model).items()
    }
    holders = [jk.JKOnetStar, jk.MLP, jk.Linear, jk.Radial, jk.Fourier, jk.Adam, jk.LBFGS, jk.ClosedForm]
    holders += [jk.Validation, jk.Checkpoint, jk.ExactLastLayer, jk.Sinkhorn, jk.Unbalanced, jk.Bootstrap]
    holders += [jk.GaussianMixture, jk.KernelDensity]
    for holder in holders:
        for name in holder._defaults():
            assert (holder.__name__, name) in walked, (holder, name)


def test_exact_transport_takes_no_parameters_of_entropic_plans(refused):
    x = [[0.0], [1.0]]
    series = jk.Snapshots([0.0, 1.0, 1.0, 2.0], [0, 0, 1, 1])
    for name in ("epsilon", "marginal_relaxation", "tolerance", "max_iterations"):
        refused(ValueError, lambda n=name: jk.optimal_transport(x, x, **{n: 1}), name)
        refused(ValueError, lambda n=name: jk.transport_plans(series, **{n: 1}), name)
    refused(
        ValueError, lambda: jk.optimal_transport(x, x, method="sinkhorn", marginal_relaxation=1.0), "marginal_relax"
    )
