/**
 * @file jkonetstar/array.hpp
 * @brief Views of the caller's memory: how points, times and results pass without a copy.
 *
 * What converts to a view by itself, with elements of double or float:
 *
 *     std::vector<double>, std::span, std::array, any container with data() and size()    n rows, one column
 *     std::vector<std::array<double, d>>, std::vector<Eigen::Vector3d> and the like       n rows, d columns
 *     double[n], double[n][d]                                                             n rows, one or d columns
 *     Eigen matrices, blocks and maps, row- or column-major                               their rows and columns
 *     std::mdspan of rank 1 or 2, with any strides                                        its extents
 *     a list in braces, {0.0, 0.5}                                                        n rows, one column
 *
 * Flat memory takes its shape, and strides where it has any: ArrayView(values, n, d), ArrayView(pointer, n, d,
 * row_stride, column_stride). A view keeps a pointer only: what it shows must live as long as the view is used.
 */
#ifndef JKONETSTAR_ARRAY_HPP
#define JKONETSTAR_ARRAY_HPP

#include "array_sources.hpp"

#include <initializer_list>

namespace jkonetstar
{

class MutableArrayView;

/** A view of a matrix that is read: shape (rows, columns), any strides, double or single precision. */
class ArrayView
{
  public:
    /** No array: stands for weights, times and the like that are not given. */
    constexpr ArrayView() noexcept = default;

    /** Anything in the table above. */
    template <typename Source, typename = std::enable_if_t<detail::is_source<const Source>>>
    ArrayView(const Source &source) : view_(detail::view_of(source)), given_(true)
    {
    }

    // Takes containers of double or float whose elements lie next to each other, Eigen matrices and mdspans: see above.
    template <typename Source, typename = void, typename = std::enable_if_t<detail::is_other<const Source>>>
    ArrayView(const Source &source_must_be_contiguous_double_or_float) = delete;

    /** What is written can be read. */
    ArrayView(const MutableArrayView &view) noexcept;

    /** A list of numbers, one column; it lives until the end of the statement. */
    ArrayView(std::initializer_list<double> values)
        : ArrayView(values.begin(), static_cast<std::int64_t>(values.size()), 1)
    {
    }

    /** A container in row-major order. @throws InputError unless it has rows x columns elements */
    template <typename Flat, typename Rows, typename Columns,
              typename = std::enable_if_t<detail::is_flat<const Flat> && detail::are_integers<Rows, Columns>>>
    ArrayView(const Flat &values, Rows rows, Columns columns) : ArrayView(values.data(), rows, columns)
    {
        detail::require_size(static_cast<std::size_t>(values.size()), static_cast<std::int64_t>(rows),
                             static_cast<std::int64_t>(columns));
    }

    /** Memory in row-major order. */
    template <typename Number, typename Rows, typename Columns,
              typename = std::enable_if_t<detail::is_number<Number> && detail::are_integers<Rows, Columns>>>
    ArrayView(const Number *data, Rows rows, Columns columns) noexcept : ArrayView(data, rows, columns, columns, 1)
    {
    }

    /** Memory with strides, counted in elements; they may be negative, and zero. */
    template <typename Number, typename Rows, typename Columns, typename RowStride, typename ColumnStride,
              typename = std::enable_if_t<detail::is_number<Number> &&
                                          detail::are_integers<Rows, Columns, RowStride, ColumnStride>>>
    ArrayView(const Number *data, Rows rows, Columns columns, RowStride row_stride, ColumnStride column_stride) noexcept
        : view_(detail::view(data, static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns),
                             static_cast<std::int64_t>(row_stride), static_cast<std::int64_t>(column_stride))),
          given_(true)
    {
    }

    std::int64_t rows() const noexcept { return view_.rows; }
    std::int64_t columns() const noexcept { return view_.columns; }

    std::int64_t row_stride() const noexcept { return view_.row_stride; }
    std::int64_t column_stride() const noexcept { return view_.column_stride; }

