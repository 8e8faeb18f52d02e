# Populations whose energy is known in closed form.

const CURVATURE = [2.0 0.5; 0.5 1.0]
const CENTRE = [0.3 -0.2]

# The gradient of V(x) = (x - c)' A (x - c) / 2.
quadratic_gradient(x) = (x .- CENTRE) * CURVATURE

# Particles that take exact explicit steps of V. These steps are gradients of convex functions, because tau A < 1, so
# that the optimal plan pairs every particle with itself (Brenier 1991), and V makes the objective zero.
function quadratic_series(; n = 200, times = [0.0, 0.1, 0.25], seed = 1)
    populations = [4 .* rand(MersenneTwister(seed), n, 2) .- 2]
    for tau in diff(times)
        push!(populations, populations[end] .- tau .* quadratic_gradient(populations[end]))
    end
    return shuffle(Snapshots(populations, times))
end

quadratic_model(; options...) = JKOModel(; potential = Linear(polynomial_degree = 2, radial = nothing), options...)

# A function that throws a JKOError whose message and argument are as said.
function refused(call; status, argument, message)
    problem = try
        call()
        nothing
    catch caught
        caught
    end
    return problem isa JKOError && problem.status == status && problem.argument == argument &&
           occursin(message, problem.message) && !occursin('\n', problem.message)
end
