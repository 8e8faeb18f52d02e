# Where a fitted energy moves populations.

const NOISES = (beta = JKO_NOISE_BETA, residual = JKO_NOISE_RESIDUAL, none = JKO_NOISE_NONE)

"""
    predict(model, x0; t0 = nothing, steps = nothing, times = nothing, random_state = nothing, tolerance = nothing,
            max_iterations = nothing, substeps = 1, noise = :beta, return_std = false, return_masses = false,
            progress = nothing)

Predict where a population goes: an array of shape (n, d, steps + 1), whose first slice is `x0` and whose others are the
population after each step, in length.

- `x0`: shape (n, d)
- `t0`, `steps`: a fitted time, that of `x0` (the first by default), and how many steps to take from there along the
  fitted gaps, the last of which repeats; 1 by default
- `times`: instead of both, the time of `x0` and of each prediction, strictly increasing
- `random_state`: seed of the noise of models with internal energy; `nothing` takes that of the fit, so that two
  predictions agree
- `tolerance`, `max_iterations`: of implicit steps
- `substeps`: into so many steps each step from time to time is divided
- `noise`: `:beta`, that of internal energy if there is any; `:residual`, what training particles nearby have left over;
  `:none`
- `return_std`: whether to return standard errors as well, of the same shape; of networks with `error_bars`
- `return_masses`: whether to return masses as well, of shape (n, steps + 1), for a model with growth
- `progress`: a function of [`JKOnetStar.Progress`](@ref)

```julia
paths = predict(model, series[1].points; steps = 3)
paths[:, :, end]                    # the population after three steps
```
"""
function predict(
    model::JKOModel, x0; t0 = nothing, steps = nothing, times = nothing, random_state = nothing, tolerance = nothing,
    max_iterations = nothing, substeps = 1, noise = :beta, return_std = false, return_masses = false,
    progress = nothing,
)
    return_std && return_masses &&
        refuse("return_std", "return_std and return_masses are not for the same call; ask for one at a time")
    energy = learned(model)
    moments = course(energy, t0, steps, times)
    it = facts(energy)
    own = random_state === nothing ? fitted_seed(energy) : seed(random_state)
    for (name, value) in (("tolerance", tolerance), ("max_iterations", max_iterations))
        value === nothing || it.scheme != JKO_SCHEME_EXPLICIT ||
            refuse(name, "$name = $value is for implicit steps; those of this model are explicit")
    end
    options = with(
        defaults(jko_rollout_options, jko_rollout_options_init);
        seed = own,
        substeps = integer(Int64, substeps, "substeps"),
        noise = choice(noise, "noise", NOISES),
        given(;
            tolerance = tolerance === nothing ? nothing : real_number(tolerance, "tolerance"),
            max_iterations = max_iterations === nothing ? nothing : integer(Int64, max_iterations, "max_iterations"),
        )...,
    )
    paths = rollout(jko_model_rollout, energy, x0, moments, options, progress)
    return_masses && return (paths, masses(growth(model), paths, moments))
    return_std && return (paths, rollout(jko_model_rollout_error, energy, x0, moments, options, progress))
    return paths
end

# The times of a start and of each step from it.
function course(energy, t0, steps, ::Nothing)
    count = integer(Int64, steps === nothing ? 1 : steps, "steps", 0, 2^31 - 1)
    found = Vector{Float64}(undef, count + 1)
    start = t0 === nothing ? NaN : real_number(t0, "t0")
    t0 !== nothing && isnan(start) && refuse(:JKO_ENONFINITE, "t0", "t0 is not a number")
    check(jko_model_rollout_times(energy, start, count, vector_view(found, "times")))
    return found
end

function course(energy, t0, steps, times)
    t0 === nothing || refuse("t0", "t0 = $t0 is for the fitted times, and times is given; leave out t0")
    steps === nothing || refuse("steps", "steps = $steps is for the fitted times, and times is given; leave out steps")
    return times
end

# The seed of the fit, from the description of the model.
function fitted_seed(energy)
    found = match(r"\"fit\":.*?\"seed\": ?(\d+)"s, said(jko_model_describe_json, energy))
    return found === nothing ? UInt64(0) : parse(UInt64, found[1])
end

# What a function of the library writes for a population at each of some times, shape (n, d, times).
function rollout(predicting, energy, x0, moments, options, progress)
    start, times = matrix_view(x0, "x0"), vector_view(moments, "times")
    n, d, count = size(x0, 1), size(x0, 2), length(moments)
    # The library has the particles of one time after those of another in its rows.
    stacked = Array{Float64}(undef, n, count, d)
    out, info = matrix_view(reshape(stacked, n * count, d), "out"), Ref(blank(jko_rollout_info))
    long(progress) do callback, data
        asked = with(options; progress = callback, progress_user_data = data)
        predicting(energy, start, times, Ref(asked), out, info)
    end
    advise(info[])
    return permutedims(stacked, (1, 3, 2))
end

# Warn of predictions that are not to be trusted.
function advise(info::jko_rollout_info)
    info.outside > 0 && @warn string(
        "$(info.outside) predicted particles lie beyond ten times the region of the training points, where the energy ",
        "is an extrapolation; the farthest is ", @sprintf("%.3g", info.farthest), " times as far from its centre. ",
        "Try fewer or shorter steps",
    )
    info.unconverged > 0 && @warn string(
        "$(info.unconverged) implicit steps did not converge; the largest residual is ",
        @sprintf("%.2e", info.max_residual), " of the length scale of the training points. ",
        "Try shorter steps (times), or scheme = :explicit",
    )
    return nothing
end
