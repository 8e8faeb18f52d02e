/**
 * @file jkonetstar/plan.h
 * @brief Optimal transport between two populations: the plan, its cost, and the proof that it is optimal.
 *
 * For populations mu = sum_i a_i delta(x_i) and nu = sum_j b_j delta(y_j) of equal mass, the plan gamma solves
 *
 *     minimise   sum_ij c(x_i, y_j) gamma_ij
 *     subject to sum_j gamma_ij = a_i,  sum_i gamma_ij = b_j,  gamma_ij >= 0.
 *
 * Its dual potentials u, v satisfy u_i + v_j <= c(x_i, y_j) for all pairs, with equality where mass flows, so
 * that sum_i a_i u_i + sum_j b_j v_j is a lower bound on every plan's cost and the gap certifies optimality.
 */
#ifndef JKONETSTAR_PLAN_H
#define JKONETSTAR_PLAN_H

#include "common.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A transport plan, read-only; release with jko_plan_destroy(). */
typedef struct jko_plan jko_plan;

/** The cost c(x, y) of moving a unit of mass. */
typedef int32_t jko_metric;

enum {
    /** ||x - y||^2, the cost of W2 and of JKOnet*. */
    JKO_SQEUCLIDEAN = 0,
    /** ||x - y||, the cost of W1. */
    JKO_EUCLIDEAN = 1
};

/** How the plan is found. */
typedef int32_t jko_plan_method;

enum {
    /** An optimal vertex of the transport polytope, certified by its dual. */
    JKO_PLAN_EXACT = 0
};

/** How to compute a plan. Fill with jko_plan_options_init(), then change what you need. */
typedef struct jko_plan_options {
    /** sizeof(jko_plan_options). */
    size_t struct_size;
    /** The cost; default ::JKO_SQEUCLIDEAN. */
    jko_metric metric;
    /** The method; default ::JKO_PLAN_EXACT. */
    jko_plan_method method;
    /** Asked about ten times a second while the plan is sought, stage "plans"; NULL (default) for never. */
    jko_progress_callback progress;
    /** Passed to the callback. */
    void *user_data;
} jko_plan_options;

/**
 * Fill options with the defaults.
 *
 * @param struct_size  sizeof(jko_plan_options)
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size)
 */
jko_status jko_plan_options_init(jko_plan_options *options, size_t struct_size);

/**
 * Compute the plan between two populations.
 *
 * @param x        shape (n, d), finite
 * @param y        shape (m, d), finite
 * @param a        masses of x, shape (n, 1), not negative, with a positive sum; NULL for 1/n each
 * @param b        masses of y, shape (m, 1), likewise; NULL for 1/m each. Both sums, given or not, must agree to 1e-9
 *                 relative
 * @param options  NULL for the defaults
 * @param out      the plan, owned by the caller
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_ENONFINITE, ::JKO_EINVALID, ::JKO_EPOPULATION,
 *         ::JKO_ECANCELLED, ::JKO_ENOMEM, or ::JKO_ECONVERGENCE when optimality could not be certified
 */
jko_status jko_plan_compute(const jko_array *x, const jko_array *y, const jko_array *a, const jko_array *b,
                            const jko_plan_options *options, jko_plan **out);

/** What is known of a plan. */
typedef struct jko_plan_info {
    /** sizeof(jko_plan_info), set by the caller. */
    size_t struct_size;
    /** n. */
    int64_t rows;
    /** m. */
    int64_t columns;
    /** Number of pairs with mass, at most n + m - 1. */
    int64_t entries;
    /** Primal cost: sum of mass times cost. Length^2 or length, times mass. */
    double cost;
    /** Dual cost: a lower bound on the cost of every plan with these marginals. */
    double dual_cost;
    /** (cost - dual_cost) / max(cost, 1e-12 x the largest cost of a pair). */
    double gap;
    /** Largest deviation of a row or column sum from its marginal, relative to the total mass. */
    double marginal_error;
    /** Iterations of the method (simplex pivots). */
    int64_t iterations;
} jko_plan_info;

/** Describe a plan. @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size) */
jko_status jko_plan_describe(const jko_plan *plan, jko_plan_info *info);

/**
 * Copy the pairs that carry mass, ordered by row, then column.
 *
 * @param rows     `entries` indices into x
 * @param columns  `entries` indices into y
 * @param mass     `entries` positive masses
 * @return ::JKO_OK or ::JKO_ENULL
 */
jko_status jko_plan_entries(const jko_plan *plan, int64_t *rows, int64_t *columns, double *mass);

/**
 * Copy the dual potentials.
 *
 * @param dual_x  n values u_i
 * @param dual_y  m values v_j
 * @return ::JKO_OK or ::JKO_ENULL
 */
jko_status jko_plan_duals(const jko_plan *plan, double *dual_x, double *dual_y);

/** Release a plan; NULL is accepted. */
void jko_plan_destroy(jko_plan *plan);

/**
 * The Wasserstein distance between two populations.
 *
 * order 1: W1, the least mean euclidean distance moved. order 2: W2, the square root of the least mean
 * squared distance. Both in units of length, per unit of mass: multiplying a and b by the same number changes nothing.
 *
 * @param x, y   shapes (n, d) and (m, d), finite
 * @param a, b   masses as in jko_plan_compute(); NULL for equal ones
 * @param order    1 or 2
 * @param options  method and callback as in jko_plan_compute(), the metric is that of the order; NULL for the defaults
 * @param out      the distance
 * @return as jko_plan_compute()
 */
jko_status jko_emd(const jko_array *x, const jko_array *y, const jko_array *a, const jko_array *b, int32_t order,
                   const jko_plan_options *options, double *out);

#ifdef __cplusplus
}
#endif

#endif
