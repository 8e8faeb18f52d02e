# V and U as they were learned: functions with a gradient and, where they were asked for, error bars.

"""
The potential V of a fitted model, from [`potential`](@ref): a function of points. It stays what it is when the model is
fitted again.
"""
struct LearnedPotential
    energy::Energy
    varies::Bool
end

"""
The interaction U of a fitted model, from [`interaction`](@ref): a function of differences between particles, 0 at 0.
"""
struct LearnedInteraction
    energy::Energy
end

"""
    potential(model)

The learned potential V. Call it for values, in length^2/time, up to an additive constant; [`gradient`](@ref) and
[`hessian_product`](@ref) give its derivatives. `return_std = true` returns standard errors as well, from a fit with
`error_bars`; those of values are of V(x) - V(c), with c the centre of the training points.

```julia
V = potential(model)
V(x)                                # x of shape (n, d): a vector of n values
V(x; t = 0.5)                       # of a model that varies in time; t is one time, or one for each point
values, errors = V(x; return_std = true)
gradient(V, x)                      # shape (n, d), in length/time
```
"""
function potential(model::JKOModel)
    energy = learned(model)
    it = facts(energy)
    it.potential == JKO_NONE && refuse("potential", "the energy has no potential: the model was made without one")
    return LearnedPotential(energy, it.time_varying != 0)
end

"""
    interaction(model)

The learned interaction U, a function of differences of shape (n, d), as [`potential`](@ref) is of points; without
times.
"""
function interaction(model::JKOModel)
    energy = learned(model)
    facts(energy).interaction == JKO_NONE &&
        refuse("interaction", "the energy has no interaction: the model was made without one")
    return LearnedInteraction(energy)
end

function (V::LearnedPotential)(x; t = nothing, return_std = false)
    view, moment, values = matrix_view(x, "x"), time_view(V, t), Vector{Float64}(undef, size(x, 1))
    out = vector_view(values, "values")
    evaluated(() -> jko_model_potential(V.energy, view, moment, out, C_NULL), length(x))
    return_std || return values
    errors = similar(values)
    out = vector_view(errors, "errors")
    evaluated(() -> jko_model_potential_error(V.energy, view, moment, out, C_NULL), length(x))
    return values, errors
end

function (U::LearnedInteraction)(x; return_std = false)
    view, values = matrix_view(x, "x"), Vector{Float64}(undef, size(x, 1))
    out = vector_view(values, "values")
    evaluated(() -> jko_model_interaction(U.energy, view, out, C_NULL), length(x))
    return_std || return values
    errors = similar(values)
    out = vector_view(errors, "errors")
    evaluated(() -> jko_model_interaction_error(U.energy, view, out, C_NULL), length(x))
    return values, errors
end

"""
    gradient(V, x; t = nothing, return_std = false)
    gradient(U, x; return_std = false)

The gradient of a learned potential or interaction, shape (n, d), in length/time; with `return_std` also its standard
errors.
"""
function gradient(V::LearnedPotential, x; t = nothing, return_std = false)
    view, moment, found = matrix_view(x, "x"), time_view(V, t), Matrix{Float64}(undef, size(x, 1), size(x, 2))
    out = matrix_view(found, "gradient")
    evaluated(() -> jko_model_potential(V.energy, view, moment, C_NULL, out), length(x))
    return_std || return found
    errors = similar(found)
    out = matrix_view(errors, "errors")
    evaluated(() -> jko_model_potential_error(V.energy, view, moment, C_NULL, out), length(x))
    return found, errors
end

function gradient(U::LearnedInteraction, x; return_std = false)
    view, found = matrix_view(x, "x"), Matrix{Float64}(undef, size(x, 1), size(x, 2))
    out = matrix_view(found, "gradient")
    evaluated(() -> jko_model_interaction(U.energy, view, C_NULL, out), length(x))
    return_std || return found
    errors = similar(found)
    out = matrix_view(errors, "errors")
    evaluated(() -> jko_model_interaction_error(U.energy, view, C_NULL, out), length(x))
    return found, errors
end

"""
    hessian_product(V, x, directions; t = nothing)
    hessian_product(U, x, directions)

The Hessian at each point times that point's direction, shape (n, d).
"""
function hessian_product(V::LearnedPotential, x, directions; t = nothing)
    view, moment, along = matrix_view(x, "x"), time_view(V, t), matrix_view(directions, "directions")
    found = Matrix{Float64}(undef, size(x, 1), size(x, 2))
    out = matrix_view(found, "out")
    evaluated(() -> jko_model_potential_hessian_product(V.energy, view, moment, along, out), length(x))
    return found
end

function hessian_product(U::LearnedInteraction, x, directions)
    view, along = matrix_view(x, "x"), matrix_view(directions, "directions")
    found = Matrix{Float64}(undef, size(x, 1), size(x, 2))
    out = matrix_view(found, "out")
    evaluated(() -> jko_model_interaction_hessian_product(U.energy, view, along, out), length(x))
    return found
end

# Times as the library takes them: one for all points or one for each, and none where V does not vary.
time_view(V::LearnedPotential, t) = time_view(V.varies, t)
time_view(varies::Bool, t::Real) = time_view(varies, [Float64(t)])
time_view(varies::Bool, t) = varies ? vector_view(t, "t") : C_NULL
function time_view(varies::Bool, ::Nothing)
    varies && refuse("t", "t is missing: V varies in time here; time_varying = false fits one that does not")
    return C_NULL
end
