// A Langevin simulator that learns its own forces while it runs: snapshots stream into a series, the energy is fitted
// again and again, and grad V and grad U of the learned energy are evaluated in the inner loop beside the true forces.
//
//     langevin [FRICTION] [PARTICLES]
//
// Particles of mass 1 on a line move by dx = v dt, dv = (F - gamma v) dt + sqrt(2 gamma kT) dW in a tilted double well
// V, and repel each other by a bell-shaped U; F_i = -V'(x_i) - 1/n sum_j U'(x_i - x_j). The splitting is BAOAB
// (Leimkuhler and Matthews 2013).
//
// What is learned is the energy of an overdamped motion: V / gamma, U / gamma and beta = kT / gamma. That is the law of
// the positions only where velocities forget themselves within a small part of the gap between snapshots, 1 / gamma
// much less than gap, and much faster than the wells pull. The default friction of 20 is such a case. With a friction
// of 1 the same program prints how wrong the result then is. Default: 20, and 400 particles.
#include <jkonetstar.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <numeric>
#include <random>
#include <vector>

namespace
{

namespace jk = jkonetstar;

using Numbers = std::vector<double>;

constexpr double temperature = 0.2; // kT
constexpr double dt = 0.02;

// V(x) = x^4 / 4 - x^2 / 2 + x / 5
double slope_v(double x) { return x * x * x - x + 0.2; }

// U(z) = 2 exp(-z^2)
double slope_u(double z) { return -4 * z * std::exp(-z * z); }

void true_forces(const Numbers &x, Numbers &force)
{
    for (std::size_t i = 0; i < x.size(); i++) {
        double sum = 0;
        for (const double other : x)
            sum += slope_u(x[i] - other);
        force[i] = -slope_v(x[i]) - sum / static_cast<double>(x.size());
    }
}

// The forces of a learned energy, times the friction. No memory is allocated after the first call.
class LearnedForces
{
  public:
    LearnedForces(const jk::Model &model, double friction, std::size_t n)
        : v_(model.potential()), u_(model.interaction()), friction_(friction), differences_(n), slopes_(n)
    {
    }

    void operator()(const Numbers &x, Numbers &force)
    {
        v_.evaluate(x, {}, force);
        for (std::size_t i = 0; i < x.size(); i++) {
            for (std::size_t j = 0; j < x.size(); j++)
                differences_[j] = x[i] - x[j];
            u_.evaluate(differences_, {}, slopes_);
            const double sum = std::accumulate(slopes_.begin(), slopes_.end(), 0.0);
            force[i] = -friction_ * (force[i] + sum / static_cast<double>(x.size()));
        }
    }

