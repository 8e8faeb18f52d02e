/* Models from snapshots: options out of nested lists, and the fit. */
#include "shim.h"

/* Options of a model with all that they point at. */
typedef struct model_parts {
    jko_model_options model;
    jko_network_options potential_network, interaction_network;
    jko_feature_options potential_features, interaction_features;
    jko_density_options density;
} model_parts;

/* Options of a fit with all that they point at. */
typedef struct fit_parts {
    jko_fit_options fit;
    jko_training_options training;
    jko_plan_options transport;
} fit_parts;

static const jko_network_options *network(jko_network_options *options, SEXP list)
{
    if (list == R_NilValue)
        return NULL;
    SEXP hidden = element_of(list, "hidden");
    jko_network_options_init(options, sizeof *options);
    options->activation = Rf_asInteger(element_of(list, "activation"));
    /* R code has checked that there are at most as many. */
    options->hidden_count = (int32_t)XLENGTH(hidden);
    for (int32_t i = 0; i < options->hidden_count && i < JKO_MAX_HIDDEN_LAYERS; i++)
        options->hidden[i] = (int32_t)REAL(hidden)[i];
    return options;
}

static const jko_feature_options *features(jko_feature_options *options, SEXP list)
{
    static const field fields[] = {
        FIELD(jko_feature_options, polynomial_degree, AS_INT32),
        FIELD(jko_feature_options, polynomial_total, AS_INT32),
        FIELD(jko_feature_options, trigonometric, AS_INT32),
        FIELD(jko_feature_options, radial, AS_INT32),
        FIELD(jko_feature_options, radial_grid, AS_INT32),
        FIELD(jko_feature_options, radial_centres, AS_INT32),
        FIELD(jko_feature_options, radial_width, AS_DOUBLE),
        FIELD(jko_feature_options, fourier_features, AS_INT32),
        FIELD(jko_feature_options, time_degree, AS_INT32),
        FIELD(jko_feature_options, fourier_scale, AS_DOUBLE),
        FIELD(jko_feature_options, fourier_coordinates, AS_INT64),
    };
    if (list == R_NilValue)
        return NULL;
    jko_feature_options_init(options, sizeof *options);
    FILL(options, fields, list);
    return options;
}

const jko_density_options *density_options_of(jko_density_options *options, SEXP list)
{
    static const field fields[] = {
        FIELD(jko_density_options, kind, AS_INT32),       FIELD(jko_density_options, covariance, AS_INT32),
        FIELD(jko_density_options, components, AS_INT64), FIELD(jko_density_options, max_components, AS_INT64),
        FIELD(jko_density_options, restarts, AS_INT64),   FIELD(jko_density_options, max_iterations, AS_INT64),
        FIELD(jko_density_options, tolerance, AS_DOUBLE), FIELD(jko_density_options, bandwidth_rule, AS_INT32),
        FIELD(jko_density_options, bandwidth, AS_DOUBLE), FIELD(jko_density_options, seed, AS_UINT64),
    };
    if (list == R_NilValue)
        return NULL;
    jko_density_options_init(options, sizeof *options);
    FILL(options, fields, list);
    return options;
}

static const jko_training_options *training(jko_training_options *options, SEXP list)
{
    static const field fields[] = {
        FIELD(jko_training_options, epochs, AS_INT64),
        FIELD(jko_training_options, batch_size, AS_INT64),
        FIELD(jko_training_options, learning_rate, AS_DOUBLE),
        FIELD(jko_training_options, final_rate, AS_DOUBLE),
        FIELD(jko_training_options, clip_norm, AS_DOUBLE),
        FIELD(jko_training_options, schedule, AS_INT32),
        FIELD(jko_training_options, precision, AS_INT32),
        FIELD(jko_training_options, interaction_samples, AS_INT64),
        FIELD(jko_training_options, last_layer_every, AS_INT64),
        FIELD(jko_training_options, last_layer, AS_INT32),
        FIELD(jko_training_options, validation, AS_INT32),
        FIELD(jko_training_options, validation_fraction, AS_DOUBLE),
        FIELD(jko_training_options, validation_every, AS_INT64),
        FIELD(jko_training_options, patience, AS_INT64),
        FIELD(jko_training_options, checkpoint, AS_TEXT),
        FIELD(jko_training_options, checkpoint_every, AS_INT64),
        FIELD(jko_training_options, resume, AS_INT64),
    };
    if (list == R_NilValue)
        return NULL;
    jko_training_options_init(options, sizeof *options);
    FILL(options, fields, list);
    return options;
}

