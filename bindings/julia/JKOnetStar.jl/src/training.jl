# How an energy is fitted: networks by Adam, linear ones in closed form.

"""
    Validation(; by = :loss, fraction = 0.2, every = 10, patience = 10)

Hold out a part of each snapshot's particles to choose the best epoch, whose weights the model keeps: by the objective
(`:loss`) or by the W1 distance one step ahead (`:emd`), every so many epochs. Training ends after `patience`
validations without a new best.
"""
Base.@kwdef struct Validation
    by::Any = :loss
    fraction::Any = 0.2
    every::Any = 10
    patience::Any = 10
end

"""
    Checkpoint(path; every = 100, resume = false)

Write the state of training to a file every so many epochs, and continue from it if `resume` is set. A file that is
there already is an error otherwise.
"""
struct Checkpoint
    path::String
    every::Any
    resume::Bool
end
Checkpoint(path; every = 100, resume = false) = Checkpoint(path, every, resume)

"""
    ExactLastLayer(; every = 10, ridge = nothing)

Solve in closed form, every so many epochs, for the parameters that enter the objective linearly.
"""
Base.@kwdef struct ExactLastLayer
    every::Any = 10
    ridge::Any = nothing
end

"""
    Adam(; epochs = nothing, batch_size = 100, learning_rate = 5e-3, schedule = :cosine, final_rate = nothing,
         clip_norm = 10.0, dtype = :float32, interaction_samples = nothing, last_layer = :trained, validation = nothing,
         checkpoint = nothing)

Train networks, and linear terms beside them, by Adam on minibatches of couplings.

- `epochs`: passes over all couplings; by default as many as make 20,000 steps, but 50 at least and 400 at most
- `batch_size`: couplings per step
- `learning_rate`, `schedule`, `final_rate`: the first step size, how it changes (`:cosine`, `:exponential` or
  `:constant`), and the last as a part of the first (0.01 by default)
- `clip_norm`: largest norm of a gradient
- `dtype`: `:float32` or `:float64`, the precision of training
- `interaction_samples`: of a network U, pairs per coupling over which U is averaged; by default the whole snapshot
- `last_layer`: `:trained`, `:exact` or an [`ExactLastLayer`](@ref)
- `validation`: `:loss`, `:emd`, a [`Validation`](@ref) or `nothing`
- `checkpoint`: a path, a [`Checkpoint`](@ref) or `nothing`
"""
Base.@kwdef struct Adam
    epochs::Any = nothing
    batch_size::Any = 100
    learning_rate::Any = 5e-3
    schedule::Any = :cosine
    final_rate::Any = nothing
    clip_norm::Any = 10.0
    dtype::Any = :float32
    interaction_samples::Any = nothing
    last_layer::Any = :trained
    validation::Any = nothing
    checkpoint::Any = nothing
end

"""
    ClosedForm(; ridge = nothing, bias_samples = 0)

Solve for the coefficients of a linear energy.

- `ridge`: weight of the squared coefficients, 0 or more, or `:gcv` for that of generalised cross-validation
- `bias_samples`: from how many simulated data sets the bias is estimated and subtracted; for the midpoint scheme
"""
Base.@kwdef struct ClosedForm
    ridge::Any = nothing
    bias_samples::Any = 0
end

"""
    Bootstrap(; samples = nothing)

Standard errors from fits to populations drawn anew from the particles: 200 by default, 10 where there are networks.
"""
Base.@kwdef struct Bootstrap
    samples::Any = nothing
end

const SCHEDULES = (
    cosine = JKO_SCHEDULE_COSINE, exponential = JKO_SCHEDULE_EXPONENTIAL, constant = JKO_SCHEDULE_CONSTANT,
)
const DTYPES = (float32 = JKO_FLOAT32, float64 = JKO_FLOAT64)
const VALIDATIONS = (loss = JKO_VALIDATION_LOSS, emd = JKO_VALIDATION_EMD)
const RIDGES = (; gcv = JKO_RIDGE_CROSS_VALIDATED)
const LAST_LAYERS = (trained = JKO_LAST_LAYER_TRAINED, exact = JKO_LAST_LAYER_EXACT)

# Options of training; `kept` keeps what they point to.
function training_options(adam::Adam, kept::Kept)
    epochs, final, samples = adam.epochs, adam.final_rate, adam.interaction_samples
    schedule = choice(adam.schedule, "schedule", SCHEDULES)
    final === nothing || schedule != JKO_SCHEDULE_CONSTANT ||
        refuse("final_rate", "final_rate = $final has no effect: schedule is :constant")
    return with(
        defaults(jko_training_options, jko_training_options_init);
        batch_size = integer(Int64, adam.batch_size, "batch_size"),
        learning_rate = real_number(adam.learning_rate, "learning_rate"),
        clip_norm = real_number(adam.clip_norm, "clip_norm"),
        schedule,
        precision = choice(adam.dtype, "dtype", DTYPES),
        given(;
            epochs = epochs === nothing ? nothing : integer(Int64, epochs, "epochs", 1, 10_000_000),
            final_rate = final === nothing ? nothing : real_number(final, "final_rate"),
            interaction_samples = samples === nothing ? nothing :
                                  integer(Int64, samples, "interaction_samples", 2, typemax(Int64)),
        )...,
        last_layer_members(adam.last_layer)...,
        validation_members(adam.validation)...,
        checkpoint_members(adam.checkpoint, kept)...,
    )
end

last_layer_members(layer) = (; last_layer = choice(layer, "last_layer", LAST_LAYERS))
last_layer_members(layer::ExactLastLayer) =
    (; last_layer = JKO_LAST_LAYER_EXACT, last_layer_every = integer(Int64, layer.every, "last_layer.every"))

validation_members(::Nothing) = (;)
validation_members(by) = validation_members(Validation(; by))
validation_members(validation::Validation) = (;
    validation = choice(validation.by, "validation", VALIDATIONS),
    validation_fraction = real_number(validation.fraction, "validation.fraction"),
    validation_every = integer(Int64, validation.every, "validation.every"),
    patience = integer(Int64, validation.patience, "validation.patience"),
)

checkpoint_members(::Nothing, kept) = (;)
checkpoint_members(path, kept) = checkpoint_members(Checkpoint(path), kept)
checkpoint_members(checkpoint::Checkpoint, kept) = (;
    checkpoint = place!(kept, checkpoint.path),
    checkpoint_every = integer(Int64, checkpoint.every, "checkpoint.every"),
    resume = checkpoint.resume,
)

# What the options of a fit have of the way of training.
fit_members(adam::Adam, kept) =
    (; training = place!(kept, training_options(adam, kept)), last_ridge(adam.last_layer)...)
fit_members(closed::ClosedForm, kept) = (;
    bias_samples = integer(Int64, closed.bias_samples, "bias_samples", 0, 100_000),
    ridge_members(closed.ridge)...,
)

last_ridge(layer) = (;)
last_ridge(layer::ExactLastLayer) = ridge_members(layer.ridge)

ridge_members(::Nothing) = (;)
ridge_members(name::Union{Symbol,AbstractString}) =
    (; ridge_method = choice(name, "ridge", RIDGES))
function ridge_members(value)
    number = real_number(value, "ridge")
    number >= 0 || refuse("ridge", "ridge = $number is not a number of at least 0")
    return (; ridge = number)
end
