/* Objects of the library as external pointers, which destroy them when R collects them. */
#include "shim.h"

static const char *const kind_names[] = {"jko_snapshots", "jko_model", "jko_plan", "jko_growth"};

static void destroy_snapshots(SEXP pointer)
{
    jko_snapshots_destroy(R_ExternalPtrAddr(pointer));
    R_ClearExternalPtr(pointer);
}

static void destroy_model(SEXP pointer)
{
    jko_model_destroy(R_ExternalPtrAddr(pointer));
    R_ClearExternalPtr(pointer);
}

static void destroy_plan(SEXP pointer)
{
    jko_plan_destroy(R_ExternalPtrAddr(pointer));
    R_ClearExternalPtr(pointer);
}

static void destroy_growth(SEXP pointer)
{
    jko_growth_destroy(R_ExternalPtrAddr(pointer));
    R_ClearExternalPtr(pointer);
}

SEXP new_handle(handle_kind kind)
{
    static const R_CFinalizer_t finalisers[] = {destroy_snapshots, destroy_model, destroy_plan, destroy_growth};
    SEXP pointer = PROTECT(R_MakeExternalPtr(NULL, Rf_install(kind_names[kind]), R_NilValue));
    R_RegisterCFinalizerEx(pointer, finalisers[kind], TRUE);
    return pointer;
}

void *handle_of(SEXP pointer, handle_kind kind)
{
    if (TYPEOF(pointer) != EXTPTRSXP || R_ExternalPtrTag(pointer) != Rf_install(kind_names[kind]))
        Rf_error("the shim was given something else than a %s", kind_names[kind]);
    /* External pointers that were saved with a workspace come back empty. */
    if (R_ExternalPtrAddr(pointer) == NULL)
        Rf_error("the %s is empty: it was made in another R session", kind_names[kind]);
    return R_ExternalPtrAddr(pointer);
}

void *optional_handle_of(SEXP pointer, handle_kind kind)
{
    return pointer == R_NilValue ? NULL : handle_of(pointer, kind);
}

SEXP r_is_alive(SEXP pointer)
{
    return Rf_ScalarLogical(TYPEOF(pointer) == EXTPTRSXP && R_ExternalPtrAddr(pointer) != NULL);
}
