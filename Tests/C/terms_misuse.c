/* Bad input to jkonetstar/terms.h: V, U, their gradients, Hessian products and errors, beta, and the energy. */
#include "arrays.h"
#include "models.h"
#include "options.h"
#include "populations.h"
#include "series.h"

/* One output of one function; each wrapper leaves out what its function does not take. */
typedef jko_status (*term_call)(const jko_model *model, const jko_array *x, const jko_array *t,
                                const jko_array *directions, const jko_array *out);

#define TERM_CALL(name, call)                                                                                          \
    static jko_status name(const jko_model *model, const jko_array *x, const jko_array *t,                             \
                           const jko_array *directions, const jko_array *out)                                          \
    {                                                                                                                  \
        (void)t, (void)directions;                                                                                     \
        return call;                                                                                                   \
    }

TERM_CALL(v_value, jko_model_potential(model, x, t, out, NULL))
TERM_CALL(v_gradient, jko_model_potential(model, x, t, NULL, out))
TERM_CALL(v_product, jko_model_potential_hessian_product(model, x, t, directions, out))
TERM_CALL(v_value_error, jko_model_potential_error(model, x, t, out, NULL))
TERM_CALL(v_gradient_error, jko_model_potential_error(model, x, t, NULL, out))
TERM_CALL(u_value, jko_model_interaction(model, x, out, NULL))
TERM_CALL(u_gradient, jko_model_interaction(model, x, NULL, out))
TERM_CALL(u_product, jko_model_interaction_hessian_product(model, x, directions, out))
TERM_CALL(u_value_error, jko_model_interaction_error(model, x, out, NULL))
TERM_CALL(u_gradient_error, jko_model_interaction_error(model, x, NULL, out))

typedef struct term {
    term_call call;
    /* The output's name, and its columns in the plane. */
    const char *out;
    int64_t columns;
    int timed, directed, of_error;
} term;

static const term of_v[] = {
    {v_value, "value", 1, 1, 0, 0},       {v_gradient, "gradient", 2, 1, 0, 0},       {v_product, "out", 2, 1, 1, 0},
    {v_value_error, "value", 1, 1, 0, 1}, {v_gradient_error, "gradient", 2, 1, 0, 1},
};
static const term of_u[] = {
    {u_value, "value", 1, 0, 0, 0},       {u_gradient, "gradient", 2, 0, 0, 0},       {u_product, "out", 2, 0, 1, 0},
    {u_value_error, "value", 1, 0, 0, 1}, {u_gradient_error, "gradient", 2, 0, 0, 1},
};

static double points[3][2] = {{0, 0}, {1, 0}, {0, 1}};

/* What concerns the time of V. */
static void times_refused(const term *term, const models *all, const jko_array *x, const jko_array *out)
{
    double times[3] = {0, 0.1, 0.2}, ways[3][2] = {{1, 0}, {0, 1}, {1, 1}};
    const jko_array good = jko_row_major(times, 3, 1), directions = jko_row_major(&ways[0][0], 3, 2);
    jko_array t = good;

    REFUSED(JKO_ENULL, "t", term->call(all->full, x, NULL, &directions, out));
    REFUSED(JKO_EINVALID, "t", term->call(all->potential, x, &t, &directions, out)); /* does not vary */
    REFUSES_BAD_ARRAYS("t", t, good, term->call(all->full, x, &t, &directions, out));
    REFUSES_NONFINITE("t", times, 3, term->call(all->full, x, &t, &directions, out));
    t = one_time(times);
    REFUSES_NONFINITE("t", times, 1, term->call(all->full, x, &t, &directions, out));
    t = jko_row_major(times, 2, 1);
    REFUSED(JKO_ESHAPE, "t", term->call(all->full, x, &t, &directions, out));
    t = jko_row_major(times, 1, 3);
    REFUSED(JKO_ESHAPE, "t", term->call(all->full, x, &t, &directions, out));
    t = jko_row_major(&ways[0][0], 3, 2);
    REFUSED(JKO_ESHAPE, "t", term->call(all->full, x, &t, &directions, out));
}

