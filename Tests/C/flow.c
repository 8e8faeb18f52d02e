/* Flows of a given energy: a well that particles fall into, maps in both directions, densities; what is refused. */
#include "check.h"

enum { N = 200, STEPS = 4 };

/* V(x) = |x - c|^2 / 2 with c = (1, 0); counts how often it is asked, and stops where it is told to. */
typedef struct {
    int asked, stop_after, spoil;
} well;

static int energy(const double *points, int64_t n, int64_t d, double time, double *values, double *gradients,
                  void *data)
{
    well *own = data;
    (void)time;
    for (int64_t i = 0; i < n; i++) {
        values[i] = 0;
        for (int64_t a = 0; a < d; a++) {
            gradients[i * d + a] = points[i * d + a] - (a == 0);
            values[i] += gradients[i * d + a] * gradients[i * d + a] / 2;
        }
    }
    if (own->spoil)
        values[n - 1] = NAN;
    return ++own->asked == own->stop_after;
}

static jko_density *start(void)
{
    double weight[1] = {1}, mean[2] = {0, 0}, covariance[4] = {1, 0, 0, 1};
    const jko_array w = jko_row_major(weight, 1, 1), m = jko_row_major(mean, 1, 2), s = jko_row_major(covariance, 2, 2);
    jko_density *base = NULL;
    WORKS(jko_density_from_mixture(&w, &m, &s, JKO_COVARIANCE_FULL, &base));
    return base;
}

static jko_flow_options quick(well *own)
{
    jko_flow_options options;
    WORKS(jko_flow_options_init(&options, sizeof options));
    options.potential_callback = energy;
    options.potential_callback_user_data = own;
    options.beta = 0.5;
    options.steps = STEPS;
    options.particles = N;
    options.components = 0;
    return options;
}

static void defaults(void)
{
    jko_flow_options options;
    WORKS(jko_flow_options_init(&options, sizeof options));
    CHECK(options.struct_size == sizeof options && options.potential == NULL && options.potential_model == NULL);
    CHECK(options.beta == 1 && options.exponent == 1 && options.scheme == JKO_FLOW_JKO && options.t0 == 0);
    CHECK(options.step == 0.05 && options.steps == 18 && options.bumps == 0 && options.neighbour == 10);
    CHECK(options.components == -1 && options.particles == 0 && options.seed == 0 && options.progress == NULL);
    CHECK(options.method == JKO_FLOW_FEATURES && options.hidden_count == 2 && options.hidden[1] == 64);
    CHECK(options.rank == 5 && options.iterations == 100 && options.batch_size == 1024);
    CHECK(options.learning_rate == 0.005 && options.checkpoint == NULL && options.resume == 0);
    REFUSED(JKO_ENULL, "options", jko_flow_options_init(NULL, sizeof options));
    REFUSED(JKO_EINVALID, "struct_size", jko_flow_options_init(&options, 3));
}

