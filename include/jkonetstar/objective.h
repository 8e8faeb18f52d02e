/**
 * @file jkonetstar/objective.h
 * @brief What networks are trained on, as a function of their parameters: for optimisers of your own.
 *
 * jko_model_fit() trains networks by Adam on minibatches, in single precision unless asked otherwise. The functions
 * here give the whole objective of fit.h in double precision, with its gradient, for L-BFGS, Gauss-Newton, samplers or
 * any other method that chooses the parameters. It is smooth, and the same function at every call:
 *
 *     jko_objective_create(model, snapshots, NULL, &objective);
 *     jko_objective_initial_parameters(objective, &parameters);
 *     while (..) jko_objective_value_and_gradient(objective, &parameters, &value, &gradient);
 *     jko_objective_model(objective, &parameters, NULL, &fitted);
 *
 * Parameters are numbers without units, in this order. A term that the model lacks has none.
 *
 *  1. V's network, if it is one: W_1, b_1, .., W_L, b_L, w, b of V = w . h_L + b, h_l = activation(W_l h_{l-1} + b_l);
 *     matrices row-major, a row per output; h_0 the standardised coordinates z = (x - centre) / length_scale, then, if
 *     time-varying, s = (t - t_0) / time_scale; V in length_scale^2 / time_scale. b moves no particle: its gradient is
 *     0.
 *  2. U's network, likewise, over differences of z.
 *  3. The coefficients of features, in the order of linear.h: V's, U's, beta; each times the root mean square, over all
 *     couplings by weight, of rho times its feature's force (rho = tau_k over the mean of all tau), so that a step of
 *     any of them moves particles alike. A feature without a force is left as it is.
 *
 * length_scale and time_scale are those of jko_model_describe_json(). With U, internal energy or an entropic plan, the
 * pairs of a particle enter as one coupling with their mean, which lowers the objective by a constant. With internal
 * energy, particles far from the rest of their population count less, as in jko_model_fit().
 *
 * An objective does not change: several threads may use one at once.
 */
#ifndef JKONETSTAR_OBJECTIVE_H
#define JKONETSTAR_OBJECTIVE_H

#include "array.h"
#include "common.h"
#include "fit.h"
#include "model.h"
#include "snapshots.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The objective of an energy with networks over snapshots; release with jko_objective_destroy(). */
typedef struct jko_objective jko_objective;

/**
 * The objective of a model over snapshots: plans, densities and the forces of features are computed here, once.
 *
 * @param model      with a network for V, U or both; what it was fitted to, if it was, plays no part. It may be
 *                   destroyed afterwards, but what a callback of its features needs must outlive the objective
 * @param snapshots  at least two; they may be destroyed afterwards
 * @param options    transport, growth, seed, training->interaction_samples and progress are used; NULL for the
 *                   defaults. With interaction_samples the mean of U is over two samples per coupling, drawn once from
 *                   the seed, as in the first epoch of training; a sum of products over samples that stay the same
 *                   need not have a minimum
 * @param out        the objective, owned by the caller
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EINVALID (no network: see jko_model_fit() and jko_normal_equations_create() for
 *         closed forms), ::JKO_ESHAPE (one snapshot only, growth of other coordinates), ::JKO_ENONFINITE,
 *         ::JKO_EPOPULATION (internal energy of particles without a density), ::JKO_ECANCELLED, ::JKO_ENOMEM or
 *         ::JKO_ECONVERGENCE
 */
jko_status jko_objective_create(const jko_model *model, const jko_snapshots *snapshots, const jko_fit_options *options,
                                jko_objective **out);

/** Number p of parameters; 0 for NULL. */
int64_t jko_objective_parameter_count(const jko_objective *objective);

/**
 * Where jko_model_fit() begins: weights normal with variance 1 / inputs, from the seed; biases and coefficients 0.
 *
 * @param out  shape (p, 1)
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_ESHAPE
 */
jko_status jko_objective_initial_parameters(const jko_objective *objective, const jko_array *out);

/**
 * The objective, in squared length, and its gradient in the parameters, which is then in squared length, too.
 *
 * @param parameters  shape (p, 1), finite
 * @param value       receives the objective; an infinity or NaN where it exceeds the largest number. With
 *                    interaction_samples it may be negative
 * @param gradient    shape (p, 1), or NULL
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_ENONFINITE or ::JKO_ENOMEM
 */
jko_status jko_objective_value_and_gradient(const jko_objective *objective, const jko_array *parameters, double *value,
                                            const jko_array *gradient);

/**
 * The model that parameters make.
 *
 * @param parameters  shape (p, 1), finite
 * @param history     what jko_model_history() shall return, shape (n, 1), finite; NULL for the objective of the
 *                    parameters alone
 * @param out         a fitted model, owned by the caller
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_ENONFINITE, ::JKO_ENOMEM or ::JKO_ECONVERGENCE (the objective of
 *         the parameters is not finite)
 */
jko_status jko_objective_model(const jko_objective *objective, const jko_array *parameters, const jko_array *history,
                               jko_model **out);

/** Release an objective; NULL is accepted. */
void jko_objective_destroy(jko_objective *objective);

#ifdef __cplusplus
}
#endif

#endif
