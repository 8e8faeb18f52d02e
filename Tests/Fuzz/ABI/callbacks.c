/*
 * Callbacks that do what hosts do: compute, stop the work, return numbers that are none, fork, change errno, fail in
 * another call, call the library again, and destroy what is in use.
 */
#include "fuzz.h"

#include "calls.inc"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef enum manner {
    WELL,
    STOPS,
    STOPS_LATER,
    NAN_VALUES,
    INFINITE_VALUES,
    HUGE_VALUES,
    CALLS_AGAIN,
    FORKS,
    CHANGES_ERRNO,
    FAILS_INSIDE,
    DESTROYS
} manner;

/* What a callback is passed. It lives until all handles of the input are destroyed, because some keep it. */
struct caller {
    struct caller *next;
    manner manner;
    int calls;
    /* How many features the host said that there are. */
    int64_t features;
    uint64_t seed;
};

/* Seconds after which a call is stopped: that of a struct so short that its defaults ask for hours. */
static const double longest = 0.5;

static int stop_where_long(const jko_progress *progress, void *user_data)
{
    (void)user_data;
    the_world.is_stopped |= progress->seconds > longest;
    return progress->seconds > longest;
}

void guard_call(void) { (void)jko_set_progress(stop_where_long, NULL); }

static void call_again(struct caller *caller)
{
    uint8_t bytes[48];
    for (size_t i = 0; i < sizeof bytes; i++) {
        caller->seed = caller->seed * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (uint8_t)(caller->seed >> 56);
    }
    world *world = &the_world;
    struct source inner = {bytes, sizeof bytes, 0}, *const outer = world->source;
    const unsigned hostility = world->hostility;
    world->source = &inner;
    const int index = (int)(caller->seed >> 33) % FUNCTION_COUNT;
    make_call(index, index % 2 ? 24 : 0);
    world->source = outer;
    world->hostility = hostility;
}

/* The child of a program with threads has one thread; the library must go on there. */
static void fork_once(void)
{
    if (the_world.has_forked)
        return;
    the_world.has_forked = 1;
    const pid_t child = fork();
    if (child == 0) {
        const double place[] = {1, 2, 3, 4};
        double distance = 0;
        const jko_array points = jko_row_major(place, 2, 2);
        (void)alarm(60);
        _exit(jko_emd(&points, &points, NULL, NULL, 1, NULL, &distance) == JKO_OK ? 0 : 1);
    }
    int status = 0;
    if (child > 0 && (waitpid(child, &status, 0) != child || status != 0))
        fail(NULL, "a forked child ended with %d", status);
}

/* What all callbacks do; the result is what they return. */
static int behave(struct caller *caller)
{
    if (caller == NULL)
        return 0;
    caller->calls++;
    switch (caller->manner) {
    case STOPS:
        return 1;
    case STOPS_LATER:
        return caller->calls > 2 ? -1 : 0;
    case CALLS_AGAIN:
        if (caller->calls < 3 && the_world.depth < 3)
            call_again(caller);
        break;
    case FORKS:
        fork_once();
        break;
    case CHANGES_ERRNO:
        errno = EINTR;
        break;
    case FAILS_INSIDE:
        (void)jko_plan_compute(NULL, NULL, NULL, NULL, NULL, NULL);
        break;
    case DESTROYS:
        if (caller->calls == 2)
            destroy_all();
        break;
    default:
        break;
    }
    return 0;
}

static double turned(const struct caller *caller, double value)
{
    const manner manner = caller == NULL ? WELL : caller->manner;
    return manner == NAN_VALUES ? NAN : manner == INFINITE_VALUES ? -INFINITY : manner == HUGE_VALUES ? 1e200 : value;
}

