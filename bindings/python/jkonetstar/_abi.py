"""The C headers in ctypes: every constant, struct and function of `include/jkonetstar/*.h`.

`make declarations` writes this file from the headers; change them instead.
"""

from __future__ import annotations

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
from typing import Any

#: `JKO_ABI_VERSION`: Version of the binary interface that these headers describe.
ABI_VERSION = 1
#: `JKO_TIME_TOLERANCE_USUAL`: The time tolerance that joins what differs by rounding only; see jko_snapshots_create().
TIME_TOLERANCE_USUAL = -1.0
#: `JKO_MAX_HIDDEN_LAYERS`: The largest number of hidden layers.
MAX_HIDDEN_LAYERS = 8
#: `JKO_TIME_VARYING_BY_DATA`: A fit decides by held-out particles whether V varies in time: a fifth of each ...
TIME_VARYING_BY_DATA = -1
#: `JKO_RIDGE_USUAL`: The ridge that a linear fit takes by itself: 1e-6, with two exceptions.
RIDGE_USUAL = -1.0
#: `JKO_ROLLOUT_USUAL`: The rollout weight that a fit takes by itself: 0.25 where V alone is learned, as a network, ...
ROLLOUT_USUAL = -1.0
#: `JKO_GRADIENT_CHOSEN`: The observed times choose whether velocities are gradients.
GRADIENT_CHOSEN = -1
#: `jko_status`: Outcome of a call: 0 is success, every failure is negative.
STATUS = {
    "ok": 0,
    "enull": -1,
    "einvalid": -2,
    "eshape": -3,
    "enonfinite": -4,
    "epopulation": -5,
    "eio": -6,
    "eformat": -7,
    "enomem": -8,
    "ecancelled": -9,
    "enotfitted": -10,
    "econvergence": -11,
    "einternal": -12,
}
#: `jko_dtype`: Element type of an array.
DTYPE = {"float64": 0, "float32": 1}
#: `jko_split`: How a series is divided into a training and a test part.
SPLIT = {"trajectories": 0, "within_times": 1}
#: `jko_metric`: The cost c(x, y) of moving a unit of mass.
METRIC = {"sqeuclidean": 0, "euclidean": 1}
#: `jko_plan_method`: How the plan is found.
PLAN_METHOD = {"exact": 0, "sinkhorn": 1, "unbalanced": 2}
#: `jko_density_kind`: What a density is made of.
DENSITY_KIND = {"mixture": 0, "kernel": 1}
#: `jko_covariance`: Shape of the components' or the kernel's covariance.
COVARIANCE = {"full": 0, "diagonal": 1, "spherical": 2}
#: `jko_bandwidth`: How wide the kernel is; n is the effective number of particles, 1 / sum w_i^2.
BANDWIDTH = {"scott": 0, "silverman": 1}
#: `jko_radial`: A function of the distance r to a centre, in units of the width w.
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
#: `jko_parametrisation`: How the potential V, or the interaction U, is parametrised.
PARAMETRISATION = {"none": 0, "network": 1, "linear": 2}
#: `jko_scheme`: Where the first-order condition is evaluated, in fitting and in prediction alike.
SCHEME = {"usual": -1, "implicit": 0, "explicit": 1, "midpoint": 2}
#: `jko_activation`: What the hidden layers of a network do to their inputs a.
ACTIVATION = {"softplus": 0, "silu": 1, "tanh": 2}
#: `jko_schedule`: How Adam's step size changes over the epochs.
SCHEDULE = {"constant": 0, "cosine": 1, "exponential": 2}
#: `jko_last_layer`: What is done with parameters that enter the objective linearly: the output layers of networks, ...
LAST_LAYER = {"trained": 0, "exact": 1}
#: `jko_validation`: By what the best epoch is chosen.
VALIDATION = {"none": 0, "loss": 1, "emd": 2}
#: `jko_ridge_method`: How the ridge of a linear fit is chosen.
RIDGE_METHOD = {"fixed": 0, "cross_validated": 1}
#: `jko_error_bars`: Where the error bars of a fit come from.
ERROR_BARS = {"none": 0, "influence": 1, "bootstrap": 2}
#: `jko_noise`: What is added to the drift of predicted particles.
NOISE = {"beta": 0, "residual": 1, "none": 2}
#: `jko_flow_scheme`: How a step of time is made of proximal steps.
FLOW_SCHEME = {"jko": 0, "sdirk2": 1, "bdf2": 2, "midpoint": 3}
#: `jko_flow_method`: What moves the particles of a flow.
FLOW_METHOD = {"features": 0, "network": 1, "particles": 2}
#: `jko_interpolation_method`: How a population between two observed ones is found.
INTERPOLATION_METHOD = {"auto": 0, "straight": 1, "flow": 2}