/* After a step of length h the mean is (m + h c) / (1 + h): the affine map is exact for all particles. */
static void moves(const jko_density *base)
{
    well own = {0};
    jko_flow_options options = quick(&own);
    jko_flow *flow = NULL;
    WORKS(jko_flow_compute(base, &options, &flow));
    CHECK(own.asked > 0 && jko_flow_dimension(flow) == 2 && jko_flow_step_count(flow) == STEPS);
    CHECK(jko_flow_dimension(NULL) == 0 && jko_flow_step_count(NULL) == 0);

    double times[STEPS + 1], energies[STEPS + 1];
    const jko_array t = jko_row_major(times, STEPS + 1, 1), j = jko_row_major(energies, STEPS + 1, 1);
    WORKS(jko_flow_course(flow, &t, &j));
    for (int k = 1; k <= STEPS; k++)
        CHECK(fabs(times[k] - k * options.step) < 1e-12 && energies[k] < energies[k - 1]);

    double mean = 0, place[2] = {0, 0}, image[2], back[2], determinant, before, after, slope[2];
    const jko_array x = jko_row_major(place, 1, 2), y = jko_row_major(image, 1, 2), z = jko_row_major(back, 1, 2);
    const jko_array det = jko_row_major(&determinant, 1, 1), log0 = jko_row_major(&before, 1, 1);
    const jko_array log1 = jko_row_major(&after, 1, 1), g = jko_row_major(slope, 1, 2);
    for (int k = 0; k < STEPS; k++)
        mean = (mean + options.step) / (1 + options.step);
    WORKS(jko_flow_transport(flow, &x, 0, STEPS, &y, &det));
    CHECK(fabs(image[0] - mean) < 1e-9 && fabs(image[1]) < 1e-9 && determinant < 0);
    WORKS(jko_flow_inverse(flow, &y, STEPS, &z));
    CHECK(fabs(back[0]) < 1e-9 && fabs(back[1]) < 1e-9);
    WORKS(jko_flow_log_density(flow, &x, 0, &log0));
    WORKS(jko_flow_log_density(flow, &y, STEPS, &log1));
    CHECK(fabs(after - (before - determinant)) < 1e-9 && fabs(before + log(2 * 3.14159265358979)) < 1e-9);
    WORKS(jko_flow_score(flow, &y, STEPS, &g));
    CHECK(fabs(slope[0]) < 1e-9 && fabs(slope[1]) < 1e-9);

    double some[2][N][2];
    for (int k = 0; k < 2; k++) {
        const jko_array particles = jko_row_major(some[k][0], N, 2);
        WORKS(jko_flow_sample(flow, STEPS, 7, &particles));
    }
    CHECK(memcmp(some[0], some[1], sizeof some[0]) == 0);

    jko_flow *again = NULL;
    WORKS(jko_flow_save(flow, "flow.safetensors"));
    WORKS(jko_flow_load("flow.safetensors", &again));
    const jko_array particles = jko_row_major(some[1][0], N, 2);
    WORKS(jko_flow_sample(again, STEPS, 7, &particles));
    CHECK(memcmp(some[0], some[1], sizeof some[0]) == 0);
    jko_flow_destroy(again);
    jko_flow_destroy(flow);
}

/* Bumps are fitted, too, and same seed gives the same flow. */
static void bumps(const jko_density *base)
{
    double some[2][N][2];
    for (int k = 0; k < 2; k++) {
        jko_flow_options options;
        jko_flow *flow = NULL;
        WORKS(jko_flow_options_init(&options, sizeof options));
        options.potential = "double_exp";
        options.beta = 5;
        options.step = 0.01;
        options.steps = 1;
        options.bumps = 8;
        options.particles = N;
        options.scheme = k == 0 ? JKO_FLOW_SDIRK2 : JKO_FLOW_BDF2; /* whose first step is one of SDIRK2 */
        WORKS(jko_flow_compute(base, &options, &flow));
        const jko_array particles = jko_row_major(some[k][0], N, 2);
        WORKS(jko_flow_sample(flow, 1, 0, &particles));
        jko_flow_destroy(flow);
    }
    CHECK(memcmp(some[0], some[1], sizeof some[0]) == 0);
}

/* A small network, whose file keeps it. */
static void network(const jko_density *base)
{
    well own = {0};
    jko_flow_options options = quick(&own);
    jko_flow *flow = NULL, *again = NULL;
    double some[2][N][2];
    const jko_array one = jko_row_major(some[0][0], N, 2), two = jko_row_major(some[1][0], N, 2);
    options.method = JKO_FLOW_NETWORK;
    options.hidden_count = 1;
    options.hidden[0] = 6;
    options.rank = 1;
    options.steps = 2;
    options.iterations = 10;
    options.batch_size = 50;
    WORKS(jko_flow_compute(base, &options, &flow));
    WORKS(jko_flow_sample(flow, 2, 0, &one));
    WORKS(jko_flow_inverse(flow, &one, 2, &two));
    WORKS(jko_flow_transport(flow, &two, 0, 2, &two, NULL));
    for (int i = 0; i < N; i++)
        CHECK(fabs(some[0][i][0] - some[1][i][0]) < 1e-8);
    WORKS(jko_flow_save(flow, "network.safetensors"));
    WORKS(jko_flow_load("network.safetensors", &again));
    WORKS(jko_flow_sample(again, 2, 0, &two));
    CHECK(memcmp(some[0], some[1], sizeof some[0]) == 0);
    jko_flow_destroy(again);
    jko_flow_destroy(flow);
}

