/* Bad input to jkonetstar/snapshots.h: series made, grown, divided and read back. Files: files.c. */
#include "arrays.h"

static jko_snapshots *two_snapshots(void)
{
    const double points[5][2] = {{0, 0}, {1, 0}, {2, 0}, {0, 1}, {1, 1}};
    const double times[5] = {0, 0, 0, 1, 1};
    const jko_array x = jko_row_major(&points[0][0], 5, 2), t = jko_row_major(times, 5, 1);
    jko_snapshots *series = NULL;

    WORKS(jko_snapshots_create(&x, &t, NULL, &series));
    return series;
}

static void create_empty(void)
{
    jko_snapshots *series = NULL;
    const int64_t dimensions[] = {0, -1, 1000001, INT64_MAX, INT64_MIN};

    REFUSED(JKO_ENULL, "out", jko_snapshots_create_empty(2, NULL));
    for (size_t i = 0; i < COUNT_OF(dimensions); i++)
        REFUSED_HANDLE(JKO_EINVALID, "dimension", series, jko_snapshots_create_empty(dimensions[i], &series));
    WORKS(jko_snapshots_create_empty(1000000, &series));
    CHECK(jko_snapshots_count(series) == 0 && jko_snapshots_dimension(series) == 1000000);
    jko_snapshots_destroy(series);
    jko_snapshots_destroy(NULL);
}

static void create(void)
{
    double points[3][2] = {{0, 0}, {1, 0}, {2, 0}};
    double times[3] = {0, 0, 1}, weights[3] = {1, 1, 1};
    const jko_array good_x = jko_row_major(&points[0][0], 3, 2), good_v = jko_row_major(times, 3, 1);
    const jko_array good_w = jko_row_major(weights, 3, 1);
    jko_array x = good_x, t = good_v, w = good_w;
    jko_snapshots *series = NULL;

    REFUSED(JKO_ENULL, "out", jko_snapshots_create(&x, &t, &w, NULL));
    REFUSED_HANDLE(JKO_ENULL, "points", series, jko_snapshots_create(NULL, &t, &w, &series));
    REFUSED_HANDLE(JKO_ENULL, "times", series, jko_snapshots_create(&x, NULL, &w, &series));
    REFUSES_BAD_ARRAYS("points", x, good_x, jko_snapshots_create(&x, &t, &w, &series));
    REFUSES_BAD_ARRAYS("times", t, good_v, jko_snapshots_create(&x, &t, &w, &series));
    REFUSES_BAD_ARRAYS("weights", w, good_w, jko_snapshots_create(&x, &t, &w, &series));
    REFUSES_NONFINITE("points", &points[0][0], 6, jko_snapshots_create(&x, &t, &w, &series));
    REFUSES_NONFINITE("times", times, 3, jko_snapshots_create(&x, &t, &w, &series));
    REFUSES_NONFINITE("weights", weights, 3, jko_snapshots_create(&x, &t, &w, &series));
    t = jko_row_major(times, 2, 1);
    REFUSED_HANDLE(JKO_ESHAPE, "times", series, jko_snapshots_create(&x, &t, &w, &series));
    t = good_v;
    w = jko_row_major(weights, 2, 1);
    REFUSED_HANDLE(JKO_ESHAPE, "weights", series, jko_snapshots_create(&x, &t, &w, &series));
    w = good_w;
    weights[1] = -1e-300;
    REFUSED_HANDLE(JKO_EPOPULATION, "weights", series, jko_snapshots_create(&x, &t, &w, &series));
    weights[1] = 1;
    weights[2] = 0; /* the only particle at time 1 */
    REFUSED_HANDLE(JKO_EPOPULATION, "weights", series, jko_snapshots_create(&x, &t, &w, &series));

    /* One particle, one snapshot: enough for a series. */
    x.rows = t.rows = w.rows = 1;
    WORKS(jko_snapshots_create(&x, &t, &w, &series));
    CHECK(jko_snapshots_count(series) == 1 && jko_snapshots_size(series, 0) == 1);
    jko_snapshots_destroy(series);
}

