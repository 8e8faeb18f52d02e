// What refers to an object is not handed out by one that is about to go; and what may stand for a point, or be looped
// over.
#include "check.hpp"

#include <type_traits>
#if __has_include(<Eigen/Core>)
#include <Eigen/Core>
#define HAS_EIGEN
#endif

namespace
{

template <typename T, typename = void> constexpr bool shows_last = false;
template <typename T> constexpr bool shows_last<T, std::void_t<decltype(std::declval<T>().last())>> = true;
template <typename T, typename = void> constexpr bool shows_first = false;
template <typename T> constexpr bool shows_first<T, std::void_t<decltype(std::declval<T>()[0])>> = true;
template <typename T, typename = void> constexpr bool shows_all = false;
template <typename T> constexpr bool shows_all<T, std::void_t<decltype(std::declval<T>().stacked())>> = true;
template <typename T, typename = void> constexpr bool has_potential = false;
template <typename T> constexpr bool has_potential<T, std::void_t<decltype(std::declval<T>().potential())>> = true;

// Nothing shows what is gone at the end of the statement, and loops go over what has elements.
void lifetimes()
{
    static_assert(shows_last<jk::Course &> && shows_last<const jk::Course &> && !shows_last<jk::Course>);
    static_assert(!shows_last<const jk::Course> && !shows_first<jk::Course> && !shows_all<jk::Course>);
    static_assert(shows_first<const jk::Course &> && shows_all<jk::Course &>);
    static_assert(has_potential<const jk::Model &> && !has_potential<jk::Model> && !has_potential<const jk::Model>);
    const auto series = contracting();
    const auto model = closed_form(series);
    // Numbers of a temporary are moved out of it.
    std::vector<double> times;
    for (const double time : model.predict(series[0].points, 2).populations.times())
        times.push_back(time);
    CHECK(times == series.times());
    const auto course = model.predict(series[0].points, 2).populations;
    std::int64_t k = 0;
    for (const jk::ArrayView population : course) {
        CHECK(population.data() == course[k].data() && course.time(k) == series.time(k));
        k++;
    }
    CHECK(k == 3);
    k = 0;
    for (const auto &snapshot : series)
        CHECK(snapshot.time == series.time(k) && snapshot.points.values() == series[k].points.values() && ++k > 0);
    CHECK(k == 3);
    THROWS(InputError, JKO_EINVALID, "k", course.time(3));
    CHECK(model.predict(series[0].points, {}).populations.size() == 2);
    CHECK(model.predict(series[0].points, times.size()).populations.size() == 4);
}

template <typename V, typename Slope, typename = void> constexpr bool takes_gradient = false;
template <typename V, typename Slope>
constexpr bool takes_gradient<V, Slope,
                              std::void_t<decltype(std::declval<V>().value_at(
                                  std::declval<const std::array<double, 2> &>(), std::declval<Slope>()))>> = true;

// A point is whatever has its numbers next to each other.
void points()
{
    const auto model = closed_form(contracting());
    const auto V = model.potential();
    const std::array<double, 2> x{0.5, -0.25};
    const auto slope = V.gradient_at(x);
    std::vector<double> same(x.begin(), x.end()), gradient(2);
    CHECK(V.value_at(same) == V.value_at(x) && V.value_at(same, gradient) == V.value_at(x));
    CHECK(gradient == std::vector<double>(slope.begin(), slope.end()) && V.gradient_at(same) == gradient);
    CHECK(V.value_at(same.data(), same.size()) == V.value_at(x));
    std::vector<double> three(3);
    THROWS(InputError, JKO_ESHAPE, "gradient", V.value_at(x, three));
    using Term = const jk::Potential &;
    static_assert(takes_gradient<Term, std::array<double, 2> &> && takes_gradient<Term, double>);
    static_assert(!takes_gradient<Term, const std::array<double, 2> &>, "a constant gradient is no output");
#ifdef HAS_EIGEN
    const Eigen::Vector2d point(0.5, -0.25);
    const Eigen::Vector2d found = V.gradient_at(point),
                          mapped = V.gradient_at(Eigen::Map<const Eigen::Vector2d>(&x[0]));
    CHECK(found[0] == slope[0] && found[1] == slope[1] && mapped == found);
    Eigen::Vector2d written;
    CHECK(V.value_at(point, written) == V.value_at(x) && written == found);
#endif
}

} // namespace

int main()
{
    lifetimes();
    points();
    return finish("lifetimes");
}
