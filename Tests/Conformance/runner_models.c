/*
 * Calls that make a model, and calls of the model that was made last.
 */
#include "runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fit(const char *terms, int32_t size, int64_t epochs, uint64_t seed)
{
    jko_model_options made;
    jko_fit_options fitted;
    jko_feature_options features;
    jko_network_options network;
    jko_training_options training;
    jko_density_options density;
    jko_model_info info = {.struct_size = sizeof info};
    try_to(jko_model_options_init(&made, sizeof made));
    try_to(jko_fit_options_init(&fitted, sizeof fitted));
    try_to(jko_feature_options_init(&features, sizeof features));
    try_to(jko_network_options_init(&network, sizeof network));
    try_to(jko_training_options_init(&training, sizeof training));
    try_to(jko_density_options_init(&density, sizeof density));
    fitted.seed = seed;
    if (strcmp(terms, "network") == 0) {
        network.hidden[0] = network.hidden[1] = size;
        made.potential_network = &network;
        training.epochs = epochs;
        training.batch_size = 8;
        fitted.training = &training;
    } else if (strcmp(terms, "beta") == 0) {
        density.components = 1;
        made.potential = JKO_NONE;
        made.internal = 1;
        made.density = &density;
    } else {
        if (strcmp(terms, "radial") == 0) {
            features.radial_grid = size;
        } else {
            features.polynomial_degree = size;
            features.polynomial_total = 1;
            features.radial_grid = 0;
        }
        made.potential = JKO_LINEAR;
        made.potential_features = &features;
        made.internal = strcmp(terms, "linear+beta") == 0;
    }
    jko_model_destroy(model);
    try_to(jko_model_create(&made, &model));
    try_to(jko_model_fit(model, series, &fitted));
    try_to(jko_model_describe(model, &info));
    jko_array history = jko_row_major(values, info.history_count, 1);
    try_to(jko_model_history(model, &history));
    write_numbers("history", values, info.history_count);
}

void read_model(const char *name)
{
    jko_model_destroy(model);
    try_to(jko_model_load(name, &model));
}

void energy(void)
{
    jko_model_info info = {.struct_size = sizeof info};
    double number, weights[LONGEST];
    try_to(jko_model_describe(model, &info));
    if (info.potential != JKO_NETWORK) {
        jko_array coefficients = jko_row_major(values, info.parameter_count, 1);
        try_to(jko_model_coefficients(model, &coefficients));
        write_numbers("coefficients", values, info.parameter_count);
    }
    if (info.internal) {
        try_to(jko_model_beta(model, &number));
        write_numbers("beta", &number, 1);
    }
    jko_array x = points_of(series, 0, more), masses = weights_of(series, 0, weights);
    try_to(jko_model_energy(model, &x, &masses, NULL, &number));
    write_numbers("energy", &number, 1);
    if (info.potential != JKO_NONE) {
        jko_array value = jko_row_major(values, x.rows, 1), gradient = jko_row_major(values + x.rows, x.rows, D);
        try_to(jko_model_potential(model, &x, NULL, &value, &gradient));
        write_numbers("potential", values, x.rows);
        write_numbers("gradient", values + x.rows, x.rows * D);
    }
}

/* The seed that the model was fitted with, from its description. */
static uint64_t own_seed(void)
{
    static char text[100000];
    size_t length;
    try_to(jko_model_describe_json(model, text, sizeof text, &length));
    const char *fitted = strstr(text, "\"fit\""), *found = fitted ? strstr(fitted, "\"seed\"") : NULL;
    return found ? strtoull(found + strcspn(found, "0123456789"), NULL, 10) : 0;
}

void predict(int64_t steps, const char *seed)
{
    jko_rollout_options options;
    double moments[LONGEST];
    jko_array x = points_of(series, 0, values), times = jko_row_major(moments, steps + 1, 1);
    jko_array paths = jko_row_major(more, (steps + 1) * x.rows, D);
    try_to(jko_rollout_options_init(&options, sizeof options));
    options.seed = strcmp(seed, "own") == 0 ? own_seed() : strtoull(seed, NULL, 10);
    try_to(jko_model_rollout_times(model, moments[0] = 0, steps, &times));
    try_to(jko_model_rollout(model, &x, &times, &options, &paths, NULL));
    write_numbers("paths", more, paths.rows * D);
}

void evaluate(void)
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

void compare_with_floor(double fraction, uint64_t seed)
{
    int64_t steps = jko_snapshots_count(series) - 1;
    jko_snapshots *train, *test;
    jko_comparison comparison = {.struct_size = sizeof comparison};
    double found[3][LONGEST];
    jko_array one_step = jko_row_major(found[0], steps, 1), floor = jko_row_major(found[1], steps, 1);
    jko_array floor_energy_distance = jko_row_major(found[2], steps, 1);
    comparison.one_step = &one_step;
    comparison.floor = &floor;
    comparison.floor_energy_distance = &floor_energy_distance;
    try_to(jko_snapshots_split(series, JKO_SPLIT_WITHIN_TIMES, fraction, seed, &train, &test));
    try_to(jko_model_compare(model, test, train, NULL, &comparison, NULL));
    write_numbers("one_step", found[0], steps);
    write_numbers("floor", found[1], steps);
    write_numbers("floor_energy_distance", found[2], steps);
    jko_snapshots_destroy(train);
    jko_snapshots_destroy(test);
}

/* A point of three coordinates, which no model here takes. */
void refuse(void)
{
    double place[3] = {0, 0, 0}, value;
    jko_array x = jko_row_major(place, 1, 3), out = jko_row_major(&value, 1, 1);
    printf("  status %s\n", jko_model_potential(model, &x, NULL, &out, NULL) == JKO_ESHAPE ? "JKO_ESHAPE" : "another");
}