/* `without` is a fitted model that lacks the term; `all->full` has it. */
static void evaluates(const term *term, const models *all, const jko_model *without)
{
    double result[6], ways[3][2] = {{1, 0}, {0, 1}, {1, 1}}, now = 0;
    const jko_array good_x = jko_row_major(&points[0][0], 3, 2), good_ways = jko_row_major(&ways[0][0], 3, 2);
    const jko_array good_out = jko_row_major(result, 3, term->columns), at = one_time(&now);
    const jko_array *const t = term->timed ? &at : NULL;
    const term_call call = term->call;
    jko_array x = good_x, directions = good_ways, out = good_out;

    FILL(result);
    REFUSED(JKO_ENULL, "model", call(NULL, &x, t, &directions, &out));
    REFUSED(JKO_ENULL, "x", call(all->full, NULL, t, &directions, &out));
    if (term->directed)
        REFUSED(JKO_ENULL, "out", call(all->full, &x, t, &directions, NULL));
    else /* one of two outputs must be wanted */
        REFUSED(JKO_EINVALID, "value", call(all->full, &x, t, &directions, NULL));
    REFUSED(JKO_ENOTFITTED, "model", call(all->unfitted, &x, NULL, &directions, &out));
    REFUSED(JKO_EINVALID, "model", call(without, &x, NULL, &directions, &out));
    REFUSED(JKO_EINVALID, "model", call(other_handle(all), &x, NULL, &directions, &out));
    if (term->of_error)
        REFUSED(JKO_EINVALID, "model", call(all->bare, &x, NULL, &directions, &out));
    if (term->of_error || !term->timed)
        REFUSED(JKO_EINVALID, "model", call(all->network, &x, NULL, &directions, &out));
    REFUSES_BAD_ARRAYS("x", x, good_x, call(all->full, &x, t, &directions, &out));
    REFUSES_BAD_ARRAYS(term->out, out, good_out, call(all->full, &x, t, &directions, &out));
    REFUSES_NONFINITE("x", &points[0][0], 6, call(all->full, &x, t, &directions, &out));
    if (term->directed) {
        REFUSED(JKO_ENULL, "directions", call(all->full, &x, t, NULL, &out));
        REFUSES_BAD_ARRAYS("directions", directions, good_ways, call(all->full, &x, t, &directions, &out));
        REFUSES_NONFINITE("directions", &ways[0][0], 6, call(all->full, &x, t, &directions, &out));
        directions.rows = 2;
        REFUSED(JKO_ESHAPE, "directions", call(all->full, &x, t, &directions, &out));
        directions = jko_row_major(&ways[0][0], 3, 1);
        REFUSED(JKO_ESHAPE, "directions", call(all->full, &x, t, &directions, &out));
        directions = good_ways;
    }
    if (term->timed)
        times_refused(term, all, &x, &out);
    x = jko_row_major(&points[0][0], 3, 1);
    REFUSED(JKO_ESHAPE, "x", call(all->full, &x, t, &directions, &out));
    x = jko_row_major(&points[0][0], 2, 3);
    REFUSED(JKO_ESHAPE, "x", call(all->full, &x, t, &directions, &out));
    x = good_x;
    out = jko_row_major(result, 2, term->columns);
    REFUSED(JKO_ESHAPE, term->out, call(all->full, &x, t, &directions, &out));
    out = jko_row_major(result, 3, 3 - term->columns);
    REFUSED(JKO_ESHAPE, term->out, call(all->full, &x, t, &directions, &out));
    UNTOUCHED(result);
    out = good_out;
    WORKS(call(all->full, &x, t, &directions, &out));
    for (int64_t i = 0; i < 3 * term->columns; i++)
        CHECK(isfinite(result[i]) && (!term->of_error || result[i] >= 0));
    points[0][0] = 1e300; /* any finite point is an answer or an error, never the end */
    CHECK(call(all->full, &x, t, &directions, &out) <= JKO_OK);
    points[0][0] = 0;
    x.rows = directions.rows = out.rows = 1;
    now = 1e6;
    WORKS(call(all->full, &x, t, &directions, &out));
}

