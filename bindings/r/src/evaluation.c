/* How well a model predicts snapshots. */
#include "shim.h"

enum { FIGURES = 12 };

/* All figures of a comparison, one vector each, and how the implicit steps went. */
SEXP r_compare(SEXP model, SEXP snapshots, SEXP training, SEXP seed)
{
    static const char *const names[] = {"one_step",
                                        "energy_distance",
                                        "variance_ratio",
                                        "cumulative",
                                        "effects_mismatch",
                                        "cumulative_energy_distance",
                                        "cumulative_variance_ratio",
                                        "nothing_moves",
                                        "nothing_moves_energy_distance",
                                        "nothing_moves_variance_ratio",
                                        "floor",
                                        "floor_energy_distance",
                                        "unconverged",
                                        "max_residual",
                                        "outside",
                                        "farthest"};
    const jko_model *asked = handle_of(model, MODEL);
    const jko_snapshots *series = handle_of(snapshots, SNAPSHOTS), *train = optional_handle_of(training, SNAPSHOTS);
    jko_comparison wanted = {.struct_size = sizeof wanted};
    const jko_array **places[FIGURES] = {&wanted.one_step,
                                         &wanted.energy_distance,
                                         &wanted.variance_ratio,
                                         &wanted.cumulative,
                                         &wanted.effects_mismatch,
                                         &wanted.cumulative_energy_distance,
                                         &wanted.cumulative_variance_ratio,
                                         &wanted.nothing_moves,
                                         &wanted.nothing_moves_energy_distance,
                                         &wanted.nothing_moves_variance_ratio,
                                         &wanted.floor,
                                         &wanted.floor_energy_distance};
    jko_array views[FIGURES];
    jko_evaluation_options options;
    jko_rollout_info info = {.struct_size = sizeof info};
    long_call call;
    jko_evaluation_options_init(&options, sizeof options);
    options.seed = (uint64_t)Rf_asReal(seed);
    int64_t steps = jko_snapshots_count(series) - 1;
    SEXP found = new_list(names, FIGURES + 4);
    for (int i = 0; i < FIGURES; i++) {
        SEXP figures = new_doubles((R_xlen_t)(steps > 1 ? steps : 1), 0);
        SET_VECTOR_ELT(found, i, figures);
        UNPROTECT(1);
        views[i] = view_of(figures);
        *places[i] = &views[i];
    }
    begin_call(&call, R_NilValue);
    jko_status status = jko_model_compare(asked, series, train, &options, &wanted, &info);
    SEXP answer = PROTECT(finish_call(&call, status, found));
    if (status == JKO_OK) {
        SET_VECTOR_ELT(found, FIGURES, Rf_ScalarReal((double)info.unconverged));
        SET_VECTOR_ELT(found, FIGURES + 1, Rf_ScalarReal(info.max_residual));
        SET_VECTOR_ELT(found, FIGURES + 2, Rf_ScalarReal((double)info.outside));
        SET_VECTOR_ELT(found, FIGURES + 3, Rf_ScalarReal(info.farthest));
    }
    UNPROTECT(2);
    return answer;
}

/* What a fit looks like on a sample of its own snapshots. */
SEXP r_check(SEXP model, SEXP snapshots)
{
    static const char *const names[] = {"one_step",
                                        "nothing_moves",
                                        "floor",
                                        "energy_distance",
                                        "nothing_moves_energy_distance",
                                        "floor_energy_distance",
                                        "variance_ratio",
                                        "nothing_moves_variance_ratio",
                                        "folded",
                                        "unconverged",
                                        "transitions",
                                        "worse"};
    const jko_model *asked = handle_of(model, MODEL);
    const jko_snapshots *series = handle_of(snapshots, SNAPSHOTS);
    jko_fit_check check = {.struct_size = sizeof check};
    long_call call;
    SEXP found = new_list(names, 12);
    begin_call(&call, R_NilValue);
    jko_status status = jko_model_check(asked, series, NULL, &check);
    SEXP answer = PROTECT(finish_call(&call, status, found));
    const double numbers[] = {check.one_step,
                              check.nothing_moves,
                              check.floor,
                              check.energy_distance,
                              check.nothing_moves_energy_distance,
                              check.floor_energy_distance,
                              check.variance_ratio,
                              check.nothing_moves_variance_ratio,
                              check.folded,
                              check.unconverged,
                              (double)check.transitions,
                              check.worse};
    for (int i = 0; i < 12; i++)
        SET_VECTOR_ELT(found, i, Rf_ScalarReal(numbers[i]));
    UNPROTECT(2);
    return answer;
}
