/**
 * @file jkonetstar/fit.h
 * @brief Learning the energy of a model from snapshots: how plans are made, how the objective is minimised.
 *
 * With tau_k = t_{k+1} - t_k and gamma_k the W2-optimal plan, or an entropic one, between snapshots k and k+1, fitting
 * minimises
 *
 *     1/K sum_k sum_xy gamma_k(x, y) || tau_k D_k(z) + (y - x) ||^2,
 *     D_k(z) = grad V(z, s) + sum_j w_j grad U(z - z_j) + beta grad log density_k(z)
 *
 * over the K transitions (JKOnet*, arXiv:2406.12616, section 3) with (z, s) = (y, t_{k+1}) in the implicit scheme, the
 * optimality condition of the JKO step, and (z, s) = (x, t_k) in the explicit scheme, forward Euler; z_j are all
 * particles of z's snapshot, w_j their weights. Points are centred and scaled inside, so far offsets and any unit of
 * length are harmless.
 *
 * A model without networks has a closed form; one with a network is trained by Adam, its linear terms and beta included.
 */
#ifndef JKONETSTAR_FIT_H
#define JKONETSTAR_FIT_H

#include "common.h"
#include "model.h"
#include "plan.h"
#include "snapshots.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How Adam's step size changes over the epochs. */
typedef int32_t jko_schedule;

enum {
    /** It stays. */
    JKO_SCHEDULE_CONSTANT = 0,
    /** Half a cosine from learning_rate down to final_rate times it. */
    JKO_SCHEDULE_COSINE = 1,
    /** By the same factor every epoch, from learning_rate to final_rate times it. */
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
        is damped, by 10 times the diagonal of the normal matrix while training goes on and by the fit's ridge at the
        end, so that the objective over the couplings it is solved on cannot grow: all of them, or, with a network U, as
        many as two million pairs allow. */
    JKO_LAST_LAYER_EXACT = 1
};

/** What training is watched by, on particles held out of each snapshot. */
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

    /** Passes over all couplings, 1 to 10,000,000; default 400. */
    int64_t epochs;
    /** Couplings per step, 1 or more; default 250. More than there are means all of them. */
    int64_t batch_size;
    /** Step size (moments 0.9 and 0.999, epsilon 1e-8) in the first epoch, positive; default 5e-3. */
    double learning_rate;
    /** The step size at the end as a part of learning_rate, in (0, 1]; default 0.01. */
    double final_rate;
    /** Largest Euclidean norm of a gradient, positive; longer ones are scaled down; default 10. */
    double clip_norm;
    /** Default ::JKO_SCHEDULE_COSINE. */
    jko_schedule schedule;
    /** ::JKO_FLOAT32 (default) or ::JKO_FLOAT64, the precision of training. Evaluation is always in double. */
    jko_dtype precision;
    /** Network U: pairs per coupling over which U is averaged, 2 or more, or 0 (default) for the whole snapshot, as in
        the objective. The square of a mean over a sample would be biased, and make U flat; so the pairs are two
        independent samples A and B of half as many particles each, and r_A . r_B takes the place of |r|^2 in the
        objective's terms: its expectation over samples is the term. As a sum over few pairs it may be negative. In one
        and two coordinates and single precision, forces are interpolated between the nodes of a lattice, to 2^-18 of the
        largest, where that is quicker: many pairs, and whole snapshots, then cost little more than few. */
    int64_t interaction_samples;

    /* Parameters that enter linearly */

    /** Epochs from one solution of the last layer to the next, 1 to 2^31 - 1; default 10. */
    int64_t last_layer_every;
    /** Default ::JKO_LAST_LAYER_TRAINED. */
    jko_last_layer last_layer;

    /* The best epoch, by held-out particles */

    /** Whether and by what the best epoch is chosen; the model keeps its weights. Default ::JKO_VALIDATION_NONE. */
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
        options, save for progress, checkpoint, checkpoint_every, resume and, where the schedule is constant, epochs. The
        result is bit for bit that of a fit that was never interrupted. Default 0. */
    int64_t resume;
} jko_training_options;

/**
 * Fill options with the defaults.
 *
 * @param struct_size  sizeof(jko_training_options)
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size)
 */
jko_status jko_training_options_init(jko_training_options *options, size_t struct_size);

/** The ridge that a linear fit takes by itself: 1e-6, but 1e-3 where V and U are learned together. These share forces
    that finite samples barely tell apart, and with a weaker one may come out large and opposite. jko_model_ridge() says
    what was taken. */
