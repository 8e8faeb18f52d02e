/**
 * @file jkonetstar/model.h
 * @brief The learned energy: create a model, fit it to snapshots, evaluate its terms and their gradients, save and load.
 *
 * A population mu has the energy, of which any terms may be left out,
 *
 *     J(mu) = int V dmu + 1/2 int int U(x - y) dmu(x) dmu(y) + beta int log(density) dmu
 *
 * with potential V(x, t), interaction U and internal energy beta (the diffusion level), all in length^2/time. With tau_k = t_{k+1} - t_k
 * and gamma_k the W2-optimal plan, or an entropic one, between snapshots k and k+1, fitting minimises
 *
 *     1/K sum_k sum_xy gamma_k(x, y) || tau_k D_k(z) + (y - x) ||^2,
 *     D_k(z) = grad V(z, s) + sum_j w_j grad U(z - z_j) + beta grad log density_k(z)
 *
 * over the K transitions (JKOnet*, arXiv:2406.12616, section 3) with (z, s) = (y, t_{k+1}) in the implicit scheme, the optimality
 * condition of the JKO step, and (z, s) = (x, t_k) in the explicit scheme, forward Euler; z_j are all particles of z's snapshot, w_j their
 * weights. Points are centred and scaled inside, so far offsets and any unit of length are harmless.
 *
 * A model changes only in jko_model_fit(). Everything else may run on one model from several threads at once.
 *
 * V, U and their gradients are fit for a simulator's inner loop: the first call of each on a thread takes memory, which the model keeps; from
 * then on calls allocate none, as long as x and out are contiguous doubles that do not overlap and n is below 2^20 / (d (features + 1)), from
 * where features are spread over threads. Not so where features are a callback's, or sines and cosines of monomials, or where more than 64
 * threads evaluate models.
 */
#ifndef JKONETSTAR_MODEL_H
#define JKONETSTAR_MODEL_H

#include "common.h"
#include "density.h"
#include "features.h"
#include "plan.h"
#include "snapshots.h"

