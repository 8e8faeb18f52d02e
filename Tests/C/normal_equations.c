/* Sums of normal equations over transitions: halves that make the whole in any order, and bad input. */
#include "arrays.h"
#include "options.h"
#include "populations.h"

static double all_points[OU_TIMES * OU_PARTICLES][2];

/* Snapshots `first` to `last` of the population, at their own times. */
static jko_snapshots *part(const jko_snapshots *series, int64_t first, int64_t last)
{
    jko_snapshots *some = NULL;
    WORKS(jko_snapshots_create_empty(2, &some));
    for (int64_t k = first; k <= last; k++) {
        const jko_array x = jko_row_major(all_points[0], OU_PARTICLES, 2);
        WORKS(jko_snapshots_points(series, k, &x));
        WORKS(jko_snapshots_append(some, &x, jko_snapshots_time(series, k), NULL));
    }
    return some;
}

static jko_normal_equations *sums_over(const jko_model *model, const jko_snapshots *series)
{
    jko_normal_equations *sums = NULL;
    WORKS(jko_normal_equations_create(model, &sums));
    if (series != NULL)
        WORKS(jko_normal_equations_accumulate(sums, series, NULL));
    return sums;
}

/* The sums' coefficients are those that a model has, to 1e-12 of the largest. */
static void makes(const jko_normal_equations *sums, const jko_model *model, const jko_fit_options *fit)
{
    double expected[MOST_COEFFICIENTS], found[MOST_COEFFICIENTS], largest = 0, worst = 0;
    jko_model *made = NULL;
    if (!WORKS(jko_normal_equations_solve(sums, fit, &made)))
        return;
    const int64_t count = coefficients_of(model, expected);
    CHECK(coefficients_of(made, found) == count);
    for (int64_t i = 0; i < count; i++) {
        largest = fmax(largest, fabs(expected[i]));
        worst = fmax(worst, fabs(found[i] - expected[i]));
    }
    CHECK(largest > 0 && worst <= 1e-12 * largest);
    /* It is a model like any other. */
    double point[2] = {0.3, 0.2}, values[2], beta[2];
    const jko_array x = jko_row_major(point, 1, 2);
    for (int i = 0; i < 2; i++) {
        const jko_array out = jko_row_major(&values[i], 1, 1);
        WORKS(jko_model_potential(i == 0 ? model : made, &x, NULL, &out, NULL));
        WORKS(jko_model_beta(i == 0 ? model : made, &beta[i]));
    }
    CHECK(fabs(values[0] - values[1]) <= 1e-10 * fabs(values[0]) && fabs(beta[0] - beta[1]) <= 1e-10 * fabs(beta[0]));
    WORKS(jko_model_save(made, "sums.safetensors"));
    jko_model_destroy(made);
}

