/**
 * @file jkonetstar/model_options.hpp
 * @brief The options of a model as the C interface takes them.
 */
#ifndef JKONETSTAR_MODEL_OPTIONS_HPP
#define JKONETSTAR_MODEL_OPTIONS_HPP

#include "energies.hpp"

#include <algorithm>
#include <memory>

namespace jkonetstar::detail
{

/** Features of the caller's that a model calls as long as it lives, and what they have thrown. */
struct OwnFeatures {
    Features::Function function;
    /** The same for both terms of a model. */
    std::shared_ptr<Thrown> thrown;
};

/** Null where a term has none. */
using KeptFeatures = std::shared_ptr<OwnFeatures>;

inline int call_features(const double *points, std::int64_t n, std::int64_t d, double *values, double *jacobian,
                         void *user_data)
{
    const auto &own = *static_cast<const OwnFeatures *>(user_data);
    return guarded_features(*own.thrown, [&] { own.function(points, n, d, values, jacobian); });
}

/** One term, with memory for its options. */
class TermOptions
{
  public:
    TermOptions(const Term &term, const char *name)
    {
        if (const auto *mlp = std::get_if<MLP>(&term))
            set(*mlp, name);
        else if (const auto *linear = std::get_if<Linear>(&term))
            set(*linear, name);
    }

    TermOptions(const TermOptions &) = delete;
    TermOptions &operator=(const TermOptions &) = delete;

    jko_parametrisation kind() const noexcept { return kind_; }
    const jko_network_options *network() const noexcept { return kind_ == JKO_NETWORK ? &network_ : nullptr; }
    const jko_feature_options *features() const noexcept { return kind_ == JKO_LINEAR ? &features_ : nullptr; }
    const KeptFeatures &kept() const noexcept { return kept_; }

  private:
    void set(const MLP &mlp, const char *name)
    {
        kind_ = JKO_NETWORK;
        network_ = defaults(jko_network_options_init);
        // More layers than there is room for are counted, but not copied: the library refuses their number.
        const auto count = std::min<std::size_t>(mlp.hidden.size(), JKO_MAX_HIDDEN_LAYERS);
        if (mlp.hidden.size() != count || count == 0)
            raise(JKO_EINVALID, std::string(name) + ".hidden",
                  std::string(name) + ".hidden has " + std::to_string(mlp.hidden.size()) +
                      " layers; there must be 1 to " + std::to_string(JKO_MAX_HIDDEN_LAYERS));
        network_.hidden_count = static_cast<std::int32_t>(count);
        std::copy_n(mlp.hidden.begin(), count, network_.hidden);
        network_.activation = static_cast<jko_activation>(mlp.activation);
    }

    void set(const Linear &linear, const char *name)
    {
        kind_ = JKO_LINEAR;
        features_ = defaults(jko_feature_options_init);
        const auto within = [name](const char *option, std::int64_t value, std::int64_t least, const char *bounds) {
            const std::string path = std::string(name) + "." + option;
            if (value < least)
                raise(JKO_EINVALID, path, path + " = " + std::to_string(value) + " is not between " + bounds);
        };
        // In C, -1 and 0 stand for what is not given. Here they are numbers that somebody has given.
        if (linear.polynomial_degree)
            within("polynomial_degree", *linear.polynomial_degree, 0, "0 and 8");
        if (linear.fourier)
            within("fourier.features", linear.fourier->features, 1, "1 and 20000");
        features_.polynomial_degree = linear.polynomial_degree.value_or(-1);
        features_.polynomial_total = linear.polynomial_total ? *linear.polynomial_total : -1;
        features_.trigonometric = linear.trigonometric;
        features_.radial_grid = 0;
        if (linear.radial) {
            features_.radial = static_cast<jko_radial>(linear.radial->function);
            features_.radial_grid = linear.radial->grid;
            features_.radial_centres = linear.radial->centres;
            features_.radial_width = linear.radial->width;
        }
        if (linear.fourier) {
            features_.fourier_features = linear.fourier->features;
            features_.fourier_scale = linear.fourier->scale;
            features_.fourier_coordinates = linear.fourier->coordinates;
        }
        features_.time_degree = linear.time_degree;
        if (linear.features) {
            const std::string option = std::string(name) + ".features.function";
            if (!linear.features->function)
                raise(JKO_ENULL, option, option + " is missing");
            kept_ = std::make_shared<OwnFeatures>(OwnFeatures{linear.features->function, std::make_shared<Thrown>()});
            features_.callback = call_features;
            features_.callback_user_data = kept_.get();
            features_.callback_count = linear.features->count;
        }
    }

    jko_parametrisation kind_ = JKO_NONE;
    jko_network_options network_{};
    jko_feature_options features_{};
    KeptFeatures kept_;
};

/** The whole options. Members point at each other, so that it stays where it is. */
class WholeModelOptions
{
  public:
    explicit WholeModelOptions(const ModelOptions &given)
        : potential_(given.potential, "potential"), interaction_(given.interaction, "interaction")
    {
        if (potential_.kept() && interaction_.kept())
            interaction_.kept()->thrown = potential_.kept()->thrown;
        options_ = defaults(jko_model_options_init);
        options_.potential = potential_.kind();
        options_.potential_network = potential_.network();
        options_.potential_features = potential_.features();
        options_.interaction = interaction_.kind();
        options_.interaction_network = interaction_.network();
        options_.interaction_features = interaction_.features();
        options_.time_varying = static_cast<std::int32_t>(given.time_varying);
        options_.scheme = static_cast<jko_scheme>(given.scheme);
        if (!std::holds_alternative<NoTerm>(given.internal)) {
            options_.internal = 1;
            options_.density = &density_;
            if (const auto *kernel = std::get_if<KernelDensity>(&given.internal))
                density_ = density_options(*kernel);
            else
                density_ = density_options(std::get<GaussianMixture>(given.internal));
        }
    }

    WholeModelOptions(const WholeModelOptions &) = delete;
    WholeModelOptions &operator=(const WholeModelOptions &) = delete;

    const jko_model_options *c_options() const noexcept { return &options_; }
    const KeptFeatures &potential_features() const noexcept { return potential_.kept(); }
    const KeptFeatures &interaction_features() const noexcept { return interaction_.kept(); }

  private:
    TermOptions potential_, interaction_;
    jko_density_options density_{};
    jko_model_options options_{};
};

} // namespace jkonetstar::detail

#endif
