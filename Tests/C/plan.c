/* Bad input to jkonetstar/plan.h. */
#include "arrays.h"

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
    const int32_t unknown[] = {-1, 2, INT32_MAX, INT32_MIN};
    const size_t sizes[] = {0, 4, SIZE_MAX};
    jko_plan_options options;
    jko_plan *plan = NULL;
    double distance = UNTOUCHED_VALUE;

    REFUSED(JKO_ENULL, "options", jko_plan_options_init(NULL, sizeof(jko_plan_options)));
    REFUSED(JKO_EINVALID, "struct_size", jko_plan_options_init(&options, sizeof options + 8));
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        jko_plan_options_init(&options, sizeof options);
        options.metric = unknown[i];
        REFUSED_HANDLE(JKO_EINVALID, "metric", plan, jko_plan_compute(&in.x, &in.y, NULL, NULL, &options, &plan));
        jko_plan_options_init(&options, sizeof options);
        options.method = unknown[i];
        REFUSED_HANDLE(JKO_EINVALID, "method", plan, jko_plan_compute(&in.x, &in.y, NULL, NULL, &options, &plan));
        if (unknown[i] != 2)
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

    /* Sums that differ by more than 1e-9. */
    jko_array a = jko_row_major(x_masses, 4, 1), b = jko_row_major(y_masses, 3, 1);
    y_masses[0] = 0.5 + 1e-8;
    jko_plan_options_init(&options, sizeof options);
    CHECK(jko_plan_compute(&in.x, &in.y, &a, &b, &options, &plan) == JKO_EPOPULATION && plan == NULL);
    y_masses[0] = 0.5;
}

static void reading(void)
{
    const inputs in = good_inputs();
    jko_plan *plan = NULL;
    jko_plan_info info;
    int64_t rows[6], columns[6];
    double mass[6], u[4], v[3];
    const size_t sizes[] = {0, 4, SIZE_MAX};

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

    FILL(mass);
    REFUSED(JKO_ENULL, "plan", jko_plan_entries(NULL, rows, columns, mass));
    REFUSED(JKO_ENULL, "rows", jko_plan_entries(plan, NULL, columns, mass));
    REFUSED(JKO_ENULL, "columns", jko_plan_entries(plan, rows, NULL, mass));
    REFUSED(JKO_ENULL, "mass", jko_plan_entries(plan, rows, columns, NULL));
    UNTOUCHED(mass);
    WORKS(jko_plan_entries(plan, rows, columns, mass));

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

int main(void)
{
    refuses(compute);
    refuses(emd);
    options();
    reading();
    return finish("plan");
}
