/* Bad input to jkonetstar/model.h: creating and describing. Fitting: fit.c; terms: terms_misuse.c; files: files.c. */
#include "arrays.h"
#include "options.h"
#include "series.h"

/* One member of the model's options, or of those of V, has a value that it may not have; the message has its path. */
#define REFUSES(path, kind, member, value)                                                                             \
    do {                                                                                                               \
        options = usual_model();                                                                                       \
        options.model.potential = (kind);                                                                              \
        options.member = (value);                                                                                      \
        REFUSED_HANDLE(JKO_EINVALID, path, model, jko_model_create(whole(&options), &model));                          \
    } while (0)

#define REFUSES_MODEL(member, value) REFUSES("options->" #member, JKO_NETWORK, model.member, value)
#define REFUSES_NETWORK(member, value)                                                                                 \
    REFUSES("options->potential_network->" #member, JKO_NETWORK, potential_network.member, value)
#define REFUSES_FEATURES(member, value)                                                                                \
    REFUSES("options->potential_features->" #member, JKO_LINEAR, potential_features.member, value)

static void create(void)
{
    whole_model_options options;
    jko_model *model = NULL;

    REFUSED(JKO_ENULL, "options", jko_model_options_init(NULL, sizeof(jko_model_options)));
    REFUSED(JKO_EINVALID, "struct_size", jko_model_options_init(&options.model, sizeof options.model + 4));
    REFUSED(JKO_ENULL, "options", jko_network_options_init(NULL, sizeof(jko_network_options)));
    REFUSED(JKO_EINVALID, "struct_size", jko_network_options_init(&options.potential_network, 12));
    REFUSED(JKO_ENULL, "out", jko_model_create(NULL, NULL));
    const size_t sizes[] = {0, 4, 12, SIZE_MAX};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        REFUSES_MODEL(struct_size, sizes[i]);
        REFUSES_NETWORK(struct_size, sizes[i]);
        REFUSES_FEATURES(struct_size, sizes[i]);
    }
    const int32_t kinds[] = {-1, 3, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        REFUSES_MODEL(potential, kinds[i]);
        REFUSES_MODEL(interaction, kinds[i]);
        REFUSES_MODEL(scheme, kinds[i] == -1 ? -2 : kinds[i]);
        REFUSES_NETWORK(activation, kinds[i]);
    }
    options = usual_model();
    options.model.potential = JKO_NONE;
    REFUSED_HANDLE_ABOUT(JKO_EINVALID, "terms", "", model, jko_model_create(whole(&options), &model));
    const int32_t counts[] = {0, -1, JKO_MAX_HIDDEN_LAYERS + 1, INT32_MAX, INT32_MIN};
    const int32_t widths[] = {0, -1, 4097, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        REFUSES_NETWORK(hidden_count, counts[i]);
        options = usual_model();
        options.potential_network.hidden[1] = widths[i];
        REFUSED_HANDLE_ABOUT(JKO_EINVALID, "hidden", "options->potential_network->hidden", model,
                             jko_model_create(whole(&options), &model));
    }
    REFUSES_FEATURES(polynomial_degree, -2);
    REFUSES_FEATURES(polynomial_degree, 9);
    REFUSES_FEATURES(radial_grid, -1);
    REFUSES_FEATURES(radial_grid, 101);
    REFUSES_FEATURES(radial_centres, -1);
    REFUSES_FEATURES(radial_centres, 3001);
    REFUSES_FEATURES(radial_width, -1);
    REFUSES_FEATURES(radial_width, NAN);
    REFUSES_FEATURES(radial_width, INFINITY);
    REFUSES_FEATURES(polynomial_total, 2);
    REFUSES_FEATURES(polynomial_total, -2);
    REFUSES_FEATURES(radial, -1);
    REFUSES_FEATURES(radial, 8);
    REFUSES_FEATURES(fourier_features, -1);
    REFUSES_FEATURES(fourier_features, 20001);
    REFUSES_FEATURES(fourier_scale, -1);
    REFUSES_FEATURES(fourier_scale, NAN);
    options = usual_model();
    options.model.potential = JKO_LINEAR;
    options.model.time_varying = 1;
    const int32_t degrees[] = {0, -1, 9, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < COUNT_OF(degrees); i++) {
        options.potential_features.time_degree = degrees[i];
        REFUSED_HANDLE(JKO_EINVALID, "time_degree", model, jko_model_create(whole(&options), &model));
    }
    jko_feature_options features;
    REFUSED(JKO_ENULL, "options", jko_feature_options_init(NULL, sizeof features));
    REFUSED(JKO_EINVALID, "struct_size", jko_feature_options_init(&features, sizeof features - 4));
    WORKS(jko_feature_options_init(&features, sizeof features));
    WORKS(jko_model_create(NULL, &model));
    jko_model_destroy(model);
    jko_model_destroy(NULL);
}

/* Options of a term that the energy does not have are mistakes: they must be NULL. */
static void create_without_use(void)
{
    whole_model_options all = usual_model();
    jko_model_options options;
    jko_model *model = NULL;

#define REFUSES_UNUSED(member, own)                                                                                    \
    do {                                                                                                               \
        options = *whole(&all);                                                                                        \
        options.member = &all.own;                                                                                     \
        REFUSED_HANDLE(JKO_EINVALID, "options->" #member, model, jko_model_create(&options, &model));                  \
    } while (0)

    REFUSES_UNUSED(potential_features, potential_features);
    REFUSES_UNUSED(interaction_features, interaction_features);
    REFUSES_UNUSED(interaction_network, interaction_network);
    REFUSES_UNUSED(density, density);
    all.model.potential = JKO_LINEAR;
    REFUSES_UNUSED(potential_network, potential_network);
    all.model.interaction = JKO_LINEAR;
    REFUSES_UNUSED(interaction_network, interaction_network);
    all.model.potential = JKO_NONE;
    all.model.interaction = JKO_NETWORK;
    REFUSES_UNUSED(potential_network, potential_network);
    REFUSES_UNUSED(potential_features, potential_features);
    REFUSES_UNUSED(interaction_features, interaction_features);
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
    whole_model_options options = usual_model();
    jko_model *model = NULL;
    double x[] = {0.5, -0.25, 1, 2}, value[2], gradient[4];
    int calls = 0;

    options.model.potential = JKO_LINEAR;
    options.potential_features.polynomial_degree = 0;
    options.potential_features.radial_grid = 0;
    options.potential_features.callback = own_features;
    REFUSED_HANDLE(JKO_EINVALID, "callback_count", model, jko_model_create(whole(&options), &model));
    options.potential_features.callback_count = 3001;
    REFUSED_HANDLE(JKO_EINVALID, "callback_count", model, jko_model_create(whole(&options), &model));
    options.potential_features.callback = NULL;
    options.potential_features.callback_count = 2;
    REFUSED_HANDLE(JKO_EINVALID, "callback_count", model, jko_model_create(whole(&options), &model));
    options.potential_features.callback = own_features;
    options.potential_features.callback_user_data = &calls;
    WORKS(jko_model_create(whole(&options), &model));
    WORKS(jko_model_fit(model, series, NULL));
    CHECK(calls > 0);
    jko_array points = jko_row_major(x, 2, 2), values = jko_row_major(value, 2, 1);
    jko_array gradients = jko_row_major(gradient, 2, 2);
    WORKS(jko_model_potential(model, &points, NULL, &values, &gradients));
    /* a x_1^2 / 2 + b cos(x_2): the gradient tells a and b. */
    double a = gradient[0] / x[0], b = -gradient[1] / sin(x[1]);
    CHECK(fabs(gradient[2] - a * x[2]) < 1e-12 * (1 + fabs(a)));
    CHECK(fabs(gradient[3] + b * sin(x[3])) < 1e-12 * (1 + fabs(b)));
    CHECK(fabs(value[0] - a * x[0] * x[0] / 2 - b * cos(x[1])) < 1e-12 * (1 + fabs(a) + fabs(b)));
    REFUSED_ABOUT(JKO_EINVALID, "callback", "model", jko_model_save(model, "callback.safetensors"));
    calls = -1;
    REFUSED(JKO_ECANCELLED, "callback", jko_model_fit(model, series, NULL));
    WORKS(jko_model_potential(model, &points, NULL, &values, NULL));
    CHECK(isnan(value[0]));
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
}

static void describe(const jko_model *model, const jko_model *unfitted)
{
    jko_model_info info;
    char text[8] = "1234567";
    size_t length = 77;
    const size_t sizes[] = {0, 4, 12, SIZE_MAX};

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

int main(void)
{
    jko_model *model = fitted_model(1), *unfitted = linear_model(1);

    create();
    create_without_use();
    callbacks();
    describe(model, unfitted);
    times_and_history(model, unfitted);
    jko_model_destroy(model);
    jko_model_destroy(unfitted);
    return finish("model");
}
