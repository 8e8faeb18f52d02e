/* Bad input to what models with V, U and beta have beyond others: their options, fits, coefficients, and report. Terms:
   terms_misuse.c. */
#include "arrays.h"
#include "models.h"
#include "options.h"
#include "populations.h"

#define REFUSES_OPTION(path, member, value)                                                                            \
    do {                                                                                                               \
        options = linear_options(2, 2, 1);                                                                             \
        options.member = (value);                                                                                      \
        REFUSED_HANDLE(JKO_EINVALID, path, model, jko_model_create(whole(&options), &model));                          \
    } while (0)

#define REFUSES_MODEL(member, value) REFUSES_OPTION("options->" #member, model.member, value)
#define REFUSES_FEATURES(member, value)                                                                                \
    REFUSES_OPTION("options->interaction_features->" #member, interaction_features.member, value)
#define REFUSES_DENSITY(member, value) REFUSES_OPTION("options->density->" #member, density.member, value)

/* The densities of a model have none of their own. */
#define REFUSES_OF_THE_FIT(member, value)                                                                              \
    do {                                                                                                               \
        options = linear_options(2, 2, 1);                                                                             \
        options.density.member = (value);                                                                              \
        REFUSED_HANDLE(JKO_EINVALID, "options->density->" #member, model, jko_model_create(whole(&options), &model));  \
    } while (0)

static int never(const jko_progress *progress, void *user_data)
{
    (void)progress;
    (void)user_data;
    return 0;
}

static void options_refused(void)
{
    whole_model_options options;
    jko_model *model = NULL;
    jko_density *density = NULL;
    const int32_t kinds[] = {-1, 3, INT32_MAX, INT32_MIN};

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        REFUSES_MODEL(interaction, kinds[i]);
        REFUSES_MODEL(potential, kinds[i]);
        REFUSES_DENSITY(kind, kinds[i]);
        REFUSES_DENSITY(covariance, kinds[i]);
    }
    REFUSES_DENSITY(covariance, JKO_COVARIANCE_SPHERICAL);
    REFUSES_FEATURES(struct_size, 0);
    REFUSES_FEATURES(struct_size, SIZE_MAX);
    REFUSES_FEATURES(polynomial_degree, 9);
    REFUSES_FEATURES(polynomial_total, 2);
    REFUSES_FEATURES(radial, 8);
    REFUSES_FEATURES(radial_grid, 101);
    REFUSES_FEATURES(radial_centres, -1);
    REFUSES_FEATURES(radial_width, NAN);
    REFUSES_FEATURES(fourier_features, INT32_MIN);
    REFUSES_FEATURES(fourier_scale, -1);
    REFUSES_DENSITY(struct_size, 0);
    REFUSES_DENSITY(struct_size, SIZE_MAX);
    REFUSES_DENSITY(components, -1);
    REFUSES_DENSITY(components, 10001);
    REFUSES_DENSITY(restarts, 0);
    REFUSES_DENSITY(restarts, INT64_MAX);
    REFUSES_DENSITY(max_iterations, 0);
    REFUSES_DENSITY(tolerance, NAN);
    REFUSES_DENSITY(tolerance, -1);
    REFUSES_DENSITY(regularisation, INFINITY);
    /* The fit has these. */
    REFUSES_OF_THE_FIT(absolute_regularisation, 1e-3);
    REFUSES_OF_THE_FIT(seed, 1);
    REFUSES_OF_THE_FIT(progress, never);
    const double points[3][2] = {{0, 0}, {1, 0}, {0, 1}};
    const jko_array x = jko_row_major(&points[0][0], 3, 2);
    WORKS(jko_density_create(&x, NULL, NULL, &density));
    REFUSES_OF_THE_FIT(start, density);
    jko_density_destroy(density);
    options = linear_options(2, 2, 1);
    options.density.components = 0;
    const int64_t most[] = {0, -1, 10001, INT64_MIN};
    for (size_t i = 0; i < COUNT_OF(most); i++) {
        options.density.max_components = most[i];
        REFUSED_HANDLE(JKO_EINVALID, "max_components", model, jko_model_create(whole(&options), &model));
    }
    options = linear_options(2, 2, 1);
    options.density.kind = JKO_DENSITY_KERNEL;
    const double widths[] = {-1, NAN, INFINITY};
    for (size_t i = 0; i < COUNT_OF(widths); i++) {
        options.density.bandwidth = widths[i];
        REFUSED_HANDLE(JKO_EINVALID, "bandwidth", model, jko_model_create(whole(&options), &model));
    }
    options.density.bandwidth = 0;
    options.density.bandwidth_rule = 2;
    REFUSED_HANDLE(JKO_EINVALID, "bandwidth_rule", model, jko_model_create(whole(&options), &model));

    /* Terms that do not go together. */
    options = linear_options(0, 0, 0);
    REFUSED_HANDLE_ABOUT(JKO_EINVALID, "terms", "", model, jko_model_create(whole(&options), &model));
    options = linear_options(0, 2, 1);
    options.model.time_varying = 1;
    REFUSED_HANDLE(JKO_EINVALID, "time_varying", model, jko_model_create(whole(&options), &model));
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
    const int64_t samples[] = {1, -1, 100001, INT64_MAX, INT64_MIN};
    jko_snapshots *series = ou_series(2);
    whole_model_options options = linear_options(2, 2, 1);
    whole_fit_options entropic = usual_fit();
    jko_model_info info = {.struct_size = sizeof info};
    jko_model *model = NULL, *kernel = NULL, *bare = NULL;
    jko_fit_options fit;
    double kept[MOST_COEFFICIENTS], now[MOST_COEFFICIENTS];

    WORKS(jko_model_create(whole(&options), &model));
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        REFUSES_FIT(ridge_method, methods[i]);
        REFUSES_FIT(error_bars, bars[i]);
    }
    for (size_t i = 0; i < COUNT_OF(samples); i++)
        REFUSES_FIT(bootstrap_samples, samples[i]);
    REFUSES_FIT(ridge, NAN);
    REFUSES_FIT(ridge, -1e-300);

    /* Error bars by influence are for exact plans and mixtures. */
    entropic.fit = fit = fit_with(1e-6, JKO_ERROR_BARS_INFLUENCE);
    entropic.transport.method = JKO_PLAN_SINKHORN;
    REFUSED(JKO_EINVALID, "error_bars", jko_model_fit(model, series, without_training(&entropic)));
    options.density.kind = JKO_DENSITY_KERNEL;
    WORKS(jko_model_create(whole(&options), &kernel));
    REFUSED(JKO_EINVALID, "error_bars", jko_model_fit(kernel, series, &fit));
    jko_model_destroy(kernel);
    options = linear_options(2, 0, 0);
    options.potential_features.polynomial_degree = 0;
    WORKS(jko_model_create(whole(&options), &bare));
    REFUSED(JKO_EINVALID, "polynomial_degree", jko_model_fit(bare, series, NULL));
    jko_model_destroy(bare);

    /* Cancelled during the plans or the bootstrap, the model is as it was. */
    fit = fit_with(1e-6, JKO_ERROR_BARS_BOOTSTRAP);
    fit.progress = stop;
    const char *stages[] = {"plans", "bootstrap"};
    for (size_t i = 0; i < COUNT_OF(stages); i++) {
        fit.progress_user_data = (void *)stages[i];
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
        fit.progress_user_data = (void *)stages[i];
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
    coefficients_refused(&all);
    observability_refused(&all);
    release(all);
    return finish("linear_misuse");
}