/* One wrong output, and the other one is untouched. */
static void both_outputs(const models *all)
{
    double value[3], gradient[3][2], now = 0;
    const jko_array x = jko_row_major(&points[0][0], 3, 2), t = one_time(&now);
    const jko_array good_v = jko_row_major(value, 3, 1), good_g = jko_row_major(&gradient[0][0], 3, 2);
    jko_array v = good_v, g = good_g;

    FILL(value);
    FILL(gradient);
    v.rows = 2;
    REFUSED(JKO_ESHAPE, "value", jko_model_potential(all->full, &x, &t, &v, &g));
    REFUSED(JKO_ESHAPE, "value", jko_model_potential_error(all->full, &x, &t, &v, &g));
    REFUSED(JKO_ESHAPE, "value", jko_model_interaction(all->full, &x, &v, &g));
    REFUSED(JKO_ESHAPE, "value", jko_model_interaction_error(all->full, &x, &v, &g));
    v = good_v;
    g.dtype = 7;
    REFUSED(JKO_EINVALID, "gradient", jko_model_potential(all->full, &x, &t, &v, &g));
    REFUSED(JKO_EINVALID, "gradient", jko_model_potential_error(all->full, &x, &t, &v, &g));
    REFUSED(JKO_EINVALID, "gradient", jko_model_interaction(all->full, &x, &v, &g));
    REFUSED(JKO_EINVALID, "gradient", jko_model_interaction_error(all->full, &x, &v, &g));
    UNTOUCHED(value);
    UNTOUCHED(gradient);
}

static void beta_refused(const models *all)
{
    jko_status (*const calls[])(const jko_model *, double *) = {jko_model_beta, jko_model_beta_error};
    double beta = UNTOUCHED_VALUE;
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        REFUSED(JKO_ENULL, "model", calls[i](NULL, &beta));
        REFUSED(JKO_ENULL, i == 0 ? "beta" : "error", calls[i](all->full, NULL));
        REFUSED(JKO_ENOTFITTED, "model", calls[i](all->unfitted, &beta));
        REFUSED(JKO_EINVALID, "model", calls[i](all->potential, &beta));
        REFUSED(JKO_EINVALID, "model", calls[i](all->interaction, &beta));
        REFUSED(JKO_EINVALID, "model", calls[i](all->network, &beta));
        REFUSED(JKO_EINVALID, "model", calls[i](other_handle(all), &beta));
    }
    REFUSED(JKO_EINVALID, "model", jko_model_beta_error(all->bare, &beta));
    CHECK(beta == UNTOUCHED_VALUE);
    WORKS(jko_model_beta(all->internal, &beta));
    CHECK(isfinite(beta));
    WORKS(jko_model_beta_error(all->internal, &beta));
    CHECK(beta > 0 && isfinite(beta));
}

