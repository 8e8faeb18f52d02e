/*
 * Runs the calls of a conformance table through the C interface, and writes the table with the results.
 *
 *     runner TABLE >RESULTS
 */
#include <jkonetstar.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 1000, D = 2, MOST = 4096 };

static jko_snapshots *series;
static jko_model *model;
static double values[MOST], more[MOST];

static void try_to(jko_status status)
{
    if (status != JKO_OK) {
        fprintf(stderr, "%s\n", jko_last_error());
        exit(EXIT_FAILURE);
    }
}

/* The bits of doubles, the most significant digit first. */
static void write_numbers(const char *name, const double *numbers, int64_t count)
{
    printf("  %s", name);
    for (int64_t i = 0; i < count; i++) {
        uint64_t bits;
        memcpy(&bits, numbers + i, sizeof bits);
        printf(" %016" PRIx64, bits);
    }
    printf("\n");
}

/* Points of snapshot k as a view of values or more. */
static jko_array snapshot(int64_t k, double *memory)
{
    jko_array view = jko_row_major(memory, jko_snapshots_size(series, k), D);
    try_to(jko_snapshots_points(series, k, &view));
    return view;
}

static void load(const char *name)
{
    jko_load_options options;
    try_to(jko_load_options_init(&options, sizeof options));
    options.time = "time";
    jko_snapshots_destroy(series);
    try_to(jko_snapshots_load(name, &options, &series));
    int64_t count = 0;
    for (int64_t k = 0; k < jko_snapshots_count(series); k++) {
        snapshot(k, values + count);
        count += jko_snapshots_size(series, k) * D;
    }
    write_numbers("points", values, count);
}

static void distance(int64_t from, int64_t to, int32_t order)
{
    double found;
    jko_array x = snapshot(from, values), y = snapshot(to, more);
    try_to(jko_emd(&x, &y, NULL, NULL, order, NULL, &found));
    write_numbers("value", &found, 1);
}

static void plan(int64_t from, int64_t to, double epsilon)
{
    jko_plan_options options;
    jko_plan_info info = {.struct_size = sizeof info};
    jko_plan *found;
    jko_array x = snapshot(from, values), y = snapshot(to, more);
    try_to(jko_plan_options_init(&options, sizeof options));
    if (epsilon > 0) {
        options.method = JKO_PLAN_SINKHORN;
        options.epsilon = epsilon;
    }
    try_to(jko_plan_compute(&x, &y, NULL, NULL, &options, &found));
    try_to(jko_plan_describe(found, &info));
    try_to(jko_plan_barycentres(found, &x, NULL));
    write_numbers("cost", &info.cost, 1);
    write_numbers("barycentres", values, x.rows * D);
    jko_plan_destroy(found);
}

static void simulate(const char *potential, double beta, double dt, int64_t steps, uint64_t seed)
{
    jko_simulation_options options;
    jko_array x = snapshot(0, values), paths = jko_row_major(more, (steps + 1) * x.rows, D);
    try_to(jko_simulation_options_init(&options, sizeof options));
    options.potential = potential;
    options.beta = beta;
    options.dt = dt;
    options.steps = steps;
    options.seed = seed;
    try_to(jko_simulate(&x, &options, &paths));
    write_numbers("paths", more, paths.rows * D);
}

static void fit(const char *terms, int32_t size, int64_t epochs, uint64_t seed)
{
    jko_model_options made;
    jko_fit_options fitted;
    jko_feature_options features;
    jko_network_options network;
    jko_training_options training;
    try_to(jko_model_options_init(&made, sizeof made));
    try_to(jko_fit_options_init(&fitted, sizeof fitted));
    try_to(jko_feature_options_init(&features, sizeof features));
    try_to(jko_network_options_init(&network, sizeof network));
    try_to(jko_training_options_init(&training, sizeof training));
    fitted.seed = seed;
    if (strcmp(terms, "network") == 0) {
        network.hidden[0] = network.hidden[1] = size;
        made.potential_network = &network;
        training.epochs = epochs;
        training.batch_size = 8;
        fitted.training = &training;
    } else {
        features.polynomial_degree = size;
        features.polynomial_total = 1;
        features.radial_grid = 0;
        made.potential = JKO_LINEAR;
        made.potential_features = &features;
        made.internal = strcmp(terms, "linear+beta") == 0;
    }
    jko_model_destroy(model);
    try_to(jko_model_create(&made, &model));
    try_to(jko_model_fit(model, series, &fitted));
}

static void energy(void)
{
    jko_model_info info = {.struct_size = sizeof info};
    try_to(jko_model_describe(model, &info));
    if (info.potential == JKO_LINEAR) {
        jko_array coefficients = jko_row_major(values, info.parameter_count, 1);
        try_to(jko_model_coefficients(model, &coefficients));
        write_numbers("coefficients", values, info.parameter_count);
    }
    if (info.internal) {
        double beta;
        try_to(jko_model_beta(model, &beta));
        write_numbers("beta", &beta, 1);
    }
    jko_array x = snapshot(0, more), value = jko_row_major(values, x.rows, 1);
    jko_array gradient = jko_row_major(values + x.rows, x.rows, D);
    try_to(jko_model_potential(model, &x, NULL, &value, &gradient));
    write_numbers("potential", values, x.rows);
    write_numbers("gradient", values + x.rows, x.rows * D);
}