class Snapshots(Structure):
    """`jko_snapshots`: A series of snapshots; release with jko_snapshots_destroy()."""


class Plan(Structure):
    """`jko_plan`: A transport plan, read-only; release with jko_plan_destroy()."""


class Density(Structure):
    """`jko_density`: A density over d coordinates, read-only; release with jko_density_destroy()."""


class Model(Structure):
    """`jko_model`: An energy, to be fitted or fitted; release with jko_model_destroy()."""


class Growth(Structure):
    """`jko_growth`: Growth rates as a function of place and time, read-only; release with jko_growth_destroy()."""


class NormalEquations(Structure):
    """`jko_normal_equations`: Sums A and r over transitions, over the features of one model; release with ..."""


class Objective(Structure):
    """`jko_objective`: The objective of an energy with networks over snapshots; release with ..."""


class Flow(Structure):
    """`jko_flow`: A flow, read-only; release with jko_flow_destroy()."""


class Array(Structure):
    """`jko_array`: A strided view of a matrix that the caller owns."""

    _fields_ = [
        ("data", c_void_p),
        ("rows", c_int64),
        ("columns", c_int64),
        ("row_stride", c_int64),
        ("column_stride", c_int64),
        ("dtype", c_int32),
    ]


class Progress(Structure):
    """`jko_progress`: Where a long call stands; passed to a jko_progress_callback."""

    _fields_ = [
        ("stage", c_char_p),
        ("done", c_int64),
        ("total", c_int64),
        ("loss", c_double),
        ("seconds", c_double),
    ]


#: `jko_progress_callback`: Called between units of long work, and about ten times a second within them, always on ...
ProgressCallback = CFUNCTYPE(c_int, POINTER(Progress), c_void_p)


class SnapshotsInfo(Structure):
    """`jko_snapshots_info`: What is unusual about a series as data to learn from."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("single_particles", c_int64),
        ("scale_ratio", c_double),
        ("widest", c_int64),
        ("narrowest", c_int64),
        ("shortest_gap", c_double),
        ("median_gap", c_double),
        ("shortest_gap_index", c_int64),
    ]


class LoadOptions(Structure):
    """`jko_load_options`: What to read from a file; see jko_snapshots_load()."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("points", c_char_p),
        ("time", c_char_p),
        ("weights", c_char_p),
        ("time_tolerance", c_double),
    ]


class PlanOptions(Structure):
    """`jko_plan_options`: How to compute a plan."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("metric", c_int32),
        ("method", c_int32),
        ("progress", ProgressCallback),
        ("progress_user_data", c_void_p),
        ("epsilon", c_double),
        ("tolerance", c_double),
        ("max_iterations", c_int64),
        ("relaxation_x", c_double),
        ("relaxation_y", c_double),
    ]


class PlanInfo(Structure):
    """`jko_plan_info`: What is known of a plan."""

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
    """`jko_divergence_info`: How a divergence was computed."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("epsilon", c_double),
        ("marginal_error", c_double),
        ("iterations", c_int64),
        ("converged", c_int32),
    ]


class DensityOptions(Structure):
    """`jko_density_options`: How to estimate a density."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("kind", c_int32),
        ("covariance", c_int32),
        ("components", c_int64),
        ("max_components", c_int64),
        ("restarts", c_int64),
        ("max_iterations", c_int64),
        ("tolerance", c_double),
        ("regularisation", c_double),
        ("absolute_regularisation", c_double),
        ("seed", c_uint64),
        ("start", POINTER(Density)),
        ("bandwidth_rule", c_int32),
        ("bandwidth", c_double),
        ("progress", ProgressCallback),
        ("progress_user_data", c_void_p),
    ]


class DensityInfo(Structure):
    """`jko_density_info`: What is known of a density."""

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
        ("bandwidth", c_double),
    ]


#: `jko_feature_callback`: The host's own features phi_f(x), f < count, at n points of d coordinates.
FeatureCallback = CFUNCTYPE(c_int, POINTER(c_double), c_int64, c_int64, POINTER(c_double), POINTER(c_double), c_void_p)


class FeatureOptions(Structure):
    """`jko_feature_options`: Which features a linear energy has."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("polynomial_degree", c_int32),
        ("polynomial_total", c_int32),
        ("trigonometric", c_int32),
        ("radial", c_int32),
        ("radial_grid", c_int32),
        ("radial_centres", c_int32),
        ("radial_width", c_double),
        ("fourier_features", c_int32),
        ("time_degree", c_int32),
        ("fourier_scale", c_double),
        ("callback", FeatureCallback),
        ("callback_user_data", c_void_p),
        ("callback_count", c_int64),
        ("fourier_coordinates", c_int64),
    ]


