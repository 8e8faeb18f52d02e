/* Named lists of R as structs of the library. R code has checked that numbers are single and, where needed, whole. */
#include "shim.h"

#include <stdlib.h>
#include <string.h>

SEXP element_of(SEXP list, const char *name)
{
    SEXP names = Rf_getAttrib(list, R_NamesSymbol);
    for (R_xlen_t i = 0; i < XLENGTH(list); i++)
        if (strcmp(CHAR(STRING_ELT(names, i)), name) == 0)
            return VECTOR_ELT(list, i);
    return R_NilValue;
}

static const field *find(const field *fields, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    Rf_error("the shim knows no option %s", name);
}

static void fill_field(char *place, field_type type, SEXP value)
{
    if (type == AS_TEXT) {
        *(const char **)place = text_of(value);
        return;
    }
    /* Seeds of model files may have more digits than a double. */
    if (type == AS_UINT64 && TYPEOF(value) == STRSXP) {
        *(uint64_t *)place = strtoull(text_of(value), NULL, 10);
        return;
    }
    double number = Rf_asReal(value);
    if (type == AS_DOUBLE)
        *(double *)place = number;
    else if (type == AS_INT32)
        *(int32_t *)place = (int32_t)number;
    else if (type == AS_INT64)
        *(int64_t *)place = (int64_t)number;
    else
        *(uint64_t *)place = (uint64_t)number;
}

void fill_options(void *options, const field *fields, size_t count, SEXP list)
{
    SEXP names = Rf_getAttrib(list, R_NamesSymbol);
    for (R_xlen_t i = 0; i < XLENGTH(list); i++) {
        const field *found = find(fields, count, CHAR(STRING_ELT(names, i)));
        fill_field((char *)options + found->offset, found->type, VECTOR_ELT(list, i));
    }
}

void fill_plan_options(jko_plan_options *options, SEXP list)
{
    static const field fields[] = {
        FIELD(jko_plan_options, metric, AS_INT32),         FIELD(jko_plan_options, method, AS_INT32),
        FIELD(jko_plan_options, epsilon, AS_DOUBLE),       FIELD(jko_plan_options, tolerance, AS_DOUBLE),
        FIELD(jko_plan_options, max_iterations, AS_INT64), FIELD(jko_plan_options, relaxation_x, AS_DOUBLE),
        FIELD(jko_plan_options, relaxation_y, AS_DOUBLE),
    };
    jko_plan_options_init(options, sizeof *options);
    FILL(options, fields, list);
}
