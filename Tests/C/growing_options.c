/*
 * Options of every size: shorter ones, of programs that were compiled with earlier headers, have the defaults for what
 * they lack; longer ones, of later headers, must leave what this library does not know at 0.
 */
#include "growing.h"
#include "options.h"
#include "series.h"

#include <stddef.h>

static double points[6][2] = {{0, 0}, {1, 0}, {0, 1}, {5, 5}, {6, 5}, {5, 7}};
static double times[3] = {0, 1, 3};

static jko_snapshots *series;
static jko_model *fitted_one;

enum { NUMBERS = 4 };

/* V at some points, of a model that is fitted with these options; it is destroyed. */
static jko_status fit_and_ask(jko_model *model, const jko_fit_options *fit, double out[NUMBERS])
{
    const jko_array x = jko_row_major(&points[0][0], NUMBERS, 2), v = jko_row_major(out, NUMBERS, 1);
    jko_status status = jko_model_fit(model, series, fit);
    if (status == JKO_OK)
        status = jko_model_potential(model, &x, NULL, &v, NULL);
    jko_model_destroy(model);
    return status;
}

/* One epoch, which is enough to see what was trained. */
static jko_status train_and_ask(const jko_model_options *options, double out[NUMBERS])
{
    whole_fit_options fit = usual_fit();
    jko_model *model = NULL;
    fit.training.epochs = 1;
    const jko_status status = jko_model_create(options, &model);
    return status == JKO_OK ? fit_and_ask(model, with_training(&fit), out) : status;
}

static jko_status use_model(const void *options, double out[NUMBERS]) { return train_and_ask(options, out); }

static jko_status use_network(const void *options, double out[NUMBERS])
{
    whole_model_options model = usual_model();
    (void)whole(&model);
    model.model.potential_network = options;
    return train_and_ask(&model.model, out);
}

static jko_status use_feature(const void *options, double out[NUMBERS])
{
    whole_model_options all = usual_model();
    jko_model *model = NULL;
    all.model.potential = JKO_LINEAR;
    all.model.potential_features = options;
    const jko_status status = jko_model_create(&all.model, &model);
    return status == JKO_OK ? fit_and_ask(model, NULL, out) : status;
}

static jko_status use_fit(const void *options, double out[NUMBERS])
{
    return fit_and_ask(linear_model(0), options, out);
}

static jko_status use_training(const void *options, double out[NUMBERS])
{
    whole_model_options small = usual_model();
    whole_fit_options fit = usual_fit();
    jko_model *model = NULL;
    small.potential_network.hidden_count = 1;
    small.potential_network.hidden[0] = 3;
    fit.fit.training = options;
    WORKS(jko_model_create(whole(&small), &model));
    return fit_and_ask(model, &fit.fit, out);
}

static jko_status use_plan(const void *options, double out[NUMBERS])
{
    const jko_array x = jko_row_major(&points[0][0], 3, 2), y = jko_row_major(&points[3][0], 3, 2);
    jko_plan_info info = {.struct_size = sizeof info};
    jko_plan *plan = NULL;
    const jko_status status = jko_plan_compute(&x, &y, NULL, NULL, options, &plan);
    if (status == JKO_OK) {
        WORKS(jko_plan_describe(plan, &info));
        out[0] = info.cost;
        out[1] = info.dual_cost;
        out[2] = (double)info.iterations;
    }
    jko_plan_destroy(plan);
    return status;
}

static jko_status use_density(const void *options, double out[NUMBERS])
{
    const jko_array x = jko_row_major(&points[0][0], 6, 2), at = jko_row_major(&points[0][0], NUMBERS, 2);
    const jko_array logs = jko_row_major(out, NUMBERS, 1);
    jko_density *density = NULL;
    const jko_status status = jko_density_create(&x, NULL, options, &density);
    if (status == JKO_OK)
        WORKS(jko_density_log(density, &at, &logs));
    jko_density_destroy(density);
    return status;
}

