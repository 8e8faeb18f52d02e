/* Bad input to jkonetstar/plan.h. */
#include "arrays.h"
#include "series.h"

static double x_points[4][2] = {{0, 0}, {1, 0}, {0, 1}, {1, 1}};
static double y_points[3][2] = {{5, 0}, {6, 0}, {5, 1}};
static double x_masses[4] = {0.25, 0.25, 0.25, 0.25};
static double y_masses[3] = {0.5, 0.25, 0.25};

/* The arguments that jko_plan_compute and jko_emd share. */
typedef struct inputs {
    jko_array x, y, a, b;
} inputs;

static inputs good_inputs(void)
{
    inputs good;
    good.x = jko_row_major(&x_points[0][0], 4, 2);
    good.y = jko_row_major(&y_points[0][0], 3, 2);
    good.a = jko_row_major(x_masses, 4, 1);
    good.b = jko_row_major(y_masses, 3, 1);
    return good;
}

static jko_status compute(const jko_array *x, const jko_array *y, const jko_array *a, const jko_array *b)
{
    jko_plan *plan = (void *)&checks_failed;
    jko_status status = jko_plan_compute(x, y, a, b, NULL, &plan);
    CHECK((status == JKO_OK) == (plan != NULL));
    jko_plan_destroy(plan);
    return status;
}

static jko_status emd(const jko_array *x, const jko_array *y, const jko_array *a, const jko_array *b)
{
    double distance = UNTOUCHED_VALUE;
    jko_status status = jko_emd(x, y, a, b, 2, NULL, &distance);
    CHECK((status == JKO_OK) == (distance != UNTOUCHED_VALUE));
    return status;
}

/* The same for the other ways to a plan. */
static jko_status entropic(jko_plan_method method, const jko_array *x, const jko_array *y, const jko_array *a,
                           const jko_array *b)
{
    jko_plan_options options;
    jko_plan *plan = (void *)&checks_failed;
    jko_plan_options_init(&options, sizeof options);
    options.method = method;
    options.relaxation_x = 2;
    jko_status status = jko_plan_compute(x, y, a, b, &options, &plan);
    CHECK((status == JKO_OK) == (plan != NULL));
    jko_plan_destroy(plan);
    return status;
}

static jko_status sinkhorn(const jko_array *x, const jko_array *y, const jko_array *a, const jko_array *b)
{
    return entropic(JKO_PLAN_SINKHORN, x, y, a, b);
}

static jko_status unbalanced(const jko_array *x, const jko_array *y, const jko_array *a, const jko_array *b)
{
    return entropic(JKO_PLAN_UNBALANCED, x, y, a, b);
}

static jko_status divergence(const jko_array *x, const jko_array *y, const jko_array *a, const jko_array *b)
{
    double value = UNTOUCHED_VALUE;
    jko_status status = jko_sinkhorn_divergence(x, y, a, b, NULL, &value, NULL);
    CHECK((status == JKO_OK) == (value != UNTOUCHED_VALUE));
    return status;
}

typedef jko_status (*transport_call)(const jko_array *x, const jko_array *y, const jko_array *a, const jko_array *b);

