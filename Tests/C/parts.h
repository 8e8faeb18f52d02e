/*
 * The parts of the library, each a function that makes its calls until one fails and returns the status of the last:
 * for programs that try all of them where something is short. `prepare_parts` comes first. They write files into the
 * folder that they run in.
 */
#ifndef PARTS_H
#define PARTS_H

#include "populations.h"

enum { N = 40, MOST_WEIGHTS = 8192 };

static double cloud[N][2], other[N][2], numbers[4096], weights[2][MOST_WEIGHTS];
static jko_array x, y;
static jko_snapshots *series;
static jko_model *linear, *network;
static whole_model_options linear_terms, network_terms;
static whole_fit_options training;

static int well(const double *points, int64_t n, int64_t d, double time, double *values, double *gradients, void *data)
{
    (void)time, (void)data;
    for (int64_t i = 0; i < n; i++) {
        values[i] = 0;
        for (int64_t a = 0; a < d; a++) {
            gradients[i * d + a] = points[i * d + a];
            values[i] += points[i * d + a] * points[i * d + a] / 2;
        }
    }
    return 0;
}

static jko_status snapshots(void)
{
    jko_snapshots *made = NULL, *read = NULL;
    jko_status status = jko_snapshots_create_empty(2, &made);
    TRY(jko_snapshots_append(made, &x, 0, NULL));
    TRY(jko_snapshots_append(made, &y, 1, NULL));
    TRY(jko_snapshots_save(made, "parts.npz"));
    TRY(jko_snapshots_load("parts.npz", NULL, &read));
    jko_snapshots_destroy(read);
    read = NULL;
    TRY(jko_snapshots_load("parts.csv", NULL, &read));
    jko_snapshots_destroy(read);
    jko_snapshots_destroy(made);
    return status;
}

static jko_status plans(void)
{
    jko_plan *plan = NULL;
    jko_plan_options options;
    double distance;
    const jko_array images = jko_row_major(numbers, N, 2);
    jko_status status = jko_plan_options_init(&options, sizeof options);
    TRY(jko_emd(&x, &y, NULL, NULL, 1, NULL, &distance));
    TRY(jko_energy_distance(&x, &y, NULL, NULL, &distance));
    TRY(jko_plan_compute(&x, &y, NULL, NULL, &options, &plan));
    TRY(jko_plan_barycentres(plan, &images, NULL));
    jko_plan_destroy(plan);
    plan = NULL;
    options.method = JKO_PLAN_SINKHORN;
    TRY(jko_plan_compute(&x, &y, NULL, NULL, &options, &plan));
    TRY(jko_sinkhorn_divergence(&x, &y, NULL, NULL, &options, &distance, NULL));
    jko_plan_destroy(plan);
    return status;
}

static jko_status closed_forms(void)
{
    jko_model *model = NULL;
    jko_fit_options options = fit_with(0, JKO_ERROR_BARS_INFLUENCE);
    char text[8192];
    size_t length;
    jko_status status = jko_model_create(whole(&linear_terms), &model);
    TRY(jko_model_fit(model, series, &options));
    TRY(jko_model_observability(model, text, sizeof text, &length));
    TRY(jko_model_describe_json(model, text, sizeof text, &length));
    jko_model_destroy(model);
    return status;
}

static jko_status networks(void)
{
    jko_model *model = NULL;
    jko_status status = jko_model_create(whole(&network_terms), &model);
    TRY(jko_model_fit(model, series, with_training(&training)));
    jko_model_destroy(model);
    return status;
}

static jko_status objectives(void)
{
    jko_objective *objective = NULL;
    jko_model *model = NULL;
    double value;
    jko_status status = jko_objective_create(network, series, with_training(&training), &objective);
    if (status == JKO_OK) {
        const int64_t count = jko_objective_parameter_count(objective);
        const jko_array parameters = jko_row_major(weights[0], count, 1), slope = jko_row_major(weights[1], count, 1);
        CHECK(count <= MOST_WEIGHTS);
        TRY(jko_objective_initial_parameters(objective, &parameters));
        TRY(jko_objective_value_and_gradient(objective, &parameters, &value, &slope));
        TRY(jko_objective_model(objective, &parameters, NULL, &model));
    }
    jko_model_destroy(model);
    jko_objective_destroy(objective);
    return status;
}

