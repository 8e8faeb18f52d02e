/*
 * Energies that are linear in their coefficients, rightly used: known V, U and beta found again, error bars, the report
 * on what the data can tell apart, model files. Misuse: linear_misuse.c; sums: normal_equations.c.
 */
#include "populations.h"

#define PARTICLES 60

/* The plane's particles, in one block per snapshot. */
static double course[4 * PARTICLES][2];

static void draw_start(uint64_t seed, double spread)
{
    normal_source source = {seed};
    for (int i = 0; i < PARTICLES; i++)
        for (int j = 0; j < 2; j++)
            course[i][j] = spread * normal(&source);
}

/* V = x^2 + xy/2 + y^2/2 + y, moved by whole steps of either scheme: its gradient comes back, but for rounding. */
static void quadratic_potential(jko_scheme scheme)
{
    const double tau = 0.1, h[2][2] = {{2, 0.5}, {0.5, 1}}, b[2] = {0, 1};
    double gradient[PARTICLES][2], value[2];

    draw_start(5, 1);
    for (int i = 0; i < 2 * PARTICLES; i++) {
        const double *x = course[i];
        double *y = course[i + PARTICLES];
        if (scheme == JKO_SCHEME_EXPLICIT) {
            for (int r = 0; r < 2; r++)
                y[r] = x[r] - tau * (h[r][0] * x[0] + h[r][1] * x[1] + b[r]);
        } else { /* (1 + tau H) y = x - tau b */
            const double a = 1 + tau * h[0][0], c = tau * h[0][1], d = 1 + tau * h[1][1];
            const double p = x[0] - tau * b[0], q = x[1] - tau * b[1];
            y[0] = (d * p - c * q) / (a * d - c * c);
            y[1] = (a * q - c * p) / (a * d - c * c);
        }
    }
    jko_snapshots *series = series_of(course, PARTICLES, 3, tau);
    whole_model_options options = linear_options(3, 0, 0);
    options.model.scheme = scheme;
    jko_model *model = fitted(options, series, fit_with(0, JKO_ERROR_BARS_NONE));

    const jko_array x = jko_row_major(&course[0][0], PARTICLES, 2);
    const jko_array out = jko_row_major(&gradient[0][0], PARTICLES, 2);
    WORKS(jko_model_potential(model, &x, NULL, NULL, &out));
    double worst = 0;
    for (int i = 0; i < PARTICLES; i++)
        for (int r = 0; r < 2; r++)
            worst = fmax(worst, fabs(gradient[i][r] - h[r][0] * course[i][0] - h[r][1] * course[i][1] - b[r]));
    CHECK(worst < 1e-8);
    const double ends[2][2] = {{1, 2}, {0, 0}};
    const jko_array two = jko_row_major(&ends[0][0], 2, 2), values = jko_row_major(value, 2, 1);
    WORKS(jko_model_potential(model, &two, NULL, &values, NULL));
    CHECK(fabs(value[0] - value[1] - 6) < 1e-8);

    /* One prediction lands where the next snapshot is. */
    double predicted[2 * PARTICLES][2], times[2] = {0, 0.1};
    const jko_array t = jko_row_major(times, 2, 1), places = jko_row_major(&predicted[0][0], 2 * PARTICLES, 2);
    WORKS(jko_model_rollout(model, &x, &t, NULL, &places, NULL));
    worst = 0;
    for (int i = PARTICLES; i < 2 * PARTICLES; i++)
        worst = fmax(worst, hypot(predicted[i][0] - course[i][0], predicted[i][1] - course[i][1]));
    CHECK(worst < 1e-8);
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
}

