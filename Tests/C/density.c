/* Bad input to jkonetstar/density.h. */
#include "arrays.h"

static double points[6][2] = {{0, 0}, {1, 0}, {0, 1}, {5, 5}, {6, 5}, {5, 7}};
static double masses[6] = {1, 1, 2, 1, 1, 2};
static double query[3][2] = {{0.5, 0.5}, {3, 3}, {-40, 90}};

static jko_status create(const jko_array *x, const jko_array *weights, const jko_density_options *options)
{
    jko_density *density = (void *)&checks_failed;
    jko_status status = jko_density_create(x, weights, options, &density);
    CHECK((status == JKO_OK) == (density != NULL));
    jko_density_destroy(density);
    return status;
}

static void creating(void)
{
    const jko_array good = jko_row_major(&points[0][0], 6, 2), good_weights = jko_row_major(masses, 6, 1);
    jko_array x = good, weights = good_weights;
    jko_density_options kinds[2];
    for (int kind = 0; kind < 2; kind++) {
        jko_density_options *options = &kinds[kind];
        WORKS(jko_density_options_init(options, sizeof *options));
        options->kind = kind;
        options->components = 2;
        REFUSED(JKO_ENULL, "points", create(NULL, &weights, options));
        REFUSES_BAD_ARRAYS("points", x, good, create(&x, &weights, options));
        REFUSES_BAD_ARRAYS("weights", weights, good_weights, create(&x, &weights, options));
        REFUSES_NONFINITE("points", &points[0][0], 12, create(&x, &weights, options));
        REFUSES_NONFINITE("weights", masses, 6, create(&x, &weights, options));
        weights.rows = 5;
        REFUSED(JKO_ESHAPE, "weights", create(&x, &weights, options));
        weights = jko_row_major(masses, 1, 6);
        REFUSED(JKO_ESHAPE, "weights", create(&x, &weights, options));
        weights = good_weights;
        masses[2] = -2;
        REFUSED(JKO_EPOPULATION, "weights", create(&x, &weights, options));
        masses[2] = 2;
        weights.rows = x.rows = 1;
        masses[0] = 0;
        REFUSED(JKO_EPOPULATION, "weights", create(&x, &weights, options));
        masses[0] = 1;
        x = good;
        weights = good_weights;
        WORKS(create(&x, &weights, options));
        WORKS(create(&x, NULL, options));
        REFUSED(JKO_ENULL, "out", jko_density_create(&x, NULL, options, NULL));

        /* One particle, two in one place, and coordinates whose squares overflow. */
        x.rows = 1;
        options->components = 1;
        REFUSED(JKO_EPOPULATION, "points", create(&x, NULL, options));
        x.rows = 2;
        points[1][0] = 0;
        REFUSED(JKO_EPOPULATION, "points", create(&x, NULL, options));
        points[1][0] = 1e200;
        REFUSED(JKO_EINVALID, "points", create(&x, NULL, options));
        points[0][0] = -1.7976931348623157e308;
        points[1][0] = 1.7976931348623157e308;
        REFUSED(JKO_EINVALID, "points", create(&x, NULL, options));
        points[0][0] = 0;
        points[1][0] = 1;
        x = good;
    }
    WORKS(create(&x, NULL, NULL));
}

