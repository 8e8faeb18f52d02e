# The optimal transport plan between two populations, with the proof that it is optimal; and an entropic one.
#
#     julia transport_plan.jl [N] [M]
#
# N particles uniform in the unit square and M in a square of half the side, shifted by (2, 0). Default 200 and 300.

using JKOnetStar
using Printf
using Random: MersenneTwister

function main(n = "200", m = "300")
    draw = MersenneTwister(1)
    x, y = rand(draw, parse(Int, n), 2), rand(draw, parse(Int, m), 2) ./ 2 .+ [2 0]
    plan = optimal_transport(x, y)
    rows, cols, mass = sparse_pairs(plan)
    @printf("%d of %d pairs carry mass\n", length(mass), prod(plan.size))
    @printf("cost %.12g, relative gap to the dual %.1e\n", plan.cost, plan.gap)
    @printf("first pair: x[%d] -> y[%d], mass %g\n", rows[1], cols[1], mass[1])
    @printf("W1 = %.6f, W2 = %.6f\n", emd(x, y), emd(x, y; order = 2))

    # Entropic: every particle goes a little everywhere, most of all to places within a distance of about sqrt(epsilon).
    blurred = optimal_transport(x, y; method = :sinkhorn, epsilon = 0.01)
    @printf(
        "entropic plan: cost %.12g after %d iterations, marginals to %.1e\n", blurred.cost, blurred.iterations,
        blurred.marginal_error,
    )
    divergence = sinkhorn_divergence(x, y; epsilon = 0.01)
    @printf("Sinkhorn divergence %.6f, W2 squared %.6f\n", divergence, emd(x, y; order = 2)^2)
end

main(ARGS...)