/* U = |z|^4 / 4 - z_1 alone, which is not even: explicit steps' U is found again with U(0) = 0; no beta is there. */
static void quartic_interaction(void)
{
    const double tau = 0.02;
    double value[3], gradient[3][2], beta;
    const double z[3][2] = {{0, 0}, {1, -0.5}, {-0.3, 0.8}};

    draw_start(6, 0.6);
    for (int k = 0; k < 2; k++) {
        double (*x)[2] = course + k * PARTICLES, (*y)[2] = x + PARTICLES;
        for (int i = 0; i < PARTICLES; i++) {
            double force[2] = {0, 0};
            for (int j = 0; j < PARTICLES; j++) {
                const double p = x[i][0] - x[j][0], q = x[i][1] - x[j][1], r = p * p + q * q;
                force[0] += (r * p - 1) / PARTICLES;
                force[1] += r * q / PARTICLES;
            }
            for (int c = 0; c < 2; c++)
                y[i][c] = x[i][c] - tau * force[c];
        }
    }
    jko_snapshots *series = series_of(course, PARTICLES, 3, tau);
    whole_model_options options = linear_options(0, 4, 0);
    options.model.scheme = JKO_SCHEME_EXPLICIT;
    jko_model *model = fitted(options, series, fit_with(0, JKO_ERROR_BARS_NONE));
    const jko_array at = jko_row_major(&z[0][0], 3, 2), values = jko_row_major(value, 3, 1);
    const jko_array gradients = jko_row_major(&gradient[0][0], 3, 2);
    WORKS(jko_model_interaction(model, &at, &values, NULL));
    WORKS(jko_model_interaction(model, &at, NULL, &gradients));
    CHECK(value[0] == 0);
    for (int i = 0; i < 3; i++) {
        const double r = z[i][0] * z[i][0] + z[i][1] * z[i][1];
        CHECK(fabs(value[i] - (r * r / 4 - z[i][0])) < 1e-7);
        CHECK(fabs(gradient[i][0] - (r * z[i][0] - 1)) < 1e-7 && fabs(gradient[i][1] - r * z[i][1]) < 1e-7);
    }
    REFUSED(JKO_EINVALID, "model", jko_model_beta(model, &beta));

    /* J = 1/2 sum_ij w_i w_j U(x_i - x_j) of three particles, by hand: equal weights and others. */
    const double some[3][2] = {{0, 0}, {1, 0}, {0, 2}}, masses[3] = {2, 1, 1},
                 shares[2][3] = {{1. / 3, 1. / 3, 1. / 3}, {0.5, 0.25, 0.25}};
    const jko_array population = jko_row_major(&some[0][0], 3, 2), weights = jko_row_major(masses, 3, 1);
    for (int given = 0; given < 2; given++) {
        double expected = 0, energy = NAN;
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++) {
                const double p = some[i][0] - some[j][0], q = some[i][1] - some[j][1], r = p * p + q * q;
                expected += 0.5 * shares[given][i] * shares[given][j] * (r * r / 4 - p);
            }
        WORKS(jko_model_energy(model, &population, given ? &weights : NULL, NULL, &energy));
        CHECK(fabs(energy - expected) < 1e-6);
    }
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
}

/* J of V, U and beta together is the sum of its terms, each evaluated by itself. */
static void energy_is_its_terms(const jko_model *model)
{
    enum { n = 8 };
    double x[n][2], z[n * n][2], v[n], u[n * n], log_density[n], beta, energy;
    normal_source source = {9};
    jko_density_options density_options;
    jko_density *density = NULL;

    for (int i = 0; i < n; i++)
        for (int j = 0; j < 2; j++)
            x[i][j] = normal(&source);
    for (int i = 0; i < n * n; i++)
        for (int j = 0; j < 2; j++)
            z[i][j] = x[i / n][j] - x[i % n][j];
    const jko_array points = jko_row_major(&x[0][0], n, 2), pairs = jko_row_major(&z[0][0], n * n, 2);
    const jko_array v_out = jko_row_major(v, n, 1), u_out = jko_row_major(u, n * n, 1);
    const jko_array log_out = jko_row_major(log_density, n, 1);
    jko_density_options_init(&density_options, sizeof density_options);
    density_options.components = 1;
    WORKS(jko_density_create(&points, NULL, &density_options, &density));
    WORKS(jko_density_log(density, &points, &log_out));
    WORKS(jko_model_potential(model, &points, NULL, &v_out, NULL));
    WORKS(jko_model_interaction(model, &pairs, &u_out, NULL));
    WORKS(jko_model_beta(model, &beta));
    double expected = 0;
    for (int i = 0; i < n; i++)
        expected += (v[i] + beta * log_density[i]) / n;
    for (int i = 0; i < n * n; i++)
        expected += u[i] / (2. * n * n);
    WORKS(jko_model_energy(model, &points, NULL, NULL, &energy));
    CHECK(fabs(energy - expected) < 1e-10 * (1 + fabs(expected)));
    jko_density_destroy(density);
}

