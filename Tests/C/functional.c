/* Bad input to jkonetstar/functional.h, and the same numbers through every kind of view. */
#include "arrays.h"

static void names(void)
{
    CHECK(jko_functional_count() == 15);
    for (int32_t i = 0; i < jko_functional_count(); i++)
        CHECK(jko_functional_name(i) != NULL && jko_functional_name(i)[0] != 0);
    CHECK(strcmp(jko_functional_name(0), "styblinski_tang") == 0);
    CHECK(strcmp(jko_functional_name(14), "flat") == 0);
    CHECK(jko_functional_name(-1) == NULL);
    CHECK(jko_functional_name(15) == NULL);
    CHECK(jko_functional_name(INT32_MAX) == NULL);
    CHECK(jko_functional_name(INT32_MIN) == NULL);
}

typedef jko_status (*functional_call)(const char *name, const jko_array *x, const jko_array *out);

/* What jko_functional_value and jko_functional_gradient refuse alike; `columns` is the width of their output. */
static void refuses(functional_call call, int64_t columns)
{
    double points[4][2] = {{1, 2}, {3, 4}, {-1, 0}, {0, 0}};
    double result[8];
    const jko_array good_x = jko_row_major(&points[0][0], 4, 2), good_out = jko_row_major(result, 4, columns);
    jko_array x = good_x, out = good_out;
    const char *names[] = {"", "Sphere", "sphere ", "himmelblau", "two\nlines", "\xff\xfe", "%s%n"};
    char long_name[5000];

    FILL(result);
    REFUSED(JKO_ENULL, "name", call(NULL, &x, &out));
    REFUSED(JKO_ENULL, "x", call("sphere", NULL, &out));
    REFUSED(JKO_ENULL, "out", call("sphere", &x, NULL));
    for (size_t i = 0; i < COUNT_OF(names); i++)
        REFUSED(JKO_EINVALID, "name", call(names[i], &x, &out));
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = 0;
    REFUSED(JKO_EINVALID, "name", call(long_name, &x, &out));

    REFUSES_BAD_ARRAYS("x", x, good_x, call("sphere", &x, &out));
    REFUSES_BAD_ARRAYS("out", out, good_out, call("sphere", &x, &out));
    REFUSES_NONFINITE("x", &points[0][0], 8, call("sphere", &x, &out));
    out = jko_row_major(result, 3, columns);
    REFUSED(JKO_ESHAPE, "out", call("sphere", &x, &out));
    out = jko_row_major(result, 2, columns + 1);
    REFUSED(JKO_ESHAPE, "out", call("sphere", &x, &out));

    x = jko_row_major(&points[0][0], 4, 1);
    out = jko_row_major(result, 4, 1);
    REFUSED(JKO_EINVALID, "name", call("holder_table", &x, &out));
    REFUSED(JKO_EINVALID, "name", call("zigzag_ridge", &x, &out));
    REFUSED(JKO_EINVALID, "name", call("rotational", &x, &out));
    UNTOUCHED(result);
    WORKS(call("sphere", &x, &out));
}

static void views(void)
{
    const double points[3][2] = {{1, 2}, {3, -1}, {0.5, 0.25}};
    const double by_column[6] = {1, 3, 0.5, 2, -1, 0.25};
    const float single_by_column[6] = {1, 3, 0.5f, 2, -1, 0.25f};
    const float single[3][2] = {{1, 2}, {3, -1}, {0.5f, 0.25f}};
    double expected[3], result[3];
    float single_result[3];
    jko_array x = jko_row_major(&points[0][0], 3, 2), out = jko_row_major(expected, 3, 1);

    WORKS(jko_functional_value("oakley_ohagan", &x, &out));
    out = jko_row_major(result, 3, 1);

    x = jko_column_major(by_column, 3, 2);
    WORKS(jko_functional_value("oakley_ohagan", &x, &out));
    CHECK(memcmp(result, expected, sizeof result) == 0);

    /* From the last row to the first, written from the last to the first. */
    x = jko_row_major(points[2], 3, 2);
    x.row_stride = -2;
    out.data = &result[2];
    out.row_stride = -1;
    FILL(result);
    WORKS(jko_functional_value("oakley_ohagan", &x, &out));
    CHECK(memcmp(result, expected, sizeof result) == 0);

    x = jko_row_major_f32(&single[0][0], 3, 2);
    out = jko_row_major(result, 3, 1);
    WORKS(jko_functional_value("oakley_ohagan", &x, &out));
    CHECK(memcmp(result, expected, sizeof result) == 0);

    x = jko_column_major_f32(single_by_column, 3, 2);
    FILL(result);
    WORKS(jko_functional_value("oakley_ohagan", &x, &out));
    CHECK(memcmp(result, expected, sizeof result) == 0);

    out = jko_row_major_f32(single_result, 3, 1);
    WORKS(jko_functional_value("oakley_ohagan", &x, &out));
    for (int i = 0; i < 3; i++)
        CHECK(single_result[i] == (float)expected[i]);

    const float with_nan[2] = {1, (float)NAN};
    x = jko_row_major_f32(with_nan, 1, 2);
    out = jko_row_major(result, 1, 1);
    REFUSED(JKO_ENONFINITE, "x", jko_functional_value("sphere", &x, &out));
}

/* A gradient may be written over its points. */
static void in_place(void)
{
    double points[2][2] = {{1, 2}, {3, 4}};
    const jko_array view = jko_row_major(&points[0][0], 2, 2);

    WORKS(jko_functional_gradient("sphere", &view, &view));
    CHECK(points[0][0] == -20 && points[0][1] == -40 && points[1][0] == -60 && points[1][1] == -80);
}

int main(void)
{
    names();
    refuses(jko_functional_value, 1);
    refuses(jko_functional_gradient, 2);
    views();
    in_place();
    return finish("functional");
}
