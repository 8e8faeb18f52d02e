/**
 * @file jkonetstar/density.h
 * @brief The density of a population, by its logarithm and its score: what the internal energy needs.
 *
 * The internal energy beta ∫ rho ln rho moves particles along the score grad ln rho = grad rho / rho. A density rho is
 * estimated from particles in one of two ways:
 *
 *     Gaussian mixture   rho(x) = sum_c w_c N(x; m_c, Sigma_c), as likely as possible, by the EM algorithm
 *     kernel density     rho(x) = sum_i w_i N(x; x_i, H), a Gaussian around every particle
 *
 * Logarithms are never taken of numbers that have underflown: ln rho and its gradient are right however far away x is.
 */
#ifndef JKONETSTAR_DENSITY_H
#define JKONETSTAR_DENSITY_H

#include "array.h"
#include "common.h"
#include "progress.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A density over d coordinates, read-only; release with jko_density_destroy(). */
typedef struct jko_density jko_density;

/** What a density is made of. */
typedef int32_t jko_density_kind;

enum {
    /** A mixture of Gaussians. */
    JKO_DENSITY_MIXTURE = 0,
    /** A Gaussian kernel around every particle. */
    JKO_DENSITY_KERNEL = 1
};

/** Shape of the components' or the kernel's covariance. */
typedef int32_t jko_covariance;

enum {
    /** Any covariance; that of a kernel is the covariance of the population times a factor. */
    JKO_COVARIANCE_FULL = 0,
    /** Mixtures: coordinates independent within a component. */
    JKO_COVARIANCE_DIAGONAL = 1,
    /** Kernels: the same width in every direction. */
    JKO_COVARIANCE_SPHERICAL = 2
};

/** How wide the kernel is; n is the effective number of particles, 1 / sum w_i^2. */
typedef int32_t jko_bandwidth;

enum {
    /** The population's covariance times n^(-2 / (d + 4)) (Scott 1992). */
    JKO_BANDWIDTH_SCOTT = 0,
    /** The population's covariance times (n (d + 2) / 4)^(-2 / (d + 4)) (Silverman 1986). */
    JKO_BANDWIDTH_SILVERMAN = 1
};

/** How to estimate a density. Fill with jko_density_options_init(), then change what you need. */
typedef struct jko_density_options {
    /** sizeof(jko_density_options). */
    size_t struct_size;
    /** Default ::JKO_DENSITY_MIXTURE. */
    jko_density_kind kind;
    /** Default ::JKO_COVARIANCE_FULL. */
    jko_covariance covariance;
    /** Mixture: number of components, 1 to 10,000 and at most the number of particles. Default 0: that of 1 ..
        max_components with the least Bayesian information criterion. */
    int64_t components;
    /** Mixture with components 0: 1 to 10,000; default 10. */
    int64_t max_components;
    /** Mixture: fits from different starts, of which the likeliest is kept, 1 to 1,000; default 3. */
    int64_t restarts;
    /** Mixture: iterations after which a fit that has not converged is returned as it is, 1 to 1,000,000; default
        1,000. */
    int64_t max_iterations;
    /** Mixture: change of the mean log-likelihood, in nats per particle, at which iterations end, 0 or more; default
        1e-5. */
    double tolerance;
    /** Mixture: added to the variance of every component in each coordinate, as a share of the population's variance in
        it, 0 or more; default 1e-6. */
    double regularisation;
    /** Mixture: added to the same, in length^2, 0 or more; default 0. */
    double absolute_regularisation;
    /** Mixture: seed of the starts; default 0. The same seed gives the same mixture for any number of threads. */
    uint64_t seed;
    /** Mixture: a mixture from which iterations start, instead of random starts. Components and covariance are then
        those of this mixture, and there is one start. Only read during the call. Default NULL. */
    const jko_density *start;
    /** Kernel: the rule for its width; default ::JKO_BANDWIDTH_SCOTT. */
    jko_bandwidth bandwidth_rule;
    /** Kernel: its standard deviation in every direction, in length, positive. Default 0: by the rule. */
    double bandwidth;
    /** Asked about ten times a second while the density is sought, stage "density"; NULL (default) for never. */
    jko_progress_callback progress;
    /** Passed to progress. */
    void *progress_user_data;
} jko_density_options;

/**
 * Fill options with the defaults.
 *
 * @param struct_size  sizeof(jko_density_options)
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size)
 */
