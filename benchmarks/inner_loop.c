/*
 * What one evaluation of grad V costs in a simulator's inner loop, and the forces of a network U between all pairs.
 *
 *     cc -O2 -Iinclude benchmarks/inner_loop.c -o .build/inner_loop -L.build/release -ljkonetstar -lm
 *     LD_LIBRARY_PATH=.build/release .build/inner_loop
 */
#define _POSIX_C_SOURCE 200809L
#include <jkonetstar.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define N 1000
#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        if ((call) != JKO_OK) {                                                                                        \
            fprintf(stderr, "%s\n", jko_last_error());                                                                 \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

static double points[2 * N][2], times[2 * N], gradients[N][2], moved[2 * N][2];

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + 1e-9 * now.tv_nsec;
}

/* The best of seven, per particle. */
static double gradient_seconds(const jko_model *model, int64_t n, int repetitions)
{
    const jko_array x = jko_row_major(&points[0][0], n, 2), out = jko_row_major(&gradients[0][0], n, 2);
    double best = 1e9;

    for (int run = 0; run < 7; run++) {
        const double start = seconds();
        for (int i = 0; i < repetitions; i++)
            TRY(jko_model_potential(model, &x, NULL, NULL, &out));
        const double each = (seconds() - start) / repetitions / (double)n;
        best = each < best ? each : best;
    }
    return best;
}

static jko_model *fitted(const jko_snapshots *series, jko_parametrisation potential, jko_parametrisation interaction)
{
    jko_model_options options;
    jko_training_options training;
    jko_fit_options fit;
    jko_model *model;

    jko_model_options_init(&options, sizeof options);
    options.potential = potential;
    options.interaction = interaction;
    options.scheme = JKO_SCHEME_EXPLICIT;
    jko_training_options_init(&training, sizeof training);
    training.epochs = 2;
    training.interaction_samples = interaction == JKO_NETWORK ? 16 : 0;
    jko_fit_options_init(&fit, sizeof fit);
    fit.training = potential == JKO_NETWORK || interaction == JKO_NETWORK ? &training : NULL;
    TRY(jko_model_create(&options, &model));
    TRY(jko_model_fit(model, series, &fit));
    return model;
}

int main(void)
{
    const jko_array x = jko_row_major(&points[0][0], 2 * N, 2), t = jko_row_major(times, 2 * N, 1);
    const jko_array start = jko_row_major(&points[0][0], N, 2), out = jko_row_major(&moved[0][0], 2 * N, 2);
    const jko_array step = jko_row_major((double[]){0, 1}, 2, 1);
    const jko_parametrisation kinds[] = {JKO_NETWORK, JKO_LINEAR};
    jko_snapshots *series;

    srand(1);
    for (int i = 0; i < 2 * N; i++) {
        times[i] = i / N;
        points[i][0] = (rand() / (double)RAND_MAX - 0.5) * (4 - 0.4 * times[i]);
        points[i][1] = (rand() / (double)RAND_MAX - 0.5) * (4 - 0.4 * times[i]);
    }
    TRY(jko_snapshots_create(&x, &t, NULL, &series));
    for (int k = 0; k < 2; k++) {
        jko_model *model = fitted(series, kinds[k], JKO_NONE);
        printf("%s: one particle %.0f ns, each of 1,000 %.0f ns\n", k == 0 ? "network" : "linear",
               1e9 * gradient_seconds(model, 1, 2000), 1e9 * gradient_seconds(model, N, 20));
        jko_model_destroy(model);
    }

    jko_model *model = fitted(series, JKO_NONE, JKO_NETWORK);
    /* Multiplications and additions of the products of a [64, 64] network, forward and backward. */
    const double operations = (double)N * N * 2 * 2 * (2 * 64 + 64 * 64 + 64);
    for (int threads = 1; threads <= 2; threads++) {
        double best = 1e9;
        TRY(jko_set_num_threads(threads));
        for (int run = 0; run < 5; run++) {
            const double begin = seconds();
            TRY(jko_model_rollout(model, &start, &step, NULL, &out, NULL));
            best = seconds() - begin < best ? seconds() - begin : best;
        }
        printf("network U, 1,000 x 1,000 pairs, %d threads: %.3f s, %.1f GFLOP/s\n", threads, best,
               1e-9 * operations / best);
    }
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
    return 0;
}