static void refuses(transport_call call)
{
    const inputs good = good_inputs();
    inputs in = good;

    REFUSED(JKO_ENULL, "x", call(NULL, &in.y, &in.a, &in.b));
    REFUSED(JKO_ENULL, "y", call(&in.x, NULL, &in.a, &in.b));
    REFUSES_BAD_ARRAYS("x", in.x, good.x, call(&in.x, &in.y, &in.a, &in.b));
    REFUSES_BAD_ARRAYS("y", in.y, good.y, call(&in.x, &in.y, &in.a, &in.b));
    REFUSES_BAD_ARRAYS("a", in.a, good.a, call(&in.x, &in.y, &in.a, &in.b));
    REFUSES_BAD_ARRAYS("b", in.b, good.b, call(&in.x, &in.y, &in.a, &in.b));
    REFUSES_NONFINITE("x", &x_points[0][0], 8, call(&in.x, &in.y, &in.a, &in.b));
    REFUSES_NONFINITE("y", &y_points[0][0], 6, call(&in.x, &in.y, &in.a, &in.b));
    REFUSES_NONFINITE("a", x_masses, 4, call(&in.x, &in.y, &in.a, &in.b));
    REFUSES_NONFINITE("b", y_masses, 3, call(&in.x, &in.y, &in.a, &in.b));

    in.y = jko_row_major(&y_points[0][0], 2, 3);
    REFUSED(JKO_ESHAPE, "y", call(&in.x, &in.y, NULL, NULL));
    in = good;
    in.a.rows = 3;
    REFUSED(JKO_ESHAPE, "a", call(&in.x, &in.y, &in.a, &in.b));
    in = good;
    in.b = jko_row_major(y_masses, 1, 3);
    REFUSED(JKO_ESHAPE, "b", call(&in.x, &in.y, &in.a, &in.b));
    in = good;

    x_masses[1] = -0.25;
    REFUSED(JKO_EPOPULATION, "a", call(&in.x, &in.y, &in.a, &in.b));
    x_masses[1] = 0.25;
    const double kept[3] = {y_masses[0], y_masses[1], y_masses[2]};
    y_masses[0] = y_masses[1] = y_masses[2] = 0;
    REFUSED(JKO_EPOPULATION, "b", call(&in.x, &in.y, NULL, &in.b));
    memcpy(y_masses, kept, sizeof kept);

    /* Coordinates whose squared distance overflows are data that cannot be worked with, not a crash. */
    x_points[0][0] = 1e200;
    CHECK(call(&in.x, &in.y, NULL, NULL) <= JKO_OK);
    x_points[0][0] = 1.7976931348623157e308;
    y_points[0][0] = -1.7976931348623157e308;
    CHECK(call(&in.x, &in.y, NULL, NULL) <= JKO_OK);
    x_points[0][0] = 0;
    y_points[0][0] = 5;

    WORKS(call(&in.x, &in.y, &in.a, &in.b));
    x_masses[0] = x_masses[2] = 0; /* masses may be 0 */
    x_masses[1] = x_masses[3] = 0.5;
    WORKS(call(&in.x, &in.y, &in.a, &in.b));
    x_masses[0] = x_masses[1] = x_masses[2] = x_masses[3] = 0.25;
    in.x.rows = in.y.rows = 1;
    WORKS(call(&in.x, &in.y, NULL, NULL));
}

static void options(void)
{
    const inputs in = good_inputs();
    const int32_t unknown[] = {-1, 3, INT32_MAX, INT32_MIN};
    const size_t sizes[] = {0, 4, 12, SIZE_MAX};
    jko_plan_options options;
    jko_plan *plan = NULL;
    double distance = UNTOUCHED_VALUE;

    REFUSED(JKO_ENULL, "options", jko_plan_options_init(NULL, sizeof(jko_plan_options)));
    REFUSED(JKO_EINVALID, "struct_size", jko_plan_options_init(&options, sizeof options + 4));
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        jko_plan_options_init(&options, sizeof options);
        options.metric = unknown[i];
        REFUSED_HANDLE(JKO_EINVALID, "metric", plan, jko_plan_compute(&in.x, &in.y, NULL, NULL, &options, &plan));
        jko_plan_options_init(&options, sizeof options);
        options.method = unknown[i];
        REFUSED_HANDLE(JKO_EINVALID, "method", plan, jko_plan_compute(&in.x, &in.y, NULL, NULL, &options, &plan));
        REFUSED(JKO_EINVALID, "order", jko_emd(&in.x, &in.y, NULL, NULL, unknown[i], NULL, &distance));
    }
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        jko_plan_options_init(&options, sizeof options);
        options.struct_size = sizes[i];
        REFUSED_HANDLE(JKO_EINVALID, "struct_size", plan, jko_plan_compute(&in.x, &in.y, NULL, NULL, &options, &plan));
    }
    REFUSED(JKO_EINVALID, "order", jko_emd(&in.x, &in.y, NULL, NULL, 0, NULL, &distance));
    REFUSED(JKO_EINVALID, "order", jko_emd(&in.x, &in.y, NULL, NULL, 3, NULL, &distance));
    CHECK(distance == UNTOUCHED_VALUE);
    REFUSED(JKO_ENULL, "out", jko_emd(&in.x, &in.y, NULL, NULL, 1, NULL, NULL));
    REFUSED(JKO_ENULL, "out", jko_plan_compute(&in.x, &in.y, NULL, NULL, NULL, NULL));

    /* Distances are exact. */
    jko_plan_options_init(&options, sizeof options);
    options.method = JKO_PLAN_SINKHORN;
    REFUSED(JKO_EINVALID, "method", jko_emd(&in.x, &in.y, NULL, NULL, 1, &options, &distance));
    CHECK(distance == UNTOUCHED_VALUE);

    /* Sums that differ by more than 1e-9. */
    jko_array a = jko_row_major(x_masses, 4, 1), b = jko_row_major(y_masses, 3, 1);
    y_masses[0] = 0.5 + 1e-8;
    jko_plan_options_init(&options, sizeof options);
    CHECK(jko_plan_compute(&in.x, &in.y, &a, &b, &options, &plan) == JKO_EPOPULATION && plan == NULL);
    y_masses[0] = 0.5;
}

