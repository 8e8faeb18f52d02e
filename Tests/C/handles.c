/*
 * Handles of every kind, created and destroyed ten thousand times: memory stays what it was. What was destroyed, or
 * never was a handle, is refused without looking at the memory that it might mean.
 */
#include "populations.h"

#include <malloc.h>

enum { CYCLES = 10000, N = 5 };

static double points[3 * N][2], weight[1] = {1}, mean[2] = {0, 0}, identity[4] = {1, 0, 0, 1};
static jko_array x, w, m, s;
static jko_snapshots *series;
static jko_model *model, *network;
static whole_model_options terms;
static whole_fit_options training;

static int well(const double *places, int64_t n, int64_t d, double time, double *values, double *gradients, void *data)
{
    (void)time, (void)data;
    for (int64_t i = 0; i < n * d; i++)
        gradients[i] = places[i];
    for (int64_t i = 0; i < n; i++)
        values[i] = 0;
    return 0;
}

/* Each makes a handle, or NULL after a failure. */

static void *new_snapshots(void)
{
    jko_snapshots *made = NULL;
    return jko_snapshots_create_empty(2, &made) == JKO_OK && jko_snapshots_append(made, &x, 0, NULL) == JKO_OK ? made
                                                                                                               : NULL;
}

static void *new_plan(void)
{
    jko_plan *made = NULL;
    (void)jko_plan_compute(&x, &x, NULL, NULL, NULL, &made);
    return made;
}

static void *new_density(void)
{
    jko_density *made = NULL;
    (void)jko_density_from_mixture(&w, &m, &s, JKO_COVARIANCE_FULL, &made);
    return made;
}

static void *new_model(void)
{
    jko_model *made = NULL;
    (void)jko_model_create(whole(&terms), &made);
    return made;
}

static void *new_objective(void)
{
    jko_objective *made = NULL;
    (void)jko_objective_create(network, series, with_training(&training), &made);
    return made;
}

static void *new_equations(void)
{
    jko_normal_equations *made = NULL;
    (void)jko_normal_equations_create(model, &made);
    return made;
}

static void *new_growth(void)
{
    jko_growth *made = NULL;
    (void)jko_growth_load("handles.growth", &made);
    return made;
}

static void *new_flow(void)
{
    jko_flow *made = NULL;
    (void)jko_flow_load("handles.flow", &made);
    return made;
}

static void end_snapshots(void *handle) { jko_snapshots_destroy(handle); }
static void end_plan(void *handle) { jko_plan_destroy(handle); }
static void end_density(void *handle) { jko_density_destroy(handle); }
static void end_model(void *handle) { jko_model_destroy(handle); }
static void end_objective(void *handle) { jko_objective_destroy(handle); }
static void end_equations(void *handle) { jko_normal_equations_destroy(handle); }
static void end_growth(void *handle) { jko_growth_destroy(handle); }
static void end_flow(void *handle) { jko_flow_destroy(handle); }

static jko_status use_snapshots(void *handle) { return jko_snapshots_save(handle, "handles.npz"); }
static jko_status use_model(void *handle) { return jko_model_save(handle, "handles.safetensors"); }
static jko_status use_growth(void *handle) { return jko_growth_save(handle, "handles.again"); }
static jko_status use_flow(void *handle) { return jko_flow_save(handle, "handles.again"); }

static jko_status use_plan(void *handle)
{
    jko_plan_info info = {.struct_size = sizeof info};
    return jko_plan_describe(handle, &info);
}

static jko_status use_density(void *handle)
{
    jko_density_info info = {.struct_size = sizeof info};
    return jko_density_describe(handle, &info);
}

static jko_status use_objective(void *handle)
{
    double value, slope[1];
    const jko_array parameters = jko_row_major(slope, 1, 1);
    return jko_objective_value_and_gradient(handle, &parameters, &value, NULL);
}

static jko_status use_equations(void *handle)
{
    jko_normal_equations_info info = {.struct_size = sizeof info};
    return jko_normal_equations_describe(handle, &info);
}

static const struct {
    const char *name;
    void *(*create)(void);
    void (*destroy)(void *);
    jko_status (*use)(void *);
} kinds[] = {
    {"snapshots", new_snapshots, end_snapshots, use_snapshots},
    {"plan", new_plan, end_plan, use_plan},
    {"density", new_density, end_density, use_density},
    {"model", new_model, end_model, use_model},
    {"objective", new_objective, end_objective, use_objective},
    {"equations", new_equations, end_equations, use_equations},
    {"growth", new_growth, end_growth, use_growth},
    {"flow", new_flow, end_flow, use_flow},
};

