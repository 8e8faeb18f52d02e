# Growth: two clouds at rest, of which one grows.

function growing_clouds(; rate = 0.7, particles = 200)
    draw, series = MersenneTwister(0), Snapshots(2)
    for time in 0:3
        right = round(Int, particles / (1 + exp(-rate * time)))
        places = [fill(-5.0, particles - right); fill(5.0, right)]
        push!(series, 0.3 .* randn(draw, particles, 2) .+ [places zero(places)], time)
    end
    return series
end

series = growing_clouds()
# The left cloud keeps its mass of 1, and the right one has e^(0.7 t).
mass = [1 + exp(0.7 * time) for time in 0:3]
clouds = fit!(Growth(bootstrap = 2), series; total_mass = mass)
left, right = rate(clouds, [-5.0 0.0; 5.0 0.0], 1.5)
@test abs(left) < 0.2 && abs(right - 0.7) < 0.2
@test all(rate(clouds, [5.0 0.0], 1.5; return_std = true)[2] .>= 0)
@test total_mass(clouds, times(series)) ≈ mass
@test times(clouds) == [0.0, 1.0, 2.0, 3.0]

model = fit!(quadratic_model(), series; growth = clouds, report = false)
paths, masses_of = predict(model, series[1].points; steps = 3, return_masses = true)
@test size(masses_of) == (200, 4) && masses_of[:, 1] ≈ fill(1 / 200, 200)
@test masses(growth(model), paths, times(series)) == masses_of
@test refused(
    () -> growth(fit!(quadratic_model(), series; report = false));
    status = :JKO_EINVALID, argument = "growth", message = "the model has no growth",
)
@test refused(() -> rate(Growth(), [0.0], 0); status = :JKO_ENOTFITTED, argument = "", message = "has not been fitted")
@test refused(
    () -> fit!(Growth(), series; total_mass = [1, -2, 3, 4]);
    status = :JKO_EPOPULATION, argument = "total_mass", message = "total_mass[2] = -2.0 is not a positive number",
)

mktempdir() do folder
    path = joinpath(folder, "growth.safetensors")
    save(clouds, path)
    @test rate(load(Growth, path), [5.0 0.0], 1.5) == rate(clouds, [5.0 0.0], 1.5)
end

# A prior belongs to the rows of the pooled data, whatever their order in time.
points, moments = randn(MersenneTwister(1), 300), repeat(0.0:2.0; outer = 100)
prior = [point > 0 ? 0.3 : -0.3 for point in points]
pooled = Snapshots(points, moments)
below, above = rate(fit!(Growth(relaxation = Inf), pooled; prior), [-1.0, 1.0], 1.0)
@test 0.4 < above - below < 0.8
by_time = [prior[snapshot.rows] for snapshot in pooled]
@test rate(fit!(Growth(relaxation = Inf), pooled; prior = by_time), [-1.0, 1.0], 1.0) == [below, above]
@test refused(
    () -> fit!(Growth(), series; prior = zeros(800));
    status = :JKO_EINVALID, argument = "prior", message = "prior belongs to pooled rows",
)
