/**
 * @file jkonetstar/evaluation.h
 * @brief How well a model predicts snapshots, in the distances that the literature reports.
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
 * Compare predictions with observed snapshots, step by step (k = 0 .. count - 2).
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
 *         info is NULL (the distances are written all the same)
 */
jko_status jko_model_evaluate(const jko_model *model, const jko_snapshots *snapshots,
                              const jko_evaluation_options *options, const jko_array *one_step,
                              const jko_array *cumulative, const jko_array *effects_mismatch, jko_rollout_info *info);

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
