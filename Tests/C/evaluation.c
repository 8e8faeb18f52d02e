/* Bad input to jkonetstar/evaluation.h. */
#include "arrays.h"
#include "series.h"

static int stop(const jko_progress *progress, void *user_data)
{
    (void)user_data;
    return progress->done >= 1;
}

/* Every measure beside W1; each may be missing, but not wrong. */
static void compares(const jko_model *model, const jko_snapshots *series)
{
    double figures[12][2], wanted[3][2];
    jko_array views[12], w[3];
    const jko_array **members[12];
    jko_comparison comparison;
    jko_rollout_info info;
    const size_t sizes[] = {0, 4, 12, SIZE_MAX};

    for (int i = 0; i < 12; i++)
        views[i] = jko_row_major(figures[i], 2, 1);
    for (int i = 0; i < 3; i++)
        w[i] = jko_row_major(wanted[i], 2, 1);
    memset(&comparison, 0, sizeof comparison);
    comparison.struct_size = sizeof comparison;
    members[0] = &comparison.one_step;
    for (int i = 1; i < 12; i++)
        members[i] = members[0] + i;
    CHECK(members[11] == &comparison.floor_energy_distance);

    REFUSED(JKO_ENULL, "model", jko_model_compare(NULL, series, NULL, NULL, &comparison, NULL));
    REFUSED(JKO_ENULL, "snapshots", jko_model_compare(model, NULL, NULL, NULL, &comparison, NULL));
    REFUSED(JKO_ENULL, "comparison", jko_model_compare(model, series, NULL, NULL, NULL, NULL));
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        comparison.struct_size = sizes[i];
        REFUSED(JKO_EINVALID, "struct_size", jko_model_compare(model, series, NULL, NULL, &comparison, NULL));
    }
    comparison.struct_size = sizeof comparison;
    /* Nothing is wanted. */
    WORKS(jko_model_compare(model, series, NULL, NULL, &comparison, NULL));

    for (int i = 0; i < 12; i++) {
        jko_array wrong = views[i];
        wrong.rows = 1;
        *members[i] = &wrong;
        REFUSED(JKO_ESHAPE, "comparison", jko_model_compare(model, series, NULL, NULL, &comparison, NULL));
        *members[i] = &views[i];
        WORKS(jko_model_compare(model, series, series, NULL, &comparison, NULL));
        *members[i] = NULL;
    }
    double alone[12][2];
    memcpy(alone, figures, sizeof alone);
    for (int i = 0; i < 12; i++)
        *members[i] = &views[i];
    info.struct_size = sizeof info;
    WORKS(jko_model_compare(model, series, series, NULL, &comparison, &info));
    WORKS(jko_model_evaluate(model, series, NULL, &w[0], &w[1], &w[2], NULL));
    /* Each is alone what it is among the others. */
    CHECK(memcmp(alone, figures, sizeof alone) == 0);
    for (int k = 0; k < 2; k++) {
        CHECK(figures[0][k] == wanted[0][k] && figures[3][k] == wanted[1][k] && figures[4][k] == wanted[2][k]);
        CHECK(figures[7][k] > 2 * figures[0][k] && figures[8][k] > figures[1][k]);
        CHECK(figures[2][k] > 0.1 && figures[2][k] < 10 && figures[9][k] > 0.1);
        /* The series is its own training series. */
        CHECK(figures[10][k] == 0 && figures[11][k] <= 0);
    }
    CHECK(figures[0][0] == figures[3][0] && figures[1][0] == figures[5][0] && figures[2][0] == figures[6][0]);
    /* Without training snapshots there is no floor. */
    WORKS(jko_model_compare(model, series, NULL, NULL, &comparison, NULL));
    CHECK(isnan(figures[10][0]) && isnan(figures[11][1]) && figures[0][0] == wanted[0][0]);
}

