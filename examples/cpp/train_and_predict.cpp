// Learn a potential from snapshots and predict with it, in C++17: handles owned by unique_ptr, failures as exceptions.
//
//     train_and_predict [EPOCHS]
//
// Particles on [-4, 4]^2 fall in the styblinski_tang potential, simulated; half of them train the model, and the
// other half judge its predictions. Two samples of 200 from one and the same population of this extent are already
// about 0.4 apart. Default: 100 epochs.
#include <jkonetstar.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{

template <auto destroy> struct Destroy {
    template <typename Handle> void operator()(Handle *handle) const { destroy(handle); }
};

using Snapshots = std::unique_ptr<jko_snapshots, Destroy<jko_snapshots_destroy>>;
using Model = std::unique_ptr<jko_model, Destroy<jko_model_destroy>>;

void check(jko_status status)
{
    if (status != JKO_OK)
        throw std::runtime_error(std::string(jko_status_name(status)) + ": " + jko_last_error());
}

constexpr int64_t particles = 400, steps = 5, dimension = 2;

// Each snapshot keeps its particles in an order of its own, as real observations do.
Snapshots simulate()
{
    std::mt19937_64 random(1);
    std::uniform_real_distribution<double> uniform(-4, 4);
    std::vector<double> start(particles * dimension), course((steps + 1) * particles * dimension);
    for (double &x : start)
        x = uniform(random);

    jko_simulation_options options;
    check(jko_simulation_options_init(&options, sizeof options));
    options.potential = "styblinski_tang";
    options.steps = steps;
    const jko_array x0 = jko_row_major(start.data(), particles, dimension);
    const jko_array out = jko_row_major(course.data(), (steps + 1) * particles, dimension);
    check(jko_simulate(&x0, &options, &out));

    std::vector<double> times;
    for (int64_t k = 0; k <= steps; k++)
        times.insert(times.end(), particles, k * options.dt);
    const jko_array time_view = jko_row_major(times.data(), (steps + 1) * particles, 1);
    jko_snapshots *series = nullptr, *shuffled = nullptr;
    check(jko_snapshots_create(&out, &time_view, nullptr, &series));
    const Snapshots owner(series);
    check(jko_snapshots_shuffle(series, 1, &shuffled));
    return Snapshots(shuffled);
}

void run(int64_t epochs)
{
    const Snapshots all = simulate();
    jko_snapshots *handle = nullptr, *other = nullptr;
    check(jko_snapshots_split(all.get(), JKO_SPLIT_WITHIN_TIMES, 0.5, 0, &handle, &other));
    const Snapshots train(handle), test(other);

    jko_model *made = nullptr;
    check(jko_model_create(nullptr, &made));
    const Model model(made);
    jko_training_options training;
    check(jko_training_options_init(&training, sizeof training));
    training.epochs = epochs;
    jko_fit_options fit;
    check(jko_fit_options_init(&fit, sizeof fit));
    fit.training = &training;
    check(jko_model_fit(model.get(), train.get(), &fit));

    std::vector<double> one_step(steps), cumulative(steps);
    const jko_array one_step_view = jko_row_major(one_step.data(), steps, 1);
    const jko_array cumulative_view = jko_row_major(cumulative.data(), steps, 1);
    check(jko_model_evaluate(model.get(), test.get(), nullptr, &one_step_view, &cumulative_view, nullptr, nullptr));
    std::printf("W1 between prediction and unseen particles\n  t       one step  from the start\n");
    for (int64_t k = 0; k < steps; k++)
        std::printf("  %-6.2f  %.4f    %.4f\n", jko_snapshots_time(test.get(), k + 1), one_step[k], cumulative[k]);
}

} // namespace

int main(int argc, char **argv)
{
    try {
        run(argc > 1 ? std::atoll(argv[1]) : 100);
        return EXIT_SUCCESS;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return EXIT_FAILURE;
    }
}
