/*
 * The library is opened and closed a thousand times, in every way and by threads that end, which leaves no memory
 * behind. Two copies of it in one process serve threads at once, each with the bits of the other, and refuse handles
 * of the other.
 */
#define _GNU_SOURCE
#include "populations.h"

#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <unistd.h>

enum { CYCLES = 1000, THREADS = 4, FITS = 5 };

/* What is called of a copy. */
typedef struct copy {
    void *library;
    jko_status (*plan_compute)(const jko_array *, const jko_array *, const jko_array *, const jko_array *,
                               const jko_plan_options *, jko_plan **);
    jko_status (*plan_describe)(const jko_plan *, jko_plan_info *);
    void (*plan_destroy)(jko_plan *);
    jko_status (*snapshots_create)(const jko_array *, const jko_array *, const jko_array *, jko_snapshots **);
    void (*snapshots_destroy)(jko_snapshots *);
    jko_status (*model_create)(const jko_model_options *, jko_model **);
    jko_status (*model_fit)(jko_model *, const jko_snapshots *, const jko_fit_options *);
    jko_status (*model_potential)(const jko_model *, const jko_array *, const jko_array *, const jko_array *,
                                  const jko_array *);
    void (*model_destroy)(jko_model *);
    const char *(*last_error)(void);
} copy;

/* ISO C has no conversion from pointers to objects to pointers to functions. */
static void find(void *library, const char *name, void *function)
{
    void *found = dlsym(library, name);
    CHECK(found != NULL);
    memcpy(function, &found, sizeof found);
}

static copy opened(const char *path, int flags)
{
    copy made = {.library = dlopen(path, flags)};
    CHECK(made.library != NULL);
    if (made.library == NULL) {
        printf("    %s\n", dlerror());
        exit(EXIT_FAILURE);
    }
    find(made.library, "jko_plan_compute", &made.plan_compute);
    find(made.library, "jko_plan_describe", &made.plan_describe);
    find(made.library, "jko_plan_destroy", &made.plan_destroy);
    find(made.library, "jko_snapshots_create", &made.snapshots_create);
    find(made.library, "jko_snapshots_destroy", &made.snapshots_destroy);
    find(made.library, "jko_model_create", &made.model_create);
    find(made.library, "jko_model_fit", &made.model_fit);
    find(made.library, "jko_model_potential", &made.model_potential);
    find(made.library, "jko_model_destroy", &made.model_destroy);
    find(made.library, "jko_last_error", &made.last_error);
    return made;
}

static double points[2 * OU_PARTICLES][2], times[2 * OU_PARTICLES];

static void prepare(void)
{
    normal_source source = {3};
    for (int i = 0; i < 2 * OU_PARTICLES; i++) {
        times[i] = i / OU_PARTICLES;
        points[i][0] = normal(&source) + times[i];
        points[i][1] = normal(&source);
    }
}

static int copied(const char *from, const char *to)
{
    static char bytes[1 << 16];
    size_t count = 0;
    int good = 1;
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    while (in != NULL && out != NULL && (count = fread(bytes, 1, sizeof bytes, in)) > 0)
        good = good && fwrite(bytes, 1, count, out) == count;
    good = good && in != NULL && out != NULL && !ferror(in);
    if (in != NULL)
        fclose(in);
    return out != NULL && fclose(out) == 0 && good;
}

/* The cost of a plan, which a network's fit and its gradients follow. */
typedef struct answers {
    double cost, gradients[OU_PARTICLES][2];
} answers;

static int ask(const copy *self, answers *found)
{
    const jko_array x = jko_row_major(points[0], OU_PARTICLES, 2),
                    y = jko_row_major(points[OU_PARTICLES], OU_PARTICLES, 2);
    const jko_array all = jko_row_major(points[0], 2 * OU_PARTICLES, 2), t = jko_row_major(times, 2 * OU_PARTICLES, 1);
    const jko_array slopes = jko_row_major(found->gradients[0], OU_PARTICLES, 2);
    jko_plan_info info = {.struct_size = sizeof info};
    whole_fit_options fit = usual_fit();
    jko_plan *plan = NULL;
    jko_snapshots *series = NULL;
    jko_model *model = NULL;
    fit.training.epochs = 2;
    const int good =
        self->plan_compute(&x, &y, NULL, NULL, NULL, &plan) == JKO_OK && self->plan_describe(plan, &info) == JKO_OK &&
        self->snapshots_create(&all, &t, NULL, &series) == JKO_OK && self->model_create(NULL, &model) == JKO_OK &&
        self->model_fit(model, series, with_training(&fit)) == JKO_OK &&
        self->model_potential(model, &x, NULL, NULL, &slopes) == JKO_OK;
    found->cost = info.cost;
    self->plan_destroy(plan);
    self->snapshots_destroy(series);
    self->model_destroy(model);
    return good;
}

static answers expected;

