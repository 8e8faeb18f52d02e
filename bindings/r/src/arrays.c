/* Matrices and vectors of R as views of the library, and R objects to be filled. */
#include "shim.h"

jko_array view_of(SEXP matrix)
{
    if (TYPEOF(matrix) != REALSXP)
        Rf_error("the shim was given a matrix of type %s instead of double", Rf_type2char(TYPEOF(matrix)));
    if (Rf_isMatrix(matrix))
        return jko_column_major(REAL(matrix), Rf_nrows(matrix), Rf_ncols(matrix));
    return jko_column_major(REAL(matrix), XLENGTH(matrix), 1);
}

const jko_array *optional_view(SEXP matrix, jko_array *view)
{
    if (matrix == R_NilValue)
        return NULL;
    *view = view_of(matrix);
    return view;
}

SEXP new_doubles(R_xlen_t rows, R_xlen_t columns)
{
    if (columns == 0)
        return PROTECT(Rf_allocVector(REALSXP, rows));
    return PROTECT(Rf_allocMatrix(REALSXP, (int)rows, (int)columns));
}

SEXP new_list(const char *const *names, int count)
{
    SEXP list = PROTECT(Rf_allocVector(VECSXP, count));
    SEXP labels = PROTECT(Rf_allocVector(STRSXP, count));
    for (int i = 0; i < count; i++)
        SET_STRING_ELT(labels, i, Rf_mkChar(names[i]));
    Rf_setAttrib(list, R_NamesSymbol, labels);
    UNPROTECT(1);
    return list;
}

const char *text_of(SEXP value)
{
    if (value == R_NilValue)
        return NULL;
    if (TYPEOF(value) != STRSXP || XLENGTH(value) != 1 || STRING_ELT(value, 0) == NA_STRING)
        Rf_error("the shim was given something else than one string");
    return Rf_translateCharUTF8(STRING_ELT(value, 0));
}
