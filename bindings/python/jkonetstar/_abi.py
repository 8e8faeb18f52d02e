"""The C headers in ctypes: every struct, constant and function of `include/jkonetstar/*.h`, and nothing else.

A test compiles the headers and compares sizes, offsets, values and argument counts with this file.
"""

from __future__ import annotations

import ctypes
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char_p,
    c_double,
    c_int,
    c_int32,
    c_int64,
    c_size_t,
    c_uint64,
    c_void_p,
)

#: The binary interface these declarations describe; compared with `jko_abi_version()`.
ABI_VERSION = 1

STATUS = {
    0: "JKO_OK",
    -1: "JKO_ENULL",
    -2: "JKO_EINVALID",
    -3: "JKO_ESHAPE",
    -4: "JKO_ENONFINITE",
    -5: "JKO_EPOPULATION",
    -6: "JKO_EIO",
    -7: "JKO_EFORMAT",
    -8: "JKO_ENOMEM",
    -9: "JKO_ECANCELLED",
    -10: "JKO_ENOTFITTED",
    -11: "JKO_ECONVERGENCE",
    -12: "JKO_EINTERNAL",
}
DTYPE = {"float64": 0, "float32": 1}
SPLIT = {"trajectories": 0, "times": 1}
METRIC = {"sqeuclidean": 0, "euclidean": 1}
PLAN_METHOD = {"exact": 0, "sinkhorn": 1, "unbalanced": 2}
DENSITY = {"mixture": 0, "kernel": 1}
COVARIANCE = {"full": 0, "diagonal": 1, "spherical": 2}
BANDWIDTH = {"scott": 0, "silverman": 1}
POTENTIAL = {"none": 0, "mlp": 1, "linear": 2}
INTERACTION = {"none": 0, "mlp": 1, "linear": 2}
SCHEDULE = {"constant": 0, "cosine": 1, "exponential": 2}
LAST_LAYER = {"trained": 0, "exact": 1}
VALIDATION = {"none": 0, "loss": 1, "emd": 2}
ACTIVATION = {"softplus": 0, "silu": 1, "tanh": 2}
RIDGE = {"fixed": 0, "cross_validated": 1}
ERROR_BARS = {"none": 0, "influence": 1, "bootstrap": 2}
RADIAL = {
    "gaussian": 0,
    "linear": 1,
    "thin_plate": 2,
    "cubic": 3,
    "quintic": 4,
    "multiquadric": 5,
    "inverse_multiquadric": 6,
    "inverse_quadratic": 7,
}
SCHEME = {"implicit": 0, "explicit": 1}
MAX_HIDDEN_LAYERS = 8
RIDGE_USUAL = -1.0


class Snapshots(Structure):
    """Opaque `jko_snapshots`."""


class Plan(Structure):
    """Opaque `jko_plan`."""


class Density(Structure):
    """Opaque `jko_density`."""


class Model(Structure):
    """Opaque `jko_model`."""


class NormalEquations(Structure):
    """Opaque `jko_normal_equations`."""


class Objective(Structure):
    """Opaque `jko_objective`."""


class Array(Structure):
    """`jko_array`: a strided view of a matrix; `owner` (Python only) keeps its memory alive."""

    _fields_ = [
        ("data", c_void_p),
        ("rows", c_int64),
        ("columns", c_int64),
        ("row_stride", c_int64),
        ("column_stride", c_int64),
        ("dtype", c_int32),
        ("reserved", c_int32),
    ]


class Progress(Structure):
    """`jko_progress`."""

    _fields_ = [
        ("stage", c_char_p),
        ("done", c_int64),
        ("total", c_int64),
        ("loss", c_double),
        ("seconds", c_double),
    ]


ProgressCallback = CFUNCTYPE(c_int, POINTER(Progress), c_void_p)
GradientCallback = CFUNCTYPE(c_int, POINTER(c_double), c_int64, c_int64, c_double, POINTER(c_double), c_void_p)
FeatureCallback = CFUNCTYPE(c_int, POINTER(c_double), c_int64, c_int64, POINTER(c_double), POINTER(c_double), c_void_p)


class LoadOptions(Structure):
    """`jko_load_options`."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("points", c_char_p),
        ("time", c_char_p),
        ("weights", c_char_p),
    ]


class PlanOptions(Structure):
    """`jko_plan_options`."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("metric", c_int32),
        ("method", c_int32),
        ("progress", ProgressCallback),
        ("user_data", c_void_p),
        ("epsilon", c_double),
        ("tolerance", c_double),
        ("max_iterations", c_int64),
        ("relaxation_x", c_double),
        ("relaxation_y", c_double),
    ]


