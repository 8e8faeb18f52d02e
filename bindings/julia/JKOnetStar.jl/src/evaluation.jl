# How well a fitted energy predicts what was observed.

const FLOORS = (:floor, :floor_energy_distance)

"""
    evaluate(model, series; train = nothing, progress = nothing)
    evaluate(model, X, time; weights = nothing, ...)

Compare predictions with two or more observed snapshots, usually ones the model was not fitted to. Returns a named tuple
of vectors with an element for each snapshot but the first:

- `one_step`: W1 between snapshot k moved one step and snapshot k + 1, in length
- `cumulative`, `effects_mismatch`: W1, and squared W2, between the rollout from snapshot 1 and snapshot k + 1
- `energy_distance`, `cumulative_energy_distance`: the unbiased energy distance of the same pairs, in length
- `variance_ratio`, `cumulative_variance_ratio`: variance of the prediction over that of the observation; below 1 it is
  too narrow
- `nothing_moves`, `nothing_moves_energy_distance`, `nothing_moves_variance_ratio`: the same of snapshots k and k + 1 as
  they are, which a model must beat
- `floor`, `floor_energy_distance`: between `train` and snapshot k + 1 of the same time, which a perfect model reaches;
  only with `train`, the snapshots that the model was fitted to
- `times`: those of the snapshots that are predicted

Predictions that left the range of numbers are `Inf` away.
"""
function evaluate(model::JKOModel, series::Snapshots; train::Union{Nothing,Snapshots} = nothing, progress = nothing)
    length(series) >= 2 ||
        refuse("series", "series has $(counted(length(series), "snapshot")); an evaluation needs 2 or more")
    energy, options = learned(model), defaults(jko_evaluation_options, jko_evaluation_options_init)
    names = filter(name -> name != :struct_size && (train !== nothing || name ∉ FLOORS), fieldnames(jko_comparison))
    found = NamedTuple{names}(map(name -> Vector{Float64}(undef, length(series) - 1), names))
    kept, info = Kept(), Ref(blank(jko_rollout_info))
    comparison = with(blank(jko_comparison); map(values -> place!(kept, vector_view(values, "out")), found)...)
    training = train === nothing ? C_NULL : train
    GC.@preserve kept long(progress; snapshots = "series", training = "train") do callback, data
        asked = with(options; progress = callback, progress_user_data = data)
        jko_model_compare(energy, series, training, Ref(asked), Ref(comparison), info)
    end
    advise(info[])
    return merge(found, (; times = times(series)[2:end]))
end

evaluate(model::JKOModel, X, time; weights = nothing, options...) =
    evaluate(model, Snapshots(X, time; weights); options...)
