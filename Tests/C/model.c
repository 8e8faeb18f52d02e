/* Bad input to jkonetstar/model.h: creating, fitting, evaluating. Files: files.c. */
#include "arrays.h"
#include "series.h"

#define REFUSES_OPTION(field, value, kind)                                                                             \
    do {                                                                                                               \
        jko_model_options_init(&options, sizeof options);                                                              \
        options.potential = (kind);                                                                                    \
        options.field = (value);                                                                                       \
        REFUSED_HANDLE(JKO_EINVALID, #field, model, jko_model_create(&options, &model));                               \
    } while (0)

static void create(void)
{
    jko_model_options options;
    jko_model *model = NULL;

    REFUSED(JKO_ENULL, "options", jko_model_options_init(NULL, sizeof(jko_model_options)));
    REFUSED(JKO_EINVALID, "struct_size", jko_model_options_init(&options, sizeof options + 8));
    REFUSED(JKO_ENULL, "out", jko_model_create(NULL, NULL));
    const size_t sizes[] = {0, 4, SIZE_MAX};
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        REFUSES_OPTION(struct_size, sizes[i], JKO_POTENTIAL_MLP);
    const int32_t kinds[] = {0, -1, 3, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        REFUSES_OPTION(potential, kinds[i], JKO_POTENTIAL_MLP);
        if (kinds[i] != 0)
            REFUSES_OPTION(scheme, kinds[i], JKO_POTENTIAL_MLP);
    }
    const int32_t counts[] = {0, -1, JKO_MAX_HIDDEN_LAYERS + 1, INT32_MAX, INT32_MIN};
    const int32_t widths[] = {0, -1, 4097, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        REFUSES_OPTION(hidden_count, counts[i], JKO_POTENTIAL_MLP);
        jko_model_options_init(&options, sizeof options);
        options.hidden[1] = widths[i];
        REFUSED_HANDLE(JKO_EINVALID, "hidden", model, jko_model_create(&options, &model));
    }
    REFUSES_OPTION(potential_features.polynomial_degree, -2, JKO_POTENTIAL_LINEAR);
    REFUSES_OPTION(potential_features.polynomial_degree, 9, JKO_POTENTIAL_LINEAR);
    REFUSES_OPTION(potential_features.radial_grid, -1, JKO_POTENTIAL_LINEAR);
    REFUSES_OPTION(potential_features.radial_grid, 101, JKO_POTENTIAL_LINEAR);
    REFUSES_OPTION(potential_features.radial_centers, -1, JKO_POTENTIAL_LINEAR);
    REFUSES_OPTION(potential_features.radial_centers, 3001, JKO_POTENTIAL_LINEAR);
    REFUSES_OPTION(potential_features.radial_width, -1, JKO_POTENTIAL_LINEAR);
    REFUSES_OPTION(potential_features.radial_width, NAN, JKO_POTENTIAL_LINEAR);
    REFUSES_OPTION(potential_features.radial_width, INFINITY, JKO_POTENTIAL_LINEAR);
    REFUSES_OPTION(potential_features.struct_size, 0, JKO_POTENTIAL_LINEAR);
    REFUSES_OPTION(potential_features.polynomial_total, 2, JKO_POTENTIAL_LINEAR);
    REFUSES_OPTION(potential_features.polynomial_total, -2, JKO_POTENTIAL_LINEAR);
    REFUSES_OPTION(potential_features.radial, -1, JKO_POTENTIAL_LINEAR);
    REFUSES_OPTION(potential_features.radial, 8, JKO_POTENTIAL_LINEAR);
    REFUSES_OPTION(potential_features.fourier_features, -1, JKO_POTENTIAL_LINEAR);
    REFUSES_OPTION(potential_features.fourier_features, 20001, JKO_POTENTIAL_LINEAR);
    REFUSES_OPTION(potential_features.fourier_scale, -1, JKO_POTENTIAL_LINEAR);
    REFUSES_OPTION(potential_features.fourier_scale, NAN, JKO_POTENTIAL_LINEAR);
    jko_model_options_init(&options, sizeof options);
    options.potential = JKO_POTENTIAL_LINEAR;
    options.time_varying = 1;
    const int32_t degrees[] = {0, -1, 9, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < COUNT_OF(degrees); i++) {
        options.potential_features.time_degree = degrees[i];
        REFUSED_HANDLE(JKO_EINVALID, "time_degree", model, jko_model_create(&options, &model));
    }
    jko_feature_options features;
    REFUSED(JKO_ENULL, "options", jko_feature_options_init(NULL, sizeof features));
    REFUSED(JKO_EINVALID, "struct_size", jko_feature_options_init(&features, sizeof features - 8));
    WORKS(jko_feature_options_init(&features, sizeof features));
    WORKS(jko_model_create(NULL, &model));
    jko_model_destroy(model);
    jko_model_destroy(NULL);
}

/* x_1^2 / 2, and cos(x_2) where there are two; asked to stop when user_data is negative. */
static int own_features(const double *points, int64_t n, int64_t d, double *values, double *jacobian, void *user_data)
{
    int *calls = user_data;

    if (*calls < 0)
        return 1;
    ++*calls;
    for (int64_t i = 0; i < n; i++) {
        const double *x = points + i * d;
        if (values != NULL) {
            values[2 * i] = x[0] * x[0] / 2;
            values[2 * i + 1] = cos(x[d - 1]);
        }
        if (jacobian != NULL) {
            memset(jacobian + 2 * i * d, 0, (size_t)(2 * d) * sizeof *jacobian);
            jacobian[2 * i * d] = x[0];
            jacobian[(2 * i + 1) * d + d - 1] = -sin(x[d - 1]);
        }
    }
    return 0;
}

/* The host's own features are fitted and evaluated like the others, but not saved. */
static void callbacks(void)
{
    jko_snapshots *series = drifting_series();
    jko_model_options options;
    jko_model *model = NULL;
    double x[] = {0.5, -0.25, 1, 2}, value[2], gradient[4];
    int calls = 0;

    jko_model_options_init(&options, sizeof options);
    options.potential = JKO_POTENTIAL_LINEAR;
    options.potential_features.polynomial_degree = 0;
    options.potential_features.radial_grid = 0;
    options.potential_features.callback = own_features;
    REFUSED_HANDLE(JKO_EINVALID, "callback_count", model, jko_model_create(&options, &model));
    options.potential_features.callback_count = 3001;
    REFUSED_HANDLE(JKO_EINVALID, "callback_count", model, jko_model_create(&options, &model));
    options.potential_features.callback = NULL;
    options.potential_features.callback_count = 2;
    REFUSED_HANDLE(JKO_EINVALID, "callback_count", model, jko_model_create(&options, &model));
    options.potential_features.callback = own_features;
    options.potential_features.callback_user_data = &calls;
    WORKS(jko_model_create(&options, &model));
    WORKS(jko_model_fit(model, series, NULL));
    CHECK(calls > 0);
    jko_array points = jko_row_major(x, 2, 2), values = jko_row_major(value, 2, 1);
    jko_array gradients = jko_row_major(gradient, 2, 2);
    WORKS(jko_model_potential(model, &points, 0, &values));
    WORKS(jko_model_potential_gradient(model, &points, 0, &gradients));
    /* a x_1^2 / 2 + b cos(x_2): the gradient tells a and b. */
    double a = gradient[0] / x[0], b = -gradient[1] / sin(x[1]);
    CHECK(fabs(gradient[2] - a * x[2]) < 1e-12 * (1 + fabs(a)));
    CHECK(fabs(gradient[3] + b * sin(x[3])) < 1e-12 * (1 + fabs(b)));
    CHECK(fabs(value[0] - a * x[0] * x[0] / 2 - b * cos(x[1])) < 1e-12 * (1 + fabs(a) + fabs(b)));
    REFUSED(JKO_EINVALID, "callback", jko_model_save(model, "callback.safetensors"));
    calls = -1;
    REFUSED(JKO_ECANCELLED, "callback", jko_model_fit(model, series, NULL));
    WORKS(jko_model_potential(model, &points, 0, &values));
    CHECK(isnan(value[0]));
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
}

#define REFUSES_FIT_OPTION(field, value)                                                                               \
    do {                                                                                                               \
        jko_fit_options_init(&options, sizeof options);                                                                \
        options.epochs = 1;                                                                                            \
        options.field = (value);                                                                                       \
        REFUSED(JKO_EINVALID, #field, jko_model_fit(network, series, &options));                                       \
    } while (0)

static int stop(const jko_progress *progress, void *user_data) { return strcmp(progress->stage, user_data) == 0; }

/* Long epochs are asked about in their midst too: with none done as yet, they go on. */
static int stop_after_an_epoch(const jko_progress *progress, void *user_data)
{
    (void)user_data;
    return strcmp(progress->stage, "training") == 0 && progress->done == 1;
}

static void fit(void)
{
    jko_fit_options options;
    jko_snapshots *series = drifting_series(), *single = NULL, *empty = NULL;
    jko_model *network = NULL, *linear = linear_model(0);
    jko_model_info info;
    const double point[2] = {0, 0};
    const jko_array x = jko_row_major(point, 1, 2);
    const double reals[] = {0, -1, NAN, INFINITY, -INFINITY};
    const size_t sizes[] = {0, 4, SIZE_MAX};

    info.struct_size = sizeof info;
    WORKS(jko_model_create(NULL, &network));
    WORKS(jko_snapshots_create_empty(2, &empty));
    WORKS(jko_snapshots_create_empty(2, &single));
    WORKS(jko_snapshots_append(single, &x, 0, NULL));
    REFUSED(JKO_ENULL, "options", jko_fit_options_init(NULL, sizeof(jko_fit_options)));
    REFUSED(JKO_EINVALID, "struct_size", jko_fit_options_init(&options, sizeof options + 8));
    REFUSED(JKO_ENULL, "model", jko_model_fit(NULL, series, NULL));
    REFUSED(JKO_ENULL, "snapshots", jko_model_fit(network, NULL, NULL));
    REFUSED(JKO_ESHAPE, "snapshots", jko_model_fit(network, empty, NULL));
    REFUSED(JKO_ESHAPE, "snapshots", jko_model_fit(network, single, NULL));

    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        REFUSES_FIT_OPTION(struct_size, sizes[i]);
    REFUSES_FIT_OPTION(epochs, 0);
    REFUSES_FIT_OPTION(epochs, 10000001);
    REFUSES_FIT_OPTION(epochs, INT64_MIN);
    REFUSES_FIT_OPTION(batch_size, 0);
    REFUSES_FIT_OPTION(batch_size, INT64_MIN);
    REFUSES_FIT_OPTION(precision, 2);
    REFUSES_FIT_OPTION(precision, -1);
    REFUSES_FIT_OPTION(reserved, 1);
    for (size_t i = 0; i < COUNT_OF(reals); i++) {
        REFUSES_FIT_OPTION(learning_rate, reals[i]);
        REFUSES_FIT_OPTION(clip_norm, reals[i]);
        if (reals[i] != 0 && reals[i] != JKO_RIDGE_USUAL) {
            jko_fit_options_init(&options, sizeof options);
            options.ridge = reals[i];
            REFUSED(JKO_EINVALID, "ridge", jko_model_fit(linear, series, &options));
        }
    }

    /* Cancelled during the plans, a model is as it was; during training, it is fitted. */
    jko_fit_options_init(&options, sizeof options);
    options.epochs = 3;
    options.batch_size = INT64_MAX;
    options.progress = stop;
    options.user_data = (void *)"plans";
    CHECK(jko_model_fit(network, series, &options) == JKO_ECANCELLED);
    WORKS(jko_model_describe(network, &info));
    CHECK(info.fitted == 0 && info.dimension == 0 && info.parameter_count == 0);
    options.progress = stop_after_an_epoch;
    CHECK(jko_model_fit(network, series, &options) == JKO_ECANCELLED);
    WORKS(jko_model_describe(network, &info));
    CHECK(info.fitted != 0 && info.dimension == 2 && info.history_count == 1);
    REFUSED(JKO_ESHAPE, "snapshots", jko_model_fit(network, single, NULL));
    WORKS(jko_model_describe(network, &info));
    CHECK(info.fitted != 0 && info.history_count == 1);

    jko_model_destroy(network);
    jko_model_destroy(linear);
    jko_snapshots_destroy(series);
    jko_snapshots_destroy(single);
    jko_snapshots_destroy(empty);
}

/* Two particles, one of them in one place forever: nothing to learn, but a valid fit. */
static void fit_degenerate(void)
{
    const double origin[2] = {0, 0};
    const jko_array x = jko_row_major(origin, 1, 2);
    jko_snapshots *series = NULL;
    jko_model *model = linear_model(0);

    WORKS(jko_snapshots_create_empty(2, &series));
    WORKS(jko_snapshots_append(series, &x, 0, NULL));
    WORKS(jko_snapshots_append(series, &x, 1, NULL));
    jko_status status = jko_model_fit(model, series, NULL);
    CHECK(status == JKO_OK || status == JKO_ECONVERGENCE || status == JKO_EINVALID);
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
}

static void describe(const jko_model *model, const jko_model *unfitted)
{
    jko_model_info info;
    char text[8] = "1234567";
    size_t length = 77;
    const size_t sizes[] = {0, 4, SIZE_MAX};

    memset(&info, 0x5a, sizeof info);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        info.struct_size = sizes[i];
        REFUSED(JKO_EINVALID, "struct_size", jko_model_describe(model, &info));
        CHECK(info.dimension == 0x5a5a5a5a5a5a5a5a);
    }
    info.struct_size = sizeof info;
    REFUSED(JKO_ENULL, "model", jko_model_describe(NULL, &info));
    REFUSED(JKO_ENULL, "info", jko_model_describe(model, NULL));
    WORKS(jko_model_describe(unfitted, &info));
    CHECK(info.fitted == 0 && info.time_count == 0);

    REFUSED(JKO_ENULL, "model", jko_model_describe_json(NULL, text, sizeof text, &length));
    REFUSED(JKO_ENULL, "buffer", jko_model_describe_json(model, NULL, sizeof text, &length));
    REFUSED(JKO_ENULL, "length", jko_model_describe_json(model, text, sizeof text, NULL));
    CHECK(strcmp(text, "1234567") == 0 && length == 77);
    WORKS(jko_model_describe_json(model, NULL, 0, &length));
    CHECK(length > sizeof text && length != 77);
    WORKS(jko_model_describe_json(model, text, sizeof text, &length));
    CHECK(strlen(text) == sizeof text - 1 && text[0] == '{');
    WORKS(jko_model_describe_json(unfitted, text, 1, &length));
    CHECK(text[0] == 0);
}

typedef jko_status (*model_output)(const jko_model *model, const jko_array *out);

static void times_and_history(const jko_model *model, const jko_model *unfitted)
{
    double result[4];
    const model_output calls[] = {jko_model_times, jko_model_history};
    const int64_t counts[] = {3, 1};

    FILL(result);
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        const jko_array good = jko_row_major(result, counts[i], 1);
        jko_array out = jko_row_major(result, 4, 1);
        REFUSED(JKO_ENULL, "model", calls[i](NULL, &good));
        REFUSED(JKO_ENULL, "out", calls[i](model, NULL));
        REFUSED(JKO_ENOTFITTED, "model", calls[i](unfitted, &good));
        REFUSED(JKO_ESHAPE, "out", calls[i](model, &out));
        if (counts[i] >= 3)
            REFUSES_BAD_ARRAYS("out", out, good, calls[i](model, &out));
    }
    UNTOUCHED(result);
    const jko_array times = jko_row_major(result, 3, 1);
    WORKS(jko_model_times(model, &times));
    CHECK(result[0] == 0 && result[1] == 1 && result[2] == 3);
}

