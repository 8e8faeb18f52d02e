/**
 * @file jkonetstar/matrix.hpp
 * @brief Results that own their memory: matrices, and populations at several times.
 */
#ifndef JKONETSTAR_MATRIX_HPP
#define JKONETSTAR_MATRIX_HPP

#include "array.hpp"

#include <cstdint>
#include <iterator>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace jkonetstar
{

namespace detail
{

// How many numbers to make room for. @throws InputError where one is negative, std::bad_alloc where they are too many
inline std::size_t elements(std::int64_t a, std::int64_t b, std::int64_t c = 1)
{
    constexpr std::int64_t most = INT64_MAX / 8;
    for (const auto &[name, number] : {std::pair("rows", a), std::pair("columns", b), std::pair("coordinates", c)})
        if (number < 0)
            raise(JKO_ESHAPE, name, std::string(name) + " = " + std::to_string(number) + " is negative");
    if ((b > 0 && a > most / b) || (c > 0 && a * b > most / c))
        throw std::bad_alloc();
    return static_cast<std::size_t>(a * b * c);
}

// The times of so many steps and of their beginning. @throws InputError
inline std::int64_t times_of_steps(std::int64_t steps)
{
    if (steps < 0)
        raise(JKO_EINVALID, "steps", "steps = " + std::to_string(steps) + " is negative");
    if (steps >= INT64_MAX / 16)
        raise(JKO_EINVALID, "steps", "steps = " + std::to_string(steps) + " is more than memory can hold");
    return steps + 1;
}

/** Goes over what has size() and operator[]. */
template <typename Owner> class Iterator
{
  public:
    using difference_type = std::int64_t;
    using value_type = decltype(std::declval<const Owner &>()[0]);
    using reference = value_type;
    using pointer = void;
    using iterator_category = std::input_iterator_tag;

    Iterator() = default;
    Iterator(const Owner *owner, std::int64_t k) noexcept : owner_(owner), k_(k) {}

    value_type operator*() const { return (*owner_)[k_]; }
    Iterator &operator++() noexcept
    {
        k_++;
        return *this;
    }
    Iterator operator++(int) noexcept { return Iterator(owner_, k_++); }
    bool operator==(const Iterator &other) const noexcept { return k_ == other.k_; }
    bool operator!=(const Iterator &other) const noexcept { return k_ != other.k_; }

  private:
    const Owner *owner_ = nullptr;
    std::int64_t k_ = 0;
};

inline void require_index(const char *name, std::int64_t index, std::int64_t count)
{
    if (index < 0 || index >= count)
        raise(JKO_EINVALID, name,
              std::string(name) + " = " + std::to_string(index) + " is not between 0 and " + std::to_string(count - 1));
}

} // namespace detail

/** A row-major matrix of doubles: points of shape (n, d), gradients, covariances. */
class Matrix
{
  public:
    Matrix() = default;

    /** Zeros. */
    Matrix(std::int64_t rows, std::int64_t columns)
        : values_(detail::elements(rows, columns)), rows_(rows), columns_(columns)
    {
    }

    std::int64_t rows() const noexcept { return rows_; }
    std::int64_t columns() const noexcept { return columns_; }

    /** Row i, column j, which must lie within the shape. */
    double operator()(std::int64_t i, std::int64_t j) const noexcept { return values_[place(i, j)]; }
    double &operator()(std::int64_t i, std::int64_t j) noexcept { return values_[place(i, j)]; }

    /** The columns() numbers of row i. */
    const double *row(std::int64_t i) const & noexcept { return values_.data() + place(i, 0); }
    double *row(std::int64_t i) & noexcept { return values_.data() + place(i, 0); }
    const double *row(std::int64_t i) const && = delete; // give the matrix a name: the pointer would dangle

    /** All numbers, row by row. */
    const std::vector<double> &values() const & noexcept { return values_; }
    std::vector<double> values() && noexcept { return std::move(values_); }

    operator ArrayView() const noexcept { return ArrayView(values_.data(), rows_, columns_); }
    operator MutableArrayView() noexcept { return MutableArrayView(values_.data(), rows_, columns_); }

  private:
    std::size_t place(std::int64_t i, std::int64_t j) const noexcept
    {
        return static_cast<std::size_t>(i * columns_ + j);
    }

    std::vector<double> values_;
    std::int64_t rows_ = 0, columns_ = 0;
};

/** A population of n particles at several times: shape (times, n, d), in length. */
class Course
{
  public:
    Course() = default;

    /** Zeros. @param times  one for each population */
    Course(std::vector<double> times, std::int64_t particles, std::int64_t dimension)
        : times_(std::move(times)), values_(detail::elements(size(), particles, dimension)), particles_(particles),
          dimension_(dimension)
    {
    }

    /** Number of times. */
    std::int64_t size() const noexcept { return static_cast<std::int64_t>(times_.size()); }
    std::int64_t particles() const noexcept { return particles_; }
    std::int64_t dimension() const noexcept { return dimension_; }
    const std::vector<double> &times() const & noexcept { return times_; }
    std::vector<double> times() && noexcept { return std::move(times_); }

    /** The time of population k. @throws InputError unless 0 <= k < size() */
    double time(std::int64_t k) const
    {
        detail::require_index("k", k, size());
        return times_[static_cast<std::size_t>(k)];
    }

    /** The population at time k, shape (n, d): a view of this course. @throws InputError unless 0 <= k < size() */
    ArrayView operator[](std::int64_t k) const &
    {
        detail::require_index("k", k, size());
        return ArrayView(values_.data() + k * particles_ * dimension_, particles_, dimension_);
    }

    ArrayView operator[](std::int64_t k) const && = delete; // give the course a name: the view would dangle

    /** The last population: a view of this course. @throws InputError for a course without times */
    ArrayView last() const & { return (*this)[size() - 1]; }
    ArrayView last() const && = delete; // give the course a name: the view would dangle

    /** Its populations, one after the other, as operator[] has them. */
    detail::Iterator<Course> begin() const & noexcept { return {this, 0}; }
    detail::Iterator<Course> end() const & noexcept { return {this, size()}; }
    detail::Iterator<Course> begin() const && = delete; // give the course a name: it would be gone
    detail::Iterator<Course> end() const && = delete;

    /** Coordinate j of particle i at time k, which must lie within the shape. */
    double operator()(std::int64_t k, std::int64_t i, std::int64_t j) const noexcept
    {
        return values_[static_cast<std::size_t>((k * particles_ + i) * dimension_ + j)];
    }

    /** All numbers, row-major. */
    const std::vector<double> &values() const & noexcept { return values_; }
    std::vector<double> values() && noexcept { return std::move(values_); }

    /** All populations below each other, shape (times n, d), as the C interface has them. */
    ArrayView stacked() const & noexcept { return ArrayView(values_.data(), size() * particles_, dimension_); }
    MutableArrayView stacked() & noexcept { return MutableArrayView(values_.data(), size() * particles_, dimension_); }
    ArrayView stacked() const && = delete; // give the course a name: the view would dangle

  private:
    std::vector<double> times_;
    std::vector<double> values_;
    std::int64_t particles_ = 0, dimension_ = 0;
};

} // namespace jkonetstar

#endif
