/* Growth rates: two clouds at rest, one of which grows; masses along paths; what is refused. */
#include "populations.h"

static jko_growth_options quick(void)
{
    jko_growth_options options;
    WORKS(jko_growth_options_init(&options, sizeof options));
    options.rounds = 1;
    return options;
}

static void defaults(void)
{
    jko_growth_options options;
    WORKS(jko_growth_options_init(&options, sizeof options));
    CHECK(options.struct_size == sizeof options && options.total_mass == NULL && options.prior == NULL);
    CHECK(options.relaxation == 2 && options.ridge == 1e-3 && options.rounds == 2 && options.bootstrap == 0);
    CHECK(options.length_scale == 2 && options.time_scale == 3 && options.particles == 1000 && options.seed == 0);
    CHECK(options.progress == NULL && options.progress_user_data == NULL);
    REFUSED(JKO_ENULL, "options", jko_growth_options_init(NULL, sizeof options));
    REFUSED(JKO_EINVALID, "struct_size", jko_growth_options_init(&options, 3));
}

/* The first cloud keeps 40, 30 and 15 shares: with totals of 60, 80 and 160 it has 40 particles at all times. */
static void rates(const jko_snapshots *series)
{
    double totals[SNAPSHOTS] = {60, 80, 160}, places[2][2] = {{-5, 0}, {5, 0}}, found[2], errors[2];
    const jko_array total = jko_row_major(totals, SNAPSHOTS, 1), x = jko_row_major(places[0], 2, 2);
    const jko_array g = jko_row_major(found, 2, 1), e = jko_row_major(errors, 2, 1);
    jko_growth_options options = quick();
    jko_growth *growth = NULL;
    options.total_mass = &total;
    options.bootstrap = 2;
    WORKS(jko_growth_fit(series, &options, &growth));
    CHECK(jko_growth_dimension(growth) == 2 && jko_growth_dimension(NULL) == 0);
    WORKS(jko_growth_rates(growth, &x, 0.5, &g, &e));
    CHECK(fabs(found[0]) < 0.2 && fabs(found[1] - log(2)) < 0.2 && errors[0] >= 0 && errors[1] >= 0);
    WORKS(jko_growth_rates(growth, &x, 0.5, NULL, NULL));

    /* Both particles stay where they are: their masses grow at the mean of the rates at both ends. */
    double paths[4][2] = {{-5, 0}, {5, 0}, {-5, 0}, {5, 0}}, times[2] = {0, 1}, start[2] = {1, 3}, masses[4], ends[2];
    const jko_array path = jko_row_major(paths[0], 4, 2), t = jko_row_major(times, 2, 1);
    const jko_array a = jko_row_major(start, 2, 1), m = jko_row_major(masses, 4, 1);
    const jko_array last = jko_row_major(ends, 2, 1);
    WORKS(jko_growth_masses(growth, &path, &t, &a, &m));
    WORKS(jko_growth_rates(growth, &x, 0, &g, NULL));
    WORKS(jko_growth_rates(growth, &x, 1, &last, NULL));
    for (int i = 0; i < 2; i++) {
        CHECK(masses[i] == start[i]);
        CHECK(fabs(masses[2 + i] / (start[i] * exp((found[i] + ends[i]) / 2)) - 1) < 1e-12);
    }
    WORKS(jko_growth_masses(growth, &path, &t, NULL, &m));
    CHECK(masses[0] == 0.5 && masses[1] == 0.5);

    const double halves[3] = {0, 0.5, 2};
    double all[3];
    const jko_array h = jko_row_major(halves, 3, 1), mass = jko_row_major(all, 3, 1);
    WORKS(jko_growth_total_mass(growth, &h, &mass));
    CHECK(fabs(all[0] - 60) < 1e-9 && fabs(all[1] - sqrt(60 * 80.0)) < 1e-9 && fabs(all[2] - 160) < 1e-9);

    /* Far from the snapshots rates are finite or refused, and so are masses. */
    for (int power = 10; power <= 308; power++) {
        double far[2][2] = {{-pow(10, power), 0}, {0, pow(10, power)}};
        const jko_array there = jko_row_major(far[0], 2, 2);
        const jko_status status = jko_growth_rates(growth, &there, 0.5, &g, &e);
        CHECK(status == JKO_ENONFINITE || (status == JKO_OK && fabs(found[0]) <= 1e5 * -far[0][0]));
        CHECK(status == JKO_ENONFINITE || (isfinite(found[1]) && isfinite(errors[0]) && isfinite(errors[1])));
    }
    double late = 1e300;
    const jko_array then = jko_row_major(&late, 1, 1), one = jko_row_major(all, 1, 1);
    REFUSED(JKO_ENONFINITE, "times", jko_growth_total_mass(growth, &then, &one));

    const double backwards[2] = {1, 0}, negative[2] = {1, -1};
    const jko_array wrong_times = jko_row_major(backwards, 2, 1), wrong_masses = jko_row_major(negative, 2, 1);
    const jko_array line = jko_row_major(places[0], 4, 1), odd = jko_row_major(paths[0], 3, 2);
    REFUSED(JKO_EPOPULATION, "times", jko_growth_masses(growth, &path, &wrong_times, &a, &m));
    REFUSED(JKO_EPOPULATION, "masses", jko_growth_masses(growth, &path, &t, &wrong_masses, &m));
    REFUSED(JKO_ESHAPE, "paths", jko_growth_masses(growth, &odd, &t, NULL, &m));
    REFUSED(JKO_ESHAPE, "points", jko_growth_rates(growth, &line, 0, &g, NULL));
    REFUSED(JKO_ENONFINITE, "time", jko_growth_rates(growth, &x, NAN, &g, NULL));
    REFUSED(JKO_ENULL, "growth", jko_growth_rates(NULL, &x, 0, &g, NULL));

    /* Interpolation takes the masses along. */
    const double between = 0.5;
    const jko_array when = jko_row_major(&between, 1, 1);
    jko_interpolation_options flow;
    jko_snapshots *found_between = NULL;
    WORKS(jko_interpolation_options_init(&flow, sizeof flow));
    flow.method = JKO_INTERPOLATION_FLOW;
    flow.rounds = 1;
    flow.ridge = 1e-3;
    flow.growth = growth;
    WORKS(jko_interpolate(series, &when, &flow, &found_between, NULL));
    CHECK(jko_snapshots_size(found_between, 0) >= CLOUD);
    jko_snapshots_destroy(found_between);
    jko_growth_destroy(growth);
}