class PlanInfo(Structure):
    """`jko_plan_info`."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("rows", c_int64),
        ("columns", c_int64),
        ("entries", c_int64),
        ("cost", c_double),
        ("dual_cost", c_double),
        ("gap", c_double),
        ("marginal_error", c_double),
        ("iterations", c_int64),
        ("method", c_int32),
        ("converged", c_int32),
        ("epsilon", c_double),
        ("objective", c_double),
        ("mass", c_double),
    ]


class DivergenceInfo(Structure):
    """`jko_divergence_info`."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("epsilon", c_double),
        ("marginal_error", c_double),
        ("iterations", c_int64),
        ("converged", c_int32),
        ("reserved", c_int32),
    ]


class DensityOptions(Structure):
    """`jko_density_options`."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("kind", c_int32),
        ("covariance", c_int32),
        ("components", c_int64),
        ("max_components", c_int64),
        ("restarts", c_int64),
        ("max_iterations", c_int64),
        ("tolerance", c_double),
        ("regularization", c_double),
        ("absolute_regularization", c_double),
        ("seed", c_uint64),
        ("start", POINTER(Density)),
        ("bandwidth_rule", c_int32),
        ("reserved", c_int32),
        ("bandwidth", c_double),
        ("progress", ProgressCallback),
        ("user_data", c_void_p),
    ]


class DensityInfo(Structure):
    """`jko_density_info`."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("kind", c_int32),
        ("covariance", c_int32),
        ("dimension", c_int64),
        ("components", c_int64),
        ("log_likelihood", c_double),
        ("bic", c_double),
        ("iterations", c_int64),
        ("converged", c_int32),
        ("reserved", c_int32),
        ("bandwidth", c_double),
    ]


class FeatureOptions(Structure):
    """`jko_feature_options`."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("polynomial_degree", c_int32),
        ("polynomial_total", c_int32),
        ("trigonometric", c_int32),
        ("radial", c_int32),
        ("radial_grid", c_int32),
        ("radial_centers", c_int32),
        ("radial_width", c_double),
        ("fourier_features", c_int32),
        ("time_degree", c_int32),
        ("fourier_scale", c_double),
        ("callback", FeatureCallback),
        ("callback_user_data", c_void_p),
        ("callback_count", c_int64),
        ("fourier_coordinates", c_int64),
    ]


class ModelOptions(Structure):
    """`jko_model_options`."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("potential", c_int32),
        ("interaction", c_int32),
        ("internal", c_int32),
        ("scheme", c_int32),
        ("time_varying", c_int32),
        ("hidden_count", c_int32),
        ("hidden", c_int32 * MAX_HIDDEN_LAYERS),
        ("potential_features", FeatureOptions),
        ("interaction_features", FeatureOptions),
        ("density", DensityOptions),
        ("activation", c_int32),
        ("interaction_hidden_count", c_int32),
        ("interaction_hidden", c_int32 * MAX_HIDDEN_LAYERS),
    ]


class FitOptions(Structure):
    """`jko_fit_options`."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("epochs", c_int64),
        ("batch_size", c_int64),
        ("learning_rate", c_double),
        ("clip_norm", c_double),
        ("ridge", c_double),
        ("precision", c_int32),
        ("reserved", c_int32),
        ("seed", c_uint64),
        ("progress", ProgressCallback),
        ("user_data", c_void_p),
        ("coupling", c_int32),
        ("reserved2", c_int32),
        ("epsilon", c_double),
        ("plan_tolerance", c_double),
        ("plan_max_iterations", c_int64),
        ("relaxation_x", c_double),
        ("relaxation_y", c_double),
        ("ridge_method", c_int32),
        ("error_bars", c_int32),
        ("bootstrap_samples", c_int64),
        ("interaction_samples", c_int64),
        ("schedule", c_int32),
        ("last_layer", c_int32),
        ("final_rate", c_double),
        ("last_layer_every", c_int64),
        ("validation", c_int32),
        ("resume", c_int32),
        ("validation_fraction", c_double),
        ("validation_every", c_int64),
        ("patience", c_int64),
        ("checkpoint", c_char_p),
        ("checkpoint_every", c_int64),
    ]


class ModelInfo(Structure):
    """`jko_model_info`."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("fitted", c_int32),
        ("potential", c_int32),
        ("scheme", c_int32),
        ("time_varying", c_int32),
        ("interaction", c_int32),
        ("internal", c_int32),
        ("dimension", c_int64),
        ("time_count", c_int64),
        ("parameter_count", c_int64),
        ("history_count", c_int64),
    ]


