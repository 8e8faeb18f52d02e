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
 * optimality condition of the JKO step, and (z, s) = (x, t_k) in the explicit scheme, forward Euler. The z_j are all
 * particles of z's snapshot, w_j their weights. In the midpoint scheme z = (x + y) / 2, s = (t_k + t_{k+1}) / 2, the
 * z_j are all middles with their pairs' masses, and the score is the mean of those of snapshot k at x and of snapshot
 * k+1 at y. Points are centred and scaled inside, so that neither a far offset nor
 * the unit of length matters.
 *
 * A model without networks has a closed form. One with a network is trained by Adam (training.h), its linear terms and
 * beta included.
 */
#ifndef JKONETSTAR_FIT_H
#define JKONETSTAR_FIT_H

#include "array.h"
#include "common.h"
#include "growth.h"
#include "model.h"
#include "plan.h"
#include "progress.h"
#include "snapshots.h"
#include "training.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How the ridge of a linear fit is chosen. */
typedef int32_t jko_ridge_method;

enum {
    /** The ridge that is given. */
    JKO_RIDGE_FIXED = 0,
    /** The one that generalised cross-validation finds best (Golub, Heath and Wahba 1979). */
    JKO_RIDGE_CROSS_VALIDATED = 1
};

/** Where the error bars of a fit come from. */
typedef int32_t jko_error_bars;

enum {
    /** No error bars are computed. */
    JKO_ERROR_BARS_NONE = 0,
    /** The delta method: every particle's influence on the coefficients in all its roles, as a site, as a partner, in
        the mean of U and in the density. For linear models with exact plans and mixture densities only. */
    JKO_ERROR_BARS_INFLUENCE = 1,
    /** Fits to populations drawn anew from the particles, with new plans and densities. Networks are also trained from
        other initial weights, and the model keeps all of these energies: its error bars are their spread. */
    JKO_ERROR_BARS_BOOTSTRAP = 2
};

/** The ridge that a linear fit takes by itself: 1e-6, with two exceptions. Where V and U are learned together, it is
    what the data's noise asks for, 1e-3 to 0.1: they share forces that finite samples barely tell apart, so that with a
    weaker ridge both may come out large and of opposite sign. Where beta is learned in the midpoint scheme, and bumps
    or waves are among the features, it is 0.1. See jko_model_ridge(). */
#define JKO_RIDGE_USUAL (-1.0)

/** The rollout weight that a fit takes by itself: 0.25 where V alone is learned, as a network, and 0 otherwise.
    Energies with U or beta are for looking at rather than for following, and are fitted to what was observed. Nothing
    is rolled out while the model explains all but half a percent of the squared shifts, as without noise. In the
    implicit scheme held-out particles decide between 0.25 and 0, which takes three fits instead of one. */
#define JKO_ROLLOUT_USUAL (-1.0)

/** How a model is fitted. Fill with jko_fit_options_init(), then change what you need. */
typedef struct jko_fit_options {
    /** sizeof(jko_fit_options). */
    size_t struct_size;
    /** Seed of the initial weights, the order of couplings and the choice of centres; default 0. Same seed, same
        model. */
    uint64_t seed;
    /** Called after each round of plans (as many as there are threads), after each epoch, and about ten times a second
        within all that is long, closed forms and error bars too; NULL (default) for never. When it cancels the training
        of a network, the model keeps the weights reached so far and is fitted; when it cancels the bootstrap of
        networks, the model is fitted and has no error bars; when it cancels anything else, the model is as it was. */
    jko_progress_callback progress;
    /** Passed to progress. */
    void *progress_user_data;

    /* Transport: the plans between consecutive snapshots */

    /** NULL (default) for exact plans. Otherwise metric must be ::JKO_SQEUCLIDEAN, and progress NULL. An entropic
        plan's n m pairs enter the objective as one coupling per particle of the later snapshot (of the earlier one in
        the explicit scheme), with its barycentre and the mass of the plan, which changes the objective by a constant
        only; every transition counts the same, whatever mass its plan has. A plan that does not converge is an
        error. */
    const jko_plan_options *transport;

    /* Networks */

    /** NULL (default) for the defaults; must be NULL for a model without networks. */
    const jko_training_options *training;

    /* Closed forms and error bars */

    /** Weight of the squared coefficients of standardised features, relative to the mean of the normal matrix's
        diagonal, 0 or more; default ::JKO_RIDGE_USUAL. Where V and U are learned together it is U's, so that forces
        that both can make are V's, and where beta is learned it is that of bumps and waves, which would follow the
        noise of scores; all other coefficients then have a thousandth of it. Also of ::JKO_LAST_LAYER_EXACT. */
    double ridge;
    /** Default ::JKO_RIDGE_FIXED. A model with a network refuses the other. */
    jko_ridge_method ridge_method;
    /** See linear.h and terms.h; default ::JKO_ERROR_BARS_NONE. A model with a network has ::JKO_ERROR_BARS_BOOTSTRAP
        only, and no checkpoint beside it. */
    jko_error_bars error_bars;
    /** With ::JKO_ERROR_BARS_BOOTSTRAP: how many populations are drawn, 2 to 100,000, each of which takes as long as a
        fit; default 0, which stands for 200, and for 10 where there are networks. */
    int64_t bootstrap_samples;

    /* Training along the rollout */

    /** How much of each transition's weight, in [0, 1), goes to a second plan, from where predictions are: the first
        snapshot is rolled out by the model fitted so far, and the steps from there to what is observed next are fitted
        too. Rollouts then come back to the data where one step ahead is predicted as well as before. A network V that
        is learned alone in the implicit scheme, along a schedule that falls, is then explicit for a third of its
        epochs, and learns the JKO steps that lead where the explicit model leads. 0: only observed steps. Default
        ::JKO_ROLLOUT_USUAL. Error bars of closed forms need 0. */
    double rollout_weight;
    /** How many times the first snapshot is rolled out anew, 1 to 10,000: at the ends of equal parts of the epochs, or
        after as many closed forms. All steps are corrected at once, so that a large weight needs many rounds. Default
        20. */
    int64_t rollout_rounds;

    /* Bias */

    /** From how many simulated data sets the bias of a closed form is estimated and subtracted, 0 to 100,000; default
        0: no correction. Populations are simulated from the fitted energy, of as many particles at the same times, and
        fitted again; what these fits miss is what the method does to a known energy (a finite step, plans between
        samples, estimated scores). Each takes as long as a fit and a simulation. For the midpoint scheme, and plans
        that are not unbalanced. Four are a good number: the variance of a fit grows by a quarter. */
    int64_t bias_samples;

    /* Growth */

    /** How fast particles multiply or die, for populations of which some parts grow; NULL (default) where masses are
        kept. Each plan is then from the masses that the particles of the earlier snapshot will have at the time of the
        later one, so that new particles are not taken for moved ones, and the model has this growth
        (jko_model_set_growth()). It may be destroyed after the fit. Not with ::JKO_ERROR_BARS_INFLUENCE. */
    const jko_growth *growth;
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
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EINVALID, ::JKO_ESHAPE (one snapshot only), ::JKO_ENONFINITE (a spread or gap
 *         too large or too small to compute with), ::JKO_EPOPULATION (internal energy of particles without a density,
 *         such as all in one place), ::JKO_ECANCELLED, ::JKO_ENOMEM, or ::JKO_ECONVERGENCE (a plan not certified or
 *         not converged, a loss that is no longer finite, a singular system, simulated populations that leave the
 *         data)
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
