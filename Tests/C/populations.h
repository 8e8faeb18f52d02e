/* Populations with a known energy, and models that are linear in their coefficients, for the tests of linear.h. */
#ifndef POPULATIONS_H
#define POPULATIONS_H

#include "check.h"
#include "options.h"

/* Numbers of a standard normal distribution (Box and Muller), the same on every machine. */
typedef struct normal_source {
    uint64_t state;
} normal_source;

static inline double uniform(normal_source *source)
{
    source->state = source->state * 6364136223846793005u + 1442695040888963407u;
    return ((double)(source->state >> 11) + 0.5) / 9007199254740992.0;
}

static inline double normal(normal_source *source)
{
    const double radius = sqrt(-2 * log(uniform(source)));
    return radius * cos(6.283185307179586 * uniform(source));
}

/* Snapshots in the plane from consecutive blocks of `n` points each. */
static inline jko_snapshots *series_of(double (*points)[2], int64_t n, int count, double dt)
{
    jko_snapshots *series = NULL;
    WORKS(jko_snapshots_create_empty(2, &series));
    for (int k = 0; k < count; k++) {
        const jko_array x = jko_row_major(points[k * n], n, 2);
        WORKS(jko_snapshots_append(series, &x, k * dt, NULL));
    }
    return series;
}

#define CLOUD 60
#define SNAPSHOTS 3

/* Two clouds at rest, ten apart. The second has 20, 30 and 45 of the 60 particles. */
static inline jko_snapshots *clouds(void)
{
    const int second[SNAPSHOTS] = {20, 30, 45};
    normal_source source = {7};
    double points[SNAPSHOTS * CLOUD][2];
    for (int i = 0; i < SNAPSHOTS * CLOUD; i++) {
        points[i][0] = (i % CLOUD < second[i / CLOUD] ? 5 : -5) + 0.3 * normal(&source);
        points[i][1] = 0.3 * normal(&source);
    }
    return series_of(points, CLOUD, SNAPSHOTS, 1);
}

#define OU_PARTICLES 120
#define OU_TIMES 5
#define OU_STEP 0.1
#define OU_RATE 1.0
#define OU_BETA 0.5

/*
 * An Ornstein-Uhlenbeck population, V = OU_RATE |x - m|^2 / 2 and beta = OU_BETA: independent normal samples of the
 * exact variance at each time, s^2' = 2 beta - 2 rate s^2 from s = 2; its mean moves from (3, -1) to m = (1, 0).
 */
static inline jko_snapshots *ou_series(uint64_t seed)
{
    static double points[OU_TIMES * OU_PARTICLES][2];
    normal_source source = {seed};
    for (int k = 0; k < OU_TIMES; k++) {
        const double decay = exp(-OU_RATE * OU_STEP * k), rest = OU_BETA / OU_RATE;
        const double spread = sqrt(rest + (4 - rest) * decay * decay);
        for (int i = 0; i < OU_PARTICLES; i++) {
            points[k * OU_PARTICLES + i][0] = 1 + 2 * decay + spread * normal(&source);
            points[k * OU_PARTICLES + i][1] = -decay + spread * normal(&source);
        }
    }
    return series_of(points, OU_PARTICLES, OU_TIMES, OU_STEP);
}

/* Options of monomials alone whose exponents sum to at most `potential` and `interaction`; 0 for no such term. */
static inline whole_model_options linear_options(int32_t potential, int32_t interaction, int32_t internal)
{
    whole_model_options options = usual_model();
    options.model.potential = potential > 0 ? JKO_LINEAR : JKO_NONE;
    options.model.interaction = interaction > 0 ? JKO_LINEAR : JKO_NONE;
    options.model.internal = internal;
    options.model.scheme = JKO_SCHEME_IMPLICIT;
    options.potential_features.polynomial_degree = potential;
    options.interaction_features.polynomial_degree = interaction;
    options.potential_features.polynomial_total = options.interaction_features.polynomial_total = 1;
    options.potential_features.radial_grid = options.interaction_features.radial_grid = 0;
    options.density.components = 1;
    return options;
}

static inline jko_fit_options fit_with(double ridge, jko_error_bars error_bars)
{
    jko_fit_options options;
    jko_fit_options_init(&options, sizeof options);
    options.ridge = ridge;
    options.error_bars = error_bars;
    options.bootstrap_samples = 40;
    return options;
}

static inline jko_model *fitted(whole_model_options options, const jko_snapshots *series, jko_fit_options fit)
{
    jko_model *model = NULL;
    WORKS(jko_model_create(whole(&options), &model));
    WORKS(jko_model_fit(model, series, &fit));
    return model;
}

/* V, U and beta of an Ornstein-Uhlenbeck population, with error bars. */
static inline jko_model *energy_model(int32_t time_varying)
{
    jko_snapshots *series = ou_series(1);
    whole_model_options options = linear_options(2, 4, 1);
    options.model.time_varying = time_varying;
    options.potential_features.time_degree = 1;
    jko_model *model = fitted(options, series, fit_with(1e-4, JKO_ERROR_BARS_INFLUENCE));
    jko_snapshots_destroy(series);
    return model;
}

static inline int64_t coefficient_count(const jko_model *model)
{
    jko_model_info info = {.struct_size = sizeof info};
    WORKS(jko_model_describe(model, &info));
    return info.parameter_count;
}

#define MOST_COEFFICIENTS 64

static inline int64_t coefficients_of(const jko_model *model, double values[MOST_COEFFICIENTS])
{
    const int64_t count = coefficient_count(model);
    const jko_array out = jko_row_major(values, count, 1);
    CHECK(count <= MOST_COEFFICIENTS);
    if (count <= MOST_COEFFICIENTS)
        WORKS(jko_model_coefficients(model, &out));
    return count;
}

#endif