class NormalEquationsInfo(Structure):
    """`jko_normal_equations_info`."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("count", c_int64),
        ("transitions", c_double),
        ("equations", c_double),
        ("constant", c_double),
        ("scatter", c_double),
    ]


class SimulationOptions(Structure):
    """`jko_simulation_options`."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("potential", c_char_p),
        ("potential_gradient", GradientCallback),
        ("potential_user_data", c_void_p),
        ("potential_model", POINTER(Model)),
        ("interaction", c_char_p),
        ("interaction_gradient", GradientCallback),
        ("interaction_user_data", c_void_p),
        ("beta", c_double),
        ("dt", c_double),
        ("t0", c_double),
        ("steps", c_int64),
        ("seed", c_uint64),
        ("progress", ProgressCallback),
        ("progress_user_data", c_void_p),
        ("interaction_model", POINTER(Model)),
    ]


class RolloutOptions(Structure):
    """`jko_rollout_options`."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("tolerance", c_double),
        ("max_iterations", c_int64),
        ("seed", c_uint64),
        ("progress", ProgressCallback),
        ("user_data", c_void_p),
    ]


class RolloutInfo(Structure):
    """`jko_rollout_info`."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("unconverged", c_int64),
        ("max_residual", c_double),
        ("iterations", c_int64),
    ]


