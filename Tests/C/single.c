/*
 * Results in single precision: one that exceeds its largest number is an error that names it, and nothing is written,
 * in any output of the call; all others are rounded.
 */
#include "populations.h"

#include <float.h>

enum { N = 3 };

static float singles[2][64];

static jko_array single(int which, int64_t rows, int64_t columns)
{
    jko_array view = jko_row_major(NULL, rows, columns);
    view.data = singles[which];
    view.dtype = JKO_FLOAT32;
    for (size_t i = 0; i < COUNT_OF(singles[which]); i++)
        singles[which][i] = -7.25f;
    return view;
}

static int untouched(int which)
{
    for (size_t i = 0; i < COUNT_OF(singles[which]); i++)
        if (singles[which][i] != -7.25f)
            return 0;
    return 1;
}

/* Refused for an element of `name`, with its value (or some of its digits) and the bound; no output was written. */
#define EXCEEDS(name, value, call)                                                                                     \
    do {                                                                                                               \
        REFUSED(JKO_ENONFINITE, name, call);                                                                           \
        CHECK(strstr(jko_last_error(), value) != NULL && strstr(jko_last_error(), "3.4028235e+38") != NULL);           \
        CHECK(untouched(0) && untouched(1));                                                                           \
    } while (0)

static double points[2 * N][2];

/* Points around 1e50, at times 1e45 apart. */
static jko_snapshots *vast_series(void)
{
    const double times[2 * N] = {0, 0, 0, 1e45, 1e45, 1e45};
    const jko_array x = jko_row_major(&points[0][0], 2 * N, 2), t = jko_row_major(times, 2 * N, 1);
    jko_snapshots *series = NULL;
    for (int i = 0; i < 2 * N; i++) {
        points[i][0] = 1e50 * (i % N) + (i < N ? 0 : 1e49 * (1 + i % 2));
        points[i][1] = 1e50 * (i % 2);
    }
    WORKS(jko_snapshots_create(&x, &t, NULL, &series));
    return series;
}

static void of_models(const jko_snapshots *series)
{
    const double times[2] = {0, 1e45};
    double values[N], gradients[N][2];
    const jko_array slopes = jko_row_major(&gradients[0][0], N, 2);
    const jko_array x = jko_row_major(&points[0][0], N, 2), t = jko_row_major(times, 2, 1);
    const jko_array wide = jko_row_major(values, N, 1);
    const jko_array two = single(0, 2, 1), course = single(0, 2 * N, 2), one = single(0, 1, 1);
    const jko_array second = single(1, 1, 1), column = single(0, N, 1);
    jko_rollout_info info = {.struct_size = sizeof info};
    const whole_model_options options = linear_options(2, 2, 0);
    jko_model *model = fitted(options, series, fit_with(1e-3, JKO_ERROR_BARS_INFLUENCE));

    EXCEEDS("out", "[1] = 1e+45 ", jko_model_times(model, &two));
    EXCEEDS("out", "[1] = 1e+45 ", jko_model_rollout_times(model, NAN, 1, &two));
    EXCEEDS("value", "e+5", jko_model_potential(model, &x, NULL, &column, NULL));
    /* The gradient would have been fine, and is not written either. */
    FILL(gradients);
    EXCEEDS("value", "e+5", jko_model_potential(model, &x, NULL, &column, &slopes));
    UNTOUCHED(gradients);
    EXCEEDS("value", "e+5", jko_model_interaction(model, &x, &column, NULL));
    WORKS(jko_model_potential_error(model, &x, NULL, &wide, NULL));
    CHECK(values[1] > FLT_MAX);
    EXCEEDS("value", "e+", jko_model_potential_error(model, &x, NULL, &column, NULL));
    EXCEEDS("out", "e+5", jko_model_rollout(model, &x, &t, NULL, &course, &info));
    EXCEEDS("one_step", "e+", jko_model_evaluate(model, series, NULL, &one, NULL, NULL, &info));
    EXCEEDS("effects_mismatch", "e+", jko_model_evaluate(model, series, NULL, NULL, NULL, &one, &info));
    /* The first output was fine. */
    jko_array first = jko_row_major(values, 1, 1);
    FILL(values);
    EXCEEDS("cumulative", "e+", jko_model_evaluate(model, series, NULL, &first, &second, NULL, &info));
    UNTOUCHED(values);
    jko_model_destroy(model);
}

static void of_normal_equations(void)
{
    enum { F = 5 };
    jko_snapshots *series = ou_series(1);
    const whole_model_options options = linear_options(2, 0, 0);
    jko_model *model = fitted(options, series, fit_with(1e-3, JKO_ERROR_BARS_NONE));
    jko_normal_equations *sums = NULL;
    double matrix[F][F] = {{0}}, right[F] = {0, 0, -1e40};
    const jko_array a = jko_row_major(&matrix[0][0], F, F), r = jko_row_major(right, F, 1);
    const jko_array small = single(0, F, F), narrow = single(1, F, 1);
    CHECK(coefficient_count(model) == F);
    WORKS(jko_normal_equations_create(model, &sums));
    jko_normal_equations_info info = {.struct_size = sizeof info, .count = F};
    WORKS(jko_normal_equations_import(sums, &a, &r, &info));
    EXCEEDS("right", "[2] = -1e+40 ", jko_normal_equations_export(sums, &small, &narrow));
    jko_normal_equations_destroy(sums);
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
}