static void fill_model(model_parts *parts, SEXP list)
{
    static const field fields[] = {
        FIELD(jko_model_options, potential, AS_INT32),   FIELD(jko_model_options, time_varying, AS_INT32),
        FIELD(jko_model_options, interaction, AS_INT32), FIELD(jko_model_options, internal, AS_INT32),
        FIELD(jko_model_options, scheme, AS_INT32),
    };
    jko_model_options *model = &parts->model;
    jko_model_options_init(model, sizeof *model);
    FILL(model, fields, element_of(list, "model"));
    model->potential_network = network(&parts->potential_network, element_of(list, "potential_network"));
    model->interaction_network = network(&parts->interaction_network, element_of(list, "interaction_network"));
    model->potential_features = features(&parts->potential_features, element_of(list, "potential_features"));
    model->interaction_features = features(&parts->interaction_features, element_of(list, "interaction_features"));
    model->density = density_options_of(&parts->density, element_of(list, "density"));
}

static void fill_fit(fit_parts *parts, SEXP list)
{
    static const field fields[] = {
        FIELD(jko_fit_options, seed, AS_UINT64),
        FIELD(jko_fit_options, ridge, AS_DOUBLE),
        FIELD(jko_fit_options, ridge_method, AS_INT32),
        FIELD(jko_fit_options, error_bars, AS_INT32),
        FIELD(jko_fit_options, bootstrap_samples, AS_INT64),
        FIELD(jko_fit_options, rollout_weight, AS_DOUBLE),
        FIELD(jko_fit_options, bias_samples, AS_INT64),
    };
    jko_fit_options_init(&parts->fit, sizeof parts->fit);
    FILL(&parts->fit, fields, element_of(list, "fit"));
    parts->fit.training = training(&parts->training, element_of(list, "training"));
    if (element_of(list, "transport") != R_NilValue) {
        fill_plan_options(&parts->transport, element_of(list, "transport"));
        parts->fit.transport = &parts->transport;
    }
}

/*
 * Make and fit a model. The answer is a list of the model and of what the fit failed with: a fit that was interrupted
 * leaves a model that is fitted to what it has reached.
 */
SEXP r_model_fit(SEXP options, SEXP snapshots, SEXP fit_options, SEXP growth, SEXP progress)
{
    static const char *const names[] = {"model", "failure"};
    model_parts made_of;
    fit_parts fitted_by;
    jko_model *model = NULL;
    long_call call;
    const jko_snapshots *series = handle_of(snapshots, SNAPSHOTS);
    fill_model(&made_of, options);
    fill_fit(&fitted_by, fit_options);
    fitted_by.fit.growth = optional_handle_of(growth, GROWTH);
    SEXP answer = new_list(names, 2), pointer = new_handle(MODEL);
    SET_VECTOR_ELT(answer, 0, pointer);
    begin_call(&call, progress);
    fitted_by.fit.progress = progress_of(&call);
    fitted_by.fit.progress_user_data = &call;
    jko_status status = jko_model_create(&made_of.model, &model);
    R_SetExternalPtrAddr(pointer, model);
    if (status == JKO_OK)
        status = jko_model_fit(model, series, &fitted_by.fit);
    SET_VECTOR_ELT(answer, 1, finish_call(&call, status, R_NilValue));
    UNPROTECT(2);
    return answer;
}
