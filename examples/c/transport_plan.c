/*
 * The optimal transport plan between two populations, with the proof that it is optimal; and an entropic one.
 *
 *     transport_plan [N] [M]
 *
 * N particles uniform in the unit square and M in a square of half the side, shifted by (2, 0). Default 200 and 300.
 */
#include <jkonetstar.h>

#include <stdio.h>
#include <stdlib.h>

#define CHECK(call)                                                                                                    \
    do {                                                                                                               \
        if ((call) != JKO_OK) {                                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, jko_last_error());                                      \
            goto done;                                                                                                 \
        }                                                                                                              \
    } while (0)

static void fill_square(double *points, int64_t n, double left, double side)
{
    for (int64_t i = 0; i < n; i++) {
        points[2 * i] = left + side * rand() / RAND_MAX;
        points[2 * i + 1] = side * rand() / RAND_MAX;
    }
}

int main(int argc, char **argv)
{
    int64_t n = argc > 1 ? atoll(argv[1]) : 200;
    int64_t m = argc > 2 ? atoll(argv[2]) : 300;
    int result = EXIT_FAILURE;
    jko_plan *plan = NULL;
    jko_plan_info info = {.struct_size = sizeof info};
    jko_plan_options options;
    jko_plan *blurred = NULL;
    double w1, w2, divergence;

    if (n < 1 || m < 1 || n > 100000 || m > 100000) {
        fprintf(stderr, "usage: transport_plan [N] [M], each 1 to 100000\n");
        return EXIT_FAILURE;
    }
    /* A plan has at most n + m - 1 entries. */
    double *x = malloc((size_t)n * 2 * sizeof *x);
    double *y = malloc((size_t)m * 2 * sizeof *y);
    double *mass = malloc((size_t)(n + m) * sizeof *mass);
    int64_t *from = malloc((size_t)(n + m) * sizeof *from);
    int64_t *to = malloc((size_t)(n + m) * sizeof *to);
    if (x == NULL || y == NULL || mass == NULL || from == NULL || to == NULL)
        goto done;
    fill_square(x, n, 0, 1);
    fill_square(y, m, 2, 0.5);

    jko_array x_view = jko_row_major(x, n, 2);
    jko_array y_view = jko_row_major(y, m, 2);
    CHECK(jko_plan_compute(&x_view, &y_view, NULL, NULL, NULL, &plan));
    CHECK(jko_plan_describe(plan, &info));
    CHECK(jko_plan_entries(plan, from, to, mass));
    printf("%lld of %lld pairs carry mass\n", (long long)info.entries, (long long)(n * m));
    printf("cost %.12g, at least %.12g by the dual: relative gap %.1e\n", info.cost, info.dual_cost, info.gap);
    printf("first pair: x[%lld] -> y[%lld], mass %g\n", (long long)from[0], (long long)to[0], mass[0]);

    CHECK(jko_emd(&x_view, &y_view, NULL, NULL, 1, NULL, &w1));
    CHECK(jko_emd(&x_view, &y_view, NULL, NULL, 2, NULL, &w2));
    printf("W1 = %.6f, W2 = %.6f\n", w1, w2);

    /* Entropic: every particle goes a little everywhere, most of all to places within a distance of about
     * sqrt(epsilon). */
    CHECK(jko_plan_options_init(&options, sizeof options));
    options.method = JKO_PLAN_SINKHORN;
    options.epsilon = 0.01;
    CHECK(jko_plan_compute(&x_view, &y_view, NULL, NULL, &options, &blurred));
    CHECK(jko_plan_describe(blurred, &info));
    printf("entropic plan: cost %.12g after %lld iterations, marginals to %.1e%s\n", info.cost,
           (long long)info.iterations, info.marginal_error, info.converged ? "" : " (not converged)");
    CHECK(jko_sinkhorn_divergence(&x_view, &y_view, NULL, NULL, &options, &divergence, NULL));
    printf("Sinkhorn divergence %.6f, W2 squared %.6f\n", divergence, w2 * w2);
    result = EXIT_SUCCESS;

done:
    jko_plan_destroy(blurred);
    jko_plan_destroy(plan);
    free(x);
    free(y);
    free(mass);
    free(from);
    free(to);
    return result;
}
