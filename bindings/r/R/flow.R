# The forward problem: the population that descends a given energy.

flow_schemes <- c(jko = 0, sdirk2 = 1, bdf2 = 2, midpoint = 3)

jko_flow <- function(x0, potential = NULL, interaction = NULL, beta = 1, ..., exponent = 1, step = 0.05, steps = 18,
                     scheme = c("jko", "sdirk2", "bdf2", "midpoint"), method = c("features", "network", "particles"),
                     components = NULL, bumps = 0, neighbour = 10, particles = NULL, hidden = c(64, 64), rank = 5,
                     iterations = 100, batch_size = 1024, learning_rate = 5e-3, t0 = 0, log_density = NULL,
                     checkpoint = NULL, resume = FALSE, seed = 0) {
  no_more(..., where = "jko_flow()")
  options <- list(
    beta = positive(beta, "beta"), exponent = one_number(exponent, "exponent"), step = positive(step, "step"),
    steps = whole(steps, "steps", 1, 100000), scheme = flow_schemes[[one_of(scheme)]],
    method = c(features = 0, network = 1, particles = 2)[[one_of(method)]], bumps = whole(bumps, "bumps", 0, 2000),
    neighbour = whole(neighbour, "neighbour", 1, 2000), rank = whole(rank, "rank", 0, 64),
    iterations = whole(iterations, "iterations", 1, 1e6), batch_size = whole(batch_size, "batch_size", 1, 1e6),
    learning_rate = positive(learning_rate, "learning_rate"), t0 = one_number(t0, "t0"), seed = seed_of(seed)
  )
  if (!is.null(components)) options$components <- whole(components, "components", 0, 500)
  if (!is.null(particles)) options$particles <- whole(particles, "particles", 100, 1e6)
  widths <- network_options(jko_mlp(hidden), "hidden")$hidden
  if (!is.null(checkpoint)) options$checkpoint <- file_path(checkpoint, "checkpoint")
  options$resume <- as.double(flag(resume, "resume"))
  if (options$resume && is.null(checkpoint)) stop_with("resume = TRUE has no effect: checkpoint is NULL")
  start <- flow_start(x0, log_density)
  own <- c(base = "x0", potential_callback = "potential", interaction_callback = "interaction",
           components = "components", particles = "particles")
  handle <- answer(.Call(C_flow_compute, start$base$handle, start$points, start$log_density, options, widths,
                         energy_of(potential, "potential"), energy_of(interaction, "interaction")), own)
  flow <- adopt_flow(handle, kept = is.null(log_density))
  flow["coordinates"] <- list(start$coordinates)
  flow$call <- sys.call()
  flow
}

# What a flow starts from: a density, the mixture of particles, or particles with a function for their density.
flow_start <- function(x0, log_density) {
  if (!is.null(log_density)) {
    if (!is.function(log_density)) {
      stop_with(sprintf("log_density must be a function, got %s", shown(log_density)), argument = "log_density")
    }
    points <- matrix_of(x0, "x0")
    return(list(points = points, log_density = log_density_of(log_density), coordinates = names_of_columns(points)))
  }
  if (!inherits(x0, "jko_density")) {
    points <- matrix_of(x0, "x0")
    made <- .Call(C_density_create, points, NULL, density_options(jko_gaussian_mixture()))
    return(list(base = list(handle = answer(made, c(points = "x0"))), coordinates = names_of_columns(points)))
  }
  owned(x0, "jko_density", "x0")
  list(base = x0, coordinates = x0$coordinates)
}

# A term as the shim takes it: NULL, a name, a model, or a function of points and time that is sure to return values
# and gradients as one vector.
energy_of <- function(given, name) {
  if (!is.function(given)) return(known_term(given, name, "a function from points to values and gradients"))
  timed <- takes_time(given)
  function(points, time) energy_like(if (timed) given(points, time) else given(points), points, name)
}

# Whether a function has two arguments without a default, so that the second must be the time.
takes_time <- function(given) {
  arguments <- formals(args(given))
  needed <- vapply(seq_along(arguments), function(i) {
    names(arguments)[i] != "..." && is.symbol(arguments[[i]]) && !nzchar(as.character(arguments[[i]]))
  }, NA)
  sum(needed) >= 2
}

energy_like <- function(found, points, name) {
  if (!is.list(found) || !all(c("value", "gradient") %in% names(found))) {
    stop_with(sprintf("%s must return list(value = , gradient = ), got %s", name, shown(found)), argument = name)
  }
  c(values_like(found$value, points, name), gradient_like(found$gradient, points, name))
}

values_like <- function(values, points, name) {
  if (!is.numeric(values) || length(values) != nrow(points)) {
    stop_with(sprintf("%s returned %s; the value must be a vector of length %d", name, shown(values), nrow(points)),
              "JKO_ESHAPE", name)
  }
  as.double(values)
}

# The logarithm of a density of the user, whose gradient comes from central differences where it is not given.
log_density_of <- function(given) {
  function(points, time) {
    found <- given(points)
    if (is.list(found)) return(energy_like(found, points, "log_density"))
    # Relative to the size of coordinates; differences of this width are right to some 1e-10.
    width <- 6e-6 * pmax(abs(points), 1)
    slopes <- vapply(seq_len(ncol(points)), function(a) {
      ahead <- behind <- points
      ahead[, a] <- ahead[, a] + width[, a]
      behind[, a] <- behind[, a] - width[, a]
      rise <- values_like(given(ahead), points, "log_density") - values_like(given(behind), points, "log_density")
      rise / (ahead[, a] - behind[, a])
    }, numeric(nrow(points)))
    c(values_like(found, points, "log_density"), slopes)
  }
}

# A flow whose density is a function of R has no file, and lives in this process only.
adopt_flow <- function(handle, kept = TRUE) {
  said <- answer(.Call(C_flow_describe, handle))
  if (kept) keep_bytes(handle, C_flow_save)
  structure(class = "jko_flow",
            list(handle = handle, dimension = said$dimension, steps = length(said$times) - 1, times = said$times,
                 energies = said$energies, coordinates = NULL, call = NULL))
}

print.jko_flow <- function(x, ...) {
  if (!is.null(x$call)) cat("Call: ", paste(deparse(x$call), collapse = "\n"), "\n", sep = "")
  cat(sprintf("Flow: %s in %s from time %g to %g, energy %.4g at first, %.4g at last\n", plural(x$steps, "step"),
              plural(x$dimension, "coordinate"), x$times[1], utils_tail(x$times, 1), x$energies[1],
              utils_tail(x$energies, 1)))
  invisible(x)
}

time.jko_flow <- function(x, ...) x$times