static void predict(int64_t steps, uint64_t seed)
{
    jko_rollout_options options;
    double moments[LONGEST];
    jko_array x = snapshot(0, values), times = jko_row_major(moments, steps + 1, 1);
    jko_array paths = jko_row_major(more, (steps + 1) * x.rows, D);
    try_to(jko_rollout_options_init(&options, sizeof options));
    options.seed = seed;
    try_to(jko_model_rollout_times(model, moments[0] = 0, steps, &times));
    try_to(jko_model_rollout(model, &x, &times, &options, &paths, NULL));
    write_numbers("paths", more, paths.rows * D);
}

static void evaluate(void)
{
    int64_t steps = jko_snapshots_count(series) - 1;
    jko_comparison comparison = {.struct_size = sizeof comparison};
    double found[3][LONGEST];
    jko_array one_step = jko_row_major(found[0], steps, 1), energy_distance = jko_row_major(found[1], steps, 1);
    jko_array variance_ratio = jko_row_major(found[2], steps, 1);
    comparison.one_step = &one_step;
    comparison.energy_distance = &energy_distance;
    comparison.variance_ratio = &variance_ratio;
    try_to(jko_model_compare(model, series, NULL, NULL, &comparison, NULL));
    write_numbers("one_step", found[0], steps);
    write_numbers("energy_distance", found[1], steps);
    write_numbers("variance_ratio", found[2], steps);
}

static void interpolate(double time)
{
    jko_snapshots *found;
    jko_array times = jko_row_major(&time, 1, 1);
    try_to(jko_interpolate(series, &times, NULL, &found, NULL));
    int64_t count = jko_snapshots_size(found, 0);
    jko_array points = jko_row_major(values, count, D), weights = jko_row_major(more, count, 1);
    try_to(jko_snapshots_points(found, 0, &points));
    try_to(jko_snapshots_weights(found, 0, &weights));
    write_numbers("points", values, count * D);
    write_numbers("weights", more, count);
    jko_snapshots_destroy(found);
}

static void grow(double last, double time)
{
    jko_growth_options options;
    jko_growth *growth;
    int64_t count = jko_snapshots_count(series);
    double total[LONGEST];
    for (int64_t k = 0; k < count; k++)
        total[k] = 1 + (last - 1) * (double)k / (double)(count - 1);
    jko_array totals = jko_row_major(total, count, 1);
    jko_array x = snapshot(0, more), rates = jko_row_major(values, x.rows, 1);
    try_to(jko_growth_options_init(&options, sizeof options));
    options.total_mass = &totals;
    try_to(jko_growth_fit(series, &options, &growth));
    try_to(jko_growth_rates(growth, &x, time, &rates, NULL));
    write_numbers("rates", values, x.rows);
    jko_growth_destroy(growth);
}

/* A point of three coordinates, which no model here takes. */
static void refuse(void)
{
    double place[3] = {0, 0, 0}, value;
    jko_array x = jko_row_major(place, 1, 3), out = jko_row_major(&value, 1, 1);
    printf("  status %s\n", jko_model_potential(model, &x, NULL, &out, NULL) == JKO_ESHAPE ? "JKO_ESHAPE" : "another");
}

static void call(char *line)
{
    char *word[8] = {NULL};
    int count = 0;
    for (char *next = strtok(line, " "); next && count < 8; next = strtok(NULL, " "))
        word[count++] = next;
#define NUMBER(i) strtod(word[i], NULL)
#define INTEGER(i) strtoll(word[i], NULL, 10)
    const char *name = word[0];
    if (strcmp(name, "load") == 0)
        load(word[1]);
    else if (strcmp(name, "emd") == 0)
        distance(INTEGER(1), INTEGER(2), (int32_t)INTEGER(3));
    else if (strcmp(name, "plan") == 0)
        plan(INTEGER(1), INTEGER(2), NUMBER(3));
    else if (strcmp(name, "simulate") == 0)
        simulate(word[1], NUMBER(2), NUMBER(3), INTEGER(4), (uint64_t)INTEGER(5));
    else if (strcmp(name, "fit") == 0)
        fit(word[1], (int32_t)INTEGER(2), INTEGER(3), (uint64_t)INTEGER(4));
    else if (strcmp(name, "energy") == 0)
        energy();
    else if (strcmp(name, "predict") == 0)
        predict(INTEGER(1), (uint64_t)INTEGER(2));
    else if (strcmp(name, "evaluate") == 0)
        evaluate();
    else if (strcmp(name, "interpolate") == 0)
        interpolate(NUMBER(1));
    else if (strcmp(name, "grow") == 0)
        grow(NUMBER(1), NUMBER(2));
    else if (strcmp(name, "refuse") == 0)
        refuse();
    else if (strcmp(name, "save") == 0)
        try_to(jko_model_save(model, word[1]));
    else {
        fprintf(stderr, "no call is named %s\n", name);
        exit(EXIT_FAILURE);
    }
}

int main(int argc, char **argv)
{
    static char line[100000];
    FILE *table = argc > 1 ? fopen(argv[1], "r") : NULL;
    if (!table)
        return EXIT_FAILURE;
    while (fgets(line, sizeof line, table)) {
        line[strcspn(line, "\n")] = 0;
        if (line[0] == 0 || line[0] == '#' || line[0] == ' ')
            continue;
        printf("%s\n", line);
        call(line);
    }
    fclose(table);
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
    return EXIT_SUCCESS;
}
