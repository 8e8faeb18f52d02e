/*
 * What the tables of calls.inc cannot say: the shapes of arrays, which of them are written, and how large a number may
 * be before a call takes long. A function or member that needs a line here and has none ends the fuzzer with its name.
 */
#ifndef ROLES_H
#define ROLES_H

#include "fuzz.h"

/* What the elements of an input are. */
typedef enum content { POINTS, MASSES, LABELS, INCREASING, WITHIN, POSITIVE, COVARIANCES, SMALL, WRITTEN } content;

typedef struct array_role {
    /* A function or a struct; NULL for all that no other line is about. */
    const char *owner, *name;
    extent rows, columns;
    content content;
    int may_be_null;
} array_role;

static const array_role array_roles[] = {
    {"jko_density_from_mixture", "weights", K, ONE, POSITIVE, 0},
    {"jko_density_from_mixture", "means", K, D, POINTS, 0},
    {"jko_density_from_mixture", "covariances", K_D, D, COVARIANCES, 0},
    {"jko_snapshots_create", "times", N, ONE, LABELS, 0},
    {"jko_snapshots_create_within", "times", N, ONE, LABELS, 0},
    {"jko_flow_course", "times", S1, ONE, WRITTEN, 1},
    {"jko_interpolate", "times", Q, ONE, WITHIN, 0},
    {"jko_growth_masses", "paths", Q_N, D, POINTS, 0},
    {"jko_growth_masses", "out", Q_N, ONE, WRITTEN, 0},
    {"jko_growth_total_mass", "out", Q, ONE, WRITTEN, 0},
    {"jko_growth_times", "out", T, ONE, WRITTEN, 0},
    {"jko_model_energy", "t", ONE, ONE, INCREASING, 1},
    {"jko_objective_value_and_gradient", "gradient", P, ONE, WRITTEN, 1},
    {"jko_objective_model", "history", Q, ONE, SMALL, 1},
    {"jko_objective_initial_parameters", "out", P, ONE, WRITTEN, 0},
    {"jko_normal_equations_import", "matrix", P, P, COVARIANCES, 0},
    {"jko_normal_equations_import", "right", P, ONE, SMALL, 0},
    {"jko_normal_equations_export", "matrix", P, P, WRITTEN, 0},
    {"jko_normal_equations_export", "right", P, ONE, WRITTEN, 0},
    {"jko_npy_write", "array", N, D, POINTS, 0},
    {"jko_snapshots_points", "out", SIZE_K, D, WRITTEN, 0},
    {"jko_snapshots_weights", "out", SIZE_K, ONE, WRITTEN, 0},
    {"jko_density_log", "out", N, ONE, WRITTEN, 0},
    {"jko_density_score", "out", N, D, WRITTEN, 0},
    {"jko_density_sample", "out", N, D, WRITTEN, 0},
    {"jko_density_weights", "out", K, ONE, WRITTEN, 0},
    {"jko_density_means", "out", K, D, WRITTEN, 0},
    {"jko_density_covariances", "out", K_D, D, WRITTEN, 0},
    {"jko_functional_value", "out", N, ONE, WRITTEN, 0},
    {"jko_functional_gradient", "out", N, D, WRITTEN, 0},
    {"jko_model_times", "out", T, ONE, WRITTEN, 0},
    {"jko_model_history", "out", H, ONE, WRITTEN, 0},
    {"jko_model_coefficients", "out", P, ONE, WRITTEN, 0},
    {"jko_model_covariance", "out", P, P, WRITTEN, 0},
    {"jko_model_potential_hessian_product", "out", N, D, WRITTEN, 0},
    {"jko_model_interaction_hessian_product", "out", N, D, WRITTEN, 0},
    {"jko_model_rollout_times", "out", S1, ONE, WRITTEN, 0},
    {"jko_model_rollout", "out", Q_N, D, WRITTEN, 0},
    {"jko_model_rollout_error", "out", Q_N, D, WRITTEN, 0},
    {"jko_simulate", "out", S1_N, D, WRITTEN, 0},
    {"jko_sample", "out", DRAWS, D, WRITTEN, 0},
    {"jko_flow_sample", "out", N, D, WRITTEN, 0},
    {"jko_flow_transport", "out", N, D, WRITTEN, 0},
    {"jko_flow_transport", "determinants", N, ONE, WRITTEN, 1},
    {"jko_flow_inverse", "out", N, D, WRITTEN, 0},
    {"jko_flow_log_density", "out", N, ONE, WRITTEN, 0},
    {"jko_flow_score", "out", N, D, WRITTEN, 0},
    {"jko_growth_options", "total_mass", COUNT, ONE, POSITIVE, 1},
    {"jko_growth_options", "prior", EARLY, ONE, SMALL, 1},
    {"jko_sample_info", NULL, D, ONE, WRITTEN, 1},
    {"jko_interpolation_report", NULL, Q, ONE, WRITTEN, 1},
    {"jko_comparison", NULL, GAPS, ONE, WRITTEN, 1},
    {"jko_model_evaluate", NULL, GAPS, ONE, WRITTEN, 1},

    {NULL, "x", N, D, POINTS, 0},
    {NULL, "y", M, D, POINTS, 0},
    {NULL, "x0", N, D, POINTS, 0},
    {NULL, "points", N, D, POINTS, 0},
    {NULL, "directions", N, D, POINTS, 0},
    {NULL, "a", N, ONE, MASSES, 1},
    {NULL, "b", M, ONE, MASSES, 1},
    {NULL, "weights", N, ONE, MASSES, 1},
    {NULL, "masses", N, ONE, MASSES, 1},
    {NULL, "times", Q, ONE, INCREASING, 0},
    {NULL, "t", N_OR_ONE, ONE, INCREASING, 1},
    {NULL, "parameters", P, ONE, SMALL, 0},
    {NULL, "value", N, ONE, WRITTEN, 1},
    {NULL, "gradient", N, D, WRITTEN, 1},
    {NULL, "rates", N, ONE, WRITTEN, 1},
    {NULL, "errors", N, ONE, WRITTEN, 1},
    {NULL, "energies", S1, ONE, WRITTEN, 1},
    {NULL, "images_x", N, D, WRITTEN, 1},
    {NULL, "images_y", M, D, WRITTEN, 1},
};

