# Simulation under benchmark energies, functions of the caller's and learned energies.

@test length(functional_names()) == 15 && :wavy_plateau in functional_names()
x = [0.5 -1.0; 2.0 0.25; -1.5 3.0]
@test functional(:sphere, x) ≈ [-10 * sum(abs2, x[i, :]) for i in 1:3]
@test gradient(:sphere, x) ≈ -20 .* x

paths = simulate(x; potential = :sphere, dt = 0.01, steps = 2)
@test size(paths) == (3, 2, 3) && paths[:, :, 1] == x && paths[:, :, 2] ≈ 1.2 .* x
@test simulate(x; potential = y -> -20 .* y, dt = 0.01, steps = 2) ≈ paths
pulled = simulate(x; interaction = identity, dt = 0.1, steps = 1)[:, :, 2]
@test pulled ≈ x .- 0.1 .* (x .- sum(x; dims = 1) ./ 3)
@test simulate(x; beta = 0.3, random_state = 1) == simulate(x; beta = 0.3, random_state = 1)
@test simulate(x; beta = 0.3, random_state = 1) != simulate(x; beta = 0.3, random_state = 2)

model = fit!(quadratic_model(), quadratic_series())
followed = simulate(x; potential = potential(model), dt = 0.1, steps = 1)
@test followed ≈ predict(model, x; times = [0.0, 0.1]) rtol = 1e-6

# What the caller's function throws comes through, and so does what it returns in a wrong shape.
@test_throws DomainError simulate(x; potential = y -> throw(DomainError(1)))
@test refused(
    () -> simulate(x; potential = y -> y[1:2, :]);
    status = :JKO_ESHAPE, argument = "potential", message = "potential returned shape (2, 2); the gradient must be",
)
@test refused(
    () -> simulate(x; potential = :nope);
    status = :JKO_EINVALID, argument = "potential", message = "potential = \"nope\"",
)