class NetworkOptions(Structure):
    """`jko_network_options`: A network."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("hidden_count", c_int32),
        ("activation", c_int32),
        ("hidden", c_int32 * 8),
    ]


class ModelOptions(Structure):
    """`jko_model_options`: What a model is."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("potential", c_int32),
        ("time_varying", c_int32),
        ("potential_network", POINTER(NetworkOptions)),
        ("potential_features", POINTER(FeatureOptions)),
        ("interaction", c_int32),
        ("internal", c_int32),
        ("interaction_network", POINTER(NetworkOptions)),
        ("interaction_features", POINTER(FeatureOptions)),
        ("density", POINTER(DensityOptions)),
        ("scheme", c_int32),
    ]


class ModelInfo(Structure):
    """`jko_model_info`: What is known of a model."""

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
        ("member_count", c_int64),
        ("growth", c_int32),
    ]


class TrainingOptions(Structure):
    """`jko_training_options`: How networks are trained."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("epochs", c_int64),
        ("batch_size", c_int64),
        ("learning_rate", c_double),
        ("final_rate", c_double),
        ("clip_norm", c_double),
        ("schedule", c_int32),
        ("precision", c_int32),
        ("interaction_samples", c_int64),
        ("last_layer_every", c_int64),
        ("last_layer", c_int32),
        ("validation", c_int32),
        ("validation_fraction", c_double),
        ("validation_every", c_int64),
        ("patience", c_int64),
        ("checkpoint", c_char_p),
        ("checkpoint_every", c_int64),
        ("resume", c_int64),
    ]


class GrowthOptions(Structure):
    """`jko_growth_options`: How growth is learned."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("total_mass", POINTER(Array)),
        ("prior", POINTER(Array)),
        ("relaxation", c_double),
        ("ridge", c_double),
        ("rounds", c_int32),
        ("bootstrap", c_int32),
        ("length_scale", c_double),
        ("time_scale", c_double),
        ("particles", c_int64),
        ("seed", c_uint64),
        ("progress", ProgressCallback),
        ("progress_user_data", c_void_p),
    ]


class FitOptions(Structure):
    """`jko_fit_options`: How a model is fitted."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("seed", c_uint64),
        ("progress", ProgressCallback),
        ("progress_user_data", c_void_p),
        ("transport", POINTER(PlanOptions)),
        ("training", POINTER(TrainingOptions)),
        ("ridge", c_double),
        ("ridge_method", c_int32),
        ("error_bars", c_int32),
        ("bootstrap_samples", c_int64),
        ("rollout_weight", c_double),
        ("rollout_rounds", c_int64),
        ("bias_samples", c_int64),
        ("growth", POINTER(Growth)),
    ]


class NormalEquationsInfo(Structure):
    """`jko_normal_equations_info`: Normal equations without A and r: their size, and the sums that do not depend ..."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("count", c_int64),
        ("transitions", c_double),
        ("equations", c_double),
        ("constant", c_double),
        ("scatter", c_double),
    ]


#: `jko_gradient_callback`: A gradient supplied by the caller.
GradientCallback = CFUNCTYPE(c_int, POINTER(c_double), c_int64, c_int64, c_double, POINTER(c_double), c_void_p)


class SimulationOptions(Structure):
    """`jko_simulation_options`: What drives a simulation."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("potential", c_char_p),
        ("potential_gradient", GradientCallback),
        ("potential_gradient_user_data", c_void_p),
        ("potential_model", POINTER(Model)),
        ("interaction", c_char_p),
        ("interaction_gradient", GradientCallback),
        ("interaction_gradient_user_data", c_void_p),
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
    """`jko_rollout_options`: How implicit steps are solved."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("tolerance", c_double),
        ("max_iterations", c_int64),
        ("seed", c_uint64),
        ("progress", ProgressCallback),
        ("progress_user_data", c_void_p),
        ("substeps", c_int64),
        ("noise", c_int32),
    ]


