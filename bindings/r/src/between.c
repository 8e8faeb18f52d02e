/* Populations at times between observed ones, and how fast particles multiply or die. */
#include "shim.h"

/* A series, and how it was found; `model` and `growth` may be NULL. */
SEXP r_interpolate(SEXP snapshots, SEXP times, SEXP options, SEXP model, SEXP growth)
{
    static const field fields[] = {
        FIELD(jko_interpolation_options, method, AS_INT32),
        FIELD(jko_interpolation_options, rounds, AS_INT32),
        FIELD(jko_interpolation_options, gradient, AS_INT32),
        FIELD(jko_interpolation_options, ridge, AS_DOUBLE),
        FIELD(jko_interpolation_options, relaxation, AS_DOUBLE),
        FIELD(jko_interpolation_options, length_scale, AS_DOUBLE),
        FIELD(jko_interpolation_options, time_scale, AS_DOUBLE),
        FIELD(jko_interpolation_options, particles, AS_INT64),
        FIELD(jko_interpolation_options, seed, AS_UINT64),
    };
    static const char *const names[] = {"snapshots", "gradient", "ridge", "rounds", "missed", "straight_missed"};
    const jko_snapshots *series = handle_of(snapshots, SNAPSHOTS);
    jko_array moments = view_of(times), views[5];
    jko_interpolation_options filled;
    jko_interpolation_report report = {.struct_size = sizeof report};
    const jko_array **places[5] = {&report.gradient, &report.ridge, &report.rounds, &report.missed,
                                   &report.straight_missed};
    jko_snapshots *made = NULL;
    long_call call;
    jko_interpolation_options_init(&filled, sizeof filled);
    FILL(&filled, fields, options);
    filled.model = optional_handle_of(model, MODEL);
    filled.growth = optional_handle_of(growth, GROWTH);
    SEXP found = new_list(names, 6), pointer = new_handle(SNAPSHOTS);
    SET_VECTOR_ELT(found, 0, pointer);
    for (int i = 0; i < 5; i++) {
        SEXP numbers = new_doubles((R_xlen_t)moments.rows, 0);
        SET_VECTOR_ELT(found, i + 1, numbers);
        UNPROTECT(1);
        views[i] = view_of(numbers);
        *places[i] = &views[i];
    }
    begin_call(&call, R_NilValue);
    jko_status status = jko_interpolate(series, &moments, &filled, &made, &report);
    R_SetExternalPtrAddr(pointer, made);
    SEXP answer = finish_call(&call, status, found);
    UNPROTECT(2);
    return answer;
}

SEXP r_growth_fit(SEXP snapshots, SEXP options, SEXP total_mass, SEXP prior)
{
    static const field fields[] = {
        FIELD(jko_growth_options, relaxation, AS_DOUBLE),   FIELD(jko_growth_options, ridge, AS_DOUBLE),
        FIELD(jko_growth_options, rounds, AS_INT32),        FIELD(jko_growth_options, bootstrap, AS_INT32),
        FIELD(jko_growth_options, length_scale, AS_DOUBLE), FIELD(jko_growth_options, time_scale, AS_DOUBLE),
        FIELD(jko_growth_options, particles, AS_INT64),     FIELD(jko_growth_options, seed, AS_UINT64),
    };
    const jko_snapshots *series = handle_of(snapshots, SNAPSHOTS);
    jko_array masses, rates;
    jko_growth_options filled;
    jko_growth *made = NULL;
    long_call call;
    jko_growth_options_init(&filled, sizeof filled);
    FILL(&filled, fields, options);
    filled.total_mass = optional_view(total_mass, &masses);
    filled.prior = optional_view(prior, &rates);
    SEXP pointer = new_handle(GROWTH);
    begin_call(&call, R_NilValue);
    jko_status status = jko_growth_fit(series, &filled, &made);
    R_SetExternalPtrAddr(pointer, made);
    SEXP answer = finish_call(&call, status, pointer);
    UNPROTECT(1);
    return answer;
}

/* Rates at points, or their standard errors. */
SEXP r_growth_rates(SEXP growth, SEXP points, SEXP time, SEXP error)
{
    const jko_growth *asked = handle_of(growth, GROWTH);
    jko_array x = view_of(points), view;
    int of_error = Rf_asLogical(error);
    SEXP out = new_doubles((R_xlen_t)x.rows, 0);
    view = view_of(out);
    jko_status status = jko_growth_rates(asked, &x, Rf_asReal(time), of_error ? NULL : &view, of_error ? &view : NULL);
    SEXP answer = finish(status, out);
    UNPROTECT(1);
    return answer;
}

/* Masses along paths, which are a matrix ((steps + 1) n, d). */
SEXP r_growth_masses(SEXP growth, SEXP paths, SEXP times, SEXP masses)
{
    const jko_growth *asked = handle_of(growth, GROWTH);
    jko_array x = view_of(paths), moments = view_of(times), first, view;
    const jko_array *given = optional_view(masses, &first);
    SEXP out = new_doubles((R_xlen_t)x.rows, 0);
    view = view_of(out);
    SEXP answer = finish(jko_growth_masses(asked, &x, &moments, given, &view), out);
    UNPROTECT(1);
    return answer;
}

SEXP r_growth_total_mass(SEXP growth, SEXP times)
{
    const jko_growth *asked = handle_of(growth, GROWTH);
    jko_array moments = view_of(times), view;
    SEXP out = new_doubles((R_xlen_t)moments.rows, 0);
    view = view_of(out);
    SEXP answer = finish(jko_growth_total_mass(asked, &moments, &view), out);
    UNPROTECT(1);
    return answer;
}

/* Numbers of coordinates and of members of the bootstrap. */
SEXP r_growth_describe(SEXP growth)
{
    const jko_growth *asked = handle_of(growth, GROWTH);
    SEXP both = new_doubles(2, 0);
    REAL(both)[0] = (double)jko_growth_dimension(asked);
    REAL(both)[1] = (double)jko_growth_member_count(asked);
    UNPROTECT(1);
    return both;
}

SEXP r_growth_save(SEXP growth, SEXP path)
{
    return finish(jko_growth_save(handle_of(growth, GROWTH), text_of(path)), R_NilValue);
}

SEXP r_growth_load(SEXP path)
{
    const char *place = text_of(path);
    jko_growth *made = NULL;
    SEXP pointer = new_handle(GROWTH);
    jko_status status = jko_growth_load(place, &made);
    R_SetExternalPtrAddr(pointer, made);
    SEXP answer = finish(status, pointer);
    UNPROTECT(1);
    return answer;
}