/* V and beta of Ornstein-Uhlenbeck populations lie within their error bars, and both kinds of error bars agree. */
static void error_bars(void)
{
    const jko_error_bars kinds[] = {JKO_ERROR_BARS_INFLUENCE, JKO_ERROR_BARS_BOOTSTRAP};
    const double at[2][2] = {{2, 1}, {-1, 2}};
    double gradient[2][2], gradient_error[2][2], value_error[2], beta, errors[2][3], covariance[64];
    const jko_array x = jko_row_major(&at[0][0], 2, 2), out = jko_row_major(&gradient[0][0], 2, 2);
    const jko_array out_error = jko_row_major(&gradient_error[0][0], 2, 2), v_error = jko_row_major(value_error, 2, 1);
    jko_snapshots *series = ou_series(3);
    const whole_model_options options = linear_options(2, 0, 1);

    for (int kind = 0; kind < 2; kind++) {
        jko_model *model = fitted(options, series, fit_with(0, kinds[kind]));
        const int64_t count = coefficient_count(model);
        const jko_array matrix = jko_row_major(covariance, count, count);
        CHECK(count == 6);
        WORKS(jko_model_covariance(model, &matrix));
        for (int64_t i = 0; i < count; i++) {
            CHECK(covariance[i * count + i] > 0);
            for (int64_t j = 0; j < i; j++) {
                const double a = covariance[i * count + i], b = covariance[j * count + j],
                             c = covariance[i * count + j];
                CHECK(c == covariance[j * count + i] && c * c <= a * b * (1 + 1e-9));
            }
        }
        WORKS(jko_model_beta(model, &beta));
        WORKS(jko_model_beta_error(model, &errors[kind][0]));
        WORKS(jko_model_potential(model, &x, NULL, NULL, &out));
        WORKS(jko_model_potential_error(model, &x, NULL, NULL, &out_error));
        WORKS(jko_model_potential_error(model, &x, NULL, &v_error, NULL));
        errors[kind][1] = gradient_error[0][0];
        errors[kind][2] = value_error[1];
        for (int i = 0; i < 2; i++) {
            CHECK(value_error[i] > 0);
            for (int c = 0; c < 2; c++) {
                /* An implicit step knows the rate at its end: off by some rate tau. */
                const double truth = OU_RATE * (at[i][c] - (c == 0));
                CHECK(gradient_error[i][c] > 0);
                CHECK(fabs(gradient[i][c] - truth) < 5 * gradient_error[i][c] + OU_RATE * OU_STEP * fabs(truth));
            }
        }
        CHECK(fabs(beta - OU_BETA) < 5 * errors[kind][0] + OU_RATE * OU_STEP * OU_BETA);
        jko_model_destroy(model);
    }
    for (int i = 0; i < 3; i++) {
        CHECK(errors[0][i] > 0 && errors[1][i] > 0);
        CHECK(errors[0][i] < 2 * errors[1][i] && errors[1][i] < 2 * errors[0][i]);
    }
    jko_snapshots_destroy(series);
}

/* The report in memory of its own. */
static char *observability_of(const jko_model *model)
{
    size_t length = 0, again = 0;
    WORKS(jko_model_observability(model, NULL, 0, &length));
    char *text = malloc(length + 1);
    CHECK(text != NULL && length > 100);
    if (text == NULL)
        exit(EXIT_FAILURE);
    WORKS(jko_model_observability(model, text, length + 1, &again));
    CHECK(again == length && strlen(text) == length);
    return text;
}

