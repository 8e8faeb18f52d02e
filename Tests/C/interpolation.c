/* jkonetstar/interpolation.h, jko_energy_distance() and jko_snapshots_without(): what they compute, and bad input. */
#include "arrays.h"
#include "growing.h"
#include "populations.h"
#include "series.h"

enum { TURNING_TIMES = 4, TURNING_PARTICLES = 12 };

/* The last error says this, too: the value that was refused, or its bound. */
#define SAYS(text) CHECK(strstr(jko_last_error(), (text)) != NULL)

/* A cloud on the unit circle, half a radian further at each of the times 0, 1, 2, ..; with weights and one particle
 * fewer each time if `uneven`. */
static jko_snapshots *turning_series(int count, int uneven)
{
    double points[TURNING_PARTICLES][2], weights[TURNING_PARTICLES];
    normal_source source = {5};
    jko_snapshots *series = NULL;

    WORKS(jko_snapshots_create_empty(2, &series));
    for (int k = 0; k < count; k++) {
        for (int i = 0; i < TURNING_PARTICLES; i++) {
            points[i][0] = cos(0.5 * k) + 0.1 * normal(&source);
            points[i][1] = sin(0.5 * k) + 0.1 * normal(&source);
            weights[i] = uneven ? 1 + i % 3 : 1;
        }
        const int64_t n = uneven ? TURNING_PARTICLES - k : TURNING_PARTICLES;
        const jko_array x = jko_row_major(points[0], n, 2), w = jko_row_major(weights, n, 1);
        WORKS(jko_snapshots_append(series, &x, k, uneven ? &w : NULL));
    }
    return series;
}

static jko_interpolation_options usual(jko_interpolation_method method)
{
    jko_interpolation_options options;
    WORKS(jko_interpolation_options_init(&options, sizeof options));
    options.method = method;
    return options;
}

/* A flow without a choice, which takes little time under valgrind. */
static jko_interpolation_options quick_flow(void)
{
    jko_interpolation_options options = usual(JKO_INTERPOLATION_FLOW);
    options.gradient = 0;
    options.ridge = 0.25;
    options.rounds = 1;
    return options;
}

/* One snapshot, copied into arrays that are large enough for both neighbours. */
typedef struct cloud {
    int64_t size;
    double points[2 * TURNING_PARTICLES][2], weights[2 * TURNING_PARTICLES];
} cloud;

static cloud cloud_of(const jko_snapshots *series, int64_t k)
{
    cloud all = {.size = jko_snapshots_size(series, k)};
    CHECK(all.size > 0 && all.size <= 2 * TURNING_PARTICLES);
    if (all.size > 0 && all.size <= 2 * TURNING_PARTICLES) {
        const jko_array x = jko_row_major(all.points[0], all.size, 2), w = jko_row_major(all.weights, all.size, 1);
        WORKS(jko_snapshots_points(series, k, &x));
        WORKS(jko_snapshots_weights(series, k, &w));
    }
    return all;
}

static double total(const cloud *all)
{
    double sum = 0;
    for (int64_t i = 0; i < all->size; i++)
        sum += all->weights[i];
    return sum;
}

static int same(const cloud *a, const cloud *b)
{
    const size_t n = (size_t)a->size;
    return a->size == b->size && memcmp(a->points, b->points, n * sizeof a->points[0]) == 0 &&
           memcmp(a->weights, b->weights, n * sizeof a->weights[0]) == 0;
}

/* The population at one time. */
static cloud at(const jko_snapshots *series, double time, const jko_interpolation_options *options)
{
    const jko_array t = jko_row_major(&time, 1, 1);
    jko_snapshots *found = NULL;
    cloud all = {0};
    if (WORKS(jko_interpolate(series, &t, options, &found, NULL))) {
        CHECK(jko_snapshots_count(found) == 1 && jko_snapshots_dimension(found) == 2);
        CHECK(jko_snapshots_time(found, 0) == time);
        all = cloud_of(found, 0);
        CHECK(fabs(total(&all) - 1) < 1e-12);
    }
    jko_snapshots_destroy(found);
    return all;
}

static double distance_between(const cloud *a, const cloud *b)
{
    const jko_array x = jko_row_major(a->points[0], a->size, 2), y = jko_row_major(b->points[0], b->size, 2);
    const jko_array v = jko_row_major(a->weights, a->size, 1), w = jko_row_major(b->weights, b->size, 1);
    double found = NAN;
    WORKS(jko_energy_distance(&x, &y, &v, &w, &found));
    return found;
}

static void defaults(void)
{
    jko_interpolation_options options;
    const size_t sizes[] = IMPOSSIBLE_SIZES(sizeof options);

    REFUSED(JKO_ENULL, "options", jko_interpolation_options_init(NULL, sizeof options));
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        REFUSED(JKO_EINVALID, "struct_size", jko_interpolation_options_init(&options, sizes[i]));
    WORKS(jko_interpolation_options_init(&options, sizeof options));
    CHECK(options.struct_size == sizeof options && options.method == JKO_INTERPOLATION_AUTO);
    CHECK(options.rounds == 0 && options.ridge == 0 && options.relaxation == 2);
    CHECK(options.length_scale == 2 && options.time_scale == 3 && options.particles == 400 && options.seed == 0);
    CHECK(options.progress == NULL && options.progress_user_data == NULL && options.model == NULL);
    CHECK(JKO_INTERPOLATION_STRAIGHT == 1 && JKO_INTERPOLATION_FLOW == 2);
}