/* One option after another out of its range, for plans and for the divergence. */
static void entropic_options(void)
{
    const inputs in = good_inputs();
    const double not_relaxations[] = {-1, -INFINITY, NAN};
    const double not_shares[] = {0, -1e-6, 1, 2, INFINITY, NAN};
    const int64_t not_counts[] = {0, -1, INT64_MIN, 1000000001, INT64_MAX};
    jko_plan_options good, options;
    jko_plan *plan = NULL;
    double value = UNTOUCHED_VALUE;

    jko_plan_options_init(&good, sizeof good);
    CHECK(good.epsilon == 0 && good.tolerance == 1e-6 && good.max_iterations == 10000);
    CHECK(good.relaxation_x == 0 && good.relaxation_y == 0);
    for (jko_plan_method method = JKO_PLAN_SINKHORN; method <= JKO_PLAN_UNBALANCED; method++) {
        good.method = options.method = method;
        good.relaxation_x = 1;
        options = good;
        WORKS(jko_plan_compute(&in.x, &in.y, NULL, NULL, &options, &plan));
        jko_plan_destroy(plan);
        const double not_epsilons[] = {-1, INFINITY, -INFINITY, NAN};
        for (size_t i = 0; i < COUNT_OF(not_epsilons); i++) {
            options.epsilon = not_epsilons[i];
            REFUSED_HANDLE(JKO_EINVALID, "epsilon", plan, jko_plan_compute(&in.x, &in.y, NULL, NULL, &options, &plan));
        }
        /* Too small and too large to compute with. */
        options.epsilon = 1e-300;
        REFUSED_HANDLE(JKO_EINVALID, "epsilon", plan, jko_plan_compute(&in.x, &in.y, NULL, NULL, &options, &plan));
        options.epsilon = 1e300;
        REFUSED_HANDLE(JKO_EINVALID, "epsilon", plan, jko_plan_compute(&in.x, &in.y, NULL, NULL, &options, &plan));
        options = good;
        for (size_t i = 0; i < COUNT_OF(not_shares); i++) {
            options.tolerance = not_shares[i];
            REFUSED_HANDLE(JKO_EINVALID, "tolerance", plan,
                           jko_plan_compute(&in.x, &in.y, NULL, NULL, &options, &plan));
        }
        options = good;
        for (size_t i = 0; i < COUNT_OF(not_counts); i++) {
            options.max_iterations = not_counts[i];
            REFUSED_HANDLE(JKO_EINVALID, "max_iterations", plan,
                           jko_plan_compute(&in.x, &in.y, NULL, NULL, &options, &plan));
        }
    }
    options = good;
    for (size_t i = 0; i < COUNT_OF(not_relaxations); i++) {
        options.relaxation_x = not_relaxations[i];
        REFUSED_HANDLE(JKO_EINVALID, "relaxation_x", plan, jko_plan_compute(&in.x, &in.y, NULL, NULL, &options, &plan));
        options.relaxation_x = 1;
        options.relaxation_y = not_relaxations[i];
        REFUSED_HANDLE(JKO_EINVALID, "relaxation_y", plan, jko_plan_compute(&in.x, &in.y, NULL, NULL, &options, &plan));
        options = good;
    }
    /* The usual relaxations, and marginals that hold. */
    options.relaxation_x = options.relaxation_y = 0;
    WORKS(jko_plan_compute(&in.x, &in.y, NULL, NULL, &options, &plan));
    jko_plan_destroy(plan);
    options.relaxation_x = options.relaxation_y = INFINITY;
    REFUSED_HANDLE(JKO_EINVALID, "relaxation_x", plan, jko_plan_compute(&in.x, &in.y, NULL, NULL, &options, &plan));

    /* Unbalanced plans take any sums, others do not. */
    jko_array a = jko_row_major(x_masses, 4, 1), b = jko_row_major(y_masses, 3, 1);
    y_masses[0] = 3;
    WORKS(unbalanced(&in.x, &in.y, &a, &b));
    REFUSED(JKO_EPOPULATION, "b", sinkhorn(&in.x, &in.y, &a, &b));
    WORKS(divergence(&in.x, &in.y, &a, &b));
    y_masses[0] = 0.5;

    jko_divergence_info info;
    memset(&info, 0, sizeof info);
    REFUSED(JKO_EINVALID, "struct_size", jko_sinkhorn_divergence(&in.x, &in.y, NULL, NULL, NULL, &value, &info));
    info.struct_size = sizeof info;
    REFUSED(JKO_ENULL, "out", jko_sinkhorn_divergence(&in.x, &in.y, NULL, NULL, NULL, NULL, &info));
    jko_plan_options_init(&options, sizeof options);
    REFUSED(JKO_EINVALID, "method", jko_sinkhorn_divergence(&in.x, &in.y, NULL, NULL, &options, &value, &info));
    options.method = JKO_PLAN_SINKHORN;
    options.metric = 7;
    REFUSED(JKO_EINVALID, "metric", jko_sinkhorn_divergence(&in.x, &in.y, NULL, NULL, &options, &value, &info));
    options.metric = JKO_EUCLIDEAN;
    options.tolerance = NAN;
    REFUSED(JKO_EINVALID, "tolerance", jko_sinkhorn_divergence(&in.x, &in.y, NULL, NULL, &options, &value, &info));
    CHECK(value == UNTOUCHED_VALUE);
    options.tolerance = 1e-9;
    WORKS(jko_sinkhorn_divergence(&in.x, &in.y, NULL, NULL, &options, &value, &info));
    CHECK(value > 0 && info.converged && info.epsilon > 0 && info.iterations > 0 && info.marginal_error <= 1e-9);
}

