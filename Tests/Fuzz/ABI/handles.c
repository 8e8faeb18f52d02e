/*
 * The handles that an input has made. A call that needs one takes one of them, or makes one first; hostile calls take
 * NULL, one that was destroyed, one of another kind, or an address that never was a handle.
 */
#include "fuzz.h"

#include "calls.inc"

#include <stdlib.h>
#include <string.h>

static const int destroyers[HANDLE_KINDS] = {
    [JKO_SNAPSHOTS] = CALL_JKO_SNAPSHOTS_DESTROY, [JKO_PLAN] = CALL_JKO_PLAN_DESTROY,
    [JKO_DENSITY] = CALL_JKO_DENSITY_DESTROY,     [JKO_MODEL] = CALL_JKO_MODEL_DESTROY,
    [JKO_GROWTH] = CALL_JKO_GROWTH_DESTROY,       [JKO_NORMAL_EQUATIONS] = CALL_JKO_NORMAL_EQUATIONS_DESTROY,
    [JKO_OBJECTIVE] = CALL_JKO_OBJECTIVE_DESTROY, [JKO_FLOW] = CALL_JKO_FLOW_DESTROY,
};

/* Ends the process where a kind of handle has no function here that destroys it. */
void check_handles(void)
{
    for (int kind = 0; kind < HANDLE_KINDS; kind++) {
        const function *destroyer = &functions[destroyers[kind]];
        if (destroyer->result != NOTHING || destroyer->count != 1 || destroyer->parameters[0].which != kind) {
            fprintf(stderr, "a kind of handle, the one that %s is for, has no line in handles.c\n", destroyer->name);
            exit(2);
        }
    }
}

static void destroy(void *handle, int kind)
{
    const slot argument = {.p = handle};
    slot result = {0};
    functions[destroyers[kind]].call(&argument, &result);
}

static void remove_at(int index)
{
    world *world = &the_world;
    world->stale[world->stale_count++ % STALE] = world->handles[index];
    world->held--;
    memmove(&world->handles[index], &world->handles[index + 1],
            (size_t)(world->held - index) * sizeof world->handles[0]);
    memmove(&world->kinds[index], &world->kinds[index + 1], (size_t)(world->held - index) * sizeof world->kinds[0]);
}

void forget_handle(const void *handle)
{
    for (int i = the_world.held - 1; i >= 0; i--)
        if (the_world.handles[i] == handle)
            remove_at(i);
}

/* The oldest of its kind goes where there are many. */
void keep_handle(void *handle, int kind)
{
    world *world = &the_world;
    int count = 0, oldest = -1;
    for (int i = world->held - 1; i >= 0; i--)
        if (world->kinds[i] == kind) {
            count++;
            oldest = i;
        }
    if (count >= HELD) {
        destroy(world->handles[oldest], kind);
        remove_at(oldest);
    }
    world->handles[world->held] = handle;
    world->kinds[world->held++] = kind;
}

void destroy_all(void)
{
    while (the_world.held > 0) {
        const int last = the_world.held - 1;
        destroy(the_world.handles[last], the_world.kinds[last]);
        remove_at(last);
    }
}

static void *one_of(int kind)
{
    int found[POOL], count = 0;
    for (int i = 0; i < the_world.held; i++)
        if (the_world.kinds[i] == kind)
            found[count++] = i;
    return count > 0 ? the_world.handles[found[pick((unsigned)count)]] : NULL;
}

/* Calls that make a handle, the likelier first. */
static void make_one(int kind)
{
    static const int makers[HANDLE_KINDS][4] = {
        [JKO_SNAPSHOTS] = {CALL_JKO_SNAPSHOTS_CREATE, CALL_JKO_SNAPSHOTS_CREATE, CALL_JKO_SNAPSHOTS_LOAD,
                           CALL_JKO_SNAPSHOTS_CREATE_WITHIN},
        [JKO_PLAN] = {CALL_JKO_PLAN_COMPUTE, CALL_JKO_PLAN_COMPUTE, CALL_JKO_PLAN_COMPUTE, CALL_JKO_SNAPSHOTS_PLANS},
        [JKO_DENSITY] = {CALL_JKO_DENSITY_FROM_MIXTURE, CALL_JKO_DENSITY_CREATE, CALL_JKO_DENSITY_FROM_MIXTURE,
                         CALL_JKO_DENSITY_CREATE},
        [JKO_MODEL] = {CALL_JKO_MODEL_LOAD, CALL_JKO_MODEL_LOAD, CALL_JKO_MODEL_LOAD, CALL_JKO_MODEL_CREATE},
        [JKO_GROWTH] = {CALL_JKO_GROWTH_LOAD, CALL_JKO_GROWTH_LOAD, CALL_JKO_GROWTH_FIT, CALL_JKO_MODEL_GROWTH},
        [JKO_NORMAL_EQUATIONS] = {CALL_JKO_NORMAL_EQUATIONS_CREATE, CALL_JKO_NORMAL_EQUATIONS_CREATE,
                                  CALL_JKO_NORMAL_EQUATIONS_CREATE, CALL_JKO_NORMAL_EQUATIONS_CREATE},
        [JKO_OBJECTIVE] = {CALL_JKO_OBJECTIVE_CREATE, CALL_JKO_OBJECTIVE_CREATE, CALL_JKO_OBJECTIVE_CREATE,
                           CALL_JKO_OBJECTIVE_CREATE},
        [JKO_FLOW] = {CALL_JKO_FLOW_LOAD, CALL_JKO_FLOW_LOAD, CALL_JKO_FLOW_LOAD, CALL_JKO_FLOW_COMPUTE},
    };
    if (the_world.depth < 4)
        make_call(makers[kind][pick(4)], 0);
    if (the_world.depth < 4 && kind == JKO_NORMAL_EQUATIONS && pick(2))
        make_call(CALL_JKO_NORMAL_EQUATIONS_ACCUMULATE, 0);
}

