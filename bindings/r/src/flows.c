/* The forward problem: flows of given energies, and draws from the densities that they tend to. */
#include "shim.h"

/* `base` is a density; or `log_density` a function of R, for the particles `x0`. on_energy() calls the functions. */
SEXP r_flow_compute(SEXP base, SEXP x0, SEXP log_density, SEXP options, SEXP hidden, SEXP potential, SEXP interaction)
{
    static const field fields[] = {
        FIELD(jko_flow_options, beta, AS_DOUBLE),      FIELD(jko_flow_options, exponent, AS_DOUBLE),
        FIELD(jko_flow_options, scheme, AS_INT32),     FIELD(jko_flow_options, step, AS_DOUBLE),
        FIELD(jko_flow_options, steps, AS_INT64),      FIELD(jko_flow_options, t0, AS_DOUBLE),
        FIELD(jko_flow_options, components, AS_INT64), FIELD(jko_flow_options, bumps, AS_INT64),
        FIELD(jko_flow_options, neighbour, AS_INT64),  FIELD(jko_flow_options, particles, AS_INT64),
        FIELD(jko_flow_options, seed, AS_UINT64),      FIELD(jko_flow_options, method, AS_INT32),
        FIELD(jko_flow_options, rank, AS_INT64),       FIELD(jko_flow_options, iterations, AS_INT64),
        FIELD(jko_flow_options, batch_size, AS_INT64), FIELD(jko_flow_options, learning_rate, AS_DOUBLE),
        FIELD(jko_flow_options, checkpoint, AS_TEXT),  FIELD(jko_flow_options, resume, AS_INT64),
    };
    const jko_density *start = optional_handle_of(base, DENSITY);
    jko_array view;
    const jko_array *particles = optional_view(x0, &view);
    jko_flow_options filled;
    jko_flow *made = NULL;
    long_call call;
    jko_flow_options_init(&filled, sizeof filled);
    FILL(&filled, fields, options);
    /* R code has checked that there are at most as many. */
    filled.hidden_count = (int32_t)XLENGTH(hidden);
    for (int32_t i = 0; i < filled.hidden_count && i < JKO_MAX_HIDDEN_LAYERS; i++)
        filled.hidden[i] = (int32_t)REAL(hidden)[i];
    choose_term((term_place){&filled.potential, &filled.potential_model, &filled.potential_callback,
                             &filled.potential_callback_user_data},
                potential);
    choose_term((term_place){&filled.interaction, &filled.interaction_model, &filled.interaction_callback,
                             &filled.interaction_callback_user_data},
                interaction);
    SEXP pointer = new_handle(FLOW);
    /* The library asks the function as long as the flow lives. */
    R_SetExternalPtrProtected(pointer, log_density);
    begin_call(&call, R_NilValue);
    jko_status status = log_density == R_NilValue
                            ? jko_flow_compute(start, &filled, &made)
                            : jko_flow_compute_from(particles, on_energy, log_density, &filled, &made);
    R_SetExternalPtrAddr(pointer, made);
    SEXP answer = finish_call(&call, status, pointer);
    UNPROTECT(1);
    return answer;
}

SEXP r_flow_describe(SEXP flow)
{
    static const char *const names[] = {"dimension", "times", "energies"};
    const jko_flow *asked = handle_of(flow, FLOW);
    R_xlen_t count = (R_xlen_t)jko_flow_step_count(asked) + 1;
    SEXP found = new_list(names, 3), times = new_doubles(count, 0), energies = new_doubles(count, 0);
    SET_VECTOR_ELT(found, 0, Rf_ScalarReal((double)jko_flow_dimension(asked)));
    SET_VECTOR_ELT(found, 1, times);
    SET_VECTOR_ELT(found, 2, energies);
    jko_array t = view_of(times), e = view_of(energies);
    SEXP answer = finish(jko_flow_course(asked, &t, &e), found);
    UNPROTECT(3);
    return answer;
}

SEXP r_flow_sample(SEXP flow, SEXP n, SEXP step, SEXP seed)
{
    const jko_flow *asked = handle_of(flow, FLOW);
    int64_t place = (int64_t)Rf_asReal(step);
    uint64_t start = (uint64_t)Rf_asReal(seed);
    long_call call;
    SEXP points = new_doubles((R_xlen_t)Rf_asReal(n), (R_xlen_t)jko_flow_dimension(asked));
    jko_array out = view_of(points);
    begin_call(&call, R_NilValue);
    SEXP answer = finish_call(&call, jko_flow_sample(asked, place, start, &out), points);
    UNPROTECT(1);
    return answer;
}

