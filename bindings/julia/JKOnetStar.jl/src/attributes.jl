# What a fitted model says of itself.

"""
    beta(model)

The learned level of the internal energy, in length^2/time.
"""
beta(model::JKOModel) = number(jko_model_beta, model)

"""
    beta_std(model)

The standard error of [`beta`](@ref), from a fit with `error_bars`.
"""
beta_std(model::JKOModel) = number(jko_model_beta_error, model)

function number(read, model)
    value = Ref(NaN)
    check(read(learned(model), value))
    return value[]
end

"""
    energy(model, X; weights = nothing, t = nothing)

The energy J of a population, in length^2/time, up to the constant of V: the mean of V, half the mean of U over all
pairs, and beta times the mean of the log density, which is estimated as in fitting. `t` is needed where V varies in
time.
"""
function energy(model::JKOModel, X; weights = nothing, t = nothing)
    own = learned(model)
    view, masses = matrix_view(X, "X"), optional_view(weights, "weights")
    moment = time_view(facts(own).time_varying != 0, t)
    value = Ref(NaN)
    heeded(() -> jko_model_energy(own, view, masses, moment, value); x = "X")
    return value[]
end

"""
    history(model)

The objective averaged over each epoch, or the one value of a closed form, in squared length.
"""
function history(model::JKOModel)
    energy = learned(model)
    return filled_by(jko_model_history, energy, facts(energy).history_count)
end

times(model::JKOModel) = filled_by(jko_model_times, learned(model), facts(learned(model)).time_count)
dimension(model::JKOModel) = Int(facts(learned(model)).dimension)

# A vector that a function of the library writes.
function filled_by(read, energy, count)
    values = Vector{Float64}(undef, count)
    count == 0 || check(read(energy, vector_view(values, "values")))
    return values
end

"""
    coefficients(model)

Of a linear energy: the coefficients of V's features, U's, then beta, in standardised coordinates.
"""
function coefficients(model::JKOModel)
    energy = learned(model)
    return filled_by(jko_model_coefficients, energy, facts(energy).parameter_count)
end

"""
    scheme(model)

Where the condition was evaluated: `:explicit`, `:implicit` or `:midpoint`.
"""
scheme(model::JKOModel) = word(facts(learned(model)).scheme, SCHEMES)

"""
    time_varying(model)

Whether V depends on time.
"""
time_varying(model::JKOModel) = facts(learned(model)).time_varying != 0

"""
    describe(model)

The options of the model and of its fit, and its training data, as the text of a JSON object.
`include/jkonetstar/model.h` lists its members.
"""
describe(model::JKOModel) = said(jko_model_describe_json, learned(model))

"""
    observability(model)

Which terms of a linear energy the data can tell apart, as the text of a JSON object, whose member "sentence" says it in
words.
"""
observability(model::JKOModel) = said(jko_model_observability, learned(model))

# A text of any length that a function of the library writes.
function said(read, energy)
    bytes = Ref{Csize_t}(0)
    heeded(() -> read(energy, C_NULL, 0, bytes))
    buffer = Vector{UInt8}(undef, bytes[] + 1)
    heeded(() -> read(energy, buffer, length(buffer), bytes))
    return String(buffer[1:bytes[]])
end
