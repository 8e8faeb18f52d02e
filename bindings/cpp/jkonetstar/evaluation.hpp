/**
 * @file jkonetstar/evaluation.hpp
 * @brief How well a model predicts snapshots: options, results, and the calls behind Model::evaluate().
 */
#ifndef JKONETSTAR_EVALUATION_HPP
#define JKONETSTAR_EVALUATION_HPP

#include "prediction.hpp"
#include "snapshots.hpp"

#include <vector>

namespace jkonetstar
{

/** How a model is evaluated. */
struct EvaluationOptions {
    /** Of the noise, for models with internal energy. */
    JKONETSTAR_OPTION(EvaluationOptions, std::uint64_t, seed, 0);
    /** The snapshots that the model was fitted to, for the floor; nullptr for none, and floors are NaN. */
    JKONETSTAR_OPTION(EvaluationOptions, const Snapshots *, train, nullptr);
    /** Hears of stage "evaluation". */
    JKONETSTAR_OPTION(EvaluationOptions, ProgressCallback, progress, {});
};

/**
 * Predictions beside what was observed; element k is for the step from snapshot k to k + 1.
 *
 * W1 is in length, and so is the energy distance, which is unbiased and may be a little below 0. A variance ratio below
 * 1 means that predictions are too narrow. Distances are INFINITY where predictions left the range of numbers.
 */
struct Evaluation {
    /* Snapshot k moved one step, and snapshot k + 1 */

    std::vector<double> one_step, energy_distance, variance_ratio;

    /* The rollout from snapshot 0, and snapshot k + 1; effects_mismatch is the squared W2, in length^2 */

    std::vector<double> cumulative, effects_mismatch, cumulative_energy_distance, cumulative_variance_ratio;

    /* Snapshot k as it is, and snapshot k + 1 */

    std::vector<double> nothing_moves, nothing_moves_energy_distance, nothing_moves_variance_ratio;

    /* The training snapshot of the same time, and snapshot k + 1: what a perfect model would score */

    std::vector<double> floor, floor_energy_distance;

    /** How all predictions' implicit steps went. */
    RolloutInfo info;
};

/** A fit beside the prediction that nothing moves; evaluation.h describes the members. */
using FitCheck = jko_fit_check;

namespace detail
{

inline jko_evaluation_options evaluation_options(const EvaluationOptions &given)
{
    auto options = defaults(jko_evaluation_options_init);
    options.seed = given.seed;
    options.progress = given.progress.c_callback();
    options.progress_user_data = given.progress.user_data();
    return options;
}

inline Evaluation evaluate(const jko_model *model, Thrown *thrown, const Snapshots &snapshots,
                           const EvaluationOptions &given)
{
    const auto options = evaluation_options(given);
    const jko_snapshots *train = handle_of(given.train, "train");
    const std::int64_t steps = snapshots.size() > 1 ? snapshots.size() - 1 : 1;
    Evaluation found{};
    found.info = sized<jko_rollout_info>();
    auto comparison = sized<jko_comparison>();
    std::array<MutableArrayView, 12> views;
    std::size_t next = 0;
    const auto want = [&](const jko_array *&place, std::vector<double> &values) {
        values.resize(elements(steps, 1));
        views[next] = MutableArrayView(values);
        place = views[next++].c_array();
    };
    want(comparison.one_step, found.one_step);
    want(comparison.energy_distance, found.energy_distance);
    want(comparison.variance_ratio, found.variance_ratio);
    want(comparison.cumulative, found.cumulative);
    want(comparison.effects_mismatch, found.effects_mismatch);
    want(comparison.cumulative_energy_distance, found.cumulative_energy_distance);
    want(comparison.cumulative_variance_ratio, found.cumulative_variance_ratio);
    want(comparison.nothing_moves, found.nothing_moves);
    want(comparison.nothing_moves_energy_distance, found.nothing_moves_energy_distance);
    want(comparison.nothing_moves_variance_ratio, found.nothing_moves_variance_ratio);
    want(comparison.floor, found.floor);
    want(comparison.floor_energy_distance, found.floor_energy_distance);
    detail::call(thrown,
                 [&] { return jko_model_compare(model, snapshots.get(), train, &options, &comparison, &found.info); });
    return found;
}

inline FitCheck check_fit(const jko_model *model, Thrown *thrown, const Snapshots &snapshots,
                          const EvaluationOptions &given)
{
    const auto options = evaluation_options(given);
    auto found = sized<jko_fit_check>();
    detail::call(thrown, [&] { return jko_model_check(model, snapshots.get(), &options, &found); });
    return found;
}

} // namespace detail

} // namespace jkonetstar

#endif
