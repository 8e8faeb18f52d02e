/* Snapshots of a population: made, read, divided and looked at. */
#include "shim.h"

/* Name coordinates, if they have names. */
static jko_status set_names(jko_snapshots *snapshots, SEXP names)
{
    for (R_xlen_t j = 0; names != R_NilValue && j < XLENGTH(names); j++) {
        jko_status status = jko_snapshots_set_coordinate_name(snapshots, j, Rf_translateCharUTF8(STRING_ELT(names, j)));
        if (status != JKO_OK)
            return status;
    }
    return JKO_OK;
}

SEXP r_snapshots_create(SEXP points, SEXP times, SEXP weights, SEXP tolerance, SEXP names)
{
    jko_array x = view_of(points), t = view_of(times), w;
    const jko_array *masses = optional_view(weights, &w);
    SEXP pointer = new_handle(SNAPSHOTS);
    jko_snapshots *made = NULL;
    jko_status status = tolerance == R_NilValue
                            ? jko_snapshots_create(&x, &t, masses, &made)
                            : jko_snapshots_create_within(&x, &t, masses, Rf_asReal(tolerance), &made);
    R_SetExternalPtrAddr(pointer, made);
    if (status == JKO_OK)
        status = set_names(made, names);
    SEXP answer = finish(status, pointer);
    UNPROTECT(1);
    return answer;
}

/* Add a snapshot to a series that R code is still making, which begins with NULL. */
SEXP r_snapshots_append(SEXP snapshots, SEXP dimension, SEXP points, SEXP time, SEXP weights, SEXP names)
{
    jko_array x = view_of(points), w;
    const jko_array *masses = optional_view(weights, &w);
    jko_status status = JKO_OK;
    SEXP pointer = snapshots;
    if (snapshots == R_NilValue) {
        jko_snapshots *made = NULL;
        pointer = new_handle(SNAPSHOTS);
        status = jko_snapshots_create_empty((int64_t)Rf_asReal(dimension), &made);
        R_SetExternalPtrAddr(pointer, made);
        if (status == JKO_OK)
            status = set_names(made, names);
    } else
        PROTECT(pointer);
    if (status == JKO_OK)
        status = jko_snapshots_append(handle_of(pointer, SNAPSHOTS), &x, Rf_asReal(time), masses);
    SEXP answer = finish(status, pointer);
    UNPROTECT(1);
    return answer;
}

SEXP r_snapshots_load(SEXP path, SEXP options)
{
    static const field fields[] = {
        FIELD(jko_load_options, points, AS_TEXT),
        FIELD(jko_load_options, time, AS_TEXT),
        FIELD(jko_load_options, weights, AS_TEXT),
        FIELD(jko_load_options, time_tolerance, AS_DOUBLE),
    };
    jko_load_options filled;
    jko_snapshots *made = NULL;
    jko_load_options_init(&filled, sizeof filled);
    FILL(&filled, fields, options);
    const char *place = text_of(path);
    SEXP pointer = new_handle(SNAPSHOTS);
    jko_status status = jko_snapshots_load(place, &filled, &made);
    R_SetExternalPtrAddr(pointer, made);
    SEXP answer = finish(status, pointer);
    UNPROTECT(1);
    return answer;
}

SEXP r_snapshots_save(SEXP snapshots, SEXP path)
{
    return finish(jko_snapshots_save(handle_of(snapshots, SNAPSHOTS), text_of(path)), R_NilValue);
}

SEXP r_snapshots_split(SEXP snapshots, SEXP split, SEXP fraction, SEXP seed)
{
    static const char *const names[] = {"train", "test"};
    const jko_snapshots *whole = handle_of(snapshots, SNAPSHOTS);
    jko_snapshots *train = NULL, *test = NULL;
    SEXP parts = new_list(names, 2), first = new_handle(SNAPSHOTS), second = new_handle(SNAPSHOTS);
    SET_VECTOR_ELT(parts, 0, first);
    SET_VECTOR_ELT(parts, 1, second);
    jko_status status =
        jko_snapshots_split(whole, Rf_asInteger(split), Rf_asReal(fraction), (uint64_t)Rf_asReal(seed), &train, &test);
    R_SetExternalPtrAddr(first, train);
    R_SetExternalPtrAddr(second, test);
    SEXP answer = finish(status, parts);
    UNPROTECT(3);
    return answer;
}

SEXP r_snapshots_shuffle(SEXP snapshots, SEXP seed)
{
    const jko_snapshots *whole = handle_of(snapshots, SNAPSHOTS);
    jko_snapshots *made = NULL;
    SEXP pointer = new_handle(SNAPSHOTS);
    jko_status status = jko_snapshots_shuffle(whole, (uint64_t)Rf_asReal(seed), &made);
    R_SetExternalPtrAddr(pointer, made);
    SEXP answer = finish(status, pointer);
    UNPROTECT(1);
    return answer;
}

