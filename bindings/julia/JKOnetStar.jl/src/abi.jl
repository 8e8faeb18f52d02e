# The C headers in Julia: every constant, struct and function of `include/jkonetstar/*.h`.
#
# `make declarations` writes this file from the headers; change them instead.

# Version of the binary interface that these headers describe.
const JKO_ABI_VERSION = 1

# The time tolerance that joins what differs by rounding only; see jko_snapshots_create().
const JKO_TIME_TOLERANCE_USUAL = -1.0

# The largest number of hidden layers.
const JKO_MAX_HIDDEN_LAYERS = 8

# A fit decides by held-out particles whether V varies in time: a fifth of each snapshot's particles are held out, both
# kinds of V are fitted to the others, and the one that predicts these better (by the product of the mean W1 one step
# ahead and rolled out) is fitted to all.
const JKO_TIME_VARYING_BY_DATA = -1

# The ridge that a linear fit takes by itself: 1e-6, with two exceptions.
const JKO_RIDGE_USUAL = -1.0

# The rollout weight that a fit takes by itself: 0.25 where V alone is learned, as a network, and 0 otherwise.
const JKO_ROLLOUT_USUAL = -1.0

# The observed times choose whether velocities are gradients.
const JKO_GRADIENT_CHOSEN = -1

# Outcome of a call: 0 is success, every failure is negative.
const jko_status = Int32
const JKO_OK = jko_status(0)
const JKO_ENULL = jko_status(-1)
const JKO_EINVALID = jko_status(-2)
const JKO_ESHAPE = jko_status(-3)
const JKO_ENONFINITE = jko_status(-4)
const JKO_EPOPULATION = jko_status(-5)
const JKO_EIO = jko_status(-6)
const JKO_EFORMAT = jko_status(-7)
const JKO_ENOMEM = jko_status(-8)
const JKO_ECANCELLED = jko_status(-9)
const JKO_ENOTFITTED = jko_status(-10)
const JKO_ECONVERGENCE = jko_status(-11)
const JKO_EINTERNAL = jko_status(-12)

# Element type of an array.
const jko_dtype = Int32
const JKO_FLOAT64 = jko_dtype(0)
const JKO_FLOAT32 = jko_dtype(1)

# How a series is divided into a training and a test part.
const jko_split = Int32
const JKO_SPLIT_TRAJECTORIES = jko_split(0)
const JKO_SPLIT_WITHIN_TIMES = jko_split(1)

# The cost c(x, y) of moving a unit of mass.
const jko_metric = Int32
const JKO_SQEUCLIDEAN = jko_metric(0)
const JKO_EUCLIDEAN = jko_metric(1)

# How the plan is found.
const jko_plan_method = Int32
const JKO_PLAN_EXACT = jko_plan_method(0)
const JKO_PLAN_SINKHORN = jko_plan_method(1)
const JKO_PLAN_UNBALANCED = jko_plan_method(2)

# What a density is made of.
const jko_density_kind = Int32
const JKO_DENSITY_MIXTURE = jko_density_kind(0)
const JKO_DENSITY_KERNEL = jko_density_kind(1)

# Shape of the components' or the kernel's covariance.
const jko_covariance = Int32
const JKO_COVARIANCE_FULL = jko_covariance(0)
const JKO_COVARIANCE_DIAGONAL = jko_covariance(1)
const JKO_COVARIANCE_SPHERICAL = jko_covariance(2)

# How wide the kernel is; n is the effective number of particles, 1 / sum w_i^2.
const jko_bandwidth = Int32
const JKO_BANDWIDTH_SCOTT = jko_bandwidth(0)
const JKO_BANDWIDTH_SILVERMAN = jko_bandwidth(1)

# A function of the distance r to a centre, in units of the width w.
const jko_radial = Int32
const JKO_RADIAL_GAUSSIAN = jko_radial(0)
const JKO_RADIAL_LINEAR = jko_radial(1)
const JKO_RADIAL_THIN_PLATE = jko_radial(2)
const JKO_RADIAL_CUBIC = jko_radial(3)
const JKO_RADIAL_QUINTIC = jko_radial(4)
const JKO_RADIAL_MULTIQUADRIC = jko_radial(5)
const JKO_RADIAL_INVERSE_MULTIQUADRIC = jko_radial(6)
const JKO_RADIAL_INVERSE_QUADRATIC = jko_radial(7)

# How the potential V, or the interaction U, is parametrised.
const jko_parametrisation = Int32
const JKO_NONE = jko_parametrisation(0)
const JKO_NETWORK = jko_parametrisation(1)
const JKO_LINEAR = jko_parametrisation(2)

# Where the first-order condition is evaluated, in fitting and in prediction alike.
const jko_scheme = Int32
const JKO_SCHEME_USUAL = jko_scheme(-1)
const JKO_SCHEME_IMPLICIT = jko_scheme(0)
const JKO_SCHEME_EXPLICIT = jko_scheme(1)
const JKO_SCHEME_MIDPOINT = jko_scheme(2)

# What the hidden layers of a network do to their inputs a.
const jko_activation = Int32
const JKO_ACTIVATION_SOFTPLUS = jko_activation(0)
const JKO_ACTIVATION_SILU = jko_activation(1)
const JKO_ACTIVATION_TANH = jko_activation(2)

# How Adam's step size changes over the epochs.
const jko_schedule = Int32
const JKO_SCHEDULE_CONSTANT = jko_schedule(0)
const JKO_SCHEDULE_COSINE = jko_schedule(1)
const JKO_SCHEDULE_EXPONENTIAL = jko_schedule(2)

# What is done with parameters that enter the objective linearly: the output layers of networks, coefficients of
# features, and beta.
const jko_last_layer = Int32
const JKO_LAST_LAYER_TRAINED = jko_last_layer(0)
const JKO_LAST_LAYER_EXACT = jko_last_layer(1)

# By what the best epoch is chosen.
const jko_validation = Int32
const JKO_VALIDATION_NONE = jko_validation(0)
const JKO_VALIDATION_LOSS = jko_validation(1)
const JKO_VALIDATION_EMD = jko_validation(2)

# How the ridge of a linear fit is chosen.
const jko_ridge_method = Int32
const JKO_RIDGE_FIXED = jko_ridge_method(0)
const JKO_RIDGE_CROSS_VALIDATED = jko_ridge_method(1)

# Where the error bars of a fit come from.
const jko_error_bars = Int32
const JKO_ERROR_BARS_NONE = jko_error_bars(0)
const JKO_ERROR_BARS_INFLUENCE = jko_error_bars(1)
const JKO_ERROR_BARS_BOOTSTRAP = jko_error_bars(2)

# What is added to the drift of predicted particles.
const jko_noise = Int32
const JKO_NOISE_BETA = jko_noise(0)
const JKO_NOISE_RESIDUAL = jko_noise(1)
const JKO_NOISE_NONE = jko_noise(2)

# How a step of time is made of proximal steps.
const jko_flow_scheme = Int32
const JKO_FLOW_JKO = jko_flow_scheme(0)
const JKO_FLOW_SDIRK2 = jko_flow_scheme(1)
const JKO_FLOW_BDF2 = jko_flow_scheme(2)
const JKO_FLOW_MIDPOINT = jko_flow_scheme(3)

# What moves the particles of a flow.
const jko_flow_method = Int32
const JKO_FLOW_FEATURES = jko_flow_method(0)
const JKO_FLOW_NETWORK = jko_flow_method(1)
const JKO_FLOW_PARTICLES = jko_flow_method(2)

# How a population between two observed ones is found.
const jko_interpolation_method = Int32
const JKO_INTERPOLATION_AUTO = jko_interpolation_method(0)
const JKO_INTERPOLATION_STRAIGHT = jko_interpolation_method(1)
const JKO_INTERPOLATION_FLOW = jko_interpolation_method(2)

# Called between units of long work, and about ten times a second within them, always on the thread that made the call.
# Made by @cfunction(f, Cint, (Ptr{jko_progress}, Ptr{Cvoid},)).
const jko_progress_callback = Ptr{Cvoid}

# The host's own features phi_f(x), f < count, at n points of d coordinates.
# Made by @cfunction(f, Cint, (Ptr{Cdouble}, Int64, Int64, Ptr{Cdouble}, Ptr{Cdouble}, Ptr{Cvoid},)).
const jko_feature_callback = Ptr{Cvoid}

