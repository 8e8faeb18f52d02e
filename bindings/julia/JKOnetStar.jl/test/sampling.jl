# Draws from exp(-V / beta).

narrow(x) = (50 .* x[:, 1] .^ 2 .+ x[:, 2] .^ 2 ./ 2, x .* [100 1])
x0 = randn(MersenneTwister(0), 4, 2)
found = sample(x0; potential = narrow, draws = 2000)
@test size(found.points) == (4, 2, 2000) && found.step > 0 && 0.3 < found.acceptance < 0.9
spread(x) = sqrt(sum(abs2, x .- sum(x) / length(x)) / length(x))
@test abs(spread(found.points[:, 1, :]) - 0.1) < 0.02 && abs(spread(found.points[:, 2, :]) - 1) < 0.2
@test all(found.r_hats .< 1.05) && all(found.effective_sizes .> 200)
@test sample(x0; potential = narrow, draws = 2000).points == found.points
@test sample(x0; potential = narrow, draws = 2000, random_state = 1).points != found.points
@test sample(x0; potential = narrow, draws = 10, warmup = 0, step = 1e-3).step == 1e-3
@test_throws DomainError sample(x0; potential = x -> throw(DomainError(1)))
@test refused(
    () -> sample(x0; potential = nothing); status = :JKO_ENULL, argument = "potential", message = "potential = NULL",
)
@test refused(
    () -> sample(x0; potential = narrow, draws = 0);
    status = :JKO_EINVALID, argument = "draws", message = "draws = 0 is outside 1 .. 100000000",
)