static void options(void)
{
    const jko_array x = jko_row_major(&points[0][0], 6, 2);
    const double not_numbers[] = {-1, -1e-300, NAN, INFINITY, -INFINITY};
    const int64_t not_counts[] = {-1, 1000000001, INT64_MIN, INT64_MAX};
    const int32_t unknown[] = {-1, 3, INT32_MAX, INT32_MIN};
    const size_t sizes[] = {0, 4, 12, SIZE_MAX};
    jko_density_options good, options;

    REFUSED(JKO_ENULL, "options", jko_density_options_init(NULL, sizeof options));
    REFUSED(JKO_EINVALID, "struct_size", jko_density_options_init(&options, sizeof options + 4));
    WORKS(jko_density_options_init(&good, sizeof good));
    CHECK(good.kind == JKO_DENSITY_MIXTURE && good.covariance == JKO_COVARIANCE_FULL && good.components == 0);
    CHECK(good.max_components == 10 && good.restarts == 3 && good.max_iterations == 1000 && good.seed == 0);
    CHECK(good.tolerance == 1e-5 && good.regularisation == 1e-6 && good.absolute_regularisation == 0);
    CHECK(good.start == NULL && good.bandwidth_rule == JKO_BANDWIDTH_SCOTT && good.bandwidth == 0);
    CHECK(good.progress == NULL && good.progress_user_data == NULL);
    options = good;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        options.struct_size = sizes[i];
        REFUSED(JKO_EINVALID, "struct_size", create(&x, NULL, &options));
    }
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        options = good;
        options.kind = unknown[i];
        REFUSED(JKO_EINVALID, "kind", create(&x, NULL, &options));
        options = good;
        options.covariance = unknown[i];
        REFUSED(JKO_EINVALID, "covariance", create(&x, NULL, &options));
        options.kind = JKO_DENSITY_KERNEL;
        REFUSED(JKO_EINVALID, "covariance", create(&x, NULL, &options));
        options.covariance = JKO_COVARIANCE_FULL;
        options.bandwidth_rule = unknown[i];
        REFUSED(JKO_EINVALID, "bandwidth_rule", create(&x, NULL, &options));
    }
    options = good;
    options.covariance = JKO_COVARIANCE_SPHERICAL;
    REFUSED(JKO_EINVALID, "covariance", create(&x, NULL, &options));
    options.kind = JKO_DENSITY_KERNEL;
    WORKS(create(&x, NULL, &options));
    options.covariance = JKO_COVARIANCE_DIAGONAL;
    REFUSED(JKO_EINVALID, "covariance", create(&x, NULL, &options));
    for (size_t i = 0; i < COUNT_OF(not_counts); i++) {
        options = good;
        options.components = not_counts[i];
        REFUSED(JKO_EINVALID, "components", create(&x, NULL, &options));
        options = good;
        options.max_components = not_counts[i];
        REFUSED(JKO_EINVALID, "max_components", create(&x, NULL, &options));
        options = good;
        options.restarts = not_counts[i];
        REFUSED(JKO_EINVALID, "restarts", create(&x, NULL, &options));
        options = good;
        options.max_iterations = not_counts[i];
        REFUSED(JKO_EINVALID, "max_iterations", create(&x, NULL, &options));
    }
    for (size_t i = 0; i < COUNT_OF(not_numbers); i++) {
        options = good;
        options.tolerance = not_numbers[i];
        REFUSED(JKO_EINVALID, "tolerance", create(&x, NULL, &options));
        options = good;
        options.regularisation = not_numbers[i];
        REFUSED(JKO_EINVALID, "regularisation", create(&x, NULL, &options));
        options = good;
        options.absolute_regularisation = not_numbers[i];
        REFUSED(JKO_EINVALID, "absolute_regularisation", create(&x, NULL, &options));
        options = good;
        options.kind = JKO_DENSITY_KERNEL;
        options.bandwidth = not_numbers[i];
        REFUSED(JKO_EINVALID, "bandwidth", create(&x, NULL, &options));
    }
    options = good;
    options.kind = JKO_DENSITY_KERNEL;
    options.bandwidth = 1e-200;
    REFUSED(JKO_EINVALID, "bandwidth", create(&x, NULL, &options));
    options = good;
    options.max_components = 0;
    REFUSED(JKO_EINVALID, "max_components", create(&x, NULL, &options));
    options.components = 7; /* of six particles */
    REFUSED(JKO_EPOPULATION, "components", create(&x, NULL, &options));
    options.components = 6;
    options.regularisation = 0;
    REFUSED(JKO_EINVALID, "regularisation", create(&x, NULL, &options));
    options.absolute_regularisation = 0.1;
    WORKS(create(&x, NULL, &options));
}