class EvaluationOptions(Structure):
    """`jko_evaluation_options`."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("seed", c_uint64),
        ("progress", ProgressCallback),
        ("user_data", c_void_p),
    ]


def declare(library: ctypes.CDLL) -> None:
    """Set `argtypes` and `restype` of every function of the headers."""
    for result, functions in _prototypes().items():
        for name, arguments in functions.items():
            function = getattr(library, name)
            function.restype = result
            function.argtypes = arguments


def _prototypes() -> dict:
    array, snapshots, plan, model = POINTER(Array), POINTER(Snapshots), POINTER(Plan), POINTER(Model)
    equations, objective = POINTER(NormalEquations), POINTER(Objective)
    out_snapshots, out_plan, out_model = POINTER(snapshots), POINTER(plan), POINTER(model)
    density = POINTER(Density)
    status = {
        "jko_set_num_threads": [c_int32],
        "jko_set_progress": [ProgressCallback, c_void_p],
        "jko_npy_write": [c_char_p, array],
        "jko_snapshots_create_empty": [c_int64, out_snapshots],
        "jko_snapshots_create": [array, array, array, out_snapshots],
        "jko_snapshots_load": [c_char_p, POINTER(LoadOptions), out_snapshots],
        "jko_snapshots_save": [snapshots, c_char_p],
        "jko_snapshots_append": [snapshots, array, c_double, array],
        "jko_snapshots_split": [snapshots, c_int32, c_double, c_uint64, out_snapshots, out_snapshots],
        "jko_snapshots_shuffle": [snapshots, c_uint64, out_snapshots],
        "jko_snapshots_points": [snapshots, c_int64, array],
        "jko_snapshots_weights": [snapshots, c_int64, array],
        "jko_plan_compute": [array, array, array, array, POINTER(PlanOptions), out_plan],
        "jko_snapshots_plans": [snapshots, POINTER(PlanOptions), out_plan, c_int64],
        "jko_plan_describe": [plan, POINTER(PlanInfo)],
        "jko_plan_entries": [plan, POINTER(c_int64), POINTER(c_int64), POINTER(c_double)],
        "jko_plan_sparse": [
            plan,
            c_double,
            c_int64,
            POINTER(c_int64),
            POINTER(c_int64),
            POINTER(c_double),
            POINTER(c_int64),
        ],
        "jko_plan_masses": [plan, POINTER(c_double), POINTER(c_double)],
        "jko_plan_barycenters": [plan, array, array],
        "jko_sinkhorn_divergence": [
            array,
            array,
            array,
            array,
            POINTER(PlanOptions),
            POINTER(c_double),
            POINTER(DivergenceInfo),
        ],
        "jko_plan_duals": [plan, POINTER(c_double), POINTER(c_double)],
        "jko_emd": [array, array, array, array, c_int32, POINTER(PlanOptions), POINTER(c_double)],
        "jko_density_create": [array, array, POINTER(DensityOptions), POINTER(density)],
        "jko_density_from_mixture": [array, array, array, c_int32, POINTER(density)],
        "jko_density_describe": [density, POINTER(DensityInfo)],
        "jko_density_log": [density, array, array],
        "jko_density_score": [density, array, array],
        "jko_density_weights": [density, array],
        "jko_density_means": [density, array],
        "jko_density_covariances": [density, array],
        "jko_functional_value": [c_char_p, array, array],
        "jko_functional_gradient": [c_char_p, array, array],
        "jko_model_create": [POINTER(ModelOptions), out_model],
        "jko_model_fit": [model, snapshots, POINTER(FitOptions)],
        "jko_model_describe": [model, POINTER(ModelInfo)],
        "jko_model_describe_json": [model, c_char_p, c_size_t, POINTER(c_size_t)],
        "jko_model_times": [model, array],
        "jko_model_history": [model, array],
        "jko_model_potential": [model, array, c_double, array],
        "jko_model_potential_gradient": [model, array, c_double, array],
        "jko_model_interaction": [model, array, array],
        "jko_model_interaction_gradient": [model, array, array],
        "jko_model_beta": [model, POINTER(c_double)],
        "jko_model_energy": [model, array, array, c_double, POINTER(c_double)],
        "jko_model_coefficients": [model, array],
        "jko_model_covariance": [model, array],
        "jko_model_ridge": [model, POINTER(c_double), POINTER(c_double)],
        "jko_model_identified": [model, POINTER(c_int32)],
        "jko_model_potential_error": [model, array, c_double, array],
        "jko_model_potential_gradient_error": [model, array, c_double, array],
        "jko_model_interaction_error": [model, array, array],
        "jko_model_interaction_gradient_error": [model, array, array],
        "jko_model_beta_error": [model, POINTER(c_double)],
        "jko_model_observability": [model, c_char_p, c_size_t, POINTER(c_size_t)],
        "jko_normal_equations_create": [model, POINTER(equations)],
        "jko_normal_equations_accumulate": [equations, snapshots, POINTER(FitOptions)],
        "jko_normal_equations_merge": [equations, equations],
        "jko_normal_equations_merge_model": [equations, model],
        "jko_normal_equations_describe": [equations, POINTER(NormalEquationsInfo)],
        "jko_normal_equations_export": [equations, array, array],
        "jko_normal_equations_import": [equations, array, array, POINTER(NormalEquationsInfo)],
        "jko_normal_equations_solve": [equations, POINTER(FitOptions), out_model],
        "jko_objective_create": [model, snapshots, POINTER(FitOptions), POINTER(objective)],
        "jko_objective_initial_parameters": [objective, array],
        "jko_objective_value_and_gradient": [objective, array, POINTER(c_double), array],
        "jko_objective_model": [objective, array, array, out_model],
        "jko_model_save": [model, c_char_p],
        "jko_model_load": [c_char_p, out_model],
        "jko_simulate": [array, POINTER(SimulationOptions), array],
        "jko_model_rollout_times": [model, c_double, c_int64, array],
        "jko_model_rollout": [model, array, array, POINTER(RolloutOptions), array, POINTER(RolloutInfo)],
        "jko_model_evaluate": [model, snapshots, POINTER(EvaluationOptions), array, array, array, POINTER(RolloutInfo)],
        "jko_load_options_init": [POINTER(LoadOptions), c_size_t],
        "jko_plan_options_init": [POINTER(PlanOptions), c_size_t],
        "jko_density_options_init": [POINTER(DensityOptions), c_size_t],
        "jko_feature_options_init": [POINTER(FeatureOptions), c_size_t],
        "jko_model_options_init": [POINTER(ModelOptions), c_size_t],
        "jko_fit_options_init": [POINTER(FitOptions), c_size_t],
        "jko_simulation_options_init": [POINTER(SimulationOptions), c_size_t],
        "jko_rollout_options_init": [POINTER(RolloutOptions), c_size_t],
        "jko_evaluation_options_init": [POINTER(EvaluationOptions), c_size_t],
    }
    nothing = {
        "jko_snapshots_destroy": [snapshots],
        "jko_plan_destroy": [plan],
        "jko_density_destroy": [density],
        "jko_model_destroy": [model],
        "jko_normal_equations_destroy": [equations],
        "jko_objective_destroy": [objective],
    }
    text = {
        "jko_last_error": [],
        "jko_status_name": [c_int32],
        "jko_version": [],
        "jko_build_info": [],
        "jko_functional_name": [c_int32],
    }
    small = {"jko_abi_version": [], "jko_num_threads": [], "jko_functional_count": []}
    large = {
        "jko_objective_parameter_count": [objective],
        "jko_snapshots_count": [snapshots],
        "jko_snapshots_dimension": [snapshots],
        "jko_snapshots_size": [snapshots, c_int64],
    }
    real = {"jko_snapshots_time": [snapshots, c_int64]}
    return {c_int32: {**status, **small}, None: nothing, c_char_p: text, c_int64: large, c_double: real}
