/* jkonetstar/dynamics.h: bad input, callbacks that stop or misbehave, models with V and U that drive populations. */
#include "arrays.h"
#include "populations.h"
#include "series.h"

#define STEPS 3
#define PARTICLES 4

static double start[PARTICLES][2] = {{0, 0}, {1, 0}, {0, 1}, {1, 1}};
static double course[(STEPS + 1) * PARTICLES][2];

static jko_simulation_options simulation(void)
{
    jko_simulation_options options;
    jko_simulation_options_init(&options, sizeof options);
    options.steps = STEPS;
    return options;
}

#define REFUSES_SIMULATION(status, field, value)                                                                       \
    do {                                                                                                               \
        options = simulation();                                                                                        \
        options.field = (value);                                                                                       \
        REFUSED(status, #field, jko_simulate(&x0, &options, &out));                                                    \
    } while (0)

static int callback_calls;

/* grad V(x) = x; counts its calls, stops or writes NaN when user_data says so. */
static int pull(const double *points, int64_t n, int64_t d, double time, double *gradient, void *user_data)
{
    const char *order = user_data;
    CHECK(d == 2 && isfinite(time));
    callback_calls++;
    for (int64_t i = 0; i < n * d; i++)
        gradient[i] = points[i];
    if (order != NULL && strcmp(order, "nan") == 0)
        gradient[n * d - 1] = NAN;
    return order != NULL && strcmp(order, "stop") == 0;
}

static int stop(const jko_progress *progress, void *user_data) { return progress->done == *(int64_t *)user_data; }

static void simulate_refuses(const jko_model *model, const jko_model *unfitted)
{
    const jko_array x0 = jko_row_major(&start[0][0], PARTICLES, 2);
    const jko_array out = jko_row_major(&course[0][0], (STEPS + 1) * PARTICLES, 2);
    jko_simulation_options options = simulation();
    jko_array x = x0, result = out;
    const double reals[] = {-1, NAN, INFINITY, -INFINITY};
    const size_t sizes[] = {0, 4, 12, SIZE_MAX};

    REFUSED(JKO_ENULL, "options", jko_simulation_options_init(NULL, sizeof(jko_simulation_options)));
    REFUSED(JKO_EINVALID, "struct_size", jko_simulation_options_init(&options, sizeof options + 4));
    FILL(course);
    REFUSED(JKO_ENULL, "x0", jko_simulate(NULL, &options, &out));
    REFUSED(JKO_ENULL, "out", jko_simulate(&x0, &options, NULL));
    REFUSES_BAD_ARRAYS("x0", x, x0, jko_simulate(&x, &options, &out));
    REFUSES_BAD_ARRAYS("out", result, out, jko_simulate(&x0, &options, &result));
    REFUSES_NONFINITE("x0", &start[0][0], 8, jko_simulate(&x0, &options, &out));
    result.rows--;
    REFUSED(JKO_ESHAPE, "out", jko_simulate(&x0, &options, &result));
    REFUSED(JKO_ESHAPE, "out", jko_simulate(&x0, NULL, &out)); /* 5 steps by default */

    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        REFUSES_SIMULATION(JKO_EINVALID, struct_size, sizes[i]);
    for (size_t i = 0; i < COUNT_OF(reals); i++) {
        REFUSES_SIMULATION(JKO_EINVALID, beta, reals[i]);
        REFUSES_SIMULATION(JKO_EINVALID, dt, reals[i]);
        if (!isfinite(reals[i]))
            REFUSES_SIMULATION(JKO_ENONFINITE, t0, reals[i]);
    }
    REFUSES_SIMULATION(JKO_EINVALID, dt, 0);
    REFUSES_SIMULATION(JKO_EINVALID, steps, -1);
    REFUSES_SIMULATION(JKO_EINVALID, steps, INT64_MIN);
    options = simulation();
    options.steps = INT64_MAX;
    CHECK(jko_simulate(&x0, &options, &out) < JKO_OK);
    REFUSES_SIMULATION(JKO_EINVALID, potential, "himmelblau");
    REFUSES_SIMULATION(JKO_EINVALID, interaction, "himmelblau");
    REFUSED(JKO_EINVALID, "interaction", jko_simulate(&x0, &options, &out));

    /* One source of V, one of U. */
    options = simulation();
    options.potential = "sphere";
    options.potential_gradient = pull;
    REFUSED(JKO_EINVALID, "options->potential_gradient", jko_simulate(&x0, &options, &out));
    options.potential_gradient = NULL;
    options.potential_model = model;
    REFUSED(JKO_EINVALID, "options->potential_model", jko_simulate(&x0, &options, &out));
    options = simulation();
    options.interaction = "sphere";
    options.interaction_gradient = pull;
    REFUSED(JKO_EINVALID, "options->interaction_gradient", jko_simulate(&x0, &options, &out));
    options.interaction_gradient = NULL;
    options.interaction_model = model;
    REFUSED(JKO_EINVALID, "options->interaction_model", jko_simulate(&x0, &options, &out));
    CHECK(callback_calls == 0);

    REFUSES_SIMULATION(JKO_ENOTFITTED, potential_model, unfitted);
    REFUSES_SIMULATION(JKO_ENOTFITTED, interaction_model, unfitted);
    REFUSES_SIMULATION(JKO_EINVALID, interaction_model, model); /* which has V alone */
    options = simulation();
    options.potential_model = model;
    x = jko_row_major(&start[0][0], PARTICLES, 1);
    result = jko_row_major(&course[0][0], (STEPS + 1) * PARTICLES, 1);
    REFUSED(JKO_ESHAPE, "x0", jko_simulate(&x, &options, &result));
    options.potential_model = NULL;
    options.interaction_model = model;
    REFUSED(JKO_ESHAPE, "x0", jko_simulate(&x, &options, &result));
    options = simulation();
    options.potential = "holder_table";
    REFUSED(JKO_EINVALID, "potential", jko_simulate(&x, &options, &result));
    UNTOUCHED(course);
}

static void simulate_with_callbacks(void)
{
    const jko_array x0 = jko_row_major(&start[0][0], PARTICLES, 2);
    const jko_array out = jko_row_major(&course[0][0], (STEPS + 1) * PARTICLES, 2);
    jko_simulation_options options = simulation();
    int64_t last = 2;

    options.potential_gradient = pull;
    options.interaction_gradient = pull;
    WORKS(jko_simulate(&x0, &options, &out));
    CHECK(callback_calls == STEPS + STEPS * PARTICLES);
    options.potential_gradient_user_data = (void *)"stop";
    CHECK(jko_simulate(&x0, &options, &out) == JKO_ECANCELLED);
    options.potential_gradient_user_data = NULL;
    options.interaction_gradient_user_data = (void *)"stop";
    CHECK(jko_simulate(&x0, &options, &out) == JKO_ECANCELLED);
    options.interaction_gradient_user_data = (void *)"nan";
    CHECK(jko_simulate(&x0, &options, &out) == JKO_ENONFINITE);

    options = simulation();
    options.progress = stop;
    options.progress_user_data = &last;
    CHECK(jko_simulate(&x0, &options, &out) == JKO_ECANCELLED);

    /* x (1 - dt) each step, until the numbers end. */
    options = simulation();
    options.potential_gradient = pull;
    options.dt = 1e150;
    REFUSED_ABOUT(JKO_ENONFINITE, "step", "", jko_simulate(&x0, &options, &out));

    options.steps = 0;
    const jko_array same = jko_row_major(&course[0][0], PARTICLES, 2);
    WORKS(jko_simulate(&x0, &options, &same));
    CHECK(memcmp(course, start, sizeof start) == 0);
}

/* One step under a model's V and U is what its gradients say; a rollout of an explicit model takes the same step. */
static void models_drive(const jko_model *model)
{
    enum { n = PARTICLES };
    double v[n][2], u[n * n][2], z[n * n][2], times[2] = {0, 0.01}, predicted[2 * n][2];
    const jko_array x0 = jko_row_major(&start[0][0], n, 2), out = jko_row_major(&course[0][0], 2 * n, 2);
    const jko_array pairs = jko_row_major(&z[0][0], n * n, 2), v_out = jko_row_major(&v[0][0], n, 2);
    const jko_array u_out = jko_row_major(&u[0][0], n * n, 2), t = jko_row_major(times, 2, 1);
    const jko_array later = jko_row_major(&predicted[0][0], 2 * n, 2);
    jko_simulation_options options = simulation();

    for (int i = 0; i < n * n; i++)
        for (int c = 0; c < 2; c++)
            z[i][c] = start[i / n][c] - start[i % n][c];
    WORKS(jko_model_potential(model, &x0, NULL, NULL, &v_out));
    WORKS(jko_model_interaction(model, &pairs, NULL, &u_out));
    options.steps = 1;
    options.potential_model = options.interaction_model = model;
    WORKS(jko_simulate(&x0, &options, &out));
    WORKS(jko_model_rollout(model, &x0, &t, NULL, &later, NULL));
    for (int i = 0; i < n; i++)
        for (int c = 0; c < 2; c++) {
            double velocity = v[i][c];
            for (int j = 0; j < n; j++)
                velocity += u[i * n + j][c] / n;
            CHECK(velocity != 0 && fabs(course[n + i][c] - (start[i][c] - options.dt * velocity)) < 1e-13);
            CHECK(fabs(predicted[n + i][c] - course[n + i][c]) < 1e-13);
        }
}

/* Implicit steps with U solve the equations of all particles together; noise comes from the seed. */
static void coupled_rollout(void)
{
    enum { n = 12 };
    double x[n][2], y[2 * n][2], z[n * n][2], v[n][2], u[n * n][2], times[2] = {0, 0.1};
    const jko_array x0 = jko_row_major(&x[0][0], n, 2), t = jko_row_major(times, 2, 1);
    const jko_array out = jko_row_major(&y[0][0], 2 * n, 2), end = jko_row_major(&y[n][0], n, 2);
    const jko_array pairs = jko_row_major(&z[0][0], n * n, 2), v_out = jko_row_major(&v[0][0], n, 2);
    const jko_array u_out = jko_row_major(&u[0][0], n * n, 2);
    normal_source source = {31};
    jko_rollout_options options;
    jko_rollout_info info = {.struct_size = sizeof info};
    jko_snapshots *series = ou_series(30);
    whole_model_options model_options = linear_options(2, 2, 0);
    jko_model *model = fitted(model_options, series, fit_with(1e-2, JKO_ERROR_BARS_NONE));

    for (int i = 0; i < n; i++)
        for (int c = 0; c < 2; c++)
            x[i][c] = normal(&source);
    WORKS(jko_model_rollout(model, &x0, &t, NULL, &out, &info));
    CHECK(info.unconverged == 0 && info.iterations >= 1 && info.max_residual <= 1e-9);
    for (int i = 0; i < n * n; i++)
        for (int c = 0; c < 2; c++)
            z[i][c] = y[n + i / n][c] - y[n + i % n][c];
    WORKS(jko_model_potential(model, &end, NULL, NULL, &v_out));
    WORKS(jko_model_interaction(model, &pairs, NULL, &u_out));
    for (int i = 0; i < n; i++)
        for (int c = 0; c < 2; c++) {
            double velocity = v[i][c];
            for (int j = 0; j < n; j++)
                velocity += u[i * n + j][c] / n;
            CHECK(fabs(y[n + i][c] - x[i][c] + 0.1 * velocity) < 1e-8);
        }
    jko_model_destroy(model);

    /* A population that spreads has a positive beta. */
    double spreading[36][2], beta = 0;
    for (int i = 0; i < 12; i++)
        for (int c = 0; c < 2; c++) {
            spreading[i][c] = x[i][c];
            spreading[12 + i][c] = 1.1 * x[i][c] + 0.1;
            spreading[24 + i][c] = 1.2 * x[i][c] + 0.2;
        }
    jko_snapshots *spread = series_of(spreading, 12, 3, 0.1);
    model_options = linear_options(0, 1, 1);
    model = fitted(model_options, spread, fit_with(1e-6, JKO_ERROR_BARS_NONE));
    jko_snapshots_destroy(spread);
    WORKS(jko_model_beta(model, &beta));
    CHECK(beta > 0.1);
    static double runs[3][2 * n][2];
    const uint64_t seeds[3] = {1, 1, 2};
    for (int run = 0; run < 3; run++) {
        const jko_array place = jko_row_major(&runs[run][0][0], 2 * n, 2);
        jko_rollout_options_init(&options, sizeof options);
        options.seed = seeds[run];
        WORKS(jko_model_rollout(model, &x0, &t, &options, &place, &info));
    }
    CHECK(memcmp(runs[0], runs[1], sizeof runs[0]) == 0 && memcmp(runs[0], runs[2], sizeof runs[0]) != 0);
    options.progress = stop;
    int64_t one = 1; /* after the only step */
    options.progress_user_data = &one;
    CHECK(jko_model_rollout(model, &x0, &t, &options, &out, &info) == JKO_ECANCELLED);
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
}

static void rollout_times(const jko_model *model, const jko_model *unfitted)
{
    double times[4];
    const jko_array good = jko_row_major(times, 4, 1);
    jko_array out = good;

    FILL(times);
    REFUSED(JKO_ENULL, "model", jko_model_rollout_times(NULL, NAN, 3, &good));
    REFUSED(JKO_ENULL, "out", jko_model_rollout_times(model, NAN, 3, NULL));
    REFUSED(JKO_ENOTFITTED, "model", jko_model_rollout_times(unfitted, NAN, 3, &good));
    REFUSED(JKO_EINVALID, "t0", jko_model_rollout_times(model, 0.5, 3, &good));
    REFUSED(JKO_EINVALID, "t0", jko_model_rollout_times(model, INFINITY, 3, &good));
    REFUSED(JKO_EINVALID, "steps", jko_model_rollout_times(model, NAN, -1, &good));
    REFUSED(JKO_EINVALID, "steps", jko_model_rollout_times(model, NAN, INT64_MIN, &good));
    REFUSED(JKO_ESHAPE, "out", jko_model_rollout_times(model, NAN, 4, &good));
    CHECK(jko_model_rollout_times(model, NAN, INT64_MAX, &good) < JKO_OK);
    REFUSES_BAD_ARRAYS("out", out, good, jko_model_rollout_times(model, NAN, 3, &out));
    UNTOUCHED(times);
    WORKS(jko_model_rollout_times(model, 1, 3, &good));
    CHECK(times[0] == 1 && times[1] == 3 && times[2] == 5 && times[3] == 7);
}

static void rollout(const jko_model *model, const jko_model *unfitted)
{
    double times[4] = {0, 1, 3, 5};
    const jko_array x0 = jko_row_major(&start[0][0], PARTICLES, 2), t = jko_row_major(times, 4, 1);
    const jko_array out = jko_row_major(&course[0][0], 4 * PARTICLES, 2);
    jko_array x = x0, s = t, result = out;
    jko_rollout_options options;
    jko_rollout_info info;
    int64_t last = 1;
    const size_t sizes[] = {0, 4, 12, SIZE_MAX};
    const double reals[] = {0, -1, NAN, INFINITY};

    FILL(course);
    memset(&info, 0x5a, sizeof info);
    info.struct_size = sizeof info;
    REFUSED(JKO_ENULL, "options", jko_rollout_options_init(NULL, sizeof(jko_rollout_options)));
    REFUSED(JKO_EINVALID, "struct_size", jko_rollout_options_init(&options, sizeof options + 4));
    jko_rollout_options_init(&options, sizeof options);
    REFUSED(JKO_ENULL, "model", jko_model_rollout(NULL, &x0, &t, NULL, &out, &info));
    REFUSED(JKO_ENULL, "x0", jko_model_rollout(model, NULL, &t, NULL, &out, &info));
    REFUSED(JKO_ENULL, "times", jko_model_rollout(model, &x0, NULL, NULL, &out, &info));
    REFUSED(JKO_ENULL, "out", jko_model_rollout(model, &x0, &t, NULL, NULL, &info));
    REFUSED(JKO_ENOTFITTED, "model", jko_model_rollout(unfitted, &x0, &t, NULL, &out, &info));
    REFUSES_BAD_ARRAYS("x0", x, x0, jko_model_rollout(model, &x, &t, NULL, &out, &info));
    REFUSES_BAD_ARRAYS("times", s, t, jko_model_rollout(model, &x0, &s, NULL, &out, &info));
    REFUSES_BAD_ARRAYS("out", result, out, jko_model_rollout(model, &x0, &t, NULL, &result, &info));
    REFUSES_NONFINITE("x0", &start[0][0], 8, jko_model_rollout(model, &x0, &t, NULL, &out, &info));
    REFUSES_NONFINITE("times", times, 4, jko_model_rollout(model, &x0, &t, NULL, &out, &info));
    times[2] = times[1];
    REFUSED(JKO_EPOPULATION, "times", jko_model_rollout(model, &x0, &t, NULL, &out, &info));
    times[2] = 3;
    x = jko_row_major(&start[0][0], PARTICLES, 1);
    REFUSED(JKO_ESHAPE, "x0", jko_model_rollout(model, &x, &t, NULL, &out, &info));
    result.rows--;
    REFUSED(JKO_ESHAPE, "out", jko_model_rollout(model, &x0, &t, NULL, &result, &info));
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        info.struct_size = sizes[i];
        REFUSED(JKO_EINVALID, "struct_size", jko_model_rollout(model, &x0, &t, NULL, &out, &info));
        info.struct_size = sizeof info;
        options.struct_size = sizes[i];
        REFUSED(JKO_EINVALID, "struct_size", jko_model_rollout(model, &x0, &t, &options, &out, &info));
        jko_rollout_options_init(&options, sizeof options);
    }
    for (size_t i = 0; i < COUNT_OF(reals); i++) {
        options.tolerance = reals[i];
        REFUSED(JKO_EINVALID, "tolerance", jko_model_rollout(model, &x0, &t, &options, &out, &info));
    }
    jko_rollout_options_init(&options, sizeof options);
    const int64_t limits[] = {0, -1, 100001, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < COUNT_OF(limits); i++) {
        options.max_iterations = limits[i];
        REFUSED(JKO_EINVALID, "max_iterations", jko_model_rollout(model, &x0, &t, &options, &out, &info));
    }
    UNTOUCHED(course);
    CHECK(info.unconverged == 0x5a5a5a5a5a5a5a5a);

    jko_rollout_options_init(&options, sizeof options);
    options.progress = stop;
    options.progress_user_data = &last;
    CHECK(jko_model_rollout(model, &x0, &t, &options, &out, &info) == JKO_ECANCELLED);
    WORKS(jko_model_rollout(model, &x0, &t, NULL, &out, &info));
    CHECK(memcmp(course, start, sizeof start) == 0 && info.unconverged >= 0 && isfinite(info.max_residual));

    /* One particle, no step. */
    x = jko_row_major(&start[0][0], 1, 2);
    s = jko_row_major(times, 1, 1);
    result = jko_row_major(&course[0][0], 1, 2);
    WORKS(jko_model_rollout(model, &x, &s, NULL, &result, NULL));
}

int main(void)
{
    jko_model *model = fitted_model(0), *unfitted = linear_model(0);

    simulate_refuses(model, unfitted);
    simulate_with_callbacks();
    rollout_times(model, unfitted);
    rollout(model, unfitted);
    coupled_rollout();
    jko_snapshots *series = ou_series(32);
    whole_model_options explicit_options = linear_options(2, 4, 0);
    explicit_options.model.scheme = JKO_SCHEME_EXPLICIT;
    jko_model *both = fitted(explicit_options, series, fit_with(1e-3, JKO_ERROR_BARS_NONE));
    models_drive(both);
    jko_model_destroy(both);
    jko_snapshots_destroy(series);
    jko_model_destroy(model);
    jko_model_destroy(unfitted);
    return finish("dynamics");
}
