/* The midpoint scheme, steps along the rollout, and what predictions are made of. */
#include "populations.h"

/* Three snapshots of V = |x|^2 / 2, whose steps of 0.2 are those of the implicit midpoint rule. */
static jko_snapshots *midpoint_series(void)
{
    static double points[3 * 40][2];
    normal_source source = {5};
    for (int i = 0; i < 40; i++) {
        for (int c = 0; c < 2; c++) {
            points[i][c] = normal(&source);
            points[40 + i][c] = points[i][c] * 0.9 / 1.1;
            points[80 + i][c] = points[40 + i][c] * 0.9 / 1.1;
        }
    }
    return series_of(points, 40, 3, 0.2);
}

static jko_model *quadratic(jko_scheme scheme, const jko_snapshots *series, double rollout_weight)
{
    whole_model_options options = linear_options(2, 0, 0);
    options.model.scheme = scheme;
    jko_fit_options fit = fit_with(0, JKO_ERROR_BARS_NONE);
    fit.rollout_weight = rollout_weight;
    return fitted(options, series, fit);
}

/* Where (1, -2) goes in one step of 0.2. */
static void step(const jko_model *model, const jko_rollout_options *options, double moved[2])
{
    const double start[2] = {1, -2}, times[2] = {0, 0.2};
    double course[4];
    const jko_array x0 = jko_row_major(start, 1, 2), t = jko_row_major(times, 2, 1), out = jko_row_major(course, 2, 2);
    jko_rollout_info info = {.struct_size = sizeof info};
    WORKS(jko_model_rollout(model, &x0, &t, options, &out, &info));
    moved[0] = course[2];
    moved[1] = course[3];
}

static void predictions(const jko_model *model)
{
    jko_rollout_options options;
    double moved[2], fine[2];
    WORKS(jko_rollout_options_init(&options, sizeof options));
    CHECK(options.substeps == 1 && options.noise == JKO_NOISE_BETA);
    step(model, NULL, moved);
    CHECK(fabs(moved[0] - 0.9 / 1.1) < 1e-8 && fabs(moved[1] + 2 * 0.9 / 1.1) < 1e-8);
    options.substeps = 1000;
    step(model, &options, fine);
    CHECK(fabs(fine[0] - exp(-0.2)) < 1e-6);
    options.substeps = 1;
    options.noise = JKO_NOISE_RESIDUAL;
    step(model, &options, fine);
    /* Nothing is left over of steps that the energy explains. */
    CHECK(fabs(fine[0] - moved[0]) < 1e-8 && fabs(fine[1] - moved[1]) < 1e-8);

    const double x[2] = {1, 1}, times[2] = {0, 1};
    double course[4];
    const jko_array x0 = jko_row_major(x, 1, 2), t = jko_row_major(times, 2, 1), out = jko_row_major(course, 2, 2);
    options.noise = 3;
    REFUSED(JKO_EINVALID, "noise", jko_model_rollout(model, &x0, &t, &options, &out, NULL));
    options.noise = JKO_NOISE_NONE;
    options.substeps = 0;
    REFUSED(JKO_EINVALID, "substeps", jko_model_rollout(model, &x0, &t, &options, &out, NULL));
}

static void schemes_are_told_apart(const jko_snapshots *series)
{
    for (jko_scheme scheme = JKO_SCHEME_IMPLICIT; scheme <= JKO_SCHEME_MIDPOINT; scheme++) {
        jko_model *model = quadratic(scheme, series, 0);
        jko_model_info info = {.struct_size = sizeof info};
        WORKS(jko_model_describe(model, &info));
        CHECK(info.scheme == scheme);
        jko_model_destroy(model);
    }
}

/* The energy explains every step, so that predictions are where observations are and nothing changes. */
static void rollout_weights(const jko_snapshots *series)
{
    double plain[2], rolled[2];
    jko_model *one = quadratic(JKO_SCHEME_MIDPOINT, series, 0), *other = quadratic(JKO_SCHEME_MIDPOINT, series, 0.5);
    step(one, NULL, plain);
    step(other, NULL, rolled);
    CHECK(fabs(plain[0] - rolled[0]) < 1e-8);
    jko_model_destroy(one);
    jko_model_destroy(other);

    whole_model_options options = linear_options(2, 0, 0);
    jko_fit_options fit = fit_with(0, JKO_ERROR_BARS_NONE);
    CHECK(fit.rollout_rounds == 20 && fit.rollout_weight == JKO_ROLLOUT_USUAL);
    jko_model *model = NULL;
    WORKS(jko_model_create(whole(&options), &model));
    fit.rollout_weight = 1;
    REFUSED(JKO_EINVALID, "rollout_weight", jko_model_fit(model, series, &fit));
    fit.rollout_weight = 0.5;
    fit.rollout_rounds = 0;
    REFUSED(JKO_EINVALID, "rollout_rounds", jko_model_fit(model, series, &fit));
    fit.rollout_rounds = 1;
    fit.error_bars = JKO_ERROR_BARS_BOOTSTRAP;
    REFUSED(JKO_EINVALID, "error_bars", jko_model_fit(model, series, &fit));
    jko_model_destroy(model);
}

/* The data decide whether V varies in time, and the model says how. */
static void time_is_decided(const jko_snapshots *series)
{
    whole_model_options options = linear_options(2, 0, 0);
    options.model.time_varying = JKO_TIME_VARYING_BY_DATA;
    jko_model *model = NULL;
    WORKS(jko_model_create(whole(&options), &model));
    jko_model_info info = {.struct_size = sizeof info};
    WORKS(jko_model_describe(model, &info));
    CHECK(info.time_varying == JKO_TIME_VARYING_BY_DATA);
    const jko_fit_options fit = fit_with(1e-6, JKO_ERROR_BARS_NONE);
    WORKS(jko_model_fit(model, series, &fit));
    WORKS(jko_model_describe(model, &info));
    CHECK(info.time_varying == 0 || info.time_varying == 1);
    jko_model_destroy(model);
}

int main(void)
{
    jko_snapshots *series = midpoint_series();
    jko_model *model = quadratic(JKO_SCHEME_MIDPOINT, series, 0);
    predictions(model);
    schemes_are_told_apart(series);
    rollout_weights(series);
    time_is_decided(series);
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
    return finish("schemes");
}
