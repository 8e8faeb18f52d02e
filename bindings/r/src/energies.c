/* V and U with their gradients: by name, by model, or as functions of R that the library calls. */
#include "shim.h"

typedef struct evaluation {
    SEXP function;
    const double *points;
    int64_t n, d;
    double time, *values, *gradients;
} evaluation;

/* The library's matrices are row-major, and R's are not. */
static SEXP call_energy(void *data)
{
    const evaluation *asked = data;
    int64_t n = asked->n, d = asked->d;
    SEXP x = PROTECT(Rf_allocMatrix(REALSXP, (int)n, (int)d));
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < d; j++)
            REAL(x)[i + j * n] = asked->points[i * d + j];
    SEXP time = PROTECT(Rf_ScalarReal(asked->time));
    SEXP call = PROTECT(Rf_lang3(asked->function, x, time));
    SEXP found = PROTECT(Rf_eval(call, R_BaseEnv));
    if (TYPEOF(found) != REALSXP || XLENGTH(found) != (R_xlen_t)(n * (d + 1)))
        Rf_error("the shim was given something else than values and gradients");
    for (int64_t i = 0; i < n; i++) {
        asked->values[i] = REAL(found)[i];
        for (int64_t j = 0; j < d; j++)
            asked->gradients[i * d + j] = REAL(found)[n + i + j * n];
    }
    UNPROTECT(4);
    return R_NilValue;
}

int on_energy(const double *points, int64_t n, int64_t d, double time, double *values, double *gradients,
              void *user_data)
{
    evaluation asked = {user_data, points, n, d, time, values, gradients};
    return run_within(call_energy, &asked);
}

void choose_term(term_place place, SEXP given)
{
    if (TYPEOF(given) == STRSXP)
        *place.name = text_of(given);
    else if (TYPEOF(given) == EXTPTRSXP)
        *place.model = handle_of(given, MODEL);
    else if (given != R_NilValue) {
        *place.callback = on_energy;
        *place.user_data = given;
    }
}
