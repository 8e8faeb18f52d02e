/**
 * @file jkonetstar/snapshots.h
 * @brief Unpaired snapshots of a population: what was observed, when, and with which weights.
 *
 * A series holds snapshots mu_0 .. mu_T at increasing times t_0 < .. < t_T. Snapshots may differ in size. Which
 * particle of one snapshot became which of the next is not known and not used. Weights are relative: each snapshot is a
 * probability measure, its weights divided by their sum.
 *
 * Every particle has a row number, which says where it came from: jko_snapshots_rows(). Row numbers are not used by any
 * computation.
 *
 * A series is read-only and may be shared between threads, except while jko_snapshots_append() or
 * jko_snapshots_set_rows() runs on it. snapshot_files.h reads and writes series.
 */
#ifndef JKONETSTAR_SNAPSHOTS_H
#define JKONETSTAR_SNAPSHOTS_H

#include "array.h"
#include "common.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How a series is divided into a training and a test part. */
typedef int32_t jko_split;

enum {
    /** Row i of every snapshot is the same particle, and its whole trajectory goes to one part. Needs snapshots of
        equal size. */
    JKO_SPLIT_TRAJECTORIES = 0,
    /** Each snapshot is divided on its own. */
    JKO_SPLIT_WITHIN_TIMES = 1
};

/** A series of snapshots; release with jko_snapshots_destroy(). */
typedef struct jko_snapshots jko_snapshots;

/**
 * An empty series, to be filled by jko_snapshots_append().
 *
 * @param dimension  coordinates of a particle, 1 to 1,000,000
 * @param out        the new series, owned by the caller
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID
 */
jko_status jko_snapshots_create_empty(int64_t dimension, jko_snapshots **out);

/**
 * A series from pooled observations: rows with the same time form a snapshot and keep their order in it.
 *
 * Times that differ by rounding only are the same: by at most 1e-9 of the span of all times, or four units in the
 * last place of the largest. 0.3 and 0.1 + 0.2 are one snapshot.
 *
 * @param points   shape (n, d), finite
 * @param times    shape (n, 1), finite, any order; the distinct values, sorted, become t_0 < .. < t_T
 * @param weights  shape (n, 1), not negative, with a positive sum at each time; NULL for equal weights
 * @param out      the new series, owned by the caller; the arrays are copied
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_ENONFINITE or ::JKO_EPOPULATION
 */
jko_status jko_snapshots_create(const jko_array *points, const jko_array *times, const jko_array *weights,
                                jko_snapshots **out);

/**
 * The same with a tolerance of your own, for times that were measured one by one: particles seen at nearly the same
 * time form a snapshot.
 *
 * @param time_tolerance  0 or more, in time; times that exceed the earliest of a snapshot by no more than this belong
 *                        to it, and its time is the median of its particles' times
 * @return as jko_snapshots_create(), or ::JKO_EINVALID (time_tolerance)
 */
jko_status jko_snapshots_create_within(const jko_array *points, const jko_array *times, const jko_array *weights,
                                       double time_tolerance, jko_snapshots **out);

/** What is unusual about a series as data to learn from. */
typedef struct jko_snapshots_info {
    /** sizeof(jko_snapshots_info), set by the caller. */
    size_t struct_size;
    /** Snapshots of a single particle: one says little about where a population is. */
    int64_t single_particles;
    /** The largest standard deviation of a coordinate over the smallest, all snapshots together, of the coordinates
        that vary; 1 where fewer than two do. The plans, and thus the energy, see little of a coordinate that is far
        narrower than the others. */
    double scale_ratio;
    /** The coordinate of the largest standard deviation, 0 .. d - 1. */
    int64_t widest;
    /** The coordinate of the smallest, of those that vary. */
    int64_t narrowest;
    /** The shortest gap between two consecutive snapshots; NaN for fewer than two snapshots. */
    double shortest_gap;
    /** The median gap; NaN for fewer than two snapshots. */
    double median_gap;
    /** The shortest gap is that from this snapshot to the next. */
    int64_t shortest_gap_index;
} jko_snapshots_info;

/**
 * Describe a series as data to learn from, before it is used for a fit.
 *
 * @param info  receives the description
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size)
 */
jko_status jko_snapshots_describe(const jko_snapshots *snapshots, jko_snapshots_info *info);

/**
 * Add a snapshot after the last one; its row numbers are 0, 1, 2, .. The series must not be in use by another thread
 * meanwhile.
 *
 * @param snapshots  changed in place; unchanged on failure
 * @param points     shape (n, d), n >= 1, finite
 * @param time       finite and greater than the last time of the series
 * @param weights    shape (n, 1), not negative, with a positive sum; NULL for equal weights
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_ENONFINITE or ::JKO_EPOPULATION
 */
jko_status jko_snapshots_append(jko_snapshots *snapshots, const jko_array *points, double time,
                                const jko_array *weights);

