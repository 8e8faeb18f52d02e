/* Models that lack what a call needs, for the programs about misuse. */
#ifndef MODELS_H
#define MODELS_H

#include "options.h"
#include "populations.h"

typedef struct models {
    /* Everything, with error bars, and V varying in time; none of the others varies. */
    jko_model *full;
    jko_model *unfitted;
    jko_model *network;
    /* V alone, U alone and beta alone, with error bars; and everything without them. */
    jko_model *potential, *interaction, *internal, *bare;
    jko_snapshots *series;
} models;

static inline models all_models(void)
{
    const jko_fit_options fit = fit_with(1e-4, JKO_ERROR_BARS_INFLUENCE);
    whole_model_options options = linear_options(2, 2, 1);
    whole_fit_options training = usual_fit();
    models all = {NULL};
    all.series = ou_series(7);
    all.full = energy_model(1);
    WORKS(jko_model_create(whole(&options), &all.unfitted));
    all.bare = fitted(options, all.series, fit_with(1e-4, JKO_ERROR_BARS_NONE));
    options = linear_options(2, 0, 0);
    all.potential = fitted(options, all.series, fit);
    options = linear_options(0, 2, 0);
    all.interaction = fitted(options, all.series, fit);
    options = linear_options(0, 0, 1);
    all.internal = fitted(options, all.series, fit);
    training.training.epochs = 1;
    all.network = fitted(usual_model(), all.series, *with_training(&training));
    return all;
}

static inline void release(models all)
{
    jko_model *list[] = {all.full, all.unfitted, all.network, all.potential, all.interaction, all.internal, all.bare};
    for (size_t i = 0; i < COUNT_OF(list); i++)
        jko_model_destroy(list[i]);
    jko_snapshots_destroy(all.series);
}

/* A handle of another type. */
static inline const jko_model *other_handle(const models *all) { return (const jko_model *)(const void *)all->series; }

#endif
