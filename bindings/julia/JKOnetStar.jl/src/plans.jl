# Optimal transport between populations, and between all snapshots of a time course.

mutable struct OwnedPlan <: Owner{jko_plan}
    handle::Ptr{jko_plan}
    OwnedPlan(handle::Ptr{jko_plan}) = finalizer(release, new(handle))
end

"""
A transport plan between n and m particles, from [`optimal_transport`](@ref).

- `size::Tuple{Int,Int}`: (n, m)
- `method::Symbol`: `:exact`, `:sinkhorn` or `:unbalanced`
- `cost`: the sum of mass times cost of the pair: squared length (`:sqeuclidean`) or length (`:euclidean`), times mass
- `dual_x`, `dual_y`: potentials u, v with u_i + v_j <= c(x_i, y_j), and equality where mass flows
- `mass_x`, `mass_y`: row and column sums
- `gap`: (cost - dual cost) / max(cost, 1e-12 times the largest cost of a pair); 0 up to rounding proves that an exact
  plan is optimal. NaN for entropic plans.
- `marginal_error`, `iterations`, `converged`, `epsilon`: how it was found

[`sparse_pairs`](@ref), [`dense`](@ref) and [`barycentres`](@ref) read more of it.
"""
struct TransportPlan
    owner::OwnedPlan
    size::Tuple{Int,Int}
    dimension::Int
    method::Symbol
    cost::Float64
    dual_x::Vector{Float64}
    dual_y::Vector{Float64}
    mass_x::Vector{Float64}
    mass_y::Vector{Float64}
    gap::Float64
    marginal_error::Float64
    iterations::Int
    converged::Bool
    epsilon::Float64
end

function TransportPlan(owner::OwnedPlan, dimension)
    info = Ref(blank(jko_plan_info))
    check(jko_plan_describe(owner, info))
    it = info[]
    dual_x, dual_y = zeros(it.rows), zeros(it.columns)
    mass_x, mass_y = zeros(it.rows), zeros(it.columns)
    check(jko_plan_duals(owner, dual_x, dual_y))
    check(jko_plan_masses(owner, mass_x, mass_y))
    return TransportPlan(
        owner, (it.rows, it.columns), dimension, word(it.method, METHODS), it.cost, dual_x, dual_y, mass_x, mass_y,
        it.gap, it.marginal_error, it.iterations, it.converged != 0, it.epsilon,
    )
end

const METRICS = (sqeuclidean = JKO_SQEUCLIDEAN, euclidean = JKO_EUCLIDEAN)
const METHODS = (exact = JKO_PLAN_EXACT, sinkhorn = JKO_PLAN_SINKHORN, unbalanced = JKO_PLAN_UNBALANCED)

# Options for the parameters of `optimal_transport`; those without effect on the method are refused.
function plan_options(; metric, method, epsilon, marginal_relaxation, tolerance, max_iterations)
    code = choice(method, "method", METHODS)
    for (name, value) in pairs((; epsilon, tolerance, max_iterations))
        code == JKO_PLAN_EXACT && value !== nothing &&
            refuse(String(name), "$name = $value is for entropic plans, and method = :exact")
    end
    code == JKO_PLAN_UNBALANCED || marginal_relaxation === nothing || refuse(
        "marginal_relaxation",
        "marginal_relaxation = $marginal_relaxation is for unbalanced plans; the marginals of others hold",
    )
    return with(
        defaults(jko_plan_options, jko_plan_options_init);
        method = code, metric = choice(metric, "metric", METRICS),
        entropic_members(; epsilon, marginal_relaxation, tolerance, max_iterations, prefix = "")...,
    )
end

# The members of options that entropic plans have, as far as they are given. The library takes 0 for a default.
function entropic_members(; epsilon, marginal_relaxation, tolerance, max_iterations, prefix)
    relaxation_x, relaxation_y = both(marginal_relaxation)
    most, name = max_iterations, prefix * "max_iterations"
    return given(;
        epsilon = epsilon === nothing ? nothing : positive(epsilon, "epsilon"),
        tolerance = tolerance === nothing ? nothing : real_number(tolerance, prefix * "tolerance"),
        max_iterations = most === nothing ? nothing : integer(Int64, most, name),
        relaxation_x = relaxation_x === nothing ? nothing : relaxed(relaxation_x),
        relaxation_y = relaxation_y === nothing ? nothing : relaxed(relaxation_y),
    )
end

both(pair::Tuple{Any,Any}) = pair
both(number) = (number, number)

function relaxed(value)
    number = real_number(value, "marginal_relaxation")
    number > 0 || refuse("marginal_relaxation", "marginal_relaxation = $number is not greater than 0")
    return number
end

populations(x, y, a, b) = (matrix_view(x, "x"), matrix_view(y, "y"), optional_view(a, "a"), optional_view(b, "b"))