jko_status jko_density_options_init(jko_density_options *options, size_t struct_size);

/**
 * Estimate the density of a population.
 *
 * @param points   shape (n, d), finite, d at most 4096
 * @param weights  shape (n, 1), not negative, with a positive sum, by which they are divided; NULL for 1/n each
 * @param options  NULL for the defaults
 * @param out      the density, owned by the caller; a mixture that has not converged says so in jko_density_describe()
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_ENONFINITE, ::JKO_EINVALID, ::JKO_ECANCELLED, ::JKO_ENOMEM, or
 *         ::JKO_EPOPULATION where the particles have no density (all in one place) or are fewer than the components
 */
jko_status jko_density_create(const jko_array *points, const jko_array *weights, const jko_density_options *options,
                              jko_density **out);

/**
 * Make a mixture of given parameters.
 *
 * @param weights      shape (k, 1), positive; divided by their sum
 * @param means        shape (k, d), finite
 * @param covariances  shape (k d, d), one d x d matrix below the other, each symmetric and positive definite
 * @param covariance   ::JKO_COVARIANCE_FULL, or ::JKO_COVARIANCE_DIAGONAL, which reads the diagonals only
 * @param out          the mixture, owned by the caller
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_ENONFINITE, ::JKO_EINVALID or ::JKO_EPOPULATION (weights)
 */
jko_status jko_density_from_mixture(const jko_array *weights, const jko_array *means, const jko_array *covariances,
                                    jko_covariance covariance, jko_density **out);

/** What is known of a density. */
typedef struct jko_density_info {
    /** sizeof(jko_density_info), set by the caller. */
    size_t struct_size;
    /** Mixture or kernel. */
    jko_density_kind kind;
    /** The covariances' shape. */
    jko_covariance covariance;
    /** d. */
    int64_t dimension;
    /** Mixture: k. Kernel: the number of particles that have mass. */
    int64_t components;
    /** Fitted mixture: mean of ln rho over the particles, by their weights. Otherwise NaN. */
    double log_likelihood;
    /** Fitted mixture: Bayesian information criterion, p ln n - 2 n log_likelihood with p free parameters and n = 1 /
        sum w_i^2. Otherwise NaN. */
    double bic;
    /** Fitted mixture: iterations of the fit that was kept. Otherwise 0. */
    int64_t iterations;
    /** Nonzero unless a fitted mixture has not converged. */
    int32_t converged;
    /** Kernel: det(H)^(1 / 2d), its standard deviation where that is the same in every direction, in length. Mixture:
        NaN. */
    double bandwidth;
} jko_density_info;

/** Describe a density. @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size) */
jko_status jko_density_describe(const jko_density *density, jko_density_info *info);

/**
 * ln rho at points.
 *
 * @param x    shape (n, d), finite
 * @param out  shape (n, 1); rho is in 1 / length^d
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_EINVALID, ::JKO_ENONFINITE or ::JKO_ENOMEM
 */
jko_status jko_density_log(const jko_density *density, const jko_array *x, const jko_array *out);

/**
 * The score grad ln rho at points.
 *
 * @param x    shape (n, d), finite
 * @param out  shape (n, d), in 1 / length
 * @return as jko_density_log()
 */
jko_status jko_density_score(const jko_density *density, const jko_array *x, const jko_array *out);

/**
 * Particles of a density.
 *
 * @param seed  same seed, same particles; particle i depends on the seed and on i alone
 * @param out   shape (n, d)
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE or ::JKO_ENOMEM
 */
jko_status jko_density_sample(const jko_density *density, uint64_t seed, const jko_array *out);

/**
 * Copy the weights w_c of a mixture, which sum to 1.
 *
 * @param out  shape (k, 1)
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE or ::JKO_EINVALID (a kernel density)
 */
jko_status jko_density_weights(const jko_density *density, const jko_array *out);

/** Copy the means m_c of a mixture. @param out shape (k, d) @return as jko_density_weights() */
jko_status jko_density_means(const jko_density *density, const jko_array *out);

/** Copy the covariances Sigma_c of a mixture. @param out shape (k d, d), stacked @return as jko_density_weights() */
jko_status jko_density_covariances(const jko_density *density, const jko_array *out);

/** Release a density; NULL is accepted. */
void jko_density_destroy(jko_density *density);

#ifdef __cplusplus
}
#endif

#endif