/* Where particles go, and the logarithms of the maps' determinants there. */
SEXP r_flow_transport(SEXP flow, SEXP x, SEXP from, SEXP to)
{
    static const char *const names[] = {"points", "log_determinants"};
    const jko_flow *asked = handle_of(flow, FLOW);
    jko_array start = view_of(x);
    int64_t first = (int64_t)Rf_asReal(from), last = (int64_t)Rf_asReal(to);
    long_call call;
    SEXP found = new_list(names, 2), points = new_doubles((R_xlen_t)start.rows, (R_xlen_t)start.columns);
    SEXP logs = new_doubles((R_xlen_t)start.rows, 0);
    SET_VECTOR_ELT(found, 0, points);
    SET_VECTOR_ELT(found, 1, logs);
    jko_array out = view_of(points), determinants = view_of(logs);
    begin_call(&call, R_NilValue);
    jko_status status = jko_flow_transport(asked, &start, first, last, &out, &determinants);
    SEXP answer = finish_call(&call, status, found);
    UNPROTECT(3);
    return answer;
}

typedef jko_status (*evaluated)(const jko_flow *, const jko_array *, int64_t, const jko_array *);

/* "inverse", "log_density" or "score" at points of the population after a step. */
SEXP r_flow_at(SEXP flow, SEXP x, SEXP step, SEXP what)
{
    const jko_flow *asked = handle_of(flow, FLOW);
    jko_array points = view_of(x), out;
    int64_t place = (int64_t)Rf_asReal(step);
    const char initial = text_of(what)[0];
    evaluated function = initial == 'i' ? jko_flow_inverse : initial == 'l' ? jko_flow_log_density : jko_flow_score;
    long_call call;
    SEXP numbers = new_doubles((R_xlen_t)points.rows, initial == 'l' ? 0 : (R_xlen_t)points.columns);
    out = view_of(numbers);
    begin_call(&call, R_NilValue);
    SEXP answer = finish_call(&call, function(asked, &points, place, &out), numbers);
    UNPROTECT(1);
    return answer;
}

SEXP r_flow_mass(SEXP flow, SEXP step)
{
    const jko_flow *asked = handle_of(flow, FLOW);
    int64_t place = (int64_t)Rf_asReal(step);
    long_call call;
    SEXP mass = new_doubles(1, 0);
    double *receives = REAL(mass);
    begin_call(&call, R_NilValue);
    SEXP answer = finish_call(&call, jko_flow_mass(asked, place, receives), mass);
    UNPROTECT(1);
    return answer;
}

SEXP r_flow_save(SEXP flow, SEXP path)
{
    return finish(jko_flow_save(handle_of(flow, FLOW), text_of(path)), R_NilValue);
}

SEXP r_flow_load(SEXP path)
{
    const char *place = text_of(path);
    jko_flow *made = NULL;
    SEXP pointer = new_handle(FLOW);
    jko_status status = jko_flow_load(place, &made);
    R_SetExternalPtrAddr(pointer, made);
    SEXP answer = finish(status, pointer);
    UNPROTECT(1);
    return answer;
}

/* --- draws from exp(-V / beta) --------------------------------------------------------------------------------- */

/* The draws are a vector of the array (draws, chains, d). */
SEXP r_sample(SEXP x0, SEXP potential, SEXP options)
{
    static const field fields[] = {
        FIELD(jko_sample_options, beta, AS_DOUBLE),  FIELD(jko_sample_options, draws, AS_INT64),
        FIELD(jko_sample_options, warmup, AS_INT64), FIELD(jko_sample_options, step, AS_DOUBLE),
        FIELD(jko_sample_options, seed, AS_UINT64),  FIELD(jko_sample_options, adjusted, AS_INT32),
    };
    static const char *const names[] = {"draws", "acceptance", "step", "effective_sizes", "r_hats"};
    jko_array start = view_of(x0);
    jko_sample_options filled;
    jko_sample_info info = {.struct_size = sizeof info};
    long_call call;
    jko_sample_options_init(&filled, sizeof filled);
    FILL(&filled, fields, options);
    choose_term((term_place){&filled.potential, &filled.potential_model, &filled.potential_callback,
                             &filled.potential_callback_user_data},
                potential);
    int64_t rows = start.rows * filled.draws;
    SEXP found = new_list(names, 5), draws = new_doubles((R_xlen_t)(rows * start.columns), 0);
    SET_VECTOR_ELT(found, 0, draws);
    SEXP sizes = new_doubles((R_xlen_t)start.columns, 0), r_hats = new_doubles((R_xlen_t)start.columns, 0);
    SET_VECTOR_ELT(found, 3, sizes);
    SET_VECTOR_ELT(found, 4, r_hats);
    jko_array out = jko_column_major(REAL(draws), rows, start.columns), s = view_of(sizes), r = view_of(r_hats);
    info.effective_sizes = &s;
    info.r_hats = &r;
    begin_call(&call, R_NilValue);
    jko_status status = jko_sample(&start, &filled, &out, &info);
    SEXP answer = PROTECT(finish_call(&call, status, found));
    SET_VECTOR_ELT(found, 1, Rf_ScalarReal(info.acceptance));
    SET_VECTOR_ELT(found, 2, Rf_ScalarReal(info.step));
    UNPROTECT(5);
    return answer;
}
