# Energies with networks.

series = quadratic_series(n = 100)
model = fit!(JKOModel(hidden = (16,), epochs = 60, batch_size = 50, learning_rate = 0.02, time_varying = false), series)
x = series[1].points
@test emd(predict(model, x)[:, :, 2], series[2].points) < 0.3 * emd(x, series[2].points)
@test length(history(model)) == 60 && history(model)[end] < history(model)[1]

again = fit!(JKOModel(hidden = (16,), epochs = 60, batch_size = 50, learning_rate = 0.02, time_varying = false), series)
@test potential(again)(x) == potential(model)(x)

varying = fit!(JKOModel(hidden = 8, epochs = 5, time_varying = true), series; report = false)
@test time_varying(varying) && potential(varying)(x; t = 0.1) != potential(varying)(x; t = 0.2)
@test potential(varying)(x[1:2, :]; t = [0.1, 0.2])[2] == potential(varying)(x[2:2, :]; t = 0.2)[1]
@test refused(() -> potential(varying)(x); status = :JKO_EINVALID, argument = "t", message = "t is missing")

solved = Adam(
    epochs = 10, dtype = :float64, schedule = :constant, last_layer = ExactLastLayer(every = 5),
    validation = Validation(by = :emd, every = 2, patience = 3),
)
options = (; potential = MLP(hidden = (8, 8), activation = :tanh), training = solved, time_varying = false)
@test all(isfinite, potential(fit!(JKOModel(; options...), series; report = false))(x))

ensemble = fit!(
    JKOModel(hidden = 4, epochs = 3, time_varying = false, error_bars = Bootstrap(samples = 2)), series; report = false,
)
paths, errors = predict(ensemble, x; return_std = true)
@test size(paths) == size(errors) == (100, 2, 2) && all(iszero, errors[:, :, 1]) && all(errors[:, :, 2] .> 0)

mktempdir() do folder
    path = joinpath(folder, "training.safetensors")
    adam(epochs) = Adam(; epochs, schedule = :constant, checkpoint = Checkpoint(path; every = 5, resume = true))
    part(epochs) = JKOModel(potential = MLP(hidden = 8), training = adam(epochs), time_varying = false)
    fit!(part(10), series; report = false)
    resumed = fit!(part(20), series; report = false)
    @test length(history(resumed)) == 20
    blocked = Adam(epochs = 10, checkpoint = path)
    @test refused(
        () -> fit!(JKOModel(potential = MLP(hidden = 8), training = blocked, time_varying = false), series);
        status = :JKO_EINVALID, argument = "checkpoint", message = "exists; resume from it",
    )
end

@test refused(
    () -> JKOModel(potential = :linear, epochs = 3);
    status = :JKO_EINVALID, argument = "epochs", message = "epochs = 3 has no effect",
)
@test refused(
    () -> JKOModel(potential = :linear, hidden = 3);
    status = :JKO_EINVALID, argument = "hidden", message = "hidden = 3 has no effect",
)
@test_throws ArgumentError JKOModel(training = ClosedForm())
