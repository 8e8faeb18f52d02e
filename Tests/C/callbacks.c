/*
 * Callbacks belong to the thread that made the call: features and progress in every function that reaches them; calls
 * of the library from within; and processes that are forked while another thread is in one.
 */
#include "populations.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct host {
    pthread_t thread;
    long calls, strangers;
    /* What else a call of the features does. */
    void (*within)(void *argument);
    void *argument;
} host;

/* x_1^2 / 2 and x_2^2 / 2; even, so that they serve U as well. */
static int squares(const double *points, int64_t n, int64_t d, double *values, double *jacobian, void *user_data)
{
    host *host = user_data;
    __atomic_fetch_add(&host->calls, 1, __ATOMIC_RELAXED);
    if (!pthread_equal(pthread_self(), host->thread))
        __atomic_fetch_add(&host->strangers, 1, __ATOMIC_RELAXED);
    for (int64_t i = 0; i < n; i++)
        for (int64_t f = 0; f < 2; f++) {
            if (values != NULL)
                values[2 * i + f] = points[i * d + f] * points[i * d + f] / 2;
            if (jacobian != NULL)
                for (int64_t k = 0; k < d; k++)
                    jacobian[(2 * i + f) * d + k] = k == f ? points[i * d + f] : 0;
        }
    void (*within)(void *) = host->within;
    if (within != NULL) {
        host->within = NULL; /* once, or there would be no end */
        within(host->argument);
        host->within = within;
    }
    return 0;
}

static int watch(const jko_progress *progress, void *user_data)
{
    return squares(NULL, 0, 0, NULL, NULL, user_data) + (progress->done < 0);
}

/* A model of the host's features: of V, of U, or of one beside a network for the other. */
static whole_model_options host_options(host *host, jko_parametrisation potential, jko_parametrisation interaction,
                                        int32_t internal)
{
    whole_model_options options = linear_options(0, 0, internal);
    options.model.potential = potential;
    options.model.interaction = interaction;
    if (potential == JKO_LINEAR) {
        options.potential_features.callback = squares;
        options.potential_features.callback_user_data = host;
        options.potential_features.callback_count = 2;
    }
    if (interaction == JKO_LINEAR) {
        options.interaction_features.callback = squares;
        options.interaction_features.callback_user_data = host;
        options.interaction_features.callback_count = 2;
    }
    return options;
}

static whole_fit_options watched(host *host, jko_error_bars error_bars)
{
    whole_fit_options options = usual_fit();
    options.fit = fit_with(1e-3, error_bars);
    options.fit.bootstrap_samples = 3;
    options.fit.progress = watch;
    options.fit.progress_user_data = host;
    options.training.epochs = 2;
    return options;
}

/* The callbacks ran, all of them here. */
#define HERE(host)                                                                                                     \
    do {                                                                                                               \
        CHECK((host)->calls > 0 && (host)->strangers == 0);                                                            \
        (host)->calls = (host)->strangers = 0;                                                                         \
    } while (0)

static double places[OU_TIMES * OU_PARTICLES][2], results[3 * OU_PARTICLES][2];

