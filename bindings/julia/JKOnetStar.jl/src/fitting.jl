# From a specification and snapshots to an energy.

"""
    fit!(model::JKOModel, series; growth = nothing, report = true, progress = nothing)
    fit!(model::JKOModel, X, time; weights = nothing, ...)

Fit the energy to two or more snapshots: plans between consecutive ones, then the minimiser of the objective. Returns
the model.

- `series`: [`Snapshots`](@ref), or `X` of shape (n, d) and the time of each row
- `growth`: a [`Growth`](@ref), which is fitted to the same snapshots if it was not fitted before. Plans are then from
  the masses that particles will have at the next time, so that new particles are not taken for moved ones.
- `report`: whether to check the fit on a sample of its own snapshots, and to warn if it predicts worse than nothing
  moving
- `progress`: a function of [`JKOnetStar.Progress`](@ref)

Ctrl-C ends training early: the model keeps what it has learned, and an `InterruptException` is thrown. In a script,
Julia ends at Ctrl-C unless `Base.exit_on_sigint(false)` was called.
"""
function fit!(model::JKOModel, series::Snapshots; growth = nothing, report = true, progress = nothing)
    model.specification === nothing &&
        throw(ArgumentError("this model was loaded, and has no parameters to fit with; make one by JKOModel(...)"))
    length(series) >= 2 ||
        refuse("series", "series has $(counted(length(series), "snapshot")); fitting needs 2 or more")
    it, own, kept, call = model.specification, grown(growth, series), Kept(), LongCall(progress)
    made_of, fitted_by = model_options(it, kept), fit_options(it, kept)
    energy = GC.@preserve kept Energy(made(jko_model, out -> jko_model_create(Ref(made_of), out)))
    status = GC.@preserve kept own under(call) do callback, data
        asked = with(fitted_by; progress = callback, progress_user_data = data, growth_member(own)...)
        jko_model_fit(energy, series, Ref(asked))
    end
    # Training that was stopped has learned something, too. What describes the energy does not change the message of the
    # call that failed.
    facts(energy).fitted == 0 || (model.energy = energy)
    settle(call, status; snapshots = "series", path = "checkpoint")
    report && judge(model, series)
    return model
end

fit!(model::JKOModel, X, time; weights = nothing, options...) =
    fit!(model, Snapshots(X, time; weights); options...)

grown(::Nothing, series) = nothing
grown(growth::Growth, series) = rates(growth.rates === nothing ? fit!(growth, series) : growth)
grown(other, series) = throw(ArgumentError("growth must be a Growth or nothing, got $(repr(other))"))

growth_member(::Nothing) = (;)
growth_member(rates::Rates) = (; growth = rates.handle)

# Warn of a fit that has failed, however small its loss.
function judge(model, series)
    options, found = defaults(jko_evaluation_options, jko_evaluation_options_init), Ref(blank(jko_fit_check))
    long() do callback, data
        asked = with(options; progress = callback, progress_user_data = data)
        jko_model_check(learned(model), series, Ref(asked), found)
    end
    it = found[]
    it.worse == 0 || @warn string(
        "the fitted model predicts its own training snapshots worse than if nothing moved: the mean W1 one step ahead ",
        @sprintf("is %.4g, and %.4g if nothing moves", it.one_step, it.nothing_moves),
        "; try more epochs, or a simpler energy",
    )
    facts(learned(model)).internal != 0 && beta(model) < 0 && @warn string(
        "beta = ", @sprintf("%.3g", beta(model)), " is negative, which no diffusion has; predictions take it for 0. ",
        "Try internal = false, or snapshots with more particles or further apart in time",
    )
    return nothing
end