static void halves(const jko_model *model, const jko_snapshots *series, const jko_fit_options *fit)
{
    jko_snapshots *early = part(series, 0, 2), *late = part(series, 2, 4);
    jko_normal_equations *first = sums_over(model, early), *second = sums_over(model, late);
    jko_normal_equations *forward = sums_over(model, NULL), *backward = sums_over(model, NULL);
    jko_normal_equations *whole = sums_over(model, series), *imported = sums_over(model, NULL);
    jko_normal_equations_info info = {.struct_size = sizeof info}, all = {.struct_size = sizeof all};
    static double matrix[2][MOST_COEFFICIENTS * MOST_COEFFICIENTS], right[MOST_COEFFICIENTS];

    makes(whole, model, fit);
    WORKS(jko_normal_equations_merge(forward, first));
    WORKS(jko_normal_equations_merge(forward, second));
    makes(forward, model, fit);
    WORKS(jko_normal_equations_merge(backward, second));
    WORKS(jko_normal_equations_merge(backward, first));
    makes(backward, model, fit);

    const int64_t count = coefficient_count(model);
    const jko_array a = jko_row_major(matrix[0], count, count), b = jko_row_major(right, count, 1);
    const jko_normal_equations *parts[] = {second, first};
    for (int i = 0; i < 2; i++) {
        WORKS(jko_normal_equations_export(parts[i], &a, &b));
        WORKS(jko_normal_equations_describe(parts[i], &info));
        CHECK(info.count == count && info.transitions == 2 && info.equations == 4 * OU_PARTICLES);
        CHECK(info.constant > 0 && info.scatter >= 0 && info.scatter <= info.constant);
        for (int64_t r = 0; r < count; r++)
            for (int64_t c = 0; c < r; c++)
                CHECK(matrix[0][r * count + c] == matrix[0][c * count + r]);
        WORKS(jko_normal_equations_import(imported, &a, &b, &info));
    }
    makes(imported, model, fit);
    WORKS(jko_normal_equations_describe(imported, &info));
    WORKS(jko_normal_equations_describe(whole, &all));
    CHECK(info.transitions == 4 && info.equations == all.equations);
    CHECK(fabs(info.constant - all.constant) <= 1e-14 * all.constant);
    CHECK(fabs(info.scatter - all.scatter) <= 1e-14 * all.constant);

    /* Those of a model, too: what it was fitted by. */
    jko_normal_equations *of_model = sums_over(model, NULL);
    WORKS(jko_normal_equations_merge_model(of_model, model));
    makes(of_model, model, fit);
    WORKS(jko_normal_equations_describe(of_model, &info));
    CHECK(info.transitions == all.transitions && info.equations == all.equations && info.constant == all.constant);
    jko_normal_equations_destroy(of_model);

    /* Sums added to themselves count double, which changes no minimiser (but what cross-validation thinks of it). */
    WORKS(jko_normal_equations_merge(whole, whole));
    WORKS(jko_normal_equations_describe(whole, &info));
    CHECK(info.transitions == 8 && info.constant == 2 * all.constant);
    if (fit->ridge_method == JKO_RIDGE_FIXED)
        makes(whole, model, fit);

    jko_normal_equations *list[] = {first, second, forward, backward, whole, imported};
    for (size_t i = 0; i < COUNT_OF(list); i++)
        jko_normal_equations_destroy(list[i]);
    jko_normal_equations_destroy(NULL);
    jko_snapshots_destroy(early);
    jko_snapshots_destroy(late);
}

static int stop(const jko_progress *progress, void *user_data)
{
    (void)user_data;
    return strcmp(progress->stage, "plans") == 0;
}

/* Asks the sums that are being added to what they hold: nothing yet. */
static int look(const jko_progress *progress, void *user_data)
{
    jko_normal_equations_info info = {.struct_size = sizeof info};
    (void)progress;
    WORKS(jko_normal_equations_describe(user_data, &info));
    CHECK(info.transitions == 0);
    return 0;
}

