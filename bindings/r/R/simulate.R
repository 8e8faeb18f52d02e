# Populations that move forward in time under known energies.

jko_simulate <- function(x0, potential = NULL, interaction = NULL, beta = 0, dt = 0.01, steps = 5, t0 = 0, seed = 0) {
  start <- matrix_of(x0, "x0")
  options <- list(beta = one_number(beta, "beta"), dt = one_number(dt, "dt"), t0 = one_number(t0, "t0"),
                  steps = whole(steps, "steps", 0, 2^31 - 1), seed = seed_of(seed))
  found <- answer(.Call(C_simulate, start, options, source_of(potential, "potential"),
                        source_of(interaction, "interaction")))
  as_course(found, nrow(start), ncol(start), options$t0 + options$dt * (0:options$steps), rownames(start),
            colnames(start))
}

# An energy as the shim takes it: NULL, a name, a model, or a function that is sure to return gradients.
source_of <- function(given, name) {
  if (is.function(given)) return(function(points) finite_gradient(given(points), points, name))
  known_term(given, name, "a function from points to gradients")
}

# The same without functions; `function_said` is what a function would have to be.
known_term <- function(given, name, function_said) {
  if (is.null(given)) return(NULL)
  if (inherits(given, "jko_model")) {
    if (given$info[[name]] == 0) stop_with(sprintf("%s is a model without this term", name), argument = name)
    return(owned(given, "jko_model", name))
  }
  if (is.character(given)) return(text(given, name))
  stop_with(sprintf("%s must be a name, a jko_model, %s or NULL, got %s", name, function_said, shown(given)),
            argument = name)
}

# A gradient with the shape of the points. A vector will do where there is one particle or one coordinate.
gradient_like <- function(gradient, points, name) {
  shape <- dim(gradient)
  vector <- is.null(shape) && length(gradient) == length(points) && 1 %in% dim(points)
  if (!is.numeric(gradient) || !(vector || identical(shape, dim(points)))) {
    returned <- if (is.numeric(gradient) && length(shape) == 2) sprintf("a matrix %d x %d", shape[1], shape[2])
    else if (is.numeric(gradient) && is.null(shape)) sprintf("a vector of length %d", length(gradient))
    else shown(gradient)
    stop_with(sprintf("%s returned %s; the gradient must be a matrix %d x %d", name, returned, nrow(points),
                      ncol(points)), "JKO_ESHAPE", name)
  }
  as.double(gradient)
}

finite_gradient <- function(gradient, points, name) {
  gradient <- gradient_like(gradient, points, name)
  if (!all(is.finite(gradient))) {
    odd <- which(!is.finite(gradient))[1]
    stop_with(sprintf("%s returned %s for particle %d; the gradient must be finite", name, format(gradient[odd]),
                      (odd - 1) %% nrow(points) + 1), "JKO_ENONFINITE", name)
  }
  gradient
}

jko_functionals <- function() .Call(C_functional_names)

jko_functional <- function(name, x) {
  answer(.Call(C_functional, text(name, "name"), matrix_of(x, "x"), FALSE))
}

jko_functional_gradient <- function(name, x) {
  answer(.Call(C_functional, text(name, "name"), matrix_of(x, "x"), TRUE))
}
