"""What there is to warn of in a fit, with remedies that suit its cause."""

from __future__ import annotations

from ._advice import advise
from ._specification import Specification
from .report import FitReport
from .snapshots import Snapshots
from .training import LBFGS, Adam

#: A step size of Adam above this is likely to be the reason of a bad fit.
_LARGE_RATE = 0.02
#: Where more of the particles than this fold, a step goes too far for any energy.
_MANY_FOLDS = 0.5
#: With fewer epochs, or iterations of L-BFGS, training has hardly begun.
_FEW_EPOCHS, _FEW_ITERATIONS = 50, 20


def advise_on_fit(report: FitReport, found: Specification, series: Snapshots) -> None:
    """Warn of an energy that predicts its own snapshots worse than "nothing moves", or whose training diverged."""
    if report.worse:
        advise(
            f"the fitted model predicts its own training snapshots worse than if nothing moved: one step ahead W1 is "
            f"{report.one_step:.3g}, and {report.nothing_moves:.3g} if nothing moves",
            remedies(report, found, series),
            "worse-than-nothing",
        )
    if report.diverged:
        advise(
            f"the objective ended at {report.final_loss:.3g}, and moving nothing would make it about "
            f"{report.nothing_moves**2:.3g}: training has diverged",
            _steadier(found),
            "diverged-training",
        )


def remedies(report: FitReport, found: Specification, series: Snapshots) -> list[str]:
    """Return what helps against predictions that are worse than none, the most promising first."""
    trained, others = _of_training(report, found), _of_model(report, found, len(series))
    if any(remedy.startswith("more") for remedy in trained):
        others = [remedy for remedy in others if not remedy.startswith("fewer")]
    return [*_of_data(series), *trained, *others, "a smaller network (hidden)"]


def _of_data(series: Snapshots) -> list[str]:
    return ["time_tolerance= to merge snapshots of a single particle"] if min(series.sizes) == 1 else []


def _of_training(report: FitReport, found: Specification) -> list[str]:
    """Return what helps if training went wrong or stopped too early."""
    training = found.training
    if isinstance(training, Adam):
        if training.learning_rate > _LARGE_RATE:
            return [f"a learning_rate below {training.learning_rate:g}"]
        epochs = training.epochs
        if epochs is not None and (epochs < _FEW_EPOCHS or report.unfinished):
            return [f"more epochs than {epochs}"]
    if isinstance(training, LBFGS) and training._iterations() < _FEW_ITERATIONS:
        return [f"more iterations than {training._iterations()} (max_iter)"]
    return []


def _of_model(report: FitReport, found: Specification, snapshots: int) -> list[str]:
    """Return what helps if the energy follows noise, or cannot follow the motion."""
    helps = []
    if found.scheme == "implicit":
        helps.append('scheme="explicit"')
    elif report.folded > _MANY_FOLDS:
        helps.append("snapshots closer in time, as one step goes too far")
    if found.potential is not None and not found.time_varying and snapshots > 2:
        helps.append("time_varying=True")
    if not found.networks:
        return [*helps, "a larger ridge (ClosedForm)", "a lower polynomial_degree (Linear)"]
    if not isinstance(found.training, Adam):
        return [*helps, "fewer iterations (max_iter)"]
    if found.training.validation is None:
        helps.append('training=Adam(validation="emd")')
    return [*helps, "fewer epochs"]


def _steadier(found: Specification) -> list[str]:
    """Return what keeps training from diverging."""
    if not isinstance(found.training, Adam):
        return ["fewer iterations (max_iter)", 'training="adam"']
    helps = [f"a learning_rate below {found.training.learning_rate:g}"]
    if found.training.schedule == "constant":
        helps.append('schedule="cosine"')
    if found.training.interaction_samples is not None:
        helps.append("more interaction_samples")
    return [*helps, "a smaller clip_norm"]