# A gradient supplied by the caller.
# Made by @cfunction(f, Cint, (Ptr{Cdouble}, Int64, Int64, Cdouble, Ptr{Cdouble}, Ptr{Cvoid},)).
const jko_gradient_callback = Ptr{Cvoid}

# V, or U as a function of the difference, supplied by the caller.
# Made by @cfunction(f, Cint, (Ptr{Cdouble}, Int64, Int64, Cdouble, Ptr{Cdouble}, Ptr{Cdouble}, Ptr{Cvoid},)).
const jko_energy_callback = Ptr{Cvoid}

# A series of snapshots; release with jko_snapshots_destroy().
mutable struct jko_snapshots end

# A transport plan, read-only; release with jko_plan_destroy().
mutable struct jko_plan end

# A density over d coordinates, read-only; release with jko_density_destroy().
mutable struct jko_density end

# An energy, to be fitted or fitted; release with jko_model_destroy().
mutable struct jko_model end

# Growth rates as a function of place and time, read-only; release with jko_growth_destroy().
mutable struct jko_growth end

# Sums A and r over transitions, over the features of one model; release with jko_normal_equations_destroy().
mutable struct jko_normal_equations end

# The objective of an energy with networks over snapshots; release with jko_objective_destroy().
mutable struct jko_objective end

# A flow, read-only; release with jko_flow_destroy().
mutable struct jko_flow end

# A strided view of a matrix that the caller owns.
struct jko_array
    data::Ptr{Cvoid}
    rows::Int64
    columns::Int64
    row_stride::Int64
    column_stride::Int64
    dtype::jko_dtype
end

# Where a long call stands; passed to a jko_progress_callback.
struct jko_progress
    stage::Cstring
    done::Int64
    total::Int64
    loss::Cdouble
    seconds::Cdouble
end

# What is unusual about a series as data to learn from.
struct jko_snapshots_info
    struct_size::Csize_t
    single_particles::Int64
    scale_ratio::Cdouble
    widest::Int64
    narrowest::Int64
    shortest_gap::Cdouble
    median_gap::Cdouble
    shortest_gap_index::Int64
end

# What to read from a file; see jko_snapshots_load().
struct jko_load_options
    struct_size::Csize_t
    points::Cstring
    time::Cstring
    weights::Cstring
    time_tolerance::Cdouble
end

# How to compute a plan.
struct jko_plan_options
    struct_size::Csize_t
    metric::jko_metric
    method::jko_plan_method
    progress::jko_progress_callback
    progress_user_data::Ptr{Cvoid}
    epsilon::Cdouble
    tolerance::Cdouble
    max_iterations::Int64
    relaxation_x::Cdouble
    relaxation_y::Cdouble
end

# What is known of a plan.
struct jko_plan_info
    struct_size::Csize_t
    rows::Int64
    columns::Int64
    entries::Int64
    cost::Cdouble
    dual_cost::Cdouble
    gap::Cdouble
    marginal_error::Cdouble
    iterations::Int64
    method::jko_plan_method
    converged::Int32
    epsilon::Cdouble
    objective::Cdouble
    mass::Cdouble
end

# How a divergence was computed.
struct jko_divergence_info
    struct_size::Csize_t
    epsilon::Cdouble
    marginal_error::Cdouble
    iterations::Int64
    converged::Int32
end

# How to estimate a density.
struct jko_density_options
    struct_size::Csize_t
    kind::jko_density_kind
    covariance::jko_covariance
    components::Int64
    max_components::Int64
    restarts::Int64
    max_iterations::Int64
    tolerance::Cdouble
    regularisation::Cdouble
    absolute_regularisation::Cdouble
    seed::UInt64
    start::Ptr{jko_density}
    bandwidth_rule::jko_bandwidth
    bandwidth::Cdouble
    progress::jko_progress_callback
    progress_user_data::Ptr{Cvoid}
end

# What is known of a density.
struct jko_density_info
    struct_size::Csize_t
    kind::jko_density_kind
    covariance::jko_covariance
    dimension::Int64
    components::Int64
    log_likelihood::Cdouble
    bic::Cdouble
    iterations::Int64
    converged::Int32
    bandwidth::Cdouble
end

# Which features a linear energy has.
struct jko_feature_options
    struct_size::Csize_t
    polynomial_degree::Int32
    polynomial_total::Int32
    trigonometric::Int32
    radial::jko_radial
    radial_grid::Int32
    radial_centres::Int32
    radial_width::Cdouble
    fourier_features::Int32
    time_degree::Int32
    fourier_scale::Cdouble
    callback::jko_feature_callback
    callback_user_data::Ptr{Cvoid}
    callback_count::Int64
    fourier_coordinates::Int64
end

# A network.
struct jko_network_options
    struct_size::Csize_t
    hidden_count::Int32
    activation::jko_activation
    hidden::NTuple{8, Int32}
end

# What a model is.
struct jko_model_options
    struct_size::Csize_t
    potential::jko_parametrisation
    time_varying::Int32
    potential_network::Ptr{jko_network_options}
    potential_features::Ptr{jko_feature_options}
    interaction::jko_parametrisation
    internal::Int32
    interaction_network::Ptr{jko_network_options}
    interaction_features::Ptr{jko_feature_options}
    density::Ptr{jko_density_options}
    scheme::jko_scheme
end

# What is known of a model.
struct jko_model_info
    struct_size::Csize_t
    fitted::Int32
    potential::jko_parametrisation
    scheme::jko_scheme
    time_varying::Int32
    interaction::jko_parametrisation
    internal::Int32
    dimension::Int64
    time_count::Int64
    parameter_count::Int64
    history_count::Int64
    member_count::Int64
    growth::Int32
end

# How networks are trained.
struct jko_training_options
    struct_size::Csize_t
    epochs::Int64
    batch_size::Int64
    learning_rate::Cdouble
    final_rate::Cdouble
    clip_norm::Cdouble
    schedule::jko_schedule
    precision::jko_dtype
    interaction_samples::Int64
    last_layer_every::Int64
    last_layer::jko_last_layer
    validation::jko_validation
    validation_fraction::Cdouble
    validation_every::Int64
    patience::Int64
    checkpoint::Cstring
    checkpoint_every::Int64
    resume::Int64
end

# How growth is learned.
struct jko_growth_options
    struct_size::Csize_t
    total_mass::Ptr{jko_array}
    prior::Ptr{jko_array}
    relaxation::Cdouble
    ridge::Cdouble
    rounds::Int32
    bootstrap::Int32
    length_scale::Cdouble
    time_scale::Cdouble
    particles::Int64
    seed::UInt64
    progress::jko_progress_callback
    progress_user_data::Ptr{Cvoid}
end

# How a model is fitted.
struct jko_fit_options
    struct_size::Csize_t
    seed::UInt64
    progress::jko_progress_callback
    progress_user_data::Ptr{Cvoid}
    transport::Ptr{jko_plan_options}
    training::Ptr{jko_training_options}
    ridge::Cdouble
    ridge_method::jko_ridge_method
    error_bars::jko_error_bars
    bootstrap_samples::Int64
    rollout_weight::Cdouble
    rollout_rounds::Int64
    bias_samples::Int64
    growth::Ptr{jko_growth}
end

# Normal equations without A and r: their size, and the sums that do not depend on coefficients.
struct jko_normal_equations_info
    struct_size::Csize_t
    count::Int64
    transitions::Cdouble
    equations::Cdouble
    constant::Cdouble
    scatter::Cdouble
end

# What drives a simulation.
struct jko_simulation_options
    struct_size::Csize_t
    potential::Cstring
    potential_gradient::jko_gradient_callback
    potential_gradient_user_data::Ptr{Cvoid}
    potential_model::Ptr{jko_model}
    interaction::Cstring
    interaction_gradient::jko_gradient_callback
    interaction_gradient_user_data::Ptr{Cvoid}
    beta::Cdouble
    dt::Cdouble
    t0::Cdouble
    steps::Int64
    seed::UInt64
    progress::jko_progress_callback
    progress_user_data::Ptr{Cvoid}
    interaction_model::Ptr{jko_model}
end

