/*
 * Files of fitted models, growth rates, flows and a series, from which inputs take what would take long to make: a
 * model with features and error bars, one with a network, one with members, one with growth, one with all terms, one
 * that varies in time.
 */
#include "fuzz.h"

#include <stdlib.h>

#define NEEDS(call)                                                                                                    \
    do {                                                                                                               \
        if ((call) != JKO_OK) {                                                                                        \
            printf("FAILED: %s: %s\n", #call, jko_last_error());                                                       \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

enum { PARTICLES = 12, TIMES = 3 };

static jko_snapshots *series;

static void make_series(void)
{
    double points[TIMES * PARTICLES][2], times[TIMES * PARTICLES];
    uint64_t state = 17;
    for (int i = 0; i < TIMES * PARTICLES; i++) {
        times[i] = i / PARTICLES;
        for (int k = 0; k < 2; k++)
            points[i][k] = (1 + 0.3 * times[i]) * plain_double(&state);
    }
    const jko_array x = jko_row_major(points[0], TIMES * PARTICLES, 2), t = jko_row_major(times, TIMES * PARTICLES, 1);
    NEEDS(jko_snapshots_create(&x, &t, NULL, &series));
    NEEDS(jko_snapshots_save(series, "../fixtures/series"));
    FILE *table = fopen("../fixtures/table.csv", "w");
    if (table == NULL)
        exit(2);
    fprintf(table, "time,x,y,kind\n");
    for (int i = 0; i < TIMES * PARTICLES; i++)
        fprintf(table, "%g,%.17g,%.17g,a\n", times[i], points[i][0], points[i][1]);
    fclose(table);
}

typedef struct recipe {
    const char *path;
    jko_parametrisation potential, interaction;
    int32_t internal, time_varying, fourier;
    jko_error_bars error_bars;
    const jko_growth *growth;
} recipe;

static void make_model(recipe recipe)
{
    jko_feature_options features;
    jko_network_options network;
    jko_model_options options;
    jko_training_options training;
    jko_fit_options fit;
    NEEDS(jko_feature_options_init(&features, sizeof features));
    NEEDS(jko_network_options_init(&network, sizeof network));
    NEEDS(jko_model_options_init(&options, sizeof options));
    NEEDS(jko_training_options_init(&training, sizeof training));
    NEEDS(jko_fit_options_init(&fit, sizeof fit));
    features.polynomial_degree = 2;
    features.radial_grid = 0;
    features.radial_centres = recipe.fourier > 0 ? 4 : 0;
    features.fourier_features = recipe.fourier;
    features.time_degree = 1;
    network.hidden[0] = network.hidden[1] = 4;
    training.epochs = 3;
    const int has_network = recipe.potential == JKO_NETWORK || recipe.interaction == JKO_NETWORK;
    options.potential = recipe.potential;
    options.interaction = recipe.interaction;
    options.internal = recipe.internal;
    options.time_varying = recipe.time_varying;
    options.potential_features = recipe.potential == JKO_LINEAR ? &features : NULL;
    options.interaction_features = recipe.interaction == JKO_LINEAR ? &features : NULL;
    options.potential_network = recipe.potential == JKO_NETWORK ? &network : NULL;
    fit.training = has_network ? &training : NULL;
    fit.error_bars = recipe.error_bars;
    fit.bootstrap_samples = recipe.error_bars == JKO_ERROR_BARS_BOOTSTRAP ? 2 : 0;
    fit.growth = recipe.growth;
    fit.rollout_weight = 0;
    jko_model *model = NULL;
    NEEDS(jko_model_create(&options, &model));
    NEEDS(jko_model_fit(model, series, &fit));
    NEEDS(jko_model_save(model, recipe.path));
    jko_model_destroy(model);
}

static void make_flow(jko_flow_method method, const char *path)
{
    const double weight[] = {1}, mean[] = {0, 0.5}, identity[] = {1, 0, 0, 1};
    const jko_array w = jko_row_major(weight, 1, 1), m = jko_row_major(mean, 1, 2), s = jko_row_major(identity, 2, 2);
    jko_density *base = NULL;
    jko_flow *flow = NULL;
    jko_flow_options options;
    NEEDS(jko_density_from_mixture(&w, &m, &s, JKO_COVARIANCE_FULL, &base));
    NEEDS(jko_flow_options_init(&options, sizeof options));
    options.potential = "sphere";
    options.method = method;
    options.steps = 2;
    options.components = method == JKO_FLOW_PARTICLES ? 2 : 0;
    options.particles = 120;
    NEEDS(jko_flow_compute(base, &options, &flow));
    NEEDS(jko_flow_save(flow, path));
    jko_flow_destroy(flow);
    jko_density_destroy(base);
}

void make_fixtures(void)
{
    jko_growth_options options;
    jko_growth *growth = NULL;
    make_series();
    NEEDS(jko_growth_options_init(&options, sizeof options));
    options.bootstrap = 2;
    NEEDS(jko_growth_fit(series, &options, &growth));
    NEEDS(jko_growth_save(growth, "../fixtures/growth"));
    make_model((recipe){"../fixtures/linear", JKO_LINEAR, 0, 0, 0, 0, JKO_ERROR_BARS_INFLUENCE, NULL});
    make_model((recipe){"../fixtures/network", JKO_NETWORK, 0, 0, 0, 0, JKO_ERROR_BARS_NONE, NULL});
    make_model((recipe){"../fixtures/members", JKO_NETWORK, JKO_LINEAR, 1, 1, 0, JKO_ERROR_BARS_BOOTSTRAP, NULL});
    make_model((recipe){"../fixtures/growing", JKO_LINEAR, 0, 0, 0, 0, JKO_ERROR_BARS_NONE, growth});
    make_model((recipe){"../fixtures/coupled", JKO_LINEAR, JKO_LINEAR, 1, 0, 0, JKO_ERROR_BARS_BOOTSTRAP, NULL});
    make_model((recipe){"../fixtures/waves", JKO_LINEAR, 0, 0, 1, 4, JKO_ERROR_BARS_NONE, NULL});
    make_flow(JKO_FLOW_FEATURES, "../fixtures/flow");
    make_flow(JKO_FLOW_PARTICLES, "../fixtures/particles");
    jko_growth_destroy(growth);
    jko_snapshots_destroy(series);
}