static void of_objectives(void)
{
    jko_snapshots *series = ou_series(1);
    whole_model_options options = usual_model();
    jko_model *model = NULL;
    jko_objective *objective = NULL;
    options.potential_network.hidden[0] = 2;
    options.potential_network.hidden_count = 1;
    WORKS(jko_model_create(whole(&options), &model));
    WORKS(jko_objective_create(model, series, NULL, &objective));
    const int64_t count = jko_objective_parameter_count(objective);
    double theta[64], value = 3;
    const jko_array given = jko_row_major(theta, count, 1), gradient = single(0, count, 1);
    for (int64_t i = 0; i < count; i++)
        theta[i] = 1e25;
    EXCEEDS("gradient", "e+", jko_objective_value_and_gradient(objective, &given, &value, &gradient));
    CHECK(value == 3);
    jko_objective_destroy(objective);
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
}

static void of_densities(void)
{
    const double weights[1] = {1}, means[1][2] = {{1, 1e50}}, far[1][2] = {{1e70, 0}};
    const double covariances[2][2] = {{1, 0}, {0, 1e42}}, narrow[2][2] = {{1e-30, 0}, {0, 1}};
    const jko_array w = jko_row_major(weights, 1, 1), m = jko_row_major(&means[0][0], 1, 2);
    const jko_array s = jko_row_major(&covariances[0][0], 2, 2), tight = jko_row_major(&narrow[0][0], 2, 2);
    const jko_array x = jko_row_major(&far[0][0], 1, 2);
    const jko_array one = single(0, 1, 1), row = single(0, 1, 2), square = single(0, 2, 2);
    jko_density *density = NULL, *sharp = NULL;
    WORKS(jko_density_from_mixture(&w, &m, &s, JKO_COVARIANCE_FULL, &density));
    WORKS(jko_density_from_mixture(&w, &m, &tight, JKO_COVARIANCE_FULL, &sharp));
    EXCEEDS("out", "[0, 1] = 1e+50 ", jko_density_means(density, &row));
    EXCEEDS("out", "[1, 1] = ", jko_density_covariances(density, &square));
    EXCEEDS("out", "[0] = -", jko_density_log(density, &x, &one));
    EXCEEDS("out", "[0, 0] = -", jko_density_score(sharp, &x, &row));
    WORKS(jko_density_weights(density, &one));
    CHECK(singles[0][0] == 1);
    jko_density_destroy(density);
    jko_density_destroy(sharp);
}

static void of_plans(void)
{
    const double near[2][2] = {{0, 0}, {1, 1}}, far[2][2] = {{0, 1e30}, {1, -1e60}};
    const jko_array x = jko_row_major(&near[0][0], 2, 2), y = jko_row_major(&far[0][0], 2, 2);
    const jko_array a = single(0, 2, 2), b = single(1, 2, 2);
    jko_plan *plan = NULL;
    WORKS(jko_plan_compute(&y, &x, NULL, NULL, NULL, &plan));
    EXCEEDS("images_y", "e+60", jko_plan_barycentres(plan, &a, &b));
    EXCEEDS("images_y", "e+60", jko_plan_barycentres(plan, NULL, &b));
    WORKS(jko_plan_barycentres(plan, &a, NULL));
    CHECK(singles[0][0] == 0 || singles[0][0] == 1);
    jko_plan_destroy(plan);
}

static void of_functions(void)
{
    double places[2][2] = {{1, 2}, {3e12, -2e13}};
    const jko_array x = jko_row_major(&places[0][0], 2, 2), column = single(0, 2, 1), rows = single(0, 2, 2);
    jko_array strided = single(0, 2, 2);
    jko_simulation_options options;
    EXCEEDS("out", "[1] = ", jko_functional_value("styblinski_tang", &x, &column));
    EXCEEDS("out", "[1, 1] = -1.6", jko_functional_gradient("styblinski_tang", &x, &rows));
    strided.row_stride = -20;
    strided.column_stride = -3;
    strided.data = singles[0] + 40;
    EXCEEDS("out", "[1, 1] = -1.6", jko_functional_gradient("styblinski_tang", &x, &strided));
    jko_simulation_options_init(&options, sizeof options);
    options.potential = "sphere";
    options.steps = 1;
    options.dt = 1e25;
    const jko_array course = single(0, 4, 2);
    EXCEEDS("out", "[3, 0] = ", jko_simulate(&x, &options, &course));
    /* The largest number that rounds to the precision's own; what is not finite stays what it is. */
    const double sources[3][1] = {{FLT_MAX}, {3.4028235677973362e38}, {-1e-60}};
    const jko_array numbers = jko_row_major(&sources[0][0], 3, 1);
    jko_snapshots *series = NULL;
    const double t[3] = {0, 0, 0};
    const jko_array times = jko_row_major(t, 3, 1), out = single(0, 3, 1);
    WORKS(jko_snapshots_create(&numbers, &times, NULL, &series));
    WORKS(jko_snapshots_points(series, 0, &out));
    CHECK(singles[0][0] == FLT_MAX && singles[0][1] == FLT_MAX && singles[0][2] == 0);
    jko_snapshots_destroy(series);
}

int main(void)
{
    jko_snapshots *series = vast_series();
    const jko_array rows = single(0, N, 2), other = single(1, 1, 1);
    (void)other;
    EXCEEDS("out", "[1, 0] = 1e+50 ", jko_snapshots_points(series, 0, &rows));
    of_models(series);
    jko_snapshots_destroy(series);
    of_normal_equations();
    of_objectives();
    of_densities();
    of_plans();
    of_functions();
    return finish("single");
}
