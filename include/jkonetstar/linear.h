/**
 * @file jkonetstar/linear.h
 * @brief Energies that are linear in their coefficients: error bars, what the data can tell apart, sums over machines.
 *
 * A model whose terms are all linear (no networks) is fitted by one linear solve. At site i, a particle of the later
 * snapshot in the implicit scheme and of the earlier one in the explicit scheme, J_i (F x d) holds the gradients of the
 * features of V, those of U averaged over the population, and the score. With the mass m_i and the mean shift s_i of
 * the site and rho = tau / tau-bar,
 *
 *     A = sum_i m_i rho^2 J_i J_i^T,   r = - sum_i m_i rho J_i s_i,   (A + ridge diag A) theta = r
 *
 * (JKOnet*, arXiv:2406.12616, section 3.4). In the midpoint scheme sites are the middles of pairs, and beta's row and
 * column are those of an instrument (docs/design.md). What part of the ridge a coefficient has is said in fit.h.
 * Coefficients and these sums are in the standardised coordinates z = (x - centre) / length_scale, s = (t - t_0) /
 * time_scale, in which V is (length_scale^2 / time_scale) times the sum of coefficients and features; order: V's
 * features, times 1, s, s^2, .. if time-varying; U's; beta.
 */
#ifndef JKONETSTAR_LINEAR_H
#define JKONETSTAR_LINEAR_H

#include "array.h"
#include "common.h"
#include "fit.h"
#include "model.h"
#include "snapshots.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The coefficients theta, in standardised coordinates.
 *
 * @param out  shape (parameter_count, 1)
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_ENOTFITTED or ::JKO_EINVALID (a model with a network)
 */
jko_status jko_model_coefficients(const jko_model *model, const jko_array *out);

/**
 * The ridge that a fit used, and the criterion by which it was chosen.
 *
 * @param ridge  receives the weight of the squared coefficients, whether given, usual or chosen
 * @param score  receives, after ::JKO_RIDGE_CROSS_VALIDATED, the criterion at this ridge, RSS / (1 - trace H / N)^2
 *               with RSS the objective less the part that no energy can change, H the map from the N numbers of mean
 *               shifts to their predictions; in length^2. NaN otherwise. May be NULL
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ENOTFITTED or ::JKO_EINVALID (a model with a network)
 */
jko_status jko_model_ridge(const jko_model *model, double *ridge, double *score);

/**
 * The covariance of the coefficients, from a fit with error bars.
 *
 * @param out  shape (parameter_count, parameter_count)
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_ENOTFITTED or ::JKO_EINVALID (no error bars)
 */
jko_status jko_model_covariance(const jko_model *model, const jko_array *out);

/**
 * Which terms of the energy the data can tell apart: one JSON object. Its members are
 *
 *   sentence     what the other members say, in words
 *   identified   whether the data tell all terms apart
 *   rank         number of directions that the data determine
 *   features     number of coefficients
 *   spectrum     eigenvalues of the normal matrix, standardised to a diagonal of 1, ascending
 *   separations  array of one object per term, see below
 *   angles       array of one object per two terms: `first`, `second` and `angles`, the principal angles between the
 *                fields that they can make, in radians, ascending
 *   weakest      array of the features of the direction that the data determine least, each with `name` and `weight`
 *
 * An object of separations compares the fields that a term can make with those of all other terms together:
 *
 *   term         "potential", "interaction" or "internal"
 *   smallest     angle, in radians, of the term's field that is most like those of the others
 *   largest      angle of the one that is least like them
 *   fitted       angle of the field that the term has in this fit
 *   confounded   number of directions of the term at an angle below 1e-3
 *   rank         number of directions of the term
 *   identified   whether the data tell the term from the others
 *
 * @param buffer    receives the text and a terminating 0, as far as they fit; may be NULL if capacity is 0
 * @param capacity  bytes in buffer
 * @param length    length of the whole text without the 0
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ENOTFITTED or ::JKO_EINVALID (a model with a network)
 */
jko_status jko_model_observability(const jko_model *model, char *buffer, size_t capacity, size_t *length);

/**
 * Whether jko_model_observability() says that all terms are identified. Where all of them clearly are, this takes about
 * a twentieth of the time of that report.
 *
 * @param identified  receives 1 or 0
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ENOTFITTED or ::JKO_EINVALID (a model with a network)
 */