/* Times that differ by rounding are one; a tolerance merges more. */
static void create_within(void)
{
    double points[6] = {0, 1, 2, 3, 4, 5}, times[6] = {0, 0.3, 0.1 + 0.2, 0.98, 1, 1.02};
    const jko_array x = jko_row_major(points, 6, 1), t = jko_row_major(times, 6, 1);
    const double wrong[] = {-1e-300, NAN, INFINITY, -INFINITY};
    jko_snapshots *series = NULL;

    CHECK(times[1] != times[2]);
    WORKS(jko_snapshots_create(&x, &t, NULL, &series));
    CHECK(jko_snapshots_count(series) == 5 && jko_snapshots_size(series, 1) == 2);
    CHECK(jko_snapshots_time(series, 1) == 0.3);
    jko_snapshots_destroy(series);
    WORKS(jko_snapshots_create_within(&x, &t, NULL, 0, &series));
    CHECK(jko_snapshots_count(series) == 6);
    jko_snapshots_destroy(series);
    WORKS(jko_snapshots_create_within(&x, &t, NULL, 0.1, &series));
    CHECK(jko_snapshots_count(series) == 3 && jko_snapshots_size(series, 2) == 3);
    CHECK(jko_snapshots_time(series, 2) == 1);
    jko_snapshots_destroy(series);
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        REFUSED_HANDLE(JKO_EINVALID, "time_tolerance", series,
                       jko_snapshots_create_within(&x, &t, NULL, wrong[i], &series));
    REFUSED_HANDLE(JKO_ENULL, "points", series, jko_snapshots_create_within(NULL, &t, NULL, 0, &series));
    REFUSED_HANDLE(JKO_ENULL, "times", series, jko_snapshots_create_within(&x, NULL, NULL, 0, &series));
    REFUSED(JKO_ENULL, "out", jko_snapshots_create_within(&x, &t, NULL, 0, NULL));
}

static void describe(void)
{
    const double points[4][3] = {{0, 0, 5}, {1, 3000, 5}, {0, 3000, 5}, {1, 0, 5}}, times[4] = {0, 0, 1, 5};
    const jko_array x = jko_row_major(&points[0][0], 4, 3), t = jko_row_major(times, 4, 1);
    jko_snapshots *series = NULL, *empty = NULL;
    jko_snapshots_info info;

    memset(&info, 0, sizeof info);
    info.struct_size = sizeof info;
    WORKS(jko_snapshots_create(&x, &t, NULL, &series));
    WORKS(jko_snapshots_create_empty(3, &empty));
    REFUSED(JKO_ENULL, "snapshots", jko_snapshots_describe(NULL, &info));
    REFUSED(JKO_ENULL, "info", jko_snapshots_describe(series, NULL));
    WORKS(jko_snapshots_describe(series, &info));
    CHECK(info.single_particles == 2 && fabs(info.scale_ratio - 3000) < 1e-9);
    CHECK(info.widest == 1 && info.narrowest == 0);
    CHECK(info.shortest_gap == 1 && info.median_gap == 2.5 && info.shortest_gap_index == 0);
    WORKS(jko_snapshots_describe(empty, &info));
    CHECK(info.single_particles == 0 && info.scale_ratio == 1 && isnan(info.shortest_gap) && isnan(info.median_gap));
    jko_snapshots_destroy(series);
    jko_snapshots_destroy(empty);
}

static void append(jko_snapshots *series)
{
    double points[3][2] = {{0, 0}, {1, 0}, {2, 0}}, weights[3] = {1, 1, 1};
    const jko_array good_x = jko_row_major(&points[0][0], 3, 2), good_w = jko_row_major(weights, 3, 1);
    jko_array x = good_x, w = good_w;
    const double times[] = {1, 0.5, -1, -INFINITY, INFINITY, NAN};
    const jko_status statuses[] = {JKO_EPOPULATION, JKO_EPOPULATION, JKO_EPOPULATION,
                                   JKO_ENONFINITE,  JKO_ENONFINITE,  JKO_ENONFINITE};

    REFUSED(JKO_ENULL, "snapshots", jko_snapshots_append(NULL, &x, 2, &w));
    REFUSED(JKO_ENULL, "points", jko_snapshots_append(series, NULL, 2, &w));
    for (size_t i = 0; i < COUNT_OF(times); i++)
        REFUSED(statuses[i], "time", jko_snapshots_append(series, &x, times[i], NULL));
    REFUSES_BAD_ARRAYS("points", x, good_x, jko_snapshots_append(series, &x, 2, &w));
    REFUSES_BAD_ARRAYS("weights", w, good_w, jko_snapshots_append(series, &x, 2, &w));
    REFUSES_NONFINITE("points", &points[0][0], 6, jko_snapshots_append(series, &x, 2, &w));
    REFUSES_NONFINITE("weights", weights, 3, jko_snapshots_append(series, &x, 2, &w));
    x = jko_row_major(&points[0][0], 6, 1);
    REFUSED(JKO_ESHAPE, "points", jko_snapshots_append(series, &x, 2, NULL));
    x = jko_row_major(&points[0][0], 2, 3);
    REFUSED(JKO_ESHAPE, "points", jko_snapshots_append(series, &x, 2, NULL));
    x = good_x;
    w = jko_row_major(weights, 1, 3);
    REFUSED(JKO_ESHAPE, "weights", jko_snapshots_append(series, &x, 2, &w));
    w = good_w;
    weights[0] = -1;
    REFUSED(JKO_EPOPULATION, "weights", jko_snapshots_append(series, &x, 2, &w));
    weights[0] = weights[1] = weights[2] = 0;
    REFUSED(JKO_EPOPULATION, "weights", jko_snapshots_append(series, &x, 2, &w));
    CHECK(jko_snapshots_count(series) == 2);
    WORKS(jko_snapshots_append(series, &x, 2, NULL));
    CHECK(jko_snapshots_count(series) == 3);
}

