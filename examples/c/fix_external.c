/*
 * A learned energy as an external force of a molecular dynamics program: positions in, forces out.
 *
 *     fix_external [MODEL]
 *
 * The callback has the interface of LAMMPS' `fix external ... pf/callback`, with positions and forces as arrays of rows
 * of three. A minimal integrator takes the place of LAMMPS here. The energy of the paper's overdamped motion is V, in
 * length^2/time; with a friction gamma the force is -gamma grad V. Each particle moves in x and y, where the model was
 * learned; nothing acts on z. MODEL is a file of a two-dimensional potential that does not vary in time. Without one,
 * V = |x|^2 / 2 is learned here from two snapshots, and the integrator's energy and the exact motion judge the result.
 */
#include <jkonetstar.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(call)                                                                                                    \
    do {                                                                                                               \
        if ((call) != JKO_OK) {                                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, jko_last_error());                                      \
            goto done;                                                                                                 \
        }                                                                                                              \
    } while (0)

enum { PARTICLES = 100, STEPS = 1000 };

/* What the callback knows: given to the host program beside the callback, and handed back at every call. */
typedef struct external_energy {
    const jko_model *model;
    double friction;
    /** Energy of the last call, in mass length^2/time^2. */
    double energy;
    double *values;
    int64_t room;
    int failed;
} external_energy;

/*
 * LAMMPS calls this once per time step, with the particles of this process.
 *
 * The library reads x and y of each row of x in place, by its strides, and writes the gradients into rows of f. Such
 * outputs are copied once. Where that matters, give it contiguous (n, 2) arrays, and nothing is allocated.
 */
static void external_force(void *self, int64_t timestep, int n, int *ids, double **x, double **f)
{
    external_energy *external = self;
    jko_array places, slopes, values;

    (void)timestep, (void)ids;
    if (n == 0 || external->failed)
        return;
    if (n > external->room) {
        double *values_of_all = realloc(external->values, (size_t)n * sizeof *values_of_all);
        external->failed = values_of_all == NULL;
        if (external->failed)
            return;
        external->values = values_of_all;
        external->room = n;
    }
    places = jko_row_major(x[0], n, 2);
    places.row_stride = 3;
    slopes = jko_row_major(f[0], n, 2);
    slopes.row_stride = 3;
    values = jko_row_major(external->values, n, 1);
    /* A failure must not jump out of the host's loop. It is noted, and the host looks at it after the run. */
    external->failed = jko_model_potential(external->model, &places, NULL, &values, &slopes) != JKO_OK;
    external->energy = 0;
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < 2; k++)
            f[i][k] *= -external->friction;
        f[i][2] = 0;
        external->energy += external->friction * external->values[i];
    }
}

typedef void (*external_callback)(void *self, int64_t timestep, int n, int *ids, double **x, double **f);

/* Velocity Verlet with masses of 1: stands for the host program. Returns the largest change of the whole energy. */
static double integrate(external_callback callback, external_energy *external, double **x, double **v, double **f,
                        double dt)
{
    double first = 0, worst = 0;

    callback(external, 0, PARTICLES, NULL, x, f);
    for (int64_t step = 1; step <= STEPS; step++) {
        double kinetic = 0;
        for (int i = 0; i < PARTICLES; i++)
            for (int k = 0; k < 3; k++) {
                v[i][k] += dt / 2 * f[i][k];
                x[i][k] += dt * v[i][k];
            }
        callback(external, step, PARTICLES, NULL, x, f);
        for (int i = 0; i < PARTICLES; i++)
            for (int k = 0; k < 3; k++) {
                v[i][k] += dt / 2 * f[i][k];
                kinetic += v[i][k] * v[i][k] / 2;
            }
        if (step == 1)
            first = kinetic + external->energy;
        worst = fmax(worst, fabs(kinetic + external->energy - first));
    }
    return worst / PARTICLES;
}

/* One explicit step of V(x) = |x|^2 / 2 draws every point in by a tenth. Monomials up to the second degree. */
static jko_model *quadratic_model(void)
{
    static double places[2][PARTICLES][2], times[2 * PARTICLES];
    const jko_array x = jko_row_major(&places[0][0][0], 2 * PARTICLES, 2), t = jko_row_major(times, 2 * PARTICLES, 1);
    jko_snapshots *series = NULL;
    jko_model *model = NULL, *result = NULL;
    jko_feature_options features;
    jko_model_options options;
    jko_fit_options fit;

    for (int i = 0; i < PARTICLES; i++)
        for (int k = 0; k < 2; k++) {
            places[0][i][k] = -1 + 2.0 * rand() / RAND_MAX;
            places[1][i][k] = 0.9 * places[0][i][k];
            times[PARTICLES + i] = 0.1;
        }
    CHECK(jko_snapshots_create(&x, &t, NULL, &series));
    CHECK(jko_feature_options_init(&features, sizeof features));
    features.polynomial_degree = 2;
    features.polynomial_total = 1;
    features.radial_grid = 0;
    CHECK(jko_model_options_init(&options, sizeof options));
    options.potential = JKO_LINEAR;
    options.potential_features = &features;
    CHECK(jko_fit_options_init(&fit, sizeof fit));
    fit.ridge = 0; /* no noise */
    CHECK(jko_model_create(&options, &model));
    CHECK(jko_model_fit(model, series, &fit));
    result = model;
    model = NULL;

done:
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
    return result;
}

int main(int argc, char **argv)
{
    static double memory[3][PARTICLES][3];
    double *rows[3][PARTICLES], start[PARTICLES][2];
    const double dt = 0.005;
    external_energy external = {.friction = 2};
    jko_model *model = NULL;
    int result = EXIT_FAILURE;

    if (argc > 1)
        CHECK(jko_model_load(argv[1], &model));
    else if ((model = quadratic_model()) == NULL)
        goto done;
    external.model = model;
    for (int i = 0; i < PARTICLES; i++) {
        for (int a = 0; a < 3; a++)
            rows[a][i] = memory[a][i];
        for (int k = 0; k < 2; k++)
            memory[0][i][k] = start[i][k] = -1 + 2.0 * rand() / RAND_MAX;
    }
    const double change = integrate(external_force, &external, rows[0], rows[1], rows[2], dt);
    if (external.failed) {
        fprintf(stderr, "the callback failed: %s\n", jko_last_error());
        goto done;
    }
    printf("%d steps of %g: the energy per particle stays within %.1e\n", (int)STEPS, dt, change);
    if (argc == 1) {
        /* Oscillators of frequency sqrt(friction): x(t) = x(0) cos(sqrt(friction) t). */
        const double ratio = cos(sqrt(external.friction) * STEPS * dt);
        double worst = 0;
        for (int i = 0; i < PARTICLES; i++)
            for (int k = 0; k < 2; k++)
                worst = fmax(worst, fabs(memory[0][i][k] - ratio * start[i][k]));
        printf("the largest distance to the exact motion is %.1e\n", worst);
        if (!(worst < 1e-3))
            goto done;
    }
    result = EXIT_SUCCESS;

done:
    free(external.values);
    jko_model_destroy(model);
    return result;
}
