/*
 * Calls that need no model: distances, plans, divisions, simulations, populations between observed ones, growth.
 */
#include "runner.h"

#include <string.h>

/* Two snapshots with their weights, as the library takes them. */
typedef struct pair {
    double first_weights[LONGEST], last_weights[LONGEST];
    jko_array x, y, a, b;
} pair;

static pair read_pair;

static const pair *pair_of(int64_t from, int64_t to)
{
    read_pair.x = points_of(series, from, values);
    read_pair.y = points_of(series, to, more);
    read_pair.a = weights_of(series, from, read_pair.first_weights);
    read_pair.b = weights_of(series, to, read_pair.last_weights);
    return &read_pair;
}

static jko_plan_options entropic(double epsilon)
{
    jko_plan_options options;
    try_to(jko_plan_options_init(&options, sizeof options));
    if (epsilon > 0) {
        options.method = JKO_PLAN_SINKHORN;
        options.epsilon = epsilon;
    }
    return options;
}

void distance(const char *kind, int64_t from, int64_t to, double number)
{
    const pair *it = pair_of(from, to);
    double found;
    if (strcmp(kind, "emd") == 0) {
        try_to(jko_emd(&it->x, &it->y, &it->a, &it->b, (int32_t)number, NULL, &found));
    } else if (strcmp(kind, "energy_distance") == 0) {
        try_to(jko_energy_distance(&it->x, &it->y, &it->a, &it->b, &found));
    } else {
        jko_plan_options options = entropic(number);
        try_to(jko_sinkhorn_divergence(&it->x, &it->y, &it->a, &it->b, &options, &found, NULL));
    }
    write_numbers("value", &found, 1);
}

void plan(int64_t from, int64_t to, double epsilon)
{
    jko_plan_options options = entropic(epsilon);
    jko_plan_info info = {.struct_size = sizeof info};
    jko_plan *found;
    const pair *it = pair_of(from, to);
    int64_t n = it->x.rows, m = it->y.rows, rows[LONGEST], columns[LONGEST], count;
    try_to(jko_plan_compute(&it->x, &it->y, &it->a, &it->b, &options, &found));
    try_to(jko_plan_describe(found, &info));
    write_numbers("cost", &info.cost, 1);
    try_to(jko_plan_duals(found, values, values + n));
    write_numbers("duals", values, n + m);
    try_to(jko_plan_masses(found, values, values + n));
    write_numbers("masses", values, n + m);
    try_to(jko_plan_barycentres(found, &it->x, NULL));
    write_numbers("barycentres", values, n * D);
    if (epsilon == 0) {
        try_to(jko_plan_sparse(found, 0, LONGEST, rows, columns, more, &count));
        for (int64_t i = 0; i < count; i++) {
            values[i] = (double)rows[i];
            values[count + i] = (double)columns[i];
        }
        write_numbers("pairs", values, 2 * count);
        write_numbers("mass", more, count);
    }
    jko_plan_destroy(found);
}

void shuffle(uint64_t seed)
{
    jko_snapshots *found;
    try_to(jko_snapshots_shuffle(series, seed, &found));
    write_rows("rows", found);
    jko_snapshots_destroy(found);
}

void split(double fraction, uint64_t seed)
{
    jko_snapshots *train, *test;
    try_to(jko_snapshots_split(series, JKO_SPLIT_WITHIN_TIMES, fraction, seed, &train, &test));
    write_rows("train", train);
    write_rows("test", test);
    jko_snapshots_destroy(train);
    jko_snapshots_destroy(test);
}

void functional(const char *name)
{
    jko_array x = points_of(series, 0, more), value = jko_row_major(values, x.rows, 1);
    jko_array gradient = jko_row_major(values + x.rows, x.rows, D);
    try_to(jko_functional_value(name, &x, &value));
    try_to(jko_functional_gradient(name, &x, &gradient));
    write_numbers("values", values, x.rows);
    write_numbers("gradient", values + x.rows, x.rows * D);
}

static void run(const jko_simulation_options *options)
{
    jko_array x = points_of(series, 0, values), paths = jko_row_major(more, (options->steps + 1) * x.rows, D);
    try_to(jko_simulate(&x, options, &paths));
    write_numbers("paths", more, paths.rows * D);
}

void simulate(const char *potential, double beta, double dt, int64_t steps, uint64_t seed)
{
    jko_simulation_options options;
    try_to(jko_simulation_options_init(&options, sizeof options));
    options.potential = potential;
    options.beta = beta;
    options.dt = dt;
    options.steps = steps;
    options.seed = seed;
    run(&options);
}

/* The gradient of V(x, y) = 2 x y. */
static int saddle(const double *points, int64_t n, int64_t d, double time, double *gradient, void *user_data)
{
    (void)time;
    (void)user_data;
    for (int64_t i = 0; i < n; i++) {
        gradient[i * d] = 2 * points[i * d + 1];
        gradient[i * d + 1] = 2 * points[i * d];
    }
    return 0;
}

void simulate_function(double dt, int64_t steps)
{
    jko_simulation_options options;
    try_to(jko_simulation_options_init(&options, sizeof options));
    options.potential_gradient = saddle;
    options.dt = dt;
    options.steps = steps;
    run(&options);
}

void interpolate(double time, uint64_t seed)
{
    jko_interpolation_options options;
    jko_snapshots *found;
    jko_array times = jko_row_major(&time, 1, 1);
    try_to(jko_interpolation_options_init(&options, sizeof options));
    options.seed = seed;
    try_to(jko_interpolate(series, &times, &options, &found, NULL));
    int64_t count = jko_snapshots_size(found, 0);
    points_of(found, 0, values);
    weights_of(found, 0, more);
    write_numbers("points", values, count * D);
    write_numbers("weights", more, count);
    jko_snapshots_destroy(found);
}

void grow(double last, double time, uint64_t seed)
{
    jko_growth_options options;
    jko_growth *growth;
    int64_t count = jko_snapshots_count(series);
    double total[LONGEST];
    for (int64_t k = 0; k < count; k++)
        total[k] = 1 + (last - 1) * (double)k / (double)(count - 1);
    jko_array totals = jko_row_major(total, count, 1);
    jko_array x = points_of(series, 0, more), rates = jko_row_major(values, x.rows, 1);
    try_to(jko_growth_options_init(&options, sizeof options));
    options.total_mass = &totals;
    options.seed = seed;
    try_to(jko_growth_fit(series, &options, &growth));
    try_to(jko_growth_rates(growth, &x, time, &rates, NULL));
    write_numbers("rates", values, x.rows);
    jko_growth_destroy(growth);
}
