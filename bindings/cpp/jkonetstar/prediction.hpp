/**
 * @file jkonetstar/prediction.hpp
 * @brief Where a fitted energy moves populations: options, results, and the calls behind Model::predict().
 */
#ifndef JKONETSTAR_PREDICTION_HPP
#define JKONETSTAR_PREDICTION_HPP

#include "handle.hpp"
#include "matrix.hpp"

#include <limits>
#include <optional>
#include <vector>

namespace jkonetstar
{

/** What is added to the drift of predicted particles. */
enum class Noise : jko_noise {
    /** The noise of the model's beta: nothing where it has none. */
    beta = JKO_NOISE_BETA,
    /** What training couplings nearby have left over. */
    residual = JKO_NOISE_RESIDUAL,
    /** Nothing. */
    none = JKO_NOISE_NONE
};

/** When, and how, a population is predicted. */
struct PredictOptions {
    /** A fitted time, that of x0; by default the first one. Later times follow the fitted gaps, the last of which
        repeats. */
    JKONETSTAR_OPTION(PredictOptions, std::optional<double>, t0, {});
    /** How many steps to take along these times, 0 or more. */
    JKONETSTAR_OPTION(PredictOptions, std::int64_t, steps, 1);
    /** Instead of t0 and steps, which then are not used: the time of x0, then of each prediction, increasing. */
    JKONETSTAR_OPTION(PredictOptions, std::vector<double>, times, {});
    /** Of the noise. The same seed gives the same course. */
    JKONETSTAR_OPTION(PredictOptions, std::uint64_t, seed, 0);
    /** Largest residual of an implicit step, relative to the length scale of the training points, positive. */
    JKONETSTAR_OPTION(PredictOptions, double, tolerance, 1e-9);
    /** Most iterations per implicit step, 1 to 100,000. */
    JKONETSTAR_OPTION(PredictOptions, std::int64_t, max_iterations, 200);
    /** Into so many steps of equal length each step is divided, 1 to 1,000,000. */
    JKONETSTAR_OPTION(PredictOptions, std::int64_t, substeps, 1);
    JKONETSTAR_OPTION(PredictOptions, Noise, noise, Noise::beta);
    /** Hears of stage "rollout". */
    JKONETSTAR_OPTION(PredictOptions, ProgressCallback, progress, {});
};

/** How implicit steps went, and how far predictions left the data; dynamics.h describes the members. */
using RolloutInfo = jko_rollout_info;

/** A predicted course: x0, then the population at each later time. */
struct Prediction {
    Course populations;
    /** `unconverged` counts the implicit steps of which only the best iterate could be kept, `outside` the particles
        far outside of the training points, where the energy is an extrapolation. */
    RolloutInfo info;
};

namespace detail
{

inline std::vector<double> prediction_times(const jko_model *model, Thrown *thrown, const PredictOptions &options)
{
    if (!options.times.empty())
        return options.times;
    std::vector<double> times(elements(times_of_steps(options.steps), 1));
    detail::call(thrown, [&] {
        return jko_model_rollout_times(model, options.t0.value_or(std::numeric_limits<double>::quiet_NaN()),
                                       options.steps, MutableArrayView(times).c_array());
    });
    return times;
}

using Rollout = jko_status (*)(const jko_model *, const jko_array *, const jko_array *, const jko_rollout_options *,
                               const jko_array *, jko_rollout_info *);

inline Prediction predict(Rollout rollout, const jko_model *model, Thrown *thrown, ArrayView x0,
                          const PredictOptions &given)
{
    auto options = defaults(jko_rollout_options_init);
    options.tolerance = given.tolerance;
    options.max_iterations = given.max_iterations;
    options.seed = given.seed;
    options.substeps = given.substeps;
    options.noise = static_cast<jko_noise>(given.noise);
    options.progress = given.progress.c_callback();
    options.progress_user_data = given.progress.user_data();
    Prediction prediction{Course(prediction_times(model, thrown, given), x0.rows(), x0.columns()),
                          sized<jko_rollout_info>()};
    const ArrayView times(prediction.populations.times());
    detail::call(thrown, [&] {
        return rollout(model, x0.c_array(), times.c_array(), &options, prediction.populations.stacked().c_array(),
                       &prediction.info);
    });
    return prediction;
}

} // namespace detail

} // namespace jkonetstar

#endif