class RolloutInfo(Structure):
    """`jko_rollout_info`: How a rollout went."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("unconverged", c_int64),
        ("max_residual", c_double),
        ("iterations", c_int64),
        ("outside", c_int64),
        ("farthest", c_double),
    ]


#: `jko_energy_callback`: V, or U as a function of the difference, supplied by the caller.
EnergyCallback = CFUNCTYPE(
    c_int, POINTER(c_double), c_int64, c_int64, c_double, POINTER(c_double), POINTER(c_double), c_void_p
)


class FlowOptions(Structure):
    """`jko_flow_options`: The energy, and how its flow is computed."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("potential", c_char_p),
        ("potential_callback", EnergyCallback),
        ("potential_callback_user_data", c_void_p),
        ("potential_model", POINTER(Model)),
        ("interaction", c_char_p),
        ("interaction_callback", EnergyCallback),
        ("interaction_callback_user_data", c_void_p),
        ("interaction_model", POINTER(Model)),
        ("beta", c_double),
        ("exponent", c_double),
        ("scheme", c_int32),
        ("step", c_double),
        ("steps", c_int64),
        ("t0", c_double),
        ("components", c_int64),
        ("bumps", c_int64),
        ("neighbour", c_int64),
        ("particles", c_int64),
        ("seed", c_uint64),
        ("progress", ProgressCallback),
        ("progress_user_data", c_void_p),
        ("method", c_int32),
        ("hidden_count", c_int32),
        ("hidden", c_int32 * 8),
        ("rank", c_int64),
        ("iterations", c_int64),
        ("batch_size", c_int64),
        ("learning_rate", c_double),
        ("checkpoint", c_char_p),
        ("resume", c_int64),
    ]


class SampleOptions(Structure):
    """`jko_sample_options`: What is drawn from, and how."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("potential", c_char_p),
        ("potential_callback", EnergyCallback),
        ("potential_callback_user_data", c_void_p),
        ("potential_model", POINTER(Model)),
        ("beta", c_double),
        ("draws", c_int64),
        ("warmup", c_int64),
        ("step", c_double),
        ("adjusted", c_int32),
        ("seed", c_uint64),
        ("progress", ProgressCallback),
        ("progress_user_data", c_void_p),
    ]


class SampleInfo(Structure):
    """`jko_sample_info`: How sampling went."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("acceptance", c_double),
        ("step", c_double),
        ("effective_sizes", POINTER(Array)),
        ("r_hats", POINTER(Array)),
    ]


class InterpolationOptions(Structure):
    """`jko_interpolation_options`: How to interpolate."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("method", c_int32),
        ("rounds", c_int32),
        ("gradient", c_int32),
        ("ridge", c_double),
        ("relaxation", c_double),
        ("length_scale", c_double),
        ("time_scale", c_double),
        ("particles", c_int64),
        ("seed", c_uint64),
        ("progress", ProgressCallback),
        ("progress_user_data", c_void_p),
        ("model", POINTER(Model)),
        ("growth", POINTER(Growth)),
    ]


class InterpolationReport(Structure):
    """`jko_interpolation_report`: How each population was found: arrays to be filled, one element per requested ..."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("gradient", POINTER(Array)),
        ("ridge", POINTER(Array)),
        ("rounds", POINTER(Array)),
        ("missed", POINTER(Array)),
        ("straight_missed", POINTER(Array)),
    ]


class EvaluationOptions(Structure):
    """`jko_evaluation_options`: How a model is evaluated."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("seed", c_uint64),
        ("progress", ProgressCallback),
        ("progress_user_data", c_void_p),
    ]


class Comparison(Structure):
    """`jko_comparison`: Where jko_model_compare() writes: arrays of shape (count - 1, 1), element k for the step ..."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("one_step", POINTER(Array)),
        ("energy_distance", POINTER(Array)),
        ("variance_ratio", POINTER(Array)),
        ("cumulative", POINTER(Array)),
        ("effects_mismatch", POINTER(Array)),
        ("cumulative_energy_distance", POINTER(Array)),
        ("cumulative_variance_ratio", POINTER(Array)),
        ("nothing_moves", POINTER(Array)),
        ("nothing_moves_energy_distance", POINTER(Array)),
        ("nothing_moves_variance_ratio", POINTER(Array)),
        ("floor", POINTER(Array)),
        ("floor_energy_distance", POINTER(Array)),
    ]


