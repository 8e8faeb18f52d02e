# Energies in closed form: what is learned of an energy that is known.

series = quadratic_series()
model = fit!(quadratic_model(), series)
V = potential(model)
x = [1.0 -0.5; 0.2 0.9]
@test gradient(V, x) ≈ quadratic_gradient(x) rtol = 1e-4
@test V(x)[1] - V(x)[2] ≈
      sum((x[1:1, :] .- CENTRE) * CURVATURE .* (x[1:1, :] .- CENTRE)) / 2 -
      sum((x[2:2, :] .- CENTRE) * CURVATURE .* (x[2:2, :] .- CENTRE)) / 2 rtol = 1e-4
@test hessian_product(V, x, [1.0 0.0; 0.0 1.0]) ≈ CURVATURE rtol = 1e-4
@test scheme(model) == :explicit && !time_varying(model) && times(model) == [0.0, 0.1, 0.25] && dimension(model) == 2
@test length(history(model)) == 1 && length(coefficients(model)) > 2
@test occursin("\"polynomial_degree\":2", describe(model))
@test occursin("sentence", observability(model))
@test repr(model) == "JKOModel(V in 2 dimensions)" && repr(JKOModel()) == "JKOModel(not fitted)"
@test energy(model, x) ≈ sum(V(x)) / 2
@test refused(() -> beta(model); status = :JKO_EINVALID, argument = "model", message = "has no internal energy")
@test refused(() -> interaction(model); status = :JKO_EINVALID, argument = "interaction", message = "no interaction")
@test refused(
    () -> V([1.0 2.0 3.0]);
    status = :JKO_ESHAPE, argument = "x", message = "x has 3 columns, the model has 2 coordinates",
)

# Pooled arrays are fitted as the series of them is.
cells, moments = reduce(vcat, [snapshot.points for snapshot in series]), repeat(times(series); inner = 200)
@test coefficients(fit!(quadratic_model(), cells, moments)) == coefficients(model)

# Diffusion, with error bars.
y0 = [2.0 -1.0] .+ [1.0 0.5] .* randn(MersenneTwister(0), 500, 2)
paths = simulate(y0; potential = identity, beta = 0.3, steps = 50)
seen = Snapshots(paths[:, :, 1:10:end], 0.1 .* (0:5))
spread = fit!(quadratic_model(internal = true, error_bars = Bootstrap(samples = 10)), seen; report = false)
@test scheme(spread) == :midpoint && abs(beta(spread) - 0.3) < 4 * beta_std(spread)
@test gradient(potential(spread), x; return_std = true)[2] isa Matrix{Float64}
@test all(potential(spread)(x; return_std = true)[2] .> 0)

# An interaction.
both = fit!(quadratic_model(interaction = Linear(polynomial_degree = 2, radial = nothing)), seen; report = false)
U = interaction(both)
@test U([0.0 0.0]) == [0.0] && size(gradient(U, x)) == (2, 2) && size(hessian_product(U, x, x)) == (2, 2)

# Other features and couplings.
for options in (
    (; potential = Linear(polynomial_degree = 1, radial = Radial(radial = :cubic, grid = 4))),
    (; potential = Linear(radial = nothing, fourier = Fourier(features = 20, scale = 2.0))),
    (; potential = :linear, coupling = Sinkhorn(epsilon = 0.5)),
    (; potential = :linear, coupling = :unbalanced),
    (; potential = :linear, internal = KernelDensity(bandwidth = :silverman)),
    (; potential = :linear, internal = GaussianMixture(n_components = 2, covariance_type = :diag)),
    (; potential = :linear, training = ClosedForm(ridge = :gcv)),
    (; potential = :linear, scheme = :implicit),
)
    @test all(isfinite, coefficients(fit!(JKOModel(; options...), series; report = false)))
end

mktempdir() do folder
    path = joinpath(folder, "model.safetensors")
    save(model, path)
    again = load(JKOModel, path)
    @test gradient(potential(again), x) == gradient(V, x)
    @test_throws ArgumentError fit!(again, series)
end
