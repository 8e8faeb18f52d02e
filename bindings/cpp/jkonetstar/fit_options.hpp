/**
 * @file jkonetstar/fit_options.hpp
 * @brief The options of a fit as the C interface takes them.
 */
#ifndef JKONETSTAR_FIT_OPTIONS_HPP
#define JKONETSTAR_FIT_OPTIONS_HPP

#include "training.hpp"

namespace jkonetstar::detail
{

/** The options of a fit as the C interface takes them. Members point at each other and at what was given. */
class WholeFitOptions
{
  public:
    explicit WholeFitOptions(const FitOptions &given)
        : options_(defaults(jko_fit_options_init)), training_(defaults(jko_training_options_init)),
          plan_(plan_options(given.coupling, Metric::sqeuclidean, {}))
    {
        options_.seed = given.seed;
        options_.progress = given.progress.c_callback();
        options_.progress_user_data = given.progress.user_data();
        options_.transport = std::holds_alternative<Exact>(given.coupling) ? nullptr : &plan_;
        options_.rollout_weight = given.rollout_weight.value_or(JKO_ROLLOUT_USUAL);
        options_.rollout_rounds = given.rollout_rounds;
        options_.growth = handle_of(given.growth, "growth");
        if (const auto *adam = std::get_if<Adam>(&given.training))
            set(*adam);
        else if (const auto *closed = std::get_if<ClosedForm>(&given.training))
            set(*closed);
        if (std::holds_alternative<Influence>(given.error_bars))
            options_.error_bars = JKO_ERROR_BARS_INFLUENCE;
        if (const auto *bootstrap = std::get_if<Bootstrap>(&given.error_bars)) {
            options_.error_bars = JKO_ERROR_BARS_BOOTSTRAP;
            options_.bootstrap_samples = given_or(bootstrap->samples, "error_bars.samples", "2 and 100000");
        }
    }

    WholeFitOptions(const WholeFitOptions &) = delete;
    WholeFitOptions &operator=(const WholeFitOptions &) = delete;

    const jko_fit_options *c_options() const noexcept { return &options_; }

  private:
    // 0 stands for the default in C. Here it is a number that somebody has given.
    static std::int64_t given_or(std::optional<std::int64_t> value, const char *name, const char *bounds)
    {
        if (value == 0)
            raise(JKO_EINVALID, name, std::string(name) + " = 0 is not between " + bounds);
        return value.value_or(0);
    }

    void set(const Adam &adam)
    {
        options_.training = &training_;
        training_.epochs = given_or(adam.epochs, "training.epochs", "1 and 10000000");
        training_.batch_size = adam.batch_size;
        training_.learning_rate = adam.learning_rate;
        training_.schedule = static_cast<jko_schedule>(adam.schedule);
        training_.final_rate = adam.final_rate;
        training_.clip_norm = adam.clip_norm;
        training_.precision = adam.double_precision ? JKO_FLOAT64 : JKO_FLOAT32;
        training_.interaction_samples = adam.interaction_samples;
        if (adam.last_layer) {
            training_.last_layer = JKO_LAST_LAYER_EXACT;
            training_.last_layer_every = adam.last_layer->every;
            options_.ridge = adam.last_layer->ridge.value_or(JKO_RIDGE_USUAL);
        }
        if (adam.validation) {
            training_.validation = static_cast<jko_validation>(adam.validation->by);
            training_.validation_fraction = adam.validation->fraction;
            training_.validation_every = adam.validation->every;
            training_.patience = adam.validation->patience;
        }
        if (adam.checkpoint) {
            checkpoint_ = adam.checkpoint->path;
            training_.checkpoint = c_path(checkpoint_, "training.checkpoint.path");
            training_.checkpoint_every = adam.checkpoint->every;
            training_.resume = adam.checkpoint->resume ? 1 : 0;
        }
    }

    void set(const ClosedForm &closed)
    {
        options_.ridge = closed.ridge.value_or(JKO_RIDGE_USUAL);
        options_.ridge_method = closed.cross_validated ? JKO_RIDGE_CROSS_VALIDATED : JKO_RIDGE_FIXED;
        options_.bias_samples = closed.bias_samples;
    }

    jko_fit_options options_;
    jko_training_options training_;
    jko_plan_options plan_;
    std::string checkpoint_;
};

} // namespace jkonetstar::detail

#endif
