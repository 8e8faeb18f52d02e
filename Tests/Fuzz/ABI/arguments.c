/*
 * The arguments of a call. Handles come first, because they say how large arrays must be, then numbers, then structs,
 * then all else.
 */
#include "fuzz.h"

#define TABLES
#include "calls.inc"
#include "roles.h"

#include <stdlib.h>
#include <string.h>

static const buffer_role *buffer_of(const scene *scene, const char *name)
{
    for (size_t i = 0; i < sizeof buffer_roles / sizeof buffer_roles[0]; i++)
        if (strcmp(buffer_roles[i].owner, scene->function->name) == 0 && strcmp(buffer_roles[i].name, name) == 0)
            return &buffer_roles[i];
    return NULL;
}

static void *draw_buffer(scene *scene, const variable *parameter)
{
    const buffer_role *role = buffer_of(scene, parameter->name);
    const int64_t count = role == NULL ? 1 : scene->extents[role->count];
    const size_t each = parameter->kind == INT32S ? 4 : 8;
    if (is_odd())
        return NULL;
    block *made = lend(scene, parameter->name, (size_t)(count < 0 ? 0 : count) * each, parameter->kind != GIVEN_INTS);
    made->doubles = parameter->kind == DOUBLES && !is_exception(scene->function->name, parameter->name);
    if (parameter->kind == GIVEN_INTS)
        for (int64_t i = 0; i < count; i++) {
            const int64_t row = any_integer(0, 99, INT64_MIN, INT64_MAX);
            memcpy((uint8_t *)lent(made) + 8 * i, &row, sizeof row);
        }
    return lent(made);
}

static void draw_number(scene *scene, const variable *parameter, slot *slot)
{
    const char *name = parameter->name;
    int64_t low = 0, high = 2;
    if (parameter->kind == ENUM) {
        low = enumerations[parameter->which].least;
        high = enumerations[parameter->which].greatest;
    } else if (strcmp(name, "order") == 0 || strcmp(name, "dimension") == 0) {
        low = 1;
    } else if (strcmp(name, "index") == 0) {
        high = jko_functional_count() - 1;
    } else if (strcmp(name, "status") == 0) {
        low = JKO_EINTERNAL;
    } else if (parameter->kind == INT64 && scene->extents[S1] > 0 && strncmp(name, "step", 4) == 0) {
        high = scene->extents[S1] < 9 ? scene->extents[S1] - 1 : 2;
    }
    const int is_narrow = parameter->kind != INT64 && parameter->kind != UINT64;
    slot->i = any_integer(low, high, is_narrow ? INT32_MIN : INT64_MIN, is_narrow ? INT32_MAX : INT64_MAX);
    if (strcmp(name, "count") == 0 && parameter->kind == INT64 && !is_odd())
        slot->i = scene->extents[GAPS];
    if (strcmp(name, "k") == 0)
        scene->extents[SIZE_K] = jko_snapshots_size(scene->arguments[0].p, slot->i);
    if (strcmp(name, "capacity") == 0)
        scene->extents[CAPACITY] = slot->i < 0 ? 0 : slot->i > 99 ? scene->extents[N] * scene->extents[M] : slot->i;
    if (strcmp(name, "steps") == 0)
        scene->extents[S1] = slot->i < 0 || slot->i > 99 ? 1 : slot->i + 1;
}

static void draw_size(scene *scene, const variable *parameter, slot *slot)
{
    static const size_t sizes[] = {0, 1, 2, 7, 40, 4096, 65536, 65536};
    if (strcmp(parameter->name, "capacity") == 0) {
        slot->i = (int64_t)sizes[pick(8)];
        scene->extents[CAPACITY] = slot->i;
        return;
    }
    /* That of the struct which is filled with defaults; structs.c has the odd ones of others. */
    const size_t whole = structures[scene->function->parameters[0].which].size;
    const size_t odd[] = {0, 1, 4, 8, 12, whole - 8, whole + 8, 4096, 4097, SIZE_MAX, (size_t)1 << 63, whole - 4};
    slot->i = (int64_t)(pick(2) ? odd[pick(12)] : whole);
    scene->extents[CAPACITY] = slot->i >= 4 && slot->i <= 4096 ? slot->i : (int64_t)whole;
}

/* With options of NULL these train networks, or follow thousands of particles, for seconds. */
static int is_long_by_default(const scene *scene)
{
    const long index = scene->function - functions;
    return index == CALL_JKO_MODEL_FIT || index == CALL_JKO_FLOW_COMPUTE || index == CALL_JKO_FLOW_COMPUTE_FROM;
}

