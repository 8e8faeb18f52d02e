/**
 * @file jkonetstar/evaluation.h
 * @brief How well a model predicts snapshots, in the distances that the literature reports.
 *
 * W1 alone can mislead: in ten or more coordinates it rewards predictions that are too narrow. The energy distance is
 * unbiased for samples of any size, and the variance ratio says whether predictions are too narrow or too wide. Beside
 * them belong the same numbers of the prediction that nothing moves, and the floor, which is what two samples of one
 * population differ by.
 */
#ifndef JKONETSTAR_EVALUATION_H
#define JKONETSTAR_EVALUATION_H

#include "array.h"
#include "common.h"
#include "dynamics.h"
#include "model.h"
#include "progress.h"
#include "snapshots.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How a model is evaluated. Fill with jko_evaluation_options_init(), then change what you need. */
typedef struct jko_evaluation_options {
    /** sizeof(jko_evaluation_options). */
    size_t struct_size;
    /** Seed of the noise, for models with internal energy; default 0. */
    uint64_t seed;
    /** Called after each round of distances (as many as there are threads) and about ten times a second within one, and
        before that within the predictions, when none is done; NULL (default) for never. */
    jko_progress_callback progress;
    /** Passed to progress. */
    void *progress_user_data;
} jko_evaluation_options;

/**
 * Fill options with the defaults.
 *
 * @param struct_size  sizeof(jko_evaluation_options)
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size)
 */
jko_status jko_evaluation_options_init(jko_evaluation_options *options, size_t struct_size);

/**
 * Compare predictions with observed snapshots, step by step (k = 0 .. count - 2). Predicted particles have the weights
 * of the snapshot that they started from, times what the model's growth makes of them.
 *
 * @param model             fitted
 * @param snapshots         at least two snapshots, in the model's dimension; usually ones it was not fitted to
 * @param options           NULL for the defaults
 * @param one_step          W1 between snapshot k moved one step and snapshot k + 1; shape (count - 1, 1), or NULL
 * @param cumulative        W1 between the rollout from snapshot 0 and snapshot k + 1; shape (count - 1, 1), or NULL
 * @param effects_mismatch  squared W2 of the same pair; shape (count - 1, 1), or NULL
 * @param info              how the predictions' implicit steps went, all of them together; NULL if not wanted
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_EINVALID, ::JKO_ENOTFITTED, ::JKO_ECANCELLED, or
 *         ::JKO_ECONVERGENCE when predictions of a step left the range of numbers, or when steps did not converge and
 *         info is NULL (the distances are written all the same, INFINITY for predictions that left the range)
 */
jko_status jko_model_evaluate(const jko_model *model, const jko_snapshots *snapshots,
                              const jko_evaluation_options *options, const jko_array *one_step,
                              const jko_array *cumulative, const jko_array *effects_mismatch, jko_rollout_info *info);

/**
 * Where jko_model_compare() writes: arrays of shape (count - 1, 1), element k for the step from snapshot k to k + 1.
 * NULL for what is not wanted, which is then not computed.
 *
 * The energy distance of samples X and Y with masses is 2 E|X - Y| - E|X - X'| - E|Y - Y'|, in length, with means over
 * pairs of different particles: unbiased, so that it may be a little below 0. The variance ratio is the trace of the
 * covariance of the prediction over that of the observation; below 1 the prediction is too narrow. Both are NaN where a
 * population has a single particle.
 */
typedef struct jko_comparison {
    /** sizeof(jko_comparison). */
    size_t struct_size;

    /* Snapshot k moved one step, and snapshot k + 1 */

    /** W1, in length. */
    const jko_array *one_step;
    /** Energy distance, in length. */
    const jko_array *energy_distance;
    /** Variance ratio. */
    const jko_array *variance_ratio;

    /* The rollout from snapshot 0, and snapshot k + 1 */

    /** W1, in length. */
    const jko_array *cumulative;
    /** Squared W2, in length^2. */
    const jko_array *effects_mismatch;
    /** Energy distance, in length. */
    const jko_array *cumulative_energy_distance;
    /** Variance ratio. */
    const jko_array *cumulative_variance_ratio;

    /* Snapshot k as it is, and snapshot k + 1 */

    /** W1, in length. */
    const jko_array *nothing_moves;
    /** Energy distance, in length. */
    const jko_array *nothing_moves_energy_distance;
    /** Variance ratio. */
    const jko_array *nothing_moves_variance_ratio;

    /* The training snapshot of the same time, and snapshot k + 1 */

    /** W1, in length; NaN where the training snapshots lack the time. */
    const jko_array *floor;
    /** Energy distance, in length; NaN where the training snapshots lack the time. */
    const jko_array *floor_energy_distance;
} jko_comparison;