"""
    optimal_transport(x, y; a = nothing, b = nothing, metric = :sqeuclidean, method = :exact, epsilon = nothing,
                      marginal_relaxation = nothing, tolerance = nothing, max_iterations = nothing, progress = nothing)

Compute a plan between two populations, a [`TransportPlan`](@ref). The exact plan minimises the sum of c(x_i, y_j) P_ij
over all P >= 0 with row sums a and column sums b. Entropic plans minimise

    sum_ij c(x_i, y_j) P_ij + epsilon KL(P | a b') + rho_x KL(P 1 | a) + rho_y KL(P' 1 | b)

where the marginals hold (`:sinkhorn`) or are relaxed (`:unbalanced`).

- `x`, `y`: shapes (n, d) and (m, d)
- `a`, `b`: masses, not negative; 1/n and 1/m each by default. Their sums must agree unless the plan is unbalanced.
- `metric`: `:sqeuclidean`, the cost of W2 and of JKOnet*, or `:euclidean`, that of W1
- `method`: `:exact`, certified by its dual, `:sinkhorn` or `:unbalanced`
- `epsilon`: weight of the entropy, in units of cost; by default a twentieth of the mean squared distance
- `marginal_relaxation`: of unbalanced plans, rho, in units of cost; a tuple for x and y, `Inf` where the marginal holds
- `tolerance`, `max_iterations`: of entropic plans; 1e-6 and 10,000 by default
- `progress`: a function of [`JKOnetStar.Progress`](@ref)

```julia
plan = optimal_transport([0.0, 1.0], [1.5, 0.5])
dense(plan)                         # [0.0 0.5; 0.5 0.0]
plan.cost                           # 0.25
```
"""
function optimal_transport(
    x, y; a = nothing, b = nothing, metric = :sqeuclidean, method = :exact, epsilon = nothing,
    marginal_relaxation = nothing, tolerance = nothing, max_iterations = nothing, progress = nothing,
)
    options = plan_options(; metric, method, epsilon, marginal_relaxation, tolerance, max_iterations)
    sides, handle = populations(x, y, a, b), Ref{Ptr{jko_plan}}(C_NULL)
    long(progress) do callback, data
        jko_plan_compute(sides..., Ref(with(options; progress = callback, progress_user_data = data)), handle)
    end
    return judged(TransportPlan(OwnedPlan(handle[]), size(x, 2)), options)
end

"""
    transport_plans(series; metric = :sqeuclidean, method = :exact, ..., progress = nothing)

Compute the plans between all consecutive snapshots, several at a time: a vector whose element k is the plan from
`series[k]` to `series[k + 1]`. The weights of the snapshots are the masses. Keywords as in [`optimal_transport`](@ref).
"""
function transport_plans(
    series::Snapshots; metric = :sqeuclidean, method = :exact, epsilon = nothing, marginal_relaxation = nothing,
    tolerance = nothing, max_iterations = nothing, progress = nothing,
)
    length(series) >= 2 ||
        refuse("series", "series has $(counted(length(series), "snapshot")); plans are between two or more")
    options = plan_options(; metric, method, epsilon, marginal_relaxation, tolerance, max_iterations)
    handles = fill(convert(Ptr{jko_plan}, C_NULL), length(series) - 1)
    long(progress) do callback, data
        asked = with(options; progress = callback, progress_user_data = data)
        jko_snapshots_plans(series, Ref(asked), handles, length(handles))
    end
    owners = map(OwnedPlan, handles)
    return [judged(TransportPlan(owner, dimension(series)), options) for owner in owners]
end

function judged(plan, options)
    plan.converged == 0 && @warn string(
        "the marginal error is ", @sprintf("%.2e", plan.marginal_error), " after $(plan.iterations) iterations, more ",
        "than tolerance = $(options.tolerance); allow more by max_iterations, or a larger epsilon",
    )
    return plan
end

"""
    sparse_pairs(plan; threshold = 0)

The pairs with more mass than `threshold`, by row, then column: `(rows, cols, mass)`, with indices into x and y from 1.
"""
function sparse_pairs(plan::TransportPlan; threshold = 0)
    least, count = real_number(threshold, "threshold"), Ref{Int64}(0)
    check(jko_plan_sparse(plan.owner, least, 0, C_NULL, C_NULL, C_NULL, count))
    rows, cols, mass = zeros(Int64, count[]), zeros(Int64, count[]), zeros(count[])
    check(jko_plan_sparse(plan.owner, least, count[], rows, cols, mass, count))
    return rows .+ 1, cols .+ 1, mass
end

"""
    dense(plan)

The plan as a matrix of shape (n, m).
"""
function dense(plan::TransportPlan)
    matrix = zeros(plan.size)
    for (row, col, mass) in zip(sparse_pairs(plan)...)
        matrix[row, col] = mass
    end
    return matrix
end

"""
    barycentres(plan)

Where particles go and come from on average: `(images_x, images_y)`, of shapes (n, d) and (m, d). A particle without
mass has NaN in an exact plan.
"""
function barycentres(plan::TransportPlan)
    images_x, images_y = (zeros(count, plan.dimension) for count in plan.size)
    check(jko_plan_barycentres(plan.owner, matrix_view(images_x, "images_x"), matrix_view(images_y, "images_y")))
    return images_x, images_y
end

Base.show(io::IO, plan::TransportPlan) = print(
    io, "TransportPlan($(plan.size[1]) x $(plan.size[2]), $(plan.method), cost ", @sprintf("%.6g", plan.cost),
    plan.converged ? ")" : ", not converged)",
)
