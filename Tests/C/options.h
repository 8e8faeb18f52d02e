/*
 * Options together with everything that they point at, so that a program sets any member in one line:
 *
 *     whole_model_options options = usual_model();
 *     options.model.potential = JKO_LINEAR;
 *     options.potential_features.radial_grid = 3;
 *     jko_model_create(whole(&options), &model);
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "check.h"

typedef struct whole_model_options {
    jko_model_options model;
    jko_network_options potential_network, interaction_network;
    jko_feature_options potential_features, interaction_features;
    jko_density_options density;
} whole_model_options;

/* All defaults; nothing points anywhere yet. */
static inline whole_model_options usual_model(void)
{
    whole_model_options options;
    WORKS(jko_model_options_init(&options.model, sizeof options.model));
    WORKS(jko_network_options_init(&options.potential_network, sizeof options.potential_network));
    WORKS(jko_network_options_init(&options.interaction_network, sizeof options.interaction_network));
    WORKS(jko_feature_options_init(&options.potential_features, sizeof options.potential_features));
    WORKS(jko_feature_options_init(&options.interaction_features, sizeof options.interaction_features));
    WORKS(jko_density_options_init(&options.density, sizeof options.density));
    return options;
}

/* The model's options, pointing at those that its terms have a use for; the others must be NULL. */
static inline const jko_model_options *whole(whole_model_options *options)
{
    jko_model_options *model = &options->model;
    model->potential_network = model->potential == JKO_NETWORK ? &options->potential_network : NULL;
    model->potential_features = model->potential == JKO_LINEAR ? &options->potential_features : NULL;
    model->interaction_network = model->interaction == JKO_NETWORK ? &options->interaction_network : NULL;
    model->interaction_features = model->interaction == JKO_LINEAR ? &options->interaction_features : NULL;
    model->density = model->internal != 0 ? &options->density : NULL;
    return model;
}

typedef struct whole_fit_options {
    jko_fit_options fit;
    jko_plan_options transport;
    jko_training_options training;
} whole_fit_options;

static inline whole_fit_options usual_fit(void)
{
    whole_fit_options options;
    WORKS(jko_fit_options_init(&options.fit, sizeof options.fit));
    WORKS(jko_plan_options_init(&options.transport, sizeof options.transport));
    WORKS(jko_training_options_init(&options.training, sizeof options.training));
    return options;
}

/* Options of a fit with networks. */
static inline const jko_fit_options *with_training(whole_fit_options *options)
{
    options->fit.transport = &options->transport;
    options->fit.training = &options->training;
    return &options->fit;
}

/* Options of a fit in closed form, for which those of training must be NULL. */
static inline const jko_fit_options *without_training(whole_fit_options *options)
{
    options->fit.transport = &options->transport;
    options->fit.training = NULL;
    return &options->fit;
}

/* One time for all points. */
static inline jko_array one_time(const double *t) { return jko_row_major(t, 1, 1); }

#endif
