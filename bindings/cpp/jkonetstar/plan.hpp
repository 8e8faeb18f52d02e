/**
 * @file jkonetstar/plan.hpp
 * @brief Optimal transport between two populations: plans, exact ones with a proof of optimality, and distances.
 */
#ifndef JKONETSTAR_PLAN_HPP
#define JKONETSTAR_PLAN_HPP

#include "snapshots.hpp"

#include <variant>
#include <vector>

namespace jkonetstar
{

/** The cost of moving a unit of mass. */
enum class Metric : jko_metric {
    /** ||x - y||^2, in length^2. */
    sqeuclidean = JKO_SQEUCLIDEAN,
    /** ||x - y||, in length. */
    euclidean = JKO_EUCLIDEAN
};

/** An optimal plan, certified by its dual. */
struct Exact {};

/** The entropic plan with the given marginals, by Sinkhorn's algorithm. */
struct Sinkhorn {
    /** Weight of the entropy, in units of cost, 0 or more; 0 for a twentieth of the mean cost. */
    JKONETSTAR_OPTION(Sinkhorn, double, epsilon, 0);
    /** Marginal error of a converged plan, between 0 and 1. */
    JKONETSTAR_OPTION(Sinkhorn, double, tolerance, 1e-6);
    /** Iterations after which a plan is returned as it is, 1 to 1e9. */
    JKONETSTAR_OPTION(Sinkhorn, std::int64_t, max_iterations, 10000);
};

/** The entropic plan with relaxed marginals, for populations that grow or die. */
struct Unbalanced {
    /** What it costs to create or destroy mass of x, in units of cost; 0 for twice the mean cost of an exact plan. */
    JKONETSTAR_OPTION(Unbalanced, double, relaxation_x, 0);
    /** The same of y. INFINITY where the marginal holds, for one of both at most. */
    JKONETSTAR_OPTION(Unbalanced, double, relaxation_y, 0);
    /** As in Sinkhorn, for this and the following members. */
    JKONETSTAR_OPTION(Unbalanced, double, epsilon, 0);
    JKONETSTAR_OPTION(Unbalanced, double, tolerance, 1e-6);
    JKONETSTAR_OPTION(Unbalanced, std::int64_t, max_iterations, 10000);
};

/** How a plan is found. */
using Coupling = std::variant<Exact, Sinkhorn, Unbalanced>;

namespace detail
{

inline jko_plan_options plan_options(const Coupling &coupling, Metric metric, const ProgressCallback &progress)
{
    auto out = defaults(jko_plan_options_init);
    out.metric = static_cast<jko_metric>(metric);
    out.progress = progress.c_callback();
    out.progress_user_data = progress.user_data();
    if (const auto *sinkhorn = std::get_if<Sinkhorn>(&coupling)) {
        out.method = JKO_PLAN_SINKHORN;
        out.epsilon = sinkhorn->epsilon;
        out.tolerance = sinkhorn->tolerance;
        out.max_iterations = sinkhorn->max_iterations;
    } else if (const auto *unbalanced = std::get_if<Unbalanced>(&coupling)) {
        out.method = JKO_PLAN_UNBALANCED;
        out.relaxation_x = unbalanced->relaxation_x;
        out.relaxation_y = unbalanced->relaxation_y;
        out.epsilon = unbalanced->epsilon;
        out.tolerance = unbalanced->tolerance;
        out.max_iterations = unbalanced->max_iterations;
    }
    return out;
}

} // namespace detail

/** A pair that carries mass. */
struct PlanEntry {
    std::int64_t row, column;
    double mass;
};

/** A transport plan between x of shape (n, d) and y of shape (m, d). */
class Plan
{
  public:
    /** Take over a handle of the C interface. */
    static Plan adopt(jko_plan *handle) noexcept { return Plan(handle); }

    /** Cost, dual bound, gap, marginal error, convergence; plan_contents.h describes the members. */
    jko_plan_info describe() const
    {
        auto info = detail::sized<jko_plan_info>();
        detail::call([&] { return jko_plan_describe(get(), &info); });
        return info;
    }

    /** Sum of mass times cost, in units of cost times mass. */
    double cost() const { return describe().cost; }

    /** The pairs that carry more mass than a threshold, by row, then column. @throws InputError */
    std::vector<PlanEntry> entries(double threshold = 0) const
    {
        std::int64_t count = 0;
        detail::call([&] { return jko_plan_sparse(get(), threshold, 0, nullptr, nullptr, nullptr, &count); });
        const auto size = static_cast<std::size_t>(count);
        std::vector<std::int64_t> rows(size), columns(size);
        std::vector<double> mass(size);
        detail::call(
            [&] { return jko_plan_sparse(get(), threshold, count, rows.data(), columns.data(), mass.data(), &count); });
        std::vector<PlanEntry> entries;
        entries.reserve(size);
        for (std::size_t i = 0; i < size; i++)
            entries.push_back({rows[i], columns[i], mass[i]});
        return entries;
    }

    /** Where each x goes on average, shape (n, d), in length. NaN for particles without mass in an exact plan. */
    Matrix barycentres_x(std::int64_t dimension) const
    {
        Matrix out(describe().rows, dimension);
        detail::call([&] { return jko_plan_barycentres(get(), MutableArrayView(out).c_array(), nullptr); });
        return out;
    }