# How implicit steps are solved.
struct jko_rollout_options
    struct_size::Csize_t
    tolerance::Cdouble
    max_iterations::Int64
    seed::UInt64
    progress::jko_progress_callback
    progress_user_data::Ptr{Cvoid}
    substeps::Int64
    noise::jko_noise
end

# How a rollout went.
struct jko_rollout_info
    struct_size::Csize_t
    unconverged::Int64
    max_residual::Cdouble
    iterations::Int64
    outside::Int64
    farthest::Cdouble
end

# The energy, and how its flow is computed.
struct jko_flow_options
    struct_size::Csize_t
    potential::Cstring
    potential_callback::jko_energy_callback
    potential_callback_user_data::Ptr{Cvoid}
    potential_model::Ptr{jko_model}
    interaction::Cstring
    interaction_callback::jko_energy_callback
    interaction_callback_user_data::Ptr{Cvoid}
    interaction_model::Ptr{jko_model}
    beta::Cdouble
    exponent::Cdouble
    scheme::jko_flow_scheme
    step::Cdouble
    steps::Int64
    t0::Cdouble
    components::Int64
    bumps::Int64
    neighbour::Int64
    particles::Int64
    seed::UInt64
    progress::jko_progress_callback
    progress_user_data::Ptr{Cvoid}
    method::jko_flow_method
    hidden_count::Int32
    hidden::NTuple{8, Int32}
    rank::Int64
    iterations::Int64
    batch_size::Int64
    learning_rate::Cdouble
    checkpoint::Cstring
    resume::Int64
end

# What is drawn from, and how.
struct jko_sample_options
    struct_size::Csize_t
    potential::Cstring
    potential_callback::jko_energy_callback
    potential_callback_user_data::Ptr{Cvoid}
    potential_model::Ptr{jko_model}
    beta::Cdouble
    draws::Int64
    warmup::Int64
    step::Cdouble
    adjusted::Int32
    seed::UInt64
    progress::jko_progress_callback
    progress_user_data::Ptr{Cvoid}
end

# How sampling went.
struct jko_sample_info
    struct_size::Csize_t
    acceptance::Cdouble
    step::Cdouble
    effective_sizes::Ptr{jko_array}
    r_hats::Ptr{jko_array}
end

# How to interpolate.
struct jko_interpolation_options
    struct_size::Csize_t
    method::jko_interpolation_method
    rounds::Int32
    gradient::Int32
    ridge::Cdouble
    relaxation::Cdouble
    length_scale::Cdouble
    time_scale::Cdouble
    particles::Int64
    seed::UInt64
    progress::jko_progress_callback
    progress_user_data::Ptr{Cvoid}
    model::Ptr{jko_model}
    growth::Ptr{jko_growth}
end

# How each population was found: arrays to be filled, one element per requested time; NULL for those not wanted.
struct jko_interpolation_report
    struct_size::Csize_t
    gradient::Ptr{jko_array}
    ridge::Ptr{jko_array}
    rounds::Ptr{jko_array}
    missed::Ptr{jko_array}
    straight_missed::Ptr{jko_array}
end

# How a model is evaluated.
struct jko_evaluation_options
    struct_size::Csize_t
    seed::UInt64
    progress::jko_progress_callback
    progress_user_data::Ptr{Cvoid}
end

# Where jko_model_compare() writes: arrays of shape (count - 1, 1), element k for the step from snapshot k to k + 1.
struct jko_comparison
    struct_size::Csize_t
    one_step::Ptr{jko_array}
    energy_distance::Ptr{jko_array}
    variance_ratio::Ptr{jko_array}
    cumulative::Ptr{jko_array}
    effects_mismatch::Ptr{jko_array}
    cumulative_energy_distance::Ptr{jko_array}
    cumulative_variance_ratio::Ptr{jko_array}
    nothing_moves::Ptr{jko_array}
    nothing_moves_energy_distance::Ptr{jko_array}
    nothing_moves_variance_ratio::Ptr{jko_array}
    floor::Ptr{jko_array}
    floor_energy_distance::Ptr{jko_array}
end

# How a model's one-step predictions compare with the prediction that nothing moves.
struct jko_fit_check
    struct_size::Csize_t
    one_step::Cdouble
    nothing_moves::Cdouble
    transitions::Int64
    worse::Int32
    energy_distance::Cdouble
    variance_ratio::Cdouble
    nothing_moves_energy_distance::Cdouble
    nothing_moves_variance_ratio::Cdouble
    floor::Cdouble
    floor_energy_distance::Cdouble
    folded::Cdouble
    unconverged::Cdouble
end

# The size of every struct and the offsets of its members, in bytes.
const LAYOUTS = (
    jko_array = (48, (0, 8, 16, 24, 32, 40)),
    jko_progress = (40, (0, 8, 16, 24, 32)),
    jko_snapshots_info = (64, (0, 8, 16, 24, 32, 40, 48, 56)),
    jko_load_options = (40, (0, 8, 16, 24, 32)),
    jko_plan_options = (72, (0, 8, 12, 16, 24, 32, 40, 48, 56, 64)),
    jko_plan_info = (104, (0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 76, 80, 88, 96)),
    jko_divergence_info = (40, (0, 8, 16, 24, 32)),
    jko_density_options = (120, (0, 8, 12, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112)),
    jko_density_info = (72, (0, 8, 12, 16, 24, 32, 40, 48, 56, 64)),
    jko_feature_options = (88, (0, 8, 12, 16, 20, 24, 28, 32, 40, 44, 48, 56, 64, 72, 80)),
    jko_network_options = (48, (0, 8, 12, 16)),
    jko_model_options = (72, (0, 8, 12, 16, 24, 32, 36, 40, 48, 56, 64)),
    jko_model_info = (80, (0, 8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 72)),
    jko_training_options = (128, (0, 8, 16, 24, 32, 40, 48, 52, 56, 64, 72, 76, 80, 88, 96, 104, 112, 120)),
    jko_growth_options = (96, (0, 8, 16, 24, 32, 40, 44, 48, 56, 64, 72, 80, 88)),
    jko_fit_options = (104, (0, 8, 16, 24, 32, 40, 48, 56, 60, 64, 72, 80, 88, 96)),
    jko_normal_equations_info = (48, (0, 8, 16, 24, 32, 40)),
    jko_simulation_options = (128, (0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120)),
    jko_rollout_options = (64, (0, 8, 16, 24, 32, 40, 48, 56)),
    jko_rollout_info = (48, (0, 8, 16, 24, 32, 40)),
    jko_flow_options = (264, (0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128, 136, 144, 152, 160,
        168, 176, 180, 184, 216, 224, 232, 240, 248, 256)),
    jko_sample_options = (104, (0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96)),
    jko_sample_info = (40, (0, 8, 16, 24, 32)),
    jko_interpolation_options = (104, (0, 8, 12, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96)),
    jko_interpolation_report = (48, (0, 8, 16, 24, 32, 40)),
    jko_evaluation_options = (32, (0, 8, 16, 24)),
    jko_comparison = (104, (0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96)),
    jko_fit_check = (104, (0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96)),
)

# The message of the last failed call on this thread.
function jko_last_error()
    return @ccall $(symbol(:jko_last_error))()::Cstring
end

# The argument that the last failed call on this thread was about, for callers that have names and indices of their own.
function jko_last_error_argument()
    return @ccall $(symbol(:jko_last_error_argument))()::Cstring
end

# The name of a status code, such as "JKO_ESHAPE".
function jko_status_name(status)
    return @ccall $(symbol(:jko_status_name))(status::jko_status)::Cstring
end

# Version of the library as "major.minor.patch" (semantic versioning).
function jko_version()
    return @ccall $(symbol(:jko_version))()::Cstring
end

# Version of the library's binary interface.
function jko_abi_version()
    return @ccall $(symbol(:jko_abi_version))()::Int32
end

# How this library was built and which kernels it uses, one "key=value" per line: version, abi, architecture, kernels
# (the instruction set in use: baseline, v3 or v4).
function jko_build_info()
    return @ccall $(symbol(:jko_build_info))()::Cstring
end

# Set how many threads calls of this process may use.
function jko_set_num_threads(count)
    return @ccall $(symbol(:jko_set_num_threads))(count::Int32)::jko_status
end

# How many threads calls of this process may use.
function jko_num_threads()
    return @ccall $(symbol(:jko_num_threads))()::Int32