int main(void)
{
    jko_model *model = fitted_model(0), *unfitted = linear_model(0);
    jko_snapshots *series = drifting_series(), *empty = NULL, *line = NULL;
    const double coordinates[2] = {0, 1}, times[2] = {0, 1};
    const jko_array x = jko_row_major(coordinates, 2, 1), t = jko_row_major(times, 2, 1);
    double one[2], two[2], three[2];
    const jko_array a = jko_row_major(one, 2, 1), b = jko_row_major(two, 2, 1), c = jko_row_major(three, 2, 1);
    jko_evaluation_options options;
    jko_rollout_info info;
    const size_t sizes[] = {0, 4, 12, SIZE_MAX};

    FILL(one);
    FILL(two);
    FILL(three);
    WORKS(jko_snapshots_create_empty(2, &empty));
    WORKS(jko_snapshots_create(&x, &t, NULL, &line));
    REFUSED(JKO_ENULL, "options", jko_evaluation_options_init(NULL, sizeof(jko_evaluation_options)));
    REFUSED(JKO_EINVALID, "struct_size", jko_evaluation_options_init(&options, sizeof options + 4));
    jko_evaluation_options_init(&options, sizeof options);
    REFUSED(JKO_ENULL, "model", jko_model_evaluate(NULL, series, NULL, &a, &b, &c, NULL));
    REFUSED(JKO_ENULL, "snapshots", jko_model_evaluate(model, NULL, NULL, &a, &b, &c, NULL));
    REFUSED(JKO_ENOTFITTED, "model", jko_model_evaluate(unfitted, series, NULL, &a, &b, &c, NULL));
    REFUSED(JKO_ESHAPE, "snapshots", jko_model_evaluate(model, empty, NULL, NULL, NULL, NULL, NULL));
    REFUSED(JKO_ESHAPE, "snapshots", jko_model_evaluate(model, line, NULL, NULL, NULL, NULL, NULL));
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        options.struct_size = sizes[i];
        REFUSED(JKO_EINVALID, "struct_size", jko_model_evaluate(model, series, &options, &a, &b, &c, NULL));
    }

    /* Each output may be missing, but not wrong. */
    jko_array wrong = jko_row_major(one, 1, 1);
    REFUSED(JKO_ESHAPE, "one_step", jko_model_evaluate(model, series, NULL, &wrong, &b, &c, NULL));
    REFUSED(JKO_ESHAPE, "cumulative", jko_model_evaluate(model, series, NULL, &a, &wrong, &c, NULL));
    REFUSED(JKO_ESHAPE, "effects_mismatch", jko_model_evaluate(model, series, NULL, &a, &b, &wrong, NULL));
    wrong = a;
    wrong.dtype = 7;
    REFUSED(JKO_EINVALID, "one_step", jko_model_evaluate(model, series, NULL, &wrong, &b, &c, NULL));
    wrong = a;
    wrong.data = NULL;
    REFUSED(JKO_ENULL, "cumulative", jko_model_evaluate(model, series, NULL, &a, &wrong, &c, NULL));

    jko_evaluation_options_init(&options, sizeof options);
    options.progress = stop;
    CHECK(jko_model_evaluate(model, series, &options, &a, &b, &c, NULL) == JKO_ECANCELLED);
    UNTOUCHED(one);
    UNTOUCHED(two);
    UNTOUCHED(three);
    WORKS(jko_model_evaluate(model, series, NULL, NULL, NULL, NULL, NULL));
    WORKS(jko_model_evaluate(model, series, NULL, NULL, &b, NULL, NULL));
    UNTOUCHED(one);
    CHECK(two[0] >= 0 && two[1] >= 0);
    info.struct_size = 1;
    REFUSED(JKO_EINVALID, "struct_size", jko_model_evaluate(model, series, NULL, &a, &b, &c, &info));
    info.struct_size = sizeof info;
    WORKS(jko_model_evaluate(model, series, NULL, &a, &b, &c, &info));
    CHECK(info.unconverged == 0 && info.max_residual <= 1e-9);
    CHECK(one[0] == two[0]); /* the first step of the rollout is the step from the first snapshot */

    CHECK(info.outside == 0 && info.farthest > 0 && info.farthest < 10);

    compares(model, series);

    /* The check of a fit. */
    jko_fit_check check;
    memset(&check, 0, sizeof check);
    check.struct_size = sizeof check;
    REFUSED(JKO_ENULL, "model", jko_model_check(NULL, series, NULL, &check));
    REFUSED(JKO_ENULL, "snapshots", jko_model_check(model, NULL, NULL, &check));
    REFUSED(JKO_ENULL, "check", jko_model_check(model, series, NULL, NULL));
    REFUSED(JKO_ENOTFITTED, "model", jko_model_check(unfitted, series, NULL, &check));
    REFUSED(JKO_ESHAPE, "snapshots", jko_model_check(model, empty, NULL, &check));
    REFUSED(JKO_ESHAPE, "snapshots", jko_model_check(model, line, NULL, &check));
    CHECK(jko_model_check(model, series, &options, &check) == JKO_ECANCELLED && check.transitions == 0);
    check.struct_size = sizeof check + 4;
    REFUSED(JKO_EINVALID, "struct_size", jko_model_check(model, series, NULL, &check));
    check.struct_size = sizeof check;
    WORKS(jko_model_check(model, series, NULL, &check));
    /* So few particles are all looked at, and the drift is one that the model follows. */
    CHECK(check.transitions == 2 && !check.worse && fabs(check.one_step - (one[0] + one[1]) / 2) < 1e-12);
    CHECK(check.nothing_moves > 2 * check.one_step);
    CHECK(check.nothing_moves_energy_distance > check.energy_distance && check.variance_ratio > 0.1);
    CHECK(check.nothing_moves_variance_ratio > 0.1 && check.floor > 0 && !isnan(check.floor_energy_distance));
    CHECK(check.folded == 0 && check.unconverged == 0);

    jko_model_destroy(model);
    jko_model_destroy(unfitted);
    jko_snapshots_destroy(series);
    jko_snapshots_destroy(empty);
    jko_snapshots_destroy(line);
    return finish("evaluation");
}
