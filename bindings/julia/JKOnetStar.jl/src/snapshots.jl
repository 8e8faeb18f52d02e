# Unpaired snapshots of a population: what was observed, when, and with which weights.

"""
One observed population.

- `time::Float64`
- `points::Matrix{Float64}`, shape (n, d)
- `weights::Vector{Float64}`: not negative, with sum 1
- `rows::Vector{Int}`: which row of the original data each particle is, from 1, also after `split` and `shuffle`: of all
  rows together where particles were pooled, of its own snapshot where snapshots were given one by one
"""
struct Snapshot
    time::Float64
    points::Matrix{Float64}
    weights::Vector{Float64}
    rows::Vector{Int}
end

"""
    Snapshots(X, time; weights = nothing, time_tolerance = nothing)
    Snapshots(populations, times; weights = nothing)
    Snapshots(paths, times; weights = nothing)
    Snapshots(table; time, points = nothing, weights = nothing, time_tolerance = nothing)
    Snapshots(dimension)

A series of snapshots at increasing times, a collection of [`Snapshot`](@ref)s: `series[1]`, `length(series)`,
`for snapshot in series`. Snapshots may differ in size. Which particle of one became which of the next is not known and
not used. The values are copied.

- `X`: pooled particles of shape (n, d), finite, in length. Rows with the same time form a snapshot.
- `time`: when each row was seen, in any unit and order
- `populations`, `times`: a vector of matrices of shape (n_k, d), and the time of each
- `paths`: an array of shape (n, d, times), such as `simulate` returns
- `table`: anything with columns as properties, such as a data frame or a named tuple of vectors, or a dictionary of
  columns. `time` and `weights` are names of columns, and `points` those of the coordinates; by default all other
  columns of numbers.
- `weights`: how much each particle counts within its snapshot: not negative, with a positive sum at each time; for
  `populations` and `paths` a vector of vectors
- `time_tolerance`: times that exceed the earliest of a snapshot by no more than this belong to it, and its time is the
  median of its particles' times. By default 1e-9 of the span of all times, which joins what differs by rounding only.
- `dimension`: the number of coordinates of an empty series, to be filled by `push!(series, X, time)`

```julia
series = Snapshots([0.0 0.0; 1.0 0.0; 2.0 1.0], [0, 0, 24])
series[1].points                    # [0.0 0.0; 1.0 0.0]
times(series)                       # [0.0, 24.0]
series[end].rows                    # [3]
cells = (day = [0, 0, 1], PC1 = [0.1, 0.4, 0.9], PC2 = [1.0, 1.1, 0.7])
Snapshots(cells; time = :day, points = [:PC1, :PC2])
```
"""
mutable struct Snapshots <: Owner{jko_snapshots}
    handle::Ptr{jko_snapshots}
    Snapshots(handle::Ptr{jko_snapshots}) = finalizer(release, new(handle))
end

function Snapshots(dimension::Integer)
    count = integer(Int64, dimension, "dimension")
    return Snapshots(made(jko_snapshots, out -> jko_snapshots_create_empty(count, out)))
end

function Snapshots(X::AbstractVecOrMat, time::AbstractVector; weights = nothing, time_tolerance = nothing)
    x, t, w = matrix_view(X, "X"), vector_view(time, "time"), optional_view(weights, "weights")
    return Snapshots(
        made(jko_snapshots, pooling(x, t, w, time_tolerance); points = "X", times = "time"),
    )
end

pooling(x, t, w, ::Nothing) = out -> jko_snapshots_create(x, t, w, out)
function pooling(x, t, w, time_tolerance)
    tolerance = real_number(time_tolerance, "time_tolerance")
    return out -> jko_snapshots_create_within(x, t, w, tolerance, out)
end

function Snapshots(populations::AbstractVector{<:AbstractVecOrMat}, times::AbstractVector; weights = nothing)
    for (name, given) in (("times", times), ("weights", weights))
        given === nothing || length(given) == length(populations) || refuse(
            :JKO_ESHAPE, name, "$name has $(length(given)) elements; it must have $(length(populations))",
        )
    end
    isempty(populations) && refuse(:JKO_ESHAPE, "X", "X is empty: it has no populations")
    series = Snapshots(size(first(populations), 2))
    for k in sortperm(times)
        append(series, populations[k], times[k], weights === nothing ? nothing : weights[k], "X[$k]", "weights[$k]")
    end
    return series
end

Snapshots(paths::AbstractArray{<:Real,3}, times::AbstractVector; weights = nothing) =
    Snapshots([view(paths, :, :, k) for k in axes(paths, 3)], times; weights)

"""
    push!(series::Snapshots, X, time; weights = nothing)

Add a snapshot after the last one: `X` of shape (n, d), at a time greater than the last of the series. No other thread
may use the series meanwhile.
"""
Base.push!(series::Snapshots, X, time; weights = nothing) = append(series, X, time, weights, "X", "weights")

