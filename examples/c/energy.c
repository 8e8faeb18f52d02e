/*
 * Learn all three terms of an energy in closed form, with error bars: a potential V, an interaction U and a diffusion
 * level beta.
 *
 *     energy [N]
 *
 * The population is simulated, so that the truth is known: N particles (default 1000) on a line in a tilted double well
 * V, repelling each other by a bell-shaped U, with noise. Each is seen at eleven times, by no name.
 */
#include <jkonetstar.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(call)                                                                                                    \
    do {                                                                                                               \
        if ((call) != JKO_OK) {                                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, jko_last_error());                                      \
            goto done;                                                                                                 \
        }                                                                                                              \
    } while (0)

enum { SNAPSHOTS = 11, SUBSTEPS = 10, STEPS = (SNAPSHOTS - 1) * SUBSTEPS };

static const double beta = 0.2, gap = 0.1;

/* V(x) = x^4 / 4 - x^2 / 2 + x / 5 */
static double slope_v(double x) { return x * x * x - x + 0.2; }

/* U(z) = 2 exp(-z^2) */
static double slope_u(double z) { return -4 * z * exp(-z * z); }

static int gradient_v(const double *x, int64_t n, int64_t d, double time, double *gradient, void *user_data)
{
    (void)time, (void)user_data;
    for (int64_t i = 0; i < n * d; i++)
        gradient[i] = slope_v(x[i]);
    return 0;
}

static int gradient_u(const double *z, int64_t n, int64_t d, double time, double *gradient, void *user_data)
{
    (void)time, (void)user_data;
    for (int64_t i = 0; i < n * d; i++)
        gradient[i] = slope_u(z[i]);
    return 0;
}

/* Nearly normal: the sum of twelve uniform numbers. */
static double draw(double mean, double spread)
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += (double)rand() / RAND_MAX;
    return mean + spread * sum;
}

/* The sentence of the report, which is its first member. */
static void print_sentence(const char *report)
{
    const char *start = strstr(report, "\"sentence\":\"");
    if (start == NULL)
        return;
    start += strlen("\"sentence\":\"");
    printf("%.*s\n", (int)strcspn(start, "\""), start);
}

