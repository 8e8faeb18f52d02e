"""Learn the energy that drives a population from unpaired snapshots, and predict where it goes.

>>> import numpy as np
>>> import jkonetstar as jk
>>> x0 = np.random.default_rng(0).uniform(-3, 3, size=(200, 2))
>>> x = jk.simulate(x0, potential="styblinski_tang", dt=0.01, steps=1)
>>> model = jk.JKOnetStar(potential="linear").fit(x.reshape(-1, 2), time=np.repeat([0.0, 0.01], 200))
>>> model.predict(x[0], steps=2).shape
(3, 200, 2)

The method is JKOnet*: A. Terpin, N. Lanzetti, M. Gadea, F. Doerfler, "Learning diffusion at lightspeed",
NeurIPS 2024, arXiv:2406.12616.
"""

from typing import TYPE_CHECKING

from . import plot
from ._errors import (
    AbsentError,
    CancelledError,
    ConvergenceError,
    ConvergenceWarning,
    DataNotice,
    DataWarning,
    Error,
    ExtrapolationWarning,
    FileError,
    FormatError,
    IdentifiabilityWarning,
    InputError,
    InternalError,
    NotFittedError,
    OmittedColumnsWarning,
    OutOfMemoryError,
)
from .coupling import Sinkhorn, Unbalanced
from .distances import emd, energy_distance, sinkhorn_divergence
from .dynamics import simulate
from .energies import MLP, Fourier, Linear, Radial
from .entropic_plan import EntropicPlan
from .equations import NormalEquations
from .error_bars import Bootstrap
from .evaluation import Evaluation
from .flow import WassersteinFlow
from .functionals import Functional, functionals
from .gaussian_mixture import GaussianMixture
from .growth import Growth
from .growth_rates import GrowthRates
from .interpolation import InterpolationReport, interpolate
from .kernel_density import KernelDensity
from .learned import LearnedInteraction, LearnedPotential
from .leaving_out import LeftOutTimes, Scores, leave_one_time_out
from .loading import load
from .model import JKOnetStar
from .objective import Objective
from .observability import Observability
from .report import FitReport
from .runtime import build_info, get_num_threads, set_num_threads, version
from .sampling import Sample, sample
from .snapshots import Snapshot, Snapshots
from .splitting import LeaveOneTimeOut
from .training import LBFGS, Adam, ClosedForm
from .training_parts import Checkpoint, ExactLastLayer, Validation
from .transport import optimal_transport, transport_plans
from .transport_plan import TransportPlan

if TYPE_CHECKING:
    from . import sc

__version__ = "0.1.0"

__all__ = [
    "AbsentError",
    "Adam",
    "Bootstrap",
    "CancelledError",
    "Checkpoint",
    "ClosedForm",
    "ConvergenceError",
    "ConvergenceWarning",
    "DataNotice",
    "DataWarning",
    "EntropicPlan",
    "Error",
    "Evaluation",
    "ExactLastLayer",
    "ExtrapolationWarning",
    "FileError",
    "FitReport",
    "FormatError",
    "Fourier",
    "Functional",
    "GaussianMixture",
    "Growth",
    "GrowthRates",
    "IdentifiabilityWarning",
    "InputError",
    "InternalError",
    "InterpolationReport",
    "JKOnetStar",
    "KernelDensity",
    "LBFGS",
    "LearnedInteraction",
    "LearnedPotential",
    "LeaveOneTimeOut",
    "LeftOutTimes",
    "Linear",
    "MLP",
    "NormalEquations",
    "NotFittedError",
    "Objective",
    "Observability",
    "OmittedColumnsWarning",
    "OutOfMemoryError",
    "Radial",
    "Sample",
    "Scores",
    "Sinkhorn",
    "Snapshot",
    "Snapshots",
    "TransportPlan",
    "Unbalanced",
    "Validation",
    "WassersteinFlow",
    "build_info",
    "emd",
    "energy_distance",
    "functionals",
    "get_num_threads",
    "interpolate",
    "leave_one_time_out",
    "load",
    "optimal_transport",
    "plot",
    "sample",
    "sc",
    "set_num_threads",
    "simulate",
    "sinkhorn_divergence",
    "transport_plans",
    "version",
]


if not TYPE_CHECKING:
    # Type checkers know the names above, and would accept any name if they saw this function.

    def __getattr__(name):
        """Import the part for AnnData objects when it is first asked for: most programs do without."""
        if name == "sc":
            import importlib

            return importlib.import_module(".sc", __name__)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