static void entropic_reading(void)
{
    const inputs in = good_inputs();
    jko_plan_options options;
    jko_plan *plan = NULL;
    jko_plan_info info;
    int64_t rows[12], columns[12], count = -1;
    double mass[12], u[4], v[3], leaving[4], arriving[3], images[8], origins[6];

    jko_plan_options_init(&options, sizeof options);
    options.method = JKO_PLAN_SINKHORN;
    options.epsilon = 4;
    WORKS(jko_plan_compute(&in.x, &in.y, &in.a, &in.b, &options, &plan));
    info.struct_size = sizeof info;
    WORKS(jko_plan_describe(plan, &info));
    CHECK(info.method == JKO_PLAN_SINKHORN && info.converged && info.epsilon == 4 && info.entries == 0);
    CHECK(isnan(info.gap) && isnan(info.dual_cost) && fabs(info.mass - 1) < 1e-12 && info.marginal_error <= 1e-6);
    FILL(mass);
    REFUSED(JKO_EINVALID, "plan", jko_plan_entries(plan, rows, columns, mass));

    REFUSED(JKO_ENULL, "plan", jko_plan_sparse(NULL, 0, 12, rows, columns, mass, &count));
    REFUSED(JKO_ENULL, "rows", jko_plan_sparse(plan, 0, 12, NULL, columns, mass, &count));
    REFUSED(JKO_ENULL, "columns", jko_plan_sparse(plan, 0, 12, rows, NULL, mass, &count));
    REFUSED(JKO_ENULL, "mass", jko_plan_sparse(plan, 0, 12, rows, columns, NULL, &count));
    REFUSED(JKO_ENULL, "count", jko_plan_sparse(plan, 0, 12, rows, columns, mass, NULL));
    REFUSED(JKO_EINVALID, "capacity", jko_plan_sparse(plan, 0, -1, rows, columns, mass, &count));
    const double not_masses[] = {-1, NAN, INFINITY};
    for (size_t i = 0; i < COUNT_OF(not_masses); i++)
        REFUSED(JKO_EINVALID, "threshold", jko_plan_sparse(plan, not_masses[i], 12, rows, columns, mass, &count));
    UNTOUCHED(mass);
    CHECK(count == -1);
    WORKS(jko_plan_sparse(plan, 0, 0, NULL, NULL, NULL, &count));
    CHECK(count == 12);
    WORKS(jko_plan_sparse(plan, 0, 5, rows, columns, mass, &count));
    CHECK(count == 12 && rows[4] == 1 && columns[4] == 1 && mass[5] == UNTOUCHED_VALUE);
    WORKS(jko_plan_sparse(plan, 0, INT64_MAX, rows, columns, mass, &count));
    WORKS(jko_plan_sparse(plan, 1, 12, rows, columns, mass, &count));
    CHECK(count == 0);

    FILL(leaving);
    FILL(arriving);
    REFUSED(JKO_ENULL, "plan", jko_plan_masses(NULL, leaving, arriving));
    REFUSED(JKO_ENULL, "mass_x", jko_plan_masses(plan, NULL, arriving));
    REFUSED(JKO_ENULL, "mass_y", jko_plan_masses(plan, leaving, NULL));
    UNTOUCHED(leaving);
    UNTOUCHED(arriving);
    WORKS(jko_plan_masses(plan, leaving, arriving));
    CHECK(fabs(leaving[0] - 0.25) < 1e-6 && fabs(arriving[0] - 0.5) < 1e-6);

    WORKS(jko_plan_duals(plan, u, v));
    CHECK(fabs(mass[0] - 0.25 * 0.5 * exp((u[0] + v[0] - 25) / 4)) < 1e-12);

    jko_array of_x = jko_row_major(images, 4, 2), of_y = jko_row_major(origins, 3, 2), transposed = of_x;
    FILL(images);
    FILL(origins);
    REFUSED(JKO_ENULL, "plan", jko_plan_barycentres(NULL, &of_x, &of_y));
    REFUSED(JKO_ESHAPE, "images_x", jko_plan_barycentres(plan, &of_y, &of_y));
    REFUSED(JKO_ESHAPE, "images_y", jko_plan_barycentres(plan, &of_x, &of_x));
    transposed.row_stride = 0;
    REFUSED(JKO_ESHAPE, "images_x", jko_plan_barycentres(plan, &transposed, &of_y));
    UNTOUCHED(images);
    UNTOUCHED(origins);
    WORKS(jko_plan_barycentres(plan, NULL, NULL));
    WORKS(jko_plan_barycentres(plan, &of_x, NULL));
    UNTOUCHED(origins);
    WORKS(jko_plan_barycentres(plan, NULL, &of_y));
    CHECK(images[0] >= 5 && images[0] <= 6 && origins[0] >= 0 && origins[0] <= 1);
    jko_plan_destroy(plan);

    /* Too few iterations are told, not hidden. */
    options.epsilon = 0.01;
    options.max_iterations = 1;
    options.tolerance = 1e-14;
    WORKS(jko_plan_compute(&in.x, &in.y, &in.a, &in.b, &options, &plan));
    WORKS(jko_plan_describe(plan, &info));
    CHECK(!info.converged && info.marginal_error > 1e-14);
    jko_plan_destroy(plan);
}

