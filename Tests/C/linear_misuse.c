/* Bad input to what models with V, U and beta have beyond others: their options, terms, error bars, and report. */
#include "arrays.h"
#include "populations.h"

#define REFUSES_OPTION(field, value, name)                                                                             \
    do {                                                                                                               \
        options = linear_options(2, 2, 1);                                                                             \
        options.field = (value);                                                                                       \
        REFUSED_HANDLE(JKO_EINVALID, name, model, jko_model_create(&options, &model));                                 \
    } while (0)

static int never(const jko_progress *progress, void *user_data)
{
    (void)progress;
    (void)user_data;
    return 0;
}

static void options_refused(void)
{
    jko_model_options options;
    jko_model *model = NULL;
    jko_density *density = NULL;
    const int32_t kinds[] = {-1, 3, INT32_MAX, INT32_MIN};

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        REFUSES_OPTION(interaction, kinds[i], "interaction");
        REFUSES_OPTION(potential, kinds[i], "potential");
        REFUSES_OPTION(density.kind, kinds[i], "kind");
        REFUSES_OPTION(density.covariance, kinds[i], "covariance");
    }
    REFUSES_OPTION(density.covariance, JKO_COVARIANCE_SPHERICAL, "covariance");
    REFUSES_OPTION(interaction_features.struct_size, 0, "struct_size");
    REFUSES_OPTION(interaction_features.struct_size, SIZE_MAX, "struct_size");
    REFUSES_OPTION(interaction_features.polynomial_degree, 9, "polynomial_degree");
    REFUSES_OPTION(interaction_features.polynomial_total, 2, "polynomial_total");
    REFUSES_OPTION(interaction_features.radial, 8, "radial");
    REFUSES_OPTION(interaction_features.radial_grid, 101, "radial_grid");
    REFUSES_OPTION(interaction_features.radial_centers, -1, "radial_centers");
    REFUSES_OPTION(interaction_features.radial_width, NAN, "radial_width");
    REFUSES_OPTION(interaction_features.fourier_features, INT32_MIN, "fourier_features");
    REFUSES_OPTION(interaction_features.fourier_scale, -1, "fourier_scale");
    REFUSES_OPTION(density.struct_size, 0, "struct_size");
    REFUSES_OPTION(density.struct_size, SIZE_MAX, "struct_size");
    REFUSES_OPTION(density.components, -1, "components");
    REFUSES_OPTION(density.components, 10001, "components");
    REFUSES_OPTION(density.restarts, 0, "restarts");
    REFUSES_OPTION(density.restarts, INT64_MAX, "restarts");
    REFUSES_OPTION(density.max_iterations, 0, "max_iterations");
    REFUSES_OPTION(density.tolerance, NAN, "tolerance");
    REFUSES_OPTION(density.tolerance, -1, "tolerance");
    REFUSES_OPTION(density.regularization, INFINITY, "regularization");
    REFUSES_OPTION(density.reserved, 1, "reserved");
    /* The fit has these. */
    REFUSES_OPTION(density.absolute_regularization, 1e-3, "absolute_regularization");
    REFUSES_OPTION(density.seed, 1, "seed");
    REFUSES_OPTION(density.progress, never, "progress");
    const double points[3][2] = {{0, 0}, {1, 0}, {0, 1}};
    const jko_array x = jko_row_major(&points[0][0], 3, 2);
    WORKS(jko_density_create(&x, NULL, NULL, &density));
    REFUSES_OPTION(density.start, density, "start");
    jko_density_destroy(density);
    options = linear_options(2, 2, 1);
    options.density.components = 0;
    const int64_t most[] = {0, -1, 10001, INT64_MIN};
    for (size_t i = 0; i < COUNT_OF(most); i++) {
        options.density.max_components = most[i];
        REFUSED_HANDLE(JKO_EINVALID, "max_components", model, jko_model_create(&options, &model));
    }
    options = linear_options(2, 2, 1);
    options.density.kind = JKO_DENSITY_KERNEL;
    const double widths[] = {-1, NAN, INFINITY};
    for (size_t i = 0; i < COUNT_OF(widths); i++) {
        options.density.bandwidth = widths[i];
        REFUSED_HANDLE(JKO_EINVALID, "bandwidth", model, jko_model_create(&options, &model));
    }
    options.density.bandwidth = 0;
    options.density.bandwidth_rule = 2;
    REFUSED_HANDLE(JKO_EINVALID, "bandwidth_rule", model, jko_model_create(&options, &model));

    /* Terms that do not go together; features and densities of terms that are not there do not matter. */
    options = linear_options(0, 0, 0);
    REFUSED_HANDLE(JKO_EINVALID, "terms", model, jko_model_create(&options, &model));
    options = linear_options(0, 2, 1);
    options.time_varying = 1;
    REFUSED_HANDLE(JKO_EINVALID, "time_varying", model, jko_model_create(&options, &model));
    options = linear_options(2, 0, 0);
    options.interaction_features.radial = 99;
    options.density.kind = 99;
    WORKS(jko_model_create(&options, &model));
    jko_model_destroy(model);
}