static void draw_argument(scene *scene, int index)
{
    const variable *parameter = &scene->function->parameters[index];
    slot *const slot = &scene->arguments[index];
    block *made;
    int64_t handles;
    switch (parameter->kind) {
    case HANDLE:
        slot->p = draw_handle(scene, parameter->which);
        break;
    case STATUS:
    case INT32:
    case INT64:
    case UINT64:
    case ENUM:
        draw_number(scene, parameter, slot);
        break;
    case SIZE:
        draw_size(scene, parameter, slot);
        break;
    case DOUBLE:
        slot->d = pick(2) ? any_double() : (double)pick(3);
        break;
    case STRUCT:
        slot->p = pick(is_long_by_default(scene) ? 64 : 4) + 1 == (is_long_by_default(scene) ? 64 : 4) || is_odd()
                      ? NULL
                      : draw_struct(scene, &structures[parameter->which], parameter->name, 0);
        break;
    case FILLED_STRUCT:
        if (structures[parameter->which].init == (int)(scene->function - functions)) {
            made = lend(scene, parameter->name, (size_t)scene->extents[CAPACITY], 1);
            slot->p = is_odd() ? NULL : lent(made);
        } else {
            slot->p = is_odd() ? NULL : draw_struct(scene, &structures[parameter->which], parameter->name, 1);
        }
        break;
    case ARRAY:
        slot->p = (void *)(uintptr_t)draw_array(scene, scene->function->name, parameter->name);
        break;
    case TEXT:
        slot->p = (void *)(uintptr_t)draw_text(scene, scene->function->name, parameter->name);
        break;
    case CALLBACK:
        slot->f = is_odd() ? NULL : draw_callback(scene, parameter->which, 1);
        break;
    case DATA:
        slot->p = caller_of(scene);
        break;
    case GIVEN_INTS:
    case INTS:
    case INT32S:
    case SIZES:
    case DOUBLES:
        slot->p = draw_buffer(scene, parameter);
        break;
    case BUFFER:
        made = lend(scene, parameter->name, (size_t)scene->extents[CAPACITY], 1);
        slot->p = is_odd() ? NULL : lent(made);
        break;
    case NEW_HANDLE:
        /* An array of plans, or one handle. */
        handles = strcmp(parameter->name, "plans") == 0 ? scene->arguments[index + 1].i : 1;
        made = lend(scene, parameter->name, 8 * (size_t)(handles < 0 || handles > 99 ? 1 : handles), 1);
        made->is_handle = 1;
        slot->p = is_odd() ? NULL : lent(made);
        break;
    default:
        fprintf(stderr, "%s: the fuzzer does not know the parameter %s\n", scene->function->name, parameter->name);
        exit(2);
    }
}

static int turn_of(kind kind)
{
    switch (kind) {
    case HANDLE:
        return 0;
    case STATUS:
    case INT32:
    case INT64:
    case UINT64:
    case ENUM:
    case SIZE:
    case DOUBLE:
        return 1;
    case STRUCT:
        return 2;
    default:
        return 3;
    }
}

/* Extents that follow from others. */
static void combine(int64_t *extents)
{
    extents[Q_N] = extents[Q] * extents[N];
    extents[K_D] = extents[K] * extents[D];
    extents[S1_N] = extents[S1] * extents[N];
}

void draw_arguments(scene *scene, int index)
{
    memset(scene, 0, sizeof *scene);
    scene->function = &functions[index];
    scene->is_finite = 1;
    int64_t *const extents = scene->extents;
    for (int i = 0; i < EXTENTS; i++)
        extents[i] = 1;
    extents[D] = the_world.dimension;
    extents[N] = 1 + (int64_t)pick(12);
    extents[M] = 1 + (int64_t)pick(8);
    extents[Q] = 1 + (int64_t)pick(4);
    extents[K] = 1 + (int64_t)pick(3);
    if (index == CALL_JKO_FLOW_COMPUTE_FROM)
        extents[N] += 99;
    extents[N_OR_ONE] = pick(2) ? extents[N] : 1;
    combine(extents);
    for (int turn = 0; turn < 4; turn++) {
        for (int i = 0; i < scene->function->count; i++)
            if (turn_of(scene->function->parameters[i].kind) == turn)
                draw_argument(scene, i);
        if (turn == 0)
            combine(extents);
    }
}

/* Everything that the headers have declared since roles.h and handles.c were written has its line there. */
void check_tables(void)
{
    for (int i = 0; i < FUNCTION_COUNT; i++)
        for (int k = 0; k < functions[i].count; k++)
            if (functions[i].parameters[k].kind == ARRAY)
                check_role(functions[i].name, functions[i].parameters[k].name);
    for (size_t i = 0; i < sizeof structures / sizeof structures[0]; i++)
        for (int k = 0; k < structures[i].count; k++)
            if (structures[i].members[k].kind == ARRAY)
                check_role(structures[i].name, structures[i].members[k].name);
    check_handles();
}
