/*
 * Read snapshots of a population and say what is in them.
 *
 *     load_data [PATH]
 *
 * PATH is a csv, npz or npy file or a folder of npy files (see jkonetstar/snapshots.h). Without one, the program makes
 * a small series, saves it as the folder ./snapshots and reads that.
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

/* Seven observations of two coordinates at three times; in any order, in groups of different sizes. */
static jko_status save_small_series(const char *folder)
{
    const double points[7][2] = {{0, 0}, {1, 0}, {1, 1}, {2, 1}, {2, 2}, {3, 2}, {0, 1}};
    const double times[7] = {0, 0, 0.5, 0.5, 2, 2, 0};
    jko_array point_view = jko_row_major(&points[0][0], 7, 2);
    jko_array time_view = jko_row_major(times, 7, 1);
    jko_snapshots *series = NULL;

    jko_status status = jko_snapshots_create(&point_view, &time_view, NULL, &series);
    if (status == JKO_OK)
        status = jko_snapshots_save(series, folder);
    jko_snapshots_destroy(series);
    return status;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "snapshots";
    int result = EXIT_FAILURE;
    jko_snapshots *series = NULL;
    double *points = NULL;

    if (argc < 2)
        CHECK(save_small_series(path));
    CHECK(jko_snapshots_load(path, NULL, &series));

    int64_t d = jko_snapshots_dimension(series);
    printf("%s: %lld snapshots of %lld coordinates\n", path, (long long)jko_snapshots_count(series), (long long)d);

    for (int64_t k = 0; k < jko_snapshots_count(series); k++) {
        int64_t n = jko_snapshots_size(series, k);
        free(points);
        points = malloc((size_t)(n * d) * sizeof *points);
        if (points == NULL)
            goto done;
        jko_array view = jko_row_major(points, n, d);
        CHECK(jko_snapshots_points(series, k, &view));

        printf("  t = %-8g %6lld particles, mean (", jko_snapshots_time(series, k), (long long)n);
        for (int64_t j = 0; j < d && j < 3; j++) {
            double sum = 0;
            for (int64_t i = 0; i < n; i++)
                sum += points[i * d + j];
            printf("%s%.3g", j > 0 ? ", " : "", sum / (double)n);
        }
        printf("%s)\n", d > 3 ? ", .." : "");
    }
    result = EXIT_SUCCESS;

done:
    free(points);
    jko_snapshots_destroy(series);
    return result;
}