static jko_status use_simulation(const void *options, double out[NUMBERS])
{
    double course[6][2] = {{0}};
    const jko_array x0 = jko_row_major(points[3], 1, 2), all = jko_row_major(&course[0][0], 6, 2);
    const jko_status status = jko_simulate(&x0, options, &all);
    memcpy(out, course[4], NUMBERS * sizeof *out);
    return status;
}

static jko_status use_rollout(const void *options, double out[NUMBERS])
{
    double course[6][2] = {{0}};
    const jko_array x0 = jko_row_major(points[0], 2, 2), t = jko_row_major(times, 3, 1);
    const jko_array all = jko_row_major(&course[0][0], 6, 2);
    jko_rollout_info info = {.struct_size = sizeof info};
    const jko_status status = jko_model_rollout(fitted_one, &x0, &t, options, &all, &info);
    memcpy(out, course[4], NUMBERS * sizeof *out);
    return status;
}

static jko_status use_evaluation(const void *options, double out[NUMBERS])
{
    const jko_array one_step = jko_row_major(out, 2, 1), cumulative = jko_row_major(out + 2, 2, 1);
    return jko_model_evaluate(fitted_one, series, options, &one_step, &cumulative, NULL, NULL);
}

/* Two snapshots make it short: straight lines, unless a flow is asked for. */
static jko_status use_interpolation(const void *options, double out[NUMBERS])
{
    const double between = 0.5;
    const jko_array all = jko_row_major(&points[0][0], 6, 2), t = one_time(&between);
    const double halves[6] = {0, 0, 0, 1, 1, 1};
    const jko_array when = jko_row_major(halves, 6, 1);
    double found_points[6][2] = {{0}};
    jko_snapshots *two = NULL, *found = NULL;
    WORKS(jko_snapshots_create(&all, &when, NULL, &two));
    const jko_status status = jko_interpolate(two, &t, options, &found, NULL);
    if (status == JKO_OK) {
        const jko_array x = jko_row_major(&found_points[0][0], jko_snapshots_size(found, 0), 2);
        CHECK(x.rows == 3);
        WORKS(jko_snapshots_points(found, 0, &x));
        memcpy(out, found_points[1], NUMBERS * sizeof *out);
    }
    jko_snapshots_destroy(two);
    jko_snapshots_destroy(found);
    return status;
}

/* ln N(x; 0, 1). */
static int log_normal(const double *x, int64_t n, int64_t d, double time, double *values, double *gradients, void *data)
{
    (void)time, (void)data;
    for (int64_t i = 0; i < n * d; i++) {
        values[i] = -x[i] * x[i] / 2 - log(2 * 3.14159265358979) / 2;
        gradients[i] = -x[i];
    }
    return 0;
}

/* Diffusion of a hundred particles, which flows of the default size would take far more of, if there were more. */
static jko_status use_flow(const void *options, double out[NUMBERS])
{
    double places[100], place = 0.7;
    const jko_array x0 = jko_row_major(places, 100, 1), at = jko_row_major(&place, 1, 1);
    const jko_array image = jko_row_major(out, 1, 1), volume = jko_row_major(out + 1, 1, 1);
    const jko_array log_density = jko_row_major(out + 2, 1, 1);
    jko_flow *flow = NULL;
    for (int i = 0; i < 100; i++)
        places[i] = log((i + 0.5) / (99.5 - i)) / 1.7; /* nearly a normal distribution */
    const jko_status status = jko_flow_compute_from(&x0, log_normal, NULL, options, &flow);
    if (status == JKO_OK) {
        out[3] = (double)jko_flow_step_count(flow);
        WORKS(jko_flow_transport(flow, &at, 0, 1, &image, &volume));
        WORKS(jko_flow_log_density(flow, &at, 1, &log_density));
    }
    jko_flow_destroy(flow);
    return status;
}

#define INIT(noun)                                                                                                     \
    static jko_status init_##noun(void *options, size_t size) { return jko_##noun##_options_init(options, size); }

