# Runs the calls of a conformance table through the Julia package, and writes the table with the results.
#
#     julia runner.jl TABLE >RESULTS
#
# Snapshots and row numbers count from 0 in the table.
module Conformance

using JKOnetStar

# What calls refer to: the series that was loaded last, and the model that was made last.
mutable struct Runner
    series::Snapshots
    model::JKOModel
end

integer(word) = parse(Int, word)
number(word) = parse(Float64, word)
seed(word) = parse(UInt64, word)

snapshot(runner, k) = runner.series[integer(k) + 1]

# Points one after another, as rows lie in C, and courses one population after another.
by_row(points) = vec(permutedims(points))
by_time(course) = vec(permutedims(course, (2, 1, 3)))

rows(series) = reduce(vcat, [snapshot.rows .- 1 for snapshot in series])

# The points of two snapshots, and their weights as masses.
function between(runner, from, to)
    x, y = snapshot(runner, from), snapshot(runner, to)
    return x.points, y.points, (a = x.weights, b = y.weights)
end

# The results of a call by their names, in the order of the table. The words of its line come after its name.
function answer(runner, ::Val{:load}, name, weights = nothing)
    runner.series = load(Snapshots, name; time = "time", weights)
    return Pair{String,Any}[
        "points" => reduce(vcat, [by_row(snapshot.points) for snapshot in runner.series]),
        "weights" => reduce(vcat, [snapshot.weights for snapshot in runner.series]),
    ]
end

function answer(runner, ::Val{:emd}, from, to, order)
    x, y, masses = between(runner, from, to)
    return ["value" => [emd(x, y; masses..., order = integer(order))]]
end

function answer(runner, ::Val{:energy_distance}, from, to)
    x, y, masses = between(runner, from, to)
    return ["value" => [energy_distance(x, y; masses...)]]
end

function answer(runner, ::Val{:divergence}, from, to, epsilon)
    x, y, masses = between(runner, from, to)
    return ["value" => [sinkhorn_divergence(x, y; masses..., epsilon = number(epsilon))]]
end

function answer(runner, ::Val{:plan}, from, to, epsilon)
    x, y, masses = between(runner, from, to)
    exact = number(epsilon) == 0
    plan = exact ? optimal_transport(x, y; masses...) :
           optimal_transport(x, y; masses..., method = :sinkhorn, epsilon = number(epsilon))
    found = Pair{String,Any}[
        "cost" => [plan.cost],
        "duals" => vcat(plan.dual_x, plan.dual_y),
        "masses" => vcat(plan.mass_x, plan.mass_y),
        "barycentres" => by_row(barycentres(plan)[1]),
    ]
    if exact
        from_rows, to_rows, mass = sparse_pairs(plan)
        push!(found, "pairs" => vcat(from_rows, to_rows) .- 1, "mass" => mass)
    end
    return found
end

answer(runner, ::Val{:shuffle}, random_state) =
    ["rows" => rows(shuffle(runner.series; random_state = seed(random_state)))]

divided(runner, fraction, random_state) =
    split(runner.series, number(fraction); by = :times, random_state = seed(random_state))

function answer(runner, ::Val{:split}, fraction, random_state)
    train, test = divided(runner, fraction, random_state)
    return ["train" => rows(train), "test" => rows(test)]
end

function answer(runner, ::Val{:functional}, name)
    x = snapshot(runner, "0").points
    return ["values" => functional(name, x), "gradient" => by_row(gradient(name, x))]
end

function answer(runner, ::Val{:simulate}, potential, beta, dt, steps, random_state)
    paths = simulate(
        snapshot(runner, "0").points;
        potential, beta = number(beta), dt = number(dt), steps = integer(steps), random_state = seed(random_state),
    )
    return ["paths" => by_time(paths)]
end

# By the gradient of V(x, y) = 2 x y.
function answer(runner, ::Val{:simulate_function}, dt, steps)
    x = snapshot(runner, "0").points
    paths = simulate(x; potential = points -> 2 .* points[:, [2, 1]], dt = number(dt), steps = integer(steps))
    return ["paths" => by_time(paths)]
end