static void energy_refused(const models *all)
{
    double points[4][2] = {{0, 0}, {1, 0}, {0, 1}, {2, 3}}, masses[4] = {1, 2, 1, 1}, energy = UNTOUCHED_VALUE;
    const jko_array good_x = jko_row_major(&points[0][0], 4, 2), good_weights = jko_row_major(masses, 4, 1);
    double now[4] = {0, 0, 0, 0};
    jko_array x = good_x, w = good_weights, t = one_time(now);
    const jko_model *model = all->full;

    REFUSED(JKO_ENULL, "model", jko_model_energy(NULL, &x, &w, &t, &energy));
    REFUSED(JKO_ENULL, "x", jko_model_energy(model, NULL, &w, &t, &energy));
    REFUSED(JKO_ENULL, "energy", jko_model_energy(model, &x, &w, &t, NULL));
    REFUSED(JKO_ENOTFITTED, "model", jko_model_energy(all->unfitted, &x, &w, NULL, &energy));
    REFUSED(JKO_EINVALID, "model", jko_model_energy(other_handle(all), &x, &w, &t, &energy));
    REFUSES_BAD_ARRAYS("x", x, good_x, jko_model_energy(model, &x, &w, &t, &energy));
    REFUSES_BAD_ARRAYS("weights", w, good_weights, jko_model_energy(model, &x, &w, &t, &energy));
    REFUSES_NONFINITE("x", &points[0][0], 8, jko_model_energy(model, &x, &w, &t, &energy));
    REFUSES_NONFINITE("weights", masses, 4, jko_model_energy(model, &x, &w, &t, &energy));
    REFUSES_NONFINITE("t", &now[0], 1, jko_model_energy(model, &x, &w, &t, &energy));
    t.data = NULL;
    REFUSED(JKO_ENULL, "t", jko_model_energy(model, &x, &w, &t, &energy));
    t = jko_row_major(now, 2, 1); /* a population has one time */
    REFUSED(JKO_ESHAPE, "t", jko_model_energy(model, &x, &w, &t, &energy));
    t = jko_row_major(now, 4, 1);
    REFUSED(JKO_ESHAPE, "t", jko_model_energy(model, &x, &w, &t, &energy));
    t = one_time(now);
    REFUSED(JKO_ENULL, "t", jko_model_energy(model, &x, &w, NULL, &energy));
    REFUSED(JKO_EINVALID, "t", jko_model_energy(all->bare, &x, &w, &t, &energy));
    w.rows = 3;
    REFUSED(JKO_ESHAPE, "weights", jko_model_energy(model, &x, &w, &t, &energy));
    w = jko_row_major(masses, 1, 4);
    REFUSED(JKO_ESHAPE, "weights", jko_model_energy(model, &x, &w, &t, &energy));
    w = good_weights;
    masses[1] = -2;
    REFUSED(JKO_EPOPULATION, "weights", jko_model_energy(model, &x, &w, &t, &energy));
    memset(masses, 0, sizeof masses);
    REFUSED(JKO_EPOPULATION, "weights", jko_model_energy(model, &x, &w, &t, &energy));
    x = jko_row_major(&points[0][0], 4, 1);
    REFUSED(JKO_ESHAPE, "x", jko_model_energy(model, &x, NULL, &t, &energy));
    x = jko_row_major(&points[0][0], 1, 2);
    REFUSED(JKO_EPOPULATION, "x", jko_model_energy(model, &x, NULL, &t, &energy)); /* one particle has no density */
    CHECK(energy == UNTOUCHED_VALUE);
    WORKS(jko_model_energy(all->network, &x, NULL, NULL, &energy));
    WORKS(jko_model_energy(all->interaction, &x, NULL, NULL, &energy));
    CHECK(energy == 0); /* U(0) / 2 */
    points[0][0] = 1e200;
    x.rows = 4;
    CHECK(jko_model_energy(model, &x, NULL, &t, &energy) < JKO_OK);
}

int main(void)
{
    const models all = all_models();
    for (size_t i = 0; i < COUNT_OF(of_v); i++) {
        evaluates(&of_v[i], &all, all.interaction);
        evaluates(&of_v[i], &all, all.internal);
    }
    for (size_t i = 0; i < COUNT_OF(of_u); i++) {
        evaluates(&of_u[i], &all, all.potential);
        evaluates(&of_u[i], &all, all.internal);
    }
    /* Likewise with a grid of bumps beside the monomials. */
    models grid = all;
    grid.full = fitted_model(1);
    grid.unfitted = linear_model(1);
    for (size_t i = 0; i < COUNT_OF(of_v); i++)
        if (!of_v[i].of_error)
            evaluates(&of_v[i], &grid, all.interaction);
    jko_model_destroy(grid.full);
    jko_model_destroy(grid.unfitted);
    both_outputs(&all);
    beta_refused(&all);
    energy_refused(&all);
    release(all);
    return finish("terms_misuse");
}
