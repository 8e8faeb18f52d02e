/* Bad input to jkonetstar/evaluation.h. */
#include "arrays.h"
#include "series.h"

static int stop(const jko_progress *progress, void *user_data)
{
    (void)user_data;
    return progress->done >= 1;
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

    jko_model_destroy(model);
    jko_model_destroy(unfitted);
    jko_snapshots_destroy(series);
    jko_snapshots_destroy(empty);
    jko_snapshots_destroy(line);
    return finish("evaluation");
}
