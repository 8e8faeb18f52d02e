/**
 * @file jkonetstar/growth.h
 * @brief How fast particles multiply or die, at a place and a time, learned from a time course.
 */
#ifndef JKONETSTAR_GROWTH_H
#define JKONETSTAR_GROWTH_H

#include "array.h"
#include "common.h"
#include "model.h"
#include "progress.h"
#include "snapshots.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Growth rates as a function of place and time, read-only; release with jko_growth_destroy(). */
typedef struct jko_growth jko_growth;

/** How growth is learned. Fill with jko_growth_options_init(), then change what you need. */
typedef struct jko_growth_options {
    /** sizeof(jko_growth_options). */
    size_t struct_size;
    /** The mass of all particles at each time, such as numbers of cells, in any unit: shape (snapshots, 1), positive.
        NULL (default) where it is not known: rates are then relative to the mean. */
    const jko_array *total_mass;
    /** The rate that is expected of each particle of all snapshots but the last, in 1/time, for example from scores of
        proliferation: shape (n, 1) for the n particles of all snapshots, in the order of the snapshots. NULL (default)
        for none. */
    const jko_array *prior;
    /** What it costs to create or destroy mass, in units of the mean cost of the exact plan, 0.05 or more; INFINITY
        where particles grow as the prior says. Default 2. */
    double relaxation;
    /** The ridge of the regression, positive, without a unit; default 1e-3. */
    double ridge;
    /** How often velocities and rates are fitted, 1 to 100; see jko_interpolation_options. Default 2. */
    int32_t rounds;
    /** Fits to populations drawn anew with replacement, 0 or 2 to 10,000, for jko_growth_rates(); default 0. */
    int32_t bootstrap;
    /** The distance over which rates change, in units of sqrt(d / 5) times the root mean square spread of the
        particles per coordinate, 1e-6 to 1e6; default 2. */
    double length_scale;
    /** The time over which rates change, in median gaps, 1e-6 to 1e6; default 3. */
    double time_scale;
    /** At most so many particles of each snapshot are used, drawn at random, 2 to 1,000,000; default 1,000. */
    int64_t particles;
    /** Seed of the features and of what is drawn; default 0. */
    uint64_t seed;
    /** Told how many fits are done, stage "growth"; NULL (default) for never. */
    jko_progress_callback progress;
    /** Passed to progress. */
    void *progress_user_data;
} jko_growth_options;

/**
 * Fill options with the defaults.
 *
 * @param struct_size  sizeof(jko_growth_options)
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size)
 */
jko_status jko_growth_options_init(jko_growth_options *options, size_t struct_size);

/**
 * Learn how fast particles multiply or die.
 *
 * Between two snapshots with weights a and b, a relaxed plan has pairs with masses pi_ij (see interpolation.h); sigma_i
 * and tau_j are what it leaves of the masses of both particles, relative to the mean. On its way the mass of the pair
 * grows from pi_ij / sigma_i to pi_ij / tau_j, at the rate
 *
 *     g = (ln sigma_i - ln tau_j + ln M_{k+1} - ln M_k) / (t_{k+1} - t_k)
 *
 * with total masses M. A ridge regression on random features of place and time, together with the velocities, makes a
 * field g(x, t) of all pairs. Where snapshots are samples of a population, their sizes are not its mass.
 *
 * @param snapshots  two or more
 * @param options    NULL for the defaults
 * @param out        owned by the caller
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_EINVALID, ::JKO_ENONFINITE, ::JKO_EPOPULATION, ::JKO_ECANCELLED,
 *         ::JKO_ENOMEM, or ::JKO_ECONVERGENCE where velocities leave the range of numbers
 */
jko_status jko_growth_fit(const jko_snapshots *snapshots, const jko_growth_options *options, jko_growth **out);

