/**
 * @file jkonetstar/training.h
 * @brief How networks are trained: Adam's steps, last layers in closed form, early stopping, checkpoints.
 *
 * jko_model_fit() reads these options through the member `training` of ::jko_fit_options.
 */
#ifndef JKONETSTAR_TRAINING_H
#define JKONETSTAR_TRAINING_H

#include "array.h"
#include "common.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How Adam's step size changes over the epochs. */
typedef int32_t jko_schedule;

enum {
    /** The step size stays the same. */
    JKO_SCHEDULE_CONSTANT = 0,
    /** Half a cosine from learning_rate down to final_rate times it. */
    JKO_SCHEDULE_COSINE = 1,
    /** It falls by the same factor every epoch, from learning_rate to final_rate times it. */
    JKO_SCHEDULE_EXPONENTIAL = 2
};

/** What is done with parameters that enter the objective linearly: the output layers of networks, coefficients of
    features, and beta. */
typedef int32_t jko_last_layer;

enum {
    /** They are trained like the others. */
    JKO_LAST_LAYER_TRAINED = 0,
    /** They are solved for in closed form before the first epoch, after every last_layer_every epochs and after the
        last, and trained in between (after variable projection; Golub and Pereyra 1973). The step towards the minimiser
        is damped: a multiple of the normal matrix's diagonal is added to it, 10 while training goes on, and the fit's
        ridge at the end. The objective over the couplings that are used cannot grow. These are all couplings or, with a
        network U, as many as have two million pairs. */
    JKO_LAST_LAYER_EXACT = 1
};

/** By what the best epoch is chosen. Particles of each snapshot are held out for this. */
typedef int32_t jko_validation;

enum {
    /** Nothing is held out. */
    JKO_VALIDATION_NONE = 0,
    /** The objective on plans between the held-out particles. */
    JKO_VALIDATION_LOSS = 1,
    /** The mean earth mover's distance of one-step-ahead predictions of the held-out particles, as jko_model_evaluate()
        has it. */
    JKO_VALIDATION_EMD = 2
};

/** How networks are trained. Fill with jko_training_options_init(), then change what you need. */
typedef struct jko_training_options {
    /** sizeof(jko_training_options). */
    size_t struct_size;

    /* Adam on minibatches of couplings */

    /** Passes over all couplings, 1 to 10,000,000; 0 (default) for as many as make 20,000 steps, but at least 50 and at
        most 400. */
    int64_t epochs;
    /** Couplings per step, 1 or more; default 100. A number larger than that of all couplings stands for all. */
    int64_t batch_size;
    /** Step size (moments 0.9 and 0.999, epsilon 1e-8) in the first epoch, positive; default 5e-3. */
    double learning_rate;
    /** The step size at the end divided by learning_rate, in (0, 1]; default 0.01. */
    double final_rate;
    /** Largest Euclidean norm of a gradient, positive; longer ones are scaled down; default 10. */
    double clip_norm;
    /** Default ::JKO_SCHEDULE_COSINE. */
    jko_schedule schedule;
    /** ::JKO_FLOAT32 (default) or ::JKO_FLOAT64, the precision of training. Evaluation is always in double. */
    jko_dtype precision;
    /** Network U: pairs per coupling over which U is averaged, 2 or more; 0 (default) for the whole snapshot, as in the
        objective. The square of a mean over a sample is biased and makes U flat. The pairs are therefore two
        independent samples A and B of half as many particles each, and r_A . r_B takes the place of |r|^2, because its
        expectation over samples is |r|^2. With few pairs the sum may be negative. In one and two coordinates and single
        precision, forces are interpolated between the nodes of a lattice, to 2^-18 of the largest, where that is
        quicker. Many pairs, and whole snapshots, then cost little more than few. */
    int64_t interaction_samples;

    /* Parameters that enter linearly */

    /** Epochs from one solution of the last layer to the next, 1 to 2^31 - 1; default 10. */
    int64_t last_layer_every;
    /** Default ::JKO_LAST_LAYER_TRAINED. */
    jko_last_layer last_layer;

    /* The best epoch, by held-out particles */

    /** By what the best epoch is chosen, whose weights the model then has. Default ::JKO_VALIDATION_NONE: the model has
        the weights of the last epoch. */
    jko_validation validation;
    /** The part of each snapshot's particles that is held out, in (0, 1); default 0.2. */
    double validation_fraction;
    /** Epochs from one validation to the next, 1 to 2^31 - 1; default 10. */
    int64_t validation_every;
    /** Training ends after so many validations in a row without a new best, 1 to 2^31 - 1; default 10. */
    int64_t patience;

    /* Checkpoints */

    /** Where the state of training is written, UTF-8; each time whole or not at all. It is a model file as well, of the
        weights that the fit would return then. A file that is there already is not written over: it is an error unless
        `resume` is set. NULL (default) for none. */
    const char *checkpoint;
    /** Epochs from one checkpoint to the next, 1 to 2^31 - 1; default 100. One more is written when training ends or is
        cancelled. */
    int64_t checkpoint_every;
    /** Nonzero: continue from the checkpoint, if there is one; it must be of no more epochs, and of the same data and
        options, save for progress, checkpoint, checkpoint_every, resume and, where the schedule is constant, epochs.
        The result is bit for bit that of a fit that was never interrupted. Default 0. */
    int64_t resume;
} jko_training_options;

/**
 * Fill options with the defaults.
 *
 * @param struct_size  sizeof(jko_training_options)
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size)
 */
jko_status jko_training_options_init(jko_training_options *options, size_t struct_size);

#ifdef __cplusplus
}
#endif

#endif
