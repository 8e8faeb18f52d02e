/**
 * @file jkonetstar/dynamics.h
 * @brief Populations that move forward in time: simulation under known energies, and rollout of a learned one.
 */
#ifndef JKONETSTAR_DYNAMICS_H
#define JKONETSTAR_DYNAMICS_H

#include "array.h"
#include "common.h"
#include "model.h"
#include "progress.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A gradient supplied by the caller.
 *
 * @param points     row-major, shape (n, d), read-only
 * @param n, d       particles and coordinates
 * @param time       current time
 * @param gradient   row-major, shape (n, d), to be filled with finite values
 * @param user_data  what was given beside the callback, as the member or parameter that ends in _user_data
 * @return 0, or anything else to stop the simulation with ::JKO_ECANCELLED
 */
typedef int (*jko_gradient_callback)(const double *points, int64_t n, int64_t d, double time, double *gradient,
                                     void *user_data);

/** What drives a simulation. Fill with jko_simulation_options_init(), then change what you need. */
typedef struct jko_simulation_options {
    /** sizeof(jko_simulation_options). */
    size_t struct_size;
    /** Name of the functional that is V; NULL (default) for none. At most one of the three sources of V may be
        given. */
    const char *potential;
    /** grad V by callback; NULL (default) for none. */
    jko_gradient_callback potential_gradient;
    /** Passed to potential_gradient. */
    void *potential_gradient_user_data;
    /** A fitted model whose V(x, t) is used, and nothing else of it; NULL (default) for none. */
    const jko_model *potential_model;
    /** Name of the functional that is U; NULL (default) for none. At most one of the three sources of U may be
        given. */
    const char *interaction;
    /** grad U by callback, called with the n differences x_i - x_j for one i at a time; NULL (default) for none. */
    jko_gradient_callback interaction_gradient;
    /** Passed to interaction_gradient. */
    void *interaction_gradient_user_data;
    /** Internal energy (diffusion level), in length^2/time, 0 or more; default 0. */
    double beta;
    /** Time step, positive; default 0.01. */
    double dt;
    /** Time of x0; default 0. */
    double t0;
    /** Number of steps, 0 or more; default 5. */
    int64_t steps;
    /** Seed of the noise; default 0. Particle i has its own stream, whatever the number of particles or threads. */
    uint64_t seed;
    /** Called after each step, and about ten times a second within long ones; NULL (default) for never. */
    jko_progress_callback progress;
    /** Passed to progress. */
    void *progress_user_data;
    /** A fitted model whose U is used, and nothing else of it; NULL (default) for none. It may be potential_model, too;
        beta is not taken from either. */
    const jko_model *interaction_model;
} jko_simulation_options;

/**
 * Fill options with the defaults.
 *
 * @param struct_size  sizeof(jko_simulation_options)
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size)
 */
jko_status jko_simulation_options_init(jko_simulation_options *options, size_t struct_size);

/**
 * Euler-Maruyama simulation of the interacting diffusion whose law descends the energy:
 *
 *     x_i <- x_i - dt grad V(x_i, t) - dt/n sum_j grad U(x_i - x_j) + sqrt(2 beta dt) xi,   xi standard normal
 *
 * (weak order 1; the sum runs over all j, i included).
 *
 * @param x0       shape (n, d), finite
 * @param options  NULL for the defaults
 * @param out      shape ((steps + 1) n, d): x0, then the population after each step
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_EINVALID (a model without the term, too), ::JKO_ENONFINITE (a
 *         particle left the finite numbers; the message names the step), ::JKO_ENOTFITTED or ::JKO_ECANCELLED
 */
jko_status jko_simulate(const jko_array *x0, const jko_simulation_options *options, const jko_array *out);

/** What is added to the drift of predicted particles. */
typedef int32_t jko_noise;

enum {
    /** The noise of the model's beta: nothing where it has none. */
    JKO_NOISE_BETA = 0,
    /** What training couplings have left over: to each particle the residual y - (where one step takes x) of a random
        one of the 5 training particles nearest to it, of the transition that begins nearest in time; times the root of
        the ratio of the steps' lengths. It restores the spread that explicit predictions of noisy motion lose, and
        takes the place of beta's noise. Models that were made from sums have none. */
    JKO_NOISE_RESIDUAL = 1,
    /** Nothing. */
    JKO_NOISE_NONE = 2
};

/** How implicit steps are solved. Fill with jko_rollout_options_init(), then change what you need. */
typedef struct jko_rollout_options {
    /** sizeof(jko_rollout_options). */
    size_t struct_size;
    /** Largest residual |y - x + tau (grad V(y) + sum_j w_j grad U(y - y_j))| of a particle accepted, relative to the
        length scale of the training points, positive; default 1e-9. */
    double tolerance;
    /** Largest number of iterations per step, as jko_rollout_info.iterations counts them, 1 to 100,000; default 200. */
    int64_t max_iterations;
    /** Seed of the noise, for models with internal energy; default 0. Particle i has its own stream, whatever the
        number of particles or threads, and every step its own numbers of it: same seed, same course. */
    uint64_t seed;
    /** Called after each step, and about ten times a second within long ones; NULL (default) for never. */
    jko_progress_callback progress;
    /** Passed to progress. */
    void *progress_user_data;
    /** Into so many steps of equal length each step from time to time is divided, 1 to 1,000,000; default 1, the steps
        that the model was fitted to. */
    int64_t substeps;
    /** Default ::JKO_NOISE_BETA. */
    jko_noise noise;
} jko_rollout_options;