/* Particles lie at (1 - s) x_i + s y_j with the masses of the exact plan, in the plan's order or another. */
static void straight_lines(const jko_snapshots *series)
{
    const jko_interpolation_options options = usual(JKO_INTERPOLATION_STRAIGHT);
    const cloud from = cloud_of(series, 1), to = cloud_of(series, 2), found = at(series, 1.25, &options);
    const jko_array x = jko_row_major(from.points[0], from.size, 2), y = jko_row_major(to.points[0], to.size, 2);
    const jko_array a = jko_row_major(from.weights, from.size, 1), b = jko_row_major(to.weights, to.size, 1);
    int64_t rows[2 * TURNING_PARTICLES], columns[2 * TURNING_PARTICLES];
    double masses[2 * TURNING_PARTICLES], mean[2] = {0}, wanted[2] = {0};
    jko_plan *plan = NULL;
    jko_plan_info info = {.struct_size = sizeof info};

    WORKS(jko_plan_compute(&x, &y, &a, &b, NULL, &plan));
    WORKS(jko_plan_describe(plan, &info));
    CHECK(info.entries == found.size);
    if (info.entries == found.size) {
        WORKS(jko_plan_entries(plan, rows, columns, masses));
        for (int64_t e = 0; e < found.size; e++) {
            int64_t nearest = -1;
            double best = INFINITY;
            for (int64_t i = 0; i < found.size; i++) {
                const double dx =
                    found.points[i][0] - (0.75 * from.points[rows[e]][0] + 0.25 * to.points[columns[e]][0]);
                const double dy =
                    found.points[i][1] - (0.75 * from.points[rows[e]][1] + 0.25 * to.points[columns[e]][1]);
                if (hypot(dx, dy) < best) {
                    best = hypot(dx, dy);
                    nearest = i;
                }
            }
            CHECK(nearest >= 0 && best < 1e-12 && fabs(found.weights[nearest] - masses[e]) < 1e-12);
        }
    }
    /* The mean moves straight, which no unequal mass may change. */
    for (int k = 0; k < 2; k++) {
        for (int64_t i = 0; i < found.size; i++)
            mean[k] += found.weights[i] * found.points[i][k];
        for (int64_t i = 0; i < from.size; i++)
            wanted[k] += 0.75 * from.weights[i] * from.points[i][k];
        for (int64_t i = 0; i < to.size; i++)
            wanted[k] += 0.25 * to.weights[i] * to.points[i][k];
        CHECK(fabs(mean[k] - wanted[k]) < 1e-12);
    }
    jko_plan_destroy(plan);
}

/* Populations at observed times are the observed ones; rows number the particles of those between. */
static void observed_times(const jko_snapshots *series)
{
    const jko_interpolation_options options = quick_flow();
    double times[] = {0, 0.5, 1, 2.5, 3};
    const jko_array t = jko_row_major(times, 5, 1);
    jko_snapshots *found = NULL;

    WORKS(jko_interpolate(series, &t, &options, &found, NULL));
    CHECK(jko_snapshots_count(found) == 5 && jko_snapshots_dimension(found) == 2);
    for (int k = 0; k < 5; k++) {
        const cloud one = cloud_of(found, k);
        CHECK(jko_snapshots_time(found, k) == times[k] && fabs(total(&one) - 1) < 1e-12);
        if (times[k] == floor(times[k])) {
            const cloud observed = cloud_of(series, (int64_t)times[k]);
            CHECK(same(&one, &observed));
        } else {
            const int64_t before = (int64_t)times[k];
            int64_t rows[2 * TURNING_PARTICLES] = {-1};
            CHECK(one.size <= jko_snapshots_size(series, before) + jko_snapshots_size(series, before + 1));
            WORKS(jko_snapshots_rows(found, k, rows));
            for (int64_t i = 0; i < one.size; i++)
                CHECK(rows[i] == i);
        }
    }
    jko_snapshots_destroy(found);
}

/* A cloud that turns: flows follow the circle, straight lines cut it. */
static void methods(void)
{
    jko_interpolation_options options = usual(JKO_INTERPOLATION_FLOW);
    jko_snapshots *series = turning_series(6, 0), *rest = NULL;
    const cloud truth = cloud_of(series, 2);

    /* Nothing to choose, lest it take minutes under valgrind. */
    options.ridge = 1e-3;
    options.rounds = 2;
    WORKS(jko_snapshots_without(series, 2, &rest));
    const cloud flow = at(rest, 2, &options), again = at(rest, 2, &options);
    CHECK(same(&flow, &again));
    options.seed = 1;
    const cloud other_seed = at(rest, 2, &options);
    CHECK(!same(&flow, &other_seed));
    options.method = JKO_INTERPOLATION_STRAIGHT;
    const cloud straight = at(rest, 2, &options);
    CHECK(distance_between(&flow, &truth) < 0.5 * distance_between(&straight, &truth));

    /* Every member has an effect. */
    const jko_interpolation_options quick = quick_flow();
    const cloud usual_flow = at(rest, 2, &quick);
    for (int i = 0; i < 6; i++) {
        options = quick;
        options.ridge = i == 0 ? 0.1 : quick.ridge;
        options.rounds = i == 1 ? 2 : quick.rounds;
        options.relaxation = i == 2 ? INFINITY : 2;
        options.length_scale = i == 3 ? 4 : 2;
        options.time_scale = i == 4 ? 6 : 3;
        options.particles = i == 5 ? 4 : 1000;
        const cloud changed = at(rest, 2, &options);
        /* Fields may be fitted to few particles, but populations have all of them. */
        CHECK(!same(&changed, &usual_flow) && changed.size >= TURNING_PARTICLES);
    }

    /* Threads do not change a bit. */
    const int32_t threads = jko_num_threads();
    for (int32_t count = 1; count <= 3; count++) {
        WORKS(jko_set_num_threads(count));
        const cloud by_threads = at(rest, 2, &quick);
        CHECK(same(&by_threads, &usual_flow));
    }
    WORKS(jko_set_num_threads(threads));
    jko_snapshots_destroy(series);
    jko_snapshots_destroy(rest);
}

