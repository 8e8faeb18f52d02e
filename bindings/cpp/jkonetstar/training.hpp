/**
 * @file jkonetstar/training.hpp
 * @brief How a model is fitted: plans, training of networks, closed forms, error bars.
 */
#ifndef JKONETSTAR_TRAINING_HPP
#define JKONETSTAR_TRAINING_HPP

#include "energies.hpp"
#include "growth.hpp"
#include "plan.hpp"

#include <optional>
#include <string>
#include <variant>

namespace jkonetstar
{

/** How Adam's step size changes over the epochs. */
enum class Schedule : jko_schedule {
    constant = JKO_SCHEDULE_CONSTANT,
    /** Half a cosine down to final_rate times the first step size. */
    cosine = JKO_SCHEDULE_COSINE,
    /** It falls by the same factor every epoch. */
    exponential = JKO_SCHEDULE_EXPONENTIAL
};

/** Output layers, coefficients of features and beta are solved for in closed form now and then. */
struct ExactLastLayer {
    /** Epochs from one solution to the next, 1 to 2^31 - 1. */
    JKONETSTAR_OPTION(ExactLastLayer, std::int64_t, every, 10);
    /** As in ClosedForm; by default the usual one. */
    JKONETSTAR_OPTION(ExactLastLayer, std::optional<double>, ridge, {});
};

/** By what the best epoch is chosen. */
enum class ValidatedBy : jko_validation {
    /** The objective on plans between held-out particles. */
    loss = JKO_VALIDATION_LOSS,
    /** W1 of one-step-ahead predictions of held-out particles. */
    emd = JKO_VALIDATION_EMD
};

/** The model takes the weights of the epoch that predicts held-out particles best. */
struct Validation {
    JKONETSTAR_OPTION(Validation, ValidatedBy, by, ValidatedBy::loss);
    /** The part of each snapshot's particles that is held out, in (0, 1). */
    JKONETSTAR_OPTION(Validation, double, fraction, 0.2);
    /** Epochs from one validation to the next, 1 to 2^31 - 1. */
    JKONETSTAR_OPTION(Validation, std::int64_t, every, 10);
    /** Training ends after so many validations in a row without a new best, 1 to 2^31 - 1. */
    JKONETSTAR_OPTION(Validation, std::int64_t, patience, 10);
};

/** The state of training is written to a file, from which it can go on. */
struct Checkpoint {
    /** UTF-8. A file that is there already is an error, unless `resume` is set. */
    JKONETSTAR_OPTION(Checkpoint, std::string, path, {});
    /** Epochs from one checkpoint to the next, 1 to 2^31 - 1. */
    JKONETSTAR_OPTION(Checkpoint, std::int64_t, every, 100);
    /** Whether to continue from the file, if there is one. The result is bit for bit that of one fit. */
    JKONETSTAR_OPTION(Checkpoint, bool, resume, false);
};

/** Training of networks by Adam on minibatches of couplings. */
struct Adam {
    /** Passes over all couplings, 1 to 10,000,000; by default as many as make 20,000 steps, from 50 to 400. */
    JKONETSTAR_OPTION(Adam, std::optional<std::int64_t>, epochs, {});
    /** Couplings per step, 1 or more. */
    JKONETSTAR_OPTION(Adam, std::int64_t, batch_size, 100);
    /** Step size in the first epoch, positive. */
    JKONETSTAR_OPTION(Adam, double, learning_rate, 5e-3);
    JKONETSTAR_OPTION(Adam, Schedule, schedule, Schedule::cosine);
    /** The step size at the end divided by learning_rate, in (0, 1]. */
    JKONETSTAR_OPTION(Adam, double, final_rate, 0.01);
    /** Longer gradients are scaled down to this norm, positive. */
    JKONETSTAR_OPTION(Adam, double, clip_norm, 10);
    /** Whether training runs in double precision; evaluation always does. */
    JKONETSTAR_OPTION(Adam, bool, double_precision, false);
    /** Network U: pairs per coupling over which U is averaged, 2 or more; 0 for the whole snapshot. */
    JKONETSTAR_OPTION(Adam, std::int64_t, interaction_samples, 0);
    JKONETSTAR_OPTION(Adam, std::optional<ExactLastLayer>, last_layer, {});
    JKONETSTAR_OPTION(Adam, std::optional<Validation>, validation, {});
    JKONETSTAR_OPTION(Adam, std::optional<Checkpoint>, checkpoint, {});
};

/** The minimiser of the objective by one linear solve, for models without networks; with one, fit() throws
    InputError. */
struct ClosedForm {
    /** Weight of the squared coefficients of standardised features, 0 or more; by default the usual one, see fit.h. */
    JKONETSTAR_OPTION(ClosedForm, std::optional<double>, ridge, {});
    /** Whether the ridge is the one that generalised cross-validation finds best. */
    JKONETSTAR_OPTION(ClosedForm, bool, cross_validated, false);
    /** From how many simulated data sets the bias is estimated and subtracted, 0 to 100,000. */
    JKONETSTAR_OPTION(ClosedForm, std::int64_t, bias_samples, 0);
};

/** What goes with the model: Adam with its defaults where there is a network, and else the closed form. */
struct Usual {};

using Training = std::variant<Usual, Adam, ClosedForm>;

/** Error bars by the delta method: every particle's influence on the coefficients of a closed form. */
struct Influence {};

/** Error bars by fits to populations drawn anew from the particles. */
struct Bootstrap {
    /** How many, 2 to 100,000; by default 200, and 10 where there are networks. */
    JKONETSTAR_OPTION(Bootstrap, std::optional<std::int64_t>, samples, {});
};

using ErrorBars = std::variant<NoTerm, Influence, Bootstrap>;

/** How a model is fitted. */
struct FitOptions {
    /** Of initial weights, batches and centres. The same seed gives the same model. */
    JKONETSTAR_OPTION(FitOptions, std::uint64_t, seed, 0);
    /** Hears of stages "plans", "training", "error bars" and "bootstrap". Training that it stops leaves the model
        fitted, with the weights reached so far, although fit() throws. */
    JKONETSTAR_OPTION(FitOptions, ProgressCallback, progress, {});
    /** Plans between consecutive snapshots. */
    JKONETSTAR_OPTION(FitOptions, Coupling, coupling, Exact{});
    JKONETSTAR_OPTION(FitOptions, Training, training, Usual{});
    JKONETSTAR_OPTION(FitOptions, ErrorBars, error_bars, NoTerm{});
    /** How much of each transition's weight, in [0, 1), goes to steps from where predictions are; by default 0.25
        where V alone is learned, as a network, and else 0. */
    JKONETSTAR_OPTION(FitOptions, std::optional<double>, rollout_weight, {});
    /** How many times the first snapshot is rolled out anew, 1 to 10,000. */
    JKONETSTAR_OPTION(FitOptions, std::int64_t, rollout_rounds, 20);
    /** How fast particles multiply or die, or nullptr; the model keeps a copy. */
    JKONETSTAR_OPTION(FitOptions, const Growth *, growth, nullptr);
};

} // namespace jkonetstar

#endif
