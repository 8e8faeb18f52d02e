/**
 * @file jkonetstar/interpolation.hpp
 * @brief Populations at times between observed ones, found from both neighbours.
 */
#ifndef JKONETSTAR_INTERPOLATION_HPP
#define JKONETSTAR_INTERPOLATION_HPP

#include "model.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace jkonetstar
{

/** How a population between two observed ones is found. */
enum class InterpolationMethod : jko_interpolation_method {
    /** Whichever of the others does best at the observed times nearby. */
    automatic = JKO_INTERPOLATION_AUTO,
    /** Particles move on straight lines along the optimal plan. */
    straight = JKO_INTERPOLATION_STRAIGHT,
    /** Particles of both neighbours flow along a velocity field until they meet. */
    flow = JKO_INTERPOLATION_FLOW
};

/** How to interpolate. */
struct InterpolationOptions {
    JKONETSTAR_OPTION(InterpolationOptions, InterpolationMethod, method, InterpolationMethod::automatic);
    /** Flows: how often the field is fitted, 1 to 100; by default the observed times choose. */
    JKONETSTAR_OPTION(InterpolationOptions, std::optional<std::int32_t>, rounds, {});
    /** Flows: whether velocities are gradients; by default the observed times choose. */
    JKONETSTAR_OPTION(InterpolationOptions, std::optional<bool>, gradient, {});
    /** Flows: the ridge of the field, positive; by default the observed times choose. */
    JKONETSTAR_OPTION(InterpolationOptions, std::optional<double>, ridge, {});
    /** Flows: what it costs to create or destroy mass, in units of the mean cost of the exact plan, 0.05 or more;
        INFINITY where every particle keeps its mass. */
    JKONETSTAR_OPTION(InterpolationOptions, double, relaxation, 2);
    /** Flows: the distance over which velocities change, in units of the particles' spread, 1e-6 to 1e6. */
    JKONETSTAR_OPTION(InterpolationOptions, double, length_scale, 2);
    /** Flows: the time over which velocities change, in median gaps, 1e-6 to 1e6. */
    JKONETSTAR_OPTION(InterpolationOptions, double, time_scale, 3);
    /** Flows: the field is fitted to at most so many particles of each snapshot, 2 to 1,000,000. */
    JKONETSTAR_OPTION(InterpolationOptions, std::int64_t, particles, 400);
    JKONETSTAR_OPTION(InterpolationOptions, std::uint64_t, seed, 0);
    /** Hears of stage "interpolation". */
    JKONETSTAR_OPTION(InterpolationOptions, ProgressCallback, progress, {});
    /** Flows: a fitted model along whose velocities particles flow, or nullptr. */
    JKONETSTAR_OPTION(InterpolationOptions, const Model *, model, nullptr);
    /** Flows: masses grow at these rates on the way, or nullptr. */
    JKONETSTAR_OPTION(InterpolationOptions, const Growth *, growth, nullptr);
};

/** Populations, and how each was found: one element per requested time, NaN where it does not apply. */
struct Interpolation {
    /** A population at each requested time, with weights. */
    Snapshots snapshots;
    /** 1 for gradients, 0 for fields that may turn and for straight lines. */
    std::vector<double> gradient;
    /** The ridge of the field; 0 for straight lines. */
    std::vector<double> ridge;
    /** The rounds of the field; 0 for straight lines. */
    std::vector<double> rounds;
    /** By how much the method chosen missed the observed times nearby when these were left out, in length. */
    std::vector<double> missed;
    /** The same of straight lines. */
    std::vector<double> straight_missed;
};

namespace detail
{

inline jko_interpolation_options interpolation_options(const InterpolationOptions &given)
{
    // 0 stands for the default in C. Here it is a number that somebody has given.
    if (given.rounds == 0)
        raise(JKO_EINVALID, "rounds", "rounds = 0 is not between 1 and 100");
    if (given.ridge == 0.0)
        raise(JKO_EINVALID, "ridge", "ridge = 0 is not positive");
    auto options = defaults(jko_interpolation_options_init);
    options.method = static_cast<jko_interpolation_method>(given.method);
    options.rounds = given.rounds.value_or(0);
    options.gradient = given.gradient ? *given.gradient : JKO_GRADIENT_CHOSEN;
    options.ridge = given.ridge.value_or(0);
    options.relaxation = given.relaxation;
    options.length_scale = given.length_scale;
    options.time_scale = given.time_scale;
    options.particles = given.particles;
    options.seed = given.seed;
    options.progress = given.progress.c_callback();
    options.progress_user_data = given.progress.user_data();
    options.model = handle_of(given.model, "model");
    options.growth = handle_of(given.growth, "growth");
    return options;
}

} // namespace detail

/**
 * The populations at some times, found from both neighbours. At an observed time it is the observed one.
 *
 * @param snapshots  two or more
 * @param times      increasing, each from the first observed time to the last
 * @throws InputError, NotFittedError (model), ConvergenceError, CancelledError
 */
inline Interpolation interpolate(const Snapshots &snapshots, ArrayView times, const InterpolationOptions &given = {})
{
    const auto options = detail::interpolation_options(given);
    const std::vector<double> none(detail::elements(times.rows(), 1));
    std::vector<double> gradient(none), ridge(none), rounds(none), missed(none), straight_missed(none);
    const MutableArrayView views[] = {gradient, ridge, rounds, missed, straight_missed};
    auto report = detail::sized<jko_interpolation_report>();
    report.gradient = views[0].c_array();
    report.ridge = views[1].c_array();
    report.rounds = views[2].c_array();
    report.missed = views[3].c_array();
    report.straight_missed = views[4].c_array();
    auto found = Snapshots::adopt(detail::made<jko_snapshots>(
        [&](jko_snapshots **out) { return jko_interpolate(snapshots.get(), times.c_array(), &options, out, &report); },
        given.model == nullptr ? nullptr : given.model->potential().thrown()));
    return {std::move(found),  std::move(gradient), std::move(ridge),
            std::move(rounds), std::move(missed),   std::move(straight_missed)};
}

} // namespace jkonetstar

#endif
