/**
 * @file jkonetstar/model.hpp
 * @brief The learned energy: create, fit, describe, predict, evaluate, save and load it.
 */
#ifndef JKONETSTAR_MODEL_HPP
#define JKONETSTAR_MODEL_HPP

#include "evaluation.hpp"
#include "fit_options.hpp"
#include "model_options.hpp"
#include "prediction.hpp"
#include "terms.hpp"

#include <string>
#include <vector>

namespace jkonetstar
{

/**
 * The energy that drives a population mu,
 *
 *     J(mu) = int V dmu + 1/2 int int U(x - y) dmu(x) dmu(y) + beta int log(density) dmu,
 *
 * learned from snapshots. It moves, and never copies. It changes only in fit() and set_growth(); everything else may
 * run on one model from several threads.
 */
class Model
{
  public:
    /** A model that has not seen data. @throws InputError */
    explicit Model(const ModelOptions &options = {}) : Model(detail::WholeModelOptions(options)) {}

    /** Read what save() wrote, in any language. @param path UTF-8 @throws FileError, FormatError */
    static Model load(const std::string &path)
    {
        return Model(
            detail::made<jko_model>([&](jko_model **out) { return jko_model_load(detail::c_path(path), out); }));
    }

    /** Take over a handle of the C interface. */
    static Model adopt(jko_model *handle) noexcept { return Model(handle); }

    /** Use a handle that somebody else owns, such as `model.handle` of Python, and that must live longer. */
    static Model borrow(jko_model *handle) noexcept { return Model(handle, false); }

    /** Write a safetensors file, which appears whole or not at all. @throws FileError, NotFittedError */
    void save(const std::string &path) const
    {
        detail::call(thrown(), [&] { return jko_model_save(get(), detail::c_path(path)); });
    }

    /**
     * Fit the energy: plans between consecutive snapshots, then the minimiser of the objective. Fitting again starts
     * anew.
     *
     * @param snapshots  two or more
     * @throws InputError, ConvergenceError, FileError and FormatError (checkpoint), CancelledError, what the progress
     *         callback throws. The model is as it was, except that training that was stopped leaves it fitted
     */
    Model &fit(const Snapshots &snapshots, const FitOptions &options = {})
    {
        const auto info = describe();
        if (std::holds_alternative<ClosedForm>(options.training) &&
            (info.potential == JKO_NETWORK || info.interaction == JKO_NETWORK))
            detail::raise(JKO_EINVALID, "training",
                          "training is ClosedForm, and networks are trained by Adam; make V and U Linear");
        const detail::WholeFitOptions given(options);
        detail::call(thrown(), [&] { return jko_model_fit(get(), snapshots.get(), given.c_options()); });
        return *this;
    }

    /** What is known of the model: terms, scheme, dimension, counts; model.h describes the members. */
    jko_model_info describe() const
    {
        auto info = detail::sized<jko_model_info>();
        detail::call(thrown(), [&] { return jko_model_describe(get(), &info); });
        return info;
    }

    /** Options, fit and training data in words: one JSON object, whose members model.h lists. */
    std::string describe_json() const
    {
        return detail::text([&](char *buffer, std::size_t capacity, std::size_t *length) {
            return jko_model_describe_json(get(), buffer, capacity, length);
        });
    }

    /** The fitted times t_0 < .. < t_T. @throws NotFittedError */
    std::vector<double> times() const { return numbers(describe().time_count, jko_model_times); }

    /** The objective averaged over each epoch, in length^2; one number for closed forms. @throws NotFittedError */
    std::vector<double> history() const { return numbers(describe().history_count, jko_model_history); }

    /** V. It refers to this model, which must live longer, and may be moved. Assigning another model to this one ends
        it. */
    Potential potential() const & noexcept { return Potential(get(), thrown()); }
    Potential potential() const && = delete; // give the model a name: the potential would refer to one that is gone

    /** U. As potential(). */
    Interaction interaction() const & noexcept { return Interaction(get(), thrown()); }
    Interaction interaction() const && = delete; // give the model a name

    /** The level of diffusion, in length^2/time. @throws NotFittedError, InputError without internal energy */
    double beta() const { return number(jko_model_beta); }

    /** Its standard error, in length^2/time. @throws as beta(); InputError also without error bars */
    double beta_error() const { return number(jko_model_beta_error); }

    /**
     * The energy J of a population, in length^2/time, up to the constant of V.
     *
     * @param x        shape (n, d)
     * @param weights  n weights, not negative, with a positive sum; equal ones by default
     * @param t        one time for a V that varies in time
     * @throws InputError, NotFittedError
     */
    double energy(ArrayView x, ArrayView weights = {}, const Times &t = {}) const
    {
        double energy = 0;
        jko_array one;
        detail::call(thrown(),
                     [&] { return jko_model_energy(get(), x.c_array(), weights.c_array(), t.c_array(one), &energy); });
        return energy;
    }

