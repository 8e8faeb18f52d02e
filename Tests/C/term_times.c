/* Times of V by row: each row has bit for bit what a call with its own time for all rows says of it. */
#include "options.h"
#include "populations.h"

enum { N = 7 };

/* In no order, some twice, before, between and after the snapshots' times. */
static double times[N] = {0.3, 0, 0.15, 0.3, -0.2, 0.7, 0.15};
static double points[N][2], ways[N][2];

/* What a time-varying V says, one row per point: value, gradient, Hessian product, and both errors. */
typedef struct answers {
    double value[N], gradient[N][2], product[N][2], value_error[N], gradient_error[N][2];
} answers;

static void ask(const jko_model *model, const jko_array *t, int with_errors, answers *all)
{
    const jko_array x = jko_row_major(&points[0][0], N, 2), along = jko_row_major(&ways[0][0], N, 2);
    const jko_array v = jko_row_major(all->value, N, 1), g = jko_row_major(&all->gradient[0][0], N, 2);
    const jko_array p = jko_row_major(&all->product[0][0], N, 2);
    const jko_array v_error = jko_row_major(all->value_error, N, 1);
    const jko_array g_error = jko_row_major(&all->gradient_error[0][0], N, 2);

    memset(all, 0, sizeof *all);
    WORKS(jko_model_potential(model, &x, t, &v, &g));
    WORKS(jko_model_potential_hessian_product(model, &x, t, &along, &p));
    if (with_errors)
        WORKS(jko_model_potential_error(model, &x, t, &v_error, &g_error));
}

static void by_row(const jko_model *model, int with_errors)
{
    static answers rows, whole_call;
    const jko_array t = jko_row_major(times, N, 1);

    ask(model, &t, with_errors, &rows);
    for (int i = 0; i < N; i++) {
        const jko_array own = one_time(&times[i]);
        ask(model, &own, with_errors, &whole_call);
        CHECK(rows.value[i] == whole_call.value[i] && rows.value_error[i] == whole_call.value_error[i]);
        CHECK(memcmp(rows.gradient[i], whole_call.gradient[i], sizeof rows.gradient[i]) == 0);
        CHECK(memcmp(rows.product[i], whole_call.product[i], sizeof rows.product[i]) == 0);
        CHECK(memcmp(rows.gradient_error[i], whole_call.gradient_error[i], sizeof rows.gradient_error[i]) == 0);
    }
    /* The time matters: the first and the second row are one point. */
    CHECK(rows.gradient[0][0] != rows.gradient[1][0]);
}

/* Times are an array like any other: single precision, and strides, backwards too. */
static void views_of_times(const jko_model *model)
{
    static answers expected, found;
    float single[N];
    double rounded[N], backwards[3 * N];
    for (int i = 0; i < N; i++) {
        rounded[i] = single[i] = (float)times[i];
        backwards[3 * (N - 1 - i)] = rounded[i];
    }
    const jko_array t = jko_row_major(rounded, N, 1), t32 = jko_row_major_f32(single, N, 1);
    jko_array spread = jko_row_major(backwards + 3 * (N - 1), N, 1);
    spread.row_stride = -3;

    ask(model, &t, 0, &expected);
    ask(model, &t32, 0, &found);
    CHECK(memcmp(&expected, &found, sizeof found) == 0);
    ask(model, &spread, 0, &found);
    CHECK(memcmp(&expected, &found, sizeof found) == 0);
}

/* A population has one time: J of a time-varying V is the mean of V at that time. */
static void energy_of_a_time(const jko_snapshots *series)
{
    whole_model_options options = linear_options(2, 0, 0);
    options.model.time_varying = 1;
    jko_model *model = fitted(options, series, fit_with(1e-4, JKO_ERROR_BARS_NONE));
    const jko_array x = jko_row_major(&points[0][0], N, 2);
    double energies[2] = {0, 0};

    for (int k = 0; k < 2; k++) {
        double values[N], mean = 0;
        const jko_array t = one_time(&times[k]), v = jko_row_major(values, N, 1);
        WORKS(jko_model_potential(model, &x, &t, &v, NULL));
        for (int i = 0; i < N; i++)
            mean += values[i] / N;
        WORKS(jko_model_energy(model, &x, NULL, &t, &energies[k]));
        CHECK(fabs(energies[k] - mean) <= 1e-13 * (1 + fabs(mean)));
    }
    CHECK(energies[0] != energies[1]);
    jko_model_destroy(model);
}

int main(void)
{
    normal_source source = {22};
    for (int i = 0; i < N; i++)
        for (int c = 0; c < 2; c++) {
            points[i][c] = normal(&source);
            ways[i][c] = normal(&source);
        }
    memcpy(points[1], points[0], sizeof points[0]);

    jko_snapshots *series = ou_series(14);
    whole_model_options options = usual_model();
    whole_fit_options fit = usual_fit();
    options.model.time_varying = 1;
    options.potential_network.hidden[0] = options.potential_network.hidden[1] = 16;
    fit.training.epochs = 2;
    jko_model *network = fitted(options, series, *with_training(&fit)), *linear = energy_model(1);
    by_row(network, 0);
    by_row(linear, 1);
    views_of_times(network);
    views_of_times(linear);
    energy_of_a_time(series);
    jko_model_destroy(network);
    jko_model_destroy(linear);
    jko_snapshots_destroy(series);
    return finish("term_times");
}