static void evaluates(const jko_model *model, const jko_snapshots *series, host *host, jko_parametrisation potential,
                      jko_parametrisation interaction)
{
    const int is_linear = potential != JKO_NETWORK && interaction != JKO_NETWORK;
    const jko_array x = jko_row_major(&places[0][0], OU_PARTICLES, 2);
    const jko_array values = jko_row_major(&results[0][0], OU_PARTICLES, 1);
    const jko_array gradients = jko_row_major(&results[0][0], OU_PARTICLES, 2);
    double energy;
    if (potential == JKO_LINEAR) {
        WORKS(jko_model_potential(model, &x, NULL, &values, NULL));
        HERE(host);
        WORKS(jko_model_potential(model, &x, NULL, NULL, &gradients));
        HERE(host);
        WORKS(jko_model_potential_hessian_product(model, &x, NULL, &x, &gradients));
        HERE(host);
    }
    if (interaction == JKO_LINEAR) {
        WORKS(jko_model_interaction(model, &x, &values, NULL));
        HERE(host);
        WORKS(jko_model_interaction(model, &x, NULL, &gradients));
        HERE(host);
        WORKS(jko_model_interaction_hessian_product(model, &x, &x, &gradients));
        HERE(host);
    }
    WORKS(jko_model_energy(model, &x, NULL, NULL, &energy));
    HERE(host);
    if (is_linear) {
        char text[1 << 14];
        size_t length;
        if (potential == JKO_LINEAR) {
            WORKS(jko_model_potential_error(model, &x, NULL, &values, NULL));
            HERE(host);
            WORKS(jko_model_potential_error(model, &x, NULL, NULL, &gradients));
            HERE(host);
        }
        if (interaction == JKO_LINEAR) {
            WORKS(jko_model_interaction_error(model, &x, &values, NULL));
            HERE(host);
            WORKS(jko_model_interaction_error(model, &x, NULL, &gradients));
            HERE(host);
        }
        /* From the fit's matrix: it needs no features. */
        WORKS(jko_model_observability(model, text, sizeof text, &length));
        CHECK(host->strangers == 0);
    }

    const double times[3] = {0, 0.1, 0.2};
    const jko_array t = jko_row_major(times, 3, 1), course = jko_row_major(&results[0][0], 3 * OU_PARTICLES, 2);
    jko_rollout_info info = {.struct_size = sizeof info};
    jko_rollout_options options;
    jko_rollout_options_init(&options, sizeof options);
    options.progress = watch;
    options.progress_user_data = host;
    WORKS(jko_model_rollout(model, &x, &t, &options, &course, &info));
    HERE(host);
    jko_evaluation_options evaluation;
    jko_evaluation_options_init(&evaluation, sizeof evaluation);
    evaluation.progress = watch;
    evaluation.progress_user_data = host;
    double one[OU_TIMES - 1], two[OU_TIMES - 1];
    const jko_array a = jko_row_major(one, OU_TIMES - 1, 1), b = jko_row_major(two, OU_TIMES - 1, 1);
    WORKS(jko_model_evaluate(model, series, &evaluation, &a, &b, NULL, &info));
    HERE(host);
    jko_simulation_options simulation;
    jko_simulation_options_init(&simulation, sizeof simulation);
    simulation.potential_model = potential != JKO_NONE ? model : NULL;
    simulation.interaction_model = interaction != JKO_NONE ? model : NULL;
    simulation.steps = 2;
    WORKS(jko_simulate(&x, &simulation, &course));
    HERE(host);
}

static void add_up(const jko_model *model, const jko_snapshots *series, host *host)
{
    jko_normal_equations *sums = NULL;
    jko_model *made = NULL;
    whole_fit_options options = watched(host, JKO_ERROR_BARS_NONE);
    const jko_fit_options *fit = without_training(&options);
    WORKS(jko_normal_equations_create(model, &sums));
    WORKS(jko_normal_equations_accumulate(sums, series, fit));
    HERE(host);
    WORKS(jko_normal_equations_solve(sums, fit, &made));
    CHECK(host->strangers == 0);
    jko_model_destroy(made);
    jko_normal_equations_destroy(sums);
}

/* Every function that reaches features or progress, in both schemes, with four threads to go astray on. */
static void everywhere(jko_parametrisation potential, jko_parametrisation interaction, int32_t internal,
                       jko_scheme scheme)
{
    host host = {.thread = pthread_self()};
    jko_snapshots *series = ou_series(3);
    whole_model_options options = host_options(&host, potential, interaction, internal);
    options.model.scheme = scheme;
    const int is_linear = potential != JKO_NETWORK && interaction != JKO_NETWORK;
    const jko_error_bars bars[] = {JKO_ERROR_BARS_BOOTSTRAP, JKO_ERROR_BARS_INFLUENCE};
    jko_model *model = NULL;
    WORKS(jko_model_create(whole(&options), &model));
    for (size_t i = is_linear ? 0 : 1; i < COUNT_OF(bars); i++) {
        whole_fit_options fit = watched(&host, is_linear ? bars[i] : JKO_ERROR_BARS_NONE);
        WORKS(jko_model_fit(model, series, is_linear ? without_training(&fit) : with_training(&fit)));
        HERE(&host);
    }
    if (is_linear) {
        add_up(model, series, &host);
    } else {
        whole_fit_options fit = watched(&host, JKO_ERROR_BARS_NONE);
        jko_objective *objective = NULL;
        WORKS(jko_objective_create(model, series, with_training(&fit), &objective));
        HERE(&host);
        jko_objective_destroy(objective);
        fit.training.validation = JKO_VALIDATION_EMD;
        fit.training.validation_every = 1;
        WORKS(jko_model_fit(model, series, with_training(&fit)));
        HERE(&host);
    }
    evaluates(model, series, &host, potential, interaction);
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
}

typedef struct request {
    jko_model *model;
    const jko_snapshots *series;
    double value;
} request;

static void evaluate(void *argument)
{
    request *request = argument;
    const jko_array x = jko_row_major(&places[1][0], 1, 2), value = jko_row_major(&request->value, 1, 1);
    WORKS(jko_model_potential(request->model, &x, NULL, &value, NULL));
}

static void fit_another(void *argument)
{
    request *request = argument;
    WORKS(jko_model_fit(request->model, request->series, NULL));
}

