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
  if (is.null(given)) return(NULL)
  if (inherits(given, "jko_model")) return(owned(given, "jko_model", name))
  if (is.character(given)) return(text(given, name))
  if (!is.function(given)) {
    stop_with(sprintf("%s must be a name, a jko_model, a function from points to gradients or NULL, got %s", name,
                      shown(given)), argument = name)
  }
  function(points) {
    gradient <- given(points)
    if (!is.numeric(gradient) || length(gradient) != length(points)) {
      stop_with(sprintf("%s returned %s; the gradient must be a matrix %d x %d", name, shown(gradient), nrow(points),
                        ncol(points)), "JKO_ESHAPE", name)
    }
    as.double(gradient)
  }
}

jko_functionals <- function() .Call(C_functional_names)

jko_functional <- function(name, x) {
  answer(.Call(C_functional, text(name, "name"), matrix_of(x, "x"), FALSE))
}

jko_functional_gradient <- function(name, x) {
  answer(.Call(C_functional, text(name, "name"), matrix_of(x, "x"), TRUE))
}
