# A specification written into the structs of the C headers.

const SCHEMES = (explicit = JKO_SCHEME_EXPLICIT, implicit = JKO_SCHEME_IMPLICIT, midpoint = JKO_SCHEME_MIDPOINT)

# What a model is; `kept` keeps what the options point to.
function model_options(it::Specification, kept::Kept)
    time_varying = it.time_varying === nothing ? JKO_TIME_VARYING_BY_DATA : it.time_varying
    return with(
        defaults(jko_model_options, jko_model_options_init);
        time_varying,
        internal = it.internal !== nothing,
        scheme = it.scheme === nothing ? JKO_SCHEME_USUAL : choice(it.scheme, "scheme", SCHEMES),
        potential_members(it.potential, kept)...,
        interaction_members(it.interaction, kept)...,
        density_members(it.internal, kept)...,
    )
end

potential_members(::Nothing, kept) = (; potential = JKO_NONE)
potential_members(network::MLP, kept) =
    (; potential = JKO_NETWORK, potential_network = place!(kept, network_options(network, "hidden")))
potential_members(features::Linear, kept) =
    (; potential = JKO_LINEAR, potential_features = place!(kept, feature_options(features)))

interaction_members(::Nothing, kept) = (; interaction = JKO_NONE)
interaction_members(network::MLP, kept) =
    (; interaction = JKO_NETWORK, interaction_network = place!(kept, network_options(network, "interaction.hidden")))
interaction_members(features::Linear, kept) =
    (; interaction = JKO_LINEAR, interaction_features = place!(kept, feature_options(features)))

density_members(::Nothing, kept) = (;)
density_members(density, kept) = (; density = place!(kept, density_options(density)))

# How a model is fitted; the growth is placed by the caller, who has it.
function fit_options(it::Specification, kept::Kept)
    weight = it.rollout_weight
    return with(
        defaults(jko_fit_options, jko_fit_options_init);
        seed = seed(it.random_state),
        given(; rollout_weight = weight === nothing ? nothing : real_number(weight, "rollout_weight"))...,
        fit_members(it.training, kept)...,
        transport_members(it.coupling, kept)...,
        error_bar_members(it.error_bars)...,
    )
end

transport_members(::Nothing, kept) = (;)
transport_members(way, kept) = (; transport = place!(kept, coupling_options(way)))

error_bar_members(::Nothing) = (;)
error_bar_members(::Symbol) = (; error_bars = JKO_ERROR_BARS_INFLUENCE)
function error_bar_members(bars::Bootstrap)
    samples = bars.samples
    return (;
        error_bars = JKO_ERROR_BARS_BOOTSTRAP,
        given(;
            bootstrap_samples = samples === nothing ? nothing :
                                integer(Int64, samples, "error_bars.samples", 2, 100_000),
        )...,
    )
end
