# Handles are released once, and a released one is an error rather than a crash.

series = quadratic_series(n = 20)
@test series.handle != C_NULL
finalize(series)
@test series.handle == C_NULL && length(series) == 0
@test refused(() -> shuffle(series); status = :JKO_ENULL, argument = "snapshots", message = "snapshots")
finalize(series)

# What was learned stays what it is when the model is fitted again, and when the model is gone.
model = fit!(quadratic_model(), quadratic_series())
V = potential(model)
before = V([1.0 2.0])
fit!(model, quadratic_series(n = 30, seed = 9))
model = nothing
GC.gc()
@test V([1.0 2.0]) == before

# Many objects come and go.
for _ in 1:200
    optimal_transport(rand(5, 2), rand(5, 2))
end
GC.gc()
