# One exception, and the one place where a status of the library becomes it.

"""
    JKOError(status, argument, message)

What this package throws about values, files and computations.

- `status::Symbol`: the name of the status in the C headers, such as `:JKO_ESHAPE`
- `argument::String`: the argument that it is about, by its name in Julia; "" where it is not about one argument
- `message::String`: one line that names the argument, its value and the bound; indices count from 1

An argument of a wrong type is an `ArgumentError`, an unknown index a `BoundsError`. What your own functions throw comes
through unchanged.

```julia
try
    Snapshots([0.0 1.0; NaN 2.0], [0, 0])
catch problem
    problem.status, problem.argument        # (:JKO_ENONFINITE, "X")
    problem.message                         # "X[2, 1] = nan is not finite"
end
```
"""
struct JKOError <: Exception
    status::Symbol
    argument::String
    message::String
end

Base.showerror(io::IO, problem::JKOError) = print(io, "JKOError: ", problem.message)

# Refuse a value before the library sees it.
refuse(status::Symbol, argument, message) = throw(JKOError(status, argument, message))
refuse(argument, message) = refuse(:JKO_EINVALID, argument, message)

# What Julia calls the members of options, by their path in C, or by their last name where that is enough.
const JULIA_NAMES = Dict(
    "seed" => "random_state",
    "precision" => "dtype",
    "particles" => "max_particles",
    "training->validation_fraction" => "validation.fraction",
    "training->validation_every" => "validation.every",
    "training->patience" => "validation.patience",
    "training->checkpoint_every" => "checkpoint.every",
    "training->last_layer_every" => "last_layer.every",
    "transport->tolerance" => "coupling.tolerance",
    "transport->max_iterations" => "coupling.max_iterations",
    "interaction_network->hidden" => "interaction.hidden",
    "interaction_network->hidden_count" => "interaction.hidden",
    "potential_network->hidden_count" => "hidden",
    "radial_grid" => "radial.grid",
    "radial_centres" => "radial.centres",
    "radial_width" => "radial.width",
    "fourier_features" => "fourier.features",
    "fourier_scale" => "fourier.scale",
    "fourier_coordinates" => "fourier.coordinates",
    "bootstrap_samples" => "error_bars.samples",
    "relaxation_x" => "marginal_relaxation",
    "relaxation_y" => "marginal_relaxation",
    "density->components" => "n_components",
    "density->restarts" => "n_init",
    "density->max_iterations" => "max_iter",
    "density->tolerance" => "tol",
    "density->absolute_regularisation" => "reg_covar",
)

# Throw what the last call on this thread failed with, if it failed. The keywords say what Julia calls the arguments of
# the C function: `points = "X"`. Nothing between a call and this may let the task change its thread.
function check(status; names...)
    status == JKO_OK && return nothing
    throw(failure(status, names))
end

function failure(status, names)
    message, argument = text(jko_last_error()), text(jko_last_error_argument())
    name = julia_name(argument, names)
    named = !isempty(argument) && startswith(message, argument)
    message = named ? name * from_one(chopprefix(message, argument)) : from_one(message)
    return JKOError(Symbol(text(jko_status_name(status))), name, message)
end

function julia_name(argument, names)
    path = chopprefix(argument, "options->")
    own = last(split(path, "->"))
    return String(get(values(names), Symbol(own), get(JULIA_NAMES, path, get(JULIA_NAMES, own, own))))
end

# Where messages of the library have an index, which counts from 0.
const INDEX = r"(?:^|(?<=\w))\[\d+(?:, \d+)?\]|\b(?:snapshot|particle|component|predictions of step) \d+(?: to \d+)?"

# Count indices in a message from 1. What is quoted, such as the path of a file, stays as it is.
function from_one(message)
    parts = split(message, '"')
    return join((isodd(place) ? counted_from_one(part) : part for (place, part) in enumerate(parts)), '"')
end

counted_from_one(part) =
    replace(part, INDEX => index -> replace(index, r"\d+" => number -> string(parse(Int, number) + 1)))
