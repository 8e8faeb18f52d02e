// Learn a potential from snapshots and predict with it.
//
//     train_and_predict [EPOCHS]
//
// Particles on [-4, 4]^2 fall in the styblinski_tang potential, simulated; half of them train the model, and the
// other half judge its predictions. Two samples of 200 from one and the same population of this extent are already
// about 0.4 apart. Default: 100 epochs.
#include <jkonetstar.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <random>
#include <vector>

namespace
{

namespace jk = jkonetstar;

constexpr std::size_t particles = 400;

// Each snapshot keeps its particles in an order of its own, as real observations do.
jk::Snapshots observe()
{
    std::mt19937_64 random(1);
    std::uniform_real_distribution<double> uniform(-4, 4);
    std::vector<std::array<double, 2>> start(particles);
    for (auto &x : start)
        x = {uniform(random), uniform(random)};
    const auto course = jk::simulate(start, jk::SimulationOptions().set_potential("styblinski_tang").set_steps(5));
    auto series = jk::Snapshots::empty(2);
    for (std::int64_t k = 0; k < course.size(); k++)
        series.append(course[k], course.times()[static_cast<std::size_t>(k)]);
    return series.shuffle(1);
}

void run(std::int64_t epochs)
{
    const auto [train, test] = observe().split(0.5);
    jk::Model model;
    model.fit(
        train,
        jk::FitOptions().set_training(jk::Adam().set_epochs(epochs)).set_progress([&](const jk::Progress &progress) {
            if (progress.done == progress.total)
                std::printf("%s: %lld of %lld\n", progress.stage, static_cast<long long>(progress.done),
                            static_cast<long long>(progress.total));
        }));

    const auto found = model.evaluate(test, jk::EvaluationOptions().set_train(&train));
    const auto times = test.times();
    std::printf("W1 between prediction and unseen particles\n"
                "  t       one step  from the start  nothing moves  floor\n");
    for (std::size_t k = 0; k < found.one_step.size(); k++)
        std::printf("  %-6.2f  %.4f    %.4f          %.4f         %.4f\n", times[k + 1], found.one_step[k],
                    found.cumulative[k], found.nothing_moves[k], found.floor[k]);

    // Where one particle goes, and the slope there.
    const std::array<double, 2> x{1, -1};
    const auto slope = model.potential().gradient_at(x);
    const auto path = model.predict({x, 1, 2}, 5).populations;
    std::printf("grad V(1, -1) = (%.2f, %.2f); after five steps that particle is at (%.2f, %.2f)\n", slope[0], slope[1],
                path(5, 0, 0), path(5, 0, 1));
}

} // namespace

int main(int argc, char **argv)
{
    try {
        run(argc > 1 ? std::atoll(argv[1]) : 100);
        return EXIT_SUCCESS;
    } catch (const jk::Error &error) {
        std::fprintf(stderr, "%s: %s\n", error.status_name(), error.what());
        return EXIT_FAILURE;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return EXIT_FAILURE;
    }
}
