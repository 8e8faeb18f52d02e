# The same calls give the same numbers as in Python, bit for bit: conformance.csv has what
# Tests/Python/julia_conformance.py made of them. All inputs are exact in binary.

particles(n, d, shift) = [((37i + 53i^2 * (j - 1) + 61j + 17shift) % 101) / 32 - 1.5 for i in 1:n, j in 1:d]

moved(x) = [x[i, j] - (x[i, j] - 0.25) / 8 for i in axes(x, 1), j in axes(x, 2)]

function table_of_calls()
    x, y = particles(30, 2, 1), particles(40, 2, 2)
    moments = [0, 1, 2.5]
    series = Snapshots([particles(40, 2, 3), moved(particles(40, 2, 4)), moved(moved(particles(40, 2, 5)))], moments)
    train, test = split(series, 0.25; by = :times, random_state = 3)
    plan = optimal_transport(x, y)
    blurred = optimal_transport(x, y; method = :sinkhorn, epsilon = 0.5)
    quadratic = Linear(polynomial_degree = 2, radial = nothing)
    closed = fit!(JKOModel(potential = quadratic), train; report = false)
    growing = [particles(40, 2, 3) .* share for share in (0.5, 0.625, 0.75)]
    spread = fit!(JKOModel(potential = nothing, internal = true), Snapshots(growing, moments); report = false)
    network = JKOModel(hidden = (8,), epochs = 20, time_varying = false, random_state = 7)
    fit!(network, train; report = false)
    growth = fit!(Growth(), series; total_mass = [1, 2, 4])
    at = particles(5, 2, 6)
    measures = evaluate(closed, test; train)
    between = interpolate(series, [0.5, 2.0]; random_state = 1)
    return [
        "emd" => [emd(x, y), emd(x, y; order = 2)],
        "energy_distance" => [energy_distance(x, y)],
        "sinkhorn_divergence" => [sinkhorn_divergence(x, y; epsilon = 0.5)],
        "plan" => [plan.cost; plan.dual_x[1:3]; sparse_pairs(plan)[3][1:3]],
        "sinkhorn" => [blurred.cost; blurred.mass_x[1:3]; barycentres(blurred)[1][1, :]],
        "split" => Float64.(test[2].rows),
        "shuffle" => Float64.(shuffle(series; random_state = 5)[1].rows),
        "closed_form" => coefficients(closed),
        "potential" => potential(closed)(at),
        "gradient" => vec(gradient(potential(closed), at)'),
        "predict" => vec(predict(closed, at; steps = 2)[:, :, end]'),
        "one_step" => measures.one_step,
        "energy_distances" => measures.energy_distance,
        "floor" => measures.floor,
        "beta" => [beta(spread), energy(spread, at)],
        "network" => vec(gradient(potential(network), at)'),
        "history" => history(network)[[1, end]],
        "network_predict" => vec(predict(network, at)[:, :, end]'),
        "growth" => rate(growth, at, 0.5),
        "interpolate" => [Float64.(sizes(between)); between[1].points[1, :]; between[2].weights[1:3]],
        "functional" => [functional(:wavy_plateau, at); vec(gradient(:flowers, at)')],
        "simulate" => vec(simulate(at; potential = :styblinski_tang, beta = 0.1, steps = 3)[:, :, end]'),
    ]
end

expected = Dict(
    String(first(words)) => reinterpret(Float64, parse.(UInt64, words[2:end]; base = 16))
    for words in split.(readlines(joinpath(@__DIR__, "conformance.csv")), ',')
)
calls = table_of_calls()
@test sort(first.(calls)) == sort(collect(keys(expected)))
for (name, values) in calls
    # Compared as numbers, so that a failure shows them; none of them is NaN.
    @test (name, values) == (name, expected[name])
end
