"""What a model has once it is fitted: the energy that it has learned, and what can be asked of it."""

from __future__ import annotations

from . import (
    _arrays,
    _attributes,
    closed_form,
    evaluation,
    interpolation,
    onnx_export,
    persistence,
    prediction,
    scoring,
)
from ._attributes import Attribute
from ._calls import LongCall
from ._energy import Energy
from ._errors import NotFittedError
from ._parameters import Parametrised
from ._progress_bar import display
from ._scikit_learn import TimeCourseEstimator
from .snapshots import Snapshots


class FittedModel(Parametrised, TimeCourseEstimator):
    """An estimator that keeps the energy that it has learned."""

    #: Whether long calls show a progress line.
    verbose: int

    def __init__(self) -> None:
        self._energy: Energy | None = None
        # That of the snapshots it was fitted to.
        self._origin: object = None

    # Each of these is documented where it is written.
    predict = prediction.predict
    interpolate = interpolation.interpolate_by_model
    evaluate, score = evaluation.evaluate, scoring.score
    energy = evaluation.energy
    partial_fit, observability = closed_form.partial_fit, closed_form.observability
    save, describe = persistence.save, persistence.describe
    export_onnx = onnx_export.export_onnx

    potential_ = Attribute(_attributes.potential)
    interaction_ = Attribute(_attributes.interaction)
    beta_, beta_std_ = Attribute(_attributes.beta), Attribute(_attributes.beta_std)
    growth_ = Attribute(_attributes.growth)
    time_varying_ = Attribute(_attributes.time_varying)
    scheme_ = Attribute(_attributes.scheme)
    history_, times_ = Attribute(_attributes.history), Attribute(_attributes.times)
    n_features_in_ = Attribute(_attributes.dimension)
    feature_names_in_ = Attribute(_attributes.feature_names)
    coef_, covariance_ = Attribute(_attributes.coefficients), Attribute(_attributes.covariance)
    ridge_, gcv_score_ = Attribute(_attributes.ridge), Attribute(_attributes.gcv_score)
    report_, folded_ = Attribute(_attributes.report), Attribute(_attributes.folded)
    handle = Attribute(_attributes.address)

    def _long_call(self, patience: float = 0.0) -> LongCall:
        verbose = _arrays.integer(self.verbose, "verbose", 0, 2**31 - 1)
        return LongCall(display(patience) if verbose else None)

    def _keep(self, energy: Energy, series: Snapshots) -> None:
        energy.names, energy.series, energy.time_labels = series.names, series, series._time_labels
        self._energy, self._origin = energy, series._origin

    def _fitted(self) -> Energy:
        if self._energy is None:
            raise NotFittedError("the model has not been fitted yet; call fit first, or jkonetstar.load")
        return self._energy
