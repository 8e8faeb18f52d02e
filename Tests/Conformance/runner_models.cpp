// Calls that make a model, and calls of the model that was made last.
#include "runner.hpp"

#include <cstdio>

void fit(const Arguments &given)
{
    const auto &terms = given.word(0);
    jk::ModelOptions options;
    auto fitted = jk::FitOptions().set_seed(given.seed(3));
    if (terms == "network") {
        options.set_potential(jk::MLP().set_hidden({given.small(1), given.small(1)}));
        fitted.set_training(jk::Adam().set_epochs(given.integer(2)).set_batch_size(8));
    } else if (terms == "radial") {
        options.set_potential(jk::Linear().set_radial(jk::Radial().set_grid(given.small(1))));
    } else if (terms == "beta") {
        options.set_potential(jk::None()).set_internal(jk::GaussianMixture().set_components(1));
    } else {
        options.set_potential(
            jk::Linear().set_polynomial_degree(given.small(1)).set_polynomial_total(true).set_radial(std::nullopt));
        if (terms == "linear+beta")
            options.set_internal(jk::GaussianMixture());
    }
    model.emplace(options);
    write("history", model->fit(*series, fitted).history());
}

void energy(const Arguments &)
{
    const auto x = (*series)[0];
    const auto info = model->describe();
    if (info.potential != JKO_NETWORK)
        write("coefficients", model->coefficients());
    if (info.internal != 0)
        write("beta", model->beta());
    write("energy", model->energy(x.points, x.weights));
    if (info.potential == JKO_NONE)
        return;
    write("potential", model->potential()(x.points));
    write("gradient", model->potential().gradient(x.points).values());
}

namespace
{

// The seed that the model was fitted with, from its description.
std::uint64_t own_seed()
{
    const auto text = model->describe_json();
    const auto found = text.find("\"seed\"", text.find("\"fit\""));
    return std::stoull(text.substr(text.find_first_of("0123456789", found)));
}

} // namespace

void predict(const Arguments &given)
{
    const auto seed = given.word(1) == "own" ? own_seed() : given.seed(1);
    const auto options = jk::PredictOptions().set_steps(given.integer(0)).set_seed(seed);
    write("paths", model->predict((*series)[0].points, options).populations.values());
}

void evaluate(const Arguments &)
{
    const auto found = model->evaluate(*series);
    write("one_step", found.one_step);
    write("energy_distance", found.energy_distance);
    write("variance_ratio", found.variance_ratio);
}

void compare_with_floor(const Arguments &given)
{
    const auto [train, test] = series->split(given.number(0), jk::Split::times, given.seed(1));
    const auto found = model->evaluate(test, jk::EvaluationOptions().set_train(&train));
    write("one_step", found.one_step);
    write("floor", found.floor);
    write("floor_energy_distance", found.floor_energy_distance);
}

void refuse(const Arguments &)
{
    try {
        model->potential()(jk::Matrix(1, 3));
    } catch (const jk::Error &error) {
        std::printf("  status %s\n", error.status_name());
    }
}