static void reading(void)
{
    const inputs in = good_inputs();
    jko_plan *plan = NULL;
    jko_plan_info info;
    int64_t rows[6], columns[6];
    double mass[6], u[4], v[3];
    const size_t sizes[] = {0, 4, 12, SIZE_MAX};

    WORKS(jko_plan_compute(&in.x, &in.y, NULL, NULL, NULL, &plan));
    memset(&info, 0x5a, sizeof info);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        info.struct_size = sizes[i];
        REFUSED(JKO_EINVALID, "struct_size", jko_plan_describe(plan, &info));
        CHECK(info.rows == 0x5a5a5a5a5a5a5a5a);
    }
    info.struct_size = sizeof info;
    REFUSED(JKO_ENULL, "plan", jko_plan_describe(NULL, &info));
    REFUSED(JKO_ENULL, "info", jko_plan_describe(plan, NULL));
    WORKS(jko_plan_describe(plan, &info));
    CHECK(info.rows == 4 && info.columns == 3 && info.entries <= 6 && info.gap < 1e-9);
    CHECK(info.method == JKO_PLAN_EXACT && info.converged && info.epsilon == 0 && info.objective == info.dual_cost);
    CHECK(fabs(info.mass - 1) < 1e-12);

    FILL(mass);
    REFUSED(JKO_ENULL, "plan", jko_plan_entries(NULL, rows, columns, mass));
    REFUSED(JKO_ENULL, "rows", jko_plan_entries(plan, NULL, columns, mass));
    REFUSED(JKO_ENULL, "columns", jko_plan_entries(plan, rows, NULL, mass));
    REFUSED(JKO_ENULL, "mass", jko_plan_entries(plan, rows, columns, NULL));
    UNTOUCHED(mass);
    WORKS(jko_plan_entries(plan, rows, columns, mass));

    /* What entropic plans are read with works for exact ones too. */
    int64_t count = 0;
    double leaving[4], arriving[3], images[8], origins[6];
    WORKS(jko_plan_sparse(plan, 0, 6, rows, columns, mass, &count));
    CHECK(count == info.entries);
    WORKS(jko_plan_masses(plan, leaving, arriving));
    CHECK(fabs(leaving[3] - 0.25) < 1e-12 && fabs(arriving[2] - 1.0 / 3) < 1e-12);
    jko_array of_x = jko_row_major(images, 4, 2), of_y = jko_row_major(origins, 3, 2);
    WORKS(jko_plan_barycentres(plan, &of_x, &of_y));
    CHECK(images[0] >= 5 && images[0] <= 6 && origins[0] >= 0 && origins[0] <= 1);

    FILL(u);
    FILL(v);
    REFUSED(JKO_ENULL, "plan", jko_plan_duals(NULL, u, v));
    REFUSED(JKO_ENULL, "dual_x", jko_plan_duals(plan, NULL, v));
    REFUSED(JKO_ENULL, "dual_y", jko_plan_duals(plan, u, NULL));
    UNTOUCHED(u);
    UNTOUCHED(v);
    WORKS(jko_plan_duals(plan, u, v));

    /* The duals bound every pair's cost, and meet it where mass flows. */
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 3; j++) {
            double dx = x_points[i][0] - y_points[j][0], dy = x_points[i][1] - y_points[j][1];
            CHECK(u[i] + v[j] <= dx * dx + dy * dy + 1e-12);
        }
    jko_plan_destroy(plan);
    jko_plan_destroy(NULL);
}