#ifdef __cplusplus
extern "C" {
#endif

/** An energy, to be fitted or fitted; release with jko_model_destroy(). */
typedef struct jko_model jko_model;

/** How the potential V is parametrised. */
typedef int32_t jko_potential;

enum {
    /** No potential. */
    JKO_POTENTIAL_NONE = 0,
    /** A multilayer perceptron, trained on minibatches of couplings. */
    JKO_POTENTIAL_MLP = 1,
    /** A linear combination of features, fitted in closed form; see features.h. */
    JKO_POTENTIAL_LINEAR = 2
};

/** How the interaction U is parametrised, a function of the difference of two particles. */
typedef int32_t jko_interaction;

enum {
    /** No interaction. */
    JKO_INTERACTION_NONE = 0,
    /** A multilayer perceptron of the difference, trained on minibatches of couplings. */
    JKO_INTERACTION_MLP = 1,
    /** A linear combination of features: fitted in closed form, or, beside a network, trained with it. */
    JKO_INTERACTION_LINEAR = 2
};

/** What the hidden layers of a network do to their inputs a. */
typedef int32_t jko_activation;

enum {
    /** ln(1 + e^a) */
    JKO_ACTIVATION_SOFTPLUS = 0,
    /** a / (1 + e^-a) */
    JKO_ACTIVATION_SILU = 1,
    /** tanh a */
    JKO_ACTIVATION_TANH = 2
};

/** Where the first-order condition is evaluated, in fitting and in prediction alike. */
typedef int32_t jko_scheme;

enum {
    /** At the end of the step: y = x - tau grad V(y, t + tau), the JKO step. */
    JKO_SCHEME_IMPLICIT = 0,
    /** At its beginning: y = x - tau grad V(x, t). */
    JKO_SCHEME_EXPLICIT = 1
};

/** Widths of hidden layers that fit into ::jko_model_options. */
#define JKO_MAX_HIDDEN_LAYERS 8

/** What a model is. Fill with jko_model_options_init(), then change what you need. */
typedef struct jko_model_options {
    /** sizeof(jko_model_options). */
    size_t struct_size;
    /** Parametrisation of V; default ::JKO_POTENTIAL_MLP. */
    jko_potential potential;
    /** Parametrisation of U; default ::JKO_INTERACTION_NONE. */
    jko_interaction interaction;
    /** Nonzero: with internal energy, whose level beta is learned. Default 0. */
    int32_t internal;
    /** Default ::JKO_SCHEME_EXPLICIT, which is right more often on real populations: it smooths the noise of sampled snapshots, which the
        implicit scheme amplifies. */
    jko_scheme scheme;
    /** Nonzero: V(x, t) depends on time. Default 0. */
    int32_t time_varying;
    /** MLP: number of hidden layers, 1 to 8; default 2. */
    int32_t hidden_count;
    /** MLP: width of each hidden layer, 1 to 4096; default 64 each. */
    int32_t hidden[JKO_MAX_HIDDEN_LAYERS];
    /** Linear: the features of V. */
    jko_feature_options potential_features;
    /** Linear: the features of U. */
    jko_feature_options interaction_features;
    /** Internal energy: how each snapshot's density is estimated; default as jko_density_options_init() has it. Seed, start and progress are
        those of the fit, and must be 0 and NULL here; absolute_regularization must be 0. */
    jko_density_options density;
    /** MLP: of V and U alike; default ::JKO_ACTIVATION_SOFTPLUS. */
    jko_activation activation;
    /** MLP: number of hidden layers of U, 1 to 8, or 0 (default) for those of V. */
    int32_t interaction_hidden_count;
    /** MLP: width of each hidden layer of U, 1 to 4096. */
    int32_t interaction_hidden[JKO_MAX_HIDDEN_LAYERS];
} jko_model_options;

/**
 * Fill options with the defaults.
 *
 * @param struct_size  sizeof(jko_model_options)
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size)
 */
jko_status jko_model_options_init(jko_model_options *options, size_t struct_size);

/**
 * A model that has not seen data.
 *
 * @param options  NULL for the defaults
 * @param out      the model, owned by the caller
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID
 */
jko_status jko_model_create(const jko_model_options *options, jko_model **out);

/** The ridge that a linear fit takes by itself: 1e-6, but 1e-3 where V and U are learned together. These share forces that finite samples
    barely tell apart, and with a weaker one may come out large and opposite. jko_model_ridge() says what was taken. */
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
    /** The delta method: every particle's influence on the coefficients, in all its roles, as a site, a partner, one of those over whom
        U is averaged and one of those from whom the density is estimated. For exact plans and mixture densities. */
    JKO_ERROR_BARS_INFLUENCE = 1,
    /** Fits to populations drawn anew from the particles, with new plans and densities. */
    JKO_ERROR_BARS_BOOTSTRAP = 2
};

/** How Adam's step size changes over the epochs. */
typedef int32_t jko_schedule;

enum {
    JKO_SCHEDULE_CONSTANT = 0,
    /** Half a cosine from learning_rate down to final_rate times it. */
    JKO_SCHEDULE_COSINE = 1,
    /** By the same factor every epoch, from learning_rate to final_rate times it. */
    JKO_SCHEDULE_EXPONENTIAL = 2
};

/** What is done with parameters that enter the objective linearly: the output layers of networks, coefficients of features, and beta. */
typedef int32_t jko_last_layer;

enum {
    /** They are trained like the others. */
    JKO_LAST_LAYER_TRAINED = 0,
    /** They are solved for in closed form before the first epoch, after every last_layer_every epochs and after the last, and trained in
        between (after variable projection; Golub and Pereyra 1973). The step towards the minimiser is damped, by 10 times the diagonal of the
        normal matrix while training goes on and by the fit's ridge at the end, so that the objective over the couplings it is solved on
        cannot grow: all of them, or, with a network U, as many as two million pairs allow. */
    JKO_LAST_LAYER_EXACT = 1
};

/** What training is watched by, on particles held out of each snapshot. */
typedef int32_t jko_validation;