function answer(runner, ::Val{:interpolate}, time, random_state)
    found = interpolate(runner.series, [number(time)]; random_state = seed(random_state))[1]
    return ["points" => by_row(found.points), "weights" => found.weights]
end

function answer(runner, ::Val{:grow}, last, time, random_state)
    steps = length(runner.series) - 1
    total_mass = [1 + (number(last) - 1) * k / steps for k in 0:steps]
    growth = fit!(Growth(random_state = seed(random_state)), runner.series; total_mass)
    return ["rates" => rate(growth, snapshot(runner, "0").points, number(time))]
end

# The parts of a model by the word for its terms.
function terms_of(terms, size, epochs)
    terms == "network" && return (; hidden = (size, size), epochs, batch_size = 8)
    terms == "radial" && return (; potential = Linear(radial = Radial(grid = size)))
    terms == "beta" && return (; potential = nothing, internal = GaussianMixture(n_components = 1))
    monomials = Linear(polynomial_degree = size, polynomial_total = true, radial = nothing)
    return (; potential = monomials, internal = terms == "linear+beta")
end

function answer(runner, ::Val{:fit}, terms, size, epochs, random_state)
    options = terms_of(terms, integer(size), integer(epochs))
    model = JKOModel(; options..., time_varying = false, random_state = seed(random_state))
    runner.model = fit!(model, runner.series; report = false)
    return ["history" => history(runner.model)]
end

function answer(runner, ::Val{:read}, name)
    runner.model = load(JKOModel, name)
    return Pair{String,Any}[]
end

function answer(runner, ::Val{:energy})
    x, model = snapshot(runner, "0"), runner.model
    said, found = describe(model), Pair{String,Any}[]
    occursin(r"\"potential\": ?\"mlp\"", said) || push!(found, "coefficients" => coefficients(model))
    occursin(r"\"internal\": ?true", said) && push!(found, "beta" => [beta(model)])
    push!(found, "energy" => [energy(model, x.points; x.weights)])
    occursin(r"\"potential\": ?null", said) && return found
    V = potential(model)
    return push!(found, "potential" => V(x.points), "gradient" => by_row(gradient(V, x.points)))
end

function answer(runner, ::Val{:predict}, steps, random_state)
    own = random_state == "own" ? nothing : seed(random_state)
    x = snapshot(runner, "0").points
    return ["paths" => by_time(predict(runner.model, x; steps = integer(steps), random_state = own))]
end

function answer(runner, ::Val{:evaluate})
    found = evaluate(runner.model, runner.series)
    return [
        "one_step" => found.one_step, "energy_distance" => found.energy_distance,
        "variance_ratio" => found.variance_ratio,
    ]
end

function answer(runner, ::Val{:floor}, fraction, random_state)
    train, test = divided(runner, fraction, random_state)
    found = evaluate(runner.model, test; train)
    return [
        "one_step" => found.one_step, "floor" => found.floor, "floor_energy_distance" => found.floor_energy_distance,
    ]
end

function answer(runner, ::Val{:refuse})
    status = try
        potential(runner.model)([0.0 0.0 0.0])
        "none"
    catch problem
        problem isa JKOError || rethrow()
        String(problem.status)
    end
    return ["status" => [status]]
end

function answer(runner, ::Val{:save}, name)
    save(runner.model, name)
    return Pair{String,Any}[]
end

# The bits of a double, the most significant digit first; a status is a word.
written(value::Real) = string(reinterpret(UInt64, Float64(value)); base = 16, pad = 16)
written(status::AbstractString) = status

# Run what is no comment and no result.
function run_table(path, out)
    runner = Runner(Snapshots(2), JKOModel())
    for line in eachline(path)
        (isempty(line) || startswith(line, '#') || startswith(line, ' ')) && continue
        println(out, line)
        words = split(line)
        for (name, values) in answer(runner, Val(Symbol(words[1])), words[2:end]...)
            println(out, "  ", name, " ", join(map(written, values), " "))
        end
    end
    return nothing
end

end

abspath(PROGRAM_FILE) == @__FILE__() && Conformance.run_table(ARGS[1], stdout)
