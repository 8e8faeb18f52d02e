/*
 * V, U, their gradients and Hessian products as a simulator's inner loop calls them: without allocating memory from a
 * thread's second call on, and from several threads on one model with the bits that one thread gets.
 *
 * The program's own malloc comes before the C library's wherever the library under test asks for memory; it counts and
 * hands on.
 */
#include "check.h"
#include "options.h"

#include <errno.h>
#include <pthread.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void *aligned_alloc(size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size);

static long allocations;

static void count_one(void) { __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED); }
static long counted(void) { return __atomic_load_n(&allocations, __ATOMIC_RELAXED); }

void *malloc(size_t size)
{
    count_one();
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    count_one();
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    count_one();
    return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size)
{
    count_one();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **out, size_t alignment, size_t size)
{
    *out = memalign(alignment, size);
    return *out == NULL ? ENOMEM : 0;
}

/* Under valgrind, which puts its own functions in place of all these, nothing is counted. */
static int counts(void)
{
    const long before = counted();
    void *volatile memory = malloc(1);
    free(memory);
    return counted() > before;
}

enum { PARTICLES = 40, MOST = 3000 };

static int rounds = 1000;

static double points[MOST][2], directions[MOST][2];

/* Two snapshots in the plane, the second one drawn in. */
static jko_snapshots *contracting_series(void)
{
    static double places[2 * PARTICLES][2], times[2 * PARTICLES];
    const jko_array x = jko_row_major(&places[0][0], 2 * PARTICLES, 2), t = jko_row_major(times, 2 * PARTICLES, 1);
    jko_snapshots *series = NULL;

    for (int i = 0; i < 2 * PARTICLES; i++) {
        times[i] = i / PARTICLES;
        places[i][0] = (i % 7 - 3) * (1 - 0.2 * times[i]) + 0.01 * i;
        places[i][1] = (i % 5 - 2) * (1 - 0.1 * times[i]);
    }
    WORKS(jko_snapshots_create(&x, &t, NULL, &series));
    return series;
}

typedef struct kind {
    const char *name;
    int32_t network, degree, grid, fourier;
    jko_radial radial;
} kind;

static const kind kinds[] = {
    {"network", 1, 0, 0, 0, JKO_RADIAL_GAUSSIAN},
    {"monomials", 0, 3, 0, 0, JKO_RADIAL_GAUSSIAN},
    {"a grid of Gaussians", 0, 0, 5, 0, JKO_RADIAL_GAUSSIAN},
    {"cubic splines", 0, 0, 5, 0, JKO_RADIAL_CUBIC},
    {"Fourier features", 0, 0, 0, 32, JKO_RADIAL_GAUSSIAN},
};

static jko_model *fitted(const kind *kind, const jko_snapshots *series)
{
    whole_model_options options = usual_model();
    whole_fit_options fit = usual_fit();
    jko_model *model = NULL;

    options.model.potential = options.model.interaction = kind->network ? JKO_NETWORK : JKO_LINEAR;
    options.model.time_varying = kind->network;
    options.potential_features.polynomial_degree = kind->degree;
    options.potential_features.radial = kind->radial;
    options.potential_features.radial_grid = kind->grid;
    options.potential_features.fourier_features = kind->fourier;
    options.interaction_features = options.potential_features;
    fit.training.epochs = 2;
    fit.fit.ridge = kind->network ? fit.fit.ridge : 1e-2;
    WORKS(jko_model_create(whole(&options), &model));
    WORKS(jko_model_fit(model, series, kind->network ? with_training(&fit) : without_training(&fit)));
    return model;
}

/* Numbers per point of what `evaluate` writes. */
enum { NUMBERS = 14, V_GRADIENT = 1 };

/* V and its gradient, apart and in one call, its Hessian products, and the same of U, at `count` points, one after the
   other. Networks here vary in time. */
static jko_status evaluate(const jko_model *model, const jko_array *t, int64_t count, double *out)
{
    const jko_array x = jko_row_major(&points[0][0], count, 2), ways = jko_row_major(&directions[0][0], count, 2);
    const jko_array v = jko_row_major(out, count, 1), grad_v = jko_row_major(out + V_GRADIENT * count, count, 2);
    const jko_array u = jko_row_major(out + 3 * count, count, 1), grad_u = jko_row_major(out + 4 * count, count, 2);
    const jko_array v2 = jko_row_major(out + 6 * count, count, 1), u2 = jko_row_major(out + 7 * count, count, 1);
    const jko_array both = jko_row_major(out + 8 * count, count, 2);
    const jko_array v_ways = jko_row_major(out + 10 * count, count, 2);
    const jko_array u_ways = jko_row_major(out + 12 * count, count, 2);
    jko_status status = jko_model_potential(model, &x, t, &v, NULL);

    if (status == JKO_OK)
        status = jko_model_potential(model, &x, t, NULL, &grad_v);
    if (status == JKO_OK)
        status = jko_model_potential(model, &x, t, &v2, &both);
    if (status == JKO_OK)
        status = jko_model_potential_hessian_product(model, &x, t, &ways, &v_ways);
    if (status == JKO_OK)
        status = jko_model_interaction(model, &x, &u, NULL);
    if (status == JKO_OK)
        status = jko_model_interaction(model, &x, NULL, &grad_u);
    if (status == JKO_OK)
        status = jko_model_interaction(model, &x, &u2, &both);
    return status == JKO_OK ? jko_model_interaction_hessian_product(model, &x, &ways, &u_ways) : status;
}

