/* Array views that no function may accept. */
#ifndef ARRAYS_H
#define ARRAYS_H

#include "check.h"

/* What is wrong with a view, and the status that says so. */
typedef struct bad_array {
    const char *why;
    jko_status status;
    jko_array view;
} bad_array;

#define BAD_ARRAY_COUNT 13

/* Fills `list` with spoiled copies of `good`, a row-major view of at least 3 rows. */
static inline void spoil(jko_array good, bad_array list[BAD_ARRAY_COUNT])
{
    for (int i = 0; i < BAD_ARRAY_COUNT; i++)
        list[i].view = good;

    list[0].why = "data is NULL";
    list[0].status = JKO_ENULL;
    list[0].view.data = NULL;
    list[1].why = "no rows";
    list[1].status = JKO_ESHAPE;
    list[1].view.rows = 0;
    list[2].why = "no columns";
    list[2].status = JKO_ESHAPE;
    list[2].view.columns = 0;
    list[3].why = "negative rows";
    list[3].status = JKO_ESHAPE;
    list[3].view.rows = -1;
    list[4].why = "negative columns";
    list[4].status = JKO_ESHAPE;
    list[4].view.columns = INT64_MIN;
    list[5].why = "rows overflow";
    list[5].status = JKO_ESHAPE;
    list[5].view.rows = INT64_MAX;
    list[6].why = "columns overflow";
    list[6].status = JKO_ESHAPE;
    list[6].view.columns = INT64_MAX;
    list[7].why = "rows x columns overflow";
    list[7].status = JKO_ESHAPE;
    list[7].view.rows = (int64_t)1 << 33;
    list[7].view.columns = (int64_t)1 << 33;
    list[8].why = "row stride overflows";
    list[8].status = JKO_ESHAPE;
    list[8].view.row_stride = INT64_MAX;
    list[9].why = "row stride underflows";
    list[9].status = JKO_ESHAPE;
    list[9].view.row_stride = INT64_MIN;
    list[10].why = "both strides overflow together";
    list[10].status = JKO_ESHAPE;
    list[10].view.row_stride = INT64_MAX / 8;
    list[10].view.column_stride = INT64_MAX / 8;
    list[11].why = "unknown dtype";
    list[11].status = JKO_EINVALID;
    list[11].view.dtype = 2;
    list[12].why = "negative dtype";
    list[12].status = JKO_EINVALID;
    list[12].view.dtype = INT32_MIN;
}

/*
 * Runs `call`, in which `slot` is the view, with every spoiled copy of `good`: each is refused and `argument` named. A
 * status that depends on how the shapes compare (a larger view may simply not fit its partner) is ESHAPE as well.
 */
#define REFUSES_BAD_ARRAYS(argument, slot, good, call)                                                                 \
    do {                                                                                                               \
        bad_array spoiled[BAD_ARRAY_COUNT];                                                                            \
        spoil((good), spoiled);                                                                                        \
        for (int i_ = 0; i_ < BAD_ARRAY_COUNT; i_++) {                                                                 \
            int failed_before = checks_failed;                                                                         \
            (slot) = spoiled[i_].view;                                                                                 \
            REFUSED(spoiled[i_].status, argument, call);                                                               \
            if (checks_failed > failed_before)                                                                         \
                printf("    for %s\n", spoiled[i_].why);                                                               \
        }                                                                                                              \
        (slot) = (good);                                                                                               \
    } while (0)

/* Likewise for NaN and the infinities, at the first and the last of `count` elements of `values`. */
#define REFUSES_NONFINITE(argument, values, count, call)                                                               \
    do {                                                                                                               \
        const double bad_[3] = {NAN, INFINITY, -INFINITY};                                                             \
        for (int i_ = 0; i_ < 6; i_++) {                                                                               \
            double *first_ = (values);                                                                                 \
            double *at_ = first_ + (i_ < 3 ? 0 : (count) - 1);                                                         \
            double kept_ = *at_;                                                                                       \
            *at_ = bad_[i_ % 3];                                                                                       \
            REFUSED(JKO_ENONFINITE, argument, call);                                                                   \
            *at_ = kept_;                                                                                              \
        }                                                                                                              \
    } while (0)

#endif
