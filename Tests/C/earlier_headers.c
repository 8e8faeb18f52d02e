/*
 * A program that was compiled with earlier headers: it has its own, shorter declarations of the options, and makes bit
 * for bit the model of a program with today's options whose later members have their defaults.
 */
#include "options.h"
#include "series.h"

#include <stddef.h>

/* Copies of the structs, each cut behind a member. */

typedef struct early_network_options {
    size_t struct_size;
    int32_t hidden_count;
    jko_activation activation;
    int32_t hidden[2];
} early_network_options;

typedef struct early_model_options {
    size_t struct_size;
    jko_parametrisation potential;
    int32_t time_varying;
    const early_network_options *potential_network;
} early_model_options;

typedef struct early_plan_options {
    size_t struct_size;
    jko_metric metric;
    jko_plan_method method;
    jko_progress_callback progress;
    void *user_data;
    double epsilon;
} early_plan_options;

typedef struct early_training_options {
    size_t struct_size;
    int64_t epochs;
    int64_t batch_size;
    double learning_rate;
} early_training_options;

typedef struct early_fit_options {
    size_t struct_size;
    uint64_t seed;
    jko_progress_callback progress;
    void *user_data;
    const early_plan_options *transport;
    const early_training_options *training;
} early_fit_options;

static void declarations_agree(void)
{
    CHECK(offsetof(early_network_options, hidden) == offsetof(jko_network_options, hidden));
    CHECK(offsetof(early_model_options, potential_network) == offsetof(jko_model_options, potential_network));
    CHECK(offsetof(early_plan_options, epsilon) == offsetof(jko_plan_options, epsilon));
    CHECK(offsetof(early_training_options, learning_rate) == offsetof(jko_training_options, learning_rate));
    CHECK(offsetof(early_fit_options, training) == offsetof(jko_fit_options, training));
    CHECK(sizeof(early_network_options) < sizeof(jko_network_options));
    CHECK(sizeof(early_model_options) < sizeof(jko_model_options));
    CHECK(sizeof(early_plan_options) < sizeof(jko_plan_options));
    CHECK(sizeof(early_training_options) < sizeof(jko_training_options));
    CHECK(sizeof(early_fit_options) < sizeof(jko_fit_options));
}

/* Memory of exactly a struct's size, where valgrind sees an access beyond its end. */
static void *room(size_t size)
{
    void *memory = malloc(size);
    if (memory == NULL)
        exit(EXIT_FAILURE);
    return memory;
}

static jko_model *model_of_early_program(const jko_snapshots *series)
{
    early_network_options *network = room(sizeof *network);
    early_model_options *options = room(sizeof *options);
    early_plan_options *transport = room(sizeof *transport);
    early_training_options *training = room(sizeof *training);
    early_fit_options *fit = room(sizeof *fit);
    jko_model *model = NULL;

    WORKS(jko_network_options_init((void *)network, sizeof *network));
    WORKS(jko_model_options_init((void *)options, sizeof *options));
    WORKS(jko_plan_options_init((void *)transport, sizeof *transport));
    WORKS(jko_training_options_init((void *)training, sizeof *training));
    WORKS(jko_fit_options_init((void *)fit, sizeof *fit));
    CHECK(network->struct_size == sizeof *network && network->hidden_count == 2 && network->hidden[1] == 64);
    CHECK(options->struct_size == sizeof *options && options->potential == JKO_NETWORK && options->time_varying == 0);
    CHECK(transport->struct_size == sizeof *transport && transport->method == JKO_PLAN_EXACT);
    CHECK(training->struct_size == sizeof *training && training->epochs == 0 && training->batch_size == 100);
    CHECK(fit->struct_size == sizeof *fit && fit->seed == 0 && fit->transport == NULL && fit->training == NULL);

    network->activation = JKO_ACTIVATION_TANH;
    network->hidden[0] = 7;
    network->hidden[1] = 5;
    options->time_varying = 1;
    options->potential_network = network;
    transport->method = JKO_PLAN_SINKHORN;
    transport->epsilon = 0.5;
    training->epochs = 3;
    training->batch_size = 5;
    training->learning_rate = 0.02;
    fit->seed = 9;
    fit->transport = transport;
    fit->training = training;
    WORKS(jko_model_create((const void *)options, &model));
    WORKS(jko_model_fit(model, series, (const void *)fit));
    free(network);
    free(options);
    free(transport);
    free(training);
    free(fit);
    return model;
}

static jko_model *model_of_todays_program(const jko_snapshots *series)
{
    whole_model_options options = usual_model();
    whole_fit_options fit = usual_fit();
    jko_model *model = NULL;

    options.potential_network.activation = JKO_ACTIVATION_TANH;
    options.potential_network.hidden[0] = 7;
    options.potential_network.hidden[1] = 5;
    options.model.time_varying = 1;
    fit.transport.method = JKO_PLAN_SINKHORN;
    fit.transport.epsilon = 0.5;
    fit.training.epochs = 3;
    fit.training.batch_size = 5;
    fit.training.learning_rate = 0.02;
    fit.fit.seed = 9;
    WORKS(jko_model_create(whole(&options), &model));
    WORKS(jko_model_fit(model, series, with_training(&fit)));
    return model;
}

/* What a model says of itself and of V. */
typedef struct answers {
    char description[4096];
    double losses[3], values[2], gradients[2][2];
} answers;

static void ask(const jko_model *model, answers *all)
{
    const double points[2][2] = {{0.3, 0.2}, {1.5, -0.5}}, times[2] = {0.5, 2};
    const jko_array x = jko_row_major(&points[0][0], 2, 2), t = jko_row_major(times, 2, 1);
    const jko_array losses = jko_row_major(all->losses, 3, 1);
    const jko_array v = jko_row_major(all->values, 2, 1), grad_v = jko_row_major(&all->gradients[0][0], 2, 2);
    size_t length = 0;

    WORKS(jko_model_describe_json(model, all->description, sizeof all->description, &length));
    CHECK(length > 100 && length < sizeof all->description);
    WORKS(jko_model_history(model, &losses));
    WORKS(jko_model_potential(model, &x, &t, &v, &grad_v));
}

int main(void)
{
    static answers early, today;
    jko_snapshots *series = drifting_series();
    jko_model *first = model_of_early_program(series), *second = model_of_todays_program(series);

    declarations_agree();
    ask(first, &early);
    ask(second, &today);
    CHECK(strcmp(early.description, today.description) == 0);
    CHECK(memcmp(early.losses, today.losses, sizeof early.losses) == 0);
    CHECK(memcmp(early.values, today.values, sizeof early.values) == 0);
    CHECK(memcmp(early.gradients, today.gradients, sizeof early.gradients) == 0);
    CHECK(early.losses[0] > 0 && early.gradients[0][0] != 0);
    jko_model_destroy(first);
    jko_model_destroy(second);
    jko_snapshots_destroy(series);
    return finish("earlier_headers");
}