jko_status jko_model_identified(const jko_model *model, int32_t *identified);

/** Sums A and r over transitions, over the features of one model; release with jko_normal_equations_destroy(). */
typedef struct jko_normal_equations jko_normal_equations;

/**
 * Empty sums over the features and in the standardised coordinates of a fitted model without networks.
 *
 * Machines that load the same model file sum the same features; what they have summed can be merged in any order, to
 * the same answer.
 *
 * @param model  fitted; it may be destroyed afterwards, but what a callback of its features needs must outlive the sums
 * @param out    the sums, owned by the caller
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ENOTFITTED or ::JKO_EINVALID (a model with a network)
 */
jko_status jko_normal_equations_create(const jko_model *model, jko_normal_equations **out);

/**
 * Add the transitions of a series of snapshots. Its plans and densities are computed here.
 *
 * The sums must not be in use by another thread meanwhile. On failure they are unchanged.
 *
 * @param snapshots  at least two, of the model's dimension
 * @param options    transport, growth, seed and progress are used; NULL for the defaults
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_EINVALID, ::JKO_EPOPULATION (internal energy of particles without
 *         a density), ::JKO_ENONFINITE (features overflow, far from where the model was fitted), ::JKO_ECANCELLED,
 *         ::JKO_ECONVERGENCE or ::JKO_ENOMEM
 */
jko_status jko_normal_equations_accumulate(jko_normal_equations *equations, const jko_snapshots *snapshots,
                                           const jko_fit_options *options);

/**
 * Add what others have summed over the same features.
 *
 * @param other  unchanged
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EINVALID (other features or coordinates) or ::JKO_ENONFINITE (the sum overflows)
 */
jko_status jko_normal_equations_merge(jko_normal_equations *equations, const jko_normal_equations *other);

/**
 * Add the sums that a model was fitted by, over the same features.
 *
 * @param model  fitted; unchanged
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ENOTFITTED, ::JKO_EINVALID (a network, other features or coordinates) or
 *         ::JKO_ENONFINITE (the sum overflows)
 */
jko_status jko_normal_equations_merge_model(jko_normal_equations *equations, const jko_model *model);

/** Normal equations without A and r: their size, and the sums that do not depend on coefficients. */
typedef struct jko_normal_equations_info {
    /** sizeof(jko_normal_equations_info), set by the caller. */
    size_t struct_size;
    /** Number F of coefficients. */
    int64_t count;
    /** Number of transitions in the sums, those of merged and imported sums included. */
    double transitions;
    /** Number of equations: sites times coordinates. */
    double equations;
    /** Sum of mass |y - x|^2 over pairs, which is the objective at theta = 0 times the number of transitions. */
    double constant;
    /** The part of `constant` that no energy can change: the sum of mass |y - x - s|^2, with s the mean shift of the
        pair's site. */
    double scatter;
} jko_normal_equations_info;

/** Describe sums. @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size) */
jko_status jko_normal_equations_describe(const jko_normal_equations *equations, jko_normal_equations_info *info);

/**
 * The sums as arrays, to be sent or stored.
 *
 * @param matrix  A, shape (F, F)
 * @param right   r, shape (F, 1)
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_ESHAPE
 */
jko_status jko_normal_equations_export(const jko_normal_equations *equations, const jko_array *matrix,
                                       const jko_array *right);

/**
 * Add sums that were exported over the same features.
 *
 * @param matrix  A, shape (F, F), finite, symmetric
 * @param right   r, shape (F, 1), finite
 * @param info    of the exported sums; finite, not negative
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_ENONFINITE or ::JKO_EINVALID
 */
jko_status jko_normal_equations_import(jko_normal_equations *equations, const jko_array *matrix, const jko_array *right,
                                       const jko_normal_equations_info *info);

/**
 * The model that the sums make.
 *
 * @param options  ridge, ridge_method and progress are used; NULL for the defaults
 * @param out      a fitted model, owned by the caller; without error bars
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EINVALID (nothing was added), ::JKO_ECANCELLED or ::JKO_ECONVERGENCE
 */
jko_status jko_normal_equations_solve(const jko_normal_equations *equations, const jko_fit_options *options,
                                      jko_model **out);

/** Release sums; NULL is accepted. */
void jko_normal_equations_destroy(jko_normal_equations *equations);

#ifdef __cplusplus
}
#endif

#endif
