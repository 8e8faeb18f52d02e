// Callbacks of flows: densities of the caller's, which a flow keeps, what stops a flow, and how it goes on.
#include "flow_cases.hpp"

#include <fstream>
#include <memory>
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

// A density of ours is kept as long as the flow lives, wherever that is moved to.
void own_density()
{
    const auto x0 = gaussian(0, 1).sample(4000);
    auto fails = std::make_shared<bool>(false);
    std::vector<jk::Flow> flows;
    flows.emplace_back(
        x0,
        [fails](const double *x, std::int64_t n, std::int64_t d, double *values, double *gradients) {
            if (*fails)
                throw Mine(1);
            normal(x, n, d, values, gradients);
        },
        affine_of_all().set_steps(1));
    CHECK(fails.use_count() == 2);
    const jk::Flow &flow = flows[0];
    const jk::Flow same(gaussian(0, 1), affine_of_all().set_steps(1));
    const Points x{{0.5, -0.5}};
    CHECK(near(flow.log_density(x, 0)[0], same.log_density(x, 0)[0], 1e-12));
    CHECK(near(flow.score(x, 0)(0, 0), -0.5, 1e-12) && near(flow.log_density(x)[0], same.log_density(x)[0], 0.1));
    CHECK(near(flow.mass(), 1, 1e-3));
    CHECK(flow.sample(4000, 0).rows() == 4000);
    THROWS(InputError, JKO_EINVALID, "", flow.sample(4001, 0));
    THROWS(InputError, JKO_EINVALID, "", flow.save("never.safetensors"));
    CHECK(!std::ifstream("never.safetensors"));
    THROWS(InputError, JKO_EINVALID, "",
           jk::Flow(x0, normal, affine_of_all().set_checkpoint(jk::Checkpoint().set_path("never"))));
    THROWS(InputError, JKO_ENULL, "log_density", jk::Flow(x0, jk::LogDensity{}, affine_of_all()));
    THROWS(InputError, JKO_ESHAPE, "x0", jk::Flow(Points(99), normal, affine_of_all()));

    *fails = true;
    CHECK(thrown([&] { (void)flow.log_density(x); }) == 1 && thrown([&] { (void)flow.score(x); }) == 1);
    CHECK(thrown([&] { (void)flow.mass(); }) == 1);
    CHECK(flow.sample(10).rows() == 10); // needs no density
    *fails = false;
    CHECK(near(flow.score(x, 0)(0, 0), -0.5, 1e-12));
    flows.clear();
    CHECK(fails.use_count() == 1);
}

// Each thread has its own exceptions.
void threads()
{
    bool armed = false;
    const jk::Flow flow(
        gaussian(0, 1).sample(200),
        [&](const double *x, std::int64_t n, std::int64_t d, double *values, double *gradients) {
            if (armed)
                throw Mine(static_cast<int>(x[0]));
            normal(x, n, d, values, gradients);
        },
        affine_of_all());
    armed = true;
    std::array<int, 4> numbers{};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; i++)
        threads.emplace_back([&, i] {
            const Points x{{10.0 + i, 0}};
            numbers[static_cast<std::size_t>(i)] = thrown([&] { (void)flow.log_density(x, 0); });
        });
    for (auto &thread : threads)
        thread.join();
    CHECK(numbers == std::array<int, 4>{10, 11, 12, 13});
}

void stopped()
{
    const auto base = gaussian(1, 1);
    std::int64_t done = 0;
    bool other = false;
    const jk::Flow whole(base, affine().set_progress([&](const jk::Progress &progress) {
        other = other || std::string(progress.stage) != "flow";
        done = progress.done;
    }));
    CHECK(done == 4 && !other);
    THROWS(CancelledError, JKO_ECANCELLED, "",
           jk::Flow(base, affine().set_progress([](const jk::Progress &progress) { return progress.done < 2; })));
    CHECK(thrown([&] { jk::Flow(base, affine().set_progress([](const jk::Progress &) { throw Mine(2); })); }) == 2);
    const auto fails = [](const double *, std::int64_t, std::int64_t, double, double *, double *) { throw Mine(3); };
    CHECK(thrown([&] { jk::Flow(base, affine().set_potential(fails)); }) == 3);
    CHECK(thrown([&] { jk::Flow(base, affine().set_interaction(fails)); }) == 3);
    const auto none = [](const double *, std::int64_t, std::int64_t, double *, double *) { throw Mine(4); };
    CHECK(thrown([&] { jk::Flow(base.sample(200), none, affine_of_all()); }) == 4);
    // Nothing of that stays behind.
    CHECK(jk::Flow(base, affine()).energies() == whole.energies());

    // A flow goes on from its checkpoint, as if it had never been interrupted.
    const auto kept = jk::Checkpoint().set_path("checkpoint.safetensors");
    (void)jk::Flow(base, affine().set_checkpoint(kept).set_steps(2));
    CHECK(jk::Flow::load(kept.path).steps() == 2);
    THROWS(InputError, JKO_EINVALID, "checkpoint.path", jk::Flow(base, affine().set_checkpoint(kept)));
    const auto resumed = jk::Checkpoint(kept).set_resume(true);
    CHECK(jk::Flow(base, affine().set_checkpoint(resumed)).energies() == whole.energies());
    THROWS(InputError, JKO_EINVALID, "checkpoint.path", jk::Flow(base, affine().set_checkpoint(resumed).set_step(0.2)));
    THROWS(FileError, JKO_EIO, "checkpoint.path",
           jk::Flow(base, affine().set_checkpoint(jk::Checkpoint().set_path("no_such_folder/flow"))));
}

} // namespace

int main()
{
    own_density();
    threads();
    stopped();
    return finish("flow_callbacks");
}