    /** The coefficients of a closed form, in standardised coordinates; linear.h says in which order.
        @throws NotFittedError, InputError for a model with a network */
    std::vector<double> coefficients() const { return numbers(describe().parameter_count, jko_model_coefficients); }

    /** Their covariance. @throws as coefficients(); InputError also without error bars */
    Matrix covariance() const
    {
        const std::int64_t count = describe().parameter_count;
        Matrix out(count, count);
        detail::call(thrown(), [&] { return jko_model_covariance(get(), MutableArrayView(out).c_array()); });
        return out;
    }

    /** The ridge that a closed form used. @throws as coefficients() */
    double ridge() const
    {
        double ridge = 0;
        detail::call(thrown(), [&] { return jko_model_ridge(get(), &ridge, nullptr); });
        return ridge;
    }

    /** Which terms of a closed form the data can tell apart: one JSON object, whose members linear.h lists.
        @throws as coefficients() */
    std::string observability() const
    {
        return detail::text([&](char *buffer, std::size_t capacity, std::size_t *length) {
            return jko_model_observability(get(), buffer, capacity, length);
        });
    }

    /**
     * Predict where a population goes, by the model's scheme.
     *
     * @param x0  shape (n, d), finite, in length
     * @throws InputError, NotFittedError, CancelledError, ConvergenceError where predictions leave the range of
     *         numbers. Steps that did not converge are counted in Prediction::info
     */
    Prediction predict(ArrayView x0, const PredictOptions &options = {}) const
    {
        return detail::predict(jko_model_rollout, get(), thrown(), x0, options);
    }

    /** The same for some steps from the first fitted time. */
    template <typename Integer, typename = std::enable_if_t<std::is_integral_v<Integer>>>
    Prediction predict(ArrayView x0, Integer steps) const
    {
        return predict(x0, PredictOptions().set_steps(static_cast<std::int64_t>(steps)));
    }

    /** Standard errors of predictions, shape (times, n, d), in length: the spread over the members of a bootstrap of
        networks. @throws as predict(); InputError also for a model without members */
    Prediction predict_error(ArrayView x0, const PredictOptions &options = {}) const
    {
        return detail::predict(jko_model_rollout_error, get(), thrown(), x0, options);
    }

    /** Compare predictions with observed snapshots, two or more, usually ones the model was not fitted to.
        @throws InputError, NotFittedError, CancelledError */
    Evaluation evaluate(const Snapshots &snapshots, const EvaluationOptions &options = {}) const
    {
        return detail::evaluate(get(), thrown(), snapshots, options);
    }

    /** Check a fit on a sample of the snapshots it was made of. A model that predicts these worse than "nothing moves"
        has failed, however small its loss. @throws as evaluate() */
    FitCheck check_fit(const Snapshots &snapshots, const EvaluationOptions &options = {}) const
    {
        return detail::check_fit(get(), thrown(), snapshots, options);
    }

    /** Give a fitted model growth, or, with nullptr, take it away; copied. @throws NotFittedError, InputError */
    void set_growth(const Growth *growth)
    {
        const jko_growth *c_growth = detail::handle_of(growth, "growth");
        detail::call(thrown(), [&] { return jko_model_set_growth(get(), c_growth); });
    }

    /** A copy of the model's growth. @throws InputError for a model without */
    Growth growth() const
    {
        return Growth::adopt(detail::made<jko_growth>([&](jko_growth **out) { return jko_model_growth(get(), out); }));
    }

    /** For calls of the C interface. NULL after this object was moved from. */
    jko_model *get() const noexcept { return handle_.get(); }

  private:
    explicit Model(const detail::WholeModelOptions &options)
        : potential_features_(options.potential_features()), interaction_features_(options.interaction_features()),
          handle_(detail::made<jko_model>([&](jko_model **out) { return jko_model_create(options.c_options(), out); }))
    {
    }

    explicit Model(jko_model *handle, bool owned = true) noexcept : handle_(handle, owned) {}

    std::vector<double> numbers(std::int64_t count, jko_status (*copy)(const jko_model *, const jko_array *)) const
    {
        // An unfitted model has counts of 0. The array has one element, so that the library can say what is missing.
        std::vector<double> out(detail::elements(count > 0 ? count : 1, 1));
        detail::call(thrown(), [&] { return copy(get(), MutableArrayView(out).c_array()); });
        return out;
    }

    double number(jko_status (*read)(const jko_model *, double *)) const
    {
        double out = 0;
        detail::call(thrown(), [&] { return read(get(), &out); });
        return out;
    }

    detail::Thrown *thrown() const noexcept
    {
        const auto &features = potential_features_ ? potential_features_ : interaction_features_;
        return features ? features->thrown.get() : nullptr;
    }

    // The library calls these as long as the handle lives. They are destroyed after it.
    detail::KeptFeatures potential_features_, interaction_features_;
    detail::Handle<jko_model, jko_model_destroy> handle_;
};

} // namespace jkonetstar

#endif