INIT(model)
INIT(network)
INIT(feature)
INIT(fit)
INIT(training)
INIT(plan)
INIT(density)
INIT(simulation)
INIT(rollout)
INIT(evaluation)
INIT(interpolation)
INIT(flow)

typedef struct kind {
    const char *name;
    size_t size;
    /* The member that padding follows; 0 if there is none. */
    size_t padded;
    jko_status (*init)(void *options, size_t size);
    jko_status (*use)(const void *options, double out[NUMBERS]);
} kind;

#define KIND(noun, padded) {#noun, sizeof(jko_##noun##_options), padded, init_##noun, use_##noun}

static const kind kinds[] = {
    KIND(model, offsetof(jko_model_options, scheme)),
    KIND(network, 0),
    KIND(feature, 0),
    KIND(fit, 0),
    KIND(training, 0),
    KIND(plan, 0),
    KIND(density, offsetof(jko_density_options, bandwidth_rule)),
    KIND(simulation, 0),
    KIND(rollout, 0),
    KIND(evaluation, 0),
    KIND(interpolation, offsetof(jko_interpolation_options, gradient)),
    KIND(flow, offsetof(jko_flow_options, scheme)),
};

/* A struct of this size, filled by _init, is used as NULL is, whatever lies in its padding. */
static void has_defaults(const kind *kind, size_t size, const unsigned char *defaults, const double expected[NUMBERS])
{
    const size_t known = size < kind->size ? size : kind->size;
    unsigned char *block = guarded_block(size);
    double out[NUMBERS] = {0};

    WORKS(kind->init(block, size));
    CHECK(size_in(block) == size && same_members(block, defaults, known, kind->padded));
    CHECK(all_bytes(block, known, size, 0));
    GUARDED(block, size);
    if (kind->padded != 0 && kind->padded < size)
        memset(block + kind->padded + 4, FILLER, 4);
    unsigned char *exact = exact_block(block, size);
    WORKS(kind->use(exact, out));
    CHECK(memcmp(out, expected, sizeof out) == 0);

    /* Members of a later version that say something would be ignored, which nobody wants. */
    const size_t beyond[] = {kind->size, size - 1};
    for (size_t i = 0; i < COUNT_OF(beyond) && size > kind->size; i++) {
        exact[beyond[i]] = 1;
        REFUSED(JKO_EINVALID, "struct_size", kind->use(exact, out));
        exact[beyond[i]] = 0;
    }
    free(exact);
    free(block);
}

static void has_impossible_size(const kind *kind)
{
    const size_t sizes[] = IMPOSSIBLE_SIZES(kind->size);
    unsigned char *block = guarded_block(LARGEST_STRUCT);
    double out[NUMBERS] = {0};

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        REFUSED(JKO_EINVALID, "struct_size", kind->init(block, sizes[i]));
        CHECK(all_bytes(block, 0, LARGEST_STRUCT + GUARD_BYTES, FILLER));
    }
    WORKS(kind->init(block, kind->size));
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        set_size(block, sizes[i]);
        REFUSED(JKO_EINVALID, "struct_size", kind->use(block, out));
    }
    free(block);
}

int main(void)
{
    series = drifting_series();
    fitted_one = fitted_model(0);
    for (size_t k = 0; k < COUNT_OF(kinds); k++) {
        const int failed_before = checks_failed;
        const kind *kind = &kinds[k];
        unsigned char *defaults = guarded_block(kind->size);
        double expected[NUMBERS] = {0};

        WORKS(kind->init(defaults, kind->size));
        WORKS(kind->use(NULL, expected));
        for (size_t size = 8; size <= kind->size + 16; size += 8)
            has_defaults(kind, size, defaults, expected);
        has_defaults(kind, LARGEST_STRUCT, defaults, expected);
        has_impossible_size(kind);
        if (checks_failed > failed_before)
            printf("    for jko_%s_options\n", kind->name);
        free(defaults);
    }
    jko_model_destroy(fitted_one);
    jko_snapshots_destroy(series);
    return finish("growing_options");
}
