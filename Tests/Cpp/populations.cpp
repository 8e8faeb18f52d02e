// Snapshots, plans, distances, densities, growth and interpolation through C++.
#include "check.hpp"

#include <numeric>

namespace
{

void snapshots()
{
    const Points points{{0, 1}, {2, 3}, {4, 5}, {6, 7}};
    const jk::Snapshots series(points, {1.0, 0.0, 1.0, 0.0}, {1.0, 1.0, 3.0, 1.0});
    CHECK(series.size() == 2 && series.dimension() == 2 && series.times() == std::vector<double>{0, 1});
    const auto late = series[1];
    CHECK(late.time == 1 && late.points(0, 0) == 0 && late.points(1, 1) == 5);
    CHECK(late.weights == std::vector<double>{0.25, 0.75} && late.rows == std::vector<std::int64_t>{0, 2});
    series.save("series");
    const auto loaded = jk::Snapshots::load("series");
    CHECK(loaded[1].points.values() == late.points.values() && loaded[1].weights == late.weights);
    CHECK(loaded.names() == std::vector<std::string>(2));
    const auto within = jk::Snapshots::within(points, {0.0, 0.1, 0.2, 1.0}, 0.25);
    CHECK(within.times() == std::vector<double>{0.1, 1});
    const auto large = contracting();
    const auto [train, test] = large.split(0.3);
    CHECK(train.particles(1) == 70 && test.particles(1) == 30 && test.size() == 3);
    CHECK(large.split(0.3, jk::Split::trajectories, 5).second[0].rows ==
          large.split(0.3, jk::Split::trajectories, 5).second[2].rows);
    CHECK(large.shuffle(1)[0].rows != large[0].rows && large.without(1).times() == std::vector<double>{0, 0.2});
}

void plans()
{
    // On a line the optimal plan keeps the order.
    const std::vector<double> x{0, 1, 2}, y{2.5, 0.5, 1.5};
    const auto plan = jk::optimal_transport(x, y);
    CHECK(near(plan.cost(), 0.25, 1e-12) && plan.describe().gap <= 1e-9);
    const auto entries = plan.entries();
    CHECK(entries.size() == 3 && entries[0].column == 1 && entries[1].column == 2 && entries[2].column == 0 &&
          near(entries[0].mass, 1.0 / 3, 1e-15));
    CHECK(near(plan.barycentres_x(1)(2, 0), 2.5, 1e-12) && near(plan.barycentres_y(1)(0, 0), 2, 1e-12));
    const auto [u, v] = plan.duals();
    double dual = 0;
    for (std::size_t i = 0; i < 3; i++)
        dual += (u[i] + v[i]) / 3;
    CHECK(near(dual, plan.cost(), 1e-12));
    CHECK(near(jk::emd(x, y), 0.5, 1e-12) && near(jk::emd(x, y, 2), 0.5, 1e-12));
    CHECK(jk::transport_plans(contracting()).size() == 2);
    THROWS(InputError, JKO_ESHAPE, "snapshots", jk::transport_plans(jk::Snapshots::empty(2)));
    THROWS(InputError, JKO_EPOPULATION, "b",
           jk::optimal_transport(x, y, jk::Exact{}, jk::Metric::euclidean, {1.0, 1.0, 1.0}, {1.0, 1.0, 2.0}));

    const auto entropic = jk::optimal_transport(x, y, jk::Sinkhorn().set_epsilon(0.01));
    CHECK(entropic.describe().converged != 0 && entropic.cost() >= plan.cost() - 1e-6 &&
          entropic.entries(1e-3).size() >= 3);
    const auto unbalanced =
        jk::optimal_transport(x, y, jk::Unbalanced().set_relaxation_x(1).set_relaxation_y(INFINITY));
    const auto [left, reached] = unbalanced.masses();
    CHECK(near(std::accumulate(reached.begin(), reached.end(), 0.0), 1, 1e-5) && left.size() == 3);
    CHECK(near(jk::sinkhorn_divergence(x, x), 0, 1e-6) && jk::sinkhorn_divergence(x, y) > 0);
    CHECK(jk::energy_distance(x, {10.0, 11.0}) > 10);
}

void densities()
{
    // The score of a Gaussian is -(x - mean) / variance.
    std::mt19937_64 random(1);
    std::normal_distribution<double> normal(2, 0.5);
    std::vector<double> points(300);
    double mean = 0, square_mean = 0;
    for (double &x : points) {
        x = normal(random);
        mean += x / 300, square_mean += x * x / 300;
    }
    const double variance = square_mean - mean * mean;
    const jk::Density one(points, jk::GaussianMixture().set_components(1));
    CHECK(near(one.score({2.5})(0, 0), (mean - 2.5) / variance, 1e-4) && one.describe().components == 1);
    const double peak = -0.5 * std::log(2 * 3.14159265358979 * variance);
    CHECK(near(one.log_density({mean})[0], peak, 1e-5));
    const jk::Density kernel(points, jk::KernelDensity().set_bandwidth(0.2));
    CHECK(near(kernel.describe().bandwidth, 0.2, 1e-12) && kernel.describe().kind == JKO_DENSITY_KERNEL);
    THROWS(InputError, JKO_EPOPULATION, "points", jk::Density(std::vector<double>(5, 1.0)));
    THROWS(InputError, JKO_EINVALID, "components", jk::Density(points, jk::GaussianMixture().set_components(0)));
}

void growth()
{
    // Everybody stays, and the population doubles in a unit of time.
    auto series = jk::Snapshots::empty(2);
    const Points points = square(60);
    for (int k = 0; k < 3; k++)
        series.append(points, k);
    const jk::Growth growth(series, jk::GrowthOptions().set_total_mass({1, 2, 4}).set_bootstrap(3));
    CHECK(growth.dimension() == 2);
    const auto rates = growth.rate(points, 1);
    for (std::size_t i = 0; i < 60; i += 20)
        CHECK(near(rates[i], std::log(2.0), 0.05));
    CHECK(growth.rate_error(points, 1)[0] >= 0 && near(growth.total_mass({1.5})[0], std::sqrt(8.0), 1e-9));
    growth.save("growth.safetensors");
    CHECK(jk::Growth::load("growth.safetensors").rate(points, 1) == rates);
    THROWS(InputError, JKO_ESHAPE, "total_mass", jk::Growth(series, jk::GrowthOptions().set_total_mass({1, 2})));

    jk::Model model(jk::ModelOptions().set_potential(quadratic()));
    model.fit(series, jk::FitOptions().set_growth(&growth));
    const auto paths = model.predict(points, 2).populations;
    const auto masses = model.growth().masses(paths);
    CHECK(masses.rows() == 3 && near(masses(0, 0), 1.0 / 60, 1e-15));
    CHECK(near(masses(2, 0) / masses(0, 0), 4, 0.4));
    model.set_growth(nullptr);
    THROWS(InputError, JKO_EINVALID, "model", model.growth());
}

void interpolation()
{
    const auto series = contracting(60, 3);
    const auto found =
        jk::interpolate(series, {0.1, 0.15}, jk::InterpolationOptions().set_method(jk::InterpolationMethod::straight));
    CHECK(found.snapshots.size() == 2 && found.snapshots[0].points.values() == series[1].points.values());
    // Straight lines end half-way, 0.95 of where the earlier snapshot is.
    const auto middle = found.snapshots[1];
    jk::Matrix expected = series[1].points;
    for (std::int64_t i = 0; i < 60; i++)
        expected(i, 0) *= 0.95, expected(i, 1) *= 0.95;
    CHECK(near(jk::emd(middle.points, expected, 1, middle.weights), 0, 1e-9));
    CHECK(std::isnan(found.ridge[0]) && found.ridge[1] == 0);

    jk::Model model(jk::ModelOptions().set_potential(quadratic()));
    model.fit(series);
    const auto along = jk::interpolate(series, {0.05},
                                       jk::InterpolationOptions()
                                           .set_method(jk::InterpolationMethod::flow)
                                           .set_model(&model)
                                           .set_relaxation(INFINITY));
    // Both neighbours flow half of the gap: exp(-0.05) from one side, 0.9 exp(0.05) from the other.
    for (std::int64_t i = 0; i < 60; i++)
        for (std::int64_t j = 0; j < 2; j++)
            expected(i, j) = series[0].points(i, j) * (std::exp(-0.05) + 0.9 * std::exp(0.05)) / 2;
    CHECK(near(jk::emd(along.snapshots[0].points, expected, 1, along.snapshots[0].weights), 0, 1e-3));
    THROWS(InputError, JKO_EPOPULATION, "times", jk::interpolate(series, {0.2, 0.1}));
}

} // namespace

int main()
{
    snapshots();
    plans();
    densities();
    growth();
    interpolation();
    return finish("populations");
}
