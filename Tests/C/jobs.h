/*
 * What hosts do with the library at the same time, each piece of work as a function that writes numbers which depend on
 * nothing else: for the programs that compare threads and processes with one thread, bit for bit.
 */
#ifndef JOBS_H
#define JOBS_H

#include "populations.h"

enum { PLACES = 60, NUMBERS = 5 * PLACES + 2 * OU_PARTICLES };

/* Shared by all threads, and only read. */
typedef struct shared {
    double cloud[PLACES][2], other[PLACES][2];
    jko_snapshots *series;
    jko_model *linear, *network;
} shared;

/* `file` is a name that nobody else uses at the time. The numbers are 0 before. */
typedef jko_status (*job)(const shared *all, const char *file, double *out);

static inline whole_model_options small_networks(void)
{
    whole_model_options options = usual_model();
    options.model.potential = JKO_NETWORK;
    options.potential_network.hidden[0] = options.potential_network.hidden[1] = 8;
    return options;
}

static inline whole_fit_options short_training(void)
{
    whole_fit_options fit = usual_fit();
    fit.training.epochs = 3;
    fit.fit.seed = 5;
    return fit;
}

/* Values, gradients and Hessian products of a model. */
static inline jko_status evaluated(const jko_model *model, const shared *all, double *out)
{
    const jko_array x = jko_row_major(all->cloud[0], PLACES, 2), ways = jko_row_major(all->other[0], PLACES, 2);
    const jko_array values = jko_row_major(out, PLACES, 1), slopes = jko_row_major(out + PLACES, PLACES, 2);
    const jko_array products = jko_row_major(out + 3 * PLACES, PLACES, 2);
    jko_status status = jko_model_potential(model, &x, NULL, &values, &slopes);
    TRY(jko_model_potential_hessian_product(model, &x, NULL, &ways, &products));
    return status;
}

static inline jko_status evaluate_linear(const shared *all, const char *file, double *out)
{
    (void)file;
    return evaluated(all->linear, all, out);
}

static inline jko_status evaluate_network(const shared *all, const char *file, double *out)
{
    (void)file;
    return evaluated(all->network, all, out);
}

static inline jko_status predict(const shared *all, const char *file, double *out)
{
    const double times[3] = {0, 0.1, 0.2};
    const jko_array x = jko_row_major(all->cloud[0], PLACES, 2), t = jko_row_major(times, 3, 1);
    const jko_array course = jko_row_major(out, 3 * PLACES, 2);
    (void)file;
    return jko_model_rollout(all->network, &x, &t, NULL, &course, NULL);
}

static inline jko_status transport(const shared *all, const char *file, double *out)
{
    const jko_array x = jko_row_major(all->cloud[0], PLACES, 2), y = jko_row_major(all->other[0], PLACES, 2);
    jko_plan *plan = NULL;
    jko_plan_options options;
    jko_status status = jko_emd(&x, &y, NULL, NULL, 1, NULL, &out[4 * PLACES]);
    (void)file;
    TRY(jko_energy_distance(&x, &y, NULL, NULL, &out[4 * PLACES + 1]));
    TRY(jko_plan_options_init(&options, sizeof options));
    for (int method = 0; method < 2; method++) {
        const jko_array barycentres = jko_row_major(out + 2 * method * PLACES, PLACES, 2);
        options.method = method == 0 ? JKO_PLAN_EXACT : JKO_PLAN_SINKHORN;
        TRY(jko_plan_compute(&x, &y, NULL, NULL, &options, &plan));
        TRY(jko_plan_barycentres(plan, &barycentres, NULL));
        jko_plan_destroy(plan);
        plan = NULL;
    }
    return status;
}

/* Plans between all snapshots, which a call computes side by side. */
static inline jko_status all_plans(const shared *all, const char *file, double *out)
{
    jko_plan *plans[OU_TIMES - 1] = {NULL};
    jko_status status = jko_snapshots_plans(all->series, NULL, plans, OU_TIMES - 1);
    (void)file;
    for (int k = 0; k < OU_TIMES - 1; k++) {
        jko_plan_info info = {.struct_size = sizeof info};
        TRY(jko_plan_describe(plans[k], &info));
        out[k] = info.cost;
        jko_plan_destroy(plans[k]);
    }
    return status;
}

static inline jko_status fit_and_evaluate(const whole_model_options *given, const jko_fit_options *fit,
                                          const shared *all, double *out)
{
    whole_model_options options = *given;
    jko_model *model = NULL;
    jko_status status = jko_model_create(whole(&options), &model);
    TRY(jko_model_fit(model, all->series, fit));
    TRY(evaluated(model, all, out));
    jko_model_destroy(model);
    return status;
}

