/**
 * @file jkonetstar/flow_options.hpp
 * @brief The energy of a flow, and how the flow is computed.
 */
#ifndef JKONETSTAR_FLOW_OPTIONS_HPP
#define JKONETSTAR_FLOW_OPTIONS_HPP

#include "energy_sources.hpp"
#include "training.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace jkonetstar
{

/** How a step of time is made of proximal steps. */
enum class FlowScheme : jko_flow_scheme {
    /** One JKO step: of first order in the step. */
    jko = JKO_FLOW_JKO,
    /** Two proximal steps: of second order. */
    sdirk2 = JKO_FLOW_SDIRK2,
    /** One proximal step from the populations of two times: of second order. */
    bdf2 = JKO_FLOW_BDF2,
    /** One proximal step of half the way, whose map is extended to the whole: of second order, with no damping. */
    midpoint = JKO_FLOW_MIDPOINT
};

/** What moves the particles of a flow. */
enum class FlowMethod : jko_flow_method {
    /** Quadratics and bumps, found by Newton's method: fast, and exact where affine maps are. */
    features = JKO_FLOW_FEATURES,
    /** Input-convex networks, trained by Adam: for maps that features cannot make. */
    network = JKO_FLOW_NETWORK,
    /** No maps: Langevin steps, and a Gaussian mixture of the particles after each. Diffusion only. */
    particles = JKO_FLOW_PARTICLES
};

/** The energy, and how its flow is computed. */
struct FlowOptions {
    /** V: the name of a functional, a function of your own, or that of a fitted model. */
    using Potentials = std::variant<NoTerm, std::string, EnergyFunction, Potential>;
    /** U: likewise. A function is called with the n differences x_i - x_j for one i at a time. */
    using Interactions = std::variant<NoTerm, std::string, EnergyFunction, Interaction>;

    JKONETSTAR_OPTION(FlowOptions, Potentials, potential, NoTerm{});
    JKONETSTAR_OPTION(FlowOptions, Interactions, interaction, NoTerm{});
    /** Level of the internal energy, in length^2/time for diffusion; positive. */
    JKONETSTAR_OPTION(FlowOptions, double, beta, 1);
    /** 1: the internal energy is beta int log(rho) dmu. m > 1: that of a porous medium,
        beta / (m - 1) int rho^(m - 1) dmu. */
    JKONETSTAR_OPTION(FlowOptions, double, exponent, 1);
    JKONETSTAR_OPTION(FlowOptions, FlowScheme, scheme, FlowScheme::jko);
    /** Time of a step, positive. */
    JKONETSTAR_OPTION(FlowOptions, double, step, 0.05);
    /** Number of steps, 1 to 100,000. */
    JKONETSTAR_OPTION(FlowOptions, std::int64_t, steps, 18);
    /** When the base density is there. */
    JKONETSTAR_OPTION(FlowOptions, double, t0, 0);
    JKONETSTAR_OPTION(FlowOptions, FlowMethod, method, FlowMethod::features);
    /** Of features: components of the mixture that shares space out for quadratics, 0 to 500; by default 12, and fewer
        in more than six coordinates. 0 with no bumps gives affine maps, which are all that a Gaussian in a quadratic V
        needs. */
    JKONETSTAR_OPTION(FlowOptions, std::optional<std::int64_t>, components, {});
    /** Of features: Gaussian bumps at particles, 0 to 2,000. */
    JKONETSTAR_OPTION(FlowOptions, std::int64_t, bumps, 0);
    /** Of features: a bump is as wide as the distance to its neighbour of this rank, 1 to 2,000. */
    JKONETSTAR_OPTION(FlowOptions, std::int64_t, neighbour, 10);
    /** Particles that a step is fitted to, or, without maps, that are followed, 100 to 1,000,000; by default 8,000
        for features, 40,000 for networks, 4,000 for affine maps, and 50,000 without maps. */
    JKONETSTAR_OPTION(FlowOptions, std::optional<std::int64_t>, particles, {});
    /** Of networks: width of each hidden layer, 1 to 4096; one to eight layers. */
    JKONETSTAR_OPTION(FlowOptions, std::vector<std::int32_t>, hidden, {64, 64});
    /** Of networks: squares of linear functions in each unit, 0 to 64. */
    JKONETSTAR_OPTION(FlowOptions, std::int64_t, rank, 5);
    /** Of networks: steps of Adam for each proximal step, 1 to 1,000,000. */
    JKONETSTAR_OPTION(FlowOptions, std::int64_t, iterations, 100);
    /** Of networks: particles in each, 1 to 1,000,000. */
    JKONETSTAR_OPTION(FlowOptions, std::int64_t, batch_size, 1024);
    /** Of networks: positive; it falls to a twentieth along a cosine within each proximal step. */
    JKONETSTAR_OPTION(FlowOptions, double, learning_rate, 5e-3);
    /** The same seed gives the same flow. */
    JKONETSTAR_OPTION(FlowOptions, std::uint64_t, seed, 0);
    /** Hears of stage "flow", with the energy as loss. */
    JKONETSTAR_OPTION(FlowOptions, ProgressCallback, progress, {});
    /** The flow is written to this file after every step, whatever `every` says, and can go on from it. */
    JKONETSTAR_OPTION(FlowOptions, std::optional<Checkpoint>, checkpoint, {});
};

namespace detail
{

// A number for which 0 or -1 stands in C where nobody has given one.
inline std::int64_t given_or(std::optional<std::int64_t> value, std::int64_t missing, const char *name,
                             const char *bounds)
{
    if (value == missing)
        raise(JKO_EINVALID, name, std::string(name) + " = " + std::to_string(missing) + " is not between " + bounds);
    return value.value_or(missing);
}

// The options as C takes them: they point into what was given. `thrown` is as set_source() has it.
inline jko_flow_options flow_options(const FlowOptions &given, std::array<Thrown *, 2> &thrown)
{
    auto out = defaults(jko_flow_options_init);
    set_source(given.potential, "potential", call_energy, out.potential, out.potential_callback,
               out.potential_callback_user_data, out.potential_model, thrown[0]);
    set_source(given.interaction, "interaction", call_energy, out.interaction, out.interaction_callback,
               out.interaction_callback_user_data, out.interaction_model, thrown[1]);
    out.beta = given.beta;
    out.exponent = given.exponent;
    out.scheme = static_cast<jko_flow_scheme>(given.scheme);
    out.step = given.step;
    out.steps = given.steps;
    out.t0 = given.t0;
    out.method = static_cast<jko_flow_method>(given.method);
    out.components = given_or(given.components, -1, "components", "0 and 500");
    out.bumps = given.bumps;
    out.neighbour = given.neighbour;
    out.particles = given_or(given.particles, 0, "particles", "100 and 1000000");
    const std::size_t layers = given.hidden.size();
    if (layers == 0 || layers > JKO_MAX_HIDDEN_LAYERS)
        raise(JKO_EINVALID, "hidden",
              "hidden has " + std::to_string(layers) + " layers; there must be 1 to " +
                  std::to_string(JKO_MAX_HIDDEN_LAYERS));
    out.hidden_count = static_cast<std::int32_t>(layers);
    std::copy(given.hidden.begin(), given.hidden.end(), out.hidden);
    out.rank = given.rank;
    out.iterations = given.iterations;
    out.batch_size = given.batch_size;
    out.learning_rate = given.learning_rate;
    out.seed = given.seed;
    out.progress = given.progress.c_callback();
    out.progress_user_data = given.progress.user_data();
    if (given.checkpoint) {
        out.checkpoint = c_path(given.checkpoint->path, "checkpoint.path");
        out.resume = given.checkpoint->resume ? 1 : 0;
    }
    return out;
}

} // namespace detail

} // namespace jkonetstar

#endif
