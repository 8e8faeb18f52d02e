# Populations between observed ones: a cloud on a circle, a quarter of a turn in all.

turns = repeat(0.0:3.0; inner = 100)
X = [cos.(turns ./ 2) sin.(turns ./ 2)] .+ 0.1 .* randn(MersenneTwister(0), 400, 2)
series = Snapshots(X, turns)
found, report = interpolate(series, [1.5, 2.0]; return_report = true)
@test sizes(found)[1] <= 200 && sizes(found)[2] == 100 && times(found) == [1.5, 2.0]
@test abs(norm(found[1].weights' * found[1].points) - 1) < 0.1
@test keys(report) == (:gradient, :ridge, :rounds, :missed, :straight_missed)
@test isfinite(report.missed[1]) && isnan(report.missed[2])
straight = interpolate(series, [1.5]; method = :straight)
@test norm(straight[1].weights' * straight[1].points) < norm(found[1].weights' * found[1].points)
model = fit!(quadratic_model(), series; report = false)
@test sizes(interpolate(model, series, [0.5]))[1] >= 100
@test_logs (:warn, r"two snapshots") interpolate(Snapshots([0.0, 1.0], [0, 1]), [0.5])
@test refused(
    () -> interpolate(series, [1.5, 1.2]);
    status = :JKO_EPOPULATION, argument = "times", message = "times[2] = 1.2 is not greater than times[1] = 1.5",
)
