/**
 * @file jkonetstar/flow.h
 * @brief The forward problem: the population that descends a given energy, with samples, maps and densities.
 *
 * From a density rho_0, the flow of the energy
 *
 *     J(mu) = int V dmu + 1/2 int int U(x - y) dmu(x) dmu(y) + beta int log(rho) dmu
 *
 * is computed in JKO steps (Jordan, Kinderlehrer, Otto 1998; Mokrov et al., arXiv:2106.00736): mu_k minimises
 * W2^2(mu, mu_{k-1}) / (2 h) + J(mu). By Brenier's theorem mu_k = T_k # mu_{k-1} with T_k = grad psi_k and psi_k
 * convex, and a step minimises over psi_k the mean, over particles of mu_{k-1}, of
 *
 *     |T_k(x) - x|^2 / (2 h) + V(T_k(x)) + (1/2 mean U) - beta log det DT_k(x).
 *
 * psi_k is |x|^2 / 2 plus linear features: coordinates and their products, over all of space and within the parts into
 * which a Gaussian mixture of the particles shares it, and Gaussian bumps; all are placed anew at every step. Newton's
 * method finds their coefficients; particles that are held out choose the ridge. Or psi_k is an input-convex network,
 * trained by Adam. The maps can be inverted, so that the flow has a density at any point. Particles may be followed
 * without maps, too, with a mixture for their density after each step.
 */
#ifndef JKONETSTAR_FLOW_H
#define JKONETSTAR_FLOW_H

#include "array.h"
#include "common.h"
#include "density.h"
#include "model.h"
#include "progress.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A flow, read-only; release with jko_flow_destroy(). */
typedef struct jko_flow jko_flow;

/** How a step of time is made of proximal steps. */
typedef int32_t jko_flow_scheme;

enum {
    /** One JKO step: of first order in h. */
    JKO_FLOW_JKO = 0,
    /** Two proximal steps of (1 - 1/sqrt 2) h (SDIRK2, Alexander 1977): of second order. */
    JKO_FLOW_SDIRK2 = 1,
    /** One proximal step of 2 h / 3 towards (4 x_k - x_{k-1}) / 3 (BDF2): of second order. */
    JKO_FLOW_BDF2 = 2,
    /** One proximal step of h / 2, whose map is extended to twice the way (implicit midpoint rule): of second order,
        with no damping of what is stiff. */
    JKO_FLOW_MIDPOINT = 3
};

/** What moves the particles of a flow. */
typedef int32_t jko_flow_method;

enum {
    /** Linear features, found by Newton's method: fast, and exact where affine maps are. */
    JKO_FLOW_FEATURES = 0,
    /** Input-convex networks, trained by Adam: for maps that features cannot make. */
    JKO_FLOW_NETWORK = 1,
    /** No maps: Langevin steps, and a Gaussian mixture of the particles after each step, chosen by the Bayesian
        information criterion. Diffusion only. */
    JKO_FLOW_PARTICLES = 2
};

/**
 * V, or U as a function of the difference, supplied by the caller.
 *
 * @param points     row-major, shape (n, d), read-only
 * @param n, d       particles and coordinates
 * @param time       when
 * @param values     n numbers to be filled
 * @param gradients  row-major, shape (n, d), to be filled
 * @param user_data  what was given beside the callback
 * @return 0, or anything else to stop the work with ::JKO_ECANCELLED
 */
typedef int (*jko_energy_callback)(const double *points, int64_t n, int64_t d, double time, double *values,
                                   double *gradients, void *user_data);

