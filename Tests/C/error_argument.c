/* jko_last_error_argument(): the argument of each kind of failure, as data. */
#include "options.h"
#include "series.h"

#include <pthread.h>

static double points[3][2] = {{0, 0}, {1, 0}, {0, 1}};
static double times[3] = {0, 1, 1};

/* The call fails, and this is the argument, with which the message begins. */
#define ARGUMENT_IS(expected, call) argument_is((call), (expected), __LINE__)

static void argument_is(jko_status status, const char *expected, int line)
{
    const char *argument = jko_last_error_argument(), *message = jko_last_error();
    const int holds =
        status != JKO_OK && strcmp(argument, expected) == 0 && strncmp(message, expected, strlen(expected)) == 0;
    check_report(holds, __FILE__, line, "the last error's argument");
    if (!holds)
        printf("    %s, argument \"%s\", should be \"%s\": %s\n", jko_status_name(status), argument, expected, message);
}

static void arrays(const jko_model *model)
{
    double result[6];
    const jko_array good = jko_row_major(&points[0][0], 3, 2), out = jko_row_major(result, 3, 1);
    const jko_array t = jko_row_major(times, 3, 1);
    jko_array x = good;
    jko_snapshots *series = NULL;

    ARGUMENT_IS("x", jko_model_potential(model, NULL, NULL, &out, NULL));
    x.data = NULL;
    ARGUMENT_IS("x->data", jko_model_potential(model, &x, NULL, &out, NULL));
    x = good;
    x.dtype = 9;
    ARGUMENT_IS("x->dtype", jko_model_potential(model, &x, NULL, &out, NULL));
    x = good;
    x.rows = 0;
    ARGUMENT_IS("x", jko_model_potential(model, &x, NULL, &out, NULL));
    x = good;
    x.row_stride = INT64_MAX;
    ARGUMENT_IS("x", jko_model_potential(model, &x, NULL, &out, NULL));
    x = jko_row_major(&points[0][0], 6, 1);
    ARGUMENT_IS("x", jko_model_potential(model, &x, NULL, &out, NULL));
    ARGUMENT_IS("value", jko_model_potential(model, &good, NULL, &good, NULL));
    ARGUMENT_IS("t", jko_model_potential(model, &good, &t, &out, NULL));
    /* Elements: the argument has no index. */
    points[2][1] = NAN;
    ARGUMENT_IS("x", jko_model_potential(model, &good, NULL, &out, NULL));
    points[2][1] = 1;
    double course[9][2];
    const jko_array predictions = jko_row_major(&course[0][0], 9, 2);
    ARGUMENT_IS("times", jko_model_rollout(model, &good, &t, NULL, &predictions, NULL)); /* times[2] = times[1] */
    times[1] = INFINITY;
    ARGUMENT_IS("times", jko_snapshots_create(&good, &t, NULL, &series));
    times[1] = 1;
}

static void values_and_handles(const jko_model *model, const jko_snapshots *series)
{
    jko_model *unfitted = linear_model(0);
    jko_snapshots *copy = NULL, *rest = NULL;
    const jko_array x = jko_row_major(&points[0][0], 3, 2);
    double distance;

    ARGUMENT_IS("count", jko_set_num_threads(-1));
    ARGUMENT_IS("order", jko_emd(&x, &x, NULL, NULL, 3, NULL, &distance));
    ARGUMENT_IS("path", jko_model_save(model, ""));
    ARGUMENT_IS("model", jko_model_save(unfitted, "model.safetensors"));
    ARGUMENT_IS("model", jko_model_save(NULL, "model.safetensors"));
    ARGUMENT_IS("model", jko_model_save((const jko_model *)(const void *)series, "model.safetensors"));
    ARGUMENT_IS("test_fraction", jko_snapshots_split(series, JKO_SPLIT_WITHIN_TIMES, 2, 0, &copy, &rest));
    ARGUMENT_IS("k", jko_snapshots_points(series, 99, &x));
    jko_model_destroy(unfitted);
}

