# Objects that own a handle of the library, and release it when they go.

# Of a handle of type `Ptr{T}`. Every subtype is mutable and has it as `handle`, which is NULL once it is released.
abstract type Owner{T} end

# A finaliser: it may run on any thread, so that it only calls what may be called from any.
function release(owner::Owner)
    handle = owner.handle
    owner.handle = C_NULL
    ENDING[] || destroy(handle)
    return nothing
end

# A call that is given an owner keeps it alive until the call is over.
Base.unsafe_convert(::Type{Ptr{T}}, owner::Owner{T}) where {T} = owner.handle

destroy(handle::Ptr{jko_snapshots}) = jko_snapshots_destroy(handle)
destroy(handle::Ptr{jko_plan}) = jko_plan_destroy(handle)
destroy(handle::Ptr{jko_model}) = jko_model_destroy(handle)
destroy(handle::Ptr{jko_growth}) = jko_growth_destroy(handle)
destroy(handle::Ptr{jko_density}) = jko_density_destroy(handle)
destroy(handle::Ptr{jko_flow}) = jko_flow_destroy(handle)

# The handle that a function of the library makes; `make` is given where to put it.
function made(::Type{T}, make; names...) where {T}
    handle = Ref{Ptr{T}}(C_NULL)
    check(make(handle); names...)
    return handle[]
end