/* Features that evaluate the model they belong to, and that fit another one. */
static void calls_from_within(void)
{
    host host = {.thread = pthread_self()}, other = {.thread = pthread_self()};
    jko_snapshots *series = ou_series(3);
    const whole_model_options options = host_options(&host, JKO_LINEAR, JKO_NONE, 0);
    whole_model_options others = host_options(&other, JKO_LINEAR, JKO_LINEAR, 0);
    jko_model *model = fitted(options, series, fit_with(1e-3, JKO_ERROR_BARS_NONE)), *second = NULL;
    double value, expected;
    const jko_array x = jko_row_major(&places[0][0], 1, 2), y = jko_row_major(&places[1][0], 1, 2);
    const jko_array out = jko_row_major(&value, 1, 1), plain = jko_row_major(&expected, 1, 1);
    request request = {model, series, 0};

    WORKS(jko_model_potential(model, &y, NULL, &plain, NULL));
    host.within = evaluate;
    host.argument = &request;
    WORKS(jko_model_potential(model, &x, NULL, &out, NULL));
    CHECK(request.value == expected);
    WORKS(jko_model_create(whole(&others), &second));
    request.model = second;
    host.within = fit_another;
    WORKS(jko_model_fit(model, series, NULL));
    host.within = NULL;
    WORKS(jko_model_potential(second, &y, NULL, &out, NULL));
    WORKS(jko_model_potential(model, &y, NULL, &plain, NULL));
    CHECK(isfinite(value) && isfinite(expected));
    HERE(&host);
    HERE(&other);
    jko_model_destroy(model);
    jko_model_destroy(second);
    jko_snapshots_destroy(series);
}

static int is_over;

static void *evaluate_on(void *argument)
{
    const jko_model *model = argument;
    double value;
    const jko_array x = jko_row_major(&places[0][0], 1, 2), out = jko_row_major(&value, 1, 1);
    while (!__atomic_load_n(&is_over, __ATOMIC_ACQUIRE))
        jko_model_potential(model, &x, NULL, &out, NULL);
    return NULL;
}

/* A child that was forked while another thread was in a callback evaluates like its parent. */
static void forked(void)
{
    host host = {.thread = pthread_self()};
    jko_snapshots *series = ou_series(3);
    const whole_model_options options = host_options(&host, JKO_LINEAR, JKO_NONE, 0);
    jko_model *model = fitted(options, series, fit_with(1e-3, JKO_ERROR_BARS_NONE));
    double expected[OU_PARTICLES], value[OU_PARTICLES];
    const jko_array x = jko_row_major(&places[0][0], OU_PARTICLES, 2);
    const jko_array plain = jko_row_major(expected, OU_PARTICLES, 1), out = jko_row_major(value, OU_PARTICLES, 1);
    pthread_t thread;
    int good = 0;
    WORKS(jko_model_potential(model, &x, NULL, &plain, NULL));
    CHECK(pthread_create(&thread, NULL, evaluate_on, model) == 0);
    enum { FORKS = 200 };
    for (int fork_number = 0; fork_number < FORKS; fork_number++) {
        const pid_t child = fork();
        if (child == 0) {
            alarm(600); /* a child that waits for ever is one that failed */
            const int status = jko_model_potential(model, &x, NULL, &out, NULL);
            _exit(status != JKO_OK || memcmp(value, expected, sizeof value) != 0);
        }
        int status = 1;
        good += child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    __atomic_store_n(&is_over, 1, __ATOMIC_RELEASE);
    pthread_join(thread, NULL);
    CHECK(good == FORKS);
    if (good != FORKS)
        printf("    %d of %d children evaluated\n", good, FORKS);
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
}

int main(void)
{
    jko_snapshots *series = ou_series(4);
    const jko_array all = jko_row_major(&places[0][0], OU_PARTICLES, 2);
    WORKS(jko_snapshots_points(series, 0, &all));
    jko_snapshots_destroy(series);
    WORKS(jko_set_num_threads(4));
    const jko_scheme schemes[] = {JKO_SCHEME_EXPLICIT, JKO_SCHEME_IMPLICIT};
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        everywhere(JKO_LINEAR, JKO_NONE, 0, schemes[i]);
        everywhere(JKO_LINEAR, JKO_LINEAR, 1, schemes[i]);
        everywhere(JKO_NONE, JKO_LINEAR, 0, schemes[i]);
        everywhere(JKO_NETWORK, JKO_LINEAR, 0, schemes[i]);
        everywhere(JKO_LINEAR, JKO_NETWORK, 0, schemes[i]);
    }
    calls_from_within();
    forked();
    return finish("callbacks");
}