static void *ask_often(void *argument)
{
    const copy *self = argument;
    intptr_t good = 1;
    for (int i = 0; i < FITS; i++) {
        answers found = {0};
        good = good && ask(self, &found) && memcmp(&found, &expected, sizeof found) == 0;
    }
    return (void *)good;
}

static void side_by_side(const copy copies[2])
{
    pthread_t threads[2 * THREADS];
    CHECK(ask(&copies[0], &expected) && expected.cost > 0 && expected.gradients[0][0] != 0);
    for (int i = 0; i < 2 * THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, ask_often, (void *)(uintptr_t)&copies[i % 2]) == 0);
    for (int i = 0; i < 2 * THREADS; i++) {
        void *good = NULL;
        pthread_join(threads[i], &good);
        CHECK(good != NULL);
    }
}

/* As many handles as their tables have places at first, some of them used again and again. */
static void strangers(const copy copies[2])
{
    enum { PLANS = 1024, AGAIN = 200 };
    static jko_plan *plans[2][PLANS];
    const jko_array x = jko_row_major(points[0], 3, 2);
    jko_plan_info info = {.struct_size = sizeof info};
    int made = 0, known = 0, refused = 0, left = 0;
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < PLANS + AGAIN; i++) {
            jko_plan **place = &plans[k][i < PLANS ? i : PLANS - 1];
            copies[k].plan_destroy(*place);
            made += copies[k].plan_compute(&x, &x, NULL, NULL, NULL, place) == JKO_OK;
        }
    CHECK(made == 2 * (PLANS + AGAIN));
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < PLANS; i++) {
            known += copies[k].plan_describe(plans[k][i], &info) == JKO_OK;
            refused += copies[1 - k].plan_describe(plans[k][i], &info) == JKO_EINVALID &&
                       strstr(copies[1 - k].last_error(), "is no handle") != NULL;
            copies[1 - k].plan_destroy(plans[k][i]);
        }
    CHECK(known == 2 * PLANS && refused == 2 * PLANS);
    if (refused < 2 * PLANS)
        printf("    %d of %d handles of the other copy were taken for handles\n", 2 * PLANS - refused, 2 * PLANS);
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < PLANS; i++) {
            left += copies[k].plan_describe(plans[k][i], &info) == JKO_OK;
            copies[k].plan_destroy(plans[k][i]);
        }
    CHECK(left == 2 * PLANS);
}

static size_t bytes_in_use(void)
{
    const struct mallinfo2 found = mallinfo2();
    return found.uordblks + found.hblkhd;
}

static void *open_and_close(void *path)
{
    static const int flags[] = {RTLD_NOW | RTLD_LOCAL, RTLD_LAZY | RTLD_LOCAL, RTLD_NOW | RTLD_GLOBAL};
    const jko_array x = jko_row_major(points[0], 5, 2), y = jko_row_major(points[OU_PARTICLES], 5, 2);
    intptr_t good = 1;
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        void *library = dlopen(path, flags[i]);
        jko_status (*compute)(const jko_array *, const jko_array *, const jko_array *, const jko_array *,
                              const jko_plan_options *, jko_plan **) = NULL;
        void (*destroy)(jko_plan *) = NULL;
        void *found[2] = {dlsym(library, "jko_plan_compute"), dlsym(library, "jko_plan_destroy")};
        jko_plan *plan = NULL;
        memcpy(&compute, &found[0], sizeof compute);
        memcpy(&destroy, &found[1], sizeof destroy);
        good = good && library != NULL && compute(&x, &y, NULL, NULL, NULL, &plan) == JKO_OK;
        destroy(plan);
        good = good && dlclose(library) == 0;
    }
    return (void *)good;
}

/* By the main thread, and by threads that end before the library is opened again. */
static void again_and_again(char *path)
{
    int good = 0;
    size_t before = 0;
    for (int i = 0; i < CYCLES; i++) {
        if (i == CYCLES / 2)
            before = bytes_in_use();
        void *result = NULL;
        pthread_t thread;
        if (i % 4 != 0)
            result = open_and_close(path);
        else if (pthread_create(&thread, NULL, open_and_close, path) == 0)
            pthread_join(thread, &result);
        good += result != NULL;
    }
    const long more = (long)(bytes_in_use() - before);
    CHECK(good == CYCLES && more < 4096);
    if (good < CYCLES || more >= 4096)
        printf("    %d of %d, %ld bytes left\n", good, CYCLES, more);
}

int main(void)
{
    char name[] = "./copy.so";
    void *own = NULL;
    Dl_info where;
    prepare();
    find(RTLD_DEFAULT, "jko_version", &own);
    if (dladdr(own, &where) == 0 || !copied(where.dli_fname, name)) {
        printf("the library cannot be copied\n");
        return EXIT_FAILURE;
    }
    /* The first one is that which this program was linked with. */
    const copy copies[2] = {opened(where.dli_fname, RTLD_NOW | RTLD_LOCAL), opened(name, RTLD_NOW | RTLD_LOCAL)};
    side_by_side(copies);
    strangers(copies);
    again_and_again(name);
    unlink(name);
    return finish("copies");
}