static void split_and_shuffle(const jko_snapshots *series)
{
    jko_snapshots *train = NULL, *test = NULL, *empty = NULL, *copy = NULL;
    const double fractions[] = {0, 1, -0.5, 1.5, NAN, INFINITY, -INFINITY};
    const jko_split ways[] = {-1, 2, INT32_MAX, INT32_MIN};

    REFUSED_HANDLE(JKO_ENULL, "train", test, jko_snapshots_split(series, JKO_SPLIT_WITHIN_TIMES, 0.5, 0, NULL, &test));
    REFUSED_HANDLE(JKO_ENULL, "test", train, jko_snapshots_split(series, JKO_SPLIT_WITHIN_TIMES, 0.5, 0, &train, NULL));
    REFUSED_HANDLE(JKO_ENULL, "snapshots", train,
                   jko_snapshots_split(NULL, JKO_SPLIT_WITHIN_TIMES, 0.5, 0, &train, &test));
    for (size_t i = 0; i < COUNT_OF(fractions); i++) {
        REFUSED_HANDLE(JKO_EINVALID, "test_fraction", train,
                       jko_snapshots_split(series, JKO_SPLIT_WITHIN_TIMES, fractions[i], 0, &train, &test));
        REFUSED_HANDLE(JKO_EINVALID, "test_fraction", test,
                       jko_snapshots_split(series, JKO_SPLIT_WITHIN_TIMES, fractions[i], 0, &train, &test));
    }
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        REFUSED_HANDLE(JKO_EINVALID, "split", train, jko_snapshots_split(series, ways[i], 0.5, 0, &train, &test));
    REFUSED_HANDLE(JKO_ESHAPE, "snapshots", train,
                   jko_snapshots_split(series, JKO_SPLIT_TRAJECTORIES, 0.5, 0, &train, &test));
    WORKS(jko_snapshots_create_empty(2, &empty));
    REFUSED_HANDLE(JKO_ESHAPE, "snapshots", train,
                   jko_snapshots_split(empty, JKO_SPLIT_WITHIN_TIMES, 0.5, 0, &train, &test));

    REFUSED(JKO_ENULL, "out", jko_snapshots_shuffle(series, 0, NULL));
    REFUSED_HANDLE(JKO_ENULL, "snapshots", copy, jko_snapshots_shuffle(NULL, 0, &copy));
    WORKS(jko_snapshots_shuffle(empty, 0, &copy));
    CHECK(jko_snapshots_count(copy) == 0);
    jko_snapshots_destroy(copy);
    jko_snapshots_destroy(empty);
}

