# How fast particles multiply or die, at a place and a time.

# Growth rates of the library.
mutable struct Rates <: Owner{jko_growth}
    handle::Ptr{jko_growth}
    Rates(handle::Ptr{jko_growth}) = finalizer(release, new(handle))
end

"""
    Growth(; relaxation = 2.0, ridge = 1e-3, rounds = 2, bootstrap = 0, length_scale = 2.0, time_scale = 3.0,
           max_particles = 1000, random_state = 0)

How fast particles multiply or die, to be learned by [`fit!`](@ref).

- `relaxation`: what it costs to create or destroy mass, in units of the mean cost of the exact plan, 0.05 or more;
  `Inf` where particles grow as the prior says
- `ridge`: of the regression, positive, without a unit
- `rounds`: how often velocities and rates are fitted, 1 to 100
- `bootstrap`: fits to populations drawn anew, for standard errors; 0, or 2 to 10,000
- `length_scale`, `time_scale`: over which rates change, in units of the particles' spread and of the median gap
- `max_particles`: at most so many particles of each snapshot are used
- `random_state`: an integer, a random number generator, or `nothing`

```julia
cells = fit!(Growth(bootstrap = 20), series; total_mass = [100, 180, 320])
rate(cells, x, 0.5)                 # in 1/time
model = fit!(JKOModel(), series; growth = cells)
paths, mass = predict(model, x; return_masses = true)
```
"""
mutable struct Growth
    parameters::NamedTuple
    rates::Union{Nothing,Rates}
end

function Growth(;
    relaxation = 2.0, ridge = 1e-3, rounds = 2, bootstrap = 0, length_scale = 2.0, time_scale = 3.0,
    max_particles = 1000, random_state = 0,
)
    parameters = (;
        relaxation = real_number(relaxation, "relaxation"),
        ridge = positive(ridge, "ridge"),
        rounds = integer(Int32, rounds, "rounds", 1, 100),
        bootstrap = integer(Int32, bootstrap, "bootstrap", 0, 10_000),
        length_scale = positive(length_scale, "length_scale"),
        time_scale = positive(time_scale, "time_scale"),
        particles = integer(Int64, max_particles, "max_particles", 2, 1_000_000),
        seed = seed(random_state),
    )
    return Growth(parameters, nothing)
end

"""
    fit!(growth::Growth, series; total_mass = nothing, prior = nothing, progress = nothing)

Learn the rates from two or more snapshots.

- `total_mass`: the mass of all particles at each time, such as numbers of cells, in any unit; `:sizes` where each
  snapshot has as many particles as there were. Where it is not known, rates are relative to the mean.
- `prior`: the rate that is expected of each particle until the next time, in 1/time: one for each row of the pooled
  data, or a vector of vectors, one for each snapshot. Those of the last time are not used.
- `progress`: a function of [`JKOnetStar.Progress`](@ref)
"""
function fit!(growth::Growth, series::Snapshots; total_mass = nothing, prior = nothing, progress = nothing)
    kept = Kept()
    masses = total_mass in (:sizes, "sizes") ? Float64.(sizes(series)) : total_mass
    options = with(
        defaults(jko_growth_options, jko_growth_options_init);
        growth.parameters...,
        given(;
            total_mass = masses === nothing ? nothing : place!(kept, vector_view(masses, "total_mass")),
            prior = prior === nothing ? nothing : place!(kept, vector_view(by_snapshot(prior, series), "prior")),
        )...,
    )
    handle = Ref{Ptr{jko_growth}}(C_NULL)
    GC.@preserve kept long(progress; snapshots = "series") do callback, data
        jko_growth_fit(series, Ref(with(options; progress = callback, progress_user_data = data)), handle)
    end
    growth.rates = Rates(handle[])
    return growth
end

# A number for each particle, in the order of the snapshots.
by_snapshot(prior::AbstractVector{<:AbstractVector}, series) = reduce(vcat, prior)
function by_snapshot(prior, series)
    rows = reduce(vcat, [snapshot.rows for snapshot in series]; init = Int[])
    length(prior) == length(rows) ||
        refuse(:JKO_ESHAPE, "prior", "prior has $(length(prior)) elements for $(length(rows)) particles")
    isperm(rows) || refuse("prior", "prior belongs to pooled rows; pass a vector of vectors, one for each snapshot")
    return Float64[prior[row] for row in rows]
end

rates(growth::Growth) =
    growth.rates === nothing ? refuse(:JKO_ENOTFITTED, "", "the growth has not been fitted yet; call fit! first") :
    growth.rates

"""
    rate(growth, X, t; return_std = false)

Growth rates at points of shape (n, d) and a time, in 1/time: by how much the logarithm of a particle's mass grows. With
`return_std` also standard errors, from the bootstrap.
"""
function rate(growth::Growth, X, t; return_std = false)
    view, found = matrix_view(X, "X"), Vector{Float64}(undef, size(X, 1))
    errors = return_std ? similar(found) : nothing
    out, spread = vector_view(found, "rates"), optional_view(errors, "errors")
    check(jko_growth_rates(rates(growth), view, real_number(t, "t"), out, spread); points = "X", time = "t")
    return return_std ? (found, errors) : found
end

"""
    masses(growth, paths, times; masses = nothing)

The masses of particles along their paths, such as [`predict`](@ref) returns: `paths` of shape (n, d, times), the times
strictly increasing, and masses at the first time, 1/n each by default. The result has shape (n, times).
"""
function masses(growth::Growth, paths::AbstractArray{<:Real,3}, times::AbstractVector; masses = nothing)
    n, d, count = size(paths)
    length(times) == count ||
        refuse(:JKO_ESHAPE, "times", "times has $(length(times)) elements; paths has $count times")
    # The library has the particles of one time after those of another in its rows.
    stacked = reshape(permutedims(paths, (1, 3, 2)), n * count, d)
    found = Matrix{Float64}(undef, n, count)
    view, moments, start = matrix_view(stacked, "paths"), vector_view(times, "times"), optional_view(masses, "masses")
    check(jko_growth_masses(rates(growth), view, moments, start, vector_view(vec(found), "out")))
    return found
end

"""
    total_mass(growth, times)

The mass of all particles at some times, in the unit that the fit was given; 1 where it is not known.
"""
function total_mass(growth::Growth, times::AbstractVector)
    found = Vector{Float64}(undef, length(times))
    check(jko_growth_total_mass(rates(growth), vector_view(times, "times"), vector_view(found, "out")))
    return found
end

function times(growth::Growth)
    own = rates(growth)
    return filled_by(jko_growth_times, own, jko_growth_time_count(own))
end

"""
    growth(model)

The growth of a model whose fit was given one.
"""
function growth(model::JKOModel)
    own = learned(model)
    facts(own).growth != 0 ||
        refuse("growth", "the model has no growth: its fit was given none; fit!(...; growth = Growth()) does")
    return Growth((;), Rates(made(jko_growth, out -> jko_model_growth(own, out))))
end

function Base.show(io::IO, growth::Growth)
    growth.rates === nothing && return print(io, "Growth(not fitted)")
    return print(io, "Growth(in ", counted(jko_growth_dimension(growth.rates), "dimension"), ")")
end