end

# Write a matrix as a NumPy file (format 1.0, C order, little-endian float64 or float32 as the view).
function jko_npy_write(path, array)
    return @ccall $(symbol(:jko_npy_write))(path::Cstring, array::Ptr{jko_array})::jko_status
end

# Set a callback that hears of every long call of this thread, about ten times a second.
function jko_set_progress(progress, progress_user_data)
    return @ccall $(symbol(:jko_set_progress))(
        progress::jko_progress_callback, progress_user_data::Ptr{Cvoid}
    )::jko_status
end

# An empty series, to be filled by jko_snapshots_append().
function jko_snapshots_create_empty(dimension, out)
    return @ccall $(symbol(:jko_snapshots_create_empty))(dimension::Int64, out::Ptr{Ptr{jko_snapshots}})::jko_status
end

# A series from pooled observations: rows with the same time form a snapshot and keep their order in it.
function jko_snapshots_create(points, times, weights, out)
    return @ccall $(symbol(:jko_snapshots_create))(
        points::Ptr{jko_array}, times::Ptr{jko_array}, weights::Ptr{jko_array}, out::Ptr{Ptr{jko_snapshots}}
    )::jko_status
end

# The same with a tolerance of your own, for times that were measured one by one: particles seen at nearly the same time
# form a snapshot.
function jko_snapshots_create_within(points, times, weights, time_tolerance, out)
    return @ccall $(symbol(:jko_snapshots_create_within))(
        points::Ptr{jko_array}, times::Ptr{jko_array}, weights::Ptr{jko_array}, time_tolerance::Cdouble,
        out::Ptr{Ptr{jko_snapshots}}
    )::jko_status
end

# Describe a series as data to learn from, before it is used for a fit.
function jko_snapshots_describe(snapshots, info)
    return @ccall $(symbol(:jko_snapshots_describe))(
        snapshots::Ptr{jko_snapshots}, info::Ptr{jko_snapshots_info}
    )::jko_status
end

# Add a snapshot after the last one; its row numbers are 0, 1, 2,.
function jko_snapshots_append(snapshots, points, time, weights)
    return @ccall $(symbol(:jko_snapshots_append))(
        snapshots::Ptr{jko_snapshots}, points::Ptr{jko_array}, time::Cdouble, weights::Ptr{jko_array}
    )::jko_status
end

# Divide a series at random; both parts keep all times.
function jko_snapshots_split(snapshots, split, test_fraction, seed, train, test)
    return @ccall $(symbol(:jko_snapshots_split))(
        snapshots::Ptr{jko_snapshots}, split::jko_split, test_fraction::Cdouble, seed::UInt64,
        train::Ptr{Ptr{jko_snapshots}}, test::Ptr{Ptr{jko_snapshots}}
    )::jko_status
end

# A copy whose rows are permuted in every snapshot independently, so that the order of rows pairs no particles.
function jko_snapshots_shuffle(snapshots, seed, out)
    return @ccall $(symbol(:jko_snapshots_shuffle))(
        snapshots::Ptr{jko_snapshots}, seed::UInt64, out::Ptr{Ptr{jko_snapshots}}
    )::jko_status
end

# A copy without snapshot k, to see how well it can be predicted from the others.
function jko_snapshots_without(snapshots, k, out)
    return @ccall $(symbol(:jko_snapshots_without))(
        snapshots::Ptr{jko_snapshots}, k::Int64, out::Ptr{Ptr{jko_snapshots}}
    )::jko_status
end

# Number of snapshots (T + 1); 0 for NULL.
function jko_snapshots_count(snapshots)
    return @ccall $(symbol(:jko_snapshots_count))(snapshots::Ptr{jko_snapshots})::Int64
end

# Number of coordinates d; 0 for NULL.
function jko_snapshots_dimension(snapshots)
    return @ccall $(symbol(:jko_snapshots_dimension))(snapshots::Ptr{jko_snapshots})::Int64
end

# Number of particles in snapshot k, 0 <= k < count; 0 for any other k and for NULL.
function jko_snapshots_size(snapshots, k)
    return @ccall $(symbol(:jko_snapshots_size))(snapshots::Ptr{jko_snapshots}, k::Int64)::Int64
end

# Time of snapshot k, 0 <= k < count; NaN for any other k and for NULL.
function jko_snapshots_time(snapshots, k)
    return @ccall $(symbol(:jko_snapshots_time))(snapshots::Ptr{jko_snapshots}, k::Int64)::Cdouble
end

# Name of coordinate j, 0 <= j < d, as the column of a table that was loaded; splits and permuted copies keep it, and so
# do models that are fitted to the series, in their files.
function jko_snapshots_coordinate_name(snapshots, j)
    return @ccall $(symbol(:jko_snapshots_coordinate_name))(snapshots::Ptr{jko_snapshots}, j::Int64)::Cstring
end

# Name a coordinate.
function jko_snapshots_set_coordinate_name(snapshots, j, name)
    return @ccall $(symbol(:jko_snapshots_set_coordinate_name))(
        snapshots::Ptr{jko_snapshots}, j::Int64, name::Cstring
    )::jko_status
end

# Columns of the table that were left out unasked, each with the reason, for people: `"cell" (index), "type" (no
# numbers)`.
function jko_snapshots_omitted_columns(snapshots)
    return @ccall $(symbol(:jko_snapshots_omitted_columns))(snapshots::Ptr{jko_snapshots})::Cstring
end

# Copy the points of snapshot k.
function jko_snapshots_points(snapshots, k, out)
    return @ccall $(symbol(:jko_snapshots_points))(
        snapshots::Ptr{jko_snapshots}, k::Int64, out::Ptr{jko_array}
    )::jko_status
end

# Copy the weights of snapshot k; they are positive or zero and sum to 1.
function jko_snapshots_weights(snapshots, k, out)
    return @ccall $(symbol(:jko_snapshots_weights))(
        snapshots::Ptr{jko_snapshots}, k::Int64, out::Ptr{jko_array}
    )::jko_status
end

# Copy the row numbers of snapshot k: which row of the caller's data each particle is.
function jko_snapshots_rows(snapshots, k, rows)
    return @ccall $(symbol(:jko_snapshots_rows))(snapshots::Ptr{jko_snapshots}, k::Int64, rows::Ptr{Int64})::jko_status
end

# Replace the row numbers of snapshot k, for example by rows of a table from which the caller took the snapshot.
function jko_snapshots_set_rows(snapshots, k, rows)
    return @ccall $(symbol(:jko_snapshots_set_rows))(
        snapshots::Ptr{jko_snapshots}, k::Int64, rows::Ptr{Int64}
    )::jko_status
end

# Release a series; NULL is accepted.
function jko_snapshots_destroy(snapshots)
    return @ccall $(symbol(:jko_snapshots_destroy))(snapshots::Ptr{jko_snapshots})::Cvoid
end

# Fill options with the defaults: all names NULL, JKO_TIME_TOLERANCE_USUAL.
function jko_load_options_init(options, struct_size)
    return @ccall $(symbol(:jko_load_options_init))(options::Ptr{jko_load_options}, struct_size::Csize_t)::jko_status
end

# Read a series from a file or folder.
function jko_snapshots_load(path, options, out)
    return @ccall $(symbol(:jko_snapshots_load))(
        path::Cstring, options::Ptr{jko_load_options}, out::Ptr{Ptr{jko_snapshots}}
    )::jko_status
end

# Write a series as a folder of NumPy files (points.npy, time.npy, weights.npy) that jko_snapshots_load() reads.
function jko_snapshots_save(snapshots, path)
    return @ccall $(symbol(:jko_snapshots_save))(snapshots::Ptr{jko_snapshots}, path::Cstring)::jko_status
end

# Fill options with the defaults.
function jko_plan_options_init(options, struct_size)
    return @ccall $(symbol(:jko_plan_options_init))(options::Ptr{jko_plan_options}, struct_size::Csize_t)::jko_status
end

# Compute the plan between two populations.
function jko_plan_compute(x, y, a, b, options, out)
    return @ccall $(symbol(:jko_plan_compute))(
        x::Ptr{jko_array}, y::Ptr{jko_array}, a::Ptr{jko_array}, b::Ptr{jko_array}, options::Ptr{jko_plan_options},
        out::Ptr{Ptr{jko_plan}}
    )::jko_status