static void refused(const jko_snapshots *series)
{
    jko_growth_options options = quick();
    jko_growth *growth = (jko_growth *)&options;
    double totals[SNAPSHOTS] = {1, 0, 1}, prior[2] = {0, 0}, place[2] = {0, 0}, found[1];
    const jko_array few = jko_row_major(totals, 2, 1), zero = jko_row_major(totals, SNAPSHOTS, 1);
    const jko_array short_prior = jko_row_major(prior, 2, 1), x = jko_row_major(place, 1, 2);
    const jko_array g = jko_row_major(found, 1, 1);
    options.total_mass = &few;
    REFUSED(JKO_ESHAPE, "total_mass", jko_growth_fit(series, &options, &growth));
    CHECK(growth == NULL);
    options.total_mass = &zero;
    REFUSED(JKO_EPOPULATION, "total_mass", jko_growth_fit(series, &options, &growth));
    options.total_mass = NULL;
    options.prior = &short_prior;
    REFUSED(JKO_ESHAPE, "prior", jko_growth_fit(series, &options, &growth));
    options.prior = NULL;
    options.bootstrap = 1;
    REFUSED(JKO_EINVALID, "bootstrap", jko_growth_fit(series, &options, &growth));
    options.bootstrap = 0;
    options.relaxation = 0.01;
    REFUSED(JKO_EINVALID, "relaxation", jko_growth_fit(series, &options, &growth));
    options.relaxation = 2;
    options.rounds = 0;
    REFUSED(JKO_EINVALID, "rounds", jko_growth_fit(series, &options, &growth));
    options.rounds = 1;
    options.length_scale = 0;
    REFUSED(JKO_EINVALID, "length_scale", jko_growth_fit(series, &options, &growth));
    options.length_scale = 2;
    REFUSED(JKO_ENULL, "snapshots", jko_growth_fit(NULL, &options, &growth));
    REFUSED(JKO_ENULL, "out", jko_growth_fit(series, &options, NULL));
    WORKS(jko_growth_fit(series, &options, &growth));
    REFUSED(JKO_EINVALID, "growth", jko_growth_rates(growth, &x, 0, NULL, &g));
    jko_growth_destroy(growth);
    jko_growth_destroy(NULL);
}

/* Growth in the plane is not for particles on a line, whatever would use it. */
static void other_coordinates(const jko_snapshots *series)
{
    const double places[4] = {0, 1, 3, 6};
    const jko_array x = jko_row_major(places, 4, 1);
    jko_growth_options options = quick();
    jko_fit_options fit;
    jko_snapshots *line = NULL;
    jko_growth *growth = NULL;
    jko_objective *objective = NULL;
    jko_normal_equations *equations = NULL;
    whole_model_options features = linear_options(1, 0, 0), networks = usual_model();
    jko_model *network = NULL, *linear = NULL;
    networks.model.potential = JKO_NETWORK;
    WORKS(jko_growth_fit(series, &options, &growth));
    WORKS(jko_snapshots_create_empty(1, &line));
    for (int k = 0; k < 3; k++)
        WORKS(jko_snapshots_append(line, &x, k, NULL));
    WORKS(jko_model_create(whole(&networks), &network));
    WORKS(jko_model_create(whole(&features), &linear));
    WORKS(jko_fit_options_init(&fit, sizeof fit));
    WORKS(jko_model_fit(linear, line, &fit));
    WORKS(jko_normal_equations_create(linear, &equations));
    fit.growth = growth;
    REFUSED(JKO_ESHAPE, "growth", jko_model_fit(linear, line, &fit));
    REFUSED(JKO_ESHAPE, "growth", jko_normal_equations_accumulate(equations, line, &fit));
    REFUSED(JKO_ESHAPE, "growth", jko_objective_create(network, line, &fit, &objective));
    jko_normal_equations_destroy(equations);
    jko_growth_destroy(growth);
    jko_model_destroy(network);
    jko_model_destroy(linear);
    jko_snapshots_destroy(line);
}

int main(void)
{
    jko_snapshots *series = clouds();
    defaults();
    rates(series);
    refused(series);
    other_coordinates(series);
    jko_snapshots_destroy(series);
    return finish("growth");
}