/* The plans of a time course are those of its pairs; on failure there are none. */
static void series(void)
{
    jko_snapshots *snapshots = drifting_series();
    jko_snapshots *lonely = NULL;
    jko_plan *plans[2] = {NULL, NULL};
    jko_plan_options options;
    jko_plan_info info;
    double cost;

    jko_plan_options_init(&options, sizeof options);
    WORKS(jko_snapshots_plans(snapshots, NULL, plans, 2));
    for (int k = 0; k < 2; k++) {
        double from[6][2], to[6][2];
        const jko_array x = jko_row_major(&from[0][0], 6, 2), y = jko_row_major(&to[0][0], 6, 2);
        WORKS(jko_snapshots_points(snapshots, k, &x));
        WORKS(jko_snapshots_points(snapshots, k + 1, &y));
        info.struct_size = sizeof info;
        WORKS(jko_plan_describe(plans[k], &info));
        CHECK(info.rows == 6 && info.columns == 6 && info.gap <= 1e-9);
        WORKS(jko_emd(&x, &y, NULL, NULL, 2, NULL, &cost));
        CHECK(fabs(info.cost - cost * cost) <= 1e-12 * info.cost);
        jko_plan_destroy(plans[k]);
    }
    options.method = JKO_PLAN_SINKHORN;
    WORKS(jko_snapshots_plans(snapshots, &options, plans, 2));
    for (int k = 0; k < 2; k++) {
        WORKS(jko_plan_describe(plans[k], &info));
        CHECK(info.method == JKO_PLAN_SINKHORN && info.converged);
        jko_plan_destroy(plans[k]);
    }
    REFUSED(JKO_ENULL, "snapshots", jko_snapshots_plans(NULL, NULL, plans, 2));
    REFUSED(JKO_ENULL, "plans", jko_snapshots_plans(snapshots, NULL, NULL, 2));
    const int64_t counts[] = {-1, 0, 1, 3, INT64_MAX};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        REFUSED(JKO_ESHAPE, "count", jko_snapshots_plans(snapshots, NULL, plans, counts[i]));
    options.epsilon = -1;
    plans[1] = (void *)&checks_failed;
    REFUSED(JKO_EINVALID, "epsilon", jko_snapshots_plans(snapshots, &options, plans, 2));
    CHECK(plans[0] == NULL && plans[1] == NULL);
    WORKS(jko_snapshots_create_empty(2, &lonely));
    REFUSED(JKO_ESHAPE, "count", jko_snapshots_plans(lonely, NULL, plans, 0));
    jko_snapshots_destroy(lonely);
    jko_snapshots_destroy(snapshots);
}

int main(void)
{
    refuses(compute);
    refuses(emd);
    refuses(sinkhorn);
    refuses(unbalanced);
    refuses(divergence);
    options();
    entropic_options();
    reading();
    entropic_reading();
    series();
    return finish("plan");
}
