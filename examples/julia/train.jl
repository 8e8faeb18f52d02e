# Learn the potential behind a population and save it.
#
#     julia train.jl [MODEL] [EPOCHS]
#
# The population is simulated, so that the truth is known: 400 particles in the wavy_plateau potential, of which each
# snapshot shows a different 200, so that nobody is ever seen twice in a row. Default: model.safetensors, 100 epochs.

using JKOnetStar
using Printf
using Random: MersenneTwister

function report(progress)
    progress.done % 20 == 0 || progress.done == progress.total || return true
    loss = isnan(progress.loss) ? "" : @sprintf(", objective %g", progress.loss)
    @printf("%-9s %5d of %d, %.2f s%s\n", progress.stage, progress.done, progress.total, progress.seconds, loss)
    return true # false would stop the fit
end

function main(path = "model.safetensors", epochs = "100")
    x0 = 8 .* rand(MersenneTwister(1), 400, 2) .- 4
    course = simulate(x0; potential = :wavy_plateau, dt = 0.01, steps = 5)
    # Every other particle: the odd ones, then the even ones, then the odd ones again.
    seen = [course[(1 + k % 2):2:end, :, k + 1] for k in 0:5]
    model = JKOModel(epochs = parse(Int, epochs), time_varying = false)
    fit!(model, Snapshots(seen, 0.01 .* (0:5)); progress = report)
    save(model, path)
    println("saved ", path)
end

main(ARGS...)
