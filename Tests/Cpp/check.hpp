// Checks for the programs in this folder: each counts what passed and failed, goes on after a failure, and ends with
// the line `NAME: N passed, N failed` and exit status 0 or 1.
#ifndef CHECK_HPP
#define CHECK_HPP

#include <jkonetstar.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

namespace jk = jkonetstar;

inline int checks_passed = 0, checks_failed = 0;

inline bool report(bool holds, const char *file, int line, const char *what)
{
    if (holds) {
        checks_passed++;
    } else {
        checks_failed++;
        std::printf("%s:%d: %s\n", file, line, what);
    }
    return holds;
}

#define CHECK(...) report(static_cast<bool>(__VA_ARGS__), __FILE__, __LINE__, #__VA_ARGS__)

// The expression throws this class, with this status and argument, and one line in the words of C++ that begins with
// the argument.
#define THROWS(Class, expected, name, ...)                                                                             \
    try {                                                                                                              \
        (void)(__VA_ARGS__);                                                                                           \
        report(false, __FILE__, __LINE__, "nothing was thrown by " #__VA_ARGS__);                                      \
    } catch (const jk::Class &caught_) {                                                                               \
        report(is_as_promised(caught_, expected, name), __FILE__, __LINE__, #__VA_ARGS__);                             \
    } catch (const std::exception &caught_) {                                                                          \
        std::printf("    thrown was: %s\n", caught_.what());                                                           \
        report(false, __FILE__, __LINE__, "something else than " #Class " was thrown by " #__VA_ARGS__);               \
    }

inline bool is_as_promised(const jk::Error &error, jko_status status, const std::string &argument)
{
    const std::string line = error.what();
    const bool holds = error.status() == status && error.argument() == argument && !line.empty() &&
                       line.find('\n') == std::string::npos && line.compare(0, argument.size(), argument) == 0 &&
                       line.find("->") == std::string::npos && line.find("NULL") == std::string::npos;
    if (!holds)
        std::printf("    %s, argument \"%s\": %s\n", error.status_name(), error.argument().c_str(), error.what());
    return holds;
}

inline bool near(double a, double b, double tolerance) { return std::abs(a - b) <= tolerance; }

using Points = std::vector<std::array<double, 2>>;

// Particles on [-1, 1]^2.
inline Points square(std::size_t n, unsigned seed = 1)
{
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> uniform(-1, 1);
    Points points(n);
    for (auto &point : points)
        point = {uniform(random), uniform(random)};
    return points;
}

// Explicit steps of V(x) = |x|^2 / 2 with a gap of 0.1: every point is drawn in by a tenth at each.
inline jk::Snapshots contracting(std::size_t n = 100, int steps = 2)
{
    auto series = jk::Snapshots::empty(2);
    Points points = square(n);
    for (int k = 0; k <= steps; k++) {
        series.append(points, 0.1 * k);
        for (auto &point : points)
            point = {0.9 * point[0], 0.9 * point[1]};
    }
    return series;
}

// Monomials up to the second degree, by the sum of exponents: V = |x|^2 / 2 is one of these.
inline jk::Linear quadratic()
{
    return jk::Linear().set_polynomial_degree(2).set_polynomial_total(true).set_radial(std::nullopt);
}

// V(x) = |x|^2 / 2 in closed form: explicit steps of 0.1 are exact, so that only the ridge is between us and it.
inline jk::Model closed_form(const jk::Snapshots &series, jk::FitOptions fit = {})
{
    jk::Model model(jk::ModelOptions().set_potential(quadratic()));
    model.fit(series, fit.set_training(jk::ClosedForm().set_ridge(0)));
    return model;
}

inline int finish(const char *name)
{
    std::printf("%s: %d passed, %d failed\n", name, checks_passed, checks_failed);
    return checks_failed == 0 ? 0 : 1;
}

#endif