static jko_status equations(void)
{
    jko_normal_equations *sums = NULL;
    jko_model *model = NULL;
    jko_fit_options options = fit_with(1e-4, JKO_ERROR_BARS_NONE);
    jko_status status = jko_normal_equations_create(linear, &sums);
    TRY(jko_normal_equations_accumulate(sums, series, &options));
    TRY(jko_normal_equations_solve(sums, &options, &model));
    jko_model_destroy(model);
    jko_normal_equations_destroy(sums);
    return status;
}

static jko_status evaluations(void)
{
    double found[OU_TIMES];
    const jko_array errors = jko_row_major(found, OU_TIMES - 1, 1);
    jko_comparison comparison = {.struct_size = sizeof comparison, .one_step = &errors};
    jko_fit_check report = {.struct_size = sizeof report};
    jko_status status = jko_model_evaluate(linear, series, NULL, &errors, NULL, NULL, NULL);
    TRY(jko_model_compare(linear, series, NULL, NULL, &comparison, NULL));
    TRY(jko_model_check(linear, series, NULL, &report));
    TRY(jko_model_evaluate(network, series, NULL, &errors, NULL, NULL, NULL));
    return status;
}

static jko_status predictions(void)
{
    const double times[3] = {0, 0.1, 0.2};
    const jko_array t = jko_row_major(times, 3, 1), out = jko_row_major(numbers, 3 * N, 2);
    const jko_array values = jko_row_major(numbers, N, 1), slopes = jko_row_major(numbers + N, N, 2);
    jko_rollout_options options;
    jko_status status = jko_rollout_options_init(&options, sizeof options);
    TRY(jko_model_potential(linear, &x, NULL, &values, &slopes));
    TRY(jko_model_potential(network, &x, NULL, &values, &slopes));
    TRY(jko_model_rollout(linear, &x, &t, &options, &out, NULL));
    TRY(jko_model_rollout(network, &x, &t, &options, &out, NULL));
    return status;
}

static jko_status model_files(void)
{
    jko_model *model = NULL;
    jko_status status = jko_model_save(linear, "parts.safetensors");
    TRY(jko_model_load("parts.safetensors", &model));
    jko_model_destroy(model);
    model = NULL;
    TRY(jko_model_save(network, "parts.safetensors"));
    TRY(jko_model_load("parts.safetensors", &model));
    jko_model_destroy(model);
    return status;
}

static jko_status densities(void)
{
    jko_density *density = NULL;
    jko_density_options options;
    const jko_array values = jko_row_major(numbers, N, 1), points = jko_row_major(numbers, N, 2);
    jko_status status = jko_density_options_init(&options, sizeof options);
    for (int kind = 0; kind < 2; kind++) {
        options.kind = kind;
        TRY(jko_density_create(&x, NULL, &options, &density));
        TRY(jko_density_log(density, &y, &values));
        TRY(jko_density_score(density, &y, &points));
        TRY(jko_density_sample(density, 1, &points));
        jko_density_destroy(density);
        density = NULL;
    }
    return status;
}

static jko_status flows(void)
{
    double weight[1] = {1}, mean[2] = {0, 0}, covariance[4] = {1, 0, 0, 1};
    const jko_array w = jko_row_major(weight, 1, 1), m = jko_row_major(mean, 1, 2), s = jko_row_major(covariance, 2, 2);
    const jko_array values = jko_row_major(numbers, N, 1);
    jko_density *base = NULL;
    jko_flow *flow = NULL;
    jko_flow_options options;
    jko_status status = jko_density_from_mixture(&w, &m, &s, JKO_COVARIANCE_FULL, &base);
    TRY(jko_flow_options_init(&options, sizeof options));
    options.potential_callback = well;
    options.steps = 2;
    options.particles = 200;
    options.components = 3;
    options.iterations = 3;
    for (int method = 0; method < 3; method++) {
        options.method = method;
        TRY(jko_flow_compute(base, &options, &flow));
        TRY(jko_flow_log_density(flow, &x, 2, &values));
        TRY(jko_flow_save(flow, "parts.flow"));
        jko_flow_destroy(flow);
        flow = NULL;
        TRY(jko_flow_load("parts.flow", &flow));
        jko_flow_destroy(flow);
        flow = NULL;
    }
    jko_density_destroy(base);
    return status;
}

