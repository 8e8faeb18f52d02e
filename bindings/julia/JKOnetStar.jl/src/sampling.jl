# Draws from the density proportional to exp(-V / beta).

"""
    sample(x0; potential, beta = 1.0, draws = 1000, warmup = 1000, step = nothing, adjusted = true, random_state = 0,
           progress = nothing)

Draw from the density proportional to exp(-V / beta), to which the flow of V and diffusion goes, by Langevin dynamics
with the correction of Metropolis and Hastings (MALA): a named tuple.

- `points`: shape (chains, d, draws)
- `acceptance`: the mean probability with which proposals were taken
- `step`: of the draws that were kept
- `effective_sizes`: how many independent draws tell the mean of each coordinate as well
- `r_hats`: split R-hat of each coordinate; above 1.01 the chains do not agree yet, and above 1.05 there is a warning

The arguments:

- `x0`: where each chain starts, shape (chains, d); best spread wider than the density
- `potential`: V, as in [`WassersteinFlow`](@ref)
- `beta`: temperature, in units of V, positive
- `draws`, `warmup`: of each chain, how many are kept, and how many before them are not
- `step`: found while warming up by default
- `adjusted`: `false` takes every proposal: the draws are then those of another density, by as much as the step is long

```julia
narrow(x) = (50 .* x[:, 1] .^ 2 .+ x[:, 2] .^ 2 ./ 2, x .* [100 1])
sample(randn(4, 2); potential = narrow).r_hats
```
"""
function sample(
    x0; potential, beta = 1.0, draws = 1000, warmup = 1000, step = nothing, adjusted = true, random_state = 0,
    progress = nothing,
)
    start, kept = matrix_view(x0, "x0"), Kept()
    options = with(
        defaults(jko_sample_options, jko_sample_options_init);
        beta = positive(beta, "beta"),
        draws = integer(Int64, draws, "draws", 1, 100_000_000),
        warmup = integer(Int64, warmup, "warmup", 0, 100_000_000),
        adjusted = integer(Int32, adjusted, "adjusted", 0, 1),
        seed = seed(random_state),
        given(; step = step === nothing ? nothing : positive(step, "step"))...,
    )
    chains, d = size(x0, 1), size(x0, 2)
    # The library has the draws of one chain after those of another in its rows.
    stacked = Array{Float64}(undef, options.draws, chains, d)
    effective_sizes, r_hats = Vector{Float64}(undef, d), Vector{Float64}(undef, d)
    out = matrix_view(reshape(stacked, options.draws * chains, d), "out")
    info = Ref(
        with(
            blank(jko_sample_info);
            effective_sizes = place!(kept, vector_view(effective_sizes, "out")),
            r_hats = place!(kept, vector_view(r_hats, "out")),
        ),
    )
    call = LongCall(progress; potential)
    status = GC.@preserve kept potential under(call) do callback, data
        asked = with(
            options; progress = callback, progress_user_data = data, potential_energy(potential, kept, data)...
        )
        jko_sample(start, Ref(asked), out, info)
    end
    settle(call, status; potential_model = "potential", potential_callback = "potential")
    worst = maximum(r_hats)
    chains > 1 && options.draws > 3 && !(worst <= 1.05) && @warn(
        "the chains do not agree: R-hat of coordinate $(findfirst(isequal(worst), r_hats)) is $worst, not 1; more " *
        "draws and a longer warmup may help"
    )
    return (;
        points = permutedims(stacked, (2, 3, 1)), acceptance = info[].acceptance, step = info[].step,
        effective_sizes, r_hats,
    )
end
