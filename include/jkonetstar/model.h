/**
 * @file jkonetstar/model.h
 * @brief The learned energy as an object: what it is made of, creating, describing, saving and loading it.
 *
 * A population mu has the energy, of which any terms may be left out,
 *
 *     J(mu) = int V dmu + 1/2 int int U(x - y) dmu(x) dmu(y) + beta int log(density) dmu
 *
 * with potential V(x, t), interaction U and internal energy beta (the diffusion level), all in length^2/time. fit.h
 * learns it from snapshots, terms.h evaluates it, dynamics.h predicts with it.
 *
 * A model changes only in jko_model_fit() and jko_model_set_growth(). All else may run on it from several threads.
 */
#ifndef JKONETSTAR_MODEL_H
#define JKONETSTAR_MODEL_H

#include "array.h"
#include "common.h"
#include "density.h"
#include "features.h"

#ifdef __cplusplus
extern "C" {
#endif

/** An energy, to be fitted or fitted; release with jko_model_destroy(). */
typedef struct jko_model jko_model;

/** How the potential V, or the interaction U, is parametrised. */
typedef int32_t jko_parametrisation;

enum {
    /** The energy has no such term. */
    JKO_NONE = 0,
    /** A network (multilayer perceptron), trained on minibatches of couplings. */
    JKO_NETWORK = 1,
    /** A linear combination of features: fitted in closed form, or, beside a network, trained with it. */
    JKO_LINEAR = 2
};

/** Where the first-order condition is evaluated, in fitting and in prediction alike. */
typedef int32_t jko_scheme;

enum {
    /** Midpoint where U or beta is learned, explicit where V alone is. */
    JKO_SCHEME_USUAL = -1,
    /** At the end of the step: y = x - tau grad V(y, t + tau), the JKO step. */
    JKO_SCHEME_IMPLICIT = 0,
    /** At its beginning: y = x - tau grad V(x, t). */
    JKO_SCHEME_EXPLICIT = 1,
    /** In the middle of each coupling and half-way in time; of second order in the step, for energies. */
    JKO_SCHEME_MIDPOINT = 2
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

/** The largest number of hidden layers. */
#define JKO_MAX_HIDDEN_LAYERS 8

/** A network. Fill with jko_network_options_init(), then change what you need. */
typedef struct jko_network_options {
    /** sizeof(jko_network_options). */
    size_t struct_size;
    /** Number of hidden layers, 1 to 8; default 2. */
    int32_t hidden_count;
    /** Default ::JKO_ACTIVATION_SILU. */
    jko_activation activation;
    /** Width of each hidden layer, 1 to 4096; default 64 each. */
    int32_t hidden[JKO_MAX_HIDDEN_LAYERS];
} jko_network_options;

/**
 * Fill options with the defaults.
 *
 * @param struct_size  sizeof(jko_network_options)
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size)
 */
jko_status jko_network_options_init(jko_network_options *options, size_t struct_size);

/** A fit decides by held-out particles whether V varies in time: a fifth of each snapshot's particles are held out,
    both kinds of V are fitted to the others, and the one that predicts these better (by the product of the mean W1 one
    step ahead and rolled out) is fitted to all. V is constant with two snapshots, with fewer than 10 particles in one,
    in energies with U, beta or a linear V, and in objectives. */
#define JKO_TIME_VARYING_BY_DATA (-1)

/**
 * What a model is. Fill with jko_model_options_init(), then change what you need.
 *
 * Pointers are read during jko_model_create() only. Options of a term that the energy does not have must be NULL.
 */
typedef struct jko_model_options {
    /** sizeof(jko_model_options). */
    size_t struct_size;

    /* The potential V */

    /** Default ::JKO_NETWORK. */
    jko_parametrisation potential;
    /** Nonzero: V(x, t) depends on time. ::JKO_TIME_VARYING_BY_DATA predicts best where nothing is known; a program
        must then be ready for V with and without times. Default 0. */
    int32_t time_varying;
    /** V as a network; NULL (default) for the defaults. */
    const jko_network_options *potential_network;
    /** V by features; NULL (default) for the defaults. */
    const jko_feature_options *potential_features;

    /* The interaction U, a function of the difference of two particles */

    /** Default ::JKO_NONE. */
    jko_parametrisation interaction;
    /** Nonzero: the energy has an internal energy, whose level beta is learned. Default 0. */
    int32_t internal;
    /** U as a network; NULL (default) for that of V, or, where V is none, the defaults. */
    const jko_network_options *interaction_network;
    /** U by features; NULL (default) for the defaults. */
    const jko_feature_options *interaction_features;

    /* The internal energy */

    /** How each snapshot's density is estimated; NULL (default) for the defaults. Seed, start and progress are those of
        the fit and must be 0 and NULL here; absolute_regularisation must be 0. */
    const jko_density_options *density;

    /** Default ::JKO_SCHEME_USUAL: the explicit scheme predicts best, and the midpoint scheme finds energies best. */
    jko_scheme scheme;
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

/** What is known of a model. */
typedef struct jko_model_info {
    /** sizeof(jko_model_info), set by the caller. */
    size_t struct_size;
    /** Nonzero once fitted or loaded. Dimension and the counts are 0 before. */
    int32_t fitted;
    /** Parametrisation of V. */
    jko_parametrisation potential;
    /** Scheme of fit and prediction. */
    jko_scheme scheme;
    /** 1 if V depends on time, else 0; ::JKO_TIME_VARYING_BY_DATA before a fit that decides it. */
    int32_t time_varying;
    /** Parametrisation of U. */
    jko_parametrisation interaction;
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
    /** Number of energies whose spread is the error bars: those of the bootstrap of networks; else 0. */
    int64_t member_count;
    /** Nonzero if the model has growth; see growth.h. */
    int32_t growth;
} jko_model_info;

/** Describe a model. @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size) */
jko_status jko_model_describe(const jko_model *model, jko_model_info *info);

/**
 * A model's options, fit and training data in words: one JSON object. Its members are
 *
 *   fitted        whether the model is fitted
 *   model         object of the options of the model, see below
 *   fit           object of the options of the fit, see below; this and the following members once fitted only
 *   dimension, parameters     numbers of coordinates, and of weights or coefficients
 *   coordinates, times        names, none where the snapshots had none; the fitted times
 *   length_scale, time_scale  units of the standardised coordinates
 *   growth        whether the model has growth
 *   losses, final_loss        number of recorded losses, and the last of them
 *
 * Members of `model` are potential ("mlp", "linear" or null) with hidden and activation, or with the members of
 * ::jko_feature_options; interaction, likewise, with interaction_hidden and interaction_activation, or with
 * interaction_features; internal; density; scheme; time_varying. scheme_usual and time_decided are true where the
 * scheme was the usual one and where the data decided. polynomial_total is true, false, or null for -1; radial is a
 * word such as "thin_plate".
 *
 * Members of `fit` are those of ::jko_fit_options and ::jko_training_options. ridge is a number, "gcv", or null for the
 * usual one; precision is "float32" or "float64"; coupling is "exact", "sinkhorn" or "unbalanced". The latter two come
 * with the members of ::jko_plan_options, of which tolerance and max_iterations are called plan_tolerance and
 * plan_max_iterations; null stands for an epsilon of 0 and for infinite relaxations. rollout_decided as time_decided.
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