/* Members of the report. */
enum { MEMBERS = 5 };

static void reports(const jko_snapshots *series)
{
    double times[3] = {0.5, 1, 2.25}, figures[MEMBERS][3];
    const jko_array t = jko_row_major(times, 3, 1);
    jko_array views[MEMBERS];
    const jko_array **members[MEMBERS];
    jko_interpolation_options options = usual(JKO_INTERPOLATION_AUTO);
    jko_interpolation_report report = {.struct_size = sizeof report};
    jko_snapshots *found = NULL;
    const char *const names[MEMBERS] = {"report->gradient", "report->ridge", "report->rounds", "report->missed",
                                        "report->straight_missed"};
    const size_t sizes[] = IMPOSSIBLE_SIZES(sizeof report);

    members[0] = &report.gradient;
    for (int i = 1; i < MEMBERS; i++)
        members[i] = members[0] + i;
    CHECK(members[MEMBERS - 1] == &report.straight_missed &&
          sizeof report == sizeof(size_t) + MEMBERS * sizeof(void *));
    FILL(figures);
    for (int i = 0; i < MEMBERS; i++)
        views[i] = jko_row_major(figures[i], 3, 1);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        report.struct_size = sizes[i];
        REFUSED_HANDLE(JKO_EINVALID, "struct_size", found, jko_interpolate(series, &t, NULL, &found, &report));
    }
    report.struct_size = sizeof report;
    /* Nothing is wanted. */
    options = quick_flow();
    WORKS(jko_interpolate(series, &t, &options, &found, &report));
    jko_snapshots_destroy(found);

    /* Each may be missing, but not wrong. */
    for (int i = 0; i < MEMBERS; i++) {
        const jko_array good = views[i];
        *members[i] = &views[i];
        views[i].rows = 2;
        REFUSED_HANDLE_ABOUT(JKO_ESHAPE, names[i], names[i], found, jko_interpolate(series, &t, NULL, &found, &report));
        views[i] = good;
        views[i].columns = 2;
        REFUSED_HANDLE(JKO_ESHAPE, names[i], found, jko_interpolate(series, &t, NULL, &found, &report));
        views[i] = good;
        views[i].dtype = 7;
        REFUSED_HANDLE(JKO_EINVALID, names[i], found, jko_interpolate(series, &t, NULL, &found, &report));
        views[i] = good;
        views[i].data = NULL;
        REFUSED_HANDLE(JKO_ENULL, names[i], found, jko_interpolate(series, &t, NULL, &found, &report));
        views[i] = good;
        UNTOUCHED(figures);
        *members[i] = NULL;
    }

    for (int i = 0; i < MEMBERS; i++)
        *members[i] = &views[i];
    /* A call that fails leaves them alone. */
    times[2] = 5.5;
    REFUSED_HANDLE(JKO_EPOPULATION, "times", found, jko_interpolate(series, &t, NULL, &found, &report));
    times[2] = 2.25;
    UNTOUCHED(figures);

    WORKS(jko_interpolate(series, &t, NULL, &found, &report));
    jko_snapshots_destroy(found);
    for (int k = 0; k < 3; k += 2) {
        const int flow = figures[2][k] != 0;
        CHECK(figures[1][k] == (flow ? (figures[2][k] == 2 ? 1e-3 : 3e-3) : 0));
        CHECK(figures[2][k] == 0 || figures[2][k] == 2 || figures[2][k] == 6);
        CHECK(figures[3][k] <= figures[4][k] && (flow || figures[3][k] == figures[4][k]));
    }
    for (int i = 0; i < MEMBERS; i++)
        CHECK(isnan(figures[i][1])); /* an observed time */
    /* A cloud that turns is no straight line. */
    CHECK(figures[2][0] > 0 && figures[4][0] > 0.01);

    /* Each is alone what it is among the others. */
    options = quick_flow();
    double alone[MEMBERS][3];
    WORKS(jko_interpolate(series, &t, &options, &found, &report));
    jko_snapshots_destroy(found);
    CHECK(figures[0][0] == 0 && figures[1][0] == 0.25 && figures[2][0] == 1 && isnan(figures[3][0]) &&
          isnan(figures[4][0]));
    for (int i = 0; i < MEMBERS; i++) {
        jko_interpolation_report one = {.struct_size = sizeof one};
        const jko_array out = jko_row_major(alone[i], 3, 1);
        memcpy((char *)&one + sizeof(size_t) + (size_t)i * sizeof(void *), &(const jko_array *){&out}, sizeof(void *));
        WORKS(jko_interpolate(series, &t, &options, &found, &one));
        jko_snapshots_destroy(found);
    }
    CHECK(memcmp(alone, figures, sizeof alone) == 0);

    /* Straight lines were asked for: nothing is chosen. */
    options.method = JKO_INTERPOLATION_STRAIGHT;
    WORKS(jko_interpolate(series, &t, &options, &found, &report));
    jko_snapshots_destroy(found);
    CHECK(figures[1][0] == 0 && figures[2][0] == 0 && isnan(figures[3][0]) && isnan(figures[4][0]));
    CHECK(isnan(figures[1][1]) && isnan(figures[2][1]));
}