/* How many numbers a plain pointer must have room for; one, where nothing is said. */
typedef struct buffer_role {
    const char *owner, *name;
    extent count;
} buffer_role;

static const buffer_role buffer_roles[] = {
    {"jko_snapshots_rows", "rows", SIZE_K},
    {"jko_snapshots_set_rows", "rows", SIZE_K},
    {"jko_plan_entries", "rows", ENTRIES},
    {"jko_plan_entries", "columns", ENTRIES},
    {"jko_plan_entries", "mass", ENTRIES},
    {"jko_plan_sparse", "rows", CAPACITY},
    {"jko_plan_sparse", "columns", CAPACITY},
    {"jko_plan_sparse", "mass", CAPACITY}, /* fewer may be written than fit */
    {"jko_plan_masses", "mass_x", N},
    {"jko_plan_masses", "mass_y", M},
    {"jko_plan_duals", "dual_x", N},
    {"jko_plan_duals", "dual_y", M},
    {"jko_energy_distance", "out", ONE},
    {"jko_model_ridge", "score", ONE},
    {"jko_objective_value_and_gradient", "value", ONE},
};

/* Outputs that are documented to hold NaN or infinities where all arguments are finite. */
typedef struct exception {
    const char *owner, *name;
} exception;

static const exception exceptions[] = {
    /* Particles without mass in an exact plan. */
    {"jko_plan_barycentres", "images_x"},
    {"jko_plan_barycentres", "images_y"},
    /* Fewer pairs than there is room for; all mass in one place; no criterion. */
    {"jko_plan_sparse", "mass"},
    {"jko_energy_distance", "out"},
    {"jko_model_ridge", "score"},
    /* Features of opposite signs that exceed the largest number, and what takes such values. */
    {"jko_model_potential", NULL},
    {"jko_model_potential_hessian_product", NULL},
    {"jko_model_potential_error", NULL},
    {"jko_model_interaction", NULL},
    {"jko_model_interaction_hessian_product", NULL},
    {"jko_model_interaction_error", NULL},
    {"jko_objective_value_and_gradient", NULL},
    /* Maps that fold space; coordinates that do not vary; observed times; predictions that left the numbers. */
    {"jko_flow_transport", "determinants"},
    {"jko_sample_info", NULL},
    {"jko_interpolation_report", NULL},
    {"jko_comparison", NULL},
    {"jko_model_evaluate", NULL},
};

