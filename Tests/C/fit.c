/* Bad input to jkonetstar/fit.h: options of a fit, of its transport and of its training; fits that end early. */
#include "arrays.h"
#include "options.h"
#include "series.h"

#define REFUSES_FIT(path, member, value)                                                                               \
    do {                                                                                                               \
        options = usual_fit();                                                                                         \
        options.training.epochs = 1;                                                                                   \
        options.member = (value);                                                                                      \
        REFUSED(JKO_EINVALID, path, jko_model_fit(network, series, with_training(&options)));                          \
    } while (0)

#define REFUSES_TRAINING(member, value) REFUSES_FIT("options->training->" #member, training.member, value)
#define REFUSES_TRANSPORT(member, value) REFUSES_FIT("options->transport->" #member, transport.member, value)

static int stop(const jko_progress *progress, void *user_data) { return strcmp(progress->stage, user_data) == 0; }

/* Long epochs are asked about in their midst too: with none done as yet, they go on. */
static int stop_after_an_epoch(const jko_progress *progress, void *user_data)
{
    (void)user_data;
    return strcmp(progress->stage, "training") == 0 && progress->done == 1;
}

static void fit(void)
{
    whole_fit_options options;
    jko_snapshots *series = drifting_series(), *single = NULL, *empty = NULL;
    jko_model *network = NULL, *linear = linear_model(0);
    jko_model_info info;
    const double point[2] = {0, 0};
    const jko_array x = jko_row_major(point, 1, 2);
    const double reals[] = {0, -1, NAN, INFINITY, -INFINITY};
    const int64_t counts[] = {0, -1, INT64_MIN, (int64_t)1 << 31};
    const int32_t kinds[] = {-1, 3, INT32_MAX, INT32_MIN};
    const size_t sizes[] = {0, 4, 12, SIZE_MAX};

    info.struct_size = sizeof info;
    WORKS(jko_model_create(NULL, &network));
    WORKS(jko_snapshots_create_empty(2, &empty));
    WORKS(jko_snapshots_create_empty(2, &single));
    WORKS(jko_snapshots_append(single, &x, 0, NULL));
    REFUSED(JKO_ENULL, "options", jko_fit_options_init(NULL, sizeof(jko_fit_options)));
    REFUSED(JKO_EINVALID, "struct_size", jko_fit_options_init(&options.fit, sizeof options.fit + 4));
    REFUSED(JKO_ENULL, "options", jko_training_options_init(NULL, sizeof(jko_training_options)));
    REFUSED(JKO_EINVALID, "struct_size", jko_training_options_init(&options.training, 0));
    REFUSED(JKO_ENULL, "model", jko_model_fit(NULL, series, NULL));
    REFUSED(JKO_ENULL, "snapshots", jko_model_fit(network, NULL, NULL));
    REFUSED(JKO_ESHAPE, "snapshots", jko_model_fit(network, empty, NULL));
    REFUSED(JKO_ESHAPE, "snapshots", jko_model_fit(network, single, NULL));

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        REFUSES_FIT("options->struct_size", fit.struct_size, sizes[i]);
        REFUSES_TRAINING(struct_size, sizes[i]);
        REFUSES_TRANSPORT(struct_size, sizes[i]);
    }
    REFUSES_TRAINING(epochs, -1);
    REFUSES_TRAINING(epochs, 10000001);
    REFUSES_TRAINING(epochs, INT64_MIN);
    REFUSES_TRAINING(batch_size, 0);
    REFUSES_TRAINING(batch_size, INT64_MIN);
    REFUSES_TRAINING(precision, 2);
    REFUSES_TRAINING(precision, -1);
    REFUSES_TRAINING(resume, 1); /* without a checkpoint */
    REFUSES_TRAINING(checkpoint, "");
    options = usual_fit();
    options.training.checkpoint = "no such folder/checkpoint.safetensors";
    REFUSED(JKO_EIO, "options->training->checkpoint", jko_model_fit(network, series, with_training(&options)));
    REFUSES_TRAINING(final_rate, 1.5);
    REFUSES_TRAINING(validation_fraction, 1);
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        REFUSES_TRAINING(last_layer_every, counts[i]);
        REFUSES_TRAINING(validation_every, counts[i]);
        REFUSES_TRAINING(patience, counts[i]);
        REFUSES_TRAINING(checkpoint_every, counts[i]);
        REFUSES_TRAINING(schedule, kinds[i]);
        REFUSES_TRAINING(last_layer, kinds[i]);
        REFUSES_TRAINING(validation, kinds[i]);
        REFUSES_TRANSPORT(metric, kinds[i]);
        REFUSES_TRANSPORT(method, kinds[i]);
    }
    for (size_t i = 0; i < COUNT_OF(reals); i++) {
        REFUSES_TRAINING(learning_rate, reals[i]);
        REFUSES_TRAINING(clip_norm, reals[i]);
        REFUSES_TRAINING(final_rate, reals[i]);
        REFUSES_TRAINING(validation_fraction, reals[i]);
        if (reals[i] != 0 && reals[i] != JKO_RIDGE_USUAL) {
            options = usual_fit();
            options.fit.ridge = reals[i];
            REFUSED(JKO_EINVALID, "ridge", jko_model_fit(linear, series, without_training(&options)));
        }
    }

    /* Energies are fitted to plans by squared distances, and the fit has a callback of its own. */
    REFUSES_TRANSPORT(metric, JKO_EUCLIDEAN);
    REFUSES_TRANSPORT(progress, stop);
    options = usual_fit();
    options.transport.method = JKO_PLAN_SINKHORN;
    options.transport.epsilon = -1;
    REFUSED(JKO_EINVALID, "options->transport->epsilon", jko_model_fit(linear, series, without_training(&options)));
    /* What a model has no use for. */
    options = usual_fit();
    REFUSED(JKO_EINVALID, "options->training", jko_model_fit(linear, series, with_training(&options)));
    REFUSES_FIT("options->training->interaction_samples", training.interaction_samples, 2);
    REFUSES_FIT("options->ridge_method", fit.ridge_method, JKO_RIDGE_CROSS_VALIDATED);
    REFUSES_FIT("options->error_bars", fit.error_bars, JKO_ERROR_BARS_INFLUENCE);

    /* Cancelled during the plans, a model is as it was; during training, it is fitted. */
    options = usual_fit();
    options.training.epochs = 3;
    options.training.batch_size = INT64_MAX;
    options.fit.progress = stop;
    options.fit.progress_user_data = (void *)"plans";
    CHECK(jko_model_fit(network, series, with_training(&options)) == JKO_ECANCELLED);
    WORKS(jko_model_describe(network, &info));
    CHECK(info.fitted == 0 && info.dimension == 0 && info.parameter_count == 0);
    options.fit.progress = stop_after_an_epoch;
    CHECK(jko_model_fit(network, series, with_training(&options)) == JKO_ECANCELLED);
    WORKS(jko_model_describe(network, &info));
    CHECK(info.fitted != 0 && info.dimension == 2 && info.history_count == 1);
    REFUSED(JKO_ESHAPE, "snapshots", jko_model_fit(network, single, NULL));
    WORKS(jko_model_describe(network, &info));
    CHECK(info.fitted != 0 && info.history_count == 1);

    jko_model_destroy(network);
    jko_model_destroy(linear);
    jko_snapshots_destroy(series);
    jko_snapshots_destroy(single);
    jko_snapshots_destroy(empty);
}

/* Two particles, one of them in one place forever: nothing to learn, but a valid fit. */
static void fit_degenerate(void)
{
    const double origin[2] = {0, 0};
    const jko_array x = jko_row_major(origin, 1, 2);
    jko_snapshots *series = NULL;
    jko_model *model = linear_model(0);

    WORKS(jko_snapshots_create_empty(2, &series));
    WORKS(jko_snapshots_append(series, &x, 0, NULL));
    WORKS(jko_snapshots_append(series, &x, 1, NULL));
    jko_status status = jko_model_fit(model, series, NULL);
    CHECK(status == JKO_OK || status == JKO_ECONVERGENCE || status == JKO_EINVALID);
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
}

int main(void)
{
    fit();
    fit_degenerate();
    return finish("fit");
}