/**
 * Growth rates at points, in 1/time: d ln(mass) / dt of a particle there.
 *
 * @param points  shape (n, d), finite
 * @param time    finite
 * @param rates   shape (n, 1); NULL if not wanted
 * @param errors  shape (n, 1): standard errors, the spread over the bootstrap; NULL if not wanted
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_ENONFINITE, or ::JKO_EINVALID (errors of a fit without bootstrap)
 */
jko_status jko_growth_rates(const jko_growth *growth, const jko_array *points, double time, const jko_array *rates,
                            const jko_array *errors);

/**
 * Masses of particles along their paths, for example those that jko_model_rollout() predicts.
 *
 * The mass of a particle is multiplied by exp(integral of g) on its way; over each step g is the mean of both ends.
 *
 * @param paths   shape ((s + 1) n, d): n particles at each time, as jko_model_rollout() writes them
 * @param times   shape (s + 1, 1), strictly increasing
 * @param masses  shape (n, 1), at the first time, not negative; NULL for 1/n each
 * @param out     shape ((s + 1) n, 1)
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_ENONFINITE, ::JKO_EPOPULATION (times, masses), or
 *         ::JKO_ECONVERGENCE where a mass leaves the range of numbers
 */
jko_status jko_growth_masses(const jko_growth *growth, const jko_array *paths, const jko_array *times,
                             const jko_array *masses, const jko_array *out);

/**
 * The mass of all particles at some times, in the unit of jko_growth_options.total_mass: between two snapshots it
 * changes at a constant rate, beyond them at that of the nearest gap. 1 where it is not known.
 *
 * @param times  shape (n, 1), finite
 * @param out    shape (n, 1)
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE or ::JKO_ENONFINITE
 */
jko_status jko_growth_total_mass(const jko_growth *growth, const jko_array *times, const jko_array *out);

/**
 * Give a fitted model growth, which it keeps in its file too, or take it away.
 *
 * jko_model_evaluate() then weighs the particles that it predicts by their growth, and jko_interpolate() those that
 * flow along the model. Where particles go is not changed: growth multiplies the masses that they carry. A new fit
 * drops it.
 *
 * @param model   fitted
 * @param growth  of as many coordinates; NULL for none. It may be destroyed afterwards
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ENOTFITTED or ::JKO_ESHAPE
 */
jko_status jko_model_set_growth(jko_model *model, const jko_growth *growth);

/**
 * The growth of a model.
 *
 * @param out  owned by the caller
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ENOTFITTED or ::JKO_EINVALID (a model without growth)
 */
jko_status jko_model_growth(const jko_model *model, jko_growth **out);

/**
 * Write growth rates as a safetensors file; a checksum is in its `__metadata__`.
 *
 * @param path  UTF-8; the file appears whole or not at all
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EIO
 */
jko_status jko_growth_save(const jko_growth *growth, const char *path);

/**
 * Read growth rates that jko_growth_save() wrote; rates and masses are the same bit for bit.
 *
 * @param path  UTF-8
 * @param out   owned by the caller
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EIO or ::JKO_EFORMAT (truncated, damaged, or no growth of this library)
 */
jko_status jko_growth_load(const char *path, jko_growth **out);

/** Number of members of the bootstrap; 0 for a fit without, and for NULL. */
int64_t jko_growth_member_count(const jko_growth *growth);

/** Number of coordinates d; 0 for NULL. */
int64_t jko_growth_dimension(const jko_growth *growth);

/** Number of times of the snapshots that the rates were learned from; 0 for NULL. */
int64_t jko_growth_time_count(const jko_growth *growth);

/**
 * The times of the snapshots that the rates were learned from. Before the first and after the last of them, rates are
 * extrapolated.
 *
 * @param out  shape (jko_growth_time_count(), 1)
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_ESHAPE
 */
jko_status jko_growth_times(const jko_growth *growth, const jko_array *out);

/** Release growth rates; NULL is accepted. */
void jko_growth_destroy(jko_growth *growth);

#ifdef __cplusplus
}
#endif

#endif
