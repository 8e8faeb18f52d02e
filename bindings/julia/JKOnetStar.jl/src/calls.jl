# Long calls: they tell how far they are, Ctrl-C stops them, and what the caller's functions throw comes through.

const GO_ON, STOP = Cint(0), Cint(1)

"""
Where a long call stands: what the function gets that is given as `progress`.

- `stage::String`: what is being done, such as "plans", "training" or "bootstrap"
- `done::Int`, `total::Int`: units of this stage done so far, and in all
- `loss::Float64`: in training, the objective averaged over the last epoch, in squared length; otherwise NaN
- `seconds::Float64`: since the stage began

If the function returns `false`, the work stops with a [`JKOError`](@ref) of status `:JKO_ECANCELLED`; a model in
training keeps what it has learned. Ctrl-C does the same with an `InterruptException`.
"""
struct Progress
    stage::String
    done::Int
    total::Int
    loss::Float64
    seconds::Float64
end

# One call, as its callbacks see it.
mutable struct LongCall
    report::Any
    gradients::NamedTuple
    problem::Any
end
LongCall(report = nothing; gradients...) = LongCall(report, values(gradients), nothing)

# Run work of the caller's within a callback. Nothing may be thrown through the frames of C, so that it is kept, and
# thrown when the call is over.
function guarded(work, call::LongCall)
    call.problem === nothing || return STOP
    try
        return reenable_sigint(work) === false ? STOP : GO_ON
    catch problem
        call.problem = problem
        return STOP
    end
end

function on_progress(progress::Ptr{jko_progress}, data::Ptr{Cvoid})
    call = unsafe_pointer_to_objref(data)::LongCall
    return guarded(() -> reported(call.report, unsafe_load(progress)), call)
end

# Without a function to report to, there is nothing to do: `guarded` has given Ctrl-C its chance.
reported(::Nothing, progress) = true
reported(report, progress) =
    report(Progress(text(progress.stage), progress.done, progress.total, progress.loss, progress.seconds))

# Call the library by `work(progress, data)`, with a callback and what belongs to it, and return its status. Ctrl-C
# waits for the callback. The task stays on its thread, where C goes on after a callback that has let other tasks run.
function under(work, call::LongCall)
    task = current_task()
    sticky = task.sticky
    task.sticky = true
    try
        callback = @cfunction(on_progress, Cint, (Ptr{jko_progress}, Ptr{Cvoid}))
        return GC.@preserve call disable_sigint(() -> work(callback, pointer_from_objref(call)))
    finally
        task.sticky = sticky
    end
end

# Throw what a callback has thrown, or what the call failed with.
function settle(call::LongCall, status; names...)
    call.problem === nothing || throw(call.problem)
    return check(status; names...)
end

# Call a function whose options have a callback.
function long(work, report = nothing; names...)
    call = LongCall(report)
    return settle(call, under(work, call); names...)
end

# Call a function that takes no callback: the one of the thread hears Ctrl-C.
function heeded(work; names...)
    call = LongCall()
    status = under(call) do callback, data
        check(jko_set_progress(callback, data))
        try
            return work()
        finally
            jko_set_progress(C_NULL, C_NULL)
        end
    end
    return settle(call, status; names...)
end

# Call a function that takes long where its input has many numbers, and microseconds where it has few.
function evaluated(work, numbers::Integer; names...)
    return numbers > 2^14 ? heeded(work; names...) : check(work(); names...)
end
