/*
 * Structs that describe something, of every size: as much is filled in as the caller has room for, nothing is written
 * behind the end, and members of a later version are 0.
 */
#include "growing.h"
#include "options.h"
#include "populations.h"
#include "series.h"

#include <stddef.h>

static double points[6][2] = {{0, 0}, {1, 0}, {0, 1}, {5, 5}, {6, 5}, {5, 7}};

/* What is described. */
static jko_snapshots *series;
static jko_model *model;
static jko_plan *plan;
static jko_density *density;
static jko_normal_equations *sums;

static jko_status describe_series(void *info) { return jko_snapshots_describe(series, info); }
static jko_status describe_model(void *info) { return jko_model_describe(model, info); }
static jko_status describe_plan(void *info) { return jko_plan_describe(plan, info); }
static jko_status describe_density(void *info) { return jko_density_describe(density, info); }
static jko_status describe_sums(void *info) { return jko_normal_equations_describe(sums, info); }

static jko_status describe_divergence(void *info)
{
    const jko_array x = jko_row_major(&points[0][0], 3, 2), y = jko_row_major(&points[3][0], 3, 2);
    double value;
    return jko_sinkhorn_divergence(&x, &y, NULL, NULL, NULL, &value, info);
}

static jko_status describe_rollout(void *info)
{
    double course[9][2];
    const double times[3] = {0, 1, 3};
    const jko_array x0 = jko_row_major(&points[0][0], 3, 2), t = jko_row_major(times, 3, 1);
    const jko_array out = jko_row_major(&course[0][0], 9, 2);
    return jko_model_rollout(model, &x0, &t, NULL, &out, info);
}

static jko_status describe_evaluation(void *info)
{
    double distances[2];
    const jko_array one_step = jko_row_major(distances, 2, 1);
    return jko_model_evaluate(model, series, NULL, &one_step, NULL, NULL, info);
}

static jko_status describe_fit(void *info) { return jko_model_check(model, series, NULL, info); }

typedef struct kind {
    const char *name;
    size_t size;
    /* The member that padding follows; 0 if there is none. */
    size_t padded;
    jko_status (*describe)(void *info);
} kind;

static const kind kinds[] = {
    {"jko_snapshots_info", sizeof(jko_snapshots_info), 0, describe_series},
    {"jko_model_info", sizeof(jko_model_info), 0, describe_model},
    {"jko_plan_info", sizeof(jko_plan_info), 0, describe_plan},
    {"jko_density_info", sizeof(jko_density_info), offsetof(jko_density_info, converged), describe_density},
    {"jko_normal_equations_info", sizeof(jko_normal_equations_info), 0, describe_sums},
    {"jko_divergence_info", sizeof(jko_divergence_info), offsetof(jko_divergence_info, converged), describe_divergence},
    {"jko_rollout_info", sizeof(jko_rollout_info), 0, describe_rollout},
    {"jko_rollout_info of an evaluation", sizeof(jko_rollout_info), 0, describe_evaluation},
    {"jko_fit_check", sizeof(jko_fit_check), offsetof(jko_fit_check, worse), describe_fit},
};

static void describes(const kind *kind, size_t size, const unsigned char *whole_struct)
{
    const size_t known = size < kind->size ? size : kind->size;
    unsigned char *block = guarded_block(size);

    set_size(block, size);
    WORKS(kind->describe(block));
    CHECK(size_in(block) == size && same_members(block, whole_struct, known, kind->padded));
    CHECK(all_bytes(block, known, size, 0));
    GUARDED(block, size);

    /* The same where valgrind watches the end. */
    unsigned char *exact = exact_block(block, size);
    memset(exact + sizeof size, FILLER, size - sizeof size);
    WORKS(kind->describe(exact));
    CHECK(size_in(exact) == size && same_members(exact, whole_struct, known, kind->padded));
    free(exact);
    free(block);
}

static void has_impossible_size(const kind *kind)
{
    const size_t sizes[] = IMPOSSIBLE_SIZES(kind->size);
    unsigned char *block = guarded_block(LARGEST_STRUCT);

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        set_size(block, sizes[i]);
        REFUSED(JKO_EINVALID, "struct_size", kind->describe(block));
        CHECK(all_bytes(block, sizeof(size_t), LARGEST_STRUCT + GUARD_BYTES, FILLER));
    }
    free(block);
}

int main(void)
{
    const jko_array x = jko_row_major(&points[0][0], 3, 2), y = jko_row_major(&points[3][0], 3, 2);
    const jko_array all = jko_row_major(&points[0][0], 6, 2);
    series = drifting_series();
    model = fitted_model(0);
    WORKS(jko_plan_compute(&x, &y, NULL, NULL, NULL, &plan));
    WORKS(jko_density_create(&all, NULL, NULL, &density));
    WORKS(jko_normal_equations_create(model, &sums));
    WORKS(jko_normal_equations_merge_model(sums, model));

    for (size_t k = 0; k < COUNT_OF(kinds); k++) {
        const int failed_before = checks_failed;
        const kind *kind = &kinds[k];
        unsigned char *whole_struct = guarded_block(kind->size);

        set_size(whole_struct, kind->size);
        WORKS(kind->describe(whole_struct));
        for (size_t size = 8; size <= kind->size + 16; size += 8)
            describes(kind, size, whole_struct);
        describes(kind, LARGEST_STRUCT, whole_struct);
        has_impossible_size(kind);
        if (checks_failed > failed_before)
            printf("    for %s\n", kind->name);
        free(whole_struct);
    }
    jko_normal_equations_destroy(sums);
    jko_density_destroy(density);
    jko_plan_destroy(plan);
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
    return finish("growing_info");
}
