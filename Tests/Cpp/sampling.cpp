// Draws from exp(-V / beta): that they are of this density, what they say of themselves, callbacks and errors.
#include "check.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

namespace
{

// V(x) = 50 x_1^2 + x_2^2 / 2, whose deviations are 0.1 and 1 times the square root of beta.
void narrow(const double *x, std::int64_t n, std::int64_t, double, double *values, double *gradients)
{
    for (std::int64_t i = 0; i < n; i++) {
        const double a = x[2 * i], b = x[2 * i + 1];
        values[i] = 50 * a * a + b * b / 2;
        gradients[2 * i] = 100 * a;
        gradients[2 * i + 1] = b;
    }
}

double deviation(jk::ArrayView x, std::int64_t column)
{
    double sum = 0, square = 0;
    for (std::int64_t i = 0; i < x.rows(); i++) {
        sum += x(i, column);
        square += x(i, column) * x(i, column);
    }
    const auto n = static_cast<double>(x.rows());
    return std::sqrt(square / n - sum * sum / n / n);
}

jk::SampleOptions quick() { return jk::SampleOptions().set_potential(narrow).set_draws(2000).set_warmup(500); }

void draws()
{
    const auto found = jk::sample(square(4), quick().set_beta(0.25));
    CHECK(found.points.rows() == 8000 && found.points.columns() == 2 && found.draws == 2000);
    CHECK(near(deviation(found.points, 0), 0.05, 0.004) && near(deviation(found.points, 1), 0.5, 0.04));
    CHECK(found.acceptance > 0.3 && found.acceptance < 0.9 && found.step > 0);
    CHECK(found.effective_sizes.size() == 2 && found.r_hats.size() == 2);
    for (std::size_t k = 0; k < 2; k++)
        CHECK(found.effective_sizes[k] > 200 && found.effective_sizes[k] < 16000 && near(found.r_hats[k], 1, 0.03));
    CHECK(found.chain(3)(7, 1) == found.points(3 * 2000 + 7, 1) && found.chain(3).rows() == 2000);
    THROWS(InputError, JKO_EINVALID, "k", found.chain(4));
    const jk::Sample empty;
    THROWS(InputError, JKO_EINVALID, "k", empty.chain(0));

    const auto again = jk::sample(square(4), quick().set_beta(0.25));
    CHECK(again.points.values() == found.points.values());
    CHECK(jk::sample(square(4), quick().set_beta(0.25).set_seed(1)).points.values() != found.points.values());
    CHECK(jk::sample(square(4), quick().set_beta(0.25).set_warmup(10)).points.values() != found.points.values());
    const auto given = jk::sample(square(2), quick().set_step(1e-3).set_warmup(0).set_draws(10));
    CHECK(given.step == 1e-3 && given.points.rows() == 20);
    const auto refused = jk::sample(square(2), quick().set_step(0.03).set_warmup(0).set_draws(10));
    const auto taken = jk::sample(square(2), quick().set_step(0.03).set_warmup(0).set_draws(10).set_adjusted(false));
    CHECK(refused.acceptance < 1 && taken.acceptance == 1 && taken.points.values() != refused.points.values());
}

// A learned V, and one by name.
void sources()
{
    const auto model = closed_form(contracting());
    const auto found = jk::sample(square(4), quick().set_potential(model.potential()).set_beta(0.04));
    CHECK(near(deviation(found.points, 0), 0.2, 0.02) && near(deviation(found.points, 1), 0.2, 0.02));
    CHECK(jk::sample(square(2), quick().set_potential("sphere")).points.rows() == 4000);
    const jk::Model unfitted;
    THROWS(NotFittedError, JKO_ENOTFITTED, "potential",
           jk::sample(square(2), quick().set_potential(unfitted.potential())));
}

void stopped()
{
    // Progress is told ten times a second, so that this V takes its time.
    const auto slow = [](const double *x, std::int64_t n, std::int64_t d, double time, double *values,
                         double *gradients) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        narrow(x, n, d, time, values, gradients);
    };
    std::string stage;
    THROWS(CancelledError, JKO_ECANCELLED, "",
           jk::sample(square(2), quick().set_potential(slow).set_progress([&](const jk::Progress &progress) {
               stage = progress.stage;
               return false;
           })));
    CHECK(stage == "sampling");
    const auto late = [calls = 0](const double *x, std::int64_t n, std::int64_t d, double time, double *values,
                                  double *gradients) mutable {
        if (++calls == 20)
            throw std::logic_error("late");
        narrow(x, n, d, time, values, gradients);
    };
    try {
        jk::sample(square(2), quick().set_potential(late));
        CHECK(false);
    } catch (const std::logic_error &error) {
        CHECK(std::string(error.what()) == "late");
    }
}

void errors()
{
    const auto x0 = square(2);
    THROWS(InputError, JKO_ENULL, "potential", jk::sample(x0, jk::SampleOptions()));
    THROWS(InputError, JKO_ENULL, "potential", jk::sample(x0, quick().set_potential(jk::EnergyFunction{})));
    THROWS(InputError, JKO_EINVALID, "potential", jk::sample(x0, quick().set_potential("no_such_energy")));
    THROWS(InputError, JKO_EINVALID, "beta", jk::sample(x0, quick().set_beta(-1)));
    THROWS(InputError, JKO_EINVALID, "draws", jk::sample(x0, quick().set_draws(0)));
    THROWS(InputError, JKO_EINVALID, "draws", jk::sample(x0, quick().set_draws(-5)));
    THROWS(InputError, JKO_EINVALID, "warmup", jk::sample(x0, quick().set_warmup(-1)));
    THROWS(InputError, JKO_EINVALID, "step", jk::sample(x0, quick().set_step(0)));
    THROWS(InputError, JKO_EINVALID, "step", jk::sample(x0, quick().set_step(-1)));
    THROWS(InputError, JKO_ENONFINITE, "x0", jk::sample(Points{{0, std::nan("")}}, quick()));
    THROWS(InputError, JKO_ENULL, "x0", jk::sample({}, quick()));
}

} // namespace

int main()
{
    draws();
    sources();
    stopped();
    errors();
    return finish("sampling");
}
