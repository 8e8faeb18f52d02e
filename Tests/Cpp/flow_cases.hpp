// Energies and densities whose flows are known.
#ifndef FLOW_CASES_HPP
#define FLOW_CASES_HPP

#include "check.hpp"

// V(x) = |x|^2 / 2.
inline void well(const double *x, std::int64_t n, std::int64_t d, double, double *values, double *gradients)
{
    for (std::int64_t i = 0; i < n; i++) {
        values[i] = 0;
        for (std::int64_t k = i * d; k < (i + 1) * d; k++) {
            values[i] += x[k] * x[k] / 2;
            gradients[k] = x[k];
        }
    }
}

inline constexpr double log_two_pi = 1.8378770664093453;

// ln of the standard normal density.
inline void normal(const double *x, std::int64_t n, std::int64_t d, double *values, double *gradients)
{
    well(x, n, d, 0, values, gradients);
    for (std::int64_t i = 0; i < n; i++)
        values[i] = -values[i] - static_cast<double>(d) * log_two_pi / 2;
    for (std::int64_t k = 0; k < n * d; k++)
        gradients[k] = -gradients[k];
}

inline jk::Density gaussian(double mean, double variance)
{
    const std::array<std::array<double, 2>, 1> means{{{mean, 0}}};
    const std::array<std::array<double, 2>, 2> covariance{{{variance, 0}, {0, variance}}};
    return jk::Density::mixture({1.0}, means, covariance);
}

// Affine maps, which are all that Gaussians in the well need.
inline jk::FlowOptions affine()
{
    return jk::FlowOptions()
        .set_potential(well)
        .set_beta(0.5)
        .set_step(0.1)
        .set_steps(4)
        .set_components(0)
        .set_particles(1000);
}

// The same for a density of our own, which has no other particles than it is given.
inline jk::FlowOptions affine_of_all() { return affine().set_particles({}); }

#endif
