// Views of all kinds of memory show the same matrix to the library, and results reach all kinds of memory.
#include "check.hpp"

#include <deque>
#include <list>
#include <type_traits>
#if __has_include(<span>) && __cplusplus >= 202002L
#include <span>
#define HAS_SPAN
#endif
#if __has_include(<Eigen/Core>)
#include <Eigen/Core>
#define HAS_EIGEN
#endif

namespace
{

// The numbers of a 3 x 2 matrix, 10 (i + 1) + j.
constexpr double number(std::int64_t i, std::int64_t j) { return static_cast<double>(10 * (i + 1) + j); }

bool shows(jk::ArrayView view)
{
    bool same = view.rows() == 3 && view.columns() == 2 && view;
    for (std::int64_t i = 0; same && i < 3; i++)
        for (std::int64_t j = 0; j < 2; j++)
            same = same && view(i, j) == number(i, j);
    // The library sees what the view shows.
    auto series = jk::Snapshots::empty(2);
    const auto seen = series.append(view, 0)[0].points;
    for (std::int64_t i = 0; same && i < 3; i++)
        same = seen(i, 0) == number(i, 0) && seen(i, 1) == number(i, 1);
    return same;
}

// Has the library write the gradient of the functional sphere, -20 x, at the points 10 (i + 1) + j.
bool receives(jk::MutableArrayView out)
{
    const double x[3][2] = {{10, 11}, {20, 21}, {30, 31}};
    jk::check(jko_functional_gradient("sphere", jk::ArrayView(x[0], 3, 2).c_array(), out.c_array()));
    const jk::ArrayView written = out;
    for (std::int64_t i = 0; i < 3; i++)
        for (std::int64_t j = 0; j < 2; j++)
            if (!near(written(i, j), -20 * number(i, j), 1e-3))
                return false;
    return true;
}

// What std::mdspan has and array.hpp asks for, with a layout of any strides.
template <typename Number> struct Span2 {
    Number *data;
    std::array<std::size_t, 2> extents, strides;
    static constexpr std::size_t rank() { return 2; }
    std::size_t extent(std::size_t r) const { return extents[r]; }
    std::size_t stride(std::size_t r) const { return strides[r]; }
    Number *data_handle() const { return data; }
};

struct Span1 {
    const double *data;
    std::size_t size_, stride_;
    static constexpr std::size_t rank() { return 1; }
    std::size_t extent(std::size_t) const { return size_; }
    std::size_t stride(std::size_t) const { return stride_; }
    const double *data_handle() const { return data; }
};

void containers()
{
    std::vector<double> flat{10, 11, 20, 21, 30, 31};
    std::vector<float> single{10, 11, 20, 21, 30, 31};
    Points pairs{{10, 11}, {20, 21}, {30, 31}};
    const std::array<std::array<double, 2>, 3> fixed{{{10, 11}, {20, 21}, {30, 31}}};
    const std::vector<std::array<float, 2>> singles{{10, 11}, {20, 21}, {30, 31}};
    CHECK(shows({flat, 3, 2}));
    CHECK(shows({single, 3, 2}));
    CHECK(shows(pairs));
    CHECK(shows(fixed));
    CHECK(shows(singles));
    CHECK(shows({flat.data(), 3, 2}));
    double table[3][2] = {{10, 11}, {20, 21}, {30, 31}};
    const float single_table[3][2] = {{10, 11}, {20, 21}, {30, 31}};
    CHECK(shows(table) && shows(single_table));
    CHECK(jk::ArrayView(table[1]).rows() == 2 && jk::ArrayView(table[1]).columns() == 1);
    // Shapes are integers of any type.
    const std::size_t n = 3;
    const int d = 2;
    CHECK(shows({flat, n, d}) && shows({flat.data(), n, d}));
    const jk::ArrayView seen(flat, n, d);
    CHECK(seen.data() == flat.data() && seen.row_stride() == 2 && seen.column_stride() == 1 &&
          seen.dtype() == JKO_FLOAT64);

    const jk::ArrayView column = flat;
    CHECK(column.rows() == 6 && column.columns() == 1 && column(3) == 21);
    const auto second = [](jk::ArrayView list) { return list(1) * static_cast<double>(list.rows() - list.columns()); };
    CHECK(second({1.0, 5.0}) == 5);
    CHECK(!jk::ArrayView() && jk::ArrayView().c_array() == nullptr);
    CHECK(receives({flat, 3, 2}) && receives(pairs) && receives({single, 3, 2}));
    CHECK(receives(table) && receives({flat, n, d}));
    jk::Matrix matrix(3, 2);
    CHECK(receives(matrix));
}

void strides()
{
    const double columns[] = {10, 20, 30, 11, 21, 31}, padded[] = {10, 11, 0, 20, 21, 0, 30, 31};
    const double backwards[] = {31, 30, 21, 20, 11, 10};
    CHECK(shows({columns, 3, 2, 1, 3}));
    CHECK(shows({padded, 3, 2, 3, 1}));
    CHECK(shows({backwards + 5, 3, 2, -2, -1}));
    CHECK(shows(Span2<const double>{columns, {3, 2}, {1, 3}}));
    CHECK(shows(Span2<const double>{padded, {3, 2}, {3, 1}}));
    const jk::ArrayView every_third = Span1{padded, 3, 3};
    CHECK(every_third.rows() == 3 && every_third.columns() == 1 && every_third(2) == 30);
    double out[8] = {};
    CHECK(receives(Span2<double>{out, {3, 2}, {3, 1}}) && out[2] == 0);
    CHECK(receives({out, 3, 2, 1, 3}));
}

void eigen()
{
#ifdef HAS_EIGEN
    using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    Eigen::MatrixXd columns(3, 2);
    columns << 10, 11, 20, 21, 30, 31;
    const RowMajor rows = columns;
    Eigen::MatrixXd large = Eigen::MatrixXd::Zero(5, 4);
    large.block(1, 1, 3, 2) = columns;
    const Eigen::MatrixXf single = columns.cast<float>();
    const Eigen::Matrix2Xd transposed = columns.transpose();
    CHECK(shows(columns) && jk::ArrayView(columns).c_array()->data == columns.data());
    CHECK(shows(rows) && jk::ArrayView(rows).c_array()->data == rows.data());
    CHECK(shows(large.block(1, 1, 3, 2)));
    CHECK(shows(single));
    CHECK(shows(transposed.transpose()));
    CHECK(shows(Eigen::Map<const RowMajor>(rows.data(), 3, 2)));
    const Eigen::VectorXd times = Eigen::VectorXd::LinSpaced(3, 0, 1);
    CHECK(jk::ArrayView(times).rows() == 3 && jk::ArrayView(times).columns() == 1);
    std::vector<Eigen::Vector2d> points{{10, 11}, {20, 21}, {30, 31}};
    const std::vector<Eigen::Vector2f> single_points{{10, 11}, {20, 21}, {30, 31}};
    CHECK(shows(points) && shows(single_points) && receives(points));
    static_assert(!std::is_convertible_v<const std::vector<Eigen::Vector2d> &, jk::MutableArrayView>);
    static_assert(!std::is_convertible_v<std::vector<Eigen::VectorXd>, jk::ArrayView>, "rows lie apart");
    static_assert(!std::is_convertible_v<std::vector<Eigen::Vector2i>, jk::ArrayView>);
    CHECK(receives(columns) && receives(large.block(1, 1, 3, 2)) && large(0, 0) == 0 && large(4, 3) == 0);
    static_assert(!std::is_convertible_v<decltype(columns + columns), jk::ArrayView>, "expressions have no memory");
    static_assert(!std::is_convertible_v<const Eigen::MatrixXd &, jk::MutableArrayView>);
#endif
}

void spans()
{
#ifdef HAS_SPAN
    std::vector<double> flat{10, 11, 20, 21, 30, 31};
    Points pairs{{10, 11}, {20, 21}, {30, 31}};
    CHECK(shows({std::span<const double>(flat), 3, 2}));
    CHECK(shows(std::span(pairs)));
    CHECK(shows(std::span<const std::array<double, 2>>(pairs)));
    CHECK(receives({std::span<double>(flat), 3, 2}) && receives(std::span(pairs)));
    static_assert(!std::is_convertible_v<std::span<const double>, jk::MutableArrayView>);
#endif
}

void refused()
{
    const std::vector<double> five(5);
    THROWS(InputError, JKO_ESHAPE, "values", jk::ArrayView(five, 3, 2));
    THROWS(InputError, JKO_ESHAPE, "values", jk::ArrayView(five, -5, -1));
    THROWS(InputError, JKO_ESHAPE, "points", jk::Snapshots(Points{}, std::vector<double>{}));
    THROWS(InputError, JKO_ESHAPE, "times", jk::Snapshots(Points(3), std::vector<double>(2)));
    const std::array<double, 2> wrong{0, NAN};
    THROWS(InputError, JKO_ENONFINITE, "times", jk::Snapshots(Points(2), wrong));

    static_assert(!std::is_convertible_v<std::list<double>, jk::ArrayView>, "elements must lie next to each other");
    static_assert(!std::is_convertible_v<std::deque<double>, jk::ArrayView>);
    static_assert(!std::is_convertible_v<std::vector<int>, jk::ArrayView>, "integers would have to be copied");
    static_assert(!std::is_convertible_v<std::vector<std::array<int, 2>>, jk::ArrayView>);
    static_assert(!std::is_convertible_v<const std::vector<double> &, jk::MutableArrayView>);
    static_assert(!std::is_convertible_v<const Points &, jk::MutableArrayView>);
    static_assert(!std::is_convertible_v<Span2<const double>, jk::MutableArrayView>);
}

} // namespace

int main()
{
    containers();
    strides();
    eigen();
    spans();
    refused();
    return finish("arrays");
}
