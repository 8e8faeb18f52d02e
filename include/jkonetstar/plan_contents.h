/**
 * @file jkonetstar/plan_contents.h
 * @brief What is in a transport plan: its cost and the proof that it is optimal, pairs, masses, images, potentials.
 */
#ifndef JKONETSTAR_PLAN_CONTENTS_H
#define JKONETSTAR_PLAN_CONTENTS_H

#include "array.h"
#include "common.h"
#include "plan.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What is known of a plan. */
typedef struct jko_plan_info {
    /** sizeof(jko_plan_info), set by the caller. */
    size_t struct_size;
    /** n. */
    int64_t rows;
    /** m. */
    int64_t columns;
    /** Exact: number of pairs with mass, at most n + m - 1. Otherwise 0: all pairs carry mass, see
        jko_plan_sparse(). */
    int64_t entries;
    /** Sum of mass times cost. Length^2 or length, times mass. */
    double cost;
    /** Exact: dual cost, a lower bound on the cost of every plan with these marginals. Otherwise NaN. */
    double dual_cost;
    /** Exact: (cost - dual_cost) / max(cost, 1e-12 x the largest cost of a pair). Otherwise NaN. */
    double gap;
    /** Exact: largest deviation of a row or column sum from its marginal, relative to the total mass. Sinkhorn:
        max(sum_i |(P 1)_i - a_i|, sum_j |(P^T 1)_j - b_j|) over the total mass. Unbalanced: the largest |ln| of the
        ratios of (P 1)_i to a_i exp(-u_i / rho_x) and of (P^T 1)_j to b_j exp(-v_j / rho_y), which are 1 at the
        optimum. */
    double marginal_error;
    /** Simplex pivots, or Sinkhorn iterations: updates of both potentials. */
    int64_t iterations;
    /** The method. */
    jko_plan_method method;
    /** Nonzero if the marginal error is at most the tolerance; an exact plan always is. */
    int32_t converged;
    /** Entropic: the epsilon that was used, in units of cost. Exact: 0. */
    double epsilon;
    /** The objective that the plan minimises, computed from the dual potentials, so that it is never above the minimum.
        Exact: dual_cost. Entropic: with the divergences. */
    double objective;
    /** Sum of the plan. */
    double mass;
} jko_plan_info;

/** Describe a plan. @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size) */
jko_status jko_plan_describe(const jko_plan *plan, jko_plan_info *info);

/**
 * Copy the pairs of an exact plan that carry mass, ordered by row, then column.
 *
 * @param rows     `entries` indices into x
 * @param columns  `entries` indices into y
 * @param mass     `entries` positive masses
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (an entropic plan)
 */
jko_status jko_plan_entries(const jko_plan *plan, int64_t *rows, int64_t *columns, double *mass);

/**
 * Copy the pairs that carry more mass than a threshold, ordered by row, then column. A call with capacity 0 gives their
 * number.
 *
 * @param threshold  mass, 0 or more
 * @param capacity   pairs that fit into each buffer, 0 or more; the buffers may be NULL if it is 0
 * @param rows       the first `capacity` indices into x
 * @param columns    as many indices into y
 * @param mass       as many masses
 * @param count      the number of all such pairs
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EINVALID (threshold, capacity) or ::JKO_ENOMEM
 */
jko_status jko_plan_sparse(const jko_plan *plan, double threshold, int64_t capacity, int64_t *rows, int64_t *columns,
                           double *mass, int64_t *count);

/**
 * Copy the sums of the plan's rows and columns: how much mass leaves each x and reaches each y. In an unbalanced plan
 * mass_x[i] / a_i is what becomes of the mass of x_i.
 *
 * @param mass_x  n sums
 * @param mass_y  m sums
 * @return ::JKO_OK or ::JKO_ENULL
 */
jko_status jko_plan_masses(const jko_plan *plan, double *mass_x, double *mass_y);

/**
 * Where particles go and come from on average: sum_j P_ij y_j / sum_j P_ij and sum_i P_ij x_i / sum_i P_ij.
 *
 * Particles without mass have the limit for vanishing mass in an entropic plan and NaN in an exact one.
 *
 * @param images_x  shape (n, d), images of the x among the y; NULL if not wanted
 * @param images_y  shape (m, d), images of the y among the x; NULL if not wanted
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_ESHAPE
 */
jko_status jko_plan_barycentres(const jko_plan *plan, const jko_array *images_x, const jko_array *images_y);

/**
 * Copy the dual potentials.
 *
 * Where both marginals hold, a constant can be moved from u to v. Those of entropic plans are chosen so that the mean
 * of u under a equals the mean of v under b.
 *
 * @param dual_x  n values u_i
 * @param dual_y  m values v_j
 * @return ::JKO_OK or ::JKO_ENULL
 */
jko_status jko_plan_duals(const jko_plan *plan, double *dual_x, double *dual_y);

#ifdef __cplusplus
}
#endif

#endif