#define REFUSES_FIT(field, value)                                                                                      \
    do {                                                                                                               \
        fit = fit_with(1e-6, JKO_ERROR_BARS_NONE);                                                                     \
        fit.field = (value);                                                                                           \
        REFUSED(JKO_EINVALID, #field, jko_model_fit(model, series, &fit));                                             \
    } while (0)

static int stop(const jko_progress *progress, void *user_data) { return strcmp(progress->stage, user_data) == 0; }

static void fit_refused(void)
{
    const int32_t methods[] = {-1, 2, INT32_MAX, INT32_MIN}, bars[] = {-1, 3, INT32_MAX, INT32_MIN};
    const int64_t samples[] = {0, 1, -1, 100001, INT64_MAX, INT64_MIN};
    jko_snapshots *series = ou_series(2);
    jko_model_options options = linear_options(2, 2, 1);
    jko_model_info info = {.struct_size = sizeof info};
    jko_model *model = NULL, *kernel = NULL, *bare = NULL;
    jko_fit_options fit;
    double kept[MOST_COEFFICIENTS], now[MOST_COEFFICIENTS];

    WORKS(jko_model_create(&options, &model));
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        REFUSES_FIT(ridge_method, methods[i]);
        REFUSES_FIT(error_bars, bars[i]);
    }
    for (size_t i = 0; i < COUNT_OF(samples); i++)
        REFUSES_FIT(bootstrap_samples, samples[i]);
    REFUSES_FIT(ridge, NAN);
    REFUSES_FIT(ridge, -1e-300);
    REFUSES_FIT(reserved2, 1);

    /* Error bars by influence are for exact plans and mixtures. */
    fit = fit_with(1e-6, JKO_ERROR_BARS_INFLUENCE);
    fit.coupling = JKO_PLAN_SINKHORN;
    REFUSED(JKO_EINVALID, "error_bars", jko_model_fit(model, series, &fit));
    options.density.kind = JKO_DENSITY_KERNEL;
    WORKS(jko_model_create(&options, &kernel));
    fit.coupling = JKO_PLAN_EXACT;
    REFUSED(JKO_EINVALID, "error_bars", jko_model_fit(kernel, series, &fit));
    jko_model_destroy(kernel);
    options = linear_options(2, 0, 0);
    options.potential_features.polynomial_degree = 0;
    WORKS(jko_model_create(&options, &bare));
    REFUSED(JKO_EINVALID, "polynomial_degree", jko_model_fit(bare, series, NULL));
    jko_model_destroy(bare);

    /* Cancelled during the plans or the bootstrap, the model is as it was. */
    fit = fit_with(1e-6, JKO_ERROR_BARS_BOOTSTRAP);
    fit.progress = stop;
    const char *stages[] = {"plans", "bootstrap"};
    for (size_t i = 0; i < COUNT_OF(stages); i++) {
        fit.user_data = (void *)stages[i];
        REFUSED(JKO_ECANCELLED, "cancelled", jko_model_fit(model, series, &fit));
        WORKS(jko_model_describe(model, &info));
        CHECK(info.fitted == 0 && info.parameter_count == 0);
    }
    fit = fit_with(1e-6, JKO_ERROR_BARS_NONE);
    WORKS(jko_model_fit(model, series, &fit));
    const int64_t count = coefficients_of(model, kept);
    fit = fit_with(10, JKO_ERROR_BARS_BOOTSTRAP);
    fit.progress = stop;
    for (size_t i = 0; i < COUNT_OF(stages); i++) {
        fit.user_data = (void *)stages[i];
        REFUSED(JKO_ECANCELLED, "cancelled", jko_model_fit(model, series, &fit));
        coefficients_of(model, now);
        CHECK(memcmp(kept, now, (size_t)count * sizeof(double)) == 0);
    }

    /* Populations without a density: two particles in one place. */
    static double same[4][2];
    jko_snapshots *resting = series_of(same, 2, 2, 1);
    const jko_status status = jko_model_fit(model, resting, NULL);
    CHECK(status == JKO_EPOPULATION || status == JKO_ENONFINITE);
    coefficients_of(model, now);
    CHECK(memcmp(kept, now, (size_t)count * sizeof(double)) == 0);
    jko_snapshots_destroy(resting);
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
}