/* Reports of earlier headers are shorter, those of later ones longer; behind what is known all must be 0. */
static void growing_reports(const jko_snapshots *series)
{
    const double time = 0.5;
    const jko_array t = one_time(&time);
    double value = 0, whole_value = 0;
    const jko_array out = jko_row_major(&value, 1, 1), whole_out = jko_row_major(&whole_value, 1, 1);
    jko_interpolation_report report = {.struct_size = sizeof report, .gradient = &whole_out};
    jko_interpolation_options options = quick_flow();
    jko_snapshots *found = NULL;
    options.gradient = 1;

    WORKS(jko_interpolate(series, &t, &options, &found, &report));
    jko_snapshots_destroy(found);
    CHECK(whole_value == 1);
    report.gradient = &out;
    for (size_t size = sizeof(size_t); size <= sizeof report + 16; size += 8) {
        unsigned char *block = malloc(size);
        if (block == NULL)
            exit(EXIT_FAILURE);
        memset(block, 0, size);
        memcpy(block, &report, size < sizeof report ? size : sizeof report);
        set_size(block, size);
        value = UNTOUCHED_VALUE;
        WORKS(jko_interpolate(series, &t, &options, &found, (const jko_interpolation_report *)(const void *)block));
        jko_snapshots_destroy(found);
        CHECK(value == (size > sizeof(size_t) ? whole_value : UNTOUCHED_VALUE));
        if (size > sizeof report) {
            block[size - 1] = 1;
            REFUSED_HANDLE(
                JKO_EINVALID, "struct_size", found,
                jko_interpolate(series, &t, &options, &found, (const jko_interpolation_report *)(const void *)block));
        }
        free(block);
    }
}

/* Sets a member of the options, sees the call refused for it, and sets it back. */
#define REFUSES_OPTION(member, value, text)                                                                            \
    do {                                                                                                               \
        const jko_interpolation_options kept_ = options;                                                               \
        options.member = (value);                                                                                      \
        REFUSED_HANDLE_ABOUT(JKO_EINVALID, "options->" #member, "options->" #member, found,                            \
                             jko_interpolate(series, &t, &options, &found, NULL));                                     \
        SAYS(text);                                                                                                    \
        options = kept_;                                                                                               \
    } while (0)

static void bad_options(const jko_snapshots *series)
{
    const double time = 0.5;
    const jko_array t = one_time(&time);
    jko_interpolation_options options = usual(JKO_INTERPOLATION_FLOW);
    jko_snapshots *found = NULL;

    REFUSES_OPTION(method, 3, "= 3");
    REFUSES_OPTION(method, -1, "= -1");
    REFUSES_OPTION(method, INT32_MAX, "jko_interpolation_method");
    REFUSES_OPTION(rounds, -1, "= -1 is not between 1 and 100");
    REFUSES_OPTION(rounds, 101, "= 101 is not between 1 and 100");
    REFUSES_OPTION(rounds, INT32_MIN, "is not between 1 and 100");
    REFUSES_OPTION(gradient, -2, "= -2 is neither 0, 1 nor JKO_GRADIENT_CHOSEN");
    REFUSES_OPTION(gradient, 2, "= 2 is neither");
    REFUSES_OPTION(ridge, -1e-300, "-1e-300");
    REFUSES_OPTION(ridge, NAN, "nan");
    REFUSES_OPTION(ridge, INFINITY, "inf");
    REFUSES_OPTION(relaxation, 0, "= 0.0 is not at least 0.05");
    REFUSES_OPTION(relaxation, -2, "= -2.0 is not at least 0.05");
    REFUSES_OPTION(relaxation, NAN, "nan");
    REFUSES_OPTION(relaxation, -INFINITY, "-inf");
    REFUSES_OPTION(length_scale, 0, "= 0.0");
    REFUSES_OPTION(length_scale, -1, "= -1.0");
    REFUSES_OPTION(length_scale, NAN, "nan");
    REFUSES_OPTION(length_scale, INFINITY, "inf");
    REFUSES_OPTION(time_scale, 0, "= 0.0");
    REFUSES_OPTION(time_scale, -1, "= -1.0");
    REFUSES_OPTION(time_scale, NAN, "nan");
    REFUSES_OPTION(time_scale, INFINITY, "inf");
    REFUSES_OPTION(particles, 1, "= 1 is not between 2 and 1000000");
    REFUSES_OPTION(particles, 0, "= 0 is not between 2 and 1000000");
    REFUSES_OPTION(particles, 1000001, "= 1000001 is not between 2 and 1000000");
    REFUSES_OPTION(particles, INT64_MIN, "is not between 2 and 1000000");
}

