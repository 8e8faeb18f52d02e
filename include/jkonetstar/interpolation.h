/**
 * @file jkonetstar/interpolation.h
 * @brief Populations at times between observed ones, found from both neighbours.
 */
#ifndef JKONETSTAR_INTERPOLATION_H
#define JKONETSTAR_INTERPOLATION_H

#include "array.h"
#include "common.h"
#include "growth.h"
#include "model.h"
#include "progress.h"
#include "snapshots.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How a population between two observed ones is found. */
typedef int32_t jko_interpolation_method;

enum {
    /** Whichever of the others does best at the observed times nearby, each left out in turn. */
    JKO_INTERPOLATION_AUTO = 0,
    /** Particles move on straight lines along the optimal plan: McCann's displacement interpolation. */
    JKO_INTERPOLATION_STRAIGHT = 1,
    /** Particles of both neighbours flow along a velocity field, which is fitted to the whole time course, until the
        requested time, and meet there. */
    JKO_INTERPOLATION_FLOW = 2
};

/** The observed times choose whether velocities are gradients. */
#define JKO_GRADIENT_CHOSEN (-1)

/** How to interpolate. Fill with jko_interpolation_options_init(), then change what you need. */
typedef struct jko_interpolation_options {
    /** sizeof(jko_interpolation_options). */
    size_t struct_size;
    /** Default ::JKO_INTERPOLATION_AUTO. */
    jko_interpolation_method method;
    /** Flows: how often the velocity field is fitted, 1 to 100: first to straight paths, then to paths that bend along
        the field before. Default 0: 2 or 6, chosen by the observed times. */
    int32_t rounds;
    /** Flows: 1 where velocities are gradients of one function of place and time, as those of an energy are, 0 where
        they may turn. Default ::JKO_GRADIENT_CHOSEN: chosen by the observed times, and 1 where none can be left out. */
    int32_t gradient;
    /** Flows: the ridge of the velocity field, positive, without a unit. Default 0: chosen by the observed times. */
    double ridge;
    /** Flows: what it costs to create or destroy mass, in units of the mean cost of the exact plan, 0.05 or more;
        INFINITY where every particle keeps its mass. Default 2. */
    double relaxation;
    /** Flows: the distance over which velocities change, in units of sqrt(d / 5) times the root mean square spread of
        the particles per coordinate, 1e-6 to 1e6; default 2. */
    double length_scale;
    /** Flows: the time over which velocities change, in median gaps, 1e-6 to 1e6; default 3. */
    double time_scale;
    /** Flows: the field is fitted to at most so many particles of each snapshot, drawn at random, 2 to 1,000,000, and
        the method chosen by as many; default 400. The population itself is made of all particles. */
    int64_t particles;
    /** Seed of the field's features and of the particles drawn; default 0. */
    uint64_t seed;
    /** Asked about ten times a second, stage "interpolation"; NULL (default) for never. */
    jko_progress_callback progress;
    /** Passed to progress. */
    void *progress_user_data;
    /** Flows: a fitted model along whose velocities particles flow, -grad(V + U * mu + beta log mu), in place of a
        field that is fitted to the series. ridge, rounds, scales and particles are not used then; nothing is chosen.
        Default NULL. */
    const jko_model *model;
    /** Flows: masses grow at these rates on the way from both neighbours, and are kept where these meet. Best where the
        snapshots' masses mean growth; unsafe where they mean how many particles were sampled. Default NULL: the relaxed
        plan says how masses grow in this gap. */
    const jko_growth *growth;
} jko_interpolation_options;

/**
 * Fill options with the defaults.
 *
 * @param struct_size  sizeof(jko_interpolation_options)
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size)
 */
jko_status jko_interpolation_options_init(jko_interpolation_options *options, size_t struct_size);

/** How each population was found: arrays to be filled, one element per requested time; NULL for those not wanted. */
typedef struct jko_interpolation_report {
    /** sizeof(jko_interpolation_report), set by the caller; all other members 0 but those wanted. */
    size_t struct_size;
    /** 1 for gradients, 0 for fields that may turn and for straight lines, NaN at observed times and with a model. */
    const jko_array *gradient;
    /** The ridge of the field; 0 for straight lines, NaN at observed times and with a model. */
    const jko_array *ridge;
    /** The rounds of the field; 0 for straight lines, NaN at observed times and with a model. */
    const jko_array *rounds;
    /** By how much the method chosen missed the observed times nearby when these were left out: the mean energy
        distance over at most four of them, in length; a little below 0 where nothing is missed. NaN where none could be
        left out. */
    const jko_array *missed;
    /** The same of straight lines. */
    const jko_array *straight_missed;
} jko_interpolation_report;

/**
 * Interpolate a time course.
 *
 * At an observed time the population is the observed one. Between two observed times t_k < t < t_{k+1}, with
 * s = (t - t_k) / (t_{k+1} - t_k), particles lie at (1 - s) F_i + s B_j for the pairs (i, j) of a plan.
 *
 * - Straight lines: F and B are the snapshots themselves, and masses those of the optimal plan.
 * - Flows: F are the particles of snapshot k after they flowed along the velocity field to t, B those of snapshot
 *   k + 1 after they flowed back to t. Marginals come from an unbalanced plan between F and B, pairs and masses pi_ij
 *   from the exact plan between these marginals. What particles survive by, sigma_i = sum_j pi_ij / a_i and
 *   tau_j = sum_i pi_ij / b_j, is spread evenly over the gap: masses are proportional to
 *   pi_ij sigma_i^-(1 - s) tau_j^-s.
 *
 * The velocity field, free or a gradient, is a ridge regression of the velocities along the paths between all
 * consecutive snapshots within six median gaps, on random features of place and time. docs/design.md says more. If only
 * two snapshots are given, nothing but straight lines can be learned, and ::JKO_INTERPOLATION_AUTO takes these.
 *
 * @param snapshots  two or more
 * @param times      shape (n, 1), strictly increasing, each from the first observed time to the last
 * @param options    NULL for the defaults
 * @param out        a series of n snapshots with weights, owned by the caller. A population between two observed ones
 *                   has at most as many particles as both together; rows number its particles
 * @param report     NULL if not wanted
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_EINVALID, ::JKO_ENONFINITE, ::JKO_EPOPULATION (times),
 *         ::JKO_ENOTFITTED, ::JKO_ECANCELLED, ::JKO_ENOMEM, or ::JKO_ECONVERGENCE where a flow that was asked for
 *         leaves the range of numbers
 */
jko_status jko_interpolate(const jko_snapshots *snapshots, const jko_array *times,
                           const jko_interpolation_options *options, jko_snapshots **out,
                           const jko_interpolation_report *report);

#ifdef __cplusplus
}
#endif

#endif
