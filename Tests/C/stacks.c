/*
 * Calls from threads whose stacks are small return, with what they were asked for or with JKO_ENOMEM; none writes
 * beyond the stack, which ends the process here. How much of a stack each part of the library takes is what
 * docs/reliability.md says.
 *
 *   stacks          for the tests
 *   stacks table    what each part takes, in bytes
 */
#define _GNU_SOURCE
#include "parts.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Bytes of a stack that calls may take at most, with what the thread itself takes: three quarters of what
   conventions.md asks for. */
enum { FITS_TAKE = 98304, OTHERS_TAKE = 49152, EVALUATIONS_TAKE = 24576 };

enum { KB = 1024, GUARD = 64 * KB, PAINT = 0xA5 };

/* In the order of their sizes. The least is not constant where the C library says it at run time. */
static const size_t sizes[] = {0, 24 * KB, 32 * KB, 64 * KB, 128 * KB};

static jko_status prepares(void)
{
    prepare_parts();
    return JKO_OK;
}

/* Values, gradients and Hessian products of every kind of term. */
static jko_status terms(void)
{
    const jko_array values = jko_row_major(numbers, N, 1), slopes = jko_row_major(numbers + N, N, 2);
    jko_status status = jko_model_potential(linear, &x, NULL, &values, &slopes);
    TRY(jko_model_potential_hessian_product(linear, &x, NULL, &y, &slopes));
    TRY(jko_model_potential(network, &x, NULL, &values, &slopes));
    TRY(jko_model_potential_hessian_product(network, &x, NULL, &y, &slopes));
    return status;
}

static void write_file(const char *name, uint64_t header, const char *text, size_t length)
{
    FILE *file = fopen(name, "wb");
    if (header > 0)
        fwrite(&header, sizeof header, 1, file);
    fwrite(text, 1, length, file);
    fclose(file);
}

/* Files that nest sixty thousand deep, or are one endless line; and refusals, whose messages are long. */
static jko_status damaged_files(void)
{
    enum { LENGTH = 240000 };
    static char text[LENGTH + 1];
    static const char *const patterns[] = {"[", "{\"\":", "[{\"a\":", "\"", "1,", ",", "\\u0041"};
    jko_status status = JKO_OK;
    for (size_t i = 0; i < COUNT_OF(patterns); i++) {
        const size_t length = strlen(patterns[i]);
        jko_model *model = NULL;
        jko_snapshots *read = NULL;
        for (size_t at = 0; at < LENGTH; at++)
            text[at] = patterns[i][at % length];
        write_file("stacks.safetensors", LENGTH, text, LENGTH);
        write_file("stacks.csv", 0, text, LENGTH);
        write_file("stacks.npz", 0, text, LENGTH);
        for (int reader = 0; reader < 3; reader++) {
            const jko_status found = reader == 0   ? jko_model_load("stacks.safetensors", &model)
                                     : reader == 1 ? jko_snapshots_load("stacks.csv", NULL, &read)
                                                   : jko_snapshots_load("stacks.npz", NULL, &read);
            if (found == JKO_ENOMEM)
                status = found;
            else if (found == JKO_OK || found == JKO_EINTERNAL)
                status = JKO_EINTERNAL;
        }
    }
    return status;
}

/* Features of the host, and progress, from a thread with a small stack. */
static int squares(const double *points, int64_t n, int64_t d, double *values, double *jacobian, void *user_data)
{
    (void)user_data;
    for (int64_t i = 0; i < n * d; i++) {
        if (values != NULL)
            values[i] = points[i] * points[i] / 2;
        if (jacobian != NULL)
            for (int64_t k = 0; k < d; k++)
                jacobian[i * d + k] = k == i % d ? points[i] : 0;
    }
    return 0;
}

static int goes_on(const jko_progress *progress, void *user_data)
{
    (void)progress, (void)user_data;
    return 0;
}

static whole_model_options own_terms;
static jko_fit_options own_fit;

static void prepare_callbacks(void)
{
    own_terms = linear_options(1, 0, 0);
    own_terms.potential_features.polynomial_degree = 0;
    own_terms.potential_features.callback = squares;
    own_terms.potential_features.callback_count = 2;
    own_fit = fit_with(1e-4, JKO_ERROR_BARS_INFLUENCE);
    own_fit.progress = goes_on;
}

static jko_status callbacks(void)
{
    const jko_array slopes = jko_row_major(numbers, N, 2);
    jko_model *model = NULL;
    jko_status status = jko_model_create(whole(&own_terms), &model);
    TRY(jko_model_fit(model, series, &own_fit));
    TRY(jko_model_potential(model, &x, NULL, NULL, &slopes));
    jko_model_destroy(model);
    return status;
}

