// Flows of known energies: their populations, maps, densities and files, and what their errors say.
#include "flow_cases.hpp"

#include <fstream>

namespace
{

double mean_of(const jk::Matrix &x, std::int64_t column)
{
    double sum = 0;
    for (std::int64_t i = 0; i < x.rows(); i++)
        sum += x(i, column);
    return sum / static_cast<double>(x.rows());
}

void density()
{
    const auto base = gaussian(3, 4);
    const auto x = base.sample(4000, 1);
    CHECK(x.rows() == 4000 && x.columns() == 2 && near(mean_of(x, 0), 3, 0.15) && near(mean_of(x, 1), 0, 0.15));
    CHECK(base.sample(4000, 1).values() == x.values() && base.sample(4000, 2).values() != x.values());
    const std::array<std::array<double, 2>, 1> middle{{{3, 0}}};
    CHECK(near(base.log_density(middle)[0], -log_two_pi - std::log(4), 1e-12));
    THROWS(InputError, JKO_ESHAPE, "rows", base.sample(-1));
    THROWS(InputError, JKO_ESHAPE, "covariances", jk::Density::mixture({1.0}, middle, middle));
    // The weights of a mixture are divided by their sum.
    const std::array<std::array<double, 2>, 4> two{{{4, 0}, {0, 4}, {4, 0}, {0, 4}}};
    const std::array<std::array<double, 2>, 2> same{{{3, 0}, {3, 0}}};
    CHECK(near(jk::Density::mixture({2.0, 6.0}, same, two).log_density(middle)[0], base.log_density(middle)[0], 1e-12));
}

// JKO steps of a Gaussian in the well: the mean falls by 1 / (1 + h), and the deviation s goes to t with
// (t - s) / h + t - beta / t = 0.
void gaussians()
{
    const jk::Flow flow(gaussian(3, 4), affine().set_particles(4000));
    CHECK(flow.dimension() == 2 && flow.steps() == 4);
    double deviation = 2;
    for (int k = 0; k < 4; k++)
        deviation = (deviation + std::sqrt(deviation * deviation + 4 * 0.1 * 1.1 * 0.5)) / (2 * 1.1);
    const double mean = 3 / std::pow(1.1, 4);
    const auto x = flow.sample(20000);
    double square = 0;
    for (std::int64_t i = 0; i < x.rows(); i++)
        square += (x(i, 0) - mean) * (x(i, 0) - mean) / static_cast<double>(x.rows());
    CHECK(near(mean_of(x, 0), mean, 0.05) && near(std::sqrt(square), deviation, 0.03));
    const Points middle{{mean, 0}};
    CHECK(near(flow.log_density(middle)[0], -log_two_pi - 2 * std::log(deviation), 0.03));

    const auto times = flow.times(), energies = flow.energies();
    CHECK(times.size() == 5 && energies.size() == 5 && near(times[4], 0.4, 1e-12) && times[0] == 0);
    for (std::size_t k = 1; k < 5; k++)
        CHECK(energies[k] < energies[k - 1]);
    CHECK(jk::Flow(gaussian(3, 4), affine().set_t0(2).set_steps(1)).times()[0] == 2);
}

// Maps, their inverses and their determinants belong together, and so do densities, scores and samples.
void maps()
{
    const auto well_named = jk::FlowOptions().set_potential("double_exp").set_beta(0.5).set_steps(2);
    const jk::Flow flow(gaussian(0, 1),
                        jk::FlowOptions(well_named).set_step(0.02).set_particles(100).set_components(2).set_bumps(5));
    const auto x = flow.sample(5, 0);
    const auto y = flow.transport(x);
    const auto back = flow.inverse(y);
    const auto determinants = flow.log_determinant(x), before = flow.log_density(x, 0), after = flow.log_density(y);
    const auto scores = flow.score(y);
    const auto halfway = flow.transport(flow.transport(x, 0, 1), 1, 2);
    CHECK(y.values() != x.values() && flow.transport(x, 1, 1).values() == x.values());
    for (std::int64_t i = 0; i < 5; i++) {
        const auto place = static_cast<std::size_t>(i);
        CHECK(near(back(i, 0), x(i, 0), 1e-8) && near(back(i, 1), x(i, 1), 1e-8));
        CHECK(near(halfway(i, 0), y(i, 0), 1e-12) && near(before[place] - after[place], determinants[place], 1e-8));
        const Points sides{{y(i, 0) + 1e-5, y(i, 1)}, {y(i, 0) - 1e-5, y(i, 1)}};
        const auto density = flow.log_density(sides);
        CHECK(near(scores(i, 0), (density[0] - density[1]) / 2e-5, 1e-4));
    }
    CHECK(flow.sample(20, 2).values() == flow.sample(20).values());
    CHECK(flow.sample(20, 2, 1).values() != flow.sample(20, 2).values());

    flow.save("flow.safetensors");
    const auto again = jk::Flow::load("flow.safetensors");
    CHECK(again.transport(x).values() == y.values() && again.log_density(y) == after && again.times() == flow.times() &&
          again.energies() == flow.energies());
}

// The schemes, methods and sources of V and U differ where they must, and agree where they must.
void choices()
{
    const auto base = gaussian(1, 1);
    const Points x{{0.5, 0.25}, {-1, 2}};
    const auto moved = [&](const jk::FlowOptions &options) {
        return jk::Flow(base, jk::FlowOptions(options).set_steps(2).set_particles(300)).transport(x).values();
    };
    const auto usual = moved(affine());
    CHECK(moved(affine()) == usual && moved(affine().set_seed(1)) != usual);
    for (const auto scheme : {jk::FlowScheme::sdirk2, jk::FlowScheme::bdf2, jk::FlowScheme::midpoint})
        CHECK(moved(affine().set_scheme(scheme)) != usual);
    CHECK(moved(affine().set_exponent(2)) != usual && moved(affine().set_beta(0.1)) != usual);

    // V of a model that has learned the well moves particles as the well itself.
    const auto model = closed_form(contracting());
    const auto learned = moved(affine().set_potential(model.potential()));
    for (std::size_t k = 0; k < learned.size(); k++)
        CHECK(near(learned[k], usual[k], 1e-5));
    // U = |x|^2 / 2 draws particles to their mean, which V alone moves.
    const auto drawn_in = moved(affine().set_potential(jk::NoTerm{}).set_interaction(well));
    CHECK(drawn_in != usual && drawn_in != moved(affine().set_potential(jk::NoTerm{})));

    const jk::Flow network(
        base,
        affine().set_method(jk::FlowMethod::network).set_hidden({8}).set_iterations(5).set_batch_size(50).set_steps(1));
    CHECK(near(network.inverse(network.transport(x))(1, 1), 2, 1e-6));
    const jk::Flow particles(base, affine().set_method(jk::FlowMethod::particles));
    CHECK(particles.sample(50).rows() == 50 && std::isfinite(particles.log_density(x)[0]));
    THROWS(InputError, JKO_EINVALID, "", particles.transport(x));
}

void errors()
{
    const auto base = gaussian(0, 1);
    const auto with = [&](const jk::FlowOptions &options) { return jk::Flow(base, options); };
    THROWS(InputError, JKO_EINVALID, "step", with(affine().set_step(0)));
    THROWS(InputError, JKO_EINVALID, "steps", with(affine().set_steps(0)));
    THROWS(InputError, JKO_EINVALID, "beta", with(affine().set_beta(0)));
    THROWS(InputError, JKO_EINVALID, "exponent", with(affine().set_exponent(0.5)));
    THROWS(InputError, JKO_EINVALID, "components", with(affine().set_components(-1)));
    THROWS(InputError, JKO_EINVALID, "components", with(affine().set_components(501)));
    THROWS(InputError, JKO_EINVALID, "particles", with(affine().set_particles(0)));
    THROWS(InputError, JKO_EINVALID, "particles", with(affine().set_particles(99)));
    THROWS(InputError, JKO_EINVALID, "hidden", with(affine().set_hidden({})));
    THROWS(InputError, JKO_EINVALID, "hidden", with(affine().set_hidden({8, 0})));
    THROWS(InputError, JKO_EINVALID, "learning_rate", with(affine().set_learning_rate(-1)));
    THROWS(InputError, JKO_EINVALID, "potential", with(affine().set_potential("no_such_energy")));
    THROWS(InputError, JKO_ENULL, "potential", with(affine().set_potential(jk::EnergyFunction{})));
    THROWS(InputError, JKO_ENULL, "interaction", with(affine().set_interaction(jk::EnergyFunction{})));
    THROWS(InputError, JKO_EINVALID, "checkpoint.path",
           with(affine().set_checkpoint(jk::Checkpoint().set_path(std::string("a\0b", 3)))));
    const jk::Model unfitted;
    THROWS(NotFittedError, JKO_ENOTFITTED, "potential", with(affine().set_potential(unfitted.potential())));
    const auto model = closed_form(contracting());
    THROWS(InputError, JKO_EINVALID, "interaction", with(affine().set_interaction(model.interaction())));
    const auto nan = [](const double *, std::int64_t n, std::int64_t, double, double *values, double *) {
        for (std::int64_t i = 0; i < n; i++)
            values[i] = std::nan("");
    };
    THROWS(InputError, JKO_ENONFINITE, "potential", with(affine().set_potential(nan)));
    try {
        with(affine().set_scheme(static_cast<jk::FlowScheme>(9)));
        CHECK(false);
    } catch (const jk::InputError &error) {
        CHECK(std::string(error.what()) == "scheme = 9 is not one of FlowScheme::*, 0 to 3");
    }
    try {
        with(affine().set_method(static_cast<jk::FlowMethod>(9)));
        CHECK(false);
    } catch (const jk::InputError &error) {
        CHECK(std::string(error.what()) == "method = 9 is not one of FlowMethod::*, 0 to 2");
    }

    auto flow = with(affine());
    THROWS(InputError, JKO_EINVALID, "step", flow.sample(1, 5));
    THROWS(InputError, JKO_EINVALID, "step", flow.log_density(Points(1), -1));
    THROWS(InputError, JKO_EINVALID, "step", flow.mass(5));
    THROWS(InputError, JKO_EINVALID, "from", flow.transport(Points(1), 2, 1));
    THROWS(InputError, JKO_EINVALID, "to", flow.log_determinant(Points(1), 0, 5));
    THROWS(InputError, JKO_ESHAPE, "x", flow.score({0.0, 1.0}));
    THROWS(InputError, JKO_ESHAPE, "x", flow.inverse({0.0, 1.0}));
    THROWS(InputError, JKO_ESHAPE, "rows", flow.sample(-1));
    THROWS(FileError, JKO_EIO, "path", jk::Flow::load("does_not_exist.safetensors"));
    std::ofstream("damaged_flow.safetensors") << "not a flow";
    THROWS(FormatError, JKO_EFORMAT, "path", jk::Flow::load("damaged_flow.safetensors"));
    const auto moved = std::move(flow);
    CHECK(moved.steps() == 4 && flow.get() == nullptr && flow.steps() == 0);
    THROWS(InputError, JKO_ENULL, "flow", flow.sample(1));
    THROWS(InputError, JKO_ENULL, "flow", flow.times());
    THROWS(InputError, JKO_ENULL, "flow", flow.log_density(Points(1)));
    auto source = gaussian(0, 1);
    const auto taken = std::move(source);
    THROWS(InputError, JKO_ENULL, "base", jk::Flow(source, affine()));
    CHECK(jk::Flow(taken, affine()).steps() == 4);
}

} // namespace

int main()
{
    density();
    gaussians();
    maps();
    choices();
    errors();
    return finish("flows");
}
