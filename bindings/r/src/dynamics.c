/* Populations that move forward in time: rollouts of a model, and simulation under energies of the user. */
#include "shim.h"

#include <string.h>

SEXP r_rollout_times(SEXP model, SEXP t0, SEXP steps)
{
    const jko_model *asked = handle_of(model, MODEL);
    int64_t count = (int64_t)Rf_asReal(steps);
    double start = t0 == R_NilValue ? NAN : Rf_asReal(t0);
    SEXP out = new_doubles((R_xlen_t)count + 1, 0);
    jko_array view = view_of(out);
    SEXP answer = finish(jko_model_rollout_times(asked, start, count, &view), out);
    UNPROTECT(1);
    return answer;
}

/* A population at each time, as a vector of the matrix ((steps + 1) n, d), and how the steps went. */
SEXP r_rollout(SEXP model, SEXP x0, SEXP times, SEXP options, SEXP error)
{
    static const field fields[] = {
        FIELD(jko_rollout_options, tolerance, AS_DOUBLE), FIELD(jko_rollout_options, max_iterations, AS_INT64),
        FIELD(jko_rollout_options, seed, AS_UINT64),      FIELD(jko_rollout_options, substeps, AS_INT64),
        FIELD(jko_rollout_options, noise, AS_INT32),
    };
    static const char *const names[] = {"course", "unconverged", "max_residual", "outside", "farthest"};
    const jko_model *asked = handle_of(model, MODEL);
    jko_array start = view_of(x0), moments = view_of(times);
    jko_rollout_info info = {.struct_size = sizeof info};
    jko_rollout_options filled;
    long_call call;
    jko_rollout_options_init(&filled, sizeof filled);
    FILL(&filled, fields, options);
    int64_t rows = start.rows * moments.rows;
    SEXP found = new_list(names, 5), course = new_doubles((R_xlen_t)(rows * start.columns), 0);
    SET_VECTOR_ELT(found, 0, course);
    jko_array out = jko_column_major(REAL(course), rows, start.columns);
    begin_call(&call, R_NilValue);
    jko_status status = (Rf_asLogical(error) ? jko_model_rollout_error : jko_model_rollout)(asked, &start, &moments,
                                                                                            &filled, &out, &info);
    SEXP answer = PROTECT(finish_call(&call, status, found));
    if (status == JKO_OK) {
        SET_VECTOR_ELT(found, 1, Rf_ScalarReal((double)info.unconverged));
        SET_VECTOR_ELT(found, 2, Rf_ScalarReal(info.max_residual));
        SET_VECTOR_ELT(found, 3, Rf_ScalarReal((double)info.outside));
        SET_VECTOR_ELT(found, 4, Rf_ScalarReal(info.farthest));
    }
    UNPROTECT(3);
    return answer;
}

/* --- simulation under gradients that are functions of R --------------------------------------------------- */

typedef struct gradient_call {
    long_call *call;
    SEXP function;
    const double *points;
    int64_t n, d;
    double *gradient;
} gradient_call;

/* The library's matrices are row-major, and R's are not. R code has wrapped the function, so that it returns a double
   matrix of the same shape or raises an error. */
static SEXP call_gradient(void *data)
{
    const gradient_call *asked = data;
    SEXP x = PROTECT(Rf_allocMatrix(REALSXP, (int)asked->n, (int)asked->d));
    for (int64_t i = 0; i < asked->n; i++)
        for (int64_t j = 0; j < asked->d; j++)
            REAL(x)[i + j * asked->n] = asked->points[i * asked->d + j];
    SEXP call = PROTECT(Rf_lang2(asked->function, x));
    SEXP value = PROTECT(Rf_eval(call, R_BaseEnv));
    for (int64_t i = 0; i < asked->n; i++)
        for (int64_t j = 0; j < asked->d; j++)
            asked->gradient[i * asked->d + j] = REAL(value)[i + j * asked->n];
    UNPROTECT(3);
    return R_NilValue;
}

typedef struct source {
    long_call *call;
    SEXP function;
} source;

static int on_gradient(const double *points, int64_t n, int64_t d, double time, double *gradient, void *user_data)
{
    (void)time;
    const source *from = user_data;
    gradient_call asked = {from->call, from->function, points, n, d, gradient};
    return run_guarded(from->call, call_gradient, &asked);
}

/* V and U are each NULL, a name, a model or a function. */
SEXP r_simulate(SEXP x0, SEXP options, SEXP potential, SEXP interaction)
{
    static const field fields[] = {
        FIELD(jko_simulation_options, beta, AS_DOUBLE), FIELD(jko_simulation_options, dt, AS_DOUBLE),
        FIELD(jko_simulation_options, t0, AS_DOUBLE),   FIELD(jko_simulation_options, steps, AS_INT64),
        FIELD(jko_simulation_options, seed, AS_UINT64),
    };
    jko_array start = view_of(x0);
    jko_simulation_options filled;
    long_call call;
    source v = {&call, potential}, u = {&call, interaction};
    jko_simulation_options_init(&filled, sizeof filled);
    FILL(&filled, fields, options);
    if (TYPEOF(potential) == STRSXP)
        filled.potential = text_of(potential);
    else if (TYPEOF(potential) == EXTPTRSXP)
        filled.potential_model = handle_of(potential, MODEL);
    else if (potential != R_NilValue)
        filled.potential_gradient = on_gradient;
    if (TYPEOF(interaction) == STRSXP)
        filled.interaction = text_of(interaction);
    else if (TYPEOF(interaction) == EXTPTRSXP)
        filled.interaction_model = handle_of(interaction, MODEL);
    else if (interaction != R_NilValue)
        filled.interaction_gradient = on_gradient;
    filled.potential_gradient_user_data = &v;
    filled.interaction_gradient_user_data = &u;
    int64_t rows = start.rows * (filled.steps + 1);
    SEXP course = new_doubles((R_xlen_t)(rows * start.columns), 0);
    jko_array out = jko_column_major(REAL(course), rows, start.columns);
    begin_call(&call, R_NilValue);
    jko_status status = jko_simulate(&start, &filled, &out);
    SEXP answer = finish_call(&call, status, course);
    UNPROTECT(1);
    return answer;
}

/* --- functionals ------------------------------------------------------------------------------------------ */

SEXP r_functional(SEXP name, SEXP x, SEXP gradient)
{
    jko_array points = view_of(x), out;
    const char *which = text_of(name);
    int of_gradient = Rf_asLogical(gradient);
    SEXP values = new_doubles((R_xlen_t)points.rows, of_gradient ? (R_xlen_t)points.columns : 0);
    out = view_of(values);
    jko_status status = (of_gradient ? jko_functional_gradient : jko_functional_value)(which, &points, &out);
    SEXP answer = finish(status, values);
    UNPROTECT(1);
    return answer;
}

SEXP r_functional_names(void)
{
    int32_t count = jko_functional_count();
    SEXP names = PROTECT(Rf_allocVector(STRSXP, count));
    for (int32_t i = 0; i < count; i++)
        SET_STRING_ELT(names, i, Rf_mkChar(jko_functional_name(i)));
    UNPROTECT(1);
    return names;
}