/* Numbers by which work grows. Options have one of these values, or one that is refused. */
typedef struct limit {
    const char *owner, *name;
    int64_t low, high;
} limit;

static const limit limits[] = {
    {"jko_plan_options", "max_iterations", 1, 200},
    {"jko_density_options", "components", 0, 3},
    {"jko_density_options", "max_components", 1, 3},
    {"jko_density_options", "restarts", 1, 2},
    {"jko_density_options", "max_iterations", 1, 20},
    {"jko_feature_options", "polynomial_degree", -1, 4},
    {"jko_feature_options", "polynomial_total", -1, 1},
    {"jko_feature_options", "radial_grid", 0, 3},
    {"jko_feature_options", "radial_centres", 0, 5},
    {"jko_feature_options", "fourier_features", 0, 6},
    {"jko_feature_options", "time_degree", 1, 2},
    {"jko_feature_options", "callback_count", 0, 2},
    {"jko_feature_options", "fourier_coordinates", 0, 2},
    {"jko_network_options", "hidden_count", 1, 3},
    {"jko_network_options", "hidden", 1, 9},
    {"jko_model_options", "time_varying", -1, 1},
    {"jko_training_options", "epochs", 1, 4},
    {"jko_training_options", "batch_size", 1, 9},
    {"jko_training_options", "interaction_samples", 0, 5},
    {"jko_training_options", "last_layer_every", 1, 4},
    {"jko_training_options", "validation_every", 1, 3},
    {"jko_training_options", "patience", 1, 3},
    {"jko_training_options", "checkpoint_every", 1, 3},
    {"jko_fit_options", "bootstrap_samples", 2, 3},
    {"jko_fit_options", "rollout_rounds", 1, 2},
    {"jko_fit_options", "bias_samples", 0, 2},
    {"jko_growth_options", "rounds", 1, 2},
    {"jko_growth_options", "bootstrap", 0, 3},
    {"jko_growth_options", "particles", 2, 20},
    {"jko_interpolation_options", "rounds", 0, 2},
    {"jko_interpolation_options", "gradient", -1, 1},
    {"jko_interpolation_options", "particles", 2, 20},
    {"jko_simulation_options", "steps", 0, 3},
    {"jko_rollout_options", "max_iterations", 1, 30},
    {"jko_rollout_options", "substeps", 1, 3},
    {"jko_flow_options", "steps", 1, 2},
    {"jko_flow_options", "components", 0, 2},
    {"jko_flow_options", "bumps", 0, 3},
    {"jko_flow_options", "neighbour", 1, 3},
    {"jko_flow_options", "particles", 100, 140},
    {"jko_flow_options", "hidden_count", 1, 2},
    {"jko_flow_options", "hidden", 1, 5},
    {"jko_flow_options", "rank", 0, 2},
    {"jko_flow_options", "iterations", 1, 3},
    {"jko_flow_options", "batch_size", 1, 20},
    {"jko_sample_options", "draws", 1, 12},
    {"jko_sample_options", "warmup", 0, 12},
};

#endif
