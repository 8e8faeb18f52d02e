/* A fitted model: what is known of it, its numbers and its file. */
#include "shim.h"

#include <string.h>

SEXP r_model_describe(SEXP model)
{
    static const char *const names[] = {"fitted",          "potential",     "scheme",       "time_varying",
                                        "interaction",     "internal",      "dimension",    "time_count",
                                        "parameter_count", "history_count", "member_count", "growth"};
    jko_model_info info = {.struct_size = sizeof info};
    jko_status status = jko_model_describe(handle_of(model, MODEL), &info);
    const double numbers[] = {info.fitted,
                              info.potential,
                              info.scheme,
                              info.time_varying,
                              info.interaction,
                              info.internal,
                              (double)info.dimension,
                              (double)info.time_count,
                              (double)info.parameter_count,
                              (double)info.history_count,
                              (double)info.member_count,
                              info.growth};
    SEXP said = new_list(names, 12);
    for (int i = 0; i < 12; i++)
        SET_VECTOR_ELT(said, i, Rf_ScalarReal(numbers[i]));
    SEXP answer = finish(status, said);
    UNPROTECT(1);
    return answer;
}

/* The description or the report on observability, as JSON. */
SEXP r_model_text(SEXP model, SEXP what)
{
    jko_status (*ask)(const jko_model *, char *, size_t, size_t *) =
        strcmp(text_of(what), "description") == 0 ? jko_model_describe_json : jko_model_observability;
    const jko_model *asked = handle_of(model, MODEL);
    size_t length = 0;
    long_call call;
    begin_call(&call, R_NilValue);
    jko_status status = ask(asked, NULL, 0, &length);
    SEXP failed = PROTECT(finish_call(&call, status, R_NilValue));
    if (failed != R_NilValue) {
        UNPROTECT(1);
        return failed;
    }
    char *buffer = R_alloc(length + 1, 1);
    begin_call(&call, R_NilValue);
    status = ask(asked, buffer, length + 1, &length);
    failed = PROTECT(finish_call(&call, status, R_NilValue));
    SEXP answer = failed == R_NilValue ? Rf_ScalarString(Rf_mkCharLenCE(buffer, (int)length, CE_UTF8)) : failed;
    UNPROTECT(2);
    return answer;
}

static jko_status ridge(const jko_model *model, const jko_array *out)
{
    double *both = out->data;
    return jko_model_ridge(model, &both[0], &both[1]);
}

/* Numbers of a model by name. */
SEXP r_model_numbers(SEXP model, SEXP what)
{
    static const struct {
        const char *name;
        jko_status (*ask)(const jko_model *, const jko_array *);
    } known[] = {{"times", jko_model_times},
                 {"history", jko_model_history},
                 {"coefficients", jko_model_coefficients},
                 {"covariance", jko_model_covariance},
                 {"ridge", ridge}};
    const jko_model *asked = handle_of(model, MODEL);
    const char *name = text_of(what);
    jko_model_info info = {.struct_size = sizeof info};
    jko_status status = jko_model_describe(asked, &info);
    const int64_t rows[] = {info.time_count, info.history_count, info.parameter_count, info.parameter_count, 2};
    for (int i = 0; status == JKO_OK && i < 5; i++) {
        if (strcmp(known[i].name, name) != 0)
            continue;
        SEXP out = new_doubles((R_xlen_t)rows[i], i == 3 ? (R_xlen_t)rows[i] : 0);
        jko_array view = view_of(out);
        SEXP answer = finish(known[i].ask(asked, &view), out);
        UNPROTECT(1);
        return answer;
    }
    return finish(status, R_NilValue);
}

SEXP r_model_identified(SEXP model)
{
    int32_t identified = 0;
    long_call call;
    const jko_model *asked = handle_of(model, MODEL);
    SEXP out = PROTECT(Rf_allocVector(LGLSXP, 1));
    begin_call(&call, R_NilValue);
    jko_status status = jko_model_identified(asked, &identified);
    LOGICAL(out)[0] = identified != 0;
    SEXP answer = finish_call(&call, status, out);
    UNPROTECT(1);
    return answer;
}

SEXP r_model_save(SEXP model, SEXP path)
{
    return finish(jko_model_save(handle_of(model, MODEL), text_of(path)), R_NilValue);
}

SEXP r_model_load(SEXP path)
{
    const char *place = text_of(path);
    jko_model *made = NULL;
    SEXP pointer = new_handle(MODEL);
    jko_status status = jko_model_load(place, &made);
    R_SetExternalPtrAddr(pointer, made);
    SEXP answer = finish(status, pointer);
    UNPROTECT(1);
    return answer;
}

SEXP r_model_growth(SEXP model)
{
    const jko_model *asked = handle_of(model, MODEL);
    jko_growth *made = NULL;
    SEXP pointer = new_handle(GROWTH);
    jko_status status = jko_model_growth(asked, &made);
    R_SetExternalPtrAddr(pointer, made);
    SEXP answer = finish(status, pointer);
    UNPROTECT(1);
    return answer;
}