/* Models that lack what a call needs. */
typedef struct models {
    /* Everything, with error bars. */
    jko_model *full;
    jko_model *unfitted;
    jko_model *network;
    /* V alone, U alone and beta alone, with error bars; and everything without them. */
    jko_model *potential, *interaction, *internal, *bare;
    jko_snapshots *series;
} models;

static models all_models(void)
{
    jko_fit_options fit = fit_with(1e-4, JKO_ERROR_BARS_INFLUENCE);
    jko_model_options options = linear_options(2, 2, 1);
    models all = {NULL};
    all.series = ou_series(7);
    all.full = energy_model(1);
    WORKS(jko_model_create(&options, &all.unfitted));
    all.bare = fitted(&options, all.series, fit_with(1e-4, JKO_ERROR_BARS_NONE));
    options = linear_options(2, 0, 0);
    all.potential = fitted(&options, all.series, fit);
    options = linear_options(0, 2, 0);
    all.interaction = fitted(&options, all.series, fit);
    options = linear_options(0, 0, 1);
    all.internal = fitted(&options, all.series, fit);
    fit.epochs = 1;
    fit.error_bars = JKO_ERROR_BARS_NONE;
    jko_model_options_init(&options, sizeof options);
    all.network = fitted(&options, all.series, fit);
    return all;
}

static void release(models all)
{
    jko_model *list[] = {all.full, all.unfitted, all.network, all.potential, all.interaction, all.internal, all.bare};
    for (size_t i = 0; i < COUNT_OF(list); i++)
        jko_model_destroy(list[i]);
    jko_snapshots_destroy(all.series);
}

/* A handle of another type. */
static const jko_model *other_handle(const models *all) { return (const jko_model *)(const void *)all->series; }

typedef jko_status (*term_call)(const jko_model *model, const jko_array *x, double t, const jko_array *out);

static jko_status interaction(const jko_model *model, const jko_array *x, double t, const jko_array *out)
{
    (void)t;
    return jko_model_interaction(model, x, out);
}

static jko_status interaction_gradient(const jko_model *model, const jko_array *x, double t, const jko_array *out)
{
    (void)t;
    return jko_model_interaction_gradient(model, x, out);
}

static jko_status interaction_error(const jko_model *model, const jko_array *x, double t, const jko_array *out)
{
    (void)t;
    return jko_model_interaction_error(model, x, out);
}

static jko_status interaction_gradient_error(const jko_model *model, const jko_array *x, double t, const jko_array *out)
{
    (void)t;
    return jko_model_interaction_gradient_error(model, x, out);
}

/* A call that evaluates a term at points; `without` is a fitted model that lacks the term. */
static void evaluates(term_call call, int64_t columns, int of_error, const models *all, const jko_model *without)
{
    double points[3][2] = {{0, 0}, {1, 0}, {0, 1}}, result[6];
    const jko_array good_x = jko_row_major(&points[0][0], 3, 2), good_out = jko_row_major(result, 3, columns);
    jko_array x = good_x, out = good_out;
    const int timed = call == jko_model_potential || call == jko_model_potential_gradient ||
                      call == jko_model_potential_error || call == jko_model_potential_gradient_error;

    FILL(result);
    REFUSED(JKO_ENULL, "model", call(NULL, &x, 0, &out));
    REFUSED(JKO_ENULL, "x", call(all->full, NULL, 0, &out));
    REFUSED(JKO_ENULL, "out", call(all->full, &x, 0, NULL));
    REFUSED(JKO_ENOTFITTED, "model", call(all->unfitted, &x, 0, &out));
    REFUSED(JKO_EINVALID, "model", call(without, &x, 0, &out));
    REFUSED(JKO_EINVALID, "model", call(other_handle(all), &x, 0, &out));
    if (of_error)
        REFUSED(JKO_EINVALID, "model", call(all->bare, &x, 0, &out));
    if (of_error || !timed)
        REFUSED(JKO_EINVALID, "model", call(all->network, &x, 0, &out));
    REFUSES_BAD_ARRAYS("x", x, good_x, call(all->full, &x, 0, &out));
    REFUSES_BAD_ARRAYS("out", out, good_out, call(all->full, &x, 0, &out));
    REFUSES_NONFINITE("x", &points[0][0], 6, call(all->full, &x, 0, &out));
    if (timed) {
        REFUSED(JKO_ENONFINITE, "t", call(all->full, &x, NAN, &out));
        REFUSED(JKO_ENONFINITE, "t", call(all->full, &x, INFINITY, &out));
    }
    x = jko_row_major(&points[0][0], 3, 1);
    REFUSED(JKO_ESHAPE, "x", call(all->full, &x, 0, &out));
    x = good_x;
    out = jko_row_major(result, 2, columns);
    REFUSED(JKO_ESHAPE, "out", call(all->full, &x, 0, &out));
    out = jko_row_major(result, 3, 3 - columns);
    REFUSED(JKO_ESHAPE, "out", call(all->full, &x, 0, &out));
    UNTOUCHED(result);
    out = good_out;
    WORKS(call(all->full, &x, 0, &out));
    for (int64_t i = 0; i < 3 * columns; i++)
        CHECK(isfinite(result[i]) && (!of_error || result[i] >= 0));
    points[0][0] = 1e300; /* any finite point is an answer or an error, never the end */
    CHECK(call(all->full, &x, 0, &out) <= JKO_OK);
    points[0][0] = 0;
    x.rows = out.rows = 1;
    WORKS(call(all->full, &x, 1e6, &out));
}

