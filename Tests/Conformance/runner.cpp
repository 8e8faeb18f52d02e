// Runs the calls of a conformance table through the C++ headers, and writes the table with the results.
//
//     runner TABLE >RESULTS
//
// Here are the calls that need no model; the others are in runner_models.cpp.
#include "runner.hpp"

#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

void write(const char *name, const std::vector<double> &numbers)
{
    std::printf("  %s", name);
    for (const double number : numbers) {
        std::uint64_t bits;
        std::memcpy(&bits, &number, sizeof bits);
        std::printf(" %016" PRIx64, bits);
    }
    std::printf("\n");
}

void write(const char *name, double number) { write(name, std::vector<double>{number}); }

namespace
{

template <typename One, typename Other> std::vector<double> joined(const One &one, const Other &other)
{
    std::vector<double> all(one.begin(), one.end());
    all.insert(all.end(), other.begin(), other.end());
    return all;
}

void write_rows(const char *name, const jk::Snapshots &some)
{
    std::vector<double> rows;
    for (std::int64_t k = 0; k < some.size(); k++)
        for (const std::int64_t row : some[k].rows)
            rows.push_back(static_cast<double>(row));
    write(name, rows);
}

void load(const Arguments &given)
{
    auto options = jk::LoadOptions().set_time("time");
    if (given.words.size() > 1)
        options.set_weights(given.word(1));
    series = jk::Snapshots::load(given.word(0), options);
    std::vector<double> points, weights;
    for (std::int64_t k = 0; k < series->size(); k++) {
        points = joined(points, (*series)[k].points.values());
        weights = joined(weights, (*series)[k].weights);
    }
    write("points", points);
    write("weights", weights);
}

void emd(const Arguments &given)
{
    const auto x = (*series)[given.integer(0)], y = (*series)[given.integer(1)];
    write("value", jk::emd(x.points, y.points, given.small(2), x.weights, y.weights));
}

void energy_distance(const Arguments &given)
{
    const auto x = (*series)[given.integer(0)], y = (*series)[given.integer(1)];
    write("value", jk::energy_distance(x.points, y.points, x.weights, y.weights));
}

void divergence(const Arguments &given)
{
    const auto x = (*series)[given.integer(0)], y = (*series)[given.integer(1)];
    const auto method = jk::Sinkhorn().set_epsilon(given.number(2));
    write("value", jk::sinkhorn_divergence(x.points, y.points, method, jk::Metric::sqeuclidean, x.weights, y.weights));
}

void plan(const Arguments &given)
{
    const auto x = (*series)[given.integer(0)], y = (*series)[given.integer(1)];
    jk::Coupling coupling = jk::Exact();
    if (given.number(2) > 0)
        coupling = jk::Sinkhorn().set_epsilon(given.number(2));
    const auto found =
        jk::optimal_transport(x.points, y.points, coupling, jk::Metric::sqeuclidean, x.weights, y.weights);
    write("cost", found.cost());
    const auto duals = found.duals(), masses = found.masses();
    write("duals", joined(duals.first, duals.second));
    write("masses", joined(masses.first, masses.second));
    write("barycentres", found.barycentres_x(x.points.columns()).values());
    if (given.number(2) > 0)
        return;
    std::vector<double> rows, columns, mass;
    for (const auto &entry : found.entries()) {
        rows.push_back(static_cast<double>(entry.row));
        columns.push_back(static_cast<double>(entry.column));
        mass.push_back(entry.mass);
    }
    write("pairs", joined(rows, columns));
    write("mass", mass);
}

void shuffle(const Arguments &given) { write_rows("rows", series->shuffle(given.seed(0))); }

void split(const Arguments &given)
{
    const auto [train, test] = series->split(given.number(0), jk::Split::times, given.seed(1));
    write_rows("train", train);
    write_rows("test", test);
}

void functional(const Arguments &given)
{
    const auto x = (*series)[0].points;
    write("values", jk::functionals::value(given.word(0), x));
    write("gradient", jk::functionals::gradient(given.word(0), x).values());
}

void simulate(const Arguments &given)
{
    auto options = jk::SimulationOptions().set_potential(given.word(0)).set_beta(given.number(1));
    options.set_dt(given.number(2)).set_steps(given.integer(3)).set_seed(given.seed(4));
    write("paths", jk::simulate((*series)[0].points, options).values());
}

// By the gradient of V(x, y) = 2 x y.
void simulate_function(const Arguments &given)
{
    const jk::Gradient saddle = [](const double *points, std::int64_t n, std::int64_t d, double, double *gradient) {
        for (std::int64_t i = 0; i < n; i++) {
            gradient[i * d] = 2 * points[i * d + 1];
            gradient[i * d + 1] = 2 * points[i * d];
        }
    };
    const auto options =
        jk::SimulationOptions().set_potential(saddle).set_dt(given.number(0)).set_steps(given.integer(1));
    write("paths", jk::simulate((*series)[0].points, options).values());
}

void interpolate(const Arguments &given)
{
    const auto options = jk::InterpolationOptions().set_seed(given.seed(1));
    const auto found = jk::interpolate(*series, {given.number(0)}, options).snapshots[0];
    write("points", found.points.values());
    write("weights", found.weights);
}

void grow(const Arguments &given)
{
    std::vector<double> total;
    for (std::int64_t k = 0; k < series->size(); k++)
        total.push_back(1 + (given.number(0) - 1) * static_cast<double>(k) / static_cast<double>(series->size() - 1));
    const jk::Growth growth(*series, jk::GrowthOptions().set_total_mass(total).set_seed(given.seed(2)));
    write("rates", growth.rate((*series)[0].points, given.number(1)));
}

const std::map<std::string, std::function<void(const Arguments &)>> calls = {
    {"load", load},
    {"emd", emd},
    {"energy_distance", energy_distance},
    {"divergence", divergence},
    {"plan", plan},
    {"shuffle", shuffle},
    {"split", split},
    {"functional", functional},
    {"simulate", simulate},
    {"simulate_function", simulate_function},
    {"interpolate", interpolate},
    {"grow", grow},
    {"fit", fit},
    {"read", [](const Arguments &given) { model = jk::Model::load(given.word(0)); }},
    {"energy", energy},
    {"predict", predict},
    {"evaluate", evaluate},
    {"floor", compare_with_floor},
    {"refuse", refuse},
    {"save", [](const Arguments &given) { model->save(given.word(0)); }},
};

} // namespace

int main(int argc, char **argv)
{
    std::ifstream table(argc > 1 ? argv[1] : "");
    if (!table)
        return 1;
    try {
        for (std::string line; std::getline(table, line);) {
            if (line.empty() || line[0] == '#' || line[0] == ' ')
                continue;
            std::printf("%s\n", line.c_str());
            std::istringstream words(line);
            Arguments given;
            std::string name;
            words >> name;
            for (std::string word; words >> word;)
                given.words.push_back(word);
            calls.at(name)(given);
        }
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
