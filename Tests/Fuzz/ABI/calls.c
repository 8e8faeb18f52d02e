/*
 * One call, and what is checked after it: its status is a documented one, the message is one line of text, nothing was
 * written that may not be, what was written is finite. What it made is kept for later calls.
 */
#include "fuzz.h"

#include "calls.inc"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

world the_world;
uint64_t failures, inputs;
int is_traced, stops_at_failure;
const function *current_function;
/* Of every function, how often it returned each status, and, last, how often a function without one was called. */
static uint64_t counts[FUNCTION_COUNT][14];

/* Says what is wrong; libFuzzer is told by the end of the process. */
void fail(const scene *scene, const char *what, ...)
{
    va_list arguments;
    va_start(arguments, what);
    printf("FAILED: input %llu, call %llu, %s: ", (unsigned long long)inputs, (unsigned long long)the_world.calls,
           scene == NULL ? "in a callback" : scene->function->name);
    vprintf(what, arguments);
    printf("\n");
    va_end(arguments);
    failures++;
    fflush(stdout);
    if (stops_at_failure)
        abort();
}

/* Whether a text is UTF-8 without controls; of its length, or -1. */
static long text_length(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at != 0) {
        const int more = *at < 0x80 ? 0 : *at >= 0xF0 ? 3 : *at >= 0xE0 ? 2 : 1;
        const unsigned char first = at[0], second = more > 0 ? at[1] : 0;
        if (first < 0x20 || first == 0x7F || (first >= 0x80 && first < 0xC2) || first > 0xF4 ||
            (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) || (first == 0xF0 && second < 0x90) ||
            (first == 0xF4 && second > 0x8F))
            return -1;
        for (int i = 1; i <= more; i++)
            if ((at[i] & 0xC0) != 0x80)
                return -1;
        at += more + 1;
    }
    return (long)(at - (const unsigned char *)text);
}

static void check_error(const scene *scene)
{
    const char *message = jko_last_error(), *argument = jko_last_error_argument();
    const long length = text_length(message);
    if (length < 1 || length > 6000)
        fail(scene, "the message is not one line of text: \"%.200s\"", message);
    if (text_length(argument) < 0 || strncmp(message, argument, strlen(argument)) != 0)
        fail(scene, "\"%.200s\" does not begin with its argument \"%.200s\"", message, argument);
}

/* What memory that is lent for outputs holds. */
#define UNTOUCHED ((void *)(uintptr_t)0xA5A5A5A5A5A5A5A5u)

/* Predictions of steps that did not converge are written all the same. */
static int writes_where_unconverged(const scene *scene)
{
    const long index = scene->function - functions;
    return index == CALL_JKO_MODEL_ROLLOUT || index == CALL_JKO_MODEL_ROLLOUT_ERROR ||
           index == CALL_JKO_MODEL_EVALUATE || index == CALL_JKO_MODEL_COMPARE;
}

static void keep_made(scene *scene, int has_failed)
{
    for (int i = 0; i < scene->function->count; i++) {
        const variable *parameter = &scene->function->parameters[i];
        void **const made = scene->arguments[i].p;
        if (parameter->kind != NEW_HANDLE || made == NULL)
            continue;
        const int64_t said = strcmp(parameter->name, "plans") == 0 ? scene->arguments[i + 1].i : 1;
        for (int64_t k = 0; k < (said < 0 || said > 99 ? 0 : said); k++) {
            /* Of a call that does not know how many plans there are, none is written. */
            const int is_left = has_failed && made[k] == UNTOUCHED && strcmp(parameter->name, "plans") == 0;
            if (has_failed ? made[k] != NULL && !is_left : made[k] == NULL)
                fail(scene, "%s[%lld] is %p after %s", parameter->name, (long long)k, made[k],
                     jko_status_name((jko_status)scene->result.i));
            else if (!has_failed)
                keep_handle(made[k], parameter->which);
        }
    }
}

static void check_status(scene *scene)
{
    const int64_t status = scene->result.i;
    /* Said once for all: of handles, element types and views in common.h and array.h, of callbacks in progress.h. */
    const unsigned anywhere = BIT(JKO_OK) | BIT(JKO_EINVALID) | BIT(JKO_ENOMEM) | BIT(JKO_ECANCELLED);
    if (status > 0 || status < JKO_EINTERNAL) {
        fail(scene, "status %lld is none", (long long)status);
        return;
    }
    counts[scene->function - functions][-status]++;
    const int is_narrow = status == JKO_ENONFINITE && strstr(jko_last_error(), "number of JKO_FLOAT32") != NULL;
    if ((BIT(status) & (scene->function->statuses | anywhere)) == 0 && !is_narrow)
        fail(scene, "%s is not documented here: %s", jko_status_name((jko_status)status), jko_last_error());
    if (status != JKO_OK)
        check_error(scene);
}

