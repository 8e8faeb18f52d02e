/* Growth as a part of a model: fitted with it, given to it, in its file; files of growth alone. */
#include "populations.h"

static jko_model *linear_model(void)
{
    whole_model_options options = linear_options(2, 0, 0);
    jko_model *model = NULL;
    options.model.scheme = JKO_SCHEME_EXPLICIT;
    WORKS(jko_model_create(whole(&options), &model));
    return model;
}

static double rate_at_second(const jko_growth *growth)
{
    double place[2] = {5, 0}, rate[1] = {NAN};
    const jko_array x = jko_row_major(place, 1, 2), g = jko_row_major(rate, 1, 1);
    WORKS(jko_growth_rates(growth, &x, 0.5, &g, NULL));
    return rate[0];
}

static int has_growth(const jko_model *model)
{
    jko_model_info info = {.struct_size = sizeof info};
    WORKS(jko_model_describe(model, &info));
    return info.growth;
}

static double one_step(const jko_model *model, const jko_snapshots *series)
{
    double steps[SNAPSHOTS - 1];
    const jko_array out = jko_row_major(steps, SNAPSHOTS - 1, 1);
    WORKS(jko_model_evaluate(model, series, NULL, &out, NULL, NULL, NULL));
    return steps[0] + steps[1];
}

/* Nothing moves here. Without growth, the plans say that particles cross from one cloud to the other. */
static void fits(const jko_snapshots *series, const jko_growth *growth)
{
    jko_model *grown = linear_model(), *kept = linear_model();
    jko_growth *own = NULL;
    jko_fit_options options;
    WORKS(jko_fit_options_init(&options, sizeof options));
    CHECK(options.growth == NULL);
    REFUSED(JKO_ENOTFITTED, "model", jko_model_growth(grown, &own));
    REFUSED(JKO_ENOTFITTED, "model", jko_model_set_growth(grown, growth));
    WORKS(jko_model_fit(kept, series, &options));
    options.growth = growth;
    WORKS(jko_model_fit(grown, series, &options));
    CHECK(has_growth(grown) && !has_growth(kept));
    CHECK(one_step(grown, series) < 0.5 * one_step(kept, series));

    WORKS(jko_model_growth(grown, &own));
    CHECK(rate_at_second(own) == rate_at_second(growth));
    jko_growth_destroy(own);
    REFUSED(JKO_EINVALID, "model", jko_model_growth(kept, &own));
    CHECK(own == NULL);

    /* Given and taken away. */
    WORKS(jko_model_set_growth(kept, growth));
    CHECK(has_growth(kept));
    WORKS(jko_model_set_growth(kept, NULL));
    CHECK(!has_growth(kept));
    REFUSED(JKO_ENULL, "model", jko_model_set_growth(NULL, growth));
    REFUSED(JKO_ENULL, "out", jko_model_growth(grown, NULL));

    /* In the file of the model. */
    jko_model *again = NULL;
    WORKS(jko_model_save(grown, "grown.safetensors"));
    WORKS(jko_model_load("grown.safetensors", &again));
    WORKS(jko_model_growth(again, &own));
    CHECK(rate_at_second(own) == rate_at_second(growth));
    CHECK(one_step(again, series) == one_step(grown, series));
    jko_growth_destroy(own);
    jko_model_destroy(again);

    options.error_bars = JKO_ERROR_BARS_INFLUENCE;
    REFUSED(JKO_EINVALID, "error_bars", jko_model_fit(grown, series, &options));
    jko_model_destroy(kept);
    jko_model_destroy(grown);
}

