# The forward problem: the population that descends a given energy.

# A flow of the library.
mutable struct Maps <: Owner{jko_flow}
    handle::Ptr{jko_flow}
    # The library asks it as long as the flow lives.
    base::Union{Nothing,OwnDensity}
    Maps(handle::Ptr{jko_flow}, base = nothing) = finalizer(release, new(handle, base))
end

# A density of the library.
mutable struct BaseDensity <: Owner{jko_density}
    handle::Ptr{jko_density}
    BaseDensity(handle::Ptr{jko_density}) = finalizer(release, new(handle))
end

"""
    WassersteinFlow(; potential = nothing, interaction = nothing, beta = 1.0, exponent = 1.0, step = 0.05, steps = 18,
                    scheme = :jko, method = :features, components = nothing, bumps = 0, neighbour = 10,
                    particles = nothing, hidden = (64, 64), rank = 5, iterations = 100, batch_size = 1024,
                    learning_rate = 5e-3, t0 = 0.0, random_state = 0)

The flow of the energy `int V dmu + 1/2 int int U dmu dmu + beta int log(rho) dmu`, to be computed by [`fit!`](@ref) in
JKO steps. Each step moves the population by a map x -> grad psi(x), with psi convex. The maps can be inverted, so that
the flow has a density at any point.

- `potential`: V: the name of a benchmark energy, a learned one from [`potential`](@ref), or a function of points of
  shape (n, d), or of points and time, that returns n values and gradients of shape (n, d)
- `interaction`: U, likewise, as a function of the differences x_i - x_j
- `beta`: level of the internal energy, in length^2/time, positive
- `exponent`: 1 for diffusion; m > 1 for a porous medium, whose internal energy is `beta / (m - 1) int rho^m`
- `step`, `steps`, `t0`: time of a step, how many, and when the start is
- `scheme`: `:jko`, of first order in `step`, or `:sdirk2`, `:bdf2` or `:midpoint`, of second
- `method`: `:features`, quadratics and bumps, found by Newton's method; `:network`, input-convex networks, trained by
  Adam; or `:particles`, no maps, but Langevin particles and a Gaussian mixture of them after each step
- `components`: of the mixture that shares space out for quadratics, 0 to 500; 12 by default, and fewer in more than six
  coordinates. 0, with no `bumps`, gives affine maps, which are exact for Gaussians in a quadratic V
- `bumps`, `neighbour`: Gaussian bumps at particles, each as wide as the distance to its neighbour of this rank
- `particles`: that each step is fitted to, or that are followed, 100 to 1,000,000
- `hidden`, `rank`, `iterations`, `batch_size`, `learning_rate`: of networks: widths of the hidden layers, squares in
  each unit, steps of Adam for each proximal step, particles in each, and the first step size
- `random_state`: an integer, a random number generator, or `nothing`

```julia
well(x) = (vec(sum(abs2, x; dims = 2)) ./ 2, x)                 # V(x) = |x|^2 / 2 and its gradient
flow = fit!(WassersteinFlow(potential = well, beta = 0.5, step = 0.2, components = 0), 0.1 .* randn(1000, 2))
sample(flow, 100)                                               # particles after the last step
log_density(flow, [0.0 0.0])
```
"""
mutable struct WassersteinFlow
    # Nothing of a flow from a file.
    energy::Union{Nothing,NamedTuple}
    parameters::NamedTuple
    maps::Union{Nothing,Maps}
end

const FLOW_SCHEMES =
    (jko = JKO_FLOW_JKO, sdirk2 = JKO_FLOW_SDIRK2, bdf2 = JKO_FLOW_BDF2, midpoint = JKO_FLOW_MIDPOINT)
const FLOW_METHODS = (features = JKO_FLOW_FEATURES, network = JKO_FLOW_NETWORK, particles = JKO_FLOW_PARTICLES)

