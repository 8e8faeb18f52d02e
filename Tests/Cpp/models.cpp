// Models that are fitted, evaluated, followed, saved and loaded through C++ give what mathematics says they should.
#include "check.hpp"

#include <numeric>

namespace
{

void potentials()
{
    const auto series = contracting();
    const auto model = closed_form(series);
    const auto V = model.potential();
    const Points x = square(7, 3);
    const auto slope = V.gradient(x);
    const auto values = V(x);
    for (std::int64_t i = 0; i < 7; i++) {
        const auto &point = x[static_cast<std::size_t>(i)];
        CHECK(near(slope(i, 0), point[0], 1e-9) && near(slope(i, 1), point[1], 1e-9));
        const double half_square = (point[0] * point[0] + point[1] * point[1]) / 2;
        const double first = (x[0][0] * x[0][0] + x[0][1] * x[0][1]) / 2;
        CHECK(near(values[static_cast<std::size_t>(i)] - values[0], half_square - first, 1e-9));
    }
    // Into memory of the caller's, and at one point, the same numbers.
    std::vector<double> value(7), column_major(14);
    V.evaluate(x, value, {column_major, 7, 2});
    V.evaluate(x, {}, jk::MutableArrayView(column_major.data(), 7, 2, 1, 7));
    CHECK(value == values && column_major[7 + 3] == slope(3, 1));
    std::array<double, 2> gradient{};
    CHECK(near(V.value_at(x[3], gradient), values[3], 1e-14) && near(gradient[1], slope(3, 1), 1e-14));
    CHECK(V.gradient_at(x[3]) == gradient && V.value_at(x[3]) == V.value_at(x[3].data(), 2));
    const auto product = V.hessian_product(x, x);
    CHECK(near(product(5, 0), x[5][0], 1e-9) && near(product(5, 1), x[5][1], 1e-9));
    THROWS(InputError, JKO_EINVALID, "t", V(x, 0.5));
    THROWS(InputError, JKO_ESHAPE, "x", V(std::vector<double>(3)));
    THROWS(InputError, JKO_EINVALID, "model", model.interaction()(x));
    CHECK(model.times() == series.times() && model.history().size() == 1);
    CHECK(model.coefficients().size() == static_cast<std::size_t>(model.describe().parameter_count));
    CHECK(model.observability().find("\"identified\":true") != std::string::npos && model.ridge() == 0);
}

void predictions()
{
    const auto series = contracting();
    const auto model = closed_form(series);
    const auto start = series[0].points;
    const auto predicted = model.predict(start, 2);
    CHECK(predicted.populations.size() == 3 && predicted.info.unconverged == 0);
    CHECK(predicted.populations.times() == series.times());
    for (std::int64_t k = 0; k < 3; k++)
        CHECK(near(predicted.populations(k, 11, 1), series[k].points(11, 1), 1e-9));
    CHECK(near(jk::emd(predicted.populations.last(), series[2].points), 0, 1e-9));
    const auto at_times = model.predict(start, jk::PredictOptions().set_times({0, 0.1, 0.2}));
    CHECK(at_times.populations.values() == predicted.populations.values());
    THROWS(InputError, JKO_EPOPULATION, "times", model.predict(start, jk::PredictOptions().set_times({0.1, 0})));
    THROWS(InputError, JKO_EINVALID, "t0", model.predict(start, jk::PredictOptions().set_t0(0.05)));
    THROWS(InputError, JKO_EINVALID, "steps", model.predict(start, -1));
    CHECK(model.predict(start, 0).populations.size() == 1);
    THROWS(InputError, JKO_EINVALID, "k", predicted.populations[3]);

    const auto found = model.evaluate(series, jk::EvaluationOptions().set_train(&series));
    CHECK(found.one_step.size() == 2 && near(found.one_step[1], 0, 1e-9) && near(found.cumulative[1], 0, 1e-9));
    CHECK(found.nothing_moves[0] > 0.05 && near(found.floor[0], 0, 1e-12) && near(found.variance_ratio[0], 1, 1e-9));
    CHECK(std::isnan(model.evaluate(series).floor[0]));
    const auto fit = model.check_fit(series);
    CHECK(fit.worse == 0 && fit.one_step < 1e-9 && fit.transitions == 2);
    THROWS(InputError, JKO_ESHAPE, "snapshots", model.evaluate(contracting(5, 0)));
}

// A network that varies in time, saved and loaded: bit for bit the same.
void networks()
{
    const auto series = contracting();
    jk::Model model(
        jk::ModelOptions().set_potential(jk::MLP().set_hidden({16, 16})).set_time_varying(jk::TimeVarying::yes));
    model.fit(series, jk::FitOptions().set_seed(3).set_training(jk::Adam().set_epochs(60).set_learning_rate(0.01)));
    CHECK(model.history().size() == 60 && model.history().back() < 0.2 * model.history().front());
    const Points x = square(9);
    const std::vector<double> each(9, 0.1);
    const auto one_time = model.potential()(x, 0.1), times = model.potential()(x, each);
    CHECK(one_time == times);
    CHECK(model.potential()(x, 0.0) != one_time);
    THROWS(InputError, JKO_ENULL, "t", model.potential()(x));
    model.save("network.safetensors");
    const auto loaded = jk::Model::load("network.safetensors");
    CHECK(loaded.potential()(x, 0.1) == one_time && loaded.describe_json() == model.describe_json());
    CHECK(loaded.predict(x, 2).populations.values() == model.predict(x, 2).populations.values());
    std::array<double, 2> up{}, down{}, gradient{};
    const double h = 1e-5;
    up = {x[2][0] + h, x[2][1]}, down = {x[2][0] - h, x[2][1]};
    const auto V = model.potential();
    V.value_at(x[2], gradient, 0.1);
    // Central differences err by h^2 / 6 times the third derivative, and by rounding, 1e-16 / h.
    CHECK(near((V.value_at(up, 0.1) - V.value_at(down, 0.1)) / (2 * h), gradient[0], 1e-7));
}

// V, U and beta with error bars, from a simulated population that has them.
void whole_energies()
{
    std::mt19937_64 random(2);
    std::normal_distribution<double> normal(0.5, 1);
    std::vector<double> start(400);
    for (double &x : start)
        x = normal(random);
    const auto slope = [](double weight) {
        return [weight](const double *x, std::int64_t n, std::int64_t d, double, double *gradient) {
            for (std::int64_t i = 0; i < n * d; i++)
                gradient[i] = weight * x[i];
        };
    };
    const auto course = jk::simulate(
        start, jk::SimulationOptions().set_potential(slope(1)).set_interaction(slope(0.5)).set_beta(0.3).set_steps(50));
    auto series = jk::Snapshots::empty(1);
    for (std::int64_t k = 0; k <= 50; k += 10)
        series.append(course[k], 0.01 * static_cast<double>(k));
    jk::Model model(jk::ModelOptions()
                        .set_potential(quadratic())
                        .set_interaction(quadratic())
                        .set_internal(jk::GaussianMixture().set_components(1))
                        .set_scheme(jk::Scheme::explicit_));
    model.fit(series, jk::FitOptions().set_error_bars(jk::Influence{}));
    // Five standard errors: a chance of one in a million, and the seeds are fixed.
    CHECK(model.beta_error() > 0 && near(model.beta(), 0.3, 5 * model.beta_error()));
    const std::vector<double> at{1.0};
    const double found = model.potential().gradient(at)(0, 0), error = model.potential().gradient_error(at)(0, 0);
    CHECK(error > 0 && near(found, 1, 5 * error));
    CHECK(model.potential().error(at)[0] > 0 && model.interaction().error(at)[0] > 0);
    THROWS(InputError, JKO_EINVALID, "t", model.interaction()(at, 1.0));
    CHECK(model.covariance().rows() == static_cast<std::int64_t>(model.coefficients().size()));
    // The same seed gives the same course, another seed another one.
    const auto with = [](std::uint64_t seed) { return jk::PredictOptions().set_steps(2).set_seed(seed); };
    CHECK(model.predict(start, with(1)).populations.values() == model.predict(start, with(1)).populations.values());
    CHECK(model.predict(start, with(1)).populations.values() != model.predict(start, with(2)).populations.values());
    // J is known up to V's constant; J of a population that is moved by c changes by the mean of c grad V + c^2 / 2.
    std::vector<double> moved = start;
    for (double &x : moved)
        x += 0.1;
    const double mean = std::accumulate(start.begin(), start.end(), 0.0) / 400;
    const double curvature = model.potential().hessian_product(at, at)(0, 0);
    const double slope_at_mean = model.potential().gradient({mean})(0, 0);
    CHECK(near(model.energy(moved) - model.energy(start), 0.1 * slope_at_mean + 0.005 * curvature, 1e-6));
}

// Standard errors of a network's predictions come from the members of a bootstrap.
void members()
{
    const auto series = contracting(30);
    jk::Model model(jk::ModelOptions().set_potential(jk::MLP().set_hidden({4})));
    const auto fit = jk::FitOptions().set_training(jk::Adam().set_epochs(5));
    model.fit(series, fit);
    THROWS(InputError, JKO_EINVALID, "model", model.predict_error(series[0].points));
    model.fit(series, jk::FitOptions(fit).set_error_bars(jk::Bootstrap().set_samples(3)));
    const auto errors = model.predict_error(series[0].points).populations;
    CHECK(model.describe().member_count == 3 && errors(0, 0, 0) == 0 && errors(1, 0, 0) > 0);
}

} // namespace

int main()
{
    potentials();
    predictions();
    networks();
    whole_energies();
    members();
    return finish("models");
}
