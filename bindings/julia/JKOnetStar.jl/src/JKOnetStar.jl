"""
Learn the energy that drives a population from unpaired snapshots of it, and predict where the population goes.

    series = Snapshots(X, time)                  # X of shape (n, d), the time of each row
    model = fit!(JKOModel(), series)             # a network V
    V = potential(model)                         # V(x), gradient(V, x)
    paths = predict(model, series[1].points; steps = 3)
    evaluate(model, test; train = series)

All numbers are computed by `libjkonetstar`. Populations are matrices of shape (n, d), row i a particle; a vector of
length n is n particles in one dimension. What goes wrong is a [`JKOError`](@ref) of one line.
"""
module JKOnetStar

using Libdl: RTLD_LOCAL, RTLD_NOW, dlopen, dlsym
using LinearAlgebra: Adjoint, Transpose
using Printf: @sprintf
using Random: AbstractRNG, RandomDevice
import Random: shuffle

export Snapshots, Snapshot, coordinate_names, dimension, sizes, times, shuffle, without
export optimal_transport, transport_plans, TransportPlan, dense, sparse_pairs, barycentres
export emd, energy_distance, sinkhorn_divergence
export JKOModel, fit!, MLP, Linear, Radial, Fourier, GaussianMixture, KernelDensity, Sinkhorn, Unbalanced
export Adam, ClosedForm, ExactLastLayer, Validation, Checkpoint, Bootstrap
export potential, interaction, gradient, hessian_product, energy, beta, beta_std, history, scheme, time_varying
export coefficients, describe, observability, growth
export predict, evaluate, interpolate, Growth, rate, masses, total_mass
export WassersteinFlow, sample, transport, inverse, log_determinant, log_density, score, mass, energies
export simulate, functional, functional_names
export load, save, write_npy, JKOError

include("abi.jl")
include("library.jl")
include("errors.jl")
include("arrays.jl")
include("options.jl")
include("calls.jl")
include("owners.jl")
include("snapshots.jl")
include("snapshot_files.jl")
include("tables.jl")
include("plans.jl")
include("distances.jl")
include("energies.jl")
include("densities.jl")
include("coupling.jl")
include("training.jl")
include("model.jl")
include("model_options.jl")
include("terms.jl")
include("attributes.jl")
include("growth.jl")
include("fitting.jl")
include("prediction.jl")
include("evaluation.jl")
include("interpolation.jl")
include("functionals.jl")
include("simulation.jl")
include("flow_energy.jl")
include("flow.jl")
include("flow_maps.jl")
include("sampling.jl")
include("files.jl")

end