    /** The first element: of double or, where dtype() is ::JKO_FLOAT32, of float. */
    const void *data() const noexcept { return view_.data; }
    jko_dtype dtype() const noexcept { return view_.dtype; }

    /** Whether there is an array. */
    explicit operator bool() const noexcept { return given_; }

    /** The number at row i and column j, which must lie within the shape. */
    double operator()(std::int64_t i, std::int64_t j = 0) const noexcept
    {
        const std::int64_t place = i * view_.row_stride + j * view_.column_stride;
        return view_.dtype == JKO_FLOAT64 ? static_cast<const double *>(view_.data)[place]
                                          : static_cast<double>(static_cast<const float *>(view_.data)[place]);
    }

    /** For calls of the C interface; NULL where there is no array. Valid as long as this view. */
    const jko_array *c_array() const noexcept { return given_ ? &view_ : nullptr; }

  private:
    jko_array view_{};
    bool given_ = false;
};

/** A view of a matrix that is written; elements must not overlap. What it shows must not be constant. */
class MutableArrayView
{
  public:
    /** No array: stands for results that are not wanted. */
    constexpr MutableArrayView() noexcept = default;

    /** Anything in the table above. */
    template <typename Source, typename = std::enable_if_t<detail::is_writable<Source>>>
    MutableArrayView(Source &&source) : view_(detail::view_of(source)), given_(true)
    {
    }

    /** A container in row-major order. @throws InputError unless it has rows x columns elements */
    template <typename Flat, typename Rows, typename Columns,
              typename = std::enable_if_t<detail::is_flat<Flat> && detail::are_integers<Rows, Columns>>>
    MutableArrayView(Flat &&values, Rows rows, Columns columns) : MutableArrayView(values.data(), rows, columns)
    {
        detail::require_size(static_cast<std::size_t>(values.size()), static_cast<std::int64_t>(rows),
                             static_cast<std::int64_t>(columns));
    }

    /** Memory in row-major order. */
    template <typename Number, typename Rows, typename Columns,
              typename = std::enable_if_t<detail::is_number<Number> && detail::are_integers<Rows, Columns>>>
    MutableArrayView(Number *data, Rows rows, Columns columns) noexcept
        : MutableArrayView(data, rows, columns, columns, 1)
    {
    }

    /** Memory with strides, counted in elements; they may be negative. */
    template <typename Number, typename Rows, typename Columns, typename RowStride, typename ColumnStride,
              typename = std::enable_if_t<detail::is_number<Number> &&
                                          detail::are_integers<Rows, Columns, RowStride, ColumnStride>>>
    MutableArrayView(Number *data, Rows rows, Columns columns, RowStride row_stride,
                     ColumnStride column_stride) noexcept
        : view_(detail::view(data, static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns),
                             static_cast<std::int64_t>(row_stride), static_cast<std::int64_t>(column_stride))),
          given_(true)
    {
    }

    std::int64_t rows() const noexcept { return view_.rows; }
    std::int64_t columns() const noexcept { return view_.columns; }

    std::int64_t row_stride() const noexcept { return view_.row_stride; }
    std::int64_t column_stride() const noexcept { return view_.column_stride; }

    /** The first element: of double or, where dtype() is ::JKO_FLOAT32, of float. */
    void *data() const noexcept { return view_.data; }
    jko_dtype dtype() const noexcept { return view_.dtype; }

    /** Whether there is an array. */
    explicit operator bool() const noexcept { return given_; }

    /** For calls of the C interface; NULL where there is no array. Valid as long as this view. */
    const jko_array *c_array() const noexcept { return given_ ? &view_ : nullptr; }

  private:
    jko_array view_{};
    bool given_ = false;
};

inline ArrayView::ArrayView(const MutableArrayView &view) noexcept : given_(static_cast<bool>(view))
{
    if (given_)
        view_ = *view.c_array();
}

} // namespace jkonetstar

#endif