static void read_back(const jko_snapshots *series)
{
    const int64_t outside[] = {-1, 3, INT64_MAX, INT64_MIN};
    double points[3][2], weights[3];
    const jko_array good_x = jko_row_major(&points[0][0], 3, 2), good_w = jko_row_major(weights, 3, 1);
    jko_array x = good_x, w = good_w;

    CHECK(jko_snapshots_count(NULL) == 0 && jko_snapshots_dimension(NULL) == 0 && jko_snapshots_size(NULL, 0) == 0);
    CHECK(isnan(jko_snapshots_time(NULL, 0)));
    FILL(points);
    FILL(weights);
    for (size_t i = 0; i < COUNT_OF(outside); i++) {
        CHECK(jko_snapshots_size(series, outside[i]) == 0);
        CHECK(isnan(jko_snapshots_time(series, outside[i])));
        REFUSED(JKO_EINVALID, "k", jko_snapshots_points(series, outside[i], &x));
        REFUSED(JKO_EINVALID, "k", jko_snapshots_weights(series, outside[i], &w));
    }
    REFUSED(JKO_ENULL, "snapshots", jko_snapshots_points(NULL, 0, &x));
    REFUSED(JKO_ENULL, "snapshots", jko_snapshots_weights(NULL, 0, &w));
    REFUSED(JKO_ENULL, "out", jko_snapshots_points(series, 0, NULL));
    REFUSED(JKO_ENULL, "out", jko_snapshots_weights(series, 0, NULL));
    REFUSES_BAD_ARRAYS("out", x, good_x, jko_snapshots_points(series, 0, &x));
    REFUSES_BAD_ARRAYS("out", w, good_w, jko_snapshots_weights(series, 0, &w));
    x.row_stride = 0; /* three particles in one place */
    REFUSED(JKO_ESHAPE, "out", jko_snapshots_points(series, 0, &x));
    x.row_stride = 1;
    REFUSED(JKO_ESHAPE, "out", jko_snapshots_points(series, 0, &x));
    x = good_x;
    REFUSED(JKO_ESHAPE, "out", jko_snapshots_points(series, 1, &x)); /* two particles */
    REFUSED(JKO_ESHAPE, "out", jko_snapshots_weights(series, 1, &w));
    UNTOUCHED(points);
    UNTOUCHED(weights);
    WORKS(jko_snapshots_points(series, 0, &x));
    WORKS(jko_snapshots_weights(series, 0, &w));
    CHECK(points[2][0] == 2 && weights[0] == 1.0 / 3);
}

/* The rows say where in the caller's data the particles come from, after any chain of splits and shuffles. */
static void rows(void)
{
    enum { COUNT = 30 };
    double points[COUNT][1], times[COUNT];
    int64_t found[COUNT], seen[COUNT] = {0};
    jko_snapshots *series = NULL, *train = NULL, *test = NULL, *mixed = NULL;

    for (int i = 0; i < COUNT; i++) {
        points[i][0] = 100 + i;
        times[i] = (7 * i) % 3; /* particles of three times take turns */
    }
    const jko_array x = jko_row_major(&points[0][0], COUNT, 1), t = jko_row_major(times, COUNT, 1);
    WORKS(jko_snapshots_create(&x, &t, NULL, &series));
    WORKS(jko_snapshots_split(series, JKO_SPLIT_WITHIN_TIMES, 0.4, 3, &train, &test));
    WORKS(jko_snapshots_shuffle(train, 5, &mixed));
    const jko_snapshots *parts[] = {mixed, test};
    for (size_t part = 0; part < COUNT_OF(parts); part++)
        for (int64_t k = 0; k < 3; k++) {
            double values[COUNT];
            const int64_t size = jko_snapshots_size(parts[part], k);
            const jko_array out = jko_row_major(values, size, 1);
            WORKS(jko_snapshots_points(parts[part], k, &out));
            WORKS(jko_snapshots_rows(parts[part], k, found));
            for (int64_t i = 0; i < size; i++) {
                CHECK(points[found[i]][0] == values[i] && times[found[i]] == jko_snapshots_time(parts[part], k));
                seen[found[i]]++;
            }
        }
    for (int i = 0; i < COUNT; i++)
        CHECK(seen[i] == 1);

    /* Snapshots that are given one by one have rows of their own, which the caller may replace. */
    WORKS(jko_snapshots_append(series, &x, 9, NULL));
    WORKS(jko_snapshots_rows(series, 3, found));
    for (int i = 0; i < COUNT; i++)
        CHECK(found[i] == i);
    for (int i = 0; i < COUNT; i++)
        found[i] = 1000 - i;
    WORKS(jko_snapshots_set_rows(series, 3, found));
    jko_snapshots_destroy(mixed);
    WORKS(jko_snapshots_shuffle(series, 1, &mixed));
    double values[COUNT];
    const jko_array out = jko_row_major(values, COUNT, 1);
    WORKS(jko_snapshots_points(mixed, 3, &out));
    WORKS(jko_snapshots_rows(mixed, 3, found));
    for (int i = 0; i < COUNT; i++)
        CHECK(values[i] == 100 + (1000 - found[i]));
    jko_snapshots_destroy(mixed);
    jko_snapshots_destroy(test);
    jko_snapshots_destroy(train);
    jko_snapshots_destroy(series);
}