end

# Compute the plans between all consecutive snapshots of a time course, several at a time, with the snapshots' weights
# as masses.
function jko_snapshots_plans(snapshots, options, plans, count)
    return @ccall $(symbol(:jko_snapshots_plans))(
        snapshots::Ptr{jko_snapshots}, options::Ptr{jko_plan_options}, plans::Ptr{Ptr{jko_plan}}, count::Int64
    )::jko_status
end

# Release a plan; NULL is accepted.
function jko_plan_destroy(plan)
    return @ccall $(symbol(:jko_plan_destroy))(plan::Ptr{jko_plan})::Cvoid
end

# Describe a plan.
function jko_plan_describe(plan, info)
    return @ccall $(symbol(:jko_plan_describe))(plan::Ptr{jko_plan}, info::Ptr{jko_plan_info})::jko_status
end

# Copy the pairs of an exact plan that carry mass, ordered by row, then column.
function jko_plan_entries(plan, rows, columns, mass)
    return @ccall $(symbol(:jko_plan_entries))(
        plan::Ptr{jko_plan}, rows::Ptr{Int64}, columns::Ptr{Int64}, mass::Ptr{Cdouble}
    )::jko_status
end

# Copy the pairs that carry more mass than a threshold, ordered by row, then column.
function jko_plan_sparse(plan, threshold, capacity, rows, columns, mass, count)
    return @ccall $(symbol(:jko_plan_sparse))(
        plan::Ptr{jko_plan}, threshold::Cdouble, capacity::Int64, rows::Ptr{Int64}, columns::Ptr{Int64},
        mass::Ptr{Cdouble}, count::Ptr{Int64}
    )::jko_status
end

# Copy the sums of the plan's rows and columns: how much mass leaves each x and reaches each y.
function jko_plan_masses(plan, mass_x, mass_y)
    return @ccall $(symbol(:jko_plan_masses))(
        plan::Ptr{jko_plan}, mass_x::Ptr{Cdouble}, mass_y::Ptr{Cdouble}
    )::jko_status
end

# Where particles go and come from on average: sum_j P_ij y_j / sum_j P_ij and sum_i P_ij x_i / sum_i P_ij.
function jko_plan_barycentres(plan, images_x, images_y)
    return @ccall $(symbol(:jko_plan_barycentres))(
        plan::Ptr{jko_plan}, images_x::Ptr{jko_array}, images_y::Ptr{jko_array}
    )::jko_status
end

# Copy the dual potentials.
function jko_plan_duals(plan, dual_x, dual_y)
    return @ccall $(symbol(:jko_plan_duals))(
        plan::Ptr{jko_plan}, dual_x::Ptr{Cdouble}, dual_y::Ptr{Cdouble}
    )::jko_status
end

# The Wasserstein distance between two populations.
function jko_emd(x, y, a, b, order, options, out)
    return @ccall $(symbol(:jko_emd))(
        x::Ptr{jko_array}, y::Ptr{jko_array}, a::Ptr{jko_array}, b::Ptr{jko_array}, order::Int32,
        options::Ptr{jko_plan_options}, out::Ptr{Cdouble}
    )::jko_status
end

# The Sinkhorn divergence S = OT(mu, nu) - OT(mu, mu) / 2 - OT(nu, nu) / 2 between two populations, where OT is the
# least entropic objective.
function jko_sinkhorn_divergence(x, y, a, b, options, out, info)
    return @ccall $(symbol(:jko_sinkhorn_divergence))(
        x::Ptr{jko_array}, y::Ptr{jko_array}, a::Ptr{jko_array}, b::Ptr{jko_array}, options::Ptr{jko_plan_options},
        out::Ptr{Cdouble}, info::Ptr{jko_divergence_info}
    )::jko_status
end

# The unbiased energy distance 2 E|X - Y| - E|X - X'| - E|Y - Y'| between two populations, in length (Szekely and Rizzo
# 2013).
function jko_energy_distance(x, y, a, b, out)
    return @ccall $(symbol(:jko_energy_distance))(
        x::Ptr{jko_array}, y::Ptr{jko_array}, a::Ptr{jko_array}, b::Ptr{jko_array}, out::Ptr{Cdouble}
    )::jko_status
end

# Fill options with the defaults.
function jko_density_options_init(options, struct_size)
    return @ccall $(symbol(:jko_density_options_init))(
        options::Ptr{jko_density_options}, struct_size::Csize_t
    )::jko_status
end

# Estimate the density of a population.
function jko_density_create(points, weights, options, out)
    return @ccall $(symbol(:jko_density_create))(
        points::Ptr{jko_array}, weights::Ptr{jko_array}, options::Ptr{jko_density_options}, out::Ptr{Ptr{jko_density}}
    )::jko_status
end

# Make a mixture of given parameters.
function jko_density_from_mixture(weights, means, covariances, covariance, out)
    return @ccall $(symbol(:jko_density_from_mixture))(
        weights::Ptr{jko_array}, means::Ptr{jko_array}, covariances::Ptr{jko_array}, covariance::jko_covariance,
        out::Ptr{Ptr{jko_density}}
    )::jko_status
end

# Describe a density.
function jko_density_describe(density, info)
    return @ccall $(symbol(:jko_density_describe))(density::Ptr{jko_density}, info::Ptr{jko_density_info})::jko_status
end

# ln rho at points.
function jko_density_log(density, x, out)
    return @ccall $(symbol(:jko_density_log))(
        density::Ptr{jko_density}, x::Ptr{jko_array}, out::Ptr{jko_array}
    )::jko_status
end

# The score grad ln rho at points.
function jko_density_score(density, x, out)
    return @ccall $(symbol(:jko_density_score))(
        density::Ptr{jko_density}, x::Ptr{jko_array}, out::Ptr{jko_array}
    )::jko_status
end

# Particles of a density.
function jko_density_sample(density, seed, out)
    return @ccall $(symbol(:jko_density_sample))(
        density::Ptr{jko_density}, seed::UInt64, out::Ptr{jko_array}
    )::jko_status
end

# Copy the weights w_c of a mixture, which sum to 1.
function jko_density_weights(density, out)
    return @ccall $(symbol(:jko_density_weights))(density::Ptr{jko_density}, out::Ptr{jko_array})::jko_status
end

# Copy the means m_c of a mixture.
function jko_density_means(density, out)
    return @ccall $(symbol(:jko_density_means))(density::Ptr{jko_density}, out::Ptr{jko_array})::jko_status
end

# Copy the covariances Sigma_c of a mixture.
function jko_density_covariances(density, out)
    return @ccall $(symbol(:jko_density_covariances))(density::Ptr{jko_density}, out::Ptr{jko_array})::jko_status
end

# Release a density; NULL is accepted.
function jko_density_destroy(density)
    return @ccall $(symbol(:jko_density_destroy))(density::Ptr{jko_density})::Cvoid
end

# Number of functionals.
function jko_functional_count()
    return @ccall $(symbol(:jko_functional_count))()::Int32
end

# Name of functional `index`, 0 <= index < count; NULL for any other index.
function jko_functional_name(index)
    return @ccall $(symbol(:jko_functional_name))(index::Int32)::Cstring
end

# Values of a functional.
function jko_functional_value(name, x, out)
    return @ccall $(symbol(:jko_functional_value))(name::Cstring, x::Ptr{jko_array}, out::Ptr{jko_array})::jko_status
end

# Gradients of a functional.
function jko_functional_gradient(name, x, out)
    return @ccall $(symbol(:jko_functional_gradient))(name::Cstring, x::Ptr{jko_array}, out::Ptr{jko_array})::jko_status
end

# Fill options with the defaults.
function jko_feature_options_init(options, struct_size)
    return @ccall $(symbol(:jko_feature_options_init))(
        options::Ptr{jko_feature_options}, struct_size::Csize_t
    )::jko_status
end

# Fill options with the defaults.
function jko_network_options_init(options, struct_size)
    return @ccall $(symbol(:jko_network_options_init))(
        options::Ptr{jko_network_options}, struct_size::Csize_t
    )::jko_status
end

# Fill options with the defaults.
function jko_model_options_init(options, struct_size)
    return @ccall $(symbol(:jko_model_options_init))(options::Ptr{jko_model_options}, struct_size::Csize_t)::jko_status