/* ln N(x; 0, I) and its gradient, for points of the quantiles below; counts how often it is asked, and may refuse. */
static int log_normal(const double *points, int64_t n, int64_t d, double time, double *values, double *gradients,
                      void *data)
{
    well *own = data;
    (void)time;
    for (int64_t i = 0; i < n; i++) {
        values[i] = -(double)d * log(2 * 3.14159265358979) / 2;
        for (int64_t a = 0; a < d; a++) {
            gradients[i * d + a] = -points[i * d + a];
            values[i] -= points[i * d + a] * points[i * d + a] / 2;
        }
    }
    if (own->spoil)
        values[0] = NAN;
    return ++own->asked == own->stop_after;
}

/* A flow from a density that this program computes: only its own particles can be drawn, and no file holds it. */
static void from_callback(const jko_density *base)
{
    double points[N][2], drawn[N][2], image[2], log_at[2], mass;
    const jko_array x0 = jko_row_major(points[0], N, 2), out = jko_row_major(drawn[0], N, 2);
    const jko_array few = jko_row_major(points[0], 99, 2), one = jko_row_major(image, 1, 2);
    const jko_array log_one = jko_row_major(log_at, 1, 1), log_two = jko_row_major(log_at + 1, 1, 1);
    well own = {0}, density = {0};
    jko_flow_options options = quick(&own);
    jko_flow *flow = NULL;
    WORKS(jko_density_sample(base, 1, &x0));
    WORKS(jko_flow_compute_from(&x0, log_normal, &density, &options, &flow));
    CHECK(density.asked == 1 && jko_flow_dimension(flow) == 2);

    /* The images are apart, so that each can be found; all were drawn once. */
    int found = 0;
    WORKS(jko_flow_sample(flow, 0, 3, &out));
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            found += memcmp(points[i], drawn[j], sizeof points[i]) == 0;
    CHECK(found == N);
    double more[N + 1][2];
    const jko_array too_many = jko_row_major(more[0], N + 1, 2);
    CHECK(jko_flow_sample(flow, 0, 3, &too_many) == JKO_EINVALID && strstr(jko_last_error(), "201") != NULL);

    WORKS(jko_flow_transport(flow, &out, 0, STEPS, &out, NULL));
    image[0] = drawn[0][0], image[1] = drawn[0][1];
    WORKS(jko_flow_log_density(flow, &one, STEPS, &log_one));
    CHECK(density.asked == 2 && log_at[0] < 0 && log_at[0] > -30);
    density.spoil = 1;
    CHECK(jko_flow_log_density(flow, &one, STEPS, &log_two) == JKO_ENONFINITE);
    CHECK(check_mentions(jko_last_error(), "log_density"));
    density = (well){.stop_after = 1};
    CHECK(jko_flow_log_density(flow, &one, STEPS, &log_two) == JKO_ECANCELLED);
    WORKS(jko_flow_log_density(flow, &one, STEPS, &log_two));
    CHECK(log_at[0] == log_at[1]);
    CHECK(jko_flow_save(flow, "callback.safetensors") == JKO_EINVALID);
    FILE *file = fopen("callback.safetensors", "rb");
    CHECK(file == NULL);
    jko_flow_destroy(flow);
    flow = NULL;

    density = (well){.stop_after = 1};
    CHECK(jko_flow_compute_from(&x0, log_normal, &density, &options, &flow) == JKO_ECANCELLED && flow == NULL);
    density = (well){.spoil = 1};
    CHECK(jko_flow_compute_from(&x0, log_normal, &density, &options, &flow) == JKO_ENONFINITE);
    density = (well){0};
    REFUSED(JKO_ESHAPE, "x0", jko_flow_compute_from(&few, log_normal, &density, &options, &flow));
    REFUSED(JKO_ENULL, "x0", jko_flow_compute_from(NULL, log_normal, &density, &options, &flow));
    REFUSED(JKO_ENULL, "log_density", jko_flow_compute_from(&x0, NULL, &density, &options, &flow));
    REFUSED(JKO_ENULL, "out", jko_flow_compute_from(&x0, log_normal, &density, &options, NULL));
    points[5][1] = INFINITY;
    REFUSED(JKO_ENONFINITE, "x0", jko_flow_compute_from(&x0, log_normal, &density, &options, &flow));
    points[5][1] = 0;
    options.checkpoint = "callback.safetensors";
    CHECK(jko_flow_compute_from(&x0, log_normal, &density, &options, &flow) == JKO_EINVALID && flow == NULL);
    REFUSED(JKO_ENULL, "flow", jko_flow_mass(NULL, 0, &mass));
}