/* What a fit takes grows with the model by little. */
static jko_status large_fits(void)
{
    whole_model_options networks = usual_model(), features = linear_options(4, 3, 1);
    whole_fit_options training_once = usual_fit();
    jko_fit_options fit = fit_with(1e-2, JKO_ERROR_BARS_BOOTSTRAP);
    jko_model *first = NULL, *second = NULL;
    networks.model.interaction = JKO_NETWORK;
    networks.potential_network.hidden_count = 6;
    for (int layer = 0; layer < 6; layer++)
        networks.potential_network.hidden[layer] = 256;
    training_once.training.epochs = training_once.training.validation_every = 1;
    training_once.training.validation = JKO_VALIDATION_EMD;
    features.potential_features.radial_grid = 18;
    features.potential_features.fourier_features = 200;
    fit.bootstrap_samples = 3;
    jko_status status = jko_model_create(whole(&networks), &first);
    TRY(jko_model_fit(first, series, with_training(&training_once)));
    TRY(jko_model_create(whole(&features), &second));
    TRY(jko_model_fit(second, series, &fit));
    jko_model_destroy(first);
    jko_model_destroy(second);
    return status;
}

static char names[400][64];
static int name_count;

static void list_names(void)
{
    char command[4200];
    void *own = dlsym(RTLD_DEFAULT, "jko_version");
    Dl_info where;
    if (own == NULL || dladdr(own, &where) == 0)
        return;
    snprintf(command, sizeof command, "nm -D --defined-only '%s'", where.dli_fname);
    FILE *list = popen(command, "r");
    while (list != NULL && name_count < 400 && fscanf(list, "%*s %*s %63[a-z0-9_]%*[^\n]", names[name_count]) == 1)
        name_count += strncmp(names[name_count], "jko_", 4) == 0;
    if (list != NULL)
        pclose(list);
}

/* Every function that the library exports, without arguments and then with a handle that is none. What they return has
   many types; here it matters that they do. */
