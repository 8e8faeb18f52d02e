# V and U of flows and samples, and the density of a flow's start, where functions of the caller's compute them.

# Fill C's arrays with what a function of the caller's says of points: values and gradients.
function write_answer(answer, name, n, d, values, gradients)
    answer isa Tuple{Any,Any} ||
        throw(ArgumentError("$name must return a tuple of values and gradients, got a $(typeof(answer))"))
    found, slopes = answer
    length(found) == n || refuse(
        :JKO_ESHAPE, String(name), "$name returned $(length(found)) values; there must be $n, one for each point",
    )
    size(slopes, 1) == n && size(slopes, 2) == d || refuse(
        :JKO_ESHAPE, String(name), "$name returned gradients of shape $(size(slopes)); they must have ($n, $d)",
    )
    copyto!(unsafe_wrap(Array, values, n), found)
    copyto!(unsafe_wrap(Array, gradients, (d, n)), permutedims(reshape(slopes, n, d)))
    return true
end

function write_energy(call, name, x, n, d, time, values, gradients)
    return guarded(call) do
        # The library's memory is gone after the call, so that the function receives a copy.
        points = permutedims(unsafe_wrap(Array, x, (d, n)))
        compute = call.gradients[name]
        answer = applicable(compute, points, time) ? compute(points, time) : compute(points)
        return write_answer(answer, name, n, d, values, gradients)
    end
end

# Callbacks stand before the functions that take their addresses, because Julia looks them up there.
on_potential_energy(
    x::Ptr{Cdouble}, n::Int64, d::Int64, time::Cdouble, values::Ptr{Cdouble}, gradients::Ptr{Cdouble},
    data::Ptr{Cvoid},
) = write_energy(unsafe_pointer_to_objref(data)::LongCall, :potential, x, n, d, time, values, gradients)
on_interaction_energy(
    x::Ptr{Cdouble}, n::Int64, d::Int64, time::Cdouble, values::Ptr{Cdouble}, gradients::Ptr{Cdouble},
    data::Ptr{Cvoid},
) = write_energy(unsafe_pointer_to_objref(data)::LongCall, :interaction, x, n, d, time, values, gradients)

# What the options have of V and U: as in a simulation, but for functions, which give values as well.
potential_energy(V::Union{Nothing,Symbol,AbstractString,LearnedPotential}, kept, data) = potential_source(V, kept, data)
potential_energy(_, kept, data) = (;
    potential_callback = @cfunction(
        on_potential_energy,
        Cint,
        (Ptr{Cdouble}, Int64, Int64, Cdouble, Ptr{Cdouble}, Ptr{Cdouble}, Ptr{Cvoid})
    ),
    potential_callback_user_data = data,
)

interaction_energy(U::Union{Nothing,Symbol,AbstractString,LearnedInteraction}, kept, data) =
    interaction_source(U, kept, data)
interaction_energy(_, kept, data) = (;
    interaction_callback = @cfunction(
        on_interaction_energy,
        Cint,
        (Ptr{Cdouble}, Int64, Int64, Cdouble, Ptr{Cdouble}, Ptr{Cdouble}, Ptr{Cvoid})
    ),
    interaction_callback_user_data = data,
)

# The logarithm of a density that the caller computes, which the library asks as long as a flow lives; and what it has
# thrown, by the task that asked.
mutable struct OwnDensity
    log_density::Any
    problems::Dict{Task,Any}
    guard::ReentrantLock
end
OwnDensity(log_density) = OwnDensity(log_density, Dict{Task,Any}(), ReentrantLock())

# The library is called where Ctrl-C waits, so that it may come through here.
function on_log_density(
    x::Ptr{Cdouble}, n::Int64, d::Int64, time::Cdouble, values::Ptr{Cdouble}, gradients::Ptr{Cdouble},
    data::Ptr{Cvoid},
)
    own = unsafe_pointer_to_objref(data)::OwnDensity
    try
        reenable_sigint() do
            points = permutedims(unsafe_wrap(Array, x, (d, n)))
            return write_answer(own.log_density(points), :log_density, n, d, values, gradients)
        end
        return GO_ON
    catch problem
        lock(own.guard) do
            own.problems[current_task()] = problem
        end
        return STOP
    end
end

# Throw what the density has thrown in this task, if it has.
throw_own(_) = nothing
function throw_own(own::OwnDensity)
    problem = lock(own.guard) do
        return pop!(own.problems, current_task(), nothing)
    end
    problem === nothing || throw(problem)
    return nothing
end

computed_from(base::OwnDensity, start, options, handle) = jko_flow_compute_from(
    start,
    @cfunction(
        on_log_density, Cint, (Ptr{Cdouble}, Int64, Int64, Cdouble, Ptr{Cdouble}, Ptr{Cdouble}, Ptr{Cvoid})
    ),
    pointer_from_objref(base),
    options,
    handle,
)