static inline jko_status fit_network(const shared *all, const char *file, double *out)
{
    const whole_model_options options = small_networks();
    whole_fit_options fit = short_training();
    (void)file;
    return fit_and_evaluate(&options, with_training(&fit), all, out);
}

static inline jko_status fit_closed_form(const shared *all, const char *file, double *out)
{
    const whole_model_options options = linear_options(3, 2, 1);
    const jko_fit_options fit = fit_with(1e-3, JKO_ERROR_BARS_INFLUENCE);
    (void)file;
    return fit_and_evaluate(&options, &fit, all, out);
}

static inline jko_status save_and_load(const shared *all, const char *file, double *out)
{
    jko_model *model = NULL;
    jko_snapshots *read = NULL;
    char name[128];
    const jko_array points = jko_row_major(out + 5 * PLACES, OU_PARTICLES, 2);
    jko_status status = jko_model_save(all->network, file);
    TRY(jko_model_load(file, &model));
    TRY(evaluated(model, all, out));
    jko_model_destroy(model);
    snprintf(name, sizeof name, "%s.npz", file);
    TRY(jko_snapshots_save(all->series, name));
    TRY(jko_snapshots_load(name, NULL, &read));
    TRY(jko_snapshots_points(read, 1, &points));
    jko_snapshots_destroy(read);
    remove(file);
    remove(name);
    return status;
}

/* Handles that come and go, and an error, whose message is the thread's own. */
static inline jko_status come_and_go(const shared *all, const char *file, double *out)
{
    jko_status status = JKO_OK;
    (void)file;
    for (int i = 0; i < 50; i++) {
        jko_model *model = NULL;
        jko_snapshots *shuffled = NULL;
        TRY(jko_model_create(NULL, &model));
        TRY(jko_snapshots_shuffle(all->series, (uint64_t)i, &shuffled));
        out[0] += (double)jko_snapshots_count(shuffled);
        jko_model_destroy(model);
        jko_snapshots_destroy(shuffled);
        out[1] += jko_model_save(model, "nowhere") == JKO_EINVALID && strstr(jko_last_error(), "destroyed") != NULL;
        out[2] += jko_set_num_threads(-i - 1) == JKO_EINVALID && atoi(strstr(jko_last_error(), "= ") + 2) == -i - 1;
    }
    return status;
}

static const struct {
    const char *name;
    job run;
} jobs[] = {
    {"evaluating features", evaluate_linear},
    {"evaluating a network", evaluate_network},
    {"predicting", predict},
    {"distances and plans", transport},
    {"plans of a series", all_plans},
    {"fitting a network", fit_network},
    {"fitting in closed form", fit_closed_form},
    {"saving and loading", save_and_load},
    {"handles and errors", come_and_go},
};

enum { JOBS = sizeof jobs / sizeof jobs[0] };

static inline shared shared_by_all(void)
{
    shared all;
    normal_source source = {11};
    for (int i = 0; i < PLACES; i++)
        for (int a = 0; a < 2; a++) {
            all.cloud[i][a] = normal(&source);
            all.other[i][a] = 1 + normal(&source);
        }
    all.series = ou_series(2);
    all.linear = fitted(linear_options(3, 0, 0), all.series, fit_with(1e-3, JKO_ERROR_BARS_NONE));
    whole_fit_options fit = short_training();
    all.network = fitted(small_networks(), all.series, *with_training(&fit));
    return all;
}

static inline void release_shared(shared *all)
{
    jko_model_destroy(all->linear);
    jko_model_destroy(all->network);
    jko_snapshots_destroy(all->series);
}

/* Does a job, and says whether its numbers are those expected. */
static inline int is_as_expected(int number, const shared *all, const char *file, const double *expected)
{
    double out[NUMBERS] = {0};
    return jobs[number].run(all, file, out) == JKO_OK && memcmp(out, expected, sizeof out) == 0;
}

/* The numbers of all jobs, each done alone on one thread. */
static inline void expect(const shared *all, double expected[JOBS][NUMBERS])
{
    memset(expected, 0, sizeof(double[JOBS][NUMBERS]));
    WORKS(jko_set_num_threads(1));
    for (int i = 0; i < JOBS; i++) {
        WORKS(jobs[i].run(all, "expected", expected[i]));
        CHECK(expected[i][0] != 0 && isfinite(expected[i][0]));
        CHECK(is_as_expected(i, all, "expected", expected[i]));
    }
    WORKS(jko_set_num_threads(2));
}

#endif