enum {
    JKO_VALIDATION_NONE = 0,
    /** The objective on plans between the held-out particles. */
    JKO_VALIDATION_LOSS = 1,
    /** The mean earth mover's distance of one-step-ahead predictions of the held-out particles, as jko_evaluate() has it. */
    JKO_VALIDATION_EMD = 2
};

/** How a model is fitted. Fill with jko_fit_options_init(), then change what you need. */
typedef struct jko_fit_options {
    /** sizeof(jko_fit_options). */
    size_t struct_size;
    /** MLP: passes over all couplings, 1 to 10,000,000; default 400. */
    int64_t epochs;
    /** MLP: couplings per step of Adam, 1 or more; default 250. More than there are means all of them. */
    int64_t batch_size;
    /** MLP: step size of Adam (moments 0.9 and 0.999, epsilon 1e-8) in the first epoch, positive; default 5e-3. */
    double learning_rate;
    /** MLP: largest Euclidean norm of a gradient, positive; longer ones are scaled down; default 10. */
    double clip_norm;
    /** Linear: weight of the squared coefficients of standardised features, relative to the mean of the normal
        matrix's diagonal, 0 or more; default ::JKO_RIDGE_USUAL. */
    double ridge;
    /** MLP: ::JKO_FLOAT32 (default) or ::JKO_FLOAT64, the precision of training. Evaluation is always in double. */
    jko_dtype precision;
    /** Zero. */
    int32_t reserved;
    /** Seed of the initial weights, the order of couplings and the choice of centres; default 0. Same seed, same model. */
    uint64_t seed;
    /** Called after each round of plans (as many as there are threads), after each epoch, and about ten times a second within all that is
        long, closed forms and error bars too; NULL (default) for never. When it cancels the training of a network, the model keeps the weights
        reached so far and is fitted; when it cancels anything else, the model is as it was. */
    jko_progress_callback progress;
    /** Passed to the callback. */
    void *user_data;
    /** The plans between consecutive snapshots: ::JKO_PLAN_EXACT (default), ::JKO_PLAN_SINKHORN or ::JKO_PLAN_UNBALANCED. An entropic
        plan's n m pairs enter the objective as one coupling per particle of the later snapshot (of the earlier one in the explicit
        scheme), with its barycentre and the mass of the plan, which changes the objective by a constant only. */
    jko_plan_method coupling;
    /** Zero. */
    int32_t reserved2;
    /** Entropic: as in ::jko_plan_options, in squared length; default 0. */
    double epsilon;
    /** Entropic: tolerance of ::jko_plan_options; default 1e-6. A plan that does not converge is an error. */
    double plan_tolerance;
    /** Entropic: max_iterations of ::jko_plan_options; default 10,000. */
    int64_t plan_max_iterations;
    /** Unbalanced: rho of the earlier snapshot, as in ::jko_plan_options, in squared length; default INFINITY. Every transition counts
        the same, whatever mass its plan has. */
    double relaxation_x;
    /** Unbalanced: rho of the later snapshot. */
    double relaxation_y;
    /** Linear: how the ridge is chosen; default ::JKO_RIDGE_FIXED. A model with a network refuses the other. */
    jko_ridge_method ridge_method;
    /** Linear: see linear.h; default ::JKO_ERROR_BARS_NONE. A model with a network refuses the others. */
    jko_error_bars error_bars;
    /** Linear, with ::JKO_ERROR_BARS_BOOTSTRAP: how many populations are drawn, 2 to 100,000; default 200. */
    int64_t bootstrap_samples;
    /** MLP U: pairs per coupling over which U is averaged, 2 or more, or 0 (default) for the whole snapshot, as in the objective. The square
        of a mean over a sample would be biased, and make U flat; so the pairs are two independent samples A and B of half as many particles
        each, and r_A . r_B takes the place of |r|^2 in the objective's terms (see above): its expectation over samples is the term. As a sum
        over few pairs it may be negative. In one and two coordinates and single precision, forces are interpolated between the nodes of a
        lattice, to 2^-18 of the largest, where that is quicker: many pairs, and whole snapshots, then cost little more than few. */
    int64_t interaction_samples;
    /** MLP: default ::JKO_SCHEDULE_COSINE. */
    jko_schedule schedule;
    /** MLP: default ::JKO_LAST_LAYER_TRAINED. */
    jko_last_layer last_layer;
    /** MLP: the step size at the end as a part of learning_rate, in (0, 1]; default 0.01. */
    double final_rate;
    /** MLP: epochs from one solution of the last layer to the next, 1 to 2^31 - 1; default 10. */
    int64_t last_layer_every;
    /** MLP: whether and by what the best epoch is chosen, on held-out particles; the model keeps its weights. Default ::JKO_VALIDATION_NONE. */
    jko_validation validation;
    /** MLP: nonzero: continue from the checkpoint, if there is one; it must be of no more epochs, and of the same data and options, save for
        progress, checkpoint, checkpoint_every, resume and, where the schedule is constant, epochs. The result is bit for bit that of a fit that was never interrupted. Default 0. */
    int32_t resume;
    /** MLP: the part of each snapshot's particles that is held out, in (0, 1); default 0.2. */
    double validation_fraction;
    /** MLP: epochs from one validation to the next, 1 to 2^31 - 1; default 10. */
    int64_t validation_every;
    /** MLP: training ends after so many validations in a row without a new best, 1 to 2^31 - 1; default 10. */
    int64_t patience;
    /** MLP: where the state of training is written, UTF-8; each time whole or not at all. It is a model file as well, of the weights that
        the fit would return then. A file that is there already is not written over: it is an error unless `resume` is set. NULL (default)
        for none. */
    const char *checkpoint;
    /** MLP: epochs from one checkpoint to the next, 1 to 2^31 - 1; default 100. One more is written when training ends or is cancelled. */
    int64_t checkpoint_every;
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
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EINVALID, ::JKO_ESHAPE (one snapshot only), ::JKO_ENONFINITE (a spread or gap too large or
 *         too small to compute with), ::JKO_ECANCELLED, ::JKO_ENOMEM, or
 *         ::JKO_ECONVERGENCE (a plan not certified or not converged, a loss that is no longer finite, a singular system)
 */
jko_status jko_model_fit(jko_model *model, const jko_snapshots *snapshots, const jko_fit_options *options);

/** What is known of a model. */
typedef struct jko_model_info {
    /** sizeof(jko_model_info), set by the caller. */
    size_t struct_size;
    /** Nonzero once fitted or loaded. Dimension and the counts are 0 before. */
    int32_t fitted;
    /** Parametrisation of V. */
    jko_potential potential;
    /** Scheme of fit and prediction. */
    jko_scheme scheme;
    /** Nonzero if V depends on time. */
    int32_t time_varying;
    /** Parametrisation of U. */
    jko_interaction interaction;
    /** Nonzero if there is internal energy. */
    int32_t internal;
    /** Coordinates d. */
    int64_t dimension;
    /** Number of fitted times T + 1. */
    int64_t time_count;
    /** Number of weights or coefficients. */
    int64_t parameter_count;
    /** Number of recorded losses: epochs run (0 in a checkpoint of the start), or 1 for a closed form. */
    int64_t history_count;
} jko_model_info;

/** Describe a model. @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size) */
jko_status jko_model_describe(const jko_model *model, jko_model_info *info);

/**
 * A model's options, fit and training data in words: one JSON object.
 *
 * Members: fitted; model (potential "mlp" or "linear", scheme, time_varying, and hidden and activation or the members
 * of ::jko_feature_options; interaction, with interaction_hidden and interaction_activation or interaction_features; internal and density; polynomial_total true, false or null for -1, radial as in "thin_plate"); once fitted also fit (the members of ::jko_fit_options; ridge null for the usual one, a number or "gcv"; precision "float32" or "float64", coupling "exact", "sinkhorn" or "unbalanced"; those of entropic plans for
 * them only, null for an epsilon of 0 and infinite relaxations), dimension,
 * parameters (their number), times, length_scale and time_scale (of the standardised coordinates), losses (their number), final_loss.
 *
 * @param buffer    receives the text and a terminating 0, as far as they fit; may be NULL if capacity is 0
 * @param capacity  bytes in buffer
 * @param length    length of the whole text without the 0
 * @return ::JKO_OK or ::JKO_ENULL
 */
jko_status jko_model_describe_json(const jko_model *model, char *buffer, size_t capacity, size_t *length);

/**
 * The fitted times t_0 < .. < t_T.
 *
 * @param out  shape (time_count, 1)
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE or ::JKO_ENOTFITTED
 */
jko_status jko_model_times(const jko_model *model, const jko_array *out);

/**
 * The objective, averaged over the couplings of each epoch, in squared length.
 *
 * @param out  shape (history_count, 1)
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE or ::JKO_ENOTFITTED
 */
jko_status jko_model_history(const jko_model *model, const jko_array *out);

/**
 * The potential V(x, t), in length^2/time, up to an additive constant (of time, when time-varying).
 *
 * NaN, here and from the functions below, where features of opposite signs exceed the largest number: monomials whose exponents sum to p
 * do so some 1e308^(1/p) length scales away from the training points.
 *
 * @param x    shape (n, d), finite
 * @param t    the time, finite; unused unless the model is time-varying
 * @param out  shape (n, 1)
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_ENONFINITE, ::JKO_ENOTFITTED or ::JKO_EINVALID (no such term)
 */
jko_status jko_model_potential(const jko_model *model, const jko_array *x, double t, const jko_array *out);

/**
 * The gradient of V(x, t) with respect to x, in length/time.
 *
 * @param x    shape (n, d), finite
 * @param t    the time, finite; unused unless the model is time-varying
 * @param out  shape (n, d)
 * @return as jko_model_potential()
 */
jko_status jko_model_potential_gradient(const jko_model *model, const jko_array *x, double t, const jko_array *out);

/**
 * The interaction U(x), in length^2/time, with U(0) = 0.
 *
 * @param x    differences between particles, shape (n, d), finite
 * @param out  shape (n, 1)
 * @return as jko_model_potential()
 */
jko_status jko_model_interaction(const jko_model *model, const jko_array *x, const jko_array *out);

/**
 * The gradient of U(x), in length/time.
 *
 * @param x    differences between particles, shape (n, d), finite
 * @param out  shape (n, d)
 * @return as jko_model_potential()
 */
jko_status jko_model_interaction_gradient(const jko_model *model, const jko_array *x, const jko_array *out);

/** The internal energy's level beta, in length^2/time. @return ::JKO_OK, ::JKO_ENULL, ::JKO_ENOTFITTED or ::JKO_EINVALID (no such term) */
jko_status jko_model_beta(const jko_model *model, double *beta);

/**
 * The energy J of a population, in length^2/time, with the density estimated as in fitting.
 *
 * @param x        shape (n, d), finite
 * @param weights  shape (n, 1), not negative, with a positive sum, by which they are divided; NULL for 1/n each
 * @param t        the time, finite; unused unless the model is time-varying
 * @param energy   receives J, up to the constant of V
 * @return as jko_model_potential(), or ::JKO_EPOPULATION (weights, or particles without a density)
 */
jko_status jko_model_energy(const jko_model *model, const jko_array *x, const jko_array *weights, double t,
                            double *energy);

/**
 * Write a fitted model as a safetensors file; description and checksum are in its `__metadata__`.
 *
 * @param path  UTF-8; the file appears whole or not at all
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EIO or ::JKO_ENOTFITTED
 */
jko_status jko_model_save(const jko_model *model, const char *path);

/**
 * Read a model that jko_model_save() wrote; it evaluates and predicts bit for bit as the saved one.
 *
 * @param path  UTF-8
 * @param out   the model, owned by the caller
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EIO or ::JKO_EFORMAT (truncated, damaged, or no model of this library)
 */
jko_status jko_model_load(const char *path, jko_model **out);

/** Release a model; NULL is accepted. */
void jko_model_destroy(jko_model *model);

#ifdef __cplusplus
}
#endif

#endif
