# How V and U are parametrised: as networks, or as linear combinations of features.

"""
    MLP(; hidden = (64, 64), activation = :silu)

V or U as a network, a multilayer perceptron over standardised coordinates.

- `hidden`: widths of 1 to 8 hidden layers, each 1 to 4096; a number means one layer
- `activation`: `:softplus`, `:silu` or `:tanh`
"""
Base.@kwdef struct MLP
    hidden::Any = (64, 64)
    activation::Any = :silu
end

"""
    Radial(; radial = :gaussian, grid = 10, centres = nothing, width = nothing)

Functions of the distance r to a centre, in units of a width.

- `radial`: `:gaussian`, `:linear`, `:thin_plate`, `:cubic`, `:quintic`, `:multiquadric`, `:inverse_multiquadric` or
  `:inverse_quadratic`
- `grid`: centres per coordinate, on a grid over the training points, 1 to 100
- `centres`: number of centres drawn from the training points where the grid would have more than 3,000; 100 by default
- `width`: in length; by default from the spacing of the centres
"""
Base.@kwdef struct Radial
    radial::Any = :gaussian
    grid::Any = 10
    centres::Any = nothing
    width::Any = nothing
end

"""
    Fourier(; features, scale = nothing, coordinates = nothing)

Random Fourier features: cosines and sines whose sums stand for a Gaussian kernel, in any number of coordinates.

- `features`: how many, 1 to 20,000
- `scale`: width of the kernel, in length; by default the median distance of two training points
- `coordinates`: how many coordinates each frequency acts on; all by default
"""
Base.@kwdef struct Fourier
    features::Any
    scale::Any = nothing
    coordinates::Any = nothing
end

"""
    Linear(; polynomial_degree = nothing, polynomial_total = nothing, trigonometric = false, radial = :gaussian,
           fourier = nothing, time_degree = nothing)

V or U as a linear combination of features. Without a network in the energy, its coefficients are found in closed form.

- `polynomial_degree`: of the monomials, 0 (none) to 8; by default 4 in one and two coordinates, and 2 in more
- `polynomial_total`: whether the degree bounds the sum of the exponents instead of each
- `trigonometric`: whether to add the sine and the cosine of each monomial
- `radial`: a [`Radial`](@ref), the name of one with its defaults, or `nothing`
- `fourier`: a [`Fourier`](@ref) or `nothing`
- `time_degree`: of V in a model that varies in time, the highest power of time, 1 to 8; 3 by default

```julia
Linear(polynomial_degree = 2, radial = nothing)
Linear(radial = Radial(radial = :cubic, grid = 5))
```
"""
Base.@kwdef struct Linear
    polynomial_degree::Any = nothing
    polynomial_total::Any = nothing
    trigonometric::Bool = false
    radial::Any = :gaussian
    fourier::Union{Nothing,Fourier} = nothing
    time_degree::Any = nothing
end

const ACTIVATIONS =
    (softplus = JKO_ACTIVATION_SOFTPLUS, silu = JKO_ACTIVATION_SILU, tanh = JKO_ACTIVATION_TANH)
const RADIALS = (
    gaussian = JKO_RADIAL_GAUSSIAN,
    linear = JKO_RADIAL_LINEAR,
    thin_plate = JKO_RADIAL_THIN_PLATE,
    cubic = JKO_RADIAL_CUBIC,
    quintic = JKO_RADIAL_QUINTIC,
    multiquadric = JKO_RADIAL_MULTIQUADRIC,
    inverse_multiquadric = JKO_RADIAL_INVERSE_MULTIQUADRIC,
    inverse_quadratic = JKO_RADIAL_INVERSE_QUADRATIC,
)

function network_options(network::MLP, name)
    widths = [integer(Int32, width, name) for width in network.hidden]
    1 <= length(widths) <= JKO_MAX_HIDDEN_LAYERS ||
        refuse(name, "$name has $(length(widths)) layers; it must have 1 to $JKO_MAX_HIDDEN_LAYERS")
    return with(
        defaults(jko_network_options, jko_network_options_init);
        hidden_count = length(widths),
        hidden = ntuple(layer -> get(widths, layer, Int32(0)), JKO_MAX_HIDDEN_LAYERS),
        activation = choice(network.activation, "activation", ACTIVATIONS),
    )
end

function feature_options(features::Linear)
    degree, total, power = features.polynomial_degree, features.polynomial_total, features.time_degree
    return with(
        defaults(jko_feature_options, jko_feature_options_init);
        trigonometric = features.trigonometric,
        given(;
            polynomial_degree = degree === nothing ? nothing : integer(Int32, degree, "polynomial_degree", 0, 8),
            polynomial_total = total === nothing ? nothing : integer(Int32, total, "polynomial_total", 0, 1),
            time_degree = power === nothing ? nothing : integer(Int32, power, "time_degree", 1, 8),
        )...,
        radial_members(features.radial)...,
        fourier_members(features.fourier)...,
    )
end

radial_members(::Nothing) = (; radial_grid = 0)
radial_members(name::Union{Symbol,AbstractString}) = radial_members(Radial(radial = name))
radial_members(other) = throw(ArgumentError("radial must be a Radial, the name of one or nothing, got $(repr(other))"))
function radial_members(radial::Radial)
    number, width = radial.centres, radial.width
    return (;
        radial = choice(radial.radial, "radial", RADIALS),
        radial_grid = integer(Int32, radial.grid, "radial.grid", 1, 100),
        given(;
            radial_centres = number === nothing ? nothing : integer(Int32, number, "radial.centres", 1, 3000),
            radial_width = width === nothing ? nothing : positive(width, "radial.width"),
        )...,
    )
end

fourier_members(::Nothing) = (;)
function fourier_members(fourier::Fourier)
    scale, number = fourier.scale, fourier.coordinates
    return (;
        fourier_features = integer(Int32, fourier.features, "fourier.features", 1, 20_000),
        given(;
            fourier_scale = scale === nothing ? nothing : positive(scale, "fourier.scale"),
            fourier_coordinates = number === nothing ? nothing :
                                  integer(Int64, number, "fourier.coordinates", 1, 1_000_000),
        )...,
    )
end