end

# A model that has not seen data.
function jko_model_create(options, out)
    return @ccall $(symbol(:jko_model_create))(options::Ptr{jko_model_options}, out::Ptr{Ptr{jko_model}})::jko_status
end

# Describe a model.
function jko_model_describe(model, info)
    return @ccall $(symbol(:jko_model_describe))(model::Ptr{jko_model}, info::Ptr{jko_model_info})::jko_status
end

# A model's options, fit and training data in words: one JSON object.
function jko_model_describe_json(model, buffer, capacity, length)
    return @ccall $(symbol(:jko_model_describe_json))(
        model::Ptr{jko_model}, buffer::Ptr{Cchar}, capacity::Csize_t, length::Ptr{Csize_t}
    )::jko_status
end

# The fitted times t_0 < .. < t_T.
function jko_model_times(model, out)
    return @ccall $(symbol(:jko_model_times))(model::Ptr{jko_model}, out::Ptr{jko_array})::jko_status
end

# Write a fitted model as a safetensors file; description and checksum are in its `__metadata__`.
function jko_model_save(model, path)
    return @ccall $(symbol(:jko_model_save))(model::Ptr{jko_model}, path::Cstring)::jko_status
end

# Read a model that jko_model_save() wrote; it evaluates and predicts bit for bit as the saved one.
function jko_model_load(path, out)
    return @ccall $(symbol(:jko_model_load))(path::Cstring, out::Ptr{Ptr{jko_model}})::jko_status
end

# Release a model; NULL is accepted.
function jko_model_destroy(model)
    return @ccall $(symbol(:jko_model_destroy))(model::Ptr{jko_model})::Cvoid
end

# Fill options with the defaults.
function jko_training_options_init(options, struct_size)
    return @ccall $(symbol(:jko_training_options_init))(
        options::Ptr{jko_training_options}, struct_size::Csize_t
    )::jko_status
end

# Fill options with the defaults.
function jko_growth_options_init(options, struct_size)
    return @ccall $(symbol(:jko_growth_options_init))(
        options::Ptr{jko_growth_options}, struct_size::Csize_t
    )::jko_status
end

# Learn how fast particles multiply or die.
function jko_growth_fit(snapshots, options, out)
    return @ccall $(symbol(:jko_growth_fit))(
        snapshots::Ptr{jko_snapshots}, options::Ptr{jko_growth_options}, out::Ptr{Ptr{jko_growth}}
    )::jko_status
end

# Growth rates at points, in 1/time: d ln(mass) / dt of a particle there.
function jko_growth_rates(growth, points, time, rates, errors)
    return @ccall $(symbol(:jko_growth_rates))(
        growth::Ptr{jko_growth}, points::Ptr{jko_array}, time::Cdouble, rates::Ptr{jko_array}, errors::Ptr{jko_array}
    )::jko_status
end

# Masses of particles along their paths, for example those that jko_model_rollout() predicts.
function jko_growth_masses(growth, paths, times, masses, out)
    return @ccall $(symbol(:jko_growth_masses))(
        growth::Ptr{jko_growth}, paths::Ptr{jko_array}, times::Ptr{jko_array}, masses::Ptr{jko_array},
        out::Ptr{jko_array}
    )::jko_status
end

# The mass of all particles at some times, in the unit of jko_growth_options.total_mass: between two snapshots it
# changes at a constant rate, beyond them at that of the nearest gap.
function jko_growth_total_mass(growth, times, out)
    return @ccall $(symbol(:jko_growth_total_mass))(
        growth::Ptr{jko_growth}, times::Ptr{jko_array}, out::Ptr{jko_array}
    )::jko_status
end

# Give a fitted model growth, which it keeps in its file too, or take it away.
function jko_model_set_growth(model, growth)
    return @ccall $(symbol(:jko_model_set_growth))(model::Ptr{jko_model}, growth::Ptr{jko_growth})::jko_status
end

# The growth of a model.
function jko_model_growth(model, out)
    return @ccall $(symbol(:jko_model_growth))(model::Ptr{jko_model}, out::Ptr{Ptr{jko_growth}})::jko_status
end

# Write growth rates as a safetensors file; a checksum is in its `__metadata__`.
function jko_growth_save(growth, path)
    return @ccall $(symbol(:jko_growth_save))(growth::Ptr{jko_growth}, path::Cstring)::jko_status
end

# Read growth rates that jko_growth_save() wrote; rates and masses are the same bit for bit.
function jko_growth_load(path, out)
    return @ccall $(symbol(:jko_growth_load))(path::Cstring, out::Ptr{Ptr{jko_growth}})::jko_status
end

# Number of members of the bootstrap; 0 for a fit without, and for NULL.
function jko_growth_member_count(growth)
    return @ccall $(symbol(:jko_growth_member_count))(growth::Ptr{jko_growth})::Int64
end

# Number of coordinates d; 0 for NULL.
function jko_growth_dimension(growth)
    return @ccall $(symbol(:jko_growth_dimension))(growth::Ptr{jko_growth})::Int64
end

# Number of times of the snapshots that the rates were learned from; 0 for NULL.
function jko_growth_time_count(growth)
    return @ccall $(symbol(:jko_growth_time_count))(growth::Ptr{jko_growth})::Int64
end

# The times of the snapshots that the rates were learned from.
function jko_growth_times(growth, out)
    return @ccall $(symbol(:jko_growth_times))(growth::Ptr{jko_growth}, out::Ptr{jko_array})::jko_status
end

# Release growth rates; NULL is accepted.
function jko_growth_destroy(growth)
    return @ccall $(symbol(:jko_growth_destroy))(growth::Ptr{jko_growth})::Cvoid
end

# Fill options with the defaults.
function jko_fit_options_init(options, struct_size)
    return @ccall $(symbol(:jko_fit_options_init))(options::Ptr{jko_fit_options}, struct_size::Csize_t)::jko_status
end

# Fit a model: plans between consecutive snapshots, then the minimiser of the objective above.
function jko_model_fit(model, snapshots, options)
    return @ccall $(symbol(:jko_model_fit))(
        model::Ptr{jko_model}, snapshots::Ptr{jko_snapshots}, options::Ptr{jko_fit_options}
    )::jko_status
end

# The objective, averaged over the couplings of each epoch, in squared length.
function jko_model_history(model, out)
    return @ccall $(symbol(:jko_model_history))(model::Ptr{jko_model}, out::Ptr{jko_array})::jko_status
end

# The potential V(x, t), in length^2/time, up to an additive constant (of time, when time-varying), and its gradient
# with respect to x, in length/time.
function jko_model_potential(model, x, t, value, gradient)
    return @ccall $(symbol(:jko_model_potential))(
        model::Ptr{jko_model}, x::Ptr{jko_array}, t::Ptr{jko_array}, value::Ptr{jko_array}, gradient::Ptr{jko_array}
    )::jko_status
end

# The Hessian of V(x, t) at each point times that point's direction, in 1/time times the unit of the directions.
function jko_model_potential_hessian_product(model, x, t, directions, out)
    return @ccall $(symbol(:jko_model_potential_hessian_product))(
        model::Ptr{jko_model}, x::Ptr{jko_array}, t::Ptr{jko_array}, directions::Ptr{jko_array}, out::Ptr{jko_array}
    )::jko_status
end

# Standard errors from a fit with error bars: of V(x, t) - V(c, t), in length^2/time, with c the centre of the training
# points (V is known up to a constant), and of grad V(x, t), in length/time.
function jko_model_potential_error(model, x, t, value, gradient)
    return @ccall $(symbol(:jko_model_potential_error))(
        model::Ptr{jko_model}, x::Ptr{jko_array}, t::Ptr{jko_array}, value::Ptr{jko_array}, gradient::Ptr{jko_array}
    )::jko_status
end

# The interaction U(x), in length^2/time, with U(0) = 0, and its gradient, in length/time.
function jko_model_interaction(model, x, value, gradient)
    return @ccall $(symbol(:jko_model_interaction))(
        model::Ptr{jko_model}, x::Ptr{jko_array}, value::Ptr{jko_array}, gradient::Ptr{jko_array}
    )::jko_status
end

