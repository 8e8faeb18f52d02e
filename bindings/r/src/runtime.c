/* The library itself: version, build, threads. */
#include "shim.h"

SEXP r_version(void) { return Rf_mkString(jko_version()); }

/* The binary interface of the library that was loaded, and that of the headers this shim was compiled with. */
SEXP r_abi_version(void)
{
    SEXP both = PROTECT(Rf_allocVector(INTSXP, 2));
    INTEGER(both)[0] = jko_abi_version();
    INTEGER(both)[1] = JKO_ABI_VERSION;
    UNPROTECT(1);
    return both;
}

SEXP r_build_info(void) { return Rf_mkString(jko_build_info()); }

SEXP r_num_threads(void) { return Rf_ScalarInteger(jko_num_threads()); }

SEXP r_set_num_threads(SEXP count) { return finish(jko_set_num_threads(Rf_asInteger(count)), R_NilValue); }
