/* Transport plans and distances between populations. */
#include "shim.h"

SEXP r_plan(SEXP x, SEXP y, SEXP a, SEXP b, SEXP options)
{
    jko_array from = view_of(x), to = view_of(y), a_view, b_view;
    const jko_array *a_masses = optional_view(a, &a_view), *b_masses = optional_view(b, &b_view);
    jko_plan_options filled;
    jko_plan *made = NULL;
    long_call call;
    fill_plan_options(&filled, options);
    SEXP pointer = new_handle(PLAN);
    begin_call(&call, R_NilValue);
    filled.progress = progress_of(&call);
    filled.progress_user_data = &call;
    jko_status status = jko_plan_compute(&from, &to, a_masses, b_masses, &filled, &made);
    R_SetExternalPtrAddr(pointer, made);
    SEXP answer = finish_call(&call, status, pointer);
    UNPROTECT(1);
    return answer;
}

SEXP r_plans(SEXP snapshots, SEXP options)
{
    const jko_snapshots *series = handle_of(snapshots, SNAPSHOTS);
    jko_plan_options filled;
    long_call call;
    fill_plan_options(&filled, options);
    int64_t count = jko_snapshots_count(series) - 1;
    if (count < 1)
        Rf_error("the shim was given fewer than two snapshots");
    jko_plan **made = (jko_plan **)R_alloc((size_t)count, sizeof *made);
    SEXP plans = PROTECT(Rf_allocVector(VECSXP, (R_xlen_t)count));
    for (int64_t k = 0; k < count; k++) {
        SET_VECTOR_ELT(plans, (R_xlen_t)k, new_handle(PLAN));
        UNPROTECT(1);
        made[k] = NULL;
    }
    begin_call(&call, R_NilValue);
    filled.progress = progress_of(&call);
    filled.progress_user_data = &call;
    jko_status status = jko_snapshots_plans(series, &filled, made, count);
    for (int64_t k = 0; k < count; k++)
        R_SetExternalPtrAddr(VECTOR_ELT(plans, (R_xlen_t)k), made[k]);
    SEXP answer = finish_call(&call, status, plans);
    UNPROTECT(1);
    return answer;
}

SEXP r_plan_describe(SEXP plan)
{
    static const char *const names[] = {"rows",           "columns",    "entries",   "cost",    "dual_cost", "gap",
                                        "marginal_error", "iterations", "converged", "epsilon", "objective", "mass"};
    jko_plan_info info = {.struct_size = sizeof info};
    jko_status status = jko_plan_describe(handle_of(plan, PLAN), &info);
    const double numbers[] = {
        (double)info.rows,   (double)info.columns,    (double)info.entries, info.cost,    info.dual_cost, info.gap,
        info.marginal_error, (double)info.iterations, info.converged,       info.epsilon, info.objective, info.mass};
    SEXP said = new_list(names, 12);
    for (int i = 0; i < 12; i++)
        SET_VECTOR_ELT(said, i, Rf_ScalarReal(numbers[i]));
    SEXP answer = finish(status, said);
    UNPROTECT(1);
    return answer;
}

/* Pairs that carry more than a threshold: rows and columns, counted from 1, and masses. */
SEXP r_plan_pairs(SEXP plan, SEXP threshold)
{
    static const char *const names[] = {"x", "y", "mass"};
    const jko_plan *asked = handle_of(plan, PLAN);
    double least = Rf_asReal(threshold);
    int64_t count = 0;
    jko_status status = jko_plan_sparse(asked, least, 0, NULL, NULL, NULL, &count);
    if (status != JKO_OK)
        return finish(status, R_NilValue);
    SEXP pairs = new_list(names, 3);
    SEXP from = PROTECT(Rf_allocVector(INTSXP, (R_xlen_t)count)), to = PROTECT(Rf_allocVector(INTSXP, (R_xlen_t)count));
    SEXP mass = new_doubles((R_xlen_t)count, 0);
    int64_t *rows = (int64_t *)R_alloc((size_t)count + 1, sizeof *rows);
    int64_t *columns = (int64_t *)R_alloc((size_t)count + 1, sizeof *columns);
    status = jko_plan_sparse(asked, least, count, rows, columns, REAL(mass), &count);
    for (R_xlen_t i = 0; status == JKO_OK && i < XLENGTH(from); i++) {
        INTEGER(from)[i] = (int)rows[i] + 1;
        INTEGER(to)[i] = (int)columns[i] + 1;
    }
    SET_VECTOR_ELT(pairs, 0, from);
    SET_VECTOR_ELT(pairs, 1, to);
    SET_VECTOR_ELT(pairs, 2, mass);
    SEXP answer = finish(status, pairs);
    UNPROTECT(4);
    return answer;
}