static void beta_refused(const models *all)
{
    jko_status (*const calls[])(const jko_model *, double *) = {jko_model_beta, jko_model_beta_error};
    double beta = UNTOUCHED_VALUE;
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        REFUSED(JKO_ENULL, "model", calls[i](NULL, &beta));
        REFUSED(JKO_ENULL, i == 0 ? "beta" : "error", calls[i](all->full, NULL));
        REFUSED(JKO_ENOTFITTED, "model", calls[i](all->unfitted, &beta));
        REFUSED(JKO_EINVALID, "model", calls[i](all->potential, &beta));
        REFUSED(JKO_EINVALID, "model", calls[i](all->interaction, &beta));
        REFUSED(JKO_EINVALID, "model", calls[i](all->network, &beta));
        REFUSED(JKO_EINVALID, "model", calls[i](other_handle(all), &beta));
    }
    REFUSED(JKO_EINVALID, "model", jko_model_beta_error(all->bare, &beta));
    CHECK(beta == UNTOUCHED_VALUE);
    WORKS(jko_model_beta(all->internal, &beta));
    CHECK(isfinite(beta));
    WORKS(jko_model_beta_error(all->internal, &beta));
    CHECK(beta > 0 && isfinite(beta));
}

static void energy_refused(const models *all)
{
    double points[4][2] = {{0, 0}, {1, 0}, {0, 1}, {2, 3}}, masses[4] = {1, 2, 1, 1}, energy = UNTOUCHED_VALUE;
    const jko_array good_x = jko_row_major(&points[0][0], 4, 2), good_weights = jko_row_major(masses, 4, 1);
    jko_array x = good_x, w = good_weights;
    const jko_model *model = all->full;

    REFUSED(JKO_ENULL, "model", jko_model_energy(NULL, &x, &w, 0, &energy));
    REFUSED(JKO_ENULL, "x", jko_model_energy(model, NULL, &w, 0, &energy));
    REFUSED(JKO_ENULL, "energy", jko_model_energy(model, &x, &w, 0, NULL));
    REFUSED(JKO_ENOTFITTED, "model", jko_model_energy(all->unfitted, &x, &w, 0, &energy));
    REFUSED(JKO_EINVALID, "model", jko_model_energy(other_handle(all), &x, &w, 0, &energy));
    REFUSES_BAD_ARRAYS("x", x, good_x, jko_model_energy(model, &x, &w, 0, &energy));
    REFUSES_BAD_ARRAYS("weights", w, good_weights, jko_model_energy(model, &x, &w, 0, &energy));
    REFUSES_NONFINITE("x", &points[0][0], 8, jko_model_energy(model, &x, &w, 0, &energy));
    REFUSES_NONFINITE("weights", masses, 4, jko_model_energy(model, &x, &w, 0, &energy));
    REFUSED(JKO_ENONFINITE, "t", jko_model_energy(model, &x, &w, NAN, &energy));
    w.rows = 3;
    REFUSED(JKO_ESHAPE, "weights", jko_model_energy(model, &x, &w, 0, &energy));
    w = jko_row_major(masses, 1, 4);
    REFUSED(JKO_ESHAPE, "weights", jko_model_energy(model, &x, &w, 0, &energy));
    w = good_weights;
    masses[1] = -2;
    REFUSED(JKO_EPOPULATION, "weights", jko_model_energy(model, &x, &w, 0, &energy));
    memset(masses, 0, sizeof masses);
    REFUSED(JKO_EPOPULATION, "weights", jko_model_energy(model, &x, &w, 0, &energy));
    x = jko_row_major(&points[0][0], 4, 1);
    REFUSED(JKO_ESHAPE, "x", jko_model_energy(model, &x, NULL, 0, &energy));
    x = jko_row_major(&points[0][0], 1, 2);
    REFUSED(JKO_EPOPULATION, "points", jko_model_energy(model, &x, NULL, 0, &energy)); /* one particle has no density */
    CHECK(energy == UNTOUCHED_VALUE);
    WORKS(jko_model_energy(all->network, &x, NULL, 0, &energy));
    WORKS(jko_model_energy(all->interaction, &x, NULL, NAN, &energy));
    CHECK(energy == 0); /* U(0) / 2 */
    points[0][0] = 1e200;
    x.rows = 4;
    CHECK(jko_model_energy(model, &x, NULL, 0, &energy) < JKO_OK);
}