/* Brackets match outside of strings, and strings end. */
static int is_balanced(const char *json)
{
    char open[64];
    size_t depth = 0;
    for (const char *at = json; *at != 0; at++) {
        if (*at == '"') {
            for (at++; *at != 0 && *at != '"'; at++)
                if (*at == '\\' && at[1] != 0)
                    at++;
            if (*at == 0)
                return 0;
        } else if (*at == '{' || *at == '[') {
            if (depth == sizeof open)
                return 0;
            open[depth++] = *at == '{' ? '}' : ']';
        } else if ((*at == '}' || *at == ']') && (depth == 0 || open[--depth] != *at)) {
            return 0;
        }
    }
    return depth == 0 && json[0] == '{';
}

/* The number behind the first such member. */
static double number_of(const char *json, const char *member)
{
    char key[64];
    snprintf(key, sizeof key, "\"%s\":", member);
    const char *at = strstr(json, key);
    return at == NULL ? NAN : strtod(at + strlen(key), NULL);
}

static void observability(void)
{
    const char *members[] = {"sentence", "identified", "rank",    "features", "spectrum",   "separations",
                             "term",     "smallest",   "largest", "fitted",   "confounded", "angles",
                             "first",    "second",     "weakest", "name",     "weight"};
    /* Contracting towards their resting mean, V = |x|^2 / 2 and U = |z|^2 / 2 look the same. */
    normal_source source = {12};
    for (int i = 0; i < PARTICLES; i += 2)
        for (int j = 0; j < 2; j++) {
            course[i][j] = normal(&source);
            course[i + 1][j] = -course[i][j];
        }
    for (int i = PARTICLES; i < 3 * PARTICLES; i++)
        for (int j = 0; j < 2; j++)
            course[i][j] = 0.9 * course[i - PARTICLES][j];
    jko_snapshots *series = series_of(course, PARTICLES, 3, 0.1);
    whole_model_options options = linear_options(2, 2, 0);
    jko_model *model = fitted(options, series, fit_with(1e-6, JKO_ERROR_BARS_NONE));
    char *text = observability_of(model);
    CHECK(is_balanced(text));
    for (size_t i = 0; i < COUNT_OF(members); i++)
        CHECK(check_mentions(text, members[i]));
    CHECK(strstr(text, "\"identified\":false") != NULL && strstr(text, "cannot be told") != NULL);
    CHECK(number_of(text, "features") == 10 && number_of(text, "rank") == 5);
    CHECK(number_of(text, "smallest") <= 1e-3 && number_of(text, "fitted") <= 1e-3);
    CHECK(number_of(text, "confounded") == 5);
    int32_t identified = 7;
    WORKS(jko_model_identified(model, &identified));
    CHECK(identified == 0);
    REFUSED(JKO_ENULL, "identified", jko_model_identified(model, NULL));
    REFUSED(JKO_ENULL, "model", jko_model_identified(NULL, &identified));
    free(text);
    jko_model_destroy(model);

    options = linear_options(2, 0, 0);
    model = fitted(options, series, fit_with(1e-6, JKO_ERROR_BARS_NONE));
    text = observability_of(model);
    CHECK(is_balanced(text) && strstr(text, "\"identified\":true") != NULL && strstr(text, "false") == NULL);
    CHECK(number_of(text, "rank") == 5);
    WORKS(jko_model_identified(model, &identified));
    CHECK(identified == 1);
    free(text);
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
}

