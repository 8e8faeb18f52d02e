// Callbacks of the caller's: what they hear, how they stop work, and how their exceptions come back to the caller.
#include "check.hpp"

#include <set>
#include <stdexcept>
#include <thread>

namespace
{

struct Mine : std::runtime_error {
    explicit Mine(int value) : std::runtime_error("mine"), number(value) {}
    int number;
};

// The number of the exception of ours that the call throws; -1 if it throws nothing, -2 for another exception.
template <typename Call> int thrown(const Call &call)
{
    try {
        call();
        return -1;
    } catch (const Mine &mine) {
        return mine.number;
    } catch (const std::exception &) {
        return -2;
    }
}

jk::FitOptions few_epochs(jk::ProgressCallback progress)
{
    return jk::FitOptions().set_training(jk::Adam().set_epochs(20)).set_progress(std::move(progress));
}

void progress()
{
    const auto series = contracting();
    std::set<std::string> stages;
    std::int64_t epochs = 0;
    jk::Model model;
    model.fit(series, few_epochs([&](const jk::Progress &progress) {
                  stages.insert(progress.stage);
                  if (std::string(progress.stage) == "training")
                      epochs = progress.done;
              }));
    CHECK(stages.count("plans") == 1 && stages.count("training") == 1 && epochs == 20);

    // A callback that returns false stops training, and the model keeps what it has learned.
    jk::Model stopped;
    THROWS(CancelledError, JKO_ECANCELLED, "", stopped.fit(series, few_epochs([](const jk::Progress &progress) {
                                                               return std::string(progress.stage) != "training" ||
                                                                      progress.done < 3;
                                                           })));
    CHECK(stopped.describe().fitted != 0 && stopped.history().size() == 3);

    // Before training the model is as it was.
    jk::Model early;
    CHECK(thrown([&] { early.fit(series, few_epochs([](const jk::Progress &) { throw Mine(1); })); }) == 1);
    CHECK(early.describe().fitted == 0);
    CHECK(thrown([&] {
              early.fit(series, few_epochs([](const jk::Progress &progress) {
                            if (std::string(progress.stage) == "training")
                                throw Mine(2);
                        }));
          }) == 2);
    CHECK(early.describe().fitted != 0);

    // Nothing of that stays behind.
    early.fit(series, few_epochs({}));
    CHECK(early.history().size() == 20);
}

// Calls from within a callback are calls of their own, and their exceptions may be caught there.
void nested()
{
    const auto series = contracting();
    int caught = 0, calls = 0;
    jk::Model model;
    model.fit(series, few_epochs([&](const jk::Progress &) {
                  calls++;
                  try {
                      jk::simulate(Points(2),
                                   jk::SimulationOptions().set_potential([](const double *, std::int64_t, std::int64_t,
                                                                            double, double *) { throw Mine(3); }));
                  } catch (const Mine &mine) {
                      caught += mine.number == 3;
                  }
              }));
    CHECK(calls > 0 && caught == calls && model.history().size() == 20);
}

void gradients()
{
    const Points start = square(10);
    const auto drawn_in = [](const double *x, std::int64_t n, std::int64_t d, double, double *gradient) {
        for (std::int64_t i = 0; i < n * d; i++)
            gradient[i] = x[i];
    };
    const auto course = jk::simulate(start, jk::SimulationOptions().set_potential(drawn_in).set_dt(0.1).set_steps(2));
    CHECK(course.size() == 3 && near(course(2, 4, 1), 0.81 * start[4][1], 1e-15) &&
          near(course.times()[2], 0.2, 1e-15));
    const auto late = [&](const double *x, std::int64_t n, std::int64_t d, double time, double *gradient) {
        if (time > 0.15)
            throw Mine(4);
        drawn_in(x, n, d, time, gradient);
    };
    CHECK(thrown([&] { jk::simulate(start, jk::SimulationOptions().set_potential(late).set_dt(0.1)); }) == 4);
    CHECK(thrown([&] { jk::simulate(start, jk::SimulationOptions().set_interaction(late).set_dt(0.1)); }) == 4);
}

// The model calls features of ours as long as it lives, wherever it was moved to.
void features()
{
    auto fails = std::make_shared<bool>(false);
    const auto half_square = [fails](const double *x, std::int64_t n, std::int64_t d, double *values,
                                     double *jacobian) {
        if (*fails)
            throw Mine(5);
        for (std::int64_t i = 0; i < n; i++) {
            double sum = 0;
            for (std::int64_t k = 0; k < d; k++) {
                sum += x[i * d + k] * x[i * d + k] / 2;
                if (jacobian != nullptr)
                    jacobian[i * d + k] = x[i * d + k];
            }
            if (values != nullptr)
                values[i] = sum;
        }
    };
    std::vector<jk::Model> models;
    {
        const auto own = jk::Linear()
                             .set_polynomial_degree(0)
                             .set_radial(std::nullopt)
                             .set_features(jk::Features().set_function(half_square).set_count(1));
        jk::Model model(jk::ModelOptions().set_potential(own));
        CHECK(fails.use_count() > 2);
        model.fit(contracting(), jk::FitOptions().set_training(jk::ClosedForm().set_ridge(0)));
        models.push_back(std::move(model));
    }
    const auto potential = models[0].potential();
    const std::array<double, 2> x{0.5, -0.25};
    const auto slope = potential.gradient_at(x);
    CHECK(near(slope[0], 0.5, 1e-8) && near(slope[1], -0.25, 1e-8));
    *fails = true;
    CHECK(thrown([&] { (void)potential.gradient_at(x); }) == 5);
    CHECK(thrown([&] { models[0].predict(square(4)); }) == 5);
    CHECK(thrown([&] { models[0].fit(contracting()); }) == 5);
    *fails = false;
    CHECK(near(potential.gradient_at(x)[0], 0.5, 1e-8));
    models.clear();
    CHECK(fails.use_count() == 2); // ours, and that of half_square
}

// Nobody hears where there is no function, whatever it would return.
void missing()
{
    const auto series = contracting();
    void (*pointer)(const jk::Progress &) = nullptr;
    bool (*deciding)(const jk::Progress &) = nullptr;
    const std::function<void(const jk::Progress &)> empty;
    const std::function<bool(const jk::Progress &)> undecided;
    for (const jk::ProgressCallback &nobody : {jk::ProgressCallback(pointer), jk::ProgressCallback(deciding),
                                               jk::ProgressCallback(empty), jk::ProgressCallback(undecided)}) {
        CHECK(!nobody && nobody.c_callback() == nullptr);
        jk::Model model;
        CHECK(model.fit(series, few_epochs(nobody)).history().size() == 20);
    }
    CHECK(jk::ProgressCallback([](const jk::Progress &) {}));
    const auto with = [](jk::Features features) {
        return jk::ModelOptions().set_interaction(jk::Linear().set_features(std::move(features)));
    };
    THROWS(InputError, JKO_ENULL, "interaction.features.function", jk::Model(with(jk::Features().set_count(2))));
    THROWS(InputError, JKO_ENULL, "potential",
           jk::simulate(Points(2), jk::SimulationOptions().set_potential(jk::Gradient{})));
}

// Each thread has its own exceptions.
void threads()
{
    const auto series = contracting();
    std::array<int, 4> numbers{};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; i++)
        threads.emplace_back([&, i] {
            jk::Model model;
            numbers[static_cast<std::size_t>(i)] =
                thrown([&] { model.fit(series, few_epochs([i](const jk::Progress &) { throw Mine(10 + i); })); });
        });
    for (auto &thread : threads)
        thread.join();
    CHECK(numbers == std::array<int, 4>{10, 11, 12, 13});
}

} // namespace

int main()
{
    progress();
    nested();
    gradients();
    features();
    missing();
    threads();
    return finish("callbacks");
}