static int stop(const jko_progress *progress, void *user_data)
{
    CHECK(strcmp(progress->stage, "density") == 0 && isnan(progress->loss));
    ++*(int *)user_data;
    return 1;
}

static void cancelling(void)
{
    const jko_array x = jko_row_major(&points[0][0], 6, 2);
    jko_density_options options;
    int calls = 0;
    jko_density_options_init(&options, sizeof options);
    options.progress = stop;
    options.progress_user_data = &calls;
    REFUSED(JKO_ECANCELLED, "density", create(&x, NULL, &options));
    CHECK(calls > 0);
}

static double weights[2] = {1, 3};
static double means[2][2] = {{0, 0}, {5, 5}};
static double covariances[4][2] = {{1, 0.5}, {0.5, 1}, {2, 0}, {0, 3}};

static jko_status mixture(const jko_array *w, const jko_array *m, const jko_array *s, jko_covariance kind)
{
    jko_density *density = (void *)&checks_failed;
    jko_status status = jko_density_from_mixture(w, m, s, kind, &density);
    CHECK((status == JKO_OK) == (density != NULL));
    jko_density_destroy(density);
    return status;
}

static void given(void)
{
    static double padded[3][2] = {{1, 1}, {1, 1}, {1, 1}};
    const jko_array good_w = jko_row_major(weights, 2, 1), good_m = jko_row_major(&means[0][0], 2, 2);
    const jko_array good_s = jko_row_major(&covariances[0][0], 4, 2);
    jko_array w = good_w, m = good_m, s = good_s;
    const int32_t kinds[] = {-1, JKO_COVARIANCE_SPHERICAL, 3, INT32_MAX};

    REFUSED(JKO_ENULL, "weights", mixture(NULL, &m, &s, 0));
    REFUSED(JKO_ENULL, "means", mixture(&w, NULL, &s, 0));
    REFUSED(JKO_ENULL, "covariances", mixture(&w, &m, NULL, 0));
    REFUSED(JKO_ENULL, "out", jko_density_from_mixture(&w, &m, &s, 0, NULL));
    REFUSES_BAD_ARRAYS("weights", w, good_w, mixture(&w, &m, &s, 0));
    REFUSES_BAD_ARRAYS("covariances", s, good_s, mixture(&w, &m, &s, 0));
    REFUSES_NONFINITE("weights", weights, 2, mixture(&w, &m, &s, 0));
    REFUSES_NONFINITE("means", &means[0][0], 4, mixture(&w, &m, &s, 0));
    REFUSES_NONFINITE("covariances", &covariances[0][0], 8, mixture(&w, &m, &s, 0));
    m = jko_row_major(&padded[0][0], 3, 2);
    REFUSED(JKO_ESHAPE, "weights", mixture(&w, &m, &s, 0));
    m = jko_row_major(&means[0][0], 2, 1);
    REFUSED(JKO_ESHAPE, "covariances", mixture(&w, &m, &s, 0));
    m = good_m;
    s.rows = 2;
    REFUSED(JKO_ESHAPE, "covariances", mixture(&w, &m, &s, 0));
    s = good_s;
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        REFUSED(JKO_EINVALID, "covariance", mixture(&w, &m, &s, kinds[i]));
    weights[1] = 0;
    REFUSED(JKO_EPOPULATION, "weights", mixture(&w, &m, &s, 0));
    weights[1] = -3;
    REFUSED(JKO_EPOPULATION, "weights", mixture(&w, &m, &s, 0));
    weights[1] = 3;
    covariances[0][1] = 0.25;
    REFUSED(JKO_EINVALID, "covariances", mixture(&w, &m, &s, 0));
    WORKS(mixture(&w, &m, &s, JKO_COVARIANCE_DIAGONAL)); /* reads the diagonals only */
    covariances[0][1] = covariances[1][0] = 1;           /* singular */
    REFUSED(JKO_EINVALID, "covariances", mixture(&w, &m, &s, 0));
    covariances[0][1] = covariances[1][0] = 0.5;
    covariances[3][1] = -3;
    REFUSED(JKO_EINVALID, "covariances", mixture(&w, &m, &s, JKO_COVARIANCE_DIAGONAL));
    covariances[3][1] = 5e-324;
    REFUSED(JKO_EINVALID, "covariances", mixture(&w, &m, &s, JKO_COVARIANCE_DIAGONAL));
    covariances[3][1] = 3;
    WORKS(mixture(&w, &m, &s, JKO_COVARIANCE_FULL));
}

