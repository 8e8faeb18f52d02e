# How far two populations are apart.

"""
    emd(x, y; order = 1, a = nothing, b = nothing, progress = nothing)

The Wasserstein distance between two populations, in length: W1, the least mean distance moved, or for `order = 2` W2,
the square root of the least mean squared distance. Masses `a` and `b` have equal sums, as in
[`optimal_transport`](@ref), and the distance is per unit of mass.

```julia
emd([0.0 0.0], [3.0 4.0])           # 5.0
```
"""
function emd(x, y; order = 1, a = nothing, b = nothing, progress = nothing)
    code, options = integer(Int32, order, "order"), defaults(jko_plan_options, jko_plan_options_init)
    sides, distance = populations(x, y, a, b), Ref(NaN)
    long(progress) do callback, data
        jko_emd(sides..., code, Ref(with(options; progress = callback, progress_user_data = data)), distance)
    end
    return distance[]
end

"""
    energy_distance(x, y; a = nothing, b = nothing)

The energy distance 2 E|X - Y| - E|X - X'| - E|Y - Y'| between two populations, in length. It is unbiased for samples of
any sizes, so that it may be a little below 0. NaN where all mass of a population is on one particle.
"""
function energy_distance(x, y; a = nothing, b = nothing)
    sides, distance = populations(x, y, a, b), Ref(NaN)
    heeded(() -> jko_energy_distance(sides..., distance))
    return distance[]
end

"""
    sinkhorn_divergence(x, y; a = nothing, b = nothing, metric = :sqeuclidean, epsilon = nothing, tolerance = 1e-6,
                        max_iterations = 10_000, progress = nothing)

The Sinkhorn divergence OT(x, y) - OT(x, x) / 2 - OT(y, y) / 2, with OT the least entropic objective of
[`optimal_transport`](@ref), in units of cost, per unit of mass: 0 for equal populations, positive for others.
"""
function sinkhorn_divergence(
    x, y; a = nothing, b = nothing, metric = :sqeuclidean, epsilon = nothing, tolerance = 1e-6,
    max_iterations = 10_000, progress = nothing,
)
    options = plan_options(;
        metric, method = :sinkhorn, epsilon, marginal_relaxation = nothing, tolerance, max_iterations,
    )
    sides, divergence, info = populations(x, y, a, b), Ref(NaN), Ref(blank(jko_divergence_info))
    long(progress) do callback, data
        asked = with(options; progress = callback, progress_user_data = data)
        jko_sinkhorn_divergence(sides..., Ref(asked), divergence, info)
    end
    judged(info[], options)
    return divergence[]
end
