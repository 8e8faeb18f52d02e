/*
 * Learn the potential behind a population and save it.
 *
 *     train [MODEL] [EPOCHS]
 *
 * The population is simulated, so that the truth is known: 400 particles in the wavy_plateau potential, of which each
 * snapshot shows a different 200, so that nobody is ever seen twice in a row. Default: model.safetensors, 100 epochs.
 */
#include <jkonetstar.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(call)                                                                                                    \
    do {                                                                                                               \
        if ((call) != JKO_OK) {                                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, jko_last_error());                                      \
            goto done;                                                                                                 \
        }                                                                                                              \
    } while (0)

enum { PARTICLES = 400, STEPS = 5, D = 2 };

static int report(const jko_progress *progress, void *user_data)
{
    int64_t *interval = user_data;
    if (progress->done % *interval == 0 || progress->done == progress->total) {
        printf("%-9s %5lld of %lld, %.2f s", progress->stage, (long long)progress->done, (long long)progress->total,
               progress->seconds);
        if (!isnan(progress->loss))
            printf(", objective %g", progress->loss);
        printf("\n");
    }
    return 0; /* anything else would stop the fit */
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "model.safetensors";
    int64_t interval = 20;
    int result = EXIT_FAILURE;
    jko_snapshots *series = NULL;
    jko_model *model = NULL;
    jko_simulation_options simulation;
    jko_training_options training;
    jko_fit_options fit;
    static double start[PARTICLES][D], course[STEPS + 1][PARTICLES][D];

    for (int i = 0; i < PARTICLES; i++)
        for (int j = 0; j < D; j++)
            start[i][j] = -4 + 8.0 * rand() / RAND_MAX;
    jko_array x0 = jko_row_major(&start[0][0], PARTICLES, D);
    jko_array out = jko_row_major(&course[0][0][0], (STEPS + 1) * PARTICLES, D);
    CHECK(jko_simulation_options_init(&simulation, sizeof simulation));
    simulation.potential = "wavy_plateau";
    simulation.steps = STEPS;
    CHECK(jko_simulate(&x0, &simulation, &out));

    CHECK(jko_snapshots_create_empty(D, &series));
    for (int k = 0; k <= STEPS; k++) {
        /* Every other particle: the even ones, then the odd ones, then the even ones again. */
        jko_array seen = jko_row_major(course[k][k % 2], PARTICLES / 2, D);
        seen.row_stride = 2 * D;
        CHECK(jko_snapshots_append(series, &seen, k * simulation.dt, NULL));
    }

    CHECK(jko_training_options_init(&training, sizeof training));
    training.epochs = argc > 2 ? atoll(argv[2]) : 100;
    CHECK(jko_fit_options_init(&fit, sizeof fit));
    fit.training = &training;
    fit.progress = report;
    fit.progress_user_data = &interval;
    CHECK(jko_model_create(NULL, &model));
    CHECK(jko_model_fit(model, series, &fit));
    CHECK(jko_model_save(model, path));
    printf("saved %s\n", path);
    result = EXIT_SUCCESS;

done:
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
    return result;
}
