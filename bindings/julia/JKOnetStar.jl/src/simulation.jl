# Populations moving forward in time under known energies.

# Fill C's row-major array with what a function of the caller's says of the points in another.
function write_gradient(call, name, x, n, d, out)
    return guarded(call) do
        # The library's memory is gone after the call, so that the function receives a copy.
        points = permutedims(unsafe_wrap(Array, x, (d, n)))
        answer = call.gradients[name](points)
        size(answer, 1) == n && size(answer, 2) == d ||
            refuse(:JKO_ESHAPE, String(name), "$name returned shape $(size(answer)); the gradient must be ($n, $d)")
        copyto!(unsafe_wrap(Array, out, (d, n)), permutedims(reshape(answer, n, d)))
        return true
    end
end

# Callbacks stand before the functions that take their addresses, because Julia looks them up there.
on_potential(x::Ptr{Cdouble}, n::Int64, d::Int64, time::Cdouble, out::Ptr{Cdouble}, data::Ptr{Cvoid}) =
    write_gradient(unsafe_pointer_to_objref(data)::LongCall, :potential, x, n, d, out)
on_interaction(x::Ptr{Cdouble}, n::Int64, d::Int64, time::Cdouble, out::Ptr{Cdouble}, data::Ptr{Cvoid}) =
    write_gradient(unsafe_pointer_to_objref(data)::LongCall, :interaction, x, n, d, out)

# What the options have of V and U: a name, a model, or a callback and what belongs to it.
potential_source(::Nothing, kept, data) = (;)
potential_source(name::Union{Symbol,AbstractString}, kept, data) = (; potential = place!(kept, String(name)))
potential_source(V::LearnedPotential, kept, data) = (; potential_model = V.energy.handle)
potential_source(_, kept, data) = (;
    potential_gradient = @cfunction(
        on_potential, Cint, (Ptr{Cdouble}, Int64, Int64, Cdouble, Ptr{Cdouble}, Ptr{Cvoid})
    ),
    potential_gradient_user_data = data,
)

interaction_source(::Nothing, kept, data) = (;)
interaction_source(name::Union{Symbol,AbstractString}, kept, data) = (; interaction = place!(kept, String(name)))
interaction_source(U::LearnedInteraction, kept, data) = (; interaction_model = U.energy.handle)
interaction_source(_, kept, data) = (;
    interaction_gradient = @cfunction(
        on_interaction, Cint, (Ptr{Cdouble}, Int64, Int64, Cdouble, Ptr{Cdouble}, Ptr{Cvoid})
    ),
    interaction_gradient_user_data = data,
)

"""
    simulate(x0; potential = nothing, interaction = nothing, beta = 0.0, dt = 0.01, steps = 5, t0 = 0.0,
             random_state = 0, progress = nothing)

Simulate the interacting diffusion whose law descends an energy, by the Euler-Maruyama method: an array of shape
(n, d, steps + 1), whose first slice is `x0`. Each step is

    x_i - dt grad V(x_i, t) - dt/n sum_j grad U(x_i - x_j) + sqrt(2 beta dt) xi

- `potential`: the name of a benchmark energy (see [`functional_names`](@ref)), a learned one from [`potential`](@ref),
  or the gradient of V as a function from points of shape (n, d) to gradients of the same shape
- `interaction`: U, likewise, as a function of the n differences x_i - x_j
- `beta`: diffusion level, in length^2/time
- `dt`, `steps`, `t0`: time step, number of steps, time of `x0`

```julia
simulate(randn(100, 2); potential = :wavy_plateau, steps = 10)
simulate(randn(100, 1); potential = x -> x, beta = 0.3)         # V(x) = |x|^2 / 2
```
"""
function simulate(
    x0; potential = nothing, interaction = nothing, beta = 0.0, dt = 0.01, steps = 5, t0 = 0.0, random_state = 0,
    progress = nothing,
)
    start, kept = matrix_view(x0, "x0"), Kept()
    count = integer(Int64, steps, "steps", 0, 2^31 - 1)
    options = with(
        defaults(jko_simulation_options, jko_simulation_options_init);
        beta = real_number(beta, "beta"), dt = real_number(dt, "dt"), t0 = real_number(t0, "t0"),
        steps = count, seed = seed(random_state),
    )
    n, d = size(x0, 1), size(x0, 2)
    # The library has the particles of one time after those of another in its rows.
    stacked = Array{Float64}(undef, n, count + 1, d)
    out = matrix_view(reshape(stacked, n * (count + 1), d), "out")
    call = LongCall(progress; potential, interaction)
    status = GC.@preserve kept potential interaction under(call) do callback, data
        asked = with(
            options;
            progress = callback,
            progress_user_data = data,
            potential_source(potential, kept, data)...,
            interaction_source(interaction, kept, data)...,
        )
        jko_simulate(start, Ref(asked), out)
    end
    settle(call, status)
    return permutedims(stacked, (1, 3, 2))
end
