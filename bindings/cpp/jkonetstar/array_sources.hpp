/**
 * @file jkonetstar/array_sources.hpp
 * @brief What array.hpp makes views of, recognised by what it can do. No header of Eigen or of C++20 is needed.
 */
#ifndef JKONETSTAR_ARRAY_SOURCES_HPP
#define JKONETSTAR_ARRAY_SOURCES_HPP

#include "error.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace jkonetstar::detail
{

template <typename... Integers> inline constexpr bool are_integers = (std::is_integral_v<Integers> && ...);

template <typename Number>
inline constexpr bool is_number =
    std::is_same_v<std::remove_cv_t<Number>, double> || std::is_same_v<std::remove_cv_t<Number>, float>;

// Eigen vectors of fixed size, as elements of a container.
template <typename Element, typename = void> struct FixedSize {
    static constexpr std::size_t count = 0;
    using Number = Element;
};
template <typename Element>
struct FixedSize<Element, std::enable_if_t<(Element::SizeAtCompileTime > 0) && is_number<typename Element::Scalar> &&
                                           sizeof(Element) == static_cast<std::size_t>(Element::SizeAtCompileTime) *
                                                                  sizeof(typename Element::Scalar)>> {
    static constexpr auto count = static_cast<std::size_t>(Element::SizeAtCompileTime);
    using Number =
        std::conditional_t<std::is_const_v<Element>, const typename Element::Scalar, typename Element::Scalar>;
};

/** Columns of an element of a container: 1 for a number, d for std::array<number, d> or a vector of Eigen, 0 for
    anything else. */
template <typename Element> struct Columns {
    static constexpr std::size_t count = is_number<Element> ? 1 : FixedSize<Element>::count;
    using Number = typename FixedSize<Element>::Number;
};

template <typename Element, std::size_t d> struct Columns<std::array<Element, d>> {
    static constexpr std::size_t count = is_number<Element> ? d : 0;
    using Number = Element;
};

template <typename Element, std::size_t d> struct Columns<const std::array<Element, d>> {
    static constexpr std::size_t count = is_number<Element> ? d : 0;
    using Number = const Element;
};

template <typename Source> using DataElement = std::remove_pointer_t<decltype(std::declval<Source &>().data())>;

// Eigen: matrices, maps, references and blocks with memory of their own or of others.
template <typename Source, typename = void> inline constexpr bool is_eigen = false;
template <typename Source>
inline constexpr bool is_eigen<
    Source, std::void_t<decltype(std::declval<Source &>().rowStride()), decltype(std::declval<Source &>().colStride()),
                        decltype(std::declval<Source &>().rows()), decltype(std::declval<Source &>().cols()),
                        DataElement<Source>>> = is_number<DataElement<Source>>;

template <typename Source> using SpanElement = std::remove_pointer_t<decltype(std::declval<Source &>().data_handle())>;

// std::mdspan, and others with its interface.
template <typename Source, typename = void> inline constexpr bool is_mdspan = false;
template <typename Source>
inline constexpr bool
    is_mdspan<Source, std::void_t<SpanElement<Source>, decltype(std::declval<Source &>().extent(0)),
                                  decltype(std::declval<Source &>().stride(0)), decltype(Source::rank())>> =
        is_number<SpanElement<Source>>;

template <typename Source, typename = void> inline constexpr bool is_container = false;
template <typename Source>
inline constexpr bool
    is_container<Source, std::void_t<decltype(std::declval<Source &>().size()), DataElement<Source>>> =
        Columns<DataElement<Source>>::count > 0 && !is_eigen<Source>;

template <typename Source, typename = void> inline constexpr bool is_flat = false;
template <typename Source>
inline constexpr bool is_flat<Source, std::enable_if_t<is_container<std::remove_reference_t<Source>>>> =
    is_number<DataElement<std::remove_reference_t<Source>>>;

// double[n] and double[n][d].
template <typename Source> inline constexpr bool is_c_array = false;
template <typename Number, std::size_t n> inline constexpr bool is_c_array<Number[n]> = is_number<Number>;
template <typename Number, std::size_t n, std::size_t d>
inline constexpr bool is_c_array<Number[n][d]> = is_number<Number>;

template <typename Source>
inline constexpr bool is_source =
    is_eigen<std::remove_reference_t<Source>> || is_mdspan<std::remove_reference_t<Source>> ||
    is_container<std::remove_reference_t<Source>> || is_c_array<std::remove_reference_t<Source>>;

// What looks like an array and is none: for messages of the compiler.
template <typename Source, typename = void>
inline constexpr bool is_other = std::is_array_v<Source> && !is_source<Source>;
template <typename Source>
inline constexpr bool is_other<Source, std::void_t<decltype(std::declval<Source &>().begin())>> = !is_source<Source>;

// One point: doubles next to each other.
template <typename Source, typename = void> inline constexpr bool is_point = false;
template <typename Source>
inline constexpr bool is_point<Source, std::void_t<decltype(std::declval<Source &>().size()), DataElement<Source>>> =
    std::is_same_v<std::remove_const_t<DataElement<Source>>, double>;

// What a point is copied to: the vector itself, and memory of its own for a view.
template <typename Point> auto owned(const Point &x)
{
    if constexpr (is_eigen<Point>)
        return typename Point::PlainObject(x);
    else if constexpr (std::is_const_v<DataElement<const Point>> && !std::is_const_v<DataElement<Point>>)
        return Point(x);
    else
        return std::vector<double>(x.data(), x.data() + x.size());
}
template <typename Point> using Owned = decltype(owned(std::declval<const Point &>()));

// A view of memory that cannot be written is no output.
template <typename Source> constexpr bool writes()
{
    if constexpr (is_c_array<Source>)
        return !std::is_const_v<std::remove_all_extents_t<Source>>;
    else if constexpr (is_mdspan<Source>)
        return !std::is_const_v<SpanElement<Source>>;
    else if constexpr (is_source<Source>)
        return !std::is_const_v<typename Columns<DataElement<Source>>::Number> && !std::is_const_v<DataElement<Source>>;
    else
        return false;
}
template <typename Source> inline constexpr bool is_writable = writes<std::remove_reference_t<Source>>();

template <typename Number>
jko_array view(Number *data, std::int64_t rows, std::int64_t columns, std::int64_t row_stride,
               std::int64_t column_stride) noexcept
{
    // An empty container has no memory. The library shall complain about its shape.
    static double nothing = 0;
    jko_array view;
    view.data = data == nullptr && (rows == 0 || columns == 0) ? static_cast<void *>(&nothing)
                                                               : const_cast<void *>(static_cast<const void *>(data));
    view.rows = rows;
    view.columns = columns;
    view.row_stride = row_stride;
    view.column_stride = column_stride;
    view.dtype = std::is_same_v<std::remove_cv_t<Number>, double> ? JKO_FLOAT64 : JKO_FLOAT32;
    return view;
}

template <typename Source> jko_array view_of(Source &source)
{
    if constexpr (is_c_array<Source>) {
        constexpr auto rows = static_cast<std::int64_t>(std::extent_v<Source>);
        if constexpr (std::rank_v<Source> == 1)
            return view(&source[0], rows, 1, 1, 1);
        else
            return view(&source[0][0], rows, static_cast<std::int64_t>(std::extent_v<Source, 1>),
                        static_cast<std::int64_t>(std::extent_v<Source, 1>), 1);
    } else if constexpr (is_eigen<Source>) {
        return view(source.data(), source.rows(), source.cols(), source.rowStride(), source.colStride());
    } else if constexpr (is_mdspan<Source>) {
        constexpr auto rank = Source::rank();
        static_assert(rank == 1 || rank == 2, "an mdspan of rank 1 or 2 is a view of points");
        const auto number = [](auto value) { return static_cast<std::int64_t>(value); };
        if constexpr (rank == 1)
            return view(source.data_handle(), number(source.extent(0)), 1, number(source.stride(0)), 1);
        else
            return view(source.data_handle(), number(source.extent(0)), number(source.extent(1)),
                        number(source.stride(0)), number(source.stride(1)));
    } else {
        using Element = DataElement<Source>;
        using Number = typename Columns<Element>::Number;
        constexpr auto columns = static_cast<std::int64_t>(Columns<Element>::count);
        static_assert(sizeof(Element) == Columns<Element>::count * sizeof(Number), "rows lie next to each other");
        const auto rows = static_cast<std::int64_t>(source.size());
        if constexpr (is_number<Element>)
            return view(source.data(), rows, 1, 1, 1);
        else
            return view(source.size() == 0 ? static_cast<Number *>(nullptr) : source.data()->data(), rows, columns,
                        columns, 1);
    }
}

inline void require_size(std::size_t size, std::int64_t rows, std::int64_t columns)
{
    const bool fits = rows >= 0 && columns >= 0 &&
                      (columns == 0 ? size == 0
                                    : size % static_cast<std::size_t>(columns) == 0 &&
                                          size / static_cast<std::size_t>(columns) == static_cast<std::size_t>(rows));
    if (!fits)
        raise(JKO_ESHAPE, "values",
              "values has " + std::to_string(size) + " elements, which are not those of shape (" +
                  std::to_string(rows) + ", " + std::to_string(columns) + ")");
}

} // namespace jkonetstar::detail

#endif