/** The energy, and how its flow is computed. Fill with jko_flow_options_init(), then change what you need. */
typedef struct jko_flow_options {
    /** sizeof(jko_flow_options). */
    size_t struct_size;

    /* The energy */

    /** Name of the functional that is V; NULL (default) for none. At most one of three sources of V may be given. */
    const char *potential;
    /** V by callback, called on the thread of the call; NULL (default) for none. */
    jko_energy_callback potential_callback;
    /** Passed to potential_callback. */
    void *potential_callback_user_data;
    /** A fitted model whose V(x, t) is used; NULL (default) for none. */
    const jko_model *potential_model;
    /** Name of the functional that is U; NULL (default) for none. At most one of three sources of U may be given. */
    const char *interaction;
    /** U by callback, called with n differences x_i - x_j for one i at a time; NULL (default) for none. */
    jko_energy_callback interaction_callback;
    /** Passed to interaction_callback. */
    void *interaction_callback_user_data;
    /** A fitted model whose U is used; NULL (default) for none. */
    const jko_model *interaction_model;
    /** Level of the internal energy, in length^2/time for diffusion; positive, default 1. */
    double beta;
    /** 1 (default): the internal energy is beta int log(rho) dmu. m > 1: that of a porous medium,
        beta / (m - 1) int rho^(m - 1) dmu. */
    double exponent;

    /* Time */

    /** Default ::JKO_FLOW_JKO. */
    jko_flow_scheme scheme;
    /** h, positive; default 0.05. */
    double step;
    /** Number of steps, 1 to 100,000; default 18. */
    int64_t steps;
    /** When the base density is there; default 0. */
    double t0;

    /* The maps */

    /** Components of the mixture that shares space out for quadratics, 0 to 500. 0 with no bumps gives affine maps,
        which are all that a Gaussian under a quadratic V needs. Default -1: 12, fewer in more than six coordinates. */
    int64_t components;
    /** Bumps, 0 to 2,000; default 0. */
    int64_t bumps;
    /** A bump is as wide as the distance to its neighbour of this rank, 1 to 2,000; default 10. */
    int64_t neighbour;
    /** Particles that a step is fitted to, 100 to 1,000,000. For features twice as many choose the ridge and four times
        as many are moved along; networks and affine maps are fitted to all. Without maps, those that are followed.
        Default 0: 8,000 for features, 40,000 for networks, 4,000 for affine maps, 50,000 without maps. */
    int64_t particles;
    /** Default 0; same seed, same flow. */
    uint64_t seed;
    /** Called after each step, stage "flow", with the energy as loss, and about ten times a second within one; NULL
        (default) for never. */
    jko_progress_callback progress;
    /** Passed to progress. */
    void *progress_user_data;

    /* Networks */

    /** Default ::JKO_FLOW_FEATURES. */
    jko_flow_method method;
    /** Number of hidden layers, 1 to 8; default 2. */
    int32_t hidden_count;
    /** Width of each, 1 to 4096; default 64. */
    int32_t hidden[JKO_MAX_HIDDEN_LAYERS];
    /** Squares of linear functions in each unit, 0 to 64; default 5. */
    int64_t rank;
    /** Steps of Adam for each proximal step, 1 to 1,000,000; default 100. */
    int64_t iterations;
    /** Particles in each, 1 to 1,000,000; default 1,024. */
    int64_t batch_size;
    /** Positive; it falls to a twentieth along a cosine within each proximal step; default 0.005. */
    double learning_rate;

    /* Checkpoints */

    /** Where the flow is written after every step, UTF-8; each time whole or not at all. It is a file of a flow. One
        that is there already is not written over: it is an error unless `resume` is set. NULL (default) for none. */
    const char *checkpoint;
    /** Nonzero: go on from the checkpoint, if there is one; it must be of the same base density, options and energy,
        and of no more steps. The result is bit for bit that of a flow that was never interrupted. Default 0. */
    int64_t resume;
} jko_flow_options;

/**
 * Fill options with the defaults.
 *
 * @param struct_size  sizeof(jko_flow_options)
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size)
 */
jko_status jko_flow_options_init(jko_flow_options *options, size_t struct_size);

/**
 * Compute the flow of an energy.
 *
 * @param base     rho_0; copied
 * @param options  NULL for the defaults: diffusion alone
 * @param out      the flow, owned by the caller
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EINVALID, ::JKO_ESHAPE, ::JKO_ENONFINITE (the energy at a particle),
 *         ::JKO_EPOPULATION (particles all in one place), ::JKO_ENOTFITTED, ::JKO_ECANCELLED, ::JKO_ENOMEM,
 *         ::JKO_ECONVERGENCE (a step folds space, or particles leave the range of numbers), or ::JKO_EIO or
 *         ::JKO_EFORMAT (the checkpoint)
 */
jko_status jko_flow_compute(const jko_density *base, const jko_flow_options *options, jko_flow **out);

/**
 * Compute the flow from a density that the caller computes. It has the particles that are given, and no more: samples
 * are drawn from them, each at most once. It can be neither written nor have a checkpoint.
 *
 * @param x0           shape (n, d), finite, at least 100 rows: particles of rho_0
 * @param log_density  fills ln rho_0 and its gradient; called as long as the flow lives, on any thread that asks it for
 *                     a density or score
 * @param user_data    passed to log_density
 * @param options      as jko_flow_compute()
 * @param out          the flow, owned by the caller
 * @return as jko_flow_compute()
 */
jko_status jko_flow_compute_from(const jko_array *x0, jko_energy_callback log_density, void *user_data,
                                 const jko_flow_options *options, jko_flow **out);

/** Number of coordinates d; 0 for NULL. */
int64_t jko_flow_dimension(const jko_flow *flow);

/** Number of steps; 0 for NULL. */
int64_t jko_flow_step_count(const jko_flow *flow);

/**
 * The times of mu_0 .. mu_K, and the energies.
 *
 * @param times     shape (steps + 1, 1), or NULL
 * @param energies  shape (steps + 1, 1), or NULL: J over the particles of the fit, which falls from step to step but
 *                  for the noise of the sample
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_ESHAPE
 */
jko_status jko_flow_course(const jko_flow *flow, const jko_array *times, const jko_array *energies);

/**
 * Write a flow as a safetensors file; a checksum is in its `__metadata__`.
 *
 * @param path  UTF-8; the file appears whole or not at all
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EIO or ::JKO_EINVALID (its base density is a callback)
 */
jko_status jko_flow_save(const jko_flow *flow, const char *path);

/**
 * Read a flow that jko_flow_save() wrote; its maps are the same bit for bit.
 *
 * @param path  UTF-8
 * @param out   owned by the caller
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EIO or ::JKO_EFORMAT (truncated, damaged, or no flow of this library)
 */
jko_status jko_flow_load(const char *path, jko_flow **out);

/** Release a flow; NULL is accepted. */
void jko_flow_destroy(jko_flow *flow);

#ifdef __cplusplus
}
#endif

#endif