static void accumulate_refused(jko_normal_equations *sums, const jko_snapshots *series)
{
    const double line[2] = {0, 1}, point[2] = {0, 0};
    const jko_array x = jko_row_major(line, 2, 1), one = jko_row_major(point, 1, 2);
    jko_snapshots *single = NULL, *narrow = NULL, *empty = NULL;
    whole_fit_options options = usual_fit();
    jko_fit_options fit;
    const size_t sizes[] = {0, 4, 12, SIZE_MAX};

    WORKS(jko_snapshots_create_empty(2, &empty));
    WORKS(jko_snapshots_create_empty(2, &single));
    WORKS(jko_snapshots_append(single, &one, 0, NULL));
    WORKS(jko_snapshots_create_empty(1, &narrow));
    WORKS(jko_snapshots_append(narrow, &x, 0, NULL));
    WORKS(jko_snapshots_append(narrow, &x, 1, NULL));
    REFUSED(JKO_ENULL, "equations", jko_normal_equations_accumulate(NULL, series, NULL));
    REFUSED(JKO_ENULL, "snapshots", jko_normal_equations_accumulate(sums, NULL, NULL));
    REFUSED(JKO_ESHAPE, "snapshots", jko_normal_equations_accumulate(sums, empty, NULL));
    REFUSED(JKO_ESHAPE, "snapshots", jko_normal_equations_accumulate(sums, single, NULL));
    REFUSED(JKO_ESHAPE, "snapshots", jko_normal_equations_accumulate(sums, narrow, NULL));
    REFUSED(JKO_EINVALID, "snapshots",
            jko_normal_equations_accumulate(sums, (const jko_snapshots *)(void *)sums, NULL));
    REFUSED(JKO_EINVALID, "equations",
            jko_normal_equations_accumulate((jko_normal_equations *)(void *)narrow, series, NULL));
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        jko_fit_options_init(&fit, sizeof fit);
        fit.struct_size = sizes[i];
        REFUSED(JKO_EINVALID, "struct_size", jko_normal_equations_accumulate(sums, series, &fit));
    }
    options.transport.method = 3;
    REFUSED(JKO_EINVALID, "options->transport->method",
            jko_normal_equations_accumulate(sums, series, without_training(&options)));
    REFUSED(JKO_EINVALID, "options->training", jko_normal_equations_accumulate(sums, series, with_training(&options)));
    options.transport.method = JKO_PLAN_SINKHORN;
    options.transport.max_iterations = 1;
    options.transport.tolerance = 1e-14;
    options.transport.epsilon = 1e-6;
    CHECK(jko_normal_equations_accumulate(sums, series, without_training(&options)) == JKO_ECONVERGENCE);
    jko_fit_options_init(&fit, sizeof fit);
    fit.progress = stop;
    REFUSED(JKO_ECANCELLED, "cancelled", jko_normal_equations_accumulate(sums, series, &fit));
    jko_snapshots_destroy(empty);
    jko_snapshots_destroy(single);
    jko_snapshots_destroy(narrow);
}

