/*
 * Error bars of networks: the members of the bootstrap, the spread of their terms and of their rollouts.
 */
#include "options.h"
#include "populations.h"
#include "series.h"

#include <math.h>
#include <string.h>

static whole_fit_options small_fit(jko_error_bars bars)
{
    whole_fit_options options = usual_fit();
    options.training.epochs = 3;
    options.training.batch_size = 4;
    options.fit.error_bars = bars;
    options.fit.bootstrap_samples = 3;
    options.fit.rollout_weight = 0;
    return options;
}

static jko_model *small_network(void)
{
    whole_model_options options = usual_model();
    jko_model *model = NULL;
    options.model.time_varying = 0;
    options.potential_network.hidden_count = 1;
    options.potential_network.hidden[0] = 4;
    WORKS(jko_model_create(whole(&options), &model));
    return model;
}

static int64_t members_of(const jko_model *model)
{
    jko_model_info info = {.struct_size = sizeof info};
    WORKS(jko_model_describe(model, &info));
    return info.member_count;
}

/* An explicit step is tau times the gradient, and so is its error. A file brings back both. */
static void errors(void)
{
    double points[2][2] = {{0.3, 0.2}, {1, 0.5}}, value[2], gradient[2][2], course[6][2], again[6][2];
    const double times[3] = {0, 0.5, 1};
    const jko_array x = jko_row_major(&points[0][0], 2, 2), t = jko_row_major(times, 3, 1);
    const jko_array v = jko_row_major(value, 2, 1), g = jko_row_major(&gradient[0][0], 2, 2);
    const jko_array out = jko_row_major(&course[0][0], 6, 2), same = jko_row_major(&again[0][0], 6, 2);
    jko_snapshots *series = drifting_series();
    jko_model *model = small_network(), *loaded = NULL;
    whole_fit_options options = small_fit(JKO_ERROR_BARS_BOOTSTRAP);
    jko_rollout_info info = {.struct_size = sizeof info};

    CHECK(members_of(model) == 0);
    WORKS(jko_model_fit(model, series, with_training(&options)));
    CHECK(members_of(model) == 3);
    WORKS(jko_model_potential_error(model, &x, NULL, &v, &g));
    WORKS(jko_model_rollout_error(model, &x, &t, NULL, &out, &info));
    CHECK(info.unconverged == 0 && info.farthest > 0);
    for (int i = 0; i < 2; i++) {
        CHECK(value[i] > 0);
        for (int j = 0; j < 2; j++) {
            CHECK(course[i][j] == 0 && gradient[i][j] > 0);
            CHECK(fabs(course[2 + i][j] - 0.5 * gradient[i][j]) < 1e-12);
        }
    }
    WORKS(jko_model_save(model, "ensemble.safetensors"));
    WORKS(jko_model_load("ensemble.safetensors", &loaded));
    CHECK(members_of(loaded) == 3);
    WORKS(jko_model_rollout_error(loaded, &x, &t, NULL, &same, NULL));
    CHECK(memcmp(course, again, sizeof course) == 0);

    /* 0 stands for 10 members of a network. */
    options.fit.bootstrap_samples = 0;
    WORKS(jko_model_fit(model, series, with_training(&options)));
    CHECK(members_of(model) == 10);
    jko_model_destroy(loaded);
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
}

static int stop(const jko_progress *progress, void *user_data) { return strcmp(progress->stage, user_data) == 0; }

static void refusals(void)
{
    double point[2] = {0, 0}, out_values[4];
    const double times[2] = {0, 1};
    const jko_array x = jko_row_major(point, 1, 2), t = jko_row_major(times, 2, 1);
    const jko_array out = jko_row_major(out_values, 2, 2), few = jko_row_major(out_values, 1, 2);
    jko_snapshots *series = drifting_series();
    jko_model *model = small_network(), *linear = fitted_model(0);
    whole_fit_options options = small_fit(JKO_ERROR_BARS_INFLUENCE);

    REFUSED(JKO_EINVALID, "options->error_bars", jko_model_fit(model, series, with_training(&options)));
    options = small_fit(JKO_ERROR_BARS_BOOTSTRAP);
    options.training.checkpoint = "never-written";
    REFUSED(JKO_EINVALID, "options->error_bars", jko_model_fit(model, series, with_training(&options)));
    options = small_fit(JKO_ERROR_BARS_BOOTSTRAP);
    options.fit.bootstrap_samples = 1;
    REFUSED(JKO_EINVALID, "options->bootstrap_samples", jko_model_fit(model, series, with_training(&options)));

    REFUSED(JKO_ENOTFITTED, "model", jko_model_rollout_error(model, &x, &t, NULL, &out, NULL));
    FILL(out_values);
    REFUSED(JKO_EINVALID, "model", jko_model_rollout_error(linear, &x, &t, NULL, &out, NULL));
    UNTOUCHED(out_values);

    /* Cancelled in its bootstrap, a model is fitted and has no error bars. */
    options = small_fit(JKO_ERROR_BARS_BOOTSTRAP);
    options.fit.progress = stop;
    options.fit.progress_user_data = (void *)"bootstrap";
    REFUSED(JKO_ECANCELLED, "error bars", jko_model_fit(model, series, with_training(&options)));
    CHECK(members_of(model) == 0);
    WORKS(jko_model_rollout(model, &x, &t, NULL, &out, NULL));
    REFUSED(JKO_EINVALID, "model", jko_model_rollout_error(model, &x, &t, NULL, &out, NULL));
    REFUSED(JKO_EINVALID, "model", jko_model_potential_error(model, &x, NULL, NULL, &few));

    options.fit.progress = NULL;
    WORKS(jko_model_fit(model, series, with_training(&options)));
    FILL(out_values);
    REFUSED(JKO_ENULL, "x0", jko_model_rollout_error(model, NULL, &t, NULL, &out, NULL));
    REFUSED(JKO_ENULL, "out", jko_model_rollout_error(model, &x, &t, NULL, NULL, NULL));
    REFUSED(JKO_ESHAPE, "out", jko_model_rollout_error(model, &x, &t, NULL, &few, NULL));
    UNTOUCHED(out_values);
    jko_model_destroy(linear);
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
}

int main(void)
{
    errors();
    refusals();
    return finish("ensemble");
}