/* The same population in other units of length, the kernel's width with it: beta is in length^2/time. */
static void units_of_length(void)
{
    const double scales[2] = {1, 1000};
    double beta[2] = {0, 0};
    jko_snapshots *series = ou_series(4);
    for (int i = 0; i < 2; i++) {
        static double points[OU_TIMES * OU_PARTICLES][2];
        for (int k = 0; k < OU_TIMES; k++) {
            const jko_array block = jko_row_major(points[k * OU_PARTICLES], OU_PARTICLES, 2);
            WORKS(jko_snapshots_points(series, k, &block));
        }
        for (int j = 0; j < 2 * OU_TIMES * OU_PARTICLES; j++)
            points[j / 2][j % 2] *= scales[i];
        jko_snapshots *scaled = series_of(points, OU_PARTICLES, OU_TIMES, OU_STEP);
        whole_model_options options = linear_options(2, 0, 1);
        options.density.kind = JKO_DENSITY_KERNEL;
        options.density.bandwidth = 0.4 * scales[i];
        jko_model *model = fitted(options, scaled, fit_with(0, JKO_ERROR_BARS_NONE));
        WORKS(jko_model_beta(model, &beta[i]));
        jko_model_destroy(model);
        jko_snapshots_destroy(scaled);
    }
    CHECK(fabs(beta[1] / beta[0] / 1e6 - 1) < 1e-9);
    jko_snapshots_destroy(series);
}

#define SAME_BITS(a, b) CHECK(memcmp((a), (b), sizeof(a)) == 0)

/* What a model says at three points, all its terms and error bars. */
typedef struct answers {
    double coefficients[MOST_COEFFICIENTS], covariance[MOST_COEFFICIENTS * MOST_COEFFICIENTS];
    double v[3], v_error[3], grad_v[6], grad_v_error[6], u[3], u_error[3], grad_u[6], grad_u_error[6];
    double beta, beta_error, energy, predicted[9][2];
} answers;

static void ask(const jko_model *model, answers *all)
{
    const double points[3][2] = {{0.1, -0.7}, {5, 3}, {-0.0, 0.5}}, now = 0.15, times[3] = {0, 0.1, 0.25};
    const jko_array one = one_time(&now), *t;
    const jko_array x = jko_row_major(&points[0][0], 3, 2), s = jko_row_major(times, 3, 1);
    jko_rollout_options options;
    jko_rollout_info info = {.struct_size = sizeof info};
    jko_model_info known = {.struct_size = sizeof known};
    memset(all, 0, sizeof *all);
    WORKS(jko_model_describe(model, &known));
    t = known.time_varying ? &one : NULL;
    const int64_t count = coefficients_of(model, all->coefficients);
    const jko_array covariance = jko_row_major(all->covariance, count, count);
    WORKS(jko_model_covariance(model, &covariance));
    const jko_array v = jko_row_major(all->v, 3, 1), v_error = jko_row_major(all->v_error, 3, 1);
    const jko_array grad_v = jko_row_major(all->grad_v, 3, 2), grad_v_error = jko_row_major(all->grad_v_error, 3, 2);
    const jko_array u = jko_row_major(all->u, 3, 1), u_error = jko_row_major(all->u_error, 3, 1);
    const jko_array grad_u = jko_row_major(all->grad_u, 3, 2), grad_u_error = jko_row_major(all->grad_u_error, 3, 2);
    const jko_array predicted = jko_row_major(&all->predicted[0][0], 9, 2);
    WORKS(jko_model_potential(model, &x, t, &v, NULL));
    WORKS(jko_model_potential_error(model, &x, t, &v_error, NULL));
    WORKS(jko_model_potential(model, &x, t, NULL, &grad_v));
    WORKS(jko_model_potential_error(model, &x, t, NULL, &grad_v_error));
    WORKS(jko_model_interaction(model, &x, &u, NULL));
    WORKS(jko_model_interaction_error(model, &x, &u_error, NULL));
    WORKS(jko_model_interaction(model, &x, NULL, &grad_u));
    WORKS(jko_model_interaction_error(model, &x, NULL, &grad_u_error));
    WORKS(jko_model_beta(model, &all->beta));
    WORKS(jko_model_beta_error(model, &all->beta_error));
    WORKS(jko_model_energy(model, &x, NULL, t, &all->energy));
    jko_rollout_options_init(&options, sizeof options);
    options.seed = 7;
    WORKS(jko_model_rollout(model, &x, &s, &options, &predicted, &info));
}

