/* Densities of populations: mixtures of Gaussians and kernel densities. */
#include "shim.h"

SEXP r_density_create(SEXP points, SEXP weights, SEXP options)
{
    jko_array x = view_of(points), w;
    const jko_array *masses = optional_view(weights, &w);
    jko_density_options filled;
    jko_density *made = NULL;
    long_call call;
    const jko_density_options *wanted = density_options_of(&filled, options);
    SEXP pointer = new_handle(DENSITY);
    begin_call(&call, R_NilValue);
    jko_status status = jko_density_create(&x, masses, wanted, &made);
    R_SetExternalPtrAddr(pointer, made);
    SEXP answer = finish_call(&call, status, pointer);
    UNPROTECT(1);
    return answer;
}

/* Covariances are one matrix below the other. */
SEXP r_density_from_mixture(SEXP weights, SEXP means, SEXP covariances, SEXP diagonal)
{
    jko_array w = view_of(weights), m = view_of(means), c = view_of(covariances);
    jko_covariance shape = Rf_asLogical(diagonal) ? JKO_COVARIANCE_DIAGONAL : JKO_COVARIANCE_FULL;
    jko_density *made = NULL;
    SEXP pointer = new_handle(DENSITY);
    jko_status status = jko_density_from_mixture(&w, &m, &c, shape, &made);
    R_SetExternalPtrAddr(pointer, made);
    SEXP answer = finish(status, pointer);
    UNPROTECT(1);
    return answer;
}

static jko_density_info described(const jko_density *density)
{
    jko_density_info info = {.struct_size = sizeof info};
    jko_density_describe(density, &info);
    return info;
}

SEXP r_density_describe(SEXP density)
{
    static const char *const names[] = {"kind", "dimension",  "components", "log_likelihood",
                                        "bic",  "iterations", "converged",  "bandwidth"};
    jko_density_info info = described(handle_of(density, DENSITY));
    double numbers[] = {info.kind, (double)info.dimension,  (double)info.components, info.log_likelihood,
                        info.bic,  (double)info.iterations, info.converged,          info.bandwidth};
    SEXP found = new_list(names, 8);
    for (int i = 0; i < 8; i++)
        SET_VECTOR_ELT(found, i, Rf_ScalarReal(numbers[i]));
    UNPROTECT(1);
    return found;
}

/* Weights, means and covariances, one below the other, of a mixture. */
SEXP r_density_parameters(SEXP density)
{
    static const char *const names[] = {"weights", "means", "covariances"};
    const jko_density *asked = handle_of(density, DENSITY);
    jko_density_info info = described(asked);
    R_xlen_t k = (R_xlen_t)info.components, d = (R_xlen_t)info.dimension;
    SEXP found = new_list(names, 3), weights = new_doubles(k, 0), means = new_doubles(k, d);
    SEXP covariances = new_doubles(k * d, d);
    SET_VECTOR_ELT(found, 0, weights);
    SET_VECTOR_ELT(found, 1, means);
    SET_VECTOR_ELT(found, 2, covariances);
    jko_array w = view_of(weights), m = view_of(means), c = view_of(covariances);
    jko_status status = jko_density_weights(asked, &w);
    if (status == JKO_OK)
        status = jko_density_means(asked, &m);
    if (status == JKO_OK)
        status = jko_density_covariances(asked, &c);
    SEXP answer = finish(status, found);
    UNPROTECT(4);
    return answer;
}

/* Logarithms of the density at points, or its scores. */
SEXP r_density_at(SEXP density, SEXP x, SEXP score)
{
    const jko_density *asked = handle_of(density, DENSITY);
    int of_score = Rf_asLogical(score);
    jko_array points = view_of(x), out;
    long_call call;
    SEXP numbers = new_doubles((R_xlen_t)points.rows, of_score ? (R_xlen_t)points.columns : 0);
    out = view_of(numbers);
    begin_call(&call, R_NilValue);
    jko_status status = (of_score ? jko_density_score : jko_density_log)(asked, &points, &out);
    SEXP answer = finish_call(&call, status, numbers);
    UNPROTECT(1);
    return answer;
}

SEXP r_density_sample(SEXP density, SEXP n, SEXP seed)
{
    const jko_density *asked = handle_of(density, DENSITY);
    long_call call;
    SEXP points = new_doubles((R_xlen_t)Rf_asReal(n), (R_xlen_t)described(asked).dimension);
    jko_array out = view_of(points);
    uint64_t start = (uint64_t)Rf_asReal(seed);
    begin_call(&call, R_NilValue);
    SEXP answer = finish_call(&call, jko_density_sample(asked, start, &out), points);
    UNPROTECT(1);
    return answer;
}