    /** Where each y comes from on average, shape (m, d), in length. */
    Matrix barycentres_y(std::int64_t dimension) const
    {
        Matrix out(describe().columns, dimension);
        detail::call([&] { return jko_plan_barycentres(get(), nullptr, MutableArrayView(out).c_array()); });
        return out;
    }

    /** How much mass leaves each x and reaches each y: n and m numbers. */
    std::pair<std::vector<double>, std::vector<double>> masses() const { return two(jko_plan_masses); }

    /** The dual potentials u and v, n and m numbers, in units of cost. */
    std::pair<std::vector<double>, std::vector<double>> duals() const { return two(jko_plan_duals); }

    /** For calls of the C interface. NULL after this object was moved from. */
    jko_plan *get() const noexcept { return handle_.get(); }

  private:
    explicit Plan(jko_plan *handle) noexcept : handle_(handle) {}

    std::pair<std::vector<double>, std::vector<double>> two(jko_status (*copy)(const jko_plan *, double *,
                                                                               double *)) const
    {
        const auto info = describe();
        std::vector<double> x(static_cast<std::size_t>(info.rows)), y(static_cast<std::size_t>(info.columns));
        detail::call([&] { return copy(get(), x.data(), y.data()); });
        return {std::move(x), std::move(y)};
    }

    detail::Handle<jko_plan, jko_plan_destroy> handle_;
};

/**
 * The plan between two populations.
 *
 * @param x, y      shapes (n, d) and (m, d), finite, in length
 * @param coupling  how it is found
 * @param metric    the cost
 * @param a, b      n and m masses, not negative, of equal sums unless unbalanced; 1/n and 1/m each by default
 * @param progress  hears of stage "plans"
 * @throws InputError, ConvergenceError (optimality not certified), CancelledError. An entropic plan that has not
 *         converged says so in Plan::describe()
 */
inline Plan optimal_transport(ArrayView x, ArrayView y, const Coupling &coupling = Exact{},
                              Metric metric = Metric::sqeuclidean, ArrayView a = {}, ArrayView b = {},
                              const ProgressCallback &progress = {})
{
    const auto options = detail::plan_options(coupling, metric, progress);
    return Plan::adopt(detail::made<jko_plan>([&](jko_plan **out) {
        return jko_plan_compute(x.c_array(), y.c_array(), a.c_array(), b.c_array(), &options, out);
    }));
}

/** The plans between all consecutive snapshots, several at a time, with their weights as masses. @throws as
    optimal_transport() */
inline std::vector<Plan> transport_plans(const Snapshots &snapshots, const Coupling &coupling = Exact{},
                                         Metric metric = Metric::sqeuclidean, const ProgressCallback &progress = {})
{
    const auto options = detail::plan_options(coupling, metric, progress);
    if (snapshots.size() < 2)
        detail::raise(JKO_ESHAPE, "snapshots",
                      "snapshots has " + std::to_string(snapshots.size()) + " times; plans need two or more");
    std::vector<jko_plan *> handles(static_cast<std::size_t>(snapshots.size() - 1), nullptr);
    std::vector<Plan> plans;
    plans.reserve(handles.size());
    detail::call([&] { return jko_snapshots_plans(snapshots.get(), &options, handles.data(), snapshots.size() - 1); });
    for (jko_plan *handle : handles)
        plans.push_back(Plan::adopt(handle));
    return plans;
}

/** The Wasserstein distance W1 (order 1) or W2 (order 2) between two populations, in length. @throws as
    optimal_transport() */
inline double emd(ArrayView x, ArrayView y, std::int32_t order = 1, ArrayView a = {}, ArrayView b = {})
{
    double out = 0;
    detail::call([&] { return jko_emd(x.c_array(), y.c_array(), a.c_array(), b.c_array(), order, nullptr, &out); });
    return out;
}

/** The unbiased energy distance between two populations, in length; about 0 for samples of one population.
    @throws InputError */
inline double energy_distance(ArrayView x, ArrayView y, ArrayView a = {}, ArrayView b = {})
{
    double out = 0;
    detail::call([&] { return jko_energy_distance(x.c_array(), y.c_array(), a.c_array(), b.c_array(), &out); });
    return out;
}

/** The Sinkhorn divergence between two populations, in units of cost. @throws as optimal_transport(); ConvergenceError
    where it has not converged */
inline double sinkhorn_divergence(ArrayView x, ArrayView y, const Sinkhorn &method = {},
                                  Metric metric = Metric::sqeuclidean, ArrayView a = {}, ArrayView b = {})
{
    const auto options = detail::plan_options(method, metric, {});
    auto info = detail::sized<jko_divergence_info>();
    double out = 0;
    detail::call([&] {
        return jko_sinkhorn_divergence(x.c_array(), y.c_array(), a.c_array(), b.c_array(), &options, &out, &info);
    });
    if (info.converged == 0)
        detail::raise(JKO_ECONVERGENCE, "",
                      "the Sinkhorn divergence did not converge in " + std::to_string(info.iterations) +
                          " iterations; the marginal error is " + std::to_string(info.marginal_error));
    return out;
}

} // namespace jkonetstar

#endif
