// A plug-in whose features may throw: it makes a model, and the program that has loaded it calls that.
#include "../check.hpp"

#include <stdexcept>

#define EXPORTED extern "C" __attribute__((visibility("default")))

namespace
{

bool armed = false;

void half_square(const double *x, std::int64_t n, std::int64_t d, double *values, double *jacobian)
{
    if (armed)
        throw std::runtime_error("from the plug-in");
    for (std::int64_t i = 0; i < n; i++) {
        if (values != nullptr)
            values[i] = (x[i * d] * x[i * d] + x[i * d + 1] * x[i * d + 1]) / 2;
        for (std::int64_t k = 0; jacobian != nullptr && k < d; k++)
            jacobian[i * d + k] = x[i * d + k];
    }
}

jk::Model made()
{
    jk::Model model(
        jk::ModelOptions().set_potential(jk::Linear()
                                             .set_polynomial_degree(0)
                                             .set_radial(std::nullopt)
                                             .set_features(jk::Features().set_function(half_square).set_count(1))));
    model.fit(contracting());
    return model;
}

jk::Model &model()
{
    static jk::Model model = made();
    return model;
}

// ln of the standard normal density.
void normal(const double *x, std::int64_t n, std::int64_t d, double *values, double *gradients)
{
    half_square(x, n, d, values, gradients);
    for (std::int64_t i = 0; i < n; i++)
        values[i] = -values[i] - 1.8378770664093453;
    for (std::int64_t k = 0; k < n * d; k++)
        gradients[k] = -gradients[k];
}

} // namespace

EXPORTED jk::Model *plugin_model() { return &model(); }
EXPORTED void plugin_arm(bool now) { armed = now; }
EXPORTED double plugin_slope() { return model().potential().gradient_at(std::array<double, 2>{0.5, 0.5})[0]; }
EXPORTED jk::Flow *plugin_flow()
{
    static jk::Flow flow(square(200), normal, jk::FlowOptions().set_components(0).set_steps(1));
    return &flow;
}