static void check_result(scene *scene)
{
    const char *text = scene->result.p;
    switch (scene->function->result) {
    case STATUS:
        check_status(scene);
        return;
    case TEXT:
        /* Build information has lines. */
        if (text != NULL && scene->function != &functions[CALL_JKO_BUILD_INFO] && text_length(text) < 0)
            fail(scene, "\"%.200s\" is not text", text);
        break;
    case INT32:
    case INT64:
        if (scene->result.i < 0)
            fail(scene, "%lld is no number of anything", (long long)scene->result.i);
        break;
    default:
        break;
    }
    counts[scene->function - functions][13]++;
}

static double first(const jko_array *view)
{
    double value;
    memcpy(&value, view->data, sizeof value);
    return value;
}

static void show(const scene *scene)
{
    printf("%*s%s(", 2 * the_world.depth, "", scene->function->name);
    for (int i = 0; i < scene->function->count; i++) {
        const variable *parameter = &scene->function->parameters[i];
        const slot value = scene->arguments[i];
        const jko_array *view = value.p;
        if (parameter->kind == DOUBLE)
            printf("%s=%g ", parameter->name, value.d);
        else if (parameter->kind == ARRAY && view != NULL)
            printf("%s=(%lld, %lld | %lld, %lld)%s%s%g ", parameter->name, (long long)view->rows,
                   (long long)view->columns, (long long)view->row_stride, (long long)view->column_stride,
                   view->dtype == JKO_FLOAT32 ? " of floats" : "", view->data == NULL ? " at " : " from ",
                   view->data == NULL || view->dtype != JKO_FLOAT64 ? 0 : first(view));
        else if (parameter->kind == TEXT && value.p != NULL)
            printf("%s=\"%.40s\" ", parameter->name, (const char *)value.p);
        else
            printf("%s=%llx ", parameter->name, (unsigned long long)value.i);
    }
    printf(")\n");
    fflush(stdout);
}

void make_call(int index, unsigned hostility)
{
    world *const world = &the_world;
    const unsigned outer = world->hostility;
    world->hostility = hostility;
    world->depth++;
    world->calls++;
    scene scene;
    draw_arguments(&scene, index);
    if (is_traced)
        show(&scene);
    keep_copies(&scene);
    world->is_stopped = 0;
    const function *const kept = current_function;
    current_function = scene.function;
    scene.function->call(scene.arguments, &scene.result);
    current_function = kept;
    scene.is_finite &= !world->is_poisoned;
    const int has_failed = scene.function->result == STATUS && scene.result.i != JKO_OK;
    if (is_traced && scene.function->result == STATUS)
        printf("%*s-> %s %s\n", 2 * world->depth, "", jko_status_name((jko_status)scene.result.i),
               has_failed ? jko_last_error() : "");
    check_result(&scene);
    keep_made(&scene, has_failed);
    const int may_write = world->is_stopped || (scene.result.i == JKO_ECONVERGENCE && writes_where_unconverged(&scene));
    check_blocks(&scene, has_failed, may_write);
    if (scene.function->result == NOTHING && scene.function->count == 1)
        forget_handle(scene.arguments[0].p);
    if (index == CALL_JKO_SET_PROGRESS && scene.arguments[0].f == NULL)
        guard_call();
    return_blocks(&scene);
    world->depth--;
    world->hostility = outer;
}

/* An input: which coordinates, then calls until its bytes have ended. */
void run_program(const uint8_t *bytes, size_t size)
{
    static const unsigned hostilities[] = {0, 0, 12, 40};
    enum { MOST_CALLS = 24 };
    source source = {bytes, size, 0};
    memset(&the_world, 0, sizeof the_world);
    the_world.source = &source;
    the_world.wanted_model = -1;
    inputs++;
    guard_call();
    const unsigned dimension = pick(8);
    the_world.dimension = dimension == 6 ? 1 : dimension == 7 ? 3 : 2;
    for (int i = 0; i < MOST_CALLS && !is_over(); i++) {
        const unsigned hostility = hostilities[pick(4)];
        make_call((int)pick(256) % FUNCTION_COUNT, hostility);
    }
    destroy_all();
    guard_call();
    free_callers();
    clean_folder();
}

int print_counts(int by_function)
{
    uint64_t calls = 0, sums[14] = {0};
    int uncalled = 0, never = 0;
    for (int i = 0; i < FUNCTION_COUNT; i++) {
        uint64_t all = 0;
        for (int k = 0; k < 14; k++) {
            all += counts[i][k];
            sums[k] += counts[i][k];
        }
        calls += all;
        uncalled += all == 0;
        if (all == 0)
            printf("never called: %s\n", functions[i].name);
        else if (counts[i][0] + counts[i][13] == 0)
            never++;
        if (by_function) {
            printf("%s:", functions[i].name);
            for (int k = 0; k < 13; k++)
                if (counts[i][k] > 0)
                    printf(" %s %llu", jko_status_name(-k), (unsigned long long)counts[i][k]);
            printf("\n");
        }
    }
    printf("%llu inputs, %llu calls:", (unsigned long long)inputs, (unsigned long long)calls);
    for (int k = 0; k < 13; k++)
        if (sums[k] > 0)
            printf(" %llu %s,", (unsigned long long)sums[k], jko_status_name(-k));
    printf(" %llu without a status; %d functions without success, %llu failures\n", (unsigned long long)sums[13], never,
           (unsigned long long)failures);
    return uncalled;
}
