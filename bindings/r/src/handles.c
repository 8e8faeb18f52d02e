/* Objects of the library as external pointers, which destroy them when R collects them. */
#include "shim.h"

static const char *const kind_names[] = {"jko_snapshots", "jko_model",   "jko_plan",
                                         "jko_growth",    "jko_density", "jko_flow"};

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

static void destroy_density(SEXP pointer)
{
    jko_density_destroy(R_ExternalPtrAddr(pointer));
    R_ClearExternalPtr(pointer);
}

static void destroy_flow(SEXP pointer)
{
    jko_flow_destroy(R_ExternalPtrAddr(pointer));
    R_ClearExternalPtr(pointer);
}

static const R_CFinalizer_t finalisers[] = {destroy_snapshots, destroy_model,   destroy_plan,
                                            destroy_growth,    destroy_density, destroy_flow};

SEXP new_handle(handle_kind kind)
{
    SEXP pointer = PROTECT(R_MakeExternalPtr(NULL, Rf_install(kind_names[kind]), R_NilValue));
    R_RegisterCFinalizerEx(pointer, finalisers[kind], TRUE);
    return pointer;
}

void *handle_of(SEXP pointer, handle_kind kind)
{
    if (TYPEOF(pointer) != EXTPTRSXP || R_ExternalPtrTag(pointer) != Rf_install(kind_names[kind]))
        Rf_error("the shim was given something else than a %s", kind_names[kind]);
    /* External pointers that were saved with a workspace come back empty; R code has filled them again. */
    if (R_ExternalPtrAddr(pointer) == NULL)
        Rf_error("the %s is empty: it was made in another R session", kind_names[kind]);
    return R_ExternalPtrAddr(pointer);
}

void *optional_handle_of(SEXP pointer, handle_kind kind)
{
    return pointer == R_NilValue ? NULL : handle_of(pointer, kind);
}

/* Whether a pointer holds something; NA where it is no pointer to the kind of that name. */
SEXP r_is_alive(SEXP pointer, SEXP kind)
{
    if (TYPEOF(pointer) != EXTPTRSXP || R_ExternalPtrTag(pointer) != Rf_install(text_of(kind)))
        return Rf_ScalarLogical(NA_LOGICAL);
    return Rf_ScalarLogical(R_ExternalPtrAddr(pointer) != NULL);
}

/* --- what is kept with a pointer is saved with it, and is enough to make the object again --------------------- */

SEXP r_keep(SEXP pointer, SEXP contents)
{
    if (TYPEOF(pointer) != EXTPTRSXP)
        Rf_error("the shim was given something else than a handle");
    R_SetExternalPtrProtected(pointer, contents);
    return pointer;
}

SEXP r_kept(SEXP pointer) { return TYPEOF(pointer) == EXTPTRSXP ? R_ExternalPtrProtected(pointer) : R_NilValue; }

/* Move what a fresh pointer holds into an empty one of the same kind, so that all copies of the R object have it. */
SEXP r_revive(SEXP pointer, SEXP fresh)
{
    for (int kind = 0; kind < HANDLE_KINDS; kind++) {
        if (TYPEOF(fresh) != EXTPTRSXP || R_ExternalPtrTag(fresh) != Rf_install(kind_names[kind]))
            continue;
        if (TYPEOF(pointer) != EXTPTRSXP || R_ExternalPtrTag(pointer) != R_ExternalPtrTag(fresh) ||
            R_ExternalPtrAddr(pointer) != NULL)
            Rf_error("the shim was given something else than an empty %s", kind_names[kind]);
        R_RegisterCFinalizerEx(pointer, finalisers[kind], TRUE);
        R_SetExternalPtrAddr(pointer, R_ExternalPtrAddr(fresh));
        R_ClearExternalPtr(fresh);
        return pointer;
    }
    Rf_error("the shim was given something else than a handle");
}
