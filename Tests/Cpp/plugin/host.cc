// Exceptions of a plug-in's features reach the program that calls the plug-in's model, although each of the two has its
// own copy of what the headers define: hidden visibility, and a plug-in that is loaded while the program runs.
#include "../check.hpp"

#include <dlfcn.h>

namespace
{

template <typename Call> std::string said(const Call &call)
{
    try {
        call();
        return "";
    } catch (const std::exception &error) {
        return error.what();
    }
}

template <typename Function> Function *found(void *plugin, const char *name)
{
    return reinterpret_cast<Function *>(dlsym(plugin, name));
}

} // namespace

int main(int, char **argv)
{
    void *plugin = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (plugin == nullptr) {
        std::printf("%s\n", dlerror());
        return 1;
    }
    jk::Model &model = *found<jk::Model *()>(plugin, "plugin_model")();
    const auto arm = found<void(bool)>(plugin, "plugin_arm");
    const auto slope = found<double()>(plugin, "plugin_slope");
    const jk::Flow &flow = *found<jk::Flow *()>(plugin, "plugin_flow")();
    const std::array<double, 2> x{0.5, 0.5};
    const std::string thrown = "from the plug-in";
    CHECK(near(model.potential().gradient_at(x)[0], 0.5, 1e-6));
    for (int round = 0; round < 2; round++) {
        arm(true);
        CHECK(said([&] { (void)model.potential().gradient_at(x); }) == thrown);
        CHECK(said([&] { (void)model.predict(Points(1, x), 1); }) == thrown);
        CHECK(said([&] { (void)model.evaluate(contracting(5)); }) == thrown);
        const auto V = model.potential();
        CHECK(said([&] { (void)jk::simulate(Points(1, x), jk::SimulationOptions().set_potential(V)); }) == thrown);
        CHECK(said([&] { (void)jk::sample(Points(1, x), jk::SampleOptions().set_potential(V)); }) == thrown);
        CHECK(said([&] {
                  (void)jk::Flow(jk::Density(square(100)), jk::FlowOptions().set_components(0).set_potential(V));
              }) == thrown);
        CHECK(said([&] { (void)flow.log_density(Points(1, x)); }) == thrown);
        CHECK(said([&] { model.fit(contracting(5)); }) == thrown);
        // Nothing stays behind, on neither side.
        arm(false);
        CHECK(said([&] { CHECK(near(model.potential().gradient_at(x)[0], 0.5, 1e-6)); }).empty());
        CHECK(said([&] { CHECK(near(slope(), 0.5, 1e-6)); }).empty());
        CHECK(said([&] { CHECK(near(flow.score(Points(1, x), 0)(0, 0), -0.5, 1e-9)); }).empty());
    }
    // A handle shows the program no exception. It must not come back from another call of the plug-in.
    arm(true);
    const auto borrowed = jk::Model::borrow(model.get());
    (void)said([&] { (void)borrowed.potential().gradient_at(x); });
    arm(false);
    CHECK(said([&] { CHECK(near(slope(), 0.5, 1e-6)); }).empty());
    return finish("plugin");
}