/* The mean after a step of the midpoint rule is m + 2 ((m + h / 2 c) / (1 + h / 2) - m): of second order. */
static void midpoint(const jko_density *base)
{
    well own = {0};
    jko_flow_options options = quick(&own);
    jko_flow *flow = NULL;
    double mean = 0, place[2] = {0, 0}, mass = 0;
    const jko_array x = jko_row_major(place, 1, 2);
    options.scheme = JKO_FLOW_MIDPOINT;
    WORKS(jko_flow_compute(base, &options, &flow));
    for (int k = 0; k < STEPS; k++)
        mean += 2 * ((mean + options.step / 2) / (1 + options.step / 2) - mean);
    WORKS(jko_flow_transport(flow, &x, 0, STEPS, &x, NULL));
    CHECK(fabs(place[0] - mean) < 1e-8 && fabs(mean - (1 - exp(-STEPS * options.step))) < 1e-4);
    for (int k = 0; k <= STEPS; k++) {
        WORKS(jko_flow_mass(flow, k, &mass));
        CHECK(fabs(mass - 1) < 1e-6);
    }
    REFUSED(JKO_ENULL, "mass", jko_flow_mass(flow, 0, NULL));
    REFUSED(JKO_EINVALID, "step", jko_flow_mass(flow, STEPS + 1, &mass));
    REFUSED(JKO_EINVALID, "step", jko_flow_mass(flow, -1, &mass));
    jko_flow_destroy(flow);
}

/* Particles without maps, and a mixture after each step, in files, too. */
static void particles(const jko_density *base)
{
    well own = {0};
    jko_flow_options options = quick(&own);
    jko_flow *flow = NULL, *again = NULL;
    double some[2][N][2], logs[2][N], mean = 0, mass = 0;
    const jko_array one = jko_row_major(some[0][0], N, 2), two = jko_row_major(some[1][0], N, 2);
    const jko_array log_one = jko_row_major(logs[0], N, 1), log_two = jko_row_major(logs[1], N, 1);
    options.method = JKO_FLOW_PARTICLES;
    options.step = 0.5;
    WORKS(jko_flow_compute(base, &options, &flow));
    WORKS(jko_flow_sample(flow, STEPS, 0, &one));
    WORKS(jko_flow_log_density(flow, &one, STEPS, &log_one));
    for (int i = 0; i < N; i++)
        mean += some[0][i][0] / N;
    CHECK(fabs(mean - (1 - exp(-2))) < 0.3);
    WORKS(jko_flow_mass(flow, STEPS, &mass));
    CHECK(fabs(mass - 1) < 1e-3);
    CHECK(jko_flow_transport(flow, &one, 0, 1, &two, NULL) == JKO_EINVALID);
    CHECK(jko_flow_inverse(flow, &one, 1, &two) == JKO_EINVALID);
    WORKS(jko_flow_score(flow, &one, STEPS, &two));
    WORKS(jko_flow_save(flow, "particles.safetensors"));
    WORKS(jko_flow_load("particles.safetensors", &again));
    WORKS(jko_flow_sample(again, STEPS, 0, &two));
    WORKS(jko_flow_log_density(again, &one, STEPS, &log_two));
    CHECK(memcmp(some[0], some[1], sizeof some[0]) == 0 && memcmp(logs[0], logs[1], sizeof logs[0]) == 0);
    jko_flow_destroy(again);
    jko_flow_destroy(flow);
    flow = NULL;
    options.exponent = 2;
    CHECK(jko_flow_compute(base, &options, &flow) == JKO_EINVALID && check_mentions(jko_last_error(), "exponent"));
    options.exponent = 1;
    options.checkpoint = "particles.checkpoint";
    CHECK(jko_flow_compute(base, &options, &flow) == JKO_EINVALID && check_mentions(jko_last_error(), "checkpoint"));
}