static void bad_arguments(const jko_snapshots *series)
{
    double times[3] = {0.5, 1.5, 2.5};
    const jko_array good = jko_row_major(times, 3, 1);
    jko_array t = good;
    jko_interpolation_options options = usual(JKO_INTERPOLATION_AUTO);
    jko_snapshots *found = NULL, *empty = NULL, *single = NULL;
    const double point[2] = {0, 0};
    const jko_array x = jko_row_major(point, 1, 2);

    REFUSED(JKO_ENULL, "out", jko_interpolate(series, &t, NULL, NULL, NULL));
    REFUSED_HANDLE(JKO_ENULL, "snapshots", found, jko_interpolate(NULL, &t, NULL, &found, NULL));
    REFUSED_HANDLE(JKO_ENULL, "times", found, jko_interpolate(series, NULL, NULL, &found, NULL));
    REFUSES_BAD_ARRAYS("times", t, good, jko_interpolate(series, &t, NULL, &found, NULL));
    REFUSES_NONFINITE("times", times, 3, jko_interpolate(series, &t, NULL, &found, NULL));
    REFUSED_HANDLE(JKO_EINVALID, "snapshots", found,
                   jko_interpolate((const jko_snapshots *)(const void *)times, &t, NULL, &found, NULL));

    times[1] = 0.5;
    REFUSED_HANDLE_ABOUT(JKO_EPOPULATION, "times", "times", found, jko_interpolate(series, &t, NULL, &found, NULL));
    SAYS("times[1] = 0.5 is not greater than times[0] = 0.5");
    times[1] = 0.25;
    REFUSED_HANDLE(JKO_EPOPULATION, "times", found, jko_interpolate(series, &t, NULL, &found, NULL));
    SAYS("times[1] = 0.25 is not greater than times[0] = 0.5");
    times[1] = 1.5;
    times[0] = -1e-9;
    REFUSED_HANDLE(JKO_EPOPULATION, "times", found, jko_interpolate(series, &t, NULL, &found, NULL));
    SAYS("times[0] = -1e-09 is not between the first observed time, 0.0, and the last, 3.0");
    times[0] = 0.5;
    times[2] = 3.0000001;
    REFUSED_HANDLE(JKO_EPOPULATION, "times", found, jko_interpolate(series, &t, NULL, &found, NULL));
    SAYS("times[2] = 3.0000001 is not between the first observed time, 0.0, and the last, 3.0");
    times[2] = 2.5;
    t.columns = 2;
    REFUSED_HANDLE(JKO_ESHAPE, "times", found, jko_interpolate(series, &t, NULL, &found, NULL));
    t = good;

    WORKS(jko_snapshots_create_empty(2, &empty));
    REFUSED_HANDLE(JKO_ESHAPE, "snapshots", found, jko_interpolate(empty, &t, NULL, &found, NULL));
    SAYS("0 snapshots");
    WORKS(jko_snapshots_create_empty(2, &single));
    WORKS(jko_snapshots_append(single, &x, 0, NULL));
    REFUSED_HANDLE(JKO_ESHAPE, "snapshots", found, jko_interpolate(single, &t, NULL, &found, NULL));
    SAYS("1 snapshot;");
    SAYS("two or more");

    options.struct_size = 12;
    REFUSED_HANDLE(JKO_EINVALID, "struct_size", found, jko_interpolate(series, &t, &options, &found, NULL));
    jko_snapshots_destroy(empty);
    jko_snapshots_destroy(single);
}

/* Times may be of single precision, and lie any distance apart; so may reports. */
static void views(const jko_snapshots *series)
{
    const double times[3] = {0.5, 1.25, 2.75};
    const float singles[3] = {0.5f, 1.25f, 2.75f};
    double spread[9] = {2.75, 0, 0, 0, 1.25, 0, 0, 0, 0.5};
    const jko_array t = jko_row_major(times, 3, 1), f = jko_row_major_f32(singles, 3, 1);
    jko_array backwards = jko_row_major(spread + 8, 3, 1);
    double rounds[3];
    float rounds_f32[6] = {7, 7, 7, 7, 7, 7};
    const jko_array r = jko_column_major(rounds, 3, 1);
    jko_array r_f32 = jko_row_major_f32(rounds_f32, 3, 1);
    jko_interpolation_report report = {.struct_size = sizeof report, .rounds = &r};
    const jko_interpolation_options options = quick_flow();
    jko_snapshots *wanted = NULL, *found = NULL;

    backwards.row_stride = -4;
    WORKS(jko_interpolate(series, &t, &options, &wanted, &report));
    r_f32.row_stride = 2;
    report.rounds = &r_f32;
    for (int i = 0; i < 2; i++) {
        WORKS(jko_interpolate(series, i == 0 ? &f : &backwards, &options, &found, &report));
        for (int k = 0; k < 3; k++) {
            const cloud a = cloud_of(wanted, k), b = cloud_of(found, k);
            CHECK(same(&a, &b) && jko_snapshots_time(found, k) == times[k]);
            CHECK(rounds_f32[2 * k] == (float)rounds[k] && rounds_f32[2 * k + 1] == 7);
        }
        jko_snapshots_destroy(found);
    }
    jko_snapshots_destroy(wanted);
}

/* What the callback hears, and when it refuses. */
typedef struct host {
    int asked, refuses_at, wrong;
    int64_t last;
} host;