function append(series, X, time, weights, points_name, weights_name)
    moment = real_number(time, "time")
    x, w = matrix_view(X, points_name), optional_view(weights, weights_name)
    check(jko_snapshots_append(series, x, moment, w); points = points_name, weights = weights_name)
    return series
end

Base.length(series::Snapshots) = Int(jko_snapshots_count(series))
Base.eltype(::Type{Snapshots}) = Snapshot
Base.firstindex(::Snapshots) = 1
Base.lastindex(series::Snapshots) = length(series)
Base.keys(series::Snapshots) = Base.OneTo(length(series))
Base.iterate(series::Snapshots, k = 1) = k > length(series) ? nothing : (series[k], k + 1)

function Base.getindex(series::Snapshots, k::Integer)
    1 <= k <= length(series) || throw(BoundsError(series, k))
    size, place = jko_snapshots_size(series, k - 1), Int64(k - 1)
    points, weights = Matrix{Float64}(undef, size, dimension(series)), Vector{Float64}(undef, size)
    rows = Vector{Int64}(undef, size)
    check(jko_snapshots_points(series, place, matrix_view(points, "points")))
    check(jko_snapshots_weights(series, place, vector_view(weights, "weights")))
    check(jko_snapshots_rows(series, place, rows))
    return Snapshot(jko_snapshots_time(series, place), points, weights, rows .+ 1)
end

"""
    times(series::Snapshots)
    times(model::JKOModel)
    times(growth::Growth)

The times of the snapshots, or those that a model or growth was fitted to.
"""
times(series::Snapshots) = Float64[jko_snapshots_time(series, k - 1) for k in keys(series)]

"""
    sizes(series::Snapshots)

The number of particles in each snapshot.
"""
sizes(series::Snapshots) = Int[jko_snapshots_size(series, k - 1) for k in keys(series)]

"""
    dimension(series::Snapshots)
    dimension(model::JKOModel)

The number of coordinates d.
"""
dimension(series::Snapshots) = Int(jko_snapshots_dimension(series))

"""
    coordinate_names(series::Snapshots)

The names of the coordinates, which tables have; `nothing` where there are none.
"""
function coordinate_names(series::Snapshots)
    names = [text(jko_snapshots_coordinate_name(series, j - 1)) for j in 1:dimension(series)]
    return any(isnothing, names) ? nothing : String[name for name in names]
end

const SPLITS = (trajectories = JKO_SPLIT_TRAJECTORIES, times = JKO_SPLIT_WITHIN_TIMES)

"""
    split(series::Snapshots, test_fraction = 0.5; by = nothing, random_state = 0)

Divide a series at random into a training and a test part, `(train, test)`; both keep all times.

- `test_fraction`: between 0 and 1, exclusive
- `by`: `:trajectories`, where row i of every snapshot is the same particle, or `:times`, where each snapshot is divided
  on its own. By default the former where sizes are equal, else the latter.
- `random_state`: an integer, a random number generator, or `nothing` for another division each time

```julia
train, test = split(series, 0.4; by = :times)
```
"""
function Base.split(series::Snapshots, test_fraction = 0.5; by = nothing, random_state = 0)
    way = by === nothing ? (allequal(sizes(series)) ? :trajectories : :times) : by
    code, fraction = choice(way, "by", SPLITS), real_number(test_fraction, "test_fraction")
    train, test = Ref{Ptr{jko_snapshots}}(C_NULL), Ref{Ptr{jko_snapshots}}(C_NULL)
    check(jko_snapshots_split(series, code, fraction, seed(random_state), train, test))
    return Snapshots(train[]), Snapshots(test[])
end

"""
    shuffle(series::Snapshots; random_state = 0)

A copy with the rows of every snapshot permuted, so that their order pairs no particles.
"""
function shuffle(series::Snapshots; random_state = 0)
    number = seed(random_state)
    return Snapshots(made(jko_snapshots, out -> jko_snapshots_shuffle(series, number, out)))
end

"""
    without(series::Snapshots, k)

A copy without snapshot k, to see how well it can be predicted from the others.
"""
function without(series::Snapshots, k::Integer)
    1 <= k <= length(series) || throw(BoundsError(series, k))
    return Snapshots(made(jko_snapshots, out -> jko_snapshots_without(series, k - 1, out)))
end

function Base.show(io::IO, series::Snapshots)
    coordinates = counted(dimension(series), "dimension")
    isempty(series) && return print(io, "Snapshots(0 snapshots in ", coordinates, ")")
    low, high = extrema(sizes(series))
    particles = low == high ? counted(low, "particle") : "$low to $high particles"
    first_time, last_time = (@sprintf("%g", time) for time in extrema(times(series)))
    moments = length(series) == 1 ? "time $first_time" : "times $first_time to $last_time"
    return print(io, "Snapshots(", counted(length(series), "snapshot"), " of $particles in $coordinates, $moments)")
end

# A number with its noun.
counted(count, noun) = "$count $noun" * (count == 1 ? "" : "s")
