/**
 * @file jkonetstar/flow_maps.h
 * @brief What a flow is good for: particles, maps in both directions, densities and scores at any step.
 */
#ifndef JKONETSTAR_FLOW_MAPS_H
#define JKONETSTAR_FLOW_MAPS_H

#include "array.h"
#include "common.h"
#include "flow.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Particles of mu_step.
 *
 * @param step  0 to the number of steps
 * @param seed  same seed, same particles
 * @param out   shape (n, d)
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EINVALID (more than a base density by callback has), ::JKO_ESHAPE or
 *         ::JKO_ENOMEM
 */
jko_status jko_flow_sample(const jko_flow *flow, int64_t step, uint64_t seed, const jko_array *out);

/**
 * Where particles go. A flow of ::JKO_FLOW_PARTICLES has no maps: ::JKO_EINVALID, here and in jko_flow_inverse().
 *
 * @param x             shape (n, d), finite: particles of mu_from
 * @param from, to      0 <= from <= to <= number of steps
 * @param out           shape (n, d): the same particles in mu_to
 * @param determinants  shape (n, 1), or NULL: log det of the map's Jacobian; NaN where it folds space
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EINVALID, ::JKO_ESHAPE, ::JKO_ENONFINITE or ::JKO_ENOMEM
 */
jko_status jko_flow_transport(const jko_flow *flow, const jko_array *x, int64_t from, int64_t to, const jko_array *out,
                              const jko_array *determinants);

/**
 * Where particles come from: the points of mu_0 that the maps send to them.
 *
 * @param x    shape (n, d), finite: particles of mu_step
 * @param out  shape (n, d)
 * @return as jko_flow_log_density()
 */
jko_status jko_flow_inverse(const jko_flow *flow, const jko_array *x, int64_t step, const jko_array *out);

/**
 * log rho_step at points: the maps are inverted there by Newton's method, and their determinants subtracted (Mokrov et
 * al., equation 9).
 *
 * @param x    shape (n, d), finite
 * @param out  shape (n, 1); rho is in 1 / length^d
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EINVALID, ::JKO_ESHAPE, ::JKO_ENONFINITE, ::JKO_ENOMEM, or ::JKO_ECONVERGENCE
 *         where a map cannot be inverted at a point; the message has the residual
 */
jko_status jko_flow_log_density(const jko_flow *flow, const jko_array *x, int64_t step, const jko_array *out);

/**
 * grad log rho_step at points.
 *
 * @param x    shape (n, d), finite
 * @param out  shape (n, d), in 1 / length
 * @return as jko_flow_log_density()
 */
jko_status jko_flow_score(const jko_flow *flow, const jko_array *x, int64_t step, const jko_array *out);

/**
 * The integral of rho_step by the midpoint rule, in one or two coordinates: 1, but for the rule's error where rho is
 * sharp, and for what maps fold, which is missing.
 *
 * @param mass  receives the integral
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EINVALID (a step, or more than two coordinates) or ::JKO_ENOMEM
 */
jko_status jko_flow_mass(const jko_flow *flow, int64_t step, double *mass);

#ifdef __cplusplus
}
#endif

#endif