static jko_status samples(void)
{
    jko_sample_options options;
    jko_simulation_options simulation;
    const jko_array out = jko_row_major(numbers, N * 20, 2);
    jko_status status = jko_sample_options_init(&options, sizeof options);
    options.potential_callback = well;
    options.draws = 20;
    options.warmup = 20;
    TRY(jko_sample(&x, &options, &out, NULL));
    TRY(jko_simulation_options_init(&simulation, sizeof simulation));
    simulation.potential = "sphere";
    simulation.steps = 4;
    {
        const jko_array course = jko_row_major(numbers, N * 5, 2);
        TRY(jko_simulate(&x, &simulation, &course));
    }
    return status;
}

static jko_status growths(void)
{
    jko_growth *growth = NULL;
    jko_growth_options options;
    const jko_array rates = jko_row_major(numbers, N, 1);
    jko_status status = jko_growth_options_init(&options, sizeof options);
    options.rounds = 1;
    TRY(jko_growth_fit(series, &options, &growth));
    TRY(jko_growth_rates(growth, &x, 0.1, &rates, NULL));
    TRY(jko_growth_save(growth, "parts.growth"));
    jko_growth_destroy(growth);
    growth = NULL;
    TRY(jko_growth_load("parts.growth", &growth));
    jko_growth_destroy(growth);
    return status;
}

static jko_status interpolations(void)
{
    const double between = 0.15;
    const jko_array times = one_time(&between);
    jko_interpolation_options options;
    jko_snapshots *found = NULL;
    jko_status status = jko_interpolation_options_init(&options, sizeof options);
    TRY(jko_interpolate(series, &times, &options, &found, NULL));
    jko_snapshots_destroy(found);
    found = NULL;
    options.method = JKO_INTERPOLATION_FLOW;
    options.rounds = 1;
    options.ridge = 0.25;
    options.gradient = 0;
    TRY(jko_interpolate(series, &times, &options, &found, NULL));
    jko_snapshots_destroy(found);
    return status;
}

static const struct {
    const char *name;
    jko_status (*run)(void);
} parts[] = {
    {"snapshots", snapshots},
    {"plans", plans},
    {"closed forms", closed_forms},
    {"networks", networks},
    {"objectives", objectives},
    {"normal equations", equations},
    {"evaluation", evaluations},
    {"prediction", predictions},
    {"model files", model_files},
    {"densities", densities},
    {"flows", flows},
    {"sampling", samples},
    {"growth", growths},
    {"interpolation", interpolations},
};

static void prepare_parts(void)
{
    normal_source source = {3};
    FILE *file = fopen("parts.csv", "w");
    for (int i = 0; i < N; i++)
        for (int a = 0; a < 2; a++) {
            cloud[i][a] = normal(&source);
            other[i][a] = 1 + normal(&source);
        }
    x = jko_row_major(cloud[0], N, 2);
    y = jko_row_major(other[0], N, 2);
    fprintf(file, "time,a,b\n");
    for (int i = 0; i < N; i++)
        fprintf(file, "%d,%.17g,%.17g\n", i % 3, cloud[i][0], cloud[i][1]);
    fclose(file);
    series = ou_series(5);
    linear_terms = linear_options(2, 2, 1);
    linear = fitted(linear_options(2, 0, 0), series, fit_with(1e-4, JKO_ERROR_BARS_NONE));
    network_terms = usual_model();
    network_terms.model.potential = JKO_NETWORK;
    training = usual_fit();
    training.training.epochs = 1;
    network = fitted(network_terms, series, *with_training(&training));
}

static void release_parts(void)
{
    jko_model_destroy(linear);
    jko_model_destroy(network);
    jko_snapshots_destroy(series);
}

#endif