  private:
    jk::Potential v_;
    jk::Interaction u_;
    double friction_;
    Numbers differences_, slopes_;
};

struct Particles {
    Numbers x, v, force;
};

Particles start(std::size_t n)
{
    std::mt19937_64 random(1);
    std::normal_distribution<double> normal(0.8, 0.8);
    Particles particles{Numbers(n), Numbers(n), Numbers(n)};
    for (double &x : particles.x)
        x = normal(random);
    return particles;
}

// One step of BAOAB; forces are those at the positions before and after it.
template <typename Forces> void step(Particles &p, double friction, double kT, std::mt19937_64 &random, Forces &&forces)
{
    std::normal_distribution<double> normal;
    const double keep = std::exp(-friction * dt), kick = std::sqrt(kT * (1 - keep * keep));
    for (std::size_t i = 0; i < p.x.size(); i++) {
        p.v[i] += dt / 2 * p.force[i];
        p.x[i] += dt / 2 * p.v[i];
        p.v[i] = keep * p.v[i] + kick * normal(random);
        p.x[i] += dt / 2 * p.v[i];
    }
    forces(p.x, p.force);
    for (std::size_t i = 0; i < p.x.size(); i++)
        p.v[i] += dt / 2 * p.force[i];
}

// V: monomials up to the fourth degree. U: a Gaussian of width 1 at 0.
jk::Model empty_model()
{
    const auto polynomials = jk::Linear().set_polynomial_degree(4).set_radial(std::nullopt);
    const auto bell = jk::Linear().set_polynomial_degree(0).set_radial(jk::Radial().set_grid(1).set_width(1));
    return jk::Model(
        jk::ModelOptions().set_potential(polynomials).set_interaction(bell).set_internal(jk::GaussianMixture{}));
}

void run(double friction, std::size_t n)
{
    // In units of the overdamped motion, a gap is a tenth.
    const double gap = 0.1 * friction;
    const auto steps_per_gap = static_cast<int>(std::lround(gap / dt));
    constexpr int snapshots = 13, first_fit = 5, fit_every = 4;
    Particles truth = start(n), again = truth, learned = truth;
    Numbers force(n);
    std::mt19937_64 random(2), others(3), its_own(4);

    auto series = jk::Snapshots::empty(1).append(truth.x, 0).shuffle(); // nobody knows who is who
    jk::Model model = empty_model();
    double error = 0, size = 0;
    std::printf("friction %g: velocities live for %.2g of a gap between snapshots\n", friction, 1 / friction / gap);
    std::printf("snapshots   kT (true: %.2f)   error of the learned force in the inner loop until the next fit\n",
                temperature);
    true_forces(truth.x, truth.force);
    for (int k = 1; k < snapshots; k++) {
        LearnedForces forces(model, friction, n);
        for (int s = 0; s < steps_per_gap; s++) {
            step(truth, friction, temperature, random, true_forces);
            if (model.describe().fitted == 0)
                continue;
            forces(truth.x, force);
            for (std::size_t i = 0; i < n; i++) {
                error += std::pow(force[i] - truth.force[i], 2);
                size += std::pow(truth.force[i], 2);
            }
        }
        series.append(truth.x, k * gap);
        const bool fits = series.size() >= first_fit && (series.size() - first_fit) % fit_every == 0;
        if (fits && size > 0)
            std::printf("%.0f %% of its size\n", 100 * std::sqrt(error / size));
        if (fits) {
            // The usual ridge leaves forces that V and U can both make to V. A weaker one shows more of U.
            model.fit(series, jk::FitOptions().set_training(jk::ClosedForm().set_ridge(1e-3)));
            std::printf("%9d   %.3f             ", static_cast<int>(series.size()), friction * model.beta());
            error = size = 0;
        }
    }
    std::printf("(the last fit)\n");

    // The same population once more with learned forces and temperature, and once more with the true ones. Noise may
    // make beta negative where there are few particles, and counts as none then.
    const double learned_temperature = std::max(0.0, friction * model.beta());
    LearnedForces forces(model, friction, n);
    forces(learned.x, learned.force);
    true_forces(again.x, again.force);
    for (int s = 0; s < (snapshots - 1) * steps_per_gap; s++) {
        step(learned, friction, learned_temperature, its_own, forces);
        step(again, friction, temperature, others, true_forces);
    }
    std::printf("   x   learned V'  true    learned U'  true\n");
    for (const double x : {-1.0, -0.5, 0.5, 1.0}) {
        const std::array<double, 1> at{x};
        std::printf("%4.1f   %8.2f  %6.2f    %8.2f  %6.2f\n", x, friction * model.potential().gradient_at(at)[0],
                    slope_v(x), friction * model.interaction().gradient_at(at)[0], slope_u(x));
    }
    std::printf("V and U share forces, so that the data know their sum better than either.\n"
                "energy distance to the last snapshot: of a run with learned forces %.4f, of another run with the true "
                "ones %.4f, of the first snapshot %.4f\n",
                jk::energy_distance(learned.x, truth.x), jk::energy_distance(again.x, truth.x),
                jk::energy_distance(series[0].points, truth.x));
}

} // namespace

int main(int argc, char **argv)
{
    try {
        const double friction = argc > 1 ? std::atof(argv[1]) : 20;
        const long n = argc > 2 ? std::atol(argv[2]) : 400;
        if (!(friction >= 1 && friction <= 100) || n < 20 || n > 10000) {
            std::fprintf(stderr, "usage: langevin [FRICTION, 1 to 100] [PARTICLES, 20 to 10000]\n");
            return EXIT_FAILURE;
        }
        run(friction, static_cast<std::size_t>(n));
        return EXIT_SUCCESS;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return EXIT_FAILURE;
    }
}