static void prepare(void)
{
    jko_growth_options growth_options;
    jko_flow_options flow_options;
    jko_growth *growth = NULL;
    jko_flow *flow = NULL;
    jko_density *base = NULL;
    normal_source source = {3};
    for (int i = 0; i < 3 * N; i++) {
        points[i][0] = i / N + normal(&source);
        points[i][1] = normal(&source);
    }
    x = jko_row_major(points[0], N, 2);
    w = jko_row_major(weight, 1, 1);
    m = jko_row_major(mean, 1, 2);
    s = jko_row_major(identity, 2, 2);
    series = series_of(points, N, 3, 1);
    terms = linear_options(2, 0, 0);
    model = fitted(terms, series, fit_with(1e-2, JKO_ERROR_BARS_NONE));
    training = usual_fit();
    whole_model_options networks = usual_model();
    networks.model.potential = JKO_NETWORK;
    networks.potential_network.hidden[0] = networks.potential_network.hidden[1] = 8;
    WORKS(jko_model_create(whole(&networks), &network));
    WORKS(jko_growth_options_init(&growth_options, sizeof growth_options));
    growth_options.rounds = 1;
    WORKS(jko_growth_fit(series, &growth_options, &growth));
    WORKS(jko_growth_save(growth, "handles.growth"));
    base = new_density();
    WORKS(jko_flow_options_init(&flow_options, sizeof flow_options));
    flow_options.potential_callback = well;
    flow_options.steps = 1;
    flow_options.components = 0;
    flow_options.particles = 100;
    WORKS(jko_flow_compute(base, &flow_options, &flow));
    WORKS(jko_flow_save(flow, "handles.flow"));
    jko_growth_destroy(growth);
    jko_flow_destroy(flow);
    jko_density_destroy(base);
}

static size_t bytes_in_use(void)
{
    const struct mallinfo2 found = mallinfo2();
    return found.uordblks + found.hblkhd;
}

int main(int count, char **arguments)
{
    const int cycles = count > 1 ? atoi(arguments[1]) : CYCLES;
    prepare();
    for (size_t kind = 0; kind < COUNT_OF(kinds); kind++) {
        int made = 0;
        size_t before = 0;
        for (int i = 0; i < cycles; i++) {
            /* What is made once for all is there by now. */
            if (i == cycles / 2)
                before = bytes_in_use();
            void *handle = kinds[kind].create();
            made += handle != NULL;
            kinds[kind].destroy(handle);
        }
        CHECK(made == cycles);
        const long more = (long)(bytes_in_use() - before);
        CHECK(more < 4096);
        if (made < cycles || more >= 4096)
            printf("    %s: %d of %d, %ld bytes left\n    %s\n", kinds[kind].name, made, cycles, more,
                   jko_last_error());

        /* Destroyed, also after its place has been used again; of another kind; addresses of all sorts. */
        void *handle = kinds[kind].create();
        CHECK(kinds[kind].use(handle) != JKO_ENULL);
        kinds[kind].destroy(handle);
        CHECK(kinds[kind].use(handle) == JKO_EINVALID && strstr(jko_last_error(), "was destroyed") != NULL);
        void *other = kinds[kind].create();
        CHECK(other != handle && kinds[kind].use(handle) == JKO_EINVALID);
        kinds[kind].destroy(handle);
        CHECK(kinds[kind].use(handle) == JKO_EINVALID && kinds[kind].use(other) != JKO_ENULL);
        kinds[kind].destroy(other);
        kinds[kind].destroy(other);
        for (int bit = 0; bit < 64; bit++) {
            /* That is the first handle of all, of `series`. */
            if (bit == 32)
                continue;
            void *wrong = (void *)(uintptr_t)(((uint64_t)1 << bit) | (bit > 0));
            CHECK(kinds[kind].use(wrong) == JKO_EINVALID);
            kinds[kind].destroy(wrong);
        }
        CHECK(kinds[kind].use(points) == JKO_EINVALID && kinds[kind].use((void *)UINTPTR_MAX) == JKO_EINVALID);
        kinds[kind].destroy(points);
    }
    jko_model_destroy(model);
    jko_model_destroy(network);
    jko_snapshots_destroy(series);
    return finish("handles");
}
