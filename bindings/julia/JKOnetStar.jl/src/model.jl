# The learned energy as an object: what it is made of, and what it has learned.

# A model of the library.
mutable struct Energy <: Owner{jko_model}
    handle::Ptr{jko_model}
    Energy(handle::Ptr{jko_model}) = finalizer(release, new(handle))
end

# An energy and how it is fitted, every part an object, or `nothing` for what is not there.
struct Specification
    potential::Union{Nothing,MLP,Linear}
    interaction::Union{Nothing,MLP,Linear}
    internal::Union{Nothing,GaussianMixture,KernelDensity}
    time_varying::Union{Nothing,Bool}
    scheme::Any
    coupling::Union{Nothing,Sinkhorn,Unbalanced}
    training::Union{Adam,ClosedForm}
    error_bars::Union{Nothing,Symbol,Bootstrap}
    rollout_weight::Any
    random_state::Any
end

"""
    JKOModel(; potential = :mlp, interaction = nothing, internal = false, time_varying = nothing, scheme = nothing,
             coupling = :exact, training = nothing, error_bars = nothing, rollout_weight = nothing, random_state = 0,
             hidden = nothing, epochs = nothing, batch_size = nothing, learning_rate = nothing,
             interaction_samples = nothing)

The energy that drives a population, to be learned by [`fit!`](@ref): the mean of a potential V, half the mean of an
interaction U over pairs, and beta times the mean of the log density.

- `potential`, `interaction`: `:mlp` or an [`MLP`](@ref), `:linear` or a [`Linear`](@ref), or `nothing`
- `internal`: whether there is internal energy, whose level beta is learned; a [`GaussianMixture`](@ref) or a
  [`KernelDensity`](@ref) says how densities are estimated
- `time_varying`: whether V depends on time; `nothing` decides by held-out particles where V alone is learned, as a
  network, which takes three fits
- `scheme`: `:explicit`, `:implicit` or `:midpoint`, in fitting and in prediction alike. `nothing` takes the midpoint
  scheme where U or beta is learned and the explicit one where V alone is.
- `coupling`: `:exact`, `:sinkhorn`, `:unbalanced`, a [`Sinkhorn`](@ref) or an [`Unbalanced`](@ref)
- `training`: an [`Adam`](@ref) for energies with a network, a [`ClosedForm`](@ref) for others
- `error_bars`: `:influence` (closed forms only), `:bootstrap` or a [`Bootstrap`](@ref)
- `rollout_weight`: the part of each step's weight that goes to steps that begin where predictions are, from 0 to less
  than 1
- `random_state`: an integer gives the same model for any number of threads; a random number generator; or `nothing`
- `hidden`: the widths of networks that are given as `:mlp`
- `epochs`, `batch_size`, `learning_rate`, `interaction_samples`: those of `Adam`, unless `training` is given

```julia
model = fit!(JKOModel(potential = Linear(polynomial_degree = 2, radial = nothing)), series)
beta(fit!(JKOModel(potential = :linear, internal = true, error_bars = :bootstrap), series))
```
"""
mutable struct JKOModel
    specification::Union{Nothing,Specification}
    energy::Union{Nothing,Energy}
end

function JKOModel(;
    potential = :mlp, interaction = nothing, internal = false, time_varying = nothing, scheme = nothing,
    coupling = :exact, training = nothing, error_bars = nothing, rollout_weight = nothing, random_state = 0,
    hidden = nothing, epochs = nothing, batch_size = nothing, learning_rate = nothing, interaction_samples = nothing,
)
    hidden === nothing || any(in((:mlp, "mlp")), (potential, interaction)) ||
        refuse("hidden", "hidden = $hidden has no effect: neither potential nor interaction is :mlp")
    terms = (term(potential, "potential", hidden), term(interaction, "interaction", hidden))
    steps = given(; epochs, batch_size, learning_rate, interaction_samples)
    specification = Specification(
        terms..., internal_density(internal), time_varying, scheme, coupling_of(coupling),
        training_of(training, terms, steps), error_bars_of(error_bars), rollout_weight, random_state,
    )
    return JKOModel(specification, nothing)
end

term(value::Union{Nothing,MLP,Linear}, name, hidden) = value
function term(value, name, hidden)
    value in (:mlp, "mlp") && return hidden === nothing ? MLP() : MLP(; hidden)
    value in (:linear, "linear") && return Linear()
    return refuse(name, "$name = $(repr(value)) is not known; it must be :mlp or :linear, an MLP, a Linear or nothing")
end

internal_density(internal::Bool) = internal ? GaussianMixture() : nothing
internal_density(density::Union{GaussianMixture,KernelDensity}) = density
internal_density(other) =
    throw(ArgumentError("internal must be true or false, a GaussianMixture or a KernelDensity, got $(repr(other))"))

coupling_of(way::Union{Sinkhorn,Unbalanced}) = way
function coupling_of(name)
    code = choice(name, "coupling", METHODS)
    code == JKO_PLAN_EXACT && return nothing
    return code == JKO_PLAN_SINKHORN ? Sinkhorn() : Unbalanced()
end

# How an energy of these terms is fitted; `steps` are those of the parameters of Adam that the model was given.
function training_of(training, terms, steps)
    network = any(one -> one isa MLP, terms)
    isempty(steps) || (network && training === nothing) || refuse(
        String(first(keys(steps))),
        "$(first(keys(steps))) = $(first(steps)) has no effect: it is for Adam, and " *
        (network ? "training is given" : "the energy has no network"),
    )
    training === nothing && return network ? Adam(; steps...) : ClosedForm()
    training isa (network ? Adam : ClosedForm) && return training
    return throw(ArgumentError("training must be $(network ? "an Adam" : "a ClosedForm"), got $(repr(training))"))
end

error_bars_of(bars::Union{Nothing,Bootstrap}) = bars
function error_bars_of(name)
    choice(name, "error_bars", (influence = JKO_ERROR_BARS_INFLUENCE, bootstrap = JKO_ERROR_BARS_BOOTSTRAP))
    return Symbol(name) == :bootstrap ? Bootstrap() : :influence
end

# The energy of a fitted model.
function learned(model::JKOModel)
    model.energy === nothing &&
        refuse(:JKO_ENOTFITTED, "", "the model has not been fitted yet; call fit! first, or load one")
    return model.energy
end

# What is known of an energy.
function facts(energy::Energy)
    info = Ref(blank(jko_model_info))
    check(jko_model_describe(energy, info))
    return info[]
end

function Base.show(io::IO, model::JKOModel)
    model.energy === nothing && return print(io, "JKOModel(not fitted)")
    it = facts(model.energy)
    terms = ("V" => it.potential, "U" => it.interaction, "beta" => it.internal)
    words = join((name for (name, there) in terms if there != 0), ", ")
    return print(io, "JKOModel(", words, " in ", counted(it.dimension, "dimension"), ")")
end