/**
 * Divide a series at random; both parts keep all times.
 *
 * @param snapshots      at least one snapshot; each part receives at least one particle of every time
 * @param split          ::JKO_SPLIT_TRAJECTORIES or ::JKO_SPLIT_WITHIN_TIMES
 * @param test_fraction  between 0 and 1, exclusive; the test part has round(test_fraction * n) particles
 * @param seed           same seed, same division
 * @param train          the training part, owned by the caller
 * @param test           the test part, owned by the caller
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EINVALID, ::JKO_ESHAPE (unequal sizes along trajectories, or a part would be
 *         empty) or ::JKO_EPOPULATION (all weights of a part are zero)
 */
jko_status jko_snapshots_split(const jko_snapshots *snapshots, jko_split split, double test_fraction, uint64_t seed,
                               jko_snapshots **train, jko_snapshots **test);

/**
 * A copy whose rows are permuted in every snapshot independently, so that the order of rows pairs no particles. Each
 * particle keeps its row number.
 *
 * @param seed  same seed, same permutations
 * @return ::JKO_OK or ::JKO_ENULL
 */
jko_status jko_snapshots_shuffle(const jko_snapshots *snapshots, uint64_t seed, jko_snapshots **out);

/**
 * A copy without snapshot k, to see how well it can be predicted from the others.
 *
 * @param k  0 <= k < count
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (k)
 */
jko_status jko_snapshots_without(const jko_snapshots *snapshots, int64_t k, jko_snapshots **out);

/** Number of snapshots (T + 1); 0 for NULL. */
int64_t jko_snapshots_count(const jko_snapshots *snapshots);

/** Number of coordinates d; 0 for NULL. */
int64_t jko_snapshots_dimension(const jko_snapshots *snapshots);

/** Number of particles in snapshot k, 0 <= k < count; 0 for any other k and for NULL. */
int64_t jko_snapshots_size(const jko_snapshots *snapshots, int64_t k);

/** Time of snapshot k, 0 <= k < count; NaN for any other k and for NULL. */
double jko_snapshots_time(const jko_snapshots *snapshots, int64_t k);

/**
 * Name of coordinate j, 0 <= j < d, as the column of a table that was loaded; splits and permuted copies keep it, and
 * so do models that are fitted to the series, in their files.
 *
 * @return UTF-8, valid until the series is destroyed or the coordinate named anew; NULL for coordinates without names,
 *         any other j and NULL
 */
const char *jko_snapshots_coordinate_name(const jko_snapshots *snapshots, int64_t j);

/**
 * Name a coordinate.
 *
 * The series must not be in use by another thread meanwhile.
 *
 * @param j     0 <= j < d
 * @param name  UTF-8, 1 to 1,024 bytes, copied; NULL for none
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (j, name)
 */
jko_status jko_snapshots_set_coordinate_name(jko_snapshots *snapshots, int64_t j, const char *name);

/**
 * Columns of the table that were left out unasked, each with the reason, for people: `"cell" (index), "type" (no
 * numbers)`.
 *
 * @return UTF-8, valid until the series is destroyed; "" where there are none, NULL for NULL
 */
const char *jko_snapshots_omitted_columns(const jko_snapshots *snapshots);

/**
 * Copy the points of snapshot k.
 *
 * @param k    0 <= k < count
 * @param out  shape (size of k, d)
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EINVALID (k, dtype) or ::JKO_ESHAPE
 */
jko_status jko_snapshots_points(const jko_snapshots *snapshots, int64_t k, const jko_array *out);

/**
 * Copy the weights of snapshot k; they are positive or zero and sum to 1.
 *
 * @param k    0 <= k < count
 * @param out  shape (size of k, 1)
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EINVALID (k, dtype) or ::JKO_ESHAPE
 */
jko_status jko_snapshots_weights(const jko_snapshots *snapshots, int64_t k, const jko_array *out);

/**
 * Copy the row numbers of snapshot k: which row of the caller's data each particle is.
 *
 * A series from pooled observations (jko_snapshots_create(), or a table or array of shape (n, d) from a file) numbers
 * the rows of all snapshots together, from 0. A series that was given snapshot by snapshot (jko_snapshots_append(), or
 * a stack of shape (snapshots, n, d) from a file) numbers the rows of each snapshot, from 0. Parts from
 * jko_snapshots_split() and copies from jko_snapshots_shuffle() keep the numbers, so that they still refer to the
 * original data after any chain of these. jko_snapshots_save() does not write them.
 *
 * @param k     0 <= k < count
 * @param rows  receives as many numbers as snapshot k has particles
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (k)
 */
jko_status jko_snapshots_rows(const jko_snapshots *snapshots, int64_t k, int64_t *rows);

/**
 * Replace the row numbers of snapshot k, for example by rows of a table from which the caller took the snapshot.
 *
 * The series must not be in use by another thread meanwhile.
 *
 * @param snapshots  changed in place; unchanged on failure
 * @param k          0 <= k < count
 * @param rows       as many numbers as snapshot k has particles, each 0 or more
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (k, rows)
 */
jko_status jko_snapshots_set_rows(jko_snapshots *snapshots, int64_t k, const int64_t *rows);

/** Release a series; NULL is accepted. */
void jko_snapshots_destroy(jko_snapshots *snapshots);

#ifdef __cplusplus
}
#endif

#endif
