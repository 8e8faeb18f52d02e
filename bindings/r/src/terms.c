/* The terms of a fitted energy at points. */
#include "shim.h"

#include <string.h>

/* V or U, its gradient, or the standard errors of either; t is NULL for U and for a V that is constant in time. */
SEXP r_model_term(SEXP model, SEXP term, SEXP x, SEXP t, SEXP gradient, SEXP error)
{
    const jko_model *asked = handle_of(model, MODEL);
    int of_potential = strcmp(text_of(term), "potential") == 0;
    int of_gradient = Rf_asLogical(gradient), of_error = Rf_asLogical(error);
    jko_array points = view_of(x), moments, view;
    const jko_array *times = optional_view(t, &moments);
    long_call call;
    jko_status status;
    SEXP out = new_doubles((R_xlen_t)points.rows, of_gradient ? (R_xlen_t)points.columns : 0);
    view = view_of(out);
    const jko_array *value = of_gradient ? NULL : &view, *slope = of_gradient ? &view : NULL;
    begin_call(&call, R_NilValue);
    if (of_potential)
        status = (of_error ? jko_model_potential_error : jko_model_potential)(asked, &points, times, value, slope);
    else
        status = (of_error ? jko_model_interaction_error : jko_model_interaction)(asked, &points, value, slope);
    SEXP answer = finish_call(&call, status, out);
    UNPROTECT(1);
    return answer;
}

SEXP r_model_beta(SEXP model, SEXP error)
{
    double value = 0;
    const jko_model *asked = handle_of(model, MODEL);
    jko_status status = (Rf_asLogical(error) ? jko_model_beta_error : jko_model_beta)(asked, &value);
    SEXP out = PROTECT(Rf_ScalarReal(value));
    SEXP answer = finish(status, out);
    UNPROTECT(1);
    return answer;
}

SEXP r_model_energy(SEXP model, SEXP x, SEXP weights, SEXP t)
{
    const jko_model *asked = handle_of(model, MODEL);
    jko_array points = view_of(x), w, moment;
    const jko_array *masses = optional_view(weights, &w), *time = optional_view(t, &moment);
    long_call call;
    SEXP out = new_doubles(1, 0);
    begin_call(&call, R_NilValue);
    jko_status status = jko_model_energy(asked, &points, masses, time, REAL(out));
    SEXP answer = finish_call(&call, status, out);
    UNPROTECT(1);
    return answer;
}
