/**
 * @file jkonetstar/snapshots.hpp
 * @brief Unpaired snapshots of a population: what was observed, when, and with which weights.
 */
#ifndef JKONETSTAR_SNAPSHOTS_HPP
#define JKONETSTAR_SNAPSHOTS_HPP

#include "handle.hpp"
#include "matrix.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace jkonetstar
{

/** How a series is divided into a training and a test part. */
enum class Split : jko_split {
    /** Row i of every snapshot is the same particle, and its whole trajectory goes to one part. */
    trajectories = JKO_SPLIT_TRAJECTORIES,
    /** Each snapshot is divided on its own. */
    times = JKO_SPLIT_WITHIN_TIMES
};

/** What to read from a file; see Snapshots::load(). */
struct LoadOptions {
    /** Name of the points in an npz file or folder, or names of a table's coordinate columns, separated by commas; ""
        for the usual names. */
    JKONETSTAR_OPTION(LoadOptions, std::string, points, {});
    /** Name of the times; "" for the usual names. */
    JKONETSTAR_OPTION(LoadOptions, std::string, time, {});
    /** Name of the weights; "" for the usual names. */
    JKONETSTAR_OPTION(LoadOptions, std::string, weights, {});
    /** Times that exceed the earliest of a snapshot by no more than this belong to it, in time, 0 or more; by default
        those that differ by rounding only. */
    JKONETSTAR_OPTION(LoadOptions, std::optional<double>, time_tolerance, {});
};

/** One snapshot, copied from its series. */
struct Snapshot {
    /** When it was seen. */
    double time;
    /** Shape (n, d), in length. */
    Matrix points;
    /** n weights, which sum to 1. */
    std::vector<double> weights;
    /** Which row of the caller's data each particle is. */
    std::vector<std::int64_t> rows;
};

/** Snapshots mu_0 .. mu_T at increasing times t_0 < .. < t_T. They may differ in size; nobody knows who became whom. */
class Snapshots
{
  public:
    /**
     * A series from pooled observations: rows with the same time form a snapshot and keep their order in it.
     *
     * @param points   shape (n, d), finite, in length; copied
     * @param times    n times, in any order
     * @param weights  n weights, not negative, with a positive sum at each time; equal ones by default
     * @throws InputError
     */
    Snapshots(ArrayView points, ArrayView times, ArrayView weights = {})
        : handle_(detail::made<jko_snapshots>([&](jko_snapshots **out) {
              return jko_snapshots_create(points.c_array(), times.c_array(), weights.c_array(), out);
          }))
    {
    }

    /** The same for times that were measured one by one: those that exceed the earliest of a snapshot by no more than
        `time_tolerance` belong to it, and its time is the median of theirs. @throws InputError */
    static Snapshots within(ArrayView points, ArrayView times, double time_tolerance, ArrayView weights = {})
    {
        return Snapshots(detail::made<jko_snapshots>([&](jko_snapshots **out) {
            return jko_snapshots_create_within(points.c_array(), times.c_array(), weights.c_array(), time_tolerance,
                                               out);
        }));
    }

    /** A series without snapshots, for append(). @throws InputError unless 1 <= dimension <= 1,000,000 */
    static Snapshots empty(std::int64_t dimension)
    {
        return Snapshots(detail::made<jko_snapshots>(
            [&](jko_snapshots **out) { return jko_snapshots_create_empty(dimension, out); }));
    }

    /**
     * Read a folder of NumPy files, or an npz, npy, csv or tsv file; snapshot_files.h describes all of them.
     *
     * @throws FileError, FormatError, InputError
     */
    static Snapshots load(const std::string &path, const LoadOptions &options = {})
    {
        auto given = detail::defaults(jko_load_options_init);
        given.points = detail::name_or_null(options.points);
        given.time = detail::name_or_null(options.time);
        given.weights = detail::name_or_null(options.weights);
        given.time_tolerance = options.time_tolerance.value_or(JKO_TIME_TOLERANCE_USUAL);
        return Snapshots(detail::made<jko_snapshots>(
            [&](jko_snapshots **out) { return jko_snapshots_load(detail::c_path(path), &given, out); }));
    }

    /** Take over a handle of the C interface. */
    static Snapshots adopt(jko_snapshots *handle) noexcept { return Snapshots(handle); }

    /** Use a handle that somebody else owns, and that must live longer than what is returned here. */
    static Snapshots borrow(jko_snapshots *handle) noexcept { return Snapshots(handle, false); }

    /** Write a folder of NumPy files, which load() reads. @throws FileError, InputError */
    void save(const std::string &path) const
    {
        detail::call([&] { return jko_snapshots_save(get(), detail::c_path(path)); });
    }

    /**
     * Add a snapshot after the last one, for example while a simulation runs.
     *
     * @param points   shape (n, d), finite, in length; copied
     * @param time     greater than the last time of the series
     * @param weights  n weights, not negative, with a positive sum; equal ones by default
     * @throws InputError, and the series is as it was
     */
    Snapshots &append(ArrayView points, double time, ArrayView weights = {})
    {
        detail::call([&] { return jko_snapshots_append(get(), points.c_array(), time, weights.c_array()); });
        return *this;
    }

    /** Training and test part, drawn at random; both keep all times. @param test_fraction  between 0 and 1, exclusive
        @throws InputError */
    std::pair<Snapshots, Snapshots> split(double test_fraction = 0.5, Split by = Split::times,
                                          std::uint64_t seed = 0) const
    {
        jko_snapshots *train = nullptr, *test = nullptr;
        detail::call(
            [&] { return jko_snapshots_split(get(), static_cast<jko_split>(by), test_fraction, seed, &train, &test); });
        return {Snapshots(train), Snapshots(test)};
    }

    /** A copy in which the order of rows pairs no particles. */
    Snapshots shuffle(std::uint64_t seed = 0) const
    {
        return Snapshots(
            detail::made<jko_snapshots>([&](jko_snapshots **out) { return jko_snapshots_shuffle(get(), seed, out); }));
    }

    /** A copy without snapshot k. @throws InputError unless 0 <= k < size() */
    Snapshots without(std::int64_t k) const
    {
        return Snapshots(
            detail::made<jko_snapshots>([&](jko_snapshots **out) { return jko_snapshots_without(get(), k, out); }));
    }

    /** Number of snapshots. */
    std::int64_t size() const noexcept { return jko_snapshots_count(get()); }

    /** Number of coordinates d. */
    std::int64_t dimension() const noexcept { return jko_snapshots_dimension(get()); }

    /** Number of particles in snapshot k. @throws InputError unless 0 <= k < size() */
    std::int64_t particles(std::int64_t k) const
    {
        detail::require_index("k", k, size());
        return jko_snapshots_size(get(), k);
    }

    /** The times t_0 < .. < t_T. */
    std::vector<double> times() const
    {
        std::vector<double> times;
        for (std::int64_t k = 0; k < size(); k++)
            times.push_back(jko_snapshots_time(get(), k));
        return times;
    }

    /** The time of snapshot k. @throws InputError unless 0 <= k < size() */
    double time(std::int64_t k) const
    {
        detail::require_index("k", k, size());
        return jko_snapshots_time(get(), k);
    }

    /** Snapshot k, copied. @throws InputError unless 0 <= k < size() */
    Snapshot operator[](std::int64_t k) const
    {
        const std::int64_t n = particles(k);
        Snapshot found{jko_snapshots_time(get(), k), Matrix(n, dimension()),
                       std::vector<double>(detail::elements(n, 1)), std::vector<std::int64_t>(detail::elements(n, 1))};
        detail::call([&] { return jko_snapshots_points(get(), k, MutableArrayView(found.points).c_array()); });
        detail::call([&] { return jko_snapshots_weights(get(), k, MutableArrayView(found.weights).c_array()); });
        detail::call([&] { return jko_snapshots_rows(get(), k, found.rows.data()); });
        return found;
    }

    /** Its snapshots, one after the other, copied. */
    detail::Iterator<Snapshots> begin() const & noexcept { return {this, 0}; }
    detail::Iterator<Snapshots> end() const & noexcept { return {this, size()}; }
    detail::Iterator<Snapshots> begin() const && = delete; // give the series a name: it would be gone
    detail::Iterator<Snapshots> end() const && = delete;

    /** Names of the coordinates, as the columns of a table that was loaded; "" where there is none. */
    std::vector<std::string> names() const
    {
        std::vector<std::string> names;
        for (std::int64_t j = 0; j < dimension(); j++) {
            const char *name = jko_snapshots_coordinate_name(get(), j);
            names.emplace_back(name == nullptr ? "" : name);
        }
        return names;
    }

    /** For calls of the C interface. NULL after this object was moved from. */
    jko_snapshots *get() const noexcept { return handle_.get(); }

  private:
    explicit Snapshots(jko_snapshots *handle, bool owned = true) noexcept : handle_(handle, owned) {}

    detail::Handle<jko_snapshots, jko_snapshots_destroy> handle_;
};

} // namespace jkonetstar

#endif