/* Dual potentials, sums of rows and columns, barycentres. */
SEXP r_plan_contents(SEXP plan, SEXP dimension)
{
    static const char *const names[] = {"dual_x", "dual_y", "mass_x", "mass_y", "barycentres_x", "barycentres_y"};
    const jko_plan *asked = handle_of(plan, PLAN);
    jko_plan_info info = {.struct_size = sizeof info};
    jko_status status = jko_plan_describe(asked, &info);
    R_xlen_t n = (R_xlen_t)info.rows, m = (R_xlen_t)info.columns, d = (R_xlen_t)Rf_asInteger(dimension);
    SEXP found = new_list(names, 6);
    const R_xlen_t rows[] = {n, m, n, m, n, m};
    double *places[6];
    for (int i = 0; i < 6; i++) {
        SEXP numbers = new_doubles(rows[i], i < 4 ? 0 : d);
        SET_VECTOR_ELT(found, i, numbers);
        UNPROTECT(1);
        places[i] = REAL(numbers);
    }
    jko_array images_x = jko_column_major(places[4], n, d), images_y = jko_column_major(places[5], m, d);
    if (status == JKO_OK)
        status = jko_plan_duals(asked, places[0], places[1]);
    if (status == JKO_OK)
        status = jko_plan_masses(asked, places[2], places[3]);
    if (status == JKO_OK)
        status = jko_plan_barycentres(asked, &images_x, &images_y);
    SEXP answer = finish(status, found);
    UNPROTECT(1);
    return answer;
}

SEXP r_emd(SEXP x, SEXP y, SEXP a, SEXP b, SEXP order)
{
    jko_array from = view_of(x), to = view_of(y), a_view, b_view;
    const jko_array *a_masses = optional_view(a, &a_view), *b_masses = optional_view(b, &b_view);
    int32_t which = Rf_asInteger(order);
    long_call call;
    SEXP out = new_doubles(1, 0);
    begin_call(&call, R_NilValue);
    jko_status status = jko_emd(&from, &to, a_masses, b_masses, which, NULL, REAL(out));
    SEXP answer = finish_call(&call, status, out);
    UNPROTECT(1);
    return answer;
}

SEXP r_energy_distance(SEXP x, SEXP y, SEXP a, SEXP b)
{
    jko_array from = view_of(x), to = view_of(y), a_view, b_view;
    const jko_array *a_masses = optional_view(a, &a_view), *b_masses = optional_view(b, &b_view);
    long_call call;
    SEXP out = new_doubles(1, 0);
    begin_call(&call, R_NilValue);
    jko_status status = jko_energy_distance(&from, &to, a_masses, b_masses, REAL(out));
    SEXP answer = finish_call(&call, status, out);
    UNPROTECT(1);
    return answer;
}

SEXP r_sinkhorn_divergence(SEXP x, SEXP y, SEXP a, SEXP b, SEXP options)
{
    static const char *const names[] = {"divergence", "marginal_error", "iterations", "converged"};
    jko_array from = view_of(x), to = view_of(y), a_view, b_view;
    const jko_array *a_masses = optional_view(a, &a_view), *b_masses = optional_view(b, &b_view);
    jko_divergence_info info = {.struct_size = sizeof info};
    jko_plan_options filled;
    double value = 0;
    long_call call;
    fill_plan_options(&filled, options);
    SEXP found = new_list(names, 4);
    begin_call(&call, R_NilValue);
    filled.progress = progress_of(&call);
    filled.progress_user_data = &call;
    jko_status status = jko_sinkhorn_divergence(&from, &to, a_masses, b_masses, &filled, &value, &info);
    SEXP answer = PROTECT(finish_call(&call, status, found));
    const double numbers[] = {value, info.marginal_error, (double)info.iterations, info.converged};
    for (int i = 0; i < 4; i++)
        SET_VECTOR_ELT(found, i, Rf_ScalarReal(numbers[i]));
    UNPROTECT(2);
    return answer;
}
