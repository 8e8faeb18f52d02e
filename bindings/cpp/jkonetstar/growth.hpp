/**
 * @file jkonetstar/growth.hpp
 * @brief How fast particles multiply or die, at a place and a time, learned from a time course.
 */
#ifndef JKONETSTAR_GROWTH_HPP
#define JKONETSTAR_GROWTH_HPP

#include "snapshots.hpp"

#include <string>
#include <vector>

namespace jkonetstar
{

/** How growth is learned. */
struct GrowthOptions {
    /** The mass of all particles at each time, such as numbers of cells, in any unit, positive; empty where it is not
        known, and rates are then relative to the mean. */
    JKONETSTAR_OPTION(GrowthOptions, std::vector<double>, total_mass, {});
    /** The rate that is expected of each particle of all snapshots but the last, in 1/time; empty for none. */
    JKONETSTAR_OPTION(GrowthOptions, std::vector<double>, prior, {});
    /** What it costs to create or destroy mass, in units of the mean cost of the exact plan, 0.05 or more. */
    JKONETSTAR_OPTION(GrowthOptions, double, relaxation, 2);
    /** The ridge of the regression, positive. */
    JKONETSTAR_OPTION(GrowthOptions, double, ridge, 1e-3);
    /** How often velocities and rates are fitted, 1 to 100. */
    JKONETSTAR_OPTION(GrowthOptions, std::int32_t, rounds, 2);
    /** Fits to populations drawn anew, for errors of rates, 0 or 2 to 10,000. */
    JKONETSTAR_OPTION(GrowthOptions, std::int32_t, bootstrap, 0);
    /** The distance over which rates change, in units of the particles' spread, 1e-6 to 1e6; growth.h says which. */
    JKONETSTAR_OPTION(GrowthOptions, double, length_scale, 2);
    /** The time over which rates change, in median gaps, 1e-6 to 1e6. */
    JKONETSTAR_OPTION(GrowthOptions, double, time_scale, 3);
    /** At most so many particles of each snapshot are used, 2 to 1,000,000. */
    JKONETSTAR_OPTION(GrowthOptions, std::int64_t, particles, 1000);
    JKONETSTAR_OPTION(GrowthOptions, std::uint64_t, seed, 0);
    /** Hears of stage "growth". */
    JKONETSTAR_OPTION(GrowthOptions, ProgressCallback, progress, {});
};

/** Growth rates as a function of place and time. */
class Growth
{
  public:
    /** Learn how fast particles multiply or die. @param snapshots two or more @throws InputError, ConvergenceError,
        CancelledError */
    explicit Growth(const Snapshots &snapshots, const GrowthOptions &options = {})
        : handle_(detail::made<jko_growth>([&](jko_growth **out) { return fit(snapshots, options, out); }))
    {
    }

    /** Read what save() wrote. @throws FileError, FormatError */
    static Growth load(const std::string &path)
    {
        return Growth(
            detail::made<jko_growth>([&](jko_growth **out) { return jko_growth_load(detail::c_path(path), out); }));
    }

    /** Take over a handle of the C interface. */
    static Growth adopt(jko_growth *handle) noexcept { return Growth(handle); }

    /** Write a safetensors file. @throws FileError */
    void save(const std::string &path) const
    {
        detail::call([&] { return jko_growth_save(get(), detail::c_path(path)); });
    }

    /** Rates at points of shape (n, d), in 1/time: d ln(mass) / dt of a particle there. @throws InputError */
    std::vector<double> rate(ArrayView points, double time) const
    {
        std::vector<double> out(detail::elements(points.rows(), 1));
        detail::call(
            [&] { return jko_growth_rates(get(), points.c_array(), time, MutableArrayView(out).c_array(), nullptr); });
        return out;
    }

    /** Standard errors of the rates, in 1/time. @throws InputError, also for a fit without bootstrap */
    std::vector<double> rate_error(ArrayView points, double time) const
    {
        std::vector<double> out(detail::elements(points.rows(), 1));
        detail::call(
            [&] { return jko_growth_rates(get(), points.c_array(), time, nullptr, MutableArrayView(out).c_array()); });
        return out;
    }

    /**
     * Masses of particles along their paths, for example those that Model::predict() returns.
     *
     * @param paths   n particles at s times
     * @param masses  n masses at the first time, not negative; 1/n each by default
     * @return shape (s, n)
     * @throws InputError, ConvergenceError
     */
    Matrix masses(const Course &paths, ArrayView masses = {}) const
    {
        Matrix out(paths.size(), paths.particles());
        const MutableArrayView stacked(out.row(0), paths.size() * paths.particles(), 1);
        detail::call([&] {
            return jko_growth_masses(get(), paths.stacked().c_array(), ArrayView(paths.times()).c_array(),
                                     masses.c_array(), stacked.c_array());
        });
        return out;
    }

    /** The mass of all particles at some times, in the unit of GrowthOptions::total_mass. @throws InputError */
    std::vector<double> total_mass(ArrayView times) const
    {
        std::vector<double> out(detail::elements(times.rows(), 1));
        detail::call([&] { return jko_growth_total_mass(get(), times.c_array(), MutableArrayView(out).c_array()); });
        return out;
    }

    /** Number of coordinates d. */
    std::int64_t dimension() const noexcept { return jko_growth_dimension(get()); }

    /** For calls of the C interface. NULL after this object was moved from. */
    jko_growth *get() const noexcept { return handle_.get(); }

  private:
    explicit Growth(jko_growth *handle) noexcept : handle_(handle) {}

    static jko_status fit(const Snapshots &snapshots, const GrowthOptions &given, jko_growth **out)
    {
        auto options = detail::defaults(jko_growth_options_init);
        const ArrayView total_mass(given.total_mass), prior(given.prior);
        options.total_mass = given.total_mass.empty() ? nullptr : total_mass.c_array();
        options.prior = given.prior.empty() ? nullptr : prior.c_array();
        options.relaxation = given.relaxation;
        options.ridge = given.ridge;
        options.rounds = given.rounds;
        options.bootstrap = given.bootstrap;
        options.length_scale = given.length_scale;
        options.time_scale = given.time_scale;
        options.particles = given.particles;
        options.seed = given.seed;
        options.progress = given.progress.c_callback();
        options.progress_user_data = given.progress.user_data();
        return jko_growth_fit(snapshots.get(), &options, out);
    }

    detail::Handle<jko_growth, jko_growth_destroy> handle_;
};

} // namespace jkonetstar

#endif
