# Populations at times between observed ones.

const INTERPOLATIONS =
    (auto = JKO_INTERPOLATION_AUTO, straight = JKO_INTERPOLATION_STRAIGHT, flow = JKO_INTERPOLATION_FLOW)

"""
    interpolate(series, times; method = :auto, gradient = nothing, ridge = nothing, rounds = nothing, relaxation = 2.0,
                length_scale = 2.0, time_scale = 3.0, max_particles = 400, random_state = 0, growth = nothing,
                return_report = false, progress = nothing)

Find the population at times between observed ones, from both neighbours: [`Snapshots`](@ref) with weights, one at each
of the times.

- `series`: two or more snapshots
- `times`: strictly increasing, from the first observed time to the last
- `method`: `:straight` for lines along the optimal plan, `:flow` along a velocity field that is fitted to the whole
  course, or `:auto` for whichever does best at the observed times nearby
- `gradient`, `ridge`, `rounds`: of the field; whether it is a gradient, its ridge, how often it is fitted. `nothing`
  chooses by the observed times.
- `relaxation`: what it costs to create or destroy mass, in units of the mean cost of the exact plan; `Inf` where every
  particle keeps its mass
- `length_scale`, `time_scale`: over which velocities change, in units of the particles' spread and of the median gap
- `max_particles`: the field is fitted to at most so many particles of each snapshot
- `growth`: a fitted [`Growth`](@ref), by whose rates masses change on the way
- `return_report`: whether to return as well how the populations were found, a named tuple of vectors: `gradient`,
  `ridge`, `rounds`, `missed` and `straight_missed`, by how much the method chosen and straight lines missed the
  observed times nearby, in length

```julia
middle = interpolate(series, [0.5])[1]
middle.points, middle.weights
```
"""
function interpolate(
    series::Snapshots, times; method = :auto, gradient = nothing, ridge = nothing, rounds = nothing, relaxation = 2.0,
    length_scale = 2.0, time_scale = 3.0, max_particles = 400, random_state = 0, growth = nothing,
    return_report = false, progress = nothing,
)
    options = with(
        interpolation_options(method, relaxation, random_state);
        length_scale = positive(length_scale, "length_scale"),
        time_scale = positive(time_scale, "time_scale"),
        particles = integer(Int64, max_particles, "max_particles", 2, 1_000_000),
        given(;
            gradient = gradient === nothing ? nothing : integer(Int32, gradient, "gradient", 0, 1),
            ridge = ridge === nothing ? nothing : positive(ridge, "ridge"),
            rounds = rounds === nothing ? nothing : integer(Int32, rounds, "rounds", 1, 100),
        )...,
    )
    found, report = interpolated(series, times, options, nothing, growth, progress)
    length(series) == 2 && options.method == JKO_INTERPOLATION_AUTO &&
        @warn "two snapshots do not say how particles move between them: straight lines are taken"
    return return_report ? (found, report) : found
end

"""
    interpolate(model, series, times; relaxation = 2.0, growth = nothing, progress = nothing)

The same along the velocities of a fitted model, in place of a field of its own. `growth` is that of the model by
default.
"""
function interpolate(model::JKOModel, series::Snapshots, times; relaxation = 2.0, growth = nothing, progress = nothing)
    options = interpolation_options(:flow, relaxation, 0)
    return first(interpolated(series, times, options, learned(model), growth, progress))
end

interpolation_options(method, relaxation, random_state) = with(
    defaults(jko_interpolation_options, jko_interpolation_options_init);
    method = choice(method, "method", INTERPOLATIONS),
    relaxation = real_number(relaxation, "relaxation"),
    seed = seed(random_state),
)

function interpolated(series, times, options, energy, growth, progress)
    own, moments, kept = growth === nothing ? nothing : rates(growth), vector_view(times, "times"), Kept()
    names = filter(!=(:struct_size), fieldnames(jko_interpolation_report))
    found = NamedTuple{names}(map(name -> Vector{Float64}(undef, length(times)), names))
    report = with(blank(jko_interpolation_report); map(values -> place!(kept, vector_view(values, "out")), found)...)
    handle = Ref{Ptr{jko_snapshots}}(C_NULL)
    GC.@preserve kept own energy begin
        asked = with(options; model_member(energy)..., growth_member(own)...)
        long(progress; snapshots = "series") do callback, data
            named = with(asked; progress = callback, progress_user_data = data)
            jko_interpolate(series, moments, Ref(named), handle, Ref(report))
        end
    end
    return Snapshots(handle[]), found
end

model_member(::Nothing) = (;)
model_member(energy::Energy) = (; model = energy.handle)
