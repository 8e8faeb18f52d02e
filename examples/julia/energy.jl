# Learn all three terms of an energy in closed form, with error bars: a potential V, an interaction U and a diffusion
# level beta.
#
#     julia energy.jl [N]
#
# The population is simulated, so that the truth is known: N particles (default 1000) on a line in a tilted double well
# V, repelling each other by a bell-shaped U, with noise. Each is seen at eleven times, by no name.

using JKOnetStar
using Printf
using Random: MersenneTwister

# The slopes of V(x) = x^4 / 4 - x^2 / 2 + x / 5 and of U(z) = 2 exp(-z^2).
slope_v(x) = x^3 - x + 0.2
slope_u(z) = -4z * exp(-z^2)

function main(n = "1000")
    beta_true, gap = 0.2, 0.1
    # A smooth population: a step should be short for what it does to the density, too.
    x0 = 0.8 .+ 0.8 .* randn(MersenneTwister(1), parse(Int, n), 1)
    course = simulate(
        x0; potential = x -> slope_v.(x), interaction = z -> slope_u.(z), beta = beta_true, dt = gap / 10, steps = 100,
    )[:, :, 1:10:end]

    # All but the last snapshot are learned from.
    series = Snapshots(course[:, :, 1:10], gap .* (0:9))
    model = JKOModel(
        potential = Linear(polynomial_degree = 4, radial = nothing),
        interaction = Linear(polynomial_degree = 0, radial = Radial(grid = 1, width = 1.0)),
        internal = true,
        error_bars = Bootstrap(samples = 50),
    )
    fit!(model, series)

    @printf("beta = %.3f +- %.3f (true: %.3f)\n", beta(model), beta_std(model), beta_true)
    places = [-1, -0.5, 0.5, 1]
    v, v_error = gradient(potential(model), places; return_std = true)
    u, u_error = gradient(interaction(model), places; return_std = true)
    println("    x  V'(x)          true     U'(x)          true")
    for (i, x) in enumerate(places)
        @printf("%5.1f  %5.2f +- %.2f  %5.2f     ", x, v[i], v_error[i], slope_v(x))
        @printf("%5.2f +- %.2f  %5.2f\n", u[i], u_error[i], slope_u(x))
    end

    # Could the data tell the terms apart?
    println(match(r"\"sentence\": ?\"(.*?)\"", observability(model))[1])

    # The snapshot that was kept back, predicted from the first one, and by standing still.
    predicted = predict(model, x0; times = gap .* (0:10))
    truth = course[:, :, 11]
    @printf(
        "W1 to the last snapshot: %.3f as predicted from the first, %.3f from the first itself\n",
        emd(predicted[:, :, end], truth), emd(x0, truth),
    )
end

main(ARGS...)
