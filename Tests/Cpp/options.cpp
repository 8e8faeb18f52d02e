// Options have the defaults of the C interface, reach it, and can be set in a chain and, in C++20, by name.
#include "check.hpp"

namespace
{

#define SAME(member) CHECK(ours.member == theirs.member)

void model_defaults()
{
    const jk::ModelOptions given;
    const jk::detail::WholeModelOptions whole(given);
    const auto &ours = *whole.c_options();
    const auto theirs = jk::detail::defaults(jko_model_options_init);
    SAME(potential), SAME(interaction), SAME(internal), SAME(time_varying), SAME(scheme), SAME(density);
    SAME(struct_size), SAME(interaction_network), SAME(interaction_features), SAME(potential_features);
}

void network_defaults()
{
    const jk::detail::TermOptions term(jk::MLP{}, "potential");
    const auto &ours = *term.network();
    const auto theirs = jk::detail::defaults(jko_network_options_init);
    SAME(struct_size), SAME(hidden_count), SAME(activation), SAME(hidden[0]), SAME(hidden[1]);
}

void feature_defaults()
{
    const jk::detail::TermOptions term(jk::Linear{}, "potential");
    const auto &ours = *term.features();
    const auto theirs = jk::detail::defaults(jko_feature_options_init);
    SAME(struct_size), SAME(polynomial_degree), SAME(polynomial_total), SAME(trigonometric), SAME(radial);
    SAME(radial_grid), SAME(radial_centres), SAME(radial_width), SAME(fourier_features), SAME(time_degree);
    SAME(fourier_scale), SAME(callback), SAME(callback_user_data), SAME(callback_count), SAME(fourier_coordinates);
}

void density_defaults()
{
    const auto theirs = jk::detail::defaults(jko_density_options_init);
    auto ours = jk::detail::density_options(jk::GaussianMixture{});
    SAME(kind), SAME(covariance), SAME(components), SAME(max_components), SAME(restarts), SAME(max_iterations);
    SAME(tolerance), SAME(regularisation), SAME(absolute_regularisation), SAME(seed), SAME(start);
    SAME(bandwidth_rule), SAME(bandwidth), SAME(progress), SAME(struct_size);
    ours = jk::detail::density_options(jk::KernelDensity{});
    CHECK(ours.kind == JKO_DENSITY_KERNEL);
    SAME(covariance), SAME(bandwidth_rule), SAME(bandwidth);
}

void fit_defaults()
{
    const jk::FitOptions given;
    const jk::detail::WholeFitOptions whole(given);
    const auto &ours = *whole.c_options();
    const auto theirs = jk::detail::defaults(jko_fit_options_init);
    SAME(struct_size), SAME(seed), SAME(progress), SAME(transport), SAME(training), SAME(ridge), SAME(ridge_method);
    SAME(error_bars), SAME(bootstrap_samples), SAME(rollout_weight), SAME(rollout_rounds), SAME(bias_samples);
    SAME(growth);
    const auto closed_given = jk::FitOptions().set_training(jk::ClosedForm{});
    const jk::detail::WholeFitOptions closed(closed_given);
    CHECK(closed.c_options()->ridge == theirs.ridge && closed.c_options()->ridge_method == theirs.ridge_method &&
          closed.c_options()->training == nullptr && closed.c_options()->bias_samples == theirs.bias_samples);
}

void training_defaults()
{
    auto given = jk::FitOptions().set_training(jk::Adam{});
    const jk::detail::WholeFitOptions whole(given);
    auto ours = *whole.c_options()->training;
    const auto theirs = jk::detail::defaults(jko_training_options_init);
    SAME(struct_size), SAME(epochs), SAME(batch_size), SAME(learning_rate), SAME(final_rate), SAME(clip_norm);
    SAME(schedule), SAME(precision), SAME(interaction_samples), SAME(last_layer_every), SAME(last_layer);
    SAME(validation), SAME(validation_fraction), SAME(validation_every), SAME(patience), SAME(checkpoint);
    SAME(checkpoint_every), SAME(resume);

    // The parts that are left out by default have C's defaults, too.
    given.set_training(jk::Adam()
                           .set_last_layer(jk::ExactLastLayer{})
                           .set_validation(jk::Validation().set_by(jk::ValidatedBy::emd))
                           .set_checkpoint(jk::Checkpoint().set_path("here")));
    const jk::detail::WholeFitOptions all(given);
    ours = *all.c_options()->training;
    CHECK(ours.last_layer == JKO_LAST_LAYER_EXACT && ours.validation == JKO_VALIDATION_EMD &&
          std::string(ours.checkpoint) == "here");
    SAME(last_layer_every), SAME(validation_fraction), SAME(validation_every), SAME(patience);
    SAME(checkpoint_every), SAME(resume);
}

void plan_defaults()
{
    const auto theirs = jk::detail::defaults(jko_plan_options_init);
    auto ours = jk::detail::plan_options(jk::Exact{}, jk::Metric::sqeuclidean, {});
    SAME(struct_size), SAME(metric), SAME(method), SAME(progress), SAME(epsilon), SAME(tolerance);
    SAME(max_iterations), SAME(relaxation_x), SAME(relaxation_y);
    ours = jk::detail::plan_options(jk::Sinkhorn{}, jk::Metric::sqeuclidean, {});
    CHECK(ours.method == JKO_PLAN_SINKHORN);
    SAME(epsilon), SAME(tolerance), SAME(max_iterations);
    ours = jk::detail::plan_options(jk::Unbalanced{}, jk::Metric::euclidean, {});
    CHECK(ours.method == JKO_PLAN_UNBALANCED && ours.metric == JKO_EUCLIDEAN);
    SAME(epsilon), SAME(tolerance), SAME(max_iterations), SAME(relaxation_x), SAME(relaxation_y);
}

void other_defaults()
{
    {
        const auto theirs = jk::detail::defaults(jko_rollout_options_init);
        const jk::PredictOptions ours;
        SAME(tolerance), SAME(max_iterations), SAME(seed), SAME(substeps);
        CHECK(static_cast<jko_noise>(ours.noise) == theirs.noise);
    }
    {
        const auto theirs = jk::detail::defaults(jko_simulation_options_init);
        const jk::SimulationOptions ours;
        SAME(beta), SAME(dt), SAME(t0), SAME(steps), SAME(seed);
    }
    {
        const auto theirs = jk::detail::defaults(jko_growth_options_init);
        const jk::GrowthOptions ours;
        SAME(relaxation), SAME(ridge), SAME(rounds), SAME(bootstrap), SAME(length_scale), SAME(time_scale);
        SAME(particles), SAME(seed);
    }
    {
        const auto theirs = jk::detail::defaults(jko_interpolation_options_init);
        const auto ours = jk::detail::interpolation_options({});
        SAME(struct_size), SAME(method), SAME(rounds), SAME(gradient), SAME(ridge), SAME(relaxation);
        SAME(length_scale), SAME(time_scale), SAME(particles), SAME(seed), SAME(progress), SAME(model), SAME(growth);
    }
    {
        const auto theirs = jk::detail::defaults(jko_evaluation_options_init);
        const auto ours = jk::detail::evaluation_options({});
        SAME(struct_size), SAME(seed), SAME(progress);
    }
}

void flow_defaults()
{
    const auto theirs = jk::detail::defaults(jko_flow_options_init);
    const jk::FlowOptions given;
    std::array<jk::detail::Thrown *, 2> thrown{};
    const auto ours = jk::detail::flow_options(given, thrown);
    SAME(struct_size), SAME(potential), SAME(potential_callback), SAME(potential_model), SAME(interaction);
    SAME(interaction_callback), SAME(interaction_model), SAME(beta), SAME(exponent), SAME(scheme), SAME(step);
    SAME(steps), SAME(t0), SAME(components), SAME(bumps), SAME(neighbour), SAME(particles), SAME(seed), SAME(progress);
    SAME(method), SAME(hidden_count), SAME(hidden[0]), SAME(hidden[1]), SAME(rank), SAME(iterations);
    SAME(batch_size), SAME(learning_rate), SAME(checkpoint), SAME(resume);
}

void sample_defaults()
{
    const auto theirs = jk::detail::defaults(jko_sample_options_init);
    const jk::SampleOptions ours;
    SAME(beta), SAME(draws), SAME(warmup), SAME(seed);
    CHECK(theirs.step == 0 && !ours.step && theirs.adjusted == 1 && ours.adjusted);
}

// Every setter of a chain has its effect, on an object with a name and on one without.
void chains()
{
    auto fit = jk::FitOptions().set_seed(7).set_error_bars(jk::Bootstrap().set_samples(5));
    fit.set_rollout_weight(0.5).set_rollout_rounds(3);
    const jk::detail::WholeFitOptions whole(fit);
    CHECK(whole.c_options()->seed == 7 && whole.c_options()->error_bars == JKO_ERROR_BARS_BOOTSTRAP &&
          whole.c_options()->bootstrap_samples == 5 && whole.c_options()->rollout_weight == 0.5 &&
          whole.c_options()->rollout_rounds == 3);

    const jk::Model model(jk::ModelOptions()
                              .set_potential(jk::MLP().set_hidden({8, 4}).set_activation(jk::Activation::tanh))
                              .set_interaction(quadratic())
                              .set_internal(jk::KernelDensity().set_bandwidth(0.5))
                              .set_scheme(jk::Scheme::implicit));
    const std::string text = model.describe_json();
    CHECK(text.find("\"hidden\":[8,4]") != std::string::npos && text.find("tanh") != std::string::npos);
    CHECK(model.describe().interaction == JKO_LINEAR && model.describe().internal != 0 &&
          model.describe().scheme == JKO_SCHEME_IMPLICIT);
#if __cplusplus >= 202002L
    const jk::FitOptions named{.seed = 7, .training = jk::Adam{.epochs = 3, .learning_rate = 1e-2}};
    const jk::detail::WholeFitOptions also(named);
    CHECK(also.c_options()->seed == 7 && also.c_options()->training->epochs == 3 &&
          also.c_options()->training->learning_rate == 1e-2 && also.c_options()->training->batch_size == 100);
    const jk::Model linear({.potential = jk::Linear{.polynomial_degree = 2, .radial = {}}});
    CHECK(linear.describe().potential == JKO_LINEAR);
#endif
}

} // namespace

int main()
{
    model_defaults();
    network_defaults();
    feature_defaults();
    density_defaults();
    fit_defaults();
    training_defaults();
    plan_defaults();
    other_defaults();
    flow_defaults();
    sample_defaults();
    chains();
    return finish("options");
}