int main(int argc, char **argv)
{
    int64_t n = argc > 1 ? atoll(argv[1]) : 1000;
    int result = EXIT_FAILURE;
    jko_snapshots *series = NULL;
    jko_model *model = NULL;
    jko_simulation_options simulation;
    jko_feature_options polynomials, bell;
    jko_model_options options;
    jko_fit_options fit;
    jko_rollout_info info = {.struct_size = sizeof info};
    double places[] = {-1, -0.5, 0.5, 1}, v[4], v_error[4], u[4], u_error[4], found, error, distance[2];
    char *report = NULL;
    size_t length;

    if (n < 10 || n > 100000) {
        fprintf(stderr, "usage: energy [N], 10 to 100000\n");
        return EXIT_FAILURE;
    }
    double *course = malloc((size_t)n * (STEPS + 1) * sizeof *course);
    double *predicted = malloc((size_t)n * SNAPSHOTS * sizeof *predicted);
    if (course == NULL || predicted == NULL)
        goto done;

    /* A smooth population: a step should be short for what it does to the density, too. */
    for (int64_t i = 0; i < n; i++)
        course[i] = draw(0.8, 0.8);
    jko_array x0 = jko_row_major(course, n, 1);
    jko_array out = jko_row_major(course, n * (STEPS + 1), 1);
    CHECK(jko_simulation_options_init(&simulation, sizeof simulation));
    simulation.potential_gradient = gradient_v;
    simulation.interaction_gradient = gradient_u;
    simulation.beta = beta;
    simulation.dt = gap / SUBSTEPS;
    simulation.steps = STEPS;
    CHECK(jko_simulate(&x0, &simulation, &out));

    /* All but the last snapshot are learned from. */
    CHECK(jko_snapshots_create_empty(1, &series));
    for (int k = 0; k < SNAPSHOTS - 1; k++) {
        jko_array seen = jko_row_major(course + k * SUBSTEPS * n, n, 1);
        CHECK(jko_snapshots_append(series, &seen, k * gap, NULL));
    }

    /* V: polynomials up to x^4. U: a Gaussian of width 1 at 0. The density is a mixture of up to ten Gaussians. */
    CHECK(jko_feature_options_init(&polynomials, sizeof polynomials));
    polynomials.polynomial_degree = 4;
    polynomials.radial_grid = 0;
    CHECK(jko_feature_options_init(&bell, sizeof bell));
    bell.polynomial_degree = 0;
    bell.radial_grid = 1;
    bell.radial_width = 1;
    CHECK(jko_model_options_init(&options, sizeof options));
    options.potential = JKO_LINEAR;
    options.potential_features = &polynomials;
    options.interaction = JKO_LINEAR;
    options.interaction_features = &bell;
    options.internal = 1;
    CHECK(jko_fit_options_init(&fit, sizeof fit));
    fit.error_bars = JKO_ERROR_BARS_BOOTSTRAP;
    fit.bootstrap_samples = 50;
    CHECK(jko_model_create(&options, &model));
    CHECK(jko_model_fit(model, series, &fit));

    CHECK(jko_model_beta(model, &found));
    CHECK(jko_model_beta_error(model, &error));
    printf("beta = %.3f +- %.3f (true: %.3f)\n", found, error, beta);
    jko_array at = jko_row_major(places, 4, 1);
    jko_array v_out = jko_row_major(v, 4, 1), v_error_out = jko_row_major(v_error, 4, 1);
    jko_array u_out = jko_row_major(u, 4, 1), u_error_out = jko_row_major(u_error, 4, 1);
    CHECK(jko_model_potential(model, &at, NULL, NULL, &v_out));
    CHECK(jko_model_potential_error(model, &at, NULL, NULL, &v_error_out));
    CHECK(jko_model_interaction(model, &at, NULL, &u_out));
    CHECK(jko_model_interaction_error(model, &at, NULL, &u_error_out));
    printf("    x  V'(x)          true     U'(x)          true\n");
    for (int i = 0; i < 4; i++)
        printf("%5.1f  %5.2f +- %.2f  %5.2f     %5.2f +- %.2f  %5.2f\n", places[i], v[i], v_error[i],
               slope_v(places[i]), u[i], u_error[i], slope_u(places[i]));

    /* Could the data tell the terms apart? */
    CHECK(jko_model_observability(model, NULL, 0, &length));
    report = malloc(length + 1);
    if (report == NULL)
        goto done;
    CHECK(jko_model_observability(model, report, length + 1, &length));
    print_sentence(report);

    /* The snapshot that was kept back, predicted from the first one, and by standing still. */
    double times[SNAPSHOTS];
    for (int k = 0; k < SNAPSHOTS; k++)
        times[k] = k * gap;
    jko_array t = jko_row_major(times, SNAPSHOTS, 1), later = jko_row_major(predicted, n * SNAPSHOTS, 1);
    jko_array end = jko_row_major(predicted + n * (SNAPSHOTS - 1), n, 1);
    jko_array truth = jko_row_major(course + n * STEPS, n, 1);
    CHECK(jko_model_rollout(model, &x0, &t, NULL, &later, &info));
    CHECK(jko_emd(&end, &truth, NULL, NULL, 1, NULL, &distance[0]));
    CHECK(jko_emd(&x0, &truth, NULL, NULL, 1, NULL, &distance[1]));
    printf("W1 to the last snapshot: %.3f as predicted from the first, %.3f from the first itself\n", distance[0],
           distance[1]);
    printf("implicit steps: at most %lld evaluations of the forces each, %lld not converged\n",
           (long long)info.iterations, (long long)info.unconverged);
    result = EXIT_SUCCESS;

done:
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
    free(course);
    free(predicted);
    free(report);
    return result;
}
