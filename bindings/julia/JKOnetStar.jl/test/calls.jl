# Long calls: they say how far they are, and stop when they are told to.

series = quadratic_series(n = 50)
heard = JKOnetStar.Progress[]
network() = JKOModel(hidden = 4, epochs = 20, time_varying = false)
fit!(network(), series; report = false, progress = progress -> (push!(heard, progress); nothing))
@test "plans" in [progress.stage for progress in heard]
training = filter(progress -> progress.stage == "training", heard)
@test maximum(progress.done for progress in training) == 20 && all(progress.total == 20 for progress in training)
@test any(isfinite(progress.loss) for progress in training)

# `false` stops training, of which the model keeps what it has learned.
stopped = network()
late(progress) = !(progress.stage == "training" && progress.done >= 5)
@test refused(
    () -> fit!(stopped, series; progress = late); status = :JKO_ECANCELLED, argument = "", message = "",
)
@test 5 <= length(history(stopped)) < 20

# What the function throws comes through unchanged, and Ctrl-C is thrown as anything else.
for problem in (ErrorException("enough"), InterruptException())
    broken = network()
    caught = try
        fit!(broken, series; progress = progress -> late(progress) || throw(problem))
    catch thrown
        thrown
    end
    @test caught === problem
    @test 5 <= length(history(broken)) < 20
end

# A function may let other tasks run, and call the library.
quiet = Ref(0)
fit!(network(), series; report = false, progress = progress -> (yield(); quiet[] += emd([0.0], [1.0]) == 1; nothing))
@test quiet[] > 0

# Tasks on several threads have messages of their own.
tasks = map(1:8) do number
    Threads.@spawn try
        emd(fill(NaN, number, 1), [0.0])
    catch problem
        problem.message
    end
end
@test all(fetch(task) == "x[1, 1] = nan is not finite" for task in tasks)
JKOnetStar.set_num_threads(1)
@test JKOnetStar.num_threads() == 1
JKOnetStar.set_num_threads(0)
@test occursin("kernels=baseline", JKOnetStar.build_info()) && occursin(r"^\d+\.\d+\.\d+$", JKOnetStar.version())
