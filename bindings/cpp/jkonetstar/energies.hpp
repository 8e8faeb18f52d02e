/**
 * @file jkonetstar/energies.hpp
 * @brief What a model is made of: networks or linear features for V and U, internal energy, the scheme.
 */
#ifndef JKONETSTAR_ENERGIES_HPP
#define JKONETSTAR_ENERGIES_HPP

#include "density.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace jkonetstar
{

/** The energy has no such term. */
struct NoTerm {};

// Xlib has a macro of this name. Programs that include it write NoTerm, or {}.
#pragma push_macro("None")
#undef None
using None = NoTerm;
#pragma pop_macro("None")

/** What the hidden layers of a network do to their inputs a. */
enum class Activation : jko_activation {
    /** ln(1 + e^a) */
    softplus = JKO_ACTIVATION_SOFTPLUS,
    /** a / (1 + e^-a) */
    silu = JKO_ACTIVATION_SILU,
    /** tanh a */
    tanh = JKO_ACTIVATION_TANH
};

/** A term as a network (multilayer perceptron), trained on minibatches of couplings. */
struct MLP {
    /** Width of each hidden layer, 1 to 4096; one to eight layers. */
    JKONETSTAR_OPTION(MLP, std::vector<std::int32_t>, hidden, {64, 64});
    JKONETSTAR_OPTION(MLP, Activation, activation, Activation::silu);
};

/** A function of the distance r to a centre, in units of the width. */
enum class RadialFunction : jko_radial {
    /** exp(-r^2) */
    gaussian = JKO_RADIAL_GAUSSIAN,
    /** r */
    linear = JKO_RADIAL_LINEAR,
    /** r^2 ln r */
    thin_plate = JKO_RADIAL_THIN_PLATE,
    /** r^3 */
    cubic = JKO_RADIAL_CUBIC,
    /** r^5 */
    quintic = JKO_RADIAL_QUINTIC,
    /** sqrt(1 + r^2) */
    multiquadric = JKO_RADIAL_MULTIQUADRIC,
    /** 1 / sqrt(1 + r^2) */
    inverse_multiquadric = JKO_RADIAL_INVERSE_MULTIQUADRIC,
    /** 1 / (1 + r^2) */
    inverse_quadratic = JKO_RADIAL_INVERSE_QUADRATIC
};

/** Functions of the distance to centres. */
struct Radial {
    JKONETSTAR_OPTION(Radial, RadialFunction, function, RadialFunction::gaussian);
    /** Centres per coordinate, on a grid over the box of the data, 0 (none) to 100. */
    JKONETSTAR_OPTION(Radial, std::int32_t, grid, 10);
    /** Centres drawn from the data where the grid would have more than 3,000, 0 to 3,000. */
    JKONETSTAR_OPTION(Radial, std::int32_t, centres, 100);
    /** In length, 0 or more; 0 for 0.8 of the grid's spacing, or the median distance of neighbouring centres. */
    JKONETSTAR_OPTION(Radial, double, width, 0);
};

/** Random Fourier features, for any number of coordinates. */
struct Fourier {
    /** How many, 1 to 20,000, rounded up to an even number. */
    JKONETSTAR_OPTION(Fourier, std::int32_t, features, 100);
    /** In length, 0 or more; 0 for the median distance between two points. */
    JKONETSTAR_OPTION(Fourier, double, scale, 0);
    /** How many coordinates each frequency acts on; 0 for all. */
    JKONETSTAR_OPTION(Fourier, std::int64_t, coordinates, 0);
};

/** Features of your own. The model keeps a copy. */
struct Features {
    /**
     * Computes phi_f(x_i) into values[i * count + f] and d phi_f / d x_k into jacobian[(i * count + f) * d + k], each
     * unless it is null, at n row-major points of d coordinates. It must be there. It runs on the thread that made the
     * call, on several at once where several evaluate the model. An exception stops the work, and the call throws it.
     */
    using Function =
        std::function<void(const double *points, std::int64_t n, std::int64_t d, double *values, double *jacobian)>;

    JKONETSTAR_OPTION(Features, Function, function, {});
    /** How many features it computes, 1 to 3,000. */
    JKONETSTAR_OPTION(Features, std::int64_t, count, 1);
};

/** A term as a linear combination of features: fitted in closed form or, beside a network, trained with it. */
struct Linear {
    /** Degree of the monomials, 0 (none) to 8; by default 4 in one and two coordinates and 2 in more. */
    JKONETSTAR_OPTION(Linear, std::optional<std::int32_t>, polynomial_degree, {});
    /** Whether the degree bounds the sum of the exponents or each of them; by default their sum beyond two
        coordinates. */
    JKONETSTAR_OPTION(Linear, std::optional<bool>, polynomial_total, {});
    /** Whether there are the sine and the cosine of each monomial, too. */
    JKONETSTAR_OPTION(Linear, bool, trigonometric, false);
    /** std::nullopt for none. */
    JKONETSTAR_OPTION(Linear, std::optional<Radial>, radial, Radial{});
    JKONETSTAR_OPTION(Linear, std::optional<Fourier>, fourier, {});
    JKONETSTAR_OPTION(Linear, std::optional<Features>, features, {});
    /** Powers of time of a V that varies in time, 1 to 8. */
    JKONETSTAR_OPTION(Linear, std::int32_t, time_degree, 3);
};

/** How V or U is parametrised. */
using Term = std::variant<NoTerm, MLP, Linear>;

/** Whether there is internal energy, and how the density of each snapshot is estimated. */
using Internal = std::variant<NoTerm, GaussianMixture, KernelDensity>;

/** Where the first-order condition is evaluated, in fitting and in prediction alike. */
enum class Scheme : jko_scheme {
    /** Midpoint where U or beta is learned, explicit where V alone is. */
    usual = JKO_SCHEME_USUAL,
    /** At the end of the step, the JKO step. */
    implicit = JKO_SCHEME_IMPLICIT,
    /** At its beginning, forward Euler. */
    explicit_ = JKO_SCHEME_EXPLICIT,
    /** In the middle of each coupling and half-way in time. */
    midpoint = JKO_SCHEME_MIDPOINT
};

/** Whether V depends on time. */
enum class TimeVarying : std::int32_t {
    no = 0,
    yes = 1,
    /** Held-out particles decide; three fits instead of one. */
    by_data = JKO_TIME_VARYING_BY_DATA
};

/** What a model is made of. */
struct ModelOptions {
    /** V, a function of place and perhaps time. */
    JKONETSTAR_OPTION(ModelOptions, Term, potential, MLP{});
    /** U, a function of the difference of two particles. */
    JKONETSTAR_OPTION(ModelOptions, Term, interaction, NoTerm{});
    /** Internal energy, whose level beta is learned. */
    JKONETSTAR_OPTION(ModelOptions, Internal, internal, NoTerm{});
    JKONETSTAR_OPTION(ModelOptions, TimeVarying, time_varying, TimeVarying::no);
    JKONETSTAR_OPTION(ModelOptions, Scheme, scheme, Scheme::usual);
};

} // namespace jkonetstar

#endif
