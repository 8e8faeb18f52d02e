/*
 * Runs the calls of a conformance table through the C interface, and writes the table with the results.
 *
 *     runner TABLE >RESULTS
 *
 * The calls themselves are in runner_populations.c and runner_models.c.
 */
#include "runner.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

jko_snapshots *series;
jko_model *model;
double values[MOST], more[MOST];

void try_to(jko_status status)
{
    if (status != JKO_OK) {
        fprintf(stderr, "%s\n", jko_last_error());
        exit(EXIT_FAILURE);
    }
}

void write_numbers(const char *name, const double *numbers, int64_t count)
{
    printf("  %s", name);
    for (int64_t i = 0; i < count; i++) {
        uint64_t bits;
        memcpy(&bits, numbers + i, sizeof bits);
        printf(" %016" PRIx64, bits);
    }
    printf("\n");
}

jko_array points_of(const jko_snapshots *some, int64_t k, double *memory)
{
    jko_array view = jko_row_major(memory, jko_snapshots_size(some, k), D);
    try_to(jko_snapshots_points(some, k, &view));
    return view;
}

jko_array weights_of(const jko_snapshots *some, int64_t k, double *memory)
{
    jko_array view = jko_row_major(memory, jko_snapshots_size(some, k), 1);
    try_to(jko_snapshots_weights(some, k, &view));
    return view;
}

void write_rows(const char *name, const jko_snapshots *some)
{
    int64_t rows[LONGEST], count = 0;
    for (int64_t k = 0; k < jko_snapshots_count(some); k++) {
        try_to(jko_snapshots_rows(some, k, rows));
        for (int64_t i = 0; i < jko_snapshots_size(some, k); i++)
            values[count++] = (double)rows[i];
    }
    write_numbers(name, values, count);
}

static void load(const char *name, const char *weights)
{
    jko_load_options options;
    try_to(jko_load_options_init(&options, sizeof options));
    options.time = "time";
    options.weights = weights;
    jko_snapshots_destroy(series);
    try_to(jko_snapshots_load(name, &options, &series));
    int64_t count = 0;
    for (int64_t k = 0; k < jko_snapshots_count(series); k++) {
        points_of(series, k, values + count * D);
        weights_of(series, k, more + count);
        count += jko_snapshots_size(series, k);
    }
    write_numbers("points", values, count * D);
    write_numbers("weights", more, count);
}

static void call(char *line)
{
    char *word[8] = {NULL};
    int count = 0;
    for (char *next = strtok(line, " "); next && count < 8; next = strtok(NULL, " "))
        word[count++] = next;
#define NUMBER(i) strtod(word[i], NULL)
#define INTEGER(i) strtoll(word[i], NULL, 10)
#define SEED(i) strtoull(word[i], NULL, 10)
#define IS(name) (strcmp(word[0], name) == 0)
    if (IS("load"))
        load(word[1], word[2]);
    else if (IS("emd") || IS("energy_distance") || IS("divergence"))
        distance(word[0], INTEGER(1), INTEGER(2), count > 3 ? NUMBER(3) : 0);
    else if (IS("plan"))
        plan(INTEGER(1), INTEGER(2), NUMBER(3));
    else if (IS("shuffle"))
        shuffle(SEED(1));
    else if (IS("split"))
        split(NUMBER(1), SEED(2));
    else if (IS("functional"))
        functional(word[1]);
    else if (IS("simulate"))
        simulate(word[1], NUMBER(2), NUMBER(3), INTEGER(4), SEED(5));
    else if (IS("simulate_function"))
        simulate_function(NUMBER(1), INTEGER(2));
    else if (IS("interpolate"))
        interpolate(NUMBER(1), SEED(2));
    else if (IS("grow"))
        grow(NUMBER(1), NUMBER(2), SEED(3));
    else if (IS("fit"))
        fit(word[1], (int32_t)INTEGER(2), INTEGER(3), SEED(4));
    else if (IS("read"))
        read_model(word[1]);
    else if (IS("energy"))
        energy();
    else if (IS("predict"))
        predict(INTEGER(1), word[2]);
    else if (IS("evaluate"))
        evaluate();
    else if (IS("floor"))
        compare_with_floor(NUMBER(1), SEED(2));
    else if (IS("refuse"))
        refuse();
    else if (IS("save"))
        try_to(jko_model_save(model, word[1]));
    else {
        fprintf(stderr, "no call is named %s\n", word[0]);
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
