# Entropic plans for fitting, in place of exact ones.

"""
    Sinkhorn(; epsilon = nothing, tolerance = 1e-6, max_iterations = 10_000)

Couple consecutive snapshots by entropic plans; `epsilon` is in squared length. See [`optimal_transport`](@ref).
"""
Base.@kwdef struct Sinkhorn
    epsilon::Any = nothing
    tolerance::Any = 1e-6
    max_iterations::Any = 10_000
end

"""
    Unbalanced(; marginal_relaxation = nothing, epsilon = nothing, tolerance = 1e-6, max_iterations = 10_000)

Couple populations that grow or die by unbalanced plans. See [`optimal_transport`](@ref). A fit with a [`Growth`](@ref)
is the other way, and the better one.
"""
Base.@kwdef struct Unbalanced
    marginal_relaxation::Any = nothing
    epsilon::Any = nothing
    tolerance::Any = 1e-6
    max_iterations::Any = 10_000
end

coupling_options(way::Sinkhorn) = entropic(JKO_PLAN_SINKHORN, way, nothing)
coupling_options(way::Unbalanced) = entropic(JKO_PLAN_UNBALANCED, way, way.marginal_relaxation)

entropic(method, way, marginal_relaxation) = with(
    defaults(jko_plan_options, jko_plan_options_init);
    method,
    entropic_members(; way.epsilon, marginal_relaxation, way.tolerance, way.max_iterations, prefix = "coupling.")...,
)