#define REFUSES_INFO(field, value)                                                                                     \
    do {                                                                                                               \
        jko_normal_equations_info wrong = info;                                                                        \
        wrong.field = (value);                                                                                         \
        REFUSED(JKO_EINVALID, #field, jko_normal_equations_import(sums, &a, &b, &wrong));                              \
    } while (0)

static void arrays_refused(jko_normal_equations *sums, const jko_normal_equations *filled, int64_t count)
{
    static double matrix[MOST_COEFFICIENTS * MOST_COEFFICIENTS], right[MOST_COEFFICIENTS];
    const jko_array good_a = jko_row_major(matrix, count, count), good_b = jko_row_major(right, count, 1);
    jko_array a = good_a, b = good_b;
    jko_normal_equations_info info = {.struct_size = sizeof info};
    const double reals[] = {-1, NAN, INFINITY, -INFINITY};
    const size_t sizes[] = {0, 4, 12, SIZE_MAX};

    FILL(matrix);
    FILL(right);
    REFUSED(JKO_ENULL, "equations", jko_normal_equations_export(NULL, &a, &b));
    REFUSED(JKO_ENULL, "matrix", jko_normal_equations_export(filled, NULL, &b));
    REFUSED(JKO_ENULL, "right", jko_normal_equations_export(filled, &a, NULL));
    REFUSES_BAD_ARRAYS("matrix", a, good_a, jko_normal_equations_export(filled, &a, &b));
    REFUSES_BAD_ARRAYS("right", b, good_b, jko_normal_equations_export(filled, &a, &b));
    a.rows--;
    REFUSED(JKO_ESHAPE, "matrix", jko_normal_equations_export(filled, &a, &b));
    a = good_a;
    b.rows--;
    REFUSED(JKO_ESHAPE, "right", jko_normal_equations_export(filled, &a, &b));
    b = good_b;
    UNTOUCHED(matrix);
    UNTOUCHED(right);
    WORKS(jko_normal_equations_export(filled, &a, &b));
    WORKS(jko_normal_equations_describe(filled, &info));

    REFUSED(JKO_ENULL, "equations", jko_normal_equations_import(NULL, &a, &b, &info));
    REFUSED(JKO_ENULL, "matrix", jko_normal_equations_import(sums, NULL, &b, &info));
    REFUSED(JKO_ENULL, "right", jko_normal_equations_import(sums, &a, NULL, &info));
    REFUSED(JKO_ENULL, "info", jko_normal_equations_import(sums, &a, &b, NULL));
    REFUSES_BAD_ARRAYS("matrix", a, good_a, jko_normal_equations_import(sums, &a, &b, &info));
    REFUSES_BAD_ARRAYS("right", b, good_b, jko_normal_equations_import(sums, &a, &b, &info));
    REFUSES_NONFINITE("matrix", matrix, count * count, jko_normal_equations_import(sums, &a, &b, &info));
    REFUSES_NONFINITE("right", right, count, jko_normal_equations_import(sums, &a, &b, &info));
    a.rows = a.columns = count - 1;
    REFUSED(JKO_ESHAPE, "matrix", jko_normal_equations_import(sums, &a, &b, &info));
    a = good_a;
    b = jko_row_major(right, 1, count);
    REFUSED(JKO_ESHAPE, "right", jko_normal_equations_import(sums, &a, &b, &info));
    b = good_b;
    const double kept = matrix[1], diagonal = matrix[0];
    matrix[1] += 1e-6 * sqrt(matrix[0] * matrix[count + 1]);
    REFUSED(JKO_EINVALID, "matrix", jko_normal_equations_import(sums, &a, &b, &info));
    matrix[1] = kept;
    matrix[0] = -diagonal; /* no sum of squares */
    REFUSED(JKO_EINVALID, "matrix", jko_normal_equations_import(sums, &a, &b, &info));
    matrix[0] = diagonal;
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        REFUSES_INFO(struct_size, sizes[i]);
    for (size_t i = 0; i < COUNT_OF(reals); i++) {
        REFUSES_INFO(transitions, reals[i]);
        REFUSES_INFO(equations, reals[i]);
        REFUSES_INFO(constant, reals[i]);
        REFUSES_INFO(scatter, reals[i]);
    }
    REFUSES_INFO(count, count + 1);
    REFUSES_INFO(count, INT64_MIN);
}

static void refused(const jko_model *model, const jko_snapshots *series)
{
    whole_model_options options = linear_options(2, 2, 1);
    jko_model *unfitted = NULL, *network = NULL, *other = NULL, *made = NULL;
    jko_normal_equations *sums = NULL, *others = NULL, *filled = sums_over(model, series);
    jko_normal_equations_info info = {.struct_size = sizeof info};
    jko_fit_options fit = fit_with(1e-6, JKO_ERROR_BARS_NONE);
    whole_fit_options training = usual_fit();
    const size_t sizes[] = {0, 4, 12, SIZE_MAX};

    WORKS(jko_model_create(whole(&options), &unfitted));
    options = linear_options(3, 2, 1);
    other = fitted(options, series, fit);
    training.training.epochs = 1;
    network = fitted(usual_model(), series, *with_training(&training));
    REFUSED(JKO_ENULL, "out", jko_normal_equations_create(model, NULL));
    REFUSED_HANDLE(JKO_ENULL, "model", sums, jko_normal_equations_create(NULL, &sums));
    REFUSED_HANDLE(JKO_ENOTFITTED, "model", sums, jko_normal_equations_create(unfitted, &sums));
    REFUSED_HANDLE(JKO_EINVALID, "model", sums, jko_normal_equations_create(network, &sums));
    REFUSED_HANDLE(JKO_EINVALID, "model", sums, jko_normal_equations_create((const jko_model *)(void *)filled, &sums));

    WORKS(jko_normal_equations_create(model, &sums));
    WORKS(jko_normal_equations_create(other, &others));
    accumulate_refused(sums, series);
    arrays_refused(sums, filled, coefficient_count(model));
    REFUSED(JKO_ENULL, "equations", jko_normal_equations_merge(NULL, filled));
    REFUSED(JKO_ENULL, "other", jko_normal_equations_merge(sums, NULL));
    REFUSED_ABOUT(JKO_EINVALID, "features", "other", jko_normal_equations_merge(sums, others));
    REFUSED(JKO_EINVALID, "other", jko_normal_equations_merge(sums, (const jko_normal_equations *)(const void *)model));
    REFUSED(JKO_ENULL, "equations", jko_normal_equations_merge_model(NULL, model));
    REFUSED(JKO_ENULL, "model", jko_normal_equations_merge_model(sums, NULL));
    REFUSED(JKO_ENOTFITTED, "model", jko_normal_equations_merge_model(sums, unfitted));
    REFUSED(JKO_EINVALID, "model", jko_normal_equations_merge_model(sums, network));
    REFUSED_ABOUT(JKO_EINVALID, "features", "model", jko_normal_equations_merge_model(sums, other));
    REFUSED(JKO_EINVALID, "model", jko_normal_equations_merge_model(sums, (const jko_model *)(const void *)filled));
    REFUSED(JKO_ENULL, "equations", jko_normal_equations_describe(NULL, &info));
    REFUSED(JKO_ENULL, "info", jko_normal_equations_describe(sums, NULL));
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        info.struct_size = sizes[i];
        REFUSED(JKO_EINVALID, "struct_size", jko_normal_equations_describe(sums, &info));
    }
    info.struct_size = sizeof info;

    /* After all this the sums are as they were: empty. */
    WORKS(jko_normal_equations_describe(sums, &info));
    CHECK(info.transitions == 0 && info.equations == 0 && info.constant == 0 && info.scatter == 0);
    REFUSED_HANDLE(JKO_EINVALID, "equations", made, jko_normal_equations_solve(sums, NULL, &made));
    REFUSED_HANDLE(JKO_ENULL, "equations", made, jko_normal_equations_solve(NULL, NULL, &made));
    REFUSED(JKO_ENULL, "out", jko_normal_equations_solve(filled, NULL, NULL));
    fit = fit_with(NAN, JKO_ERROR_BARS_NONE);
    REFUSED_HANDLE(JKO_EINVALID, "ridge", made, jko_normal_equations_solve(filled, &fit, &made));
    fit = fit_with(0, JKO_ERROR_BARS_NONE);
    fit.ridge_method = 2;
    REFUSED_HANDLE(JKO_EINVALID, "ridge_method", made, jko_normal_equations_solve(filled, &fit, &made));
    fit.struct_size = 0;
    REFUSED_HANDLE(JKO_EINVALID, "struct_size", made, jko_normal_equations_solve(filled, &fit, &made));
    REFUSED_HANDLE(JKO_EINVALID, "options->training", made,
                   jko_normal_equations_solve(filled, with_training(&training), &made));

    fit = fit_with(0, JKO_ERROR_BARS_NONE);
    fit.progress = look;
    fit.progress_user_data = sums;
    WORKS(jko_normal_equations_accumulate(sums, series, &fit));
    WORKS(jko_normal_equations_describe(sums, &info));
    CHECK(info.transitions == OU_TIMES - 1);
    jko_normal_equations_destroy(sums);
    jko_normal_equations_destroy(others);
    jko_normal_equations_destroy(filled);
    jko_model_destroy(unfitted);
    jko_model_destroy(network);
    jko_model_destroy(other);
}

int main(void)
{
    jko_snapshots *series = ou_series(8);
    const whole_model_options options = linear_options(2, 3, 1);
    const jko_fit_options fixed = fit_with(1e-4, JKO_ERROR_BARS_NONE);
    jko_fit_options validated = fixed;
    validated.ridge_method = JKO_RIDGE_CROSS_VALIDATED;
    jko_model *model = fitted(options, series, fixed), *other = fitted(options, series, validated);

    halves(model, series, &fixed);
    halves(other, series, &validated);
    refused(model, series);
    jko_model_destroy(model);
    jko_model_destroy(other);
    jko_snapshots_destroy(series);
    return finish("normal_equations");
}