static void bad_rows(jko_snapshots *series)
{
    const int64_t outside[] = {-1, 3, INT64_MAX, INT64_MIN};
    int64_t found[3] = {-5, -5, -5}, given[3] = {4, 0, 9};

    for (size_t i = 0; i < COUNT_OF(outside); i++) {
        REFUSED(JKO_EINVALID, "k", jko_snapshots_rows(series, outside[i], found));
        REFUSED(JKO_EINVALID, "k", jko_snapshots_set_rows(series, outside[i], given));
    }
    REFUSED(JKO_ENULL, "snapshots", jko_snapshots_rows(NULL, 0, found));
    REFUSED(JKO_ENULL, "snapshots", jko_snapshots_set_rows(NULL, 0, given));
    REFUSED(JKO_ENULL, "rows", jko_snapshots_rows(series, 0, NULL));
    REFUSED(JKO_ENULL, "rows", jko_snapshots_set_rows(series, 0, NULL));
    CHECK(found[0] == -5 && found[1] == -5 && found[2] == -5);
    WORKS(jko_snapshots_set_rows(series, 0, given));
    given[1] = -1;
    REFUSED(JKO_EINVALID, "rows", jko_snapshots_set_rows(series, 0, given));
    WORKS(jko_snapshots_rows(series, 0, found));
    CHECK(found[0] == 4 && found[1] == 0 && found[2] == 9);
}

/* Names are copied, kept by splits, and by the files of models. */
static void names(const jko_snapshots *plain)
{
    jko_snapshots *series = two_snapshots(), *train = NULL, *test = NULL;
    char name[] = "PC1";
    CHECK(jko_snapshots_coordinate_name(plain, 0) == NULL);
    WORKS(jko_snapshots_set_coordinate_name(series, 0, name));
    name[0] = 'X';
    CHECK(strcmp(jko_snapshots_coordinate_name(series, 0), "PC1") == 0);
    CHECK(jko_snapshots_coordinate_name(series, 1) == NULL);
    WORKS(jko_snapshots_set_coordinate_name(series, 1, "\xc3\xbc"));
    WORKS(jko_snapshots_split(series, JKO_SPLIT_WITHIN_TIMES, 0.5, 1, &train, &test));
    CHECK(strcmp(jko_snapshots_coordinate_name(test, 1), "\xc3\xbc") == 0);
    jko_snapshots_destroy(train);
    jko_snapshots_destroy(test);
    WORKS(jko_snapshots_set_coordinate_name(series, 0, NULL));
    CHECK(jko_snapshots_coordinate_name(series, 0) == NULL && jko_snapshots_coordinate_name(series, 1) != NULL);
    REFUSED(JKO_EINVALID, "name", jko_snapshots_set_coordinate_name(series, 1, ""));
    REFUSED(JKO_EINVALID, "j", jko_snapshots_set_coordinate_name(series, -1, "a"));
    REFUSED(JKO_EINVALID, "j", jko_snapshots_set_coordinate_name(series, 2, "a"));
    REFUSED(JKO_EINVALID, "name", jko_snapshots_set_coordinate_name(series, 0, "\xff"));
    char longest[1026];
    memset(longest, 'a', 1025);
    longest[1025] = 0;
    REFUSED(JKO_EINVALID, "name", jko_snapshots_set_coordinate_name(series, 0, longest));
    WORKS(jko_snapshots_set_coordinate_name(series, 0, longest + 1));
    REFUSED(JKO_ENULL, "snapshots", jko_snapshots_set_coordinate_name(NULL, 0, "a"));
    jko_snapshots_destroy(series);
}

int main(void)
{
    jko_snapshots *series = two_snapshots();

    create_empty();
    create();
    create_within();
    describe();
    append(series);
    split_and_shuffle(series);
    read_back(series);
    rows();
    bad_rows(series);
    names(series);
    jko_snapshots_destroy(series);
    return finish("snapshots");
}
