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
 *
 * Entropic plans spread mass over all pairs, and may create or destroy it: they minimise
 *
 *     sum_ij c(x_i, y_j) P_ij + epsilon KL(P | a b^T) + rho_x KL(P 1 | a) + rho_y KL(P^T 1 | b)
 *
 * with KL(p | q) = sum p ln(p / q) - p + q; where rho is infinite the marginal holds. They are kept as potentials,
 * P_ij = a_i b_j exp((u_i + v_j - c(x_i, y_j)) / epsilon), in memory proportional to n + m.
 */
#ifndef JKONETSTAR_PLAN_H
#define JKONETSTAR_PLAN_H

#include "common.h"
#include "snapshots.h"

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
    JKO_PLAN_EXACT = 0,
    /** The entropic plan with marginals a and b, by Sinkhorn's algorithm (Cuturi 2013). */
    JKO_PLAN_SINKHORN = 1,
    /** The entropic plan with relaxed marginals, for populations that grow or die (Chizat, Peyre, Schmitzer, Vialard 2018). */
    JKO_PLAN_UNBALANCED = 2
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
    /** Entropic: weight of the entropy, in units of cost, positive and at least about 1e-13 of the largest cost. Default 0: a twentieth
        of the mean of ||x - y||^2 over all pairs by their masses, or of its root under ::JKO_EUCLIDEAN. The smaller, the closer to the
        exact plan and the more iterations. */
    double epsilon;
    /** Entropic: marginal error of a converged plan, between 0 and 1; default 1e-6. See jko_plan_info. */
    double tolerance;
    /** Entropic: iterations after which a plan that has not converged is returned as it is, 1 to 1e9; default 10,000. */
    int64_t max_iterations;
    /** Unbalanced: rho_x, in units of cost, positive; what it costs to create or destroy mass of x. Default INFINITY: the marginal
        holds. At least one of both must be finite. */
    double relaxation_x;
    /** Unbalanced: rho_y, likewise for y. */
    double relaxation_y;
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
 * @param b        masses of y, shape (m, 1), likewise; NULL for 1/m each. Both sums, given or not, must agree to rounding,
 *                 unless the plan is unbalanced with a finite rho: to 1e-9 relative, or to 1e-6 where masses are numbers of single
 *                 precision, whatever the type of the view. Within that they are rescaled to the sum of a
 * @param options  NULL for the defaults
 * @param out      the plan, owned by the caller; an entropic one that has not converged says so in jko_plan_describe()
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_ENONFINITE, ::JKO_EINVALID, ::JKO_EPOPULATION,
 *         ::JKO_ECANCELLED, ::JKO_ENOMEM, or ::JKO_ECONVERGENCE when optimality could not be certified
 */
jko_status jko_plan_compute(const jko_array *x, const jko_array *y, const jko_array *a, const jko_array *b,
                            const jko_plan_options *options, jko_plan **out);

/**
 * Compute the plans between all consecutive snapshots of a time course, several at a time, with the snapshots' weights as masses.
 *
 * @param snapshots  two or more
 * @param options    NULL for the defaults; the callback hears how many plans are done
 * @param plans      array of `count` plans, each owned by the caller; all NULL when the call fails
 * @param count      number of snapshots - 1
 * @return as jko_plan_compute(); ::JKO_ESHAPE for another count
 */
jko_status jko_snapshots_plans(const jko_snapshots *snapshots, const jko_plan_options *options, jko_plan **plans,
                               int64_t count);

/** What is known of a plan. */
typedef struct jko_plan_info {
    /** sizeof(jko_plan_info), set by the caller. */
    size_t struct_size;
    /** n. */
    int64_t rows;
    /** m. */
    int64_t columns;
    /** Exact: number of pairs with mass, at most n + m - 1. Otherwise 0: all pairs carry mass, see jko_plan_sparse(). */
    int64_t entries;
    /** Sum of mass times cost. Length^2 or length, times mass. */
    double cost;
    /** Exact: dual cost, a lower bound on the cost of every plan with these marginals. Otherwise NaN. */
    double dual_cost;
    /** Exact: (cost - dual_cost) / max(cost, 1e-12 x the largest cost of a pair). Otherwise NaN. */
    double gap;
    /** Exact: largest deviation of a row or column sum from its marginal, relative to the total mass.
        Sinkhorn: max(sum_i |(P 1)_i - a_i|, sum_j |(P^T 1)_j - b_j|) over the total mass.
        Unbalanced: the largest |ln| of the ratios of (P 1)_i to a_i exp(-u_i / rho_x) and of (P^T 1)_j to b_j exp(-v_j / rho_y), which
        are 1 at the optimum. */
    double marginal_error;
    /** Simplex pivots, or Sinkhorn iterations: updates of both potentials. */
    int64_t iterations;
    /** The method. */
    jko_plan_method method;
    /** Nonzero if the marginal error is at most the tolerance; an exact plan always is. */
    int32_t converged;
    /** Entropic: the epsilon that was used, in units of cost. Exact: 0. */
    double epsilon;
    /** What is minimised, by its dual: exact, dual_cost; entropic, with the divergences, and never above the minimum. */
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
 * Copy the pairs that carry more mass than a threshold, ordered by row, then column. Call it with capacity 0 to learn their number.
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
jko_status jko_plan_barycenters(const jko_plan *plan, const jko_array *images_x, const jko_array *images_y);

/**
 * Copy the dual potentials.
 *
 * Where both marginals hold, a constant can be moved from u to v; entropic plans have equal means of u under a and of v under b.
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
 * @param options  only the callback is used and the method must be ::JKO_PLAN_EXACT; NULL for the defaults
 * @param out      the distance
 * @return as jko_plan_compute()
 */
jko_status jko_emd(const jko_array *x, const jko_array *y, const jko_array *a, const jko_array *b, int32_t order,
                   const jko_plan_options *options, double *out);

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
 * The Sinkhorn divergence S = OT(mu, nu) - OT(mu, mu) / 2 - OT(nu, nu) / 2 between two populations, where OT is the least
 * entropic objective: 0 for equal populations, positive for others, and smooth (Feydy et al. 2019). In units of cost, per unit of
 * mass.
 *
 * @param x, y     shapes (n, d) and (m, d), finite
 * @param a, b     masses as in jko_plan_compute(); NULL for equal ones
 * @param options  metric, epsilon, tolerance, max_iterations and callback; the method must be ::JKO_PLAN_SINKHORN. NULL for the
 *                 defaults with that method
 * @param out      the divergence
 * @param info     how it was computed; NULL if not wanted
 * @return as jko_plan_compute()
 */
jko_status jko_sinkhorn_divergence(const jko_array *x, const jko_array *y, const jko_array *a, const jko_array *b,
                                   const jko_plan_options *options, double *out, jko_divergence_info *info);

#ifdef __cplusplus
}
#endif

#endif