static int ask(const jko_progress *progress, void *user_data)
{
    host *self = user_data;
    self->wrong += strcmp(progress->stage, "interpolation") != 0 || progress->total != 2 ||
                   progress->done < self->last || progress->done > 2 || !isnan(progress->loss) ||
                   !(progress->seconds >= 0);
    self->last = progress->done;
    self->asked++;
    return self->asked == self->refuses_at;
}

static void cancels(const jko_snapshots *series)
{
    const double times[2] = {0.5, 1.5};
    double figures[2];
    const jko_array t = jko_row_major(times, 2, 1), out = jko_row_major(figures, 2, 1);
    jko_interpolation_options options = quick_flow();
    jko_interpolation_report report = {.struct_size = sizeof report, .missed = &out};
    host self = {0};
    jko_snapshots *found = NULL;

    FILL(figures);
    options.progress = ask;
    options.progress_user_data = &self;
    WORKS(jko_interpolate(series, &t, &options, &found, NULL));
    CHECK(self.asked >= 2 && self.last == 2 && self.wrong == 0);
    jko_snapshots_destroy(found);
    const jko_interpolation_method all[] = {JKO_INTERPOLATION_AUTO, JKO_INTERPOLATION_STRAIGHT, JKO_INTERPOLATION_FLOW};
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        options.method = all[i];
        self = (host){.refuses_at = 1};
        REFUSED_HANDLE(JKO_ECANCELLED, "interpolation", found, jko_interpolate(series, &t, &options, &found, &report));
        CHECK(self.asked == 1 && self.wrong == 0);
    }
    UNTOUCHED(figures);
}

/* -grad V of a fitted model in place of a field; not fitted, or of another dimension, it is refused. */
static void models_as_fields(const jko_snapshots *series)
{
    const double time = 0.5, line[4] = {0, 1, 0.5, 1.5}, line_times[4] = {0, 0, 1, 1};
    const jko_array t = one_time(&time), x = jko_row_major(line, 4, 1), u = jko_row_major(line_times, 4, 1);
    const jko_fit_options fit = fit_with(1e-6, JKO_ERROR_BARS_NONE);
    whole_model_options kind = linear_options(2, 0, 0);
    jko_snapshots *on_a_line = NULL, *found = NULL;
    jko_model *unfitted = NULL;
    jko_model *model = fitted(kind, series, fit);
    jko_interpolation_options options = usual(JKO_INTERPOLATION_FLOW);
    double figures[MEMBERS][1];
    jko_array views[MEMBERS];
    for (int i = 0; i < MEMBERS; i++)
        views[i] = jko_row_major(figures[i], 1, 1);
    const jko_interpolation_report report = {sizeof report, &views[0], &views[1], &views[2], &views[3], &views[4]};

    WORKS(jko_model_create(whole(&kind), &unfitted));
    WORKS(jko_snapshots_create(&x, &u, NULL, &on_a_line));
    options.ridge = 0.25;
    options.rounds = 1;
    const cloud learned = at(series, time, &options);
    options.model = model;
    const cloud by_model = at(series, time, &options);
    CHECK(!same(&learned, &by_model));
    WORKS(jko_interpolate(series, &t, &options, &found, &report));
    jko_snapshots_destroy(found);
    for (int i = 0; i < MEMBERS; i++)
        CHECK(isnan(figures[i][0]));
    /* Nothing is chosen, whichever method. */
    options.method = JKO_INTERPOLATION_AUTO;
    const cloud chosen = at(series, time, &options);
    CHECK(same(&chosen, &by_model));
    /* What only the learned field uses changes nothing. */
    options.ridge = 7;
    options.rounds = 1;
    options.length_scale = options.time_scale = 9;
    options.particles = 2;
    options.seed = 3;
    const cloud unused = at(series, time, &options);
    CHECK(same(&unused, &by_model));

    options.method = JKO_INTERPOLATION_STRAIGHT;
    REFUSED_HANDLE_ABOUT(JKO_EINVALID, "options->model", "options->model", found,
                         jko_interpolate(series, &t, &options, &found, NULL));
    SAYS("straight lines");
    options.method = JKO_INTERPOLATION_FLOW;
    options.model = unfitted;
    REFUSED_HANDLE_ABOUT(JKO_ENOTFITTED, "options->model", "options->model", found,
                         jko_interpolate(series, &t, &options, &found, NULL));
    options.model = (const jko_model *)(const void *)series;
    REFUSED_HANDLE(JKO_EINVALID, "model", found, jko_interpolate(series, &t, &options, &found, NULL));
    options.model = model;
    REFUSED_HANDLE(JKO_ESHAPE, "snapshots", found, jko_interpolate(on_a_line, &t, &options, &found, NULL));
    SAYS("1 coordinate, the model has 2");

    /* beta > 0, and U. */
    jko_snapshots *diffusing = ou_series(3);
    jko_model *whole_energy = energy_model(0);
    const double between = 0.25 * OU_STEP;
    const jko_array t_between = one_time(&between);
    options.model = whole_energy;
    WORKS(jko_interpolate(diffusing, &t_between, &options, &found, NULL));
    CHECK(jko_snapshots_count(found) == 1 && jko_snapshots_size(found, 0) >= OU_PARTICLES);
    jko_snapshots_destroy(found);
    jko_snapshots_destroy(diffusing);
    jko_model_destroy(whole_energy);
    jko_model_destroy(model);
    jko_model_destroy(unfitted);
    jko_snapshots_destroy(on_a_line);
}

