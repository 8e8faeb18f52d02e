// Failures are exceptions of their class, with status, argument and one line in the words of C++; nothing is lost or
// left behind by them.
#include "check.hpp"

#include <cstdlib>
#include <fstream>
#include <type_traits>

namespace
{

void classes()
{
    const auto series = contracting();
    const jk::Model unfitted;
    static_assert(std::is_base_of_v<std::exception, jk::Error>);
    THROWS(NotFittedError, JKO_ENOTFITTED, "model", unfitted.potential()(Points(1)));
    THROWS(NotFittedError, JKO_ENOTFITTED, "model", unfitted.predict(Points(1)));
    THROWS(NotFittedError, JKO_ENOTFITTED, "model", unfitted.times());
    THROWS(NotFittedError, JKO_ENOTFITTED, "model", unfitted.beta());
    THROWS(NotFittedError, JKO_ENOTFITTED, "model", unfitted.save("nowhere.safetensors"));
    THROWS(FileError, JKO_EIO, "path", jk::Snapshots::load("does_not_exist.npz"));
    THROWS(FileError, JKO_EIO, "path", jk::Model::load("does_not_exist.safetensors"));
    THROWS(FileError, JKO_EIO, "path", series.save("no_such_folder/deep/series"));
    THROWS(ConvergenceError, JKO_ECONVERGENCE, "",
           jk::sinkhorn_divergence(square(30), square(30, 2), jk::Sinkhorn().set_max_iterations(1)));
    std::ofstream("damaged.safetensors") << "not a model";
    THROWS(FormatError, JKO_EFORMAT, "path", jk::Model::load("damaged.safetensors"));
    THROWS(InputError, JKO_EINVALID, "count", jk::set_num_threads(-1));
    try {
        jk::check(JKO_EINTERNAL);
        CHECK(false);
    } catch (const jk::InternalError &error) {
        CHECK(error.status() == JKO_EINTERNAL && std::string(error.status_name()) == "JKO_EINTERNAL");
    }
}

// Arguments are called what C++ calls them.
void names()
{
    const auto series = contracting();
    THROWS(InputError, JKO_EINVALID, "potential.hidden",
           jk::Model(jk::ModelOptions().set_potential(jk::MLP().set_hidden({8, 0}))));
    THROWS(InputError, JKO_EINVALID, "potential.hidden",
           jk::Model(jk::ModelOptions().set_potential(jk::MLP().set_hidden(std::vector<std::int32_t>(9, 8)))));
    THROWS(InputError, JKO_EINVALID, "interaction.polynomial_degree",
           jk::Model(jk::ModelOptions().set_interaction(jk::Linear().set_polynomial_degree(9))));
    THROWS(InputError, JKO_EINVALID, "potential.radial.grid",
           jk::Model(jk::ModelOptions().set_potential(jk::Linear().set_radial(jk::Radial().set_grid(101)))));
    THROWS(InputError, JKO_EINVALID, "internal.restarts",
           jk::Model(jk::ModelOptions().set_internal(jk::GaussianMixture().set_restarts(0))));
    const auto with = [](jk::Adam adam) { return jk::FitOptions().set_training(std::move(adam)); };
    jk::Model model;
    THROWS(InputError, JKO_EINVALID, "training.batch_size", model.fit(series, with(jk::Adam().set_batch_size(0))));
    THROWS(InputError, JKO_EINVALID, "training.epochs", model.fit(series, with(jk::Adam().set_epochs(0))));
    THROWS(InputError, JKO_EINVALID, "training.validation.patience",
           model.fit(series, with(jk::Adam().set_validation(jk::Validation().set_patience(0)))));
    THROWS(InputError, JKO_EINVALID, "rollout_weight", model.fit(series, jk::FitOptions().set_rollout_weight(1)));
    THROWS(InputError, JKO_EINVALID, "coupling.tolerance",
           model.fit(series, jk::FitOptions().set_coupling(jk::Sinkhorn().set_tolerance(2))));
    THROWS(InputError, JKO_EINVALID, "error_bars.samples",
           model.fit(series, jk::FitOptions().set_error_bars(jk::Bootstrap().set_samples(1))));
    CHECK(model.describe().fitted == 0);
    jk::Model closed(jk::ModelOptions().set_potential(quadratic()));
    THROWS(InputError, JKO_EINVALID, "training", closed.fit(series, with(jk::Adam())));
    THROWS(InputError, JKO_ESHAPE, "snapshots", model.fit(contracting(5, 0)));
    THROWS(InputError, JKO_EINVALID, "potential",
           jk::simulate(Points(1), jk::SimulationOptions().set_potential("no_such_functional")));
    THROWS(InputError, JKO_EINVALID, "dt", jk::simulate(Points(1), jk::SimulationOptions().set_dt(0)));
    THROWS(InputError, JKO_EINVALID, "steps", jk::simulate(Points(1), jk::SimulationOptions().set_steps(-1)));
    THROWS(InputError, JKO_EINVALID, "rounds",
           jk::interpolate(series, {0.05}, jk::InterpolationOptions().set_rounds(0)));
    THROWS(InputError, JKO_EINVALID, "k", series[3]);
    THROWS(InputError, JKO_EINVALID, "k", series.particles(-1));
    THROWS(InputError, JKO_EINVALID, "k", series.without(7));
}

// Numbers that C would take for "not given", or that no shape can have.
void bounds()
{
    const auto series = contracting();
    const auto with = [](jk::Linear linear) { return jk::ModelOptions().set_potential(std::move(linear)); };
    THROWS(InputError, JKO_EINVALID, "potential.polynomial_degree",
           jk::Model(with(jk::Linear().set_polynomial_degree(-1))));
    THROWS(InputError, JKO_EINVALID, "potential.fourier.features",
           jk::Model(with(jk::Linear().set_fourier(jk::Fourier().set_features(0)))));
    jk::Model network;
    THROWS(InputError, JKO_EINVALID, "training",
           network.fit(series, jk::FitOptions().set_training(jk::ClosedForm().set_ridge(1))));
    THROWS(InputError, JKO_EINVALID, "training",
           jk::Model(jk::ModelOptions().set_potential(quadratic()).set_interaction(jk::MLP{}))
               .fit(series, jk::FitOptions().set_training(jk::ClosedForm{})));
    CHECK(network.describe().fitted == 0);

    jk::Model model(with(quadratic()));
    model.fit(series);
    const auto V = model.potential();
    const double numbers[2] = {1, 2};
    const jk::ArrayView negative(numbers, -1, 2);
    THROWS(InputError, JKO_ESHAPE, "rows", V(negative));
    THROWS(InputError, JKO_ESHAPE, "rows", V.gradient(negative));
    THROWS(InputError, JKO_ESHAPE, "rows", jk::functionals::value("sphere", negative));
    THROWS(InputError, JKO_ESHAPE, "rows", jk::Matrix(-1, 2));
    THROWS(InputError, JKO_ESHAPE, "columns", jk::simulate(negative, {}));
    for (const std::int64_t steps : {INT64_MAX, INT64_MAX - 1, INT64_MAX / 8}) {
        THROWS(InputError, JKO_EINVALID, "steps", jk::simulate(Points(1), jk::SimulationOptions().set_steps(steps)));
        THROWS(InputError, JKO_EINVALID, "steps", model.predict(Points(1), steps));
    }
    THROWS(InputError, JKO_EINVALID, "bandwidth", jk::Density(Points(3), jk::KernelDensity().set_bandwidth(-1)));
    THROWS(NotFittedError, JKO_ENOTFITTED, "potential",
           jk::simulate(Points(1), jk::SimulationOptions().set_potential(network.potential())));
    try {
        (void)series.split(0.5, static_cast<jk::Split>(7));
        CHECK(false);
    } catch (const jk::InputError &error) {
        CHECK(std::string(error.what()) == "split = 7 is neither Split::trajectories (0) nor Split::times (1)");
    }
    const std::string path("series\0hidden", 13);
    THROWS(InputError, JKO_EINVALID, "path", series.save(path));
    THROWS(InputError, JKO_EINVALID, "path", jk::Model::load(path));
    THROWS(
        InputError, JKO_EINVALID, "training.checkpoint.path",
        network.fit(series, jk::FitOptions().set_training(jk::Adam().set_checkpoint(jk::Checkpoint().set_path(path)))));
}

// What failed is as it was, and what was moved from is empty, not dangling.
void states()
{
    auto series = contracting();
    THROWS(InputError, JKO_EPOPULATION, "time", series.append(Points(3), 0.1));
    THROWS(InputError, JKO_ESHAPE, "points", series.append(std::vector<double>(3), 1));
    THROWS(InputError, JKO_ESHAPE, "weights", series.append(Points(3), 1, std::vector<double>(2)));
    CHECK(series.size() == 3 && series.particles(2) == 100);

    auto moved = std::move(series);
    CHECK(moved.size() == 3 && series.get() == nullptr && series.size() == 0);
    THROWS(InputError, JKO_ENULL, "snapshots", series.append(Points(3), 9));
    THROWS(InputError, JKO_ENULL, "snapshots", jk::Model().fit(series));
    series = std::move(moved);
    CHECK(series.size() == 3 && moved.get() == nullptr);
    static_assert(!std::is_copy_constructible_v<jk::Model> && std::is_nothrow_move_constructible_v<jk::Snapshots>);

    // An option that points at what was moved from is no option that was left out.
    jk::Growth growth(series), taken = std::move(growth);
    jk::Model model(jk::ModelOptions().set_potential(quadratic())), other = std::move(model);
    jk::Snapshots empty = jk::Snapshots::empty(2), full = std::move(empty);
    THROWS(InputError, JKO_ENULL, "growth", other.fit(series, jk::FitOptions().set_growth(&growth)));
    other.fit(series);
    THROWS(InputError, JKO_ENULL, "growth", other.set_growth(&growth));
    THROWS(InputError, JKO_ENULL, "train", other.evaluate(series, jk::EvaluationOptions().set_train(&empty)));
    THROWS(InputError, JKO_ENULL, "model",
           jk::interpolate(series, {0.05}, jk::InterpolationOptions().set_model(&model)));
    THROWS(InputError, JKO_ENULL, "growth",
           jk::interpolate(series, {0.05}, jk::InterpolationOptions().set_growth(&growth)));
    const auto nothing = model.potential();
    THROWS(InputError, JKO_ENULL, "potential", jk::simulate(Points(1), jk::SimulationOptions().set_potential(nothing)));
    const auto no_interaction = model.interaction();
    THROWS(InputError, JKO_ENULL, "interaction",
           jk::simulate(Points(1), jk::SimulationOptions().set_interaction(no_interaction)));

    // Borrowing does not destroy; adopting does, once.
    {
        const auto borrowed = jk::Snapshots::borrow(series.get());
        CHECK(borrowed.size() == 3);
    }
    CHECK(series.size() == 3);
    jko_model *handle = nullptr;
    jk::check(jko_model_create(nullptr, &handle));
    CHECK(jk::Model::adopt(handle).describe().fitted == 0);
}

} // namespace

int main()
{
    classes();
    names();
    bounds();
    states();
    return finish("errors");
}