#define JKO_RIDGE_USUAL (-1.0)

/** How the ridge of a linear fit is chosen. */
typedef int32_t jko_ridge_method;

enum {
    /** The ridge that is given. */
    JKO_RIDGE_FIXED = 0,
    /** The one that generalised cross-validation finds best (Golub, Heath and Wahba 1979). */
    JKO_RIDGE_CROSS_VALIDATED = 1
};

/** Where the error bars of a linear fit come from. */
typedef int32_t jko_error_bars;

enum {
    /** None are computed. */
    JKO_ERROR_BARS_NONE = 0,
    /** The delta method: every particle's influence on the coefficients, in all its roles, as a site, a partner, one of
        those over whom U is averaged and one of those from whom the density is estimated. For exact plans and mixture
        densities. */
    JKO_ERROR_BARS_INFLUENCE = 1,
    /** Fits to populations drawn anew from the particles, with new plans and densities. */
    JKO_ERROR_BARS_BOOTSTRAP = 2
};

/** How a model is fitted. Fill with jko_fit_options_init(), then change what you need. */
typedef struct jko_fit_options {
    /** sizeof(jko_fit_options). */
    size_t struct_size;
    /** Seed of the initial weights, the order of couplings and the choice of centres; default 0. Same seed, same
        model. */
    uint64_t seed;
    /** Called after each round of plans (as many as there are threads), after each epoch, and about ten times a second
        within all that is long, closed forms and error bars too; NULL (default) for never. When it cancels the training
        of a network, the model keeps the weights reached so far and is fitted; when it cancels anything else, the model
        is as it was. */
    jko_progress_callback progress;
    /** Passed to the callback. */
    void *user_data;

    /* Transport: the plans between consecutive snapshots */

    /** NULL (default) for exact plans. Otherwise metric must be ::JKO_SQEUCLIDEAN, and progress NULL. An entropic plan's
        n m pairs enter the objective as one coupling per particle of the later snapshot (of the earlier one in the
        explicit scheme), with its barycentre and the mass of the plan, which changes the objective by a constant only;
        every transition counts the same, whatever mass its plan has. A plan that does not converge is an error. */
    const jko_plan_options *transport;

    /* Networks */

    /** NULL (default) for the defaults; must be NULL for a model without networks. */
    const jko_training_options *training;

    /* Closed forms */

    /** Weight of the squared coefficients of standardised features, relative to the mean of the normal matrix's
        diagonal, 0 or more; default ::JKO_RIDGE_USUAL. Also of ::JKO_LAST_LAYER_EXACT. */
    double ridge;
    /** Default ::JKO_RIDGE_FIXED. A model with a network refuses the other. */
    jko_ridge_method ridge_method;
    /** See linear.h; default ::JKO_ERROR_BARS_NONE. A model with a network refuses the others. */
    jko_error_bars error_bars;
    /** With ::JKO_ERROR_BARS_BOOTSTRAP: how many populations are drawn, 2 to 100,000; default 200. */
    int64_t bootstrap_samples;
} jko_fit_options;

/**
 * Fill options with the defaults.
 *
 * @param struct_size  sizeof(jko_fit_options)
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size)
 */
jko_status jko_fit_options_init(jko_fit_options *options, size_t struct_size);

/**
 * Fit a model: plans between consecutive snapshots, then the minimiser of the objective above.
 *
 * Fitting again starts anew. The model must not be in use by another thread meanwhile.
 *
 * @param model      changed in place; on failure other than cancelled training it stays as it was
 * @param snapshots  at least two snapshots
 * @param options    NULL for the defaults
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EINVALID, ::JKO_ESHAPE (one snapshot only), ::JKO_ENONFINITE (a spread or gap too
 *         large or too small to compute with), ::JKO_ECANCELLED, ::JKO_ENOMEM, or ::JKO_ECONVERGENCE (a plan not certified
 *         or not converged, a loss that is no longer finite, a singular system)
 */
jko_status jko_model_fit(jko_model *model, const jko_snapshots *snapshots, const jko_fit_options *options);

/**
 * The objective, averaged over the couplings of each epoch, in squared length.
 *
 * @param out  shape (history_count, 1)
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE or ::JKO_ENOTFITTED
 */
jko_status jko_model_history(const jko_model *model, const jko_array *out);

#ifdef __cplusplus
}
#endif

#endif