static double length(const double *a, const double *b, int d)
{
    double sum = 0;
    for (int k = 0; k < d; k++)
        sum += (a[k] - b[k]) * (a[k] - b[k]);
    return sqrt(sum);
}

/* 2 E|X - Y| - E|X - X'| - E|Y - Y'| by the definition, with masses of any sum. */
static double plain_energy_distance(double (*x)[3], const double *a, int n, double (*y)[3], const double *b, int m)
{
    double sum_a = 0, sum_b = 0, between = 0, within_x = 0, within_y = 0, pairs_x = 1, pairs_y = 1;
    for (int i = 0; i < n; i++)
        sum_a += a[i];
    for (int j = 0; j < m; j++)
        sum_b += b[j];
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < m; j++)
            between += a[i] * b[j] / (sum_a * sum_b) * length(x[i], y[j], 3);
        for (int j = 0; j < n; j++)
            within_x += a[i] * a[j] / (sum_a * sum_a) * length(x[i], x[j], 3);
        pairs_x -= a[i] * a[i] / (sum_a * sum_a);
    }
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < m; j++)
            within_y += b[i] * b[j] / (sum_b * sum_b) * length(y[i], y[j], 3);
        pairs_y -= b[i] * b[i] / (sum_b * sum_b);
    }
    return 2 * between - within_x / pairs_x - within_y / pairs_y;
}

static void energy_distance(void)
{
    enum { N = 13, M = 9 };
    double x[N][3], y[M][3], a[N], b[M], equal[N], found, reversed, columns[3][N];
    float singles[N][3];
    normal_source source = {11};

    for (int i = 0; i < N; i++) {
        for (int k = 0; k < 3; k++) {
            singles[i][k] = (float)normal(&source);
            x[i][k] = columns[k][i] = singles[i][k];
        }
        a[i] = i % 4; /* some are 0 */
        equal[i] = 1;
    }
    for (int j = 0; j < M; j++) {
        for (int k = 0; k < 3; k++)
            y[j][k] = 0.5 + 2 * normal(&source);
        b[j] = 1e-3 * (1 + j);
    }
    const jko_array good_x = jko_row_major(x[0], N, 3), good_y = jko_row_major(y[0], M, 3);
    const jko_array good_a = jko_row_major(a, N, 1), good_b = jko_row_major(b, M, 1);
    jko_array u = good_x, v = good_y, p = good_a, q = good_b;

    WORKS(jko_energy_distance(&u, &v, &p, &q, &found));
    CHECK(fabs(found - plain_energy_distance(x, a, N, y, b, M)) < 1e-13);
    WORKS(jko_energy_distance(&v, &u, &q, &p, &reversed));
    CHECK(fabs(found - reversed) < 1e-13);
    WORKS(jko_energy_distance(&u, &v, NULL, NULL, &found));
    CHECK(fabs(found - plain_energy_distance(x, equal, N, y, equal, M)) < 1e-13);
    /* The same numbers in other layouts, to the bit. */
    const jko_array column_major = jko_column_major(columns[0], N, 3), f = jko_row_major_f32(singles[0], N, 3);
    double other;
    WORKS(jko_energy_distance(&column_major, &v, NULL, NULL, &other));
    CHECK(other == found);
    WORKS(jko_energy_distance(&f, &v, NULL, NULL, &other));
    CHECK(other == found);

    /* All mass on one particle has no pair. */
    u.rows = p.rows = 1;
    WORKS(jko_energy_distance(&u, &v, NULL, NULL, &other));
    CHECK(isnan(other));
    u = good_x;
    p = good_a;
    double one_particle[N] = {0, 0, 5};
    const jko_array concentrated = jko_row_major(one_particle, N, 1);
    WORKS(jko_energy_distance(&u, &v, &concentrated, NULL, &other));
    CHECK(isnan(other));

    double out[1];
    FILL(out);
    REFUSED(JKO_ENULL, "out", jko_energy_distance(&u, &v, &p, &q, NULL));
    REFUSED(JKO_ENULL, "x", jko_energy_distance(NULL, &v, &p, &q, out));
    REFUSED(JKO_ENULL, "y", jko_energy_distance(&u, NULL, &p, &q, out));
    REFUSES_BAD_ARRAYS("x", u, good_x, jko_energy_distance(&u, &v, &p, &q, out));
    REFUSES_BAD_ARRAYS("y", v, good_y, jko_energy_distance(&u, &v, &p, &q, out));
    REFUSES_BAD_ARRAYS("a", p, good_a, jko_energy_distance(&u, &v, &p, &q, out));
    REFUSES_BAD_ARRAYS("b", q, good_b, jko_energy_distance(&u, &v, &p, &q, out));
    REFUSES_NONFINITE("x", x[0], N * 3, jko_energy_distance(&u, &v, &p, &q, out));
    REFUSES_NONFINITE("y", y[0], M * 3, jko_energy_distance(&u, &v, &p, &q, out));
    REFUSES_NONFINITE("a", a, N, jko_energy_distance(&u, &v, &p, &q, out));
    REFUSES_NONFINITE("b", b, M, jko_energy_distance(&u, &v, &p, &q, out));
    v.columns = 2;
    REFUSED(JKO_ESHAPE, "y", jko_energy_distance(&u, &v, &p, &q, out));
    v = good_y;
    p.rows = N - 1;
    REFUSED(JKO_ESHAPE, "a", jko_energy_distance(&u, &v, &p, &q, out));
    SAYS("12");
    SAYS("13");
    p = good_a;
    a[1] = -1e-300;
    REFUSED(JKO_EPOPULATION, "a", jko_energy_distance(&u, &v, &p, &q, out));
    SAYS("a[1] = -1e-300 is less than 0");
    a[1] = 1;
    memset(b, 0, sizeof b);
    REFUSED(JKO_EPOPULATION, "b", jko_energy_distance(&u, &v, &p, &q, out));
    SAYS("not greater than 0");
    UNTOUCHED(out);
}

