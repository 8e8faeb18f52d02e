/* Draws from exp(-V / beta): moments of a Gaussian, diagnostics, what is refused. */
#include "check.h"

enum { CHAINS = 4, DRAWS = 2000, D = 2 };

/* V(x) = (x_0^2 + 25 (x_1 - 1)^2) / 2 */
static int energy(const double *points, int64_t n, int64_t d, double time, double *values, double *gradients,
                  void *data)
{
    (void)time;
    for (int64_t i = 0; i < n; i++) {
        const double a = points[i * d], b = points[i * d + 1] - 1;
        values[i] = (a * a + 25 * b * b) / 2;
        gradients[i * d] = a;
        gradients[i * d + 1] = 25 * b;
    }
    return data != NULL && --*(int *)data == 0;
}

static double starts[CHAINS][D] = {{0, 0}, {1, 1}, {-1, 2}, {2, -1}};
static double points[CHAINS * DRAWS][D];

static jko_sample_options quick(void)
{
    jko_sample_options options;
    WORKS(jko_sample_options_init(&options, sizeof options));
    options.potential_callback = energy;
    options.draws = DRAWS;
    options.warmup = 500;
    return options;
}

static void defaults(void)
{
    jko_sample_options options;
    WORKS(jko_sample_options_init(&options, sizeof options));
    CHECK(options.struct_size == sizeof options && options.potential == NULL && options.beta == 1);
    CHECK(options.draws == 1000 && options.warmup == 1000 && options.step == 0 && options.adjusted == 1);
    REFUSED(JKO_ENULL, "options", jko_sample_options_init(NULL, sizeof options));
    REFUSED(JKO_EINVALID, "struct_size", jko_sample_options_init(&options, 3));
}

static void moments(void)
{
    double sizes[D], hats[D], first[D];
    const jko_array x0 = jko_row_major(starts[0], CHAINS, D), out = jko_row_major(points[0], CHAINS * DRAWS, D);
    const jko_array size = jko_row_major(sizes, D, 1), hat = jko_row_major(hats, D, 1);
    jko_sample_info info = {.struct_size = sizeof info, .effective_sizes = &size, .r_hats = &hat};
    jko_sample_options options = quick();
    WORKS(jko_sample(&x0, &options, &out, &info));
    CHECK(info.acceptance > 0.4 && info.acceptance < 0.8 && info.step > 0);
    for (int a = 0; a < D; a++) {
        double mean = 0, square = 0;
        for (int i = 0; i < CHAINS * DRAWS; i++) {
            mean += points[i][a] / (CHAINS * DRAWS);
            square += points[i][a] * points[i][a] / (CHAINS * DRAWS);
        }
        const double variance = a == 0 ? 1 : 0.04;
        CHECK(sizes[a] > 500 && hats[a] < 1.02);
        CHECK(fabs(mean - a) < 5 * sqrt(variance / sizes[a]));
        CHECK(fabs((square - mean * mean) / variance - 1) < 5 * sqrt(4 / sizes[a]));
        first[a] = points[CHAINS * DRAWS - 1][a];
    }
    WORKS(jko_sample(&x0, &options, &out, NULL));
    CHECK(memcmp(first, points[CHAINS * DRAWS - 1], sizeof first) == 0);
    options.seed = 1;
    WORKS(jko_sample(&x0, &options, &out, NULL));
    CHECK(memcmp(first, points[CHAINS * DRAWS - 1], sizeof first) != 0);
}

static void refusals(void)
{
    const jko_array x0 = jko_row_major(starts[0], CHAINS, D), out = jko_row_major(points[0], CHAINS * DRAWS, D);
    const jko_array less = jko_row_major(points[0], DRAWS, D);
    jko_sample_options options = quick();
#define REFUSED_WITH(status, member, value)                                                                            \
    do {                                                                                                               \
        options = quick();                                                                                             \
        options.member = (value);                                                                                      \
        REFUSED(status, #member, jko_sample(&x0, &options, &out, NULL));                                               \
    } while (0)
    REFUSED_WITH(JKO_EINVALID, beta, 0);
    REFUSED_WITH(JKO_EINVALID, draws, 0);
    REFUSED_WITH(JKO_EINVALID, warmup, -1);
    REFUSED_WITH(JKO_EINVALID, step, -0.1);
    options = quick();
    options.potential = "sphere";
    REFUSED(JKO_EINVALID, "potential_callback", jko_sample(&x0, &options, &out, NULL));
    options.potential_callback = NULL;
    options.potential = NULL;
    REFUSED(JKO_ENULL, "potential", jko_sample(&x0, &options, &out, NULL));
    options = quick();
    REFUSED(JKO_ESHAPE, "out", jko_sample(&x0, &options, &less, NULL));
    REFUSED(JKO_ENULL, "x0", jko_sample(NULL, &options, &out, NULL));
    jko_sample_info info = {.struct_size = 3};
    REFUSED(JKO_EINVALID, "struct_size", jko_sample(&x0, &options, &out, &info));
    int left = 5;
    options.potential_callback_user_data = &left;
    CHECK(jko_sample(&x0, &options, &out, NULL) == JKO_ECANCELLED && left == 0);
    options = quick();
    options.draws = 100000000;
    static double single[1][D];
    const jko_array one = jko_row_major(single[0], 1, D);
    REFUSED(JKO_ESHAPE, "out", jko_sample(&one, &options, &out, NULL));
}

int main(void)
{
    defaults();
    moments();
    refusals();
    return finish("sampling");
}