static jko_status nothing_given(void)
{
    for (int i = 0; i < name_count; i++)
        for (int kind = 0; kind < 2; kind++) {
            int64_t (*function)(void *, void *, void *, void *, void *, void *, void *, void *) = NULL;
            void *found = dlsym(RTLD_DEFAULT, names[i]);
            /* The numbers that are counts here are too large, and are refused as well. */
            void *first = kind == 0 ? NULL : (void *)(uintptr_t)INT64_MAX;
            memcpy(&function, &found, sizeof function);
            const int takes_a_handle = strstr(names[i], "_init") == NULL && strstr(names[i], "_set_") == NULL;
            if (function != NULL && (kind == 0 || (takes_a_handle && strstr(names[i], "_destroy") != NULL)))
                (void)function(first, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
        }
    return JKO_OK;
}

/* What is asked of a handle, and which stays when there is none any more. */
static jko_status getters(void)
{
    jko_snapshots *gone = NULL;
    const int64_t count = jko_snapshots_count(series) + jko_snapshots_dimension(series);
    if (count != OU_TIMES + 2 || jko_snapshots_count(linear == NULL ? NULL : (const void *)linear) != 0)
        return JKO_EINTERNAL;
    jko_status status = jko_snapshots_create_empty(2, &gone);
    jko_snapshots_destroy(gone);
    return jko_snapshots_count(gone) == 0 && jko_status_name(status)[0] == 'J' ? status : JKO_EINTERNAL;
}

typedef struct trial_of {
    const char *name;
    jko_status (*run)(void);
    long may_take;
    /* Not before the part itself. */
    int prepares_first;
} trial_of;

static const trial_of more[] = {
    {"first fits", prepares, FITS_TAKE, 0},
    {"values and gradients", terms, EVALUATIONS_TAKE, 1},
    {"callbacks", callbacks, FITS_TAKE, 1},
    {"damaged files", damaged_files, OTHERS_TAKE, 1},
    {"getters", getters, OTHERS_TAKE, 1},
    {"without arguments", nothing_given, OTHERS_TAKE, 0},
    /* The last, for the table only. */
    {"fits of large models", large_fits, FITS_TAKE, 1},
};

enum { PARTS = sizeof parts / sizeof parts[0], TRIALS = PARTS + sizeof more / sizeof more[0] };

static trial_of trial(int number)
{
    if (number >= PARTS)
        return more[number - PARTS];
    const int fits = strcmp(parts[number].name, "closed forms") == 0 || strcmp(parts[number].name, "networks") == 0 ||
                     strcmp(parts[number].name, "interpolation") == 0;
    return (trial_of){parts[number].name, parts[number].run, fits ? FITS_TAKE : OTHERS_TAKE, 1};
}

static jko_status (*part)(void);
static jko_status result;

static void *run(void *argument)
{
    (void)argument;
    result = part();
    return NULL;
}

/* Runs a part on a stack of so many bytes, below which nothing may be touched; returns how many were, or -1 where there
   is no such thread. */
static long on_a_stack(size_t size)
{
    unsigned char *memory = mmap(NULL, size + GUARD, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned char *stack = memory + GUARD;
    pthread_attr_t attributes;
    pthread_t thread;
    size_t clean = 0;
    if (memory == MAP_FAILED || mprotect(stack, size, PROT_READ | PROT_WRITE) != 0)
        return -1;
    memset(stack, PAINT, size);
    pthread_attr_init(&attributes);
    if (pthread_attr_setstack(&attributes, stack, size) != 0 || pthread_create(&thread, &attributes, run, NULL) != 0)
        return -1;
    pthread_join(thread, NULL);
    while (clean < size && stack[clean] == PAINT)
        clean++;
    return (long)(size - clean);
}

/* What a child tells. */
typedef struct outcome {
    long taken;
    jko_status status;
} outcome;

/* In a process of its own, so that it makes the first call of its kind. */
static int in_a_child(trial_of tried, size_t size, outcome *found)
{
    int ends[2], state = 0;
    if (pipe(ends) != 0)
        return 0;
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        alarm(120);
        memset(found, 0, sizeof *found);
        if (tried.prepares_first) {
            prepare_parts();
            prepare_callbacks();
        }
        part = tried.run;
        found->taken = on_a_stack(size);
        found->status = result;
        _exit(found->taken < 0 || write(ends[1], found, sizeof *found) != (ssize_t)sizeof *found);
    }
    close(ends[1]);
    const int told = read(ends[0], found, sizeof *found) == (ssize_t)sizeof *found;
    close(ends[0]);
    return waitpid(child, &state, 0) == child && WIFEXITED(state) && WEXITSTATUS(state) == 0 && told;
}

static void takes_little(int number, int shows)
{
    const trial_of tried = trial(number);
    outcome found;
    CHECK(in_a_child(tried, 1024 * KB, &found) && found.status == JKO_OK && found.taken <= tried.may_take);
    if (shows || found.taken > tried.may_take)
        printf("    %s: %ld bytes\n", tried.name, found.taken);
}

/* It does what it does, or says that the stack is too small, which no part may on 128 KB. */
static void returns(int number, size_t size)
{
    const trial_of tried = trial(number);
    outcome found = {0};
    const int ended_well = in_a_child(tried, size, &found);
    const size_t enough = tried.may_take == FITS_TAKE ? 128 * KB : tried.may_take == OTHERS_TAKE ? 64 * KB : 32 * KB;
    CHECK(ended_well && (found.status == JKO_OK || (found.status == JKO_ENOMEM && size < enough)));
    if (!ended_well)
        printf("    %s on %zu bytes: ended by a signal\n", tried.name, size);
    else if (found.status != JKO_OK && (size >= enough || found.status != JKO_ENOMEM))
        printf("    %s on %zu bytes: %s\n", tried.name, size, jko_status_name(found.status));
}

static jko_plan *refused_plan = (jko_plan *)&numbers;
static char message[200];

static jko_status refused(void)
{
    const jko_status status = jko_plan_compute(&x, &y, NULL, NULL, NULL, &refused_plan);
    strncpy(message, jko_last_error(), sizeof message - 1);
    return status;
}

/* What is refused says why, and leaves no handle. */
static void says_why(void)
{
    part = refused;
    CHECK(on_a_stack(32 * KB) > 0 && result == JKO_ENOMEM && refused_plan == NULL);
    CHECK(strstr(message, "the stack of this thread has ") == message && strstr(message, "needs 49152") != NULL);
}

/* Threads of the library have stacks of their own size, whatever is usual in the process. */
static void own_threads(void)
{
    pthread_attr_t usual, small;
    pthread_getattr_default_np(&usual);
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, (size_t)sysconf(_SC_THREAD_STACK_MIN));
    CHECK(pthread_setattr_default_np(&small) == 0);
    WORKS(jko_set_num_threads(4));
    for (int number = 0; number < PARTS; number++)
        if (strcmp(parts[number].name, "networks") == 0 || strcmp(parts[number].name, "closed forms") == 0 ||
            strcmp(parts[number].name, "plans") == 0)
            WORKS(parts[number].run());
    CHECK(pthread_setattr_default_np(&usual) == 0);
}

int main(int count, char **arguments)
{
    const int shows = count > 1 && strcmp(arguments[1], "table") == 0;
    list_names();
    CHECK(name_count > 100);
    for (int number = 0; number < (shows ? TRIALS : TRIALS - 1); number++) {
        takes_little(number, shows);
        /* What prepares does not look whether it could. */
        for (size_t i = 0; i < COUNT_OF(sizes) && trial(number).run != prepares; i++)
            returns(number, sizes[i] > 0 ? sizes[i] : (size_t)sysconf(_SC_THREAD_STACK_MIN));
    }
    prepare_parts();
    says_why();
    own_threads();
    release_parts();
    return finish("stacks");
}
