# Predictions, and how good they are.

series = quadratic_series()
model = fit!(quadratic_model(), series)
x = series[1].points
paths = predict(model, x; steps = 2)
@test size(paths) == (200, 2, 3) && paths[:, :, 1] == x
@test paths[:, :, 2] ≈ x .- 0.1 .* quadratic_gradient(x) rtol = 1e-4
@test predict(model, x; times = [0.0, 0.1, 0.25]) == paths
@test predict(model, x; t0 = 0.1)[:, :, 2] ≈ x .- 0.15 .* quadratic_gradient(x) rtol = 1e-4
@test predict(model, transpose(collect(transpose(x)))) == predict(model, x)
@test size(predict(model, x; steps = 0)) == (200, 2, 1)
@test refused(
    () -> predict(model, x; times = [0, 2, 1]);
    status = :JKO_EPOPULATION, argument = "times", message = "times[3] = 1.0 is not greater than",
)
@test refused(
    () -> predict(model, x; t0 = 0.2);
    status = :JKO_EINVALID, argument = "t0", message = "t0 = 0.2 is not a fitted time",
)
@test refused(
    () -> predict(model, x; tolerance = 1e-6);
    status = :JKO_EINVALID, argument = "tolerance", message = "tolerance = 1.0e-6 is for implicit steps",
)

found = evaluate(model, series)
@test length(found.one_step) == 2 && all(found.one_step .< 1e-3) && all(found.nothing_moves .> 0.1)
@test found.times == [0.1, 0.25] && !haskey(found, :floor) && all(abs.(found.variance_ratio .- 1) .< 1e-3)
train, test = split(series, 0.5)
@test all(evaluate(fit!(quadratic_model(), train), test; train).floor .> 0)
@test_throws TypeError evaluate(model, series; train = series[1].points)
@test refused(
    () -> evaluate(model, Snapshots(zeros(4, 3), [0, 0, 1, 1]));
    status = :JKO_ESHAPE, argument = "series", message = "series have 3 coordinates, the model has 2",
)
