/**
 * @file jkonetstar/terms.h
 * @brief The terms of a fitted energy at points: V, U and beta, their gradients, Hessian products and error bars.
 *
 * The functions are made for a simulator's inner loop. The first call of each function on a thread takes memory, which
 * the model keeps. Later calls allocate none, as long as arrays are contiguous doubles that do not overlap, there is
 * one time for all points, and n is below 2^20 / (d (features + 1)), above which features are spread over threads.
 * Calls do allocate where features are a callback's, or sines and cosines of monomials, or where more than 64 threads
 * evaluate models.
 *
 * Values are NaN where features of opposite signs exceed the largest number: monomials whose exponents sum to p do so
 * some 1e308^(1/p) length scales away from the training points.
 */
#ifndef JKONETSTAR_TERMS_H
#define JKONETSTAR_TERMS_H

#include "array.h"
#include "common.h"
#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The potential V(x, t), in length^2/time, up to an additive constant (of time, when time-varying), and its gradient
 * with respect to x, in length/time. Both together cost little more than the gradient.
 *
 * @param x         shape (n, d), finite
 * @param t         times, finite: shape (n, 1), or (1, 1) for one time of all; NULL unless the model is time-varying
 * @param value     shape (n, 1), or NULL if not wanted
 * @param gradient  shape (n, d), or NULL if not wanted
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_ENONFINITE, ::JKO_ENOTFITTED or ::JKO_EINVALID (no such term,
 *         times for a model that does not vary, neither output wanted)
 */
jko_status jko_model_potential(const jko_model *model, const jko_array *x, const jko_array *t, const jko_array *value,
                               const jko_array *gradient);

/**
 * The Hessian of V(x, t) at each point times that point's direction, in 1/time times the unit of the directions.
 *
 * @param x           shape (n, d), finite
 * @param t           as in jko_model_potential()
 * @param directions  shape (n, d), finite
 * @param out         shape (n, d)
 * @return as jko_model_potential()
 */
jko_status jko_model_potential_hessian_product(const jko_model *model, const jko_array *x, const jko_array *t,
                                               const jko_array *directions, const jko_array *out);

/**
 * Standard errors from a fit with error bars: of V(x, t) - V(c, t), in length^2/time, with c the centre of the training
 * points (V is known up to a constant), and of grad V(x, t), in length/time.
 *
 * Those of a model with networks are the standard deviation over the members of the bootstrap, M of them, times
 * t_0.975 / 1.96 of M - 1 degrees of freedom (1.15 for 10), so that two errors cover in 95 % of cases.
 *
 * @param x         shape (n, d), finite
 * @param t         as in jko_model_potential()
 * @param value     shape (n, 1), or NULL if not wanted
 * @param gradient  shape (n, d), or NULL if not wanted
 * @return as jko_model_potential(); ::JKO_EINVALID also without error bars
 */
jko_status jko_model_potential_error(const jko_model *model, const jko_array *x, const jko_array *t,
                                     const jko_array *value, const jko_array *gradient);

/**
 * The interaction U(x), in length^2/time, with U(0) = 0, and its gradient, in length/time.
 *
 * @param x         differences between particles, shape (n, d), finite
 * @param value     shape (n, 1), or NULL if not wanted
 * @param gradient  shape (n, d), or NULL if not wanted
 * @return as jko_model_potential()
 */
jko_status jko_model_interaction(const jko_model *model, const jko_array *x, const jko_array *value,
                                 const jko_array *gradient);

/**
 * The Hessian of U(x) at each difference times that difference's direction, in the same unit.
 *
 * @param x           differences between particles, shape (n, d), finite
 * @param directions  shape (n, d), finite
 * @param out         shape (n, d)
 * @return as jko_model_potential()
 */
jko_status jko_model_interaction_hessian_product(const jko_model *model, const jko_array *x,
                                                 const jko_array *directions, const jko_array *out);

/**
 * Standard errors from a fit with error bars: of U(x), in length^2/time, and of grad U(x), in length/time.
 *
 * @param x         differences between particles, shape (n, d), finite
 * @param value     shape (n, 1), or NULL if not wanted
 * @param gradient  shape (n, d), or NULL if not wanted
 * @return as jko_model_potential_error()
 */
jko_status jko_model_interaction_error(const jko_model *model, const jko_array *x, const jko_array *value,
                                       const jko_array *gradient);

/**
 * The internal energy's level beta, in length^2/time.
 *
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ENOTFITTED or ::JKO_EINVALID (no such term)
 */
jko_status jko_model_beta(const jko_model *model, double *beta);

/**
 * The standard error of beta, in length^2/time, from a fit with error bars.
 *
 * @return as jko_model_beta(); ::JKO_EINVALID also without error bars
 */
jko_status jko_model_beta_error(const jko_model *model, double *error);

/**
 * The energy J of a population, in length^2/time, with the density estimated as in fitting.
 *
 * @param x        shape (n, d), finite
 * @param weights  shape (n, 1), not negative, with a positive sum, by which they are divided; NULL for 1/n each
 * @param t        one time, shape (1, 1), finite; NULL unless the model is time-varying
 * @param energy   receives J, up to the constant of V
 * @return as jko_model_potential(), or ::JKO_EPOPULATION (weights, or particles without a density)
 */
jko_status jko_model_energy(const jko_model *model, const jko_array *x, const jko_array *weights, const jko_array *t,
                            double *energy);

#ifdef __cplusplus
}
#endif

#endif
