/**
 * @file jkonetstar/density.hpp
 * @brief The density of a population, by its logarithm and its score: what the internal energy needs.
 */
#ifndef JKONETSTAR_DENSITY_HPP
#define JKONETSTAR_DENSITY_HPP

#include "handle.hpp"
#include "matrix.hpp"

#include <optional>
#include <variant>
#include <vector>

namespace jkonetstar
{

/** A mixture of Gaussians, as likely as possible, by the EM algorithm. */
struct GaussianMixture {
    /** Number of components, 1 to 10,000; by default that of 1 .. max_components with the least Bayesian information
        criterion. */
    JKONETSTAR_OPTION(GaussianMixture, std::optional<std::int64_t>, components, {});
    /** Where components are not given: the most that are tried, 1 to 10,000. */
    JKONETSTAR_OPTION(GaussianMixture, std::int64_t, max_components, 10);
    /** Whether coordinates are independent within a component. */
    JKONETSTAR_OPTION(GaussianMixture, bool, diagonal, false);
    /** Fits from different starts, of which the likeliest is kept, 1 to 1,000. */
    JKONETSTAR_OPTION(GaussianMixture, std::int64_t, restarts, 3);
    /** Most iterations of a fit, 1 to 1,000,000. */
    JKONETSTAR_OPTION(GaussianMixture, std::int64_t, max_iterations, 1000);
    /** Change of the mean log-likelihood at which iterations end, in nats per particle, 0 or more. */
    JKONETSTAR_OPTION(GaussianMixture, double, tolerance, 1e-5);
    /** Added to the variance of every component in each coordinate, as a share of the population's, 0 or more. */
    JKONETSTAR_OPTION(GaussianMixture, double, regularisation, 1e-6);
};

/** How wide the kernel of a KernelDensity is; n is the effective number of particles. */
enum class Bandwidth : jko_bandwidth {
    /** The population's covariance times n^(-2 / (d + 4)). */
    scott = JKO_BANDWIDTH_SCOTT,
    /** The population's covariance times (n (d + 2) / 4)^(-2 / (d + 4)). */
    silverman = JKO_BANDWIDTH_SILVERMAN
};

/** A Gaussian around every particle. */
struct KernelDensity {
    /** Standard deviation in every direction, in length, positive; by default by the rule. */
    JKONETSTAR_OPTION(KernelDensity, std::optional<double>, bandwidth, {});
    /** The rule for the kernel's width. */
    JKONETSTAR_OPTION(KernelDensity, Bandwidth, rule, Bandwidth::scott);
    /** Whether the kernel has the same width in every direction. */
    JKONETSTAR_OPTION(KernelDensity, bool, spherical, false);
};

/** How a density is estimated. */
using DensityKind = std::variant<GaussianMixture, KernelDensity>;

namespace detail
{

inline jko_density_options density_options(const DensityKind &kind)
{
    auto out = defaults(jko_density_options_init);
    if (const auto *mixture = std::get_if<GaussianMixture>(&kind)) {
        if (mixture->components == 0)
            raise(JKO_EINVALID, "components", "components = 0 is not between 1 and 10000");
        out.components = mixture->components.value_or(0);
        out.max_components = mixture->max_components;
        out.covariance = mixture->diagonal ? JKO_COVARIANCE_DIAGONAL : JKO_COVARIANCE_FULL;
        out.restarts = mixture->restarts;
        out.max_iterations = mixture->max_iterations;
        out.tolerance = mixture->tolerance;
        out.regularisation = mixture->regularisation;
    } else if (const auto *kernel = std::get_if<KernelDensity>(&kind)) {
        if (kernel->bandwidth && *kernel->bandwidth <= 0)
            raise(JKO_EINVALID, "bandwidth", "bandwidth = " + std::to_string(*kernel->bandwidth) + " is not positive");
        out.kind = JKO_DENSITY_KERNEL;
        out.bandwidth = kernel->bandwidth.value_or(0);
        out.bandwidth_rule = static_cast<jko_bandwidth>(kernel->rule);
        out.covariance = kernel->spherical || kernel->bandwidth ? JKO_COVARIANCE_SPHERICAL : JKO_COVARIANCE_FULL;
    }
    return out;
}

} // namespace detail

/** A density rho over d coordinates. */
class Density
{
  public:
    /**
     * Estimate the density of a population.
     *
     * @param points   shape (n, d), finite, d at most 4096
     * @param kind     how
     * @param weights  n weights, not negative, with a positive sum; equal ones by default
     * @param seed     of a mixture's starts
     * @param progress hears of stage "density"
     * @throws InputError, also where the particles have no density (all in one place); CancelledError
     */
    explicit Density(ArrayView points, const DensityKind &kind = GaussianMixture{}, ArrayView weights = {},
                     std::uint64_t seed = 0, const ProgressCallback &progress = {})
        : handle_(detail::made<jko_density>([&](jko_density **out) {
              auto options = detail::density_options(kind);
              options.seed = seed;
              options.progress = progress.c_callback();
              options.progress_user_data = progress.user_data();
              return jko_density_create(points.c_array(), weights.c_array(), &options, out);
          }))
    {
    }

    /**
     * A mixture of given parameters.
     *
     * @param weights      k weights, positive; divided by their sum
     * @param means        shape (k, d), finite
     * @param covariances  shape (k d, d), one d x d matrix below the other, each symmetric and positive definite
     * @throws InputError
     */
    static Density mixture(ArrayView weights, ArrayView means, ArrayView covariances)
    {
        return Density(detail::made<jko_density>([&](jko_density **out) {
            return jko_density_from_mixture(weights.c_array(), means.c_array(), covariances.c_array(),
                                            JKO_COVARIANCE_FULL, out);
        }));
    }

    /** ln rho at points of shape (n, d); rho is in 1 / length^d. @throws InputError */
    std::vector<double> log_density(ArrayView x) const
    {
        std::vector<double> out(detail::elements(x.rows(), 1));
        detail::call([&] { return jko_density_log(get(), x.c_array(), MutableArrayView(out).c_array()); });
        return out;
    }

    /** The score grad ln rho at points of shape (n, d), in 1 / length. @throws InputError */
    Matrix score(ArrayView x) const
    {
        Matrix out(x.rows(), x.columns());
        detail::call([&] { return jko_density_score(get(), x.c_array(), MutableArrayView(out).c_array()); });
        return out;
    }

    /** Particles, shape (n, d): particle i depends on the seed and on i alone. @throws InputError */
    Matrix sample(std::int64_t n, std::uint64_t seed = 0) const
    {
        Matrix out(n, describe().dimension);
        detail::call([&] { return jko_density_sample(get(), seed, MutableArrayView(out).c_array()); });
        return out;
    }

    /** Kind, number of components, likelihood, convergence; density.h describes the members. */
    jko_density_info describe() const
    {
        auto info = detail::sized<jko_density_info>();
        detail::call([&] { return jko_density_describe(get(), &info); });
        return info;
    }

    /** For calls of the C interface. NULL after this object was moved from. */
    jko_density *get() const noexcept { return handle_.get(); }

  private:
    explicit Density(jko_density *handle) noexcept : handle_(handle) {}

    detail::Handle<jko_density, jko_density_destroy> handle_;
};

} // namespace jkonetstar

#endif