/* Members are named by their paths from the call's argument. */
static void options(const jko_snapshots *series)
{
    whole_model_options model_options = usual_model();
    whole_fit_options fit = usual_fit();
    jko_model *network = NULL, *model = NULL;

    WORKS(jko_model_create(NULL, &network));
    fit.training.epochs = -1;
    ARGUMENT_IS("options->training->epochs", jko_model_fit(network, series, with_training(&fit)));
    fit = usual_fit();
    fit.transport.method = JKO_PLAN_SINKHORN;
    fit.transport.epsilon = -1;
    ARGUMENT_IS("options->transport->epsilon", jko_model_fit(network, series, with_training(&fit)));
    fit = usual_fit();
    fit.training.struct_size = 3;
    ARGUMENT_IS("options->training->struct_size", jko_model_fit(network, series, with_training(&fit)));
    model_options.potential_network.hidden[1] = 0;
    ARGUMENT_IS("options->potential_network->hidden", jko_model_create(whole(&model_options), &model)); /* hidden[1] */
    model_options = usual_model();
    model_options.model.internal = 1;
    model_options.density.components = -1;
    ARGUMENT_IS("options->density->components", jko_model_create(whole(&model_options), &model));
    model_options.model.interaction = JKO_LINEAR;
    model_options.interaction_features.radial = 99;
    ARGUMENT_IS("options->interaction_features->radial", jko_model_create(whole(&model_options), &model));
    model_options = usual_model();
    model_options.model.scheme = 7;
    ARGUMENT_IS("options->scheme", jko_model_create(whole(&model_options), &model));
    ARGUMENT_IS("struct_size", jko_fit_options_init(&fit.fit, 3));
    jko_model_destroy(network);
}

static int stop(const jko_progress *progress, void *user_data)
{
    (void)progress, (void)user_data;
    return 1;
}

/* Failures that are not about one argument. */
static void none(const jko_snapshots *series)
{
    whole_model_options model_options = usual_model();
    whole_fit_options fit = usual_fit();
    jko_model *network = NULL, *model = NULL;

    model_options.model.potential = JKO_NONE;
    ARGUMENT_IS("", jko_model_create(whole(&model_options), &model)); /* no terms at all */
    WORKS(jko_model_create(NULL, &network));
    fit.fit.progress = stop;
    ARGUMENT_IS("", jko_model_fit(network, series, with_training(&fit)));
    fit = usual_fit();
    fit.transport.method = JKO_PLAN_SINKHORN;
    fit.transport.epsilon = 1e-3;
    fit.transport.max_iterations = 1;
    fit.transport.tolerance = 1e-14;
    ARGUMENT_IS("", jko_model_fit(network, series, with_training(&fit))); /* a plan that does not converge */
    /* An error without an argument replaces one with an argument, and the other way round. */
    ARGUMENT_IS("count", jko_set_num_threads(-1));
    ARGUMENT_IS("", jko_model_fit(network, series, with_training(&fit)));
    /* A call that works leaves both texts alone. */
    ARGUMENT_IS("count", jko_set_num_threads(-1));
    WORKS(jko_set_num_threads(0));
    CHECK(strcmp(jko_last_error_argument(), "count") == 0);
    jko_model_destroy(network);
}

static void *fail_elsewhere(void *argument)
{
    int *failures = argument;
    *failures += strcmp(jko_last_error_argument(), "") != 0;
    *failures += jko_npy_write(NULL, NULL) != JKO_ENULL;
    *failures += strcmp(jko_last_error_argument(), "path") != 0;
    return NULL;
}

/* The argument of a thread is its own. */
static void threads(void)
{
    pthread_t thread;
    int failures = 0;
    ARGUMENT_IS("count", jko_set_num_threads(-1));
    if (pthread_create(&thread, NULL, fail_elsewhere, &failures) == 0)
        pthread_join(thread, NULL);
    else
        failures = -1;
    CHECK(failures == 0);
    CHECK(strcmp(jko_last_error_argument(), "count") == 0);
}

int main(void)
{
    CHECK(strcmp(jko_last_error_argument(), "") == 0);
    jko_snapshots *series = drifting_series();
    jko_model *model = fitted_model(0);
    CHECK(strcmp(jko_last_error_argument(), "") == 0);
    arrays(model);
    values_and_handles(model, series);
    options(series);
    none(series);
    threads();
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
    return finish("error_argument");
}
