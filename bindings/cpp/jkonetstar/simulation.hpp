/**
 * @file jkonetstar/simulation.hpp
 * @brief Populations that descend a known or a learned energy, and the benchmark energies of the literature.
 */
#ifndef JKONETSTAR_SIMULATION_HPP
#define JKONETSTAR_SIMULATION_HPP

#include "energy_sources.hpp"

#include <string>
#include <variant>
#include <vector>

namespace jkonetstar
{

/** What drives a simulation. */
struct SimulationOptions {
    /** V: the name of a functional, its gradient, or that of a fitted model. */
    using Potentials = std::variant<NoTerm, std::string, Gradient, Potential>;
    /** U: likewise. A gradient is called with the n differences x_i - x_j for one i at a time. */
    using Interactions = std::variant<NoTerm, std::string, Gradient, Interaction>;

    JKONETSTAR_OPTION(SimulationOptions, Potentials, potential, NoTerm{});
    JKONETSTAR_OPTION(SimulationOptions, Interactions, interaction, NoTerm{});
    /** Level of diffusion, in length^2/time, 0 or more. */
    JKONETSTAR_OPTION(SimulationOptions, double, beta, 0);
    /** Time step, positive. */
    JKONETSTAR_OPTION(SimulationOptions, double, dt, 0.01);
    /** Time of x0. */
    JKONETSTAR_OPTION(SimulationOptions, double, t0, 0);
    /** Number of steps, 0 or more. */
    JKONETSTAR_OPTION(SimulationOptions, std::int64_t, steps, 5);
    /** Of the noise. */
    JKONETSTAR_OPTION(SimulationOptions, std::uint64_t, seed, 0);
    JKONETSTAR_OPTION(SimulationOptions, ProgressCallback, progress, {});
};

/**
 * Euler-Maruyama simulation of x_i <- x_i - dt grad V(x_i, t) - dt/n sum_j grad U(x_i - x_j) + sqrt(2 beta dt) xi.
 *
 * @param x0  shape (n, d), finite, in length
 * @return x0, then the population after each step
 * @throws InputError, also where a particle left the finite numbers; NotFittedError; CancelledError; what a gradient
 *         throws
 */
inline Course simulate(ArrayView x0, const SimulationOptions &given)
{
    auto options = detail::defaults(jko_simulation_options_init);
    std::array<detail::Thrown *, 2> thrown{};
    detail::set_source(given.potential, "potential", detail::call_gradient, options.potential,
                       options.potential_gradient, options.potential_gradient_user_data, options.potential_model,
                       thrown[0]);
    detail::set_source(given.interaction, "interaction", detail::call_gradient, options.interaction,
                       options.interaction_gradient, options.interaction_gradient_user_data, options.interaction_model,
                       thrown[1]);
    options.beta = given.beta;
    options.dt = given.dt;
    options.t0 = given.t0;
    options.steps = given.steps;
    options.seed = given.seed;
    options.progress = given.progress.c_callback();
    options.progress_user_data = given.progress.user_data();
    std::vector<double> times(detail::elements(detail::times_of_steps(given.steps), 1));
    for (std::size_t k = 0; k < times.size(); k++)
        times[k] = given.t0 + static_cast<double>(k) * given.dt;
    Course course(std::move(times), x0.rows(), x0.columns());
    detail::call(thrown, [&] { return jko_simulate(x0.c_array(), &options, course.stacked().c_array()); });
    return course;
}

/** The benchmark energies of the literature; functional.h lists their names. */
namespace functionals
{

/** All names. */
inline std::vector<std::string> names()
{
    std::vector<std::string> names;
    for (std::int32_t index = 0; index < jko_functional_count(); index++)
        names.emplace_back(jko_functional_name(index));
    return names;
}

/** Values at points of shape (n, d). @throws InputError */
inline std::vector<double> value(const std::string &name, ArrayView x)
{
    std::vector<double> out(detail::elements(x.rows(), 1));
    detail::call([&] { return jko_functional_value(name.c_str(), x.c_array(), MutableArrayView(out).c_array()); });
    return out;
}

/** Gradients at points of shape (n, d). @throws InputError */
inline Matrix gradient(const std::string &name, ArrayView x)
{
    Matrix out(x.rows(), x.columns());
    detail::call([&] { return jko_functional_gradient(name.c_str(), x.c_array(), MutableArrayView(out).c_array()); });
    return out;
}

} // namespace functionals

} // namespace jkonetstar

#endif
