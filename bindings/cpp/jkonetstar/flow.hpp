/**
 * @file jkonetstar/flow.hpp
 * @brief The forward problem: the population that descends a given energy, with samples, maps and densities.
 *
 * From a density rho_0, the flow of
 *
 *     J(mu) = int V dmu + 1/2 int int U(x - y) dmu(x) dmu(y) + beta int log(rho) dmu
 *
 * is computed in JKO steps. Each moves the population by a map x -> grad psi(x) with psi convex. The maps can be
 * inverted, so that the flow has a density at any point.
 */
#ifndef JKONETSTAR_FLOW_HPP
#define JKONETSTAR_FLOW_HPP

#include "flow_options.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace jkonetstar
{

/**
 * ln rho of your own: fills n values and a row-major (n, d) array of gradients at n row-major points. A flow keeps a
 * copy and calls it as long as it lives, on whichever threads ask it for densities or scores, perhaps on several at
 * once. An exception stops the work, and the call throws it.
 */
using LogDensity =
    std::function<void(const double *points, std::int64_t n, std::int64_t d, double *values, double *gradients)>;

namespace detail
{

/** The caller's density that a flow starts from, and what it has thrown. */
struct OwnDensity {
    LogDensity function;
    Thrown thrown;
};

inline int call_log_density(const double *points, std::int64_t n, std::int64_t d, double, double *values,
                            double *gradients, void *user_data)
{
    auto &own = *static_cast<OwnDensity *>(user_data);
    return guarded_features(own.thrown, [&] { own.function(points, n, d, values, gradients); });
}

} // namespace detail

/**
 * The flow of an energy: populations mu_0 .. mu_K after 0 .. K steps. It moves, and never copies. It never changes, so
 * that several threads may use it.
 *
 * Where a step is asked for, it is by default the last.
 */
class Flow
{
  public:
    /**
     * Compute the flow from a density. That of particles is `Flow(Density(x0), options)`.
     *
     * @param base     rho_0; copied
     * @param options  the energy; by default there is diffusion alone
     * @throws InputError, also where the energy is not finite at a particle; NotFittedError; CancelledError;
     *         ConvergenceError where a step folds space or particles leave the range of numbers; FileError and
     *         FormatError (checkpoint); what a callback throws
     */
    explicit Flow(const Density &base, const FlowOptions &options = {})
        : handle_(computed(options, [&](const jko_flow_options *given, jko_flow **out) {
              return jko_flow_compute(base.get(), given, out);
          }))
    {
    }

    /**
     * Compute the flow from a density of your own. Samples are then drawn from the particles given, each at most once,
     * and the flow can be neither saved nor have a checkpoint.
     *
     * @param x0           shape (n, d), finite, at least 100 rows: particles of rho_0
     * @param log_density  ln rho_0
     * @param options      the energy
     * @throws as for a Density
     */
    Flow(ArrayView x0, LogDensity log_density, const FlowOptions &options = {})
        : base_(std::make_shared<detail::OwnDensity>())
    {
        if (!log_density)
            detail::raise(JKO_ENULL, "log_density", "log_density is missing: there is no function in it");
        base_->function = std::move(log_density);
        handle_ = Handle(computed(options, [&](const jko_flow_options *given, jko_flow **out) {
            return jko_flow_compute_from(x0.c_array(), detail::call_log_density, base_.get(), given, out);
        }));
    }

    /** Read what save() wrote, in any language. @param path UTF-8 @throws FileError, FormatError */
    static Flow load(const std::string &path)
    {
        return Flow(detail::made<jko_flow>([&](jko_flow **out) { return jko_flow_load(detail::c_path(path), out); }));
    }

    /** Take over a handle of the C interface. */
    static Flow adopt(jko_flow *handle) noexcept { return Flow(handle); }

    /** Write a safetensors file, which appears whole or not at all. @throws FileError; InputError where the flow starts
        from a density of your own */
    void save(const std::string &path) const
    {
        detail::call([&] { return jko_flow_save(get(), detail::c_path(path)); });
    }

    /** Number of coordinates d; 0 after this object was moved from. */
    std::int64_t dimension() const noexcept { return jko_flow_dimension(get()); }

    /** Number of steps K; 0 after this object was moved from. */
    std::int64_t steps() const noexcept { return jko_flow_step_count(get()); }

    /** When mu_0 .. mu_K are there. */
    std::vector<double> times() const
    {
        return course([&](const jko_array *out) { return jko_flow_course(get(), out, nullptr); });
    }

    /** J of mu_0 .. mu_K over the particles of the fit: it falls but for their noise. */
    std::vector<double> energies() const
    {
        return course([&](const jko_array *out) { return jko_flow_course(get(), nullptr, out); });
    }

    /** Particles of the population after a step, shape (n, d). @throws InputError, also where n is more than a density
        of your own has */
    Matrix sample(std::int64_t n, std::optional<std::int64_t> step = {}, std::uint64_t seed = 0) const
    {
        Matrix out(n, dimension());
        call([&] { return jko_flow_sample(get(), place(step), seed, MutableArrayView(out).c_array()); });
        return out;
    }

    /**
     * Where particles of the population after step `from` are after step `to`.
     *
     * @param x  shape (n, d), finite
     * @return shape (n, d). Far from its own particles a flow may fold space: log_determinant() is NaN there
     * @throws InputError, also for a flow of the method of particles, which has no maps
     */
    Matrix transport(ArrayView x, std::int64_t from = 0, std::optional<std::int64_t> to = {}) const
    {
        return transported(x, from, to).first;
    }

    /** ln of the determinant of the map from step `from` to step `to` at points of shape (n, d), by how much volume
        grows; NaN where the maps fold space. @throws as transport() */
    std::vector<double> log_determinant(ArrayView x, std::int64_t from = 0, std::optional<std::int64_t> to = {}) const
    {
        return transported(x, from, to).second;
    }

    /** Where particles of the population after a step come from: shape (n, d) for points of shape (n, d). @throws as
        transport(); ConvergenceError where a map cannot be inverted at a point, with the residual */
    Matrix inverse(ArrayView x, std::optional<std::int64_t> step = {}) const
    {
        Matrix out(x.rows(), x.columns());
        call([&] { return jko_flow_inverse(get(), x.c_array(), place(step), MutableArrayView(out).c_array()); });
        return out;
    }

    /** ln rho after a step at points of shape (n, d); rho is in 1 / length^d. @throws InputError; ConvergenceError as
        inverse(); what a density of your own throws */
    std::vector<double> log_density(ArrayView x, std::optional<std::int64_t> step = {}) const
    {
        std::vector<double> out(detail::elements(x.rows(), 1));
        call([&] { return jko_flow_log_density(get(), x.c_array(), place(step), MutableArrayView(out).c_array()); });
        return out;
    }

    /** The score grad ln rho after a step at points of shape (n, d), in 1 / length. @throws as log_density() */
    Matrix score(ArrayView x, std::optional<std::int64_t> step = {}) const
    {
        Matrix out(x.rows(), x.columns());
        call([&] { return jko_flow_score(get(), x.c_array(), place(step), MutableArrayView(out).c_array()); });
        return out;
    }

    /** The integral of rho after a step, in one or two coordinates, by the midpoint rule: 1, but for the rule's error
        where rho is sharp, and for what maps fold, which is missing. @throws as log_density() */
    double mass(std::optional<std::int64_t> step = {}) const
    {
        double out = 0;
        call([&] { return jko_flow_mass(get(), place(step), &out); });
        return out;
    }

    /** For calls of the C interface. NULL after this object was moved from. */
    jko_flow *get() const noexcept { return handle_.get(); }

  private:
    using Handle = detail::Handle<jko_flow, jko_flow_destroy>;

    explicit Flow(jko_flow *handle) noexcept : handle_(handle) {}

    template <typename Compute> static jko_flow *computed(const FlowOptions &options, const Compute &compute)
    {
        std::array<detail::Thrown *, 2> thrown{};
        const auto given = detail::flow_options(options, thrown);
        jko_flow *flow = nullptr;
        detail::call(thrown, [&] { return compute(&given, &flow); });
        return flow;
    }

    std::int64_t place(std::optional<std::int64_t> step) const noexcept { return step ? *step : steps(); }

    template <typename Work> void call(const Work &work) const { detail::call(base_ ? &base_->thrown : nullptr, work); }

    template <typename Read> std::vector<double> course(const Read &read) const
    {
        std::vector<double> out(detail::elements(steps() + 1, 1));
        call([&] { return read(MutableArrayView(out).c_array()); });
        return out;
    }

    std::pair<Matrix, std::vector<double>> transported(ArrayView x, std::int64_t from,
                                                       std::optional<std::int64_t> to) const
    {
        std::pair<Matrix, std::vector<double>> out(Matrix(x.rows(), x.columns()),
                                                   std::vector<double>(detail::elements(x.rows(), 1)));
        const MutableArrayView points = out.first, determinants = out.second;
        call([&] {
            return jko_flow_transport(get(), x.c_array(), from, place(to), points.c_array(), determinants.c_array());
        });
        return out;
    }

    // The library calls it as long as the handle lives. It is destroyed after that.
    std::shared_ptr<detail::OwnDensity> base_;
    Handle handle_;
};

} // namespace jkonetstar

#endif