/* Draws: the same for the same seed, of which fewer are the first, and spread as the density says. */
static void drawing(const jko_density *density)
{
    enum { DRAWS = 2000 };
    static double drawn[2][DRAWS][2];
    double some[3][2], logs[3];
    const jko_array good = jko_row_major(&some[0][0], 3, 2), one = jko_row_major(drawn[0][0], DRAWS, 2);
    const jko_array two = jko_row_major(drawn[1][0], DRAWS, 2);
    const jko_array columns = {drawn[1][0], DRAWS, 2, 1, DRAWS, JKO_FLOAT64};
    const jko_array log_at = jko_row_major(logs, 3, 1);
    jko_array out = good;

    FILL(some);
    REFUSED(JKO_ENULL, "density", jko_density_sample(NULL, 0, &out));
    REFUSED(JKO_ENULL, "out", jko_density_sample(density, 0, NULL));
    REFUSES_BAD_ARRAYS("out", out, good, jko_density_sample(density, 0, &out));
    out = jko_row_major(&some[0][0], 3, 1);
    REFUSED(JKO_ESHAPE, "out", jko_density_sample(density, 0, &out));
    UNTOUCHED(some);
    out = good;
    WORKS(jko_density_sample(density, 7, &out));
    WORKS(jko_density_sample(density, 7, &one));
    CHECK(memcmp(some, drawn[0], sizeof some) == 0);
    WORKS(jko_density_sample(density, 8, &two));
    CHECK(memcmp(drawn[0], drawn[1], sizeof some) != 0);
    WORKS(jko_density_log(density, &out, &log_at));
    CHECK(isfinite(logs[0]) && isfinite(logs[1]) && isfinite(logs[2]));
    for (int j = 0; j < 2; j++) {
        double mean[2] = {0, 0};
        for (int k = 0; k < 2; k++)
            for (int i = 0; i < DRAWS; i++)
                mean[k] += drawn[k][i][j] / DRAWS;
        CHECK(fabs(mean[0] - mean[1]) < 1);
    }
    const double last = drawn[0][DRAWS - 1][1];
    WORKS(jko_density_sample(density, 7, &columns));
    CHECK(drawn[1][0][0] == some[0][0] && (&drawn[1][0][0])[2 * DRAWS - 1] == last);
}

