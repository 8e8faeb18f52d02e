/*
 * Structs of options and of results. Options begin with their defaults, the numbers by which work grows are made small,
 * and then some members are changed. Memory has just as many bytes as the struct says that it has.
 */
#include "roles.h"

#include <stdlib.h>
#include <string.h>

static const limit *limit_of(const char *owner, const char *name)
{
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        if (strcmp(limits[i].owner, owner) == 0 && strcmp(limits[i].name, name) == 0)
            return &limits[i];
    return NULL;
}

static void store_integer(uint8_t *at, kind kind, int64_t value)
{
    const int32_t narrow = (int32_t)value;
    if (kind == INT32 || kind == ENUM)
        memcpy(at, &narrow, sizeof narrow);
    else
        memcpy(at, &value, sizeof value);
}

static void draw_integer(const scene *scene, const char *owner, const variable *member, uint8_t *at)
{
    const int is_narrow = member->kind == INT32 || member->kind == ENUM;
    const limit *limit = limit_of(owner, member->name);
    int64_t low = 0, high = 1;
    if (strcmp(owner, "jko_normal_equations_info") == 0 && !is_odd()) {
        store_integer(at, member->kind, scene->extents[P]);
        return;
    }
    if (limit != NULL) {
        low = limit->low;
        high = limit->high;
    } else if (member->kind == ENUM) {
        low = enumerations[member->which].least;
        high = enumerations[member->which].greatest;
    } else if (member->kind == UINT64) {
        high = 3;
    }
    for (int i = 0; i < member->length; i++)
        store_integer(at + i * (is_narrow ? 4 : 8), member->kind,
                      any_integer(low, high, is_narrow ? INT32_MIN : INT64_MIN, is_narrow ? INT32_MAX : INT64_MAX));
}

/* Writes a member; what it points at is lent until the call has ended. */
void draw_member(scene *scene, const structure *structure, const variable *member, uint8_t *at)
{
    const void *pointer = NULL;
    void (*callback)(void) = NULL;
    double number;
    switch (member->kind) {
    case INT32:
    case INT64:
    case UINT64:
    case ENUM:
        draw_integer(scene, structure->name, member, at);
        return;
    case DOUBLE:
        number = any_double();
        memcpy(at, &number, sizeof number);
        return;
    case TEXT:
        pointer = draw_text(scene, structure->name, member->name);
        break;
    case ARRAY:
        pointer = draw_array(scene, structure->name, member->name);
        break;
    case HANDLE:
        pointer = draw_handle(scene, member->which);
        break;
    case STRUCT:
        pointer = draw_struct(scene, &structures[member->which], member->name, 0);
        break;
    case CALLBACK:
        callback = draw_callback(scene, member->which, 0);
        memcpy(at, &callback, sizeof callback);
        return;
    case DATA:
        pointer = caller_of(scene);
        break;
    default:
        fprintf(stderr, "%s: the fuzzer does not know the member %s\n", structure->name, member->name);
        exit(2);
    }
    memcpy(at, &pointer, sizeof pointer);
}

/* Sizes that are not this struct's: some of earlier or later versions, most of none. */
static size_t odd_size(const structure *structure)
{
    const size_t sizes[] = {structure->members[pick((unsigned)structure->count)].offset,
                            8,
                            structure->size - 8,
                            structure->size + 8,
                            4096,
                            4097,
                            structure->size - 1,
                            0,
                            SIZE_MAX,
                            (size_t)1 << 63};
    return sizes[pick(10)];
}

static void draw_options(scene *scene, const structure *structure, uint8_t *filled)
{
    for (int i = 1; i < structure->count; i++) {
        const variable *member = &structure->members[i];
        const int is_limit = limit_of(structure->name, member->name) != NULL;
        /* A callback and what it is passed belong together. */
        const int is_plain = member->kind == DATA || member->kind == CALLBACK;
        const int is_wanted = structure->init < 0 || is_limit || is_plain ||
                              pick(member->kind == ENUM || member->kind == HANDLE ? 3 : 6) == 1;
        if (is_wanted)
            draw_member(scene, structure, member, filled + member->offset);
        if (is_limit && strcmp(member->name, "steps") == 0) {
            int64_t steps;
            memcpy(&steps, filled + member->offset, sizeof steps);
            if (steps >= 0 && steps < 9) {
                scene->extents[S1] = steps + 1;
                scene->extents[S1_N] = (steps + 1) * scene->extents[N];
            }
        }
        if (strcmp(member->name, "callback_count") == 0) {
            int64_t features;
            memcpy(&features, filled + member->offset, sizeof features);
            tell_features(scene, features);
        }
        if (strcmp(structure->name, "jko_sample_options") == 0 && strcmp(member->name, "draws") == 0) {
            int64_t draws;
            memcpy(&draws, filled + member->offset, sizeof draws);
            scene->extents[DRAWS] = draws > 0 && draws < 99 ? draws * scene->extents[N] : 1;
        }
    }
}

void *draw_struct(scene *scene, const structure *structure, const char *name, int is_output)
{
    uint8_t filled[1024];
    memset(filled, is_output ? 0x5A : 0, sizeof filled);
    if (structure->init >= 0) {
        const slot arguments[] = {{.p = filled}, {.i = (int64_t)structure->size}};
        slot result = {0};
        functions[structure->init].call(arguments, &result);
    }
    const int has_inputs = !is_output || strcmp(structure->name, "jko_sample_info") == 0;
    if (has_inputs)
        draw_options(scene, structure, filled);
    size_t claimed = structure->size;
    if (is_odd())
        claimed = odd_size(structure);
    const size_t size = claimed >= 8 && claimed <= 4096 ? claimed : structure->size;
    block *block = lend(scene, name, size, is_output);
    uint8_t *const made = lent(block);
    if (size > structure->size) {
        /* What a later version has behind this one's members. */
        memset(made, 0, size);
        if (pick(2))
            made[size - 1 - pick(4)] = 1;
    }
    memcpy(made, filled, size < structure->size ? size : structure->size);
    memcpy(made, &claimed, sizeof claimed);
    return made;
}
