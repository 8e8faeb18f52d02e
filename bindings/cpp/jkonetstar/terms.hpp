/**
 * @file jkonetstar/terms.hpp
 * @brief V and U of a fitted model at points, made for the inner loop of a simulator.
 *
 * From a thread's second call on, the functions that end in `_at` and `evaluate()` allocate no memory, on the
 * conditions that terms.h states.
 */
#ifndef JKONETSTAR_TERMS_HPP
#define JKONETSTAR_TERMS_HPP

#include "matrix.hpp"

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace jkonetstar
{

/** When a potential is evaluated: one time of all points, a time per point, or none, for one that does not vary. */
class Times
{
  public:
    /** No time. */
    Times() noexcept = default;

    /** One time of all points. */
    Times(double time) noexcept : time_(time), one_(true) {}

    /** A time per point, or one; a view. */
    template <typename Source, typename = std::enable_if_t<std::is_convertible_v<const Source &, ArrayView> &&
                                                           !std::is_arithmetic_v<Source>>>
    Times(const Source &times) : each_(times)
    {
    }

    /** @param storage  what is returned may point at it */
    const jko_array *c_array(jko_array &storage) const noexcept
    {
        if (!one_)
            return each_.c_array();
        storage = jko_row_major(&time_, 1, 1);
        return &storage;
    }

  private:
    double time_ = 0;
    ArrayView each_;
    bool one_ = false;
};

namespace detail
{

/** What V and U have in common. It refers to a model, which must live longer. */
template <typename Calls> class LearnedTerm
{
  public:
    explicit LearnedTerm(const jko_model *model, Thrown *thrown = nullptr) noexcept : model_(model), thrown_(thrown) {}

    /** Values at points of shape (n, d), in length^2/time. @throws InputError, NotFittedError */
    std::vector<double> operator()(ArrayView x, const Times &t = {}) const
    {
        std::vector<double> out(elements(x.rows(), 1));
        evaluate(x, out, {}, t);
        return out;
    }

    /** Gradients at points of shape (n, d), in length/time. @throws InputError, NotFittedError */
    Matrix gradient(ArrayView x, const Times &t = {}) const
    {
        Matrix out(x.rows(), x.columns());
        evaluate(x, {}, out, t);
        return out;
    }

    /** Both into memory of the caller's, shapes (n, 1) and (n, d); `{}` for what is not wanted. @throws InputError,
        NotFittedError */
    void evaluate(ArrayView x, MutableArrayView value, MutableArrayView gradient, const Times &t = {}) const
    {
        jko_array one;
        detail::call(thrown_, [&] {
            return Calls::evaluate(model_, x.c_array(), t.c_array(one), value.c_array(), gradient.c_array());
        });
    }

    /** The value at one point of d coordinates. @param gradient  receives d numbers; nullptr if not wanted @throws
        InputError, NotFittedError */
    template <typename Integer, typename = std::enable_if_t<std::is_integral_v<Integer>>>
    double value_at(const double *x, Integer d, double *gradient = nullptr, const Times &t = {}) const
    {
        double value = 0;
        const auto columns = static_cast<std::int64_t>(d);
        const jko_array point = jko_row_major(x, 1, columns), out = jko_row_major(&value, 1, 1);
        const jko_array slope = jko_row_major(gradient, 1, columns);
        jko_array one;
        detail::call(thrown_, [&] {
            return Calls::evaluate(model_, &point, t.c_array(one), &out, gradient == nullptr ? nullptr : &slope);
        });
        return value;
    }

    /** The value at one point: a std::array, std::vector, std::span or vector of Eigen with d doubles next to each
        other. */
    template <typename Point, typename = std::enable_if_t<is_point<const Point>>>
    double value_at(const Point &x, const Times &t = {}) const
    {
        return value_at(x.data(), x.size(), nullptr, t);
    }

    /** The value and the gradient at one point. @param gradient  receives d numbers, and has room for them
        @throws InputError also where it has not */
    template <typename Point, typename Slope,
              typename = std::enable_if_t<is_point<const Point> && is_point<Slope> && is_writable<Slope>>>
    double value_at(const Point &x, Slope &gradient, const Times &t = {}) const
    {
        if (static_cast<std::size_t>(gradient.size()) != static_cast<std::size_t>(x.size()))
            raise(JKO_ESHAPE, "gradient",
                  "gradient has " + std::to_string(gradient.size()) + " numbers, x has " + std::to_string(x.size()));
        return value_at(x.data(), x.size(), gradient.data(), t);
    }

    // A gradient that is constant is no output, and would otherwise be taken for a time. Give the time as a number.
    template <typename Point, typename Slope, typename = std::enable_if_t<is_point<const Point> && is_point<Slope>>>
    double value_at(const Point &x, const Slope &gradient, const Times &t = {}) const = delete;

    /** The gradient at one point, as value_at() has it: an array for an array, a vector of Eigen for such a one. */
    template <typename Point, typename = std::enable_if_t<is_point<const Point>>>
    Owned<Point> gradient_at(const Point &x, const Times &t = {}) const
    {
        Owned<Point> gradient = owned(x);
        const auto columns = static_cast<std::int64_t>(x.size());
        const jko_array point = jko_row_major(x.data(), 1, columns);
        const jko_array out = jko_row_major(gradient.data(), 1, columns);
        jko_array one;
        detail::call(thrown_, [&] { return Calls::evaluate(model_, &point, t.c_array(one), nullptr, &out); });
        return gradient;
    }

    /** The Hessian at each point times that point's direction; both of shape (n, d). @throws InputError,
        NotFittedError */
    Matrix hessian_product(ArrayView x, ArrayView directions, const Times &t = {}) const
    {
        Matrix out(x.rows(), x.columns());
        jko_array one;
        detail::call(thrown_, [&] {
            return Calls::product(model_, x.c_array(), t.c_array(one), directions.c_array(),
                                  MutableArrayView(out).c_array());
        });
        return out;
    }

    /** Standard errors of values, in length^2/time: of V(x) less its value at the centre of the data, and of U(x).
        @throws InputError, also for a fit without error bars */
    std::vector<double> error(ArrayView x, const Times &t = {}) const
    {
        std::vector<double> out(elements(x.rows(), 1));
        jko_array one;
        detail::call(thrown_, [&] {
            return Calls::error(model_, x.c_array(), t.c_array(one), MutableArrayView(out).c_array(), nullptr);
        });
        return out;
    }

    /** Standard errors of gradients, shape (n, d), in length/time. @throws as error() */
    Matrix gradient_error(ArrayView x, const Times &t = {}) const
    {
        Matrix out(x.rows(), x.columns());
        jko_array one;
        detail::call(thrown_, [&] {
            return Calls::error(model_, x.c_array(), t.c_array(one), nullptr, MutableArrayView(out).c_array());
        });
        return out;
    }

    /** The model that this is a term of. */
    const jko_model *model() const noexcept { return model_; }

    /** Where exceptions of the model's features are found. */
    Thrown *thrown() const noexcept { return thrown_; }

  private:
    const jko_model *model_;
    Thrown *thrown_;
};

struct PotentialCalls {
    static constexpr auto evaluate = jko_model_potential;
    static constexpr auto product = jko_model_potential_hessian_product;
    static constexpr auto error = jko_model_potential_error;
};

// U does not depend on time.
inline void without_time(const jko_array *t)
{
    if (t != nullptr)
        raise(JKO_EINVALID, "t", "t is given, and the interaction does not depend on time");
}

struct InteractionCalls {
    static jko_status evaluate(const jko_model *model, const jko_array *x, const jko_array *t, const jko_array *value,
                               const jko_array *gradient)
    {
        without_time(t);
        return jko_model_interaction(model, x, value, gradient);
    }
    static jko_status product(const jko_model *model, const jko_array *x, const jko_array *t,
                              const jko_array *directions, const jko_array *out)
    {
        without_time(t);
        return jko_model_interaction_hessian_product(model, x, directions, out);
    }
    static jko_status error(const jko_model *model, const jko_array *x, const jko_array *t, const jko_array *value,
                            const jko_array *gradient)
    {
        without_time(t);
        return jko_model_interaction_error(model, x, value, gradient);
    }
};

} // namespace detail

/** The potential V(x, t) of a model, up to a constant. It refers to the model, which must live longer, and to which
    no other may be assigned meanwhile. */
class Potential : public detail::LearnedTerm<detail::PotentialCalls>
{
    using LearnedTerm::LearnedTerm;
};

/** The interaction U(x) of a model at differences x of two particles, with U(0) = 0. */
class Interaction : public detail::LearnedTerm<detail::InteractionCalls>
{
    using LearnedTerm::LearnedTerm;
};

} // namespace jkonetstar

#endif