# The Hessian of U(x) at each difference times that difference's direction, in the same unit.
function jko_model_interaction_hessian_product(model, x, directions, out)
    return @ccall $(symbol(:jko_model_interaction_hessian_product))(
        model::Ptr{jko_model}, x::Ptr{jko_array}, directions::Ptr{jko_array}, out::Ptr{jko_array}
    )::jko_status
end

# Standard errors from a fit with error bars: of U(x), in length^2/time, and of grad U(x), in length/time.
function jko_model_interaction_error(model, x, value, gradient)
    return @ccall $(symbol(:jko_model_interaction_error))(
        model::Ptr{jko_model}, x::Ptr{jko_array}, value::Ptr{jko_array}, gradient::Ptr{jko_array}
    )::jko_status
end

# The internal energy's level beta, in length^2/time.
function jko_model_beta(model, beta)
    return @ccall $(symbol(:jko_model_beta))(model::Ptr{jko_model}, beta::Ptr{Cdouble})::jko_status
end

# The standard error of beta, in length^2/time, from a fit with error bars.
function jko_model_beta_error(model, error)
    return @ccall $(symbol(:jko_model_beta_error))(model::Ptr{jko_model}, error::Ptr{Cdouble})::jko_status
end

# The energy J of a population, in length^2/time, with the density estimated as in fitting.
function jko_model_energy(model, x, weights, t, energy)
    return @ccall $(symbol(:jko_model_energy))(
        model::Ptr{jko_model}, x::Ptr{jko_array}, weights::Ptr{jko_array}, t::Ptr{jko_array}, energy::Ptr{Cdouble}
    )::jko_status
end

# The coefficients theta, in standardised coordinates.
function jko_model_coefficients(model, out)
    return @ccall $(symbol(:jko_model_coefficients))(model::Ptr{jko_model}, out::Ptr{jko_array})::jko_status
end

# The ridge that a fit used, and the criterion by which it was chosen.
function jko_model_ridge(model, ridge, score)
    return @ccall $(symbol(:jko_model_ridge))(
        model::Ptr{jko_model}, ridge::Ptr{Cdouble}, score::Ptr{Cdouble}
    )::jko_status
end

# The covariance of the coefficients, from a fit with error bars.
function jko_model_covariance(model, out)
    return @ccall $(symbol(:jko_model_covariance))(model::Ptr{jko_model}, out::Ptr{jko_array})::jko_status
end

# Which terms of the energy the data can tell apart: one JSON object.
function jko_model_observability(model, buffer, capacity, length)
    return @ccall $(symbol(:jko_model_observability))(
        model::Ptr{jko_model}, buffer::Ptr{Cchar}, capacity::Csize_t, length::Ptr{Csize_t}
    )::jko_status
end

# Whether jko_model_observability() says that all terms are identified.
function jko_model_identified(model, identified)
    return @ccall $(symbol(:jko_model_identified))(model::Ptr{jko_model}, identified::Ptr{Int32})::jko_status
end

# Empty sums over the features and in the standardised coordinates of a fitted model without networks.
function jko_normal_equations_create(model, out)
    return @ccall $(symbol(:jko_normal_equations_create))(
        model::Ptr{jko_model}, out::Ptr{Ptr{jko_normal_equations}}
    )::jko_status
end

# Add the transitions of a series of snapshots.
function jko_normal_equations_accumulate(equations, snapshots, options)
    return @ccall $(symbol(:jko_normal_equations_accumulate))(
        equations::Ptr{jko_normal_equations}, snapshots::Ptr{jko_snapshots}, options::Ptr{jko_fit_options}
    )::jko_status
end

# Add what others have summed over the same features.
function jko_normal_equations_merge(equations, other)
    return @ccall $(symbol(:jko_normal_equations_merge))(
        equations::Ptr{jko_normal_equations}, other::Ptr{jko_normal_equations}
    )::jko_status
end

# Add the sums that a model was fitted by, over the same features.
function jko_normal_equations_merge_model(equations, model)
    return @ccall $(symbol(:jko_normal_equations_merge_model))(
        equations::Ptr{jko_normal_equations}, model::Ptr{jko_model}
    )::jko_status
end

# Describe sums.
function jko_normal_equations_describe(equations, info)
    return @ccall $(symbol(:jko_normal_equations_describe))(
        equations::Ptr{jko_normal_equations}, info::Ptr{jko_normal_equations_info}
    )::jko_status
end

# The sums as arrays, to be sent or stored.
function jko_normal_equations_export(equations, matrix, right)
    return @ccall $(symbol(:jko_normal_equations_export))(
        equations::Ptr{jko_normal_equations}, matrix::Ptr{jko_array}, right::Ptr{jko_array}
    )::jko_status
end

# Add sums that were exported over the same features.
function jko_normal_equations_import(equations, matrix, right, info)
    return @ccall $(symbol(:jko_normal_equations_import))(
        equations::Ptr{jko_normal_equations}, matrix::Ptr{jko_array}, right::Ptr{jko_array},
        info::Ptr{jko_normal_equations_info}
    )::jko_status
end

# The model that the sums make.
function jko_normal_equations_solve(equations, options, out)
    return @ccall $(symbol(:jko_normal_equations_solve))(
        equations::Ptr{jko_normal_equations}, options::Ptr{jko_fit_options}, out::Ptr{Ptr{jko_model}}
    )::jko_status
end

# Release sums; NULL is accepted.
function jko_normal_equations_destroy(equations)
    return @ccall $(symbol(:jko_normal_equations_destroy))(equations::Ptr{jko_normal_equations})::Cvoid
end

# The objective of a model over snapshots: plans, densities and the forces of features are computed here, once.
function jko_objective_create(model, snapshots, options, out)
    return @ccall $(symbol(:jko_objective_create))(
        model::Ptr{jko_model}, snapshots::Ptr{jko_snapshots}, options::Ptr{jko_fit_options},
        out::Ptr{Ptr{jko_objective}}
    )::jko_status
end

# Number p of parameters; 0 for NULL.
function jko_objective_parameter_count(objective)
    return @ccall $(symbol(:jko_objective_parameter_count))(objective::Ptr{jko_objective})::Int64
end

# Where jko_model_fit() begins: weights normal with variance 1 / inputs, from the seed; biases and coefficients 0.
function jko_objective_initial_parameters(objective, out)
    return @ccall $(symbol(:jko_objective_initial_parameters))(
        objective::Ptr{jko_objective}, out::Ptr{jko_array}
    )::jko_status
end

# The objective, in squared length, and its gradient in the parameters, which is then in squared length, too.
function jko_objective_value_and_gradient(objective, parameters, value, gradient)
    return @ccall $(symbol(:jko_objective_value_and_gradient))(
        objective::Ptr{jko_objective}, parameters::Ptr{jko_array}, value::Ptr{Cdouble}, gradient::Ptr{jko_array}
    )::jko_status
end

# The model that parameters make.
function jko_objective_model(objective, parameters, history, out)
    return @ccall $(symbol(:jko_objective_model))(
        objective::Ptr{jko_objective}, parameters::Ptr{jko_array}, history::Ptr{jko_array}, out::Ptr{Ptr{jko_model}}
    )::jko_status
end

# Release an objective; NULL is accepted.
function jko_objective_destroy(objective)
    return @ccall $(symbol(:jko_objective_destroy))(objective::Ptr{jko_objective})::Cvoid
end

# Fill options with the defaults.
function jko_simulation_options_init(options, struct_size)
    return @ccall $(symbol(:jko_simulation_options_init))(
        options::Ptr{jko_simulation_options}, struct_size::Csize_t
    )::jko_status
end

# Euler-Maruyama simulation of the interacting diffusion whose law descends the energy:.
function jko_simulate(x0, options, out)
    return @ccall $(symbol(:jko_simulate))(
        x0::Ptr{jko_array}, options::Ptr{jko_simulation_options}, out::Ptr{jko_array}
    )::jko_status
end

# Fill options with the defaults.
function jko_rollout_options_init(options, struct_size)
    return @ccall $(symbol(:jko_rollout_options_init))(
        options::Ptr{jko_rollout_options}, struct_size::Csize_t
    )::jko_status
end

# The times of a rollout: from t0 by the fitted gaps; after the last fitted time the last gap repeats.
function jko_model_rollout_times(model, t0, steps, out)
    return @ccall $(symbol(:jko_model_rollout_times))(
        model::Ptr{jko_model}, t0::Cdouble, steps::Int64, out::Ptr{jko_array}
    )::jko_status