static int stops(const jko_progress *progress, void *data)
{
    (void)data;
    return strcmp(progress->stage, "flow") == 0 && progress->done == 1;
}

/* A flow with local quadratics from a kernel density, stopped after a step and resumed: the same bits. */
static void checkpoint(const jko_density *normal)
{
    double points[60][2], some[3][N][2];
    const jko_array x0 = jko_row_major(points[0], 60, 2);
    jko_density *kernel = NULL;
    jko_density_options shape;
    WORKS(jko_density_options_init(&shape, sizeof shape));
    shape.kind = JKO_DENSITY_KERNEL;
    WORKS(jko_density_sample(normal, 2, &x0));
    WORKS(jko_density_create(&x0, NULL, &shape, &kernel));

    well own = {0};
    jko_flow_options options = quick(&own);
    jko_flow *flow = NULL;
    options.components = 2;
    options.steps = 2;
    for (int k = 0; k < 3; k++) {
        const jko_array out = jko_row_major(some[k][0], N, 2);
        if (k == 1) {
            remove("checkpoint.safetensors");
            options.checkpoint = "checkpoint.safetensors";
            options.progress = stops;
            CHECK(jko_flow_compute(kernel, &options, &flow) == JKO_ECANCELLED && flow == NULL);
            options.progress = NULL;
            CHECK(jko_flow_compute(kernel, &options, &flow) == JKO_EINVALID && flow == NULL);
            CHECK(check_mentions(jko_last_error(), "checkpoint"));
            options.resume = 1;
        }
        if (k == 2) {
            WORKS(jko_flow_load("checkpoint.safetensors", &flow));
        } else {
            WORKS(jko_flow_compute(kernel, &options, &flow));
        }
        CHECK(jko_flow_step_count(flow) == 2);
        WORKS(jko_flow_sample(flow, 2, 0, &out));
        jko_flow_destroy(flow);
        flow = NULL;
    }
    CHECK(memcmp(some[0], some[1], sizeof some[0]) == 0 && memcmp(some[0], some[2], sizeof some[0]) == 0);
    options.step *= 2;
    CHECK(jko_flow_compute(kernel, &options, &flow) == JKO_EINVALID &&
          strstr(jko_last_error(), "other options") != NULL);
    options.step /= 2;
    CHECK(jko_flow_compute(normal, &options, &flow) == JKO_EINVALID && strstr(jko_last_error(), "base") != NULL);
    FILE *file = fopen("checkpoint.safetensors", "wb");
    CHECK(file != NULL && fputs("no flow", file) >= 0 && fclose(file) == 0);
    REFUSED(JKO_EFORMAT, "checkpoint", jko_flow_compute(kernel, &options, &flow));
    options.checkpoint = "absent/checkpoint.safetensors";
    REFUSED(JKO_EIO, "checkpoint", jko_flow_compute(kernel, &options, &flow));
    CHECK(flow == NULL);
    remove("checkpoint.safetensors");
    jko_density_destroy(kernel);
}

