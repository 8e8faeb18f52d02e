# What a computed flow is good for: particles, maps in both directions, densities and scores at any step.

# The flow of the library.
function computed(flow::WassersteinFlow)
    flow.maps === nothing &&
        refuse(:JKO_ENOTFITTED, "", "the flow has not been computed yet; call fit! first, or load one")
    return flow.maps
end

# Call a function of the library that may ask a density of the caller's.
function asked_of(work, maps; names...)
    try
        heeded(work; names...)
    catch
        throw_own(maps.base)
        rethrow()
    end
    return nothing
end

# After how many steps: the last by default.
function step_number(maps, step, name = "step")
    count = jko_flow_step_count(maps)
    return step === nothing ? count : integer(Int64, step, name, 0, count)
end

# Numbers at points: a vector of them, or a matrix of `width` columns.
function values_at(read, flow, X, step)
    maps, view, found = computed(flow), matrix_view(X, "X"), Vector{Float64}(undef, size(X, 1))
    place, out = step_number(maps, step), vector_view(found, "out")
    asked_of(() -> read(maps, view, place, out), maps; x = "X")
    return found
end

function vectors_at(read, flow, X, step)
    maps, view, found = computed(flow), matrix_view(X, "X"), Matrix{Float64}(undef, size(X, 1), size(X, 2))
    place, out = step_number(maps, step), matrix_view(found, "out")
    asked_of(() -> read(maps, view, place, out), maps; x = "X")
    return found
end

"""
    sample(flow, n; step = nothing, random_state = 0)

Particles of a flow's population after a step, shape (n, d). `step` 0 is the start, and the last is taken by default,
here and in all functions of flows.
"""
function sample(flow::WassersteinFlow, n; step = nothing, random_state = 0)
    maps = computed(flow)
    found = Matrix{Float64}(undef, integer(Int64, n, "n", 1, 2^31 - 1), dimension(flow))
    place, chance, out = step_number(maps, step), seed(random_state), matrix_view(found, "out")
    asked_of(() -> jko_flow_sample(maps, place, chance, out), maps)
    return found
end

"""
    transport(flow, X; first = 0, last = nothing)

Where particles of the population after step `first` are after step `last`, shape (n, d). There is a warning if the maps
fold space at points of `X`, which the flow's own particles are far from.
"""
function transport(flow::WassersteinFlow, X; first = 0, last = nothing)
    found, logarithms = transported(flow, X, first, last)
    folded = sum(isnan, logarithms)
    folded > 0 && @warn "the flow folds space at $folded of $(length(logarithms)) points of X, far from its own " *
          "particles; there it cannot be undone and has no density"
    return found
end

"""
    log_determinant(flow, X; first = 0, last = nothing)

ln of the determinant of the map from step `first` to step `last`, a vector of n: by how much volume grows. NaN where
the maps fold space.
"""
log_determinant(flow::WassersteinFlow, X; first = 0, last = nothing) = transported(flow, X, first, last)[2]

function transported(flow, X, from, to)
    maps, view = computed(flow), matrix_view(X, "X")
    begun, ended = step_number(maps, from, "first"), step_number(maps, to, "last")
    begun <= ended || refuse("first", "first = $begun is after last = $ended")
    found, logarithms = Matrix{Float64}(undef, size(X, 1), size(X, 2)), Vector{Float64}(undef, size(X, 1))
    out, column = matrix_view(found, "out"), vector_view(logarithms, "out")
    asked_of(() -> jko_flow_transport(maps, view, begun, ended, out, column), maps; x = "X")
    return found, logarithms
end

"""
    inverse(flow, X; step = nothing)

Where particles of the population after a step come from, shape (n, d).
"""
inverse(flow::WassersteinFlow, X; step = nothing) = vectors_at(jko_flow_inverse, flow, X, step)

"""
    log_density(flow, X; step = nothing)

ln rho after a step at points of shape (n, d), a vector of n; rho is in 1 / length^d.
"""
log_density(flow::WassersteinFlow, X; step = nothing) = values_at(jko_flow_log_density, flow, X, step)

"""
    score(flow, X; step = nothing)

grad ln rho after a step at points of shape (n, d), of the same shape, in 1 / length.
"""
score(flow::WassersteinFlow, X; step = nothing) = vectors_at(jko_flow_score, flow, X, step)

"""
    mass(flow; step = nothing)

The integral of the density after a step, in one or two coordinates, by the midpoint rule: 1, but for the rule's error
where the density is sharp, and for what maps fold, which is missing.
"""
function mass(flow::WassersteinFlow; step = nothing)
    maps, found = computed(flow), Ref(NaN)
    place = step_number(maps, step)
    asked_of(() -> jko_flow_mass(maps, place, found), maps)
    return found[]
end

dimension(flow::WassersteinFlow) = Int(jko_flow_dimension(computed(flow)))

times(flow::WassersteinFlow) = first(course(flow))

"""
    energies(flow)

The energy after 0, 1, ... steps over the particles of the fit, which falls but for their noise.
"""
energies(flow::WassersteinFlow) = last(course(flow))

function course(flow)
    maps = computed(flow)
    count = jko_flow_step_count(maps) + 1
    moments, levels = Vector{Float64}(undef, count), Vector{Float64}(undef, count)
    check(jko_flow_course(maps, vector_view(moments, "times"), vector_view(levels, "energies")))
    return moments, levels
end

function Base.show(io::IO, flow::WassersteinFlow)
    flow.maps === nothing && return print(io, "WassersteinFlow(not computed)")
    steps = counted(jko_flow_step_count(flow.maps), "step")
    return print(io, "WassersteinFlow(", steps, " in ", counted(dimension(flow), "dimension"), ")")
end