/* ln rho and its gradient, on any density of two coordinates. */
static void evaluating(const jko_density *density)
{
    double logs[3], scores[3][2];
    const jko_array good = jko_row_major(&query[0][0], 3, 2);
    const jko_array good_logs = jko_row_major(logs, 3, 1), good_scores = jko_row_major(&scores[0][0], 3, 2);
    jko_array x = good, l = good_logs, s = good_scores;

    FILL(logs);
    FILL(scores);
    REFUSED(JKO_ENULL, "density", jko_density_log(NULL, &x, &l));
    REFUSED(JKO_ENULL, "density", jko_density_score(NULL, &x, &s));
    REFUSED(JKO_ENULL, "x", jko_density_log(density, NULL, &l));
    REFUSED(JKO_ENULL, "x", jko_density_score(density, NULL, &s));
    REFUSED(JKO_ENULL, "out", jko_density_log(density, &x, NULL));
    REFUSED(JKO_ENULL, "out", jko_density_score(density, &x, NULL));
    REFUSES_BAD_ARRAYS("x", x, good, jko_density_log(density, &x, &l));
    REFUSES_BAD_ARRAYS("x", x, good, jko_density_score(density, &x, &s));
    REFUSES_BAD_ARRAYS("out", l, good_logs, jko_density_log(density, &x, &l));
    REFUSES_BAD_ARRAYS("out", s, good_scores, jko_density_score(density, &x, &s));
    REFUSES_NONFINITE("x", &query[0][0], 6, jko_density_log(density, &x, &l));
    REFUSES_NONFINITE("x", &query[0][0], 6, jko_density_score(density, &x, &s));
    REFUSED(JKO_ESHAPE, "out", jko_density_log(density, &x, &s));
    REFUSED(JKO_ESHAPE, "out", jko_density_score(density, &x, &l));
    s.row_stride = 0;
    REFUSED(JKO_ESHAPE, "out", jko_density_score(density, &x, &s));
    s = good_scores;
    x = jko_row_major(&query[0][0], 3, 1);
    REFUSED(JKO_ESHAPE, "x", jko_density_log(density, &x, &l));
    s = jko_row_major(&scores[0][0], 3, 1);
    REFUSED(JKO_ESHAPE, "x", jko_density_score(density, &x, &s));
    UNTOUCHED(logs);
    UNTOUCHED(scores);
    x = good;
    s = good_scores;
    WORKS(jko_density_log(density, &x, &l));
    WORKS(jko_density_score(density, &x, &s));

    /* The gradient by central differences; the third point is so far out that rho underflows. */
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 2; j++) {
            double kept = query[i][j], sides[2];
            for (int side = 0; side < 2; side++) {
                query[i][j] = kept + (side ? 1e-4 : -1e-4);
                WORKS(jko_density_log(density, &x, &l));
                sides[side] = logs[i];
            }
            query[i][j] = kept;
            CHECK(fabs((sides[1] - sides[0]) / 2e-4 - scores[i][j]) <= 1e-5 * (1 + fabs(scores[i][j])));
        }

    /* As far as numbers go. */
    double far[2] = {1.7976931348623157e308, -1e300}, log_far, score_far[2];
    const jko_array f = jko_row_major(far, 1, 2), lf = jko_row_major(&log_far, 1, 1);
    const jko_array sf = jko_row_major(score_far, 1, 2);
    WORKS(jko_density_log(density, &f, &lf));
    WORKS(jko_density_score(density, &f, &sf));
    CHECK(isfinite(log_far) && isfinite(score_far[0]) && isfinite(score_far[1]));
}