/**
 * Fill options with the defaults.
 *
 * @param struct_size  sizeof(jko_rollout_options)
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size)
 */
jko_status jko_rollout_options_init(jko_rollout_options *options, size_t struct_size);

/** How a rollout went. */
typedef struct jko_rollout_info {
    /** sizeof(jko_rollout_info), set by the caller. */
    size_t struct_size;
    /** Implicit steps (particles x steps) that did not reach the tolerance; their best iterate was kept. 0 for the
        explicit scheme. */
    int64_t unconverged;
    /** Largest residual over all particles and steps, relative to the length scale of the training points. */
    double max_residual;
    /** Of the hardest step: Newton iterations of its hardest particle; for models with interaction, evaluations of the
        forces between all particles. 0 for the explicit scheme. */
    int64_t iterations;
    /** Predicted particles (particles x steps) that lie further from the centre of the training points than ten times
        the radius of these, the largest distance of a training point from the centre. The energy is an extrapolation
        there, and explicit steps may run away. */
    int64_t outside;
    /** The largest distance of a predicted particle from the centre of the training points, in radii of these; 0 for
        models from files that do not know the radius. */
    double farthest;
} jko_rollout_info;

/**
 * The times of a rollout: from t0 by the fitted gaps; after the last fitted time the last gap repeats.
 *
 * @param t0     a fitted time, or NaN for the first; any other time is ::JKO_EINVALID
 * @param steps  0 or more
 * @param out    shape (steps + 1, 1)
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EINVALID, ::JKO_ESHAPE or ::JKO_ENOTFITTED
 */
jko_status jko_model_rollout_times(const jko_model *model, double t0, int64_t steps, const jko_array *out);

/**
 * Predict where a population goes.
 *
 *     implicit   p_i = x_i - tau_k (grad V(p_i, t_{k+1}) + 1/n sum_j grad U(p_i - p_j))
 *                y_i = p_i + sqrt(2 beta tau_k) xi_i
 *     explicit   y_i = x_i - tau_k (grad V(x_i, t_k) + 1/n sum_j grad U(x_i - x_j)) + sqrt(2 beta tau_k) xi_i
 *     midpoint   x'_i = x_i + sqrt(beta tau_k) xi_i
 *                m_i = x'_i - tau_k/2 (grad V(m_i, t_k + tau_k/2) + 1/n sum_j grad U(m_i - m_j))
 *                y_i = 2 m_i - x'_i + sqrt(beta tau_k) xi'_i
 *
 * with standard normal xi_i, xi'_i. The order in tau is 1, in the midpoint scheme 2, in the weak sense where beta > 0.
 * Terms that the model does not have are left out, sums run over all j, i included, and a beta that was fitted below 0
 * counts as 0.
 *
 * Under V alone p_i minimises V(p, t_{k+1}) + |p - x_i|^2 / (2 tau_k). Newton's method with analytic Hessian products
 * goes downhill from p = x_i or, where that finds no solution, from points nearer to the centre of the training data.
 *
 * With U the equations of all particles are one system, whose root is sought. (U need not be even, so that there need
 * not be an energy to minimise.) Each particle takes its own step under V with the forces between particles held fixed,
 * and Anderson mixing of these steps finds the displacements that reproduce themselves, with one evaluation of the
 * forces per iteration. Where that is slow, in up to 32 coordinates, the derivative of the force on each particle in
 * its own place is added to its Newton system.
 *
 * No drift is longer than tau_k times twice the speed of the fastest training coupling: explicit ones are shortened,
 * and a particle without an implicit solution within that distance counts as unconverged.
 *
 * @param x0       shape (n, d), finite
 * @param times    shape (s + 1, 1), strictly increasing: the time of x0, then of each prediction; see
 *                 jko_model_rollout_times()
 * @param options  NULL for the defaults
 * @param out      shape ((s + 1) n, d): x0, then the population at each later time
 * @param info     NULL if not wanted
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_EINVALID, ::JKO_ENONFINITE, ::JKO_EPOPULATION (times),
 *         ::JKO_ENOTFITTED, ::JKO_ECANCELLED, or ::JKO_ECONVERGENCE: predictions of a step left the range of numbers;
 *         or steps did not converge and info is NULL (out is written all the same)
 */
jko_status jko_model_rollout(const jko_model *model, const jko_array *x0, const jko_array *times,
                             const jko_rollout_options *options, const jko_array *out, jko_rollout_info *info);

/**
 * Standard errors of predictions, of a model with networks that was fitted with ::JKO_ERROR_BARS_BOOTSTRAP: the spread
 * of the rollouts of all its members, particle by particle and coordinate by coordinate. All members draw the same
 * noise, so that the errors are those of the drift and of beta.
 *
 * @param out   shape ((s + 1) n, d), in length: 0 for x0, then the errors at each later time
 * @param info  NULL if not wanted; counts are summed, and the others the largest, over all members
 * @return as jko_model_rollout(); ::JKO_EINVALID also for a model without members
 */
jko_status jko_model_rollout_error(const jko_model *model, const jko_array *x0, const jko_array *times,
                                   const jko_rollout_options *options, const jko_array *out, jko_rollout_info *info);

#ifdef __cplusplus
}
#endif

#endif
