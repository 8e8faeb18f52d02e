# How the density of each snapshot is estimated, for the internal energy.

"""
    GaussianMixture(; n_components = :bic, covariance_type = :full, tol = 1e-5, reg_covar = nothing, max_iter = 1000,
                    n_init = 3, max_components = nothing)

A mixture of Gaussians, fitted by the EM algorithm.

- `n_components`: 1 to 10,000, or `:bic` for that of 1 .. `max_components` (10 by default) with the least Bayesian
  information criterion
- `covariance_type`: `:full` or `:diag`
- `tol`: change of the mean log-likelihood, in nats per particle, at which iterations end
- `reg_covar`: added to variances, in squared length; by default a millionth of the population's
- `max_iter`, `n_init`: iterations, and fits from different starts
"""
Base.@kwdef struct GaussianMixture
    n_components::Any = :bic
    covariance_type::Any = :full
    tol::Any = 1e-5
    reg_covar::Any = nothing
    max_iter::Any = 1000
    n_init::Any = 3
    max_components::Any = nothing
end

"""
    KernelDensity(; bandwidth = :scott, covariance_type = :full)

A Gaussian kernel around every particle.

- `bandwidth`: `:scott`, `:silverman`, or the standard deviation of the kernel in every direction, in length
- `covariance_type`: `:full`, that of the population times a factor, or `:spherical`; for a rule only
"""
Base.@kwdef struct KernelDensity
    bandwidth::Any = :scott
    covariance_type::Any = :full
end

const BANDWIDTHS = (scott = JKO_BANDWIDTH_SCOTT, silverman = JKO_BANDWIDTH_SILVERMAN)

# The seed is that of the fit.
blank_density() = with(defaults(jko_density_options, jko_density_options_init); seed = 0)

function density_options(mixture::GaussianMixture)
    n, most, floor = mixture.n_components, mixture.max_components, mixture.reg_covar
    by_criterion = n in (:bic, "bic")
    by_criterion || most === nothing ||
        refuse("max_components", "max_components = $most has no effect: it is for n_components = :bic, not $n")
    return with(
        blank_density();
        kind = JKO_DENSITY_MIXTURE,
        covariance = choice(
            mixture.covariance_type, "covariance_type", (full = JKO_COVARIANCE_FULL, diag = JKO_COVARIANCE_DIAGONAL),
        ),
        components = by_criterion ? 0 : integer(Int64, n, "n_components", 1, 10_000),
        restarts = integer(Int64, mixture.n_init, "n_init"),
        max_iterations = integer(Int64, mixture.max_iter, "max_iter"),
        tolerance = real_number(mixture.tol, "tol"),
        given(;
            max_components = most === nothing ? nothing : integer(Int64, most, "max_components"),
            regularisation = floor === nothing ? nothing : 0.0,
            absolute_regularisation = floor === nothing ? nothing : real_number(floor, "reg_covar"),
        )...,
    )
end

function density_options(kernel::KernelDensity)
    shape = choice(
        kernel.covariance_type, "covariance_type", (full = JKO_COVARIANCE_FULL, spherical = JKO_COVARIANCE_SPHERICAL),
    )
    options = with(blank_density(); kind = JKO_DENSITY_KERNEL)
    if kernel.bandwidth isa Union{Symbol,AbstractString}
        return with(options; covariance = shape, bandwidth_rule = choice(kernel.bandwidth, "bandwidth", BANDWIDTHS))
    end
    shape == JKO_COVARIANCE_FULL || refuse(
        "covariance_type", "covariance_type = $(repr(kernel.covariance_type)) has no effect: bandwidth is given",
    )
    return with(options; bandwidth = positive(kernel.bandwidth, "bandwidth"))
end
