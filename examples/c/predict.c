/*
 * Load a model and predict where a population goes.
 *
 *     predict [MODEL] [PREDICTION]
 *
 * Moves a 12 x 12 grid of particles over the square [-4, 4]^2 through the fitted times of a two-dimensional model, such
 * as train.c saves, and writes them as a NumPy file of shape (times * 144, 2). Default: model.safetensors and
 * prediction.npy.
 */
#include <jkonetstar.h>

#include <stdio.h>
#include <stdlib.h>

#define CHECK(call)                                                                                                    \
    do {                                                                                                               \
        if ((call) != JKO_OK) {                                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, jko_last_error());                                      \
            goto done;                                                                                                 \
        }                                                                                                              \
    } while (0)

enum { SIDE = 12, PARTICLES = SIDE * SIDE, D = 2 };

int main(int argc, char **argv)
{
    const char *model_path = argc > 1 ? argv[1] : "model.safetensors";
    const char *prediction_path = argc > 2 ? argv[2] : "prediction.npy";
    int result = EXIT_FAILURE;
    jko_model *model = NULL;
    jko_model_info info = {.struct_size = sizeof info};
    jko_rollout_info rollout = {.struct_size = sizeof rollout};
    double *times = NULL, *course = NULL;
    double start[PARTICLES][D];

    CHECK(jko_model_load(model_path, &model));
    CHECK(jko_model_describe(model, &info));
    if (info.dimension != D) {
        fprintf(stderr, "%s has %lld coordinates, this program needs %d\n", model_path, (long long)info.dimension, D);
        goto done;
    }

    times = malloc((size_t)info.time_count * sizeof *times);
    course = malloc((size_t)info.time_count * PARTICLES * D * sizeof *course);
    if (times == NULL || course == NULL)
        goto done;
    for (int i = 0; i < PARTICLES; i++) {
        start[i][0] = -4 + 8.0 * (i / SIDE) / (SIDE - 1);
        start[i][1] = -4 + 8.0 * (i % SIDE) / (SIDE - 1);
    }
    jko_array x0 = jko_row_major(&start[0][0], PARTICLES, D);
    jko_array time_view = jko_row_major(times, info.time_count, 1);
    jko_array out = jko_row_major(course, info.time_count * PARTICLES, D);
    CHECK(jko_model_times(model, &time_view));
    CHECK(jko_model_rollout(model, &x0, &time_view, NULL, &out, &rollout));
    CHECK(jko_npy_write(prediction_path, &out));

    printf("%d particles from t = %g to t = %g; %lld steps unconverged, largest residual %.1e\n", PARTICLES, times[0],
           times[info.time_count - 1], (long long)rollout.unconverged, rollout.max_residual);
    printf("wrote %s\n", prediction_path);
    result = EXIT_SUCCESS;

done:
    free(course);
    free(times);
    jko_model_destroy(model);
    return result;
}