static void coefficients_refused(const models *all)
{
    jko_status (*const calls[])(const jko_model *, const jko_array *) = {jko_model_coefficients, jko_model_covariance};
    static double result[MOST_COEFFICIENTS * MOST_COEFFICIENTS];
    const int64_t count = coefficient_count(all->full);

    FILL(result);
    for (int i = 0; i < 2; i++) {
        const jko_array good = jko_row_major(result, count, i == 0 ? 1 : count);
        jko_array out = good;
        REFUSED(JKO_ENULL, "model", calls[i](NULL, &out));
        REFUSED(JKO_ENULL, "out", calls[i](all->full, NULL));
        REFUSED(JKO_ENOTFITTED, "model", calls[i](all->unfitted, &out));
        REFUSED(JKO_EINVALID, "model", calls[i](all->network, &out));
        REFUSED(JKO_EINVALID, "model", calls[i](other_handle(all), &out));
        REFUSES_BAD_ARRAYS("out", out, good, calls[i](all->full, &out));
        out.rows = count - 1;
        REFUSED(JKO_ESHAPE, "out", calls[i](all->full, &out));
        out = jko_row_major(result, 1, count);
        REFUSED(JKO_ESHAPE, "out", calls[i](all->full, &out));
        if (i == 1) {
            out = good;
            out.row_stride = 0;
            REFUSED(JKO_ESHAPE, "out", calls[i](all->full, &out));
        }
    }
    const int64_t few = coefficient_count(all->bare);
    const jko_array matrix = jko_row_major(result, few, few);
    REFUSED(JKO_EINVALID, "model", jko_model_covariance(all->bare, &matrix));
    UNTOUCHED(result);
}

static void observability_refused(const models *all)
{
    char text[8] = "1234567";
    size_t length = 77;
    REFUSED(JKO_ENULL, "model", jko_model_observability(NULL, text, sizeof text, &length));
    REFUSED(JKO_ENULL, "buffer", jko_model_observability(all->full, NULL, sizeof text, &length));
    REFUSED(JKO_ENULL, "length", jko_model_observability(all->full, text, sizeof text, NULL));
    REFUSED(JKO_ENOTFITTED, "model", jko_model_observability(all->unfitted, text, sizeof text, &length));
    REFUSED(JKO_EINVALID, "model", jko_model_observability(all->network, text, sizeof text, &length));
    REFUSED(JKO_EINVALID, "model", jko_model_observability(other_handle(all), text, sizeof text, &length));
    CHECK(strcmp(text, "1234567") == 0 && length == 77);
    WORKS(jko_model_observability(all->full, text, 1, &length));
    CHECK(text[0] == 0 && length > 100);
    WORKS(jko_model_observability(all->full, text, sizeof text, &length));
    CHECK(strlen(text) == sizeof text - 1 && text[0] == '{');
}

int main(void)
{
    options_refused();
    fit_refused();
    const models all = all_models();
    evaluates(jko_model_potential, 1, 0, &all, all.interaction);
    evaluates(jko_model_potential_gradient, 2, 0, &all, all.internal);
    evaluates(jko_model_potential_error, 1, 1, &all, all.interaction);
    evaluates(jko_model_potential_gradient_error, 2, 1, &all, all.internal);
    evaluates(interaction, 1, 0, &all, all.potential);
    evaluates(interaction_gradient, 2, 0, &all, all.internal);
    evaluates(interaction_error, 1, 1, &all, all.potential);
    evaluates(interaction_gradient_error, 2, 1, &all, all.internal);
    beta_refused(&all);
    energy_refused(&all);
    coefficients_refused(&all);
    observability_refused(&all);
    release(all);
    return finish("linear_misuse");
}
