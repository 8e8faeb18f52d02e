/* What R may call, by name and number of arguments. */
#include "shim.h"

#include <R_ext/Rdynload.h>

static const R_CallMethodDef routines[] = {
    {"version", (DL_FUNC)&r_version, 0},
    {"abi_version", (DL_FUNC)&r_abi_version, 0},
    {"build_info", (DL_FUNC)&r_build_info, 0},
    {"num_threads", (DL_FUNC)&r_num_threads, 0},
    {"set_num_threads", (DL_FUNC)&r_set_num_threads, 1},
    {"is_alive", (DL_FUNC)&r_is_alive, 2},
    {"keep", (DL_FUNC)&r_keep, 2},
    {"kept", (DL_FUNC)&r_kept, 1},
    {"revive", (DL_FUNC)&r_revive, 2},
    {"snapshots_create", (DL_FUNC)&r_snapshots_create, 5},
    {"snapshots_append", (DL_FUNC)&r_snapshots_append, 6},
    {"snapshots_load", (DL_FUNC)&r_snapshots_load, 2},
    {"snapshots_save", (DL_FUNC)&r_snapshots_save, 2},
    {"snapshots_split", (DL_FUNC)&r_snapshots_split, 4},
    {"snapshots_shuffle", (DL_FUNC)&r_snapshots_shuffle, 2},
    {"snapshots_without", (DL_FUNC)&r_snapshots_without, 2},
    {"snapshots_describe", (DL_FUNC)&r_snapshots_describe, 1},
    {"snapshots_get", (DL_FUNC)&r_snapshots_get, 2},
    {"model_fit", (DL_FUNC)&r_model_fit, 5},
    {"model_describe", (DL_FUNC)&r_model_describe, 1},
    {"model_text", (DL_FUNC)&r_model_text, 2},
    {"model_numbers", (DL_FUNC)&r_model_numbers, 2},
    {"model_identified", (DL_FUNC)&r_model_identified, 1},
    {"model_save", (DL_FUNC)&r_model_save, 2},
    {"model_load", (DL_FUNC)&r_model_load, 1},
    {"model_growth", (DL_FUNC)&r_model_growth, 1},
    {"model_term", (DL_FUNC)&r_model_term, 6},
    {"model_beta", (DL_FUNC)&r_model_beta, 2},
    {"model_energy", (DL_FUNC)&r_model_energy, 4},
    {"rollout_times", (DL_FUNC)&r_rollout_times, 3},
    {"rollout", (DL_FUNC)&r_rollout, 5},
    {"simulate", (DL_FUNC)&r_simulate, 4},
    {"functional", (DL_FUNC)&r_functional, 3},
    {"functional_names", (DL_FUNC)&r_functional_names, 0},
    {"compare", (DL_FUNC)&r_compare, 4},
    {"check", (DL_FUNC)&r_check, 2},
    {"plan", (DL_FUNC)&r_plan, 5},
    {"plans", (DL_FUNC)&r_plans, 2},
    {"plan_describe", (DL_FUNC)&r_plan_describe, 1},
    {"plan_pairs", (DL_FUNC)&r_plan_pairs, 2},
    {"plan_contents", (DL_FUNC)&r_plan_contents, 2},
    {"emd", (DL_FUNC)&r_emd, 5},
    {"energy_distance", (DL_FUNC)&r_energy_distance, 4},
    {"sinkhorn_divergence", (DL_FUNC)&r_sinkhorn_divergence, 5},
    {"interpolate", (DL_FUNC)&r_interpolate, 5},
    {"growth_fit", (DL_FUNC)&r_growth_fit, 4},
    {"growth_rates", (DL_FUNC)&r_growth_rates, 4},
    {"growth_masses", (DL_FUNC)&r_growth_masses, 4},
    {"growth_total_mass", (DL_FUNC)&r_growth_total_mass, 2},
    {"growth_describe", (DL_FUNC)&r_growth_describe, 1},
    {"growth_save", (DL_FUNC)&r_growth_save, 2},
    {"growth_load", (DL_FUNC)&r_growth_load, 1},
    {NULL, NULL, 0},
};

void R_init_jkonetstar(DllInfo *library)
{
    R_registerRoutines(library, NULL, routines, NULL, NULL);
    R_useDynamicSymbols(library, FALSE);
    R_forceSymbols(library, TRUE);
}