/**
 * Compare predictions with observed snapshots in every measure that is wanted, beside what "nothing moves" and a sample
 * of the same size would score.
 *
 * Predictions that leave the range of numbers are no failure here: their distances are INFINITY, and so are those of
 * later steps of the same rollout. Other steps keep their values.
 *
 * @param model       fitted
 * @param snapshots   at least two snapshots, in the model's dimension; usually ones it was not fitted to
 * @param training    the snapshots that it was fitted to, for the floor; NULL if there are none, and floors are NaN
 * @param options     NULL for the defaults
 * @param comparison  says what is wanted, and where it goes
 * @param info        how the predictions' implicit steps went, all of them together; NULL if not wanted
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_EINVALID, ::JKO_ENOTFITTED, ::JKO_ECANCELLED, or
 *         ::JKO_ECONVERGENCE when steps did not converge and info is NULL (everything is written all the same)
 */
jko_status jko_model_compare(const jko_model *model, const jko_snapshots *snapshots, const jko_snapshots *training,
                             const jko_evaluation_options *options, const jko_comparison *comparison,
                             jko_rollout_info *info);

/** How a model's one-step predictions compare with the prediction that nothing moves. */
typedef struct jko_fit_check {
    /** sizeof(jko_fit_check), set by the caller. */
    size_t struct_size;
    /** Mean W1, over the sampled transitions, between snapshot k moved one step and snapshot k + 1, in length; INFINITY
        where predictions leave the range of numbers. */
    double one_step;
    /** Mean W1 between snapshots k and k + 1 as they are, on the same sample. */
    double nothing_moves;
    /** How many transitions were sampled: all of them, or twelve. */
    int64_t transitions;
    /** Nonzero if one_step exceeds nothing_moves by more than a twentieth of it and a thousandth of the data's
        spread. */
    int32_t worse;
    /** Mean energy distance between snapshot k moved one step and snapshot k + 1, in length; this and the means below
        are over the transitions that have the number, NaN where none has. */
    double energy_distance;
    /** Mean variance ratio of the same pair. */
    double variance_ratio;
    /** Mean energy distance between snapshots k and k + 1 as they are. */
    double nothing_moves_energy_distance;
    /** Mean variance ratio of the same pair. */
    double nothing_moves_variance_ratio;
    /** The floor: mean W1 between two parts of snapshot k + 1 that share no particle, each of 256 particles or, where
        there are fewer than 512, of half of them (which makes the floor a little higher than that of the sample). */
    double floor;
    /** Mean energy distance between these parts. */
    double floor_energy_distance;
    /** Share of the particles at which the one-step map of the scheme turns over, 0 to 1: where I + tau Hess V is not
        positive definite at the end of an implicit step, or I - tau Hess V at the beginning of an explicit one (with
        U: Hess of the field of U added). A part of the sample is looked at; NaN with features by callback, in more than
        1,000 coordinates, and where no prediction is finite. */
    double folded;
    /** Share of the implicit steps of single particles that did not converge, 0 to 1. */
    double unconverged;
} jko_fit_check;

/**
 * Check a fit on a sample of the snapshots it was made of: at most 256 particles of each, and twelve transitions.
 *
 * A model that predicts its own training snapshots worse than "nothing moves" has failed, however small its loss.
 *
 * @param model      fitted
 * @param snapshots  at least two snapshots, in the model's dimension
 * @param options    NULL for the defaults; the seed is the model's
 * @param check      receives the distances
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_EINVALID (struct_size), ::JKO_ENOTFITTED or ::JKO_ECANCELLED
 */
jko_status jko_model_check(const jko_model *model, const jko_snapshots *snapshots,
                           const jko_evaluation_options *options, jko_fit_check *check);

#ifdef __cplusplus
}
#endif

#endif