static void without(const jko_snapshots *series)
{
    jko_snapshots *rest = NULL, *none = NULL;
    int64_t rows[TURNING_PARTICLES];
    const int64_t wrong[] = {-1, TURNING_TIMES, INT64_MAX, INT64_MIN};

    REFUSED(JKO_ENULL, "out", jko_snapshots_without(series, 0, NULL));
    REFUSED_HANDLE(JKO_ENULL, "snapshots", rest, jko_snapshots_without(NULL, 0, &rest));
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        REFUSED_HANDLE_ABOUT(JKO_EINVALID, "k", "k", rest, jko_snapshots_without(series, wrong[i], &rest));
    for (int64_t k = 0; k < TURNING_TIMES; k++) {
        WORKS(jko_snapshots_without(series, k, &rest));
        CHECK(jko_snapshots_count(rest) == TURNING_TIMES - 1 && jko_snapshots_dimension(rest) == 2);
        CHECK(jko_snapshots_count(series) == TURNING_TIMES);
        for (int64_t i = 0; i < TURNING_TIMES - 1; i++) {
            const cloud kept = cloud_of(rest, i), before = cloud_of(series, i + (i >= k));
            CHECK(same(&kept, &before) && jko_snapshots_time(rest, i) == (double)(i + (i >= k)));
            WORKS(jko_snapshots_rows(rest, i, rows));
            CHECK(rows[0] == 0 && rows[kept.size - 1] == kept.size - 1);
        }
        jko_snapshots_destroy(rest);
    }
    /* Of the last one nothing is left but an empty series, to which snapshots may be added. */
    const double point[2] = {1, 2};
    const jko_array x = jko_row_major(point, 1, 2);
    WORKS(jko_snapshots_create_empty(2, &rest));
    REFUSED_HANDLE(JKO_EINVALID, "k", none, jko_snapshots_without(rest, 0, &none));
    WORKS(jko_snapshots_append(rest, &x, 3, NULL));
    WORKS(jko_snapshots_without(rest, 0, &none));
    CHECK(jko_snapshots_count(none) == 0 && jko_snapshots_dimension(none) == 2);
    WORKS(jko_snapshots_append(none, &x, 1, NULL));
    jko_snapshots_destroy(none);
    jko_snapshots_destroy(rest);
}

/* Of two snapshots only straight lines can be learned, but a flow may be asked for. */
static void two_snapshots(void)
{
    const double points[6][2] = {{0, 0}, {1, 0}, {0, 1}, {2, 0}, {3, 0}, {2, 1}}, times[6] = {0, 0, 0, 1, 1, 1};
    const jko_array x = jko_row_major(points[0], 6, 2), u = jko_row_major(times, 6, 1);
    const double time = 0.5;
    const jko_array t = one_time(&time);
    double figures[3];
    const jko_array rounds = jko_row_major(&figures[0], 1, 1), missed = jko_row_major(&figures[1], 1, 1);
    const jko_array straight_missed = jko_row_major(&figures[2], 1, 1);
    const jko_interpolation_report report = {
        .struct_size = sizeof report, .rounds = &rounds, .missed = &missed, .straight_missed = &straight_missed};
    jko_snapshots *series = NULL, *found = NULL;

    WORKS(jko_snapshots_create(&x, &u, NULL, &series));
    WORKS(jko_interpolate(series, &t, NULL, &found, &report));
    jko_snapshots_destroy(found);
    CHECK(figures[0] == 0 && isnan(figures[1]) && isnan(figures[2]));
    const jko_interpolation_options straight = usual(JKO_INTERPOLATION_STRAIGHT), flow = usual(JKO_INTERPOLATION_FLOW);
    const cloud unasked = at(series, time, NULL), asked = at(series, time, &straight), flown = at(series, time, &flow);
    CHECK(same(&unasked, &asked) && flown.size >= 3);
    jko_snapshots_destroy(series);
}

/* With an argument, what takes minutes under valgrind is left out: fields with one option changed after the other. */
int main(int count, char **arguments)
{
    const int quick = count > 1;
    (void)arguments;
    jko_snapshots *even = turning_series(TURNING_TIMES, 0), *uneven = turning_series(TURNING_TIMES, 1);

    defaults();
    straight_lines(even);
    straight_lines(uneven);
    observed_times(even);
    observed_times(uneven);
    if (!quick) {
        methods();
        reports(even);
        growing_reports(even);
    }
    bad_options(even);
    bad_arguments(even);
    views(uneven);
    if (!quick)
        cancels(even);
    models_as_fields(even);
    energy_distance();
    without(uneven);
    two_snapshots();
    jko_snapshots_destroy(even);
    jko_snapshots_destroy(uneven);
    return finish("interpolation");
}