static void *odd_handle(void)
{
    world *world = &the_world;
    switch (pick(8)) {
    case 0:
    case 1:
        return NULL;
    case 2:
    case 3:
        return world->stale_count > 0
                   ? world->stale[pick((unsigned)(world->stale_count < STALE ? world->stale_count : STALE))]
                   : NULL;
    case 4:
        return world->held > 0 ? world->handles[pick((unsigned)world->held)] : NULL;
    case 5:
        return world->stale;
    case 6:
        return (void *)UINTPTR_MAX;
    default:
        return (void *)(uintptr_t)(((uint64_t)1 << pick(64)) | pick(4));
    }
}

/* Extents of what a handle stands for, by the library's own functions. */
static void measure(scene *scene, const void *handle, int kind)
{
    int64_t *const extents = scene->extents;
    jko_model_info model = {.struct_size = sizeof model};
    jko_plan_info plan = {.struct_size = sizeof plan};
    jko_density_info density = {.struct_size = sizeof density};
    jko_normal_equations_info equations = {.struct_size = sizeof equations};
    switch (kind) {
    case JKO_SNAPSHOTS:
        extents[COUNT] = jko_snapshots_count(handle);
        extents[GAPS] = extents[COUNT] - 1;
        extents[D] = jko_snapshots_dimension(handle);
        extents[EARLY] = 0;
        for (int64_t k = 0; k < extents[GAPS]; k++)
            extents[EARLY] += jko_snapshots_size(handle, k);
        break;
    case JKO_MODEL:
        if (jko_model_describe(handle, &model) == JKO_OK && model.fitted) {
            extents[D] = model.dimension;
            extents[T] = model.time_count;
            extents[P] = model.parameter_count;
            extents[H] = model.history_count;
        }
        break;
    case JKO_PLAN:
        if (jko_plan_describe(handle, &plan) == JKO_OK) {
            extents[N] = plan.rows;
            extents[M] = plan.columns;
            extents[ENTRIES] = plan.entries;
        }
        break;
    case JKO_DENSITY:
        if (jko_density_describe(handle, &density) == JKO_OK) {
            extents[D] = density.dimension;
            extents[K] = density.components;
            extents[K_D] = density.components * density.dimension;
        }
        break;
    case JKO_GROWTH:
        extents[D] = jko_growth_dimension(handle);
        extents[T] = jko_growth_time_count(handle);
        break;
    case JKO_FLOW:
        extents[D] = jko_flow_dimension(handle);
        extents[S1] = jko_flow_step_count(handle) + 1;
        break;
    case JKO_NORMAL_EQUATIONS:
        if (jko_normal_equations_describe(handle, &equations) == JKO_OK)
            extents[P] = equations.count;
        break;
    case JKO_OBJECTIVE:
        extents[P] = jko_objective_parameter_count(handle);
        break;
    default:
        break;
    }
}

/* The file of a model that has what a function is about; -1 for any. */
static int wanted_model(const scene *scene)
{
    enum { LINEAR_MODEL, NETWORK_MODEL, MEMBERS_MODEL, GROWING_MODEL, COUPLED_MODEL };
    switch ((int)(scene->function - functions)) {
    case CALL_JKO_OBJECTIVE_CREATE:
        return NETWORK_MODEL + (int)pick(2);
    case CALL_JKO_MODEL_ROLLOUT_ERROR:
        return MEMBERS_MODEL;
    case CALL_JKO_NORMAL_EQUATIONS_CREATE:
    case CALL_JKO_NORMAL_EQUATIONS_MERGE_MODEL:
    case CALL_JKO_MODEL_COVARIANCE:
        return LINEAR_MODEL;
    case CALL_JKO_MODEL_GROWTH:
        return GROWING_MODEL;
    case CALL_JKO_MODEL_BETA:
    case CALL_JKO_MODEL_BETA_ERROR:
    case CALL_JKO_MODEL_INTERACTION:
    case CALL_JKO_MODEL_INTERACTION_ERROR:
    case CALL_JKO_MODEL_INTERACTION_HESSIAN_PRODUCT:
        return COUPLED_MODEL;
    default:
        return -1;
    }
}

void *draw_handle(scene *scene, int kind)
{
    if (is_odd()) {
        void *odd = odd_handle();
        /* It may be one of this kind after all. */
        for (int i = 0; i < the_world.held; i++)
            if (the_world.handles[i] == odd && the_world.kinds[i] == kind)
                measure(scene, odd, kind);
        return odd;
    }
    if (kind == JKO_MODEL && wanted_model(scene) >= 0 && pick(2)) {
        the_world.wanted_model = wanted_model(scene);
        make_call(CALL_JKO_MODEL_LOAD, 0);
        the_world.wanted_model = -1;
    }
    void *found = pick(8) == 7 ? NULL : one_of(kind);
    if (found == NULL) {
        make_one(kind);
        found = one_of(kind);
    }
    if (found != NULL)
        measure(scene, found, kind);
    return found;
}
