/**
 * @file jkonetstar/distance.h
 * @brief How far two populations are apart: Wasserstein distances, the Sinkhorn divergence, the energy distance.
 */
#ifndef JKONETSTAR_DISTANCE_H
#define JKONETSTAR_DISTANCE_H

#include "array.h"
#include "common.h"
#include "plan.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How a divergence was computed. */
typedef struct jko_divergence_info {
    /** sizeof(jko_divergence_info), set by the caller. */
    size_t struct_size;
    /** The epsilon that was used, in units of cost. */
    double epsilon;
    /** The largest marginal error of the three plans, as in jko_plan_info. */
    double marginal_error;
    /** Iterations of the three together. */
    int64_t iterations;
    /** Nonzero if all three have converged. */
    int32_t converged;
} jko_divergence_info;

/**
 * The Wasserstein distance between two populations.
 *
 * Order 1 is W1, the least mean Euclidean distance moved, order 2 is W2, the square root of the least mean squared
 * distance. Both are in units of length, per unit of mass: multiplying a and b by the same number changes nothing.
 *
 * @param x, y     shapes (n, d) and (m, d), finite
 * @param a, b     masses as in jko_plan_compute(); NULL for equal ones
 * @param order    1 or 2
 * @param options  only the callback is used and the method must be ::JKO_PLAN_EXACT; NULL for the defaults
 * @param out      the distance
 * @return as jko_plan_compute()
 */
jko_status jko_emd(const jko_array *x, const jko_array *y, const jko_array *a, const jko_array *b, int32_t order,
                   const jko_plan_options *options, double *out);

/**
 * The Sinkhorn divergence S = OT(mu, nu) - OT(mu, mu) / 2 - OT(nu, nu) / 2 between two populations, where OT is the
 * least entropic objective. It is 0 for equal populations, positive for others, and smooth (Feydy et al. 2019). It is
 * in units of cost, per unit of mass.
 *
 * @param x, y     shapes (n, d) and (m, d), finite
 * @param a, b     masses as in jko_plan_compute(); NULL for equal ones
 * @param options  metric, epsilon, tolerance, max_iterations and callback; the method must be ::JKO_PLAN_SINKHORN. NULL
 *                 for the defaults with that method
 * @param out      the divergence
 * @param info     how it was computed; NULL if not wanted
 * @return as jko_plan_compute()
 */
jko_status jko_sinkhorn_divergence(const jko_array *x, const jko_array *y, const jko_array *a, const jko_array *b,
                                   const jko_plan_options *options, double *out, jko_divergence_info *info);

/**
 * The unbiased energy distance 2 E|X - Y| - E|X - X'| - E|Y - Y'| between two populations, in length (Szekely and Rizzo
 * 2013).
 *
 * Its expectation is 0 for samples of one population, of any sizes, so that a value may be a little below 0. W1 is not
 * unbiased: in ten or more coordinates it rewards predictions that are too narrow. The cost is (n + m)^2 d.
 *
 * @param x, y  shapes (n, d) and (m, d), finite
 * @param a, b  masses, shapes (n, 1) and (m, 1), not negative, with positive sums by which they are divided; NULL for
 *              equal ones
 * @param out   the distance; NaN where all mass of a population is on one particle
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_ENONFINITE, ::JKO_EPOPULATION, ::JKO_ECANCELLED or ::JKO_ENOMEM
 */
jko_status jko_energy_distance(const jko_array *x, const jko_array *y, const jko_array *a, const jko_array *b,
                               double *out);

#ifdef __cplusplus
}
#endif

#endif