static int on_progress(const jko_progress *progress, void *data)
{
    if (progress->stage == NULL || progress->done < 0 || progress->total < progress->done)
        fail(NULL, "progress: stage %s, %lld of %lld", progress->stage == NULL ? "NULL" : progress->stage,
             (long long)progress->done, (long long)progress->total);
    const int stops = progress->seconds > longest || behave(data) != 0;
    the_world.is_stopped |= stops && strcmp(progress->stage, "call") == 0;
    return stops;
}

/* phi_f(x) = (f + 1) |x|^2 / 2. */
static int features(const double *points, int64_t n, int64_t d, double *values, double *jacobian, void *data)
{
    const struct caller *caller = data;
    const int64_t count = caller == NULL ? 0 : caller->features;
    for (int64_t i = 0; i < n; i++)
        for (int64_t f = 0; f < count; f++)
            for (int64_t k = 0; k < d; k++) {
                const double x = points[i * d + k], factor = (double)(f + 1);
                if (values != NULL)
                    values[i * count + f] = (k > 0 ? values[i * count + f] : 0) + turned(caller, factor * x * x / 2);
                if (jacobian != NULL)
                    jacobian[(i * count + f) * d + k] = turned(caller, factor * x);
            }
    return behave(data);
}

static int gradient(const double *points, int64_t n, int64_t d, double time, double *gradients, void *data)
{
    for (int64_t i = 0; i < n * d; i++)
        gradients[i] = turned(data, points[i] + 0 * time);
    return behave(data);
}

/* A standard normal, as V and as the logarithm of a density. */
static int energy(const double *points, int64_t n, int64_t d, double time, double *values, double *gradients,
                  void *data)
{
    for (int64_t i = 0; i < n; i++) {
        values[i] = 0 * time;
        for (int64_t k = 0; k < d; k++) {
            const double x = points[i * d + k];
            values[i] += turned(data, x * x / 2);
            gradients[i * d + k] = turned(data, x);
        }
    }
    return behave(data);
}

void (*draw_callback(scene *scene, int kind, int is_needed))(void)
{
    /* Half of them do nothing but compute. */
    static const uint8_t manners[16] = {WELL,        WELL,          WELL,        WELL,         WELL,        WELL,
                                        WELL,        CHANGES_ERRNO, STOPS,       FAILS_INSIDE, CALLS_AGAIN, CALLS_AGAIN,
                                        STOPS_LATER, NAN_VALUES,    HUGE_VALUES, DESTROYS};
    scene->caller = NULL;
    if (!is_needed && pick(4) != 3)
        return NULL;
    struct caller *caller = calloc(1, sizeof *caller);
    caller->manner = manners[pick(16)];
    if (caller->manner == NAN_VALUES)
        caller->manner = pick(2) ? NAN_VALUES : INFINITE_VALUES;
    if (caller->manner == FAILS_INSIDE && pick(8) == 7)
        caller->manner = FORKS;
    caller->seed = word();
    caller->next = the_world.callers;
    the_world.callers = caller;
    scene->caller = caller;
    the_world.is_poisoned |=
        kind != JKO_PROGRESS_CALLBACK && caller->manner >= NAN_VALUES && caller->manner <= HUGE_VALUES;
    switch (kind) {
    case JKO_PROGRESS_CALLBACK:
        return (void (*)(void))on_progress;
    case JKO_FEATURE_CALLBACK:
        return (void (*)(void))features;
    case JKO_GRADIENT_CALLBACK:
        return (void (*)(void))gradient;
    case JKO_ENERGY_CALLBACK:
        return (void (*)(void))energy;
    default:
        fprintf(stderr, "the fuzzer has no callback of kind %d\n", kind);
        exit(2);
    }
}

void *caller_of(const scene *scene) { return scene->caller; }

void tell_features(const scene *scene, int64_t count)
{
    if (scene->caller != NULL)
        scene->caller->features = count > 0 && count < 9 ? count : 0;
}

void free_callers(void)
{
    while (the_world.callers != NULL) {
        struct caller *next = the_world.callers->next;
        free(the_world.callers);
        the_world.callers = next;
    }
}