/* k counts from 1. */
SEXP r_snapshots_without(SEXP snapshots, SEXP k)
{
    const jko_snapshots *whole = handle_of(snapshots, SNAPSHOTS);
    jko_snapshots *made = NULL;
    SEXP pointer = new_handle(SNAPSHOTS);
    jko_status status = jko_snapshots_without(whole, (int64_t)Rf_asReal(k) - 1, &made);
    R_SetExternalPtrAddr(pointer, made);
    SEXP answer = finish(status, pointer);
    UNPROTECT(1);
    return answer;
}

/* Names of coordinates, or NULL where one has none. */
static SEXP coordinate_names(const jko_snapshots *snapshots)
{
    int64_t d = jko_snapshots_dimension(snapshots);
    SEXP names = PROTECT(Rf_allocVector(STRSXP, (R_xlen_t)d));
    for (int64_t j = 0; j < d; j++) {
        const char *name = jko_snapshots_coordinate_name(snapshots, j);
        if (name == NULL) {
            UNPROTECT(1);
            return R_NilValue;
        }
        SET_STRING_ELT(names, (R_xlen_t)j, Rf_mkCharCE(name, CE_UTF8));
    }
    UNPROTECT(1);
    return names;
}

SEXP r_snapshots_describe(SEXP snapshots)
{
    static const char *const names[] = {
        "dimension",   "times",  "sizes",     "coordinates",  "omitted",    "single_particles",
        "scale_ratio", "widest", "narrowest", "shortest_gap", "median_gap", "shortest_gap_index"};
    const jko_snapshots *series = handle_of(snapshots, SNAPSHOTS);
    R_xlen_t count = (R_xlen_t)jko_snapshots_count(series);
    SEXP said = new_list(names, 12), times = new_doubles(count, 0), sizes = new_doubles(count, 0);
    jko_snapshots_info info = {.struct_size = sizeof info};
    jko_status status = jko_snapshots_describe(series, &info);
    for (R_xlen_t k = 0; k < count; k++) {
        REAL(times)[k] = jko_snapshots_time(series, k);
        REAL(sizes)[k] = (double)jko_snapshots_size(series, k);
    }
    SET_VECTOR_ELT(said, 0, Rf_ScalarInteger((int)jko_snapshots_dimension(series)));
    SET_VECTOR_ELT(said, 1, times);
    SET_VECTOR_ELT(said, 2, sizes);
    SET_VECTOR_ELT(said, 3, coordinate_names(series));
    SET_VECTOR_ELT(said, 4, Rf_ScalarString(Rf_mkCharCE(jko_snapshots_omitted_columns(series), CE_UTF8)));
    const double numbers[] = {(double)info.single_particles,      info.scale_ratio,  (double)info.widest + 1,
                              (double)info.narrowest + 1,         info.shortest_gap, info.median_gap,
                              (double)info.shortest_gap_index + 1};
    for (int i = 0; i < 7; i++)
        SET_VECTOR_ELT(said, 5 + i, Rf_ScalarReal(numbers[i]));
    SEXP answer = finish(status, said);
    UNPROTECT(3);
    return answer;
}

/* Snapshot k, counted from 1: points, weights, and rows of the user's data, counted from 1 too. */
SEXP r_snapshots_get(SEXP snapshots, SEXP k)
{
    static const char *const names[] = {"points", "weights", "rows"};
    const jko_snapshots *series = handle_of(snapshots, SNAPSHOTS);
    int64_t index = (int64_t)Rf_asReal(k) - 1, n = jko_snapshots_size(series, index);
    SEXP found = new_list(names, 3);
    SEXP points = new_doubles((R_xlen_t)n, (R_xlen_t)jko_snapshots_dimension(series));
    SEXP weights = new_doubles((R_xlen_t)n, 0), rows = new_doubles((R_xlen_t)n, 0);
    int64_t *numbers = (int64_t *)R_alloc((size_t)n + 1, sizeof *numbers);
    jko_array x = view_of(points), w = view_of(weights);
    jko_status status = jko_snapshots_points(series, index, &x);
    if (status == JKO_OK)
        status = jko_snapshots_weights(series, index, &w);
    if (status == JKO_OK)
        status = jko_snapshots_rows(series, index, numbers);
    for (int64_t i = 0; status == JKO_OK && i < n; i++)
        REAL(rows)[i] = (double)numbers[i] + 1;
    SET_VECTOR_ELT(found, 0, points);
    SET_VECTOR_ELT(found, 1, weights);
    SET_VECTOR_ELT(found, 2, rows);
    SEXP answer = finish(status, found);
    UNPROTECT(4);
    return answer;
}