typedef jko_status (*model_call)(const jko_model *model, const jko_array *x, double t, const jko_array *out);

static void evaluate(model_call call, int64_t columns, const jko_model *model, const jko_model *unfitted)
{
    double points[3][2] = {{0, 0}, {1, 0}, {0, 1}}, result[6];
    const jko_array good_x = jko_row_major(&points[0][0], 3, 2), good_out = jko_row_major(result, 3, columns);
    jko_array x = good_x, out = good_out;

    FILL(result);
    REFUSED(JKO_ENULL, "model", call(NULL, &x, 0, &out));
    REFUSED(JKO_ENULL, "x", call(model, NULL, 0, &out));
    REFUSED(JKO_ENULL, "out", call(model, &x, 0, NULL));
    REFUSED(JKO_ENOTFITTED, "model", call(unfitted, &x, 0, &out));
    REFUSES_BAD_ARRAYS("x", x, good_x, call(model, &x, 0, &out));
    REFUSES_BAD_ARRAYS("out", out, good_out, call(model, &x, 0, &out));
    REFUSES_NONFINITE("x", &points[0][0], 6, call(model, &x, 0, &out));
    REFUSED(JKO_ENONFINITE, "t", call(model, &x, NAN, &out));
    REFUSED(JKO_ENONFINITE, "t", call(model, &x, -INFINITY, &out));
    x = jko_row_major(&points[0][0], 3, 1);
    REFUSED(JKO_ESHAPE, "x", call(model, &x, 0, &out));
    x = jko_row_major(&points[0][0], 2, 3);
    REFUSED(JKO_ESHAPE, "x", call(model, &x, 0, &out));
    x = good_x;
    out = jko_row_major(result, 2, columns);
    REFUSED(JKO_ESHAPE, "out", call(model, &x, 0, &out));
    out = jko_row_major(result, columns == 1 ? 2 : 6, columns == 1 ? 2 : 1);
    REFUSED(JKO_ESHAPE, "out", call(model, &x, 0, &out));
    UNTOUCHED(result);
    out = good_out;
    WORKS(call(model, &x, 0, &out));
    points[0][0] = 1e300; /* far beyond what was fitted: any finite point is an answer or an error, never the end */
    CHECK(call(model, &x, 0, &out) <= JKO_OK);
    points[0][0] = 0;
    x.rows = out.rows = 1;
    WORKS(call(model, &x, 1e6, &out));
}

int main(void)
{
    jko_model *model = fitted_model(1), *unfitted = linear_model(1);

    create();
    callbacks();
    fit();
    fit_degenerate();
    describe(model, unfitted);
    times_and_history(model, unfitted);
    evaluate(jko_model_potential, 1, model, unfitted);
    evaluate(jko_model_potential_gradient, 2, model, unfitted);
    jko_model_destroy(model);
    jko_model_destroy(unfitted);
    return finish("model");
}