static void dimensions(const jko_snapshots *series, const jko_growth *growth)
{
    double points[4] = {0, 1, 0, 1}, times[4] = {0, 0, 1, 1};
    const jko_array x = jko_row_major(points, 4, 1), t = jko_row_major(times, 4, 1);
    jko_snapshots *line = NULL;
    jko_model *model = linear_model();
    jko_fit_options options;
    WORKS(jko_fit_options_init(&options, sizeof options));
    WORKS(jko_snapshots_create(&x, &t, NULL, &line));
    options.growth = growth;
    REFUSED(JKO_ESHAPE, "options->growth", jko_model_fit(model, line, &options));
    options.growth = (const jko_growth *)series;
    REFUSED(JKO_EINVALID, "options->growth", jko_model_fit(model, line, &options));
    options.growth = NULL;
    WORKS(jko_model_fit(model, line, &options));
    REFUSED(JKO_ESHAPE, "growth", jko_model_set_growth(model, growth));
    jko_model_destroy(model);
    jko_snapshots_destroy(line);
}

static void files(const jko_growth *growth)
{
    jko_growth *again = NULL;
    WORKS(jko_growth_save(growth, "growth.safetensors"));
    WORKS(jko_growth_load("growth.safetensors", &again));
    CHECK(rate_at_second(again) == rate_at_second(growth));
    CHECK(jko_growth_member_count(again) == 2 && jko_growth_dimension(again) == 2);
    CHECK(jko_growth_member_count(NULL) == 0);
    double times[SNAPSHOTS] = {-1, -1, -1};
    const jko_array all = jko_row_major(times, SNAPSHOTS, 1), one = jko_row_major(times, 1, 1);
    CHECK(jko_growth_time_count(again) == SNAPSHOTS && jko_growth_time_count(NULL) == 0);
    WORKS(jko_growth_times(again, &all));
    CHECK(times[0] == 0 && times[1] == 1 && times[2] == 2);
    REFUSED(JKO_ESHAPE, "out", jko_growth_times(again, &one));
    REFUSED(JKO_ENULL, "growth", jko_growth_times(NULL, &all));
    double place[2] = {5, 0}, rate[2], error[2], when[1] = {0.5}, mass[2];
    const jko_array x = jko_row_major(place, 1, 2), time = jko_row_major(when, 1, 1);
    for (int k = 0; k < 2; k++) {
        const jko_array g = jko_row_major(rate + k, 1, 1), e = jko_row_major(error + k, 1, 1);
        const jko_array total = jko_row_major(mass + k, 1, 1);
        WORKS(jko_growth_rates(k ? again : growth, &x, 0.5, &g, &e));
        WORKS(jko_growth_total_mass(k ? again : growth, &time, &total));
    }
    CHECK(rate[0] == rate[1] && error[0] == error[1] && mass[0] == mass[1] && mass[0] > 60 && mass[0] < 80);
    jko_growth_destroy(again);
    REFUSED(JKO_EIO, "path", jko_growth_load("absent.safetensors", &again));
    REFUSED(JKO_EIO, "path", jko_growth_save(growth, "absent/growth.safetensors"));
    REFUSED(JKO_EFORMAT, "path", jko_growth_load("grown.safetensors", &again));
    jko_model *model = NULL;
    REFUSED(JKO_EFORMAT, "path", jko_model_load("growth.safetensors", &model));
    REFUSED(JKO_ENULL, "growth", jko_growth_save(NULL, "growth.safetensors"));
    REFUSED(JKO_ENULL, "out", jko_growth_load("growth.safetensors", NULL));
}

int main(void)
{
    double totals[SNAPSHOTS] = {60, 80, 160};
    const jko_array total = jko_row_major(totals, SNAPSHOTS, 1);
    jko_snapshots *series = clouds();
    jko_growth_options options;
    jko_growth *growth = NULL;
    WORKS(jko_growth_options_init(&options, sizeof options));
    options.rounds = 1;
    options.bootstrap = 2;
    options.total_mass = &total;
    WORKS(jko_growth_fit(series, &options, &growth));
    fits(series, growth);
    dimensions(series, growth);
    files(growth);
    jko_growth_destroy(growth);
    jko_snapshots_destroy(series);
    return finish("growing_models");
}