/* Many small evaluations and a few large ones. */
static jko_status many(const jko_model *model, const jko_array *t, double *out)
{
    jko_status status = JKO_OK;

    for (int round = 0; round < rounds && status == JKO_OK; round++)
        status = evaluate(model, t, round % 250 == 0 ? MOST : 1 + round % 70, out);
    return status;
}

typedef struct worker {
    const jko_model *model;
    const jko_array *t;
    pthread_barrier_t *barrier;
    double *out;
    jko_status status;
} worker;

static void *work(void *argument)
{
    worker *worker = argument;

    worker->status = evaluate(worker->model, worker->t, 1, worker->out); /* the thread's first call */
    pthread_barrier_wait(worker->barrier);
    pthread_barrier_wait(worker->barrier); /* allocations are noted in between */
    if (worker->status == JKO_OK)
        worker->status = many(worker->model, worker->t, worker->out);
    pthread_barrier_wait(worker->barrier);
    return NULL;
}

static void from_two_threads(const jko_model *model, const jko_array *t, double *const out[2], int counting)
{
    pthread_barrier_t barrier;
    pthread_t threads[2];
    worker workers[2];

    CHECK(pthread_barrier_init(&barrier, NULL, 3) == 0);
    for (int i = 0; i < 2; i++) {
        workers[i] = (worker){model, t, &barrier, out[i], JKO_EINTERNAL};
        CHECK(pthread_create(&threads[i], NULL, work, &workers[i]) == 0);
    }
    pthread_barrier_wait(&barrier);
    const long before = counted();
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    CHECK(!counting || counted() == before);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        CHECK(workers[i].status == JKO_OK);
    }
    pthread_barrier_destroy(&barrier);
}

/* In place, and with strides: through copies, with the same bits. */
static void other_layouts(const jko_model *model, const jko_array *t, const double *expected)
{
    static double places[MOST][2], columns[2][MOST];
    const jko_array own = jko_row_major(&places[0][0], MOST, 2);
    const jko_array later = jko_row_major(&places[1][0], MOST - 1, 2),
                    earlier = jko_row_major(&places[0][0], MOST - 1, 2);
    const jko_array x = jko_row_major(&points[0][0], MOST, 2);
    jko_array apart = jko_row_major(&columns[0][0], MOST, 2);

    memcpy(places, points, sizeof places);
    WORKS(jko_model_potential(model, &own, t, NULL, &own));
    CHECK(memcmp(places, expected + V_GRADIENT * MOST, sizeof places) == 0);
    memcpy(places, points, sizeof places);
    WORKS(jko_model_potential(model, &earlier, t, NULL, &later));
    CHECK(memcmp(&places[1], expected + V_GRADIENT * MOST, sizeof places - sizeof places[0]) == 0);
    apart.row_stride = 1;
    apart.column_stride = MOST;
    WORKS(jko_model_potential(model, &x, t, NULL, &apart));
    for (int c = 0; c < 2; c++) {
        int same = 1;
        for (int i = 0; i < MOST; i++)
            same = same && columns[c][i] == expected[V_GRADIENT * MOST + 2 * i + c];
        CHECK(same);
    }
}

int main(void)
{
    static double serial[NUMBERS * MOST], first[NUMBERS * MOST], second[NUMBERS * MOST];
    const double now = 0.5;
    const jko_array one = one_time(&now);
    double *const threads[2] = {first, second};
    jko_snapshots *series = contracting_series();
    const int counting = counts();

    if (!counting)
        rounds = 10;
    for (int i = 0; i < MOST; i++) {
        points[i][0] = -3 + 0.002 * i;
        points[i][1] = (i % 100) * 0.03 - 1;
        directions[i][0] = 1 - 0.0003 * i;
        directions[i][1] = 0.5 * (i % 3 - 1);
    }
    for (size_t k = 0; k < COUNT_OF(kinds); k++) {
        const int failed_before = checks_failed;
        const jko_array *const t = kinds[k].network ? &one : NULL;
        jko_model *model = fitted(&kinds[k], series);

        WORKS(evaluate(model, t, 1, serial));
        const long before = counted();
        CHECK(many(model, t, serial) == JKO_OK);
        CHECK(!counting || counted() == before);
        from_two_threads(model, t, threads, counting);
        CHECK(memcmp(serial, first, sizeof serial) == 0 && memcmp(serial, second, sizeof serial) == 0);
        other_layouts(model, t, serial);
        if (checks_failed > failed_before)
            printf("    for %s, %ld allocations\n", kinds[k].name, counted() - before);
        jko_model_destroy(model);
    }
    jko_snapshots_destroy(series);
    return finish("inner_loop");
}