class FitCheck(Structure):
    """`jko_fit_check`: How a model's one-step predictions compare with the prediction that nothing moves."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("one_step", c_double),
        ("nothing_moves", c_double),
        ("transitions", c_int64),
        ("worse", c_int32),
        ("energy_distance", c_double),
        ("variance_ratio", c_double),
        ("nothing_moves_energy_distance", c_double),
        ("nothing_moves_variance_ratio", c_double),
        ("floor", c_double),
        ("floor_energy_distance", c_double),
        ("folded", c_double),
        ("unconverged", c_double),
    ]


#: Result and arguments of every function.
FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    # common.h
    "jko_last_error": (c_char_p, []),
    "jko_last_error_argument": (c_char_p, []),
    "jko_status_name": (c_char_p, [c_int32]),
    "jko_version": (c_char_p, []),
    "jko_abi_version": (c_int32, []),
    "jko_build_info": (c_char_p, []),
    "jko_set_num_threads": (c_int32, [c_int32]),
    "jko_num_threads": (c_int32, []),
    # array.h
    "jko_npy_write": (c_int32, [c_char_p, POINTER(Array)]),
    # progress.h
    "jko_set_progress": (c_int32, [ProgressCallback, c_void_p]),
    # snapshots.h
    "jko_snapshots_create_empty": (c_int32, [c_int64, POINTER(POINTER(Snapshots))]),
    "jko_snapshots_create": (c_int32, [POINTER(Array), POINTER(Array), POINTER(Array), POINTER(POINTER(Snapshots))]),
    "jko_snapshots_create_within": (
        c_int32,
        [POINTER(Array), POINTER(Array), POINTER(Array), c_double, POINTER(POINTER(Snapshots))],
    ),
    "jko_snapshots_describe": (c_int32, [POINTER(Snapshots), POINTER(SnapshotsInfo)]),
    "jko_snapshots_append": (c_int32, [POINTER(Snapshots), POINTER(Array), c_double, POINTER(Array)]),
    "jko_snapshots_split": (
        c_int32,
        [POINTER(Snapshots), c_int32, c_double, c_uint64, POINTER(POINTER(Snapshots)), POINTER(POINTER(Snapshots))],
    ),
    "jko_snapshots_shuffle": (c_int32, [POINTER(Snapshots), c_uint64, POINTER(POINTER(Snapshots))]),
    "jko_snapshots_without": (c_int32, [POINTER(Snapshots), c_int64, POINTER(POINTER(Snapshots))]),
    "jko_snapshots_count": (c_int64, [POINTER(Snapshots)]),
    "jko_snapshots_dimension": (c_int64, [POINTER(Snapshots)]),
    "jko_snapshots_size": (c_int64, [POINTER(Snapshots), c_int64]),
    "jko_snapshots_time": (c_double, [POINTER(Snapshots), c_int64]),
    "jko_snapshots_coordinate_name": (c_char_p, [POINTER(Snapshots), c_int64]),
    "jko_snapshots_set_coordinate_name": (c_int32, [POINTER(Snapshots), c_int64, c_char_p]),
    "jko_snapshots_omitted_columns": (c_char_p, [POINTER(Snapshots)]),
    "jko_snapshots_points": (c_int32, [POINTER(Snapshots), c_int64, POINTER(Array)]),
    "jko_snapshots_weights": (c_int32, [POINTER(Snapshots), c_int64, POINTER(Array)]),
    "jko_snapshots_rows": (c_int32, [POINTER(Snapshots), c_int64, POINTER(c_int64)]),
    "jko_snapshots_set_rows": (c_int32, [POINTER(Snapshots), c_int64, POINTER(c_int64)]),
    "jko_snapshots_destroy": (None, [POINTER(Snapshots)]),
    # snapshot_files.h
    "jko_load_options_init": (c_int32, [POINTER(LoadOptions), c_size_t]),
    "jko_snapshots_load": (c_int32, [c_char_p, POINTER(LoadOptions), POINTER(POINTER(Snapshots))]),
    "jko_snapshots_save": (c_int32, [POINTER(Snapshots), c_char_p]),
    # plan.h
    "jko_plan_options_init": (c_int32, [POINTER(PlanOptions), c_size_t]),
    "jko_plan_compute": (
        c_int32,
        [POINTER(Array), POINTER(Array), POINTER(Array), POINTER(Array), POINTER(PlanOptions), POINTER(POINTER(Plan))],
    ),
    "jko_snapshots_plans": (c_int32, [POINTER(Snapshots), POINTER(PlanOptions), POINTER(POINTER(Plan)), c_int64]),
    "jko_plan_destroy": (None, [POINTER(Plan)]),
    # plan_contents.h
    "jko_plan_describe": (c_int32, [POINTER(Plan), POINTER(PlanInfo)]),
    "jko_plan_entries": (c_int32, [POINTER(Plan), POINTER(c_int64), POINTER(c_int64), POINTER(c_double)]),
    "jko_plan_sparse": (
        c_int32,
        [POINTER(Plan), c_double, c_int64, POINTER(c_int64), POINTER(c_int64), POINTER(c_double), POINTER(c_int64)],
    ),
    "jko_plan_masses": (c_int32, [POINTER(Plan), POINTER(c_double), POINTER(c_double)]),
    "jko_plan_barycentres": (c_int32, [POINTER(Plan), POINTER(Array), POINTER(Array)]),
    "jko_plan_duals": (c_int32, [POINTER(Plan), POINTER(c_double), POINTER(c_double)]),
    # distance.h
    "jko_emd": (
        c_int32,
        [
            POINTER(Array),
            POINTER(Array),
            POINTER(Array),
            POINTER(Array),
            c_int32,
            POINTER(PlanOptions),
            POINTER(c_double),
        ],
    ),
    "jko_sinkhorn_divergence": (
        c_int32,
        [
            POINTER(Array),
            POINTER(Array),
            POINTER(Array),
            POINTER(Array),
            POINTER(PlanOptions),
            POINTER(c_double),
            POINTER(DivergenceInfo),
        ],
    ),
    "jko_energy_distance": (
        c_int32,
        [POINTER(Array), POINTER(Array), POINTER(Array), POINTER(Array), POINTER(c_double)],
    ),
    # density.h
    "jko_density_options_init": (c_int32, [POINTER(DensityOptions), c_size_t]),
    "jko_density_create": (
        c_int32,
        [POINTER(Array), POINTER(Array), POINTER(DensityOptions), POINTER(POINTER(Density))],
    ),
    "jko_density_from_mixture": (
        c_int32,
        [POINTER(Array), POINTER(Array), POINTER(Array), c_int32, POINTER(POINTER(Density))],
    ),
    "jko_density_describe": (c_int32, [POINTER(Density), POINTER(DensityInfo)]),
    "jko_density_log": (c_int32, [POINTER(Density), POINTER(Array), POINTER(Array)]),
    "jko_density_score": (c_int32, [POINTER(Density), POINTER(Array), POINTER(Array)]),
    "jko_density_sample": (c_int32, [POINTER(Density), c_uint64, POINTER(Array)]),
    "jko_density_weights": (c_int32, [POINTER(Density), POINTER(Array)]),
    "jko_density_means": (c_int32, [POINTER(Density), POINTER(Array)]),
    "jko_density_covariances": (c_int32, [POINTER(Density), POINTER(Array)]),
    "jko_density_destroy": (None, [POINTER(Density)]),
    # functional.h
    "jko_functional_count": (c_int32, []),
    "jko_functional_name": (c_char_p, [c_int32]),
    "jko_functional_value": (c_int32, [c_char_p, POINTER(Array), POINTER(Array)]),
    "jko_functional_gradient": (c_int32, [c_char_p, POINTER(Array), POINTER(Array)]),
    # features.h
    "jko_feature_options_init": (c_int32, [POINTER(FeatureOptions), c_size_t]),
    # model.h
    "jko_network_options_init": (c_int32, [POINTER(NetworkOptions), c_size_t]),
    "jko_model_options_init": (c_int32, [POINTER(ModelOptions), c_size_t]),
    "jko_model_create": (c_int32, [POINTER(ModelOptions), POINTER(POINTER(Model))]),
    "jko_model_describe": (c_int32, [POINTER(Model), POINTER(ModelInfo)]),
    "jko_model_describe_json": (c_int32, [POINTER(Model), c_char_p, c_size_t, POINTER(c_size_t)]),
    "jko_model_times": (c_int32, [POINTER(Model), POINTER(Array)]),
    "jko_model_save": (c_int32, [POINTER(Model), c_char_p]),
    "jko_model_load": (c_int32, [c_char_p, POINTER(POINTER(Model))]),
    "jko_model_destroy": (None, [POINTER(Model)]),
    # training.h
    "jko_training_options_init": (c_int32, [POINTER(TrainingOptions), c_size_t]),
    # growth.h
    "jko_growth_options_init": (c_int32, [POINTER(GrowthOptions), c_size_t]),
    "jko_growth_fit": (c_int32, [POINTER(Snapshots), POINTER(GrowthOptions), POINTER(POINTER(Growth))]),
    "jko_growth_rates": (c_int32, [POINTER(Growth), POINTER(Array), c_double, POINTER(Array), POINTER(Array)]),
    "jko_growth_masses": (c_int32, [POINTER(Growth), POINTER(Array), POINTER(Array), POINTER(Array), POINTER(Array)]),
    "jko_growth_total_mass": (c_int32, [POINTER(Growth), POINTER(Array), POINTER(Array)]),
    "jko_model_set_growth": (c_int32, [POINTER(Model), POINTER(Growth)]),
    "jko_model_growth": (c_int32, [POINTER(Model), POINTER(POINTER(Growth))]),
    "jko_growth_save": (c_int32, [POINTER(Growth), c_char_p]),
    "jko_growth_load": (c_int32, [c_char_p, POINTER(POINTER(Growth))]),
    "jko_growth_member_count": (c_int64, [POINTER(Growth)]),
    "jko_growth_dimension": (c_int64, [POINTER(Growth)]),
    "jko_growth_time_count": (c_int64, [POINTER(Growth)]),
    "jko_growth_times": (c_int32, [POINTER(Growth), POINTER(Array)]),
    "jko_growth_destroy": (None, [POINTER(Growth)]),
    # fit.h
    "jko_fit_options_init": (c_int32, [POINTER(FitOptions), c_size_t]),
    "jko_model_fit": (c_int32, [POINTER(Model), POINTER(Snapshots), POINTER(FitOptions)]),
    "jko_model_history": (c_int32, [POINTER(Model), POINTER(Array)]),
    # terms.h
    "jko_model_potential": (c_int32, [POINTER(Model), POINTER(Array), POINTER(Array), POINTER(Array), POINTER(Array)]),
    "jko_model_potential_hessian_product": (
        c_int32,
        [POINTER(Model), POINTER(Array), POINTER(Array), POINTER(Array), POINTER(Array)],
    ),
    "jko_model_potential_error": (
        c_int32,
        [POINTER(Model), POINTER(Array), POINTER(Array), POINTER(Array), POINTER(Array)],
    ),
    "jko_model_interaction": (c_int32, [POINTER(Model), POINTER(Array), POINTER(Array), POINTER(Array)]),
    "jko_model_interaction_hessian_product": (
        c_int32,
        [POINTER(Model), POINTER(Array), POINTER(Array), POINTER(Array)],
    ),
    "jko_model_interaction_error": (c_int32, [POINTER(Model), POINTER(Array), POINTER(Array), POINTER(Array)]),
    "jko_model_beta": (c_int32, [POINTER(Model), POINTER(c_double)]),
    "jko_model_beta_error": (c_int32, [POINTER(Model), POINTER(c_double)]),
    "jko_model_energy": (c_int32, [POINTER(Model), POINTER(Array), POINTER(Array), POINTER(Array), POINTER(c_double)]),
    # linear.h
    "jko_model_coefficients": (c_int32, [POINTER(Model), POINTER(Array)]),
    "jko_model_ridge": (c_int32, [POINTER(Model), POINTER(c_double), POINTER(c_double)]),
    "jko_model_covariance": (c_int32, [POINTER(Model), POINTER(Array)]),
    "jko_model_observability": (c_int32, [POINTER(Model), c_char_p, c_size_t, POINTER(c_size_t)]),
    "jko_model_identified": (c_int32, [POINTER(Model), POINTER(c_int32)]),
    "jko_normal_equations_create": (c_int32, [POINTER(Model), POINTER(POINTER(NormalEquations))]),
    "jko_normal_equations_accumulate": (c_int32, [POINTER(NormalEquations), POINTER(Snapshots), POINTER(FitOptions)]),
    "jko_normal_equations_merge": (c_int32, [POINTER(NormalEquations), POINTER(NormalEquations)]),
    "jko_normal_equations_merge_model": (c_int32, [POINTER(NormalEquations), POINTER(Model)]),
    "jko_normal_equations_describe": (c_int32, [POINTER(NormalEquations), POINTER(NormalEquationsInfo)]),
    "jko_normal_equations_export": (c_int32, [POINTER(NormalEquations), POINTER(Array), POINTER(Array)]),
    "jko_normal_equations_import": (
        c_int32,
        [POINTER(NormalEquations), POINTER(Array), POINTER(Array), POINTER(NormalEquationsInfo)],
    ),
    "jko_normal_equations_solve": (c_int32, [POINTER(NormalEquations), POINTER(FitOptions), POINTER(POINTER(Model))]),
    "jko_normal_equations_destroy": (None, [POINTER(NormalEquations)]),
    # objective.h
    "jko_objective_create": (
        c_int32,
        [POINTER(Model), POINTER(Snapshots), POINTER(FitOptions), POINTER(POINTER(Objective))],
    ),
    "jko_objective_parameter_count": (c_int64, [POINTER(Objective)]),
    "jko_objective_initial_parameters": (c_int32, [POINTER(Objective), POINTER(Array)]),
    "jko_objective_value_and_gradient": (
        c_int32,
        [POINTER(Objective), POINTER(Array), POINTER(c_double), POINTER(Array)],
    ),
    "jko_objective_model": (c_int32, [POINTER(Objective), POINTER(Array), POINTER(Array), POINTER(POINTER(Model))]),
    "jko_objective_destroy": (None, [POINTER(Objective)]),
    # dynamics.h
    "jko_simulation_options_init": (c_int32, [POINTER(SimulationOptions), c_size_t]),
    "jko_simulate": (c_int32, [POINTER(Array), POINTER(SimulationOptions), POINTER(Array)]),
    "jko_rollout_options_init": (c_int32, [POINTER(RolloutOptions), c_size_t]),
    "jko_model_rollout_times": (c_int32, [POINTER(Model), c_double, c_int64, POINTER(Array)]),
    "jko_model_rollout": (
        c_int32,
        [POINTER(Model), POINTER(Array), POINTER(Array), POINTER(RolloutOptions), POINTER(Array), POINTER(RolloutInfo)],
    ),
    "jko_model_rollout_error": (
        c_int32,
        [POINTER(Model), POINTER(Array), POINTER(Array), POINTER(RolloutOptions), POINTER(Array), POINTER(RolloutInfo)],
    ),
    # flow.h
    "jko_flow_options_init": (c_int32, [POINTER(FlowOptions), c_size_t]),
    "jko_flow_compute": (c_int32, [POINTER(Density), POINTER(FlowOptions), POINTER(POINTER(Flow))]),
    "jko_flow_compute_from": (
        c_int32,
        [POINTER(Array), EnergyCallback, c_void_p, POINTER(FlowOptions), POINTER(POINTER(Flow))],
    ),
    "jko_flow_dimension": (c_int64, [POINTER(Flow)]),
    "jko_flow_step_count": (c_int64, [POINTER(Flow)]),
    "jko_flow_course": (c_int32, [POINTER(Flow), POINTER(Array), POINTER(Array)]),
    "jko_flow_save": (c_int32, [POINTER(Flow), c_char_p]),
    "jko_flow_load": (c_int32, [c_char_p, POINTER(POINTER(Flow))]),
    "jko_flow_destroy": (None, [POINTER(Flow)]),
    # flow_maps.h
    "jko_flow_sample": (c_int32, [POINTER(Flow), c_int64, c_uint64, POINTER(Array)]),
    "jko_flow_transport": (c_int32, [POINTER(Flow), POINTER(Array), c_int64, c_int64, POINTER(Array), POINTER(Array)]),
    "jko_flow_inverse": (c_int32, [POINTER(Flow), POINTER(Array), c_int64, POINTER(Array)]),
    "jko_flow_log_density": (c_int32, [POINTER(Flow), POINTER(Array), c_int64, POINTER(Array)]),
    "jko_flow_score": (c_int32, [POINTER(Flow), POINTER(Array), c_int64, POINTER(Array)]),
    "jko_flow_mass": (c_int32, [POINTER(Flow), c_int64, POINTER(c_double)]),
    # sampling.h
    "jko_sample_options_init": (c_int32, [POINTER(SampleOptions), c_size_t]),
    "jko_sample": (c_int32, [POINTER(Array), POINTER(SampleOptions), POINTER(Array), POINTER(SampleInfo)]),
    # interpolation.h
    "jko_interpolation_options_init": (c_int32, [POINTER(InterpolationOptions), c_size_t]),
    "jko_interpolate": (
        c_int32,
        [
            POINTER(Snapshots),
            POINTER(Array),
            POINTER(InterpolationOptions),
            POINTER(POINTER(Snapshots)),
            POINTER(InterpolationReport),
        ],
    ),
    # evaluation.h
    "jko_evaluation_options_init": (c_int32, [POINTER(EvaluationOptions), c_size_t]),
    "jko_model_evaluate": (
        c_int32,
        [
            POINTER(Model),
            POINTER(Snapshots),
            POINTER(EvaluationOptions),
            POINTER(Array),
            POINTER(Array),
            POINTER(Array),
            POINTER(RolloutInfo),
        ],
    ),
    "jko_model_compare": (
        c_int32,
        [
            POINTER(Model),
            POINTER(Snapshots),
            POINTER(Snapshots),
            POINTER(EvaluationOptions),
            POINTER(Comparison),
            POINTER(RolloutInfo),
        ],
    ),
    "jko_model_check": (c_int32, [POINTER(Model), POINTER(Snapshots), POINTER(EvaluationOptions), POINTER(FitCheck)]),
}
