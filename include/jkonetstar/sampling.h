/**
 * @file jkonetstar/sampling.h
 * @brief Draws from the density proportional to exp(-V / beta), to which the flow of V and diffusion goes.
 *
 * Langevin dynamics: a chain at x proposes
 *
 *     y = x - step C grad V(x) + sqrt(2 beta step) C^(1/2) xi,   xi standard normal,
 *
 * and takes it with the probability of Metropolis and Hastings (MALA, Roberts and Tweedie 1996), which makes the draws
 * exact. While warming up, the step follows the acceptance rate towards .574 (dual averaging, Hoffman and Gelman 2014),
 * and C becomes the covariance of what was drawn.
 */
#ifndef JKONETSTAR_SAMPLING_H
#define JKONETSTAR_SAMPLING_H

#include "array.h"
#include "common.h"
#include "flow.h"
#include "model.h"
#include "progress.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What is drawn from, and how. Fill with jko_sample_options_init(), then change what you need. */
typedef struct jko_sample_options {
    /** sizeof(jko_sample_options). */
    size_t struct_size;
    /** Name of the functional that is V; NULL (default) for none. One of three sources of V must be given. */
    const char *potential;
    /** V by callback, called on the thread of the call with one point per chain, time 0; NULL (default) for none. */
    jko_energy_callback potential_callback;
    /** Passed to potential_callback. */
    void *potential_callback_user_data;
    /** A fitted model whose V(x) is used; NULL (default) for none. */
    const jko_model *potential_model;
    /** Temperature, in units of V; positive, default 1. */
    double beta;
    /** Draws of each chain that are kept, 1 to 100,000,000; default 1,000. */
    int64_t draws;
    /** Draws before them that are not, 0 to 100,000,000; default 1,000. */
    int64_t warmup;
    /** 0 (default) for a step that is found while warming up; else the step, positive. */
    double step;
    /** 0: every proposal is taken, so that draws are those of another density, by as much as the step is long.
        Default 1. */
    int32_t adjusted;
    /** Default 0; same seed, same draws. */
    uint64_t seed;
    /** Called about ten times a second, stage "sampling"; NULL (default) for never. */
    jko_progress_callback progress;
    /** Passed to progress. */
    void *progress_user_data;
} jko_sample_options;

/**
 * Fill options with the defaults.
 *
 * @param struct_size  sizeof(jko_sample_options)
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size)
 */
jko_status jko_sample_options_init(jko_sample_options *options, size_t struct_size);

/** How sampling went. Set the size, and the arrays that are wanted. */
typedef struct jko_sample_info {
    /** sizeof(jko_sample_info), set by the caller. */
    size_t struct_size;
    /** The mean probability with which proposals were taken after warming up; 1 where none is refused. */
    double acceptance;
    /** The step of the draws that are kept. */
    double step;
    /** Receives the effective sample size of each coordinate's mean, shape (d, 1); NULL if not wanted. NaN where a
        coordinate does not vary, or there are fewer than eight draws. */
    const jko_array *effective_sizes;
    /** Receives split R-hat, shape (d, 1): above 1.01 chains do not agree yet; NULL if not wanted. */
    const jko_array *r_hats;
} jko_sample_info;

/**
 * Draw from exp(-V / beta).
 *
 * @param x0       shape (chains, d): where each chain starts, finite; best spread wider than the density
 * @param options  must name a V
 * @param out      shape (chains draws, d), chain by chain
 * @param info     NULL if not wanted
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EINVALID, ::JKO_ESHAPE, ::JKO_ENONFINITE (V at a start), ::JKO_ENOTFITTED,
 *         ::JKO_ECANCELLED, ::JKO_ECONVERGENCE (an unadjusted chain left the range of numbers) or
 *         ::JKO_ENOMEM
 */
jko_status jko_sample(const jko_array *x0, const jko_sample_options *options, const jko_array *out,
                      jko_sample_info *info);

#ifdef __cplusplus
}
#endif

#endif
