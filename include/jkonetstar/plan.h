/**
 * @file jkonetstar/plan.h
 * @brief Optimal transport between two populations: the plan, its cost, and the proof that it is optimal.
 *
 * For populations mu = sum_i a_i delta(x_i) and nu = sum_j b_j delta(y_j) of equal mass, the plan gamma solves
 *
 *     minimise   sum_ij c(x_i, y_j) gamma_ij
 *     subject to sum_j gamma_ij = a_i,  sum_i gamma_ij = b_j,  gamma_ij >= 0.
 *
 * Its dual potentials u, v satisfy u_i + v_j <= c(x_i, y_j) for all pairs, with equality where mass flows. Therefore
 * sum_i a_i u_i + sum_j b_j v_j is a lower bound on the cost of every plan, and a gap of 0 certifies optimality.
 *
 * Entropic plans spread mass over all pairs, and may create or destroy it: they minimise
 *
 *     sum_ij c(x_i, y_j) P_ij + epsilon KL(P | a b^T) + rho_x KL(P 1 | a) + rho_y KL(P^T 1 | b)
 *
 * with KL(p | q) = sum p ln(p / q) - p + q; where rho is infinite the marginal holds. They are kept as potentials, P_ij
 * = a_i b_j exp((u_i + v_j - c(x_i, y_j)) / epsilon), in memory proportional to n + m. plan_contents.h reads plans.
 */
#ifndef JKONETSTAR_PLAN_H
#define JKONETSTAR_PLAN_H

#include "array.h"
#include "common.h"
#include "progress.h"
#include "snapshots.h"

#ifdef __cplusplus
extern "C" {
#endif

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
    /** The entropic plan with relaxed marginals, for populations that grow or die (Chizat, Peyre, Schmitzer, Vialard
        2018). */
    JKO_PLAN_UNBALANCED = 2
};

/** A transport plan, read-only; release with jko_plan_destroy(). */
typedef struct jko_plan jko_plan;

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
    /** Passed to progress. */
    void *progress_user_data;
    /** Entropic: weight of the entropy, in units of cost, positive and at least about 1e-13 of the largest cost.
        Default 0: a twentieth of the mean of ||x - y||^2 over all pairs by their masses, or of its root under
        ::JKO_EUCLIDEAN; of unbalanced plans, a tenth of the smaller relaxation where that is less, down to 1e-6 of
        that mean. A smaller epsilon gives a plan closer to the exact one, in more iterations. */
    double epsilon;
    /** Entropic: marginal error of a converged plan, between 0 and 1; default 1e-6. See jko_plan_info. */
    double tolerance;
    /** Entropic: iterations after which a plan that has not converged is returned as it is, 1 to 1e9; by default
        10,000. */
    int64_t max_iterations;
    /** Unbalanced: rho_x, in units of cost; what it costs to create or destroy mass of x. INFINITY where the marginal
        holds, for one of both at most. Default 0: twice the mean cost of the exact plan between at most 200 particles
        of each population, with an epsilon of a twentieth of that mean cost. */
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
 * @param b        masses of y, shape (m, 1), likewise; NULL for 1/m each. Both sums, given or not, must agree to
 *                 rounding, unless the plan is unbalanced with a finite rho: to 1e-9 relative, or to 1e-6 where masses
 *                 are numbers of single precision, whatever the type of the view. Within that they are rescaled to the
 *                 sum of a
 * @param options  NULL for the defaults
 * @param out      the plan, owned by the caller; an entropic one that has not converged says so in jko_plan_describe()
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_ENONFINITE, ::JKO_EINVALID, ::JKO_EPOPULATION,
 *         ::JKO_ECANCELLED, ::JKO_ENOMEM, or ::JKO_ECONVERGENCE when optimality could not be certified
 */
jko_status jko_plan_compute(const jko_array *x, const jko_array *y, const jko_array *a, const jko_array *b,
                            const jko_plan_options *options, jko_plan **out);

/**
 * Compute the plans between all consecutive snapshots of a time course, several at a time, with the snapshots' weights
 * as masses.
 *
 * @param snapshots  two or more
 * @param options    NULL for the defaults; the callback hears how many plans are done
 * @param plans      array of `count` plans, each owned by the caller; all NULL when the call fails, but untouched where
 *                   `snapshots` or `count` is refused
 * @param count      number of snapshots - 1
 * @return as jko_plan_compute(); ::JKO_ESHAPE for another count
 */
jko_status jko_snapshots_plans(const jko_snapshots *snapshots, const jko_plan_options *options, jko_plan **plans,
                               int64_t count);

/** Release a plan; NULL is accepted. */
void jko_plan_destroy(jko_plan *plan);

#ifdef __cplusplus
}
#endif

#endif