function WassersteinFlow(;
    potential = nothing, interaction = nothing, beta = 1.0, exponent = 1.0, step = 0.05, steps = 18, scheme = :jko,
    method = :features, components = nothing, bumps = 0, neighbour = 10, particles = nothing, hidden = (64, 64),
    rank = 5, iterations = 100, batch_size = 1024, learning_rate = 5e-3, t0 = 0.0, random_state = 0,
)
    layers = network_options(MLP(; hidden), "hidden")
    parameters = (;
        beta = positive(beta, "beta"),
        exponent = real_number(exponent, "exponent"),
        step = positive(step, "step"),
        steps = integer(Int64, steps, "steps", 1, 100_000),
        scheme = choice(scheme, "scheme", FLOW_SCHEMES),
        method = choice(method, "method", FLOW_METHODS),
        bumps = integer(Int64, bumps, "bumps", 0, 2000),
        neighbour = integer(Int64, neighbour, "neighbour", 1, 2000),
        hidden_count = layers.hidden_count,
        hidden = layers.hidden,
        rank = integer(Int64, rank, "rank", 0, 64),
        iterations = integer(Int64, iterations, "iterations", 1, 1_000_000),
        batch_size = integer(Int64, batch_size, "batch_size", 1, 1_000_000),
        learning_rate = positive(learning_rate, "learning_rate"),
        t0 = real_number(t0, "t0"),
        seed = seed(random_state),
        given(;
            components = components === nothing ? nothing : integer(Int64, components, "components", 0, 500),
            particles = particles === nothing ? nothing : integer(Int64, particles, "particles", 100, 1_000_000),
        )...,
    )
    return WassersteinFlow((; potential, interaction), parameters, nothing)
end

"""
    fit!(flow::WassersteinFlow, x0; density = GaussianMixture(), log_density = nothing, checkpoint = nothing,
         progress = nothing)

Compute a flow from the density of particles, shape (n, d).

- `density`: how it is estimated, a [`GaussianMixture`](@ref) or a [`KernelDensity`](@ref)
- `log_density`: instead, a function that computes it: of points of shape (n, d), it returns n values of ln rho and
  gradients of shape (n, d). There must be 100 particles or more; samples are drawn from them, and the flow cannot be
  saved. It may be called by any task that asks the flow for a density or score
- `checkpoint`: a path or a [`Checkpoint`](@ref): the flow is written there after every step, and can go on from it
- `progress`: a function of [`JKOnetStar.Progress`](@ref), whose `loss` is the energy
"""
function fit!(
    flow::WassersteinFlow, x0; density = GaussianMixture(), log_density = nothing, checkpoint = nothing,
    progress = nothing,
)
    flow.energy === nothing &&
        refuse("flow", "flow was read from a file, which has no energy; make another WassersteinFlow")
    start, kept, handle = matrix_view(x0, "x0"), Kept(), Ref{Ptr{jko_flow}}(C_NULL)
    options = with(
        defaults(jko_flow_options, jko_flow_options_init); flow.parameters..., flow_checkpoint(checkpoint, kept)...
    )
    base = log_density === nothing ? estimated(density, start) : OwnDensity(log_density)
    V, U = flow.energy.potential, flow.energy.interaction
    call = LongCall(progress; potential = V, interaction = U)
    status = GC.@preserve kept base V U under(call) do callback, data
        asked = with(
            options;
            progress = callback,
            progress_user_data = data,
            potential_energy(V, kept, data)...,
            interaction_energy(U, kept, data)...,
        )
        computed_from(base, start, Ref(asked), handle)
    end
    throw_own(base)
    settle(
        call, status; potential_model = "potential", potential_callback = "potential",
        interaction_model = "interaction", interaction_callback = "interaction", particles = "particles",
    )
    flow.maps = Maps(handle[], base isa OwnDensity ? base : nothing)
    return flow
end

computed_from(base::BaseDensity, start, options, handle) = jko_flow_compute(base, options, handle)

# The density of particles.
function estimated(density, start)
    options, handle = density_options(density), Ref{Ptr{jko_density}}(C_NULL)
    long(; points = "x0", components = "n_components") do callback, data
        named = with(options; progress = callback, progress_user_data = data)
        jko_density_create(start, C_NULL, Ref(named), handle)
    end
    return BaseDensity(handle[])
end

flow_checkpoint(::Nothing, kept) = (;)
flow_checkpoint(path, kept) = flow_checkpoint(Checkpoint(path), kept)
flow_checkpoint(checkpoint::Checkpoint, kept) =
    (; checkpoint = place!(kept, checkpoint.path), resume = Int64(checkpoint.resume))
