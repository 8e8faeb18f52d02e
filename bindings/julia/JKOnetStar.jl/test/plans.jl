# Transport plans and distances.

x, y = 4 .* rand(MersenneTwister(1), 30, 2), 4 .* rand(MersenneTwister(2), 40, 2) .+ 1
plan = optimal_transport(x, y)
rows, cols, mass = sparse_pairs(plan)
matrix = dense(plan)
@test plan.size == (30, 40) && plan.converged && abs(plan.gap) < 1e-12
@test vec(sum(matrix; dims = 2)) ≈ fill(1 / 30, 30) && vec(sum(matrix; dims = 1)) ≈ fill(1 / 40, 40)
costs = [norm(x[i, :] - y[j, :])^2 for i in 1:30, j in 1:40]
@test plan.cost ≈ sum(matrix .* costs)
@test all(plan.dual_x .+ plan.dual_y' .<= costs .+ 1e-9)
@test all(abs(plan.dual_x[i] + plan.dual_y[j] - costs[i, j]) < 1e-9 for (i, j) in zip(rows, cols))
@test length(mass) <= 69 && issorted(collect(zip(rows, cols)))
@test barycentres(plan)[1] ≈ 30 .* (matrix * y)
@test emd(x, y; order = 2) ≈ sqrt(plan.cost)
@test emd([0.0 0.0], [3.0 4.0]) == 5.0
@test energy_distance([0.0, 1.0], [3.0, 4.0]) == 4.0
@test abs(sinkhorn_divergence(x, x)) < 1e-6
@test occursin("TransportPlan(30 x 40, exact, cost", repr(plan))

blurred = optimal_transport(x, y; method = :sinkhorn, epsilon = 0.5)
@test blurred.method == :sinkhorn && blurred.epsilon == 0.5 && isnan(blurred.gap)
@test sum(dense(blurred)) ≈ 1 && blurred.cost > plan.cost
@test_logs (:warn, r"marginal error") optimal_transport(x, y; method = :sinkhorn, epsilon = 0.01, max_iterations = 1)
far = optimal_transport([0.0, 9.0], [0.0]; method = :unbalanced, epsilon = 0.1, marginal_relaxation = 1.0)
@test far.mass_x[2] < 1e-3 < far.mass_x[1]

course = Snapshots([0.0, 1.0, 1.5, 0.5, 2.0, 1.0], [0, 0, 1, 1, 2, 2])
@test [plan.cost for plan in transport_plans(course)] == [0.25, 0.25]
@test refused(
    () -> optimal_transport(x, y; epsilon = 1);
    status = :JKO_EINVALID, argument = "epsilon", message = "method = :exact",
)
@test refused(
    () -> optimal_transport(x, [1.0 2.0 3.0]); status = :JKO_ESHAPE, argument = "y", message = "y has 3 columns",
)
@test refused(
    () -> optimal_transport(x, y; metric = :manhattan);
    status = :JKO_EINVALID, argument = "metric", message = "it must be :sqeuclidean or :euclidean",
)