end

# Predict where a population goes.
function jko_model_rollout(model, x0, times, options, out, info)
    return @ccall $(symbol(:jko_model_rollout))(
        model::Ptr{jko_model}, x0::Ptr{jko_array}, times::Ptr{jko_array}, options::Ptr{jko_rollout_options},
        out::Ptr{jko_array}, info::Ptr{jko_rollout_info}
    )::jko_status
end

# Standard errors of predictions, of a model with networks that was fitted with JKO_ERROR_BARS_BOOTSTRAP: the spread of
# the rollouts of all its members, particle by particle and coordinate by coordinate.
function jko_model_rollout_error(model, x0, times, options, out, info)
    return @ccall $(symbol(:jko_model_rollout_error))(
        model::Ptr{jko_model}, x0::Ptr{jko_array}, times::Ptr{jko_array}, options::Ptr{jko_rollout_options},
        out::Ptr{jko_array}, info::Ptr{jko_rollout_info}
    )::jko_status
end

# Fill options with the defaults.
function jko_flow_options_init(options, struct_size)
    return @ccall $(symbol(:jko_flow_options_init))(options::Ptr{jko_flow_options}, struct_size::Csize_t)::jko_status
end

# Compute the flow of an energy.
function jko_flow_compute(base, options, out)
    return @ccall $(symbol(:jko_flow_compute))(
        base::Ptr{jko_density}, options::Ptr{jko_flow_options}, out::Ptr{Ptr{jko_flow}}
    )::jko_status
end

# Compute the flow from a density that the caller computes.
function jko_flow_compute_from(x0, log_density, user_data, options, out)
    return @ccall $(symbol(:jko_flow_compute_from))(
        x0::Ptr{jko_array}, log_density::jko_energy_callback, user_data::Ptr{Cvoid}, options::Ptr{jko_flow_options},
        out::Ptr{Ptr{jko_flow}}
    )::jko_status
end

# Number of coordinates d; 0 for NULL.
function jko_flow_dimension(flow)
    return @ccall $(symbol(:jko_flow_dimension))(flow::Ptr{jko_flow})::Int64
end

# Number of steps; 0 for NULL.
function jko_flow_step_count(flow)
    return @ccall $(symbol(:jko_flow_step_count))(flow::Ptr{jko_flow})::Int64
end

# The times of mu_0 .. mu_K, and the energies.
function jko_flow_course(flow, times, energies)
    return @ccall $(symbol(:jko_flow_course))(
        flow::Ptr{jko_flow}, times::Ptr{jko_array}, energies::Ptr{jko_array}
    )::jko_status
end

# Write a flow as a safetensors file; a checksum is in its `__metadata__`.
function jko_flow_save(flow, path)
    return @ccall $(symbol(:jko_flow_save))(flow::Ptr{jko_flow}, path::Cstring)::jko_status
end

# Read a flow that jko_flow_save() wrote; its maps are the same bit for bit.
function jko_flow_load(path, out)
    return @ccall $(symbol(:jko_flow_load))(path::Cstring, out::Ptr{Ptr{jko_flow}})::jko_status
end

# Release a flow; NULL is accepted.
function jko_flow_destroy(flow)
    return @ccall $(symbol(:jko_flow_destroy))(flow::Ptr{jko_flow})::Cvoid
end

# Particles of mu_step.
function jko_flow_sample(flow, step, seed, out)
    return @ccall $(symbol(:jko_flow_sample))(
        flow::Ptr{jko_flow}, step::Int64, seed::UInt64, out::Ptr{jko_array}
    )::jko_status
end

# Where particles go.
function jko_flow_transport(flow, x, from, to, out, determinants)
    return @ccall $(symbol(:jko_flow_transport))(
        flow::Ptr{jko_flow}, x::Ptr{jko_array}, from::Int64, to::Int64, out::Ptr{jko_array},
        determinants::Ptr{jko_array}
    )::jko_status
end

# Where particles come from: the points of mu_0 that the maps send to them.
function jko_flow_inverse(flow, x, step, out)
    return @ccall $(symbol(:jko_flow_inverse))(
        flow::Ptr{jko_flow}, x::Ptr{jko_array}, step::Int64, out::Ptr{jko_array}
    )::jko_status
end

# log rho_step at points: the maps are inverted there by Newton's method, and their determinants subtracted (Mokrov et
# al., equation 9).
function jko_flow_log_density(flow, x, step, out)
    return @ccall $(symbol(:jko_flow_log_density))(
        flow::Ptr{jko_flow}, x::Ptr{jko_array}, step::Int64, out::Ptr{jko_array}
    )::jko_status
end

# grad log rho_step at points.
function jko_flow_score(flow, x, step, out)
    return @ccall $(symbol(:jko_flow_score))(
        flow::Ptr{jko_flow}, x::Ptr{jko_array}, step::Int64, out::Ptr{jko_array}
    )::jko_status
end

# The integral of rho_step by the midpoint rule, in one or two coordinates: 1, but for the rule's error where rho is
# sharp, and for what maps fold, which is missing.
function jko_flow_mass(flow, step, mass)
    return @ccall $(symbol(:jko_flow_mass))(flow::Ptr{jko_flow}, step::Int64, mass::Ptr{Cdouble})::jko_status
end

# Fill options with the defaults.
function jko_sample_options_init(options, struct_size)
    return @ccall $(symbol(:jko_sample_options_init))(
        options::Ptr{jko_sample_options}, struct_size::Csize_t
    )::jko_status
end

# Draw from exp(-V / beta).
function jko_sample(x0, options, out, info)
    return @ccall $(symbol(:jko_sample))(
        x0::Ptr{jko_array}, options::Ptr{jko_sample_options}, out::Ptr{jko_array}, info::Ptr{jko_sample_info}
    )::jko_status
end

# Fill options with the defaults.
function jko_interpolation_options_init(options, struct_size)
    return @ccall $(symbol(:jko_interpolation_options_init))(
        options::Ptr{jko_interpolation_options}, struct_size::Csize_t
    )::jko_status
end

# Interpolate a time course.
function jko_interpolate(snapshots, times, options, out, report)
    return @ccall $(symbol(:jko_interpolate))(
        snapshots::Ptr{jko_snapshots}, times::Ptr{jko_array}, options::Ptr{jko_interpolation_options},
        out::Ptr{Ptr{jko_snapshots}}, report::Ptr{jko_interpolation_report}
    )::jko_status
end

# Fill options with the defaults.
function jko_evaluation_options_init(options, struct_size)
    return @ccall $(symbol(:jko_evaluation_options_init))(
        options::Ptr{jko_evaluation_options}, struct_size::Csize_t
    )::jko_status
end

# Compare predictions with observed snapshots, step by step (k = 0 .. count - 2).
function jko_model_evaluate(model, snapshots, options, one_step, cumulative, effects_mismatch, info)
    return @ccall $(symbol(:jko_model_evaluate))(
        model::Ptr{jko_model}, snapshots::Ptr{jko_snapshots}, options::Ptr{jko_evaluation_options},
        one_step::Ptr{jko_array}, cumulative::Ptr{jko_array}, effects_mismatch::Ptr{jko_array},
        info::Ptr{jko_rollout_info}
    )::jko_status
end

# Compare predictions with observed snapshots in every measure that is wanted, beside what "nothing moves" and a sample
# of the same size would score.
function jko_model_compare(model, snapshots, training, options, comparison, info)
    return @ccall $(symbol(:jko_model_compare))(
        model::Ptr{jko_model}, snapshots::Ptr{jko_snapshots}, training::Ptr{jko_snapshots},
        options::Ptr{jko_evaluation_options}, comparison::Ptr{jko_comparison}, info::Ptr{jko_rollout_info}
    )::jko_status
end

# Check a fit on a sample of the snapshots it was made of: at most 256 particles of each, and twelve transitions.
function jko_model_check(model, snapshots, options, check)
    return @ccall $(symbol(:jko_model_check))(
        model::Ptr{jko_model}, snapshots::Ptr{jko_snapshots}, options::Ptr{jko_evaluation_options},
        check::Ptr{jko_fit_check}
    )::jko_status
end
