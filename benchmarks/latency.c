/*
 * How long one evaluation in a simulator's inner loop takes: V and grad V of a network at one point of the plane.
 *
 *     cc -O2 -Iinclude benchmarks/latency.c -o .build/latency -L.build/release -ljkonetstar
 *     LD_LIBRARY_PATH=.build/release .build/latency [MODEL]
 *
 * Prints the median over 21 runs of 20,000 calls, the fastest run and the slowest, and how many allocations a call
 * makes after the first. With MODEL, the fitted model is saved there, so that other programs can be timed on the same
 * network (latency.py). The network has silu layers of 64 and 64.
 */
#define _POSIX_C_SOURCE 200809L
#include <jkonetstar.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        if ((call) != JKO_OK) {                                                                                        \
            fprintf(stderr, "%s\n", jko_last_error());                                                                 \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

enum { PARTICLES = 200, RUNS = 21, CALLS = 20000 };

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size);
void *aligned_alloc(size_t alignment, size_t size);

static long allocations;

/* The program's functions come before the C library's wherever the library asks for memory. They count and hand on. */
void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    allocations++;
    return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size)
{
    allocations++;
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **out, size_t alignment, size_t size)
{
    *out = memalign(alignment, size);
    return *out == NULL ? ENOMEM : 0;
}

/* Of this thread on its processor, so that other programs do not count. */
static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A particle that goes downhill, so that every call depends on the one before, as in a simulator. */
static double walk(const jko_model *model, int wants_value, int wants_gradient)
{
    double x[2] = {0.4, -0.3}, value = 0, gradient[2] = {0, 0};
    const jko_array place = jko_row_major(x, 1, 2), out = jko_row_major(&value, 1, 1);
    const jko_array slope = jko_row_major(gradient, 1, 2);
    double times[RUNS];

    TRY(jko_model_potential(model, &place, NULL, &out, &slope));
    const long before = allocations;
    for (int run = 0; run < RUNS; run++) {
        const double start = seconds();
        for (int call = 0; call < CALLS; call++) {
            TRY(jko_model_potential(model, &place, NULL, wants_value ? &out : NULL, wants_gradient ? &slope : NULL));
            x[0] -= 1e-6 * gradient[0];
            x[1] -= 1e-6 * gradient[1];
        }
        times[run] = 1e6 * (seconds() - start) / CALLS;
    }
    const long made = allocations - before;
    qsort(times, RUNS, sizeof times[0], ascending);
    printf("%-18s %6.2f us, fastest run %.2f, slowest %.2f; %g allocations per call\n",
           !wants_gradient ? "value"
           : wants_value   ? "value and gradient"
                           : "gradient",
           times[RUNS / 2], times[0], times[RUNS - 1], (double)made / RUNS / CALLS);
    return times[RUNS / 2];
}

int main(int argc, char **argv)
{
    static double points[2 * PARTICLES][2], times[2 * PARTICLES];
    const jko_array x = jko_row_major(&points[0][0], 2 * PARTICLES, 2), t = jko_row_major(times, 2 * PARTICLES, 1);
    jko_snapshots *series;
    jko_training_options training;
    jko_fit_options fit;
    jko_model *model;

    for (int i = 0; i < 2 * PARTICLES; i++) {
        times[i] = i / PARTICLES;
        points[i][0] = (rand() / (double)RAND_MAX - 0.5) * (4 - 0.4 * times[i]);
        points[i][1] = (rand() / (double)RAND_MAX - 0.5) * (4 - 0.4 * times[i]);
    }
    TRY(jko_snapshots_create(&x, &t, NULL, &series));
    TRY(jko_training_options_init(&training, sizeof training));
    training.epochs = 5;
    TRY(jko_fit_options_init(&fit, sizeof fit));
    fit.training = &training;
    TRY(jko_model_create(NULL, &model));
    TRY(jko_model_fit(model, series, &fit));
    if (argc > 1)
        TRY(jko_model_save(model, argv[1]));
    walk(model, 1, 0);
    walk(model, 0, 1);
    walk(model, 1, 1);
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
    return 0;
}
