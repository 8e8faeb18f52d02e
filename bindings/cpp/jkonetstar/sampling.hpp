/**
 * @file jkonetstar/sampling.hpp
 * @brief Draws from the density proportional to exp(-V / beta), to which the flow of V and diffusion goes.
 */
#ifndef JKONETSTAR_SAMPLING_HPP
#define JKONETSTAR_SAMPLING_HPP

#include "flow_options.hpp"

#include <optional>
#include <string>
#include <vector>

namespace jkonetstar
{

/** What is drawn from, and how. */
struct SampleOptions {
    /** V, which must be given; a function of your own is called with one point per chain, and time 0. */
    JKONETSTAR_OPTION(SampleOptions, FlowOptions::Potentials, potential, NoTerm{});
    /** Temperature, in units of V; positive. */
    JKONETSTAR_OPTION(SampleOptions, double, beta, 1);
    /** Draws of each chain that are kept, 1 to 100,000,000. */
    JKONETSTAR_OPTION(SampleOptions, std::int64_t, draws, 1000);
    /** Draws before them that are not, 0 to 100,000,000. */
    JKONETSTAR_OPTION(SampleOptions, std::int64_t, warmup, 1000);
    /** Positive; by default it is found while warming up. */
    JKONETSTAR_OPTION(SampleOptions, std::optional<double>, step, {});
    /** Whether proposals may be refused, which makes draws exact. Otherwise they are those of another density, by as
        much as the step is long. */
    JKONETSTAR_OPTION(SampleOptions, bool, adjusted, true);
    /** The same seed gives the same draws. */
    JKONETSTAR_OPTION(SampleOptions, std::uint64_t, seed, 0);
    /** Hears of stage "sampling". */
    JKONETSTAR_OPTION(SampleOptions, ProgressCallback, progress, {});
};

/** Draws of several chains, and how far they can be trusted. */
struct Sample {
    /** Shape (chains draws, d), chain by chain. */
    Matrix points;
    /** Of each chain. */
    std::int64_t draws = 0;
    /** The mean probability with which proposals were taken. */
    double acceptance = 0;
    /** Of the draws that were kept. */
    double step = 0;
    /** How many independent draws tell the mean of each coordinate as well. NaN where a coordinate does not vary, or
        there are fewer than eight draws. */
    std::vector<double> effective_sizes;
    /** Split R-hat of each coordinate: above 1.01 the chains do not agree yet. */
    std::vector<double> r_hats;

    /** The draws of chain k, shape (draws, d): a view of this sample. @throws InputError where there is no chain k */
    ArrayView chain(std::int64_t k) const &
    {
        detail::require_index("k", k, draws > 0 ? points.rows() / draws : 0);
        return ArrayView(points.row(k * draws), draws, points.columns());
    }
    ArrayView chain(std::int64_t k) const && = delete; // give the sample a name: the view would dangle
};

/**
 * Draw from the density proportional to exp(-V / beta) by Langevin dynamics with Metropolis and Hastings' correction.
 *
 * @param x0  shape (chains, d), finite: where each chain starts; best spread wider than the density
 * @throws InputError, also where V is not finite at a start; NotFittedError; CancelledError; ConvergenceError where a
 *         chain that is not adjusted leaves the range of numbers; what a callback throws
 */
inline Sample sample(ArrayView x0, const SampleOptions &given)
{
    // 0 stands for the default in C. Here it is a number that somebody has given.
    if (given.step == 0.0)
        detail::raise(JKO_EINVALID, "step", "step = 0 is not positive");
    // Room is made for the draws before the library sees how many there are to be.
    if (given.draws < 1 || given.draws > 100'000'000)
        detail::raise(JKO_EINVALID, "draws",
                      "draws = " + std::to_string(given.draws) + " is not between 1 and 100000000");
    auto options = detail::defaults(jko_sample_options_init);
    std::array<detail::Thrown *, 2> thrown{};
    detail::set_source(given.potential, "potential", detail::call_energy, options.potential, options.potential_callback,
                       options.potential_callback_user_data, options.potential_model, thrown[0]);
    options.beta = given.beta;
    options.draws = given.draws;
    options.warmup = given.warmup;
    options.step = given.step.value_or(0);
    options.adjusted = given.adjusted ? 1 : 0;
    options.seed = given.seed;
    options.progress = given.progress.c_callback();
    options.progress_user_data = given.progress.user_data();

    (void)detail::elements(x0.rows(), given.draws, x0.columns()); // throws where the product is too large
    Sample out;
    out.points = Matrix(x0.rows() * given.draws, x0.columns());
    out.draws = given.draws;
    out.effective_sizes.resize(detail::elements(x0.columns(), 1));
    out.r_hats = out.effective_sizes;
    const MutableArrayView sizes = out.effective_sizes, r_hats = out.r_hats;
    auto info = detail::sized<jko_sample_info>();
    info.effective_sizes = sizes.c_array();
    info.r_hats = r_hats.c_array();
    detail::call(thrown,
                 [&] { return jko_sample(x0.c_array(), &options, MutableArrayView(out.points).c_array(), &info); });
    out.acceptance = info.acceptance;
    out.step = info.step;
    return out;
}

} // namespace jkonetstar

#endif