static void describing(void)
{
    const jko_array x = jko_row_major(&points[0][0], 6, 2), w = jko_row_major(masses, 6, 1);
    double ws[2], ms[2][2], ss[4][2];
    const jko_array good_w = jko_row_major(ws, 2, 1), good_m = jko_row_major(&ms[0][0], 2, 2);
    const jko_array good_s = jko_row_major(&ss[0][0], 4, 2);
    jko_array out;
    jko_density_options options;
    jko_density *fitted = NULL, *made = NULL, *kernel = NULL, *line = NULL;
    jko_density_info info;

    jko_density_options_init(&options, sizeof options);
    options.components = 2;
    WORKS(jko_density_create(&x, &w, &options, &fitted));
    memset(&info, 0, sizeof info);
    REFUSED(JKO_ENULL, "density", jko_density_describe(NULL, &info));
    REFUSED(JKO_ENULL, "info", jko_density_describe(fitted, NULL));
    REFUSED(JKO_EINVALID, "struct_size", jko_density_describe(fitted, &info));
    info.struct_size = sizeof info;
    WORKS(jko_density_describe(fitted, &info));
    CHECK(info.kind == JKO_DENSITY_MIXTURE && info.covariance == JKO_COVARIANCE_FULL);
    CHECK(info.dimension == 2 && info.components == 2 && info.converged && info.iterations > 0);
    /* 11 parameters; 64 / 12 particles by their weights. */
    const double n = 64.0 / 12;
    CHECK(fabs(info.bic - (11 * log(n) - 2 * n * info.log_likelihood)) < 1e-9 && isnan(info.bandwidth));

    FILL(ws);
    FILL(ms);
    FILL(ss);
    REFUSED(JKO_ENULL, "density", jko_density_weights(NULL, &good_w));
    REFUSED(JKO_ENULL, "density", jko_density_means(NULL, &good_m));
    REFUSED(JKO_ENULL, "density", jko_density_covariances(NULL, &good_s));
    REFUSED(JKO_ENULL, "out", jko_density_weights(fitted, NULL));
    REFUSED(JKO_ENULL, "out", jko_density_means(fitted, NULL));
    REFUSED(JKO_ENULL, "out", jko_density_covariances(fitted, NULL));
    REFUSES_BAD_ARRAYS("out", out, good_w, jko_density_weights(fitted, &out));
    REFUSES_BAD_ARRAYS("out", out, good_m, jko_density_means(fitted, &out));
    REFUSES_BAD_ARRAYS("out", out, good_s, jko_density_covariances(fitted, &out));
    REFUSED(JKO_ESHAPE, "out", jko_density_weights(fitted, &good_m));
    REFUSED(JKO_ESHAPE, "out", jko_density_means(fitted, &good_s));
    REFUSED(JKO_ESHAPE, "out", jko_density_covariances(fitted, &good_m));
    UNTOUCHED(ws);
    UNTOUCHED(ms);
    UNTOUCHED(ss);
    WORKS(jko_density_weights(fitted, &good_w));
    WORKS(jko_density_means(fitted, &good_m));
    WORKS(jko_density_covariances(fitted, &good_s));
    CHECK(fabs(ws[0] + ws[1] - 1) < 1e-12 && ss[0][0] > 0 && ss[3][1] > 0 && ss[0][1] == ss[1][0]);

    /* The same from its parameters; and a fit that starts there and stays. */
    WORKS(jko_density_from_mixture(&good_w, &good_m, &good_s, JKO_COVARIANCE_FULL, &made));
    WORKS(jko_density_describe(made, &info));
    CHECK(info.components == 2 && isnan(info.log_likelihood) && isnan(info.bic) && info.iterations == 0);
    evaluating(fitted);
    drawing(fitted);
    evaluating(made);
    options.start = made;
    options.components = 0;
    WORKS(create(&x, &w, &options));
    const jko_array one = jko_row_major(&points[0][0], 6, 1);
    REFUSED(JKO_ESHAPE, "start", create(&one, &w, &options));

    options.kind = JKO_DENSITY_KERNEL;
    WORKS(jko_density_create(&x, &w, &options, &kernel));
    WORKS(jko_density_describe(kernel, &info));
    CHECK(info.kind == JKO_DENSITY_KERNEL && info.components == 6 && info.bandwidth > 0 && isnan(info.log_likelihood));
    evaluating(kernel);
    drawing(kernel);
    REFUSED(JKO_EINVALID, "density", jko_density_weights(kernel, &good_w));
    REFUSED(JKO_EINVALID, "density", jko_density_means(kernel, &good_m));
    REFUSED(JKO_EINVALID, "density", jko_density_covariances(kernel, &good_s));
    options.kind = JKO_DENSITY_MIXTURE;
    options.start = kernel;
    REFUSED(JKO_EINVALID, "start", create(&x, &w, &options));

    /* Iterations that end early are told, not hidden. */
    jko_density_options_init(&options, sizeof options);
    options.components = 2;
    options.max_iterations = 1;
    WORKS(jko_density_create(&x, NULL, &options, &line));
    WORKS(jko_density_describe(line, &info));
    CHECK(!info.converged && info.iterations == 1);

    jko_density_destroy(fitted);
    jko_density_destroy(made);
    jko_density_destroy(kernel);
    jko_density_destroy(line);
    jko_density_destroy(NULL);
}

int main(void)
{
    creating();
    options();
    cancelling();
    given();
    describing();
    return finish("density");
}
