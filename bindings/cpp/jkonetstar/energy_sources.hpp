/**
 * @file jkonetstar/energy_sources.hpp
 * @brief Where simulations, flows and samples take V and U from: names, functions of your own, fitted models.
 */
#ifndef JKONETSTAR_ENERGY_SOURCES_HPP
#define JKONETSTAR_ENERGY_SOURCES_HPP

#include "energies.hpp"
#include "terms.hpp"

#include <array>
#include <functional>
#include <string>
#include <variant>

namespace jkonetstar
{

/** A gradient of your own: fills a row-major (n, d) array at n row-major points. An exception stops the simulation. */
using Gradient =
    std::function<void(const double *points, std::int64_t n, std::int64_t d, double time, double *gradient)>;

/** V or U of your own: fills n values and a row-major (n, d) array of gradients at n row-major points. An exception
    stops the work. */
using EnergyFunction = std::function<void(const double *points, std::int64_t n, std::int64_t d, double time,
                                          double *values, double *gradients)>;

namespace detail
{

inline int call_gradient(const double *points, std::int64_t n, std::int64_t d, double time, double *gradient,
                         void *user_data)
{
    const auto &function = *static_cast<const Gradient *>(user_data);
    return guarded([&] {
        function(points, n, d, time, gradient);
        return true;
    });
}

inline int call_energy(const double *points, std::int64_t n, std::int64_t d, double time, double *values,
                       double *gradients, void *user_data)
{
    const auto &function = *static_cast<const EnergyFunction *>(user_data);
    return guarded([&] {
        function(points, n, d, time, values, gradients);
        return true;
    });
}

/**
 * Writes a term into options of the C interface, which then point into `source`.
 *
 * @param source  nothing, the name of a functional, a function of the caller's, or a term of a model
 * @param option  what the term is called
 * @param call    what calls the function
 * @param thrown  receives where exceptions of the model's features are found
 */
template <typename Source, typename Callback>
void set_source(const Source &source, const char *option, Callback call, const char *&name, Callback &callback,
                void *&user_data, const jko_model *&model, Thrown *&thrown)
{
    if (const auto *functional = std::get_if<1>(&source)) {
        name = c_path(*functional, option);
    } else if (const auto *function = std::get_if<2>(&source)) {
        if (!*function)
            raise(JKO_ENULL, option, std::string(option) + " is missing: there is no function in it");
        callback = call;
        user_data = const_cast<void *>(static_cast<const void *>(function));
    } else if (const auto *term = std::get_if<3>(&source)) {
        model = term->model();
        thrown = term->thrown();
        if (model == nullptr)
            raise(JKO_ENULL, option, std::string(option) + " is missing: its model was moved from");
    }
}

/** Calls the C interface where V and U may be of two models, either of which may have features that throw. */
template <typename Work> void call(const std::array<Thrown *, 2> &thrown, const Work &work)
{
    jko_status status = JKO_OK;
    call(thrown[0], [&] {
        call(thrown[1], [&] {
            status = work();
            return JKO_OK;
        });
        return status;
    });
}

} // namespace detail

} // namespace jkonetstar

#endif