static void refusals(const jko_density *base)
{
    well own = {0};
    jko_flow *flow = NULL;
    jko_flow_options options = quick(&own);
#define REFUSED_WITH(status, member, value)                                                                            \
    do {                                                                                                               \
        options = quick(&own);                                                                                         \
        options.member = (value);                                                                                      \
        REFUSED(status, #member, jko_flow_compute(base, &options, &flow));                                             \
    } while (0)
    REFUSED_WITH(JKO_EINVALID, beta, 0);
    REFUSED_WITH(JKO_EINVALID, exponent, 0.5);
    REFUSED_WITH(JKO_EINVALID, scheme, 4);
    REFUSED_WITH(JKO_EINVALID, step, -1);
    REFUSED_WITH(JKO_EINVALID, steps, 0);
    REFUSED_WITH(JKO_EINVALID, components, -2);
    REFUSED_WITH(JKO_EINVALID, components, 501);
    REFUSED_WITH(JKO_EINVALID, bumps, 2001);
    REFUSED_WITH(JKO_EINVALID, resume, 1);
    REFUSED_WITH(JKO_EINVALID, neighbour, 0);
    REFUSED_WITH(JKO_EINVALID, particles, 99);
    REFUSED_WITH(JKO_ENONFINITE, t0, INFINITY);
    REFUSED_WITH(JKO_EINVALID, method, 3);
    REFUSED_WITH(JKO_EINVALID, hidden_count, 9);
    REFUSED_WITH(JKO_EINVALID, rank, -1);
    REFUSED_WITH(JKO_EINVALID, iterations, 0);
    REFUSED_WITH(JKO_EINVALID, batch_size, 0);
    REFUSED_WITH(JKO_EINVALID, learning_rate, 0);
    REFUSED_WITH(JKO_EINVALID, interaction, "nothing_like_it");
    options = quick(&own);
    options.hidden[1] = 0;
    REFUSED(JKO_EINVALID, "hidden", jko_flow_compute(base, &options, &flow));
    options = quick(&own);
    options.potential = "sphere";
    REFUSED(JKO_EINVALID, "potential_callback", jko_flow_compute(base, &options, &flow));
    REFUSED(JKO_ENULL, "base", jko_flow_compute(NULL, NULL, &flow));
    REFUSED(JKO_ENULL, "out", jko_flow_compute(base, NULL, NULL));

    options = quick(&own);
    options.progress = stops;
    CHECK(jko_flow_compute(base, &options, &flow) == JKO_ECANCELLED && flow == NULL);
    own = (well){.stop_after = 2};
    options = quick(&own);
    CHECK(jko_flow_compute(base, &options, &flow) == JKO_ECANCELLED && own.asked == 2);
    own = (well){.spoil = 1};
    options = quick(&own);
    REFUSED(JKO_ENONFINITE, "potential_callback", jko_flow_compute(base, &options, &flow));

    own = (well){0};
    options = quick(&own);
    options.steps = 1;
    WORKS(jko_flow_compute(base, &options, &flow));
    double place[3] = {0, 0, 0}, image[3];
    const jko_array x = jko_row_major(place, 1, 2), wide = jko_row_major(place, 1, 3), out = jko_row_major(image, 1, 2);
    REFUSED(JKO_EINVALID, "from", jko_flow_transport(flow, &x, 1, 0, &out, NULL));
    REFUSED(JKO_EINVALID, "to", jko_flow_transport(flow, &x, 0, 2, &out, NULL));
    REFUSED(JKO_EINVALID, "step", jko_flow_sample(flow, -1, 0, &out));
    const jko_array wide_out = jko_row_major(image, 1, 3);
    REFUSED(JKO_ESHAPE, "x", jko_flow_inverse(flow, &wide, 1, &wide_out));
    REFUSED(JKO_ENULL, "flow", jko_flow_course(NULL, NULL, NULL));
    REFUSED(JKO_EIO, "path", jko_flow_save(flow, "absent/flow.safetensors"));
    jko_flow_destroy(flow);
    flow = NULL;
    REFUSED(JKO_EIO, "path", jko_flow_load("absent.safetensors", &flow));
    jko_growth *growth = NULL;
    REFUSED(JKO_EFORMAT, "path", jko_growth_load("flow.safetensors", &growth));
    jko_flow_destroy(NULL);
}

int main(void)
{
    jko_density *base = start();
    defaults();
    moves(base);
    bumps(base);
    network(base);
    from_callback(base);
    midpoint(base);
    particles(base);
    checkpoint(base);
    refusals(base);
    jko_density_destroy(base);
    return finish("flow");
}