/* A model with every term, saved and loaded, says the same to the last bit. */
static void files(const jko_model *model)
{
    static answers before, after;
    jko_model *loaded = NULL;
    ask(model, &before);
    WORKS(jko_model_save(model, "energy.safetensors"));
    if (!WORKS(jko_model_load("energy.safetensors", &loaded)))
        return;
    ask(loaded, &after);
    SAME_BITS(before.coefficients, after.coefficients);
    SAME_BITS(before.covariance, after.covariance);
    CHECK(memcmp(&before, &after, sizeof before) == 0);
    for (size_t i = 0; i < COUNT_OF(before.v); i++)
        CHECK(isfinite(before.v[i]) && before.v_error[i] >= 0 && before.u_error[i] >= 0);
    char *own = observability_of(model), *other = observability_of(loaded);
    CHECK(strcmp(own, other) == 0);
    free(own);
    free(other);
    jko_model_destroy(loaded);
}

/* A ridge by cross-validation, kernel densities and a time-varying V: they fit, and predict finite places. */
static void other_fits(void)
{
    jko_snapshots *series = ou_series(4);
    whole_model_options options = linear_options(2, 2, 1);
    options.model.time_varying = 1;
    options.density.kind = JKO_DENSITY_KERNEL;
    options.density.covariance = JKO_COVARIANCE_SPHERICAL;
    jko_fit_options fit = fit_with(7, JKO_ERROR_BARS_BOOTSTRAP);
    fit.ridge_method = JKO_RIDGE_CROSS_VALIDATED;
    fit.bootstrap_samples = 2;
    jko_model *model = fitted(options, series, fit);
    jko_model_info info = {.struct_size = sizeof info};
    double beta = NAN, error = NAN, ridge = -1, score = -1;
    WORKS(jko_model_ridge(model, &ridge, &score));
    CHECK(ridge > 0 && isfinite(ridge) && ridge != fit.ridge && score > 0 && isfinite(score));
    WORKS(jko_model_ridge(model, &ridge, NULL));
    REFUSED(JKO_ENULL, "ridge", jko_model_ridge(model, NULL, &score));
    WORKS(jko_model_describe(model, &info));
    CHECK(info.potential == JKO_LINEAR && info.interaction == JKO_LINEAR && info.internal != 0);
    CHECK(info.time_varying != 0 && info.dimension == 2 && info.history_count == 1);
    WORKS(jko_model_beta(model, &beta));
    WORKS(jko_model_beta_error(model, &error));
    CHECK(isfinite(beta) && isfinite(error) && error >= 0);
    files(model); /* where a kernel's shape is kept, too */
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
}

/* The ridge of a fit that is given none knows whether V and U are there together. */
static void usual_ridge(void)
{
    jko_snapshots *series = ou_series(4);
    for (int both = 0; both < 2; both++) {
        whole_model_options options = linear_options(2, 2, 1);
        options.model.interaction = both ? JKO_LINEAR : JKO_NONE;
        jko_model *model = fitted(options, series, fit_with(JKO_RIDGE_USUAL, JKO_ERROR_BARS_NONE));
        double ridge = NAN, score = 0;
        WORKS(jko_model_ridge(model, &ridge, &score));
        CHECK((both ? ridge >= 1e-3 && ridge <= 0.1 : ridge == 1e-6) && isnan(score));
        jko_model_destroy(model);
    }
    jko_snapshots_destroy(series);
}

int main(void)
{
    jko_model *model = energy_model(0), *varying = energy_model(1);

    quadratic_potential(JKO_SCHEME_EXPLICIT);
    quadratic_potential(JKO_SCHEME_IMPLICIT);
    quartic_interaction();
    energy_is_its_terms(model);
    error_bars();
    observability();
    other_fits();
    usual_ridge();
    units_of_length();
    files(model);
    files(varying);
    jko_model_destroy(model);
    jko_model_destroy(varying);
    return finish("linear");
}
